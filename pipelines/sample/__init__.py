"""The synthetic regency: forms of every kecamatan, for trying and benchmarking. Marked CONTOH SINTETIS on every sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_sample(
    out: Path,
    *,
    kecamatan: int = 21,
    tahun: Sequence[int] = (2024,),
    triwulan: Sequence[int] = (1, 2, 3, 4),
    seed: int = 1,
    kesalahan: int = 0,
    acuan: Path | None = None,
) -> list[Path]:
    """Write workbooks of the first `kecamatan` kecamatan below `out`, as `<tahun>/tw<triwulan>/<kecamatan>.xlsx`; returns their paths.

    The same arguments give the same bytes; a later quarter repeats the earlier ones. The files' modification time is the morning of the
    signature. `kesalahan` plants that many mistakes, spread over the workbooks, without a trace in them (see `mistakes.plant`).
    `acuan` is the folder of reference tables (default: the setting's). Raises ValueError (its message in Indonesian) where there are fewer
    kecamatan than asked for or a year has no nomenclature, ReferenceError where a reference table is wrong.
    """
    from pipelines.reference.tables import load_references
    from pipelines.sample.regency import Regency
    from pipelines.settings import Settings

    references = load_references(acuan or Settings().acuan)
    if not 1 <= kecamatan <= len(references.kecamatan):
        raise ValueError(f"Diminta {kecamatan} kecamatan, seharusnya 1 sampai {len(references.kecamatan)}.")
    for year in tahun:
        if not references.known_codes(year):
            raise ValueError(f"Tahun {year} tidak punya nomenklatur; pilih tahun lain, atau tambahkan kodenya di nomenklatur.csv.")
    regency = Regency(references, seed)
    keys = [(year, quarter, place) for year in tahun for quarter in triwulan for place in references.kecamatan[:kecamatan]]
    return regency.write(out, keys, kesalahan=kesalahan)
