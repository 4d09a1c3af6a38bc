"""What stands in the rows of an E.81 table: their words and codes by field, whether they have figures, money, an output.

In: a `Sheet` and its `Table`. Out: answers about one row, cheap enough to be asked of every row. Rows are positions in `sheet.rows`.
Does not belong here: what a row is (`rows`), what one cell's number is (`numbers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.workbook.cells import CellValue, Columns, Sheet, address
from pipelines.workbook.codes import join_code_cells, read_code, split_title
from pipelines.workbook.header import only_counts
from pipelines.workbook.layouts import RATIO_FIELDS
from pipelines.workbook.row_words import without_dittos
from pipelines.workbook.table_columns import Table
from pipelines.workbook.words import column_words, joined_words, text_of

_FIGURE = re.compile(r"\s*(?:rp\W*|[-+(±]\s*)*[0-9]", re.IGNORECASE)
_MONEY_TEXT = re.compile(r"[1-9#]")  # not nil, not words such as n/a; a lost figure is one


class TableRows:
    """The body of one table. `words` has a field's texts, a place per row from `first` on; a title's code has been taken out of it."""

    def __init__(self, sheet: Sheet, table: Table) -> None:
        self.sheet, self.table = sheet, table
        self.first = table.body_first - sheet.top
        self.stop = min(table.body_stop - sheet.top, len(sheet.rows))
        pairs = table.pairs.values()
        stated = [p for name, p in table.pairs.items() if name not in RATIO_FIELDS]
        self.figure_columns = self._places(c for p in pairs for c in (p.k, p.rp))
        self.output_columns = self._places(p.k for p in stated)
        self.unit_columns = self._places((table.satuan, *(p.satuan for p in pairs)))
        self.rp_columns = self._places(p.rp for p in stated)
        self.blank_columns = [*self.figure_columns, *self.unit_columns]
        self.stated_columns = [self._places((p.k, p.rp)) for p in stated]
        self.columns = {name: c - sheet.left for name, c in table.texts.items()}
        self.kode_columns = [c - sheet.left for c in table.text_spans.get("kode_lapor", ())] or [self.columns.get("kode_lapor", -1)]
        body = sheet.rows[self.first : self.stop]
        columns = Columns(body)
        self.words = {
            name: joined_words(body, [c - sheet.left for c in table.text_spans[name]], name)
            if name in table.text_spans
            else column_words(columns[c - sheet.left])
            for name, c in table.texts.items()
        }
        self.words |= {name: without_dittos(self.words[name]) for name in ("sasaran", "uraian") if name in self.words}
        self.lifted = self._lift_codes()
        # of a header that is repeated with fewer rows than the first one has, the rows above are rows of the form
        again = (r - sheet.top for r in table.repeated)
        self.repeated = frozenset(i for i in again if not (self.first <= i < self.stop and self._is_of_the_form(i)))

    def _places(self, columns: Iterable[int | None]) -> list[int]:
        """Positions in a row of the columns that the form has."""
        return [c - self.sheet.left for c in columns if c is not None]

    def _lift_codes(self) -> dict[int, str]:
        """Codes that stand in one cell with their title: position → code. The title becomes the row's uraian, the code its kode."""
        lifted: dict[int, str] = {}
        kode, uraian = self.words.get("kode_lapor"), self.words.get("uraian")
        for place in range(len(uraian or ())):
            for words in (kode, uraian):
                text = words[place] if words else None
                # the cell's first letter is cheap to look at: a title without code begins with a letter
                if not text or not (text[0].isdigit() or text[0] in "xX") or not (both := split_title(text)):
                    continue
                if words is kode and uraian and uraian[place] and uraian[place] != both[1]:
                    continue
                if words is uraian and kode and (own := read_code(kode[place] or "")) and own.kode.count(".") >= 2:
                    continue
                lifted[place + self.first] = both[0]
                if uraian:
                    uraian[place] = both[1]
                if kode:
                    kode[place] = both[0]
                break
        return lifted

    def cell(self, i: int, name: str) -> str:
        """A field's text in a row; '' where there is none."""
        words = self.words.get(name)
        return (words[i - self.first] or "") if words else ""

    def at(self, i: int, j: int) -> str:
        """The address of a cell by its position in `sheet.rows`."""
        return address(i + self.sheet.top, j + self.sheet.left)

    def figure_at(self, row: Sequence[CellValue]) -> int | None:
        """The first column with a figure that is not nil."""
        for j in self.figure_columns:
            if j < len(row):
                value = row[j]
                if isinstance(value, str):
                    if value and _FIGURE.match(value) and value.strip("0., -%") != "":
                        return j
                elif value:
                    return j
        return None

    @staticmethod
    def _figures(row: Sequence[CellValue], columns: Sequence[int]) -> int:
        """How many figures that are not nil stand in these columns; longer texts that begin with a number are no figures."""
        cells = [row[j] for j in columns if j < len(row) and row[j] not in ("", 0)]
        return sum(1 for v in cells if not isinstance(v, str) or (len(v) < 30 and v.strip()[:1].isdigit()))

    def code_at(self, i: int) -> tuple[str, CellValue]:
        """The kode as it stands, pieces in several cells joined, and its text."""
        if i in self.lifted:
            return self.lifted[i], self.lifted[i]
        row = self.sheet.rows[i]
        values = [row[j] for j in self.kode_columns if 0 <= j < len(row) and row[j] != ""]
        if not values:
            return "", ""
        value: CellValue = values[0] if len(values) == 1 else join_code_cells(values)
        return text_of(value).strip(), value

    def _stated(self, row: Sequence[CellValue]) -> int:
        """Under how many numbers of the form, ratios apart, a row has figures."""
        return sum(1 for columns in self.stated_columns if self._figures(row, columns))

    def _code(self, i: int) -> bool:
        _, value = self.code_at(i)
        code = read_code(value) if value != "" else None
        return code is not None and code.kode.count(".") >= 2

    def _has_codes(self) -> bool:
        for i in range(self.first, self.stop):
            _, value = self.code_at(i)
            if value != "":
                code = read_code(value)
                if code is not None and code.level is not None and code.kode.count(".") >= 2:
                    return True
        return False

    def _is_blank(self, row: Sequence[CellValue]) -> bool:
        """Whether no figure and no unit stands in a row, nil neither."""
        return not any(j < len(row) and row[j] != "" for j in self.blank_columns)

    def _is_of_the_form(self, i: int) -> bool:
        row = self.sheet.rows[i]
        return not only_counts(row) and (self._code(i) or self._stated(row) > 1)

    def _without_output(self, row: Sequence[CellValue]) -> bool:
        return not self._figures(row, self.output_columns) and not any(j < len(row) and row[j] != "" for j in self.unit_columns)

    def _money(self, row: Sequence[CellValue]) -> int | None:
        """The first column of money, ratios apart, that states any."""
        for j in self.rp_columns:
            value = row[j] if j < len(row) else ""
            if value not in ("", 0) and (not isinstance(value, str) or _MONEY_TEXT.search(value)):
                return j + self.sheet.left
        return None
