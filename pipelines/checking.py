"""`renja check`: workbooks before they are sent. Nothing is loaded or remembered.

Belongs here: reading and checking single files, and printing what was found. Does not belong here: how a workbook is read, any rule.
"""

from __future__ import annotations

import hashlib
import importlib
import stat
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipelines.orchestration.reading import read_files
from pipelines.quality.figures import compute_figures
from pipelines.quality.findings import reading_findings
from pipelines.reference.tables import ReferenceError, References, load_references
from pipelines.settings import Settings
from pipelines.terminal import harmless, say
from pipelines.warehouse.discovery import FoundFile
from pipelines.warehouse.ledger import Sighting
from pipelines.warehouse.selection import Selection, select
from pipelines.warehouse.staging import Staging
from pipelines.workbook.identity import explain as explain_evidence
from pipelines.workbook.submission import Form, ReadFile, Refusal

OK, USAGE, GALAT = 0, 2, 3
_GRAVE = ("tolak", "galat")
_NOT_OF_THE_FILE = frozenset({"terlambat_lapor", "revisi", "kiriman_ganda"})


def check_files(files: Sequence[Path], settings: Settings, *, annotate: Path | None = None, explain: bool = False) -> int:
    """Check each file and print its findings with cell addresses; `annotate` is the folder for marked copies.

    Out: 0 no galat, 3 galat (or a refusal) found, 2 a file that is not there or a reference table that is wrong.
    """
    found = []
    for path in files:
        try:
            found.append(_found(path, settings))
        except OSError as error:
            why = "tidak ada" if isinstance(error, FileNotFoundError) else f"tidak dapat dibaca ({error.strerror})"
            say(f"{harmless(path)} {why}; periksa nama dan letak berkasnya.", stream=sys.stderr)
            return USAGE
    try:
        references = load_references(settings.acuan)
    except ReferenceError as error:
        say(str(error), stream=sys.stderr)
        return USAGE
    worst = OK
    # seconds of import, while a worker process reads
    threading.Thread(target=importlib.import_module, args=("pipelines.quality.engine",), daemon=True).start()
    reads = {file.path: read for file, read, _ in read_files(found, references, settings)}
    for file in found:
        selection, findings = _findings(file, reads[file.path], references, settings)
        if explain:
            _explain(file, selection, references)
        _show(file, selection, findings)
        if annotate is not None:
            _annotate(file, selection, findings, annotate)
        if findings["tingkat"].isin(_GRAVE).any():
            worst = GALAT
    return worst


def _found(path: Path, settings: Settings) -> FoundFile:
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise OSError(0, "bukan berkas biasa")
    with path.open("rb") as file:
        # one that is too large is refused for its size, not read
        whole = state.st_size <= settings.batas_ukuran_mib * 2**20
        sha256 = (hashlib.file_digest(file, "sha256") if whole else hashlib.sha256(file.read(2**20))).hexdigest()
    # the folders around it may say whose form it is: as much of the path as a raw folder would have
    relative = Path(*path.resolve().parts[-3:]).as_posix().lstrip("/")
    return FoundFile(relative, path.resolve(), sha256, state.st_size, state.st_mtime_ns)


def _findings(file: FoundFile, read: ReadFile, references: References, settings: Settings) -> tuple[Selection, pd.DataFrame]:
    """The submissions of one file, and every finding that can be known from the file alone."""
    from pipelines.quality.validation import validate

    with tempfile.TemporaryDirectory(prefix="renja-check-") as folder:
        staging = Staging(Path(folder))
        staged = staging.put(file.sha256, file.path, "", read)
        selection = select([staged], [Sighting(1, file.path, file.sha256, file.mtime_ns)], {file.path: file.sha256})
        rows = staging.rows({part: number for number, part in selection.parts.items()})
    figures = compute_figures(rows, selection.kiriman, references)
    items = list(selection.submissions.items())
    kolom = {number: item.kolom for number, item in items if isinstance(item, Form)}
    rp_faktor = {number: item.rp_faktor for number, item in items if isinstance(item, Form)}
    temuan = validate(figures, selection.kiriman, kolom, reading_findings(items), references, settings, rp_faktor=rp_faktor).temuan
    return selection, temuan[~temuan["aturan"].isin(_NOT_OF_THE_FILE)]


def _show(file: FoundFile, selection: Selection, findings: pd.DataFrame) -> None:
    name = harmless(file.location.name)
    counts = findings["tingkat"].value_counts()
    total = ", ".join(f"{int(counts[level])} {level}" for level in ("tolak", "galat", "peringatan", "info") if level in counts)
    say(f"{name}: {total or 'tidak ada temuan'}")
    for number, item in selection.submissions.items():
        own = findings[findings["kiriman_id"] == number]
        if isinstance(item, Form) and len(selection.submissions) > 1:
            say(f" lembar {harmless(item.lembar)}")
        for row in own.to_dict("records"):
            sel = harmless(row["sel"]) if pd.notna(row["sel"]) else "-"
            say(f"  {sel:<7} {row['tingkat']:<10} {row['aturan']}: {harmless(row['pesan'])}")


def _explain(file: FoundFile, selection: Selection, references: References) -> None:
    say(f"{harmless(file.location.name)}: cara berkas ini dipahami")
    for item in selection.submissions.values():
        say(f" lembar {harmless(item.lembar)}" if item.lembar else " seluruh berkas")
        for line in item.penjelasan:
            say(f"  {harmless(line)}")
        for evidence in item.identitas.bukti:
            say(f"  {harmless(explain_evidence(evidence, references))}")
        if isinstance(item, Refusal):
            say(f"  ditolak: {harmless(item.pesan)}")


def _annotate(file: FoundFile, selection: Selection, findings: pd.DataFrame, folder: Path) -> None:
    from pipelines.reports.correction.annotate import annotate

    if not selection.parts:
        return  # a refused file has no cells to mark
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{file.location.stem}.xlsx"
    if target.exists() and target.samefile(file.location):
        target = folder / f"{file.location.stem}_perbaikan.xlsx"
    annotate(file.location, findings, target)
    say(f"  salinan yang ditandai: {harmless(target)}")
