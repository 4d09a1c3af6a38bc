"""One worksheet part of an .xlsx, parsed whole: a canonical copy for calamine, and the cells that do not say what stands in them.

The slow way that is always right, for what `opening_sheet_xml` does not recognise or calamine does not read; and shared texts, marked.
Source: ECMA-376 part 1, 18.3.1 (worksheets).
"""

from __future__ import annotations

import re
from io import BytesIO

from lxml import etree

from pipelines.workbook.cells import column_letters
from pipelines.workbook.opening_formats import marked
from pipelines.workbook.opening_package import local, parse_xml, refuse_doctype
from pipelines.workbook.opening_refusal import unreadable
from pipelines.workbook.opening_sheet_xml import (
    Position,
    SheetFacts,
    column_index,
    is_true,
    resolve_shared,
    uncalculated,
    written,
)

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384  # of the format itself
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.IGNORECASE)
_LARGE_ARRAY = 100_000  # cells
_TWICE = "dua isi di dalam satu sel"
_TYPES = frozenset(("n", "s", "b", "str", "inlineStr", "e", "d"))


def rewrite(xml: bytes, *, nil_is_no_value: bool, strings: int) -> tuple[bytes, SheetFacts, list[int], list[int]]:
    """Any worksheet XML, parsed whole: a canonical copy for calamine, the facts, and which rows and columns the copy kept.

    The copy has only cells with values, on consecutive rows and columns: row i of it is row `rows[i]` of the sheet, column j is
    `columns[j]`. So a stray value in the last row of the grid costs nothing. All cell formats are in `facts.styles`. A cell that does not
    say what stands in it (`strings`: how many shared texts there are) is in `facts.errors`.
    Raises CannotOpen where it is not XML or names cells that no sheet has.
    """
    refuse_doctype(xml)
    cells = _Cells(nil_is_no_value, strings)
    facts = cells.facts
    row, column = -1, -1
    parser = etree.iterparse(
        BytesIO(xml),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in parser:
            name = local(element)
            if event == "start":
                if name == "row":
                    row, column = _number(element.get("r"), row + 2) - 1, -1
                    if not 0 <= row < MAX_ROW:
                        raise unreadable(f"rusak (nomor baris {row + 1} tidak mungkin ada)")
                    if is_true(element.get("hidden")):
                        facts.hidden_rows.add(row)
                elif name == "col" and is_true(element.get("hidden")):
                    facts.hidden_columns.append((_number(element.get("min"), 1) - 1, _number(element.get("max"), 1) - 1))
                elif name == "mergeCell":
                    facts.merged += _areas(element.get("ref"))
            elif name == "c":
                at = (row, column + 1)
                if element.get("r"):
                    stated = _REFERENCE.fullmatch(element.get("r").strip())
                    if stated is None:
                        raise unreadable(f"rusak (alamat sel '{element.get('r')[:20]}' tidak mungkin ada)")
                    at = (int(stated[2]) - 1, column_index(stated[1].encode()))
                if not (0 <= at[0] < MAX_ROW and 0 <= at[1] < MAX_COLUMN):
                    raise unreadable("rusak (alamat sel di luar lembar)")
                column = at[1]
                cells.add(element, at)
                element.clear(keep_tail=False)
            elif name == "row":
                parent = element.getparent()
                if parent is not None:
                    parent.remove(element)
    except etree.XMLSyntaxError as error:
        raise unreadable("rusak (bagian XML sebuah lembar tidak dapat diurai)") from error
    resolve_shared(facts, cells.children, cells.masters)
    cells.clear_arrays()
    values = cells.values
    rows = sorted(values)
    columns = sorted({c for line in values.values() for c in line})
    facts.used_rows.update(rows, (r for r, _ in facts.errors), (r for r, _ in facts.formulas))
    facts.used_columns.update(columns, (c for _, c in facts.errors), (c for _, c in facts.formulas))
    facts.cells = sum(map(len, values.values())) + len(facts.errors) + len(facts.formulas)
    return _canonical(values, rows, columns), facts, rows, columns


def _areas(reference: str | None) -> list[tuple[int, int, int, int]]:
    """'B3:C9' → (2, 1, 8, 2) in a list; none where it is no range."""
    corners = [(int(row) - 1, column_index(letters.encode())) for letters, row in _REFERENCE.findall(reference or "")]
    return [(*corners[0], *corners[1])] if len(corners) == 2 else []


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.strip().isdigit() and len(text) < 10 else default


def with_marks(xml: bytes) -> bytes:
    """Shared texts whose raised and struck parts are marked in the text itself."""
    root = parse_xml(xml)
    for element in root.iter():
        if local(element) == "t":
            element.text = _run(element)
    copy: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return copy


def _run(element: etree._Element) -> str:
    """The words of a `t`, marked as the properties of its run say."""
    looks = {local(e): e.get("val", "1") for p in element.itersiblings(preceding=True) if local(p) == "rPr" for e in p}
    words = "".join(element.itertext())
    return marked(words, raised=looks.get("vertAlign") == "superscript", struck=is_true(looks.get("strike"))) if looks else words


class _Cells:
    """The cells of one sheet as they come."""

    def __init__(self, nil_is_no_value: bool, strings: int) -> None:
        self.nil_is_no_value = nil_is_no_value
        self.strings = strings
        self.facts = SheetFacts()
        self.values: dict[int, dict[int, tuple[str, str, str]]] = {}  # row → column → (style, type, text)
        self.masters: dict[bytes, tuple[int, int, str]] = {}
        self.children: dict[Position, bytes] = {}
        self.arrays: list[tuple[str, tuple[int, int, int, int]]] = []  # formulas of several cells that nobody calculated
        self.seen: dict[Position, tuple[str, str]] = {}  # type and text of every cell that has something in it

    def add(self, element: etree._Element, at: Position) -> None:
        kind = element.get("t", "n")
        value: str | None = None
        formula: etree._Element | None = None
        for child in element:
            name = local(child)
            if name in ("v", "is") and value is not None:
                value, kind = f"{value} dan {''.join(child.itertext())}", _TWICE
            elif name == "v":
                value = "".join(child.itertext())
            elif name == "is":
                value = "".join(map(_run, (t for t in child.iter() if local(t) == "t" and local(t.getparent()) != "rPh")))
            elif name == "f":
                formula = child
        style = _number(element.get("s"), 0)
        self.facts.styles[at] = style
        if value is None and formula is None and kind != "e":
            return
        words = (value or "") if kind in ("str", "inlineStr") else (value or "").strip()
        if not self._alone(at, kind, words if formula is None or words else "".join(formula.itertext())):
            return
        if kind == "e":
            self.facts.errors[at] = words or "#"
        elif formula is not None and self._formula(formula, at, kind, value):
            return
        elif wrong := self._wrong(kind, words):
            self.facts.errors[at] = wrong
            self.facts.damaged = True
        elif value is not None and (words or kind != "n"):
            self.values.setdefault(at[0], {})[at[1]] = (str(style), kind, words)

    def _alone(self, at: Position, kind: str, words: str) -> bool:
        """Whether no other cell of this address has something else in it; which of the two a reader shows nobody can say."""
        before = self.seen.setdefault(at, (kind, words))
        if before == (kind, words):
            return True
        self.facts.damaged = True
        both = " dan ".join("teks" if of_kind == "s" else text for of_kind, text in (before, (kind, words)))
        self.facts.formulas.pop(at, None)
        self.children.pop(at, None)
        self.values.get(at[0], {}).pop(at[1], None)
        self.facts.errors[at] = f"{both} (dua isi dengan alamat yang sama di dalam berkas)"
        return False

    def _formula(self, formula: etree._Element, at: Position, kind: str, value: str | None) -> bool:
        """Keep what there is to keep of a formula; whether it has no cached value."""
        text = "" if len(formula) else "".join(formula.itertext())  # elements in it are no formula
        si = (formula.get("si") or "").encode()
        if text and formula.get("t") == "shared" and si:
            self.masters[si] = (*at, text)
        if not uncalculated(kind.encode(), None if value is None else value.encode(), value is not None, self.nil_is_no_value):
            return False
        self.facts.formulas[at] = written(f' t="{formula.get("t")}"'.encode(), text) if text else ""
        if not text and si:
            self.children[at] = si
        if formula.get("t") in ("array", "dataTable"):
            self.arrays += [(self.facts.formulas[at], area) for area in _areas(formula.get("ref"))]
        return True

    def clear_arrays(self) -> None:
        """An array formula stands in its first cell alone; in the others, where nobody calculated it, is nothing, or nil."""
        for text, (r1, c1, r2, c2) in self.arrays:
            if (r2 - r1 + 1) * (c2 - c1 + 1) > _LARGE_ARRAY:
                raise unreadable("rusak (sebuah rumus larik memakai terlalu banyak sel)")
            for at in ((r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)):
                line = self.values.get(at[0], {})
                if line.get(at[1], ("", "n", "0"))[1:] in (("n", "0"), ("n", "0.0")) and at not in self.facts.errors:
                    self.facts.formulas.setdefault(at, text)
                    line.pop(at[1], None)

    def _wrong(self, kind: str, words: str) -> str | None:
        """What stands in a cell that says nothing, None for a cell that is as it should be."""
        if kind == _TWICE:
            return f"{words} ({kind})"
        if kind not in _TYPES:
            return f"{words} (jenis sel '{kind[:20]}' tidak dikenal)"
        if kind == "s" and words and not (words.isdecimal() and len(words) < 10 and int(words) < self.strings):
            return f"teks nomor {words[:20]} (tidak ada di dalam berkas)"
        if kind == "b" and words not in ("0", "1", "true", "false", ""):
            return f"{words[:20]} (bukan nilai benar atau salah)"
        return None


def _canonical(values: dict[int, dict[int, tuple[str, str, str]]], rows: list[int], columns: list[int]) -> bytes:
    root = etree.Element("worksheet", nsmap={None: "http://schemas.openxmlformats.org/spreadsheetml/2006/main"})
    data = etree.SubElement(root, "sheetData")
    place = {column: index for index, column in enumerate(columns)}
    for index, row in enumerate(rows):
        line = etree.SubElement(data, "row", r=str(index + 1))
        for column, (style, kind, text) in sorted(values[row].items()):
            cell = etree.SubElement(line, "c", r=f"{column_letters(place[column])}{index + 1}", s=style, t=kind)
            holder = cell
            if kind == "inlineStr":
                holder = etree.SubElement(cell, "is")
            inner = etree.SubElement(holder, "t" if kind == "inlineStr" else "v")
            inner.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            inner.text = text
    copy: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return copy
