"""How people write an indicator's value: operators, numbers, units, in one column or several."""

from __future__ import annotations

import random
from dataclasses import dataclass

FORWARD_SIGNS = ("≥", ">=", "≧", "≥", "＞=", "大于等于", "不少于", "不低于")
REVERSE_SIGNS = ("≤", "<=", "≦", "≤", "＜=", "小于等于", "不超过", "不高于")
EQUAL_SIGNS = ("=", "＝", "﹦", "═", "等于")
FULL_WIDTH_DIGITS = str.maketrans("0123456789.%", "０１２３４５６７８９．％")


@dataclass(frozen=True)
class ValueStyle:
    """A bureau's way of writing indicator values in one year.

    Attributes:
        place: where operator and unit stand: inside (the value), column (of their own) or name
            (「（≥**%）」 in the level-3 name, the value a bare number with its unit).
        sign: which spelling of the signs, an index.
        omits_plain_sign: forward targets may come without any sign.
        thousands: numbers from 1,000 on carry separators.
        full_width: some numbers come in full-width digits.
        actual_with_unit: actual values repeat the unit.
    """

    place: str
    sign: int
    omits_plain_sign: bool
    thousands: bool
    full_width: bool
    actual_with_unit: bool

    def sign_of(self, operator: str) -> str:
        """The sign as this bureau writes it.

        Args:
            operator: >=, > , =, <= or <.

        Returns:
            Its spelling; > and < only as themselves.
        """
        if operator == ">=":
            return FORWARD_SIGNS[self.sign % len(FORWARD_SIGNS)]
        if operator == "<=":
            return REVERSE_SIGNS[self.sign % len(REVERSE_SIGNS)]
        if operator == "=":
            return EQUAL_SIGNS[self.sign % len(EQUAL_SIGNS)]
        return operator


def choose_style(rng: random.Random, allowed_places: tuple[str, ...]) -> ValueStyle:
    """Draw a style.

    Args:
        rng: the bureau's generator.
        allowed_places: places that the bureau's layouts can express.

    Returns:
        The style.
    """
    return ValueStyle(
        place=rng.choice(allowed_places),
        sign=rng.randrange(40),
        omits_plain_sign=rng.random() < 0.25,
        thousands=rng.random() < 0.25,
        full_width=rng.random() < 0.12,
        actual_with_unit=rng.random() < 0.75,
    )


def number_text(scaled: int, places: int, thousands: bool = False) -> str:
    """A number as text.

    Args:
        scaled: the number times 10 ** places.
        places: decimals kept.
        thousands: put separators between thousands.

    Returns:
        The shortest text of exactly this number.
    """
    if places == 0:
        return f"{scaled:,}" if thousands else str(scaled)
    sign, scaled = ("-", -scaled) if scaled < 0 else ("", scaled)
    whole, part = divmod(scaled, 10**places)
    decimals = f"{part:0{places}d}".rstrip("0")
    whole_text = f"{whole:,}" if thousands else str(whole)
    return f"{sign}{whole_text}.{decimals}" if decimals else sign + whole_text


def money_text(fen: int, unit: str, thousands: bool = False) -> str:
    """An amount in a unit, exact to the fen.

    Args:
        fen: the amount.
        unit: 元, 万元 or 亿元.
        thousands: put separators between thousands.

    Returns:
        The shortest decimal text, with two decimals when it has separators.
    """
    places = {"元": 2, "万元": 6, "亿元": 10}[unit]
    text = number_text(fen, places, thousands)
    if thousands:
        whole, _, decimals = text.partition(".")
        return f"{whole}.{decimals.ljust(2, '0')}"
    return text


def target_cells(
    style: ValueStyle, name: str, operator: str, number: str, unit: str, mark: int
) -> tuple[str, str, str, str]:
    """The four cells of a quantitative target.

    Args:
        style: the bureau's style.
        name: level-3 name.
        operator: >=, >, =, <= or <.
        number: the number as text.
        unit: its unit, may be empty.
        mark: a whole number that varies the wording from line to line.

    Returns:
        Name, operator, value and unit cells; operator and unit are empty unless they stand in
        columns of their own.
    """
    if style.full_width and mark % 7 == 0:
        number = number.translate(FULL_WIDTH_DIGITS)
    if style.place == "column":
        return name, style.sign_of(operator), number, unit
    if style.place == "name" and operator in (">=", "<="):
        sign = "≥" if operator == ">=" else "≤"
        return f"{name}（{sign}**{unit}）", "", f"{number}{unit}", ""
    if operator == ">=":
        if mark % 11 == 0 and unit == "%":
            return name, "", f"{number}%以上", ""
        if style.omits_plain_sign and mark % 3 == 0:
            return name, "", f"{number}{unit}", ""
        if mark % 37 == 0 and unit == "%":
            return name, "", f"≥{number}百分比", ""
    elif operator == "<=" and mark % 9 == 0:
        return name, "", f"{number}{unit}以内", ""
    elif operator == "=" and mark % 4 == 0:
        return name, "", f"{number}{unit}", ""
    return name, "", f"{style.sign_of(operator)}{number}{unit}", ""
