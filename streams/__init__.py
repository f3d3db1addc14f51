"""Windowed features of what people do: one .sql file each, run by DuckDB or by Flink SQL."""
