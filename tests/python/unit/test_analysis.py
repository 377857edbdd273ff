"""Analyses say what they ask, run on what is to be released, and hold it when one does not."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml
from release_sample import make_warehouse

from nightly.analysis import (
    UnknownTableError,
    compile_sql,
    find_analysis,
    judge_analyses,
    list_analyses,
    parse_analysis,
    write_analyses,
)
from nightly.errors import EXIT_KEPT_YESTERDAY, StopError

ROOT = Path(__file__).resolve().parents[3]
ANALYSES = list_analyses()
SCHEMAS = {
    path.stem: path.relative_to(ROOT / "models").parts[0]
    for folder in ("marts", "quality")
    for path in (ROOT / "models" / folder).rglob("*.sql")
}
GOOD = parse_analysis(
    "good",
    "-- 问：有多少项目？\n-- 读法：一行，\n-- 一个数。\n-- 注意：没有。\n"
    "select count(*) as n from {{ ref('fct_project') }}\n",
)


def broken(sql):
    return parse_analysis("bad_one", sql)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("analysis") / "warehouse.duckdb"
    make_warehouse(path, rows=20)
    return path


def test_the_comment_is_taken_apart():
    assert (GOOD.question, GOOD.reading, GOOD.traps) == ("有多少项目？", "一行，一个数。", "没有。")


def test_there_are_enough_questions():
    assert len(ANALYSES) >= 18


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_says_what_it_asks_how_to_read_it_and_its_traps(analysis):
    assert analysis.question.endswith("？")
    assert analysis.reading.endswith("。") and analysis.traps.endswith("。")


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_reads_published_columns_and_answers_in_order(analysis):
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute("create schema quality")
    for table in set(re.findall(r"ref\('(\w+)'\)", analysis.template)):
        (path,) = (ROOT / "models").rglob(f"{table}.yml")
        (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        columns = ", ".join(f'"{item["name"]}" {item["data_type"]}' for item in model["columns"])
        con.execute(f"create table {SCHEMAS[table]}.{table} ({columns})")
    assert con.execute(compile_sql(analysis, SCHEMAS)).fetchall() == []
    assert re.search(r"\norder by [^\n]+\n(limit \d+\n)?$", analysis.template)
    assert not re.search(r"current_date|\bnow\(", analysis.template)
    # a jurisdiction has tiers of its own, and every year must find its answer
    code = re.sub(r"--[^\n]*", "", analysis.template)
    assert not re.search(r"'(region|province|prefecture|city|county)'(?!,|\])|\b20\d\d\b", code)


def test_names_are_found_or_the_nearest_are_told():
    assert find_analysis("good", [GOOD]) is GOOD
    with pytest.raises(StopError, match="相近的有 good"):
        find_analysis("goood", [GOOD])


def test_what_runs_may_be_released(database):
    assert judge_analyses(database, [GOOD, GOOD]) == 2


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select gone from {{ ref('fct_project') }}", "gone"),
        ("select 1 from {{ ref('mart_gone') }}", "所用的表 mart_gone 不在发布中"),
        ("select 1 from {{ ref('secret') }}", "所用的表 secret 不在发布中"),
        ("select cast(project_name as integer) from {{ ref('fct_project') }} order by 1", "名称"),
        ("selekt 1", "selekt"),
        ("select {{ var('as_of') }}", "var"),
        ("select {{ ref('fct_project') ", "end of"),
        ("drop table {{ ref('fct_project') }}", "read-only"),
    ],
)
def test_one_that_breaks_holds_the_release(database, sql, reason):
    with pytest.raises(StopError) as stop:
        judge_analyses(database, [GOOD, broken(sql)])
    assert stop.value.exit_code == EXIT_KEPT_YESTERDAY
    assert "有 1 个分析不能在这一结果上执行，沿用上一发布" in stop.value.message
    assert "分析 bad_one：" in stop.value.message and reason in stop.value.message


def test_written_as_sql_for_any_client(database, tmp_path):
    (path,) = write_analyses(database, tmp_path / "analyses", [GOOD])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- 问：有多少项目？") and "marts.fct_project" in text
    con = duckdb.connect(str(database), read_only=True)
    assert con.execute(text).fetchall() == [(20,)]
    con.close()


def test_only_published_tables_are_known():
    with pytest.raises(UnknownTableError):
        compile_sql(GOOD, {})
