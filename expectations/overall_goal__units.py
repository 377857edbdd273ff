"""Expectations on `raw.overall_goal__units`: one row per unit that filed an overall goal."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import ask, checks
from expectations.goal__projects import GOAL_IS_A_NUMBER, GOAL_MISSING_ON_FORM
from expectations.overall_rules import unit_checks

CHECKS = checks(
    unit_checks(
        "total_budget", "basic_budget", "project_budget", "fiscal_appropriation", "other_funds"
    ),
    ask(cell.AMOUNT_MISSING, "total_budget"),
    ask(cell.AMOUNT_TINY, "total_budget"),
    ask(GOAL_IS_A_NUMBER, "overall_goal"),
    ask(GOAL_MISSING_ON_FORM, "overall_goal"),
)
