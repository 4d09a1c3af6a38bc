"""Bytes → cells → the E.81 table → typed rows. Knows no Dagster, DuckDB or great-expectations."""
