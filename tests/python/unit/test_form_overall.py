"""Forms on the whole expenditure of a unit (部门单位整体支出), cell by cell to raw rows."""

from __future__ import annotations

import json

import pytest
from form_grids import column, grid_of, one_form, texts
from list_grids import CALENDAR, ROSTER, grid

from ingest.export_file import Surroundings, read_sheets
from ingest.form_export import looks_like_form, parse_form_sheet
from ingest.form_titles import kind_of_title, says_overall

N = None
LEVELS = ["绩效指标", "一级指标", "二级指标", "三级指标"]


def goal_form(
    name: str = "天山区水务局", *, merged: bool = False
) -> tuple[list[list], list | None]:
    rows = [
        ["部门（单位）整体支出绩效目标申报表"],
        ["（2020年度）"],
        ["部门（单位）名称", name, N, N, N, N],
        ["年度主要任务", "任务名称", "主要内容", "预算金额（万元）", N, N],
        [N, N, N, "总额", "财政拨款", "其他资金"],
        [N, "农村饮水", "改造管网100公里", "100.00", "80.00", "20.00"],
        [N, "防汛抗旱", "巡查河道12条", "50.5", "50.5", "0"],
        [N, "金额合计", N, "150.5", "130.5", "20"],
        ["年度总体目标", "目标1：饮水安全\n目标2：安全度汛"],
        [*LEVELS, "指标值", N],
        [N, "履职效能", "数量指标", "改造管网", "≥100公里", N],
        [N, "运行成本", "成本指标", "公用经费控制率", "≤100%", N],
        ["注：本表由部门填报"],
    ]
    merges = [
        (0, 0, 0, 5),
        (1, 0, 1, 5),
        (2, 1, 2, 5),
        (3, 0, 7, 0),
        (3, 1, 4, 1),
        (3, 2, 4, 2),
        (3, 3, 3, 5),
        (7, 1, 7, 2),
        (8, 1, 8, 5),
        (9, 0, 11, 0),
        (9, 4, 9, 5),
    ]
    return rows, merges if merged else None


def funds(block, *names):
    return [tuple(line.get(name) for name in ("label", *names)) for line in block.funds]


def read(sheets, source_file="650102/2020/a.xlsx"):
    return read_sheets(sheets, Surroundings(source_file, "650102", CALENDAR, ROSTER))


def rows_of(reading, table):
    return [line for part in reading.parts for line in part.lines.get(table, [])]


@pytest.mark.parametrize("merged", [False, True])
def test_goal_form_with_its_tasks(merged):
    block = one_form(*goal_form(merged=merged))
    assert (block.document_kind, block.layout_kind) == ("overall_goal", "overall_goal")
    assert (block.fiscal_year, block.money_unit) == (2020, "万元")
    unit = texts(block)
    assert unit["unit_name"] == "天山区水务局"
    assert unit["total_budget"] == "150.5"
    assert (unit["fiscal_appropriation"], unit["other_funds"]) == ("130.5", "20")
    assert unit["overall_goal"] == "目标1：饮水安全\n目标2：安全度汛"
    assert block.project_row == 3
    assert funds(block, "content", "amount", "fiscal_appropriation", "other_funds") == [
        ("农村饮水", "改造管网100公里", "100.00", "80.00", "20.00"),
        ("防汛抗旱", "巡查河道12条", "50.5", "50.5", "0"),
        ("金额合计", N, "150.5", "130.5", "20"),
    ]
    assert column(block, "level1") == ["履职效能", "运行成本"]
    assert column(block, "target_value") == ["≥100公里", "≤100%"]
    assert not block.findings
    assert sorted(block.row_classes) == list(range(1, 14))


def test_goal_form_with_a_total_in_front_and_budget_by_kind_of_expenditure():
    block = one_form(
        [
            ["2021年度部门整体支出绩效目标表"],
            ["单位名称", "某局", "主管部门", "某厅"],
            ["部门预算（万元）", "资金总额", "300"],
            [N, "其中：基本支出", "200"],
            [N, "项目支出", "100"],
            ["部门职责概述", "负责水利"],
            ["年度绩效目标", "保障供水"],
            [*LEVELS, "指标值"],
            [N, "产出指标", "数量指标", "供水量", "≥1万吨"],
        ]
    )
    unit = texts(block)
    assert (unit["unit_name"], unit["department_name"]) == ("某局", "某厅")
    assert unit["total_budget"] == "300"
    assert (unit["basic_budget"], unit["project_budget"]) == ("200", "100")
    assert unit["overall_goal"] == "保障供水"
    assert block.project_other == {"部门职责概述": "负责水利"}
    assert not block.findings


def test_rows_of_the_raw_tables_and_conservation():
    rows, _ = goal_form()
    reading = read([grid_of(rows)])
    assert reading.rule_id is None
    (part,) = reading.parts
    assert part.slot == ("overall_goal", 2020, 0)
    assert part.layout == "form"
    (unit,) = rows_of(reading, "units")
    assert unit["unit_name"] == "天山区水务局"
    assert unit["_source_row"] == unit["_project_row"] == 3
    assert unit["_money_unit"] == "万元"
    lines = rows_of(reading, "indicators")
    assert [line["_source_row"] for line in lines] == [11, 12]
    assert {line["_project_row"] for line in lines} == {3}
    assert [line["label"] for line in rows_of(reading, "funds")][:2] == ["农村饮水", "防汛抗旱"]
    assert part.row_count() == reading.source_row_count == len(rows)
    assert part.counts["note"] == 1
    assert {p["table_name"] for p in part.positions} == {"units", "indicators", "funds"}


def test_several_units_on_one_sheet():
    first, _ = goal_form("天山区水务局")
    second, _ = goal_form("天山区教育局")
    blocks = parse_form_sheet(grid_of([*first, [], *second]))
    assert [texts(block)["unit_name"] for block in blocks] == ["天山区水务局", "天山区教育局"]
    assert [block.document_kind for block in blocks] == ["overall_goal"] * 2
    assert [len(block.indicators) for block in blocks] == [2, 2]


def test_self_evaluation_since_2020_with_a_department_instead_of_a_project():
    block = one_form(
        [
            ["部门整体支出绩效自评表"],
            ["（2019年度）"],
            ["部门名称", "某局", N, N, "填报单位", "某局办公室"],
            [
                *["年度预算（万元）", N, "年初预算数", "全年预算数", "全年执行数"],
                *["分值", "执行率", "得分"],
            ],
            [N, "年度资金总额", "100", "120", "119", "10", "99.17%", "9.9"],
            [N, "其中：基本支出", "60", "60", "60", "—", "100%", "—"],
            [N, "项目支出", "40", "60", "59", "—", "98.33%", "—"],
            ["年度总体目标", "预期目标", N, N, "实际完成情况"],
            [N, "保障运转", N, N, "已保障"],
            [*LEVELS, "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"],
            [N, "管理效率", "预算执行", "预算执行率", "100%", "99.17%", "20", "19.8", N],
            [N, "社会效应", "社会效益", "群众满意", "≥90%", "92%", "70", "70", N],
            ["总分", N, N, N, N, N, "100", "99.7"],
        ]
    )
    assert block.document_kind == "overall_self_evaluation"
    unit = texts(block)
    assert unit["unit_name"] == "某局"
    assert (unit["initial_budget"], unit["annual_budget"]) == ("100", "120")
    assert (unit["executed"], unit["execution_rate"]) == ("119", "99.17%")
    assert (unit["execution_weight"], unit["execution_score"]) == ("10", "9.9")
    assert (unit["basic_budget"], unit["project_budget"]) == ("60", "60")
    assert (unit["overall_goal"], unit["actual_goal"]) == ("保障运转", "已保障")
    assert (unit["weight_total"], unit["total_score"]) == ("100", "99.7")
    assert column(block, "score") == ["19.8", "70"]
    assert not block.findings


def test_fujian_2018():
    block = one_form(
        [
            ["2018年度部门整体支出绩效自评表"],
            ["部门名称", "某市林业局"],
            [
                *["资金结构（万元）", N, "年初安排①", "历年结转②", "年中调整③", "小计④"],
                *["拨付⑤", "支出实现率⑤/④", "结余", "结余率"],
            ],
            [N, "基本支出", "60", "0", "5", "65", "65", "100%", "0", "0%"],
            [N, "项目支出", "40", "5", "0", "45", "40", "88.89%", "5", "11.11%"],
            [N, "合计", "100", "5", "5", "110", "105", "95.45%", "5", "4.55%"],
            ["年度绩效目标", "预期目标", N, N, "实际完成情况", N, N, "达成率"],
            [N, "目标1：造林", N, N, "已造林", N, N, "100%"],
            [N, "目标2：管护", N, N, "管护九成", N, N, "90%"],
            [*LEVELS, "指标值", "完成值", "分值", "得分"],
            [N, "产出（60分）", "数量指标", "造林面积", "≥1万亩", "1.2万亩", "60", "60"],
            ["自评总分", N, N, N, N, N, "100", "95.5"],
        ]
    )
    unit = texts(block)
    assert block.document_kind == "overall_self_evaluation"
    assert (unit["initial_budget"], unit["annual_budget"]) == ("100", "110")
    assert (unit["executed"], unit["execution_rate"]) == ("105", "95.45%")
    assert (unit["basic_budget"], unit["project_budget"]) == ("65", "45")
    assert unit["overall_goal"] == "目标1：造林\n目标2：管护"
    assert unit["actual_goal"] == "已造林\n管护九成"
    assert block.project_other == {"达成率": "100%\n90%"}
    assert unit["total_score"] == "95.5"
    assert block.funds[0]["other_columns"]["历年结转②"] == "0"
    assert funds(block, "initial_budget", "annual_budget", "executed") == [
        ("基本支出", "60", "65", "65"),
        ("项目支出", "40", "45", "40"),
        ("合计", "100", "110", "105"),
    ]
    assert not block.findings


def test_chongqing_2021():
    block = one_form(
        [
            ["2021年度部门整体支出绩效自评表"],
            ["部门（单位）名称", "某区财政局", "部门编码", "301"],
            [
                *["部门支出预算（万元）", N, "年初预算数", "全年（调整）预算数", "全年执行数"],
                *["执行率", "执行率权重", "执行率得分"],
            ],
            [N, "年度总金额", "10", "9", "9", "100%", "10", "10"],
            ["年度绩效目标", "年初绩效目标", "调整绩效目标", "目标实际完成情况"],
            [N, "按时", "按期", "已发"],
            [
                *["绩效指标", "指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值"],
                *["全年完成值", "得分系数（%）", "指标权重", "指标得分", "是否核心指标"],
            ],
            [N, "发放人数", "人", "≥", "80", "85", "85", "100", "90", "89", "是"],
            ["自评总分", "99"],
        ]
    )
    unit = texts(block)
    assert block.document_kind == "overall_self_evaluation"
    assert (unit["unit_name"], unit["unit_code"]) == ("某区财政局", "301")
    assert (unit["annual_budget"], unit["execution_weight"]) == ("9", "10")
    assert unit["total_score"] == "99"
    (line,) = block.indicators
    assert (line["level3"], line["target_operator"], line["target_value"]) == (
        "发放人数",
        "≥",
        "80",
    )
    assert (line["weight"], line["score"]) == ("90", "89")
    assert line["other_columns"] == {
        "调整指标值": "85",
        "得分系数（%）": "100",
        "是否核心指标": "是",
    }
    assert not block.findings


def test_tianjin_goal_rows_apart_from_indicator_rows():
    block = one_form(
        [
            ["部门整体支出绩效自评表"],
            ["（2022年度）"],
            ["部门名称", "某区水务局"],
            ["预算执行情况（万元）", N, "年初预算数", "全年预算数", "全年执行数", "执行率"],
            [N, "合计", "50", "60", "57", "95%"],
            ["年度目标完成情况", "年度绩效目标", "实际完成情况", "偏差原因及改进措施"],
            [N, "供水", "已供水", N],
            [N, "排水", "部分排水", "雨季提前"],
            [
                *["绩效指标", "一级指标", "二级指标", "指标名称", "计算符号", "指标值", "完成值"],
                *["计量单位", "分值", "得分", "偏差原因"],
            ],
            [N, "产出指标", "数量指标", "供水量", "≥", "100", "95", "万吨", "90", "85.5", "雨季"],
            ["总分", N, N, N, N, N, N, N, "100", "95"],
        ]
    )
    unit = texts(block)
    assert (unit["overall_goal"], unit["actual_goal"]) == ("供水\n排水", "已供水\n部分排水")
    assert block.project_other == {"偏差原因及改进措施": "雨季提前"}
    assert (unit["annual_budget"], unit["executed"], unit["total_score"]) == ("60", "57", "95")
    (line,) = block.indicators
    assert (line["target_operator"], line["target_value"], line["target_unit"]) == (
        *("≥", "100", "万吨"),
    )
    assert (line["actual_value"], line["score"], line["deviation_reason"]) == ("95", "85.5", "雨季")
    assert not block.findings


def test_monitoring_has_the_grid_of_project_monitoring():
    block = one_form(
        [
            ["部门整体支出绩效目标执行监控表"],
            ["（2020年度）"],
            ["部门名称", "某局"],
            ["年度预算（万元）", N, "年初预算数", "1～5月执行数", "1～5月执行率", "全年预计执行数"],
            [N, "年度资金总额", "100", "45", "45%", "100"],
            [N, "其中：本年一般公共预算拨款", "100", "45", "45%", "100"],
            ["年度总体目标", "保障运转"],
            [*LEVELS, "年度指标值", "1～5月执行情况", "全年预计完成情况", "完成目标可能性"],
            [N, "运行成本", "成本指标", "公用经费控制率", "≤100%", "45%", "98%", "确定能"],
        ]
    )
    unit = texts(block)
    assert (block.document_kind, block.month_no) == ("overall_monitoring", 5)
    assert unit["unit_name"] == "某局"
    assert (unit["initial_budget"], unit["executed"]) == ("100", "45")
    assert (unit["execution_rate"], unit["expected_execution"]) == ("45%", "100")
    assert block.indicators[0]["expected_value"] == "98%"
    reading = read(
        [
            grid_of(
                [
                    ["部门整体支出绩效目标执行监控表（1-5月）"],
                    ["部门名称", "某局"],
                    [*LEVELS, "年度指标值", "执行情况", "完成目标可能性"],
                    [N, "产出", "数量", "管网", "1", "1", "确定能"],
                ]
            )
        ]
    )
    assert [part.slot for part in reading.parts] == [("overall_monitoring", 2020, 1)]


PROJECT = [
    ["项目名称", "某项目"],
    ["主管部门", "某厅", "实施单位", "某局"],
    ["项目资金（万元）", "年度资金总额", "10"],
    ["年度总体目标", "提高部门整体支出绩效，做好整体支出绩效自评"],
    [*LEVELS, "指标值"],
    [N, "产出指标", "数量指标", "整体支出绩效自评份数", "1份"],
]


@pytest.mark.parametrize(
    "titles",
    [
        ["项目支出绩效目标申报表"],
        ["附件：部门整体支出绩效目标申报表、项目支出绩效目标申报表", "项目支出绩效目标申报表"],
        ["项目支出绩效目标申报表（部门整体支出以外）"],
        ["专项转移支付整体绩效目标申报表"],
    ],
)
def test_a_project_form_that_speaks_of_the_whole_stays_one(titles):
    reading = read([grid_of([*([t] for t in titles), ["（2020年度）"], *PROJECT])])
    assert [part.slot for part in reading.parts] == [("goal", 2020, 0)]
    (project,) = rows_of(reading, "projects")
    assert project["project_name"] == "某项目"


def test_a_project_of_that_name_stays_a_project():
    rows = [["项目支出绩效目标申报表"], ["（2020年度）"], *PROJECT]
    rows[2] = ["项目名称", "部门整体支出绩效目标表"]
    reading = read([grid_of(rows)], "650102/2020/项目目标表.xlsx")
    assert [part.slot for part in reading.parts] == [("goal", 2020, 0)]


def test_a_project_form_below_one_of_a_unit():
    rows, _ = goal_form()
    project = [["项目支出绩效目标申报表"], ["（2020年度）"], *PROJECT]
    blocks = parse_form_sheet(grid_of([*rows, [], *project, [], *rows]))
    kinds = [block.document_kind for block in blocks]
    assert kinds == ["overall_goal", "goal", "overall_goal"]


def test_without_a_title_the_path_says_it():
    rows, _ = goal_form()
    path = "650102/2020年/部门整体支出绩效目标/水务局.xlsx"
    reading = read([grid_of(rows[2:])], path)
    assert [part.slot for part in reading.parts] == [("overall_goal", 2020, 0)]
    assert rows_of(reading, "units")[0]["unit_name"] == "天山区水务局"
    reading = read([grid_of(PROJECT)], path)
    assert [part.slot for part in reading.parts] == [("goal", 2020, 0)]


def test_a_title_without_a_stage_leaves_it_to_the_columns():
    rows, _ = goal_form()
    rows[0] = ["2020年部门整体支出绩效情况表"]
    block = one_form(rows)
    assert (block.document_kind, block.layout_kind) == (None, "overall_goal")
    reading = read([grid_of(rows)])
    assert [part.slot for part in reading.parts] == [("overall_goal", 2020, 0)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("部门（单位）整体支出绩效目标申报表", "overall_goal"),
        ("部门(单位)整体绩效目标表", "overall_goal"),
        ("2021年度单位整体支出绩效目标执行监控表", "overall_monitoring"),
        ("部门整体支出绩效自评表", "overall_self_evaluation"),
        ("部门整体支出绩效目标完成情况表", "overall_self_evaluation"),
        ("附件2：整体支出绩效自评表\n项目支出绩效自评表", "self_evaluation"),
        ("附件2：项目支出绩效自评表\n部门整体支出绩效自评表", "overall_self_evaluation"),
        ("中央对地方转移支付整体绩效目标表", "goal"),
        ("某县2020年部门整体支出", None),
    ],
)
def test_kind_of_title(text, kind):
    assert kind_of_title(text) == kind


def test_what_titles_speak_of():
    assert says_overall(["某市", "整体支出绩效表"])
    assert says_overall(["整体支出", "项目支出绩效表"]) is False
    assert says_overall(["绩效目标表"]) is None


def test_forms_of_units_are_forms_and_their_lists_are_not():
    rows, _ = goal_form()
    assert looks_like_form(grid_of(rows))
    assert not looks_like_form(
        grid([["整体支出绩效目标"], ["单位编码", "单位名称", "年度预算总额"], ["1", "某局", "2"]])
    )


def test_other_labels_are_kept_beside_the_fields():
    rows, _ = goal_form()
    rows.insert(3, ["项目属性", "延续", N, "联系人", "张三"])
    reading = read([grid_of(rows)])
    (unit,) = rows_of(reading, "units")
    assert json.loads(unit["_other_columns"]) == {"项目属性": "延续", "联系人": "张三"}
    assert "project_attribute" not in unit
