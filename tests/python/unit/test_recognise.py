"""What a sheet is, from its title, its headings and its path; and what is refused."""

from __future__ import annotations

import polars as pl
import pytest
from form_grids import grid_of
from list_grids import CALENDAR, FLAT, ROSTER, P, Q, grid

from ingest.evidence import (
    PathHints,
    RoundHint,
    kind_in_text,
    money_unit_in_titles,
    path_hints,
    round_hint,
    years_in_title,
)
from ingest.export_file import Surroundings, read_sheets
from ingest.findings import load_catalogue, render
from ingest.list_header import (
    find_header_place,
    read_header,
)
from ingest.recognise import (
    settle_round,
    settle_year,
)

REGISTER = ["预算单位", "项目编码", "项目名称", "资金性质", "年初预算数（万元）"]
REGISTER_ROW = ["210001-水务局", P, "饮水工程", "111", "1"]
GOALS = ["预算单位", "项目编码", "项目名称", "年度资金总额（元）", "年度绩效目标"]
GOAL_ROW = ["210001-水务局", P, "饮水工程", "1", "完成改造"]
LINES = ["项目编码", "项目名称", "一级指标", "二级指标", "三级指标", "指标值"]
LINE_ROW = [P, "饮水工程", "产出指标", "数量指标", "管网", "≥1个"]
MONITORED = [P, "饮水工程", "210001-水务局", "1", "1", *LINE_ROW[2:], "10", "1个"]
EVALUATED = ["预算单位", "项目编码", "项目名称", "全年执行数(万元)", "得分"]


def read(sheets, source_file="650102/2020/a.xlsx", bureau="650102"):
    return read_sheets(sheets, Surroundings(source_file, bureau, CALENDAR, ROSTER))


def slots(reading):
    return sorted({part.slot for part in reading.parts})


def rules(reading):
    found = [f.rule_id for f in reading.findings]
    return found + [f.rule_id for part in reading.parts for f in part.findings]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("项目支出绩效目标自评表", "self_evaluation"),
        ("项目支出绩效目标执行监控表", "monitoring"),
        ("部门预算项目支出绩效目标申报表", "goal"),
        ("2020年部门预算项目清单", "project_register"),
        ("项 目 库", "project_register"),
        ("领导讲话", None),
        (None, None),
    ],
)
def test_kind_in_text(text, kind):
    assert kind_in_text(text) == kind


@pytest.mark.parametrize(
    ("titles", "years"),
    [
        (["项目支出绩效自评表", "（2020年度）"], [2020]),
        (["2020年项目支出绩效目标表"], [2020]),
        (["2021年度绩效自评表（2020年度）", "（2020年度）"], [2020]),
        (["绩效自评表", "填报日期：2021年3月1日"], []),
        (["2020年1-5月绩效监控表"], [2020]),
        (["绩效自评表 2021-03-01 导出"], []),
    ],
)
def test_years_in_title(titles, years):
    assert years_in_title(titles) == years


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1～5月", RoundHint(5)),
        ("监控表（1—9月）", RoundHint(9)),
        ("截至 9 月底", RoundHint(9)),
        ("5月底", RoundHint(5)),
        ("2020年1至7月", RoundHint(7)),
        ("第二次监控", RoundHint(ordinal=2)),
        ("第1次", RoundHint(ordinal=1)),
        ("一次性补助项目", RoundHint()),
        ("2020年5月", RoundHint()),
        ("1-13月", RoundHint()),
        ("上半年绩效监控", RoundHint(6)),
    ],
)
def test_round_hint(text, hint):
    assert round_hint(text) == hint


def test_a_bare_month_counts_in_paths_only():
    assert round_hint("5月", with_bare_month=True) == RoundHint(5)
    hints = path_hints("650102-天山区/2020/5月监控.xlsx")
    assert (hints.kinds, hints.years, hints.bare_months) == (("monitoring",), (2020,), (5,))


@pytest.mark.parametrize(
    ("path", "years"),
    [
        ("650102/2020/a.xlsx", (2020,)),
        ("650102/2020年度/a.xlsx", (2020,)),
        ("650102/报送2020年/b/a.xlsx", (2020,)),
        ("650102/x/自评_2020_1.xlsx", (2020,)),
        ("650102/a.zip!2020年/b.xls", (2020,)),
        ("650102/导出20200601.xlsx", ()),
        ("650102/导出2020-06-01.xlsx", ()),
        ("650102/202001批次/a.xlsx", ()),
        ("652020/a.xlsx", ()),
    ],
)
def test_years_in_paths(path, years):
    assert path_hints(path).years == years


def test_a_year_in_a_project_s_name_is_not_the_file_s():
    path = "652801/2019年高标准农田建设 绩效自评.xlsx"
    assert path_hints(path).years == (2019,)
    assert path_hints(path, ["2019年高标准农田建设"]).years == ()


@pytest.mark.parametrize(
    ("titles", "unit"),
    [
        (["单位：万元"], "万元"),
        (["金额单位: 元"], "元"),
        (["项目清单（亿元）"], "亿元"),
        (["单位：千元"], "千元"),
        (["填报单位：天山区财政局"], None),
        (["单位：元/平方米"], None),
    ],
)
def test_money_unit_in_titles(titles, unit):
    assert money_unit_in_titles(titles) == unit


def test_settled_years():
    assert settle_year("goal", [2020], [], PathHints(years=(2020,))).value == 2020
    assert settle_year("goal", [2020], [], PathHints(years=(2021,))).problem == "FILE-204"
    assert settle_year("goal", [2020], [], PathHints(years=(2019, 2020))).value == 2020
    assert settle_year("self_evaluation", [2020], [], PathHints(years=(2021,))).value == 2020
    assert settle_year("self_evaluation", [2020], [], PathHints(years=(2019,))).value is None
    assert settle_year("goal", [], [2020], PathHints()).value == 2020
    assert settle_year("goal", [], [], PathHints(years=(2020, 2021))).value == 2020
    assert settle_year("goal", [], [], PathHints()).problem == "FILE-203"
    assert settle_year("goal", [2020, 2021], [], PathHints()).problem == "FILE-204"


@pytest.mark.parametrize(
    ("content", "labels", "bare", "value", "problem"),
    [
        ([RoundHint(5)], (), (), 1, None),
        ([RoundHint(9)], (RoundHint(ordinal=2),), (), 2, None),
        ([RoundHint(9)], (RoundHint(5),), (), None, "FILE-206"),
        ([RoundHint(5)], (), (6,), 1, None),
        ([RoundHint(5), RoundHint(9)], (), (), None, "FILE-206"),
        ([RoundHint(7)], (), (), 7, None),
        ([RoundHint(7, 1)], (), (), 1, None),
        ([], (RoundHint(ordinal=2),), (), 2, None),
        ([], (), (9,), 2, None),
        ([], (), (), None, "FILE-205"),
    ],
)
def test_settled_rounds(content, labels, bare, value, problem):
    hints = PathHints(labels=labels, bare_months=bare)
    settled = settle_round(content, [], hints, 2020, CALENDAR)
    assert (settled.value, settled.problem) == (value, problem)


def test_title_decides_over_path():
    reading = read(
        [grid([["天山区2020年部门预算项目清单"], REGISTER, REGISTER_ROW])],
        "650102/绩效自评/a.xlsx",
    )
    assert slots(reading) == [("project_register", 2020, 0)]


def test_path_decides_where_content_is_silent():
    reading = read([grid([GOALS, GOAL_ROW])], "650102/2020/绩效目标.xlsx")
    assert slots(reading) == [("goal", 2020, 0)]
    reading = read([grid([REGISTER, REGISTER_ROW])], "650102/2020/项目库导出.csv")
    assert slots(reading) == [("project_register", 2020, 0)]


def test_headings_decide_where_everything_is_silent():
    evaluated = ["水务局", P, "饮水工程", "1", "90"]
    reading = read([grid([EVALUATED, evaluated])], "650102/2020/export.csv")
    assert slots(reading) == [("self_evaluation", 2020, 0)]


def test_indicators_in_a_second_sheet_take_kind_and_year_from_the_first():
    reading = read(
        [
            grid([["2020年度项目支出绩效目标表"], GOALS, GOAL_ROW], "项目"),
            grid([LINES, LINE_ROW], "指标"),
        ],
        "650102/a.xlsx",
    )
    assert slots(reading) == [("goal", 2020, 0)]
    tables = [name for part in reading.parts for name in part.tables]
    assert sorted(tables) == ["indicators", "projects"]
    assert sum(p.row_count() for p in reading.parts) == reading.source_row_count


def test_file_of_indicators_only():
    reading = read([grid([LINES, LINE_ROW])], "650102/2020/绩效目标指标.csv")
    assert slots(reading) == [("goal", 2020, 0)]
    assert list(reading.parts[0].tables) == ["indicators"]
    assert rules(reading) == []


def test_sheet_per_department_and_instructions_and_hidden_codes():
    sheets = [
        grid([["请按说明填写"], ["一、……"]], "填表说明"),
        grid([["2020年部门预算项目清单"], REGISTER, REGISTER_ROW], "水务局"),
        grid([REGISTER, ["住建局", Q, "小区改造", "111", "1"]], "住建局"),
        grid([["111", "一般公共预算"]], "codes", is_hidden=True),
    ]
    reading = read(sheets)
    assert slots(reading) == [("project_register", 2020, 0)]
    assert sum(p.tables["projects"].height for p in reading.parts if p.tables) == 2
    assert rules(reading) == []
    assert sum(p.row_count() for p in reading.parts) == reading.source_row_count == 8


def test_hidden_list_is_not_read_but_said():
    sheets = [
        grid([["2020年部门预算项目清单"], REGISTER, REGISTER_ROW], "a"),
        grid([REGISTER, REGISTER_ROW], "b", is_hidden=True),
    ]
    reading = read(sheets)
    assert rules(reading) == ["HEAD-007"]
    assert sum(p.tables["projects"].height for p in reading.parts if p.tables) == 1


def test_missing_column_refuses_the_sheet_and_lists_what_was_found():
    short = [heading for heading in FLAT if "执行数" not in heading]
    reading = read(
        [grid([["2020年绩效监控表（1-5月）"], short, [P, "甲", "局", "1", *MONITORED[5:]]])],
        "650102/2020/监控.csv",
    )
    assert reading.rule_id == "HEAD-001"
    assert reading.parts == []
    (finding,) = reading.findings
    message, fix = render(finding, load_catalogue())
    assert "执行数" in message and "项目编码、项目名称、预算单位、全年预算数" in message
    assert "累计执行数" in fix
    assert finding.source_row == 2


def test_refused_sheet_leaves_the_others():
    reading = read(
        [
            grid([["2020年部门预算项目清单"], REGISTER, REGISTER_ROW], "好"),
            grid([["项目编码", "项目名称", "备注"], [P, "x", "y"]], "坏"),
            grid([["随便", "写写"], ["1", "2"]], "乱"),
        ]
    )
    assert reading.rule_id is None
    assert sorted(rules(reading)) == ["HEAD-001", "HEAD-001", "HEAD-001", "HEAD-002"]
    aside = pl.concat([part.set_aside for part in reading.parts])
    assert sorted(aside["rule_id"].to_list()) == ["HEAD-001", "HEAD-001", "HEAD-002", "HEAD-002"]
    assert sum(p.row_count() for p in reading.parts) == reading.source_row_count


def test_name_may_carry_the_code():
    header = ["预算单位", "项目名称", "资金性质", "年初预算数（元）"]
    coded = read([grid([header, ["局", f"{P}-饮水工程", "111", "1"]])], "650102/2020/项目清单.csv")
    assert coded.rule_id is None
    plain = read([grid([header, ["局", "饮水工程", "111", "1"]])], "650102/2020/项目清单.csv")
    assert plain.rule_id == "HEAD-001"


@pytest.mark.parametrize(
    ("title", "refused"),
    [
        ("天山区2020年部门预算项目清单", False),
        ("乌鲁木齐市天山区2020年部门预算项目清单", False),
        ("新疆维吾尔自治区2020年部门预算项目清单", False),
        ("乌鲁木齐市2020年部门预算项目清单", False),
        ("沙依巴克区2020年部门预算项目清单", True),
        ("巴州财政局2020年部门预算项目清单", True),
        ("巴州医院2020年部门预算项目清单", False),
        ("2020年部门预算项目清单 区划代码：654002000", True),
        ("2020年部门预算项目清单 区划代码：650102000", False),
    ],
)
def test_bureau_named_in_the_title(title, refused):
    reading = read([grid([[title], REGISTER, REGISTER_ROW])])
    assert (reading.rule_id == "FILE-207") is refused


def test_bureau_in_a_column():
    header = ["财政区划代码", *REGISTER]
    own = read([grid([header, ["650102000", *REGISTER_ROW]])], "650102/2020/项目清单.csv")
    assert own.rule_id is None
    foreign = read([grid([header, ["654002000", *REGISTER_ROW]])], "650102/2020/项目清单.csv")
    assert foreign.rule_id == "FILE-207"
    (finding,) = foreign.findings
    assert (finding.value_found, finding.source_cell) == ("654002", "A2")
    former = read(
        [grid([header, ["654223000", *REGISTER_ROW]])], "654203/2020/项目清单.csv", "654203"
    )
    assert former.rule_id is None


def test_year_of_title_and_column_contradict():
    header = ["预算年度", *REGISTER]
    rows = [["2020年项目清单"], header, ["2019", *REGISTER_ROW]]
    assert read([grid(rows)], "650102/a.csv").rule_id == "FILE-204"
    assert read([grid(rows)], "650102/2019/a.csv").rule_id == "FILE-204"


def test_year_of_path_contradicts_the_title():
    rows = [["2020年项目清单"], REGISTER, REGISTER_ROW]
    reading = read([grid(rows)], "650102/2021/a.csv")
    assert reading.rule_id == "FILE-204"
    assert (
        "2020年" in reading.findings[0].value_found and "2021年" in reading.findings[0].value_found
    )


def test_no_year_anywhere():
    assert read([grid([REGISTER, REGISTER_ROW])], "650102/项目清单.csv").rule_id == "FILE-203"


def test_round_by_headings_and_by_path():
    rows = [["2020年绩效监控表"], FLAT, MONITORED]
    reading = read([grid(rows)], "650102/a.csv")
    assert slots(reading) == [("monitoring", 2020, 1)]
    assert reading.parts[0].month_no == 5
    bare = [h.replace("1-5月", "") for h in FLAT]
    by_path = read([grid([["2020年绩效监控表"], bare, MONITORED])], "650102/9月/a.csv")
    assert slots(by_path) == [("monitoring", 2020, 2)]
    none = read([grid([["2020年绩效监控表"], bare, MONITORED])], "650102/a.csv")
    assert none.rule_id == "FILE-205"


def test_a_month_out_of_the_calendar_keeps_its_number():
    headings = [h.replace("1-5月", "1—7月") for h in FLAT]
    reading = read([grid([["2020年绩效监控表"], headings, MONITORED])], "650102/a.csv")
    assert slots(reading) == [("monitoring", 2020, 7)]
    assert rules(reading) == ["HEAD-004", "FILE-210"] or rules(reading) == ["FILE-210", "HEAD-004"]


def test_rounds_that_contradict():
    rows = [["2020年绩效监控表（1-9月）"], FLAT, MONITORED]
    assert read([grid(rows)], "650102/a.csv").rule_id == "FILE-206"
    rows = [["2020年绩效监控表"], FLAT, MONITORED]
    assert read([grid(rows)], "650102/第二次监控/a.csv").rule_id == "FILE-206"
    assert read([grid(rows)], "650102/6月报送/a.csv").rule_id is None


def test_unit_of_heading_wins_over_the_line_above():
    rows = [["2020年项目清单"], ["单位：元"], REGISTER, REGISTER_ROW]
    reading = read([grid(rows)])
    assert reading.parts[0].tables["projects"]["_money_unit"].to_list() == ["万元"]
    none = [h.replace("（万元）", "") for h in REGISTER]
    silent = read([grid([["2020年项目清单"], none, REGISTER_ROW])])
    assert silent.parts[0].tables["projects"]["_money_unit"].to_list() == [None]
    assert rules(silent) == ["HEAD-004"]


def test_units_that_disagree_are_a_finding():
    header = [*REGISTER, "调整预算数（元）"]
    reading = read([grid([["2020年项目清单"], header, [*REGISTER_ROW, "2"]])])
    assert rules(reading) == ["HEAD-005"]


def test_hostile_texts_do_no_harm():
    evil = "'; drop table x; -- <script>" + "长" * 300
    rows = [["2020年项目清单" + evil], [*REGISTER, evil], [*REGISTER_ROW, evil]]
    reading = read([grid(rows, evil[:31])], f"650102/{evil}/2020/a.csv")
    assert slots(reading) == [("project_register", 2020, 0)]
    assert rules(reading) == ["HEAD-003"]


def test_empty_workbook():
    assert read([grid([[None]])]).rule_id == "FILE-201"
    assert read([]).rule_id == "FILE-201"


def test_a_form_s_identity_row_is_no_list_header():
    place = find_header_place(grid([["项目名称", "饮水工程", "项目编码", P]]).frame)
    assert place is None or not read_header(place, "goal").is_complete


def test_a_template_that_nobody_filled_in_is_refused_with_one_finding():
    rows = [
        ["项目支出绩效自评表"],
        ["（2020年度）"],
        ["项目名称", None],
        ["主管部门", None, "实施单位", None],
        ["项目资金（万元）", None, "全年预算数", "全年执行数"],
        [None, "年度资金总额", None, None],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"],
        [None, "产出指标", "数量指标", None, None, None],
    ]
    assert rules(read([grid_of(rows)])) == ["FORM-007"]
    rows[2][1] = "饮水工程"
    assert "FORM-007" not in rules(read([grid_of(rows)]))


def test_two_years_in_the_titles_of_a_form_contradict():
    rows = [
        ["2020年度项目支出绩效目标申报表"],
        ["（2021年度）"],
        ["项目名称", "饮水工程"],
        ["主管部门", "水利局", "实施单位", "水利局"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
        [None, "产出指标", "数量指标", "管网", "≥1公里"],
    ]
    reading = read([grid_of(rows)])
    assert [(f.rule_id, f.source_cell) for f in reading.findings] == [("FILE-204", "A1")]
    rows[1] = ["（2O20年度）"]
    assert "FILE-204" not in rules(read([grid_of(rows)]))
