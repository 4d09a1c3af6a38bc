"""The catalogue is the contract's list, and every rule that is checked stands in it."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from pipelines.quality.catalogue import BY_ID, RULES, aturan_frame
from pipelines.quality.figures import compute_figures
from pipelines.quality.findings import cell_findings, reading_frame
from pipelines.quality.validation import validate
from pipelines.workbook.submission import CellFinding
from tests.quality.rows import LETTERS, staged, submission
from tests.quality.submissions import REFERENCES, SETTINGS

CONTRACT = {
    "tolak": "berkas_tidak_terbaca berkas_terkunci_sandi berkas_terlalu_besar tata_letak_tidak_dikenal kecamatan_tidak_dikenali "
    "periode_tidak_dikenali identitas_bertentangan tabel_kosong",
    "galat": "sel_tidak_terbaca bukan_angka rumus_tanpa_nilai realisasi_bukan_jumlah_triwulan capaian_salah_hitung renstra_salah_hitung "
    "jumlah_anak_beda total_beda nilai_negatif kode_ganda induk_tidak_ada",
    "peringatan": "angka_ambigu predikat_tidak_sesuai predikat_tanpa_target realisasi_tanpa_target realisasi_melebihi_pagu "
    "anggaran_tanpa_kinerja kinerja_tanpa_anggaran kode_tidak_dikenal uraian_beda_nomenklatur satuan_tidak_seragam "
    "triwulan_lalu_berubah target_berubah triwulan_belum_berjalan_terisi tanggal_sebelum_akhir_triwulan rata_rata_beda "
    "jenis_indikator_belum_ditetapkan",
    "info": "kiriman_ganda revisi capaian_di_atas_100 terlambat_lapor baris_baru baris_hilang",
}


@pytest.mark.parametrize(("tingkat", "aturan"), [(t, a) for t, names in CONTRACT.items() for a in names.split()])
def test_the_contracts_rules(tingkat: str, aturan: str) -> None:
    assert str(BY_ID[aturan].tingkat) == tingkat


def test_every_rule_is_told_whole() -> None:
    frame = aturan_frame()
    assert len(frame) == len(RULES) == frame["aturan"].nunique() == frame["judul"].nunique()
    assert frame.map(len).to_numpy().min() > 3
    for rule in RULES:
        full = rule.message(tempat="sel A1", nilai="<NILAI>", harap="<HARAP>", rincian="<RINCIAN>")
        assert "{" not in full
        assert "(<RINCIAN>)" in full
        assert full.startswith("Sel A1")
        assert full.endswith(".")
        assert "{" not in rule.message(tempat="")


def _run(reading: pd.DataFrame) -> object:
    kiriman = pd.DataFrame([submission()])
    figures = compute_figures(staged({"kode": "7.01.01"}), kiriman, REFERENCES)
    return validate(figures, kiriman, {1: LETTERS}, reading, REFERENCES, SETTINGS)


def test_a_rule_that_is_not_in_the_catalogue_is_refused() -> None:
    with pytest.raises(KeyError, match="tanpa_katalog"):
        _run(reading_frame(cell_findings(1, [CellFinding("tanpa_katalog", "A1")])))


def test_every_rule_that_cells_can_break_has_an_expectation() -> None:
    result = _run(reading_frame([]))
    # the reader's: one each that occurs
    reading = {"sel_tidak_terbaca", "bukan_angka", "rumus_tanpa_nilai", "angka_ambigu"}
    reading |= {
        "nama_kecamatan_salah_eja",
        "baris_tidak_dimuat",
        "kolom_tidak_dimuat",
        "teks_bergeser",
        "satuan_salah_eja",
        "lembar_rangkap",
        "sel_tertutup",
    }
    wanted = {r.aturan for r in RULES if r.tingkat != "tolak"} - reading
    assert set(result.hasil["aturan"]) == wanted  # type: ignore[attr-defined]
    assert result.per_aturan["berhasil"].all()  # type: ignore[attr-defined]
    cells = reading_frame(cell_findings(1, [CellFinding("bukan_angka", "C11", "masih proses", None, "7.01.01", "tw1_k", 11)]))
    after = _run(cells)
    outcome = after.hasil.query("aturan == 'bukan_angka'").iloc[0]  # type: ignore[attr-defined]
    assert (outcome["jumlah_gagal"], bool(outcome["berhasil"])) == (1, False)


def test_great_expectations_sends_nothing() -> None:
    _run(reading_frame([]))
    import great_expectations as gx

    assert gx.get_context(mode="ephemeral").variables.analytics_enabled is not True
    assert sys.modules["os"].environ["GX_ANALYTICS_ENABLED"] == "false"
