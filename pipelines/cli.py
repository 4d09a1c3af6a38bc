"""`renja`: the commands of the contract. Thin: parses arguments, calls the part that does it, turns the outcome into an exit code.

Everything but argparse is imported inside the command that needs it: `renja --help` and an unchanged `renja run` must answer at once.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pipelines.settings import Settings

OK, FAILED, USAGE, REFUSED = 0, 1, 2, 3
INTERRUPTED = 128 + signal.SIGINT

_UNFINISHED = "Gudang sudah diterbitkan, tetapi laporannya belum lengkap; jalankan renja run sekali lagi."

# what argparse says, in the operator's language; the last one is shown as it is where none fits
_USAGE_ERRORS = (
    (r"the following arguments are required: (.*)", r"belum disebut: \1"),
    (r"unrecognized arguments: (.*)", r"tidak dikenal: \1"),
    (r"one of the arguments (.*) is required", r"sebut salah satu: \1"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 tidak dapat bersama \2"),
    (r"argument (\S+): expected (?:at least )?one argument", r"sesudah \1 harus ada nilainya"),
    (r"argument (\S+): invalid int value: '(.*)'", r"\1 tertulis “\2”, seharusnya bilangan bulat"),
    (r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", r"\1 tertulis \2, seharusnya salah satu dari \3"),
)
# and what pydantic says of a setting, by its kind of error
_SETTING_ERRORS = {
    "int_parsing": "seharusnya bilangan bulat",
    "int_from_float": "seharusnya bilangan bulat",
    "float_parsing": "seharusnya bilangan",
    "greater_than": "seharusnya lebih besar dari {gt}",
    "greater_than_equal": "seharusnya {ge} atau lebih",
    "less_than_equal": "seharusnya {le} atau kurang",
    "string_pattern_mismatch": "seharusnya sesuai pola {pattern}",
    "date_from_datetime_parsing": "seharusnya tanggal, misalnya 2024-07-01",
    "date_parsing": "seharusnya tanggal, misalnya 2024-07-01",
}


class _Parser(argparse.ArgumentParser):
    """Usage errors in Indonesian."""

    def error(self, message: str) -> NoReturn:
        for pattern, said in _USAGE_ERRORS:
            if found := re.fullmatch(pattern, message):
                message = found.expand(said)
                break
        self.exit(USAGE, f"{self.prog}: {message}. Lihat {self.prog} --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; out: its exit code (contract §2)."""
    parsed = _parser().parse_args(arguments)
    chosen: Callable[[argparse.Namespace], int] = parsed.command
    try:
        return chosen(parsed)
    except KeyboardInterrupt as stop:
        published = getattr(stop, "published", False)
        _complain(f"Dihentikan. {_UNFINISHED}" if published else "Dihentikan; terbitan yang lama tidak berubah.")
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED


def command() -> NoReturn:
    """The console script: `main`, in a process of its own."""
    from pipelines.command_process import collect_seldom, leave

    collect_seldom()
    try:
        code = main()
    except SystemExit as end:  # of argparse
        code = end.code if isinstance(end.code, int) else FAILED
    leave(code)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="renja", description="Formulir E.81 kecamatan: dibaca, diperiksa, diterbitkan sebagai gudang data.")
    commands = parser.add_subparsers(title="perintah", metavar="PERINTAH", required=True)

    run = commands.add_parser("run", help="seluruh proses atas semua yang baru atau berubah")
    _folders(run, raw=True)
    run.add_argument("--strict", action="store_true", help="kode keluar 3 bila ada yang ditolak")
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="memeriksa berkas sebelum dikirim; tidak memuat apa pun")
    check.add_argument("files", metavar="BERKAS", nargs="+", type=Path)
    check.add_argument("--annotate", metavar="FOLDER", type=Path, help="tulis salinan berkas dengan sel yang bermasalah ditandai")
    check.add_argument("--explain", action="store_true", help="tunjukkan bagaimana berkas dipahami")
    check.set_defaults(command=_check)

    status = commands.add_parser("status", help="papan pelaporan: satu baris satu kecamatan, satu kolom satu triwulan")
    _folders(status)
    status.add_argument("--tahun", type=int)
    status.add_argument("--triwulan", type=int, choices=(1, 2, 3, 4))
    status.set_defaults(command=_status)

    accept = commands.add_parser("accept", help="menerima satu temuan yang terbit, dengan alasan; tampak sesudah renja run berikutnya")
    accept.add_argument("kecamatan", metavar="KECAMATAN", help="nama atau kode Kemendagri")
    accept.add_argument("tahun", metavar="TAHUN", type=int)
    accept.add_argument("triwulan", metavar="TRIWULAN", type=int, choices=(1, 2, 3, 4))
    accept.add_argument("aturan", metavar="ATURAN", help="misalnya total_beda")
    accept.add_argument("sel", metavar="SEL", help="alamat sel (K20 atau 'TW II!K20'); - untuk temuan tanpa sel")
    accept.add_argument("--kode", metavar="KODE", help="bila satu aturan menemukan beberapa hal di tempat yang sama")
    why = accept.add_mutually_exclusive_group(required=True)
    why.add_argument("--alasan", metavar="TEKS", default="")
    why.add_argument("--batal", action="store_true", help="membatalkan keputusan tentang temuan ini")
    _folders(accept)
    accept.set_defaults(command=_accept)

    query = commands.add_parser("query", help="satu pernyataan SQL atas gudang yang terbit")
    query.add_argument("sql", metavar="SQL")
    _folders(query)
    form = query.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true")
    form.add_argument("--json", action="store_true")
    query.set_defaults(command=_query)

    sample = commands.add_parser("sample", help="menulis kabupaten sintetis untuk mencoba dan mengukur")
    sample.add_argument("--out", metavar="FOLDER", type=Path, required=True)
    sample.add_argument("--kecamatan", metavar="N", type=int, default=21)
    sample.add_argument("--tahun", metavar="TAHUN", type=int, nargs="+", default=[2024])
    sample.add_argument("--seed", type=int, default=1)
    sample.set_defaults(command=_sample)
    return parser


def _folders(parser: argparse.ArgumentParser, *, raw: bool = False) -> None:
    if raw:
        parser.add_argument("--raw", metavar="FOLDER", type=Path, help="folder masukan (bawaan: data/raw)")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="folder keluaran (bawaan: data/out)")


def _complain(text: str) -> None:
    from pipelines.terminal import harmless, say

    say(harmless(text), stream=sys.stderr)


def _settings(parsed: argparse.Namespace) -> Settings | None:
    """The settings with the command's folders, or None after saying what is wrong with them."""
    from pydantic import ValidationError

    from pipelines.settings import Settings

    chosen = {name: getattr(parsed, name) for name in ("raw", "out") if getattr(parsed, name, None) is not None}
    try:
        return Settings(**chosen)
    except ValidationError as error:
        for item in error.errors():
            name = "RENJA_" + "_".join(str(part) for part in item["loc"]).upper()
            expected = _SETTING_ERRORS.get(item["type"], item["msg"]).format(**item.get("ctx", {}))
            written = f"Pengaturan {name} tidak sah: tertulis “{item.get('input')}”" if item["loc"] else "Pengaturan tidak sah"
            _complain(f"{written}, {expected}.")
        return None


def _run(parsed: argparse.Namespace) -> int:
    started = time.monotonic()
    settings = _settings(parsed)
    if settings is None:
        return USAGE
    from pipelines.orchestration.command import Failed, Misused, run_pipeline
    from pipelines.terminal import show_summary

    try:
        outcome = run_pipeline(settings)
    except Misused as error:
        _complain(str(error))
        return USAGE
    except Failed as error:
        _complain(f"Gagal: {error}")
        _complain(_UNFINISHED if error.published else "Terbitan yang lama tidak berubah.")
        return FAILED
    show_summary(outcome.summary, fresh=outcome.fresh, seconds=time.monotonic() - started)
    return REFUSED if parsed.strict and outcome.summary.ditolak else OK


def _check(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    if settings is None:
        return USAGE
    from pipelines.checking import check_files

    return check_files(parsed.files, settings, annotate=parsed.annotate, explain=parsed.explain)


def _status(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    if settings is None:
        return USAGE
    from pipelines.status import show_status
    from pipelines.warehouse.query import QueryError

    try:
        show_status(settings, tahun=parsed.tahun, triwulan=parsed.triwulan)
    except QueryError as error:
        _complain(str(error))
        return FAILED
    return OK


def _accept(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    if settings is None:
        return USAGE
    from pipelines.accepting import accept
    from pipelines.quality.decisions import DecisionError
    from pipelines.warehouse.query import QueryError

    try:
        accept(
            settings,
            kecamatan=parsed.kecamatan,
            tahun=parsed.tahun,
            triwulan=parsed.triwulan,
            aturan=parsed.aturan,
            tempat=parsed.sel,
            kode=parsed.kode,
            alasan=parsed.alasan,
            batal=parsed.batal,
        )
    except (DecisionError, QueryError) as error:
        _complain(str(error))
        return FAILED
    except OSError as error:
        _complain(f"{settings.keputusan} tidak dapat ditulis: {error.strerror}.")
        return FAILED
    return OK


def _query(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    if settings is None:
        return USAGE
    from pipelines.terminal import show_table
    from pipelines.warehouse.query import QueryError, run_query

    try:
        columns, rows = run_query(settings.warehouse, parsed.sql)
    except QueryError as error:
        _complain(str(error))
        return FAILED
    if parsed.csv:
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_as_text(value) for value in row] for row in rows)
    elif parsed.json:
        from pipelines.terminal import say
        from pipelines.warehouse.query import as_json

        say(as_json(columns, rows))
    else:
        show_table(columns, rows)
    return OK


def _as_text(value: object) -> object:
    """A text that a spreadsheet would take for a formula, with the apostrophe that says it is none (OWASP, CSV injection); figures stay."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in tuple("=+-@") and value.strip("- ") else value


def _sample(parsed: argparse.Namespace) -> int:
    settings = _settings(argparse.Namespace())
    if settings is None:
        return USAGE
    from pipelines.reference.tables import ReferenceError
    from pipelines.sample import write_sample

    try:
        written = write_sample(parsed.out, kecamatan=parsed.kecamatan, tahun=parsed.tahun, seed=parsed.seed, acuan=settings.acuan)
    except (ReferenceError, ValueError) as error:
        _complain(str(error))
        return USAGE
    except OSError as error:
        _complain(f"Contoh tidak dapat ditulis ke {parsed.out}: {error.strerror}.")
        return FAILED
    print(f"{len(written)} berkas CONTOH SINTETIS ditulis ke {parsed.out}.")
    return OK


if __name__ == "__main__":
    command()
