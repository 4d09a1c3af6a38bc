with kiriman as (
    select * from {{ ref('stg_kiriman') }}
    where status in ('berlaku', 'digantikan')
),

anggaran as (
    select * from {{ ref('stg_anggaran') }}
),

kinerja as (
    select * from {{ ref('stg_kinerja') }}
),

kecamatan as (
    select * from {{ ref('dim_kecamatan') }}
),

triwulan as (
    select unnest([1, 2, 3, 4]) as triwulan
),

-- each submission beside the one before it in the year: the triwulan before, or what it revises
pasangan as (
    select
        kecamatan_key,
        tahun,
        kiriman_id as baru,
        triwulan as triwulan_baru,
        revisi_ke as revisi_baru,
        lag(kiriman_id) over urut as lama,
        lag(triwulan) over urut as triwulan_lama,
        lag(revisi_ke) over urut as revisi_lama
    from kiriman
    window urut as (partition by kecamatan_key, tahun order by triwulan, revisi_ke, kiriman_id)
),

-- the older form's own triwulan is closed too: both forms report it after its end
tertutup as (
    select
        pasangan.*,
        triwulan.triwulan as triwulan_tertutup
    from pasangan
    inner join triwulan on pasangan.triwulan_lama >= triwulan.triwulan
    where pasangan.lama is not null
),

rupiah as (
    select
        tertutup.*,
        baru.level,
        baru.kode,
        baru.urutan,
        0 as indikator_ke,
        cast(null as varchar) as indikator,
        'tw' || tertutup.triwulan_tertutup || '_rp' as kolom,
        cast([lama.tw1_rp, lama.tw2_rp, lama.tw3_rp, lama.tw4_rp][tertutup.triwulan_tertutup] as decimal(24, 6)) as nilai_lama,
        cast([baru.tw1_rp, baru.tw2_rp, baru.tw3_rp, baru.tw4_rp][tertutup.triwulan_tertutup] as decimal(24, 6)) as nilai_baru
    from tertutup
    inner join anggaran as baru on tertutup.baru = baru.kiriman_id
    inner join anggaran as lama on tertutup.lama = lama.kiriman_id and baru.kode = lama.kode
),

-- an indicator is the same when its text is, or when the code has a single one in both forms
keluaran as (
    select
        tertutup.*,
        baru.level,
        baru.kode,
        baru.urutan,
        baru.indikator_ke,
        baru.indikator,
        'tw' || tertutup.triwulan_tertutup || '_k' as kolom,
        cast([lama.tw1_k, lama.tw2_k, lama.tw3_k, lama.tw4_k][tertutup.triwulan_tertutup] as decimal(24, 6)) as nilai_lama,
        cast([baru.tw1_k, baru.tw2_k, baru.tw3_k, baru.tw4_k][tertutup.triwulan_tertutup] as decimal(24, 6)) as nilai_baru
    from tertutup
    inner join kinerja as baru on tertutup.baru = baru.kiriman_id
    inner join kinerja as lama
        on
            tertutup.lama = lama.kiriman_id
            and baru.kode = lama.kode
            and (
                (baru.indikator_baku = lama.indikator_baku and baru.ulangan = lama.ulangan)
                or (baru.jumlah_indikator = 1 and lama.jumlah_indikator = 1)
            )
),

semua as (
    select * from rupiah
    union all by name
    select * from keluaran
),

final as (
    select
        semua.tahun,
        semua.triwulan_baru as triwulan,
        kecamatan.nama as kecamatan,
        semua.level,
        semua.kode,
        semua.indikator_ke,
        semua.indikator,
        semua.kolom,
        semua.triwulan_tertutup,
        semua.nilai_lama,
        semua.nilai_baru,
        cast(semua.nilai_baru - semua.nilai_lama as decimal(24, 6)) as selisih,
        semua.triwulan_lama,
        semua.revisi_lama,
        semua.revisi_baru,
        semua.kecamatan_key,
        semua.lama as berkas_key_lama,
        semua.baru as berkas_key_baru
    from semua
    inner join kecamatan on semua.kecamatan_key = kecamatan.kecamatan_key
    where semua.nilai_lama is distinct from semua.nilai_baru
)

select * from final
order by tahun, triwulan, kecamatan, berkas_key_baru, kode, indikator_ke, kolom
