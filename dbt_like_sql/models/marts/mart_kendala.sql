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
        kecamatan_key,
        periode_key,
        trim(kendala) as kendala,
        lower(regexp_replace(trim(kendala), '\s+', ' ', 'g')) as teks
    from kinerja
    where {{ ada_kendala('kendala') }}
),

-- each distinct text is matched once: forms repeat the same obstacle on many rows, and a pattern from a table is costly
teks_unik as (
    select distinct teks
    from kendala
),

-- the first category (urutan) with a keyword in the text; none: lainnya
kategori_teks as (
    select
        teks_unik.teks,
        coalesce(kategori.kategori, 'lainnya') as kategori
    from teks_unik
    left join kategori on regexp_matches(teks_unik.teks, kategori.pola)
    qualify row_number() over (
        partition by teks_unik.teks order by kategori.urutan nulls last
    ) = 1
),

terkategori as (
    select
        kendala.*,
        kategori_teks.kategori
    from kendala
    inner join kategori_teks on kendala.teks = kategori_teks.teks
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
