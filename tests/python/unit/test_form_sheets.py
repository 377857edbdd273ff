"""Sheets of forms: told from lists, cut into projects, every row and text accounted for."""

from __future__ import annotations

import csv
import random

import pytest
from form_grids import column, grid_of, one_form, texts

from ingest.form_export import looks_like_form, parse_form_sheet
from ingest.form_labels import FORM_KINDS, LONGEST_LABEL, is_amount, load_form_vocabulary
from ingest.form_titles import kind_of_title, month_of, round_of, year_of
from ingest.headings import LAYOUTS_PATH, load_vocabulary
from ingest.reference import unit_kinds

N = None


def form(name: str, titles: list[str], *, unit: str = "某中心", note: bool = True) -> list[list]:
    rows = [
        *[[title] for title in titles],
        ["项目名称", name],
        ["主管部门", "某局", N, N, "实施单位", unit],
        ["项目资金（万元）", N, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        [N, "年度资金总额", "100", "95", "90", "10", "94.7%", "9"],
        ["年度总体目标", "预期目标", N, N, "实际完成情况"],
        [N, f"办好{name}", N, N, "办好了"],
        [
            "绩效指标",
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "实际完成值",
            "分值",
            "得分",
        ],
        [N, "产出指标", "数量指标", f"{name}次数", "1", "1", "50", "50"],
        [N, N, N, f"{name}人数", "2", "2", "40", "40"],
        ["总分", N, N, N, N, N, "100", "99"],
    ]
    if note:
        rows.append(["注：得分按比例计算。"])
    return rows


TITLES = ["项目支出绩效自评表", "（2021年度）"]


@pytest.mark.parametrize("count", [2, 8, 14])
@pytest.mark.parametrize("gap", [0, 2])
def test_several_forms_below_one_another(count, gap):
    rows = []
    for number in range(count):
        rows += [*form(f"项目{number}", TITLES), *[[N]] * gap]
    blocks = parse_form_sheet(grid_of(rows))
    assert [texts(block)["project_name"] for block in blocks] == [
        f"项目{number}" for number in range(count)
    ]
    length = len(form("", TITLES)) + gap
    assert [block.first_row for block in blocks] == [1 + length * n for n in range(count)]
    assert blocks[-1].last_row == count * length
    for number, block in enumerate(blocks):
        assert block.fiscal_year == 2021
        assert column(block, "level3") == [f"项目{number}次数", f"项目{number}人数"]
        assert column(block, "level2") == ["数量指标", "数量指标"]
        assert texts(block)["total_score"] == "99"
        assert block.project_row == block.first_row + 2
        assert len(block.funds) == 1


def test_forms_without_titles_of_their_own_share_the_first():
    rows = [
        *form("甲", ["2022年度部门预算项目支出绩效自评表", "单位：元"]),
        *form("乙", [], note=False),
        *form("丙", [], note=False),
    ]
    blocks = parse_form_sheet(grid_of(rows))
    assert [block.fiscal_year for block in blocks] == [2022] * 3
    assert [block.document_kind for block in blocks] == ["self_evaluation"] * 3
    assert [column(block, "level3")[0] for block in blocks] == ["甲次数", "乙次数", "丙次数"]


def test_goal_and_self_evaluation_of_one_project_on_one_sheet():
    goal = [
        ["项目支出绩效目标申报表"],
        ["（2021年度）"],
        ["项目名称", "甲"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
        [N, "产出指标", "数量指标", "甲次数", "1"],
    ]
    blocks = parse_form_sheet(grid_of([*goal, *form("甲", TITLES)]))
    assert [block.document_kind for block in blocks] == ["goal", "self_evaluation"]


def test_project_named_like_a_form():
    for name in ("部门整体支出绩效自评表", "部门(单位)整体绩效目标表", "项目资金", "绩效监控"):
        block = one_form(form(name, TITLES))
        assert texts(block)["project_name"] == name
        assert block.document_kind == "self_evaluation"


def test_bureau_and_year_of_the_titles():
    block = one_form(
        form("甲", ["附件1", "某某县财政局2021年度项目支出绩效自评表", "填报日期：2022年3月"])
    )
    assert block.bureau_names == ("某某县财政局",)
    assert block.fiscal_year == 2021
    rows = form("2019年遗留项目", ["项目支出绩效自评表"])
    rows.insert(1, ["预算年度", "2021"])
    block = one_form(rows)
    assert block.fiscal_year == 2021
    assert block.project["fiscal_year"].row == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("项目支出绩效目标申报表", "goal"),
        ("项目支出绩效目标执行监控表", "monitoring"),
        ("项目支出绩效目标自评表", "self_evaluation"),
        ("绩效目标完成情况表", "self_evaluation"),
        ("绩效运行监控情况表", "monitoring"),
        ("部门预算项目清单", None),
    ],
)
def test_kind_of_title(text, kind):
    assert kind_of_title(text) == kind


def test_year_month_and_round_of_titles():
    assert year_of("（2020 年度）") == 2020
    assert year_of("二〇二一年度") == 2021
    assert year_of("２０２２年项目") == 2022
    assert year_of("2023年1月5日") is None
    assert year_of("第20210号") is None
    assert month_of("截至9月底") == 9
    assert month_of("1—5月") == 5
    assert month_of("13月底") is None
    assert (round_of("第一次监控"), round_of("第2轮"), round_of("第三方")) == (1, 2, None)


def test_lists_are_no_forms():
    lists = [
        [
            ["2020年绩效目标申报表"],
            ["单位：万元"],
            ["项目编码", "项目名称", "预算单位", "年度资金总额", "一级指标", "三级指标", "指标值"],
            ["1", "甲", "某中心", "10", "产出指标", "次数", "1"],
        ],
        [["项目名称", "三级指标", "指标值"], ["甲", "次数", "1"]],
        [
            ["项目编码", "项目名称", "绩效指标"],
            [N, N, "一级指标", "二级指标", "三级指标", "指标值"],
            ["1", "甲", "产出指标", "数量指标", "次数", "1"],
        ],
        [["项目编码", "项目名称", "年初预算数", "执行数"], ["1", "甲", "10", "9"]],
        [
            ["项目编码", "一级指标", "二级指标", "三级指标", "指标值"],
            ["1", "产出", "数量", "次", "1"],
        ],
        [["说明"], ["本表由某局填报"]],
        [[N]],
    ]
    for rows in lists:
        assert not looks_like_form(grid_of(rows)), rows


def test_forms_are_forms():
    assert looks_like_form(grid_of(form("甲", TITLES)))
    assert looks_like_form(grid_of(form("甲", [])))
    no_indicators = [row for row in form("甲", TITLES)[:8]]
    assert looks_like_form(grid_of(no_indicators))
    no_funds = [*form("甲", TITLES)[:4], *form("甲", TITLES)[8:]]
    assert looks_like_form(grid_of(no_funds))


def test_unknown_row_is_set_aside_with_its_place():
    rows = form("甲", TITLES)
    rows.insert(4, ["完全陌生的栏", "内容", "另一内容"])
    rows.insert(13, ["评审专家组对该项目的总体印象记录", N, N, N, N, N, N, N])
    block = one_form(rows)
    aside = {row for row, what in block.row_classes.items() if what == "set_aside"}
    assert aside == {5, 14}
    found = [f for f in block.findings if f.rule_id == "FORM-001"]
    assert [(f.source_row, f.source_cell) for f in found] == [(5, "A5"), (14, "A14")]
    assert found[0].value_found == "完全陌生的栏 | 内容 | 另一内容"


def test_unknown_indicator_column_is_kept_and_reported():
    rows = form("甲", TITLES)
    rows[8].append("本单位自设栏")
    rows[9].append("自设内容")
    rows[10] += [N, "无标题内容"]
    block = one_form(rows)
    assert block.indicators[0]["other_columns"] == {"本单位自设栏": "自设内容"}
    assert block.indicators[1]["other_columns"] == {"（J列）": "无标题内容"}
    (finding,) = block.findings
    assert (finding.rule_id, finding.heading) == ("FORM-003", "本单位自设栏")
    assert finding.source_cell == "I9"


def test_column_without_heading_is_reported_and_a_lone_text_beside_the_table_is_not():
    rows = form("甲", TITLES)
    at = rows[8].index("得分")
    rows[8][at] = N
    rows[10] += [N, N, "旁注"]
    (finding,) = one_form(rows).findings
    assert (finding.rule_id, finding.source_cell) == ("HEAD-008", f"{'ABCDEFGHI'[at]}9")


def test_title_of_a_goal_above_results_is_reported_and_read_as_what_it_is():
    rest = form("甲", TITLES)[1:]
    block = one_form([["项目支出绩效目标申报表"], *rest])
    assert block.document_kind == "self_evaluation"
    assert [(f.rule_id, f.source_cell) for f in block.findings] == [("FORM-006", "A1")]


def test_form_without_indicators_or_without_targets_is_reported():
    block = one_form(form("甲", TITLES)[:8])
    assert [f.rule_id for f in block.findings] == ["FORM-004"]
    rows = [*form("甲", TITLES)[:8], ["绩效指标", "一级指标", "三级指标"], [N, "产出", "次数"]]
    (finding,) = one_form(rows).findings
    assert (finding.rule_id, finding.value_expected) == ("FORM-005", "指标值、实际完成值")


def test_leading_blank_rows_and_columns_keep_coordinates_true():
    rows = [[N], [N], *[[N, N, *row] for row in form("甲", TITLES)]]
    block = one_form(rows)
    name = block.project["project_name"]
    assert (name.row, name.column, name.text) == (5, 3, "甲")
    assert [line["row"] for line in block.indicators] == [12, 13]
    assert block.row_classes[1] == block.row_classes[2] == "blank"
    assert texts(block)["executed"] == "90"


def test_header_repeated_after_a_page_break():
    rows = form("甲", TITLES)
    rows.insert(10, list(rows[8]))
    block = one_form(rows)
    assert column(block, "level3") == ["甲次数", "甲人数"]


def test_every_row_and_text_is_accounted_for_however_the_rows_are_damaged():
    random.seed(7)
    base = [*form("甲", TITLES), *form("乙", TITLES)]
    width = max(map(len, base))
    for _ in range(300):
        rows = [[*row, *[N] * (width - len(row))] for row in base]
        for _ in range(random.randint(1, 6)):
            at, other = random.randrange(len(rows)), random.randrange(len(rows))
            action = random.randrange(4)
            if action == 0:
                rows.insert(at, [N] * width)
            elif action == 1:
                rows.pop(at)
            elif action == 2:
                rows[at][random.randrange(width)] = rows[other][random.randrange(width)]
            else:
                rows.insert(at, list(rows[other]))
        seen = []
        for block in parse_form_sheet(grid_of(rows, [(8, 0, 12, 0), (9, 1, 10, 1)])):
            seen += sorted(block.row_classes)
            data = {row for row, what in block.row_classes.items() if what == "data"}
            lines = {line["row"] for line in [*block.funds, *block.indicators]}
            assert data == lines | {block.project_row}
            aside = {row for row, what in block.row_classes.items() if what == "set_aside"}
            reported = {
                f.source_row for f in block.findings if f.rule_id in ("FORM-001", "FORM-002")
            }
            assert aside <= reported
        assert seen == list(range(1, len(rows) + 1))


def test_amounts():
    for text in ("100", "1,437.00", "250万", "4753.66万元", "95.8%", "-", "—", "/", "*", "0.00"):
        assert is_amount(text), text
    for text in ("年度资金总额", "中央补助50", "854万(其中…)", "第1季度"):
        assert not is_amount(text), text


@pytest.mark.parametrize("kind", [*FORM_KINDS, *unit_kinds()])
def test_labels_of_the_layouts_are_found_and_name_real_fields(kind):
    vocabulary = load_form_vocabulary(kind)
    fields = load_vocabulary(kind).fields
    for folder in {kind, ""}:
        path = LAYOUTS_PATH / folder / "blocks.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        for row in rows:
            role = row["role"]
            for label in row["labels"].split("|"):
                assert 0 < len(label) <= LONGEST_LABEL
                if row["block"] in ("title", "period") or role == "prefix":
                    continue
                if label == "/" or row["block"] == "indicators":
                    continue
                sent = label.replace("1-N月", "1～8月").replace("N月", "8月")
                assert role in vocabulary.roles(sent).get(row["block"], {}), (label, role)
            if row["block"] == "funds" and role.startswith("column.") and role != "column.other":
                assert role.removeprefix("column.") in fields["funds"]
            if role.startswith("heading."):
                name = role.removeprefix("heading.")
                assert any(name in load_vocabulary(k).fields["indicators"] for k in FORM_KINDS)
