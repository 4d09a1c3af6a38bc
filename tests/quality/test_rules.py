"""Single rules on rows written by hand: what is claimed, where, and above all what is not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from pipelines.quality.figures import compute_figures
from pipelines.quality.findings import cell_findings, reading_frame
from pipelines.quality.validation import validate
from pipelines.workbook.submission import CellFinding
from tests.quality.rows import LETTERS, staged, submission
from tests.quality.submissions import REFERENCES, SETTINGS

SUB = "7.01.01.2.01.0001"
TITLE = {"uraian": "Penyusunan Dokumen Perencanaan Perangkat Daerah"}
GOOD = {
    "kode": SUB, "target_k": 10.0, "target_rp": 1_000_000, "target_renstra_k": 40.0, "target_renstra_rp": 4_000_000,
    "tw1_k": 2.0, "tw2_k": 3.0, "tw1_rp": 100_000, "tw2_rp": 233_333, "realisasi_k_lapor": 5.0, "realisasi_rp_lapor": 333_333,
    "capaian_k_pct_lapor": 50.0, "capaian_rp_pct_lapor": 33.33, "renstra_realisasi_k_lapor": 5.0, "renstra_realisasi_rp_lapor": 333_333,
    "renstra_capaian_k_pct_lapor": 12.5, "renstra_capaian_rp_pct_lapor": 8.3, "predikat_lapor": "SANGAT  rendah",
    "indikator": "Jumlah Dokumen Perencanaan Perangkat Daerah",
    "capaian_k_pct_lapor__desimal": 0, "capaian_rp_pct_lapor__desimal": 2, "renstra_capaian_rp_pct_lapor__desimal": 1,
    "realisasi_k_lapor__desimal": 0, "renstra_realisasi_k_lapor__desimal": 0,
} | TITLE  # fmt: skip
PARENTS: tuple[dict[str, Any], ...] = (
    {"kode": "7.01.01", "uraian": "PROGRAM PENUNJANG URUSAN PEMERINTAHAN DAERAH KABUPATEN/KOTA"},
    {"kode": "7.01.01.2.01", "uraian": "Perencanaan, Penganggaran, dan Evaluasi Kinerja Perangkat Daerah"},
)


def findings(
    *rows: dict[str, Any], cells: tuple[CellFinding, ...] = (), letters: dict[str, str] | None = None, parents: bool = True, **more: Any
) -> pd.DataFrame:
    """Findings above info of one submission (sub kegiatan at sheet row 13 where its parents are put above it)."""
    frame = staged(*(PARENTS if parents else ()), *rows)
    kiriman = pd.DataFrame([submission(1, **more)])
    figures = compute_figures(frame, kiriman, REFERENCES)
    result = validate(figures, kiriman, {1: letters or LETTERS}, reading_frame(cell_findings(1, cells)), REFERENCES, SETTINGS)
    return result.temuan[result.temuan["tingkat"] != "info"].reset_index(drop=True)


def rules(*rows: dict[str, Any], **more: Any) -> list[str]:
    return list(findings(*rows, **more)["aturan"])


WRONG: list[tuple[str, Any, str]] = [
    ("realisasi_rp_lapor", 333_335, "realisasi_bukan_jumlah_triwulan"),
    ("realisasi_k_lapor", 6.0, "realisasi_bukan_jumlah_triwulan"),
    ("capaian_rp_pct_lapor", 33.34, "capaian_salah_hitung"),
    ("capaian_k_pct_lapor", 51.0, "capaian_salah_hitung"),
    ("renstra_realisasi_rp_lapor", 0, "renstra_salah_hitung"),
    ("renstra_capaian_rp_pct_lapor", 8.4, "renstra_salah_hitung"),
    ("renstra_capaian_k_pct_lapor", 12.6, "renstra_salah_hitung"),
    ("predikat_lapor", "Rendah", "predikat_tidak_sesuai"),
    ("predikat_lapor", "Baik", "predikat_tidak_sesuai"),
    ("target_renstra_k", -40.0, "nilai_negatif"),
    ("tw3_rp", 5, "triwulan_belum_berjalan_terisi"),
    ("tw3_k", 5.0, "triwulan_belum_berjalan_terisi"),
    ("uraian", "Penyusunan Dokumen Perencaan Perangkat Daerah", "uraian_beda_nomenklatur"),
]
RIGHT: list[dict[str, Any]] = [
    {},
    {"realisasi_rp_lapor": 333_334},  # Rp 1
    {"capaian_k_pct_lapor": 50.4},  # half of the last printed digit, 0 decimals
    {"capaian_rp_pct_lapor": 33.0, "capaian_rp_pct_lapor__desimal": 0},
    {"capaian_rp_pct_lapor": 33.3333, "capaian_rp_pct_lapor__desimal": 4},
    {"tw3_rp": 0, "tw3_k": 0.0, "tw4_rp": 0},  # nil in a quarter to come
    {"realisasi_k_lapor": None, "capaian_k_pct_lapor": None, "predikat_lapor": None, "renstra_capaian_rp_pct_lapor": None},
    {"uraian": "PENYUSUNAN  DOKUMEN\nPERENCANAAN, Perangkat Daerah."},
]


@pytest.fixture(scope="module")
def one_change_each() -> list[pd.DataFrame]:
    """Findings above info of GOOD with each change of WRONG, then of RIGHT: one submission each, one call."""
    changes = [{name: value} for name, value, _ in WRONG] + RIGHT
    frames = [staged(*PARENTS, GOOD | change, kiriman_id=number) for number, change in enumerate(changes)]
    kiriman = pd.DataFrame([submission(number, kode_kemendagri=str(number)) for number in range(len(changes))])
    figures = compute_figures(pd.concat(frames, ignore_index=True), kiriman, REFERENCES)
    kolom = dict.fromkeys(range(len(changes)), LETTERS)
    found = validate(figures, kiriman, kolom, reading_frame([]), REFERENCES, SETTINGS).temuan
    found = found[found["tingkat"] != "info"]
    return [found[found["kiriman_id"] == number].reset_index(drop=True) for number in range(len(changes))]


@pytest.mark.parametrize("case", range(len(WRONG)), ids=[f"{name}-{value}" for name, value, _ in WRONG])
def test_one_wrong_figure(one_change_each: list[pd.DataFrame], case: int) -> None:
    found, (name, _, aturan) = one_change_each[case], WRONG[case]
    assert found["aturan"][0] == aturan
    assert found["sel"][0] == f"{LETTERS[name]}13"
    assert found["pesan"][0].count("{") == 0
    assert set(found["aturan"]) <= {aturan, "renstra_salah_hitung"}


@pytest.mark.parametrize("case", range(len(RIGHT)), ids=map(str, RIGHT))
def test_rounding_and_silence_are_no_mistakes(one_change_each: list[pd.DataFrame], case: int) -> None:
    assert list(one_change_each[len(WRONG) + case]["aturan"]) == []


def test_rounding_is_never_more_than_half_a_digit() -> None:
    assert rules(GOOD | {"capaian_rp_pct_lapor": 33.4, "capaian_rp_pct_lapor__desimal": 1}) == ["capaian_salah_hitung"]


def test_a_wrong_sum_names_what_follows_from_it() -> None:
    wrong = {"realisasi_k_lapor": 7.0, "capaian_k_pct_lapor": 70.0, "renstra_realisasi_k_lapor": 7.0, "renstra_capaian_k_pct_lapor": 17.5}
    found = findings(GOOD | wrong)
    assert list(found["aturan"]) == [
        "realisasi_bukan_jumlah_triwulan", "capaian_salah_hitung", "renstra_salah_hitung", "renstra_salah_hitung",
    ]  # fmt: skip
    assert found["pesan"][1:].str.contains("mengikuti").all()
    assert rules(GOOD | {"realisasi_k_lapor": 7.0}) == ["realisasi_bukan_jumlah_triwulan"]  # the rest was computed from the right sum


PERCENT = GOOD | {
    "satuan": "%", "target_k": 100.0, "target_renstra_k": 100.0, "tw1_k": 50.0, "tw2_k": 50.0, "predikat_lapor": None,
}  # fmt: skip


@pytest.mark.parametrize("reported", [50.0, 100.0])
def test_an_undeclared_percentage_may_be_added_or_not(reported: float) -> None:
    row = PERCENT | {"realisasi_k_lapor": reported, "capaian_k_pct_lapor": reported}
    row |= {"renstra_realisasi_k_lapor": reported, "renstra_capaian_k_pct_lapor": reported}
    assert rules(row) == ["jenis_indikator_belum_ditetapkan"]
    mixed = rules(row | {"capaian_k_pct_lapor": 150 - reported})  # but not both in one row
    assert mixed == ["jenis_indikator_belum_ditetapkan", "capaian_salah_hitung"]


def _lost(name: str, row: int = 13) -> CellFinding:
    return CellFinding("sel_tidak_terbaca", f"{LETTERS[name]}{row}", "###", None, SUB, name, row)


def test_nothing_is_proven_from_a_cell_that_cannot_be_read() -> None:
    assert rules(GOOD | {"tw2_rp": None}, cells=(_lost("tw2_rp"),)) == ["sel_tidak_terbaca"]
    assert rules(GOOD | {"tw2_k": None}, cells=(_lost("tw2_k"),)) == ["sel_tidak_terbaca"]
    assert rules(GOOD | {"target_k": None}, cells=(_lost("target_k"),)) == ["sel_tidak_terbaca"]
    assert rules(GOOD | {"target_rp": None}, cells=(_lost("target_rp"),)) == ["sel_tidak_terbaca"]
    assert "realisasi_bukan_jumlah_triwulan" in rules(GOOD | {"tw2_rp": None})  # an empty cell is another matter
    parent = {"kode": "7.01.01.2.01", "target_rp": 1_500_000} | PARENTS[1]
    child = GOOD | {"target_rp": None, "capaian_rp_pct_lapor": None}
    assert rules(PARENTS[0], parent, child, cells=(_lost("target_rp"),), parents=False) == ["sel_tidak_terbaca"]
    assert "jumlah_anak_beda" in rules(PARENTS[0], parent, GOOD, parents=False)


def test_a_ratio_of_the_printed_13_stands_where_a_quarter_is_lost() -> None:
    row = GOOD | {"tw2_k": None, "capaian_k_pct_lapor": 60.0, "predikat_lapor": None}
    found = findings(row, cells=(_lost("tw2_k"),))
    assert list(found["aturan"]) == ["sel_tidak_terbaca", "capaian_salah_hitung"]
    assert found["nilai_seharusnya"][1] == "50"


def test_without_target() -> None:
    row = GOOD | {"target_k": 0.0, "target_rp": 0, "capaian_k_pct_lapor": None, "capaian_rp_pct_lapor": None}
    assert rules(row) == ["predikat_tanpa_target", "realisasi_tanpa_target", "realisasi_tanpa_target"]
    assert "capaian_salah_hitung" in rules(row | {"capaian_k_pct_lapor": 50.0})
    idle = {"tw1_k": 0.0, "tw2_k": 0.0, "realisasi_k_lapor": 0.0, "tw1_rp": 0, "tw2_rp": 0, "realisasi_rp_lapor": 0, "predikat_lapor": None}
    idle |= {"renstra_realisasi_k_lapor": 0.0, "renstra_realisasi_rp_lapor": 0, "renstra_capaian_k_pct_lapor": 0.0}
    assert rules(row | idle | {"renstra_capaian_rp_pct_lapor": 0.0}) == []


def test_money_and_output() -> None:
    no_output = {"tw1_k": 0.0, "tw2_k": 0.0, "realisasi_k_lapor": 0.0, "capaian_k_pct_lapor": 0.0, "renstra_realisasi_k_lapor": 0.0}
    assert rules(GOOD | no_output | {"renstra_capaian_k_pct_lapor": 0.0}) == ["anggaran_tanpa_kinerja"]
    no_money = {"tw1_rp": 0, "tw2_rp": 0, "realisasi_rp_lapor": 0, "capaian_rp_pct_lapor": 0.0, "renstra_realisasi_rp_lapor": 0}
    assert rules(GOOD | no_money | {"renstra_capaian_rp_pct_lapor": 0.0}) == ["kinerja_tanpa_anggaran"]
    above = findings(GOOD | {"target_rp": 300_000, "capaian_rp_pct_lapor": 111.11})
    assert (list(above["aturan"]), above["nilai_seharusnya"][0]) == (["realisasi_melebihi_pagu"], "300.000")


def test_money_without_output_is_judged_by_code_not_by_indicator() -> None:
    second = {"kode": SUB, "kelompok": 2, "indikator_ke": 2, "target_k": 4.0, "tw1_k": 0.0, "realisasi_k_lapor": 0.0} | TITLE
    assert rules(GOOD | {"kelompok": 2}, second) == []


def test_two_sums_of_money_for_one_code() -> None:
    second = {"kode": SUB, "kelompok": 2, "indikator_ke": 2, "target_k": 4.0, "target_rp": 8, "tw1_k": 1.0} | TITLE
    found = findings(GOOD | {"kelompok": 2}, second)
    assert (list(found["aturan"]), found["sel"][0], found["nilai_seharusnya"][0]) == (
        ["rupiah_ganda"], f"{LETTERS['target_rp']}14", "1.000.000",
    )  # fmt: skip
    assert rules(GOOD | {"kelompok": 2}, second | {"target_rp": 1_000_000}) == []  # the same one repeated


def test_codes() -> None:
    assert rules(GOOD, parents=False) == ["induk_tidak_ada"]
    other = GOOD | {"kode": "7.01.01.2.01.0002", "uraian": "Koordinasi dan Penyusunan Dokumen RKA-SKPD"}
    assert rules(GOOD, other, parents=False) == ["induk_tidak_ada"]  # one row is missing, not two
    assert rules(GOOD, GOOD | {"kode": f"{SUB}#2"}) == ["kode_ganda"]
    unknown = findings(GOOD | {"kode": "7.01.01.2.01.0099"})
    assert (list(unknown["aturan"]), unknown["sel"][0]) == (["kode_tidak_dikenal"], f"{LETTERS['kode_lapor']}13")
    later = GOOD | {"kode": "7.01.01.2.01.0008", "uraian": None}
    known_from = {int(n.berlaku_sejak) for n in REFERENCES.nomenklatur if n.kode == "7.01.01.2.01.0008"}
    assert known_from == {2026}
    assert rules(later, tahun=2024) == ["kode_tidak_dikenal"]
    assert "kode_tidak_dikenal" not in rules(later, tahun=2026)


def test_the_readers_finding_is_not_told_twice() -> None:
    cell = CellFinding("kode_ganda", f"{LETTERS['kode_lapor']}14", SUB, None, f"{SUB}#2", "kode_lapor", 14)
    assert rules(GOOD, GOOD | {"kode": f"{SUB}#2"}, cells=(cell,)) == ["kode_ganda"]


def test_units() -> None:
    units = {"target_satuan": "dokumen", "tw1_satuan": "orang", "tw2_satuan": "dokumen", "capaian_satuan": "dokumen"}
    found = findings(GOOD | units)
    assert (list(found["aturan"]), found["sel"][0]) == (["satuan_tidak_seragam"], f"{LETTERS['tw1_satuan']}13")
    in_cell = {name: letters for name, letters in LETTERS.items() if not name.endswith("_satuan")}
    assert findings(GOOD | units, letters=in_cell)["sel"][0] == f"{LETTERS['tw1_k']}13"  # value and unit in one cell


def _foot(average: float | None, grade: str | None = None) -> dict[str, Any]:
    return {"rata_rata_lapor": average, "rata_rata_desimal": 2, "rata_rata_sel": "AD60", "predikat_lapor": grade, "predikat_sel": "AG61"}


def _programs() -> list[dict[str, Any]]:
    unit = {"satuan": "dokumen", "target_k": 10.0}
    return [PARENTS[0] | unit | {"tw1_k": 15.0}, {"kode": "7.01.04", "tw1_k": 2.0} | unit]


def test_average_and_grade_of_the_foot() -> None:
    assert rules(*_programs(), parents=False, **_foot(60.0, "rendah")) == []  # (100 + 20) / 2
    wrong = findings(*_programs(), parents=False, **_foot(85.0))
    assert (list(wrong["aturan"]), wrong["sel"][0], wrong["nilai_seharusnya"][0]) == (["rata_rata_beda"], "AD60", "60")
    grade = findings(*_programs(), parents=False, **_foot(60.0, "Sedang"))
    assert (list(grade["aturan"]), grade["sel"][0]) == (["predikat_tidak_sesuai"], "AG61")
    orphan = {"kode": "7.01.05.2.01.0001", "uraian": None}  # its program is not in the form: no average can be proven
    assert "rata_rata_beda" not in rules(*_programs(), orphan, parents=False, **_foot(85.0))


@pytest.mark.parametrize(("day", "found"), [(dt.date(2024, 6, 29), True), (dt.date(2024, 6, 30), False), (None, False)])
def test_signed_before_the_quarter_ended(day: dt.date | None, found: bool) -> None:
    result = findings(GOOD, tanda_tangan_tanggal=day, tanda_tangan_sel="AN104")
    assert list(result["aturan"]) == ["tanggal_sebelum_akhir_triwulan"] * found
    if found:
        assert (result["sel"][0], result["nilai_lapor"][0], result["nilai_seharusnya"][0]) == ("AN104", "29 Juni 2024", "30 Juni 2024")


def test_total_is_the_sum_of_the_sasaran() -> None:
    total = {"kode": None, "level": "total", "target_rp": 300}
    rows = [{"kode": "S1", "target_rp": 100}, {"kode": "S2", "target_rp": 200}]
    assert rules(*rows, total, parents=False) == []
    found = findings(*rows, total | {"target_rp": 302}, parents=False)
    assert (list(found["aturan"]), found["kode"][0], found["nilai_seharusnya"][0]) == (["total_beda"], "TOTAL", "300")
    assert rules(*rows, total | {"target_rp": None}, parents=False) == []  # says nothing: nothing to be wrong


def test_bappeda_may_be_stricter_than_rounding() -> None:
    """`toleransi.csv`: half a digit less, and a rupiah less."""
    row = GOOD | {"realisasi_rp_lapor": 333_334, "renstra_realisasi_rp_lapor": 333_334}
    assert rules(row) == []
    strict = dataclasses.replace(REFERENCES, toleransi={"rupiah": Decimal("0.5"), "digit_terakhir": Decimal("0.3")})
    kiriman = pd.DataFrame([submission(1)])
    figures = compute_figures(staged(*PARENTS, row), kiriman, strict)
    found = validate(figures, kiriman, {1: LETTERS}, reading_frame([]), strict, SETTINGS).temuan
    assert {"realisasi_bukan_jumlah_triwulan", "capaian_salah_hitung"} <= set(found.loc[found["tingkat"] == "galat", "aturan"])


def test_what_stands_in_the_cell_is_told_apart_from_what_we_compute() -> None:
    def told(aturan: str, **more: Any) -> tuple[str, str]:
        frame = staged(*PARENTS, GOOD | more)
        kiriman = pd.DataFrame([submission(1)])
        result = validate(compute_figures(frame, kiriman, REFERENCES), kiriman, {1: LETTERS}, reading_frame([]), REFERENCES, SETTINGS)
        (one,) = result.temuan[(result.temuan["aturan"] == aturan) & result.temuan["kode"].eq(SUB)].to_dict("records")
        return one["nilai_lapor"], one["pesan"]

    lapor, pesan = told("capaian_di_atas_100", tw2_k=18.0)
    assert (lapor, "menunjukkan capaian kinerja 50 % (menurut hitungan 200)" in pesan) == ("50", True)
    lapor, pesan = told("capaian_di_atas_100", tw2_k=18.0, capaian_k_pct_lapor=200.0)
    assert (lapor, "hitungan" in pesan) == ("200", False)
    lapor, pesan = told("realisasi_melebihi_pagu", target_rp=300_000)
    assert (lapor, "tertulis 333.333, melebihi pagu 300.000;" in pesan) == ("333.333", True)
    lapor, pesan = told("realisasi_melebihi_pagu", target_rp=300_000, realisasi_rp_lapor=200_000)
    assert (lapor, "tertulis 200.000 (menurut hitungan 333.333), melebihi pagu 300.000;" in pesan) == ("200.000", True)
    lapor, pesan = told("realisasi_melebihi_pagu", target_rp=300_000, realisasi_rp_lapor=None)
    assert "(dihitung dari triwulannya, selnya sendiri kosong)" in pesan


def test_a_wrong_sum_says_why_the_indicator_is_not_added_up() -> None:
    declared = dataclasses.replace(REFERENCES.jenis_indikator[0], kode=SUB, indikator=str(GOOD["indikator"]), jenis_akumulasi="maksimum")
    references = dataclasses.replace(REFERENCES, jenis_indikator=(declared,))
    for row, why in (
        ({}, "ditetapkan di jenis_indikator.csv"),
        ({"indikator": "x", "satuan": "indeks"}, "satuan indeks tidak dijumlahkan"),
    ):
        frame, kiriman = staged(*PARENTS, GOOD | row), pd.DataFrame([submission(1)])
        figures = compute_figures(frame, kiriman, references)
        temuan = validate(figures, kiriman, {1: LETTERS}, reading_frame([]), references, SETTINGS).temuan
        (pesan,) = temuan.loc[temuan["aturan"] == "realisasi_bukan_jumlah_triwulan", "pesan"]
        assert why in pesan
