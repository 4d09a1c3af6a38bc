with skala as (
    select * from {{ ref('skala_predikat') }}
),

final as (
    select
        predikat,
        batas_bawah,
        batas_atas,
        urutan
    from skala
)

select * from final
order by urutan
