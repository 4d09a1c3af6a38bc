"""The way of the data as Dagster assets, in its order: berkas → formulir → kiriman → figur → temuan → mentah → (dbt) → laporan → gudang.

Belongs here: what Dagster is told of each step (grain, counts, refusals). Does not belong here: the steps themselves (`steps`), the dbt
models (`dbt_assets`), the board (`board`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import pandas as pd

from pipelines.orchestration import board
from pipelines.orchestration.steps import Run
from pipelines.quality.catalogue import RULES, Tingkat
from pipelines.quality.decisions import ACCEPTED
from pipelines.quality.validation import Validation
from pipelines.warehouse.ledger import Ledger

RESOURCE = "proses"
_BOARD_NOTE = "papan"
CHECKPOINT = "checkpoint_aturan"
_SHOWN = 200  # rows of a table in Dagster's pages


def _run(context: dg.AssetExecutionContext) -> Run:
    run = getattr(context.resources, RESOURCE)
    assert isinstance(run, Run)  # noqa: S101 - the resource of this module's own making
    return run


def _table(name: str, rows: Sequence[Mapping[str, str | int | float | bool | None]]) -> dict[str, dg.MetadataValue[Any]]:
    """Metadata entry `name` with the first rows; none where there are none (Dagster shows no empty table)."""
    records = [dg.TableRecord({column: "" if v is None else v for column, v in row.items()}) for row in rows[:_SHOWN]]
    return {name: dg.MetadataValue.table(records)} if records else {}


@dg.asset(
    required_resource_keys={RESOURCE},
    group_name="masuk",
    kinds={"excel"},
    description="Satu butir = satu berkas di folder masukan, dikenali dari isinya (sha256).",
)
def berkas(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """What lies in the raw folder."""
    found = _run(context).found
    return dg.MaterializeResult(
        metadata={
            "berkas": len(found.discovery.files),
            "isi_baru": len(found.new),
            "ditunda": len(found.discovery.unsettled),
            "tidak_terbaca": len(found.discovery.problems),
            **_table("daftar_isi_baru", [{"path": sighting.path, "sha256": sighting.sha256} for sighting in found.new]),
        }
    )


@dg.asset(
    required_resource_keys={RESOURCE},
    deps=[berkas],
    group_name="masuk",
    kinds={"python", "parquet"},
    description="Satu butir = satu isi berkas yang sudah dibaca: formulir E.81 di dalamnya, atau sebab penolakannya.",
)
def formulir(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Every file version read."""
    readings = _run(context).readings
    return dg.MaterializeResult(
        metadata={"dibaca": readings.read, "sudah_terbaca": len(readings.staged) - readings.read, "ditunda": len(readings.unsettled)}
    )


@dg.asset(
    required_resource_keys={RESOURCE},
    deps=[formulir],
    group_name="masuk",
    kinds={"pandas"},
    description="Satu baris = satu kiriman: satu lembar E.81 dari satu versi berkas, dengan statusnya.",
)
def kiriman(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Which submission is current."""
    run = _run(context)
    counts = run.selection.kiriman["status"].value_counts()
    refused = run.refused
    return dg.MaterializeResult(
        metadata={
            **{status: int(counts.get(status, 0)) for status in ("berlaku", "digantikan", "ganda", "ditolak")},
            **_table(
                "daftar_ditolak",
                [{"path": item.path, "lembar": item.lembar, "aturan": item.aturan, "pesan": item.pesan} for item in refused],
            ),
        }
    )


@dg.asset(
    required_resource_keys={RESOURCE},
    deps=[kiriman],
    group_name="periksa",
    kinds={"pandas"},
    description="Satu baris = satu indikator (kinerja) atau satu kode (anggaran) dari satu kiriman, dengan angka yang dihitung ulang.",
)
def figur(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """The computed figures."""
    figures = _run(context).figures
    return dg.MaterializeResult(
        metadata={"kinerja": len(figures.kinerja), "anggaran": len(figures.anggaran), "rekonsiliasi": len(figures.rekonsiliasi)}
    )


@dg.asset(
    required_resource_keys={RESOURCE},
    deps=[figur],
    group_name="periksa",
    kinds={"pandas"},
    description="Satu baris = satu temuan pada satu sel atau satu kiriman.",
    check_specs=[
        dg.AssetCheckSpec(
            name=CHECKPOINT,
            asset="temuan",
            description="Checkpoint great-expectations atas semua kiriman, yang sudah digantikan pun: jumlah sel yang gagal tiap aturan.",
        ),
        *(dg.AssetCheckSpec(name=rule.aturan, asset="temuan", description=f"{rule.judul}. {rule.penjelasan}") for rule in RULES),
    ],
)
def temuan(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Every finding; each rule is a check that passes where the current submissions have none but accepted ones."""
    run = _run(context)
    current = run.current_findings
    unsettled = current[current["status_temuan"] != ACCEPTED]
    levels = current["tingkat"].value_counts()
    counts, still_open = current["aturan"].value_counts(), unsettled["aturan"].value_counts()
    yield dg.MaterializeResult(
        metadata={
            "temuan": len(current),
            "diterima": len(current) - len(unsettled),
            **{str(level): int(levels.get(str(level), 0)) for level in Tingkat},
        },
        check_results=[
            _checkpoint(run.validation),
            *(
                dg.AssetCheckResult(
                    check_name=rule.aturan,
                    passed=not still_open.get(rule.aturan, 0),
                    severity=dg.AssetCheckSeverity.WARN,  # a finding never stops the load
                    metadata={
                        "jumlah": int(counts.get(rule.aturan, 0)),
                        "diterima": int(counts.get(rule.aturan, 0) - still_open.get(rule.aturan, 0)),
                        "tingkat": str(rule.tingkat),
                        **_examples(unsettled, rule.aturan),
                    },
                )
                for rule in RULES
            ),
        ],
    )


def _checkpoint(validation: Validation) -> dg.AssetCheckResult:
    """What great-expectations' checkpoint came to as a whole, with the failing positions of every rule."""
    failed = validation.per_aturan.set_index("aturan")["jumlah_gagal"]
    return dg.AssetCheckResult(
        check_name=CHECKPOINT,
        passed=validation.berhasil,
        severity=dg.AssetCheckSeverity.WARN,  # a finding never stops the load
        metadata={
            "ekspektasi": validation.ekspektasi,
            "aturan_gagal": int((failed > 0).sum()),
            "jumlah_gagal": int(failed.sum()),
            **{rule.aturan: int(failed.get(rule.aturan, 0)) for rule in RULES},
        },
    )


def _examples(findings: pd.DataFrame, aturan: str) -> dict[str, dg.MetadataValue[Any]]:
    """The first few findings of a rule, as an operator would read them."""
    chosen = findings.loc[findings["aturan"] == aturan, "pesan"].head(5)
    return {"contoh": dg.MetadataValue.md("\n".join(f"- `{pesan.replace('`', '')}`" for pesan in chosen))} if len(chosen) else {}


@dg.asset(
    required_resource_keys={RESOURCE},
    deps=[kiriman, figur, temuan],
    group_name="gudang",
    kinds={"duckdb"},
    description="Satu tabel = satu kerangka data dari langkah sebelumnya, apa adanya, dimuat dalam satu transaksi.",
)
def mentah(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Schema `mentah` of a new DuckDB file."""
    rows = _run(context).loaded
    return dg.MaterializeResult(metadata={"dagster/row_count": sum(rows.values()), **rows})


def publishing_assets(models: Sequence[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    """The assets after the dbt models: laporan, which waits beside its places, and gudang, which puts everything in place."""

    @dg.asset(
        required_resource_keys={RESOURCE},
        deps=list(models),
        group_name="laporan",
        kinds={"excel"},
        description="Satu berkas = satu rekap kabupaten untuk satu triwulan.",
    )
    def laporan(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The recaps, and the workbooks sent back; in place with the warehouse."""
        run = _run(context)
        written, corrections = run.reports, run.corrections
        return dg.MaterializeResult(
            metadata={
                "berkas": len(written),
                "daftar": [str(path) for path in written],
                "perbaikan": len(corrections.files),
                "perbaikan_dibuat": corrections.written,
                "perbaikan_dilewati": [f"{path}: {reason}" for path, reason in corrections.skipped],
            }
        )

    @dg.asset(
        required_resource_keys={RESOURCE},
        deps=[laporan],
        group_name="gudang",
        kinds={"duckdb", "parquet"},
        description="Satu gudang = seluruh dimensi, fakta dan mart dari kiriman yang berlaku; terbit bersama laporannya.",
    )
    def gudang(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The published warehouse; notes each cell of the board that has changed."""
        run = _run(context)
        publication = run.publication
        with Ledger(run.settings.ledger) as ledger:
            before = json.loads(ledger.recall(_BOARD_NOTE) or "{}")
            changed = list(board.events(board.cells(run.selection.kiriman, run.validation.temuan, run.references), before))
            for _, _, event in changed:
                context.log_event(event)
            ledger.remember(**{_BOARD_NOTE: json.dumps({**before, **{key: state for key, state, _ in changed}})})
        return dg.MaterializeResult(
            metadata={
                "gudang": dg.MetadataValue.path(str(publication.warehouse)),
                "bita": publication.size,
                "dagster/row_count": sum(publication.rows.values()),
                "partisi_berubah": len(changed),
            }
        )

    return [laporan, gudang]


BEFORE_MODELS: list[dg.AssetsDefinition] = [berkas, formulir, kiriman, figur, temuan, mentah]
