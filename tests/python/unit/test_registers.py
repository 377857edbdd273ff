"""Registers (登记表): claimed by title, sheet name or path, decided by their headings."""

from __future__ import annotations

import csv

import pytest
from list_grids import grid

from ingest.export_file import Surroundings, read_sheets
from ingest.headings import LAYOUTS_PATH, load_vocabulary
from ingest.reference import kind_sources, load_roster, load_round_calendar

RECORD_KINDS = [kind for kind, source in kind_sources().items() if source.is_record]


def read(rows, source_file="650000/登记.xlsx", sheet="Sheet1"):
    around = Surroundings(source_file, "650000", load_round_calendar(), load_roster())
    return read_sheets([grid(rows, sheet)], around)


def slots(reading):
    return [part.slot for part in reading.parts]


POLICIES = ["序号", "制度名称", "文号", "制度类型", "印发日期"]


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_every_register_is_recognised_by_its_title_and_its_plain_headings(kind):
    fields = load_vocabulary(kind).fields["records"].values()
    headings = [field.first_heading for field in fields if field.name != "work_year"]
    title = f"2020年度{kind_sources()[kind].name_zh}"
    reading = read([[title], ["单位：万元"], headings, ["甲"] * len(headings)])
    assert slots(reading) == [(kind, 2020, 0)], [f.rule_id for f in reading.findings]


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_a_layout_says_of_every_field_what_type_it_has(kind):
    from expectations.records import BY_TYPE

    with (LAYOUTS_PATH / kind / "columns.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["type"] for row in rows} <= {*BY_TYPE, "word"}
    assert set(kind_sources()[kind].identity) <= {row["field"] for row in rows}


def test_rows_add_up_and_the_total_is_no_record():
    reading = read(
        [
            ["2020年度制度办法清单"],
            ["填报单位：自治区财政厅"],
            POLICIES,
            ["1", "办法一", "新财预〔2020〕1号", "管理办法", "2020-03-01"],
            ["2", "办法二", None, "工作机制", "2020年5月6日"],
            ["合计", "共2项"],
            ["注：按印发日期排列"],
            ["填报人：", "联系电话：", "审核人："],
            [None, None, None, None, None],
        ]
    )
    (part,) = reading.parts
    assert part.slot == ("policy_register", 2020, 0)
    assert part.counts == {"title": 2, "header": 1, "total": 1, "note": 2, "blank": 1}
    assert part.tables["records"]["document_name"].to_list() == ["办法一", "办法二"]
    assert part.tables["records"]["issue_date"].to_list() == ["2020-03-01", "2020年5月6日"]
    assert part.row_count() == 9


def test_the_year_column_of_a_register_is_its_work_year():
    reading = read(
        [
            ["年度", *POLICIES[1:]],
            ["2020", "办法一", "一号", "管理办法", "2020-03-01"],
            ["2020", "办法二", "二号", "管理办法", "2020-03-01"],
            ["2019", "办法三", "三号", "管理办法", "2019-03-01"],
            *[["2020", f"办法{n}", f"{n}号", "管理办法", "2020-03-01"] for n in range(4, 10)],
        ],
        "650000/制度办法清单.xlsx",
    )
    (part,) = reading.parts
    assert part.slot == ("policy_register", 2020, 0)
    assert part.set_aside["rule_id"].to_list() == ["ROW-003"]


def test_where_titles_overlap_the_headings_decide():
    headings = ["单位名称", "公开内容", "项目名称", "公开日期", "公开网址"]
    reading = read(
        [
            ["2020年度绩效评价结果公开台账"],
            headings,
            ["某局", "自评表", "项目甲", "2020-08-01", "网站"],
        ]
    )
    assert slots(reading) == [("disclosure", 2020, 0)]


def test_a_project_list_is_none_of_the_registers_whatever_its_path_says():
    reading = read(
        [
            ["2020年度部门预算项目清单"],
            ["项目编码", "项目名称", "预算单位", "资金性质", "年初预算数（万元）"],
            ["65000020T000000000001", "项目甲", "某局", "111", "12"],
        ],
        "650000/整改台账/2020年项目清单.xlsx",
    )
    assert slots(reading) == [("project_register", 2020, 0)]


def test_without_a_claim_the_headings_alone_decide():
    reading = read(
        [POLICIES, ["1", "办法一", "一号", "管理办法", "2020-03-01"]], "650000/2020年/表1.xlsx"
    )
    assert slots(reading) == [("policy_register", 2020, 0)]


def test_a_claimed_register_without_a_required_column_is_refused_with_its_name():
    reading = read(
        [["2020年度制度办法清单"], ["序号", "制度名称", "文号"], ["1", "办法一", "一号"]]
    )
    assert reading.parts == []
    (finding,) = reading.findings
    assert (finding.rule_id, finding.heading) == ("HEAD-001", "制度类型")


def test_money_without_a_unit_is_said():
    headings = ["评价对象类型", "评价对象", "评价类型", "评价金额"]
    reading = read([["2020年度绩效评价台账"], headings, ["项目", "甲", "抽评", "12"]])
    assert [f.rule_id for f in reading.parts[0].findings] == ["HEAD-004"]
