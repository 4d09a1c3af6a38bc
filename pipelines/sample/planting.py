"""What planting a mistake is made of: choosing a row, putting a wrong value, moving rows; used by every planter.

Belongs here: nothing that knows a rule (`mistakes`, `mistakes_in_rows`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pipelines.sample.form_data import FormData, Row, complete, number
from pipelines.sample.writer import sheet_of
from pipelines.workbook.columns import REALISASI, TARGET, Level, Measure


@dataclass(frozen=True, slots=True)
class Planted:
    """What was planted: the rule that must find it, and where."""

    aturan: str
    sel: str | None  # A1 address; None where the finding is of the form as a whole
    kode: str | None
    kolom: str | None  # measure or text column
    nilai: str  # what stands there now


def pick(form: FormData, rng: random.Random, fits: Callable[[Row], bool]) -> int | None:
    """A row that stands first for its code and fits, or None where there is none."""
    found = [index for index, row in enumerate(form.baris) if row.pertama and fits(row)]
    return rng.choice(found) if found else None


def leaf(row: Row) -> bool:
    """A sub kegiatan."""
    return row.level is Level.SUB_KEGIATAN


def running(row: Row) -> bool:
    """A sub kegiatan that has spent and reached something this year."""
    return leaf(row) and bool(number(row.nilai[REALISASI.rp.name])) and bool(number(row.nilai[TARGET.k.name]))


def put(form: FormData, index: int, measure: Measure, value: int | Decimal | str, aturan: str) -> Planted:
    """Put `value` into one cell."""
    row = form.baris[index]
    row.nilai[measure.name] = value
    return Planted(aturan, sheet_of(form).cell(index, measure), row.kode, measure.name, str(value))


def requarter(form: FormData, index: int, aturan: str, measure: Measure, changes: dict[Measure, int]) -> Planted:
    """Change figures of one row and all that follows from them."""
    row = form.baris[index]
    for changed, value in changes.items():
        row.nilai[changed.name] = value
    complete(form)
    return Planted(aturan, sheet_of(form).cell(index, measure), row.kode, measure.name, str(row.nilai[measure.name]))


def remove_row(form: FormData, index: int) -> None:
    """Take a row out; whatever summed it then sums what it summed."""
    own = form.baris[index].anak
    for row in (*form.baris, form.total):
        children = [at for child in row.anak for at in (own if child == index else [child])]
        row.anak = [at - (at > index) for at in children]
    del form.baris[index]


def insert_row(form: FormData, index: int, new: Row) -> None:
    """Put a row in before `index`; nothing sums it."""
    for row in (*form.baris, form.total):
        row.anak = [at + (at >= index) for at in row.anak]
    form.baris.insert(index, new)
