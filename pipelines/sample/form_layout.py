"""How form E.81 looks as Kabupaten Lumajang fills it: 20 numbered columns, K | satuan | Rp under each of the eleven pairs.

Source: Permendagri 86/2017, table E.81, and the print of Kecamatan Lumajang's form (triwulan II 2024), whose titles these are.
Belongs here: the order of columns, titles, column numbers, widths and the filling guide, and how header and guide are put on a sheet.
Does not belong here: any figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.workbook.columns import (
    CAPAIAN,
    PAIRS,
    REALISASI,
    REALISASI_LALU,
    RENSTRA_CAPAIAN,
    RENSTRA_REALISASI,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Pair,
)

LEADING_TEXTS = ("kode_lapor", "sasaran", "uraian", "indikator", "formulasi")
_PAIRS_BEFORE_PREDIKAT = (TARGET_RENSTRA, REALISASI_LALU, TARGET, *TRIWULAN, REALISASI, CAPAIAN)
_PAIRS_AFTER_PREDIKAT = (RENSTRA_REALISASI, RENSTRA_CAPAIAN)
TRAILING_TEXTS = ("kendala", "upaya", "penanggung_jawab")


@dataclass(frozen=True)
class Layout:
    """Which sheet column holds which field.

    `separate_satuan`: K and satuan in cells of their own (as Kecamatan Lumajang prints it), or "64 orang/bulan" in one K cell.
    `k_rp_first`: the K/Rp labels stand above the number row (as the print has it), or below (as the decree has it).
    """

    separate_satuan: bool = True
    k_rp_first: bool = True

    @cached_property
    def column(self) -> Mapping[str, int]:
        """Staged column name (see `pipelines.workbook.columns`) → 0-based column of the sheet."""
        names: list[str] = [*LEADING_TEXTS]
        for pair in _PAIRS_BEFORE_PREDIKAT:
            names += self._cells(pair)
        names.append("predikat_lapor")
        for pair in _PAIRS_AFTER_PREDIKAT:
            names += self._cells(pair)
        names += TRAILING_TEXTS
        return {name: column for column, name in enumerate(names)}

    @property
    def last_column(self) -> int:
        """The sheet's last column in use (column 20 of the form)."""
        return self.column[TRAILING_TEXTS[-1]]

    def _cells(self, pair: Pair) -> list[str]:
        return [pair.k.name, pair.satuan, pair.rp.name] if self.separate_satuan else [pair.k.name, pair.rp.name]


NUMBERS: dict[str, str | int] = {
    **{name: number for number, name in enumerate(LEADING_TEXTS, start=1)},
    **{pair.name: number for number, pair in enumerate(_PAIRS_BEFORE_PREDIKAT[:7], start=6)},
    REALISASI.name: "13 = 9+10+11+12",
    CAPAIAN.name: "14 = 13/8 x 100%",
    "predikat_lapor": 15,
    RENSTRA_REALISASI.name: "16 = 13",
    RENSTRA_CAPAIAN.name: "17 = 16/6 x 100%",
    "kendala": 18,
    "upaya": 19,
    "penanggung_jawab": 20,
}
"""The row of column numbers as the form prints it in a Renstra's first year; a later year has '16 = 7+13'."""


def number_row(tahun_pertama: bool) -> dict[str, str | int]:
    """The row of column numbers: column or pair name → what is printed."""
    return NUMBERS if tahun_pertama else {**NUMBERS, RENSTRA_REALISASI.name: "16 = 7+13"}


def renstra_years(tahun: int) -> range:
    """The years of the Renstra that a year's form belongs to."""
    return range(2024, max(tahun, 2026) + 1)


def titles(tahun: int) -> dict[str, str]:
    """Column titles of a year's form: column or pair name → title; `triwulan` is the title over columns 9–12."""
    pd = "Perangkat Daerah"
    years = renstra_years(tahun)
    return {
        "kode_lapor": "Kode Program/Kegiatan/Sub Kegiatan",
        "sasaran": f"Sasaran {pd}, Program, Sub Kegiatan",
        "uraian": "Program/Kegiatan/Sub Kegiatan",
        "indikator": f"Indikator Sasaran {pd} / Program (outcome) / Kegiatan (output) / Sub Kegiatan",
        "formulasi": "Formulasi Peningkatan Kinerja",
        TARGET_RENSTRA.name: f"Target Periode Akhir Renstra {pd} Tahun {years[0]}-{years[-1]}",
        REALISASI_LALU.name: f"Realisasi Capaian Kinerja Renstra {pd} sampai dengan Renja {pd} Tahun {tahun - 1} (n-2)",
        TARGET.name: f"Target Kinerja dan Anggaran Renja {pd} Tahun {tahun} (n-1)",
        "triwulan": f"Realisasi Kinerja Tahun {tahun} Pada Triwulan",
        REALISASI.name: f"Realisasi Kinerja dan Anggaran Renja {pd} Tahun {tahun}",
        CAPAIAN.name: f"Tingkat Capaian Kinerja Dan Realisasi Anggaran Renja {pd} Tahun {tahun} (%)",
        "predikat_lapor": f"Predikat Capaian Kinerja Tahun {tahun} (Tabel TE-1)",
        RENSTRA_REALISASI.name: f"Realisasi Kinerja dan Anggaran Renstra {pd} s/d Tahun {tahun}",
        RENSTRA_CAPAIAN.name: f"Tingkat Capaian Kinerja Dan Realisasi Anggaran Renstra {pd} s/d Tahun {tahun} (%)",
        "kendala": "Kendala/permasalahan yang menghambat Capaian Indikator Program/Kegiatan/Sub Kegiatan",
        "upaya": "Upaya mengatasi kendala/permasalahan",
        "penanggung_jawab": f"Nama Bagian, {pd} Penanggungjawab",
    }


ROMAN = ("I", "II", "III", "IV")

HEAD_NOTE = (
    "Indikator dan target kinerja Perangkat Daerah yang mengacu pada sasaran RKPD / Indikator Tujuan Perangkat Daerah"  # above a., b., c.
)

GUIDE = (
    "a. Diisi dengan indikator Tujuan Perangkat Daerah",
    "b. Diisi dengan target indikator tujuan perangkat Daerah Tahun berjalan",
    "c. Diisi dengan realisasi indikator tujuan Perangkat Daerah Tahun berjalan",
    "d. Diisi dengan penjelasan faktor-faktor pendorong keberhasilan tercapainya indikator Tujuan Perangkat Daerah pada tahun berjalan "
    "(Perkembangan setiap Triwulan sampai dengan tahun pelaksanaan berakhir)",
    "e. Diisi dengan penjelasan faktor-faktor pendorong keberhasilan tercapainya indikator Sasaran Perangkat Daerah pada tahun berjalan",
    "f. Diisi dengan penjelasan faktor-faktor penghambat keberhasilan tercapainya indikator Tujuan Perangkat Daerah pada tahun berjalan",
    "g. Diisi dengan penjelasan faktor-faktor penghambat keberhasilan tercapainya indikator Sasaran Perangkat Daerah pada tahun berjalan "
    "(Perkembangan setiap Triwulan sampai dengan tahun pelaksanaan berakhir)",
    "Kolom 1 : diisi dengan nomor urut program, kegiatan, dan sub kegiatan prioritas sesuai dengan yang tercantum dalam Renja Perangkat "
    "Daerah",
    "Kolom 2 : diisi dengan sasaran pelayanan Perangkat Daerah pada tahun berkenaan sebagaimana tercantum dalam Renja Perangkat Daerah",
    "Kolom 3 : diisi dengan uraian program/kegiatan/ sub kegiatan sesuai dengan Renja Perangkat Daerah",
    "Kolom 4 : diisi Jenis indikator kinerja program (outcome)/kegiatan/sub kegiatan (output) sesuai dengan yang tercantum pada Renja "
    "Perangkat Daerah",
    "Kolom 5 : diisi Formulasi atau rumus perhitungan indikator Sasaran, Program, Kegiatan, dan Sub Kegiatan",
    "Kolom 6 : diisi jumlah/besaran target kinerja (K) dan anggaran indikatif (Rp) yang tercantum dalam matriks TC 27 kolom akhir periode "
    "Renstra Perangkat Daerah",
    "Kolom 7 : diisi jumlah/besaran realisasi kinerja (K) dan penyerapan anggaran (Rp) yang telah dicapai mulai dari tahun pertama Renstra "
    "Perangkat Daerah sampai dengan tahun n-2",
    "Kolom 8 : diisi jumlah/besaran target kinerja (K) dan Jumlah anggaran (Rp) yang bersumber dari Renja Perangkat Daerah tahun berjalan "
    "(n-1) yang sudah disepakati dalam APBD Kabupaten",
    "Kolom 9 : diisi dengan realisasi capaian kinerja (K) dan realisasi anggaran (Rp) pada triwulan I untuk Renja Perangkat Daerah Tahun "
    "berjalan",
    "Kolom 10 : diisi dengan realisasi capaian kinerja (K) dan realisasi anggaran (Rp) pada triwulan II untuk Renja Perangkat Daerah Tahun "
    "berjalan",
    "Kolom 11 : diisi dengan realisasi capaian kinerja (K) dan realisasi anggaran (Rp) pada triwulan III untuk Renja Perangkat Daerah "
    "Tahun berjalan",
    "Kolom 12 : diisi dengan realisasi capaian kinerja (K) dan realisasi anggaran (Rp) pada triwulan IV untuk Renja Perangkat Daerah Tahun "
    "berjalan",
    "Kolom 13 : diisi dengan realisasi kumulatif capaian kinerja (K) dan realisasi anggaran (Rp) mulai dari triwulan I sampai dengan "
    "Triwulan IV Tahun berjalan (n-1)",
    "Kolom 14 : diisi dengan rasio antara realisasi dan target Renja Perangkat Daerah pada tahun berjalan, baik pada capaian kinerja (K) "
    "maupun penyerapan anggaran (Rp)",
    "Kolom 15 : diisi Skala nilai Peningkat Kinerja yang dicapai pada Tahun berkenaan berdasarkan data tabel T-E 1",
    "Kolom 16 : diisi dengan realisasi kinerja (K) dan penyerapan anggaran (Rp) tahun berjalan",
    "Kolom 17 : diisi dengan rasio antara realisasi dan target Renstra Perangkat Daerah tahun berjalan, baik pada capaian kinerja (K) "
    "maupun penyerapan anggaran (Rp)",
    "Kolom 18 : diisi dengan Kendala/Permasalahan yang menghambat Capaian Indikator Program, Kegiatan, dan Sub Kegiatan termasuk "
    "penjelasan terhadap kinerja yang tidak tercapai/melebihi capaian",
    "Kolom 19 : diisi dengan Upaya mengatasi kendala/permasalahan Capaian Indikator Program, Kegiatan, dan Sub Kegiatan",
    "Kolom 20 : diisi nama Perangkat Daerah, Nama Bidang, Nama Seksi, Nama Bagian yang bertanggungjawab dan melaksanakan Renja Perangkat "
    "daerah yang dievaluasi",
)
"""PETUNJUK PENGISIAN, as printed."""


@dataclass(frozen=True, slots=True)
class Formats:
    """Cell formats of one workbook (XlsxWriter formats belong to a workbook)."""

    title: Format
    header: Format
    number: Format
    text: Format
    centre: Format
    plain: Format
    bold: Format


FONT = {"font_name": "Arial Narrow", "font_size": 9, "valign": "top"}
BOX = {**FONT, "border": 1}


def make_formats(workbook: Workbook) -> Formats:
    """The formats that header, texts and foot share."""
    head = {**BOX, "align": "center", "valign": "vcenter", "text_wrap": True}
    return Formats(
        title=workbook.add_format({**FONT, "bold": True, "font_size": 12, "align": "center"}),
        header=workbook.add_format({**head, "bold": True, "bg_color": "#D9E2F3"}),
        number=workbook.add_format({**head, "italic": True, "bg_color": "#F2F2F2"}),
        text=workbook.add_format({**BOX, "text_wrap": True}),
        centre=workbook.add_format({**BOX, "align": "center", "text_wrap": True}),
        plain=workbook.add_format(FONT),
        bold=workbook.add_format({**FONT, "bold": True}),
    )


TEXT_WIDTHS = {
    **{"kode_lapor": 15, "sasaran": 26, "uraian": 28, "indikator": 28, "formulasi": 28, "predikat_lapor": 11},
    **{"kendala": 24, "upaya": 24, "penanggung_jawab": 18},
}


def set_columns(sheet: Worksheet, layout: Layout) -> None:
    """Column widths wide enough for what stands in them: a rupiah figure of eleven digits never shows as ###."""
    widths = dict(TEXT_WIDTHS)
    for pair in PAIRS:
        ratio = pair in (CAPAIAN, RENSTRA_CAPAIAN)
        k = 8 if layout.separate_satuan else 9 if ratio else 15
        widths |= {pair.k.name: k, pair.satuan: 5 if ratio else 10, pair.rp.name: 8 if ratio else 15}
    for name, column in layout.column.items():
        sheet.set_column(column, column, widths[name])


def row_height(texts: Mapping[str, str]) -> float:
    """Height (points) of a row so that its longest wrapped text shows whole; text column → text."""
    lines = max((math.ceil(len(text) * 0.75 / TEXT_WIDTHS[name]) for name, text in texts.items()), default=1)
    return 12.5 * max(1, lines)


def write_header(sheet: Worksheet, formats: Formats, top: int, tahun: int, layout: Layout, *, tahun_pertama: bool) -> int:
    """Write titles, K/Rp labels and the number row from row `top` (0-based); returns the first row below."""
    title = titles(tahun)
    number = number_row(tahun_pertama)
    labels, numbers = (top + 2, top + 3) if layout.k_rp_first else (top + 3, top + 2)
    for row, height in {top: 45, top + 1: 45, labels: 15, numbers: 15}.items():
        sheet.set_row(row, height)

    for name in (*LEADING_TEXTS, "predikat_lapor", *TRAILING_TEXTS):
        column = layout.column[name]
        # the title reaches down over the K/Rp labels where these stand above the number row
        sheet.merge_range(top, column, top + 2 if layout.k_rp_first else top + 1, column, title[name], formats.header)
        sheet.write(numbers, column, number[name], formats.number)
        if not layout.k_rp_first:
            sheet.write_blank(labels, column, None, formats.header)
    sheet.merge_range(top, layout.column[TRIWULAN[0].k.name], top, layout.column[TRIWULAN[-1].rp.name], title["triwulan"], formats.header)
    for pair in PAIRS:
        first, last = layout.column[pair.k.name], layout.column[pair.rp.name]
        if pair in TRIWULAN:
            sheet.merge_range(top + 1, first, top + 1, last, ROMAN[TRIWULAN.index(pair)], formats.header)
        else:
            sheet.merge_range(top, first, top + 1, last, title[pair.name], formats.header)
        sheet.merge_range(numbers, first, numbers, last, "", formats.number)
        sheet.write(numbers, first, number[pair.name], formats.number)
        if layout.separate_satuan:
            sheet.merge_range(labels, first, labels, first + 1, "K", formats.header)
        else:
            sheet.write(labels, first, "K", formats.header)
        sheet.write(labels, last, "Rp", formats.header)
    return top + 4


def write_guide(sheet: Worksheet, formats: Formats, row: int) -> int:
    """Write PETUNJUK PENGISIAN from `row`; returns the first row below."""
    sheet.write(row, 0, "PETUNJUK PENGISIAN :", formats.bold)
    for line in GUIDE:
        row += 1
        sheet.write_string(row, 0, line, formats.plain)
    return row + 1
