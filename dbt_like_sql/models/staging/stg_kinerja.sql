with kinerja as (
    select * from {{ source('mentah', 'kinerja') }}
),

kiriman as (
    select * from {{ ref('stg_kiriman') }}
),

berkode as (
    select
        * replace (coalesce(kode, 'TANPA_KODE#' || kelompok) as kode),
        {{ teks_baku('indikator') }} as indikator_baku
    from kinerja
),

final as (
    select
        berkode.kiriman_id,
        kiriman.status,
        kiriman.tahun,
        kiriman.triwulan,
        kiriman.kecamatan_key,
        kiriman.periode_key,
        berkode.urutan,
        berkode.baris,
        berkode.level,
        berkode.kode,
        regexp_replace(berkode.kode, '#\d+$', '') as kode_dasar,
        berkode.kelompok,
        berkode.indikator_ke,
        berkode.sasaran,
        berkode.uraian,
        berkode.indikator,
        berkode.indikator_baku,
        -- two equal texts under one code are two indicators: the second is told apart by its turn
        cast(row_number() over (
            partition by berkode.kiriman_id, berkode.kode, berkode.indikator_baku order by berkode.urutan
        ) as integer) as ulangan,
        cast(count(*) over (partition by berkode.kiriman_id, berkode.kode) as integer) as jumlah_indikator,
        row_number() over (
            partition by berkode.kiriman_id, berkode.kode order by berkode.urutan
        ) = 1 as is_baris_pertama,
        berkode.formulasi,
        berkode.satuan,
        berkode.target_renstra_k,
        berkode.realisasi_lalu_k,
        berkode.target_k,
        berkode.tw1_k,
        berkode.tw2_k,
        berkode.tw3_k,
        berkode.tw4_k,
        berkode.realisasi_k,
        berkode.capaian_k_pct,
        berkode.renstra_realisasi_k,
        berkode.renstra_capaian_k_pct,
        berkode.predikat,
        berkode.realisasi_k_lapor,
        berkode.capaian_k_pct_lapor,
        berkode.renstra_realisasi_k_lapor,
        berkode.renstra_capaian_k_pct_lapor,
        berkode.predikat_lapor,
        berkode.jenis_akumulasi,
        berkode.polaritas,
        berkode.kendala,
        berkode.upaya,
        berkode.penanggung_jawab,
        berkode.keterangan
    from berkode
    inner join kiriman on berkode.kiriman_id = kiriman.kiriman_id
)

select * from final
order by kiriman_id, urutan
