"""The pages in a real browser: they render, say what SQL says, and ask nobody for anything."""

from __future__ import annotations

import pytest
from browser import CHROMIUM, Browser
from release_file import DISTRICT, HOSTILE, make_database, make_masthead

from dashboards.dashboard import write_dashboard
from nightly.release import open_release

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
WIDTHS = (1280, 390)
CARD = """
    Object.fromEntries([...document.querySelectorAll('.card')].map((card) => [
        card.querySelector('.label').textContent, card.querySelector('.value').textContent,
    ]))
"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_database(folder / "jixiao.duckdb")
    write_dashboard(folder / "jixiao.duckdb", folder / "dashboard", make_masthead())
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def ask(release):
    con = open_release(release / "jixiao.duckdb")
    yield lambda sql: con.execute(sql).fetchall()[0][0]
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
    assert len(pages) == 16
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


def test_figures_on_screen_are_those_of_the_release(release, browser, ask):
    browser.open(address(release, "index.html"), 1280)
    cards = browser.ask(CARD)
    assert cards["绩效目标覆盖率"] == ask("""
        select printf('%.2f%%', 100.0 * sum(done_project_count) / sum(due_project_count))
        from marts.mart_stage_coverage
        where work_year = 2020 and scope = 'own' and fund_type = 'all'
    """)
    assert cards["预警（项目·次）"] == str(
        ask("select count(*) from marts.mart_deviation_flag where is_warned")
    )
    assert cards["未解决的错误"] == str(ask(
        "select count(*) from quality.fct_finding where is_current and severity = 'error'"
    ))
    browser.open(address(release, "monitoring.html"), 1280)
    assert browser.ask(CARD)["连续两次预警"] == str(
        ask("select count(*) from marts.mart_consecutive_warning")
    )
    assert column(browser, "warned", "执行数（万元）") == [
        f"{value:,.2f}" for value in ask("""
            select list(round(executed_cny / 10000, 2) order by round_no desc)
            from marts.mart_deviation_flag where is_warned
        """)
    ]
    browser.open(address(release, "coverage.html"), 1280)
    assert sorted(column(browser, "counties", "绩效目标 应/个")) == sorted(map(str, ask("""
        select list(due_project_count) from marts.mart_stage_coverage
        where work_year = 2020 and scope = 'own' and fund_type = 'all'
    """)))


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
    assert "650102/监控.xlsx 〔表1〕 第 4 行" in text
    assert "650102/指标.xlsx 〔monitoring〕 第 9 行" in text
    assert "IND-011" in text
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
    for query in ("", "?b=../x", f"?b={DISTRICT}&y=2020#nothing", "?b=999999"):
        browser.open(address(release, f"project.html{query}"), 1280)
        lead = browser.ask("document.getElementById('lead').textContent")
        assert lead and lead != "正在读取……", query
