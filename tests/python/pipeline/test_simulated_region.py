"""A simulated region with heavy faults, from files to release, against the generator's own truth.

The truth is computed in plain Python from the generator's model (`simulate/truth.py`), not from the
files and by none of the code under test.
"""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from test_hand_region import nightly

from nightly.analysis import compile_sql, list_analyses
from nightly.release import SCHEMAS
from nightly.tables import list_tables

pytestmark = pytest.mark.pipeline
SCALE = 0.004


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    from simulate.region import write_region

    base = tmp_path_factory.mktemp("region")
    summary = write_region(
        base / "inbox",
        "xinjiang-2020",
        SCALE,
        11,
        workers=1,
        faults="heavy",
        with_records=False,
    )
    done = nightly(base / "inbox", base / "home")
    assert done.returncode == 0, done.stdout + done.stderr
    con = duckdb.connect()
    con.execute(f"attach '{base}/home/releases/current/jixiao.duckdb' as release (read_only)")
    con.execute("use release.marts")
    for path in Path(summary.truth_dir).glob("*.parquet"):
        con.execute(f"create view memory.main.truth_{path.stem} as from read_parquet('{path}')")
    yield con, base
    con.close()


def differences(con, found: str, expected: str) -> tuple[int, list[tuple]]:
    """Rows in one and not in the other, both ways, and how many were compared."""
    compared = con.execute(f"select count(*) from ({expected})").fetchall()[0][0]
    rows = con.execute(
        f"""
        (select 'found' as side, * from ({found} except all {expected}) limit 10)
        union all
        (select 'expected' as side, * from ({expected} except all {found}) limit 10)
        """
    ).fetchall()
    return compared, rows


def test_coverage_of_every_bureau_and_fund_type(region):
    con, _ = region
    columns = (
        "fiscal_year, stage, round_no, bureau_code, fund_type,"
        " due_project_count::bigint as due, done_project_count::bigint as done,"
        " due_amount_cny::decimal(20, 2) as due_cny, done_amount_cny::decimal(20, 2) as done_cny"
    )
    compared, rows = differences(
        con,
        f"select {columns} from mart_stage_coverage where scope = 'own' and due_project_count > 0"
        " and (fiscal_year, stage) in"
        " (select (fiscal_year, stage) from memory.main.truth_coverage)",
        f"select {columns} from memory.main.truth_coverage where due_project_count > 0",
    )
    assert compared > 111
    assert rows == []


def test_tiers_add_up(region):
    con, _ = region
    rows = con.execute(
        """
        select fiscal_year, stage, round_no
        from mart_stage_coverage where fund_type = 'all'
        group by all
        having sum(due_project_count) filter (where scope = 'own')
            <> sum(due_project_count) filter (
                where scope = 'with_subordinates' and tier = 'region')
        """
    ).fetchall()
    assert rows == []


def test_every_verdict_of_monitoring(region):
    con, _ = region
    columns = (
        "bureau_code, project_code, round_no, verdict, is_warned,"
        " replace(coalesce(triggers, ''), '|', ',') as triggers,"
        " round(execution_rate, 6)::double as execution_rate,"
        " round(goal_completion_rate, 6)::double as completion, round(gap, 6)::double as gap"
    )
    compared, rows = differences(
        con,
        f"select {columns} from mart_deviation_flag",
        f"select {columns} from memory.main.truth_monitoring",
    )
    assert compared > 200
    assert rows == []


def test_missing_projects(region):
    con, _ = region
    columns = "bureau_code, project_code, stage, round_no"
    compared, rows = differences(
        con,
        f"select {columns} from mart_missing_project where (fiscal_year, stage) in"
        " (select (fiscal_year, stage) from memory.main.truth_coverage)",
        f"select {columns} from memory.main.truth_missing_project",
    )
    assert compared > 0
    assert rows == []


def test_declared_scores(region):
    con, _ = region
    columns = "bureau_code, project_code, declared_score::double as score, is_below_80"
    compared, rows = differences(
        con,
        f"select {columns} from mart_self_evaluation",
        f"select {columns} from memory.main.truth_self_evaluation",
    )
    assert compared > 100
    assert rows == []


def test_rows_in_are_rows_out(region):
    _, base = region
    with duckdb.connect(str(base / "home/warehouse.duckdb"), read_only=True) as con:
        torn = con.execute(
            """
            select filing_id from ops.filing
            where source_row_count <> loaded_row_count + set_aside_row_count + title_row_count
                + header_row_count + total_row_count + note_row_count + blank_row_count
            """
        ).fetchall()
        fates = con.execute("select count(*), count(distinct status) from ops.receipt").fetchall()
    assert torn == []
    assert fates[0][0] > 500 and fates[0][1] == 2


def test_every_refused_file_is_explained(region):
    con, base = region
    with duckdb.connect(str(base / "home/warehouse.duckdb"), read_only=True) as warehouse:
        refused = {
            row[0]
            for row in warehouse.execute(
                "select source_file from ops.receipt where status = 'quarantined'"
            ).fetchall()
        }
    explained = {
        row[0]
        for row in con.execute(
            "select _source_file from release.quality.fct_finding where severity = 'error'"
        ).fetchall()
    }
    assert refused and refused <= explained


def manifest(home: Path) -> dict:
    return json.loads((home / "releases/current/manifest.json").read_text(encoding="utf-8"))


def test_warehouse_can_be_deleted_and_rebuilt_to_the_same_tables(region):
    """The second build starts from landing alone and must give the same table hashes."""
    _, base = region
    before = manifest(base / "home")
    rebuilt = base / "rebuilt"
    shutil.copytree(base / "home/landing", rebuilt / "landing")
    done = nightly(base / "inbox", rebuilt)
    assert done.returncode == 0, done.stdout + done.stderr
    after = manifest(rebuilt)
    assert after["tables"] == before["tables"]
    assert date.fromisoformat(after["as_of"]) == date(2021, 3, 1)


def test_lists_are_readable_workbooks_without_formulas(region):
    import openpyxl

    _, base = region
    books = sorted((base / "home/releases/current/lists").glob("*.xlsx"))
    assert books
    for path in books:
        for sheet in openpyxl.load_workbook(path):
            assert not [
                cell.coordinate
                for row in sheet.iter_rows(max_row=50)
                for cell in row
                if cell.data_type == "f"
            ]


TOTALS = {
    # workbook: the 合计 column, and the same over the region and over the prefectures' sheets
    "全覆盖统计表.xlsx": ("已报金额", """
        select sum(done_amount_cny) from marts.mart_stage_coverage
        where scope = 'own' and fund_type = 'all'
    """),
    "漏报清单.xlsx": ("金额", "select sum(amount_cny) from marts.mart_missing_project"),
    "预警清单.xlsx": ("执行数", """
        select sum(executed_cny) from marts.mart_deviation_flag where is_warned
    """),
    "连续两次预警清单.xlsx": ("预算数", """
        select sum(second_budget_cny) from marts.mart_consecutive_warning
    """),
}


@pytest.mark.parametrize("name", TOTALS)
def test_totals_of_lists_are_those_of_the_release(region, name):
    _, base = region
    heading, sql = TOTALS[name]
    release = base / "home/releases/current"
    with duckdb.connect(str(release / "jixiao.duckdb"), read_only=True) as con:
        wanted = float(con.execute(sql).fetchall()[0][0] or 0) / 10_000
    assert list_totals(release / "lists" / name, heading) == pytest.approx((wanted, wanted))


def list_totals(path: Path, heading: str) -> tuple[float, float]:
    """Sum of a column's totals over the sheets of the region and over those of prefectures."""
    import openpyxl

    region = families = 0.0
    for sheet in openpyxl.load_workbook(path):
        headings = [cell.value for cell in sheet[3]]
        total = sum(
            row[headings.index(heading)] or 0
            for row in sheet.iter_rows(min_row=4, values_only=True)
            if row[0] == "合计" or str(row[0]).endswith("小计")
        )
        if headings[0] == "年度和环节":
            families += total
        else:
            region += total
    return region, families


def test_query_prints_what_the_release_holds(region):
    import subprocess
    import sys

    _, base = region
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("jixiao")),
            "query",
            "--home",
            str(base / "home"),
            "--csv",
            "select tier, count(*) as n from marts.dim_bureau"
            " where valid_from <= '2020-06-30' and coalesce(valid_to, '9999-12-31') > '2020-06-30'"
            " group by tier order by n",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert list(csv.reader(done.stdout.splitlines()))[1:] == [
        ["region", "1"],
        ["prefecture", "14"],
        ["county", "96"],
    ]


ANALYSES = list_analyses()


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_analyses_run_on_the_release_and_stand_in_it(region, analysis):
    con, base = region
    tables = {
        table: f"release.{schema}" for schema, table in list_tables(con, SCHEMAS, "release")
    }
    assert con.execute(compile_sql(analysis, tables)).description
    folder = base / "home" / "releases" / "current" / "analyses"
    assert (folder / f"{analysis.name}.sql").is_file()
