"""Across quarters and of the submission: two and more submissions in one call."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipelines.quality.figures import compute_figures
from pipelines.quality.findings import reading_findings
from pipelines.quality.validation import validate
from pipelines.reference.calendar import calendar_frame, periode_frame
from pipelines.workbook.submission import Refusal
from tests.quality.rows import LETTERS, staged, submission
from tests.quality.submissions import REFERENCES, SETTINGS

ROWS: list[dict[str, Any]] = [
    {"kode": "7.01.01", "target_k": 10.0, "target_rp": 300, "tw1_k": 1.0, "tw1_rp": 30},
    {"kode": "7.01.01.2.01", "target_k": 10.0, "target_rp": 300, "tw1_k": 1.0, "tw1_rp": 30},
    {"kode": "7.01.01.2.01.0001", "target_k": 10.0, "target_rp": 300, "tw1_k": 1.0, "tw1_rp": 30},
]
HISTORY = {"triwulan_lalu_berubah", "target_berubah", "baris_baru", "baris_hilang", "isi_sama_triwulan_lalu"}


def _second_quarter(**leaf: Any) -> list[dict[str, Any]]:
    moved = [row | {"tw2_k": 2.0, "tw2_rp": 60} for row in ROWS]
    moved[2] = moved[2] | leaf
    return moved


def compare(first: list[dict[str, Any]], second: list[dict[str, Any]], **more: Any) -> pd.DataFrame:
    """Findings of HISTORY of the second submission."""
    frame = pd.concat([staged(*first), staged(*second, kiriman_id=2)], ignore_index=True)
    kiriman = pd.DataFrame([submission(1, triwulan=1), submission(2, triwulan=2, **more)])
    figures = compute_figures(frame, kiriman, REFERENCES)
    result = validate(figures, kiriman, {1: LETTERS, 2: LETTERS}, reading_findings([]), REFERENCES, SETTINGS)
    found = result.temuan[result.temuan["aturan"].isin(HISTORY)]
    assert set(found["kiriman_id"]) <= {2}
    return found.reset_index(drop=True)


def test_a_quarter_that_goes_on_has_nothing_to_find() -> None:
    assert compare(ROWS, _second_quarter()).empty
    assert compare(ROWS, _second_quarter(tw1_rp=31)).empty  # Rp 1


def test_a_restated_quarter_and_a_changed_target() -> None:
    found = compare(ROWS, _second_quarter(tw1_rp=50, tw1_k=None, target_rp=400))
    told = found[["aturan", "sel", "nilai_lapor", "nilai_seharusnya"]].astype(object).fillna("-")
    assert [tuple(row) for row in told.to_numpy()] == [
        ("triwulan_lalu_berubah", f"{LETTERS['tw1_k']}13", "-", "1"),
        ("triwulan_lalu_berubah", f"{LETTERS['tw1_rp']}13", "50", "30"),
        ("target_berubah", f"{LETTERS['target_rp']}13", "400", "300"),
    ]
    assert found["pesan"].str.contains("triwulan I").all()


def test_another_kecamatan_or_year_is_no_history() -> None:
    changed = _second_quarter(tw1_rp=50)
    assert compare(ROWS, changed, kode_kemendagri="35.08.02").empty
    assert compare(ROWS, changed, tahun=2025).empty


def test_rows_come_and_go() -> None:
    moved = _second_quarter()
    moved[2] = moved[2] | {"kode": "7.01.01.2.01.0002", "indikator": "Indikator lain"}
    found = compare(ROWS, moved)
    assert list(found["aturan"]) == ["baris_hilang", "baris_baru"]
    assert list(found["sel"]) == [f"{LETTERS['uraian']}12", f"{LETTERS['uraian']}13"]  # the parent's row, the new row
    assert "7.01.01.2.01.0001" in found["pesan"][0]


def test_an_indicator_that_is_worded_anew_is_the_same_row() -> None:
    assert compare(ROWS, _second_quarter(indikator="Indikator yang ditulis ulang")).empty


def test_last_quarters_file_with_a_new_name() -> None:
    found = compare(ROWS, [dict(row) for row in ROWS])
    assert list(found["aturan"]) == ["isi_sama_triwulan_lalu"]
    nil = [row | {"tw2_k": 0.0, "tw2_rp": 0} for row in ROWS]
    assert list(compare(ROWS, nil)["aturan"]) == ["isi_sama_triwulan_lalu"]


def test_submissions_late_revised_double_and_refused() -> None:
    frame = pd.concat([staged(*ROWS), staged(*ROWS, kiriman_id=2)], ignore_index=True)
    on_time, late = pd.Timestamp("2024-04-16 16:00"), pd.Timestamp("2024-09-01 02:00")
    kiriman = pd.DataFrame(
        [
            submission(1, triwulan=1, diterima_pada=on_time, status="digantikan"),
            submission(2, triwulan=1, diterima_pada=late, revisi_ke=1),
            submission(3, triwulan=1, sha256="1", path="salinan.xlsx", status="ganda", lembar=None),
            submission(4, status="ditolak", lembar=None, kode_kemendagri=None, tahun=None, triwulan=None, path="rusak.xlsx"),
        ]
    )
    for name in ("tahun", "triwulan"):
        kiriman[name] = kiriman[name].astype("Int64")
    refusal = Refusal("berkas_tidak_terbaca", "Berkas rusak.xlsx tidak terbaca; kirim ulang.")
    periode = periode_frame(REFERENCES, SETTINGS, calendar_frame(2024, 2031))
    figures = compute_figures(frame, kiriman, REFERENCES)
    result = validate(figures, kiriman, {1: LETTERS, 2: LETTERS}, reading_findings([(4, refusal)]), REFERENCES, SETTINGS, periode)
    told = result.temuan[result.temuan["aturan"].isin(["revisi", "kiriman_ganda", "terlambat_lapor", "berkas_tidak_terbaca"])]
    assert list(zip(told["kiriman_id"], told["aturan"], strict=True)) == [
        (2, "revisi"), (3, "kiriman_ganda"), (4, "berkas_tidak_terbaca"),
    ]  # fmt: skip
    assert told["pesan"].iloc[-1] == "Berkas rusak.xlsx tidak terbaca; kirim ulang."
    kiriman.loc[0, "diterima_pada"] = late
    result = validate(figures, kiriman, {1: LETTERS, 2: LETTERS}, reading_findings([]), REFERENCES, SETTINGS, periode)
    assert list(result.temuan.query("aturan == 'terlambat_lapor'")["kiriman_id"]) == [1]
