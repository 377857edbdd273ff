"""The doctor names what is wrong and the command that mends it."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime

import pytest
from small_home import copy_home, flip_byte, make_home

from ingest.landing import blob_path, read_receipts
from nightly import backup, command, doctor
from nightly.doctor_finding import BAD, GOOD, NOTE
from nightly.doctor_watch import backup_finding, drill_finding
from nightly.durable_notes import append_line
from nightly.release import current_release, list_releases

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    before = os.umask(0o027)
    try:
        home = make_home(tmp_path_factory.mktemp("template"))
        home.root.chmod(0o750)
    finally:
        os.umask(before)
    return home.root.parent


@pytest.fixture
def home(template, tmp_path):
    return copy_home(template, tmp_path)


def find(home, title, is_deep=False):
    return [item for item in doctor.examine(home, is_deep, NOW) if item.title == title]


def worst(home, title, is_deep=False):
    return max(
        find(home, title, is_deep), key=lambda item: [GOOD, NOTE, BAD].index(item.state)
    )


def test_a_good_home_has_nothing_bad(home):
    findings = doctor.examine(home, True, NOW)
    assert [item.line() for item in findings if item.state == BAD] == []
    assert all(item.next_step for item in findings if item.state == NOTE)
    assert worst(home, "收件").state == worst(home, "权限").state == GOOD


def test_a_flipped_byte_of_a_received_file_is_found_at_depth(home):
    receipt = read_receipts(home.root)[0]
    flip_byte(blob_path(home.root, receipt.file_sha256))
    assert worst(home, "收件").state == GOOD
    finding = worst(home, "收件", is_deep=True)
    assert finding.state == BAD and receipt.source_file in finding.text
    assert receipt.file_sha256 in finding.next_step and "jixiao restore" in finding.next_step


def test_a_received_file_that_is_gone_or_short(home):
    receipt = read_receipts(home.root)[1]
    path = blob_path(home.root, receipt.file_sha256)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1])
    assert receipt.source_file in worst(home, "收件").text
    path.unlink()
    assert worst(home, "收件").state == BAD


def test_a_receipt_that_cannot_be_read_is_named(home):
    path = next(home.receipts.glob("*.jsonl"))
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-20])
    finding = worst(home, "收件")
    assert finding.state == BAD and path.name in finding.text and path.name in finding.next_step


@pytest.mark.parametrize("name", ["jixiao.duckdb", "parquet/fct_project.parquet", "说明.txt"])
def test_a_flipped_byte_of_the_live_release_is_named(home, name):
    flip_byte(current_release(home).path / name)
    finding = worst(home, "现行发布")
    assert finding.state == BAD and name in finding.text and "rollback" in finding.next_step


def test_a_flipped_byte_of_another_release_is_found_at_depth(home):
    other = list_releases(home)[0]
    flip_byte(other.path / "lists" / "表.xlsx")
    assert worst(home, "发布").state == GOOD
    finding = worst(home, "发布", is_deep=True)
    assert finding.state == BAD and other.release_id in finding.text
    assert "lists/表.xlsx" in finding.text


def test_a_live_release_that_is_gone(home):
    current_release(home).path.rename(home.root / "elsewhere")
    assert "不存在" in worst(home, "现行发布").text
    assert command.main(["doctor", "--home", str(home.root)]) == 1


@pytest.mark.parametrize("damage", ["header", "wal"])
def test_a_warehouse_in_doubt(home, damage):
    if damage == "wal":
        home.warehouse.with_name("warehouse.duckdb.wal").write_bytes(b"x")
    else:
        home.warehouse.write_bytes(b"not a database" * 1000)
    finding = worst(home, "工作库")
    assert finding.state == (BAD if damage == "header" else NOTE)
    assert "重建" in finding.next_step


def test_torn_lines_are_noted(home):
    with (home.logs / "2021-03-01.jsonl").open("a") as handle:
        handle.write('{"at": "2026')
    finding = worst(home, "记录")
    assert finding.state == NOTE and "logs/2021-03-01.jsonl" in finding.text


@pytest.mark.parametrize(
    ("path", "mode"), [("draws", 0o755), ("logs/2021-03-01.jsonl", 0o644), ("jurisdiction", 0o660)]
)
def test_what_others_can_read_or_the_group_can_write(home, path, mode):
    (home.root / path).chmod(mode)
    finding = worst(home, "权限")
    assert finding.state == NOTE and path in finding.text and "chmod" in finding.next_step


def test_a_received_file_that_can_be_rewritten(home):
    path = blob_path(home.root, read_receipts(home.root)[0].file_sha256)
    assert path.stat().st_mode & 0o777 == 0o440
    path.chmod(0o640)
    assert path.name in worst(home, "权限").text


def test_the_age_of_a_backup(home, monkeypatch):
    assert backup_finding(home, NOW).state == NOTE
    note = home.root / backup.BACKUP_NOTE
    note.write_text("2026-03-01\n", encoding="utf-8")  # of another tool
    assert backup_finding(home, NOW).state == GOOD
    late = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
    assert backup_finding(home, late).state == BAD
    monkeypatch.setenv("JIXIAO_BACKUP_DAYS", "30")
    assert backup_finding(home, late).state == GOOD


def test_a_drill_that_failed_or_is_long_ago(home):
    append_line(home.root / "drills.jsonl",
                {"at": "2026-03-01T00:00:00+00:00", "mode": "quick", "result": "failed",
                 "problems": ["缺少表 marts.x"]})
    assert drill_finding(home, NOW).state == BAD and "marts.x" in drill_finding(home, NOW).text
    append_line(home.root / "drills.jsonl",
                {"at": "2026-03-01T01:00:00+00:00", "mode": "rebuild", "result": "passed"})
    assert drill_finding(home, NOW).state == GOOD
    assert drill_finding(home, NOW.replace(year=2027)).state == NOTE


def test_low_disk(home, monkeypatch):
    usage = shutil.disk_usage(home.root)
    for free, state in ((1024**3, BAD), (3 * 1024**3, NOTE), (9 * 1024**3, GOOD)):
        monkeypatch.setattr(
            "nightly.doctor_watch.shutil.disk_usage", lambda _, f=free: usage._replace(free=f)
        )
        assert worst(home, "磁盘").state == state


def test_an_unfinished_restore_is_named(home):
    (home.root / "恢复未完成.txt").write_text("x")
    assert worst(home, "恢复").state == BAD
