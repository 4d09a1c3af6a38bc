"""What a number format shows besides the number, in every format of file that has number formats."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from pipelines.workbook.cells import Sheet
from pipelines.workbook.numbers import Reading, read_number
from pipelines.workbook.opening import Limits, open_workbook
from tests.workbook.xlsb_writer import Raw, Rich, XlsbSheet, text, write_xlsb

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


def converted(source: Path, suffix: str) -> Path:
    """LibreOffice's file of it."""
    folder = source.parent / "hasil"
    command = ["soffice", f"-env:UserInstallation={(source.parent / 'profil').as_uri()}", "--headless", "--convert-to", suffix[1:]]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, timeout=120, capture_output=True)
    return folder / (source.stem + suffix)


def an_ods(path: Path) -> Path:
    return converted(an_xlsx(path.with_suffix(".xlsx")), ".ods")


def read(sheet: Sheet, row: int) -> object:
    reading: Reading = read_number(sheet.value(row, 0), percent_format=(row, 0) in sheet.percent)
    return reading.text if reading.value is None else (float(reading.value), reading.unit)


NEEDS_LIBREOFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@pytest.mark.parametrize(
    ("write", "suffix"),
    [(an_xlsx, ".xlsx"), (an_xls, ".xls"), (an_xlsb, ".xlsb"), pytest.param(an_ods, ".ods", marks=NEEDS_LIBREOFFICE)],
)
def test_a_number_is_read_as_it_is_shown(write, suffix: str, tmp_path: Path) -> None:
    sheet = open_workbook(write(tmp_path / f"a{suffix}"), Limits()).sheets[0]
    assert {(code, value): read(sheet, row) for row, (code, value, _) in enumerate(SHOWN)} == {
        (code, value): shown for code, value, shown in SHOWN
    }


def marks(path: Path) -> Path:
    """A footnote's mark, a figure struck out and replaced, a unit with an exponent; and text in bold, which says nothing."""
    with xlsxwriter.Workbook(path) as book:
        raised, struck, bold = (book.add_format({name: 1}) for name in ("font_script", "font_strikeout", "bold"))
        sheet = book.add_worksheet("A")
        sheet.write_rich_string(0, 0, "52", raised, "1")
        sheet.write_rich_string(1, 0, struck, "50", " 64")
        sheet.write_rich_string(2, 0, "64 m", raised, "2", " ")
        sheet.write_rich_string(3, 0, bold, "6", "4")
    return path


def the_same_marks(path: Path) -> Path:
    rows = "".join(f"<tr><td>{cell}</td></tr>" for cell in ("52<sup>1</sup>", "<s>50</s> 64", "64 m<sup><i>2</i></sup>", "<b>6</b>4"))
    path.write_text(f"<html><body><table>{rows}</table></body></html>")
    return path


def the_same_in_xlsb(path: Path) -> Path:
    """The last as Excel keeps it in a cell of its own."""
    shared = (Rich([("52", 0), ("1", 1)]), Rich([("50", 2), (" 64", 0)]), Rich([("64 m", 0), ("2", 1), (" ", 0)]))
    own = Raw(62, b"\1" + text("64") + struct.pack("<IHHHH", 2, 0, 0, 1, 0))
    return write_xlsb(path, [XlsbSheet("A", {(row, 0): value for row, value in enumerate((*shared, own))})])


@pytest.mark.parametrize(
    ("write", "into"),
    [(marks, ""), (the_same_marks, ""), (the_same_in_xlsb, "")]
    + [pytest.param(w, into, marks=NEEDS_LIBREOFFICE) for w, into in ((marks, ".xls"), (marks, ".ods"), (the_same_in_xlsb, ".xlsx"))],
)
def test_a_raised_or_struck_digit_is_none_of_the_figure(write: Callable[[Path], Path], into: str, tmp_path: Path) -> None:
    """52 with footnote 1 is not 521."""
    path = write(tmp_path / {marks: "a.xlsx", the_same_marks: "a.html", the_same_in_xlsb: "a.xlsb"}[write])
    if into:
        path = converted(path, into)
    sheet = open_workbook(path, Limits()).sheets[0]
    assert [str(sheet.value(row, 0)).strip() for row in range(4)] == ["52¹", "~50~ 64", "64 m²", "64"]
    assert [read(sheet, row) for row in (0, 1, 3)] == ["52¹", "~50~ 64", (64, None)]


@pytest.mark.parametrize("into", ["", *(pytest.param(into, marks=NEEDS_LIBREOFFICE) for into in (".ods", ".xls"))])
def test_a_cell_that_is_struck_out_whole_holds_no_figure(into: str, tmp_path: Path) -> None:
    """The line through it is the cell's own font; a code and words stay what they are."""
    path = tmp_path / "kiriman.xlsx"
    with xlsxwriter.Workbook(path) as book:
        struck = book.add_format({"font_strikeout": True, "num_format": "0%"})
        book.add_worksheet("TW II").write_row(0, 0, [5000000, "64 orang", "7.01.01", "Camat"], struck)
        book.worksheets()[0].write_row(1, 0, [5000000, "64 orang", "7.01.01", "Camat"])
    if into:
        path = converted(path, into)
    (sheet,) = open_workbook(path, Limits()).sheets
    assert [list(row) for row in sheet.rows] == [["~5000000~", "~64 orang~", "7.01.01", "Camat"], [5000000, "64 orang", "7.01.01", "Camat"]]
