"""The words of cells, as a clerk reads them.

Belongs here: a cell's text with single spaces, the texts of a column or of several taken together. Does not belong here: what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pipelines.workbook.cells import CellValue
from pipelines.workbook.codes import join_code_cells

_SHORT = 400  # characters: longer texts are not worth remembering


@lru_cache(maxsize=8192)
def _single_spaced(text: str) -> str:
    """The same titles, indicators and units stand in the forms of all kecamatan and triwulan."""
    return " ".join(text.split())


def text_of(value: CellValue) -> str:
    """A text cell's words with single spaces; numbers as a clerk would read them."""
    if isinstance(value, str):
        return _single_spaced(value) if len(value) < _SHORT else " ".join(value.split())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def column_words(cells: Sequence[CellValue]) -> list[str | None]:
    """A column's texts, None for an empty cell."""
    return [(_single_spaced(v) if type(v) is str and len(v) < _SHORT else text_of(v)) or None if v != "" else None for v in cells]


def joined_words(rows: Sequence[Sequence[CellValue]], columns: Sequence[int], name: str) -> list[str | None]:
    """The texts of a field that is spread over several columns; pieces of a kode become one."""
    values: list[str | None] = []
    for row in rows:
        cells = [row[j] for j in columns if j < len(row) and row[j] != ""]
        if not cells:
            values.append(None)
        elif name == "kode_lapor":
            values.append(text_of(cells[0] if len(cells) == 1 else join_code_cells(cells)) or None)
        else:
            values.append(" ".join(text_of(c) for c in cells) or None)
    return values
