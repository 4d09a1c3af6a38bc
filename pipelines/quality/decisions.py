"""Dispositions: findings that a reviewer at Bappeda has accepted, with date and reason, in a CSV beside the data.

The table survives rebuilds: a decision is about a place (kecamatan, triwulan, rule, cell, code, column, indicator) and what stood there
when it was taken. Where something else stands there now it has expired, and the finding says so. A row that has moved takes its decisions
with it: its code, indicator and column are the place then. Belongs here: reading, adding and applying decisions. Does not belong here: any
rule. No names are kept: who decided is Bappeda.
"""

from __future__ import annotations

import csv
import datetime as dt
import fcntl
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from pipelines.quality.catalogue import BY_ID
from pipelines.quality.findings import OPEN
from pipelines.quality.numerals import date_text
from pipelines.replace_file import replace_file

ACCEPTED = "diterima"
EXPIRED = "kedaluwarsa"


class DecisionError(ValueError):
    """The table of decisions is wrong, or a decision cannot be taken; the message (Indonesian) says where and what to do."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One accepted finding. Field names are the table's columns; an empty text stands for NULL."""

    tanggal: dt.date
    kode_kemendagri: str
    tahun: int
    triwulan: int
    aturan: str
    sel: str
    kode: str
    kolom: str
    nilai_lapor: str
    nilai_seharusnya: str
    alasan: str
    indikator: str = ""  # tables written before the column was there lack it: such a decision is about its cell, and never moves

    @property
    def place(self) -> _Place:
        """What the decision is about, whatever stands there."""
        return self.kode_kemendagri, self.tahun, self.triwulan, self.aturan, self.sel, self.kode, self.kolom, self.indikator

    @property
    def values(self) -> tuple[str, str]:
        """What stood there, and what should have."""
        return self.nilai_lapor, self.nilai_seharusnya


COLUMNS = tuple(field.name for field in fields(Decision))
_Place: TypeAlias = tuple[str, int, int, str, str, str, str, str]
_PLACE = ("kode_kemendagri", "tahun", "triwulan", "aturan", "sel", "kode", "kolom", "indikator")
_SEL = _PLACE.index("sel")


def load_decisions(path: Path) -> list[Decision]:
    """The decisions of a table, in its order; none where there is no file. Raises `DecisionError` naming file, line and column."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise DecisionError(f"{path.name}: tidak dapat dibaca ({error}); simpan ulang sebagai CSV UTF-8.") from error
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ()) and name != "indikator"]
    if missing:
        raise DecisionError(f"{path.name} baris 1: kolom {', '.join(missing)} tidak ada; tambahkan kolomnya.")
    decisions = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise DecisionError(
                    f"{path.name} baris {reader.line_num}: jumlah kolomnya bukan {len(reader.fieldnames or ())}; betulkan barisnya."
                )
            decisions.append(_decision(path.name, reader.line_num, row))
    except csv.Error as error:
        raise DecisionError(f"{path.name} baris {reader.line_num}: bukan CSV yang benar ({error}); betulkan barisnya.") from error
    return decisions


def _decision(file: str, line: int, row: dict[str, str]) -> Decision:
    def fail(column: str, expected: str) -> DecisionError:
        return DecisionError(f"{file} baris {line} kolom {column}: tertulis “{row[column]}”, seharusnya {expected}.")

    values = {name: row.get(name, "").strip() for name in COLUMNS}
    try:
        day = dt.date.fromisoformat(values["tanggal"])
    except ValueError:
        raise fail("tanggal", "tanggal berbentuk 2024-07-15") from None
    for name in ("tahun", "triwulan"):
        if not values[name].isdecimal():
            raise fail(name, "bilangan bulat")
    if values["triwulan"] not in ("1", "2", "3", "4"):
        raise fail("triwulan", "1, 2, 3 atau 4")
    if values["aturan"] not in BY_ID:
        raise fail("aturan", "id aturan yang ada di katalog")
    if not values["alasan"]:
        raise fail("alasan", "alasan penerimaan")
    texts = {name: values[name] for name in COLUMNS if name not in ("tanggal", "tahun", "triwulan")}
    return Decision(tanggal=day, tahun=int(values["tahun"]), triwulan=int(values["triwulan"]), **texts)


def _places(temuan: pd.DataFrame, kiriman: pd.DataFrame) -> pd.DataFrame:
    """Each finding's place as text columns, in the order of `temuan`; NULL is ''.

    A finding that states no value is about the form as a whole: what stands there is the file's content.
    """
    identity = kiriman.drop_duplicates("kiriman_id").set_index("kiriman_id")[["kode_kemendagri", "tahun", "triwulan", "status", "sha256"]]
    located = identity.reindex(temuan["kiriman_id"].to_numpy()).reset_index(drop=True)
    for name in ("aturan", "sel", "kode", "kolom", "indikator", "nilai_lapor", "nilai_seharusnya"):
        located[name] = temuan[name].astype("string").fillna("").to_numpy(dtype=object)
    located["kode_kemendagri"] = located["kode_kemendagri"].astype("string").fillna("")
    for name in ("tahun", "triwulan"):
        located[name] = located[name].astype("Int64").fillna(0)
    silent = (located["nilai_lapor"] == "") & (located["nilai_seharusnya"] == "")
    located.loc[silent, "nilai_lapor"] = "berkas " + located.loc[silent, "sha256"].astype(str).str[:12]
    return located


def _tuples(places: pd.DataFrame) -> list[_Place]:
    return list(zip(*(places[name].to_list() for name in _PLACE), strict=True))


def _current(places: pd.DataFrame) -> list[_Place]:
    """Where findings stand now: what a replaced submission had wrong keeps no decision from following its row."""
    return _tuples(places[places["status"] != "digantikan"])


class _Standing:
    """The last decision about each place, and which of them a finding is about."""

    def __init__(self, decisions: Sequence[Decision], places: Sequence[_Place]) -> None:
        self._latest = {decision.place: decision for decision in decisions}
        self._moved: dict[tuple[object, ...], list[Decision]] = {}  # decisions where no finding of theirs stands any more
        there = set(places)
        for place, decision in self._latest.items():
            if place not in there and decision.kode and decision.kolom:
                self._moved.setdefault(_row_and_column(place), []).append(decision)

    def about(self, place: _Place, values: tuple[str, str]) -> Decision | None:
        """The decision about a finding: of its own cell; or, where rows were put in or taken out above, of its row and column."""
        own = self._latest.get(place) or self._latest.get((*place[:-1], ""))
        if own is not None:
            return own
        moved = self._moved.get(_row_and_column(place), [])
        same = [decision for decision in moved if decision.values == values]
        return next(reversed(same or moved), None)


def _row_and_column(place: _Place) -> tuple[object, ...]:
    return (*place[:_SEL], *place[_SEL + 1 :])


def apply_decisions(temuan: pd.DataFrame, kiriman: pd.DataFrame, decisions: Sequence[Decision]) -> pd.DataFrame:
    """`temuan` with `status_temuan` of the decisions: `diterima` where the same still stands there, `kedaluwarsa` (and the message says so)
    where something else does. The last decision about a place counts; one follows its code, indicator and column to another row. In: frames
    as in docs/rancangan.md; `temuan` itself is not changed. Out: without `indikator`, which only decisions need.
    """
    result = temuan.drop(columns="indikator")
    if not decisions or temuan.empty:
        return result
    located = _places(temuan, kiriman)
    places = _tuples(located)
    standing = _Standing(decisions, _current(located))
    status, pesan = temuan["status_temuan"].to_list(), temuan["pesan"].to_list()
    for at, (place, lapor, harap) in enumerate(zip(places, located["nilai_lapor"], located["nilai_seharusnya"], strict=True)):
        decision = standing.about(place, (lapor, harap))
        if decision is None:
            continue
        if decision.values == (lapor, harap):
            status[at] = ACCEPTED
            continue
        status[at] = EXPIRED
        then = f"tertulis {decision.nilai_lapor or 'kosong'}, seharusnya {decision.nilai_seharusnya or 'kosong'}"
        if lapor.startswith("berkas ") and not harap:
            then = "berkasnya lain"
        pesan[at] = f"{pesan[at]} Keputusan {date_text(decision.tanggal)} tidak berlaku lagi: waktu itu {then}."
    result["status_temuan"] = pd.array(status, dtype="string")
    result["pesan"] = pd.array(pesan, dtype="string")
    return result


def decide(
    temuan: pd.DataFrame,
    kiriman: pd.DataFrame,
    *,
    kode_kemendagri: str,
    tahun: int,
    triwulan: int,
    aturan: str,
    sel: str | None,
    alasan: str,
    tanggal: dt.date,
    kode: str | None = None,
) -> Decision:
    """The decision to accept one finding of a kecamatan's current submission; `kode` tells apart several of one rule at one place.

    Raises `DecisionError` where there is no such finding.
    """
    if aturan not in BY_ID:
        raise DecisionError(f"Aturan “{aturan}” tidak ada di katalog; tulis id aturan seperti pada daftar temuan.")
    if not alasan.strip():
        raise DecisionError("Alasan penerimaan belum ditulis; tulis alasannya.")
    places = _places(temuan, kiriman)
    there = places[
        (places["kode_kemendagri"] == kode_kemendagri)
        & (places["tahun"] == tahun)
        & (places["triwulan"] == triwulan)
        & (places["status"] == "berlaku")
        & (places["sel"] == (sel or ""))
    ]
    chosen = there[(there["aturan"] == aturan) & ((there["kode"] == kode) | (kode is None))]
    if len(chosen) != 1:
        where = f"{kode_kemendagri} triwulan {triwulan} {tahun}, aturan {aturan}, sel {sel or '(tanpa sel)'}"
        if len(chosen):
            codes = ", ".join(text or "(tanpa kode)" for text in chosen["kode"])
            raise DecisionError(f"{where}: ada {len(chosen)} temuan, seharusnya satu; sebut kodenya: {codes}.")
        others = ", ".join(dict.fromkeys(there["aturan"])) or "tidak ada"
        raise DecisionError(f"{where}: tidak ada temuan itu; temuan yang ada di sana: {others}. Periksa aturan dan selnya.")
    row = chosen.iloc[0]
    return Decision(
        tanggal, kode_kemendagri, tahun, triwulan, aturan, row["sel"], row["kode"], row["kolom"], row["nilai_lapor"],
        row["nilai_seharusnya"], " ".join(alasan.split()), row["indikator"],
    )  # fmt: skip


def add_decision(path: Path, decision: Decision) -> None:
    """Add a decision to the table (made where there is none); whoever else adds one meanwhile waits."""
    with _alone(path):
        _write(path, [*load_decisions(path), decision])


def accept_finding(path: Path, temuan: pd.DataFrame, kiriman: pd.DataFrame, **place: Any) -> Decision:  # noqa: ANN401
    """`decide`, then `add_decision`. Raises `DecisionError` also where the same is accepted already."""
    decision = decide(temuan, kiriman, **place)
    places = _current(_places(temuan, kiriman))
    with _alone(path):
        known = load_decisions(path)
        before = _Standing(known, places).about(decision.place, decision.values)
        if before and before.values == decision.values:
            told = f"sudah diterima pada {date_text(before.tanggal)} ({before.alasan})"
            raise DecisionError(f"Temuan ini {told}; batalkan dahulu dengan --batal bila alasannya hendak diganti.")
        _write(path, [*known, decision])
    return decision


def withdraw_decisions(
    path: Path,
    temuan: pd.DataFrame,
    kiriman: pd.DataFrame,
    *,
    kode_kemendagri: str,
    tahun: int,
    triwulan: int,
    aturan: str,
    sel: str | None,
    kode: str | None = None,
) -> int:
    """Remove every decision about the findings that stand at a cell, whatever stood there (the row may have moved since); where none is
    about them, those recorded at the cell. Out: how many there were. Raises as `load_decisions`.
    """
    about = (kode_kemendagri, tahun, triwulan, aturan, sel or "")

    def meant(place: _Place) -> bool:
        return place[: _SEL + 1] == about and kode in (None, place[_SEL + 1])

    located = _places(temuan, kiriman)
    places = _tuples(located)
    values = zip(located["nilai_lapor"], located["nilai_seharusnya"], strict=True)
    with _alone(path):
        decisions = load_decisions(path)
        standing = _Standing(decisions, _current(located))
        found = [standing.about(place, pair) for place, pair in zip(places, values, strict=True) if meant(place)]
        gone = {one.place for one in found if one} or {one.place for one in decisions if meant(one.place)}
        kept = [one for one in decisions if one.place not in gone]
        if len(kept) < len(decisions):
            _write(path, kept)
    return len(decisions) - len(kept)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the table from reading it to writing it: of two at once, neither is lost. The lock is the kernel's, gone with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f".{path.name}.kunci"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, decisions: Sequence[Decision]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(astuple(one) for one in decisions)
    replace_file(path, text.getvalue().encode())


__all__ = [
    "ACCEPTED", "EXPIRED", "OPEN", "Decision", "DecisionError", "accept_finding", "add_decision", "apply_decisions", "decide",
    "load_decisions", "withdraw_decisions",
]  # fmt: skip
