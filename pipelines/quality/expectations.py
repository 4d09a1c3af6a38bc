"""The rules as great-expectations: an expectation a rule, one batch for all submissions, failing positions by index.

A rule that looks at many columns of the form (a sum in each Rp column) is one column of the wide frame here: the worst of them, or the
names of those that fail; which cells of a failing position they are is read off afterwards. An expectation costs great-expectations
twelve milliseconds whatever it looks at, so one a rule, not one a rule and column.

Belongs here: everything that knows great-expectations 1.x. It is imported inside functions only (its import costs seconds), with its
telemetry off. Does not belong here: what a check's values are (`*_rules`), what becomes of a failing position (`findings`).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.quality.batch import Check, Expectation
from pipelines.quality.catalogue import BY_ID

SUITE = "aturan_e81"
Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one check: a rule on one column of the form."""

    aturan: str
    kolom: str | None
    ekspektasi: str  # great-expectations' name of the expectation that decided
    jumlah_diperiksa: int
    posisi: tuple[int, ...]  # failing positions of the wide frame

    @property
    def jumlah_gagal(self) -> int:
        """Number of cells that fail."""
        return len(self.posisi)

    @property
    def berhasil(self) -> bool:
        """Whether nothing failed."""
        return not self.posisi


@dataclass(frozen=True, slots=True)
class Family:
    """The checks that one expectation decides: one rule, one kind of expectation. Its column is the rule's name (pairs: the check's)."""

    name: str
    checks: tuple[Check, ...]

    @property
    def expectation(self) -> Expectation:
        """What is expected of its column."""
        return self.checks[0].expectation

    def column(self) -> Array:
        """Its column of the wide frame."""
        if len(self.checks) == 1:
            return _plain(self.checks[0].values)
        if self.expectation is Expectation.ABSENT:
            failing = [(check.kolom or "-", _failing(check)) for check in self.checks]
            joined = np.full(len(self.checks[0].values), "", dtype=object)
            for kolom, flag in failing:
                joined[flag] += f"{kolom} "
            joined[joined == ""] = None
            return joined
        stacked = np.column_stack([check.values.astype("float64") for check in self.checks])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a position with nothing to check is NaN: that is meant
            worst: Array = np.nanmin(stacked, axis=1) if self.expectation is Expectation.NOT_NEGATIVE else np.nanmax(stacked, axis=1)
            return worst

    def other(self) -> Array | None:
        """The second column of a pair."""
        other = self.checks[0].other
        return None if other is None else _plain(other)


def _plain(values: Array) -> Array:
    return values.astype("float64") if values.dtype.kind in "fiu" else values.astype(object)


def _stated(values: Array) -> npt.NDArray[np.bool_]:
    return ~np.isnan(values.astype("float64")) if values.dtype.kind in "fiu" else np.asarray(pd.notna(values), dtype=bool)


def _failing(check: Check) -> npt.NDArray[np.bool_]:
    """Which positions of a failing family this member is to blame for."""
    stated = _stated(check.values)
    match check.expectation:
        case Expectation.ABSENT:
            return stated
        case Expectation.WITHIN_TOLERANCE:
            return stated & (np.where(stated, check.values, 0.0) > 1)
        case Expectation.NOT_NEGATIVE:
            return stated & (np.where(stated, check.values, 0.0) < 0)
        case _:
            raise ValueError(f"{check.name}: a pair is decided alone")


def families(checks: Sequence[Check]) -> list[Family]:
    """Checks of one rule and kind together; pairs each alone."""
    grouped: dict[str, list[Check]] = {}
    for check in checks:
        alone = check.expectation in (Expectation.EQUAL, Expectation.AT_MOST)
        numeric = "" if check.values.dtype.kind in "fiu" or check.expectation is Expectation.ABSENT else "__teks"
        kind = "" if check.expectation is _usual(check.aturan, checks) else f"__{check.expectation}"
        grouped.setdefault(check.name if alone else f"{check.aturan}{kind}{numeric}", []).append(check)
    return [Family(name, tuple(members)) for name, members in grouped.items()]


def _usual(aturan: str, checks: Sequence[Check]) -> Expectation:
    return next(check.expectation for check in checks if check.aturan == aturan)


def wide_frame(decided: Sequence[Family], reading: pd.DataFrame, length: int) -> pd.DataFrame:
    """The frame that great-expectations sees: a column (pairs: two) a family, and one a reading rule holding the cells that failed.

    Positions are the index: a staged row each, then a submission each. `reading` needs `aturan`, `posisi`, `sel`.
    """
    figures: dict[str, Array] = {}
    words: dict[str, Array] = {}
    for family in decided:
        for name, values in ((family.name, family.column()), (f"{family.name}__harap", family.other())):
            if values is not None:
                (figures if values.dtype.kind == "f" else words)[name] = values
    for aturan, part in reading.groupby("aturan", sort=False):
        cells = np.full(length, None, dtype=object)
        for position, joined in part["sel"].fillna("-").groupby(part["posisi"]).agg(" ".join).items():
            cells[int(position)] = joined  # type: ignore[call-overload]
        words[_reading_column(str(aturan))] = cells
    # Two blocks, not a hundred columns: great-expectations takes rows of the whole frame for every expectation.
    return pd.concat([_block(figures, length, "float64"), _block(words, length, "object")], axis=1)


def _reading_column(aturan: str) -> str:
    return f"{aturan}__pembaca"


def _block(columns: dict[str, Array], length: int, dtype: str) -> pd.DataFrame:
    values = np.empty((length, len(columns)), dtype=dtype, order="F")
    for at, column in enumerate(columns.values()):
        values[:, at] = column
    return pd.DataFrame(values, columns=pd.Index(list(columns), dtype="object"), index=pd.RangeIndex(length), dtype=dtype, copy=False)


def _meta(aturan: str, kolom: list[str]) -> dict[str, Any]:
    rule = BY_ID[aturan]
    return {"aturan": aturan, "tingkat": str(rule.tingkat), "kolom": kolom, "judul": rule.judul, "pesan": rule.pesan}


def _expectation(family: Family) -> Any:  # noqa: ANN401 - great-expectations is imported late
    from pipelines.quality.engine import gxe

    name = family.name
    meta = _meta(family.checks[0].aturan, [check.kolom for check in family.checks if check.kolom])
    match family.expectation:
        case Expectation.WITHIN_TOLERANCE:
            return gxe.ExpectColumnValuesToBeBetween(column=name, max_value=1, meta=meta)
        case Expectation.NOT_NEGATIVE:
            return gxe.ExpectColumnValuesToBeBetween(column=name, min_value=0, meta=meta)
        case Expectation.ABSENT:
            return gxe.ExpectColumnValuesToBeNull(column=name, meta=meta)
        case Expectation.EQUAL:
            return gxe.ExpectColumnPairValuesToBeEqual(
                column_A=name, column_B=f"{name}__harap", ignore_row_if="either_value_is_missing", meta=meta
            )
        case Expectation.AT_MOST:
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=f"{name}__harap", column_B=name, or_equal=True, ignore_row_if="either_value_is_missing", meta=meta
            )


def run_suite(checks: Sequence[Check], reading: pd.DataFrame, length: int) -> tuple[list[Outcome], Any]:
    """Run one checkpoint over one batch; returns an outcome a check, in their order, then one a reading rule, and great-expectations' own
    `CheckpointResult` (of one validation definition).

    Raises `RuntimeError` where an expectation could not be evaluated, or does not agree with the cells that it is to name: a rule that did
    not run must not look like one that passed.
    """
    from pipelines.quality.engine import ExpectationSuite, gx, gxe

    context = gx.get_context(mode="ephemeral")  # its stores are in memory; a checkpoint without actions writes and sends nothing
    context.variables.analytics_enabled = False
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment] # declared an object, read as a dict
    decided = families(checks)
    frame = wide_frame(decided, reading, length)
    reading_rules = [str(aturan) for aturan in reading["aturan"].drop_duplicates()]
    read = [gxe.ExpectColumnValuesToBeNull(column=_reading_column(aturan), meta=_meta(aturan, [])) for aturan in reading_rules]
    suite = context.suites.add(ExpectationSuite(SUITE, expectations=[*map(_expectation, decided), *read]))
    data = context.data_sources.add_pandas("kiriman").add_dataframe_asset("baris").add_batch_definition_whole_dataframe("semua")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=SUITE, data=data, suite=suite))
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(
            name=SUITE,
            validation_definitions=[definition],
            actions=[],
            result_format={"result_format": "COMPLETE", "include_unexpected_rows": False},
        )
    )
    outcome = checkpoint.run(batch_parameters={"dataframe": frame})
    (result,) = outcome.run_results.values()

    failing, kinds = _failing_positions(result)
    found: dict[int, Outcome] = {}
    for family in decided:
        for check, positions in _by_member(family, failing[family.name]):
            checked = length if check.expectation is Expectation.ABSENT else int(_stated(check.values).sum())
            found[id(check)] = Outcome(check.aturan, check.kolom, kinds[family.name], checked, positions)
    outcomes = [found[id(check)] for check in checks]
    for aturan in reading_rules:
        name = _reading_column(aturan)
        outcomes.append(Outcome(aturan, None, kinds[name], length, failing[name]))
    return outcomes, outcome


def _failing_positions(result: Any) -> tuple[dict[str, tuple[int, ...]], dict[str, str]]:  # noqa: ANN401
    """By column of the wide frame: failing positions, and which expectation said so."""
    failing: dict[str, tuple[int, ...]] = {}
    kinds: dict[str, str] = {}
    for one in result.results:
        if one.exception_info and one.exception_info.get("raised_exception", False):
            raise RuntimeError(f"expectation could not be evaluated: {one.expectation_config}: {one.exception_info}")
        keywords, kind = one.expectation_config.kwargs, one.expectation_config.type
        reverse = kind == "expect_column_pair_values_a_to_be_greater_than_b"
        name = keywords["column_B"] if reverse else keywords.get("column") or keywords["column_A"]
        positions = tuple(int(position) for position in one.result.get("unexpected_index_list") or ())
        if len(positions) != int(one.result.get("unexpected_count") or 0):
            raise RuntimeError(f"{name}: {one.result.get('unexpected_count')} failures, but {len(positions)} positions")
        failing[name], kinds[name] = positions, kind
    return failing, kinds


def _by_member(family: Family, positions: tuple[int, ...]) -> list[tuple[Check, tuple[int, ...]]]:
    """A family's failing positions, each with the members that are to blame for it."""
    if len(family.checks) == 1:
        return [(family.checks[0], positions)]
    failed = np.zeros(len(family.checks[0].values), dtype=bool)
    failed[list(positions)] = True
    named = np.zeros_like(failed)
    members = []
    for check in family.checks:
        flag = _failing(check) & failed
        named |= flag
        members.append((check, tuple(int(position) for position in np.flatnonzero(flag))))
    if (named != failed).any():
        raise RuntimeError(f"{family.name}: {int((named != failed).sum())} failing positions without a cell")
    return members
