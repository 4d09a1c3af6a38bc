"""What lies in the raw folder right now: every workbook by content, and everything that cannot be read.

Belongs here: walking the tree safely (nothing here follows a link out of the folder, waits for a FIFO or raises for one bad file). Does not
belong here: opening workbooks (`pipelines.workbook`), what was there before (`ledger`). Imports nothing heavy: `renja run` starts with it.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".html", ".htm"})
_MIB = 1024 * 1024
_EPOCH = dt.datetime(1970, 1, 1)
_NOT_FOLLOWED = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW


class RawFolderError(ValueError):
    """The raw folder itself cannot be used; the message (Indonesian) says what to do."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One workbook in the raw folder. `path` is relative, POSIX, valid Unicode (`readable_name`); `location` opens it."""

    path: str
    location: Path
    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the raw folder that cannot be read. `aturan` is a rule of tingkat tolak, `pesan` Indonesian."""

    path: str
    aturan: str
    pesan: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Discovery:
    """The raw folder at one moment, each part in order of path. `unsettled` are paths that were being written: for the next run."""

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    unsettled: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Of everything that was found, by content: equal for equal folders, whatever the modification times."""
        digest = hashlib.sha256()
        parts = [
            *(("berkas", file.path, file.sha256) for file in self.files),
            *(("masalah", problem.path, problem.aturan, problem.pesan) for problem in self.problems),
            *(("ditunda", path) for path in self.unsettled),
        ]
        for part in parts:
            digest.update(repr(part).encode())
        return digest.hexdigest()


def discover(raw: Path, *, batas_ukuran_mib: int) -> Discovery:
    """Every workbook below `raw`, hashed; lock files (`~$…`), hidden files and folders and other suffixes are passed over.

    Each file is hashed each time: a modification time can be set back, and a regency's year hashes in milliseconds. Raises
    `RawFolderError` only where `raw` itself cannot be listed; anything below it that cannot be read becomes a `Problem`.
    """
    root = Path(os.path.realpath(raw))
    if not root.is_dir():
        raise RawFolderError(f"Folder masukan {raw} tidak ada; buat folder itu dan taruh berkas E.81 di dalamnya, atau sebut --raw FOLDER.")
    files: list[FoundFile] = []
    problems: list[Problem] = []
    unsettled: list[str] = []
    for item in _walk(root):
        found = item if isinstance(item, Problem) else _examine(item, root, batas_ukuran_mib)
        if isinstance(found, FoundFile):
            files.append(found)
        elif isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            unsettled.append(found)
    return Discovery(
        tuple(sorted(files, key=lambda file: file.path)),
        tuple(sorted(problems, key=lambda problem: problem.path)),
        tuple(sorted(unsettled)),
    )


def unchanged(file: FoundFile) -> bool:
    """Whether the file still holds the bytes that were hashed: asked after it was read, so that no reading is filed under other bytes."""
    try:
        return _hash(file.location)[0] == file.sha256
    except OSError:
        return False


def modified_at(mtime_ns: int) -> dt.datetime:
    """A modification time as the warehouse keeps it: UTC, naive, microseconds."""
    try:
        return _EPOCH + dt.timedelta(microseconds=mtime_ns // 1000)
    except OverflowError:
        return _EPOCH


def readable_name(path: str) -> str:
    r"""A relative path as valid Unicode on one line: control characters, bytes that are no UTF-8 and then `\` itself become `\x…`.

    Different paths stay different.
    """
    if "\\" not in path and path.isprintable():
        return path
    pieces = []
    for character in path:
        if "\udc80" <= character <= "\udcff":
            pieces.append(f"\\x{ord(character) - 0xDC00:02x}")
        elif character == "\\":
            pieces.append("\\\\")
        elif character.isprintable():
            pieces.append(character)
        else:
            pieces.append(f"\\u{ord(character):04x}")
    return "".join(pieces)


def _walk(root: Path) -> Iterator[Path | Problem]:
    """Candidates by name, and folders that cannot be entered."""
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if folder == root:
                raise RawFolderError(f"Folder masukan {root} tidak dapat dibaca ({_reason(error)}); periksa hak aksesnya.") from error
            name = _relative(folder, root)
            yield Problem(name, "berkas_tidak_terbaca", f"Folder {name} tidak dapat dibaca ({_reason(error)}); periksa hak aksesnya.", 0)
            continue
        for entry in entries:
            if entry.name.startswith((".", "~$")):
                continue
            path = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif path.suffix.lower() in SUFFIXES or (entry.is_symlink() and path.is_dir()):
                yield path


def _examine(path: Path, root: Path, batas_ukuran_mib: int) -> FoundFile | Problem | str | None:
    """One candidate: a file, a problem, the readable path of one that is being written, or nothing (a link to a folder inside)."""
    name = _relative(path, root)

    def problem(pesan: str, aturan: str = "berkas_tidak_terbaca") -> Problem:
        try:
            modified = path.lstat().st_mtime_ns
        except OSError:
            modified = 0
        return Problem(name, aturan, pesan, modified)

    try:
        target = Path(os.path.realpath(path))
        if target != root and root not in target.parents:
            return problem(f"{name} adalah tautan ke luar folder masukan dan tidak dibuka; salin berkasnya sendiri ke folder masukan.")
        if target.is_dir():
            return None
        state = target.lstat()
        if not stat.S_ISREG(state.st_mode):
            return problem(f"{name} bukan berkas biasa ({_kind(state.st_mode)}); yang dibaca hanya berkas buku kerja.")
        if state.st_size > batas_ukuran_mib * _MIB:
            return problem(
                f"{name} berukuran {state.st_size / _MIB:.0f} MiB, batasnya {batas_ukuran_mib} MiB; hapus gambar dan lembar yang "
                "tidak perlu, lalu kirim lagi.",
                "berkas_terlalu_besar",
            )
        sha256, before, after = _hash(target)
    except FileNotFoundError:
        if path.is_symlink():
            return problem(f"{name} adalah tautan ke berkas yang tidak ada; salin berkasnya sendiri ke folder masukan.")
        return name  # it left while we looked
    except (OSError, ValueError) as error:
        return problem(f"{name} tidak dapat dibaca ({_reason(error)}); periksa hak akses dan mediumnya, atau salin ulang berkasnya.")
    if before != after:
        return name
    return FoundFile(name, target, sha256, after[0], after[1])


def _hash(path: Path) -> tuple[str, tuple[int, int, int], tuple[int, int, int]]:
    """sha256 of a regular file, and (size, mtime, inode) before and after reading: unequal means that it was being written."""
    descriptor = os.open(path, _NOT_FOLLOWED)
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    after = path.lstat()
    return sha256, (before.st_size, before.st_mtime_ns, before.st_ino), (after.st_size, after.st_mtime_ns, after.st_ino)


def _relative(path: Path, root: Path) -> str:
    return readable_name(path.relative_to(root).as_posix())


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "pipa"
    return "soket" if stat.S_ISSOCK(mode) else "perangkat"


def _reason(error: OSError | ValueError) -> str:
    code = getattr(error, "errno", None)
    reasons = {
        errno.EACCES: "izin ditolak",
        errno.EPERM: "izin ditolak",
        errno.EIO: "kesalahan baca",
        errno.ELOOP: "tautan berputar",
        errno.ENAMETOOLONG: "nama terlalu panjang",
    }
    return reasons.get(code or 0, f"kode kesalahan {errno.errorcode.get(code or 0, type(error).__name__)}")
