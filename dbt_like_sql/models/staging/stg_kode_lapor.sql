with anggaran as (
    select * from {{ ref('stg_anggaran') }}
),

kinerja as (
    select * from {{ ref('stg_kinerja') }}
),

baris as (
    select
        kode,
        kode_dasar,
        tahun,
        level,
        uraian,
        penanggung_jawab
    from anggaran
    union all
    select
        kode,
        kode_dasar,
        tahun,
        level,
        uraian,
        penanggung_jawab
    from kinerja
),

ejaan as (
    select
        kode,
        kode_dasar,
        tahun,
        level,
        case when level = 'kelurahan' then coalesce(uraian, penanggung_jawab) else uraian end as uraian,
        count(*) as jumlah
    from baris
    group by all
),

-- the spelling and level used most often, ties by alphabet
final as (
    select
        kode,
        kode_dasar,
        tahun,
        level,
        uraian
    from ejaan
    qualify row_number() over (
        partition by kode, tahun order by uraian is null, jumlah desc, uraian asc, level asc
    ) = 1
)

select * from final
order by kode, tahun
