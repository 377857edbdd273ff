"""The population plan reaches the published totals exactly, without writing a file."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from simulate.allotment import split_exactly
from simulate.calibration import load_figures, round_months, statement_names, work_years
from simulate.formulas import load_thresholds
from simulate.population import plan_region, plan_years
from simulate.projects import make_projects
from simulate.reports import ReportRules, report_rounds
from simulate.roster import jurisdictions, load_roster
from simulate.wording import ValueStyle

YI = 10_000_000_000  # fen in one 亿元
WAN = 1_000_000  # fen in one 万元
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


def test_new_projects_by_tier(published):
    new = [(plan.bureau.tier_no > 1, plan.new_count) for plan in published]
    assert sum(count for is_lower, count in new if not is_lower) == 41
    assert sum(count for is_lower, count in new if is_lower) == 1_019


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
    with pytest.raises(ValueError, match="2019"):
        load_figures("xinjiang-2020", 1, 2019)


def test_the_five_statements_are_known():
    assert statement_names() == [
        "kunming-edz-2021",
        "qingdao-2022",
        "urumqi-htz-2022",
        "xinjiang-2020",
        "zhejiang-2021",
    ]
    assert set(jurisdictions()) == set(statement_names())
    assert work_years("qingdao-2022") == (2020, 2021, 2022)
    assert work_years("kunming-edz-2021") == (2021,)


@pytest.mark.parametrize(
    ("statement", "months", "tiers"),
    [
        ("xinjiang-2020", (5, 9), {1: 1, 2: 14, 3: 96}),
        ("zhejiang-2021", (7,), {1: 1, 2: 11, 3: 90}),
        ("qingdao-2022", (7,), {1: 1, 2: 10}),
        ("kunming-edz-2021", (6, 12), {1: 1}),
        ("urumqi-htz-2022", (5, 9), {1: 1}),
    ],
)
def test_rounds_and_rosters(statement, months, tiers):
    jurisdiction = jurisdictions()[statement]
    year = work_years(statement)[-1]
    assert round_months(jurisdiction, year) == load_figures(statement).months == months
    assert Counter(bureau.tier_no for bureau in load_roster(year, jurisdiction)) == tiers


def planned(statement, scale=1.0, seed=20):
    years = [load_figures(statement, scale, year) for year in work_years(statement)]
    roster = load_roster(years[-1].fiscal_year, years[-1].jurisdiction)
    return years, plan_years(years, roster, seed)


def test_zhejiang_self_evaluations_by_tier():
    _, plans = planned("zhejiang-2021")
    assert plans["330000"][0].self_evaluation_count == 5_688
    lower = [plan.self_evaluation_count for (plan,) in plans.values() if plan.bureau.tier_no > 1]
    assert len(lower) == 101
    assert min(lower) >= 1


def test_kunming_goals_by_fund():
    _, plans = planned("kunming-edz-2021")
    plan = plans["530190"][0]
    assert plan.goal_count == plan.monitored_count == 665
    classes = {c.name: (c.count, c.total_fen) for c in plan.classes if c.count}
    assert sum(fen for _, fen in classes.values()) == 49_757_864 * WAN // 100
    assert classes["general"][1] + classes["general_new"][1] == 19_857_600 * WAN // 100
    assert classes["general_new"] == (6, 910_471 * WAN // 100)


def test_urumqi_warnings_and_low_scores():
    _, plans = planned("urumqi-htz-2022")
    plan = plans["650104"][0]
    warned = next(c for c in plan.classes if c.name == "warned")
    assert (warned.count, warned.total_fen) == (158, 16_545_021 * WAN // 100)
    assert (plan.low_score.count, plan.low_score.total_fen) == (1, 15 * WAN)
    assert plan.unit_count == 132


def test_qingdao_districts_start_monitoring_in_2021():
    years, plans = planned("qingdao-2022")
    monitors = [
        sum(of_bureau[index].monitors for of_bureau in plans.values())
        for index in range(len(years))
    ]
    assert monitors == [1, 4, 11]
    assert all(plan.monitors for plan in plans["370200"])
    for before, after in pairwise(years):
        assert after.self_evaluation_count == before.monitored_count
    for of_bureau in plans.values():
        for before, after in pairwise(of_bureau):
            assert after.self_evaluation_count == before.monitored_count


@pytest.mark.parametrize("statement", statement_names())
@pytest.mark.parametrize("scale", [0.001, 0.03, 0.5])
def test_every_statement_scales(statement, scale):
    years, plans = planned(statement, scale, seed=4)
    for index, figures in enumerate(years):
        of_year = [of_bureau[index] for of_bureau in plans.values()]
        assert sum(plan.monitored_count for plan in of_year) == figures.monitored_count
        assert sum(plan.self_evaluation_count for plan in of_year) == figures.self_evaluation_count
        assert sum(plan.goal_count for plan in of_year) == figures.goal_project_count
        new = figures.first_tier_new_count + figures.lower_new_count
        assert sum(plan.new_count for plan in of_year) == new
        for plan in of_year:
            assert plan.goal_count >= 1
            assert plan.self_evaluation_count >= 1
            assert plan.new_count <= plan.monitored_count
            assert all(c.count >= 0 and (c.total_fen or 0) >= 0 for c in plan.classes)
            assert not any(c.total_fen and not c.count for c in plan.classes)


@pytest.mark.parametrize("indicator_share", [1.0, 0.02])
def test_first_tier_of_the_whole_statement(published, indicator_share):
    plan = replace(next(p for p in published if p.bureau.tier_no == 1), sends_forms=False)
    style = ValueStyle("inside", 0, False, False, False, True)
    projects = make_projects(plan, 2020, style, indicator_share)
    assert sum(project.is_new for project in projects) == 41
    lined = sum(bool(project.lines) for project in projects)
    assert lined == (2_979 if indicator_share == 1 else 60)
    first, second = report_rounds(plan, projects, (5, 9), ReportRules(
        load_thresholds(2020, "xinjiang"), style, has_weights=True
    ))
    twice = [a for a, b in zip(first, second, strict=True) if a.verdict == b.verdict == "warn"]
    assert len(twice) == 1_056
    direct = [r for r in (*first, *second) if r.project.is_direct]
    assert all(r.gap is None or r.gap < 0.05 for r in direct)
    assert not [r for r in direct if r.verdict == "warn"]
    for report in (*first, *second):
        if not report.project.lines:
            assert (report.completion_rate, report.gap) == (None, None)
            assert (report.verdict, report.triggers) in (
                ("warn", ("LOW_EXECUTION",)),
                ("cannot_judge", ()),
            )
