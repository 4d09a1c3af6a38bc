"""Binary workbooks: values, what calamine leaves out, and another program's reading of the same file."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from pipelines.workbook.cells import Loss
from pipelines.workbook.opening import CannotOpen, Limits, open_workbook
from tests.workbook.xlsb_writer import Formula, Raw, Value, XlsbSheet, text, write_xlsb

LIMITS = Limits()
CELLS: dict[tuple[int, int], Value] = {
    (1, 1): "Evaluasi – Renja",
    (2, 1): 151_010_000,
    (2, 2): 0.52,
    (2, 3): "52 %",
    (2, 4): -1234.5,
    (3, 1): "#DIV/0!",
    (3, 2): Formula("#REF!"),
    (3, 3): Formula(107_740_000.25),
    (3, 4): Formula("64 orang/12 bulan"),
    (3, 5): True,
    (4, 1): Formula(""),
    (4, 2): 0.7135,
    (4, 3): 0,
    (5, 2): Formula(0.25),
}
SHEET = XlsbSheet(
    "TW II",
    CELLS,
    styles={(2, 2): 1, (2, 3): 1, (4, 2): 2, (3, 1): 1, (5, 2): 1},
    hidden_rows=frozenset({2, 9}),
    hidden_columns=[(3, 4), (100, 16_383)],
    merged=[(1, 1, 1, 4), (6, 0, 7, 2)],
)


def test_everything_is_read(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "a.xlsx", [SHEET, XlsbSheet("rahasia", {(0, 0): 1}, hidden=True)])
    book = open_workbook(path, LIMITS)
    assert book.format == "xlsb"
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("TW II", False), ("rahasia", True)]
    sheet = book.sheets[0]
    for position, value in CELLS.items():
        expected = value.result if isinstance(value, Formula) else value
        if isinstance(expected, str) and expected.startswith("#"):
            assert sheet.value(*position) == ""
            assert (sheet.lost[position].loss, sheet.lost[position].text) == (Loss.ERROR, expected)
        else:
            assert sheet.value(*position) == expected, position
    assert set(sheet.lost) == {(3, 1), (3, 2)}
    assert sheet.percent == {(2, 2), (4, 2), (5, 2)}
    assert sheet.hidden_rows == {2}
    assert sheet.hidden_columns == {3, 4}
    assert set(sheet.merged) == {(1, 1, 1, 4), (6, 0, 7, 2)}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed: nothing to compare with")
def test_libreoffice_reads_the_same(tmp_path: Path) -> None:
    """So the fixture is an .xlsb and not only what its reader believes one to be."""
    path = write_xlsb(tmp_path / "a.xlsb", [SHEET, XlsbSheet("TW I", UNCALCULATED)], calculated=False)
    (tmp_path / "out").mkdir()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx", "--outdir",
         str(tmp_path / "out"), str(path)],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    ours = open_workbook(path, LIMITS).sheets[0]
    theirs, computed = open_workbook(tmp_path / "out" / "a.xlsx", LIMITS).sheets
    assert [computed.value(0, column) for column in range(4)] == [7, 21, 28, "7 org"]
    for position, value in CELLS.items():
        if not isinstance(value, Formula):  # the fixture's formulas have no tokens: only their results are real
            assert ours.value(*position) == theirs.value(*position), position
    assert {p for p in ours.percent if not isinstance(CELLS[p], Formula)} == {
        p for p in theirs.percent if not isinstance(CELLS[p], Formula)
    }
    assert (ours.merged[0], ours.hidden_rows) == (theirs.merged[0], theirs.hidden_rows)


def test_a_stray_value_in_the_last_row_costs_nothing(tmp_path: Path) -> None:
    """As in an .xlsx: what counts is how many rows and columns have values."""
    path = write_xlsb(tmp_path / "a.xlsb", [XlsbSheet("A", {**CELLS, (1_048_575, 16_383): "x"}, styles=SHEET.styles)])
    sheet = open_workbook(path, LIMITS).sheets[0]
    assert sheet.value(1_048_575, 16_383) == "x"
    assert sum(map(len, sheet.rows)) < 20_000
    plain = open_workbook(write_xlsb(tmp_path / "b.xlsb", [SHEET]), LIMITS).sheets[0]
    for position in CELLS:
        assert sheet.value(*position) == plain.value(*position), position
    assert (sheet.lost, sheet.percent) == (plain.lost, plain.percent)


def test_too_many_rows_with_values_are_refused(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "a.xlsb", [XlsbSheet("A", {(row, 0): row for row in range(300)})])
    with pytest.raises(CannotOpen) as refused:
        open_workbook(path, Limits(rows=299))
    assert refused.value.aturan == "berkas_terlalu_besar"


A1 = b"\x44" + struct.pack("<IH", 0, 0xC000)
UNCALCULATED: dict[tuple[int, int], Value] = {
    (0, 0): 7,
    (0, 1): Formula(0, A1 + b"\x1e\x03\x00\x05"),  # =A1*3
    (0, 2): Formula(0, b"\x25" + struct.pack("<IIHH", 0, 0, 0xC000, 0xC001) + b"\x19\x10\x00\x00"),  # =SUM(A1:B1)
    (0, 3): Formula("", A1 + b"\x17\x04\x00" + " org".encode("utf-16-le") + b"\x08"),  # =A1&" org"
    (0, 4): Formula(0, A1 + b"\x42\x01\x94\x00"),  # =INDIRECT(A1)
    (0, 5): Formula(12, A1),
    (0, 6): Formula(
        0, b"\x01" + bytes(4), struct.pack("<I", 6), b"\x4c" + struct.pack("<IH", 0, 0xFFFA) + b"\x1e\x03\x00\x05"
    ),  # shared: *3
    (1, 0): Formula(0, b"\x5a" + bytes(12)),  # another sheet's cell
    (1, 1): 4,
    (1, 7): Formula(0, b"\x01" + bytes(4), struct.pack("<I", 6)),
}


def test_formulas_that_nobody_calculated(tmp_path: Path) -> None:
    """Only where the workbook says that it is to be calculated: else nil is the value."""
    sheet = open_workbook(write_xlsb(tmp_path / "a.xlsb", [XlsbSheet("A", UNCALCULATED)], calculated=False), LIMITS).sheets[0]
    assert [sheet.value(0, column) for column in range(7)] == [7, 21, 28, "7 org", "", 12, 21]
    assert sheet.value(1, 7) == 12
    assert sheet.computed == {(0, 1): "=A1*3", (0, 2): "=SUM(A1:B1)", (0, 3): '=A1&" org"', (0, 6): "=A1*3", (1, 7): "=B2*3"}
    assert {at: (cell.loss, cell.text) for at, cell in sheet.lost.items()} == {
        (0, 4): (Loss.FORMULA_WITHOUT_VALUE, "=INDIRECT(A1)"),
        (1, 0): (Loss.FORMULA_WITHOUT_VALUE, "={…}"),
    }
    sheet = open_workbook(write_xlsb(tmp_path / "b.xlsb", [XlsbSheet("A", UNCALCULATED)]), LIMITS).sheets[0]
    assert ([sheet.value(0, column) for column in range(6)], sheet.lost) == ([7, 0, 0, "", 0, 12], {})


def test_damaged_and_rare_cells(tmp_path: Path) -> None:
    """A text that is not there, two cells of one address; and a rich text, which calamine passes over."""
    sheet = XlsbSheet(
        "A",
        {
            (0, 0): "Judul",
            (0, 1): Raw(7, struct.pack("<I", 99)),
            (1, 0): 5,
            (1, 1): 6,
            (3, 2): Raw(62, b"\0" + text("64 orang")),
            (4, 0): 8,
        },
        styles={(4, 0): 1},
        again=[(1, 0, 9), (1, 1, 6)],
    )
    opened = open_workbook(write_xlsb(tmp_path / "a.xlsb", [sheet]), LIMITS).sheets[0]
    assert {at: cell.text for at, cell in opened.lost.items()} == {
        (0, 1): "teks nomor 99 (tidak ada di dalam berkas)",
        (1, 0): "dua isi dengan alamat yang sama di dalam berkas",
    }
    assert {at: opened.value(*at) for at in sheet.cells} == {
        (0, 0): "Judul", (0, 1): "", (1, 0): "", (1, 1): 6, (3, 2): "64 orang", (4, 0): 8,
    }  # fmt: skip
    assert opened.percent == {(4, 0)}


def test_damaged_bytes_are_refused_or_read(tmp_path: Path) -> None:
    whole = write_xlsb(tmp_path / "a.xlsb", [SHEET]).read_bytes()
    chance = random.Random(9)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "m.xlsb").write_bytes(data)
        try:
            assert open_workbook(tmp_path / "m.xlsb", LIMITS).format == "xlsb"
        except CannotOpen:
            continue
