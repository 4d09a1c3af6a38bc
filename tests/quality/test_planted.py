"""Mistakes planted in clean forms, written and read as workbooks: each is found at its cell, and nothing else but what follows from it.

`RENJA_TEST_SEED`, `RENJA_TEST_PLANTED` (forms a rule) and `RENJA_TEST_CLEAN` (clean forms) widen it; CI runs it with a new seed each time.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.quality.catalogue import BY_ID, RULES
from pipelines.sample.form_data import FormData
from pipelines.sample.mistakes import PLANTABLE, Planted, plant
from pipelines.sample.regency import Regency
from pipelines.sample.writer import write_form
from tests.quality.spoilt import OTHER_QUARTER, SILENT_PATH, SPOILERS
from tests.quality.submissions import REFERENCES, Checked, check_items, read

SEED = int(os.environ.get("RENJA_TEST_SEED", "20240630"))
PER_RULE = int(os.environ.get("RENJA_TEST_PLANTED", "1"))
CLEAN = int(os.environ.get("RENJA_TEST_CLEAN", "8"))
NEEDS_QUARTER_BEFORE = {"triwulan_lalu_berubah", "target_berubah", "baris_baru", "baris_hilang", "isi_sama_triwulan_lalu"}

HOW_SENT = ("terlambat_lapor", "revisi", "kiriman_ganda")  # no cell shows it: `test_how_it_was_sent_is_found_too`
ONE_CELL = (
    "realisasi_bukan_jumlah_triwulan", "capaian_salah_hitung", "renstra_salah_hitung", "jumlah_anak_beda", "total_beda",
    "sel_tidak_terbaca", "bukan_angka", "nilai_negatif", "predikat_tidak_sesuai", "uraian_beda_nomenklatur",
    "triwulan_belum_berjalan_terisi", "tanggal_sebelum_akhir_triwulan", "rata_rata_beda", "satuan_tidak_seragam", "angka_ambigu",
)  # fmt: skip
ABOVE_INFO = {rule.aturan for rule in RULES if rule.tingkat != "info"}

# What may follow from a mistake: the rules that its wrong figure breaks in turn.
FOLLOWS = {
    "realisasi_bukan_jumlah_triwulan": {"capaian_salah_hitung", "renstra_salah_hitung", "realisasi_melebihi_pagu", "jumlah_anak_beda"},
    "jumlah_anak_beda": {"renstra_salah_hitung", "total_beda"},
    "total_beda": {"capaian_salah_hitung", "renstra_salah_hitung", "realisasi_bukan_jumlah_triwulan"},
    "nilai_negatif": {"renstra_salah_hitung"},
    "kode_ganda": {"uraian_beda_nomenklatur"},  # the code is another row's: so is the title
    "renstra_salah_hitung": {"renstra_salah_hitung"},
    # money in a leaf is money in its parents, which may have reached nothing yet
    "realisasi_tanpa_target": {"realisasi_tanpa_target", "anggaran_tanpa_kinerja"},
    "triwulan_lalu_berubah": {
        "realisasi_bukan_jumlah_triwulan", "capaian_salah_hitung", "renstra_salah_hitung", "jumlah_anak_beda", "triwulan_lalu_berubah",
        "total_beda",
    },
    "baris_hilang": {"target_berubah"},  # the money of the Renstra that its parents had for it
    "target_berubah": {"capaian_salah_hitung", "jumlah_anak_beda", "target_berubah", "total_beda", "realisasi_melebihi_pagu"},
}  # fmt: skip


class Forms:
    """Workbooks written one by one below a folder, and what was planted in each."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.rng, self.regency = folder, random.Random(seed), Regency(REFERENCES, seed)
        self.items: list[tuple[str, object]] = []
        self.overrides: list[dict[str, object]] = []
        self.planted: dict[int, Planted] = {}

    def form(self, triwulan: tuple[int, ...]) -> FormData:
        return self.regency.form(self.rng.choice(REFERENCES.kecamatan), self.rng.choice((2024, 2025)), self.rng.choice(triwulan))

    def add(self, form: FormData, planted: Planted | None, kecamatan: str) -> None:
        relative = f"{form.tahun}/tw{form.triwulan}/{form.kecamatan.nama.lower()}.xlsx"
        path = self.folder / str(len(self.items)) / relative
        path.parent.mkdir(parents=True)
        write_form(form, path)
        (item,) = read(path, relative)
        self.items.append(item)
        self.overrides.append({"kode_kemendagri": kecamatan})  # each form with its own history alone
        if planted:
            self.planted[len(self.items)] = planted

    def check(self, **options: Any) -> Checked:
        return check_items(self.items, more=self.overrides, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checked, dict[int, Planted]]:
    forms = Forms(tmp_path_factory.mktemp("planted"), SEED)
    for aturan in PLANTABLE:
        wanted = PER_RULE
        for attempt in range(40 * PER_RULE):
            if not wanted:
                break
            form = forms.form((2, 3) if aturan in NEEDS_QUARTER_BEFORE else (1, 2, 3, 4))
            kecamatan = f"{aturan}-{attempt}"
            if aturan in NEEDS_QUARTER_BEFORE:
                before = forms.regency.form(form.kecamatan, form.tahun, form.triwulan - 1)
            mistake = plant(form, aturan, forms.rng)
            if mistake is None:
                continue
            if aturan in NEEDS_QUARTER_BEFORE:
                forms.add(before, None, kecamatan)
            forms.add(form, mistake, kecamatan)
            wanted -= 1
        assert not wanted, f"nothing to plant {aturan} in"
    return forms.check(), forms.planted


@pytest.mark.xdist_group("planted")  # they share a hundred workbooks
def test_every_planted_mistake_is_found_at_its_cell(planted: tuple[Checked, dict[int, Planted]]) -> None:
    checked, mistakes = planted
    assert len(mistakes) == PER_RULE * len(PLANTABLE)
    found = checked.cells("galat", "peringatan", "info")
    missed = [(number, m) for number, m in mistakes.items() if (number, m.aturan, m.sel) not in found]
    assert not missed, missed


@pytest.mark.xdist_group("planted")  # they share a hundred workbooks
def test_nothing_else_is_claimed_than_what_follows(planted: tuple[Checked, dict[int, Planted]]) -> None:
    checked, mistakes = planted
    strangers = []
    for number, aturan, sel in checked.cells("galat", "peringatan"):
        mistake = mistakes.get(number)
        allowed = {mistake.aturan} | FOLLOWS.get(mistake.aturan, set()) if mistake else set()
        if aturan not in allowed:
            strangers.append((number, mistake, aturan, sel))
    assert not strangers, "\n".join(map(str, strangers))


@pytest.mark.xdist_group("planted")  # they share a hundred workbooks
def test_the_cause_is_named_before_its_consequences(planted: tuple[Checked, dict[int, Planted]]) -> None:
    checked, mistakes = planted
    for number, mistake in mistakes.items():
        if BY_ID[mistake.aturan].tingkat != "galat" or mistake.sel is None:
            continue
        row = int("".join(ch for ch in mistake.sel if ch.isdigit()))
        mine = checked.temuan[(checked.temuan["kiriman_id"] == number) & (checked.temuan["baris"] == row)]
        arithmetic = {"capaian_salah_hitung", "renstra_salah_hitung"} - {mistake.aturan}
        order = list(mine["aturan"])
        if mistake.aturan == "realisasi_bukan_jumlah_triwulan":
            assert not arithmetic & set(order[: order.index(mistake.aturan)])


def test_two_mistakes_in_one_form_are_both_found(tmp_path: Path) -> None:
    """In two rows, neither hides the other, and nothing is claimed but them and what follows from either."""
    forms, both = Forms(tmp_path, SEED + 4), {}
    pairs = [(one, other) for one in ONE_CELL for other in ONE_CELL if one < other]
    for one, other in forms.rng.sample(pairs, min(len(pairs), 15 * PER_RULE)):
        for attempt in range(40):
            form = forms.form((1, 2, 3))
            found = [plant(form, aturan, forms.rng) for aturan in (one, other)]
            mistakes = [mistake for mistake in found if mistake]
            if len({"".join(ch for ch in mistake.sel or "" if ch.isdigit()) for mistake in mistakes}) == 2:
                forms.add(form, None, f"{one}-{other}-{attempt}")
                both[len(forms.items)] = mistakes
                break
    checked = forms.check()
    assert {(number, m.aturan, m.sel) for number, pair in both.items() for m in pair} <= checked.cells("galat", "peringatan")
    allowed = {number: {rule for m in pair for rule in {m.aturan} | FOLLOWS.get(m.aturan, set())} for number, pair in both.items()}
    assert {one for one in checked.cells("galat", "peringatan") if one[1] not in allowed[one[0]]} == set()
    assert len(both) > 10


def test_how_it_was_sent_is_found_too(tmp_path: Path) -> None:
    """What no cell shows: late, sent again, sent twice. Three of each, beside one that has none of it."""
    ways: tuple[dict[str, object], ...] = (
        {},
        {"diterima_pada": dt.datetime(2025, 12, 24, 20)},  # 20.00 UTC is the next day in Jakarta
        {"revisi_ke": 1},
        {"status": "ganda", "revisi_ke": None},
    )
    forms = Forms(tmp_path, SEED + 2)
    for place in forms.rng.sample(REFERENCES.kecamatan, 3):
        form = forms.regency.form(place, 2025, 3)
        for number, way in enumerate(ways):
            forms.add(form, None, f"{place.kode_kemendagri}-{number}")
            forms.overrides[-1] |= {"diterima_pada": dt.datetime(2025, 10, 1, 3)} | way
    due = pd.DataFrame({"tahun": [2025], "triwulan": [3], "batas_lapor": [dt.date(2025, 12, 24)]})
    found = forms.check(periode=due).cells("tolak", "galat", "peringatan", "info")
    rules = (None, *HOW_SENT)
    expected = {(number, rule, None) for number, rule in enumerate(rules * 3, start=1) if rule}
    assert {one for one in found if one[1] in rules or one[1] in ABOVE_INFO} == expected


def spoilt_path(aturan: str, form: FormData) -> str:
    if aturan in SILENT_PATH:
        return "laporan.xlsx"
    triwulan = form.triwulan % 4 + 1 if aturan == OTHER_QUARTER else form.triwulan
    return f"{form.tahun}/tw{triwulan}/{form.kecamatan.nama.lower()}.xlsx"


def test_spoilt_sheets_and_files_are_found_too(tmp_path: Path) -> None:
    """What is wrong with a sheet or a file as a whole: found where it is, and nothing else claimed."""
    forms = Forms(tmp_path, SEED + 3)
    expected: set[tuple[object, ...]] = set()
    for aturan, spoil in SPOILERS.items():
        for attempt in range(PER_RULE):
            form = forms.form((1, 2, 3, 4))
            relative = spoilt_path(aturan, form)
            path = tmp_path / aturan / str(attempt) / relative
            path.parent.mkdir(parents=True)
            sel = spoil(form, path, forms.rng)
            for item in read(path, relative):
                forms.items.append(item)
                forms.overrides.append({"kode_kemendagri": f"{aturan}-{attempt}"})
                expected.add((len(forms.items), aturan, sel))
    assert len(expected) >= PER_RULE * len(SPOILERS)
    assert forms.check().cells("tolak", "galat", "peringatan") == expected


def test_every_rule_is_planted_or_spoilt_or_sent() -> None:
    """A rule that nobody can break here has not been seen to find anything."""
    assert set(BY_ID) == {*PLANTABLE, *SPOILERS, *HOW_SENT}


def test_clean_forms_have_nothing_to_find(tmp_path: Path) -> None:
    forms = Forms(tmp_path, SEED + 1)
    years = [(place, year) for place in REFERENCES.kecamatan for year in (2024, 2025, 2026)]
    forms.rng.shuffle(years)
    for place, year in years[: -(-CLEAN // 4)]:
        for quarter in (1, 2, 3, 4):
            forms.add(forms.regency.form(place, year, quarter), None, place.kode_kemendagri)
    checked = forms.check()
    assert checked.cells("tolak", "galat", "peringatan") == set()
    assert len(checked.validation.hasil) > 80  # it is not that nothing was looked at
