"""An .xlsx or .xlsm: values from calamine, the rest from the package's own XML.

Belongs here: workbook, styles, relationships, putting a sheet together. Does not belong here: a sheet's XML (`opening_sheet_xml`,
`opening_sheet_copy`).
"""

from __future__ import annotations

import datetime as dt
import itertools
import posixpath
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from io import BytesIO

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from pipelines.workbook.cells import CellValue, Loss, LostCell, Sheet, Workbook
from pipelines.workbook.formula import compute
from pipelines.workbook.opening_formats import BUILTIN_PERCENT, STRUCK, says_more, show
from pipelines.workbook.opening_package import Package, local, parse_xml, refuse_doctype
from pipelines.workbook.opening_refusal import CannotOpen, Limits, check_extent, check_sheets, too_large, unreadable
from pipelines.workbook.opening_sheet_copy import rewrite, with_marks
from pipelines.workbook.opening_sheet_xml import Position, SheetFacts, doubled, has_marks, is_true, scan

_SPARSE_CELLS = 500_000  # a range larger than this, and mostly empty, is not given to calamine as it is
_REWRITE_BYTES = 128 * 2**20
_TEXTS, _TEXTS_BYTES = "xl/sharedstrings.xml", 8 * 2**20
_EMPTY_TEXT = re.compile(rb"<si><t(?: [^<>]*)?(?:/>|></t>)</si>")
_SHARED = re.compile(rb"<(?:[A-Za-z]+:)?si[ />\n\r\t]")
_USUAL = {"styles": "xl/styles.xml", "sharedStrings": "xl/sharedstrings.xml"}


def open_xlsx(data: bytes, package: Package, limits: Limits, doubtful: frozenset[int] = frozenset()) -> Workbook:
    """The workbook in an OOXML package with `xl/workbook.xml`. Raises CannotOpen.

    `doubtful`: indices of sheets that are read cell by cell, the slow way that finds the cell at fault; which ones they are is found out.
    """
    targets = _targets(package, "xl/workbook.xml")
    if any(part.lower() != _USUAL.get(kind, part.lower()) for part, kind in targets.values()):
        return open_renamed(package, limits, "xl/workbook.xml")
    root = parse_xml(package.read("xl/workbook.xml"))
    sheets = [element for element in root.iter() if local(element) == "sheet"]
    check_sheets(len(sheets), limits)
    date_1904 = any(is_true(e.get("date1904")) for e in root.iter() if local(e) == "workbookPr")
    uncalculated = any(is_true(e.get("fullCalcOnLoad")) for e in root.iter() if local(e) == "calcPr") or _by_poi(package)
    formats = _telling_formats(package)
    texts = _texts(package)
    # one, where the writer puts no text there twice
    empty = [b' t="s"><v>%d</v>' % texts.count(b"<si>", 0, m.start()) for m in itertools.islice(_EMPTY_TEXT.finditer(texts), 4)]
    found: list[tuple[int, etree._Element, str, SheetFacts]] = []
    rewritten: dict[str, bytes] = {_TEXTS: with_marks(texts)} if has_marks(texts) else {}
    mappings: dict[int, tuple[list[int], list[int]]] = {}
    for index, element in enumerate(sheets):
        target = next((targets[v] for k, v in element.attrib.items() if k.endswith("}id") and v in targets), None)
        if target is None or target[1] != "worksheet":
            continue  # a chart, macro or dialog sheet: no cells
        name = element.get("name", "")
        facts = None
        if index not in doubtful:
            facts = scan(package.pieces(target[0]), styles=frozenset(formats), nil_is_no_value=uncalculated, empty=empty)
        if facts is None or sparse(facts.used_rows, facts.used_columns, facts.cells, limits):
            if facts is not None:
                check_extent(name, len(facts.used_rows), len(facts.used_columns), limits)
            if package.size(target[0]) > _REWRITE_BYTES:
                raise too_large(f"Isi lembar '{name}'", f"{package.size(target[0]) >> 20} MiB", f"{_REWRITE_BYTES >> 20} MiB")
            copy, facts, rows, columns = rewrite(package.read(target[0]), nil_is_no_value=uncalculated, strings=_strings(package))
            rewritten[target[0]] = copy
            mappings[index] = rows, columns
        check_extent(name, len(facts.used_rows), len(facts.used_columns), limits)
        found.append((index, element, target[0], facts))
    book = CalamineWorkbook.from_filelike(BytesIO(with_sheets(package, rewritten, targets) if rewritten else data))
    if len(book.sheet_names) != len(sheets):
        raise unreadable("rusak (daftar lembarnya tidak cocok dengan isinya)")
    opened: list[Sheet] = []
    again: set[int] = set()
    spanned = 0
    for index, element, part, facts in found:
        try:
            sheet = book.get_sheet_by_index(index)
        except CalamineError as error:  # a cell of an unknown type, a text that is not there
            if index in mappings:
                raise unreadable(f"rusak (isi lembar '{element.get('name', '')}' tidak dapat diurai)") from error
            again.add(index)
            continue
        if index not in mappings and facts.small and _beyond(sheet, facts, limits):
            again.add(index)
            continue
        top, left, rows_ = spread(sheet, mappings.get(index))
        if index not in mappings and _may_be_doubled(facts, top, left, rows_) and doubled(package.pieces(part)):
            again.add(index)
        spanned += sum(map(len, rows_))
        if spanned > limits.cells:
            raise too_large("Semua lembar bersama memakai", f"lebih dari {limits.cells} sel", f"{limits.cells} sel")
        if not again:
            opened.append(_sheet(element, facts, top, left, rows_, formats))
    if again:
        return open_xlsx(data, package, limits, frozenset(again) | doubtful)
    content = package.read("[content_types].xml") if "[content_types].xml" in package else b""
    macro = b"macroEnabled" in content or "xl/vbaproject.bin" in package
    damaged = any(facts.damaged for *_, facts in found)
    return Workbook("xlsm" if macro else "xlsx", opened, modified=core_modified(package), date_1904=date_1904, damaged=damaged)


def _by_poi(package: Package) -> bool:
    """Whether Apache POI saved it: its streaming writer puts 0.0 beside each formula, and asks nobody to calculate."""
    return 0 < package.size("docProps/app.xml") < 2**16 and b"<Application>Apache POI</Application>" in package.read("docProps/app.xml")


def _texts(package: Package) -> bytes:
    """The shared texts, none where they are many. Raises CannotOpen as `verify`."""
    xml = package.read(_TEXTS) if 0 < package.size(_TEXTS) < _TEXTS_BYTES else b""
    refuse_doctype(xml)
    for name in package.parts:
        if name.startswith("xl/sharedstrings") and not (xml and name == _TEXTS):
            package.verify(name)
    return xml


def _strings(package: Package) -> int:
    """How many shared texts there are."""
    return len(_SHARED.findall(package.read(_TEXTS))) if _TEXTS in package else 0


def with_sheets(package: Package, rewritten: dict[str, bytes], targets: dict[str, tuple[str, str]]) -> bytes:
    """The package with these sheets in place of its own, and no more than calamine needs."""
    wanted = ("xl/workbook", "xl/styles", "xl/shared", "[content_types]")
    keep = tuple(n for n in package.parts if n.endswith(".rels") or n.startswith(wanted))
    keep += tuple(t[0].lower() for t in targets.values() if t[0].lower() not in rewritten and t[1] == "worksheet")
    return package.with_parts(rewritten, keep)


def _may_be_doubled(facts: SheetFacts, top: int, left: int, rows: list[list[CellValue]]) -> bool:
    """Whether two cells may have one address: calamine keeps the last. Counting is many times as fast as looking for them."""
    if facts.values != sum(len(row) - row.count("") for row in rows):
        return True
    sheet = Sheet("", rows, top, left)
    return any(sheet.value(*at) not in ("", 0) for at in facts.formulas) or any(sheet.value(*at) != "" for at in facts.errors)


def sparse(used_rows: Collection[int], used_columns: Collection[int], cells: int, limits: Limits) -> bool:
    """Whether the range between the first and the last value is far larger than what is in it: calamine allocates all of it."""
    if not used_rows or not used_columns:
        return False
    rows = max(used_rows) - min(used_rows) + 1
    columns = max(used_columns) - min(used_columns) + 1
    return rows * columns > max(_SPARSE_CELLS, 16 * cells) or rows > limits.rows or columns > limits.columns


def _beyond(sheet: CalamineSheet, facts: SheetFacts, limits: Limits) -> bool:
    """Whether a sheet whose cells were not counted spans so much that they must be."""
    lost = [*facts.errors, *facts.formulas]
    height = max(sheet.height, max((r + 1 for r, _ in lost), default=0))
    width = max(sheet.width, max((c + 1 for _, c in lost), default=0))
    return height > limits.rows or width > limits.columns or height * width > max(_SPARSE_CELLS, 16 * facts.tags)


def _targets(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relationships of a part ('' for the package itself): id → (part, kind of it)."""
    folder, name = posixpath.split(part)
    targets: dict[str, tuple[str, str]] = {}
    for element in parse_xml(package.read(posixpath.join(folder, "_rels", f"{name}.rels"))):
        target = posixpath.join("/", folder, element.get("Target", "").replace("\\", "/"))
        targets[element.get("Id", "")] = posixpath.normpath(target).lstrip("/"), element.get("Type", "").rpartition("/")[2]
    return targets


def workbook_part(package: Package) -> str | None:
    """The workbook in a package where it does not have its usual name: Excel for the web calls it xl/workbook22.xml."""
    targets = _targets(package, "") if "_rels/.rels" in package else {}
    return next((p for p, kind in targets.values() if kind == "officeDocument" and p.endswith(".xml") and p in package), None)


def open_renamed(package: Package, limits: Limits, workbook: str) -> Workbook:
    """As `open_xlsx`, where the workbook, its styles or its texts are not where libraries look for them. Raises CannotOpen."""
    targets = _targets(package, workbook)
    names = {workbook.lower(): "xl/workbook.xml"} | {part.lower(): _USUAL[kind] for part, kind in targets.values() if kind in _USUAL}
    related = {identifier: (names.get(part.lower(), part), kind) for identifier, (part, kind) in targets.items()}
    whole = {"rId1": ("xl/workbook.xml", "officeDocument")}
    added = {"xl/_rels/workbook.xml.rels": _relationships(related), "_rels/.rels": _relationships(whole)}
    data = package.renamed(names, added)
    return open_xlsx(data, Package(data, limits), limits)


def _relationships(targets: Mapping[str, tuple[str, str]]) -> bytes:
    root = etree.Element("Relationships", nsmap={None: "http://schemas.openxmlformats.org/package/2006/relationships"})
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    for identifier, (part, kind) in targets.items():
        etree.SubElement(root, "Relationship", Id=identifier, Type=kinds + kind, Target="/" + part)
    xml: bytes = etree.tostring(root)
    return xml


def _telling_formats(package: Package) -> Mapping[int, str]:
    """Cell format (index in cellXfs) → number format code, of those that say more than the number."""
    if "xl/styles.xml" not in package:
        return {}
    xml = package.read("xl/styles.xml")
    return _telling_formats_in(xml) if len(xml) < 2**17 else _telling_formats_in.__wrapped__(xml)


@lru_cache(maxsize=32)
def _telling_formats_in(xml: bytes) -> Mapping[int, str]:
    """As above; workbooks that were filled from one template have the same styles."""
    root = parse_xml(xml)
    codes = dict(BUILTIN_PERCENT)
    for element in root.iter():
        if local(element) == "numFmt" and element.get("numFmtId", "").isdigit():
            code = element.get("formatCode", "")
            codes.pop(int(element.get("numFmtId", "")), None)
            if says_more(code):
                codes[int(element.get("numFmtId", ""))] = code
    formats: dict[int, str] = {}
    struck: set[str] = set()
    for group in root:
        if local(group) == "fonts":
            struck = {
                str(index) for index, font in enumerate(group) if any(local(e) == "strike" and is_true(e.get("val", "1")) for e in font)
            }
        elif local(group) == "cellXfs":
            for index, element in enumerate(e for e in group if local(e) == "xf"):
                number = element.get("numFmtId", "0")
                if element.get("fontId") in struck:
                    formats[index] = STRUCK
                elif number.isdigit() and int(number) in codes:
                    formats[index] = codes[int(number)]
    return formats


def core_modified(package: Package) -> dt.datetime | None:
    """When the workbook says that it was last saved (docProps/core.xml), UTC; None where it does not say."""
    if "docprops/core.xml" not in package:
        return None
    try:
        for element in parse_xml(package.read("docprops/core.xml")).iter():
            if local(element) == "modified" and element.text:
                return utc(element.text)
    except CannotOpen:
        pass  # a damaged properties part makes no cell unreadable
    return None


def utc(text: str) -> dt.datetime | None:
    """An ISO time as naive UTC, to the second; None where it is none."""
    try:
        stamp = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if stamp.tzinfo is not None:
        stamp = stamp.astimezone(dt.UTC)
    return stamp.replace(tzinfo=None, microsecond=0)


def spread(sheet: CalamineSheet, mapping: tuple[list[int], list[int]] | None) -> tuple[int, int, list[list[CellValue]]]:
    """(top, left, rows) of a sheet; with a mapping, of the sheet that the compact copy was made from."""
    start = sheet.start
    if start is None:
        return 0, 0, []
    rows: list[list[CellValue]] = sheet.to_python(skip_empty_area=True)
    if mapping is None:
        return start[0], start[1], rows
    kept_rows, kept_columns = mapping
    where_columns = kept_columns[start[1] :]
    where_rows = kept_rows[start[0] :]
    top, left = where_rows[0], where_columns[0]
    empty: list[CellValue] = []  # shared: a stray value in the last row must not cost a million lists
    lines = [empty] * (where_rows[len(rows) - 1] - top + 1)
    for at, row in zip(where_rows, rows, strict=False):
        last = max((j for j, value in enumerate(row) if value != ""), default=-1)
        line: list[CellValue] = [""] * (where_columns[last] - left + 1) if last >= 0 else []
        for j in range(last + 1):
            line[where_columns[j] - left] = row[j]
        lines[at - top] = line
    return top, left, lines


def _sheet(
    element: etree._Element, facts: SheetFacts, top: int, left: int, rows: list[list[CellValue]], formats: Mapping[int, str]
) -> Sheet:
    lost = [*facts.errors, *facts.formulas]
    last_row = max((*facts.used_rows, *(r for r, _ in lost), top + len(rows) - 1), default=0)
    last_column = max((*facts.used_columns, *(c for _, c in lost), left + max(map(len, rows), default=0) - 1), default=0)
    sheet = Sheet(
        name=element.get("name", ""),
        rows=rows,
        top=top,
        left=left,
        hidden=element.get("state", "visible") != "visible",
        hidden_rows=frozenset(row for row in facts.hidden_rows if row <= last_row),
        hidden_columns=frozenset(c for first, last in facts.hidden_columns for c in range(first, min(last, last_column) + 1)),
        merged=tuple(facts.merged),
        lost={position: LostCell(Loss.ERROR, text) for position, text in facts.errors.items()},
    )
    settle_formulas(sheet, facts.formulas)
    show(sheet, ((position, formats[style]) for position, style in facts.styles.items() if style in formats))
    return sheet


def settle_formulas(sheet: Sheet, formulas: dict[Position, str]) -> None:
    """Compute the formulas that have no cached value: into `rows` and `computed`, or into `lost`."""
    if not formulas:
        return
    own = re.compile(rf"(?:'{re.escape(sheet.name.replace(chr(39), chr(39) * 2))}'|(?<![\w'.]){re.escape(sheet.name)})!", re.IGNORECASE)
    here = {position: own.sub("", formula) for position, formula in formulas.items()}  # a reference that names its own sheet
    values, losses = compute(here, sheet.value, sheet.lost)
    sheet.lost = {**sheet.lost, **losses}
    sheet.computed = {position: "=" + formulas[position].removeprefix("=") for position in values}
    place(sheet, values)
    _clear(sheet, losses)


def _clear(sheet: Sheet, losses: dict[Position, LostCell]) -> None:
    """A cached nil that nobody calculated is no value."""
    for row, column in losses:
        if sheet.value(row, column) != "":
            line = sheet.rows[row - sheet.top]
            assert isinstance(line, list)  # noqa: S101 - rows of this module are lists
            line[column - sheet.left] = ""


def place(sheet: Sheet, values: dict[Position, float | bool | str]) -> None:
    """Put values into the sheet's rows, which grow where they must."""
    if not values:
        return
    top = min(r for r, _ in values) if not sheet.rows else min(sheet.top, min(r for r, _ in values))
    left = min(c for _, c in values) if not sheet.rows else min(sheet.left, min(c for _, c in values))
    rows: list[list[CellValue]] = [list(row) if row else [] for row in sheet.rows]
    if sheet.rows and left < sheet.left:
        rows = [[""] * (sheet.left - left) + row if row else row for row in rows]
    if sheet.rows and top < sheet.top:
        rows = [[] for _ in range(sheet.top - top)] + rows
    for (row, column), value in values.items():
        while len(rows) <= row - top:
            rows.append([])
        line = rows[row - top]
        if len(line) <= column - left:
            line.extend([""] * (column - left + 1 - len(line)))
        line[column - left] = value
    sheet.rows, sheet.top, sheet.left = rows, top, left
