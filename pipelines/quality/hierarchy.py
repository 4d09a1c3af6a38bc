"""Which row of a form is whose child (design: "A parent's children"), and sums over children.

Source: the nomenclature's codes (Kepmendagri 900.1.15.5-1317/2023: program 7.01.01, kegiatan 7.01.01.2.01, sub kegiatan
7.01.01.2.01.0001). Belongs here: structure. Does not belong here: what is concluded from a sum that differs (`deviations`).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.workbook.columns import Level

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

BOTTOM_UP = (Level.SUB_KEGIATAN, Level.KEGIATAN, Level.PROGRAM, Level.SASARAN)
_CODED = (Level.PROGRAM, Level.KEGIATAN, Level.SUB_KEGIATAN)


def parent_codes(kode: str, level: str) -> list[str]:
    """Codes of the rows above a coded row, nearest first: sub kegiatan → its kegiatan, then its program."""
    parts = kode.partition("#")[0].split(".")
    if level == Level.SUB_KEGIATAN and len(parts) >= 6:
        return [".".join(parts[:5]), ".".join(parts[:3])]
    if level == Level.KEGIATAN and len(parts) >= 5:
        return [".".join(parts[:3])]
    return []


def parent_positions(anggaran: pd.DataFrame) -> Ints:
    """For each row of `anggaran` the position of its parent's row, -1 for nobody's child.

    A sub kegiatan's parent is the kegiatan whose code is its prefix, or the program where the form lacks that kegiatan; a program's the
    sasaran above it; a sasaran's (and a program's where no sasaran is above it) the TOTAL row. Kelurahan rows are nobody's children.
    """
    size = len(anggaran)
    parent = np.full(size, -1, dtype="int64")
    if not size:
        return parent
    level = anggaran["level"].to_numpy(dtype=object)
    submission = pd.factorize(anggaran["kiriman_id"])[0].astype("int64")
    code_number, codes = pd.factorize(anggaran["kode"].astype("string").fillna(""))
    number_of = {code: number for number, code in enumerate(codes)}
    position = np.arange(size)

    for child_level in (Level.KEGIATAN, Level.SUB_KEGIATAN):
        lookup = np.full((len(codes), 2), -1, dtype="int64")
        for number, code in enumerate(codes):
            for nearness, above in enumerate(parent_codes(code, child_level)):
                lookup[number, nearness] = number_of.get(above, -1)
        children = np.flatnonzero(level == child_level)
        for nearness, parent_level in enumerate((Level.PROGRAM,) if child_level == Level.KEGIATAN else (Level.KEGIATAN, Level.PROGRAM)):
            parents = np.flatnonzero(level == parent_level)
            if not len(parents) or not len(children):
                continue
            key = submission * len(codes) + code_number
            keys, first = np.unique(key[parents], return_index=True)  # the first of a code that stands twice
            wanted_code = lookup[code_number[children], nearness]
            wanted = submission[children] * len(codes) + wanted_code
            at = np.clip(np.searchsorted(keys, wanted), 0, len(keys) - 1)
            found = (wanted_code >= 0) & (keys[at] == wanted) & (parent[children] < 0)
            parent[children[found]] = parents[first[at[found]]]

    total = pd.Series(np.where(level == Level.TOTAL, position, -1)).groupby(submission).transform("max").to_numpy(dtype="int64")
    last_sasaran = (
        pd.Series(np.where(level == Level.SASARAN, position, np.nan)).groupby(submission).ffill().fillna(-1).to_numpy().astype("int64")
    )
    parent = np.where(level == Level.PROGRAM, np.where(last_sasaran >= 0, last_sasaran, total), parent)
    return np.where(level == Level.SASARAN, total, parent)


def leaves(anggaran: pd.DataFrame, parent: Ints) -> pd.api.extensions.ExtensionArray:
    """BOOL a row: nothing coded stands below it; never for kelurahan and TOTAL."""
    level = anggaran["level"].to_numpy(dtype=object)
    has_child = np.zeros(len(anggaran), dtype="bool")
    has_child[parent[parent >= 0]] = True
    return pd.array(~has_child & np.isin(level, [*_CODED, Level.SASARAN]), dtype="boolean")


def children_sum(values: Ints, stated: Bools, parent: Ints) -> tuple[Ints, Bools]:
    """Sum over each row's children of what is stated, and whether any is."""
    counted = stated & (parent >= 0)
    total = np.zeros(len(values), dtype="int64")
    np.add.at(total, parent[counted], values[counted])
    known = np.zeros(len(values), dtype="bool")
    known[parent[counted]] = True
    return total, known


def effective_children_sum(values: Ints, stated: Bools, parent: Ints, level: npt.NDArray[np.object_]) -> tuple[Ints, Bools]:
    """Like `children_sum`, but a child that states nothing itself stands for what its own children say (a sasaran row without money)."""
    values, stated = values.copy(), stated.copy()
    for child_level in BOTTOM_UP:
        at_level = level == child_level
        if child_level != Level.SUB_KEGIATAN:
            total, known = children_sum(values, stated, parent)
            silent = at_level & ~stated & known
            values[silent], stated[silent] = total[silent], True
    return children_sum(values, stated, parent)


def any_child(flag: Bools, parent: Ints) -> Bools:
    """Whether any child of each row has the flag."""
    result = np.zeros(len(flag), dtype="bool")
    result[parent[flag & (parent >= 0)]] = True
    return result
