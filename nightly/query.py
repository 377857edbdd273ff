"""Questions to the live release: read-only, off the disk, and nothing that starts a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from nightly.errors import EXIT_USAGE, StopError
from nightly.formula_text import FORMULA_STARTS
from nightly.query_limits import check_statements, stopped_after
from nightly.release import SCHEMAS
from nightly.release_words import explain, headings_zh, read_words
from nightly.settings import memory_limit, thread_count
from nightly.tables import list_tables

DEFAULT_ROWS = 200
MOST_SHOWN_ROWS = 100_000
"""Rows that the screen gets at most; a file has no such end."""
MONEY_PLACES = 2
HOW_TO_ASK = "例如 jixiao query \"select * from mart_stage_coverage\"；或 jixiao query --list。"


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

    Tables may be named without their schema.

    Args:
        database: the release's DuckDB file.

    Returns:
        A read-only connection without external access whose settings cannot be changed.
    """
    con = duckdb.connect(
        str(database.resolve()),
        read_only=True,
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_access": False,
            "threads": thread_count(),
            "memory_limit": memory_limit(),
            # it would spill beside the release
            "temp_directory": "",
            "allow_persistent_secrets": False,
        },
    )
    # a second connection of this process shares what the first one has locked
    if not con.execute("select current_setting('lock_configuration')").fetchall()[0][0]:
        # without it the release's own file could be read as bytes and attached again
        con.execute("set disabled_filesystems = 'LocalFileSystem'")
        con.execute("set lock_configuration = true")
    present = {schema for schema, _ in list_tables(con, SCHEMAS)}
    if present:
        con.execute(f"set search_path = '{','.join(s for s in SCHEMAS if s in present)}'")
    return con


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
        check_statements(con, sql)
        with stopped_after(con):
            result = con.execute(sql)
            if result is None or result.description is None:
                raise StopError("没有写要查询什么。", HOW_TO_ASK, EXIT_USAGE)
            yield result
    except duckdb.Error as error:
        words, next_step = explain(error, read_words(con), sql)
        raise StopError(f"查询不能执行：{words}", next_step, EXIT_USAGE) from error
    finally:
        con.close()


def headings(database: Path, sql: str, columns: Sequence[str]) -> list[str]:
    """Headings that a person reads: the Chinese name above the column's own.

    Args:
        database: the release's DuckDB file.
        sql: the query.
        columns: names of the result's columns.

    Returns:
        A heading per column; of a column that the query made up, its name alone.
    """
    con = open_locked(database)
    try:
        chinese = headings_zh(read_words(con), sql, columns)
    finally:
        con.close()
    return [
        f"{name_zh}\n{column}" if name_zh else column
        for name_zh, column in zip(chinese, columns, strict=True)
    ]


def ask(database: Path, sql: str, limit: int | None = DEFAULT_ROWS) -> Answer:
    """Run a query on a release.

    Args:
        database: the release's DuckDB file.
        sql: one or more statements; the last one answers.
        limit: most rows to return, None for all that a screen can take.

    Returns:
        The answer.

    Raises:
        StopError: the query cannot be run.
    """
    with run(database, sql) as result:
        columns = [item[0] for item in result.description or []]
        most = min(limit or MOST_SHOWN_ROWS, MOST_SHOWN_ROWS)
        rows = result.fetchmany(most + 1)
    return Answer(columns, rows[:most], len(rows) > most)


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


def shown_text(value: object) -> str:
    """Text of a value on the screen.

    Args:
        value: a cell.

    Returns:
        As `plain_text`, with 是 and 否 for a judgement; rates lose the zeros of their type's scale.
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    text = plain_text(value)
    if isinstance(value, Decimal) and len(text.partition(".")[2]) > MONEY_PLACES:
        return text.rstrip("0").rstrip(".")
    return text


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


def to_table(answer: Answer, console: Console, heads: Sequence[str] | None = None) -> None:
    """Show the answer as a table.

    Args:
        answer: of a query.
        console: where to show it.
        heads: headings, by default the columns' names.
    """
    table = Table(*(heads or answer.columns), show_lines=False)
    for row in answer.rows:
        table.add_row(*(shown_text(value) for value in row))
    console.print(table, markup=False)
    if not answer.rows:
        console.print("没有符合条件的行。")
    if answer.is_cut:
        is_full = len(answer.rows) >= MOST_SHOWN_ROWS
        rest = "其余用 --out 写成文件" if is_full else "用 --limit 0 显示全部"
        console.print(f"只显示前 {len(answer.rows)} 行；{rest}。")
