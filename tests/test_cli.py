"""`renja` as people call it: exit codes, streams, text of unknown origin on a terminal. The whole run is tested in `orchestration`."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import os
import pty
import shutil
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from pipelines.cli import main
from pipelines.sample import write_sample
from pipelines.settings import PROJECT
from pipelines.terminal import Progress, harmless, show_table
from pipelines.warehouse.query import as_json

LUMAJANG = PROJECT / "data" / "raw" / "2024" / "tw2" / "lumajang.xlsx"

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One synthetic form without a mistake."""
    (path,) = write_sample(tmp_path_factory.mktemp("contoh"), kecamatan=1, tahun=(2024,), triwulan=(1,))
    return path


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An out folder that `renja run --strict` made of a form, a broken file and a name that would clear a terminal."""
    folder = tmp_path_factory.mktemp("run")
    write_sample(folder / "raw", kecamatan=1, tahun=(2024,), triwulan=(1,))
    (folder / "raw" / "\x1b[2Jrusak.xlsx").write_bytes(b"bukan buku kerja")
    return folder / "out"


def renja(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, arguments)],
        env={**os.environ, "RENJA_HARI_INI": "2024-08-01", **environment},
        capture_output=True,
        text=True,
    )


def test_help_answers_at_once():
    started = time.monotonic()
    done = renja("--help")
    assert time.monotonic() - started < 1
    assert done.returncode == 0
    for command in ("run", "check", "accept", "status", "query", "sample"):
        assert command in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [[], ["jalan"], ["run", "--raw"], ["check"], ["status", "--triwulan", "5"], ["run", "--raw", "/tidak/ada"], ["check", "x.xlsx"]],
)
def test_wrong_use_is_2(arguments: list[str], tmp_path: Path):
    done = renja(*arguments, RENJA_OUT=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_use_is_told_in_indonesian(capsys: pytest.CaptureFixture[str]):
    for arguments, said in (
        (["query", "select 1", "--csv", "--json"], "--json tidak dapat bersama --csv"),
        (["status", "--tahun", "dua"], "--tahun tertulis “dua”, seharusnya bilangan bulat"),
        (["status", "--triwulan", "5"], "--triwulan tertulis 5, seharusnya salah satu dari 1, 2, 3, 4"),
        (["run", "--raw"], "sesudah --raw harus ada nilainya"),
        (["run", "--lagi"], "tidak dikenal: --lagi"),
        (["check"], "belum disebut: BERKAS"),
    ):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
        assert said in capsys.readouterr().err
    assert main(["check", "x.xlsx"]) == 2
    assert "x.xlsx tidak ada; periksa nama" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("RENJA_PEKERJA", "0", "1 atau lebih"),
        ("RENJA_ZONA_WAKTU", "Asia/Atlantis", "Asia/Jakarta"),
        ("RENJA_JADWAL", "0 25 * * *", "cron"),
        ("RENJA_HARI_INI", "kemarin", "tanggal"),
        ("RENJA_TAHUN_AWAL", "2041", "RENJA_TAHUN_AKHIR"),
    ],
)
def test_a_setting_that_makes_no_sense(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv(name, value)
    assert main(["run"]) == 2
    said = capsys.readouterr().err
    assert name in said
    assert expected in said


def test_folders_that_are_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (file := tmp_path / "berkas").write_text("x")
    for arguments in (["run", "--out", str(file)], ["run", "--raw", str(file), "--out", str(tmp_path / "out")]):
        assert main(arguments) == 2
        assert "bukan folder" in capsys.readouterr().err


def test_json_loses_nothing():
    columns = ["rupiah", "rupiah", "kosong", "bukan", "daftar", "teks"]
    text = as_json(columns, [[Decimal("9999999999999999.99"), Decimal("1.50"), None, math.nan, [True, Decimal("0.10")], "“é”\x1b"]])
    (row,) = json.loads(text, parse_float=Decimal)
    assert list(row.values()) == [Decimal("9999999999999999.99"), Decimal("1.50"), None, "nan", [True, Decimal("0.10")], "“é”\x1b"]
    assert list(row) == ["rupiah", "rupiah_2", "kosong", "bukan", "daftar", "teks"]
    assert as_json(columns, []) == "[]"


def test_wrong_setting_is_named(tmp_path: Path):
    done = renja("run", "--out", tmp_path, RENJA_PEKERJA="banyak")
    assert done.returncode == 2
    assert "RENJA_PEKERJA" in done.stderr
    assert "banyak" in done.stderr


def test_run_strict_then_query_and_status(out: Path):
    done = renja("run", "--raw", out.parent / "raw", "--out", out, "--strict")
    assert done.returncode == 3, done.stderr
    assert "Diterima : 1 kiriman" in done.stdout
    assert "Ditolak  : 1" in done.stdout
    assert "rusak.xlsx" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert str(out / "gudang" / "renja.duckdb") in done.stdout

    again = renja("run", "--raw", out.parent / "raw", "--out", out)
    assert again.returncode == 0
    assert "Tidak ada yang baru" in again.stdout
    assert renja("run", "--raw", out.parent / "raw", "--out", out, "--strict").returncode == 3

    sql = "select nama, jumlah_desa, null as kosong from dim_kecamatan order by nama limit 2"
    plain = renja("query", sql, "--out", out)
    assert plain.stdout.splitlines()[0].split() == ["nama", "jumlah_desa", "kosong"]
    rows = list(csv.reader(io.StringIO(renja("query", sql, "--out", out, "--csv").stdout)))
    data = json.loads(renja("query", sql, "--out", out, "--json").stdout)
    assert [row["nama"] for row in data] == [row[0] for row in rows[1:]] == [line.split()[0] for line in plain.stdout.splitlines()[2:]]
    assert data[0]["kosong"] is None
    hostile = renja("query", "select '=1+1' a, '-' b, -5 c, '@SUM(A1)' d, 'biasa' e", "--out", out, "--csv").stdout.splitlines()[1]
    assert hostile == "'=1+1,-,-5,'@SUM(A1),biasa"
    refused = renja("query", "delete from dim_kecamatan", "--out", out)
    assert (refused.returncode, refused.stdout) == (1, "")
    pivot = renja("query", "pivot dim_aturan on tingkat using count(*)", "--out", out, "--csv")
    assert set(pivot.stdout.splitlines()[0].split(",")) >= {"tolak", "galat", "peringatan", "info"}

    board = renja("status", "--out", out, "--tahun", "2024")
    assert board.returncode == 0
    assert len(board.stdout.splitlines()) == 2 + 21
    assert board.stdout.count("diterima") == 1
    one = renja("status", "--out", out, "--tahun", "2024", "--triwulan", "2").stdout
    assert "TW II" in one
    assert "TW I " not in one
    assert "Tahun 1999 tidak ada" in renja("status", "--out", out, "--tahun", "1999").stdout


def test_query_and_status_before_any_run(tmp_path: Path):
    for arguments in (["query", "select 1"], ["status"]):
        done = renja(*arguments, "--out", tmp_path)
        assert done.returncode == 1
        assert "renja run" in done.stderr


def test_check_real_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(LUMAJANG), "--annotate", str(tmp_path), "--explain"]) == 3
    text = capsys.readouterr().out
    assert "total_beda" in text
    assert "AC52" in text
    assert "(nomor 8, judul cocok" in text
    assert openpyxl.load_workbook(tmp_path / "lumajang.xlsx").sheetnames


def test_check_clean_form_finds_no_galat(clean: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(clean)]) == 0
    assert "galat" not in capsys.readouterr().out


def test_check_refused_file_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "rusak.xlsx"
    path.write_bytes(LUMAJANG.read_bytes()[:3000])
    assert main(["check", str(path)]) == 3
    assert "berkas_tidak_terbaca" in capsys.readouterr().out


def test_check_of_a_file_that_is_too_large_is_a_refusal_and_the_others_are_checked(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (path := tmp_path / "besar.xlsx").write_bytes(b"x" * (2 << 20))
    monkeypatch.setenv("RENJA_BATAS_UKURAN_MIB", "1")
    assert main(["check", str(path), str(clean)]) == 3
    said = capsys.readouterr().out
    assert "berkas_terlalu_besar" in said
    assert f"{clean.name}: tidak ada temuan" in said


def test_check_never_writes_over_the_senders_file(clean: Path, tmp_path: Path):
    path = tmp_path / "2024" / "tw1" / clean.name
    path.parent.mkdir(parents=True)
    shutil.copy2(clean, path)
    before = path.read_bytes()
    main(["check", str(path), "--annotate", str(path.parent)])
    assert path.read_bytes() == before


def test_sample(tmp_path: Path):
    done = renja("sample", "--out", tmp_path, "--kecamatan", "2", "--tahun", "2024", "--seed", "3")
    assert done.returncode == 0
    assert len(list(tmp_path.rglob("*.xlsx"))) == 8
    assert "CONTOH SINTETIS" in done.stdout
    assert renja("sample", "--out", tmp_path, "--kecamatan", "99").returncode == 2


def test_text_of_unknown_origin_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]):
    assert harmless("a\x1b[31mb\r\nc\u202ed\x9b") == "a\\x1b[31mb\\r\\nc\\u202ed\\x9b"
    assert harmless("Desa Sumberejo – 50 % “baik”") == "Desa Sumberejo – 50 % “baik”"
    show_table(["k\x07"], [["\x1b]0;judul\x07"], ["[bold]tebal[/bold]"]])
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]tebal[/bold]" in text


def test_progress_of_several_threads_on_a_terminal(monkeypatch: pytest.MonkeyPatch):
    """The files are read in the background: what tells of it must neither fail the run nor hide what else is done."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    ours, theirs = pty.openpty()
    screen: list[bytes] = []

    def look() -> None:
        with contextlib.suppress(OSError):
            while data := os.read(ours, 65536):
                screen.append(data)

    looking = threading.Thread(target=look)
    looking.start()
    failures: list[BaseException] = []
    with os.fdopen(theirs, "w") as stream:
        progress = Progress(stream)

        def tell(what: str, total: int) -> None:
            try:
                for done in range(max(total, 200) + 1):
                    progress(what, done if total else 0, total)
            except BaseException as error:
                failures.append(error)

        telling = [threading.Thread(target=tell, args=item) for item in (("Membaca", 300), ("Menyiapkan", 0), ("Menghitung", 0))]
        for thread in telling:
            thread.start()
        for thread in telling:
            thread.join()
        time.sleep(0.2)  # one refresh
        progress("Membaca", 7, 42)
        time.sleep(0.2)
        progress.close()
        progress("Membaca", 8, 42)
    looking.join(5)
    os.close(ours)
    assert not failures
    text = b"".join(screen).decode()
    assert "7/42 berkas" in text
    assert "8/42" not in text


def test_progress_on_a_terminal_that_can_do_nothing(monkeypatch: pytest.MonkeyPatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "dumb")
    progress = Progress(stream := Terminal())
    for done in range(3):
        progress("Membaca", done, 2)
        progress("Menyiapkan", 0, 0)
    progress.close()
    assert [line.split("] ")[1] for line in stream.getvalue().splitlines()] == ["Membaca 2 berkas", "Menyiapkan"]


@pytest.mark.parametrize("seconds", [0.9, 2.5])
def test_ctrl_c_on_a_terminal_ends_quietly(seconds: float, tmp_path: Path):
    """Ctrl-C reaches every process of the command; none may print a stack trace or stay."""
    command = [sys.executable, "-m", "pipelines.cli", "run", "--raw", str(LUMAJANG.parent), "--out", str(tmp_path / "out")]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, command)
    said: list[bytes] = []

    def look() -> None:  # all the time: a terminal that nobody reads stops its writers
        with contextlib.suppress(OSError):
            while data := os.read(terminal, 65536):
                said.append(data)

    looking = threading.Thread(target=look)
    looking.start()
    time.sleep(seconds)
    os.write(terminal, b"\x03")
    _, status = os.waitpid(pid, 0)
    looking.join(10)
    os.close(terminal)
    text = b"".join(said).decode(errors="replace")  # the terminal's own ^C may stand within a letter of several bytes
    assert os.waitstatus_to_exitcode(status) == 130, text
    assert "Traceback" not in text
    assert text.rstrip().endswith("Dihentikan; terbitan yang lama tidak berubah.")
    deadline = time.monotonic() + 5
    while (left := _group(pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left  # what it started goes with it


def _group(pid: int) -> list[str]:
    """The processes of a process group, as `ps` tells them."""
    lines = subprocess.run(["ps", "-eo", "pgid=,args="], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if line.split()[0] == str(pid)]
