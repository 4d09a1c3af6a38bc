"""Comments on cells: the comments part, and the boxes (VML) without which Excel does not show them.

What is there stays: comments of others are kept, and a cell that has one already gets our words below theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from pipelines.reports.correction.package import COMMENTS_TYPE, MAIN, VML_TYPE, Package, clean_text, parse_xml, to_bytes
from pipelines.reports.correction.sheet_xml import Position, SheetXml, position
from pipelines.workbook.cells import address

AUTHOR = "Pemeriksaan Formulir E.81"
"""Author of our comments, by which a later round knows them."""

_SEPARATOR = f"\n— {AUTHOR} —\n"  # before our words in a comment of somebody else
_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_OUR_SHAPE = re.compile(rb"<v:shape\s(?:(?!</v:shape>).)*?<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>.*?</v:shape>", re.DOTALL)
_BOX_WIDTH, _CHARACTERS_A_LINE, _LINE = 260, 48, 11.5  # points, characters of 9 pt, points
_PIXELS_A_CHARACTER, _DEFAULT_WIDTH, _DEFAULT_HEIGHT = 7, 9.14, 15.0


@dataclass(frozen=True, slots=True)
class Note:
    """One comment: paragraphs, each with whether it is bold."""

    paragraphs: tuple[tuple[str, bool], ...]

    @property
    def lines(self) -> int:
        """How many lines it takes in the box."""
        return sum(1 + len(part) // _CHARACTERS_A_LINE for text, _ in self.paragraphs for part in text.split("\n"))


def _tag(name: str) -> str:
    return f"{{{MAIN}}}{name}"


def _run(text: str, bold: bool) -> etree._Element:
    run = etree.Element(_tag("r"))
    properties = etree.SubElement(run, _tag("rPr"))
    if bold:
        etree.SubElement(properties, _tag("b"))
    etree.SubElement(properties, _tag("sz"), val="9")
    etree.SubElement(properties, _tag("color"), indexed="81")
    etree.SubElement(properties, _tag("rFont"), val="Tahoma")
    etree.SubElement(properties, _tag("family"), val="2")
    node = etree.SubElement(run, _tag("t"))
    node.text = clean_text(text)
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _runs(note: Note) -> list[etree._Element]:
    last = len(note.paragraphs) - 1
    return [_run(text + ("" if index == last else "\n"), bold) for index, (text, bold) in enumerate(note.paragraphs)]


def _empty_comments() -> etree._Element:
    root = etree.Element(_tag("comments"), nsmap={None: MAIN})
    etree.SubElement(root, _tag("authors"))
    etree.SubElement(root, _tag("commentList"))
    return root


def remove_ours(package: Package, sheet_part: str, sheet: SheetXml) -> None:
    """Take away the comments that an earlier round of ours left on a sheet, and our words from comments of others."""
    part = package.target(sheet_part, "comments")
    if part is None:
        return
    root = parse_xml(package.read(part))
    authors = [node.text or "" for node in root.iterfind(f"{_tag('authors')}/{_tag('author')}")]
    removed: set[Position] = set()
    changed = False
    for comment in list(root.iter(_tag("comment"))):
        author = int(comment.get("authorId", "-1"))
        if 0 <= author < len(authors) and authors[author] == AUTHOR:
            comment.getparent().remove(comment)
            if place := position(comment.get("ref", "")):
                removed.add(place)
            continue
        text = comment.find(_tag("text"))
        runs = list(text) if text is not None else []
        start = next((index for index, run in enumerate(runs) if _SEPARATOR.strip() in "".join(run.itertext())), None)
        if start is not None:
            for run in runs[start:]:
                text.remove(run)
            changed = True
    if not removed and not changed:
        return
    package.write(part, to_bytes(root))
    identifier = sheet.legacy_drawing()
    drawing = package.find(package.targets(sheet_part).get(identifier or "", ("", ""))[1])
    if removed and drawing is not None:
        vml = _OUR_SHAPE.sub(lambda match: b"" if (int(match[1]), int(match[2])) in removed else match[0], package.read(drawing))
        package.write(drawing, vml)


def add_comments(package: Package, sheet_part: str, sheet: SheetXml, notes: dict[Position, Note]) -> None:
    """Put a comment on cells of a sheet.

    Args:
        package: the workbook; its parts are changed.
        sheet_part: the name of the worksheet part.
        sheet: that part; it gets a drawing if it has none.
        notes: cell → comment.
    """
    if not notes:
        return
    part = package.target(sheet_part, "comments")
    root = parse_xml(package.read(part)) if part else _empty_comments()
    authors, comments = root.find(_tag("authors")), root.find(_tag("commentList"))
    if authors is None or comments is None:
        root = _empty_comments()
        authors, comments = root.find(_tag("authors")), root.find(_tag("commentList"))
    names = [node.text or "" for node in authors]
    if AUTHOR not in names:
        etree.SubElement(authors, _tag("author")).text = AUTHOR
        names.append(AUTHOR)
    present = {position(node.get("ref", "")): node for node in comments}
    boxes: list[tuple[Position, Note]] = []
    for place, note in sorted(notes.items()):
        if place in present:
            _append_to(present[place], note)
            continue
        comment = etree.SubElement(comments, _tag("comment"), ref=address(*place), authorId=str(names.index(AUTHOR)), shapeId="0")
        etree.SubElement(comment, _tag("text")).extend(_runs(note))
        boxes.append((place, note))
    if part is None:
        part = package.new_name("xl/comments{}.xml")
        package.add(part, to_bytes(root), COMMENTS_TYPE)
        package.relate(sheet_part, "comments", part)
    else:
        package.write(part, to_bytes(root))
    if boxes:
        _add_boxes(package, sheet_part, sheet, boxes)


def _append_to(comment: etree._Element, note: Note) -> None:
    text = comment.find(_tag("text"))
    if text is None:
        text = etree.SubElement(comment, _tag("text"))
    for plain in text.findall(_tag("t")):  # words without format: they become the first run
        run = etree.Element(_tag("r"))
        text.replace(plain, run)
        run.append(plain)
    text.append(_run(_SEPARATOR, True))
    text.extend(_runs(note))


def _add_boxes(package: Package, sheet_part: str, sheet: SheetXml, boxes: list[tuple[Position, Note]]) -> None:
    identifier = sheet.legacy_drawing()
    drawing = package.find(package.targets(sheet_part).get(identifier or "", ("", ""))[1])
    if drawing is None:
        drawing = package.new_name("xl/drawings/vmlDrawing{}.vml")
        used = [
            int(n) for name, data in package.parts.items() if name.endswith(".vml") for n in re.findall(rb'idmap[^>]*data="(\d+)', data)
        ]
        package.add(drawing, _VML % (max(used, default=0) + 1), VML_TYPE)
        if identifier is None:
            sheet.set_legacy_drawing(package.relate(sheet_part, "vmlDrawing", drawing))
    vml = package.read(drawing)
    block = re.search(rb'idmap[^>]*data="(\d+)', vml)
    first = (int(block[1]) if block else 1) * 1024
    identifiers = [int(number) for number in re.findall(rb'_x0000_s(\d+)"', vml)]
    shapes = [] if b'id="_x0000_t202"' in vml else [_SHAPE_TYPE]
    columns, heights = sheet.columns(), sheet.row_heights()
    for number, (place, note) in enumerate(boxes, start=max([first, *identifiers]) + 1):
        height = max(60, round(note.lines * _LINE) + 12)
        shapes.append(
            _SHAPE.format(
                id=number,
                width=_BOX_WIDTH,
                height=height,
                order=number,
                anchor=_anchor(place, height, columns, heights),
                row=place[0],
                column=place[1],
            ).encode()
        )
    end = vml.rindex(b"</xml>")
    package.write(drawing, vml[:end] + b"".join(shapes) + vml[end:])


def _anchor(place: Position, height: float, columns: list[tuple[int, int, float | None, int]], heights: dict[int, float]) -> str:
    """Where the box stands: left column, offset, top row, offset, right column, offset, bottom row, offset (offsets in pixels)."""
    row, column = place
    left, top = column + 1, max(row - 1, 0)
    right, wanted = left, _BOX_WIDTH * 96 / 72
    while wanted > 0 and right < left + 40:
        stated = next((width for first, last, width, _ in columns if first <= right <= last), None)
        wanted -= (_DEFAULT_WIDTH if stated is None else stated) * _PIXELS_A_CHARACTER
        right += 1
    bottom, wanted = top, height
    while wanted > 0 and bottom < top + 60:
        wanted -= heights.get(bottom, _DEFAULT_HEIGHT)
        bottom += 1
    return f"{left}, 12, {top}, 4, {right}, 4, {bottom}, 4"
