"""One read-only statement on the published warehouse, for `renja query`.

Belongs here: what a statement may do (read the published tables, nothing else), and its answer as JSON. Does not belong here: how a table
looks on a terminal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "lock_configuration": True,
}

# MULTI: a PIVOT whose columns are yet to be found out
_READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)


class QueryError(ValueError):
    """The statement cannot be answered; the message (Indonesian) says why."""


def run_query(warehouse: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of one SELECT (also WITH, FROM, SHOW, DESCRIBE, EXPLAIN) on the published file.

    The file is opened read-only, without access to other files or the network. Raises `QueryError` where there is no published warehouse,
    `sql` is not exactly one such statement, or DuckDB refuses it.
    """
    if not warehouse.is_file():
        raise QueryError(f"Gudang belum diterbitkan: {warehouse} tidak ada; jalankan `renja run` lebih dahulu.")
    try:
        with duckdb.connect(str(warehouse), read_only=True, config=_CONFIG) as connection:
            statements = connection.extract_statements(sql)
            if len(statements) != 1:
                raise QueryError(f"Tertulis {len(statements)} pernyataan SQL; tulis tepat satu pernyataan SELECT.")
            if statements[0].type not in _READING:
                raise QueryError(f"Pernyataan {statements[0].type.name} tidak diizinkan; gudang hanya dibaca, tulis pernyataan SELECT.")
            cursor = connection.execute(statements[0])
            return [str(column[0]) for column in cursor.description or ()], cursor.fetchall()
    except duckdb.Error as error:
        raise QueryError(f"Pernyataan SQL tidak dapat dijalankan: {' '.join(str(error).split())}") from error


def as_json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as JSON objects, a row a line. DECIMAL keeps every digit; a column whose name comes twice becomes `<name>_2`: none is lost.

    NaN and infinity, which JSON has no number for, and dates become text.
    """
    names: list[str] = []
    for column in columns:
        name, count = column, 1
        while name in names:
            count += 1
            name = f"{column}_{count}"
        names.append(name)
    keys = [json.dumps(name, ensure_ascii=False) for name in names]
    lines = ["{" + ", ".join(f"{key}: {_json(value)}" for key, value in zip(keys, row, strict=True)) + "}" for row in rows]
    return "[" + ",\n ".join(lines) + "]"


def _json(value: Any) -> str:  # noqa: ANN401 - whatever DuckDB holds
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(str(value))
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key), ensure_ascii=False)}: {_json(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False, default=str)
