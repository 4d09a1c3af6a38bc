"""A sheet before any library writes it: cells, merged ranges, hidden rows and columns. What damages work on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

Value = str | float | int | dt.date


@dataclass
class Page:
    """One sheet; positions are 0-based (row, column)."""

    name: str
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    percent: set[tuple[int, int]] = field(default_factory=set)  # native numbers shown as a percentage
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    rows: list[int] = field(default_factory=list)  # where each true row stands
    kelurahan: set[int] = field(default_factory=set)  # rows put in below a sub kegiatan, to be read as its kelurahan
    number_row: int = 0
    title_row: int = 0
    foot: int = 0  # first row of the foot
    beside: list[Page] = field(default_factory=list)  # further sheets of the workbook

    def put(self, row: int, column: int, value: Value | None) -> None:
        """Write a value; '' and None leave the cell empty."""
        if value is None or value == "":
            self.cells.pop((row, column), None)
            self.percent.discard((row, column))
        else:
            self.cells[row, column] = value

    def insert_rows(self, at: int, count: int = 1) -> None:
        """Empty rows before row `at`."""
        self._move(lambda row: row + count if row >= at else row, lambda column: column)

    def insert_columns(self, at: int, count: int = 1) -> None:
        """Empty columns before column `at`."""
        self._move(lambda row: row, lambda column: column + count if column >= at else column)

    def _move(self, row_to, column_to) -> None:  # type: ignore[no-untyped-def]
        self.cells = {(row_to(r), column_to(c)): value for (r, c), value in self.cells.items()}
        self.percent = {(row_to(r), column_to(c)) for r, c in self.percent}
        self.merged = [(row_to(r1), column_to(c1), row_to(r2), column_to(c2)) for r1, c1, r2, c2 in self.merged]
        self.hidden_columns = {column_to(c) for c in self.hidden_columns}
        self.hidden_rows = {row_to(r) for r in self.hidden_rows}
        self.rows = [row_to(r) for r in self.rows]
        self.kelurahan = {row_to(r) for r in self.kelurahan}
        self.number_row, self.title_row, self.foot = row_to(self.number_row), row_to(self.title_row), row_to(self.foot)

    def drop_row(self, at: int) -> None:
        """Empty one row."""
        for position in [p for p in self.cells if p[0] == at]:
            self.put(*position, None)
