"""A process that does one command and is gone: what it need not do for that.

Belongs here: what Python does for long-lived processes, left out. Does not belong here: what a command does.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import sys
from typing import NoReturn

_NEW_OBJECTS = 100_000  # Python's own 700 costs a tenth of a run: its imports make millions of objects that stay


def collect_seldom() -> None:
    """Look for reference cycles less often."""
    gc.set_threshold(_NEW_OBJECTS, 20, 100)


def leave(code: int) -> NoReturn:
    """End this process and those it started, now, with exit code `code`.

    Python would take apart millions of objects one by one, and wait for the threads that are left.
    """
    for process in multiprocessing.active_children():
        process.kill()
    atexit._run_exitfuncs()  # what libraries close: files, loggers
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
