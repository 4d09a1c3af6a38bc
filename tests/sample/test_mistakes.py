"""A planted mistake stands at the cell that the planter names, and (but for the consistent ones) nowhere else."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from python_calamine import load_workbook

from pipelines.quality.catalogue import BY_ID
from pipelines.reference.tables import load_references
from pipelines.sample.mistakes import CONSISTENT, OF_ROWS, PLANTABLE, plant
from pipelines.sample.regency import Regency
from pipelines.sample.writer import write_form
from pipelines.settings import PROJECT
from pipelines.workbook.cells import address

REFERENCES = load_references(PROJECT / "dbt_like_sql" / "seeds")


def _cells(path: Path) -> dict[str, object]:
    rows = load_workbook(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return {address(i, j): value for i, row in enumerate(rows) for j, value in enumerate(row)}


@pytest.mark.parametrize("aturan", PLANTABLE)
@pytest.mark.parametrize("name", ["Pronojiwo", "Jatiroto"])  # K and satuan apart, and in one cell
def test_what_is_planted_stands_where_it_is_said(tmp_path: Path, aturan: str, name: str) -> None:
    place = next(k for k in REFERENCES.kecamatan if k.nama == name)
    regency = Regency(REFERENCES, seed=5)
    clean, wrong = regency.form(place, 2024, 3), regency.form(place, 2024, 3)
    planted = plant(wrong, aturan, random.Random(aturan))
    assert planted is not None
    assert planted.aturan == aturan
    assert planted.aturan in BY_ID
    write_form(clean, tmp_path / "clean.xlsx")
    write_form(wrong, tmp_path / "wrong.xlsx")
    before, after = _cells(tmp_path / "clean.xlsx"), _cells(tmp_path / "wrong.xlsx")
    changed = {cell for cell in before | after if before.get(cell) != after.get(cell)}
    if aturan in OF_ROWS:
        assert changed
        assert planted.sel is None or planted.sel in after
    elif aturan not in CONSISTENT:
        assert changed == {planted.sel}
    elif aturan in ("anggaran_tanpa_kinerja", "kinerja_tanpa_anggaran"):
        assert changed  # the cell at fault keeps its figure; what should go with it is gone
        assert planted.sel not in changed
    else:
        assert planted.sel in changed


def test_planting_leaves_no_trace(tmp_path: Path) -> None:
    regency = Regency(REFERENCES, seed=5)
    keys = [(2024, quarter, place) for quarter in (1, 2) for place in REFERENCES.kecamatan[:3]]
    clean = regency.write(tmp_path / "clean", keys)
    wrong = regency.write(tmp_path / "wrong", keys, kesalahan=6)
    again = regency.write(tmp_path / "again", keys, kesalahan=6)
    assert [path.read_bytes() for path in wrong] == [path.read_bytes() for path in again]
    assert [path.read_bytes() for path in wrong] != [path.read_bytes() for path in clean]
    for path in wrong:
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if "comment" in name]
            assert b"kesalahan" not in archive.read("docProps/core.xml").lower()
