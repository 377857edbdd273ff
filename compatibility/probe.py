"""What one client sees of a release; run with the client's own Python, so it imports nothing else.

Usage: `python probe.py <route> <release folder> <folder to write>`. Writes `seen.json` and, of each
analysis, its rows as sorted lines of text, so that two clients can be compared line by line.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DATABASE_NAME = "jixiao.duckdb"
PROFILE_NAME = "open_readonly.sql"
SCHEMAS = ("marts", "quality")
LOCKED = {"enable_external_access": "false", "lock_configuration": "true"}
PACKAGES = {
    "duckdb": ("duckdb",),
    "sqlalchemy": ("duckdb", "SQLAlchemy", "duckdb-engine", "duckdb-sqlalchemy"),
}
FLOAT_DIGITS = 12  # sums of doubles differ in the last digits from one version to the next
TABLE_COMMENTS = """
    select schema_name || '.' || table_name, comment from duckdb_tables()
    where database_name = current_database() and comment is not null
"""
COLUMN_COMMENTS = """
    select schema_name || '.' || table_name || '.' || column_name, comment from duckdb_columns()
    where database_name = current_database() and comment is not null
"""
COLUMNS = """
    select table_schema || '.' || table_name, column_name from information_schema.columns
    where table_catalog = current_database() and table_schema in ('marts', 'quality')
    order by table_schema, table_name, ordinal_position
"""
Ask = Callable[[str], tuple[list[str], list[tuple]]]
Session = tuple[Callable[[str], object], Callable[[], None]]


def cell_text(value: object) -> str:
    """A value as text that does not depend on the client.

    Args:
        value: as the client returns it.

    Returns:
        Text; numbers without trailing zeros.
    """
    if value is None:
        return "∅"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        value = Decimal(f"{value:.{FLOAT_DIGITS}g}")
    if isinstance(value, int | Decimal):
        return format(Decimal(value).normalize(), "f")
    return str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def row_lines(rows: Iterable[tuple]) -> list[str]:
    """Rows as sorted lines, because equal rows may stand in any order.

    Args:
        rows: of an answer.

    Returns:
        One line per row.
    """
    return sorted("\t".join(cell_text(value) for value in row) for row in rows)


def open_with_duckdb(release: Path) -> tuple[Ask, Callable[[], dict[str, list[str]]]]:
    """Open by the release's own locked profile, as a notebook or the command line does.

    Args:
        release: folder of the release.

    Returns:
        What asks, and what lists tables with their columns.
    """
    import duckdb

    con = duckdb.connect()
    for statement in (release / PROFILE_NAME).read_text(encoding="utf-8").split(";"):
        # 1.x takes an empty statement, a later one need not
        if any(line and not line.startswith("--") for line in statement.splitlines()):
            con.execute(statement)

    def ask(sql: str) -> tuple[list[str], list[tuple]]:
        answer = con.execute(sql)
        return [item[0] for item in answer.description], answer.fetchall()

    def list_columns() -> dict[str, list[str]]:
        return group_columns(ask(COLUMNS)[1])

    return ask, list_columns


def open_with_sqlalchemy(release: Path) -> tuple[Ask, Callable[[], dict[str, list[str]]]]:
    """Open by address and settings, as Superset does.

    Args:
        release: folder of the release.

    Returns:
        What asks, and what lists tables with their columns.
    """
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    engine = sqlalchemy.create_engine(
        f"duckdb:///{release / DATABASE_NAME}?access_mode=READ_ONLY",
        poolclass=NullPool, connect_args={"config": LOCKED},
    )

    def ask(sql: str) -> tuple[list[str], list[tuple]]:
        with engine.connect() as con:
            answer = con.exec_driver_sql(sql)
            return list(answer.keys()), [tuple(row) for row in answer.fetchall()]

    def list_columns() -> dict[str, list[str]]:
        inspector = sqlalchemy.inspect(engine)
        return {
            f"{schema}.{table}": [
                column["name"] for column in inspector.get_columns(table, schema=schema)
            ]
            for schema in SCHEMAS for table in inspector.get_table_names(schema=schema)
        }

    return ask, list_columns


def connector(route: str) -> Callable[[Path], Session]:
    """How a program opens a release file once more, beside what it has open.

    Args:
        route: `duckdb` or `sqlalchemy`.

    Returns:
        From a file, what asks it and what closes it.
    """
    if route == "duckdb":
        import duckdb

        def connect(path: Path) -> Session:
            con = duckdb.connect(str(path), read_only=True)
            return (lambda sql: con.execute(sql).fetchall()[0][0]), con.close

        return connect
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    def connect_engine(path: Path) -> Session:
        engine = sqlalchemy.create_engine(
            f"duckdb:///{path}?access_mode=READ_ONLY", poolclass=NullPool
        )
        con = engine.connect()
        return (lambda sql: con.exec_driver_sql(sql).fetchall()[0][0]), con.close

    return connect_engine


def see_switch(connect: Callable[[Path], Session], folder: Path) -> str:
    """Switch a symlink under an open connection, as the night does, and connect again.

    Args:
        connect: of `connector`.
        folder: where two small releases are made.

    Returns:
        `at_once` where a new connection sees the new release; `when_closed` where it does so only
        after the old one is closed; `never`.
    """
    import duckdb

    for name in ("one", "two"):
        (folder / name).mkdir()
        con = duckdb.connect(str(folder / name / DATABASE_NAME))
        con.execute(f"create table release as select '{name}' as name")
        con.close()
    current, question = folder / "current", "select name from release"
    current.symlink_to("one")
    ask_old, close_old = connect(current / DATABASE_NAME)
    ask_old(question)
    (folder / "next").symlink_to("two")
    os.replace(folder / "next", current)
    ask_new, close_new = connect(current / DATABASE_NAME)
    is_seen = ask_new(question) == "two"
    close_new()
    close_old()
    if is_seen:
        return "at_once"
    ask_last, close_last = connect(current / DATABASE_NAME)
    is_seen = ask_last(question) == "two"
    close_last()
    return "when_closed" if is_seen else "never"


def group_columns(rows: Iterable[tuple]) -> dict[str, list[str]]:
    """Columns by table.

    Args:
        rows: pairs of table and column, in column order.

    Returns:
        Names of columns by table.
    """
    grouped: dict[str, list[str]] = {}
    for table, column in rows:
        grouped.setdefault(table, []).append(column)
    return grouped


def first_line(error: Exception) -> str:
    """What an error says, short.

    Args:
        error: what was raised.

    Returns:
        Its first line, or its kind.
    """
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def forbidden(release: Path, folder: Path) -> dict[str, str]:
    """Statements that a locked connection must refuse.

    Args:
        release: folder of the release.
        folder: where the probe writes.

    Returns:
        Statement by what it would do.
    """
    return {
        "read_file": f"select * from read_csv('{release / PROFILE_NAME}')",
        "write_file": f"copy (select 1) to '{folder / 'escaped.csv'}'",
        "unlock": "set threads = 1",  # a setting that any unlocked connection may change
        "write_table": "create table marts.written_by_probe (i integer)",
    }


def is_refused(ask: Ask, sql: str) -> bool:
    """Whether the connection refuses a statement.

    Args:
        ask: of the client.
        sql: the statement.

    Returns:
        True if it fails.
    """
    try:
        ask(sql)
    except Exception:  # each client has errors of its own
        return True
    return False


def run_analyses(ask: Ask, release: Path, folder: Path) -> dict[str, dict[str, object]]:
    """Run every analysis of the release and write its rows.

    Args:
        ask: of the client.
        release: folder of the release.
        folder: where to write.

    Returns:
        Columns and number of rows by analysis, or why it failed.
    """
    found: dict[str, dict[str, object]] = {}
    for path in sorted((release / "analyses").glob("*.sql")):
        try:
            columns, rows = ask(path.read_text(encoding="utf-8"))
        except Exception as error:
            found[path.stem] = {"error": first_line(error)}
            continue
        found[path.stem] = {"columns": columns, "rows": len(rows)}
        lines = "\n".join(row_lines(rows))
        (folder / f"{path.stem}.txt").write_text(lines, encoding="utf-8")
    return found


def versions(route: str) -> dict[str, str]:
    """Versions of the packages that make up the client.

    Args:
        route: `duckdb` or `sqlalchemy`.

    Returns:
        Version by package, of those installed.
    """
    found = {}
    for package in PACKAGES[route]:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def look(route: str, release: Path, folder: Path) -> dict[str, object]:
    """See a release by one route.

    Args:
        route: `duckdb` or `sqlalchemy`.
        release: folder of the release.
        folder: where rows are written.

    Returns:
        What was seen.
    """
    seen: dict[str, object] = {"versions": versions(route)}
    try:
        opener = open_with_sqlalchemy if route == "sqlalchemy" else open_with_duckdb
        ask, list_columns = opener(release)
        seen["refused"] = {
            name: is_refused(ask, sql) for name, sql in forbidden(release, folder).items()
        }
        seen["columns"] = list_columns()
        seen["comments"] = {
            str(name): str(words)
            for sql in (TABLE_COMMENTS, COLUMN_COMMENTS) for name, words in ask(sql)[1]
        }
        seen["analyses"] = run_analyses(ask, release, folder)
        seen["switch"] = see_switch(connector(route), folder)
    except Exception as error:
        seen["error"] = first_line(error)
    return seen


def main() -> None:
    """Look, and write what was seen."""
    route, release, folder = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    os.chdir(release)  # the profile names the database without a path
    seen = look(route, release, folder)
    (folder / "seen.json").write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
