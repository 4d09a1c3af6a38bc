"""Planters of mistakes that are of a row, a word or a whole quarter rather than of one figure; see `mistakes`."""

from __future__ import annotations

import dataclasses
import random

from pipelines.sample.form_data import FormData, Row, Value, complete, number
from pipelines.sample.planting import Planted, insert_row, leaf, pick, put, remove_row, requarter, running
from pipelines.sample.writer import sheet_of
from pipelines.workbook.columns import (
    CAPAIAN,
    PAIRS,
    REALISASI_LALU,
    RENSTRA_REALISASI,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Kind,
    Level,
)

TITLE_ROW = 2  # 0-based: "Kecamatan X Kabupaten Lumajang"


def uncalculated(form: FormData, rng: random.Random) -> Planted | None:
    """A formula that looks into another sheet, saved by a program that calculates nothing."""
    index = pick(form, rng, running)
    if index is None:
        return None
    return put(form, index, RENSTRA_REALISASI.rp, f"=VLOOKUP(A{index + 1},Rekap!A:C,3,FALSE)", "rumus_tanpa_nilai")


def ambiguous(form: FormData, rng: random.Random) -> Planted | None:
    """1.234 % of the years before, where the row's figures are as far from 1234 as from 1.234; no sum uses it in a Renstra's first year."""

    def far(row: Row) -> bool:
        outputs = [number(row.nilai.get(pair.k.name)) for pair in PAIRS if pair.k.kind is not Kind.PERCENT and pair is not REALISASI_LALU]
        return row.satuan == "%" and row.akumulasi == "posisi_akhir" and all(not value or 20 <= value <= 100 for value in outputs)

    index = pick(form, rng, far) if form.tahun_pertama else None
    return None if index is None else put(form, index, REALISASI_LALU.k, "1.234", "angka_ambigu")


def without_parent(form: FormData, rng: random.Random) -> Planted | None:
    """A kegiatan's row is missing; its sub kegiatan stand below the program."""
    index = pick(form, rng, lambda row: row.level is Level.KEGIATAN)
    if index is None:
        return None
    remove_row(form, index)
    kode = form.baris[index].kode
    return Planted("induk_tidak_ada", sheet_of(form).cell(index, "kode_lapor"), kode, "kode_lapor", kode)


def money_twice(form: FormData, rng: random.Random) -> Planted | None:
    """The second indicator of a program has money of its own, and another."""
    found = [i for i, row in enumerate(form.baris) if not row.pertama and number(form.baris[i - 1].nilai.get(TARGET_RENSTRA.rp.name))]
    if not found:
        return None
    index = rng.choice(found)
    other = int(number(form.baris[index - 1].nilai[TARGET_RENSTRA.rp.name])) + 500_000
    return put(form, index, TARGET_RENSTRA.rp, other, "rupiah_ganda")


def undeclared(form: FormData, rng: random.Random) -> Planted | None:
    """A percentage that nobody has said how to add up."""
    index = pick(form, rng, lambda row: row.satuan == "%" and row.akumulasi == "posisi_akhir" and not leaf(row))
    if index is None:
        return None
    row = form.baris[index]
    row.indikator = "Persentase urusan yang terselenggara sesuai rencana kerja camat"
    return Planted("jenis_indikator_belum_ditetapkan", sheet_of(form).cell(index, "indikator"), row.kode, "indikator", row.indikator)


def other_indicator(form: FormData, rng: random.Random) -> Planted | None:
    """Another indicator than the decree's."""
    index = pick(form, rng, lambda row: leaf(row) and row.satuan.lower() in ("dokumen", "laporan"))
    if index is None:
        return None
    row = form.baris[index]
    row.indikator = "Jumlah hal yang diurus"
    return Planted("indikator_beda_nomenklatur", sheet_of(form).cell(index, "indikator"), row.kode, "indikator", row.indikator)


def other_official_unit(form: FormData, rng: random.Random) -> Planted | None:
    """Every figure of a row counts something else than the decree does."""
    index = pick(form, rng, lambda row: running(row) and row.satuan.lower() == "dokumen")
    if index is None:
        return None
    form.baris[index].satuan = "Paket"
    column = TARGET.satuan if form.style.layout.separate_satuan else TARGET.k.name
    return Planted("satuan_beda_nomenklatur", sheet_of(form).cell(index, column), form.baris[index].kode, TARGET.satuan, "Paket")


def misspelt_unit(form: FormData, rng: random.Random) -> Planted | None:
    """A unit with a letter missing."""
    index = pick(form, rng, lambda row: running(row) and row.satuan.lower() == "dokumen")
    if index is None:
        return None
    row = form.baris[index]
    row.satuan_lain[TARGET.name] = "Dokmen"
    column = TARGET.satuan if form.style.layout.separate_satuan else TARGET.k.name
    return Planted("satuan_salah_eja", sheet_of(form).cell(index, column), row.kode, TARGET.satuan, "Dokmen")


def misspelt_kecamatan(form: FormData, rng: random.Random) -> Planted | None:
    """The name of the kecamatan without one of its letters, wherever it stands."""
    nama = form.kecamatan.nama
    if len(nama) < 7:
        return None
    at = rng.randint(2, len(nama) - 3)
    form.kecamatan = dataclasses.replace(form.kecamatan, nama=nama[:at] + nama[at + 1 :])
    return Planted("nama_kecamatan_salah_eja", f"A{TITLE_ROW + 1}", None, None, form.kecamatan.nama)


def above_target(form: FormData, rng: random.Random) -> Planted | None:
    """Twice the output that was planned."""
    index = pick(form, rng, lambda row: running(row) and row.akumulasi == "kumulatif")
    if index is None:
        return None
    more = 2 * int(number(form.baris[index].nilai[TARGET.k.name]))
    return requarter(form, index, "capaian_di_atas_100", CAPAIAN.k, {TRIWULAN[form.triwulan - 1].k: more})


def subtotal(form: FormData, rng: random.Random) -> Planted | None:
    """A subtotal of the kecamatan's own, in a row that the form does not have."""
    index = rng.choice([at for at, row in enumerate(form.baris) if row.level is Level.PROGRAM])
    figures: dict[str, Value] = {measure.name: None for pair in PAIRS for measure in (pair.k, pair.rp)}
    row = Row(Level.SASARAN, "", "", "JUMLAH", "", "", "", nilai=figures | {TARGET.rp.name: rng.randint(80, 90) * 1_000_000})
    insert_row(form, index, row)
    return Planted("baris_tidak_dimuat", sheet_of(form).cell(index, TARGET.rp), None, None, str(row.nilai[TARGET.rp.name]))


def shifted_text(form: FormData, rng: random.Random) -> Planted | None:
    """The indicator of a sasaran, typed one column to the left."""
    index = pick(form, rng, lambda row: row.level is Level.SASARAN)
    if index is None:
        return None
    row = form.baris[index]
    row.uraian, row.indikator = row.indikator, ""
    return Planted("teks_bergeser", sheet_of(form).cell(index, "uraian"), row.kode, "uraian", row.uraian)


# ---- against the quarter before


def same_content(form: FormData, rng: random.Random) -> Planted | None:
    """Last quarter's form with the title of this one."""
    if form.triwulan == 1:
        return None
    for row in form.baris:
        pair = TRIWULAN[form.triwulan - 1]
        row.nilai[pair.k.name] = row.nilai[pair.rp.name] = None
    form.triwulan -= 1
    complete(form)
    form.triwulan += 1
    return Planted("isi_sama_triwulan_lalu", None, None, None, "")


def row_gone(form: FormData, rng: random.Random) -> Planted | None:
    """A sub kegiatan without a budget is left out; the finding is its kegiatan's."""

    def unbudgeted(row: Row) -> bool:
        return leaf(row) and not any(number(row.nilai.get(m.name)) for pair in (TARGET, *TRIWULAN) for m in (pair.k, pair.rp))

    found = [
        (parent, child)
        for parent, row in enumerate(form.baris)
        if row.level is Level.KEGIATAN and len(row.anak) > 1
        for child in row.anak
        if unbudgeted(form.baris[child])
    ]
    if form.triwulan == 1 or not found:
        return None
    parent, child = rng.choice(found)
    gone = form.baris[child].kode
    remove_row(form, child)
    complete(form)
    return Planted("baris_hilang", sheet_of(form).cell(parent, "uraian"), form.baris[parent].kode, "uraian", gone)


def row_new(form: FormData, rng: random.Random) -> Planted | None:
    """A sub kegiatan gets a second indicator."""
    index = pick(form, rng, lambda row: running(row) and row.akumulasi == "kumulatif")
    if form.triwulan == 1 or index is None:
        return None
    first = form.baris[index]
    figures = {pair.k.name: first.nilai.get(pair.k.name) for pair in PAIRS}
    row = dataclasses.replace(first, pertama=False, indikator="Jumlah hal yang diurus", nilai=figures, satuan_lain={}, anak=[])
    insert_row(form, index + 1, row)
    return Planted("baris_baru", sheet_of(form).cell(index + 1, "uraian"), row.kode, "uraian", row.indikator)


__all__ = [
    "above_target", "ambiguous", "misspelt_kecamatan", "misspelt_unit", "money_twice", "other_indicator", "other_official_unit",
    "row_gone", "row_new", "same_content", "shifted_text", "subtotal", "uncalculated", "undeclared", "without_parent",
]  # fmt: skip
