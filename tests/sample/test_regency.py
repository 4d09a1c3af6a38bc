"""The synthetic regency keeps the form's laws: money adds up, quarters repeat, nothing depends on when it was written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.reference.tables import Kecamatan, References, load_references
from pipelines.sample import activities
from pipelines.sample.form_data import FormData, Row, number
from pipelines.sample.regency import STYLES, Regency
from pipelines.settings import PROJECT
from pipelines.workbook.columns import (
    CAPAIAN,
    PAIRS,
    REALISASI,
    REALISASI_LALU,
    RENSTRA_REALISASI,
    RUPIAH_MEASURES,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Level,
)

NAMES = ("Tempursari", "Tempeh", "Lumajang", "Klakah")


@pytest.fixture(scope="module")
def references() -> References:
    return load_references(PROJECT / "dbt_like_sql" / "seeds")


@pytest.fixture(scope="module")
def regency(references: References) -> Regency:
    return Regency(references, seed=7)


def kecamatan(references: References, name: str) -> Kecamatan:
    return next(k for k in references.kecamatan if k.nama == name)


def forms(regency: Regency, *, tahun: int = 2024) -> list[FormData]:
    return [regency.form(kecamatan(regency.references, name), tahun, quarter) for name in NAMES for quarter in (1, 2, 3, 4)]


def rupiah(row: Row, name: str) -> int:
    return int(number(row.nilai.get(name)))


@pytest.mark.parametrize("tahun", [2024, 2025, 2026])
def test_money_adds_up_in_every_column(regency: Regency, tahun: int) -> None:
    for form in forms(regency, tahun=tahun):
        for measure in RUPIAH_MEASURES:
            by_code = {row.kode: rupiah(row, measure.name) for row in form.baris if row.pertama}
            for parent in (row for row in form.baris if row.pertama and row.level in (Level.PROGRAM, Level.KEGIATAN)):
                children = [kode for kode in by_code if kode.startswith(f"{parent.kode}.") and len(kode.split(".")) == _depth(parent.level)]
                assert children, parent.kode
                assert by_code[parent.kode] == sum(by_code[kode] for kode in children), (measure.name, parent.kode)
            leaves = [row for row in form.baris if row.level is Level.SUB_KEGIATAN]
            assert rupiah(form.total, measure.name) == sum(rupiah(row, measure.name) for row in leaves)


def _depth(level: Level) -> int:
    return {Level.PROGRAM: 5, Level.KEGIATAN: 6}[level]


def test_a_later_quarter_repeats_the_earlier_ones(regency: Regency) -> None:
    for name in NAMES:
        place = kecamatan(regency.references, name)
        last = regency.form(place, 2024, 4)
        for quarter in (1, 2, 3):
            earlier = regency.form(place, 2024, quarter)
            for before, after in zip(earlier.baris, last.baris, strict=True):
                kept = (*TRIWULAN[:quarter], TARGET, TARGET_RENSTRA, REALISASI_LALU)
                assert [(before.nilai.get(p.k.name), before.nilai.get(p.rp.name)) for p in kept] == [
                    (after.nilai.get(p.k.name), after.nilai.get(p.rp.name)) for p in kept
                ], before.kode
                for pair in TRIWULAN[quarter:]:
                    assert before.nilai.get(pair.k.name) is None
                    assert before.nilai.get(pair.rp.name) is None


def test_money_and_output_go_together(regency: Regency) -> None:
    for form in forms(regency):
        for index, row in enumerate(form.baris):
            first = index
            while not form.baris[first].pertama:
                first -= 1
            spent = rupiah(form.baris[first], REALISASI.rp.name)
            assert bool(spent) == bool(number(row.nilai[REALISASI.k.name])), (form.kecamatan.nama, form.triwulan, row.kode)
            if not number(row.nilai[TARGET.k.name]):
                assert not spent
                assert row.predikat == ""
                assert row.nilai[CAPAIAN.k.name] == "-"
            if row.pertama:
                assert spent <= rupiah(row, TARGET.rp.name)
                assert bool(rupiah(row, TARGET.rp.name)) == bool(number(row.nilai[TARGET.k.name]))


def test_next_years_column_7_is_what_the_earlier_years_reached(regency: Regency) -> None:
    place = kecamatan(regency.references, "Pasirian")
    done = {row.kode: rupiah(row, REALISASI.rp.name) for row in regency.form(place, 2024, 4).baris if row.pertama}
    form = regency.form(place, 2025, 1)
    assert not form.tahun_pertama
    for row in form.baris:
        if row.level is Level.SUB_KEGIATAN:
            assert rupiah(row, REALISASI_LALU.rp.name) == done[row.kode]
            assert rupiah(row, RENSTRA_REALISASI.rp.name) == done[row.kode] + rupiah(row, REALISASI.rp.name)
            assert rupiah(row, RENSTRA_REALISASI.rp.name) <= rupiah(row, TARGET_RENSTRA.rp.name)


def test_rows_are_the_nomenclatures_of_that_year(references: References, regency: Regency) -> None:
    for tahun in (2024, 2026):
        known = references.known_codes(tahun)
        for form in forms(regency, tahun=tahun):
            for row in form.baris:
                if row.level is Level.SASARAN:
                    continue
                assert row.uraian == known[row.kode].uraian
                assert ".7." not in row.kode
                if row.level is Level.SUB_KEGIATAN:
                    assert (row.indikator, row.satuan) == (known[row.kode].indikator, known[row.kode].satuan)
    assert not any(row.kode == "7.01.01.2.01.0008" for form in forms(regency) for row in form.baris)
    assert any(row.kode == "7.01.01.2.01.0008" for form in forms(regency, tahun=2026) for row in form.baris)


def test_every_indicator_of_its_own_is_declared_as_the_sample_uses_it(references: References) -> None:
    own = [(s.kode, s.indikator) for s in activities.SASARAN]
    own += [(kode, indicator) for kode, indicators in activities.PROGRAM.items() for indicator in indicators]
    own += [(kode, indicator) for kode, indicator in activities.KEGIATAN.items() if indicator.satuan != "Fasilitas"]
    for kode, indicator in own:
        declared = references.declared_indicator(kode, indicator.indikator)
        assert declared is not None, (kode, indicator.indikator)
        assert (declared.jenis_akumulasi, declared.polaritas) == (indicator.akumulasi, indicator.polaritas)


def test_size_is_that_of_a_kecamatan(references: References, regency: Regency) -> None:
    for place in references.kecamatan:
        form = regency.form(place, 2024, 2)
        assert 3_000_000_000 < rupiah(form.total, TARGET.rp.name) < 13_000_000_000
        assert 135 <= len(form.baris) <= 165
        gaji = next(row for row in form.baris if row.kode == "7.01.01.2.02.0001")
        assert 0.5 < rupiah(gaji, TARGET.rp.name) / rupiah(form.total, TARGET.rp.name) < 0.75


def test_two_seeds_differ_and_one_seed_does_not(references: References) -> None:
    place = references.kecamatan[3]

    def figures(seed: int) -> list[object]:
        return [
            row.nilai.get(measure.name)
            for row in Regency(references, seed).form(place, 2024, 2).baris
            for pair in PAIRS
            for measure in (pair.k, pair.rp)
        ]

    assert figures(1) == figures(1)
    assert figures(1) != figures(2)


def test_styles_name_kecamatan_of_the_reference(references: References) -> None:
    assert set(STYLES) <= {k.nama for k in references.kecamatan}


def test_average_is_the_capped_mean_of_the_programs(regency: Regency) -> None:
    for form in forms(regency):
        values = [row.nilai[CAPAIAN.k.name] for row in form.baris if row.level is Level.PROGRAM]
        capped = [min(Decimal(100), Decimal(value)) for value in values if isinstance(value, (int, Decimal))]
        assert isinstance(form.rata_rata, Decimal)
        assert abs(form.rata_rata - sum(capped, Decimal(0)) / len(capped)) <= Decimal("0.01")


def test_every_program_has_money_whatever_the_seed(references: References) -> None:
    """A program all of whose sub kegiatan were left out of a plan had no figures at all (seed 5, Kedungjajang)."""
    form = Regency(references, seed=5).form(kecamatan(references, "Kedungjajang"), 2025, 1)
    assert {row.kode for row in form.baris if row.level is Level.PROGRAM} == set(activities.PROGRAM)
    assert all(row.anak for row in form.baris if row.pertama and row.level is not Level.SUB_KEGIATAN)
