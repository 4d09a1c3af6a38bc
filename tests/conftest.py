"""For every test: markers that hold with and without pytest-xdist."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from pipelines.command_process import collect_seldom


def pytest_configure(config: pytest.Config) -> None:
    if "CI" not in os.environ:  # there hypothesis has a profile of its own
        settings.register_profile("renja", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
        settings.load_profile("renja")
    collect_seldom()  # as the commands do: a tenth of the time
    config.addinivalue_line("markers", "xdist_group(name): tests that share a costly fixture run in one worker")
