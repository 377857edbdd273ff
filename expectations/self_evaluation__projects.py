"""Expectations on `raw.self_evaluation__projects`: one row per self-evaluated project."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import CellRule, any_of, ask, checks
from expectations.vocabulary import GRADES

# 99.55, 99.55分, 96 优, 96（优秀）
_HALF_WIDTH = "translate({cell}, '０１２３４５６７８９．', '0123456789.')"
_PLAIN_SCORE = f"regexp_extract({_HALF_WIDTH}, '^\\s*([0-9]+(\\.[0-9]+)?)', 1)"
_SCORE_SHAPE = (
    "'\\s*-?[0-9]+(\\.[0-9]*)?\\s*分?\\s*[(（/、，,]?\\s*(" + "|".join(GRADES) + ")?\\s*[)）]?\\s*'"
)

# Forms of transfer funds carry no scores at all: a form owes one only where it has a 总分 line.
SCORE_MISSING = CellRule(
    "SELF-001",
    "({cell} is null or {cell} in "
    + cell.NO_VALUE
    + ") and (_layout = 'list' or weight_total is not null)",
)

SCORE_UNREADABLE = CellRule(
    "SELF-002",
    "try_cast({cell} as double) is null and {cell} not in "
    + cell.NO_VALUE
    + f" and not regexp_full_match({_HALF_WIDTH}, {_SCORE_SHAPE})",
)

SCORE_OUT_OF_RANGE = CellRule(
    "SELF-003",
    f"coalesce(try_cast({{cell}} as double), try_cast({_PLAIN_SCORE} as double))"
    " not between 0 and 100",
)

GRADE_UNKNOWN = CellRule(
    "SELF-004",
    "trim({cell}) not in "
    + any_of(*GRADES)
    + " and {cell} not in "
    + cell.NO_VALUE
    + " and not regexp_matches({cell}, '^\\s*(评价)?(等级|结论|为)?[:：]?[「“\"]?("
    + "|".join(GRADES)
    + ")')",
)

WEIGHT_TOTAL_NOT_100 = CellRule(
    "SELF-005", "try_cast(replace({cell}, '分', '') as double) not between 99.9 and 100.1"
)

ACTUAL_GOAL_MISSING_ON_FORM = CellRule(
    "SELF-006", "_layout = 'form' and ({cell} is null or {cell} in " + cell.NO_VALUE + ")"
)

# A form that gives execution its points says how many were reached.
EXECUTION_SCORE_MISSING = CellRule(
    "SELF-007",
    "_layout = 'form' and {cell} is null and try_cast(execution_weight as double) > 0"
    " and total_score is not null",
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
    ask(cell.MOJIBAKE, "project_name", "unit_name", "overall_goal", "actual_goal"),
    ask(cell.FORMULA, "project_name", "unit_name", "overall_goal", "actual_goal"),
    ask(cell.CELL_ERROR, "project_name", "unit_name", "overall_goal", "actual_goal"),
    ask(cell.PROMPT_LEFT, "project_name", "overall_goal", "actual_goal"),
    ask(cell.STAND_IN, "project_name", "unit_name", "department_name"),
    ask(cell.STAND_IN, "overall_goal", "actual_goal"),
    ask(cell.SCAN_DAMAGE, "project_name", "overall_goal", "actual_goal"),
    ask(cell.AMOUNT_MISSING, "executed"),
    ask(cell.AMOUNT_UNREADABLE, *_AMOUNTS),
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
    ask(cell.YES_NO_UNKNOWN, "is_disclosed"),
    ask(SCORE_MISSING, "total_score"),
    ask(SCORE_UNREADABLE, "total_score", "execution_score"),
    ask(SCORE_OUT_OF_RANGE, "total_score", "execution_score"),
    ask(EXECUTION_SCORE_MISSING, "execution_score"),
    ask(GRADE_UNKNOWN, "grade"),
    ask(WEIGHT_TOTAL_NOT_100, "weight_total"),
    ask(ACTUAL_GOAL_MISSING_ON_FORM, "actual_goal"),
)
