"""Texts with two readings ('5.856'), settled by what stands around them: column, unit, the row's other figures, its sum, the sheet's marks.

In: cells whose reading is `AMBIGUOUS`, and all measures of the typed rows. Out: the measures with one of the readings in each such place,
and the cells of which it is not certain. Does not belong here: what a cell's readings are (`numbers`), what is reported (`figures`).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from pipelines.workbook.cells import CellValue
from pipelines.workbook.columns import PAIRS, REALISASI, TRIWULAN, Kind, Measure, Pair
from pipelines.workbook.numbers import Reading, read_number, resolve_ambiguous, thousands_mark
from pipelines.workbook.table_columns import Table
from pipelines.workbook.units import is_count_unit

_LEAST_MARKS = 5  # figures whose marks are certain, before they say how one that is not was written


@dataclass(slots=True)
class Pending:
    """A cell that needs more than itself to be understood."""

    place: int
    measure: Measure
    pair: Pair
    column: int
    reading: Reading
    chosen: Decimal | None = None  # of its two readings, the one that is certain


def decimal_sen(value: Decimal, factor: int) -> int:
    """Rupiah (or thousands of it, by `factor`) in sen, half to even."""
    return int((value * 100 * factor).to_integral_value(ROUND_HALF_EVEN))


def settle(
    pending: Sequence[Pending],
    measures: Mapping[str, list[float | int | None]],
    decimals: Mapping[str, list[int | None]],
    satuan: Sequence[str | None],
    table: Table,
    figures: Iterable[Sequence[CellValue]],
) -> list[Pending]:
    """Put the likelier reading of each pending cell into `measures` (and `decimals`, where kept); those that stay open come back.

    `satuan`: the rows' units; `figures`: the sheet's columns of K and Rp, asked only where a row leaves something open.
    """
    settling = _Settling(pending, measures, decimals, satuan, table, frozenset((p.place, p.measure.name) for p in pending))
    still_open = [p for p in pending if not settling.choose(p, None)]
    mark = settling.thousands_mark(figures) if still_open else None
    return [p for p in still_open if mark is None or not settling.choose(p, mark)]


@dataclass(slots=True)
class _Settling:
    pending: Sequence[Pending]
    measures: Mapping[str, list[float | int | None]]
    decimals: Mapping[str, list[int | None]]
    satuan: Sequence[str | None]
    table: Table
    open_cells: frozenset[tuple[int, str]]

    def choose(self, p: Pending, thousands: str | None) -> bool:
        """Put the likelier reading in the cell's place; whether it is certain. `thousands`: the sheet's mark, if it has one."""
        neighbours = [
            Decimal(repr(value))
            for pair in PAIRS
            if (m := pair.k if p.measure is p.pair.k else pair.rp).kind is p.measure.kind
            and (p.place, m.name) not in self.open_cells
            and m.name in self.measures
            and (value := self.measures[m.name][p.place]) is not None
        ]
        unit = self.satuan[p.place] if p.place < len(self.satuan) else None
        rupiah = p.measure.kind is Kind.RUPIAH
        kind = Kind.PERCENT if unit == "%" and not rupiah else p.measure.kind
        if rupiah and self.table.rp_factor != 1:
            kind = Kind.OUTPUT  # '345,678' thousand may be 345 678 000 or 345 678 rupiah: its being money says nothing
        chosen, certain = resolve_ambiguous(
            p.reading,
            column_kind=kind,
            integer_unit=not rupiah and is_count_unit(unit),
            neighbours=() if rupiah else neighbours,
            thousands=thousands,
        )
        if not certain and (summed := self._by_sum(p)) is not None:
            chosen, certain = summed, True
        self.measures[p.measure.name][p.place] = decimal_sen(chosen, self.table.rp_factor) if rupiah else float(chosen)
        if p.measure.name in self.decimals:
            self.decimals[p.measure.name][p.place] = 0 if chosen == p.reading.value else p.reading.decimals
        p.chosen = chosen if certain else None
        return certain

    def thousands_mark(self, figures: Iterable[Sequence[CellValue]]) -> str | None:
        """The mark of thousands in the sheet's texts, if enough of them say so and none says otherwise."""
        marks: Counter[str] = Counter()
        for column in figures:
            for cell in column:
                if type(cell) is str and (mark := thousands_mark(reading := read_number(cell))):
                    # a number format's words ('12,5 km') are spelled by us, with a comma: they may deny, but prove nothing
                    marks[mark] += reading.unit in (None, "%")
        for p in self.pending:
            if p.chosen is not None and (mark := thousands_mark(p.reading, p.chosen)):
                marks[mark] += p.reading.unit in (None, "%")
        return next((mark for mark, count in marks.items() if len(marks) == 1 and count >= _LEAST_MARKS), None)

    def _by_sum(self, p: Pending) -> Decimal | None:
        """The reading with which the quarters add up to this year's realisation, if exactly one does."""
        rupiah = p.measure.kind is Kind.RUPIAH
        names = [(pair.rp if rupiah else pair.k).name for pair in TRIWULAN]
        total = (REALISASI.rp if rupiah else REALISASI.k).name
        if any(where.cumulative for where in self.table.pairs.values()):
            return None
        if p.measure.name not in (*names, total):
            return None
        beside = [q for q in self.pending if q.place == p.place and q.measure.name in (*names, total)]
        cells = {n: self.measures[n][p.place] for n in (*names, total) if n in self.measures}
        fits: set[Decimal] = set()
        for choices in itertools.product(*((q.reading.value, q.reading.alternative) for q in beside)):
            row = dict(cells)
            for q, choice in zip(beside, choices, strict=True):
                if choice is not None:
                    row[q.measure.name] = decimal_sen(choice, self.table.rp_factor) if rupiah else float(choice)
            parts = [value for n in names if (value := row.get(n)) is not None]
            stated = row.get(total)
            if stated is not None and parts and abs(sum(parts) - stated) < 1e-9:
                fits |= {choice for q, choice in zip(beside, choices, strict=True) if q is p and choice is not None}
        return fits.pop() if len(fits) == 1 else None
