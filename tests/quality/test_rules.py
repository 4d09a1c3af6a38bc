"""Single rules on rows written by hand: what is claimed, where, and above all what is not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from pipelines.quality.figures import compute_figures
from pipelines.quality.findings import cell_findings, reading_frame
from pipelines.quality.validation import validate
from pipelines.reference.tables import References
from pipelines.workbook.submission import CellFinding
from tests.quality.rows import LETTERS, staged, submission
from tests.quality.submissions import REFERENCES, SETTINGS

SUB = "7.01.01.2.01.0001"
TITLE = {"uraian": "Penyusunan Dokumen Perencanaan Perangkat Daerah"}
GOOD = {
    "kode": SUB, "target_k": 10.0, "target_rp": 1_000_000, "target_renstra_k": 40.0, "target_renstra_rp": 4_000_000,
    "tw1_k": 2.0, "tw2_k": 3.0, "tw1_rp": 100_000, "tw2_rp": 233_333, "realisasi_k_lapor": 5.0, "realisasi_rp_lapor": 333_333,
    "capaian_k_pct_lapor": 50.0, "capaian_rp_pct_lapor": 33.33, "renstra_realisasi_k_lapor": 5.0, "renstra_realisasi_rp_lapor": 333_333,
    "renstra_capaian_k_pct_lapor": 12.5, "renstra_capaian_rp_pct_lapor": 8.3, "predikat_lapor": "SANGAT  rendah",
    "indikator": "Jumlah Dokumen Perencanaan Perangkat Daerah",
    "capaian_k_pct_lapor__desimal": 0, "capaian_rp_pct_lapor__desimal": 2, "renstra_capaian_rp_pct_lapor__desimal": 1,
    "realisasi_k_lapor__desimal": 0, "renstra_realisasi_k_lapor__desimal": 0,
} | TITLE  # fmt: skip
PARENTS: tuple[dict[str, Any], ...] = (
    {"kode": "7.01.01", "uraian": "PROGRAM PENUNJANG URUSAN PEMERINTAHAN DAERAH KABUPATEN/KOTA"},
    {"kode": "7.01.01.2.01", "uraian": "Perencanaan, Penganggaran, dan Evaluasi Kinerja Perangkat Daerah"},
)


@dataclass(frozen=True)
class Case:
    """One submission (sub kegiatan at sheet row 13 where its parents are put above it)."""

    rows: Sequence[dict[str, Any]]
    cells: tuple[CellFinding, ...] = ()
    letters: dict[str, str] = field(default_factory=lambda: LETTERS)
    parents: bool = True
    more: dict[str, Any] = field(default_factory=dict)


def case(*rows: dict[str, Any], cells: tuple[CellFinding, ...] = (), parents: bool = True, **more: Any) -> Case:
    return Case(rows, cells, more.pop("letters", LETTERS), parents, more)


def findings_of(*cases: Case, references: References = REFERENCES, info: bool = False) -> list[pd.DataFrame]:
    """Findings (above info) of each case, a submission each: one call, since a call costs half a second."""
    numbered = list(enumerate(cases, start=1))
    frames = [staged(*(PARENTS if one.parents else ()), *one.rows, kiriman_id=number) for number, one in numbered]
    kiriman = pd.DataFrame([submission(number, kode_kemendagri=str(number), **one.more) for number, one in numbered])
    figures = compute_figures(pd.concat(frames, ignore_index=True), kiriman, references)
    reading = reading_frame([row for number, one in numbered for row in cell_findings(number, one.cells)])
    kolom = {number: one.letters for number, one in numbered}
    temuan = validate(figures, kiriman, kolom, reading, references, SETTINGS).temuan
    temuan = temuan[info | (temuan["tingkat"] != "info")]
    return [temuan[temuan["kiriman_id"] == number].reset_index(drop=True) for number, _ in numbered]


def rules_of(*cases: Case) -> list[list[str]]:
    return [list(found["aturan"]) for found in findings_of(*cases)]


def findings(*rows: dict[str, Any], **more: Any) -> pd.DataFrame:
    return findings_of(case(*rows, **more))[0]


def rules(*rows: dict[str, Any], **more: Any) -> list[str]:
    return list(findings(*rows, **more)["aturan"])


WRONG: list[tuple[str, Any, str]] = [
    ("realisasi_rp_lapor", 333_335, "realisasi_bukan_jumlah_triwulan"),
    ("realisasi_k_lapor", 6.0, "realisasi_bukan_jumlah_triwulan"),
    ("capaian_rp_pct_lapor", 33.34, "capaian_salah_hitung"),
    ("capaian_k_pct_lapor", 51.0, "capaian_salah_hitung"),
    ("renstra_realisasi_rp_lapor", 0, "renstra_salah_hitung"),
    ("renstra_capaian_rp_pct_lapor", 8.4, "renstra_salah_hitung"),
    ("renstra_capaian_k_pct_lapor", 12.6, "renstra_salah_hitung"),
    ("predikat_lapor", "Rendah", "predikat_tidak_sesuai"),
    ("predikat_lapor", "Baik", "predikat_tidak_sesuai"),
    ("target_renstra_k", -40.0, "nilai_negatif"),
    ("tw3_rp", 5, "triwulan_belum_berjalan_terisi"),
    ("tw3_k", 5.0, "triwulan_belum_berjalan_terisi"),
    ("uraian", "Penyusunan Dokumen Perencaan Perangkat Daerah", "uraian_beda_nomenklatur"),
]
RIGHT: list[dict[str, Any]] = [
    {},
    {"realisasi_rp_lapor": 333_334},  # Rp 1
    {"capaian_k_pct_lapor": 50.4},  # half of the last printed digit, 0 decimals
    {"capaian_rp_pct_lapor": 33.0, "capaian_rp_pct_lapor__desimal": 0},
    {"capaian_rp_pct_lapor": 33.3333, "capaian_rp_pct_lapor__desimal": 4},
    {"tw3_rp": 0, "tw3_k": 0.0, "tw4_rp": 0},  # nil in a quarter to come
    {"realisasi_k_lapor": None, "capaian_k_pct_lapor": None, "predikat_lapor": None, "renstra_capaian_rp_pct_lapor": None},
    {"uraian": "PENYUSUNAN  DOKUMEN\nPERENCANAAN, Perangkat Daerah."},
]


@pytest.fixture(scope="module")
def one_change_each() -> list[pd.DataFrame]:
    """Of GOOD with each change of WRONG, then of RIGHT."""
    return findings_of(*(case(GOOD | change) for change in [*({name: value} for name, value, _ in WRONG), *RIGHT]))


@pytest.mark.parametrize("at", range(len(WRONG)), ids=[f"{name}-{value}" for name, value, _ in WRONG])
def test_one_wrong_figure(one_change_each: list[pd.DataFrame], at: int) -> None:
    found, (name, _, aturan) = one_change_each[at], WRONG[at]
    assert found["aturan"][0] == aturan
    assert found["sel"][0] == f"{LETTERS[name]}13"
    assert found["pesan"][0].count("{") == 0
    assert set(found["aturan"]) <= {aturan, "renstra_salah_hitung"}


@pytest.mark.parametrize("at", range(len(RIGHT)), ids=map(str, RIGHT))
def test_rounding_and_silence_are_no_mistakes(one_change_each: list[pd.DataFrame], at: int) -> None:
    assert list(one_change_each[len(WRONG) + at]["aturan"]) == []


def test_rounding_is_never_more_than_half_a_digit() -> None:
    assert rules(GOOD | {"capaian_rp_pct_lapor": 33.4, "capaian_rp_pct_lapor__desimal": 1}) == ["capaian_salah_hitung"]


def test_a_wrong_sum_names_what_follows_from_it() -> None:
    wrong = {"realisasi_k_lapor": 7.0, "capaian_k_pct_lapor": 70.0, "renstra_realisasi_k_lapor": 7.0, "renstra_capaian_k_pct_lapor": 17.5}
    found, alone = findings_of(case(GOOD | wrong), case(GOOD | {"realisasi_k_lapor": 7.0}))
    assert list(found["aturan"]) == [
        "realisasi_bukan_jumlah_triwulan", "capaian_salah_hitung", "renstra_salah_hitung", "renstra_salah_hitung",
    ]  # fmt: skip
    assert found["pesan"][1:].str.contains("mengikuti").all()
    assert list(alone["aturan"]) == ["realisasi_bukan_jumlah_triwulan"]  # the rest was computed from the right sum


PERCENT = GOOD | {
    "satuan": "%", "target_k": 100.0, "target_renstra_k": 100.0, "tw1_k": 50.0, "tw2_k": 50.0, "predikat_lapor": None,
}  # fmt: skip


def test_an_undeclared_percentage_may_be_added_or_not() -> None:
    rows = [
        PERCENT
        | dict.fromkeys(
            (f"{name}_lapor" for name in ("realisasi_k", "capaian_k_pct", "renstra_realisasi_k", "renstra_capaian_k_pct")), reported
        )
        for reported in (50.0, 100.0)
    ]
    mixed = [row | {"capaian_k_pct_lapor": 150 - row["capaian_k_pct_lapor"]} for row in rows]  # but not both in one row
    found = rules_of(*map(case, rows + mixed))
    assert found[:2] == [["jenis_indikator_belum_ditetapkan"]] * 2
    assert found[2:] == [["jenis_indikator_belum_ditetapkan", "capaian_salah_hitung"]] * 2


def _lost(name: str, row: int = 13) -> CellFinding:
    return CellFinding("sel_tidak_terbaca", f"{LETTERS[name]}{row}", "###", None, SUB, name, row)


def test_nothing_is_proven_from_a_cell_that_cannot_be_read() -> None:
    parent = {"kode": "7.01.01.2.01", "target_rp": 1_500_000} | PARENTS[1]
    child = GOOD | {"target_rp": None, "capaian_rp_pct_lapor": None}
    *lost, empty, differs = rules_of(
        *(case(GOOD | {name: None}, cells=(_lost(name),)) for name in ("tw2_rp", "tw2_k", "target_k", "target_rp")),
        case(PARENTS[0], parent, child, cells=(_lost("target_rp"),), parents=False),
        case(GOOD | {"tw2_rp": None}),
        case(PARENTS[0], parent, GOOD, parents=False),
    )
    assert lost == [["sel_tidak_terbaca"]] * 5
    assert "realisasi_bukan_jumlah_triwulan" in empty  # an empty cell is another matter
    assert "jumlah_anak_beda" in differs


def test_a_ratio_of_the_printed_13_stands_where_a_quarter_is_lost() -> None:
    row = GOOD | {"tw2_k": None, "capaian_k_pct_lapor": 60.0, "predikat_lapor": None}
    found = findings(row, cells=(_lost("tw2_k"),))
    assert list(found["aturan"]) == ["sel_tidak_terbaca", "capaian_salah_hitung"]
    assert found["nilai_seharusnya"][1] == "50"


def test_without_target() -> None:
    row = GOOD | {"target_k": 0.0, "target_rp": 0, "capaian_k_pct_lapor": None, "capaian_rp_pct_lapor": None}
    idle = {"tw1_k": 0.0, "tw2_k": 0.0, "realisasi_k_lapor": 0.0, "tw1_rp": 0, "tw2_rp": 0, "realisasi_rp_lapor": 0, "predikat_lapor": None}
    idle |= {"renstra_realisasi_k_lapor": 0.0, "renstra_realisasi_rp_lapor": 0, "renstra_capaian_k_pct_lapor": 0.0}
    found, ratio, nothing = rules_of(
        case(row), case(row | {"capaian_k_pct_lapor": 50.0}), case(row | idle | {"renstra_capaian_rp_pct_lapor": 0.0})
    )
    assert found == ["predikat_tanpa_target", "realisasi_tanpa_target", "realisasi_tanpa_target"]
    assert "capaian_salah_hitung" in ratio
    assert nothing == []


def test_money_and_output() -> None:
    no_output = {"tw1_k": 0.0, "tw2_k": 0.0, "realisasi_k_lapor": 0.0, "capaian_k_pct_lapor": 0.0, "renstra_realisasi_k_lapor": 0.0}
    no_money = {"tw1_rp": 0, "tw2_rp": 0, "realisasi_rp_lapor": 0, "capaian_rp_pct_lapor": 0.0, "renstra_realisasi_rp_lapor": 0}
    output, money, above = findings_of(
        case(GOOD | no_output | {"renstra_capaian_k_pct_lapor": 0.0}),
        case(GOOD | no_money | {"renstra_capaian_rp_pct_lapor": 0.0}),
        case(GOOD | {"target_rp": 300_000, "capaian_rp_pct_lapor": 111.11}),
    )
    assert list(output["aturan"]) == ["anggaran_tanpa_kinerja"]
    assert list(money["aturan"]) == ["kinerja_tanpa_anggaran"]
    assert (list(above["aturan"]), above["nilai_seharusnya"][0]) == (["realisasi_melebihi_pagu"], "300.000")


def test_money_without_output_is_judged_by_code_not_by_indicator() -> None:
    second = {"kode": SUB, "kelompok": 2, "indikator_ke": 2, "target_k": 4.0, "tw1_k": 0.0, "realisasi_k_lapor": 0.0} | TITLE
    assert rules(GOOD | {"kelompok": 2}, second) == []


def test_two_sums_of_money_for_one_code() -> None:
    second = {"kode": SUB, "kelompok": 2, "indikator_ke": 2, "target_k": 4.0, "tw1_k": 1.0} | TITLE
    found, repeated = findings_of(*(case(GOOD | {"kelompok": 2}, second | {"target_rp": money}) for money in (8, 1_000_000)))
    assert (list(found["aturan"]), found["sel"][0], found["nilai_seharusnya"][0]) == (
        ["rupiah_ganda"], f"{LETTERS['target_rp']}14", "1.000.000",
    )  # fmt: skip
    assert repeated.empty  # the same one


def test_codes() -> None:
    other = GOOD | {"kode": "7.01.01.2.01.0002", "uraian": "Koordinasi dan Penyusunan Dokumen RKA-SKPD"}
    later = GOOD | {"kode": "7.01.01.2.01.0008", "uraian": None}
    known_from = {int(n.berlaku_sejak) for n in REFERENCES.nomenklatur if n.kode == "7.01.01.2.01.0008"}
    assert known_from == {2026}
    *found, unknown = findings_of(
        case(GOOD, parents=False),
        case(GOOD, other, parents=False),
        case(GOOD, GOOD | {"kode": f"{SUB}#2"}),
        case(later, tahun=2024),
        case(later, tahun=2026),
        case(GOOD | {"kode": "7.01.01.2.01.0099"}),
    )
    orphan, orphans, twice, early, known = (list(one["aturan"]) for one in found)
    assert orphan == orphans == ["induk_tidak_ada"]  # one row is missing, not two
    assert twice == ["kode_ganda"]
    assert early == ["kode_tidak_dikenal"]
    assert "kode_tidak_dikenal" not in known
    assert (list(unknown["aturan"]), unknown["sel"][0]) == (["kode_tidak_dikenal"], f"{LETTERS['kode_lapor']}13")


def test_the_readers_finding_is_not_told_twice() -> None:
    cell = CellFinding("kode_ganda", f"{LETTERS['kode_lapor']}14", SUB, None, f"{SUB}#2", "kode_lapor", 14)
    assert rules(GOOD, GOOD | {"kode": f"{SUB}#2"}, cells=(cell,)) == ["kode_ganda"]


def test_units() -> None:
    units = {"target_satuan": "dokumen", "tw1_satuan": "orang", "tw2_satuan": "dokumen", "capaian_satuan": "dokumen"}
    in_cell = {name: letters for name, letters in LETTERS.items() if not name.endswith("_satuan")}
    found, joined = findings_of(case(GOOD | units), case(GOOD | units, letters=in_cell))
    assert (list(found["aturan"]), found["sel"][0]) == (["satuan_tidak_seragam"], f"{LETTERS['tw1_satuan']}13")
    assert joined["sel"][0] == f"{LETTERS['tw1_k']}13"  # value and unit in one cell


def _foot(average: float | None, grade: str | None = None) -> dict[str, Any]:
    return {"rata_rata_lapor": average, "rata_rata_desimal": 2, "rata_rata_sel": "AD60", "predikat_lapor": grade, "predikat_sel": "AG61"}


def _programs() -> list[dict[str, Any]]:
    unit = {"satuan": "dokumen", "target_k": 10.0}
    return [PARENTS[0] | unit | {"tw1_k": 15.0}, {"kode": "7.01.04", "tw1_k": 2.0} | unit]


def test_average_and_grade_of_the_foot() -> None:
    orphan = {"kode": "7.01.05.2.01.0001", "uraian": None}  # its program is not in the form: no average can be proven
    right, wrong, grade, unproven = findings_of(
        case(*_programs(), parents=False, **_foot(60.0, "rendah")),  # (100 + 20) / 2
        case(*_programs(), parents=False, **_foot(85.0)),
        case(*_programs(), parents=False, **_foot(60.0, "Sedang")),
        case(*_programs(), orphan, parents=False, **_foot(85.0)),
    )
    assert right.empty
    assert (list(wrong["aturan"]), wrong["sel"][0], wrong["nilai_seharusnya"][0]) == (["rata_rata_beda"], "AD60", "60")
    assert (list(grade["aturan"]), grade["sel"][0]) == (["predikat_tidak_sesuai"], "AG61")
    assert "rata_rata_beda" not in set(unproven["aturan"])


def test_signed_before_the_quarter_ended() -> None:
    days = (dt.date(2024, 6, 29), dt.date(2024, 6, 30), None)
    before, on, none = findings_of(*(case(GOOD, tanda_tangan_tanggal=day, tanda_tangan_sel="AN104") for day in days))
    assert on.empty
    assert none.empty
    (one,) = before.to_dict("records")
    assert one["aturan"] == "tanggal_sebelum_akhir_triwulan"
    assert (one["sel"], one["nilai_lapor"], one["nilai_seharusnya"]) == ("AN104", "29 Juni 2024", "30 Juni 2024")


def test_total_is_the_sum_of_the_sasaran() -> None:
    total = {"kode": None, "level": "total", "target_rp": 300}
    rows = [{"kode": "S1", "target_rp": 100}, {"kode": "S2", "target_rp": 200}]
    right, found, silent = findings_of(*(case(*rows, total | {"target_rp": stated}, parents=False) for stated in (300, 302, None)))
    assert right.empty
    assert (list(found["aturan"]), found["kode"][0], found["nilai_seharusnya"][0]) == (["total_beda"], "TOTAL", "300")
    assert silent.empty  # says nothing: nothing to be wrong


def test_bappeda_may_be_stricter_than_rounding() -> None:
    """`toleransi.csv`: half a digit less, and a rupiah less."""
    row = GOOD | {"realisasi_rp_lapor": 333_334, "renstra_realisasi_rp_lapor": 333_334}
    assert rules(row) == []
    strict = dataclasses.replace(REFERENCES, toleransi={"rupiah": Decimal("0.5"), "digit_terakhir": Decimal("0.3")})
    (found,) = findings_of(case(row), references=strict)
    assert {"realisasi_bukan_jumlah_triwulan", "capaian_salah_hitung"} <= set(found.loc[found["tingkat"] == "galat", "aturan"])


def test_what_stands_in_the_cell_is_told_apart_from_what_we_compute() -> None:
    cases: tuple[tuple[str, dict[str, Any], str | None, str], ...] = (
        ("capaian_di_atas_100", {"tw2_k": 18.0}, "50", "menunjukkan capaian kinerja 50 % (menurut hitungan 200)"),
        ("capaian_di_atas_100", {"tw2_k": 18.0, "capaian_k_pct_lapor": 200.0}, "200", "menunjukkan capaian kinerja 200 %;"),
        ("realisasi_melebihi_pagu", {"target_rp": 300_000}, "333.333", "tertulis 333.333, melebihi pagu 300.000;"),
        (
            "realisasi_melebihi_pagu",
            {"target_rp": 300_000, "realisasi_rp_lapor": 200_000},
            "200.000",
            "tertulis 200.000 (menurut hitungan 333.333), melebihi pagu 300.000;",
        ),
        (
            "realisasi_melebihi_pagu",
            {"target_rp": 300_000, "realisasi_rp_lapor": None},
            None,
            "(dihitung dari triwulannya, selnya sendiri kosong)",
        ),
    )
    every = findings_of(*(case(GOOD | change) for _, change, _, _ in cases), info=True)
    for found, (aturan, _, lapor, told) in zip(every, cases, strict=True):
        (one,) = found[(found["aturan"] == aturan) & found["kode"].eq(SUB)].to_dict("records")
        assert told in one["pesan"]
        if lapor:
            assert one["nilai_lapor"] == lapor


def test_a_wrong_sum_says_why_the_indicator_is_not_added_up() -> None:
    declared = dataclasses.replace(REFERENCES.jenis_indikator[0], kode=SUB, indikator=str(GOOD["indikator"]), jenis_akumulasi="maksimum")
    references = dataclasses.replace(REFERENCES, jenis_indikator=(declared,))
    changes = {"ditetapkan di jenis_indikator.csv": {}, "satuan indeks tidak dijumlahkan": {"indikator": "x", "satuan": "indeks"}}
    every = findings_of(*(case(GOOD | change) for change in changes.values()), references=references)
    for found, why in zip(every, changes, strict=True):
        (pesan,) = found.loc[found["aturan"] == "realisasi_bukan_jumlah_triwulan", "pesan"]
        assert why in pesan


def test_a_ratio_of_what_should_be_few_says_so() -> None:
    declared = dataclasses.replace(REFERENCES.jenis_indikator[0], kode=SUB, indikator=str(GOOD["indikator"]), polaritas="turun")
    references = dataclasses.replace(REFERENCES, jenis_indikator=(declared,))
    found = findings_of(
        case(GOOD | {"tw1_k": 5.0, "tw2_k": 5.0, "realisasi_k_lapor": 5.0, "target_k": 4.0, "capaian_k_pct_lapor": 125.0}),
        references=references,
    )[0]
    wrong = found[found["aturan"] == "capaian_salah_hitung"]
    assert list(wrong["nilai_seharusnya"]) == ["80"]
    assert "(makin kecil makin baik: target dibagi realisasi)" in wrong["pesan"].iloc[0]
