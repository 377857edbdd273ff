"""Expectations on `raw.monitoring__indicators`: one row per indicator line and round."""

from __future__ import annotations

from expectations.cell_rules import NO_VALUE
from expectations.checks import CellRule, any_of, ask, checks
from expectations.indicator_rules import ACTUAL_MISSING, common_checks
from expectations.vocabulary import LIKELIHOODS

LIKELIHOOD_UNKNOWN = CellRule(
    "MON-003",
    "trim({cell}) not in "
    + any_of(*LIKELIHOODS, "√", "100%", "已完成", "能完成", "可以完成")
    + " and {cell} not in "
    + NO_VALUE,
)

# Who says that a goal is out of reach says why: in any of the columns for reasons.
IMPOSSIBLE_WITHOUT_REASON = CellRule(
    "MON-004",
    "regexp_matches(coalesce(likelihood_impossible, {cell}, ''),"
    " '^(3|[√✓✔☑]|.*(完全不可能|完全不能).*)$')"
    " and (likelihood_impossible is not null or {cell} is not null)"
    " and coalesce(deviation_reason, reason_note, reason_funding, reason_system, reason_staff,"
    " reason_hardware, reason_other, '无') in " + NO_VALUE,
)

CHECKS = checks(
    common_checks("target_value", "actual_value"),
    ask(ACTUAL_MISSING, "actual_value"),
    ask(LIKELIHOOD_UNKNOWN, "likelihood"),
    ask(IMPOSSIBLE_WITHOUT_REASON, "likelihood"),
)
