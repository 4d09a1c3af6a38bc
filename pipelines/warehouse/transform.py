"""`mentah` → dimensions, facts and marts: one `dbt build` (seeds, models, tests) of `dbt_like_sql/`, in this process.

Belongs here: calling dbt quietly, without telemetry, with everything it writes below the out folder, and what came of it. Does not belong
here: SQL. dbt is imported inside functions: it costs more than a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.warehouse.dbt_project import CannotParse, LoadedProject, invoke, load_project, parsed_project


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
    """What the whole build came to, nodes in the order in which they finished, and dbt's manifest of the project."""

    nodes: tuple[NodeResult, ...]
    seconds: float
    manifest: Path

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
    project: LoadedProject | None = None,
    on_node: Callable[[NodeResult], None] | None = None,
) -> TransformResult:
    """Build schemas `acuan`, `staging` and `main` in the DuckDB file at `path`, which has schema `mentah` (`load`).

    `acuan` is the folder with the reference tables (`Settings.acuan`). `work` is a folder below the out folder for dbt's target, logs and
    parsed project; keep it the same from run to run. `unit_tests` runs the dbt unit tests
    too (they need no data, so a production run does without). `project` spares
    loading it here. `on_node` is called as each node finishes, from dbt's threads.
    Out: every node's status, rows, failures and time. Raises `TransformError` where a model or seed fails, or a test of severity error;
    the file is closed in either case.
    """
    arguments = ["build", "--no-write-json", *([] if unit_tests else ["--exclude-resource-type", "unit_test"])]
    kinds: dict[str, tuple[str, str]] = {}

    def on_event(event: Any) -> None:  # noqa: ANN401 - dbt's protobuf message
        if on_node is not None and event.info.name == "NodeFinished":
            info = event.data.node_info
            result = event.data.run_result
            kinds[info.unique_id] = (info.node_name, info.resource_type)
            on_node(NodeResult(info.unique_id, info.node_name, info.resource_type, str(result.status), float(result.execution_time)))

    if project is None:
        try:
            project = load_project(parsed_project(work, acuan=acuan, zona_waktu=zona_waktu, database=path.stem))
        except CannotParse as error:
            raise TransformError(f"Gudang tidak dapat dibangun: model SQL tidak dapat dibaca ({error}).") from error
    outcome = invoke(
        arguments, database=path, acuan=acuan, work=work, zona_waktu=zona_waktu, callbacks=[on_event], manifest=project.manifest
    )
    result = outcome.result
    if result is None:
        raise TransformError(f"Gudang tidak dapat dibangun: dbt berhenti sebelum mulai ({_one_line(outcome.exception)}).")
    nodes = tuple(_node_result(item) for item in result.results)
    if not outcome.success or any(node.status in ("error", "fail", "runtime error") for node in nodes):
        raise TransformError(_failure(nodes), nodes)
    rows = _row_counts(path)
    nodes = tuple(_with_rows(node, rows) for node in nodes)
    return TransformResult(nodes, float(result.elapsed_time), project.parsed.manifest)


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
