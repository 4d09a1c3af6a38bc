"""Damages of single cells: figures, units and their spelling."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from pipelines.workbook.cells import address
from tests.corpus.damage import ROWS, Damage, Expected, cell_of
from tests.corpus.page import Page, Value
from tests.corpus.render import Layout

MONEY = ("target", "tw1", "realisasi", "renstra_realisasi")


def _figure(text: Value, rule: str | None, part: str = "rp") -> Callable[[Page, Layout, random.Random], Expected]:
    """Put this in place of a figure: NULL and reported there, or (rule None) a truth unchanged."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        row = rng.choice([i for i, r in enumerate(ROWS) if (r.rp if part == "rp" else r.k).get("target")])
        at = cell_of(page, layout, row, rng.choice(MONEY), part)
        page.put(*at, text)
        page.percent.discard(at)
        return Expected({(rule, address(*at))} if rule else set())

    return change


def _spelling(spell: Callable[[int], str], part: str = "rp") -> Callable[[Page, Layout, random.Random], Expected]:
    """Write the target of the keluarga row (5856; Rp 10.000.000) in another spelling: nothing is lost, nothing to report."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(*cell_of(page, layout, 9, "target", part), spell(5856 if part == "k" else 10_000_000))
        return Expected()

    return change


def _dots(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _native(layout: Layout) -> bool:
    return not layout.thousands


def _dotted(layout: Layout) -> bool:
    return layout.k == "cell" and layout.numbers == "indonesia" and not layout.thousands


def _split(layout: Layout) -> bool:
    return layout.k == "split" and not layout.cumulative


def _unit(text: str, rule: str | None) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = (page.rows[9], layout.starts()["target"] + 1)
        page.put(*at, text)
        return Expected({(rule, address(*at))} if rule else set())

    return change


def _k_with_unit(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(*cell_of(page, layout, 3, "target", "k"), "6 Dok.")
    return Expected()


def _native_fraction(row: int, part: str, value: float) -> Callable[[Page, Layout, random.Random], Expected]:
    """A number typed with the point as decimal mark where the writer meant thousands."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = cell_of(page, layout, row, "target", part)
        page.put(*at, value)
        return Expected({("angka_ambigu", address(*at))})

    return change


def _percent_format_lost(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """A row of percentages as fractions whose number format was lost."""
    found: set[tuple[str, str | None]] = set()
    for pair in ("target_renstra", "target", "tw1", "tw2", "realisasi", "renstra_realisasi"):
        at = cell_of(page, layout, 1, pair, "k")
        value = page.cells[at]
        assert isinstance(value, int | float)
        page.put(*at, value / 100)
        if pair != "target_renstra":
            found.add(("angka_ambigu", address(*at)))
    at = cell_of(page, layout, 1, "target_renstra", "k")
    page.put(*at, 100)
    return Expected(found)


def _noise(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """What binary arithmetic leaves of a formula: 6 documents, 45.5 million rupiah, nothing."""
    page.put(*cell_of(page, layout, 3, "target", "k"), 5.999999999999999)
    page.put(*cell_of(page, layout, 3, "target", "rp"), 45_500_000.00000001 / (1000 if layout.thousands else 1))
    page.put(*cell_of(page, layout, 4, "tw1", "k"), 0.3 - 0.2 - 0.1)
    return Expected()


def _share_beside_a_hundred(value: Value) -> Callable[[Page, Layout, random.Random], Expected]:
    """One percentage of a row is a fraction whose number format was lost; nothing else in the row says so."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = cell_of(page, layout, 1, "tw1", "k")
        page.put(*at, value)
        return Expected({("angka_ambigu", address(*at))})

    return change


def _other_unit_in_the_cell(text: str) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = cell_of(page, layout, 3, "tw1", "k")
        page.put(*at, text)
        return Expected({("satuan_tidak_seragam", address(*at))})

    return change


def _figure_among_units(text: Value) -> Callable[[Page, Layout, random.Random], Expected]:
    """A figure one cell too far to the right."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        row, k = cell_of(page, layout, 3, "tw1", "k")
        page.put(row, k, None)
        page.put(row, k + 1, text)
        return Expected({("satuan_tidak_seragam", address(row, k + 1))}, changed={(3, "tw1_k"): None})

    return change


def _nil(text: Value, part: str) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(*cell_of(page, layout, 3, "tw1", part), text)
        return Expected(changed={(3, f"tw1_{part}"): 0})

    return change


def _ratio_without_target(text: Value, rule: str | None) -> Callable[[Page, Layout, random.Random], Expected]:
    """What a ratio says where nothing was planned: nil and words mean 'not applicable', a lost cell is lost all the same."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = cell_of(page, layout, 5, "renstra_capaian", "rp")
        page.put(*at, text)
        return Expected({(rule, address(*at))} if rule else set(), changed={(5, "renstra_capaian_rp_pct_lapor"): None})

    return change


def _bare_ones(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """100 % throughout, and the format is lost: a row of ones."""
    cells = [cell_of(page, layout, 1, pair, "k") for pair in ("target_renstra", "target", "tw1", "realisasi")]
    for at in cells:
        page.put(*at, 1)
        page.percent.discard(at)
    page.put(*cell_of(page, layout, 1, "tw2", "k"), None)
    return Expected({("angka_ambigu", address(*at)) for at in cells}, changed={(1, "tw2_k"): None})


def _percent_row(doubted: tuple[str, ...] = (), **figures: float | None) -> Callable[[Page, Layout, random.Random], Expected]:
    """Bare figures of a row of percentages with a target of 100; those of `doubted` may be shares whose format was lost."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        changed: dict[tuple[int, str], object] = {}
        for pair, value in figures.items():
            if pair in layout.starts():
                page.put(*cell_of(page, layout, 1, pair, "k"), value)
                ratio = "_pct" if "capaian" in pair else ""
                changed[1, f"{pair}_k{ratio}{'' if pair.startswith('tw') else '_lapor'}"] = value
        return Expected({("angka_ambigu", address(*cell_of(page, layout, 1, pair, "k"))) for pair in doubted}, changed=changed)

    return change


def _signed_ones(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """A target of one percent, with its sign, is what it says."""
    page.put(*cell_of(page, layout, 1, "target", "k"), "1 %")
    page.put(*cell_of(page, layout, 1, "tw1", "k"), "0,5 %")
    return Expected(changed={(1, "target_k"): 1.0, (1, "tw1_k"): 0.5})


def _percent_format_over_a_percentage(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """50 typed, and the cell made a percentage afterwards: it shows 5000 %."""
    at = cell_of(page, layout, 1, "tw1", "k")
    page.put(*at, 50)
    page.percent.add(at)
    return Expected({("angka_ambigu", address(*at))})


def _thousands_of_whole_things(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """5.856 documents were planned in a row that speaks of one and two."""
    at = cell_of(page, layout, 3, "target", "k")
    page.put(*at, "5.856")
    return Expected({("angka_ambigu", address(*at))})


def _decided_by_the_sum(page: Page, layout: Layout, rng: random.Random) -> Expected:
    page.put(*cell_of(page, layout, 3, "tw1", "k"), "1.000")
    return Expected()


def _area(text: str, value: float, other: Value | None = None) -> Callable[[Page, Layout, random.Random], Expected]:
    """A target of which its own row settles nothing; the marks of the sheet's other figures do, unless one (`other`) says otherwise."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        changed: dict[tuple[int, str], object] = {(3, "satuan"): "m²", (3, "target_k"): value}
        for pair in ("target_renstra", "realisasi_lalu", "tw1", "tw2", "realisasi", "renstra_realisasi"):
            page.put(*cell_of(page, layout, 3, pair, "k"), None)
            changed[3, f"{pair}_k{'_lapor' if pair.endswith('realisasi') else ''}"] = None
        at = cell_of(page, layout, 3, "target", "k")
        page.put(*at, text)
        if other:
            page.put(*cell_of(page, layout, 4, "tw1", "rp"), other)
        return Expected({("angka_ambigu", address(*at))} if other else set(), changed=changed)

    return change


def _swapped(*pairs: str) -> Callable[[Page, Layout, random.Random], Expected]:
    """K and Rp of one row in each other's place."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        found: set[tuple[str, str | None]] = set()
        for pair in pairs:
            cells = [cell_of(page, layout, 3, pair, part) for part in ("k", "rp")]
            k, rp = (page.cells[at] for at in cells)
            assert isinstance(k, int | float)
            assert isinstance(rp, int | float)
            page.put(*cells[0], rp)
            page.put(*cells[1], k)
            found |= {("angka_ambigu", address(*at)) for at in cells}
        return Expected(found)

    return change


def _unit_lost(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = (page.rows[9], layout.starts()["tw1"] + 1)
    page.put(*at, "#REF!")
    return Expected({("sel_tidak_terbaca", address(*at))})


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
    Damage("Rp di kolom K", _figure("Rp 4.500", "angka_ambigu", "k")),
    *(Damage(f"{number!r} sebagai Rp", _figure(number, "bukan_angka")) for number in (3201010101010001, 1e300, "9" * 30)),
    Damage("derau perhitungan", _noise, lambda la: la.k != "cell"),
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
    Damage("Rp berupa pecahan enam angka", _native_fraction(9, "rp", 884.792397), _native),
    Damage("persen kehilangan formatnya", _percent_format_lost, lambda la: la.k != "cell" and la.percent == la.numbers == "native"),
    *(Damage(f"{value!r} di samping 100 %", _share_beside_a_hundred(value), lambda la: la.k != "cell") for value in (0.25, "0,25")),
    *(
        Damage(f"“{text}” di baris bersatuan dokumen", _other_unit_in_the_cell(text), lambda la: la.k != "cell" and not la.cumulative)
        for text in ("12 Bulan", "50 %")
    ),
    *(Damage(f"{text!r} di kolom satuan", _figure_among_units(text), _split) for text in ("6 dokumen", 6)),
    *(
        Damage(f"nihil {text!r} sebagai {part}", _nil(text, part), lambda la: not la.cumulative)
        for part in ("k", "rp")
        for text in ("-", " – ", "Rp -", "0,00", 0)
    ),
    *(
        Damage(f"{text!r} sebagai rasio tanpa target", _ratio_without_target(text, rule))
        for text, rule in (("-", None), (0, None), ("0 %", None), ("n/a", None), ("#DIV/0!", "sel_tidak_terbaca"))
    ),
    Damage("persen serba satu", _bare_ones, lambda la: la.k != "cell" and not la.cumulative),
    Damage("satu persen dengan tandanya", _signed_ones, lambda la: la.percent == "native"),
    *(
        Damage(f"satu persen, {name}", change, lambda la: la.k != "cell" and la.percent == "native")
        for name, change in (
            ("rasionya satu", _percent_row(tw1=1, tw2=0, realisasi=1, capaian=1, renstra_realisasi=1, renstra_capaian=1)),
            ("jumlahnya memutuskan", _percent_row(tw1=1, tw2=49)),
            ("posisinya naik", _percent_row(tw1=1, tw2=50)),
            ("tidak ada yang memutuskan", _percent_row(("tw1",), tw1=1)),
            (
                "rasionya seratus",
                _percent_row(
                    ("tw1", "realisasi", "renstra_realisasi"),
                    **{"tw1": 1, "tw2": None, "realisasi": 1, "capaian": 100, "renstra_realisasi": 1, "renstra_capaian": 100},
                ),
            ),
            ("lebih dari seratus", _percent_row(("tw1",), tw1=1.05, tw2=None, realisasi=105, capaian=105)),
        )
    ),
    Damage("persen diformat persen", _percent_format_over_a_percentage),
    Damage("Rp satu setengah", _figure("1,5", "angka_ambigu"), _native),
    Damage("ribuan dari benda utuh", _thousands_of_whole_things, lambda la: la.k != "cell"),
    Damage("ribuan dari benda utuh, jumlahnya memutuskan", _decided_by_the_sum, _split),
    *(
        Damage(f"“{text}” di lembar bertitik ribuan{name}", _area(text, value, other), _dotted)
        for text, value, name, other in (
            ("3.600 m²", 3600, "", None),
            ("3,600 m²", 3.6, "", None),
            ("3.600 m²", 3600, " dan berkoma ribuan", "10,000,000"),
        )
    ),
    *(
        Damage(f"K dan Rp tertukar, {' '.join(pairs)}", _swapped(*pairs), lambda la: la.k != "cell" and la.numbers == "native")
        for pairs in (("target",), ("target_renstra", "target", "tw1", "tw2", "realisasi", "renstra_realisasi"))
    ),
    Damage("satuan #REF!", _unit_lost, lambda la: la.k == "split"),
    Damage("satuan berhuruf besar", _unit("KELUARGA ", None), _split),
)
