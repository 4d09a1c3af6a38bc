"""The regency's recap of a triwulan: `laporan/rekap_<tahun>_tw<q>.xlsx`, from the published warehouse.

Belongs here: what the recap says, read from the marts, and writing the files. Does not belong here: how its sheets look (`recap_sheets`),
any figure that the marts do not have.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import duckdb

from pipelines.replace_file import replace_file

Record: TypeAlias = dict[str, Any]
"""A row of a table: column → value, as DuckDB gives it (rupiah as Decimal, percent as float, NULL as None)."""

_QUERIES = {
    "periode": "select * from dim_periode order by periode_key",
    "ringkasan": "select * from mart_kabupaten_ringkasan",
    "program": """
        select program.*, predikat.predikat
        from mart_kabupaten_program as program
        left join dim_predikat as predikat
            on program.rata_capaian_k_pct >= coalesce(predikat.batas_bawah, '-inf'::double)
            and program.rata_capaian_k_pct < coalesce(predikat.batas_atas, 'inf'::double)
        order by kode
    """,
    "kecamatan": "select * from mart_kecamatan_ringkasan order by peringkat",
    "papan": """
        select pelaporan.*, kecamatan.nama as kecamatan, periode.tahun, periode.triwulan
        from fact_pelaporan as pelaporan
        inner join dim_kecamatan as kecamatan using (kecamatan_key)
        inner join dim_periode as periode using (periode_key)
        order by kecamatan.kode_kemendagri
    """,
    "temuan": """
        select temuan.*, kecamatan.nama as kecamatan, aturan.judul, berkas.path, periode.tahun, periode.triwulan
        from fact_temuan as temuan
        inner join dim_periode as periode using (periode_key)
        left join dim_kecamatan as kecamatan using (kecamatan_key)
        left join dim_aturan as aturan using (aturan)
        left join dim_berkas as berkas using (berkas_key)
        order by kecamatan.nama nulls last, temuan.temuan_key
    """,
    # what differs; how many parents were compared, and how many agree, is said above the list
    "rekonsiliasi": """
        select * from mart_rekonsiliasi where selisih <> 0 order by kecamatan, berkas_key, baris, kode, kolom
    """,
    "cocok": """
        select tahun, triwulan, count(*) as dibandingkan, count(*) filter (where selisih = 0) as sama
        from mart_rekonsiliasi where selisih is not null group by all
    """,
    # money of the leaves by code: what the form's own table adds up from
    "anggaran": """
        select
            periode.tahun, periode.triwulan, anggaran.kode, anggaran.level,
            coalesce(nomenklatur.kode_program, 'TANPA_PROGRAM') as kode_program,
            nomenklatur.kode_kegiatan,
            min(coalesce(nomenklatur.uraian, anggaran.uraian_lapor)) as uraian,
            count(distinct anggaran.kecamatan_key) as jumlah_kecamatan,
            sum(anggaran.target_renstra_rp) filter (where anggaran.is_daun) as target_renstra_rp,
            sum(anggaran.realisasi_lalu_rp) filter (where anggaran.is_daun) as realisasi_lalu_rp,
            sum(anggaran.target_rp) filter (where anggaran.is_daun) as target_rp,
            sum(anggaran.realisasi_rp) filter (where anggaran.is_daun) as realisasi_rp,
            sum(anggaran.renstra_realisasi_rp) filter (where anggaran.is_daun) as renstra_realisasi_rp,
            bool_or(anggaran.is_daun) as is_daun
        from fact_anggaran as anggaran
        inner join dim_periode as periode using (periode_key)
        inner join dim_nomenklatur as nomenklatur using (nomenklatur_key)
        where anggaran.is_daun or anggaran.level in ('program', 'kegiatan')
        group by all
        order by kode_program, anggaran.kode
    """,
    "anggaran_triwulan": """
        select periode.tahun, periode.triwulan as triwulan_lapor, kode, fakta.triwulan, sum(realisasi_rp) as realisasi_rp
        from fact_anggaran_triwulan as fakta
        inner join dim_periode as periode using (periode_key)
        where is_daun and fakta.triwulan <= periode.triwulan
        group by all
    """,
}


@dataclass(slots=True)
class Recap:
    """What one recap is made of; every list is in the order in which it is shown."""

    tahun: int
    triwulan: int
    tanggal: dt.date  # of the newest submission in it, in Bappeda's time zone
    periode: Record
    ringkasan: Record
    cocok: Record  # how many parents were compared with their children, how many agree
    program: list[Record] = field(default_factory=list)
    kecamatan: list[Record] = field(default_factory=list)
    papan: list[Record] = field(default_factory=list)
    temuan: list[Record] = field(default_factory=list)
    rekonsiliasi: list[Record] = field(default_factory=list)
    anggaran: list[Record] = field(default_factory=list)  # with tw1_rp … tw4_rp


def write_recaps(warehouse: Path, laporan: Path, *, zona_waktu: str = "Asia/Jakarta") -> list[Path]:
    """Write the recap of every triwulan of which the warehouse has a current submission.

    Each file is replaced in one step, and the same warehouse gives the same bytes.

    Args:
        warehouse: the published DuckDB file (contract §4), opened read-only.
        laporan: the folder for the recaps.
        zona_waktu: the time zone in which dates are shown.

    Returns:
        The files, by tahun and triwulan.
    """
    from pipelines.reports.recap_sheets import write_workbook

    written = []
    for recap in read_recaps(warehouse, zona_waktu=zona_waktu):
        buffer = io.BytesIO()
        write_workbook(recap, buffer)
        target = laporan / f"rekap_{recap.tahun}_tw{recap.triwulan}.xlsx"
        replace_file(target, buffer.getvalue())
        written.append(target)
    return written


def read_recaps(warehouse: Path, *, zona_waktu: str = "Asia/Jakarta") -> list[Recap]:
    """What the recaps say, one for each triwulan with a current submission."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = {name: _records(connection, sql) for name, sql in _QUERIES.items()}
    quarters: dict[tuple[int, int, str], dict[int, Any]] = defaultdict(dict)
    for row in tables["anggaran_triwulan"]:
        quarters[row["tahun"], row["triwulan_lapor"], row["kode"]][row["triwulan"]] = row["realisasi_rp"]
    for row in tables["anggaran"]:
        stated = quarters[row["tahun"], row["triwulan"], row["kode"]] if row["is_daun"] else {}
        row.update({f"tw{number}_rp": stated.get(number) for number in range(1, 5)})
    grouped = {name: _by_periode(tables[name]) for name in tables if name not in ("periode", "anggaran_triwulan")}
    recaps = []
    for periode in tables["periode"]:
        key = (periode["tahun"], periode["triwulan"])
        ringkasan = grouped["ringkasan"].get(key)
        if not ringkasan or not ringkasan[0]["jumlah_kecamatan_lapor"]:
            continue
        rows = {name: grouped[name].get(key, []) for name in ("program", "kecamatan", "papan", "temuan", "rekonsiliasi", "anggaran")}
        received = [_local(row["diterima_pada"], zona_waktu) for row in rows["papan"] if row["diterima_pada"] is not None]
        for row in rows["papan"]:
            row["diterima_pada"] = None if row["diterima_pada"] is None else _local(row["diterima_pada"], zona_waktu).date()
        newest = max(received).date() if received else periode["tanggal_selesai"]
        cocok = grouped["cocok"].get(key, [{}])[0]
        recaps.append(Recap(periode["tahun"], periode["triwulan"], newest, periode, ringkasan[0], cocok, **rows))
    return recaps


def _records(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Record]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _by_periode(rows: Iterable[Record]) -> dict[tuple[int, int], list[Record]]:
    grouped: dict[tuple[int, int], list[Record]] = defaultdict(list)
    for row in rows:
        grouped[row["tahun"], row["triwulan"]].append(row)
    return grouped


def _local(moment: dt.datetime, zone: str) -> dt.datetime:
    """UTC without a zone, as the warehouse keeps it → Bappeda's time."""
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))
