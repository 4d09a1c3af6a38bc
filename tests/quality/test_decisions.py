"""Accepted findings: they stay visible as accepted, survive a rebuild, and expire when the cell says something else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import multiprocessing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.quality.decisions import (
    COLUMNS,
    Decision,
    DecisionError,
    accept_finding,
    add_decision,
    apply_decisions,
    decide,
    load_decisions,
    withdraw_decisions,
)
from pipelines.quality.figures import compute_figures
from pipelines.quality.findings import reading_findings
from pipelines.quality.validation import validate
from tests.quality.rows import LETTERS, staged, submission
from tests.quality.submissions import REFERENCES, SETTINGS

ROW = {"kode": "7.01.01", "tw1_k": 1.0, "tw2_k": 2.0, "target_k": 10.0}
CELL = f"{LETTERS['realisasi_k_lapor']}11"
DAY = dt.date(2024, 8, 5)


def _checked(*rows: dict[str, Any], **more: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    kiriman = pd.DataFrame([submission(**more)])
    figures = compute_figures(staged(*rows), kiriman, REFERENCES)
    return validate(figures, kiriman, {1: LETTERS}, reading_findings([]), REFERENCES, SETTINGS).temuan, kiriman


@functools.cache  # a check costs half a second
def _found(reported: float, **more: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Findings and `kiriman` of a form with one row; not to be changed."""
    return _checked(ROW | {"realisasi_k_lapor": reported}, **more)


def _accept(temuan: pd.DataFrame, kiriman: pd.DataFrame, **more: Any) -> Any:
    place: dict[str, Any] = {
        "kode_kemendagri": "35.08.01", "tahun": 2024, "triwulan": 2, "aturan": "realisasi_bukan_jumlah_triwulan", "sel": CELL,
        "alasan": "disepakati, lihat berita acara", "tanggal": DAY,
    }  # fmt: skip
    return decide(temuan, kiriman, **(place | more))


def _status(temuan: pd.DataFrame) -> str:
    (one,) = temuan[temuan["aturan"] == "realisasi_bukan_jumlah_triwulan"].itertuples()
    return str(one.status_temuan)


def test_an_accepted_finding_stays_and_is_accepted_after_a_rebuild(tmp_path: Path) -> None:
    table = tmp_path / "data" / "keputusan.csv"
    temuan, kiriman = _found(4.0)
    assert _status(apply_decisions(temuan, kiriman, load_decisions(table))) == "terbuka"
    add_decision(table, _accept(temuan, kiriman))
    again = apply_decisions(*_found(4.0), load_decisions(table))
    assert _status(again) == "diterima"
    assert len(again) == len(temuan)
    assert (again["status_temuan"] == "diterima").sum() == 1
    assert _status(temuan) == "terbuka"  # what went in is not changed


def test_it_expires_when_the_cell_changes_and_says_so(tmp_path: Path) -> None:
    decision = _accept(*_found(4.0))
    changed = apply_decisions(*_found(5.0), [decision])
    assert _status(changed) == "kedaluwarsa"
    (text,) = changed.loc[changed["status_temuan"] == "kedaluwarsa", "pesan"]
    assert text.endswith("Keputusan 5 Agustus 2024 tidak berlaku lagi: waktu itu tertulis 4, seharusnya 3.")
    renewed = [decision, _accept(*_found(5.0))]
    assert _status(apply_decisions(*_found(5.0), renewed)) == "diterima"


def test_a_row_that_moved_takes_its_decision_with_it() -> None:
    @functools.cache
    def below(count: int, reported: float, *, twice: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
        others = [{"kode": f"7.01.0{number + 2}", "uraian": "x"} for number in range(count)]
        more = [ROW | {"realisasi_k_lapor": 9.0, "kelompok": count, "indikator_ke": 2}] if twice else []
        return _checked(*others, ROW | {"realisasi_k_lapor": reported}, *more)

    def states(found: tuple[pd.DataFrame, pd.DataFrame]) -> list[tuple[str, str]]:
        chosen = apply_decisions(*found, [decision]).query("aturan == 'realisasi_bukan_jumlah_triwulan'")
        return list(zip(chosen["sel"], chosen["status_temuan"], strict=True))

    decision, column = _accept(*below(0, 4.0)), CELL.removesuffix("11")
    assert states(below(2, 4.0)) == [(f"{column}13", "diterima")]
    assert states(below(2, 5.0)) == [(f"{column}13", "kedaluwarsa")]
    assert states(below(2, 4.0, twice=True)) == [(f"{column}13", "diterima"), (f"{column}14", "terbuka")]
    assert states(below(2, 5.0, twice=True)) == [(f"{column}13", "kedaluwarsa"), (f"{column}14", "terbuka")]
    assert states(below(0, 4.0, twice=True)) == [(CELL, "diterima"), (f"{column}12", "terbuka")]
    # the submission that was replaced still has it where it stood
    (old, first), (new, second) = below(0, 4.0), below(2, 4.0)
    both = pd.concat([old, new.assign(kiriman_id=2)]), pd.concat([first.assign(status="digantikan"), second.assign(kiriman_id=2)])
    assert states(both) == [(CELL, "diterima"), (f"{column}13", "diterima")]


def test_a_decision_never_moves_to_another_indicator_of_its_code(tmp_path: Path) -> None:
    @functools.cache
    def form(*indicators: tuple[str, float], above: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
        others = [{"kode": f"7.01.0{number + 2}", "uraian": "x", "kelompok": 50 + number} for number in range(above)]
        rows = [ROW | {"indikator": name, "realisasi_k_lapor": figure, "kelompok": 1} for name, figure in indicators]
        return _checked(*others, *rows)

    def states(*indicators: tuple[str, float], above: int = 0) -> list[str]:
        chosen = apply_decisions(*form(*indicators, above=above), load_decisions(table))
        return list(chosen.loc[chosen["aturan"] == "realisasi_bukan_jumlah_triwulan", "status_temuan"])

    table, place = tmp_path / "keputusan.csv", {"kode_kemendagri": "35.08.01", "tahun": 2024, "triwulan": 2}
    add_decision(table, _accept(*form(("A", 4.0), ("B", 4.0))))
    assert states(("A", 4.0), ("B", 4.0)) == ["diterima", "terbuka"]
    assert states(("A", 3.0), ("B", 4.0)) == ["terbuka"]  # A is mended; what B says was never accepted
    assert states(("B", 4.0), ("A", 4.0)) == ["terbuka", "diterima"]
    assert states(("A", 4.0), ("A", 4.0)) == ["diterima", "terbuka"]
    assert states(("A", 3.0), ("A", 4.0)) == ["terbuka"]
    assert states(("A", 4.0), ("B", 4.0), above=1) == ["diterima", "terbuka"]
    moved, now = (
        form(("A", 4.0), ("B", 4.0), above=1),
        place | {"aturan": "realisasi_bukan_jumlah_triwulan", "sel": CELL.replace("11", "12")},
    )
    with pytest.raises(DecisionError, match="sudah diterima"):
        accept_finding(table, *moved, **now, alasan="lagi", tanggal=DAY)
    assert withdraw_decisions(table, *moved, **now) == 1  # where the row stands now, though the table names the cell of then
    assert load_decisions(table) == []


def test_a_table_of_before_the_indicator_counts_at_its_cell(tmp_path: Path) -> None:
    table = tmp_path / "keputusan.csv"
    add_decision(table, _accept(*_found(4.0)))
    columns, row = (line.rsplit(",", 1)[0] for line in table.read_text(encoding="utf-8").splitlines())
    table.write_text(f"{columns}\n{row}\n", encoding="utf-8")
    assert _status(apply_decisions(*_found(4.0), load_decisions(table))) == "diterima"


def test_a_finding_without_a_value_is_accepted_for_one_file_content() -> None:
    def late(content: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        temuan, kiriman = _found(4.0)
        whole = dict.fromkeys(("sel", "kode", "kolom", "nilai_lapor", "nilai_seharusnya")) | {"aturan": "isi_sama_triwulan_lalu"}
        return temuan.iloc[:1].assign(**whole), kiriman.assign(sha256=content)

    decision = _accept(*late("a" * 64), aturan="isi_sama_triwulan_lalu", sel=None)
    assert list(apply_decisions(*late("a" * 64), [decision])["status_temuan"]) == ["diterima"]
    after = apply_decisions(*late("b" * 64), [decision])
    assert list(after["status_temuan"]) == ["kedaluwarsa"]
    assert after["pesan"].iloc[0].endswith("waktu itu berkasnya lain.")


def test_two_who_accept_at_once_both_stay(tmp_path: Path) -> None:
    table = tmp_path / "keputusan.csv"
    decision = _accept(*_found(4.0))
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_add_many, args=(table, dataclasses.replace(decision, kode=str(who)))) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(one.kode for one in load_decisions(table)) == ["0"] * 20 + ["1"] * 20 + ["2"] * 20
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def _add_many(table: Path, decision: Decision) -> None:
    for _ in range(20):
        add_decision(table, decision)


@pytest.mark.parametrize("other", [{"kode_kemendagri": "35.08.02"}, {"tahun": 2025}, {"triwulan": 3}])
def test_it_is_about_one_submission(other: dict[str, Any]) -> None:
    assert _status(apply_decisions(*_found(4.0, **other), [_accept(*_found(4.0))])) == "terbuka"


@pytest.mark.parametrize(
    "wrong", [{"sel": "ZZ99"}, {"aturan": "total_beda"}, {"alasan": "  "}, {"triwulan": 1}, {"kode_kemendagri": "35.08.09"}]
)
def test_only_a_finding_that_is_there_can_be_accepted(wrong: dict[str, Any]) -> None:
    with pytest.raises(DecisionError):
        _accept(*_found(4.0), **wrong)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("tanggal", "5 Agustus", "baris 2 kolom tanggal"),
        ("triwulan", "5", "baris 2 kolom triwulan"),
        ("aturan", "apa_saja", "baris 2 kolom aturan"),
        ("alasan", "", "baris 2 kolom alasan"),
        ("tahun", "x", "baris 2 kolom tahun"),
    ],
)
def test_a_wrong_table_names_line_and_column(tmp_path: Path, column: str, value: str, told: str) -> None:
    table = tmp_path / "keputusan.csv"
    row = dict(zip(COLUMNS, ("2024-08-05", "35.08.01", "2024", "2", "total_beda", "A1", "TOTAL", "", "1", "2", "ya", ""), strict=True))
    table.write_text(",".join(COLUMNS) + "\n" + ",".join((row | {column: value}).values()) + "\n", encoding="utf-8")
    with pytest.raises(DecisionError, match=told):
        load_decisions(table)
    table.write_text("tanggal,alasan\n", encoding="utf-8")
    with pytest.raises(DecisionError, match="baris 1"):
        load_decisions(table)
