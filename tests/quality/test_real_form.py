"""The one real form (Kecamatan Lumajang, triwulan II 2024): every provable mistake at its cell, and no claim beyond.

The list was made by hand from the print: each figure was recomputed from the row or the children that it stands on. Rows are missing in
the print between 7.01.01.2.03 and 7.01.03.2.06.12: what their parents' sums lack is a finding, the foot's average proves nothing.
"""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.settings import PROJECT
from tests.quality.submissions import Checked, check_files

# 26 + 26 = 52 may be added or not, nobody has said: no claim; 38 is neither 20 + 19 nor any of both; staff are not added up. TOTAL is
# stale: triwulan I repeated as 13 and 16.
EXPECTED = Path(__file__).with_name("real_form.csv")


@pytest.fixture(scope="module")
def checked() -> Checked:
    raw = PROJECT / "data" / "raw"
    return check_files([raw / "2024" / "tw2" / "lumajang.xlsx"], raw)


def test_every_rule_finds_its_cells_and_claims_no_other(checked: Checked) -> None:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        header, *expected = csv.reader(file)
    found = checked.temuan[header].fillna("").itertuples(index=False, name=None)
    assert sorted(found) == sorted(map(tuple, expected))


def _finding(checked: Checked, aturan: str, sel: str) -> pd.Series:
    found = checked.temuan[(checked.temuan["aturan"] == aturan) & (checked.temuan["sel"] == sel)]
    assert len(found) == 1
    return found.iloc[0]


def test_values_are_told_in_indonesian(checked: Checked) -> None:
    sasaran = _finding(checked, "realisasi_bukan_jumlah_triwulan", "AC14")
    assert (sasaran["nilai_lapor"], sasaran["nilai_seharusnya"]) == ("6.636.673.177", "6.639.673.177")
    assert sasaran["pesan"].startswith("Sel AC14 (realisasi tahun berjalan Rp, S1) tertulis 6.636.673.177, seharusnya 6.639.673.177")
    staff = _finding(checked, "realisasi_bukan_jumlah_triwulan", "AA23")
    assert (staff["kode"], staff["nilai_lapor"], staff["nilai_seharusnya"]) == ("7.01.01.2.02.0001", "128", "64")
    open_kind = _finding(checked, "realisasi_bukan_jumlah_triwulan", "AA15")
    assert open_kind["nilai_seharusnya"] == "19 atau 39"  # undeclared %: position or sum
    total = _finding(checked, "total_beda", "AC52")
    assert (total["nilai_lapor"], total["nilai_seharusnya"]) == ("3.360.169.455", "6.637.273.177")


def test_consequences_say_so(checked: Checked) -> None:
    assert "mengikuti realisasi tahun berjalan yang salah" in _finding(checked, "capaian_salah_hitung", "AD23")["pesan"]
    assert "mengikuti" not in _finding(checked, "capaian_salah_hitung", "AF44")["pesan"]


def test_a_slip_is_told_from_another_activity(checked: Checked) -> None:
    assert "salah ketik" in _finding(checked, "uraian_beda_nomenklatur", "C49")["pesan"]
    assert "nama resmi kode 7.01.01.2.02.0002" in _finding(checked, "uraian_beda_nomenklatur", "C25")["pesan"]
    assert "kegiatan lain" in _finding(checked, "uraian_beda_nomenklatur", "C28")["pesan"]


def test_figures_of_the_issue(checked: Checked) -> None:
    anggaran = checked.figures.anggaran.set_index("kode")
    program = anggaran.loc["7.01.04"]
    assert (program["target_rp"], program["realisasi_rp"], round(program["capaian_rp_pct"], 2)) == (151_010_000_00, 107_740_000_00, 71.35)
    staff = checked.figures.kinerja.set_index("kode").loc["7.01.01.2.02.0001"]
    assert (staff["realisasi_k"], staff["capaian_k_pct"], staff["realisasi_k_lapor"]) == (64, 100, 128)
    village = anggaran.loc["7.01.06"]  # its money stands on the second of three indicators
    assert (village["target_rp"], village["target_rp__baris"], village["baris"]) == (8_100_000_00, 44, 43)


def test_the_prints_stray_figures_are_found_where_they_stand(tmp_path: Path) -> None:
    """Our reading of the print leaves out two figures that belong to no column; in a workbook that has them, each is found."""
    workbook = openpyxl.load_workbook(PROJECT / "data" / "raw" / "2024" / "tw2" / "lumajang.xlsx")
    workbook.active["AM43"], workbook.active["N45"] = 8, 100
    (tmp_path / "2024" / "tw2").mkdir(parents=True)
    workbook.save(path := tmp_path / "2024" / "tw2" / "lumajang.xlsx")
    temuan = check_files([path], tmp_path).temuan
    found = set(temuan[["aturan", "sel"]].itertuples(index=False, name=None))
    assert {("renstra_salah_hitung", "AM43"), ("rupiah_ganda", "AM44"), ("rupiah_ganda", "N45")} <= found
