with kinerja as (
    select * from {{ ref('stg_kinerja') }}
    where status = 'berlaku'
),

nomenklatur as (
    select * from {{ ref('dim_nomenklatur') }}
),

indikator as (
    select * from {{ ref('dim_indikator') }}
),

-- the code in the span of validity of the submission's year; a code unknown in that year has a row without a span
final as (
    select
        kinerja.kiriman_id as berkas_key,
        kinerja.kecamatan_key,
        kinerja.periode_key,
        indikator.indikator_key,
        coalesce(resmi.nomenklatur_key, tak_resmi.nomenklatur_key) as nomenklatur_key,
        kinerja.kode,
        kinerja.level,
        kinerja.urutan,
        kinerja.baris,
        kinerja.indikator_ke,
        kinerja.sasaran,
        kinerja.uraian as uraian_lapor,
        kinerja.indikator as indikator_lapor,
        kinerja.formulasi,
        kinerja.satuan,
        kinerja.target_renstra_k,
        kinerja.realisasi_lalu_k,
        kinerja.target_k,
        kinerja.realisasi_k,
        kinerja.capaian_k_pct,
        kinerja.renstra_realisasi_k,
        kinerja.renstra_capaian_k_pct,
        kinerja.predikat,
        kinerja.realisasi_k_lapor,
        kinerja.capaian_k_pct_lapor,
        kinerja.renstra_realisasi_k_lapor,
        kinerja.renstra_capaian_k_pct_lapor,
        kinerja.predikat_lapor,
        kinerja.kendala,
        kinerja.upaya,
        kinerja.penanggung_jawab,
        kinerja.keterangan
    from kinerja
    left join indikator
        on
            kinerja.kode = indikator.kode
            and kinerja.indikator_baku = indikator.indikator_baku
            and kinerja.ulangan = indikator.ulangan
    left join nomenklatur as resmi
        on
            kinerja.kode = resmi.kode
            and kinerja.tahun between resmi.berlaku_sejak and coalesce(resmi.berlaku_sampai, 9999)
    left join nomenklatur as tak_resmi
        on
            kinerja.kode = tak_resmi.kode
            and tak_resmi.berlaku_sejak is null
)

select * from final
order by berkas_key, urutan
