"""Dates and reporting periods in Indonesian text.

Belongs here: a date in words or digits, month names as people write them, the triwulan and year that a title, sheet name or path states.
Does not belong here: which text is evidence of the period (`identity`), deadlines (`pipelines.reference.calendar`).
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.workbook.cells import CellValue
from pipelines.workbook.numbers import plain_text

_MONTHS = {
    1: "januari januri january jan",
    2: "februari pebruari febuari february feb peb",
    3: "maret march mar mrt",
    4: "april apr",
    5: "mei may",
    6: "juni june jun",
    7: "juli july jul",
    8: "agustus august agst agust agt agu ags aug",
    9: "september sept sep",
    10: "oktober okt october oct",
    11: "november nopember nov nop",
    12: "desember december des dec",
}
MONTHS = {name: month for month, names in _MONTHS.items() for name in names.split()}
"""Month name as written, lower case → month number."""


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date as a text states it. `tanggal` is None where the day (or more) is missing; month and year then say what there is."""

    tanggal: dt.date | None
    bulan: int | None = None
    tahun: int | None = None


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """The period that a text states; None where it is silent or names more than one."""

    tahun: int | None
    triwulan: int | None


_WORDED = re.compile(r"(?<![0-9])(?:([0-9]{1,2})[\s.-]*)?\b([a-z]{3,9})\b[\s.-]*([0-9]{4})(?![0-9])")
_DIGITS = re.compile(r"(?<![0-9])([0-9]{1,2})\s*([-/.])\s*([0-9]{1,2})\s*\2\s*([0-9]{4}|[0-9]{2})(?![0-9])")
_ISO = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")


def read_date(value: CellValue) -> DateReading:
    """Read a date from a cell: native, in words (`Lumajang, 19 April 2024`), or in digits, day first (`19-04-2024`, `19/4/24`)."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return DateReading(value, value.month, value.year)
    if not isinstance(value, str):
        return DateReading(None)
    text = plain_text(value).lower()
    for found in _WORDED.finditer(text):
        month = MONTHS.get(found[2])
        if month:
            year = int(found[3])
            return DateReading(_date(year, month, int(found[1])) if found[1] else None, month, year)
    if iso := _ISO.search(text):
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif digits := _DIGITS.search(text):
        day, month, year = int(digits[1]), int(digits[3]), int(digits[4])
        year += 2000 if year < 100 else 0
    else:
        return DateReading(None)
    when = _date(year, month, day)
    return DateReading(when, month, year) if when else DateReading(None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


_SIGNED = re.compile(r"[a-z][a-z .'-]{2,30},[\s.…_]*[a-z]{3,9}\s+20[0-9]{2}\.?")  # Lumajang,    Januari 2025
_QUARTERS = {
    **{"".join(letters): n for n in (1, 2, 3) for letters in itertools.product("il", repeat=n)},  # a small L looks like an I
    **{"iv": 4, "lv": 4, "1": 1, "2": 2, "3": 3, "4": 4, "satu": 1, "dua": 2, "tiga": 3, "empat": 4},
    **{"pertama": 1, "kesatu": 1, "kedua": 2, "ketiga": 3, "keempat": 4},
}
_QUARTER = "0?(" + "|".join(sorted(_QUARTERS, key=len, reverse=True)) + ")(?:(?![0-9a-z])|(?<=[ivl])(?=20[0-9]{2}(?![0-9])))"
_TRIWULAN = "triwulan"
_MISSPELT = "|".join(  # one letter left out, added, of another kind, or in its neighbour's place
    f"{_TRIWULAN[:i]}{edit}"
    for i in range(len(_TRIWULAN))
    for edit in (f"[a-z]?{_TRIWULAN[i + 1 :]}", f"[a-z]{_TRIWULAN[i:]}", f"{_TRIWULAN[i : i + 2][::-1]}{_TRIWULAN[i + 2 :]}")
)
_NAMED = re.compile(rf"(?<![a-z])(?:tri\s?wulan|tri\s?bulan|kuartal|t\.?\s?w|q|{_MISSPELT})[\s.:_(\[\"'“”‘’-]*(?:ke[\s-]*)?" + _QUARTER)
_MONTHLY = re.compile(
    r"\b([a-z]{3,9})\b\.?(?:\s*20[0-9]{2})?\s*(?:-|–|s\s*[./]?\s*d\.?|sampai(?: dengan)?|hingga)\s*(?:bulan\s*)?\b([a-z]{3,9})\b"
)
_TO = re.compile(r"\s*(?:\([a-z]+\)\s*)?(?:s\s*[./]?\s*d\.?|sampai(?: dengan)?|hingga)\s*(?:tri\s?wulan|tw)?[\s.]*" + _QUARTER)
_AND = re.compile(r"\s*(?:\([a-z]+\)\s*)?(?:,|&|\+|/|-|dan)\s*" + _QUARTER)
_NOT_THE_YEAR = re.compile(
    r"(?<![0-9])(?:20[0-9]{2}\s*(?:-|/|s\s*[./]?\s*d\.?|sampai(?: dengan)?)\s*20[0-9]{2}"  # a Renstra's span
    r"|(?:nomor|no)?[\s.:]*[0-9]{1,4}(?:\s+tahun\s+|\s*/\s*)(?:19|20)[0-9]{2}(?:\s+tentang)?"  # Permendagri 86 Tahun 2017, 86/2017
    r"|20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.]20[0-9]{2})(?![0-9])"  # a whole date
)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_NEXT_YEAR = re.compile(r"\s*(?:\([a-z]+\))?[\s,_/:.-]*(?:(?:tahun|thn|th|ta)\.?\s*(?:anggaran\s*)?)?[\s:_-]*(20[0-9]{2})(?![0-9])")


def _monthly(plain: str) -> set[int]:
    """The triwulan that a span of months ends with: `April - Juni`, `Januari s.d. Juni`; a whole year is none."""
    spans = ((MONTHS.get(first, 0), MONTHS.get(last, 0)) for first, last in _MONTHLY.findall(plain))
    return {last // 3 for first, last in spans if last and last % 3 == 0 and (first == last - 2 or (first == 1 and last < 12))}


@lru_cache(maxsize=4096)
def read_period(text: str) -> PeriodReading:
    """The triwulan and year that a title, sheet name or path states: `Triwulan II Tahun 2024`, `TW.2`, `2024/tw2/lumajang.xlsx`.

    "s.d. Triwulan II" is II, and so is "April - Juni"; two triwulan ("I, II") or two years are none. A Renstra's span (2024-2026), a
    decree's year (86 Tahun 2017) and a whole date are not the reporting year.
    """
    plain = plain_text(text).lower()
    quarters: set[int] = set()
    beside: set[int] = set()
    rest = plain
    for found in _NAMED.finditer(plain):
        quarter, end = _QUARTERS[found[1]], found.end()
        if reach := _TO.match(plain, end):
            quarter, end = _QUARTERS[reach[1]], reach.end()
        elif _AND.match(plain, end):
            quarters |= {0, quarter}
            continue
        quarters.add(quarter)
        if year := _NEXT_YEAR.match(plain, end):
            beside.add(int(year[1]))
        rest = rest[: found.start()] + "|" * (end - found.start()) + rest[end:]
    quarters = quarters or _monthly(plain)
    if not quarters and _SIGNED.fullmatch(plain):
        return PeriodReading(None, None)
    rest = _WORDED.sub(lambda date: "|" if date[1] and date[2] in MONTHS else date[0], rest)  # a date of signing is not the year either
    years = beside or {int(year) for year in _YEAR.findall(_NOT_THE_YEAR.sub("|", rest))}
    return PeriodReading(years.pop() if len(years) == 1 else None, quarters.pop() if len(quarters) == 1 else None)
