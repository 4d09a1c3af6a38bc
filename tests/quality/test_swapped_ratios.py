"""The ratios of K and Rp (14 or 17) in each other's place: both are what neither side's figures give, so both cells are told."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.sample.planting import put
from pipelines.sample.regency import Regency
from pipelines.sample.writer import write_form
from pipelines.workbook.columns import CAPAIAN, RENSTRA_CAPAIAN, Pair
from pipelines.workbook.submission import Form
from tests.quality.submissions import REFERENCES, check_items, read


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("pair", "aturan"), [(CAPAIAN, "capaian_salah_hitung"), (RENSTRA_CAPAIAN, "renstra_salah_hitung")])
def test_swapped_ratios_are_told_at_both_cells(pair: Pair, aturan: str, seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    form, path = Regency(REFERENCES, seed).form(rng.choice(REFERENCES.kecamatan), 2024 + seed % 2, 2 + seed % 3), tmp_path / "a.xlsx"
    write_form(form, path)
    ((_, clean),) = read(path, "a.xlsx")
    assert isinstance(clean, Form)
    both = clean.baris[[pair.k.name, pair.rp.name]].dropna()
    both = both[[form.baris[place].pertama and abs(k - rp) > 1 for place, k, rp in both.itertuples()]]
    planted = set()
    for place, k, rp in both.sample(3, random_state=seed).itertuples():
        planted |= {put(form, place, pair.k, Decimal(str(rp)), aturan).sel, put(form, place, pair.rp, Decimal(str(k)), aturan).sel}
    write_form(form, path)
    assert {sel for _, rule, sel in check_items(read(path, "a.xlsx")).cells("galat") if rule == aturan} == planted
