"""The rules of the warehouse in plain Python, to compute what its marts must say.

Independent of the pipeline on purpose: no SQL, no dataframe, exact fractions wherever a value
stands close to a threshold. Rules: domain reference, scoring formulas; parameters:
`seeds/parameters/param_threshold.csv`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

THRESHOLD_PATH = (
    Path(__file__).resolve().parent.parent / "seeds" / "parameters" / "param_threshold.csv"
)
NEAR = 1e-6
"""Closer to a threshold than this, fractions decide instead of floats."""


@dataclass(frozen=True)
class Thresholds:
    """Parameters of the monitoring verdict, as exact fractions.

    Attributes:
        gap: |execution − completion| above this warns.
        gap_direct: the same for direct funds.
        execution_pace: execution ÷ (month ÷ 12) below this warns.
        completion_pace: completion ÷ (month ÷ 12) below this warns.
        minimum_weight: share of the weight that must be judgeable.
        achieved: completion of 达成.
        partly: completion of 部分达成.
        not_achieved: completion of 未达成.
    """

    gap: Fraction = Fraction("0.20")
    gap_direct: Fraction = Fraction("0.05")
    execution_pace: Fraction = Fraction("0.60")
    completion_pace: Fraction = Fraction("0.60")
    minimum_weight: Fraction = Fraction("0.5")
    achieved: Fraction = Fraction("1.0")
    partly: Fraction = Fraction("0.7")
    not_achieved: Fraction = Fraction("0.3")


PARAMETERS = {
    "monitor.gap_threshold": "gap",
    "monitor.gap_threshold_direct": "gap_direct",
    "monitor.exec_low_trigger": "execution_pace",
    "monitor.goal_poor_trigger": "completion_pace",
    "monitor.min_judgable_weight": "minimum_weight",
    "completion.achieved": "achieved",
    "completion.partly": "partly",
    "completion.not_achieved": "not_achieved",
}


def load_thresholds(
    fiscal_year: int, jurisdiction: str = "all", path: Path = THRESHOLD_PATH
) -> Thresholds:
    """The parameters of a fiscal year, from the warehouse's own seed.

    Args:
        fiscal_year: 预算年度.
        jurisdiction: whose parameters; its own rows go before those of all.
        path: the csv of dated parameters.

    Returns:
        The thresholds; a parameter that is not in the file keeps its documented default.
    """
    values: dict[str, Fraction] = {}
    own: set[str] = set()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            name = PARAMETERS.get(row["parameter"])
            first = int(row["valid_from_year"] or 0)
            last = int(row["valid_to_year"] or 9999)
            is_own = row["jurisdiction"] == jurisdiction
            if not (is_own or (row["jurisdiction"] == "all" and name not in own)):
                continue
            if name and row["value"] and first <= fiscal_year <= last:
                values[name] = Fraction(row["value"])
                own.update({name} if is_own else ())
    return Thresholds(**values)


def completion_of(operator: str, target: Fraction, actual: Fraction) -> Fraction:
    """Completion of one quantitative line, between 0 and 1.

    Args:
        operator: >=, >, =, <= or <.
        target: A, the target.
        actual: B, what was reached, in the same unit.

    Returns:
        Forward and equal: min(B ÷ A, 1); target 0 under =: 1 if B ≤ 0 else 0; reverse linear:
        1 up to the target, 1 − (B − A) ÷ A beyond it, 0 from twice the target.
    """
    if operator in ("<=", "<"):
        if actual <= target:
            return Fraction(1)
        if target <= 0 or actual >= 2 * target:
            return Fraction(0)
        return 1 - (actual - target) / target
    if target <= 0:
        return Fraction(1 if actual <= target else 0) if operator == "=" else Fraction(1)
    return min(actual / target, Fraction(1))


@dataclass(frozen=True)
class JudgedLine:
    """What a line contributes to its project.

    Attributes:
        weight: its weight as sent; 1 for every line of a form without weights.
        completion: 0 to 1, or None if it cannot be judged.
        is_applicable: False for 「/」 and 无: such a line is dropped from both sums.
    """

    weight: Fraction
    completion: Fraction | None
    is_applicable: bool = True


def overall_completion(lines: list[JudgedLine], minimum_weight: Fraction) -> Fraction | None:
    """Σ weight·completion ÷ Σ weight over the lines that can be judged.

    Args:
        lines: all lines of the project in one round.
        minimum_weight: share of the applicable weight that must be judgeable.

    Returns:
        The overall completion, or None if too little weight can be judged.
    """
    applicable = sum((line.weight for line in lines if line.is_applicable), Fraction(0))
    judged = [line for line in lines if line.is_applicable and line.completion is not None]
    weight = sum((line.weight for line in judged), Fraction(0))
    if not weight or weight < minimum_weight * applicable:
        return None
    return sum((line.weight * line.completion for line in judged), Fraction(0)) / weight


@dataclass(frozen=True)
class Judgement:
    """The verdict on one project in one round.

    Attributes:
        execution_rate: executed ÷ budget.
        completion_rate: overall goal completion, None if it cannot be judged.
        gap: |execution − completion|, None likewise.
        triggers: LOW_EXECUTION, LOW_COMPLETION, GAP, as far as they apply.
        verdict: pass, warn or cannot_judge.
    """

    execution_rate: Fraction | None
    completion_rate: Fraction | None
    gap: Fraction | None
    triggers: tuple[str, ...]
    verdict: str

    @property
    def is_warned(self) -> bool:
        """Whether the project is on the round's warning list."""
        return self.verdict == "warn"


def judge(
    executed_fen: int,
    budget_fen: int,
    completion: Fraction | None,
    month: int,
    is_direct: bool,
    thresholds: Thresholds,
) -> Judgement:
    """Judge one project in one round.

    Args:
        executed_fen: cumulative execution, fen.
        budget_fen: adjusted, else annual budget, fen.
        completion: overall goal completion, or None.
        month: month of the round, 1 to 12.
        is_direct: whether the project is of direct funds.
        thresholds: parameters of the year.

    Returns:
        The judgement; what cannot be computed triggers nothing.
    """
    execution = Fraction(executed_fen, budget_fen) if budget_fen > 0 else None
    pace = Fraction(month, 12)
    triggers = []
    if execution is not None and execution < thresholds.execution_pace * pace:
        triggers.append("LOW_EXECUTION")
    if completion is not None and completion < thresholds.completion_pace * pace:
        triggers.append("LOW_COMPLETION")
    gap = None
    if execution is not None and completion is not None:
        gap = abs(execution - completion)
        if gap > (thresholds.gap_direct if is_direct else thresholds.gap):
            triggers.append("GAP")
    if triggers:
        verdict = "warn"
    else:
        verdict = "cannot_judge" if gap is None else "pass"
    return Judgement(execution, completion, gap, tuple(triggers), verdict)
