"""The dbt project `dbt_like_sql/` as this process uses it: one dbt command, quietly and without telemetry; and the project once parsed.

Parsing costs dbt seconds, and depends on the files of the project alone. It is done at set-up (`python -m pipelines.warehouse.dbt_project`)
and kept in the environment under a fingerprint of those files; where they differ it is repeated, once, and kept below the out folder.
Belongs here: calling dbt. Does not belong here: what a build came to (`transform`), SQL. dbt is imported inside functions.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.settings import PROJECT

DBT_PROJECT = PROJECT / "dbt_like_sql"
DATABASE = "renja"  # the name of the build's database, by its file: dbt writes it into every relation that it parses
_SEEDS = DBT_PROJECT / "seeds"
_NO_TELEMETRY = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
_PREPARED = Path(sys.prefix) / "var" / "renja" / "dbt"


class CannotParse(RuntimeError):  # noqa: N818 - what dbt said of the project
    """The project's files are no valid dbt project."""


@dataclass(frozen=True, slots=True)
class ParsedProject:
    """A parsed project: dbt's `manifest.json` (for Dagster and descriptions) and the same for dbt itself."""

    folder: Path

    @property
    def manifest(self) -> Path:
        """The artifact that other tools read."""
        return self.folder / "manifest.json"

    @property
    def state(self) -> Path:
        """What dbt loads instead of parsing."""
        return self.folder / "partial_parse.msgpack"

    @property
    def whole(self) -> bool:
        """Whether both are there; they are put in place by one rename."""
        return self.manifest.is_file() and self.state.is_file()


def parsed_project(work: Path, *, acuan: Path = _SEEDS, zona_waktu: str = "Asia/Jakarta", database: str = DATABASE) -> ParsedProject:
    """The parsed project, for the reference tables in `acuan`: from set-up, from `work`, or parsed now (into `work`).

    Needs no warehouse and touches none. Raises `CannotParse` where dbt cannot parse the project.
    """
    name = _fingerprint(acuan, zona_waktu, database)
    for root in (_PREPARED, work / "parsed"):
        found = ParsedProject(root / name)
        if found.whole:
            return found
    return _parse(work / "parsed", name, acuan, zona_waktu, database)


def _parse(root: Path, name: str, acuan: Path, zona_waktu: str, database: str) -> ParsedProject:
    import shutil
    import tempfile

    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=root) as folder:
        target = Path(folder) / "target"
        arguments = ["parse", "--no-partial-parse"]
        outcome = invoke(
            arguments, database=Path(folder) / f"{database}.duckdb", acuan=acuan, work=Path(folder), target=target, zona_waktu=zona_waktu
        )
        if not outcome.success:
            raise CannotParse(" ".join(str(outcome.exception).split())[:500])
        for old in root.iterdir():
            if not old.name.startswith("."):
                shutil.rmtree(old, ignore_errors=True)
        made = ParsedProject(root / name)
        if not made.whole:
            target.replace(made.folder)
    return made


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """A parsed project, and dbt's own manifest of it as a parse would have left it. Good for one build: dbt writes into it."""

    parsed: ParsedProject
    manifest: Any


def load_project(project: ParsedProject) -> LoadedProject:
    """Make a parsed project ready for a build."""
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(project.state.read_bytes())
    manifest.build_parent_and_child_maps()  # type: ignore[no-untyped-call]
    manifest.build_group_map()  # type: ignore[no-untyped-call]
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return LoadedProject(project, manifest)


def rehearse(project: LoadedProject, *, database: Path, acuan: Path, work: Path, zona_waktu: str) -> None:
    """Have dbt get ready (schemas of its own settings, adapter) with a command that touches no database: the build then starts sooner.

    For a process that has nothing else to do. What goes wrong here goes wrong in the build, and is reported there.
    """
    arguments = ["list", "--resource-type", "source", "--no-write-json"]
    invoke(arguments, database=database, acuan=acuan, work=work, zona_waktu=zona_waktu, manifest=project.manifest)


def _fingerprint(acuan: Path, zona_waktu: str, database: str) -> str:
    """Of every file that a parse depends on, by content, and of dbt's own version."""
    from importlib.metadata import version

    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')} {acuan.resolve()} {zona_waktu} {database}".encode())
    folders = [DBT_PROJECT / name for name in ("models", "macros", "materializations", "tests")]
    files = [path for folder in (*folders, acuan) for path in folder.rglob("*") if path.suffix in (".sql", ".yml", ".csv")]
    for path in sorted([*files, *DBT_PROJECT.glob("*.yml")]):
        digest.update(f"{path}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def invoke(
    arguments: list[str],
    *,
    database: Path,
    acuan: Path,
    work: Path,
    zona_waktu: str = "Asia/Jakarta",
    target: Path | None = None,
    callbacks: Sequence[Callable[[Any], None]] = (),
    manifest: Any = None,  # noqa: ANN401
) -> Any:  # noqa: ANN401 - dbt is untyped
    """One dbt command in this process; connections are closed when it returns."""
    target = target or work / "target"
    target.mkdir(parents=True, exist_ok=True)
    environment = {
        **_NO_TELEMETRY,
        "RENJA_DBT_DUCKDB": str(database.resolve()),
        # The committed seeds by their relative name: the manifest then does not depend on where the project lies.
        "RENJA_DBT_SEEDS": "seeds" if acuan.resolve() == _SEEDS.resolve() else str(acuan.resolve()),
    }
    with _environment(environment):
        from dbt.adapters.factory import reset_adapters
        from dbt.cli.main import dbtRunner

        try:
            return dbtRunner(manifest=manifest, callbacks=list(callbacks)).invoke(
                [
                    "--no-send-anonymous-usage-stats",
                    "--no-version-check",
                    "--quiet",
                    "--no-print",
                    "--no-use-colors",
                    "--log-level",
                    "none",
                    "--log-level-file",
                    "none",
                    *arguments,
                    "--project-dir",
                    str(DBT_PROJECT),
                    "--profiles-dir",
                    str(DBT_PROJECT),
                    "--target-path",
                    str(target.resolve()),
                    "--log-path",
                    str((work / "logs").resolve()),
                    "--vars",
                    f"{{zona_waktu: {zona_waktu}}}",
                ]
            )
        finally:
            # dbt-duckdb keeps its connection open for the process; the file must be free for publication.
            _close_connections()
            reset_adapters()  # type: ignore[no-untyped-call]


def _close_connections() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None and getattr(environment, "conn", None) is not None:
        environment.conn.close()
        environment.conn = None
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Environment variables for the time of a block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def prepare() -> None:
    """Parse the project with its own reference tables for this environment (set-up calls it)."""
    name = _fingerprint(_SEEDS, "Asia/Jakarta", DATABASE)
    if not ParsedProject(_PREPARED / name).whole:
        _parse(_PREPARED, name, _SEEDS, "Asia/Jakarta", DATABASE)


if __name__ == "__main__":
    prepare()
