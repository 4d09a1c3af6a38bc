"""Bounds on one file: time, memory, a dead worker; what comes after it is not touched. Small limits, the real mechanism."""

from __future__ import annotations

import functools
import os
import resource
import signal
import time
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.workbook.isolation import read_isolated
from pipelines.workbook.opening import CannotOpen, Limits, open_workbook
from pipelines.workbook.submission import Refusal

MIB = 2**20


def _act(job: str) -> str:
    kind, _, amount = job.partition(":")
    if kind == "hang":
        while True:
            pass
    if kind == "sleep":
        time.sleep(float(amount))
    if kind == "stubborn":  # a handler cannot save it: the end is SIGKILL
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    if kind == "exit":
        os._exit(3)
    if kind == "killed":  # by somebody else, as often as the file of that name is long
        path = Path(amount)
        if left := path.stat().st_size:
            path.write_bytes(bytes(left - 1))
            os.kill(os.getpid(), signal.SIGKILL)
    if kind == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if kind == "memory":
        return str(len(bytearray(int(amount) * MIB)))
    if kind == "grow":
        kept = []
        while True:
            kept.append(bytearray(4 * MIB))
    if kind == "large":
        return "x" * (int(amount) * MIB)
    if kind == "recurse":
        return _act(job)
    if kind == "unpicklable":
        return lambda: None  # type: ignore[return-value]
    if kind == "limit":
        return str(resource.getrlimit(resource.RLIMIT_AS)[0])
    return job.upper()


def outcomes(*jobs: str, seconds: float = 1.0, memory_mib: int = 256, workers: int = 2) -> dict[str, object]:
    return dict(read_isolated(jobs, function=_act, seconds=seconds, memory_mib=memory_mib, workers=workers))


@pytest.mark.parametrize(
    ("job", "aturan"),
    [
        ("hang", "berkas_terlalu_besar"),
        ("stubborn", "berkas_terlalu_besar"),
        ("memory:400", "berkas_terlalu_besar"),
        ("grow", "berkas_terlalu_besar"),
        ("exit", "berkas_tidak_terbaca"),
        ("segfault", "berkas_tidak_terbaca"),
        ("recurse", "berkas_tidak_terbaca"),
        ("unpicklable", "berkas_tidak_terbaca"),
    ],
)
def test_the_others_are_read(job: str, aturan: str) -> None:
    """With one worker: the same process, or its successor, goes on."""
    results = outcomes("a", job, "b", workers=1)
    assert (results["a"], results["b"]) == ("A", "B")
    refusal = results[job]
    assert isinstance(refusal, CannotOpen)
    assert refusal.aturan == aturan


def test_memory_within_the_bound_is_given() -> None:
    assert outcomes("memory:150", "large:20")["memory:150"] == str(150 * MIB)


def test_memory_is_given_back_between_files() -> None:
    jobs = [f"memory:{150 + n}" for n in range(4)]
    assert outcomes(*jobs, workers=1) == {job: str((150 + n) * MIB) for n, job in enumerate(jobs)}


def test_the_time_of_a_file_is_bounded_by_the_clock() -> None:
    start = time.monotonic()
    results = outcomes("hang", "sleep:60", "a", seconds=0.5)
    assert time.monotonic() - start < 20
    assert results["a"] == "A"
    assert all(isinstance(results[job], CannotOpen) for job in ("hang", "sleep:60"))


def test_no_process_is_left() -> None:
    import multiprocessing

    before = set(multiprocessing.active_children())  # other tests of this process may have their own
    for _ in read_isolated(["a", "hang", "b"], function=_act, seconds=30, memory_mib=256, workers=2):
        break  # the consumer goes away while a worker is busy
    assert set(multiprocessing.active_children()) <= before


def test_nothing_to_do_starts_nothing() -> None:
    assert outcomes() == {}


def _open(path: Path, limits: Limits) -> int:
    return len(open_workbook(path, limits).sheets)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small on disk; a reader that keeps every cell between the corners needs some 70 MiB for it."""
    path = tmp_path_factory.mktemp("wide") / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("A")
        for row in range(2500):
            for column in range(0, 700, 10):
                sheet.write_number(row, column, row)
    assert path.stat().st_size < 2 * MIB
    return path


def test_a_real_file_that_needs_too_much_memory(wide: Path) -> None:
    """`Limits` that are far too generous: the bound of the process is what holds, also where a native library meets it first."""
    generous = functools.partial(_open, limits=Limits(rows=10**6, columns=10**4))
    for memory_mib in (16, 48):
        jobs = [wide, wide.with_name("tidak-ada.xlsx")]
        results = dict(read_isolated(jobs, function=generous, seconds=30, memory_mib=memory_mib, workers=1))
        assert isinstance(results[wide], CannotOpen)
        assert results[wide].aturan == "berkas_terlalu_besar", memory_mib
        assert results[jobs[1]].aturan == "berkas_tidak_terbaca"
    assert dict(read_isolated([wide], function=generous, seconds=30, memory_mib=1024, workers=1)) == {wide: 1}


def test_a_real_file_that_takes_too_long(wide: Path) -> None:
    generous = functools.partial(_open, limits=Limits(rows=10**6, columns=10**4))
    start = time.monotonic()
    ((_, refusal),) = read_isolated([wide], function=generous, seconds=0.05, memory_mib=1024, workers=1)
    assert isinstance(refusal, CannotOpen)
    assert refusal.aturan == "berkas_terlalu_besar"
    assert "0.05 detik" in refusal.pesan
    assert time.monotonic() - start < 20


def test_what_a_run_does_with_such_a_file(tmp_path: Path, wide: Path) -> None:
    """The settings' limits reach the workers; the outcome is a refusal that names the file; what was stopped is tried again next time."""
    from pipelines.orchestration.reading import read_files
    from pipelines.reference.tables import load_references
    from pipelines.settings import Settings
    from pipelines.warehouse.discovery import discover

    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "a.xlsx").write_bytes(wide.read_bytes())
    found = discover(tmp_path, batas_ukuran_mib=64).files
    for bound in ({"batas_memori_mib": 32}, {"batas_detik_per_berkas": 0.05}):
        settings = Settings(raw=tmp_path, batas_baris=10**6, batas_kolom=10**4, pekerja=1, **bound)
        ((file, said, final),) = read_files(found, load_references(settings.acuan), settings)
        (refusal,) = said.kiriman
        assert isinstance(refusal, Refusal)
        assert (file.path, refusal.aturan) == ("2024/a.xlsx", "berkas_terlalu_besar")
        assert not (final and "batas_detik_per_berkas" in bound)


@pytest.mark.parametrize("times", [1, 2])
def test_a_worker_killed_from_outside_is_not_the_files_fault_once(times: int, tmp_path: Path) -> None:
    (marker := tmp_path / "kali").write_bytes(bytes(times))
    job = f"killed:{marker}"
    found = outcomes(job, "b", "c", workers=1)
    if times == 1:
        assert found[job] == job.upper()
    else:
        assert isinstance(refusal := found[job], CannotOpen)
        assert refusal.aturan == "berkas_terlalu_besar"
    assert (found["b"], found["c"]) == ("B", "C")
