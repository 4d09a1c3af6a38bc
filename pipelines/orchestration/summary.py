"""What a run came to, for the ledger, for Dagster and for the terminal.

Belongs here: the facts of the summary, and its JSON. Does not belong here: how a terminal shows them (`pipelines.terminal`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """One file or sheet that was not loaded, and why (Indonesian)."""

    path: str
    lembar: str | None
    aturan: str
    pesan: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of submissions by status, findings by tingkat (of current submissions, and of all), refusals, and what was left for later."""

    berkas: int  # files in the raw folder
    dibaca: int  # of them read in this run
    berlaku: int
    digantikan: int
    ganda: int
    ditolak: tuple[RefusedItem, ...] = ()
    ditunda: tuple[str, ...] = ()  # files that were being written
    temuan: dict[str, int] = field(default_factory=dict)  # tingkat -> count
    keluaran: tuple[str, ...] = ()

    def to_json(self) -> str:
        """For the ledger."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Summary:
        """From the ledger."""
        data = json.loads(text)
        data["ditolak"] = tuple(RefusedItem(**item) for item in data["ditolak"])
        return cls(**{**data, "ditunda": tuple(data["ditunda"]), "keluaran": tuple(data["keluaran"])})
