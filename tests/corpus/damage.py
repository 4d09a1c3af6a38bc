"""Damages of a true form as offices make them: each changes a page and says what a careful person would then expect.

A damage is `change(page, layout, rng) -> Expected`; it may be put on any layout that `fits`. What is expected: findings that must be there
at these cells (no others where `only`), a refusal, or a truth that has changed. Whatever is expected, no silent error is.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.corpus.page import Page
from tests.corpus.render import Layout
from tests.corpus.true_form import TRUE_FORM

ROWS = TRUE_FORM.rows


@dataclass
class Expected:
    """What must come of it."""

    findings: set[tuple[str, str | None]] = field(default_factory=set)  # (aturan, cell)
    refused: str | None = None
    changed: dict[tuple[int, str], object] = field(default_factory=dict)
    path: str = "kiriman.xlsx"


@dataclass(frozen=True)
class Damage:
    """One damage."""

    name: str
    change: Callable[[Page, Layout, random.Random], Expected]
    fits: Callable[[Layout], bool] = lambda layout: True


def cell_of(page: Page, layout: Layout, row: int, pair: str, part: str) -> tuple[int, int]:
    return page.rows[row], layout.column_of(pair, part)
