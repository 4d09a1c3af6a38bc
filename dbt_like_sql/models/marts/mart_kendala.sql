with kinerja as (
    select * from {{ ref('fact_kinerja') }}
),

kecamatan as (
    select * from {{ ref('dim_kecamatan') }}
),

periode as (
    select * from {{ ref('dim_periode') }}
),

kategori as (
    select
        urutan,
        kategori,
        {{ pola_kata('kata_kunci') }} as pola
    from {{ ref('kategori_kendala') }}
    where kata_kunci is not null
),

-- a dash, a nil or "tidak ada" is no obstacle
kendala as (
    select
        berkas_key,
        kecamatan_key,
        periode_key,
        urutan as baris_ke,
        trim(kendala) as kendala,
        lower(regexp_replace(trim(kendala), '\s+', ' ', 'g')) as teks
    from kinerja
    where {{ ada_kendala('kendala') }}
),

-- the first category (urutan) with a keyword in the text; none: lainnya
terkategori as (
    select
        kendala.*,
        coalesce(kategori.kategori, 'lainnya') as kategori
    from kendala
    left join kategori on regexp_matches(kendala.teks, kategori.pola)
    qualify row_number() over (
        partition by kendala.berkas_key, kendala.baris_ke order by kategori.urutan nulls last
    ) = 1
),

-- the example is the text written most often, the shortest of equals
contoh as (
    select
        periode_key,
        kategori,
        kendala
    from terkategori
    group by periode_key, kategori, kendala
    qualify row_number() over (
        partition by periode_key, kategori order by count(*) desc, length(kendala), kendala
    ) = 1
),

dihitung as (
    select
        terkategori.periode_key,
        terkategori.kategori,
        count(*) as jumlah,
        count(distinct terkategori.kecamatan_key) as jumlah_kecamatan,
        string_agg(distinct kecamatan.nama, ', ' order by kecamatan.nama) as kecamatan
    from terkategori
    inner join kecamatan on terkategori.kecamatan_key = kecamatan.kecamatan_key
    group by terkategori.periode_key, terkategori.kategori
),

final as (
    select
        periode.tahun,
        periode.triwulan,
        dihitung.kategori,
        cast(dihitung.jumlah as integer) as jumlah,
        dihitung.kecamatan,
        cast(dihitung.jumlah_kecamatan as integer) as jumlah_kecamatan,
        contoh.kendala as contoh
    from dihitung
    inner join periode on dihitung.periode_key = periode.periode_key
    inner join contoh
        on dihitung.periode_key = contoh.periode_key and dihitung.kategori = contoh.kategori
)

select * from final
order by tahun asc, triwulan asc, jumlah desc, kategori asc
