"""One worksheet part of an .xlsx: what calamine leaves out of it, found quickly.

calamine gives '' for an error cell and for a formula without a cached value, knows no number format, and allocates every cell between the
first and the last value. `scan` strikes out the cells that calamine reads whole and looks through the little that remains, with regular
expressions that recognise the XML every common writer produces (a tenth of the cost of parsing it); it says so when it does not recognise
the shape, and `opening_sheet_copy` is the slow way that is always right.
Source: ECMA-376 part 1, 18.3.1 (worksheets).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import unescape

from pipelines.workbook.formula import shift
from pipelines.workbook.opening_package import refuse_doctype

Position = tuple[int, int]  # 0-based (row, column)


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
    damaged: bool = False  # a cell does not say what stands in it; only `rewrite` finds those


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
_AREA = re.compile(rb' t="(?:array|dataTable)"[^<>]* ref="[^":]*:')
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
_TEXT = rb' t="s"><v>[0-9]++</v></c>'
_NOT_TEXT = rb'(?: t="(?:n|b|str)")?+'
_FORMULA = rb'<f(?:>[^<]*+</f>| t="shared" si="[0-9]++"/>)<v>[^<]++</v>'
_PLAIN = rb"<v>[^<]++</v>"
_ORDINARY, _ORDINARY_WITHOUT_FORMULA = (
    re.compile(rb"(?:" + _ADDRESS + rb"(?:" + _TEXT + rb"|" + _NOT_TEXT + rb"(?:/>|>" + filling + rb"</c>)))++")
    for filling in (rb"(?:" + _PLAIN + rb"|" + _FORMULA + rb")", _PLAIN)
)
# A text's number that is none (calamine takes the first text), a text in the wrong place (it takes none), a second value in a cell.
_ODD_VALUE = re.compile(rb' t="(?:s"[^<>]*><v>(?![0-9]++</v>|</v>)|inlineStr"[^<>]*><v)|(?:</v>|</is>|<v/>)(?!\s*+</c>)')
_FILLED = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^<>]*(?<!/)>')

_letters: dict[bytes, int] = {}


def column_index(letters: bytes) -> int:
    """b'A' → 0, b'AA' → 26."""
    index = _letters.get(letters)
    if index is None:
        index = 0
        for letter in letters.upper():
            index = index * 26 + letter - 64
        index -= 1
        if len(_letters) < 16_384:
            _letters[letters] = index
    return index


def _text(raw: bytes) -> str:
    return unescape(raw.decode("utf-8", "replace"))


def is_true(value: bytes | str | None) -> bool:
    """Whether an attribute of XML Schema's type boolean says so."""
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
        if b"&#" in xml and _CHARACTER_REFERENCE.search(xml):
            return None
        if len(xml) > 2**20:
            facts.tags += xml.count(b"<c ")
        rest = ordinary.sub(_STRUCK, xml)
        facts.values += xml.count(b"<v>") - rest.count(b"<v></v>") + rest.count(b"<is>") - sum(map(xml.count, empty))
        if _cells_in_cells(rest) or ((b"<v" in rest or b"<is" in rest) and _ODD_VALUE.search(rest)) or has_marks(rest):
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
    resolve_shared(facts, children, masters)
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
            if is_true(stated.get(b"hidden")):
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
        elif formula and uncalculated(kind[1] if kind else b"", stated, value is not None, nil_is_no_value):
            if _AREA.search(formula[1]):
                return False  # what does not stand in its other cells is not looked for here
            if formula[2]:
                facts.formulas[position] = written(formula[1], _text(formula[2]))
            else:
                si = _SI.search(formula[1])
                facts.formulas[position] = ""
                if si:
                    children[position] = si[1]
    return True


def uncalculated(kind: bytes, stated: bytes | None, has_value: bool, nil_is_no_value: bool) -> bool:
    """Whether a formula cell has no cached value: none, an empty one that is not the empty text, or a nil that nobody calculated."""
    if kind == b"str":
        return not has_value  # <v></v> is the cached empty text of =IF(...,"")
    if kind in (b"s", b"inlineStr", b"b", b"d"):
        return not has_value and kind != b"inlineStr"
    if stated is None or not stated.strip():
        return True
    return nil_is_no_value and stated.strip() in (b"0", b"0.0")


def written(attributes: bytes, body: str) -> str:
    """An array formula or a data table is not what its text alone says: marked so that it is never computed."""
    if b't="array"' in attributes:
        return "{" + body + "}"
    if b't="dataTable"' in attributes:
        return "{=TABLE()}"
    return body


def resolve_shared(facts: SheetFacts, children: dict[Position, bytes], masters: dict[bytes, tuple[int, int, str]]) -> None:
    """Give each cell of a shared formula the master's text, moved to where the cell is."""
    for position, si in children.items():
        master = masters.get(si)
        if master:
            facts.formulas[position] = shift(master[2], position[0] - master[0], position[1] - master[1])


def has_marks(xml: bytes) -> bool:
    """Whether a part of some text in it is raised or struck out."""
    return b'"superscript"' in xml or b"<strike" in xml
