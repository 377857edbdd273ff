"""List exports against rows worked by hand; every physical row is accounted for."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from list_grids import FLAT, P, Q, read

ROW_P = [P, "饮水工程", "210001-水务局", "1200000", "500000"]
ROW_Q = [Q, "小区改造", "212001-住建局", "500000", "200000"]
LINES = [
    ["产出指标", "数量指标", "改造管网", "≥100个", "50", "20个"],
    ["产出指标", "质量指标", "水质达标率", "≧90%", "50", "45%"],
]
BLANK5 = [None] * 5


def frame(part, table):
    return part.tables[table].to_dicts()


def levels(part):
    return [
        (r["_source_row"], r["_project_row"], r["level1"], r["level2"], r["level3"])
        for r in frame(part, "indicators")
    ]


def test_one_row_per_project():
    (part,) = read(
        [
            ["天山区2020年部门预算项目清单"],
            ["预算单位", "项目编码", "项目名称", "资金性质", "年初预算数（万元）"],
            ["210001-水务局", P, " 饮水工程 ", "111", "1,200.00"],
            [],
            ["212001-住建局", Q, "小区改造", "121", "50"],
            ["合计", None, None, None, "1250"],
            ["注：本表由预算科提供"],
        ],
        "project_register",
    )
    rows = frame(part, "projects")
    assert [(r["_source_row"], r["_project_row"]) for r in rows] == [(3, 3), (5, 5)]
    assert rows[0]["project_name"] == "饮水工程"
    assert rows[0]["initial_budget"] == "1,200.00"
    assert {r["_money_unit"] for r in rows} == {"万元"}
    assert part.counts == {"title": 1, "header": 1, "total": 1, "note": 1, "blank": 1}
    assert part.row_count() == 7
    assert not part.findings


@pytest.mark.parametrize(
    ("total", "second", "said"),
    [
        ("1250.11", "50", []),  # 0.1 and half a cent per row
        ("1250.12", "50", [("ROW-008", "E5", "1250.12", "1250.00", "0.12")]),
        ("1250.12", "见附件", []),
        ("见附件", "50", []),
        ("0", "50", [("ROW-008", "E5", "0", "1250.00", "-1250.00")]),
    ],
)
def test_a_total_is_the_sum_of_its_rows(total, second, said):
    (part,) = read(
        [
            ["天山区2020年部门预算项目清单"],
            ["预算单位", "项目编码", "项目名称", "资金性质", "年初预算数（万元）"],
            ["210001-水务局", P, "饮水工程", "111", "1,200.00"],
            ["212001-住建局", Q, "小区改造", "121", second],
            ["合计", None, None, None, total],
        ],
        "project_register",
    )
    found = [
        (f.rule_id, f.source_cell, f.value_found, f.value_expected, f.difference)
        for f in part.findings
    ]
    assert found == said


def test_repeated_project_cells():
    (part,) = read(
        [FLAT, [*ROW_P, *LINES[0]], [*ROW_P, *LINES[1]], [*ROW_Q, *LINES[0]]],
        "monitoring",
        round_no=1,
    )
    assert [r["_source_row"] for r in frame(part, "projects")] == [2, 4]
    assert [(r["_source_row"], r["_project_row"]) for r in frame(part, "indicators")] == [
        (2, 2),
        (3, 2),
        (4, 4),
    ]
    assert [r["project_code"] for r in frame(part, "indicators")] == [P, P, Q]


def test_merged_project_and_level_cells_are_carried_down():
    second = [None, "质量指标", *LINES[1][2:]]
    (part,) = read(
        [
            FLAT,
            [*ROW_P, *LINES[0]],
            [*BLANK5, *second],
            [*BLANK5, None, None, "水压达标率", "100%", "10", "100%"],
            [*BLANK5, "效益指标", None, "受益人数", "≥1人", "10", "1人"],
            [*ROW_Q, None, None, "孤立指标", "1", "1", "1"],
        ],
        "monitoring",
        round_no=1,
    )
    assert levels(part) == [
        (2, 2, "产出指标", "数量指标", "改造管网"),
        (3, 2, "产出指标", "质量指标", "水质达标率"),
        (4, 2, "产出指标", "质量指标", "水压达标率"),
        (5, 2, "效益指标", None, "受益人数"),
        (6, 6, None, None, "孤立指标"),
    ]
    assert [r["project_name"] for r in frame(part, "indicators")][:2] == ["饮水工程"] * 2
    assert len(frame(part, "projects")) == 2


def test_a_level_that_is_repeated_is_not_carried_into_a_blank():
    first = ["产出指标", "数量指标"]
    rows = [[*ROW_P, *first, f"指标{i}", "1", "1", "1"] for i in range(4)]
    rows[2][5] = None
    (part,) = read([FLAT, *rows], "monitoring", round_no=1)
    assert [r["level1"] for r in frame(part, "indicators")] == [
        "产出指标",
        "产出指标",
        None,
        "产出指标",
    ]


def test_page_breaks_repeat_title_and_header():
    title = ["天山区2020年度绩效运行监控表（1-5月）"]
    (part,) = read(
        [
            title,
            FLAT,
            [*ROW_P, *LINES[0]],
            title,
            FLAT,
            [*BLANK5, *LINES[1]],
            ["小计", None, None, "1200000"],
            ["填表人：张三", None, None, "审核人：李四"],
        ],
        "monitoring",
        round_no=1,
    )
    assert part.counts == {"title": 2, "header": 2, "total": 1, "note": 1, "blank": 0}
    assert [r["_project_row"] for r in frame(part, "indicators")] == [3, 3]
    assert part.row_count() == 8


def test_header_of_two_rows_with_ticks():
    upper = [*FLAT, "偏差原因分析", None, None, "完成目标可能性", None, None, "备注"]
    lower = [None] * 11 + ["经费保障", "其他", "原因说明", "确定能", "有可能", "完全不可能", None]
    (part,) = read(
        [
            ["2020年度绩效运行监控表"],
            upper,
            lower,
            [*ROW_P, *LINES[0], "√", None, "款未到", None, "√", None, "无"],
        ],
        "monitoring",
        round_no=1,
    )
    (line,) = frame(part, "indicators")
    assert line["reason_funding"] == "√"
    assert line["reason_note"] == "款未到"
    assert line["deviation_reason"] is None
    assert line["likelihood_possible"] == "√"
    assert line["remark"] == "无"
    assert part.counts["header"] == 2
    assert not part.findings


def test_reason_column_alone_is_the_reason():
    (part,) = read([[*FLAT, "原因说明"], [*ROW_P, *LINES[0], "款未到"]], "monitoring", round_no=1)
    assert frame(part, "indicators")[0]["deviation_reason"] == "款未到"


def test_score_belongs_to_project_left_and_to_indicator_right_of_the_levels():
    (part,) = read(
        [
            [
                "项目编码",
                "项目名称",
                "预算单位",
                "全年执行数",
                "得分",
                "一级指标",
                "二级指标",
                "三级指标",
                "指标值",
                "完成值",
                "分值",
                "得分",
            ],
            [P, "甲", "水务局", "1", "92", "产出指标", "数量指标", "a", "1", "1", "10", "9.5"],
            [P, "甲", "水务局", "1", "92", "总分", None, None, None, None, "100", "92"],
        ],
        "self_evaluation",
    )
    assert frame(part, "projects")[0]["total_score"] == "92"
    assert frame(part, "indicators")[0]["score"] == "9.5"
    assert part.counts["total"] == 1


def test_numbering_row_under_the_header_is_no_data():
    (part,) = read(
        [
            ["项目编码", "项目名称", "预算单位", "资金性质", "年初预算数"],
            ["1", "2", "3", "4", "5"],
            [P, "甲", "水务局", "111", "1"],
        ],
        "project_register",
    )
    assert part.counts["header"] == 2
    assert len(frame(part, "projects")) == 1


def test_project_cells_that_disagree_are_said_and_the_first_row_kept():
    other = [*ROW_P[:3], "999", "500000"]
    (part,) = read([FLAT, [*ROW_P, *LINES[0]], [*other, *LINES[1]]], "monitoring", round_no=1)
    assert frame(part, "projects")[0]["annual_budget"] == "1200000"
    assert [(f.rule_id, f.source_cell, f.value_found, f.value_expected) for f in part.findings] == [
        ("ROW-006", "D3", "999", "1200000")
    ]


def test_rows_of_another_year_or_bureau_are_set_aside_with_what_continues_them():
    header = ["预算年度", "财政区划代码", *FLAT]
    (part,) = read(
        [
            header,
            ["2020", "650102000", *ROW_P, *LINES[0]],
            ["2019年", "650102", *ROW_Q, *LINES[0]],
            [None, None, *BLANK5, *LINES[1]],
            ["2020", "650103000", *ROW_Q, *LINES[0]],
        ],
        "monitoring",
        round_no=1,
    )
    assert [tuple(r) for r in part.set_aside.select("_source_row", "rule_id").rows()] == [
        (3, "ROW-003"),
        (4, "ROW-003"),
        (5, "ROW-004"),
    ]
    assert "小区改造" in part.set_aside["row_text"][0]
    assert [r["project_code"] for r in frame(part, "projects")] == [P]
    assert part.row_count() == 5
    by_rule = {f.rule_id: f for f in part.findings}
    assert by_rule["ROW-003"].source_cell == "A4"
    assert by_rule["ROW-004"].value_expected == "650102"


def test_two_rounds_in_one_list_are_two_parts():
    header = ["监控阶段", *[h.replace("1-5月", "") for h in FLAT]]
    rows = [
        header,
        ["1~5月", *ROW_P, *LINES[0]],
        ["第二次", *ROW_P[:4], "900000", *LINES[0]],
        ["1-5月", *ROW_Q, *LINES[0]],
        ["不详", *ROW_Q, *LINES[1]],
    ]
    parts = read(rows, "monitoring")
    assert [(p.round_no, p.month_no) for p in parts] == [(1, 5), (2, None)]
    assert [r["_source_row"] for r in frame(parts[0], "projects")] == [2, 4]
    assert [(r["_source_row"], r["executed"]) for r in frame(parts[1], "projects")] == [
        (3, "900000")
    ]
    assert parts[0].set_aside["rule_id"].to_list() == ["ROW-005"]
    assert sum(p.row_count() for p in parts) == 5


def test_unknown_headings_keep_their_cells():
    (part,) = read(
        [
            [
                "项目编码",
                "项目名称",
                "预算单位",
                "资金性质",
                "年初预算数",
                "建设地点",
                None,
                "序号",
            ],
            [P, "甲", "水务局", "111", "1", '天山区"东"\n路', "x", "1"],
            [Q, "乙", "水务局", "111", "1", None, None, "2"],
        ],
        "project_register",
    )
    rows = frame(part, "projects")
    assert json.loads(rows[0]["_other_columns"]) == {
        "建设地点": '天山区"东"\n路',
        "（G列无标题）": "x",
        "序号": "1",
    }
    assert json.loads(rows[1]["_other_columns"]) == {"序号": "2"}
    assert [(f.rule_id, f.heading, f.source_cell) for f in part.findings] == [
        ("HEAD-003", "建设地点", "F1"),
        ("HEAD-008", None, "G1"),
    ]


def test_hostile_headings_are_only_text():
    hostile = ["\"'); drop table raw.x; --", "<script>alert(1)</script>", "标" * 300]
    (part,) = read(
        [
            ["项目编码", "项目名称", "预算单位", "资金性质", "年初预算数", *hostile],
            [P, "甲", "水务局", "111", "1", "=1+1", "b", "c"],
        ],
        "project_register",
    )
    assert json.loads(frame(part, "projects")[0]["_other_columns"]) == dict(
        zip(hostile, ["=1+1", "b", "c"], strict=True)
    )


def test_first_accepted_heading_fills_the_field_and_the_other_is_kept():
    (part,) = read(
        [
            ["项目编码", "项目名称", "预算单位", "资金性质", "预算金额", "年初预算数"],
            [P, "甲", "水务局", "111", "7", "8"],
        ],
        "project_register",
    )
    (row,) = frame(part, "projects")
    assert row["initial_budget"] == "8"
    assert json.loads(row["_other_columns"]) == {"预算金额": "7"}
    assert [f.rule_id for f in part.findings] == ["HEAD-006"]


def test_indicators_alone():
    (part,) = read(
        [
            ["项目编码", "项目名称", "一级指标", "二级指标", "三级指标", "指标值"],
            [P, "甲", "产出指标", "数量指标", "a", "1"],
            [None, None, None, "质量指标", "b", "2"],
            [Q, "乙", "产出指标", "数量指标", "a", "1"],
        ],
        "goal",
    )
    assert set(part.tables) == {"indicators"}
    assert [
        (r["project_code"], r["level1"], r["_project_row"]) for r in frame(part, "indicators")
    ] == [(P, "产出指标", None), (P, "产出指标", None), (Q, "产出指标", None)]


def test_a_project_met_again_continues_but_exported_twice_counts_twice():
    again = [
        FLAT,
        [*ROW_P, *LINES[0]],
        [*ROW_Q, *LINES[0]],
        [*ROW_P, *LINES[1]],
    ]
    (part,) = read(again, "monitoring", round_no=1)
    assert [r["_source_row"] for r in frame(part, "projects")] == [2, 3]
    assert [r["_project_row"] for r in frame(part, "indicators")] == [2, 3, 2]
    twice = [*again[:3], [*ROW_P, *LINES[0]], [*ROW_P, *LINES[1]]]
    (part,) = read(twice, "monitoring", round_no=1)
    assert [r["_source_row"] for r in frame(part, "projects")] == [2, 3, 4]
    assert [r["_project_row"] for r in frame(part, "indicators")] == [2, 3, 4, 4]


def test_rows_before_any_project_and_rows_that_add_nothing_are_set_aside():
    (part,) = read(
        [
            FLAT,
            [*BLANK5, *LINES[0]],
            [*ROW_P, *LINES[0]],
            [*ROW_P],
            [*ROW_Q],
        ],
        "monitoring",
        round_no=1,
    )
    assert part.set_aside.select("_source_row", "rule_id").rows() == [
        (2, "ROW-002"),
        (4, "ROW-007"),
    ]
    assert [r["_source_row"] for r in frame(part, "projects")] == [3, 5]
    assert part.row_count() == 5


def test_units_that_disagree_give_none():
    (part,) = read(
        [
            [
                "项目编码",
                "项目名称",
                "预算单位",
                "资金性质",
                "年初预算数（元）",
                "调整预算数（万元）",
            ],
            [P, "甲", "水务局", "111", "1", "2"],
        ],
        "project_register",
    )
    assert frame(part, "projects")[0]["_money_unit"] is None


def _row(kind: str, rng: random.Random) -> list[str | None]:
    code = f"65010220T{rng.randint(1, 4):012d}"
    project = [code, f"项目{code[-1]}", "210001-水务局", "100", "50"]
    line = ["产出指标", "数量指标", f"指标{rng.randint(1, 3)}", "≥1个", "10", "1个"]
    return {
        "data": [*project, *line],
        "continued": [*BLANK5, None, None, *line[2:]],
        "blank": [],
        "total": ["合计", None, None, "100"],
        "score": [*BLANK5, "总分", None, None, None, "100"],
        "note": ["注：以上金额为元"],
        "header": FLAT,
        "stray": [None, None, "水务局", "12"],
        "alone": ["教育类"],
        "project": project,
    }[kind]


KINDS = ["data", "continued", "blank", "total", "score", "note", "header", "stray", "alone"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*KINDS, "project"]), max_size=25),
    st.integers(0, 3),
    st.integers(0, 1000),
)
def test_every_row_is_accounted_for(kinds, title_count, seed):
    rng = random.Random(seed)
    titles = [[f"2020年度绩效运行监控表{i}"] for i in range(title_count)]
    rows = [*titles, FLAT, *[_row(kind, rng) for kind in kinds]]
    parts = read(rows, "monitoring", round_no=1)
    assert sum(part.row_count() for part in parts) == len(rows)
    numbers = [
        row
        for part in parts
        for row in {
            *part.set_aside["_source_row"].to_list(),
            *[r for t in part.tables.values() for r in t["_source_row"].to_list()],
        }
    ]
    assert len(numbers) == len(set(numbers))
    data = kinds.count("data")
    loaded = sum(p.tables["indicators"].height for p in parts if "indicators" in p.tables)
    assert data <= loaded <= data + kinds.count("continued")
    counts = parts[0].counts
    assert counts["blank"] == kinds.count("blank")
    assert counts["total"] == kinds.count("total") + kinds.count("score")


@pytest.mark.parametrize("rows", [[], [["合计"]], [[None]]])
def test_a_list_without_data_is_an_empty_part(rows):
    (part,) = read([FLAT, *rows], "monitoring", round_no=1)
    assert part.tables == {}
    assert part.row_count() == 1 + len(rows)
