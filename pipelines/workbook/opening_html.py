"""An HTML table saved as .xls, laid out as Excel does: one sheet, the blocks of the page one below the other. Every value is text."""

from __future__ import annotations

import codecs
import re

from lxml import etree
from lxml import html as lxml_html

from pipelines.workbook.cells import CellValue, Sheet, Workbook
from pipelines.workbook.opening_formats import marked
from pipelines.workbook.opening_refusal import Limits, check_extent, unreadable

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")  # not the no-break space: it is written on purpose
_MAX_SPAN = 1000


def open_html(data: bytes, limits: Limits) -> Workbook:
    """The tables of a page, appended, with the texts around them a row each. Raises CannotOpen where the page has no table."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.fromstring(_decoded(data).encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise unreadable("adalah halaman web yang tidak dapat diurai") from error
    if root.find(".//table") is None and root.tag != "table":
        raise unreadable("adalah halaman web tanpa tabel di dalamnya")
    grid = _Grid(limits)
    body = root.find(".//body")
    grid.block(root if body is None else body)
    grid.flush()
    width = max((column + 1 for _, column in grid.cells), default=0)
    check_extent("HTML", grid.row, width, limits)
    rows: list[list[CellValue]] = [[""] * width for _ in range(grid.row)]
    for (row, column), text in grid.cells.items():
        rows[row][column] = text
    return Workbook("html", [Sheet("HTML", rows, hidden_rows=frozenset(grid.hidden), merged=tuple(grid.merged))])


def _decoded(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\0", "")
    stated = _CHARSET.search(data[:4096])
    for encoding in (stated[1].decode("ascii") if stated else "utf-8", "utf-8", "cp1252"):
        try:
            return data.decode(encoding).replace("\0", "")
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace").replace("\0", "")


class _Grid:
    """The sheet as it grows downwards."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.row = 0
        self.cells: dict[tuple[int, int], str] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: set[int] = set()
        self.words: list[str] = []

    def flush(self) -> None:
        """The words so far outside any table become a row of their own."""
        text = _SPACES.sub(" ", "".join(self.words)).strip(" ")
        self.words.clear()
        if text:
            self.cells[self.row, 0] = text
            self.row += 1

    def block(self, element: lxml_html.HtmlElement) -> None:
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "head", "title", "xml"):
            return
        if element.tag == "table":
            self.flush()
            self.table(element)
            return
        inline = element.tag in ("span", "b", "i", "u", "font", "strong", "em", "a", "small", "sub", "sup")
        if not inline:
            self.flush()
        self.words.append(element.text or "")
        for child in element:
            self.block(child)
            self.words.append(child.tail or "")
        if not inline:
            self.flush()

    def table(self, table: lxml_html.HtmlElement) -> None:
        top, bottom = self.row, self.row
        occupied: dict[int, int] = {}  # column → first row below the cell that reaches down into it
        for caption in table.iterchildren("caption"):
            self.words.append(_text(caption))
            self.flush()
            top = self.row
        lines = [tr for tr in table.iter("tr") if next(tr.iterancestors("table"), None) is table]
        for line in lines:
            row, column = self.row, 0
            if row > self.limits.rows:
                check_extent("HTML", row, 0, self.limits)
            if _HIDDEN.search(line.get("style", "")):
                self.hidden.add(row)
            for cell in line.iterchildren("td", "th"):
                while occupied.get(column, 0) > row:
                    column += 1
                width, height = _span(cell.get("colspan")), _span(cell.get("rowspan"), nil=_MAX_SPAN)  # nil: to the end
                check_extent("HTML", 0, column + width, self.limits)
                if height > 1:
                    occupied.update((c, max(row + height, occupied.get(c, 0))) for c in range(column, column + width))
                if height > 1 or width > 1:
                    self.merged.append((row, column, row + height - 1, column + width - 1))
                text = _text(cell)
                if text:
                    self.cells[row, column] = text
                bottom = max(bottom, row)
                column += width
            self.row += 1
        last = max(self.row - 1, top)
        self.merged = [(a, b, min(c, last) if a >= top else c, d) for a, b, c, d in self.merged]


def _span(text: str | None, nil: int = 1) -> int:
    return min(_MAX_SPAN, int(text) or nil) if text and text.strip().isdigit() and len(text) < 8 else 1


def _text(cell: lxml_html.HtmlElement) -> str:
    """The words of a cell; a line break, a paragraph and a nested table's row begin a new line."""
    words: list[str] = []

    def gather(element: lxml_html.HtmlElement) -> None:
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            return
        if element.tag in ("br", "p", "div", "li", "tr"):
            words.append("\0")
        start = len(words)
        words.append(_SPACES.sub(" ", element.text or ""))
        for child in element:
            gather(child)
            words.append(_SPACES.sub(" ", child.tail or ""))
            if isinstance(child.tag, str) and child.tag in ("td", "th"):
                words.append(" ")
        if element.tag in ("sup", "del", "s", "strike"):
            words[start:] = [marked("".join(words[start:]), raised=element.tag == "sup", struck=element.tag != "sup")]

    gather(cell)
    lines = (_SPACES.sub(" ", line).strip(" ") for line in "".join(words).split("\0"))
    return "\n".join(line for line in lines if line)
