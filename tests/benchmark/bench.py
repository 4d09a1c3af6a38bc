"""`make bench`: what the pipeline costs, as ratios measured in one run on this machine.

On 84 synthetic workbooks (21 kecamatan × 4 triwulan): the whole of `renja run` against the script that a person would write instead
(`naive_script`), reading to typed rows against calamine's bare read and against `pandas.read_excel` with openpyxl, and the check of all 84
in one batch, with what each rule of the catalogue costs.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent


def timed(function: Callable[[], object], repeat: int = 1) -> float:
    """The best wall time of `repeat` calls, in seconds."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def timed_in_turn(functions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The best wall time of each, called in turn: whatever else the machine does in a round, it does to all of them."""
    best = [float("inf")] * len(functions)
    for _ in range(rounds):
        for place, function in enumerate(functions):
            gc.collect()  # nobody pays for another's garbage
            best[place] = min(best[place], timed(function))
    return best


def run(*command: str) -> None:
    """A command, quiet unless it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited {done.returncode}\n{done.stdout}\n{done.stderr}")


def check_costs(raw: Path, out: Path) -> tuple[float, list[tuple[str, float]]]:
    """Seconds to check everything that a run has staged, in one batch beyond imports; and each rule's part of it, the dearest first."""
    import pipelines.quality.engine  # noqa: F401 - beyond imports
    from pipelines.orchestration.steps import Run
    from pipelines.quality.batch import Batch
    from pipelines.quality.expectations import run_suite
    from pipelines.quality.findings import positions_of, reading_findings
    from pipelines.quality.validation import all_checks, validate
    from pipelines.settings import Settings
    from pipelines.workbook.submission import Form

    logging.disable(logging.INFO)
    run = Run(Settings(raw=raw, out=out))
    items = list(run.selection.submissions.items())
    kolom = {number: item.kolom for number, item in items if isinstance(item, Form)}
    reading, kiriman, periode = reading_findings(items), run.selection.kiriman, run.calendar["periode"]
    whole = timed(lambda: validate(run.figures, kiriman, kolom, reading, run.references, run.settings, periode), 2)
    batch = Batch(run.figures, kiriman, kolom, reading, run.references, periode)
    checks, placed = all_checks(batch, run.settings), positions_of(reading, batch)
    nothing = timed(lambda: run_suite([], placed, batch.length), 2)
    rules: dict[str, float] = {}
    for aturan in dict.fromkeys(check.aturan for check in checks):
        own = [check for check in checks if check.aturan == aturan]
        rules[aturan] = max(timed(lambda own=own: run_suite(own, placed, batch.length), 2) - nothing, 0.0)
    return whole, sorted(rules.items(), key=lambda item: -item[1])


def main() -> None:
    """Print the table; exit 1 where a target of the project is missed and RENJA_BENCH_STRICT is set."""
    import pandas as pd
    import python_calamine

    from pipelines.reference.tables import load_references
    from pipelines.sample import write_sample
    from pipelines.settings import Settings
    from pipelines.workbook.form import read_file

    renja = str(Path(sys.executable).with_name("renja"))
    with tempfile.TemporaryDirectory(prefix="renja-bench-") as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        print("menulis 84 buku kerja contoh …", flush=True)
        written = timed(lambda: write_sample(raw, tahun=(2025,), seed=1))
        files = sorted(raw.rglob("*.xlsx"))
        settings = Settings()
        references = load_references(settings.acuan)

        def bare() -> None:
            for path in files:
                for sheet in (book := python_calamine.CalamineWorkbook.from_path(str(path))).sheet_names:
                    book.get_sheet_by_name(sheet).to_python()

        def forms() -> None:
            for path in files:
                read_file(path, path.relative_to(raw).as_posix(), references, settings)

        def openpyxl() -> None:
            for path in files:
                pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")

        forms()
        t_bare, t_forms, t_openpyxl = timed_in_turn((bare, forms, openpyxl), 3)
        naive = timed(lambda: run(sys.executable, str(HERE / "naive_script.py"), str(raw), str(Path(folder) / "naive.duckdb")), 2)

        def everything() -> None:
            shutil.rmtree(out, ignore_errors=True)
            run(renja, "run", "--raw", str(raw), "--out", str(out))

        first = timed(everything, 2)
        again = timed(lambda: run(renja, "run", "--raw", str(raw), "--out", str(out)))
        touched = files[0]
        write_sample(Path(folder) / "other", kecamatan=1, tahun=(2025,), triwulan=(1,), seed=2)
        other = next((Path(folder) / "other").rglob("*.xlsx"))
        touched.write_bytes(other.read_bytes())
        one = timed(lambda: run(renja, "run", "--raw", str(raw), "--out", str(out)))
        checked, rules = check_costs(raw, out)
        check_one = timed(
            lambda: subprocess.run([renja, "check", str(files[-1]), "--annotate", folder], capture_output=True, check=False), 2
        )

    rows = [
        (f"renja sample, {len(files)} buku kerja", written, None, None),
        ("calamine, hanya membaca sel", t_bare, None, None),
        ("pandas.read_excel + openpyxl, hanya membaca sel", t_openpyxl, None, None),
        ("membaca sampai baris bertipe (÷ calamine, target ≤ 4)", t_forms, t_forms / t_bare, t_forms / t_bare <= 4),
        ("pandas + openpyxl ÷ membaca (target ≥ 4)", t_forms, t_openpyxl / t_forms, t_openpyxl / t_forms >= 4),
        ("skrip pengganti (pandas, DuckDB, GROUP BY)", naive, None, None),
        ("renja run, semuanya baru (÷ skrip, target ≤ 2)", first, first / naive, first / naive <= 2),
        ("renja run, tidak ada yang baru (target 3 s)", again, None, again <= 3),
        ("renja run, satu buku kerja berubah", one, one / naive, None),
        (f"memeriksa {len(files)} kiriman dalam satu batch (target 3 s)", checked, None, checked <= 3),
        ("renja check --annotate, satu buku kerja (target 6 s)", check_one, None, check_one <= 6),
    ]
    for label, seconds, ratio, met in rows:
        shown = "" if ratio is None else f"{ratio:7.2f} ×"
        print(f"{label:<58} {seconds:8.2f} s {shown:>10} {'' if met is None else ('tercapai' if met else 'BELUM')}")
    print("\nharga tiap aturan (ekspektasinya dalam batch itu):")
    for aturan, seconds in rules:
        print(f"  {aturan:<40} {seconds * 1000:8.1f} ms")
    if os.environ.get("RENJA_BENCH_STRICT") and any(met is False for *_, met in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
