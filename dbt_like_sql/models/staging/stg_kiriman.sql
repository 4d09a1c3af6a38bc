with kiriman as (
    select * from {{ source('mentah', 'kiriman') }}
),

kecamatan as (
    select * from {{ ref('kecamatan') }}
),

final as (
    select
        kiriman.*,
        cast(replace(kecamatan.kode_kemendagri, '.', '') as integer) as kecamatan_key,
        kiriman.tahun * 10 + kiriman.triwulan as periode_key,
        cast(
            kiriman.diterima_pada at time zone 'UTC' at time zone '{{ var("zona_waktu") }}' as date
        ) as diterima_tanggal
    from kiriman
    left join kecamatan on kiriman.kode_kemendagri = kecamatan.kode_kemendagri
)

select * from final
order by kiriman_id
