with kecamatan as (
    select * from {{ ref('kecamatan') }}
),

final as (
    select
        cast(replace(kode_kemendagri, '.', '') as integer) as kecamatan_key,
        kode_kemendagri,
        kode_bps,
        nama,
        jumlah_desa,
        jumlah_kelurahan
    from kecamatan
)

select * from final
order by kecamatan_key
