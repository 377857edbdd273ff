"""The gate in a process of its own, started by `expectations/__main__.py`.

Great Expectations takes seconds to import and must not share a process with a writer of the same
DuckDB file. The night starts this worker before it reads its first file, so that the import is
over when the raw tables are loaded. One JSON object per line comes in on stdin and one goes out on
stdout; logs go to stderr. See `expectations.client.GateWorker` for the other side.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import duckdb

from expectations.checks import Check
from expectations.data_docs import build_data_docs
from expectations.evidence import FailingTable, batch_sql
from expectations.history import results_by_night
from expectations.judgement import judge_loaded, tables_with_new_rows
from expectations.marts import MART_SUITES
from expectations.suites import RAW_SUITES
from expectations.validation import (
    PreparedSuite,
    SuiteOutcome,
    by_rule,
    gx_suite,
    one_by_one,
    run_suites,
)
from expectations.vocabulary import default_headings
from ingest.findings import load_catalogue

logger = logging.getLogger(__name__)


class Gate:
    """The two gates, with what they need kept between requests."""

    def __init__(self) -> None:
        """Import and open Great Expectations: the slow part, done before anything is asked."""
        from expectations.adapter import open_context

        self.context = open_context()
        self.catalogue = load_catalogue()
        self.headings = default_headings()
        self.raw_suites = {
            table: self._prepare(
                table, by_rule(checks), batch_sql(table), self._headings_of(table)
            )
            for table, checks in RAW_SUITES.items()
        }
        self.mart_suites = [
            self._prepare(name, one_by_one(checks), sql, {})
            for name, (sql, checks) in MART_SUITES.items()
        ]
        self.outcomes: list[SuiteOutcome] = []

    def gate_raw(self, database: str, out: str) -> dict[str, Any]:
        """Judge every filing that is loaded and not yet judged.

        Args:
            database: path of the warehouse; opened read-only, released afterwards.
            out: folder that receives `findings.parquet`, `verdicts.parquet` and
                `results.parquet`.

        Returns:
            Counts for the journal; the rules that rows fail and the filings rejected, for the
            manifest.
        """
        with duckdb.connect(database, read_only=True) as con:
            tables = tables_with_new_rows(con)
        outcomes = run_suites(
            self.context, Path(database), [self.raw_suites[table] for table in tables]
        )
        failing = [
            FailingTable(outcome.name, tuple(check for check, _ in outcome.failing))
            for outcome in outcomes
        ]
        with duckdb.connect(database, read_only=True) as con:
            judgement = judge_loaded(con, failing, self.catalogue, self.headings)
            results = tuple(
                result
                for outcome in outcomes
                for result in results_by_night(
                    con, outcome, self.raw_suites[outcome.name].groups
                )
            )
        replace(judgement, results=results).write(Path(out))
        self.outcomes = outcomes
        return {
            "filings": len(judgement.verdicts),
            "rejected": sum(verdict.state == "rejected" for verdict in judgement.verdicts),
            "rows": sum(outcome.row_count for outcome in outcomes),
            "findings": judgement.findings.height,
            "expectations": sum(outcome.expectation_count for outcome in outcomes),
            "failing": _failing(outcomes),
            "rejected_filings": {
                verdict.filing_id: verdict.state_reason
                for verdict in judgement.verdicts
                if verdict.state == "rejected"
            },
        }

    def gate_marts(self, database: str, out: str) -> dict[str, Any]:
        """Ask the candidate's marts what an officer would see at a glance.

        Args:
            database: path of the candidate; opened read-only, released afterwards.
            out: folder that receives `marts.json`, the failed expectations.

        Returns:
            `success`, and one entry in `failed` per expectation that failed.
        """
        outcomes = run_suites(self.context, Path(database), self.mart_suites)
        failed = [
            {
                "rule_id": check.rule_id,
                "rule_zh": self.catalogue[check.rule_id].rule_zh,
                "severity": self.catalogue[check.rule_id].severity,
                "effect": self.catalogue[check.rule_id].effect,
                "table": outcome.name,
                "column": check.column,
                "failing_rows": count,
            }
            for outcome in outcomes
            for check, count in outcome.failing
        ]
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "marts.json").write_text(
            json.dumps(failed, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        self.outcomes = [*self.outcomes, *outcomes]
        return {
            "success": not any(entry["effect"] == "block_release" for entry in failed),
            "failed": failed,
            "expectations": sum(outcome.expectation_count for outcome in outcomes),
        }

    def data_docs(self, out: str, title: str = "") -> dict[str, Any]:
        """Build the data docs of what was judged since the worker started.

        Args:
            out: folder of the site; created.
            title: what the site is called, such as the date of the night.

        Returns:
            The address of the first page.
        """
        return {"index": str(build_data_docs(self.outcomes, Path(out), title))}

    def _prepare(
        self,
        name: str,
        groups: tuple[tuple[Check, ...], ...],
        sql: str,
        headings: Mapping[str, str],
    ) -> PreparedSuite:
        suite = self.context.suites.add(gx_suite(name, groups, self.catalogue, headings))
        return PreparedSuite(suite, groups, sql)

    def _headings_of(self, table: str) -> dict[str, str]:
        return {field: heading for (of, field), heading in self.headings.items() if of == table}


def _failing(outcomes: list[SuiteOutcome]) -> list[dict[str, Any]]:
    counts = {
        (outcome.name, check.rule_id): (outcome.row_count, count)
        for outcome in outcomes
        for check, count in outcome.failing
    }
    return [
        {"suite": suite, "rule_id": rule_id, "rows": rows, "failing_rows": failing}
        for (suite, rule_id), (rows, failing) in sorted(counts.items())
    ]


def serve(source: TextIO, sink: TextIO, open_gate: Callable[[], Gate] = Gate) -> None:
    """Answer requests until `stop` or the end of the input.

    Args:
        source: one JSON request per line: `do` and the arguments of the method so named.
        sink: one JSON reply per request, `ok` first; a first line says that the gate is ready.
        open_gate: makes the gate.
    """

    def reply(**content: Any) -> None:
        sink.write(json.dumps(content, ensure_ascii=False) + "\n")
        sink.flush()

    start = time.perf_counter()
    gate = open_gate()
    reply(ok=True, ready=True, seconds=round(time.perf_counter() - start, 3))
    methods = {
        "gate_raw": gate.gate_raw,
        "gate_marts": gate.gate_marts,
        "data_docs": gate.data_docs,
    }
    for line in source:
        start = time.perf_counter()
        try:
            request = json.loads(line)
            what = request.pop("do")
            if what == "stop":
                reply(ok=True)
                return
            answer = methods[what](**request)
            reply(ok=True, **answer, seconds=round(time.perf_counter() - start, 3))
        except Exception as error:
            logger.exception("the gate could not answer")
            reply(ok=False, error=f"{type(error).__name__}: {error}")


def main() -> None:
    """Keep stdout for replies (libraries that print go to stderr) and serve."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    serve(sys.stdin, replies)
