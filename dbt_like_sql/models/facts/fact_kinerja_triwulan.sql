with kinerja as (
    select * from {{ ref('fact_kinerja') }}
),

mentah as (
    select * from {{ ref('stg_kinerja') }}
),

triwulan as (
    select unnest([1, 2, 3, 4]) as triwulan
),

final as (
    select
        kinerja.berkas_key,
        kinerja.kecamatan_key,
        kinerja.periode_key,
        kinerja.indikator_key,
        kinerja.nomenklatur_key,
        kinerja.kode,
        kinerja.level,
        kinerja.urutan,
        kinerja.satuan,
        triwulan.triwulan,
        case triwulan.triwulan
            when 1 then mentah.tw1_k
            when 2 then mentah.tw2_k
            when 3 then mentah.tw3_k
            when 4 then mentah.tw4_k
        end as realisasi_k
    from kinerja
    inner join mentah on kinerja.berkas_key = mentah.kiriman_id and kinerja.urutan = mentah.urutan
    cross join triwulan
)

select * from final
order by berkas_key, urutan, triwulan
