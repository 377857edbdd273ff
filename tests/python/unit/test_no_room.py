"""A full disk is said in a sentence, whoever met it; so is every other failure of the machine."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import polars
import pytest

from nightly.build import BuildOutcome, NodeOutcome, judge_errors
from nightly.command import _stop_of
from nightly.errors import StopError, is_no_room
from nightly.xml_text import writable


def chained(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize("error", [
    OSError(errno.ENOSPC, "x"),
    OSError(errno.EDQUOT, "x"),
    duckdb.IOException('Could not write file "/x/w.duckdb.wal": No space left on device'),
    chained(ValueError("结果没有写完"), OSError(errno.ENOSPC, "x")),
])
def test_a_full_disk_is_said_in_a_sentence(error):
    assert _stop_of(error).message.startswith("磁盘已满")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("write", [
    lambda: polars.DataFrame({"a": list(range(100_000))}).write_parquet("/dev/full"),
    lambda: Path("/dev/full").write_text("x" * 10_000),
])
def test_what_libraries_really_say_of_it_is_known(write):
    with pytest.raises(Exception) as caught:
        write()
    assert is_no_room(caught.value)


def test_a_build_on_a_full_disk_says_so_and_names_no_table():
    node = NodeOutcome("int_x", "model", "error", 0.1, message=(
        'TransactionContext Error: Failed to commit: Could not write file "x.wal": '
        "No space left on device"
    ))
    with pytest.raises(StopError, match="磁盘已满"):
        judge_errors(BuildOutcome("2021-03-01", "f", [node]), Path("dbt.log"))
    other = NodeOutcome("int_x", "model", "error", 0.1, message="Conversion Error")
    with pytest.raises(StopError, match="计算各层表时出错"):
        judge_errors(BuildOutcome("2021-03-01", "f", [other]), Path("dbt.log"))


@pytest.mark.parametrize(("number", "words"), [
    (errno.EROFS, "磁盘是只读的"), (errno.EIO, "磁盘读写出错"), (errno.EMFILE, "打开的文件太多"),
])
def test_a_failure_of_the_machine_names_the_file_and_a_next_step(number, words):
    stop = _stop_of(OSError(number, "x", "/srv/var/landing"))
    assert words in stop.message and "/srv/var/landing" in stop.message
    assert stop.next_step and stop.exit_code == 1


def test_other_failures_are_not_taken_for_it():
    assert not is_no_room(OSError(errno.EIO, "Input/output error"))
    assert "没有权限" in _stop_of(PermissionError(errno.EACCES, "x", "/srv/x")).message


def test_text_that_xml_cannot_hold_is_shown_as_unreadable():
    found = writable("甲\x00乙\x0b\ud800\ufffe\uffff丙\t\n\r")
    assert found == "甲\ufffd乙\ufffd\ufffd\ufffd\ufffd丙\t\n\r"
