"""Figures that a person doubts although each of them is a number: loaded as they stand, and reported.

In: the measures of typed rows as they were read, their units, the columns in which they stand. Out: `Doubt`s, for `figures` to report as
`angka_ambigu`. Does not belong here: texts with two readings (`numbers`), sums and ratios that are wrong (`pipelines.quality`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.workbook.columns import PAIRS, TARGET, Kind, Measure, Pair
from pipelines.workbook.units import is_count_unit

Values = Mapping[str, Sequence[float | int | None]]  # measure → a place per typed row; Rp in sen

LEAST_MONEY = 10_000  # no output of a kecamatan's form is usually as large, hardly a sum of money is smaller
_MONEY_ALONE = 1_000_000  # an output as large is money even where no Rp stands beside it
_MONEY_UNITS = frozenset(("rp", "rupiah", "ribu rupiah", "juta rupiah", "ribu", "juta"))
_MOST_OF_TARGET = 2  # a share that as a percentage were more than twice what was planned is taken as it stands
_LARGER = "lebih besar daripada Rp di sebelahnya: K dan Rp mungkin tertukar"
_SMALLER = "lebih kecil daripada K di sebelahnya: K dan Rp mungkin tertukar"


@dataclass(frozen=True, slots=True)
class Fraction:
    """A figure with decimals, or the share of a percentage; `point`: the decimal mark may be one of thousands (a point, or native)."""

    place: int
    pair: Pair
    measure: Measure
    column: int
    value: float
    point: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure that stands as `value` and may mean something else."""

    place: int
    measure: Measure
    column: int
    value: float
    readings: str | None = None  # "0.25 % atau 25 %"
    why: str | None = None


def native_decimals(value: float) -> int:
    """Digits after the decimal mark, of the 15 that a spreadsheet shows."""
    shown = f"{value:.15g}"
    if "e" in shown:
        shown = f"{Decimal(shown):f}"
    point = shown.find(".")
    return len(shown) - point - 1 if point >= 0 else 0


def doubtful_fractions(
    fractions: Sequence[Fraction],
    values: Values,
    satuan: Sequence[str | None],
    formatted: Mapping[str, Collection[int]],
    columns: Mapping[str, int],
) -> Iterator[Doubt]:
    """Thousands and percentages that became fractions. `formatted`: K measure → places shown as a percentage.

    `5.856` typed where the point is the decimal mark is 5,856 to the machine and five thousand to its writer: in rupiah, and of things
    that are counted whole. Rp 1,5 is hardly one rupiah and a half. And 0.25 beside 100 % is 25 % that lost its format.
    """
    shares: dict[int, list[tuple[Measure, float]]] = {}
    for f in fractions:
        unit = satuan[f.place]
        if f.measure is f.pair.rp or (f.point and is_count_unit(unit)):
            shown, small = native_decimals(f.value), -1000 < f.value < 1000
            if shown == 3 or (small and (shown < 3 or f.measure is f.pair.rp)):
                grouped = f"{f.value:.{6 if 3 < shown <= 6 else 3}f}".replace(".", "")
                yield Doubt(f.place, f.measure, f.column, f.value, f"{f.value:.15g} atau {int(grouped)}")
        elif unit == "%" and 0 < f.value < 1:
            shares.setdefault(f.place, []).append((f.measure, f.value))
    targets = values.get(TARGET.k.name)
    outputs = [pair.k for pair in PAIRS if pair.k.kind is Kind.OUTPUT and pair.k.name in values]
    if targets and 1 in targets:  # a bare 1 as a target in percent is hardly 1 %, whatever else stands in its row
        for place, (target, unit) in enumerate(zip(targets, satuan, strict=True)):
            if target == 1 and unit == "%" and place not in formatted.get(TARGET.k.name, ()):
                shares.setdefault(place, [])
    for place, cells in shares.items():
        target = (targets[place] if targets else None) or 0
        if not (0 < target <= 1 or any(place in formatted.get(measure.name, ()) for measure in outputs)):
            cells = [cell for cell in cells if 100 * cell[1] <= _MOST_OF_TARGET * target]  # 50 % where 5 % was planned is 0.5 %
        if cells or target == 1:
            cells = cells + [(m, 1.0) for m in outputs if values[m.name][place] == 1 and place not in formatted.get(m.name, ())]
        for measure, value in cells:
            yield Doubt(place, measure, columns[measure.name], value, f"{value:.15g} % atau {value * 100:.15g} %")


def swapped(
    values: Values, satuan: Sequence[str | None], known: Collection[str], broken: Collection[tuple[int, str]], columns: Mapping[str, int]
) -> Iterator[Doubt]:
    """K and Rp of a row in each other's place: an output of ten thousands that is more than the money beside it.

    `known` are units of which a million is too much even without money beside it; `broken` are cells of Rp (place, measure) with a figure
    that is none of money.
    """
    rows: dict[int, list[tuple[Pair, float, float]]] = {}
    if not any(max(filter(None, values.get(pair.k.name, ())), default=0) >= LEAST_MONEY for pair in PAIRS):
        return  # most forms
    for pair in PAIRS:
        if pair.k.kind is Kind.OUTPUT and pair.k.name in values and pair.rp.name in values:
            for place, (k, sen) in enumerate(zip(values[pair.k.name], values[pair.rp.name], strict=True)):
                rp = (sen or 0) / 100
                if k and k > rp and (rp or k >= LEAST_MONEY) and satuan[place] not in _MONEY_UNITS:
                    rows.setdefault(place, []).append((pair, k, rp))
    for place, found in rows.items():
        alone = _MONEY_ALONE if satuan[place] in known or is_count_unit(satuan[place]) else float("inf")
        if any(k >= LEAST_MONEY and (rp or k >= alone or (place, pair.rp.name) in broken) for pair, k, rp in found):
            for pair, k, rp in found:
                yield Doubt(place, pair.k, columns[pair.k.name], k, why=_LARGER)
                if rp:
                    yield Doubt(place, pair.rp, columns[pair.rp.name], rp, why=_SMALLER)
