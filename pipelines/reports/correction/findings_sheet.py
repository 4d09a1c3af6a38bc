"""The first sheet of the workbook that goes back: every finding, with a link to its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pipelines.reports.correction.package import MAIN, RELATIONSHIP, clean_text
from pipelines.reports.correction.styles import FILLS, Styles
from pipelines.workbook.cells import address

if TYPE_CHECKING:
    from pipelines.reports.correction.marks import Finding

_BRIEF = 200  # characters
NAME = "Temuan"
MARKER = "renja_temuan"
"""A hidden defined name that only our sheet has: a later round takes the sheet away by it."""

_COLUMNS = (
    ("No", 5),
    ("Tingkat", 13),
    ("Lembar", 14),
    ("Sel", 8),
    ("Kode", 21),
    ("Temuan", 26),
    ("Tertulis", 20),
    ("Seharusnya", 20),
    ("Penjelasan", 52),
    ("Yang perlu dilakukan", 40),
)
_LABELS = {"tolak": "DITOLAK", "galat": "GALAT", "peringatan": "PERINGATAN", "info": "INFO"}
LAST_COLUMN = address(0, len(_COLUMNS) - 1)[:-1]


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the list."""

    subject: str  # whose form, of when
    notes: Sequence[str]  # what a reader must know: converted, macros left out, name and NIP blanked


def brief(value: str | None) -> str:
    """A value as it fits beside its explanation, which says the whole of it."""
    return value if value and len(value) <= _BRIEF else f"{value[:_BRIEF]} …" if value else ""


def label(tingkat: str) -> str:
    """How a severity is called on paper."""
    return _LABELS.get(tingkat, tingkat.upper())


def summary(findings: Sequence[Finding]) -> str:
    """'3 galat · 2 peringatan', by open findings, and how many were accepted."""
    counts = {tingkat: sum(f.tingkat == tingkat and not f.accepted for f in findings) for tingkat in _LABELS}
    parts = [f"{count} {'penolakan' if tingkat == 'tolak' else tingkat}" for tingkat, count in counts.items() if count]
    accepted = sum(f.accepted for f in findings)
    if accepted:
        parts.append(f"{accepted} sudah diterima Bappeda")
    return " · ".join(parts) or "Tidak ada temuan"


def write_sheet(findings: Sequence[Finding], heading: Heading, styles: Styles, sheets: Mapping[str, str]) -> tuple[bytes, int]:
    """The worksheet part.

    Args:
        findings: in the order in which they are listed.
        heading: what stands above the list.
        styles: gets the list's formats.
        sheets: lower-case sheet name → the sheet's name, for the links.

    Returns:
        The part, and the 1-based row of the table's header.
    """
    title = styles.new_format(bold=True, size=16, wrap=False)
    plain = styles.new_format(wrap=False)
    strong = styles.new_format(bold=True, size=11, wrap=False)
    head = styles.new_format(bold=True, color="FFFFFFFF", fill="FF1F4E79", border=True, horizontal="center")
    body = styles.new_format(border=True)
    link = styles.new_format(border=True, underline=True, color="FF0B5CAD")
    severities = {mark: styles.new_format(bold=True, border=True, fill=color, horizontal="center") for mark, color in FILLS.items()}
    rows: list[str] = []

    def add(cells: Sequence[tuple[str, int]], height: float | None = None) -> int:
        number = len(rows) + 1
        inside = "".join(_cell(number, column, text, style) for column, (text, style) in enumerate(cells))
        size = f' ht="{height}" customHeight="1"' if height else ""
        rows.append(f'<row r="{number}"{size}>{inside}</row>')
        return number

    add([("Temuan pemeriksaan Formulir E.81", title)], 24)
    add([(heading.subject, strong)])
    add([(summary(findings), strong)])
    for note in (
        "Perbaiki sel yang berwarna pada lembar aslinya, simpan, lalu kirim kembali berkas ini ke Bappeda; lembar ini boleh dibiarkan. "
        "Klik alamat sel untuk menuju ke sana.",
        "Merah: galat, wajib diperbaiki. Kuning: peringatan, perbaiki atau jelaskan. Biru: informasi. "
        "Hijau keabu-abuan: sudah diterima Bappeda.",
        *heading.notes,
    ):
        add([(note, plain)])
    add([])
    header = add([(name, head) for name, _ in _COLUMNS], 20)
    links = []
    for number, finding in enumerate(findings, start=1):
        sheet = sheets.get((finding.lembar or "").lower())
        status = "DITERIMA" if finding.accepted else label(finding.tingkat)
        target = f"'{sheet.replace(chr(39), chr(39) * 2)}'!{finding.sel}" if sheet and finding.sel else None
        row = add(
            [
                (str(number), body),
                (status, severities["diterima" if finding.accepted else finding.tingkat]),
                (finding.lembar or "", body),
                (finding.sel or "", link if target else body),
                (finding.kode or "", body),
                (finding.judul, body),
                (brief(finding.nilai_lapor), body),
                (brief(finding.nilai_seharusnya), body),
                (finding.pesan, body),
                (finding.tindakan, body),
            ],
            _height(finding),
        )
        if target:
            links.append(f'<hyperlink ref="D{row}" location="{_attribute(target)}" display="{_attribute(finding.sel or "")}"/>')
    last = len(rows)
    widths = "".join(f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, (_, width) in enumerate(_COLUMNS, start=1))
    hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    part = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONSHIP}">'
        '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{LAST_COLUMN}{last}"/>'
        f'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="{header}" topLeftCell="A{header + 1}" '
        'activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>{"".join(rows)}</sheetData>'
        f'<autoFilter ref="A{header}:{LAST_COLUMN}{max(last, header)}"/>{hyperlinks}'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;LTemuan pemeriksaan Formulir E.81&amp;RHalaman &amp;P dari &amp;N</oddFooter></headerFooter>"
        "</worksheet>"
    )
    return part.encode(), header


def _height(finding: Finding) -> float:
    """Points that the longest wrapped text of a row needs: a row without a height is not fitted by every program."""
    texts = (
        finding.lembar,
        None,
        finding.kode,
        finding.judul,
        brief(finding.nilai_lapor),
        brief(finding.nilai_seharusnya),
        finding.pesan,
        finding.tindakan,
    )
    widths = (16, 8, 20, 26, 20, 20, 52, 40)
    lines = max(
        sum(1 + int(len(part) * 1.1) // width for part in (text or "").split("\n")) for text, width in zip(texts, widths, strict=True)
    )
    return min(409.0, 13.5 * lines + 3)


def _attribute(text: str) -> str:
    return escape(clean_text(text), {'"': "&quot;"})


def _cell(row: int, column: int, text: str, style: int) -> str:
    place = f"{address(row - 1, column)}"
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    # `_x0041_` is how the format spells a character: text that looks so must be told apart (ECMA-376 part 1, 22.9.2.19)
    plain = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", clean_text(text)[:32_767])
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(plain)}</t></is></c>'
