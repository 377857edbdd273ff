"""Every rule fails on its faulty cell and keeps quiet on the ways people really write."""

from __future__ import annotations

import pytest
import samples

from expectations.marts import MART_SUITES
from expectations.records import WORD_UNKNOWN
from expectations.suites import RAW_SUITES
from ingest.findings import load_catalogue

CELLS = [
    pytest.param(verdict, rule, column, cell, id=f"{rule} {verdict} {cell!s:.20}")
    for rule, _, column, bad, fine in samples.CASES
    for verdict, cells in (("fails", bad), ("passes", fine))
    for cell in cells
] + [
    pytest.param("fails", rule, column, "wide", id=f"{rule} fails on several cells")
    for rule, _, column, _, _ in samples.WIDE_CASES
]


@pytest.mark.parametrize("table", samples.GOOD)
@pytest.mark.parametrize("sort", ["good", "good form"])
def test_a_good_row_has_no_finding(gated, table, sort):
    assert gated.rules_of((sort, table)) == set()
    assert gated.verdicts[gated.filings[sort, table]]["state"] == "filed"


@pytest.mark.parametrize(("verdict", "rule", "column", "cell"), CELLS)
def test_a_rule_fails_on_its_fault_and_on_nothing_else(gated, verdict, rule, column, cell):
    found = gated.rules_of((verdict, rule, column, cell))
    if verdict == "fails":
        assert (rule, f"表头 {column}") in found
    else:
        assert rule not in {rule_id for rule_id, _ in found}


def test_every_rule_of_the_catalogue_is_asked_and_has_a_fault_to_catch():
    listed = {
        rule.rule_id for rule in load_catalogue().values() if rule.enforced_in == "expectations"
    }
    of_raw = {check.rule_id for checks in RAW_SUITES.values() for check in checks}
    of_marts = {check.rule_id for _, checks in MART_SUITES.values() for check in checks}
    not_a_question = {"CELL-090"}
    assert of_raw | of_marts | not_a_question == listed
    assert not of_raw & of_marts
    with_fault = {case[0] for case in samples.CASES if case[3]} | {
        case[0] for case in samples.WIDE_CASES
    }
    assert with_fault == of_raw


@pytest.mark.parametrize("table", RAW_SUITES)
def test_a_rule_is_asked_of_a_column_once_and_in_one_way(table):
    questions = [(check.rule_id, check.column) for check in RAW_SUITES[table]]
    assert len(questions) == len(set(questions))


def test_a_rule_means_the_same_in_every_table():
    meanings: dict[str, set[str]] = {}
    for table, checks in RAW_SUITES.items():
        # of a unit's spending above its budget only the rate can tell; of a project's, QC-006 does
        # the total of a fund block is told as the project's amount
        subject = table.rpartition("__")[2] if table.endswith(("__units", "__funds")) else ""
        for check in checks:
            if check.rule_id == WORD_UNKNOWN:  # the words of a class are its register's own
                continue
            generic = check.fails_when.replace(check.column, "{cell}")
            meanings.setdefault(f"{check.rule_id} {check.column} {subject}", set()).add(generic)
    assert {key: texts for key, texts in meanings.items() if len(texts) > 1} == {}
