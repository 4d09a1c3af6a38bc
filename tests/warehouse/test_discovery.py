"""The raw folder as people leave it: nothing in it may stop, block or escape a run."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from pathlib import Path

import pytest

from pipelines.warehouse import discovery
from pipelines.warehouse.discovery import RawFolderError, discover, modified_at, readable_name, unchanged


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


def look(raw: Path, limit: int = 64):
    return discover(raw, batas_ukuran_mib=limit)


def test_finds_workbooks_by_suffix_in_any_case_and_hashes_them(raw):
    (raw / "2024" / "tw2").mkdir(parents=True)
    for name in ("a.xlsx", "2024/b.XLS", "2024/tw2/c.Ods", "d.xlsm", "e.xlsb", "f.html", "g.htm"):
        (raw / name).write_bytes(name.encode())
    found = look(raw)
    assert [file.path for file in found.files] == ["2024/b.XLS", "2024/tw2/c.Ods", "a.xlsx", "d.xlsm", "e.xlsb", "f.html", "g.htm"]
    assert found.files[2].sha256 == hashlib.sha256(b"a.xlsx").hexdigest()
    assert not found.problems
    assert not found.unsettled


def test_passes_over_what_is_no_submission(raw):
    for name in ("~$a.xlsx", ".a.xlsx", ".~lock.a.xlsx#", "a.csv", "a.pdf", "Thumbs.db", "a.xlsx.part", "xlsx"):
        (raw / name).write_bytes(b"x")
    (raw / ".git").mkdir()
    (raw / ".git" / "b.xlsx").write_bytes(b"x")
    assert look(raw) == discovery.Discovery((), (), ())


def test_same_folder_same_fingerprint_and_content_changes_it_though_time_does_not(raw):
    file = raw / "a.xlsx"
    file.write_bytes(b"satu")
    os.utime(file, ns=(10**18, 10**18))
    first = look(raw).fingerprint
    os.utime(file, ns=(2 * 10**18, 2 * 10**18))
    assert look(raw).fingerprint == first
    file.write_bytes(b"dua!")
    os.utime(file, ns=(10**18, 10**18))
    assert look(raw).fingerprint != first


def test_links_out_of_the_folder_are_refused_and_links_inside_are_files(raw, tmp_path):
    outside = tmp_path / "luar"
    outside.mkdir()
    (outside / "rahasia.xlsx").write_bytes(b"rahasia")
    (raw / "a.xlsx").write_bytes(b"a")
    (raw / "b.xlsx").symlink_to(outside / "rahasia.xlsx")
    (raw / "c").symlink_to(outside)
    (raw / "d.xlsx").symlink_to("a.xlsx")
    (raw / "e.xlsx").symlink_to("tidak-ada.xlsx")
    (raw / "f.xlsx").symlink_to("f.xlsx")
    (raw / "lingkar").symlink_to(raw)
    (raw / "catatan.txt").symlink_to(outside / "rahasia.xlsx")
    found = look(raw)
    assert [file.path for file in found.files] == ["a.xlsx", "d.xlsx"]
    assert {problem.path: problem.aturan for problem in found.problems} == dict.fromkeys(
        ("b.xlsx", "c", "e.xlsx", "f.xlsx"), "berkas_tidak_terbaca"
    )
    assert "tautan ke luar" in found.problems[0].pesan


def test_the_raw_folder_may_itself_be_a_link(raw, tmp_path):
    (raw / "a.xlsx").write_bytes(b"a")
    link = tmp_path / "tautan"
    link.symlink_to(raw)
    assert [file.path for file in look(link).files] == ["a.xlsx"]


def test_fifo_socket_and_folder_named_like_workbooks(raw):
    os.mkfifo(raw / "a.xlsx")
    server = socket.socket(socket.AF_UNIX)
    os.chdir(raw)
    server.bind("b.xls")
    (raw / "c.xlsx").mkdir()
    (raw / "c.xlsx" / "d.xlsx").write_bytes(b"d")
    found: list[discovery.Discovery] = []
    thread = threading.Thread(target=lambda: found.append(look(raw)), daemon=True)
    thread.start()
    thread.join(10)
    server.close()
    assert found, "a FIFO held the run up"
    assert [file.path for file in found[0].files] == ["c.xlsx/d.xlsx"]
    assert ["pipa" in p.pesan or "soket" in p.pesan for p in found[0].problems] == [True, True]


def test_too_large_is_refused_unread(raw):
    with (raw / "besar.xlsx").open("wb") as file:
        file.truncate(3 * 1024 * 1024)
    (problem,) = look(raw, 2).problems
    assert problem.aturan == "berkas_terlalu_besar"
    assert "3 MiB" in problem.pesan
    assert look(raw, 3).files


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_and_folder(raw):
    (raw / "a.xlsx").write_bytes(b"a")
    (raw / "a.xlsx").chmod(0)
    (raw / "b").mkdir(mode=0)
    try:
        problems = look(raw).problems
    finally:
        (raw / "b").chmod(0o700)
    assert [problem.path for problem in problems] == ["a.xlsx", "b"]
    assert all("izin ditolak" in problem.pesan for problem in problems)


def test_read_error_is_a_problem(raw):
    """A process's memory is a regular file by its mode, and reading it from the start fails as a broken medium does."""
    (raw / "a.xlsx").write_bytes(b"a")
    memory = Path("/proc/self/mem")
    if not memory.exists():
        pytest.skip("no /proc")
    with pytest.raises(OSError, match=r"."):
        discovery._hash(memory)


def test_file_that_is_being_written_is_left_for_the_next_run(raw, monkeypatch):
    path = raw / "a.xlsx"
    path.write_bytes(b"separuh")
    digest = hashlib.file_digest

    def slow(file, name):
        result = digest(file, name)
        with path.open("ab") as writer:
            writer.write(b"sisanya")
        return result

    monkeypatch.setattr(hashlib, "file_digest", slow)
    assert look(raw).unsettled == ("a.xlsx",)
    monkeypatch.undo()
    (file,) = look(raw).files
    assert unchanged(file)
    path.write_bytes(b"lain")
    assert not unchanged(file)
    path.unlink()
    assert not unchanged(file)


def test_odd_names_are_kept_apart_and_readable(raw):
    names = [b"caf\xe9.xlsx", b"caf\\xe9.xlsx", b"baris\nbaru.xlsx", b"\x1b[31mmerah.xlsx", "\u00e9.xlsx".encode(), "e\u0301.xlsx".encode()]
    for number, name in enumerate(names):
        with open(os.fsencode(raw) + b"/" + name, "wb") as file:  # noqa: PTH123 - a name that is no str
            file.write(str(number).encode())
    found = look(raw)
    assert len({file.path for file in found.files}) == len(names)
    for file in found.files:
        assert file.path.isprintable()
        file.path.encode("utf-8")
        assert file.location.read_bytes().isdigit()
    assert "caf\\xe9.xlsx" in {file.path for file in found.files}
    assert readable_name("2024/tw2/lumajang.xlsx") == "2024/tw2/lumajang.xlsx"


def test_missing_raw_folder_says_what_to_do(tmp_path):
    with pytest.raises(RawFolderError, match="--raw"):
        look(tmp_path / "tidak-ada")


def test_times_are_utc_and_out_of_range_ones_do_not_stop_a_run():
    assert str(modified_at(1_719_792_000_123_456_789)) == "2024-07-01 00:00:00.123456"
    assert modified_at(-(10**30)) == modified_at(0)
