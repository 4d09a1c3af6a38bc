"""The rules as great-expectations: one suite from the checks, one batch for all submissions, failing positions by index.

Belongs here: everything that knows great-expectations 1.x. It is imported inside functions only (its import costs seconds), with its
telemetry off. Does not belong here: what the columns of the wide frame hold (`*_rules`), what becomes of a failing position (`findings`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipelines.quality.batch import Check, Expectation
from pipelines.quality.catalogue import BY_ID

SUITE = "aturan_e81"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one expectation."""

    aturan: str
    kolom: str | None
    ekspektasi: str  # great-expectations' name of it
    jumlah_diperiksa: int
    jumlah_gagal: int
    posisi: tuple[int, ...]  # failing positions of the wide frame

    @property
    def berhasil(self) -> bool:
        """Whether nothing failed."""
        return self.jumlah_gagal == 0


def wide_frame(checks: Sequence[Check], reading: pd.DataFrame, length: int) -> pd.DataFrame:
    """The frame that great-expectations sees: a column (pairs: two) a check, and one a reading rule holding the cells that failed.

    Positions are the index: a staged row each, then a submission each. `reading` needs `aturan`, `posisi`, `sel`.
    """
    figures: dict[str, np.ndarray[Any, Any]] = {}
    words: dict[str, np.ndarray[Any, Any]] = {}
    for check in checks:
        for name, values in ((check.name, check.values), (f"{check.name}__harap", check.other)):
            if values is not None and values.dtype.kind in "fiu":
                figures[name] = values
            elif values is not None:
                words[name] = values
    for aturan, part in reading.groupby("aturan", sort=False):
        cells = np.full(length, None, dtype=object)
        for position, joined in part["sel"].fillna("-").groupby(part["posisi"]).agg(" ".join).items():
            cells[int(position)] = joined  # type: ignore[call-overload]
        words[str(aturan)] = cells
    # Two blocks, not a hundred columns: great-expectations takes rows of the whole frame for every expectation.
    return pd.concat([_block(figures, length, "float64"), _block(words, length, "object")], axis=1)


def _block(columns: dict[str, np.ndarray[Any, Any]], length: int, dtype: str) -> pd.DataFrame:
    values = np.empty((length, len(columns)), dtype=dtype, order="F")
    for at, column in enumerate(columns.values()):
        values[:, at] = column
    return pd.DataFrame(values, columns=pd.Index(list(columns), dtype="object"), index=pd.RangeIndex(length), dtype=dtype, copy=False)


def _expectation(check: Check) -> Any:  # noqa: ANN401 - great-expectations is imported late
    import great_expectations.expectations as gxe

    rule = BY_ID[check.aturan]
    meta = {"aturan": check.aturan, "tingkat": str(rule.tingkat), "kolom": check.kolom, "pesan": rule.pesan}
    name = check.name
    match check.expectation:
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


def _reading_expectation(aturan: str) -> Any:  # noqa: ANN401
    import great_expectations.expectations as gxe

    rule = BY_ID[aturan]
    return gxe.ExpectColumnValuesToBeNull(
        column=aturan,
        meta={"aturan": aturan, "tingkat": str(rule.tingkat), "kolom": None, "pesan": rule.pesan},
    )


def run_suite(checks: Sequence[Check], reading: pd.DataFrame, length: int) -> tuple[list[Outcome], Any]:
    """Validate one batch; returns an outcome an expectation, in the order of `checks` and then of the reading rules, and GX's own result.

    Raises `RuntimeError` where an expectation could not be evaluated: a rule that did not run must not look like one that passed.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.core.expectation_suite import ExpectationSuite

    context = gx.get_context(mode="ephemeral")
    context.variables.analytics_enabled = False
    if hasattr(context.variables, "progress_bars"):
        context.variables.progress_bars = {"globally": False}
    frame = wide_frame(checks, reading, length)
    reading_rules = [str(aturan) for aturan in reading["aturan"].drop_duplicates()]
    definition = context.data_sources.add_pandas("kiriman").add_dataframe_asset("baris").add_batch_definition_whole_dataframe("semua")
    batch = definition.get_batch(batch_parameters={"dataframe": frame})
    suite = ExpectationSuite(SUITE, expectations=[*map(_expectation, checks), *map(_reading_expectation, reading_rules)])
    result = batch.validate(suite, result_format={"result_format": "COMPLETE", "include_unexpected_rows": False})
    by_column = {}
    for one in result.results:
        if one.exception_info and one.exception_info.get("raised_exception", False):
            raise RuntimeError(f"expectation could not be evaluated: {one.expectation_config}: {one.exception_info}")
        keywords = one.expectation_config.kwargs
        if one.expectation_config.type == "expect_column_pair_values_a_to_be_greater_than_b":
            by_column[keywords["column_B"]] = one
        else:
            by_column[keywords.get("column") or keywords["column_A"]] = one
    outcomes = []
    for name, aturan, kolom in [*((c.name, c.aturan, c.kolom) for c in checks), *((a, a, None) for a in reading_rules)]:
        one = by_column[name]
        details = one.result
        failing = tuple(int(position) for position in details.get("unexpected_index_list") or ())
        if len(failing) != int(details.get("unexpected_count") or 0):
            raise RuntimeError(f"{name}: {details.get('unexpected_count')} failures, but {len(failing)} positions")
        checked = _checked(frame, name, one.expectation_config.type, details)
        outcomes.append(Outcome(aturan, kolom, one.expectation_config.type, checked, len(failing), failing))
    return outcomes, result


def _checked(frame: pd.DataFrame, name: str, kind: str, details: dict[str, Any]) -> int:
    if kind == "expect_column_values_to_be_null":
        return int(details.get("element_count") or 0)
    return int(details.get("element_count") or 0) - int(details.get("missing_count") or 0)
