"""The Dagster instance below the out folder: where it is, and its configuration.

Belongs here: history, queue and telemetry of Dagster. Written anew when it differs, so that nobody has to configure anything.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance


def _config(home: Path) -> str:
    return f"""\
# Written by renja; a change here is overwritten.
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: pipelines.orchestration.event_storage
  class: KeptConnectionStorage
  config:
    base_dir: {json.dumps(str(home / "history" / "runs"))}
# What a step prints is in its events; capturing it starts two more processes a run.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
retention:
  sensor:
    purge_after_days: {{skipped: 1, success: 90, failure: 90, started: 7}}
  schedule:
    purge_after_days: {{skipped: 7, success: 365, failure: 365, started: 7}}
"""


def prepare_home(settings: Settings) -> None:
    """Make the folder of the instance with its `dagster.yaml`, and point this process (and its children) at it."""
    home = settings.dagster_home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    text = _config(home)
    if not config.is_file() or config.read_text(encoding="utf-8") != text:
        temporary = config.with_name(f".dagster.yaml.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(config)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"


def open_instance(settings: Settings) -> DagsterInstance:
    """The instance of the out folder."""
    prepare_home(settings)
    from dagster import DagsterInstance

    return DagsterInstance.from_config(str(settings.dagster_home.resolve()))
