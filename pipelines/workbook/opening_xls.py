"""An .xls (BIFF): values from calamine; error cells, percentages, hidden rows and merged ranges from xlrd."""

from __future__ import annotations

import datetime as dt
import os
from io import BytesIO

import xlrd
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

from pipelines.workbook.cells import CellValue, Loss, LostCell, Sheet, Workbook
from pipelines.workbook.opening_formats import BUILTIN_PERCENT, STRUCK, marked_runs, says_more, show
from pipelines.workbook.opening_refusal import Limits, check_extent, check_sheets, locked, too_large, unreadable
from pipelines.workbook.opening_xls_formulas import Position, SheetFormulas, read_formulas, settle_nils
from pipelines.workbook.opening_xls_protected import unprotected
from pipelines.workbook.opening_xlsx import place, settle_formulas, sparse, spread

_WITHOUT_VALUE = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)  # a formatted blank row is not in use


def open_xls(data: bytes, limits: Limits) -> Workbook:
    """The workbook in an OLE container. Raises CannotOpen."""
    stream = data
    try:
        try:
            book = _book(data)
        except xlrd.XLRDError as error:
            if "encrypted" not in str(error).lower():
                raise
            stream = unprotected(data) or b""
            if not stream:
                raise locked() from error
            book = _book(stream)
        check_sheets(book.nsheets, limits)
        described = [book.sheet_by_index(index) for index in range(book.nsheets)]
        formulas = read_formulas(book, data)
    except xlrd.XLRDError as error:
        raise unreadable("rusak atau terpotong (isi .xls tidak dapat diurai)") from error
    stray = False
    for info in described:
        used = [(r, c) for r in range(info.nrows) for c, kind in enumerate(info.row_types(r)) if kind not in _WITHOUT_VALUE]
        rows_used, columns_used = {r for r, _ in used}, {c for _, c in used}
        check_extent(info.name, len(rows_used), len(columns_used), limits)
        stray |= sparse(rows_used, columns_used, len(used), limits)
    values = None if stray or stream is not data else _opened(data)
    names = {info.name: index for index, info in enumerate(described)}
    if values is not None:
        names = {meta.name: index for index, meta in enumerate(values.sheets_metadata) if meta.typ == SheetTypeEnum.WorkSheet}
    sheets: list[Sheet] = []
    spanned = 0
    for info, of_sheet in zip(described, formulas, strict=True):
        if info.name not in names:
            continue
        top, left, rows = _values(info) if values is None else spread(values.get_sheet_by_index(names[info.name]), None)
        spanned += sum(map(len, rows))
        if spanned > limits.cells:
            raise too_large("Semua lembar bersama memakai", f"lebih dari {limits.cells} sel", f"{limits.cells} sel")
        sheets.append(_sheet(book, info, rows, top, left, of_sheet))
    return Workbook("xls", sheets, date_1904=book.datemode == 1)


def _book(data: bytes) -> xlrd.Book:
    with open(os.devnull, "w") as silence:  # noqa: PTH123 - a device, not a path of ours
        return xlrd.open_workbook(file_contents=data, formatting_info=True, on_demand=True, ragged_rows=True, logfile=silence)


def _opened(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(data))
    except PasswordError as error:
        raise locked() from error


def _values(info: xlrd.sheet.Sheet) -> tuple[int, int, list[list[CellValue]]]:
    """(top, left, rows) from xlrd: of a sheet with a stray value calamine allocates every cell up to it, and it decrypts nothing."""
    rows = (zip(info.row_types(row), info.row_values(row), strict=True) for row in range(info.nrows))
    return 0, 0, [[_value(kind, value, info.book.datemode) for kind, value in row] for row in rows]


def _value(kind: int, value: str | float, datemode: int) -> CellValue:
    if kind in (*_WITHOUT_VALUE, xlrd.XL_CELL_ERROR):
        return ""
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        number = float(value)
        if not 1 <= number < 2_958_466:  # the year 9999
            return dt.time()
        moment: dt.datetime = xlrd.xldate.xldate_as_datetime(number, datemode)
        return moment if number % 1 else moment.date()
    return value


def _marked(book: xlrd.Book, info: xlrd.sheet.Sheet, at: Position) -> str:
    """A text with its raised and struck parts marked."""
    fonts = ((start, book.font_list[index]) for start, index in info.rich_text_runlist_map[at])
    return marked_runs(str(info.cell_value(*at)), [(start, font.escapement == 1, bool(font.struck_out)) for start, font in fonts])


def _code(book: xlrd.Book, xf: int) -> str:
    """The number format's code of a cell format; a text may have none that the file declares."""
    if xf >= len(book.xf_list):
        return ""
    key, font = book.xf_list[xf].format_key, book.xf_list[xf].font_index
    if font < len(book.font_list) and book.font_list[font].struck_out:
        return STRUCK
    stated = book.format_map.get(key)
    return BUILTIN_PERCENT.get(key) or (stated.format_str if stated else "")


def _sheet(book: xlrd.Book, info: xlrd.sheet.Sheet, rows: list[list[CellValue]], top: int, left: int, formulas: SheetFormulas) -> Sheet:
    lost: dict[Position, LostCell] = {}
    numbers: list[tuple[Position, int]] = []  # cells whose format may say more, and that format
    codes: dict[int, str] = {}
    for row in range(info.nrows):
        for column, (kind, value, xf) in enumerate(
            zip(info.row_types(row), info.row_values(row), (info.cell_xf_index(row, c) for c in range(info.row_len(row))), strict=False)
        ):
            if kind == xlrd.XL_CELL_ERROR:
                lost[row, column] = LostCell(Loss.ERROR, xlrd.error_text_from_code.get(value, "#"))
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_TEXT) or (row, column) in formulas.uncalculated:
                code = codes.get(xf)
                if code is None:
                    code = codes[xf] = _code(book, xf)
                if says_more(code):
                    numbers.append(((row, column), xf))
    sheet = Sheet(
        name=info.name,
        rows=rows,
        top=top,
        left=left,
        hidden=info.visibility != 0,
        hidden_rows=frozenset(row for row, stated in info.rowinfo_map.items() if stated.hidden and row < len(rows) + top),
        hidden_columns=frozenset(column for column, stated in info.colinfo_map.items() if stated.hidden and column < info.ncols),
        merged=tuple((r1, c1, r2 - 1, c2 - 1) for r1, r2, c1, c2 in info.merged_cells),
        lost=lost,
    )
    settle_formulas(sheet, formulas.uncalculated)
    settle_nils(sheet, formulas.nil)
    show(sheet, ((position, codes[xf]) for position, xf in numbers))
    place(sheet, {at: text for at in info.rich_text_runlist_map if (text := _marked(book, info, at)) != sheet.value(*at)})
    return sheet
