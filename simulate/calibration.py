"""The published figures a simulated region is calibrated to, and their scaled-down form.

A statement is a csv of items, each with the fiscal year it belongs to. Items without a paragraph
of the statement (`statement_id`) are sizes that it does not publish.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from simulate.roster import jurisdictions, load_roster

STATEMENTS_DIR = Path(__file__).resolve().parent / "statements"
RECORDS_DIR = STATEMENTS_DIR / "records"
CALENDAR_PATH = (
    Path(__file__).resolve().parent.parent / "seeds" / "parameters" / "param_round_calendar.csv"
)

MONEY_STEP_FEN = 10_000
"""Budgets are multiples of 100 yuan, so that two decimals of 万元 print them exactly."""

FEN_PER_YI_YUAN = 10_000_000_000

SELF_EVALUATION_FIRST_TIER_SHARE = 4460 / 67280
"""Where a statement has one total: Xinjiang reviewed 4,460 forms of its own units (S0-16)."""

FIRST_TIER_GOAL_SHARE = 0.58
"""Where projects are added in the year: share of the first tier's in the budget from the start."""

MINIMUM_FIRST_TIER = 4
"""Projects that the first tier keeps at any scale."""


@dataclass(frozen=True)
class SpecialClass:
    """Projects of the first tier that a statement publishes apart, inside its goals.

    Attributes:
        name: class of the projects.
        count: how many.
        total_fen: what their budgets add up to.
    """

    name: str
    count: int
    total_fen: int


@dataclass(frozen=True)
class RegionFigures:
    """Totals that a simulated region must reach exactly in one year of work.

    Attributes:
        statement: name of the statement, such as xinjiang-2020.
        jurisdiction: whose statement it is.
        scale: share of the published populations, 1 for the statement itself.
        fiscal_year: 预算年度 of goals and monitoring, the year of work.
        self_evaluation_year: 预算年度 of the self-evaluations.
        months: month of each monitoring round.
        goal_project_count: projects that owe a goal.
        first_tier_goal_count: those of the first tier.
        goal_amount_fen: initial budgets of the projects that owe a goal; None if not calibrated,
            as all amounts below.
        first_tier_count: monitored projects of the first tier.
        lower_count: monitored projects of the tiers below.
        consecutive_count: first-tier projects warned in both rounds; None leaves it to chance.
        self_evaluation_count: self-evaluated projects of the year before.
        first_tier_self_evaluation_count: those of the first tier.
        social_insurance_count: social-insurance projects, inside the goals.
        social_insurance_fen: their initial budgets, in fen.
        state_capital_count: state-capital projects, inside the goals.
        state_capital_fen: their initial budgets, in fen.
        direct_count: direct-fund projects (直达资金).
        direct_fen: their adjusted budgets, in fen.
        first_tier_new_count: new projects (新增项目) of the first tier.
        lower_new_count: those of the tiers below.
        special_classes: first-tier projects published apart.
        plain_class: class of the other projects with goals.
        unit_count: units of the first tier; None leaves it to chance.
        new_unit_count: units that have the new projects; None leaves it to chance.
        low_score: self-evaluations below 80, all others of the first tier are not, and none is
            below 60; None leaves it to chance.
        monitoring_lower_bureau_count: bureaus below the first tier that monitor; None for all.
    """

    statement: str
    jurisdiction: str
    scale: float
    fiscal_year: int
    self_evaluation_year: int
    months: tuple[int, ...]
    goal_project_count: int
    first_tier_goal_count: int
    goal_amount_fen: int | None
    first_tier_count: int
    lower_count: int
    consecutive_count: int | None
    self_evaluation_count: int
    first_tier_self_evaluation_count: int
    social_insurance_count: int
    social_insurance_fen: int | None
    state_capital_count: int
    state_capital_fen: int | None
    direct_count: int
    direct_fen: int
    first_tier_new_count: int
    lower_new_count: int
    special_classes: tuple[SpecialClass, ...]
    plain_class: str
    unit_count: int | None
    new_unit_count: int | None
    low_score: SpecialClass | None
    monitoring_lower_bureau_count: int | None

    @property
    def monitored_count(self) -> int:
        """Projects of the year, all tiers."""
        return self.first_tier_count + self.lower_count


def statement_names() -> list[str]:
    """The statements there are, by name."""
    return sorted(path.stem.replace("_", "-") for path in STATEMENTS_DIR.glob("*.csv"))


def statement_path(statement: str) -> Path:
    """The data file of a statement.

    Args:
        statement: name as on the command line, such as xinjiang-2020.

    Returns:
        The path of its csv.

    Raises:
        ValueError: if there is no such statement; the message lists those there are.
    """
    if statement not in statement_names():
        known = ", ".join(statement_names())
        raise ValueError(f"unknown statement {statement!r}; known: {known}")
    return STATEMENTS_DIR / f"{statement.replace('-', '_')}.csv"


def work_years(statement: str) -> tuple[int, ...]:
    """The years of work that a statement reports on, ascending.

    Args:
        statement: name of the statement.

    Returns:
        The years; the goals and the monitoring of each are of the same fiscal year.

    Raises:
        ValueError: for an unknown statement.
    """
    goals = ("goal_project_count", "first_tier_goal_count")
    return tuple(sorted({year for item, year in _load_rows(statement) if item in goals}))


def round_months(
    jurisdiction: str, fiscal_year: int, path: Path = CALENDAR_PATH
) -> tuple[int, ...]:
    """The months of a jurisdiction's monitoring rounds.

    Args:
        jurisdiction: whose calendar.
        fiscal_year: 预算年度.
        path: the csv of dated rounds.

    Returns:
        Month of each round, in the order of the rounds.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rounds = sorted(
            (int(row["round_no"]), int(row["month_no"]))
            for row in csv.DictReader(handle)
            if row["jurisdiction"] == jurisdiction
            and int(row["fiscal_year_from"])
            <= fiscal_year
            <= int(row["fiscal_year_to"] or 9999)
        )
    return tuple(month for _, month in rounds)


def load_figures(
    statement: str, scale: float = 1.0, fiscal_year: int | None = None
) -> RegionFigures:
    """Read one year of a statement and scale its figures.

    Counts are rounded to whole projects, amounts to 100 yuan. Small scales keep at least one
    project per bureau and one of each special class, so their totals are a little above the
    plain proportion; the figures returned are what the files will hold.

    Args:
        statement: name of the statement.
        scale: share of the published populations, above 0 and at most 1.
        fiscal_year: year of work; None for the last one.

    Returns:
        The totals to reach.

    Raises:
        ValueError: for an unknown statement, a year it does not report on or a scale outside
            (0, 1].
    """
    if not 0 < scale <= 1:
        raise ValueError(f"scale must be above 0 and at most 1, not {scale}")
    years = work_years(statement)
    year = years[-1] if fiscal_year is None else fiscal_year
    if year not in years:
        raise ValueError(f"{statement} does not report on {year}")
    items = _Items(_load_rows(statement), Fraction(str(scale)), year)
    jurisdiction = jurisdictions()[statement]
    lower_bureaus = len(load_roster(year, jurisdiction)) - 1

    social, state = items.count("social_insurance_count"), items.count("state_capital_count")
    direct = items.count("direct_fund_count")
    special, plain_class = _special_classes(items)
    if items.has("goal_project_count"):
        goals = items.count("goal_project_count", lower_bureaus + 1 + social + state + direct)
        first_tier = items.count("first_tier_monitored_count", MINIMUM_FIRST_TIER)
        first_tier_goals = max(1, round(first_tier * FIRST_TIER_GOAL_SHARE))
        lower = items.count("lower_monitored_count", goals + direct)
    else:
        least = MINIMUM_FIRST_TIER + sum(part.count for part in special)
        first_tier = first_tier_goals = items.count(
            "first_tier_goal_count", least + (0 if lower_bureaus else social + state)
        )
        lower = items.count("lower_goal_count", lower_bureaus + social + state)
        goals = first_tier + lower
    if year > years[0]:  # the projects of one year of work are those self-evaluated in the next
        before = load_figures(statement, scale, year - 1)
        evaluated, evaluated_first_tier = before.monitored_count, before.first_tier_count
    else:
        evaluated, evaluated_first_tier = _self_evaluated(items, lower_bureaus)
    return RegionFigures(
        statement=statement,
        jurisdiction=jurisdiction,
        scale=scale,
        fiscal_year=year,
        self_evaluation_year=year - 1,
        months=round_months(jurisdiction, year),
        goal_project_count=goals,
        first_tier_goal_count=first_tier_goals,
        goal_amount_fen=items.fen("goal_amount"),
        first_tier_count=first_tier,
        lower_count=lower,
        consecutive_count=items.count("first_tier_consecutive_warning_count")
        if items.has("first_tier_consecutive_warning_count")
        else None,
        self_evaluation_count=evaluated,
        first_tier_self_evaluation_count=evaluated_first_tier,
        social_insurance_count=social,
        social_insurance_fen=items.fen("social_insurance_amount"),
        state_capital_count=state,
        state_capital_fen=items.fen("state_capital_amount"),
        direct_count=direct,
        direct_fen=items.fen("direct_fund_amount") or 0,
        first_tier_new_count=items.count(
            "new_count" if items.has("new_count") else "first_tier_new_count"
        ),
        lower_new_count=items.count("lower_new_count"),
        special_classes=special,
        plain_class=plain_class,
        unit_count=items.count("unit_count") or None,
        new_unit_count=items.whole("new_unit_count"),
        low_score=_low_score(items),
        monitoring_lower_bureau_count=items.whole("monitoring_lower_bureau_count"),
    )


class _Items:
    """The items of a statement that belong to one year of work, scaled."""

    def __init__(self, rows: dict[tuple[str, int], str], share: Fraction, year: int) -> None:
        self.share = share
        self.values = {
            item: value for (item, row_year), value in rows.items() if row_year == year
        } | {
            item: value
            for (item, row_year), value in rows.items()
            if row_year == year - 1 and item in BEFORE_ITEMS
        }

    def has(self, item: str) -> bool:
        """Whether the statement has the item."""
        return item in self.values

    def whole(self, item: str) -> int | None:
        """An unscaled count, None if there is none."""
        return int(self.values[item]) if item in self.values else None

    def count(self, item: str, at_least: int = 1) -> int:
        """A scaled count; 0 if the statement has no such item."""
        if item not in self.values:
            return 0
        return max(at_least, _round_half_up(Fraction(self.values[item]) * self.share))

    def fen(self, item: str) -> int | None:
        """A scaled amount in whole money steps; None if the statement has no such item."""
        if item not in self.values:
            return None
        published = Decimal(self.values[item]) * FEN_PER_YI_YUAN
        steps = Fraction(published) * self.share / MONEY_STEP_FEN
        return max(1, _round_half_up(steps)) * MONEY_STEP_FEN


BEFORE_ITEMS = frozenset(
    {
        "self_evaluation_count",
        "first_tier_self_evaluation_count",
        "lower_self_evaluation_count",
        "below_80_count",
        "below_80_amount",
    }
)
"""Items on the self-evaluations, which are of the year before."""


def _special_classes(items: _Items) -> tuple[tuple[SpecialClass, ...], str]:
    """The classes published apart, and the class of all other projects with goals."""
    special: list[SpecialClass] = []
    new_count, new_fen = 0, 0
    if items.has("new_amount"):
        new_count, new_fen = items.count("new_count"), items.fen("new_amount")
        special.append(SpecialClass("general_new", new_count, new_fen))
    if items.has("warned_amount"):
        special.append(
            SpecialClass("warned", items.count("warned_count"), items.fen("warned_amount"))
        )
    if items.has("general_amount"):
        count = items.count("general_count", new_count + 1) - new_count
        special.append(SpecialClass("general", count, items.fen("general_amount") - new_fen))
        return tuple(special), "other_funds"
    return tuple(special), "goal"


def _self_evaluated(items: _Items, lower_bureaus: int) -> tuple[int, int]:
    """Self-evaluated projects in all and of the first tier."""
    if items.has("self_evaluation_count"):
        total = items.count("self_evaluation_count", lower_bureaus + 1)
        first_tier = min(
            max(1, round(total * SELF_EVALUATION_FIRST_TIER_SHARE)), total - lower_bureaus
        )
        return total, first_tier
    first_tier = items.count("first_tier_self_evaluation_count", 2)
    return first_tier + items.count("lower_self_evaluation_count", lower_bureaus), first_tier


def _low_score(items: _Items) -> SpecialClass | None:
    """The self-evaluations below 80, where they are published."""
    if not items.has("below_80_count"):
        return None
    return SpecialClass("low_score", items.count("below_80_count"), items.fen("below_80_amount"))


def _load_rows(statement: str) -> dict[tuple[str, int], str]:
    """Values by item and fiscal year."""
    with statement_path(statement).open(encoding="utf-8", newline="") as handle:
        return {
            (row["item"], int(row["fiscal_year"])): row["value"] for row in csv.DictReader(handle)
        }


def _round_half_up(value: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return int(value + Fraction(1, 2))
