"""One true form in many layouts: every figure that is read equals the truth, and nothing is claimed that is not so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from pipelines.reference.tables import References, load_references
from pipelines.settings import Settings
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form, ReadFile
from tests.corpus.layouts import LAYOUTS
from tests.corpus.render import Layout, expected_rows, render
from tests.corpus.true_form import TRUE_FORM, TrueForm

SETTINGS = Settings()


@pytest.fixture(scope="session")
def references() -> References:
    return load_references(SETTINGS.acuan)


def read(path: Path, references: References, relative: str = "kiriman.xlsx") -> ReadFile:
    return read_file(path, relative, references, SETTINGS)


def read_layout(true: TrueForm, layout: Layout, folder: Path, references: References) -> Form:
    path = folder / "kiriman.xlsx"
    render(true, layout, path)
    kiriman = read(path, references).kiriman
    assert len(kiriman) == 1
    assert isinstance(kiriman[0], Form), kiriman[0]
    return kiriman[0]


def differences(form: Form, true: TrueForm, layout: Layout) -> list[str]:
    wanted = expected_rows(true, layout)
    rows = form.baris.astype(object).where(form.baris.notna(), None).to_dict("records")
    found = [f"{len(rows)} baris, seharusnya {len(wanted)}"] if len(rows) != len(wanted) else []
    for row, want in zip(rows, wanted, strict=False):
        found += [f"baris {row['baris']} {name}: {row[name]!r}, seharusnya {value!r}" for name, value in want.items() if row[name] != value]
    return found


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_figure_of_a_layout_is_the_truth(layout: Layout, tmp_path: Path, references: References) -> None:
    form = read_layout(TRUE_FORM, layout, tmp_path, references)
    assert differences(form, TRUE_FORM, layout) == []
    assert form.temuan == []
    identity = form.identitas
    assert (identity.kode_kemendagri, identity.tahun, identity.triwulan) == ("35.08.04", 2024, 2)
    for kind in ("pendorong_tujuan", "pendorong_sasaran", "penghambat_tujuan", "penghambat_sasaran", "tindak_lanjut_triwulan"):
        assert tuple(n.teks for n in form.narasi if n.jenis == kind) == getattr(TRUE_FORM, kind)
    assert form.rata_rata is not None
    assert form.rata_rata.angka == 45.5
    assert form.predikat is not None
    assert form.predikat.teks == "Sangat Rendah"
    assert form.tanda_tangan_tanggal == dt.date(2024, 7, 5)
    assert form.tanda_tangan_jabatan == "CAMAT PASIRIAN"
    assert "PALSU" not in repr(form)


def test_addresses_lead_back_to_the_cells(tmp_path: Path, references: References) -> None:
    layout = Layout("tergeser", row=5, column=3)
    form = read_layout(TRUE_FORM, layout, tmp_path, references)
    assert form.kolom["target_rp"] == "Q"
    from openpyxl import load_workbook

    sheet = load_workbook(tmp_path / "kiriman.xlsx").worksheets[0]
    for row in form.baris[form.baris["target_rp"].notna()].itertuples():
        assert sheet[f"{form.kolom['target_rp']}{row.baris}"].value in (row.target_rp / 100, "-")


def test_dtypes_are_the_contract(tmp_path: Path, references: References) -> None:
    frame = read_layout(TRUE_FORM, Layout("x"), tmp_path, references).baris
    assert frame["target_rp"].dtype == pd.Int64Dtype()
    assert frame["target_k"].dtype == pd.Float64Dtype()
    assert frame["capaian_k_pct_lapor__desimal"].dtype == pd.Int64Dtype()
