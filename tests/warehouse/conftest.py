"""One built and one published warehouse, behind the fixture `built` of `tests/conftest.py`: a dbt build costs seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import PROJECT
from pipelines.warehouse.load import load
from pipelines.warehouse.publish import Publication, publish
from pipelines.warehouse.transform import TransformResult, transform
from tests.warehouse import frames

ACUAN = PROJECT / "dbt_like_sql" / "seeds"


@dataclass(frozen=True)
class Built:
    build: Path
    work: Path
    result: TransformResult
    publication: Publication

    def rows(self, sql: str) -> list[tuple]:
        import duckdb

        with duckdb.connect(str(self.publication.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def submissions() -> list[frames.Submission]:
    return [
        frames.lumajang_tw1(),
        frames.lumajang_tw2(status="digantikan", tw1=130),
        frames.lumajang_tw2(revisi_ke=1),
        frames.pasirian_tw2(),
        frames.Submission(frames.KUNIR, 2024, 2, status="ditolak", temuan=[{"aturan": "periode_tidak_dikenali", "tingkat": "tolak"}]),
        frames.Submission(None, None, None, status="ganda", temuan=[{"aturan": "kiriman_ganda", "tingkat": "info"}]),
    ]


def reconciliation() -> list[dict]:
    return [
        {
            "kiriman_id": 3,
            "level": "total",
            "kode": "TOTAL",
            "kolom": "target_rp",
            "baris": 21,
            "dilaporkan": 400,
            "jumlah_anak": 999900,
            "selisih": -999500,
        },
        {
            "kiriman_id": 3,
            "level": "kegiatan",
            "kode": frames.K1,
            "kolom": "target_rp",
            "baris": 13,
            "dilaporkan": 200000,
            "jumlah_anak": 200000,
            "selisih": 0,
        },
        {
            "kiriman_id": 2,
            "level": "kegiatan",
            "kode": frames.K1,
            "kolom": "target_rp",
            "baris": 13,
            "dilaporkan": 1,
            "jumlah_anak": None,
            "selisih": None,
        },
    ]


def build_and_publish(out: Path) -> Built:
    build, work = out / "build" / "renja.duckdb", out / "dbt"
    load(build, frames.build(submissions(), rekonsiliasi=reconciliation()))
    result = transform(build, acuan=ACUAN, work=work)
    publication = publish(build, warehouse=out / "gudang" / "renja.duckdb", parquet=out / "gudang" / "parquet", manifest=result.manifest)
    return Built(build, work, result, publication)
