"""A writer of .xlsb, as small as the tests of its reader need; no library writes the format. Source: MS-XLSB 2.1.4 and 2.4."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
OWN_FORMATS = ("0.0\\ %",)
ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and its cached result; an error is its text."""

    result: float | str | bool
    tokens: bytes = b""  # MS-XLSB 2.5.97
    extra: bytes = b""  # what the tokens have besides
    shared: bytes = b""  # the tokens of a formula that this cell is the first to have


@dataclass(frozen=True)
class Raw:
    """A cell record as it is: its type, and what follows column and style."""

    kind: int
    payload: bytes


@dataclass(frozen=True)
class Rich:
    """A shared text of several fonts: pieces, and whether each is plain (0), raised (1) or struck out (2)."""

    pieces: Sequence[tuple[str, int]]


Value = float | str | bool | Formula | Raw | Rich


@dataclass
class XlsbSheet:
    """Cells by 0-based position; `styles` gives a cell's format: 0 general, 1 built-in percent, 2 percent of the file's own, 3 a date."""

    name: str
    cells: Mapping[tuple[int, int], Value]
    styles: Mapping[tuple[int, int], int] = field(default_factory=dict)
    again: Sequence[tuple[int, int, Value]] = ()  # row, column, value of cells that come once more
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: Sequence[tuple[int, int]] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()


def record(kind: int, payload: bytes = b"") -> bytes:
    """Type in one or two bytes, size in one to four, both seven bits at a time."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sizes = len(payload), b""
    while True:
        size, low = size >> 7, size & 0x7F
        sizes += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + sizes + payload


def text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def item(words: str | Rich) -> bytes:
    """A shared text, with its runs: where each begins, and its font."""
    if isinstance(words, str):
        return record(19, b"\0" + text(words))
    runs, whole = b"", ""
    for piece, font in words.pieces:
        runs += struct.pack("<HH", len(whole), font)
        whole += piece
    return record(19, b"\1" + text(whole) + struct.pack("<I", len(words.pieces)) + runs)


def cell(column: int, style: int, value: Value, strings: list[str | Rich]) -> bytes:
    head = struct.pack("<II", column, style)
    if isinstance(value, Raw):
        return record(value.kind, head + value.payload)
    if isinstance(value, Formula):
        formula = struct.pack("<HI", 0, len(value.tokens)) + value.tokens + struct.pack("<I", len(value.extra)) + value.extra  # flags first
        result = value.result
        if isinstance(result, bool):
            return record(10, head + bytes([result]) + formula)
        if isinstance(result, str):
            return record(11, head + bytes([ERRORS[result]]) + formula) if result in ERRORS else record(8, head + text(result) + formula)
        return record(9, head + struct.pack("<d", result) + formula)
    if isinstance(value, bool):
        return record(4, head + bytes([value]))
    if isinstance(value, str | Rich):
        if isinstance(value, str) and value in ERRORS:
            return record(3, head + bytes([ERRORS[value]]))
        strings.append(value)
        return record(7, head + struct.pack("<I", len(strings) - 1))
    if value == int(value) and abs(value) < 2**29:
        return record(2, head + struct.pack("<i", int(value) << 2 | 2))  # RK, an integer
    return record(5, head + struct.pack("<d", value))


def worksheet(sheet: XlsbSheet, strings: list[str | Rich]) -> bytes:
    rows = sorted({row for row, _ in sheet.cells} | sheet.hidden_rows)
    columns = [column for _, column in sheet.cells] or [0]
    part = record(129) + record(148, struct.pack("<IIII", min(rows, default=0), max(rows, default=0), min(columns), max(columns)))
    if sheet.hidden_columns:
        part += record(390)
        part += b"".join(record(60, struct.pack("<IIIIH", first, last, 2304, 0, 1)) for first, last in sheet.hidden_columns)
        part += record(391)
    part += record(145)
    for row in rows:
        # row, format, height, flags (byte 11 has fDyZero), spans
        part += record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0x10 if row in sheet.hidden_rows else 0, 0, 0))
        for (at, column), value in sorted(sheet.cells.items()):
            if at == row:
                part += cell(column, sheet.styles.get((at, column), 0), value, strings)
            if at == row and isinstance(value, Formula) and value.shared:
                part += record(427, struct.pack("<IIIII", row, row, column, column, len(value.shared)) + value.shared)
        part += b"".join(cell(column, 0, value, strings) for at, column, value in sheet.again if at == row)
    part += record(146)
    if sheet.merged:
        part += record(177, struct.pack("<I", len(sheet.merged)))
        part += b"".join(record(176, struct.pack("<IIII", r1, r2, c1, c2)) for r1, c1, r2, c2 in sheet.merged)
        part += record(178)
    return part + record(130)


def styles(formats: Sequence[str]) -> bytes:
    def xf(number: int) -> bytes:
        return record(47, struct.pack("<HHHHHBBHH", 0, number, 0, 0, 0, 0, 0, 0, 0))

    own = dict(enumerate(formats, start=164))
    part = record(278) + record(615, struct.pack("<I", len(own)))
    part += b"".join(record(44, struct.pack("<H", number) + text(code)) for number, code in own.items()) + record(616)
    part += record(611, struct.pack("<I", 3))
    for look, script in ((0, 0), (0, 1), (8, 0)):  # plain, raised, struck out
        part += record(43, struct.pack("<HHHHBBBBQB", 220, look, 400, script, 0, 2, 0, 0, 0xFF00000001000107, 0) + text("Calibri"))
    part += record(612)
    part += record(626, struct.pack("<I", 1)) + xf(9) + record(627)  # cell *style* formats: not those of cells
    numbers = (0, 10, *own, 14) if formats == OWN_FORMATS else tuple(own)
    return part + record(617, struct.pack("<I", len(numbers))) + b"".join(map(xf, numbers)) + record(618) + record(279)


def write_xlsb(
    path: Path, sheets: Sequence[XlsbSheet], *, calculated: bool = True, formats: Sequence[str] = OWN_FORMATS, date_1904: bool = False
) -> Path:
    """The workbook, complete enough for calamine and for a spreadsheet program; with `formats`, a style is a place in it."""
    strings: list[str | Rich] = []
    parts = {f"xl/worksheets/sheet{index}.bin": worksheet(sheet, strings) for index, sheet in enumerate(sheets, start=1)}
    workbook = record(131) + record(153, struct.pack("<III", date_1904, 0, 0)) + record(143)
    relations, types = "", ""
    for index, sheet in enumerate(sheets, start=1):
        workbook += record(156, struct.pack("<II", 1 if sheet.hidden else 0, index) + text(f"rId{index}") + text(sheet.name))
        relations += f'<Relationship Id="rId{index}" Type="{RELATION}/worksheet" Target="worksheets/sheet{index}.bin"/>'
        types += f'<Override PartName="/xl/worksheets/sheet{index}.bin" ContentType="application/vnd.ms-excel.worksheet"/>'
    relations += f'<Relationship Id="rIdS" Type="{RELATION}/sharedStrings" Target="sharedStrings.bin"/>'
    relations += f'<Relationship Id="rIdF" Type="{RELATION}/styles" Target="styles.bin"/>'
    types += '<Override PartName="/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    types += '<Override PartName="/xl/sharedStrings.bin" ContentType="application/vnd.ms-excel.sharedStrings"/>'
    types += '<Override PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/>'
    shared = record(159, struct.pack("<II", len(strings), len(strings)))
    shared += b"".join(map(item, strings)) + record(160)
    parts |= {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
            f"{types}</Types>"
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}relationships"><Relationship Id="rId1" Type="{RELATION}/officeDocument" '
            'Target="xl/workbook.bin"/></Relationships>'
        ).encode(),
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{PACKAGE}relationships">{relations}</Relationships>'.encode(),
        "xl/workbook.bin": workbook
        + record(144)
        + record(157, struct.pack("<IIIdIH", 191_029, 1, 100, 0.001, 1, 0x6A | (not calculated)))
        + record(132),
        "xl/sharedStrings.bin": shared,
        "xl/styles.bin": styles(formats),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
