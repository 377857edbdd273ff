"""Expectations on `raw.overall_self_evaluation__units`: one row per self-evaluated unit."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import ask, checks
from expectations.overall_rules import unit_checks
from expectations.self_evaluation__projects import (
    ACTUAL_GOAL_MISSING_ON_FORM,
    GRADE_UNKNOWN,
    SCORE_MISSING,
    SCORE_OUT_OF_RANGE,
    SCORE_UNREADABLE,
    WEIGHT_TOTAL_NOT_100,
)

_BUDGETS = ("total_budget", "initial_budget", "annual_budget")

CHECKS = checks(
    unit_checks(
        *_BUDGETS,
        "basic_budget",
        "project_budget",
        "executed",
        texts=("overall_goal", "actual_goal"),
    ),
    ask(cell.AMOUNT_MISSING, "executed"),
    ask(cell.AMOUNT_TINY, *_BUDGETS),
    ask(cell.RATE_UNREADABLE, "execution_rate"),
    ask(cell.RATE_OUT_OF_RANGE, "execution_rate"),
    ask(cell.YES_NO_UNKNOWN, "is_disclosed"),
    ask(SCORE_MISSING, "total_score"),
    ask(SCORE_UNREADABLE, "total_score", "execution_score"),
    ask(SCORE_OUT_OF_RANGE, "total_score", "execution_score"),
    ask(GRADE_UNKNOWN, "grade"),
    ask(WEIGHT_TOTAL_NOT_100, "weight_total"),
    ask(ACTUAL_GOAL_MISSING_ON_FORM, "actual_goal"),
)
