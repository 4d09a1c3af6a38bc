"""Layouts of form E.81, declared: which column number is which field, and in what words its title says so.

Source: Permendagri 86/2017, table E.81, and the variants in use (15, 16, 17 and 20 columns). A new layout is a new entry in these tables;
no code branches on a layout's name. Does not belong here: looking for the table on a sheet (`table`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SATUAN = "satuan"  # a column of its own with the row's unit, in forms that give it once

TEXT_FIELDS = (
    "kode_lapor",
    "sasaran",
    "uraian",
    "indikator",
    "formulasi",
    "predikat_lapor",
    "kendala",
    "upaya",
    "penanggung_jawab",
    "keterangan",
)
PAIR_FIELDS = (
    "target_renstra",
    "realisasi_lalu",
    "target",
    "tw1",
    "tw2",
    "tw3",
    "tw4",
    "realisasi",
    "capaian",
    "renstra_realisasi",
    "renstra_capaian",
)
TW_FIELDS = ("tw1", "tw2", "tw3", "tw4")
RATIO_FIELDS = ("capaian", "renstra_capaian")
REQUIRED = ("indikator", "target")  # without these it is not table E.81, whatever its numbers say


@dataclass(frozen=True, slots=True)
class Numbering:
    """One numbering of the columns: number n is `fields[n - 1]`."""

    name: str
    fields: tuple[str, ...]

    def field(self, number: int) -> str | None:
        """The field under a column number."""
        return self.fields[number - 1] if 0 < number <= len(self.fields) else None


_HEAD = ("kode_lapor", "sasaran", "uraian", "indikator")
_PLAN = ("target_renstra", "realisasi_lalu", "target", "tw1", "tw2", "tw3", "tw4", "realisasi")

NUMBERINGS = (
    Numbering(
        "20 kolom (Kabupaten Lumajang)",
        (
            *_HEAD,
            "formulasi",
            *_PLAN,
            "capaian",
            "predikat_lapor",
            "renstra_realisasi",
            "renstra_capaian",
            "kendala",
            "upaya",
            "penanggung_jawab",
        ),
    ),
    Numbering("15 kolom (Permendagri 86/2017)", (*_HEAD, *_PLAN, "renstra_realisasi", "renstra_capaian", "penanggung_jawab")),
    Numbering("16 kolom (dengan keterangan)", (*_HEAD, *_PLAN, "renstra_realisasi", "renstra_capaian", "penanggung_jawab", "keterangan")),
    Numbering("16 kolom (13 = 12/7)", (*_HEAD, *_PLAN, "capaian", "renstra_realisasi", "renstra_capaian", "penanggung_jawab")),
    Numbering(
        "17 kolom (13 = 12/7)", (*_HEAD, *_PLAN, "capaian", "renstra_realisasi", "renstra_capaian", "penanggung_jawab", "keterangan")
    ),
)


@dataclass(frozen=True, slots=True)
class Formula:
    """What the formula in a number row ("13 = 9+10+11+12") says of its own column: operator and the fields it names."""

    field: str
    operator: str  # '+', '/', or '' for a plain copy ("16 = 13")
    operands: tuple[str, ...]


FORMULAS = (
    Formula("realisasi", "+", TW_FIELDS),
    Formula("capaian", "/", ("realisasi", "target")),
    Formula("renstra_realisasi", "+", ("realisasi_lalu", "realisasi")),
    Formula("renstra_realisasi", "", ("realisasi",)),
    Formula("renstra_capaian", "/", ("renstra_realisasi", "target_renstra")),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A way a title is worded. It may fit several fields: then number or order decides."""

    fields: tuple[str, ...]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None


def _w(fields: str, pattern: str, unless: str | None = None) -> Wording:
    return Wording(tuple(fields.split()), re.compile(pattern), re.compile(unless) if unless else None)


# First match wins; titles are lower case with single spaces. Order: the more particular first.
WORDINGS = (
    _w("upaya", r"\bupaya\b|solusi|rencana tindak lanjut|pemecahan masalah"),
    _w("kendala", r"\bkendala\b|permasalahan|hambatan|penghambat"),
    _w("formulasi", r"\bformula(si)?\b|rumus|cara (peng|per)?hitung"),
    _w("predikat_lapor", r"\bpredikat\b|^kategori\b|kategori capaian|\bt-?e\.?-?1\b"),
    _w("penanggung_jawab", r"penangg?ung ?jawab|\bpenanggungjawab\b|pelaksana\b|\bpic\b"),
    _w("keterangan", r"^ket(erangan|\.)?$|^catatan$"),
    _w(SATUAN, r"^satuan( indikator| kinerja)?$|^unit$"),
    _w("renstra_capaian", r"(tingkat capaian|persentase capaian|% ?capaian|rasio capaian|^(?=.*%)capaian\b).*(renstra|rpjmd)"),
    _w("capaian", r"tingkat capaian|persentase capaian|% ?capaian|rasio capaian|^capaian\b.*%"),
    _w(
        "tw1 tw2 tw3 tw4",
        r"^(realisasi )?.*\b(triwulan|tri wulan|tw)\b",
        r"tahun berjalan s/?d|^target|renstra|(triwulan|tw) (berjalan|ini)\b",
    ),
    _w("target_renstra", r"\btarget\b.*(renstra|rpjmd|akhir periode|periode akhir)|renstra.*\btarget\b"),
    _w(
        "realisasi_lalu",
        r"realisasi.*(n ?- ?2|tahun lalu|tahun sebelumnya|sampai dengan renja|s\.?/?d\.? renja|tahun n-2)|capaian.*(n ?- ?2|tahun lalu)",
    ),
    _w("realisasi_lalu renstra_realisasi", r"realisasi.*(renstra|rpjmd)|capaian.*(renstra|rpjmd)"),
    _w("target", r"\btarget\b|\bpagu\b"),
    _w("realisasi", r"\brealisasi\b|\bcapaian\b"),
    _w("indikator", r"\bindikator\b|tolok ukur"),
    _w("kode_lapor", r"\bkode\b|\bno\b\.?|\bnomor\b"),
    _w("sasaran", r"\bsasaran\b"),
    _w("uraian", r"\bprogram\b|\bkegiatan\b|\buraian\b|nomenklatur"),
)

QUARTER = re.compile(r"\b(?:triwulan|tri wulan|tw)?[ .\-]*(iv|iii|ii|i|[1-4])\b(?! ?[)])")
QUARTERS: Mapping[str, int] = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
CUMULATIVE = re.compile(
    r"\bs\.?\s?/?\s?d\.?\b|\bsampai\b|\bkum(?:ulatif|\.|\b)|\bi\s*,\s*ii\b"
    r"|\bi\s*(?:\+|&|-|–|dan)\s*(?:(?:triwulan|tri wulan|tw)\.?\s*)?(?:iv|iii|ii)\b|\bjan(?:uari)?\b\.?\s*(?:-|–)"
)
ALL_QUARTERS = re.compile(  # in a title over all four columns it says which they are, not that they add up
    r"\bi\s*(?:s\.?\s?/?\s?d\.?|sampai(?: dengan)?|-|–|,.*)\s*(?:(?:triwulan|tri wulan|tw)\.?\s*)?iv\b"
)
THOUSANDS = re.compile(
    r"rp\.? ?[('’]*\.?0{3}\b|\b0{3} ?\(?rp|dalam \(?['’]?0{3}\b|ribuan|\bribu \(?(?:rp|rupiah)|(?:rp|rupiah)\.? ?\(?ribu\b"
    r"|\bx ?(?:rp\.? ?)?1[.,]?000\b|\((?:dalam )?rp\.? ?/? ?1[.,]?000(?:[.,]-|,00)?\)|\b(?:dalam|satuan ?:) ?rp\.? ?1[.,]?000\b",
    re.IGNORECASE,
)
MILLIONS = re.compile(r"jutaan|\bjuta \(?(?:rp|rupiah)|(?:rp|rupiah)\.? ?\(?juta\b|rp\.? ?\(?0{3}[.,]000\b", re.IGNORECASE)
SCALE_NOTE = re.compile(  # below a table, where a narrative may speak of millions as well
    r"(?:^|[ (:*])(?:dalam|dlm\.?|satuan)[ :(]+(?:rp\.? ?|rupiah |satuan )*[('’]*(?:ribu|juta|0{3}\b|1[.,]?000\b)"
)

_AFTER_LABEL = r"[ .,()'’/x%0-9-]*"
K_LABEL = re.compile(
    r"^\(?(k|kinerja|kin|fisik|volume|vol|target kinerja|capaian kinerja|realisasi kinerja|target fisik|realisasi fisik|output|keluaran)"
    r"\b[ .()]*(?:(?:k|kinerja|volume)\b|%)?[ .)]*$"
)
RP_LABEL = re.compile(
    r"^\(?(rp|rupiah|anggaran|angg|ang|keuangan|keu|pagu|pagu anggaran|realisasi anggaran|realisasi keuangan|ribu|ribuan|000)\b"
    + _AFTER_LABEL
    + r"(?:(?:dalam |dlm )?(?:rp|rupiah|anggaran|ribuan|ribu|jutaan|juta)\b"
    + _AFTER_LABEL
    + r")*$"
)
SATUAN_LABEL = re.compile(r"^(satuan|sat|unit)\.?$")
# In a row of labels under titles, "Target" and "Pagu" only tell K from Rp, although elsewhere they are titles themselves.
LABEL_WORDS = frozenset(
    [
        "target",
        "realisasi",
        "capaian",
        "tingkat",
        "persentase",
        "prestasi",
        "hasil",
        "kinerja",
        "kin",
        "fisik",
        "output",
        "keluaran",
        "volume",
        "vol",
        "kuantitas",
        "jumlah",
        "nilai",
        "angka",
        "serapan",
        "penyerapan",
        "k",
        "%",
        "rencana",
    ]
)
PLANNED = re.compile(r"\b(?:rencana|target|pagu|kas|rak|proyeksi)\b")  # under a triwulan: not what was realised
MONEY_WORDS = frozenset(["rp", "rupiah", "anggaran", "keuangan", "keu", "dana", "biaya", "belanja", "pagu", "uang"])

LOOKED_FOR = "baris nomor kolom (1, 2, 3, … sampai 15, 16, 17 atau 20) atau judul kolom indikator, target dan realisasi triwulan"
