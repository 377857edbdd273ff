"""Two nights of one county: refused as sent, then let in by an approved exception.

The second night's rules also hold two corrections: one whose value as sent is what stands in the
file, one whose value is not. Rules are the project's own files, so the nights run on a copy of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from test_filing_ledger import COUNTY, project_code, write_goals, write_register

from nightly.fingerprint import CODE_FILES, CODE_FOLDERS

pytestmark = pytest.mark.pipeline

ROOT = Path(__file__).resolve().parents[3]
FIRST, SECOND = date(2020, 4, 5), date(2020, 4, 10)
WAIVER = f"W1,CELL-003,{COUNTY},goal,2020,,,系统升级导出有误,王处长,2020-04-08,2020-12-31\n"
CORRECTIONS = (
    f"C1,,{COUNTY},project_register,2020,,{project_code(21)},initial_budget,121,99,录入有误,"
    "沙依巴克区财政局,王处长,2020-04-08,active\n"
    f"C2,,{COUNTY},goal,2020,,{project_code(22)},budget,500,99,录入有误,沙依巴克区财政局,王处长,"
    "2020-04-08,active\n"
)


def copy_of_the_project(place: Path) -> Path:
    for name in CODE_FOLDERS:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in CODE_FILES:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, place / name)
    return place


def night(code: Path, base: Path, as_of: date) -> Path:
    done = subprocess.run(
        [
            sys.executable, "-m", "nightly.command", "nightly", "--inbox", str(base / "inbox"),
            "--home", str(base / "home"), "--as-of", as_of.isoformat(),
        ],
        cwd=code, env=os.environ | {"PYTHONPATH": str(code)},
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return (base / "home/releases/current/jixiao.duckdb").resolve()


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """The databases of both nights, opened, and what the second said of itself."""
    base = tmp_path_factory.mktemp("exceptions")
    code = copy_of_the_project(base / "code")
    folder = base / "inbox" / f"{COUNTY}-沙依巴克区" / "2020"
    write_register(folder / "部门预算项目清单.csv")
    write_goals(folder / "绩效目标.csv", 20)
    first = night(code, base, FIRST)
    for name, lines in (("waivers", WAIVER), ("corrections", CORRECTIONS)):
        with (code / f"seeds/rules/{name}.csv").open("a", encoding="utf-8") as handle:
            handle.write(lines)
    second = night(code, base, SECOND)
    with (
        duckdb.connect(str(first), read_only=True) as before,
        duckdb.connect(str(second), read_only=True) as after,
    ):
        yield before, after, (base / "home/reports/latest/本次运行.txt").read_text("utf-8")


STATUS = f"""
select status, project_count, live_filing_count from marts.mart_filing_status
where bureau_code = '{COUNTY}' and document_kind = 'goal' and fiscal_year = 2020
"""


def test_the_refused_filing_is_live_once_the_rule_is_waived(releases):
    before, after, _ = releases
    assert before.execute(STATUS).fetchall() == [("rejected", 0, 0)]
    status, project_count, live_count = after.execute(STATUS).fetchone()
    assert (project_count, live_count) == (24, 1)
    assert status in ("filed", "filed_with_warnings", "filed_late")


def test_waived_findings_are_counted_and_not_held_against_the_sender(releases):
    _, after, _ = releases
    assert after.execute(
        "select count(*), count(waiver_id), bool_and(waiver_id = 'W1') from quality.fct_finding"
        " where rule_id = 'CELL-003' and is_current"
    ).fetchall() == [(20, 20, True)]
    assert after.execute(
        "select status, finding_count from quality.mart_waiver"
    ).fetchall() == [("in_use", 20)]


def test_a_correction_holds_while_the_value_as_sent_stands(releases):
    _, after, _ = releases
    assert after.execute(
        "select correction_id, outcome, value_found from quality.mart_correction order by all"
    ).fetchall() == [("C1", "applied", "121"), ("C2", "value_changed", "122")]
    assert after.execute(
        "select initial_budget_cny from marts.fct_project"
        f" where project_code in ('{project_code(21)}', '{project_code(22)}')"
        " order by project_code"
    ).fetchall() == [(Decimal("990000.00"),), (Decimal("1220000.00"),)]
    assert after.execute(
        "select project_code from quality.fct_finding where rule_id = 'COR-001' and is_current"
    ).fetchall() == [(project_code(22),)]


def test_the_manifest_of_the_first_night_said_it_was_refused(releases):
    before, *_ = releases
    assert before.execute(
        "select count(*) from quality.fct_finding where rule_id = 'CELL-003' and waiver_id is null"
    ).fetchall()[0][0] == 20


def test_the_report_counts_exceptions(releases):
    *_, report = releases
    assert "豁免 1 项，涉及问题 20 条　更正采用 1 条，未采用 1 条　原因说明 0 条" in report
