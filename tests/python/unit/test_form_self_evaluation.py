"""Self-evaluation forms: what provinces have made of the 项目支出绩效自评表."""

from __future__ import annotations

import pytest
from form_grids import column, one_form, texts

N = None
HEAD = [
    ["项目支出绩效自评表"],
    ["（2020年度）"],
    ["项目名称", "某项目"],
    ["主管部门", "某局", N, N, "实施单位", "某中心"],
]
FUNDS = [
    ["项目资金\n（万元）", N, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
    [N, "年度资金总额", "100", "95", "90", "10", "94.7%", "9"],
    [N, "其中：当年财政拨款", "100", "95", "90", "—", "94.7%", "—"],
]
GOALS = [
    ["年度总体目标", "预期目标", N, N, "实际完成情况"],
    [N, "建成一座", N, N, "同预期目标"],
]
HEADER = ["绩效指标", "一级指标", "二级指标", "三级指标"]
RESULTS = ["年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]


def test_form_since_october_2020():
    block = one_form(
        [
            *HEAD,
            *FUNDS,
            *GOALS,
            [*HEADER, *RESULTS],
            [N, "产出指标", "数量指标", "指标1：次数", "≥5次", "6次", "50", "50"],
            [N, N, N, "指标2：人数", "≥5人", "4人", "30", "24", "人手不足"],
            [N, "满意度指标", "服务对象满意度指标", "满意度", "≥95%", "96%", "10", "10"],
            ["总分", N, N, N, N, N, "100", "93"],
        ]
    )
    assert (block.document_kind, block.money_unit) == ("self_evaluation", "万元")
    assert texts(block) == {
        "project_name": "某项目",
        "department_name": "某局",
        "unit_name": "某中心",
        "overall_goal": "建成一座",
        "actual_goal": "同预期目标",
        "initial_budget": "100",
        "annual_budget": "95",
        "executed": "90",
        "execution_weight": "10",
        "execution_rate": "94.7%",
        "execution_score": "9",
        "weight_total": "100",
        "total_score": "93",
    }
    assert column(block, "level2") == ["数量指标", "数量指标", "服务对象满意度指标"]
    assert column(block, "deviation_reason") == [None, "人手不足", None]
    assert block.row_classes[14] == "total"
    assert block.indicator_columns["score"] == (7, "得分")
    assert block.fund_columns["executed"] == (4, "全年执行数")


def test_weight_before_the_target_and_two_row_headings_with_marks():
    block = one_form(
        [
            *HEAD,
            ["项目资金（万元）", N, "全年预算数", "全年执行数", "分值", "执行率", "得分"],
            [N, N, "（A）", "（B）", N, "（B/A）"],
            [N, "年度资金总额：", "8.4", "8.4", "10", "100.00%", "10"],
            [*HEADER, "分值", "年度指标值", "全年实际值", "得分", "未完成原因及拟采取的改进措施"],
            [N, N, N, N, N, "（A）", "（B）"],
            [N, "产出指标（50分）", "数量指标", "★补助面积", "10", N, N, "10"],
            [N, N, N, "红薯面积", N, "5.5亩", "≥5.5亩", N],
            ["总分", N, N, N, "100", N, N, "96 优"],
            ["注：1.得分一档最高不能超过该指标分值上限。"],
            ["2.定量指标若为正向指标，则得分计算方法应用全年实际值。"],
        ]
    )
    project = texts(block)
    assert (project["annual_budget"], project["executed"]) == ("8.4", "8.4")
    assert project["execution_rate"] == "100.00%"
    assert column(block, "target_value") == [None, "5.5亩"]
    assert column(block, "actual_value") == [None, "≥5.5亩"]
    assert column(block, "weight") == ["10", None]
    assert (project["weight_total"], project["total_score"]) == ("100", "96 优")
    assert list(block.row_classes.values())[-2:] == ["note", "note"]


def test_transfer_form_without_scores():
    block = one_form(
        [
            *HEAD,
            ["资金情况（万元）", N, "全年预算数（A）", "全年执行数（B）", "预算执行率（B/A×100%）"],
            [N, "年度资金总额：", "127", "27.9996", "22%"],
            [N, "其中：中央财政资金", "127", "27.9996", "22%"],
            [N, "地方资金", "0", "0", "0"],
            [*HEADER, "指标值", "全年实际完成值", "未完成原因和改进措施"],
            [N, "产出指标", "数量指标", "布展面积", "300㎡", "0", "未开工"],
        ]
    )
    project = texts(block)
    assert (project["annual_budget"], project["execution_rate"]) == ("127", "22%")
    assert "execution_score" not in project
    assert column(block, "deviation_reason") == ["未开工"]
    assert column(block, "score") == [None]


@pytest.mark.parametrize("merged", [True, False])
def test_yunnan_target_of_three_columns(merged):
    rows = [
        *HEAD,
        *FUNDS,
        [*HEADER, "年度指标值", N, N, "实际完成值", "分值", "得分", "偏差原因分析"],
        [N, N, N, N, "指标性质", "指标值", "度量单位"],
        [N, "产出指标", "数量指标", "次数", "≥", "5", "次", "5", "20", "20"],
        [N, N, "质量指标", "合格率", "=", "100", "%", "99", "20", "19", "略低"],
        ["总分", N, N, N, N, N, N, N, "100", "98", "优"],
        ["其他需要说明事项：无"],
    ]
    columns = [(7, c, 8, c) for c in (1, 2, 3, 7, 8, 9, 10)]
    merges = [(7, 0, 10, 0), (7, 4, 7, 6), (9, 1, 10, 1), *columns] if merged else None
    block = one_form(rows, merges)
    assert column(block, "target_operator") == ["≥", "="]
    assert column(block, "target_value") == ["5", "100"]
    assert column(block, "target_unit") == ["次", "%"]
    assert column(block, "actual_value") == ["5", "99"]
    assert column(block, "level1") == ["产出指标", "产出指标"]
    project = texts(block)
    assert (project["weight_total"], project["total_score"]) == ("100", "98")
    assert project["grade"] == "优"
    assert block.project_other == {"其他需要说明事项": "无"}


def test_target_of_three_columns_without_headings_of_their_own():
    block = one_form(
        [
            *HEAD,
            [*HEADER, "年度指标值", N, N, "实际完成值"],
            [N, "产出指标", "数量指标", "次数", "≥", "5", "次", "5"],
            [N, N, "质量指标", "合格率", "=", "100", "%", "99"],
        ],
        [(4, 0, 6, 0), (4, 4, 4, 6), (5, 1, 6, 1)],
    )
    assert column(block, "target_operator") == ["≥", "="]
    assert column(block, "target_value") == ["5", "100"]
    assert column(block, "target_unit") == ["次", "%"]
    assert column(block, "actual_value") == ["5", "99"]


def test_sichuan_2023():
    block = one_form(
        [
            ["51000021R000000019951-工资性支出项目支出绩效自评表（2023年度）"],
            ["报表编号：510000_0013zp"],
            ["项目名称", "51000021R000000019951-工资性支出"],
            ["主管部门", "某部门", N, "实施单位（盖章）", "某单位本级"],
            [
                *["项目预算执行情况（元）", N, "年初预算", "调整后预算数", "预算执行数"],
                *["执行率", "权重", "得分", "原因"],
            ],
            [N, "总额", "0.00", "3.36", "3.36", "100.00%", "10", "10"],
            [N, "其中：财政资金", "0.00", "3.36", "3.36", "100.00%", "/", "/", "年中追加"],
            [N, "财政专户管理资金", "0", "0", "0", "0.00%", "/", "/"],
            ["年度目标", "严格执行（200字以内）", N, N, "实际完成情况", "按时发放"],
            [*HEADER, "指标性质", "指标值", "度量单位", "完成值", "权重", "得分", "未完成原因分析"],
            [N, "产出指标", "数量指标", "科目调整次数", "≤", "10", "次", "2", "22.5", "22.5"],
            ["合计", N, N, N, N, N, N, N, "100", "99.5"],
            ["评价结论", "好"],
            ["存在问题", "无"],
            ["改进措施", "继续"],
            ["项目负责人：李某", N, N, "财务负责人：王某"],
        ]
    )
    project = texts(block)
    assert block.money_unit == "元"
    assert project["project_name"] == "51000021R000000019951-工资性支出"
    assert (project["initial_budget"], project["adjusted_budget"]) == ("0.00", "3.36")
    assert (project["executed"], project["execution_score"]) == ("3.36", "10")
    assert (project["overall_goal"], project["actual_goal"]) == (
        "严格执行（200字以内）",
        "按时发放",
    )
    assert (project["weight_total"], project["total_score"]) == ("100", "99.5")
    assert block.funds[0]["annual_budget"] == "3.36"
    assert block.funds[1]["other_columns"] == {"原因": "年中追加"}
    assert block.project_other["评价结论"] == "好"
    assert block.project_other["财务负责人"] == "王某"
    assert column(block, "target_operator") == ["≤"]
    assert column(block, "target_unit") == ["次"]


def test_sichuan_before_with_budget_and_execution_side_by_side():
    block = one_form(
        [
            ["2020年项目绩效目标完成情况表"],
            ["项目名称", "养老服务"],
            ["预算单位", "某县民政局"],
            ["预算执行情况(万元)", "预算数：", "8", "执行数：", "7"],
            [N, "其中-财政拨款：", "8", "其中-财政拨款：", "7"],
            [N, "其它资金：", "0", "其它资金：", "0"],
            ["年度目标完成情况", "预期目标", N, "实际完成目标"],
            [N, "改善条件", N, "明显改善"],
            ["绩效指标完成情况", *HEADER[1:], "预期指标值", "实际完成指标值"],
            [N, "项目完成指标", "成本指标", "100万", "100万", "100万"],
        ]
    )
    project = texts(block)
    assert (block.document_kind, block.fiscal_year) == ("self_evaluation", 2020)
    assert (project["annual_budget"], project["executed"]) == ("8", "7")
    assert (project["overall_goal"], project["actual_goal"]) == ("改善条件", "明显改善")
    assert [(ln["label"], ln["annual_budget"], ln["executed"]) for ln in block.funds] == [
        ("预算数：", "8", "7"),
        ("其中-财政拨款：", "8", "7"),
        ("其它资金：", "0", "0"),
    ]
    assert column(block, "actual_value") == ["100万"]


def test_hubei_goals_with_points_beside_their_indicators():
    block = one_form(
        [
            ["项目支出绩效自评表"],
            ["（2020年度）"],
            ["单位名称：某市某局", N, N, "填报日期：2021年1月"],
            ["项目名称", "某项目"],
            ["主管部门", "某局", "项目实施单位", "某中心"],
            ["项目类别", "1、部门预算项目□ 2、市直专项□"],
            [
                "预算执行情况\n（万元）\n（20分）",
                N,
                "预算数（A）",
                "执行数（B）",
                "执行率（B/A）",
                "得分",
            ],
            [N, "年度财政资金总额", "9.5", "1.9", "20", "4"],
            ["年度绩效目标1\n（40分）", *HEADER[1:], "年初目标值（A）", "实际完成值（B）", "得分"],
            [N, "产出指标", "数量指标", "次数", "1", "1", "10"],
            [N, N, "进度指标", "进度", "100%", "100%", "10"],
            ["年度绩效目标2\n（40分）", "产出指标", "数量指标", "人数", "1", "1", "10"],
            [N, "效益指标", "社会效益指标", "影响", "好", "好", "10"],
            ["总分", "99.55分"],
            ["偏差大或目标未完成原因分析", "无"],
            ["备注：1.预算执行情况口径：预算数为调整后财政资金总额。"],
            ["2.定量指标完成数汇总原则：绝对值直接累加计算。"],
        ],
        [(6, 0, 7, 0), (8, 0, 10, 0), (11, 0, 12, 0), (9, 1, 10, 1)],
    )
    project = texts(block)
    assert block.fiscal_year == 2020
    assert (project["execution_weight"], project["execution_score"]) == ("20", "4")
    assert project["total_score"] == "99.55分"
    assert column(block, "level2") == ["数量指标", "进度指标", "数量指标", "社会效益指标"]
    assert column(block, "level1") == ["产出指标", "产出指标", "产出指标", "效益指标"]
    groups = [line["other_columns"]["指标分组"] for line in block.indicators]
    assert groups == ["年度绩效目标1\n（40分）"] * 2 + ["年度绩效目标2\n（40分）"] * 2
    assert list(block.row_classes.values())[-2:] == ["note", "note"]
    assert not block.findings


def test_ningxia_score_of_the_finance_bureau_beside_the_own():
    block = one_form(
        [
            *HEAD,
            [
                *HEADER,
                "分值",
                "指标值（A）",
                "全年实际值（B）",
                "得分计算方法",
                "得分",
                N,
                "未完成原因分析",
            ],
            [N, N, N, N, N, N, N, N, "自评得分", "财政复核得分"],
            [
                N,
                "项目决策（10分）",
                "绩效目标",
                "目标合理性",
                "5",
                "合理",
                "合理",
                "记满分",
                "5",
                "4",
            ],
            [N, N, "资金投入", "预算编制科学性", "5", "科学", "科学", N, "5", "5"],
            [N, "项目管理（25分）", "资金管理", "预算执行率", "10", "100%", "86%", N, "8.6", "8"],
            ["总分", N, N, N, "100", N, N, N, "95", "90"],
        ],
        [(4, 0, 8, 0), (4, 8, 4, 9), (6, 1, 7, 1), *[(4, c, 5, c) for c in range(1, 8)]],
    )
    assert column(block, "score") == ["5", "5", "8.6"]
    assert column(block, "level1")[1] == "项目决策（10分）"
    assert column(block, "level2") == ["绩效目标", "资金投入", "资金管理"]
    assert block.indicators[0]["other_columns"] == {
        "得分计算方法": "记满分",
        "得分：财政复核得分": "4",
    }
    assert texts(block)["total_score"] == "95"


def test_chongqing_names_without_levels():
    block = one_form(
        [
            ["2021年项目支出绩效自评表"],
            ["项目名称", "某项目", "项目编码", "500101T000000123456"],
            ["主管部门", "某局", "实施单位", "某中心"],
            [
                *["项目资金（万元）", N, "年初预算数", "全年（调整）预算数", "全年执行数"],
                *["执行率", "执行率权重", "执行率得分"],
            ],
            [N, "年度总金额", "10", "9", "9", "100%", "10", "10"],
            ["年度绩效目标", "年初绩效目标", "调整绩效目标", "目标实际完成情况"],
            [N, "按时", "按期", "已发"],
            [
                *["绩效指标", "指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值"],
                *["全年完成值", "得分系数（%）", "指标权重", "指标得分", "是否核心指标"],
            ],
            [N, "发放人数", "人", "≥", "80", "85", "85", "100", "20", "20", "是"],
            ["自评总分", "100"],
        ]
    )
    project = texts(block)
    assert (project["annual_budget"], project["execution_weight"]) == ("9", "10")
    assert (project["overall_goal"], project["actual_goal"]) == ("按时", "已发")
    assert block.project_other == {"调整绩效目标": "按期"}
    assert project["total_score"] == "100"
    line = block.indicators[0]
    assert (line["target_operator"], line["target_value"], line["target_unit"]) == ("≥", "80", "人")
    assert line["other_columns"]["调整指标值"] == "85"
    assert not block.findings


def test_three_score_columns():
    block = one_form(
        [
            *HEAD,
            ["项目资金（万元）", N, "预算数", "到位数", "执行数", "执行率", "得分"],
            [N, "合计", "100", "90", "80", "100.00", "10"],
            [
                *[*HEADER, "符号", "指标值", "单位（文字描述）", "单项指标实际完成值"],
                *["单项得分", "权重占比（%）", "折算得分"],
            ],
            [
                N,
                "效果指标",
                "社会效益",
                "影响",
                "≥",
                "10",
                "%(百分比)",
                "10",
                "25.00",
                "25.00",
                "6.25",
            ],
        ]
    )
    assert block.funds[0]["other_columns"] == {"到位数": "90"}
    assert (texts(block)["annual_budget"], texts(block)["executed"]) == ("100", "80")
    line = block.indicators[0]
    assert (line["score"], line["weight"], line["target_unit"]) == ("25.00", "25.00", "%(百分比)")
    assert line["other_columns"] == {"折算得分": "6.25"}


def test_fund_columns_of_an_integrated_transfer():
    block = one_form(
        [
            *HEAD,
            [
                *["项目资金（万元）", N, "全年预算数（A）", "统筹整合资金数（B）"],
                *["扣除统筹整合资金后预算金额（C）", "全年到位资金（D）", "预算到位"],
                *["全年执行资金（E）", "预算执行"],
            ],
            [N, "年度资金总额：", "72", "0", "72", "52.8", "73%", "42", "58.33%"],
            [*HEADER, "指标值", "全年实际完成值"],
            [N, "产出指标", "数量指标", "里程", "10公里", "10公里"],
        ]
    )
    line = block.funds[0]
    assert (line["annual_budget"], line["executed"], line["execution_rate"]) == (
        "72",
        "42",
        "58.33%",
    )
    assert line["other_columns"]["预算到位"] == "73%"


def test_xinjiang_template_of_2022():
    block = one_form(
        [
            ["项目支出绩效自评表"],
            ["(2022年度)"],
            ["项目名称", "昌州财行（2022）10号 某项目"],
            ["主管部门", "某局", "实施单位", "某中心"],
            [
                "项目资金（万元）",
                N,
                "年初预算数",
                "全年预算数",
                "全年执行数",
                "分值权重",
                "执行率",
                "得分",
            ],
            [N, "年度资金总额", "5.28", "1.96", "1.96", "10", "100.00%", "10"],
            [
                *["年度绩效指标", *HEADER[1:], "指标值", "指标值设置依据", "上年完成值"],
                *["指标分值权重", "指标赋分规则", "佐证资料", "指标实际完成值", "完成率"],
                *["指标得分", "偏差原因分析及改进措施"],
            ],
            [
                *[N, "产出指标", "数量指标", "次数", ">=10次", "计划标准", "9次", "20"],
                *["按比例", "合同", "=10次", "100%", "20"],
            ],
            ["总分", N, N, N, N, N, N, "100", N, N, N, N, "100"],
        ]
    )
    assert block.fiscal_year == 2022
    line = block.indicators[0]
    assert (line["target_value"], line["actual_value"]) == (">=10次", "=10次")
    assert (line["weight"], line["score"]) == ("20", "20")
    assert line["other_columns"] == {
        "指标值设置依据": "计划标准",
        "上年完成值": "9次",
        "指标赋分规则": "按比例",
        "佐证资料": "合同",
        "完成率": "100%",
    }
    assert texts(block)["execution_weight"] == "10"
    assert (texts(block)["weight_total"], texts(block)["total_score"]) == ("100", "100")
    assert not block.findings


@pytest.mark.parametrize(
    "actual",
    ["实施进度", "半年度指标执行情况", "全年完成值", "实际完成值(B)", "实际完成情况", "完成值"],
)
@pytest.mark.parametrize("target", ["绩效目标值", "年初目标值(A)", "预期指标值", "目标值"])
def test_headings_of_results(actual, target):
    block = one_form(
        [*HEAD, [*HEADER, target, actual], [N, "项目决策", "立项", "规范性", "90%", "已完成100%"]]
    )
    assert column(block, "target_value") == ["90%"]
    assert column(block, "actual_value") == ["已完成100%"]


def test_execution_as_a_line_of_the_indicators():
    block = one_form(
        [
            *HEAD,
            [*HEADER, *RESULTS],
            [N, "预算执行率（10分）", N, N, "100%", "95%", "10", "9.5"],
            [N, "产出指标", "数量指标", "次数", "1", "1", "50", "50"],
            [N, "小计", N, N, N, N, "60", "59.5"],
            ["总分", N, N, N, N, N, "100", "98分"],
        ],
        [(4, 0, 7, 0), (5, 1, 5, 3)],
    )
    assert column(block, "level1") == ["预算执行率（10分）", "产出指标"]
    assert column(block, "score") == ["9.5", "50"]
    assert texts(block)["total_score"] == "98分"
    assert [what for what in block.row_classes.values() if what == "total"] == ["total"] * 2


def test_levels_are_carried_down_by_merges_only_where_there_are_any():
    rows = [
        *HEAD,
        [*HEADER, *RESULTS[:2]],
        [N, "产出指标", "数量指标", "一", "1", "1"],
        [N, N, N, "二", "1", "1"],
        [N, N, N, "三", "1", "1"],
        [N, "效益指标", N, "四", "1", "1"],
    ]
    loose = one_form(rows)
    assert column(loose, "level2") == ["数量指标"] * 3 + [None]
    assert column(loose, "level1") == ["产出指标"] * 3 + ["效益指标"]
    merged = one_form(rows, [(4, 0, 8, 0), (5, 1, 7, 1), (5, 2, 6, 2)])
    assert column(merged, "level2") == ["数量指标", "数量指标", None, None]
    assert column(merged, "level1") == ["产出指标"] * 3 + ["效益指标"]


def test_repeated_values_are_not_carried_further():
    block = one_form(
        [
            *HEAD,
            [*HEADER, *RESULTS[:2]],
            [N, "产出指标", "数量指标", "一", "1", "1"],
            [N, "产出指标", "数量指标", "二", "1", "1"],
            [N, "产出指标", N, "三", "1", "1"],
        ]
    )
    assert column(block, "level2") == ["数量指标", "数量指标", None]


def test_grade_and_score_beside_labels():
    block = one_form(
        [
            *HEAD,
            ["自评得分", "95.5", "自评等级", "优"],
            [*HEADER, *RESULTS],
            [N, "产出指标", "数量指标", "次数", "1", "1", "90", "85.5"],
        ]
    )
    assert (texts(block)["total_score"], texts(block)["grade"]) == ("95.5", "优")


def test_goals_in_several_rows_and_beside_their_labels():
    block = one_form(
        [
            *HEAD,
            ["年度总体目标", "预期目标", N, "实际完成情况"],
            [N, "目标1：甲", N, "完成甲"],
            [N, "目标2：乙", N, "完成乙"],
            [*HEADER, *RESULTS[:2]],
            [N, "产出指标", "数量指标", "次数", "1", "1"],
        ],
        [(4, 0, 6, 0)],
    )
    assert texts(block)["overall_goal"] == "目标1：甲\n目标2：乙"
    assert texts(block)["actual_goal"] == "完成甲\n完成乙"
    block = one_form(
        [
            *HEAD,
            ["年度总体目标", "预期目标", "甲"],
            [N, "实际完成情况", "完成甲"],
            [*HEADER, *RESULTS[:2]],
            [N, "产出指标", "数量指标", "次数", "1", "1"],
        ]
    )
    assert (texts(block)["overall_goal"], texts(block)["actual_goal"]) == ("甲", "完成甲")
    block = one_form(
        [
            *HEAD,
            ["年度总体目标", "甲"],
            ["年度总体目标完成情况", "完成甲"],
            [*HEADER, *RESULTS[:2]],
            [N, "产出指标", "数量指标", "次数", "1", "1"],
        ]
    )
    assert (texts(block)["overall_goal"], texts(block)["actual_goal"]) == ("甲", "完成甲")
