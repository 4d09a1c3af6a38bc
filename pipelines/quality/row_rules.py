"""Rules within one row of the form: columns 13 to 17, predikat, units, negative figures, money without output.

Sources: the columns' own formulas in table E.81 and the T-E.1 scale (Permendagri 86/2017). What a figure should be comes from
`figures`; where it is not settled how an indicator accumulates, every way is allowed, and only what fits none is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.quality.batch import (
    KIND_FORM,
    RUPIAH_TOLERANCE,
    UNDEFINED,
    Batch,
    Check,
    Expectation,
    Objects,
    Printed,
    half_digit,
    nearest,
)
from pipelines.quality.figures import FUZZ, Bools, Floats, Ints, grade, ratio_pct, renstra_output
from pipelines.quality.numerals import roman
from pipelines.reference.tables import ACCUMULATIONS
from pipelines.workbook.columns import (
    MEASURES,
    REALISASI,
    REALISASI_LALU,
    RENSTRA_REALISASI,
    TARGET,
    TARGET_RENSTRA,
    TRIWULAN,
    Level,
)


@dataclass(slots=True)
class _Side:
    """The K side of the rows, or the Rp side of the groups, in one shape: what is stated, and what it may follow from."""

    kind: str  # 'k' or 'rp'
    target: Floats
    target_unread: Bools
    renstra_target: Floats
    renstra_target_unread: Bools
    lalu: Floats
    lalu_unread: Bools
    lanjutan: Bools
    candidates: Floats  # n × m: realisation to date by each way that may apply
    kinds: list[Objects | str]  # how each candidate accumulates
    applies: Bools  # n × m
    settled: Bools
    quarters_unread: Bools
    has_quarters: Bools
    turun: Bools
    realisasi: Floats  # as reported (13)
    realisasi_tolerance: Floats
    computed: Floats  # ours


def _k_side(batch: Batch) -> _Side:
    size = batch.size
    jenis = batch.computed_text("jenis_akumulasi")
    own = batch.computed("realisasi_k")
    alternatives = np.column_stack([own, batch.alternatives])
    settled = batch.settled
    applies = np.column_stack([np.ones(size, bool), *(~settled for _ in ACCUMULATIONS)]) & batch.is_indicator[:, None]
    reported = np.where(batch.is_indicator, batch.value("realisasi_k_lapor"), np.nan)
    return _Side(
        "k",
        batch.value("target_k"),
        batch.unread("target_k"),
        batch.value("target_renstra_k"),
        batch.unread("target_renstra_k"),
        batch.value("realisasi_lalu_k"),
        batch.unread("realisasi_lalu_k"),
        batch.lanjutan,
        alternatives,
        [jenis, *ACCUMULATIONS],
        applies,
        settled,
        batch.quarters_unread("k"),
        _has_quarters(batch, "k"),
        batch.computed_text("polaritas") == "turun",
        reported,
        half_digit(reported, batch.digits("realisasi_k_lapor")),
        own,
    )


def _rp_side(batch: Batch) -> _Side:
    size = len(batch.first)
    own = batch.group_value("realisasi_rp")
    return _Side(
        "rp",
        batch.group_value("target_rp"),
        batch.group_unread("target_rp"),
        batch.group_value("target_renstra_rp"),
        batch.group_unread("target_renstra_rp"),
        batch.group_value("realisasi_lalu_rp"),
        batch.group_unread("realisasi_lalu_rp"),
        batch.lanjutan[batch.first],
        own[:, None],
        ["kumulatif"],
        np.ones((size, 1), bool),
        np.ones(size, bool),
        batch.quarters_unread("rp"),
        _has_quarters(batch, "rp")[batch.first],
        np.zeros(size, bool),
        batch.group_value("realisasi_rp_lapor"),
        np.full(size, RUPIAH_TOLERANCE),
        own,
    )


def _has_quarters(batch: Batch, kind: str) -> Bools:
    """Rows whose form has the reporting triwulan's column: only then does an empty one say that nothing was realised."""
    result = np.zeros(batch.size, bool)
    for number, pair in enumerate(TRIWULAN, start=1):
        result |= (batch.triwulan == number) & batch.has_column((pair.k if kind == "k" else pair.rp).name)
    return result


@dataclass(slots=True)
class _Judged:
    """A reported figure against what it may be."""

    deviation: Floats  # in tolerances; NaN where nothing can be proven
    expected: Floats
    follows_wrong: Bools  # fits the form's own earlier figure, which is wrong itself

    def fine(self) -> Bools:
        return ~np.isnan(self.deviation) & (self.deviation <= 1)

    def wrong(self) -> Bools:
        return ~np.isnan(self.deviation) & (self.deviation > 1)


def _judge_sum(side: _Side) -> _Judged:
    """13 against the quarters."""
    nothing = np.isnan(side.candidates[:, 0]) & side.has_quarters
    candidates = np.where(nothing[:, None], 0.0, side.candidates)
    valid = side.applies & ~side.quarters_unread[:, None]
    deviation, near = nearest(side.realisasi, side.realisasi_tolerance, candidates, valid)
    expected = np.where(side.settled, side.computed, near)
    return _Judged(deviation, np.where(nothing, np.nan, expected), np.zeros(len(deviation), bool))


def _bases(side: _Side, judged: _Judged) -> tuple[Floats, Bools]:
    """What 14 and 16 may follow from: our realisation by each way (those that fit 13, where 13 is stated and fits one), and 13 itself."""
    reported = side.realisasi
    stated = ~np.isnan(reported)
    good = stated & ~judged.wrong()
    fits = np.abs(side.candidates - reported[:, None]) <= side.realisasi_tolerance[:, None]
    valid = side.applies & ~side.quarters_unread[:, None] & (~good | side.settled)[:, None]
    valid |= side.applies & ~side.quarters_unread[:, None] & good[:, None] & fits
    return np.column_stack([side.candidates, reported]), np.column_stack([valid, good])


def _judge(
    reported: Floats, tolerance: Floats, candidates: Floats, valid: Bools, wrong_base: Floats, own: Floats, settled: Bools
) -> _Judged:
    deviation, near = nearest(reported, tolerance, candidates, valid)
    follows = np.abs(wrong_base - reported) <= tolerance
    return _Judged(deviation, np.where(settled & ~np.isnan(own), own, near), follows)


def _ratios(bases: Floats, target: Floats, turun: Bools) -> Floats:
    return np.column_stack([ratio_pct(bases[:, column], target, turun) for column in range(bases.shape[1])])


def _no_target(judged: _Judged, reported: Floats, target: Floats, unread: Bools) -> None:
    """A ratio that stands where there is no target to divide by."""
    none = (np.isnan(target) | (target == 0)) & ~unread
    stray = none & ~np.isnan(reported) & (reported != 0)
    judged.deviation = np.where(none | unread, np.nan, judged.deviation)
    judged.deviation = np.where(stray, UNDEFINED, judged.deviation)
    judged.expected = np.where(none, np.nan, judged.expected)
    judged.follows_wrong &= ~stray


@dataclass(slots=True)
class RowArithmetic:
    """Columns 13, 14, 16 and 17 of one side, judged."""

    side: _Side
    sum: _Judged
    capaian: _Judged
    renstra: _Judged
    renstra_capaian: _Judged
    capaian_candidates: Floats
    capaian_valid: Bools


def _arithmetic(side: _Side, capaian: Floats, c_tol: Floats, r16: Floats, r16_tol: Floats, r17: Floats, r17_tol: Floats) -> RowArithmetic:
    total = _judge_sum(side)
    bases, valid = _bases(side, total)
    wrong = np.where(total.wrong(), side.realisasi, np.nan)

    ratios = _ratios(bases, side.target, side.turun)
    own = ratio_pct(side.computed, side.target, side.turun)
    usable_own = np.where(side.quarters_unread, np.nan, own)
    capaian_judged = _judge(capaian, c_tol, ratios, valid, ratio_pct(wrong, side.target, side.turun), usable_own, side.settled)
    _no_target(capaian_judged, capaian, side.target, side.target_unread)

    kinds: list[Objects | str] = [*side.kinds, side.kinds[0]]
    to_date = [renstra_output(side.lalu, bases[:, column], kinds[column], side.lanjutan) for column in range(bases.shape[1])]
    to_date_valid = [valid[:, column] for column in range(bases.shape[1])]
    if side.kind == "k":  # where the kind is open, 13 itself may accumulate in any way over the years
        for kind in ("kumulatif", "maksimum"):
            to_date.append(renstra_output(side.lalu, side.realisasi, kind, side.lanjutan))
            to_date_valid.append(valid[:, -1] & ~side.settled)
    renstra, renstra_valid = np.column_stack(to_date), np.column_stack(to_date_valid) & ~(side.lalu_unread & side.lanjutan)[:, None]
    own16 = renstra_output(side.lalu, np.where(side.quarters_unread, np.nan, side.computed), kinds[0], side.lanjutan)
    own16 = np.where(side.quarters_unread | (side.lalu_unread & side.lanjutan), np.nan, own16)
    wrong16 = np.where(total.wrong(), renstra_output(side.lalu, wrong, kinds[0], side.lanjutan), np.nan)
    renstra_judged = _judge(r16, r16_tol, renstra, renstra_valid, wrong16, own16, side.settled)

    good16 = ~np.isnan(r16) & ~renstra_judged.wrong()
    ratios17 = _ratios(np.column_stack([renstra, r16]), side.renstra_target, side.turun)
    valid17 = np.column_stack([renstra_valid, good16])
    if side.kind == "k":  # 16 settles which way was taken
        valid17[:, :-1] &= (side.settled | ~good16)[:, None] | (np.abs(renstra - r16[:, None]) <= r16_tol[:, None])
    base17 = np.where(renstra_judged.wrong(), r16, np.nan)
    own17 = ratio_pct(own16, side.renstra_target, side.turun)
    wrong17 = ratio_pct(base17, side.renstra_target, side.turun)
    capaian17 = _judge(r17, r17_tol, ratios17, valid17, wrong17, own17, side.settled)
    _no_target(capaian17, r17, side.renstra_target, side.renstra_target_unread)
    return RowArithmetic(side, total, capaian_judged, renstra_judged, capaian17, ratios, valid)


def k_arithmetic(batch: Batch) -> RowArithmetic:
    """The K side, by row."""

    def make() -> RowArithmetic:
        names = ("capaian_k_pct_lapor", "renstra_realisasi_k_lapor", "renstra_capaian_k_pct_lapor")
        figures = []
        for name in names:
            reported = np.where(batch.is_indicator, batch.value(name), np.nan)
            figures += [reported, half_digit(reported, batch.digits(name))]
        return _arithmetic(_k_side(batch), *figures)

    return batch.memo("k arithmetic", make)  # type: ignore[no-any-return]


def rp_arithmetic(batch: Batch) -> RowArithmetic:
    """The Rp side, by code group."""

    def make() -> RowArithmetic:
        capaian, r16, r17 = (
            batch.group_value(n) for n in ("capaian_rp_pct_lapor", "renstra_realisasi_rp_lapor", "renstra_capaian_rp_pct_lapor")
        )
        return _arithmetic(
            _rp_side(batch),
            capaian,
            half_digit(capaian, batch.group_digits("capaian_rp_pct_lapor")),
            r16,
            np.full(len(r16), RUPIAH_TOLERANCE),
            r17,
            half_digit(r17, batch.group_digits("renstra_capaian_rp_pct_lapor")),
        )

    return batch.memo("rp arithmetic", make)  # type: ignore[no-any-return]


_KIND_WORDS = {
    "kumulatif": "jumlah semua triwulan",
    "posisi_akhir": "posisi triwulan terakhir",
    "maksimum": "triwulan tertinggi",
    "rata_rata": "rata-rata triwulan",
}


def arithmetic_checks(batch: Batch) -> list[Check]:
    """13, 14, 16 and 17, K and Rp."""
    jenis, satuan = batch.computed_text("jenis_akumulasi"), batch.text("satuan")
    k, rp = k_arithmetic(batch), rp_arithmetic(batch)

    def how(position: int) -> str | None:
        if position >= batch.size or not batch.settled[position]:
            return "tidak cocok dengan jumlah, posisi akhir, nilai tertinggi maupun rata-rata triwulannya"
        kind = jenis[position]
        return f"{_KIND_WORDS[kind]}{'' if kind == 'kumulatif' else f'; satuan {satuan[position]} tidak dijumlahkan'}" if kind else None

    def sum_of_quarters(position: int) -> str | None:
        quarter = int(batch.triwulan[position]) if position < batch.size else 4
        return f"jumlah triwulan I s/d {roman(quarter)}" if quarter > 1 else "realisasi triwulan I"

    checks = []
    specs = (
        ("realisasi_bukan_jumlah_triwulan", REALISASI, "sum", None),
        ("capaian_salah_hitung", None, "capaian", "mengikuti realisasi tahun berjalan yang salah"),
        ("renstra_salah_hitung", RENSTRA_REALISASI, "renstra", "mengikuti realisasi tahun berjalan yang salah"),
        ("renstra_salah_hitung", None, "renstra_capaian", "mengikuti realisasi Renstra yang salah"),
    )
    names = {
        ("sum", "k"): "realisasi_k_lapor",
        ("sum", "rp"): "realisasi_rp_lapor",
        ("capaian", "k"): "capaian_k_pct_lapor",
        ("capaian", "rp"): "capaian_rp_pct_lapor",
        ("renstra", "k"): "renstra_realisasi_k_lapor",
        ("renstra", "rp"): "renstra_realisasi_rp_lapor",
        ("renstra_capaian", "k"): "renstra_capaian_k_pct_lapor",
        ("renstra_capaian", "rp"): "renstra_capaian_rp_pct_lapor",
    }
    for aturan, _, part, consequence in specs:
        for kind, side in (("k", k), ("rp", rp)):
            judged: _Judged = getattr(side, part)
            name = names[part, kind]
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
                return None

            checks.append(
                Check(
                    aturan,
                    name,
                    Expectation.WITHIN_TOLERANCE,
                    place(judged.deviation),
                    lapor=place(reported),
                    harap=place(judged.expected),
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

    grades = np.column_stack(
        [grade(k.capaian_candidates[:, column], batch.references) for column in range(k.capaian_candidates.shape[1])]
    )
    usable = k.capaian_valid & ~np.isnan(k.capaian_candidates)
    printed = np.where(k.capaian.fine(), batch.value("capaian_k_pct_lapor"), np.nan)  # graded on the rounded figure: no finding
    fits = (usable & (grades == canonical[:, None])).any(axis=1)
    fits |= grade(printed, batch.references) == canonical
    decidable = judged_here & ~no_target & ~unread & usable.any(axis=1)
    # Without a settled way the one nearest to the row's own capaian is expected: its predikat should at least fit that.
    reported = np.where(np.isnan(k.capaian.expected), batch.computed("capaian_k_pct"), k.capaian.expected)
    own = batch.computed("capaian_k_pct")
    best = np.where(batch.settled & ~k.side.quarters_unread & ~np.isnan(own), own, reported)
    best = np.where(np.isnan(best), np.where(usable, k.capaian_candidates, -np.inf).max(axis=1, initial=-np.inf), best)
    expected = grade(np.where(np.isinf(best), np.nan, best), batch.references).astype(object)
    expected = np.where(decidable, np.where(fits, canonical, expected), None)
    expected = np.where(expected == None, None, expected)  # noqa: E711 - elementwise

    capaian = np.where(np.isinf(best), np.nan, best)

    def because(position: int) -> str | None:
        if position >= batch.size or np.isnan(capaian[position]):
            return None
        printed = batch.value("capaian_k_pct_lapor")[position]
        text = f"capaian kinerjanya {_percent(capaian[position])} %"
        if not np.isnan(printed) and k.capaian.wrong()[position]:
            text += f", bukan {_percent(printed)} %"
        return text

    return [
        Check(
            "predikat_tidak_sesuai",
            "predikat_lapor",
            Expectation.EQUAL,
            batch.pad(np.where(decidable, canonical, None)),
            other=batch.pad(expected),
            lapor=batch.pad(stated),
            harap=batch.pad(expected),
            rincian=because,
        ),
        Check(
            "predikat_tanpa_target",
            "predikat_lapor",
            Expectation.ABSENT,
            batch.pad(np.where(judged_here & no_target, stated, None)),
        ),
    ]


def figure_checks(batch: Batch) -> list[Check]:
    """Single figures: negative, of a quarter to come, above the target, without one; units that differ."""
    checks = []
    for measure in MEASURES:
        values = batch.pad(batch.value(measure.name))
        checks.append(Check("nilai_negatif", measure.name, Expectation.NOT_NEGATIVE, values, form=KIND_FORM[measure.name]))
    for number, pair in enumerate(TRIWULAN[1:], start=2):
        for measure in (pair.k, pair.rp):
            values = batch.value(measure.name)
            early = np.where((batch.triwulan < number) & (values != 0), values, np.nan)
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
    ceiling = np.where(~rp.target_unread & (level != Level.TOTAL) & (rp.target > 0), rp.target + RUPIAH_TOLERANCE, np.nan)
    above = k_arithmetic(batch).side
    capaian = batch.computed("capaian_k_pct")
    high = np.where((capaian > 100 * (1 + FUZZ)) & ~above.quarters_unread & ~above.target_unread, capaian, np.nan)
    row = batch.on_first(batch.group_row("realisasi_rp_lapor"))
    return [
        Check("realisasi_tanpa_target", "realisasi_k_lapor", Expectation.ABSENT, batch.pad(without_k), form=Printed.NUMBER),
        Check(
            "realisasi_tanpa_target", "realisasi_rp_lapor", Expectation.ABSENT, batch.on_first(without_rp), form=Printed.RUPIAH, baris=row
        ),
        Check(
            "realisasi_melebihi_pagu",
            "realisasi_rp_lapor",
            Expectation.AT_MOST,
            batch.on_first(np.where(np.isnan(ceiling), np.nan, rp.computed)),
            other=batch.on_first(ceiling),
            harap=batch.on_first(rp.target),
            form=Printed.RUPIAH,
            baris=row,
        ),
        Check("capaian_di_atas_100", "capaian_k_pct_lapor", Expectation.ABSENT, batch.pad(high), form=Printed.NUMBER),
        *_money_and_output(batch, k, rp, level),
    ]


def _money_and_output(batch: Batch, k: _Side, rp: _Side, level: Objects) -> list[Check]:
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
        Check("anggaran_tanpa_kinerja", "realisasi_k_lapor", Expectation.ABSENT, batch.on_first(spent), form=Printed.RUPIAH),
        Check(
            "kinerja_tanpa_anggaran",
            "realisasi_rp_lapor",
            Expectation.ABSENT,
            batch.on_first(done),
            form=Printed.NUMBER,
            baris=batch.on_first(batch.group_row("realisasi_rp_lapor")),
        ),
    ]


def _unit_checks(batch: Batch) -> list[Check]:
    """K figures whose unit differs from the row's. A ratio's unit is noise in print, and nil has no unit worth a word."""
    own = batch.text("satuan")
    checks = []
    for pair in (TARGET_RENSTRA, REALISASI_LALU, TARGET, *TRIWULAN, REALISASI, RENSTRA_REALISASI):
        unit, value = batch.text(pair.satuan), batch.value(pair.k.name)
        differs = batch.is_indicator & (unit != None) & (own != None) & (unit != own) & ~np.isnan(value) & (value != 0)  # noqa: E711
        checks.append(
            Check(
                "satuan_tidak_seragam",
                pair.k.name,
                Expectation.ABSENT,
                batch.pad(np.where(differs, unit, None)),
                harap=batch.pad(own),
            )
        )
    undeclared = np.where(batch.settled | ~batch.is_indicator, None, batch.text("indikator"))
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


def _percent(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def group_rows(batch: Batch, name: str) -> Ints:
    """Sheet row of a group's figure, on the group's first row."""
    return batch.on_first(batch.group_row(name))
