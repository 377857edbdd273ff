"""The truth's arithmetic, checked by hand on tiny examples and against exact fractions."""

import random
from fractions import Fraction as F

import pytest

from simulate.calibration import load_figures
from simulate.formulas import (
    JudgedLine,
    Thresholds,
    completion_of,
    judge,
    load_thresholds,
    overall_completion,
)
from simulate.population import plan_region
from simulate.projects import make_projects
from simulate.reports import ReportRules, judge_report, report_rounds
from simulate.roster import load_roster
from simulate.wording import ValueStyle, choose_style, money_text, number_text, target_cells

DEFAULTS = Thresholds()


@pytest.mark.parametrize(
    ("operator", "target", "actual", "expected"),
    [
        (">=", 200, 100, F(1, 2)),
        (">=", 95, 100, F(1)),
        ("=", 100, 40, F(2, 5)),
        ("=", 0, 0, F(1)),
        ("=", 0, 3, F(0)),
        ("<=", 90, 30, F(1)),
        ("<=", 90, 90, F(1)),
        ("<=", 100, 110, F(9, 10)),
        ("<=", 100, 200, F(0)),
        ("<=", 100, 300, F(0)),
    ],
)
def test_completion_by_operator(operator, target, actual, expected):
    assert completion_of(operator, F(target), F(actual)) == expected


def test_overall_completion_is_weighted_over_judgeable_lines():
    lines = [
        JudgedLine(F(50), F(1, 2)),
        JudgedLine(F(30), F(1)),
        JudgedLine(F(10), None),
        JudgedLine(F(10), None, is_applicable=False),
    ]
    assert overall_completion(lines, F(1, 2)) == F(55, 80)


def test_overall_completion_needs_half_the_weight():
    half = [JudgedLine(F(45), F(1, 2)), JudgedLine(F(45), None)]
    assert overall_completion(half, F(1, 2)) == F(1, 2)
    less = [JudgedLine(F(44), F(1, 2)), JudgedLine(F(46), None)]
    assert overall_completion(less, F(1, 2)) is None


@pytest.mark.parametrize(
    ("executed", "completion", "month", "direct", "triggers", "verdict"),
    [
        (40, F(1, 2), 5, False, (), "pass"),
        (24, F(2, 5), 5, False, ("LOW_EXECUTION",), "warn"),
        (25, F(9, 20), 5, False, (), "pass"),
        (40, F(24, 100), 5, False, ("LOW_COMPLETION",), "warn"),
        (30, F(1, 2), 5, False, (), "pass"),
        (30, F(51, 100), 5, False, ("GAP",), "warn"),
        (70, F(9, 10), 9, False, (), "pass"),
        (60, F(65, 100), 9, True, (), "pass"),
        (60, F(66, 100), 9, True, ("GAP",), "warn"),
        (10, F(1), 9, False, ("LOW_EXECUTION", "GAP"), "warn"),
        (90, None, 9, False, (), "cannot_judge"),
    ],
)
def test_verdict(executed, completion, month, direct, triggers, verdict):
    judgement = judge(executed, 100, completion, month, direct, DEFAULTS)
    assert (judgement.triggers, judgement.verdict) == (triggers, verdict)


def test_parameters_come_from_the_seed():
    limits = load_thresholds(2020)
    assert limits.gap == F(1, 5)
    assert limits.gap_direct == F(1, 20)
    assert limits.achieved == 1


@pytest.fixture(scope="module")
def region_rounds():
    figures = load_figures("xinjiang-2020", 0.1)
    plans = plan_region(figures, load_roster(2020), seed=3)
    plan = next(plan for plan in plans if plan.bureau.tier == "region")
    style = choose_style(random.Random(5), ("inside",))
    rules = ReportRules(load_thresholds(2020), style, has_weights=True)
    projects = make_projects(plan, 2020, style)
    return plan, rules, report_rounds(plan, projects, figures.months, rules)


def test_exactly_the_planned_projects_are_warned_twice(region_rounds):
    plan, _, (first, second) = region_rounds
    twice = [a for a, b in zip(first, second, strict=True) if a.verdict == b.verdict == "warn"]
    assert len(twice) == plan.consecutive_count == 106


def test_quick_verdicts_equal_exact_fractions(region_rounds):
    _, rules, rounds = region_rounds
    for report in (report for reports in rounds for report in reports):
        exact = judge_report(report, rules)
        assert (exact.triggers, exact.verdict) == (report.triggers, report.verdict)
        if report.completion_rate is None:
            assert exact.completion_rate is None
        else:
            assert float(exact.completion_rate) == pytest.approx(report.completion_rate, abs=1e-12)


def test_a_gap_of_exactly_the_threshold_occurs_and_is_not_warned(region_rounds):
    _, rules, rounds = region_rounds
    for reports in rounds:
        at_limit = [r for r in reports if judge_report(r, rules).gap == F(1, 5)]
        assert at_limit
        assert {report.verdict for report in at_limit} == {"pass"}


def test_direct_funds_deviate_by_less_than_five_percent(region_rounds):
    _, _, rounds = region_rounds
    gaps = [r.gap for reports in rounds for r in reports if r.project.is_direct]
    assert gaps
    assert max(gaps) < 0.05


def test_numbers_and_money_as_text():
    assert number_text(1250, 1) == "125"
    assert number_text(1255, 1) == "125.5"
    assert number_text(1234567, 0, thousands=True) == "1,234,567"
    assert money_text(123_456_789, "元") == "1234567.89"
    assert money_text(123_456_789, "万元") == "123.456789"
    assert money_text(1_000_000_000_000, "万元", thousands=True) == "1,000,000.00"


def test_places_of_operator_and_unit():
    def style(place):
        return ValueStyle(place, 0, False, False, False, True)

    assert target_cells(style("inside"), "里程", ">=", "35", "公里", 1) == (
        "里程",
        "",
        "≥35公里",
        "",
    )
    assert target_cells(style("column"), "里程", ">=", "35", "公里", 1) == (
        "里程",
        "≥",
        "35",
        "公里",
    )
    assert target_cells(style("name"), "满意度", ">=", "95", "%", 1) == (
        "满意度（≥**%）",
        "",
        "95%",
        "",
    )
