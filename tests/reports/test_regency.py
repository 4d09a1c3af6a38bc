"""`perbaikan/` follows the warehouse: made once, made again where something changed, gone where nothing is wrong any more."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipelines.reports.correction import write_corrections
from tests.reports.workbooks import write_rich
from tests.warehouse.conftest import Built


@pytest.fixture
def place(built: Built, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Warehouse, raw, perbaikan: Lumajang's current submission and Kunir's refused one lie in raw as they were read."""
    warehouse, raw = tmp_path / "renja.duckdb", tmp_path / "raw"
    shutil.copy(built.publication.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        for key, path in connection.execute("select berkas_key, path from dim_berkas where status in ('berlaku', 'ditolak')").fetchall():
            source = raw / path
            source.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256(write_rich(source).read_bytes()).hexdigest()
            connection.execute("update dim_berkas set sha256 = ? where berkas_key = ?", [digest, key])
    return warehouse, raw, tmp_path / "perbaikan"


def test_every_submission_with_findings_once(place: tuple[Path, Path, Path]) -> None:
    first = write_corrections(*place)
    assert {path.name for path in first.files} == {"2024_tw2_lumajang.xlsx", "2024_tw2_kunir_ditolak.xlsx"}
    assert (first.written, first.skipped) == (2, ())
    stamps = {path: path.stat().st_mtime_ns for path in first.files}
    second = write_corrections(*place)
    assert (second.files, second.written) == (first.files, 0)
    assert {path: path.stat().st_mtime_ns for path in second.files} == stamps
    heading = openpyxl.load_workbook(place[2] / "2024_tw2_lumajang.xlsx")["Temuan"]["A2"].value
    assert heading.startswith("Kecamatan Lumajang · Triwulan II 2024 · ")


def test_a_changed_finding_makes_the_copy_again_and_none_removes_it(place: tuple[Path, Path, Path]) -> None:
    warehouse, _, perbaikan = place
    write_corrections(*place)
    (perbaikan / "catatan.xlsx").write_bytes(b"of somebody else")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update fact_temuan set pesan = 'Lain.' where aturan = 'angka_ambigu'")
        connection.execute("delete from fact_temuan where aturan = 'periode_tidak_dikenali'")
    again = write_corrections(*place)
    assert again.written == 1
    assert {path.name for path in perbaikan.glob("*.xlsx")} == {"2024_tw2_lumajang.xlsx", "catatan.xlsx"}


def test_a_source_that_changed_or_left_is_told_and_its_copy_kept(place: tuple[Path, Path, Path]) -> None:
    warehouse, raw, _ = place
    first = write_corrections(*place)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update fact_temuan set pesan = 'Lain.'")
        paths = dict(
            connection.execute(
                "select status, path from dim_berkas where status in ('berlaku', 'ditolak') and revisi_ke is distinct from 0"
            ).fetchall()
        )
    (raw / paths["ditolak"]).unlink()
    with (raw / paths["berlaku"]).open("ab") as stream:
        stream.write(b"x")
    again = write_corrections(*place)
    assert again.written == 0
    assert {path for path, _ in again.skipped} == set(paths.values())
    assert all(path.is_file() for path in first.files)
