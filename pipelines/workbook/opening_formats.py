"""What the look of a cell says besides its value: a number format that makes 0.52 read as 52 %, or 64 as 64 orang; digits that are none.

Source: ECMA-376 part 1, 18.8.31 (numFmts). Belongs here: number format codes, marked text. Does not belong here: where they are kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.workbook.cells import Sheet
from pipelines.workbook.numbers import ReadingKind, clean_decimal, read_number

BUILTIN_PERCENT = {9: "0%", 10: "0.00%"}  # the two percent formats that have a number and no code in the file
BUILTIN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))

STRUCK = "\0"  # in place of a format code: the whole cell is struck out, so that its figure is none

_TOKEN = re.compile(r'"[^"]*"?|\\.|[_*].|\[[^\]]*\]|;|%|.', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)\]")
_CURRENCY = re.compile(r"\b(?:rp|idr|rupiah)\b\.?", re.IGNORECASE)  # money is what the column holds
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SAYS = re.compile(r"[^\W_]")


@dataclass(slots=True)
class _Section:
    """One section of a format code."""

    condition: tuple[str, float] | None = None
    percent: bool = False
    before: str = ""  # literal text
    after: str = ""
    digits: int = 0  # that are always shown before the decimal mark
    placed: bool = False  # there is a place for the number
    scaled: bool = False  # shown in thousands or millions: the words only make up for it
    decimals: bool = False

    def literal(self, words: str) -> None:
        if self.placed:
            self.after += words
        else:
            self.before += words

    @property
    def words(self) -> bool:
        """Whether the text around the number says something."""
        return self.placed and not self.scaled and bool(_SAYS.search(_CURRENCY.sub("", f"{self.before} {self.after}")))

    @property
    def typed_percent(self) -> bool:
        """Whether a percent sign is only text (`0"%"`): 52 reads as 52 %."""
        return self.placed and not self.before.strip() and self.after.strip() == "%"

    def shown(self, value: float) -> str:
        """The number with all its digits between the words, spelt so that it can be read in one way only."""
        whole, _, fraction = format(abs(clean_decimal(value)), "f").partition(".")
        fraction = fraction.rstrip("0")
        if len(fraction) == 3:
            fraction += "0"  # not to be taken for a group of thousands
        number = ("-" if value < 0 else "") + whole.rjust(self.digits, "0") + ("," + fraction if fraction else "")
        before, after = (words.replace("(", "").replace(")", "") for words in (self.before, self.after))
        return (before.lstrip("- ") + number + (" " if after[:1].isalpha() else "") + after).strip()


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[_Section, ...]:
    section = _Section()
    sections = [section]
    for piece in _TOKEN.findall(re.sub("general", "0", code, flags=re.IGNORECASE)):
        if piece == ";":
            section = _Section()
            sections.append(section)
        elif piece == "%":
            section.percent = True
        elif piece[0] == "[":
            stated = _CONDITION.fullmatch(piece)
            if stated:
                try:
                    section.condition = (stated[1], float(stated[2]))
                except ValueError:
                    section.condition = None
        elif piece[0] in "_*":
            section.literal(" ")
        elif piece[0] == '"':
            section.literal(piece.strip('"'))
        elif piece[0] == "\\":
            section.literal(piece[1:])
        elif piece in "0#?":
            section.digits += piece == "0" and not section.decimals
            section.placed, section.scaled, section.after = True, False, ""
        elif piece == "." and section.placed:
            section.decimals = True
        elif piece == "," and section.placed:
            section.scaled = True  # unless another digit follows
        elif not piece.isalpha():
            section.literal(piece)
    return tuple(sections[:4])


def says_more(code: str) -> bool:
    """Whether the format shows more than the number: a percentage, words that are not its currency, a line through it."""
    if code is STRUCK:
        return True
    return ("%" in code or '"' in code or "\\" in code) and any(s.percent or s.typed_percent or s.words for s in _sections(code))


@lru_cache(maxsize=4096)
def is_date(code: str) -> bool:
    """Whether the format may show a date or time."""
    return any(piece in "dmyhsDMYHS" for piece in _TOKEN.findall(re.sub("general", "", code, flags=re.IGNORECASE)))


def _holds(condition: tuple[str, float], value: float) -> bool:
    sign, bound = condition
    if sign == "<=":
        return value <= bound
    if sign == ">=":
        return value >= bound
    if sign == "<":
        return value < bound
    if sign == ">":
        return value > bound
    return (value == bound) == (sign == "=")


def _section(code: str, value: float) -> _Section:
    """The section for the number's sign, or for its condition."""
    sections = _sections(code)
    if any(section.condition for section in sections):
        for section in sections[:3]:
            if section.condition is None or _holds(section.condition, value):
                return section
        return sections[-1]
    if value < 0 and len(sections) > 1:
        return sections[1]
    if value == 0 and len(sections) > 2:
        return sections[2]
    return sections[0]


def show(sheet: Sheet, codes: Iterable[tuple[tuple[int, int], str]]) -> None:
    """Make what formats add part of the sheet: `percent`, and texts ('64 orang') in place of numbers. Its rows must be lists.

    `codes`: position and format code of the cells whose format `says_more`.
    """
    percent: set[tuple[int, int]] = set()
    for at, code in codes:
        value = sheet.value(*at)
        if code is STRUCK:
            reading = read_number(value)
            if reading.kind in (ReadingKind.NUMBER, ReadingKind.AMBIGUOUS):
                _put(sheet, at, marked(reading.text, raised=False, struck=True))
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or value - value != 0:
            continue
        section = _section(code, value)
        if section.percent:
            percent.add(at)
        elif section.typed_percent:
            percent.add(at)
            _put(sheet, at, value / 100)
        elif section.words:
            _put(sheet, at, section.shown(value))
    sheet.percent = frozenset(percent)


def _put(sheet: Sheet, at: tuple[int, int], value: float | str) -> None:
    line = sheet.rows[at[0] - sheet.top]
    assert isinstance(line, list)  # noqa: S101 - rows of the readers are lists
    line[at[1] - sheet.left] = value


def marked(words: str, *, raised: bool, struck: bool) -> str:
    """A part of a text with its marks: a raised digit (a footnote's, of m²) is no digit of the number before it, nor is a struck one."""
    if raised:
        words = words.translate(_RAISED)
    return f"~{words}~" if struck and words.strip() else words


def marked_runs(text: str, runs: Sequence[tuple[int, bool, bool]]) -> str:
    """A text with its marks; `runs`: from which place on it is raised, struck."""
    pieces = [text[: runs[0][0]]] if runs else [text]
    for (start, raised, struck), (end, *_) in itertools.pairwise([*runs, (len(text), False, False)]):
        pieces.append(marked(text[start:end], raised=raised, struck=struck))
    return "".join(pieces)
