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


_AREA = re.compile(r"\b(k?m)([23])\b")
_SHORTEST_MISSPELT = 6  # a shorter word has too many neighbours to say which was meant
_ALWAYS_KNOWN = frozenset(("%", "dokumen", "laporan", "keluarga", "fasilitas", "kegiatan", "kelurahan", "lembaga", "berita acara"))
_COUNTED = re.compile(
    "(?:berita acara|berkas|buah|buku|desa|dokumen|dusun|eksemplar|fasilitas|gedung|kali|keluarga|kelompok|kegiatan|kelurahan|kk|laporan|"
    "layanan|lembaga|lembar|lokasi|naskah|orang|paket|pegawai|peserta|pokmas|rekomendasi|rt|rumah|rw|set|surat|unit|usulan)(?=[/ ]|$)"
)


def read_unit(text: str | None, spellings: Mapping[str, str], known: Collection[str] = ()) -> UnitReading:
    """Read a unit as it stands in a cell.

    `spellings` maps other spellings (lower case) to canonical units; `known` are more canonical units. An unknown unit stays itself. An
    empty cell or a dash gives None. A word of at least six letters that is one edit away from exactly one known unit is taken for it,
    with `certain` False: the caller reports it.
    """
    plain = _lower(text)
    if not plain.strip("-./ "):
        return UnitReading(None, True)
    plain = re.sub(r"(?<=/)([0-9]+)(?=[a-z])", r"\1 ", plain)
    units = _ALWAYS_KNOWN.union(spellings.values(), known)
    if plain in spellings or plain in units:
        return UnitReading(spellings.get(plain, plain), True)
    written_out = re.sub(r"[^\s/]+", lambda word: _written_out(word[0], spellings), plain)
    written_out = spellings.get(written_out, written_out)
    if written_out in units or len(written_out) < _SHORTEST_MISSPELT:
        return UnitReading(written_out, True)
    near = [unit for unit in units if len(unit) >= _SHORTEST_MISSPELT and OSA.distance(unit, written_out, score_cutoff=1) == 1]
    return UnitReading(near[0], False) if len(near) == 1 else UnitReading(written_out, True)


def _lower(text: str | None) -> str:
    plain = re.sub(r"\s*/\s*", "/", plain_text(text or "").lower())
    return _AREA.sub(lambda m: m[1] + "²³"[int(m[2]) - 2], plain)


def _written_out(word: str, spellings: Mapping[str, str]) -> str:
    found = spellings.get(word) or spellings.get(word.rstrip("."))
    return found if found and "/" not in found else word.rstrip(".")


def canonical_unit(text: str | None, spellings: Mapping[str, str]) -> str | None:
    """The canonical spelling of a unit, None for an empty cell or a dash; misspellings stay as they are (see `read_unit`)."""
    reading = read_unit(text, spellings)
    return reading.satuan if reading.certain else _lower(text)


def is_count_unit(satuan: str | None) -> bool:
    """Whether a canonical unit counts whole things, so that a fraction of it makes no sense (dokumen, orang; not %, indeks, ha).

    A unit that is not named here is not said to count.
    """
    return satuan is not None and _COUNTED.match(satuan) is not None
