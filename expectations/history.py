"""What each rule counted, night by night: the part of the gate's answer that is kept.

A result belongs to the night that received the filings it is about. One request usually judges the
filings of one night; a warehouse that is read anew judges those of all nights at once, and its
history is then the same as that of one that grew night by night.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from expectations.checks import Check
from expectations.evidence import NEW_FILINGS
from expectations.validation import SuiteOutcome

RESULT_SCHEMA = {
    "night_date": pl.Date,
    "suite_name": pl.String,
    "rule_id": pl.String,
    "row_count": pl.Int64,
    "failing_row_count": pl.Int64,
}


@dataclass(frozen=True)
class GateResult:
    """What one rule counted in one table for the filings of one night.

    Attributes:
        night_date: the night that received the filings.
        suite_name: the raw table asked.
        rule_id: the rule.
        row_count: rows asked.
        failing_row_count: rows that fail the rule in any column.
    """

    night_date: date | None
    suite_name: str
    rule_id: str
    row_count: int
    failing_row_count: int


def results_by_night(
    con: duckdb.DuckDBPyConnection,
    outcome: SuiteOutcome,
    groups: Iterable[tuple[Check, ...]],
) -> list[GateResult]:
    """Split the counts of a suite by the nights that received what it judged.

    Args:
        con: connection to the warehouse; reading is enough.
        outcome: of the suite.
        groups: what the suite asks, one group of checks per rule.

    Returns:
        One result per night and rule, rules that nothing fails included.
    """
    counted = {check.rule_id: count for check, count in outcome.failing}
    groups = tuple(groups)
    nights = con.execute(
        f"select distinct received_at::date from ops.filing where filing_id in ({NEW_FILINGS})"
    ).fetchall()
    if len(nights) == 1:
        # the usual night: what Great Expectations counted is the answer, no further scan
        return [
            GateResult(
                nights[0][0], outcome.name, group[0].rule_id, outcome.row_count,
                counted.get(group[0].rule_id, 0),
            )
            for group in groups
        ]
    failing = [group for group in groups if group[0].rule_id in counted]
    counts = "".join(f", count(*) filter (where {_any_fails(group)})" for group in failing)
    rows = con.execute(
        f"""
        select filed._night_date, count(*){counts}
        from ({outcome.batch_sql}) as batch
        inner join (
            select filing_id as _night_filing_id, received_at::date as _night_date from ops.filing
        ) as filed on batch._filing_id = filed._night_filing_id
        group by filed._night_date
        order by filed._night_date nulls first
        """
    ).fetchall()
    results = []
    for night_date, row_count, *hits in rows:
        by_rule = {group[0].rule_id: hit for group, hit in zip(failing, hits, strict=True)}
        results += [
            GateResult(
                night_date, outcome.name, group[0].rule_id, row_count,
                by_rule.get(group[0].rule_id, 0),
            )
            for group in groups
        ]
    return results


def _any_fails(group: tuple[Check, ...]) -> str:
    return " or ".join(f"coalesce({check.fails_when}, false)" for check in group)
