"""This year beside last year: differences and growth worked by hand, and what is not there."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from release_file import CITY, DISTRICT, REGION, bureau, coverage, flag, insert, make_database

from dashboards import figures
from dashboards.edition import Edition, Masthead
from dashboards.overview import overview_page

MASTHEAD = Masthead("20210301-001-abcdef01", date(2021, 3, 1), {})


def open_two_years(path, *more):
    """The release made by hand and rows of its last year."""
    make_database(path)
    con = duckdb.connect(str(path))
    for table, row in more:
        insert(con, table, row)
    return Edition(con, MASTHEAD)


def stage(work_year, due, done, name, round_no=None):
    return ("marts.mart_stage_coverage", coverage(
        REGION, "with_subordinates", due, done, work_year=work_year, stage=name, round_no=round_no,
    ))


def evaluation(project, score):
    return ("marts.mart_self_evaluation", {
        **bureau(DISTRICT), "fiscal_year": 2018, "work_year": 2019, "project_code": project,
        "declared_score": score, "is_below_80": score < 80,
    })


@pytest.fixture
def page(tmp_path):
    edition = open_two_years(
        tmp_path / "jixiao.duckdb",
        stage(2020, 50, 40, "monitoring", 1), stage(2020, 50, 50, "monitoring", 2),
        stage(2020, 0, 0, "self_evaluation"),
        stage(2019, 30, 27, "monitoring", 1), stage(2019, 0, 0, "self_evaluation"),
        *(
            ("marts.mart_deviation_flag", {
                **flag(CITY, f"Q{number}", 1, light, 0.1, 0.5, 1000),
                "work_year": 2019, "fiscal_year": 2019,
            })
            for number, light in enumerate(("red", "red", "red", "green"))
        ),
        ("marts.mart_consecutive_warning", {
            **bureau(CITY), "fiscal_year": 2019, "work_year": 2019, "project_code": "Q0",
        }),
        evaluation("Q1", 70), evaluation("Q2", 81.25),
    )
    yield overview_page(edition)
    edition.con.close()


def test_rates_move_in_percentage_points(page):
    # 17 of 20 after 12 of 16; 40 of 50 after 27 of 30
    assert page.card("绩效目标覆盖率").note == "17 / 20 个；上年 75.00%（+10.00 个百分点）"
    assert page.card("第一次监控覆盖率").note == "40 / 50 个；上年 90.00%（-10.00 个百分点）"


def test_a_stage_that_last_year_had_not_is_said(page):
    assert page.card("第二次监控覆盖率").note == "50 / 50 个；上年没有这一环节"
    assert page.card("绩效自评覆盖率").note == "0 / 0 个；上年无应开展项目"


def test_counts_move_by_number_and_share(page):
    # 2 warnings after 3: one fewer, a third; 1 project warned twice after 1
    assert page.card("预警（项目·次）").note == "监控 4 项目·次；上年 3（-1，-33.33%）"
    assert page.card("连续两次预警").note.endswith("上年 1（持平）")


def test_a_mean_moves_in_points(page):
    # 77.50 (77.4967) after (70 + 81.25) / 2 = 75.625: 1.8717 more
    assert page.card("自评平均得分").note == "3 个，低于 80 分 2 个；上年 75.63（+1.87 分）"


def test_the_chart_has_both_years_and_a_gap_where_there_is_none(page):
    chart = next(part for part in page.parts if part.name == "coverage")
    assert {series["name"]: series["data"] for series in chart.series} == {
        "2020 年": [85.0, 80.0, 100.0, None], "2019 年": [75.0, 90.0, None, None],
    }


def test_a_first_year_has_no_columns_of_the_year_before(tmp_path):
    edition = open_two_years(tmp_path / "jixiao.duckdb", ("marts.mart_annual_statement", {
        "statement": "xinjiang-2020", "work_year": 2020, "item_code": "S0-11", "figure": "count",
        "split": "all", "sort_no": 3, "label_zh": "监控项目", "unit_zh": "个", "decimal_places": 0,
        "value": 12, "basis": "computed",
    }))
    edition.con.execute("delete from marts.mart_year_on_year")
    edition.con.execute("delete from marts.mart_stage_coverage where work_year = 2019")
    page = overview_page(edition)
    assert page.card("绩效目标覆盖率").note == "17 / 20 个；上年无数据"
    assert page.card("预警（项目·次）").note.endswith("上年无数据")
    table = page.table("statement")
    assert [heading for heading, _ in table.columns] == ["条目", "数字", "本年"]
    assert table.rows == [["S0-11", "监控项目", "12 个"]]
    assert "2019 工作年度没有数据" in table.note
    edition.con.close()


@pytest.mark.parametrize(
    ("value", "places", "unit", "expected"),
    [
        (54, 0, "个", "+54 个"), (-1.265, 2, "亿元", "-1.27 亿元"), (1.5, 2, "%", "+1.50 个百分点"),
        (0, 2, "个", "0 个"), (-0.001, 2, "分", "0 分"), (None, 0, "个", "—"),
    ],
)
def test_differences_carry_their_sign(value, places, unit, expected):
    assert figures.signed(value, places, unit) == expected


def test_growth_is_of_what_was_before():
    assert figures.growth(454, 400) == "+13.50%"
    assert figures.growth(-50, -100) == "+50.00%"
    assert figures.growth(5, 0) == figures.growth(5, None) == ""
