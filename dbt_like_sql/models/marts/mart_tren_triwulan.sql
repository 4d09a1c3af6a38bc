with berkas as (
    select * from {{ ref('dim_berkas') }}
    where status = 'berlaku'
),

kecamatan as (
    select * from {{ ref('dim_kecamatan') }}
),

periode as (
    select * from {{ ref('dim_periode') }}
),

triwulan as (
    select unnest([1, 2, 3, 4]) as triwulan
),

anggaran as (
    select * from {{ ref('fact_anggaran') }}
    where is_daun
),

anggaran_triwulan as (
    select * from {{ ref('fact_anggaran_triwulan') }}
    where is_daun
),

terbaru as (
    select
        berkas.berkas_key,
        berkas.kecamatan_key,
        periode.tahun,
        periode.triwulan as triwulan_lapor
    from berkas
    inner join periode on berkas.periode_key = periode.periode_key
    qualify row_number() over (partition by berkas.kecamatan_key, periode.tahun order by periode.triwulan desc) = 1
),

target as (
    select
        berkas_key,
        {{ jumlah_rp('target_rp') }} as target_rp
    from anggaran
    group by berkas_key
),

per_triwulan as (
    select
        berkas_key,
        triwulan,
        {{ jumlah_rp('realisasi_rp') }} as realisasi_rp
    from anggaran_triwulan
    group by berkas_key, triwulan
),

-- quarters after the reporting one are not known yet, whatever a form may already say there
kisi as (
    select
        terbaru.*,
        triwulan.triwulan,
        target.target_rp,
        case when triwulan.triwulan <= terbaru.triwulan_lapor then per_triwulan.realisasi_rp end as realisasi_rp
    from terbaru
    cross join triwulan
    left join target on terbaru.berkas_key = target.berkas_key
    left join per_triwulan
        on terbaru.berkas_key = per_triwulan.berkas_key and triwulan.triwulan = per_triwulan.triwulan
),

kumulatif as (
    select
        *,
        case
            when triwulan <= triwulan_lapor
                then cast(sum(realisasi_rp) over (partition by berkas_key order by triwulan) as decimal(18, 2))
        end as realisasi_kumulatif_rp
    from kisi
),

final as (
    select
        kumulatif.tahun,
        kecamatan.nama as kecamatan,
        kumulatif.triwulan,
        kumulatif.realisasi_rp,
        kumulatif.realisasi_kumulatif_rp,
        kumulatif.target_rp,
        {{ persen('kumulatif.realisasi_kumulatif_rp', 'kumulatif.target_rp') }} as capaian_kumulatif_rp_pct,
        kumulatif.triwulan_lapor,
        kumulatif.kecamatan_key,
        kumulatif.berkas_key
    from kumulatif
    inner join kecamatan on kumulatif.kecamatan_key = kecamatan.kecamatan_key
)

select * from final
order by tahun, kecamatan, triwulan
