"""Workbooks as a kecamatan sends them, written by real writers, with everything that must survive being marked."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import pandas as pd
import xlsxwriter

NAME, NIP = "Drs. BUDI HARTONO PRANOTO, M.Si", "19700101 199503 1 002"  # of nobody
_PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
COLUMNS = ("aturan", "tingkat", "lembar", "sel", "kode", "kolom", "baris", "nilai_lapor", "nilai_seharusnya", "pesan", "status_temuan")


def findings(*rows: dict) -> pd.DataFrame:
    """The `temuan` frame, as the pipeline's own: strings that may be NULL."""
    frame = pd.DataFrame(
        [{"tingkat": "galat", "pesan": "Pesan.", "status_temuan": "terbuka", **row} for row in rows], columns=list(COLUMNS)
    )
    return frame.astype({name: "Int64" if name == "baris" else "string" for name in COLUMNS})


def write_rich(path: Path) -> Path:
    """Two sheets with all that a workbook can carry: merged cells, formulas, widths, hidden and grouped rows and columns, conditional
    formats, validations, comments, links, defined names, print settings, protection, a picture, a chart, a text box, a table.
    """
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"author": NAME, "title": "E.81"})
        money = book.add_format({"num_format": "#,##0", "bold": True, "border": 1, "font_color": "#0000AA"})
        green = book.add_format({"bg_color": "#00FF00"})
        wide = book.add_format({"italic": True})
        cover = book.add_worksheet("Sampul")
        cover.write("A1", "Sampul")
        cover.write("A2", f"disusun oleh {NAME}")
        sheet = book.add_worksheet("TW 'a' II")
        sheet.activate()
        sheet.set_column("B:B", 33.5, wide)
        sheet.set_column("D:D", 12, None, {"hidden": True})
        sheet.write("A1", "Evaluasi Terhadap Hasil Renja")
        sheet.merge_range("A3:A4", "7.01.01", money)
        for row in range(3, 9):
            sheet.write_number(row - 1, 2, row * 1000, money)
        sheet.write_formula("C9", "=SUM(C3:C8)", money, 999)
        sheet.write_formula("E9", "=C9/2", None, 499.5)
        sheet.write_string("B7", "=1+1 bukan rumus")
        sheet.conditional_format("C3:C8", {"type": "data_bar", "data_bar_2010": True})
        sheet.conditional_format("C3:C8", {"type": "cell", "criteria": ">", "value": 5000, "format": green})
        sheet.data_validation("F3", {"validate": "list", "source": ["Tinggi", "Rendah"]})
        sheet.write_comment("C5", "Catatan Bendahara", {"author": "Bendahara"})
        sheet.write_comment("C3", "Sudah dicek", {"author": "Bendahara"})
        sheet.repeat_rows(0, 1)
        sheet.print_area("A1:F9")
        book.define_name("Sampul!Lokal", "='TW ''a'' II'!$C$9")
        sheet.set_header(f"&C{NAME}")
        sheet.set_footer("&P dari &N")
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.set_margins(0.4, 0.5, 0.6, 0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_h_pagebreaks([10])
        sheet.center_horizontally()
        sheet.freeze_panes(3, 2)
        sheet.autofilter("A2:F9")
        sheet.set_row(6, 41.25, None, {"level": 1})
        sheet.set_column("H:I", 9, None, {"level": 1, "hidden": True})
        sheet.set_tab_color("#C00000")
        sheet.set_zoom(85)
        sheet.hide_gridlines(2)
        sheet.protect("sandi", {"format_cells": True, "autofilter": True})
        sheet.unprotect_range("C3:C8", "Isian")
        sheet.write_url("F8", "internal:Sampul!A1", string="Sampul")
        sheet.insert_image("K2", "logo.png", {"image_data": BytesIO(_PIXEL), "description": "Lambang"})
        sheet.insert_textbox("K8", "Kotak teks")
        sheet.ignore_errors({"number_stored_as_text": "A1:F9"})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='TW ''a'' II'!$C$3:$C$8"})
        sheet.insert_chart("K14", chart)
        cover.add_table("C4:D6", {"columns": [{"header": "Bulan"}, {"header": "Rp"}]})
        sheet.write("E12", "Lumajang, 5 Juli 2024")
        sheet.write("E13", "CAMAT LUMAJANG")
        sheet.write("E17", NAME, book.add_format({"underline": 1}))
        sheet.write("E18", "Pembina Tk. I")
        sheet.write("E19", f"NIP. {NIP}")
    return path
