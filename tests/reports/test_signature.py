"""Where name and NIP stand, and what only looks like them."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from pipelines.reports.correction import annotate
from pipelines.reports.correction.signature import find_signature
from tests.reports.workbooks import findings

DATE, OFFICE = "Lumajang, 5 Juli 2024", "CAMAT LUMAJANG"
NAME, NIP = "Drs. BUDI HARTONO PRANOTO, M.Si", "19700101 199503 1 002"  # of nobody


@pytest.mark.parametrize(
    ("texts", "emptied"),
    [
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 9): NAME, (6, 9): f"NIP. {NIP}"}, {(5, 9), (6, 9)}),
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 9): NAME, (6, 9): "Pembina Tk. I", (7, 9): "NIP.19700101 199503 1 002"}, {(5, 9), (7, 9)}),
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 8): NAME, (6, 10): f"NIP : {NIP}"}, {(5, 8), (6, 10)}),
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 9): "budi hartono", (6, 9): "N I P . 197001011995031002"}, {(5, 9), (6, 9)}),
        ({(1, 9): OFFICE, (5, 9): NAME, (6, 9): "NIP.", (6, 10): "197001011995031002"}, {(5, 9), (6, 9), (6, 10)}),
        ({(1, 9): OFFICE, (5, 9): NAME, (6, 9): "NIP.", (6, 10): "1.9700101199503101E+17"}, {(5, 9), (6, 9), (6, 10)}),
        ({(0, 9): DATE, (1, 9): "Plt. Camat Tempeh", (5, 9): NAME}, {(5, 9)}),
        ({(0, 9): DATE, (1, 9): "a.n. CAMAT LUMAJANG", (2, 9): "Sekretaris Camat", (5, 9): NAME}, {(5, 9)}),
        ({(2, 2): "KEPALA BAPPEDA", (5, 2): "SITI AMINAH, S.E.", (6, 2): NIP, (1, 9): OFFICE, (5, 9): NAME, (6, 9): NIP},
         {(5, 2), (6, 2), (5, 9), (6, 9)}),
        ({(0, 9): "45478", (1, 9): OFFICE, (3, 9): NAME}, {(3, 9)}),  # a native date, no NIP
        ({(0, 9): "Lumajang,", (0, 10): "45478.0", (1, 9): OFFICE, (5, 10): NAME}, {(5, 10)}),
        ({(1, 9): OFFICE, (5, 9): NAME, (6, 9): "Pembina Tk. I"}, {(5, 9)}),  # neither date nor NIP
        ({(1, 9): "a.n. CAMAT", (2, 9): "Sekretaris Kecamatan", (6, 9): NAME}, {(6, 9)}),
    ],
)  # fmt: skip
def test_name_and_nip_are_emptied_and_nothing_else(texts: dict, emptied: set) -> None:
    assert find_signature(texts).cells == dict.fromkeys(emptied, "")


def test_a_block_in_one_cell_loses_only_its_lines() -> None:
    block = f"{DATE}\n{OFFICE}\n\n\n{NAME}\nPembina\nNIP. {NIP}"
    assert find_signature({(40, 12): block}).cells == {(40, 12): f"{DATE}\n{OFFICE}\n\n\nPembina"}


@pytest.mark.parametrize(
    "texts",
    [
        {(10, 19): "Camat", (11, 19): "Kasi Pelayanan Umum", (12, 19): "Sekcam"},  # penanggung jawab
        {(0, 3): "Kecamatan Lumajang Triwulan II 2024", (3, 3): "CAMAT LUMAJANG"},
        {(9, 8): "45478", (10, 19): "Camat", (11, 3): "12", (12, 18): "Rapat Koordinasi"},  # merged over rows of the table
        {(9, 18): "45478", (10, 19): "Camat", (11, 18): "Rapat Koordinasi"},
        {(3, 3): "Jumlah Dokumen Administrasi", (4, 3): "6528222710", (5, 3): "1234567890"},
        {(3, 3): "Diisi dengan nama dan NIP penanggung jawab kegiatan"},
        {(0, 0): DATE, (1, 0): OFFICE, (3, 0): "PETUNJUK PENGISIAN :", (4, 0): "Kolom 1 : diisi dengan nomor urut"},
    ],
)
def test_the_rest_of_a_form_is_left_alone(texts: dict) -> None:
    assert find_signature(texts).cells == {}


def test_secrets_are_whole_names_only() -> None:
    """A short or placeholder name must not be cut out of other words of the file."""
    found = find_signature({(1, 9): OFFICE, (5, 9): "SUPARNO", (6, 9): f"NIP. {NIP}", (15, 9): "(NAMA CAMAT)", (16, 9): "NIP. (NIP)"})
    assert found.secrets == {NIP}
    assert set(found.cells) == {(5, 9), (6, 9), (16, 9)}


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("rich", [True, False])
def test_a_name_without_nip_leaves_no_trace_in_the_file(tmp_path: Path, dated: bool, rich: bool) -> None:
    source, target = tmp_path / "kirim.xlsx", tmp_path / "kembali.xlsx"
    with xlsxwriter.Workbook(source, {"in_memory": True, "constant_memory": not rich}) as book:
        sheet = book.add_worksheet("TW II")
        for row in range(8):
            sheet.write_row(row, 0, ["7.01.01", row * 1000, "x", "Rapat Koordinasi", "Camat"])
        if dated:
            sheet.write_datetime(9, 3, dt.datetime(2024, 7, 5), book.add_format({"num_format": "dd mmmm yyyy"}))
        sheet.write(10, 3, OFFICE)
        if rich:
            bold = book.add_format({"bold": True})
            sheet.write_rich_string(14, 3, "Drs. ", bold, "BUDI HARTONO PRANOTO, M.Si")
        else:
            sheet.write(14, 3, NAME)
        sheet.write(15, 3, "Pembina")
    annotate(source, findings({"aturan": "total_beda", "lembar": "TW II", "sel": "B2", "baris": 2}), target, subject="x")
    with zipfile.ZipFile(target) as archive:
        assert not any(b"HARTONO" in archive.read(name) for name in archive.namelist())
    after = openpyxl.load_workbook(target)["TW II"]
    assert [after.cell(row, 4).value for row in range(1, 9)] == ["Rapat Koordinasi"] * 8
    assert (after["D11"].value, after["D15"].value, after["D16"].value) == (OFFICE, None, "Pembina")


@pytest.mark.parametrize("name", ["SUHARTO", "PURNAMA WIJAYA, S.Sos"])
def test_a_name_of_any_shape_stays_in_no_shared_text(tmp_path: Path, name: str) -> None:
    source, target = tmp_path / "kirim.xlsx", tmp_path / "kembali.xlsx"
    with xlsxwriter.Workbook(source) as book:
        book.add_worksheet("TW II").write_column(0, 3, ["x", "Lumajang, 5 Juli 2024", OFFICE, "", "", name, "NIP. 1970 0101 1990 01 1001"])
    annotate(source, findings({"aturan": "total_beda", "lembar": "TW II", "sel": "D1", "baris": 1}), target, subject="x")
    with zipfile.ZipFile(target) as archive:
        parts = [archive.read(part) for part in archive.namelist()]
    assert not any(name.split(",")[0].encode() in part or b"0101 1990" in part for part in parts)
