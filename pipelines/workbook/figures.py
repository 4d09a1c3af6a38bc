"""The figures of typed rows: K, satuan and Rp of every numbered column, exactly, with what is wrong at single cells.

In: a `Sheet`, its `Table`, the typed rows. Out: column lists ready for a frame (Rp in Int64 sen, K and percentages as floats on the 0-100
scale), the number of printed decimals, findings. NULL is "not stated", 0 is "nil"; neither becomes the other, except in a ratio whose
target is nil, where nil means "not applicable" (the domain's rule for columns 14 and 17).
Does not belong here: what one cell's number is (`numbers`), which row is what (`rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from pipelines.reference.tables import References
from pipelines.workbook.cells import CellValue, Columns, Loss, Sheet, address
from pipelines.workbook.columns import (
    CAPAIAN,
    DECIMAL_MEASURES,
    PAIRS,
    RENSTRA_CAPAIAN,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Kind,
    Measure,
    Pair,
)
from pipelines.workbook.doubts import (
    AS_MONEY,
    MONEY_UNITS,
    Doubt,
    Fraction,
    doubtful_fractions,
    swapped,
    unstated_scale,
)
from pipelines.workbook.merged import settle_merged
from pipelines.workbook.numbers import NOISE, Reading, ReadingKind, native_decimals, read_number
from pipelines.workbook.settling import Pending, decimal_sen, settle
from pipelines.workbook.submission import CellFinding
from pipelines.workbook.table_columns import PairColumns, Table
from pipelines.workbook.units import read_unit

_DECIMALS = frozenset(m.name for m in DECIMAL_MEASURES)
_RATIO_OF = {
    m.name: base.name
    for pair, target in ((CAPAIAN, TARGET), (RENSTRA_CAPAIAN, TARGET_RENSTRA))
    for m, base in ((pair.k, target.k), (pair.rp, target.rp))
}
_UNREAD = frozenset(("sel_tidak_terbaca", "bukan_angka", "rumus_tanpa_nilai"))
_BEFORE_UNREAD = "kumulatif, sedangkan triwulan sebelumnya tidak terbaca atau diragukan: angka triwulan ini sendiri tidak dapat dihitung"
_MOST_SEN = 10**15  # ten trillion rupiah, more than a whole kabupaten has: the number of something else
_MOST_PERCENT = 1000  # a number typed before its cell was made a percentage: 100 becomes 10 000 %
_UNIT_ORDER = ("target", "target_renstra", "realisasi_lalu", "tw1", "tw2", "tw3", "tw4", "realisasi", "renstra_realisasi")


@dataclass(slots=True)
class Figures:
    """Column lists, a place per typed row."""

    measures: dict[str, list[float | int | None]] = field(default_factory=dict)
    decimals: dict[str, list[int | None]] = field(default_factory=dict)
    units: dict[str, list[str | None]] = field(default_factory=dict)  # <pair>_satuan
    satuan: list[str | None] = field(default_factory=list)
    findings: list[CellFinding] = field(default_factory=list)


def _sen(value: float, factor: int) -> int:
    if isinstance(value, int) or value == int(value):
        return int(value) * 100 * factor
    return decimal_sen(Decimal(f"{value:.15g}"), factor)


@lru_cache(maxsize=16384)  # percentages with two decimals: the same ones come back on every form
def _is_fraction(cell: CellValue, reading: Reading) -> bool:
    """A text with something after its decimal mark, without the sign that says it is a percentage."""
    return isinstance(cell, str) and not reading.percent and reading.value is not None and reading.value % 1 != 0


class _Columns:
    """Reads every measure column of the form."""

    def __init__(
        self, sheet: Sheet, table: Table, index: Sequence[int], kode: Sequence[str | None], level: Sequence[str], references: References
    ) -> None:
        self.sheet, self.table, self.index, self.kode, self.level, self.references = sheet, table, index, kode, level, references
        self.rows = [sheet.rows[i] for i in index]
        self.out = Figures()
        self.out.findings += settle_merged(sheet, table, index, kode, self.rows)
        self.cells = Columns(self.rows)
        self.pending: list[Pending] = []
        self.words: list[tuple[int, Measure, int, str]] = []
        self.fractions: list[Fraction] = []  # not shown as a percentage; native K below 1000
        self.money: list[Doubt] = []  # 'Rp 5.000' where no money belongs
        self.formatted: dict[str, set[int]] = {}  # K measure -> places shown as a percentage
        self.in_cell: dict[str, dict[int, str]] = {}  # pair name -> place -> unit in the K cell
        self.spelling: dict[str, str | None] = {}
        self.misspelt: dict[str, str] = {}  # a unit as it stands -> the known unit that it was taken for

    def column(self, column: int) -> Sequence[CellValue]:
        return self.cells[column - self.sheet.left]

    def percent_places(self, column: int) -> set[int]:
        if not self.sheet.percent:
            return set()
        top, percent = self.sheet.top, self.sheet.percent
        return {place for place, i in enumerate(self.index) if (i + top, column) in percent}

    def unit(self, text: str) -> str | None:
        if text not in self.spelling:
            reading = read_unit(text, self.references.ejaan_satuan, self.references.akumulasi_satuan)
            self.spelling[text] = reading.satuan
            if not reading.certain and reading.satuan:
                self.misspelt[text] = reading.satuan
        return self.spelling[text]

    def units_of(self, column: int, name: str, cells: Iterable[tuple[int, str]]) -> list[str | None]:
        """Canonical units of a column's cells (place, text); a misspelt one is reported at its cell."""
        units: list[str | None] = [None] * len(self.rows)
        for place, text in cells:
            if text[0] == "#":
                self._lost_words(place, column, name, text)
                continue
            units[place] = self.spelling[text] if text in self.spelling else self.unit(text)
            if self.misspelt and text in self.misspelt:
                row = self.index[place] + self.sheet.top
                self.out.findings.append(
                    CellFinding("satuan_salah_eja", address(row, column), text, self.misspelt[text], self.kode[place], name, row + 1)
                )
        return units

    def units_in(self, column: int, name: str) -> list[str | None]:
        """As `units_of`, of all cells of a column: few spellings, each looked up once."""
        texts = [cell if type(cell) is str else read_number(cell).text for cell in self.column(column)]
        units = {text: self.unit(text) if text else None for text in set(texts)}
        if self.misspelt.keys() & units.keys() or any(text and text[0] == "#" for text in units):
            return self.units_of(column, name, ((place, text) for place, text in enumerate(texts) if text))
        return [units[text] for text in texts]

    def run(self) -> Figures:
        self._own_units()
        for pair in PAIRS:
            columns = self.table.pairs.get(pair.name)
            if columns is None:
                continue
            if columns.k is not None:
                self._measure(pair, pair.k, columns.k)
            if columns.rp is not None:
                self._measure(pair, pair.rp, columns.rp)
            self._units(pair, columns)
        self._numbers_as_units()
        self._row_units()
        self._settle()
        self._doubts()
        self._lost()
        self._not_applicable()
        self._quarterly()
        return self.out

    def _measure(self, pair: Pair, measure: Measure, column: int) -> None:
        rupiah = measure.kind is Kind.RUPIAH
        factor = self.table.rp_factor
        percent = self.percent_places(column)
        exact = measure.name in _DECIMALS
        suspect = measure.kind is Kind.OUTPUT or (rupiah and factor == 1)
        if percent:
            self.formatted[measure.name] = percent
        values: list[float | int | None] = []
        decimals: list[int | None] = []
        scale = 100 * factor
        cells = self.column(column)
        if cells.count("") == len(cells):  # a triwulan to come
            self.out.measures[measure.name] = [None] * len(cells)
            if exact:
                self.out.decimals[measure.name] = [None] * len(cells)
            return
        for place, cell in enumerate(cells):
            shown: int | None
            value: float | int | None
            if type(cell) is float and cell.is_integer() and place not in percent:  # most cells
                value, shown = (int(cell) * scale if rupiah else cell), 0
            elif type(cell) is float and cell - cell == 0 and place not in percent:
                clean = near if suspect and -NOISE < cell - (near := float(round(cell))) < NOISE else cell  # `=0.57*100` is 57
                value, shown = (_sen(clean, factor) if rupiah else clean), (native_decimals(clean) if exact else 0)
                if suspect and (rupiah or -1000 < clean < 1000) and clean is cell:
                    self.fractions.append(Fraction(place, pair, measure, column, clean, True))
            elif cell == "" and type(cell) is str:
                value = shown = None
            elif cell == "-":
                value, shown = (0 if rupiah else 0.0), 0
            else:
                value, shown = self._read(place, pair, measure, column, cell, place in percent)
            values.append(value)
            if exact:
                decimals.append(shown)
        if rupiah and max(filter(None, values), default=0) >= _MOST_SEN:
            for place in [place for place, value in enumerate(values) if value and value >= _MOST_SEN]:
                values[place] = None
                self.words.append((place, measure, column, self._stands(place, column)))
        self.out.measures[measure.name] = values
        if exact:
            self.out.decimals[measure.name] = decimals

    def _read(
        self, place: int, pair: Pair, measure: Measure, column: int, cell: CellValue, percent: bool
    ) -> tuple[float | int | None, int | None]:
        reading = read_number(cell, percent_format=percent)
        if reading.unit and measure is pair.k:
            self.in_cell.setdefault(pair.name, {})[place] = reading.unit
            if reading.percent:
                self.formatted.setdefault(measure.name, set()).add(place)
        match reading.kind:
            case ReadingKind.EMPTY:
                return None, None
            case ReadingKind.NIL:
                return (0 if measure.kind is Kind.RUPIAH else 0.0), reading.decimals
            case ReadingKind.LOST:
                self._finding("sel_tidak_terbaca", place, measure, column, reading.text)
                return None, None
            case ReadingKind.WORDS:
                self.words.append((place, measure, column, reading.text))
                return None, None
            case ReadingKind.AMBIGUOUS:
                self.pending.append(Pending(place, measure, pair, column, reading))
                return None, None
            case _:
                value, shown = self._number(place, measure, column, reading, cell)
                if reading.money and measure.kind is not Kind.RUPIAH:
                    self.money.append(Doubt(place, measure, column, float(reading.value or 0), why=AS_MONEY))
                if reading.percent and value is not None and value >= _MOST_PERCENT and measure.kind is Kind.OUTPUT:
                    self._finding("angka_ambigu", place, measure, column, reading.text, f"{value:.15g} % atau {value / 100:.15g} %")
                counted = measure.kind is Kind.OUTPUT or (measure.kind is Kind.RUPIAH and self.table.rp_factor == 1)
                if value is not None and counted and _is_fraction(cell, reading):
                    point = str(cell).rfind(".") > str(cell).rfind(",")
                    self.fractions.append(Fraction(place, pair, measure, column, float(reading.value or 0), point))
                return value, shown

    def _number(
        self, place: int, measure: Measure, column: int, reading: Reading, cell: CellValue
    ) -> tuple[float | int | None, int | None]:
        value = reading.value
        assert value is not None  # noqa: S101 - a NUMBER has one
        if measure.kind is Kind.RUPIAH:
            # a third decimal in a text is more likely a broken group of thousands than a part of a sen
            if reading.unit or (isinstance(cell, str) and reading.decimals > 2 and self.table.rp_factor == 1):
                self.words.append((place, measure, column, reading.text))
                return None, None
            return decimal_sen(value, self.table.rp_factor), reading.decimals
        return float(value), reading.decimals

    def _units(self, pair: Pair, columns: PairColumns) -> None:
        units: list[str | None] = [None] * len(self.rows)
        if columns.satuan is not None:
            units = self.units_in(columns.satuan, pair.satuan)
        inside = self.in_cell.get(pair.name)
        if inside and columns.k is not None:
            in_cell = self.units_of(columns.k, pair.satuan, inside.items())
            if pair.k.kind is Kind.OUTPUT:  # a ratio's unit is noise
                self._other_units(pair, columns.k, in_cell, [own or row for own, row in zip(units, self.out.satuan, strict=True)])
            units = [own or other for own, other in zip(units, in_cell, strict=True)]
        self.out.units[pair.satuan] = units

    def _other_units(self, pair: Pair, column: int, in_cell: Sequence[str | None], beside: Sequence[str | None]) -> None:
        """`12 bulan` in a row of dokumen: one of the two is wrong, and the figure may be of either."""
        for place, (own, other) in enumerate(zip(in_cell, beside, strict=True)):
            if own and other and own != other and self.out.measures[pair.k.name][place]:
                self._finding("satuan_tidak_seragam", place, pair.k, column, own, other)

    def _numbers_as_units(self) -> None:
        """A figure that slipped into the column of its unit; 0 there is what a formula makes of an empty cell."""
        for pair in PAIRS:
            where, units = self.table.pairs.get(pair.name), self.out.units.get(pair.satuan)
            if not where or where.satuan is None or not units or not any(unit and unit[0].isdigit() for unit in set(units)):
                continue
            values = self.out.measures.get(pair.k.name)
            for place, unit in enumerate(units):
                if unit and unit[0].isdigit() and (read_number(unit).value == 0 or not values or values[place] is None):
                    units[place] = None
                    if read_number(unit).value != 0:
                        why = "angkanya di kolom satuan, sedangkan kolom K kosong"
                        self._finding("satuan_tidak_seragam", place, pair.k, where.satuan, unit, "satuan tanpa angka", why)

    def _own_units(self) -> None:
        """The row's unit, of forms that have a column for it."""
        own = self.table.satuan
        self.out.satuan = [None] * len(self.rows) if own is None else self.units_in(own, "satuan")

    def _row_units(self) -> None:
        units = self.out.satuan
        for name in _UNIT_ORDER:
            if None not in units and "" not in units:
                break
            column = self.out.units.get(f"{name}_satuan")
            if column:
                for place, text in enumerate(column):
                    if text and not units[place]:
                        units[place] = text

    def _settle(self) -> None:
        """Numbers with two readings: what stays open is reported."""
        out = self.out
        columns = {c for where in self.table.pairs.values() for c in (where.k, where.rp) if c is not None}
        for p in settle(self.pending, out.measures, out.decimals, out.satuan, self.table, (self.column(c) for c in columns)):
            self._finding("angka_ambigu", p.place, p.measure, p.column, p.reading.text, f"{p.reading.value} atau {p.reading.alternative}")

    def _doubts(self) -> None:
        """Figures that a person doubts: loaded as they stand, and reported."""
        columns: dict[str, int] = {}
        for pair in PAIRS:
            where = self.table.pairs.get(pair.name)
            if where:
                columns |= {m.name: c for m, c in ((pair.k, where.k), (pair.rp, where.rp)) if c is not None}
        out = self.out
        broken = {(place, measure.name) for place, measure, _, text in self.words if any(map(str.isdigit, text))}
        doubts = (
            *doubtful_fractions(self.fractions, out.measures, out.satuan, self.formatted, columns),
            *swapped(out.measures, out.satuan, self.references.akumulasi_satuan, broken, columns),
            *(doubt for doubt in self.money if out.satuan[doubt.place] not in MONEY_UNITS),
            *(unstated_scale(out.measures, columns) if self.table.rp_factor == 1 else ()),
        )
        for doubt in {(doubt.place, doubt.measure.name): doubt for doubt in reversed(doubts)}.values():  # the first of a cell is told
            self._finding("angka_ambigu", doubt.place, doubt.measure, doubt.column, f"{doubt.value:.15g}", doubt.readings, doubt.why)

    def _lost(self) -> None:
        if not self.sheet.lost:
            return
        places = {i + self.sheet.top: place for place, i in enumerate(self.index)}
        columns: dict[int, Measure] = {}
        words = {column: name for name, column in self.table.texts.items()}
        words |= {where.satuan: f"{name}_satuan" for name, where in self.table.pairs.items() if where.satuan is not None}
        if self.table.satuan is not None:
            words[self.table.satuan] = "satuan"
        for pair in PAIRS:
            where = self.table.pairs.get(pair.name)
            if where:
                columns |= {c: m for c, m in ((where.k, pair.k), (where.rp, pair.rp)) if c is not None}
        for (row, column), lost in self.sheet.lost.items():
            place, measure = places.get(row), columns.get(column)
            rule = "sel_tidak_terbaca" if lost.loss is Loss.ERROR else "rumus_tanpa_nilai"
            if place is not None and measure is not None:
                self._finding(rule, place, measure, column, lost.text)
            elif place is not None and column in words:
                self._lost_words(place, column, words[column], lost.text, rule)

    def _lost_words(self, place: int, column: int, name: str, stands: str, rule: str = "sel_tidak_terbaca") -> None:
        row = self.index[place] + self.sheet.top
        self.out.findings.append(CellFinding(rule, address(row, column), stands, None, self.kode[place], name, row + 1))

    def _not_applicable(self) -> None:
        """Nil in a ratio whose target is nil (or not stated) is no figure; words in such a ratio are no mistake."""
        unread = self._unread() | {(place, measure.name) for place, measure, _, _ in self.words}
        for name, base in _RATIO_OF.items():
            values, targets = self.out.measures.get(name), self.out.measures.get(base)
            if values is None:
                continue
            for place, value in enumerate(values):
                if value == 0 and not (targets and targets[place]) and (place, base) not in unread:
                    values[place] = None
                    self.out.decimals[name][place] = None
        for place, measure, column, text in self.words:
            base = _RATIO_OF.get(measure.name, "")
            targets = self.out.measures.get(base)
            if base and not (targets and targets[place]):
                continue
            self._finding("bukan_angka", place, measure, column, text)

    def _unread(self, rules: frozenset[str] = _UNREAD) -> set[tuple[int, str]]:
        """Figures (place, measure) that stand on the sheet and could not be read."""
        places = {i + self.sheet.top + 1: place for place, i in enumerate(self.index)}
        return {(places[f.baris], f.kolom) for f in self.out.findings if f.aturan in rules and f.baris in places and f.kolom}

    def _quarterly(self) -> None:
        """Columns that hold the figure up to a triwulan become the triwulan's own; a position (%, orang/bulan) stays what it is."""
        if not any(where.cumulative for where in self.table.pairs.values()):
            return
        unread, doubted = self._unread(), self._unread(frozenset(("angka_ambigu",)))
        for kind in ("k", "rp"):
            reached: list[float | int | None] = [None] * len(self.rows)
            broken: set[int] = set()  # rows in which an earlier triwulan could not be read, or is doubted
            for pair in TRIWULAN:
                where = self.table.pairs.get(pair.name)
                measure = pair.k if kind == "k" else pair.rp
                values = self.out.measures.get(measure.name)
                column = None if where is None else where.k if kind == "k" else where.rp
                if where is None or values is None or column is None:
                    continue
                for place, value in enumerate(values):
                    if (place, measure.name) in unread:
                        broken.add(place)
                    if value is None:
                        continue
                    before = reached[place] or 0
                    if where.cumulative and value == 0 and before > 0:
                        continue  # what was reached does not fall to nil: nothing is stated beyond what was reached before
                    unit = self.out.satuan[place] or ""
                    adds = kind == "rp" or self.references.akumulasi_satuan.get(unit, "kumulatif") == "kumulatif"
                    if where.cumulative:
                        reached[place] = value
                        if adds and place in broken:
                            values[place] = None
                            broken.discard(place)
                            self._finding("sel_tidak_terbaca", place, measure, column, self._stands(place, column), why=_BEFORE_UNREAD)
                        elif adds:
                            values[place] = round(value - before, 9) if kind == "k" else value - before
                    else:
                        reached[place] = before + value
                    if (place, measure.name) in doubted:
                        broken.add(place)  # for the triwulan after it

    def _stands(self, place: int, column: int) -> str:
        return read_number(self.sheet.value(self.index[place] + self.sheet.top, column)).text

    def _finding(
        self, aturan: str, place: int, measure: Measure, column: int, stands: str, expected: str | None = None, why: str | None = None
    ) -> None:
        row = self.index[place] + self.sheet.top
        self.out.findings.append(CellFinding(aturan, address(row, column), stands, expected, self.kode[place], measure.name, row + 1, why))


def read_figures(
    sheet: Sheet, table: Table, index: Sequence[int], kode: Sequence[str | None], level: Sequence[str], references: References
) -> Figures:
    """All figures of the typed rows (`index`: positions in `sheet.rows`)."""
    return _Columns(sheet, table, index, kode, level, references).run()
