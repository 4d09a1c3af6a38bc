"""The workbook sent back: its marks, and everything that must leave as it came."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from random import Random

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from pipelines.reports.correction import annotate
from pipelines.reports.correction.comments import AUTHOR
from pipelines.reports.correction.styles import FILLS
from pipelines.workbook.opening import CannotOpen, Limits, open_workbook
from tests.reports.workbooks import NAME, NIP, findings, write_rich

SHEET = "TW 'a' II"
MARKED = findings(
    {"aturan": "jumlah_anak_beda", "lembar": SHEET, "sel": "C9", "baris": 9, "nilai_lapor": "999", "nilai_seharusnya": "33.000"},
    {"aturan": "sel_tidak_terbaca", "lembar": SHEET, "sel": "C5", "baris": 5, "nilai_lapor": "#REF!"},
    {"aturan": "predikat_tidak_sesuai", "tingkat": "peringatan", "lembar": SHEET, "sel": "F6", "baris": 6},
    {"aturan": "capaian_di_atas_100", "tingkat": "info", "lembar": SHEET, "sel": "G30", "baris": 30},
    {"aturan": "target_berubah", "tingkat": "peringatan", "lembar": SHEET, "sel": "C7", "baris": 7, "status_temuan": "diterima"},
    {"aturan": "kode_tidak_dikenal", "tingkat": "peringatan", "lembar": SHEET, "sel": "A4", "baris": 4, "pesan": "=cmd|'/c calc'!A1 <b>"},
    {"aturan": "terlambat_lapor", "tingkat": "info"},
)  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_rich(tmp_path / "lumajang.xlsx")


@pytest.fixture
def marked(source: Path, tmp_path: Path) -> Path:
    target = tmp_path / "perbaikan" / "2024_tw2_lumajang.xlsx"
    annotate(source, MARKED, target, subject="Kecamatan Lumajang · Triwulan II 2024")
    return target


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def cells(xml: str) -> dict[str, str]:
    return {match[1]: match[0] for match in re.finditer(r'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)', xml)}


def fill(cell: openpyxl.cell.cell.Cell) -> str:
    return cell.fill.fgColor.rgb if cell.fill.patternType == "solid" else ""


def test_marks_stand_in_the_cells_of_the_findings(marked: Path) -> None:
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames == ["Temuan", "Sampul", SHEET]
    sheet = book[SHEET]
    found = {cell.coordinate: fill(cell) for row in sheet.iter_rows() for cell in row if fill(cell) in FILLS.values()}
    assert found == {
        "C9": FILLS["galat"], "C5": FILLS["galat"], "F6": FILLS["peringatan"], "G30": FILLS["info"], "C7": FILLS["diterima"],
        "A3": FILLS["peringatan"],  # A4 is hidden below the merged A3
    }  # fmt: skip
    words = sheet["C9"].comment.text
    assert "GALAT: Jumlah anak berbeda" in words
    assert "Tertulis: 999" in words
    assert "Seharusnya: 33.000" in words
    assert "Yang perlu dilakukan" in words
    assert sheet["C9"].comment.author == AUTHOR


def test_the_marked_cell_keeps_its_own_format(source: Path, marked: Path) -> None:
    before, after = openpyxl.load_workbook(source)[SHEET]["C9"], openpyxl.load_workbook(marked)[SHEET]["C9"]
    for aspect in ("number_format", "font", "border", "alignment", "protection"):
        assert repr(getattr(after, aspect)) == repr(getattr(before, aspect))
    assert after.value == "=SUM(C3:C8)"


def test_every_other_cell_is_the_same_bytes(source: Path, marked: Path) -> None:
    name = "xl/worksheets/sheet2.xml"
    before, after = cells(part(source, name)), cells(part(marked, name))
    touched = {"A3", "C5", "C7", "C9", "F6", "G30"} | {"E17", "E19"}
    assert {k: v for k, v in before.items() if k not in touched} == {k: v for k, v in after.items() if k not in touched}
    assert set(after) - set(before) == {"F6", "G30"}
    assert after["C9"].replace(re.search(r's="\d+"', after["C9"])[0], "") == before["C9"].replace(
        re.search(r's="\d+"', before["C9"])[0], ""
    )


def test_what_surrounds_the_cells_survives(source: Path, marked: Path) -> None:
    before, after = (openpyxl.load_workbook(path)[SHEET] for path in (source, marked))
    assert [str(r) for r in after.merged_cells.ranges] == [str(r) for r in before.merged_cells.ranges]
    assert {str(k.sqref): [r.type for r in v] for k, v in after.conditional_formatting._cf_rules.items()} == {
        str(k.sqref): [r.type for r in v] for k, v in before.conditional_formatting._cf_rules.items()
    }
    assert [v.formula1 for v in after.data_validations.dataValidation] == [v.formula1 for v in before.data_validations.dataValidation]
    assert {k: (d.width, d.hidden) for k, d in after.column_dimensions.items()} == {
        k: (d.width, d.hidden) for k, d in before.column_dimensions.items()
    }
    assert (after.print_title_rows, after.print_area) == (before.print_title_rows, before.print_area)
    assert set(openpyxl.load_workbook(marked)["Sampul"].defined_names) == {"Lokal"}
    assert part(marked, "xl/worksheets/sheet2.xml").count("<extLst>") == part(source, "xl/worksheets/sheet2.xml").count("<extLst>")


def test_nothing_but_marks_comments_and_signature_changes(source: Path, marked: Path) -> None:
    """Every part of the file, and every element of a sheet but its cells: what is not ours to change is the same."""
    ours = r"styles|sharedStrings|comments|vmlDrawing|Content_Types|workbook\.xml|docProps|sheet\d\.xml|\.rels$"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(marked) as new:
        before, after = ({name: archive.read(name) for name in archive.namelist()} for archive in (old, new))
    same = [name for name in before if not re.search(ours, name)]
    assert {"xl/media/image1.png", "xl/drawings/drawing1.xml", "xl/charts/chart1.xml", "xl/tables/table1.xml"} <= set(same)
    assert [name for name in same if after.get(name) != before[name]] == []
    for name in (name for name in before if name.endswith(".rels")):
        leads = [{tuple(sorted(link.attrib.items())) for link in etree.fromstring(parts[name])} for parts in (before, after)]
        assert leads[0] <= leads[1]
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        old_sheet, new_sheet = (_without_cells(parts[name]) for parts in (before, after))
        assert old_sheet == new_sheet
        assert name.endswith("1.xml") or {
            "sheetPr", "sheetViews", "cols", "rows", "sheetProtection", "protectedRanges", "autoFilter", "mergeCells",
            "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
            "rowBreaks", "ignoredErrors", "drawing", "legacyDrawing", "extLst",
        } <= set(old_sheet)  # fmt: skip
    names = [{(n.name, n.attr_text) for n in book.defined_names.values()} for book in map(openpyxl.load_workbook, (source, marked))]
    assert names[0] == names[1]


def _without_cells(data: bytes) -> dict[str, list[bytes]]:
    """A sheet's elements as canonical text by their tags; of rows only what they say of themselves, of views not which is selected."""
    root = etree.fromstring(data.replace(NAME.encode(), b""))
    found: dict[str, list[bytes]] = {}
    for child in root:
        tag = etree.QName(child).localname
        if tag == "sheetData":
            marks_of_its_own = {"spans", "r"}
            found["rows"] = [
                repr(sorted((k, v) for k, v in row.attrib.items() if k not in marks_of_its_own)).encode() for row in child if row.get("ht")
            ]
        elif tag != "dimension":
            for view in child.iter("{*}sheetView"):
                view.attrib.pop("tabSelected", None)
            found.setdefault(tag, []).append(etree.tostring(child, method="c14n"))
    return found


def test_comments_of_others_survive_with_ours_below(marked: Path) -> None:
    sheet = openpyxl.load_workbook(marked)[SHEET]
    assert sheet["C3"].comment.text == "Sudah dicek"
    assert sheet["C5"].comment.text.startswith("Catatan Bendahara")
    assert "GALAT: Sel tidak terbaca" in sheet["C5"].comment.text
    assert sheet["C5"].comment.author == "Bendahara"


def test_the_first_sheet_lists_every_finding_with_a_link(marked: Path) -> None:
    book = openpyxl.load_workbook(marked)
    sheet = book["Temuan"]
    assert book.active.title == "Temuan"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(i for i, row in enumerate(rows) if row[0] == "No")
    listed = rows[header + 1 :]
    assert len(listed) == len(MARKED)
    assert [row[1] for row in listed] == ["GALAT", "GALAT", "PERINGATAN", "PERINGATAN", "INFO", "INFO", "DITERIMA"]
    links = {cell.coordinate: cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    by_cell = {row[3]: f"D{header + 2 + i}" for i, row in enumerate(listed) if row[3]}
    assert links[by_cell["C9"]] == "'TW ''a'' II'!C9"
    assert len(links) == 6
    assert rows[1][0] == "Kecamatan Lumajang · Triwulan II 2024"
    assert "2 galat · 2 peringatan · 2 info · 1 sudah diterima Bappeda" in rows[2][0]


def test_text_that_looks_like_a_formula_stays_text(marked: Path) -> None:
    sheet = openpyxl.load_workbook(marked)["Temuan"]
    dangerous = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and "cmd|" in cell.value]
    assert [cell.data_type for cell in dangerous] == ["s"]
    assert openpyxl.load_workbook(marked)[SHEET]["B7"].data_type == "s"


def test_only_the_list_is_selected(marked: Path) -> None:
    """Two selected sheets are edited together: a correction would be typed into both."""
    assert [bool(sheet.sheet_view.tabSelected) for sheet in openpyxl.load_workbook(marked).worksheets] == [True, False, False]


def test_name_and_nip_stand_nowhere_in_the_file(marked: Path) -> None:
    with zipfile.ZipFile(marked) as archive:
        everything = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    assert "BUDI HARTONO" not in everything
    assert NIP not in everything
    sheet = openpyxl.load_workbook(marked)[SHEET]
    assert not sheet["E17"].value
    assert not sheet["E19"].value
    assert [sheet[c].value for c in ("E12", "E13", "E18")] == ["Lumajang, 5 Juli 2024", "CAMAT LUMAJANG", "Pembina Tk. I"]
    assert sheet["E17"].font.underline == "single"
    assert openpyxl.load_workbook(marked)["Sampul"]["A2"].value == "disusun oleh "


def test_calamine_reads_the_same_values(source: Path, marked: Path) -> None:
    before = CalamineWorkbook.from_path(str(source)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    after = CalamineWorkbook.from_path(str(marked)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    assert len(after) >= len(before) - 1  # the NIP stood in the last row
    for row, cells_before in enumerate(before):
        for column, value in enumerate(cells_before):
            if NAME not in str(value) and NIP not in str(value):
                assert dict(enumerate(dict(enumerate(after)).get(row, []))).get(column, "") == value, (row, column)


def test_marked_again_it_has_only_the_new_marks(marked: Path, tmp_path: Path) -> None:
    """The kecamatan corrects the copy and sends it back: it must not come back with yesterday's colours, comments or list."""
    again = tmp_path / "lagi.xlsx"
    annotate(marked, findings({"aturan": "bukan_angka", "lembar": SHEET, "sel": "C8", "nilai_lapor": "masih proses"}), again)
    book = openpyxl.load_workbook(again)
    assert book.sheetnames == ["Temuan", "Sampul", SHEET]
    sheet = book[SHEET]
    assert {c.coordinate for row in sheet.iter_rows() for c in row if fill(c) in FILLS.values()} == {"C8"}
    assert {c.coordinate: c.comment.text.split("\n")[0] for row in sheet.iter_rows() for c in row if c.comment} == {
        "C3": "Sudah dicek", "C5": "Catatan Bendahara", "C8": "GALAT: Bukan angka",
    }  # fmt: skip
    assert "GALAT" not in sheet["C5"].comment.text
    assert sheet["C9"].number_format == "#,##0"
    assert sheet.print_title_rows == "$1:$2"
    vml = next(n for n in zipfile.ZipFile(again).namelist() if n.endswith(".vml"))
    assert sorted(re.findall(r"<x:Row>(\d+)</x:Row>", part(again, vml))) == ["2", "4", "7"]


def test_the_same_input_gives_the_same_bytes(source: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        annotate(source, MARKED, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_source_is_left_alone_and_nothing_lies_beside_the_target(source: Path, tmp_path: Path) -> None:
    before = source.read_bytes()
    annotate(source, MARKED, tmp_path / "out" / "x.xlsx")
    assert source.read_bytes() == before
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["x.xlsx"]


@pytest.mark.parametrize("writer", ["xls", "ods", "html"])
def test_other_formats_come_back_as_xlsx_and_say_so(writer: str, tmp_path: Path) -> None:
    source = {"xls": _xls, "ods": _ods, "html": _html}[writer](tmp_path)
    target = tmp_path / "balik.xlsx"
    lembar = open_workbook(source, Limits()).sheets[0].name
    annotate(source, findings({"aturan": "bukan_angka", "lembar": lembar, "sel": "B2", "nilai_lapor": "n/a"}), target)
    book = openpyxl.load_workbook(target)
    notes = " ".join(str(row[0].value) for row in book["Temuan"].iter_rows(max_row=8))
    assert f"Berkas asal (.{'xls' if writer != 'ods' else 'ods'}) diubah menjadi .xlsx" in notes
    sheet = book[lembar]
    assert (sheet["A1"].value, sheet["B2"].value, str(sheet["A2"].value)) == ("Kode", "n/a", "1234567")
    assert fill(sheet["B2"]) == FILLS["galat"]
    assert NIP.replace(" ", "") not in str([[c.value for c in row] for row in sheet.iter_rows()])


@pytest.mark.parametrize(
    ("cells", "stands"),
    [
        ('<c r="C3" t="s"><v>999</v></c>', "teks nomor 999"),
        ('<c r="C3"><v>10</v></c><c r="C3"><v>11</v></c>', "10 dan 11"),
        ('<c r="D3"><v>5</v></c><c r="C3"><v>11</v></c>', "11"),  # not in order, which readers do not mind
        ('<c r="C3"><v>11</v></c></row><row r="2"><c r="F2"><v>5</v></c>', "11"),
    ],
)
def test_a_damaged_workbook_comes_back_sound_and_says_so(cells: str, stands: str, source: Path, tmp_path: Path) -> None:
    """Excel repairs such a file, by leaving cells out, or does not open it; its copy must open."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "rusak.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name).decode("latin-1")
            if name == "xl/worksheets/sheet2.xml":
                data, found = re.subn(r'<c r="C3"[^>]*>.*?</c>', cells, data)
                assert found == 1
            new.writestr(name, data.encode("latin-1"))
    annotate(tmp_path / "rusak.xlsx", findings({"aturan": "sel_tidak_terbaca", "lembar": SHEET, "sel": "C3"}), tmp_path / "balik.xlsx")
    assert not open_workbook(tmp_path / "balik.xlsx", Limits()).damaged
    book = openpyxl.load_workbook(tmp_path / "balik.xlsx")
    assert "rusak atau tidak lazim" in " ".join(str(row[0].value) for row in book["Temuan"].iter_rows(max_row=8))
    sheet = book[SHEET]
    assert (str(sheet["C3"].value)[: len(stands)], sheet["C9"].value, fill(sheet["C3"])) == (stands, 999, FILLS["galat"])
    everything = [
        row.attrib["r"] for row in etree.fromstring(part(tmp_path / "balik.xlsx", "xl/worksheets/sheet2.xml").encode()).iter("{*}row")
    ]
    assert everything == sorted(everything, key=int)


def test_names_of_sheets_that_excel_does_not_allow(tmp_path: Path) -> None:
    """LibreOffice does; the marks must still find their sheet."""
    name = "Evaluasi Hasil Renja Kecamatan / TW II"
    annotate(_ods(tmp_path, f"{name} (a)", f"{name} (b)"), findings({"lembar": f"{name} (b)", "sel": "B2"}), tmp_path / "balik.xlsx")
    book = openpyxl.load_workbook(tmp_path / "balik.xlsx")
    assert book.sheetnames[1:] == ["Evaluasi Hasil Renja Kecamatan ", "Evaluasi Hasil Renja Keca (2)"]
    assert [fill(sheet["B2"]) != "" for sheet in book.worksheets[1:]] == [False, True]


def _xls(folder: Path) -> Path:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("TW II")
    for row, line in enumerate((("Kode", "Nilai"), (1234567, "n/a"), ("Lumajang, 5 Juli 2024", ""), ("NIP. 197001011995031002", ""))):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    path = folder / "lama.xls"
    book.save(str(path))
    return path


def _ods(folder: Path, *names: str) -> Path:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for name in names or ("TW II",):
        table = Table(name=name)
        for line in (("Kode", "Nilai"), (1234567, "n/a"), ("Lumajang, 5 Juli 2024", ""), ("NIP. 197001011995031002", "")):
            row = TableRow()
            for value in line:
                cell = TableCell(valuetype="float", value=value) if isinstance(value, int) else TableCell(valuetype="string")
                cell.addElement(P(text=str(value)))
                row.addElement(cell)
            table.addElement(row)
        book.spreadsheet.addElement(table)
    path = folder / "lama.ods"
    book.save(str(path))
    return path


def _html(folder: Path) -> Path:
    path = folder / "lama.xls"
    path.write_text(
        "<html><body><table><tr><td>Kode</td><td>Nilai</td></tr><tr><td>1234567</td><td>n/a</td></tr>"
        "<tr><td>Lumajang, 5 Juli 2024</td><td></td></tr><tr><td>NIP. 197001011995031002</td><td></td></tr></table></body></html>"
    )
    return path


def test_macros_are_left_behind_and_it_says_so(source: Path, tmp_path: Path) -> None:
    macro = tmp_path / "makro.xlsm"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(macro, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml").replace(
                    b"application/vnd.openxmlformats-officedocument.ms-excel", b"application/vnd.ms-excel"
                )
                data = data.replace(
                    b"</Types>", b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
                )
            if name == "xl/_rels/workbook.xml.rels":
                kind = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
                data = data.replace(
                    b"</Relationships>", b'<Relationship Id="rId99" Type="' + kind + b'" Target="vbaProject.bin"/></Relationships>'
                )
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", b"macro")
    target = tmp_path / "balik.xlsx"
    annotate(macro, MARKED, target)
    names = zipfile.ZipFile(target).namelist()
    assert not [name for name in names if "vba" in name]
    assert "vba" not in part(target, "[Content_Types].xml")
    assert "macroEnabled" not in part(target, "[Content_Types].xml")
    assert "Makro pada berkas asal tidak disertakan." in [
        row[0].value for row in openpyxl.load_workbook(target)["Temuan"].iter_rows(max_row=8)
    ]


def test_prefixed_and_implicit_markup_is_marked_too(tmp_path: Path) -> None:
    """Some writers put a namespace prefix on every tag, and leave rows and cells without their addresses."""
    source = tmp_path / "awalan.xlsx"
    plain = write_rich(tmp_path / "biasa.xlsx")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<?xml version="1.0"?><x:worksheet xmlns:x="{main}"><x:sheetData>'
        "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row><x:row/><x:row><x:c><x:v>3</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>"
    )
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(source, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    target = tmp_path / "balik.xlsx"
    rows = [{"aturan": "bukan_angka", "lembar": "Sampul", "sel": sel} for sel in ("B1", "C2", "A3", "D3")]
    annotate(source, findings(*rows), target)
    after = openpyxl.load_workbook(target)["Sampul"]
    assert {c.coordinate for row in after.iter_rows() for c in row if fill(c) == FILLS["galat"]} == {"B1", "C2", "A3", "D3"}
    assert [after[c].value for c in ("A1", "B1", "A3")] == [1, 2, 3]


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    for name, data in (("a.xlsx", b"PK\x03\x04 rusak"), ("b.xls", b"bukan"), ("c.xlsx", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CannotOpen):
            annotate(tmp_path / name, MARKED, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_damaged_markup_is_marked_converted_or_refused_but_never_a_crash(source: Path, tmp_path: Path) -> None:
    """A run must not fail over one workbook: bytes of its parts are changed, seeded."""
    random = Random(81)
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if re.search(r"sheet2|styles|comments|vml|workbook|sharedStrings|rels|Types", name)]
    marked = 0
    for attempt in range(60):
        name = random.choice(names)
        data = bytearray(parts[name])
        for _ in range(random.choice((1, 1, 4))):
            place = random.randrange(len(data))
            data[place : place + random.choice((0, 1, 3))] = random.choice((b"", b"<", b"-1", b"&", b'"', b"z9"))
        broken = tmp_path / f"{attempt}.xlsx"
        with zipfile.ZipFile(broken, "w") as archive:
            for part_name, part_data in parts.items():
                archive.writestr(part_name, bytes(data) if part_name == name else part_data)
        try:
            annotate(broken, MARKED, tmp_path / "balik.xlsx")
            marked += 1
        except CannotOpen:
            continue
    assert marked > 20


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_with_its_values(marked: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation=file://{tmp_path}/profil"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
    ]
    subprocess.run([*command, "--outdir", str(tmp_path / "csv"), str(marked)], check=True, capture_output=True, timeout=120)
    sheets = {path.name: path.read_text() for path in (tmp_path / "csv").iterdir()}
    assert len(sheets) == 3
    assert any("Jumlah anak berbeda" in text for name, text in sheets.items() if "Temuan" in name)
    assert any("999" in text and "CAMAT LUMAJANG" in text for text in sheets.values())


def test_a_long_value_is_cut_where_its_explanation_says_it_whole(source: Path, tmp_path: Path) -> None:
    target, rows = tmp_path / "balik.xlsx", "; ".join(f"7.01.05.2.01.{number:04}" for number in range(60))
    row = {"aturan": "baris_hilang", "tingkat": "info", "lembar": SHEET, "sel": "C9", "nilai_seharusnya": rows, "pesan": f"Hilang: {rows}."}
    annotate(source, findings(row), target)
    book = openpyxl.load_workbook(target)
    listed = [cell.value for line in book["Temuan"].iter_rows() for cell in line if "0059" in str(cell.value) or "…" in str(cell.value)]
    assert listed == [f"{rows[:200]} …", f"Hilang: {rows}."]
    assert book[SHEET]["C9"].comment.text.count("0059") == 1
