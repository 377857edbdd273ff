"""Expectations on `raw.project_register__projects`: the denominator, one row per project."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import CellRule, any_of, ask, checks
from expectations.vocabulary import FUND_TYPES, PROJECT_CATEGORIES

FUND_TYPE_MISSING = CellRule("REG-001", "{cell} is null")

# A code, a name, or code-name (111-一般公共预算资金).
FUND_TYPE_UNKNOWN = CellRule(
    "REG-002",
    "trim({cell}) not in " + any_of(*FUND_TYPES) + " and regexp_replace(trim({cell}),"
    " '^[0-9]+\\s*[-—－_ ]\\s*', '') not in " + any_of(*FUND_TYPES),
)

CATEGORY_UNKNOWN = CellRule(
    "REG-003",
    "trim({cell}) not in " + any_of(*PROJECT_CATEGORIES) + " and regexp_replace(trim({cell}),"
    " '^[0-9]+\\s*[-—－_ .]\\s*', '') not in "
    + any_of(*PROJECT_CATEGORIES)
    + " and not regexp_full_match(trim({cell}), '3[1-9]')",
)

# A project arranged during the year has no initial budget, but then an adjusted one.
BUDGET_MISSING = CellRule(
    "REG-004",
    "({cell} is null or {cell} in " + cell.NO_VALUE + ") and adjusted_budget is null",
)

ATTRIBUTE_UNKNOWN = CellRule(
    "REG-005",
    "not regexp_matches({cell}, '新增|延续|经常|一次性|阶段性|常年|跨年"
    "|^(是|否|有|无|[0-9YyNn√/]|-|—)$')",
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
    ask(cell.MOJIBAKE, "project_name", "unit_name"),
    ask(cell.FORMULA, "project_name"),
    ask(cell.CELL_ERROR, "project_name"),
    ask(cell.STAND_IN, "project_name", "unit_name"),
    ask(cell.SCAN_DAMAGE, "project_name"),
    ask(cell.AMOUNT_UNREADABLE, "initial_budget", "adjusted_budget"),
    ask(cell.AMOUNT_NEGATIVE, "initial_budget", "adjusted_budget"),
    ask(cell.AMOUNT_HUGE, "initial_budget", "adjusted_budget"),
    ask(cell.AMOUNT_TINY, "initial_budget"),
    ask(cell.AMOUNT_OTHER_UNIT, "initial_budget", "adjusted_budget"),
    ask(cell.YEAR_UNREADABLE, "fiscal_year"),
    ask(cell.DELETED_UNKNOWN, "is_deleted"),
    ask(cell.TIME_UNREADABLE, "updated_at"),
    ask(
        cell.YES_NO_UNKNOWN,
        "is_direct_fund",
        "is_poverty_relief",
        "is_transfer",
        "is_confidential",
    ),
    ask(FUND_TYPE_MISSING, "fund_type"),
    ask(FUND_TYPE_UNKNOWN, "fund_type"),
    ask(CATEGORY_UNKNOWN, "project_category"),
    ask(BUDGET_MISSING, "initial_budget"),
    ask(ATTRIBUTE_UNKNOWN, "project_attribute"),
)
