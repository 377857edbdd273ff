"""From failed checks to findings and verdicts, whoever evaluated the checks.

The night's worker asks Great Expectations which checks fail. A check before sending has no time to
import it and asks every check: the predicates are the same, and so are findings and verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import polars as pl

from expectations.evidence import NEW_FILINGS, FailingTable, gather, has_new_rows
from expectations.gate import FilingToJudge, RuleHits, Verdict, judge
from expectations.history import RESULT_SCHEMA, GateResult
from expectations.suites import RAW_SUITES
from expectations.waivers import load_waivers, waived_rules
from ingest.findings import Rule, not_in_force

VERDICT_SCHEMA = {
    "filing_id": pl.String,
    "state": pl.String,
    "state_reason": pl.String,
    "error_count": pl.Int64,
    "warning_count": pl.Int64,
}


@dataclass(frozen=True)
class Judgement:
    """What the gate says of the filings that are loaded and not yet judged.

    Attributes:
        findings: rows of `evidence.FINDING_COLUMNS`.
        verdicts: one per filing.
        results: what each rule counted; empty where nobody keeps the history.
    """

    findings: pl.DataFrame
    verdicts: list[Verdict]
    results: tuple[GateResult, ...] = ()

    def write(self, folder: Path) -> None:
        """Leave it for `record.apply_verdicts`.

        Args:
            folder: receives `findings.parquet`, `verdicts.parquet` and `results.parquet`;
                created.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.findings.write_parquet(folder / "findings.parquet")
        pl.DataFrame(
            [asdict(verdict) for verdict in self.verdicts], schema=VERDICT_SCHEMA
        ).write_parquet(folder / "verdicts.parquet")
        pl.DataFrame(
            [asdict(result) for result in self.results], schema=RESULT_SCHEMA
        ).write_parquet(folder / "results.parquet")


def tables_with_new_rows(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Name the raw tables with a suite that hold rows not yet judged.

    Args:
        con: connection to the warehouse.

    Returns:
        Names below `raw`, in the order of the suites.
    """
    return [table for table in RAW_SUITES if has_new_rows(con, table)]


def every_check(con: duckdb.DuckDBPyConnection) -> list[FailingTable]:
    """Take every check as one that may fail, for a judgement without Great Expectations.

    Args:
        con: connection to the warehouse.

    Returns:
        Tables with new rows, each with its whole suite.
    """
    return [FailingTable(table, RAW_SUITES[table]) for table in tables_with_new_rows(con)]


def judge_loaded(
    con: duckdb.DuckDBPyConnection,
    failing: Iterable[FailingTable],
    catalogue: Mapping[str, Rule],
    headings: Mapping[tuple[str, str], str],
) -> Judgement:
    """Judge every filing that is loaded and not yet judged.

    Args:
        con: connection to the warehouse; reading is enough, temporary tables are used.
        failing: tables with the checks that fail, or that may.
        catalogue: rules by id.
        headings: by raw table and field, what a column is called where a filing lacks it.

    Returns:
        Findings and verdicts.
    """
    rule_names = {rule.rule_id: rule.rule_zh for rule in catalogue.values()}
    findings, hits = gather(con, failing, headings, rule_names)
    waivers = load_waivers()
    filings = [
        FilingToJudge(
            filing_id, layout,
            waived_rules(waivers, *slot, received_on) | not_in_force(catalogue, received_on),
        )
        for filing_id, layout, *slot, received_on in con.execute(
            "select filing_id, layout, bureau_code, document_kind, fiscal_year, round_no,"
            f" received_at::date from ops.filing where filing_id in ({NEW_FILINGS})"
            " order by filing_id"
        ).fetchall()
    ]
    ingest_hits = [
        RuleHits(*row)
        for row in con.execute(
            "select filing_id, rule_id, count(*) from ops.finding"
            f" where filing_id in ({NEW_FILINGS}) group by all"
        ).fetchall()
        if row[1] in catalogue
    ]
    return Judgement(findings, judge(filings, [*ingest_hits, *hits], catalogue))
