"""The population plan reaches the published totals exactly, without writing a file."""

import pytest

from simulate.allotment import split_exactly
from simulate.calibration import load_figures
from simulate.population import plan_region
from simulate.roster import load_roster

YI = 10_000_000_000  # fen in one 亿元
GOAL_CLASSES = ("goal", "social_insurance", "state_capital", "direct_goal")


def class_totals(plans, *names):
    classes = [c for plan in plans for c in plan.classes if c.name in names]
    return sum(c.count for c in classes), sum(c.total_fen or 0 for c in classes)


@pytest.fixture(scope="module")
def published():
    return plan_region(load_figures("xinjiang-2020"), load_roster(2020), seed=20)


def test_roster_is_1_14_96():
    tiers = [bureau.tier for bureau in load_roster(2020)]
    assert (tiers.count("region"), tiers.count("prefecture"), tiers.count("county")) == (1, 14, 96)


def test_goals(published):
    assert class_totals(published, *GOAL_CLASSES) == (28_443, 1_675 * YI)


def test_social_insurance_and_state_capital_are_inside_the_goals(published):
    assert class_totals(published, "social_insurance") == (103, 881 * YI)
    assert class_totals(published, "state_capital") == (82, 1_084 * YI // 100)


def test_direct_funds(published):
    assert class_totals(published, "direct_goal", "direct_added") == (4_831, 69_514 * YI // 100)


def test_monitored_by_tier(published):
    region = [plan for plan in published if plan.bureau.tier_no == 1]
    assert [plan.monitored_count for plan in region] == [2_979]
    assert [plan.consecutive_count for plan in region] == [1_056]
    lower = [plan for plan in published if plan.bureau.tier_no > 1]
    assert sum(plan.monitored_count for plan in lower) == 51_318


def test_self_evaluations(published):
    assert sum(plan.self_evaluation_count for plan in published) == 67_280


@pytest.mark.parametrize("scale", [0.0005, 0.001, 0.02, 0.3, 1])
@pytest.mark.parametrize("seed", [0, 7])
def test_scaled_plans_reach_their_figures_and_every_bureau_has_a_project(scale, seed):
    figures = load_figures("xinjiang-2020", scale)
    plans = plan_region(figures, load_roster(2020), seed)
    assert class_totals(plans, *GOAL_CLASSES) == (
        figures.goal_project_count,
        figures.goal_amount_fen,
    )
    assert sum(plan.monitored_count for plan in plans) == figures.monitored_count
    assert sum(plan.self_evaluation_count for plan in plans) == figures.self_evaluation_count
    direct = class_totals(plans, "direct_goal", "direct_added")
    assert direct == (figures.direct_count, figures.direct_fen)
    for plan in plans:
        assert plan.goal_count >= 1
        assert plan.self_evaluation_count >= 1
        assert all(c.count >= 0 and (c.total_fen or 0) >= 0 for c in plan.classes)
        assert not any(c.total_fen and not c.count for c in plan.classes)


def test_scaling_is_proportional():
    figures = load_figures("xinjiang-2020", 0.02)
    assert (figures.goal_project_count, figures.goal_amount_fen) == (569, 335 * YI // 10)
    assert (figures.first_tier_count, figures.lower_count) == (60, 1_026)
    assert figures.consecutive_count == 21
    assert figures.self_evaluation_count == 1_346


def test_split_exactly_by_hand():
    assert split_exactly(10, [1, 1, 1]) == [4, 3, 3]
    assert split_exactly(7, [3, 1]) == [5, 2]
    assert split_exactly(5, [0, 0]) == [3, 2]
    assert split_exactly(6, [1, 0, 0], floor=1) == [4, 1, 1]
    with pytest.raises(ValueError, match="too little"):
        split_exactly(1, [1, 1], floor=1)


def test_unknown_statement_and_scale_are_refused():
    with pytest.raises(ValueError, match="xinjiang-2020"):
        load_figures("atlantis-2020")
    with pytest.raises(ValueError, match="scale"):
        load_figures("xinjiang-2020", 0)
