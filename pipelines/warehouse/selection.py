"""Which submission is current: a pure function of what was read and what was seen (docs/rancangan.md, "Which submission is current").

Belongs here: the `kiriman` frame. Does not belong here: where its facts are kept (`ledger`, `staging`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipelines.warehouse.discovery import Problem, modified_at
from pipelines.warehouse.ledger import Sighting
from pipelines.warehouse.staging import StagedFile
from pipelines.workbook.submission import Form, Refusal

_DTYPES: dict[str, Any] = {
    "kiriman_id": "Int64",
    "sha256": "string",
    "path": "string",
    "lembar": "string",
    "format": "string",
    "diterima_pada": "datetime64[us]",
    "workbook_modified": "datetime64[us]",
    "status": "string",
    "revisi_ke": "Int64",
    "kode_kemendagri": "string",
    "tahun": "Int64",
    "triwulan": "Int64",
    "sebab": "string",
    "tujuan_indikator": "string",
    "tujuan_target": "string",
    "tujuan_realisasi": "string",
    "rata_rata_lapor": "Float64",
    "rata_rata_desimal": "Int64",
    "rata_rata_sel": "string",
    "predikat_lapor": "string",
    "predikat_sel": "string",
    "tanda_tangan_tempat": "string",
    "tanda_tangan_tanggal": "object",
    "tanda_tangan_jabatan": "string",
    "tanda_tangan_sel": "string",
}
_LONG_AGO = dt.datetime(1, 1, 1)
_FIRST, _LATER, _REFUSED, _TWIN = "berlaku", "digantikan", "ditolak", "ganda"


@dataclass(frozen=True, slots=True)
class Selection:
    """`kiriman` (docs/rancangan.md) and, by kiriman_id, what was read: the rows of a form are `parts[id]` = (sha256, position in file)."""

    kiriman: pd.DataFrame
    submissions: Mapping[int, Form | Refusal]
    parts: Mapping[int, tuple[str, int]]  # berlaku and digantikan only: the forms that have rows in the warehouse

    @property
    def twins(self) -> frozenset[int]:
        """kiriman_id of what is ganda: what it says was said at its original."""
        return frozenset(int(number) for number in self.kiriman.loc[self.kiriman["status"] == _TWIN, "kiriman_id"])


@dataclass(slots=True)
class _Candidate:
    """One submission before it has a number."""

    item: Form | Refusal
    sha256: str | None
    bagian: int
    path: str
    format: str
    diterima_pada: dt.datetime
    modified: dt.datetime | None
    last_mtime: int
    last_seen: int  # `urutan` of the last sighting at the path: decides between contents of one path alone
    status: str
    revisi_ke: int | None = None
    kiriman_id: int = field(default=0)

    @property
    def periode(self) -> tuple[str, int, int] | None:
        identity = self.item.identitas
        if identity.kode_kemendagri is None or identity.tahun is None or identity.triwulan is None:
            return None
        return identity.kode_kemendagri, identity.tahun, identity.triwulan


def original_path(sightings: Sequence[Sighting], present: Mapping[str, str]) -> str:
    """The path whose submission counts among the paths of one file version; `present` maps the paths in the raw folder now to sha256.

    The earliest sighting (modification time, then path) among the paths where these bytes lie now: a file moved to its right folder is
    read where it lies. Where they lie nowhere any more, the earliest of all.
    """
    here = [sighting for sighting in sightings if present.get(sighting.path) == sighting.sha256]
    return min(here or sightings, key=lambda sighting: (sighting.mtime_ns, sighting.path)).path


def select(
    staged: Iterable[StagedFile], sightings: Iterable[Sighting], present: Mapping[str, str], problems: Iterable[Problem] = ()
) -> Selection:
    """Every submission with its status: berlaku, digantikan, ditolak or ganda.

    In: readings by sha256, the ledger's sightings, the paths in the raw folder now (→ sha256), and what there could not be read. The order
    in which they come does not matter, except within a path's sightings (`urutan`). A refused sheet takes no other's place: what was
    current before it stays so. Out: `kiriman` in order of kiriman_id (tahun, triwulan, kode_kemendagri, diterima_pada, path, lembar).
    """
    of_content: dict[str, list[Sighting]] = {}
    for sighting in sorted(sightings, key=lambda sighting: (sighting.urutan, sighting.path)):
        of_content.setdefault(sighting.sha256, []).append(sighting)
    candidates: list[_Candidate] = []
    for file in staged:
        if seen := of_content.get(file.sha256):
            candidates += _submissions(file, seen, present)
    candidates += [
        _Candidate(
            Refusal(problem.aturan, problem.pesan),
            None,
            0,
            problem.path,
            _suffix(problem.path),
            modified_at(problem.mtime_ns),
            None,
            problem.mtime_ns,
            0,
            _REFUSED,
        )
        for problem in problems
    ]
    _rank(candidates)
    candidates.sort(key=_order)
    for number, candidate in enumerate(candidates, 1):
        candidate.kiriman_id = number
    return Selection(
        _frame(candidates),
        {candidate.kiriman_id: candidate.item for candidate in candidates},
        {
            candidate.kiriman_id: (candidate.sha256, candidate.bagian)
            for candidate in candidates
            if candidate.sha256 is not None and candidate.status in (_FIRST, _LATER)
        },
    )


def _submissions(file: StagedFile, seen: Sequence[Sighting], present: Mapping[str, str]) -> list[_Candidate]:
    """The submissions of one file version: each once at its original path, and again as `ganda` at every other path."""
    original = original_path(seen, present)
    received = modified_at(min(sighting.mtime_ns for sighting in seen))
    candidates = []
    for path in {sighting.path for sighting in seen}:
        at_path = [sighting for sighting in seen if sighting.path == path]
        last = at_path[-1]
        first = received if path == original else modified_at(min(sighting.mtime_ns for sighting in at_path))
        for bagian, item in enumerate(file.kiriman):
            status = _TWIN if path != original else _REFUSED if isinstance(item, Refusal) else _FIRST
            candidates.append(
                _Candidate(item, file.sha256, bagian, path, file.format, first, file.modified, last.mtime_ns, last.urutan, status)
            )
    # A file that was moved is no twin of itself: other paths count where the bytes lie there still, or lie nowhere.
    gone = {path for path in (sighting.path for sighting in seen) if present.get(path) != file.sha256}
    return [candidate for candidate in candidates if candidate.path == original or candidate.path not in gone]


def _rank(candidates: Iterable[_Candidate]) -> None:
    """The last form of a kecamatan and triwulan is berlaku, the earlier ones digantikan."""
    groups: dict[tuple[str, int, int], list[_Candidate]] = {}
    for candidate in candidates:
        if candidate.status == _FIRST and candidate.periode is not None:
            groups.setdefault(candidate.periode, []).append(candidate)
    for group in groups.values():
        group.sort(key=lambda c: (c.last_mtime, c.modified or _LONG_AGO, c.path, c.last_seen, c.item.lembar or "", c.bagian))
        for number, candidate in enumerate(group):
            candidate.revisi_ke = number
            candidate.status = _FIRST if candidate is group[-1] else _LATER


def _order(candidate: _Candidate) -> tuple[Any, ...]:
    identity = candidate.item.identitas
    return (
        *((value is None, value or 0) for value in (identity.tahun, identity.triwulan)),
        (identity.kode_kemendagri is None, identity.kode_kemendagri or ""),
        candidate.diterima_pada,
        candidate.path,
        candidate.item.lembar or "",
        candidate.last_seen,
        candidate.bagian,
    )


def _suffix(path: str) -> str:
    return path.rsplit(".", 1)[-1].lower() if "." in path.rsplit("/", 1)[-1] else "folder"


def _frame(candidates: Sequence[_Candidate]) -> pd.DataFrame:
    rows = [_row(candidate) for candidate in candidates]
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in _DTYPES.items()})


def _row(candidate: _Candidate) -> dict[str, object]:
    item = candidate.item
    row: dict[str, object] = {
        "kiriman_id": candidate.kiriman_id,
        "sha256": candidate.sha256,
        "path": candidate.path,
        "lembar": item.lembar,
        "format": candidate.format,
        "diterima_pada": candidate.diterima_pada,
        "workbook_modified": _naive(candidate.modified),
        "status": candidate.status,
        "revisi_ke": candidate.revisi_ke,
        "kode_kemendagri": item.identitas.kode_kemendagri,
        "tahun": item.identitas.tahun,
        "triwulan": item.identitas.triwulan,
    }
    if isinstance(item, Refusal):
        return {**row, "sebab": item.aturan}
    row |= {name: item.kepala.get(name) for name in ("tujuan_indikator", "tujuan_target", "tujuan_realisasi")}
    if item.rata_rata is not None:
        row |= {"rata_rata_lapor": item.rata_rata.angka, "rata_rata_desimal": item.rata_rata.desimal, "rata_rata_sel": item.rata_rata.sel}
    if item.predikat is not None:
        row |= {"predikat_lapor": item.predikat.teks, "predikat_sel": item.predikat.sel}
    return row | {name: getattr(item, name) for name in _DTYPES if name.startswith("tanda_tangan_")}


def _naive(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment is not None and moment.tzinfo is not None else moment
