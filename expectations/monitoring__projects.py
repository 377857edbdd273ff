"""Expectations on `raw.monitoring__projects`: one row per project and monitoring round."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import CellRule, ask, checks

ROUND_UNREADABLE = CellRule(
    "MON-001",
    "not regexp_matches({cell}, '(1[0-2]|[1-9])\\s*月|第?[一二三四12345]\\s*(次|轮|季)|半年"
    "|全年|年度|^(1[0-2]|[1-9])$|^[一二]$')",
)

MONITORING_TYPE_UNKNOWN = CellRule(
    "MON-002", "not regexp_matches({cell}, '自行|重点|日常|绩效监控|^[12√是否/—-]$')"
)

_AMOUNTS = ("initial_budget", "annual_budget", "adjusted_budget", "executed")

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
    ask(cell.AMOUNT_MISSING, "executed"),
    ask(cell.AMOUNT_UNREADABLE, *_AMOUNTS, "expected_execution"),
    ask(cell.AMOUNT_NEGATIVE, *_AMOUNTS),
    ask(cell.AMOUNT_HUGE, *_AMOUNTS),
    ask(cell.AMOUNT_TINY, "initial_budget", "annual_budget", "adjusted_budget"),
    ask(cell.AMOUNT_OTHER_UNIT, *_AMOUNTS),
    ask(cell.RATE_UNREADABLE, "execution_rate"),
    ask(cell.PROJECT_RATE_OUT_OF_RANGE, "execution_rate"),
    ask(cell.YEAR_UNREADABLE, "fiscal_year"),
    ask(cell.STATUS_UNKNOWN, "review_status"),
    ask(cell.DELETED_UNKNOWN, "is_deleted"),
    ask(cell.TIME_UNREADABLE, "updated_at"),
    ask(ROUND_UNREADABLE, "round"),
    ask(MONITORING_TYPE_UNKNOWN, "monitoring_type"),
)
