"""Staged rows written by hand, for figures and for rules that a workbook would bury."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipelines.workbook.columns import DECIMAL_MEASURES, MEASURES, PAIRS, RUPIAH_MEASURES, TEXTS

LETTERS = {name: f"X{at}" for at, name in enumerate([*(t.name for t in TEXTS), *(m.name for m in MEASURES), *(p.satuan for p in PAIRS)])}
LETTERS = {name: chr(65 + at // 26) + chr(65 + at % 26) for at, name in enumerate(LETTERS)}


def staged(*rows: dict[str, Any], kiriman_id: int = 1) -> pd.DataFrame:
    """`baris` of one submission; Rp in rupiah, a row its own group unless it says `kelompok`, level from the code."""
    records = []
    for number, row in enumerate(rows):
        kode = row.get("kode")
        level = {3: "program", 5: "kegiatan", 6: "sub_kegiatan"}.get(len(str(kode).split(".")), "sasaran")
        record: dict[str, Any] = {
            "kiriman_id": kiriman_id, "urutan": number, "baris": number + 11, "level": level, "kelompok": number, "indikator_ke": 1,
            "satuan": "dokumen", "kode_lapor": kode, "indikator": f"Indikator {kode}",
        }  # fmt: skip
        record |= {m.name: None for m in MEASURES} | {f"{m.name}__desimal": None for m in DECIMAL_MEASURES}
        record |= {t.name: None for t in TEXTS if t.name not in record} | {p.satuan: None for p in PAIRS}
        record |= row
        for measure in RUPIAH_MEASURES:
            if record[measure.name] is not None:
                record[measure.name] = round(record[measure.name] * 100)
        records.append(record)
    frame = pd.DataFrame(records)
    for measure in MEASURES:
        frame[measure.name] = frame[measure.name].astype("Int64" if measure in RUPIAH_MEASURES else "Float64")
    for measure in DECIMAL_MEASURES:
        frame[f"{measure.name}__desimal"] = frame[f"{measure.name}__desimal"].astype("Int64")
    for name in ["level", "kode", "satuan", *(t.name for t in TEXTS), *(p.satuan for p in PAIRS)]:
        frame[name] = frame[name].astype("string")
    return frame


def submission(kiriman_id: int = 1, *, tahun: int = 2024, triwulan: int = 2, **more: Any) -> dict[str, Any]:
    """One row of `kiriman`."""
    return {
        "kiriman_id": kiriman_id, "sha256": str(kiriman_id), "path": f"{tahun}/tw{triwulan}/{kiriman_id}.xlsx", "lembar": "E81",
        "status": "berlaku", "revisi_ke": 0, "kode_kemendagri": "35.08.01", "tahun": tahun, "triwulan": triwulan, "diterima_pada": None,
    } | more  # fmt: skip
