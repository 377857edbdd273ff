"""What came of the draw: results, deviations, rectification; every chart leads to its list."""

from __future__ import annotations

import duckdb
import pytest
from release_file import CITY, DISTRICT, HOSTILE, bureau, insert, make_database, make_masthead

from dashboards.edition import Edition
from dashboards.sampling import sampling_page

SOURCE = {"_source_file": "650000/台账.xlsx", "_source_sheet": "Sheet1", "_source_row": 5}


def result(project, original, recheck, problem=None, done=None, overdue=False):
    return {
        **bureau(DISTRICT), **SOURCE, "record_id": project, "work_year": 2020,
        "evaluated_year": 2020, "project_code": project, "project_name": f"项目{project}",
        "original_score": original, "recheck_score": recheck,
        "score_difference": None if recheck is None else original - recheck, "problem": problem,
        "has_problem": problem is not None, "is_rectified": done is not None,
        "rectified_date": done, "is_overdue": overdue,
    }


def item(number, replied=None, verified=None, overdue=False, held=False, year=2020):
    return {
        **bureau(CITY), **SOURCE, "record_id": f"z{number}", "work_year": year,
        "object_name": HOSTILE, "project_code": "Q9", "source_type": "第三方评价",
        "problem": "材料不全", "is_overdue": overdue, "is_verified": verified is not None,
        "is_open": verified is None, "should_hold_payment": overdue and verified is None,
        "is_payment_held": held, "due_date": "2021-02-01", "reply_date": replied,
        "verified_date": verified, "overdue_day_count": 28 if overdue else None,
    }


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    path = tmp_path_factory.mktemp("release") / "jixiao.duckdb"
    make_database(path)
    con = duckdb.connect(str(path))
    insert(
        con, "marts.mart_sampling_quota",
        {**bureau(CITY), "draw_id": "monitoring-2020-01", "frame_kind": "monitoring",
         "frame_count": 11, "quota_count": 2, "drawn_count": 2, "recommended_count": 1,
         "spare_count": 1},
        {**bureau(DISTRICT), "draw_id": "monitoring-2020-01", "frame_kind": "monitoring",
         "frame_count": 30, "quota_count": 3, "drawn_count": 3, "recommended_count": 0,
         "spare_count": 0},
    )
    for project, is_spare in (("P1", False), ("P2", False), ("P3", True)):
        insert(con, "marts.mart_sampling_audit_list", {
            **bureau(DISTRICT), "draw_id": "monitoring-2020-01", "fiscal_year": 2020,
            "project_code": project, "project_name": f"项目{project}", "is_spare": is_spare,
        })
    insert(
        con, "marts.mart_sampling_result",
        result("P1", 95, 83, "预算执行率偏低", overdue=True),
        result("Q2", 90, 86, "材料不全", done="2020-11-01"),
        result("Q3", 88, 88), result("Q4", 80, 82), result("Q5", 91, None, "没有材料"),
    )
    insert(
        con, "marts.mart_rectification",
        item(1, "2021-01-05", "2021-01-20"), item(2, "2021-01-06"), item(3),
        item(4, overdue=True, held=True), item(5, overdue=True), item(6, overdue=True, year=2019),
    )
    yield Edition(con, make_masthead())
    con.close()


@pytest.fixture(scope="module")
def page(edition):
    return sampling_page(edition)


def bars(page, name):
    chart = next(part for part in page.parts if part.name == name)
    return dict(zip(
        chart.categories,
        [item["value"] if isinstance(item, dict) else item for item in chart.series[0]["data"]],
        strict=True,
    ))


def cells(page, table, heading):
    found = page.table(table)
    place = [name for name, _ in found.columns].index(heading)
    return [row[place] for row in found.rows]


def test_quotas_and_the_draw(page):
    drawn = page.card("抽中项目")
    assert drawn.value == "5"
    assert drawn.note == "总体 41 个，应抽 5 个；另推荐 1 个；已登记结果 1 个"
    chart = next(part for part in page.parts if part.name == "quota_by_prefecture")
    assert chart.categories == ["乌鲁木齐"]
    assert [series["data"] for series in chart.series] == [[5], [5]]
    assert cells(page, "drawn", "抽检结果") == ["已登记", "未登记", "—"]


def test_results_and_deviations(page):
    assert page.card("抽检结果").value == "5"
    assert page.card("抽检结果").note == "有问题 3 个，已整改 1 个"
    # of the four with both scores: (83 + 86 + 88 + 82) / 4 after (95 + 90 + 88 + 80) / 4
    assert page.card("抽检平均得分").value == "84.75"
    assert page.card("抽检平均得分").note == "原平均 88.25；调低 2 个"
    assert bars(page, "result_states") == {
        "没有问题": 2, "已整改": 1, "整改中": 1, "逾期未整改": 1,
    }
    assert bars(page, "deviations") == {
        "抽检高于原得分": 1, "相同": 1, "低 5 分以内": 1, "低 10 分以上": 1, "没有两个得分": 1,
    }
    assert cells(page, "results", "整改") == [
        "逾期未整改", "整改中", "已整改", "没有问题", "没有问题",
    ]


def test_rectification_of_this_work_year_only(page):
    assert page.card("整改事项").value == "5"
    assert page.card("整改事项").note == "已核实 1，未核实 4"
    assert bars(page, "progress") == {"已核实": 1, "已回复待核实": 1, "未到期": 1, "逾期未回复": 2}
    late = page.card("逾期未整改")
    assert late.value == "3"
    assert late.note == "抽检结果 1，整改事项 2；应暂缓拨款 2，已暂缓 1"
    assert late.href == "#rectification"
    assert cells(page, "rectification", "进度")[:2] == ["逾期未回复"] * 2
    assert cells(page, "rectification", "来源（文件〔表〕行）")[0] == (
        "650000/台账.xlsx 〔Sheet1〕 第 5 行"
    )


def test_only_projects_that_have_a_page_are_links(page):
    assert [isinstance(cell, list) for cell in cells(page, "results", "项目")] == [
        True, False, False, False, False,
    ]
    assert cells(page, "rectification", "对象")[0] == HOSTILE


def test_every_chart_leads_to_a_list_that_holds_what_is_clicked(page):
    for chart in (part for part in page.parts if part.part == "chart"):
        table = page.table(chart.table)
        headings = [name for name, _ in table.columns]
        place = headings.index(chart.column)
        shown = {row[place] if isinstance(row[place], str) else row[place][0] for row in table.rows}
        assert set(chart.categories) <= shown, chart.name


def test_nothing_received_yet_is_said(tmp_path):
    make_database(tmp_path / "jixiao.duckdb")
    con = duckdb.connect(str(tmp_path / "jixiao.duckdb"))
    page = sampling_page(Edition(con, make_masthead()))
    assert "jixiao draw" in page.table("quota").empty
    assert "还没有收到整改台账" in page.table("rectification").empty
    assert page.card("抽检平均得分").value == "—"
    con.close()
