"""A form in thousands of rupiah that says so nowhere: figures that agree with each other, and one finding that they are too small."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipelines.sample.regency import Regency
from pipelines.sample.writer import FIRST_ROW, write_form
from pipelines.workbook.columns import TARGET
from tests.quality.submissions import REFERENCES, check_items, read
from tests.quality.test_thousands import in_thousands


@pytest.mark.parametrize("kecamatan", range(0, 21, 5))
@pytest.mark.parametrize("stated", [True, False])
def test_a_budget_too_small_for_a_year_is_doubted_once(kecamatan: int, stated: bool, tmp_path: Path) -> None:
    form = Regency(REFERENCES, 5).form(REFERENCES.kecamatan[kecamatan], 2025, 2)
    path = tmp_path / "a.xlsx"
    in_thousands(form, path)
    if not stated:
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["A5"] = None
        book.save(path)
    found = check_items(read(path, "laporan.xlsx")).temuan
    doubts = found[found["aturan"] == "angka_ambigu"]
    if stated:
        assert doubts.empty
        return
    (doubt,) = doubts.to_dict("records")
    book = openpyxl.load_workbook(path)
    figures = [row[form.style.layout.column[TARGET.rp.name]].value for row in book.worksheets[0].iter_rows(min_row=FIRST_ROW + 1)]
    largest = max(value for value in figures if isinstance(value, int | float))
    assert book.worksheets[0][doubt["sel"]].value == largest
    assert doubt["nilai_seharusnya"] == f"{largest:.15g} atau {1000 * largest:.15g} rupiah"
    assert "ribuan" in doubt["pesan"]


def test_full_rupiah_are_not_doubted(tmp_path: Path) -> None:
    for place in REFERENCES.kecamatan[::7]:
        write_form(Regency(REFERENCES, 6).form(place, 2024, 1), tmp_path / "a.xlsx")
        assert check_items(read(tmp_path / "a.xlsx", "laporan.xlsx")).cells("peringatan") == set()
