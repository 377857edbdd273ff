"""Lists for people: titles, totals, labels, and nothing that starts a formula."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal

import duckdb
import openpyxl
from release_sample import make_warehouse

from nightly import draw, draw_lists, lists
from nightly.labels import label
from nightly.release import copy_candidate
from nightly.settings import Home
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
    assert lists.write_list(con, lists.COVERAGE, tmp_path, AS_OF) == 2
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
    with ListWorkbook(path, AS_OF) as book:
        book.add_list("表", "=标题", [Column("=列")], [[text] for text in hostile])
    found, page = cells(path)
    assert [row[0] for row in found[3:9]] == hostile[:6]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet


def test_rows_written_at_once_are_the_rows_written_cell_by_cell(tmp_path):
    columns = [Column("文"), Column("数", "count"), Column("钱", "money"), Column("日", "date")]
    texts = [
        "a & <b> \"c\"", "<r><t>x</t></r>", "<r></t></is></c><c><f>1+1</f></c></r>", " 前后 ",
        "换\n行\t", "_x0041_", "\r\x1f", "", None, "长" * 20_000, "<r>" + "😀" * 17_000 + "</r>",
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
    assert cells(tmp_path / "催报清单.xlsx")[0][3][0] == "本期没有内容"
    assert not (tmp_path / "催报清单").exists()
