"""For every test: markers that hold with and without pytest-xdist."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from pipelines.command_process import collect_seldom

if TYPE_CHECKING:
    from tests.warehouse.conftest import Built

_COSTLY = {"built": "session", "checked": "module", "forms": "module", "workbooks": "module"}
"""Fixtures that take seconds, and their scope: what shares one runs in one worker, or each worker would make its own."""


def pytest_configure(config: pytest.Config) -> None:
    if "CI" not in os.environ:  # there hypothesis has a profile of its own
        settings.register_profile("renja", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
        settings.load_profile("renja")
    collect_seldom()  # as the commands do: a tenth of the time
    config.addinivalue_line("markers", "xdist_group(name): tests that share a costly fixture run in one worker")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    for item in items:
        for name in _COSTLY.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(name if _COSTLY[name] == "session" else f"{item.path.stem}-{name}"))
    yield
    # pytest-xdist 3.8 writes the group where pytest 9.2 no longer looks (pytest-xdist issue 1386): every group was silently split
    if getattr(config.option, "loadgroup", False):
        for item in items:
            group = "_".join(sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")}))
            if group and not item.nodeid.endswith(f"@{group}"):
                item._id = type(item._id).parse(f"{item.nodeid}@{group}")  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A published warehouse of forms written by hand (`tests/warehouse/frames.py`); not to be changed."""
    from tests.warehouse.conftest import build_and_publish

    return build_and_publish(tmp_path_factory.mktemp("out"))
