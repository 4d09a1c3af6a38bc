with kecamatan as (
    select * from {{ ref('dim_kecamatan') }}
),

periode as (
    select * from {{ ref('dim_periode') }}
),

kiriman as (
    select * from {{ ref('stg_kiriman') }}
    where kecamatan_key is not null and periode_key is not null
),

temuan as (
    select * from {{ ref('fact_temuan') }}
),

kalender as (
    select * from {{ source('mentah', 'kalender') }}
),

pengaturan as (
    select * from {{ source('mentah', 'pengaturan') }}
),

jatuh_tempo as (
    select periode.*
    from periode
    cross join pengaturan
    where
        periode.tanggal_selesai < pengaturan.hari_ini
        or periode.periode_key in (select kiriman.periode_key from kiriman)
),

berlaku as (
    select * from kiriman
    where status = 'berlaku'
),

-- the first form that was accepted met the obligation; a revision after the deadline makes nobody late
pertama as (
    select
        kecamatan_key,
        periode_key,
        min(diterima_pada) as diterima_pertama_pada,
        min(diterima_tanggal) as diterima_pertama_tanggal
    from kiriman
    where status in ('berlaku', 'digantikan')
    group by kecamatan_key, periode_key
),

ditolak as (
    select
        kecamatan_key,
        periode_key,
        count(*) as jumlah_ditolak,
        arg_max(kiriman_id, (diterima_pada, kiriman_id)) as kiriman_id,
        max(diterima_pada) as diterima_pada
    from kiriman
    where status = 'ditolak'
    group by kecamatan_key, periode_key
),

papan as (
    select
        kecamatan.kecamatan_key,
        jatuh_tempo.periode_key,
        jatuh_tempo.batas_lapor,
        coalesce(berlaku.kiriman_id, ditolak.kiriman_id) as berkas_key,
        case
            when berlaku.kiriman_id is not null then 'diterima'
            when ditolak.kiriman_id is not null then 'ditolak'
            else 'belum'
        end as status,
        case when berlaku.kiriman_id is null then ditolak.diterima_pada else berlaku.diterima_pada end as diterima_pada,
        pertama.diterima_pertama_pada,
        coalesce(pertama.diterima_pertama_tanggal, pengaturan.hari_ini) as dihitung_sampai,
        berlaku.revisi_ke,
        coalesce(ditolak.jumlah_ditolak, 0) as jumlah_ditolak
    from kecamatan
    cross join jatuh_tempo
    cross join pengaturan
    left join berlaku
        on kecamatan.kecamatan_key = berlaku.kecamatan_key and jatuh_tempo.periode_key = berlaku.periode_key
    left join pertama
        on kecamatan.kecamatan_key = pertama.kecamatan_key and jatuh_tempo.periode_key = pertama.periode_key
    left join ditolak
        on kecamatan.kecamatan_key = ditolak.kecamatan_key and jatuh_tempo.periode_key = ditolak.periode_key
),

temuan_per_berkas as (
    select
        berkas_key,
        count(*) filter (where tingkat = 'galat') as jumlah_galat,
        count(*) filter (where tingkat = 'peringatan') as jumlah_peringatan,
        count(*) filter (where tingkat = 'galat' and status_temuan = 'diterima') as jumlah_galat_diterima,
        count(*) filter (where tingkat = 'peringatan' and status_temuan = 'diterima') as jumlah_peringatan_diterima
    from temuan
    group by berkas_key
),

final as (
    select
        papan.kecamatan_key,
        papan.periode_key,
        papan.berkas_key,
        papan.status,
        papan.diterima_pada,
        papan.diterima_pertama_pada,
        papan.batas_lapor,
        cast(greatest(coalesce(sampai.hari_kerja_ke - batas.hari_kerja_ke, 0), 0) as integer) as hari_terlambat,
        papan.revisi_ke,
        cast(papan.jumlah_ditolak as integer) as jumlah_ditolak,
        cast(coalesce(temuan_per_berkas.jumlah_galat, 0) as integer) as jumlah_galat,
        cast(coalesce(temuan_per_berkas.jumlah_peringatan, 0) as integer) as jumlah_peringatan,
        cast(coalesce(temuan_per_berkas.jumlah_galat_diterima, 0) as integer) as jumlah_galat_diterima,
        cast(coalesce(temuan_per_berkas.jumlah_peringatan_diterima, 0) as integer) as jumlah_peringatan_diterima
    from papan
    asof left join kalender as sampai on papan.dihitung_sampai >= sampai.tanggal
    asof left join kalender as batas on papan.batas_lapor >= batas.tanggal
    left join temuan_per_berkas on papan.berkas_key = temuan_per_berkas.berkas_key
)

select * from final
order by periode_key, kecamatan_key
