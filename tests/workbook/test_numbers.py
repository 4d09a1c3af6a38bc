"""Numbers: a true value, written in any spelling a clerk uses, is read back exactly; what is not surely a number never becomes one."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.workbook.columns import Kind
from pipelines.workbook.numbers import ReadingKind, read_number, resolve_ambiguous, thousands_mark, to_sen

SPACES = ("", " ", "  ", "\u00a0", "\t", "\u2009", "\n")


def grouped(whole: int, mark: str) -> str:
    return f"{whole:,}".replace(",", mark)


@st.composite
def spelled(draw: st.DrawFn) -> tuple[Decimal, str]:
    """A value and one spelling of it."""
    whole = draw(st.integers(0, 10**12))
    decimals = draw(st.sampled_from([0, 0, 1, 2, 4]))
    fraction = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=decimals, max_size=decimals)))
    group, mark = draw(st.sampled_from([(".", ","), (",", ".")]))
    text = grouped(whole, group) if draw(st.booleans()) else str(whole)
    if fraction:
        text += mark + fraction
    value = Decimal(f"{whole}.{fraction}" if fraction else str(whole))
    form = draw(
        st.sampled_from(["{}", "Rp {}", "Rp{}", "Rp. {}", "rp.{}", "IDR {}"] + (["{},-", "Rp {},-", "Rp{}.-"] if not fraction else []))
    )
    text = form.format(text)
    if draw(st.booleans()):
        value, text = -value, draw(st.sampled_from(["-{}", "({})"])).format(text)
    around = st.sampled_from(SPACES)
    return value, draw(around) + text + draw(around)


@given(spelled())
def test_a_value_in_any_spelling_is_read_back(case: tuple[Decimal, str]) -> None:
    value, text = case
    reading = read_number(text)
    if reading.kind is ReadingKind.AMBIGUOUS:
        assert value in (reading.value, reading.alternative)
        assert resolve_ambiguous(reading, column_kind=Kind.RUPIAH) == (value, True)
    else:
        assert reading.kind is (ReadingKind.NIL if value == 0 else ReadingKind.NUMBER)
        assert reading.value == value


@given(st.text(alphabet="0123456789.,-()Rp% #/xorang", max_size=14))
def test_whatever_stands_there_a_number_keeps_the_digits_that_are_printed(text: str) -> None:
    reading = read_number(text)
    if reading.value:
        printed = "".join(c for c in text if c.isdigit()).lstrip("0").rstrip("0")
        assert "".join(c for c in format(abs(reading.value), "f") if c.isdigit()).strip("0") == printed
    else:
        assert reading.value is None or not any(c in "123456789" for c in text)


@given(st.integers(1, 10**6), st.sampled_from(["dokumen", "Dok", "orang/12 bulan", "Keluarga", "berita acara", "m²", "M2", "musholla"]))
def test_number_and_unit_in_one_cell(value: int, unit: str) -> None:
    reading = read_number(f"{value} {unit}")
    assert (reading.kind, reading.value, reading.unit) == (ReadingKind.NUMBER, value, unit)


@given(st.decimals(0, 1000, places=2), st.sampled_from(["{}%", "{} %", "{} persen", " {}  % "]), st.sampled_from(".,"))
def test_percent(value: Decimal, form: str, mark: str) -> None:
    reading = read_number(form.format(format(value, "f").replace(".", mark)))
    assert (reading.value, reading.percent, reading.unit, reading.decimals) == (value, True, "%", 2)


@given(st.integers(0, 10**7), st.integers(0, 6))
def test_native_percent_is_scaled_exactly(whole: int, places: int) -> None:
    value = Decimal(whole).scaleb(-places)
    assert read_number(float(value), percent_format=True).value == value * 100


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 4))
def test_native_numbers_come_without_binary_noise(digits: int, places: int) -> None:
    value = Decimal(digits).scaleb(-places)
    assert read_number(float(value)).value == value


@pytest.mark.parametrize(
    ("value", "expected"), [(0.07 * 100, 7), (0.3 - 0.2 - 0.1, 0), (0.1 + 0.2, Decimal("0.3")), (64.0, 64), (0, 0), (-0.0, 0)]
)
def test_arithmetic_noise(value: float, expected: Decimal) -> None:
    assert read_number(value).value == expected


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "–",
        "—",
        "−",
        "--",
        "0",
        "0,00",
        "Rp -",
        "Rp -,00",
        "Rp-",
        "Rp.-",
        "- %",
        "-%",
        "- dokumen",
        "(-)",
        "Rp 0",
        "0 %",
        "-,00",
        " - \u00a0",
    ],
)
def test_nil(text: str) -> None:
    reading = read_number(text)
    assert (reading.kind, reading.value) == (ReadingKind.NIL, 0)


@pytest.mark.parametrize(
    "text",
    ["#", "###", "##%", "## %", "#REF!", "#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#NUM!", "#NULL!", "Err:502", "### dokumen", "Rp ####"],
)
def test_lost(text: str) -> None:
    reading = read_number(text)
    assert (reading.kind, reading.value) == (ReadingKind.LOST, None)


@pytest.mark.parametrize(
    "value",
    [
        "masih proses",
        "n/a",
        "Tidak dianggarkan",
        "75B",
        "75 B",
        "10/12",
        "5 s.d. 7",
        "5 sd 7",
        "2 x 3",
        "5-7",
        "5 - 7",
        "1.23.456",
        "1,2345,678",
        "5 juta",
        "Rp 5 miliar",
        "5 rb",
        "1.234.56,7",
        "012.345",
        "1234.567",
        "- 5",
        "5-",
        "1e5",
        "10²",
        "12:30",
        "19 April 2024",
        "10 dokumen, 5 laporan",
        "5 belum selesai",
        "Rp",
        "%",
        "(5",
        "5)",
        "-(5)",
        "5 %%",
        "Rp 5 %",
        "1..5",
        ".5.",
        "9" * 25,
        ",",
        ".",
        "nihil",
        True,
        False,
        dt.date(2024, 1, 2),
        dt.datetime(2024, 1, 2, 3, 4),
        dt.time(7, 1),
        dt.timedelta(hours=30),
    ],
)
def test_words_are_never_a_number(value: object) -> None:
    reading = read_number(value)  # type: ignore[arg-type]
    assert (reading.kind, reading.value) == (ReadingKind.WORDS, None)
    assert reading.text


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u200b", "\n"])
def test_blank_is_empty_not_nil(text: str) -> None:
    assert read_number(text).kind is ReadingKind.EMPTY


@pytest.mark.parametrize(
    ("text", "value", "alternative"), [("5.856", "5856", "5.856"), ("17,568 keluarga", "17568", "17.568"), ("(1.000)", "-1000", "-1.000")]
)
def test_one_mark_with_three_digits_is_ambiguous(text: str, value: str, alternative: str) -> None:
    reading = read_number(text)
    assert (reading.kind, reading.value, reading.alternative) == (ReadingKind.AMBIGUOUS, Decimal(value), Decimal(alternative))


@pytest.mark.parametrize(
    ("text", "value"), [("0.123", "0.123"), ("Rp 5.856", "5856"), ("5.856,-", "5856"), ("5.856,00", "5856"), ("1.234.", None)]
)
def test_what_settles_the_mark_in_the_cell_itself(text: str, value: str | None) -> None:
    reading = read_number(text)
    assert (reading.kind is ReadingKind.AMBIGUOUS) == (value is None)
    assert value is None or reading.value == Decimal(value)


@pytest.mark.parametrize(
    ("kind", "count", "neighbours", "expected"),
    [
        (Kind.RUPIAH, False, (), (Decimal(5856), True)),
        (Kind.OUTPUT, True, (), (Decimal(5856), True)),
        (Kind.OUTPUT, True, (Decimal(960), Decimal("5.9")), (Decimal(5856), True)),
        (Kind.OUTPUT, True, (Decimal(6), Decimal(0)), (Decimal(5856), False)),
        (Kind.OUTPUT, False, (Decimal(6100), Decimal(0)), (Decimal(5856), True)),
        (Kind.OUTPUT, False, (Decimal("5.9"),), (Decimal("5.856"), True)),
        (Kind.OUTPUT, False, (Decimal("5.9"), Decimal(6000)), (Decimal(5856), False)),
        (Kind.OUTPUT, False, (Decimal(960),), (Decimal(5856), False)),
        (Kind.PERCENT, False, (), (Decimal("5.856"), False)),
    ],
)
def test_ambiguity_is_decided_by_column_unit_and_neighbours(
    kind: Kind, count: bool, neighbours: tuple[Decimal, ...], expected: tuple[Decimal, bool]
) -> None:
    assert resolve_ambiguous(read_number("5.856"), column_kind=kind, integer_unit=count, neighbours=neighbours) == expected


@pytest.mark.parametrize(
    ("text", "kind", "neighbours", "thousands", "expected"),
    [
        ("3.600 m²", Kind.OUTPUT, (), ".", (Decimal(3600), True)),
        ("3.600 m²", Kind.OUTPUT, (), ",", (Decimal("3.600"), True)),
        ("3,600 m²", Kind.OUTPUT, (), ".", (Decimal("3.600"), True)),
        ("3.600 m²", Kind.OUTPUT, (Decimal("3.5"),), ".", (Decimal("3.600"), True)),  # the row comes first
        ("1,234 %", Kind.OUTPUT, (), ".", (Decimal("1.234"), True)),
        ("1.234 %", Kind.OUTPUT, (), ".", (Decimal("1.234"), False)),
    ],
)
def test_what_the_row_leaves_open_the_marks_of_the_sheet_decide(
    text: str, kind: Kind, neighbours: tuple[Decimal, ...], thousands: str, expected: tuple[Decimal, bool]
) -> None:
    assert resolve_ambiguous(read_number(text), column_kind=kind, neighbours=neighbours, thousands=thousands) == expected


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1.234.567", "."), ("52,38 %", "."), ("0,125", "."), ("Rp 5.856", "."), ("0.00", ","), ("1,234.5 orang", ","), ("5.856", None)],
)
def test_what_a_figure_says_of_the_marks(text: str, mark: str | None) -> None:
    assert thousands_mark(read_number(text)) == mark


@pytest.mark.parametrize("text", ["1.234,567", "1,234.567"])
def test_two_marks_are_grouping_and_decimals_but_no_sen(text: str) -> None:
    reading = read_number(text)
    assert (reading.kind, reading.value, to_sen(reading)) == (ReadingKind.NUMBER, Decimal("1234.567"), None)


def test_a_percentage_of_ten_thousands_is_a_quotient_with_three_decimals() -> None:
    assert resolve_ambiguous(read_number("17,568 %"), column_kind=Kind.OUTPUT, integer_unit=True) == (Decimal("17.568"), True)


@pytest.mark.parametrize(
    ("value", "sen"), [("Rp 1.234,50", 123450), (1.005, 101), (2.345678, 235), ("1.234,567", None), ("-", 0), ("", None), ("x", None)]
)
def test_money_in_sen(value: str | float, sen: int | None) -> None:
    assert to_sen(read_number(value)) == sen
