with anggaran as (
    select * from {{ ref('fact_anggaran') }}
),

mentah as (
    select * from {{ ref('stg_anggaran') }}
),

triwulan as (
    select unnest([1, 2, 3, 4]) as triwulan
),

final as (
    select
        anggaran.berkas_key,
        anggaran.kecamatan_key,
        anggaran.periode_key,
        anggaran.nomenklatur_key,
        anggaran.kode,
        anggaran.level,
        anggaran.urutan,
        anggaran.is_daun,
        triwulan.triwulan,
        case triwulan.triwulan
            when 1 then mentah.tw1_rp
            when 2 then mentah.tw2_rp
            when 3 then mentah.tw3_rp
            when 4 then mentah.tw4_rp
        end as realisasi_rp
    from anggaran
    inner join mentah on anggaran.berkas_key = mentah.kiriman_id and anggaran.urutan = mentah.urutan
    cross join triwulan
)

select * from final
order by berkas_key, urutan, triwulan
