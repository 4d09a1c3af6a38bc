with kinerja as (
    select * from {{ ref('fact_kinerja') }}
),

anggaran as (
    select * from {{ ref('fact_anggaran') }}
),

kinerja_triwulan as (
    select
        berkas_key,
        urutan,
        max(realisasi_k) filter (where triwulan = 1) as tw1_k,
        max(realisasi_k) filter (where triwulan = 2) as tw2_k,
        max(realisasi_k) filter (where triwulan = 3) as tw3_k,
        max(realisasi_k) filter (where triwulan = 4) as tw4_k
    from {{ ref('fact_kinerja_triwulan') }}
    group by berkas_key, urutan
),

anggaran_triwulan as (
    select
        berkas_key,
        urutan,
        max(realisasi_rp) filter (where triwulan = 1) as tw1_rp,
        max(realisasi_rp) filter (where triwulan = 2) as tw2_rp,
        max(realisasi_rp) filter (where triwulan = 3) as tw3_rp,
        max(realisasi_rp) filter (where triwulan = 4) as tw4_rp
    from {{ ref('fact_anggaran_triwulan') }}
    group by berkas_key, urutan
),

kecamatan as (
    select * from {{ ref('dim_kecamatan') }}
),

periode as (
    select * from {{ ref('dim_periode') }}
),

nomenklatur as (
    select * from {{ ref('dim_nomenklatur') }}
),

indikator as (
    select * from {{ ref('dim_indikator') }}
),

kinerja_berurut as (
    select
        *,
        row_number() over (partition by berkas_key, kode order by urutan) as ke
    from kinerja
),

-- money meets the first row of its code; a code without any indicator row still brings its money
baris as (
    select
        coalesce(kinerja_berurut.berkas_key, anggaran.berkas_key) as berkas_key,
        coalesce(kinerja_berurut.kecamatan_key, anggaran.kecamatan_key) as kecamatan_key,
        coalesce(kinerja_berurut.periode_key, anggaran.periode_key) as periode_key,
        coalesce(kinerja_berurut.nomenklatur_key, anggaran.nomenklatur_key) as nomenklatur_key,
        coalesce(kinerja_berurut.urutan, anggaran.urutan) as urutan,
        coalesce(kinerja_berurut.level, anggaran.level) as level,
        coalesce(kinerja_berurut.kode, anggaran.kode) as kode,
        kinerja_berurut.indikator_key,
        kinerja_berurut.urutan as urutan_kinerja,
        anggaran.urutan as urutan_anggaran,
        kinerja_berurut.sasaran,
        coalesce(anggaran.uraian_lapor, kinerja_berurut.uraian_lapor) as uraian_lapor,
        coalesce(anggaran.is_daun, false) as is_daun,
        kinerja_berurut.indikator_lapor,
        kinerja_berurut.formulasi,
        kinerja_berurut.satuan,
        kinerja_berurut.target_renstra_k,
        kinerja_berurut.realisasi_lalu_k,
        kinerja_berurut.target_k,
        kinerja_berurut.realisasi_k,
        kinerja_berurut.capaian_k_pct,
        kinerja_berurut.renstra_realisasi_k,
        kinerja_berurut.renstra_capaian_k_pct,
        kinerja_berurut.predikat,
        kinerja_berurut.realisasi_k_lapor,
        kinerja_berurut.capaian_k_pct_lapor,
        kinerja_berurut.renstra_realisasi_k_lapor,
        kinerja_berurut.renstra_capaian_k_pct_lapor,
        kinerja_berurut.predikat_lapor,
        kinerja_berurut.kendala,
        kinerja_berurut.upaya,
        coalesce(kinerja_berurut.penanggung_jawab, anggaran.penanggung_jawab) as penanggung_jawab,
        kinerja_berurut.keterangan,
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
        anggaran.renstra_capaian_rp_pct_lapor
    from kinerja_berurut
    full outer join anggaran
        on
            kinerja_berurut.berkas_key = anggaran.berkas_key
            and kinerja_berurut.kode = anggaran.kode
            and kinerja_berurut.ke = 1
),

final as (
    select
        periode.tahun,
        periode.triwulan,
        kecamatan.nama as kecamatan,
        baris.level,
        baris.kode,
        nomenklatur.kode_program,
        nomenklatur.kode_kegiatan,
        case
            when baris.level = 'sasaran' then coalesce(baris.uraian_lapor, baris.sasaran, nomenklatur.uraian)
            when baris.level = 'kelurahan' then coalesce(baris.uraian_lapor, nomenklatur.uraian)
            else coalesce(nomenklatur.uraian, baris.uraian_lapor)
        end as uraian,
        baris.uraian_lapor,
        baris.sasaran,
        coalesce(indikator.indikator, baris.indikator_lapor) as indikator,
        baris.formulasi,
        baris.satuan,
        indikator.jenis_akumulasi,
        indikator.polaritas,
        baris.target_renstra_k,
        baris.realisasi_lalu_k,
        baris.target_k,
        kinerja_triwulan.tw1_k,
        kinerja_triwulan.tw2_k,
        kinerja_triwulan.tw3_k,
        kinerja_triwulan.tw4_k,
        baris.realisasi_k,
        baris.capaian_k_pct,
        baris.predikat,
        baris.renstra_realisasi_k,
        baris.renstra_capaian_k_pct,
        baris.realisasi_k_lapor,
        baris.capaian_k_pct_lapor,
        baris.predikat_lapor,
        baris.renstra_realisasi_k_lapor,
        baris.renstra_capaian_k_pct_lapor,
        baris.is_daun,
        baris.target_renstra_rp,
        baris.realisasi_lalu_rp,
        baris.target_rp,
        anggaran_triwulan.tw1_rp,
        anggaran_triwulan.tw2_rp,
        anggaran_triwulan.tw3_rp,
        anggaran_triwulan.tw4_rp,
        baris.realisasi_rp,
        baris.capaian_rp_pct,
        baris.renstra_realisasi_rp,
        baris.renstra_capaian_rp_pct,
        baris.realisasi_rp_lapor,
        baris.capaian_rp_pct_lapor,
        baris.renstra_realisasi_rp_lapor,
        baris.renstra_capaian_rp_pct_lapor,
        baris.kendala,
        baris.upaya,
        baris.penanggung_jawab,
        baris.keterangan,
        baris.berkas_key,
        baris.urutan
    from baris
    left join kecamatan on baris.kecamatan_key = kecamatan.kecamatan_key
    left join periode on baris.periode_key = periode.periode_key
    left join nomenklatur on baris.nomenklatur_key = nomenklatur.nomenklatur_key
    left join indikator on baris.indikator_key = indikator.indikator_key
    left join kinerja_triwulan
        on baris.berkas_key = kinerja_triwulan.berkas_key and baris.urutan_kinerja = kinerja_triwulan.urutan
    left join anggaran_triwulan
        on baris.berkas_key = anggaran_triwulan.berkas_key and baris.urutan_anggaran = anggaran_triwulan.urutan
)

select * from final
order by tahun, triwulan, kecamatan, berkas_key, urutan
