"""The whole way of the data through the real Dagster job, on real workbooks: what is published, what a failure leaves."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import openpyxl
import pytest
from dagster import AssetKey, AssetRecordsFilter, DagsterInstance, DagsterRunStatus, RunsFilter

from pipelines.orchestration.command import Failed, Misused, run_pipeline
from pipelines.orchestration.instance import open_instance
from pipelines.orchestration.steps import Run
from pipelines.settings import Settings
from tests.orchestration.conftest import TODAY, Regency

pytestmark = pytest.mark.xdist_group("orchestration")


def ask(settings: Settings, sql: str) -> list[tuple]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def change(path: Path, value: int) -> str:
    """Add `value` to the first target (Rp) that is a plain number, wherever the form has it; the file is later than before."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.active
    for row in sheet.iter_rows(min_row=12):
        for cell in row:
            if isinstance(cell.value, int | float) and cell.value > 1_000_000:
                cell.value += value
                workbook.save(path)
                return cell.coordinate
    raise AssertionError("no figure to change")


def snapshot(settings: Settings) -> dict[str, tuple[bytes, float]]:
    """Everything that is published: the warehouse, its copies, the reports."""
    folders = (settings.warehouse.parent, settings.laporan, settings.perbaikan, settings.kamus)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(settings.out)): (path.read_bytes(), path.stat().st_mtime) for path in files}


def test_publishes_the_real_form_and_the_sample(published: Regency):
    settings, summary = published.settings, published.outcome.summary
    assert published.outcome.fresh
    assert (summary.berkas, summary.dibaca, summary.berlaku, summary.ditolak) == (5, 5, 5, ())
    (program,) = ask(
        settings,
        "select target_rp, realisasi_rp, round(capaian_rp_pct, 2) from mart_evaluasi"
        " where kecamatan = 'Lumajang' and triwulan = 2 and kode = '7.01.04' and target_rp is not null",
    )
    assert (int(program[0]), int(program[1]), program[2]) == (151_010_000, 107_740_000, 71.35)
    (staff,) = ask(
        settings,
        "select realisasi_k, capaian_k_pct, realisasi_k_lapor from fact_kinerja join dim_indikator using (indikator_key)"
        " join dim_kecamatan using (kecamatan_key) where dim_indikator.kode = '7.01.01.2.02.0001' and nama = 'Lumajang'",
    )
    assert staff == (64, 100, 128)
    rules = {row[0] for row in ask(settings, "select distinct aturan from fact_temuan")}
    assert {"total_beda", "realisasi_bukan_jumlah_triwulan", "tanggal_sebelum_akhir_triwulan"} <= rules
    assert ask(settings, "select count(*) from fact_pelaporan where status = 'diterima'") == [(5,)]
    assert (settings.laporan / "rekap_2024_tw2.xlsx").is_file()
    assert {path.stem for path in settings.parquet.glob("*.parquet")} >= {"fact_anggaran", "mart_evaluasi"}


def test_everything_a_run_writes_is_below_the_out_folder(published: Regency):
    assert {path.name for path in published.settings.raw.parent.iterdir()} == {"raw", "out"}
    assert all(path.suffix == ".xlsx" for path in published.settings.raw.rglob("*") if path.is_file())


def test_nothing_new_does_nothing_and_is_quick(published: Regency):
    settings = published.settings
    before = snapshot(settings)
    with open_instance(settings) as instance:
        runs = instance.get_runs_count()
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", "--raw", str(settings.raw), "--out", str(settings.out)],
        env={**os.environ, "RENJA_HARI_INI": TODAY.isoformat(), "RENJA_TAHUN_AKHIR": "2025"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert time.monotonic() - started < 3
    assert "Tidak ada yang baru" in done.stdout
    assert "5 kiriman" in done.stdout
    assert snapshot(settings) == before
    with open_instance(settings) as instance:
        assert instance.get_runs_count() == runs


def test_a_changed_workbook_alone_is_read_again_and_readers_are_undisturbed(regency: Regency):
    settings = regency.settings
    path = sorted(settings.raw.rglob("*.xlsx"))[0]
    old = ask(settings, "select sum(target_rp) from mart_kabupaten_program")
    with duckdb.connect(str(settings.warehouse), read_only=True) as reader:
        change(path, 1_000_000)
        outcome = run_pipeline(settings)
        assert reader.execute("select sum(target_rp) from mart_kabupaten_program").fetchall() == old
    assert outcome.fresh
    assert (outcome.summary.dibaca, outcome.summary.berlaku, outcome.summary.digantikan) == (1, 5, 1)
    assert ask(settings, "select revisi_ke from dim_berkas where status = 'berlaku' and revisi_ke > 0") == [(1,)]
    with open_instance(settings) as instance:
        cells = _board_cells(instance)
    kecamatan = path.stem.title()
    assert len(cells[1]) == 5
    assert f"{kecamatan}|2024-TW1" in cells[0]
    # the other triwulan of that kecamatan may have a new finding (its target no longer agrees); nobody else's cell is touched
    assert {cell.split("|")[0] for cell in cells[0]} == {kecamatan}


def _board_cells(instance: DagsterInstance) -> list[set[str]]:
    """The partitions that each run noted on the board, the latest run first."""
    found = instance.fetch_materializations(AssetRecordsFilter(asset_key=AssetKey("papan_kiriman")), limit=100).records
    runs: dict[str, set[str]] = {}
    for record in found:  # latest first
        runs.setdefault(record.run_id, set()).add(str(record.partition_key))
    return list(runs.values())


def test_refused_files_are_told_and_stop_nobody_and_what_left_the_folder_stays(regency: Regency):
    settings = regency.settings
    marts = "select * exclude (berkas_key) from mart_kecamatan_ringkasan order by all"
    before = ask(settings, marts)
    sorted((settings.raw / "2024" / "tw2").glob("*.xlsx"))[0].unlink()
    (settings.raw / "rusak.xlsx").write_bytes(b"PK\x03\x04 terpotong")
    os.mkfifo(settings.raw / "pipa.xlsx")
    twin = sorted((settings.raw / "2024" / "tw1").glob("*.xlsx"))[0]
    shutil.copy2(twin, settings.raw / "2024" / "tw1" / "salinan.xlsx")
    outcome = run_pipeline(settings)
    assert {item.path for item in outcome.summary.ditolak} == {"rusak.xlsx", "pipa.xlsx"}
    assert (outcome.summary.berkas, outcome.summary.dibaca, outcome.summary.berlaku) == (6, 1, 5)
    assert ask(settings, marts) == before
    assert ask(settings, "select count(*) from fact_temuan where tingkat = 'tolak'") == [(2,)]
    assert ask(settings, "select status, count(*) from dim_berkas group by 1 order by 1") == [("berlaku", 5), ("ditolak", 2), ("ganda", 1)]
    again = run_pipeline(settings)
    assert not again.fresh
    assert len(again.summary.ditolak) == 2


def test_a_failure_leaves_the_old_publication_and_says_where(regency: Regency):
    settings = regency.settings
    before = snapshot(settings)
    change(sorted(settings.raw.rglob("*.xlsx"))[0], 5_000_000)

    def broken(self: Run) -> None:
        raise ZeroDivisionError("dibuat gagal")

    faulty = type("FaultyRun", (Run,), {"transformed": property(broken)})
    with pytest.raises(Failed, match=r"dibuat gagal.*proses [0-9a-f-]{36}"):
        run_pipeline(settings, faulty)
    assert snapshot(settings) == before
    with open_instance(settings) as instance:
        assert instance.get_runs(limit=1)[0].status is DagsterRunStatus.FAILURE


def test_a_report_that_cannot_be_written_leaves_the_old_publication(regency: Regency):
    settings = regency.settings
    (settings.kamus / "index.html").unlink()
    settings.kamus.rmdir()
    settings.kamus.write_text("bukan folder")
    before = snapshot(settings)
    change(sorted(settings.raw.rglob("*.xlsx"))[0], 5_000_000)
    with pytest.raises(Failed, match="kamus") as failed:
        run_pipeline(settings)
    assert not failed.value.published
    assert snapshot(settings) == before
    assert not list(settings.out.rglob(".terbit*"))


def test_wrong_reference_table_is_said_in_words(regency: Regency, tmp_path: Path):
    acuan = tmp_path / "acuan"
    shutil.copytree(Settings().acuan, acuan)
    text = (acuan / "kecamatan.csv").read_text()
    (acuan / "kecamatan.csv").write_text(text + "bukan,baris,yang,benar,sama\n")
    before = snapshot(regency.settings)
    with pytest.raises(Failed, match=r"kecamatan\.csv baris \d+"):
        run_pipeline(regency.settings.model_copy(update={"acuan": acuan}))
    assert snapshot(regency.settings) == before


def test_folders_that_make_no_sense(tmp_path: Path):
    raw = tmp_path / "raw"
    raw.mkdir()
    with pytest.raises(Misused, match="di dalam folder masukan"):
        run_pipeline(Settings(raw=raw, out=raw / "out"))
    with pytest.raises(Misused, match="tidak ada"):
        run_pipeline(Settings(raw=tmp_path / "lain", out=tmp_path / "out"))
    assert not (raw / "out").exists()


def test_killed_at_any_moment_the_publication_is_the_old_or_the_new(regency: Regency):
    settings = regency.settings
    command = [sys.executable, "-m", "pipelines.cli", "run", "--raw", str(settings.raw), "--out", str(settings.out)]
    environment = {**os.environ, "RENJA_HARI_INI": TODAY.isoformat(), "RENJA_TAHUN_AKHIR": "2025"}
    total = "select sum(coalesce(target_renstra_rp, 0) + coalesce(realisasi_lalu_rp, 0) + coalesce(target_rp, 0)) from fact_anggaran"
    draw = random.Random(5)
    path = sorted(settings.raw.rglob("*.xlsx"))[0]
    ((first,),) = ask(settings, total)
    seen = {first}
    for step, latest in (("Menyusun gudang", 3.0), ("Menerbitkan", 0.1)):
        change(path, 1_000_000)
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert any(step in line for line in process.stderr), "that step is not told: this test would see nothing"
        time.sleep(draw.uniform(0, latest))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stderr.close()
        ((now,),) = ask(settings, total)
        seen.add(now)
        assert ask(settings, "select count(*) from mart_evaluasi")[0][0] > 0
    subprocess.run(command, env=environment, check=True, capture_output=True)
    ((last,),) = ask(settings, total)
    step_rp = (last - first) / 2  # two changes; the figure, and the sums above it, which the form has as formulas
    assert step_rp >= 1_000_000
    assert seen <= {first + step_rp * number for number in range(3)}, "neither an old one nor the new"
    assert not list(settings.warehouse.parent.glob(".terbit-*"))
    with open_instance(settings) as instance:
        assert not instance.get_runs_count(RunsFilter(statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING]))
