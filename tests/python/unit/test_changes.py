"""What changed between two small releases, worked by hand, and which moves hold a release."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from nightly.change_limits import find_moves, is_in_season, limits_of, read_limits
from nightly.changes import compare, first_changes
from nightly.release_notes import notes_text

AS_OF = date(2021, 3, 1)
LIMITS = limits_of(
    {
        "release.max_row_drop": "0.10", "release.min_rows": "100",
        "release.may_shrink": "mart_missing_project|fct_finding",
        "release.max_rate_move": "0.10", "release.max_score_move": "5", "release.min_base": "100",
        "release.season_days": "60", "release.min_growth": "0.05",
        "release.max_rank_move": "20", "release.min_ranked": "30",
        "release.min_composite_move": "1",
    }
)
EMPTY = {"tables": [], "coverage": [], "scores": [], "rankings": []}

TABLES = """
create schema marts;
create schema quality;
create table marts.mart_stage_coverage (
    fiscal_year integer, stage varchar, round_no integer, bureau_code varchar, bureau_name varchar,
    tier varchar, scope varchar, fund_type varchar, due_date date, due_project_count bigint,
    done_project_count bigint, coverage_rate decimal(18, 10), amount_coverage_rate decimal(18, 10)
);
create table marts.mart_self_evaluation_statistics (
    fiscal_year integer, bureau_code varchar, bureau_name varchar, tier varchar, scope varchar,
    scored_count bigint, mean_score decimal(9, 4)
);
create table marts.mart_deviation_flag (
    fiscal_year integer, round_no integer, verdict varchar, is_warned boolean
);
create table marts.mart_ranking (
    work_year integer, ranking_kind varchar, ranking_bureau_code varchar, object_code varchar,
    object_name varchar, bureau_name varchar, rank_no integer, ranked_count bigint,
    composite_score decimal(9, 4)
);
create table marts.mart_filing_history (
    filing_id varchar, superseded_by_filing_id varchar, bureau_code varchar, bureau_name varchar,
    fiscal_year integer, document_kind varchar, round_no integer, status varchar, is_late boolean
);
create table marts.mart_filing_status (
    bureau_code varchar, bureau_name varchar, fiscal_year integer, document_kind varchar,
    round_no integer, status varchar, due_date date
);
create table quality.fct_finding (
    finding_key varchar, rule_id varchar, rule_name varchar, severity varchar, bureau_code varchar,
    bureau_name varchar, is_current boolean, waiver_id varchar
);
create table marts.mart_sampling_quota (
    draw_id varchar, frame_kind varchar, fiscal_year integer, frame_count bigint,
    drawn_count bigint
);
insert into marts.mart_stage_coverage values
    (2020, 'goal', null, '650100', '乌鲁木齐市', 'prefecture', 'own', 'all', '2020-03-31',
        9, 9, 1, 1);
"""
BEFORE = """
insert into marts.mart_stage_coverage values
    (2020, 'goal', null, '650000', '全区', 'region', 'with_subordinates', 'all', '2020-03-31',
        200, 150, 0.75, 0.5),
    (2020, 'goal', null, '650000', '全区', 'region', 'with_subordinates', 'general', '2020-03-31',
        200, 0, 0, 0),
    (2020, 'goal', null, '650100', '乌鲁木齐市', 'prefecture', 'with_subordinates', 'all',
        '2020-03-31', 40, 20, 0.5, 0.5);
insert into marts.mart_self_evaluation_statistics values
    (2019, '650000', '全区', 'region', 'with_subordinates', 300, 91.5);
insert into marts.mart_deviation_flag values
    (2020, 1, 'pass', false), (2020, 1, 'warn', true), (2020, 1, 'cannot_judge', false);
insert into marts.mart_ranking values
    (2020, 'county', '650000', '650102', '天山区', '天山区', 3, 96, 90),
    (2020, 'county', '650000', '650103', '沙依巴克区', '沙依巴克区', 40, 96, 80),
    (2020, 'county', '650000', '650104', '新市区', '新市区', 5, 96, 89);
insert into marts.mart_filing_history values
    ('f1', null, '650102', '天山区', 2020, 'goal', null, 'filed', false);
insert into marts.mart_filing_status values
    ('650102', '天山区', 2020, 'goal', null, 'filed', '2020-03-31'),
    ('650103', '沙依巴克区', 2020, 'monitoring', 2, 'expected', '2020-10-31');
insert into quality.fct_finding values
    ('k1', 'ROW-001', '应一致', 'error', '650102', '天山区', true, null),
    ('k2', 'ROW-001', '应一致', 'error', '650102', '天山区', true, null),
    ('k3', 'ROW-001', '应一致', 'error', '650103', '沙依巴克区', false, null),
    ('k5', 'ROW-002', '同键', 'info', '650103', '沙依巴克区', true, null),
    ('k5', 'ROW-002', '同键', 'info', '650103', '沙依巴克区', true, null);
"""
AFTER = """
insert into marts.mart_stage_coverage values
    (2020, 'goal', null, '650000', '全区', 'region', 'with_subordinates', 'all', '2020-03-31',
        200, 126, 0.63, 0.5),
    (2020, 'goal', null, '650100', '乌鲁木齐市', 'prefecture', 'with_subordinates', 'all',
        '2020-03-31', 40, 10, 0.25, 0.5),
    (2020, 'goal', null, '370202', '市南区', 'district', 'with_subordinates', 'all', '2020-03-31',
        4, 3, 0.75, 0.5),
    (2020, 'goal', null, '650102', '天山区', 'county', 'with_subordinates', 'all', '2020-03-31',
        4, 3, 0.75, 0.5),
    (2020, 'monitoring', 1, '650000', '全区', 'region', 'with_subordinates', 'all', '2020-06-30',
        200, 100, 0.5, 0.5);
insert into marts.mart_self_evaluation_statistics values
    (2019, '650000', '全区', 'region', 'with_subordinates', 300, 91.25);
insert into marts.mart_deviation_flag values
    (2020, 1, 'warn', true), (2020, 1, 'warn', true), (2020, 1, 'pass', false);
insert into marts.mart_ranking values
    (2020, 'county', '650000', '650102', '天山区', '天山区', 24, 96, 85),
    (2020, 'county', '650000', '650103', '沙依巴克区', '沙依巴克区', 20, 96, 86),
    (2020, 'county', '650000', '650104', '新市区', '新市区', 5, 96, 89);
insert into marts.mart_filing_history values
    ('f1', 'f2', '650102', '天山区', 2020, 'goal', null, 'superseded', false),
    ('f2', null, '650102', '天山区', 2020, 'goal', null, 'filed', true),
    ('f3', null, '650102', '天山区', 2020, 'goal', null, 'rejected', false);
insert into marts.mart_filing_status values
    ('650102', '天山区', 2020, 'goal', null, 'filed', '2020-03-31'),
    ('650103', '沙依巴克区', 2020, 'monitoring', 2, 'late', '2020-10-31');
insert into quality.fct_finding values
    ('k1', 'ROW-001', '应一致', 'error', '650102', '天山区', true, null),
    ('k2', 'ROW-001', '应一致', 'error', '650102', '天山区', false, null),
    ('k3', 'ROW-001', '应一致', 'error', '650103', '沙依巴克区', true, null),
    ('k4', 'ROW-001', '应一致', 'error', '650103', '沙依巴克区', true, 'w1'),
    ('k5', 'ROW-002', '同键', 'info', '650103', '沙依巴克区', true, null),
    ('k5', 'ROW-002', '同键', 'info', '650103', '沙依巴克区', true, null),
    ('k5', 'ROW-002', '同键', 'info', '650103', '沙依巴克区', true, null);
insert into marts.mart_sampling_quota values
    ('goal-2020-01', 'goal', 2020, 30, 3), ('goal-2020-01', 'goal', 2020, 11, 2);
"""


def manifest(name: str, rows: int, version: str) -> dict:
    return {
        "release_id": name, "as_of": AS_OF.isoformat(),
        "tables": {"marts.fct_project": {"row_count": rows, "table_hash": str(rows)}},
        "inputs": [{"receipt_id": f"r{number}"} for number in range(rows // 100)],
        "fingerprint_parts": {"code": version},
        "parameters": {"param_threshold": {"sha256": version, "versions": [version]}},
    }


@pytest.fixture
def changes(tmp_path):
    for name, rows in (("before", BEFORE), ("after", AFTER)):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as con:
            con.execute(TABLES + rows)
    return compare(
        tmp_path / "before.duckdb", tmp_path / "after.duckdb",
        manifest("20210228-001-aaaaaaaa", 300, "2026.10"),
        manifest("20210301-001-bbbbbbbb", 400, "2026.11"), LIMITS,
    )


def test_figures_of_both_releases_stand_side_by_side(changes):
    assert changes["not_comparable"] == []
    found = {
        (row["bureau_code"], row["stage"]): (
            row["coverage_rate_before"], row["coverage_rate_after"]
        )
        for row in changes["coverage"]
    }
    assert found == {
        ("650000", "goal"): (0.75, 0.63),
        ("650100", "goal"): (0.5, 0.25),
        ("650000", "monitoring"): (None, 0.5),
        ("370202", "goal"): (None, 0.75),  # a district of a city; counties are too many
    }
    assert [(row["mean_score_before"], row["mean_score_after"]) for row in changes["scores"]] == [
        (91.5, 91.25)
    ]
    assert changes["warnings"] == [
        {
            "fiscal_year": 2020, "round_no": 1, "judged_before": 2, "judged_after": 3,
            "warned_before": 1, "warned_after": 2,
        }
    ]
    assert [
        (row["object_code"], row["rank_before"], row["rank_after"]) for row in changes["rankings"]
    ] == [("650102", 3, 24), ("650103", 40, 20)]
    assert changes["tables"][0]["row_change"] == 100
    assert changes["causes"] == {
        "has_code_changed": True, "new_input_count": 1, "gone_input_count": 0,
    }


def test_what_came_and_went(changes):
    (filing,) = changes["filings"]
    assert [filing[f"{name}_count"] for name in ("new", "late", "corrected", "rejected")] == [
        2, 1, 1, 1,
    ]
    assert [row["bureau_code"] for row in changes["overdue"]] == ["650103"]
    # two findings of one key became three: one is new, not three times two
    assert [
        (row["rule_id"], row["new_count"], row["cleared_count"], row["open_count"])
        for row in changes["findings"]
    ] == [("ROW-001", 1, 1, 2), ("ROW-002", 1, 0, 3)]
    assert [(row["bureau_code"], row["new_count"]) for row in changes["finding_bureaus"]] == [
        ("650103", 2), ("650102", 0),
    ]
    assert [(row["frame_count"], row["drawn_count"]) for row in changes["draws"]] == [(41, 5)]
    assert changes["parameters"][0]["versions_after"] == ["2026.11"]


def test_only_the_move_on_a_large_base_holds(changes):
    # 150 -> 126 of 200: 16 % fewer done; the prefecture's 40 projects are too few to compare,
    # and the ranks are those of a past year: 3 -> 24 is 21 places, 40 -> 20 exactly the limit
    assert [(move["kind"], move["subject"]) for move in changes["moves"]] == [
        ("coverage_rate", "全区2020年度绩效目标"), ("rank", "2020年度县(市、区)排名天山区"),
    ]
    words = notes_text(changes)
    assert "全区2020年度绩效目标覆盖率由 75.00% 变为 63.00%（-12.00 个百分点）" in words
    assert "乌鲁木齐市2020年度绩效目标：50.00% → 25.00%（-25.00 个百分点）" in words
    assert "天山区　2020年度绩效目标：新报送 2 份，其中逾期 1 份，其中更正以前报送 1 份" in words
    assert "goal-2020-01：2020年度绩效目标，总体 41 个，抽取 5 个" in words
    assert "marts.fct_project：300 → 400（+100）" in words
    assert "param_threshold：版本 2026.10 → 2026.11" in words


def coverage(due: tuple, done: tuple, due_date: str | None = "2020-03-31") -> dict:
    return {
        "fiscal_year": 2020, "stage": "goal", "round_no": None, "bureau_name": "全区",
        "due_date": due_date, "due_before": due[0], "due_after": due[1],
        "done_before": done[0], "done_after": done[1],
        "coverage_rate_before": done[0] / due[0],
        "coverage_rate_after": done[1] / due[1] if due[1] else None,
    }


@pytest.mark.parametrize(
    ("row", "is_held"),
    [
        pytest.param(coverage((1000, 1000), (0, 300), "2021-03-31"), False, id="season"),
        pytest.param(coverage((1000, 4000), (900, 950), "2021-03-31"), False, id="registers_come"),
        pytest.param(coverage((1000, 1000), (200, 900), None), False, id="no_due_date"),
        pytest.param(coverage((1000, 1000), (200, 300)), False, id="exactly_the_limit"),
        pytest.param(coverage((1000, 1000), (200, 301)), True, id="beyond_it_after_the_season"),
        pytest.param(coverage((1000, 1000), (900, 809), "2021-03-31"), True, id="filings_gone"),
        pytest.param(coverage((1000, 899), (500, 500), "2021-03-31"), True, id="register_lost"),
        pytest.param(coverage((1000, 0), (500, 0)), True, id="all_gone"),
        pytest.param(coverage((99, 99), (90, 10)), False, id="too_small"),
    ],
)
def test_filing_is_growth_and_holds_nothing(row, is_held):
    found = find_moves({**EMPTY, "coverage": [row]}, LIMITS, AS_OF)
    assert bool(found) is is_held


@pytest.mark.parametrize(
    ("counts", "means", "due_date", "is_held"),
    [
        ((200, 200), (91, 85.9), "2020-06-30", True),
        ((200, 200), (91, 86), "2020-06-30", False),
        ((200, 210), (91, 80), "2021-06-30", False),
        ((200, 209), (91, 80), "2021-06-30", True),
        ((99, 200), (91, 80), "2020-06-30", False),
    ],
)
def test_a_mean_moves_with_new_scores_only(counts, means, due_date, is_held):
    row = {
        "fiscal_year": 2020, "bureau_name": "全区", "due_date": due_date,
        "scored_before": counts[0], "scored_after": counts[1],
        "mean_score_before": means[0], "mean_score_after": means[1],
    }
    assert bool(find_moves({**EMPTY, "scores": [row]}, LIMITS, AS_OF)) is is_held


@pytest.mark.parametrize(
    ("table", "before", "after", "is_held"),
    [
        ("marts.fct_project", 1000, 900, False),
        ("marts.fct_project", 1000, 899, True),
        ("marts.fct_project", 1000, None, True),
        ("marts.fct_project", 1000, 9000, False),
        ("marts.fct_project", None, 10, False),
        ("marts.fct_project", 99, 1, False),
        ("marts.mart_missing_project", 1000, 1, False),
        ("quality.fct_finding", 1000, 1, False),
    ],
)
def test_only_drops_in_rows_hold(table, before, after, is_held):
    row = {"table": table, "row_count_before": before, "row_count_after": after}
    assert bool(find_moves({**EMPTY, "tables": [row]}, LIMITS, AS_OF)) is is_held


@pytest.mark.parametrize(("work_year", "ranked", "score", "is_held"), [
    (2020, 96, 79, True), (2021, 96, 79, False), (2020, 29, 79, False), (2020, 96, 79.5, False),
])
def test_only_ranks_of_a_past_year_hold_and_no_broken_tie(work_year, ranked, score, is_held):
    row = {
        "work_year": work_year, "ranking_kind": "county", "object_name": "天山区\n第二行",
        "rank_before": 1, "rank_after": 22, "ranked_before": ranked, "ranked_after": 96,
        "score_before": 80, "score_after": score,
    }
    found = find_moves({**EMPTY, "rankings": [row]}, LIMITS, AS_OF)
    assert bool(found) is is_held
    assert all("\n" not in move.text_zh for move in found)


def test_the_season_ends_on_its_last_day():
    assert is_in_season("2020-12-31", AS_OF, 60)
    assert not is_in_season("2020-12-30", AS_OF, 60)


def test_limits_are_dated_rows():
    limits = read_limits(AS_OF)
    assert limits.min_base > 0 and "fct_finding" in limits.may_shrink


def test_a_release_of_older_code_is_compared_as_far_as_it_goes(tmp_path):
    for name in ("before", "after"):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as con:
            con.execute(TABLES)
    with duckdb.connect(str(tmp_path / "before.duckdb")) as con:
        con.execute("alter table quality.fct_finding drop column finding_key")
    found = compare(
        tmp_path / "before.duckdb", tmp_path / "after.duckdb",
        manifest("a", 300, "1"), manifest("b", 300, "1"), LIMITS,
    )
    assert found["not_comparable"] == ["findings", "finding_bureaus"]
    assert "未能比较" in notes_text(found)


def test_the_first_release_says_that_it_is_the_first():
    found = first_changes("a", AS_OF, manifest("a", 300, "1")["tables"])
    assert found["is_first"] and found["moves"] == []
    assert "这是第一个发布" in notes_text(found)
