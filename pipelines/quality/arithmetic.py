"""Columns 13, 14, 16 and 17 of a row, judged: what each may follow from, and how far it is from that.

Sources: the columns' own formulas in table E.81 (Permendagri 86/2017): 13 = Σ triwulan, 14 = 13/8, 16 = 7 + 13 (or 13), 17 = 16/6. What a
figure should be comes from `figures`; where it is not settled how an indicator accumulates, every way is allowed, and a 13 that fits one
settles it for 14 and 16. Does not belong here: how a finding is worded (`row_rules`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.quality.batch import UNDEFINED, Batch, Objects, nearest
from pipelines.quality.figures import Bools, Floats, ratio_pct, renstra_output
from pipelines.reference.tables import ACCUMULATIONS
from pipelines.workbook.columns import TRIWULAN


@dataclass(slots=True)
class Side:
    """The K side of the rows, or the Rp side of the groups, in one shape: what is stated, and what it may follow from."""

    kind: str  # 'k' or 'rp'
    target: Floats
    target_unread: Bools
    renstra_target: Floats
    renstra_target_unread: Bools
    lalu: Floats
    lalu_unread: Bools
    lanjutan: Bools
    candidates: Floats  # n × m: realisation to date by each way that may apply
    kinds: list[Objects | str]  # how each candidate accumulates
    applies: Bools  # n × m
    settled: Bools
    quarters_unread: Bools
    has_quarters: Bools
    turun: Bools
    realisasi: Floats  # as reported (13)
    realisasi_tolerance: Floats
    computed: Floats  # ours


def _k_side(batch: Batch) -> Side:
    size = batch.size
    jenis = batch.computed_text("jenis_akumulasi")
    own = batch.computed("realisasi_k")
    alternatives = np.column_stack([own, batch.alternatives])
    settled = batch.settled
    applies = np.column_stack([np.ones(size, bool), *(~settled for _ in ACCUMULATIONS)]) & batch.is_indicator[:, None]
    reported = np.where(batch.is_indicator, batch.value("realisasi_k_lapor"), np.nan)
    return Side(
        "k",
        batch.value("target_k"),
        batch.unread("target_k"),
        batch.value("target_renstra_k"),
        batch.unread("target_renstra_k"),
        batch.value("realisasi_lalu_k"),
        batch.unread("realisasi_lalu_k"),
        batch.lanjutan,
        alternatives,
        [jenis, *ACCUMULATIONS],
        applies,
        settled,
        batch.quarters_unread("k"),
        _has_quarters(batch, "k"),
        batch.computed_text("polaritas") == "turun",
        reported,
        batch.half_digit(reported, batch.digits("realisasi_k_lapor")),
        own,
    )


def _rp_side(batch: Batch) -> Side:
    size = len(batch.first)
    own = batch.group_value("realisasi_rp")
    return Side(
        "rp",
        batch.group_value("target_rp"),
        batch.group_unread("target_rp"),
        batch.group_value("target_renstra_rp"),
        batch.group_unread("target_renstra_rp"),
        batch.group_value("realisasi_lalu_rp"),
        batch.group_unread("realisasi_lalu_rp"),
        batch.lanjutan[batch.first],
        own[:, None],
        ["kumulatif"],
        np.ones((size, 1), bool),
        np.ones(size, bool),
        batch.quarters_unread("rp"),
        _has_quarters(batch, "rp")[batch.first],
        np.zeros(size, bool),
        batch.group_value("realisasi_rp_lapor"),
        batch.rupiah_tolerance(batch.triwulan[batch.first]),
        own,
    )


def _has_quarters(batch: Batch, kind: str) -> Bools:
    """Rows whose form has the reporting triwulan's column: only then does an empty one say that nothing was realised."""
    result = np.zeros(batch.size, bool)
    for quarter, pair in enumerate(TRIWULAN, start=1):
        result |= (batch.triwulan == quarter) & batch.has_column((pair.k if kind == "k" else pair.rp).name)
    return result


@dataclass(slots=True)
class Judged:
    """A reported figure against what it may be."""

    deviation: Floats  # in tolerances; NaN where nothing can be proven
    expected: Floats
    follows_wrong: Bools  # fits the form's own earlier figure, which is wrong itself
    otherwise: Floats  # what it should be if the quarters are added up, where it is open how they accumulate

    def fine(self) -> Bools:
        """Compared, and within what rounding explains."""
        return ~np.isnan(self.deviation) & (self.deviation <= 1)

    def wrong(self) -> Bools:
        """Provably wrong."""
        return ~np.isnan(self.deviation) & (self.deviation > 1)


def _judge_sum(side: Side) -> Judged:
    """13 against the quarters."""
    nothing = np.isnan(side.candidates[:, 0]) & side.has_quarters
    candidates = np.where(nothing[:, None], 0.0, side.candidates)
    valid = side.applies & ~side.quarters_unread[:, None]
    deviation, _ = nearest(side.realisasi, side.realisasi_tolerance, candidates, valid)
    expected = np.where(nothing, np.nan, side.computed)
    return Judged(deviation, expected, np.zeros(len(deviation), bool), summed_up(side, side.candidates, expected))


def summed_up(side: Side, by_kind: Floats, expected: Floats) -> Floats:
    """The figure by the sum of the quarters, for rows where nobody has declared how they accumulate."""
    if by_kind.shape[1] <= 1:
        return np.full(len(expected), np.nan)
    summed = by_kind[:, 1 + ACCUMULATIONS.index("kumulatif")]
    return np.where(side.settled | (summed == expected), np.nan, summed)


def _bases(side: Side, judged: Judged) -> tuple[Floats, Bools]:
    """What 14 and 16 may follow from: our realisation by each way (those that fit 13, where 13 is stated and fits one), and 13 itself."""
    reported = side.realisasi
    stated = ~np.isnan(reported)
    good = stated & ~judged.wrong()
    fits = np.abs(side.candidates - reported[:, None]) <= side.realisasi_tolerance[:, None]
    valid = side.applies & ~side.quarters_unread[:, None] & (~good | side.settled)[:, None]
    valid |= side.applies & ~side.quarters_unread[:, None] & good[:, None] & fits
    return np.column_stack([side.candidates, reported]), np.column_stack([valid, good])


def _judge(
    reported: Floats, tolerance: Floats, candidates: Floats, valid: Bools, wrong_base: Floats, own: Floats, summed: Floats
) -> Judged:
    """`own`: what we expect (NaN: what comes nearest); `summed`: what may be expected just as well (NaN: nothing)."""
    deviation, near = nearest(reported, tolerance, candidates, valid)
    follows = np.abs(wrong_base - reported) <= tolerance
    return Judged(deviation, np.where(np.isnan(own), near, own), follows, np.where(np.isnan(own), np.nan, summed))


def _ratios(bases: Floats, target: Floats, turun: Bools) -> Floats:
    return np.column_stack([ratio_pct(bases[:, column], target, turun) for column in range(bases.shape[1])])


def _no_target(judged: Judged, reported: Floats, target: Floats, unread: Bools) -> None:
    """A ratio that stands where there is no target to divide by."""
    none = (np.isnan(target) | (target == 0)) & ~unread
    stray = none & ~np.isnan(reported) & (reported != 0)
    judged.deviation = np.where(none | unread, np.nan, judged.deviation)
    judged.deviation = np.where(stray, UNDEFINED, judged.deviation)
    judged.expected = np.where(none, np.nan, judged.expected)
    judged.otherwise = np.where(none, np.nan, judged.otherwise)
    judged.follows_wrong &= ~stray


@dataclass(slots=True)
class RowArithmetic:
    """Columns 13, 14, 16 and 17 of one side, judged."""

    side: Side
    sum: Judged
    capaian: Judged
    renstra: Judged
    renstra_capaian: Judged
    capaian_candidates: Floats
    capaian_valid: Bools


def _arithmetic(side: Side, capaian: Floats, c_tol: Floats, r16: Floats, r16_tol: Floats, r17: Floats, r17_tol: Floats) -> RowArithmetic:
    total = _judge_sum(side)
    bases, valid = _bases(side, total)
    wrong = np.where(total.wrong(), side.realisasi, np.nan)

    ratios = _ratios(bases, side.target, side.turun)
    own = ratio_pct(side.computed, side.target, side.turun)
    # Where it is open how the row accumulates, a good 13 settles it: what comes nearest is expected, else our own.
    decided = side.quarters_unread | (~side.settled & ~np.isnan(side.realisasi) & ~total.wrong())
    usable_own = np.where(decided, np.nan, own)
    wrong14 = ratio_pct(wrong, side.target, side.turun)
    capaian_judged = _judge(capaian, c_tol, ratios, valid, wrong14, usable_own, summed_up(side, ratios, own))
    _no_target(capaian_judged, capaian, side.target, side.target_unread)

    kinds: list[Objects | str] = [*side.kinds, side.kinds[0]]
    to_date = [renstra_output(side.lalu, bases[:, column], kinds[column], side.lanjutan) for column in range(bases.shape[1])]
    to_date_valid = [valid[:, column] for column in range(bases.shape[1])]
    if side.kind == "k":  # where the kind is open, 13 itself may accumulate in any way over the years
        for kind in ("kumulatif", "maksimum"):
            to_date.append(renstra_output(side.lalu, side.realisasi, kind, side.lanjutan))
            to_date_valid.append(valid[:, -1] & ~side.settled)
    renstra, renstra_valid = np.column_stack(to_date), np.column_stack(to_date_valid) & ~(side.lalu_unread & side.lanjutan)[:, None]
    own16 = renstra_output(side.lalu, np.where(side.quarters_unread, np.nan, side.computed), kinds[0], side.lanjutan)
    own16 = np.where(decided | (side.lalu_unread & side.lanjutan), np.nan, own16)
    wrong16 = np.where(total.wrong(), renstra_output(side.lalu, wrong, kinds[0], side.lanjutan), np.nan)
    renstra_judged = _judge(r16, r16_tol, renstra, renstra_valid, wrong16, own16, summed_up(side, renstra, own16))

    good16 = ~np.isnan(r16) & ~renstra_judged.wrong()
    ratios17 = _ratios(np.column_stack([renstra, r16]), side.renstra_target, side.turun)
    valid17 = np.column_stack([renstra_valid, good16])
    if side.kind == "k":  # 16 settles which way was taken
        valid17[:, :-1] &= (side.settled | ~good16)[:, None] | (np.abs(renstra - r16[:, None]) <= r16_tol[:, None])
    base17 = np.where(renstra_judged.wrong(), r16, np.nan)
    settled16 = ~side.settled & good16
    own17 = np.where(settled16, np.nan, ratio_pct(own16, side.renstra_target, side.turun))
    wrong17 = ratio_pct(base17, side.renstra_target, side.turun)
    capaian17 = _judge(r17, r17_tol, ratios17, valid17, wrong17, own17, summed_up(side, ratios17, own17))
    _no_target(capaian17, r17, side.renstra_target, side.renstra_target_unread)
    return RowArithmetic(side, total, capaian_judged, renstra_judged, capaian17, ratios, valid)


def k_arithmetic(batch: Batch) -> RowArithmetic:
    """The K side, by row."""

    def make() -> RowArithmetic:
        names = ("capaian_k_pct_lapor", "renstra_realisasi_k_lapor", "renstra_capaian_k_pct_lapor")
        figures = []
        for name in names:
            reported = np.where(batch.is_indicator, batch.value(name), np.nan)
            figures += [reported, batch.half_digit(reported, batch.digits(name))]
        return _arithmetic(_k_side(batch), *figures)

    return batch.memo("k arithmetic", make)  # type: ignore[no-any-return]


def rp_arithmetic(batch: Batch) -> RowArithmetic:
    """The Rp side, by code group."""

    def make() -> RowArithmetic:
        capaian, r16, r17 = (
            batch.group_value(n) for n in ("capaian_rp_pct_lapor", "renstra_realisasi_rp_lapor", "renstra_capaian_rp_pct_lapor")
        )
        side, quarters = _rp_side(batch), batch.triwulan[batch.first]
        return _arithmetic(
            side,
            capaian,
            batch.half_digit(capaian, batch.group_digits("capaian_rp_pct_lapor"))
            + batch.ratio_tolerance(side.computed, side.target, quarters),
            r16,
            batch.rupiah_tolerance(quarters + 1),
            r17,
            batch.half_digit(r17, batch.group_digits("renstra_capaian_rp_pct_lapor"))
            + batch.ratio_tolerance(r16, side.renstra_target, quarters + 1),
        )

    return batch.memo("rp arithmetic", make)  # type: ignore[no-any-return]
