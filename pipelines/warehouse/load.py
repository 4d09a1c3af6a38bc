"""Frames → a new DuckDB file with schema `mentah`, in one transaction.

Belongs here: exact, typed loading. Does not belong here: which submissions are loaded (`selection`), names and types (`raw_tables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines.warehouse.raw_tables import TABLES, ColumnType, RawTable

SCHEMA = "mentah"

_ARROW = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int32(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
    ColumnType.RUPIAH: pa.int64(),  # sen
}


class LoadError(ValueError):
    """A frame does not have the shape that its table is declared with; the message names table and column."""


def load(path: Path, frames: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Write `frames` (docs/rancangan.md, one for each of `raw_tables.TABLES`) into a new DuckDB file at `path`, schema `mentah`.

    Money comes as Int64 sen and is stored as DECIMAL(18,2) rupiah, exactly. A frame without rows gives an empty table with its types.
    An existing file at `path` is replaced. Out: rows a table. Raises `LoadError` for a frame or column that is missing, unknown, or has
    a value its type cannot hold; no file is left behind then.
    """
    names = {table.name for table in TABLES}
    if unknown := sorted(set(frames) - names):
        raise LoadError(f"unknown frame {', '.join(unknown)}; known are {', '.join(sorted(names))}")
    if missing := sorted(names - set(frames)):
        raise LoadError(f"missing frame {', '.join(missing)}")
    arrays = {table.name: _arrow_table(table, frames[table.name]) for table in TABLES}
    path.parent.mkdir(parents=True, exist_ok=True)
    remove(path)
    try:
        with duckdb.connect(str(path)) as connection:
            connection.begin()
            connection.execute(f"create schema {SCHEMA}")
            for table in TABLES:
                _create(connection, table, arrays[table.name])
            connection.commit()
    except BaseException:
        remove(path)
        raise
    return {name: array.num_rows for name, array in arrays.items()}


def remove(path: Path) -> None:
    """Remove a DuckDB file and its write-ahead log, where they exist."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _arrow_table(table: RawTable, frame: pd.DataFrame) -> pa.Table:
    """The frame with the table's columns, order and types; NaN and NA become NULL."""
    columns = table.columns
    if unknown := [str(name) for name in frame.columns if name not in columns]:
        raise LoadError(f"{table.name}: unknown column {', '.join(unknown)}")
    if missing := [name for name in table.required if name not in frame.columns]:
        raise LoadError(f"{table.name}: missing column {', '.join(missing)}")
    arrays = []
    for name, kind in columns.items():
        if name not in frame.columns:
            arrays.append(pa.nulls(len(frame), _ARROW[kind]))
            continue
        series = frame[name]
        if getattr(series.dtype, "tz", None) is not None:
            raise LoadError(f"{table.name}.{name}: time with a zone; the warehouse keeps UTC without one")
        if kind is ColumnType.RUPIAH and pd.api.types.is_float_dtype(series.dtype) and series.notna().any():
            raise LoadError(f"{table.name}.{name}: money as float; expected Int64 sen")
        try:
            arrays.append(pa.Array.from_pandas(series, type=_ARROW[kind], safe=True))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise LoadError(f"{table.name}.{name}: not {kind.value}: {error}") from error
    return pa.table([a.combine_chunks() if isinstance(a, pa.ChunkedArray) else a for a in arrays], names=list(columns))


def _create(connection: duckdb.DuckDBPyConnection, table: RawTable, data: pa.Table) -> None:
    columns = table.columns
    definition = ", ".join(f'"{name}" {kind.value}' for name, kind in columns.items())
    # BIGINT × DECIMAL is exact (DECIMAL(22,2)); DECIMAL division would go through DOUBLE.
    values = ", ".join(
        f'("{name}" * 0.01::DECIMAL(3,2))::{kind.value}' if kind is ColumnType.RUPIAH else f'"{name}"' for name, kind in columns.items()
    )
    connection.execute(f'create table {SCHEMA}."{table.name}" ({definition})')
    if not data.num_rows:
        return
    connection.register("frame_to_load", data)
    try:
        connection.execute(f'insert into {SCHEMA}."{table.name}" select {values} from frame_to_load')
    except duckdb.ConversionException as error:
        raise LoadError(f"{table.name}: a value does not fit its column: {error}") from error
    connection.unregister("frame_to_load")
