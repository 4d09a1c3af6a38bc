"""Pages → workbooks, with the library that a sender's software would have used."""

from __future__ import annotations

import datetime as dt
import html
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import xlsxwriter
import xlwt
from odf import opendocument, style, table, text
from odf.number import Number, PercentageStyle
from odf.number import Text as NumberText
from openpyxl.utils import get_column_letter

from tests.corpus.page import Page
from tests.workbook.xlsb_writer import Value, XlsbSheet
from tests.workbook.xlsb_writer import write_xlsb as write_sheets

SOFFICE = shutil.which("soffice")


def _pages(page: Page) -> list[Page]:
    return [page, *page.beside]


def write_xlsxwriter(page: Page, path: Path) -> None:
    """.xlsx as web applications make it."""
    book = xlsxwriter.Workbook(str(path))
    percent, day = book.add_format({"num_format": "0.00%"}), book.add_format({"num_format": "dd/mm/yyyy"})
    for one in _pages(page):
        sheet = book.add_worksheet(one.name)
        for r1, c1, r2, c2 in one.merged:
            sheet.merge_range(r1, c1, r2, c2, "")
        for (row, column), value in one.cells.items():
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(row, column, value, day)
            else:
                sheet.write_number(row, column, value, percent if (row, column) in one.percent else None)
        for column in one.hidden_columns:
            sheet.set_column(column, column, None, None, {"hidden": True})
        for row in one.hidden_rows:
            sheet.set_row(row, None, None, {"hidden": True})
    book.close()


def write_openpyxl(page: Page, path: Path) -> None:
    """.xlsx as scripts make it."""
    book = openpyxl.Workbook()
    for index, one in enumerate(_pages(page)):
        sheet = book.worksheets[0] if index == 0 else book.create_sheet()
        sheet.title = one.name
        for (row, column), value in one.cells.items():
            cell = sheet.cell(row + 1, column + 1, value)
            if isinstance(value, str):
                cell.data_type = "s"
            if (row, column) in one.percent:
                cell.number_format = "0%"
        for r1, c1, r2, c2 in one.merged:
            sheet.merge_cells(start_row=r1 + 1, start_column=c1 + 1, end_row=r2 + 1, end_column=c2 + 1)
        for column in one.hidden_columns:
            sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
        for row in one.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
    book.save(path)


def write_xlwt(page: Page, path: Path) -> None:
    """.xls, BIFF8."""
    book = xlwt.Workbook()
    percent, day = xlwt.easyxf(num_format_str="0.00%"), xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for one in _pages(page):
        sheet = book.add_sheet(one.name, cell_overwrite_ok=True)  # figures may be left below a merged cell
        corners = {(r1, c1): (r2, c2) for r1, c1, r2, c2 in one.merged}
        for (row, column), value in one.cells.items():
            form = percent if (row, column) in one.percent else day if isinstance(value, dt.date) else xlwt.Style.default_style
            if (row, column) in corners:
                sheet.write_merge(row, corners[row, column][0], column, corners[row, column][1], value, form)
            else:
                sheet.write(row, column, value, form)
        for column in one.hidden_columns:
            sheet.col(column).hidden = True
        for row in one.hidden_rows:
            sheet.row(row).hidden = True
    book.save(str(path))


def write_odfpy(page: Page, path: Path) -> None:
    """.ods."""
    document = opendocument.OpenDocumentSpreadsheet()
    shown = PercentageStyle(name="N10")
    shown.addElement(Number(decimalplaces="2", minintegerdigits="1"))
    shown.addElement(NumberText(text="%"))
    document.automaticstyles.addElement(shown)
    percent = style.Style(name="persen", family="table-cell", datastylename="N10")
    document.automaticstyles.addElement(percent)
    for one in _pages(page):
        sheet = table.Table(name=one.name)
        corners = {(r1, c1): (r2, c2) for r1, c1, r2, c2 in one.merged}
        covered = {(r, c) for r1, c1, r2, c2 in one.merged for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(corners)
        height = 1 + max(row for row, _ in one.cells)
        width = 1 + max(column for _, column in one.cells)
        for column in range(width):
            hidden = {"visibility": "collapse"} if column in one.hidden_columns else {}
            sheet.addElement(table.TableColumn(**hidden))
        for row in range(height):
            hidden = {"visibility": "collapse"} if row in one.hidden_rows else {}
            line = table.TableRow(**hidden)
            for column in range(width):
                line.addElement(_odf_cell(one, (row, column), corners, covered, percent))
            sheet.addElement(line)
        document.spreadsheet.addElement(sheet)
    document.save(str(path))


def _odf_cell(  # type: ignore[no-untyped-def]  # odfpy has no types
    page: Page, at: tuple[int, int], corners: dict[tuple[int, int], tuple[int, int]], covered: set[tuple[int, int]], percent: style.Style
):
    if at in covered:
        return table.CoveredTableCell()
    value = page.cells.get(at)
    attributes: dict[str, object] = {}
    if at in corners:
        last = corners[at]
        attributes |= {"numberrowsspanned": last[0] - at[0] + 1, "numbercolumnsspanned": last[1] - at[1] + 1}
    if isinstance(value, int | float):
        kind = "percentage" if at in page.percent else "float"
        attributes |= {"valuetype": kind, "value": repr(float(value))}
        if kind == "percentage":
            attributes["stylename"] = percent
    elif isinstance(value, dt.date):
        attributes |= {"valuetype": "date", "datevalue": value.isoformat()}
    elif value is not None:
        attributes["valuetype"] = "string"
    cell = table.TableCell(**attributes)
    if isinstance(value, str):
        for line in value.split("\n"):
            cell.addElement(text.P(text=line))
    return cell


def write_xlsb(page: Page, path: Path) -> None:
    """.xlsb, as Excel makes it."""
    sheets = []
    for one in _pages(page):
        cells: dict[tuple[int, int], Value] = {}
        styles = dict.fromkeys(one.percent, 1)
        for at, value in one.cells.items():
            if isinstance(value, dt.date):
                cells[at], styles[at] = (value - dt.date(1899, 12, 30)).days, 3
            else:
                cells[at] = value if isinstance(value, str) else float(value)
        columns = [(column, column) for column in sorted(one.hidden_columns)]
        sheets.append(XlsbSheet(one.name, cells, styles, (), False, frozenset(one.hidden_rows), columns, one.merged))
    write_sheets(path, sheets)


def write_html(page: Page, path: Path) -> None:
    """An HTML table named .xls, as government web applications export it: no number formats, all text."""
    corners = {(r1, c1): (r2, c2) for r1, c1, r2, c2 in page.merged}
    covered = {(r, c) for r1, c1, r2, c2 in page.merged for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(corners)
    height, width = 1 + max(row for row, _ in page.cells), 1 + max(column for _, column in page.cells)
    lines = ["<html><head><meta charset='utf-8'></head><body><table border='1'>"]
    for row in range(height):
        cells = []
        for column in range(width):
            if (row, column) in covered:
                continue
            last = corners.get((row, column), (row, column))
            span = f" rowspan='{last[0] - row + 1}' colspan='{last[1] - column + 1}'" if last != (row, column) else ""
            value = page.cells.get((row, column), "")
            shown = html.escape(_shown(value, (row, column) in page.percent)).replace("\n", "<br>")
            cells.append(f"<td{span}>{shown}</td>")
        lines.append("<tr>" + "".join(cells) + "</tr>")
    path.write_text("\n".join([*lines, "</table></body></html>"]), encoding="utf-8")


def _shown(value: object, percent: bool) -> str:
    if isinstance(value, float | int):
        whole = float(value)
        return f"{whole * 100:.10g}%" if percent else str(int(whole)) if whole.is_integer() else repr(whole)
    return value.strftime("%d/%m/%Y") if isinstance(value, dt.date) else str(value)


WRITERS: dict[str, tuple[Callable[[Page, Path], None], str]] = {
    "xlsxwriter": (write_xlsxwriter, ".xlsx"),
    "openpyxl": (write_openpyxl, ".xlsx"),
    "xlwt": (write_xlwt, ".xls"),
    "xlsb": (write_xlsb, ".xlsb"),
    "odfpy": (write_odfpy, ".ods"),
    "html": (write_html, ".xls"),
}


def convert(files: Sequence[Path], suffix: str, folder: Path) -> list[Path]:
    """LibreOffice's own files of these workbooks: one call for all of them."""
    assert SOFFICE is not None
    folder.mkdir(parents=True, exist_ok=True)
    profile = (folder / "profil").resolve().as_uri()
    command = [SOFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix, "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=180)
    return [folder / f"{file.stem}.{suffix}" for file in files]
