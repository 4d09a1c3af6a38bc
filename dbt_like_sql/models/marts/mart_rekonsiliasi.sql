with rekonsiliasi as (
    select * from {{ source('mentah', 'rekonsiliasi') }}
),

berkas as (
    select * from {{ ref('dim_berkas') }}
    where status = 'berlaku'
),

anggaran as (
    select * from {{ ref('fact_anggaran') }}
),

nomenklatur as (
    select * from {{ ref('dim_nomenklatur') }}
),

kecamatan as (
    select * from {{ ref('dim_kecamatan') }}
),

periode as (
    select * from {{ ref('dim_periode') }}
),

final as (
    select
        periode.tahun,
        periode.triwulan,
        kecamatan.nama as kecamatan,
        rekonsiliasi.level,
        rekonsiliasi.kode,
        case
            when rekonsiliasi.level = 'total' then 'TOTAL'
            else coalesce(anggaran.uraian_lapor, nomenklatur.uraian)
        end as uraian,
        rekonsiliasi.kolom,
        rekonsiliasi.baris,
        rekonsiliasi.dilaporkan,
        rekonsiliasi.jumlah_anak,
        rekonsiliasi.selisih,
        berkas.kecamatan_key,
        berkas.periode_key,
        berkas.berkas_key
    from rekonsiliasi
    inner join berkas on rekonsiliasi.kiriman_id = berkas.berkas_key
    inner join kecamatan on berkas.kecamatan_key = kecamatan.kecamatan_key
    inner join periode on berkas.periode_key = periode.periode_key
    left join anggaran
        on berkas.berkas_key = anggaran.berkas_key and rekonsiliasi.kode = anggaran.kode
    left join nomenklatur on anggaran.nomenklatur_key = nomenklatur.nomenklatur_key
)

select * from final
order by tahun, triwulan, kecamatan, berkas_key, baris, kode, kolom
