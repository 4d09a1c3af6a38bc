"""The code that an official title of the nomenclature belongs to, for rows without one.

In: the title as it stands in a form, `References`. Source: Kepmendagri 900.1.15.5-1317/2023, by year. Does not belong here: what a row is
once its code is known (`rows`), codes themselves (`codes`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from pipelines.reference.tables import Nomenklatur, References, indicator_key

_BEFORE = re.compile(  # "a. Sub Kegiatan: "
    r"^\s*(?:\(?(?:[0-9]{1,2}(?:\.[0-9]{1,2})*|[a-z]|[ivx]{1,5})[.)]+\s*)?(?:(?:program|kegiatan|sub ?kegiatan)\s*:\s*)?", re.IGNORECASE
)
_NEAR = 92.0  # rapidfuzz ratio from which a title is taken for a slip of the pen of the official one


@lru_cache(maxsize=16)
def _titles_by_level(rows: tuple[Nomenklatur, ...], tahun: int) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.berlaku_sejak <= tahun and (row.berlaku_sampai is None or tahun <= row.berlaku_sampai):
            key = indicator_key(row.uraian)
            for title in {key, key.removeprefix("program ")}:
                found.setdefault(row.level, {}).setdefault(title, row.kode)
    return found


def match_title(uraian: str, references: References, tahun: int, parent: str | None, levels: Sequence[str]) -> tuple[str, bool] | None:
    """The code whose official title this is, and whether that is certain; None where no title, or more than one, is near.

    Certain is the same title (letters and digits alone count); near titles are taken with certain False, if the next best is clearly worse.
    """
    key = indicator_key(_BEFORE.sub("", uraian))
    if len(key) < 8:
        return None
    by_level = _titles_by_level(references.nomenklatur, tahun)
    pool = {
        title: kode for level in levels for title, kode in by_level.get(level, {}).items() if not parent or kode.startswith(parent + ".")
    }
    if key in pool:
        return pool[key], True
    near = process.extract(key, pool.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2)
    if near and (len(near) == 1 or near[0][1] - near[1][1] >= 3):
        return pool[near[0][0]], False
    return None
