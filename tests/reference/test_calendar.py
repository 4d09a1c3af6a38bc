import datetime as dt
import itertools

from pipelines.reference.calendar import calendar_frame, calendar_tables, quarter_span
from pipelines.reference.tables import load_references
from pipelines.settings import Settings


def test_quarters_cover_the_year_without_gap() -> None:
    spans = [quarter_span(2024, q) for q in (1, 2, 3, 4)]
    assert spans[0][0] == dt.date(2024, 1, 1)
    assert spans[3][1] == dt.date(2024, 12, 31)
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert start - end == dt.timedelta(days=1)


def test_weekends_and_national_holidays_are_no_working_days() -> None:
    ordinal = calendar_frame(2024, 2024).set_index("tanggal")["hari_kerja_ke"]
    assert ordinal[dt.date(2024, 8, 16)] + 1 == ordinal[dt.date(2024, 8, 19)]  # a weekend with the 17th of August in it
    assert ordinal[dt.date(2024, 4, 30)] == ordinal[dt.date(2024, 5, 1)]  # Labour Day
    assert ordinal[dt.date(2024, 8, 20)] - ordinal[dt.date(2024, 8, 19)] == 1


def test_a_deadline_is_ten_working_days_after_the_quarter_unless_declared() -> None:
    settings = Settings(_env_file=None, hari_ini=dt.date(2024, 7, 1))
    references = load_references(settings.acuan)
    tables = calendar_tables(references, settings)
    ordinal = tables["kalender"].set_index("tanggal")["hari_kerja_ke"]
    for row in tables["periode"].itertuples():
        if (row.tahun, row.triwulan) not in references.tenggat:
            assert ordinal[row.batas_lapor] - ordinal[row.tanggal_selesai] == 10
    assert tables["pengaturan"].hari_ini.tolist() == [dt.date(2024, 7, 1)]
    assert len(tables["periode"]) == 4 * (settings.tahun_akhir - settings.tahun_awal + 1)
