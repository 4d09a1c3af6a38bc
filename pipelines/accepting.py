"""`renja accept`: Bappeda accepts a published finding, or takes that back. The next run shows it everywhere.

Belongs here: which finding is meant. Does not belong here: what a decision is, and when it expires (`pipelines.quality.decisions`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipelines.quality.decisions import DecisionError, accept_finding, withdraw_decisions
from pipelines.settings import Settings
from pipelines.terminal import harmless, say
from pipelines.warehouse.query import run_query

_FINDINGS = """
    with indikator as (
        -- an indicator as `findings_frame` tells it apart: its text, and its turn where a code repeats it
        select berkas_key, baris, indikator_lapor, row_number() over (
            partition by berkas_key, kode, indikator_lapor order by urutan
        ) as ke
        from fact_kinerja
    )
    select temuan.berkas_key as kiriman_id, kecamatan.kode_kemendagri, kecamatan.nama, periode.tahun, periode.triwulan, berkas.status,
        berkas.sha256, temuan.aturan, temuan.lembar, temuan.sel, temuan.kode, temuan.kolom, temuan.nilai_lapor,
        temuan.nilai_seharusnya, temuan.pesan,
        coalesce(indikator.indikator_lapor, '') || case when indikator.ke > 1 then '#' || indikator.ke else '' end as indikator
    from fact_temuan as temuan
    inner join dim_berkas as berkas using (berkas_key)
    inner join dim_kecamatan as kecamatan on temuan.kecamatan_key = kecamatan.kecamatan_key
    inner join dim_periode as periode on temuan.periode_key = periode.periode_key
    left join indikator on temuan.berkas_key = indikator.berkas_key and temuan.baris = indikator.baris
    order by temuan.temuan_key
"""


def accept(
    settings: Settings, *, kecamatan: str, tahun: int, triwulan: int, aturan: str, tempat: str, kode: str | None, alasan: str, batal: bool
) -> None:
    """Add today's decision about one published finding to `settings.keputusan`, or with `batal` remove those about it; says what it did.

    `kecamatan` is a name or a Kemendagri code; `tempat` a cell, `lembar!sel`, or `-` for a finding without a cell; `kode` tells apart
    findings of one rule at one place. Raises `DecisionError` where no such finding is published or the table is wrong, `QueryError` where
    nothing is published.
    """
    lembar, sel = _place(tempat)
    kode_kemendagri, nama = _kecamatan(settings, kecamatan)
    what = f"{nama}, triwulan {triwulan} {tahun}, {aturan}, " + (f"sel {sel}" if sel else "tanpa sel")
    place: dict[str, Any] = {
        "kode_kemendagri": kode_kemendagri, "tahun": tahun, "triwulan": triwulan, "aturan": aturan, "sel": sel, "kode": kode,
    }  # fmt: skip
    columns, rows = run_query(settings.warehouse, _FINDINGS)
    found = pd.DataFrame(rows, columns=columns)
    if lembar is not None:
        found = found[found["lembar"] == lembar]
    if batal:
        count = withdraw_decisions(settings.keputusan, found, found, **place)
        if not count:
            raise DecisionError(f"{what}: tidak ada keputusan di {settings.keputusan}; periksa aturan dan selnya.")
        say(f"Keputusan dibatalkan: {harmless(what)} ({count} baris dihapus dari {harmless(settings.keputusan)}).")
    else:
        accept_finding(settings.keputusan, found, found, **place, alasan=alasan, tanggal=settings.today)
        say(f"Temuan diterima: {harmless(what)}; dicatat di {harmless(settings.keputusan)}.")
    say("Tampak di gudang dan laporan sesudah `renja run` berikutnya.")


def _place(text: str) -> tuple[str | None, str | None]:
    """`TW II!K20`, `'TW II'!$K$20`, `K20` or `-` → sheet and cell."""
    lembar, _, sel = text.rpartition("!")
    if len(lembar) > 1 and lembar[0] == lembar[-1] == "'":
        lembar = lembar[1:-1].replace("''", "'")
    return lembar or None, None if sel.strip() in ("", "-") else sel.strip().replace("$", "").upper()


def _kecamatan(settings: Settings, text: str) -> tuple[str, str]:
    """Code and name of the kecamatan that is meant."""
    _, rows = run_query(settings.warehouse, "select kode_kemendagri, nama from dim_kecamatan order by kode_kemendagri")
    for kode, nama in rows:
        if text.strip().casefold() in (kode, str(nama).casefold()):
            return str(kode), str(nama)
    raise DecisionError(f"Kecamatan “{text}” tidak dikenal; yang ada: {', '.join(str(nama) for _, nama in rows)}.")
