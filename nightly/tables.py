"""Tables of a DuckDB file: which there are, how many rows, and a hash free of row order.

The hash of a table is the exact sum of one 64-bit hash per row over all columns, tied to the names
and types of the columns. A sum does not depend on the order of rows, so threads do not matter; and
unlike exclusive-or it counts rows that stand twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class TableState:
    """What a table holds.

    Attributes:
        schema: schema name.
        table: table name.
        row_count: rows.
        table_hash: sha256 over columns, types, row count and the sum of row hashes.
    """

    schema: str
    table: str
    row_count: int
    table_hash: str

    @property
    def name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.table}"


def quote(name: str) -> str:
    """Quote an identifier.

    Args:
        name: schema, table or column name.

    Returns:
        The name in double quotes.
    """
    return '"' + name.replace('"', '""') + '"'


def list_tables(
    con: duckdb.DuckDBPyConnection, schemas: tuple[str, ...], catalog: str | None = None
) -> list[tuple[str, str]]:
    """List tables and views.

    Args:
        con: an open connection.
        schemas: which schemas.
        catalog: attached database; by default the current one.

    Returns:
        Pairs of schema and table, sorted.
    """
    rows = con.execute(
        """
        select table_schema, table_name
        from information_schema.tables
        where table_catalog = coalesce(?, current_database())
            and list_contains(?, table_schema)
        """,
        [catalog, list(schemas)],
    ).fetchall()
    return sorted((schema, table) for schema, table in rows)


def columns_of(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, catalog: str | None = None
) -> list[tuple[str, str, str]]:
    """Columns of a table.

    Args:
        con: an open connection.
        schema: schema name.
        table: table name.
        catalog: attached database; by default the current one.

    Returns:
        Name, type and comment ('' if none) in column order.
    """
    rows = con.execute(
        """
        select column_name, data_type, comment, column_index
        from duckdb_columns()
        where database_name = coalesce(?, current_database())
            and schema_name = ? and table_name = ?
        """,
        [catalog, schema, table],
    ).fetchall()
    return [
        (name, kind, comment or "")
        for name, kind, comment, _ in sorted(rows, key=lambda row: row[3])
    ]


def state_of(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> TableState:
    """Count and hash a table of the current database.

    Args:
        con: an open connection.
        schema: schema name.
        table: table name.

    Returns:
        Its row count and hash.
    """
    columns = columns_of(con, schema, table)
    listed = ", ".join(quote(name) for name, _, _ in columns)
    row_count, total = con.execute(
        f"select count(*), coalesce(sum(hash({listed})::hugeint), 0)"
        f" from {quote(schema)}.{quote(table)}"
    ).fetchall()[0]
    shape = ",".join(f"{name} {kind}" for name, kind, _ in columns)
    digest = hashlib.sha256(f"{shape}|{row_count}|{total}".encode()).hexdigest()
    return TableState(schema, table, int(row_count), digest)
