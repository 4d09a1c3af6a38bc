"""The built file → the warehouse to be published, beside the one that is → the published warehouse and its Parquet copies.

Belongs here: what makes a publication complete or absent, and undisturbing to readers. Does not belong here: what is in it (the dbt
project), when it is made (orchestration). One publisher at a time for one out folder: the caller holds the run's lock.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

_TEMPORARY = ".terbit-"  # everything of a publication under way begins so, beside what it will replace
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: rows a table of schema `main`, where, and how long it took."""

    warehouse: Path
    parquet: Path
    rows: Mapping[str, int]
    size: int  # bytes of the warehouse
    seconds: float


class PublishError(RuntimeError):
    """The built file cannot be published; what was published before is untouched."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A whole warehouse that nobody sees yet: open to readers, to be published or discarded."""

    file: Path
    rows: Mapping[str, int]
    warehouse: Path
    parquet: Path
    started: float

    def publish(self) -> Publication:
        """Write the Parquet copies and put both in place.

        Readers of the old file keep it. A crash at any moment leaves the old or the new, whole; what it leaves behind is removed by the
        next `prepare`.
        """
        copies = self.copies()
        for path in (*copies.iterdir(), copies, self.file):
            _flush(path)
        _exchange(copies, self.parquet)
        self.file.replace(self.warehouse)
        _flush(self.warehouse.parent)
        self.discard()
        return Publication(self.warehouse, self.parquet, self.rows, self.warehouse.stat().st_size, time.monotonic() - self.started)

    def copies(self) -> Path:
        """A folder with a Parquet file a table, written once."""
        folder = self.parquet.with_name(f"{self.file.stem}.parquet")
        if folder.is_dir():
            return folder
        folder.mkdir()
        with duckdb.connect(str(self.file), read_only=True) as connection:
            for name in self.rows:
                connection.execute(f"copy (from {_name(name)}) to {_literal(str(folder / name))} (format parquet, compression zstd)")
                (folder / name).rename(folder / f"{name}.parquet")
        return folder

    def discard(self) -> None:
        """Remove what is not published."""
        for folder in {self.warehouse.parent, self.parquet.parent}:
            _clean(folder)


def prepare(build: Path, *, warehouse: Path, parquet: Path, manifest: Path | None = None) -> Prepared:
    """Copy schema `main` of the file at `build` (`transform`) into a fresh file beside `warehouse`.

    Only `main` is copied, table by table: it is small, and the same data gives the same tables. `manifest` is dbt's
    (`TransformResult.manifest`): its descriptions become the comments of tables and columns. `parquet` is the folder for a Parquet file a
    table. Both places must lie in one file system. Raises `PublishError` where `build` has no table in `main`.
    """
    started = time.monotonic()
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    parquet.parent.mkdir(parents=True, exist_ok=True)
    for folder in {warehouse.parent, parquet.parent}:
        _clean(folder)
    new_file = warehouse.with_name(f"{_TEMPORARY}{os.getpid()}.duckdb")
    try:
        return Prepared(new_file, _copy(build, new_file, _descriptions(manifest)), warehouse, parquet, started)
    except BaseException:
        _clean(warehouse.parent)
        raise


def publish(build: Path, *, warehouse: Path, parquet: Path, manifest: Path | None = None) -> Publication:
    """`prepare` and publish, with nothing in between."""
    return prepare(build, warehouse=warehouse, parquet=parquet, manifest=manifest).publish()


def _copy(build: Path, new_file: Path, descriptions: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, int]:
    rows: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach {_literal(str(build))} as bangunan (read_only)")
        # The default block (256 KiB) is larger than most tables here.
        connection.execute(f"attach {_literal(str(new_file))} as terbitan (block_size 16384)")
        connection.execute("use terbitan")
        found = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'bangunan' and schema_name = 'main' order by table_name"
        ).fetchall()
        if not found:
            raise PublishError(f"{build} has no table in schema main: nothing was transformed")
        connection.begin()
        for (name,) in found:
            connection.execute(f"create table {_name(name)} as from bangunan.main.{_name(name)}")
            rows[name] = connection.execute(f"select count(*) from {_name(name)}").fetchall()[0][0]
            _comment(connection, name, descriptions.get(name))
        connection.commit()
        connection.execute("detach bangunan")
        connection.execute("checkpoint terbitan")
        connection.execute("use memory")
        connection.execute("detach terbitan")
    return rows


def _comment(connection: duckdb.DuckDBPyConnection, table: str, description: tuple[str, Mapping[str, str]] | None) -> None:
    if description is None:
        return
    connection.execute(f"comment on table {_name(table)} is {_literal(description[0])}")
    present = {row[0] for row in connection.execute(f"select column_name from (describe {_name(table)})").fetchall()}
    for column, text in description[1].items():
        if column in present:
            connection.execute(f"comment on column {_name(table)}.{_name(column)} is {_literal(text)}")


def _descriptions(manifest: Path | None) -> dict[str, tuple[str, dict[str, str]]]:
    """Table → its description and those of its columns."""
    if manifest is None:
        return {}
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["name"]: (node["description"], {name: column["description"] for name, column in node["columns"].items()})
        for node in nodes
        if node["resource_type"] == "model"
    }


def _exchange(new: Path, current: Path) -> None:
    """Put folder `new` where `current` is; `new` then is the old one, or gone."""
    if not current.exists():
        new.rename(current)
        return
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(current), _RENAME_EXCHANGE) == 0:
            return
    except (OSError, AttributeError):
        pass
    # No exchange on this system: the folder is absent for the moment between two renames, and never half.
    old = new.with_name(f"{new.name}.lama")
    current.rename(old)
    new.rename(current)


def _flush(path: Path) -> None:
    """Make a file or folder durable before anything points to it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clean(folder: Path) -> None:
    """Remove what an interrupted publication left behind."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
