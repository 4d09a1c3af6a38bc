"""One form E.81 as data, before it is put on a sheet: rows, their figures, the foot.

Belongs here: the shape of a form and the arithmetic of its dependent figures (columns 13 to 17, parents, TOTAL, average), as domain rules
of Permendagri 86/2017 have it. Does not belong here: where the figures come from (`regency`), how a sheet looks (`writer`).
Money is whole rupiah (int), everything else Decimal: exact.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from pipelines.reference.tables import Kecamatan, Predikat
from pipelines.sample.form_layout import Layout
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
)

Value: TypeAlias = int | Decimal | str | None
"""What stands in a figure's cell: a number, words or a nil sign as text, or nothing."""

_CENT = Decimal("0.01")
_RUPIAH_TO_ADD = tuple(m.name for m in RUPIAH_MEASURES)


@dataclass(frozen=True, slots=True)
class Style:
    """How one kecamatan is used to fill the form. All of these are ways that the reader must cope with."""

    layout: Layout = field(default_factory=Layout)
    kode_digit: int = 4  # digits of a sub kegiatan's last part
    satuan: str = "resmi"  # resmi: as the decree spells it; kecil: lower case; singkat: abbreviated
    nihil_teks: bool = False  # nil is typed as '-' instead of a 0 that is shown as '-'
    lembar: str = "TW {romawi}"  # sheet name
    judul_kapital: bool = False
    sembunyikan_triwulan: bool = False  # columns of quarters to come are hidden


@dataclass(slots=True)
class Row:
    """One indicator row of the table."""

    level: Level
    kode: str  # canonical; S1, S2, … for a sasaran
    sasaran: str
    uraian: str
    indikator: str
    formulasi: str
    satuan: str  # as the decree spells it
    akumulasi: str = "kumulatif"
    polaritas: str = "naik"
    pertama: bool = True  # the first row of its code: the one with code, text and money
    nilai: dict[str, Value] = field(default_factory=dict)  # measure name → what stands there
    satuan_lain: dict[str, str] = field(default_factory=dict)  # pair name → a unit other than the row's
    predikat: str = ""
    kendala: str = ""
    upaya: str = ""
    penanggung_jawab: str = ""
    anak: list[int] = field(default_factory=list)  # row indices whose money this row's is the sum of


@dataclass(slots=True)
class FormData:
    """One form: whose, of when, how it is filled, and what stands in it."""

    kecamatan: Kecamatan
    tahun: int
    triwulan: int
    tahun_pertama: bool  # mode_renstra: 16 = 13
    style: Style
    baris: list[Row]
    total: Row
    tujuan: tuple[str, str, str]  # a. indikator, b. target, c. realisasi
    narasi: dict[str, list[str]]  # jenis (see fact_narasi) → items
    tanggal: dt.date  # of the signature
    skala: tuple[Predikat, ...]  # table T-E.1, best first
    rata_rata: Value = None
    predikat: str = ""


def number(value: Value) -> Decimal | int:
    """The figure as Excel's N() has it: 0 for words and for nothing."""
    return 0 if value is None or isinstance(value, str) else value


def rounded(value: Decimal) -> Decimal:
    """Two decimals, half away from zero, as Excel's ROUND."""
    return value.quantize(_CENT, rounding=ROUND_HALF_UP).normalize() + 0


def ratio(part: Value, whole: Value) -> Decimal | None:
    """part / whole × 100, unrounded; None where whole is nil."""
    return Decimal(number(part)) / Decimal(number(whole)) * 100 if number(whole) else None


def accumulate(akumulasi: str, quarters: list[Value]) -> Decimal:
    """This year's output from the quarters reported so far, by the indicator's jenis_akumulasi; unrounded."""
    stated = [Decimal(number(value)) for value in quarters]
    if akumulasi == "kumulatif":
        return sum(stated, Decimal(0))
    if akumulasi == "maksimum":
        return max(stated)
    return sum(stated, Decimal(0)) / len(stated) if akumulasi == "rata_rata" else stated[-1]


def grade(scale: tuple[Predikat, ...], capaian: Decimal | None) -> str:
    """Predikat of table T-E.1; '' where there is no capaian."""
    if capaian is None:
        return ""
    return next(p.predikat for p in scale if p.batas_bawah is None or capaian >= p.batas_bawah)


def exact_capaian(row: Row, triwulan: int) -> Decimal | None:
    """Capaian K of this year up to a quarter, unrounded."""
    done, target = accumulate(row.akumulasi, [row.nilai[pair.k.name] for pair in TRIWULAN[:triwulan]]), row.nilai[TARGET.k.name]
    return ratio(target, done) if row.polaritas == "turun" and number(target) else ratio(done, target)


def _nil_sign(value: Decimal | None) -> Value:
    return "-" if value is None else rounded(value)


def complete(form: FormData) -> None:
    """Fill every figure that follows from others: parents' money, columns 13 to 17, predikat, TOTAL, average and its predikat.

    Given are: money of rows without children, K of every row, in columns 6 to 9 and on up to the reporting quarter.
    """
    for row in reversed(form.baris):
        if row.anak:
            for name in _RUPIAH_TO_ADD:
                values = [form.baris[child].nilai.get(name) for child in row.anak]
                row.nilai[name] = None if all(value is None for value in values) else sum(int(number(value)) for value in values)
        _complete_row(form, row)
    programs = [exact_capaian(row, form.triwulan) for row in form.baris if row.level is Level.PROGRAM]
    capped = [min(value, Decimal(100)) for value in programs if value is not None]
    if capped:
        average = sum(capped, Decimal(0)) / len(capped)
        form.rata_rata, form.predikat = rounded(average), grade(form.skala, average)
    total = form.total
    for name in _RUPIAH_TO_ADD:
        values = [form.baris[child].nilai.get(name) for child in total.anak]
        total.nilai[name] = None if all(value is None for value in values) else sum(int(number(value)) for value in values)
    _complete_money(form, total)


def _complete_money(form: FormData, row: Row) -> None:
    nilai = row.nilai
    done = sum(int(number(nilai[pair.rp.name])) for pair in TRIWULAN[: form.triwulan])
    nilai[REALISASI.rp.name] = done
    nilai[CAPAIAN.rp.name] = _nil_sign(ratio(done, nilai[TARGET.rp.name]))
    earlier = 0 if form.tahun_pertama else int(number(nilai[REALISASI_LALU.rp.name]))
    nilai[RENSTRA_REALISASI.rp.name] = earlier + done
    nilai[RENSTRA_CAPAIAN.rp.name] = _nil_sign(ratio(earlier + done, nilai[TARGET_RENSTRA.rp.name]))


def _complete_row(form: FormData, row: Row) -> None:
    if row.pertama:
        _complete_money(form, row)
    nilai = row.nilai
    done = rounded(accumulate(row.akumulasi, [nilai[pair.k.name] for pair in TRIWULAN[: form.triwulan]]))
    nilai[REALISASI.k.name] = done
    capaian = exact_capaian(row, form.triwulan)
    nilai[CAPAIAN.k.name] = _nil_sign(capaian)
    row.predikat = grade(form.skala, capaian)
    so_far = done
    if not form.tahun_pertama:
        earlier = Decimal(number(nilai[REALISASI_LALU.k.name]))
        so_far = {"kumulatif": earlier + done, "maksimum": max(earlier, done)}.get(row.akumulasi, done)
    nilai[RENSTRA_REALISASI.k.name] = so_far
    target = nilai[TARGET_RENSTRA.k.name]
    against = ratio(target, so_far) if row.polaritas == "turun" and number(target) else ratio(so_far, target)
    nilai[RENSTRA_CAPAIAN.k.name] = _nil_sign(against)
