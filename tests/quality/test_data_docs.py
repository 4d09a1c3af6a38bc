"""The page of the validation: every rule, the right counts, and nothing from the web."""

from __future__ import annotations

import re

import pandas as pd
from lxml import html

from pipelines.quality.catalogue import BY_ID
from pipelines.quality.data_docs import data_docs_page
from pipelines.quality.figures import compute_figures
from pipelines.quality.findings import cell_findings, reading_findings, reading_frame
from pipelines.quality.validation import Validation, validate
from pipelines.workbook.submission import CellFinding, Refusal
from tests.quality.rows import LETTERS, staged, submission
from tests.quality.submissions import REFERENCES, SETTINGS


def _validation() -> Validation:
    kiriman = pd.DataFrame([submission(), submission(2, status="ditolak")])
    figures = compute_figures(staged({"kode": "7.01.01", "tw1_k": 1.0, "realisasi_k_lapor": 4.0}), kiriman, REFERENCES)
    cells = reading_frame(cell_findings(1, [CellFinding("bukan_angka", "C11", "<script>alert(1)</script>", None, None, "tw1_rp", 11)]))
    refused = reading_findings([(2, Refusal("berkas_terkunci_sandi", "Berkas terkunci; hapus sandinya."))])
    reading = pd.concat([cells, refused], ignore_index=True)
    return validate(figures, kiriman, {1: LETTERS}, reading, REFERENCES, SETTINGS)


def test_every_rule_has_a_row_with_its_counts() -> None:
    validation = _validation()
    page = html.fromstring(data_docs_page(validation, dibuat="24 November 2026", jumlah_kiriman=2))
    shown = {row.findtext("./td[2]/small/code"): int(row.xpath("string(./td[4])")) for row in page.xpath("//tbody/tr")}
    assert set(shown) == set(BY_ID)  # those of the reader that found nothing too
    for aturan, count in shown.items():
        assert count == (validation.temuan["aturan"] == aturan).sum()
    assert shown["realisasi_bukan_jumlah_triwulan"] == 1


def test_the_page_needs_no_network_and_carries_no_script() -> None:
    text = data_docs_page(_validation(), dibuat="<b>", jumlah_kiriman=2)
    assert not re.search(r"https?://|//[a-z]|<script|<link|@import|url\(|src=", text)
    assert "&lt;b&gt;" in text


def test_a_run_where_everything_was_refused_has_its_findings() -> None:
    kiriman = pd.DataFrame([submission(1, status="ditolak", tahun=None, triwulan=None, kode_kemendagri=None)])
    for name in ("tahun", "triwulan"):
        kiriman[name] = kiriman[name].astype("Int64")
    figures = compute_figures(staged({"kode": "7.01.01"}).iloc[:0], kiriman, REFERENCES)
    result = validate(figures, kiriman, {}, reading_findings([(1, Refusal("tabel_kosong", "Kosong; isi."))]), REFERENCES, SETTINGS)
    assert list(result.temuan["aturan"]) == ["tabel_kosong"]
