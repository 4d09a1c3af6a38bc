"""A clean form prints exactly what the pipeline's own arithmetic (`quality.figures`) makes of its quarters: nothing to find."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.quality.figures import Figures, average_capaian, compute_figures
from pipelines.reference.tables import load_references
from pipelines.sample.form_data import FormData, Row, Value
from pipelines.sample.regency import Regency
from pipelines.settings import PROJECT
from pipelines.workbook.columns import MEASURES, TEXTS, Kind, Measure

REFERENCES = load_references(PROJECT / "dbt_like_sql" / "seeds")
YEARS = (2024, 2025)


def _stated(measure: Measure, value: Value) -> object:
    if value is None or value == "":
        return pd.NA
    if value == "-":
        return pd.NA if measure.kind is Kind.PERCENT else 0
    return int(value) * 100 if measure.kind is Kind.RUPIAH else float(value)  # type: ignore[arg-type]


def _staged(forms: list[FormData]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a perfect reader would stage of these forms."""
    records, submissions = [], []
    for kiriman_id, form in enumerate(forms, start=1):
        submissions.append({"kiriman_id": kiriman_id, "tahun": form.tahun, "triwulan": form.triwulan})
        kelompok = 0
        for urutan, row in enumerate([*form.baris, form.total]):
            kelompok += row.pertama
            record = dict.fromkeys((text.name for text in TEXTS), pd.NA)
            record |= {"kiriman_id": kiriman_id, "urutan": urutan, "baris": urutan + 15, "level": str(row.level), "kode": row.kode}
            record |= {
                "kelompok": kelompok,
                "indikator_ke": 1,
                "satuan": row.satuan.lower(),
                "indikator": row.indikator,
                "uraian": row.uraian,
            }
            record |= {"predikat_lapor": row.predikat or pd.NA}
            record |= {measure.name: _stated(measure, _of(row, measure)) for measure in MEASURES}
            records.append(record)
    frame = pd.DataFrame(records)
    for measure in MEASURES:
        frame[measure.name] = frame[measure.name].astype("Int64" if measure.kind is Kind.RUPIAH else "Float64")
    return frame, pd.DataFrame(submissions)


def _of(row: Row, measure: Measure) -> Value:
    return row.nilai.get(measure.name)


@pytest.fixture(scope="module")
def forms() -> list[FormData]:
    regency = Regency(REFERENCES, seed=11)
    return [regency.form(place, year, quarter) for year in YEARS for place in REFERENCES.kecamatan for quarter in (1, 2, 3, 4)]


@pytest.fixture(scope="module")
def figures(forms: list[FormData]) -> Figures:
    return compute_figures(*_staged(forms), REFERENCES)


@pytest.mark.parametrize(
    ("computed", "tolerance"),
    [("realisasi_k", 0.00501), ("capaian_k_pct", 0.00501), ("renstra_realisasi_k", 0.00501), ("renstra_capaian_k_pct", 0.00501)],
)
def test_outputs_are_what_we_compute(figures: Figures, computed: str, tolerance: float) -> None:
    kinerja = figures.kinerja
    ours = kinerja[computed].to_numpy(dtype="float64", na_value=np.nan)
    theirs = kinerja[f"{computed}_lapor"].to_numpy(dtype="float64", na_value=np.nan)
    assert (np.isnan(ours) == np.isnan(theirs)).all()
    assert np.nanmax(np.abs(ours - theirs)) <= tolerance


@pytest.mark.parametrize("computed", ["realisasi_rp", "renstra_realisasi_rp"])
def test_money_is_what_we_compute(figures: Figures, computed: str) -> None:
    assert (figures.anggaran[computed] == figures.anggaran[f"{computed}_lapor"]).all()


@pytest.mark.parametrize("computed", ["capaian_rp_pct", "renstra_capaian_rp_pct"])
def test_money_ratios_are_what_we_compute(figures: Figures, computed: str) -> None:
    ours = figures.anggaran[computed].to_numpy(dtype="float64", na_value=np.nan)
    theirs = figures.anggaran[f"{computed}_lapor"].to_numpy(dtype="float64", na_value=np.nan)
    assert (np.isnan(ours) == np.isnan(theirs)).all()
    assert np.nanmax(np.abs(ours - theirs)) <= 0.00501


def test_every_parent_is_the_sum_of_its_children(figures: Figures) -> None:
    frame = figures.rekonsiliasi
    stated = frame.dropna(subset=["dilaporkan"])
    assert len(stated) > 10_000
    assert stated["jumlah_anak"].notna().all()
    assert (stated["selisih"] == 0).all()


def test_every_grade_is_that_of_its_capaian(figures: Figures) -> None:
    assert (figures.kinerja["predikat"].fillna("") == figures.kinerja["predikat_lapor"].fillna("")).all()


def test_every_indicator_is_declared_or_counted(figures: Figures) -> None:
    assert figures.kinerja["jenis_ditetapkan"].all()


def test_the_foots_average_is_ours(forms: list[FormData], figures: Figures) -> None:
    ours = average_capaian(figures.kinerja, "program", 100.0)
    for kiriman_id, form in enumerate(forms, start=1):
        assert abs(float(form.rata_rata or 0) - ours[kiriman_id]) <= 0.00501  # type: ignore[arg-type]
