"""One call that checks any number of submissions: figures and what the reader saw in, findings out.

Belongs here: which rules make up the whole. Does not belong here: any rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.quality.batch import Batch, Check
from pipelines.quality.catalogue import BY_ID
from pipelines.quality.expectations import Outcome, run_suite
from pipelines.quality.figures import Figures
from pipelines.quality.findings import findings_frame, positions_of
from pipelines.quality.history_rules import history_checks
from pipelines.quality.reference_rules import reference_checks
from pipelines.quality.row_rules import arithmetic_checks, figure_checks, predikat_checks
from pipelines.quality.submission_rules import foot_checks, submission_checks
from pipelines.quality.tree_rules import children_checks, code_checks, money_twice_checks
from pipelines.reference.tables import References
from pipelines.settings import Settings


@dataclass(frozen=True, slots=True)
class Validation:
    """What the checks found.

    `temuan` as in docs/rancangan.md, one row a finding. `hasil`: a row a rule and column: aturan, tingkat, kolom, ekspektasi,
    jumlah_diperiksa, jumlah_gagal, berhasil. `ekspektasi`: how many expectations great-expectations validated;
    `berhasil`: what its checkpoint came to.
    """

    temuan: pd.DataFrame
    hasil: pd.DataFrame
    ekspektasi: int
    berhasil: bool

    @property
    def per_aturan(self) -> pd.DataFrame:
        """`hasil` added up: a row a rule: aturan, tingkat, jumlah_diperiksa, jumlah_gagal, berhasil."""
        grouped = self.hasil.groupby(["aturan", "tingkat"], sort=False, as_index=False)
        return grouped.agg(jumlah_diperiksa=("jumlah_diperiksa", "sum"), jumlah_gagal=("jumlah_gagal", "sum"), berhasil=("berhasil", "all"))


def all_checks(batch: Batch, settings: Settings) -> list[Check]:
    """Every rule on every column that it looks at; those of submissions alone where not one was loaded."""
    if not batch.size:
        return submission_checks(batch, settings.zona_waktu)
    return [
        *money_twice_checks(batch),
        *code_checks(batch),
        *reference_checks(batch),
        *figure_checks(batch),
        *arithmetic_checks(batch),
        *children_checks(batch),
        *predikat_checks(batch),
        *foot_checks(batch, settings.tingkat_rata_rata, settings.batas_capaian),
        *history_checks(batch),
        *submission_checks(batch, settings.zona_waktu),
    ]


def validate(
    figures: Figures,
    kiriman: pd.DataFrame,
    kolom: Mapping[int, Mapping[str, str]],
    reading: pd.DataFrame,
    references: References,
    settings: Settings,
    periode: pd.DataFrame | None = None,
    rp_faktor: Mapping[int, int] | None = None,
) -> Validation:
    """Check every submission of `kiriman` by one great-expectations checkpoint over one batch.

    In: `figures` of the loaded ones (`compute_figures`); `kiriman` as in docs/rancangan.md, refused and duplicate files included; `kolom`,
    for each kiriman_id the form's column letters (`Form.kolom`); `reading`, what the reader saw (`findings.reading_findings`); `periode`
    with the deadlines (`reference.calendar.periode_frame`), without which nobody is late; `rp_faktor`, for each kiriman_id what a 1 in a
    Rp cell stands for (`Form.rp_faktor`; 1 where it is missing). Findings about a quarter before need that quarter's submission in the
    same call. Out: `Validation`. Raises `RuntimeError` where a rule could not be evaluated, `KeyError` where
    the reader names a rule that the catalogue lacks.
    """
    unknown = sorted(set(reading["aturan"].dropna()) - set(BY_ID))
    if unknown:
        raise KeyError(f"not in the rule catalogue: {unknown}")
    batch = Batch(figures, kiriman, kolom, reading, references, periode, rp_faktor or {})
    checks = all_checks(batch, settings)
    placed = positions_of(reading, batch)
    outcomes, checked = run_suite(checks, placed, batch.length)
    (result,) = checked.run_results.values()
    return Validation(findings_frame(batch, checks, outcomes, placed), _summary(outcomes), len(result.results), bool(checked.success))


def _summary(outcomes: list[Outcome]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "aturan": [o.aturan for o in outcomes],
            "tingkat": [str(BY_ID[o.aturan].tingkat) for o in outcomes],
            "kolom": [o.kolom for o in outcomes],
            "ekspektasi": [o.ekspektasi for o in outcomes],
            "jumlah_diperiksa": [o.jumlah_diperiksa for o in outcomes],
            "jumlah_gagal": [o.jumlah_gagal for o in outcomes],
            "berhasil": [o.berhasil for o in outcomes],
        }
    )
