"""For every test: markers that hold with and without pytest-xdist."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group(name): tests that share a costly fixture run in one worker")
