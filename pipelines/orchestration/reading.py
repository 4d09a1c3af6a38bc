"""Reading files in worker processes that may be killed, and filing what they said.

Belongs here: which function a worker runs, and what a worker's death means. Does not belong here: how a workbook is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines.reference.tables import References
from pipelines.settings import Settings
from pipelines.warehouse.discovery import FoundFile, unchanged
from pipelines.warehouse.staging import StagedFile, Staging
from pipelines.workbook.isolation import read_isolated
from pipelines.workbook.opening_refusal import CannotOpen
from pipelines.workbook.submission import ReadFile, Refusal

_NOT_FINAL = ""  # no reader's fingerprint: read again in the next run
_FILES_PER_WORKER = 100  # fewer, and a second worker's start costs more than it saves


@dataclass(frozen=True, slots=True)
class _Job:
    location: Path
    relative: str


def read_files(files: Sequence[FoundFile], references: References, settings: Settings) -> Iterator[tuple[FoundFile, ReadFile, bool]]:
    """Each file with what it said, in order of completion, and whether that is final.

    Not final: the worker was stopped (time, memory) or died. That may have been the machine's day, so the next run tries again.
    """
    by_path = {file.path: file for file in files}
    outcomes = read_isolated(
        [_Job(file.location, file.path) for file in files],
        function=partial(_read, references=references, settings=settings),
        seconds=settings.batas_detik_per_berkas,
        memory_mib=settings.batas_memori_mib,
        workers=settings.pekerja,
    )
    for job, outcome in outcomes:
        file = by_path[job.relative]
        if isinstance(outcome, ReadFile):
            yield file, outcome, True
        else:
            yield file, _stopped(file, outcome), False


def stage_files(
    files: Sequence[FoundFile], references: References, settings: Settings, reader: str
) -> Iterator[tuple[FoundFile, StagedFile | None]]:
    """Each file with its staged reading, in order of completion; None where the file changed while it was read.

    The workers stage what they read. What made a worker stop is staged as not final, so that the next run tries again. `reader` is the
    fingerprint of the reader.
    """
    outcomes = read_isolated(
        files,
        function=partial(_stage, references=references, settings=settings, reader=reader),
        seconds=settings.batas_detik_per_berkas,
        memory_mib=settings.batas_memori_mib,
        workers=min(settings.pekerja, 1 + len(files) // _FILES_PER_WORKER),
    )
    for file, outcome in outcomes:
        if not isinstance(outcome, CannotOpen):
            yield file, outcome
        elif unchanged(file):
            read = _stopped(file, outcome)
            yield file, Staging(settings.staging).put(file.sha256, file.path, _NOT_FINAL, read)
        else:
            yield file, None


def _stopped(file: FoundFile, why: CannotOpen) -> ReadFile:
    refusal = Refusal(why.aturan, f"{file.path}: {why.pesan}")
    return ReadFile(file.location.suffix.lower().lstrip("."), None, [refusal])


def _read(job: _Job, *, references: References, settings: Settings) -> ReadFile:
    from pipelines.workbook.form import read_file

    return read_file(job.location, job.relative, references, settings)


def _stage(file: FoundFile, *, references: References, settings: Settings, reader: str) -> StagedFile | None:
    from pipelines.workbook.form import read_file

    read = read_file(file.location, file.path, references, settings)
    return Staging(settings.staging).put(file.sha256, file.path, reader, read) if unchanged(file) else None
