"""Runs suites in Great Expectations: checks in, one result per check out.

A suite is counted in one scan of its table. The failing rows are not fetched here (Great
Expectations would scan once more for every check, and cuts its list): `evidence.py` does so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.data_context import EphemeralDataContext
from great_expectations.datasource.fluent import SQLDatasource

from expectations.adapter import opened
from expectations.cell_expectation import ExpectNoCellWhere
from expectations.checks import Check
from ingest.findings import Rule

logger = logging.getLogger(__name__)

COUNTS_ONLY = "BASIC"


class GateError(RuntimeError):
    """An expectation could not be evaluated: a fault of ours, never a verdict on a filing."""


@dataclass(frozen=True)
class SuiteOutcome:
    """What a suite found in its batch.

    Attributes:
        name: name of the suite, the raw table or mart it stands for.
        batch_sql: the rows that were judged.
        row_count: number of those rows.
        failing: the checks of every expectation that at least one row fails, with the number of
            rows that fail the expectation.
        expectation_count: number of expectations evaluated.
        result: the result as Great Expectations keeps it, for the data docs.
    """

    name: str
    batch_sql: str
    row_count: int
    failing: tuple[tuple[Check, int], ...]
    expectation_count: int
    result: ExpectationSuiteValidationResult


def by_rule(checks: Iterable[Check]) -> tuple[tuple[Check, ...], ...]:
    """Put the checks of one rule together, so that a suite asks a rule once over all its columns.

    What an expectation costs beside the scan is much, and a register has thirty columns; which
    column fails is found out afterwards, from the failing rows alone.

    Args:
        checks: checks of one table.

    Returns:
        Groups in order of first appearance.
    """
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.rule_id, []).append(check)
    return tuple(tuple(group) for group in groups.values())


def one_by_one(checks: Iterable[Check]) -> tuple[tuple[Check, ...], ...]:
    """Ask every check by itself.

    Args:
        checks: checks of one table.

    Returns:
        Groups of one.
    """
    return tuple((check,) for check in checks)


def gx_suite(
    name: str,
    groups: Iterable[tuple[Check, ...]],
    catalogue: Mapping[str, Rule],
    headings: Mapping[str, str],
) -> gx.ExpectationSuite:
    """Word groups of checks as a suite of Great Expectations.

    Args:
        name: name of the suite.
        groups: what is asked; checks of one group share a rule and an expectation.
        catalogue: rules by id, for severity and Chinese title.
        headings: Chinese name by column.

    Returns:
        The suite; every expectation names its rule in `meta`.
    """
    expectations = []
    for group in groups:
        rule = catalogue[group[0].rule_id]
        columns = "、".join(dict.fromkeys(headings.get(c.column, c.column) for c in group))
        expectations.append(
            ExpectNoCellWhere(
                column=group[0].column,
                fails_when=" or ".join(f"coalesce({c.fails_when}, false)" for c in group)
                if len(group) > 1
                else group[0].fails_when,
                severity={"error": "critical"}.get(rule.severity, rule.severity),
                description=f"{rule.rule_id} {rule.rule_zh}（{columns}）",
                meta={"rule_id": rule.rule_id},
            )
        )
    return gx.ExpectationSuite(name=name, expectations=expectations)


@dataclass(frozen=True)
class PreparedSuite:
    """A suite that the context knows, so that running it costs no more than its scan.

    Attributes:
        suite: the suite as Great Expectations sees it.
        groups: what it asks, one group per expectation.
        batch_sql: the rows it judges.
    """

    suite: gx.ExpectationSuite
    groups: tuple[tuple[Check, ...], ...]
    batch_sql: str


def run_suites(
    context: EphemeralDataContext, database: Path, suites: Iterable[PreparedSuite]
) -> list[SuiteOutcome]:
    """Run suites over batches of one database.

    Args:
        context: the context of `adapter.open_context`, the one the suites were prepared in.
        database: path of the DuckDB file, opened read-only for the time of the run.
        suites: what to run.

    Returns:
        One outcome per suite, in order.

    Raises:
        GateError: an expectation could not be evaluated.
    """
    with opened(context, "warehouse", database) as source:
        return [_run_suite(source, prepared) for prepared in suites]


def _run_suite(source: SQLDatasource, prepared: PreparedSuite) -> SuiteOutcome:
    suite = prepared.suite
    asset = source.add_query_asset(name=suite.name, query=prepared.batch_sql)
    batch = asset.add_batch_definition_whole_table("all rows").get_batch()
    result = batch.validate(suite, result_format=COUNTS_ONLY)
    by_question = {(group[0].rule_id, group[0].column): group for group in prepared.groups}
    failing = []
    row_count = 0
    for single in result.results:
        configuration = single.expectation_config
        if "unexpected_count" not in single.result:
            raise GateError(
                f"{suite.name}: {configuration.meta['rule_id']} on"
                f" {configuration.kwargs['column']} could not be evaluated:"
                f" {_reason(single.exception_info)}"
            )
        row_count = single.result["element_count"]
        if single.result["unexpected_count"]:
            group = by_question[configuration.meta["rule_id"], configuration.kwargs["column"]]
            failing += [(check, int(single.result["unexpected_count"])) for check in group]
    logger.info("%s: %d rows, %d checks fail", suite.name, row_count, len(failing))
    return SuiteOutcome(
        name=suite.name,
        batch_sql=prepared.batch_sql,
        row_count=row_count,
        failing=tuple(failing),
        expectation_count=len(result.results),
        result=result,
    )


def _reason(exception_info: Mapping[str, Any]) -> str:
    nested = [value for value in exception_info.values() if isinstance(value, Mapping)]
    messages = [info.get("exception_message") for info in nested or [exception_info]]
    return "; ".join(sorted({str(message).splitlines()[0] for message in messages}))
