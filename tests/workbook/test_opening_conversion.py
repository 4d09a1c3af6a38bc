"""One workbook in every format that LibreOffice writes: opened, each cell says what the original's says."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from pipelines.workbook.cells import Sheet
from pipelines.workbook.opening import Limits, open_workbook

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed: nothing converts")
LIMITS = Limits()
FILTERS = {"xls": "xls:MS Excel 97", "ods": "ods", "xlsx": "xlsx:Calc MS Excel 2007 XML", "html": "html:HTML (StarCalc)"}


def original(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "TW II 2024"
    sheet["B2"] = "Evaluasi terhadap Hasil Renja – Kecamatan “Candipuro”"
    sheet.merge_cells("B2:F3")
    for row in range(5, 45):
        sheet.cell(row, 1, f"7.01.{row:02}.2.01")
        sheet.cell(row, 2, row * 1_234_567.25)
        sheet.cell(row, 3, row / 97).number_format = "0.00%"
        sheet.cell(row, 4, f"{row} orang/12 bulan")
        sheet.cell(row, 5, f"=B{row}*2")
        sheet.cell(row, 6, f'=IF(A{row}="","",C{row}/2)').number_format = "0.0%"
        sheet.cell(row, 7, f'=IF(B{row}>0,"","x")')
        sheet.cell(row, 8, f'=D{row}&" lagi"')
        sheet.cell(row, 9, row - 20).number_format = '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-'
        sheet.cell(row, 10, f"=I{row}/0" if row % 9 == 0 else f"=SUM(B{row}:C{row})")
        if row % 7 == 0:
            sheet.cell(row, 11, dt.date(2024, 6, row // 2))
            sheet.row_dimensions[row].hidden = True
        if row % 5 == 0:
            sheet.cell(row, 12, True)
    sheet.column_dimensions["I"].hidden = True
    other = book.create_sheet("Petunjuk")
    other["A1"] = "  spasi  di tepi  "
    other["A2"] = "dua\nbaris"
    other.sheet_state = "hidden"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("conversion")
    source = original(folder / "asli.xlsx")
    paths = {}
    for kind, name in FILTERS.items():
        (folder / kind).mkdir()
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", name, "--outdir",
             str(folder / kind), str(source)],
            check=True, timeout=120, capture_output=True,
        )  # fmt: skip
        paths[kind] = next((folder / kind).iterdir())
    return paths | {"asli": source}


def sheet_value(sheet: Sheet, position: tuple[int, int]) -> object:
    value = sheet.value(*position)
    return value.date() if isinstance(value, dt.datetime) else value


def stated(sheet: Sheet) -> dict[tuple[int, int], object]:
    found: dict[tuple[int, int], object] = {}
    for row in range(60):
        for column in range(15):
            value = sheet.value(row, column)
            if isinstance(value, dt.datetime):
                value = value.date()
            if value != "":
                found[row, column] = pytest.approx(value, rel=1e-13) if isinstance(value, float) else value
    return found


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_cell_by_cell(converted: dict[str, Path], kind: str) -> None:
    ours, theirs = open_workbook(converted["asli"], LIMITS), open_workbook(converted[kind], LIMITS)
    assert theirs.format == kind
    assert [(sheet.name, sheet.hidden) for sheet in theirs.sheets] == [(sheet.name, sheet.hidden) for sheet in ours.sheets]
    for mine, other in zip(ours.sheets, theirs.sheets, strict=True):
        assert {position: sheet_value(other, position) for position in stated(other)} == stated(mine)
        assert {position: lost.text for position, lost in other.lost.items()} == {
            position: lost.text for position, lost in mine.lost.items()
        }
        assert other.percent == mine.percent
        assert set(other.merged) == set(mine.merged)
        assert other.hidden_rows == mine.hidden_rows
        assert other.hidden_columns == mine.hidden_columns


def test_html_has_what_is_shown(converted: dict[str, Path]) -> None:
    sheet = open_workbook(converted["html"], LIMITS).sheets[0]
    words = {str(value) for row in sheet.rows for value in row}
    assert "7.01.05.2.01" in words
    assert "5 orang/12 bulan" in words
