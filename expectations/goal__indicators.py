"""Expectations on `raw.goal__indicators`: one row per indicator line of a goal."""

from __future__ import annotations

from expectations.indicator_rules import common_checks

CHECKS = common_checks("target_value")
