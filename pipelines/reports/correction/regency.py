"""`perbaikan/`: for every submission with findings its own workbook, marked; made again only where it or its findings changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.replace_file import replace_file
from pipelines.reports.correction.annotate import annotate
from pipelines.workbook.opening import CannotOpen, Limits

_MANIFEST = ".isi.json"  # file name → what it was made from
_ROMAN = ("I", "II", "III", "IV")
_SUBMISSIONS = """
    select berkas.berkas_key, berkas.sha256, berkas.path, berkas.status, kecamatan.nama as kecamatan, periode.tahun, periode.triwulan
    from dim_berkas as berkas
    inner join dim_kecamatan as kecamatan using (kecamatan_key)
    inner join dim_periode as periode using (periode_key)
    where berkas.status in ('berlaku', 'ditolak')
    order by berkas.berkas_key
"""
_FINDINGS = """
    select berkas_key, aturan, tingkat, lembar, sel, kode, kolom, baris, nilai_lapor, nilai_seharusnya, pesan, status_temuan
    from fact_temuan where berkas_key is not null order by temuan_key
"""


@dataclass(frozen=True, slots=True)
class _Submission:
    berkas_key: int
    sha256: str
    path: str
    status: str
    kecamatan: str
    tahun: int
    triwulan: int

    @property
    def file_name(self) -> str:
        suffix = "_ditolak" if self.status == "ditolak" else ""
        return f"{self.tahun}_tw{self.triwulan}_{'-'.join(self.kecamatan.lower().split())}{suffix}.xlsx"

    @property
    def label(self) -> str:
        return f"Kecamatan {self.kecamatan} · Triwulan {_ROMAN[self.triwulan - 1]} {self.tahun}"


@dataclass(frozen=True, slots=True)
class Corrections:
    """What is to lie in `perbaikan/`, how many were made in this call, what could not be made (path in raw, why), what is obsolete."""

    files: tuple[Path, ...]
    written: int
    skipped: tuple[tuple[str, str], ...]
    obsolete: tuple[Path, ...] = ()

    def remove_obsolete(self) -> None:
        """Remove our files whose submission has no findings any more."""
        for path in self.obsolete:
            path.unlink(missing_ok=True)


def write_corrections(
    warehouse: Path,
    raw: Path,
    perbaikan: Path,
    *,
    room: Path | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
    beside: Callable[..., Future[Any]] | None = None,
) -> Corrections:
    """Write `<tahun>_tw<q>_<kecamatan>.xlsx` for every current submission that has findings, and `…_ditolak.xlsx` for a refused one.

    Files of ours whose submission has no findings any more are obsolete; other files in the folder are left alone.

    Args:
        warehouse: the DuckDB file to be published, opened read-only.
        raw: the folder with the workbooks as they were sent; only read.
        perbaikan: where the copies go.
        room: where those that are new wait; None: they are put in place at once, and what is obsolete is removed.
        limits: how much of everything a workbook may have.
        progress: told (how many are done, of how many).
        beside: calls a function in another process; a third of the copies are then made there.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        submissions = [_Submission(*row) for row in connection.execute(_SUBMISSIONS).fetchall()]
        findings = {int(str(key)): part for key, part in connection.execute(_FINDINGS).df().groupby("berkas_key", sort=False)}
    wanted = [submission for submission in submissions if submission.berkas_key in findings]
    before = _read_manifest(perbaikan / _MANIFEST)
    after: dict[str, str] = {}
    skipped: list[tuple[str, str]] = []
    program = _fingerprint()
    jobs: list[_Job] = []
    for submission in wanted:
        of_it = findings[submission.berkas_key]
        name = submission.file_name
        made_from = _digest(program, submission.sha256, submission.path, of_it.drop(columns="berkas_key").to_json(orient="values"))
        if before.get(name) == made_from and (perbaikan / name).is_file():
            after[name] = made_from
        else:
            jobs.append(_Job(raw / submission.path, submission, of_it, (room or perbaikan) / name, limits, made_from))
    for job, reason in _write_all(jobs, beside, progress):
        name = job.submission.file_name
        if not reason:
            after[name] = job.made_from
            continue
        skipped.append((job.submission.path, reason))
        if name in before:
            after[name] = before[name]
    if after != before:
        replace_file((room or perbaikan) / _MANIFEST, json.dumps(after, indent=1, sort_keys=True).encode())
    obsolete = tuple(perbaikan / name for name in sorted(set(before) - set(after)))
    made = Corrections(tuple(perbaikan / name for name in sorted(after)), len(jobs) - len(skipped), tuple(skipped), obsolete)
    if room is None:
        made.remove_obsolete()
    return made


@dataclass(frozen=True, slots=True)
class _Job:
    """One copy to be made."""

    source: Path
    submission: _Submission
    findings: pd.DataFrame
    target: Path
    limits: Limits | None
    made_from: str


def _write_all(
    jobs: list[_Job], beside: Callable[..., Future[Any]] | None, progress: Callable[[int, int], None] | None
) -> Iterator[tuple[_Job, str | None]]:
    """Make the copies, a third of them beside where that can be; yields each job with why it could not be done."""
    there = jobs[2::3] if beside is not None else []  # that process writes the recaps first
    answer = beside(_write_each, there) if beside is not None and there else None
    here = [job for number, job in enumerate(jobs) if number % 3 < 2] if answer is not None else jobs
    for number, job in enumerate(here, start=1):
        yield job, _write(job)
        if progress is not None:
            progress(number, len(jobs))
    if answer is not None:
        yield from zip(there, answer.result(), strict=True)
        if progress is not None:
            progress(len(jobs), len(jobs))


def _write_each(jobs: list[_Job]) -> list[str | None]:
    return [_write(job) for job in jobs]


def _write(job: _Job) -> str | None:
    """Make one copy; says why not (Indonesian) where it cannot be made."""
    submission, source = job.submission, job.source
    try:
        if hashlib.sha256(source.read_bytes()).hexdigest() != submission.sha256:
            return "isi berkas sudah berubah sejak dibaca; salinan dibuat pada proses berikutnya"
        annotate(source, job.findings, job.target, subject=f"{submission.label} · {source.name}", limits=job.limits)
    except OSError as error:
        return f"berkas tidak dapat dibaca ({error.strerror})"
    except CannotOpen as error:
        return error.pesan
    return None


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}  # lost or damaged: every copy is made again
    return {str(name): str(value) for name, value in found.items() if "/" not in str(name)} if isinstance(found, dict) else {}


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _fingerprint() -> str:
    """Of the code that makes the copies: another version makes them again."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
