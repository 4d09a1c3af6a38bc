"""What stands in a workbook's cells, before anybody says what it means.

Belongs here: the neutral picture of an opened workbook that every format (.xlsx, .xls, .xlsb, .ods, HTML) is turned into, and cell
addresses. Does not belong here: opening files (`opening`), parsing numbers (`numbers`), finding the E.81 table (`layout`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

CellValue: TypeAlias = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta
"""A cell's cached value. An empty cell is `''`; so is a lost one, which then has an entry in `Sheet.lost`."""


class Loss(StrEnum):
    """Why a cell that is not empty has no value."""

    ERROR = "error"  # #DIV/0!, #REF!, #VALUE!, #N/A, #NAME?, #NUM!, #NULL!
    FORMULA_WITHOUT_VALUE = "formula_without_value"  # never calculated, and not computable by `formula`


@dataclass(frozen=True, slots=True)
class LostCell:
    """A cell that is not empty although its value is `''`."""

    loss: Loss
    text: str  # what a person sees there: '#DIV/0!', or the formula with its '='


@dataclass(slots=True)
class Sheet:
    """One sheet as it stands in the file. All indices are 0-based and absolute (row 0, column 0 is A1)."""

    name: str
    rows: Sequence[Sequence[CellValue]]  # rows[i][j] is the cell at (top + i, left + j); ragged rows allowed
    top: int = 0
    left: int = 0
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Sequence[tuple[int, int, int, int]] = ()  # (first row, first column, last row, last column), inclusive
    lost: Mapping[tuple[int, int], LostCell] = field(default_factory=dict)
    percent: frozenset[tuple[int, int]] = frozenset()  # cells with a native number whose number format shows it as a percentage
    computed: Mapping[tuple[int, int], str] = field(default_factory=dict)  # formulas without cached value that we computed: formula text

    def value(self, row: int, column: int) -> CellValue:
        """The value at an absolute position; `''` outside the used range."""
        i, j = row - self.top, column - self.left
        if i < 0 or j < 0 or i >= len(self.rows) or j >= len(self.rows[i]):
            return ""
        return self.rows[i][j]


class Columns:
    """The cells of some rows by column: `columns[j]` are the j-th cells, `''` where a row does not reach so far."""

    __slots__ = ("_rows", "_turned")

    def __init__(self, rows: Sequence[Sequence[CellValue]]) -> None:
        self._rows = rows
        # Rows of one length are turned at once; of ragged ones (a stray cell far right) only the columns that are asked for.
        self._turned = list(zip(*rows, strict=True)) if len(set(map(len, rows))) == 1 else None

    def __getitem__(self, j: int) -> Sequence[CellValue]:
        """Column j, a cell per row; all empty where j lies outside."""
        if self._turned is not None and 0 <= j < len(self._turned):
            return self._turned[j]
        return [row[j] if 0 <= j < len(row) else "" for row in self._rows]


@dataclass(slots=True)
class Workbook:
    """An opened workbook: its sheets in order, and what the file says of itself."""

    format: str  # xlsx, xlsm, xls, xlsb, ods, html: by content, not by suffix
    sheets: list[Sheet]
    modified: dt.datetime | None = None  # the workbook's own modification time, UTC
    date_1904: bool = False
    damaged: bool = False  # a cell is in it twice, or refers to nothing: spreadsheet programs repair such a file or refuse it


def column_letters(column: int) -> str:
    """0 → 'A', 26 → 'AA'."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """0-based position → A1 address."""
    return f"{column_letters(column)}{row + 1}"
