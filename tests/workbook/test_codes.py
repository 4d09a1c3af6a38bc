"""Codes: every code of the nomenclature, in every spelling, is read back as itself; an outline number never becomes a code."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reference.tables import load_references
from pipelines.settings import PROJECT
from pipelines.workbook.codes import join_code_cells, level_of, parent_of, read_code, two_digit

NOMENKLATUR = {row.kode: row for row in load_references(PROJECT / "dbt_like_sql" / "seeds").nomenklatur}
CODES = sorted(NOMENKLATUR)


def spellings(kode: str) -> list[str]:
    """Ways in which forms write a code (domain.md §4)."""
    short = two_digit(kode)
    parts = short.split(".")
    forms = [kode, short, f"{kode}.", f" {short} ", short.replace(".", ","), " . ".join(parts), f"0{kode}", f"\u00a0{kode}\u00a0"]
    forms.append(kode.translate({ord(str(i)): chr(0xFF10 + i) for i in range(10)}))
    if len(parts) > 2:
        forms += ["X.XX." + short.removeprefix("7.01."), "x.xx." + kode.removeprefix("7.01.")]
    if len(parts) > 4:
        forms.append(".".join([*parts[:3], parts[3] + parts[4], *parts[5:]]))
    if len(parts) > 5:
        forms.append(".".join([*parts[:5], str(int(parts[5]))]))
    return forms


@pytest.mark.parametrize("kode", CODES)
def test_every_code_in_every_spelling(kode: str) -> None:
    for text in spellings(kode):
        code = read_code(text)
        assert code is not None, text
        assert (code.kode, code.level, code.certain) == (kode, NOMENKLATUR[kode].level, True), text


@pytest.mark.parametrize("kode", CODES)
def test_a_code_split_over_cells_also_as_numbers(kode: str) -> None:
    parts = two_digit(kode).split(".")
    as_text = join_code_cells(parts)
    as_numbers = join_code_cells([int(part) for part in parts])
    for joined in (as_text, as_numbers):
        code = read_code(joined)
        assert code is not None
        assert (code.kode, code.certain) == (kode, True)
    if len(parts) > 4:
        pair = join_code_cells([*map(int, parts[:3]), float(f"{parts[3]}.{parts[4]}"), *map(int, parts[5:])])
        code = read_code(pair)
        assert code is not None
        assert code.kode == kode or not code.certain  # 2.10 as a number is 2.1: never silently another code


@pytest.mark.parametrize("kode", CODES)
def test_parents(kode: str) -> None:
    assert level_of(kode) == NOMENKLATUR[kode].level
    parent = parent_of(kode)
    assert (parent is None) == (kode == "7.01")
    assert parent is None or parent in NOMENKLATUR


@pytest.mark.parametrize("program", range(1, 7))
def test_what_excel_makes_of_a_program_code(program: int) -> None:
    kode = f"7.01.{program:02}"
    year = 2000 + program
    made: list[dt.date | dt.time | dt.timedelta | float] = [
        dt.time(7, 1, program),
        dt.timedelta(hours=7, minutes=1, seconds=program),
        (7 * 3600 + 60 + program) / 86400,
        dt.date(year, 1, 7),
        dt.date(year, 7, 1),
        dt.date(2007, 1, program),
        dt.datetime(year, 1, 7),
        dt.datetime(1899, 12, 31, 7, 1, program),
    ]
    for value in made:
        code = read_code(value)
        assert code is not None, value
        assert (code.kode, code.certain) == (kode, True), value


def test_numbers() -> None:
    code = read_code(7.01)
    assert code is not None
    assert (code.kode, code.level) == ("7.01", "bidang")
    for uncertain in (7.1, 70101, dt.date(2024, 1, 7), "7.1.1", "7.01.01.2.1", "7.01.01..2.01"):
        code = read_code(uncertain)
        assert code is not None
        assert not code.certain, uncertain


@pytest.mark.parametrize(
    "value", ["", "1", "2", "1.1", "1.", "a.", "I", "2.1.3", "1.2.3.4.5", "TOTAL", "Program", "2.01", "7.01.00", "10/12", "1.234.567,89"]
)
def test_no_code(value: str) -> None:
    assert read_code(value) is None


@given(st.one_of(st.integers(0, 50), st.floats(1, 6.99), st.dates(dt.date(2010, 1, 8), dt.date(2030, 12, 31)), st.booleans()))
def test_other_values_are_no_certain_code(value: float | dt.date | bool) -> None:
    code = read_code(value)
    assert code is None or not code.certain
