"""`make dev`: Dagster's pages on loopback, with sensor and schedule, over the given folders.

Belongs here: starting `dagster dev` with everything that it needs to know.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from pipelines.orchestration.instance import prepare_home
from pipelines.settings import PROJECT, Settings


def main() -> None:
    """Replace this process by `dagster dev`."""
    parser = argparse.ArgumentParser(prog="make dev")
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--out", type=Path)
    chosen = {name: path.resolve() for name, path in vars(parser.parse_args()).items() if path is not None}
    settings = Settings(**chosen)
    settings = Settings(raw=settings.raw.resolve(), out=settings.out.resolve())
    prepare_home(settings)
    os.environ["RENJA_RAW"], os.environ["RENJA_OUT"] = str(settings.raw), str(settings.out)
    port = str(settings.port)
    sys.stdout.write(f"Dagster: http://127.0.0.1:{port} (hentikan dengan Ctrl-C)\n")
    sys.stdout.flush()
    os.chdir(PROJECT)
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(PROJECT / "workspace.yaml"), "-h", "127.0.0.1", "-p", port]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter and arguments


if __name__ == "__main__":
    main()
