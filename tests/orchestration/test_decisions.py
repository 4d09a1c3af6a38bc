"""Accepted findings through the command and the real job: visible as accepted everywhere, expired where the cell says something else."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipelines.cli import main
from pipelines.orchestration.command import Failed, run_pipeline
from pipelines.orchestration.instance import open_instance
from pipelines.quality.catalogue import BY_ID
from pipelines.quality.decisions import COLUMNS, load_decisions
from pipelines.settings import Settings
from tests.orchestration.conftest import Regency
from tests.orchestration.test_run import ask, snapshot

pytestmark = pytest.mark.xdist_group("orchestration")

TOTAL = "from fact_temuan where aturan = 'total_beda' and kecamatan_key = 350810"  # Lumajang's real form


def arguments(settings: Settings, sel: str, *rest: str, aturan: str = "total_beda") -> list[str]:
    return ["accept", "lumajang", "2024", "2", aturan, sel, *rest, "--out", str(settings.out)]


@pytest.fixture
def settings(regency: Regency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    table = tmp_path / "data" / "keputusan.csv"
    monkeypatch.setenv("RENJA_KEPUTUSAN", str(table))
    return regency.settings.model_copy(update={"keputusan": table})


def test_accepted_is_seen_everywhere_and_expires(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    sel, lembar, lapor = ask(settings, f"select sel, lembar, nilai_lapor {TOTAL} order by temuan_key limit 1")[0]
    assert main(arguments(settings, f"'{lembar}'!{sel.lower()}", "--alasan", "cetakan memuat\nangka lama")) == 0
    (decision,) = load_decisions(settings.keputusan)
    assert (decision.sel, decision.nilai_lapor, decision.alasan) == (sel, lapor, "cetakan memuat angka lama")
    assert main(arguments(settings, sel, "--alasan", "lagi")) == 1  # it is accepted already
    assert len(load_decisions(settings.keputusan)) == 1

    assert run_pipeline(settings).fresh  # a changed table is a reason to run
    assert ask(settings, f"select status_temuan {TOTAL} and sel = '{sel}'") == [("diterima",)]
    assert ask(settings, "select count(*) from fact_temuan where status_temuan <> 'terbuka'") == [(1,)]
    counts = "select jumlah_galat, jumlah_galat_diterima from fact_pelaporan where kecamatan_key = 350810 and periode_key = 20242"
    ((galat, diterima),) = ask(settings, counts)
    assert galat > diterima == 1
    marts = "select jumlah_temuan_diterima from mart_{}_ringkasan where tahun = 2024 and triwulan = 2"
    assert ask(settings, marts.format("kecamatan") + " and kecamatan = 'Lumajang'") == ask(settings, marts.format("kabupaten")) == [(1,)]
    recap = openpyxl.load_workbook(settings.laporan / "rekap_2024_tw2.xlsx")["Temuan"]
    assert [row for row in recap.iter_rows(values_only=True) if "diterima" in row and sel in row]
    marked = openpyxl.load_workbook(settings.perbaikan / "2024_tw2_lumajang.xlsx")
    assert "sudah diterima Bappeda" in marked[lembar][sel].comment.text
    assert [row for row in marked.worksheets[0].iter_rows(values_only=True) if "DITERIMA" in row and sel in row]
    assert "1 diterima Bappeda" in settings.validasi.read_text(encoding="utf-8")
    capsys.readouterr()
    main(["status", "--out", str(settings.out)])
    assert f"{galat} galat (1 diterima)" in capsys.readouterr().out
    with open_instance(settings) as instance:
        (check,) = instance.event_log_storage.get_asset_check_execution_history(_check("total_beda"), limit=1)
        metadata = check.event.dagster_event.event_specific_data.metadata  # type: ignore[union-attr]
        assert metadata["diterima"].value == 1
        (whole,) = instance.event_log_storage.get_asset_check_execution_history(_check("checkpoint_aturan"), limit=1)
        checkpoint = whole.event.dagster_event.event_specific_data  # type: ignore[union-attr]
        counts_per_rule = {rule: checkpoint.metadata[rule].value for rule in BY_ID}
        assert not checkpoint.passed  # what Bappeda accepts is still there
        assert counts_per_rule["total_beda"] == metadata["jumlah"].value
        assert sum(counts_per_rule.values()) == checkpoint.metadata["jumlah_gagal"].value

    path = settings.raw / "2024" / "tw2" / "lumajang.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook[lembar][sel].value = 123_456_789
    workbook.save(path)
    run_pipeline(settings)
    ((status, pesan),) = ask(settings, f"select status_temuan, pesan {TOTAL} and sel = '{sel}'")
    assert status == "kedaluwarsa"
    assert f"tidak berlaku lagi: waktu itu tertulis {lapor}" in pesan
    assert ask(settings, counts)[0][1] == 0
    marked = openpyxl.load_workbook(settings.perbaikan / "2024_tw2_lumajang.xlsx")
    assert "tidak berlaku lagi" in marked[lembar][sel].comment.text

    assert main(arguments(settings, sel, "--batal")) == 0
    assert load_decisions(settings.keputusan) == []
    assert main(arguments(settings, sel, "--batal")) == 1


def _check(aturan: str) -> object:
    from dagster import AssetCheckKey, AssetKey

    return AssetCheckKey(AssetKey("temuan"), aturan)


def test_only_what_is_published_can_be_accepted(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    ((sel,),) = ask(settings, f"select sel {TOTAL} order by temuan_key limit 1")
    for wrong, told in (
        (arguments(settings, "A1", "--alasan", "ya"), "tidak ada temuan itu"),
        (arguments(settings, f"Lain!{sel}", "--alasan", "ya"), "tidak ada temuan itu"),
        (arguments(settings, sel, "--alasan", "ya", aturan="nilai_negatif"), "total_beda"),
        (arguments(settings, sel, "--alasan", "ya", aturan="bukan_aturan"), "bukan_aturan"),
        (arguments(settings, sel, "--alasan", "  "), "Alasan"),
        (["accept", "Atlantis", *arguments(settings, sel, "--alasan", "ya")[2:]], "Atlantis"),
    ):
        assert main(wrong) == 1
        assert told in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(arguments(settings, sel))
    assert stopped.value.code == 2
    assert not settings.keputusan.exists()


def test_a_broken_table_fails_the_run_in_words_and_leaves_the_publication(settings: Settings) -> None:
    before = snapshot(settings)
    settings.keputusan.parent.mkdir()
    settings.keputusan.write_text(",".join(COLUMNS) + "\n2024-08-05,35.08.10,2024,dua,total_beda,A1,,,1,2,ya,\n", encoding="utf-8")
    with pytest.raises(Failed, match=r"keputusan\.csv baris 2 kolom triwulan: tertulis “dua”"):
        run_pipeline(settings)
    assert snapshot(settings) == before
    settings.keputusan.unlink()
