"""What a form should say, computed from what it states (domain: "How we compute"). Pure and vectorised; used by warehouse and checks alike.

Sources: Permendagri 86/2017, table E.81 (the columns' own formulas) and table T-E.1 (predikat); Bappeda's reference tables for kinds of
indicator and the mode of a Renstra year. Belongs here: every figure without `_lapor`. Does not belong here: comparing it with what the
form printed (`deviations`), or sums over several submissions (SQL marts).

Money is Int64 sen and never leaves integers, except in a ratio. NULL is "not stated", 0 is "nil"; neither becomes the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.quality.hierarchy import effective_children_sum, leaves, parent_positions
from pipelines.reference.tables import References, indicator_key
from pipelines.workbook.columns import CAPAIAN, PAIRS, RENSTRA_CAPAIAN, RUPIAH_MEASURES, TRIWULAN, Level

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]

FUZZ = 1e-9
"""Relative noise of binary floats; nothing smaller is a difference."""

GROUP_MEASURES = (*RUPIAH_MEASURES, CAPAIAN.rp, RENSTRA_CAPAIAN.rp)
"""Measures that stand once for a code, on any of its indicator rows."""

_KINERJA = (
    "kiriman_id",
    "urutan",
    "baris",
    "level",
    "kode",
    "kelompok",
    "indikator_ke",
    "sasaran",
    "uraian",
    "indikator",
    "formulasi",
    "satuan",
    *(pair.k.name for pair in PAIRS),
    "predikat_lapor",
    "kendala",
    "upaya",
    "penanggung_jawab",
    "keterangan",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The three computed frames (columns: docs/rancangan.md), and the staged rows that they come from, in the same order as `kinerja`.

    `kinerja` has, beyond the design, `jenis_ditetapkan` (False: unit % and nobody has declared how it accumulates).
    `baris` has TOTAL rows too, and `grup`: the position of the row's code group in `anggaran`.
    """

    kinerja: pd.DataFrame
    anggaran: pd.DataFrame
    rekonsiliasi: pd.DataFrame
    baris: pd.DataFrame


def floats(column: pd.Series) -> Floats:
    """A K or percent column as float64, NULL as NaN."""
    return column.to_numpy(dtype="float64", na_value=np.nan)


def nullable(values: Floats) -> pd.api.extensions.ExtensionArray:
    """float64 with NaN → Float64 with NULL."""
    return pd.arrays.FloatingArray(values, np.isnan(values))


def sen(column: pd.Series) -> tuple[Ints, Bools]:
    """A money column as (sen, stated); 0 where it is not stated."""
    column = column.astype("Int64")
    return np.asarray(column.to_numpy(dtype="int64", na_value=0), dtype=np.int64), column.notna().to_numpy(dtype="bool")


def money(values: Ints, stated: Bools) -> pd.api.extensions.ExtensionArray:
    """(sen, stated) → Int64 with NULL."""
    return pd.arrays.IntegerArray(np.where(stated, values, 0), ~stated)


def ratio_pct(realisasi: Floats, target: Floats, turun: Bools | None = None) -> Floats:
    """realisasi / target × 100 (`turun`, where fewer is better: target / realisasi × 100); NaN where divisor or target is nil or NULL."""
    has_target = ~np.isnan(target) & (target != 0)
    top, bottom = realisasi, target
    if turun is not None:
        top, bottom = np.where(turun, target, realisasi), np.where(turun, realisasi, target)
    usable = has_target & ~np.isnan(bottom) & (bottom != 0)
    return np.where(usable, top / np.where(usable, bottom, 1.0) * 100, np.nan)


def accumulate(quarters: Floats, jenis: npt.NDArray[np.object_] | str) -> Floats:
    """K of the year to date from its quarters (n × 4, NaN: not stated or not due), by jenis_akumulasi; NaN where none is stated."""
    stated = ~np.isnan(quarters)
    some = stated.any(axis=1)
    filled = np.where(stated, quarters, 0.0)
    total = filled.sum(axis=1)
    last = quarters.shape[1] - 1 - stated[:, ::-1].argmax(axis=1)
    result = np.select(
        [np.asarray(jenis == name) for name in ("kumulatif", "posisi_akhir", "maksimum", "rata_rata")],
        [
            total,
            filled[np.arange(len(filled)), last],
            np.where(stated, quarters, -np.inf).max(axis=1),
            total / np.maximum(stated.sum(axis=1), 1),
        ],
        default=total,
    )
    return np.where(some, result, np.nan)


def renstra_output(lalu: Floats, berjalan: Floats, jenis: npt.NDArray[np.object_] | str, lanjutan: Bools) -> Floats:
    """K of the Renstra to date (column 16) from column 7 and this year's K, by jenis_akumulasi and the year's mode."""
    before = np.where(np.isnan(lalu), 0.0, lalu)
    joined = np.select(
        [np.asarray(jenis == "maksimum"), np.asarray((jenis == "posisi_akhir") | (jenis == "rata_rata"))],
        [np.maximum(before, berjalan), berjalan],
        default=before + berjalan,
    )
    return np.where(lanjutan, np.where(np.isnan(berjalan), lalu, joined), berjalan)


def renstra_money(lalu: tuple[Ints, Bools], berjalan: tuple[Ints, Bools], lanjutan: Bools) -> tuple[Ints, Bools]:
    """Rp of the Renstra to date: column 7 + this year's in `lanjutan`, this year's alone in `tahun_pertama`."""
    return np.where(lanjutan, lalu[0], 0) + berjalan[0], berjalan[1] | (lanjutan & lalu[1])


def grade(capaian: Floats, references: References) -> npt.NDArray[np.object_]:
    """Predikat of T-E.1 (Permendagri 86/2017) for each capaian in percent; None where it is NaN."""
    classes = sorted(references.predikat, key=lambda p: float("-inf") if p.batas_bawah is None else float(p.batas_bawah))
    bounds = np.array([float("-inf") if p.batas_bawah is None else float(p.batas_bawah) for p in classes])
    names = np.array([*(p.predikat for p in classes), None], dtype=object)
    position = np.searchsorted(bounds, capaian * (1 + FUZZ), side="right") - 1
    position = np.where(np.isnan(capaian), len(classes), np.clip(position, 0, len(classes) - 1))
    return names[position]


def average_capaian(kinerja: pd.DataFrame, level: str, cap: float) -> pd.Series:
    """Mean of capaian_k_pct, each capped at `cap`, over the indicators of `level` that have one; index kiriman_id."""
    chosen = kinerja.loc[kinerja["level"] == level]
    capped = pd.Series(np.minimum(floats(chosen["capaian_k_pct"]), cap), index=chosen["kiriman_id"].to_numpy())
    return capped.groupby(level=0).mean().rename("rata_rata")


def quarters_due(rows: pd.DataFrame, triwulan: Ints) -> Floats:
    """The quarters' K up to the reporting one, n × 4."""
    quarters = np.column_stack([floats(rows[pair.k.name]) for pair in TRIWULAN])
    quarters[np.arange(1, 5)[None, :] > triwulan[:, None]] = np.nan
    return quarters


def _kinds(rows: pd.DataFrame, references: References) -> tuple[pd.Series, npt.NDArray[np.object_], npt.NDArray[np.object_], Bools]:
    """For each row: its code without `#n`, jenis_akumulasi, polaritas, and whether that is settled."""
    kode = rows["kode"].astype("string").fillna("")
    indikator = rows["indikator"].astype("string").fillna("")
    satuan = rows["satuan"].astype("string").fillna("")
    # One decision a distinct (kode, indikator, satuan): a year of submissions repeats a few hundred of them.
    number, distinct = pd.factorize(pd.MultiIndex.from_arrays([kode, indikator, satuan]))
    decided = np.empty((len(distinct), 3), dtype=object)
    for position, (code, text, unit) in enumerate(distinct):
        declared = references.declared_indicator(code.partition("#")[0], text) if indicator_key(text) else None
        if declared is not None:
            decided[position] = (declared.jenis_akumulasi, declared.polaritas, True)
        else:
            decided[position] = (references.akumulasi_satuan.get(unit, "kumulatif"), "naik", unit != "%")
    chosen = decided[number] if len(distinct) else np.empty((0, 3), dtype=object)
    return kode, chosen[:, 0], chosen[:, 1], chosen[:, 2].astype(bool)


def _first(condition: Bools, starts: Ints) -> Ints:
    """Position of the first True of each run that begins at `starts`; len(condition) where there is none."""
    return np.minimum.reduceat(np.where(condition, np.arange(len(condition)), len(condition)), starts)


def _anggaran(rows: pd.DataFrame, starts: Ints) -> pd.DataFrame:
    """One row a code group: texts and Rp figures as stated, and the sheet row where each figure stands."""
    head = rows.iloc[starts]
    columns: dict[str, object] = {name: head[name].array for name in ("kiriman_id", "urutan", "baris", "level", "kode", "kelompok")}
    size = len(rows)
    for name in ("kode_lapor", "uraian", "penanggung_jawab"):
        text = rows[name].astype("string")
        at = _first(text.notna().to_numpy(dtype="bool"), starts)
        columns[name] = text.array.take(np.where(at < size, at, -1), allow_fill=True)
    sheet_row = rows["baris"].astype("Int64").array
    for measure in GROUP_MEASURES:
        if measure in RUPIAH_MEASURES:
            values, stated = sen(rows[measure.name])
            filled = values != 0
        else:
            ratio = floats(rows[measure.name])
            stated, filled = ~np.isnan(ratio), ratio != 0
        some, nil = _first(stated & filled, starts), _first(stated & ~filled, starts)
        at = np.where(some < size, some, nil)
        at = np.where(at < size, at, -1)
        columns[measure.name] = rows[measure.name].array.take(at, allow_fill=True)
        columns[f"{measure.name}__baris"] = sheet_row.take(at, allow_fill=True)
        if measure not in RUPIAH_MEASURES and f"{measure.name}__desimal" in rows:
            columns[f"{measure.name}__desimal"] = rows[f"{measure.name}__desimal"].astype("Int64").array.take(at, allow_fill=True)
    frame = pd.DataFrame(columns)
    frame["kode"] = frame["kode"].astype("string").mask((frame["level"] == Level.TOTAL).fillna(False), "TOTAL")
    return frame


def _rekonsiliasi(anggaran: pd.DataFrame, parent: Ints) -> pd.DataFrame:
    """Submission × parent × Rp column: what it says, what its children say."""
    is_parent = anggaran["level"].isin([Level.SASARAN, Level.PROGRAM, Level.KEGIATAN, Level.TOTAL]).to_numpy(dtype="bool")
    keys = anggaran.loc[is_parent, ["kiriman_id", "level", "kode"]].reset_index(drop=True)
    own_row = anggaran.loc[is_parent, "baris"].astype("Int64").reset_index(drop=True)
    level = anggaran["level"].to_numpy(dtype=object)
    parts = []
    for measure in RUPIAH_MEASURES:
        values, stated = sen(anggaran[measure.name])
        children, known = effective_children_sum(values, stated, parent, level)
        part = keys.copy()
        part["kolom"] = measure.name
        part["baris"] = anggaran.loc[is_parent, f"{measure.name}__baris"].reset_index(drop=True).fillna(own_row)
        part["dilaporkan"] = money(values[is_parent], stated[is_parent])
        part["jumlah_anak"] = money(children[is_parent], known[is_parent])
        part["selisih"] = part["dilaporkan"] - part["jumlah_anak"]
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame["kolom"] = frame["kolom"].astype("string")
    return frame


def compute_figures(baris: pd.DataFrame, kiriman: pd.DataFrame, references: References) -> Figures:
    """Compute what the forms should say.

    In: `baris`, the staged rows of any number of submissions with `kiriman_id`; `kiriman` with kiriman_id, tahun, triwulan (others are
    ignored); the reference tables. Out: `Figures`. Rows are ordered by kiriman_id, urutan.
    Raises `KeyError` where a row's submission is not in `kiriman`, or has no tahun or triwulan.
    """
    rows = baris.sort_values(["kiriman_id", "urutan"], kind="stable", ignore_index=True)
    missing = [name for name in _KINERJA if name not in rows]
    if missing:
        raise KeyError(f"staged rows lack {missing}")
    period = kiriman.set_index("kiriman_id")[["tahun", "triwulan"]].astype("Int64").reindex(rows["kiriman_id"].to_numpy())
    if period.isna().to_numpy().any():
        raise KeyError("a staged row's submission is not in `kiriman`, or has no tahun and triwulan")
    triwulan = period["triwulan"].to_numpy(dtype="int64")
    tahun = period["tahun"].to_numpy(dtype="int64")
    lanjutan = np.isin(tahun, [year for year in np.unique(tahun) if references.renstra_mode(int(year)) == "lanjutan"])

    # Code groups: rows of one `kelompok` of a submission, made contiguous without disturbing the order of first appearance.
    own = pd.Series(-1 - np.arange(len(rows)), dtype="Int64")
    group = pd.factorize(pd.MultiIndex.from_arrays([rows["kiriman_id"], rows["kelompok"].astype("Int64").fillna(own)]))[0].astype("int64")
    by_group = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[by_group], np.arange(group.max() + 1 if len(group) else 0)).astype("int64")
    rows["grup"] = group

    kinerja = _kinerja(rows, triwulan, lanjutan, references)
    if not len(rows):
        starts = np.empty(0, dtype="int64")
    anggaran = _with_computed(_anggaran(rows.iloc[by_group], starts), triwulan[by_group][starts], lanjutan[by_group][starts])
    parent = parent_positions(anggaran)
    anggaran.insert(8, "is_daun", pd.Series(leaves(anggaran, parent), index=anggaran.index))
    return Figures(kinerja, anggaran, _rekonsiliasi(anggaran, parent), rows)


def _kinerja(rows: pd.DataFrame, triwulan: Ints, lanjutan: Bools, references: References) -> pd.DataFrame:
    keep = (rows["level"] != Level.TOTAL).fillna(True).to_numpy(dtype="bool")
    chosen, lanjutan = rows.loc[keep], lanjutan[keep]
    _, jenis, polaritas, settled = _kinds(chosen, references)
    turun = np.asarray(polaritas == "turun", dtype="bool")
    realisasi = accumulate(quarters_due(chosen, triwulan[keep]), jenis)
    capaian = ratio_pct(realisasi, floats(chosen["target_k"]), turun)
    renstra = renstra_output(floats(chosen["realisasi_lalu_k"]), realisasi, jenis, lanjutan)
    frame = chosen[list(_KINERJA)].reset_index(drop=True)
    frame["jenis_akumulasi"] = pd.array(jenis, dtype="string")
    frame["polaritas"] = pd.array(polaritas, dtype="string")
    frame["jenis_ditetapkan"] = pd.array(settled, dtype="boolean")
    frame["realisasi_k"] = nullable(realisasi)
    frame["capaian_k_pct"] = nullable(capaian)
    frame["renstra_realisasi_k"] = nullable(renstra)
    frame["renstra_capaian_k_pct"] = nullable(ratio_pct(renstra, floats(chosen["target_renstra_k"]), turun))
    frame["predikat"] = pd.array(grade(capaian, references), dtype="string")
    return frame


def _with_computed(anggaran: pd.DataFrame, triwulan: Ints, lanjutan: Bools) -> pd.DataFrame:
    total = np.zeros(len(anggaran), dtype="int64")
    stated = np.zeros(len(anggaran), dtype="bool")
    for number, pair in enumerate(TRIWULAN, start=1):
        values, known = sen(anggaran[pair.rp.name])
        due = known & (triwulan >= number)
        total += np.where(due, values, 0)
        stated |= due
    renstra, renstra_stated = renstra_money(sen(anggaran["realisasi_lalu_rp"]), (total, stated), lanjutan)
    anggaran["realisasi_rp"] = money(total, stated)
    anggaran["capaian_rp_pct"] = nullable(money_ratio((total, stated), sen(anggaran["target_rp"])))
    anggaran["renstra_realisasi_rp"] = money(renstra, renstra_stated)
    anggaran["renstra_capaian_rp_pct"] = nullable(money_ratio((renstra, renstra_stated), sen(anggaran["target_renstra_rp"])))
    return anggaran


def money_ratio(realisasi: tuple[Ints, Bools], target: tuple[Ints, Bools]) -> Floats:
    """Rp ratio in percent; NaN where the target is nil or NULL, or the realisation NULL."""
    return ratio_pct(
        np.where(realisasi[1], realisasi[0].astype("float64"), np.nan), np.where(target[1], target[0].astype("float64"), np.nan)
    )
