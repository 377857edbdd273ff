"""Grids written by hand for the tests of recognition and of list exports."""

from __future__ import annotations

import polars as pl

from ingest.evidence import (
    row_texts,
)
from ingest.list_export import ListSlot, read_list
from ingest.list_header import (
    find_header_place,
    list_money_unit,
    read_header,
)
from ingest.readers.grid import Grid
from ingest.reference import Roster, RoundCalendar

CALENDAR = RoundCalendar(((2018, 9999, 5, 1), (2018, 9999, 9, 2)))
ROSTER = Roster(
    names={
        "新疆维吾尔自治区": frozenset({"650000"}),
        "乌鲁木齐市": frozenset({"650100"}),
        "天山区": frozenset({"650102"}),
        "沙依巴克区": frozenset({"650103"}),
        "伊宁市": frozenset({"654002"}),
        "沙湾县": frozenset({"654223"}),
        "沙湾市": frozenset({"654203"}),
    },
    parents={"650102": "650100", "650103": "650100", "650100": "650000"},
    aliases={"巴州": "652800"},
    same=frozenset({("654203", "654223")}),
)
P = "65010220T000000000001"
Q = "65010220T000000000002"

FLAT = [
    "项目编码",
    "项目名称",
    "预算单位",
    "全年预算数",
    "1-5月执行数",
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "分值",
    "1-5月执行情况",
]


def grid(rows: list[list[str | None]], sheet: str = "Sheet1", *, is_hidden: bool = False) -> Grid:
    width = max(map(len, rows), default=0)
    padded = [[cell or None for cell in row] + [None] * (width - len(row)) for row in rows]
    frame = pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row")
    return Grid(sheet, frame, is_hidden)


def read(rows, kind, year=2020, round_no=None, month_no=None, bureau="650102"):
    """Read rows as a list of a kind, with the unit that they state."""
    sheet = grid(rows)
    place = find_header_place(sheet.frame)
    header = read_header(place, kind)
    assert header.is_complete, header.missing
    titles = row_texts(sheet.frame, 0, place.first_row)
    unit = list_money_unit(header, titles).unit
    slot = ListSlot(bureau, year, round_no, month_no, unit)
    return read_list(sheet, header, slot, CALENDAR, ROSTER)
