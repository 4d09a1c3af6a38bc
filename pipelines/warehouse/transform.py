"""`mentah` → dimensions, facts and marts: one `dbt build` (seeds, models, tests) of `dbt_like_sql/`, in this process.

Belongs here: calling dbt quietly, without telemetry, with everything it writes below the out folder, and what came of it. Does not belong
here: SQL. dbt is imported inside functions: it costs more than a second.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.settings import PROJECT

DBT_PROJECT = PROJECT / "dbt_like_sql"
_SEEDS = DBT_PROJECT / "seeds"
_NO_TELEMETRY = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What one dbt node came to. `kind` is seed, model, test or unit_test; `status` is success, pass, warn, fail, error or skipped."""

    unique_id: str
    name: str
    kind: str
    status: str
    seconds: float
    rows: int | None = None  # rows of a model or seed
    failures: int | None = None  # failing rows of a test
    message: str | None = None
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransformResult:
    """What the whole build came to, nodes in the order in which they finished, and dbt's artifacts."""

    nodes: tuple[NodeResult, ...]
    seconds: float
    manifest: Path
    run_results: Path

    def of_kind(self, kind: str) -> tuple[NodeResult, ...]:
        """The nodes of one kind (seed, model, test)."""
        return tuple(node for node in self.nodes if node.kind == kind)


class TransformError(RuntimeError):
    """The build failed; nothing of it may be published. The message (Indonesian) names the tables and tests at fault."""

    def __init__(self, message: str, nodes: Sequence[NodeResult] = ()) -> None:
        super().__init__(message)
        self.nodes = tuple(nodes)


def transform(
    path: Path,
    *,
    acuan: Path,
    work: Path,
    zona_waktu: str = "Asia/Jakarta",
    unit_tests: bool = False,
    on_node: Callable[[NodeResult], None] | None = None,
) -> TransformResult:
    """Build schemas `acuan`, `staging` and `main` in the DuckDB file at `path`, which has schema `mentah` (`load`).

    `acuan` is the folder with the reference tables (`Settings.acuan`). `work` is a folder below the out folder for dbt's target, logs and
    partial parse; keep it, and `path`, the same from run to run: dbt parses anew when either changes. `unit_tests` runs the dbt unit tests
    too (they need no data, so a production run does without). `on_node` is called as each node finishes, from dbt's threads.
    Out: every node's status, rows, failures and time. Raises `TransformError` where a model or seed fails, or a test of severity error;
    the file is closed in either case.
    """
    arguments = ["build", *([] if unit_tests else ["--exclude-resource-type", "unit_test"])]
    kinds: dict[str, tuple[str, str]] = {}

    def on_event(event: Any) -> None:  # noqa: ANN401 - dbt's protobuf message
        if on_node is not None and event.info.name == "NodeFinished":
            info = event.data.node_info
            result = event.data.run_result
            kinds[info.unique_id] = (info.node_name, info.resource_type)
            on_node(NodeResult(info.unique_id, info.node_name, info.resource_type, str(result.status), float(result.execution_time)))

    outcome = _invoke(arguments, database=path, acuan=acuan, work=work, zona_waktu=zona_waktu, callbacks=[on_event])
    result = outcome.result
    if result is None:
        raise TransformError(f"Gudang tidak dapat dibangun: dbt berhenti sebelum mulai ({_one_line(outcome.exception)}).")
    nodes = tuple(_node_result(item) for item in result.results)
    if not outcome.success or any(node.status in ("error", "fail", "runtime error") for node in nodes):
        raise TransformError(_failure(nodes), nodes)
    rows = _row_counts(path)
    nodes = tuple(_with_rows(node, rows) for node in nodes)
    target = work / "target"
    return TransformResult(nodes, float(result.elapsed_time), target / "manifest.json", target / "run_results.json")


def manifest(work: Path, *, acuan: Path = _SEEDS) -> Path:
    """`manifest.json` of the dbt project, parsed only when a file of the project or of `acuan` has changed since it was written.

    For dagster-dbt (asset specs, checks, descriptions): needs no warehouse and touches none. `work` is the folder that `transform` uses;
    the manifest of this function is kept apart from that of a build (`work/manifest/manifest.json`), so that neither disturbs the other.
    A fresh parse costs about two seconds (dbt's import included), a cached one milliseconds. Raises `TransformError` where dbt cannot
    parse the project.
    """
    folder = work / "manifest"
    path, stamp = folder / "manifest.json", folder / "fingerprint"
    fingerprint = _fingerprint(acuan)
    if path.is_file() and stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint:
        return path
    outcome = _invoke(["parse"], database=Path(":memory:"), acuan=acuan, work=work, target=folder)
    if not outcome.success:
        raise TransformError(f"Model SQL tidak dapat dibaca: {_one_line(outcome.exception)}.")
    stamp.write_text(fingerprint, encoding="ascii")
    return path


def _fingerprint(acuan: Path) -> str:
    """Of every file that a parse depends on, by content, and of dbt's own version."""
    from importlib.metadata import version

    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')} {acuan.resolve()}".encode())
    folders = [DBT_PROJECT / name for name in ("models", "macros", "tests")]
    files = [path for folder in (*folders, acuan) for path in folder.rglob("*") if path.suffix in (".sql", ".yml", ".csv")]
    for path in sorted([*files, *DBT_PROJECT.glob("*.yml")]):
        digest.update(f"{path}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _invoke(
    arguments: list[str],
    *,
    database: Path,
    acuan: Path,
    work: Path,
    zona_waktu: str = "Asia/Jakarta",
    target: Path | None = None,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:  # noqa: ANN401 - dbt is untyped
    """One dbt command in this process; connections are closed when it returns."""
    target = target or work / "target"
    target.mkdir(parents=True, exist_ok=True)
    environment = {
        **_NO_TELEMETRY,
        "RENJA_DBT_DUCKDB": str(database) if str(database) == ":memory:" else str(database.resolve()),
        # The committed seeds by their relative name: the manifest then does not depend on where the project lies.
        "RENJA_DBT_SEEDS": "seeds" if acuan.resolve() == _SEEDS.resolve() else str(acuan.resolve()),
    }
    with _environment(environment):
        from dbt.adapters.factory import reset_adapters
        from dbt.cli.main import dbtRunner

        try:
            return dbtRunner(callbacks=list(callbacks)).invoke(
                [
                    "--no-send-anonymous-usage-stats",
                    "--no-version-check",
                    "--quiet",
                    "--no-print",
                    "--no-use-colors",
                    "--log-level",
                    "none",
                    "--log-level-file",
                    "warn",
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


def _node_result(item: Any) -> NodeResult:  # noqa: ANN401 - dbt's RunResult
    node = item.node
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        kind=str(node.resource_type),
        status=str(item.status),
        seconds=float(item.execution_time),
        failures=item.failures if str(node.resource_type) in ("test", "unit_test") else None,
        message=item.message,
        depends_on=tuple(getattr(node.depends_on, "nodes", ())),  # a seed depends on macros alone
    )


def _row_counts(path: Path) -> dict[str, int]:
    """Rows of every table that dbt built, by name."""
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        # estimated_size is exact for a table that was written once and never deleted from
        found = connection.execute("select table_name, estimated_size from duckdb_tables() where schema_name <> 'mentah'").fetchall()
    return {str(name): int(size) for name, size in found}


def _with_rows(node: NodeResult, rows: dict[str, int]) -> NodeResult:
    from dataclasses import replace

    return replace(node, rows=rows.get(node.name)) if node.kind in ("model", "seed") else node


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:500]


def _failure(nodes: Sequence[NodeResult]) -> str:
    """One line a failed node, Indonesian."""
    lines = []
    for node in nodes:
        if node.status == "fail":
            lines.append(f"uji {node.name} menemukan {node.failures} baris yang salah")
        elif node.status in ("error", "runtime error"):
            lines.append(f"{'tabel' if node.kind in ('model', 'seed') else 'uji'} {node.name} gagal: {_one_line(node.message)}")
    skipped = sum(node.status == "skipped" for node in nodes)
    tail = f" ({skipped} langkah sesudahnya dilewati)" if skipped else ""
    return f"Gudang tidak diterbitkan: {'; '.join(lines) or 'dbt gagal tanpa keterangan'}{tail}."
