"""Write the pages of a release into its folder."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jinja2

from dashboards.bureau import bureau_list_page, bureau_pages
from dashboards.coverage import coverage_page
from dashboards.edition import Edition, Masthead
from dashboards.files import files_page
from dashboards.filing import filing_page
from dashboards.glossary import glossary_page, term_href
from dashboards.monitoring import monitoring_page
from dashboards.overview import overview_page
from dashboards.page import Page
from dashboards.project import project_scripts, script_json
from dashboards.quality import quality_page
from dashboards.release_notes import FILE_NAME as NOTES_PAGE
from dashboards.release_notes import release_notes_page
from dashboards.run_log import run_log_page
from dashboards.sampling import sampling_page
from dashboards.self_evaluation import self_evaluation_page
from nightly.release import open_release
from nightly.settings import thread_count

HERE = Path(__file__).parent
ASSETS = (
    *(HERE / "assets" / name for name in ("dashboard.css", "dashboard.js", "project.js")),
    *(HERE / "vendor" / name for name in (
        "echarts.min.js", "fflate.min.js", "LICENSE", "LICENSE-fflate", "NOTICE",
    )),
)
PROJECT_PAGE = "project.html"
OVERVIEW_PAGE = "index.html"
NAVIGATION = (
    (OVERVIEW_PAGE, "总览"), ("coverage.html", "全覆盖"), ("monitoring.html", "监控"),
    ("self-evaluation.html", "自评"), ("sampling.html", "抽检与整改"),
    ("filing.html", "报送与催报"), ("quality.html", "数据质量"), ("bureaus.html", "财政局"),
    (NOTES_PAGE, "发布说明"), ("files.html", "来源文件"), ("glossary.html", "术语"),
    ("runs.html", "运行记录"),
)
PAGES_OF_NOTES = (OVERVIEW_PAGE, NOTES_PAGE)
"""Pages that tell what changed since the last release."""
WAITING_SCRIPTS = 32


def make_pages(edition: Edition) -> Iterator[Page]:
    """All pages but that of projects.

    Args:
        edition: the release.

    Yields:
        Models of the pages.
    """
    yield overview_page(edition)
    yield coverage_page(edition)
    yield monitoring_page(edition)
    yield self_evaluation_page(edition)
    yield sampling_page(edition)
    yield filing_page(edition)
    yield quality_page(edition)
    yield release_notes_page(edition)
    yield files_page(edition)
    yield glossary_page()
    yield bureau_list_page(edition)
    yield from bureau_pages(edition)
    yield run_log_page(edition.masthead.nights)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    environment.globals["navigation"] = NAVIGATION
    environment.globals["term_href"] = term_href
    return environment


def write_scripts(edition: Edition, folder: Path) -> None:
    """Write the data files of projects, deflating them while the database makes the next.

    Args:
        edition: the release.
        folder: where to write.
    """
    def write(name: str, make: Callable[[], str]) -> None:
        (folder / name).write_text(make(), encoding="utf-8")

    with ThreadPoolExecutor(thread_count()) as pool:
        waiting: deque[Future[None]] = deque()
        for name, make in project_scripts(edition):
            waiting.append(pool.submit(write, name, make))
            while len(waiting) > WAITING_SCRIPTS:
                waiting.popleft().result()
        for future in waiting:
            future.result()


def write_dashboard(
    database: Path, folder: Path, masthead: Masthead, changes: Mapping[str, Any] | None = None
) -> int:
    """Write all pages of a release.

    Nothing in them depends on a clock: the same database, masthead and changes give the same bytes.

    Args:
        database: the release's DuckDB file.
        folder: where to write; created.
        masthead: what stands on every page.
        changes: what changed since the last release, of `nightly.changes`, where it is known.

    Returns:
        Number of pages.
    """
    (folder / "assets").mkdir(parents=True)
    (folder / "data").mkdir()
    for path in ASSETS:
        shutil.copyfile(path, folder / "assets" / path.name)
    con = open_release(database)
    try:
        edition = Edition(con, masthead, changes)
        page_count = _write_pages(folder, masthead, make_pages(edition))
        write_scripts(edition, folder / "data")
    finally:
        con.close()
    text = _environment().get_template("project.html.j2").render(masthead=masthead)
    (folder / PROJECT_PAGE).write_text(text, encoding="utf-8")
    return page_count + 1


def rewrite_notes(
    database: Path, folder: Path, masthead: Masthead, changes: Mapping[str, Any]
) -> None:
    """Write the pages anew that tell what changed, as when a held release was accepted.

    Args:
        database: the release's DuckDB file.
        folder: of the release's pages.
        masthead: what stands on every page.
        changes: of `nightly.changes`, with the acceptance.
    """
    con = open_release(database)
    try:
        edition = Edition(con, masthead, changes)
        _write_pages(folder, masthead, (overview_page(edition), release_notes_page(edition)))
    finally:
        con.close()


def _write_pages(folder: Path, masthead: Masthead, pages: Iterable[Page]) -> int:
    template = _environment().get_template("page.html.j2")
    count = 0
    for page in pages:
        text = template.render(page=page, masthead=masthead, model=script_json(page.model()))
        (folder / page.file_name).write_text(text, encoding="utf-8")
        count += 1
    return count
