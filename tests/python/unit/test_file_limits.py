"""What one file may cost: a process that takes more is ended, and only its file is refused."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest

from ingest import parse
from ingest.file_limits import FileLimits, file_limits, resident_bytes
from ingest.findings import load_catalogue, render
from ingest.landing import read_receipts, receive

MIB = 1024**2
LIMITS = FileLimits(seconds=30, memory_bytes=400 * MIB)


def _serve_greedily(connection, folder):
    """A worker as the night's, but a file named after an ill does what it is named after."""

    class Greedy:
        def recv(self):
            task = connection.recv()
            self.chunk = task and task[1]
            return task

        def send(self, message):
            connection.send(message)
            name = self.chunk[message[1]].receipt.source_file if message[0] == "started" else ""
            if "吃内存" in name:
                self.kept = bytearray(os.urandom(MIB) * 600)
                time.sleep(20)
            elif "要内存" in name:
                raise MemoryError
            elif "异常终止" in name:
                os.abort()
            elif "段错误" in name:
                os.kill(os.getpid(), 11)

    parse._serve(Greedy(), folder)


class GreedySupervisor(parse.Supervisor):
    serve = staticmethod(_serve_greedily)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, tuple[str | None, str]]:
    """Rule and words by file name, of one night with every ill."""
    folder = tmp_path_factory.mktemp("limits")
    for number, name in enumerate(("吃内存", "甲", "要内存", "异常终止", "乙", "段错误", "丙")):
        path = folder / "inbox" / "650102" / f"{number}-{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"2020年部门预算项目清单\n{name}\n")
    receive(folder / "inbox", folder / "home", date(2021, 3, 1))
    batch = parse.parse_receipts(
        read_receipts(folder / "home"), folder / "home", 1,
        limits=LIMITS, supervisor=GreedySupervisor,
    )
    catalogue = load_catalogue()
    words = {finding.source_file: render(finding, catalogue)[0] for finding, _ in batch.findings}
    assert len(batch.receipts) == 7
    return {
        Path(row["source_file"]).stem[2:]: (row["rule_id"], words[row["source_file"]])
        for row in batch.receipts
    }


@pytest.mark.parametrize("name", ["吃内存", "要内存", "异常终止"])
def test_a_file_that_needs_too_much_memory_is_refused_by_name(results, name):
    rule_id, message = results[name]
    assert rule_id == "FILE-212"
    assert name in message and "超过 400 MB" in message


def test_a_file_that_breaks_its_process_is_refused_as_that(results):
    assert results["段错误"][0] == "FILE-208"


def test_the_other_files_are_read(results):
    assert {results[name][0] for name in ("甲", "乙", "丙")} == {"FILE-201"}


def test_limits_are_settings(monkeypatch, caplog):
    assert file_limits() == FileLimits(120, 1024 * MIB)
    monkeypatch.setenv("JIXIAO_FILE_SECONDS", "45")
    monkeypatch.setenv("JIXIAO_FILE_MEMORY_MB", "2048")
    assert file_limits() == FileLimits(45, 2048 * MIB)
    for wrong in ("0", "-1", "很多", "1.5", "٣"):
        monkeypatch.setenv("JIXIAO_FILE_SECONDS", wrong)
        assert file_limits().seconds == 120
        assert wrong in caplog.text


def test_the_alarm_leaves_room_for_what_is_filled_between_two_looks():
    limits = FileLimits(memory_bytes=1024 * MIB)
    assert limits.alarm_bytes <= 900 * MIB


def test_memory_of_a_process_is_seen():
    before = resident_bytes(os.getpid())
    kept = os.urandom(64 * MIB)
    assert resident_bytes(os.getpid()) - before > 48 * MIB
    assert resident_bytes(2**22 + 1) == 0
    del kept
