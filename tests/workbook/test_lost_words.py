"""A lost cell in a column of words is a finding at that cell, as one in a column of figures is; nothing else of the form changes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipelines.reference.tables import load_references
from pipelines.settings import PROJECT, Settings
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form

SOURCE = PROJECT / "data" / "raw" / "2024" / "tw2" / "tempeh.xlsx"
ROW = 18  # a sub kegiatan


def read(path: Path) -> Form:
    (form,) = read_file(path, "2024/tw2/tempeh.xlsx", load_references(Settings().acuan), Settings()).kiriman
    assert isinstance(form, Form)
    return form


@pytest.mark.parametrize(("stands", "aturan"), [("#REF!", "sel_tidak_terbaca"), ("=VLOOKUP(1,Lain!A:B,2,0)", "rumus_tanpa_nilai")])
@pytest.mark.parametrize("name", ["kode_lapor", "sasaran", "uraian", "indikator", "formulasi", "predikat_lapor", "kendala", "upaya"])
def test_lost_words_are_told_at_their_cell(name: str, stands: str, aturan: str, tmp_path: Path) -> None:
    whole = read(SOURCE)
    cell = f"{whole.kolom[name]}{ROW}"
    workbook = openpyxl.load_workbook(SOURCE, data_only=True)
    workbook.active[cell] = stands
    workbook.save(path := tmp_path / "rusak.xlsx")
    form = read(path)
    assert (aturan, cell) in {(finding.aturan, finding.sel) for finding in form.temuan}
    before, after = whole.rows.to_pandas().set_index("baris"), form.rows.to_pandas().set_index("baris")
    assert after.drop(columns=name).equals(before.drop(columns=name))
    assert after.loc[ROW:ROW, name].isna().all()
    assert after[name].drop(ROW).equals(before[name].drop(ROW))
