"""Publication: complete or absent at every moment, readers undisturbed, nothing left behind; and what `run_query` may do."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT
from pipelines.warehouse.publish import PublishError, publish
from pipelines.warehouse.query import QueryError, run_query
from tests.warehouse.conftest import Built

PUBLISH_FOR_EVER = """
import sys
from pathlib import Path
from pipelines.warehouse.publish import publish
gudang = Path(sys.argv[1])
turn = int(sys.argv[2])
print("ready", flush=True)
while True:
    turn += 1
    publish(gudang.parent / f"build{turn % 2}.duckdb", warehouse=gudang / "renja.duckdb", parquet=gudang / "parquet")
"""


def small_build(path: Path, value: int, *, tables: int = 4, rows: int = 2000) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema mentah; create table mentah.rahasia as select 1 as x")
        for number in range(tables):
            connection.execute(f"create table t{number} as select {value} as nilai, i from range({rows}) r(i)")
    return path


def values(gudang: Path) -> tuple[set[int], set[int]]:
    """The values in the warehouse and in the Parquet folder; each must be of one publication."""
    with duckdb.connect(str(gudang / "renja.duckdb"), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        assert tables == ["t0", "t1", "t2", "t3"]
        found = connection.execute(" union all ".join(f"select nilai, count(*) from {name} group by 1" for name in tables)).fetchall()
    assert {count for _, count in found} == {2000}
    parquet = duckdb.sql(f"select nilai, count(*) from '{gudang / 'parquet'}/*.parquet' group by 1").fetchall()
    assert [count for _, count in parquet] == [8000]
    return {value for value, _ in found}, {value for value, _ in parquet}


def test_killed_at_any_moment_the_publication_is_the_old_or_the_new_whole(tmp_path: Path) -> None:
    gudang = tmp_path / "gudang"
    builds = [small_build(tmp_path / f"build{value}.duckdb", value) for value in (0, 1)]
    publish(builds[0], warehouse=gudang / "renja.duckdb", parquet=gudang / "parquet")
    moments = random.Random(20242)
    for turn in range(8):
        process = subprocess.Popen([sys.executable, "-c", PUBLISH_FOR_EVER, str(gudang), str(turn)], stdout=subprocess.PIPE, cwd=PROJECT)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(moments.uniform(0.01, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        in_file, in_parquet = values(gudang)
        assert len(in_file) == len(in_parquet) == 1
    publish(builds[1], warehouse=gudang / "renja.duckdb", parquet=gudang / "parquet")
    assert values(gudang) == ({1}, {1})
    assert sorted(path.name for path in gudang.iterdir()) == ["parquet", "renja.duckdb"]


def test_a_reader_with_the_old_file_open_is_undisturbed(tmp_path: Path) -> None:
    gudang = tmp_path / "gudang"
    old, new = (small_build(tmp_path / f"build{value}.duckdb", value) for value in (0, 1))
    publish(old, warehouse=gudang / "renja.duckdb", parquet=gudang / "parquet")
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb, sys; c = duckdb.connect({str(gudang / 'renja.duckdb')!r}, read_only=True); print('open', flush=True); "
            "sys.stdin.readline(); print(c.execute('select distinct nilai from t3').fetchall())",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "open\n"
    publish(new, warehouse=gudang / "renja.duckdb", parquet=gudang / "parquet")
    answer, _ = reader.communicate("\n", timeout=30)
    assert answer == "[(0,)]\n"
    assert values(gudang) == ({1}, {1})


def test_a_build_without_tables_leaves_the_publication_untouched(tmp_path: Path) -> None:
    gudang = tmp_path / "gudang"
    publish(small_build(tmp_path / "build0.duckdb", 0), warehouse=gudang / "renja.duckdb", parquet=gudang / "parquet")
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as connection:
        connection.execute("create schema mentah; create table mentah.x as select 1 as x")
    with pytest.raises(PublishError):
        publish(tmp_path / "empty.duckdb", warehouse=gudang / "renja.duckdb", parquet=gudang / "parquet")
    assert values(gudang) == ({0}, {0})
    assert sorted(path.name for path in gudang.iterdir()) == ["parquet", "renja.duckdb"]


def test_main_alone_is_published_with_comments_and_a_parquet_file_a_table(built: Built) -> None:
    assert built.rows("select distinct schema_name from duckdb_tables()") == [("main",)]
    assert built.rows("select count(*) from duckdb_columns() where not internal and comment is null") == [(0,)]
    names = {name for (name,) in built.rows("select table_name from duckdb_tables()")}
    assert {path.stem for path in built.publication.parquet.iterdir()} == names == set(built.publication.rows)


def test_the_same_build_publishes_the_same_bytes_of_data(built: Built, tmp_path: Path) -> None:
    publish(built.build, warehouse=tmp_path / "renja.duckdb", parquet=tmp_path / "parquet")
    for path in built.publication.parquet.iterdir():
        assert (tmp_path / "parquet" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize(
    "sql",
    ["select count(*) from dim_kecamatan", "with a as (from dim_kecamatan) select count(*) from a", "select count(*) from dim_kecamatan;"],
)
def test_a_query_reads(built: Built, sql: str) -> None:
    columns, rows = run_query(built.publication.warehouse, sql)
    assert len(columns) == 1
    assert rows == [(21,)]


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "select 1; select 2",
        "drop table fact_temuan",
        "update dim_kecamatan set nama = 'x'",
        "copy dim_kecamatan to 'keluar.csv'",
        "attach 'lain.duckdb'",
        "set enable_external_access = true",
        "install httpfs",
        "pragma database_list",
        "select * from read_csv('/etc/hostname')",
        "select * from read_text('/etc/hostname')",
        "selec 1",
        "select * from tidak_ada",
    ],
)
def test_a_query_does_nothing_else(built: Built, sql: str) -> None:
    with pytest.raises(QueryError):
        run_query(built.publication.warehouse, sql)


def test_a_query_without_a_warehouse_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="renja run"):
        run_query(tmp_path / "renja.duckdb", "select 1")
    assert list(tmp_path.iterdir()) == []
