"""Write the pages of a release into its folder."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import jinja2

from dashboards.bureau import bureau_list_page, bureau_pages
from dashboards.coverage import coverage_page
from dashboards.edition import Edition, Masthead
from dashboards.filing import filing_page
from dashboards.monitoring import monitoring_page
from dashboards.overview import overview_page
from dashboards.page import Page
from dashboards.project import project_scripts, script_json
from dashboards.quality import quality_page
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
NAVIGATION = (
    ("index.html", "总览"), ("coverage.html", "全覆盖"), ("monitoring.html", "监控"),
    ("self-evaluation.html", "自评"), ("sampling.html", "抽检与整改"),
    ("filing.html", "报送与催报"), ("quality.html", "数据质量"), ("bureaus.html", "财政局"),
)
PROJECT_PAGE = "project.html"
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
    yield bureau_list_page(edition)
    yield from bureau_pages(edition)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    environment.globals["navigation"] = NAVIGATION
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


def write_dashboard(database: Path, folder: Path, masthead: Masthead) -> int:
    """Write all pages of a release.

    Nothing in them depends on a clock: the same database and masthead give the same bytes.

    Args:
        database: the release's DuckDB file.
        folder: where to write; created.
        masthead: what stands on every page.

    Returns:
        Number of pages.
    """
    (folder / "assets").mkdir(parents=True)
    (folder / "data").mkdir()
    for path in ASSETS:
        shutil.copyfile(path, folder / "assets" / path.name)
    environment = _environment()
    template = environment.get_template("page.html.j2")
    page_count = 0
    con = open_release(database)
    try:
        edition = Edition(con, masthead)
        for page in make_pages(edition):
            text = template.render(
                page=page, masthead=masthead, model=script_json(page.model())
            )
            (folder / page.file_name).write_text(text, encoding="utf-8")
            page_count += 1
        write_scripts(edition, folder / "data")
    finally:
        con.close()
    text = environment.get_template("project.html.j2").render(masthead=masthead)
    (folder / PROJECT_PAGE).write_text(text, encoding="utf-8")
    return page_count + 1
