"""A small regency, published once by the real job; tests that change anything work on a copy."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.orchestration.command import Outcome, run_pipeline
from pipelines.sample import write_sample
from pipelines.settings import PROJECT, Settings

TODAY = dt.date(2024, 8, 1)


@dataclass(frozen=True)
class Regency:
    """Raw and out folder of one regency."""

    settings: Settings
    outcome: Outcome


def settings_of(folder: Path, **rest) -> Settings:
    return Settings(raw=folder / "raw", out=folder / "out", hari_ini=TODAY, tahun_akhir=2025, **rest)


@pytest.fixture(autouse=True)
def _dagster_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """`prepare_home` points the process at its instance; each test gets its environment back."""
    monkeypatch.setenv("DAGSTER_HOME", os.environ.get("DAGSTER_HOME", ""))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Regency:
    """Two kecamatan (triwulan I and II 2024) and the real form of Lumajang; not to be changed."""
    folder = tmp_path_factory.mktemp("kabupaten")
    settings = settings_of(folder)
    write_sample(settings.raw, kecamatan=2, tahun=(2024,), triwulan=(1, 2))
    shutil.copy2(PROJECT / "data" / "raw" / "2024" / "tw2" / "lumajang.xlsx", settings.raw / "2024" / "tw2" / "lumajang.xlsx")
    return Regency(settings, run_pipeline(settings))


@pytest.fixture
def regency(published: Regency, tmp_path: Path) -> Regency:
    """The published regency as a copy of its own, to be changed; still up to date."""
    folder = tmp_path / "kabupaten"
    shutil.copytree(published.settings.raw.parent, folder, copy_function=shutil.copy2)
    return Regency(settings_of(folder), published.outcome)
