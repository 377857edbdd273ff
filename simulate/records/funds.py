"""The catalogue of special funds and which of them are key-monitored in a year."""

from __future__ import annotations

from dataclasses import dataclass

from simulate.records.figures import words
from simulate.records.scene import Record, Register, Scene, Unit, place_of, skewed, split_money


@dataclass(frozen=True)
class Fund:
    """One special fund (专项资金)."""

    code: str
    name: str
    unit: Unit
    fen: int


def special_funds(scene: Scene) -> list[Fund]:
    """The funds of the root, the same in every year of a statement.

    Args:
        scene: the work year.

    Returns:
        As many as the catalogue has.
    """
    count = scene.figures.count("fund.count")
    units = [unit for unit in scene.units[scene.root.code] if not unit.is_confidential]
    rng = scene.rng("special_fund")
    amounts = split_money(scene.figures.fen("fund.amount"), skewed(rng, count), 10_000)
    place = place_of(scene.root, is_root=True)
    return [
        Fund(
            code=f"ZJ{scene.root.code}{number + 1:03d}",
            name=f"{place}{topic}专项资金",
            unit=units[number * 7 % len(units)],
            fen=amounts[number],
        )
        for number, topic in enumerate(words("special_fund")[:count])
    ]


def fund_registers(scene: Scene) -> list[Register]:
    """The catalogue of special funds; empty where the year has none.

    Key monitoring goes through the funds in turn, from the first year of the cycle.

    Args:
        scene: the work year.
    """
    figures = scene.figures
    if "fund.count" not in figures:
        return []
    first = figures.count("fund.key_monitored_before")
    last = first + figures.count("fund.key_monitored_count")
    rows: list[Record] = [
        {
            "fund_code": fund.code,
            "fund_name": fund.name,
            "unit_code": fund.unit.code,
            "unit_name": fund.unit.name,
            "department_name": fund.unit.department,
            "fund_type": "政府性基金预算" if number % 12 == 11 else "一般公共预算",
            "amount": fund.fen,
            "is_transfer": number % 4 == 3,
            "is_key_monitored": first <= number < last,
        }
        for number, fund in enumerate(special_funds(scene))
    ]
    return [Register("special_fund", scene.work_year, scene.root, "专项资金目录", rows)]
