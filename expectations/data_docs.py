"""Data docs that open on a machine without a network.

Great Expectations renders its own site; its pages load scripts and styles from a dozen hosts and
carry a tracking image. Everything that points outside is taken out, and one small stylesheet is
put in (`data_docs.css`), so that the pages read well from a folder or a file share.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from html import escape
from pathlib import Path

from great_expectations.data_context import EphemeralDataContext

from expectations.validation import SuiteOutcome

STYLESHEET = Path(__file__).with_name("data_docs.css")
SITE = "night"

# Scripts go altogether: those that stay would call libraries that are not there.
_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_OUTSIDE_LINK = re.compile(
    r"<link\b[^>]*\b(?:href|src)\s*=\s*[\"'](?:https?:)?//[^>]*>", re.IGNORECASE
)
_OUTSIDE_ELEMENT = re.compile(
    r"<(?:img|iframe|source|embed)\b[^>]*\bsrc\s*=\s*[\"'](?:https?:)?//[^>]*>", re.IGNORECASE
)
_OUTSIDE_STYLE = re.compile(r"url\(\s*[\"']?(?:https?:)?//[^)]*\)", re.IGNORECASE)
_OUTSIDE_HREF = re.compile(r"\b(href|action)\s*=\s*([\"'])(?:https?:)?//.*?\2", re.IGNORECASE)
_LEFT_OVER = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}/?[^\s\"'<>)]*", re.IGNORECASE)
_HEAD_END = re.compile(r"</head>", re.IGNORECASE)
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL | re.IGNORECASE)


def make_offline(page: str, depth: int, title: str) -> str:
    """Take everything that points outside out of a page and put the stylesheet in.

    Args:
        page: the page as Great Expectations wrote it.
        depth: number of folders between the page and the root of the site.
        title: the page's title.

    Returns:
        The page; it loads nothing from any host.
    """
    for pattern, replacement in (
        (_SCRIPT, ""),
        (_OUTSIDE_LINK, ""),
        (_OUTSIDE_ELEMENT, ""),
        (_OUTSIDE_STYLE, "none"),
        (_OUTSIDE_HREF, r'\1="#"'),
        (_LEFT_OVER, ""),
        (_TITLE, ""),
    ):
        page = pattern.sub(replacement, page)
    head = (
        f"<title>{escape(title)}</title>"
        f'<link rel="stylesheet" href="{"../" * depth}data_docs.css"></head>'
    )
    return _HEAD_END.sub(lambda _: head, page, count=1)


def _write_summary(outcomes: Iterable[SuiteOutcome], out: Path, title: str) -> None:
    rows = []
    for outcome in outcomes:
        pages = sorted((out / "validations" / outcome.name).rglob("*.html"))
        link = pages[-1].relative_to(out).as_posix() if pages else ""
        failing = "；".join(
            f"{check.rule_id}（{check.column}）{count}行" for check, count in outcome.failing
        )
        rows.append(
            f'<tr><td><a href="{escape(link)}">{escape(outcome.name)}</a></td>'
            f"<td>{outcome.row_count}</td><td>{outcome.expectation_count}</td>"
            f"<td>{len(outcome.failing)}</td><td>{escape(failing) or '全部通过'}</td></tr>"
        )
    (out / "index.html").write_text(
        '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<link rel="stylesheet" href="data_docs.css"></head><body>'
        f'<div class="container"><h1>{escape(title)}</h1>'
        '<p><a href="details.html">各次校验明细</a></p>'
        '<table class="table"><thead><tr><th>表</th><th>行数</th><th>规则数</th>'
        "<th>未通过</th><th>未通过的规则</th></tr></thead><tbody>"
        + "".join(rows)
        + "</tbody></table></div></body></html>",
        encoding="utf-8",
    )


def build_data_docs(
    context: EphemeralDataContext, outcomes: Iterable[SuiteOutcome], out: Path, title: str
) -> Path:
    """Build the site of a night.

    Args:
        context: the context the suites were run in.
        outcomes: what was judged.
        out: folder of the site; an older site in it is replaced.
        title: what the site is called; a plain name where empty.

    Returns:
        The first page.
    """
    title = title or "数据质量校验结果"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    configuration = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(out.resolve()),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    if SITE in context.get_site_names():
        context.update_data_docs_site(SITE, configuration)
    else:
        context.add_data_docs_site(SITE, configuration)
    context.build_data_docs(site_names=[SITE])
    shutil.rmtree(out / "static", ignore_errors=True)
    shutil.copyfile(STYLESHEET, out / "data_docs.css")
    (out / "index.html").rename(out / "details.html")
    for path in sorted(out.rglob("*.html")):
        depth = len(path.relative_to(out).parts) - 1
        page = path.read_text(encoding="utf-8").replace("index.html", "details.html")
        path.write_text(make_offline(page, depth, title), encoding="utf-8")
    _write_summary(outcomes, out, title)
    return out / "index.html"
