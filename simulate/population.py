"""Who has how many projects and how much money: the plan of a region, before any file."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass

from simulate.allotment import split_exactly
from simulate.calibration import MONEY_STEP_FEN, RegionFigures
from simulate.roster import Bureau

REGION_GOAL_SHARE = 0.58
"""Share of the region tier's monitored projects that were in the budget from the start."""

DIRECT_GOAL_SHARE = 0.30
"""Share of direct-fund projects that were in the budget from the start."""

DIRECT_GOAL_AMOUNT_SHARE = 0.22
"""Share of the direct funds' money in those."""

SELF_EVALUATION_REGION_SHARE = 4460 / 67280
"""The region reviewed 4,460 self-evaluation forms of its own units (S0-16)."""


@dataclass(frozen=True)
class ProjectClass:
    """Projects of one class in one bureau.

    Attributes:
        name: goal, social_insurance, state_capital, direct_goal, direct_added or added.
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
    """

    bureau: Bureau
    seed: int
    size_weight: float
    classes: tuple[ProjectClass, ...]
    self_evaluation_count: int
    consecutive_count: int | None
    sends_forms: bool

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
    lower = [bureau for bureau in bureaus if bureau.tier != "region"]
    weights = [_size_weight(bureau, seed) for bureau in lower]

    region_goals = max(1, round(figures.region_count * REGION_GOAL_SHARE))
    social_region = round(figures.social_insurance_count * 0.10)
    state_region = round(figures.state_capital_count * 0.20)
    direct_region = min(
        round(figures.direct_count * 0.03),
        (figures.region_count - figures.consecutive_count) // 2,
    )
    direct_goal_region = round(direct_region * DIRECT_GOAL_SHARE)
    direct_goal = max(direct_goal_region, round(figures.direct_count * DIRECT_GOAL_SHARE))
    direct_added = figures.direct_count - direct_goal
    direct_added_region = min(
        direct_region - direct_goal_region, direct_added, figures.region_count - region_goals
    )
    plain_goal = (
        figures.goal_project_count
        - figures.social_insurance_count
        - figures.state_capital_count
        - direct_goal
    )
    plain_goal_region = region_goals - social_region - state_region - direct_goal_region
    added_region = figures.region_count - region_goals - direct_added_region
    added = figures.monitored_count - figures.goal_project_count - direct_added

    pooled = [
        weight * (4.0 if bureau.tier == "prefecture" else 0.3)
        for weight, bureau in zip(weights, lower, strict=True)
    ]
    counts: dict[str, list[int]] = {
        "goal": [plain_goal_region, *split_exactly(plain_goal - plain_goal_region, weights, 1)],
        "social_insurance": [
            social_region,
            *split_exactly(figures.social_insurance_count - social_region, pooled),
        ],
        "state_capital": [
            state_region,
            *split_exactly(figures.state_capital_count - state_region, pooled),
        ],
        "direct_goal": [
            direct_goal_region,
            *split_exactly(direct_goal - direct_goal_region, weights),
        ],
        "direct_added": [
            direct_added_region,
            *split_exactly(direct_added - direct_added_region, weights),
        ],
        "added": [added_region, *split_exactly(added - added_region, weights)],
    }

    direct_goal_fen = _whole_steps(figures.direct_fen * DIRECT_GOAL_AMOUNT_SHARE)
    if not direct_added:
        direct_goal_fen = figures.direct_fen
    elif not direct_goal:
        direct_goal_fen = 0
    totals = {
        "social_insurance": figures.social_insurance_fen,
        "state_capital": figures.state_capital_fen,
        "direct_goal": direct_goal_fen,
        "direct_added": figures.direct_fen - direct_goal_fen,
        "goal": figures.goal_amount_fen
        - figures.social_insurance_fen
        - figures.state_capital_fen
        - direct_goal_fen,
    }
    money = {
        name: _split_money(total, counts[name], [6.0, *weights])
        for name, total in totals.items()
    }
    self_evaluated_region = min(
        max(1, round(figures.self_evaluation_count * SELF_EVALUATION_REGION_SHARE)),
        figures.self_evaluation_count - len(lower),
    )
    self_evaluated = [
        self_evaluated_region,
        *split_exactly(figures.self_evaluation_count - self_evaluated_region, weights, 1),
    ]

    region = next(bureau for bureau in bureaus if bureau.tier == "region")
    small = sorted(range(len(lower)), key=lambda i: weights[i])[: len(lower) // 10]
    form_senders = {lower[i].code for i in small}
    plans = []
    for index, bureau in enumerate([region, *lower]):
        plans.append(
            BureauPlan(
                bureau=bureau,
                seed=derive_seed(seed, figures.statement, bureau.code),
                size_weight=6.0 if bureau is region else weights[index - 1],
                classes=tuple(
                    ProjectClass(
                        name, counts[name][index], money[name][index] if name in money else None
                    )
                    for name in counts
                ),
                self_evaluation_count=self_evaluated[index],
                consecutive_count=figures.consecutive_count if bureau is region else None,
                sends_forms=bureau.code in form_senders,
            )
        )
    return sorted(plans, key=lambda plan: plan.bureau.code)


def _size_weight(bureau: Bureau, seed: int) -> float:
    """Relative size of a bureau: log-normal, prefectures somewhat larger."""
    draw = random.Random(derive_seed(seed, "size", bureau.code)).gauss(0.0, 0.55)
    return math.exp(draw) * (1.4 if bureau.tier == "prefecture" else 1.0)


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
