"""One worksheet part: its rows as bytes, everything around them as a tree.

The rows of a sheet are most of its bytes, and all but a few cells must leave as they came. So they are never parsed and written again: the
cells to change are found in the bytes and changed there. What stands around them (columns, merged ranges, views, drawings) is small and
is handled as a tree.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from pipelines.reports.correction.package import MAIN, NotTransitional, parse_xml, to_bytes
from pipelines.workbook.cells import address

Position = tuple[int, int]  # (row, column), 0-based
Restyle = Callable[[int], int]  # a cell's format index → the index it gets

_ATTRIBUTES = rb"""((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*"""
_MARKER = "rows-stand-here"
# ECMA-376 part 1, 18.3.1.99: what may follow legacyDrawing in a worksheet
_AFTER_LEGACY_DRAWING = ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ROWS, _COLUMNS = 1_048_576, 16_384


def position(reference: str) -> Position | None:
    """'T58' (or the first cell of 'T58:U60') → (57, 19); None if it is no address."""
    match = _REFERENCE.fullmatch(reference.strip().split(":")[0])
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row - 1, column - 1) if 1 <= row <= _ROWS and column <= _COLUMNS else None


def _attribute(attributes: bytes, name: bytes) -> bytes | None:
    match = re.search(rb"\s" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes)
    if match is None:
        return None
    return match[1] if match[1] is not None else match[2]


def _with_attribute(attributes: bytes, name: bytes, value: bytes | None) -> bytes:
    without = re.sub(rb"\s+" + name + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", b"", attributes)
    return without if value is None else without + b" " + name + b'="' + value + b'"'


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    attributes: bytes
    start: int  # of the row's tag
    inside: tuple[int, int]  # of what stands between its tags
    end: int


@dataclass(frozen=True, slots=True)
class _Cell:
    column: int
    attributes: bytes
    content: bytes
    start: int
    end: int


class SheetXml:
    """One worksheet part."""

    def __init__(self, data: bytes) -> None:
        """Split a worksheet part.

        Raises:
            NotTransitional: not a worksheet of the transitional form.
        """
        if not _is_plain(data):
            data = to_bytes(parse_xml(data))
        opening = re.search(rb"<((?:[\w.-]+:)?)sheetData\s*(/?)>", data)
        if opening is None:
            raise NotTransitional("no sheetData in the worksheet part")
        self._prefix = opening[1]
        if opening[2]:
            self._rows, tail = b"", opening.end()
        else:
            closing = data.rfind(b"</" + self._prefix + b"sheetData")
            if closing < 0:
                raise NotTransitional("sheetData is not closed")
            self._rows, tail = data[opening.end() : closing], data.index(b">", closing) + 1
        name = self._prefix + b"sheetData"
        self.root = parse_xml(data[: opening.start()] + b"<" + name + b">" + _MARKER.encode() + b"</" + name + b">" + data[tail:])
        if self.root.tag != f"{{{MAIN}}}worksheet":
            raise NotTransitional(f"not a worksheet: {self.root.tag}")
        self._row_pattern = re.compile(rb"<" + self._prefix + rb"row(?=[\s/>])" + _ATTRIBUTES + rb"(/?)>")
        self._cell_pattern = re.compile(
            rb"<" + self._prefix + rb"c(?=[\s/>])" + _ATTRIBUTES + rb"(?:/>|>(.*?)</" + self._prefix + rb"c\s*>)", re.DOTALL
        )

    def find(self, name: str) -> etree._Element | None:
        """A direct child of the worksheet element."""
        return self.root.find(f"{{{MAIN}}}{name}")

    def to_bytes(self) -> bytes:
        """The part."""
        head, _, tail = to_bytes(self.root).partition(_MARKER.encode())
        return head + self._rows + tail

    def _iterate_rows(self) -> Iterator[_Row]:
        closing = b"</" + self._prefix + b"row"
        number, position_in_rows = -1, 0
        while match := self._row_pattern.search(self._rows, position_in_rows):
            stated = _attribute(match[1], b"r")
            number = _ascending(number, int(stated) - 1 if stated else None)
            if match[2]:
                yield _Row(number, match[1], match.start(), (match.end(), match.end()), match.end())
                position_in_rows = match.end()
                continue
            inside_end = self._rows.find(closing, match.end())
            if inside_end < 0:
                raise NotTransitional("a row is not closed")
            position_in_rows = self._rows.index(b">", inside_end) + 1
            yield _Row(number, match[1], match.start(), (match.end(), inside_end), position_in_rows)

    def _cells(self, row: _Row) -> Iterator[_Cell]:
        column = -1
        for match in self._cell_pattern.finditer(self._rows, *row.inside):
            stated = _attribute(match[1], b"r")
            found = position(stated.decode("ascii", "replace")) if stated else None
            column = _ascending(column, found[1] if found else None)
            yield _Cell(column, match[1], match[2] or b"", match.start(), match.end())

    def rows_with(self, strings: Iterable[int], words: Iterable[bytes], number: re.Pattern[bytes] | None = None) -> set[int]:
        """The rows (0-based) that may hold one of some texts. May name a row too many, never one too few.

        Args:
            strings: indices of shared strings.
            words: lower-case words, for text that stands in the row itself.
            number: what a number looks like.
        """
        places = {place for index in strings for place in _all(self._rows, b"v>%d<" % index)}
        lower = self._rows.lower()
        places |= {place for word in words for place in _all(lower, word)}
        if number is not None:
            places |= {match.start() for match in number.finditer(self._rows)}
        if not places:
            return set()
        rows = list(self._iterate_rows())
        starts = [row.start for row in rows]
        return {rows[bisect_right(starts, place) - 1].number for place in places}

    def rows_filled(self, rows: Container[int]) -> set[int]:
        """Those of some rows (0-based) in which something stands."""
        return {
            row.number
            for row in self._iterate_rows()
            if row.number in rows and any(self._rows.find(end, *row.inside) >= 0 for end in (b"v>", b"t>"))
        }

    def texts(self, strings: list[str], rows: Container[int]) -> dict[Position, str]:
        """What stands in the cells of some rows that are not empty, as text (numbers as the file spells them).

        Args:
            strings: the shared strings.
            rows: the rows that matter (0-based).
        """
        value_pattern = re.compile(rb"<" + self._prefix + rb"v[^>]*>([^<]*)<")
        text_pattern = re.compile(rb"<" + self._prefix + rb"t(?:\s[^>]*)?>([^<]*)<")
        found: dict[Position, str] = {}
        for row in self._iterate_rows():
            if row.number not in rows:
                continue
            for cell in self._cells(row):
                if not cell.content:
                    continue
                kind = _attribute(cell.attributes, b"t")
                if kind == b"inlineStr":
                    text = _unescape(b"".join(text_pattern.findall(cell.content)))
                else:
                    value = value_pattern.search(cell.content)
                    if value is None:
                        continue
                    text = _unescape(value[1])
                    if kind == b"s":
                        text = strings[int(text)] if text.strip().isdigit() and int(text) < len(strings) else ""
                if text:
                    found[row.number, cell.column] = text
        return found

    def styled(self, formats: set[int]) -> set[Position]:
        """The cells that have one of these format indices."""
        wanted = {b"%d" % index for index in formats}
        return {
            (row.number, cell.column)
            for row in self._iterate_rows()
            for cell in self._cells(row)
            if _attribute(cell.attributes, b"s") in wanted
        }

    def row_heights(self) -> dict[int, float]:
        """Heights (points) of the rows that state one; hidden rows have 0."""
        heights = {}
        for row in self._iterate_rows():
            if _attribute(row.attributes, b"hidden") in (b"1", b"true"):
                heights[row.number] = 0.0
            elif stated := _attribute(row.attributes, b"ht"):
                heights[row.number] = float(stated)
        return heights

    def columns(self) -> list[tuple[int, int, float | None, int]]:
        """Declared columns: first, last (0-based), width in characters (0 if hidden, None if unstated), format index."""
        declared = []
        columns = self.find("cols")
        for node in columns if columns is not None else ():
            width = node.get("width")
            hidden = node.get("hidden") in ("1", "true")
            declared.append(
                (
                    int(node.get("min")) - 1,
                    int(node.get("max")) - 1,
                    0.0 if hidden else float(width) if width else None,
                    int(node.get("style", 0)),
                )
            )
        return declared

    def merged_anchors(self, wanted: set[Position]) -> dict[Position, Position]:
        """For wanted cells that lie inside a merged range: its first cell, which is the one that is seen."""
        anchors = {}
        ranges = self.find("mergeCells")
        for node in ranges if ranges is not None else ():
            first, _, last = node.get("ref", "").partition(":")
            start, end = position(first), position(last or first)
            if start is None or end is None:
                continue
            for cell in wanted:
                if start[0] <= cell[0] <= end[0] and start[1] <= cell[1] <= end[1]:
                    anchors[cell] = start
        return anchors

    def edit(self, restyle: Mapping[Position, Restyle], blank: Mapping[Position, str]) -> None:
        """Give cells another format, and put other words (or none) in the place of words. Cells that do not exist yet are made."""
        by_row: dict[int, set[int]] = {}
        for row_number, column in (*restyle, *blank):
            by_row.setdefault(row_number, set()).add(column)
        column_formats = self.columns()
        pieces: list[bytes] = []
        copied = 0
        pending = sorted(by_row)
        for row in self._iterate_rows():
            while pending and pending[0] < row.number:
                pieces += [self._rows[copied : row.start], self._new_row(pending[0], by_row[pending.pop(0)], restyle, column_formats)]
                copied = row.start
            if not pending:
                break
            if pending[0] == row.number:
                columns = by_row[pending.pop(0)]
                pieces += [self._rows[copied : row.start], self._edited_row(row, columns, restyle, blank, column_formats)]
                copied = row.end
        pieces.append(self._rows[copied:])
        pieces += [self._new_row(number, by_row[number], restyle, column_formats) for number in pending]
        self._rows = b"".join(pieces)

    def _new_cell(self, row: int, column: int, style: int, restyle: Mapping[Position, Restyle]) -> bytes:
        change = restyle.get((row, column))
        return b"" if change is None else b'<%sc r="%s" s="%d"/>' % (self._prefix, address(row, column).encode(), change(style))

    def _new_row(
        self, number: int, columns: set[int], restyle: Mapping[Position, Restyle], declared: list[tuple[int, int, float | None, int]]
    ) -> bytes:
        cells = b"".join(self._new_cell(number, column, _column_format(declared, column), restyle) for column in sorted(columns))
        return b'<%srow r="%d">%s</%srow>' % (self._prefix, number + 1, cells, self._prefix) if cells else b""

    def _edited_row(
        self,
        row: _Row,
        columns: set[int],
        restyle: Mapping[Position, Restyle],
        blank: Mapping[Position, str],
        declared: list[tuple[int, int, float | None, int]],
    ) -> bytes:
        custom = _attribute(row.attributes, b"customFormat") in (b"1", b"true")
        row_style = int(_attribute(row.attributes, b"s") or 0) if custom else None
        attributes = row.attributes
        pending = sorted(columns)
        pieces: list[bytes] = []
        copied = row.inside[0]

        def insert(column: int) -> None:
            nonlocal attributes
            style = _column_format(declared, column) if row_style is None else row_style
            if cell := self._new_cell(row.number, column, style, restyle):
                pieces.append(cell)
                attributes = _with_attribute(attributes, b"spans", None)  # an optional hint, which no longer holds

        for cell in self._cells(row):
            while pending and pending[0] < cell.column:
                pieces.append(self._rows[copied : cell.start])
                copied = cell.start
                insert(pending.pop(0))
            if pending and pending[0] == cell.column:
                place = (row.number, pending.pop(0))
                pieces += [self._rows[copied : cell.start], self._edited_cell(cell, restyle.get(place), blank.get(place))]
                copied = cell.end
        pieces.append(self._rows[copied : row.inside[1]])
        for column in pending:
            insert(column)
        inside = b"".join(pieces)
        return b"<%srow%s>%s</%srow>" % (self._prefix, attributes, inside, self._prefix)

    def _edited_cell(self, cell: _Cell, restyle: Restyle | None, text: str | None) -> bytes:
        attributes, content = cell.attributes, cell.content
        if restyle is not None:
            attributes = _with_attribute(attributes, b"s", b"%d" % restyle(int(_attribute(attributes, b"s") or 0)))
        if text is not None:
            formula = re.search(rb"<" + self._prefix + rb"f(?=[\s/>]).*?(?:/>|</" + self._prefix + rb"f\s*>)", content, re.DOTALL)
            attributes = _with_attribute(attributes, b"t", None)
            if formula is not None:
                attributes = _with_attribute(attributes, b"t", b"str")
                content = formula[0] + b"<%sv>%s</%sv>" % (self._prefix, escape(text).encode(), self._prefix)
            elif text:
                attributes = _with_attribute(attributes, b"t", b"inlineStr")
                content = b'<%sis><%st xml:space="preserve">%s</%st></%sis>' % (
                    self._prefix, self._prefix, escape(text).encode(), self._prefix, self._prefix,
                )  # fmt: skip
            else:
                content = b""
        if not content:
            return b"<%sc%s/>" % (self._prefix, attributes)
        return b"<%sc%s>%s</%sc>" % (self._prefix, attributes, content, self._prefix)

    def set_legacy_drawing(self, relationship_id: str) -> None:
        """Point the sheet to the drawing that holds its comments' boxes."""
        node = etree.Element(f"{{{MAIN}}}legacyDrawing")
        node.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", relationship_id)
        for index, child in enumerate(self.root):
            if etree.QName(child).localname in _AFTER_LEGACY_DRAWING:
                self.root.insert(index, node)
                return
        self.root.append(node)

    def legacy_drawing(self) -> str | None:
        """The relationship id of the drawing that holds its comments' boxes."""
        node = self.find("legacyDrawing")
        return None if node is None else node.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")

    def deselect(self) -> None:
        """Take the sheet out of the selection: two selected sheets are edited together."""
        views = self.find("sheetViews")
        for node in views if views is not None else ():
            node.attrib.pop("tabSelected", None)


def _ascending(before: int, stated: int | None) -> int:
    """The number of a row or cell after another one; where it goes back, Excel calls the file damaged, and nothing is to be put in."""
    if stated is not None and stated <= before:
        raise NotTransitional("rows or cells are not in order")
    return before + 1 if stated is None else stated


def _all(data: bytes, word: bytes) -> Iterator[int]:
    place = data.find(word)
    while place >= 0:
        yield place
        place = data.find(word, place + 1)


def _is_plain(data: bytes) -> bool:
    """Whether the part is UTF-8 without comments or CDATA, so that its tags can be found in the bytes."""
    declaration = re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)", data.removeprefix(b"\xef\xbb\xbf"))
    encoding = declaration[1].lower() if declaration else b"utf-8"
    return encoding in (b"utf-8", b"us-ascii", b"ascii") and data[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"<!" not in data


def _unescape(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    if "&" not in text:
        return text
    text = re.sub(r"&#(x[0-9A-Fa-f]+|\d+);", lambda m: chr(int(m[1][1:], 16) if m[1][0] == "x" else int(m[1])), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'").replace("&amp;", "&")


def _column_format(declared: list[tuple[int, int, float | None, int]], column: int) -> int:
    return next((style for first, last, _, style in declared if first <= column <= last), 0)
