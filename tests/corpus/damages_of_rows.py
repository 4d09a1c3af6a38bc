"""Damages of rows: codes, kelurahan, subtotals, merged cells, what stands between and below the rows of a form."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable

from pipelines.workbook.cells import address
from tests.corpus.damage import ROWS, Damage, Expected, cell_of
from tests.corpus.page import Page, Value
from tests.corpus.render import TITLES, Layout, expected_rows
from tests.corpus.true_form import PAIR_NAMES, TRUE_FORM


def _plain_codes(layout: Layout) -> bool:
    return layout.codes in ("plain", "short", "dot")


def _code(row: int, value: Value | None, rule: str | None, kode: str | None = None) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = (page.rows[row], layout.starts()["kode"])
        page.put(*at, value)
        where = at if value is not None else (page.rows[row], layout.starts()["uraian"])
        return Expected({(rule, address(*where))} if rule else set(), changed={(row, "kode"): kode} if kode else {})

    return change


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


def _with_output(words: dict[str, str], *, again: bool = False) -> Callable[[Page, Layout, random.Random], Expected]:
    """A row of another kind with K and Rp as the form's rows have; `again`: and one without a title below it."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = page.rows[4]
        found = set()
        page.insert_rows(at, 1 + again)
        for row, texts in ((at, words), (at + 1, {"indikator": "Indeks lain"}))[: 1 + again]:
            for name, text in texts.items():
                page.put(row, layout.starts()[name], text)
            for part, value in (("k", 100), ("rp", 80_000_000)):
                page.put(row, layout.column_of("target", part), value)
            found.add(("baris_tidak_dimuat", address(row, layout.column_of("target", "k"))))
        return Expected(found)

    return change


def _filled_down(*names: str, text: str | None = None) -> Callable[[Page, Layout, random.Random], Expected]:
    """What stands once for a program's indicators stands beside each of them, or a sign that says so; its Rp as well, where named."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        changed: dict[tuple[int, str], object] = {}
        columns = [(layout.starts()[name], 5) for name in names if name != "rp"]
        if "rp" in names:
            for name, value in expected_rows(TRUE_FORM, layout)[6].items():
                changed |= {(row, name): value for row in (5, 7) if "_rp" in name}
            columns += [(layout.column_of(pair, "rp"), 6) for pair in PAIR_NAMES if pair in layout.starts()]
        for column, source in columns:
            for row in (5, 6, 7) if text is None else (6, 7):
                page.put(page.rows[row], column, text or page.cells.get((page.rows[source], column)))
                page.percent |= {(page.rows[row], column)} if (page.rows[source], column) in page.percent else set()
        return Expected(changed=changed)

    return change


def _sasaran_everywhere(text: str | None) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        for row in range(1, 10):
            page.put(page.rows[row], layout.starts()["sasaran"], text or ROWS[0].sasaran)
        return Expected()

    return change


def _moved_words(row: int, source: str, to: str, rule: str | None, words: str = "") -> Callable[[Page, Layout, random.Random], Expected]:
    """A row's text stands in another column, whatever stood there."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at, column = page.rows[row], layout.starts()[to]
        page.put(at, column, f"{words}{page.cells[at, layout.starts()[source]]}")
        page.put(at, layout.starts()[source], None)
        return Expected({(rule, address(at, column))} if rule else set())

    return change


def _wrapped(row: int, *names: str) -> Callable[[Page, Layout, random.Random], Expected]:
    """The last words of a row's texts stand in a row of their own."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = page.rows[row]
        page.insert_rows(at + 1)
        for name in names:
            *words, last, end = str(page.cells[at, layout.starts()[name]]).split()
            words, end = ([*words, last], end) if name != "uraian" else (words, f"{last} {end}")
            page.put(at, layout.starts()[name], " ".join(words))
            page.put(at + 1, layout.starts()[name], end)
        return Expected()

    return change


def _lost_code_and_title(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = (page.rows[4], layout.starts()["kode"])
    page.put(*at, "#REF!")
    page.put(page.rows[4], layout.starts()["uraian"], None)
    return Expected({("kode_tidak_dikenal", address(*at))})


def _repeated_title(row: int, before: int) -> Callable[[Page, Layout, random.Random], Expected]:
    """A code and its title stand again on a new page, without figures."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = page.rows[before]
        page.insert_rows(at)
        for name in ("kode", "uraian"):
            page.put(at, layout.starts()[name], page.cells[page.rows[row], layout.starts()[name]])
        return Expected()

    return change


def _numbered_titles(page: Page, layout: Layout, rng: random.Random) -> Expected:
    for row, number in ((1, ""), (2, "1. "), (3, "a. "), (4, "b) "), (5, "II. Program: "), (8, "1.1. "), (9, "(1) Sub Kegiatan : ")):
        at = (page.rows[row], layout.starts()["uraian"])
        page.put(*at, f"{number}{str(page.cells[at]).removeprefix('PROGRAM ')}")
    return Expected()


def _numbers_again(titled: bool) -> Callable[[Page, Layout, random.Random], Expected]:
    """A new page begins with the column numbers alone, or with one row of titles above them."""

    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = page.rows[5]
        page.insert_rows(at, 1 + titled)
        for name, column in layout.starts().items():
            page.put(at + titled, column, page.cells.get((page.number_row, column)))
            if titled:
                page.put(at, column, TITLES.get(name, name))
        return Expected()

    return change


def _note_for_a_code(text: str, rule: str | None) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        at = (page.rows[6], layout.starts()["kode"])
        page.put(*at, text)
        return Expected({(rule, address(*at))} if rule else set())

    return change


def _total_worded(text: str) -> Callable[[Page, Layout, random.Random], Expected]:
    def change(page: Page, layout: Layout, rng: random.Random) -> Expected:
        page.put(page.rows[10], layout.starts()["uraian"], text)
        return Expected()

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
        at = cell_of(page, layout, 6, pair, "rp")
        value = page.cells.get(at)
        page.put(*at, None)
        page.put(*cell_of(page, layout, 5, pair, "rp"), value)
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


def _averages_of_programs(page: Page, layout: Layout, rng: random.Random) -> Expected:
    """An average and a predikat after each program, as some forms have them."""
    for place in (8, 5):
        at = page.rows[place]
        page.insert_rows(at, 2)
        name = rng.choice(("kode", "uraian"))
        page.put(at, layout.starts()[name], "Rata-rata capaian kinerja (%)")
        page.put(at, layout.column_of("realisasi", "k"), 45.5)
        if place == 8:
            page.put(at, layout.column_of("target", "k"), 100)
        page.put(at + 1, layout.starts()[name], "Predikat kinerja")
    return Expected()


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


def _no_code_below_the_foot(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = max(row for row, _ in page.cells) + 2
    page.put(at, layout.starts()["uraian"], "Pembangunan pagar")
    for pair in ("target", "tw1"):
        page.put(at, layout.column_of(pair, "rp"), 1000)
    return Expected({("baris_tidak_dimuat", address(at, layout.column_of("target", "rp")))})


def _note_in_the_table(page: Page, layout: Layout, rng: random.Random) -> Expected:
    at = page.rows[5]
    page.insert_rows(at)
    page.put(at, layout.starts()["uraian"], "Catatan: menunggu verifikasi")
    return Expected()


ROW_DAMAGES = (
    Damage("baris angka tanpa kata", _inserted({}, 5_000_000, "baris_tidak_dimuat")),
    Damage("baris rumus siap pakai", _inserted({}, 0, None)),
    Damage("jumlah antara", _inserted({"uraian": "JUMLAH"}, 80_000_000, "baris_tidak_dimuat")),
    Damage(
        "jumlah antara di kolom kode", _inserted({"kode": "Sub Total"}, 80_000_000, "baris_tidak_dimuat"), lambda la: la.codes != "split"
    ),
    *(
        Damage(f"“{text}” di kolom {place}", _inserted({place: text}, 80_000_000, "baris_tidak_dimuat"))
        for place, text in (
            ("uraian", "Jumlah Program"),
            ("uraian", "KECAMATAN PASIRIAN"),
            ("uraian", "Sub Total"),
            ("indikator", "JUMLAH KEGIATAN 7.01.01.2.01"),
            ("indikator", "Sub Jumlah"),
            ("indikator", "Jumlah dipindahkan"),
        )
    ),
    *(
        Damage(
            f"{text} di kolom {place}, {'kode berulang' if kode else 'tanpa kode'}",
            _kelurahan(kode, place, text),
            lambda la, kode=kode, place=place: place in la.starts() and (_plain_codes(la) or not kode),  # type: ignore[misc]
        )
        for place, text in (
            ("uraian", "Kelurahan"),
            ("uraian", "a. Kelurahan"),
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
    Damage("rata-rata dan predikat tiap program", _averages_of_programs, lambda la: la.codes not in ("split", "numbers")),
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
    *(
        Damage(f"{' dan '.join(words.values())} dengan K dan Rp", _with_output(words, again=again), _plain_codes)
        for words, again in (
            ({"uraian": "JUMLAH PROGRAM"}, False),
            ({"uraian": "1. Penyusunan Renstra"}, False),
            ({"kode": "1", "uraian": "Penyusunan Renja"}, False),
            ({"uraian": "Desa Bades"}, False),
            ({"uraian": "Rogotrunan", "indikator": ROWS[3].indikator or ""}, False),
            ({"kode": "5.1.02.01.01.0024", "uraian": "Belanja alat tulis kantor"}, False),
            ({"kode": "7", "uraian": "UNSUR KEWILAYAHAN", "indikator": "Indeks satu"}, True),
            ({"kode": "7.01", "uraian": "KECAMATAN", "indikator": "Indeks satu"}, True),
            ({"uraian": "KECAMATAN PASIRIAN", "indikator": "Indeks satu"}, True),
            ({"sasaran": "Tujuan 1: Mewujudkan tata kelola", "indikator": "Indeks satu"}, True),
        )
    ),
    *(
        Damage(f"{' dan '.join(names)} di tiap indikator{f', {text}' if text else ''}", _filled_down(*names, text=text), _plain_codes)
        for names, text in (
            (("kode", "uraian"), None),
            (("uraian",), None),
            (("kode", "uraian", "rp"), None),
            (("uraian",), ROWS[5].uraian.title()),  # type: ignore[union-attr]
            (("uraian",), '"'),
            (("kode", "uraian"), "s.d.a."),
            (("kode", "sasaran", "uraian"), "-"),
        )
    ),
    *(Damage(f"sasaran di tiap baris, {text or 'teksnya'}", _sasaran_everywhere(text)) for text in (None, "-")),
    Damage("sasaran di kolom uraian", _moved_words(0, "sasaran", "uraian", "teks_bergeser")),
    Damage("sasaran di kolom kode", _moved_words(0, "sasaran", "kode", "teks_bergeser"), lambda la: la.codes not in ("split", "numbers")),
    Damage("“Sasaran 1:” di kolom uraian", _moved_words(0, "sasaran", "uraian", None, "Sasaran 1: ")),
    Damage("nama di kolom kode, kode hilang", _moved_words(4, "uraian", "kode", "kode_tidak_dikenal"), _plain_codes),
    Damage("kode #REF!, nama hilang", _lost_code_and_title, _plain_codes),
    *(
        Damage(
            f"{' dan '.join(names)} di dua baris",
            _wrapped(row, *names),
            lambda la: la.codes in ("plain", "short", "dot") and not la.blank_rows,
        )
        for row, names in ((0, ("sasaran", "indikator")), (3, ("uraian",)), (3, ("indikator",)), (3, ("uraian", "indikator")))
    ),
    *(
        Damage(f"“{text}” sebagai TOTAL", _total_worded(text))
        for text in (
            "TOTAL PAGU",
            "Jumlah Seluruh Program",
            "TOTAL PROGRAM/KEGIATAN/SUB KEGIATAN",
            "Jumlah Anggaran dan Realisasi Tahun 2024",
            "TOTAL S.D. TRIWULAN II",
        )
    ),
    Damage("kode sama dua kali", _code(4, "7.01.01.2.01.0001", "kode_ganda", "7.01.01.2.01.0001#2"), _plain_codes),
    Damage("kode hilang", _code(4, None, "kode_tidak_dikenal"), _plain_codes),
    Damage("kode hilang, nama salah eja", _slip_without_code, _plain_codes),
    Damage("kode hilang, nama tidak dikenal", _unknown_without_code, _plain_codes),
    Damage("kode tidak dikenal", _code(4, "7.01.01.2.01.0099", None, "7.01.01.2.01.0099"), _plain_codes),
    Damage("kode menjadi tanggal", _code(1, dt.date(2001, 1, 7), None), _plain_codes),
    Damage("kode dengan kegiatan satu angka", _code(2, "7.01.01.2.1", "kode_tidak_dikenal"), _plain_codes),
    Damage("kode tiga angka", _code(2, "7.01.01.201", None), _plain_codes),
    Damage("kode empat bagian", _code(2, "7.01.01.2", "kode_tidak_dikenal"), _plain_codes),
    *(
        Damage(f"kode terpotong: {kode}", _code(row, kode, "kode_tidak_dikenal"), _plain_codes)
        for row, kode in ((5, "7.01"), (2, "7.01.01"), (3, "7.01.01.2.01"))
    ),
    Damage("nama bernomor, tanpa kode", _numbered_titles, lambda la: la.codes == "none"),
    Damage("kode tanpa program", _code(3, "2.01.01", "kode_tidak_dikenal"), _plain_codes),
    *(
        Damage(
            f"{name} di tengah tabel",
            _numbers_again(titled),
            lambda la: la.number_row in ("formula", "plain") and la.titles and la.repeat_header is None,
        )
        for name, titled in (("nomor kolom saja", False), ("judul satu baris dan nomor kolom", True))
    ),
    Damage("“lanjutan” di kolom kode", _note_for_a_code("(lanjutan)", None), _plain_codes),
    Damage("catatan di kolom kode", _note_for_a_code("lihat DPA", "kode_tidak_dikenal"), _plain_codes),
    Damage("tanda pisah di baris TOTAL", _code(10, "-", None), lambda la: la.codes not in ("split", "numbers")),
    Damage("lanjutan sub kegiatan", _repeated_title(3, 4), _plain_codes),
    Damage("lanjutan program", _repeated_title(1, 4), _plain_codes),
    Damage("kode bidang di baris TOTAL", _code(10, "7.01", None), lambda la: la.codes not in ("split", "numbers")),
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
