"""Releases: whole or not seen, immutable, switched at once, the same from the same inputs."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date

import duckdb
import pytest
from release_sample import make_warehouse

from nightly import release
from nightly.errors import StopError
from nightly.fingerprint import Fingerprint
from nightly.report import drop_old_gate_pages
from nightly.retention import KeepRule
from nightly.settings import Home
from nightly.tables import state_of

AS_OF = date(2021, 3, 1)


def fingerprint(text: str = "a") -> Fingerprint:
    return Fingerprint(receipts=text, draws="", code="c", as_of=AS_OF.isoformat())


def no_lists(database, folder):
    (folder / "表.xlsx").write_bytes(b"x")


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    make_warehouse(home.warehouse)
    return home


def make(home, text="a", write_lists=no_lists):
    return release.make_release(home, AS_OF, fingerprint(text), [], {"gate": {}}, write_lists)


def test_release_holds_published_schemas_with_comments_and_nothing_else(home):
    made = make(home)
    con = duckdb.connect(str(made.database), read_only=True)
    schemas = {
        name
        for (name,) in con.execute("select distinct schema_name from duckdb_tables()").fetchall()
    }
    assert schemas == {"marts", "quality"}
    assert con.execute("select count(*) from duckdb_constraints()").fetchall() == [(0,)]
    assert con.execute("select count(*) from duckdb_indexes()").fetchall() == [(0,)]
    assert con.execute(
        "select comment from duckdb_tables() where table_name = 'fct_project'"
    ).fetchall() == [("每行一个项目 it's",)]
    assert con.execute(
        "select comment from duckdb_columns() where column_name = 'a_cny'"
    ).fetchall() == [("金额（元）",)]
    assert not list(made.path.glob("*.wal"))


def test_manifest_agrees_with_what_is_there(home):
    made = make(home)
    manifest = made.manifest()
    assert made.release_id == f"20210301-001-{fingerprint().value[:8]}"
    for name, facts in manifest["files"].items():
        assert release.hash_file(made.path / name) == facts["sha256"]
    assert set(manifest["files"]) == {
        path.relative_to(made.path).as_posix()
        for path in made.path.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    states = {state.name: state for state in release.table_states(made.database)}
    assert manifest["tables"]["marts.fct_project"] == {
        "row_count": 3000,
        "table_hash": states["marts.fct_project"].table_hash,
    }
    parquet = duckdb.sql(
        f"select count(*) from '{made.path / 'parquet' / 'fct_project.parquet'}'"
    ).fetchall()
    assert parquet == [(3000,)]
    assert not (made.path / "jixiao.duckdb").stat().st_mode & 0o222


@pytest.mark.parametrize("threads", [1, 4])
def test_table_hash_is_free_of_order_and_threads_and_counts_repetitions(threads):
    con = duckdb.connect(config={"threads": threads})
    con.execute("create schema marts")
    con.execute("create table marts.a as select i, 'x' || i as s from range(200000) t(i)")
    con.execute("create table marts.b as select * from marts.a order by hash(i)")
    con.execute("create table marts.c as select * from marts.a union all select 1, 'x1'")
    con.execute("create table marts.d as select i, nullif('x' || i, 'x7') as s from marts.a")
    hashes = [state_of(con, "marts", table).table_hash for table in "abcd"]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


def test_current_is_a_relative_symlink_and_switches_at_once(home):
    first, second = make(home), make(home, "b")
    assert os.readlink(home.current) == second.release_id
    assert [item.is_current for item in release.list_releases(home)] == [False, True]
    left, live = release.rollback(home)
    assert (left.release_id, live.release_id) == (second.release_id, first.release_id)
    assert release.current_release(home).release_id == first.release_id


def test_a_copied_installation_whose_current_is_no_link_gets_one_again(home):
    first = make(home)
    home.current.unlink()
    shutil.copytree(first.path, home.current)
    assert release.current_release(home) is None
    release.switch(home, first.release_id)
    assert release.current_release(home).release_id == first.release_id
    assert (home.releases / "current-copy-1" / "manifest.json").is_file()


def test_a_night_does_not_undo_a_rollback_by_itself(home):
    make(home)
    make(home, "b")
    release.rollback(home)
    assert release.is_rolled_back(home, fingerprint("b").value)
    assert not release.is_rolled_back(home, fingerprint("c").value)
    with pytest.raises(StopError, match="没有可以回退"):
        release.rollback(home)


@pytest.mark.parametrize("dies_in", ["write_lists", "export_parquet", "seal", "switch"])
def test_dying_anywhere_leaves_current_good_and_the_next_night_completes(
    home, monkeypatch, dies_in
):
    good = make(home)

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if dies_in != "write_lists":
            patch.setattr(release, dies_in, die)
        with pytest.raises(KeyboardInterrupt):
            make(home, "b", die if dies_in == "write_lists" else no_lists)
    assert release.current_release(home).release_id == good.release_id
    assert release.hash_file(good.database) == good.manifest()["files"]["jixiao.duckdb"]["sha256"]
    after = make(home, "b")
    assert release.current_release(home).release_id == after.release_id
    assert not list(home.releases.glob(".tmp-*"))


def test_old_releases_go_but_not_the_live_one_nor_those_behind_a_draw(home):
    made = [make(home, text) for text in "abcd"]
    folder = home.draws / "goal-2020-01"
    folder.mkdir(parents=True)
    (folder / "frame.json").write_text(json.dumps({"release_id": made[1].release_id}))
    release.rollback(home, made[0].release_id)
    removed = release.prune(home, KeepRule(days=1, months=0))
    assert removed == [made[2].release_id]
    assert [item.release_id for item in release.list_releases(home)] == [
        made[0].release_id,
        made[1].release_id,
        made[3].release_id,
    ]


def test_locked_profile_opens_and_locks(home):
    made = make(home)
    con = duckdb.connect(":memory:")
    before = os.getcwd()
    os.chdir(made.path)
    try:
        con.execute(release.LOCKED_PROFILE)
    finally:
        os.chdir(before)
    assert con.execute("select count(*) from marts.fct_project").fetchall() == [(3000,)]
    with pytest.raises(duckdb.Error):
        con.execute("set enable_external_access = true")
    with pytest.raises(duckdb.Error):
        con.execute("select * from read_text('/etc/hostname')")


def test_pages_of_the_gate_go_with_their_release(home):
    for name in ("20200101-001-aaaaaaaa", "20200102-001-bbbbbbbb"):
        (home.reports / name / "data_docs").mkdir(parents=True)
        (home.reports / name / "退回").mkdir()
    (home.releases / "20200102-001-bbbbbbbb").mkdir(parents=True)
    (home.releases / "20200102-001-bbbbbbbb" / "manifest.json").write_text("{}")
    assert drop_old_gate_pages(home) == ["20200101-001-aaaaaaaa"]
    assert (home.reports / "20200101-001-aaaaaaaa" / "退回").is_dir()
    assert (home.reports / "20200102-001-bbbbbbbb" / "data_docs").is_dir()
