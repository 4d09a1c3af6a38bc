with anggaran as (
    select * from {{ ref('fact_anggaran') }}
),

kinerja as (
    select * from {{ ref('fact_kinerja') }}
),

nomenklatur as (
    select * from {{ ref('dim_nomenklatur') }}
),

periode as (
    select * from {{ ref('dim_periode') }}
),

pengaturan as (
    select * from {{ source('mentah', 'pengaturan') }}
),

-- the money of a sasaran without any program below it belongs to no program: shown as such, so that the programs add up to the regency
uang_daun as (
    select
        anggaran.*,
        coalesce(nomenklatur.kode_program, 'TANPA_PROGRAM') as kode_program
    from anggaran
    inner join nomenklatur on anggaran.nomenklatur_key = nomenklatur.nomenklatur_key
    where anggaran.is_daun
),

uang as (
    select
        periode_key,
        kode_program,
        {{ jumlah_rp('target_rp') }} as target_rp,
        {{ jumlah_rp('realisasi_rp') }} as realisasi_rp
    from uang_daun
    group by periode_key, kode_program
),

capaian as (
    select
        kinerja.periode_key,
        nomenklatur.kode_program,
        {{ rata_capaian('kinerja.capaian_k_pct', 'pengaturan.batas_capaian') }} as rata_capaian_k_pct,
        count(kinerja.capaian_k_pct) as jumlah_indikator
    from kinerja
    inner join nomenklatur on kinerja.nomenklatur_key = nomenklatur.nomenklatur_key
    inner join pengaturan on kinerja.level = pengaturan.tingkat_rata_rata
    where nomenklatur.kode_program is not null
    group by kinerja.periode_key, nomenklatur.kode_program
),

kecamatan_per_program as (
    select
        anggaran.periode_key,
        coalesce(nomenklatur.kode_program, 'TANPA_PROGRAM') as kode_program,
        count(distinct anggaran.kecamatan_key) as jumlah_kecamatan
    from anggaran
    inner join nomenklatur on anggaran.nomenklatur_key = nomenklatur.nomenklatur_key
    where nomenklatur.kode_program is not null or anggaran.is_daun
    group by all
),

-- the official title, else what the forms call the program
judul as (
    select
        anggaran.periode_key,
        nomenklatur.kode_program,
        nomenklatur.uraian as program
    from anggaran
    inner join nomenklatur on anggaran.nomenklatur_key = nomenklatur.nomenklatur_key
    where anggaran.level = 'program'
    qualify row_number() over (
        partition by anggaran.periode_key, nomenklatur.kode_program
        order by nomenklatur.berlaku_sejak nulls last, nomenklatur.uraian
    ) = 1
),

judul_resmi as (
    select
        periode.periode_key,
        nomenklatur.kode as kode_program,
        nomenklatur.uraian as program
    from nomenklatur
    inner join periode
        on periode.tahun between nomenklatur.berlaku_sejak and coalesce(nomenklatur.berlaku_sampai, 9999)
    where nomenklatur.level = 'program'
),

final as (
    select
        periode.tahun,
        periode.triwulan,
        kecamatan_per_program.kode_program as kode,
        case
            when kecamatan_per_program.kode_program = 'TANPA_PROGRAM' then 'Tanpa program (sasaran tanpa rincian)'
            else coalesce(judul_resmi.program, judul.program)
        end as program,
        uang.target_rp,
        uang.realisasi_rp,
        {{ persen('uang.realisasi_rp', 'uang.target_rp') }} as capaian_rp_pct,
        capaian.rata_capaian_k_pct,
        cast(coalesce(capaian.jumlah_indikator, 0) as integer) as jumlah_indikator,
        cast(kecamatan_per_program.jumlah_kecamatan as integer) as jumlah_kecamatan
    from kecamatan_per_program
    inner join periode on kecamatan_per_program.periode_key = periode.periode_key
    left join uang
        on
            kecamatan_per_program.periode_key = uang.periode_key
            and kecamatan_per_program.kode_program = uang.kode_program
    left join capaian
        on
            kecamatan_per_program.periode_key = capaian.periode_key
            and kecamatan_per_program.kode_program = capaian.kode_program
    left join judul_resmi
        on
            kecamatan_per_program.periode_key = judul_resmi.periode_key
            and kecamatan_per_program.kode_program = judul_resmi.kode_program
    left join judul
        on
            kecamatan_per_program.periode_key = judul.periode_key
            and kecamatan_per_program.kode_program = judul.kode_program
)

select * from final
order by tahun, triwulan, kode
