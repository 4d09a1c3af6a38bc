with kinerja as (
    select * from {{ ref('stg_kinerja') }}
),

nomenklatur as (
    select * from {{ ref('nomenklatur') }}
),

ejaan_satuan as (
    select * from {{ ref('satuan_ejaan') }}
),

ejaan_resmi as (
    select
        nomenklatur.kode,
        {{ teks_baku('nomenklatur.indikator') }} as indikator_baku,
        nomenklatur.indikator,
        coalesce(ejaan_satuan.satuan, lower(trim(nomenklatur.satuan))) as satuan
    from nomenklatur
    left join ejaan_satuan on lower(trim(nomenklatur.satuan)) = lower(trim(ejaan_satuan.ejaan))
    where nomenklatur.indikator is not null
),

-- several spans of validity may repeat an indicator: the newest wording counts
resmi as (
    select
        kode,
        indikator_baku,
        arg_max(indikator, indikator) as indikator,
        arg_max(satuan, satuan) as satuan
    from ejaan_resmi
    group by kode, indikator_baku
),

teks as (
    select
        kode,
        indikator_baku,
        ulangan,
        any_value(kode_dasar) as kode_dasar,
        indikator,
        count(*) as jumlah
    from kinerja
    group by kode, indikator_baku, ulangan, indikator
),

teks_terbanyak as (
    select *
    from teks
    qualify row_number() over (partition by kode, indikator_baku, ulangan order by jumlah desc, indikator asc) = 1
),

satuan as (
    select
        kode,
        indikator_baku,
        ulangan,
        satuan,
        jenis_akumulasi,
        polaritas,
        count(*) as jumlah
    from kinerja
    group by all
),

bersatuan as (
    select
        satuan.*,
        sum(satuan.jumlah) over (partition by satuan.kode, satuan.indikator_baku, satuan.ulangan, satuan) as jumlah_satuan
    from satuan
),

satuan_terbanyak as (
    select *
    from bersatuan
    qualify row_number() over (
        partition by kode, indikator_baku, ulangan
        order by satuan is null, jumlah_satuan desc, satuan asc, jumlah desc, jenis_akumulasi asc, polaritas asc
    ) = 1
),

digabung as (
    select
        teks_terbanyak.kode,
        coalesce(resmi.indikator, teks_terbanyak.indikator) as indikator,
        coalesce(resmi.satuan, satuan_terbanyak.satuan) as satuan,
        satuan_terbanyak.jenis_akumulasi,
        satuan_terbanyak.polaritas,
        teks_terbanyak.indikator_baku,
        teks_terbanyak.ulangan,
        resmi.kode is not null as resmi
    from teks_terbanyak
    inner join satuan_terbanyak
        on
            teks_terbanyak.kode = satuan_terbanyak.kode
            and teks_terbanyak.indikator_baku = satuan_terbanyak.indikator_baku
            and teks_terbanyak.ulangan = satuan_terbanyak.ulangan
    left join resmi
        on
            teks_terbanyak.kode_dasar = resmi.kode
            and teks_terbanyak.indikator_baku = resmi.indikator_baku
),

final as (
    select
        cast(row_number() over (order by kode, indikator_baku, ulangan) as integer) as indikator_key,
        *
    from digabung
)

select * from final
order by indikator_key
