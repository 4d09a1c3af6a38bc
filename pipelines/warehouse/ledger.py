"""What was seen in the raw folder and when, and what was last published: one SQLite file below the out folder.

Belongs here: remembering across runs, safely (a killed run leaves the ledger as it was before a transaction or after). Does not belong
here: which submission is current (`selection`, a pure function of what stands here).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pipelines.warehouse.discovery import FoundFile

_SCHEMA = """
create table if not exists sightings (
    urutan integer primary key autoincrement,
    path text not null,
    sha256 text not null,
    size integer not null,
    mtime_ns integer not null,
    seen_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
create index if not exists sightings_of_path on sightings (path, urutan);
create table if not exists catatan (kunci text primary key, nilai text not null);
"""


class LedgerError(RuntimeError):
    """The ledger cannot be used; the message (Indonesian) says what to do."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A path was seen with other content than before. `urutan` grows with time, within a path."""

    urutan: int
    path: str
    sha256: str
    mtime_ns: int


class Ledger:
    """The ledger at `path` (made where absent). A context manager; one writer at a time, others wait up to 30 s."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise LedgerError(
                f"Buku catatan {path} tidak dapat dibuka ({error}); kembalikan dari cadangan, atau pindahkan berkas itu lalu jalankan lagi "
                "(semua berkas di folder masukan dicatat ulang)."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def record(self, files: Iterable[FoundFile]) -> list[Sighting]:
        """Note each file whose path was never seen, or was last seen with other content, in one transaction. Out: what was new."""
        connection = self._connection
        connection.execute("begin immediate")
        try:
            # with one max() SQLite takes the other columns from that row
            last = {path: sha256 for path, sha256, _ in connection.execute("select path, sha256, max(urutan) from sightings group by path")}
            new = [file for file in files if last.get(file.path) != file.sha256]
            noted = []
            for file in new:
                cursor = connection.execute(
                    "insert into sightings (path, sha256, size, mtime_ns) values (?, ?, ?, ?)",
                    (file.path, file.sha256, file.size, file.mtime_ns),
                )
                noted.append(Sighting(cursor.lastrowid or 0, file.path, file.sha256, file.mtime_ns))
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise
        return noted

    def sightings(self) -> list[Sighting]:
        """Everything ever seen, oldest sighting first."""
        rows = self._connection.execute("select urutan, path, sha256, mtime_ns from sightings order by urutan")
        return [Sighting(*row) for row in rows]

    def recall(self, kunci: str) -> str | None:
        """A remembered text, or None."""
        row = self._connection.execute("select nilai from catatan where kunci = ?", (kunci,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, **catatan: str) -> None:
        """Keep texts by name, all or none."""
        connection = self._connection
        connection.execute("begin immediate")
        try:
            connection.executemany("insert or replace into catatan (kunci, nilai) values (?, ?)", list(catatan.items()))
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise
