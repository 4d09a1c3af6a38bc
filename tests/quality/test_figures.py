"""Computed figures against the domain's own sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.quality.figures import Figures, accumulate, average_capaian, compute_figures, grade
from pipelines.reference.tables import JenisIndikator, References
from tests.quality.rows import staged, submission
from tests.quality.submissions import REFERENCES

SUB = "7.01.01.2.01.0001"


def _figures(*rows: dict[str, Any], references: References = REFERENCES, **period: Any) -> Figures:
    return compute_figures(staged(*rows), pd.DataFrame([submission(**period)]), references)


def _declared(jenis: str, polaritas: str = "naik") -> References:
    row = JenisIndikator(SUB, "Indikator X", jenis, polaritas)
    return replace(REFERENCES, jenis_indikator=(row,))


QUARTERS = {"tw1_k": 4.0, "tw2_k": 10.0, "tw3_k": None, "tw4_k": 99.0}


@pytest.mark.parametrize(("jenis", "expected"), [("kumulatif", 14), ("posisi_akhir", 10), ("maksimum", 10), ("rata_rata", 7)])
def test_output_accumulates_as_declared_up_to_the_reporting_quarter(jenis: str, expected: float) -> None:
    row = {"kode": SUB, "indikator": "  indikator x ", "target_k": 20.0} | QUARTERS
    kinerja = _figures(row, references=_declared(jenis), triwulan=3).kinerja.iloc[0]
    assert kinerja["realisasi_k"] == expected
    assert kinerja["capaian_k_pct"] == expected / 20 * 100
    assert kinerja["jenis_akumulasi"] == jenis


@pytest.mark.parametrize(
    ("satuan", "jenis", "settled"),
    [
        ("dokumen", "kumulatif", True),
        ("pohon", "kumulatif", True),  # any unit not named
        ("orang/12 bulan", "posisi_akhir", True),
        ("indeks", "posisi_akhir", True),
        ("%", "posisi_akhir", False),
    ],
)
def test_undeclared_indicators_go_by_their_unit(satuan: str, jenis: str, settled: bool) -> None:
    kinerja = _figures({"kode": SUB, "satuan": satuan, "tw1_k": 64.0, "tw2_k": 64.0}).kinerja.iloc[0]
    assert (kinerja["jenis_akumulasi"], bool(kinerja["jenis_ditetapkan"])) == (jenis, settled)
    assert kinerja["realisasi_k"] == (128 if jenis == "kumulatif" else 64)


def test_nothing_stated_is_not_nil() -> None:
    empty, nil = _figures(
        {"kode": SUB, "target_k": 5.0, "target_rp": 9}, {"kode": "S1", "tw1_k": 0.0, "tw1_rp": 0, "target_k": 5.0, "target_rp": 9}
    ).kinerja.itertuples()
    assert pd.isna(empty.realisasi_k)
    assert pd.isna(empty.capaian_k_pct)
    assert (nil.realisasi_k, nil.capaian_k_pct, nil.predikat) == (0, 0, "Sangat Rendah")


@pytest.mark.parametrize("target", [None, 0.0])
def test_no_target_no_capaian_and_no_predikat(target: float | None) -> None:
    figures = _figures({"kode": SUB, "target_k": target, "target_rp": target, "tw1_k": 3.0, "tw1_rp": 7})
    assert pd.isna(figures.kinerja["capaian_k_pct"][0])
    assert pd.isna(figures.kinerja["predikat"][0])
    assert pd.isna(figures.anggaran["capaian_rp_pct"][0])


def test_fewer_is_better() -> None:
    row = {"kode": SUB, "indikator": "Indikator X", "target_k": 10.0, "target_renstra_k": 10.0, "tw1_k": 8.0}
    kinerja = _figures(row, references=_declared("posisi_akhir", "turun")).kinerja.iloc[0]
    assert kinerja["capaian_k_pct"] == 125
    none = _figures(row | {"tw1_k": 0.0}, references=_declared("posisi_akhir", "turun")).kinerja.iloc[0]
    assert pd.isna(none["capaian_k_pct"])


@pytest.mark.parametrize(
    ("jenis", "lalu", "this_year", "tahun", "expected"),
    [
        ("kumulatif", 5.0, 3.0, 2024, 3.0),  # first year of the Renstra: column 7 belongs to the one before
        ("kumulatif", 5.0, 3.0, 2025, 8.0),
        ("kumulatif", None, 3.0, 2025, 3.0),
        ("kumulatif", 5.0, None, 2025, 5.0),
        ("kumulatif", 5.0, None, 2024, None),
        ("kumulatif", None, None, 2025, None),
        ("maksimum", 5.0, 3.0, 2025, 5.0),
        ("posisi_akhir", 5.0, 3.0, 2025, 3.0),
        ("rata_rata", 5.0, 3.0, 2025, 3.0),
        ("posisi_akhir", 5.0, None, 2025, 5.0),
    ],
)
def test_renstra_to_date(jenis: str, lalu: float | None, this_year: float | None, tahun: int, expected: float | None) -> None:
    row = {"kode": SUB, "indikator": "Indikator X", "realisasi_lalu_k": lalu, "tw1_k": this_year, "target_renstra_k": 10.0}
    money = {"realisasi_lalu_rp": lalu, "tw1_rp": this_year, "target_renstra_rp": 10}
    figures = _figures(row | money, references=_declared(jenis), tahun=tahun)
    kinerja, anggaran = figures.kinerja.iloc[0], figures.anggaran.iloc[0]
    if expected is None:
        assert pd.isna(kinerja["renstra_realisasi_k"])
        assert pd.isna(anggaran["renstra_realisasi_rp"])
        return
    assert kinerja["renstra_realisasi_k"] == expected
    assert kinerja["renstra_capaian_k_pct"] == expected * 10
    if jenis == "kumulatif":  # money always is
        assert anggaran["renstra_realisasi_rp"] == expected * 100


@pytest.mark.parametrize(
    ("capaian", "predikat"),
    [
        (50.24, "Sangat Rendah"), (51, "Rendah"), (65.999, "Rendah"), (66, "Sedang"), (76, "Tinggi"), (90.5, "Tinggi"),
        (91, "Sangat Tinggi"), (250, "Sangat Tinggi"), (0, "Sangat Rendah"), (-3, "Sangat Rendah"),
        (0.91 * 100, "Sangat Tinggi"), (90.99999, "Tinggi"), (float("nan"), None),
    ],
)  # fmt: skip
def test_te1(capaian: float, predikat: str | None) -> None:
    assert grade(np.array([capaian]), REFERENCES)[0] == predikat


def test_money_is_exact_beyond_floats() -> None:
    figures = _figures({"kode": SUB, "tw1_rp": 44_386_885_021, "tw2_rp": 0.01, "target_rp": 88_773_770_042})
    assert figures.anggaran["realisasi_rp"][0] == 4_438_688_502_101
    assert figures.anggaran["capaian_rp_pct"][0] == pytest.approx(50)


def test_a_codes_money_stands_on_any_of_its_rows() -> None:
    rows = [
        {"kode": "7.01.06", "kelompok": 1, "indikator_ke": 1, "target_rp": 0, "tw1_rp": None, "tw2_rp": 0},
        {"kode": "7.01.06", "kelompok": 1, "indikator_ke": 2, "target_rp": 8_100_000, "tw1_rp": 600_000, "tw2_rp": None},
        {"kode": "7.01.06", "kelompok": 1, "indikator_ke": 3, "target_rp": None, "tw1_rp": 100, "tw2_rp": None},
    ]
    figures = _figures(*rows)
    (code,) = figures.anggaran.itertuples()
    assert (code.target_rp, code.target_rp__baris) == (810_000_000, 12)
    assert (code.tw1_rp, code.tw1_rp__baris) == (60_000_000, 12)
    assert (code.tw2_rp, code.tw2_rp__baris) == (0, 11)
    assert pd.isna(code.realisasi_rp_lapor)
    assert len(figures.kinerja) == 3


def test_children_and_leaves() -> None:
    figures = _figures(
        {"kode": "S1", "target_rp": None},
        {"kode": "7.01.01", "target_rp": 70},
        {"kode": "7.01.01.2.01", "target_rp": 30},
        {"kode": "7.01.01.2.01.0001", "target_rp": 10},
        {"kode": "7.01.01.2.01.0001.K1", "level": "kelurahan", "target_rp": 999},
        {"kode": "7.01.01.2.01.0001#2", "target_rp": 15},
        {"kode": "7.01.01.2.02.0001", "target_rp": 40},  # its kegiatan is missing: the program's own child then
        {"kode": "7.01.04", "target_rp": 5},
        {"kode": None, "level": "total", "target_rp": 75},
    )
    sums = figures.rekonsiliasi[figures.rekonsiliasi["kolom"] == "target_rp"].set_index("kode")["jumlah_anak"]
    assert sums["S1"] == 75_00
    assert sums["7.01.01"] == 70_00
    assert sums["7.01.01.2.01"] == 25_00
    assert pd.isna(sums["7.01.04"])
    assert sums["TOTAL"] == 75_00  # the sasaran states nothing: its programs stand in
    leaves = figures.anggaran[figures.anggaran["is_daun"]]["kode"]
    assert set(leaves) == {"7.01.01.2.01.0001", "7.01.01.2.01.0001#2", "7.01.01.2.02.0001", "7.01.04"}


def test_average_caps_each_program_and_leaves_out_those_without_target() -> None:
    rows = [
        {"kode": "7.01.01", "target_k": 10.0, "tw1_k": 25.0},
        {"kode": "7.01.02", "target_k": 10.0, "tw1_k": 4.0},
        {"kode": "7.01.03", "target_k": 0.0, "tw1_k": 4.0},
        {"kode": SUB, "target_k": 10.0, "tw1_k": 0.0},
    ]
    assert average_capaian(_figures(*rows).kinerja, "program", 100)[1] == 70
    assert average_capaian(_figures(*rows).kinerja, "program", 1000)[1] == 145


def test_many_submissions_do_not_mix() -> None:
    one = staged({"kode": "7.01.01", "target_rp": 3}, {"kode": "7.01.01.2.01", "target_rp": 3})
    two = staged({"kode": "7.01.01", "target_rp": 5}, {"kode": "7.01.01.2.01", "target_rp": 4}, kiriman_id=2)
    kiriman = pd.DataFrame([submission(1), submission(2, triwulan=3)])
    figures = compute_figures(pd.concat([two, one], ignore_index=True), kiriman, REFERENCES)
    table = figures.rekonsiliasi.query("kolom == 'target_rp' and level == 'program'").set_index("kiriman_id")
    assert table["jumlah_anak"].to_dict() == {1: 300, 2: 400}
    assert table["selisih"].to_dict() == {1: 0, 2: 100}


def test_a_row_of_an_unknown_submission_is_refused() -> None:
    with pytest.raises(KeyError):
        compute_figures(staged({"kode": SUB}, kiriman_id=9), pd.DataFrame([submission(1)]), REFERENCES)


number = st.one_of(st.none(), st.floats(0, 1e6))


@given(st.lists(st.tuples(number, number, number, number), min_size=1, max_size=20))
def test_accumulation_against_plain_python(rows: list[tuple[float | None, ...]]) -> None:
    quarters = np.array([[np.nan if v is None else v for v in row] for row in rows])
    for kind in ("kumulatif", "posisi_akhir", "maksimum", "rata_rata"):
        result = accumulate(quarters, np.full(len(rows), kind, dtype=object))
        for row, value in zip(rows, result, strict=True):
            stated = [v for v in row if v is not None]
            if not stated:
                assert np.isnan(value)
                continue
            plain = {"kumulatif": sum(stated), "posisi_akhir": stated[-1], "maksimum": max(stated), "rata_rata": sum(stated) / len(stated)}
            assert value == pytest.approx(plain[kind])
