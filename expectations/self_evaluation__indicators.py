"""Expectations on `raw.self_evaluation__indicators`: one row per self-evaluated indicator line."""

from __future__ import annotations

from expectations.checks import ask, checks
from expectations.indicator_rules import (
    ACTUAL_MISSING,
    SCORE_OUT_OF_RANGE,
    SCORE_UNREADABLE,
    common_checks,
)

CHECKS = checks(
    common_checks("target_value", "actual_value"),
    ask(ACTUAL_MISSING, "actual_value"),
    ask(SCORE_UNREADABLE, "score"),
    ask(SCORE_OUT_OF_RANGE, "score"),
)
