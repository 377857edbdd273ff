"""Whom a rule would hit before it blocks, on a warehouse written by hand."""

from __future__ import annotations

import duckdb
import pytest

from ingest.raw import create_schema
from nightly.errors import StopError
from nightly.rules import dry_run, hit_lines, list_rules
from nightly.settings import Home


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    with duckdb.connect(str(home.warehouse)) as con:
        create_schema(con)
        con.execute("create schema intermediate")
        con.execute(
            """
            create table intermediate.int_filings_live as select * from (values
                ('f1', '650102', 'monitoring', 2020, 1, 'list', 'a.xlsx', 20, 0, true),
                ('f2', '650103', 'monitoring', 2020, 1, 'list', 'b.xlsx', 20, 0, true),
                ('f0', '650103', 'monitoring', 2020, 1, 'list', 'old.xlsx', 20, 0, false)
            ) as t(filing_id, bureau_code, document_kind, fiscal_year, round_no, layout,
                _source_file, project_row_count, indicator_row_count, is_live)
            """
        )
        con.execute(
            """
            create table intermediate.int_bureaus_named as
            select '650102' as bureau_code, '天山区' as bureau_name, 2020 as fiscal_year
            """
        )
        con.execute(
            """
            create table intermediate.int_findings_dated as select * from (values
                ('QC-006', 'f1', '650102', 'monitoring', 2020, 1, 'a.xlsx', 's', 5, true),
                ('QC-006', 'f1', '650102', 'monitoring', 2020, 1, 'a.xlsx', 's', 6, true),
                ('QC-006', 'f0', '650103', 'monitoring', 2020, 1, 'old.xlsx', 's', 6, false),
                ('FILE-104', null, '650103', null, null, null, 'bad.xlsx', null, null, true)
            ) as t(rule_id, _filing_id, bureau_code, document_kind, fiscal_year, round_no,
                _source_file, _source_sheet, _source_row, is_current)
            """
        )
        # 5 of 20 rates are beyond 100%, 4 of 20, and all of a filing that is not live
        for filing, wrong in (("f1", 5), ("f2", 4), ("f0", 20)):
            con.execute(
                "insert into raw.monitoring__projects (_filing_id, _source_row, execution_rate)"
                " select ?, i, case when i < ? then '120%' else '90%' end from range(20) as r(i)",
                [filing, wrong],
            )
    return home


def test_cells_are_asked_again_of_what_is_live(home):
    rule, hits = dry_run(home, "CELL-041", share=0.25)
    assert [(h.bureau_code, h.finding_count, h.row_count, h.would_reject) for h in hits] == [
        ("650102", 5, 20, True),
        ("650103", 4, 20, False),
    ]
    lines = hit_lines(rule, hits, limit=1)
    assert "2 个财政部门、2 份报送、9 处" in lines[1] and "将退回 1 份（1 个财政部门）" in lines[1]
    assert lines[2].startswith("  退回　650102 天山区　2020年度")
    assert lines[-1] == "  …… 另有 1 份报送"


def test_without_a_share_any_finding_sends_back(home):
    assert [hit.would_reject for hit in dry_run(home, "CELL-041")[1]] == [True, True]


def test_other_rules_are_looked_up_among_what_was_found(home):
    (hit,) = dry_run(home, "QC-006")[1]
    assert (hit.bureau_name, hit.source_file, hit.finding_count) == ("天山区", "a.xlsx", 2)
    (file,) = dry_run(home, "FILE-104")[1]
    assert (file.bureau_code, file.source_file, file.fiscal_year) == ("650103", "bad.xlsx", None)


@pytest.mark.parametrize("rule_id", ["NO-001", "READ-001"])
def test_a_rule_that_finds_nothing_is_refused(home, rule_id):
    with pytest.raises(StopError):
        dry_run(home, rule_id)


def test_nothing_built_is_said(tmp_path):
    with pytest.raises(StopError):
        dry_run(Home(tmp_path), "QC-006")


def test_the_list_goes_by_step():
    steps = [rule.step for rule in list_rules()]
    assert steps[0] == "文件" and steps[-1] == "上下级之间"
    assert {rule.status for rule in list_rules(status="handled")} == {"读取时处理"}
    assert all(rule.step == "单元格" for rule in list_rules(step="cell"))
