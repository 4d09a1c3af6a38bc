with aturan as (
    select * from {{ source('mentah', 'aturan') }}
),

final as (
    select
        aturan,
        tingkat,
        judul,
        penjelasan,
        tindakan
    from aturan
)

select * from final
order by aturan
