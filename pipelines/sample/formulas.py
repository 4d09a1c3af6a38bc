"""The formulas a kecamatan would have in its form, and what each evaluates to on the figures that stand there.

A formula is written only where it evaluates to exactly the figure of its cell, so recalculating the workbook changes nothing; any other
figure (one typed over, or one that a formula cannot see because its sources are text) is written as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from pipelines.sample.form_data import FormData, Row, Value, accumulate, number, ratio, rounded
from pipelines.workbook.cells import address
from pipelines.workbook.columns import (
    CAPAIAN,
    REALISASI,
    REALISASI_LALU,
    RENSTRA_CAPAIAN,
    RENSTRA_REALISASI,
    RUPIAH_MEASURES,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Level,
    Measure,
)

_TYPED_MONEY = tuple(
    m.name for m in RUPIAH_MEASURES if m not in (REALISASI.rp, RENSTRA_REALISASI.rp)
)  # money that a parent sums and a leaf types


Offer: TypeAlias = Callable[[Measure, str, Value], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the table stands: the 0-based sheet row of each form row and the column of each field."""

    first_row: int
    column: Mapping[str, int]

    def cell(self, index: int, measure: Measure | str) -> str:
        """A1 address of a figure; `index` is the position in `FormData.baris` (its length for TOTAL)."""
        return address(self.first_row + index, self.column[measure if isinstance(measure, str) else measure.name])


def row_formulas(form: FormData, row: Row, index: int, sheet: Sheet) -> dict[str, str]:
    """Formulas of one row: measure name → formula, where it gives what stands there."""
    found: dict[str, str] = {}

    def offer(measure: Measure, formula: str, result: Value) -> None:
        if result is not None and row.nilai.get(measure.name) == result:
            found[measure.name] = formula

    money = row.pertama or row.level is Level.TOTAL
    if row.anak:
        for name in _TYPED_MONEY:
            values = [form.baris[child].nilai.get(name) for child in row.anak]
            if row.nilai.get(name) == sum(int(number(value)) for value in values) and any(value is not None for value in values):
                found[name] = _sum_of(row.anak, name, sheet)
    if money:
        done = sum(int(number(row.nilai.get(pair.rp.name))) for pair in TRIWULAN)
        offer(REALISASI.rp, f"=SUM({','.join(sheet.cell(index, pair.rp) for pair in TRIWULAN)})", done)
        _offer_ratio(offer, form, row, index, sheet, CAPAIAN.rp, REALISASI.rp, TARGET.rp)
        so_far = int(number(row.nilai[REALISASI.rp.name]))
        if form.tahun_pertama:
            offer(RENSTRA_REALISASI.rp, f"={sheet.cell(index, REALISASI.rp)}", so_far)
        else:
            earlier = int(number(row.nilai[REALISASI_LALU.rp.name]))
            offer(RENSTRA_REALISASI.rp, f"=SUM({sheet.cell(index, REALISASI_LALU.rp)},{sheet.cell(index, REALISASI.rp)})", earlier + so_far)
        _offer_ratio(offer, form, row, index, sheet, RENSTRA_CAPAIAN.rp, RENSTRA_REALISASI.rp, TARGET_RENSTRA.rp)
    if row.level is not Level.TOTAL and form.style.layout.separate_satuan:
        _offer_outputs(offer, form, row, index, sheet)
    return found


def _offer_outputs(offer: Offer, form: FormData, row: Row, index: int, sheet: Sheet) -> None:
    reported = TRIWULAN[: form.triwulan]
    quarters = [row.nilai[pair.k.name] for pair in reported]
    cells = [sheet.cell(index, pair.k) for pair in TRIWULAN]
    text = form.style.nihil_teks and not all(number(value) for value in quarters)
    this = sheet.cell(index, REALISASI.k)
    if row.akumulasi == "kumulatif":
        formula = f"=SUM({','.join(cells)})"
    elif row.akumulasi == "maksimum":
        formula = f"=MAX({','.join(cells)})"
    elif row.akumulasi == "rata_rata":
        formula = f"=ROUND(AVERAGE({','.join(cells)}),2)"  # passes over a typed '-', which counts as 0: then the figure is typed
    else:
        formula = f"=SUM({cells[form.triwulan - 1]})"  # SUM: a typed '-' counts as 0
    if not (text and row.akumulasi == "rata_rata"):
        offer(REALISASI.k, formula, rounded(accumulate(row.akumulasi, quarters)))
    ratio_cells = (TARGET.k, REALISASI.k) if row.polaritas == "turun" else (REALISASI.k, TARGET.k)
    _offer_ratio(offer, form, row, index, sheet, CAPAIAN.k, *ratio_cells)
    done, earlier = Decimal(number(row.nilai[REALISASI.k.name])), Decimal(number(row.nilai[REALISASI_LALU.k.name]))
    before = sheet.cell(index, REALISASI_LALU.k)
    if form.tahun_pertama or row.akumulasi in ("posisi_akhir", "rata_rata"):
        offer(RENSTRA_REALISASI.k, f"={this}", done)
    elif row.akumulasi == "kumulatif":
        offer(RENSTRA_REALISASI.k, f"=SUM({before},{this})", earlier + done)
    else:
        offer(RENSTRA_REALISASI.k, f"=MAX({before},{this})", max(earlier, done))
    ratio_cells = (TARGET_RENSTRA.k, RENSTRA_REALISASI.k) if row.polaritas == "turun" else (RENSTRA_REALISASI.k, TARGET_RENSTRA.k)
    _offer_ratio(offer, form, row, index, sheet, RENSTRA_CAPAIAN.k, *ratio_cells)


def _offer_ratio(offer: Offer, form: FormData, row: Row, index: int, sheet: Sheet, measure: Measure, part: Measure, whole: Measure) -> None:
    above, below = sheet.cell(index, part), sheet.cell(index, whole)
    if isinstance(row.nilai[part.name], str) or isinstance(row.nilai[whole.name], str):
        return
    exact = ratio(row.nilai[part.name], row.nilai[whole.name])
    nil = f"SUM({below})=0" if form.style.nihil_teks else f"{below}=0"  # a typed '-' is not equal to 0
    offer(measure, f'=IF({nil},"-",ROUND({above}/{below}*100,2))', "-" if exact is None else rounded(exact))


def _sum_of(children: list[int], name: str, sheet: Sheet) -> str:
    if len(children) > 1 and children == list(range(children[0], children[-1] + 1)):
        return f"=SUM({sheet.cell(children[0], name)}:{sheet.cell(children[-1], name)})"
    return f"=SUM({','.join(sheet.cell(child, name) for child in children)})"
