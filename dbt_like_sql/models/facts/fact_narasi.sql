with narasi as (
    select * from {{ source('mentah', 'narasi') }}
),

kiriman as (
    select * from {{ ref('stg_kiriman') }}
    where status = 'berlaku'
),

final as (
    select
        narasi.kiriman_id as berkas_key,
        kiriman.kecamatan_key,
        kiriman.periode_key,
        narasi.jenis,
        narasi.urutan,
        narasi.teks,
        narasi.sel
    from narasi
    inner join kiriman on narasi.kiriman_id = kiriman.kiriman_id
)

select * from final
order by berkas_key, jenis, urutan
