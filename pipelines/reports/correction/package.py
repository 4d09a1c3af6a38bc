"""An .xlsx as what it is: a zip of parts, their content types and relationships (ECMA-376 part 2).

Belongs here: reading and writing parts so that everything untouched leaves as it came. Does not belong here: what a sheet's rows
(`sheet_xml`), formats (`styles`) or comments (`comments`) look like.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from pathlib import Path

from lxml import etree

from pipelines.replace_file import replace_file
from pipelines.workbook import opening_package
from pipelines.workbook.opening_refusal import Limits

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
WORKBOOK_TYPE = f"{_SPREADSHEET}sheet.main+xml"
WORKSHEET_TYPE = f"{_SPREADSHEET}worksheet+xml"
COMMENTS_TYPE = f"{_SPREADSHEET}comments+xml"
STYLES_TYPE = f"{_SPREADSHEET}styles+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

_EPOCH = (1980, 1, 1, 0, 0, 0)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class NotTransitional(Exception):  # noqa: N818 - a verdict on a file, on which it is converted
    """The file is not an .xlsx of the transitional form (ECMA-376 part 4), which is what Excel and everybody else writes."""


def clean_text(text: str) -> str:
    """Text that may stand in an XML part: without the control characters that XML forbids."""
    return _NOT_IN_XML.sub("", text)


def parse_xml(data: bytes) -> etree._Element:
    """Parse a part; entities are not resolved and nothing is fetched.

    Raises:
        NotTransitional: the part is not well-formed.
    """
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False))
    except etree.XMLSyntaxError as error:
        raise NotTransitional(f"part is not well-formed: {error}") from error


def to_bytes(root: etree._Element) -> bytes:
    """An element as a part."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


class Package:
    """The parts of one workbook. Part names have no leading slash."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Take a workbook apart.

        Args:
            data: the file's bytes.
            limits: what its parts together may unpack to.

        Raises:
            CannotOpen: not a zip, damaged, encrypted or beyond the limits.
            NotTransitional: no content types: a zip of another kind.
        """
        archive = opening_package.Package(data, limits)
        self.parts: dict[str, bytes] = {}
        self._dates: dict[str, tuple[int, int, int, int, int, int]] = {}
        for info in archive.parts.values():
            name = info.filename.replace("\\", "/").lstrip("/")
            if not info.is_dir():
                self.parts[name] = archive.read(info.filename)
                self._dates[name] = info.date_time
        self._names = {name.lower(): name for name in self.parts}
        self._types = parse_xml(self.read("[Content_Types].xml"))
        self._relationships: dict[str, etree._Element] = {}

    def find(self, name: str) -> str | None:
        """The part's name as the zip spells it (names are compared without case), or None."""
        return self._names.get(name.lstrip("/").lower())

    def read(self, name: str) -> bytes:
        """A part's bytes.

        Raises:
            NotTransitional: there is no such part.
        """
        found = self.find(name)
        if found is None:
            raise NotTransitional(f"no part {name}")
        return self.parts[found]

    def write(self, name: str, data: bytes) -> None:
        """Replace a part."""
        self.parts[self.find(name) or name] = data
        self._names.setdefault(name.lower(), name)

    def new_name(self, pattern: str) -> str:
        """The first name of `pattern` (with one `{}`) that is free, counted from 1."""
        number = 1
        while self.find(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def add(self, name: str, data: bytes, content_type: str) -> None:
        """A new part. The content type of a .vml goes by its suffix, as Excel writes it."""
        self.write(name, data)
        if name.endswith(".vml"):
            if not any(node.get("Extension", "").lower() == "vml" for node in self._types):
                node = etree.Element(f"{{{CONTENT_TYPES}}}Default", Extension="vml", ContentType=content_type)
                self._types.insert(0, node)
            return
        etree.SubElement(self._types, f"{{{CONTENT_TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def remove(self, name: str) -> None:
        """Drop a part, its relationships and its content type."""
        found = self.find(name)
        if found is None:
            return
        for part in (found, self._rels_name(found)):
            self.parts.pop(part, None)
            self._names.pop(part.lower(), None)
        self._relationships.pop(found, None)
        for node in list(self._types):
            if node.get("PartName", "").lower() == f"/{found}".lower():
                self._types.remove(node)

    def content_type(self, name: str) -> str:
        """The declared content type of a part, '' if it has none of its own."""
        for node in self._types:
            if node.get("PartName", "").lower() == f"/{name}".lower():
                return str(node.get("ContentType", ""))
        return ""

    def set_content_type(self, name: str, content_type: str) -> None:
        """Declare a part's content type anew."""
        for node in self._types:
            if node.get("PartName", "").lower() == f"/{name}".lower():
                node.set("ContentType", content_type)

    @staticmethod
    def _rels_name(part: str) -> str:
        folder, name = posixpath.split(part)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _rels(self, part: str) -> etree._Element:
        if part not in self._relationships:
            found = self.find(self._rels_name(part))
            self._relationships[part] = (
                parse_xml(self.parts[found])
                if found
                else etree.Element(f"{{{PACKAGE_RELATIONSHIPS}}}Relationships", nsmap={None: PACKAGE_RELATIONSHIPS})
            )
        return self._relationships[part]

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """A part's relationships to other parts of the package: id → (last word of the type, part name)."""
        found = {}
        for node in self._rels(part):
            if node.get("TargetMode") == "External" or not node.get("Id"):
                continue
            target = node.get("Target", "").replace("\\", "/")
            name = target if target.startswith("/") else posixpath.join(posixpath.dirname(part), target)
            found[node.get("Id")] = (node.get("Type", "").rsplit("/", 1)[-1], posixpath.normpath(name).lstrip("/"))
        return found

    def target(self, part: str, kind: str) -> str | None:
        """The first related part of a kind (`styles`, `comments`, …) that exists."""
        return next((self.find(name) for word, name in self.targets(part).values() if word == kind and self.find(name)), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """A new relationship from `part` to `target`; returns its id."""
        root = self._rels(part)
        taken = {node.get("Id") for node in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            root, f"{{{PACKAGE_RELATIONSHIPS}}}Relationship", Id=f"rId{number}", Type=f"{RELATIONSHIP}/{kind}", Target=f"/{target}"
        )
        return f"rId{number}"

    def unrelate(self, part: str, relationship_id: str) -> None:
        """Drop one relationship."""
        root = self._rels(part)
        for node in list(root):
            if node.get("Id") == relationship_id:
                root.remove(node)

    def workbook_part(self) -> str:
        """The name of the workbook part.

        Raises:
            NotTransitional: the package has none.
        """
        found = self.target("", "officeDocument")
        if found is None:
            raise NotTransitional("no workbook part")
        return found

    def save(self, target: Path) -> None:
        """Write the workbook beside `target` and move it into place in one step."""
        self.parts[self.find("[Content_Types].xml") or "[Content_Types].xml"] = to_bytes(self._types)
        for part, root in self._relationships.items():
            if len(root) or self.find(self._rels_name(part)):
                self.write(self._rels_name(part), to_bytes(root))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in self.parts.items():
                info = zipfile.ZipInfo(name, self._dates.get(name, _EPOCH))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data, compresslevel=1)
        replace_file(target, buffer.getvalue())
