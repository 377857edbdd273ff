"""Writes the verdicts of the gate into the ledger."""

from __future__ import annotations

from pathlib import Path

import duckdb

from expectations.evidence import FINDING_COLUMNS


def apply_verdicts(con: duckdb.DuckDBPyConnection, out: Path) -> int:
    """Set the state of judged filings, add the gate's findings and results, in one transaction.

    Rows of rejected filings stay in raw; staging leaves them out. Only filings still in state
    `loaded` are touched, so repeating it is harmless. Findings are dated by the night that received
    the filing: a warehouse rebuilt later holds the same as one that grew night by night.

    Args:
        con: writing connection to the warehouse, not inside a transaction.
        out: the folder `gate_raw` wrote to.

    Returns:
        Number of filings whose state was set.
    """
    verdicts = str(out / "verdicts.parquet")
    findings = str(out / "findings.parquet")
    columns = ", ".join(FINDING_COLUMNS)
    con.execute("begin transaction")
    try:
        con.execute(
            "create or replace temp table verdict as select verdicts.*, ops.filing.received_at"
            " from read_parquet($path) as verdicts inner join ops.filing"
            " on verdicts.filing_id = ops.filing.filing_id and ops.filing.state = 'loaded'",
            {"path": verdicts},
        )
        con.execute(
            f"insert into ops.finding ({columns}, source, found_at)"
            f" select {columns}, 'gate', received_at"
            " from read_parquet($path) as found inner join"
            " (select filing_id, received_at from verdict) using (filing_id)",
            {"path": findings},
        )
        con.execute(
            """
            update ops.filing
            set
                state = verdict.state,
                state_reason = verdict.state_reason,
                error_count = verdict.error_count,
                warning_count = verdict.warning_count
            from verdict
            where ops.filing.filing_id = verdict.filing_id
            """
        )
        con.execute(
            "insert into ops.gate_result by name select * from read_parquet($path)"
            " where exists (select 1 from verdict)",
            {"path": str(out / "results.parquet")},
        )
        count = con.execute("select count(*) from verdict").fetchall()[0][0]
        con.execute("drop table verdict")
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return count
