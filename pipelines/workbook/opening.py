"""Bytes of any kind → a `Workbook`, or `CannotOpen` with what the file is and what to do.

Belongs here: telling what a file is from its first bytes, and seeing to it that nothing but CannotOpen leaves. Does not belong here: how a
format is read (`opening_xlsx`, `opening_xls`, `opening_xlsb`, `opening_ods`, `opening_html`).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pipelines.workbook.cells import Workbook
from pipelines.workbook.opening_package import Package
from pipelines.workbook.opening_refusal import MIB, UNREADABLE, CannotOpen, Limits, locked, too_large, unreadable

__all__ = ["CannotOpen", "Limits", "open_workbook"]

_OTHER_FILES = (
    (b"%PDF", "adalah PDF, bukan buku kerja Excel"),
    (b"{\\rtf", "adalah dokumen RTF (Word), bukan buku kerja Excel"),
    (b"\x89PNG", "adalah gambar PNG, bukan buku kerja Excel"),
    (b"\xff\xd8\xff", "adalah gambar JPEG, bukan buku kerja Excel"),
    (b"GIF8", "adalah gambar GIF, bukan buku kerja Excel"),
    (b"Rar!", "adalah arsip RAR, bukan buku kerja Excel"),
    (b"7z\xbc\xaf", "adalah arsip 7z, bukan buku kerja Excel"),
    (b"\x1f\x8b", "adalah arsip gzip, bukan buku kerja Excel"),
    (b"MIME-Version", "adalah halaman web satu berkas (MHTML), bukan buku kerja Excel"),
    (b"PK\x05\x06", "adalah arsip zip kosong, bukan buku kerja Excel"),
)


def open_workbook(path: Path, limits: Limits) -> Workbook:
    """Read a workbook whose first bytes decide what it is: .xlsx, .xlsm, .xls, .xlsb, .ods or an HTML table.

    Raises CannotOpen for whatever cannot be read or goes beyond the limits, and MemoryError where the machine has none left: that is no
    verdict on the file.
    """
    try:
        return _open(_bytes(path, limits), limits)
    except (CannotOpen, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of calamine is a BaseException, and no bug of a parser may stop the run
        raise unreadable(f"tidak dapat diurai ({type(error).__name__})") from error


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise CannotOpen(
            UNREADABLE, f"Berkas ini tidak dapat dibuka ({error.strerror}); periksa izin baca dan letaknya lalu jalankan lagi."
        ) from error
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise CannotOpen(UNREADABLE, "Ini bukan berkas biasa (folder, pipa atau perangkat); ganti dengan buku kerja Excel (.xlsx).")
        if state.st_size > limits.bytes:
            raise too_large("Berkas ini berukuran", f"{state.st_size // MIB} MiB", f"{limits.bytes // MIB} MiB")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(state.st_size + 1)  # not to the limit at once: a buffer of that size costs more than reading a usual file
            if len(data) > state.st_size:  # it has grown since
                data += file.read(limits.bytes + 1 - len(data))
    finally:
        os.close(descriptor)
    if len(data) > limits.bytes:
        raise too_large("Berkas ini berukuran", f"lebih dari {limits.bytes // MIB} MiB", f"{limits.bytes // MIB} MiB")
    return data


def _open(data: bytes, limits: Limits) -> Workbook:
    if not data:
        raise unreadable("kosong (0 byte)")
    if data.startswith(b"PK\x03\x04"):
        return _open_zip(data, limits)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _open_ole(data, limits)
    for magic, what in _OTHER_FILES:
        if data.startswith(magic):
            raise unreadable(what)
    return _open_text(data, limits)


def _open_zip(data: bytes, limits: Limits) -> Workbook:
    package = Package(data, limits)
    if "xl/workbook.xml" in package:
        from pipelines.workbook.opening_xlsx import open_xlsx

        return open_xlsx(data, package, limits)
    if "xl/workbook.bin" in package:
        from pipelines.workbook.opening_xlsb import open_xlsb

        return open_xlsb(data, package, limits)
    from pipelines.workbook.opening_xlsx import open_renamed, workbook_part

    if workbook := workbook_part(package):
        return open_renamed(package, limits, workbook)
    kind = package.read("mimetype")[:200] if "mimetype" in package and package.size("mimetype") < 1000 else b""
    if b"opendocument.spreadsheet" in kind:
        from pipelines.workbook.opening_ods import open_ods

        return open_ods(package, limits)
    if "word/document.xml" in package or b"opendocument.text" in kind:
        raise unreadable("adalah dokumen Word, bukan buku kerja Excel")
    if "ppt/presentation.xml" in package or b"opendocument.presentation" in kind:
        raise unreadable("adalah presentasi PowerPoint, bukan buku kerja Excel")
    raise unreadable("adalah arsip zip tanpa buku kerja Excel di dalamnya")


def _open_ole(data: bytes, limits: Limits) -> Workbook:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise locked()
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        from pipelines.workbook.opening_xls import open_xls

        return open_xls(data, limits)
    if "WordDocument".encode("utf-16-le") in data:
        raise unreadable("adalah dokumen Word, bukan buku kerja Excel")
    if "PowerPoint Document".encode("utf-16-le") in data:
        raise unreadable("adalah presentasi PowerPoint, bukan buku kerja Excel")
    raise unreadable("bukan buku kerja Excel, atau rusak (tidak ada lembar kerja di dalamnya)")


def _open_text(data: bytes, limits: Limits) -> Workbook:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head and b"<workbook" in head:
        raise unreadable("berformat XML Spreadsheet 2003, yang tidak dibaca")
    if head.startswith(b"<") and (
        head.startswith((b"<!doctype html", b"<!--", b"<html", b"<head", b"<meta", b"<body", b"<table", b"<style", b"<div", b"<center"))
        or b"<html" in head
        or b"<table" in head
    ):
        from pipelines.workbook.opening_html import open_html

        return open_html(data, limits)
    if head.startswith(b"<?xml"):
        raise unreadable("adalah XML, bukan buku kerja Excel")
    if b"\0" not in data[:4096] and head.count(b"\n") and (head.count(b";") > 3 or head.count(b",") > 3 or head.count(b"\t") > 3):
        raise unreadable("adalah teks CSV, bukan buku kerja Excel (angka dan judulnya tidak dapat dipastikan)")
    raise unreadable("bukan buku kerja Excel (isinya tidak dikenal)")
