"""The workbook's formats: a cell's own format with another fill, and the few formats of the list of findings.

Formats are only ever added: an index that a cell already has keeps its meaning.
"""

from __future__ import annotations

import copy

from lxml import etree

from pipelines.reports.correction.package import MAIN, parse_xml, to_bytes

FILLS = {
    "tolak": "FFFF8F8A",  # red
    "galat": "FFFF8F8A",
    "peringatan": "FFFFE27A",  # yellow
    "info": "FFA9CDF2",  # blue
    "diterima": "FFD5DDD5",  # grey green: a finding that Bappeda has accepted
}
"""Fill (ARGB) of a marked cell. No palette of Excel has these, so that a later round finds the marks of an earlier one."""

_EMPTY = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
).encode()
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")


def _tag(name: str) -> str:
    return f"{{{MAIN}}}{name}"


class Styles:
    """The styles part."""

    def __init__(self, data: bytes | None) -> None:
        self._root = parse_xml(data or _EMPTY)
        self._formats = self._collection("cellXfs")
        if not len(self._formats):
            etree.SubElement(self._formats, _tag("xf"), numFmtId="0", fontId="0", fillId="0", borderId="0", xfId="0")
        self._fills: dict[str, int] = {}
        self._marked: dict[tuple[int, str], int] = {}

    def _collection(self, name: str) -> etree._Element:
        found = self._root.find(_tag(name))
        if found is None:
            found = etree.Element(_tag(name))
            later = set(_ORDER[_ORDER.index(name) + 1 :])
            index = next((i for i, child in enumerate(self._root) if etree.QName(child).localname in later), len(self._root))
            self._root.insert(index, found)
        return found

    def _append(self, collection: str, xml: str) -> int:
        parent = self._collection(collection)
        parent.extend(parse_xml(f'<{collection} xmlns="{MAIN}">{xml}</{collection}>'.encode()))
        return len(parent) - 1

    def solid_fill(self, argb: str) -> int:
        """The index of a solid fill."""
        if argb not in self._fills:
            xml = f'<fill><patternFill patternType="solid"><fgColor rgb="{argb}"/><bgColor indexed="64"/></patternFill></fill>'
            self._fills[argb] = self._append("fills", xml)
        return self._fills[argb]

    def marked(self, style: int, mark: str) -> int:
        """The format `style` with the fill of `mark` (a key of FILLS)."""
        key = (style, mark)
        if key not in self._marked:
            formats = self._formats
            clone = copy.deepcopy(formats[style] if 0 <= style < len(formats) else formats[0])
            clone.set("fillId", str(self.solid_fill(FILLS[mark])))
            clone.set("applyFill", "1")
            formats.append(clone)
            self._marked[key] = len(formats) - 1
        return self._marked[key]

    def unmarked(self) -> dict[int, int]:
        """Formats whose fill is one of FILLS, each with the same format without a fill."""
        fills = self._collection("fills")
        marks = {
            str(index)
            for index, fill in enumerate(fills)
            for color in fill.iter(_tag("fgColor"))
            if color.get("rgb", "").upper() in FILLS.values()
        }
        found = {}
        for index, xf in enumerate(list(self._formats)):
            if xf.get("fillId") in marks:
                clone = copy.deepcopy(xf)
                clone.set("fillId", "0")
                self._formats.append(clone)
                found[index] = len(self._formats) - 1
        return found

    def new_format(
        self,
        *,
        bold: bool = False,
        size: int = 10,
        color: str = "FF1F2933",
        underline: bool = False,
        fill: str | None = None,
        border: bool = False,
        horizontal: str = "left",
        wrap: bool = True,
    ) -> int:
        """A format for text; returns its index."""
        weight, line = "<b/>" if bold else "", "<u/>" if underline else ""
        font = self._append(
            "fonts", f'<font>{weight}{line}<sz val="{size}"/><color rgb="{color}"/><name val="Calibri"/><family val="2"/></font>'
        )
        side = "".join(f'<{name} style="thin"><color rgb="FFB8C2CC"/></{name}>' for name in ("left", "right", "top", "bottom"))
        edge = self._append("borders", f"<border>{side}<diagonal/></border>") if border else 0
        filled = self.solid_fill(fill) if fill else 0
        wrapping = ' wrapText="1"' if wrap else ""
        alignment = f'<alignment horizontal="{horizontal}" vertical="top"{wrapping}/>'
        return self._append(
            "cellXfs",
            f'<xf numFmtId="49" fontId="{font}" fillId="{filled}" borderId="{edge}" xfId="0" applyNumberFormat="1" applyFont="1"'
            f' applyFill="1" applyBorder="1" applyAlignment="1">{alignment}</xf>',
        )

    def to_bytes(self) -> bytes:
        """The part."""
        for name in ("fonts", "fills", "borders", "cellXfs"):
            collection = self._collection(name)
            collection.set("count", str(len(collection)))
        return to_bytes(self._root)
