with nomenklatur as (
    select * from {{ ref('nomenklatur') }}
),

kode_lapor as (
    select * from {{ ref('stg_kode_lapor') }}
),

resmi as (
    select
        kode,
        kode_2_digit,
        level,
        uraian,
        true as dikenal,
        berlaku_sejak,
        berlaku_sampai
    from nomenklatur
),

dikenali as (
    select
        kode_lapor.*,
        exists(
            select 1
            from nomenklatur
            where
                nomenklatur.kode = kode_lapor.kode_dasar
                and kode_lapor.tahun between nomenklatur.berlaku_sejak and coalesce(nomenklatur.berlaku_sampai, 9999)
        ) as dasar_dikenal
    from kode_lapor
),

-- reported, and not a plain code of the nomenclature of that year: unknown, a sasaran, a kelurahan, a code's second place in a form
lainnya as (
    select *
    from dikenali
    where not (dasar_dikenal and kode = kode_dasar)
),

lain_per_kode as (
    select
        kode,
        any_value(kode_dasar) as kode_dasar,
        bool_or(dasar_dikenal) as dasar_dikenal,
        arg_max(level, tahun) as level_lapor,
        arg_max(uraian, tahun) as uraian_lapor
    from lainnya
    group by kode
),

berlevel as (
    select
        kode,
        dasar_dikenal,
        uraian_lapor,
        kode_dasar,
        case
            when level_lapor in ('kelurahan', 'sasaran') then level_lapor
            when regexp_full_match(kode_dasar, 'S\d+') then 'sasaran'
            when regexp_full_match(kode_dasar, '\d\.\d{2}') then 'bidang'
            when regexp_full_match(kode_dasar, '\d\.\d{2}\.\d{2}') then 'program'
            when regexp_full_match(kode_dasar, '\d\.\d{2}\.\d{2}\.\d\.\d{2}') then 'kegiatan'
            when regexp_full_match(kode_dasar, '\d\.\d{2}\.\d{2}\.\d\.\d{2}\.\d{4}') then 'sub_kegiatan'
            else level_lapor
        end as level
    from lain_per_kode
),

tak_resmi as (
    select
        kode,
        regexp_replace(kode_dasar, '^(\d\.\d{2}\.\d{2}\.\d\.\d{2})\.00(\d{2})$', '\1.\2') as kode_2_digit,
        level,
        case
            when level = 'sasaran' then 'Sasaran ke-' || regexp_replace(kode_dasar, '^S', '')
            else uraian_lapor
        end as uraian,
        level in ('sasaran', 'kelurahan') or dasar_dikenal as dikenal,
        cast(null as integer) as berlaku_sejak,
        cast(null as integer) as berlaku_sampai
    from berlevel
),

semua as (
    select * from resmi
    union all
    select * from tak_resmi
),

final as (
    select
        cast(row_number() over (order by kode, berlaku_sejak nulls last) as integer) as nomenklatur_key,
        kode,
        kode_2_digit,
        level,
        uraian,
        {{ kode_program('kode') }} as kode_program,
        {{ kode_kegiatan('kode') }} as kode_kegiatan,
        dikenal,
        berlaku_sejak,
        berlaku_sampai
    from semua
)

select * from final
order by nomenklatur_key
