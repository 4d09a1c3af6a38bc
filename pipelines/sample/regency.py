"""The synthetic regency: what each kecamatan plans and reaches, quarter by quarter, and the forms that say so.

Every figure follows from (seed, kecamatan, year) alone: a later quarter's form repeats the earlier quarters exactly, a later year's
column 7 is what the earlier years reached. Money adds up, money and output go together, and no form breaks a rule of the catalogue.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pipelines.reference.tables import Kecamatan, Nomenklatur, References
from pipelines.sample import activities
from pipelines.sample.activities import Indicator
from pipelines.sample.form_data import FormData, Row, Style, Value, accumulate, complete, rounded
from pipelines.sample.form_layout import Layout, renstra_years
from pipelines.sample.mistakes import PLANTABLE, plant
from pipelines.sample.writer import write_form
from pipelines.workbook.columns import REALISASI_LALU, TARGET, TARGET_RENSTRA, TRIWULAN, Level

GAJI = "7.01.01.2.02.0001"
LAYANAN = "7.01.02.2.02.0001"  # its kegiatan's indicator is a waiting time, which cannot be nil

STYLES: dict[str, Style] = {  # nama kecamatan → its habits; every other kecamatan has the default's
    "Tempursari": Style(kode_digit=2, satuan="kecil", nihil_teks=True),
    "Candipuro": Style(layout=Layout(k_rp_first=False), judul_kapital=True),
    "Tempeh": Style(layout=Layout(separate_satuan=False), satuan="kecil", lembar="E.81"),
    "Kunir": Style(satuan="singkat", kode_digit=2, lembar="Triwulan {romawi}"),
    "Lumajang": Style(kode_digit=2, satuan="kecil", nihil_teks=True),
    "Senduro": Style(layout=Layout(k_rp_first=False), sembunyikan_triwulan=True),
    "Jatiroto": Style(layout=Layout(separate_satuan=False, k_rp_first=False), nihil_teks=True, judul_kapital=True),
    "Klakah": Style(satuan="singkat", nihil_teks=True, sembunyikan_triwulan=True),
}


@dataclass(slots=True)
class Plan:
    """One sub kegiatan of one kecamatan in one year: target and what each of the four quarters reaches."""

    target_k: int
    target_rp: int
    k: list[int]
    rp: list[int]


@dataclass(frozen=True, eq=False)
class Regency:
    """The synthetic regency of one seed."""

    references: References
    seed: int = 1

    def form(self, kecamatan: Kecamatan, tahun: int, triwulan: int) -> FormData:
        """The clean form of a kecamatan for one triwulan."""
        first_year = self.references.renstra_mode(tahun) == "tahun_pertama"
        rows = self._rows(kecamatan, tahun)
        total = Row(Level.TOTAL, "TOTAL", "TOTAL", "", "", "", "")
        total.anak = [index for index, row in enumerate(rows) if row.level is Level.SASARAN]
        form = FormData(
            kecamatan=kecamatan,
            tahun=tahun,
            triwulan=triwulan,
            tahun_pertama=first_year,
            style=STYLES.get(kecamatan.nama, Style()),
            baris=rows,
            total=total,
            tujuan=("Indeks Pelayanan Publik", "75", "masih proses" if triwulan < 4 else "75"),
            narasi=self._narratives(kecamatan, tahun, triwulan),
            tanggal=self._signed(kecamatan, tahun, triwulan),
            skala=self.references.predikat,
        )
        for row in rows:  # quarters to come are empty
            for pair in TRIWULAN[triwulan:]:
                row.nilai[pair.k.name] = row.nilai[pair.rp.name] = None
        complete(form)
        self._obstacles(form)
        return form

    def write(self, out: Path, keys: Sequence[tuple[int, int, Kecamatan]], *, kesalahan: int = 0) -> list[Path]:
        """Write the workbook of each (tahun, triwulan, kecamatan) below `out`, with `kesalahan` planted mistakes; returns the paths."""
        draw = self._random("kesalahan")
        mistakes = Counter(draw.choice(keys) for _ in range(kesalahan))
        paths = []
        for tahun, triwulan, kecamatan in keys:
            form = self.form(kecamatan, tahun, triwulan)
            for _ in range(mistakes[tahun, triwulan, kecamatan]):
                plant(form, draw.choice(PLANTABLE), draw)
            path = out / str(tahun) / f"tw{triwulan}" / f"{kecamatan.nama.lower()}.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_form(form, path)
            morning = dt.datetime.combine(form.tanggal, dt.time(3), dt.UTC).timestamp()
            os.utime(path, (morning, morning))
            paths.append(path)
        return paths

    # ---- plans

    def _random(self, *key: object) -> random.Random:
        return random.Random("|".join(map(str, (self.seed, *key))))  # noqa: S311 - figures, not secrets

    def _leaves(self, kecamatan: Kecamatan, tahun: int) -> list[Nomenklatur]:
        """The sub kegiatan that a kecamatan has in its plan, in order.

        A few of the nomenclature are not in everybody's, but each program has one: its money is that of its sub kegiatan.
        """
        possible = [
            entry
            for kode, entry in sorted(self.references.known_codes(tahun).items())
            if entry.level == "sub_kegiatan"
            and (kegiatan := kode.rpartition(".")[0]) in activities.KEGIATAN
            and (kecamatan.jumlah_kelurahan or kegiatan not in activities.ONLY_WITH_KELURAHAN)
        ]
        chosen = {e.kode for e in possible if e.kode in (GAJI, LAYANAN) or self._random(kecamatan.nama, e.kode).random() > 0.09}
        for program in activities.PROGRAM:
            of_program = [entry.kode for entry in possible if entry.kode.startswith(f"{program}.")]
            if of_program and chosen.isdisjoint(of_program):
                chosen.add(of_program[0])
        return [entry for entry in possible if entry.kode in chosen]

    def _plans(self, kecamatan: Kecamatan, tahun: int) -> dict[str, Plan]:
        return _plans(self, kecamatan, tahun)

    # ---- rows

    def _rows(self, kecamatan: Kecamatan, tahun: int) -> list[Row]:
        known = self.references.known_codes(tahun)
        leaves = self._leaves(kecamatan, tahun)
        rows: list[Row] = []
        for sasaran in activities.SASARAN:
            top = len(rows)
            rows.append(_own_row(Level.SASARAN, sasaran.kode, sasaran.uraian, "", sasaran.indikator))
            for program in sasaran.program:
                at_program = len(rows)
                rows[top].anak.append(at_program)
                for position, indicator in enumerate(activities.PROGRAM[program]):
                    row = _own_row(Level.PROGRAM, program, _aim(known[program].uraian), known[program].uraian, indicator)
                    row.pertama = position == 0
                    rows.append(row)
                kegiatan = ""
                for leaf in (leaf for leaf in leaves if leaf.kode.startswith(f"{program}.")):
                    if leaf.kode.rpartition(".")[0] != kegiatan:
                        kegiatan = leaf.kode.rpartition(".")[0]
                        at_kegiatan = len(rows)
                        rows[at_program].anak.append(at_kegiatan)
                        title = known[kegiatan].uraian
                        rows.append(_own_row(Level.KEGIATAN, kegiatan, _aim(title), title, activities.KEGIATAN[kegiatan]))
                    rows[at_kegiatan].anak.append(len(rows))
                    rows.append(self._leaf_row(kecamatan, tahun, leaf))
        self._fill_outputs(kecamatan, tahun, rows)
        for row in rows:
            row.penanggung_jawab = _responsible(kecamatan, row)
        return rows

    def _leaf_row(self, kecamatan: Kecamatan, tahun: int, leaf: Nomenklatur) -> Row:
        satuan = leaf.satuan or ""
        akumulasi = self.references.akumulasi_satuan.get(satuan.lower(), "kumulatif")
        indikator = leaf.indikator or ""
        row = Row(Level.SUB_KEGIATAN, leaf.kode, _aim(leaf.uraian), leaf.uraian, indikator, indikator, satuan, akumulasi)
        years = renstra_years(tahun)
        plan = {year: self._plans(kecamatan, year).get(leaf.kode) for year in years}
        plans = {year: found for year, found in plan.items() if found}
        this = plans[tahun]
        targets = [p.target_k for p in plans.values()]
        before = [p for year, p in plans.items() if year < tahun]
        row.nilai = {
            TARGET_RENSTRA.k.name: sum(targets) if akumulasi == "kumulatif" else max(targets),
            TARGET_RENSTRA.rp.name: sum(p.target_rp for p in plans.values()),
            TARGET.k.name: this.target_k,
            TARGET.rp.name: this.target_rp,
        }
        if tahun == years[0]:  # what the Renstra before reached
            row.nilai[REALISASI_LALU.k.name] = this.k[-1] if akumulasi != "kumulatif" else sum(this.k) // 2
            row.nilai[REALISASI_LALU.rp.name] = sum(this.rp) // 2000 * 1000
        else:
            row.nilai[REALISASI_LALU.k.name] = (
                sum(sum(p.k) for p in before) if akumulasi == "kumulatif" else before[-1].k[-1] if before else 0
            )
            row.nilai[REALISASI_LALU.rp.name] = sum(sum(p.rp) for p in before)
        for pair, k, rp in zip(TRIWULAN, this.k, this.rp, strict=True):
            row.nilai[pair.k.name], row.nilai[pair.rp.name] = k, rp
        return row

    def _fill_outputs(self, kecamatan: Kecamatan, tahun: int, rows: list[Row]) -> None:
        """K of sasaran, programs and kegiatan: how far their sub kegiatan have come, and nil as long as no money was spent."""
        years = renstra_years(tahun)
        for index, row in enumerate(rows):
            if row.level is Level.SUB_KEGIATAN:
                continue
            codes = [rows[leaf].kode for leaf in _leaves_below(rows, _first_of_code(rows, index))]
            quarters = self._parent_quarters(kecamatan, tahun, row, codes)
            target = _parent_target(row)
            nil = not any(self._plans(kecamatan, tahun)[code].target_rp for code in codes)
            row.nilai[TARGET.k.name] = 0 if nil else target
            row.nilai[TARGET_RENSTRA.k.name] = target * len(years) if row.akumulasi == "kumulatif" else target
            for pair, value in zip(TRIWULAN, quarters, strict=True):
                row.nilai[pair.k.name] = value
            row.nilai[REALISASI_LALU.k.name] = self._parent_before(kecamatan, tahun, row, quarters)

    def _parent_before(self, kecamatan: Kecamatan, tahun: int, row: Row, quarters: list[Value]) -> Value:
        years = [year for year in renstra_years(tahun) if year < tahun]
        if not years:
            return rounded(accumulate(row.akumulasi, quarters))
        prefix = [sasaran.program for sasaran in activities.SASARAN if sasaran.kode == row.kode]
        programs = prefix[0] if prefix else (row.kode,)
        reached = []
        for year in years:
            codes = [code for code in self._plans(kecamatan, year) if any(code.startswith(f"{program}.") for program in programs)]
            reached.append(rounded(accumulate(row.akumulasi, self._parent_quarters(kecamatan, year, row, codes))))
        return sum(reached, Decimal(0)) if row.akumulasi == "kumulatif" else max(reached) if row.akumulasi == "maksimum" else reached[-1]

    def _parent_quarters(self, kecamatan: Kecamatan, tahun: int, row: Row, codes: list[str]) -> list[Value]:
        plans = [self._plans(kecamatan, tahun)[code] for code in codes]
        draw = self._random(kecamatan.nama, tahun, row.kode, row.indikator)
        quarters: list[Value] = []
        counted = 0
        position = Decimal(0)
        for quarter in range(1, 5):
            spent = any(sum(p.rp[:quarter]) for p in plans)
            jitter = Decimal(draw.randint(92, 108)) / 100
            if not spent:
                quarters.append(0)
                continue
            planned = [p for p in plans if p.target_k]
            progress = sum((min(Decimal(sum(p.k[:quarter])) / p.target_k, Decimal(1)) for p in planned), Decimal(0)) / len(planned)
            if row.polaritas == "turun":
                quarters.append(draw.randint(26, 36))
            elif row.akumulasi == "kumulatif":
                due = max(1, int(progress * _parent_target(row)))
                quarters.append(due - counted)
                counted = due
            elif row.akumulasi == "rata_rata":
                quarters.append(draw.randint(70, 100))
            elif row.kode == "7.01.06":
                desa = max(1, round(float(progress * jitter) * kecamatan.jumlah_desa))
                position = max(position, rounded(Decimal(min(desa, kecamatan.jumlah_desa)) * 100 / kecamatan.jumlah_desa))
                quarters.append(position)
            else:
                position = max(position, min(Decimal(100), rounded(progress * jitter * 100)), Decimal("0.01"))
                quarters.append(position)
        return quarters

    # ---- words

    def _narratives(self, kecamatan: Kecamatan, tahun: int, triwulan: int) -> dict[str, list[str]]:
        draw = self._random(kecamatan.nama, tahun, triwulan, "narasi")
        return {jenis: draw.sample(texts, max(1, len(texts) - draw.randint(0, 1))) for jenis, texts in activities.NARASI.items()}

    def _signed(self, kecamatan: Kecamatan, tahun: int, triwulan: int) -> dt.date:
        """A working day of the week after the quarter's end: before any deadline."""
        end = dt.date(tahun + triwulan // 4, triwulan % 4 * 3 + 1, 1)
        day = end + dt.timedelta(days=self._random(kecamatan.nama, tahun, triwulan, "tanggal").randint(2, 7))
        return day + dt.timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))

    def _obstacles(self, form: FormData) -> None:
        for row in form.baris:
            if not row.nilai[TARGET.k.name]:
                row.kendala = activities.TIDAK_DIANGGARKAN if row.level is Level.SUB_KEGIATAN else ""
            elif row.predikat in ("Rendah", "Sangat Rendah"):
                draw = self._random(form.kecamatan.nama, form.tahun, form.triwulan, row.kode, row.indikator)
                if draw.random() < 0.6:
                    row.kendala, row.upaya = draw.choice(activities.KENDALA)


@lru_cache(maxsize=256)
def _plans(regency: Regency, kecamatan: Kecamatan, tahun: int) -> dict[str, Plan]:
    """Target and quarters of each sub kegiatan: (seed, kecamatan, year) decide, the quarter that reports does not."""
    base = regency._random(kecamatan.nama)
    yearly = 2_600_000_000 + 210_000_000 * kecamatan.jumlah_desa + 1_000_000_000 * kecamatan.jumlah_kelurahan
    yearly = int(yearly * base.uniform(0.9, 1.1) * (1 + 0.04 * (tahun - 2024)))
    leaves = regency._leaves(kecamatan, tahun)
    weight = {leaf.kode: regency._random(kecamatan.nama, leaf.kode, "bobot").lognormvariate(0, 1) for leaf in leaves if leaf.kode != GAJI}
    unit = yearly * 0.4 / sum(weight.values())
    staff = base.randint(14, 26) + 6 * kecamatan.jumlah_kelurahan
    return {
        leaf.kode: _plan_gaji(regency._random(kecamatan.nama, tahun, GAJI), int(yearly * 0.6), staff)
        if leaf.kode == GAJI
        else _plan_leaf(regency._random(kecamatan.nama, tahun, leaf.kode), leaf, max(1_000, round(weight[leaf.kode] * unit / 1000) * 1000))
        for leaf in leaves
    }


def _plan_gaji(draw: random.Random, target_rp: int, staff: int) -> Plan:
    rp = [int(target_rp * share * draw.uniform(0.94, 0.99)) for share in (0.22, 0.29, 0.26, 0.23)]
    return Plan(staff, target_rp, [staff - draw.randint(0, 1) for _ in range(4)], rp)


_TARGET_K = {"dokumen": (1, 24), "laporan": (2, 48), "paket": (1, 12), "unit": (1, 15), "orang": (10, 120), "keluarga": (40, 900)}


def _plan_leaf(draw: random.Random, leaf: Nomenklatur, target_rp: int) -> Plan:
    if leaf.kode != LAYANAN and draw.random() < 0.15:  # not budgeted this year
        return Plan(0, 0, [0] * 4, [0] * 4)
    target_k = draw.randint(*_TARGET_K.get((leaf.satuan or "").lower(), (1, 10)))
    begin = 0 if leaf.kode == LAYANAN else draw.choices(range(4), (70, 20, 8, 2))[0]
    shares = [0.0 if quarter < begin else draw.uniform(0.5, 1.5) for quarter in range(4)]
    spent = draw.uniform(0.82, 0.99)
    rp = [int(target_rp * spent * share / sum(shares) / 500) * 500 for share in shares]
    rp[begin] = max(rp[begin], 500)
    reach = draw.choices((1.0, draw.uniform(0.75, 0.99), draw.uniform(1.01, 1.15)), (60, 35, 5))[0]
    due = [0 if quarter < begin else max(1, round(target_k * reach * sum(shares[: quarter + 1]) / sum(shares))) for quarter in range(4)]
    return Plan(target_k, target_rp, [now - before for before, now in zip([0, *due], due, strict=False)], rp)


def _own_row(level: Level, kode: str, sasaran: str, uraian: str, indicator: Indicator) -> Row:
    return Row(
        level, kode, sasaran, uraian, indicator.indikator, indicator.formulasi, indicator.satuan, indicator.akumulasi, indicator.polaritas
    )


def _aim(title: str) -> str:
    """A sasaran of a program, kegiatan or sub kegiatan, in its own words: "Terlaksananya …"."""
    return "Terlaksananya " + re.sub(r"^PROGRAM ", "", title).capitalize() if title.isupper() else f"Terlaksananya {title}"


def _parent_target(row: Row) -> int:
    return {"%": 100, "menit": 30}.get(row.satuan, 12)


def _first_of_code(rows: list[Row], index: int) -> int:
    while not rows[index].pertama:
        index -= 1
    return index


def _leaves_below(rows: list[Row], index: int) -> Iterator[int]:
    if rows[index].level is Level.SUB_KEGIATAN:
        yield index
    for child in rows[index].anak:
        yield from _leaves_below(rows, child)


def _responsible(kecamatan: Kecamatan, row: Row) -> str:
    if row.level is Level.SASARAN:
        return f"Kecamatan {kecamatan.nama}"
    if row.level is Level.PROGRAM:
        return "Camat"
    if row.level is Level.KEGIATAN and row.kode.startswith("7.01.01"):
        return "Sekcam"
    prefixes = [prefix for prefix in activities.PENANGGUNG_JAWAB if row.kode.startswith(prefix)]
    return activities.PENANGGUNG_JAWAB[max(prefixes, key=len)]
