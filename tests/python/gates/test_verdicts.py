"""From findings to the state of a filing, and from there into the ledger."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from expectations.gate import FilingToJudge, RuleHits, judge
from expectations.record import apply_verdicts
from ingest.findings import Rule


def rule(rule_id: str, severity: str, effect: str = "finding", share: float | None = None) -> Rule:
    return Rule(rule_id, "规则", severity, effect, "", "", "", "expectations", "", share, "active")


CATALOGUE = {
    "AAA-001": rule("AAA-001", "error", share=0.5),
    "AAA-002": rule("AAA-002", "info"),
    "AAA-003": rule("AAA-003", "error", "quarantine_file"),
}


@pytest.mark.parametrize(
    ("layout", "hits", "state", "reason"),
    [
        ("list", [], "filed", None),
        ("list", [("AAA-002", 7, 7, 7)], "filed", None),
        ("list", [("AAA-001", 1, 1, 100)], "filed_with_warnings", "AAA-001"),
        ("list", [("AAA-001", 50, 50, 100)], "rejected", "AAA-001"),
        ("list", [("AAA-001", 19, 19, 19)], "filed_with_warnings", "AAA-001"),
        ("form", [("AAA-001", 50, 50, 100)], "filed_with_warnings", "AAA-001"),
        ("form", [("AAA-003", 1, 0, 0)], "rejected", "AAA-003"),
    ],
)
def test_a_filing_is_judged_by_its_hits(layout, hits, state, reason):
    verdict = judge([FilingToJudge("f", layout)], [RuleHits("f", *hit) for hit in hits], CATALOGUE)[
        0
    ]
    assert (verdict.state, verdict.state_reason) == (state, reason)


def test_states_of_the_sample_filings(gated):
    def state(*key):
        return gated.verdicts[gated.filings[key]]["state"]

    assert state("half broken") == "rejected"
    assert state("less than half broken") == "filed_with_warnings"
    assert state("small and broken") == "filed_with_warnings"
    assert state("form, all broken") == "filed_with_warnings"
    assert state("refused by ingest") == "rejected"
    assert gated.filings["already judged",] not in gated.verdicts


def test_findings_are_capped_and_the_rest_is_counted(gated):
    rows = gated.findings.filter(pl.col("filing_id") == gated.filings["many findings",])
    assert rows.filter(pl.col("rule_id") == "IND-014").height == 200
    summary = rows.filter(pl.col("rule_id") == "CELL-090")
    assert summary["value_found"].to_list() == ["「单个指标分值过高」另有250处"]
    assert gated.verdicts[gated.filings["many findings",]]["warning_count"] == 450


def test_a_finding_names_the_cell_in_the_senders_words(gated):
    row = gated.findings.filter(
        (pl.col("filing_id") == gated.filings["half broken",]) & (pl.col("rule_id") == "CELL-003")
    ).to_dicts()[0]
    assert row["source_sheet"] == "项目" and row["source_row"] == 4
    assert row["source_cell"].endswith("4") and row["heading"] == "表头 project_code"
    assert row["value_found"] == "1.02E+20" and row["bureau_code"] == "650102"


def test_the_block_of_a_form_knows_its_own_columns(gated):
    rows = gated.findings.filter(pl.col("filing_id") == gated.filings["form block",])
    assert rows.select("source_cell", "heading").rows() == [("AB4", "分值")]


def test_verdicts_go_into_the_ledger_once(gated, tmp_path):
    copy = tmp_path / "warehouse.duckdb"
    copy.write_bytes(gated.warehouse.read_bytes())
    with duckdb.connect(str(copy)) as con:
        assert apply_verdicts(con, gated.out) == len(gated.verdicts)
        assert apply_verdicts(con, gated.out) == 0
        left = con.execute("select count(*) from ops.filing where state = 'loaded'").fetchall()
        assert left == [(0,)]
        recorded = con.execute(
            "select count(*), min(found_at)::varchar from ops.finding where source = 'gate'"
        ).fetchall()
        assert recorded == [(gated.findings.height, "2020-04-05 00:00:00")]
        rejected = con.execute(
            "select state_reason from ops.filing where filing_id = ?",
            [gated.filings["half broken",]],
        ).fetchall()
        assert rejected == [("CELL-003",)]
