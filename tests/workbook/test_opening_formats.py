"""What a number format shows besides the number, in every format of file that has number formats."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
import xlwt

from pipelines.workbook.cells import Sheet
from pipelines.workbook.numbers import Reading, read_number
from pipelines.workbook.opening import Limits, open_workbook
from tests.workbook.xlsb_writer import XlsbSheet, write_xlsb

SHOWN: list[tuple[str, float, object]] = [  # format, number, what a person reads there: a value and its unit, or a text
    ("0", 64, (64, None)),
    ("0.00%", 0.52, (52, "%")),
    ('0.00"%"', 52.38, (52.38, "%")),
    ("0\\%", 52, (52, "%")),
    ('0.00" %"', 0.52, (0.52, "%")),
    ('#,##0" orang"', 17568, (17568, "orang")),
    ('0" orang/12 bulan"', 64, (64, "orang/12 bulan")),
    ('0"orang"', 64, (64, "orang")),
    ('0.000" ha"', 17.568, (17.568, "ha")),
    ('0.0" indeks"', 3.25, (3.25, "indeks")),
    ('0" persen"', 52, (52, "%")),
    ('0" Dok";-0" Dok";"-"', 0, (0, None)),
    ('0" Dok";-0" Dok";"-"', -2, (-2, "Dok")),
    ('[>=2]0" Dok";[<2]0.0"%"', 1.5, (1.5, "%")),
    ('General" unit"', 7, (7, "unit")),
    ('_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-;_-@_-', 5856, (5856, None)),
    ('"Rp. "#,##0.00', 5856.5, (5856.5, None)),
    ('[$Rp-421]#,##0" (rupiah)"', 5856, (5856, None)),
    ('#,##0,,"  juta"', 151_010_000, (151_010_000, None)),
    ('0" juta"', 151, "151 juta"),
    ('#,##0".000"', 5856, "5856.000"),
    ('"Sekitar "0', 5, "Sekitar 5"),
    ('"Tahun "0', 2024, "Tahun 2024"),
    ('"7.01.01.2."00', 1, "7.01.01.2.01"),
]


def an_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row, (code, value, _) in enumerate(SHOWN, start=1):
        book.active.cell(row, 1, value).number_format = code
    book.save(path)
    return path


def an_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for row, (code, value, _) in enumerate(SHOWN):
        style = xlwt.XFStyle()
        style.num_format_str = code
        sheet.write(row, 0, value, style)
    book.save(str(path))
    return path


def an_xlsb(path: Path) -> Path:
    cells = {(row, 0): value for row, (_, value, _) in enumerate(SHOWN)}
    return write_xlsb(path, [XlsbSheet("A", cells, {(row, 0): row for row in range(len(SHOWN))})], formats=[code for code, _, _ in SHOWN])


def an_ods(path: Path) -> Path:
    source = an_xlsx(path.with_suffix(".xlsx"))
    profile = (path.parent / "profil").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(path.parent),
        str(source),
    ]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    return path


def read(sheet: Sheet, row: int) -> object:
    reading: Reading = read_number(sheet.value(row, 0), percent_format=(row, 0) in sheet.percent)
    return reading.text if reading.value is None else (float(reading.value), reading.unit)


ods = pytest.param(an_ods, ".ods", marks=pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"))


@pytest.mark.parametrize(("write", "suffix"), [(an_xlsx, ".xlsx"), (an_xls, ".xls"), (an_xlsb, ".xlsb"), ods])
def test_a_number_is_read_as_it_is_shown(write, suffix: str, tmp_path: Path) -> None:
    sheet = open_workbook(write(tmp_path / f"a{suffix}"), Limits()).sheets[0]
    assert {(code, value): read(sheet, row) for row, (code, value, _) in enumerate(SHOWN)} == {
        (code, value): shown for code, value, shown in SHOWN
    }
