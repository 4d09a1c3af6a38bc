"""Two runs never work on one out folder at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.orchestration.run_lock import RunLockTimeoutError, run_lock

_HOLD = (
    "import sys, time; from pathlib import Path; from pipelines.orchestration.run_lock import run_lock\n"
    "with run_lock(Path(sys.argv[1])):\n    print('ada', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"ada\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_says_whom_it_waits_for_and_gives_up_in_time(holder: subprocess.Popen[bytes], tmp_path: Path):
    told: list[str] = []
    with pytest.raises(RunLockTimeoutError, match=str(holder.pid)), run_lock(tmp_path, timeout=0.3, on_wait=told.append):
        pytest.fail("both hold the lock")
    assert len(told) == 1
    assert str(holder.pid) in told[0]


def test_a_killed_holder_holds_nothing(holder: subprocess.Popen[bytes], tmp_path: Path):
    holder.kill()
    holder.wait()
    started = time.monotonic()
    with run_lock(tmp_path, timeout=5):
        assert time.monotonic() - started < 5


_TRY = (
    "import sys; from pathlib import Path; from pipelines.orchestration.run_lock import run_lock\n"
    "with run_lock(Path(sys.argv[1]), timeout=0): pass"
)


def test_the_holder_may_enter_again_and_leaves_once(tmp_path: Path):
    with run_lock(tmp_path):
        with run_lock(tmp_path, timeout=0):
            pass
        assert subprocess.run([sys.executable, "-c", _TRY, str(tmp_path)], capture_output=True).returncode == 1
    assert subprocess.run([sys.executable, "-c", _TRY, str(tmp_path)], capture_output=True).returncode == 0
