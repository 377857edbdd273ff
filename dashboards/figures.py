"""How a number is written on a page; the one place that decides it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

NONE = "—"
WAN = Decimal(10_000)
YI = Decimal(100_000_000)


def rounded(value: object, places: int) -> Decimal:
    """Round half away from zero, as SQL does.

    Args:
        value: a number.
        places: digits behind the point.

    Returns:
        The rounded number, never minus zero.
    """
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number if number else abs(number)


def decimal_text(value: object, places: int) -> str:
    """A number with thousands separators and fixed places; — for nothing."""
    return NONE if value is None else f"{rounded(value, places):,.{places}f}"


def with_unit(value: object, places: int, unit: str) -> str:
    """A number with fixed places and its unit; — without a unit for nothing."""
    if value is None:
        return NONE
    return f"{decimal_text(value, places)}{'' if unit == '%' else ' '}{unit}".strip()


def count(value: object) -> str:
    """A count: 1,234."""
    return decimal_text(value, 0)


def rate(value: object) -> str:
    """A fraction as a percentage: 0.9134 is 91.34%."""
    return NONE if value is None else f"{rounded(Decimal(str(value)) * 100, 2):,.2f}%"


def points(now: object, before: object) -> str:
    """The difference of two fractions, with its sign, in percentage points."""
    if now is None or before is None:
        return NONE
    move = Decimal(str(now)) - Decimal(str(before))
    return f"{rounded(move * 100, 2):+,.2f} 个百分点"


def signed(value: object, places: int, unit: str = "") -> str:
    """A difference with its sign and unit; of percentages, in percentage points."""
    if value is None:
        return NONE
    written = f"{rounded(value, places):+,.{places}f}" if rounded(value, places) else "0"
    return f"{written} {'个百分点' if unit == '%' else unit}".strip()


def growth(now: object, before: object) -> str:
    """A change as a share of what was before: +12.50%; '' where there was nothing."""
    if now is None or not before:
        return ""
    share = (Decimal(str(now)) - Decimal(str(before))) / abs(Decimal(str(before)))
    return f"{rounded(share * 100, 2):+,.2f}%"


def wan(value: object) -> str:
    """Yuan as 万元 without the unit, for a column whose heading carries it."""
    return NONE if value is None else decimal_text(Decimal(str(value)) / WAN, 2)


def money(value: object) -> str:
    """Yuan with its unit: 亿元 from a hundred million on, else 万元."""
    if value is None:
        return NONE
    number = Decimal(str(value))
    if abs(number) >= YI:
        return f"{decimal_text(number / YI, 2)} 亿元"
    return f"{wan(number)} 万元"


def score(value: object) -> str:
    """Points of a score: 92.35."""
    return decimal_text(value, 2)


def day(value: object) -> str:
    """A date as 2021-03-01."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else (str(value) if value else NONE)


def yes(value: object) -> str:
    """A flag as 是 or 否."""
    return NONE if value is None else ("是" if value else "否")


def text(value: object) -> str:
    """Text as it is; — for nothing."""
    return NONE if value is None or value == "" else str(value)


WRITERS = {
    "text": text, "count": count, "rate": rate, "wan": wan, "score": score, "date": day,
    "yes": yes, "number": score, "money": money, "figure": text,
    "points": lambda pair: points(*pair), "growth": lambda pair: growth(*pair) or NONE,
    "signed": lambda parts: signed(*parts),
}
NUMERIC_KINDS = {"count", "rate", "wan", "score", "number"}
COMPOSED_KINDS = {"points", "growth", "signed"}
"""Written from two figures, or from a difference, its places and its unit."""


def percent(value: object) -> float | None:
    """A fraction as the percentage a chart draws."""
    return None if value is None else float(rounded(Decimal(str(value)) * 100, 2))
