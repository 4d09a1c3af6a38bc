"""`renja status`: the submission board from the published warehouse: a row a kecamatan, a column a triwulan.

Belongs here: the board's cells. Does not belong here: what is due, late or refused (`fact_pelaporan`).
"""

from __future__ import annotations

from itertools import zip_longest

from pipelines.settings import Settings
from pipelines.terminal import say, show_table, table_width, terminal_width
from pipelines.warehouse.query import run_query

_SQL = """
    select kecamatan.nama, periode.tahun, periode.triwulan, laporan.status, laporan.revisi_ke, laporan.jumlah_galat,
        laporan.jumlah_peringatan, laporan.jumlah_galat_diterima, laporan.jumlah_peringatan_diterima, laporan.hari_terlambat
    from fact_pelaporan as laporan
    inner join dim_kecamatan as kecamatan using (kecamatan_key)
    inner join dim_periode as periode using (periode_key)
    order by kecamatan.kode_kemendagri, periode.periode_key
"""


def show_status(settings: Settings, *, tahun: int | None = None, triwulan: int | None = None) -> None:
    """Print the board; by default every triwulan of the newest year with a submission.

    On a terminal too narrow for it, what a cell says stands on lines of its own. Raises `QueryError` where nothing is published.
    """
    _, rows = run_query(settings.warehouse, _SQL)
    if tahun is None:
        reported = [row[1] for row in rows if row[3] != "belum"]
        tahun = max(reported, default=max((row[1] for row in rows), default=settings.tahun_awal))
    chosen = [row for row in rows if row[1] == tahun and triwulan in (None, row[2])]
    if not chosen:
        known = sorted({row[1] for row in rows})
        say(f"Tahun {tahun} tidak ada di gudang; yang ada {known[0]} sampai {known[-1]}." if known else "Gudang tidak memuat periode.")
        return
    quarters = sorted({row[2] for row in chosen})
    board: dict[str, dict[int, list[str]]] = {}
    for nama, _, quarter, *rest in chosen:
        board.setdefault(nama, {})[quarter] = _cell(*rest)
    columns = ["kecamatan", *(f"{tahun} TW {('I', 'II', 'III', 'IV')[quarter - 1]}" for quarter in quarters)]
    table = [[nama, *(", ".join(cells.get(quarter, ())) for quarter in quarters)] for nama, cells in board.items()]
    width = terminal_width()
    if width is not None and table_width(columns, table) > width:
        broken = [([nama], *(cells.get(quarter, []) for quarter in quarters)) for nama, cells in board.items()]
        table = [list(line) for row in broken for line in zip_longest(*row, fillvalue="")]
    show_table(columns, table)


def _cell(
    status: str, revisi_ke: int | None, galat: int, peringatan: int, galat_diterima: int, peringatan_diterima: int, terlambat: int | None
) -> list[str]:
    """`diterima`, `3 galat (1 diterima)`, `1 peringatan`, `terlambat 2 hari`; accepted findings are counted in both."""
    parts = [f"revisi {revisi_ke}" if status == "diterima" and revisi_ke else status]
    for count, accepted, word in ((galat, galat_diterima, "galat"), (peringatan, peringatan_diterima, "peringatan")):
        if count:
            parts.append(f"{count} {word}" + (f" ({accepted} diterima)" if accepted else ""))
    if terlambat:
        parts.append(f"terlambat {terlambat} hari")
    return parts
