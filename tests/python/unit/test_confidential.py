"""Confidential projects are counted and added up, and named nowhere that people look."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import openpyxl
import pytest

from nightly import draw, draw_lists
from nightly.confidential import (
    UNNAMED,
    Places,
    confidential_keys,
    confidential_words,
    left_out,
    left_out_text,
    unnamed,
    without_words,
)
from nightly.list_catalogue import LISTS, MISSING
from nightly.lists import PROJECT_CODE, named_rows, write_list
from nightly.settings import Home

AS_OF = date(2021, 3, 1)
KEYS = frozenset({("650102", "S1"), ("650102", "S2")})
PLACES = Places(bureau=0, project=1, text=2, sums=(3,))
ROWS = [
    ("650102", "P1", "道路", Decimal("1.10")),
    ("650102", "S1", "密甲", Decimal("10.00")),
    ("650103", "S1", "别处同码", Decimal("2.00")),
    ("650102", "S2", "密乙", None),
    ("650102", "S1", "密甲二轮", Decimal("5.05")),
    ("650102", None, "没有编码", Decimal("0.01")),
]
MISSED = """
create schema marts;
create table marts.fct_project as select * from (values
    ('650102', 2020, 'S1', true), ('650102', 2019, 'S1', false), ('650102', 2020, 'P1', false)
) as sample(bureau_code, fiscal_year, project_code, is_confidential);
create table marts.dim_bureau as select * from (values
    ('650000', '自治区', null), ('650100', '乌鲁木齐', '650000'), ('650102', '天山区', '650100'),
    ('652300', '昌吉', '650000')
) as sample(bureau_code, bureau_name, parent_bureau_code);
create table marts.mart_missing_project as select * from (values
    (2020, 'goal', null::integer, '650102', '天山区', '水务', 'P1', '道路', 10000.00, 'not_filed'),
    (2020, 'goal', null, '650102', '天山区', '密局', 'S1', '密甲', 20000.00, 'not_filed'),
    (2019, 'goal', null, '650102', '天山区', '密局', 'S1', '密甲', 40000.00, 'not_filed')
) as sample(
    fiscal_year, stage, round_no, bureau_code, bureau_name, unit_name, project_code, project_name,
    amount_cny, reason
);
"""


def test_rows_are_left_out_counted_and_added_up():
    assert list(left_out(ROWS, PLACES, KEYS)) == [
        ROWS[0], ROWS[2], ROWS[5],
        [None, None, "涉密项目 2 个，不列名", Decimal("15.05")],
    ]


def test_nothing_is_added_where_nothing_is_confidential():
    assert list(left_out(ROWS, PLACES, frozenset())) == ROWS


def test_a_row_with_its_own_mark_is_left_out():
    places = Places(bureau=0, project=None, text=1, sums=(), flag=2)
    rows = [("b", "甲单位", False), ("b", "密单位", True), ("b", "乙单位", None)]
    assert list(left_out(rows, places, KEYS)) == [
        rows[0], rows[2], [None, "其他涉密 1 项，不列名", None]
    ]


def test_words():
    assert left_out_text(1200, 3) == "涉密项目 1,200 个、其他涉密 3 项，不列名"


def test_a_row_of_a_page_keeps_its_numbers_and_names_nobody():
    row = {
        "bureau_code": "650102", "fiscal_year": 2020, "project_code": "S1", "project_name": "密甲",
        "unit_name": "密局", "budget_cny": Decimal(5), "light": "red", "message_zh": "密甲没有……",
        "_source_file": "密甲.xlsx", "_source_row": 4, "is_warned": True,
    }
    shown = unnamed(row, KEYS)
    assert shown["project_name"] == UNNAMED and shown["project_code"] == ""
    assert not [value for value in shown.values() if value in ("密甲", "密局", "密甲.xlsx")]
    assert (shown["budget_cny"], shown["light"], shown["is_warned"]) == (5, "red", True)
    other = {**row, "bureau_code": "650103"}
    assert unnamed(other, KEYS) == other


@pytest.mark.parametrize("spec", [spec for spec in LISTS if any(
    column.heading == PROJECT_CODE for column in spec.columns
)], ids=lambda spec: spec.file_name)
def test_every_list_with_projects_leaves_them_out(spec):
    headings = [column.heading for column in spec.columns]
    row: list[object] = [None] * len(headings)
    row[headings.index("财政区划代码")], row[headings.index(PROJECT_CODE)] = "650102", "S1"
    found = list(named_rows([tuple(row)], spec, KEYS))
    assert len(found) == 1 and "S1" not in found[0]
    assert "涉密项目 1 个，不列名" in found[0]


def test_the_workbook_names_nobody_and_its_total_holds_all(tmp_path):
    con = duckdb.connect()
    con.execute(MISSED)
    write_list(con, MISSING, tmp_path, AS_OF)
    book = openpyxl.load_workbook(tmp_path / MISSING.file_name)
    said = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    assert "密甲" not in str(said) and "S1" not in str(said) and "密局" not in str(said)
    rows = [[cell.value for cell in row] for row in book["2020绩效目标"].iter_rows()]
    assert [row[4] for row in rows[3:5]] == ["道路", "涉密项目 1 个，不列名"]
    assert rows[5][0] == "合计" and rows[5][5] == pytest.approx(3)
    # what is confidential in one year is not named in another
    assert book["2019绩效目标"]["E4"].value == "涉密项目 1 个，不列名"


@pytest.mark.parametrize("sql", ["select 1", "create schema marts; create table marts.fct_project"
                                 " as select 'b' as bureau_code, 'p' as project_code"])
def test_a_release_that_does_not_say_it_hides_nothing(sql):
    con = duckdb.connect()
    con.execute(sql)
    assert confidential_keys(con) == frozenset()


def test_names_of_files_are_without_the_projects():
    con = duckdb.connect()
    con.execute(
        """
        create schema marts;
        create table marts.fct_project as select * from (values
            ('b', 'S00001', '暗项目甲期', true), ('b', 'S2', '项目', true),
            ('b', 'P1', '人民路道路', false)
        ) as sample(bureau_code, project_code, project_name, is_confidential)
        """
    )
    words = confidential_words(con)
    assert words == ["S00001", "暗项目甲期"]
    assert without_words("b/S00001-暗项目甲期-项目.xlsx", words) == "b/〔涉密〕-〔涉密〕-项目.xlsx"


def test_lists_of_a_draw_keep_the_ticket_and_name_nobody(tmp_path, monkeypatch):
    rows = [
        draw.FrameRow("650102", 2020, f"S{n}", f"暗项目{n}", "暗局", "10000.00", n == 0, "暗因")
        for n in range(3)
    ]
    monkeypatch.setattr(draw, "require_current", lambda home: draw.Release("r", tmp_path, True))
    monkeypatch.setattr(draw, "read_frame", lambda *_: rows)
    made = draw.freeze(Home(tmp_path), "goal", 2020, AS_OF)
    draw.reveal(Home(tmp_path), made.draw_id, "7", "摇号", AS_OF)
    keys = frozenset(("650102", row.project_code) for row in rows)
    folder = draw_lists.write_draw_lists(made, {"650102": "天山区"}, keys)
    book = openpyxl.load_workbook(folder / "650102-天山区-抽检清单.xlsx")
    said = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert not any(word in str(said) for word in ("暗", "S0", "S1", "S2"))
    assert said[3][4] == UNNAMED and len(said[3][6]) == 16
    overview = openpyxl.load_workbook(folder / "000-抽检汇总.xlsx").active
    assert overview["C4"].value == 3
