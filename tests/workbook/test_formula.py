"""Formulas without a cached value: Excel's semantics, and LibreOffice's results."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from pipelines.workbook.cells import Loss
from pipelines.workbook.formula import compute, shift
from pipelines.workbook.opening import Limits, open_workbook

CELLS = {(0, 0): 10.0, (1, 0): 4.0, (2, 0): "kata", (3, 0): "", (4, 0): -3.5}  # A1:A5


def result(text: str):
    values, lost = compute({(9, 9): text}, lambda r, c: CELLS.get((r, c), ""), {})
    return values[9, 9] if values else lost[9, 9]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1-A2", 6.0),
        ("$A$1*2^3", 80.0),
        ("-2^2", 4.0),
        ("2^3^2", 64.0),
        ("50%", 0.5),
        ("A1/A2*100", 250.0),
        ("A4+1", 1.0),
        ("SUM(A1:A5)", 10.5),
        ("SUM(A1,A2,A3,A4,A5)", 10.5),
        ("SUM(A4)", 0.0),
        ("AVERAGE(A1:A4)", 7.0),
        ("ROUND(2.675,2)", 2.68),
        ("ROUND(-2.5,0)", -3.0),
        ("IF(A1>A2,1,A3+1)", 1.0),
        ("IFERROR(A1/A4,0)", 0.0),
        ("MAX(A1,A2)-MIN(A1:A5)", 13.5),
        ("ABS(A5)", 3.5),
        ('IF(A3="KATA","ya","tidak")', "ya"),
    ],
)
def test_excel_semantics(text: str, expected: object) -> None:
    assert result(text) == expected


@pytest.mark.parametrize(
    "text", ["A3+1", "SUM(A1,J10)", "VLOOKUP(A1,A1:A3,1)", "Lain!A1+1", "J10+1", "SUM(A1:A2", "A1 A2", "1+", "{A1*2}", "#REF!+1"]
)
def test_what_is_not_computable(text: str) -> None:
    assert result(text).loss is Loss.FORMULA_WITHOUT_VALUE


def test_division_by_zero() -> None:
    assert (result("A1/A4").loss, result("A1/A4").text) == (Loss.ERROR, "#DIV/0!")


def test_shift_moves_what_is_relative() -> None:
    assert shift('A1+$A1+A$1+$A$1&"A1"+SUM(B2:C3)', 2, 1) == 'B3+$A3+B$1+$A$1&"A1"+SUM(C4:D5)'


def grown(chance: random.Random, depth: int) -> str:
    if depth == 0:
        return chance.choice(
            [f"A{chance.randint(1, 6)}", str(chance.randint(0, 50)), f"{chance.randint(1, 99)}%", f"$A${chance.randint(1, 6)}"]
        )
    one, two = grown(chance, depth - 1), grown(chance, depth - 1)
    return chance.choice(
        [
            f"{one}+{two}", f"({one})-({two})", f"({one})*{two}", f"({one})/({two})", f"-{one}", f"ROUND({one},2)", f"IF({one}>{two},{one},{two})",  # noqa: E501
            f"SUM(A1:A6,{one})", f"AVERAGE(A1:A6)-{two}", f"IFERROR({one}/({two}),7)", f"MAX({one},{two})", f"MIN(A2:A5)*({one})", f"ABS({one})",  # noqa: E501
        ]
    )  # fmt: skip


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed: nothing to compare with")
def test_as_libreoffice(tmp_path: Path) -> None:
    chance = random.Random(20242)
    book = openpyxl.Workbook()
    sheet = book.active
    for row, value in enumerate((12, 0, 3.25, None, -7, 1_000_000), start=1):
        sheet.cell(row, 1, value)
    for row in range(1, 201):
        sheet.cell(row, 3, "=" + grown(chance, chance.randint(1, 3)))
    book.save(tmp_path / "in.xlsx")
    (tmp_path / "out").mkdir()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx", "--outdir",
         str(tmp_path / "out"), str(tmp_path / "in.xlsx")],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    ours = open_workbook(tmp_path / "in.xlsx", Limits()).sheets[0]
    theirs = open_workbook(tmp_path / "out" / "in.xlsx", Limits()).sheets[0]
    for row in range(200):
        formula = sheet.cell(row + 1, 3).value
        if (row, 2) in theirs.lost:
            assert ours.lost[row, 2].text == theirs.lost[row, 2].text, formula
        else:
            assert ours.value(row, 2) == pytest.approx(theirs.value(row, 2), rel=1e-12, abs=1e-9), formula
