"""The columns of form E.81, each declared once: what the reader fills, the checks compare, the loader stores.

Source: Permendagri 86/2017, table E.81 (Evaluasi terhadap Hasil Renja Perangkat Daerah), and the 20-column variant that Kabupaten
Lumajang uses. Belongs here: names and kinds of the columns of a staged row. Does not belong here: how a column is recognised on a sheet
(`layouts`), how a figure is computed (`pipelines.quality.figures`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a measure is stored in a frame."""

    RUPIAH = "rupiah"  # Int64, in sen (1/100 rupiah): exact; DECIMAL(18,2) rupiah in the warehouse
    OUTPUT = "output"  # Float64, in the row's satuan (K of the form); percent on the 0-100 scale
    PERCENT = "percent"  # Float64, percent on the 0-100 scale


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a form row."""

    name: str  # the staged column, and where the contract has it, the warehouse column
    kind: Kind
    title: str  # as a clerk would call it, for messages (Indonesian)


@dataclass(frozen=True, slots=True)
class Pair:
    """A numbered column of the form that holds an output (K) and a money (Rp) figure."""

    name: str
    k: Measure
    rp: Measure

    @property
    def satuan(self) -> str:
        """The staged column with the unit that stands beside (or in) the K cell, canonical spelling."""
        return f"{self.name}_satuan"


def _pair(name: str, title: str, *, suffix: str = "", percent: bool = False) -> Pair:
    if percent:
        k = Measure(f"{name}_k_pct{suffix}", Kind.PERCENT, f"{title} K")
        rp = Measure(f"{name}_rp_pct{suffix}", Kind.PERCENT, f"{title} Rp")
    else:
        k = Measure(f"{name}_k{suffix}", Kind.OUTPUT, f"{title} K")
        rp = Measure(f"{name}_rp{suffix}", Kind.RUPIAH, f"{title} Rp")
    return Pair(name, k, rp)


TARGET_RENSTRA = _pair("target_renstra", "target akhir Renstra")
REALISASI_LALU = _pair("realisasi_lalu", "realisasi Renstra s/d tahun lalu")
TARGET = _pair("target", "target Renja tahun berjalan")
TW1 = _pair("tw1", "realisasi triwulan I")
TW2 = _pair("tw2", "realisasi triwulan II")
TW3 = _pair("tw3", "realisasi triwulan III")
TW4 = _pair("tw4", "realisasi triwulan IV")
REALISASI = _pair("realisasi", "realisasi tahun berjalan", suffix="_lapor")
CAPAIAN = _pair("capaian", "tingkat capaian tahun berjalan", suffix="_lapor", percent=True)
RENSTRA_REALISASI = _pair("renstra_realisasi", "realisasi Renstra s/d tahun berjalan", suffix="_lapor")
RENSTRA_CAPAIAN = _pair("renstra_capaian", "tingkat capaian Renstra", suffix="_lapor", percent=True)

TRIWULAN = (TW1, TW2, TW3, TW4)
PAIRS = (TARGET_RENSTRA, REALISASI_LALU, TARGET, *TRIWULAN, REALISASI, CAPAIAN, RENSTRA_REALISASI, RENSTRA_CAPAIAN)
MEASURES = tuple(measure for pair in PAIRS for measure in (pair.k, pair.rp))
RUPIAH_MEASURES = tuple(m for m in MEASURES if m.kind is Kind.RUPIAH)
DECIMAL_MEASURES = tuple(  # measures whose printed number of decimals decides how exact a comparison may be: staged as <name>__desimal
    m for pair in (REALISASI, CAPAIAN, RENSTRA_REALISASI, RENSTRA_CAPAIAN) for m in (pair.k, pair.rp) if m.kind is not Kind.RUPIAH
)


@dataclass(frozen=True, slots=True)
class Text:
    """A column of the form that holds words."""

    name: str
    title: str


TEXTS = (
    Text("kode_lapor", "kode"),
    Text("sasaran", "sasaran"),
    Text("uraian", "program/kegiatan/sub kegiatan"),
    Text("indikator", "indikator"),
    Text("formulasi", "formulasi"),
    Text("predikat_lapor", "predikat"),
    Text("kendala", "kendala"),
    Text("upaya", "upaya"),
    Text("penanggung_jawab", "penanggung jawab"),
    Text("keterangan", "keterangan"),
)
TITLES = {text.name: text.title for text in TEXTS} | {measure.name: measure.title for measure in MEASURES}


class Level(StrEnum):
    """What a row of the form is about."""

    SASARAN = "sasaran"
    PROGRAM = "program"
    KEGIATAN = "kegiatan"
    SUB_KEGIATAN = "sub_kegiatan"
    KELURAHAN = "kelurahan"  # a detail of the sub kegiatan above it: kept, never added
    TOTAL = "total"  # the foot's TOTAL row
