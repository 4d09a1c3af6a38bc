"""Where the E.81 table stands on a sheet, and which column is what, with the reason for each.

In: a `Sheet`. Out: a `Table` for each E.81 table on it, or a `Unclear` that says what contradicts. The row of column numbers is the anchor
(Permendagri 86/2017 sets it; titles drift), its own formulas and the titles must agree with it; without it the titles alone decide.
Does not belong here: which numberings and wordings there are (`layouts`), reading the rows (`rows`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.workbook.cells import CellValue, Sheet, address, column_letters
from pipelines.workbook.columns import PAIRS, TITLES
from pipelines.workbook.layouts import (
    CUMULATIVE,
    FORMULAS,
    K_LABEL,
    MILLIONS,
    NUMBERINGS,
    PAIR_FIELDS,
    QUARTER,
    QUARTERS,
    REQUIRED,
    RP_LABEL,
    SATUAN,
    SATUAN_LABEL,
    TEXT_FIELDS,
    THOUSANDS,
    TW_FIELDS,
    WORDINGS,
    Numbering,
)
from pipelines.workbook.numbers import UNIT_WORDS

FIELD_TITLES = {**TITLES, **{pair.name: pair.k.title.removesuffix(" K") for pair in PAIRS}, SATUAN: "satuan"}
_NUMBER = re.compile(
    r"(?:kol(?:om|\.)?\s*)?[(\[]?\s*([0-9]{1,2})\s*[)\].]?\s*(?:[ab]|k|rp\.?)?\s*(?:=\s*(.+)|\(([-+0-9/:x*% ()]+)\))?", re.IGNORECASE
)
_MIN_NUMBERS = 8
_HEADER_REACH = 9  # rows above the number row in which titles are looked for
_TOTAL = re.compile(r"\s*(?:total|jumlah)(?: (?:total|anggaran|keseluruhan))?\s*:?", re.IGNORECASE)
_FOOT = re.compile(r"\s*(?:faktor (?:pendorong|penghambat)\b.*|petunjuk pengisian\b.*)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"evaluasi\s+(?:terhadap\s+)?hasil|formulir\s+e\.?\s?81|tabel\s+e\.?\s?81", re.IGNORECASE)
_WHOSE = re.compile(r"\b(?:kecamatan|kec\.)\s+\w+.*|\btriwulan\s+(?:i{1,3}|iv|[1-4])\b.*", re.IGNORECASE)


@dataclass(slots=True)
class PairColumns:
    """Where one numbered column of figures stands; 0-based absolute columns, None where the form has none."""

    k: int | None = None
    satuan: int | None = None
    rp: int | None = None
    cumulative: bool = False  # a triwulan column that holds the figure up to that triwulan


@dataclass(slots=True)
class Table:
    """One E.81 table. Rows and columns are 0-based and absolute."""

    header_first: int
    number_row: int | None
    body_first: int
    body_stop: int  # first row that cannot belong to it any more (the next table's title, or the end of the sheet)
    numbering: str
    texts: dict[str, int] = field(default_factory=dict)
    text_spans: dict[str, tuple[int, ...]] = field(default_factory=dict)  # fields spread over several columns
    pairs: dict[str, PairColumns] = field(default_factory=dict)
    satuan: int | None = None  # a column of its own with the row's unit
    rp_factor: int = 1
    repeated: frozenset[int] = frozenset()  # rows of headers repeated at page breaks
    reasons: list[str] = field(default_factory=list)
    content: dict[int, tuple[int, int]] = field(default_factory=dict)  # per column: how many figures and words its cells are

    @property
    def unread_columns(self) -> list[int]:
        """Columns between the first and the last figure column that are nothing of the form."""
        figures = [c for p in self.pairs.values() for c in (p.k, p.satuan, p.rp) if c is not None]
        read = {*figures, *self.texts.values(), *(c for span in self.text_spans.values() for c in span), self.satuan}
        return [c for c in range(min(figures), max(figures) + 1) if c not in read]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A table whose columns contradict each other: refused rather than guessed."""

    sel: str
    stands: str
    expected: str


@dataclass(slots=True)
class _Numbered:
    """A row of column numbers: (column, number, formula), 0-based absolute columns."""

    row: int
    cells: list[tuple[int, int, str]]

    @property
    def starts(self) -> dict[int, int]:
        first: dict[int, int] = {}
        for column, number, _ in self.cells:
            first.setdefault(number, column)
        return first

    @property
    def formulas(self) -> dict[int, str]:
        return {number: formula for _, number, formula in self.cells if formula}


@dataclass(slots=True)
class _Group:
    """The physical columns under one number or title."""

    first: int
    last: int
    number: int | None
    texts: list[str]  # titles over it, top to bottom, normalised

    @property
    def title(self) -> str:
        return " ".join(self.texts)


def normalised(value: CellValue) -> str:
    """A title as it is compared: lower case, single spaces."""
    return _normalised(value) if isinstance(value, str) and value else ""


@lru_cache(maxsize=8192)
def _normalised(text: str) -> str:
    return " ".join(text.lower().replace("\u00a0", " ").split())


def _number_cell(value: CellValue) -> tuple[int, str] | None:
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value.strip())
        return (int(match[1]), match[2] or match[3] or "") if match else None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 30 and value == int(value):
        return int(value), ""
    return None


def _counts(row: Sequence[CellValue]) -> bool:
    """Whether one of a row's first four cells may be the number 1, 2 or 3."""
    seen = 0
    for value in row:
        if value == "":
            continue
        if not isinstance(value, str) or len(value) < 12:
            parsed = _number_cell(value)
            if parsed and parsed[0] <= 3:
                return True
        seen += 1
        if seen == 4:
            return False
    return False


def number_rows(sheet: Sheet) -> list[_Numbered]:
    """Every row of the sheet that counts its columns 1, 2, 3, …"""
    found = []
    for i, row in enumerate(sheet.rows):
        if not _counts(row):
            continue
        filled = [(j, value) for j, value in enumerate(row) if value != ""]
        if len(filled) < _MIN_NUMBERS:
            continue
        cells: list[tuple[int, int, str]] = []
        for j, value in filled:
            parsed = _number_cell(value)
            if parsed and (not cells or cells[-1][1] <= parsed[0] <= cells[-1][1] + 5):
                cells.append((j + sheet.left, *parsed))
        distinct = {number for _, number, _ in cells}
        lost = sum(1 for (r, _c) in sheet.lost if r == i + sheet.top) if sheet.lost else 0
        if (
            len(distinct) >= _MIN_NUMBERS
            and min(distinct) <= 2
            and len(distinct) + lost >= 0.7 * max(distinct)
            and len(cells) >= 0.75 * len(filled)
        ):
            found.append(_Numbered(i + sheet.top, cells))
    return found


class _Header:
    """The rows above (and the label row below) the numbers, with merged titles spread over their cells."""

    def __init__(self, sheet: Sheet, first: int, last: int) -> None:
        self.sheet, self.first, self.last = sheet, first, last
        self.width = sheet.left + max((len(row) for row in sheet.rows), default=0)
        self.grid = []
        for r in range(first, last + 1):
            own = sheet.rows[r - sheet.top] if 0 <= r - sheet.top < len(sheet.rows) else ()
            line = [""] * sheet.left + [normalised(value) for value in own]
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

    def stack(self, column: int) -> list[str]:
        """Distinct texts over a column, top to bottom."""
        texts: list[str] = []
        for row in self.grid:
            if column < self.width and row[column] and (not texts or texts[-1] != row[column]):
                texts.append(row[column])
        return texts

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


def candidates(texts: Sequence[str]) -> tuple[str, ...]:
    """The fields that a stack of titles (top to bottom, normalised) may mean; empty where the words say nothing."""
    return _candidates(tuple(texts))


@lru_cache(maxsize=8192)
def _candidates(texts: tuple[str, ...]) -> tuple[str, ...]:
    titles = [text for text in texts if not is_label(text) and not _NUMBER.fullmatch(text)]
    if not titles:
        return (SATUAN,) if any(SATUAN_LABEL.fullmatch(text) for text in texts) else ()
    quarter = re.fullmatch(r"(?:triwulan|tri wulan|tw)?[ .\-]*(?:\(?s\.?/?d\.?\)?[ .]*)?(iv|iii|ii|i)", titles[-1])
    if quarter and (len(titles) == 1 or re.search(r"triwulan|tri wulan|\btw\b|realisasi", titles[-2])):
        return (TW_FIELDS[QUARTERS[quarter[1]] - 1],)
    title = " ".join(titles)
    for wording in WORDINGS:
        if wording.pattern.search(title) and not (wording.unless and wording.unless.search(title)):
            if wording.fields == TW_FIELDS:
                found = QUARTER.findall(titles[-1]) or QUARTER.findall(title)
                return (TW_FIELDS[QUARTERS[found[-1]] - 1],) if found else TW_FIELDS
            return wording.fields
    return ()


def _formula(text: str) -> tuple[str, tuple[int, ...]] | None:
    plain = re.sub(r"[x*×]?\s*\(?\s*100\s*%?\s*\)?", " ", text.lower())
    operands = tuple(int(number) for number in re.findall(r"[0-9]+", plain))
    if not operands:
        return None
    operator = "/" if re.search(r"[/:]", plain) else "+" if "+" in plain or len(operands) > 1 else ""
    return operator, operands


def _formula_agrees(field_name: str, formula: str, numbering: Numbering) -> bool | None:
    parsed = _formula(formula)
    if parsed is None:
        return None
    operator, numbers = parsed
    operands = tuple(numbering.field(number) or "" for number in numbers)
    known = [f for f in FORMULAS if f.field == field_name]
    if not known:
        return False
    for f in known:
        if f.operator == operator and (
            operands == f.operands or (operator == "+" and set(operands) <= set(f.operands) and len(operands) > 1)
        ):
            return True
    return False


def find_tables(sheet: Sheet) -> list[Table | Unclear]:
    """Every E.81 table on a sheet, top to bottom; empty where there is none."""
    numbered = number_rows(sheet)
    if not numbered:
        table = _by_titles(sheet, sheet.top, sheet.top + len(sheet.rows))
        return [table] if table else []
    leaders = [numbered[0]]
    repeats: dict[int, list[_Numbered]] = {0: []}
    for candidate in numbered[1:]:
        between = [sheet.value(r, c) for r in range(leaders[-1].row + 1, candidate.row) for c in range(sheet.left, sheet.left + 6)]
        texts = [v for v in between if isinstance(v, str) and v]
        # a subtotal alone ends a page, not a form
        if any(_FOOT.fullmatch(v) for v in texts) or (any(_TOTAL.fullmatch(v) for v in texts) and any(_TITLE.search(v) for v in texts)):
            repeats[len(leaders)] = []
            leaders.append(candidate)
        else:
            repeats[len(leaders) - 1].append(candidate)
    headers = [_header_first(sheet, leader.row) for leader in leaders]
    found: list[Table | Unclear] = []
    for index, leader in enumerate(leaders):
        stop = _title_first(sheet, headers[index + 1], leader.row) if index + 1 < len(leaders) else sheet.top + len(sheet.rows)
        table = _by_numbers(sheet, leader, headers[index], stop, repeats[index])
        if table is None:
            continue
        if isinstance(table, Table):
            depth = leader.row - table.header_first
            after = table.body_first - leader.row
            table.repeated |= frozenset(r for again in repeats[index] for r in range(again.row - depth, again.row + after))
        found.append(table)
    return found


def _header_first(sheet: Sheet, below: int) -> int:
    """The first row of titles above a row: the highest one, not far away, in which several cells are worded like titles."""
    first = below
    for row in range(below - 1, max(sheet.top, below - _HEADER_REACH) - 1, -1):
        texts = [normalised(sheet.value(row, c)) for c in range(sheet.left, sheet.left + len(sheet.rows[row - sheet.top]))]
        worded = sum(1 for text in texts if text and (is_label(text) or candidates([text])))
        long = max((len(text) for text in texts), default=0)
        if worded >= 3 and long < 400:
            first = row
    return first


def _title_first(sheet: Sheet, header: int, above: int) -> int:
    """The first row of the title lines above a second table on a sheet."""
    first = header
    for row in range(header - 1, max(above, header - 15), -1):
        words = " ".join(v for v in sheet.rows[row - sheet.top] if isinstance(v, str))
        if _TITLE.search(words):
            return row
        if _WHOSE.search(words):
            first = row
    return first


def _label_row(sheet: Sheet, row: int) -> bool:
    i = row - sheet.top
    if not 0 <= i < len(sheet.rows):
        return False
    texts = [value for value in sheet.rows[i] if value != ""]
    return len(texts) >= 3 and sum(is_label(normalised(value)) for value in texts) >= 0.6 * len(texts)


def _by_numbers(sheet: Sheet, numbered: _Numbered, header_first: int, stop: int, repeats: list[_Numbered]) -> Table | Unclear | None:
    body_first = numbered.row + 1
    while _label_row(sheet, body_first):
        body_first += 1
    header = _Header(sheet, header_first, body_first - 1)
    groups = _number_groups(sheet, numbered, header)
    numbering, problem = _choose(numbered, groups)
    if numbering is None:
        titled = _title_fields(groups)
        if titled is None or not _formulas_agree(numbered, groups, titled):
            return problem
        numbering = titled
        by_titles = True
    else:
        by_titles = False
    table = Table(header_first, numbered.row, body_first, stop, numbering.name, repeated=frozenset(again.row for again in repeats))
    table.reasons.append(
        f"baris nomor kolom di baris {numbered.row + 1} (1–{max(numbered.starts)}), judul mulai baris {header_first + 1}, "
        f"isi mulai baris {body_first + 1}; penomoran: {numbering.name}"
    )
    formulas = numbered.formulas
    _widen_last(groups, [numbering.fields[i] if by_titles else numbering.field(g.number or 0) for i, g in enumerate(groups)])
    for index, group in enumerate(groups):
        name = numbering.fields[index] if by_titles else numbering.field(group.number or 0)
        if name is None:
            continue
        why = f"nomor {group.number}" + (f" = {formulas[group.number]}" if group.number in formulas else "")
        if name in candidates(group.texts):
            why += ", judul cocok"
        unclear = _place(sheet, table, header, group, name, why)
        if unclear:
            return unclear
    return _finish(sheet, table, header)


def _widen_last(groups: list[_Group], names: Sequence[str | None]) -> None:
    """Nothing stands right of the last number to say how far it reaches: a pair of figures reaches as far as the other pairs do."""
    widths = [group.last - group.first for group, name in zip(groups[:-1], names, strict=False) if name in PAIR_FIELDS]
    if names[-1] in PAIR_FIELDS and widths:
        groups[-1].last = max(groups[-1].last, groups[-1].first + max(set(widths), key=widths.count))


def _number_groups(sheet: Sheet, numbered: _Numbered, header: _Header) -> list[_Group]:
    starts = sorted((numbered.starts | _lost_numbers(numbered, header)).items(), key=lambda item: item[1])
    merged_to: dict[int, int] = {}
    for r1, c1, r2, c2 in sheet.merged:
        if header.first <= r1 and r2 <= header.last:
            merged_to[c1] = max(merged_to.get(c1, c1), c2) if r1 == numbered.row else merged_to.get(c1, c1)
    groups = []
    for index, (number, first) in enumerate(starts):
        if index + 1 < len(starts):
            last = starts[index + 1][1] - 1
        else:
            last = max(merged_to.get(first, first), max((c for c, n, _ in numbered.cells if n == number), default=first))
            while last + 1 < header.width and header.label(last + 1) in ("k", "rp", "satuan") and not _own_title(header, last + 1):
                last += 1
        texts: list[str] = []
        for text in header.stack(first):
            if text not in texts:
                texts.append(text)
        groups.append(_Group(first, last, number, texts))
    return groups


def _lost_numbers(numbered: _Numbered, header: _Header) -> dict[int, int]:
    """Numbers that are missing in the row, with the column where a title of its own says that they should stand.

    Only where there are exactly as many such titles as missing numbers, so that none can be taken for another.
    """
    starts = sorted(numbered.starts.items())
    highest = starts[-1][0]
    gaps = [(starts[0][0] - 1, 0, header.sheet.left - 1, starts[0][1])]
    gaps += [(n2 - n1 - 1, n1, c1, c2) for (n1, c1), (n2, c2) in itertools.pairwise(starts)]
    found: dict[int, int] = {}
    for missing, before, first, last in gaps:
        titled = [c for c in range(first + 1, last) if missing and _own_title(header, c) and candidates(header.stack(c))]
        if len(titled) == missing:
            found |= {before + 1 + place: column for place, column in enumerate(titled)}
    if highest + 1 in {len(numbering.fields) for numbering in NUMBERINGS}:
        right = max(column for column, _, _ in numbered.cells) + 1
        after = [c for c in range(right, header.width) if _own_title(header, c) and candidates(header.stack(c))]
        if len(after) == 1 and candidates(header.stack(after[0]))[0] in TEXT_FIELDS:
            found[highest + 1] = after[0]
    return found


def _own_title(header: _Header, column: int) -> bool:
    return any(
        text and not is_label(text) and not _NUMBER.fullmatch(text) and anchor[1] == column
        for text, anchor in ((header.grid[i][column], header.anchor[i][column]) for i in range(len(header.grid)))
    )


def _choose(numbered: _Numbered, groups: list[_Group]) -> tuple[Numbering | None, Unclear | None]:
    """The declared numbering that formulas and titles confirm; or what speaks against the likeliest."""
    highest = max(group.number or 0 for group in groups)
    formulas = numbered.formulas
    best: list[tuple[float, Numbering, Unclear | None]] = []
    titles = {group.number: candidates(group.texts) for group in groups}
    for numbering in NUMBERINGS:
        if highest > len(numbering.fields):
            continue
        score = -0.5 * (len(numbering.fields) - highest)
        against: Unclear | None = None
        for number, column in ((group.number or 0, group.first) for group in groups):
            name = numbering.field(number) or ""
            words = titles.get(number, ())
            if name in words:
                score += 1
            elif words and (name in PAIR_FIELDS or words[0] in PAIR_FIELDS):
                score -= 5
                against = against or Unclear(
                    address(numbered.row, column),
                    f"nomor {number} dengan judul {_titles(words)}",
                    f"{FIELD_TITLES[name]} (penomoran {numbering.name})",
                )
            if number in formulas:
                agrees = _formula_agrees(name, formulas[number], numbering)
                if agrees:
                    score += 3
                elif agrees is False:
                    score -= 5
                    against = against or Unclear(
                        address(numbered.row, column),
                        f"{number} = {formulas[number]}",
                        f"rumus {FIELD_TITLES[name]} (penomoran {numbering.name})",
                    )
        best.append((score, numbering, against))
    if not best:
        return None, Unclear(
            address(numbered.row, numbered.cells[-1][0]), f"nomor kolom sampai {highest}", "penomoran sampai 15, 16, 17 atau 20"
        )
    best.sort(key=lambda item: -item[0])
    score, numbering, against = best[0]
    if against is not None:
        return None, against
    rivals = [n for s, n, a in best[1:] if s == score and a is None and n.fields[:highest] != numbering.fields[:highest]]
    if rivals:
        return None, Unclear(
            address(numbered.row, numbered.cells[-1][0]),
            f"nomor kolom sampai {highest} tanpa judul yang membedakan",
            f"judul atau rumus yang membedakan penomoran {numbering.name} dan {rivals[0].name}",
        )
    return numbering, None


def _titles(words: Sequence[str]) -> str:
    return " / ".join(FIELD_TITLES.get(word, word) for word in words)


def _formulas_agree(numbered: _Numbered, groups: list[_Group], titled: Numbering) -> bool:
    """Whether the number row's formulas say the same as the titles."""
    by_number = {group.number or 0: name for group, name in zip(groups, titled.fields, strict=True)}
    numbering = Numbering(titled.name, tuple(by_number.get(number, "") for number in range(1, max(by_number) + 1)))
    return all(_formula_agrees(by_number.get(number, ""), formula, numbering) is not False for number, formula in numbered.formulas.items())


_ORDER = {name: i for i, name in enumerate(("target_renstra", "realisasi_lalu", "target", "tw1", "tw2", "tw3", "tw4", "realisasi"))}


def _title_fields(groups: list[_Group]) -> Numbering | None:
    """Fields by titles alone, if every group of figures has one and they stand in the form's order; None if that is not certain."""
    fields: list[str] = []
    after_target = False
    for group in groups:
        words = candidates(group.texts)
        if words == ("realisasi_lalu", "renstra_realisasi"):
            words = ("renstra_realisasi",) if after_target else ("realisasi_lalu",)
        if len(words) != 1:
            return None
        if words[0] == "target":
            after_target = True
        fields.append(words[0])
    if len(set(fields)) != len(fields) or any(name not in fields for name in REQUIRED):
        return None
    order = [_ORDER[name] for name in fields if name in _ORDER]
    if order != sorted(order):
        return None
    return Numbering("menurut judul", tuple(fields))


def _counting(row: Sequence[CellValue]) -> bool:
    """Whether a row holds nothing but column numbers, although too few of them are left to say which column is which."""
    numbers = [_number_cell(value) for value in row if value != ""]
    counted = [number[0] for number in numbers if number]
    return len(numbers) >= 4 and len(counted) >= 0.8 * len(numbers) and counted == sorted(counted)


def _by_titles(sheet: Sheet, top: int, stop: int) -> Table | Unclear | None:
    """The table of a sheet without number row: the first row with several titles, and what the titles say."""
    for row in range(top, min(stop, top + 60)):
        texts = [normalised(v) for v in sheet.rows[row - sheet.top] if isinstance(v, str) and v]
        found = {name for text in texts if len(text) < 300 for name in candidates([text])[:1]}
        if len(found) < 5 or not {"indikator", "target", "target_renstra"} & found:
            continue
        last = row
        while last + 1 < stop and last < row + 6:
            below = [normalised(v) for v in sheet.rows[last + 1 - sheet.top] if v != ""]
            good = sum(
                1
                for text in below
                if is_label(text)
                or re.fullmatch(r"(?:triwulan|tw)?[ .\-]*(?:s\.?/?d\.? )?(iv|iii|ii|i)", text)
                or (text and len(text) < 120 and candidates([text]) and candidates([text])[0] in PAIR_FIELDS)
            )
            if below and good < 0.6 * len(below):
                break
            last += 1
        while last > row and not any(v != "" for v in sheet.rows[last - sheet.top]):
            last -= 1
        if last + 1 < stop and _counting(sheet.rows[last + 1 - sheet.top]):
            last += 1
        header = _Header(sheet, row, last)
        groups: list[_Group] = []
        for column in range(sheet.left, header.width):
            own = _own_title(header, column)
            if own:
                groups.append(_Group(column, column, None, header.stack(column)))
            elif groups and (header.label(column) or header.stack(column) == header.stack(groups[-1].first) or not header.stack(column)):
                groups[-1].last = column
        kept = [g for g in groups if candidates(g.texts)]
        if kept and kept[-1].number is None and candidates(kept[-1].texts)[0] in TEXT_FIELDS:
            kept[-1].last = kept[-1].first
        satuan = [g for g in kept if candidates(g.texts) == (SATUAN,)]
        numbering = _title_fields([g for g in kept if g not in satuan])
        if numbering is None:
            return Unclear(
                address(row, sheet.left),
                "judul kolom " + "; ".join(_titles(candidates(g.texts)) for g in kept)[:200],
                "judul yang lengkap, berurutan dan tidak berulang, atau baris nomor kolom",
            )
        table = Table(row, None, last + 1, stop, numbering.name)
        table.reasons.append(f"tidak ada baris nomor kolom; judul kolom di baris {row + 1}–{last + 1}")
        if satuan:
            table.satuan = satuan[0].first
        for group, name in zip([g for g in kept if g not in satuan], numbering.fields, strict=True):
            unclear = _place(sheet, table, header, group, name, "judul")
            if unclear:
                return unclear
        return _finish(sheet, table, header)
    return None


def _place(sheet: Sheet, table: Table, header: _Header, group: _Group, name: str, why: str) -> Unclear | None:
    """Put a group's physical columns into the table under a field."""
    if name in PAIR_FIELDS:
        placed = _pair_columns(sheet, table, header, group)
        if isinstance(placed, Unclear):
            return placed
        columns, how = placed
        columns.cumulative = name in TW_FIELDS and bool(CUMULATIVE.search(group.title))
        table.pairs[name] = columns
        parts = [
            f"{role} {column_letters(c)}" for role, c in (("K", columns.k), ("satuan", columns.satuan), ("Rp", columns.rp)) if c is not None
        ]
        kind = ", kumulatif sampai triwulan itu" if columns.cumulative else ""
        table.reasons.append(f"{FIELD_TITLES[name]}: {', '.join(parts)} ({why}; {how}{kind})")
        return None
    table.texts[name] = group.first
    table.reasons.append(f"{FIELD_TITLES[name]}: {column_letters(group.first)} ({why})")
    spread = [group.first]
    for column in range(group.first + 1, group.last + 1):
        words = candidates([text for text in header.stack(column) if not _NUMBER.fullmatch(text)][-1:])
        titled = words == (SATUAN,)
        if table.satuan is None and (titled or (name == "indikator" and _units(sheet, table, column))):
            table.satuan = column
            table.reasons.append(f"satuan: {column_letters(column)} ({'judul' if titled else 'isinya satuan'})")
        elif not _own_title(header, column) and (name == "kode_lapor" or _covered(header, group.first, column)):
            spread.append(column)
    if len(spread) > 1:
        table.text_spans[name] = tuple(spread)
    return None


def _covered(header: _Header, first: int, column: int) -> bool:
    """Whether a title over `first` is merged over `column` as well."""
    return any(row[first] == row[column] and row[first][1] == first for row in header.anchor)


def _sample(sheet: Sheet, table: Table) -> list[Sequence[CellValue]]:
    """The first rows of the body, number rows of repeated headers left out."""
    last = min(table.body_stop, table.body_first + 60, sheet.top + len(sheet.rows))
    return [sheet.rows[r - sheet.top] for r in range(table.body_first, last) if r not in table.repeated]


def _content(sheet: Sheet, table: Table, column: int) -> tuple[int, int]:
    """How many cells of the column are figures (nil signs included), and how many are words, in the first rows of the body."""
    if column in table.content:
        return table.content[column]
    figures = words = 0
    j = column - sheet.left
    for row in _sample(sheet, table):
        value = row[j] if j < len(row) else ""
        if value == "":
            continue
        if isinstance(value, str):
            text = value.strip()
            if text and (text[0].isdigit() or text[0] in "-–(#" or text[:2].lower() == "rp"):
                figures += 1
            elif text:
                words += 1
        else:
            figures += 1
    table.content[column] = figures, words
    return figures, words


def _units(sheet: Sheet, table: Table, column: int) -> bool:
    """Whether what stands in the column are units, by their first words."""
    j = column - sheet.left
    rows = _sample(sheet, table)
    values = [normalised(row[j]) for row in rows if j < len(row) and row[j] != ""]
    known = sum(1 for text in values if text == "%" or re.split(r"[ /.]", text)[0] in UNIT_WORDS)
    return bool(values) and known >= 0.8 * len(values)


def _pair_columns(sheet: Sheet, table: Table, header: _Header, group: _Group) -> tuple[PairColumns, str] | Unclear:
    columns = list(range(group.first, group.last + 1))
    labels = {column: header.label(column) for column in columns}
    k = [c for c in columns if labels[c] == "k"]
    rp = [c for c in columns if labels[c] == "rp"]
    satuan = [c for c in columns if labels[c] == "satuan"]
    if k and rp:
        money = rp if len(rp) == 1 else ([c for c in rp if any(_content(sheet, table, c))] or rp[:1])
        if len(money) > 1:
            return _unclear_pair(header, money[1], "dua kolom Rp yang berisi")
        if not satuan:
            satuan = [c for c in columns if c not in money and c != k[0] and labels[c] != "rp" and k[0] < c <= max(money[0], k[0] + 1)]
            satuan = [c for c in satuan if _content(sheet, table, c)[1] or c == k[0] + 1]
        unit = satuan[0] if satuan else None
        if unit is not None and _content(sheet, table, unit)[1] < _content(sheet, table, unit)[0] and _digits(sheet, table, unit):
            return _unclear_pair(header, unit, "angka di kolom satuan")
        return PairColumns(k[0], unit, money[0]), "label K/Rp"
    if rp and not k and len(columns) == 1:
        return PairColumns(None, None, rp[0]), "label Rp"
    used = [c for c in columns if sum(_content(sheet, table, c))]
    if len(columns) > 2 and 1 <= len(used) <= 3:  # empty helper columns in between or beside
        columns = used
    elif len(columns) > 3 and not used:
        columns = columns[:3]
    if len(columns) == 1:
        return PairColumns(columns[0], None, None), "satu kolom"
    if len(columns) == 2:
        figures, words = _content(sheet, table, columns[1])
        if words > figures:
            return PairColumns(columns[0], columns[1], None), "dua kolom, yang kedua berisi satuan"
        return PairColumns(columns[0], None, columns[1]), "dua kolom: K, Rp"
    if len(columns) == 3:
        if _digits(sheet, table, columns[1]):
            return _unclear_pair(header, columns[1], "angka di tempat satuan, tanpa label K/Rp")
        return PairColumns(columns[0], columns[1], columns[2]), "tiga kolom: K, satuan, Rp"
    return _unclear_pair(header, columns[0], f"{len(columns)} kolom berisi tanpa label K/Rp")


def _digits(sheet: Sheet, table: Table, column: int) -> bool:
    """Whether real figures (not nil signs) stand in the column."""
    j = column - sheet.left
    rows = _sample(sheet, table)
    values = [row[j] for row in rows if j < len(row) and row[j] != ""]
    return sum(1 for v in values if not isinstance(v, str) or v.strip()[:1].isdigit()) > 0.5 * len(values) if values else False


def _unclear_pair(header: _Header, column: int, what: str) -> Unclear:
    return Unclear(address(header.last, column), what, "kolom K (dengan satuan) dan Rp di bawah tiap nomor")


def _header_again(sheet: Sheet, table: Table, header: _Header) -> frozenset[int]:
    """Body rows that repeat a row of the header, as a print does at its page breaks."""
    titles: dict[str, int] = {}
    lines = []
    for row in range(table.header_first, table.body_first):
        line = {c: v for c, v in enumerate(sheet.rows[row - sheet.top]) if isinstance(v, str) and v.strip()}
        if sum(len(v) > 2 for v in line.values()) >= 3 or (line and all(is_label(normalised(v)) for v in line.values())):
            lines.append(line)
            titles |= {value: len(lines) for value in line.values()}
    again = set()
    for i in range(table.body_first - sheet.top, min(table.body_stop - sheet.top, len(sheet.rows))):
        first = next((v for v in sheet.rows[i] if v != ""), "")
        if not isinstance(first, str) or first not in titles:
            continue
        own = {c: v for c, v in enumerate(sheet.rows[i]) if isinstance(v, str) and v.strip()}
        if len(own) >= 3 and any(sum(line.get(c) == v for c, v in own.items()) >= 0.8 * len(own) for line in lines):
            again.add(i + sheet.top)
    return frozenset(again)


def _finish(sheet: Sheet, table: Table, header: _Header) -> Table | Unclear | None:
    table.repeated |= _header_again(sheet, table, header)
    for name in REQUIRED:
        if name not in table.texts and name not in table.pairs:
            return None
    titles = [
        t
        for r in range(max(sheet.top, table.header_first - 8), table.header_first)
        for t in map(normalised, sheet.rows[r - sheet.top])
        if t
    ]
    scales = {_scale(header.stack(pair.rp)) for pair in table.pairs.values() if pair.rp is not None}
    named = max((_scale([title]) for title in titles), default=1)
    if named == 1 and len(scales) > 1:
        return Unclear(
            address(header.first, sheet.left), "Rp dalam ribuan pada sebagian kolom saja", "satuan Rp yang sama untuk semua kolom"
        )
    table.rp_factor = max(named, *scales) if scales else named
    if table.rp_factor != 1:
        table.reasons.append(f"Rp ditulis dalam {'ribuan' if table.rp_factor == 1000 else 'jutaan'}: dikalikan {table.rp_factor}")
    return table


def _scale(texts: Sequence[str]) -> int:
    """What a Rp figure under these titles must be multiplied by."""
    if any(MILLIONS.search(text) for text in texts):
        return 1_000_000
    return 1000 if any(THOUSANDS.search(text) for text in texts) else 1
