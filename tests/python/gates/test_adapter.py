"""What must hold of Great Expectations before another version may be pinned.

Runs in a process of its own, so that the suite does not pay the import twice at its peak.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap

import duckdb
import pytest

PROGRAMME = """
import great_expectations as gx
from great_expectations.execution_engine import sqlalchemy_execution_engine as engine_module
from expectations import adapter
from expectations.cell_expectation import ExpectNoCellWhere

# 1. another version is refused
real = gx.__version__
assert real == adapter.SUPPORTED_VERSION, real
gx.__version__ = "1.25.0"
try:
    adapter.install()
    raise SystemExit("another version was not refused")
except adapter.UnsupportedVersionError as error:
    assert "requirements.lock" in str(error)
gx.__version__ = real

# 2. the list of kept dialects is still there, and installing twice adds DuckDB once
adapter.install()
adapter.install()
names = [dialect.value for dialect in engine_module._PERSISTED_CONNECTION_DIALECTS]
assert names.count("duckdb") == 1, names

# 3. counts are right, a column without any value can fail, null predicates pass
context = adapter.open_context()
with adapter.opened(context, "w", {database!r}) as source:
    asset = source.add_query_asset("t", "select * from t")
    suite = context.suites.add(gx.ExpectationSuite(name="s", expectations=[
        ExpectNoCellWhere(column="a", fails_when="ends_with(a, '%') and a <> '5%'"),
        ExpectNoCellWhere(column="b", fails_when="b is null"),
        ExpectNoCellWhere(column="b", fails_when="b > 0"),
    ]))
    definition = context.validation_definitions.add(gx.ValidationDefinition(
        name="v", suite=suite, data=asset.add_batch_definition_whole_table("all")))
    result = definition.run(result_format="BASIC")
found = [(single.success, single.result["unexpected_count"]) for single in result.results]
assert sorted(found) == [(False, 1), (False, 3), (True, 0)], found

# 4. the file is let go of: this process can open it for writing
import duckdb
duckdb.connect({database!r}).close()
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapter")
    database = folder / "t 表.duckdb"
    with duckdb.connect(str(database)) as con:
        con.execute("create table t (a varchar, b integer)")
        con.execute("insert into t values ('5%', null), ('95%', null), ('5', null)")
    home = folder / "home"
    home.mkdir()
    programme = textwrap.dedent(PROGRAMME).format(database=str(database))
    finished = subprocess.run(
        [sys.executable, "-c", programme],
        capture_output=True,
        text=True,
        cwd=home,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
    )
    return finished, home


def test_the_adapter_holds(outcome):
    finished, _ = outcome
    assert finished.returncode == 0, finished.stderr[-2000:]


def test_nothing_is_written_outside(outcome):
    _, home = outcome
    assert list(home.rglob("*")) == []
