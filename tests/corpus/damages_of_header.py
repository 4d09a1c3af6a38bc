"""Damages of what says how to read a form: titles, numbers, labels and scale, and whose form it is."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from pipelines.workbook.cells import address
from tests.corpus.damage import Damage, Expected
from tests.corpus.page import Page
from tests.corpus.render import Layout


def _swap_titles(one: str, two: str) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        row = page.title_row + (1 if one.startswith("tw") else 0)
        a, b = (row, layout.starts()[one]), (row, layout.starts()[two])
        page.cells[a], page.cells[b] = page.cells[b], page.cells[a]
        return Expected(refused="tata_letak_tidak_dikenal")

    return change


def _wrong_formula(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(page.number_row, layout.starts()["capaian"], "14 = 13/6 x 100%")
    return Expected(refused="tata_letak_tidak_dikenal")


def _some_numbers_lost(page: Page, layout: Layout, rng: random.Random) -> Expected:
    for name in rng.sample(["sasaran", "target", "tw1", "realisasi"], 2):
        page.put(page.number_row, layout.starts()[name], None)
    return Expected()


def _all_numbers_lost(page: Page, layout: Layout, rng: random.Random) -> Expected:
    for name in layout.starts():
        page.put(page.number_row, layout.starts()[name], None)
    return Expected()


def _numbers_as_errors(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(page.number_row, layout.starts()["tw1"], "#REF!")
    return Expected()


def _number_shifted(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """One number was left out, so that everything right of it says another column: the titles, all there and in order, decide."""
    for name in layout.fields[layout.fields.index("tw1") :]:
        at = (page.number_row, layout.starts()[name])
        number = int(re.match(r"\d+", str(page.cells[at]))[0])  # type: ignore[index]
        page.put(*at, number + 1)
    return Expected()


def _thousands_in_one_column(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = next(p for p, v in page.cells.items() if v == layout.label_words[1] and p[1] == layout.column_of("target", "rp"))
    page.put(*at, "Rp (000)")
    return Expected(refused="tata_letak_tidak_dikenal")


def _money_before_output(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """Rp stands left of K and its unit in one numbered column, and the labels say so."""
    first = layout.starts()["target"]
    for row in {r for r, c in page.cells if c in (first, first + 2) and r > page.title_row + 1 and r != page.number_row}:
        k, unit, rp = (page.cells.get((row, first + i)) for i in range(3))
        marks = [(row, first + i) in page.percent for i in range(3)]
        for i, (value, mark) in enumerate(((rp, marks[2]), (k, marks[0]), (unit, marks[1]))):
            page.put(row, first + i, value)
            (page.percent.add if mark else page.percent.discard)((row, first + i))
    moved = {first: first + 1, first + 1: first + 2, first + 2: first}
    page.merged = [
        (r1, moved[c1], r2, moved[c1]) if r1 > page.number_row and c1 == c2 and c1 in moved else (r1, c1, r2, c2)
        for r1, c1, r2, c2 in page.merged
    ]
    return Expected()


def _empty_column(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.insert_columns(layout.starts()["tw2"])
    return Expected()


def _money_first_with_labels(
    k: str | None, rp: str | None, refused: str | None = None
) -> Callable[[Page, Layout, random.Random], Expected]:
    """Rp stands left of K, and the labels are worded as nobody declared, in part or wholly."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        _money_before_output(page, layout, rng)
        for at, value in list(page.cells.items()):
            if value in layout.label_words:
                page.put(*at, k if value == layout.label_words[0] else rp)
        return Expected(refused=refused)

    return change


def _scale(words: str) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(*next(p for p, v in page.cells.items() if v == "(Rp dalam ribuan)"), words)
        return Expected()

    return change


def _scale_below(words: str) -> Callable[[Page, Layout, random.Random], Expected]:
    """Only a note below the table says that it counts in thousands."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(*next(p for p, v in page.cells.items() if v == "(Rp dalam ribuan)"), None)
        below = rng.choice((page.rows[10] + 1, max(row for row, _ in page.cells) + 2))
        if below == page.rows[10] + 1:
            page.insert_rows(below)
        page.put(below, layout.column, words)
        return Expected()

    return change


def _labels_swapped(page: Page, layout: Layout, rng: random.Random) -> Expected:
    for at, value in list(page.cells.items()):
        if value in layout.label_words:
            page.put(*at, layout.label_words[value == layout.label_words[0]])
    return Expected(refused="tata_letak_tidak_dikenal")


def _scale_of_another_form(words: str, below: bool) -> Callable[[Page, Layout, random.Random], Expected]:
    """The form says that it counts in thousands or millions, and counts in rupiah."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(max(row for row, _ in page.cells) + 2 if below else layout.row + 6, layout.column, words)
        return Expected(refused="tata_letak_tidak_dikenal")

    return change


def _another_table_beside(page: Page, layout: Layout, rng: random.Random) -> Expected:
    right = max(column for _, column in page.cells) + 2
    for (row, column), value in list(page.cells.items()):
        page.put(row + 2, right + column, value)
    page.merged += [(r1 + 2, right + c1, r2 + 2, right + c2) for r1, c1, r2, c2 in page.merged]
    return Expected(refused="tata_letak_tidak_dikenal")


def _title(line: int, text: str | None, rule: str | None = None, **expected: object) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = (layout.row + line, layout.column)
        page.put(*at, text)
        return Expected({(rule, address(*at))} if rule else set(), **expected)  # type: ignore[arg-type]

    return change


def _signed_by(text: str, **expected: object) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = next(p for p, v in page.cells.items() if isinstance(v, str) and v.startswith("CAMAT "))
        page.put(*at, text)
        return Expected(**expected)  # type: ignore[arg-type]

    return change


def _sheet_name(name: str, **expected: object) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.name = name
        return Expected(**expected)  # type: ignore[arg-type]

    return change


def _path(path: str, refused: str) -> Callable[[Page, Layout, random.Random], Expected]:
    return lambda page, layout, rng: Expected(refused=refused, path=path)


def _untitled_with_path(page: Page, layout: Layout, rng: random.Random) -> Expected:
    for line in (1, 2):
        page.put(layout.row + line, layout.column, None)
    return Expected(path="2024/tw2/pasirian.xlsx")


def _kelurahan_as_kecamatan(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(page.rows[3], layout.starts()["penanggung_jawab"], "Kecamatan Kunir")
    return Expected(refused="identitas_bertentangan")


def _titled_table(layout: Layout) -> bool:
    return layout.titles and layout.number_row not in ("each", "all", "missing")


def _in_table_20(layout: Layout) -> bool:
    return "penanggung_jawab" in layout.starts()


HEADER_DAMAGES = (
    Damage("judul target tertukar", _swap_titles("target", "target_renstra"), _titled_table),
    Damage("judul TW tertukar", _swap_titles("tw1", "tw2"), _titled_table),
    Damage("rumus nomor salah", _wrong_formula, lambda la: _titled_table(la) and la.numbering == "20"),
    Damage("sebagian nomor hilang", _some_numbers_lost, lambda la: _titled_table(la) and la.number_row != "split"),
    Damage("semua nomor hilang", _all_numbers_lost, lambda la: _titled_table(la) and la.number_row != "split" and la.repeat_header is None),
    Damage("nomor #REF!", _numbers_as_errors, lambda la: _titled_table(la) and la.number_row != "split"),
    Damage(
        "nomor bergeser",
        _number_shifted,
        lambda la: _titled_table(la) and la.number_row in ("formula", "plain") and la.repeat_header is None,
    ),
    Damage(
        "ribuan di satu kolom", _thousands_in_one_column, lambda la: la.labels != "none" and not la.thousands and la.repeat_header is None
    ),
    Damage("Rp di kiri K", _money_before_output, lambda la: la.k == "split" and la.labels != "none" and la.merge),
    Damage(
        "Rp di kiri K, label Rp saja yang dikenal",
        _money_first_with_labels("Hasil", "Keuangan"),
        lambda la: la.k == "split" and la.labels != "none" and la.merge,
    ),
    Damage(
        "Rp di kiri K, label K saja yang dikenal",
        _money_first_with_labels("Fisik", "Dana"),
        lambda la: la.k == "split" and la.labels != "none" and la.merge,
    ),
    Damage(
        "Rp di kiri K tanpa label",
        _money_first_with_labels(None, None, "tata_letak_tidak_dikenal"),
        lambda la: la.k == "split" and la.labels != "none" and la.merge,
    ),
    *(Damage(f"ribuan: {words}", _scale(words), lambda la: la.thousands) for words in ("(Rp x 1.000)", "(Dalam Ribu Rp)", "(000 Rp)")),
    *(
        Damage(f"ribuan di bawah tabel: {words}", _scale_below(words), lambda la: la.thousands)
        for words in ("*) dalam ribuan rupiah", "Catatan: angka dalam Rp 000", "(dlm ribu rupiah)")
    ),
    Damage("label K dan Rp tertukar", _labels_swapped, lambda la: la.labels != "none" and not la.thousands),
    *(
        Damage(f"{words} padahal rupiah", _scale_of_another_form(words, below), lambda la: not la.thousands)
        for words, below in (("(dalam ribuan rupiah)", False), ("Rp dalam jutaan", False), ("*) dalam ribuan rupiah", True))
    ),
    Damage("tabel lain di sampingnya", _another_table_beside, lambda la: la.number_row != "missing"),
    Damage("ribuan di butir a", _title(3, "a. Indikator : Jumlah ribuan warga yang terlayani")),
    Damage("kolom kosong di antara", _empty_column, lambda la: la.number_row != "split"),
)


IDENTITY_DAMAGES = (
    Damage("kecamatan salah eja", _title(1, "Kecamatan Pasirain Kabupaten Lumajang", rule="nama_kecamatan_salah_eja")),
    Damage("kecamatan lain di tanda tangan", _signed_by("CAMAT KUNIR", refused="identitas_bertentangan")),
    Damage("kecamatan lain di kolom 20", _kelurahan_as_kecamatan, _in_table_20),
    Damage("triwulan lain di nama lembar", _sheet_name("TW I", refused="identitas_bertentangan")),
    Damage("kecamatan lain di nama lembar", _sheet_name("Kunir TW II", refused="identitas_bertentangan")),
    Damage("nama lembar tanpa arti", _sheet_name("Sheet1")),
    Damage("tahun lain di path", _path("2025/tw2/pasirian.xlsx", "identitas_bertentangan")),
    Damage("kecamatan lain di path", _path("2024/tw2/kunir.xlsx", "identitas_bertentangan")),
    Damage("triwulan lain di path", _path("2024/tw3/pasirian.xlsx", "identitas_bertentangan")),
    Damage("judul tanpa tahun", _title(2, "Triwulan II", refused="periode_tidak_dikenali")),
    Damage("judul tanpa tahun, tahun di path", _title(2, "Triwulan II", path="2024/kiriman.xlsx")),
    Damage("tahun di luar rentang", _title(2, "Triwulan II Tahun 2019", refused="periode_tidak_dikenali")),
    Damage("hanya lembar TW II dan path", _untitled_with_path),
    Damage("dua triwulan di judul", _title(2, "Triwulan I dan II Tahun 2024")),
    Damage("sampai dengan triwulan", _title(2, "s.d. Triwulan II (Dua) Tahun Anggaran 2024")),
    Damage("Plt. camat", _signed_by("Plt. Camat Pasirian")),
)
