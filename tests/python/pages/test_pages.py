"""Page models: every figure worked by hand; hostile names; the same bytes twice."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from release_file import CITY, DISTRICT, HOSTILE, make_database, make_masthead

from dashboards import figures
from dashboards.bureau import bureau_list_page, bureau_pages
from dashboards.coverage import coverage_page, level
from dashboards.dashboard import write_dashboard
from dashboards.edition import Edition, Masthead, stage_title
from dashboards.filing import filing_page
from dashboards.monitoring import monitoring_page
from dashboards.overview import overview_page
from dashboards.page import Chart, Page, project_href
from dashboards.project import COLUMNS, bureau_scripts, hundredths, project_records
from dashboards.quality import quality_page
from dashboards.sampling import sampling_page
from dashboards.self_evaluation import self_evaluation_page
from nightly.release import open_release


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("release") / "jixiao.duckdb"
    make_database(path)
    return path


@pytest.fixture(scope="module")
def edition(database):
    con = open_release(database)
    yield Edition(con, make_masthead())
    con.close()


def texts(table, heading):
    """A column of a table as written."""
    place = [name for name, _ in table.columns].index(heading)
    return [row[place] if isinstance(row[place], str) else row[place][0] for row in table.rows]


@pytest.mark.parametrize(
    ("writer", "value", "expected"),
    [
        (figures.count, 1234567, "1,234,567"), (figures.count, None, "—"),
        (figures.rate, 0.91345, "91.35%"), (figures.rate, 0, "0.00%"), (figures.rate, None, "—"),
        (figures.money, 123_456_789, "1.23 亿元"), (figures.money, 99_999_999, "10,000.00 万元"),
        (figures.money, -200_000_000, "-2.00 亿元"), (figures.wan, 12345, "1.23"),
        (figures.wan, 12350, "1.24"), (figures.score, 92.345, "92.35"),
        (figures.score, -0.001, "0.00"), (figures.yes, False, "否"), (figures.text, "", "—"),
    ],
)
def test_numbers_are_written(writer, value, expected):
    assert writer(value) == expected


def test_sql_rounds_rates_as_python_does(edition):
    for value in ("0", "0.125", "0.9999499999", "12.3456789", "0.00005", "-0.00005", None):
        number = "null" if value is None else value
        sql = hundredths(f"cast({number} as decimal(18, 10)) * 100")
        assert edition.one(f"select {sql} as number")["number"] == (
            None if value is None else int(figures.rounded(Decimal(value) * 100, 2) * 100)
        )


def test_stages_in_words():
    assert stage_title("goal", None) == "绩效目标"
    assert stage_title("monitoring", 2) == "第二次监控"
    assert [level(rate) for rate in (None, 0, 0.8, 0.95, 1)] == [0, 1, 2, 3, 4]


def test_the_decision_of_the_gate_in_words():
    assert make_masthead().decision == "发布审核通过；报送关口：已报 2 份、已报(有提示) 1 份"
    assert Masthead("x", make_masthead().as_of, {}).decision == "发布审核通过；报送关口：没有报送"


def test_overview(edition):
    page = overview_page(edition)
    goal = page.card("绩效目标覆盖率")
    assert goal.value == "85.00%"
    assert goal.note == "17 / 20 个；上年 75.00%（+10.00 个百分点）"
    assert page.card("预警（项目·次）").value == "2"
    assert page.card("连续两次预警").note == "建议核减 234.57 万元；上年无数据"
    assert page.card("自评平均得分").value == "77.50"  # (97.5 + 79.99 + 55) / 3 = 77.4967
    assert page.card("已报 / 应报").value == "2 / 3"
    assert page.card("未解决的错误").value == "1"
    statement = page.table("statement")
    assert texts(statement, "数字") == ["已编绩效目标的资金"]
    assert texts(statement, "本年") == ["6.27 亿元"]
    assert texts(statement, "上年") == ["5.00 亿元"]
    assert texts(statement, "增减") == ["+1.27 亿元"]
    assert texts(statement, "增减幅度") == ["+25.30%"]  # 1.265 of 5
    prefectures = page.table("prefectures")
    assert texts(prefectures, "绩效目标覆盖率") == ["80.00%"]
    assert texts(prefectures, "预警（项目·次）") == ["2"]
    assert texts(prefectures, "催报事项") == ["1"]


def test_coverage(edition):
    page = coverage_page(edition)
    split = page.table("split")
    rows = list(zip(texts(split, "层级"), texts(split, "资金性质"), texts(split, "覆盖率"),
                    strict=True))
    assert ("自治区本级", "全部资金", "90.00%") in rows
    assert ("地(州、市)本级", "全部资金", "50.00%") in rows
    assert ("地(州、市)本级", "一般公共预算", "33.33%") in rows
    assert ("县(市、区)", "全部资金", "100.00%") in rows
    tiles = next(part for part in page.parts if part.part == "tiles")
    assert [(name, [(tile.name, tile.value, tile.level, tile.note) for tile in group])
            for name, group in tiles.groups] == [("绩效目标", [("乌鲁木齐", "80.00%", 2, "8/10")])]
    counties = page.table("counties")
    assert texts(counties, "地(州、市)") == ["新疆维吾", "乌鲁木齐", "乌鲁木齐"]
    assert texts(counties, "绩效目标 已/个") == ["9", "2", "6"]


def test_monitoring(edition):
    page = monitoring_page(edition)
    second = page.card("第二次监控预警项目")
    assert second.value == "1"
    assert second.note == "监控 3 个；预警预算 1.23 亿元；无法判断 1 个"
    scatter = next(part for part in page.parts if part.name == "scatter_2020_2")
    assert scatter.band == 20.0
    assert [(series["name"], series["data"][0][:2]) for series in scatter.series] == [
        ("红灯", [70.0, 20.0]), ("绿灯", [65.0, 66.67]),
    ]
    lights = next(part for part in page.parts if part.name == "lights")
    assert {series["name"]: series["data"] for series in lights.series} == {
        "红灯": [1, 1], "绿灯": [0, 1], "无法判断": [0, 1],
    }
    assert texts(page.table("warned"), "预算数（万元）") == ["12,345.68", "10,000.00"]
    assert page.table("warned").rows[0][-1] == "650102/监控.xlsx 〔表1〕 第 4 行"


def test_self_evaluation(edition):
    page = self_evaluation_page(edition)
    assert page.card("低于 80 分").value == "2"
    assert page.card("低于 80 分").note.startswith("其中低于 60 分 1 个；预算 10.00 万元")
    scores = next(part for part in page.parts if part.name == "scores")
    assert dict(zip(scores.categories, scores.series[0]["data"], strict=True)) == {
        "60 以下": 1, "60–70": 0, "70–80": 1, "80–85": 0, "85–90": 0, "90–95": 0, "95–100": 1,
        "100": 0,
    }
    assert texts(page.table("list"), "申报得分") == ["55.00", "79.99", "97.50"]


def test_filing(edition):
    page = filing_page(edition)
    assert [(card.label, card.value) for card in page.cards] == [
        ("应报", "3"), ("已报", "2"), ("逾期未报", "1"), ("已退回", "0"), ("催报事项", "1"),
    ]
    assert page.card("已报").note == "66.67%"
    assert texts(page.table("chase"), "逾期天数") == ["335"]
    assert texts(page.table("chase"), "表") == ["2020年绩效目标"]


def test_quality_and_sampling_without_records(edition):
    assert quality_page(edition).card("错误").value == "1"
    page = sampling_page(edition)
    assert page.card("整改事项").value == "0"
    assert page.table("rectification").rows == []
    assert not [part for part in page.parts if isinstance(part, Chart)]


def test_a_bureau(edition):
    pages = {page.file_name: page for page in bureau_pages(edition)}
    assert set(pages) == {f"bureau-{code}.html" for code in ("650000", CITY, DISTRICT)}
    page = pages[f"bureau-{DISTRICT}.html"]
    assert page.card("绩效目标覆盖率（本级）").value == "100.00%"
    assert page.card("预警（项目·次）").value == "2"
    assert page.card("自评平均得分").value == "77.50"
    assert page.links[0] == ("上级：乌鲁木齐市", f"bureau-{CITY}.html")
    projects = page.table("projects")
    assert texts(projects, "项目") == [HOSTILE, "项目P2"]
    assert texts(projects, "最近亮灯") == ["红灯", "绿灯"]
    assert texts(projects, "执行率") == ["20.00%", "66.67%"]
    assert texts(projects, "自评得分") == ["97.50", "79.99"]
    assert len(bureau_list_page(edition).table("bureaus").rows) == 3


def test_a_project_side_by_side(edition):
    found = {key: json.loads(text) for _, key, text in project_records(edition, [DISTRICT])}
    assert set(found) == {"2020|P1", "2020|P2"}
    record = found["2020|P1"]
    first, second = (
        dict(zip(COLUMNS["monitoring"], row, strict=True)) for row in record["monitoring"]
    )
    assert (first["round_no"], second["round_no"]) == (1, 2)
    assert (second["execution_rate"], second["gap"]) == (2000, 5000)
    assert second["budget_cny"] == 12_345_678_900
    assert second["_source_file"] == "650102/监控.xlsx"
    assert [head for head, _ in record["indicators"]] == [
        ["goal 0", "650102/指标.xlsx", "goal"], ["monitoring 1", "650102/指标.xlsx", "monitoring"],
        ["monitoring 2", "650102/指标.xlsx", "monitoring"],
    ]
    (line,) = record["indicators"][2][1]
    assert line == ["产出指标", "数量指标", f"<b>{HOSTILE}", "≥50个", "30个", 6000, None, 1000,
                    None, 9]
    assert record["findings"][0][1] == "IND-011"


def unpacked(script):
    """The JSON in a data file."""
    letters = re.search(r'"([A-Za-z0-9+/=]*)"\);$', script)[1]
    return json.loads(zlib.decompress(b64decode(letters)))


def test_a_bureau_with_many_projects_has_several_parts():
    records = [(f"2020|{number}", '{"name":"' + "长" * 200_000 + '"}') for number in range(5)]
    scripts = {
        name: make() for name, make in
        bureau_scripts({"bureau_code": "1", "bureau_name": "甲"}, records)
    }
    assert sorted(scripts) == ["1-0.js", "1-1.js", "1-2.js", "1.js"]
    assert unpacked(scripts["1.js"]) == {
        "name": "甲",
        "parts": [["2020|0", "2020|1"], ["2020|2", "2020|3"], ["2020|4"]],
    }
    assert sorted(unpacked(scripts["1-1.js"])) == ["2020|2", "2020|3"]


def test_charts_stand_in_pairs():
    def chart(name):
        return Chart(name, name, "bar", "", [], "t")

    page = Page("x.html", "x", [], [chart("a"), chart("b"), chart("c")])
    assert [is_wide for _, is_wide in page.laid_out()] == [False, False, True]


def test_links_survive_odd_codes():
    row = {"bureau_code": "650102", "fiscal_year": 2020, "project_code": "A/ b#1\"<"}
    assert project_href(row) == "project.html?b=650102&y=2020#A%2F%20b%231%22%3C"


class Reader(HTMLParser):
    """Tags and scripts of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.handlers = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_hostile_names_stay_text_and_bytes_repeat(database, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    count = write_dashboard(database, first, make_masthead())
    write_dashboard(database, second, make_masthead())
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert [name for name in names if (first / name).read_bytes() !=
            (second / name).read_bytes()] == []
    pages = sorted(first.glob("*.html"))
    assert len(pages) == count == 16
    for path in pages:
        reader = Reader()
        text = path.read_text("utf-8")
        reader.feed(text)
        assert "img" not in reader.tags, path.name
        assert reader.handlers == [], path.name
        assert reader.tags.count("script") == (2 if path.name == "project.html" else 3)
        assert "http" not in re.sub(r"http-equiv", "", text), path.name
    for path in (first / "data").glob("*.js"):
        assert "<" not in path.read_text("utf-8"), path.name
    assert (first / "assets" / "LICENSE").is_file()
    assert (first / "assets" / "echarts.min.js").stat().st_size > 1_000_000
