"""An .xlsb: values from calamine; error cells, percentages, hidden sheets, rows, columns and merged ranges from its binary records.

Source: MS-XLSB 2.1.4 (records) and 2.4 (the records themselves).
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from io import BytesIO
from typing import TypeAlias

from python_calamine import CalamineWorkbook

from pipelines.workbook.cells import CellValue, Loss, LostCell, Sheet, Workbook
from pipelines.workbook.opening_formats import BUILTIN_DATES, BUILTIN_PERCENT, STRUCK, is_date, marked_runs, says_more, show
from pipelines.workbook.opening_package import Package, parse_xml
from pipelines.workbook.opening_refusal import Limits, check_extent, check_sheets, too_large, unreadable
from pipelines.workbook.opening_xls_formulas import words
from pipelines.workbook.opening_xlsx import core_modified, settle_formulas, sparse, spread, with_sheets

_ROW, _BLANK, _ERROR_CELL, _LAST_CELL = 0, 1, 3, 11  # cells are records 1 to 11, and rich texts
_SHORT_NUMBER, _NUMBER, _TEXT, _SHARED_TEXT, _FORMULA_TEXT, _FORMULA_NUMBER, _FORMULA_ERROR, _SHARED_ITEM, _RICH_TEXT = (
    2,
    5,
    6,
    7,
    8,
    9,
    11,
    19,
    62,
)
_BEGIN, _END, _DIMENSION, _BEGIN_ROWS, _END_ROWS, _CALCULATION, _SHARED_FORMULA = 129, 130, 148, 145, 146, 157, 427
_FONT, _FORMAT, _XF, _COLUMN, _SHEET, _WORKBOOK, _MERGE, _CELL_XFS, _CELL_XFS_END = 43, 44, 47, 60, 156, 153, 176, 617, 618
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, payload) of each record. Raises CannotOpen where a record reaches beyond the part."""
    at, end = 0, len(part)
    while at < end:
        kind = part[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < end and shift < 28:
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if at + size > end:
            raise unreadable("rusak atau terpotong (isi .xlsb tidak utuh)")
        yield kind, part[at : at + size]
        at += size


def _string(payload: bytes, at: int) -> tuple[str, int]:
    """A length-prefixed UTF-16 text, and where it ends; a length of -1 is no text."""
    (length,) = struct.unpack_from("<I", payload, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    return payload[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace"), at + 4 + 2 * length


def open_xlsb(data: bytes, package: Package, limits: Limits) -> Workbook:
    """The workbook in an OOXML package with `xl/workbook.bin`. Raises CannotOpen."""
    listed: list[tuple[str, str, bool]] = []  # name, relationship, hidden
    date_1904 = calculated = False
    for kind, payload in _records(package.read("xl/workbook.bin")):
        if kind == _SHEET:
            relation, at = _string(payload, 8)
            listed.append((_string(payload, at)[0], relation, struct.unpack_from("<I", payload)[0] != 0))
        elif kind == _WORKBOOK:
            date_1904 = bool(payload[0] & 1)
        elif kind == _CALCULATION:  # by which engine; to be calculated on load, something left uncalculated
            calculated = struct.unpack_from("<I", payload)[0] != 0 and not payload[24] & 0x11
    check_sheets(len(listed), limits)
    targets = {
        e.get("Id", ""): (posixpath.normpath(posixpath.join("/xl", e.get("Target", ""))).lstrip("/"), e.get("Type", "").rpartition("/")[2])
        for e in parse_xml(package.read("xl/_rels/workbook.bin.rels"))
    }
    for name in package.parts:
        if name.startswith("xl/sharedstrings"):
            package.verify(name)
    formats, dates, fonts = _formats(package)
    texts = _texts(package, fonts)
    scans: dict[str, _Scan] = {}
    rewritten: dict[str, bytes] = {}
    mappings: dict[str, tuple[list[int], list[int]]] = {}
    for name, relation, _ in listed:
        part, kind_of_sheet = targets.get(relation, ("", ""))
        if kind_of_sheet == "worksheet":
            scans[name] = scan = _Scan(package.read(part), texts, calculated, dates, fonts)
            check_extent(name, len(scan.rows), len(scan.columns), limits)
            if scan.unusual or sparse(scan.rows, scan.columns, len(scan.cells), limits):
                rewritten[part] = scan.copy()
                mappings[name] = sorted(scan.rows), sorted(scan.columns)
    book = CalamineWorkbook.from_filelike(BytesIO(with_sheets(package, rewritten, targets) if rewritten else data))
    sheets: list[Sheet] = []
    spanned = 0
    for name, _, hidden in listed:
        if name not in scans:
            continue
        top, left, rows = spread(book.get_sheet_by_name(name), mappings.get(name))
        spanned += sum(map(len, rows))
        if spanned > limits.cells:
            raise too_large("Semua lembar bersama memakai", f"lebih dari {limits.cells} sel", f"{limits.cells} sel")
        sheets.append(scans[name].sheet(name, hidden, rows, top, left, formats))
    return Workbook("xlsb", sheets, modified=core_modified(package), date_1904=date_1904)


_Fonts: TypeAlias = list[tuple[bool, bool]]  # raised, struck out


def _texts(package: Package, fonts: _Fonts) -> list[str | None]:
    """For each shared text None, or what it says with marks where parts of it are raised or struck out."""
    if "xl/sharedstrings.bin" not in package:
        return []
    items = (payload for kind, payload in _records(package.read("xl/sharedstrings.bin")) if kind == _SHARED_ITEM)
    return [marks if payload[0] & 1 and (marks := _rich(payload, 0, fonts)) != _string(payload, 1)[0] else None for payload in items]


def _rich(payload: bytes, at: int, fonts: _Fonts) -> str:
    """A text that may have runs of several fonts (2.5.121, RichStr), with its marks."""
    text, end = _string(payload, at + 1)
    if not payload[at] & 1:
        return text
    (count,) = struct.unpack_from("<I", payload, end)
    runs = (struct.unpack_from("<HH", payload, end + 4 + 4 * index) for index in range(min(count, len(text))))
    return marked_runs(text, [(start, *fonts[font]) for start, font in runs if font < len(fonts)])


def _formats(package: Package) -> tuple[dict[int, str], set[int], _Fonts]:
    """Cell formats (index in the cell XFs): number format code of those that say more than the number, and those of dates. The fonts."""
    telling: dict[int, str] = {}
    dates: set[int] = set()
    fonts: _Fonts = []
    if "xl/styles.bin" not in package:
        return telling, dates, fonts
    codes = dict(BUILTIN_PERCENT)
    of_dates = set(BUILTIN_DATES)
    index = -1  # outside the cell XFs
    for kind, payload in _records(package.read("xl/styles.bin")):
        if kind == _FORMAT:
            number, code = struct.unpack_from("<H", payload)[0], _string(payload, 2)[0]
            if says_more(code):
                codes[number] = code
            if is_date(code):
                of_dates.add(number)
        elif kind == _FONT:
            _, look, _, script = struct.unpack_from("<HHHH", payload)
            fonts.append((script == 1, bool(look & 8)))
        elif kind == _CELL_XFS:
            index = 0
        elif kind == _CELL_XFS_END:
            index = -1
        elif kind == _XF and index >= 0:
            number, font = struct.unpack_from("<HH", payload, 2)
            if font < len(fonts) and fonts[font][1]:
                telling[index] = STRUCK
            elif number in codes:
                telling[index] = codes[number]
            if number in of_dates:
                dates.add(index)
            index += 1
    return telling, dates, fonts


def _style(payload: bytes) -> int:
    return int.from_bytes(payload[4:7], "little")


class _Scan:
    """What a worksheet's records say besides the values."""

    def __init__(self, part: bytes, texts: list[str | None], calculated: bool, dates: set[int], fonts: _Fonts) -> None:
        """`texts`: the shared ones, marked. `calculated`: nil beside a formula is its value. `dates`: cell formats of dates."""
        self.texts = texts
        self.fonts = fonts
        self.calculated = calculated
        self.dates = dates
        self.unusual = False  # calamine must be given a copy
        self.cells: dict[tuple[int, int], tuple[int, bytes]] = {}  # that are not blank: record type, payload
        self.errors: dict[tuple[int, int], LostCell] = {}
        self.formulas: dict[tuple[int, int], str] = {}  # without a value
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.sharing: dict[tuple[int, int], tuple[int, int]] = {}  # formulas without a value → the first cell that has the same
        shared: dict[tuple[int, int], bytes] = {}
        row = column = 0
        for kind, payload in _records(part):
            if kind == _ROW:
                row = struct.unpack_from("<I", payload)[0]
                if len(payload) > 11 and payload[11] & 0x10:
                    self.hidden_rows.add(row)
            elif _BLANK < kind <= _LAST_CELL or kind == _RICH_TEXT:
                (column,) = struct.unpack_from("<I", payload)
                self._cell((row, column), kind, payload)
            elif kind == _SHARED_FORMULA:
                shared[row, column] = payload[20 : 20 + struct.unpack_from("<I", payload, 16)[0]]
            elif kind == _COLUMN:
                first, last = struct.unpack_from("<II", payload)
                if struct.unpack_from("<H", payload, 16)[0] & 1:
                    self.hidden_columns.append((first, last))
            elif kind == _MERGE:
                first_row, last_row, first_column, last_column = struct.unpack_from("<IIII", payload)
                self.merged.append((first_row, first_column, last_row, last_column))
        for at, first in self.sharing.items():
            if at in self.formulas and first in shared:
                self.formulas[at] = words(shared[first], binary=True, at=at)
        self.rows, self.columns = {r for r, _ in self.cells}, {c for _, c in self.cells}

    def _cell(self, at: tuple[int, int], kind: int, payload: bytes) -> None:
        text = None
        if kind == _RICH_TEXT:  # calamine passes over it
            text = _rich(payload, 8, self.fonts)
        elif kind == _SHARED_TEXT:
            (number,) = struct.unpack_from("<I", payload, 8)
            text = self.texts[number] if number < len(self.texts) else None
        if text is not None:
            encoded = text.encode("utf-16-le")
            kind, payload, self.unusual = _TEXT, payload[:8] + struct.pack("<I", len(encoded) // 2) + encoded, True
        elif kind == _SHORT_NUMBER and payload[8] & 3 == 2 and _style(payload) in self.dates:  # calamine: a whole number
            (whole,) = struct.unpack_from("<i", payload, 8)
            kind, payload, self.unusual = _NUMBER, payload[:8] + struct.pack("<d", whole >> 2), True
        before = self.cells.setdefault(at, (kind, payload))
        if before != (kind, payload):
            self._lose(at, "dua isi dengan alamat yang sama di dalam berkas")
        elif kind in (_ERROR_CELL, _FORMULA_ERROR):
            self.errors[at] = LostCell(Loss.ERROR, _ERRORS.get(payload[8], "#"))
        elif kind == _SHARED_TEXT and number >= len(self.texts):
            self._lose(at, f"teks nomor {number} (tidak ada di dalam berkas)")
        elif not self.calculated and kind in (_FORMULA_TEXT, _FORMULA_NUMBER):
            result, end = _string(payload, 8) if kind == _FORMULA_TEXT else (struct.unpack_from("<d", payload, 8)[0], 16)
            if not result:
                (size,) = struct.unpack_from("<I", payload, end + 2)  # after the flags
                tokens, extra = payload[end + 6 : end + 6 + size], payload[end + 10 + size :]
                self.formulas[at] = words(tokens, binary=True)
                if tokens[:1] == b"\x01" and len(extra) >= 4:
                    self.sharing[at] = struct.unpack_from("<I", tokens, 1)[0], struct.unpack_from("<I", extra)[0]

    def _lose(self, at: tuple[int, int], why: str) -> None:
        self.unusual = True
        self.formulas.pop(at, None)
        self.errors[at] = LostCell(Loss.ERROR, why)

    def copy(self) -> bytes:
        """A worksheet part with the cells that have values, on consecutive rows and columns, none of them twice."""
        rows = {row: index for index, row in enumerate(sorted(self.rows))}
        columns = {column: index for index, column in enumerate(sorted(self.columns))}
        last = struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, max(len(columns) - 1, 0))
        records = [_record(_BEGIN), _record(_DIMENSION, last), _record(_BEGIN_ROWS)]
        current = -1
        for (row, column), (kind, payload) in sorted(self.cells.items()):
            if row != current:
                records.append(_record(_ROW, struct.pack("<I", rows[row])))
                current = row
            if (row, column) not in self.errors:
                records.append(_record(kind, struct.pack("<I", columns[column]) + payload[4:]))
        return b"".join((*records, _record(_END_ROWS), _record(_END)))

    def sheet(self, name: str, hidden: bool, rows: list[list[CellValue]], top: int, left: int, formats: dict[int, str]) -> Sheet:
        last_row, last_column = max(self.rows, default=0), max(self.columns, default=0)
        sheet = Sheet(
            name=name,
            rows=rows,
            top=top,
            left=left,
            hidden=hidden,
            hidden_rows=frozenset(r for r in self.hidden_rows if r <= last_row),
            hidden_columns=frozenset(c for a, b in self.hidden_columns for c in range(a, min(b, last_column) + 1)),
            merged=tuple(self.merged),
            lost=self.errors,
        )
        settle_formulas(sheet, self.formulas)
        styles = ((at, _style(payload)) for at, (_, payload) in self.cells.items())
        show(sheet, ((at, formats[style]) for at, style in styles if style in formats))
        return sheet


def _record(kind: int, payload: bytes = b"") -> bytes:
    """Type in one or two bytes, size in four (seven bits each)."""
    size = len(payload)
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80, size >> 21 & 0x7F]) + payload
