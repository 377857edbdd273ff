"""Questions to the live release: read-only, off the disk, and nothing that starts a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from nightly.errors import EXIT_USAGE, StopError
from nightly.settings import memory_limit, thread_count

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DEFAULT_ROWS = 200


@dataclass(frozen=True)
class Answer:
    """What a query returned.

    Attributes:
        columns: names in order.
        rows: values as Python objects.
        is_cut: whether more rows exist.
    """

    columns: list[str]
    rows: list[tuple[object, ...]]
    is_cut: bool


def open_locked(database: Path) -> duckdb.DuckDBPyConnection:
    """Open a release so that nothing but its own tables can be reached.

    Args:
        database: the release's DuckDB file.

    Returns:
        A read-only connection without external access whose settings cannot be changed.
    """
    return duckdb.connect(
        str(database.resolve()),
        read_only=True,
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_access": False,
            "threads": thread_count(),
            "memory_limit": memory_limit(),
            "lock_configuration": True,
        },
    )


@contextmanager
def run(database: Path, sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Run a query on a release and hand out its result while the release is open.

    Args:
        database: the release's DuckDB file.
        sql: one or more statements; the last one answers.

    Yields:
        The connection, its result not yet fetched.

    Raises:
        StopError: the query cannot be run, or fails while it is fetched.
    """
    con = open_locked(database)
    try:
        yield con.execute(sql)
    except duckdb.Error as error:
        first = str(error).strip().splitlines()[0]
        raise StopError(
            f"查询不能执行：{first}",
            "查看有哪些表：jixiao query \"select table_schema, table_name from"
            " information_schema.tables\"。发布只读，也不能访问其他文件。",
            EXIT_USAGE,
        ) from error
    finally:
        con.close()


def ask(database: Path, sql: str, limit: int | None = DEFAULT_ROWS) -> Answer:
    """Run a query on a release.

    Args:
        database: the release's DuckDB file.
        sql: one or more statements; the last one answers.
        limit: most rows to return, None for all.

    Returns:
        The answer.

    Raises:
        StopError: the query cannot be run.
    """
    with run(database, sql) as result:
        columns = [item[0] for item in result.description or []]
        rows = result.fetchall() if limit is None else result.fetchmany(limit + 1)
    is_cut = limit is not None and len(rows) > limit
    return Answer(columns, rows[:limit] if is_cut else rows, is_cut)


def plain_text(value: object) -> str:
    """Text of a value as a person writes it.

    Args:
        value: a cell.

    Returns:
        '' for null; decimals without an exponent.
    """
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def safe_text(value: object) -> str:
    """Text of a value that no spreadsheet takes for a formula.

    Args:
        value: a cell.

    Returns:
        '' for null; text that would start a formula gets an apostrophe in front; numbers stay.
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return plain_text(value)


def to_csv(answer: Answer) -> str:
    """The answer as csv with a byte-order mark, which Excel needs to read Chinese.

    Args:
        answer: of a query.

    Returns:
        Text with CRLF line ends.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([safe_text(name) for name in answer.columns])
    writer.writerows([safe_text(value) for value in row] for row in answer.rows)
    return "\ufeff" + buffer.getvalue()


def to_table(answer: Answer, console: Console) -> None:
    """Show the answer as a table.

    Args:
        answer: of a query.
        console: where to show it.
    """
    table = Table(*answer.columns, show_lines=False)
    for row in answer.rows:
        table.add_row(*(plain_text(value) for value in row))
    console.print(table, markup=False)
    if answer.is_cut:
        console.print(f"只显示前 {len(answer.rows)} 行；用 --limit 0 显示全部。")
