"""Frames → `mentah`: exact money, NULL apart from 0, and a shape that is wrong named by table and column."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.warehouse.load import LoadError, load
from pipelines.warehouse.raw_tables import TABLES
from tests.warehouse import frames


def loaded(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("sen", [0, 1, -1, 99, 663667317700, 10**17 + 1, 999_999_999_999_999_999, -999_999_999_999_999_999])
def test_money_is_exact_to_the_cent(tmp_path: Path, sen: int) -> None:
    data = frames.build([frames.lumajang_tw1()])
    data["anggaran"]["target_rp"] = pd.array([sen, None, 0], dtype="Int64")
    load(tmp_path / "x.duckdb", data)
    assert loaded(tmp_path / "x.duckdb", "select target_rp from mentah.anggaran order by urutan") == [
        (Decimal(sen).scaleb(-2),),
        (None,),
        (Decimal(0),),
    ]


def test_not_stated_and_nil_stay_apart_in_every_numeric_column(tmp_path: Path) -> None:
    data = frames.build([frames.lumajang_tw1()])
    data["kinerja"]["target_k"] = pd.Series([0.0, float("nan"), 2.5])
    load(tmp_path / "x.duckdb", data)
    assert loaded(tmp_path / "x.duckdb", "select target_k from mentah.kinerja order by urutan") == [(0.0,), (None,), (2.5,)]


def test_empty_frames_give_empty_typed_tables(tmp_path: Path) -> None:
    data = {table.name: pd.DataFrame(columns=list(table.columns)) for table in TABLES}
    assert set(load(tmp_path / "x.duckdb", data).values()) == {0}
    found = loaded(tmp_path / "x.duckdb", "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'mentah'")
    assert sorted(found) == sorted((table.name, name, kind.value) for table in TABLES for name, kind in table.columns.items())


def test_a_missing_or_unknown_column_is_named(tmp_path: Path) -> None:
    data = frames.build([frames.lumajang_tw1()])
    with pytest.raises(LoadError, match="kinerja: missing column satuan"):
        load(tmp_path / "x.duckdb", {**data, "kinerja": data["kinerja"].drop(columns="satuan")})
    with pytest.raises(LoadError, match="temuan: unknown column saran"):
        load(tmp_path / "x.duckdb", {**data, "temuan": data["temuan"].assign(saran="x")})
    with pytest.raises(LoadError, match="missing frame narasi"):
        load(tmp_path / "x.duckdb", {name: value for name, value in data.items() if name != "narasi"})
    assert not (tmp_path / "x.duckdb").exists()


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("target_rp", pd.Series([1.5, 2.0, 3.0])),  # money as float
        ("urutan", pd.Series([0.5, 1.0, 2.0])),
        ("level", pd.Series([1, "program", "x"], dtype="object")),
        ("target_rp", pd.Series([10**18, 0, 0], dtype="Int64")),  # more than DECIMAL(18,2) holds
    ],
)
def test_a_value_that_its_type_cannot_hold_is_an_error_and_leaves_no_file(tmp_path: Path, column: str, values: pd.Series) -> None:
    data = frames.build([frames.lumajang_tw1()])
    data["anggaran"][column] = values
    with pytest.raises(LoadError, match="anggaran"):
        load(tmp_path / "x.duckdb", data)
    assert list(tmp_path.iterdir()) == []


def test_the_file_before_is_replaced(tmp_path: Path) -> None:
    load(tmp_path / "x.duckdb", frames.build([frames.lumajang_tw1(), frames.pasirian_tw2()]))
    load(tmp_path / "x.duckdb", frames.build([frames.lumajang_tw1()]))
    assert loaded(tmp_path / "x.duckdb", "select count(*) from mentah.kiriman") == [(1,)]
