"""The published figures a simulated region is calibrated to, and their scaled-down form."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

STATEMENTS_DIR = Path(__file__).resolve().parent / "statements"

MONEY_STEP_FEN = 10_000
"""Budgets are multiples of 100 yuan, so that two decimals of 万元 print them exactly."""

FEN_PER_YI_YUAN = 10_000_000_000


@dataclass(frozen=True)
class RegionFigures:
    """Totals that a simulated region must reach exactly.

    Attributes:
        statement: name of the statement, such as xinjiang-2020.
        scale: share of the published populations, 1 for the statement itself.
        fiscal_year: 预算年度 of goals and monitoring.
        self_evaluation_year: 预算年度 of the self-evaluations.
        months: month of each monitoring round.
        goal_project_count: projects that owe a goal.
        goal_amount_fen: their initial budgets, in fen.
        region_count: monitored projects of the region tier.
        lower_count: monitored projects of the prefectures and counties.
        consecutive_count: region-tier projects warned in both rounds.
        self_evaluation_count: self-evaluated projects of the year before.
        social_insurance_count: social-insurance projects, inside the goals.
        social_insurance_fen: their initial budgets, in fen.
        state_capital_count: state-capital projects, inside the goals.
        state_capital_fen: their initial budgets, in fen.
        direct_count: direct-fund projects (直达资金).
        direct_fen: their adjusted budgets, in fen.
    """

    statement: str
    scale: float
    fiscal_year: int
    self_evaluation_year: int
    months: tuple[int, ...]
    goal_project_count: int
    goal_amount_fen: int
    region_count: int
    lower_count: int
    consecutive_count: int
    self_evaluation_count: int
    social_insurance_count: int
    social_insurance_fen: int
    state_capital_count: int
    state_capital_fen: int
    direct_count: int
    direct_fen: int

    @property
    def monitored_count(self) -> int:
        """Projects monitored in each round, all tiers."""
        return self.region_count + self.lower_count


def statement_path(statement: str) -> Path:
    """The data file of a statement.

    Args:
        statement: name as on the command line, such as xinjiang-2020.

    Returns:
        The path of its csv.

    Raises:
        ValueError: if there is no such statement; the message lists those there are.
    """
    path = STATEMENTS_DIR / f"{statement.replace('-', '_')}.csv"
    if not path.is_file():
        known = ", ".join(sorted(p.stem.replace("_", "-") for p in STATEMENTS_DIR.glob("*.csv")))
        raise ValueError(f"unknown statement {statement!r}; known: {known}")
    return path


def load_figures(
    statement: str, scale: float = 1.0, lower_bureau_count: int = 110
) -> RegionFigures:
    """Read a statement and scale its figures.

    Counts are rounded to whole projects, amounts to 100 yuan. Small scales keep at least one
    project per bureau and one of each special class, so their totals are a little above the
    plain proportion; the figures returned are what the files will hold.

    Args:
        statement: name of the statement.
        scale: share of the published populations, above 0 and at most 1.
        lower_bureau_count: prefectures and counties that each need a project.

    Returns:
        The totals to reach.

    Raises:
        ValueError: for an unknown statement or a scale outside (0, 1].
    """
    if not 0 < scale <= 1:
        raise ValueError(f"scale must be above 0 and at most 1, not {scale}")
    with statement_path(statement).open(encoding="utf-8", newline="") as handle:
        rows = {row["item"]: row for row in csv.DictReader(handle)}
    share = Fraction(str(scale))

    def count(item: str, at_least: int = 1) -> int:
        return max(at_least, _round_half_up(Fraction(rows[item]["value"]) * share))

    def fen(item: str) -> int:
        published = Decimal(rows[item]["value"]) * FEN_PER_YI_YUAN
        steps = Fraction(published) * share / MONEY_STEP_FEN
        return max(1, _round_half_up(steps)) * MONEY_STEP_FEN

    bureau_count = lower_bureau_count + 1
    social, state = count("social_insurance_count"), count("state_capital_count")
    direct = count("direct_fund_count")
    goals = count("goal_project_count", bureau_count + social + state + direct)
    region = count("region_monitored_count", 4)
    lower = count("lower_monitored_count", goals + direct)
    return RegionFigures(
        statement=statement,
        scale=scale,
        fiscal_year=int(rows["goal_project_count"]["fiscal_year"]),
        self_evaluation_year=int(rows["self_evaluation_count"]["fiscal_year"]),
        months=tuple(int(month) for month in rows["monitoring_months"]["value"].split("|")),
        goal_project_count=goals,
        goal_amount_fen=fen("goal_amount"),
        region_count=region,
        lower_count=lower,
        consecutive_count=count("region_consecutive_warning_count"),
        self_evaluation_count=count("self_evaluation_count", bureau_count),
        social_insurance_count=social,
        social_insurance_fen=fen("social_insurance_amount"),
        state_capital_count=state,
        state_capital_fen=fen("state_capital_amount"),
        direct_count=direct,
        direct_fen=fen("direct_fund_amount"),
    )


def _round_half_up(value: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return int(value + Fraction(1, 2))
