"""Restore and drill: what comes back is byte for byte what was backed up, and that is checked."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from release_sample import make_warehouse
from small_home import AS_OF, add_release, copy_home, flip_byte, make_home, send

from ingest.landing import read_receipts, receive
from nightly import backup, command, doctor_watch, restore_drill, status
from nightly.backup_store import Store
from nightly.errors import EXIT_KEPT_YESTERDAY, EXIT_OK, EXIT_USAGE
from nightly.night import NightResult
from nightly.release import current_release, list_releases
from nightly.restore import UNFINISHED, restore
from nightly.settings import Home


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A home and a folder with one backup of it."""
    home = make_home(tmp_path_factory.mktemp("template"))
    backup.make_backup(home, home.root.parent / "share")
    return home.root.parent


@pytest.fixture
def home(template, tmp_path):
    return copy_home(template, tmp_path)


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "share"


def tree(root: Path, *folders: str) -> dict[str, bytes | str]:
    return {
        path.relative_to(root).as_posix():
            os.readlink(path) if path.is_symlink() else path.read_bytes()
        for folder in folders for path in (root / folder).rglob("*")
        if path.is_symlink() or path.is_file()
    }


def run(home: Home, *arguments: object) -> int:
    return command.main([*map(str, arguments), "--home", str(home.root)])


def test_a_full_restore_is_what_was_backed_up(home, dest, tmp_path, capsys):
    into = tmp_path / "new"
    assert run(home, "restore", dest, "--into", into) == EXIT_OK
    folders = ("landing", "releases", "draws", "logs")
    assert tree(into, *folders) == tree(home.root, *folders)
    assert not (into / UNFINISHED).exists() and not (into / "ledger").exists()
    assert (into / "jurisdiction").read_text("utf-8") == "xinjiang\n"
    assert current_release(Home(into)).release_id == current_release(home).release_id
    assert all(not path.stat().st_mode & 0o027 for path in into.rglob("*"))
    assert "恢复" in capsys.readouterr().out


def test_it_never_writes_over_anything(home, dest, tmp_path, capsys):
    before = tree(home.root, "landing", "releases")
    assert run(home, "restore", dest, "--into", home.root) == EXIT_USAGE
    assert run(home, "restore", dest, "--into", dest / "x") == EXIT_USAGE
    assert "不是空的" in capsys.readouterr().err
    assert tree(home.root, "landing", "releases") == before
    assert run(home, "restore", tmp_path / "nowhere", "--into", tmp_path / "n") == EXIT_USAGE


def test_a_restore_that_was_killed_says_so_and_is_continued(home, dest, tmp_path, monkeypatch):
    store, into = Store(dest), tmp_path / "new"
    made = store.sound_backups()[0][-1]
    real, count = os.replace, []

    def die_later(source, target):
        if str(source).endswith(".restoring"):
            count.append(1)
            if len(count) > 5:
                raise KeyboardInterrupt
        return real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", die_later)
        with pytest.raises(KeyboardInterrupt):
            restore(store, made, into)
    assert (into / UNFINISHED).exists()
    assert run(home, "restore", dest, "--into", into) == EXIT_OK
    assert tree(into, "landing", "releases") == tree(home.root, "landing", "releases")


def test_damage_in_the_backup_is_named_and_nothing_wrong_is_put_in_place(
    home, dest, tmp_path, capsys
):
    store, into = Store(dest), tmp_path / "new"
    made = store.sound_backups()[0][-1]
    path, facts = next((p, f) for p, f in made.files.items() if "blobs" in p)
    flip_byte(store.path_of(facts.sha256))
    assert run(home, "restore", dest, "--into", into) == EXIT_KEPT_YESTERDAY
    assert path in capsys.readouterr().out
    assert not (into / path).exists() and path in (into / UNFINISHED).read_text("utf-8")


def test_an_older_backup_is_taken_by_name_and_a_damaged_manifest_passed_over(
    home, dest, tmp_path, capsys
):
    first = Store(dest).names()[0]
    second = backup.make_backup(home, dest).backup.name
    flip_byte(dest / "backups" / second)
    assert run(home, "restore-drill", dest) == EXIT_OK
    out = capsys.readouterr().out
    assert f"{second} 已损坏" in out and first in out


def test_a_quick_drill_compares_and_leaves_a_note_and_nothing_else(home, dest, capsys):
    before = set(home.root.iterdir())
    assert run(home, "restore-drill", dest) == EXIT_OK
    live = current_release(home)
    assert f"{len(live.manifest()['tables'])} 张表与 {live.release_id}" in capsys.readouterr().out
    assert {path.name for path in set(home.root.iterdir()) - before} <= {
        "drills.jsonl", "backup.lock",
    }
    assert any("恢复演练" in line and "通过" in line for line in status._safety(home))
    assert doctor_watch.drill_finding(home, datetime.now(UTC)).state == "正常"


def test_a_drill_that_fails_is_noted_and_told(home, dest, capsys):
    store = Store(dest)
    made = store.sound_backups()[0][-1]
    path = next(p for p in made.files if p.endswith("jixiao.duckdb") and made.live_release in p)
    flip_byte(store.path_of(made.files[path].sha256))
    assert run(home, "restore-drill", dest) == EXIT_KEPT_YESTERDAY
    assert path in capsys.readouterr().out
    finding = doctor_watch.drill_finding(home, datetime.now(UTC))
    assert finding.state == "异常" and "未通过" in finding.text
    assert not (home.root / "drill").exists()


def test_tables_are_hashed_anew_not_read_from_the_note(home):
    live = current_release(home)
    tables = live.manifest()["tables"]
    assert restore_drill.differing(tables, live.database) == []
    live.database.chmod(0o640)
    con = duckdb.connect(str(live.database))
    con.execute("update marts.fct_project set a_cny = a_cny + 1 where project_code = '7'")
    con.close()
    assert restore_drill.differing(tables, live.database) == [
        "表 marts.fct_project 的校验值不同（3000 行，得到 3000 行）"
    ]


@pytest.mark.parametrize(("rows", "code"), [(3000, EXIT_OK), (2999, EXIT_KEPT_YESTERDAY)])
def test_a_full_drill_builds_from_what_was_received_before_the_release(
    home, dest, tmp_path, monkeypatch, capsys, rows, code
):
    shutil.rmtree(dest)
    known = [{"receipt_id": receipt.receipt_id} for receipt in read_receipts(home.root)]
    live = current_release(home)
    manifest = live.manifest() | {"inputs": known}
    (live.path / "manifest.json").chmod(0o640)
    from nightly.soundness import sealed

    (live.path / "manifest.json").write_text(sealed(manifest), encoding="utf-8")
    receive(send(tmp_path, "丙.csv", "项目名称\n丙\n"), home.root, AS_OF)  # came after it
    backup.make_backup(home, dest)
    seen = {}

    def run_night(other, inbox, as_of):
        seen.update(
            inbox=inbox, as_of=as_of, root=other.root, releases=list_releases(other),
            files={receipt.source_file for receipt in read_receipts(other.root)},
            draws=(other.draws / "goal-2020-01" / "frame.json").exists(),
        )
        make_warehouse(other.warehouse, rows)
        return NightResult(0, add_release(other, "again"))

    monkeypatch.setattr("nightly.night.run_night", run_night)
    into = tmp_path / "drill"
    assert run(home, "restore-drill", dest, "--rebuild", "--into", into) == code
    assert seen["inbox"] is None and seen["as_of"] == AS_OF and seen["releases"] == []
    assert seen["root"] == into / "rebuild" and seen["draws"]
    assert seen["files"] == {"650102-天山区/甲.csv", "650102-天山区/乙.csv"}
    assert current_release(home).release_id == live.release_id
    out = capsys.readouterr().out
    assert ("marts.fct_project 的校验值不同" in out) == (code != EXIT_OK)
