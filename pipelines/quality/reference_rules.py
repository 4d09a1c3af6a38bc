"""Rules against the nomenclature (Kepmendagri 900.1.15.5-1317/2023): codes, official titles, indicators, units.

A spelling slip is told apart from another activity's title (rapidfuzz), in the message. Texts are compared by letters and digits alone:
case, spaces, line breaks and punctuation are no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from pipelines.quality.batch import Batch, Check, Expectation, Objects
from pipelines.reference.tables import Nomenklatur
from pipelines.workbook.columns import Level

SLIP = 85.0
"""Similarity (0-100) from which a differing text counts as the same one misspelt."""
WHOLE = 95.0
"""Likeness of the words in common from which one text is the other with words left out."""
_CODED = (Level.PROGRAM, Level.KEGIATAN, Level.SUB_KEGIATAN)


def letters(text: object) -> str:
    """A text as it is compared: letters and digits, lower case, nothing else."""
    return "".join(re.findall(r"\w+", str(text).casefold())).replace("_", "")


def reference_checks(batch: Batch) -> list[Check]:
    """`kode_tidak_dikenal`, `uraian_beda_nomenklatur`, `indikator_beda_nomenklatur`, `satuan_beda_nomenklatur`."""
    from rapidfuzz import fuzz

    size = batch.size
    level, tahun = batch.level, batch.tahun
    coded = np.isin(level, _CODED)
    kode, uraian = batch.text("kode"), batch.text("uraian")
    indikator, satuan = batch.text("indikator"), batch.text("satuan")
    first = np.zeros(size, bool)
    first[batch.first] = True
    by_year: dict[int, Mapping[str, Nomenklatur]] = {int(year): batch.references.known_codes(int(year)) for year in np.unique(tahun)}
    by_title: dict[int, dict[str, Nomenklatur]] = {
        year: {letters(row.uraian): row for row in reversed(list(known.values()))} for year, known in by_year.items()
    }
    spelling = batch.references.ejaan_satuan

    unknown: Objects = np.full(size, None, dtype=object)
    title, title_expected = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    indicator, indicator_expected = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    unit, unit_expected = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    why: dict[int, str] = {}
    verdicts: dict[tuple[object, ...], tuple[Nomenklatur | None, str | None, bool, bool]] = {}

    for position in map(int, np.flatnonzero(coded & (kode != None))):  # noqa: E711 - elementwise
        code, year = str(kode[position]).partition("#")[0], int(tahun[position])
        if code.startswith("?"):
            continue  # the reader found no code to look up, and has said so
        key = (code, year, uraian[position], indikator[position], satuan[position])
        if key not in verdicts:
            verdicts[key] = _verdict(key, by_year[year].get(code), by_title[year], spelling, fuzz.ratio, fuzz.token_set_ratio)
        row, reason, indicator_differs, unit_differs = verdicts[key]
        if row is None:
            if first[position]:
                unknown[position] = batch.text("kode_lapor")[position] or code
            continue
        if reason is not None and first[position]:
            title[position], title_expected[position] = uraian[position], row.uraian
            why[position] = reason
        if indicator_differs and first[position]:
            indicator[position], indicator_expected[position] = indikator[position], row.indikator
        if unit_differs and first[position]:
            unit[position], unit_expected[position] = satuan[position], (row.satuan or "").lower()
    return [
        Check("kode_tidak_dikenal", "kode_lapor", Expectation.ABSENT, batch.pad(unknown)),
        Check(
            "uraian_beda_nomenklatur",
            "uraian",
            Expectation.ABSENT,
            batch.pad(title),
            harap=batch.pad(title_expected),
            rincian=why.get,
        ),
        Check("indikator_beda_nomenklatur", "indikator", Expectation.ABSENT, batch.pad(indicator), harap=batch.pad(indicator_expected)),
        Check("satuan_beda_nomenklatur", "target_satuan", Expectation.ABSENT, batch.pad(unit), harap=batch.pad(unit_expected)),
    ]


def _verdict(
    key: tuple[object, ...],
    row: Nomenklatur | None,
    titles: Mapping[str, Nomenklatur],
    spelling: Mapping[str, str],
    similarity: object,
    part: object,
) -> tuple[Nomenklatur | None, str | None, bool, bool]:
    """The code's official row, why the title differs (None: it does not), whether indicator and unit differ."""
    if row is None:
        return None, None, False, False
    code, _, uraian, indikator, satuan = key
    reason = None
    if uraian is not None and letters(uraian) != letters(row.uraian):
        other = titles.get(letters(uraian))
        score = float(similarity(letters(uraian), letters(row.uraian)))  # type: ignore[operator]
        if other is not None and other.kode != code:
            reason = f"itu nama resmi kode {other.kode}"
        elif score >= SLIP:
            reason = "tampaknya salah ketik"
        elif float(part(str(uraian).casefold(), row.uraian.casefold())) >= WHOLE:  # type: ignore[operator]
            reason = "tampaknya nama yang sama, tidak lengkap atau berlebih"
        else:
            reason = "tampaknya kegiatan lain"
    indicator_differs = bool(row.indikator and indikator is not None and letters(indikator) != letters(row.indikator))
    official = spelling.get((row.satuan or "").lower(), (row.satuan or "").lower())
    unit_differs = bool(official and satuan is not None and official != spelling.get(str(satuan).lower(), str(satuan).lower()))
    return row, reason, indicator_differs, unit_differs
