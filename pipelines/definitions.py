"""What Dagster loads (`workspace.yaml` points here). Assembles, computes nothing."""

from __future__ import annotations

from pipelines.orchestration.assembly import assemble
from pipelines.settings import Settings

defs = assemble(Settings())
