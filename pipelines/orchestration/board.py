"""The submission board: kecamatan × triwulan as Dagster partitions, so that the grid of Dagster's own pages shows who has reported.

Belongs here: the grid, and which of its cells have something new to say. One run handles everything that is new and notes it cell by
cell; nothing is ever launched for one partition, and no IO manager sees them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import pandas as pd

from pipelines.quality.decisions import ACCEPTED
from pipelines.reference.tables import References
from pipelines.settings import Settings

KEY = dg.AssetKey("papan_kiriman")


def partitions(references: References, settings: Settings) -> dg.MultiPartitionsDefinition:
    """Every kecamatan × every triwulan of the accepted years."""
    periods = [period(tahun, triwulan) for tahun in range(settings.tahun_awal, settings.tahun_akhir + 1) for triwulan in (1, 2, 3, 4)]
    return dg.MultiPartitionsDefinition(
        {
            "kecamatan": dg.StaticPartitionsDefinition([kecamatan.nama for kecamatan in references.kecamatan]),
            "triwulan": dg.StaticPartitionsDefinition(periods),
        }
    )


def period(tahun: int, triwulan: int) -> str:
    """A triwulan's partition key: 2024-TW2."""
    return f"{tahun}-TW{triwulan}"


def spec(references: References, settings: Settings) -> dg.AssetSpec:
    """The board as an external asset: noted by the asset `gudang`, never executed."""
    return dg.AssetSpec(
        KEY,
        deps=["gudang"],
        group_name="papan",
        description="Satu partisi = satu kecamatan × satu triwulan: terisi bila ada kiriman yang berlaku di gudang.",
        partitions_def=partitions(references, settings),
        kinds={"excel"},
    )


def cells(kiriman: pd.DataFrame, temuan: pd.DataFrame, references: References) -> dict[str, dict[str, Any]]:
    """What stands in each cell of the board that has a submission: partition key → metadata, current submission before refused ones."""
    galat = temuan[temuan["tingkat"] == "galat"].groupby("kiriman_id").size()
    peringatan = temuan[temuan["tingkat"] == "peringatan"].groupby("kiriman_id").size()
    diterima = temuan[temuan["status_temuan"] == ACCEPTED].groupby("kiriman_id").size()
    known = kiriman[kiriman["status"].isin(["berlaku", "ditolak"])].dropna(subset=["kode_kemendagri", "tahun", "triwulan"])
    board: dict[str, dict[str, Any]] = {}
    for row in known.sort_values("status", ascending=False).to_dict("records"):  # ditolak first: berlaku overwrites it
        nama = references.nama_kecamatan.get(row["kode_kemendagri"])
        if nama is None:
            continue
        key = f"{nama}|{period(row['tahun'], row['triwulan'])}"
        board[key] = {
            "status": row["status"],
            "berkas": row["path"],
            "lembar": row["lembar"] if pd.notna(row["lembar"]) else "",
            "diterima_pada": f"{row['diterima_pada']:%Y-%m-%d %H:%M} UTC",
            **({"revisi_ke": int(row["revisi_ke"])} if pd.notna(row["revisi_ke"]) else {}),
            **({"sebab": row["sebab"]} if pd.notna(row["sebab"]) else {}),
            "galat": int(galat.get(row["kiriman_id"], 0)),
            "peringatan": int(peringatan.get(row["kiriman_id"], 0)),
            **({"temuan_diterima": int(diterima[row["kiriman_id"]])} if row["kiriman_id"] in diterima else {}),
        }
    return board


def events(
    board: Mapping[str, Mapping[str, Any]], before: Mapping[str, str]
) -> Iterator[tuple[str, str, dg.AssetMaterialization | dg.AssetObservation]]:
    """Cells that are not as they were: key, new state, and the event that says so. A refusal is observed: the cell stays open."""
    for key, metadata in sorted(board.items()):
        state = hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()
        if before.get(key) == state:
            continue
        kecamatan, triwulan = key.split("|")
        partition = dg.MultiPartitionKey({"kecamatan": kecamatan, "triwulan": triwulan})
        kind = dg.AssetMaterialization if metadata["status"] == "berlaku" else dg.AssetObservation
        yield key, state, kind(asset_key=KEY, partition=partition, metadata=dict(metadata))
