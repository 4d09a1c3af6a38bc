with temuan as (
    select * from {{ source('mentah', 'temuan') }}
),

kiriman as (
    select * from {{ ref('stg_kiriman') }}
),

-- what a replaced submission had wrong is history; a finding that belongs to no submission stays
bertahan as (
    select
        temuan.*,
        kiriman.kecamatan_key,
        kiriman.periode_key
    from temuan
    left join kiriman on temuan.kiriman_id = kiriman.kiriman_id
    where kiriman.status is distinct from 'digantikan'
),

final as (
    select
        cast(row_number() over (
            order by kiriman_id, lembar, baris, sel, aturan, kolom, kode, nilai_lapor, nilai_seharusnya, pesan
        ) as integer) as temuan_key,
        kiriman_id as berkas_key,
        kecamatan_key,
        periode_key,
        aturan,
        tingkat,
        lembar,
        sel,
        kode,
        kolom,
        baris,
        nilai_lapor,
        nilai_seharusnya,
        pesan,
        status_temuan
    from bertahan
)

select * from final
order by temuan_key
