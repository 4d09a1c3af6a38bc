"""Where the E.81 table stands on a sheet, and which column is what, with the reason for each.

In: a `Sheet`. Out: a `Table` for each E.81 table on it, or a `Unclear` that says what contradicts. The row of column numbers is the anchor
(Permendagri 86/2017 sets it; titles drift), its own formulas and the titles must agree with it; without it the titles alone decide.
Does not belong here: which numberings and wordings there are (`layouts`), reading the rows (`rows`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.workbook.cells import CellValue, Sheet, address
from pipelines.workbook.header import (
    MIN_NUMBERS,
    Header,
    Numbered,
    candidates,
    is_label,
    labels_of,
    normalised,
    number_rows,
    only_counts,
    own_title,
)
from pipelines.workbook.layouts import NUMBERINGS, PAIR_FIELDS, SATUAN, TEXT_FIELDS
from pipelines.workbook.numbering import fields_by_number, one_pair, title_fields, titles_of, worded_over
from pipelines.workbook.table_columns import FIELD_TITLES, Group, Table, Unclear, finish_table, header_again, place_group

_HEADER_REACH = 9  # rows above the number row in which titles are looked for
_TOTAL = re.compile(r"\s*(?:total|jumlah)(?: (?:total|anggaran|keseluruhan))?\s*:?", re.IGNORECASE)
_FOOT = re.compile(r"\s*(?:faktor (?:pendorong|penghambat)\b.*|petunjuk pengisian\b.*)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"evaluasi\s+(?:terhadap\s+)?hasil|formulir\s+e\.?\s?81|tabel\s+e\.?\s?81", re.IGNORECASE)
_WHOSE = re.compile(r"\b(?:kecamatan|kec\.)\s+\w+.*|\btriwulan\s+(?:i{1,3}|iv|[1-4])\b.*", re.IGNORECASE)


def find_tables(sheet: Sheet) -> list[Table | Unclear]:
    """Every E.81 table on a sheet, top to bottom; empty where there is none."""
    found = _below_each_other(sheet)
    beside = (_beside(sheet, table) for table in found if isinstance(table, Table))
    return next(([unclear] for unclear in beside if unclear), found)


def _beside(sheet: Sheet, table: Table) -> Unclear | None:
    """A second row of column numbers left or right of a table: whose title and foot are whose, nobody can say."""
    first, last, width = min(table.columns) - sheet.left, max(table.columns) + 1 - sheet.left, max(map(len, sheet.rows))
    for side, room in ((slice(0, first), first), (slice(last, None), width - last)):
        if room < MIN_NUMBERS:
            continue
        rows = [row[side] for row in sheet.rows]
        for numbered in number_rows(replace(sheet, rows=rows, left=sheet.left + side.start)):
            at = address(numbered.row, numbered.cells[0][0])
            return Unclear(at, "nomor kolom tabel lain di samping tabel E.81", "satu tabel E.81 di tiap lembar")
    return None


def _below_each_other(sheet: Sheet) -> list[Table | Unclear]:
    numbered = number_rows(sheet)
    if not numbered:
        table = _by_titles(sheet, sheet.top, sheet.top + len(sheet.rows))
        if isinstance(table, Table):
            table = _figures_above(sheet, table) or table
        return [table] if table else []
    leaders = [numbered[0]]
    repeats: dict[int, list[Numbered]] = {0: []}
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
        table = by_numbers = _by_numbers(sheet, leader, headers[index], stop, repeats[index])
        if index == 0 and isinstance(table, Table) and (above := _figures_above(sheet, table)):
            titled = _by_titles(sheet, sheet.top, table.header_first)
            if isinstance(titled, Table):  # the first header's own numbers are lost; this one repeats it
                again = range(table.header_first, table.body_first)
                table = replace(titled, body_stop=stop, repeated=titled.repeated | frozenset(again))
            else:
                table = above
        if table is None:
            continue
        if isinstance(table, Table) and isinstance(by_numbers, Table):
            table.repeated |= frozenset(r for again in repeats[index] for r in _repeated(sheet, by_numbers, leader.row, again.row))
        found.append(table)
    return found


def _repeated(sheet: Sheet, table: Table, first: int, again: int) -> range:
    """The rows of a header that is repeated at `again`: at most as many as the first one, numbered at `first`, has; none with figures."""
    top = again
    while top > again - (first - table.header_first) and not _figures(sheet.rows[top - 1 - sheet.top]):
        top -= 1
    return range(top, again + table.body_first - first)


_FIGURE = re.compile(r"\s*(?:rp\b[. ]*)?[(-]?[0-9]", re.IGNORECASE)
_MIN_FIGURES = 4  # in the columns of figures, from which a row above a header is one of a table


def _figures(row: Sequence[CellValue]) -> int:
    return sum(1 for value in row if value != "" and _FIGURE.match(str(value)))


def _figures_above(sheet: Sheet, table: Table) -> Unclear | None:
    """A row of figures above the first header that was found: the table begins higher up."""
    columns = [c - sheet.left for pair in table.pairs.values() for c in (pair.k, pair.rp) if c is not None]
    for r in range(sheet.top, table.header_first):
        row = sheet.rows[r - sheet.top]
        figures = [c for c in columns if c < len(row) and row[c] != "" and _FIGURE.match(str(row[c]))]
        if len(figures) >= _MIN_FIGURES and not only_counts(row):
            at = address(r, min(figures) + sheet.left)
            return Unclear(at, "angka di atas judul kolom", "judul dan nomor kolom di atas semua baris tabel")
    return None


def _header_first(sheet: Sheet, below: int) -> int:
    """The first row of titles above a row: the highest one, not far away, in which several cells are worded like titles."""
    first = below
    for row in range(below - 1, max(sheet.top, below - _HEADER_REACH) - 1, -1):
        texts = [text for value in sheet.rows[row - sheet.top] if value and (text := normalised(value))]
        if row < below - 1 and _figures(sheet.rows[row - sheet.top]) >= _MIN_FIGURES and not only_counts(sheet.rows[row - sheet.top]):
            break  # a row of a table
        worded = sum(1 for text in texts if is_label(text) or candidates([text]))
        long = max(map(len, texts), default=0)
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
    texts = [normalised(value) if isinstance(value, str) else "0" for value in sheet.rows[i] if value != ""]
    return len(texts) >= 3 and (sum(map(is_label, texts)) >= 0.6 * len(texts) or bool(labels_of(texts)))


_MOST_NUMBERS = max(len(numbering.fields) for numbering in NUMBERINGS)


def _by_numbers(sheet: Sheet, numbered: Numbered, header_first: int, stop: int, repeats: list[Numbered]) -> Table | Unclear | None:
    body_first = numbered.row + 1
    while _label_row(sheet, body_first):
        body_first += 1
    header = Header(sheet, header_first, body_first - 1)
    found = fields_by_number(sheet, numbered, header)
    if isinstance(found, Unclear):
        # numbers to thirty or so, K and Rp apart, say nothing by themselves, and only titles that are whole do
        alone = _by_titles(sheet, header_first, stop) if max(numbered.starts) > _MOST_NUMBERS else None
        return alone if isinstance(alone, Table) and alone.body_first > numbered.row else found
    numbered, groups, fields = found.numbered, found.groups, found.fields
    table = Table(header_first, numbered.row, body_first, stop, found.name, repeated=frozenset(again.row for again in repeats))
    table.reasons.append(
        f"baris nomor kolom di baris {numbered.row + 1} (1–{max(numbered.starts)}), judul mulai baris {header_first + 1}, "
        f"isi mulai baris {body_first + 1}; penomoran: {found.name}"
    )
    formulas = numbered.formulas
    _widen_last(groups, fields)
    table.repeated |= header_again(sheet, table, header)
    for column in range(sheet.left, groups[0].first):
        words = candidates(header.stack(column)) if own_title(header, column) else ()
        if words and words[0] in _OF_ROWS and words[0] not in fields:
            return Unclear(address(numbered.row, column), f"kolom {titles_of(words)} tanpa nomor", "nomor di atas tiap kolom")
    for group, name in zip(groups, fields, strict=True):
        if name is None:
            continue
        why = f"nomor {group.number}" + (f" = {formulas[group.number]}" if group.number in formulas else "")
        if name in candidates(group.texts):
            why += ", judul cocok"
        unclear = _foreign_title(header, group, name) or place_group(sheet, table, header, group, name, why)
        if unclear:
            return unclear
    return finish_table(sheet, table, header)


_OF_ROWS = ("kode_lapor", "sasaran", "uraian", "indikator")  # the words that say what a row is


def _foreign_title(header: Header, group: Group, name: str) -> Unclear | None:
    """A column under a number whose own title says that it is another one."""
    for column in range(group.first + 1, group.last + 1):
        words = candidates(header.stack(column)) if own_title(header, column) else ()
        if words and (words[0] in PAIR_FIELDS or (words[0] in _OF_ROWS and name != "kode_lapor")) and name not in words:
            return Unclear(address(header.last, column), f"kolom berjudul {titles_of(words)}", f"{FIELD_TITLES[name]}, atau nomor sendiri")
    return None


def _widen_last(groups: list[Group], names: Sequence[str | None]) -> None:
    """Nothing stands right of the last number to say how far it reaches: a pair of figures reaches as far as the other pairs do."""
    widths = [group.last - group.first for group, name in zip(groups[:-1], names, strict=False) if name in PAIR_FIELDS]
    if names[-1] in PAIR_FIELDS and widths:
        groups[-1].last = max(groups[-1].last, groups[-1].first + max(set(widths), key=widths.count))


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
            if below and good < 0.6 * len(below) and not labels_of(below):
                break
            last += 1
        while last > row and not any(v != "" for v in sheet.rows[last - sheet.top]):
            last -= 1
        if last + 1 < stop and only_counts(sheet.rows[last + 1 - sheet.top]):
            last += 1
            while last + 1 < stop and _label_row(sheet, last + 1):
                last += 1
        header = Header(sheet, row, last)
        groups: list[Group] = []
        for column in range(sheet.left, header.width):
            own = own_title(header, column)
            if own:
                group = Group(column, column, None, header.stack(column))
                if groups and one_pair(header, groups[-1], group):
                    groups[-1].last = column
                else:
                    groups.append(group)
            elif groups and (header.label(column) or worded_over(header, column) in ([], worded_over(header, groups[-1].first))):
                groups[-1].last = column
        kept = [g for g in groups if candidates(g.texts)]
        for group in groups:
            if group not in kept and any(header.label(column) in ("k", "rp") for column in range(group.first, group.last + 1)):
                title = " ".join(text for text in group.texts if not is_label(text))
                return Unclear(address(row, group.first), f"judul “{title}” di atas kolom K/Rp", "judul kolom menurut formulir E.81")
        if kept and kept[-1].number is None and candidates(kept[-1].texts)[0] in TEXT_FIELDS:
            kept[-1].last = kept[-1].first
        satuan = [g for g in kept if candidates(g.texts) == (SATUAN,)]
        numbering = title_fields([g for g in kept if g not in satuan])
        if numbering is None:
            return Unclear(
                address(row, sheet.left),
                "judul kolom " + "; ".join(titles_of(candidates(g.texts)) for g in kept)[:200],
                "judul yang lengkap, berurutan dan tidak berulang, atau baris nomor kolom",
            )
        table = Table(row, None, last + 1, stop, numbering.name)
        table.reasons.append(f"tidak ada baris nomor kolom; judul kolom di baris {row + 1}–{last + 1}")
        table.repeated |= header_again(sheet, table, header)
        if satuan:
            table.satuan = satuan[0].first
        for group, name in zip([g for g in kept if g not in satuan], numbering.fields, strict=True):
            unclear = place_group(sheet, table, header, group, name, "judul")
            if unclear:
                return unclear
        beside = max(table.columns) + 1
        table.strangers = {g.first: " ".join(g.texts) for g in groups if g not in kept and g.first <= beside}
        return finish_table(sheet, table, header)
    return None
