"""What a release says of its own tables and columns, in Chinese, and what it says of a wrong name.

The words are the comments in the release's file, so they fit the release whatever the code is.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from nightly.errors import EXIT_USAGE, StopError
from nightly.glossary import Meaning, table_name_zh
from nightly.release import SCHEMAS
from nightly.tables import columns_of, list_tables

NEAR = 3
PART = "其中"  # opens the description of a column that is part of the one before it
LOST_TABLE = re.compile(r'Table with name "?([^\s"]+)"? does not exist')
LOST_COLUMN = re.compile(
    r'Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"'
)
WHICH_TABLES = "列出全部表：jixiao query --tables；按词找：jixiao query --tables 预警。"
WORD = re.compile(r"\w+")
SENTENCE_END = re.compile(r"[：，；。]")


@dataclass(frozen=True)
class TableWords:
    """A published table in words.

    Attributes:
        name: with its schema.
        name_zh: its Chinese name, '' if the release gives none.
        description: what a row is.
        columns: what each column means, by name, in order.
    """

    name: str
    name_zh: str
    description: str
    columns: Mapping[str, Meaning]


def read_words(con: duckdb.DuckDBPyConnection) -> dict[str, TableWords]:
    """Read the comments of a release.

    Args:
        con: a release, open.

    Returns:
        Words by table, named without schema.
    """
    comments = {
        (schema, table): comment or ""
        for schema, table, comment in con.execute(
            "select schema_name, table_name, comment from duckdb_tables()"
        ).fetchall()
    }
    found = {}
    for schema, table in list_tables(con, SCHEMAS):
        description = comments.get((schema, table), "")
        found[table] = TableWords(
            name=f"{schema}.{table}",
            name_zh=table_name_zh({"description": description}),
            description=" ".join(description.split()),
            columns={
                name: Meaning(table, words, kind)
                for name, kind, words in columns_of(con, schema, table)
            },
        )
    return found


def find_tables(words: Mapping[str, TableWords], part: str) -> list[TableWords]:
    """Tables that a word leads to.

    Args:
        words: of `read_words`.
        part: of the table's name, its Chinese name, or a column's name or Chinese description.

    Returns:
        Those named so first, then those that only have such a column.
    """
    named = [
        table for table in words.values()
        if part in table.name or part in table.name_zh or part in table.description
    ]
    holding = [
        table for table in words.values()
        if table not in named and any(
            part in column or part in meaning.description
            for column, meaning in table.columns.items()
        )
    ]
    return named + holding


def find_table(words: Mapping[str, TableWords], name: str) -> TableWords:
    """The table of a name, with or without schema.

    Args:
        words: of `read_words`.
        name: as asked for.

    Returns:
        The table.

    Raises:
        StopError: there is none.
    """
    short = name.rpartition(".")[2]
    if short in words:
        return words[short]
    raise StopError(lost_table(words, short), WHICH_TABLES, EXIT_USAGE)


def lost_table(words: Mapping[str, TableWords], name: str) -> str:
    """Say that there is no such table.

    Args:
        words: of `read_words`.
        name: as asked for.

    Returns:
        A sentence that names near ones.
    """
    near = [words[item] for item in difflib.get_close_matches(name, words, NEAR)]
    near = near or find_tables(words, name)[:NEAR]
    names = "、".join(f"{table.name}（{table.name_zh}）" for table in near)
    return f"发布中没有名为 {name} 的表{'；相近的有 ' + names if near else ''}。"


def tables_in(words: Mapping[str, TableWords], sql: str) -> list[TableWords]:
    """Published tables that a query names.

    Args:
        words: of `read_words`.
        sql: the query.

    Returns:
        Tables in the order of the release.
    """
    named = set(WORD.findall(sql))
    return [table for name, table in words.items() if name in named]


def headings_zh(
    words: Mapping[str, TableWords], sql: str, columns: Sequence[str]
) -> list[str]:
    """Chinese names of a result's columns.

    Args:
        words: of `read_words`.
        sql: the query.
        columns: names of the result's columns.

    Returns:
        For each, the name that the query's tables agree on, '' where there is none or they differ.
        Two columns that would have the same name keep what tells them apart, as in
        覆盖率（按金额）.
    """
    tables = tables_in(words, sql)
    found = []
    for column in columns:
        meanings = [table.columns[column] for table in tables if column in table.columns]
        names = {meaning.name_zh for meaning in meanings}
        found.append(meanings[0] if len(names) == 1 else None)
    counts = Counter(meaning.name_zh for meaning in found if meaning)
    return [
        "" if meaning is None
        else meaning.name_zh if counts[meaning.name_zh] == 1 and meaning.name_zh != PART
        else SENTENCE_END.split(meaning.description.removeprefix(f"{PART}："), maxsplit=1)[0]
        for meaning in found
    ]


def explain(
    error: duckdb.Error, words: Mapping[str, TableWords], sql: str
) -> tuple[str, str]:
    """Put DuckDB's error into a sentence and a next step.

    Args:
        error: what DuckDB says.
        words: of `read_words`.
        sql: the query.

    Returns:
        What is wrong; what to do.
    """
    text = str(error).strip()
    first = text.splitlines()[0] if text else type(error).__name__
    if lost := LOST_TABLE.search(text):
        return lost_table(words, lost[1].rpartition(".")[2]), WHICH_TABLES
    if lost := LOST_COLUMN.search(text):
        column = lost[1] or lost[2]
        tables = tables_in(words, sql)
        known = {
            name: meaning.name_zh for table in tables for name, meaning in table.columns.items()
        }
        near = difflib.get_close_matches(column, known, NEAR) or [
            name for name, name_zh in known.items() if column in name_zh
        ][:NEAR]
        names = "、".join(f"{name}（{known[name]}）" for name in near)
        table = tables[0].name if tables else "表名"
        return (
            f"所查的表中没有名为 {column} 的字段{'；相近的有 ' + names if near else ''}。",
            f"查看一张表有哪些字段：jixiao query --columns {table}。",
        )
    if isinstance(error, duckdb.ParserException):
        place = " ".join(text.splitlines()[1:]).split("^")[0].strip()
        return (
            f"SQL 写法有误：{first}{'（' + place + '）' if place else ''}",
            "现成的写法：jixiao query --list 列出全部分析，发布的 analyses/ 里是它们的 SQL。",
        )
    return (
        first,
        "发布只读，也不能访问其他文件；写出结果用 --out。"
        "有哪些表和字段：jixiao query --tables、--columns 表名。",
    )
