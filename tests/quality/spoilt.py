"""Mistakes that are of the sheet or of the file rather than of a row: a clean form, written, then spoilt as people and machines spoil one.

Each spoiler takes the form (before it is written), the path and a random source, leaves the file at the path, and says at which cell the
finding is expected (None: it is of the file or form as a whole).
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.sample.form_data import FormData
from pipelines.sample.form_layout import Layout
from pipelines.sample.writer import FIRST_ROW, write_form
from pipelines.workbook.cells import address
from pipelines.workbook.columns import TARGET
from tests.workbook.test_opening_hostile import compound

Spoiler: TypeAlias = Callable[[FormData, Path, random.Random], str | None]


def _changed(form: FormData, path: Path, change: Callable[[Worksheet], None]) -> None:
    """The form's workbook with values in the place of formulas, changed."""
    write_form(form, path)
    book = openpyxl.load_workbook(path, data_only=True)
    change(book.worksheets[0])
    book.save(path)


def _cut_short(form: FormData, path: Path, rng: random.Random) -> None:
    write_form(form, path)
    data = path.read_bytes()
    path.write_bytes(rng.choice((data[: rng.randint(100, len(data) // 2)], b"", b"Laporan belum selesai\n")))


def _locked(form: FormData, path: Path, rng: random.Random) -> None:
    """MS-OFFCRYPTO 2.3: EncryptionInfo and EncryptedPackage in an OLE container."""
    parts = {"EncryptionInfo": b"\4\0\4\0\x40\0\0\0<encryption/>" + bytes(5000), "EncryptedPackage": rng.randbytes(6000)}
    path.write_bytes(compound(parts))


def _too_large(form: FormData, path: Path, rng: random.Random) -> None:
    """A row that was filled far to the right."""

    def change(sheet: Worksheet) -> None:
        for column in range(60, 560 + rng.randint(1, 40)):
            sheet.cell(row=FIRST_ROW, column=column, value="catatan")

    _changed(form, path, change)


def _another_report(form: FormData, path: Path, rng: random.Random) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("Daftar Hadir Rapat Koordinasi",))
    sheet.append(("No", "Nama", "Jabatan"))
    for number in range(1, rng.randint(5, 30)):
        sheet.append((number, f"Peserta {number}", "staf"))
    book.save(path)


def _unknown_kecamatan(form: FormData, path: Path, rng: random.Random) -> str | None:
    """A name that is no kecamatan's, or dots, wherever the name stood; the title's cell is shown where it names one."""
    by = rng.choice(("Antah Berantah", "........"))
    known = re.compile(re.escape(form.kecamatan.nama), re.IGNORECASE)
    named: list[str] = []

    def change(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = known.sub(by, cell.value)
                    if by in cell.value and "kecamatan" in cell.value.lower():
                        named.append(cell.coordinate)

    _changed(form, path, change)
    return named[0] if by[0].isalpha() else None


def _no_period(form: FormData, path: Path, rng: random.Random) -> None:
    form.style = dataclasses.replace(form.style, lembar="E81")
    titles = {f"Tahun {form.tahun}": rng.choice(("Tahun ....", "Tahun 1999"))}
    titles[f"Triwulan {'I' * form.triwulan if form.triwulan < 4 else 'IV'} "] = "Triwulan ... "

    def change(sheet: Worksheet) -> None:
        for row in range(1, 5):
            cell = sheet.cell(row=row, column=1)
            for what, by in titles.items():
                cell.value = str(cell.value).replace(what, by).replace(what.upper(), by.upper())

    _changed(form, path, change)


def _other_folder(form: FormData, path: Path, rng: random.Random) -> str:
    """The file lies where another quarter's would."""
    write_form(form, path)
    return "A4"


def _no_rows(form: FormData, path: Path, rng: random.Random) -> str:
    def change(sheet: Worksheet) -> None:
        for row in sheet.iter_rows(min_row=FIRST_ROW + 1, max_row=FIRST_ROW + len(form.baris)):
            for cell in row:
                if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                    cell.value = None

    _changed(form, path, change)
    return address(FIRST_ROW, 0)


class _WithHelper(Layout):
    """The usual layout with a column of the kecamatan's own between target and triwulan I."""

    @cached_property
    def column(self) -> Mapping[str, int]:
        usual = Layout(self.separate_satuan, self.k_rp_first).column
        return {name: at + (at > usual[TARGET.rp.name]) for name, at in usual.items()}


def _helper_column(form: FormData, path: Path, rng: random.Random) -> str:
    layout = _WithHelper(form.style.layout.separate_satuan, form.style.layout.k_rp_first)
    form.style = dataclasses.replace(form.style, layout=layout)
    column = layout.column[TARGET.rp.name] + 1
    first = rng.randint(0, len(form.baris) // 2)

    def change(sheet: Worksheet) -> None:
        for row in range(FIRST_ROW + first, FIRST_ROW + len(form.baris)):
            sheet.cell(row=row + 1, column=column + 1, value=rng.randint(1, 9) * 1_000_000)

    _changed(form, path, change)
    return address(FIRST_ROW + first, column)


def _two_sheets(form: FormData, path: Path, rng: random.Random) -> None:
    """A copy of the sheet, with one word changed."""
    write_form(form, path)
    book = openpyxl.load_workbook(path, data_only=True)
    copy = book.copy_worksheet(book.worksheets[0])
    copy.title = f"{book.worksheets[0].title} (2)"
    copy.cell(row=FIRST_ROW + 1 + rng.randint(0, len(form.baris) - 1), column=form.style.layout.column["upaya"] + 1).value = "Lain"
    book.save(path)


def _covered(form: FormData, path: Path, rng: random.Random) -> str:
    """A figure left below the cell that was merged over it."""
    seconds = [at for at, row in enumerate(form.baris) if not row.pertama]
    at, column = FIRST_ROW + rng.choice(seconds), form.style.layout.column[TARGET.rp.name]

    def change(sheet: Worksheet) -> None:
        (merged,) = [area for area in sheet.merged_cells.ranges if address(at, column) in area]
        sheet.unmerge_cells(str(merged))
        sheet[address(at, column)].value = rng.randint(2, 9) * 1_000_000
        sheet.merged_cells.add(str(merged))  # as Excel opens a file of another program: merging in Excel itself would have emptied it

    _changed(form, path, change)
    return address(at, column)


SPOILERS: dict[str, Spoiler] = {
    "berkas_tidak_terbaca": _cut_short,
    "berkas_terkunci_sandi": _locked,
    "berkas_terlalu_besar": _too_large,
    "tata_letak_tidak_dikenal": _another_report,
    "kecamatan_tidak_dikenali": _unknown_kecamatan,
    "periode_tidak_dikenali": _no_period,
    "identitas_bertentangan": _other_folder,
    "tabel_kosong": _no_rows,
    "kolom_tidak_dimuat": _helper_column,
    "lembar_rangkap": _two_sheets,
    "sel_tertutup": _covered,
}
OTHER_QUARTER = "identitas_bertentangan"
"""The rule whose file lies where the next quarter's would."""
SILENT_PATH = {"kecamatan_tidak_dikenali", "periode_tidak_dikenali", "tata_letak_tidak_dikenal"}
"""Rules whose file lies where its path says nothing either."""
