"""Formulas of an .xls that nobody calculated, and their text.

Libraries give '' (xlwt) or 0 (jxl, POI) for a formula that its writer left uncalculated, exactly as for one whose result is that. Here
the BIFF records tell: a workbook that was calculated says by what (RECALCID), or at least who saved it (SummaryInformation), and a sheet
that was saved uncalculated says so (UNCALCED). In all others an empty text or nil beside a formula is not taken for its value.
LibreOffice, which calculates, writes 0 for some formulas whose result is a text: a nil is doubtful wherever the formula gives a text.
Source: MS-XLS 2.4.127 (Formula), 2.4.277 (ShrFmla), 2.4.348 (Uncalced), 2.4.215 (RecalcId), 2.5.198 (formula tokens).
Does not belong here: computing (`formula`).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import TypeAlias

import xlrd
from xlrd.formula import func_defs

from pipelines.workbook.cells import Sheet, address
from pipelines.workbook.formula import compute
from pipelines.workbook.opening_xlsx import settle_formulas

Position: TypeAlias = tuple[int, int]

_EOF, _FORMULA, _STRING, _UNCALCED, _SHEET, _RECALC_ID, _BOF, _SHARED = 0x0A, 0x06, 0x207, 0x5E, 0x85, 0x1C1, 0x809, 0x4BC
_BIFF8 = 80
_INFIX = {3: ("+", 3), 4: ("-", 3), 5: ("*", 4), 6: ("/", 4), 7: ("^", 5), 8: ("&", 2)} | {
    9 + index: (sign, 1) for index, sign in enumerate(("<", "<=", "=", ">=", ">", "<>"))
}
_PREFIX, _POSTFIX, _LEAF = 6, 7, 9  # ranks above those of the operators between two operands
_MAKES_TEXT = re.compile(r"&|\b(?:TEXT|CONCATENATE|LEFT|RIGHT|MID|TRIM|UPPER|LOWER|PROPER|SUBSTITUTE|REPLACE|REPT|T|FIXED|USDOLLAR|CHAR)\(")
_UNKNOWN = "{…}"  # no formula reads like this: it is never computed


@dataclass(slots=True)
class SheetFormulas:
    """0-based position → text (without '=') of formulas. One that cannot be put into words has a text that no reader computes."""

    uncalculated: dict[Position, str] = field(default_factory=dict)
    nil: dict[Position, str] = field(default_factory=dict)  # calculated, with the result 0


def read_formulas(book: xlrd.Book, data: bytes) -> list[SheetFormulas]:
    """For each worksheet in order, the formulas whose cached result is not to be taken as it is. `book` must be open (on demand)."""
    stream = memoryview(book.mem)[book.base : book.base + book.stream_len]
    starts: list[int] = []
    calculated = "\x05SummaryInformation".encode("utf-16-le") in data
    for kind, payload, _ in _records(stream, 0):
        if kind == _SHEET and len(payload) > 5 and payload[5] == 0:
            starts.append(int(struct.unpack_from("<I", payload)[0]))
        elif kind == _RECALC_ID:
            calculated = True
    return [_of_sheet(stream, start, calculated, book.biff_version) for start in starts]


def _records(stream: memoryview, at: int) -> Iterator[tuple[int, memoryview, int]]:
    """(type, payload, where the next one starts) of each record of a substream; of those nested in it (charts) none."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth <= 1:
            yield kind, stream[at : at + size], at + size
        at += size


def _of_sheet(stream: memoryview, start: int, calculated: bool, version: int) -> SheetFormulas:
    empty: dict[Position, str] = {}
    nil: dict[Position, str] = {}
    shared: dict[Position, bytes] = {}  # first cell → tokens of the formula that it shares with others
    sharing: list[tuple[dict[Position, str], Position, Position]] = []  # cells that do, and their first cell
    latest = (0, 0)
    waiting: Position | None = None  # a formula whose text result is in a later record
    for kind, payload, _ in _records(stream, start):
        if kind == _UNCALCED:
            calculated = False
        elif kind == _FORMULA and len(payload) >= 22:
            row, column = latest = struct.unpack_from("<HH", payload)
            result = bytes(payload[6:14])
            waiting = None
            found = nil
            if result[6:] == b"\xff\xff":
                if result[0] not in (0, 3):
                    continue  # a truth value or an error
                found = empty
                if result[0] == 0:
                    waiting = row, column
            elif struct.unpack("<d", result)[0] != 0:
                continue
            (size,) = struct.unpack_from("<H", payload, 20)
            found[row, column] = words(bytes(payload[22 : 22 + size])) if version >= _BIFF8 else _UNKNOWN
            if len(payload) >= 27 and payload[22] == 1:
                sharing.append((found, latest, struct.unpack_from("<HH", payload, 23)))
        elif kind == _SHARED and len(payload) >= 10 and version >= _BIFF8:
            shared[latest] = bytes(payload[10 : 10 + struct.unpack_from("<H", payload, 8)[0]])
        elif kind == _STRING and waiting is not None:
            if len(payload) >= 2 and struct.unpack_from("<H", payload)[0]:
                del empty[waiting]
            waiting = None
    for found, at, first in sharing:
        if at in found and first in shared:
            found[at] = words(shared[first], at=at)
    return SheetFormulas(nil=nil) if calculated else SheetFormulas({**empty, **nil})


def settle_nils(sheet: Sheet, nil: dict[Position, str]) -> None:
    """Give the formulas with result 0 that make a text their text, or say that it is lost."""
    values, losses = compute(nil, sheet.value, sheet.lost)
    texts = {position: value for position, value in values.items() if isinstance(value, str)}
    missing = {position: cell for position, cell in losses.items() if _MAKES_TEXT.search(cell.text)}
    settle_formulas(sheet, {position: nil[position] for position in (*texts, *missing)})


def words(tokens: bytes, *, binary: bool = False, at: Position = (0, 0)) -> str:
    """A formula's tokens as its text (without '='); `binary`: those of an .xlsb. What cannot be put into words nobody computes.

    `at`: the cell from which the references of a shared formula are counted.
    """
    try:
        return (_BinaryDecompiler if binary else _Decompiler)(BytesIO(tokens), len(tokens), at).text()
    except (KeyError, IndexError, ValueError, struct.error, UnicodeDecodeError):
        return _UNKNOWN


class _Decompiler:
    """Tokens in postfix order → text, with the brackets that its reading needs."""

    cell, area = "HH", "HHHH"  # row, column; first and last row, first and last column
    height, width = 0x10000, 0x100  # of the grid: distances wrap around

    def __init__(self, tokens: BytesIO, size: int, at: Position) -> None:
        self.tokens = tokens
        self.size = size
        self.at = at
        self.stack: list[tuple[str, int]] = []

    def take(self, layout: str) -> tuple[int, ...]:
        return struct.unpack("<" + layout, self.tokens.read(struct.calcsize("<" + layout)))

    def text(self) -> str:
        while self.tokens.tell() < self.size:
            self.token()
        ((words, _),) = self.stack
        return words

    def operand(self, rank: int) -> str:
        words, own = self.stack.pop()
        return words if own >= rank else f"({words})"

    def token(self) -> None:
        (kind,) = self.take("B")
        if kind in _INFIX:
            sign, rank = _INFIX[kind]
            right = self.operand(rank + 1)
            self.stack.append((self.operand(rank) + sign + right, rank))
        elif kind in (0x12, 0x13):
            self.stack.append(("+-"[kind - 0x12] + self.operand(_PREFIX), _PREFIX))
        elif kind == 0x14:
            self.stack.append((self.operand(_POSTFIX) + "%", _POSTFIX))
        elif kind == 0x15:
            self.stack.append((f"({self.stack.pop()[0]})", _LEAF))
        elif kind == 0x19:
            self.attribute()
        elif kind < 0x20:
            self.constant(kind)
        else:
            self.reference_or_function(kind & 0x1F)

    def constant(self, kind: int) -> None:
        if kind == 0x16:
            words = ""
        elif kind == 0x17:
            words = '"' + self.string().replace('"', '""') + '"'
        elif kind == 0x1D:
            words = "TRUE" if self.take("B")[0] else "FALSE"
        elif kind == 0x1E:
            words = str(self.take("H")[0])
        elif kind == 0x1F:
            (number,) = struct.unpack("<d", self.tokens.read(8))
            words = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
        else:
            raise ValueError
        self.stack.append((words, _LEAF))

    def string(self) -> str:
        size, wide = self.take("BB")
        return self.tokens.read(size * (1 + (wide & 1))).decode("utf-16-le" if wide & 1 else "latin-1")

    def attribute(self) -> None:
        kind, number = self.take("BH")
        if kind & 0x04:  # CHOOSE: a table of jumps
            self.tokens.read(2 * (number + 1))
        elif kind & 0x10:
            self.stack.append((f"SUM({self.stack.pop()[0]})", _LEAF))

    def reference_or_function(self, kind: int) -> None:
        if kind == 0x04:
            self.stack.append((_reference(*self.take(self.cell)), _LEAF))
        elif kind == 0x05:
            first_row, last_row, first, last = self.take(self.area)
            self.stack.append((f"{_reference(first_row, first)}:{_reference(last_row, last)}", _LEAF))
        elif kind == 0x0C:
            self.stack.append((_reference(*self.moved(*self.take(self.cell))), _LEAF))
        elif kind == 0x0D:
            first_row, last_row, first, last = self.take(self.area)
            ends = self.moved(first_row, first), self.moved(last_row, last)
            self.stack.append((":".join(_reference(*end) for end in ends), _LEAF))
        elif kind == 0x01:
            (function,) = self.take("H")
            self.call(function, func_defs[function][1])
        elif kind == 0x02:
            count, function = self.take("BH")
            self.call(function & 0x7FFF, count & 0x7F)
        else:
            raise ValueError  # another sheet, a name, an array: not read here

    def moved(self, row: int, column: int) -> tuple[int, int]:
        """A reference of a shared formula, in which what is relative is a distance from the cell."""
        if column & 0x8000:
            row = (row + self.at[0]) % self.height
        if column & 0x4000:
            column = column & 0xC000 | ((column & 0x3FFF) + self.at[1]) % self.width
        return row, column

    def call(self, function: int, count: int) -> None:
        name = str(func_defs[function][0])
        arguments = self.stack[len(self.stack) - count :]
        if len(arguments) != count:
            raise ValueError
        del self.stack[len(self.stack) - count :]
        self.stack.append((f"{name}({','.join(words for words, _ in arguments)})", _LEAF))


class _BinaryDecompiler(_Decompiler):
    """The same tokens for the larger grid of an .xlsb. Source: MS-XLSB 2.5.97."""

    cell, area = "IH", "IIHH"
    height, width = 0x100000, 0x4000

    def string(self) -> str:
        (size,) = self.take("H")
        return self.tokens.read(2 * size).decode("utf-16-le")


def _reference(row: int, column: int) -> str:
    plain = address(row, column & 0x3FFF)
    letters = plain.rstrip("0123456789")
    return ("" if column & 0x4000 else "$") + letters + ("" if column & 0x8000 else "$") + plain[len(letters) :]
