"""Lists for people: titles, totals, labels, and nothing that starts a formula."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal

import duckdb
import openpyxl
import pytest
from release_sample import make_warehouse

from nightly import draw, draw_lists, list_catalogue, lists
from nightly.labels import label
from nightly.list_rows import families
from nightly.ranking_list import write_rankings
from nightly.release import copy_candidate
from nightly.settings import CODE_ROOT, Home
from nightly.workbook import Cell, Column, ListWorkbook

AS_OF = date(2021, 3, 1)


def cells(path, sheet=None):
    book = openpyxl.load_workbook(path)
    page = book[sheet] if sheet else book.worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()], page


def test_coverage_list_adds_up_and_is_labelled(tmp_path):
    make_warehouse(tmp_path / "w.duckdb", rows=10)
    copy_candidate(tmp_path / "w.duckdb", tmp_path / "jixiao.duckdb")
    con = lists.open_release(tmp_path / "jixiao.duckdb")
    assert lists.write_list(con, list_catalogue.COVERAGE, tmp_path, AS_OF) == 2
    found, page = cells(tmp_path / "全覆盖统计表.xlsx")
    assert found[0][0] == "2020年度绩效目标（本级）预算绩效管理全覆盖统计表"
    assert found[1][-1] == "截至 2021-03-01　单位：万元"
    assert found[2][:3] == ["财政区划代码", "财政部门", "级次"]
    assert found[3][:5] == ["650000", "自治区财政厅", label("tier", "region"), 10, 9]
    assert found[3][6] == 100
    assert found[5][0] == "合计"
    assert found[5][3:6] == [40, 24, 0.6]
    assert page.freeze_panes == "A4"
    assert page.page_setup.orientation == "landscape"


def test_text_stays_text(tmp_path):
    path = tmp_path / "x.xlsx"
    hostile = ["=1+1", "+1", "-2", "@SUM(A1)", "http://a.b", "{=1}", "\x00\x07坏", "x" * 40_000]
    hostile += ["\t=1", "\r=1", "＝1+1", "＋1", "－2", "＠SUM(A1)"]
    with ListWorkbook(path, AS_OF) as book:
        book.add_list("表", "=标题", [Column("=列")], [[text] for text in hostile])
    found, page = cells(path)
    assert [row[0] for row in found[3:9]] == hostile[:6]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    # edited or pasted elsewhere, it stays the text it is
    quoted = [bool(page.cell(row, 1).quotePrefix) for row in range(4, 4 + len(hostile))]
    assert quoted == [True] * 4 + [False] * 4 + [True] * 6
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet


def test_rows_written_at_once_are_the_rows_written_cell_by_cell(tmp_path):
    columns = [Column("文"), Column("数", "count"), Column("钱", "money"), Column("日", "date")]
    texts = [
        "a & <b> \"c\"", "<r><t>x</t></r>", "<r></t></is></c><c><f>1+1</f></c></r>", " 前后 ",
        "换\n行\t", "_x0041_", "\r\x1f", "非\ufffe字\uffff符", "", None, "长" * 20_000,
        "<r>" + "😀" * 17_000 + "</r>",
    ]
    rows = [
        [text, number, None if number is None else Decimal(number) / 7, AS_OF]
        for number, text in enumerate(texts)
    ] + [["x", float("nan"), Decimal("1E+20"), None]]
    for name, kind in (("fast", lambda value: value), ("slow", Cell)):
        with ListWorkbook(tmp_path / f"{name}.xlsx", AS_OF) as book:
            book.add_list("表", "标题", columns, [[kind(value) for value in row] for row in rows])
    fast, page = cells(tmp_path / "fast.xlsx")
    slow, _ = cells(tmp_path / "slow.xlsx")
    plain = [n for n, text in enumerate(texts) if text is None or not text.startswith("<r>")]
    assert [fast[3 + n] for n in plain] == [slow[3 + n] for n in plain]
    assert fast[3 + texts.index("非\ufffe字\uffff符")][0] == "非\ufffd字\ufffd符"
    assert fast[4][0] == "<r><t>x</t></r>" and slow[4][0] == "<r><t>x</t></r> "
    assert fast[3 + len(texts)] == slow[3 + len(texts)]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_same_list_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        with ListWorkbook(tmp_path / name, AS_OF) as book:
            book.add_list("表", "标题", [Column("数", "money", is_total=True)], [[Decimal("5.5")]])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_empty_list_is_still_a_workbook(tmp_path):
    with ListWorkbook(tmp_path / "a.xlsx", AS_OF):
        pass
    assert cells(tmp_path / "a.xlsx")[0][3][0] == "本期没有内容"


def test_several_triggers_are_all_labelled():
    assert label("trigger", "GAP,LOW_EXECUTION") == "、".join(
        [label("trigger", "GAP"), label("trigger", "LOW_EXECUTION")]
    )
    assert label("trigger", ["GAP"]) == label("trigger", "GAP")
    assert label("trigger", "NEW_ONE") == "NEW_ONE"
    assert label("trigger", None) == ""


def test_draw_lists_one_workbook_per_bureau_and_an_overview(tmp_path, monkeypatch):
    rows = [
        draw.FrameRow(
            "650100",
            2020,
            f"P{n:03d}",
            "=项目",
            "单位",
            "10000.00",
            n < 3,
            "自评得分偏低" if n < 3 else "",
        )
        for n in range(11)
    ]
    monkeypatch.setattr(draw, "require_current", lambda home: draw.Release("r", tmp_path, True))
    monkeypatch.setattr(draw, "read_frame", lambda *_: rows)
    home = Home(tmp_path)
    made = draw.freeze(home, "goal", 2020, AS_OF)
    draw.reveal(home, made.draw_id, "7", "摇号", AS_OF)
    folder = draw_lists.write_draw_lists(made, {"650100": "乌鲁木齐市财政局"})
    overview, _ = cells(folder / "000-抽检汇总.xlsx")
    assert overview[3][:5] == ["650100", "乌鲁木齐市财政局", 11, 2, 2]
    listed, _ = cells(folder / "650100-乌鲁木齐市财政局-抽检清单.xlsx")
    ways = [row[1] for row in listed[3:] if row[1]]
    assert ways.count(label("selection_method", "random")) == 3  # two drawn and the first spare
    assert [row[8] for row in listed[3:6]] == [None, None, "第一候补"]
    recommended = ways.count(label("selection_method", "recommended"))
    drawn = {row[3] for row in listed[3:5]}
    assert recommended == len({"P000", "P001", "P002"} - drawn)


CHASED = """
create schema marts;
create table marts.mart_chase_list as
select * from (values
    ('650000', '新疆维吾尔自治区', '650100', '乌鲁木齐市', 'goal', 2020, null::integer, 'missing',
        date '2020-03-31', 335, false, null::date, null, null, '尚未报送，请立即报送。'),
    ('650100', '乌鲁木齐市', '650102', '天山区', 'monitoring', 2020, 1, 'rejected',
        date '2020-07-31', 213, true, date '2020-07-01', '=监控.xlsx', '缺少必填列',
        '请改正后重报。')
) as chased(
    chasing_bureau_code, chasing_bureau_name, bureau_code, bureau_name, document_kind, fiscal_year,
    round_no, chase_reason, due_date, overdue_days, is_extended, refused_date, _source_file,
    refused_reason_zh, required_action_zh
)
"""


def test_chase_lists_for_the_region_and_for_each_who_chases(tmp_path):
    with duckdb.connect() as con:
        con.execute(CHASED)
        written = lists.write_chase_lists(con, tmp_path, AS_OF)
    assert written == {
        "催报清单.xlsx": 2,
        "催报清单/650000-新疆维吾尔自治区-催报清单.xlsx": 1,
        "催报清单/650100-乌鲁木齐市-催报清单.xlsx": 1,
    }
    region, _ = cells(tmp_path / "催报清单.xlsx")
    assert [row[1] for row in region[3:5]] == ["650100", "650102"]
    own, page = cells(tmp_path / "催报清单" / "650100-乌鲁木齐市-催报清单.xlsx")
    assert own[0][0] == "乌鲁木齐市催报清单"
    assert own[3] == [
        "乌鲁木齐市", "650102", "天山区", "绩效监控", "2020", "1", "已退回未重报", "2020-07-31",
        213, "是", "2020-07-01", "=监控.xlsx", "缺少必填列", "请改正后重报。",
    ]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_nobody_to_chase_is_said_once(tmp_path):
    with duckdb.connect() as con:
        con.execute(CHASED)
        con.execute("delete from marts.mart_chase_list")
        assert lists.write_chase_lists(con, tmp_path, AS_OF) == {"催报清单.xlsx": 0}
    found, _ = cells(tmp_path / "催报清单.xlsx")
    assert (found[0][0], found[2][1], found[3][0]) == ("催报清单", "财政区划代码", "本期没有内容")
    assert not (tmp_path / "催报清单").exists()


MISSED = """
create schema marts;
create table marts.dim_bureau as
select * from (values
    ('650000', '新疆', 'region', null, date '2018-01-01'),
    ('650100', '乌鲁木齐市', 'prefecture', '650000', date '2018-01-01'),
    ('650102', '天山区', 'county', '650100', date '2018-01-01'),
    ('650200', '克拉玛依市', 'prefecture', '650000', date '2018-01-01')
) as bureaus(bureau_code, bureau_name, tier, parent_bureau_code, valid_from);
create table marts.mart_missing_project as
select * from (values
    (2020, 'monitoring', 1, '650102', '天山区', '一中', 'P1', '=1+1', 1000000.00, 'not_filed'),
    (2020, 'monitoring', 1, '650100', '乌鲁木齐市', '二中', 'P2', '校舍', 20000.00, 'not_filed'),
    (2020, 'monitoring', 2, '650102', '天山区', '一中', 'P1', '=1+1', 1000000.00, 'not_filed'),
    (2020, 'monitoring', 2, '650000', '新疆', '厅', 'P3', repeat('长', 22), null, 'returned')
) as missed(
    fiscal_year, stage, round_no, bureau_code, bureau_name, unit_name, project_code, project_name,
    amount_cny, reason
);
"""


def sheets(path):
    book = openpyxl.load_workbook(path)
    return {
        page.title: ([[cell.value for cell in row] for row in page.iter_rows()], page)
        for page in book
    }


def test_a_sheet_per_prefecture_with_its_counties_and_a_total_per_part(tmp_path):
    with duckdb.connect() as con:
        con.execute(MISSED)
        assert lists.write_list(con, list_catalogue.MISSING, tmp_path, AS_OF) == 4
    found = sheets(tmp_path / "漏报清单.xlsx")
    assert list(found) == ["2020绩效监控第1次", "2020绩效监控第2次", "新疆本级", "乌鲁木齐市"]
    rows, _ = found["乌鲁木齐市"]
    assert rows[0][0] == "乌鲁木齐市（含所属）漏报清单"
    assert [(row[0], row[1], row[6]) for row in rows[3:]] == [
        ("2020年度绩效监控第1次", "650100", 2),
        ("2020年度绩效监控第1次", "650102", 100),
        ("2020年度绩效监控第1次小计", None, 102),
        ("2020年度绩效监控第2次", "650102", 100),
        ("2020年度绩效监控第2次小计", None, 100),
    ]
    assert found["新疆本级"][0][-1][0] == "合计"  # one part needs no part totals
    assert found["新疆本级"][0][-1][6] is None  # no amount at all is no zero
    assert found["新疆本级"][1].row_dimensions[4].height == 30  # 44 half-widths in a column of 30


def test_every_sheet_is_set_up_for_print_and_starts_no_formula(tmp_path):
    with duckdb.connect() as con:
        con.execute(MISSED)
        lists.write_list(con, list_catalogue.MISSING, tmp_path, AS_OF)
    for rows, page in sheets(tmp_path / "漏报清单.xlsx").values():
        assert page.freeze_panes == "A4"
        assert page.print_title_rows == "$1:$3"
        assert page.page_setup.fitToHeight == 0 and page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize == 9
        assert rows[1][-1] == "截至 2021-03-01　单位：万元"
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_wide_lists_are_printed_on_a3(tmp_path):
    with ListWorkbook(tmp_path / "a.xlsx", AS_OF) as book:
        book.add_list("表", "标题", [Column("甲", width=100), Column("乙", width=91)], [])
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active.page_setup.paperSize == 8


def test_rows_that_hold_their_subordinates_are_not_summed(tmp_path):
    make_warehouse(tmp_path / "w.duckdb", rows=10)
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        con.execute("update marts.mart_stage_coverage set scope = 'with_subordinates'")
        lists.write_list(con, list_catalogue.COVERAGE, tmp_path, AS_OF)
    found = sheets(tmp_path / "全覆盖统计表.xlsx")
    assert list(found) == ["2020绩效目标含下级"]
    assert "合计" not in [row[0] for row in found["2020绩效目标含下级"][0]]


def test_counties_without_a_prefecture_stand_alone_and_one_bureau_needs_no_sheet(tmp_path):
    make_warehouse(tmp_path / "w.duckdb", rows=10)
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        assert [(family.name, family.bureau_codes) for family in families(con)] == [
            ("自治区财政厅本级", "650000"), ("乌鲁木齐市财政局", "650100,650102"),
            ("昌吉市财政局", "652301"),
        ]
        con.execute("delete from marts.dim_bureau where bureau_code <> '650000'")
        assert families(con) == []


@pytest.mark.parametrize(
    ("jurisdiction", "family_count", "largest"),
    [("xinjiang", 15, 13), ("zhejiang", 12, 14), ("qingdao", 11, 1), ("kunming-edz", 0, 0)],
)
def test_families_of_every_jurisdiction(jurisdiction, family_count, largest):
    """Rosters name their tiers otherwise; oracle: prefixes of the codes on the roster."""
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.dim_bureau as select * from read_csv(?, all_varchar = true)"
            " where jurisdiction = ? and valid_to is null",
            [str(CODE_ROOT / "seeds/reference/ref_bureau.csv"), jurisdiction],
        )
        found = families(con)
        everybody = {
            row[0] for row in con.execute("select bureau_code from marts.dim_bureau").fetchall()
        }
    assert len(found) == family_count
    codes = [code for family in found for code in family.bureau_codes.split(",")]
    assert len(codes) == len(set(codes)) and (not found or set(codes) == everybody)
    assert max((len(family.bureau_codes.split(",")) for family in found), default=0) == largest


DRAWN = """
create table marts.mart_sampling_audit_list as
select * from (values
    ('d1', 'goal', 2020, '650100', '乌鲁木齐市', '一中', 'P1', '甲', 'random', false, 't1', 1, '',
        30000.00),
    ('d1', 'goal', 2020, '650100', '乌鲁木齐市', '一中', 'P2', '乙', 'random', true, 't2', 2, '',
        50000.00),
    ('d1', 'goal', 2020, '650100', '乌鲁木齐市', '一中', 'P3', '丙', 'recommended', false, 't9', 9,
        '自评得分偏低', 70000.00)
) as drawn(
    draw_id, frame_kind, fiscal_year, bureau_code, bureau_name, unit_name, project_code,
    project_name, selection_method, is_spare, ticket, ticket_rank, reason, amount_cny
);
"""


def test_only_what_was_drawn_is_summed_in_the_sampling_list(tmp_path):
    with duckdb.connect() as con:
        con.execute(MISSED + DRAWN)
        assert lists.write_list(con, list_catalogue.SAMPLING, tmp_path, AS_OF) == 3
    rows, _ = sheets(tmp_path / "抽检清单.xlsx")["2020绩效目标d1"]
    assert rows[0][0] == "2020年度绩效目标（d1）抽检清单"
    assert [(row[5], row[7], row[8]) for row in rows[3:7]] == [
        ("P1", 3, 3), ("P2", 5, None), ("P3", 7, None), (None, None, 3),
    ]


APPLIED = """
create table marts.mart_result_application as
select * from (values
    ('a1', 2021, 2020, 2022, '650102', '天山区', '一中', '=校舍', 'P1', 'self_evaluation', 'fair',
        '压减预算', '已压减', 'pass', null, 70.5, 1000000.00, 100000.00, null::decimal(20, 2),
        date '2021-09-01'),
    ('a2', 2021, 2020, 2022, '650102', '天山区', '一中', '操场', 'P2', 'self_evaluation', 'poor',
        '取消', null, 'fail', null, 50, 500000.00, null, 20000.00, null)
) as applied(
    application_id, work_year, evaluated_year, budget_year, bureau_code, bureau_name, unit_name,
    object_name, project_code, basis, grade, required_action_zh, action_zh, verdict,
    cannot_judge_reason, score, budget_cny, cut_cny, recovered_cny, applied_date
);
"""


def test_result_application_list_begins_with_what_was_not_done(tmp_path):
    with duckdb.connect() as con:
        con.execute(MISSED + APPLIED)
        assert lists.write_list(con, list_catalogue.RESULT_APPLICATION, tmp_path, AS_OF) == 2
    found = sheets(tmp_path / "结果应用清单.xlsx")
    assert list(found) == ["2021年度", "乌鲁木齐市"]
    rows, page = found["2021年度"]
    assert [row[11] for row in rows[3:5]] == ["不通过", "通过"]
    assert rows[5][14:17] == [150, 10, 2]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


RANKED = """
create table marts.mart_ranking as
select * from (values
    (2020, 'prefecture', '650000', '650100', '乌鲁木齐市', 80.5, 2, 1, 'warn'),
    (2020, 'prefecture', '650000', '650200', '克拉玛依市', 90, 1, 0, 'pass'),
    (2020, 'unit', '650102', 'u1', '=一中', 70, 1, 0, 'pass'),
    (2019, 'prefecture', '650000', '650100', '乌鲁木齐市', null, null, 2, 'cannot_judge')
) as ranked(
    work_year, ranking_kind, ranking_bureau_code, object_code, object_name, composite_score,
    rank_no, missing_component_count, verdict
);
create table marts.mart_ranking_component as
select * from (values
    (2020, 'prefecture', '650000', '650100', 'goal_coverage', '绩效目标覆盖率', 15.0000, 12.0),
    (2020, 'prefecture', '650000', '650200', 'goal_coverage', '绩效目标覆盖率', 15.0000, 15.0),
    (2020, 'prefecture', '650000', '650200', 'score', '得分', 20.0000, 18.5),
    (2020, 'unit', '650102', 'u1', 'score', '得分', 40.0000, 28.0)
) as components(
    work_year, ranking_kind, ranking_bureau_code, object_code, component, component_zh, weight,
    points
);
"""


def test_rankings_show_the_points_behind_every_place(tmp_path):
    with duckdb.connect() as con:
        con.execute(MISSED + RANKED)
        assert write_rankings(con, tmp_path, AS_OF) == {"排名表.xlsx": 3}
    found = sheets(tmp_path / "排名表.xlsx")
    assert list(found) == ["2020地(州、市)排名", "2020部门单位排名", "乌鲁木齐市单位"]
    rows, page = found["2020地(州、市)排名"]
    assert rows[2] == [
        "名次", "财政区划代码", "财政部门", "综合得分", "得分\n（20分）",
        "绩效目标覆盖率\n（15分）", "缺失指标数", "结论",
    ]
    assert rows[3] == [1, "650200", "克拉玛依市", 90, 18.5, 15, 0, "指标齐全"]
    assert rows[4] == [2, "650100", "乌鲁木齐市", 80.5, None, 12, 1, "已折算"]
    assert found["乌鲁木齐市单位"][0][3][:4] == ["650102", "天山区", 1, "=一中"]
    assert page.freeze_panes == "A4" and page.print_title_rows == "$1:$3"


def test_no_ranking_yet(tmp_path):
    with duckdb.connect() as con:
        con.execute(MISSED + RANKED + "delete from marts.mart_ranking")
        assert write_rankings(con, tmp_path, AS_OF) == {"排名表.xlsx": 0}
    assert cells(tmp_path / "排名表.xlsx")[0][3][0] == "本期没有内容"
