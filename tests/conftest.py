"""For every test: markers that hold with and without pytest-xdist."""

from __future__ import annotations

import pytest

from pipelines.command_process import collect_seldom


def pytest_configure(config: pytest.Config) -> None:
    collect_seldom()  # as the commands do: a tenth of the time
    config.addinivalue_line("markers", "xdist_group(name): tests that share a costly fixture run in one worker")
