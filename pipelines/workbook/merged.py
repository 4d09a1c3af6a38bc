"""Merged cells among a table's figures: what they say for the cells that they cover, what they hide, and what nobody can say.

In: a `Sheet`, its `Table`, the typed rows. Out: the rows as a person sees them, and findings. A code's Rp merged over its indicators is the
form's own habit; a unit or a nil sign holds for every cell that it covers; any other figure over several cells is in doubt.
Does not belong here: merged titles (`header`), what one cell's number is (`numbers`).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.workbook.cells import CellValue, Sheet, address
from pipelines.workbook.columns import PAIRS, Measure
from pipelines.workbook.numbers import ReadingKind, read_number
from pipelines.workbook.submission import CellFinding
from pipelines.workbook.table_columns import Table

Rows = list[Sequence[CellValue]]


def settle_merged(sheet: Sheet, table: Table, index: Sequence[int], kode: Sequence[str | None], rows: Rows) -> list[CellFinding]:
    """Change `rows` (those at `index` in `sheet.rows`) to what a person sees; report hidden figures and figures over several cells."""
    places = {i + sheet.top: place for place, i in enumerate(index)}
    if not places or not sheet.merged:
        return []
    first, last = min(places), max(places)
    figures: dict[int, tuple[Measure, bool]] = {}  # column → its measure, and whether it is one of money
    for pair in PAIRS:
        if where := table.pairs.get(pair.name):
            figures |= {c: (m, m is pair.rp) for c, m in ((where.k, pair.k), (where.rp, pair.rp)) if c is not None}
    units = {c for c in (table.satuan, *(p.satuan for p in table.pairs.values())) if c is not None}
    known = sorted(figures.keys() | units)
    findings: list[CellFinding] = []
    for r1, c1, r2, c2 in sheet.merged:
        if r2 < first or r1 > last or not (columns := [c for c in known if c1 <= c <= c2]):
            continue
        covered = [places[r] for r in range(max(r1, first), min(r2, last) + 1) if r in places]
        shown = sheet.value(r1, c1) if r1 in places and c1 in known else ""
        number = read_number(shown) if shown != "" and c1 in figures else None
        holds = shown if number is None or number.kind is ReadingKind.NIL else ""
        for place in covered:
            row = index[place] + sheet.top
            for column in columns:
                if (row, column) == (r1, c1):
                    continue
                hidden = sheet.value(row, column)
                seen = holds if (column in figures) == (c1 in figures) else ""
                if hidden != seen:
                    _put(rows, place, column - sheet.left, seen)
                if hidden != "" and column in figures and (reading := read_number(hidden)).value:
                    why = f"tersisa di bawah sel gabungan {address(r1, c1)}"
                    findings.append(_finding("sel_tertutup", row, column, reading.text, kode[place], figures[column][0], why))
        if number is not None and number.value:
            measure, money = figures[c1]
            several = len({kode[place] for place in covered}) if money else len(covered)
            if several > 1 or any(c in figures for c in columns if c != c1):
                why = f"sel gabungan {address(r1, c1)}:{address(r2, c2)} meliputi beberapa angka"
                findings.append(_finding("angka_ambigu", r1, c1, number.text, kode[places[r1]], measure, why))
    return findings


def _put(rows: Rows, place: int, j: int, value: CellValue) -> None:
    line = list(rows[place])
    line += [""] * (j + 1 - len(line))
    line[j] = value
    rows[place] = line


def _finding(aturan: str, row: int, column: int, stands: str, kode: str | None, measure: Measure, why: str) -> CellFinding:
    return CellFinding(aturan, address(row, column), stands, None, kode, measure.name, row + 1, why)
