"""Workbooks on disk → what `validate` needs: read by the real reader, one row of `kiriman` a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.quality.figures import Figures, compute_figures
from pipelines.quality.findings import reading_findings
from pipelines.quality.validation import Validation, validate
from pipelines.reference.tables import load_references
from pipelines.settings import PROJECT, Settings
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form, Refusal

REFERENCES = load_references(PROJECT / "dbt_like_sql" / "seeds")
SETTINGS = Settings(_env_file=None)  # type: ignore[call-arg]


@dataclass
class Checked:
    """Everything of one call."""

    kiriman: pd.DataFrame
    figures: Figures
    validation: Validation

    @property
    def temuan(self) -> pd.DataFrame:
        return self.validation.temuan

    def cells(self, *tingkat: str) -> set[tuple[Any, ...]]:
        """(kiriman_id, aturan, sel) of the findings of these tingkat."""
        chosen = self.temuan[self.temuan["tingkat"].isin(tingkat)]
        return {
            (int(n), a, None if pd.isna(s) else s) for n, a, s in zip(chosen["kiriman_id"], chosen["aturan"], chosen["sel"], strict=True)
        }


def kiriman_row(number: int, relative: str, item: Form | Refusal, **more: object) -> dict[str, object]:
    row: dict[str, object] = {
        "kiriman_id": number,
        "sha256": f"{number:064d}",
        "path": relative,
        "lembar": item.lembar,
        "kode_kemendagri": item.identitas.kode_kemendagri,
        "tahun": item.identitas.tahun,
        "triwulan": item.identitas.triwulan,
        "revisi_ke": 0,
        "status": "berlaku" if isinstance(item, Form) else "ditolak",
        "diterima_pada": None,
    }
    if isinstance(item, Form):
        average, grade = item.rata_rata, item.predikat
        row |= {
            "rata_rata_lapor": average.angka if average else None,
            "rata_rata_desimal": average.desimal if average else None,
            "rata_rata_sel": average.sel if average else None,
            "predikat_lapor": grade.teks if grade else None,
            "predikat_sel": grade.sel if grade else None,
            "tanda_tangan_tanggal": item.tanda_tangan_tanggal,
            "tanda_tangan_sel": item.tanda_tangan_sel,
        }
    return row | more


def check_items(items: Sequence[tuple[str, Form | Refusal]], *, more: Sequence[dict[str, object]] | None = None, **options: Any) -> Checked:
    """Validate forms that have been read; `more` overrides columns of `kiriman`, one dict an item."""
    rows, frames, kolom = [], [], {}
    faktor = {number: item.rp_faktor for number, (_, item) in enumerate(items, start=1) if isinstance(item, Form)}
    for number, (relative, item) in enumerate(items, start=1):
        rows.append(kiriman_row(number, relative, item, **(more[number - 1] if more else {})))
        if isinstance(item, Form) and rows[-1]["status"] in ("berlaku", "digantikan"):
            frames.append(item.baris.assign(kiriman_id=number))
            kolom[number] = item.kolom
    kiriman = pd.DataFrame(rows)
    for name in ("tahun", "triwulan", "revisi_ke", "rata_rata_desimal"):
        kiriman[name] = kiriman[name].astype("Int64")
    figures = compute_figures(pd.concat(frames, ignore_index=True), kiriman, REFERENCES)
    reading = reading_findings((number, item) for number, (_, item) in enumerate(items, start=1))
    return Checked(kiriman, figures, validate(figures, kiriman, kolom, reading, REFERENCES, SETTINGS, rp_faktor=faktor, **options))


def read(path: Path, relative: str) -> list[tuple[str, Form | Refusal]]:
    return [(relative, item) for item in read_file(path, relative, REFERENCES, SETTINGS).kiriman]


def check_files(paths: Sequence[Path], root: Path, **options: Any) -> Checked:
    return check_items([item for path in paths for item in read(path, path.relative_to(root).as_posix())], **options)
