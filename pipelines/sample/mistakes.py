"""Mistakes as kecamatan make them, planted in a clean form before it is written: for demonstrations and for the tests of the rules.

Each planter makes one mistake and says which rule must find it, at which cell. Most change one cell; the CONSISTENT ones (money without
output and the like, rows that come or go) change all that follows, so that nothing else is wrong. Nothing in the workbook tells.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

from pipelines.sample import mistakes_in_rows as rows
from pipelines.sample.form_data import FormData, number
from pipelines.sample.planting import Planted, leaf, pick, put, requarter, running
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
)


def plant(form: FormData, aturan: str, rng: random.Random) -> Planted | None:
    """Plant one mistake that `aturan` must find. None where the form has no row to plant it in. Raises KeyError for another rule."""
    return _PLANTERS[aturan](form, rng)


def _wrong_sum(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, running)
    if index is None:
        return None
    wrong = int(number(form.baris[index].nilai[REALISASI.rp.name])) + rng.choice((1_000, 90_000, 1_000_000))
    return put(form, index, REALISASI.rp, wrong, "realisasi_bukan_jumlah_triwulan")


def _wrong_ratio(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, running)
    if index is None:
        return None
    right = Decimal(number(form.baris[index].nilai[CAPAIAN.rp.name]))
    return put(form, index, CAPAIAN.rp, right + rng.choice((Decimal("1.5"), Decimal("10"))), "capaian_salah_hitung")


def _wrong_renstra(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: running(row) and bool(number(row.nilai[TARGET_RENSTRA.rp.name])))
    if index is None:
        return None
    measure = rng.choice((RENSTRA_CAPAIAN.rp, RENSTRA_CAPAIAN.k))
    return put(form, index, measure, Decimal(number(form.baris[index].nilai[measure.name])) + 7, "renstra_salah_hitung")


def _wrong_parent(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: row.level is Level.KEGIATAN and bool(number(row.nilai[TARGET_RENSTRA.rp.name])))
    if index is None:
        return None
    wrong = int(number(form.baris[index].nilai[TARGET_RENSTRA.rp.name])) + 1_000_000
    return put(form, index, TARGET_RENSTRA.rp, wrong, "jumlah_anak_beda")


def _wrong_total(form: FormData, rng: random.Random) -> Planted | None:
    measure = rng.choice((TARGET_RENSTRA.rp, TARGET.rp, TRIWULAN[0].rp))
    value = int(number(form.total.nilai[measure.name])) + 5_000_000
    form.total.nilai[measure.name] = value
    return Planted("total_beda", sheet_of(form).cell(len(form.baris), measure), None, measure.name, str(value))


def _lost_cell(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, running)
    return None if index is None else put(form, index, RENSTRA_REALISASI.rp, rng.choice(("###", "#", "#####")), "sel_tidak_terbaca")


def _words(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, leaf)
    text = rng.choice(("masih proses", "Tidak dianggarkan", "belum ada data"))
    return None if index is None else put(form, index, RENSTRA_REALISASI.rp, text, "bukan_angka")


def _negative(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: running(row) and row.akumulasi == "kumulatif")
    if index is None:
        return None
    return put(form, index, RENSTRA_REALISASI.k, Decimal(-rng.randint(1, 9)), "nilai_negatif")


def _wrong_grade(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: leaf(row) and bool(row.predikat))
    if index is None:
        return None
    row = form.baris[index]
    row.predikat = "Sedang" if row.predikat != "Sedang" else "Rendah"
    return Planted("predikat_tidak_sesuai", sheet_of(form).cell(index, "predikat_lapor"), row.kode, "predikat_lapor", row.predikat)


def _grade_without_target(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: leaf(row) and not row.predikat)
    if index is None:
        return None
    form.baris[index].predikat = "Sangat Rendah"
    return Planted(
        "predikat_tanpa_target", sheet_of(form).cell(index, "predikat_lapor"), form.baris[index].kode, "predikat_lapor", "Sangat Rendah"
    )


def _unknown_code(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, leaf)
    if index is None:
        return None
    row = form.baris[index]
    row.kode = f"{row.kode.rpartition('.')[0]}.0099"
    return Planted("kode_tidak_dikenal", sheet_of(form).cell(index, "kode_lapor"), row.kode, "kode_lapor", row.kode)


def _other_title(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, leaf)
    if index is None:
        return None
    row = form.baris[index]
    row.uraian = "Pelaksanaan Kegiatan Lain yang Tidak Tercantum"
    return Planted("uraian_beda_nomenklatur", sheet_of(form).cell(index, "uraian"), row.kode, "uraian", row.uraian)


def _future_quarter(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, running)
    if index is None or form.triwulan == 4:
        return None
    return put(form, index, TRIWULAN[form.triwulan].rp, 250_000, "triwulan_belum_berjalan_terisi")


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
    index = pick(form, rng, lambda row: running(row) and row.satuan == "Dokumen")
    if index is None:
        return None
    row = form.baris[index]
    row.satuan_lain[TARGET.name] = "Orang"
    column = TARGET.satuan if form.style.layout.separate_satuan else TARGET.k.name
    return Planted("satuan_tidak_seragam", sheet_of(form).cell(index, column), row.kode, TARGET.satuan, "Orang")


def _code_twice(form: FormData, rng: random.Random) -> Planted | None:
    """A sub kegiatan carries the code of the one above it; its title then is another's too."""
    index = rng.choice([i for i in range(1, len(form.baris)) if leaf(form.baris[i]) and leaf(form.baris[i - 1])])
    row = form.baris[index]
    row.kode = form.baris[index - 1].kode
    return Planted("kode_ganda", sheet_of(form).cell(index, "kode_lapor"), row.kode, "kode_lapor", row.kode)


# ---- consistent: one quarter's figure, and all that follows from it


def _over_ceiling(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: running(row) and number(row.nilai[TARGET.rp.name]) < 50_000_000)
    if index is None:
        return None
    more = int(number(form.baris[index].nilai[TARGET.rp.name])) + 500_000
    return requarter(form, index, "realisasi_melebihi_pagu", REALISASI.rp, {TRIWULAN[form.triwulan - 1].rp: more})


def _without_target(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: leaf(row) and not number(row.nilai[TARGET.k.name]))
    if index is None:
        return None
    pair = TRIWULAN[form.triwulan - 1]
    return requarter(form, index, "realisasi_tanpa_target", REALISASI.rp, {pair.rp: 250_000, pair.k: 1})


def _money_without_output(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, running)
    if index is None:
        return None
    nil = {pair.k: 0 for pair in TRIWULAN[: form.triwulan]}
    return requarter(form, index, "anggaran_tanpa_kinerja", REALISASI.rp, nil)


def _output_without_money(form: FormData, rng: random.Random) -> Planted | None:
    index = pick(form, rng, lambda row: running(row) and number(row.nilai[TARGET.rp.name]) < 50_000_000)
    if index is None:
        return None
    nil = {pair.rp: 0 for pair in TRIWULAN[: form.triwulan]}
    return requarter(form, index, "kinerja_tanpa_anggaran", REALISASI.k, nil)


def _restated(form: FormData, rng: random.Random) -> Planted | None:
    if form.triwulan == 1:
        return None
    index = pick(form, rng, lambda row: running(row) and bool(number(row.nilai[TRIWULAN[0].rp.name])))
    if index is None:
        return None
    less = int(number(form.baris[index].nilai[TRIWULAN[0].rp.name])) - 500
    return requarter(form, index, "triwulan_lalu_berubah", TRIWULAN[0].rp, {TRIWULAN[0].rp: less}) if less > 0 else None


def _other_target(form: FormData, rng: random.Random) -> Planted | None:
    if form.triwulan == 1:
        return None
    index = pick(form, rng, running)
    if index is None:
        return None
    more = int(number(form.baris[index].nilai[TARGET.rp.name])) + 1_000_000
    return requarter(form, index, "target_berubah", TARGET.rp, {TARGET.rp: more})


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
    "rumus_tanpa_nilai": rows.uncalculated,
    "angka_ambigu": rows.ambiguous,
    "nama_kecamatan_salah_eja": rows.misspelt_kecamatan,
    "induk_tidak_ada": rows.without_parent,
    "rupiah_ganda": rows.money_twice,
    "jenis_indikator_belum_ditetapkan": rows.undeclared,
    "indikator_beda_nomenklatur": rows.other_indicator,
    "satuan_beda_nomenklatur": rows.other_official_unit,
    "satuan_salah_eja": rows.misspelt_unit,
    "capaian_di_atas_100": rows.above_target,
    "isi_sama_triwulan_lalu": rows.same_content,
    "baris_hilang": rows.row_gone,
    "baris_baru": rows.row_new,
    "baris_tidak_dimuat": rows.subtotal,
    "teks_bergeser": rows.shifted_text,
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
        "capaian_di_atas_100",
    }
)
"""Of these, those that change more than the cell at fault, so that sums and ratios stay right."""
OF_ROWS = frozenset(
    {
        "nama_kecamatan_salah_eja",
        "induk_tidak_ada",
        "satuan_beda_nomenklatur",
        "isi_sama_triwulan_lalu",
        "baris_hilang",
        "baris_baru",
        "baris_tidak_dimuat",
        "teks_bergeser",
    }
)
"""Of these, those that change other cells than the one at fault: rows move, a word stands in several places."""
