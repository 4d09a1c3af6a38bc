"""Whether a run would do anything: a fingerprint of everything that goes into a publication, and the one that was last published.

Belongs here: what a publication depends on. Imports nothing heavy: `renja run` on an unchanged folder ends here, and so does the sensor.
"""

from __future__ import annotations

import hashlib
import json
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import PROJECT, Settings
from pipelines.warehouse.discovery import Discovery
from pipelines.warehouse.ledger import Ledger

_NOT_IN_THE_RESULT = {"raw", "out", "pekerja", "jadwal", "port", "hari_ini", "keputusan"}
_PUBLISHED, _SUMMARY = "terbit", "ringkasan"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What goes into a publication. `isi`: raw folder, settings, reference tables, decisions, code; `tanggal`: today."""

    isi: str
    tanggal: str


@dataclass(frozen=True, slots=True)
class Published:
    """What the last publication was made of, its outputs as they were left, and its summary (JSON)."""

    inputs: Inputs
    keluaran: str
    ringkasan: str


def inputs_of(discovery: Discovery, settings: Settings) -> Inputs:
    """The fingerprint of what a run would work on now."""
    digest = hashlib.sha256(discovery.fingerprint.encode())
    chosen = {name: value for name, value in settings.model_dump(mode="json").items() if name not in _NOT_IN_THE_RESULT}
    digest.update(json.dumps(chosen, sort_keys=True).encode())
    for path in _files(settings):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    digest.update(b"keputusan\0" + (settings.keputusan.read_bytes() if settings.keputusan.is_file() else b""))
    digest.update(repr(sorted(p.name for p in Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info"))).encode())
    return Inputs(digest.hexdigest(), settings.today.isoformat())


def _files(settings: Settings) -> Iterable[Path]:
    """The code of the pipeline and of the SQL, and the reference tables."""
    yield from sorted((PROJECT / "pipelines").rglob("*.py"))
    models = PROJECT / "dbt_like_sql"
    yield from sorted(p for folder in ("models", "macros", "tests") for p in (models / folder).rglob("*") if p.suffix in (".sql", ".yml"))
    yield from sorted(models.glob("*.yml"))
    yield from sorted(settings.acuan.glob("*.csv"))


def outputs_of(settings: Settings) -> str:
    """The published files by place, size and time: not the same once one is gone or was changed by another hand."""
    parts: list[tuple[str, int | None, int | None]] = []
    for path in (settings.warehouse, *sorted(settings.parquet.glob("*.parquet")), *sorted(settings.laporan.glob("*"))):
        try:
            state = path.stat()
        except OSError:
            parts.append((path.name, None, None))
        else:
            parts.append((path.name, state.st_size, state.st_mtime_ns))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def published(ledger: Ledger) -> Published | None:
    """What was last published, or None."""
    text = ledger.recall(_PUBLISHED)
    summary = ledger.recall(_SUMMARY)
    if text is None or summary is None:
        return None
    data = json.loads(text)
    return Published(Inputs(data["isi"], data["tanggal"]), data["keluaran"], summary)


def note_publication(ledger: Ledger, inputs: Inputs, settings: Settings, ringkasan: str) -> None:
    """Remember that a publication made of `inputs` is complete, reports included."""
    text = json.dumps({"isi": inputs.isi, "tanggal": inputs.tanggal, "keluaran": outputs_of(settings)})
    ledger.remember(**{_PUBLISHED: text, _SUMMARY: ringkasan})
