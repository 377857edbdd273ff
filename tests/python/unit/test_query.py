"""Queries cannot write, cannot leave the file, and their csv starts no formula."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from release_sample import make_warehouse

from nightly.errors import StopError
from nightly.query import ask, safe_text, to_csv


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("query") / "jixiao.duckdb"
    make_warehouse(path, rows=300)
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "copy (select 1) to '/tmp/should_not_be_written.csv'",
        "attach '/tmp/x.duckdb'",
        "set enable_external_access = true",
        "drop table marts.fct_project",
        "insert into quality.fct_finding values ('x', 1)",
        "selekt 1",
        "install httpfs",
    ],
)
def test_refused_with_a_sentence(database, sql):
    with pytest.raises(StopError, match="查询不能执行"):
        ask(database, sql)


def test_rows_are_cut_and_said_to_be(database):
    answer = ask(database, "select project_code from marts.fct_project order by 1", limit=10)
    assert len(answer.rows) == 10 and answer.is_cut
    assert len(ask(database, "from marts.fct_project", limit=None).rows) == 300


def test_csv_is_safe(database):
    text = to_csv(ask(database, "select '=1+1' as \"=a\", -5 as b, null as c, '＋x' as d"))
    assert text == "\ufeff'=a,b,c,d\r\n'=1+1,-5,,'＋x\r\n"


def test_numbers_and_dates_keep_their_sign():
    assert safe_text(Decimal("-1.50")) == "-1.50"
    assert safe_text(Decimal("0E-10")) == "0.0000000000"
    assert safe_text(date(2021, 3, 1)) == "2021-03-01"
    assert safe_text("-1.50") == "'-1.50"
