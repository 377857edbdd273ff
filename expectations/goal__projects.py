"""Expectations on `raw.goal__projects`: one row per project that filed a goal."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import CellRule, ask, checks

GOAL_IS_A_NUMBER = CellRule(
    "GOAL-001", "length({cell}) <= 20 and regexp_full_match({cell}, '[0-9.,，]+\\s*(元|万元|%)?')"
)

GOAL_MISSING_ON_FORM = CellRule(
    "GOAL-002", "_layout = 'form' and ({cell} is null or {cell} in " + cell.NO_VALUE + ")"
)

CHECKS = checks(
    ask(cell.NAME_MISSING, "project_name"),
    ask(cell.CODE_MISSING, "project_code"),
    ask(cell.CODE_SCIENTIFIC, "project_code"),
    ask(cell.CODE_DECIMAL, "project_code"),
    ask(cell.CODE_ROUNDED, "project_code"),
    ask(cell.CODE_SHAPE, "project_code"),
    ask(cell.CODE_FULL_WIDTH, "project_code"),
    ask(cell.UNIT_MISSING, "unit_name"),
    ask(cell.NAME_TOO_LONG, "project_name"),
    ask(cell.NAME_CUT, "project_name"),
    ask(cell.MOJIBAKE, "project_name", "unit_name", "overall_goal"),
    ask(cell.FORMULA, "project_name", "unit_name", "overall_goal"),
    ask(cell.CELL_ERROR, "project_name", "unit_name", "overall_goal"),
    ask(cell.PROMPT_LEFT, "project_name", "overall_goal"),
    ask(cell.STAND_IN, "project_name", "unit_name", "department_name", "overall_goal"),
    ask(cell.SCAN_DAMAGE, "project_name", "overall_goal"),
    ask(cell.AMOUNT_MISSING, "budget"),
    ask(cell.AMOUNT_UNREADABLE, "budget", "fiscal_appropriation", "other_funds"),
    ask(cell.AMOUNT_NEGATIVE, "budget", "fiscal_appropriation", "other_funds"),
    ask(cell.AMOUNT_HUGE, "budget", "fiscal_appropriation", "other_funds"),
    ask(cell.AMOUNT_TINY, "budget"),
    ask(cell.AMOUNT_OTHER_UNIT, "budget", "fiscal_appropriation", "other_funds"),
    ask(cell.YEAR_UNREADABLE, "fiscal_year"),
    ask(cell.STATUS_UNKNOWN, "review_status"),
    ask(cell.DELETED_UNKNOWN, "is_deleted"),
    ask(cell.TIME_UNREADABLE, "updated_at"),
    ask(GOAL_IS_A_NUMBER, "overall_goal"),
    ask(GOAL_MISSING_ON_FORM, "overall_goal"),
)
