"""The validation's own page: every rule, every column that it looks at, what was checked and what failed. One file, opens with no network.

great-expectations' own Data Docs load scripts and fonts from the web; this page is made from the same result and loads nothing.
"""

from __future__ import annotations

from html import escape

import pandas as pd

from pipelines.quality.catalogue import RULES, Rule, Tingkat
from pipelines.quality.decisions import ACCEPTED
from pipelines.quality.validation import Validation
from pipelines.workbook.columns import TITLES

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b2733;background:#fff}
h1{font-size:1.5rem;margin-bottom:.2rem} p.lead{color:#52606d;margin-top:0}
table{border-collapse:collapse;width:100%} th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e1e7ed;vertical-align:top}
th{background:#f3f6f9;position:sticky;top:0} td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.t{display:inline-block;padding:0 .5rem;border-radius:.6rem;font-size:.85rem}
.tolak,.galat{background:#fde2e1;color:#8a1c14}.peringatan{background:#fff1cc;color:#6b4e00}.info{background:#e3eefb;color:#174a86}
.ok{color:#1d6b3a}.bad{color:#8a1c14;font-weight:600}.some{font-weight:600} details summary{cursor:pointer;white-space:nowrap}
details ul{margin:.3rem 0;padding-left:1rem;font-size:.85rem;max-width:22rem} details code{overflow-wrap:anywhere} small{color:#52606d}
"""


def data_docs_page(validation: Validation, *, dibuat: str, jumlah_kiriman: int) -> str:
    """The page as HTML. `dibuat`: when the validation ran, as it is to be read; `jumlah_kiriman`: submissions in the batch."""
    hasil = validation.hasil
    temuan = validation.temuan
    found = temuan["aturan"].value_counts()
    accepted = temuan.loc[temuan["status_temuan"] == ACCEPTED, "aturan"].value_counts()
    rows = [
        _rule(rule, hasil[hasil["aturan"] == rule.aturan], int(found.get(rule.aturan, 0)), int(accepted.get(rule.aturan, 0)))
        for rule in RULES
    ]
    failed = int((~hasil["berhasil"]).sum())
    lead = (
        f"{_count(jumlah_kiriman)} kiriman, yang sudah digantikan dan yang ditolak termasuk; {len(RULES)} aturan, diperiksa dengan "
        f"{validation.ekspektasi} ekspektasi great-expectations atas {len(hasil)} kolom aturan, {failed} di antaranya menemukan "
        f"sesuatu: {_count(len(temuan))} temuan, {_count(int(accepted.sum()))} diterima Bappeda. Dibuat {escape(dibuat)}."
    )
    return (
        '<!doctype html>\n<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Hasil pemeriksaan E.81</title><style>{_STYLE}</style></head><body>"
        f'<h1>Hasil pemeriksaan E.81</h1><p class="lead">{lead}</p><table><thead><tr><th>Tingkat</th><th>Aturan</th>'
        '<th class="n">Diperiksa</th><th class="n">Temuan</th><th class="n">Diterima</th><th>Pemeriksaan</th></tr></thead><tbody>'
        f"{''.join(rows)}</tbody></table></body></html>\n"
    )


def _count(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _rule(rule: Rule, hasil: pd.DataFrame, found: int, accepted: int) -> str:
    lines = "".join(
        f"<li>{escape(TITLES.get(str(row.kolom), str(row.kolom)) if isinstance(row.kolom, str) else 'kiriman')}: "
        f"<code>{escape(str(row.ekspektasi))}</code>, "
        f"{_count(int(str(row.jumlah_diperiksa)))} diperiksa, "
        f'<span class="{"ok" if row.berhasil else "bad"}">{_count(int(str(row.jumlah_gagal)))} gagal</span></li>'
        for row in hasil.itertuples()
    )
    color = "ok" if not found else "bad" if rule.tingkat in (Tingkat.TOLAK, Tingkat.GALAT) else "some"
    how = f"<details><summary>{len(hasil)} kolom</summary><ul>{lines}</ul></details>" if len(hasil) else "<small>dari pembaca</small>"
    checked = _count(int(hasil["jumlah_diperiksa"].sum())) if len(hasil) else ""
    return (
        f'<tr><td><span class="t {rule.tingkat}">{rule.tingkat}</span></td>'
        f"<td><b>{escape(rule.judul)}</b> <small><code>{rule.aturan}</code></small><br>{escape(rule.penjelasan)}<br>"
        f'<small>{escape(rule.tindakan)}</small></td><td class="n">{checked}</td>'
        f'<td class="n {color}">{_count(found)}</td><td class="n">{_count(accepted) if accepted else ""}</td><td>{how}</td></tr>'
    )
