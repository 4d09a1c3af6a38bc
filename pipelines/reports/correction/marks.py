"""Findings as marks: which cell gets which colour and which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.quality.catalogue import BY_ID, PRIORITY
from pipelines.quality.decisions import ACCEPTED
from pipelines.reports.correction.comments import Note
from pipelines.reports.correction.findings_sheet import brief, label

_SEVERITY = ("tolak", "galat", "peringatan", "info", ACCEPTED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the `temuan` frame, with what the catalogue says of its rule."""

    aturan: str
    tingkat: str
    lembar: str | None
    sel: str | None
    kode: str | None
    nilai_lapor: str | None
    nilai_seharusnya: str | None
    pesan: str
    accepted: bool

    @property
    def judul(self) -> str:
        """The rule's title."""
        return BY_ID[self.aturan].judul if self.aturan in BY_ID else self.aturan.replace("_", " ").capitalize()

    @property
    def tindakan(self) -> str:
        """What to do about it."""
        return BY_ID[self.aturan].tindakan if self.aturan in BY_ID else ""

    @property
    def mark(self) -> str:
        """The key of the fill."""
        return ACCEPTED if self.accepted else self.tingkat


def findings_of(frame: pd.DataFrame) -> list[Finding]:
    """The `temuan` frame as findings: the gravest first, then as they stand on the sheets, causes before consequences.

    Args:
        frame: columns aturan, tingkat, lembar, sel, kode, nilai_lapor, nilai_seharusnya, pesan and, where there is one, status_temuan.
    """

    def text(value: object) -> str | None:
        return None if value is None or value is pd.NA or value != value else str(value)

    columns = ("aturan", "tingkat", "lembar", "sel", "kode", "nilai_lapor", "nilai_seharusnya", "pesan")
    status = frame["status_temuan"] if "status_temuan" in frame else [None] * len(frame)
    numbers = frame["baris"] if "baris" in frame else [None] * len(frame)
    rows = []
    for position, (values, state, number) in enumerate(
        zip(zip(*(frame[name] for name in columns), strict=True), status, numbers, strict=True)
    ):
        aturan, tingkat, lembar, sel, kode, lapor, seharusnya, pesan = (text(value) for value in values)
        finding = Finding(aturan or "", tingkat or "info", lembar, sel, kode, lapor, seharusnya, pesan or "", text(state) == ACCEPTED)
        row = int(number) if text(number) is not None else 0
        rows.append(((_SEVERITY.index(finding.mark), lembar or "", row, PRIORITY.get(finding.aturan, 999), position), finding))
    return [finding for _, finding in sorted(rows, key=lambda pair: pair[0])]


def gravest(findings: Iterable[Finding]) -> str:
    """The mark of a cell with several findings."""
    return min((finding.mark for finding in findings), key=_SEVERITY.index)


def note_of(findings: Sequence[Finding]) -> Note:
    """The comment of a cell: for each finding the rule, what stands there, what it should be, why, and what to do."""
    paragraphs: list[tuple[str, bool]] = []
    for finding in findings:
        if paragraphs:
            paragraphs.append(("", False))
        accepted = " (sudah diterima Bappeda)" if finding.accepted else ""
        paragraphs.append((f"{label(finding.tingkat)}: {finding.judul}{accepted}", True))
        if finding.nilai_lapor is not None:
            paragraphs.append((f"Tertulis: {brief(finding.nilai_lapor)}", False))
        if finding.nilai_seharusnya is not None:
            paragraphs.append((f"Seharusnya: {brief(finding.nilai_seharusnya)}", False))
        if finding.pesan:
            paragraphs.append((finding.pesan, False))
        if finding.tindakan and finding.tindakan.rstrip(".").lower() not in finding.pesan.lower():
            paragraphs.append((f"Yang perlu dilakukan: {finding.tindakan}", False))
    return Note(tuple(paragraphs))
