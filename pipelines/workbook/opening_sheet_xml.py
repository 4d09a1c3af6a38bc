"""One worksheet part of an .xlsx: what calamine leaves out of it, and a canonical copy where its shape is not the usual one.

calamine gives '' for an error cell and for a formula without a cached value, knows no number format, and allocates every cell between the
first and the last value. `scan` strikes out the cells that calamine reads whole and looks through the little that remains, with regular
expressions that recognise the XML every common writer produces (a tenth of the cost of parsing it); it says so when it does not recognise
the shape, and `rewrite` is the slow way that is always right.
Source: ECMA-376 part 1, 18.3.1 (worksheets).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO

from lxml import etree

from pipelines.workbook.cells import column_letters
from pipelines.workbook.formula import shift
from pipelines.workbook.opening_formats import marked
from pipelines.workbook.opening_package import local, parse_xml, refuse_doctype
from pipelines.workbook.opening_refusal import unreadable

Position = tuple[int, int]  # 0-based (row, column)
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384  # of the format itself


@dataclass(slots=True)
class SheetFacts:
    """What the XML of a sheet says besides its values. Positions are 0-based (row, column)."""

    tags: int = 0  # cells in the file, blank ones too; counted only in pieces of more than 1 MiB
    small: bool = True  # every cell lies within A1:ZZ9999, and `used_rows`, `used_columns` and `cells` were not needed
    used_rows: set[int] = field(default_factory=set)  # rows, columns with cells that have something in them
    used_columns: set[int] = field(default_factory=set)
    cells: int = 0  # how many such cells
    values: int = 0  # how many cells calamine has a value for, if each address is there once; counted by `scan` alone
    errors: dict[Position, str] = field(default_factory=dict)
    formulas: dict[Position, str] = field(default_factory=dict)  # without a cached value; text without '='
    styles: dict[Position, int] = field(default_factory=dict)  # cells whose cell format (index in cellXfs) was asked for
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first, last
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


_CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="[0-9]+")?(?: t="[A-Za-z]+")?(?: [cv]m="[0-9]+")*>')
_BLANK = re.compile(rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]+")?(?: t="[A-Za-z]+")?(?: [cv]m="[0-9]+")* ?/>')
_WHOLE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>(.*?)</c>', re.DOTALL)
_TYPE = re.compile(rb' t="([A-Za-z]+)"')
_F = re.compile(rb"<f((?: [^<>]*?)?)(?:/>|>([^<]*)</f>)")
_V = re.compile(rb"<v(?: [^<>]*)?(?:/>|>([^<]*)</v>)")
_NO_VALUE = (re.compile(rb"</f>(?!<v>[^<])"), re.compile(rb"<f(?: [^<>]*)?/>(?!<v>[^<])"))
_NIL_VALUE = (re.compile(rb"</f><v>0(?:\.0)?</v>"), re.compile(rb"<f(?: [^<>]*)?/><v>0(?:\.0)?</v>"))
_MASTER = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*><f( [^<>]*\bsi="[0-9]+"[^<>]*)>([^<]+)</f>')
_SI = re.compile(rb'\bsi="([0-9]+)"')
_ATTRIBUTE = re.compile(rb'([A-Za-z:]+)\s*=\s*"([^"]*)"')
_MERGE = re.compile(rb'<mergeCell\s+ref\s*=\s*"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_ROW_OR_COLUMN = re.compile(rb"<(row|col)\s([^<>]*)>")
_SINGLE_QUOTED = re.compile(rb"=\s*'")
_SPACED = re.compile(rb"\s=|=\s")
_ODD_TAG = re.compile(rb"<c[>/\n\r\t]")
# A cell beyond ZZ9999 or of another shape. The first alternative in it is what most cells are; nothing in it is tried twice.
_NOT_SMALL = re.compile(
    rb'<c(?:[>/\n\r\t]| (?!r="[A-Z]{1,2}+[1-9][0-9]{0,3}+"(?: s="[0-9]++"(?:/>|>| t="[A-Za-z]++">)'
    rb'|(?: s="[0-9]++")?+(?: t="[A-Za-z]++")?+(?: [cv]m="[0-9]++")*+(?:>| ?/>))))'
)
# Runs of cells of which calamine says all there is to say: within A1:ZZ9999, blank or with a value that is no error, and no formula that
# others share. Whole elements, so that what is left without them is XML as before.
_ADDRESS = rb'<c r="[A-Z]{1,2}+[1-9][0-9]{0,3}+"(?: s="[0-9]++")?+'
_TEXT = rb' t="s"><v>[0-9]++</v>'
_NOT_TEXT = rb'(?: t="(?:n|b|str)")?+'
_FORMULA = rb'<f(?:>[^<]*+</f>| t="shared" si="[0-9]++"/>)<v>[^<]++</v>'
_PLAIN = rb"<v>[^<]++</v>"
_ORDINARY, _ORDINARY_WITHOUT_FORMULA = (
    re.compile(rb"(?:" + _ADDRESS + rb"(?:/>|(?:" + _TEXT + rb"|" + _NOT_TEXT + rb">" + filling + rb")</c>))++")
    for filling in (rb"(?:" + _PLAIN + rb"|" + _FORMULA + rb")", _PLAIN)
)
# A text's number that is none (calamine takes the first text), a text in the wrong place (it takes none), a second value in a cell.
_ODD_VALUE = re.compile(rb' t="(?:s"[^<>]*><v>(?![0-9]++</v>|</v>)|inlineStr"[^<>]*><v)|(?:</v>|</is>|<v/>)(?!\s*+</c>)')
_FILLED = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^<>]*(?<!/)>')
_TWICE = "dua isi di dalam satu sel"
_TYPES = frozenset(("n", "s", "b", "str", "inlineStr", "e", "d"))
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.IGNORECASE)

_letters: dict[bytes, int] = {}


def column_index(letters: bytes) -> int:
    """b'A' → 0, b'AA' → 26."""
    index = _letters.get(letters)
    if index is None:
        index = 0
        for letter in letters.upper():
            index = index * 26 + letter - 64
        index -= 1
        if len(_letters) < MAX_COLUMN:
            _letters[letters] = index
    return index


def _text(raw: bytes) -> str:
    return unescape(raw.decode("utf-8", "replace"))


def _true(value: bytes | str | None) -> bool:
    return value in (b"1", b"true", "1", "true")


def whole_rows(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut only where a row begins."""
    kept = b""
    for piece in pieces:
        kept = kept + piece if kept else piece
        cut = kept.rfind(b"<row ")
        if cut > 0 and len(kept) > 2**22:
            yield kept[:cut]
            kept = kept[cut:]
    yield kept


def scan(pieces: Iterator[bytes], *, styles: frozenset[int], nil_is_no_value: bool, empty: Collection[bytes] = ()) -> SheetFacts | None:
    """What the XML says besides the values, or None where its shape is not recognised and `rewrite` must be used.

    `styles`: the cell formats whose cells are wanted. `nil_is_no_value`: nobody calculated the workbook, as far as can be told, so that a
    cached 0 beside a formula is what its writer put there without calculating. `empty`: how cells with an empty text are written. Raises
    CannotOpen for XML with a document type.
    """
    facts = SheetFacts()
    masters: dict[bytes, tuple[int, int, str]] = {}
    children: dict[Position, bytes] = {}
    styled = _styled(styles)
    ordinary = _ORDINARY_WITHOUT_FORMULA if nil_is_no_value else _ORDINARY
    first = True
    kept: list[bytes] = []  # of a sheet that looked small so far
    for xml in whole_rows(pieces):
        if b"!" in xml and b"<!" in xml:  # a single byte is looked for twenty times as fast
            refuse_doctype(xml)
            return None
        if first and b"<worksheet" not in xml[:4096]:
            return None
        first = False
        if b"'" in xml and _SINGLE_QUOTED.search(xml):
            return None
        if b"&" in xml and _CHARACTER_REFERENCE.search(xml):
            return None
        if len(xml) > 2**20:
            facts.tags += xml.count(b"<c ")
        rest = ordinary.sub(_STRUCK, xml)
        facts.values += xml.count(b"<v>") - rest.count(b"<v></v>") + rest.count(b"<is>") - sum(map(xml.count, empty))
        if _cells_in_cells(rest) or _ODD_VALUE.search(rest) or has_marks(rest):
            return None
        if facts.small and _NOT_SMALL.search(rest) is None and facts.tags < _MANY:
            kept.append(xml)
        else:
            facts.small = False
            if any(map(_ODD_TAG.search, (*kept, xml))) or not all(_measure(piece, facts) for piece in (*kept, xml)):
                return None
            kept.clear()
        if styled:
            for letters, row, style in styled.findall(xml):
                facts.styles[int(row) - 1, column_index(letters)] = int(style or 0)
        if not _scan_rows_and_columns(rest, facts):
            return None
        if not _scan_lost(rest, facts, children, nil_is_no_value):
            return None
        if b't="shared"' in rest and (children or len(xml) > 2**20):
            for letters, row, attributes, body in _MASTER.findall(rest):
                si = _SI.search(attributes)
                if si:
                    masters[si[1]] = (int(row) - 1, column_index(letters), _text(body))
    _resolve_shared(facts, children, masters)
    facts.values -= len(facts.errors)
    return facts


def doubled(pieces: Iterator[bytes]) -> bool:
    """Whether two cells that are not blank have one address, in XML that `scan` recognises."""
    seen: set[bytes] = set()
    for xml in whole_rows(pieces):
        found = _FILLED.findall(xml)
        before = len(seen)
        seen.update(found)
        if len(seen) - before < len(found):
            return True
    return False


_STRUCK = b"\0"  # no XML has this byte
# After a cell comes a cell or the row's end; a cell inside another's formula or value would be read as if it were not there.
_INSIDE_A_CELL = re.compile(rb"(?:\0|</c>)\s*+(?!\0|<c[ />\n\r\t]|</row)")


def _cells_in_cells(rest: bytes) -> bool:
    """Whether a cell is followed by something else than a cell or the row's end. Counting is many times as fast as looking."""
    ends = rest.count(_STRUCK) + rest.count(b"</c>")
    usual = sum(rest.count(end + after) for end in (_STRUCK, b"</c>") for after in (b"</row", b"<c ")) + rest.count(b"</c>" + _STRUCK)
    return ends != usual and _INSIDE_A_CELL.search(rest) is not None


_CHARACTER_REFERENCE = re.compile(rb"<v>[^<]*&#")  # calamine leaves it out of a number
_MANY = 200_000  # cells: a sheet with more is measured as it comes, so that its pieces need not be kept


def _styled(styles: frozenset[int]) -> re.Pattern[bytes] | None:
    """Cells that are not blank, of these formats."""
    if not styles:
        return None
    wanted = b' s="(%s)"' % b"|".join(str(style).encode() for style in sorted(styles))
    if 0 in styles:
        wanted = b"(?:" + wanted + b")?"
    return re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"' + wanted + rb'(?: t="[A-Za-z]+")?(?: [cv]m="[0-9]+")*>')


def _measure(xml: bytes, facts: SheetFacts) -> bool:
    """Add the rows and columns in use; False where a cell has an unusual shape."""
    cells = _CELL.findall(xml)
    total = xml.count(b"<c ")
    if len(cells) != total and len(cells) + len(_BLANK.findall(xml)) != total:
        return False
    facts.cells += len(cells)
    facts.used_rows.update([int(row) - 1 for row in {cell[1] for cell in cells}])
    facts.used_columns.update([column_index(letters) for letters in {cell[0] for cell in cells}])
    return True


def _scan_rows_and_columns(xml: bytes, facts: SheetFacts) -> bool:
    at = xml.find(b"hidden")
    while at >= 0:
        tag = _ROW_OR_COLUMN.match(xml, xml.rfind(b"<", 0, at))
        if tag:
            at = tag.end()
            stated = dict(_ATTRIBUTE.findall(tag[2]))
            if _true(stated.get(b"hidden")):
                first, last = (b"r", b"r") if tag[1] == b"row" else (b"min", b"max")
                if not (stated.get(first, b"").isdigit() and stated.get(last, b"").isdigit()):
                    return False
                if tag[1] == b"row":
                    facts.hidden_rows.add(int(stated[b"r"]) - 1)
                else:
                    facts.hidden_columns.append((int(stated[b"min"]) - 1, int(stated[b"max"]) - 1))
        at = xml.find(b"hidden", at + 1)
    at = xml.find(b"<mergeCell")
    if at >= 0:
        for first_column, first_row, last_column, last_row in _MERGE.findall(xml, at):
            facts.merged.append((int(first_row) - 1, column_index(first_column), int(last_row) - 1, column_index(last_column)))
    return True


def _scan_lost(xml: bytes, facts: SheetFacts, children: dict[Position, bytes], nil_is_no_value: bool) -> bool:
    starts: set[int] = set()
    if b't="e"' in xml:
        starts.update(xml.rfind(b"<c ", 0, match.start()) for match in re.finditer(rb't="e"', xml))
    if b"<f" in xml:
        for pattern in (*_NO_VALUE, *_NIL_VALUE) if nil_is_no_value else _NO_VALUE:
            starts.update(xml.rfind(b"<c ", 0, match.start()) for match in pattern.finditer(xml))
    for start in sorted(starts):
        cell = _WHOLE.match(xml, start) if start >= 0 else None
        if cell is None:
            if start >= 0 and _BLANK.match(xml, start):
                continue  # the words t="e" stood in something else, further on
            return False
        kind = _TYPE.search(cell[3])
        position = int(cell[2]) - 1, column_index(cell[1])
        value, formula = _V.search(cell[4]), _F.search(cell[4])
        if formula and (_SPACED.search(formula[1]) or (value and value.start() < formula.start())):
            return False
        stated = value[1] if value else None
        if kind and kind[1] == b"e":
            facts.errors[position] = _text(stated or b"").strip() or "#"
        elif formula and _uncalculated(kind[1] if kind else b"", stated, value is not None, nil_is_no_value):
            if formula[2]:
                facts.formulas[position] = _written(formula[1], _text(formula[2]))
            else:
                si = _SI.search(formula[1])
                facts.formulas[position] = ""
                if si:
                    children[position] = si[1]
    return True


def _uncalculated(kind: bytes, stated: bytes | None, has_value: bool, nil_is_no_value: bool) -> bool:
    """Whether a formula cell has no cached value: none, an empty one that is not the empty text, or a nil that nobody calculated."""
    if kind == b"str":
        return not has_value  # <v></v> is the cached empty text of =IF(...,"")
    if kind in (b"s", b"inlineStr", b"b", b"d"):
        return not has_value and kind != b"inlineStr"
    if stated is None or not stated.strip():
        return True
    return nil_is_no_value and stated.strip() in (b"0", b"0.0")


def _written(attributes: bytes, body: str) -> str:
    """An array formula or a data table is not what its text alone says: marked so that it is never computed."""
    if b't="array"' in attributes:
        return "{" + body + "}"
    if b't="dataTable"' in attributes:
        return "{=TABLE()}"
    return body


def _resolve_shared(facts: SheetFacts, children: dict[Position, bytes], masters: dict[bytes, tuple[int, int, str]]) -> None:
    """Give each cell of a shared formula the master's text, moved to where the cell is."""
    for position, si in children.items():
        master = masters.get(si)
        if master:
            facts.formulas[position] = shift(master[2], position[0] - master[0], position[1] - master[1])


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
                    if _true(element.get("hidden")):
                        facts.hidden_rows.add(row)
                elif name == "col" and _true(element.get("hidden")):
                    facts.hidden_columns.append((_number(element.get("min"), 1) - 1, _number(element.get("max"), 1) - 1))
                elif name == "mergeCell":
                    corners = _REFERENCE.findall(element.get("ref", ""))
                    if len(corners) == 2:
                        (c1, r1), (c2, r2) = corners
                        facts.merged.append((int(r1) - 1, column_index(c1.encode()), int(r2) - 1, column_index(c2.encode())))
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
    _resolve_shared(facts, cells.children, cells.masters)
    values = cells.values
    rows = sorted(values)
    columns = sorted({c for line in values.values() for c in line})
    facts.used_rows.update(rows, (r for r, _ in facts.errors), (r for r, _ in facts.formulas))
    facts.used_columns.update(columns, (c for _, c in facts.errors), (c for _, c in facts.formulas))
    facts.cells = sum(map(len, values.values())) + len(facts.errors) + len(facts.formulas)
    return _canonical(values, rows, columns), facts, rows, columns


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.strip().isdigit() and len(text) < 10 else default


def has_marks(xml: bytes) -> bool:
    """Whether a part of some text in it is raised or struck out."""
    return b'"superscript"' in xml or b"<strike" in xml


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
    return marked(words, raised=looks.get("vertAlign") == "superscript", struck=_true(looks.get("strike"))) if looks else words


class _Cells:
    """The cells of one sheet as they come."""

    def __init__(self, nil_is_no_value: bool, strings: int) -> None:
        self.nil_is_no_value = nil_is_no_value
        self.strings = strings
        self.facts = SheetFacts()
        self.values: dict[int, dict[int, tuple[str, str, str]]] = {}  # row → column → (style, type, text)
        self.masters: dict[bytes, tuple[int, int, str]] = {}
        self.children: dict[Position, bytes] = {}
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
        elif value is not None and (words or kind != "n"):
            self.values.setdefault(at[0], {})[at[1]] = (str(style), kind, words)

    def _alone(self, at: Position, kind: str, words: str) -> bool:
        """Whether no other cell of this address has something else in it; which of the two a reader shows nobody can say."""
        before = self.seen.setdefault(at, (kind, words))
        if before == (kind, words):
            return True
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
        if not _uncalculated(kind.encode(), None if value is None else value.encode(), value is not None, self.nil_is_no_value):
            return False
        self.facts.formulas[at] = _written(f' t="{formula.get("t")}"'.encode(), text) if text else ""
        if not text and si:
            self.children[at] = si
        return True

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
