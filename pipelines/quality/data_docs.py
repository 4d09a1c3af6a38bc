"""The validation's own page: every rule, every column that it looks at, what was checked and what failed. One file, opens with no network.

great-expectations' own Data Docs load scripts and fonts from the web; this page is made from the same result and loads nothing.
"""

from __future__ import annotations

from html import escape

import pandas as pd

from pipelines.quality.catalogue import BY_ID, PRIORITY
from pipelines.quality.validation import Validation
from pipelines.workbook.columns import TITLES

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b2733;background:#fff}
h1{font-size:1.5rem;margin-bottom:.2rem} p.lead{color:#52606d;margin-top:0}
table{border-collapse:collapse;width:100%} th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e1e7ed;vertical-align:top}
th{background:#f3f6f9;position:sticky;top:0} td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.t{display:inline-block;padding:0 .5rem;border-radius:.6rem;font-size:.85rem}
.tolak,.galat{background:#fde2e1;color:#8a1c14}.peringatan{background:#fff1cc;color:#6b4e00}.info{background:#e3eefb;color:#174a86}
.ok{color:#1d6b3a}.bad{color:#8a1c14;font-weight:600} details summary{cursor:pointer} small{color:#52606d}
"""


def data_docs_page(validation: Validation, *, dibuat: str, jumlah_kiriman: int) -> str:
    """The page as HTML. `dibuat`: when the validation ran, as it is to be read; `jumlah_kiriman`: submissions in the batch."""
    hasil = validation.hasil
    found = validation.temuan["aturan"].value_counts()
    rows = [_rule(aturan, hasil[hasil["aturan"] == aturan], int(found.get(aturan, 0))) for aturan in _order(hasil, found)]
    failed = int((~hasil["berhasil"]).sum())
    lead = (
        f"{jumlah_kiriman} kiriman, {len(validation.gx.results)} ekspektasi great-expectations atas {len(hasil)} pemeriksaan, "
        f"{failed} di antaranya menemukan sesuatu; "
        f"{len(validation.temuan)} temuan. Dibuat {escape(dibuat)}."
    )
    return (
        '<!doctype html>\n<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Hasil pemeriksaan E.81</title><style>{_STYLE}</style></head><body>"
        f'<h1>Hasil pemeriksaan E.81</h1><p class="lead">{lead}</p><table><thead><tr><th>Tingkat</th><th>Aturan</th>'
        '<th class="n">Diperiksa</th><th class="n">Temuan</th><th>Pemeriksaan</th></tr></thead><tbody>'
        f"{''.join(rows)}</tbody></table></body></html>\n"
    )


def _order(hasil: pd.DataFrame, found: pd.Series) -> list[str]:
    return sorted({*map(str, hasil["aturan"]), *map(str, found.index)}, key=lambda aturan: PRIORITY[aturan])


def _rule(aturan: str, hasil: pd.DataFrame, found: int) -> str:
    rule = BY_ID[aturan]
    lines = "".join(
        f"<li>{escape(TITLES.get(str(row.kolom), str(row.kolom)) if isinstance(row.kolom, str) else 'kiriman')}: "
        f"<code>{escape(str(row.ekspektasi))}</code>, {row.jumlah_diperiksa} diperiksa, "
        f'<span class="{"ok" if row.berhasil else "bad"}">{row.jumlah_gagal} gagal</span></li>'
        for row in hasil.itertuples()
    )
    how = f"<details><summary>{len(hasil)} kolom</summary><ul>{lines}</ul></details>" if len(hasil) else "<small>dari pembaca</small>"
    return (
        f'<tr><td><span class="t {rule.tingkat}">{rule.tingkat}</span></td>'
        f"<td><b>{escape(rule.judul)}</b> <small><code>{aturan}</code></small><br>{escape(rule.penjelasan)}<br>"
        f'<small>{escape(rule.tindakan)}</small></td><td class="n">{int(hasil["jumlah_diperiksa"].sum())}</td>'
        f'<td class="n {"bad" if found else "ok"}">{found}</td><td>{how}</td></tr>'
    )
