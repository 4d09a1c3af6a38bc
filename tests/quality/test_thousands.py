"""A form that counts in whole thousands: each cell is rounded by itself, so its sums and ratios are off by what rounding explains."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pytest

from pipelines.sample.form_data import FormData, number
from pipelines.sample.mistakes import Planted, plant
from pipelines.sample.regency import Regency
from pipelines.sample.writer import FIRST_ROW, write_form
from pipelines.workbook.columns import PAIRS, TARGET
from tests.quality.submissions import REFERENCES, Checked, check_items, read


def in_thousands(form: FormData, path: Path, decimals: int = 0) -> None:
    """The form with values in the place of formulas, its Rp in thousands."""
    write_form(form, path)
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book.worksheets[0]
    sheet["A5"] = "(dalam ribuan rupiah)"
    step = Decimal(1).scaleb(-decimals)
    for pair in PAIRS:
        if pair.name in ("capaian", "renstra_capaian"):
            continue
        for row in range(FIRST_ROW + 1, FIRST_ROW + len(form.baris) + 2):
            cell = sheet.cell(row=row, column=form.style.layout.column[pair.rp.name] + 1)
            if isinstance(cell.value, int | float):
                cell.value = float((Decimal(str(cell.value)) / 1000).quantize(step, ROUND_HALF_UP))
                cell.number_format = "#,##0"
    book.save(path)


def checked(tmp_path: Path, rule: str | None = None) -> tuple[Checked, list[Planted | None]]:
    rng, regency = random.Random(11), Regency(REFERENCES, 11)
    items, planted = [], []
    for at in range(3):
        form = regency.form(rng.choice(REFERENCES.kecamatan), 2025, at + 2)
        planted.append(plant(form, rule, rng) if rule else None)
        relative = f"2025/tw{form.triwulan}/{form.kecamatan.nama.lower()}.xlsx"
        path = tmp_path / str(at) / relative
        path.parent.mkdir(parents=True)
        in_thousands(form, path)
        items += read(path, relative)
    return check_items(items, more=[{"kode_kemendagri": str(at)} for at in range(3)]), planted


def test_what_rounding_explains_is_no_finding(tmp_path: Path) -> None:
    result, _ = checked(tmp_path)
    amounts = result.figures.anggaran["tw1_rp"].dropna()
    assert (amounts % 1_000_00 == 0).all()
    assert (result.figures.rekonsiliasi["selisih"].fillna(0) != 0).sum() > 10  # rounding is there to be explained
    assert result.cells("tolak", "galat", "peringatan") == set()


@pytest.mark.parametrize("rule", ["jumlah_anak_beda", "total_beda"])
def test_what_it_does_not_explain_is_found(tmp_path: Path, rule: str) -> None:
    result, planted = checked(tmp_path, rule)
    wanted = {(at, rule, one.sel) for at, one in enumerate(planted, start=1) if one}
    assert len(wanted) == 3
    assert wanted <= result.cells("galat")


@pytest.mark.parametrize(("decimals", "wrong"), [(3, 2), (1, 2_000)])
def test_a_form_is_held_to_the_digits_that_it_gives(tmp_path: Path, decimals: int, wrong: int) -> None:
    """Thousands with three decimals lose nothing: Rp 1 is all that rounding explains there."""

    def found(more: int) -> set[tuple[object, ...]]:
        form = Regency(REFERENCES, 11).form(REFERENCES.kecamatan[4], 2025, 3)
        path = tmp_path / f"{more}.xlsx"
        form.total.nilai[TARGET.rp.name] = int(number(form.total.nilai[TARGET.rp.name])) + more
        in_thousands(form, path, decimals)
        return {one[1:] for one in check_items(read(path, "laporan.xlsx")).cells("tolak", "galat", "peringatan")}

    assert found(0) == set()
    assert {rule for rule, _ in found(wrong)} >= {"total_beda"}
