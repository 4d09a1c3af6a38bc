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
from pipelines.warehouse.discovery import FoundFile
from pipelines.workbook.isolation import read_isolated
from pipelines.workbook.submission import ReadFile, Refusal


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
            refusal = Refusal(outcome.aturan, f"{file.path}: {outcome.pesan}")
            yield file, ReadFile(file.location.suffix.lower().lstrip("."), None, [refusal]), False


def _read(job: _Job, *, references: References, settings: Settings) -> ReadFile:
    from pipelines.workbook.form import read_file

    return read_file(job.location, job.relative, references, settings)
