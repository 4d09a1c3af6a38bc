"""The one real form (Kecamatan Lumajang, triwulan II 2024): every provable mistake at its cell, and no claim beyond.

The list was made by hand from the print: each figure was recomputed from the row or the children that it stands on. Rows are missing in
the print between 7.01.01.2.03 and 7.01.03.2.06.12: what their parents' sums lack is a finding, the foot's average proves nothing.
"""

from __future__ import annotations

import pandas as pd
import pytest

from pipelines.settings import PROJECT
from tests.quality.submissions import Checked, check_files

EXPECTED = {
    # 26 + 26 = 52 may be added or not, nobody has said: no claim; 38 is neither 20 + 19 nor any of both; staff are not added up
    "realisasi_bukan_jumlah_triwulan": "AC14 AA15 AA16 AA23 AA40",
    "capaian_salah_hitung": "AD15 AD16 AD23 AD40 AD42 AF42 AF44 AF51",
    "renstra_salah_hitung": "AJ14 AK14 AH15 AK15 AH16 AK16 AH23 AK23 AH40 AK40 AK41 AJ42 AM42 AM44",
    "jumlah_anak_beda": "H14 K14 N14 Q14 T14 AC14 AJ14 H15 K15 N15 Q15 T15 AC15 AJ15 K16 K22 H31 K31 K35 AJ42",
    "total_beda": "Q52 AC52 AJ52",  # stale: triwulan I repeated as 13 and 16
    "sel_tidak_terbaca": "I16 I22 AA22 I31 AA34 AA35 I39 AA39 I52",
    "induk_tidak_ada": "A34",
    "predikat_tanpa_target": "AG20 AG21 AG25 AG26 AG28 AG29 AG30 AG32 AG49 AG50",
    "predikat_tidak_sesuai": "AG22 AG23 AG35 AG36 AG39 AG40",
    "anggaran_tanpa_kinerja": "AC44 AC46 AC51",
    "satuan_tidak_seragam": "P27 S27 AB27 AI27 J46 J47 J48 M51",
    "uraian_beda_nomenklatur": "C20 C25 C28 C30 C32 C34 C35 C36 C37 C46 C47 C48 C49 C50",
    "jenis_indikator_belum_ditetapkan": "D14 D15 D16 D22 D31 D35 D39 D42 D43 D44 D45 D46",
    "tanggal_sebelum_akhir_triwulan": "AN104",
}


@pytest.fixture(scope="module")
def checked() -> Checked:
    raw = PROJECT / "data" / "raw"
    return check_files([raw / "2024" / "tw2" / "lumajang.xlsx"], raw)


@pytest.mark.parametrize("aturan", sorted(EXPECTED))
def test_rule_finds_its_cells(checked: Checked, aturan: str) -> None:
    found = checked.temuan.loc[checked.temuan["aturan"] == aturan, "sel"]
    assert sorted(found) == sorted(EXPECTED[aturan].split())


def test_no_other_rule_claims_anything(checked: Checked) -> None:
    above_info = checked.temuan[checked.temuan["tingkat"] != "info"]
    assert set(above_info["aturan"]) == set(EXPECTED)


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
