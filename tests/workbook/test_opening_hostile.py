"""Files that are not honest, and files that are too much: refused with a word of what to do, or read, and always quickly."""

from __future__ import annotations

import io
import random
import re
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from pipelines.workbook.opening import CannotOpen, Limits, open_workbook

LIMITS = Limits()
CFB_FREE, CFB_END, CFB_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("TW II")
        sheet.write_row(0, 0, ["Judul", 1, 2.5, None, "akhir"])
        sheet.write_formula("B3", "=B1+C1")
    return path


def refused(path: Path, limits: Limits = LIMITS) -> CannotOpen:
    with pytest.raises(CannotOpen) as refusal:
        open_workbook(path, limits)
    return refusal.value


def verdict(path: Path) -> object:
    """What stands in A1, or the rule by which the file is refused."""
    try:
        return open_workbook(path, LIMITS).sheets[0].value(0, 0)
    except CannotOpen as refusal:
        return refusal.aturan


def repacked(source: Path, target: Path, parts: dict[str, bytes | Callable[[bytes], bytes]]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = parts.get(name, old.read(name))
            new.writestr(name, change if isinstance(change, bytes) else change(old.read(name)))
    return target


@pytest.fixture
def thrifty() -> Iterator[None]:
    """Fails the test if Python objects took more than 128 MiB, or it took 10 s."""
    tracemalloc.start()
    start = time.process_time()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 128 * 2**20
    assert time.process_time() - start < 10


# --- archives


SHEET = "xl/worksheets/sheet1.xml"


def bomb(mebibytes: int) -> bytes:
    """A deflate stream of zeros, made without ever holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"".join([*(packer.compress(bytes(2**20)) for _ in range(mebibytes)), packer.flush()])


@pytest.mark.usefixtures("thrifty")
def test_a_bomb_that_says_how_large_it_is(tmp_path: Path, good: Path) -> None:
    """Half a megabyte that unpacks to a thousand times that, as its directory says."""
    path = lying(good, tmp_path / "a.xlsx", "xl/theme/theme1.xml", bomb(1), claimed=600 * 2**20, crc=0)
    assert refused(path).aturan == "berkas_terlalu_besar"


def lying(source: Path, target: Path, part: str, packed: bytes, *, claimed: int, crc: int) -> Path:
    """The archive with `part` replaced by a deflate stream whose directory and local header claim `claimed` bytes."""
    with zipfile.ZipFile(source) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    body, directory = io.BytesIO(), io.BytesIO()
    for name, content in contents.items():
        data, size, check = (packed, claimed, crc) if name == part else (_deflated(content), len(content), zlib.crc32(content))
        at, label = body.tell(), name.encode()
        body.write(struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, check, len(data), size, len(label), 0) + label + data)
        directory.write(
            struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, check, len(data), size, len(label), 0, 0, 0, 0, 0, at) + label
        )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(contents), len(contents), len(directory.getvalue()), body.tell(), 0)
    target.write_bytes(body.getvalue() + directory.getvalue() + end)
    return target


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


BOMB = bomb(300)


@pytest.mark.usefixtures("thrifty")
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "docProps/core.xml", "xl/sharedStrings.xml"])
def test_a_bomb_that_lies_about_its_size(tmp_path: Path, good: Path, part: str) -> None:
    path = lying(good, tmp_path / "a.xlsx", part, BOMB, claimed=1000, crc=0)
    if part == "docProps/core.xml":  # the properties are not needed to read what stands in the cells
        assert open_workbook(path, LIMITS).sheets[0].value(0, 0) == "Judul"
    else:
        assert (refused(path).aturan, "rusak" in refused(path).pesan) == ("berkas_tidak_terbaca", True)


def test_the_liar_is_readable_when_it_does_not_lie(tmp_path: Path, good: Path) -> None:
    """So the tests above refuse the lie, and not their own way of writing an archive."""
    with zipfile.ZipFile(good) as archive:
        content = archive.read(SHEET)
    path = lying(good, tmp_path / "a.xlsx", SHEET, _deflated(content), claimed=len(content), crc=zlib.crc32(content))
    assert open_workbook(path, LIMITS).sheets[0].value(2, 1) == 3.5


@pytest.mark.usefixtures("thrifty")
def test_an_archive_within_an_archive(tmp_path: Path, good: Path) -> None:
    """Nothing unpacks a part of a part: an archive in place of a sheet is no sheet, and beside the sheets it is not looked at."""
    inner = _archive({"bom.xml": bytes(50 * 2**20)})
    nested = _archive({f"{index}.zip": inner for index in range(500)})
    assert refused(repacked(good, tmp_path / "a.xlsx", {SHEET: nested})).aturan == "berkas_tidak_terbaca"
    beside = repacked(good, tmp_path / "b.xlsx", {"xl/theme/theme1.xml": nested})
    assert open_workbook(beside, LIMITS).sheets[0].value(0, 0) == "Judul"


def _archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_an_archive_of_very_many_parts(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(good.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        for index in range(20_001):
            archive.writestr(f"xl/media/{index}", b"")
    assert refused(path).aturan == "berkas_terlalu_besar"


def test_a_part_that_is_there_twice(tmp_path: Path, good: Path) -> None:
    """Two readers would each take another one."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(good.read_bytes())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert "dua kali" in refused(path).pesan


# --- XML

BILLION_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{"&" + a + ";" + "&" + a + ";"}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)) + "]>"  # noqa: E501
).encode()  # fmt: skip
EXTERNAL = b'<!DOCTYPE a [<!ENTITY xxe SYSTEM "file:///etc/hostname">]>'


@pytest.mark.usefixtures("thrifty")
@pytest.mark.parametrize("doctype", [BILLION_LAUGHS, EXTERNAL])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_refused_in_every_part(tmp_path: Path, good: Path, part: str, doctype: bytes) -> None:
    def hostile(xml: bytes) -> bytes:
        head, _, rest = xml.partition(b"?>") if xml.startswith(b"<?xml") else (b"<?xml version='1.0'", b"", xml)
        return head + b"?>" + doctype + rest.replace(b"Judul", b"&j;&xxe;")

    refusal = refused(repacked(good, tmp_path / "a.xlsx", {part: hostile}))
    assert refusal.aturan == "berkas_tidak_terbaca"
    assert "DTD" in refusal.pesan


def test_an_external_entity_in_an_ods_or_html_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "rahasia.txt"
    secret.write_text("isi-rahasia")
    doctype = f'<!DOCTYPE html [<!ENTITY xxe SYSTEM "{secret.as_uri()}">]>'
    (tmp_path / "a.xls").write_text(f"{doctype}<html><body><table><tr><td>a&xxe;b</td></tr></table></body></html>")
    assert "isi-rahasia" not in str(open_workbook(tmp_path / "a.xls", LIMITS).sheets[0].rows)
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<?xml version='1.0'?>{doctype}<a>&xxe;</a>".encode(),
    }
    (tmp_path / "a.ods").write_bytes(_archive(parts))
    assert "DTD" in refused(tmp_path / "a.ods").pesan


def test_elements_nested_very_deep(tmp_path: Path, good: Path) -> None:
    deep = b"<worksheet><sheetData>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</sheetData></worksheet>"
    path = repacked(good, tmp_path / "a.xlsx", {SHEET: deep})
    assert verdict(path) in ("", "berkas_tidak_terbaca")
    (tmp_path / "a.xls").write_bytes(b"<html><body>" + b"<div>" * 100_000 + b"<table><tr><td>1</td></tr></table>")
    assert verdict(tmp_path / "a.xls") in ("1", "berkas_tidak_terbaca")


# --- too much of something


@pytest.mark.usefixtures("thrifty")
def test_ten_thousand_sheets(tmp_path: Path, good: Path) -> None:
    many = b"".join(b'<sheet name="L%d" sheetId="%d" r:id="rId1"/>' % (index, index) for index in range(1, 10_001))
    path = repacked(
        good, tmp_path / "a.xlsx", {"xl/workbook.xml": lambda xml: re.sub(rb"<sheets>.*</sheets>", b"<sheets>" + many + b"</sheets>", xml)}
    )
    refusal = refused(path)
    assert refusal.aturan == "berkas_terlalu_besar"
    assert "10000 lembar" in refusal.pesan


@pytest.mark.usefixtures("thrifty")
@pytest.mark.parametrize("stray", ["A1048576", "C1048576", "XFD1", "XFD1048576"])
def test_a_stray_cell_at_the_edge_of_the_sheet(tmp_path: Path, stray: str) -> None:
    book = openpyxl.Workbook()
    for row in range(1, 151):
        book.active.append([f"baris {row}", row, row / 4])
    book.active[stray] = "x"
    book.save(tmp_path / "a.xlsx")
    sheet = open_workbook(tmp_path / "a.xlsx", LIMITS).sheets[0]
    position = book.active[stray].row - 1, book.active[stray].column - 1
    assert sheet.value(*position) == "x"
    for row in range(1, 150):
        assert [sheet.value(row, column) for column in range(3)] == [f"baris {row + 1}", row + 1, (row + 1) / 4]


@pytest.mark.usefixtures("thrifty")
def test_a_declared_range_of_a_million_rows(tmp_path: Path, good: Path) -> None:
    def boast(xml: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)

    path = repacked(good, tmp_path / "a.xlsx", {SHEET: boast})
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert (sheet.value(0, 4), sheet.value(2, 1), len(sheet.rows)) == ("akhir", 3.5, 3)


def test_a_million_formatted_blank_rows_below_the_table(tmp_path: Path, good: Path) -> None:
    """150 rows that say something, the rest of the sheet formatted: what a person gets who borders whole columns."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d" s="0" t="inlineStr"><is><t>b</t></is></c><c r="B%d"><v>%d</v></c></row>' % (r, r, r, r)
        for r in range(1, 151)
    )
    blank = b"".join(
        b'<row r="%d" s="0" customFormat="1"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (r, r, r) for r in range(151, 1_000_001)
    )
    xml = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s%s</sheetData></worksheet>'
    path = repacked(good, tmp_path / "a.xlsx", {SHEET: xml % (rows, blank)})
    start = time.process_time()
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert time.process_time() - start < 15
    assert len(sheet.rows) == 150
    assert [sheet.value(row, 1) for row in range(150)] == list(range(1, 151))


@pytest.mark.usefixtures("thrifty")
def test_an_html_table_of_a_million_spans(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("<table>" + '<tr><td rowspan="1000" colspan="500">1</td></tr>' * 1000 + "</table>")
    assert refused(tmp_path / "a.xls").aturan == "berkas_terlalu_besar"
    (tmp_path / "b.xls").write_text("<table>" + "<tr><td>1</td></tr>" * 30_000 + "</table>")
    assert refused(tmp_path / "b.xls").aturan == "berkas_terlalu_besar"


# --- macros, passwords


def test_macros_are_carried_and_never_looked_at(tmp_path: Path) -> None:
    (tmp_path / "vba.bin").write_bytes(random.Random(1).randbytes(5000))
    with xlsxwriter.Workbook(tmp_path / "a.xlsm") as book:
        book.add_vba_project(str(tmp_path / "vba.bin"))
        book.add_worksheet("TW II").write("B2", 107_740_000)
    opened = open_workbook(tmp_path / "a.xlsm", LIMITS)
    assert (opened.format, opened.sheets[0].value(1, 1)) == ("xlsm", 107_740_000)


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE container (MS-CFB) with these streams, of 4096 bytes or more each, in sectors one after the other."""
    sectors, fat, entries = b"", [], [_entry("Root Entry", 5, CFB_END, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        padded = content + bytes(-len(content) % 512)
        entries.append(_entry(name, 2, len(fat), len(content), right=number + 1 if number < len(streams) else CFB_FREE))
        count = len(padded) // 512
        fat += [*range(len(fat) + 1, len(fat) + count), CFB_END]
        sectors += padded
    directory = b"".join(entries)
    directory += bytes(-len(directory) % 512)
    first = len(fat)
    fat += [*range(first + 1, first + len(directory) // 512), CFB_END, CFB_FAT]
    table = struct.pack(f"<{len(fat)}I", *fat) + b"\xff" * (512 - 4 * len(fat))
    header = struct.pack("<8s16s6H10I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 62, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, first, 0, 4096,
                         CFB_END, 0, CFB_END, 0)  # fmt: skip
    return header + struct.pack("<109I", len(fat) - 1, *[CFB_FREE] * 108) + sectors + directory + table


def _entry(name: str, kind: int, start: int, size: int, *, right: int = CFB_FREE, child: int = CFB_FREE) -> bytes:
    label = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBB3I16sIQQIQ", label, len(label), kind, 1, CFB_FREE, right, child, bytes(16), 0, 0, 0, start, size)


def test_an_xlsx_protected_by_a_password(tmp_path: Path) -> None:
    """MS-OFFCRYPTO 2.3: EncryptionInfo and EncryptedPackage in an OLE container."""
    content = compound(
        {"EncryptionInfo": b"\4\0\4\0\x40\0\0\0<encryption/>" + bytes(5000), "EncryptedPackage": random.Random(2).randbytes(6000)}
    )
    (tmp_path / "a.xlsx").write_bytes(content)
    refusal = refused(tmp_path / "a.xlsx")
    assert refusal.aturan == "berkas_terkunci_sandi"
    assert "kata sandi" in refusal.pesan


def test_a_container_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(compound({"WordDocument": bytes(5000)}))
    assert "Word" in refused(tmp_path / "a.xls").pesan


def test_an_encrypted_zip(tmp_path: Path, good: Path) -> None:
    data = bytearray(good.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    (tmp_path / "a.xlsx").write_bytes(data)
    assert refused(tmp_path / "a.xlsx").aturan == "berkas_terkunci_sandi"


# --- damage


def an_xls(path: Path) -> None:
    book = xlwt.Workbook()
    for name in ("TW I", "TW II"):
        sheet = book.add_sheet(name)
        for row in range(40):
            sheet.write(row, 0, f"7.01.0{row % 9}")
            sheet.write(row, 1, row * 1000.5)
            sheet.write(row, 2, xlwt.Formula(f"B{row + 1}*2"))
    book.save(str(path))


def an_ods(path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="TW II")
    for row in range(30):
        line = TableRow()
        cell = TableCell(valuetype="float", value=str(row))
        cell.addElement(P(text=str(row)))
        line.addElement(cell)
        line.addElement(TableCell(formula=f"of:=[.A{row + 1}]*2"))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))


def an_html(path: Path) -> None:
    rows = "".join(f"<tr><td rowspan=2>{row}</td><td>1.{row:03},5</td></tr><tr><td>x</td></tr>" for row in range(60))
    path.write_text(f"<html><meta charset=utf-8><body><h1>Evaluasi</h1><table>{rows}</table></body></html>")


def an_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in range(60):
        book.active.append([f"7.01.{row}", row, f"=B{row + 1}/7", "teks & <tanda>"])
    book.active.merge_cells("A1:B2")
    book.save(path)


WRITERS = {"xlsx": an_xlsx, "xls": an_xls, "ods": an_ods, "html": an_html}


@pytest.mark.parametrize("kind", WRITERS)
def test_truncated_at_every_twentieth(tmp_path: Path, kind: str) -> None:
    """A file cut short is refused; an HTML page that was cut still says what it says, so it may be read."""
    WRITERS[kind](tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    for twentieth in range(20):
        (tmp_path / "cut").write_bytes(whole[: len(whole) * twentieth // 20])
        if kind == "html" and twentieth:
            continue
        assert refused(tmp_path / "cut").aturan == "berkas_tidak_terbaca", twentieth


@pytest.mark.parametrize("kind", WRITERS)
def test_mutated_bytes_are_read_or_refused(tmp_path: Path, kind: str) -> None:
    """Seeded, so that a failure can be repeated; 3 s of processor a format at most."""
    WRITERS[kind](tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    chance = random.Random(f"E.81 {kind}")
    start, read, rejected = time.process_time(), 0, 0
    for _ in range(250):
        if time.process_time() - start > 3:
            break
        data = bytearray(whole)
        for _ in range(chance.choice((1, 2, 5, 30))):
            at = chance.randrange(len(data))
            change = chance.random()
            if change < 0.6:
                data[at] = chance.randrange(256)
            elif change < 0.8:
                data[at : at + chance.randrange(1, 40)] = b""
            else:
                data[at:at] = chance.randbytes(chance.randrange(1, 20))
            if not data:
                break
        (tmp_path / "m").write_bytes(data)
        before = time.process_time()
        try:
            book = open_workbook(tmp_path / "m", LIMITS)
        except CannotOpen as refusal:
            assert refusal.pesan.endswith(".")  # noqa: PT017 - not what is tested, but each refusal is a sentence
            rejected += 1
        else:
            assert all(sheet.value(0, 0) is not None for sheet in book.sheets)
            read += 1
        assert time.process_time() - before < 3
    assert read + rejected > 20


# --- the quick way and the slow way


def everything(path: Path) -> list[tuple[object, ...]] | str:
    try:
        book = open_workbook(path, LIMITS)
    except CannotOpen as refusal:
        return refusal.aturan
    return [
        (
            {(r, c): (type(v), v) for r, row in enumerate(sheet.rows, sheet.top) for c, v in enumerate(row, sheet.left) if v != ""},
            dict(sheet.lost),
            dict(sheet.computed),
            sheet.percent,
            set(sheet.merged),
            {row for row in sheet.hidden_rows if row < 100},
            {column for column in sheet.hidden_columns if column < 12},
        )
        for sheet in book.sheets
    ]


def a_full_sheet(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(3, 40):
        sheet.cell(row, 2, f"7.01.{row}")
        sheet.cell(row, 3, row / 9).number_format = "0.00%"
        sheet.cell(row, 4, f"=C{row}/2").number_format = "0.00%" if row % 2 else "General"
        sheet.cell(row, 5, "#DIV/0!" if row % 5 == 0 else None)
        sheet.cell(row, 30, f"=VLOOKUP(C{row},A1:B2,2)" if row % 7 == 0 else row)
        sheet.row_dimensions[row].hidden = row % 11 == 0
    sheet.column_dimensions["D"].hidden = True
    sheet.merge_cells("B3:C4")
    book.save(path)


@pytest.mark.parametrize("writer", [a_full_sheet, an_xlsx])
def test_the_quick_scan_says_what_the_full_parse_says(tmp_path: Path, writer: Callable[[Path], None]) -> None:
    """A comment in the XML forces the slow way. Mutations of what the quick one looks at must not make the two differ, unless refused."""
    writer(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as archive:
        xml = archive.read(SHEET)
    chance = random.Random("cepat dan lambat")
    tokens = [b"<c ", b"<c>", b"</c>", b"<v>", b"</v>", b"<f>", b"</f>", b' t="e"', b' t="str"', b' r="C7"', b' s="1"', b"'", b" ", b"\n",
              b"<row ",
              b"/>", b'hidden="1"', b"<v>0</v>", b"<v/>", b"9", b"ZZ", b'<f t="shared" si="0"/>', b"<c/>",
              b' t="s"', b' t="zz"', b"<v>99</v>", b"<is><t>5</t></is>", b'<c r="C9"><v>3</v></c>', b' r="D9"']  # fmt: skip
    compared = 0
    for attempt in range(80):
        data = bytearray(xml)
        for _ in range(attempt and chance.randrange(1, 4)):
            at = chance.randrange(xml.find(b"<sheetData"), len(data))
            at = data.find(chance.choice((b"<", b">", b'"', b" ")), at)
            token = chance.choice(tokens)
            data[at : at + chance.choice((0, len(token)))] = token
        quick = everything(repacked(tmp_path / "whole.xlsx", tmp_path / "q.xlsx", {SHEET: bytes(data)}))
        slow_xml = bytes(data).replace(b"<sheetData>", b"<sheetData><!-- lambat -->", 1)
        slow = everything(repacked(tmp_path / "whole.xlsx", tmp_path / "s.xlsx", {SHEET: slow_xml}))
        if slow_xml != data and not isinstance(quick, str) and not isinstance(slow, str):
            for mine, other in zip(quick, slow, strict=True):
                for name, one, two in zip(("values", "lost", "computed", "percent", "merged", "rows", "columns"), mine, other, strict=True):
                    assert one == two, (name, attempt)
            compared += 1
    assert compared > 3
