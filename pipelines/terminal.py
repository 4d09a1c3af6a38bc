"""What `renja` prints: progress, the summary of a run, tables; for people, in Indonesian.

Belongs here: layout of text on a terminal, and making text of unknown origin harmless there. Does not belong here: what is said
(`pipelines.orchestration.summary`), computing anything.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pipelines.orchestration.summary import Summary

_SHOWN = 50  # refusals that the summary lists
_LEVELS = ("galat", "peringatan", "info")


def harmless(text: object) -> str:
    r"""Text from a workbook or a path as a terminal may show it: control and direction-changing characters become `\x1b`, `\u202e`."""
    return "".join(c if c.isprintable() else "\\n" if c == "\n" else c.encode("unicode_escape").decode("ascii") for c in str(text))


def say(text: str = "", *, stream: TextIO | None = None) -> None:
    """Print one line; what the stream cannot encode is escaped; a closed pipe is no error."""
    target: TextIO = sys.stdout if stream is None else stream
    encoding = getattr(target, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=target, flush=True)
    except BrokenPipeError:
        # what was to be read is read; keep Python from complaining again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), target.fileno())


class Progress:
    """Steps of a run on standard error: moving lines on a terminal, plain lines otherwise. May be called from several threads."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._started = time.monotonic()
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}
        if self._stream.isatty() and os.environ.get("TERM") != "dumb":
            from rich.console import Console
            from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[count]}"),
                TimeElapsedColumn(),
            )
            self._bar = Bar(*columns, console=Console(file=self._stream), transient=True)
            self._bar.start()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Tell of a step: `what` is being done, `done` of `total` (0: nothing to count).

        What is counted has a line of its own until it is done; of what is not, the latest is shown.
        """
        with self._lock:
            if self._closed:
                return
            if self._bar is not None:
                self._show(what, done, total)
            elif what not in self._told:
                self._told.add(what)
                count = f" {total} berkas" if total else ""
                say(f"[{time.monotonic() - self._started:5.1f} d] {what}{count}", stream=self._stream)

    def _show(self, what: str, done: int, total: int) -> None:
        if not total:
            for name in [name for name, task in self._tasks.items() if task.total is None and name != what]:
                self._bar.remove_task(self._tasks.pop(name).id)
        elif done >= total:
            if what in self._tasks:
                self._bar.remove_task(self._tasks.pop(what).id)
            return
        if what not in self._tasks:
            number = self._bar.add_task(what, total=total or None, count="")
            self._tasks[what] = next(task for task in self._bar.tasks if task.id == number)
        self._bar.update(self._tasks[what].id, completed=done, count=f"{done}/{total} berkas" if total else "")

    def note(self, text: str) -> None:
        """One line that stays."""
        with self._lock:
            if self._bar is not None:
                self._bar.console.print(text, markup=False, highlight=False)
            else:
                say(text, stream=self._stream)

    def close(self) -> None:
        """Take the moving lines away."""
        with self._lock:
            self._closed = True
            if self._bar is not None:
                self._bar.stop()
                self._bar = None


def show_summary(summary: Summary, *, fresh: bool, seconds: float) -> None:
    """The summary of a run; `fresh`: something was done, otherwise the publication is as it was."""
    if fresh:
        say(f"Selesai dalam {seconds:.1f} detik: {summary.berkas} berkas di folder masukan, {summary.dibaca} di antaranya baru dibaca.")
    else:
        say("Tidak ada yang baru atau berubah sejak terbitan terakhir; terbitan tetap seperti semula.")
    extra = [
        f"{count} {word}"
        for count, word in (
            (summary.digantikan, "digantikan oleh revisinya"),
            (summary.ganda, "kiriman ganda"),
        )
        if count
    ]
    say(f"Diterima : {summary.berlaku} kiriman" + (f" ({', '.join(extra)})" if extra else ""))
    say(f"Ditolak  : {len(summary.ditolak)}")
    for item in summary.ditolak[:_SHOWN]:
        where = harmless(item.path) + (f", lembar {harmless(item.lembar)}" if item.lembar else "")
        say(f"  - {where}: {harmless(item.pesan)}")
    if len(summary.ditolak) > _SHOWN:
        say(f"  … dan {len(summary.ditolak) - _SHOWN} lagi; lihat tabel fact_temuan.")
    if summary.ditunda:
        say(f"Ditunda  : {len(summary.ditunda)} berkas sedang ditulis; dibaca pada proses berikutnya")
        for path in summary.ditunda[:_SHOWN]:
            say(f"  - {harmless(path)}")
    say("Temuan   : " + ", ".join(f"{summary.temuan.get(level, 0)} {level}" for level in _LEVELS))
    say("Keluaran :")
    for path in summary.keluaran:
        say(f"  {harmless(path)}")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "(tidak ada baris)") -> None:
    """A plain table, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = _widths(columns, cells)
    say("  ".join(harmless(name).ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip())
    say("  ".join("-" * width for width in widths))
    for row in cells:
        say("  ".join(t.rjust(w) if right else t.ljust(w) for (t, right), w in zip(row, widths, strict=True)).rstrip())
    if not cells:
        say(empty)


def table_width(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Characters that a line of `show_table` takes."""
    widths = _widths(columns, [[_cell(value) for value in row] for row in rows])
    return sum(widths) + 2 * (len(widths) - 1)


def terminal_width() -> int | None:
    """Characters of a line on the terminal; None where the output is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _widths(columns: Sequence[str], cells: Sequence[Sequence[tuple[str, bool]]]) -> list[int]:
    return [max([len(name), *(len(row[i][0]) for row in cells)]) for i, name in enumerate(map(harmless, columns))]


def _cell(value: object) -> tuple[str, bool]:
    if value is None:
        return "", False
    return harmless(value), isinstance(value, (int, float)) or type(value).__name__ == "Decimal"
