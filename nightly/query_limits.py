"""What a query may not be, and when it has taken enough."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from nightly.errors import EXIT_USAGE, StopError
from nightly.settings import memory_limit, number_setting

SECONDS_VARIABLE = "JIXIAO_QUERY_SECONDS"
DEFAULT_SECONDS = 300
READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
TELLS_OF_THE_MACHINE = re.compile(
    r"(duckdb_(databases|settings|extensions|secrets|logs|log_contexts|temporary_files"
    r"|external_file_cache)|database_list|pg_settings|current_setting|which_secret"
    r"|json_execute_serialized_sql)",
    re.IGNORECASE,
)
# text that is run as SQL could spell any of them in parts
RUNS_TEXT = re.compile(
    r"\bquery(_table)?\b\"?(\s|/\*.*?\*/|--[^\n]*\n)*\(|u&\"", re.IGNORECASE | re.DOTALL
)
SMALLER = "加上条件、先汇总或少取几列；联表时写明连接条件"


def check_statements(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuse statements that do anything but read the release.

    Args:
        con: a release, open.
        sql: one or more statements.

    Raises:
        StopError: one of them does, or asks where on the machine things are.
        duckdb.Error: it cannot be parsed.
    """
    for statement in con.extract_statements(sql):
        # PIVOT is taken apart into statements of DuckDB's own, which have no text
        if statement.type not in READING and statement.query.strip():
            raise StopError(
                f"查询不能执行：这里只能查询，不能执行 {statement.type.name} 语句。",
                "写一句 select；要把结果写成文件，用 --out。",
                EXIT_USAGE,
            )
    if found := TELLS_OF_THE_MACHINE.search(sql) or RUNS_TEXT.search(sql):
        name = found[0].split("(")[0].strip()
        raise StopError(
            f"查询不能执行：不能使用 {name}，它涉及服务器本身而不是发布的内容。",
            "有哪些表和字段：jixiao query --tables、--columns 表名。",
            EXIT_USAGE,
        )


@contextmanager
def stopped_after(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Interrupt a query that runs too long, and say in a sentence what it took too much of.

    Args:
        con: the connection it runs on.

    Yields:
        Nothing; run and fetch inside.

    Raises:
        StopError: it took longer than `JIXIAO_QUERY_SECONDS` or more memory than there is.
    """
    seconds = number_setting(SECONDS_VARIABLE, DEFAULT_SECONDS, least=1)
    timer = threading.Timer(seconds, con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        raise StopError(
            f"查询不能执行：{seconds} 秒没有结束，已停下。",
            f"{SMALLER}；确实需要更久的，用环境变量 {SECONDS_VARIABLE} 放宽（秒）。",
            EXIT_USAGE,
        ) from None
    except duckdb.OutOfMemoryException:
        raise StopError(
            f"查询不能执行：内存超过了 {memory_limit()}，已停下。",
            f"{SMALLER}；机器有余的，用环境变量 JIXIAO_MEMORY 放宽。",
            EXIT_USAGE,
        ) from None
    finally:
        timer.cancel()
