"""Who has how many projects and how much money: the plan of a region, before any file."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass, replace

from simulate.allotment import split_exactly
from simulate.calibration import MONEY_STEP_FEN, RegionFigures, SpecialClass
from simulate.roster import Bureau

DIRECT_GOAL_SHARE = 0.30
"""Share of direct-fund projects that were in the budget from the start."""

DIRECT_GOAL_AMOUNT_SHARE = 0.22
"""Share of the direct funds' money in those."""

FIRST_TIER_WEIGHT = 6.0
"""Relative size of the publishing bureau beside the bureaus below it."""


@dataclass(frozen=True)
class ProjectClass:
    """Projects of one class in one bureau.

    Attributes:
        name: goal, social_insurance, state_capital, direct_goal, direct_added or added; or a
            class of projects that the statement publishes apart: general, general_new,
            other_funds or warned.
        count: how many.
        total_fen: what their budgets add up to; None where nothing is calibrated.
    """

    name: str
    count: int
    total_fen: int | None


@dataclass(frozen=True)
class BureauPlan:
    """What one bureau will have.

    Attributes:
        bureau: the bureau.
        seed: its own seed; nothing else of the region influences its files.
        size_weight: relative size.
        classes: projects of the fiscal year by class.
        self_evaluation_count: projects of the year before.
        consecutive_count: projects to be warned in both rounds; None leaves it to chance.
        sends_forms: whether it fills in official forms instead of list exports.
        place: what the names of its departments begin with.
        new_count: new projects of the fiscal year.
        unit_count: units that have projects; None leaves it to chance.
        new_unit_count: units that have the new projects; None leaves it to chance.
        low_score: self-evaluations below 80, with no other and none below 60; None leaves it to
            chance.
        monitors: whether it sends its monitoring at all.
    """

    bureau: Bureau
    seed: int
    size_weight: float
    classes: tuple[ProjectClass, ...]
    self_evaluation_count: int
    consecutive_count: int | None
    sends_forms: bool
    place: str
    new_count: int
    unit_count: int | None = None
    new_unit_count: int | None = None
    low_score: SpecialClass | None = None
    monitors: bool = True

    @property
    def goal_count(self) -> int:
        """Projects that owe a goal."""
        return sum(c.count for c in self.classes if not c.name.endswith("added"))

    @property
    def monitored_count(self) -> int:
        """Projects monitored in each round."""
        return sum(c.count for c in self.classes)


def derive_seed(*parts: object) -> int:
    """A seed that depends on its parts alone, the same on every machine.

    Args:
        parts: anything whose text identifies the purpose.

    Returns:
        A 64-bit whole number.
    """
    text = "|".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def plan_region(figures: RegionFigures, bureaus: list[Bureau], seed: int) -> list[BureauPlan]:
    """Allot the calibrated totals to the bureaus.

    Args:
        figures: totals to reach.
        bureaus: the roster, the region tier included.
        seed: seed of the whole region.

    Returns:
        One plan per bureau, in roster order; the classes add up to the figures exactly.
    """
    first = next(bureau for bureau in bureaus if bureau.tier_no == 1)
    lower = [bureau for bureau in bureaus if bureau.tier_no > 1]
    weights = [_size_weight(bureau, seed) for bureau in lower]
    counts = _class_counts(figures, lower, weights)
    money = {
        name: _split_money(total, counts[name], [FIRST_TIER_WEIGHT, *weights])
        for name, total in _class_totals(figures, counts).items()
        if total is not None
    }
    self_evaluated = [
        figures.first_tier_self_evaluation_count,
        *split_exactly(
            figures.self_evaluation_count - figures.first_tier_self_evaluation_count, weights, 1
        ),
    ]
    new = [
        figures.first_tier_new_count,
        *split_exactly(
            figures.lower_new_count,
            [sum(parts[index] for parts in counts.values()) for index in range(1, len(bureaus))],
        ),
    ]
    small = sorted(range(len(lower)), key=lambda i: weights[i])[: len(lower) // 10]
    form_senders = {lower[i].code for i in small}
    order = sorted(lower, key=lambda bureau: derive_seed(seed, "monitors", bureau.code))
    silent = order[figures.monitoring_lower_bureau_count :] if _is_partial(figures) else []
    plans = []
    for index, bureau in enumerate([first, *lower]):
        is_first = bureau is first
        plans.append(
            BureauPlan(
                bureau=bureau,
                seed=derive_seed(seed, figures.statement, bureau.code),
                size_weight=FIRST_TIER_WEIGHT if is_first else weights[index - 1],
                classes=tuple(
                    ProjectClass(
                        name, counts[name][index], money[name][index] if name in money else None
                    )
                    for name in counts
                ),
                self_evaluation_count=self_evaluated[index],
                consecutive_count=figures.consecutive_count if is_first else None,
                sends_forms=bureau.code in form_senders,
                place="自治区" if bureau.tier == "region" else bureau.short_name,
                new_count=new[index],
                unit_count=figures.unit_count if is_first else None,
                new_unit_count=figures.new_unit_count if is_first else None,
                low_score=figures.low_score if is_first else None,
                monitors=bureau not in silent,
            )
        )
    return sorted(plans, key=lambda plan: plan.bureau.code)


def plan_years(
    years: list[RegionFigures], bureaus: list[Bureau], seed: int
) -> dict[str, list[BureauPlan]]:
    """Allot the totals of every year of work to the bureaus.

    From the second year on a bureau self-evaluates all projects of the year before. Over several
    years nobody fills in forms: their self-evaluation splits a target over columns that the goal
    form of the same projects does not have.

    Args:
        years: totals to reach, by year.
        bureaus: the roster.
        seed: seed of the whole region.

    Returns:
        Per bureau code one plan per year, in roster order.
    """
    plans: dict[str, list[BureauPlan]] = {bureau.code: [] for bureau in bureaus}
    for figures in years:
        for plan in plan_region(figures, bureaus, seed):
            before = plans[plan.bureau.code]
            if len(years) > 1:
                plan = replace(plan, sends_forms=False)
            if before:
                plan = replace(plan, self_evaluation_count=before[-1].monitored_count)
            before.append(plan)
    return plans


def _is_partial(figures: RegionFigures) -> bool:
    """Whether only some of the bureaus below the first tier monitor."""
    return figures.monitoring_lower_bureau_count is not None


def _class_counts(
    figures: RegionFigures, lower: list[Bureau], weights: list[float]
) -> dict[str, list[int]]:
    """Projects per class: those of the first tier, then those of each bureau below."""
    social_first = round(figures.social_insurance_count * 0.10)
    state_first = round(figures.state_capital_count * 0.20)
    if not lower:
        social_first, state_first = figures.social_insurance_count, figures.state_capital_count
    direct_first = min(
        round(figures.direct_count * 0.03),
        (figures.first_tier_count - (figures.consecutive_count or 0)) // 2,
    )
    direct_goal_first = round(direct_first * DIRECT_GOAL_SHARE)
    direct_goal = max(direct_goal_first, round(figures.direct_count * DIRECT_GOAL_SHARE))
    direct_added = figures.direct_count - direct_goal
    direct_added_first = min(
        direct_first - direct_goal_first,
        direct_added,
        figures.first_tier_count - figures.first_tier_goal_count,
    )
    plain_goal = (
        figures.goal_project_count
        - figures.social_insurance_count
        - figures.state_capital_count
        - direct_goal
    )
    plain_goal_first = (
        figures.first_tier_goal_count - social_first - state_first - direct_goal_first
    )
    special_count = sum(part.count for part in figures.special_classes)
    added_first = figures.first_tier_count - figures.first_tier_goal_count - direct_added_first
    added = figures.monitored_count - figures.goal_project_count - direct_added

    pooled = [
        weight * (4.0 if bureau.tier_no == 2 else 0.3)
        for weight, bureau in zip(weights, lower, strict=True)
    ]
    return {part.name: [part.count, *[0] * len(lower)] for part in figures.special_classes} | {
        figures.plain_class: [
            plain_goal_first - special_count,
            *split_exactly(plain_goal - plain_goal_first, weights, 1),
        ],
        "social_insurance": [
            social_first,
            *split_exactly(figures.social_insurance_count - social_first, pooled),
        ],
        "state_capital": [
            state_first,
            *split_exactly(figures.state_capital_count - state_first, pooled),
        ],
        "direct_goal": [
            direct_goal_first,
            *split_exactly(direct_goal - direct_goal_first, weights),
        ],
        "direct_added": [
            direct_added_first,
            *split_exactly(direct_added - direct_added_first, weights),
        ],
        "added": [added_first, *split_exactly(added - added_first, weights)],
    }


def _class_totals(
    figures: RegionFigures, counts: dict[str, list[int]]
) -> dict[str, int | None]:
    """What the budgets of each class add up to; None where nothing is calibrated."""
    direct_goal_fen = _whole_steps(figures.direct_fen * DIRECT_GOAL_AMOUNT_SHARE)
    if not sum(counts["direct_added"]):
        direct_goal_fen = figures.direct_fen
    elif not sum(counts["direct_goal"]):
        direct_goal_fen = 0
    totals = {part.name: part.total_fen for part in figures.special_classes} | {
        "social_insurance": figures.social_insurance_fen,
        "state_capital": figures.state_capital_fen,
        "direct_goal": direct_goal_fen,
        "direct_added": figures.direct_fen - direct_goal_fen,
    }
    if figures.goal_amount_fen is None:
        return totals
    apart = sum(fen or 0 for name, fen in totals.items() if name != "direct_added")
    return totals | {figures.plain_class: figures.goal_amount_fen - apart}


def _size_weight(bureau: Bureau, seed: int) -> float:
    """Relative size of a bureau: log-normal, the second of three tiers somewhat larger."""
    draw = random.Random(derive_seed(seed, "size", bureau.code)).gauss(0.0, 0.55)
    return math.exp(draw) * (1.4 if bureau.tier_no == 2 else 1.0)


def _whole_steps(fen: float) -> int:
    """An amount cut to whole budget steps of 100 yuan."""
    return int(fen) // MONEY_STEP_FEN * MONEY_STEP_FEN


def _split_money(total_fen: int, counts: list[int], weights: list[float]) -> list[int]:
    """Split an amount over bureaus by size and number of projects, in budget steps."""
    return [
        steps * MONEY_STEP_FEN
        for steps in split_exactly(
            total_fen // MONEY_STEP_FEN,
            [
                count * (0.7 + 0.3 * min(weight, 3.0)) if count else 0.0
                for count, weight in zip(counts, weights, strict=True)
            ],
        )
    ]
