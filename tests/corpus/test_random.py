"""Layout features and damages put together at random: whatever comes of it, no figure is silently wrong.

The seed is new in every run and printed where a case fails; `RENJA_UJI_BENIH` repeats a run, `RENJA_UJI_JUMLAH` sets the number of cases.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from pipelines.reference.tables import load_references
from pipelines.settings import Settings
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form
from tests.corpus.comparison import silent_errors
from tests.corpus.damages import CELL_DAMAGES, HEADER_DAMAGES, IDENTITY_DAMAGES, ROW_DAMAGES
from tests.corpus.render import Layout, lay_out
from tests.corpus.true_form import TRUE_FORM
from tests.corpus.writers import WRITERS

SEED = int(os.environ.get("RENJA_UJI_BENIH") or random.SystemRandom().randrange(10**9))
CASES = int(os.environ.get("RENJA_UJI_JUMLAH") or 150)
SETTINGS = Settings(_env_file=None)  # type: ignore[call-arg]
REFERENCES = load_references(SETTINGS.acuan)


def random_layout(rng: random.Random) -> Layout:
    numbers = rng.choice(("native", "native", "indonesia", "english", "rp"))
    titles = rng.random() < 0.9
    apart = titles and rng.random() < 0.1
    return Layout(
        "acak",
        numbering=rng.choice(("20", "15", "16", "17")),
        k="column" if apart else rng.choice(("split", "split", "cell", "column")),
        number_row=rng.choice(("formula", "plain", "text", "bracket", "split", "each", "all", "missing")),
        labels="none" if apart else rng.choice(("above", "above", "below", "none")),
        label_words=rng.choice(
            (("K", "Rp"), ("K", "Rp"), ("Target", "Pagu"), ("Kinerja", "Anggaran"), ("Realisasi", "Realisasi Anggaran"))
        ),
        titled="apart" if apart else "together",
        realisasi=rng.choice((None, None, "Realisasi s/d Triwulan II", "Realisasi Kinerja dan Anggaran Triwulan I s.d. II")),
        titles=titles,
        tw=rng.choice(("all", "all", "absent", "hidden")),
        row=rng.choice((0, 0, 3)),
        column=rng.choice((0, 0, 2)),
        numbers=numbers,
        percent=rng.choice(("native", "format", "text")),
        nil=rng.choice(("-", "–", "0")),
        thousands=rng.random() < 0.15,
        cumulative=titles and rng.random() < 0.15,  # only a title says so
        repeat_header=rng.choice((None, None, None, 4, 7)),
        blank_rows=rng.random() < 0.2,
        merge=rng.random() < 0.7,
        codes=rng.choice(("plain", "plain", "short", "dot", "none", "split", "numbers", "in_kode", "in_uraian", "organisasi")),
        notes=rng.random() < 0.2,
        helper=rng.random() < 0.2,
        foot=rng.choice(("cells", "lines", "beside")),
        column_20=rng.choice(("table", "table", "table", "below", "foot", "sheet")),
    )


@pytest.mark.parametrize("case", range(CASES))
def test_nothing_is_silently_wrong(case: int, tmp_path: Path) -> None:
    rng = random.Random(f"{SEED}/{case}")
    layout = random_layout(rng)
    page = lay_out(TRUE_FORM, layout)
    kinds = rng.sample((CELL_DAMAGES, ROW_DAMAGES, HEADER_DAMAGES, IDENTITY_DAMAGES), rng.choice((0, 1, 1, 2)))
    damages = [rng.choice(fitting) for kind in kinds if (fitting := [d for d in kind if d.fits(layout)])]
    # what moves whole rows or columns comes last, for the others find their cells by the layout
    damages.sort(key=lambda damage: damage in HEADER_DAMAGES)
    outcomes = [damage.change(page, layout, rng) for damage in damages]
    keys = [key for outcome in outcomes for key in outcome.changed]
    if len(set(keys)) < len(keys):
        return  # two damages of one cell: neither says any more what stands there
    nameless = any("nama lembar" in damage.name for damage in damages)  # an HTML table has no sheet's name
    write, suffix = WRITERS[rng.choice([name for name in sorted(WRITERS) if not (nameless and name == "html")])]
    path = tmp_path / f"kiriman{suffix}"
    write(page, path)
    said = f"RENJA_UJI_BENIH={SEED}, kasus {case}: {layout}, {[damage.name for damage in damages]}, {write.__name__}"
    relative = next((outcome.path for outcome in outcomes if outcome.path != "kiriman.xlsx"), "kiriman.xlsx")
    kiriman = read_file(path, relative, REFERENCES, SETTINGS).kiriman
    assert len(kiriman) == 1, said
    (item,) = kiriman
    if not isinstance(item, Form):
        assert damages or not layout.titles or layout.number_row == "missing" or layout.labels == "none", f"{said}: {item.pesan}"
        return
    assert not any(outcome.refused for outcome in outcomes), f"{said}: {item.penjelasan}"
    changed = {key: value for outcome in outcomes for key, value in outcome.changed.items()}
    assert silent_errors(item, TRUE_FORM, layout, page, changed) == [], said
