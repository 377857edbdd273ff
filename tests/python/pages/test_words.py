"""The glossary's page, links that explain words, links to full lists and to files."""

from __future__ import annotations

import pytest
from release_file import DISTRICT, bureau, insert, make_database, make_masthead

from dashboards.dashboard import make_pages, write_dashboard
from dashboards.edition import Edition
from dashboards.glossary import PLAIN_WORDS, glossary_page, table_href, term_href
from nightly import glossary, lists, ranking_list
from nightly.release import open_release
from torture.browser import CHROMIUM, Browser


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    import duckdb

    folder = tmp_path_factory.mktemp("release")
    make_database(folder / "jixiao.duckdb")
    con = duckdb.connect(str(folder / "jixiao.duckdb"))
    for number, live in ((1, False), (2, True)):
        insert(con, "marts.mart_filing_history", {
            **bureau(DISTRICT), "filing_id": f"f{number}", "document_kind": "monitoring",
            "fiscal_year": 2020, "round_no": 2, "status": "filed" if live else "superseded",
            "is_live": live, "superseded_by_filing_id": None if live else "f2",
            "received_date": "2020-11-01", "_file_sha256": str(number) * 64,
            "_source_file": "650102/监控.xlsx",
        })
    con.close()
    write_dashboard(folder / "jixiao.duckdb", folder / "dashboard", make_masthead())
    return folder


def test_the_page_has_every_line_of_the_glossary():
    page = glossary_page()
    written = glossary.GLOSSARY.read_text(encoding="utf-8")
    columns = [row[2] for row in page.table("terms").rows]
    assert len(columns) == len(set(columns)) == page.table("terms").total
    assert {f"| `{column}` |" in written for column in columns} == {True}
    names = [row[1] for row in page.table("tables").rows]
    assert {f"| `{name}` |" in written for name in names} == {True}
    lines = [line for line in written.splitlines() if line.startswith("| `")]
    assert len(lines) == len(columns) + len(names) + page.table("codes").total


def test_words_of_the_pages_are_in_the_glossary(release):
    columns = {row[2] for row in glossary_page().table("terms").rows}
    con = open_release(release / "jixiao.duckdb")
    terms = {
        part.term for page in make_pages(Edition(con, make_masthead())) for part in page.parts
        if getattr(part, "term", "")
    }
    con.close()
    assert len(terms) >= 5
    assert terms <= columns
    assert {column for _, _, column in PLAIN_WORDS} <= columns


def test_full_lists_are_written_or_explained(release):
    files = {spec.file_name for spec in (*lists.LISTS, lists.CHASE)} | {ranking_list.RANKING_FILE}
    tables = {row[1] for row in glossary_page().table("tables").rows}
    con = open_release(release / "jixiao.duckdb")
    named = {
        part.full_list for page in make_pages(Edition(con, make_masthead())) for part in page.parts
        if part.part == "table" and part.full_list
    }
    con.close()
    for name in named:
        folder, _, rest = name.partition("/")
        assert (rest in files) if folder == "lists" else (name.split(".")[1] in tables), name


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_links_narrow_the_list_they_lead_to(release, tmp_path):
    folder = (release / "dashboard").as_uri()
    rows = "[...document.querySelectorAll('#{} tbody tr')].map((row) => row.textContent)"
    with Browser(tmp_path) as browser:
        browser.open(f"{folder}/{term_href('coverage_rate')}", 390)
        (line,) = browser.ask(rows.format("terms"))
        assert "覆盖率" in line and "coverage rate" in line
        browser.open(f"{folder}/{table_href('marts.mart_stage_coverage')}", 1280)
        (line,) = browser.ask(rows.format("tables"))
        assert "mart_stage_coverage" in line
        # from a number's source to the file: both copies that ever bore the name, and their hashes
        browser.open(f"{folder}/monitoring.html", 1280)
        target = browser.ask("document.querySelector('#warned a[href^=\"files.html\"]').href")
        browser.open(target, 1280)
        found = browser.ask(rows.format("files"))
        assert ["2" * 64 in found[0], "1" * 64 in found[1]] == [True, True]
        assert "已由新文件代替" in found[1] and "已由新文件代替" not in found[0]
        browser.open(f"{folder}/project.html?b={DISTRICT}&y=2020#P1", 390)
        links = browser.ask(
            "[...document.querySelectorAll('#project a')].map((link) => link.href)"
        )
        assert any(link == target for link in links)
        browser.open(f"{folder}/glossary.html#terms~字段~%E0%A4%A", 1280)
        assert browser.complaints() == []
