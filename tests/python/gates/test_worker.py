"""The worker process: replies, the candidate's marts, data docs, death."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from expectations.client import GateWorker, GateWorkerError
from expectations.judgement import every_check, judge_loaded
from expectations.vocabulary import default_headings
from ingest.findings import load_catalogue

MARTS = """
create schema marts;
create schema quality;
create table marts.dim_bureau as select '650000' as bureau_code;
create table marts.fct_project as select '650000' as bureau_code;
create table marts.mart_stage_coverage as
    select 10 as due_project_count, 9 as done_project_count, 0.9::double as coverage_rate,
        0.95::double as amount_coverage_rate;
create table marts.mart_deviation_flag as select 'warn' as verdict;
create table marts.mart_self_evaluation as select 95.5::double as recomputed_score;
create table marts.fct_indicator as select 'date' as target_kind, 1.0::double as completion_rate;
create table marts.mart_sampling_quota as
    select 11 as frame_count, 2 as quota_count, 2 as drawn_count;
create table quality.fct_finding as select '第3行没有金额。' as message_zh;
"""
FAULTS = {
    "MART-001": "delete from marts.dim_bureau",
    "MART-002": "update marts.mart_stage_coverage set coverage_rate = 1.2",
    "MART-003": "update marts.mart_stage_coverage set done_project_count = 11",
    "MART-004": "update marts.mart_stage_coverage set due_project_count = -1",
    "MART-005": "update marts.mart_sampling_quota set drawn_count = 0",
    "MART-006": "update marts.mart_sampling_quota set quota_count = 1",
    "MART-007": "update marts.mart_deviation_flag set verdict = null",
    "MART-008": "update marts.mart_self_evaluation set recomputed_score = -1",
    "MART-009": "update marts.fct_project set bureau_code = '999999'",
    "MART-010": "update marts.fct_indicator set target_kind = 'guess'",
    "MART-011": "update quality.fct_finding set message_zh = ''",
}


def candidate(path: Path, *changes: str) -> Path:
    with duckdb.connect(str(path)) as con:
        con.execute(MARTS)
        for change in changes:
            con.execute(change)
    return path


def test_the_reply_counts_what_was_judged(gated):
    assert gated.reply["filings"] == len(gated.verdicts)
    assert gated.reply["rejected"] == 2
    assert gated.reply["findings"] == gated.findings.height
    assert gated.reply["expectations"] > 200


def test_a_check_without_great_expectations_says_the_same(gated):
    with duckdb.connect(str(gated.warehouse), read_only=True) as con:
        judgement = judge_loaded(con, every_check(con), load_catalogue(), default_headings())
    assert judgement.findings.equals(gated.findings)
    assert {v.filing_id: v.state for v in judgement.verdicts} == {
        filing_id: verdict["state"] for filing_id, verdict in gated.verdicts.items()
    }


def test_sound_marts_pass(gated, tmp_path):
    reply = gated.worker.gate_marts(candidate(tmp_path / "c.duckdb"), tmp_path)
    assert reply["success"] and reply["failed"] == []


def test_every_rule_on_the_marts_catches_its_fault(gated, tmp_path):
    reply = gated.worker.gate_marts(candidate(tmp_path / "c.duckdb", *FAULTS.values()), tmp_path)
    assert not reply["success"]
    assert {entry["rule_id"] for entry in reply["failed"]} == set(FAULTS)


def test_a_candidate_without_its_tables_is_our_fault_not_a_verdict(gated, tmp_path):
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as con:
        con.execute("create schema marts")
    with pytest.raises(GateWorkerError, match="dim_bureau"):
        gated.worker.gate_marts(tmp_path / "empty.duckdb", tmp_path)


def test_data_docs_load_nothing_from_outside(gated, tmp_path):
    index = gated.worker.build_data_docs(tmp_path / "docs", "2020-06-01 校验")
    pages = sorted((tmp_path / "docs").rglob("*.html"))
    assert index == tmp_path / "docs" / "index.html" and len(pages) > 7
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert not re.search(r"https?://|src=[\"']//", text)
    assert "CELL-003 项目编码变成了科学计数法" in text
    assert "<script" not in text.lower()


def test_a_dead_worker_is_an_error_not_a_wait(tmp_path):
    worker = GateWorker()
    with pytest.raises(GateWorkerError, match="not running"):
        worker.gate_raw(tmp_path / "w.duckdb", tmp_path)
    worker.start()
    worker._process.kill()
    with pytest.raises(GateWorkerError):
        worker.gate_raw(tmp_path / "w.duckdb", tmp_path)
    worker.stop()
