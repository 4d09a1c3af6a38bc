"""The one real form, as it was printed: every figure of the workbook arrives, and nothing of the person who signed."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.reference.tables import load_references
from pipelines.settings import PROJECT, Settings
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form

RELATIVE = "2024/tw2/lumajang.xlsx"


@pytest.fixture(scope="module")
def form() -> Form:
    settings = Settings()
    (kiriman,) = read_file(PROJECT / "data" / "raw" / RELATIVE, RELATIVE, load_references(settings.acuan), settings).kiriman
    assert isinstance(kiriman, Form), kiriman
    return kiriman


def test_whose_and_when(form: Form) -> None:
    assert (form.identitas.kode_kemendagri, form.identitas.tahun, form.identitas.triwulan) == ("35.08.10", 2024, 2)


def test_levels(form: Form) -> None:
    assert form.baris["level"].value_counts().to_dict() == {"sub_kegiatan": 24, "program": 6, "kegiatan": 6, "sasaran": 2, "total": 1}


def test_figures_named_in_the_issue(form: Form) -> None:
    rows = form.baris.set_index("kode")
    assert (rows.loc["7.01.04", "target_rp"], rows.loc["7.01.04", "realisasi_rp_lapor"]) == (15_101_000_000, 10_774_000_000)
    staff = rows.loc["7.01.01.2.02.0001"]
    assert (staff["tw1_k"], staff["tw2_k"], staff["realisasi_k_lapor"], staff["satuan"]) == (64, 64, 128, "orang/12 bulan")
    assert rows.loc["S1", "realisasi_rp_lapor"] == 663_667_317_700


def test_the_three_indicators_of_one_program_share_their_money(form: Form) -> None:
    group = form.baris[form.baris["kode"] == "7.01.06"]
    assert group["indikator_ke"].tolist() == [1, 2, 3]
    assert group["target_rp"].tolist() == [0, 810_000_000, 0]


def test_lost_cells_are_the_ones_of_the_print(form: Form) -> None:
    lost = [(t.kode, t.kolom) for t in form.temuan if t.aturan == "sel_tidak_terbaca"]
    assert sorted(lost, key=str) == sorted(
        [
            ("7.01.01.2.01", "realisasi_lalu_k"),
            ("7.01.01.2.02", "realisasi_lalu_k"),
            ("7.01.01.2.02", "realisasi_k_lapor"),
            ("7.01.01.2.03", "realisasi_lalu_k"),
            ("7.01.03.2.06.0012", "realisasi_k_lapor"),
            ("7.01.04", "realisasi_k_lapor"),
            ("7.01.05", "realisasi_lalu_k"),
            ("7.01.05", "realisasi_k_lapor"),
            (None, "realisasi_lalu_k"),
        ],
        key=str,
    )


def test_head_and_foot(form: Form) -> None:
    assert form.kepala == {"tujuan_indikator": "Indeks Pelayanan Publik", "tujuan_target": "75B", "tujuan_realisasi": "masih proses"}
    assert form.rata_rata is not None
    assert (form.rata_rata.angka, form.rata_rata.desimal) == (50.24, 2)
    assert form.predikat is not None
    assert form.predikat.teks == "Sangat Rendah"
    kinds = [n.jenis for n in form.narasi]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "pendorong_tujuan": 4,
        "pendorong_sasaran": 4,
        "penghambat_tujuan": 4,
        "penghambat_sasaran": 5,
        "tindak_lanjut_triwulan": 1,
        "tindak_lanjut_renja": 1,
    }
    assert form.tanda_tangan_tanggal == dt.date(2024, 4, 19)
    assert form.tanda_tangan_jabatan == "CAMAT LUMAJANG"
    assert form.tanda_tangan_tempat == "Lumajang"
