"""What was read against what is true: every figure equal, or reported at its cell. Anything else is a silent error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.workbook.submission import Form
from tests.corpus.page import Page
from tests.corpus.render import Layout, expected_rows
from tests.corpus.true_form import TrueForm

Truth = Mapping[tuple[int, str], object]  # (true row, column of the staged frame) → what a person would read there now
ROW_WORDS = ("level", "kode", "indikator_ke", "satuan", "indikator")
UNCHANGED: Truth = {}


def silent_errors(form: Form, true: TrueForm, layout: Layout, page: Page, changed: Truth = UNCHANGED) -> list[str]:
    """Figures, rows and row words that differ from the truth without a finding at the cell (for rows and words: in the row)."""
    cells = {t.sel for t in form.temuan if t.sel}
    reported_rows = {int("".join(filter(str.isdigit, sel))) for sel in cells}
    loaded: dict[int, dict[str, Any]] = {}
    for row in form.baris.astype(object).where(form.baris.notna(), None).to_dict("records"):
        loaded[row["baris"]] = row
    errors = []
    for place, wanted in enumerate(expected_rows(true, layout)):
        baris = page.rows[place] + 1
        wanted |= {name: value for (row, name), value in changed.items() if row == place}
        if wanted.get("dropped"):
            continue
        if baris not in loaded:
            errors += [] if baris in reported_rows else [f"baris {baris} hilang tanpa temuan"]
            continue
        row = loaded.pop(baris)
        for name, value in wanted.items():
            if name in ROW_WORDS:
                if row[name] != value and baris not in reported_rows:
                    errors.append(f"baris {baris} {name}: {row[name]!r}, seharusnya {value!r}")
            elif name in form.kolom or value is not None:
                if name in ("uraian", "penanggung_jawab"):
                    continue
                if row[name] != value and f"{form.kolom.get(name)}{baris}" not in cells:
                    errors.append(f"{form.kolom.get(name)}{baris} {name}: {row[name]!r}, seharusnya {value!r}")
    for baris in {row + 1 for row in page.kelurahan}:
        if loaded.pop(baris, {}).get("level") != "kelurahan":
            errors.append(f"baris {baris} bukan kelurahan")
    errors += [f"baris {baris} dimuat, padahal bukan baris formulir" for baris in loaded if baris not in reported_rows]
    return errors
