"""Formulas that nobody calculated, computed where that is plain arithmetic over cells of the same sheet.

Excel's semantics: an empty cell is 0 in arithmetic and ignored by SUM, AVERAGE, MIN, MAX; text in arithmetic, a lost cell, another sheet,
a function that is not named here or a cycle make the formula not computable. Source: ECMA-376 part 1, 18.17.
Does not belong here: finding formulas in a file (`opening_*`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TypeAlias

from pipelines.workbook.cells import CellValue, Loss, LostCell, column_letters

Position: TypeAlias = tuple[int, int]
Scalar: TypeAlias = float | bool | str | None  # None is an empty cell

_TOKEN = re.compile(
    r"""(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |"(?:[^"]|"")*"
    |[A-Za-z][A-Za-z.]*(?=\()
    |\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?![A-Za-z0-9_.!(])
    |(?:TRUE|FALSE)(?![A-Za-z0-9_.!(])
    |<=|>=|<>|[-+*/^%&(),:;<>=]""",
    re.VERBOSE | re.IGNORECASE,
)
_SUM_OF_CELLS = re.compile(r"SUM\([A-Z]{1,3}[1-9]\d{0,6}(?:,[A-Z]{1,3}[1-9]\d{0,6})*\)")
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})")
_SHIFT = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|(?<![A-Za-z0-9_.$])\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?![A-Za-z0-9_.(!])""")
_MAX_RANGE = 200_000
_MAX_DEPTH = 60


class _NotComputableError(Exception):
    pass


class _DivisionByZeroError(Exception):
    pass


def _column(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def shift(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads `rows` further down and `columns` further right: relative references move, those with $ stay."""

    def moved(match: re.Match[str]) -> str:
        token = match[0]
        if token[0] in "\"'":
            return token
        cell = _CELL.fullmatch(token)
        if cell is None:
            return token
        row = int(cell[4]) + (0 if cell[3] else rows)
        column = _column(cell[2]) + (0 if cell[1] else columns)
        if row < 1 or column < 0:
            return "#REF!"
        return f"{cell[1]}{column_letters(column)}{cell[3]}{row}"

    return _SHIFT.sub(moved, formula)


def compute(
    formulas: Mapping[Position, str], value: Callable[[int, int], CellValue], lost: Mapping[Position, LostCell]
) -> tuple[dict[Position, float | bool | str], dict[Position, LostCell]]:
    """Values of the formulas (text without '=') that are computable, and for the others what is lost.

    `value` gives the cell at an absolute 0-based position, '' where it is empty; `lost` are cells that have an error.
    """
    sheet = _Calculation(formulas, value, lost)
    values: dict[Position, float | bool | str] = {}
    losses: dict[Position, LostCell] = {}
    for position, text in formulas.items():
        try:
            values[position] = sheet.result(position)
        except _DivisionByZeroError:
            losses[position] = LostCell(Loss.ERROR, "#DIV/0!")
        except (_NotComputableError, OverflowError, RecursionError):
            losses[position] = LostCell(Loss.FORMULA_WITHOUT_VALUE, "=" + text.removeprefix("="))
    return values, losses


def _kind(token: str) -> str:
    """Which alternative of _TOKEN it is: its first and last characters say so."""
    first = token[0]
    if first in _OPERATORS:
        return "operator"
    if first == '"':
        return "text"
    if first.isdigit() or first == ".":
        return "number"
    if token[-1].isdigit():
        return "cell"
    return "bool" if token.upper() in ("TRUE", "FALSE") else "name"


_COMPARISONS = frozenset(("<", ">", "=", "<=", ">=", "<>"))
_OPERATORS = frozenset("-+*/^%&(),:;<>=")


def _only_spaces_between(tokens: list[tuple[str, str]], text: str) -> bool:
    """Whether the tokens are all that the formula has besides white space."""
    at = 0
    for _, token in tokens:
        start = text.find(token, at)
        if text[at:start].strip():
            return False
        at = start + len(token)
    return not text[at:].strip()


class _Calculation:
    """One sheet's formulas, each computed once."""

    def __init__(self, formulas: Mapping[Position, str], value: Callable[[int, int], CellValue], lost: Mapping[Position, LostCell]) -> None:
        self.formulas = formulas
        self.value = value
        self.lost = lost
        self.results: dict[Position, float | bool | str | Exception] = {}
        self.running: set[Position] = set()

    def result(self, position: Position) -> float | bool | str:
        known = self.results.get(position)
        if known is None:
            if position in self.running or len(self.running) > _MAX_DEPTH:
                raise _NotComputableError  # a cycle (or a chain too long to follow), not a verdict on the cell itself
            self.running.add(position)
            try:
                text = self.formulas[position].removeprefix("=")
                scalar = self.sum_of_cells(text) if _SUM_OF_CELLS.fullmatch(text) else _Parser(text, self).whole()
                known = 0.0 if scalar is None else scalar
                if isinstance(known, float) and not math.isfinite(known):
                    raise _NotComputableError
            except (_NotComputableError, _DivisionByZeroError) as error:
                known = error
            finally:
                self.running.discard(position)
            self.results[position] = known
        if isinstance(known, Exception):
            raise known
        return known

    def sum_of_cells(self, text: str) -> float:
        """The commonest formula of a form, without parsing: as `_Parser.aggregate`, text, truth values and empty cells are passed over."""
        cells = [self.cell(*_position(reference)) for reference in text[4:-1].split(",")]
        return float(sum([value for value in cells if isinstance(value, float)]))

    def cell(self, row: int, column: int) -> Scalar:
        position = row, column
        if position in self.formulas:
            return self.result(position)
        if position in self.lost:
            raise _NotComputableError
        stated = self.value(row, column)
        if stated == "" and isinstance(stated, str):
            return None
        if isinstance(stated, bool | str):
            return stated
        if isinstance(stated, int | float):
            return float(stated)
        raise _NotComputableError  # a date: its serial number is not what the cell gives


class _Parser:
    """Recursive descent over one formula, evaluated as it is read."""

    def __init__(self, text: str, sheet: _Calculation) -> None:
        self.sheet = sheet
        self.tokens: list[tuple[str, str]] = [(_kind(token), token) for token in _TOKEN.findall(text)]
        self.operators = [token if kind == "operator" else "" for kind, token in self.tokens] + [""]
        self.at = 0
        self.depth = 0
        if "".join([token for _, token in self.tokens]) != text and not _only_spaces_between(self.tokens, text):
            raise _NotComputableError

    def whole(self) -> Scalar:
        scalar = self.comparison()
        if self.at != len(self.tokens):
            raise _NotComputableError
        return scalar

    def peek(self) -> str:
        return self.operators[self.at]

    def take(self, operator: str) -> None:
        if self.peek() != operator:
            raise _NotComputableError
        self.at += 1

    def comparison(self) -> Scalar:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _NotComputableError
        left = self.joined()
        while self.peek() in _COMPARISONS:
            operator = self.peek()
            self.at += 1
            left = _compare(operator, left, self.joined())
        self.depth -= 1
        return left

    def joined(self) -> Scalar:
        left = self.sum()
        while self.peek() == "&":
            self.at += 1
            left = _words(left) + _words(self.sum())
        return left

    def sum(self) -> Scalar:
        left = self.product()
        while self.peek() in ("+", "-"):
            operator = self.peek()
            self.at += 1
            a, b = _number(left), _number(self.product())
            left = _near_zero(a + b if operator == "+" else a - b, a)
        return left

    def product(self) -> Scalar:
        left = self.power()
        while self.peek() in ("*", "/"):
            operator = self.peek()
            self.at += 1
            a, b = _number(left), _number(self.power())
            if operator == "/" and b == 0:
                raise _DivisionByZeroError
            left = a * b if operator == "*" else a / b
        return left

    def power(self) -> Scalar:
        left = self.signed()
        while self.peek() == "^":
            self.at += 1
            a, b = _number(left), _number(self.signed())
            if a == 0 and b < 0:
                raise _DivisionByZeroError
            raised = a**b if not (a == 0 and b == 0) else math.nan
            if isinstance(raised, complex) or math.isnan(raised):
                raise _NotComputableError
            left = raised
        return left

    def signed(self) -> Scalar:
        sign, seen = 1, False
        while self.peek() in ("+", "-"):
            seen = seen or self.peek() == "-"
            sign = -sign if self.peek() == "-" else sign
            self.at += 1
        scalar = self.primary()
        while self.peek() == "%":
            self.at += 1
            scalar = _number(scalar) / 100
        return sign * _number(scalar) if seen else scalar

    def primary(self) -> Scalar:
        if self.at >= len(self.tokens):
            raise _NotComputableError
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "bool":
            return text.upper() == "TRUE"
        if kind == "cell":
            if self.peek() == ":":
                raise _NotComputableError  # a range where one value is expected
            return self.sheet.cell(*_position(text))
        if kind == "name":
            return self.function(text.upper())
        if text == "(":
            scalar = self.comparison()
            self.take(")")
            return scalar
        raise _NotComputableError

    def function(self, name: str) -> Scalar:
        self.take("(")
        if name in ("SUM", "AVERAGE", "MIN", "MAX"):
            return self.aggregate(name)
        if name == "IF":
            return self.choose()
        if name == "IFERROR":
            return self.if_error()
        if name == "N":
            return self.as_number()
        first = _number(self.comparison())
        if name == "ABS":
            self.take(")")
            return abs(first)
        if name == "ROUND":
            self.separator()
            digits = _number(self.comparison())
            self.take(")")
            if abs(digits) > 300:
                raise _NotComputableError
            return _round(first, int(digits))
        raise _NotComputableError

    def as_number(self) -> float:
        """N(): a number as it is, TRUE as 1, text and an empty cell as 0."""
        scalar = self.comparison()
        self.take(")")
        return float(scalar) if isinstance(scalar, float | bool) else 0.0

    def separator(self) -> None:
        if self.peek() not in (",", ";"):
            raise _NotComputableError
        self.at += 1

    def aggregate(self, name: str) -> float:
        numbers: list[float] = []
        while True:
            area = self.area()
            if area is not None:
                numbers += [float(v) for v in area if isinstance(v, float)]  # text, booleans and empty cells are passed over
            else:
                numbers.append(_number(self.comparison()))
            if self.peek() == ")":
                self.at += 1
                break
            self.separator()
        if name == "SUM":
            return sum(numbers)
        if name == "AVERAGE":
            if not numbers:
                raise _DivisionByZeroError
            return sum(numbers) / len(numbers)
        return (min if name == "MIN" else max)(numbers, default=0.0)

    def area(self) -> list[Scalar] | None:
        """The cells of a reference that is a whole argument, or None where the argument is something else (not consumed)."""
        rest = self.tokens[self.at : self.at + 4]
        if rest and rest[0][0] == "cell":
            if len(rest) > 1 and rest[1][1] in (",", ";", ")"):
                self.at += 1
                return [self.sheet.cell(*_position(rest[0][1]))]
            if len(rest) > 3 and rest[1][1] == ":" and rest[2][0] == "cell" and rest[3][1] in (",", ";", ")"):
                self.at += 3
                (r1, c1), (r2, c2) = _position(rest[0][1]), _position(rest[2][1])
                r1, r2, c1, c2 = min(r1, r2), max(r1, r2), min(c1, c2), max(c1, c2)
                if (r2 - r1 + 1) * (c2 - c1 + 1) > _MAX_RANGE:
                    raise _NotComputableError
                return [self.sheet.cell(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)]
        return None

    def skip_argument(self) -> None:
        """Pass over an argument that is not evaluated."""
        depth = 0
        while self.at < len(self.tokens):
            text = self.tokens[self.at][1]
            if depth == 0 and text in (",", ";", ")"):
                return
            depth += {"(": 1, ")": -1}.get(text, 0)
            self.at += 1
        raise _NotComputableError

    def choose(self) -> Scalar:
        condition = self.comparison()
        if isinstance(condition, str):
            raise _NotComputableError
        taken: Scalar = bool(condition)
        for branch in (True, False):
            if self.peek() == ")":
                break
            self.separator()
            if bool(condition) == branch:
                taken = 0.0 if (scalar := self.comparison()) is None else scalar
            else:
                self.skip_argument()
        self.take(")")
        return taken

    def if_error(self) -> Scalar:
        start, failed = self.at, False
        depth = self.depth
        scalar: Scalar = None
        try:
            scalar = self.comparison()
        except _DivisionByZeroError:
            self.at, self.depth, failed = start, depth, True
            self.skip_argument()
        self.separator()
        if failed:
            scalar = self.comparison()
        else:
            self.skip_argument()
        self.take(")")
        return 0.0 if scalar is None else scalar


@lru_cache(maxsize=65536)
def _position(reference: str) -> Position:
    cell = _CELL.fullmatch(reference)
    if cell is None:
        raise _NotComputableError
    return int(cell[4]) - 1, _column(cell[2])


def _number(scalar: Scalar) -> float:
    if scalar is None:
        return 0.0
    if isinstance(scalar, str):
        raise _NotComputableError
    return float(scalar)


def _words(scalar: Scalar) -> str:
    """What & makes of an operand; a number only where its general format is beyond doubt."""
    if scalar is None:
        return ""
    if isinstance(scalar, str):
        return scalar
    if isinstance(scalar, bool):
        return "TRUE" if scalar else "FALSE"
    if scalar and not 1e-4 <= abs(scalar) < 1e11:
        raise _NotComputableError
    return f"{scalar:.15g}"


def _near_zero(result: float, operand: float) -> float:
    """Excel shows a difference in the last bits of its operands as 0."""
    return 0.0 if result and abs(result) < abs(operand) * 2e-16 else result


def _compare(operator: str, left: Scalar, right: Scalar) -> bool:
    if left is None:
        left = "" if isinstance(right, str) else False if isinstance(right, bool) else 0.0
    if right is None:
        right = "" if isinstance(left, str) else False if isinstance(left, bool) else 0.0
    order = (_rank(left), _key(left)), (_rank(right), _key(right))
    a, b = order
    return {"<": a < b, ">": a > b, "=": a == b, "<=": a <= b, ">=": a >= b, "<>": a != b}[operator]


def _rank(scalar: Scalar) -> int:
    return 2 if isinstance(scalar, bool) else 1 if isinstance(scalar, str) else 0  # Excel: numbers < texts < booleans


def _key(scalar: Scalar) -> float | str:
    return scalar.lower() if isinstance(scalar, str) else float(scalar or 0)


def _round(number: float, digits: int) -> float:
    """Half away from zero, on the 15 digits that Excel shows."""
    shown = Decimal(f"{number:.15g}")
    return float(shown.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)) if math.isfinite(number) and number else 0.0
