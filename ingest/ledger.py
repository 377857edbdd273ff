"""The ledger: files received, filings they gave, what is wrong with them, what the gate counted."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime

import duckdb
import polars as pl

from ingest.findings import Finding, load_catalogue

LOGGER = logging.getLogger(__name__)

RECEIPT_COLUMNS = {
    "receipt_id": "varchar",
    "batch_no": "integer",
    "bureau_code": "varchar",
    "file_sha256": "varchar",
    "source_file": "varchar",
    "size_bytes": "bigint",
    "container_sha256": "varchar",
    "received_at": "timestamp",
    "sent_order": "integer",
    "status": "varchar",
    "rule_id": "varchar",
    "filing_count": "integer",
    "source_row_count": "integer",
}
FILING_COLUMNS = {
    "filing_id": "varchar",
    "bureau_code": "varchar",
    "document_kind": "varchar",
    "fiscal_year": "integer",
    "round_no": "integer",
    "month_no": "integer",
    "layout": "varchar",
    "has_projects": "boolean",
    "has_indicators": "boolean",
    "file_sha256": "varchar",
    "source_file": "varchar",
    "receipt_id": "varchar",
    "batch_no": "integer",
    "sequence_no": "bigint",
    "received_at": "timestamp",
    "state": "varchar",
    "state_reason": "varchar",
    "sheet_count": "integer",
    "source_row_count": "integer",
    "loaded_row_count": "integer",
    "set_aside_row_count": "integer",
    "title_row_count": "integer",
    "header_row_count": "integer",
    "total_row_count": "integer",
    "note_row_count": "integer",
    "blank_row_count": "integer",
    "project_row_count": "integer",
    "indicator_row_count": "integer",
    "error_count": "integer",
    "warning_count": "integer",
}
FINDING_COLUMNS = {
    field.name: "integer" if field.name in ("fiscal_year", "round_no", "source_row") else "varchar"
    for field in fields(Finding)
} | {"source": "varchar", "found_at": "timestamp"}
GATE_RESULT_COLUMNS = {
    "night_date": "date",
    "suite_name": "varchar",
    "rule_id": "varchar",
    "row_count": "bigint",
    "failing_row_count": "bigint",
}
_POLARS_TYPES = {
    "varchar": pl.String,
    "integer": pl.Int32,
    "bigint": pl.Int64,
    "boolean": pl.Boolean,
    "timestamp": pl.Datetime("us"),
}


def create_ledger(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of the schema ops where they do not exist.

    Args:
        con: connection to the warehouse.
    """
    con.execute("create schema if not exists ops")
    for name, columns in (
        ("receipt", RECEIPT_COLUMNS),
        ("filing", FILING_COLUMNS),
        ("finding", FINDING_COLUMNS),
        ("gate_result", GATE_RESULT_COLUMNS),
    ):
        described = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        con.execute(f"create table if not exists ops.{name} ({described})")


def midnight(day: date | str) -> datetime:
    """A day as the timestamp that the warehouse uses, 00:00 UTC without zone."""
    if isinstance(day, str):
        day = date.fromisoformat(day[:10])
    return datetime(day.year, day.month, day.day)


def insert_rows(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Insert records into a table of the ledger in one statement.

    Args:
        con: connection, inside a transaction of the caller where atomicity is wanted.
        table: table with schema.
        columns: its columns and types.
        rows: records; missing keys become null.
    """
    if not rows:
        return
    schema = {name: _POLARS_TYPES[kind] for name, kind in columns.items()}
    frame = pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=schema)
    con.register("ledger_rows", frame.to_arrow())
    try:
        con.execute(f"insert into {table} by name select * from ledger_rows").fetchall()
    finally:
        con.unregister("ledger_rows")


def add_findings(
    con: duckdb.DuckDBPyConnection, findings: Iterable[Finding], source: str, found_at: date | str
) -> None:
    """Record findings.

    Args:
        con: connection.
        findings: with the identity of their file or filing.
        source: ingest, gate or build.
        found_at: the night's as-of date.
    """
    extra = {"source": source, "found_at": midnight(found_at)}
    insert_rows(
        con, "ops.finding", FINDING_COLUMNS, [asdict(finding) | extra for finding in findings]
    )


def refresh_finding_counts(con: duckdb.DuckDBPyConnection) -> None:
    """Count errors and warnings per filing; severity comes from the rule catalogue.

    Args:
        con: connection.
    """
    severities = [(rule.rule_id, rule.severity) for rule in load_catalogue().values()]
    frame = pl.DataFrame(
        severities, schema={"rule_id": pl.String, "severity": pl.String}, orient="row"
    )
    con.register("rule_severities", frame.to_arrow())
    try:
        con.execute(
            """
            update ops.filing
            set error_count = counted.error_count, warning_count = counted.warning_count
            from (
                select
                    filing.filing_id,
                    count(*) filter (where rule_severities.severity = 'error') as error_count,
                    count(*) filter (where rule_severities.severity = 'warning') as warning_count
                from ops.filing as filing
                left join ops.finding as finding on filing.filing_id = finding.filing_id
                left join rule_severities on finding.rule_id = rule_severities.rule_id
                group by all
            ) as counted
            where ops.filing.filing_id = counted.filing_id
            """
        ).fetchall()
    finally:
        con.unregister("rule_severities")


def known_receipts(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Receipts that are in the warehouse already."""
    return {row[0] for row in con.execute("select receipt_id from ops.receipt").fetchall()}
