"""Puts a form on a sheet, as a kecamatan would: titles, table with formulas, foot, filling guide, signature (office only, no name).

Belongs here: where each thing stands and how a value is typed. Does not belong here: any figure (`form_data`, `regency`).
The same form gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.sample.form_data import FormData, Row, Value, number
from pipelines.sample.form_layout import (
    BOX,
    GUIDE,
    HEAD_NOTE,
    ROMAN,
    Formats,
    make_formats,
    row_height,
    set_columns,
    write_guide,
    write_header,
)
from pipelines.sample.formulas import Sheet, row_formulas
from pipelines.workbook.cells import address
from pipelines.workbook.columns import CAPAIAN, PAIRS, RENSTRA_CAPAIAN, TRIWULAN, Kind, Level, Measure, Pair

MARK = "CONTOH SINTETIS"
"""Stands on every sheet, at its top and in its foot."""

MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")
_ABBREVIATED = {"dokumen": "Dok", "laporan": "Lap", "orang": "Org", "paket": "Pkt", "unit": "Unt", "orang/bulan": "Org/bln"}
_HEAD_ROWS = 10  # mark, three title lines, blank, a. to c. with their note, blank
FIRST_ROW = _HEAD_ROWS + 4
"""0-based sheet row of the table's first row."""

_FACTORS = (
    ("Faktor pendorong keberhasilan kinerja:", None),
    ("f. Indikator Tujuan :", "pendorong_tujuan"),
    ("g. Indikator Sasaran :", "pendorong_sasaran"),
    ("Faktor penghambat pencapaian kinerja:", None),
    ("h. Indikator Tujuan :", "penghambat_tujuan"),
    ("i. Indikator Sasaran :", "penghambat_sasaran"),
)
_FOLLOW_UPS = (
    ("Tindak lanjut yang diperlukan dalam triwulan berikutnya*) :", "tindak_lanjut_triwulan"),
    ("Tindak lanjut yang diperlukan dalam Renja Perangkat Daerah kabupaten/kota berikutnya*) :", "tindak_lanjut_renja"),
)


def sheet_of(form: FormData) -> Sheet:
    """Where the form's table will stand."""
    return Sheet(FIRST_ROW, form.style.layout.column)


def signature_cell(form: FormData) -> str:
    """A1 address of the line with place and date of the signature."""
    foot = FIRST_ROW + len(form.baris) + 3 + 1  # below TOTAL, average, predikat and a blank row
    factors = sum(max(1, len(form.narasi.get(jenis, []))) if jenis else 1 for _, jenis in _FACTORS)
    guide = foot + factors + len(_FOLLOW_UPS) + 1 + 1
    return address(guide + 1 + len(GUIDE) + 1, form.style.layout.column["kendala"])


def sheet_name(form: FormData) -> str:
    """The name of the form's sheet."""
    return form.style.lembar.format(romawi=ROMAN[form.triwulan - 1])


def printed_code(form: FormData, row: Row) -> str:
    """The code as this kecamatan types it; a sasaran has none."""
    if row.level is Level.SASARAN:
        return ""
    if row.level is Level.SUB_KEGIATAN and form.style.kode_digit == 2:
        head, _, last = row.kode.rpartition(".")
        return f"{head}.{int(last):02d}" if last.isdigit() else row.kode
    return row.kode


def printed_satuan(form: FormData, satuan: str) -> str:
    """A unit as this kecamatan spells it."""
    if form.style.satuan == "singkat":
        return _ABBREVIATED.get(satuan.lower(), satuan)
    return satuan.lower() if form.style.satuan == "kecil" else satuan


def write_form(form: FormData, path: Path) -> None:
    """Write the form as an .xlsx workbook at `path` (its folder must exist)."""
    workbook = Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.calc_on_load = False  # every value is stated with its formula, as in a file that Excel saved: nothing asks to be recalculated
    created = dt.datetime.combine(form.tanggal, dt.time(3))
    workbook.set_properties({"title": f"Evaluasi Renja Kecamatan {form.kecamatan.nama} ({MARK})", "created": created})
    sheet = workbook.add_worksheet(sheet_name(form))
    _Writer(form, workbook, sheet).write()
    workbook.close()


class _Writer:
    """One sheet being written."""

    def __init__(self, form: FormData, workbook: Workbook, sheet: Worksheet) -> None:
        self.form, self.sheet = form, sheet
        self.layout = form.style.layout
        self.column = self.layout.column
        self.formats: Formats = make_formats(workbook)
        self._workbook = workbook
        self._styles: dict[tuple[str, bool], Format] = {}

    def write(self) -> None:
        form, sheet = self.form, self.sheet
        set_columns(sheet, self.layout)
        self._head()
        top = write_header(sheet, self.formats, _HEAD_ROWS, form.tahun, self.layout, tahun_pertama=form.tahun_pertama)
        sheet.freeze_panes(top, self.column["indikator"])
        row = self._table(top)
        row = self._foot(row)
        row = write_guide(sheet, self.formats, row + 1)
        month = MONTHS[form.tanggal.month - 1]
        signature = self.column["kendala"]
        assert signature_cell(form) == address(row + 1, signature), "the signature stands elsewhere than its address says"  # noqa: S101
        sheet.write_string(
            row + 1, signature, f"{form.kecamatan.nama}, tanggal {form.tanggal.day} {month} {form.tanggal.year}", self.formats.plain
        )
        sheet.write_string(row + 2, signature, f"CAMAT {form.kecamatan.nama.upper()}", self.formats.plain)
        sheet.write_string(row + 4, 0, f"{MARK} - seluruh angka buatan, bukan data resmi", self.formats.bold)
        if form.style.sembunyikan_triwulan and form.triwulan < 4:
            first, last = TRIWULAN[form.triwulan].k.name, TRIWULAN[-1].rp.name
            sheet.set_column(self.column[first], self.column[last], None, None, {"hidden": True})
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.5)
        sheet.fit_to_pages(2, 0)
        sheet.repeat_rows(_HEAD_ROWS, top - 1)
        sheet.set_footer(f"&L{MARK}&RHalaman &P dari &N")
        sheet.print_area(0, 0, row + 4, self.layout.last_column)

    def _head(self) -> None:
        form, sheet = self.form, self.sheet
        lines = [
            f"{MARK} - seluruh angka buatan, bukan data resmi",
            "Evaluasi Terhadap Hasil Renja Perangkat Daerah",
            f"Kecamatan {form.kecamatan.nama} Kabupaten Lumajang",
            f"Triwulan {ROMAN[form.triwulan - 1]} Tahun {form.tahun}",
        ]
        for row, text in enumerate(lines):
            title = text.upper() if form.style.judul_kapital else text
            sheet.merge_range(row, 0, row, self.column["formulasi"], title, self.formats.title)
        sheet.write_string(5, 0, HEAD_NOTE, self.formats.bold)
        for row, (label, text) in enumerate(
            zip(("a. Indikator", "b. Target Kinerja", "c. Realisasi Kinerja"), form.tujuan, strict=True), start=6
        ):
            sheet.write_string(row, 0, f"{label} : {text}", self.formats.plain)

    # ---- table

    def _table(self, top: int) -> int:
        form = self.form
        place = sheet_of(form)
        assert place.first_row == top, "the table stands elsewhere than its addresses say"  # noqa: S101
        rows = form.baris
        for index, row in enumerate(rows):
            at = top + index
            span = 0
            while row.pertama and index + span + 1 < len(rows) and not rows[index + span + 1].pertama:
                span += 1
            own = {
                "indikator": row.indikator,
                "formulasi": row.formulasi,
                "kendala": row.kendala,
                "upaya": row.upaya,
                "penanggung_jawab": row.penanggung_jawab,
            }
            of_code = {"kode_lapor": printed_code(form, row), "sasaran": row.sasaran, "uraian": row.uraian} if row.pertama else {}
            self.sheet.set_row(at, row_height(own if span else own | of_code))
            for name, text in own.items():
                self._text(at, name, text)
            for name, text in of_code.items():
                self._text(at, name, text, span)
            self.sheet.write_string(at, self.column["predikat_lapor"], row.predikat, self.formats.centre)
            formulas = row_formulas(form, row, index, place)
            for pair in PAIRS:
                self._output(at, row, pair, formulas)
                own_money = row.nilai.get(pair.rp.name)
                if row.pertama:  # one cell for all rows of the code, unless another row states money of its own
                    alone = any(below.nilai.get(pair.rp.name) is not None for below in rows[index + 1 : index + span + 1])
                    self._number(at, pair.rp, own_money, formulas, 0 if alone else span)
                elif own_money is not None:
                    self._number(at, pair.rp, own_money, {})
        return self._total(top + len(rows), place)

    def _text(self, at: int, name: str, text: str, span: int = 0) -> None:
        column = self.column[name]
        if span:
            self.sheet.merge_range(at, column, at + span, column, text, self.formats.text)
        else:
            self.sheet.write_string(at, column, text, self.formats.text)

    def _output(self, at: int, row: Row, pair: Pair, formulas: dict[str, str]) -> None:
        """K and its unit: a cell each, or both in one."""
        value = row.nilai.get(pair.k.name)
        percent = pair in (CAPAIAN, RENSTRA_CAPAIAN)
        satuan = row.satuan_lain.get(pair.name, "%" if percent else row.satuan)
        if self.layout.separate_satuan:
            self._number(at, pair.k, value, formulas)
            blank = pair in TRIWULAN and value is None
            self.sheet.write_string(at, self.column[pair.satuan], "" if blank else printed_satuan(self.form, satuan), self.formats.centre)
        elif value is None or isinstance(value, str) or not value:
            self._number(at, pair.k, "-" if value == 0 else value, {})
        else:
            digits = format(value, "f").replace(".", ",")
            self.sheet.write_string(at, self.column[pair.k.name], f"{digits} {printed_satuan(self.form, satuan)}", self._style("0"))

    def _number(self, at: int, measure: Measure, value: Value, formulas: dict[str, str], span: int = 0) -> None:
        column = self.column[measure.name]
        style = self._style(_number_format(measure, value))
        if span:
            self.sheet.merge_range(at, column, at + span, column, "", style)
        if value is None:
            self.sheet.write_blank(at, column, None, style)
        elif measure.name in formulas:
            self.sheet.write_formula(at, column, formulas[measure.name], style, value if isinstance(value, str) else _native(value))
        elif isinstance(value, str) and value.startswith("="):
            self.sheet.write_formula(at, column, value, style, "")  # nobody calculated it
        elif isinstance(value, str):
            self.sheet.write_string(at, column, value, style)
        elif not value and self.form.style.nihil_teks and measure.kind is not Kind.PERCENT:
            self.sheet.write_string(at, column, "-", style)
        else:
            self.sheet.write_number(at, column, _native(value), style)

    def _style(self, number_format: str, bold: bool = False) -> Format:
        key = (number_format, bold)
        if key not in self._styles:
            self._styles[key] = self._workbook.add_format({**BOX, "align": "right", "num_format": number_format, "bold": bold})
        return self._styles[key]

    # ---- foot

    def _total(self, at: int, place: Sheet) -> int:
        form = self.form
        self.sheet.merge_range(at, 0, at, self.column["formulasi"], "TOTAL", self.formats.header)
        for column in range(self.column["formulasi"] + 1, self.layout.last_column + 1):
            self.sheet.write_blank(at, column, None, self.formats.centre)
        formulas = row_formulas(form, form.total, len(form.baris), place)
        for pair in PAIRS:
            self._number(at, pair.rp, form.total.nilai.get(pair.rp.name), formulas)
        k = self.column[CAPAIAN.k.name]
        self.sheet.merge_range(at + 1, 0, at + 1, k - 1, "d. Rata-rata capaian kinerja (%)", self.formats.header)
        if isinstance(form.rata_rata, str):
            self.sheet.write_string(at + 1, k, form.rata_rata, self._style("0.00"))
        elif form.rata_rata is not None:
            self.sheet.write_number(at + 1, k, _native(form.rata_rata), self._style("0.00"))
        if self.layout.separate_satuan:
            self.sheet.write_string(at + 1, k + 1, "%", self.formats.centre)
        self.sheet.merge_range(at + 2, 0, at + 2, k - 1, "e. Predikat kinerja", self.formats.header)
        self.sheet.write_string(at + 2, self.column["predikat_lapor"], form.predikat, self.formats.centre)
        return at + 3

    def _foot(self, row: int) -> int:
        row += 1
        for label, jenis in _FACTORS:
            items = self.form.narasi.get(jenis, []) if jenis else []
            self.sheet.write_string(row, 0, f"{label} - {items[0]}" if items else label, self.formats.plain if jenis else self.formats.bold)
            for item in items[1:]:
                row += 1
                self.sheet.write_string(row, 0, f"- {item}", self.formats.plain)
            row += 1
        for label, jenis in _FOLLOW_UPS:
            self.sheet.write_string(row, 0, f"{label} {'; '.join(self.form.narasi.get(jenis, []))}", self.formats.plain)
            row += 1
        self.sheet.write_string(row, 0, "*) Diisi oleh Kepala BAPPEDA", self.formats.plain)
        return row + 1


def _native(value: int | Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _number_format(measure: Measure, value: Value) -> str:
    if measure.kind is Kind.PERCENT:
        return "0.00"
    whole = number(value) == int(number(value))
    return '#,##0;-#,##0;"-"' if whole else "#,##0.00"
