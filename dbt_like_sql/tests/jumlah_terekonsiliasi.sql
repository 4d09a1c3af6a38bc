-- Leaf money is one sum wherever it is added up: the facts, each mart, and what was loaded. A row here is a difference.
with mentah as (
    select
        kiriman.kecamatan_key,
        kiriman.periode_key,
        sum(anggaran.target_rp) as target_rp,
        sum(anggaran.realisasi_rp) as realisasi_rp
    from {{ source('mentah', 'anggaran') }} as anggaran
    inner join {{ ref('stg_kiriman') }} as kiriman on anggaran.kiriman_id = kiriman.kiriman_id
    where kiriman.status = 'berlaku' and anggaran.is_daun
    group by all
),

evaluasi as (
    select
        berkas.kecamatan_key,
        berkas.periode_key,
        sum(evaluasi.target_rp) as target_rp,
        sum(evaluasi.realisasi_rp) as realisasi_rp
    from {{ ref('mart_evaluasi') }} as evaluasi
    inner join {{ ref('dim_berkas') }} as berkas on evaluasi.berkas_key = berkas.berkas_key
    where evaluasi.is_daun
    group by all
),

ringkasan as (
    select
        kecamatan_key,
        periode_key,
        target_rp,
        realisasi_rp
    from {{ ref('mart_kecamatan_ringkasan') }}
),

program as (
    select
        tahun * 10 + triwulan as periode_key,
        sum(target_rp) as target_rp,
        sum(realisasi_rp) as realisasi_rp
    from {{ ref('mart_kabupaten_program') }}
    group by all
),

kabupaten as (
    select
        periode_key,
        target_rp,
        realisasi_rp
    from {{ ref('mart_kabupaten_ringkasan') }}
),

mentah_kabupaten as (
    select
        periode_key,
        sum(target_rp) as target_rp,
        sum(realisasi_rp) as realisasi_rp
    from mentah
    group by all
),

perbandingan as (
    select
        'mart_evaluasi' as tabel,
        mentah.periode_key,
        mentah.kecamatan_key,
        mentah.target_rp as a_target,
        lain.target_rp as b_target,
        mentah.realisasi_rp as a_realisasi,
        lain.realisasi_rp as b_realisasi
    from mentah
    full outer join evaluasi as lain
        on mentah.kecamatan_key = lain.kecamatan_key and mentah.periode_key = lain.periode_key
    union all
    select
        'mart_kecamatan_ringkasan',
        mentah.periode_key,
        mentah.kecamatan_key,
        mentah.target_rp,
        lain.target_rp,
        mentah.realisasi_rp,
        lain.realisasi_rp
    from mentah
    full outer join ringkasan as lain
        on mentah.kecamatan_key = lain.kecamatan_key and mentah.periode_key = lain.periode_key
    union all
    select
        'mart_kabupaten_program',
        mentah_kabupaten.periode_key,
        null,
        mentah_kabupaten.target_rp,
        lain.target_rp,
        mentah_kabupaten.realisasi_rp,
        lain.realisasi_rp
    from mentah_kabupaten
    full outer join program as lain on mentah_kabupaten.periode_key = lain.periode_key
    union all
    select
        'mart_kabupaten_ringkasan',
        mentah_kabupaten.periode_key,
        null,
        mentah_kabupaten.target_rp,
        lain.target_rp,
        mentah_kabupaten.realisasi_rp,
        lain.realisasi_rp
    from mentah_kabupaten
    full outer join kabupaten as lain on mentah_kabupaten.periode_key = lain.periode_key
)

select * from perbandingan
where a_target is distinct from b_target or a_realisasi is distinct from b_realisasi
