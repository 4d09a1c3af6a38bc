with periode as (
    select * from {{ source('mentah', 'periode') }}
),

final as (
    select
        tahun * 10 + triwulan as periode_key,
        tahun,
        triwulan,
        'Triwulan ' || (['I', 'II', 'III', 'IV'])[triwulan] || ' ' || tahun as label,
        tanggal_mulai,
        tanggal_selesai,
        batas_lapor,
        mode_renstra
    from periode
)

select * from final
order by periode_key
