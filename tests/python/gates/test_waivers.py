"""Approved exceptions to rules and the dates of rules, as far as they decide on a filing."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.gate import FilingToJudge, RuleHits, judge
from expectations.waivers import Waiver, load_waivers, waived_rules
from ingest.findings import Rule, not_in_force

SLOT = ("650102", "goal", 2020, None)
DAY = date(2020, 4, 5)


def waiver(**changes) -> Waiver:
    facts = {
        "rule_id": "CELL-031", "bureau_code": None, "document_kind": None, "fiscal_year": None,
        "round_no": None, "expires_on": None,
    }
    return Waiver(**(facts | changes))


@pytest.mark.parametrize(
    ("changes", "is_waived"),
    [
        ({}, True),
        ({"bureau_code": "650102", "document_kind": "goal", "fiscal_year": 2020}, True),
        ({"bureau_code": "650103"}, False),
        ({"document_kind": "monitoring"}, False),
        ({"fiscal_year": 2021}, False),
        ({"round_no": 1}, False),
        ({"expires_on": date(2020, 4, 5)}, True),
        ({"expires_on": date(2020, 4, 4)}, False),
    ],
)
def test_an_exception_covers_what_it_names(changes, is_waived):
    assert waived_rules([waiver(**changes)], *SLOT, DAY) == (
        {"CELL-031"} if is_waived else frozenset()
    )


def test_only_exceptions_for_whole_filings_are_read(tmp_path):
    path = tmp_path / "waivers.csv"
    path.write_text(
        "waiver_id,rule_id,bureau_code,document_kind,fiscal_year,round_no,project_code,reason,"
        "approved_by,approved_on,expires_on\n"
        "W1,CELL-031,650102,goal,2020,,,系统改造,王处,2020-04-01,2020-12-31\n"
        "W2,CELL-031,650102,goal,2020,,65010220T000000000001,单个项目,王处,2020-04-01,\n",
        encoding="utf-8",
    )
    assert load_waivers(path) == [
        Waiver("CELL-031", "650102", "goal", 2020, None, date(2020, 12, 31))
    ]


def test_a_filing_is_not_sent_back_for_what_it_is_excused_from():
    rule = Rule(
        "AAA-001", "规则", "error", "finding", "", "", "", "expectations", "", 0.5, "active"
    )
    hits = [RuleHits("f", "AAA-001", 50, 50, 100)]
    states = [
        judge([FilingToJudge("f", "list", frozenset(excused))], hits, {"AAA-001": rule})[0].state
        for excused in ([], ["AAA-001"], ["AAA-002"])
    ]
    assert states == ["rejected", "filed_with_warnings", "rejected"]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_in_force"),
    [
        ("", "", True),
        ("2020-04-05", "", True),
        ("2020-04-06", "", False),
        ("", "2020-04-05", True),
        ("", "2020-04-04", False),
    ],
)
def test_a_rule_holds_for_what_was_received_in_its_time(valid_from, valid_to, is_in_force):
    rule = Rule(
        "AAA-001", "规则", "error", "finding", "", "", "", "expectations", "", 0.5, "active",
        valid_from=valid_from, valid_to=valid_to,
    )
    assert ("AAA-001" not in not_in_force({"AAA-001": rule}, DAY)) == is_in_force
