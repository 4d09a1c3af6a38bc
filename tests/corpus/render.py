"""Renders one true form into a layout, with a real writer, and says what a careful person would then read.

`render(true, layout, path)` writes the workbook; `expected_rows(true, layout)` gives the rows a reader must return (figures that the layout
does not carry are None). Numbers, units, nil signs, labels, numberings, codes and places of the table are all choices of `Layout`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.corpus.page import Page
from tests.corpus.true_form import PAIR_NAMES, TrueForm, TrueRow
from tests.corpus.writers import write_xlsxwriter

ROMAN = ("I", "II", "III", "IV")
TW = ("tw1", "tw2", "tw3", "tw4")
HEAD = ("kode", "sasaran", "uraian", "indikator")
NUMBERINGS: dict[str, tuple[str, ...]] = {
    "20": (*HEAD, "formulasi", *PAIR_NAMES[:9], "predikat", "renstra_realisasi", "renstra_capaian", "kendala", "upaya", "penanggung_jawab"),
    "15": (*HEAD, *PAIR_NAMES[:8], "renstra_realisasi", "renstra_capaian", "penanggung_jawab"),
    "16": (*HEAD, *PAIR_NAMES[:8], "renstra_realisasi", "renstra_capaian", "penanggung_jawab", "keterangan"),
    "17": (*HEAD, *PAIR_NAMES[:9], "renstra_realisasi", "renstra_capaian", "penanggung_jawab", "keterangan"),
}
TITLES = {
    "kode": "Kode Program/Kegiatan/Sub Kegiatan",
    "sasaran": "Sasaran Perangkat Daerah",
    "uraian": "Program/Kegiatan/Sub Kegiatan",
    "indikator": "Indikator Kinerja Program (outcome)/Kegiatan (output)",
    "formulasi": "Formulasi Peningkatan Kinerja",
    "target_renstra": "Target Renstra Perangkat Daerah pada Tahun 2026 (akhir periode Renstra)",
    "realisasi_lalu": "Realisasi Capaian Kinerja Renstra Perangkat Daerah sampai dengan Renja Perangkat Daerah Tahun Lalu (n-2)",
    "target": "Target Kinerja dan Anggaran Renja Perangkat Daerah Tahun Berjalan yang Dievaluasi",
    "realisasi": "Realisasi Capaian Kinerja dan Anggaran Renja Perangkat Daerah yang Dievaluasi",
    "capaian": "Tingkat Capaian Kinerja dan Realisasi Anggaran Renja (%)",
    "predikat": "Predikat Capaian Kinerja (Tabel T-E.1)",
    "renstra_realisasi": "Realisasi Kinerja dan Anggaran Renstra Perangkat Daerah s/d Tahun Berjalan",
    "renstra_capaian": "Tingkat Capaian Kinerja dan Realisasi Anggaran Renstra s/d Tahun Berjalan (%)",
    "kendala": "Kendala/permasalahan yang menghambat Capaian Indikator",
    "upaya": "Upaya mengatasi kendala/permasalahan",
    "penanggung_jawab": "Perangkat Daerah Penanggung Jawab",
    "keterangan": "Ket.",
}


@dataclass(frozen=True)
class Layout:
    """How a clerk laid the form out and spelled what is in it."""

    name: str
    numbering: str = "20"
    k: str = "split"  # split: K | satuan | Rp; cell: '6 dokumen' | Rp; column: satuan once, after indikator
    number_row: str = (
        "formula"  # formula, plain, text, bracket, split (over K/satuan/Rp), each (K and Rp apart), all (a number a cell), missing
    )
    labels: str = "above"  # above, below, none
    label_words: tuple[str, str] = ("K", "Rp")
    realisasi: str | None = None  # another title of column 13
    titled: str = "together"  # together, apart (K and Rp have a title each)
    titles: bool = True
    tw: str = "all"  # all, absent (TW III-IV), hidden, units (only their units are filled in), nil (their Rp, with nil)
    row: int = 0  # rows above the form
    column: int = 0  # columns left of it
    numbers: str = "native"  # native, indonesia, english, rp
    percent: str = "native"  # native, format (0.52 as %), text
    nil: str = "-"
    thousands: bool = False
    cumulative: bool = False
    repeat_header: int | None = None  # after this many rows
    blank_rows: bool = False
    merge: bool = True
    codes: str = (
        "plain"  # plain, short, dot, none, split (a part a cell), numbers (split, as numbers), in_kode, in_uraian (with title), organisasi
    )
    column_20: str = "table"  # table, below (a page below the table), foot (a page below the foot), sheet
    notes: bool = False  # words and figures to the right
    helper: bool = False  # an empty column inside the table
    foot: str = "cells"  # cells, lines, beside (pendorong left, penghambat right)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The form's numbered columns that this layout writes, in order."""
        left_out = {"tw3", "tw4"} if self.tw == "absent" else set()
        left_out |= {"penanggung_jawab"} if self.column_20 != "table" else set()
        return tuple(f for f in NUMBERINGS[self.numbering] if f not in left_out)

    def width(self, name: str) -> int:
        """Physical columns of a numbered column."""
        if name == "kode" and self.codes in ("split", "numbers"):
            return 5
        if name not in PAIR_NAMES:
            return 2 if name == "indikator" and self.k == "column" else 1
        return 3 if self.k == "split" else 2

    def starts(self) -> dict[str, int]:
        """0-based column at which each numbered column starts."""
        column, found = self.column, {}
        for name in self.fields:
            found[name] = column
            column += self.width(name) + (1 if self.helper and name == "target" else 0)
        return found

    def column_of(self, pair: str, part: str) -> int:
        """0-based column of a pair's 'k' or 'rp'."""
        start = self.starts()[pair]
        return start if part == "k" else start + self.width(pair) - 1


def titles_apart(name: str) -> tuple[str, str]:
    """A title of K and one of Rp, from the one for both."""
    title = TITLES[name]
    for both in ("Kinerja dan Realisasi Anggaran", "Kinerja dan Anggaran"):
        title = title.replace(both, "Kinerja")
    return title, title.replace("Kinerja", "Anggaran", 1).replace(" Kinerja", "") if "Kinerja" in title else f"{title} (Rp)"


def _formulas(layout: Layout, counted: dict[str, int] | None = None) -> dict[str, str]:
    number = counted or {name: i for i, name in enumerate(NUMBERINGS[layout.numbering], start=1)}
    if not set(TW) <= number.keys():
        return {}
    found = {
        "realisasi": "+".join(str(number[t]) for t in TW),
        "renstra_realisasi": f"{number['realisasi_lalu']} + {number['realisasi']}",
        "renstra_capaian": f"{number['renstra_realisasi']}/{number['target_renstra']} x 100%",
    }
    if "capaian" in number:
        found["capaian"] = f"{number['realisasi']}/{number['target']} x 100%"
    return found


def _indonesian(value: Decimal) -> str:
    return f"{value:,}".replace(",", "\0").replace(".", ",").replace("\0", ".")


class _Writer:
    def __init__(self, true: TrueForm, layout: Layout) -> None:
        self.true, self.layout = true, layout
        self.page = Page(f"TW {ROMAN[true.triwulan - 1]}")
        self.starts = layout.starts()
        self.cursor = layout.row

    def put(self, row: int, column: int, value: object) -> None:
        if isinstance(value, Decimal):
            value = int(value) if value == int(value) else float(value)
        if isinstance(value, str | int | float):
            self.page.put(row, column, value)

    def span(self, row: int, first: int, last: int, value: object, rows: int = 1) -> None:
        if self.layout.merge and (last > first or rows > 1):
            self.page.merged.append((row, first, row + rows - 1, last))
        self.put(row, first, value)

    def figure(self, row: int, column: int, value: Decimal | None, *, money: bool, ratio: bool, unit: str | None) -> None:
        layout = self.layout
        if value is None:
            return
        if value == 0 and layout.nil != "0":
            self.put(row, column, f"{layout.nil} {unit}" if unit and not money else layout.nil)
            return
        if money and layout.thousands:
            value = value / 1000
        percent = ratio or unit == "%"
        if percent and layout.percent == "format" and not money:
            self.put(row, column, value / 100)
            self.page.percent.add((row, column))
            return
        if unit and not money:
            self.put(row, column, f"{_indonesian(value) if layout.numbers in ('indonesia', 'rp') else f'{value:,}'} {unit}")
            return
        if percent and layout.percent == "text":
            self.put(row, column, f"{value} %")
        elif layout.numbers == "native":
            self.put(row, column, value)
        elif layout.numbers == "english":
            self.put(row, column, f"{value:,}")
        else:
            self.put(row, column, ("Rp " if layout.numbers == "rp" and money and not ratio else "") + _indonesian(value))

    def run(self) -> Page:
        self.head()
        self.header()
        for index, row in enumerate(self.true.rows):
            if self.layout.repeat_header == index:
                self.header()
            if self.layout.blank_rows and index % 3 == 2:
                self.cursor += 1
            self.page.rows.append(self.cursor)
            self.row(row)
        if self.layout.column_20 == "below":
            self.responsible(self.page, self.cursor + 1)
            self.cursor += len(self.true.rows) + 4
        self.page.foot = self.cursor
        self.foot()
        last = max(row for row, _ in self.page.cells)
        if self.layout.column_20 == "foot":
            self.responsible(self.page, last + 2)
        elif self.layout.column_20 == "sheet":
            self.page.beside.append(Page("Halaman 2"))
            self.responsible(self.page.beside[0], 0)
        return self.page

    def responsible(self, page: Page, top: int) -> None:
        """Column 20 as a page of its own, as a print that is too wide makes it."""
        page.put(top, self.layout.column, TITLES["penanggung_jawab"])
        page.put(top + 1, self.layout.column, 20)
        for place, row in enumerate(r for r in self.true.rows if r.level != "total"):
            page.put(top + 2 + place, self.layout.column, row.penanggung_jawab or "Kecamatan")

    def head(self) -> None:
        true, left = self.true, self.layout.column
        for line in (
            "Evaluasi Terhadap Hasil Renja Perangkat Daerah",
            f"Kecamatan {true.kecamatan} Kabupaten Lumajang",
            f"Triwulan {ROMAN[true.triwulan - 1]} Tahun {true.tahun}",
        ):
            self.put(self.cursor, left, line)
            self.cursor += 1
        for line in ("a. Indikator : Indeks Pelayanan Publik", "b. Target Kinerja : 75B", "c. Realisasi Kinerja : masih proses"):
            self.put(self.cursor, left, line)
            self.cursor += 1
        if self.layout.thousands:
            self.put(self.cursor, left, "(Rp dalam ribuan)")
        self.cursor += 2

    def header(self) -> None:
        layout, top = self.layout, self.cursor
        self.page.title_row = self.page.title_row or top
        tw = [name for name in layout.fields if name in TW]
        if layout.titles:
            for name in layout.fields:
                first, last = self.starts[name], self.starts[name] + layout.width(name) - 1
                if name in TW:
                    words = f"s.d. Triwulan {ROMAN[TW.index(name)]}" if layout.cumulative else ROMAN[TW.index(name)]
                    self.span(top + 1, first, last, words)
                elif layout.titled == "apart" and name in PAIR_NAMES:
                    for part, title in zip(("k", "rp"), titles_apart(name), strict=True):
                        self.span(top, layout.column_of(name, part), layout.column_of(name, part), title, 2)
                else:
                    title = (layout.realisasi if name == "realisasi" else None) or TITLES[name]
                    self.span(top, first, first if name == "indikator" else last, title, 2)
            if layout.k == "column":
                self.put(top, self.starts["indikator"] + 1, "Satuan")
            self.span(top, self.starts[tw[0]], self.starts[tw[-1]] + layout.width(tw[-1]) - 1, "Realisasi Kinerja Pada Triwulan")
            self.cursor += 2
        if layout.labels == "above":
            self.label_row()
        if layout.number_row != "missing":
            self.number_row()
        if layout.labels == "below":
            self.label_row()

    def label_row(self) -> None:
        for name in self.layout.fields:
            if name in PAIR_NAMES:
                for part, words in zip(("k", "rp"), self.layout.label_words, strict=True):
                    self.put(self.cursor, self.layout.column_of(name, part), words)
        self.cursor += 1

    def number_row(self) -> None:
        layout, formulas = self.layout, _formulas(self.layout)
        self.page.number_row = self.page.number_row or self.cursor
        cells = [(name, column) for name in layout.fields for column in self.numbered(name)]
        counted = {name: n for n, (name, _) in reversed(list(enumerate(cells, start=1)))}
        if layout.number_row in ("each", "all"):
            for n, (name, column) in enumerate(cells, start=1):
                formula = _formulas(layout, counted).get(name) if n == counted[name] else None
                self.put(self.cursor, column, f"{n} = {formula}" if formula and layout.number_row == "all" else n)
            self.cursor += 1
            return
        for number, name in enumerate(NUMBERINGS[layout.numbering], start=1):
            if name not in self.starts:
                continue
            value: object = number
            if layout.number_row == "formula" and name in formulas:
                value = f"{number} = {formulas[name]}"
            elif layout.number_row == "text":
                value = str(number)
            elif layout.number_row == "bracket":
                value = f"({number})"
            first = self.starts[name]
            if layout.number_row == "split":
                for column in range(first, first + layout.width(name)):
                    self.put(self.cursor, column, value)
            else:
                self.span(self.cursor, first, first + layout.width(name) - 1, value)
        self.cursor += 1

    def numbered(self, name: str) -> list[int]:
        """The columns of a field that have a number of their own where K and Rp are counted apart."""
        first = self.starts[name]
        if name not in PAIR_NAMES:
            return [first]
        rp = self.layout.column_of(name, "rp")
        return list(range(first, rp + 1)) if self.layout.number_row == "all" else [first, rp]

    def row(self, row: TrueRow) -> None:
        layout, at = self.layout, self.cursor
        kode = "" if row.level in ("sasaran", "total") or row.ke > 1 else (row.kode or "")
        if layout.codes == "short":
            kode = re.sub(r"\.00(\d\d)$", r".\1", kode)
        elif layout.codes == "dot":
            kode = f"{kode}. " if kode else ""
        elif layout.codes == "none":
            kode = ""
        elif layout.codes == "organisasi":
            kode = re.sub(r"^7\.01", "7.01.7-01.0-00.0-00.10.0000", kode)
        uraian = row.uraian
        if layout.codes in ("in_kode", "in_uraian") and kode:
            both = f"{kode} {uraian}" if layout.codes == "in_kode" else f"{kode} - {uraian}"
            kode, uraian = (both, None) if layout.codes == "in_kode" else ("", both)
        if layout.codes in ("split", "numbers") and kode:
            parts = kode.split(".")
            parts = [*parts[:3], *([".".join(parts[3:5])] if parts[3:] else []), *parts[5:]]
            for offset, part in enumerate(parts):
                self.put(at, self.starts["kode"] + offset, Decimal(part) if layout.codes == "numbers" else part)
            kode = ""
        words = {
            "kode": kode,
            "sasaran": row.sasaran,
            "uraian": uraian,
            "indikator": row.indikator,
            "predikat": row.predikat,
            "kendala": row.kendala,
            "penanggung_jawab": row.penanggung_jawab,
        }
        for name, text in words.items():
            if name in self.starts:
                self.put(at, self.starts[name], text)
        if layout.k == "column":
            self.put(at, self.starts["indikator"] + 1, row.satuan)
        for name in PAIR_NAMES:
            if name not in self.starts:
                continue
            ratio = name.endswith("capaian")
            k, rp = self.value(row, name, "k"), self.value(row, name, "rp")
            in_cell = (None if ratio else row.satuan) if layout.k == "cell" else None
            self.figure(at, layout.column_of(name, "k"), k, money=False, ratio=ratio, unit=in_cell)
            if layout.k == "split" and (k is not None or (layout.tw == "units" and name in TW)):
                self.put(at, self.starts[name] + 1, "%" if ratio else row.satuan)
            if layout.tw == "nil" and name in ("tw3", "tw4"):
                rp = Decimal(0)
            self.figure(at, layout.column_of(name, "rp"), rp, money=not ratio, ratio=ratio, unit=None)
        if layout.notes:
            end = max(self.starts.values()) + 4
            self.put(at, end, "cek lagi")
            self.put(at, end + 1, 12345)
        self.cursor += 1

    def value(self, row: TrueRow, name: str, part: str) -> Decimal | None:
        values = row.k if part == "k" else row.rp
        value = values.get(name)
        if self.layout.cumulative and name in TW and value is not None and (part == "rp" or row.satuan not in ("%", "orang/12 bulan")):
            value = sum((values.get(t) or Decimal(0) for t in TW[: TW.index(name) + 1]), Decimal(0))
        return None if value is None else Decimal(value)

    def beside(self) -> None:
        """The factors in two columns: pendorong left, penghambat right, line by line."""
        left, right = self.layout.column, self.starts["target"]
        self.put(self.cursor, left, "Faktor pendorong keberhasilan kinerja:")
        self.put(self.cursor, right, "Faktor penghambat pencapaian kinerja:")
        columns = ((left, _beside_items(self.true, "pendorong")), (right, _beside_items(self.true, "penghambat")))
        for column, lines in columns:
            for offset, line in enumerate(lines, start=1):
                self.put(self.cursor + offset, column, line)
        self.cursor += 1 + max(len(lines) for _, lines in columns)

    def foot(self) -> None:
        true, left = self.true, self.layout.column
        capaian = self.starts.get("capaian", self.starts["realisasi"])
        self.put(self.cursor, left, "d. Rata-rata capaian kinerja (%)")
        self.put(self.cursor, capaian, true.rata_rata)
        self.put(self.cursor + 1, left, "e. Predikat kinerja")
        self.put(self.cursor + 1, capaian, true.predikat)
        self.cursor += 3
        if self.layout.foot == "beside":
            self.beside()
        for label, goal, spoken in (("pendorong keberhasilan", "pendorong", "f"), ("penghambat pencapaian", "penghambat", "h")):
            if self.layout.foot == "beside":
                break
            self.put(self.cursor, left, f"Faktor {label} kinerja:")
            self.cursor += 1
            for kind in ("tujuan", "sasaran"):
                items = getattr(true, f"{goal}_{kind}")
                if self.layout.foot == "cells":
                    self.put(self.cursor, left, f"{spoken}. Indikator {kind.title()} : - {items[0]}")
                    for item in items[1:]:
                        self.cursor += 1
                        self.put(self.cursor, left, f"- {item}")
                else:
                    self.put(self.cursor, left, f"Indikator {kind.title()}")
                    self.put(self.cursor, left + 1, "\n".join(f"{n}. {item}" for n, item in enumerate(items, start=1)))
                self.cursor += 1
        for label, items in (
            ("Tindak lanjut yang diperlukan dalam triwulan berikutnya*)", true.tindak_lanjut_triwulan),
            ("Tindak lanjut yang diperlukan dalam Renja Perangkat Daerah kabupaten/kota berikutnya*)", true.tindak_lanjut_renja),
        ):
            self.put(self.cursor, left, f"{label}: {items[0]}")
            self.cursor += 1
        self.put(self.cursor + 1, left, "PETUNJUK PENGISIAN :")
        self.put(self.cursor + 2, left, "d. Diisi dengan penjelasan faktor-faktor pendorong")
        self.put(self.cursor + 4, left + 6, f"{true.kecamatan}, 5 Juli {true.tahun}")
        self.put(self.cursor + 5, left + 6, f"CAMAT {true.kecamatan.upper()}")
        self.put(self.cursor + 9, left + 6, "NAMA PALSU BIN UJI, S.Sos")
        self.put(self.cursor + 10, left + 6, "NIP. 000000000000000000")
        if self.layout.tw == "hidden":
            first, last = self.starts["tw3"], self.starts["realisasi"] - 1
            self.page.hidden_columns |= set(range(first, last + 1))


def _beside_items(true: TrueForm, goal: str) -> list[str]:
    lines = []
    for kind in ("tujuan", "sasaran"):
        lines.append(f"Indikator {kind.title()} :")
        lines += [f"- {item}" for item in getattr(true, f"{goal}_{kind}")]
    return lines


def render(true: TrueForm, layout: Layout, path: Path) -> None:
    """Write `true` as a workbook in `layout`, with XlsxWriter."""
    write_xlsxwriter(lay_out(true, layout), path)


def lay_out(true: TrueForm, layout: Layout) -> Page:
    """`true` in `layout`, before any library writes it."""
    return _Writer(true, layout).run()


def expected_rows(true: TrueForm, layout: Layout) -> list[dict[str, Any]]:
    """What must be read: level, kode, indikator_ke, satuan, and each measure (Rp in sen) as int, float or None."""
    rows = []
    for row in true.rows:
        found: dict[str, Any] = {
            "level": row.level,
            "kode": row.kode,
            "indikator_ke": row.ke,
            "satuan": row.satuan,
            "uraian": row.uraian,
            "indikator": row.indikator,
            "penanggung_jawab": row.penanggung_jawab
            if layout.column_20 == "table" or row.level == "total"
            else row.penanggung_jawab or "Kecamatan",
        }
        for name in PAIR_NAMES:
            ratio = name.endswith("capaian")
            suffix = "_lapor" if name.startswith(("realisasi", "capaian", "renstra")) and name != "realisasi_lalu" else ""
            k, rp = row.k.get(name), row.rp.get(name)
            if name not in layout.starts():
                k = rp = None
            elif layout.tw == "nil" and name in ("tw3", "tw4"):
                rp = Decimal(0)
            if ratio:
                base = {"capaian": "target", "renstra_capaian": "target_renstra"}[name]
                k = k if row.k.get(base) else None
                rp = rp if row.rp.get(base) else None
            found[f"{name}_k{'_pct' if ratio else ''}{suffix}"] = None if k is None else float(k)
            found[f"{name}_rp{'_pct' if ratio else ''}{suffix}"] = None if rp is None else (float(rp) if ratio else int(rp * 100))
        rows.append(found)
    return rows
