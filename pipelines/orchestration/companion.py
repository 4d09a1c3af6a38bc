"""One more process that works beside this one, on the machine's other core.

It imports great-expectations (seconds) while this process imports Dagster and dbt, then does what it is asked: calls of picklable
functions, one at a time. It ends with this process, however that ends. Belongs here: the process. Does not belong here: what it does.
"""

from __future__ import annotations

import atexit
import importlib
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from pipelines.command_process import collect_seldom
from pipelines.workbook.isolation import start_undisturbed

Result = TypeVar("Result")
_WARM = ("pandas", "pyarrow", "pipelines.quality.engine", "pipelines.quality.validation", "pipelines.reports.correction")


class Companion:
    """The process and the pipe to it. `call` may be used from one thread at a time."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True, name="pendamping")
        start_undisturbed(self._process)
        theirs.close()
        self._turn = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.is_alive()

    def call(self, function: Callable[..., Result], *arguments: object) -> Future[Result]:
        """`function(*arguments)` over there. Where the process dies over it, the call is done here: the result is the same, only later."""
        future: Future[Result] = Future()

        def ask() -> None:
            with self._turn:
                try:
                    try:
                        self._connection.send((function, arguments))
                        good, value = self._connection.recv()
                    except (EOFError, OSError):
                        good, value = True, function(*arguments)
                except BaseException as error:
                    future.set_exception(error)
                else:
                    if good:
                        future.set_result(value)
                    else:
                        future.set_exception(value)

        threading.Thread(target=ask, name="pendamping", daemon=True).start()
        return future

    def close(self) -> None:
        """End the process, now: what it was asked is answered, and an interpreter that cleans up takes a second."""
        self._connection.close()
        self._process.kill()
        self._process.join(5)


_companion: Companion | None = None


def companion() -> Companion:
    """This process's companion, started at the first call."""
    global _companion  # one a process, whoever asks
    if _companion is None or not _companion.alive:
        _companion = Companion()
        atexit.register(_companion.close)
    return _companion


def _serve(connection: Connection) -> None:
    """What the companion does until the pipe is closed."""
    collect_seldom()
    # tqdm, which great-expectations imports, makes a lock at import: with this method its semaphore has no name that would be left behind,
    # and complained of, when this process is killed.
    if "fork" in multiprocessing.get_all_start_methods():
        multiprocessing.set_start_method("fork", force=True)
    for name in _WARM:
        importlib.import_module(name)
    while True:
        try:
            function, arguments = connection.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        answer: tuple[bool, Any]
        try:
            answer = True, function(*arguments)
        except Exception as error:
            answer = False, error
        try:
            connection.send(answer)
        except Exception as error:  # an answer that cannot be sent
            connection.send((False, RuntimeError(f"{type(error).__name__}: {error}")))
