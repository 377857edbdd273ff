"""Damage, interruption and the clock: what a night does when the machine lets it down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date, timedelta

import duckdb
import pytest
from test_night_steps import AS_OF, Office, office  # noqa: F401

from nightly import build, clock, night, warehouse
from nightly.errors import EXIT_FAILURE, EXIT_NOTHING_CHANGED, EXIT_OK, EXIT_TERMINATED, StopError
from nightly.progress import read_journal
from nightly.release import current_release
from nightly.settings import Home


def flip_bytes(path) -> None:
    """Damage the middle of a file, as a bad disk does: some hundred bytes in each of 8 places."""
    size = path.stat().st_size
    with path.open("r+b") as handle:
        for part in range(1, 9):
            handle.seek(size * part // 9)
            found = handle.read(300)
            handle.seek(size * part // 9)
            handle.write(bytes(byte ^ 0xFF for byte in found))


@pytest.fixture
def written(tmp_path):
    home = Home(tmp_path / "var")
    home.root.mkdir()
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute(
            "create table t as select range as n, md5(range::varchar) as s from range(200000)"
        )
    return home


def test_damage_is_found_in_any_block_and_soundness_too(written):
    assert warehouse.find_damage(written) == ""
    flip_bytes(written.warehouse)
    assert warehouse.find_damage(written) != ""


@pytest.mark.parametrize("make", [
    lambda path: (path / "part").mkdir(parents=True),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(os.urandom(9000)),
    lambda path: path.symlink_to("/nowhere/at/all"),
])
def test_whatever_lies_where_the_warehouse_was_gives_way(tmp_path, make):
    home = Home(tmp_path / "var")
    home.root.mkdir()
    make(home.warehouse)
    assert warehouse.make_ready(home) != ""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        assert con.execute("select count(*) from ops.receipt").fetchall() == [(0,)]


def test_a_warehouse_open_elsewhere_is_not_called_damaged(written):
    script = f"import duckdb, time; c = duckdb.connect({str(written.warehouse)!r}); print(1)"
    other = subprocess.Popen(
        [sys.executable, "-uc", script + "; time.sleep(60)"], stdout=subprocess.PIPE
    )
    try:
        other.stdout.readline()
        assert warehouse.find_damage(written) == ""
    finally:
        other.kill()
        other.wait()


def failing_build(office: Office, monkeypatch, harm) -> None:  # noqa: F811
    """Let the first build of the test fail after doing some harm."""
    run, tries = build.run_build, []

    def run_build(*args, **kwargs):
        tries.append(1)
        if len(tries) == 1:
            harm()
            raise duckdb.IOException("Corrupt database file: computed checksum does not match")
        return run(*args, **kwargs)

    monkeypatch.setattr(build, "run_build", run_build)


def test_a_damaged_warehouse_is_read_anew_within_the_night(office, monkeypatch):  # noqa: F811
    def harm():
        with duckdb.connect(str(office.home.warehouse)) as con:
            con.execute("create table t as select md5(range::varchar) as s from range(200000)")
        flip_bytes(office.home.warehouse)

    failing_build(office, monkeypatch, harm)
    assert office.nightly() == EXIT_OK
    assert office.steps == ["load", "gate", "load", "gate", "build", "report"]
    assert [line for line in read_journal(office.home.logs) if line["step"] == "rebuild"]
    assert current_release(office.home) is not None


def test_a_fault_on_a_sound_warehouse_is_not_tried_again(office, monkeypatch):  # noqa: F811
    failing_build(office, monkeypatch, lambda: None)
    assert office.nightly() == EXIT_FAILURE
    assert office.steps == ["load", "gate"]
    assert warehouse.unfinished_attempts(office.home) == 1
    assert office.nightly() == EXIT_OK
    assert warehouse.unfinished_attempts(office.home) == 0


def test_after_two_nights_without_an_end_the_third_reads_anew(written):
    with duckdb.connect(str(written.warehouse)) as con:
        con.execute("create schema ops; create table ops.warehouse_state (key text, value text)")
        con.execute(
            "insert into ops.warehouse_state values ('ingest_hash', ?)", [warehouse.ingest_hash()]
        )
    for wanted in ("", "", "连续两次运行未能完成"):
        warehouse.begin_attempt(written)
        assert warehouse.why_rebuild(written) == wanted
    assert warehouse.make_ready(written) == "连续两次运行未能完成"
    assert warehouse.unfinished_attempts(written) == 1
    assert warehouse.why_rebuild(written) == ""


def test_a_night_that_found_nothing_new_completes_the_report(office):  # noqa: F811
    assert office.nightly() == EXIT_OK
    assert office.nightly() == EXIT_NOTHING_CHANGED
    assert office.steps[-1] == "report"
    (office.home.reports / current_release(office.home).release_id).rmdir()
    assert office.nightly() == EXIT_NOTHING_CHANGED
    assert office.steps[-1] == "report 2021-03-01"


def test_sigterm_ends_the_command_with_a_sentence_and_its_code(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    script = textwrap.dedent(
        f"""
        import sys, time
        from nightly import command, night
        def run_night(*args):
            print("running", flush=True)
            time.sleep(60)
        night.run_night = run_night
        sys.exit(command.main(
            ["nightly", "--inbox", {str(inbox)!r}, "--home", {str(tmp_path / "var")!r}]
        ))
        """
    )
    asked = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert asked.stdout.readline() == "running\n"
    asked.send_signal(signal.SIGTERM)
    _, words = asked.communicate(timeout=30)
    assert asked.returncode == EXIT_TERMINATED
    assert "收到停止信号" in words and "Traceback" not in words


def test_an_interrupted_night_says_so_in_its_journal(office, monkeypatch):  # noqa: F811
    def stop(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    monkeypatch.setattr(build, "run_build", stop)
    assert office.nightly() == EXIT_TERMINATED
    last = read_journal(office.home.logs)[-1]
    assert (last["step"], last["status"], last["exit_code"]) == ("night", "stopped", 143)


def test_workers_end_with_the_process_that_started_them(tmp_path):
    script = textwrap.dedent(
        """
        import subprocess, sys, time
        code = ("from ingest.lifeline import end_with_parent; import time;"
                "end_with_parent(); print(1, flush=True); time.sleep(60)")
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        child.stdout.readline()
        print(child.pid, flush=True)
        time.sleep(60)
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for _ in range(100):
        try:
            state = open(f"/proc/{child}/stat").read().rsplit(")", 1)[1].split()[0]
        except OSError:
            break
        if state == "Z":  # ended; nobody has asked for it yet
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        pytest.fail("the worker outlived its parent")


@pytest.mark.parametrize(
    ("today", "is_believed"),
    [
        (AS_OF - timedelta(days=1), False),
        (AS_OF, True),
        (AS_OF + timedelta(days=400), True),
        (AS_OF + timedelta(days=401), False),
    ],
)
def test_the_clock_is_believed_within_bounds(office, today, is_believed):  # noqa: F811
    clock.believe_clock(office.home, date(1970, 1, 1))  # nothing is known yet
    assert office.nightly(AS_OF.isoformat()) == EXIT_OK
    if is_believed:
        clock.believe_clock(office.home, today)
    else:
        with pytest.raises(StopError, match="系统时钟"):
            clock.believe_clock(office.home, today)


def test_night_keeps_its_date_where_one_is_given(office):  # noqa: F811
    assert office.nightly("2021-03-01") == EXIT_OK
    assert office.nightly("2020-03-01") == EXIT_OK
    assert night.current_release(office.home).manifest()["as_of"] == "2020-03-01"


def test_a_gate_whose_night_was_killed_while_it_was_starting_ends_at_once():
    """Its libraries take seconds to import; by then it would have to find out by itself."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "expectations", "1"],
        stdin=subprocess.PIPE, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 1
    assert "great_expectations" not in done.stderr and "duckdb" not in done.stderr
