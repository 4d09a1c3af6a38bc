"""Files that are there whole or not at all: one by one, or many together.

Belongs here: what makes writing atomic. Does not belong here: what is written.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_WAITING = ".terbit"  # within the folder of the places to come: a rename cannot leave a file system


def replace_file(target: Path, data: bytes) -> None:
    """Write beside `target` and move into its place in one step; folders that are missing are made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def waiting_room(folder: Path) -> Path:
    """An empty folder within `folder` for files that are to appear there together (`admit`). Raises OSError where `folder` is no folder."""
    room = folder / _WAITING
    dismiss(folder)
    room.mkdir(parents=True)
    return room


def waiting(folder: Path) -> list[Path]:
    """The places that the waiting files of `folder` will take. Raises OSError where one cannot be taken."""
    places = [folder / path.name for path in sorted((folder / _WAITING).iterdir())]
    for place in places:
        if place.is_dir():
            raise IsADirectoryError(21, "ada folder di tempat berkas keluaran", str(place))
    return places


def admit(folder: Path) -> None:
    """Move what waits in `folder` into its places, each in one step."""
    for place in waiting(folder):
        (folder / _WAITING / place.name).replace(place)
    dismiss(folder)


def dismiss(folder: Path) -> None:
    """Remove what waits in `folder`."""
    shutil.rmtree(folder / _WAITING, ignore_errors=True)
