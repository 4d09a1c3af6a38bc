"""An .ods, read from its content.xml. Source: OpenDocument 1.3 part 3, 9 (tables) and 19.385 (office:value-type)."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree

from pipelines.workbook.cells import CellValue, Loss, LostCell, Sheet, Workbook
from pipelines.workbook.opening_package import Package, local, parse_xml, refuse_doctype
from pipelines.workbook.opening_refusal import CannotOpen, Limits, check_extent, check_sheets, locked, too_large, unreadable
from pipelines.workbook.opening_xlsx import settle_formulas, utc

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERROR = re.compile(r"#(?:DIV/0!|REF!|VALUE!|N/A|NAME\?|NUM!|NULL!)|Err:\d+")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
_REFERENCE = re.compile(r"\[\.(\$?[A-Z]{1,3}\$?\d+)(?::\.(\$?[A-Z]{1,3}\$?\d+))?\]")


def open_ods(package: Package, limits: Limits) -> Workbook:
    """The spreadsheet in an OpenDocument package. Raises CannotOpen."""
    if "meta-inf/manifest.xml" in package and b"encryption-data" in package.read("meta-inf/manifest.xml"):
        raise locked()
    content = package.read("content.xml")
    refuse_doctype(content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, huge_tree=False)
    try:
        root = etree.parse(BytesIO(content), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise unreadable("rusak (content.xml tidak dapat diurai)") from error
    tables = [e for e in root.iter() if local(e) == "table" and local(e.getparent()) == "spreadsheet"]
    check_sheets(len(tables), limits)
    invisible = {
        _get(style, "name")
        for style in root.iter()
        if local(style) == "style" and any(local(p) == "table-properties" and _get(p, "display") == "false" for p in style)
    }
    percent_styles = _percent_styles(root) | (_percent_styles(parse_xml(package.read("styles.xml"))) if "styles.xml" in package else set())
    sheets: list[Sheet] = []
    spanned = 0
    for table in tables:
        sheet = _Table(table, limits, percent_styles).sheet(hidden=_get(table, "style-name") in invisible)
        spanned += sum(map(len, sheet.rows))
        if spanned > limits.cells:
            raise too_large("Semua lembar bersama memakai", f"lebih dari {limits.cells} sel", f"{limits.cells} sel")
        sheets.append(sheet)
    return Workbook("ods", sheets, modified=_modified(package))


def _percent_styles(root: etree._Element) -> set[str | None]:
    """Cell styles whose number format is a percentage, directly or through the style they derive from."""
    formats = {_get(e, "name") for e in root.iter() if local(e) == "percentage-style"}
    styles = {_get(e, "name"): e for e in root.iter() if local(e) == "style" and _get(e, "family") == "table-cell"}
    found = {name for name, style in styles.items() if _get(style, "data-style-name") in formats}
    for _ in range(8):
        found |= {
            name for name, style in styles.items() if _get(style, "data-style-name") is None and _get(style, "parent-style-name") in found
        }
    return found


def _modified(package: Package) -> dt.datetime | None:
    try:
        for element in parse_xml(package.read("meta.xml")).iter():
            if local(element) == "date" and element.text:
                return utc(element.text)
    except CannotOpen:
        pass  # a damaged meta.xml makes no cell unreadable
    return None


def _get(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without namespace; the document's own before an extension's."""
    found: str | None = None
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            if "calcext" not in key:
                return str(value)
            found = str(value)
    return found


def _count(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdigit() and len(text) < 9 else 1


class _Table:
    """One table, repeated rows and cells counted but only those with values kept."""

    def __init__(self, table: etree._Element, limits: Limits, percent_styles: set[str | None]) -> None:
        self.percent_styles = percent_styles  # cell styles that show a percentage; asked only where the value does not say
        self.row_style: str | None = None
        self.column_styles: list[tuple[int, str | None]] = []  # first column beyond, style
        self.table = table
        self.limits = limits
        self.name = _get(table, "name") or ""
        self.rows: dict[int, list[CellValue]] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.lost: dict[tuple[int, int], LostCell] = {}
        self.formulas: dict[tuple[int, int], str] = {}
        self.percent: set[tuple[int, int]] = set()
        self.hidden_rows: list[tuple[int, int]] = []
        self.hidden_columns: list[tuple[int, int]] = []

    def sheet(self, *, hidden: bool) -> Sheet:
        column = 0
        for element in self._within(self.table, "table-column"):
            count = _count(_get(element, "number-columns-repeated"))
            if _get(element, "visibility") in ("collapse", "filter"):
                self.hidden_columns.append((column, column + count - 1))
            self.column_styles.append((column + count, _get(element, "default-cell-style-name")))
            column += count
        row = 0
        for element in self._within(self.table, "table-row"):
            count = _count(_get(element, "number-rows-repeated"))
            if _get(element, "visibility") in ("collapse", "filter"):
                self.hidden_rows.append((row, row + count - 1))
            self.row_style = _get(element, "default-cell-style-name")
            unread = len(self.lost) + len(self.formulas)
            cells = self._cells(element, row)
            if cells or len(self.lost) + len(self.formulas) > unread:
                if len(self.rows) + count > self.limits.rows:
                    check_extent(self.name, len(self.rows) + count, 0, self.limits)
                for again in range(count):
                    self.rows[row + again] = list(cells)
                if count > 1:
                    self._repeat(row, count)
            row += count
        last = max(self.rows, default=-1)
        width = max(map(len, self.rows.values()), default=0)
        empty: list[CellValue] = []
        sheet = Sheet(
            self.name,
            [self.rows.get(r, empty) for r in range(last + 1)],
            hidden=hidden,
            hidden_rows=frozenset(r for a, b in self.hidden_rows for r in range(a, min(b, last) + 1)),
            hidden_columns=frozenset(c for a, b in self.hidden_columns for c in range(a, min(b, width) + 1)),
            merged=tuple(self.merged),
            lost=self.lost,
        )
        settle_formulas(sheet, self.formulas)
        sheet.percent = frozenset(p for p in self.percent if isinstance(sheet.value(*p), float))
        return sheet

    def column_style(self, column: int) -> str | None:
        """The cell style that a column states for its cells."""
        return next((style for beyond, style in self.column_styles if column < beyond), None)

    def _within(self, element: etree._Element, wanted: str) -> Iterator[etree._Element]:
        """Rows or columns, also those inside groups and headers."""
        for child in element:
            name = local(child)
            if name == wanted:
                yield child
            elif name.startswith(("table-row", "table-header", "table-column")):
                yield from self._within(child, wanted)

    def _repeat(self, row: int, count: int) -> None:
        """Give the repetitions of a row what stands in it; but whose cells a formula means there is not said: it is not computed."""
        again = range(row + 1, row + count)
        percent = [c for r, c in self.percent if r == row]
        lost = {c: cell for (r, c), cell in self.lost.items() if r == row}
        lost |= {c: LostCell(Loss.FORMULA_WITHOUT_VALUE, "=" + text) for (r, c), text in self.formulas.items() if r == row}
        self.percent.update((r, c) for r in again for c in percent)
        self.lost.update({(r, c): cell for r in again for c, cell in lost.items()})

    def _cells(self, element: etree._Element, row: int) -> list[CellValue]:
        values: list[CellValue] = []
        column = 0
        for cell in element:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            count = _count(_get(cell, "number-columns-repeated"))
            down, across = _count(_get(cell, "number-rows-spanned")), _count(_get(cell, "number-columns-spanned"))
            if down > 1 or across > 1:
                self.merged.append((row, column, row + down - 1, column + across - 1))
            value = self._value(cell, row, column, count)
            if value != "":
                check_extent(self.name, 0, column + count, self.limits)
                values.extend([""] * (column - len(values)))
                values.extend([value] * count)
            column += count
        return values

    def _value(self, cell: etree._Element, row: int, column: int, count: int) -> CellValue:
        kind, formula = _get(cell, "value-type"), _get(cell, "formula")
        text = "\n".join(_paragraph(p) for p in cell if local(p) == "p")
        extension = next((str(v) for k, v in cell.attrib.items() if k.endswith("}value-type") and "calcext" in k), None)
        if extension == "error" or (formula is not None and _ERROR.fullmatch(text.strip())):
            check_extent(self.name, 0, column + count, self.limits)
            for again in range(count):
                self.lost[row, column + again] = LostCell(Loss.ERROR, text.strip() or "#")
            return ""
        if kind is None:
            if formula is not None and not text:
                self._uncalculated(cell, formula, row, column, count)
                return ""
            return text
        if kind in ("float", "percentage", "currency"):
            number = float(_get(cell, "value") or "nan")
            if number != number:
                raise unreadable(f"rusak (angka di lembar '{self.name}' baris {row + 1} tidak terbaca)")
            if kind == "percentage":
                check_extent(self.name, 0, column + count, self.limits)
                self.percent.update((row, column + again) for again in range(count))
            return number
        if kind == "date":
            return _date(_get(cell, "date-value") or "", text)
        if kind == "time":
            return _time(_get(cell, "time-value") or "", text)
        if kind == "boolean":
            return _get(cell, "boolean-value") == "true"
        return text or _get(cell, "string-value") or ""

    def _uncalculated(self, cell: etree._Element, formula: str, row: int, column: int, count: int) -> None:
        check_extent(self.name, 0, column + count, self.limits)
        words = _REFERENCE.sub(lambda m: m[1] + (":" + m[2] if m[2] else ""), formula.removeprefix("of:").removeprefix("="))
        self.formulas[row, column] = words
        for again in range(1, count):
            self.lost[row, column + again] = LostCell(Loss.FORMULA_WITHOUT_VALUE, "=" + words)
        style = _get(cell, "style-name") or self.row_style or self.column_style(column)
        if style in self.percent_styles:
            self.percent.add((row, column))


def _paragraph(element: etree._Element) -> str:
    """The words of a paragraph; runs of spaces, tabs and breaks are elements, annotations are not words."""
    words = [element.text or ""]
    for child in element:
        name = local(child)
        if name == "s":
            words.append(" " * min(_count(_get(child, "c")), 1000))
        elif name == "tab":
            words.append("\t")
        elif name == "line-break":
            words.append("\n")
        elif name not in ("annotation", "note", ""):
            words.append(_paragraph(child))
        words.append(child.tail or "")
    return "".join(words)


def _date(stated: str, text: str) -> CellValue:
    try:
        if "T" in stated:
            return dt.datetime.fromisoformat(stated)
        return dt.date.fromisoformat(stated)
    except ValueError:
        return text


def _time(stated: str, text: str) -> CellValue:
    match = _DURATION.fullmatch(stated)
    if match is None:
        return text
    span = dt.timedelta(
        days=int(match[2] or 0), hours=int(match[3] or 0), minutes=int(match[4] or 0), seconds=float((match[5] or "0").replace(",", "."))
    )
    if match[1]:
        return -span
    return (dt.datetime.min + span).time() if span < dt.timedelta(days=1) else span
