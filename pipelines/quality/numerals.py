"""Figures as an Indonesian reader writes them: 1.234.567, 71,35, Triwulan II."""

from __future__ import annotations

import datetime as dt

from pipelines.reference.calendar import ROMAN

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


def roman(triwulan: int) -> str:
    """1 → 'I'."""
    return ROMAN[triwulan - 1]


def rupiah(sen: float | int) -> str:
    """Sen → rupiah: 123456700 → '1.234.567', with two decimals only where there are sen."""
    sign, amount = ("-", -int(sen)) if sen < 0 else ("", int(sen))
    whole, rest = divmod(amount, 100)
    return f"{sign}{whole:,}".replace(",", ".") + (f",{rest:02d}" if rest else "")


def number(value: float, decimals: int = 2) -> str:
    """71.3462 → '71,35'; no trailing zeros; more digits where the value is too small to show."""
    text = f"{value:,.{decimals}f}"
    if value and not text.strip("-0.,"):
        text = f"{value:.{max(decimals, 6)}g}" if abs(value) >= 1e-6 else f"{value:e}"
    whole, dot, rest = text.partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if dot and rest else "")


def date_text(day: dt.date) -> str:
    """2024-07-01 → '1 Juli 2024'."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
