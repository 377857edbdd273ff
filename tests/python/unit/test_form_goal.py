"""Goal forms: the arrangements of the 项目支出绩效目标申报表 that bureaus send."""

from __future__ import annotations

from form_grids import column, one_form, texts

N = None
TITLE = [["项目支出绩效目标申报表"], ["（2021年度）"]]
HEAD = [*TITLE, ["项目名称", "某项目"], ["主管部门", "某局", N, "实施单位", "某中心"]]
INDICATORS = [
    ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
    [N, "产出指标", "数量指标", "指标1：次数", "≥5次"],
]


def funds(block):
    return [(line["label"], line.get("amount")) for line in block.funds]


def test_central_form_of_two_sides():
    block = one_form(
        [
            ["项目支出绩效目标申报表"],
            ["（2021年度）"],
            ["项目名称", "51000021R000000019951-某项目"],
            ["主管部门及代码", "219-某局", N, "实施单位", "219001-某中心"],
            ["项目属性", "新增□ 延续☑", N, "项目期", "1年"],
            ["项目资金\n（万元）", "实施期资金总额：", "300", N, "年度资金总额：", "100"],
            [N, "其中：财政拨款", "300", N, "其中：财政拨款", "90"],
            [N, N, N, N, "上年结转资金", "10"],
            [N, "其他资金", N, N, "其他资金", "0"],
            ["总体目标", "实施期目标", N, N, "年度目标"],
            [N, "目标1：建成", N, N, "目标1：开工\n目标2：过半"],
            [
                "绩效指标",
                "一级指标",
                "二级指标",
                "三级指标",
                "指标值",
                "二级指标",
                "三级指标",
                "指标值",
            ],
            [N, "产出指标", "数量指标", "指标1：站", "3座", "数量指标", "指标1：站", "1座"],
            [N, N, N, "指标2：路", "300公里", N, "指标2：路", "100公里"],
            [N, N, "质量指标", "合格率", "100%", "质量指标", "合格率", "98%"],
            [N, N, "时效指标", "总工期", "3年"],
        ],
        [
            *[(row, 1, row, 7) for row in (0, 1, 2)],
            *[(5, 0, 8, 0), (9, 0, 10, 0), (9, 1, 9, 3), (9, 4, 9, 7), (10, 1, 10, 3)],
            *[(10, 4, 10, 7), (11, 0, 15, 0), (12, 1, 15, 1), (12, 2, 13, 2), (12, 5, 13, 5)],
        ],
    )
    assert (block.document_kind, block.fiscal_year, block.money_unit) == ("goal", 2021, "万元")
    assert texts(block) == {
        "project_name": "51000021R000000019951-某项目",
        "department_name": "219-某局",
        "unit_name": "219001-某中心",
        "project_attribute": "新增□ 延续☑",
        "project_period": "1年",
        "overall_goal": "目标1：开工\n目标2：过半",
        "budget": "100",
        "fiscal_appropriation": "90",
        "carried_over": "10",
        "other_funds": "0",
    }
    assert block.project_other == {"实施期目标": "目标1：建成"}
    assert funds(block) == [
        ("实施期资金总额：", "300"),
        ("年度资金总额：", "100"),
        ("其中：财政拨款", "300"),
        ("其中：财政拨款", "90"),
        ("上年结转资金", "10"),
        ("其他资金", None),
        ("其他资金", "0"),
    ]
    assert [line["line_no"] for line in block.funds] == list("1234567")
    assert column(block, "target_value") == ["1座", "100公里", "98%"]
    assert column(block, "level2") == ["数量指标", "数量指标", "质量指标"]
    assert column(block, "level1") == ["产出指标"] * 3
    assert block.indicators[0]["other_columns"]["指标值"] == "3座"
    assert block.row_classes[16] == "set_aside"
    assert [f.rule_id for f in block.findings] == ["FORM-002"]
    cell = block.project["budget"]
    assert (cell.row, cell.column, cell.heading) == (6, 5, "年度资金总额：")


def test_before_2018_long_term_and_annual_blocks_are_apart():
    block = one_form(
        [
            ["项目支出绩效目标申报表"],
            ["（2016年度）"],
            ["填报单位（盖章）：某局办公室"],
            ["项目名称", "某项目"],
            ["项目属性", "新增项目□", "延续项目√"],
            ["主管部门", "某局", "主管部门编码", "123"],
            ["项目实施单位", "某中心", "项目负责人", "张某", "联系电话", "1"],
            ["项目起止时间", "2016年1月至12月"],
            ["项目资金申请（万元）", "资金总额：", "50"],
            [N, "财政拨款", "40"],
            [N, "事业收入", "5"],
            [N, "经营性收入", N],
            [N, "其他", "5"],
            ["立项依据", "某文件"],
            ["项目实施进度计划", "项目实施内容", "开始时间", "完成时间"],
            [N, "1.准备", "1月", "2月"],
            ["项目绩效目标", "长期目标", "年度目标"],
            [N, "建成", "开工"],
            ["长期绩效指标", "一级指标", "二级指标", "指标内容", "指标值", "备注"],
            [N, "产出指标", "数量指标", "里程", "30公里"],
            ["年度绩效指标", "一级指标", "二级指标", "指标内容", "指标值", "备注"],
            [N, "产出指标", "数量指标", "里程", "10公里", "一期"],
            [N, N, "质量指标", "合格率", "100%"],
            ["其他需要说明的问题", "无"],
            ["填报人：", "李某"],
        ]
    )
    project = texts(block)
    assert project["unit_name"] == "某中心"
    assert project["project_attribute"] == "新增项目□ 延续项目√"
    assert (project["budget"], project["fiscal_appropriation"]) == ("50", "40")
    assert (project["other_funds"], project["overall_goal"]) == ("5", "开工")
    assert block.project_other["长期目标"] == "建成"
    assert block.project_other["填报单位（盖章）"] == "某局办公室"
    assert block.project_other["项目实施进度计划"] == "1.准备 1月 2月"
    assert column(block, "level3") == ["里程", "合格率"]
    assert column(block, "target_value") == ["10公里", "100%"]
    assert column(block, "remark") == ["一期", None]
    assert [row for row, what in block.row_classes.items() if what == "set_aside"] == [20]
    assert block.row_classes[25] == "note"


def test_only_long_term_block_is_read_as_the_indicators():
    block = one_form([*HEAD, ["长期绩效指标", *INDICATORS[0][1:]], *INDICATORS[1:]])
    assert column(block, "target_value") == ["≥5次"]
    assert "set_aside" not in block.row_classes.values()


def test_two_target_columns_annual_one_is_the_target():
    for long_term, annual in (
        ("实施周期指标值", "当年度指标值"),
        ("中期指标值", "年度指标值"),
        ("实施期指标值", "2021年指标值"),
        ("2021年实际实现值", "预期2022年实现值"),
        ("上年指标值", "指标值"),
    ):
        block = one_form(
            [
                *HEAD,
                ["绩效指标", "一级指标", "二级指标", "三级指标", long_term, annual, "备注"],
                [N, "产出指标", "数量指标", "里程", "30公里", "10公里"],
            ]
        )
        assert column(block, "target_value") == ["10公里"], annual
        assert block.indicators[0]["other_columns"] == {long_term: "30公里"}


def test_target_sets_below_headings_of_their_periods():
    block = one_form(
        [
            *HEAD,
            [N, "中期目标（2022年-2024年）", N, N, N, "年度目标"],
            ["绩效指标", *["一级指标", "二级指标", "三级指标", "指标值"] * 2],
            [N, "产出指标", "数量指标", "里程", "30", "产出指标", "数量指标", "里程", "10"],
            [N, N, N, "桥", "3", N, N, "桥", "1"],
        ],
        [(4, 1, 4, 4), (4, 5, 4, 8), (6, 1, 7, 1), (6, 2, 7, 2), (6, 5, 7, 5), (6, 6, 7, 6)],
    )
    assert column(block, "target_value") == ["10", "1"]
    assert column(block, "level2") == ["数量指标", "数量指标"]
    assert block.indicators[1]["other_columns"] == {
        "中期目标（2022年-2024年）：三级指标": "桥",
        "中期目标（2022年-2024年）：指标值": "3",
    }


def test_targets_of_two_periods_below_one_heading():
    block = one_form(
        [
            *HEAD,
            ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值", N],
            [N, N, N, N, "实施期", "2021年度"],
            [N, "产出指标", "数量指标", "里程", "30", "10"],
        ],
        [(4, 0, 6, 0), (4, 1, 5, 1), (4, 2, 5, 2), (4, 3, 5, 3), (4, 4, 4, 5)],
    )
    assert column(block, "target_value") == ["10"]
    assert block.indicators[0]["other_columns"] == {"指标值：实施期": "30"}


def test_one_column_per_township_beside_the_target_of_the_region():
    block = one_form(
        [
            *HEAD,
            ["绩效指标", "一级指标", "二级指标", "三级指标", "区域目标值", "各乡镇分列指标值", N],
            [N, N, N, N, N, "甲镇", "乙乡"],
            [N, "产出指标", "数量指标", "户数", "≥30户", "20", "10"],
        ],
        [(4, 0, 6, 0), *[(4, c, 5, c) for c in (1, 2, 3, 4)], (4, 5, 4, 6)],
    )
    assert column(block, "target_value") == ["≥30户"]
    assert block.indicators[0]["other_columns"] == {
        "各乡镇分列指标值：甲镇": "20",
        "各乡镇分列指标值：乙乡": "10",
    }


def test_indicators_without_levels():
    block = one_form(
        [
            ["2023年项目支出绩效目标表"],
            ["单位：万元"],
            ["项目名称", "某项目", "业务主管部门", "813-某镇"],
            ["当年预算", "229.66", "上年结转", "0"],
            ["绩效目标", "按时发放"],
            ["绩效指标", "指标", "指标权重", "计量单位", "指标性质", "指标值"],
            [N, "发放人数", "30", "人", "≥", "80"],
            [N, "保障收入", "20", N, "定性", "好坏"],
        ]
    )
    assert (block.fiscal_year, block.money_unit) == (2023, "万元")
    assert funds(block) == [("当年预算", "229.66"), ("上年结转", "0")]
    assert column(block, "level3") == ["发放人数", "保障收入"]
    assert column(block, "target_operator") == ["≥", "定性"]
    assert column(block, "target_unit") == ["人", None]
    assert column(block, "weight") == ["30", "20"]


def test_block_label_stands_for_the_indicator_heading():
    block = one_form(
        [
            *HEAD,
            ["绩效指标", "指标值", "分值"],
            ["发放人数", "≥80人", "50"],
            ["满意度", "≥95%", "50"],
        ]
    )
    assert column(block, "level3") == ["发放人数", "满意度"]
    assert column(block, "target_value") == ["≥80人", "≥95%"]


def test_level1_in_the_column_of_the_block_label():
    block = one_form(
        [
            *HEAD,
            ["绩效指标", "二级指标", "三级指标", "指标值"],
            ["产出指标", "数量指标", "次数", "5次"],
            [N, "质量指标", "合格率", "100%"],
            ["满意度指标", "服务对象满意度指标", "满意度", "≥95%"],
        ]
    )
    assert column(block, "level1") == ["产出指标", "产出指标", "满意度指标"]


def test_numbered_fund_lines_and_units_in_their_own_column():
    block = one_form(
        [
            ["项目支出绩效目标表"],
            ["（2021年度）", "单位：万元"],
            ["项目名称", "某项目"],
            ["实施单位", "某中心"],
            ["资金来源", "（一）财政拨款小计", "10"],
            [N, "1、一般公共预算", "10"],
            [N, "（二）自有资金小计", "3"],
            [N, "（三）其他收入", "0"],
            [N, "合计", "13"],
            ["年度目标", "办好"],
            [
                "绩效指标",
                "一级指标",
                "二级指标",
                "三级指标",
                "指标值（包含数字及文字描述）",
                "单位",
            ],
            [N, "项目完成指标", "数量指标", "次数", "20%", "%"],
            [N, "项目效益指标", "社会效益", "影响", "好"],
        ]
    )
    assert (block.fiscal_year, block.money_unit) == (2021, "万元")
    assert texts(block)["budget"] == "13"
    assert texts(block)["fiscal_appropriation"] == "10"
    assert texts(block)["other_funds"] == "3"
    assert funds(block)[0] == ("（一）财政拨款小计", "10")
    assert column(block, "target_unit") == ["%", None]


def test_funds_with_amounts_below_their_names():
    block = one_form(
        [
            *HEAD,
            ["项目资金（元）", "合计", "一般公共预算", "政府性基金", "上年结余"],
            [N, "1,000,000", "900,000", "0", "100,000"],
            *INDICATORS,
        ],
        [(4, 0, 5, 0)],
    )
    assert block.money_unit == "元"
    assert funds(block)[1] == ("一般公共预算", "900,000")
    assert texts(block)["budget"] == "1,000,000"


def test_amounts_are_kept_as_sent():
    for amount in ("250万", "4753.66万元", "854万(高标准农田400万元,示范295万元)", "/", "1,437.00"):
        block = one_form([*HEAD, ["项目资金（万元）", "年度资金总额", amount], *INDICATORS])
        assert texts(block)["budget"] == amount


def test_the_annual_total_by_any_name():
    for lines, expected in (
        ([["中期市财政预算(万元)", "9"], ["本年度申请市财政预算资金(万元)", "5"]], "5"),
        ([["项目资金总额:", "9"], ["其中:财政资金", "9"], ["年度资金申请总额", "5"]], "5"),
        ([["一般预算内拨款", "5"], ["专户资金", "1"], ["合计", "6"]], "6"),
        ([["项目总投资", "20万元"]], "20万元"),
        ([["下达中央预算内投资（万元）", "7"]], "7"),
        ([["区级支出预算总量", "7"], ["其中：本年安排", "3"]], "7"),
        ([["实施期资金总额:", "8"], ["其中:中央财政资金", "0"]], "8"),
    ):
        rows = [["项目资金（万元）", *lines[0]], *[[N, *line] for line in lines[1:]]]
        block = one_form([*HEAD, *rows, *INDICATORS])
        assert texts(block)["budget"] == expected, lines
        assert [line[0] for line in funds(block)] == [line[0] for line in lines]


def test_unit_of_money_is_never_guessed():
    block = one_form([*HEAD, ["项目资金", "年度资金总额", "5"], *INDICATORS])
    assert block.money_unit is None
    block = one_form([*HEAD, ["项目资金", "年度资金总额（亿元）", "5"], *INDICATORS])
    assert block.money_unit == "亿元"
    block = one_form([*TITLE, ["金额单位：元"], *HEAD[2:], ["项目资金", "合计", "5"], *INDICATORS])
    assert block.money_unit == "元"


def test_an_unfilled_template_is_kept_as_sent():
    block = one_form(
        [
            *TITLE,
            ["项目名称", N],
            ["主管部门", N, N, "实施单位", N],
            ["项目资金（万元）", "年度资金总额", N],
            [N, "其中：财政拨款", N],
            ["年度总体目标", "（200字以内）"],
            ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
            [N, "产出指标", "数量指标", "指标1："],
            [N, N, N, "……"],
            [N, N, "质量指标", N],
            [N, "满意度指标", N],
        ]
    )
    assert texts(block)["overall_goal"] == "（200字以内）"
    assert texts(block)["project_name"] is None
    assert column(block, "level3") == ["指标1：", "……"]
    assert block.row_classes[11] == block.row_classes[12] == "note"


def test_labels_in_any_arrangement_and_spelling():
    block = one_form(
        [
            ["附件2"],
            ["２０２１年 项目支出绩效目标申报表"],
            ["项 目\n名 称：", N, "某项目", N, "项目编码", "650102T000000123456"],
            ["预算单位（公章）", N, "某中心"],
            ["业务主管部门：", N, "某局", "归口处室", "教科文处"],
            ["年度　目标", N, "办好"],
            [
                "一级\n指标",
                "二 级指标（必填）",
                "三级指标名称",
                "指标值\n（A）",
                "权重（%）",
                "指标解释",
            ],
            ["产出指标", "数量指标(必填硬性指标)", "次数", "5", "10", "说明文字"],
        ]
    )
    project = texts(block)
    assert (project["project_name"], project["project_code"]) == ("某项目", "650102T000000123456")
    assert (project["unit_name"], project["department_name"]) == ("某中心", "某局")
    assert (project["finance_division"], project["overall_goal"]) == ("教科文处", "办好")
    assert block.fiscal_year == 2021
    line = block.indicators[0]
    assert (line["level2"], line["target_value"], line["weight"]) == (
        "数量指标(必填硬性指标)",
        "5",
        "10",
    )
    assert line["remark"] == "说明文字"


def test_labels_and_values_in_one_cell():
    block = one_form(
        [
            *TITLE,
            ["项目名称：某项目　　项目编码：123"],
            ["主管部门：某局", N, "实施单位：某中心"],
            *INDICATORS,
        ]
    )
    project = texts(block)
    assert (project["project_name"], project["project_code"]) == ("某项目", "123")
    assert (project["department_name"], project["unit_name"]) == ("某局", "某中心")


def test_operator_column_is_the_one_with_signs():
    block = one_form(
        [
            *HEAD,
            ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值类型", "指标值", "度量单位"],
            [N, "产出指标", "数量指标", "门面", "≥", "9", "间"],
            [N, N, "质量指标", "合格率", "＝", "100", "%"],
        ]
    )
    assert column(block, "target_operator") == ["≥", "＝"]
    block = one_form(
        [
            *HEAD,
            ["绩效指标", "一级指标", "二级指标", "三级指标", "指标性质", "指标方向", "指标值"],
            [N, "产出指标", "数量指标", "租车次数", "正向", "大于等于", "1"],
        ]
    )
    assert column(block, "target_operator") == ["大于等于"]
    assert block.indicators[0]["other_columns"] == {"指标性质": "正向"}
