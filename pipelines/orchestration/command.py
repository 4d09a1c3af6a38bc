"""`renja run`: a cheap look whether there is anything to do, and if so the same Dagster job as everywhere, in this process.

Belongs here: what comes before and after the job. Dagster, great-expectations and dbt are imported only when there is something to do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.orchestration.freshness import inputs_of, outputs_of, published
from pipelines.orchestration.run_lock import RunLockTimeoutError, run_lock
from pipelines.orchestration.summary import Summary
from pipelines.settings import Settings
from pipelines.terminal import Progress
from pipelines.warehouse.discovery import RawFolderError, discover
from pipelines.warehouse.ledger import Ledger, LedgerError

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from pipelines.orchestration.steps import Run

# Exceptions whose message is written for an operator; anything else is a programmer's and is shown with its type.
_FOR_PEOPLE = ("ReferenceError", "TransformError", "DecisionError", "LedgerError", "RawFolderError", "RunLockTimeoutError")
_PID_TAG = "renja/nomor_proses"


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. `published`: it came after the warehouse was published, before the reports were complete."""

    def __init__(self, *, published: bool) -> None:
        super().__init__()
        self.published = published


class Misused(ValueError):  # noqa: N818 - what the operator did, not an error of ours
    """The folders cannot be used so; the message (Indonesian) says what to do."""


class Failed(RuntimeError):  # noqa: N818
    """The run failed; the message (Indonesian) says at which step and why. `published`: it failed after the warehouse was published."""

    def __init__(self, message: str, *, published: bool = False) -> None:
        super().__init__(message)
        self.published = published


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `fresh`: a run took place; otherwise nothing had changed."""

    summary: Summary
    fresh: bool


def run_pipeline(settings: Settings, make_run: Callable[..., Run] | None = None) -> Outcome:
    """Bring the publication up to date with the raw folder, settings, reference tables, code and date.

    Waits while another run holds the out folder. Raises `Misused` where the folders make no sense, `Failed` where a step failed and
    `Interrupted` at Ctrl-C; the previous publication is then untouched, unless they say `published`.
    """
    raw, out = settings.raw.resolve(), settings.out.resolve()
    if out == raw or raw in out.parents:
        raise Misused(f"Folder keluaran {settings.out} berada di dalam folder masukan {settings.raw}; pilih folder keluaran di luarnya.")
    if out.exists() and not out.is_dir():
        raise Misused(f"Keluaran {settings.out} bukan folder; sebut folder lain dengan --out FOLDER.")
    if raw.exists() and not raw.is_dir():
        raise Misused(f"Masukan {settings.raw} bukan folder; sebut folder yang memuat berkas E.81 dengan --raw FOLDER.")
    if not raw.is_dir():
        raise Misused(
            f"Folder masukan {settings.raw} tidak ada; buat folder itu dan taruh berkas E.81 di dalamnya, atau sebut --raw FOLDER."
        )
    progress = Progress()
    try:
        with run_lock(settings.out, on_wait=progress.note):
            discovery = discover(settings.raw, batas_ukuran_mib=settings.batas_ukuran_mib)
            with Ledger(settings.ledger) as ledger:
                last = published(ledger)
            if last is not None and last.inputs == inputs_of(discovery, settings) and last.keluaran == outputs_of(settings):
                return Outcome(Summary.from_json(last.ringkasan), fresh=False)
            return Outcome(_execute(settings, progress, make_run), fresh=True)
    except (RawFolderError, LedgerError, RunLockTimeoutError) as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.strerror or error} ({error.filename or settings.out}).") from error
    finally:
        progress.close()


def _execute(settings: Settings, progress: Progress, make_run: Callable[..., Run] | None) -> Summary:
    from pipelines.orchestration.instance import prepare_home
    from pipelines.orchestration.steps import Run
    from pipelines.reference.tables import ReferenceError

    run = (make_run or Run)(settings, progress)
    try:
        run.begin_reading()  # the workers read while Dagster, dbt and great-expectations are imported here
    except ReferenceError as error:
        raise Failed(str(error)) from error
    progress("Menyiapkan", 0, 0)
    prepare_home(settings)
    from pipelines.orchestration.assembly import JOB, assemble
    from pipelines.orchestration.instance import open_instance
    from pipelines.warehouse.dbt_project import CannotParse

    try:
        definitions = assemble(settings, lambda _: run)
    except ReferenceError as error:
        raise Failed(str(error)) from error
    except CannotParse as error:
        raise Failed(f"model SQL tidak dapat dibaca ({error})") from error
    before = _identity(settings.warehouse)
    try:
        with _interrupts() as interrupted, open_instance(settings) as instance:
            _close_dead_runs(instance)
            result = definitions.resolve_job_def(JOB).execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                tags={_PID_TAG: str(os.getpid())},
            )
    except KeyboardInterrupt as stop:
        raise Interrupted(published=_identity(settings.warehouse) != before) from stop
    if not result.success:
        if interrupted():
            raise Interrupted(published=_identity(settings.warehouse) != before)
        where = f"rincian: proses {result.run_id} di {settings.dagster_home}"
        raise Failed(f"{_reason(result)} ({where})", published=_identity(settings.warehouse) != before)
    return run.summary


def _identity(path: Path) -> tuple[int, int] | None:
    """Changes whenever the file is replaced."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns


@contextlib.contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Gives a function that tells, afterwards, whether Ctrl-C has come: Dagster, dbt and DuckDB each make another exception of it."""
    seen = bytearray()
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield lambda: signal.SIGINT in seen
    finally:
        signal.set_wakeup_fd(before)
        with contextlib.suppress(BlockingIOError):  # nothing came
            seen.extend(os.read(reading, 4096))
        os.close(reading)
        os.close(writing)


def _reason(result: Any) -> str:  # noqa: ANN401 - dagster's ExecuteInProcessResult
    """The innermost error of the first step that failed."""
    for event in result.all_events:
        error = getattr(event.event_specific_data, "error", None) if event.is_failure else None
        if error is None:
            continue
        while error.cause is not None:
            error = error.cause
        message = str(error.message).strip()
        name = (error.cls_name or "").rsplit(".", 1)[-1]
        text = message.partition(": ")[2] if message.partition(": ")[0].rsplit(".", 1)[-1] == name else message
        if name in _FOR_PEOPLE:
            return text.rstrip(".")
        return f"langkah {event.step_key or 'persiapan'} berhenti karena kesalahan program: {name}: {' '.join(text.split())[:500]}"
    return "penyebabnya tidak tercatat"


def _close_dead_runs(instance: DagsterInstance) -> None:
    """Mark as failed what a killed `renja run` left as running: its process is gone."""
    from dagster import DagsterRunStatus, RunsFilter

    for run in instance.get_runs(RunsFilter(statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.NOT_STARTED])):
        pid = run.tags.get(_PID_TAG, "")
        if pid.isdigit() and int(pid) != os.getpid() and not _alive(int(pid)):
            instance.report_run_failed(run, "Proses ini dihentikan dari luar sebelum selesai; terbitan tidak berubah karenanya.")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
