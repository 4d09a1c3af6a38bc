"""The code of a program, kegiatan or sub kegiatan, in any spelling, as its canonical one (`7.01.01.2.01.0001`).

Source: Permendagri 90/2019 and Kepmendagri 900.1.15.5-1317/2023: urusan . bidang . program . kelompok.kegiatan . sub kegiatan.
Belongs here: what code a cell spells, also after Excel made a number, a time or a date of it. Does not belong here: whether the code
exists in a year's nomenclature, and what hangs below what on a sheet (`rows`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.workbook.cells import CellValue
from pipelines.workbook.numbers import clean_decimal, plain_text

LEVELS = {2: "bidang", 3: "program", 5: "kegiatan", 6: "sub_kegiatan"}
"""Number of parts of a canonical code → its level."""


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A code as a cell spells it. `certain` is False where another code could have been meant: the caller confirms or reports it."""

    kode: str
    level: str | None
    certain: bool
    text: str


_CODE = re.compile(r"[0-9]{1,4}(?:\.+[0-9]{1,4})+")
_GENERIC = re.compile(r"^x\.?\s*x{2}(?=\.)", re.IGNORECASE)
_ORGANISATION = re.compile(r"7[-.]01\.0[-.]00\.0[-.]00\.[0-9]{1,2}(?:\.[0-9]{2,4})?(?:\.|$)")
"""SIPD puts the organisation's code (7-01.0-00.0-00.10.0000) before or inside a code of the nomenclature."""
_WITH_TITLE = re.compile(r"\s*([0-9xX][0-9xX. ]*[0-9]\.?)\s*(?:[-–—:]\s*|\s+)(?=[^\W\d_])(.{4,})", re.DOTALL)
_RUN = re.compile(r"7?701[0-9]{2}(?:[2-9][0-9]{2}(?:[0-9]{2}|[0-9]{4})?)?")


def level_of(kode: str) -> str | None:
    """The level of a canonical code: bidang, program, kegiatan, sub_kegiatan; None if it has another number of parts."""
    return LEVELS.get(kode.count(".") + 1)


def parent_of(kode: str) -> str | None:
    """The canonical code one level up; None above a bidang."""
    parts = kode.split(".")
    up = {3: 2, 5: 3, 6: 5}.get(len(parts))
    return ".".join(parts[:up]) if up else None


def two_digit(kode: str) -> str:
    """The spelling with a two-digit sub kegiatan that older forms use (`7.01.01.2.01.01`); other levels as they are."""
    parts = kode.split(".")
    if len(parts) == 6 and len(parts[5]) == 4 and parts[5].startswith("00"):
        parts[5] = parts[5][2:]
    return ".".join(parts)


def _canonical(parts: list[str]) -> tuple[str, bool] | None:
    """Parts as printed → canonical code, and whether no other one could have been meant. None: not a code of the nomenclature's form."""
    if len(parts) >= 4 and len(parts[3]) == 3 and parts[3][0] != "0":  # 7.01.01.201.01
        parts = [*parts[:3], parts[3][0], parts[3][1:], *parts[4:]]
    if len(parts) not in LEVELS:
        return None
    numbers = [int(part) for part in parts]
    if 0 in numbers or numbers[0] > 9 or any(n > 99 for n in numbers[1:5]) or (len(parts) > 3 and numbers[3] > 9):
        return None
    district = numbers[0] == 7 and numbers[1] == 1
    short = any(len(part) < 2 for part in parts[1:3])
    if not district and (short or len(parts) < 3):
        return None  # '1.1', '2.01', '2.1.3': an outline number
    certain = not (short and len(parts) < 5)
    if len(parts) >= 5 and len(parts[4]) == 1:
        certain = False  # '2.1' is 2.01, or 2.10 that lost its zero as a number
    kode = f"{numbers[0]}.{numbers[1]:02}"
    if len(parts) > 2:
        kode += f".{numbers[2]:02}"
    if len(parts) > 4:
        kode += f".{numbers[3]}.{numbers[4]:02}"
    if len(parts) > 5:
        kode += f".{numbers[5]:04}"
    return kode, certain


@lru_cache(maxsize=16384)
def _read_text(raw: str) -> CodeReading | None:
    text = plain_text(raw)
    squeezed = re.sub(r"\s", "", text).replace(",", ".").strip(".")
    squeezed = _GENERIC.sub("7.01", squeezed)
    if squeezed.count("-") == 3 or squeezed.count(".0.00.") == 1:
        rest = re.sub(r"^7\.01\.(?=7)", "", _ORGANISATION.sub("", squeezed, count=1))
        squeezed = rest if rest.startswith("7.01") else f"7.01.{rest}".strip(".")
    if squeezed.count("-") + squeezed.count("/") >= 4:  # more parts than a date has
        squeezed = re.sub(r"[-/]", ".", squeezed)
    if _RUN.fullmatch(squeezed) and len(squeezed) in (5, 8, 10, 12):  # the dots are lost altogether
        parts = [squeezed[0], squeezed[1:3], squeezed[3:5], squeezed[5:6], squeezed[6:8], squeezed[8:]]
        found = _canonical([part for part in parts if part])
        return CodeReading(found[0], level_of(found[0]), False, text) if found else None
    if not _CODE.fullmatch(squeezed) or re.search(r"[0-9] [0-9]", text):
        return None
    found = _canonical([part for part in squeezed.split(".") if part])
    if found is None:
        return None
    return CodeReading(found[0], level_of(found[0]), found[1] and ".." not in squeezed, text)


def split_title(text: str) -> tuple[str, str] | None:
    """A code and the title after it in the same cell (`7.01.01 PROGRAM …`, `7.01.01.2.01 - Perencanaan …`); None where it is not both."""
    match = _WITH_TITLE.fullmatch(text)
    if match is None:
        return None
    code = _read_text(match[1])
    return (match[1].strip(), match[2].strip()) if code is not None and code.kode.count(".") >= 2 else None


def _of_clock(hour: int, minute: int, second: int, text: str) -> CodeReading | None:
    """Indonesian settings write the time of day with dots: a typed 7.01.04 becomes 07:01:04."""
    if (hour, minute) != (7, 1):
        return None
    kode = f"7.01.{second:02}" if second else "7.01"
    return CodeReading(kode, level_of(kode), True, text)


def _of_date(day: dt.date) -> CodeReading | None:
    """A typed 7.01.04 or 7-01-04 as a date: 7 January 2004 (d.m.y), 1 July 2004 (m.d.y) or 4 January 2007 (y.m.d)."""
    text = day.strftime("%d/%m/%Y")
    year = day.year % 100
    if (day.day, day.month) in ((7, 1), (1, 7)):
        part = year
    elif year == 7 and day.month == 1:
        part = day.day
    else:
        return None
    if not part:
        return None
    # From 2010 on it may as well be 7.01 alone, completed by the year in which it was typed.
    return CodeReading(f"7.01.{part:02}", "program", day.year < 2010, text)


def read_code(value: CellValue) -> CodeReading | None:
    """Read a cell as a code; None where it holds none (an outline number such as `1`, `1.1`, `a.` is none).

    Dotted text in any spelling of the domain; a number (7.01), a time of day or a date that Excel made of a code.
    """
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, dt.datetime):
        if value.year <= 1904:
            return _of_clock(value.hour, value.minute, value.second, value.strftime("%H:%M:%S"))
        return _of_date(value.date()) if value.time() == dt.time() else None
    if isinstance(value, dt.date):
        return _of_date(value)
    if isinstance(value, dt.time):
        return _of_clock(value.hour, value.minute, value.second, value.strftime("%H:%M:%S"))
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return _of_clock(*divmod(minutes, 60), seconds, str(value))
    return _of_number(value)


def _of_number(value: float) -> CodeReading | None:
    if not 0 < value < 1e15:
        return None
    if value < 1:  # a time of day whose format is lost
        seconds = value * 86400
        if abs(seconds - round(seconds)) > 1e-3:
            return None
        minutes, second = divmod(round(seconds), 60)
        return _of_clock(*divmod(minutes, 60), second, str(value))
    shown = format(clean_decimal(value), "f")
    if shown == "7.1":  # 7.10 is no bidang of the nomenclature
        return CodeReading("7.01", "bidang", False, shown)
    return _read_text(shown) if shown.startswith("7") else None


def _part(value: CellValue, parts_before: int) -> str:
    if isinstance(value, str):
        return plain_text(value).strip(".")
    if isinstance(value, dt.time):  # 2.01 under Indonesian settings
        return f"{value.hour}.{value.minute:02}" + (f".{value.second:02}" if value.second else "")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    shown = format(clean_decimal(value), "f")
    if "." in shown:
        return shown
    # A number loses its leading zeros; urusan and kelompok have none.
    return shown if parts_before in (0, 3) else shown.zfill(2)


def join_code_cells(values: Sequence[CellValue]) -> str:
    """Put a code that is split over several cells together, as text for `read_code`: 7 | 1 | 1 | 2.01 | 1 → `7.01.01.2.01.01`.

    Empty cells are passed over. The text is '' where all are empty.
    """
    joined = ""
    for value in values:
        part = "" if value == "" else _part(value, joined.count(".") + 1 if joined else 0)
        if part:
            joined = f"{joined}.{part}" if joined else part
    return joined
