"""Work on hostile files, in processes that may be killed.

Belongs here: worker processes, their time and memory. Does not belong here: what they do (a picklable top-level function).
A worker is started once (spawn: nothing of the parent comes along) and used for many files. One that takes too long or dies is replaced.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from pipelines.workbook.opening_refusal import TOO_LARGE, CannotOpen, unreadable

Job = TypeVar("Job")
Result = TypeVar("Result")

_START_SECONDS = 60.0  # a worker's imports on a busy machine; not counted as a file's time


def read_isolated(
    jobs: Iterable[Job], *, function: Callable[[Job], Result], seconds: float, memory_mib: int, workers: int
) -> Iterator[tuple[Job, Result | CannotOpen]]:
    """Run `function` for each job in worker processes; yields (job, its result or why there is none), in order of completion.

    `function` and the jobs must be picklable. `seconds` is the time one job may take, `memory_mib` the address space it may take beyond
    what the worker has after its imports. A job whose worker dies or is stopped yields CannotOpen, as does one that raises anything; one
    whose worker was killed from outside is first done once more, by another worker: that was hardly the job's fault.
    """
    waiting = [(job, False) for job in jobs][::-1]
    pool = [_Worker(function, memory_mib) for _ in range(min(workers, len(waiting)))]
    try:
        busy: dict[Connection, tuple[_Worker, tuple[Job, bool], float]] = {}
        idle = pool[:]
        while waiting or busy:
            while waiting and idle:
                worker, task = idle.pop(), waiting.pop()
                worker.send(task[0])
                busy[worker.connection] = worker, task, time.monotonic() + seconds + worker.allowance()
            ready = wait(list(busy), timeout=max(0.0, min(deadline for _, _, deadline in busy.values()) - time.monotonic()))
            done = [connection for connection in ready if isinstance(connection, Connection)]
            now = time.monotonic()
            for connection in list(busy):
                worker, task, deadline = busy[connection]
                outcome: Any
                if connection in done:
                    outcome = worker.receive()
                    if outcome is _STARTED:
                        busy[connection] = worker, task, now + seconds
                        continue
                elif now >= deadline:
                    outcome = _too_slow(seconds)
                    worker.stop()
                else:
                    continue
                del busy[connection]
                job, again = task
                if outcome is _KILLED and not again:
                    waiting.append((job, True))
                if not worker.alive:
                    pool.remove(worker)
                    if waiting:
                        worker = _Worker(function, memory_mib)
                        pool.append(worker)
                        idle.append(worker)
                else:
                    idle.append(worker)
                if outcome is not _KILLED:
                    yield job, outcome
                elif again:
                    yield job, _too_much_memory()
    finally:
        for worker in pool:
            worker.stop()


_STARTED, _KILLED = "worker started", "worker killed"
# a system without memory kills, as a person may; native code that is refused memory aborts
_BY_KILL, _BY_ABORT = -int(getattr(signal, "SIGKILL", 9)), -int(signal.SIGABRT)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, function: Callable[[Any], Any], memory_mib: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, function, memory_mib), daemon=True)
        start_undisturbed(self.process)
        theirs.close()
        self.alive = True
        self.started = False

    def allowance(self) -> float:
        return 0.0 if self.started else _START_SECONDS

    def send(self, job: object) -> None:
        with contextlib.suppress(OSError):  # a death is seen, and reported, at the receiving end
            self.connection.send(job)

    def receive(self) -> Any:  # noqa: ANN401 - whatever the function returns
        try:
            kind, value = self.connection.recv()
        except (EOFError, OSError):
            self.process.join(5)
            code = self.process.exitcode
            self.stop()
            if code == _BY_KILL:
                return _KILLED
            if code == _BY_ABORT:
                return _too_much_memory()
            return unreadable("membuat pembacanya berhenti mendadak")
        if kind == _STARTED:
            self.started = True
            return _STARTED
        return value

    def stop(self) -> None:
        """End the process, now."""
        self.alive = False
        if self.process.is_alive():
            self.process.kill()
        self.process.join(5)
        self.connection.close()


def start_undisturbed(process: BaseProcess) -> None:
    """Start a process that Ctrl-C on the terminal does not reach, not even during its imports.

    A terminal interrupts every process of the command, and each would print a stack trace of its own; whoever started this one ends it.
    """
    if not hasattr(signal, "pthread_sigmask"):
        process.start()
        return
    resource_tracker.ensure_running()  # the first process would start it, and that lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a mask is inherited
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _too_slow(seconds: float) -> CannotOpen:
    return CannotOpen(
        TOO_LARGE, f"Berkas ini tidak selesai dibaca dalam {seconds:g} detik; hapus isi yang tidak terpakai di dalamnya lalu kirim kembali."
    )


def _too_much_memory() -> CannotOpen:
    return CannotOpen(
        TOO_LARGE, "Berkas ini memerlukan memori melebihi batas; hapus baris, kolom atau lembar yang tidak terpakai lalu kirim kembali."
    )


def _work(connection: Connection, function: Callable[[Any], Any], memory_mib: int) -> None:
    """What a worker does until the pipe is closed."""
    _limit_memory(memory_mib)
    connection.send((_STARTED, None))
    while True:
        try:
            job = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            outcome: Any = function(job)
        except CannotOpen as refusal:
            outcome = refusal
        except MemoryError:
            outcome = _too_much_memory()
        except KeyboardInterrupt:
            return
        except BaseException as error:  # a panic of a native library is a BaseException
            outcome = unreadable(f"tidak dapat diurai ({type(error).__name__})")
        try:
            connection.send(("done", outcome))
        except MemoryError:
            connection.send(("done", _too_much_memory()))
        except (BrokenPipeError, OSError):
            return


def _limit_memory(memory_mib: int) -> None:
    """Bound the address space to what the worker has now and `memory_mib` more, where the system can."""
    try:
        import resource
        from pathlib import Path

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + memory_mib * 2**20
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    except (ImportError, OSError, ValueError):
        return
