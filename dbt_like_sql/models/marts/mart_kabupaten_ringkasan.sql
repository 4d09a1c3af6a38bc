with ringkasan as (
    select * from {{ ref('mart_kecamatan_ringkasan') }}
),

kecamatan as (
    select count(*) as jumlah_kecamatan from {{ ref('dim_kecamatan') }}
),

periode as (
    select * from {{ ref('dim_periode') }}
),

predikat as (
    select * from {{ ref('dim_predikat') }}
),

batas_serapan as (
    select * from {{ ref('batas_serapan') }}
),

pengaturan as (
    select * from {{ source('mentah', 'pengaturan') }}
),

-- pooled over all indicators: a kecamatan with more of them weighs more
capaian as (
    select
        kinerja.periode_key,
        {{ rata_capaian('kinerja.capaian_k_pct', 'pengaturan.batas_capaian') }} as rata_capaian_k_pct,
        count(kinerja.capaian_k_pct) as jumlah_indikator
    from {{ ref('fact_kinerja') }} as kinerja
    inner join pengaturan on kinerja.level = pengaturan.tingkat_rata_rata
    group by kinerja.periode_key
),

dijumlah as (
    select
        periode_key,
        {{ jumlah_rp('target_rp') }} as target_rp,
        {{ jumlah_rp('realisasi_rp') }} as realisasi_rp,
        count(*) as jumlah_kecamatan_lapor,
        sum(jumlah_temuan) as jumlah_temuan,
        sum(jumlah_temuan_diterima) as jumlah_temuan_diterima
    from ringkasan
    group by periode_key
),

berpersen as (
    select
        dijumlah.*,
        periode.tahun,
        periode.triwulan,
        {{ persen('dijumlah.realisasi_rp', 'dijumlah.target_rp') }} as capaian_rp_pct,
        capaian.rata_capaian_k_pct,
        coalesce(capaian.jumlah_indikator, 0) as jumlah_indikator
    from dijumlah
    inner join periode on dijumlah.periode_key = periode.periode_key
    left join capaian on dijumlah.periode_key = capaian.periode_key
),

final as (
    select
        berpersen.tahun,
        berpersen.triwulan,
        berpersen.target_rp,
        berpersen.realisasi_rp,
        berpersen.capaian_rp_pct,
        berpersen.rata_capaian_k_pct,
        cast(berpersen.jumlah_indikator as integer) as jumlah_indikator,
        predikat.predikat,
        {{ status_serapan('berpersen.capaian_rp_pct', 'batas_serapan') }} as status_serapan,
        cast(berpersen.jumlah_temuan as integer) as jumlah_temuan,
        cast(berpersen.jumlah_temuan_diterima as integer) as jumlah_temuan_diterima,
        cast(berpersen.jumlah_kecamatan_lapor as integer) as jumlah_kecamatan_lapor,
        cast(kecamatan.jumlah_kecamatan as integer) as jumlah_kecamatan,
        berpersen.periode_key
    from berpersen
    cross join kecamatan
    left join predikat on {{ dalam_kelas('berpersen.rata_capaian_k_pct', 'predikat') }}
    left join batas_serapan on berpersen.triwulan * 3 = batas_serapan.bulan
)

select * from final
order by tahun, triwulan
