"""Headings: one spelling for many, units and months taken off, layouts as data."""

import pytest

from ingest.headings import (
    document_kinds,
    load_vocabulary,
    normalise,
    plain,
    two_row_headings,
)


@pytest.mark.parametrize(
    ("sent", "text", "unit", "month_no"),
    [
        ("年初预算数（万元）", "年初预算数", "万元", None),
        ("年初预算数 (单位：元)", "年初预算数", "元", None),
        ("年初预算数【亿元】", "年初预算数", "亿元", None),
        ("年初预算数(千元)", "年初预算数", "千元", None),
        ("1～5月\n执行数", "1-N月执行数", None, 5),
        ("1—9月执行率(%)", "1-N月执行率", "%", 9),
        ("１－５月执行数", "1-N月执行数", None, 5),
        ("1至10月执行情况", "1-N月执行情况", None, 10),
        ("1月-5月执行数", "1-N月执行数", None, 5),
        ("截至9月底执行数", "截至N月底执行数", None, 9),
        ("截止 9 月末执行数（单位：元）", "截至N月底执行数", "元", 9),
        ("年初目标值（A）", "年初目标值(A)", None, None),
        ("全年执行数(B)(万元)", "全年执行数(B)", "万元", None),
        ("*项目名称：", "项目名称", None, None),
        ("项\u00a0目\u3000名 称", "项目名称", None, None),
        ("其中：财政拨款", "其中:财政拨款", None, None),
        ("1-13月执行数", "1-13月执行数", None, None),
        ("2021-5月", "2021-5月", None, None),
        ("", "", None, None),
        (None, "", None, None),
    ],
)
def test_normalise(sent, text, unit, month_no):
    heading = normalise(sent)
    assert (heading.text, heading.unit, heading.month_no) == (text, unit, month_no)


def test_only_three_units_count_as_money():
    assert normalise("预算数（千元）").money_unit is None
    assert normalise("分值（分）").money_unit is None
    assert normalise("预算数（万元）").money_unit == "万元"


def test_every_accepted_heading_is_found_again():
    for kind in document_kinds():
        vocabulary = load_vocabulary(kind)
        for table, fields in vocabulary.fields.items():
            for field in fields.values():
                for accepted in field.accepted:
                    sent = accepted.replace("1-N月", "1～8月").replace("N月", "8月")
                    match = vocabulary.match(table, f" {sent}\n")
                    assert match is not None, (kind, table, accepted)


def test_match_prefers_exact_then_loose():
    vocabulary = load_vocabulary("monitoring")
    assert vocabulary.match("projects", "预算单位（盖章）").field == "unit_name"
    bare = vocabulary.match("projects", "年初预算数万元")
    assert (bare.field, bare.heading.money_unit) == ("initial_budget", "万元")
    assert vocabulary.match("projects", "2.项目名称").field == "project_name"
    assert vocabulary.match("projects", "建设内容") is None
    assert vocabulary.match("projects", "'; drop table raw.x; --") is None


def test_group_headings_over_two_rows():
    groups = ["项目名称", "偏差原因分析", None, "完成目标可能性", None, None, "备注"]
    subs = [None, "经费保障", "原因说明", "确定能", "有可能", "完全不可能", None]
    spellings = two_row_headings(groups, subs)
    assert spellings[0] == ("项目名称",)
    assert spellings[2][0] == "原因说明"
    assert spellings[2][1] == "偏差原因分析原因说明"
    assert spellings[6] == ("备注",)


def test_plain_unifies_dashes_and_brackets():
    assert plain("1—5月 ［甲］") == "1-5月(甲)"
