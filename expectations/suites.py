"""Which suite stands for which table, and the suites as Great Expectations sees them."""

from __future__ import annotations

from expectations import (
    fund_lines,
    goal__indicators,
    goal__projects,
    monitoring__indicators,
    monitoring__projects,
    overall_goal__units,
    overall_monitoring__units,
    overall_self_evaluation__units,
    project_register__projects,
    records,
    self_evaluation__indicators,
    self_evaluation__projects,
)
from expectations.checks import Check

RAW_SUITES: dict[str, tuple[Check, ...]] = {
    "project_register__projects": project_register__projects.CHECKS,
    "goal__projects": goal__projects.CHECKS,
    "goal__indicators": goal__indicators.CHECKS,
    "monitoring__projects": monitoring__projects.CHECKS,
    "monitoring__indicators": monitoring__indicators.CHECKS,
    "monitoring__funds": fund_lines.CHECKS,
    "self_evaluation__projects": self_evaluation__projects.CHECKS,
    "self_evaluation__indicators": self_evaluation__indicators.CHECKS,
    "self_evaluation__funds": fund_lines.CHECKS,
    **records.suites(),
    # the whole expenditure of a unit; its indicator lines are asked what those of projects are
    "overall_goal__units": overall_goal__units.CHECKS,
    "overall_goal__indicators": goal__indicators.CHECKS,
    "overall_monitoring__units": overall_monitoring__units.CHECKS,
    "overall_monitoring__indicators": monitoring__indicators.CHECKS,
    "overall_self_evaluation__units": overall_self_evaluation__units.CHECKS,
    "overall_self_evaluation__indicators": self_evaluation__indicators.CHECKS,
}
"""Checks by raw table, in the order in which a project, then a unit, lives through them."""
