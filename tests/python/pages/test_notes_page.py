"""The page of release notes and its summary: what moved, what leads where, what was accepted."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from changes_file import AS_OF, make_changes
from release_file import HOSTILE, NAMES, REGION, make_database, make_masthead

from dashboards.dashboard import PAGES_OF_NOTES, make_pages, rewrite_notes, write_dashboard
from dashboards.edition import Edition
from dashboards.overview import overview_page
from dashboards.page import list_href
from dashboards.release_notes import NO_BASE, release_notes_page
from nightly.changes import first_changes
from nightly.release import open_release


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("release") / "jixiao.duckdb"
    make_database(path)
    return path


@pytest.fixture
def edition(database):
    con = open_release(database)
    yield lambda changes: Edition(con, make_masthead(), changes)
    con.close()


def test_the_overview_tells_it_in_three_lines(edition):
    assert overview_page(edition(make_changes())).news == [
        "上一发布 20210228-001-00000000（数据截至 2021-02-28）：新收文件 3 个，"
        "新报送 4 份（逾期 1 份，更正 2 份）。",
        "新疆维吾尔自治区（含下级）：绩效目标覆盖率 75.00% → 85.00%；"
        "2019 年自评平均分 78.00 → 77.50；第二次监控预警 0 → 1。",
        "新出现逾期未报 1 项；问题新增 5 条、消除 2 条；名次变动 1 个。",
    ]


def test_every_section_that_moved_is_a_list(edition):
    page = release_notes_page(edition(make_changes()))
    tables = {part.name: part for part in page.parts}
    assert set(tables) == {
        "coverage", "scores", "warnings", "rankings", "filings", "overdue", "findings",
        "finding_bureaus", "draws", "tables",
    }
    # the city did not move
    assert [row[0] for row in tables["coverage"].rows] == [
        [NAMES[REGION], f"bureau-{REGION}.html"]
    ]
    assert tables["coverage"].rows[0][3:6] == ["75.00%", "85.00%", "+10.00 个百分点"]
    assert tables["rankings"].rows[0][4:7] == ["第 9 名", "第 4 名", "+5"]
    assert tables["findings"].rows[0][1][1] == list_href(
        "quality.html", "rules", 规则="IND-011 未填"
    )
    assert tables["finding_bureaus"].rows[1][0] == "未能确定财政局"


def test_links_end_at_tables_with_such_a_column(edition):
    opened = edition(make_changes())
    pages = {page.file_name: page for page in make_pages(opened)}
    links = [
        cell[1] for part in pages["release-notes.html"].parts for row in part.rows
        for cell in row if isinstance(cell, list)
    ]
    assert len(links) >= 10
    for link in links:
        name, _, fragment = link.partition("#")
        table, *wanted = [unquote(text) for text in fragment.split("~")]
        page = pages[name]
        if table:
            headings = [heading for heading, _ in page.table(table).columns]
            assert set(wanted[::2]) <= set(headings), link


def test_a_first_release_says_so(edition):
    changes = first_changes(
        "20210301-001-abcdef01", AS_OF, {"marts.fct_project": {"row_count": 2, "table_hash": "x"}}
    )
    page = release_notes_page(edition(changes))
    assert page.lead == NO_BASE
    assert page.table("tables").rows[0][1:] == ["2"]
    assert overview_page(edition(changes)).news == [NO_BASE]
    assert overview_page(edition(None)).news == []
    assert release_notes_page(edition(None)).lead == "没有与上一发布比较。"


def test_nothing_moved_is_said(edition):
    nothing = {
        name: [] for name in ("coverage", "scores", "warnings", "rankings", "filings", "overdue",
                              "findings", "finding_bureaus", "draws", "tables")
    }
    changes = make_changes(**nothing, not_comparable=["rankings"])
    page = release_notes_page(edition(changes))
    assert page.parts == []
    assert "各项数字与上一发布相同" in page.lead
    assert page.lead.endswith("（上一发布或本发布没有所需的表或字段）：排名。")
    assert "覆盖率、平均分、预警没有变化" in overview_page(edition(changes)).news[1]


MOVE = {"kind": "coverage_rate", "subject": "全区", "before": 0.75, "after": 0.85,
        "limit": 0.1, "text_zh": f"全区覆盖率变动 {HOSTILE}"}


def test_what_was_held_and_accepted_stands_on_both_pages(database, tmp_path):
    changes = make_changes(moves=[MOVE])
    folder = tmp_path / "dashboard"
    write_dashboard(database, folder, make_masthead(), changes)
    before = {path.name: path.read_bytes() for path in folder.glob("*.html")}
    assert "暂缓发布：1 项变动超过限度" in before["index.html"].decode()
    acceptance = {"accepted_date": "2021-03-02", "reason": "已核对<b>", "moves": [MOVE]}
    rewrite_notes(
        database, folder, make_masthead(), json.loads(json.dumps({
            **changes, "acceptance": acceptance,
        }))
    )
    after = {path.name: path.read_bytes() for path in folder.glob("*.html")}
    assert {name for name in before if before[name] != after[name]} == set(PAGES_OF_NOTES)
    for name in PAGES_OF_NOTES:
        text = after[name].decode()
        assert "已于 2021-03-02 确认发布，理由：已核对&lt;b&gt;" in text
        assert "已核对<b>" not in text
