"""Raw rows into DuckDB: tables from the layouts, one transaction per night, rows counted again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from ingest.findings import Finding
from ingest.headings import document_kinds, load_vocabulary
from ingest.ledger import (
    FILING_COLUMNS,
    RECEIPT_COLUMNS,
    add_findings,
    create_ledger,
    insert_rows,
    known_receipts,
    refresh_finding_counts,
)
from ingest.parse import ParsedBatch, parse_receipts

LOGGER = logging.getLogger(__name__)
REBUILD_BYTES = 1 << 30

PROVENANCE: dict[str, str] = {
    "_filing_id": "varchar",
    "_file_sha256": "varchar",
    "_source_file": "varchar",
    "_source_sheet": "varchar",
    "_source_row": "integer",
    "_project_row": "integer",
    "_loaded_at": "timestamp",
    "_layout": "varchar",
    "_money_unit": "varchar",
    "_other_columns": "varchar",
}
SET_ASIDE_COLUMNS: dict[str, str] = {
    "_filing_id": "varchar",
    "_file_sha256": "varchar",
    "_source_file": "varchar",
    "_source_sheet": "varchar",
    "_source_row": "integer",
    "_loaded_at": "timestamp",
    "rule_id": "varchar",
    "row_text": "varchar",
}
FIELD_POSITION_COLUMNS: dict[str, str] = {
    "_filing_id": "varchar",
    "_file_sha256": "varchar",
    "_source_sheet": "varchar",
    "table_name": "varchar",
    "field": "varchar",
    "heading": "varchar",
    "column_letter": "varchar",
    "row_no": "integer",
    "project_row": "integer",
}


def raw_tables() -> dict[str, dict[str, str]]:
    """Columns of every raw table.

    Returns:
        Column types by column by table; fields come from `layouts/<kind>/columns.csv`.
    """
    tables = {
        f"{kind}__{table}": PROVENANCE
        | dict.fromkeys(load_vocabulary(kind).field_names(table), "varchar")
        for kind in document_kinds()
        for table in load_vocabulary(kind).fields
    }
    return tables | {
        "set_aside_rows": SET_ASIDE_COLUMNS,
        "field_positions": FIELD_POSITION_COLUMNS,
    }


def create_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas raw and ops where they do not exist; add fields new in the layouts.

    Args:
        con: connection to the warehouse.
    """
    con.execute("create schema if not exists raw")
    for table, columns in raw_tables().items():
        described = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        con.execute(f'create table if not exists raw."{table}" ({described})')
        known = {
            row[0]
            for row in con.execute(
                "select column_name from duckdb_columns() where schema_name = 'raw'"
                " and table_name = ? and database_name = current_database()",
                [table],
            ).fetchall()
        }
        for name in columns.keys() - known:
            con.execute(f'alter table raw."{table}" add column "{name}" {columns[name]}')
    create_ledger(con)


def load(con: duckdb.DuckDBPyConnection, parsed: ParsedBatch) -> dict[str, int]:
    """Load a parsed batch in one transaction, or nothing of it.

    Args:
        con: connection to the warehouse, schema created.
        parsed: what parsing left.

    Returns:
        Rows loaded by raw table.

    Raises:
        ValueError: a receipt of the batch is in the warehouse already.
    """
    repeated = {r["receipt_id"] for r in parsed.receipts} & known_receipts(con)
    if repeated:
        raise ValueError(f"receipts are loaded already: {sorted(repeated)[:5]}")
    con.execute("begin transaction")
    try:
        counts = {table: _load_table(con, table, parsed.folder) for table in raw_tables()}
        insert_rows(con, "ops.receipt", RECEIPT_COLUMNS, parsed.receipts)
        insert_rows(con, "ops.filing", FILING_COLUMNS, parsed.filings)
        by_day: dict[str, list[Finding]] = {}
        for finding, found_at in parsed.findings:
            by_day.setdefault(found_at, []).append(finding)
        for found_at, findings in by_day.items():
            add_findings(con, findings, "ingest", found_at)
        _check_conservation(con, parsed)
        refresh_finding_counts(con)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    LOGGER.info("loaded %s receipts, %s rows", len(parsed.receipts), sum(counts.values()))
    return counts


def _load_table(con: duckdb.DuckDBPyConnection, table: str, folder: Path) -> int:
    files = sorted(str(path) for path in (folder / table).glob("*.parquet"))
    if not files:
        return 0
    return con.execute(
        f'insert into raw."{table}" by name select * from read_parquet(?)', [files]
    ).fetchall()[0][0]


def _check_conservation(con: duckdb.DuckDBPyConnection, parsed: ParsedBatch) -> None:
    """Count the loaded rows of each new filing again, in the tables; reject what does not add up.

    Rows of the file = rows in raw + rows set aside + title, header, total, note and blank rows.
    """
    if not parsed.filings:
        return
    wanted = pl.DataFrame({"filing_id": [f["filing_id"] for f in parsed.filings]})
    con.register("new_filings", wanted.to_arrow())
    rows = " union all ".join(
        f'select _filing_id, _source_sheet, _source_row from raw."{table}"'
        for table in raw_tables()
        if table not in ("set_aside_rows", "field_positions")
    )
    try:
        broken = con.execute(
            f"""
            with loaded as (
                select _filing_id, count(*) as row_count
                from (
                    select distinct _filing_id, _source_sheet, _source_row
                    from ({rows})
                    where _filing_id in (select filing_id from new_filings)
                )
                group by _filing_id
            ),

            aside as (
                select _filing_id, count(*) as row_count
                from raw.set_aside_rows
                where _filing_id in (select filing_id from new_filings)
                group by _filing_id
            )

            select
                filing.filing_id,
                filing.source_row_count,
                coalesce(loaded.row_count, 0) + coalesce(aside.row_count, 0)
                + filing.title_row_count + filing.header_row_count + filing.total_row_count
                + filing.note_row_count + filing.blank_row_count as accounted,
                filing.received_at
            from ops.filing as filing
            left join loaded on filing.filing_id = loaded._filing_id
            left join aside on filing.filing_id = aside._filing_id
            where
                filing.filing_id in (select filing_id from new_filings)
                and (
                    accounted != filing.source_row_count
                    or coalesce(loaded.row_count, 0) != filing.loaded_row_count
                    or coalesce(aside.row_count, 0) != filing.set_aside_row_count
                )
            """
        ).fetchall()
    finally:
        con.unregister("new_filings")
    by_id = {filing["filing_id"]: filing for filing in parsed.filings}
    for filing_id, expected, accounted, received_at in broken:
        LOGGER.error("rows do not add up in %s: %s of %s", filing_id, accounted, expected)
        filing = by_id[filing_id]
        con.execute(
            "update ops.filing set state = 'rejected', state_reason = 'ROW-001'"
            " where filing_id = ?",
            [filing_id],
        ).fetchall()
        finding = Finding(
            "ROW-001",
            bureau_code=filing["bureau_code"],
            document_kind=filing["document_kind"],
            fiscal_year=filing["fiscal_year"],
            round_no=filing["round_no"],
            filing_id=filing_id,
            file_sha256=filing["file_sha256"],
            source_file=filing["source_file"],
            value_found=str(accounted),
            value_expected=str(expected),
            difference=str(expected - accounted),
        )
        add_findings(con, [finding], "ingest", received_at.date())


def load_pending(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    workers: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, int]:
    """Parse and load every receipt of the landing that the warehouse does not have.

    On an empty warehouse this rebuilds raw as it was: receipts keep their batch, order and date.

    Args:
        con: connection to the warehouse.
        home: folder with `landing/`.
        workers: parsing processes.
        progress: called with files done, files in all, and the file.

    Returns:
        Rows loaded by raw table.

    Raises:
        DamagedLandingError: bytes of what is to be read are not what was received; nothing is
            loaded.
    """
    from ingest.landing import read_receipts
    from ingest.landing_damage import DamagedLandingError, damaged_receipts

    create_schema(con)
    done = known_receipts(con)
    pending = [receipt for receipt in read_receipts(home) if receipt.receipt_id not in done]
    if damaged := damaged_receipts(home, pending):
        raise DamagedLandingError(damaged)
    counts: dict[str, int] = {}
    for group in _groups(pending):
        parsed = parse_receipts(group, home, workers=workers, progress=progress)
        try:
            counts = _added(counts, load(con, parsed))
        finally:
            parsed.discard()
    return counts


def _groups(receipts: list) -> list[list]:
    """Whole batches up to a size, so that a rebuild of years stays within memory and disk."""
    groups: list[list] = []
    size, batch_no = 0, None
    for receipt in sorted(receipts, key=lambda r: (r.batch_no, r.sent_order)):
        if not groups or (size > REBUILD_BYTES and receipt.batch_no != batch_no):
            groups.append([])
            size = 0
        groups[-1].append(receipt)
        size += receipt.size_bytes
        batch_no = receipt.batch_no
    return groups


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
