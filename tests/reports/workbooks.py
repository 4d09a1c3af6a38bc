"""Workbooks as a kecamatan sends them, written by real writers, with everything that must survive being marked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xlsxwriter

NAME, NIP = "Drs. BUDI HARTONO PRANOTO, M.Si", "19700101 199503 1 002"  # of nobody
COLUMNS = ("aturan", "tingkat", "lembar", "sel", "kode", "kolom", "baris", "nilai_lapor", "nilai_seharusnya", "pesan", "status_temuan")


def findings(*rows: dict) -> pd.DataFrame:
    """The `temuan` frame, as the pipeline's own: strings that may be NULL."""
    frame = pd.DataFrame(
        [{"tingkat": "galat", "pesan": "Pesan.", "status_temuan": "terbuka", **row} for row in rows], columns=list(COLUMNS)
    )
    return frame.astype({name: "Int64" if name == "baris" else "string" for name in COLUMNS})


def write_rich(path: Path) -> Path:
    """Two sheets; merged cells, conditional format, validation, comments, formulas, widths, hidden column, defined names, print titles."""
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
        sheet.write("E12", "Lumajang, 5 Juli 2024")
        sheet.write("E13", "CAMAT LUMAJANG")
        sheet.write("E17", NAME, book.add_format({"underline": 1}))
        sheet.write("E18", "Pembina Tk. I")
        sheet.write("E19", f"NIP. {NIP}")
    return path
