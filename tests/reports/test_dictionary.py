"""The dictionary page: whole, on its own, and nothing in it runs that came from a form."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
from lxml import html

from pipelines.reports.dictionary import write_dictionary
from tests.warehouse.conftest import Built


def test_every_table_column_and_rule_is_there_with_its_meaning(built: Built, tmp_path: Path) -> None:
    page = html.fromstring(write_dictionary(built.publication.warehouse, tmp_path).read_bytes())
    sections = {section.get("id"): section for section in page.iter("section")}
    columns = built.rows("select table_name, column_name from duckdb_columns() where schema_name = 'main' and not internal")
    assert len(columns) > 150
    for table, column in columns:
        rows = {row[0].text_content(): row[2].text_content() for row in sections[table].iter("tr") if len(row) == 3}
        assert rows[column], (table, column)
    assert all(section.find("p").text_content().startswith("Satu baris = ") for name, section in sections.items() if name != "aturan")
    rules = {row[0].text_content() for row in sections["aturan"].iter("tr")}
    assert {rule for (rule,) in built.rows("select aturan from dim_aturan")} <= rules


def test_it_needs_no_network_and_text_stays_text(built: Built, tmp_path: Path) -> None:
    warehouse = tmp_path / "renja.duckdb"
    shutil.copy(built.publication.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("""comment on table dim_periode is '<script>alert(1)</script>'""")
    text = write_dictionary(warehouse, tmp_path / "kamus").read_text()
    assert "&lt;script&gt;alert(1)" in text
    assert not re.search(r"https?:|//\w|@import|<link", text)
    assert text == write_dictionary(warehouse, tmp_path / "kamus").read_text()
