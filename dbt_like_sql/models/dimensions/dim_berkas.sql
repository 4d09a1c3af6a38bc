with kiriman as (
    select * from {{ ref('stg_kiriman') }}
),

final as (
    select
        kiriman_id as berkas_key,
        sha256,
        path,
        lembar,
        format,
        diterima_pada,
        status,
        revisi_ke,
        kecamatan_key,
        periode_key,
        sebab,
        workbook_modified,
        tujuan_indikator,
        tujuan_target,
        tujuan_realisasi,
        rata_rata_lapor,
        predikat_lapor,
        tanda_tangan_tempat,
        tanda_tangan_tanggal,
        tanda_tangan_jabatan
    from kiriman
)

select * from final
order by berkas_key
