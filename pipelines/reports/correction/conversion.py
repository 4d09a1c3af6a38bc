"""A workbook of another kind (.xls, .xlsb, .ods, HTML) as a plain .xlsx, so that it can be marked.

What stands in the cells and where it stands is kept, with merged ranges, hidden rows, columns and sheets. Formulas become their values,
and the looks are our own: the form stays readable, it does not stay as it was typed. The first sheet says so.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.reports.correction.package import clean_text
from pipelines.workbook.cells import CellValue, Sheet, Workbook

if TYPE_CHECKING:
    from xlsxwriter import Workbook as Book
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_WIDEST, _NARROWEST = 42, 6  # characters
_IN_A_TABLE = 4  # a row with as many filled cells belongs to one; a text that stands nearly alone runs on over its empty neighbours
_LINE, _TALLEST = 13, 400  # points
_A3 = 8


def excel_names(workbook: Workbook) -> list[str]:
    """The sheets' names, made such as Excel allows: 31 characters, none of []:*?/\\, each once. LibreOffice allows more."""
    names: list[str] = []
    for sheet in workbook.sheets:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", sheet.name).strip("'") or "Lembar"
        name, number = plain[:31], 1
        while name.strip("'").lower() in ("history", "", *map(str.lower, names)):
            number += 1
            name = f"{plain[:25]} ({number})"
        names.append(name.strip("'"))
    return names


def write_xlsx(workbook: Workbook) -> bytes:
    """The neutral picture of a workbook as an .xlsx: the same values at the same addresses, in sheets of `excel_names`."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})
        formats = _Formats(book, {}), _Formats(book, {"border": 1, "border_color": "#BFBFBF", "text_wrap": True})
        shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
        for sheet, name in zip(workbook.sheets, excel_names(workbook), strict=True):
            worksheet = book.add_worksheet(name)
            if sheet.hidden and shown:
                worksheet.hide()
            elif shown and sheet is shown[0]:
                worksheet.activate()
                worksheet.set_first_sheet()
            _write(worksheet, sheet, formats)
    return buffer.getvalue()


class _Formats:
    def __init__(self, book: Book, more: dict[str, object]) -> None:
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top", **more}
        self.number: Format = book.add_format({**base, "num_format": "#,##0.####"})
        self.integer: Format = book.add_format({**base, "num_format": "#,##0"})
        self.percent: Format = book.add_format({**base, "num_format": "0.00%"})
        self.date: Format = book.add_format({**base, "num_format": "dd/mm/yyyy"})
        self.time: Format = book.add_format({**base, "num_format": "[h]:mm:ss"})
        self.text: Format = book.add_format({**base, "num_format": "@"})


def _write(worksheet: Worksheet, sheet: Sheet, formats: tuple[_Formats, _Formats]) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(_A3)
    worksheet.fit_to_pages(1, 0)
    filled: dict[int, dict[int, CellValue]] = {}
    for row, cells in enumerate(sheet.rows, sheet.top):
        for column, value in enumerate(cells, sheet.left):
            if value != "":
                filled.setdefault(row, {})[column] = value
    for (row, column), lost in sheet.lost.items():
        filled.setdefault(row, {})[column] = lost.text
    table = {row for row, cells in filled.items() if len(cells) >= _IN_A_TABLE}
    covered = {(row, column) for r1, c1, r2, c2 in sheet.merged for row in range(r1, min(r2, r1 + 500) + 1) for column in range(c1, c2 + 1)}
    lengths = {(row, column): _length(value) for row in table for column, value in filled[row].items() if (row, column) not in covered}
    widths: dict[int, int] = {}
    for (_, column), length in lengths.items():
        widths[column] = max(widths.get(column, _NARROWEST), min(length + 2, _WIDEST))
    lines: dict[int, int] = {}
    for (row, column), length in lengths.items():
        lines[row] = max(lines.get(row, 1), math.ceil(length * 1.15 / widths[column]))  # words do not fill a line
    for column, width in widths.items():
        worksheet.set_column(column, column, width)
    for column in sheet.hidden_columns:
        worksheet.set_column(column, column, None, None, {"hidden": True})
    for row, count in lines.items():
        worksheet.set_row(row, min(count * _LINE + 2, _TALLEST))
    for row in sheet.hidden_rows:
        worksheet.set_row(row, None, None, {"hidden": True})
    merged = _apart(sheet.merged)
    for first_row, first_column, last_row, last_column in merged:
        worksheet.merge_range(first_row, first_column, last_row, last_column, "", formats[first_row in table].text)
    for row, values in filled.items():
        for column, value in values.items():
            _write_cell(worksheet, row, column, value, (row, column) in sheet.percent, formats[row in table])


def _length(value: CellValue) -> int:
    return len(f"{value:,}") if isinstance(value, int | float) else len(str(value))


def _apart(merged: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Merged ranges of more than one cell that do not overlap: Excel calls a file with others damaged."""
    kept: list[tuple[int, int, int, int]] = []
    for r1, c1, r2, c2 in merged:
        if (r1, c1) != (r2, c2) and not any(r1 <= k[2] and k[0] <= r2 and c1 <= k[3] and k[1] <= c2 for k in kept):
            kept.append((r1, c1, r2, c2))
    return kept


def _write_cell(worksheet: Worksheet, row: int, column: int, value: CellValue, percent: bool, formats: _Formats) -> None:
    if isinstance(value, bool):
        worksheet.write_boolean(row, column, value, formats.text)
    elif isinstance(value, int | float):
        whole = float(value).is_integer()
        worksheet.write_number(row, column, value, formats.percent if percent else formats.integer if whole else formats.number)
    elif isinstance(value, dt.datetime | dt.date):
        worksheet.write_datetime(row, column, value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value, formats.date)
    elif isinstance(value, dt.time | dt.timedelta):
        worksheet.write_datetime(row, column, value, formats.time)
    else:
        text = clean_text(str(value))[:32_767]
        worksheet.write_string(row, column, text, formats.text)
