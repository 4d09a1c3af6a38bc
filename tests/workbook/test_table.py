"""Damaged and unusual tables: each is read as a person would read it, reported at its cell, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.reference.tables import References, load_references
from pipelines.settings import Settings
from pipelines.workbook.form import read_file
from pipelines.workbook.header import candidates, normalised
from pipelines.workbook.submission import Form, Refusal
from tests.corpus.render import Layout, render
from tests.corpus.true_form import TRUE_FORM
from tests.workbook.test_form import differences

SETTINGS = Settings()
BASE = Layout("dasar")
FIRST = 13  # sheet row of the first row of the table in BASE


@pytest.fixture(scope="session")
def references() -> References:
    return load_references(SETTINGS.acuan)


@pytest.fixture
def damaged(tmp_path: Path, references: References) -> Callable[..., list[Form | Refusal]]:
    """Render, change the sheet with openpyxl, read."""

    def make(change: Callable[[Worksheet], None], layout: Layout = BASE) -> list[Form | Refusal]:
        path = tmp_path / "kiriman.xlsx"
        render(TRUE_FORM, layout, path)
        book = load_workbook(path)
        change(book.worksheets[0])
        book.save(path)
        return read_file(path, "kiriman.xlsx", references, SETTINGS).kiriman

    return make


def only_form(kiriman: list[Form | Refusal]) -> Form:
    assert len(kiriman) == 1
    assert isinstance(kiriman[0], Form), kiriman[0]
    return kiriman[0]


def only_refusal(kiriman: list[Form | Refusal]) -> Refusal:
    assert len(kiriman) == 1
    assert isinstance(kiriman[0], Refusal)
    return kiriman[0]


def _whose(refusal: Refusal) -> tuple[str | None, int | None, int | None]:
    told = refusal.identitas
    return told.kode_kemendagri, told.tahun, told.triwulan


def put(cell: str, value: object) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet[cell] = value

    return change


def starts(text: str) -> int:
    """0-based column → for openpyxl, of a numbered column in BASE."""
    return BASE.starts()[text] + 1


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("masih proses", "bukan_angka"),
        ("n/a", "bukan_angka"),
        ("Tidak dianggarkan", "bukan_angka"),
        ("12 34", "bukan_angka"),
        ("###", "sel_tidak_terbaca"),
        ("#", "sel_tidak_terbaca"),
        ("#REF!", "sel_tidak_terbaca"),
        ("1,2,3", "bukan_angka"),
    ],
)
@pytest.mark.parametrize("column", ["target_rp", "tw1_rp", "target_k"])
def test_what_is_no_figure_is_null_and_reported_at_its_cell(damaged, value: str, rule: str, column: str) -> None:
    pair, part = column.rsplit("_", 1)
    at = BASE.column_of(pair, part) + 1

    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST + 1, at).value = value

    form = only_form(damaged(change))
    assert form.baris.set_index("kode").loc["7.01.01", column] is not None
    assert form.baris[column].isna()[1]
    assert [(t.aturan, t.sel, t.kode, t.kolom) for t in form.temuan] == [(rule, f"{form.kolom[column]}{FIRST + 1}", "7.01.01", column)]
    assert form.temuan[0].nilai_lapor == value


def test_words_in_a_ratio_without_target_are_no_mistake(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST + 1, BASE.column_of("target", "rp") + 1).value = "-"
        sheet.cell(FIRST + 1, BASE.column_of("capaian", "rp") + 1).value = "n/a"

    form = only_form(damaged(change))
    assert form.temuan == []
    assert form.baris["capaian_rp_pct_lapor"].isna()[1]
    assert form.baris["target_rp"][1] == 0


def test_a_single_separator_is_decided_by_the_unit(damaged) -> None:
    row = FIRST + 9

    def change(sheet: Worksheet) -> None:
        sheet.cell(row, BASE.column_of("target", "k") + 1).value = "5.856"
        sheet.cell(row, BASE.column_of("target", "rp") + 1).value = "10.000.000"

    form = only_form(damaged(change))
    assert differences(form, TRUE_FORM, BASE) == []
    assert form.temuan == []


def test_titles_that_contradict_the_numbers_are_refused(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        top = FIRST - 4
        a, b = sheet.cell(top, starts("target")), sheet.cell(top, starts("target_renstra"))
        a.value, b.value = b.value, a.value

    refusal = only_refusal(damaged(change))
    assert refusal.aturan == "tata_letak_tidak_dikenal"
    assert refusal.sel is not None
    assert "target" in refusal.pesan
    assert _whose(refusal) == (TRUE_FORM.kode_kemendagri, TRUE_FORM.tahun, TRUE_FORM.triwulan)


def test_swapped_quarters_are_refused(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        top = FIRST - 3
        a, b = sheet.cell(top, starts("tw1")), sheet.cell(top, starts("tw2"))
        a.value, b.value = b.value, a.value

    assert only_refusal(damaged(change)).aturan == "tata_letak_tidak_dikenal"


def test_a_formula_in_the_number_row_that_contradicts_is_refused(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST - 1, starts("capaian")).value = "14 = 13/6 x 100%"

    refusal = only_refusal(damaged(change))
    assert "13/6" in (refusal.nilai_lapor or "")


def test_lost_numbers_leave_the_titles_to_decide(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        for cell in list(sheet[FIRST - 1])[:30]:
            if cell.coordinate not in sheet.merged_cells or cell.value is not None:
                cell.value = None

    form = only_form(damaged(change))
    assert differences(form, TRUE_FORM, BASE) == []


def test_neither_numbers_nor_titles(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.delete_rows(FIRST - 3)  # two rows of titles fewer than BASE

    refusal = only_refusal(damaged(change, Layout("tanpa judul", titles=False)))
    assert refusal.aturan == "tata_letak_tidak_dikenal"
    assert "nomor kolom" in refusal.pesan
    assert "Pasirian" in (refusal.nilai_lapor or "")


def test_another_report_is_refused(tmp_path: Path, references: References) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Laporan Realisasi Anggaran"])
    sheet.append(["No", "Uraian", "Anggaran", "Realisasi", "%"])
    for i in range(20):
        sheet.append([i + 1, f"Belanja {i}", 1000 * i, 900 * i, 90])
    book.save(tmp_path / "lra.xlsx")
    refusal = only_refusal(read_file(tmp_path / "lra.xlsx", "lra.xlsx", references, SETTINGS).kiriman)
    assert refusal.aturan == "tata_letak_tidak_dikenal"
    assert refusal.lembar == sheet.title


def test_an_empty_table(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.delete_rows(FIRST, len(TRUE_FORM.rows))

    refusal = only_refusal(damaged(change))
    assert refusal.aturan == "tabel_kosong"
    assert _whose(refusal) == (TRUE_FORM.kode_kemendagri, TRUE_FORM.tahun, TRUE_FORM.triwulan)  # refused, not unreported


def test_a_row_of_figures_without_words_is_reported_not_dropped_silently(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(FIRST + 2)
        sheet.cell(FIRST + 2, BASE.column_of("target", "rp") + 1).value = 5_000_000

    form = only_form(damaged(change, Layout("tanpa gabungan", merge=False)))
    assert [(t.aturan, t.sel) for t in form.temuan] == [("baris_tidak_dimuat", f"{form.kolom['target_rp']}{FIRST + 2}")]


def test_prebuilt_rows_without_words_and_figures_are_passed_over(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(FIRST + 2)
        for name in ("target", "tw1", "realisasi", "capaian"):
            sheet.cell(FIRST + 2, BASE.column_of(name, "rp") + 1).value = 0

    form = only_form(damaged(change, Layout("tanpa gabungan", merge=False)))
    assert form.temuan == []
    assert differences(form, TRUE_FORM, BASE) == []


def test_kelurahan_below_a_sub_kegiatan(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(FIRST + 4, 2)
        for offset, name in enumerate(("Kelurahan Tompokersan", "Kelurahan Jogotrunan")):
            sheet.cell(FIRST + 4 + offset, 3).value = name
            sheet.cell(FIRST + 4 + offset, 4).value = "Jumlah dokumen"
            sheet.cell(FIRST + 4 + offset, BASE.column_of("target", "rp") + 1).value = 1_000_000 + offset

    form = only_form(damaged(change, Layout("tanpa gabungan", merge=False)))
    added = form.baris[form.baris["level"] == "kelurahan"]
    assert added["kode"].tolist() == ["7.01.01.2.01.0001.K1", "7.01.01.2.01.0001.K2"]
    assert added["target_rp"].tolist() == [100_000_000, 100_000_100]
    assert form.temuan == []


def test_the_same_code_twice(damaged) -> None:
    form = only_form(damaged(put(f"A{FIRST + 4}", "7.01.01.2.01.0001")))
    assert form.baris["kode"].tolist()[3:5] == ["7.01.01.2.01.0001", "7.01.01.2.01.0001#2"]
    assert [(t.aturan, t.sel) for t in form.temuan] == [("kode_ganda", f"A{FIRST + 4}")]


def test_an_unknown_code_is_kept(damaged) -> None:
    form = only_form(damaged(put(f"A{FIRST + 4}", "7.01.01.2.01.0099")))
    assert form.baris["kode"][4] == "7.01.01.2.01.0099"
    assert form.baris["target_rp"][4] == 3_450_000_000


def test_a_lost_code_is_found_by_the_official_title_and_reported(damaged) -> None:
    form = only_form(damaged(put(f"A{FIRST + 4}", None)))
    assert form.baris["kode"][4] == "7.01.01.2.01.0002"
    assert [t.aturan for t in form.temuan] == ["kode_tidak_dikenal"]


def test_a_code_repeated_for_each_indicator_is_one_group(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet[f"A{FIRST + 6}"] = "7.01.06"
        sheet[f"A{FIRST + 7}"] = "7.01.06"

    form = only_form(damaged(change))
    group = form.baris[form.baris["kode"] == "7.01.06"]
    assert group["indikator_ke"].tolist() == [1, 2, 3]
    assert group["kelompok"].nunique() == 1


def test_two_kecamatan_on_one_sheet_are_two_submissions(tmp_path: Path, references: References) -> None:
    render(TRUE_FORM, Layout("x", merge=False), tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    sheet = book.worksheets[0]
    length = sheet.max_row
    for row in list(sheet.iter_rows(values_only=True)):
        sheet.append([v.replace("Pasirian", "Candipuro").replace("PASIRIAN", "CANDIPURO") if isinstance(v, str) else v for v in row])
    book.save(tmp_path / "a.xlsx")
    first, second = read_file(tmp_path / "a.xlsx", "a.xlsx", references, SETTINGS).kiriman
    assert isinstance(first, Form)
    assert isinstance(second, Form)
    assert (first.identitas.kode_kemendagri, second.identitas.kode_kemendagri) == ("35.08.04", "35.08.03")
    assert len(first.baris) == len(second.baris) == len(TRUE_FORM.rows)
    assert second.baris["baris"].min() > length
    assert first.lembar != second.lembar


def test_covers_are_passed_over_and_hidden_sheets_are_no_submissions(tmp_path: Path, references: References) -> None:
    render(TRUE_FORM, BASE, tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    cover = book.create_sheet("Sampul", 0)
    cover["B3"] = "LAPORAN EVALUASI RENJA"
    copy = book.copy_worksheet(book["TW II"])
    copy.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert only_form(read_file(tmp_path / "a.xlsx", "a.xlsx", references, SETTINGS).kiriman).lembar == "TW II"


def test_column_20_on_a_sheet_of_its_own(tmp_path: Path, references: References) -> None:
    render(TRUE_FORM, BASE, tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    sheet = book.worksheets[0]
    column = starts("penanggung_jawab")
    sheet.unmerge_cells(start_row=FIRST - 4, end_row=FIRST - 3, start_column=column, end_column=column)
    sheet.delete_cols(column)
    page = book.create_sheet("Halaman 2")
    page.append(["Perangkat Daerah Penanggung Jawab"])
    page.append([20])
    for i in range(len(TRUE_FORM.rows) - 1):
        page.append([f"Seksi {i}"])
    book.save(tmp_path / "a.xlsx")
    form = only_form(read_file(tmp_path / "a.xlsx", "a.xlsx", references, SETTINGS).kiriman)
    assert form.baris["penanggung_jawab"].tolist()[:2] == ["Seksi 0", "Seksi 1"]
    page.append(["Seksi lain"])
    book.save(tmp_path / "a.xlsx")
    form = only_form(read_file(tmp_path / "a.xlsx", "a.xlsx", references, SETTINGS).kiriman)
    assert form.baris["penanggung_jawab"].isna().all()


def test_a_subtotal_does_not_end_the_table(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(FIRST + 5)
        sheet.cell(FIRST + 5, 3).value = "JUMLAH"
        sheet.cell(FIRST + 5, BASE.column_of("target", "rp") + 1).value = 80_000_000

    form = only_form(damaged(change, Layout("tanpa gabungan", merge=False)))
    assert differences(form, TRUE_FORM, BASE) == []
    assert [t.sel for t in form.temuan] == [f"{form.kolom['target_rp']}{FIRST + 5}"]


def test_coded_rows_below_the_foot_are_reported(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        row = sheet.max_row + 2
        sheet.cell(row, 1).value = "7.01.04"
        sheet.cell(row, BASE.column_of("target", "rp") + 1).value = 1_000

    form = only_form(damaged(change))
    assert [(t.aturan, t.rincian) for t in form.temuan] == [("baris_tidak_dimuat", "berada di bawah kaki formulir")]


def test_a_misspelt_unit_is_reported_at_its_cell(damaged) -> None:
    row, column = FIRST + 9, BASE.column_of("target", "k") + 2
    form = only_form(damaged(lambda sheet: sheet.cell(row, column, "kelarga")))
    assert differences(form, TRUE_FORM, BASE) == []
    assert [(t.aturan, t.sel, t.nilai_lapor, t.nilai_seharusnya) for t in form.temuan] == [
        ("satuan_salah_eja", f"{form.kolom['target_satuan']}{row}", "kelarga", "keluarga")
    ]


def test_a_misspelt_kecamatan_is_reported_at_its_cell(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A2"] = "Kecamatan Pasirain Kabupaten Lumajang"

    form = only_form(damaged(change))
    assert form.identitas.kode_kemendagri == "35.08.04"
    assert [(t.aturan, t.sel, t.nilai_seharusnya) for t in form.temuan] == [("nama_kecamatan_salah_eja", "A2", "Kecamatan Pasirian")]


@pytest.mark.parametrize(
    ("text", "sen", "rules"),
    [
        ("345,678", 345_678_000_00, ["angka_ambigu"]),
        ("11.745,678", 11_745_678_00, []),
        ("345.678", 345_678_000_00, ["angka_ambigu"]),
        ("345.678,5", 345_678_500_00, []),
        ("1.345.678", 1_345_678_000_00, []),
    ],
)
def test_text_in_a_form_in_thousands(damaged, text: str, sen: int, rules: list[str]) -> None:
    layout = Layout("ribuan", thousands=True)
    form = only_form(damaged(lambda sheet: sheet.cell(FIRST, layout.column_of("target", "rp") + 1, text), layout))
    assert form.baris["target_rp"][0] == sen
    assert [t.aturan for t in form.temuan] == rules


@pytest.mark.parametrize(("first", "second"), [("11.745,678", "345,678"), ("345,678", "11.745,678")])
def test_in_thousands_the_rows_sum_settles_what_is_ambiguous(damaged, first: str, second: str) -> None:
    layout = Layout("ribuan", thousands=True)
    cells = {"tw1": first, "tw2": second, "realisasi": "12.091,356"}

    def change(sheet: Worksheet) -> None:
        for name, text in cells.items():
            sheet.cell(FIRST, layout.column_of(name, "rp") + 1, text)

    form = only_form(damaged(change, layout))
    assert sorted(form.baris.loc[0, ["tw1_rp", "tw2_rp"]]) == [345_678_00, 11_745_678_00]
    assert form.temuan == []


def test_thousands_on_some_columns_only_are_refused(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST - 2, BASE.column_of("target", "rp") + 1).value = "Rp (000)"

    assert only_refusal(damaged(change)).aturan == "tata_letak_tidak_dikenal"


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Realisasi s/d Triwulan berjalan", "realisasi"),
        ("Capaian (%)", "capaian"),
        ("Capaian Renstra (%)", "renstra_capaian"),
        ("Kategori", "predikat_lapor"),
        ("Faktor Penghambat", "kendala"),
        ("Cara Perhitungan", "formulasi"),
    ],
)
def test_a_title_is_known_in_this_wording(title: str, field: str) -> None:
    assert candidates([normalised(title)]) == (field,)


def test_words_under_a_title_that_nobody_declared_are_told(damaged) -> None:
    """Without number row a title alone says what a column is: one that is none of the form's is not dropped silently."""

    def change(sheet: Worksheet) -> None:
        (title,) = (cell for row in sheet.iter_rows(max_row=FIRST) for cell in row if str(cell.value).startswith("Kendala"))
        title.value = "Soal yang dihadapi"

    form = only_form(damaged(change, Layout("tanpa baris nomor", number_row="missing")))
    assert "kendala" not in form.kolom
    (told,) = form.temuan
    assert told.aturan == "kolom_tidak_dimuat"
    assert "“soal yang dihadapi” tidak dikenal, sedangkan kolom kendala tidak ditemukan" in str(told.rincian)


@pytest.mark.parametrize(
    ("one", "other"),
    [("kendala", "upaya"), ("upaya", "penanggung_jawab"), ("sasaran", "indikator"), ("capaian", "renstra_capaian")],
)
def test_titles_under_each_others_numbers_are_refused(damaged, one: str, other: str) -> None:
    """All the form's numbers, under its titles in another order: which of the two is wrong, nobody can say."""

    def change(sheet: Worksheet) -> None:
        a, b = (next(c for c in sheet[FIRST - 4] if c.column == starts(name)) for name in (one, other))
        a.value, b.value = b.value, a.value

    assert only_refusal(damaged(change)).aturan == "tata_letak_tidak_dikenal"


def test_columns_of_words_go_by_their_titles(damaged) -> None:
    """Without column "upaya" the last column is numbered 19: its title says what it is."""

    def change(sheet: Worksheet) -> None:
        sheet.delete_cols(starts("upaya"))
        sheet.cell(FIRST - 1, starts("upaya")).value = 19

    form = only_form(damaged(change, Layout("tanpa gabungan", merge=False)))
    assert (form.kolom["kendala"], form.kolom["penanggung_jawab"]) == tuple(
        get_column_letter(starts(name)) for name in ("kendala", "upaya")
    )
    assert "upaya" not in form.kolom


def test_a_planned_figure_is_not_read_as_realised(damaged) -> None:
    """K and Rp under a triwulan that say "Rencana" and "Realisasi"."""

    def change(sheet: Worksheet) -> None:
        for name in ("tw1", "tw2"):
            sheet.cell(FIRST - 2, BASE.column_of(name, "k") + 1).value = "Rencana"
            sheet.cell(FIRST - 2, BASE.column_of(name, "rp") + 1).value = "Realisasi"

    assert "rencana" in str(only_refusal(damaged(change)).nilai_lapor)


def test_the_unit_with_a_number_of_its_own(damaged) -> None:
    layout = Layout("satuan bernomor", k="column", number_row="plain", merge=False)

    def change(sheet: Worksheet) -> None:
        for column in range(layout.starts()["formulasi"] + 1, sheet.max_column + 1):
            cell = sheet.cell(FIRST - 1, column)
            if cell.value is not None:
                cell.value += 1
        sheet.cell(FIRST - 1, layout.starts()["indikator"] + 2).value = 5

    form = only_form(damaged(change, layout))
    assert differences(form, TRUE_FORM, layout) == []


def test_rows_above_the_only_header_that_is_whole_are_never_lost(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        for column in range(1, sheet.max_column + 1):
            sheet.cell(FIRST - 4, column).value = None

    layout = Layout("judul pertama hilang", number_row="missing", repeat_header=5, merge=False)
    assert "di atas judul kolom" in str(only_refusal(damaged(change, layout)).nilai_lapor)


def test_the_last_columns_without_number_are_read_by_their_titles(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        for name in ("upaya", "penanggung_jawab"):
            sheet.cell(FIRST - 1, starts(name)).value = None

    form = only_form(damaged(change))
    assert (form.kolom["upaya"], form.kolom["penanggung_jawab"]) == tuple(
        get_column_letter(starts(name)) for name in ("upaya", "penanggung_jawab")
    )


def test_what_was_reached_up_to_a_triwulan_without_the_one_before_is_refused(damaged) -> None:
    """Nothing says what triwulan II alone has brought."""

    def change(sheet: Worksheet) -> None:
        sheet.delete_cols(starts("tw1"), 3)

    layout = Layout("kumulatif", cumulative=True, merge=False)
    assert "kumulatif" in str(only_refusal(damaged(change, layout)).nilai_lapor)


def test_a_kecamatan_that_is_none_of_ours_is_shown_with_its_cell(damaged) -> None:
    def change(sheet: Worksheet) -> None:
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("Pasirian", "Surabaya").replace("PASIRIAN", "SURABAYA")

    refusal = only_refusal(damaged(change))
    assert (refusal.aturan, refusal.sel) == ("kecamatan_tidak_dikenali", "A2")
    assert "Surabaya" in refusal.pesan


def test_a_row_with_one_figure_above_repeated_numbers_is_a_row(damaged) -> None:
    """Only the numbers are repeated: what stands above them is no header, however little it says."""

    def change(sheet: Worksheet) -> None:
        for column in range(BASE.starts()["target"] + 2, sheet.max_column + 1):
            sheet.cell(FIRST + 6, column).value = None
        for column in range(BASE.starts()["target_renstra"] + 1, BASE.starts()["target"] + 1):
            sheet.cell(FIRST + 6, column).value = None
        sheet.insert_rows(FIRST + 7)
        for column in range(1, sheet.max_column + 1):
            sheet.cell(FIRST + 7, column).value = sheet.cell(FIRST - 1, column).value

    form = only_form(damaged(change, Layout("tanpa gabungan", merge=False)))
    assert FIRST + 6 in form.baris["baris"].tolist()
    assert FIRST + 7 not in form.baris["baris"].tolist()
