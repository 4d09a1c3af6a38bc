"""Working days, triwulan and reporting deadlines.

The default deadline is ten working days after the quarter's end (domain: Bappeda's side); `tenggat.csv` overrides a triwulan.
National holidays are those of the `holidays` library for Indonesia, collective leave (cuti bersama) included where it knows it.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from pipelines.reference.tables import References
from pipelines.settings import Settings

WORKING_DAYS_TO_REPORT = 10
ROMAN = ("I", "II", "III", "IV")


def quarter_span(tahun: int, triwulan: int) -> tuple[dt.date, dt.date]:
    """First and last day of a triwulan."""
    first = dt.date(tahun, 3 * triwulan - 2, 1)
    after = dt.date(tahun + 1, 1, 1) if triwulan == 4 else dt.date(tahun, 3 * triwulan + 1, 1)
    return first, after - dt.timedelta(days=1)


def calendar_frame(first_year: int, last_year: int) -> pd.DataFrame:
    """`kalender`: tanggal, hari_kerja_ke (working days from the first date up to and including this one)."""
    import holidays

    days = pd.date_range(dt.date(first_year, 1, 1), dt.date(last_year, 12, 31), freq="D")
    public = holidays.country_holidays("ID", years=range(first_year, last_year + 1), categories=("public", "government"))
    free = pd.Series(days.date).isin(list(public.keys())) | (pd.Series(days.dayofweek) >= 5)
    return pd.DataFrame({"tanggal": days.date, "hari_kerja_ke": (~free).cumsum().astype("int64")})


def periode_frame(references: References, settings: Settings, calendar: pd.DataFrame) -> pd.DataFrame:
    """`periode`: a row a triwulan of the accepted years: tahun, triwulan, tanggal_mulai, tanggal_selesai, batas_lapor, mode_renstra."""
    ordinal = calendar.set_index("tanggal")["hari_kerja_ke"]
    first_day_of = calendar.drop_duplicates("hari_kerja_ke").set_index("hari_kerja_ke")["tanggal"]
    rows = []
    for tahun in range(settings.tahun_awal, settings.tahun_akhir + 1):
        for triwulan in (1, 2, 3, 4):
            start, end = quarter_span(tahun, triwulan)
            deadline = references.tenggat.get((tahun, triwulan)) or first_day_of[ordinal[end] + WORKING_DAYS_TO_REPORT]
            rows.append((tahun, triwulan, start, end, deadline, references.renstra_mode(tahun)))
    return pd.DataFrame(rows, columns=["tahun", "triwulan", "tanggal_mulai", "tanggal_selesai", "batas_lapor", "mode_renstra"])


def calendar_tables(references: References, settings: Settings) -> dict[str, pd.DataFrame]:
    """The frames `kalender`, `periode` and `pengaturan` (docs/rancangan.md)."""
    calendar = calendar_frame(min(settings.tahun_awal, 2020), max(settings.tahun_akhir, settings.today.year) + 2)
    setting = {
        "hari_ini": settings.today,
        "tahun_awal": settings.tahun_awal,
        "tahun_akhir": settings.tahun_akhir,
        "tingkat_rata_rata": settings.tingkat_rata_rata,
        "batas_capaian": settings.batas_capaian,
    }
    return {"kalender": calendar, "periode": periode_frame(references, settings, calendar), "pengaturan": pd.DataFrame([setting])}
