"""The tables of schema `mentah`, each column declared once: what a frame must carry to be loaded, and the type it gets in DuckDB.

Source: docs/rancangan.md ("Frames"); the measures come from `pipelines.workbook.columns`. Belongs here: names and types. Does not belong
here: how a frame gets into the file (`load`), what is made of it (the dbt project).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipelines.workbook.columns import CAPAIAN, PAIRS, RENSTRA_CAPAIAN, RUPIAH_MEASURES, Kind, Measure


class ColumnType(StrEnum):
    """A column's type in the warehouse."""

    TEXT = "VARCHAR"
    INTEGER = "INTEGER"
    BOOLEAN = "BOOLEAN"
    DOUBLE = "DOUBLE"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    RUPIAH = "DECIMAL(18,2)"  # Int64 sen in the frame


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of `mentah`. `required` must be in the frame; `optional` columns are NULL where the frame lacks them."""

    name: str
    required: Mapping[str, ColumnType]
    optional: Mapping[str, ColumnType]

    @property
    def columns(self) -> dict[str, ColumnType]:
        """All columns in the table's order."""
        return {**self.required, **self.optional}


_OF_KIND = {Kind.RUPIAH: ColumnType.RUPIAH, Kind.OUTPUT: ColumnType.DOUBLE, Kind.PERCENT: ColumnType.DOUBLE}
_COMPUTED_RP = ("realisasi_rp", "renstra_realisasi_rp")
_COMPUTED_RP_PCT = ("capaian_rp_pct", "renstra_capaian_rp_pct")
_COMPUTED_K = ("realisasi_k", "capaian_k_pct", "renstra_realisasi_k", "renstra_capaian_k_pct")
_GROUP_MEASURES = (*RUPIAH_MEASURES, CAPAIAN.rp, RENSTRA_CAPAIAN.rp)


def _texts(*names: str) -> dict[str, ColumnType]:
    return dict.fromkeys(names, ColumnType.TEXT)


def _integers(*names: str) -> dict[str, ColumnType]:
    return dict.fromkeys(names, ColumnType.INTEGER)


def _measures(measures: tuple[Measure, ...]) -> dict[str, ColumnType]:
    return {measure.name: _OF_KIND[measure.kind] for measure in measures}


_KIRIMAN = {
    **_integers("kiriman_id"),
    **_texts("sha256", "path", "lembar", "format"),
    "diterima_pada": ColumnType.TIMESTAMP,
    "workbook_modified": ColumnType.TIMESTAMP,
    **_texts("status"),
    **_integers("revisi_ke"),
    **_texts("kode_kemendagri"),
    **_integers("tahun", "triwulan"),
    **_texts("sebab", "tujuan_indikator", "tujuan_target", "tujuan_realisasi"),
    "rata_rata_lapor": ColumnType.DOUBLE,
    **_integers("rata_rata_desimal"),
    **_texts("rata_rata_sel", "predikat_lapor", "predikat_sel", "tanda_tangan_tempat"),
    "tanda_tangan_tanggal": ColumnType.DATE,
    **_texts("tanda_tangan_jabatan", "tanda_tangan_sel"),
}

_KINERJA = {
    **_integers("kiriman_id", "urutan", "baris"),
    **_texts("level", "kode"),
    **_integers("kelompok", "indikator_ke"),
    **_texts("sasaran", "uraian", "indikator", "formulasi", "satuan"),
    **_measures(tuple(pair.k for pair in PAIRS)),
    **_texts("predikat_lapor", "jenis_akumulasi", "polaritas"),
    **dict.fromkeys(_COMPUTED_K, ColumnType.DOUBLE),
    **_texts("predikat", "kendala", "upaya", "penanggung_jawab", "keterangan"),
}

_ANGGARAN = {
    **_integers("kiriman_id", "urutan", "baris"),
    **_texts("level", "kode", "kode_lapor"),
    **_integers("kelompok"),
    **_texts("uraian"),
    "is_daun": ColumnType.BOOLEAN,
    **_measures(_GROUP_MEASURES),
    **dict.fromkeys(_COMPUTED_RP, ColumnType.RUPIAH),
    **dict.fromkeys(_COMPUTED_RP_PCT, ColumnType.DOUBLE),
    **_texts("penanggung_jawab"),
}

TABLES = (
    RawTable("kiriman", _KIRIMAN, {}),
    RawTable("kinerja", _KINERJA, {"jenis_ditetapkan": ColumnType.BOOLEAN}),
    RawTable(
        "anggaran",
        _ANGGARAN,
        {
            **_integers(*(f"{measure.name}__baris" for measure in _GROUP_MEASURES)),
            **_integers(*(f"{measure.name}__desimal" for measure in (CAPAIAN.rp, RENSTRA_CAPAIAN.rp))),
        },
    ),
    RawTable(
        "rekonsiliasi",
        {
            **_integers("kiriman_id"),
            **_texts("level", "kode", "kolom"),
            **_integers("baris"),
            **dict.fromkeys(("dilaporkan", "jumlah_anak", "selisih"), ColumnType.RUPIAH),
        },
        {},
    ),
    RawTable("narasi", {**_integers("kiriman_id"), **_texts("jenis"), **_integers("urutan"), **_texts("teks", "sel")}, {}),
    RawTable(
        "temuan",
        {
            **_integers("kiriman_id"),
            **_texts("aturan", "tingkat", "lembar", "sel", "kode", "kolom"),
            **_integers("baris"),
            **_texts("nilai_lapor", "nilai_seharusnya", "pesan", "status_temuan"),
        },
        {},
    ),
    RawTable("aturan", _texts("aturan", "tingkat", "judul", "penjelasan", "tindakan"), {}),
    RawTable("kalender", {"tanggal": ColumnType.DATE, **_integers("hari_kerja_ke")}, {}),
    RawTable(
        "periode",
        {
            **_integers("tahun", "triwulan"),
            **dict.fromkeys(("tanggal_mulai", "tanggal_selesai", "batas_lapor"), ColumnType.DATE),
            **_texts("mode_renstra"),
        },
        {},
    ),
    RawTable(
        "pengaturan",
        {
            "hari_ini": ColumnType.DATE,
            **_integers("tahun_awal", "tahun_akhir"),
            **_texts("tingkat_rata_rata"),
            "batas_capaian": ColumnType.DOUBLE,
        },
        {},
    ),
)
"""Every table of `mentah`, in loading order."""
