"""The pages in a real browser: they render, say what SQL says, and ask nobody for anything."""

from __future__ import annotations

import shutil
import sys
from urllib.parse import quote

import pytest
from changes_file import AS_OF, make_changes
from figure_check import check_page, check_project, pages_of
from records import open_records
from release_file import DISTRICT, HOSTILE, make_database, make_masthead, night_lines

from dashboards.dashboard import PAGES_OF_NOTES, rewrite_notes, write_dashboard
from nightly.changes import first_changes
from torture.browser import CHROMIUM, Browser

CHANGES = make_changes(
    moves=[{"kind": "coverage_rate", "text_zh": f"全区覆盖率变动 {HOSTILE}"}],
    acceptance={"accepted_date": "2021-03-02", "reason": "已核对 3 个县<b>"},
    parameters=[{"table": "seeds.limit", "versions_before": ["1"], "versions_after": []}],
)
SECTIONS = (
    "coverage", "scores", "warnings", "rankings", "filings", "overdue", "findings",
    "finding_bureaus", "draws", "tables",
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
WIDTHS = (1280, 390)
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_database(folder / "jixiao.duckdb", is_full=True)
    write_dashboard(folder / "jixiao.duckdb", folder / "dashboard", make_masthead(), CHANGES)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def ask(release):
    con = open_records(release / "jixiao.duckdb", CHANGES, night_lines())
    yield lambda sql: con.execute(sql).fetchall()
    con.close()


def address(release, page):
    return f"{(release / 'dashboard').as_uri()}/{page}"


def column(browser, table, heading):
    """Cells of a column as they stand on the screen."""
    return browser.ask(f"""
        (() => {{
            const table = document.querySelector('#{table} table');
            const heads = [...table.querySelectorAll('th')].map((cell) => cell.textContent);
            const place = heads.indexOf('{heading}');
            return [...table.querySelectorAll('tbody tr')].map(
                (row) => row.children[place].textContent
            );
        }})()
    """)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_renders_alone_and_fits(release, browser, width):
    pages = [path.name for path in sorted((release / "dashboard").glob("*.html"))]
    pages[pages.index("project.html")] = f"project.html?b={DISTRICT}&y=2020#P1"
    assert len(pages) >= 16
    for page in pages:
        browser.open(address(release, page), width)
        assert browser.complaints() == [], page
        assert [url for url in browser.requests()
                if not url.startswith(("file:", "data:", "about:"))] == [], page
        assert browser.ask(OVERFLOW) <= 0, page
        assert browser.ask("document.querySelectorAll('img').length") == 0, page
        charts = browser.ask("document.querySelectorAll('.chart').length")
        drawn = browser.ask("document.querySelectorAll('.chart svg, .chart canvas').length")
        assert charts == drawn, page


def test_every_figure_on_screen_is_that_of_the_release(release, browser, ask, capsys):
    counts = {}
    for page in pages_of(path.name for path in (release / "dashboard").glob("*.html")):
        if page == "project.html":
            continue
        browser.open(address(release, page), 1280)
        checked = check_page(browser, ask, page)
        assert checked.differences == []
        counts[page] = checked.count
    for bureau, year, code in ask(
        "select bureau_code, fiscal_year, project_code from marts.fct_project order by all"
    ):
        page = f"project.html?b={bureau}&y={year}#{quote(code, safe='')}"
        browser.open(address(release, page), 1280)
        checked = check_project(browser, ask, bureau, year, code)
        assert checked.differences == []
        counts[page] = checked.count
    with capsys.disabled():
        sys.stdout.write("".join(
            f"\n{count:>6} figures {page}" for page, count in counts.items()
        ))
    assert all(counts.values())
    assert sum(counts.values()) > 600


@pytest.mark.parametrize("changes", [
    first_changes("20210301-001-abcdef01", AS_OF, {"marts.a": {"row_count": 2, "table_hash": "x"}}),
    make_changes(**{name: [] for name in SECTIONS}), make_changes(moves=CHANGES["moves"]),
], ids=["first", "nothing", "held"])
def test_notes_of_other_releases_are_those_of_the_changes(release, browser, tmp_path, changes):
    shutil.copytree(release / "dashboard" / "assets", tmp_path / "assets")
    rewrite_notes(release / "jixiao.duckdb", tmp_path, make_masthead(), changes)
    con = open_records(release / "jixiao.duckdb", changes, [])
    for page in PAGES_OF_NOTES:
        browser.open((tmp_path / page).as_uri(), 1280)
        checked = check_page(browser, lambda sql: con.execute(sql).fetchall(), page)
        assert checked.differences == []
        assert checked.count
    con.close()


def test_a_wrong_figure_and_one_without_a_source_are_found(release, browser, ask):
    browser.open(address(release, "coverage.html"), 1280)
    assert check_page(browser, ask, "x").differences == []
    browser.ask("document.querySelector('.card .value').textContent = '85.01%'")
    assert check_page(browser, ask, "x").differences != []
    browser.open(address(release, "index.html"), 1280)
    browser.ask("document.querySelector('.news li').append('3')")
    assert len(check_page(browser, ask, "x").differences) == 1
    for mark, wrong in (("+10.00 个百分点", "+10.01 个百分点"), ("-33.33%", "-33.34%")):
        browser.open(address(release, "index.html"), 1280)
        browser.ask(f"""
            (() => {{
                const note = [...document.querySelectorAll('.card .note')].find(
                    (one) => one.textContent.includes('{mark}')
                );
                note.textContent = note.textContent.replace('{mark}', '{wrong}');
            }})()
        """)
        assert check_page(browser, ask, "x").differences != [], mark
    browser.open(address(release, "coverage.html"), 1280)
    browser.ask("document.querySelector('.card .note').append('，另有 3 个')")
    assert check_page(browser, ask, "x").differences == ["x card: no source for '，另有 3 个'"]
    browser.open(address(release, "coverage.html"), 1280)
    browser.ask("document.querySelector('#split td.number').textContent = '11'")
    assert len(check_page(browser, ask, "x").differences) == 1
    browser.open(address(release, "coverage.html"), 1280)
    browser.ask("""
        (() => {
            const chart = echarts.getInstanceByDom(document.getElementById('by_tier'));
            const series = chart.getOption().series;
            series[0].data[0] = 90.01;
            chart.setOption({ series });
        })()
    """)
    assert len(check_page(browser, ask, "x").differences) == 1


def test_first_loads_are_light(release):
    folder = release / "dashboard"
    shared = sum((folder / "assets" / name).stat().st_size for name in (
        "dashboard.css", "dashboard.js",
    ))
    for path in folder.glob("*.html"):
        assert path.stat().st_size + shared < 1_000_000, path.name


def test_a_tile_and_a_bar_lead_to_the_list(release, browser):
    browser.open(address(release, "coverage.html"), 1280)
    browser.ask("document.querySelector('.tile').click()")
    assert column(browser, "counties", "财政局") == ["乌鲁木齐市", "天山区"]
    browser.ask("document.querySelector('#counties .chip').click()")
    assert len(column(browser, "counties", "财政局")) == 3
    browser.open(address(release, "self-evaluation.html"), 1280)
    place = browser.ask("""
        (() => {
            const bar = [...document.querySelectorAll('#grades svg path')].find((path) => {
                const box = path.getBoundingClientRect();
                return path.getAttribute('fill') === '#2f7fb8' && box.width > 5 && box.height > 20;
            });
            const box = bar.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        })()
    """)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        browser.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1],
                     button="none" if kind == "mouseMoved" else "left", clickCount=1)
    assert len(column(browser, "list", "等次")) == 1
    assert browser.ask("document.querySelector('#list .chip').textContent").startswith("只看 ")


def test_a_number_is_followed_to_the_cell(release, browser):
    browser.open(address(release, f"bureau-{DISTRICT}.html"), 390)
    target = browser.ask("document.querySelector('#projects tbody a').href")
    browser.open(target, 390)
    assert browser.ask("document.getElementById('name').textContent") == HOSTILE
    text = browser.ask("document.getElementById('project').textContent")
    assert "20.00%" in text
    # the file's name stands without its folder, which the title has
    assert "监控.xlsx 〔表1〕 第 4 行" in text
    assert "指标.xlsx 〔monitoring〕 第 9 行" in text
    assert "650102/" not in text
    titles = browser.ask("[...document.querySelectorAll('#project a')].map((one) => one.title)")
    assert {"650102/监控.xlsx", "650102/指标.xlsx"} <= set(titles)
    assert "IND-011" in text
    assert browser.complaints() == []


def test_every_project_of_a_bureau_is_found_by_typing(release, browser, ask):
    browser.open(address(release, f"bureau-{DISTRICT}.html"), 1280)
    browser.open(browser.ask("document.querySelector('#projects .note a:last-child').href"), 1280)
    names = ask(
        f"select project_name from marts.fct_project where bureau_code = '{DISTRICT}'"
        " order by fiscal_year desc, project_code"
    )
    shown = "[...document.querySelectorAll('#project td a')].map((link) => link.textContent)"
    assert browser.ask(shown) == [name for name, in names]
    browser.ask("""
        (() => {
            const input = document.querySelector('#project input');
            input.value = ' P1 甲单 ';
            input.dispatchEvent(new Event('input'));
        })()
    """)
    assert browser.ask(shown) == [HOSTILE]
    browser.open(browser.ask("document.querySelector('#project td a').href"), 1280)
    assert browser.ask("document.getElementById('name').textContent") == HOSTILE
    assert "20.00%" in browser.ask("document.getElementById('project').textContent")
    # a bureau may have none
    browser.open(address(release, "project.html?b=650100"), 390)
    assert browser.ask("document.getElementById('lead').textContent").startswith("共 0 个项目")
    assert browser.complaints() == []


def test_nothing_that_was_sent_runs_or_links(release, browser):
    pages = sorted(path.name for path in (release / "dashboard").glob("*.html"))
    pages.append(f"project.html?b={DISTRICT}&y=2020#P1")
    for page in pages:
        browser.open(address(release, page), 1280)
        opened = [event for event in browser.events if event["method"].endswith("DialogOpening")]
        assert opened == [], page
        links = browser.ask(
            "[...document.querySelectorAll('[href],[src],[action]')].map((element) =>"
            " element.href || element.src || element.action)"
        )
        # the empty icon of ours is the only other link
        assert {link for link in links if not str(link).startswith("file:")} <= {"data:,"}, page
        assert not browser.ask(
            "[...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames())"
            ".some((name) => name.startsWith('on'))"
        ), page


def test_an_address_that_names_nothing_says_so(release, browser):
    for query in ("", "?b=../x", f"?b={DISTRICT}&y=2020#nothing", "?b=999999", "?b=999999#x"):
        browser.open(address(release, f"project.html{query}"), 1280)
        lead = browser.ask("document.getElementById('lead').textContent")
        assert lead and lead != "正在读取……", query
