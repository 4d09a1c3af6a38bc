"""Dates and periods: what is stated is read, what is not is left open."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.workbook.dates import MONTHS, read_date, read_period

NAMES = sorted(MONTHS)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(NAMES), st.data())
def test_a_date_in_any_spelling(day: dt.date, name: str, data: st.DataObject) -> None:
    own = [n for n in NAMES if MONTHS[n] == day.month]
    word = data.draw(st.sampled_from(own))
    word = data.draw(st.sampled_from([word, word.upper(), word.title()]))
    forms = [f"Lumajang, tanggal {day.day} {word} {day.year}", f"Lumajang,{day.day:02} {word} {day.year}", f"{day.day}-{word}-{day.year}"]
    forms += [f"{day:%d-%m-%Y}", f"{day.day}/{day.month}/{day:%y}", f"{day:%d.%m.%Y}", day.isoformat()]
    for text in forms:
        assert read_date(text).tanggal == day, text


def test_a_missing_day_stays_missing() -> None:
    reading = read_date("Lumajang,        Juli 2024")
    assert (reading.tanggal, reading.bulan, reading.tahun) == (None, 7, 2024)


@pytest.mark.parametrize("text", ["31 Februari 2024", "", "Lumajang", "40-13-2024", "64 orang"])
def test_no_date(text: str) -> None:
    assert read_date(text).tanggal is None


def test_native_dates() -> None:
    assert read_date(dt.datetime(2024, 7, 5, 10)).tanggal == dt.date(2024, 7, 5)
    assert read_date(5).tanggal is None


SAYS_QUARTER = [
    "Triwulan {}",
    "TRIWULAN {}",
    "TW {}",
    "TW.{}",
    "TW{}",
    "T.W {}",
    "Tribulan {}",
    "TRIWULAN : {}",
    "Tri Wulan {}",
    "triwulan ke-{}",
]
SAYS_YEAR = ["{q} Tahun {y}", "{q} {y}", "{q} TAHUN ANGGARAN {y}", "{q} TA. {y}", "{q}/{y}", "{y} {q}", "Renja {y} {q}", "{q} - {y}"]


@given(
    st.sampled_from(SAYS_QUARTER),
    st.sampled_from(SAYS_YEAR),
    st.integers(1, 4),
    st.integers(2020, 2035),
    st.booleans(),
    st.sampled_from(["", "Evaluasi terhadap Hasil Renja Renstra 2024-2026 ", "E.81 s.d. ", "(Permendagri 86 Tahun 2017) "]),
)
def test_a_period_in_any_spelling(form: str, with_year: str, quarter: int, year: int, roman: bool, before: str) -> None:
    name = ("I", "II", "III", "IV")[quarter - 1] if roman else str(quarter)
    text = before + with_year.format(q=form.format(name), y=year)
    reading = read_period(text)
    assert (reading.tahun, reading.triwulan) == (year, quarter), text


@pytest.mark.parametrize(
    ("text", "tahun", "triwulan"),
    [
        ("TRIWULAN : II (DUA) TAHUN 2024", 2024, 2),
        ("Triwulan Kedua", None, 2),
        ("s.d. Triwulan III 2024", 2024, 3),
        ("Triwulan I s.d. II 2024", 2024, 2),
        ("TRIWULAN I,II TAHUN 2024", 2024, None),
        ("Triwulan I dan II", None, None),
        ("Semester I", None, None),
        ("Triwulan 2024", 2024, None),
        ("Tahun 2024-2026", None, None),
        ("Permendagri Nomor 86 Tahun 2017", None, None),
        ("Permendagri 86/2017", None, None),
        ("Renja 2023, Renja 2024", None, None),
        ("Lumajang, 5 Juli 2024", None, None),
        ("2024/tw2/lumajang.xlsx", 2024, 2),
        ("Sheet2", None, None),
        ("Lumajang,      Januari 2025", None, None),
        ("Triwulan II, Juni 2024", 2024, 2),
        ("Trwulan II 2024", 2024, 2),
        ("TIRWULAN III 2024", 2024, 3),
        ("Triwuulan 02 2024", 2024, 2),
        ("Caturwulan II 2024", 2024, None),
        ("Triwulan lI 2024", 2024, 2),
        ("TRIWULAN lV 2024", 2024, 4),
        ("Triwulan (II) 2024", 2024, 2),
        ("TW “II” 2024", 2024, 2),
        ("TWII2024", 2024, 2),
        ("TW22024", None, None),
        ("Q2 2024", 2024, 2),
        ("Bulan April - Juni 2024", 2024, 2),
        ("Januari s.d. Juni 2024", 2024, 2),
        ("Okt-Des 2024", 2024, 4),
        ("Januari - Desember 2024", 2024, None),
        ("April - Mei 2024", 2024, None),
        ("Triwulan II (Januari - Maret) 2024", 2024, 2),
        ("NETWORK 2", None, None),
    ],
)
def test_periods(text: str, tahun: int | None, triwulan: int | None) -> None:
    reading = read_period(text)
    assert (reading.tahun, reading.triwulan) == (tahun, triwulan)
