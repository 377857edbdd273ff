"""From three bureaus' files to the release, against figures worked by hand."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import hand_region
import pytest

pytestmark = pytest.mark.pipeline


def nightly(inbox: Path, home: Path, as_of: str = "2021-03-01") -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("jixiao")),
            "nightly",
            "--inbox",
            str(inbox),
            "--home",
            str(home),
            "--as-of",
            as_of,
        ],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """The release of one night over the three bureaus' files."""
    base = tmp_path_factory.mktemp("hand")
    inbox = hand_region.write_inbox(base / "inbox")
    done = nightly(inbox, base / "home")
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(base / "home/releases/current/jixiao.duckdb"), read_only=True) as con:
        yield con, inbox, base / "home"


def rows(con, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


@pytest.mark.parametrize(("key", "expected"), hand_region.COVERAGE.items(), ids=str)
def test_coverage(release, key, expected):
    bureau, stage, round_no, scope, fund_type = key
    con, *_ = release
    found = con.execute(
        """
        select due_project_count, done_project_count, due_amount_cny, done_amount_cny, coverage_rate
        from marts.mart_stage_coverage
        where fiscal_year = 2020 and bureau_code = ? and stage = ? and scope = ?
            and fund_type = ? and round_no is not distinct from ?
        """,
        [bureau, stage, scope, fund_type, round_no],
    ).fetchall()
    due, done, due_cny, done_cny = expected
    assert [row[:4] for row in found] == [(due, done, Decimal(due_cny), Decimal(done_cny))]
    assert float(found[0][4]) == pytest.approx(done / due, abs=1e-6)


@pytest.mark.parametrize(("key", "expected"), hand_region.DEVIATION.items(), ids=str)
def test_deviation(release, key, expected):
    con, *_ = release
    found = con.execute(
        """
        select execution_rate, goal_completion_rate, gap, is_warned, triggers, verdict
        from marts.mart_deviation_flag
        where fiscal_year = 2020 and project_code = ? and round_no = ?
        """,
        list(key),
    ).fetchall()
    assert len(found) == 1
    execution, completion, gap, is_warned, triggers, verdict = found[0]
    for value, text in ((execution, expected[0]), (completion, expected[1]), (gap, expected[2])):
        assert (value is None) == (text is None)
        if text is not None:
            assert float(value) == pytest.approx(float(text), abs=1e-6)
    assert is_warned == expected[3]
    names = (
        set(triggers)
        if isinstance(triggers, list)
        else set(filter(None, (triggers or "").split(",")))
    )
    assert names == expected[4]
    assert verdict == expected[5]


def test_only_the_project_warned_twice_is_listed(release):
    con, *_ = release
    assert rows(con, "select project_code from marts.mart_consecutive_warning") == [
        (hand_region.P3,)
    ]


@pytest.mark.parametrize(("project", "expected"), hand_region.SELF_EVALUATION.items())
def test_self_evaluation(release, project, expected):
    con, *_ = release
    found = con.execute(
        "select declared_score, is_below_80, is_below_60 from marts.mart_self_evaluation"
        " where project_code = ?",
        [project],
    ).fetchall()
    assert [(Decimal(expected[0]), *expected[1:])] == found


def test_missing_projects_and_their_reasons(release):
    con, *_ = release
    missing = set(
        rows(
            con,
            "select project_code, stage, reason from marts.mart_missing_project"
            " where stage = 'goal'",
        )
    )
    assert {(code, stage) for code, stage, _ in missing} == {
        (hand_region.P4, "goal"),
        (hand_region.R1, "goal"),
    }
    assert dict((code, reason) for code, _, reason in missing)[hand_region.R1] == "file_quarantined"


def test_every_indicator_line_arrives_as_sent(release):
    con, *_ = release
    lines = rows(
        con,
        """
        select project_code, document_kind, round_no, level1, level3, target_text, actual_text
        from marts.fct_indicator order by all
        """,
    )
    assert len(lines) == 5 + 5 + 5 + 6  # goals, two rounds, two forms of three lines
    assert (hand_region.P1, "goal", None, "产出指标", "水质达标率", "≧90%", None) in lines
    assert (
        hand_region.P3,
        "monitoring",
        1,
        "满意度指标",
        "群众满意度",
        "95%以上",
        "47.5%",
    ) in lines
    assert (hand_region.Q1, "goal", None, "产出指标", "合格率", "100%", None) in lines


def test_the_word_document_is_named_to_its_sender(release):
    con, *_ = release
    found = rows(
        con,
        "select bureau_code, severity, _source_file, message_zh, how_to_fix_zh"
        " from quality.fct_finding where bureau_code = '650000' and _source_file like '%绩效目标%'",
    )
    assert len(found) == 1
    assert found[0][1] == "error"
    assert "Word" in found[0][3] or "docx" in found[0][3]
    assert found[0][4]


def test_provenance_reaches_the_cell(release):
    con, *_ = release
    assert rows(
        con,
        f"""
        select distinct _source_file, _source_sheet, _source_row from marts.fct_indicator
        where project_code = '{hand_region.P1}' and round_no = 1 order by all
        """,
    ) == [
        ("650102-天山区/2020/5月监控.xlsx", "监控", 4),
        ("650102-天山区/2020/5月监控.xlsx", "监控", 5),
    ]


def test_second_night_says_nothing_changed(release):
    _, inbox, home = release
    before = (home / "releases/current").resolve()
    again = nightly(inbox, home)
    assert again.returncode == 3, again.stdout + again.stderr
    assert (home / "releases/current").resolve() == before
