"""The ledger remembers what was seen, and survives being killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.warehouse.discovery import FoundFile
from pipelines.warehouse.ledger import Ledger, LedgerError


def found(path: str, content: str, mtime: int) -> FoundFile:
    return FoundFile(path, Path(path), content, 1, mtime)


def test_a_sighting_is_other_content_than_before(tmp_path):
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert [s.path for s in ledger.record([found("a", "A", 1), found("b", "A", 2)])] == ["a", "b"]
        assert not ledger.record([found("a", "A", 9), found("b", "A", 9)])
        assert [(s.path, s.sha256) for s in ledger.record([found("a", "B", 10), found("b", "A", 11)])] == [("a", "B")]
        # a file that is put back as it was is a sighting again
        assert [(s.path, s.sha256) for s in ledger.record([found("a", "A", 12)])] == [("a", "A")]
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        seen = [(s.path, s.sha256, s.mtime_ns) for s in ledger.sightings()]
        assert seen == [
            ("a", "A", 1),
            ("b", "A", 2),
            ("a", "B", 10),
            ("a", "A", 12),
        ]


def test_remembers_texts(tmp_path):
    with Ledger(tmp_path / "x" / "ledger.sqlite") as ledger:
        assert ledger.recall("kunci") is None
        ledger.remember(kunci="satu", lain="dua")
        ledger.remember(kunci="tiga")
        assert (ledger.recall("kunci"), ledger.recall("lain")) == ("tiga", "dua")


def test_damaged_ledger_says_what_to_do(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"bukan basis data sama sekali" * 100)
    with pytest.raises(LedgerError, match="pindahkan"):
        Ledger(path)


def test_a_record_that_fails_halfway_notes_nothing(tmp_path):
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        with pytest.raises(Exception, match=r"."):
            ledger.record([found("a", "A", 1), FoundFile("b", Path("b"), "B", 1, None)])
        assert not ledger.sightings()
        assert ledger.record([found("a", "A", 1)])


def test_killed_while_writing_the_ledger_is_whole(tmp_path):
    path = tmp_path / "ledger.sqlite"
    code = (
        "import sys; from pathlib import Path; from pipelines.warehouse.ledger import Ledger; "
        "from pipelines.warehouse.discovery import FoundFile\n"
        "with Ledger(Path(sys.argv[1])) as ledger:\n"
        "    for n in range(10**6):\n"
        "        ledger.record([FoundFile(f'p{i}', Path('.'), f'{n}', 1, n) for i in range(5)])\n"
        "        print(n, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout
    for _ in range(20):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Ledger(path) as ledger:
        contents = [s.sha256 for s in ledger.sightings()]
    assert len(contents) % 5 == 0
    assert len(contents) >= 100
