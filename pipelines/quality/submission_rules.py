"""Rules of a submission as a whole: the foot's average and predikat, signature date, deadline, revision, duplicate.

Sources: E.81's foot (Permendagri 86/2017), Bappeda's deadlines (`tenggat.csv`, default ten working days after the quarter).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from pipelines.quality.arithmetic import k_arithmetic
from pipelines.quality.batch import Batch, Check, Expectation, Printed, kept, printed_digits
from pipelines.quality.figures import Bools, Floats, floats, grade
from pipelines.quality.numerals import date_text, number
from pipelines.quality.tree_rules import orphaned_programs
from pipelines.reference.calendar import quarter_span


def _bounds(batch: Batch, level: str, cap: float) -> tuple[Floats, Floats, Floats, Bools]:
    """By submission: our average of capaian K, the lowest and highest that the open kinds of indicator allow, whether it is decidable."""
    k = k_arithmetic(batch)
    at_level = batch.level == level
    usable = k.capaian_valid & ~np.isnan(k.capaian_candidates)
    capped = np.minimum(k.capaian_candidates, cap)
    low = np.where(usable, capped, np.inf).min(axis=1, initial=np.inf)
    high = np.where(usable, capped, -np.inf).max(axis=1, initial=-np.inf)
    own = np.minimum(batch.computed("capaian_k_pct"), cap)
    counted = at_level & ~np.isnan(own)
    unknown = at_level & (k.side.quarters_unread | k.side.target_unread)
    frame = pd.DataFrame(
        {
            "id": batch.rows["kiriman_id"].to_numpy(),
            "own": np.where(counted, own, np.nan),
            "low": np.where(counted & ~np.isinf(low), np.minimum(low, own), np.nan),
            "high": np.where(counted & ~np.isinf(high), np.maximum(high, own), np.nan),
            "unknown": unknown,
        }
    )
    grouped = frame.groupby("id")
    mean = grouped[["own", "low", "high"]].mean().reindex(batch.kiriman["kiriman_id"])
    unknown_any = grouped["unknown"].any().reindex(batch.kiriman["kiriman_id"], fill_value=True).to_numpy(dtype="bool")
    orphaned = batch.kiriman["kiriman_id"].isin(orphaned_programs(batch)).to_numpy(dtype="bool")
    return (
        mean["own"].to_numpy(dtype="float64"),
        mean["low"].to_numpy(dtype="float64"),
        mean["high"].to_numpy(dtype="float64"),
        ~(unknown_any | orphaned),
    )


def _column(batch: Batch, name: str) -> pd.Series:
    if name in batch.kiriman:
        return batch.kiriman[name]
    return pd.Series([None] * len(batch.kiriman), dtype="object")


def _texts(batch: Batch, name: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    column = _column(batch, name)
    return np.array([None if pd.isna(value) else str(value) for value in column], dtype=object)


def foot_checks(batch: Batch, level: str, cap: float) -> list[Check]:
    """`rata_rata_beda`, the foot's `predikat_tidak_sesuai`."""
    own, low, high, decidable = _bounds(batch, level, cap)
    reported = floats(_column(batch, "rata_rata_lapor").astype("Float64"))
    digits = printed_digits(reported, batch.kiriman.get("rata_rata_desimal"))
    tolerance = batch.half_digit(reported, digits)
    outside = np.maximum(np.maximum(low - reported, reported - high), 0.0)
    deviation = np.where(decidable & ~np.isnan(own) & ~np.isnan(reported), outside / tolerance, np.nan)
    good = ~np.isnan(reported) & ~(deviation > 1)

    stated = _texts(batch, "predikat_lapor")
    names = {" ".join(p.predikat.casefold().split()): p.predikat for p in batch.references.predikat}
    canonical = np.array([None if t is None else names.get(" ".join(t.casefold().split()), t.strip()) for t in stated], dtype=object)
    references = batch.references
    ours = np.where(decidable, own, np.nan)
    base = np.where(good, reported, ours)
    expected = grade(base, references)
    # graded on the exact average instead of the printed one: rounding, no finding
    exact = grade(ours, references)
    expected = np.where(good & ~np.isnan(ours) & (np.abs(ours - reported) <= tolerance) & (exact == canonical), canonical, expected)
    sel = batch.of_submissions(_texts(batch, "predikat_sel"))
    average = batch.of_submissions(base)
    return [
        Check(
            "rata_rata_beda",
            None,
            Expectation.WITHIN_TOLERANCE,
            batch.of_submissions(deviation),
            lapor=batch.of_submissions(reported),
            harap=batch.of_submissions(own),
            form=Printed.NUMBER,
            desimal=batch.of_submissions(digits),
            sel=batch.of_submissions(_texts(batch, "rata_rata_sel")),
            rincian=lambda _: f"rata-rata capaian K indikator {level}, masing-masing paling tinggi {number(cap)}",
        ),
        Check(
            "predikat_tidak_sesuai",
            None,
            Expectation.EQUAL,
            batch.of_submissions(kept(expected != None, canonical)),  # noqa: E711 - elementwise
            other=batch.of_submissions(kept(canonical != None, expected)),  # noqa: E711
            lapor=batch.of_submissions(stated),
            harap=batch.of_submissions(expected),
            sel=sel,
            rincian=lambda position: f"rata-rata capaian {number(average[position])} %",
        ),
    ]


def submission_checks(batch: Batch, time_zone: str) -> list[Check]:
    """`tanggal_sebelum_akhir_triwulan`, `terlambat_lapor`, `revisi`, `kiriman_ganda`."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(time_zone)
    size = len(batch.kiriman)
    early, quarter_end = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    late, deadline = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    revision, duplicate = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    due = {}
    if batch.periode is not None:
        due = {
            (int(y), int(q)): _day(d)
            for y, q, d in zip(batch.periode["tahun"], batch.periode["triwulan"], batch.periode["batas_lapor"], strict=True)
        }
    originals: dict[object, str] = {}
    for row in batch.kiriman.to_dict("records"):
        if row["status"] != "ganda" and isinstance(row.get("path"), str):
            originals.setdefault(row.get("sha256"), row["path"])
    for position, row in enumerate(batch.kiriman.to_dict("records")):
        if row["status"] == "ganda":
            duplicate[position] = originals.get(row.get("sha256")) or "yang sudah diterima"
        if row["status"] not in ("berlaku", "digantikan") or pd.isna(row["tahun"]) or pd.isna(row["triwulan"]):
            continue
        tahun, triwulan = int(row["tahun"]), int(row["triwulan"])
        end = quarter_span(tahun, triwulan)[1]
        signed = _day(row.get("tanda_tangan_tanggal"))
        if signed is not None and signed < end:
            early[position], quarter_end[position] = date_text(signed), date_text(end)
        revisi = 0 if pd.isna(row.get("revisi_ke")) else int(row["revisi_ke"])
        if revisi > 0:
            revision[position] = str(revisi)
        received, limit = row.get("diterima_pada"), due.get((tahun, triwulan))
        if revisi == 0 and limit is not None and received is not None and not pd.isna(received):
            day = pd.Timestamp(received).tz_localize("UTC").tz_convert(zone).date()
            if day > limit:
                late[position], deadline[position] = date_text(day), date_text(limit)
    whole = batch.of_submissions
    return [
        Check(
            "tanggal_sebelum_akhir_triwulan",
            None,
            Expectation.ABSENT,
            whole(early),
            harap=whole(quarter_end),
            sel=whole(_texts(batch, "tanda_tangan_sel")),
        ),
        Check("terlambat_lapor", None, Expectation.ABSENT, whole(late), harap=whole(deadline)),
        Check("revisi", None, Expectation.ABSENT, whole(revision)),
        Check("kiriman_ganda", None, Expectation.ABSENT, whole(duplicate)),
    ]


def _day(value: object) -> dt.date | None:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    if isinstance(value, dt.datetime):  # a Timestamp too
        return value.date()
    return value if isinstance(value, dt.date) else pd.Timestamp(value).date()  # type: ignore[arg-type]
