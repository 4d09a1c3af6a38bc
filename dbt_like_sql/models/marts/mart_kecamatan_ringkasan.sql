with berkas as (
    select * from {{ ref('dim_berkas') }}
    where status = 'berlaku'
),

kecamatan as (
    select * from {{ ref('dim_kecamatan') }}
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

uang as (
    select
        berkas_key,
        {{ jumlah_rp('target_rp') }} as target_rp,
        {{ jumlah_rp('realisasi_rp') }} as realisasi_rp
    from {{ ref('fact_anggaran') }}
    where is_daun
    group by berkas_key
),

capaian as (
    select
        kinerja.berkas_key,
        {{ rata_capaian('kinerja.capaian_k_pct', 'pengaturan.batas_capaian') }} as rata_capaian_k_pct,
        count(kinerja.capaian_k_pct) as jumlah_indikator
    from {{ ref('fact_kinerja') }} as kinerja
    inner join pengaturan on kinerja.level = pengaturan.tingkat_rata_rata
    group by kinerja.berkas_key
),

temuan as (
    select
        berkas_key,
        count(*) as jumlah_temuan,
        count(*) filter (where status_temuan = 'diterima') as jumlah_temuan_diterima
    from {{ ref('fact_temuan') }}
    where tingkat in ('tolak', 'galat', 'peringatan')
    group by berkas_key
),

digabung as (
    select
        periode.tahun,
        periode.triwulan,
        kecamatan.nama as kecamatan,
        uang.target_rp,
        uang.realisasi_rp,
        {{ persen('uang.realisasi_rp', 'uang.target_rp') }} as capaian_rp_pct,
        capaian.rata_capaian_k_pct,
        cast(coalesce(capaian.jumlah_indikator, 0) as integer) as jumlah_indikator,
        cast(coalesce(temuan.jumlah_temuan, 0) as integer) as jumlah_temuan,
        cast(coalesce(temuan.jumlah_temuan_diterima, 0) as integer) as jumlah_temuan_diterima,
        berkas.berkas_key,
        berkas.kecamatan_key,
        berkas.periode_key
    from berkas
    inner join kecamatan on berkas.kecamatan_key = kecamatan.kecamatan_key
    inner join periode on berkas.periode_key = periode.periode_key
    left join uang on berkas.berkas_key = uang.berkas_key
    left join capaian on berkas.berkas_key = capaian.berkas_key
    left join temuan on berkas.berkas_key = temuan.berkas_key
),

final as (
    select
        digabung.tahun,
        digabung.triwulan,
        digabung.kecamatan,
        digabung.target_rp,
        digabung.realisasi_rp,
        digabung.capaian_rp_pct,
        digabung.rata_capaian_k_pct,
        digabung.jumlah_indikator,
        predikat.predikat,
        cast(row_number() over (
            partition by digabung.tahun, digabung.triwulan
            order by
                digabung.rata_capaian_k_pct desc nulls last,
                digabung.capaian_rp_pct desc nulls last,
                digabung.kecamatan asc
        ) as integer) as peringkat,
        {{ status_serapan('digabung.capaian_rp_pct', 'batas_serapan') }} as status_serapan,
        digabung.jumlah_temuan,
        digabung.jumlah_temuan_diterima,
        digabung.kecamatan_key,
        digabung.periode_key,
        digabung.berkas_key
    from digabung
    left join predikat on {{ dalam_kelas('digabung.rata_capaian_k_pct', 'predikat') }}
    left join batas_serapan on digabung.triwulan * 3 = batas_serapan.bulan
)

select * from final
order by tahun, triwulan, kecamatan
