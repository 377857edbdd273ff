"""Backups: complete, incremental, by hash; killed anywhere they leave the earlier ones good."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_home import add_release, copy_home, flip_byte, make_home, send

from ingest.landing import receive
from nightly import backup, command, doctor_watch
from nightly.backup_store import Store
from nightly.errors import EXIT_KEPT_YESTERDAY, EXIT_OK, EXIT_USAGE, StopError
from nightly.lock import hold
from nightly.release import current_release, list_releases, switch
from nightly.retention import KeepRule
from nightly.settings import Home

WHEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = make_home(tmp_path_factory.mktemp("template"))
    return made.root.parent


@pytest.fixture
def home(template, tmp_path):
    return copy_home(template, tmp_path)


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "share" / "backups"


def objects(dest: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in (dest / "objects").rglob("*") if path.is_file()
    }


def files_of(home: Home, *folders: str) -> dict[str, bytes]:
    return {
        path.relative_to(home.root).as_posix(): path.read_bytes()
        for folder in folders for path in (home.root / folder).rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def test_everything_that_cannot_be_made_again_is_there_under_its_hash(home, dest):
    result = backup.make_backup(home, dest, WHEN)
    made = Store(dest).read(result.backup.name)
    kept = objects(dest)
    expected = files_of(home, "landing", "draws") | {
        path: content for path, content in files_of(home, "releases").items()
        if path.split("/")[1] in {item.release_id for item in list_releases(home)}
    }
    assert len(expected) > 12
    for path, content in expected.items():
        assert made.files[path].sha256 == hashlib.sha256(content).hexdigest(), path
        assert made.files[path].size_bytes == len(content)
    assert {"jurisdiction", "logs/2021-03-01.jsonl"} <= set(made.files)
    assert not any(path.startswith(("warehouse", ".env", "night.lock")) for path in made.files)
    assert made.links == {"releases/current": current_release(home).release_id}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in kept.items())
    assert {facts.sha256 for facts in made.files.values()} == set(kept)
    # the same list stands in both releases and is kept once
    shared = [p for p in made.files if p.endswith("lists/表.xlsx")]
    assert len(shared) == 2 and len({made.files[path].sha256 for path in shared}) == 1
    note = (home.root / backup.BACKUP_NOTE).read_text("utf-8").splitlines()
    assert note == ["2026-03-02T02:00:00+00:00", str(dest), result.backup.name]


def test_the_second_backup_copies_only_what_is_new(home, dest, tmp_path):
    backup.make_backup(home, dest, WHEN)
    before = {path: path.stat().st_mtime_ns for path in (dest / "objects").rglob("*")
              if path.is_file()}
    again = backup.make_backup(home, dest, WHEN.replace(day=3))
    assert (again.copied_count, again.copied_bytes) == (0, 0)
    receive(send(tmp_path, "丙.csv", "项目名称\n丙\n"), home.root, WHEN.date())
    third = backup.make_backup(home, dest, WHEN.replace(day=4))
    assert third.copied_count == 2  # one blob, one file of receipts
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(Store(dest).names()) == 3


@pytest.mark.parametrize("dies_at", ["put", "replace", "write"])
def test_a_backup_that_dies_leaves_no_manifest_and_the_next_completes(
    home, dest, monkeypatch, dies_at, tmp_path
):
    first = backup.make_backup(home, dest, WHEN).backup.name
    receive(send(tmp_path, "丙.csv", "项目名称\n丙\n"), home.root, WHEN.date())
    add_release(home, "c")

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if dies_at == "put":
            real, count = Store.put, []

            def put(self, *given):
                count.append(1)
                return die() if len(count) == 3 else real(self, *given)

            patch.setattr(Store, "put", put)
        elif dies_at == "write":
            patch.setattr(Store, "write", die)
        else:
            replace = os.replace
            patch.setattr(
                os, "replace",
                lambda a, b: die() if str(b).endswith(".json") else replace(a, b),
            )
        with pytest.raises(KeyboardInterrupt):
            backup.make_backup(home, dest, WHEN.replace(day=3))
    assert Store(dest).names() == [first]
    assert (home.root / backup.BACKUP_NOTE).read_text("utf-8").splitlines()[2] == first
    after = backup.make_backup(home, dest, WHEN.replace(day=4))
    assert not after.backup.damaged
    assert backup.check_backups(home, dest) == (2, [])


def test_a_night_that_runs_is_not_waited_for(home, dest):
    with hold(home):
        result = backup.make_backup(home, dest, WHEN)
    assert not [path for path in result.backup.files if path.startswith("ledger/")]
    assert "夜间任务正在运行" in result.notes[0]
    quiet = backup.make_backup(home, dest, WHEN.replace(day=3))
    assert quiet.notes == []


def test_a_release_pruned_meanwhile_is_left_out_whole(home, dest, monkeypatch):
    old = list_releases(home)[0]
    real = backup._keep_or_copy

    def prune_then_copy(store, item, known):
        if item.path.startswith(f"releases/{old.release_id}") and old.path.exists():
            shutil.rmtree(old.path)
        return real(store, item, known)

    monkeypatch.setattr(backup, "_keep_or_copy", prune_then_copy)
    result = backup.make_backup(home, dest, WHEN)
    assert not [path for path in result.backup.files if old.release_id in path]
    assert result.backup.damaged == [] and old.release_id in result.notes[-1]


def test_damage_at_home_never_reaches_the_backup(home, dest, capsys):
    blob = next(path for path in (home.landing / "blobs").rglob("*") if path.is_file())
    good = blob.read_bytes()
    backup.make_backup(home, dest, WHEN)
    flip_byte(blob)
    live = current_release(home)
    flip_byte(live.path / "说明.txt")
    second = backup.make_backup(home, dest, WHEN.replace(day=3))
    path = blob.relative_to(home.root).as_posix()
    assert second.backup.damaged == []
    assert (Store(dest).path_of(second.backup.files[path].sha256)).read_bytes() == good
    blob.unlink()  # lost at home: the next backups keep it all the same
    third = backup.make_backup(home, dest, WHEN.replace(day=4))
    assert path in third.backup.files and "缺失" in third.notes[0]


def test_damage_before_the_first_backup_is_said(home, dest, capsys):
    blob = next(path for path in (home.landing / "blobs").rglob("*") if path.is_file())
    flip_byte(blob)
    code = command.main(["backup", str(dest), "--home", str(home.root)])
    text = capsys.readouterr().out
    assert code == EXIT_KEPT_YESTERDAY
    assert blob.name in text and "下一步" in text
    assert "未能备份：1" in (home.root / backup.BACKUP_NOTE).read_text("utf-8")


def test_check_finds_a_flipped_byte_and_the_next_backup_mends_it(home, dest, capsys):
    result = backup.make_backup(home, dest, WHEN)
    path, facts = next(
        (path, facts) for path, facts in result.backup.files.items() if "blobs" in path
    )
    flip_byte(Store(dest).path_of(facts.sha256))
    arguments = ["backup", str(dest), "--home", str(home.root)]
    assert command.main([*arguments, "--check"]) == EXIT_KEPT_YESTERDAY
    assert path in capsys.readouterr().out
    assert command.main(arguments) == EXIT_OK
    assert command.main([*arguments, "--check"]) == EXIT_OK


def test_a_damaged_manifest_is_not_believed(home, dest):
    first = backup.make_backup(home, dest, WHEN).backup.name
    second = backup.make_backup(home, dest, WHEN.replace(day=3)).backup.name
    flip_byte(dest / "backups" / second)
    found, damaged = Store(dest).sound_backups()
    assert ([item.name for item in found], damaged) == ([first], [second])


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b"])
def test_a_manifest_cannot_name_places_outside(home, dest, path):
    made = backup.make_backup(home, dest, WHEN).backup
    store = Store(dest)
    made.files[path] = next(iter(made.files.values()))
    name = store.write(made)
    assert name in store.sound_backups()[1]


@pytest.mark.parametrize("place", [".", "backups", ".."])
def test_a_destination_inside_the_home_is_refused(home, place):
    with pytest.raises(StopError) as stop:
        backup.make_backup(home, home.root / place)
    assert stop.value.exit_code == EXIT_USAGE
    assert not (home.root / "backups").exists()


def test_room_is_asked_for_before_anything_is_copied(home, dest, monkeypatch):
    usage = shutil.disk_usage(home.root)._replace(free=backup.RESERVE_BYTES)
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StopError, match="空间不够"):
        backup.make_backup(home, dest, WHEN)
    assert objects(dest) == {}
    finding = doctor_watch.backup_finding(home, WHEN)
    assert finding.state == "异常" and "空间不够" in finding.text
    monkeypatch.undo()
    backup.make_backup(home, dest, WHEN)
    assert doctor_watch.backup_finding(home, WHEN).state == "正常"


def test_old_backups_go_with_what_only_they_named(home, dest, monkeypatch):
    for day in (1, 2, 3):
        (home.root / "drills.jsonl").write_text(json.dumps({"n": day}) + "\n")
        backup.make_backup(home, dest, WHEN.replace(day=day))
    store = Store(dest)
    names = store.names()
    store.prune(KeepRule(days=2, months=0))
    assert store.names() == names[1:]
    assert b'{"n": 1}\n' in objects(dest).values()  # too young: another backup may want it
    monkeypatch.setattr("nightly.backup_store.STRANGER_SECONDS", -1)
    store.prune(KeepRule(days=2, months=0))
    kept = objects(dest)
    assert b'{"n": 1}\n' not in kept.values() and b'{"n": 2}\n' in kept.values()
    assert set(kept) == {
        facts.sha256 for item in store.sound_backups()[0] for facts in item.files.values()
    }


def test_backups_of_another_jurisdiction_are_not_mixed_in(home, dest, monkeypatch):
    backup.make_backup(home, dest, WHEN)
    monkeypatch.setattr(backup.jurisdiction, "current", lambda: "zhejiang")
    with pytest.raises(StopError, match="xinjiang"):
        backup.make_backup(home, dest, WHEN)


def test_a_rolled_back_home_is_backed_up_as_it_stands(home, dest):
    first = list_releases(home)[0]
    switch(home, first.release_id)
    assert backup.make_backup(home, dest, WHEN).backup.live_release == first.release_id
