"""`renja` as people call it: exit codes, streams, text of unknown origin on a terminal. The whole run is tested in `orchestration`."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from pipelines.cli import main
from pipelines.sample import write_sample
from pipelines.settings import PROJECT
from pipelines.terminal import harmless, show_table

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
    refused = renja("query", "delete from dim_kecamatan", "--out", out)
    assert (refused.returncode, refused.stdout) == (1, "")

    board = renja("status", "--out", out, "--tahun", "2024")
    assert board.returncode == 0
    assert len(board.stdout.splitlines()) == 2 + 21
    assert board.stdout.count("diterima") == 1
    one = renja("status", "--out", out, "--tahun", "2024", "--triwulan", "2").stdout
    assert "TW II" in one
    assert "TW I " not in one


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
