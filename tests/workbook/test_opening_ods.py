"""OpenDocument: what repeats, formulas that nobody calculated, percentages, protection."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from odf.number import Number, NumberStyle, PercentageStyle, Text
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P

from pipelines.workbook.cells import Loss
from pipelines.workbook.opening import CannotOpen, Limits, open_workbook

LIMITS = Limits()


def number(value: float) -> TableCell:
    cell = TableCell(valuetype="float", value=str(value))
    cell.addElement(P(text=str(value)))
    return cell


def row(*cells: TableCell, **attributes: object) -> TableRow:
    line = TableRow(**attributes)
    for cell in cells:
        line.addElement(cell)
    return line


def saved(path: Path, *rows: TableRow, columns: tuple[TableColumn, ...] = (), document: OpenDocumentSpreadsheet | None = None) -> Path:
    document = document or OpenDocumentSpreadsheet()
    table = Table(name="TW II")
    for element in (*columns, *rows):
        table.addElement(element)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def test_a_repeated_row_with_an_uncalculated_formula_is_never_silently_empty(tmp_path: Path) -> None:
    line = row(number(3), TableCell(formula="of:=[.A1]*2"), number(0.5), numberrowsrepeated=3)
    sheet = open_workbook(saved(tmp_path / "a.ods", line, row(number(9))), LIMITS).sheets[0]
    assert sheet.value(0, 1) == 6
    for repeated in (1, 2):
        assert (sheet.value(repeated, 0), sheet.value(repeated, 2)) == (3, 0.5)
        assert sheet.lost[repeated, 1].loss is Loss.FORMULA_WITHOUT_VALUE
        assert sheet.lost[repeated, 1].text == "=A1*2"
    assert sheet.value(3, 0) == 9
    assert set(sheet.lost) == {(1, 1), (2, 1)}


def test_a_repeated_row_of_nothing_but_formulas(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.ods", row(TableCell(formula="of:=2+2"), numberrowsrepeated=2), row(TableCell(), numberrowsrepeated=1_000_000)
    )
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert sheet.value(0, 0) == 4
    assert set(sheet.lost) == {(1, 0)}


def test_a_repeated_cell_with_an_uncalculated_formula(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.ods", row(number(3), TableCell(formula="of:=[.A1]*2", numbercolumnsrepeated=3), number(1)))
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert [sheet.value(0, column) for column in range(5)] == [3, 6, "", "", 1]
    assert set(sheet.lost) == {(0, 2), (0, 3)}


def percent_document() -> OpenDocumentSpreadsheet:
    document = OpenDocumentSpreadsheet()
    format_ = PercentageStyle(name="N10")
    format_.addElement(Number(decimalplaces="2", minintegerdigits="1"))
    format_.addElement(Text(text="%"))
    document.automaticstyles.addElement(format_)
    document.automaticstyles.addElement(Style(name="ce1", family="table-cell", datastylename="N10"))
    return document


@pytest.mark.parametrize("where", ["cell", "row", "column"])
def test_a_computed_share_is_a_percentage_where_its_style_says_so(tmp_path: Path, where: str) -> None:
    formula = TableCell(formula="of:=[.A1]/2", **({"stylename": "ce1"} if where == "cell" else {}))
    line = row(number(1), formula, **({"defaultcellstylename": "ce1"} if where == "row" else {}))
    columns = (TableColumn(), TableColumn(defaultcellstylename="ce1")) if where == "column" else ()
    sheet = open_workbook(saved(tmp_path / "a.ods", line, columns=columns, document=percent_document()), LIMITS).sheets[0]
    assert sheet.value(0, 1) == 0.5
    assert sheet.percent == ({(0, 0), (0, 1)} if where == "row" else {(0, 1)})  # a row's format is that of all its cells


def test_a_number_is_what_its_style_shows(tmp_path: Path) -> None:
    """A plain float in a percent style, also in repeated rows and cells; a unit that only the style has; money; a number that is none."""
    document = percent_document()
    units = NumberStyle(name="N11")
    units.addElement(Number(decimalplaces="0", minintegerdigits="1", grouping="true"))
    units.addElement(Text(text=" orang"))
    document.styles.addElement(units)
    document.styles.addElement(Style(name="ce2", family="table-cell", datastylename="N11"))
    document.automaticstyles.addElement(Style(name="ce3", family="table-cell", parentstylename="ce2"))
    share = TableCell(valuetype="float", value="0.52", stylename="ce1", numbercolumnsrepeated=2)
    people = TableCell(valuetype="float", value="1764", stylename="ce3")
    money = TableCell(valuetype="currency", currency="IDR", value="1234567.5")
    broken = TableCell(valuetype="float", value="1.2.3")
    path = saved(tmp_path / "a.ods", row(share, people, money, broken, numberrowsrepeated=2), row(number(9)), document=document)
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert [list(line) for line in sheet.rows] == [[0.52, 0.52, "1764 orang", 1234567.5]] * 2 + [[9]]
    assert sheet.percent == {(line, column) for line in range(2) for column in range(2)}
    assert {at: cell.text for at, cell in sheet.lost.items()} == {(0, 4): "1.2.3", (1, 4): "1.2.3"}


def test_an_error_in_repeated_rows_and_cells(tmp_path: Path) -> None:
    cell = TableCell(formula="of:=1/0", valuetype="string", stringvalue="", numbercolumnsrepeated=2)
    cell.addElement(P(text="#DIV/0!"))
    sheet = open_workbook(saved(tmp_path / "a.ods", row(cell, numberrowsrepeated=2)), LIMITS).sheets[0]
    assert {position: lost.text for position, lost in sheet.lost.items()} == {(r, c): "#DIV/0!" for r in range(2) for c in range(2)}


def test_repetitions_are_bounded(tmp_path: Path) -> None:
    for index, line in enumerate(
        (row(number(1), numberrowsrepeated=1_000_000), row(TableCell(formula="of:=1", numbercolumnsrepeated=16_384)))
    ):
        with pytest.raises(CannotOpen) as refused:
            open_workbook(saved(tmp_path / f"{index}.ods", line), LIMITS)
        assert refused.value.aturan == "berkas_terlalu_besar"


def test_a_cell_that_repeats_to_the_edge_of_the_sheet_without_anything_in_it(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.ods", row(number(1), TableCell(numbercolumnsrepeated=16_383)), row(TableCell(numbercolumnsrepeated=16_384)))
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert [list(line) for line in sheet.rows] == [[1.0]]


def test_protected_by_a_password(tmp_path: Path) -> None:
    good = saved(tmp_path / "a.ods", row(number(1)))
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(tmp_path / "b.ods", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "META-INF/manifest.xml":
                data = data.replace(
                    b"</manifest:manifest>", b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
                )
            new.writestr(name, bytes(100) if name == "content.xml" else data)
    with pytest.raises(CannotOpen) as refused:
        open_workbook(tmp_path / "b.ods", LIMITS)
    assert refused.value.aturan == "berkas_terkunci_sandi"


def test_a_matrix_formula_that_nobody_calculated_is_lost_in_all_its_cells(tmp_path: Path) -> None:
    matrix = TableCell(formula="of:=[.A1]*2", numbermatrixrowsspanned=2, numbermatrixcolumnsspanned=2)
    sheet = open_workbook(saved(tmp_path / "a.ods", row(number(3), matrix), row(number(9))), LIMITS).sheets[0]
    assert sorted(sheet.lost) == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert {cell.loss for cell in sheet.lost.values()} == {Loss.FORMULA_WITHOUT_VALUE}
