"""How the sheets of the recap look. Totals and percentages are live formulas that carry the marts' figures as their cached values.

Text is always written as text: what begins with = + - @ in somebody's form is no formula here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipelines.reports.correction.findings_sheet import brief
from pipelines.reports.recap import Recap, Record
from pipelines.reports.recap_form import write_form
from pipelines.workbook.columns import TITLES

_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")
_ROMAN = ("I", "II", "III", "IV")
_STATUS = {"diterima": "Diterima", "belum": "Belum melapor", "ditolak": "Ditolak"}
_LEVELS = {"sasaran": "Sasaran", "program": "Program", "kegiatan": "Kegiatan", "total": "TOTAL"}
_COLORS = {
    "Sangat Tinggi": "#A9D8A6",
    "Tinggi": "#D5EBC4",
    "Sedang": "#FFF0B3",
    "Rendah": "#FBD3A4",
    "Sangat Rendah": "#F4B0AB",
    "Diterima": "#D5EBC4",
    "Belum melapor": "#E3E6EA",
    "Ditolak": "#F4B0AB",
    "tolak": "#F4B0AB",
    "galat": "#F4B0AB",
    "peringatan": "#FFF0B3",
    "info": "#CFE2F5",
}
_STRIP = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
_NOT_IN_XML = str.maketrans("", "", _STRIP)


class Looks:
    """The formats of a recap, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:  # noqa: ANN401 - format properties are of many types
        """A format; `border=1` and vertical alignment are the table's own."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": "Calibri", "font_size": 10, "valign": "vcenter", **properties})
        return self._made[key]

    def cell(self, kind: str, **more: Any) -> Format:  # noqa: ANN401
        """A table cell of a kind: text, wrap, center, rupiah, persen, angka, tanggal."""
        kinds: dict[str, dict[str, Any]] = {
            "text": {},
            "wrap": {"text_wrap": True},
            "center": {"align": "center"},
            "rupiah": {"num_format": "#,##0"},
            "persen": {"num_format": "0.00"},
            "angka": {"num_format": "#,##0", "align": "center"},
            "tanggal": {"num_format": "dd/mm/yyyy", "align": "center"},
        }
        return self(border=1, border_color="#B8C2CC", **{**kinds[kind], **more})

    @property
    def head(self) -> Format:
        """A table's header cell."""
        return self(bold=True, font_color="#FFFFFF", bg_color="#1F4E79", border=1, border_color="#B8C2CC", align="center", text_wrap=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    width: float
    kind: str
    value: Callable[[Record], Any]
    formula: str | None = None  # with {row}: 1-based; the cached value is `value`'s
    total: str | None = None  # 'sum', or a formula with {row}
    total_value: Any = None
    colored: bool = False


def plain(value: Any) -> str:  # noqa: ANN401 - any value of a table
    """Text that a cell can hold."""
    return str(value).translate(_NOT_IN_XML)[:32_767]


def write_value(sheet: Worksheet, row: int, column: int, value: Any, looks: Format) -> None:  # noqa: ANN401
    """Write a value as what it is; None stays an empty cell, text stays text."""
    if value is None:
        sheet.write_blank(row, column, None, looks)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, looks)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, column, float(value), looks)
    else:
        sheet.write_string(row, column, plain(value), looks)


def fit_row(sheet: Worksheet, row: int, texts: Sequence[tuple[Any, float]]) -> None:
    """The height that the longest wrapped text of a row needs, said outright: not every program works it out on opening.

    Args:
        sheet: where.
        row: 0-based.
        texts: text and the width of its column in characters.
    """
    lines = max((sum(1 + int(len(part) * 0.98) // int(width) for part in str(text or "").split("\n")) for text, width in texts), default=1)
    if lines > 1:
        sheet.set_row(row, min(409, 13.5 * lines + 2))


def cached(value: Any) -> float | str:  # noqa: ANN401
    """A figure as a formula's cached value; '' where there is none."""
    return "" if value is None else float(value)


def tanggal(date: dt.date) -> str:
    """2024-07-16 → '16 Juli 2024'."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def write_workbook(recap: Recap, buffer: BytesIO) -> None:
    """The recap as an .xlsx: Ringkasan, Formulir E.81, Per Program, Per Kecamatan, Temuan, Rekonsiliasi."""
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": f"Rekapitulasi E.81 Triwulan {_ROMAN[recap.triwulan - 1]} {recap.tahun}",
                "created": dt.datetime.combine(recap.tanggal, dt.time()),
            }
        )
        book.set_calc_mode("auto")
        looks = Looks(book)
        _write_summary(_page(book, "Ringkasan", recap, looks, "Ringkasan kabupaten"), recap, looks)
        write_form(_page(book, "Formulir E.81", recap, looks, "Formulir E.81 gabungan seluruh kecamatan yang melapor"), recap, looks)
        _write_programs(_page(book, "Per Program", recap, looks, "Capaian per program"), recap, looks)
        _write_kecamatan(_page(book, "Per Kecamatan", recap, looks, "Peringkat kecamatan"), recap, looks)
        _write_findings(_page(book, "Temuan", recap, looks, "Temuan pada formulir kecamatan"), recap, looks)
        _write_reconciliation(
            _page(book, "Rekonsiliasi", recap, looks, "Rupiah induk yang tidak sama dengan jumlah rinciannya"), recap, looks
        )


def _page(book: xlsxwriter.Workbook, name: str, recap: Recap, looks: Looks, subtitle: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L&8Rekapitulasi E.81 Triwulan {_ROMAN[recap.triwulan - 1]} {recap.tahun}&C&8&A&R&8Halaman &P dari &N")
    sheet.write_string(
        0, 0, "Rekapitulasi Evaluasi Hasil Renja Kecamatan (Formulir E.81)", looks(bold=True, font_size=15, font_color="#1F4E79")
    )
    sheet.write_string(1, 0, f"Triwulan {_ROMAN[recap.triwulan - 1]} Tahun {recap.tahun} · {subtitle}", looks(bold=True, font_size=11))
    reported, all_of_them = recap.ringkasan["jumlah_kecamatan_lapor"], recap.ringkasan["jumlah_kecamatan"]
    sheet.write_string(
        2,
        0,
        f"{reported} dari {all_of_them} kecamatan melapor · kiriman terakhir {tanggal(recap.tanggal)} · "
        f"batas lapor {tanggal(recap.periode['batas_lapor'])}",
        looks(font_color="#5B6770"),
    )
    sheet.set_row(0, 22)
    return sheet


def _write_table(sheet: Worksheet, top: int, columns: Sequence[Column], rows: Sequence[Record], looks: Looks, *, filterable: bool) -> int:
    """A table from the 0-based row `top` on; returns the row after it (its total row included)."""
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(top, index, column.title, looks.head)
    sheet.set_row(top, 32)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 2)
    for number, record in enumerate(rows, start=top + 1):
        fit_row(sheet, number, [(column.value(record), column.width) for column in columns if column.kind == "wrap"])
        for index, column in enumerate(columns):
            value = column.value(record)
            color = _COLORS.get(str(value)) if column.colored else None
            look = looks.cell(column.kind, **({"bg_color": color} if color else {}))
            if column.formula:
                sheet.write_formula(number, index, column.formula.format(row=number + 1), look, cached(value))
            else:
                write_value(sheet, number, index, value, look)
    last = top + len(rows)
    if filterable and rows:
        sheet.autofilter(top, 0, last, len(columns) - 1)
    if not rows or not any(column.total for column in columns):
        return last + 1
    for index, column in enumerate(columns):
        color = _COLORS.get(str(column.total_value), "#DCE6F1") if column.colored else "#DCE6F1"
        look = looks.cell(column.kind, bold=True, bg_color=color, top=2)
        if column.total is None:
            write_value(sheet, last + 1, index, column.total_value, look)
            continue
        letter = xl_col_to_name(index)
        formula = f"=SUM({letter}{top + 2}:{letter}{last + 1})" if column.total == "sum" else column.total.format(row=last + 2)
        sheet.write_formula(last + 1, index, formula, look, cached(column.total_value))
    return last + 2


def _write_summary(sheet: Worksheet, recap: Recap, looks: Looks) -> None:
    figures = recap.ringkasan
    for index, width in enumerate((6, 22, 18, 18, 14, 15, 15, 10, 11, 16, 12, 12, 12)):
        sheet.set_column(index, index, width)
    tile = {"bg_color": "#F2F5F8", "right": 5, "right_color": "#FFFFFF"}
    programs = f"='Per Program'!{{column}}{len(recap.program) + 6}"
    tiles: tuple[tuple[str, Any, str | None, str], ...] = (
        ("Target Renja (Rp)", figures["target_rp"], programs.format(column="D"), "#,##0"),
        ("Realisasi s/d triwulan ini (Rp)", figures["realisasi_rp"], programs.format(column="E"), "#,##0"),
        ("Serapan anggaran (%)", figures["capaian_rp_pct"], '=IF(AND(ISNUMBER(D6),N(B6)<>0),D6/B6*100,"")', "0.00"),
        ("Rata-rata capaian kinerja K (%)", figures["rata_capaian_k_pct"], None, "0.00"),
        ("Predikat", figures["predikat"], None, "@"),
        ("Kecamatan melapor", f"{figures['jumlah_kecamatan_lapor']} dari {figures['jumlah_kecamatan']}", None, "@"),
        ("Temuan (galat dan peringatan)", figures["jumlah_temuan"], None, "#,##0"),
        ("Program", len(recap.program), None, "#,##0"),
    )
    places = [(row, columns) for row in (4, 7) for columns in ((1, 2), (3, 4), (5, 6), (7, 9))]
    for (row, (first, last)), (title, figure, formula, number_format) in zip(places, tiles, strict=True):
        label = looks(**tile, font_color="#5B6770", font_size=9)
        sheet.merge_range(row, first, row, last, title, label)
        color = {"bg_color": _COLORS[str(figure)]} if title == "Predikat" and str(figure) in _COLORS else {}
        look = looks(**{**tile, "bold": True, "font_size": 13, "align": "left", "num_format": number_format, **color})
        sheet.merge_range(row + 1, first, row + 1, last, "", look)
        if formula and recap.program:
            sheet.write_formula(row + 1, first, formula, look, cached(figure))
        else:
            write_value(sheet, row + 1, first, figure, look)
        sheet.set_row(row + 1, 20)
    missing = [row["kecamatan"] for row in recap.papan if row["status"] != "diterima"]
    sentence = f"Belum melapor atau ditolak: {', '.join(missing)}." if missing else "Semua kecamatan sudah melapor."
    sheet.merge_range(10, 1, 10, 11, sentence, looks(text_wrap=True, valign="top"))
    fit_row(sheet, 10, [(sentence, 160)])
    _write_board(sheet, 12, recap, looks)


def _write_board(sheet: Worksheet, top: int, recap: Recap, looks: Looks) -> None:
    """Who has reported, with the money and output of those who have."""
    money = {row["kecamatan_key"]: row for row in recap.kecamatan}
    titles = (
        "No",
        "Kecamatan",
        "Target (Rp)",
        "Realisasi (Rp)",
        "Serapan (%)",
        "Rata-rata capaian K (%)",
        "Predikat",
        "Galat",
        "Peringatan",
        "Status",
    )
    for index, title in enumerate((*titles, "Diterima", "Hari terlambat", "Temuan diterima")):
        sheet.write_string(top, index, title, looks.head)
    sheet.set_row(top, 32)
    sheet.repeat_rows(top)
    for number, row in enumerate(recap.papan, start=1):
        line, status = top + number, _STATUS.get(row["status"], row["status"])
        if row["revisi_ke"]:
            status = f"{status}, revisi {row['revisi_ke']}"
        figures = money.get(row["kecamatan_key"], {})
        predikat = figures.get("predikat")
        write_value(sheet, line, 0, number, looks.cell("center"))
        write_value(sheet, line, 1, row["kecamatan"], looks.cell("text"))
        write_value(sheet, line, 2, figures.get("target_rp"), looks.cell("rupiah"))
        write_value(sheet, line, 3, figures.get("realisasi_rp"), looks.cell("rupiah"))
        formula = _ratio("D", "C").format(row=line + 1)
        sheet.write_formula(line, 4, formula, looks.cell("persen"), cached(figures.get("capaian_rp_pct")))
        write_value(sheet, line, 5, figures.get("rata_capaian_k_pct"), looks.cell("persen"))
        write_value(sheet, line, 6, predikat, looks.cell("center", **({"bg_color": _COLORS[predikat]} if predikat in _COLORS else {})))
        write_value(sheet, line, 7, row["jumlah_galat"] if row["berkas_key"] is not None else None, looks.cell("angka"))
        write_value(sheet, line, 8, row["jumlah_peringatan"] if row["berkas_key"] is not None else None, looks.cell("angka"))
        write_value(sheet, line, 9, status, looks.cell("center", bg_color=_COLORS.get(_STATUS.get(row["status"], ""), "#FFFFFF")))
        write_value(sheet, line, 10, row["diterima_pada"], looks.cell("tanggal"))
        write_value(sheet, line, 11, row["hari_terlambat"] or None, looks.cell("angka"))
        accepted = row["jumlah_galat_diterima"] + row["jumlah_peringatan_diterima"]
        write_value(sheet, line, 12, accepted if row["berkas_key"] is not None else None, looks.cell("angka"))


def _ratio(top: str, bottom: str) -> str:
    return f'=IF(AND(ISNUMBER({top}{{row}}),N({bottom}{{row}})<>0),{top}{{row}}/{bottom}{{row}}*100,"")'


def _write_programs(sheet: Worksheet, recap: Recap, looks: Looks) -> None:
    total = recap.ringkasan
    columns = (
        Column("Kode", 13, "text", lambda r: None if r["kode"] == "TANPA_PROGRAM" else r["kode"]),
        Column("Program", 58, "wrap", lambda r: r["program"], total_value="Kabupaten"),
        Column("Kecamatan", 12, "angka", lambda r: r["jumlah_kecamatan"], total_value=total["jumlah_kecamatan_lapor"]),
        Column("Target (Rp)", 19, "rupiah", lambda r: r["target_rp"], total="sum", total_value=total["target_rp"]),
        Column("Realisasi (Rp)", 19, "rupiah", lambda r: r["realisasi_rp"], total="sum", total_value=total["realisasi_rp"]),
        Column("Serapan (%)", 11, "persen", lambda r: r["capaian_rp_pct"], _ratio("E", "D"), _ratio("E", "D"), total["capaian_rp_pct"]),
        Column("Indikator dinilai", 11, "angka", lambda r: r["jumlah_indikator"], total_value=total["jumlah_indikator"]),
        Column("Rata-rata capaian K (%)", 14, "persen", lambda r: r["rata_capaian_k_pct"], total_value=total["rata_capaian_k_pct"]),
        Column("Predikat", 15, "center", lambda r: r["predikat"], total_value=total["predikat"], colored=True),
    )
    after = _write_table(sheet, 4, columns, recap.program, looks, filterable=False)
    _note(
        sheet,
        after + 1,
        looks,
        "Rata-rata capaian K: rata-rata capaian indikator program yang bertarget, masing-masing dibatasi menurut pengaturan (baku 100 %); "
        "kabupaten dihitung atas semua indikator program, bukan atas rata-rata program.",
    )


def _write_kecamatan(sheet: Worksheet, recap: Recap, looks: Looks) -> None:
    total = recap.ringkasan
    columns = (
        Column("Peringkat", 10, "center", lambda r: r["peringkat"]),
        Column("Kecamatan", 24, "text", lambda r: r["kecamatan"], total_value="Kabupaten"),
        Column("Target (Rp)", 19, "rupiah", lambda r: r["target_rp"], total="sum", total_value=total["target_rp"]),
        Column("Realisasi (Rp)", 19, "rupiah", lambda r: r["realisasi_rp"], total="sum", total_value=total["realisasi_rp"]),
        Column("Serapan (%)", 11, "persen", lambda r: r["capaian_rp_pct"], _ratio("D", "C"), _ratio("D", "C"), total["capaian_rp_pct"]),
        Column("Indikator dinilai", 11, "angka", lambda r: r["jumlah_indikator"], total="sum", total_value=total["jumlah_indikator"]),
        Column("Rata-rata capaian K (%)", 14, "persen", lambda r: r["rata_capaian_k_pct"], total_value=total["rata_capaian_k_pct"]),
        Column("Predikat", 15, "center", lambda r: r["predikat"], total_value=total["predikat"], colored=True),
        Column("Temuan", 10, "angka", lambda r: r["jumlah_temuan"], total="sum", total_value=total["jumlah_temuan"]),
        Column(
            "Temuan diterima",
            10,
            "angka",
            lambda r: r["jumlah_temuan_diterima"],
            total="sum",
            total_value=total["jumlah_temuan_diterima"],
        ),
    )
    after = _write_table(sheet, 4, columns, recap.kecamatan, looks, filterable=False)
    if recap.kecamatan:
        bar: dict[str, Any] = {
            "type": "data_bar",
            "bar_solid": True,
            "bar_color": "#9DC3E6",
            "min_type": "num",
            "min_value": 0,
            "max_type": "num",
            "max_value": 100,
        }
        sheet.conditional_format(5, 4, 4 + len(recap.kecamatan), 4, bar)
        sheet.conditional_format(5, 6, 4 + len(recap.kecamatan), 6, {**bar, "bar_color": "#A9D8A6"})
    _note(
        sheet,
        after + 1,
        looks,
        "Peringkat menurut rata-rata capaian K, lalu serapan anggaran, lalu nama. Temuan: galat dan peringatan, juga yang diterima.",
    )


def _write_findings(sheet: Worksheet, recap: Recap, looks: Looks) -> None:
    columns = (
        Column("Kecamatan", 18, "text", lambda r: r["kecamatan"]),
        Column("Tingkat", 12, "center", lambda r: r["tingkat"], colored=True),
        Column("Lembar", 14, "text", lambda r: r["lembar"]),
        Column("Sel", 8, "center", lambda r: r["sel"]),
        Column("Kode", 20, "text", lambda r: r["kode"]),
        Column("Temuan", 30, "wrap", lambda r: r["judul"] or r["aturan"]),
        Column("Tertulis", 24, "wrap", lambda r: brief(r["nilai_lapor"]) or None),
        Column("Seharusnya", 24, "wrap", lambda r: brief(r["nilai_seharusnya"]) or None),
        Column("Penjelasan", 60, "wrap", lambda r: r["pesan"]),
        Column("Keputusan", 12, "center", lambda r: r["status_temuan"]),
        Column("Aturan", 26, "text", lambda r: r["aturan"]),
        Column("Berkas", 26, "text", lambda r: r["path"]),
    )
    after = _write_table(sheet, 4, columns, recap.temuan, looks, filterable=True)
    sheet.print_area(0, 0, max(after, 6) - 1, 9)  # rule and file are for the screen
    if not recap.temuan:
        _note(sheet, 5, looks, "Tidak ada temuan.")


def _write_reconciliation(sheet: Worksheet, recap: Recap, looks: Looks) -> None:
    columns = (
        Column("Kecamatan", 18, "text", lambda r: r["kecamatan"]),
        Column("Tingkat", 11, "text", lambda r: _LEVELS.get(r["level"], r["level"])),
        Column("Kode", 20, "text", lambda r: r["kode"]),
        Column("Uraian", 56, "wrap", lambda r: r["uraian"]),
        Column("Kolom", 34, "wrap", lambda r: TITLES.get(r["kolom"], r["kolom"])),
        Column("Dilaporkan (Rp)", 20, "rupiah", lambda r: r["dilaporkan"]),
        Column("Jumlah rincian (Rp)", 20, "rupiah", lambda r: r["jumlah_anak"]),
        Column("Selisih (Rp)", 18, "rupiah", lambda r: r["selisih"], "=F{row}-G{row}"),
    )
    after = _write_table(sheet, 4, columns, recap.rekonsiliasi, looks, filterable=True)
    compared, equal = recap.cocok.get("dibandingkan", 0), recap.cocok.get("sama", 0)
    _note(sheet, after + 1, looks, f"{compared} jumlah induk dibandingkan dengan rinciannya, {equal} sama.")


def _note(sheet: Worksheet, row: int, looks: Looks, text: str) -> None:
    sheet.write_string(row, 0, text, looks(italic=True, font_color="#5B6770", font_size=9))
