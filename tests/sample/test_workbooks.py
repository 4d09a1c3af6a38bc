"""The written workbooks: marked, nameless, the same bytes for the same seed, and unchanged by a recalculation."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import load_workbook as load_values

from pipelines.sample import write_sample
from pipelines.settings import PROJECT


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_sample(tmp_path_factory.mktemp("regency"), kecamatan=8, triwulan=(1, 2), seed=3)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_paths_and_times(workbooks: list[Path]) -> None:
    assert len(workbooks) == 16
    assert workbooks[0].parts[-3:] == ("2024", "tw1", "tempursari.xlsx")
    assert len({path.stat().st_mtime for path in workbooks}) > 1


def test_same_arguments_same_bytes(workbooks: list[Path], tmp_path: Path) -> None:
    again = write_sample(tmp_path, kecamatan=2, triwulan=(2,), seed=3)  # whatever else is asked for beside them
    assert [_digest(path) for path in again] == [_digest(path) for path in workbooks[8:10]]
    other = write_sample(tmp_path / "other", kecamatan=1, triwulan=(1,), seed=4)
    assert _digest(other[0]) != _digest(workbooks[0])


def test_every_sheet_is_marked_above_and_below_the_table(workbooks: list[Path]) -> None:
    committed = [path for path in (PROJECT / "data" / "raw").rglob("*.xlsx") if path.parts[-2:] != ("tw2", "lumajang.xlsx")]
    assert len(committed) == 41
    for path in (*workbooks, *committed):
        book = load_values(str(path))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            marked = [index for index, row in enumerate(rows) if any("CONTOH SINTETIS" in str(cell) for cell in row)]
            assert marked[0] == 0
            assert marked[-1] == len(rows) - 1


def test_no_name_and_no_nip(workbooks: list[Path]) -> None:
    for path in (*workbooks, *(PROJECT / "data" / "raw").rglob("*.xlsx")):
        rows = load_values(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        texts = [str(cell) for row in rows for cell in row if isinstance(cell, str)]
        assert not [text for text in texts if re.search(r"\bNIP\b|\b\d{18}\b|\b\d{8} \d{6} \d \d{3}\b", text)]
        at = next(index for index, row in enumerate(rows) if any(str(cell).startswith("CAMAT ") for cell in row))
        below = [str(cell) for row in rows[at + 1 :] for cell in row if cell != ""]
        assert all("CONTOH SINTETIS" in text for text in below)
        with zipfile.ZipFile(path) as archive:
            assert re.search(rb"<dc:creator>[^<]+</dc:creator>", archive.read("docProps/core.xml")) is None


def test_computed_columns_are_formulas_with_their_values(workbooks: list[Path]) -> None:
    path = next(path for path in workbooks if path.parts[-2:] == ("tw2", "pronojiwo.xlsx"))
    formulas = load_workbook(path).active
    values = load_workbook(path, data_only=True).active
    assert formulas is not None
    assert values is not None
    count = 0
    for row in formulas.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                count += 1
                assert values[cell.coordinate].value is not None, cell.coordinate
    assert count > 1000


def _without_values(path: Path, to: Path) -> None:
    """A copy of a workbook whose formulas have lost their values, so that whoever opens it must calculate."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content, count = re.subn(rb"</f><v>[^<]*</v>", b"</f>", content)
                assert count > 1000
            copy.writestr(name, content)


def test_nothing_asks_to_be_recalculated(workbooks: list[Path]) -> None:
    committed = [path for path in (PROJECT / "data" / "raw").rglob("*.xlsx") if path.parts[-2:] != ("tw2", "lumajang.xlsx")]
    for path in (*workbooks, *committed):
        with zipfile.ZipFile(path) as archive:
            assert b"fullCalcOnLoad" not in archive.read("xl/workbook.xml"), path


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_recalculation_changes_nothing(workbooks: list[Path], tmp_path: Path) -> None:
    path = next(path for path in workbooks if path.parts[-2:] == ("tw2", "kunir.xlsx"))
    bare = tmp_path / "bare" / "kunir.xlsx"
    bare.parent.mkdir()
    _without_values(path, bare)
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(tmp_path),
        str(bare),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    before = load_values(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    after = load_values(str(tmp_path / "kunir.ods")).get_sheet_by_index(0).to_python(skip_empty_area=False)
    for number, (left, right) in enumerate(zip(before, after, strict=True), start=1):
        for one, other in zip(left, right, strict=False):
            assert one == other or one == pytest.approx(other, abs=1e-9), (number, one, other)


def test_more_than_there_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 sampai 21"):
        write_sample(tmp_path, kecamatan=22)
    with pytest.raises(ValueError, match="1999 tidak punya nomenklatur"):
        write_sample(tmp_path, kecamatan=1, tahun=(2024, 1999))
    assert not list(tmp_path.iterdir())
