"""Binary workbooks: values, what calamine leaves out, and another program's reading of the same file."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.workbook.cells import Loss
from pipelines.workbook.opening import CannotOpen, Limits, open_workbook
from tests.workbook.xlsb_writer import Formula, XlsbSheet, write_xlsb

LIMITS = Limits()
CELLS: dict[tuple[int, int], float | str | bool | Formula] = {
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
    path = write_xlsb(tmp_path / "a.xlsb", [SHEET])
    (tmp_path / "out").mkdir()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx", "--outdir",
         str(tmp_path / "out"), str(path)],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    ours = open_workbook(path, LIMITS).sheets[0]
    theirs = open_workbook(tmp_path / "out" / "a.xlsx", LIMITS).sheets[0]
    for position, value in CELLS.items():
        if not isinstance(value, Formula):  # the fixture's formulas have no tokens: only their results are real
            assert ours.value(*position) == theirs.value(*position), position
    assert {p for p in ours.percent if not isinstance(CELLS[p], Formula)} == {
        p for p in theirs.percent if not isinstance(CELLS[p], Formula)
    }
    assert (ours.merged[0], ours.hidden_rows) == (theirs.merged[0], theirs.hidden_rows)


def test_a_stray_value_is_refused_before_it_costs_anything(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "a.xlsb", [XlsbSheet("A", {(0, 0): 1, (1_048_575, 16_383): 2})])
    with pytest.raises(CannotOpen) as refused:
        open_workbook(path, LIMITS)
    assert refused.value.aturan == "berkas_terlalu_besar"


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
