"""What is refused when a workbook is opened, how much is too much, and how the refusal is worded.

Belongs here: the limits and the one exception of every reader below `opening`. Does not belong here: reading anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.settings import Settings

UNREADABLE = "berkas_tidak_terbaca"
LOCKED = "berkas_terkunci_sandi"
TOO_LARGE = "berkas_terlalu_besar"

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of everything one workbook may have."""

    bytes: int = 64 * MIB  # of the file as it lies on disk
    unpacked: int = 512 * MIB  # bytes, all parts together once unpacked
    rows: int = 20_000  # a sheet, rows that have values
    columns: int = 512  # a sheet, columns that have values
    sheets: int = 200

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings state."""
        return cls(
            bytes=settings.batas_ukuran_mib * MIB,
            unpacked=settings.batas_isi_mib * MIB,
            rows=settings.batas_baris,
            columns=settings.batas_kolom,
            sheets=settings.batas_lembar,
        )

    @property
    def cells(self) -> int:
        """How many cells the sheets of one workbook may span together, empty ones between values counted."""
        return self.rows * self.columns


class CannotOpen(Exception):  # noqa: N818 - it is a verdict on a file, with a rule of the catalogue, not a programmer's error
    """A file that is not read. `aturan` is a rule of tingkat tolak; `pesan` is one Indonesian sentence saying what to do."""

    def __init__(self, aturan: str, pesan: str) -> None:
        super().__init__(aturan, pesan)  # both as args: the exception crosses process borders by pickle
        self.aturan = aturan
        self.pesan = pesan

    def __str__(self) -> str:
        return f"{self.aturan}: {self.pesan}"


def unreadable(what: str) -> CannotOpen:
    """The file is not a workbook that can be read; `what` says what stands there (Indonesian, no full stop)."""
    return CannotOpen(UNREADABLE, f"Berkas ini {what}; buka di Excel, simpan ulang sebagai Excel Workbook (.xlsx), lalu kirim kembali.")


def locked() -> CannotOpen:
    """The file is encrypted."""
    return CannotOpen(
        LOCKED, "Berkas ini dikunci dengan kata sandi sehingga isinya tidak dapat dibaca; hapus kata sandinya di Excel lalu kirim kembali."
    )


def too_large(what: str, found: str, limit: str) -> CannotOpen:
    """The file goes beyond a limit (all three Indonesian)."""
    return CannotOpen(
        TOO_LARGE,
        f"{what} {found}, batasnya {limit}; hapus isi yang tidak terpakai (baris, kolom atau lembar kosong, gambar) lalu kirim kembali.",
    )


def check_extent(name: str, rows: int, columns: int, limits: Limits) -> None:
    """Raise CannotOpen if a sheet has more rows or columns with values than the limits allow."""
    if rows > limits.rows:
        raise too_large(f"Lembar '{name}' memakai", f"{rows} baris", f"{limits.rows} baris")
    if columns > limits.columns:
        raise too_large(f"Lembar '{name}' memakai", f"{columns} kolom", f"{limits.columns} kolom")


def check_sheets(count: int, limits: Limits) -> None:
    """Raise CannotOpen if the workbook has more sheets than the limits allow."""
    if count > limits.sheets:
        raise too_large("Buku kerja ini mempunyai", f"{count} lembar", f"{limits.sheets} lembar")
