"""The laws of the contract on hand-made submissions whose figures a person can add up (`frames`)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.warehouse import frames
from tests.warehouse.conftest import Built

LEAVES_TARGET = (
    Decimal("1000.55") + Decimal("999.45") + 700 + 300
)  # two sub kegiatan, a kegiatan without one, an unknown program without any
LEAVES_REALISASI = Decimal("220.25") + 0 + 70 + 30


def test_leaf_money_is_summed_once_and_never_sasaran_kelurahan_or_total(built: Built) -> None:
    assert built.rows("select target_rp, realisasi_rp from mart_kecamatan_ringkasan where kecamatan = 'Lumajang' and triwulan = 2") == [
        (LEAVES_TARGET, LEAVES_REALISASI)
    ]
    assert built.rows(
        "select target_rp, realisasi_rp, jumlah_kecamatan_lapor, jumlah_kecamatan from mart_kabupaten_ringkasan where triwulan = 2"
    ) == [(LEAVES_TARGET + 150, LEAVES_REALISASI + 40, 2, 21)]


def test_program_mart_adds_up_to_the_regency_and_shows_money_without_a_program(built: Built) -> None:
    found = dict(built.rows("select kode, target_rp from mart_kabupaten_program where triwulan = 2"))
    assert found == {frames.P1: Decimal("2100.00"), frames.P4: Decimal(700), "7.01.99": Decimal(300), "TANPA_PROGRAM": Decimal(50)}
    assert built.rows("select jumlah_kecamatan from mart_kabupaten_program where triwulan = 2 and kode = '7.01.01'") == [(2,)]


def test_averages_cap_at_100_skip_indicators_without_target_and_pool_the_regency(built: Built) -> None:
    found = built.rows(
        "select kecamatan, rata_capaian_k_pct, predikat, peringkat from mart_kecamatan_ringkasan where triwulan = 2 order by peringkat"
    )
    # Lumajang: 38, 150 → 100, 60; 7.01.04 has no figure. Pasirian: 91.
    assert found == [("Pasirian", 91.0, "Sangat Tinggi", 1), ("Lumajang", 66.0, "Sedang", 2)]
    assert built.rows("select rata_capaian_k_pct, predikat from mart_kabupaten_ringkasan where triwulan = 2") == [
        ((38 + 100 + 60 + 91) / 4, "Sedang")
    ]


def test_money_stands_on_the_first_indicator_row_alone(built: Built) -> None:
    found = built.rows(
        "select indikator, target_rp, realisasi_rp, tw1_rp from mart_evaluasi "
        f"where kecamatan = 'Lumajang' and triwulan = 2 and kode = '{frames.S1A}' order by urutan"
    )
    assert found == [("Jumlah dokumen", Decimal("1000.55"), Decimal("220.25"), Decimal("120.00")), ("Jumlah laporan", None, None, None)]


def test_not_stated_and_nil_stay_apart(built: Built) -> None:
    assert built.rows(
        "select triwulan, realisasi_rp from fact_anggaran_triwulan join dim_berkas using (berkas_key) "
        f"where kode = '{frames.S1B}' and status = 'berlaku' order by triwulan"
    ) == [(1, None), (2, Decimal(0)), (3, None), (4, None)]
    assert built.rows("select realisasi_rp, capaian_rp_pct from fact_anggaran where kode = 'S1' and target_rp = 50") == [
        (Decimal(10), 20.0)
    ]
    assert built.rows("select target_k, capaian_k_pct from mart_evaluasi where indikator = 'Jumlah laporan'") == [(0.0, None)]


def test_equal_indicator_texts_under_one_code_stay_two_indicators(built: Built) -> None:
    keys = built.rows(
        "select count(*), count(distinct indikator_key), list(ulangan order by ulangan) "
        "from fact_kinerja join dim_indikator using (indikator_key) "
        "where berkas_key = 3 and fact_kinerja.kode = '7.01.01'"
    )
    assert keys == [(2, 2, [1, 2])]


def test_facts_hold_current_submissions_only_and_findings_of_refused_ones(built: Built) -> None:
    assert built.rows("select distinct berkas_key from fact_anggaran order by 1") == [(1,), (3,), (4,)]
    assert built.rows(
        "select berkas_key, kecamatan_key, periode_key, aturan from fact_temuan where tingkat in ('tolak', 'info') order by 1"
    ) == [
        (3, 350810, 20242, "kiriman_ganda"),
        (5, 350806, 20242, "periode_tidak_dikenali"),
        (6, None, None, "kiriman_ganda"),
    ]
    counts = "select jumlah_temuan, jumlah_temuan_diterima from"
    assert built.rows(f"{counts} mart_kecamatan_ringkasan where berkas_key = 3") == [(2, 1)]
    assert built.rows(f"{counts} mart_kabupaten_ringkasan where tahun = 2024 and triwulan = 2") == [(2, 1)]


def test_unknown_codes_are_kept_and_pseudo_codes_are_known(built: Built) -> None:
    found = built.rows(
        f"select kode, level, dikenal from dim_nomenklatur where kode in ('7.01.99', 'S1', '{frames.S1A}/Tompokersan') order by kode"
    )
    assert found == [(f"{frames.S1A}/Tompokersan", "kelurahan", True), ("7.01.99", "program", False), ("S1", "sasaran", True)]
    assert built.rows("select kode_2_digit from dim_nomenklatur where kode = '7.01.01.2.01.0001'") == [("7.01.01.2.01.01",)]


def test_trend_stops_at_the_reporting_triwulan_and_takes_the_newest_form(built: Built) -> None:
    assert built.rows(
        "select triwulan, realisasi_rp, realisasi_kumulatif_rp from mart_tren_triwulan where kecamatan = 'Lumajang' order by 1"
    ) == [
        (1, Decimal(150), Decimal(150)),
        (2, Decimal("170.25"), Decimal("320.25")),
        (3, None, None),
        (4, None, None),
    ]


def test_each_obstacle_falls_in_exactly_one_category_and_words_are_words(built: Built) -> None:
    found = dict(built.rows("select kategori, jumlah from mart_kendala"))
    # "penganggaran" is anggaran; "Mendatang" is not data; "-" is no obstacle
    assert found == {"anggaran": 2, "sumber daya manusia": 1, "lainnya": 1}
    assert built.rows("select kecamatan, jumlah_kecamatan, contoh from mart_kendala where kategori = 'lainnya'") == [
        ("Pasirian", 1, "Mendatang ada rapat")
    ]


def test_restated_closed_quarters(built: Built) -> None:
    found = built.rows(
        "select triwulan, kolom, nilai_lama, nilai_baru, selisih, berkas_key_lama, berkas_key_baru from mart_revisi "
        f"where kode = '{frames.S1A}' order by berkas_key_baru"
    )
    assert found == [
        (2, "tw1_rp", Decimal(100), Decimal(130), Decimal(30), 1, 2),
        (2, "tw1_rp", Decimal(130), Decimal(120), Decimal(-10), 2, 3),
    ]
    assert built.rows("select count(*) from mart_revisi where kolom like '%_k'") == [(0,)]


def test_reconciliation_holds_equal_rows_too_and_only_current_submissions(built: Built) -> None:
    assert built.rows("select kode, uraian is not null, dilaporkan, jumlah_anak, selisih from mart_rekonsiliasi order by kode") == [
        (frames.K1, True, Decimal(2000), Decimal(2000), Decimal(0)),
        ("TOTAL", True, Decimal(4), Decimal(9999), Decimal(-9995)),
    ]


@pytest.mark.parametrize(
    ("kecamatan", "triwulan", "expected"),
    [
        ("Lumajang", 1, ("diterima", 2, 0, 0, 0)),  # 16 April, due Friday 12 April
        ("Lumajang", 2, ("diterima", 0, 1, 1, 1)),  # the first form was in time, whatever the revision
        ("Pasirian", 2, ("diterima", 3, 0, 0, 0)),  # 18:00 UTC is the day after in Jakarta
        ("Kunir", 2, ("ditolak", 14, None, 0, 0)),  # due 12 July, today 1 August
        ("Tempeh", 2, ("belum", 14, None, 0, 0)),
    ],
)
def test_submission_board(built: Built, kecamatan: str, triwulan: int, expected: tuple) -> None:
    assert built.rows(
        "select status, hari_terlambat, revisi_ke, jumlah_galat, jumlah_peringatan "
        "from fact_pelaporan join dim_kecamatan using (kecamatan_key) "
        f"join dim_periode using (periode_key) where nama = '{kecamatan}' and triwulan = {triwulan}"
    ) == [expected]


def test_the_board_has_every_kecamatan_for_every_due_triwulan_only(built: Built) -> None:
    assert built.rows("select periode_key, count(*) from fact_pelaporan group by 1 order by 1") == [(20241, 21), (20242, 21)]


def test_dates_and_office_of_the_signature_arrive(built: Built) -> None:
    assert built.rows("select distinct tanda_tangan_tanggal, tanda_tangan_jabatan from dim_berkas") == [(dt.date(2024, 7, 3), "Camat")]
