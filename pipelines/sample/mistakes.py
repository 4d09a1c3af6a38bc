"""Mistakes as kecamatan make them, planted in a clean form before it is written: for demonstrations and for the tests of the rules.

Each planter makes one mistake and says which rule must find it, at which cell. Most change one cell; the CONSISTENT ones (money without
output and the like) change a quarter's figure and everything that follows from it, so that the arithmetic stays right. Nothing in the
workbook tells.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pipelines.sample.form_data import FormData, Row, complete, number
from pipelines.sample.writer import sheet_of, signature_cell
from pipelines.workbook.columns import (
    CAPAIAN,
    REALISASI,
    RENSTRA_CAPAIAN,
    RENSTRA_REALISASI,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Level,
    Measure,
)


@dataclass(frozen=True, slots=True)
class Planted:
    """What was planted: the rule that must find it, and where."""

    aturan: str
    sel: str | None  # A1 address; None where the finding is of the form as a whole
    kode: str | None
    kolom: str | None  # measure or text column
    nilai: str  # what stands there now


def plant(form: FormData, aturan: str, rng: random.Random) -> Planted | None:
    """Plant one mistake that `aturan` must find. None where the form has no row to plant it in. Raises KeyError for another rule."""
    return _PLANTERS[aturan](form, rng)


def _pick(form: FormData, rng: random.Random, fits: Callable[[Row], bool]) -> int | None:
    found = [index for index, row in enumerate(form.baris) if row.pertama and fits(row)]
    return rng.choice(found) if found else None


def _leaf(row: Row) -> bool:
    return row.level is Level.SUB_KEGIATAN


def _running(row: Row) -> bool:
    """A sub kegiatan that has spent and reached something this year."""
    return _leaf(row) and bool(number(row.nilai[REALISASI.rp.name])) and bool(number(row.nilai[TARGET.k.name]))


def _put(form: FormData, index: int, measure: Measure, value: int | Decimal | str, aturan: str) -> Planted:
    row = form.baris[index]
    row.nilai[measure.name] = value
    return Planted(aturan, sheet_of(form).cell(index, measure), row.kode, measure.name, str(value))


def _wrong_sum(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _running)
    if index is None:
        return None
    wrong = int(number(form.baris[index].nilai[REALISASI.rp.name])) + rng.choice((1_000, 90_000, 1_000_000))
    return _put(form, index, REALISASI.rp, wrong, "realisasi_bukan_jumlah_triwulan")


def _wrong_ratio(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _running)
    if index is None:
        return None
    right = Decimal(number(form.baris[index].nilai[CAPAIAN.rp.name]))
    return _put(form, index, CAPAIAN.rp, right + rng.choice((Decimal("1.5"), Decimal("10"))), "capaian_salah_hitung")


def _wrong_renstra(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _running(row) and bool(number(row.nilai[TARGET_RENSTRA.rp.name])))
    if index is None:
        return None
    measure = rng.choice((RENSTRA_CAPAIAN.rp, RENSTRA_CAPAIAN.k))
    return _put(form, index, measure, Decimal(number(form.baris[index].nilai[measure.name])) + 7, "renstra_salah_hitung")


def _wrong_parent(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: row.level is Level.KEGIATAN and bool(number(row.nilai[TARGET_RENSTRA.rp.name])))
    if index is None:
        return None
    wrong = int(number(form.baris[index].nilai[TARGET_RENSTRA.rp.name])) + 1_000_000
    return _put(form, index, TARGET_RENSTRA.rp, wrong, "jumlah_anak_beda")


def _wrong_total(form: FormData, rng: random.Random) -> Planted | None:
    measure = rng.choice((TARGET_RENSTRA.rp, TARGET.rp, TRIWULAN[0].rp))
    value = int(number(form.total.nilai[measure.name])) + 5_000_000
    form.total.nilai[measure.name] = value
    return Planted("total_beda", sheet_of(form).cell(len(form.baris), measure), None, measure.name, str(value))


def _lost_cell(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _running)
    return None if index is None else _put(form, index, RENSTRA_REALISASI.rp, rng.choice(("###", "#", "#####")), "sel_tidak_terbaca")


def _words(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _leaf)
    text = rng.choice(("masih proses", "Tidak dianggarkan", "belum ada data"))
    return None if index is None else _put(form, index, RENSTRA_REALISASI.rp, text, "bukan_angka")


def _negative(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _running(row) and row.akumulasi == "kumulatif")
    if index is None:
        return None
    return _put(form, index, RENSTRA_REALISASI.k, Decimal(-rng.randint(1, 9)), "nilai_negatif")


def _wrong_grade(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _leaf(row) and bool(row.predikat))
    if index is None:
        return None
    row = form.baris[index]
    row.predikat = "Sedang" if row.predikat != "Sedang" else "Rendah"
    return Planted("predikat_tidak_sesuai", sheet_of(form).cell(index, "predikat_lapor"), row.kode, "predikat_lapor", row.predikat)


def _grade_without_target(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _leaf(row) and not row.predikat)
    if index is None:
        return None
    form.baris[index].predikat = "Sangat Rendah"
    return Planted(
        "predikat_tanpa_target", sheet_of(form).cell(index, "predikat_lapor"), form.baris[index].kode, "predikat_lapor", "Sangat Rendah"
    )


def _unknown_code(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _leaf)
    if index is None:
        return None
    row = form.baris[index]
    row.kode = f"{row.kode.rpartition('.')[0]}.0099"
    return Planted("kode_tidak_dikenal", sheet_of(form).cell(index, "kode_lapor"), row.kode, "kode_lapor", row.kode)


def _other_title(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _leaf)
    if index is None:
        return None
    row = form.baris[index]
    row.uraian = "Pelaksanaan Kegiatan Lain yang Tidak Tercantum"
    return Planted("uraian_beda_nomenklatur", sheet_of(form).cell(index, "uraian"), row.kode, "uraian", row.uraian)


def _future_quarter(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _running)
    if index is None or form.triwulan == 4:
        return None
    return _put(form, index, TRIWULAN[form.triwulan].rp, 250_000, "triwulan_belum_berjalan_terisi")


def _signed_early(form: FormData, rng: random.Random) -> Planted | None:
    form.tanggal -= dt.timedelta(days=rng.randint(20, 60))
    return Planted("tanggal_sebelum_akhir_triwulan", signature_cell(form), None, None, form.tanggal.isoformat())


def _wrong_average(form: FormData, rng: random.Random) -> Planted | None:
    if not isinstance(form.rata_rata, Decimal):
        return None
    form.rata_rata += rng.choice((Decimal(3), Decimal(-3)))
    cell = sheet_of(form).cell(len(form.baris) + 1, CAPAIAN.k)
    return Planted("rata_rata_beda", cell, None, CAPAIAN.k.name, str(form.rata_rata))


def _other_unit(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _running(row) and row.satuan == "Dokumen")
    if index is None:
        return None
    row = form.baris[index]
    row.satuan_lain[TARGET.name] = "Orang"
    column = TARGET.satuan if form.style.layout.separate_satuan else TARGET.k.name
    return Planted("satuan_tidak_seragam", sheet_of(form).cell(index, column), row.kode, TARGET.satuan, "Orang")


def _code_twice(form: FormData, rng: random.Random) -> Planted | None:
    """A sub kegiatan carries the code of the one above it; its title then is another's too."""
    index = rng.choice([i for i in range(1, len(form.baris)) if _leaf(form.baris[i]) and _leaf(form.baris[i - 1])])
    row = form.baris[index]
    row.kode = form.baris[index - 1].kode
    return Planted("kode_ganda", sheet_of(form).cell(index, "kode_lapor"), row.kode, "kode_lapor", row.kode)


# ---- consistent: one quarter's figure, and all that follows from it


def _requarter(form: FormData, index: int, aturan: str, measure: Measure, changes: dict[Measure, int]) -> Planted:
    row = form.baris[index]
    for changed, value in changes.items():
        row.nilai[changed.name] = value
    complete(form)
    return Planted(aturan, sheet_of(form).cell(index, measure), row.kode, measure.name, str(row.nilai[measure.name]))


def _over_ceiling(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _running(row) and number(row.nilai[TARGET.rp.name]) < 50_000_000)
    if index is None:
        return None
    more = int(number(form.baris[index].nilai[TARGET.rp.name])) + 500_000
    return _requarter(form, index, "realisasi_melebihi_pagu", REALISASI.rp, {TRIWULAN[form.triwulan - 1].rp: more})


def _without_target(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _leaf(row) and not number(row.nilai[TARGET.k.name]))
    if index is None:
        return None
    pair = TRIWULAN[form.triwulan - 1]
    return _requarter(form, index, "realisasi_tanpa_target", REALISASI.rp, {pair.rp: 250_000, pair.k: 1})


def _money_without_output(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, _running)
    if index is None:
        return None
    nil = {pair.k: 0 for pair in TRIWULAN[: form.triwulan]}
    return _requarter(form, index, "anggaran_tanpa_kinerja", REALISASI.rp, nil)


def _output_without_money(form: FormData, rng: random.Random) -> Planted | None:
    index = _pick(form, rng, lambda row: _running(row) and number(row.nilai[TARGET.rp.name]) < 50_000_000)
    if index is None:
        return None
    nil = {pair.rp: 0 for pair in TRIWULAN[: form.triwulan]}
    return _requarter(form, index, "kinerja_tanpa_anggaran", REALISASI.k, nil)


def _restated(form: FormData, rng: random.Random) -> Planted | None:
    if form.triwulan == 1:
        return None
    index = _pick(form, rng, lambda row: _running(row) and bool(number(row.nilai[TRIWULAN[0].rp.name])))
    if index is None:
        return None
    less = int(number(form.baris[index].nilai[TRIWULAN[0].rp.name])) - 500
    return _requarter(form, index, "triwulan_lalu_berubah", TRIWULAN[0].rp, {TRIWULAN[0].rp: less}) if less > 0 else None


def _other_target(form: FormData, rng: random.Random) -> Planted | None:
    if form.triwulan == 1:
        return None
    index = _pick(form, rng, _running)
    if index is None:
        return None
    more = int(number(form.baris[index].nilai[TARGET.rp.name])) + 1_000_000
    return _requarter(form, index, "target_berubah", TARGET.rp, {TARGET.rp: more})


_PLANTERS: dict[str, Callable[[FormData, random.Random], Planted | None]] = {
    "realisasi_bukan_jumlah_triwulan": _wrong_sum,
    "capaian_salah_hitung": _wrong_ratio,
    "renstra_salah_hitung": _wrong_renstra,
    "jumlah_anak_beda": _wrong_parent,
    "total_beda": _wrong_total,
    "sel_tidak_terbaca": _lost_cell,
    "bukan_angka": _words,
    "nilai_negatif": _negative,
    "predikat_tidak_sesuai": _wrong_grade,
    "predikat_tanpa_target": _grade_without_target,
    "kode_tidak_dikenal": _unknown_code,
    "uraian_beda_nomenklatur": _other_title,
    "triwulan_belum_berjalan_terisi": _future_quarter,
    "tanggal_sebelum_akhir_triwulan": _signed_early,
    "rata_rata_beda": _wrong_average,
    "satuan_tidak_seragam": _other_unit,
    "kode_ganda": _code_twice,
    "realisasi_melebihi_pagu": _over_ceiling,
    "realisasi_tanpa_target": _without_target,
    "anggaran_tanpa_kinerja": _money_without_output,
    "kinerja_tanpa_anggaran": _output_without_money,
    "triwulan_lalu_berubah": _restated,
    "target_berubah": _other_target,
}
PLANTABLE = tuple(_PLANTERS)
"""Rules for which a mistake can be planted."""
CONSISTENT = frozenset(
    {
        "realisasi_melebihi_pagu",
        "realisasi_tanpa_target",
        "anggaran_tanpa_kinerja",
        "kinerja_tanpa_anggaran",
        "triwulan_lalu_berubah",
        "target_berubah",
    }
)
"""Of these, those that change more than the cell at fault, so that sums and ratios stay right."""
