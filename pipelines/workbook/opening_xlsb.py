"""An .xlsb: values from calamine; error cells, percentages, hidden sheets, rows, columns and merged ranges from its binary records.

Source: MS-XLSB 2.1.4 (records) and 2.4 (the records themselves).
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from io import BytesIO

from python_calamine import CalamineWorkbook

from pipelines.workbook.cells import CellValue, Loss, LostCell, Sheet, Workbook
from pipelines.workbook.opening_formats import BUILTIN_PERCENT, is_percent, may_show_percent
from pipelines.workbook.opening_package import Package, parse_xml
from pipelines.workbook.opening_refusal import Limits, check_extent, check_sheets, too_large, unreadable
from pipelines.workbook.opening_xlsx import core_modified

_ROW, _BLANK, _ERROR_CELL, _FORMULA_ERROR, _LAST_CELL = 0, 1, 3, 11, 11  # cells are records 1 to 11
_FORMAT, _XF, _COLUMN, _SHEET, _WORKBOOK, _MERGE, _CELL_XFS, _CELL_XFS_END = 44, 47, 60, 156, 153, 176, 617, 618
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
    date_1904 = False
    for kind, payload in _records(package.read("xl/workbook.bin")):
        if kind == _SHEET:
            relation, at = _string(payload, 8)
            listed.append((_string(payload, at)[0], relation, struct.unpack_from("<I", payload)[0] != 0))
        elif kind == _WORKBOOK:
            date_1904 = bool(payload[0] & 1)
    check_sheets(len(listed), limits)
    targets = {
        e.get("Id", ""): (posixpath.normpath(posixpath.join("/xl", e.get("Target", ""))).lstrip("/"), e.get("Type", "").rpartition("/")[2])
        for e in parse_xml(package.read("xl/_rels/workbook.bin.rels"))
    }
    for name in package.parts:
        if name.startswith("xl/sharedstrings"):
            package.verify(name)
    formats = _percent_formats(package)
    scans: dict[str, _Scan] = {}
    for name, relation, _ in listed:
        part, kind_of_sheet = targets.get(relation, ("", ""))
        if kind_of_sheet == "worksheet":
            scans[name] = _Scan(package.read(part))
            scans[name].check(name, limits)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    sheets: list[Sheet] = []
    spanned = 0
    for name, _, hidden in listed:
        if name not in scans:
            continue
        values = book.get_sheet_by_name(name)
        rows: list[list[CellValue]] = values.to_python(skip_empty_area=True)
        spanned += sum(map(len, rows))
        if spanned > limits.cells:
            raise too_large("Semua lembar bersama memakai", f"lebih dari {limits.cells} sel", f"{limits.cells} sel")
        top, left = values.start or (0, 0)
        sheets.append(scans[name].sheet(name, hidden, rows, top, left, formats))
    return Workbook("xlsb", sheets, modified=core_modified(package), date_1904=date_1904)


def _percent_formats(package: Package) -> dict[int, str]:
    """Cell format (index in the cell XFs) → number format code, of those that may show a percentage."""
    if "xl/styles.bin" not in package:
        return {}
    codes = dict(BUILTIN_PERCENT)
    formats: dict[int, str] = {}
    index = -1  # outside the cell XFs
    for kind, payload in _records(package.read("xl/styles.bin")):
        if kind == _FORMAT:
            code = _string(payload, 2)[0]
            if may_show_percent(code):
                codes[struct.unpack_from("<H", payload)[0]] = code
        elif kind == _CELL_XFS:
            index = 0
        elif kind == _CELL_XFS_END:
            index = -1
        elif kind == _XF and index >= 0:
            number = struct.unpack_from("<H", payload, 2)[0]
            if number in codes:
                formats[index] = codes[number]
            index += 1
    return formats


class _Scan:
    """What a worksheet's records say besides the values."""

    def __init__(self, part: bytes) -> None:
        self.errors: dict[tuple[int, int], LostCell] = {}
        self.styles: dict[tuple[int, int], int] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        row = 0
        for kind, payload in _records(part):
            if kind == _ROW:
                row = struct.unpack_from("<I", payload)[0]
                if len(payload) > 11 and payload[11] & 0x10:
                    self.hidden_rows.add(row)
            elif _BLANK < kind <= _LAST_CELL:
                column, style = struct.unpack_from("<II", payload)
                self.styles[row, column] = style & 0xFFFFFF
                if kind in (_ERROR_CELL, _FORMULA_ERROR):
                    self.errors[row, column] = LostCell(Loss.ERROR, _ERRORS.get(payload[8], "#"))
            elif kind == _COLUMN:
                first, last = struct.unpack_from("<II", payload)
                if struct.unpack_from("<H", payload, 16)[0] & 1:
                    self.hidden_columns.append((first, last))
            elif kind == _MERGE:
                first_row, last_row, first_column, last_column = struct.unpack_from("<IIII", payload)
                self.merged.append((first_row, first_column, last_row, last_column))

    def check(self, name: str, limits: Limits) -> None:
        """Raise CannotOpen where the extent of the values is beyond the limits (calamine allocates all of it)."""
        if self.styles:
            rows, columns = {r for r, _ in self.styles}, {c for _, c in self.styles}
            check_extent(name, max(rows) - min(rows) + 1, max(columns) - min(columns) + 1, limits)

    def sheet(self, name: str, hidden: bool, rows: list[list[CellValue]], top: int, left: int, formats: dict[int, str]) -> Sheet:
        last_row = max((r for r, _ in self.styles), default=0)
        last_column = max((c for _, c in self.styles), default=0)
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
        sheet.percent = frozenset(
            position for position, style in self.styles.items() if style in formats and is_percent(sheet.value(*position), formats[style])
        )
        return sheet
