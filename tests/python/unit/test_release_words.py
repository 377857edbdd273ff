"""A release tells its tables and columns in Chinese, and what is near to a wrong name."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import openpyxl
import pytest
from rich.console import Console

from nightly.answer_file import write_answer
from nightly.command import main
from nightly.errors import EXIT_OK, EXIT_USAGE, StopError
from nightly.query import Answer, ask, open_locked, shown_text, to_table
from nightly.release_words import find_tables, headings_zh, read_words


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("words") / "jixiao.duckdb"
    con = duckdb.connect(str(path))
    con.execute("create schema marts")
    con.execute("create schema quality")
    con.execute(
        "create table marts.mart_coverage as select 0.9 as coverage_rate,"
        " 0.5 as amount_coverage_rate, 2020 as work_year, 'x' as verdict,"
        " 1 as late_count"
    )
    con.execute("create table quality.fct_finding as select 'y' as verdict, 2020 as work_year")
    for what, words in (
        ("table marts.mart_coverage", "One row per bureau (全覆盖统计)."),
        ("column marts.mart_coverage.coverage_rate", "覆盖率（按项目数）"),
        ("column marts.mart_coverage.amount_coverage_rate", "覆盖率（按金额），无分母为空"),
        ("column marts.mart_coverage.work_year", "工作年度（自评在次年）"),
        ("column marts.mart_coverage.verdict", "结论：pass 通过"),
        ("column marts.mart_coverage.late_count", "其中：迟报份数，不含延期"),
        ("table quality.fct_finding", "One row per finding (问题)."),
        ("column quality.fct_finding.verdict", "判断"),
        ("column quality.fct_finding.work_year", "工作年度"),
    ):
        con.execute(f"comment on {what} is '{words}'")
    con.close()
    return path


@pytest.fixture(scope="module")
def words(database):
    con = open_locked(database)
    yield read_words(con)
    con.close()


def test_headings_are_those_of_the_tables_asked(words):
    columns = ["work_year", "coverage_rate", "verdict", "n"]
    assert headings_zh(words, "select * from mart_coverage", columns) == [
        "工作年度", "覆盖率", "结论", "",
    ]
    both = "select * from mart_coverage, quality.fct_finding"
    assert headings_zh(words, both, columns) == ["工作年度", "覆盖率", "", ""]


def test_two_columns_of_one_name_are_told_apart(words):
    columns = ["coverage_rate", "amount_coverage_rate"]
    assert headings_zh(words, "from mart_coverage", columns) == [
        "覆盖率（按项目数）", "覆盖率（按金额）",
    ]


def test_a_part_is_named_by_what_it_counts(words):
    assert headings_zh(words, "from mart_coverage", ["late_count"]) == ["迟报份数"]


def test_the_screen_shows_judgements_and_brackets_as_they_are(capsys):
    to_table(Answer(["a[b]"], [(True,), (False,), ("[red]",)], False), Console(width=80))
    shown = capsys.readouterr().out
    assert "是" in shown and "否" in shown and "a[b]" in shown and "[red]" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.0000000000"), "1"), (Decimal("0.8541000000"), "0.8541"),
        (Decimal("100.0000"), "100"), (Decimal("53435000.00"), "53435000.00"),
        (Decimal("0E-10"), "0"), (Decimal("100"), "100"), (None, ""), ("1.1000", "1.1000"),
    ],
)
def test_the_screen_leaves_out_zeros_of_rates_only(value, shown):
    assert shown_text(value) == shown


def test_an_empty_answer_is_said_to_be_empty(capsys):
    to_table(Answer(["a"], [], False), Console(width=80))
    assert "没有符合条件的行" in capsys.readouterr().out


def test_tables_are_found_by_name_then_by_column(words):
    assert [table.name for table in find_tables(words, "覆盖")] == ["marts.mart_coverage"]
    assert [table.name for table in find_tables(words, "判断")] == ["quality.fct_finding"]
    assert [table.name for table in find_tables(words, "finding")] == ["quality.fct_finding"]
    assert len(find_tables(words, "")) == 2


def test_a_table_needs_no_schema(database):
    assert ask(database, "select verdict from mart_coverage").rows == [("x",)]
    assert ask(database, "select verdict from fct_finding").rows == [("y",)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from marts.mart_coverag", "没有名为 mart_coverag 的表；相近的有 mart_coverage"),
        ("select * from 问题", "没有名为 问题 的表；相近的有 fct_finding（问题）"),
        ("select work_yaer from mart_coverage", "没有名为 work_yaer 的字段；相近的有 work_year"),
        ("select c.覆盖率 from mart_coverage as c", "没有名为 覆盖率 的字段；相近的有 coverage"),
        ("selekt 1", "SQL 写法有误"),
        ("", "没有写要查询什么"),
        ("-- 只有注释", "没有写要查询什么"),
    ],
)
def test_errors_say_what_is_near(database, sql, said):
    with pytest.raises(StopError) as stop:
        ask(database, sql)
    assert said in stop.value.message.replace("marts.", "").replace("quality.", "")
    assert stop.value.next_step and stop.value.exit_code == EXIT_USAGE


def test_a_workbook_has_chinese_headings(database, tmp_path):
    path = tmp_path / "a.xlsx"
    write_answer(database, "select coverage_rate, 1 as n from mart_coverage", path, "xlsx")
    (heading, _) = openpyxl.load_workbook(path)["结果"].iter_rows(values_only=True)
    assert heading == ("覆盖率\ncoverage_rate", "n")


def test_the_command_lists_tables_and_columns(database, tmp_path, capsys):
    release = tmp_path / "releases" / "20210301-001-abcdef01"
    release.mkdir(parents=True)
    (release / "jixiao.duckdb").write_bytes(database.read_bytes())
    (release / "manifest.json").write_text('{"as_of": "2021-03-01"}', encoding="utf-8")
    (tmp_path / "releases" / "current").symlink_to(release.name)
    # the folder may stand before the command or after it
    assert main(["--home", str(tmp_path), "query", "--tables", "覆盖"]) == EXIT_OK
    assert capsys.readouterr().out.startswith("marts.mart_coverage　全覆盖统计\n")
    assert main(["query", "--home", str(tmp_path), "--columns", "mart_coverage"]) == EXIT_OK
    assert "work_year　INTEGER　工作年度（自评在次年）" in capsys.readouterr().out
    assert main(["--home", str(tmp_path), "query", "--columns", "mart_cov"]) == EXIT_USAGE
    assert "相近的有 marts.mart_coverage" in capsys.readouterr().err
    assert main(["--home", str(tmp_path), "query", "--tables", "没有这个词"]) == EXIT_USAGE
