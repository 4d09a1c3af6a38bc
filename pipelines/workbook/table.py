"""Where the E.81 table stands on a sheet, and which column is what, with the reason for each.

In: a `Sheet`. Out: a `Table` for each E.81 table on it, or a `Unclear` that says what contradicts. The row of column numbers is the anchor
(Permendagri 86/2017 sets it; titles drift), its own formulas and the titles must agree with it; without it the titles alone decide.
Does not belong here: which numberings and wordings there are (`layouts`), reading the rows (`rows`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.workbook.cells import Sheet, address
from pipelines.workbook.header import (
    MIN_NUMBERS,
    NUMBER,
    Header,
    Numbered,
    candidates,
    is_label,
    normalised,
    number_rows,
    only_counts,
    own_title,
)
from pipelines.workbook.layouts import FORMULAS, NUMBERINGS, PAIR_FIELDS, REQUIRED, SATUAN, TEXT_FIELDS, Numbering
from pipelines.workbook.table_columns import FIELD_TITLES, Group, Table, Unclear, finish_table, place_group

_HEADER_REACH = 9  # rows above the number row in which titles are looked for
_TOTAL = re.compile(r"\s*(?:total|jumlah)(?: (?:total|anggaran|keseluruhan))?\s*:?", re.IGNORECASE)
_FOOT = re.compile(r"\s*(?:faktor (?:pendorong|penghambat)\b.*|petunjuk pengisian\b.*)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"evaluasi\s+(?:terhadap\s+)?hasil|formulir\s+e\.?\s?81|tabel\s+e\.?\s?81", re.IGNORECASE)
_WHOSE = re.compile(r"\b(?:kecamatan|kec\.)\s+\w+.*|\btriwulan\s+(?:i{1,3}|iv|[1-4])\b.*", re.IGNORECASE)


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
        texts = [text for value in sheet.rows[row - sheet.top] if value and (text := normalised(value))]
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
    texts = [value for value in sheet.rows[i] if value != ""]
    return len(texts) >= 3 and sum(is_label(normalised(value)) for value in texts) >= 0.6 * len(texts)


_MOST_NUMBERS = max(len(numbering.fields) for numbering in NUMBERINGS)


def _by_numbers(sheet: Sheet, numbered: Numbered, header_first: int, stop: int, repeats: list[Numbered]) -> Table | Unclear | None:
    body_first = numbered.row + 1
    while _label_row(sheet, body_first):
        body_first += 1
    header = Header(sheet, header_first, body_first - 1)
    groups = _number_groups(sheet, numbered, header)
    numbering, problem = _choose(numbered, groups)
    if numbering is None:
        titled = _title_fields(groups)
        if titled is None or not _formulas_agree(numbered, groups, titled):
            # K and Rp numbered apart, to thirty or so: such numbers say nothing, and only titles that are whole do
            alone = _by_titles(sheet, header_first, stop) if max(numbered.starts) > _MOST_NUMBERS else None
            return alone if isinstance(alone, Table) else problem
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
        unclear = place_group(sheet, table, header, group, name, why)
        if unclear:
            return unclear
    return finish_table(sheet, table, header)


def _widen_last(groups: list[Group], names: Sequence[str | None]) -> None:
    """Nothing stands right of the last number to say how far it reaches: a pair of figures reaches as far as the other pairs do."""
    widths = [group.last - group.first for group, name in zip(groups[:-1], names, strict=False) if name in PAIR_FIELDS]
    if names[-1] in PAIR_FIELDS and widths:
        groups[-1].last = max(groups[-1].last, groups[-1].first + max(set(widths), key=widths.count))


def _number_groups(sheet: Sheet, numbered: Numbered, header: Header) -> list[Group]:
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
            while last + 1 < header.width and header.label(last + 1) in ("k", "rp", "satuan") and not own_title(header, last + 1):
                last += 1
        texts: list[str] = []
        for text in header.stack(first):
            if text not in texts:
                texts.append(text)
        groups.append(Group(first, last, number, texts))
    return groups


def _lost_numbers(numbered: Numbered, header: Header) -> dict[int, int]:
    """Numbers that are missing in the row, with the column where a title of its own says that they should stand.

    Only where there are exactly as many such titles as missing numbers, so that none can be taken for another.
    """
    starts = sorted(numbered.starts.items())
    highest = starts[-1][0]
    gaps = [(starts[0][0] - 1, 0, header.sheet.left - 1, starts[0][1])]
    gaps += [(n2 - n1 - 1, n1, c1, c2) for (n1, c1), (n2, c2) in itertools.pairwise(starts)]
    found: dict[int, int] = {}
    for missing, before, first, last in gaps:
        titled = [c for c in range(first + 1, last) if missing and own_title(header, c) and candidates(header.stack(c))]
        if len(titled) == missing:
            found |= {before + 1 + place: column for place, column in enumerate(titled)}
    if highest + 1 in {len(numbering.fields) for numbering in NUMBERINGS}:
        right = max(column for column, _, _ in numbered.cells) + 1
        after = [c for c in range(right, header.width) if own_title(header, c) and candidates(header.stack(c))]
        if len(after) == 1 and candidates(header.stack(after[0]))[0] in TEXT_FIELDS:
            found[highest + 1] = after[0]
    return found


def _choose(numbered: Numbered, groups: list[Group]) -> tuple[Numbering | None, Unclear | None]:
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


def _formulas_agree(numbered: Numbered, groups: list[Group], titled: Numbering) -> bool:
    """Whether the number row's formulas say the same as the titles."""
    by_number = {group.number or 0: name for group, name in zip(groups, titled.fields, strict=True)}
    numbering = Numbering(titled.name, tuple(by_number.get(number, "") for number in range(1, max(by_number) + 1)))
    return all(_formula_agrees(by_number.get(number, ""), formula, numbering) is not False for number, formula in numbered.formulas.items())


_ORDER = {name: i for i, name in enumerate(("target_renstra", "realisasi_lalu", "target", "tw1", "tw2", "tw3", "tw4", "realisasi"))}


def _title_fields(groups: list[Group]) -> Numbering | None:
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


def _worded(header: Header, column: int) -> list[str]:
    """The titles over a column, column numbers left out."""
    return [text for text in header.stack(column) if not NUMBER.fullmatch(text)]


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
        if last + 1 < stop and only_counts(sheet.rows[last + 1 - sheet.top]):
            last += 1
            while last + 1 < stop and _label_row(sheet, last + 1):
                last += 1
        header = Header(sheet, row, last)
        groups: list[Group] = []
        for column in range(sheet.left, header.width):
            own = own_title(header, column)
            if own:
                groups.append(Group(column, column, None, header.stack(column)))
            elif groups and (header.label(column) or _worded(header, column) in ([], _worded(header, groups[-1].first))):
                groups[-1].last = column
        kept = [g for g in groups if candidates(g.texts)]
        for group in groups:
            if group not in kept and any(header.label(column) in ("k", "rp") for column in range(group.first, group.last + 1)):
                title = " ".join(text for text in group.texts if not is_label(text))
                return Unclear(address(row, group.first), f"judul “{title}” di atas kolom K/Rp", "judul kolom menurut formulir E.81")
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
            unclear = place_group(sheet, table, header, group, name, "judul")
            if unclear:
                return unclear
        beside = max(table.columns) + 1
        table.strangers = {g.first: " ".join(g.texts) for g in groups if g not in kept and g.first <= beside}
        return finish_table(sheet, table, header)
    return None
