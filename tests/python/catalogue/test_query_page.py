"""What 如何查询 tells analysts to run does run, and sees a switched release as it says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import duckdb
import pytest
import yaml

from nightly.analysis import list_analyses
from nightly.release import LOCKED_PROFILE

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "如何查询.md").read_text(encoding="utf-8")
STATEMENTS = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.S)
TABLE = re.compile(r"\b(marts|quality)\.((?:mart|fct|dim)_\w+)")
PLACE = "/绝对路径"


def make_release(folder: Path, as_of: str) -> None:
    folder.mkdir()
    con = duckdb.connect(str(folder / "jixiao.duckdb"))
    for schema, table in sorted(set(TABLE.findall("".join([*STATEMENTS, *PROGRAMS])))):
        (path,) = (ROOT / "models").rglob(f"{table}.yml")
        (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        columns = ", ".join(f'"{item["name"]}" {item["data_type"]}' for item in model["columns"])
        con.execute(f"create schema if not exists {schema}")
        con.execute(f"create table {schema}.{table} ({columns})")
    con.execute("create table marts.which_release as select ? as as_of", [as_of])
    con.close()


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases")
    make_release(folder / "one", "2021-03-01")
    make_release(folder / "two", "2021-03-02")
    point_to(folder, "one")
    return folder


def point_to(folder: Path, name: str) -> None:
    os.symlink(name, folder / ".next")
    os.replace(folder / ".next", folder / "current")


@pytest.mark.parametrize("sql", STATEMENTS)
def test_the_sql_runs(releases, sql):
    con = duckdb.connect(str(releases / "one" / "jixiao.duckdb"), read_only=True)
    con.execute(sql)
    con.close()


@pytest.mark.parametrize("program", PROGRAMS, ids=["duckdb", "sqlalchemy"])
def test_the_python_runs(releases, program):
    point_to(releases, "one")
    names: dict[str, object] = {}
    exec(program.replace(PLACE, str(releases / "current")), names)
    assert isinstance(names["rows"], list)


def test_the_locked_profile_opens_and_locks(releases, monkeypatch):
    monkeypatch.chdir(releases / "one")
    con = duckdb.connect()
    for statement in LOCKED_PROFILE.split(";"):
        con.execute(statement)
    assert con.execute("select as_of from marts.which_release").fetchall() == [("2021-03-01",)]
    with pytest.raises(duckdb.Error):
        con.execute("select * from read_text('/etc/hostname')")
    con.close()


@pytest.mark.parametrize(
    ("pool", "seen"), [("QueuePool", "2021-03-01"), ("NullPool", "2021-03-02")]
)
def test_which_pool_sees_the_switch(releases, pool, seen):
    import sqlalchemy
    from sqlalchemy import pool as pools

    point_to(releases, "one")
    engine = sqlalchemy.create_engine(
        f"duckdb:///{releases}/current/jixiao.duckdb?access_mode=READ_ONLY",
        poolclass=getattr(pools, pool),
    )

    def as_of() -> str:
        with engine.connect() as con:
            return con.execute(sqlalchemy.text("select as_of from marts.which_release")).scalar()

    assert as_of() == "2021-03-01"
    point_to(releases, "two")
    assert as_of() == seen
    engine.dispose()
    point_to(releases, "one")


def test_the_analyses_named_exist():
    known = {analysis.name for analysis in list_analyses()}
    assert set(re.findall(r"--analysis (\w+)", PAGE)) <= known
    assert "filed_as_of_a_day" in known
    models = {path.stem for path in (ROOT / "models").rglob("*.sql")}
    questions = PAGE.partition("| 要问的 |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(?:--analysis )?(\w+_\w+)`", questions))
    assert len(named) >= 10 and named <= known | models
    assert set(re.findall(r"`(\w+_by_reason|\w+_wrong_unit)`", PAGE)) <= known


def test_the_tables_named_exist():
    models = {path.stem for path in (ROOT / "models").rglob("*.sql")}
    assert set(re.findall(r"\b((?:mart|fct|dim)_\w+)", PAGE)) <= models
