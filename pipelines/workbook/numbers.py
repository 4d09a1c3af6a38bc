"""What number stands in a cell, and whether that is certain.

Belongs here: reading one figure in any spelling that a clerk uses (Indonesian or English separators, Rp, percent, unit in the same cell,
nil signs, lost cells), and deciding a single ambiguous separator from what stands around it. Does not belong here: which column a cell
belongs to, units' canonical spelling (`units`), what is reported about it (`form`).

Nothing is guessed: what is not surely a number is `WORDS`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache

from pipelines.workbook.cells import CellValue
from pipelines.workbook.columns import Kind


class ReadingKind(StrEnum):
    """What a cell in a number's place turned out to be."""

    EMPTY = "empty"  # nothing stands there: NULL
    NIL = "nil"  # '-', '0', 'Rp -': value 0
    NUMBER = "number"
    AMBIGUOUS = "ambiguous"  # '5.856': value is the grouped reading, alternative the decimal one
    LOST = "lost"  # '###', '#REF!': something stood there
    WORDS = "words"  # not surely a number


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell, read as a number.

    `decimals` is the number of digits printed after the decimal mark (for `AMBIGUOUS`: of the decimal reading; the grouped one has
    none); for a native number, of its cleaned value. `unit` is the unit's text in the same cell as it stands there, '%' for a percentage.
    """

    kind: ReadingKind
    value: Decimal | None
    alternative: Decimal | None
    decimals: int
    unit: str | None
    percent: bool
    text: str
    money: bool = False  # 'Rp' stands before it


ZERO = Decimal(0)

_SPACES = dict.fromkeys([*range(0x2000, 0x200B), 0x00A0, 0x202F, 0x205F, 0x3000, 0x09, 0x0A, 0x0D, 0x0B, 0x0C, 0x85], " ")
_NOTHING: dict[int, str | None] = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD])
_DASHES = dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
_FULL_WIDTH = {0xFF01 + i: chr(0x21 + i) for i in range(94) if 0xFF01 + i != 0xFF0D}
_PLAIN = str.maketrans({**_FULL_WIDTH, **_SPACES, **_NOTHING, **_DASHES})

_THIN_GROUPS = re.compile(r"(?<=[0-9])[\u2009\u202f](?=[0-9]{3}(?![0-9]))")

_ERROR = re.compile(r"#+\s*%?|#[A-Z][A-Z0-9_/]*[!?]?|Err:[0-9]{3}", re.IGNORECASE)
_LOST_WITH_UNIT = re.compile(r"(?:rp\.?\s*)?#+\s*([^\W\d_].*)?", re.IGNORECASE)

_CELL = re.compile(
    r"""
    (?P<open>\()? \s*
    (?P<sign>[-+](?!\s*-|\s+[0-9]))? (?P<currency>(?:rp|idr)\s?[.:]?\s*)? (?P<open2>\()? \s* (?P<sign2>[-+](?=[0-9.,]))?
    (?P<body>[0-9.,]*[0-9]|-+(?![0-9]))
    (?P<tail>[.,]\s?-{1,2}|,0{1,2}(?<=-,0|,00)|\.)?
    (?:\s*(?P<percent>%))? (?:\s*(?P<close>\)))? (?:\s*(?P<percent2>%))?
    (?P<gap>\s*) (?P<unit>[^\W\d_%].*)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
NOISE = 1e-9  # of binary arithmetic: no figure of a form is as small
_LONGEST = 24  # digits and marks: longer is no figure of a form
_OTHER_MARK = {".": ",", ",": "."}
_PLAIN_INTEGER = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?")
_DECIMAL = re.compile(r"([0-9]*)[.,]([0-9]+)")


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNIT_WORDS = _word_set(
    "agenda aparatur aset bangunan berita berkas bidang buah buku bulan data dok dokumen desa dusun eksemplar event fasilitas gedung "
    "hari indeks jam jenis kali kartu kasus kec kecamatan keg kegiatan kel kelarga keluarga kelompok kelurahan kk ha kg km lap laporan "
    "layanan lembaga lembar lokasi m2 m3 m² m³ km2 km² makalah meter minggu monev naskah nilai org orang paket pasang pegawai peserta pkt "
    "poin pokmas program rapat rekomendasi rt rumah rw set sk skor substansi surat tahun titik ton unit unt usulan wilayah"
)
_NOT_UNITS = _word_set(
    "x juta jt jta ribu rb rbu miliar milyar mil m t b k triliun trilyun puluh ratus belas lusin dan atau sd s/d s.d s.d. dari "
    "sampai hingga belum sudah masih proses tidak tdk lebih kurang sekitar kira kecuali plus minus per am pm e en na n/a st nd rd th wib "
    "januari februari pebruari maret april mei juni juli agustus september oktober november nopember desember jan feb peb mar apr jun jul "
    "agt agu ags sep sept okt nov nop des i ii iii iv v vi tw triwulan persentase sebagian selesai"
)
_PERCENT_WORDS = frozenset(("persen", "prosen", "percent", "persen.", "prosen."))
_UNIT = re.compile(r"[^\W\d_]+\.?(?:(?:\s*/\s*(?:[0-9]{1,2}\s*)?|\s+|-)[^\W\d_]+\.?){0,4}|k?m[23²³]", re.IGNORECASE)


def plain_text(text: str) -> str:
    """The text with odd spaces, dashes and full-width characters as plain ones, runs of blanks as one, stripped.

    Other compatibility characters stay: '10²' must not become '102'.
    """
    return " ".join(text.translate(_PLAIN).split())


def _words(text: str) -> Reading:
    return Reading(ReadingKind.WORDS, None, None, 0, None, False, text)


def _unit(text: str, gap: bool) -> str | None:
    """The unit's text if what follows a number is one; None if it may be anything else."""
    if not _UNIT.fullmatch(text):
        return None
    words = [word.rstrip(".") for word in re.split(r"[\s/]+", text.lower()) if word]
    if any(word in _NOT_UNITS for word in words):
        return None
    first = words[0].split("-")[0]
    if first in UNIT_WORDS:
        return text
    # A word nobody declared is still the number's unit if alone and apart from it; glued to it ('75B') or one of several, who knows.
    return text if gap and len(words) == 1 and len(first) > 2 else None


@lru_cache(maxsize=65536)
def _read_text(raw: str) -> Reading:
    text = plain_text(_THIN_GROUPS.sub("\0", raw))
    if "\0" in text:  # groups set apart by thin spaces (ISO 31-0): only when every group is whole
        joined = re.fullmatch(r"([^0-9]*)([0-9]{1,3}(?:\0[0-9]{3})+)(?![0-9])(.*)", text, re.DOTALL)
        if not joined or "\0" in joined[3] or re.match(r"[.,][0-9]{3}(?![0-9])", joined[3]):
            return _words(plain_text(raw))
        text = joined[1] + joined[2].replace("\0", "") + joined[3]
    if not text:
        return Reading(ReadingKind.EMPTY, None, None, 0, None, False, "")
    if text[0] == "#" or text[:4].lower() == "err:" or "#" in text:
        if _ERROR.fullmatch(text):
            return Reading(ReadingKind.LOST, None, None, 0, "%" if text[-1] == "%" else None, text[-1] == "%", text)
        lost = _LOST_WITH_UNIT.fullmatch(text)
        if lost and (lost[1] is None or _unit(lost[1], True)):
            return Reading(ReadingKind.LOST, None, None, 0, lost[1], False, text)
        return _words(text)
    cell = _CELL.fullmatch(text)
    if cell is None:
        return _words(text)
    return _read_match(cell, text)


def _read_match(cell: re.Match[str], text: str) -> Reading:
    opened = (cell["open"] is not None) + (cell["open2"] is not None)
    signed = (cell["sign"] is not None) + (cell["sign2"] is not None)
    if opened != (cell["close"] is not None) or opened + signed > 1 or (cell["percent"] and cell["percent2"]):
        return _words(text)
    percent = cell["percent"] is not None or cell["percent2"] is not None
    money = cell["currency"] is not None
    unit: str | None = "%" if percent else None
    if cell["unit"] is not None:
        if percent or money or cell["close"]:
            return _words(text)
        unit = _unit(cell["unit"], bool(cell["gap"]))
        if unit is None:
            return _words(text)
        if unit.lower() in _PERCENT_WORDS:
            percent, unit = True, "%"
    if money and percent:
        return _words(text)
    body: str = cell["body"]
    tail: str = (cell["tail"] or "").replace(" ", "")
    if body[0] == "-":
        if signed or tail == ".":
            return _words(text)
        return Reading(ReadingKind.NIL, ZERO, None, 0, unit, percent, text)
    if len(body) > _LONGEST or (tail == "." and body[0] in ".,"):
        return _words(text)
    negative = opened == 1 or cell["sign"] == "-" or cell["sign2"] == "-"
    return _read_body(body, tail, money, negative, unit, percent, text)


def _read_body(body: str, tail: str, money: bool, negative: bool, unit: str | None, percent: bool, text: str) -> Reading:
    alternative: Decimal | None = None
    kind = ReadingKind.NUMBER
    whole = money or "-" in tail  # 'Rp 5.856' and '5.856,-' are rupiah: a dot there never begins the sen with three digits
    if _PLAIN_INTEGER.fullmatch(body):
        value, decimals = Decimal(body), 0
    elif grouped := _GROUPED.fullmatch(body):
        digits = grouped[1].replace(grouped[2], "")
        fraction = grouped[3] or ""
        value, decimals = Decimal(f"{digits}.{fraction}" if fraction else digits), len(fraction)
        if fraction and "-" in tail:
            return _words(text)
        if not fraction and not whole and body.count(grouped[2]) == 1:
            alternative, decimals, kind = Decimal(body.replace(",", ".")), 3, ReadingKind.AMBIGUOUS
    elif decimal := _DECIMAL.fullmatch(body):
        integer, fraction = decimal[1], decimal[2]
        # With three digits after it the mark may be a broken group of thousands, unless '0' alone stands before it.
        if "-" in tail or (len(fraction) == 3 and integer != "0") or (not integer and len(fraction) > 2):
            return _words(text)
        value, decimals = Decimal(f"{integer or '0'}.{fraction}"), len(fraction)
    else:
        return _words(text)
    if value == 0:
        return Reading(ReadingKind.NIL, ZERO, None, decimals, unit, percent, text)
    if negative:
        value = -value
        alternative = -alternative if alternative is not None else None
    return Reading(kind, value, alternative, decimals, unit, percent, text, money)


@lru_cache(maxsize=16384)  # percentages with two decimals: the same ones come back on every form
def native_decimals(value: float) -> int:
    """Digits after the decimal mark, of the 15 that a spreadsheet shows."""
    shown = f"{value:.15g}"
    if "e" in shown:
        shown = f"{Decimal(shown):f}"
    point = shown.find(".")
    return len(shown) - point - 1 if point >= 0 else 0


def clean_decimal(value: float) -> Decimal:
    """A native number without the noise of binary arithmetic: 15 significant digits, as the spreadsheet itself shows.

    What is left of `=0.3-0.2-0.1` is nil.
    """
    if isinstance(value, int) or value.is_integer():
        return Decimal(int(value))
    return Decimal(f"{value:.15g}") if abs(value) >= NOISE else ZERO


@lru_cache(maxsize=65536)
def _read_native(value: float, percent_format: bool) -> Reading:
    if isinstance(value, float) and not math.isfinite(value):
        return Reading(ReadingKind.LOST, None, None, 0, None, False, "#NUM!")
    number = clean_decimal(value)
    if percent_format:
        number *= 100
    shown = format(number, "f")
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    number = Decimal(shown)
    decimals = len(shown.partition(".")[2])
    unit = "%" if percent_format else None
    if number == 0:
        return Reading(ReadingKind.NIL, ZERO, None, 0, unit, percent_format, shown)
    return Reading(ReadingKind.NUMBER, number, None, decimals, unit, percent_format, shown + ("%" if percent_format else ""))


def read_number(value: CellValue, *, percent_format: bool = False) -> Reading:
    """Read one cell as a number.

    `value` is the cell's cached value; `percent_format` says that its number format shows a native number as a percentage (0.52 → 52).
    Percentages come out on the 0-100 scale. Never raises; what is not surely a number is `WORDS`, and its `text` shows what stands there.
    """
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, bool):
        return _words("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return _read_native(value, percent_format)
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return _words(value.strftime("%d/%m/%Y %H:%M"))
    if isinstance(value, dt.date):
        return _words(value.strftime("%d/%m/%Y"))
    if isinstance(value, dt.time):
        return _words(value.strftime("%H:%M:%S"))
    return _words(str(value))


def _nearer(reading: Decimal, neighbour: Decimal) -> bool:
    """Of the same magnitude: within a factor of five."""
    return reading / 5 <= neighbour <= reading * 5


def thousands_mark(reading: Reading, chosen: Decimal | None = None) -> str | None:
    """The mark ('.' or ',') that sets groups of thousands apart where this figure was written, None where it does not say.

    Of an `AMBIGUOUS` one, `chosen` is the reading that was settled by something else than marks.
    """
    cell = None if reading.value is None or (reading.alternative is not None and chosen is None) else _CELL.fullmatch(reading.text)
    marks = [c for c in cell["body"] if c in ".,"] if cell else []
    if not marks:
        return None
    decimals = reading.decimals > 0 if chosen is None else chosen != reading.value
    return marks[0] if len(set(marks)) > 1 or not decimals else _OTHER_MARK[marks[0]]


def resolve_ambiguous(
    reading: Reading, *, column_kind: Kind, integer_unit: bool = False, neighbours: Sequence[Decimal] = (), thousands: str | None = None
) -> tuple[Decimal, bool]:
    """Choose between the two readings of an `AMBIGUOUS` cell: (value, whether that is certain).

    `column_kind` is the column's kind; `integer_unit` says that the row's unit counts whole things (`units.is_count_unit`); `neighbours`
    are the certain figures of the same kind in the same row (target, quarters); `thousands` is the mark of thousands in the other figures
    of the sheet, if they agree: it decides where the row leaves both readings open. Where nothing decides, the grouped reading comes back
    with False (for a percentage the decimal one), for the caller to try the row's arithmetic and else to report `angka_ambigu`.
    The chosen value has no decimals if it is `reading.value`, `reading.decimals` if it is `reading.alternative`.

    Raises ValueError if the reading is not ambiguous.
    """
    grouped, decimal = reading.value, reading.alternative
    if grouped is None or decimal is None:
        raise ValueError(f"not an ambiguous reading: {reading.text!r}")
    percent = column_kind is Kind.PERCENT or reading.percent
    if column_kind is Kind.RUPIAH:
        return grouped, True
    if percent and abs(grouped) >= 10_000:
        return decimal, True  # nobody reports 17 568 %, while 17,568 % is a quotient printed with three decimals
    sizes = [abs(n) for n in neighbours if n and not (integer_unit and n % 1)]  # a fraction of whole things is in doubt itself
    as_grouped = any(_nearer(abs(grouped), n) for n in sizes)
    as_decimal = any(_nearer(abs(decimal), n) for n in sizes)
    if not percent and integer_unit:  # a thousand documents beside six are more likely 1.000, one document
        return grouped, as_grouped or not as_decimal
    if as_grouped != as_decimal:
        return (grouped if as_grouped else decimal), True
    if thousands:
        by_sheet = grouped if thousands_mark(reading, grouped) == thousands else decimal
        if not (percent and by_sheet == grouped):  # thousands of percents are none of a form's habits
            return by_sheet, True
    return (decimal if percent else grouped), False


def to_sen(reading: Reading) -> int | None:
    """A rupiah figure in sen (1/100 rupiah), half up; None where there is no figure, or a text prints a third decimal.

    A native number may have more decimals (a quotient; its `text` never holds a comma). A text such as '1.234,567' in a column of
    whole rupiah is more likely broken thousands (two different marks), so the caller reports it.
    """
    if reading.value is None or (reading.decimals > 2 and "," in reading.text and reading.kind is not ReadingKind.AMBIGUOUS):
        return None
    return int((reading.value * 100).to_integral_value(ROUND_HALF_UP))
