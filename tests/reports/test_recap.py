"""The recap says what the marts say: in its cached values and in its formulas, once they are worked out anew."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipelines.reports.recap import write_recaps
from tests.warehouse.conftest import Built

SHEETS = ["Ringkasan", "Formulir E.81", "Per Program", "Per Kecamatan", "Temuan", "Rekonsiliasi"]


@pytest.fixture(scope="module")
def recaps(built: Built, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_recaps(built.publication.warehouse, tmp_path_factory.mktemp("laporan"))


def rows_below(sheet: openpyxl.worksheet.worksheet.Worksheet, first_title: str) -> list[dict]:
    """The table that begins with a title, by its titles."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(i for i, row in enumerate(rows) if row[0] == first_title)
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :] if any(value is not None for value in row)]


def one(built: Built, sql: str) -> tuple:
    return built.rows(sql)[0]


def test_one_file_a_triwulan_with_a_current_submission(recaps: list[Path]) -> None:
    assert [path.name for path in recaps] == ["rekap_2024_tw1.xlsx", "rekap_2024_tw2.xlsx"]
    assert openpyxl.load_workbook(recaps[1]).sheetnames == SHEETS
    assert not [path for path in recaps[0].parent.iterdir() if path.suffix != ".xlsx"]


@pytest.mark.parametrize("index", [0, 1])
def test_cached_values_equal_the_marts(recaps: list[Path], built: Built, index: int) -> None:
    triwulan = index + 1
    book = openpyxl.load_workbook(recaps[index], data_only=True)
    figures = one(
        built,
        f"select target_rp, realisasi_rp, capaian_rp_pct, rata_capaian_k_pct, predikat from mart_kabupaten_ringkasan "
        f"where triwulan = {triwulan}",
    )
    for sheet, first, name in (("Per Program", "Kode", "Program"), ("Per Kecamatan", "Peringkat", "Kecamatan")):
        total = next(row for row in rows_below(book[sheet], first) if row[name] == "Kabupaten")
        found = [total[t] for t in ("Target (Rp)", "Realisasi (Rp)", "Serapan (%)", "Rata-rata capaian K (%)", "Predikat")]
        assert found[:4] == pytest.approx([float(v) for v in figures[:4]])
        assert found[4] == figures[4]
    listed = rows_below(book["Per Kecamatan"], "Peringkat")
    expected = built.rows(
        f"select peringkat, kecamatan, target_rp, realisasi_rp, capaian_rp_pct, jumlah_temuan from mart_kecamatan_ringkasan "
        f"where triwulan = {triwulan} order by peringkat"
    )
    titles = ("Peringkat", "Kecamatan", "Target (Rp)", "Realisasi (Rp)", "Serapan (%)", "Temuan")
    assert [tuple(row[t] for t in titles) for row in listed[: len(expected)]] == [
        (p, k, pytest.approx(float(t)), pytest.approx(float(r)), pytest.approx(c), j) for p, k, t, r, c, j in expected
    ]


def test_the_forms_own_layout_adds_up_to_the_regency(recaps: list[Path], built: Built) -> None:
    sheet = openpyxl.load_workbook(recaps[1], data_only=True)["Formulir E.81"]
    rows = {(row[0].value, row[1].value): [cell.value for cell in row] for row in sheet.iter_rows(min_row=8)}
    total = next(values for (kode, _), values in rows.items() if kode == "TOTAL")
    target, realisasi, capaian = one(
        built, "select target_rp, realisasi_rp, capaian_rp_pct from mart_kabupaten_ringkasan where triwulan = 2"
    )
    assert (total[5], total[10], total[12]) == (pytest.approx(float(target)), pytest.approx(float(realisasi)), pytest.approx(capaian))
    programs = built.rows(
        "select kode, target_rp, rata_capaian_k_pct from mart_kabupaten_program where triwulan = 2 and kode <> 'TANPA_PROGRAM'"
    )
    assert programs
    for kode, target, rata in programs:
        values = next(v for (k, _), v in rows.items() if k == kode)
        assert values[5] == pytest.approx(float(target))
        assert values[11] == (None if rata is None else pytest.approx(rata))


def test_not_stated_stays_empty_and_nil_stays_nil(recaps: list[Path], built: Built) -> None:
    """A kecamatan that did not report has no figures, not zeros."""
    book = openpyxl.load_workbook(recaps[1], data_only=True)
    board = {row["Kecamatan"]: row for row in rows_below(book["Ringkasan"], "No")}
    assert len(board) == one(built, "select count(*) from dim_kecamatan")[0]
    silent = [row for row in board.values() if row["Status"] == "Belum melapor"]
    assert silent
    assert all(row["Target (Rp)"] is None and not row["Serapan (%)"] and row["Galat"] is None for row in silent)
    assert board["Kunir"]["Status"] == "Ditolak"
    assert board["Pasirian"]["Hari terlambat"] == 3
    assert board["Lumajang"]["Status"] == "Diterima, revisi 1"
    assert (board["Lumajang"]["Galat"], board["Lumajang"]["Peringatan"], board["Lumajang"]["Temuan diterima"]) == (1, 1, 1)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_formulas_worked_out_anew_give_the_cached_values(recaps: list[Path], tmp_path: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    openpyxl.load_workbook(recaps[1]).save(bare)  # openpyxl writes formulas without values: LibreOffice must compute them
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profil",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "baru"),
    ]
    subprocess.run([*command, str(bare)], check=True, capture_output=True, timeout=120)
    formulas = openpyxl.load_workbook(recaps[1])
    cached = openpyxl.load_workbook(recaps[1], data_only=True)
    computed = openpyxl.load_workbook(tmp_path / "baru" / "bare.xlsx", data_only=True)
    compared = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    ours, theirs = cached[sheet.title][cell.coordinate].value, computed[sheet.title][cell.coordinate].value
                    assert (theirs or None) == (pytest.approx(ours, abs=1e-6) if ours else None), (sheet.title, cell.coordinate, cell.value)
                    compared += 1
    assert compared > 60


def test_text_stays_text(built: Built, tmp_path: Path) -> None:
    warehouse = tmp_path / "renja.duckdb"
    shutil.copy(built.publication.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        for number, text in enumerate(('=HYPERLINK("x")', "+1", "-1+2", "@SUM(A1)", "<b>tebal</b>", "http://x.test", "a\x07b")):
            connection.execute(
                "insert into fact_temuan (temuan_key, periode_key, aturan, tingkat, pesan, nilai_lapor) "
                "values (?, 20242, 'total_beda', 'galat', ?, ?)",
                [9000 + number, text, text],
            )
    path = write_recaps(warehouse, tmp_path / "laporan")[1]
    rows = list(openpyxl.load_workbook(path)["Temuan"].iter_rows(min_row=6))
    shown = {row[8].value: row for row in rows}
    for text in ('=HYPERLINK("x")', "+1", "-1+2", "@SUM(A1)", "<b>tebal</b>", "http://x.test", "ab"):
        assert shown[text][8].data_type == "s"
        assert shown[text][6].value == text
        assert shown[text][8].hyperlink is None


def test_it_prints(recaps: list[Path]) -> None:
    for sheet in openpyxl.load_workbook(recaps[1]):
        setup = sheet.page_setup
        assert (setup.orientation, str(setup.paperSize), setup.fitToWidth in (1, None), sheet.sheet_properties.pageSetUpPr.fitToPage) == (
            "landscape", "9", True, True,
        )  # fmt: skip
        assert sheet.print_title_rows
        assert sheet["A1"].value.startswith("Rekapitulasi")
        assert "Triwulan II Tahun 2024" in sheet["A2"].value


def test_the_same_warehouse_gives_the_same_bytes(recaps: list[Path], built: Built, tmp_path: Path) -> None:
    again = write_recaps(built.publication.warehouse, tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in recaps]
