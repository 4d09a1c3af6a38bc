"""Rules across quarters: this submission against the current one of the latest earlier triwulan of the same kecamatan and year.

Belongs here: what changed between the two. What a change is worth (Renja Perubahan is legitimate) is said in the catalogue.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.quality.batch import KIND_FORM, Batch, Check, Expectation
from pipelines.quality.figures import FUZZ, Bools, Floats, Ints
from pipelines.quality.numerals import roman
from pipelines.reference.tables import indicator_key
from pipelines.workbook.columns import TARGET, TARGET_RENSTRA, TRIWULAN, Kind, Level, Measure

_TARGETS = (TARGET_RENSTRA.k, TARGET_RENSTRA.rp, TARGET.k, TARGET.rp)


def previous_submissions(kiriman: pd.DataFrame) -> dict[int, int]:
    """kiriman_id → kiriman_id of the `berlaku` submission of the latest earlier triwulan of the same kecamatan and year."""
    current = kiriman[(kiriman["status"] == "berlaku") & kiriman["triwulan"].notna()]
    standing = {
        (str(k), int(y), int(q)): int(number)
        for k, y, q, number in zip(current["kode_kemendagri"], current["tahun"], current["triwulan"], current["kiriman_id"], strict=True)
    }
    found = {}
    loaded = kiriman[kiriman["status"].isin(["berlaku", "digantikan"]) & kiriman["triwulan"].notna()]
    for k, y, q, number in zip(loaded["kode_kemendagri"], loaded["tahun"], loaded["triwulan"], loaded["kiriman_id"], strict=True):
        for earlier in range(int(q) - 1, 0, -1):
            before = standing.get((str(k), int(y), earlier))
            if before is not None:
                found[int(number)] = before
                break
    return found


def _partners(batch: Batch, before: dict[int, int]) -> Ints:
    """Position of the same indicator's row in the quarter before, -1 for none: by code and indicator's text, else by its place there."""
    ids = batch.rows["kiriman_id"].to_numpy(dtype="int64")
    kode = batch.kode
    texts, distinct = pd.factorize(pd.Series(batch.text("indikator"), dtype="object"), use_na_sentinel=False)
    keys = np.array([indicator_key(t) if isinstance(t, str) else "" for t in distinct], dtype=object)[texts]
    place = batch.rows["indikator_ke"].astype("Int64").fillna(1).to_numpy(dtype="int64")
    frame = pd.DataFrame({"id": ids, "kode": kode, "key": keys, "place": place})
    frame["n"] = frame.groupby(["id", "kode", "key"], dropna=False).cumcount()
    frame["before"] = pd.Series(ids).map(before).fillna(-1).astype("int64")
    partner = np.full(batch.size, -1, dtype="int64")
    for columns in (["kode", "key", "n"], ["kode", "place"]):
        open_rows = frame[(partner < 0) & (frame["before"] >= 0).to_numpy()]
        # the rows before that are still free, from the point of view of each later submission
        taken = set(zip(frame["id"].to_numpy()[partner >= 0], partner[partner >= 0], strict=True))
        target = frame[frame["id"].isin(set(before.values()))].assign(at=lambda f: f.index).drop_duplicates(["id", *columns])
        joined = open_rows.reset_index().merge(target, left_on=["before", *columns], right_on=["id", *columns], suffixes=("", "_b"))
        for row, own, at in zip(joined["index"], joined["id"], joined["at"], strict=True):
            if (own, at) not in taken:
                partner[row] = at
    return partner


def history_checks(batch: Batch) -> list[Check]:
    """`triwulan_lalu_berubah`, `target_berubah`, `baris_baru`, `baris_hilang`, `isi_sama_triwulan_lalu`."""
    before = {own: old for own, old in previous_submissions(batch.kiriman).items() if (batch.rows["kiriman_id"] == old).any()}
    partner = _partners(batch, before)
    has = partner >= 0
    quarter_before = np.where(has, batch.triwulan[np.where(has, partner, 0)], 0)
    since = {own: roman(int(batch.triwulan[batch.rows["kiriman_id"].to_numpy() == old][0])) for own, old in before.items()}
    ids = batch.rows["kiriman_id"].to_numpy()

    def from_quarter(position: int) -> str | None:
        own = int(ids[position]) if position < batch.size else 0
        return f"triwulan {since[own]}" if own in since else None

    checks = []
    for number, pair in enumerate(TRIWULAN[:3], start=1):
        for measure in (pair.k, pair.rp):
            closed = has & (quarter_before >= number)
            checks.append(_changed(batch, "triwulan_lalu_berubah", measure, closed, partner, from_quarter))
    checks += [_changed(batch, "target_berubah", measure, has, partner, from_quarter) for measure in _TARGETS]
    return checks + _rows_checks(batch, before, partner, since) + [_same_content(batch, before, partner, since)]


def _stated(batch: Batch, measure: Measure) -> tuple[Floats, Bools]:
    """A measure by row, the group's Rp on its first row, and where it could not be read."""
    if measure.kind is Kind.RUPIAH:
        value = np.full(batch.size, np.nan)
        value[batch.first] = batch.group_value(measure.name)
        unread = np.zeros(batch.size, bool)
        unread[batch.first] = batch.group_unread(measure.name)
        return value, unread
    return batch.value(measure.name), batch.unread(measure.name)


def _differs(batch: Batch, now: Floats, then: Floats, at: Ints, measure: Measure) -> Bools:
    coarser = np.maximum(batch.rounded_to, batch.rounded_to[at])
    tolerance = coarser if measure.kind is Kind.RUPIAH else FUZZ * np.maximum(np.abs(np.nan_to_num(now)), 1.0)
    return np.abs(np.nan_to_num(now) - np.nan_to_num(then)) > tolerance  # empty and nil are no change worth a word


def _changed(batch: Batch, aturan: str, measure: Measure, where: Bools, partner: Ints, because: Any) -> Check:  # noqa: ANN401
    now, unread = _stated(batch, measure)
    at = np.where(partner >= 0, partner, 0)
    then, unread_then = now[at], unread[at]
    changed = where & ~unread & ~unread_then & _differs(batch, now, then, at, measure)
    rupiah = measure.kind is Kind.RUPIAH
    return Check(
        aturan,
        measure.name,
        Expectation.ABSENT,
        batch.pad(np.where(changed, np.nan_to_num(now), np.nan)),
        lapor=batch.pad(now),
        harap=batch.pad(np.where(changed, then, np.nan)),
        form=KIND_FORM[measure.name],
        baris=batch.on_first(batch.group_row(measure.name)) if rupiah else None,
        rincian=because,
    )


def _describe(batch: Batch, position: int) -> str:
    kode, indikator = batch.kode[position], batch.text("indikator")[position]
    return f"{kode or 'baris'}{f' “{indikator}”' if indikator else ''}"


def _rows_checks(batch: Batch, before: dict[int, int], partner: Ints, since: dict[int, str]) -> list[Check]:
    ids = batch.rows["kiriman_id"].to_numpy()
    fresh = np.full(batch.size, None, dtype=object)
    for position in np.flatnonzero(np.isin(ids, list(before)) & (partner < 0) & (batch.level != Level.TOTAL)):
        fresh[position] = _describe(batch, int(position))
    # A row that is gone is told at its parent's row where the form still has it (the first such row), else of the submission.
    gone: npt.NDArray[np.object_] = np.full(batch.length, None, dtype=object)
    for own, old in before.items():
        still = set(partner[(ids == own) & (partner >= 0)].tolist())
        mine = {str(code): int(at) for at, code in reversed(list(enumerate(batch.kode))) if ids[at] == own and code is not None}
        for position in np.flatnonzero((ids == old) & (batch.level != Level.TOTAL)):
            if int(position) in still:
                continue
            at = _above(batch, int(position), mine)
            if at < 0:
                submission = np.flatnonzero(batch.kiriman["kiriman_id"].to_numpy() == own)
                at = batch.size + int(submission[0])
            gone[at] = [*(gone[at] or []), _describe(batch, int(position))]
    harap = np.array([None if g is None else "; ".join(g) for g in gone], dtype=object)
    return [
        Check("baris_baru", "uraian", Expectation.ABSENT, batch.pad(fresh), rincian=lambda p: f"triwulan {since[int(ids[p])]}"),
        Check("baris_hilang", "uraian", Expectation.ABSENT, harap, lapor=np.full(batch.length, None, dtype=object), harap=harap),
    ]


def _above(batch: Batch, position: int, mine: dict[str, int]) -> int:
    code = str(batch.kode[position])
    if code in mine:  # the code is still there, one of its indicators is not
        return mine[code]
    while "." in code:
        code = code.rpartition(".")[0]
        if code in mine:
            return mine[code]
    return -1


def _same_content(batch: Batch, before: dict[int, int], partner: Ints, since: dict[int, str]) -> Check:
    """Last quarter's file with a new name: every figure as it was, and nothing at all in the reporting quarter."""
    ids = batch.rows["kiriman_id"].to_numpy()
    at = np.where(partner >= 0, partner, 0)
    measures = [m for pair in TRIWULAN for m in (pair.k, pair.rp)] + list(_TARGETS)
    differs, active = partner < 0, np.zeros(batch.size, bool)
    for number, pair in enumerate(TRIWULAN, start=1):
        for measure in (pair.k, pair.rp):
            value = _stated(batch, measure)[0]
            differs |= (number <= batch.triwulan) & (number > batch.triwulan[at]) & (np.nan_to_num(value) != 0)
            active |= (number < batch.triwulan) & (np.nan_to_num(value) != 0)
    for measure in measures:
        value = _stated(batch, measure)[0]
        differs |= _differs(batch, value, value[at], at, measure)
    stands = np.full(len(batch.kiriman), None, dtype=object)
    for own in before:
        mine = ids == own
        if mine.any() and active[mine].any() and not differs[mine].any():
            stands[batch.kiriman["kiriman_id"].to_numpy() == own] = f"triwulan {since[own]}"
    return Check("isi_sama_triwulan_lalu", None, Expectation.ABSENT, batch.of_submissions(stands))
