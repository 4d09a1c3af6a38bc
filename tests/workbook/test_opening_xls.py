"""BIFF: formulas that nobody calculated, percentages, protection, damaged records."""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from pathlib import Path

import pytest
import xlrd
import xlwt
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

from pipelines.workbook.cells import Loss, Sheet
from pipelines.workbook.opening import CannotOpen, Limits, open_workbook
from tests.workbook.test_opening_hostile import compound

LIMITS = Limits()
PERCENT = xlwt.easyxf(num_format_str="0.00%")


def opened(path: Path, formulas: list[str], **sheet_attributes: object) -> Sheet:
    """Column A: 10, 4, '' (a cell with an empty text), nothing, -3.5; column D: the formulas, shown as percentages."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("TW II")
    for row, value in ((0, 10.0), (1, 4), (2, ""), (4, -3.5)):
        sheet.write(row, 0, value)
    for row, formula in enumerate(formulas):
        sheet.write(row, 3, xlwt.Formula(formula), PERCENT)
    book.save(str(path))
    return open_workbook(path, LIMITS).sheets[0]


def test_a_stray_value_in_the_last_row_costs_nothing(tmp_path: Path) -> None:
    """As in an .xlsx. The values then come from another library: they must be the same."""

    def written(name: str, *, stray: bool) -> Sheet:
        book = xlwt.Workbook()
        sheet = book.add_sheet("TW II")
        day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
        for row in range(40):
            sheet.write(row + 2, 1, row * 1000.5)
            sheet.write(row + 2, 2, row / 50, PERCENT)
            sheet.write(row + 2, 3, xlwt.Formula(f"B{row + 3}*2"))
            sheet.write(row + 2, 4, dt.date(2024, 7, row % 30 + 1), day)
            sheet.write(row + 2, 5, dt.datetime(2024, 7, row % 30 + 1, 7, 30), day)
            sheet.write(row + 2, 6, "64 orang" if row % 2 else True)
        if stray:
            sheet.write(65_535, 255, "x")
        book.save(str(tmp_path / name))
        return open_workbook(tmp_path / name, LIMITS).sheets[0]

    plain, other = written("a.xls", stray=False), written("b.xls", stray=True)
    assert other.value(65_535, 255) == "x"
    assert sum(map(len, other.rows)) < 20_000
    for row in range(50):
        for column in range(10):
            assert other.value(row, column) == plain.value(row, column), (row, column)
    assert (other.percent, other.computed) == (plain.percent, plain.computed)


@pytest.mark.parametrize(
    ("formula", "shown", "expected"),
    [
        ("A1-(A2-A5)", "=A1-(A2-A5)", 2.5),
        ("A1-A2-A5", "=A1-A2-A5", 9.5),
        ("A1/(A2/2)", "=A1/(A2/2)", 5.0),
        ("(A1+A2)*2", "=(A1+A2)*2", 28.0),
        ("SUM(A1:A5)", "=SUM(A1:A5)", 10.5),
        ("SUM(A1)", "=SUM(A1)", 10.0),
        ("SUM(A1;A2;1.5)", "=SUM(A1,A2,1.5)", 15.5),
        ("$A$1*A$2^2", "=$A$1*A$2^2", 160.0),
        ("ROUND(A1/3;2)", "=ROUND(A1/3,2)", 3.33),
        ("AVERAGE(A1:A2)", "=AVERAGE(A1:A2)", 7.0),
        ("A1*50%", "=A1*50%", 5.0),
        ("IF(A1>=A2;A1-A2;0)", "=IF(A1>=A2,A1-A2,0)", 6.0),
        ('IF(A4=0;"-";A1/A4)', '=IF(A4=0,"-",A1/A4)', "-"),
        ('A2&" orang"', '=A2&" orang"', "4 orang"),
        ("20906000-A1", "=20906000-A1", 20905990.0),
    ],
)
def test_a_formula_that_was_never_calculated_is_computed(tmp_path: Path, formula: str, shown: str, expected: object) -> None:
    sheet = opened(tmp_path / "a.xls", [formula])
    assert sheet.value(0, 3) == expected
    assert sheet.computed[0, 3] == shown
    assert ((0, 3) in sheet.percent) == isinstance(expected, float)


def test_through_other_formulas(tmp_path: Path) -> None:
    sheet = opened(tmp_path / "a.xls", ["D2+1", "D3*2", "A1"])
    assert [sheet.value(row, 3) for row in range(3)] == [21.0, 20.0, 10.0]


@pytest.mark.parametrize(
    ("formula", "loss", "text"),
    [
        ("VLOOKUP(A1;A1:A5;1)", Loss.FORMULA_WITHOUT_VALUE, "=VLOOKUP(A1,A1:A5,1)"),
        ("A1/A4", Loss.ERROR, "#DIV/0!"),
        ("A3+D1", Loss.FORMULA_WITHOUT_VALUE, "=A3+D1"),
        ("INDIRECT(A1)", Loss.FORMULA_WITHOUT_VALUE, "=INDIRECT(A1)"),
    ],
)
def test_what_is_not_computable_is_lost_and_not_empty(tmp_path: Path, formula: str, loss: Loss, text: str) -> None:
    sheet = opened(tmp_path / "a.xls", [formula])
    assert sheet.value(0, 3) == ""
    assert (sheet.lost[0, 3].loss, sheet.lost[0, 3].text) == (loss, text)


class Shared:
    """A cell whose formula stands in a SHRFMLA record (2.4.277) after the first cell that has it: so Excel and LibreOffice fill down."""

    def __init__(self, row: int, column: int, result: bytes, tokens: bytes) -> None:
        self.data = struct.pack("<HHHHH8sHIHBHH", 0x06, 27, row, column, 0, result, 8, 0, 5, 1, 0, column)
        if row == 0:
            self.data += struct.pack("<HHHHBBBBH", 0x4BC, 10 + len(tokens), 0, 2, column, column, 0, 0, len(tokens)) + tokens

    def get_biff_data(self) -> bytes:
        return self.data


@pytest.mark.parametrize("result", [b"\3\0\0\0\0\0\xff\xff", bytes(8)])
def test_a_formula_that_cells_share(tmp_path: Path, result: bytes) -> None:
    """References are distances (tRefN, tAreaN): two or three columns to the left; one row up, which from the first row is the last."""
    tokens = {
        2: struct.pack("<BHH", 0x2C, 0, 0xC0FE) + b"\x1e\2\0\5",  # *2
        3: struct.pack("<BHHHH", 0x2D, 0, 0, 0x40FD, 0xC0FD) + b"\x19\x10\0\0",  # SUM
        4: struct.pack("<BHH", 0x4C, 0xFFFF, 0xC0FC) + b"\x17\4\0 org\x08",  # & org
    }
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for row in range(3):
        sheet.write(row, 0, 10 * (row + 1))
        for column, formula in tokens.items():
            sheet.row(row).insert_cell(column, Shared(row, column, result, formula))
    book.save(str(tmp_path / "a.xls"))
    opened = open_workbook(tmp_path / "a.xls", LIMITS).sheets[0]
    assert [[opened.value(row, column) for column in tokens] for row in range(3)] == [
        [20, 10, " org"],
        [40, 30, "10 org"],
        [60, 60, "20 org"],
    ]
    assert [opened.computed[2, column] for column in tokens] == ["=A3*2", "=SUM(A$1:A3)", '=A2&" org"']


def test_another_sheet_is_not_computed(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("satu").write(0, 0, 5)
    book.add_sheet("dua").write(0, 0, xlwt.Formula("satu!A1"))
    book.save(str(tmp_path / "a.xls"))
    sheet = open_workbook(tmp_path / "a.xls", LIMITS).sheets[1]
    assert sheet.value(0, 0) == ""
    assert sheet.lost[0, 0].loss is Loss.FORMULA_WITHOUT_VALUE


def records(path: Path) -> tuple[bytearray, list[tuple[int, int, int]]]:
    """The file, and (type, offset of the payload in the file, size) of each record; xlwt lays the stream down in one piece."""
    data = bytearray(path.read_bytes())
    book = xlrd.open_workbook(file_contents=bytes(data), on_demand=True)
    stream = bytes(book.mem[book.base : book.base + book.stream_len])
    at = start = data.find(stream[:512])
    found = []
    while at + 4 <= start + len(stream):
        kind, size = struct.unpack_from("<HH", data, at)
        found.append((kind, at + 4, size))
        at += 4 + size
    return data, found


def test_an_empty_text_of_a_calculated_workbook_is_not_stated(tmp_path: Path) -> None:
    """Excel says by what a workbook was calculated; then '' is the result of =IF(…;"";…)."""
    path = tmp_path / "a.xls"
    opened(path, ['IF(A1>0;"";VLOOKUP(A1;A1:A5;1))', "VLOOKUP(A1;A1:A5;1)"])
    data, found = records(path)
    at = next(at for kind, at, size in found if kind == 0x31 and size >= 8)  # a font of the defaults gives its place
    size = struct.unpack_from("<H", data, at - 2)[0]
    data[at - 4 : at + size] = struct.pack("<HHII", 0x1C1, 8, 0x1C1, 0x1E8A6) + struct.pack("<HH", 0x5C, size - 12) + bytes(size - 12)
    path.write_bytes(data)
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert [sheet.value(row, 3) for row in range(2)] == ["", ""]
    assert not sheet.lost
    assert not sheet.computed


def patched_result(path: Path, result: bytes) -> Sheet:
    data, found = records(path)
    for kind, at, _ in found:
        if kind == 0x06:
            data[at + 6 : at + 14] = result
    path.write_bytes(data)
    return open_workbook(path, LIMITS).sheets[0]


def test_a_nil_that_nobody_calculated_is_no_value(tmp_path: Path) -> None:
    opened(tmp_path / "a.xls", ["A1*2", "INDIRECT(A1)"])
    sheet = patched_result(tmp_path / "a.xls", struct.pack("<d", 0))
    assert sheet.value(0, 3) == 20
    assert sheet.value(1, 3) == ""
    assert sheet.lost[1, 3].loss is Loss.FORMULA_WITHOUT_VALUE


def test_a_cached_number_is_taken_as_it_is(tmp_path: Path) -> None:
    opened(tmp_path / "a.xls", ["A1*2", "INDIRECT(A1)"])
    sheet = patched_result(tmp_path / "a.xls", struct.pack("<d", 7.25))
    assert [sheet.value(row, 3) for row in range(2)] == [7.25, 7.25]
    assert not sheet.lost


def encrypted(path: Path, password: str, *, strong: bool) -> Path:
    """The workbook as Excel protects it (MS-XLS 2.2.10): FILEPASS after the globals' BOF, all that follows under RC4."""
    book = xlrd.open_workbook(path, on_demand=True)
    stream = bytes(book.mem[book.base : book.base + book.stream_len])
    salt, verifier, word = bytes(range(16)), bytes(range(50, 66)), password.encode("utf-16-le")
    base = hashlib.sha1(salt + word).digest() if strong else hashlib.md5((hashlib.md5(word).digest()[:5] + salt) * 16).digest()[:5]

    def rc4(block: int, data: bytes) -> bytes:
        key = (hashlib.sha1 if strong else hashlib.md5)(base + struct.pack("<I", block)).digest()[:16]
        return Cipher(ARC4(key), mode=None).encryptor().update(data)

    checked = rc4(0, verifier + (hashlib.sha1 if strong else hashlib.md5)(verifier).digest())
    if strong:
        header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + "Provider\0".encode("utf-16-le")
        head = struct.pack("<HHHII", 1, 4, 2, 4, len(header)) + header + struct.pack("<I", 16) + salt + checked[:16]
        content = head + struct.pack("<I", 20) + checked[16:]
    else:
        content = struct.pack("<HHH", 1, 1, 1) + salt + checked
    at = 4 + struct.unpack_from("<H", stream, 2)[0]
    added = struct.pack("<HH", 0x2F, len(content)) + content
    stream = bytearray(stream[:at] + added + stream[at:])
    covered = b"".join(rc4(start // 1024, bytes(stream[start : start + 1024])) for start in range(0, len(stream), 1024))
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0x85:  # where a sheet begins
            struct.pack_into("<I", stream, at + 4, struct.unpack_from("<I", stream, at + 4)[0] + len(added))
        if kind not in (0x809, 0x2F, 0xE1):
            first = at + 4 + 4 * (kind == 0x85)
            stream[first : at + 4 + size] = covered[first : at + 4 + size]
        at += 4 + size
    path.write_bytes(compound({"Workbook": bytes(stream) + bytes(max(0, 4096 - len(stream)))}))
    return path


@pytest.mark.parametrize("strong", [False, True])
def test_a_protected_structure_is_no_password(tmp_path: Path, strong: bool) -> None:
    """Excel then encrypts an .xls with a password that it knows by itself, and opens it without a question."""
    formulas = ["A1*2", "SUM(A1:A5)", *[f"A{row}+1" for row in range(1, 3)] * 20]
    plain = opened(tmp_path / "a.xls", formulas)
    sheet = open_workbook(encrypted(tmp_path / "a.xls", "VelvetSweatshop", strong=strong), LIMITS).sheets[0]
    assert [sheet.value(row, column) for row in range(40) for column in (0, 3)] == [
        plain.value(row, column) for row in range(40) for column in (0, 3)
    ]
    assert (sheet.computed, sheet.percent) == (plain.computed, plain.percent)
    assert sheet.computed[0, 3] == "=A1*2"
    opened(tmp_path / "b.xls", formulas)
    with pytest.raises(CannotOpen) as refused:
        open_workbook(encrypted(tmp_path / "b.xls", "rahasia", strong=strong), LIMITS)
    assert refused.value.aturan == "berkas_terkunci_sandi"


def test_protected_by_a_password(tmp_path: Path) -> None:
    """FILEPASS (2.4.117) right after the globals' BOF, where Excel puts it: RC4, version 1.1, salt, verifier, its hash."""
    opened(tmp_path / "a.xls", ["A1"])
    data, found = records(tmp_path / "a.xls")
    bof = found[0]
    following = bof[1] + bof[2]
    record = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + bytes(range(48))
    end = next(at for kind, at, size in found if at - following > len(record) + 4)
    rest = end - 4 - following - len(record)
    data[following : end - 4] = record + struct.pack("<HH", 0x5C, rest - 4) + bytes(rest - 4)
    (tmp_path / "b.xls").write_bytes(data)
    with pytest.raises(CannotOpen) as refused:
        open_workbook(tmp_path / "b.xls", LIMITS)
    assert refused.value.aturan == "berkas_terkunci_sandi"
