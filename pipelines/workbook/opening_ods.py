"""An .ods, read from its content.xml. Source: OpenDocument 1.3 part 3, 9 (tables) and 19.385 (office:value-type)."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree

from pipelines.workbook.cells import CellValue, Loss, LostCell, Sheet, Workbook
from pipelines.workbook.opening_formats import STRUCK, marked, says_more, show
from pipelines.workbook.opening_package import Package, local, parse_xml, refuse_doctype
from pipelines.workbook.opening_refusal import CannotOpen, Limits, check_extent, check_sheets, locked, too_large, unreadable
from pipelines.workbook.opening_xlsx import settle_formulas, utc

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERROR = re.compile(r"#(?:DIV/0!|REF!|VALUE!|N/A|NAME\?|NUM!|NULL!)|Err:\d+")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
_RAISED = re.compile(r"super|[1-9]")  # a share of the font's height upwards
_MAP = re.compile(r"value\(\)\s*(<=|>=|!=|<>|<|>|=)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)")
_NUMBER_STYLES = ("number-style", "percentage-style", "currency-style")
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
    styles = parse_xml(package.read("styles.xml")) if "styles.xml" in package else None
    roots = (() if styles is None else (styles,)) + (root,)
    formats, looks = _formats(*roots), _looks(*roots)
    sheets: list[Sheet] = []
    spanned = 0
    for table in tables:
        sheet = _Table(table, limits, formats, looks).sheet(hidden=_get(table, "style-name") in invisible)
        spanned += sum(map(len, sheet.rows))
        if spanned > limits.cells:
            raise too_large("Semua lembar bersama memakai", f"lebih dari {limits.cells} sel", f"{limits.cells} sel")
        sheets.append(sheet)
    return Workbook("ods", sheets, modified=_modified(package))


def _formats(*roots: etree._Element) -> dict[str | None, str]:
    """Cell style → number format code, of those that say more than the number: its own, or that of the style it derives from.

    `roots`: first the styles of the document, then those of its content, where a name may mean something else.
    """
    numbers: dict[str | None, etree._Element] = {}
    codes: dict[str | None, str] = {}
    for root in roots:
        numbers |= {_get(e, "name"): e for e in root.iter() if local(e) in _NUMBER_STYLES}
        styles = {_get(e, "name"): e for e in root.iter() if local(e) == "style" and _get(e, "family") == "table-cell"}
        for name, style in styles.items():
            if _struck(style):
                codes[name] = STRUCK
                continue
            for _ in range(8):
                if _get(style, "data-style-name") is not None or _get(style, "parent-style-name") not in styles:
                    break
                style = styles[_get(style, "parent-style-name")]
            number = numbers.get(_get(style, "data-style-name"))
            codes[name] = codes.get(_get(style, "parent-style-name"), "") if number is None else _code(number, numbers)
    return {name: code for name, code in codes.items() if says_more(code)}


_Looks: TypeAlias = dict[str | None, tuple[bool, bool]]


def _looks(*roots: etree._Element) -> _Looks:
    """Text style → (raised, struck out), of those that are either."""
    found: _Looks = {}
    for style in (e for root in roots for e in root.iter() if local(e) == "style" and _get(e, "family") == "text"):
        for look in (e for e in style if local(e) == "text-properties"):
            raised = _RAISED.match(_get(look, "text-position") or "") is not None
            struck = _line_through(look)
            if raised or struck:
                found[_get(style, "name")] = raised, struck
    return found


def _line_through(look: etree._Element) -> bool:
    return any((_get(look, f"text-line-through-{name}") or "none") != "none" for name in ("style", "type"))


def _struck(style: etree._Element) -> bool:
    """Whether a cell style strikes out the whole cell."""
    return any(local(look) == "text-properties" and _line_through(look) for look in style)


def _code(style: etree._Element, numbers: dict[str | None, etree._Element]) -> str:
    """A number style as a format code: as much of it as `opening_formats` asks for."""
    sections = []
    for element in style:
        condition = _MAP.fullmatch(_get(element, "condition") or "") if local(element) == "map" else None
        applied = numbers.get(_get(element, "apply-style-name"))
        if condition and applied is not None:
            sections.append(f"[{condition[1].replace('!=', '<>')}{condition[2]}]" + _section(applied))
    return ";".join([*sections, _section(style)])


def _section(style: etree._Element) -> str:
    pieces = []
    for element in style:
        name = local(element)
        if name == "number":
            scaled = "," if _get(element, "display-factor") not in (None, "1") else ""
            pieces.append("0" * min(_count(_get(element, "min-integer-digits")), 20) + scaled)
        elif name in ("scientific-number", "fraction"):
            pieces.append("0")
        elif name == "text" and (words := "".join(element.itertext()).replace('"', "")):
            percent = local(style) == "percentage-style" and "%" in words
            pieces.append('"' + (words.replace("%", "", 1) if percent else words) + '"' + ("%" if percent else ""))
    return "".join(pieces)


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

    def __init__(self, table: etree._Element, limits: Limits, formats: dict[str | None, str], looks: _Looks) -> None:
        self.formats = formats  # cell style → number format code that says more than the number
        self.looks = looks
        self.row_style: str | None = None
        self.column_styles: list[tuple[int, str | None]] = []  # first column beyond, style
        self.table = table
        self.limits = limits
        self.name = _get(table, "name") or ""
        self.rows: dict[int, list[CellValue]] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.lost: dict[tuple[int, int], LostCell] = {}
        self.formulas: dict[tuple[int, int], str] = {}
        self.struck = STRUCK in formats.values()
        self.codes: dict[tuple[int, int], str] = {}  # of numbers whose format says more
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
        show(sheet, self.codes.items())
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
        codes = {c: code for (r, c), code in self.codes.items() if r == row}
        lost = {c: cell for (r, c), cell in self.lost.items() if r == row}
        lost |= {c: LostCell(Loss.FORMULA_WITHOUT_VALUE, "=" + text) for (r, c), text in self.formulas.items() if r == row}
        self.codes.update({(r, c): code for r in again for c, code in codes.items()})
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
        text = "\n".join(_paragraph(p, self.looks) for p in cell if local(p) == "p")
        extension = next((str(v) for k, v in cell.attrib.items() if k.endswith("}value-type") and "calcext" in k), None)
        if extension == "error" or (formula is not None and _ERROR.fullmatch(text.strip())):
            self._lose(row, column, count, text.strip() or "#")
            return ""
        if kind in (None, "string") and self.struck:
            self._format(cell, row, column, count, "")
        if kind is None:
            if formula is not None and not text:
                self._uncalculated(cell, formula, row, column, count)
                return ""
            return text
        if kind in ("float", "percentage", "currency"):
            try:
                number = float(_get(cell, "value") or "")
            except ValueError:
                self._lose(row, column, count, text.strip() or _get(cell, "value") or "#")
                return ""
            self._format(cell, row, column, count, "0%" if kind == "percentage" else "")
            return number
        if kind == "date":
            return _date(_get(cell, "date-value") or "", text)
        if kind == "time":
            return _time(_get(cell, "time-value") or "", text)
        if kind == "boolean":
            return _get(cell, "boolean-value") == "true"
        return text or _get(cell, "string-value") or ""

    def _uncalculated(self, cell: etree._Element, formula: str, row: int, column: int, count: int) -> None:
        rows, columns = (int(_get(cell, f"number-matrix-{name}-spanned") or 1) for name in ("rows", "columns"))
        check_extent(self.name, row + rows, column + max(count, columns), self.limits)
        if rows * columns > self.limits.cells:
            raise too_large(f"Rumus larik di lembar '{self.name}' memakai", f"{rows * columns} sel", f"{self.limits.cells} sel")
        words = _REFERENCE.sub(lambda m: m[1] + (":" + m[2] if m[2] else ""), formula.removeprefix("of:").removeprefix("="))
        self.formulas[row, column] = words if rows * columns == 1 else "{" + words + "}"  # a matrix is not what its text alone says
        others = [(r, c) for r in range(rows) for c in range(max(count, columns)) if (r, c) != (0, 0)]  # the cells of one matrix formula
        self.lost |= {(row + r, column + c): LostCell(Loss.FORMULA_WITHOUT_VALUE, "=" + words) for r, c in others}
        self._format(cell, row, column, 1, "")

    def _lose(self, row: int, column: int, count: int, stands: str) -> None:
        check_extent(self.name, 0, column + count, self.limits)
        self.lost.update({(row, column + again): LostCell(Loss.ERROR, stands) for again in range(count)})

    def _format(self, cell: etree._Element, row: int, column: int, count: int, code: str) -> None:
        """Keep the number format that the cell's style states, else `code`, where it says more than the number."""
        if self.formats:
            style = _get(cell, "style-name") or self.row_style or self.column_style(column)
            code = self.formats.get(style, code)
        if code:
            check_extent(self.name, 0, column + count, self.limits)
            self.codes.update({(row, column + again): code for again in range(count)})


def _paragraph(element: etree._Element, looks: _Looks) -> str:
    """The words of a paragraph, marked; runs of spaces, tabs and breaks are elements, annotations are not words."""
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
            words.append(_paragraph(child, looks))
        words.append(child.tail or "")
    raised, struck = looks.get(_get(element, "style-name"), (False, False)) if looks else (False, False)
    return marked("".join(words), raised=raised, struck=struck)


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
