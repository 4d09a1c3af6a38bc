"""The columns of one E.81 table: for each field of the form, the physical columns of its K, satuan and Rp, and why.

In: a sheet and the group of physical columns under a number or title. Out: `Table`, filled; or `Unclear`. Does not belong here: which
field a group is (`table`), reading the rows (`rows`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.workbook.cells import CellValue, Columns, Sheet, address, column_letters
from pipelines.workbook.columns import PAIRS, TARGET, TITLES
from pipelines.workbook.doubts import LEAST_MONEY
from pipelines.workbook.header import NUMBER, Header, candidates, is_label, normalised, own_title
from pipelines.workbook.layouts import (
    ALL_QUARTERS,
    CUMULATIVE,
    MILLIONS,
    MONEY_WORDS,
    PAIR_FIELDS,
    PLANNED,
    RATIO_FIELDS,
    REQUIRED,
    SATUAN,
    SCALE_NOTE,
    THOUSANDS,
    TW_FIELDS,
)
from pipelines.workbook.numbers import UNIT_WORDS, read_number

FIELD_TITLES = {**TITLES, **{pair.name: pair.k.title.removesuffix(" K") for pair in PAIRS}, SATUAN: "satuan"}


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
    strangers: dict[int, str] = field(default_factory=dict)  # without number row: columns inside or beside it with a title nobody declared
    sample: Columns | None = None  # the first rows of the body
    content: dict[int, tuple[int, int]] = field(default_factory=dict)  # per column: how many figures and words its cells are

    @property
    def columns(self) -> set[int]:
        """Every column that is something of the form."""
        figures = [c for p in self.pairs.values() for c in (p.k, p.satuan, p.rp)]
        spread = [c for span in self.text_spans.values() for c in span]
        return {c for c in (*figures, *self.texts.values(), *spread, self.satuan) if c is not None}

    @property
    def unread_columns(self) -> list[int]:
        """Columns from the indicator to the last one of the form that are nothing of it."""
        read = self.columns
        return [c for c in range(self.texts["indikator"], max(read) + 1) if c not in read]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A table whose columns contradict each other: refused rather than guessed."""

    sel: str
    stands: str
    expected: str


@dataclass(slots=True)
class Group:
    """The physical columns under one number or title."""

    first: int
    last: int
    number: int | None
    texts: list[str]  # titles over it, top to bottom, normalised

    @property
    def title(self) -> str:
        """All its titles in one line."""
        return " ".join(self.texts)


def place_group(sheet: Sheet, table: Table, header: Header, group: Group, name: str, why: str) -> Unclear | None:
    """Put a group's physical columns into the table under a field."""
    if name == SATUAN:  # a column of its own, with a number of its own
        table.satuan = group.first
        table.reasons.append(f"satuan: {column_letters(group.first)} ({why})")
        return None
    if name in TW_FIELDS and (planned := _planned(header, group)) is not None:
        return _unclear_pair(header, planned, f"kolom rencana di bawah {FIELD_TITLES[name]}")
    if name in PAIR_FIELDS:
        placed = _pair_columns(sheet, table, header, group)
        if isinstance(placed, Unclear):
            return placed
        columns, how = placed
        columns.cumulative = name in TW_FIELDS and _says_cumulative(group.texts)
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
        words = candidates([text for text in header.stack(column) if not NUMBER.fullmatch(text)][-1:])
        titled = words == (SATUAN,)
        if table.satuan is None and (titled or (name == "indikator" and _units(sheet, table, column))):
            table.satuan = column
            table.reasons.append(f"satuan: {column_letters(column)} ({'judul' if titled else 'isinya satuan'})")
        elif not own_title(header, column) and (name == "kode_lapor" or _covered(header, group.first, column)):
            spread.append(column)
    if len(spread) > 1:
        table.text_spans[name] = tuple(spread)
    return None


def _planned(header: Header, group: Group) -> int | None:
    """A column under a triwulan whose own words say that it is planned, where another column's say that it is realised."""
    words = {column: " ".join(header.own_words(column)) for column in range(group.first, group.last + 1)}
    planned = [column for column, text in words.items() if PLANNED.search(text) and "realisasi" not in text]
    return planned[0] if planned and any("realisasi" in text for text in words.values()) else None


def _says_cumulative(texts: Sequence[str]) -> bool:
    """Whether a triwulan column's titles say that it holds the figure up to that triwulan."""
    titles = [text for text in texts if not is_label(text) and not NUMBER.fullmatch(text)]
    over = [ALL_QUARTERS.sub(" ", text) for text in titles[:-1]]
    return any(CUMULATIVE.search(text) for text in (*over, *titles[-1:]))


def _covered(header: Header, first: int, column: int) -> bool:
    """Whether a title over `first` is merged over `column` as well."""
    return any(row[first] == row[column] and row[first][1] == first for row in header.anchor)


def _sample(sheet: Sheet, table: Table, column: int) -> list[CellValue]:
    """What stands in a column in the first rows of the body, empty cells and number rows of repeated headers left out."""
    if table.sample is None:
        last = min(table.body_stop, table.body_first + 60, sheet.top + len(sheet.rows))
        table.sample = Columns([sheet.rows[r - sheet.top] for r in range(table.body_first, last) if r not in table.repeated])
    return [value for value in table.sample[column - sheet.left] if value != ""]


def _content(sheet: Sheet, table: Table, column: int) -> tuple[int, int]:
    """How many cells of the column are figures (nil signs included), and how many are words, in the first rows of the body."""
    if column in table.content:
        return table.content[column]
    figures = words = 0
    for value, times in Counter(_sample(sheet, table, column)).items():  # units: few, each many times
        if isinstance(value, str):
            text = value.strip()
            if text and (text[0].isdigit() or text[0] in "-–(#" or text[:2].lower() == "rp"):
                figures += times
            elif text:
                words += times
        else:
            figures += times
    table.content[column] = figures, words
    return figures, words


def _units(sheet: Sheet, table: Table, column: int) -> bool:
    """Whether what stands in the column are units, by their first words."""
    values = [normalised(value) for value in _sample(sheet, table, column)]
    known = sum(1 for text in values if text == "%" or re.split(r"[ /.]", text)[0] in UNIT_WORDS)
    return bool(values) and known >= 0.8 * len(values)


def _pair_columns(sheet: Sheet, table: Table, header: Header, group: Group) -> tuple[PairColumns, str] | Unclear:
    columns = list(range(group.first, group.last + 1))
    labels = {column: header.label(column) for column in columns}
    k = [c for c in columns if labels[c] == "k"]
    rp = [c for c in columns if labels[c] == "rp"]
    satuan = [c for c in columns if labels[c] == "satuan"]
    if bool(k) != bool(rp) and len(columns) > 1:
        # One label is worded as nobody declared: it is the other's, if only one column is left that may hold figures.
        left = [c for c in columns if labels[c] is None]
        if len(left) > 1:
            left = [c for c in left if _content(sheet, table, c)[0] > _content(sheet, table, c)[1]]
        if len(left) == 1:
            k, rp = (k, left) if k else (left, rp)
            if _money_first(sheet, table, k[0], rp[0]):
                return _unclear_pair(header, k[0], "angka sebesar rupiah di tempat K, dengan satu label yang tidak dikenal")
        elif left:
            return _unclear_pair(header, left[0], "kolom angka yang labelnya tidak dikenal, di samping label yang dikenal")
    if len(k) > 1 and len(filled := [c for c in k if _digits(sheet, table, c)]) > 1:
        return _unclear_pair(header, filled[1], "dua kolom K yang berisi")
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
    if used in ([columns[1:2], columns[2:3]]) or (used == columns[1:3] and not _content(sheet, table, used[0])[0]):
        columns = columns[:3]  # a triwulan to come: its units, or the nil of its money, are filled in already
    elif len(columns) > 2 and 1 <= len(used) <= 3:  # empty helper columns in between or beside
        columns = used
    elif len(columns) > 3 and not used:
        columns = columns[:3]
    if len(columns) == 1:
        title = re.findall(r"\w+", group.title)
        if not MONEY_WORDS.isdisjoint(title) and "kinerja" not in title:
            return PairColumns(None, None, columns[0]), "satu kolom, menurut judulnya Rp"
        return PairColumns(columns[0], None, None), "satu kolom"
    if len(columns) == 2:
        figures, words = _content(sheet, table, columns[1])
        if words > figures:
            return PairColumns(columns[0], columns[1], None), "dua kolom, yang kedua berisi satuan"
        if _money_first(sheet, table, columns[0], columns[1]):
            return _unclear_pair(header, columns[0], "angka sebesar rupiah di tempat K, tanpa label K/Rp")
        return PairColumns(columns[0], None, columns[1]), "dua kolom: K, Rp"
    if len(columns) == 3:
        if _digits(sheet, table, columns[1]):
            return _unclear_pair(header, columns[1], "angka di tempat satuan, tanpa label K/Rp")
        if _money_first(sheet, table, columns[0], columns[2]):
            return _unclear_pair(header, columns[0], "angka sebesar rupiah di tempat K, tanpa label K/Rp")
        return PairColumns(columns[0], columns[1], columns[2]), "tiga kolom: K, satuan, Rp"
    return _unclear_pair(header, columns[0], f"{len(columns)} kolom berisi tanpa label K/Rp")


def _digits(sheet: Sheet, table: Table, column: int) -> bool:
    """Whether real figures (not nil signs) stand in the column."""
    values = _sample(sheet, table, column)
    return sum(1 for v in values if not isinstance(v, str) or v.strip()[:1].isdigit()) > 0.5 * len(values) if values else False


def _money_first(sheet: Sheet, table: Table, k: int, rp: int) -> bool:
    """Whether, of two columns, the one in K's place holds the money."""
    left = _typical(sheet, table, k)
    return left >= LEAST_MONEY and left > 100 * _typical(sheet, table, rp)


def _typical(sheet: Sheet, table: Table, column: int) -> float:
    """The median of a column's figures, nil apart; 0 where there are none."""
    values = (v if type(v) is float else float(read_number(v).value or 0) for v in _sample(sheet, table, column))
    sizes = sorted(abs(v) for v in values if v)
    return sizes[len(sizes) // 2] if sizes else 0


def _unclear_pair(header: Header, column: int, what: str) -> Unclear:
    return Unclear(address(header.last, column), what, "kolom K (dengan satuan) dan Rp di bawah tiap nomor")


def _label_or_quarter(text: str) -> bool:
    return is_label(text) or candidates([text])[:1] in {(name,) for name in TW_FIELDS}


def header_again(sheet: Sheet, table: Table, header: Header) -> frozenset[int]:
    """Body rows that repeat a row of the header, as a print does at its page breaks."""
    titles: dict[str, int] = {}
    lines = []
    for row in range(table.header_first, table.body_first):
        line = {c: v for c, v in enumerate(sheet.rows[row - sheet.top]) if isinstance(v, str) and v.strip()}
        if sum(len(v) > 2 for v in line.values()) >= 3 or (line and all(_label_or_quarter(normalised(v)) for v in line.values())):
            lines.append(line)
            titles |= {value: len(lines) for value in line.values()}
    again = set()
    for i in range(table.body_first - sheet.top, min(table.body_stop - sheet.top, len(sheet.rows))):
        cells = sheet.rows[i]
        first = cells[0] if cells and cells[0] != "" else next((v for v in cells if v != ""), "")
        if not isinstance(first, str) or first not in titles:
            continue
        own = {c: v for c, v in enumerate(cells) if isinstance(v, str) and v.strip()}
        if len(own) >= 3 and any(sum(line.get(c) == v for c, v in own.items()) >= 0.8 * len(own) for line in lines):
            again.add(i + sheet.top)
    return frozenset(again)


_LONGEST_SCALE = 120  # characters of a line that says in what the figures are written
_ITEM = re.compile(r"[a-e] ?[.)]|(?:indikator|target|realisasi|sasaran|tujuan)\b.*:")  # a text of the form's content


def finish_table(sheet: Sheet, table: Table, header: Header) -> Table | Unclear | None:
    """The scale of Rp; None where a required field is missing: it is not table E.81."""
    for name in REQUIRED:
        if name not in table.texts and name not in table.pairs:
            return None
    target = table.pairs[TARGET.name]
    if target.k is not None and target.rp is not None and _money_first(sheet, table, target.k, target.rp):
        return _unclear_pair(header, target.k, "angka sebesar rupiah di bawah label K")
    for name, pair in table.pairs.items():
        if name not in RATIO_FIELDS and (pair.k is None or pair.rp is None):  # each column has a number of its own
            return _unclear_pair(header, pair.k or pair.rp or sheet.left, f"satu kolom di bawah nomor {FIELD_TITLES[name]}")
    for index, name in enumerate(TW_FIELDS):
        if name in table.pairs and table.pairs[name].cumulative and (missing := [n for n in TW_FIELDS[:index] if n not in table.pairs]):
            # what was reached before is not stated, so that nothing says what this triwulan alone has brought
            at = address(header.last, table.pairs[name].k or sheet.left)
            return Unclear(at, f"{FIELD_TITLES[name]} kumulatif", f"juga kolom {FIELD_TITLES[missing[0]]}")
    titles = [
        t
        for r in range(max(sheet.top, table.header_first - 15), table.header_first)
        for v in sheet.rows[r - sheet.top]
        if v and (t := normalised(v)) and len(t) < _LONGEST_SCALE and not _ITEM.match(t)
    ]
    right = max(table.columns) + 1 - sheet.left
    titles += [t for r in range(table.header_first, table.body_first) for t in map(normalised, sheet.rows[r - sheet.top][right:]) if t]
    scales = {_scale(header.stack(pair.rp)) for pair in table.pairs.values() if pair.rp is not None}
    named = max((_scale([title]) for title in titles), default=1)
    if named == 1 and len(scales) > 1:
        return Unclear(
            address(header.first, sheet.left), "Rp dalam ribuan pada sebagian kolom saja", "satuan Rp yang sama untuk semua kolom"
        )
    return _scaled(sheet, table, max(named, *scales) if scales else named)


_MOST_TYPICAL = 2_000_000_000  # rupiah: half of a kecamatan's rows have targets far below it


def _scaled(sheet: Sheet, table: Table, factor: int) -> Table | Unclear:
    """The table with its Rp in thousands or millions; or what speaks against it: figures that are already as large as rupiah."""
    table.rp_factor = factor
    if factor != 1:
        words = "ribuan" if factor == 1000 else "jutaan"
        table.reasons.append(f"Rp ditulis dalam {words}: dikalikan {factor}")
        money = table.pairs[TARGET.name].rp
        typical = _typical(sheet, table, money) if money is not None else 0
        if money is not None and typical * factor > _MOST_TYPICAL:
            stands = f"Rp dalam {words}, sedangkan angkanya sebesar rupiah penuh (misalnya {typical:.15g})"
            return Unclear(address(table.body_first, money), stands, f"angka dalam {words}, atau judul tanpa “{words}”")
    return table


def scale_below(sheet: Sheet, table: Table, first: int) -> Table | Unclear:
    """The same where only a note below the table says it (`*) dalam ribuan rupiah`); `first` is a position in `sheet.rows`."""
    if table.rp_factor != 1:
        return table
    texts = (v for row in sheet.rows[first : table.body_stop - sheet.top] for v in row if v != "" and isinstance(v, str))
    notes = [text for v in texts if len(v) < _LONGEST_SCALE and SCALE_NOTE.search(text := normalised(v))]
    return _scaled(sheet, table, _scale(notes))


def _scale(texts: Sequence[str]) -> int:
    """What a Rp figure under these titles must be multiplied by."""
    if any(MILLIONS.search(text) for text in texts):
        return 1_000_000
    return 1000 if any(THOUSANDS.search(text) for text in texts) else 1
