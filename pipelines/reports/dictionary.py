"""The data dictionary `kamus/index.html`: every table, column, grain and rule, from the published warehouse's own comments.

One file that opens without a network. What a table or column means is written once, in the dbt project's .yml; publication puts it into the
warehouse, and this page shows it.
"""

from __future__ import annotations

from collections import defaultdict
from html import escape
from pathlib import Path

import duckdb

from pipelines.replace_file import replace_file

_GROUPS = (("dim_", "Dimensi"), ("fact_", "Fakta"), ("mart_", "Mart"))
_TABLES = """
    select table_name, coalesce(comment, '') from duckdb_tables()
    where schema_name = 'main' and not internal order by table_name
"""
_COLUMNS = """
    select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns()
    where schema_name = 'main' and not internal order by table_name, column_index
"""
_STYLE = """
:root{color-scheme:light dark;--ink:#1f2933;--soft:#5b6770;--line:#d5dbe1;--paper:#fff;--tint:#f2f5f8;--blue:#1f4e79}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ee;--soft:#9aa7b2;--line:#3a444e;--paper:#15191d;--tint:#20262c;--blue:#8fbbe6}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:70rem;padding:1.5rem}
h1,h2,h3{color:var(--blue);line-height:1.25}h2{margin-top:2.5rem}h3{margin:1.8rem 0 .2rem;font:600 1.05rem ui-monospace,monospace}
p{margin:.2rem 0 .6rem;max-width:60rem}.soft{color:var(--soft)}input{font:inherit;padding:.4rem .6rem;width:22rem;max-width:100%}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
td,th{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
th{background:var(--tint)}td:first-child{font-family:ui-monospace,monospace;white-space:nowrap}
nav a{margin-right:.8rem;white-space:nowrap;color:var(--blue)}
"""
_SCRIPT = """
const box=document.querySelector('input');
box.addEventListener('input',()=>{const word=box.value.toLowerCase();
for(const part of document.querySelectorAll('section[data-table]'))part.hidden=!part.textContent.toLowerCase().includes(word);});
"""


def write_dictionary(warehouse: Path, kamus: Path) -> Path:
    """Write the dictionary page.

    Args:
        warehouse: the published DuckDB file, opened read-only.
        kamus: the folder for the page.

    Returns:
        The page; replaced in one step, and the same warehouse gives the same bytes.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = [(str(name), str(comment)) for name, comment in connection.execute(_TABLES).fetchall()]
        columns: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for table, column, kind, comment in connection.execute(_COLUMNS).fetchall():
            columns[table].append((column, kind, comment))
        rules = connection.execute("select aturan, tingkat, judul, penjelasan from dim_aturan order by aturan").fetchall()
        counts = {name: connection.execute(f'select count(*) from "{name}"').fetchall()[0][0] for name, _ in tables}
    parts = [_head(tables)]
    for prefix, title in (*_GROUPS, ("", "Lainnya")):
        group = [(name, comment) for name, comment in tables if _prefix(name) == prefix]
        if group:
            parts.append(f'<h2 id="{prefix or "lainnya"}">{title}</h2>')
            parts += [_table(name, comment, columns[name], counts[name]) for name, comment in group]
    parts.append(_rules(rules))
    parts.append(f"<script>{_SCRIPT}</script></body></html>\n")
    page = kamus / "index.html"
    replace_file(page, "\n".join(parts).encode())
    return page


def _prefix(name: str) -> str:
    return next((prefix for prefix, _ in _GROUPS if name.startswith(prefix)), "")


def _head(tables: list[tuple[str, str]]) -> str:
    links = " ".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name, _ in tables)
    return (
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Kamus data E.81</title><style>{_STYLE}</style></head><body><h1>Kamus data E.81</h1>"
        "<p>Isi gudang <code>gudang/renja.duckdb</code>. Tanpa akhiran <code>_lapor</code>: angka hasil hitungan; dengan akhiran itu: "
        "angka yang tertulis pada formulir. "
        "<code>_rp</code> rupiah, <code>_k</code> dalam satuan barisnya, <code>_pct</code> persen 0–100. "
        "NULL berarti tidak dinyatakan, 0 berarti nihil.</p>"
        '<p><input type="search" placeholder="Cari tabel, kolom, aturan…" aria-label="Cari"></p>'
        f'<nav>{links} <a href="#aturan">aturan</a></nav>'
    )


def _table(name: str, comment: str, columns: list[tuple[str, str, str]], count: int) -> str:
    rows = "".join(f"<tr><td>{escape(c)}</td><td>{escape(kind)}</td><td>{escape(text)}</td></tr>" for c, kind, text in columns)
    return (
        f'<section data-table id="{escape(name)}"><h3>{escape(name)}</h3>'
        f'<p>{escape(comment)} <span class="soft">({count} baris)</span></p>'
        f'<div class="wide"><table><tr><th>kolom</th><th>jenis</th><th>arti</th></tr>{rows}</table></div></section>'
    )


def _rules(rules: list[tuple[str, str, str, str]]) -> str:
    rows = "".join(f"<tr>{_cells(rule)}</tr>" for rule in rules)
    return (
        '<section data-table id="aturan"><h2>Aturan pemeriksaan</h2><div class="wide"><table>'
        f"<tr><th>aturan</th><th>tingkat</th><th>judul</th><th>penjelasan</th></tr>{rows}</table></div></section>"
    )


def _cells(values: tuple[str, ...]) -> str:
    return "".join(f"<td>{escape(value or '')}</td>" for value in values)
