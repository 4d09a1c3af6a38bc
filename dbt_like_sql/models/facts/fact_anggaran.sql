with anggaran as (
    select * from {{ ref('stg_anggaran') }}
    where status = 'berlaku'
),

nomenklatur as (
    select * from {{ ref('dim_nomenklatur') }}
),

-- the code in the span of validity of the submission's year; a code unknown in that year has a row without a span
final as (
    select
        anggaran.kiriman_id as berkas_key,
        anggaran.kecamatan_key,
        anggaran.periode_key,
        coalesce(resmi.nomenklatur_key, tak_resmi.nomenklatur_key) as nomenklatur_key,
        anggaran.kode,
        anggaran.level,
        anggaran.urutan,
        anggaran.baris,
        anggaran.uraian as uraian_lapor,
        anggaran.is_daun,
        anggaran.target_renstra_rp,
        anggaran.realisasi_lalu_rp,
        anggaran.target_rp,
        anggaran.realisasi_rp,
        anggaran.capaian_rp_pct,
        anggaran.renstra_realisasi_rp,
        anggaran.renstra_capaian_rp_pct,
        anggaran.realisasi_rp_lapor,
        anggaran.capaian_rp_pct_lapor,
        anggaran.renstra_realisasi_rp_lapor,
        anggaran.renstra_capaian_rp_pct_lapor,
        anggaran.penanggung_jawab
    from anggaran
    left join nomenklatur as resmi
        on
            anggaran.kode = resmi.kode
            and anggaran.tahun between resmi.berlaku_sejak and coalesce(resmi.berlaku_sampai, 9999)
    left join nomenklatur as tak_resmi
        on
            anggaran.kode = tak_resmi.kode
            and tak_resmi.berlaku_sejak is null
)

select * from final
order by berkas_key, urutan
