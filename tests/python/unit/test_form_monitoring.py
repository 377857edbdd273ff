"""Monitoring forms: two-row headers, months of any round, variants of implementers."""

from __future__ import annotations

import pytest
from form_grids import column, one_form, texts

N = None
GROUPS = ["偏差原因分析", N, N, N, N, N, "完成目标可能性", N, N, "备注"]
SUBS = ["经费保障", "制度保障", "人员保障", "硬件条件保障", "其他", "原因说明"]
LIKELY = ["确定能", "有可能", "完全不可能"]


def monitoring_form(months: str = "1～5月") -> list[list]:
    return [
        ["附件2"],
        ["项目支出绩效目标执行监控表"],
        ["（2020年度）"],
        ["填报单位：某县教育局（公章）", N, N, N, N, N, "填报日期：2020年6月5日"],
        ["项目名称", "某项目"],
        ["主管部门及代码", "某局", N, N, "实施单位", "某学校"],
        [
            "项目资金\n（万元）",
            N,
            N,
            "年初预算数",
            f"{months}执行数",
            f"{months}执行率",
            "全年预计执行数",
        ],
        [N, "年度资金总额：", N, "100", "40", "40%", "100"],
        [N, "其中：本年一般公共预算拨款", N, "80", "40", "50%", "80"],
        [N, "其他资金", N, "20", "0", "0%", "20"],
        ["年度总体目标", "做好保障"],
        [
            *["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值"],
            *[f"{months}执行情况", "全年预计完成情况", *GROUPS],
        ],
        [N, N, N, N, N, N, N, *SUBS, *LIKELY],
        [N, "产出指标", "数量指标", "培训", "≥100人次", "40", "100", N, N, N, N, N, N, "√"],
        [
            N,
            N,
            "质量指标",
            "合格率",
            "≥95%",
            "90%",
            "95%",
            "√",
            N,
            N,
            N,
            "√",
            "未到位",
            N,
            "√",
            N,
            "无",
        ],
        [
            N,
            "满意度指标",
            "服务对象满意度指标",
            "满意度",
            "≥90%",
            N,
            "90%",
            N,
            N,
            N,
            N,
            N,
            N,
            N,
            N,
            "√",
        ],
        [
            "注：1.偏差原因分析：针对与预期目标产生偏差的指标值，分别从经费保障、制度保障等方面分析。"
        ],
        ["2.完成目标可能性：对应所设定的实现绩效目标的路径。"],
        ["填报人：张某", N, N, "联系电话：123"],
    ]


MERGES = [
    *[(1, 1, 1, 16), (6, 0, 9, 0), (6, 1, 6, 2), (10, 1, 10, 16), (11, 0, 15, 0)],
    *[(11, c, 12, c) for c in (1, 2, 3, 4, 5, 6, 16)],
    *[(11, 7, 11, 12), (11, 13, 11, 15), (13, 1, 14, 1), (16, 0, 16, 16), (17, 0, 17, 16)],
]


@pytest.mark.parametrize("merges", [MERGES, None, []], ids=["merged", "unknown", "none"])
def test_two_row_header(merges):
    block = one_form(monitoring_form(), merges)
    assert (block.document_kind, block.fiscal_year, block.month_no) == ("monitoring", 2020, 5)
    assert block.money_unit == "万元"
    assert texts(block) == {
        "unit_name": "某学校",
        "project_name": "某项目",
        "department_name": "某局",
        "overall_goal": "做好保障",
        "initial_budget": "100",
        "executed": "40",
        "execution_rate": "40%",
        "expected_execution": "100",
    }
    assert [line["label"] for line in block.funds] == [
        "年度资金总额：",
        "其中：本年一般公共预算拨款",
        "其他资金",
    ]
    assert column(block, "level1") == ["产出指标", "产出指标", "满意度指标"]
    assert column(block, "actual_value") == ["40", "90%", None]
    assert column(block, "expected_value") == ["100", "95%", "90%"]
    assert column(block, "reason_funding") == [None, "√", None]
    assert column(block, "reason_other") == [None, "√", None]
    assert column(block, "reason_note") == [None, "未到位", None]
    assert column(block, "likelihood_certain") == ["√", None, None]
    assert column(block, "likelihood_possible") == [None, "√", None]
    assert column(block, "likelihood_impossible") == [None, None, "√"]
    assert column(block, "remark") == [None, "无", None]
    classes = [block.row_classes[row] for row in range(1, 20)]
    assert classes == [
        *["title", "title", "title", "header", "data", "header", "header"],
        *["data", "data", "data", "header", "header", "header"],
        *["data", "data", "data", "note", "note", "note"],
    ]
    assert not block.findings


@pytest.mark.parametrize(
    ("months", "month_no"),
    [("1～7月", 7), ("1-9月", 9), ("1—6月", 6), ("1至8月", 8), ("截至9月底", 9), ("1~05月", 5)],
)
def test_month_of_any_round(months, month_no):
    block = one_form(monitoring_form(months), MERGES)
    assert block.month_no == month_no
    assert texts(block)["executed"] == "40"
    assert texts(block)["execution_rate"] == "40%"
    assert column(block, "actual_value") == ["40", "90%", None]


@pytest.mark.parametrize(
    ("title", "month_no", "round_hint"),
    [
        ("2020年1-5月项目支出绩效目标执行监控表", 5, None),
        ("项目支出绩效运行监控表（2020年9月底）", 9, None),
        ("2020年度第一次绩效监控表", None, 1),
        ("2020年第2次绩效运行监控表", None, 2),
    ],
)
def test_round_of_the_title(title, month_no, round_hint):
    block = one_form(
        [
            [title],
            ["项目名称", "某项目"],
            ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "完成值", "完成可能性"],
            [N, "产出指标", "数量指标", "次数", "5次", "3次", "确定能"],
        ]
    )
    assert block.document_kind == "monitoring"
    assert (block.fiscal_year, block.month_no, block.round_hint) == (2020, month_no, round_hint)


def test_stage_beside_its_label():
    rows = monitoring_form("累计")
    rows.insert(5, ["监控阶段", "1-9月", "监控类型", "重点监控"])
    block = one_form(rows)
    assert block.month_no == 9
    assert texts(block)["monitoring_type"] == "重点监控"


def test_single_row_header_of_an_implementer():
    block = one_form(
        [
            ["合肥市项目支出绩效监控表"],
            ["（2021年1-6月）"],
            ["项目名称", "某项目"],
            ["主管部门", "某局", "实施单位", "某中心"],
            [
                "资金情况（元）",
                N,
                "年初预算数",
                "调整预算数",
                "1-6月执行数",
                "执行率",
                "预计全年资金结余",
            ],
            [N, "合计", "1,000.00", "900.00", "450.00", "50%", "0"],
            [N, "财政小计", "1,000.00", "900.00", "450.00", "50%", "0"],
            [N, "中央级", "0", "0", "0", N, N],
            ["年度目标", "办好", "措施", "加快"],
            [
                *["绩效指标", "一级指标", "二级指标", "指标名称", "年度指标值", "完成值"],
                *["全年预计完成情况", "完成可能性", "其他原因", "备注"],
            ],
            [N, "产出指标", "数量指标", "次数", "≥10次", "4次", "10次", "有可能", "工期"],
        ]
    )
    project = texts(block)
    assert (block.month_no, block.fiscal_year, block.money_unit) == (6, 2021, "元")
    assert (project["initial_budget"], project["adjusted_budget"]) == ("1,000.00", "900.00")
    assert block.funds[0]["annual_budget"] == "900.00"
    assert block.funds[0]["other_columns"] == {"预计全年资金结余": "0"}
    assert [line["label"] for line in block.funds] == ["合计", "财政小计", "中央级"]
    line = block.indicators[0]
    assert (line["likelihood"], line["reason_other"]) == ("有可能", "工期")


def test_kind_by_its_columns_where_no_title_tells():
    rows = monitoring_form()[4:]
    block = one_form(rows)
    assert block.document_kind is None
    assert block.layout_kind == "monitoring"
    assert column(block, "expected_value") == ["100", "95%", "90%"]
