"""Sensor and schedule with Dagster's own contexts, and once with a real daemon."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.automation import nightly_schedule, raw_folder_sensor
from pipelines.orchestration.freshness import inputs_of, note_publication
from pipelines.orchestration.instance import prepare_home
from pipelines.sample import write_sample
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse.discovery import discover
from pipelines.warehouse.ledger import Ledger
from tests.orchestration.conftest import Regency, settings_of

pytestmark = pytest.mark.xdist_group("orchestration")


class Watch:
    """A sensor over a raw folder, asked again and again as the daemon asks it: the cursor is kept."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sensor = raw_folder_sensor(settings, dg.define_asset_job("renja"))
        self.cursor: str | None = None

    def tick(self) -> str | None:
        """The run_key that was asked for, if any."""
        data = self.sensor.evaluate_tick(dg.build_sensor_context(cursor=self.cursor))
        self.cursor = data.cursor or self.cursor
        assert len(data.run_requests or []) <= 1
        return data.run_requests[0].run_key if data.run_requests else None

    def publish(self) -> None:
        """As a run does at its end."""
        inputs = inputs_of(discover(self.settings.raw, batas_ukuran_mib=1), self.settings)
        with Ledger(self.settings.ledger) as ledger:
            note_publication(ledger, inputs, self.settings, "{}")


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    settings = settings_of(tmp_path)
    settings.raw.mkdir()
    return Watch(settings)


def test_new_content_is_asked_for_once(watch: Watch):
    (watch.settings.raw / "a.xlsx").write_bytes(b"A")
    assert watch.tick()
    assert watch.tick() is None
    watch.publish()
    assert watch.tick() is None


def test_other_times_are_no_news_other_content_is(watch: Watch):
    path = watch.settings.raw / "a.xlsx"
    path.write_bytes(b"A")
    watch.tick()
    watch.publish()
    os.utime(path, ns=(1, 1))
    assert watch.tick() is None
    path.write_bytes(b"B")
    os.utime(path, ns=(1, 1))
    assert watch.tick()


def test_content_put_back_runs_again_under_another_key(watch: Watch):
    path = watch.settings.raw / "a.xlsx"
    keys = []
    for content in (b"A", b"B", b"A", b"B"):
        path.write_bytes(content)
        keys.append(watch.tick())
        watch.publish()
    assert all(keys)
    assert len(set(keys)) == 4


def test_content_put_back_after_a_run_by_hand_runs_again(watch: Watch):
    path = watch.settings.raw / "a.xlsx"
    path.write_bytes(b"A")
    first = watch.tick()
    watch.publish()
    path.write_bytes(b"B")
    watch.publish()  # `renja run` by hand, before the sensor looked
    assert watch.tick() is None
    path.write_bytes(b"A")
    assert watch.tick() not in (None, first)


def test_a_tick_that_is_evaluated_twice_asks_for_the_same_run(watch: Watch):
    """A daemon that dies between launching and keeping the cursor must not launch twice: the key is what Dagster knows the run by."""
    (watch.settings.raw / "a.xlsx").write_bytes(b"A")
    cursor = watch.cursor
    first = watch.tick()
    watch.cursor = cursor
    assert watch.tick() == first


def test_a_failed_run_is_not_asked_for_without_end(watch: Watch):
    path = watch.settings.raw / "a.xlsx"
    path.write_bytes(b"A")
    assert watch.tick()
    assert [watch.tick() for _ in range(3)] == [None] * 3
    path.write_bytes(b"B")
    assert watch.tick()


def test_missing_folder_is_no_error(tmp_path: Path):
    assert Watch(settings_of(tmp_path)).tick() is None


def test_changed_setting_is_news(watch: Watch):
    (watch.settings.raw / "a.xlsx").write_bytes(b"A")
    watch.publish()
    other = Watch(watch.settings.model_copy(update={"batas_capaian": 120.0}))
    assert watch.tick() is None
    assert other.tick()


def test_nightly(tmp_path: Path):
    schedule = nightly_schedule(settings_of(tmp_path, jadwal="30 2 * * *"), dg.define_asset_job("renja"))
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 2 * * *", "Asia/Jakarta")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    data = schedule.evaluate_tick(dg.build_schedule_context())
    assert len(data.run_requests or []) == 1


def test_inputs_know_the_day_apart_from_the_content(watch: Watch):
    discovery = discover(watch.settings.raw, batas_ukuran_mib=1)
    first, next_day = (
        inputs_of(discovery, Settings(raw=watch.settings.raw, out=watch.settings.out, hari_ini=dt.date(2024, 8, day))) for day in (1, 2)
    )
    assert first.isi == next_day.isi
    assert first != next_day


def test_definitions_load_and_every_asset_says_its_grain(published: Regency):
    definitions = assemble(published.settings)
    dg.Definitions.validate_loadable(definitions)
    graph = definitions.resolve_asset_graph()
    silent = [key.to_user_string() for key in graph.get_all_asset_keys() if not graph.get(key).description]
    assert not silent
    names = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert {"berkas", "formulir", "kiriman", "figur", "temuan", "mentah", "gudang", "laporan", "papan_kiriman"} <= names
    assert {"dim_kecamatan", "fact_anggaran", "mart_evaluasi"} <= names
    checks = {key.to_user_string() for key in graph.asset_check_keys}
    assert {"temuan:total_beda", "temuan:berkas_tidak_terbaca", "temuan:checkpoint_aturan"} <= checks
    assert any(name.startswith("mart_evaluasi:") for name in checks)
    (job,) = [job for job in definitions.resolve_all_job_defs() if job.name == "renja"]
    assert job.executor_def.name == "in_process"


def test_a_real_daemon_takes_in_a_new_file(tmp_path: Path):
    settings = Settings(raw=tmp_path / "raw", out=tmp_path / "out")
    write_sample(settings.raw, kecamatan=1, tahun=(2024,), triwulan=(1,))
    prepare_home(settings)
    environment = {**os.environ, "RENJA_RAW": str(settings.raw), "RENJA_OUT": str(settings.out)}
    log = (tmp_path / "log").open("wb")
    daemon = subprocess.Popen(
        [sys.executable, "-m", "dagster._daemon", "run", "-w", str(PROJECT / "workspace.yaml")],
        env=environment,
        cwd=PROJECT,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 120
        while not settings.warehouse.is_file() and time.monotonic() < deadline and daemon.poll() is None:
            time.sleep(0.5)
    finally:
        os.killpg(daemon.pid, signal.SIGTERM)
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()
        log.close()
    assert settings.warehouse.is_file(), (tmp_path / "log").read_text(errors="replace")[-3000:]
