"""What is kept: last of each day and month, the live one, and what something rests on."""

from __future__ import annotations

import json
from datetime import date

import pytest
from release_sample import make_warehouse
from small_home import add_release, flip_byte

from nightly import release, retention
from nightly.errors import StopError
from nightly.release import current_release, list_releases, rollback
from nightly.retention import KeepRule, kept_by_date, note_statement, releases_to_drop
from nightly.settings import Home

IDS = [
    "20250131-001-aaaaaaaa", "20250203-001-aaaaaaaa", "20250227-001-aaaaaaaa",
    "20250227-002-aaaaaaaa", "20250302-001-aaaaaaaa", "20250303-001-aaaaaaaa",
    "20250303-002-aaaaaaaa", "20250303-003-aaaaaaaa",
]


@pytest.mark.parametrize(
    ("days", "months", "kept"),
    [
        (1, 0, {7}),
        (2, 0, {4, 6, 7}),  # two of the day worked on, the last of the day before
        (2, 2, {3, 4, 6, 7}),  # and the last of February
        (1, 9, {0, 3, 7}),
        (99, 0, {0, 1, 3, 4, 5, 6, 7}),  # of an earlier day only its last
    ],
)
def test_days_and_months(days, months, kept):
    assert kept_by_date(IDS, KeepRule(days, months)) == {IDS[place] for place in kept}


def test_what_something_rests_on_stays(tmp_path):
    home = Home(tmp_path)
    note_statement(home, IDS[1], "xinjiang-2020", 2020)
    note_statement(home, IDS[1], "xinjiang-2020", 2020)
    assert len(retention.statements_path(home).read_text("utf-8").splitlines()) == 1
    folder = home.draws / "goal-2020-01"
    folder.mkdir(parents=True)
    (folder / "frame.json").write_text(json.dumps({"release_id": IDS[0]}))
    with retention.statements_path(home).open("a") as handle:
        handle.write('{"release_id": "2025')  # torn: the statement was not written either
        handle.write('\n{"release_id": "' + IDS[3] + '", "stat\x00\n')  # spoiled later
    note_statement(home, IDS[2], "xinjiang-2020", 2021)
    dropped = releases_to_drop(home, IDS, IDS[5], KeepRule(1, 0))
    assert dropped == [IDS[6]]  # 4 is what a rollback would go to


def test_nothing_goes_while_a_draw_cannot_be_read(tmp_path):
    home = Home(tmp_path)
    folder = home.draws / "goal-2020-01"
    folder.mkdir(parents=True)
    (folder / "frame.json").write_text('{"release_id": "20')
    assert releases_to_drop(home, IDS, IDS[-1], KeepRule(1, 0)) == []


def test_settings_are_checked(monkeypatch):
    monkeypatch.setenv("JIXIAO_KEEP_RELEASES", "three")
    with pytest.raises(StopError, match="JIXIAO_KEEP_RELEASES"):
        retention.keep_rule()
    monkeypatch.setenv("JIXIAO_KEEP_RELEASES", "0")
    monkeypatch.setenv("JIXIAO_KEEP_MONTHS", "0")
    assert retention.keep_rule() == KeepRule(1, 0)


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    make_warehouse(home.warehouse, rows=10)
    for day in (1, 2, 3, 4):
        add_release(home, f"day {day}", date(2021, 3, day))
    return home


def test_rollback_passes_over_damaged_releases(home):
    first, second, third, _live = list_releases(home)
    flip_byte(third.path / "parquet" / "fct_project.parquet")
    (second.path / "说明.txt").unlink()
    said = []
    _, now = rollback(home, tell=said.append)
    assert now.release_id == first.release_id == current_release(home).release_id
    assert third.release_id in said[0] and "parquet/fct_project.parquet" in said[0]
    assert second.release_id in said[1] and "说明.txt" in said[1]


def test_rollback_to_a_damaged_one_is_refused_and_a_sound_one_offered(home):
    _first, second, third, live = list_releases(home)
    flip_byte(second.path / "jixiao.duckdb", -1)
    with pytest.raises(StopError, match="没有改变") as stop:
        rollback(home, second.release_id, lambda text: None)
    assert third.release_id in stop.value.next_step
    assert current_release(home).release_id == live.release_id


def test_a_byte_of_the_manifest_counts_too(home):
    *_, third, _live = list_releases(home)
    path = third.path / "manifest.json"
    text = path.read_text("utf-8")
    place = text.encode().index(b'"as_of": "2021-03-03"') + len('"as_of": "2021-03-0')
    flip_byte(path, place)
    assert json.loads(path.read_bytes())["as_of"] == "2021-03-02"  # still JSON, no longer true
    assert release.damaged_files(third.path) == ["manifest.json"]


@pytest.mark.parametrize("damage", ["manifest", "folder"])
def test_rollback_works_from_a_live_release_that_is_broken(home, damage):
    *_, third, live = list_releases(home)
    if damage == "manifest":
        (live.path / "manifest.json").chmod(0o640)
        (live.path / "manifest.json").write_text("{")
        with pytest.raises(StopError, match="已损坏"):
            current_release(home).manifest()
    else:
        live.path.rename(home.root / "gone")
    left, now = rollback(home)
    assert (left.release_id, now.release_id) == (live.release_id, third.release_id)
    assert current_release(home).release_id == third.release_id
    # the night asks this first; what was left behind cannot be compared with
    assert release.is_rolled_back(home, "x") is False


def test_a_torn_note_of_a_rollback_is_passed_over(home):
    live = current_release(home)
    rollback(home)
    with release.rollbacks_path(home).open("a") as handle:
        handle.write('{"from": "2021')
    assert release.is_rolled_back(home, live.manifest()["fingerprint"])
    rollback(home)
    assert json.loads(release.rollbacks_path(home).read_text().splitlines()[-1])["to"] == (
        current_release(home).release_id
    )
