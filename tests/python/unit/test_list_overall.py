"""Lists on the whole expenditure of units (部门单位整体支出), from cells to raw rows."""

from __future__ import annotations

import pytest
from list_grids import CALENDAR, ROSTER, P, grid

from ingest.evidence import overall_kind_in
from ingest.export_file import Surroundings, read_sheets

GOALS = ["序号", "单位编码", "单位名称", "主管部门", "年度预算总额（万元）", "基本支出（万元）"]
GOALS += ["项目支出（万元）", "年度绩效目标"]
GOAL_ROW = ["1", "210001", "天山区水务局", "天山区水务局", "150.5", "100", "50.5", "保障供水"]
LINES = ["一级指标", "二级指标", "三级指标", "年度指标值", "分值"]
EVALUATED = [
    "单位编码",
    "单位名称",
    "全年预算数（元）",
    "全年执行数（元）",
    "预算执行率",
    "自评得分",
]
EVALUATED += ["自评等级", "是否公开"]


def read(sheets, source_file="650102/2020/a.xlsx", bureau="650102"):
    return read_sheets(sheets, Surroundings(source_file, bureau, CALENDAR, ROSTER))


def slots(reading):
    return sorted({part.slot for part in reading.parts})


def rows_of(reading, table):
    return [row for part in reading.parts for row in part.tables[table].to_dicts()]


def rules(reading):
    found = [finding.rule_id for finding in reading.findings]
    return found + [finding.rule_id for part in reading.parts for finding in part.findings]


def test_one_row_per_unit():
    rows = [
        ["天山区2020年度部门（单位）整体支出绩效目标汇总表"],
        GOALS,
        GOAL_ROW,
        ["2", "212001", "天山区住建局", None, "60", "60", "0", "改造小区"],
        ["合计", None, None, None, "210.5", "160", "50.5"],
        ["注：金额单位为万元"],
    ]
    reading = read([grid(rows)])
    assert slots(reading) == [("overall_goal", 2020, 0)]
    (part,) = reading.parts
    first, second = rows_of(reading, "units")
    assert first == {
        "_source_row": 3,
        "_project_row": 3,
        "_money_unit": "万元",
        "_other_columns": '{"序号":"1"}',
        "fiscal_year": None,
        "bureau_code": None,
        "unit_code": "210001",
        "unit_name": "天山区水务局",
        "department_name": "天山区水务局",
        "finance_division": None,
        "total_budget": "150.5",
        "basic_budget": "100",
        "project_budget": "50.5",
        "fiscal_appropriation": None,
        "other_funds": None,
        "overall_goal": "保障供水",
        "review_status": None,
        "is_deleted": None,
        "updated_at": None,
    }
    assert (second["unit_name"], second["_source_row"]) == ("天山区住建局", 4)
    assert part.counts == {"title": 1, "header": 1, "total": 1, "note": 1, "blank": 0}
    assert part.row_count() == reading.source_row_count == 6
    assert rules(reading) == []


def test_units_with_their_indicators():
    unit = GOAL_ROW[1:]
    rows = [
        ["2020年部门整体支出绩效目标"],
        [*GOALS[1:], *LINES],
        [*unit, "产出指标", "数量指标", "供水量", "≥1万吨", "50"],
        [*[None] * 7, None, "质量指标", "达标率", "≥95%", "50"],
        ["212001", "天山区住建局", None, "60", None, None, None, "产出指标", "数量指标", "小区"],
    ]
    reading = read([grid(rows)])
    assert slots(reading) == [("overall_goal", 2020, 0)]
    assert [row["unit_name"] for row in rows_of(reading, "units")] == [
        "天山区水务局",
        "天山区住建局",
    ]
    lines = rows_of(reading, "indicators")
    assert [
        (row["unit_name"], row["_project_row"], row["level1"], row["level3"]) for row in lines
    ] == [
        ("天山区水务局", 3, "产出指标", "供水量"),
        ("天山区水务局", 3, "产出指标", "达标率"),
        ("天山区住建局", 5, "产出指标", "小区"),
    ]
    assert reading.parts[0].row_count() == 5


def test_indicators_alone():
    rows = [
        ["2020年部门整体支出绩效目标指标"],
        ["单位名称", *LINES],
        ["天山区水务局", "产出指标", "数量指标", "供水量", "≥1万吨", "50"],
    ]
    reading = read([grid(rows)])
    assert slots(reading) == [("overall_goal", 2020, 0)]
    (part,) = reading.parts
    assert list(part.tables) == ["indicators"]


def test_rounds_by_column_and_by_title():
    header = ["监控阶段", "预算单位", "全年预算数(元)", "累计执行数(元)", "执行率"]
    rows = [
        ["2020年部门整体支出绩效运行监控"],
        header,
        ["1-5月", "210001-水务局", "100", "40", "40%"],
        ["1-9月", "210001-水务局", "100", "70", "70%"],
    ]
    reading = read([grid(rows)])
    assert slots(reading) == [("overall_monitoring", 2020, 1), ("overall_monitoring", 2020, 2)]
    reading = read([grid([["2020年1-5月部门整体支出绩效监控表"], header[1:], rows[2][1:]])])
    assert slots(reading) == [("overall_monitoring", 2020, 1)]


def test_self_evaluation_of_the_year_before_its_folder():
    rows = [["2019年度部门整体支出绩效自评结果"], EVALUATED]
    rows += [["210001", "水务局", "100", "99", "99%", "96.5", "优", "是"]]
    reading = read([grid(rows)], "650102/2020/整体自评.xlsx")
    assert slots(reading) == [("overall_self_evaluation", 2019, 0)]
    (unit,) = rows_of(reading, "units")
    assert (unit["total_score"], unit["grade"], unit["is_disclosed"]) == ("96.5", "优", "是")
    assert (unit["annual_budget"], unit["executed"]) == ("100", "99")


def test_the_sheet_s_name_or_the_path_may_say_it():
    rows = [EVALUATED, ["210001", "水务局", "100", "99", "99%", "96.5", "优", "是"]]
    reading = read([grid(rows)], "650102/2020/2019年部门整体支出绩效自评.xlsx")
    assert slots(reading) == [("overall_self_evaluation", 2019, 0)]
    reading = read([grid(rows, "整体支出自评")], "650102/2019/a.xlsx")
    assert slots(reading) == [("overall_self_evaluation", 2019, 0)]


@pytest.mark.parametrize(
    "title", ["2019年度绩效自评结果", "2019年单位自评得分", "2019年度项目支出绩效自评"]
)
def test_a_list_that_does_not_say_so_is_none(title):
    rows = [[title], EVALUATED, ["210001", "水务局", "100", "99", "99%", "96.5", "优", "是"]]
    reading = read([grid(rows)])
    assert not any(slot[0].startswith("overall") for slot in slots(reading))


def test_rows_that_name_projects_are_projects_whatever_the_title_says():
    rows = [
        ["2020年部门整体支出和项目支出绩效目标", None],
        ["预算单位", "项目编码", "项目名称", "年度资金总额（元）", "年度绩效目标"],
        ["210001-水务局", P, "饮水工程", "1", "完成改造"],
    ]
    assert slots(read([grid(rows)])) == [("goal", 2020, 0)]
    rows[0] = ["2020年部门整体支出绩效目标", None]
    assert slots(read([grid(rows)])) == [("goal", 2020, 0)]


def test_a_title_whose_list_lacks_a_heading_is_refused_with_the_heading():
    rows = [
        ["2019年部门整体支出绩效自评"],
        ["单位编码", "单位名称", "自评得分"],
        ["1", "水务局", "96"],
    ]
    reading = read([grid(rows)])
    assert reading.rule_id == "HEAD-001"
    (finding,) = reading.findings
    assert finding.heading == "全年执行数"
    assert finding.document_kind == "overall_self_evaluation"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2020年部门整体支出绩效目标", "overall_goal"),
        ("整体支出绩效目标自评表", "overall_self_evaluation"),
        ("整体支出绩效目标执行监控", "overall_monitoring"),
        ("部门（单位）整体绩效目标申报", "overall_goal"),
        ("项目支出绩效目标", None),
        ("整体支出和项目支出绩效自评", None),
        ("整体推进情况", None),
        ("转移支付整体绩效目标", None),
    ],
)
def test_overall_kind_in(text, kind):
    assert overall_kind_in(text) == kind
