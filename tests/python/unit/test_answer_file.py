"""Files of answers hold every digit, start no formula and appear only when they are whole."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow.parquet
import pytest
from release_sample import make_warehouse

from nightly.answer_file import FORMATS, format_of, is_exact, write_answer
from nightly.errors import StopError

ODD = """
select
    '=cmd|calc' as "=head", 1234567890123.45::decimal(20, 2) as money_cny,
    0.1234567891::decimal(18, 10) as share, 123456789012345678::bigint as long_number,
    99999999999999999.99::decimal(20, 2) as long_cny, date '2021-03-01' as day,
    timestamp '2021-03-01 12:30:00' as at, true as is_it, null as nothing,
    '007' as code, ['=1', 'b'] as list, '<r>x</r>' as markup, -5 as minus,
    sum(1.10::decimal(20, 2)) as total
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("answer") / "jixiao.duckdb"
    make_warehouse(path, rows=12_000)
    return path


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


def test_csv_is_exact_and_safe(database, tmp_path):
    path = tmp_path / "a.csv"
    assert write_answer(database, ODD, path, "csv") == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    heading, row = read_csv(path)
    assert heading[0] == "'=head"
    assert row == [
        "'=cmd|calc", "1234567890123.45", "0.1234567891", "123456789012345678",
        "99999999999999999.99", "2021-03-01", "2021-03-01 12:30:00", "True", "", "007",
        "['=1', 'b']", "<r>x</r>", "-5", "1.10",
    ]


def test_xlsx_is_exact_and_safe(database, tmp_path):
    path = tmp_path / "a.xlsx"
    assert write_answer(database, ODD, path, "xlsx", notes=[("SQL", "=select 1")]) == 1
    book = openpyxl.load_workbook(path)
    heading, row = book["结果"].iter_rows()
    assert heading[0].value == "=head" and heading[0].data_type == "s"
    assert [cell.value for cell in row] == [
        "=cmd|calc", 1234567890123.45, 0.1234567891, "123456789012345678",
        "99999999999999999.99", datetime(2021, 3, 1), datetime(2021, 3, 1, 12, 30), True, None,
        "007", "['=1', 'b']", "<r>x</r> ", -5, 1.1,
    ]
    assert row[0].data_type == "s" and row[0].quotePrefix
    assert row[1].number_format == "0.00"
    assert book["说明"]["B1"].value == "=select 1" and book["说明"]["B1"].data_type == "s"


def test_parquet_keeps_the_types(database, tmp_path):
    path = tmp_path / "a.parquet"
    assert write_answer(database, ODD, path, "parquet") == 1
    table = pyarrow.parquet.read_table(path)
    assert str(table.schema.field("money_cny").type) == "decimal128(20, 2)"
    (row,) = table.to_pylist()
    assert row["long_cny"] == Decimal("99999999999999999.99")
    assert row["day"] == date(2021, 3, 1) and row["total"] == Decimal("1.10")


@pytest.mark.parametrize("file_format", FORMATS)
def test_all_rows_or_as_many_as_asked_for(database, tmp_path, file_format):
    sql = "select project_code from marts.fct_project order by project_code::integer"
    path = tmp_path / f"b.{file_format}"
    assert write_answer(database, sql, path, file_format) == 12_000
    assert write_answer(database, sql, path, file_format, limit=7_000) == 7_000
    assert write_answer(database, sql, path, file_format, limit=3) == 3
    if file_format == "csv":
        assert read_csv(path)[1:] == [["0"], ["1"], ["2"]]
    if file_format == "parquet":
        assert pyarrow.parquet.read_table(path).num_rows == 3


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "select cast(project_name as integer) from marts.fct_project",
    ],
)
def test_what_fails_leaves_nothing(database, tmp_path, file_format, sql):
    path = tmp_path / f"c.{file_format}"
    with pytest.raises(StopError, match="查询不能执行"):
        write_answer(database, sql, path, file_format)
    assert not list(tmp_path.iterdir())


def test_no_answer_is_a_file_with_headings(database, tmp_path):
    sql = "select project_code from marts.fct_project where false"
    for file_format in FORMATS:
        assert write_answer(database, sql, tmp_path / "d", file_format) == 0
    path = tmp_path / "d.csv"
    write_answer(database, sql, path, "csv")
    assert read_csv(path) == [["project_code"]]


def test_what_parquet_cannot_hold_is_said(database, tmp_path):
    with pytest.raises(StopError, match="Parquet 不能保存"):
        write_answer(database, "select interval 1 day as i", tmp_path / "e.parquet", "parquet")
    assert not list(tmp_path.iterdir())


def test_long_text_is_cut_and_says_so(database, tmp_path):
    path = tmp_path / "f.xlsx"
    write_answer(database, "select repeat('长', 40000) as t", path, "xlsx")
    text = openpyxl.load_workbook(path)["结果"]["A2"].value
    assert text.endswith("已截断）") and len(text) == 32_000


def test_a_folder_that_is_not_there(database, tmp_path):
    with pytest.raises(StopError, match="没有这个目录"):
        write_answer(database, "select 1", tmp_path / "no" / "a.csv", "csv")


def test_formats_by_name(tmp_path):
    assert format_of(tmp_path / "x.XLSX") == "xlsx"
    with pytest.raises(StopError, match="看不出"):
        format_of(tmp_path / "x.doc")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("1234567890123.45"), True),
        (Decimal("12345678901234.567"), False),
        (Decimal("0E-10"), True),
        (123456789012345, True),
        (1234567890123456, False),
        (10**17, False),
        (Decimal("NaN"), False),
    ],
)
def test_fifteen_digits(value, kept):
    assert is_exact(value) is kept
