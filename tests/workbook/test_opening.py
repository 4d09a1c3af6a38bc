"""Every kind of file, written by real writers, opened."""

from __future__ import annotations

import datetime as dt
import os
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.worksheet.formula import ArrayFormula

from pipelines.workbook.cells import Loss
from pipelines.workbook.opening import CannotOpen, Limits, open_workbook
from tests.workbook.xlsb_writer import XlsbSheet, write_xlsb

LIMITS = Limits()


def written(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "TW II"
    sheet["B2"] = "Judul"
    sheet["B3"], sheet["C3"], sheet["D3"] = 10, 0.52, dt.datetime(2024, 6, 30)
    sheet["C3"].number_format = "0.00%"
    sheet["B4"] = "=B3*2"
    sheet["C4"] = "=VLOOKUP(1,B2:C3,2)"
    sheet["D4"] = "#DIV/0!"
    sheet["E4"] = True
    sheet["F4"] = "=B4+SUM(B3:B4)"
    sheet["G4"] = "=B3/Z1"
    sheet.merge_cells("B6:D7")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    other = book.create_sheet("rahasia")
    other.sheet_state = "hidden"
    book.save(path)
    return path


def rewrite_sheet(source: Path, target: Path, change) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == "xl/worksheets/sheet1.xml" else data)
    return target


def check_written(book) -> None:
    sheet = book.sheets[0]
    assert sheet.name == "TW II"
    assert sheet.value(1, 1) == "Judul"
    assert (sheet.value(2, 1), sheet.value(2, 2)) == (10, 0.52)
    assert sheet.value(2, 3) in (dt.datetime(2024, 6, 30), dt.date(2024, 6, 30))
    assert (2, 2) in sheet.percent
    assert (2, 1) not in sheet.percent
    assert sheet.value(3, 1) == 20
    assert sheet.value(3, 5) == 50
    assert sheet.computed[3, 1] == "=B3*2"
    assert sheet.lost[3, 2].loss is Loss.FORMULA_WITHOUT_VALUE
    assert sheet.lost[3, 2].text == "=VLOOKUP(1,B2:C3,2)"
    assert sheet.lost[3, 3].text == "#DIV/0!"
    assert sheet.lost[3, 6].text == "#DIV/0!"
    assert sheet.value(3, 4) is True
    assert (5, 1, 6, 3) in sheet.merged
    assert sheet.hidden_rows == {2}
    assert 3 in sheet.hidden_columns
    assert [s.hidden for s in book.sheets] == [False, True]
    assert book.modified is not None


def test_everything_that_calamine_leaves_out(tmp_path: Path) -> None:
    book = open_workbook(written(tmp_path / "a.xlsx"), LIMITS)
    assert book.format == "xlsx"
    check_written(book)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.replace(b"<worksheet ", b"<!-- c --><worksheet "),
        lambda x: x.replace(b'<c r="B3"', b"<c r='B3'"),
        lambda x: x.replace(b"<v>10</v>", b"<v>1<!-- x -->0</v>"),
        lambda x: x.replace(b"<v>10</v>", b"<v><![CDATA[10]]></v>"),
        lambda x: x.replace(b"<c r=", b"<c  r="),
        lambda x: x.replace(b"<c r=", b"<c r ="),
        lambda x: x.replace(b"<c r=", b"<c\nr="),
        lambda x: x.replace(b't="e"', b't = "e"'),
        lambda x: x.replace(b'hidden="', b'hidden = "'),
        lambda x: x.replace(b"<row ", b"<row\n").replace(b"<col ", b"<col\t"),
        lambda x: x.replace(b"<mergeCell ref=", b"<mergeCell  ref ="),
    ],
)
def test_odd_xml_says_the_same(tmp_path: Path, change) -> None:
    changed = rewrite_sheet(written(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", change)
    check_written(open_workbook(changed, LIMITS))


@pytest.mark.parametrize(
    ("name", "other"),
    [("xl/workbook", "xl/workbook22"), ("xl/workbook", "buku"), ("xl/styles", "xl/gaya/styles2"), ("xl/sharedStrings", "xl/teks2")],
)
def test_parts_are_where_their_relationships_say(tmp_path: Path, name: str, other: str) -> None:
    """Excel for the web calls the workbook workbook22.xml; libraries look for the usual names, and would leave out percent formats."""
    source = written(tmp_path / "a.xlsx")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for part in old.namelist():
            folder, _, last = name.rpartition("/")
            data = old.read(part).replace(f"/{name}.xml".encode(), f"/{other}.xml".encode())  # in content types and relationships
            for spelt in (name, last):
                data = data.replace(f'"{spelt}.xml"'.encode(), f'"/{other}.xml"'.encode())
            if part == f"{folder}/_rels/{last}.xml.rels":
                data = data.replace(b'Target="', b'Target="/xl/').replace(b"/xl//", b"/")
                part = "_rels/buku.xml.rels" if other == "buku" else f"xl/_rels/{other[3:]}.xml.rels"
            new.writestr(f"{other}.xml" if part == f"{name}.xml" else part, data)
    check_written(open_workbook(tmp_path / "b.xlsx", LIMITS))


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ('<c r="B3" t="s"><v>99</v></c>', "teks nomor 99"),
        ('<c r="B3" t="s"><v>-1</v></c>', "teks nomor -1"),  # calamine: the first text
        ('<c r="B3" t="zz"><v>7</v></c>', "jenis sel 'zz'"),
        ('<c r="B3" t="b"><v>2</v></c>', "bukan nilai benar"),
        ('<c r="B3" t="e"><v>#SPILL!</v></c>', "#SPILL!"),
        ('<c r="B3"><v>10</v></c><c r="B3"><v>11</v></c>', "10 dan 11"),
        ('<c r="B3"><v>10</v></c><c r="B3" t="e"><v>#REF!</v></c>', "10 dan #REF!"),
        ('<c r="B3" t="e"><v>#REF!</v></c><c r="B3"><v>10</v></c>', "#REF! dan 10"),
        ('<c r="B3"><v>10</v></c><c r="B3"><f>5+6</f></c>', "10 dan 5+6"),
        ('<c r="B3"><v>10</v><v>11</v></c>', "10 dan 11"),
        ('<c r="B3" t="inlineStr"><is><t>10</t></is><v>11</v></c>', "10 dan 11"),
        ('<c r="B3"><v>10</v></c></row><row r="9"><c r="B3"><v>11</v></c>', "10 dan 11"),
    ],
)
@pytest.mark.parametrize("slow", [False, True])
def test_a_damaged_cell_is_lost_and_the_others_are_read(tmp_path: Path, cells: str, shown: str, slow: bool) -> None:
    """What calamine refuses a whole workbook for, and two cells of one address, of which it keeps the last."""

    def damage(xml: bytes) -> bytes:
        assert b'<c r="B3" t="n"><v>10</v></c>' in xml
        xml = xml.replace(b'<c r="B3" t="n"><v>10</v></c>', cells.encode())
        return xml.replace(b"<sheetData>", b"<sheetData><!-- lambat -->") if slow else xml

    path = rewrite_sheet(written(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", damage)
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert sheet.value(2, 1) == ""
    assert (sheet.lost[2, 1].loss, shown in sheet.lost[2, 1].text) == (Loss.ERROR, True)
    assert (sheet.value(1, 1), sheet.value(2, 2), sheet.value(3, 4)) == ("Judul", 0.52, True)
    assert sheet.percent == {(2, 2)}
    assert sheet.lost[3, 1].loss is Loss.FORMULA_WITHOUT_VALUE  # =B3*2: of what?


@pytest.mark.parametrize("second", ['<c r="B3" t="n"><v>10</v></c>', '<c r="B3" s="0"/>'])
def test_an_address_twice_with_one_value_says_nothing_wrong(tmp_path: Path, second: str) -> None:
    one = b'<c r="B3" t="n"><v>10</v></c>'
    path = rewrite_sheet(written(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", lambda x: x.replace(one, one + second.encode()))
    check_written(open_workbook(path, LIMITS))


def test_a_stray_value_in_the_last_row_costs_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = 5
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "stray.xlsx")
    sheet = open_workbook(tmp_path / "stray.xlsx", LIMITS).sheets[0]
    assert sheet.value(1, 1) == 5
    assert sheet.value(1_048_575, 16_383) == "x"
    assert sum(map(len, sheet.rows)) < 20_000


def test_a_writer_that_never_calculates(tmp_path: Path) -> None:
    """XlsxWriter caches 0 beside every formula and asks for calculation on load."""
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as book:
        sheet = book.add_worksheet("A")
        sheet.write("A1", 7)
        sheet.write_formula("A2", "=A1*3")
        sheet.write_formula("A3", "=INDIRECT(A1)")
        sheet.write_formula("A4", "=A1+1", None, 8)
    sheet = open_workbook(tmp_path / "x.xlsx", LIMITS).sheets[0]
    assert sheet.value(1, 0) == 21
    assert sheet.value(2, 0) == ""
    assert sheet.lost[2, 0].loss is Loss.FORMULA_WITHOUT_VALUE
    assert sheet.value(3, 0) == 8


def test_an_array_formula_that_nobody_calculated_is_lost_in_all_its_cells(tmp_path: Path) -> None:
    """XlsxWriter writes nil as a plain number into the cells after the first, openpyxl nothing."""
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as book:
        sheet = book.add_worksheet("A")
        sheet.write_column("A1", [1, 2, 3])
        sheet.write_array_formula("B1:B3", "{=A1:A3*2}")
        sheet.write_array_formula("C1:C3", "{=A1:A3*2}", None, 2)
        sheet.write_number("C2", 4)
        sheet.write_number("C3", 0)
    other = openpyxl.Workbook()
    for row in range(1, 4):
        other.active.cell(row, 1, row)
        other.active.cell(row, 3, (2, 4, 0)[row - 1])
    other.active["B1"] = ArrayFormula("B1:B3", "=A1:A3*2")
    other.save(tmp_path / "o.xlsx")
    for name in ("x.xlsx", "o.xlsx"):
        sheet = open_workbook(tmp_path / name, LIMITS).sheets[0]
        assert [sheet.value(row, 0) for row in range(3)] == [1, 2, 3]
        assert {at: lost.loss for at, lost in sheet.lost.items()} == {(row, 1): Loss.FORMULA_WITHOUT_VALUE for row in range(3)}
        assert [sheet.value(row, column) for column in (1, 2) for row in range(3)] == ["", "", "", 2, 4, 0]


def test_the_streaming_writer_of_poi_never_calculates(tmp_path: Path) -> None:
    """It caches 0.0 beside every formula and asks for nothing; only the file's properties tell whose it is."""
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as book:
        sheet = book.add_worksheet("A")
        sheet.write("A1", 7)
        sheet.write_formula("A2", "=A1*3")
        sheet.write_formula("A3", "=INDIRECT(A1)")
        sheet.write_formula("A4", "=A1-7")
    for name, application in (("poi", b"Apache POI"), ("excel", b"Microsoft Excel")):
        with zipfile.ZipFile(tmp_path / "x.xlsx") as old, zipfile.ZipFile(tmp_path / f"{name}.xlsx", "w") as new:
            for part in old.namelist():
                data = old.read(part).replace(b' fullCalcOnLoad="1"', b"").replace(b">Microsoft Excel<", b">" + application + b"<")
                data = data.replace(b"</f><v>0</v>", b"</f><v>0.0</v>")
                new.writestr(part, data)
    sheet = open_workbook(tmp_path / "poi.xlsx", LIMITS).sheets[0]
    assert [sheet.value(row, 0) for row in range(4)] == [7, 21, "", 0]
    assert sheet.lost[2, 0].loss is Loss.FORMULA_WITHOUT_VALUE
    sheet = open_workbook(tmp_path / "excel.xlsx", LIMITS).sheets[0]
    assert [sheet.value(row, 0) for row in range(4)] == [7, 0, 0, 0]


def test_xls_by_content(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("TW I")
    sheet.write(1, 1, "Judul")
    sheet.write(2, 1, 0.52, xlwt.easyxf(num_format_str="0.00%"))
    sheet.write(2, 2, 1234.5)
    sheet.merge(4, 5, 1, 3)
    sheet.row(2).hidden = True
    book.save(str(tmp_path / "a.xlsx"))
    opened = open_workbook(tmp_path / "a.xlsx", LIMITS)
    assert opened.format == "xls"
    sheet = opened.sheets[0]
    assert (sheet.value(1, 1), sheet.value(2, 1), sheet.value(2, 2)) == ("Judul", 0.52, 1234.5)
    assert sheet.percent == {(2, 1)}
    assert (4, 1, 5, 3) in sheet.merged
    assert sheet.hidden_rows == {2}


def test_formatted_blank_rows_are_not_rows_in_use(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("TW I")
    style = xlwt.easyxf("font: bold on")
    sheet.write(0, 0, 5, style)
    for row in range(1, 300):
        sheet.write(row, 0, None, style)
    book.save(str(tmp_path / "a.xls"))
    assert open_workbook(tmp_path / "a.xls", Limits(rows=100)).sheets[0].value(0, 0) == 5


def test_html_saved_as_xls(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        '<html><head><meta charset="utf-8"></head><body><h3>Evaluasi &ndash; Renja</h3>'
        '<table><tr><th rowspan="2">No</th><th colspan="2">Target</th></tr>'
        "<tr><td>K</td><td>Rp</td></tr><tr><td>1</td><td>1.234,5</td><td>a<br>b</td></tr></table><p>foot</p></body></html>",
        encoding="utf-8",
    )
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert [list(row) for row in sheet.rows] == [
        ["Evaluasi – Renja", "", ""],
        ["No", "Target", ""],
        ["", "K", "Rp"],
        ["1", "1.234,5", "a\nb"],
        ["foot", "", ""],
    ]
    assert set(sheet.merged) == {(1, 0, 2, 0), (1, 1, 1, 2)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td rowspan=0>a</td><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr>", [["a", "1"], ["", "2"], ["", "3"]]),
        ("<tr><td>1.234,5&nbsp;</td><td>&nbsp;</td><td>Rp&nbsp;5</td></tr>", [["1.234,5\xa0", "\xa0", "Rp\xa05"]]),
        ("<tr><td>1<table><tr><td>2</td><td>3</td></tr><tr><td>4</td></tr></table></td><td>5</td></tr>", [["1\n2 3\n4", "5"]]),
        ("<tr><td>1<td>2<tr><td>3<td>4", [["1", "2"], ["3", "4"]]),
        ("<tr><td colspan=2 rowspan=2>a</td><td>1</td></tr><tr><td>2</td><td>3</td></tr>", [["a", "", "1", ""], ["", "", "2", "3"]]),
    ],
)
def test_html_is_laid_out_as_a_browser_does(tmp_path: Path, rows: str, expected: list[list[str]]) -> None:
    (tmp_path / "a.xls").write_text(f"<html><meta charset=utf-8><body><table>{rows}</table></body></html>", encoding="utf-8")
    assert [list(row) for row in open_workbook(tmp_path / "a.xls", LIMITS).sheets[0].rows] == expected


def date_1904(kind: str, path: Path) -> Path:
    day = dt.date(2024, 7, 5)
    if kind == "xls":
        book = xlwt.Workbook()
        book.dates_1904 = True
        book.add_sheet("A").write(0, 0, day, xlwt.easyxf(num_format_str="dd/mm/yyyy"))
        book.save(str(path))
    elif kind == "xlsx":
        with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
            book.add_worksheet("A").write_datetime(0, 0, day, book.add_format({"num_format": "dd/mm/yyyy"}))
    else:
        write_xlsb(path, [XlsbSheet("A", {(0, 0): (day - dt.date(1904, 1, 1)).days}, {(0, 0): 3})], date_1904=True)
    return path


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb"])
def test_days_counted_from_1904(tmp_path: Path, kind: str) -> None:
    book = open_workbook(date_1904(kind, tmp_path / f"a.{kind}"), LIMITS)
    assert (book.date_1904, book.sheets[0].value(0, 0)) == (True, dt.date(2024, 7, 5))


def test_very_hidden_sheets_are_hidden(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("rahasia").sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    old = xlwt.Workbook()
    old.add_sheet("A")
    old.add_sheet("rahasia").visibility = 2
    old.save(str(tmp_path / "a.xls"))
    for name in ("a.xlsx", "a.xls"):
        assert [sheet.hidden for sheet in open_workbook(tmp_path / name, LIMITS).sheets] == [False, True]


def test_ods(tmp_path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="TW II")
    row = TableRow()
    row.addElement(TableCell(numbercolumnsrepeated=2))
    cell = TableCell(valuetype="percentage", value="0.52")
    cell.addElement(P(text="52%"))
    row.addElement(cell)
    row.addElement(TableCell(formula="of:=[.C1]*2"))
    merged = TableCell(valuetype="string", numbercolumnsspanned=2, numberrowsspanned=1)
    merged.addElement(P(text="Judul"))
    row.addElement(merged)
    row.addElement(CoveredTableCell())
    table.addElement(row)
    table.addElement(TableRow(numberrowsrepeated=1_000_000))
    document.spreadsheet.addElement(table)
    document.save(str(tmp_path / "a.xls"))
    book = open_workbook(tmp_path / "a.xls", LIMITS)
    sheet = book.sheets[0]
    assert book.format == "ods"
    assert sheet.value(0, 2) == 0.52
    assert sheet.percent == {(0, 2)}
    assert sheet.value(0, 3) == 1.04
    assert sheet.value(0, 4) == "Judul"
    assert (0, 4, 0, 5) in sheet.merged
    assert len(sheet.rows) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"%PDF-1.7 x", "PDF"),
        (b"PK\x03\x04 broken", "rusak"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "bukan buku kerja"),
        (b"a;b;c;d;e\n1;2;3;4;5\n", "CSV"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "2003"),
        (b"<html><body>halo</body></html>", "tanpa tabel"),
        (bytes(range(256)), "tidak dikenal"),
    ],
)
def test_not_a_workbook(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(CannotOpen) as refused:
        open_workbook(path, LIMITS)
    assert refused.value.aturan == "berkas_tidak_terbaca"
    assert words in refused.value.pesan


def test_limits_and_hostile_packages(tmp_path: Path) -> None:
    good = written(tmp_path / "a.xlsx")
    for limits in (Limits(bytes=100), Limits(unpacked=1000), Limits(rows=2), Limits(columns=2), Limits(sheets=1)):
        with pytest.raises(CannotOpen) as refused:
            open_workbook(good, limits)
        assert refused.value.aturan == "berkas_terlalu_besar"
    bomb = rewrite_sheet(good, tmp_path / "dtd.xlsx", lambda x: b'<!DOCTYPE a [<!ENTITY b "7">]>' + x)
    with pytest.raises(CannotOpen) as refused:
        open_workbook(bomb, LIMITS)
    assert "DTD" in refused.value.pesan
    os.mkfifo(tmp_path / "pipa.xlsx")
    with pytest.raises(CannotOpen):
        open_workbook(tmp_path / "pipa.xlsx", LIMITS)


def test_mutated_bytes_never_crash(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.xlsx").read_bytes()
    chance = random.Random(8)
    path = tmp_path / "m.xlsx"
    for _ in range(150):
        data = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.2 else whole)
        for _ in range(chance.randrange(1, 20)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            assert open_workbook(path, LIMITS).sheets is not None
        except CannotOpen:
            continue


def test_a_formula_that_names_its_own_sheet_is_computed_and_another_is_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "TW II"
    sheet.append([2, "='TW II'!A1+1", "=SUM('TW II'!A1:B1)", "='TW I'!A1"])
    book.create_sheet("TW I").append([7])
    book.save(tmp_path / "a.xlsx")
    opened = open_workbook(tmp_path / "a.xlsx", Limits()).sheets[0]
    assert [opened.value(0, column) for column in range(3)] == [2, 3, 5]
    assert list(opened.lost) == [(0, 3)]
