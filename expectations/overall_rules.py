"""The questions on units that goals, monitoring and self-evaluations of 整体支出 share."""

from __future__ import annotations

from expectations import cell_rules as cell
from expectations.checks import Check, ask, checks


def unit_checks(*amounts: str, texts: tuple[str, ...] = ("overall_goal",)) -> tuple[Check, ...]:
    """Ask what every row of a unit is asked.

    Args:
        amounts: columns of amounts.
        texts: columns of long texts.

    Returns:
        The checks.
    """
    return checks(
        ask(cell.UNIT_MISSING, "unit_name"),
        ask(cell.CODE_SCIENTIFIC, "unit_code"),
        ask(cell.CODE_DECIMAL, "unit_code"),
        ask(cell.MOJIBAKE, "unit_name", *texts),
        ask(cell.FORMULA, "unit_name"),
        ask(cell.CELL_ERROR, "unit_name"),
        ask(cell.PROMPT_LEFT, "unit_name", *texts),
        ask(cell.STAND_IN, "unit_name", *texts),
        ask(cell.SCAN_DAMAGE, *texts),
        ask(cell.AMOUNT_UNREADABLE, *amounts),
        ask(cell.AMOUNT_NEGATIVE, *amounts),
        ask(cell.AMOUNT_HUGE, *amounts),
        ask(cell.AMOUNT_OTHER_UNIT, *amounts),
        ask(cell.YEAR_UNREADABLE, "fiscal_year"),
        ask(cell.STATUS_UNKNOWN, "review_status"),
        ask(cell.DELETED_UNKNOWN, "is_deleted"),
        ask(cell.TIME_UNREADABLE, "updated_at"),
    )
