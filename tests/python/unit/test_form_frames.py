"""Official forms on their way to filings: slots, rows, counts."""

from __future__ import annotations

from list_grids import CALENDAR, ROSTER, grid

from ingest.export_file import Surroundings, read_sheets


def form(name: str, title: str = "项目支出绩效目标申报表", year: str | None = "（2020年度）"):
    return [
        [title],
        *([[year]] if year else []),
        ["项目名称", name],
        ["主管部门", "水利局", None, "实施单位", "水管站"],
        ["项目资金（万元）", "年度资金总额", "80"],
        [None, "其中：财政拨款", "80"],
        ["年度总体目标", "保障供水"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
        [None, "产出指标", "数量指标", "管网", "≥5公里"],
        [None, None, "质量指标", "合格率", "100%"],
    ]


def read(sheets, source_file="650102/2020/目标表.xlsx"):
    return read_sheets(sheets, Surroundings(source_file, "650102", CALENDAR, ROSTER))


def test_every_sheet_s_form_joins_one_slot_and_every_row_is_counted():
    reading = read([grid(form("甲"), "甲"), grid([*form("乙"), [None], ["注：一式两份"]], "乙")])
    assert {part.slot for part in reading.parts} == {("goal", 2020, 0)}
    assert {part.layout for part in reading.parts} == {"form"}
    projects = [line for part in reading.parts for line in part.lines["projects"]]
    assert [
        (line["project_name"], line["_source_row"], line["_money_unit"]) for line in projects
    ] == [
        ("甲", 3, "万元"),
        ("乙", 3, "万元"),
    ]
    assert [line["budget"] for line in projects] == ["80", "80"]
    indicators = [line for part in reading.parts for line in part.lines["indicators"]]
    assert [
        (line["level1"], line["target_value"], line["_project_row"]) for line in indicators
    ] == [
        ("产出指标", "≥5公里", 3),
        ("产出指标", "100%", 3),
    ] * 2
    assert sum(part.row_count() for part in reading.parts) == reading.source_row_count == 22


def test_two_projects_on_one_sheet():
    reading = read([grid([*form("甲"), *form("乙")])])
    (part,) = reading.parts
    assert [line["_project_row"] for line in part.lines["projects"]] == [3, 13]
    assert {line["_project_row"] for line in part.lines["indicators"]} == {3, 13}
    assert part.row_count() == 20
    assert {p["project_row"] for p in part.positions} == {3, 13}


def test_a_form_without_title_takes_kind_and_year_from_the_path():
    rows = form("甲", year=None)[1:]
    reading = read([grid(rows)], "650102/2021/绩效目标.xlsx")
    assert {part.slot for part in reading.parts} == {("goal", 2021, 0)}
    nowhere = read([grid(rows)], "650102/绩效目标.xlsx")
    assert nowhere.rule_id == "FILE-203"


def test_a_year_in_the_project_s_name_is_no_contradiction():
    reading = read([grid(form("2019年饮水工程"))], "650102/2019年饮水工程 绩效目标.xlsx")
    assert {part.slot for part in reading.parts} == {("goal", 2020, 0)}


def test_forms_of_two_years_are_two_filings():
    reading = read(
        [grid(form("甲"), "a"), grid(form("乙", year="（2021年度）"), "b")], "650102/目标.xlsx"
    )
    assert {part.slot for part in reading.parts} == {("goal", 2020, 0), ("goal", 2021, 0)}
