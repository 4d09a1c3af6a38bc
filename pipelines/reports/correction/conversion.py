"""A workbook of another kind (.xls, .xlsb, .ods, HTML) as a plain .xlsx, so that it can be marked.

What stands in the cells and where it stands is kept, with merged ranges, hidden rows, columns and sheets. Formulas become their values,
and the looks are our own: the form stays readable, it does not stay as it was typed. The first sheet says so.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.reports.correction.package import clean_text
from pipelines.workbook.cells import CellValue, Sheet, Workbook
from pipelines.workbook.opening import Limits, open_workbook

if TYPE_CHECKING:
    from xlsxwriter import Workbook as Book
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_WIDEST, _NARROWEST = 42, 6  # characters
_WRAPPED = 25  # longer text is wrapped


def convert(source: Path, limits: Limits) -> bytes:
    """The workbook as an .xlsx.

    Raises:
        CannotOpen: it is no workbook, or beyond the limits.
    """
    return write_xlsx(open_workbook(source, limits))


def write_xlsx(workbook: Workbook) -> bytes:
    """The neutral picture of a workbook as an .xlsx: the same values at the same addresses."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})
        formats = _Formats(book)
        shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
        for sheet in workbook.sheets:
            worksheet = book.add_worksheet(sheet.name)
            if sheet.hidden and shown:
                worksheet.hide()
            elif shown and sheet is shown[0]:
                worksheet.activate()
                worksheet.set_first_sheet()
            _write(worksheet, sheet, formats)
    return buffer.getvalue()


class _Formats:
    def __init__(self, book: Book) -> None:
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self.number: Format = book.add_format({**base, "num_format": "#,##0.####"})
        self.integer: Format = book.add_format({**base, "num_format": "#,##0"})
        self.percent: Format = book.add_format({**base, "num_format": "0.00%"})
        self.date: Format = book.add_format({**base, "num_format": "dd/mm/yyyy"})
        self.time: Format = book.add_format({**base, "num_format": "[h]:mm:ss"})
        self.text: Format = book.add_format({**base, "num_format": "@"})
        self.wrapped: Format = book.add_format({**base, "num_format": "@", "text_wrap": True})


def _write(worksheet: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    widths: dict[int, int] = {}
    covered = {(row, column) for r1, c1, r2, c2 in sheet.merged for row in range(r1, min(r2, r1 + 500) + 1) for column in range(c1, c2 + 1)}
    for i, cells in enumerate(sheet.rows):
        row = sheet.top + i
        for j, value in enumerate(cells):
            column = sheet.left + j
            lost = sheet.lost.get((row, column))
            if value == "" and lost is None:
                continue
            _write_cell(worksheet, row, column, lost.text if lost else value, (row, column) in sheet.percent, formats)
            if (row, column) not in covered:
                widths[column] = max(widths.get(column, 0), len(f"{value:,}") if _is_number(value) else len(str(value)))
    for column, width in widths.items():
        worksheet.set_column(column, column, min(max(width + 2, _NARROWEST), _WIDEST))
    for column in sheet.hidden_columns:
        worksheet.set_column(column, column, None, None, {"hidden": True})
    for row in sheet.hidden_rows:
        worksheet.set_row(row, None, None, {"hidden": True})
    for first_row, first_column, last_row, last_column in _apart(sheet.merged):
        anchor = sheet.value(first_row, first_column)
        lost = sheet.lost.get((first_row, first_column))
        worksheet.merge_range(first_row, first_column, last_row, last_column, "", formats.wrapped)
        if anchor != "" or lost is not None:
            shown = lost.text if lost else anchor
            _write_cell(worksheet, first_row, first_column, shown, (first_row, first_column) in sheet.percent, formats)


def _apart(merged: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Merged ranges of more than one cell that do not overlap: Excel calls a file with others damaged."""
    kept: list[tuple[int, int, int, int]] = []
    for r1, c1, r2, c2 in merged:
        if (r1, c1) != (r2, c2) and not any(r1 <= k[2] and k[0] <= r2 and c1 <= k[3] and k[1] <= c2 for k in kept):
            kept.append((r1, c1, r2, c2))
    return kept


def _is_number(value: CellValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


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
        worksheet.write_string(row, column, text, formats.wrapped if len(text) > _WRAPPED or "\n" in text else formats.text)
