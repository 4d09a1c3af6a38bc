"""Whose hand signed: the cells that hold the name and NIP of the camat, which never leave our hands again.

Found by the NIP (18 digits, or a line that begins with the word) and the name line above it; where there is no NIP, by the office line of a
signature block, which stands below a date or above the blank rows that are left for the hand. The date, the office and the rank stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.reports.correction.sheet_xml import Position, SheetXml

NIP_DIGITS = re.compile(r"(?<!\d)(?:19|20)\d{6}[\s.\-]*(?:19|20)\d{4}[\s.\-]*[12][\s.\-]*\d{3}(?!\d)")
_NIP_LINE = re.compile(r"\W*N\s?\.?\s?I\s?\.?\s?P\b\.?\s*[:.]?[\d\s.,:\-()_xX…NIP]*", re.IGNORECASE)
_OFFICE = re.compile(
    r"\b(camat|sekretaris|sekcam|kepala|kabag|kasi|kasubag|kasubbag|lurah|bupati|sekda|mengetahui|bappeda|kecamatan|kabupaten|kelurahan)\b"
    r"|^\W*(plt|plh|pjs?|a\.?\s?n|u\.?\s?b)\b",
    re.IGNORECASE,
)
_CAMAT_LINE = re.compile(r"\W*((a\.?\s?n|plt|plh|pjs?)\b\.?\s*)?camat\b.{0,50}", re.IGNORECASE)
_RANK = re.compile(r"\b(pembina|penata|pengatur|juru)\b", re.IGNORECASE)
_MONTH = r"(januari|februari|pebruari|maret|april|mei|juni|juli|agustus|september|oktober|november|nopember|desember)"
_DATE = re.compile(rf"\b{_MONTH}\s+\d{{4}}|(?<![\d.])\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?20\d\d(?![\d.])|\btanggal\b", re.IGNORECASE)
# as they stand in the bytes of a row that holds its own text, in lower case
_NIP_WORDS = (b"nip", b"n.i.p", b"e17<", b"e+17<")
_DATE_WORDS = (
    b"januari",
    b"ebruari",
    b"epruari",
    b"maret",
    b"april",
    b"mei ",
    b"juni",
    b"juli",
    b"agustus",
    b"ember ",
    b"oktober",
    b"tanggal",
)
_NIP_NUMBER = re.compile(rb">\s*[12]\d{7}[\s.\-]*\d{6}")
_CAMAT_BYTES = re.compile(rb">\s*(?:(?:a\.?\s?n|plt|plh|pjs?)\b\.?\s*)?camat\b", re.IGNORECASE)
_SERIAL_DATE = re.compile(r"(4\d|5[0-4])\d{3}(\.0*)?")  # a native date of 2009 to 2050, as the file spells it
_NAMED = re.compile(r"\s*nama\s*[:.]", re.IGNORECASE)
_LEFT, _RIGHT, _ABOVE, _BELOW = 4, 8, 8, 10  # how far a signature block reaches around its NIP or office cell


@dataclass(slots=True)
class Signature:
    """What to put in the place of what stands in cells, and the words that must stand nowhere else either."""

    cells: dict[Position, str] = field(default_factory=dict)  # '' empties the cell
    secrets: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)  # what stood in those cells


def rows_to_read(sheet: SheetXml, strings: Sequence[str]) -> set[int]:
    """The rows of a sheet in which a signature can stand: near a NIP, or below a date.

    Args:
        sheet: its worksheet part.
        strings: the shared strings.
    """
    nip_strings = [index for index, text in enumerate(strings) if any(_holds_nip(line) for line in text.split("\n"))]
    nip = sheet.rows_with(nip_strings, _NIP_WORDS, _NIP_NUMBER)
    date = sheet.rows_with([index for index, text in enumerate(strings) if _DATE.search(text)], _DATE_WORDS)
    near = {row + offset for row in nip for offset in range(-_ABOVE - 1, 2)}
    near |= {row + offset for row in date for offset in range(-1, _BELOW + 5)}
    office = sheet.rows_with([index for index, text in enumerate(strings) if _is_camat(text)], (), _CAMAT_BYTES)
    if office:
        filled = sheet.rows_filled({row + offset for row in office for offset in (1, 2, 3)})
        blank_below = {row for row in office if not {row + 1, row + 2, row + 3} <= filled}
        near |= {row + offset for row in blank_below for offset in range(-4, _BELOW + 1)}
    return near


def find_signature(texts: Mapping[Position, str]) -> Signature:
    """The name and NIP cells of one sheet.

    Args:
        texts: what stands in its cells, as text.
    """
    found = Signature()
    for place, text in texts.items():
        lines = text.split("\n")
        if any(_holds_nip(line) for line in lines):
            _blank_block(texts, place, lines, found)
        elif _long_number(text):
            found.cells[place] = ""
    for place, text in texts.items():
        if _is_camat(text) and not _already_blanked(place, found):
            _blank_below_office(texts, place, text, found)
    found.texts = {texts[place] for place in found.cells if place in texts}
    return found


def _is_camat(text: str) -> bool:
    return bool(_CAMAT_LINE.fullmatch(text.strip().split("\n")[0].strip()))


def _already_blanked(office: Position, found: Signature) -> bool:
    return any(0 <= row - office[0] < _BELOW and -_LEFT <= column - office[1] < _RIGHT for row, column in found.cells)


def _holds_nip(line: str) -> bool:
    return bool(NIP_DIGITS.search(line) or (line.strip() and _NIP_LINE.fullmatch(line)))


def _long_number(text: str) -> bool:
    """Whether a native number is a NIP that Excel took for one (18 digits, of which it keeps 15)."""
    try:
        return 19e16 <= float(text) < 21e16
    except ValueError:
        return False


def _blank_block(texts: Mapping[Position, str], place: Position, lines: list[str], found: Signature) -> None:
    """The NIP's cell, the number beside it, and the name above: in the cell itself, or in the cells above it."""
    index = next(i for i, line in enumerate(lines) if _holds_nip(line))
    kept = [line for line in lines if not _holds_nip(line)]
    above_in_cell = [line for line in lines[:index] if line.strip()]
    name = next((line for line in reversed(above_in_cell) if _may_be_name(line)), None)
    if name is not None:
        kept.remove(name)
        _keep_secret(name, found)
    found.cells[place] = "\n".join(kept).strip()
    found.secrets.update(match[0] for line in lines for match in NIP_DIGITS.finditer(line))
    row, column = place
    for offset in range(1, _LEFT):
        beside = texts.get((row, column + offset), "")
        if re.fullmatch(r"[\d\s.\-:()]+", beside) or _long_number(beside):
            found.cells[row, column + offset] = ""
    if name is None:
        _blank_name_above(texts, place, found)


def _blank_name_above(texts: Mapping[Position, str], place: Position, found: Signature) -> None:
    row, column = place
    for above in range(row - 1, max(row - _ABOVE, -1), -1):
        cells = [
            (above, near)
            for near in sorted(range(column - _LEFT, column + _RIGHT), key=lambda c: abs(c - column))
            if texts.get((above, near))
        ]
        if any(_OFFICE.search(texts[cell]) or _DATE.search(texts[cell]) for cell in cells if cell[1] == column):
            return
        names = [cell for cell in cells if _may_be_name(texts[cell]) and (cell[1] == column or _looks_like_name(texts[cell]))]
        for cell in names:
            _keep_secret(texts[cell], found)
            found.cells[cell] = ""
        if names:
            return


def _blank_below_office(texts: Mapping[Position, str], place: Position, text: str, found: Signature) -> None:
    """A signature block without a NIP: an office line below a date, or above blank rows, and the first thing like a name below it."""
    row, column = place
    band = range(column - _LEFT, column + _RIGHT)
    start = row + 1 if _dated(texts, row, band, _DATE.search) else _row_for_the_hand(texts, row, band)
    if start is None:
        return
    lines = text.split("\n")
    names = [line for line in lines[1:] if line.strip() and _looks_like_name(line)]
    if names:
        found.cells[place] = "\n".join(line for line in lines if line not in names).strip()
        for name in names:
            _keep_secret(name, found)
        return
    for below in range(start, row + _BELOW):
        cells = [(below, near) for near in band if _looks_like_name(texts.get((below, near), ""))]
        for cell in cells:
            _keep_secret(texts[cell], found)
            found.cells[cell] = ""
        if cells:
            return


def _dated(texts: Mapping[Position, str], row: int, band: range, is_date: Callable[[str], object]) -> bool:
    return any(is_date(texts.get((above, near), "")) for above in range(row - 4, row) for near in band)


def _row_for_the_hand(texts: Mapping[Position, str], row: int, band: range) -> int | None:
    """The first of the rows without any cell that follow an office line which stands alone: room for a hand, as no table has it.

    One such row is enough below a native date, which by itself could be any figure of a table.
    """
    filled = {at for at, _ in texts}
    below = row
    while any(at == below for at, _ in texts) and below < row + 3:  # the office, and perhaps a second one under it
        if not all(_OFFICE.search(text) for (at, _), text in texts.items() if at == below):
            return None
        below += 1
    wanted = 1 if _dated(texts, row, band, _SERIAL_DATE.fullmatch) else 2
    return None if filled & set(range(below, below + wanted)) else below


def _may_be_name(text: str) -> bool:
    """Whether a line between office and NIP can be a name: words, and not the office, the rank or a date."""
    return (
        3 <= len(text.strip()) <= 80
        and any(letter.isalpha() for letter in text)
        and not any(letter.isdigit() for letter in text)
        and "\n" not in text.strip()
        and not (_OFFICE.search(text) or _RANK.search(text) or _DATE.search(text))
    )


def _looks_like_name(text: str) -> bool:
    """Whether a line away from the NIP's own column is surely a name: every longer word begins with a capital."""
    words = re.findall(r"[^\W\d_]{4,}", text.replace("binti", "").replace("Nama", ""))
    return (_may_be_name(text) and bool(words) and (":" not in text or bool(_NAMED.match(text)))) and all(
        word[0].isupper() for word in words
    )


def _keep_secret(name: str, found: Signature) -> None:
    stripped = _NAMED.sub("", name).strip(" ()_.\t\xa0")
    if len(stripped) >= 6 and " " in stripped and "nama" not in stripped.lower():
        found.secrets.add(stripped)
