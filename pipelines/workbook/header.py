"""The words and numbers over a table's columns: titles spread over merged cells, labels, the row of column numbers.

Belongs here: what one title, label or number cell says. Does not belong here: which column is what in the end (`table`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.workbook.cells import CellValue, Sheet
from pipelines.workbook.layouts import (
    CUMULATIVE,
    K_LABEL,
    LABEL_WORDS,
    MONEY_WORDS,
    PAIR_FIELDS,
    QUARTER,
    QUARTERS,
    RP_LABEL,
    SATUAN,
    SATUAN_LABEL,
    TW_FIELDS,
    WORDINGS,
)

NUMBER = re.compile(
    r"(?:kol(?:om|\.)?\s*)?[(\[]?\s*([0-9]{1,2})\s*[)\].]?\s*(?:[ab]|k|rp\.?)?\s*(?:=\s*(.+)|\(([-+0-9/:x*% ()]+)\))?", re.IGNORECASE
)
MIN_NUMBERS = 8
_LEAST_COUNTED = 0.65  # of the numbers up to the highest; without triwulan III and IV, and with three more lost, a row still counts
_ABOVE_NUMBERS = 50  # K, satuan and Rp of twenty columns with a number each make 42
_LONGEST_NUMBER = 400  # characters, formula included


@dataclass(slots=True)
class Numbered:
    """A row of column numbers: (column, number, formula), 0-based absolute columns."""

    row: int
    cells: list[tuple[int, int, str]]

    @property
    def starts(self) -> dict[int, int]:
        """Number → the first column in which it stands."""
        first: dict[int, int] = {}
        for column, number, _ in self.cells:
            first.setdefault(number, column)
        return first

    @property
    def formulas(self) -> dict[int, str]:
        """Number → what stands after it as a formula ("9+10+11+12")."""
        return {number: formula for _, number, formula in self.cells if formula}


def normalised(value: CellValue) -> str:
    """A title as it is compared: lower case, single spaces."""
    return _normalised(value) if isinstance(value, str) and value else ""


@lru_cache(maxsize=8192)
def _normalised(text: str) -> str:
    return " ".join(text.lower().replace("\u00a0", " ").split())


def number_cell(value: CellValue) -> tuple[int, str] | None:
    """A column number and its formula ('' where it has none); None where the cell is no column number."""
    if isinstance(value, str):
        return _number_text(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _ABOVE_NUMBERS and value == int(value):
        return int(value), ""
    return None


@lru_cache(maxsize=4096)
def _number_text(text: str) -> tuple[int, str] | None:
    match = NUMBER.fullmatch(text) if len(text) < _LONGEST_NUMBER else None
    return (int(match[1]), match[2] or match[3] or "") if match else None


def _counts(row: Sequence[CellValue]) -> bool:
    """Whether one of a row's first four cells may be the number 1, 2 or 3."""
    seen = 0
    for value in row:
        if value == "":
            continue
        if not isinstance(value, str) or len(value) < 12:
            parsed = number_cell(value)
            if parsed and parsed[0] <= 3:
                return True
        seen += 1
        if seen == 4:
            return False
    return False


def number_rows(sheet: Sheet) -> list[Numbered]:
    """Every row of the sheet that counts its columns 1, 2, 3, …"""
    found = []
    for i, row in enumerate(sheet.rows):
        if not _counts(row):
            continue
        filled = [(j, value) for j, value in enumerate(row) if value != ""]
        if len(filled) < MIN_NUMBERS:
            continue
        cells: list[tuple[int, int, str]] = []
        for j, value in filled:
            parsed = number_cell(value)
            if parsed and (not cells or cells[-1][1] <= parsed[0] <= cells[-1][1] + 5):
                cells.append((j + sheet.left, *parsed))
        distinct = {number for _, number, _ in cells}
        lost = sum(1 for (r, _c) in sheet.lost if r == i + sheet.top) if sheet.lost else 0
        if (
            len(distinct) >= MIN_NUMBERS
            and min(distinct) <= 2
            and len(distinct) + lost >= _LEAST_COUNTED * max(distinct)
            and len(cells) >= 0.75 * len(filled)
        ):
            found.append(Numbered(i + sheet.top, cells))
    return found


class Header:
    """The rows above (and the label row below) the numbers, with merged titles spread over their cells."""

    def __init__(self, sheet: Sheet, first: int, last: int) -> None:
        self.sheet, self.first, self.last = sheet, first, last
        self.width = sheet.left + max((len(row) for row in sheet.rows), default=0)
        self.grid = []
        for r in range(first, last + 1):
            cells = sheet.rows[r - sheet.top] if 0 <= r - sheet.top < len(sheet.rows) else ()
            line = [""] * sheet.left + [normalised(value) for value in cells]
            self.grid.append(line + [""] * (self.width - len(line)))
        self.anchor = [[(r, c) for c in range(self.width)] for r in range(first, last + 1)]
        for r1, c1, r2, c2 in sheet.merged:
            if r2 < first or r1 > last or c1 >= self.width:
                continue
            text = normalised(sheet.value(r1, c1)) if r1 >= first else ""
            for r in range(max(r1, first), min(r2, last) + 1):
                for c in range(c1, min(c2, self.width - 1) + 1):
                    self.grid[r - first][c] = text
                    self.anchor[r - first][c] = (r1, c1)
        for i in range(1, len(self.grid)):
            own = [text if self.anchor[i][c] == (first + i, c) else "" for c, text in enumerate(self.grid[i])]
            below = False  # whether a title of figures stands over the K of the pair
            for c, label in labels_of(own).items():
                if label == "k":
                    below = (candidates([row[c] for row in self.grid[:i] if row[c]]) or ("",))[0] in PAIR_FIELDS
                if below:
                    self.grid[i][c] = label
        self.own_titles = {
            c
            for texts, anchors in zip(self.grid, self.anchor, strict=True)
            for c, text in enumerate(texts)
            if text and anchors[c][1] == c and not is_label(text) and not _is_number(text)
        }

    def stack(self, column: int) -> list[str]:
        """Distinct texts over a column, top to bottom."""
        texts: list[str] = []
        for row in self.grid:
            if column < self.width and row[column] and (not texts or texts[-1] != row[column]):
                texts.append(row[column])
        return texts

    def own_words(self, column: int) -> list[str]:
        """What the cells of this very column say, as it stands there: titles that reach over it from the left, and numbers, left out."""
        cells = [(r, self.sheet.value(r, column)) for r in range(self.first, self.last + 1)]
        return [normalised(v) for r, v in cells if isinstance(v, str) and v and not _is_number(normalised(v))][-1:]

    def label(self, column: int) -> str | None:
        """'k', 'rp' or 'satuan' where a label cell stands over the column."""
        for row in reversed(self.grid):
            text = row[column] if column < self.width else ""
            if not text or not is_label(text):
                continue
            if SATUAN_LABEL.fullmatch(text):
                return "satuan"
            if K_LABEL.fullmatch(text):
                return "k"
            if RP_LABEL.fullmatch(text):
                return "rp"
        return None


@lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Whether a header cell only says K, Rp or satuan."""
    return bool(K_LABEL.fullmatch(text) or RP_LABEL.fullmatch(text) or SATUAN_LABEL.fullmatch(text))


_MIN_LABELS = 3  # pairs of K and Rp from which a row is one of labels


def labels_of(row: Sequence[str]) -> dict[int, str]:
    """Position → 'k' or 'rp', of a row (normalised) that holds nothing but labels, some of them worded like titles; empty for others."""
    labels: dict[int, str] = {}
    filled = [(i, kind) for i, text in enumerate(row) if text and (kind := _label_words(text)) != SATUAN]
    for (i, left), (j, right) in itertools.pairwise(filled):
        if left == "k" and right == "rp":
            labels |= {i: "k", j: "rp"}
    return labels if len(labels) >= max(2 * _MIN_LABELS, 0.8 * len(filled)) else {}


@lru_cache(maxsize=4096)
def _label_words(text: str) -> str | None:
    if SATUAN_LABEL.fullmatch(text):
        return SATUAN
    words = set(re.sub(r"[()./:]", " ", text).split())
    if not words or not words <= LABEL_WORDS | MONEY_WORDS:
        return None
    return "rp" if words & MONEY_WORDS else "k"


@lru_cache(maxsize=4096)
def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def candidates(texts: Sequence[str]) -> tuple[str, ...]:
    """The fields that a stack of titles (top to bottom, normalised) may mean; empty where the words say nothing."""
    return _candidates(tuple(texts))


@lru_cache(maxsize=8192)
def _candidates(texts: tuple[str, ...]) -> tuple[str, ...]:
    titles = [text for text in texts if not is_label(text) and not NUMBER.fullmatch(text)]
    if not titles:
        return (SATUAN,) if any(SATUAN_LABEL.fullmatch(text) for text in texts) else ()
    quarter = re.fullmatch(r"(?:triwulan|tri wulan|tw)?[ .\-]*(?:\(?s\.?/?d\.?\)?[ .]*)?(iv|iii|ii|i)", titles[-1])
    if quarter and (len(titles) == 1 or re.search(r"triwulan|tri wulan|\btw\b|realisasi", titles[-2])):
        return _quarter(quarter[1], titles[-1])
    title = " ".join(titles)
    for wording in WORDINGS:
        if wording.pattern.search(title) and not (wording.unless and wording.unless.search(title)):
            if wording.fields == TW_FIELDS:
                found = QUARTER.findall(titles[-1]) or QUARTER.findall(title)
                return _quarter(found[-1], titles[-1]) if found else TW_FIELDS
            return wording.fields
    return ()


def _quarter(words: str, title: str) -> tuple[str, ...]:
    """A triwulan's column; what was reached up to a triwulan may be this year's realisation (column 13) as well."""
    own = TW_FIELDS[QUARTERS[words] - 1]
    return (own, "realisasi") if CUMULATIVE.search(title) else (own,)


def own_title(header: Header, column: int) -> bool:
    """Whether a title begins at this column (rather than reaching over it from the left)."""
    return column in header.own_titles


def only_counts(row: Sequence[CellValue]) -> bool:
    """Whether a row holds nothing but column numbers, although too few of them are left to say which column is which."""
    numbers = [number_cell(value) for value in row if value != ""]
    counted = [number[0] for number in numbers if number]
    in_order = counted == sorted(counted) or (len(counted) >= MIN_NUMBERS and set(counted) == set(range(1, max(counted) + 1)))
    return len(numbers) >= 4 and len(counted) >= 0.8 * len(numbers) and in_order
