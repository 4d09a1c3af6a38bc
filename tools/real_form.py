"""Builds data/raw/2024/tw2/lumajang.xlsx, the one real form, from its text: run once, the workbook is committed.

    python tools/real_form.py SOURCE_FOLDER [TARGET]

SOURCE_FOLDER holds `formulir_e81_lumajang_2024_tw2_baris.csv` (the table, values as printed) and `formulir_e81_lumajang_2024_tw2.txt`
(head, foot, narratives). What the print shows damaged stays damaged: '#', '###', '##' and words stay text, '-' stays '-', a plain number
is a native number with as many decimals as printed. Of the print's titles only "Triwulan" keeps its sub-headings I to IV from the decree,
and the title lines, which the print lost, are the form's own wording. The camat's name and NIP are left out.
The same source gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import sys
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipelines.sample.form_layout import BOX, HEAD_NOTE, Formats, Layout, make_formats, row_height, set_columns, write_guide, write_header
from pipelines.workbook.columns import CAPAIAN, PAIRS

NAME = "formulir_e81_lumajang_2024_tw2"
TARGET = Path(__file__).resolve().parent.parent / "data" / "raw" / "2024" / "tw2" / "lumajang.xlsx"
LAYOUT = Layout()
SIGNED = dt.datetime(2024, 4, 19)  # the date that the print is signed with; the workbook's own dates, so that its bytes are fixed

_SOURCE_PAIR = dict(  # name of a pair in pipelines.workbook.columns → prefix in the CSV
    zip(
        (pair.name for pair in PAIRS),
        (
            "renstra_target",
            "realisasi_sd_n2",
            "renja_target",
            "tw1",
            "tw2",
            "tw3",
            "tw4",
            "realisasi",
            "capaian",
            "renstra_realisasi",
            "renstra_capaian",
        ),
        strict=True,
    )
)
_PLAIN_NUMBER = re.compile(r"\d{1,3}(,\d{3})+|\d+(\.\d+)?")


def _write_value(sheet: Worksheet, row: int, column: int, printed: str, styles: dict[str, Format]) -> None:
    """A cell as printed: a native number where the print shows a plain one, else its text."""
    if printed == "":
        sheet.write_blank(row, column, None, styles["0"])
    elif _PLAIN_NUMBER.fullmatch(printed):
        digits = printed.replace(",", "")
        decimals = len(digits.partition(".")[2])
        style = "#,##0" if "," in printed else "0" + ("." + "0" * decimals if decimals else "")
        sheet.write_number(row, column, float(digits) if decimals else int(digits), styles[style])
    else:
        sheet.write_string(row, column, printed, styles["0"])


def build(source: Path, target: Path) -> None:
    """Write the workbook. Raises FileNotFoundError where the source is not there, KeyError where it has another shape."""
    with (source / f"{NAME}_baris.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    printed = (source / f"{NAME}.txt").read_text(encoding="utf-8").splitlines()

    target.parent.mkdir(parents=True, exist_ok=True)
    workbook = xlsxwriter.Workbook(target)
    workbook.set_properties({"title": "Evaluasi Renja Kecamatan Lumajang", "created": SIGNED})
    formats = make_formats(workbook)
    styles = {style: workbook.add_format({**BOX, "align": "right", "num_format": style}) for style in ("0", "0.0", "0.00", "#,##0")}
    sheet = workbook.add_worksheet("TW II")
    set_columns(sheet, LAYOUT)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(2, 0)

    for row, text in enumerate(
        ("Evaluasi Terhadap Hasil Renja Perangkat Daerah", "Kecamatan Lumajang Kabupaten Lumajang", "Triwulan II Tahun 2024")
    ):
        sheet.merge_range(row, 0, row, LAYOUT.column["formulasi"], text, formats.title)
    row = 4
    sheet.write_string(row, 0, HEAD_NOTE, formats.bold)
    for text in (line for line in printed[:10] if re.match(r"[abc]\. ", line)):
        row += 1
        sheet.write_string(row, 0, text, formats.plain)

    row = write_header(sheet, formats, row + 2, 2024, LAYOUT, tahun_pertama=True)
    sheet.freeze_panes(row, LAYOUT.column["indikator"])
    row = _write_table(sheet, formats, styles, row, [line for line in lines if line["row_type"] not in ("rata_rata", "predikat")])

    average = next(line for line in lines if line["row_type"] == "rata_rata")
    grade = next(line for line in lines if line["row_type"] == "predikat")
    label_end = LAYOUT.column[CAPAIAN.k.name] - 1
    sheet.merge_range(row, 0, row, label_end, average["uraian"], formats.header)
    _write_value(sheet, row, LAYOUT.column[CAPAIAN.k.name], average["capaian_k"], styles)
    sheet.write_string(row, LAYOUT.column[CAPAIAN.satuan], average["capaian_unit"], formats.centre)
    sheet.merge_range(row + 1, 0, row + 1, label_end, grade["uraian"], formats.header)
    sheet.write_string(row + 1, LAYOUT.column["predikat_lapor"], grade["predikat"], formats.centre)

    row = _write_foot(sheet, formats, row + 3, printed)
    row = write_guide(sheet, formats, row + 1)
    for text in (line.strip() for line in printed if re.match(r"Lumajang, tanggal|CAMAT LUMAJANG", line)):
        row += 1
        sheet.write_string(row, LAYOUT.column["kendala"], text, formats.plain)
    sheet.print_area(0, 0, row, LAYOUT.last_column)
    workbook.close()


def _write_table(sheet: Worksheet, formats: Formats, styles: dict[str, Format], row: int, lines: list[dict[str, str]]) -> int:
    """The table's rows; a code with several indicators is merged over its rows. Returns the first row below."""
    for index, line in enumerate(lines):
        follows = line["row_type"] == "indikator_lanjutan"
        after = index + 1
        while after < len(lines) and lines[after]["row_type"] == "indikator_lanjutan":
            after += 1
        span = 0 if follows else after - index - 1
        for name, key in (("kode_lapor", "kode"), ("sasaran", "sasaran"), ("uraian", "uraian")):
            # the print has TOTAL in the column of sasaran
            text = (line["uraian"] if name == "sasaran" else "") if line["row_type"] == "total" else line[key]
            if span:
                sheet.merge_range(row, LAYOUT.column[name], row + span, LAYOUT.column[name], text, formats.text)
            elif not follows:
                sheet.write_string(row, LAYOUT.column[name], text, formats.text)
        own = ("indikator", "formulasi", "kendala", "upaya", "penanggung_jawab")
        sheet.set_row(row, row_height({name: line[name] for name in (*own, *(() if span else ("sasaran", "uraian")))}))
        for name in own:
            sheet.write_string(row, LAYOUT.column[name], line[name], formats.text)
        sheet.write_string(row, LAYOUT.column["predikat_lapor"], line["predikat"], formats.centre)
        for pair in PAIRS:
            prefix = _SOURCE_PAIR[pair.name]
            _write_value(sheet, row, LAYOUT.column[pair.k.name], line[f"{prefix}_k"], styles)
            sheet.write_string(row, LAYOUT.column[pair.satuan], line[f"{prefix}_unit"], formats.centre)
            _write_value(sheet, row, LAYOUT.column[pair.rp.name], line[f"{prefix}_rp"], styles)
        row += 1
    return row


def _write_foot(sheet: Worksheet, formats: Formats, row: int, printed: list[str]) -> int:
    """Factors and follow-ups, a line of the print a row. Returns the first row below."""
    begin = next(index for index, line in enumerate(printed) if line.startswith("Faktor pendorong"))
    end = next(index for index, line in enumerate(printed) if line.startswith("PETUNJUK PENGISIAN"))
    for line in printed[begin:end]:
        if not line.strip():
            continue
        bold = line.startswith("Faktor")
        cells = [cell.strip() for cell in line.rstrip("\t").split("\t")]
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text, formats.bold if bold else formats.plain)
        row += 1
    return row


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else TARGET)
