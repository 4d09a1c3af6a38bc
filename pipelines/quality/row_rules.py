"""Rules within one row of the form: columns 13 to 17, predikat, units, negative figures, money without output.

Sources: the columns' own formulas in table E.81 and the T-E.1 scale (Permendagri 86/2017). How columns 13 to 17 are judged stands in
`arithmetic`; here the rules that come of it, and what a finding says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.quality.arithmetic import Judged, Side, k_arithmetic, rp_arithmetic, summed_up
from pipelines.quality.batch import KIND_FORM, Batch, Check, Expectation, Objects, Printed, kept
from pipelines.quality.figures import FUZZ, Bools, Floats, grade
from pipelines.quality.numerals import number, roman, rupiah
from pipelines.workbook.columns import (
    CAPAIAN,
    MEASURES,
    REALISASI,
    REALISASI_LALU,
    RENSTRA_CAPAIAN,
    RENSTRA_REALISASI,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Level,
)

_KIND_WORDS = {
    "kumulatif": "jumlah semua triwulan",
    "posisi_akhir": "posisi triwulan terakhir",
    "maksimum": "triwulan tertinggi",
    "rata_rata": "rata-rata triwulan",
}


_ARITHMETIC = (
    ("realisasi_bukan_jumlah_triwulan", "sum", REALISASI, None),
    ("capaian_salah_hitung", "capaian", CAPAIAN, "mengikuti realisasi tahun berjalan yang salah"),
    ("renstra_salah_hitung", "renstra", RENSTRA_REALISASI, "mengikuti realisasi tahun berjalan yang salah"),
    ("renstra_salah_hitung", "renstra_capaian", RENSTRA_CAPAIAN, "mengikuti realisasi Renstra yang salah"),
)


def arithmetic_checks(batch: Batch) -> list[Check]:
    """13, 14, 16 and 17, K and Rp."""
    jenis, satuan = batch.computed_text("jenis_akumulasi"), batch.text("satuan")
    k, rp = k_arithmetic(batch), rp_arithmetic(batch)
    fewer_is_better = batch.pad(np.asarray(batch.computed_text("polaritas") == "turun", dtype=bool))

    def how(position: int) -> str | None:
        if position >= batch.size or not batch.settled[position]:
            return "tidak cocok dengan jumlah, posisi akhir, nilai tertinggi maupun rata-rata triwulannya"
        kind = jenis[position]
        if not kind or kind == "kumulatif":
            return _KIND_WORDS[kind] if kind else None
        by_unit = satuan[position] != "%" and batch.references.akumulasi_satuan.get(satuan[position]) == kind
        return f"{_KIND_WORDS[kind]}; {f'satuan {satuan[position]} tidak dijumlahkan' if by_unit else 'ditetapkan di jenis_indikator.csv'}"

    def sum_of_quarters(position: int) -> str | None:
        quarter = int(batch.triwulan[position]) if position < batch.size else 4
        return f"jumlah triwulan I s/d {roman(quarter)}" if quarter > 1 else "realisasi triwulan I"

    checks = []
    for aturan, part, names, consequence in _ARITHMETIC:
        for kind, side, name in (("k", k, names.k.name), ("rp", rp, names.rp.name)):
            judged: Judged = getattr(side, part)
            place = batch.pad if kind == "k" else batch.on_first
            follows = place(judged.follows_wrong)
            reported = batch.value(name) if kind == "k" else batch.group_value(name)

            def because(
                position: int, part: str = part, kind: str = kind, follows: Bools = follows, consequence: str | None = consequence
            ) -> str | None:
                if part == "sum":
                    return how(position) if kind == "k" else sum_of_quarters(position)
                if follows[position]:
                    return consequence
                if part == "renstra" and position < batch.size:
                    return "s/d tahun lalu ditambah tahun berjalan" if batch.lanjutan[position] else "tahun pertama Renstra: sama dengan 13"
                if kind == "k" and part.endswith("capaian") and fewer_is_better[position]:
                    return "makin kecil makin baik: target dibagi realisasi"
                return None

            checks.append(
                Check(
                    aturan,
                    name,
                    Expectation.WITHIN_TOLERANCE,
                    place(judged.deviation),
                    lapor=place(reported),
                    harap=place(judged.expected),
                    atau=place(judged.otherwise),
                    form=KIND_FORM[name],
                    desimal=_printed(batch, name, kind),
                    baris=None if kind == "k" else batch.on_first(batch.group_row(name)),
                    rincian=because,
                )
            )
    return checks


def _printed(batch: Batch, name: str, kind: str) -> Floats | None:
    if KIND_FORM[name] is Printed.RUPIAH:
        return None
    return batch.pad(batch.digits(name)) if kind == "k" else batch.on_first(batch.group_digits(name))


def predikat_checks(batch: Batch) -> list[Check]:
    """The row's predikat against T-E.1, and one without a target."""
    k = k_arithmetic(batch)
    stated = batch.text("predikat_lapor")
    names = {_plain(p.predikat): p.predikat for p in batch.references.predikat}
    canonical = np.array([None if text is None else names.get(_plain(text), str(text).strip()) for text in stated], dtype=object)
    target, unread = batch.value("target_k"), batch.unread("target_k")
    judged_here = batch.is_indicator & (canonical != None)  # noqa: E711 - elementwise
    no_target = (np.isnan(target) | (target == 0)) & ~unread

    grades = np.column_stack([grade(k.capaian_candidates[:, column], batch.references) for column in range(k.capaian_candidates.shape[1])])
    usable = k.capaian_valid & ~np.isnan(k.capaian_candidates)
    printed = np.where(k.capaian.fine(), batch.value("capaian_k_pct_lapor"), np.nan)  # graded on the rounded figure: no finding
    fits = (usable & (grades == canonical[:, None])).any(axis=1)
    fits |= grade(printed, batch.references) == canonical
    own = np.where(k.side.quarters_unread, np.nan, batch.computed("capaian_k_pct"))
    fits |= ~np.isnan(own) & (batch.computed_text("predikat") == canonical)
    best = np.where(np.isnan(own), np.where(usable, k.capaian_candidates, -np.inf).max(axis=1, initial=-np.inf), own)
    best = np.where(np.isinf(best), np.nan, best)
    decidable = judged_here & ~no_target & ~unread & usable.any(axis=1)
    expected = kept(decidable, np.where(fits, canonical, grade(best, batch.references)))
    summed = summed_up(k.side, k.capaian_candidates, own)
    otherwise = kept(~(fits | k.side.quarters_unread), grade(summed, batch.references))

    def because(position: int) -> str | None:
        if position >= batch.size or np.isnan(best[position]):
            return None
        stated_capaian = batch.value("capaian_k_pct_lapor")[position]
        text = f"capaian kinerjanya {number(best[position])} %"
        if not np.isnan(summed[position]):
            return f"{text} sebagai posisi akhir, {number(summed[position])} % bila dijumlahkan"
        if not np.isnan(stated_capaian) and k.capaian.wrong()[position]:
            text += f", bukan {number(stated_capaian)} %"
        return text

    return [
        Check(
            "predikat_tidak_sesuai",
            "predikat_lapor",
            Expectation.EQUAL,
            batch.pad(kept(decidable, canonical)),
            other=batch.pad(expected),
            lapor=batch.pad(stated),
            harap=batch.pad(expected),
            atau=batch.pad(otherwise),
            rincian=because,
        ),
        Check(
            "predikat_tanpa_target",
            "predikat_lapor",
            Expectation.ABSENT,
            batch.pad(kept(judged_here & no_target, stated)),
        ),
    ]


def figure_checks(batch: Batch) -> list[Check]:
    """Single figures: negative, of a quarter to come, above the target, without one; units that differ."""
    checks = []
    for measure in MEASURES:
        values = batch.pad(batch.value(measure.name))
        checks.append(Check("nilai_negatif", measure.name, Expectation.NOT_NEGATIVE, values, form=KIND_FORM[measure.name]))
    for quarter, pair in enumerate(TRIWULAN[1:], start=2):
        for measure in (pair.k, pair.rp):
            values = batch.value(measure.name)
            early = np.where((batch.triwulan < quarter) & (values != 0), values, np.nan)
            checks.append(
                Check(
                    "triwulan_belum_berjalan_terisi",
                    measure.name,
                    Expectation.ABSENT,
                    batch.pad(early),
                    form=KIND_FORM[measure.name],
                    rincian=lambda p: f"formulir triwulan {roman(int(batch.triwulan[p]))}",
                )
            )
    return checks + _target_checks(batch) + _unit_checks(batch)


def _target_checks(batch: Batch) -> list[Check]:
    k, rp = k_arithmetic(batch).side, rp_arithmetic(batch).side
    kelurahan = batch.level == Level.KELURAHAN
    own = np.where(k.quarters_unread, np.nan, k.computed)
    reported = np.where(np.isnan(own) | (own == 0), k.realisasi, own)
    no_k = (np.isnan(k.target) | (k.target == 0)) & ~k.target_unread & batch.is_indicator & ~kelurahan
    without_k = np.where(no_k & (reported != 0), reported, np.nan)
    level = batch.level[batch.first]
    money = np.where(np.isnan(rp.computed) | (rp.computed == 0), rp.realisasi, rp.computed)
    no_rp = (np.isnan(rp.target) | (rp.target == 0)) & ~rp.target_unread & (level != Level.TOTAL) & (level != Level.KELURAHAN)
    without_rp = np.where(no_rp & (money != 0), money, np.nan)
    ceiling = np.where(
        ~rp.target_unread & (level != Level.TOTAL) & (rp.target > 0),
        rp.target + batch.rupiah_tolerance(batch.triwulan[batch.first]),
        np.nan,
    )
    above = k_arithmetic(batch).side
    capaian = batch.computed("capaian_k_pct")
    high = np.where((capaian > 100 * (1 + FUZZ)) & ~above.quarters_unread & ~above.target_unread, capaian, np.nan)
    row = batch.on_first(batch.group_row("realisasi_rp_lapor"))
    printed = batch.value("capaian_k_pct_lapor")
    near = batch.half_digit(printed, batch.digits("capaian_k_pct_lapor"))
    return [
        Check(
            "realisasi_tanpa_target",
            "realisasi_k_lapor",
            Expectation.ABSENT,
            batch.pad(without_k),
            **_seen(batch.pad, k.realisasi, reported),
        ),
        Check(
            "realisasi_tanpa_target",
            "realisasi_rp_lapor",
            Expectation.ABSENT,
            batch.on_first(without_rp),
            baris=row,
            **_seen(batch.on_first, rp.realisasi, money, Printed.RUPIAH),
        ),
        Check(
            "realisasi_melebihi_pagu",
            "realisasi_rp_lapor",
            Expectation.AT_MOST,
            batch.on_first(np.where(np.isnan(ceiling), np.nan, rp.computed)),
            other=batch.on_first(ceiling),
            harap=batch.on_first(rp.target),
            baris=row,
            **_seen(batch.on_first, rp.realisasi, rp.computed, Printed.RUPIAH),
        ),
        Check(
            "capaian_di_atas_100",
            "capaian_k_pct_lapor",
            Expectation.ABSENT,
            batch.pad(high),
            **_seen(batch.pad, printed, capaian, near=near),
        ),
        *_money_and_output(batch, k, rp, level),
    ]


def _seen(
    place: Callable[[npt.NDArray[Any]], npt.NDArray[Any]],
    stated: Floats,
    ours: Floats,
    form: Printed = Printed.NUMBER,
    near: Floats | float = FUZZ,
) -> dict[str, Any]:
    """What a finding about a figure of ours says stands there: the cell's own figure, with ours beside it where that is another (by more
    than `near`); ours where the cell is empty.
    """
    empty = np.isnan(stated)
    other = place(np.where(empty | (np.abs(stated - ours) > near), ours, np.nan))
    silent, show = place(empty), rupiah if form is Printed.RUPIAH else number

    def because(position: int) -> str | None:
        if np.isnan(other[position]):
            return None
        return "dihitung dari triwulannya, selnya sendiri kosong" if silent[position] else f"menurut hitungan {show(other[position])}"

    return {"lapor": place(np.where(empty, ours, stated)), "form": form, "rincian": because}


def _money_and_output(batch: Batch, k: Side, rp: Side, level: Objects) -> list[Check]:
    """Money without output and the reverse, by code group, on this year's realisation to date."""
    group = batch.rows["grup"].to_numpy()
    size = len(batch.first)
    realised = np.where(batch.settled, np.nan_to_num(k.computed), np.nan_to_num(batch.alternatives).max(axis=1, initial=0.0))
    realised = np.maximum(realised, np.nan_to_num(k.realisasi))
    output = np.zeros(size)
    np.maximum.at(output, group, realised)
    unknown = np.zeros(size, bool)
    unknown[group[k.quarters_unread | batch.unread("realisasi_k_lapor")]] = True
    counted = (level != Level.TOTAL) & (level != Level.KELURAHAN)
    money = np.nan_to_num(rp.computed)
    money_unknown = rp.quarters_unread | batch.group_unread("realisasi_rp_lapor")
    has_money = ~np.isnan(rp.computed) | ~np.isnan(rp.target)
    spent = np.where(counted & ~unknown & (money > 0) & (output == 0), money, np.nan)
    done = np.where(counted & ~money_unknown & has_money & (money == 0) & (np.nan_to_num(rp.realisasi) == 0) & (output > 0), output, np.nan)
    return [
        Check(
            "anggaran_tanpa_kinerja",
            "realisasi_rp_lapor",
            Expectation.ABSENT,
            batch.on_first(spent),
            baris=batch.on_first(batch.group_row("realisasi_rp_lapor")),
            **_seen(batch.on_first, rp.realisasi, money, Printed.RUPIAH),
        ),
        Check(
            "kinerja_tanpa_anggaran",
            "realisasi_k_lapor",
            Expectation.ABSENT,
            batch.on_first(done),
            **_seen(batch.on_first, k.realisasi[batch.first], output),
        ),
    ]


def _unit_checks(batch: Batch) -> list[Check]:
    """K figures whose unit differs from the row's. A ratio's unit is noise in print, and nil has no unit worth a word."""
    pairs = (TARGET_RENSTRA, REALISASI_LALU, TARGET, *TRIWULAN, REALISASI, RENSTRA_REALISASI)
    units = np.column_stack([batch.text(pair.satuan) for pair in pairs])
    values = np.column_stack([batch.value(pair.k.name) for pair in pairs])
    used = (units != None) & ~np.isnan(values) & (values != 0) & batch.is_indicator[:, None]  # noqa: E711 - elementwise
    own = _row_units(batch, units, used)
    checks = [
        Check(
            "satuan_tidak_seragam",
            pair.satuan,
            Expectation.ABSENT,
            batch.pad(kept(used[:, at] & (units[:, at] != own), units[:, at])),
            harap=batch.pad(own),
        )
        for at, pair in enumerate(pairs)
    ]
    undeclared = kept(~batch.settled & batch.is_indicator, batch.text("indikator"))
    undeclared = np.where(~batch.settled & (undeclared == None), "%", undeclared)  # noqa: E711
    checks.append(
        Check(
            "jenis_indikator_belum_ditetapkan",
            "indikator",
            Expectation.ABSENT,
            batch.pad(undeclared),
        )
    )
    return checks


def _plain(text: str) -> str:
    return " ".join(str(text).casefold().split())


def _row_units(batch: Batch, units: Objects, used: Bools) -> Objects:
    """The unit that a row's figures should share: the code's official one where the row uses it, else the most frequent one."""
    own = batch.text("satuan").copy()
    mixed = np.flatnonzero([len(set(row[mask])) > 1 for row, mask in zip(units, used, strict=True)])
    spelling = batch.references.ejaan_satuan
    for position in mixed:
        here = [str(unit) for unit in units[position][used[position]]]
        row = batch.references.known_codes(int(batch.tahun[position])).get(str(batch.kode[position]).partition("#")[0])
        official = (row.satuan or "").lower() if row else ""
        official = spelling.get(official, official)
        most = max(here, key=lambda unit: (here.count(unit), unit == own[position]))
        own[position] = official if official in here else most
    return own
