"""All submissions to be checked as one table of positions: a position a staged row (TOTAL included), then one a submission.

Belongs here: what every rule needs to look up by position (figures, units, what could not be read), and the shape of a check. Does not
belong here: what is compared (`row_rules`, `tree_rules`, `reference_rules`, `history_rules`, `submission_rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.quality.catalogue import UNREADABLE
from pipelines.quality.figures import (
    FUZZ,
    GROUP_MEASURES,
    Bools,
    Figures,
    Floats,
    Ints,
    accumulate,
    floats,
    quarters_due,
)
from pipelines.quality.hierarchy import parent_positions
from pipelines.reference.tables import ACCUMULATIONS, References
from pipelines.workbook.columns import MEASURES, RUPIAH_MEASURES, TRIWULAN, Kind, Level

Objects = npt.NDArray[np.object_]

RUPIAH_TOLERANCE = 100.0
"""Rp 1, in sen."""
UNDEFINED = 1e9
"""Deviation of a figure that stands where none can be computed."""


class Expectation(StrEnum):
    """Which great-expectations expectation decides a check."""

    WITHIN_TOLERANCE = "within_tolerance"  # values: deviation in units of what rounding explains; at most 1
    ABSENT = "absent"  # values: what ought not to stand there; null
    NOT_NEGATIVE = "not_negative"  # values: the figure itself
    EQUAL = "equal"  # values and other: a pair
    AT_MOST = "at_most"  # values ≤ other


class Printed(StrEnum):
    """How a value is printed in a finding."""

    RUPIAH = "rupiah"  # sen
    NUMBER = "number"
    TEXT = "text"


@dataclass(slots=True)
class Check:
    """One rule on one column. Arrays have one entry a position of the batch; NaN / None is "nothing to check here"."""

    aturan: str
    kolom: str | None  # staged column whose letters are the finding's address; None: of the submission
    expectation: Expectation
    values: npt.NDArray[Any]
    other: npt.NDArray[Any] | None = None
    lapor: npt.NDArray[Any] | None = None  # what stands there; default `values`
    harap: npt.NDArray[Any] | None = None  # what was expected
    atau: npt.NDArray[Any] | None = None  # what may be expected just as well, where it is open (NaN, None: nothing)
    form: Printed = Printed.TEXT
    desimal: Floats | None = None  # digits that the form prints
    baris: Ints | None = None  # sheet row (0: none); default the position's own
    sel: Objects | None = None  # a whole address, where letters and row do not make it
    rincian: Callable[[int], str | None] | None = None  # more for the message, by position

    @property
    def name(self) -> str:
        """Its column in the wide frame, unique in the batch."""
        return f"{self.aturan}__{self.kolom}" if self.kolom else self.aturan


@dataclass(slots=True)
class Batch:
    """What the rules look at. `rows` is `Figures.baris`; `kiriman` has a row for every submission that is to have findings."""

    figures: Figures
    kiriman: pd.DataFrame
    kolom: Mapping[int, Mapping[str, str]]  # kiriman_id → staged column → letters
    reading: pd.DataFrame
    references: References
    periode: pd.DataFrame | None = None
    rp_faktor: Mapping[int, int] = field(default_factory=dict)  # kiriman_id → rupiah that a 1 in a Rp cell stands for; default 1
    rows: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        self.rows = self.figures.baris
        self.kiriman = self.kiriman.reset_index(drop=True)
        self._cache: dict[str, Any] = {}

    _cache: dict[str, Any] = field(init=False, repr=False)

    # ---- positions
    @property
    def size(self) -> int:
        """Number of staged rows: positions below it are rows, from it on submissions."""
        return len(self.rows)

    @property
    def length(self) -> int:
        """Number of positions."""
        return len(self.rows) + len(self.kiriman)

    def memo(self, key: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever `make` makes
        """`make()` once a batch."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def pad(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of the rows → of all positions."""
        if values.dtype.kind == "f":
            return np.concatenate([values, np.full(len(self.kiriman), np.nan)])
        if values.dtype.kind in "iu":
            return np.concatenate([values, np.zeros(len(self.kiriman), values.dtype)])
        if values.dtype.kind == "b":
            return np.concatenate([values, np.zeros(len(self.kiriman), bool)])
        return np.concatenate([values, np.full(len(self.kiriman), None, dtype=object)])

    def of_submissions(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of `kiriman` → of all positions."""
        if values.dtype.kind == "f":
            return np.concatenate([np.full(self.size, np.nan), values])
        return np.concatenate([np.full(self.size, None, dtype=object), values.astype(object)])

    # ---- rows
    def text(self, name: str) -> Objects:
        """A text column of the rows, None where empty."""
        return self.memo(f"text {name}", lambda: _objects(self.rows[name]))  # type: ignore[no-any-return]

    @property
    def level(self) -> Objects:
        """Level of each row."""
        return self.text("level")

    @property
    def kode(self) -> Objects:
        """Code of each row, `TOTAL` for the foot's."""
        return self.memo("kode", lambda: np.where(self.level == Level.TOTAL, "TOTAL", self.text("kode")))  # type: ignore[no-any-return]

    def sheet_row(self) -> Ints:
        """Sheet row of each row."""
        return self.rows["baris"].to_numpy(dtype="int64", na_value=0)

    def of_kiriman(self, name: str) -> Ints:
        """An integer of each row's submission (tahun, triwulan)."""
        values = self.kiriman.drop_duplicates("kiriman_id").set_index("kiriman_id")[name].astype("Int64")
        return np.asarray(values.reindex(self.rows["kiriman_id"].to_numpy()).to_numpy(dtype="int64", na_value=0), dtype=np.int64)

    @property
    def triwulan(self) -> Ints:
        """The reporting triwulan of each row."""
        return self.memo("triwulan", lambda: self.of_kiriman("triwulan"))  # type: ignore[no-any-return]

    @property
    def tahun(self) -> Ints:
        """The year of each row."""
        return self.memo("tahun", lambda: self.of_kiriman("tahun"))  # type: ignore[no-any-return]

    @property
    def lanjutan(self) -> Bools:
        """Whether each row's year adds earlier years of the Renstra (16 = 7 + 13)."""

        def make() -> Bools:
            years = [year for year in np.unique(self.tahun) if self.references.renstra_mode(int(year)) == "lanjutan"]
            return np.isin(self.tahun, years)

        return self.memo("lanjutan", make)  # type: ignore[no-any-return]

    @property
    def rounded_to(self) -> Floats:
        """What a Rp cell of each row's form is rounded to, in sen: where it counts in thousands, these or the decimals that it gives."""

        def make() -> Floats:
            result = np.full(self.size, RUPIAH_TOLERANCE)
            ids = self.rows["kiriman_id"].to_numpy()
            for number, factor in self.rp_faktor.items():
                if factor > 1:
                    own = ids == number
                    figures = [self.rows.loc[own, measure.name].dropna().to_numpy(dtype="int64") for measure in RUPIAH_MEASURES]
                    unit = factor * 100
                    while unit > RUPIAH_TOLERANCE and any((column % unit).any() for column in figures):
                        unit //= 10  # decimals of a thousand
                    result[own] = float(unit)
            return result

        return self.memo("rounded to", make)  # type: ignore[no-any-return]

    def rupiah_tolerance(self, addends: npt.NDArray[Any]) -> Floats:
        """What rounding explains in a sum of so many Rp figures, by group, in sen (contract §5): Rp 1; where a form counts in whole
        thousands, half of one for each addend and for the sum.
        """
        unit = self.rounded_to[self.first]
        return np.where(unit > RUPIAH_TOLERANCE, unit * (addends + 1) / 2, RUPIAH_TOLERANCE * float(self.references.toleransi["rupiah"]))

    def half_digit(self, values: Floats, digits: Floats) -> Floats:
        """What rounding explains in a printed ratio: half of its last digit (and the noise of floats)."""
        return float(self.references.toleransi["digit_terakhir"]) * 10.0**-digits + FUZZ * np.maximum(np.abs(values), 1.0)

    def ratio_tolerance(self, part: Floats, whole: Floats, addends: npt.NDArray[Any]) -> Floats:
        """What rounding of both Rp figures explains in part / whole × 100, by group: nothing but where a form counts in whole thousands."""
        unit = self.rounded_to[self.first]
        known = (unit > RUPIAH_TOLERANCE) & ~np.isnan(part) & (np.nan_to_num(whole) != 0)
        divisor = np.abs(np.where(known, whole, 1.0))
        return np.where(known, 50 * unit * (addends + np.abs(np.where(known, part, 0.0)) / divisor) / divisor, 0.0)

    def value(self, name: str) -> Floats:
        """A K or percent measure of the rows as stated."""
        return self.memo(f"value {name}", lambda: floats(self.rows[name]))  # type: ignore[no-any-return]

    def digits(self, name: str) -> Floats:
        """Printed decimals of a measure of the rows; where the reader does not know, all that the value has."""
        return self.memo(f"digits {name}", lambda: printed_digits(self.value(name), self.rows.get(f"{name}__desimal")))  # type: ignore[no-any-return]

    def has_column(self, name: str) -> Bools:
        """Whether the row's form has the column at all."""
        having = [number for number, letters in self.kolom.items() if name in letters]
        return np.isin(self.rows["kiriman_id"].to_numpy(), having)

    # ---- computed, by row
    @property
    def is_indicator(self) -> Bools:
        """Rows of `kinerja` (all but TOTAL)."""
        return np.asarray(self.level != Level.TOTAL, dtype=bool)

    def computed(self, name: str) -> Floats:
        """A computed K figure by row, NaN on TOTAL."""

        def make() -> Floats:
            result = np.full(self.size, np.nan)
            result[self.is_indicator] = floats(self.figures.kinerja[name])
            return result

        return self.memo(f"computed {name}", make)  # type: ignore[no-any-return]

    def computed_text(self, name: str) -> Objects:
        """A computed text of `kinerja` by row, None on TOTAL."""

        def make() -> Objects:
            result = np.full(self.size, None, dtype=object)
            result[self.is_indicator] = _objects(self.figures.kinerja[name])
            return result

        return self.memo(f"computed text {name}", make)  # type: ignore[no-any-return]

    @property
    def settled(self) -> Bools:
        """Whether it is settled how the row's K accumulates."""

        def make() -> Bools:
            result = np.ones(self.size, dtype="bool")
            result[self.is_indicator] = self.figures.kinerja["jenis_ditetapkan"].to_numpy(dtype="bool", na_value=True)
            return result

        return self.memo("settled", make)  # type: ignore[no-any-return]

    @property
    def alternatives(self) -> Floats:
        """K of the year to date by each of ACCUMULATIONS, rows × 4."""

        def make() -> Floats:
            quarters = quarters_due(self.rows, self.triwulan)
            return np.column_stack([accumulate(quarters, np.full(self.size, kind, dtype=object)) for kind in ACCUMULATIONS])

        return self.memo("alternatives", make)  # type: ignore[no-any-return]

    # ---- groups
    @property
    def first(self) -> Ints:
        """Position of each code group's first row, in the order of `anggaran`."""
        return self.memo("first", lambda: np.unique(self.rows["grup"].to_numpy(), return_index=True)[1])  # type: ignore[no-any-return]

    @property
    def parent(self) -> Ints:
        """Position in `anggaran` of each group's parent, -1 for none."""
        return self.memo("parent", lambda: parent_positions(self.figures.anggaran))  # type: ignore[no-any-return]

    def group_value(self, name: str) -> Floats:
        """A figure of `anggaran` (sen exact below 2^53) as float, NaN for NULL."""
        return self.memo(f"group {name}", lambda: floats(self.figures.anggaran[name]))  # type: ignore[no-any-return]

    def group_row(self, name: str) -> Ints:
        """Sheet row where a group's figure stands; the group's own where it is not stated."""
        own = self.figures.anggaran["baris"].astype("Int64")
        return self.figures.anggaran[f"{name}__baris"].fillna(own).to_numpy(dtype="int64", na_value=0)

    def group_digits(self, name: str) -> Floats:
        """Printed decimals of a group's ratio."""
        return printed_digits(self.group_value(name), self.figures.anggaran.get(f"{name}__desimal"))

    def on_first(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of the groups → of all positions, each on its group's first row alone."""
        if values.dtype.kind == "f":
            result: npt.NDArray[Any] = np.full(self.length, np.nan)
        elif values.dtype.kind in "iu":
            result = np.zeros(self.length, dtype=values.dtype)
        elif values.dtype.kind == "b":
            result = np.zeros(self.length, dtype="bool")
        else:
            result = np.full(self.length, None, dtype=object)
        result[self.first] = values
        return result

    # ---- what could not be read
    def unread(self, name: str) -> Bools:
        """Rows whose cell of that measure holds something that could not be read: its figure is unknown, not absent."""

        def make() -> Mapping[str, Bools]:
            lost = self.reading[self.reading["aturan"].isin(UNREADABLE) & self.reading["kolom"].notna() & self.reading["baris"].notna()]
            flags: dict[str, Bools] = {}
            if len(lost):
                key = pd.MultiIndex.from_arrays([self.rows["kiriman_id"].astype("int64"), self.rows["baris"].astype("int64")])
                for kolom, part in lost.groupby("kolom"):
                    wanted = pd.MultiIndex.from_arrays([part["kiriman_id"].astype("int64"), part["baris"].astype("int64")])
                    flags[str(kolom)] = np.asarray(key.isin(wanted), dtype="bool")
            return flags

        flags: Mapping[str, Bools] = self.memo("unread", make)
        return flags.get(name, np.zeros(self.size, dtype="bool"))

    def group_unread(self, name: str) -> Bools:
        """Groups with an unread cell of that measure on any of their rows."""
        result = np.zeros(len(self.figures.anggaran), dtype="bool")
        result[self.rows["grup"].to_numpy()[self.unread(name)]] = True
        return result

    def quarters_unread(self, kind: str) -> Bools:
        """Rows (`k`) with an unread cell in a quarter up to the reporting one; groups for `rp`."""
        due = self.triwulan if kind == "k" else self.triwulan[self.first]
        result = np.zeros(len(due), dtype="bool")
        for number, pair in enumerate(TRIWULAN, start=1):
            flag = self.unread(pair.k.name) if kind == "k" else self.group_unread(pair.rp.name)
            result |= flag & (due >= number)
        return result


def _objects(column: pd.Series) -> Objects:
    values = column.astype(object).to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy(dtype="bool")] = None
    return values


def kept(condition: npt.NDArray[Any], values: npt.NDArray[Any]) -> Objects:
    """`values` where the condition holds, None elsewhere."""
    result: Objects = np.full(len(values), None, dtype=object)
    chosen = np.asarray(condition, dtype=bool)
    result[chosen] = values[chosen]
    return result


def printed_digits(values: Floats, stated: pd.Series | None) -> Floats:
    """Printed decimals as the reader saw them; where it did not, as many as the value has (a full-precision float: 12)."""
    own = np.full(len(values), 12.0)
    for count in (4, 3, 2, 1, 0):
        own = np.where(np.abs(values - np.round(values, count)) <= FUZZ, float(count), own)
    if stated is None:
        return own
    known = floats(stated)
    return np.where(np.isnan(known), own, known)


def nearest(reported: Floats, tolerance: Floats | float, candidates: Floats, valid: Bools) -> tuple[Floats, Floats]:
    """How far a figure is from the nearest valid candidate, in tolerances (NaN: nothing to compare), and that candidate."""
    usable = valid & ~np.isnan(candidates)
    distance = np.where(usable, np.abs(candidates - reported[:, None]), np.inf)
    at = distance.argmin(axis=1)
    rows = np.arange(len(reported))
    best = distance[rows, at]
    none = np.isinf(best) | np.isnan(reported)
    deviation = np.where(none, np.nan, np.where(none, 0.0, best) / tolerance)
    return deviation, np.where(none, np.nan, candidates[rows, at])


KIND_FORM = {m.name: Printed.RUPIAH if m.kind is Kind.RUPIAH else Printed.NUMBER for m in MEASURES}
GROUP_NAMES = tuple(m.name for m in GROUP_MEASURES)
