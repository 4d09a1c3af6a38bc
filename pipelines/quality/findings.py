"""Failing positions and what the reader saw → the `temuan` frame: cell, what stands there, what should, and a sentence to act on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipelines.quality.batch import Batch, Check, Printed
from pipelines.quality.catalogue import BY_ID, PRIORITY
from pipelines.quality.expectations import Outcome
from pipelines.quality.numerals import number, rupiah
from pipelines.workbook.columns import PAIRS, TITLES
from pipelines.workbook.submission import CellFinding, Form, Refusal

TEMUAN = (
    "kiriman_id",
    "aturan",
    "tingkat",
    "lembar",
    "sel",
    "kode",
    "kolom",
    "baris",
    "nilai_lapor",
    "nilai_seharusnya",
    "pesan",
    "status_temuan",
    "indikator",
)
READING = ("kiriman_id", "aturan", "sel", "nilai_lapor", "nilai_seharusnya", "kode", "kolom", "baris", "rincian", "pesan")
OPEN = "terbuka"
_INTEGERS = ("kiriman_id", "baris")


def reading_findings(read: Iterable[tuple[int, Form | Refusal]]) -> pd.DataFrame:
    """What the reader said of each submission → the `reading` frame of `validate` (columns `READING`)."""
    rows: list[tuple[object, ...]] = []
    for number_, item in read:
        if isinstance(item, Refusal):
            rows.append((number_, item.aturan, item.sel, item.nilai_lapor, item.nilai_seharusnya, None, None, None, None, item.pesan))
        rows += cell_findings(number_, item.temuan)
    return reading_frame(rows)


def cell_findings(kiriman_id: int, found: Iterable[CellFinding]) -> list[tuple[object, ...]]:
    """Cell findings of one submission as rows of the `reading` frame."""
    return [(kiriman_id, f.aturan, f.sel, f.nilai_lapor, f.nilai_seharusnya, f.kode, f.kolom, f.baris, f.rincian, None) for f in found]


def reading_frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Rows (columns `READING`) → frame."""
    frame = pd.DataFrame(list(rows), columns=list(READING))
    for name in READING:
        frame[name] = frame[name].astype("Int64" if name in _INTEGERS else "string")
    return frame


def positions_of(reading: pd.DataFrame, batch: Batch) -> pd.DataFrame:
    """The reading findings with `posisi`: the staged row at that sheet row, else the submission."""
    frame = reading.copy()
    rows = batch.rows[["kiriman_id", "baris"]].astype("Int64").assign(posisi=np.arange(batch.size))
    rows = rows.drop_duplicates(["kiriman_id", "baris"])
    frame = frame.merge(rows, on=["kiriman_id", "baris"], how="left")
    whole = {int(number_): batch.size + at for at, number_ in enumerate(batch.kiriman["kiriman_id"])}
    frame["posisi"] = frame["posisi"].fillna(frame["kiriman_id"].map(whole)).astype("Int64")
    return frame[frame["posisi"].notna()]


def _shown(value: Any, form: Printed, digits: float | None) -> str | None:  # noqa: ANN401 - a cell's value of any kind
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if form is Printed.RUPIAH:
        return rupiah(float(value))
    if form is Printed.NUMBER:
        return number(float(value), min(max(2, int(digits or 0)), 4))
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _shown_pair(check: Check, position: int) -> tuple[str | None, str | None]:
    stated = check.values if check.lapor is None else check.lapor
    digits = None if check.desimal is None or np.isnan(check.desimal[position]) else float(check.desimal[position])
    reported = stated[position]
    expected = None if check.harap is None else check.harap[position]
    left, right = _shown(reported, check.form, digits), _shown(expected, check.form, digits)
    if left == right and check.form is Printed.NUMBER and left is not None and expected is not None:  # they differ beyond the digits shown
        left, right = number(float(reported), 6), number(float(expected), 6)
    other = None if check.atau is None else _shown(check.atau[position], check.form, digits)
    if other is not None and other != right:
        right = f"{right} atau {other}"
    return left, right


def _place(sel: str | None, kolom: str | None, kode: str | None) -> str:
    title = None if kolom is None else _TITLES.get(kolom, kolom)
    inside = ", ".join(part for part in (title, kode) if part)
    if sel:
        return f"sel {sel}" + (f" ({inside})" if inside else "")
    return inside or "formulir ini"


def findings_frame(batch: Batch, checks: Sequence[Check], outcomes: Sequence[Outcome], reading: pd.DataFrame) -> pd.DataFrame:
    """The `temuan` frame: findings of every failing position and of the reader, causes before consequences, none told twice."""
    rows: list[tuple[Any, ...]] = []
    lembar = dict(zip(batch.kiriman["kiriman_id"].astype("int64"), batch.kiriman["lembar"], strict=True)) if len(batch.kiriman) else {}

    def add(number_: int, aturan: str, sel: str | None, kode: str | None, kolom: str | None, baris: int | None, *texts: str | None) -> None:
        rule = BY_ID[aturan]
        nilai, harap, rincian, pesan = texts
        sheet = lembar.get(number_)
        message = pesan or rule.message(tempat=_place(sel, kolom, kode), nilai=nilai, harap=harap, rincian=rincian)
        rows.append(
            (number_, aturan, str(rule.tingkat), None if pd.isna(sheet) else sheet, sel, kode, kolom, baris, nilai, harap, message, OPEN)
        )

    for found in reading.to_dict("records"):
        f = {key: None if pd.isna(value) else value for key, value in found.items()}
        baris = None if f["baris"] is None else int(f["baris"])
        position = int(found["posisi"])
        code = f["kode"] or (batch.kode[position] if position < batch.size else None)
        add(
            int(found["kiriman_id"]), str(found["aturan"]), f["sel"], code, f["kolom"], baris,
            f["nilai_lapor"], f["nilai_seharusnya"], _plain(f["rincian"]), f["pesan"],
        )  # fmt: skip

    ids = np.concatenate(
        [batch.rows["kiriman_id"].to_numpy(dtype="int64", na_value=0), batch.kiriman["kiriman_id"].to_numpy(dtype="int64", na_value=0)]
    )
    own_row = batch.sheet_row()
    for check, outcome in zip(checks, outcomes, strict=False):
        for position in outcome.posisi:
            is_row = position < batch.size
            sel, baris = _address(batch, check, position, int(ids[position]), own_row)
            nilai, harap = _shown_pair(check, position)
            code = None if not is_row else batch.kode[position]
            add(
                int(ids[position]), check.aturan, sel, None if code is None else str(code), check.kolom if is_row else None, baris,
                nilai, harap, check.rincian(position) if check.rincian else None, None,
            )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(TEMUAN[:-1]))
    frame["indikator"] = _indicators(frame, batch)
    for name in TEMUAN:
        frame[name] = frame[name].astype("Int64" if name in _INTEGERS else "string")
    return _in_order(frame)


def _indicators(frame: pd.DataFrame, batch: Batch) -> pd.Series:
    """The indicator of each finding's row: its text, and its turn (`#2`) where its code repeats it; nothing on TOTAL."""
    rows = batch.rows.loc[batch.is_indicator, ["kiriman_id", "baris", "kode", "kelompok", "indikator"]].astype(
        {"kiriman_id": "Int64", "baris": "Int64"}
    )
    text = rows["indikator"].astype("string").fillna("")
    turn = text.groupby([rows["kiriman_id"], rows["kode"].fillna(rows["kelompok"].astype("string")), text]).cumcount() + 1
    rows["indikator"] = text.where(turn == 1, text + "#" + turn.astype("string"))
    own = rows[["kiriman_id", "baris", "indikator"]].drop_duplicates(["kiriman_id", "baris"])
    return frame[["kiriman_id", "baris"]].astype("Int64").merge(own, on=["kiriman_id", "baris"], how="left")["indikator"]


def _address(batch: Batch, check: Check, position: int, number_: int, own_row: Any) -> tuple[str | None, int | None]:  # noqa: ANN401
    if check.sel is not None:
        sel = check.sel[position]
        digits = "".join(ch for ch in str(sel or "") if ch.isdigit())
        return (None if sel is None else str(sel)), (int(digits) if digits else None)
    if position >= batch.size or check.kolom is None:
        return None, None
    baris = int(own_row[position]) if check.baris is None or not check.baris[position] else int(check.baris[position])
    letters = batch.kolom.get(number_, {})
    column = letters.get(check.kolom) or next((letters[name] for name in _STAND_IN.get(check.kolom, ()) if name in letters), None)
    return (f"{column}{baris}" if column and baris else None), baris or None


_TITLES = TITLES | {pair.satuan: f"satuan {pair.k.title.removesuffix(' K')}" for pair in PAIRS}
_STAND_IN = {pair.satuan: (pair.k.name,) for pair in PAIRS} | {
    "kode_lapor": ("uraian", "indikator"),
    "uraian": ("sasaran", "kode_lapor", "indikator"),
    "indikator": ("uraian", "kode_lapor"),
    "target_satuan": ("target_k", "satuan"),
    "realisasi_k_lapor": ("target_k",),
    "realisasi_rp_lapor": ("target_rp",),
    "capaian_k_pct_lapor": ("realisasi_k_lapor",),
}
"""Where a finding stands when the form lacks the column itself."""


def _plain(text: str | None) -> str | None:
    return None if text is None else text[:1].lower() + text[1:].rstrip(".")


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """By submission, sheet row and rule, causes first; of two findings of one rule at one cell the first (the reader's) stays."""
    located = frame["sel"].notna()
    twice = located & frame.duplicated(["kiriman_id", "aturan", "sel"])
    letters = frame["sel"].str.extract(r"^([A-Z]+)", expand=False).fillna("")
    key = frame.assign(_p=frame["aturan"].map(PRIORITY), _r=frame["baris"].fillna(2**40), _c=letters.str.len(), _l=letters)
    order = key[~twice].sort_values(["kiriman_id", "_r", "_p", "_c", "_l"], kind="stable").index
    return frame.loc[order].reset_index(drop=True)
