"""Does a number format show a number as a percentage, so that 0.52 in the cell reads as 52 %?

Source: ECMA-376 part 1, 18.8.31 (numFmts). Belongs here: number format codes. Does not belong here: where a format is kept.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.workbook.cells import CellValue

BUILTIN_PERCENT = {9: "0%", 10: "0.00%"}  # the two percent formats that have a number and no code in the file

_TOKEN = re.compile(r'"[^"]*"?|\\.|[_*].|\[[^\]]*\]|;|%|.', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)\]")


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[tuple[tuple[str, float] | None, bool], ...]:
    """The sections of a format code: (condition or None, shows a percentage)."""
    sections: list[tuple[tuple[str, float] | None, bool]] = []
    condition: tuple[str, float] | None = None
    percent = False
    for piece in _TOKEN.findall(code):
        if piece == ";":
            sections.append((condition, percent))
            condition, percent = None, False
        elif piece == "%":
            percent = True
        elif piece[0] == "[":
            stated = _CONDITION.fullmatch(piece)
            if stated:
                try:
                    condition = (stated[1], float(stated[2]))
                except ValueError:
                    condition = None
    sections.append((condition, percent))
    return tuple(sections[:4])


def may_show_percent(code: str) -> bool:
    """Whether any section of the format shows a percentage; a percent sign that is only text (`0"%"`, `0\\%`) does not."""
    return "%" in code and any(percent for _, percent in _sections(code))


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


def shows_percent(code: str, value: float) -> bool:
    """Whether this number, in this format, is shown as a percentage: the section for its sign, or for its condition, decides."""
    sections = _sections(code)
    if any(condition for condition, _ in sections):
        for condition, percent in sections[:3]:
            if condition is None or _holds(condition, value):
                return percent
        return sections[-1][1]
    if value < 0 and len(sections) > 1:
        return sections[1][1]
    if value == 0 and len(sections) > 2:
        return sections[2][1]
    return sections[0][1]


def is_percent(value: CellValue, code: str) -> bool:
    """Whether a cell with this value and format code shows a percentage: only numbers do."""
    return isinstance(value, int | float) and not isinstance(value, bool) and shows_percent(code, value)
