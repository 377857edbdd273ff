"""Data docs that open on a machine without a network.

Great Expectations renders a page per suite; its pages load scripts and styles from a dozen hosts
and carry a tracking image. Everything that points outside is taken out, and one small stylesheet is
put in (`data_docs.css`), so that the pages read well from a folder or a file share.
"""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from expectations.validation import SuiteOutcome

STYLESHEET = Path(__file__).with_name("data_docs.css")

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


# texts of senders are escaped; should one ever not be, no browser runs it
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="script-src \'none\';'
    " object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'\">"
)


def make_offline(page: str, title: str) -> str:
    """Take everything that points outside out of a page and put the stylesheet in.

    Args:
        page: the page as Great Expectations wrote it.
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
        f"{_POLICY}<title>{escape(title)}</title>"
        f'<link rel="stylesheet" href="{STYLESHEET.name}"></head>'
    )
    return _HEAD_END.sub(lambda _: head, page, count=1)


def _escaped(value: Any) -> Any:
    """What was found, as text of a page: Great Expectations writes values as they were sent."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return {_escaped(key): _escaped(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(part) for part in value]
    return value


def _shown(result: ExpectationSuiteValidationResult) -> ExpectationSuiteValidationResult:
    shown = copy.deepcopy(result)
    for found in shown.results:
        found.result = _escaped(found.result)
    return shown


def _summary(outcomes: Iterable[SuiteOutcome], title: str) -> str:
    rows = []
    for outcome in outcomes:
        failing = "；".join(
            f"{check.rule_id}（{check.column}）{count}行" for check, count in outcome.failing
        )
        rows.append(
            f'<tr><td><a href="{escape(outcome.name)}.html">{escape(outcome.name)}</a></td>'
            f"<td>{outcome.row_count}</td><td>{outcome.expectation_count}</td>"
            f"<td>{len(outcome.failing)}</td><td>{escape(failing) or '全部通过'}</td></tr>"
        )
    return (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8">{_POLICY}'
        f"<title>{escape(title)}</title>"
        f'<link rel="stylesheet" href="{STYLESHEET.name}"></head><body>'
        f'<div class="container"><h1>{escape(title)}</h1>'
        "<table><thead><tr><th>表</th><th>行数</th><th>校验数</th>"
        "<th>未通过</th><th>未通过的规则</th></tr></thead><tbody>"
        + "".join(rows)
        + "</tbody></table></div></body></html>"
    )


def build_data_docs(outcomes: Sequence[SuiteOutcome], out: Path, title: str) -> Path:
    """Build the site of a night: a first page and one page per suite.

    Args:
        outcomes: what was judged.
        out: folder of the site; an older site in it is replaced.
        title: what the site is called; a plain name where empty.

    Returns:
        The first page.
    """
    title = title or "数据质量校验结果"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shutil.copyfile(STYLESHEET, out / STYLESHEET.name)
    renderer, view = ValidationResultsPageRenderer(), DefaultJinjaPageView()
    for outcome in outcomes:
        page = view.render(renderer.render(_shown(outcome.result)))
        (out / f"{outcome.name}.html").write_text(
            make_offline(page, f"{title} · {outcome.name}"), encoding="utf-8"
        )
    index = out / "index.html"
    index.write_text(_summary(outcomes, title), encoding="utf-8")
    return index
