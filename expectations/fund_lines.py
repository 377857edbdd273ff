"""Checks of the parts of a form's fund block: 财政拨款, 上年结转, 其他资金.

The line of the total speaks for the project and is asked there. Only what a part cannot be by
itself is asked here; whether parts make the total is QC-018.
"""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import CellRule, Check, ask, checks

_IS_PART = (
    "regexp_matches(label, '财政拨款|财政资金|结转|结余|其他资金|单位资金|自筹')"
    " and not regexp_matches(label, '总额|总计|合计')"
)


def _of_part(rule: CellRule) -> CellRule:
    return CellRule(rule.rule_id, f"{_IS_PART} and ({rule.fails_when})")


def part_checks(*fields: str) -> tuple[Check, ...]:
    """Say what is asked of the parts of a fund block.

    Args:
        fields: raw columns that hold amounts.

    Returns:
        The checks.
    """
    return checks(
        ask(_of_part(cell.AMOUNT_UNREADABLE), *fields),
        ask(_of_part(cell.AMOUNT_NEGATIVE), *fields),
        ask(_of_part(cell.AMOUNT_OTHER_UNIT), *fields),
    )


CHECKS = part_checks("initial_budget", "annual_budget", "executed")
