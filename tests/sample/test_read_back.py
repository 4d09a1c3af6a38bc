"""What the reader makes of a sample workbook is what was written into it, figure by figure, with nothing to find."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines.reference.tables import load_references
from pipelines.sample.form_data import Value
from pipelines.sample.regency import Regency
from pipelines.sample.writer import write_form
from pipelines.settings import PROJECT, Settings
from pipelines.workbook.columns import MEASURES, Kind, Level, Measure
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form

REFERENCES = load_references(PROJECT / "dbt_like_sql" / "seeds")
NARRATIVES = 6


def _expected(measure: Measure, value: Value) -> float | None:
    if value is None or (value == "-" and measure.kind is Kind.PERCENT):
        return None
    return 0.0 if isinstance(value, str) else float(value) * (100 if measure.kind is Kind.RUPIAH else 1)


@pytest.mark.parametrize("place", REFERENCES.kecamatan, ids=lambda place: place.nama)
@pytest.mark.parametrize(("tahun", "triwulan"), [(2024, 2), (2025, 3), (2026, 4)])
def test_every_figure_arrives(tmp_path: Path, place: object, tahun: int, triwulan: int) -> None:
    form = Regency(REFERENCES, seed=2).form(place, tahun, triwulan)  # type: ignore[arg-type]
    path = tmp_path / "formulir.xlsx"
    write_form(form, path)
    (read,) = read_file(path, "formulir.xlsx", REFERENCES, Settings()).kiriman
    assert isinstance(read, Form), read
    assert read.temuan == []
    identity = read.identitas
    assert (identity.kode_kemendagri, identity.tahun, identity.triwulan) == (form.kecamatan.kode_kemendagri, tahun, triwulan)
    assert len(read.baris) == len(form.baris) + 1
    for row, (_, got) in zip([*form.baris, form.total], read.baris.iterrows(), strict=True):
        assert got["level"] == row.level
        if row.level is not Level.TOTAL:
            assert got["kode"] == row.kode
            assert got["indikator"] == row.indikator
        for measure in MEASURES:
            value = None if pd.isna(got[measure.name]) else float(got[measure.name])
            assert value == pytest.approx(_expected(measure, row.nilai.get(measure.name))), (row.kode, measure.name)
    assert read.rata_rata is not None
    assert read.rata_rata.angka == pytest.approx(float(form.rata_rata or 0))
    assert read.predikat is not None
    assert read.predikat.teks == form.predikat
    assert read.tanda_tangan_tanggal == form.tanggal
    assert {item.jenis for item in read.narasi} == set(form.narasi)
    assert len(form.narasi) == NARRATIVES
    assert [item.teks for item in read.narasi if item.jenis == "pendorong_tujuan"] == form.narasi["pendorong_tujuan"]
