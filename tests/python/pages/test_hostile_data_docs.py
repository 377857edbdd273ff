"""Data docs show what senders wrote as text: nothing of it runs, links or loads."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from great_expectations.core import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from expectations.data_docs import build_data_docs
from expectations.validation import SuiteOutcome
from torture.browser import CHROMIUM, Browser

HOSTILE = (
    "<script>window.hit=1</script>",
    "</td></table><img src=x onerror=\"window.hit=2\">",
    "<scr<script></script>ipt>window.hit=3</scr<script></script>ipt>",
    "<svg/onload=window.hit=4>",
    "<a href=\"javascript:window.hit=5\" id=\"lure\">点</a>",
    "<iframe srcdoc=\"<script>parent.hit=6</script>\"></iframe>",
    "{{ 7 * 7 }}$value$<b onmouseover=window.hit=7>",
)
NAME = "goal__projects"
LOADED = "document.readyState === 'complete'"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs") / "data_docs"
    found = ExpectationValidationResult(
        success=False,
        expectation_config=ExpectationConfiguration(
            type="expect_column_values_to_match_regex",
            kwargs={"column": "项目名称", "regex": "^[0-9]+$"},
        ),
        result={
            "element_count": 9, "unexpected_count": 7, "unexpected_percent": 77.0,
            "partial_unexpected_list": list(HOSTILE),
            "partial_unexpected_counts": [{"value": text, "count": 1} for text in HOSTILE],
        },
    )
    failing = tuple((SimpleNamespace(rule_id="FILE-001", column=text), 1) for text in HOSTILE)
    result = ExpectationSuiteValidationResult(
        success=False, results=[found], suite_name=NAME,
        statistics={"evaluated_expectations": 1, "successful_expectations": 0,
                    "unsuccessful_expectations": 1, "success_percent": 0.0},
        meta={},
    )
    build_data_docs([SuiteOutcome(NAME, "select 1", 9, failing, 1, result)], folder, HOSTILE[1])
    return folder


def test_no_page_may_run_anything(site):
    for page in site.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "script-src 'none'" in text.split("</head>")[0]
        assert "<script" not in text.lower() and "<iframe" not in text.lower()
        assert "<img" not in text and "<svg" not in text and "<b on" not in text
    text = (site / f"{NAME}.html").read_text(encoding="utf-8")
    assert "&lt;svg/onload=window.hit=4&gt;" in text


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize("name", ["index", NAME])
def test_nothing_runs_in_a_browser(site, tmp_path, name):
    with Browser(tmp_path) as browser:
        browser.open((site / f"{name}.html").as_uri(), 1280, drawn=LOADED)
        assert browser.ask("document.body.textContent").strip()
        browser.ask("""
            document.querySelectorAll('*').forEach((element) => {
                element.dispatchEvent(new Event('mouseover'));
                if (element.tagName === 'A' && !element.href.includes('.html')) element.click();
            })
        """)
        assert browser.ask("String(window.hit)") == "undefined"
        links = browser.ask("[...document.querySelectorAll('[href]')].map((a) => a.href)")
        assert not [link for link in links if link.lower().startswith(("javascript", "data:"))]
        assert "onerror" not in str(browser.ask(
            "[...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())"
        ))
