"""Whatever the reader stages is checked without an error, and what is claimed can be checked by hand: seeded random forms, one batch."""

from __future__ import annotations

import os
import random
from typing import Any

import pandas as pd
import pytest

from pipelines.quality.figures import Figures, compute_figures
from pipelines.quality.findings import reading_findings
from pipelines.quality.validation import Validation, validate
from pipelines.workbook.columns import MEASURES, PAIRS, RUPIAH_MEASURES, TRIWULAN
from tests.quality.rows import LETTERS, staged, submission
from tests.quality.submissions import REFERENCES, SETTINGS

SEED = int(os.environ.get("RENJA_TEST_SEED", "81"))
CODES = [
    "7.01.01",
    "7.01.01.2.01",
    "7.01.01.2.01.0001",
    "7.01.01.2.01.0002",
    "7.01.01.2.01.0001#2",
    "7.01.04.2.01.0001",
    "?17",
    "S1",
    "S2",
    None,
]
CODES += ["7.01.01.2.01.0001.K1"]
LEVELS = {"?17": "sub_kegiatan", "7.01.01.2.01.0001.K1": "kelurahan", "7.01.01.2.01.0001#2": "sub_kegiatan", None: "total"}
WORDS = [None, "Sangat Rendah", "sedang", "=1+1", "<b>", "x" * 3000]


def _row(rng: random.Random) -> dict[str, Any]:
    kode = rng.choice(CODES)
    row: dict[str, Any] = {
        "kode": kode,
        "satuan": rng.choice([None, "%", "dokumen", "orang/12 bulan"]),
        "predikat_lapor": rng.choice(WORDS),
    }
    row |= {"uraian": rng.choice(WORDS), "indikator": rng.choice(WORDS), "kelompok": rng.randint(0, 6)}
    if kode in LEVELS:
        row["level"] = LEVELS[kode]
    for measure in MEASURES:
        value = rng.choice([None, 0, 1, 2, 100, rng.randint(0, 10**11), -5])
        row[measure.name] = value if measure in RUPIAH_MEASURES or value is None else float(value)
    return row | {pair.satuan: rng.choice([None, "%", "dokumen"]) for pair in PAIRS}


@pytest.fixture(scope="module")
def checked() -> tuple[Figures, Validation, pd.DataFrame]:
    rng = random.Random(SEED)
    frames, kiriman = [], []
    for number in range(1, 121):
        frames.append(staged(*(_row(rng) for _ in range(rng.randint(1, 12))), kiriman_id=number))
        more = {
            "status": rng.choice(["berlaku", "digantikan"]),
            "rata_rata_lapor": rng.choice([None, 50.0]),
            "predikat_lapor": rng.choice(WORDS),
        }
        kiriman.append(submission(number, tahun=rng.choice([2024, 2025]), triwulan=rng.randint(1, 4), **more))
    staged_rows, submissions = pd.concat(frames, ignore_index=True), pd.DataFrame(kiriman)
    figures = compute_figures(staged_rows, submissions, REFERENCES)
    kolom = dict.fromkeys(range(1, 121), LETTERS)
    return figures, validate(figures, submissions, kolom, reading_findings([]), REFERENCES, SETTINGS), submissions


def test_findings_stand_at_cells_of_their_submission(checked: tuple[Figures, Validation, pd.DataFrame]) -> None:
    figures, validation, _ = checked
    found = validation.temuan
    assert len(found) > 1000
    located = found[found["kolom"].notna()]
    assert located["sel"].notna().all()
    letters = located["kolom"].map(LETTERS)
    assert (located["sel"] == letters + located["baris"].astype("string")).all()
    rows = set(zip(figures.baris["kiriman_id"], figures.baris["baris"], strict=True))
    assert set(zip(located["kiriman_id"], located["baris"], strict=True)) <= rows
    assert not found["pesan"].str.contains(r"\bnan\b|<NA>|\bNone\b|\binf\b", regex=True).any()


def test_money_sums_are_claimed_exactly_where_plain_python_says(checked: tuple[Figures, Validation, pd.DataFrame]) -> None:
    figures, validation, submissions = checked
    quarter = submissions.set_index("kiriman_id")["triwulan"]
    wrong = set()
    for row in figures.anggaran.to_dict("records"):
        due = [row[pair.rp.name] for pair in TRIWULAN[: quarter[row["kiriman_id"]]]]
        stated = row["realisasi_rp_lapor"]
        total = sum(int(value) for value in due if not pd.isna(value))
        if not pd.isna(stated) and abs(int(stated) - total) > 100:
            wrong.add((row["kiriman_id"], row["realisasi_rp_lapor__baris"]))
    claimed = validation.temuan.query("aturan == 'realisasi_bukan_jumlah_triwulan' and kolom == 'realisasi_rp_lapor'")
    assert set(zip(claimed["kiriman_id"], claimed["baris"], strict=True)) == wrong


def test_negative_figures_are_claimed_each_at_its_cell(checked: tuple[Figures, Validation, pd.DataFrame]) -> None:
    figures, validation, _ = checked
    rows = figures.baris
    wanted = {(n, f"{LETTERS[m.name]}{b}") for m in MEASURES for n, b in rows.loc[rows[m.name] < 0, ["kiriman_id", "baris"]].to_numpy()}
    claimed = validation.temuan.query("aturan == 'nilai_negatif'")
    assert set(zip(claimed["kiriman_id"], claimed["sel"], strict=True)) == wanted


def test_the_same_rows_give_the_same_findings_whatever_stands_beside_them(checked: tuple[Figures, Validation, pd.DataFrame]) -> None:
    figures, validation, submissions = checked
    rules_of_history = ["triwulan_lalu_berubah", "target_berubah", "baris_baru", "baris_hilang", "isi_sama_triwulan_lalu"]
    number = 7
    rows = figures.baris.query("kiriman_id == @number").drop(columns="grup")
    alone = submissions.query("kiriman_id == @number")
    single = validate(compute_figures(rows, alone, REFERENCES), alone, {number: LETTERS}, reading_findings([]), REFERENCES, SETTINGS)
    columns = ["aturan", "sel", "pesan"]
    mine, found = validation.temuan["kiriman_id"] == number, single.temuan
    together = validation.temuan[mine & ~validation.temuan["aturan"].isin(rules_of_history)][columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(found[~found["aturan"].isin(rules_of_history)][columns].reset_index(drop=True), together)
