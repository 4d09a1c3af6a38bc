"""Rules across rows of one form: parents against their children, TOTAL, codes that stand twice or without a parent, money stated twice.

Source: the form's own structure (Permendagri 86/2017, E.81: money adds up sub kegiatan → kegiatan → program → sasaran → TOTAL).
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from pipelines.quality.batch import GROUP_NAMES, KIND_FORM, Batch, Check, Expectation, Printed, kept
from pipelines.quality.figures import Bools, Floats, sen
from pipelines.quality.hierarchy import any_child, children_sum, effective_children_sum, parent_codes
from pipelines.quality.numerals import rupiah
from pipelines.workbook.columns import RUPIAH_MEASURES, Level

_COMPUTED = {"realisasi_rp_lapor": "realisasi_rp", "renstra_realisasi_rp_lapor": "renstra_realisasi_rp"}


def conflicts(batch: Batch) -> dict[str, Bools]:
    """For each measure of a group, rows that state another figure than the one that counts for their group."""

    def make() -> dict[str, Bools]:
        group = batch.rows["grup"].to_numpy()
        found = {}
        for name in GROUP_NAMES:
            own, chosen = batch.value(name), batch.group_value(name)[group]
            found[name] = ~np.isnan(own) & (own != 0) & (own != chosen)
        return found

    return batch.memo("conflicts", make)  # type: ignore[no-any-return]


def money_twice_checks(batch: Batch) -> list[Check]:
    """`rupiah_ganda`: two figures for one code; the first that is not nil counts."""
    group = batch.rows["grup"].to_numpy()
    return [
        Check(
            "rupiah_ganda",
            name,
            Expectation.ABSENT,
            batch.pad(np.where(flag, batch.value(name), np.nan)),
            harap=batch.pad(batch.group_value(name)[group]),
            form=KIND_FORM[name],
        )
        for name, flag in conflicts(batch).items()
    ]


def children_checks(batch: Batch) -> list[Check]:
    """`jumlah_anak_beda` and `total_beda`, in every Rp column."""
    anggaran, parent = batch.figures.anggaran, batch.parent
    level = anggaran["level"].astype(object).to_numpy()
    is_total = level == Level.TOTAL
    group = batch.rows["grup"].to_numpy()
    checks = []
    for measure in RUPIAH_MEASURES:
        name = measure.name
        values, stated = sen(anggaran[name])
        total, known = effective_children_sum(values, stated, parent, level)
        difference = np.abs(values - total).astype("float64")
        if name in _COMPUTED:  # a child's own wrong sum is that child's finding: its parent may be right all the same
            ours, ours_known = sen(anggaran[_COMPUTED[name]])
            corrected, any_ours = children_sum(np.where(ours_known, ours, values), ours_known | stated, parent)
            difference = np.where(any_ours, np.minimum(difference, np.abs(values - corrected)), difference)
        disputed = np.zeros(len(anggaran), bool)
        disputed[group[conflicts(batch)[name]]] = True
        children = np.bincount(parent[(parent >= 0) & stated], minlength=len(anggaran))
        unknown = batch.group_unread(name)
        open_question = any_child(unknown | disputed, parent) | disputed
        deviation = np.where(known & stated & ~open_question, difference / batch.rupiah_tolerance(children), np.nan)
        where = batch.on_first(batch.group_row(name))
        reported = np.where(stated, values.astype("float64"), np.nan)
        expected = np.where(known, total.astype("float64"), np.nan)
        gap = batch.on_first(reported - expected)
        for aturan, chosen in (("jumlah_anak_beda", ~is_total), ("total_beda", is_total)):
            checks.append(
                Check(
                    aturan,
                    name,
                    Expectation.WITHIN_TOLERANCE,
                    batch.on_first(np.where(chosen, deviation, np.nan)),
                    lapor=batch.on_first(reported),
                    harap=batch.on_first(expected),
                    form=Printed.RUPIAH,
                    baris=where,
                    rincian=partial(_gap, gap),
                )
            )
    return checks


def _gap(gap: Floats, position: int) -> str | None:
    return None if np.isnan(gap[position]) else f"selisih {rupiah(gap[position])}"


def code_checks(batch: Batch) -> list[Check]:
    """`kode_ganda` and `induk_tidak_ada`."""
    anggaran = batch.figures.anggaran
    kode = anggaran["kode"].astype("string").fillna("")
    level = anggaran["level"].astype(object).to_numpy()
    base = kode.str.partition("#")[0]
    twice = kode.str.contains("#", regex=False).to_numpy(dtype="bool")

    nearest = {(code, of): next(iter(parent_codes(code, of)), None) for code, of in set(zip(base, level, strict=True))}
    wanted = np.array([nearest[code, of] for code, of in zip(base, level, strict=True)], dtype=object)
    asks = np.array([code is not None for code in wanted]) & ~base.str.startswith("?").to_numpy(dtype="bool")
    key = pd.MultiIndex.from_arrays([anggaran["kiriman_id"], base])
    present = pd.MultiIndex.from_arrays([anggaran["kiriman_id"], pd.Series(wanted, dtype="string").fillna("")]).isin(key)
    orphan = asks & ~present
    orphans = pd.DataFrame({"kiriman_id": anggaran["kiriman_id"], "induk": wanted})[orphan]
    siblings = orphans.groupby(["kiriman_id", "induk"])["induk"].transform("size").reindex(anggaran.index, fill_value=0).to_numpy()
    first_of_parent = np.zeros(len(anggaran), bool)
    first_of_parent[orphans.index[~orphans.duplicated()]] = True
    count = batch.on_first(siblings.astype("int64"))
    printed = batch.text("kode_lapor")[batch.first]
    stands = np.where(printed != None, printed, base.astype(object).to_numpy())  # noqa: E711 - elementwise
    return [
        Check("kode_ganda", "kode_lapor", Expectation.ABSENT, batch.on_first(kept(twice, stands))),
        Check(
            "induk_tidak_ada",
            "kode_lapor",
            Expectation.ABSENT,
            batch.on_first(kept(first_of_parent, stands)),
            harap=batch.on_first(wanted),
            rincian=lambda position: f"berlaku pula untuk {count[position] - 1} baris lain" if count[position] > 1 else None,
        ),
    ]


def orphaned_programs(batch: Batch) -> set[int]:
    """Submissions that lack a program row of a code below it: an average over programs cannot be proven there."""
    anggaran = batch.figures.anggaran
    base = anggaran["kode"].astype("string").fillna("").str.partition("#")[0]
    program = base.str.extract(r"^(\d+\.\d+\.\d+)\.", expand=False)
    has = pd.MultiIndex.from_arrays([anggaran["kiriman_id"], base])
    missing = program.notna() & ~pd.MultiIndex.from_arrays([anggaran["kiriman_id"], program.fillna("")]).isin(has)
    return {int(number) for number in anggaran.loc[missing.to_numpy(dtype="bool"), "kiriman_id"].unique()}
