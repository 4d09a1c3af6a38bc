"""Which field each group of columns is: by the numbers over them, their formulas and their titles.

In: the row of column numbers of a header, or groups of columns with titles. Out: the field of each group, or what contradicts (`Unclear`).
Does not belong here: where a table stands (`table`), which physical column of a group is K or Rp (`table_columns`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.workbook.cells import Sheet, address
from pipelines.workbook.header import NUMBER, Header, Numbered, candidates, is_label, own_title
from pipelines.workbook.layouts import FORMULAS, MONEY_WORDS, NUMBERINGS, PAIR_FIELDS, REQUIRED, TEXT_FIELDS, TW_FIELDS, Numbering
from pipelines.workbook.table_columns import FIELD_TITLES, Group, Unclear


@dataclass(frozen=True, slots=True)
class Fields:
    """What a row of numbers says: a field (or None) for each group of columns."""

    name: str  # of the numbering
    numbered: Numbered  # as if K and Rp had been counted together
    groups: list[Group]
    fields: list[str | None]


def fields_by_number(sheet: Sheet, numbered: Numbered, header: Header) -> Fields | Unclear:
    """The fields of a numbered header, by a declared numbering that titles and formulas confirm, else by titles that are whole."""
    groups = _number_groups(sheet, numbered, header)
    joined = _joined_pairs(header, groups)
    apart = len(joined) < len(groups)
    if apart:
        numbered, groups = _numbered_together(numbered, groups, joined)
    numbering = _choose(numbered, groups)
    if apart and isinstance(numbering, Numbering) and not _confirmed(numbered, groups, numbering):
        at = address(numbered.row, numbered.cells[-1][0])
        numbering = Unclear(at, "nomor kolom K dan Rp sendiri-sendiri, tanpa judul", "judul di atas tiap kolom")
    if isinstance(numbering, Numbering):
        return Fields(numbering.name, numbered, groups, [numbering.field(group.number or 0) for group in groups])
    titled = title_fields(groups)
    if titled is None or not _formulas_agree(numbered, groups, titled):
        return numbering
    for declared in NUMBERINGS:  # all of its columns, under titles in another order: which of the two is wrong, nobody can say
        stated = [declared.field(group.number or 0) for group in groups]
        if set(stated) == set(titled.fields) and stated != list(titled.fields):
            return numbering
    return Fields(titled.name, numbered, groups, list(titled.fields))


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


def one_pair(header: Header, group: Group, later: Group) -> bool:
    """Whether a group is the Rp (or the satuan) of the group left of it, with a number of its own."""
    words = candidates(group.texts)
    figures = words[:1] != () and words[0] in PAIR_FIELDS and words != TW_FIELDS
    labels = [header.label(column) for column in range(group.first, group.last + 1)]
    right = header.label(later.first)
    if "rp" in labels or right == "k":
        return False
    if not own_title(header, later.first):
        title = worded_over(header, later.first)
        same = title == worded_over(header, group.first)
        if right:
            return (same or not title) and (figures or labels[0] in ("k", "satuan"))
        return (same or (not title and labels[0] == "k")) and figures and later.first == later.last
    # titles of their own: "Target Kinerja" and "Target Anggaran (Rp)"
    return figures and words == candidates(later.texts) and _money(later) and not _money(group)


def _money(group: Group) -> bool:
    return not MONEY_WORDS.isdisjoint(re.findall(r"\w+", group.title))


def _joined_pairs(header: Header, groups: Sequence[Group]) -> list[Group]:
    """The groups, those that are one pair as one."""
    joined: list[Group] = []
    for group in groups:
        if joined and one_pair(header, joined[-1], group):
            joined[-1] = replace(joined[-1], last=group.last)
        else:
            joined.append(group)
    return joined


def _numbered_together(numbered: Numbered, groups: list[Group], joined: list[Group]) -> tuple[Numbered, list[Group]]:
    """A number row that counts K and Rp apart, as if it had counted them together."""
    kept = {group.number for group in joined}
    dropped = [group.number or 0 for group in groups if group.number not in kept]
    new = {n: n - sum(1 for other in dropped if other <= n) for n in numbered.starts}

    def translated(formula: str) -> str:
        return re.sub(r"[0-9]+", lambda match: str(new.get(int(match[0]), match[0])), formula)

    cells = [(column, new[n], translated(formula)) for column, n, formula in numbered.cells if n in kept]
    return Numbered(numbered.row, cells), [replace(group, number=new.get(group.number or 0, group.number)) for group in joined]


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
        titled = _titled(header, first, last) if missing else []
        if len(titled) == missing:
            found |= {before + 1 + place: column for place, column in enumerate(titled)}
    right = max(column for column, _, _ in numbered.cells) + 1
    after = [c for c in range(right, header.width) if own_title(header, c) and candidates(header.stack(c))]
    whole = highest + len(after) in {len(numbering.fields) for numbering in NUMBERINGS}
    if whole and all(candidates(header.stack(c))[0] in TEXT_FIELDS for c in after):
        found |= {highest + 1 + place: column for place, column in enumerate(after)}
    return found


def _titled(header: Header, first: int, last: int) -> list[int]:
    """The columns between two numbers at which a title of a field begins; its second one, of Rp, is none."""
    found: list[int] = []
    previous = Group(first, first, None, header.stack(first) if first >= 0 else [])
    for column in range(first + 1, last):
        group = Group(column, column, None, header.stack(column))
        if own_title(header, column) and candidates(group.texts) and (previous.first < 0 or not one_pair(header, previous, group)):
            found.append(column)
            previous = group
    return found


def _choose(numbered: Numbered, groups: list[Group]) -> Numbering | Unclear:
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
            elif words and (name in PAIR_FIELDS or words[0] in PAIR_FIELDS or _of_another(words, numbering, titles)):
                score -= 5
                against = against or Unclear(
                    address(numbered.row, column),
                    f"nomor {number} dengan judul {titles_of(words)}",
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
        return Unclear(address(numbered.row, numbered.cells[-1][0]), f"nomor kolom sampai {highest}", "penomoran sampai 15, 16, 17 atau 20")
    best.sort(key=lambda item: -item[0])
    score, numbering, against = best[0]
    if against is not None:
        return against
    rivals = [n for s, n, a in best[1:] if s == score and a is None and n.fields[:highest] != numbering.fields[:highest]]
    if rivals:
        return Unclear(
            address(numbered.row, numbered.cells[-1][0]),
            f"nomor kolom sampai {highest} tanpa judul yang membedakan",
            f"judul atau rumus yang membedakan penomoran {numbering.name} dan {rivals[0].name}",
        )
    return numbering


def _confirmed(numbered: Numbered, groups: list[Group], numbering: Numbering) -> bool:
    """Whether titles, or this year's sum of all four triwulan, say what numbers of their own making cannot."""
    total = numbering.fields.index("realisasi") + 1
    if len(groups) == len(numbering.fields) and numbered.formulas.get(total, "").count("+") == len(TW_FIELDS) - 1:
        return True
    return all(name in candidates(g.texts) for g in groups if (name := numbering.field(g.number or 0)) in PAIR_FIELDS)


def _of_another(words: Sequence[str], numbering: Numbering, titles: Mapping[int | None, Sequence[str]]) -> bool:
    """Whether a title names a column of words that this numbering has not, or that has another title (or none) under its own number."""
    if len(words) != 1:
        return False
    return words[0] not in numbering.fields or words[0] not in titles.get(numbering.fields.index(words[0]) + 1, ())


def titles_of(words: Sequence[str]) -> str:
    """Fields in words, for a message."""
    return " / ".join(FIELD_TITLES.get(word, word) for word in words)


def _formulas_agree(numbered: Numbered, groups: list[Group], titled: Numbering) -> bool:
    """Whether the number row's formulas say the same as the titles."""
    by_number = {group.number or 0: name for group, name in zip(groups, titled.fields, strict=True)}
    numbering = Numbering(titled.name, tuple(by_number.get(number, "") for number in range(1, max(by_number) + 1)))
    return all(_formula_agrees(by_number.get(number, ""), formula, numbering) is not False for number, formula in numbered.formulas.items())


_ORDER = {name: i for i, name in enumerate(PAIR_FIELDS)}


def title_fields(groups: list[Group]) -> Numbering | None:
    """Fields by titles alone, if every group of figures has one and they stand in the form's order; None if that is not certain."""
    fields: list[str] = []
    after_target = False
    told = [candidates(group.texts) for group in groups]
    for words in told:
        if words == ("realisasi_lalu", "renstra_realisasi"):
            words = ("renstra_realisasi",) if after_target else ("realisasi_lalu",)
        if words[1:] == ("realisasi",):  # "s.d. Triwulan II": the quarter's column, or the one after all quarters
            before = TW_FIELDS.index(words[0]) - 1
            alone = before >= 0 and TW_FIELDS[before] not in fields and ("realisasi",) not in told
            words = words[1:] if words[0] in fields or alone else words[:1]
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


def worded_over(header: Header, column: int) -> list[str]:
    """The titles over a column, labels and column numbers left out."""
    return [text for text in header.stack(column) if not is_label(text) and not NUMBER.fullmatch(text)]
