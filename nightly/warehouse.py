"""The working database: opened by the night alone, thrown away and read anew when in doubt.

`landing/` is the truth. A warehouse that is missing, cannot be opened, was not closed (its
write-ahead log is still there), was read by other code, or failed two nights in a row is removed
and rebuilt from landing. One that was judged by other rules is judged anew: whether it grew or was
rebuilt, it says the same.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from nightly.fingerprint import gate_hash, ingest_hash
from nightly.settings import Home, memory_limit, thread_count
from nightly.tables import quote

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 2
"""Nights that may fail on one warehouse before it is read anew: the fault may be in the file."""

INBOX_RULES = ("FILE-121", "FILE-122", "FILE-123", "FILE-124")


def open_warehouse(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the warehouse for writing; only under the night's lock.

    Args:
        home: the installation.

    Returns:
        A connection that must be closed before the gate or dbt opens the file.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(
        str(home.warehouse),
        config={
            "threads": thread_count(),
            "memory_limit": memory_limit(),
            "temp_directory": str(home.work / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    con.execute("set timezone = 'UTC'")
    return con


@contextmanager
def read_only(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for reading, for the duration of the block.

    Args:
        home: the installation.

    Yields:
        A read-only connection.
    """
    con = duckdb.connect(str(home.warehouse), read_only=True)
    try:
        yield con
    finally:
        con.close()


def begin_attempt(home: Home) -> None:
    """Note that the warehouse is about to be worked on, until `end_attempt`.

    Args:
        home: the installation.
    """
    home.work.mkdir(parents=True, exist_ok=True)
    _attempts(home).write_text(str(unfinished_attempts(home) + 1), encoding="utf-8")


def end_attempt(home: Home) -> None:
    """Note that the work came to an end that was meant.

    Args:
        home: the installation.
    """
    _attempts(home).unlink(missing_ok=True)


def unfinished_attempts(home: Home) -> int:
    """How many nights in a row began to work on the warehouse and did not come to an end.

    Args:
        home: the installation.

    Returns:
        The number, the running night included.
    """
    try:
        return int(_attempts(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0


def _attempts(home: Home) -> Path:
    return home.work / "attempts.txt"


def find_damage(home: Home) -> str:
    """Read every block of the warehouse, in a process of its own that a broken file may end.

    DuckDB checks the checksum of each block it reads.

    Args:
        home: the installation; nobody has its warehouse open.

    Returns:
        What is wrong in a few words, '' where everything can be read or somebody has it open.
    """
    if not home.warehouse.exists():
        return ""
    tried = subprocess.run(
        [sys.executable, "-m", "nightly.warehouse", str(home.warehouse)],
        capture_output=True, text=True, errors="replace",
    )
    if tried.returncode == 0:
        return ""
    last = tried.stderr.strip().splitlines()[-1:] or [f"exit code {tried.returncode}"]
    return last[0][:300]


def read_everything(path: Path) -> None:
    """Read every value of every table of a database file.

    Args:
        path: the file.

    Raises:
        duckdb.Error: something in it cannot be read.
    """
    con = duckdb.connect(str(path), read_only=True)
    try:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = current_database()"
        ).fetchall()
        for schema, table in tables:
            con.execute(
                f"select max(hash(columns(*))) from {quote(schema)}.{quote(table)}"
            ).fetchall()
    finally:
        con.close()


def why_rebuild(home: Home) -> str:
    """Why the warehouse cannot be used as it stands.

    Args:
        home: the installation.

    Returns:
        A Chinese phrase, '' if it can be used.
    """
    if not home.warehouse.exists():
        return "尚无工作库"
    if home.warehouse.with_name(home.warehouse.name + ".wal").exists():
        return "上次运行中断，工作库未正常关闭"
    if unfinished_attempts(home) > MOST_ATTEMPTS:
        return "连续两次运行未能完成"
    try:
        con = duckdb.connect(str(home.warehouse), read_only=True)
    except duckdb.Error as error:
        logger.warning("工作库打不开：%s", error)
        return "工作库打不开"
    try:
        found = con.execute(
            "select value from ops.warehouse_state where key = 'ingest_hash'"
        ).fetchall()
    except duckdb.Error:
        return "工作库不完整"
    finally:
        con.close()
    return "" if found == [(ingest_hash(),)] else "读取规则有更新"


def remove_warehouse(home: Home) -> None:
    """Remove the working database with its write-ahead log; landing has what it held.

    Args:
        home: the installation; nobody has its warehouse open.
    """
    for path in home.root.glob(home.warehouse.name + "*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def make_ready(home: Home) -> str:
    """Make sure there is a usable warehouse, empty if it has to be rebuilt.

    Args:
        home: the installation.

    Returns:
        Why it was started anew, '' if it was not.
    """
    from ingest import raw

    reason = why_rebuild(home)
    if not reason:
        return ""
    remove_warehouse(home)
    if unfinished_attempts(home) > MOST_ATTEMPTS:
        end_attempt(home)
        begin_attempt(home)
    con = open_warehouse(home)
    try:
        raw.create_schema(con)
        con.execute("create schema if not exists ops")
        con.execute("create table ops.warehouse_state (key varchar, value varchar)")
        con.execute("insert into ops.warehouse_state values ('ingest_hash', ?)", [ingest_hash()])
    finally:
        con.close()
    return reason


def forget_old_verdicts(con: duckdb.DuckDBPyConnection) -> bool:
    """Take back what other rules said of the filings, so that the gate judges them again.

    Args:
        con: the warehouse, open for writing.

    Returns:
        Whether the rules have changed since the last verdict.
    """
    taken = gate_hash()
    known = con.execute(
        "select value from ops.warehouse_state where key = 'gate_hash'"
    ).fetchall()
    if known == [(taken,)]:
        return False
    con.execute("begin transaction")
    con.execute("delete from ops.finding where source = 'gate'")
    con.execute("delete from ops.gate_result")
    con.execute(
        "update ops.filing set state = 'loaded', state_reason = null, error_count = null,"
        " warning_count = null"
    )
    con.execute("delete from ops.warehouse_state where key = 'gate_hash'")
    con.execute("insert into ops.warehouse_state values ('gate_hash', ?)", [taken])
    con.execute("commit")
    return bool(known)


def forget_inbox_findings(con: duckdb.DuckDBPyConnection) -> None:
    """Remove what earlier nights said of the inbox; it is said again if it is still so.

    Args:
        con: the warehouse, open for writing.
    """
    con.execute(
        "delete from ops.finding where filing_id is null and list_contains(?, rule_id)",
        [list(INBOX_RULES)],
    )


if __name__ == "__main__":
    try:
        read_everything(Path(sys.argv[1]))
    except duckdb.IOException as trouble:
        if "Could not set lock" not in str(trouble):  # open elsewhere: nothing is known of it
            raise
