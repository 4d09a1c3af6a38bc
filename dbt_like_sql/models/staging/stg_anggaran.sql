with anggaran as (
    select * from {{ source('mentah', 'anggaran') }}
),

kiriman as (
    select * from {{ ref('stg_kiriman') }}
),

-- A code that is missing altogether still is a row with money: it gets a name of its own instead of being lost in a join.
berkode as (
    select * replace (coalesce(kode, 'TANPA_KODE#' || kelompok) as kode)
    from anggaran
    where level is distinct from 'total'
),

final as (
    select
        berkode.kiriman_id,
        kiriman.status,
        kiriman.tahun,
        kiriman.triwulan,
        kiriman.kecamatan_key,
        kiriman.periode_key,
        berkode.urutan,
        berkode.baris,
        berkode.level,
        berkode.kode,
        regexp_replace(berkode.kode, '#\d+$', '') as kode_dasar,
        berkode.kelompok,
        berkode.uraian,
        berkode.is_daun,
        berkode.target_renstra_rp,
        berkode.realisasi_lalu_rp,
        berkode.target_rp,
        berkode.tw1_rp,
        berkode.tw2_rp,
        berkode.tw3_rp,
        berkode.tw4_rp,
        berkode.realisasi_rp,
        berkode.capaian_rp_pct,
        berkode.renstra_realisasi_rp,
        berkode.renstra_capaian_rp_pct,
        berkode.realisasi_rp_lapor,
        berkode.capaian_rp_pct_lapor,
        berkode.renstra_realisasi_rp_lapor,
        berkode.renstra_capaian_rp_pct_lapor,
        berkode.penanggung_jawab
    from berkode
    inner join kiriman on berkode.kiriman_id = kiriman.kiriman_id
)

select * from final
order by kiriman_id, urutan
