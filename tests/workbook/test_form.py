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
from tests.corpus.comparison import silent_errors
from tests.corpus.damage import Damage
from tests.corpus.damages import ROW_DAMAGES
from tests.corpus.layouts import LAYOUTS
from tests.corpus.render import Layout, expected_rows, lay_out, render
from tests.corpus.test_damages import damaged
from tests.corpus.true_form import TRUE_FORM, TrueForm
from tests.corpus.writers import write_xlsxwriter

SETTINGS = Settings()
NO_CODES = Layout("tanpa kode", codes="none")


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


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([{0: "Kecamatan", 2: ": Pasirian"}, {0: "Triwulan", 2: ": II", 5: "Tahun", 6: 2024}], []),
        ([{0: "KECAMATAN", 1: ":", 2: "PASIRIAN"}, {0: "TRIWULAN", 1: ":", 2: 2}, {0: "TAHUN ANGGARAN", 1: ":", 2: 2024}], []),
        ([{0: "Nama OPD", 2: "PASIRIAN"}, {0: "Periode", 2: "Triwulan II"}, {0: 2024}], []),
        ([{0: "Kabupaten", 2: ": Lumajang"}, {0: "Kecamatan", 2: ": Pasirian"}, {0: "Triwulan II Tahun 2024"}], []),
        ([{0: "Alamat", 2: "Tempeh"}, {0: "Kecamatan Pasirian"}, {0: "Triwulan II Tahun 2024"}], []),
        ([{0: "EVALUASI HASIL RENJA KECAMATAN"}, {0: "PASIRIAN TRIWULAN"}, {0: "II TAHUN 2024"}], []),
        ([{0: "Kecamatan Pasirian"}, {0: "Triwulan II Tahun 2024"}, {0: "Catatan: revisi atas Triwulan I Tahun 2023 Kecamatan Kunir"}], []),
        ([{0: "Kecamatan Pasirian", 20: "Pasirian,     Januari 2025"}, {0: "Triwulan II Tahun 2024"}], []),
        ([{0: "Kecamatan", 2: ": Pasirain"}, {0: "Triwulan II Tahun 2024"}], [("nama_kecamatan_salah_eja", "C1")]),
    ],
)
def test_titles_in_several_cells(
    lines: list[dict[int, str | int]], found: list[tuple[str, str]], tmp_path: Path, references: References
) -> None:
    page = lay_out(TRUE_FORM, Layout("x"))
    page.name = "Sheet1"
    for at in [at for at, text in page.cells.items() if at[0] < 3 or "CAMAT" in str(text)]:
        page.put(*at, None)
    page.put(page.rows[0], Layout("x").starts()["penanggung_jawab"], "Camat")
    for row, line in enumerate(lines):
        for column, value in line.items():
            page.put(row, column, value)
    write_xlsxwriter(page, tmp_path / "kiriman.xlsx")
    (form,) = read(tmp_path / "kiriman.xlsx", references).kiriman
    assert isinstance(form, Form), form.pesan
    identity = form.identitas
    assert (identity.kode_kemendagri, identity.tahun, identity.triwulan) == ("35.08.04", 2024, 2)
    assert [(t.aturan, t.sel) for t in form.temuan] == found


def changed_foot(folder: Path, references: References, cells: dict[str, object]) -> Form:
    """The true form with the cells that begin like a key of `cells` changed; None empties a cell."""
    page = lay_out(TRUE_FORM, Layout("x"))
    for start, value in cells.items():
        at = next(at for at, text in page.cells.items() if at[0] >= page.foot and str(text).startswith(start))
        page.put(*at, value)  # type: ignore[arg-type]
    write_xlsxwriter(page, folder / "kiriman.xlsx")
    (form,) = read(folder / "kiriman.xlsx", references).kiriman
    assert isinstance(form, Form), form.pesan
    assert "PALSU" not in repr(form)
    return form


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Rerata capaian kinerja", "45,5"),
        ("d). Rata2 capaian kinerja (%)", "= 45,5"),
        ("Rata-rata", "45,5 (Sangat Rendah)"),
        ("Nilai Rata–rata Hasil Capaian Kinerja", 45.5),
        ("Capaian kinerja rata-rata", 45.5),
        ("Rata-rata capaian kinerja Tahun 2024 = 45,5", None),
        ("Rata-rata capaian kinerja 45,5 %", None),
    ],
)
def test_the_average_in_other_words(label: str, value: object, tmp_path: Path, references: References) -> None:
    form = changed_foot(tmp_path, references, {"45.5": value, "d. Rata-rata": label})
    assert form.rata_rata is not None
    assert (form.rata_rata.angka, form.temuan) == (45.5, [])


def test_words_in_the_place_of_the_average_are_said(tmp_path: Path, references: References) -> None:
    form = changed_foot(tmp_path, references, {"45.5": "masih proses"})
    assert (form.rata_rata, [t.aturan for t in form.temuan]) == (None, ["bukan_angka"])


@pytest.mark.parametrize(
    ("label", "value"), [("PREDIKAT", "Sangat Rendah"), ("Predikat : Sangat Rendah", None), ("Kriteria kinerja", "Sangat Rendah")]
)
def test_the_predikat_in_other_words(label: str, value: str | None, tmp_path: Path, references: References) -> None:
    form = changed_foot(tmp_path, references, {"Sangat Rendah": value, "e. Predikat": label})
    assert form.predikat is not None
    assert form.predikat.teks == "Sangat Rendah"


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("Faktor pendorong", "Pendorong keberhasilan kinerja:"),
        ("Faktor pendorong", "1) Faktor-faktor yang mendukung:"),
        ("Faktor penghambat", "Faktor kendala:"),
        ("Faktor penghambat", "Hambatan pencapaian kinerja"),
        ("Tindak lanjut yang diperlukan dalam triwulan", "RTL triwulan berikutnya: Mempercepat penyerapan anggaran"),
        ("Tindak lanjut yang diperlukan dalam triwulan", "Tindaklanjut triwulan III: Mempercepat penyerapan anggaran"),
        ("Tindak lanjut yang diperlukan dalam Renja", "Tindak lanjut tahun berikutnya: Menyusun jadwal lebih awal"),
        ("f. Indikator Tujuan", "f. 1. Indikator Tujuan : - Kerja sama yang baik"),
    ],
)
def test_narratives_in_other_words(own: str, other: str, tmp_path: Path, references: References) -> None:
    form = changed_foot(tmp_path, references, {own: other})
    for kind in dict.fromkeys(n.jenis for n in form.narasi):
        assert tuple(n.teks for n in form.narasi if n.jenis == kind) == getattr(TRUE_FORM, kind)
    assert len(form.narasi) == 8


@pytest.mark.parametrize(
    ("office", "kept"),
    [
        ("CAMAT PASIRIAN NAMA PALSU BIN UJI", "CAMAT PASIRIAN"),
        ("a.n. CAMAT PASIRIAN\nSekretaris Kecamatan", "a.n. CAMAT PASIRIAN"),
        ("KEPALA KECAMATAN PASIRIAN", "KEPALA KECAMATAN PASIRIAN"),
        ("CAMAT PASIRIAN KABUPATEN LUMAJANG", "CAMAT PASIRIAN"),
        ("Pejabat Pembuat Komitmen", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("place", ["Pasirian, 5 July 2024", "Pasirian, ..... Juli 2024"])
def test_of_the_signature_no_name_is_kept(office: str | None, kept: str | None, place: str, tmp_path: Path, references: References) -> None:
    page = lay_out(TRUE_FORM, Layout("x"))
    for at, text in list(page.cells.items()):  # below the last narrative, in its column
        if str(text).startswith(("PETUNJUK", "d. Diisi")):
            page.put(*at, None)
        elif str(text).startswith(("Pasirian,", "CAMAT", "NAMA", "NIP")):
            page.put(*at, None)
            page.put(at[0], 0, place if "," in str(text) and "2024" in str(text) else office if str(text).startswith("CAMAT") else text)
    write_xlsxwriter(page, tmp_path / "kiriman.xlsx")
    (form,) = read(tmp_path / "kiriman.xlsx", references).kiriman
    assert isinstance(form, Form)
    assert "PALSU" not in repr(form)
    assert "NIP" not in repr(form)
    assert (form.tanda_tangan_tempat, form.tanda_tangan_jabatan, len(form.narasi)) == ("Pasirian", kept, 8)
    assert (form.tanda_tangan_tanggal is None) is ("....." in place)


@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize("column", ["kode", "indikator", "target", "tw1", "penanggung_jawab"])
def test_a_signature_alone_below_the_table(column: str, total: bool, tmp_path: Path, references: References) -> None:
    layout = Layout("x")
    page = lay_out(TRUE_FORM, layout)
    for at in [at for at in page.cells if at[0] >= page.foot]:
        page.put(*at, None)
    if not total:
        page.drop_row(page.rows[10])
    lines = ("Pasirian, 5 Juli 2024", "CAMAT PASIRIAN", None, None, "NAMA PALSU, S.Sos", "19700101 199003 1 001")
    for offset, text in enumerate(lines):
        page.put(page.foot + offset, layout.starts()[column], text)
    write_xlsxwriter(page, tmp_path / "kiriman.xlsx")
    (form,) = read(tmp_path / "kiriman.xlsx", references).kiriman
    assert isinstance(form, Form)
    assert "PALSU" not in repr(form)
    assert "1990" not in repr(form)
    assert (form.temuan, len(form.baris)) == ([], 11 if total else 10)
    assert (form.tanda_tangan_tanggal, form.tanda_tangan_jabatan) == (dt.date(2024, 7, 5), "CAMAT PASIRIAN")


@pytest.mark.parametrize("damage", [d for d in ROW_DAMAGES if d.fits(NO_CODES) and not d.fits(Layout("x"))], ids=lambda damage: damage.name)
def test_damages_of_a_form_without_codes(damage: Damage, tmp_path: Path) -> None:
    page, expected, (form,) = damaged(damage, NO_CODES, tmp_path / "kiriman.xlsx")
    assert isinstance(form, Form)
    assert silent_errors(form, TRUE_FORM, NO_CODES, page, expected.changed) == []
    assert {(t.aturan, t.sel) for t in form.temuan} == expected.findings
