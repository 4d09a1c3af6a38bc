"""Figures that a person doubts although each of them is a number: loaded as they stand, and reported.

In: the measures of typed rows as they were read, their units, the columns in which they stand. Out: `Doubt`s, for `figures` to report as
`angka_ambigu`. Does not belong here: texts with two readings (`numbers`), sums and ratios that are wrong (`pipelines.quality`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.workbook.columns import (
    CAPAIAN,
    PAIRS,
    REALISASI,
    REALISASI_LALU,
    RENSTRA_CAPAIAN,
    RENSTRA_REALISASI,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Kind,
    Measure,
    Pair,
)
from pipelines.workbook.numbers import native_decimals
from pipelines.workbook.units import is_count_unit

Values = Mapping[str, Sequence[float | int | None]]  # measure → a place per typed row; Rp in sen

LEAST_MONEY = 10_000  # no output of a kecamatan's form is usually as large, hardly a sum of money is smaller
_MONEY_ALONE = 1_000_000  # an output as large is money even where no Rp stands beside it
_LEAST_BUDGET = 50_000_000  # rupiah: a kecamatan's year costs a billion and more; written in thousands even the largest stays below
_FEWEST_BUDGETED = 10  # rows with a target in Rp, from which a form is more than a part of one
MONEY_UNITS = frozenset(("rp", "rupiah", "ribu rupiah", "juta rupiah", "ribu", "juta"))
_MOST_OF_TARGET = 2  # a share that as a percentage were more than twice what was planned is taken as it stands
_TWICE = 2  # a bare figure below it may be a percentage of 100 and more that lost its format
_HALF_PERCENT = 0.5  # a ratio printed without decimals is off by no more; 1 % and 100 % are a hundred times apart
AS_MONEY = "ditulis sebagai rupiah, padahal bukan kolom Rp"
_LARGER = "lebih besar daripada Rp di sebelahnya: K dan Rp mungkin tertukar"
_WHOLE_YEAR = "anggaran terbesar di formulir ini, terlalu kecil untuk setahun: mungkin dalam ribuan atau jutaan yang tidak disebutkan"
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
    outputs = [pair.k for pair in PAIRS if pair.k.kind is Kind.OUTPUT and pair.k.name in values]
    stated = [(m, values[m.name], formatted.get(m.name, ())) for m in outputs]
    for place in [place for place, unit in enumerate(satuan) if unit == "%"]:
        bare = [(m, v) for m, column, shown in stated if (v := column[place]) and 1 <= v < _TWICE and place not in shown]
        cells = shares.get(place, [])
        if not cells and not bare:
            continue
        row = {name: figure for name, column in values.items() if (figure := column[place]) is not None}
        target = row.get(TARGET.k.name) or 0
        if not (0 < target <= 1 or any(place in formatted.get(measure.name, ()) for measure in outputs)):
            cells = [cell for cell in cells if 100 * cell[1] <= _MOST_OF_TARGET * target]  # 50 % where 5 % was planned is 0.5 %
        if cells or _hundred_percent(row, dict(bare)):
            cells = cells + bare
        for measure, value in cells:
            yield Doubt(place, measure, columns[measure.name], value, f"{value:.15g} % atau {value * 100:.15g} %")


def _hundred_percent(row: Mapping[str, float], bare: Mapping[Measure, float]) -> bool:
    """Whether what stands as 1 (and less than 2) in a row of percentages may be 100 % (and more) that lost its format.

    `row`: measure → figure; `bare`: those in question. As a target 1 % is doubted whatever else stands in the row. Elsewhere its sums and
    ratios decide: 1 beside a target of 100 with a 14 of 1 is 1 %.
    """
    if bare.get(TARGET.k) == 1:
        return True
    planned = 100 if TARGET_RENSTRA.k in bare else row.get(TARGET.k.name) or row.get(TARGET_RENSTRA.k.name) or 100
    if not bare or _MOST_OF_TARGET * planned < 100:
        return False
    as_it_stands = _consistent(row)
    as_share = _consistent({**row, **{measure.name: 100 * value for measure, value in bare.items()}})
    fits = {one for one, other in zip(as_it_stands, as_share, strict=True) if one is not other}
    return fits != {True}  # what holds either way, or neither way, decides nothing


def _consistent(row: Mapping[str, float]) -> tuple[bool, bool, bool, bool]:
    """Whether a row's K in percent fits its own 13, 14, 16 and 17, each in any way that is in use (see `pipelines.quality.arithmetic`)."""

    def near(measure: Measure, figures: Iterable[float], whole: Measure | None = None) -> bool:
        if measure.name not in row:
            return False
        stated = row[measure.name] if whole is None else row[measure.name] * row.get(whole.name, 0) / 100
        return any(abs(stated - figure) < _HALF_PERCENT for figure in figures)

    quarters = [row[pair.k.name] for pair in TRIWULAN if pair.k.name in row]
    reached = [sum(quarters), max(quarters), sum(quarters) / len(quarters)] if quarters else []  # a position that fell is doubted
    this_year = [row[REALISASI.k.name]] if REALISASI.k.name in row else reached
    before = row.get(REALISASI_LALU.k.name, 0)
    to_date = [row[RENSTRA_REALISASI.k.name]] if RENSTRA_REALISASI.k.name in row else []
    return (
        near(REALISASI.k, reached),
        near(CAPAIAN.k, this_year, TARGET.k),
        near(RENSTRA_REALISASI.k, [way for now in this_year for way in (now, before + now, max(before, now))]),
        near(RENSTRA_CAPAIAN.k, to_date, TARGET_RENSTRA.k),
    )


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
                if k and k > rp and (rp or k >= LEAST_MONEY) and satuan[place] not in MONEY_UNITS:
                    rows.setdefault(place, []).append((pair, k, rp))
    for place, found in rows.items():
        alone = _MONEY_ALONE if satuan[place] in known or is_count_unit(satuan[place]) else float("inf")
        if any(k >= LEAST_MONEY and (rp or k >= alone or (place, pair.rp.name) in broken) for pair, k, rp in found):
            for pair, k, rp in found:
                yield Doubt(place, pair.k, columns[pair.k.name], k, why=_LARGER)
                if rp:
                    yield Doubt(place, pair.rp, columns[pair.rp.name], rp, why=_SMALLER)
            for pair in PAIRS:  # money beside an output that could not be read, in a row whose others stand in each other's place
                k, sen = (values.get(measure.name, {place: None})[place] for measure in (pair.k, pair.rp))
                if pair.k.kind is Kind.OUTPUT and k is None and sen and pair.k.name in columns:
                    yield Doubt(place, pair.rp, columns[pair.rp.name], sen / 100, why=_SMALLER)


def unstated_scale(values: Values, columns: Mapping[str, int]) -> Iterator[Doubt]:
    """Money written in thousands of rupiah (or millions) of which nothing on the form tells: one doubt, at its largest target."""
    targets = values.get(TARGET.rp.name, ())
    sen = max(filter(None, targets), default=0)
    largest = sen / 100
    if 0 < largest < _LEAST_BUDGET and len(list(filter(None, targets))) >= _FEWEST_BUDGETED:
        place = targets.index(sen)
        factor = 1000 if 1000 * largest >= _LEAST_BUDGET else 1_000_000
        yield Doubt(place, TARGET.rp, columns[TARGET.rp.name], largest, f"{largest:.15g} atau {largest * factor:.15g} rupiah", _WHOLE_YEAR)
