"""What pages tell that is no table of the release, as tables: changes.json, the log of nights."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

NEEDED = {
    "filings": ("bureau_code", "new_count", "late_count", "corrected_count", "rejected_count"),
    "findings": ("new_count", "cleared_count"), "overdue": (), "rankings": (), "moves": (),
    "coverage": tuple(
        f"{name}_{side}"
        for name in ("coverage_rate", "due", "done") for side in ("before", "after")
    ),
    "tables": ("row_count_after",), "acceptance": ("accepted_date", "reason"),
}
"""Columns of sections that cards ask for even where the section has no row."""


def open_records(
    database: Path, changes: Mapping[str, Any] | None, lines: Iterable[Mapping[str, Any]]
) -> duckdb.DuckDBPyConnection:
    """Open a release beside its changes (`changes`) and the nights of its log (`ops`).

    Args:
        database: the release's DuckDB file.
        changes: what changes.json holds.
        lines: of the log.

    Returns:
        The connection.
    """
    con = duckdb.connect()
    con.execute(f"attach '{database}' as release (read_only)")
    for name in ("changes", "ops"):
        con.execute(f"attach ':memory:' as {name}")
    for section, content in (changes or {}).items():
        rows = [content] if isinstance(content, dict) else content
        if section in NEEDED and not rows:
            columns = ", ".join(f"{name} bigint" for name in NEEDED[section] or ("nothing",))
            con.execute(f"create table changes.{section} ({columns})")
        elif isinstance(rows, list) and rows and rows[0]:
            _fill(con, f"changes.{section}", rows)
    _fill_nights(con, list(lines))
    con.execute("use release")
    return con


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: list[Mapping[str, Any]]) -> None:
    con.register("rows_read", pl.DataFrame(rows, infer_schema_length=None).to_arrow())
    con.execute(f"create table {table} as select * from rows_read")
    con.unregister("rows_read")


def _fill_nights(con: duckdb.DuckDBPyConnection, lines: list[Mapping[str, Any]]) -> None:
    con.execute("create table ops.line (position bigint, night_id varchar, content json)")
    if lines:
        con.executemany("insert into ops.line values (?, ?, ?)", [
            (place, line["night"], json.dumps(line)) for place, line in enumerate(lines)
        ])
    con.execute("""
        create table ops.night_step as
        select
            night_id, content ->> 'step' as step,
            row_number() over (partition by night_id order by position) as step_no,
            (content ->> 'seconds')::double as seconds, (content ->> 'rows')::bigint as row_count,
            (content ->> 'rss_mb')::double::bigint as peak_rss_mb
        from ops.line where content ->> 'step' <> 'night'
    """)
    con.execute("""
        create table ops.night_run as
        select
            night_id, strptime(night_id, '%Y%m%dT%H%M%SZ') as started_at,
            max(content ->> 'status') filter (where content ->> 'step' = 'night') as status,
            max((content ->> 'exit_code')::int) filter (where content ->> 'step' = 'night')
                as exit_code
        from ops.line group by night_id
    """)


def read_lines(logs: Path) -> list[dict[str, Any]]:
    """The lines of a folder of logs."""
    return [
        json.loads(line) for path in sorted(logs.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
