"""Makes Great Expectations work on DuckDB, set-wise and read-only.

Great Expectations does not know DuckDB. Through the SQLAlchemy dialect of `duckdb-sqlalchemy` it
does, but for one habit: it hands its connection back to the pool before it has fetched, which ends
a DuckDB result. The cure is to list DuckDB among the dialects whose connection is kept
(`_PERSISTED_CONNECTION_DIALECTS`). That list is private, so the version is pinned and the adapter
refuses any other (`tests/python/gates/test_adapter.py` says what must hold before a new one is
allowed).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
from great_expectations.data_context import EphemeralDataContext
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import sqlalchemy_execution_engine as engine_module

SUPPORTED_VERSION = "1.24.1"


class UnsupportedVersionError(RuntimeError):
    """The installed Great Expectations is not the one this adapter was tried with."""


class _DuckDBDialect(str):
    """The dialect's name, with the `.value` that entries of the list are asked for."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """The name itself."""
        return str(self)


def install() -> None:
    """Teach Great Expectations to keep its connection to DuckDB. Repeating it is harmless.

    Raises:
        UnsupportedVersionError: another version is installed than the one tried.
    """
    if gx.__version__ != SUPPORTED_VERSION:
        raise UnsupportedVersionError(
            f"great-expectations {gx.__version__} is installed, but the DuckDB adapter was tried"
            f" with {SUPPORTED_VERSION} only; install from requirements.lock"
        )
    kept = engine_module._PERSISTED_CONNECTION_DIALECTS
    if not any(dialect.value == "duckdb" for dialect in kept):
        engine_module._PERSISTED_CONNECTION_DIALECTS = (*kept, _DuckDBDialect("duckdb"))


def open_context() -> EphemeralDataContext:
    """Open a context that lives in memory: it writes no file, asks nothing of the network.

    Returns:
        The context, adapter installed.
    """
    install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


def read_only_url(database: Path) -> str:
    """Word the address of a DuckDB file for SQLAlchemy, read-only.

    Args:
        database: path of the DuckDB file.

    Returns:
        The URL.
    """
    return f"duckdb:///{quote(str(Path(database).resolve()))}?access_mode=READ_ONLY"


@contextmanager
def opened(context: EphemeralDataContext, name: str, database: Path) -> Iterator[SQLDatasource]:
    """Open a DuckDB file in a context, read-only, and let go of it afterwards.

    While it is open no process can write to the file, and this process cannot connect to it in
    another way.

    Args:
        context: the context of `open_context`.
        name: name of the data source in the context; an older one of that name is replaced.
        database: path of the DuckDB file; no process may have it open for writing.

    Yields:
        The data source, without temporary tables of Great Expectations' own.
    """
    source = context.data_sources.add_or_update_sql(
        name, connection_string=read_only_url(database), create_temp_table=False
    )
    try:
        yield source
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()
