"""One run at a time for one out folder, whoever starts it: the command line, the sensor, the schedule, a person in Dagster's pages.

Belongs here: the lock. It is the kernel's (flock), so it is gone with the process that held it, killed or not.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = ".kunci-proses"
_held: dict[Path, int] = {}  # depth by lock file: a run that holds the lock may enter again in this process


class RunLockTimeoutError(RuntimeError):
    """Another run holds the out folder; the message (Indonesian) names it."""


@contextmanager
def run_lock(out: Path, *, timeout: float = 3600, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the out folder for the time of a block; wait for another holder up to `timeout` seconds, telling `on_wait` once.

    Raises `RunLockTimeoutError` when the time is up.
    """
    out.mkdir(parents=True, exist_ok=True)
    path = (out / _NAME).resolve()
    if _held.get(path):
        _held[path] += 1
        try:
            yield
        finally:
            _held[path] -= 1
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(descriptor, path, timeout, on_wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        _held[path] = 1
        try:
            yield
        finally:
            del _held[path]
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, timeout: float, on_wait: Callable[[str], None] | None) -> None:
    deadline = time.monotonic() + timeout
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
                raise
        holder = path.read_text(encoding="ascii", errors="replace").strip() or "?"
        if not told and on_wait is not None:
            on_wait(f"Proses lain (nomor {holder}) sedang mengolah folder {path.parent}; menunggu sampai selesai.")
            told = True
        if time.monotonic() >= deadline:
            raise RunLockTimeoutError(
                f"Proses lain (nomor {holder}) masih mengolah folder {path.parent}; ulangi setelah proses itu selesai."
            )
        time.sleep(0.1)
