"""The compatibility check finds what a client would read otherwise, and its clients are pinned."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import duckdb
import pytest

from compatibility.check import OURS, Outcome, check, exit_code, main, probe
from compatibility.comparison import differences
from compatibility.environment import Client, read_clients
from compatibility.probe import cell_text, forbidden, is_refused, row_lines
from nightly.errors import EXIT_FAILURE, EXIT_KEPT_YESTERDAY, EXIT_NO_RELEASE, EXIT_OK, EXIT_USAGE
from nightly.release import LOCKED_PROFILE, STORAGE_VERSION

PYTHON = Path(sys.executable)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    con = duckdb.connect(str(folder / "jixiao.duckdb"))
    con.execute("create schema marts")
    con.execute("create schema quality")
    con.execute("create table marts.a as select 1 as i, 0.50::decimal(9, 4) as rate")
    con.execute("comment on table marts.a is '甲表'")
    con.execute("comment on column marts.a.rate is '比率'")
    con.close()
    (folder / "open_readonly.sql").write_text(LOCKED_PROFILE, encoding="utf-8")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "analyses").mkdir()
    (folder / "analyses" / "one.sql").write_text("-- 问：？\nselect * from marts.a", "utf-8")
    return folder


@pytest.fixture(scope="module", params=["duckdb", "sqlalchemy"])
def seen(request, release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows") / request.param
    found, _ = probe(Client("x", "甲", request.param), PYTHON, release, folder)
    return found, folder


def test_what_a_client_sees(seen):
    found, folder = seen
    assert "error" not in found, found
    assert found["columns"] == {"marts.a": ["i", "rate"]}
    assert found["comments"] == {"marts.a": "甲表", "marts.a.rate": "比率"}
    assert found["analyses"] == {"one": {"columns": ["i", "rate"], "rows": 1}}
    assert (folder / "one.txt").read_text("utf-8") == "1\t0.5"
    assert set(found["refused"].values()) == {True} and len(found["refused"]) == 4
    assert found["switch"] == "at_once"
    assert not (folder / "escaped.csv").exists()


def test_an_unlocked_connection_refuses_nothing(release, tmp_path):
    con = duckdb.connect()
    con.execute(f"attach '{release / 'jixiao.duckdb'}' as jixiao (read_only)")
    allowed = {
        name for name, sql in forbidden(release, tmp_path).items()
        if not is_refused(con.execute, sql)
    }
    con.close()
    assert allowed == {"read_file", "write_file", "unlock"}  # the file itself is open read-only


def spoil(seen, **more):
    return json.loads(json.dumps(seen)) | more


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"error": "no"}, "打不开：no"),
        ({"refused": {"read_file": False}}, "锁定之后仍能读"),
        ({"switch": "never"}, "仍读到旧的发布"),
        ({"columns": {}}, "表少 1 个，如 marts.a"),
        ({"comments": {"marts.a": "乙表"}}, "中文说明有 1 个不同，如 marts.a"),
        ({"analyses": {"one": {"error": "bad"}}}, "分析 one 不能执行：bad"),
        ({"analyses": {"one": {"columns": ["i"], "rows": 1}}}, "分析 one 的列不同"),
    ],
)
def test_every_difference_is_said(seen, more, words):
    found, folder = seen
    said = differences(found, spoil(found, **more), folder, folder)
    assert any(words in sentence for sentence in said), said


def test_one_other_value_is_said(seen, tmp_path):
    found, folder = seen
    assert differences(found, found, folder, folder) == []
    (tmp_path / "one.txt").write_text("1\t0.6", encoding="utf-8")
    (said,) = differences(found, found, folder, tmp_path)
    assert "0.5" in said and "0.6" in said


def test_values_do_not_depend_on_how_a_client_writes_them():
    assert row_lines([(2,), (1,)]) == ["1", "2"]
    assert cell_text(0.1 + 0.2) == cell_text(0.3) == "0.3"
    assert cell_text(None) != cell_text("") and cell_text(True) == "true"
    assert cell_text("a\tb\n") == "a\\tb\\n"


def test_exit_codes(release, tmp_path):
    good, bad = Outcome(OURS), Outcome(OURS, found=["不同"])
    assert exit_code([good, good]) == EXIT_OK
    assert exit_code([good, bad]) == EXIT_KEPT_YESTERDAY
    assert exit_code([bad]) == EXIT_FAILURE
    assert exit_code([good, Outcome(OURS, found=["装不上"], is_installed=False)]) == EXIT_FAILURE
    assert main(["--home", str(tmp_path)]) == EXIT_NO_RELEASE
    assert main(["--release", str(release), "--client", "none"]) == EXIT_USAGE
    (ours,) = check(release, [], tmp_path / "rows")
    assert ours.found == []


def test_clients_are_pinned_and_the_oldest_is_the_one_releases_are_written_for():
    clients = read_clients()
    for client in clients:
        lock = client.lock.read_text("utf-8")
        pins = re.findall(r"^\S+==\S+", lock, re.M)
        assert pins and lock.count("--hash=sha256:") >= len(pins)
        wanted = client.lock.with_suffix(".in").read_text("utf-8").lower().split()
        assert set(wanted) <= {pin.lower() for pin in pins}
    versions = [
        tuple(map(int, client.name.removeprefix("duckdb-").split(".")))
        for client in clients if client.route == "duckdb"
    ]
    assert "v" + ".".join(map(str, min(versions))) == STORAGE_VERSION
