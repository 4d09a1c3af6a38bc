"""The unit (satuan) of an output, in one canonical spelling.

Belongs here: lower case, blanks, abbreviations written out (declared in the seed `satuan_ejaan.csv`), and whether a unit counts whole
things. Does not belong here: telling a unit from the number before it (`numbers`), how a unit accumulates (the seed `satuan.csv`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from pipelines.workbook.numbers import plain_text


@dataclass(frozen=True, slots=True)
class UnitReading:
    """A unit in canonical spelling; `certain` is False where a misspelling was taken for the one known unit that is one edit away."""

    satuan: str | None
    certain: bool


_SHORTEST_MISSPELT = 6  # a shorter word has too many neighbours to say which was meant
_NOT_COUNTED = frozenset(
    (
        "berita",
        "berkas",
        "buah",
        "buku",
        "data",
        "desa",
        "dokumen",
        "dusun",
        "eksemplar",
        "fasilitas",
        "gedung",
        "kali",
        "keluarga",
        "kelompok",
        "kegiatan",
        "kelurahan",
        "kk",
        "laporan",
        "layanan",
        "lembaga",
        "lembar",
        "lokasi",
        "naskah",
        "orang",
        "paket",
        "pegawai",
        "peserta",
        "pokmas",
        "rekomendasi",
        "rt",
        "rumah",
        "rw",
        "set",
        "surat",
        "unit",
        "usulan",
    )
)
