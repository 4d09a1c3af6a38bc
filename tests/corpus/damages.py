"""Damages of a true form as offices make them: each changes a page and says what a careful person would then expect.

A damage is `change(page, layout, rng) -> Expected`; it may be put on any layout that `fits`. What is expected: findings that must be there
at these cells (no others where `only`), a refusal, or a truth that has changed. Whatever is expected, no silent error is.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.workbook.cells import address
from tests.corpus.page import Page, Value
from tests.corpus.render import Layout
from tests.corpus.true_form import PAIR_NAMES, TRUE_FORM

ROWS = TRUE_FORM.rows


@dataclass
class Expected:
    """What must come of it."""

    findings: set[tuple[str, str | None]] = field(default_factory=set)  # (aturan, cell)
    refused: str | None = None
    changed: dict[tuple[int, str], object] = field(default_factory=dict)
    path: str = "kiriman.xlsx"


@dataclass(frozen=True)
class Damage:
    """One damage."""

    name: str
    change: Callable[[Page, Layout, random.Random], Expected]
    fits: Callable[[Layout], bool] = lambda layout: True


def _cell(page: Page, layout: Layout, row: int, pair: str, part: str) -> tuple[int, int]:
    return page.rows[row], layout.column_of(pair, part)


MONEY = ("target", "tw1", "realisasi", "renstra_realisasi")


def _figure(text: Value, rule: str | None, part: str = "rp") -> Callable[[Page, Layout, random.Random], Expected]:
    """Put this in place of a figure: NULL and reported there, or (rule None) a truth unchanged."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        row = rng.choice([i for i, r in enumerate(ROWS) if (r.rp if part == "rp" else r.k).get("target")])
        at = _cell(page, layout, row, rng.choice(MONEY), part)
        page.put(*at, text)
        page.percent.discard(at)
        return Expected({(rule, address(*at))} if rule else set())

    return change


def _spelling(spell: Callable[[int], str], part: str = "rp") -> Callable[[Page, Layout, random.Random], Expected]:
    """Write the target of the keluarga row (5856; Rp 10.000.000) in another spelling: nothing is lost, nothing to report."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(*_cell(page, layout, 9, "target", part), spell(5856 if part == "k" else 10_000_000))
        return Expected()

    return change


def _dots(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _native(layout: Layout) -> bool:
    return not layout.thousands


def _split(layout: Layout) -> bool:
    return layout.k == "split" and not layout.cumulative


def _plain_codes(layout: Layout) -> bool:
    return layout.codes in ("plain", "short", "dot")


def _code(row: int, value: Value | None, rule: str | None, kode: str | None = None) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = (page.rows[row], layout.starts()["kode"])
        page.put(*at, value)
        where = at if value is not None else (page.rows[row], layout.starts()["uraian"])
        return Expected({(rule, address(*where))} if rule else set(), changed={(row, "kode"): kode} if kode else {})

    return change


def _unit(text: str, rule: str | None) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = (page.rows[9], layout.starts()["target"] + 1)
        page.put(*at, text)
        return Expected({(rule, address(*at))} if rule else set())

    return change


def _k_with_unit(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(*_cell(page, layout, 3, "target", "k"), "6 Dok.")
    return Expected()


def _inserted(words: dict[str, str], figure: Value | None, rule: str | None) -> Callable[[Page, Layout, random.Random], Expected]:
    """A row that is not the form's, between two of its rows."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = page.rows[rng.choice((2, 5, 9))]
        page.insert_rows(at)
        for name, text in words.items():
            page.put(at, layout.starts()[name], text)
        column = layout.column_of("target", "rp")
        page.put(at, column, figure)
        return Expected({(rule, address(at, column))} if rule else set())

    return change


def _below_the_foot(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = max(row for row, _ in page.cells) + 2
    column = layout.column_of("target", "rp")
    page.put(at, layout.starts()["kode"], "7.01.04")
    page.put(at, column, 1000)
    return Expected({("baris_tidak_dimuat", address(at, column))})


def _codes_everywhere(page: Page, layout: Layout, rng: random.Random) -> Expected:
    for row in (6, 7):
        page.put(page.rows[row], layout.starts()["kode"], "7.01.06")
    return Expected()


def _generic_codes(page: Page, layout: Layout, rng: random.Random) -> Expected:
    for row in page.rows:
        at = (row, layout.starts()["kode"])
        if isinstance(text := page.cells.get(at), str):
            page.put(*at, re.sub(r"^7\.01", "X.XX", text))
    return Expected()


def _hide_a_row(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.hidden_rows.add(page.rows[3])
    return Expected()


def _hide_columns(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.hidden_columns |= {layout.column_of("tw1", "rp"), layout.starts()["kode"]}
    return Expected()


def _money_on_another_row(page: Page, layout: Layout, rng: random.Random) -> Expected:
    changed: dict[tuple[int, str], object] = {}
    for pair in ("target", "tw1", "tw2", "realisasi"):
        at = _cell(page, layout, 6, pair, "rp")
        value = page.cells.get(at)
        page.put(*at, None)
        page.put(*_cell(page, layout, 5, pair, "rp"), value)
    names = {"target": "target_rp", "tw1": "tw1_rp", "tw2": "tw2_rp", "realisasi": "realisasi_rp_lapor"}
    for pair, name in names.items():
        value = ROWS[6].rp[pair]
        changed |= {(6, name): None, (5, name): None if value is None else int(value * 100)}
    if "capaian" in layout.starts():
        changed[6, "capaian_rp_pct_lapor"] = float(ROWS[6].rp["capaian"] or 0)
    return Expected(changed=changed)


def _no_total(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.drop_row(page.rows[10])
    return Expected(changed={(10, "dropped"): True})


def _total_in_another_column(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(page.rows[10], layout.starts()["uraian"], None)
    page.put(
        page.rows[10], layout.starts()["kode"], rng.choice(("JUMLAH TOTAL", "T O T A L", "Total Anggaran Kecamatan Pasirian Tahun 2024"))
    )
    return Expected()


def _indicator_one_cell_left(page: Page, layout: Layout, rng: random.Random) -> Expected:
    row = page.rows[0]
    page.put(row, layout.starts()["uraian"], page.cells.get((row, layout.starts()["indikator"])))
    page.put(row, layout.starts()["indikator"], None)
    return Expected({("teks_bergeser", address(row, layout.starts()["uraian"]))})


def _slip_without_code(page: Page, layout: Layout, rng: random.Random) -> Expected:
    row = page.rows[4]
    at = (row, layout.starts()["uraian"])
    page.put(row, layout.starts()["kode"], None)
    page.put(*at, "Kordinasi dan Penyusunan Dokumen RKA-SKPD")
    return Expected({("kode_tidak_dikenal", address(*at))})


def _unknown_without_code(page: Page, layout: Layout, rng: random.Random) -> Expected:
    row = page.rows[4]
    at = (row, layout.starts()["uraian"])
    page.put(row, layout.starts()["kode"], None)
    page.put(*at, "Penanaman seribu pohon di bantaran sungai")
    return Expected({("kode_tidak_dikenal", address(*at))})


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
    at = next(p for p, v in page.cells.items() if v == "Rp" and p[1] == layout.column_of("target", "rp"))
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
            if value in ("K", "Rp"):
                page.put(*at, k if value == "K" else rp)
        return Expected(refused=refused)

    return change


def _native_fraction(row: int, part: str, value: float) -> Callable[[Page, Layout, random.Random], Expected]:
    """A number typed with the point as decimal mark where the writer meant thousands."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = _cell(page, layout, row, "target", part)
        page.put(*at, value)
        return Expected({("angka_ambigu", address(*at))})

    return change


def _percent_format_lost(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """A row of percentages as fractions whose number format was lost."""
    found: set[tuple[str, str | None]] = set()
    for pair in ("target_renstra", "target", "tw1", "tw2", "realisasi", "renstra_realisasi"):
        at = _cell(page, layout, 1, pair, "k")
        value = page.cells[at]
        assert isinstance(value, int | float)
        page.put(*at, value / 100)
        if pair != "target_renstra":
            found.add(("angka_ambigu", address(*at)))
    at = _cell(page, layout, 1, "target_renstra", "k")
    page.put(*at, 100)
    return Expected(found)


def _share_beside_a_hundred(value: Value) -> Callable[[Page, Layout, random.Random], Expected]:
    """One percentage of a row is a fraction whose number format was lost; nothing else in the row says so."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = _cell(page, layout, 1, "tw1", "k")
        page.put(*at, value)
        return Expected({("angka_ambigu", address(*at))})

    return change


def _other_unit_in_the_cell(text: str) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = _cell(page, layout, 3, "tw1", "k")
        page.put(*at, text)
        return Expected({("satuan_tidak_seragam", address(*at))})

    return change


def _thousands_of_whole_things(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """5.856 documents were planned in a row that speaks of one and two."""
    at = _cell(page, layout, 3, "target", "k")
    page.put(*at, "5.856")
    return Expected({("angka_ambigu", address(*at))})


def _decided_by_the_sum(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(*_cell(page, layout, 3, "tw1", "k"), "1.000")
    return Expected()


def _kelurahan(kode: str | None, place: str, text: str) -> Callable[[Page, Layout, random.Random], Expected]:
    """Two kelurahan below the sub kegiatan that they are part of."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        above = page.rows[3]
        page.insert_rows(above + 1, 2)
        for at, name in ((above + 1, "Rogotrunan"), (above + 2, "Tompokersan")):
            if kode:
                page.put(at, layout.starts()["kode"], kode)
            if place == "penanggung_jawab":
                page.put(at, layout.starts()["uraian"], ROWS[3].uraian)
            page.put(at, layout.starts()[place], f"{text} {name}")
            if place != "indikator":
                page.put(at, layout.starts()["indikator"], ROWS[3].indikator)
            for pair in ("target", "tw1"):
                page.put(at, layout.column_of(pair, "rp"), 1_000_000)
            page.kelurahan.add(at)
        return Expected()

    return change


def _indicator_like_the_foot(text: str) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(page.rows[7], layout.starts()["indikator"], text)
        return Expected(changed={(7, "indikator"): text})

    return change


def _covered_figure(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """Figures that a merge left where nobody sees them."""
    column = layout.column_of("target", "rp")
    first, last = page.rows[5], page.rows[7]
    page.merged.append((first, column, last, column))
    page.put(first, column, 10_000_000)
    page.put(last, column, 77)
    found = {("sel_tertutup", address(last, column))}
    if page.rows[6] - first == 1 and last - page.rows[6] == 1:
        page.put(page.rows[6], column, 99)
        found.add(("sel_tertutup", address(page.rows[6], column)))
    changed = {(5, "target_rp"): 1_000_000_000, (6, "target_rp"): None, (7, "target_rp"): None}
    return Expected(found, changed=dict(changed))


def _merge(page: Page, column: int, first: int, last: int) -> None:
    page.merged.append((page.rows[first], column, page.rows[last], column))
    for row in page.rows[first + 1 : last + 1]:
        page.put(row, column, None)


def _merged_units(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """The three indicators of one program share the cell of their unit."""
    columns = {layout.starts()["indikator"] + 1} if layout.k == "column" else set()
    if layout.k == "split":
        columns = {layout.starts()[name] + 1 for name in layout.fields if name in PAIR_NAMES and not name.endswith("capaian")}
    for column in columns:
        if (page.rows[5], column) in page.cells:
            _merge(page, column, 5, 7)
    return Expected()


def _merged_figure(part: str, first: int, last: int) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        column = layout.column_of("target", part)
        _merge(page, column, first, last)
        changed: dict[tuple[int, str], object] = {(place, f"target_{part}"): None for place in range(first + 1, last + 1)}
        return Expected({("angka_ambigu", address(page.rows[first], column))}, changed=changed)

    return change


def _merged_nil(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """One dash for K, its unit and Rp of a triwulan."""
    row, k, rp = page.rows[3], layout.column_of("tw2", "k"), layout.column_of("tw2", "rp")
    for column in range(k, rp + 1):
        page.put(row, column, "-" if column == k else None)
    page.merged.append((row, k, row, rp))
    return Expected(changed={(3, "tw2_k"): 0, (3, "tw2_rp"): 0})


def _unit_lost(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = (page.rows[9], layout.starts()["tw1"] + 1)
    page.put(*at, "#REF!")
    return Expected({("sel_tidak_terbaca", address(*at))})


def _no_code_below_the_foot(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = max(row for row, _ in page.cells) + 2
    page.put(at, layout.starts()["uraian"], "Pembangunan pagar")
    for pair in ("target", "tw1"):
        page.put(at, layout.column_of(pair, "rp"), 1000)
    return Expected({("baris_tidak_dimuat", address(at, layout.column_of("target", "rp")))})


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


def _note_in_the_table(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = page.rows[5]
    page.insert_rows(at)
    page.put(at, layout.starts()["uraian"], "Catatan: menunggu verifikasi")
    return Expected()


def _kelurahan_as_kecamatan(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(page.rows[3], layout.starts()["penanggung_jawab"], "Kecamatan Kunir")
    return Expected(refused="identitas_bertentangan")


def _titled_table(layout: Layout) -> bool:
    return layout.titles and layout.number_row != "missing"


def _in_table_20(layout: Layout) -> bool:
    return "penanggung_jawab" in layout.starts()


CELL_DAMAGES = (
    *(
        Damage(f"“{text}” sebagai {'Rp' if part == 'rp' else 'K'}", _figure(text, rule, part))
        for part in ("rp", "k")
        for text, rule in (
            ("masih proses", "bukan_angka"),
            ("n/a", "bukan_angka"),
            ("Tidak dianggarkan", "bukan_angka"),
            ("12 34", "bukan_angka"),
            ("1,2,3", "bukan_angka"),
            ("1O.OOO", "bukan_angka"),
            ("6 + 2", "bukan_angka"),
            ("6*", "bukan_angka"),
            ("6 (enam)", "bukan_angka"),
            ("2 juta", "bukan_angka"),
            ("±60", "bukan_angka"),
            ("60-70", "bukan_angka"),
            ("###", "sel_tidak_terbaca"),
            ("#REF!", "sel_tidak_terbaca"),
            ("#DIV/0!", "sel_tidak_terbaca"),
            (dt.date(2024, 6, 1), "bukan_angka"),
        )
    ),
    Damage("Rp dengan satuan", _figure("6 dokumen", "bukan_angka")),
    Damage("Rp dengan kelompok ribuan rusak", _figure("1.234,567", "bukan_angka"), _native),
    Damage("Rp teks polos", _spelling(str), _native),
    Damage("Rp bertitik", _spelling(_dots), _native),
    Damage("Rp berkoma", _spelling(lambda v: f"{v:,}"), _native),
    Damage("Rp. … ,00", _spelling(lambda v: f"Rp. {_dots(v)},00"), _native),
    Damage("Rp…,-", _spelling(lambda v: f"Rp{_dots(v)},-"), _native),
    Damage("Rp dengan spasi tak terlihat", _spelling(lambda v: f"\u00a0{_dots(v)}\u200b "), _native),
    Damage("angka lebar penuh", _spelling(lambda v: "".join(chr(0xFF10 + int(d)) for d in str(v))), _native),
    Damage("K teks bertitik", _spelling(_dots, "k"), lambda layout: layout.k == "split"),
    Damage("K dengan satuannya di sel yang sama", _k_with_unit, _split),
    Damage("satuan salah eja", _unit("kelarga", "satuan_salah_eja"), _split),
    Damage("K pecahan dari benda utuh", _native_fraction(9, "k", 5.856)),
    Damage("Rp pecahan di bawah seribu", _native_fraction(9, "rp", 10.5), _native),
    Damage("Rp tiga angka di belakang koma", _native_fraction(9, "rp", 10000.125), _native),
    Damage("persen kehilangan formatnya", _percent_format_lost, lambda la: la.k != "cell" and la.percent == la.numbers == "native"),
    *(Damage(f"{value!r} di samping 100 %", _share_beside_a_hundred(value), lambda la: la.k != "cell") for value in (0.25, "0,25")),
    *(
        Damage(f"“{text}” di baris bersatuan dokumen", _other_unit_in_the_cell(text), lambda la: la.k != "cell" and not la.cumulative)
        for text in ("12 Bulan", "50 %")
    ),
    Damage("Rp satu setengah", _figure("1,5", "angka_ambigu"), _native),
    Damage("ribuan dari benda utuh", _thousands_of_whole_things, lambda la: la.k != "cell"),
    Damage("ribuan dari benda utuh, jumlahnya memutuskan", _decided_by_the_sum, _split),
    Damage("satuan #REF!", _unit_lost, lambda la: la.k == "split"),
    Damage("satuan berhuruf besar", _unit("KELUARGA ", None), _split),
)

ROW_DAMAGES = (
    Damage("baris angka tanpa kata", _inserted({}, 5_000_000, "baris_tidak_dimuat")),
    Damage("baris rumus siap pakai", _inserted({}, 0, None)),
    Damage("jumlah antara", _inserted({"uraian": "JUMLAH"}, 80_000_000, "baris_tidak_dimuat")),
    Damage(
        "jumlah antara di kolom kode", _inserted({"kode": "Sub Total"}, 80_000_000, "baris_tidak_dimuat"), lambda la: la.codes != "split"
    ),
    *(
        Damage(f"“{text}” di kolom {place}", _inserted({place: text}, 80_000_000, "baris_tidak_dimuat"))
        for place, text in (("uraian", "Jumlah Program"), ("uraian", "Sub Total"), ("indikator", "JUMLAH KEGIATAN 7.01.01.2.01"))
    ),
    *(
        Damage(
            f"{text} di kolom {place}, {'kode berulang' if kode else 'tanpa kode'}",
            _kelurahan(kode, place, text),
            lambda la, kode=kode, place=place: place in la.starts() and (_plain_codes(la) or not kode),  # type: ignore[misc]
        )
        for place, text in (
            ("uraian", "Kelurahan"),
            ("sasaran", "Kel."),
            ("indikator", "Kelurahan"),
            ("penanggung_jawab", "Lurah"),
            ("uraian", f"{ROWS[3].uraian} - Kelurahan"),
        )
        for kode in ("7.01.01.2.01.0001", None)
    ),
    *(
        Damage(f"indikator “{text}”", _indicator_like_the_foot(text))
        for text in ("Rata-rata capaian kinerja aparatur", "Faktor penghambat investasi yang ditangani", "Jumlah kecamatan yang tertib")
    ),
    Damage("baris bidang", _inserted({"kode": "7.01", "uraian": "KECAMATAN"}, 80_000_000, "baris_tidak_dimuat"), _plain_codes),
    Damage("baris urusan bernomor saja", _inserted({"kode": "7", "uraian": "UNSUR KEWILAYAHAN"}, None, None), _plain_codes),
    Damage("catatan di tengah tabel", _note_in_the_table),
    Damage("baris berkode di bawah kaki", _below_the_foot, _plain_codes),
    Damage("baris tanpa kode di bawah kaki", _no_code_below_the_foot),
    Damage("angka di bawah sel gabungan", _covered_figure, lambda la: not la.thousands and la.repeat_header is None),
    Damage("satuan digabung", _merged_units, lambda la: la.repeat_header is None),
    *(
        Damage(f"{part} digabung, baris {first} sampai {last}", _merged_figure(part, first, last), lambda la: la.repeat_header is None)
        for part, first, last in (("k", 5, 7), ("rp", 3, 4))
    ),
    Damage("nihil digabung", _merged_nil, lambda la: not la.cumulative),
    Damage("kode sama dua kali", _code(4, "7.01.01.2.01.0001", "kode_ganda", "7.01.01.2.01.0001#2"), _plain_codes),
    Damage("kode hilang", _code(4, None, "kode_tidak_dikenal"), _plain_codes),
    Damage("kode hilang, nama salah eja", _slip_without_code, _plain_codes),
    Damage("kode hilang, nama tidak dikenal", _unknown_without_code, _plain_codes),
    Damage("kode tidak dikenal", _code(4, "7.01.01.2.01.0099", None, "7.01.01.2.01.0099"), _plain_codes),
    Damage("kode menjadi tanggal", _code(1, dt.date(2001, 1, 7), None), _plain_codes),
    Damage("kode dengan kegiatan satu angka", _code(2, "7.01.01.2.1", "kode_tidak_dikenal"), _plain_codes),
    Damage("kode tiga angka", _code(2, "7.01.01.201", None), _plain_codes),
    Damage("kode empat bagian", _code(2, "7.01.01.2", "kode_tidak_dikenal"), _plain_codes),
    Damage("kode berspasi", _code(3, " 7.01.01. 2.01.0001 ", None), _plain_codes),
    Damage("kode bergaris", _code(3, "7-01-01-2-01-0001", None), _plain_codes),
    Damage("kode tanpa titik", _code(1, "70101", "kode_tidak_dikenal"), _plain_codes),
    Damage("kode X.XX", _generic_codes, _plain_codes),
    Damage("kode diulang tiap indikator", _codes_everywhere, _plain_codes),
    Damage("baris tersembunyi", _hide_a_row),
    Damage("kolom tersembunyi", _hide_columns),
    Damage("Rp di baris indikator lain", _money_on_another_row, lambda la: not la.cumulative),
    Damage("tanpa TOTAL", _no_total),
    Damage("TOTAL di kolom lain", _total_in_another_column, lambda la: la.codes not in ("split", "numbers")),
    Damage("indikator satu sel ke kiri", _indicator_one_cell_left),
)

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

DAMAGES = (*CELL_DAMAGES, *ROW_DAMAGES, *HEADER_DAMAGES, *IDENTITY_DAMAGES)
