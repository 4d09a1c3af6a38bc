"""Each damage on a plain layout and on three others: what is expected comes, and nothing is silently wrong."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipelines.reference.tables import load_references
from pipelines.settings import Settings
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form, Refusal
from tests.corpus.comparison import silent_errors
from tests.corpus.damage import Damage, Expected
from tests.corpus.damages import DAMAGES
from tests.corpus.page import Page
from tests.corpus.render import Layout, lay_out
from tests.corpus.true_form import TRUE_FORM
from tests.corpus.writers import write_xlsxwriter

SETTINGS = Settings(_env_file=None)  # type: ignore[call-arg]
REFERENCES = load_references(SETTINGS.acuan)
ON = (
    Layout("20 kolom"),
    Layout("15 kolom", numbering="15", row=3, column=2, number_row="plain"),
    Layout("17 kolom, satuan di sel K", numbering="17", k="cell", labels="below", numbers="indonesia"),
    Layout("ribuan, satuan kolom sendiri", thousands=True, k="column", tw="absent", merge=False),
)


def damaged(damage: Damage, layout: Layout, path: Path, seed: int = 1) -> tuple[Page, Expected, list[Form | Refusal]]:
    page = lay_out(TRUE_FORM, layout)
    expected = damage.change(page, layout, random.Random(seed))
    write_xlsxwriter(page, path)
    return page, expected, read_file(path, expected.path, REFERENCES, SETTINGS).kiriman


@pytest.mark.parametrize(
    ("damage", "layout"),
    [pytest.param(d, la, id=f"{d.name}, {la.name}") for d in DAMAGES for la in ON if d.fits(la)],
)
def test_a_damage_is_read_right_or_reported(damage: Damage, layout: Layout, tmp_path: Path) -> None:
    page, expected, kiriman = damaged(damage, layout, tmp_path / "kiriman.xlsx")
    (item,) = kiriman
    if expected.refused:
        assert isinstance(item, Refusal)
        assert item.aturan == expected.refused
        assert item.pesan.endswith(".")
        return
    assert isinstance(item, Form), item.pesan
    assert silent_errors(item, TRUE_FORM, layout, page, expected.changed) == []
    assert {(t.aturan, t.sel) for t in item.temuan} == expected.findings


def test_enough_damages() -> None:
    assert len(DAMAGES) >= 40
    assert len({d.name for d in DAMAGES}) == len(DAMAGES)


def test_the_comparison_sees_a_silent_error(tmp_path: Path) -> None:
    page = lay_out(TRUE_FORM, ON[0])
    page.put(page.rows[3], ON[0].column_of("tw1", "rp"), 1)
    write_xlsxwriter(page, tmp_path / "a.xlsx")
    (form,) = read_file(tmp_path / "a.xlsx", "a.xlsx", REFERENCES, SETTINGS).kiriman
    assert isinstance(form, Form)
    assert len(silent_errors(form, TRUE_FORM, ON[0], page)) == 1


def test_a_sheet_a_triwulan_and_a_sheet_a_kecamatan(tmp_path: Path) -> None:
    page = lay_out(TRUE_FORM, ON[0])
    for name, old, new in (("TW III", "Triwulan II ", "Triwulan III "), ("Candipuro TW II", "Pasirian", "Candipuro")):
        other = lay_out(TRUE_FORM, ON[0])
        other.name = name
        for at, value in other.cells.items():
            if isinstance(value, str):
                other.cells[at] = value.replace(old, new).replace(old.upper(), new.upper())
        page.beside.append(other)
    write_xlsxwriter(page, tmp_path / "a.xlsx")
    kiriman = read_file(tmp_path / "a.xlsx", "2024/pasirian.xlsx", REFERENCES, SETTINGS).kiriman
    assert [(k.lembar, k.identitas.kode_kemendagri, k.identitas.triwulan) for k in kiriman if isinstance(k, Form)] == [
        ("TW II", "35.08.04", 2),
        ("TW III", "35.08.04", 3),
    ]
    (refused,) = [k for k in kiriman if isinstance(k, Refusal)]  # the path says Pasirian, that sheet Candipuro
    assert (refused.aturan, refused.lembar) == ("identitas_bertentangan", "Candipuro TW II")
    kiriman = read_file(tmp_path / "a.xlsx", "2024/kiriman.xlsx", REFERENCES, SETTINGS).kiriman
    assert [k.identitas.kode_kemendagri for k in kiriman] == ["35.08.04", "35.08.04", "35.08.03"]


def test_two_sheets_of_one_kecamatan_and_triwulan_are_said(tmp_path: Path) -> None:
    page = lay_out(TRUE_FORM, ON[0])
    for name, target in (("Rekap TW II", 1000), ("Salinan TW II", None)):
        other = lay_out(TRUE_FORM, ON[0])
        other.name = name
        if target:
            other.put(other.rows[3], ON[0].column_of("target", "rp"), target)
        page.beside.append(other)
    write_xlsxwriter(page, tmp_path / "a.xlsx")
    found = {
        form.lembar: [(t.aturan, t.nilai_lapor) for t in form.temuan]
        for form in read_file(tmp_path / "a.xlsx", "a.xlsx", REFERENCES, SETTINGS).kiriman
        if isinstance(form, Form)
    }
    assert found == {  # the last by name counts
        "TW II": [("lembar_rangkap", "lembar “Rekap TW II”")],
        "Rekap TW II": [("lembar_rangkap", "lembar “TW II”")],
        "Salinan TW II": [("kiriman_ganda", "lembar “TW II”")],
    }


@pytest.mark.parametrize(("target", "said"), [(None, "kiriman_ganda"), (1000, "lembar_rangkap")])
def test_two_tables_of_one_kecamatan_and_triwulan_on_a_sheet_are_said(target: int | None, said: str, tmp_path: Path) -> None:
    page, below = lay_out(TRUE_FORM, ON[0]), lay_out(TRUE_FORM, ON[0])
    if target:
        below.put(below.rows[3], ON[0].column_of("target", "rp"), target)
    down = max(row for row, _ in page.cells) + 3
    below.insert_rows(0, down)
    page.cells |= below.cells
    page.merged += below.merged
    write_xlsxwriter(page, tmp_path / "a.xlsx")
    one, two = read_file(tmp_path / "a.xlsx", "a.xlsx", REFERENCES, SETTINGS).kiriman
    assert isinstance(one, Form)
    assert isinstance(two, Form)
    assert (len(one.baris), len(two.baris), two.lembar) == (11, 11, "TW II (2)")
    assert said in {t.aturan for t in one.temuan}


@pytest.mark.parametrize("nil", ["-", 0])
def test_nil_in_a_coming_cumulative_triwulan_takes_nothing_back(nil: str | int, tmp_path: Path) -> None:
    layout = Layout("kumulatif", cumulative=True)
    page = lay_out(TRUE_FORM, layout)
    changed: dict[tuple[int, str], object] = {}
    for place in range(len(TRUE_FORM.rows)):
        for pair in ("tw3", "tw4"):
            for part in ("k", "rp"):
                page.put(page.rows[place], layout.column_of(pair, part), nil)
                changed[place, f"{pair}_{part}"] = 0
    write_xlsxwriter(page, tmp_path / "a.xlsx")
    (form,) = read_file(tmp_path / "a.xlsx", "a.xlsx", REFERENCES, SETTINGS).kiriman
    assert isinstance(form, Form)
    assert silent_errors(form, TRUE_FORM, layout, page, changed) == []


@pytest.mark.parametrize(
    ("over", "own", "cumulative"),
    [
        ("Realisasi Kinerja pada Triwulan", "II", False),
        ("Realisasi Kinerja pada Triwulan I s/d IV", "II", False),
        ("Realisasi Triwulan I - IV", "TW II", False),
        ("Realisasi s.d. Triwulan", "II", True),
        ("Realisasi Kinerja pada Triwulan", "TW I + II", True),
        ("Realisasi Kinerja pada Triwulan", "Triwulan I - II", True),
        ("Realisasi Kinerja pada Triwulan", "Sampai TW II", True),
        ("Realisasi Kinerja pada Triwulan", "Kum. TW II", True),
        ("Realisasi Kinerja pada Triwulan", "TW I, II", True),
        ("Realisasi Kinerja pada Triwulan", "Jan - Juni", True),
        ("Realisasi Kinerja pada Triwulan", "s.d. Juni", True),
        ("Realisasi Kinerja pada Triwulan", "April - Juni", False),
        ("Realisasi Kinerja pada Triwulan", "Semester I", None),
        ("Realisasi Kinerja pada Triwulan I s/d IV", "s/d II", True),
    ],
)
def test_titles_say_whether_a_triwulan_is_cumulative(over: str, own: str, cumulative: bool | None, tmp_path: Path) -> None:
    layout = Layout("judul")
    page = lay_out(TRUE_FORM, layout)
    page.put(page.title_row, layout.starts()["tw1"], over)
    page.put(page.title_row + 1, layout.starts()["tw2"], own)
    write_xlsxwriter(page, tmp_path / "a.xlsx")
    (form,) = read_file(tmp_path / "a.xlsx", "a.xlsx", REFERENCES, SETTINGS).kiriman
    if cumulative is None:  # a semester is no triwulan
        assert isinstance(form, Refusal)
        return
    assert isinstance(form, Form), form.pesan
    assert any("triwulan II:" in reason and "kumulatif" in reason for reason in form.penjelasan) is cumulative
