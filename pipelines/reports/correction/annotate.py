"""The workbook sent back: the sender's own file, its faulty cells coloured and commented, a list of all findings in front.

Nothing else in it changes: formats, formulas, cached values, widths, merged cells, conditional formats and comments of others are the bytes
that came. Two exceptions, both told on the first sheet: the name and NIP of the camat are blanked, and macros are left behind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
from lxml import etree

from pipelines.reports.correction import findings_sheet
from pipelines.reports.correction.comments import add_comments, remove_ours
from pipelines.reports.correction.conversion import excel_names, write_xlsx
from pipelines.reports.correction.marks import Finding, findings_of, gravest, note_of
from pipelines.reports.correction.package import (
    MAIN,
    RELATIONSHIP,
    STYLES_TYPE,
    WORKBOOK_TYPE,
    WORKSHEET_TYPE,
    NotTransitional,
    Package,
    parse_xml,
    to_bytes,
)
from pipelines.reports.correction.sheet_xml import Position, Restyle, SheetXml, position
from pipelines.reports.correction.signature import NIP_DIGITS, Signature, find_signature, rows_to_read
from pipelines.reports.correction.styles import Styles
from pipelines.workbook.opening import Limits, open_workbook

_BLANKED = "Nama dan NIP camat dikosongkan pada salinan ini; isi kembali sebelum ditandatangani."
_NOT_AS_IT_IS = (NotTransitional, ValueError, LookupError)
_LOST = ("sel_tidak_terbaca", "berkas_tidak_terbaca")  # what a reader says of a damaged workbook


def annotate(source: Path, findings: pd.DataFrame, target: Path, *, subject: str = "", limits: Limits | None = None) -> None:
    """Write the copy that goes back to its sender.

    Args:
        source: the workbook as it was sent, in any format that the pipeline reads.
        findings: rows of the `temuan` frame (docs/rancangan.md) that belong to it.
        target: where the copy goes (.xlsx); replaced in one step.
        subject: whose form of which triwulan, for the first sheet; the file's name where it is empty.
        limits: how much of everything the workbook may have.

    Raises:
        CannotOpen: the source is no workbook that the pipeline reads.
    """
    limits = limits or Limits()
    data = source.read_bytes()
    listed, title = findings_of(findings), subject or source.name
    book = open_workbook(source, limits) if any(finding.aturan in _LOST for finding in listed) else None
    if data.startswith(b"PK\x03\x04") and not (book and book.damaged):
        try:
            _mark(data, limits, listed, title, []).save(target)
        except _NOT_AS_IT_IS:
            pass  # .xlsb, .ods, strict, or markup that no writer makes: what the pipeline itself can read of it is converted
        else:
            return
    book = book or open_workbook(source, limits)
    kept = "isi dan alamat sel tetap, rumus menjadi nilai, tampilan disederhanakan."
    note = f"Berkas asal ({source.suffix.lower() or 'tanpa akhiran'}) diubah menjadi .xlsx: {kept}"
    if book.format in ("xlsx", "xlsm"):
        note = f"Berkas asal rusak atau tidak lazim di dalamnya, sehingga disalin ke buku kerja baru: {kept}"
    names = dict(zip((sheet.name.lower() for sheet in book.sheets), excel_names(book), strict=True))
    listed = [replace(finding, lembar=names.get((finding.lembar or "").lower(), finding.lembar)) for finding in listed]
    _mark(write_xlsx(book), Limits(), listed, title, [note]).save(target)


def _mark(data: bytes, limits: Limits, findings: Sequence[Finding], subject: str, notes: Sequence[str]) -> Package:
    book = _Book(Package(data, limits))
    macros = ["Makro pada berkas asal tidak disertakan."] if book.drop_macros() else []
    book.mark(findings, findings_sheet.Heading(subject, [*notes, _BLANKED, *macros]))
    return book.package


class _Book:
    """One workbook under the pen."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._part = package.workbook_part()
        self._root = parse_xml(package.read(self._part))
        if self._root.tag != f"{{{MAIN}}}workbook":
            raise NotTransitional(f"not a transitional .xlsx: {self._root.tag}")
        styles = package.target(self._part, "styles")
        self._styles = Styles(package.read(styles) if styles else None)
        self._styles_part = styles
        self._strings_part = package.target(self._part, "sharedStrings")
        self._strings_root = parse_xml(package.read(self._strings_part)) if self._strings_part else None
        self._strings = [_string(node) for node in self._strings_root] if self._strings_root is not None else []
        self._remove_earlier_list()

    def _sheet_nodes(self) -> list[etree._Element]:
        return list(self._root.iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet"))

    def _sheets(self) -> list[tuple[str, str]]:
        """Name and part of every worksheet."""
        targets = self.package.targets(self._part)
        found = []
        for node in self._sheet_nodes():
            kind, name = targets.get(node.get(f"{{{RELATIONSHIP}}}id", ""), ("", ""))
            part = self.package.find(name)
            if kind == "worksheet" and part:
                found.append((node.get("name", ""), part))
        return found

    def drop_macros(self) -> bool:
        """Leave macros behind: an .xlsx must not have any. Says whether there were some."""
        found = False
        for identifier, (kind, name) in list(self.package.targets(self._part).items()):
            if kind == "vbaProject":
                self.package.unrelate(self._part, identifier)
                for _, child in list(self.package.targets(name).values()):
                    self.package.remove(child)
                self.package.remove(name)
                found = True
        if self.package.content_type(self._part) != WORKBOOK_TYPE:
            self.package.set_content_type(self._part, WORKBOOK_TYPE)
        return found

    def mark(self, findings: Sequence[Finding], heading: findings_sheet.Heading) -> None:
        """Colour and comment the cells, blank the signature, put the list in front."""
        sheets = self._sheets()
        by_sheet: dict[str, dict[Position, list[Finding]]] = defaultdict(lambda: defaultdict(list))
        for finding in findings:
            place = position(finding.sel) if finding.sel else None
            if place is not None and finding.lembar:
                by_sheet[finding.lembar.lower()][place].append(finding)
        earlier = self._styles.unmarked()
        secrets: set[str] = set()
        blanked: set[str] = set()
        for name, part in sheets:
            signature = self._mark_sheet(part, by_sheet.get(name.lower(), {}), earlier)
            secrets |= signature.secrets
            blanked |= signature.texts
        self._insert_list(findings, heading, {name.lower(): name for name, _ in sheets})
        if self._strings_part and self._strings_root is not None:
            self.package.write(self._strings_part, self._cleaned_strings(self._strings_root, secrets, self._unused(blanked, sheets)))
        self._forget(secrets)
        if self._styles_part:
            self.package.write(self._styles_part, self._styles.to_bytes())
        else:
            self.package.add("xl/styles.xml", self._styles.to_bytes(), STYLES_TYPE)
            self.package.relate(self._part, "styles", "xl/styles.xml")
        self.package.write(self._part, to_bytes(self._root))

    def _mark_sheet(self, part: str, marks: dict[Position, list[Finding]], earlier: dict[int, int]) -> Signature:
        data = self.package.read(part)
        sheet = SheetXml(data)
        signature = find_signature(sheet.texts(self._strings, rows_to_read(sheet, self._strings)))
        anchors = sheet.merged_anchors(set(marks))
        gathered: dict[Position, list[Finding]] = defaultdict(list)
        for place, found in marks.items():
            gathered[anchors.get(place, place)] += found
        places = {*gathered, *(sheet.styled(set(earlier)) if earlier else ())}
        changes = {place: self._restyle(gravest(gathered[place]) if place in gathered else None, earlier) for place in places}
        if changes or signature.cells:
            sheet.edit(changes, signature.cells)
        remove_ours(self.package, part, sheet)
        add_comments(self.package, part, sheet, {place: note_of(found) for place, found in gathered.items()})
        sheet.deselect()
        self.package.write(part, sheet.to_bytes())
        return signature

    def _restyle(self, mark: str | None, earlier: dict[int, int]) -> Restyle:
        def change(style: int) -> int:
            plain = earlier.get(style, style)
            return plain if mark is None else self._styles.marked(plain, mark)

        return change

    def _unused(self, texts: set[str], sheets: Sequence[tuple[str, str]]) -> set[int]:
        """Which shared strings with these texts no cell uses any more: whatever a name looks like, it must not stay in the file."""
        parts = [self.package.read(part) for _, part in sheets]
        return {
            index
            for index, text in enumerate(self._strings)
            if text in texts and not any(re.search(rb't="s"[^>]*>\s*<v>%d</v>' % index, part) for part in parts)
        }

    def _cleaned_strings(self, strings: etree._Element, secrets: set[str], unused: set[int]) -> bytes:
        """The shared strings without the signature's name and NIP, wherever they stood."""
        for index, (node, text) in enumerate(zip(strings, self._strings, strict=True)):
            cleaned = "" if index in unused else _without(text, secrets)
            if cleaned != text:
                for child in list(node):
                    node.remove(child)
                kept = etree.SubElement(node, f"{{{MAIN}}}t")
                kept.text = cleaned
                kept.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return to_bytes(strings)

    def _forget(self, secrets: set[str]) -> None:
        """The same in every other part (headers, comments, text boxes), and the persons that the file's properties name."""
        spelled = [escape(secret).encode() for secret in sorted(secrets, key=len, reverse=True)]
        for name, data in list(self.package.parts.items()):
            if not name.endswith((".xml", ".vml", ".rels")):
                continue
            cleaned = data
            for secret in spelled:
                cleaned = cleaned.replace(secret, b"")
            if name.startswith("docProps/"):
                cleaned = re.sub(rb"(<(?:dc:creator|cp:lastModifiedBy|Manager)>)[^<]*(</)", rb"\1\2", cleaned)
            if cleaned is not data and cleaned != data:
                self.package.parts[name] = cleaned

    def _remove_earlier_list(self) -> None:
        """A workbook that we marked before came back with our list in front: it makes room for the new one."""
        names = self._root.find(f"{{{MAIN}}}definedNames")
        marker = next((n for n in names if n.get("name") == findings_sheet.MARKER), None) if names is not None else None
        nodes = self._sheet_nodes()
        if marker is None or names is None or len(nodes) < 2:
            return
        index = int(marker.get("localSheetId", "-1"))
        if not 0 <= index < len(nodes):
            return
        identifier = nodes[index].get(f"{{{RELATIONSHIP}}}id", "")
        _, part = self.package.targets(self._part).get(identifier, ("", ""))
        nodes[index].getparent().remove(nodes[index])
        self.package.unrelate(self._part, identifier)
        self.package.remove(part)
        for node in list(names):
            local = node.get("localSheetId")
            if local is not None and int(local) == index:
                names.remove(node)
            elif local is not None and int(local) > index:
                node.set("localSheetId", str(int(local) - 1))
        if not len(names):
            self._root.remove(names)

    def _insert_list(self, findings: Sequence[Finding], heading: findings_sheet.Heading, sheets: dict[str, str]) -> None:
        nodes = self._sheet_nodes()
        taken = {node.get("name", "").lower() for node in nodes}
        name, number = findings_sheet.NAME, 1
        while name.lower() in taken:
            number += 1
            name = f"{findings_sheet.NAME} ({number})"
        data, header = findings_sheet.write_sheet(findings, heading, self._styles, sheets)
        part = self.package.new_name("xl/worksheets/temuan{}.xml")
        self.package.add(part, data, WORKSHEET_TYPE)
        node = etree.Element(f"{{{MAIN}}}sheet", name=name, sheetId=str(max((int(n.get("sheetId", 0)) for n in nodes), default=0) + 1))
        node.set(f"{{{RELATIONSHIP}}}id", self.package.relate(self._part, "worksheet", part))
        parent = self._root.find(f"{{{MAIN}}}sheets")
        if parent is None:
            raise NotTransitional("the workbook has no sheets")
        parent.insert(0, node)
        for view in self._root.iterfind(f"{{{MAIN}}}bookViews/{{{MAIN}}}workbookView"):
            view.set("activeTab", "0")
            view.set("firstSheet", "0")
        names = self._root.find(f"{{{MAIN}}}definedNames")
        if names is None:
            names = etree.Element(f"{{{MAIN}}}definedNames")
            after = ("sheets", "functionGroups", "externalReferences")
            index = max(i for i, child in enumerate(self._root) if etree.QName(child).localname in after)
            self._root.insert(index + 1, names)
        for other in names:
            if (local := other.get("localSheetId")) is not None:
                other.set("localSheetId", str(int(local) + 1))
        quoted = f"'{name}'"
        for defined, reference, hidden in (
            ("_xlnm._FilterDatabase", f"{quoted}!$A${header}:${findings_sheet.LAST_COLUMN}${header + len(findings)}", True),
            ("_xlnm.Print_Titles", f"{quoted}!${header}:${header}", False),
            (findings_sheet.MARKER, f"{quoted}!$A$1", True),
        ):
            entry = etree.SubElement(names, f"{{{MAIN}}}definedName", name=defined, localSheetId="0")
            if hidden:
                entry.set("hidden", "1")
            entry.text = reference


def _string(node: etree._Element) -> str:
    """A shared string's text, without the reading aids (rPh) that Excel keeps beside it."""
    return "".join(
        child.text or ""
        for child in node.iter(f"{{{MAIN}}}t")
        if etree.QName(child.getparent()).localname != "rPh"
    )  # fmt: skip


def _without(text: str, secrets: set[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "")
    return NIP_DIGITS.sub("", text)
