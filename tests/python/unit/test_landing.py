"""Receiving: every file once, ever; whole or not at all; the inbox untouched."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest

from ingest import landing
from ingest.landing import blob_path, natural_key, read_receipts, receive

NIGHT = date(2020, 11, 1)
CODES = {"650102", "650103"}


@pytest.fixture
def inbox(tmp_path) -> Path:
    folder = tmp_path / "inbox"
    put(folder / "650102-某某财政局/2020/表10.csv", b"a,10\n")
    put(folder / "650102-某某财政局/2020/表2.csv", b"a,2\n")
    put(folder / "650103/目标.csv", b"a,2\n")
    return folder


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def archive(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return stream.getvalue()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_files_are_received_in_natural_order_and_the_inbox_is_only_read(inbox, home):
    before = tree(inbox)
    received = receive(inbox, home, NIGHT, CODES)
    assert [(r.receipt_id, r.bureau_code, r.source_file) for r in received.receipts] == [
        ("000001-000001", "650102", "650102-某某财政局/2020/表2.csv"),
        ("000001-000002", "650102", "650102-某某财政局/2020/表10.csv"),
        ("000001-000003", "650103", "650103/目标.csv"),
    ]
    assert (received.batch_no, received.seen_count, received.known_count) == (1, 3, 0)
    assert received.findings == []
    assert {r.received_at for r in received.receipts} == {"2020-11-01"}
    assert blob_path(home, received.receipts[0].file_sha256).read_bytes() == b"a,2\n"
    assert read_receipts(home) == received.receipts
    assert tree(inbox) == before


def test_a_second_night_receives_only_what_is_new_by_content(inbox, home):
    receive(inbox, home, NIGHT, CODES)
    same = receive(inbox, home, date(2020, 11, 2), CODES)
    assert (same.batch_no, same.receipts, same.seen_count, same.known_count) == (None, [], 3, 3)
    path = inbox / "650103/目标.csv"
    times = (path.stat().st_atime, path.stat().st_mtime)
    path.write_bytes(b"a,3\n")
    os.utime(path, times)
    put(inbox / "650103/改名.csv", b"a,2\n")
    changed = receive(inbox, home, date(2020, 11, 3), CODES)
    assert [(r.receipt_id, r.source_file) for r in changed.receipts] == [
        ("000002-000001", "650103/目标.csv")
    ]


def test_archives_are_received_member_by_member(inbox, home):
    put(inbox / "650103/包.zip", archive({"一/甲.csv": b"1", "乙.csv": b"2", "same.csv": b"1"}))
    received = receive(inbox, home, NIGHT, CODES)
    members = [r for r in received.receipts if r.container_sha256]
    assert [r.source_file for r in members] == [
        "650103/包.zip!same.csv",
        "650103/包.zip!乙.csv",
    ]
    assert blob_path(home, members[1].file_sha256).read_bytes() == b"2"
    assert receive(inbox, home, NIGHT, CODES).known_count == 4


def test_an_archive_that_cannot_be_expanded_is_received_as_it_is(inbox, home):
    put(inbox / "650103/坏.zip", archive({"../甲.csv": b"1"}))
    received = receive(inbox, home, NIGHT, CODES)
    assert "650103/坏.zip" in [r.source_file for r in received.receipts]
    assert receive(inbox, home, NIGHT, CODES).receipts == []
    assert not (home.parent / "甲.csv").exists()


def test_what_cannot_be_received_is_reported(inbox, home):
    put(inbox / "649999/甲.csv", b"1")
    put(inbox / "6501021/甲.csv", b"1")
    put(inbox / "某某局/甲.csv", b"1")
    put(inbox / "散落.csv", b"1")
    for name in (".DS_Store", "Thumbs.db", "~$表.xlsx", "._表.xlsx"):
        put(inbox / "650103" / name, b"x")
    (inbox / "650103/链接.csv").symlink_to(inbox / "650103/目标.csv")
    (inbox / "650102-别处").symlink_to(inbox / "650103")
    os.mkfifo(inbox / "650103/管道.csv")
    received = receive(inbox, home, NIGHT, CODES)
    assert len(received.receipts) == 3
    assert {(f.rule_id, f.source_file) for f in received.findings} == {
        ("FILE-121", "649999"),
        ("FILE-121", "6501021"),
        ("FILE-121", "某某局"),
        ("FILE-122", "650102-别处"),
        ("FILE-122", "650103/链接.csv"),
        ("FILE-122", "650103/管道.csv"),
        ("FILE-124", "散落.csv"),
    }


def test_a_file_that_cannot_be_read_does_not_stop_the_others(inbox, home, monkeypatch):
    open_regular = landing._open_regular

    def fail(path: Path):
        if path.name == "目标.csv":
            raise PermissionError(13, "Permission denied")
        return open_regular(path)

    monkeypatch.setattr(landing, "_open_regular", fail)
    received = receive(inbox, home, NIGHT, CODES)
    assert len(received.receipts) == 2
    assert [(f.rule_id, f.source_file) for f in received.findings] == [
        ("FILE-123", "650103/目标.csv")
    ]


def test_gbk_file_names_are_shown_as_text(inbox, home):
    folder = os.fsencode(inbox / "650103")
    with open(os.path.join(folder, "自评.csv".encode("gbk")), "wb") as handle:
        handle.write(b"gbk")
    received = receive(inbox, home, NIGHT, CODES)
    assert "650103/自评.csv" in [r.source_file for r in received.receipts]
    json.dumps([r.source_file for r in received.receipts]).encode()


def test_killed_anywhere_nothing_is_received_and_the_next_night_completes(inbox, home, monkeypatch):
    put(inbox / "650103/包.zip", archive({"甲.csv": b"1"}))
    replace = os.replace

    class Killed(BaseException):
        pass

    for step in range(20):
        calls = 0

        def crash(source, target, step=step):
            nonlocal calls
            calls += 1
            if calls > step:
                raise Killed
            replace(source, target)

        monkeypatch.setattr(landing.os, "replace", crash)
        monkeypatch.setattr(landing, "LANDING_THREADS", 1)
        try:
            received = receive(inbox, home, NIGHT, CODES)
        except Killed:
            assert read_receipts(home) == []
            continue
        break
    assert step > 0
    assert len(received.receipts) == 4
    for receipt in read_receipts(home):
        assert blob_path(home, receipt.file_sha256).stat().st_size == receipt.size_bytes
    assert not list(home.rglob("*.tmp"))


def test_natural_order_is_total_and_reads_numbers():
    names = ["表10", "表2", "表02", "a", "1", "", "表" + "9" * 5000]
    assert sorted(names, key=natural_key) == sorted(reversed(names), key=natural_key)
    assert natural_key("表2") < natural_key("表10")
