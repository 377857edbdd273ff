"""Expectations on `raw.overall_monitoring__units`: one row per unit and monitoring round."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import ask, checks
from expectations.monitoring__projects import ROUND_UNREADABLE
from expectations.overall_rules import unit_checks

_BUDGETS = ("total_budget", "initial_budget", "annual_budget")

CHECKS = checks(
    unit_checks(*_BUDGETS, "basic_budget", "project_budget", "executed", "expected_execution"),
    ask(cell.AMOUNT_MISSING, "executed"),
    ask(cell.AMOUNT_TINY, *_BUDGETS),
    ask(cell.RATE_UNREADABLE, "execution_rate"),
    ask(cell.RATE_OUT_OF_RANGE, "execution_rate"),
    ask(ROUND_UNREADABLE, "round"),
)
