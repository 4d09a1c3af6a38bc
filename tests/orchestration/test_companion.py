"""The second process: answers, errors and deaths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.orchestration.companion import Companion


def test_calls_are_done_elsewhere_one_after_another_and_here_where_it_dies() -> None:
    companion = Companion()
    try:
        (pid,) = {future.result(60) for future in [companion.call(os.getpid) for _ in range(3)]}
        assert pid != os.getpid()
        with pytest.raises(ValueError, match="invalid literal"):
            companion.call(int, "x").result(60)
        assert companion.call(int, "7").result(60) == 7
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while companion.alive and time.monotonic() < deadline:
            time.sleep(0.01)
        assert companion.call(os.getpid).result(60) == os.getpid()
    finally:
        companion.close()


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal\n"
        "from pipelines.orchestration.companion import companion\n"
        "if __name__ == '__main__':\n"
        "    print(companion().call(os.getpid).result(60), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/status").read_text().split("State:")[1].split()[0]
