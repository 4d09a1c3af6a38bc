-- Every row that was loaded for a current submission arrives, once, with its money. A row here is a table that lost or doubled something.
with berlaku as (
    select * from {{ ref('stg_kiriman') }}
    where status = 'berlaku'
),

hitungan as (
    select
        'fact_anggaran' as tabel,
        (
            select count(*) from {{ source('mentah', 'anggaran') }} as m
            semi join berlaku on m.kiriman_id = berlaku.kiriman_id
            where m.level is distinct from 'total'
        ) as seharusnya,
        (select count(*) from {{ ref('fact_anggaran') }}) as ada
    union all
    select
        'fact_kinerja',
        (
            select count(*) from {{ source('mentah', 'kinerja') }} as m
            semi join berlaku on m.kiriman_id = berlaku.kiriman_id
        ),
        (select count(*) from {{ ref('fact_kinerja') }})
    union all
    select
        'fact_anggaran_triwulan',
        (select 4 * count(*) from {{ ref('fact_anggaran') }}),
        (select count(*) from {{ ref('fact_anggaran_triwulan') }})
    union all
    select
        'fact_kinerja_triwulan',
        (select 4 * count(*) from {{ ref('fact_kinerja') }}),
        (select count(*) from {{ ref('fact_kinerja_triwulan') }})
    union all
    select
        'fact_narasi',
        (
            select count(*) from {{ source('mentah', 'narasi') }} as m
            semi join berlaku on m.kiriman_id = berlaku.kiriman_id
        ),
        (select count(*) from {{ ref('fact_narasi') }})
    union all
    select
        'mart_kecamatan_ringkasan',
        (select count(*) from berlaku),
        (select count(*) from {{ ref('mart_kecamatan_ringkasan') }})
    union all
    select
        'mart_rekonsiliasi',
        (
            select count(*) from {{ source('mentah', 'rekonsiliasi') }} as m
            semi join berlaku on m.kiriman_id = berlaku.kiriman_id
        ),
        (select count(*) from {{ ref('mart_rekonsiliasi') }})
    union all
    select
        'mart_kendala',
        (
            select count(*) from {{ ref('mart_evaluasi') }}
            where {{ ada_kendala('kendala') }}
        ),
        (select coalesce(sum(jumlah), 0) from {{ ref('mart_kendala') }})
)

select * from hitungan
where seharusnya != ada
