"""The night's order, exit codes, lock and notes, with the slow parts replaced."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from release_sample import make_warehouse

from nightly import analysis, audit, build, command, night, status, warehouse
from nightly.analysis import Analysis
from nightly.errors import (
    EXIT_FAILURE,
    EXIT_KEPT_YESTERDAY,
    EXIT_LOCKED,
    EXIT_NO_RELEASE,
    EXIT_NOTHING_CHANGED,
    EXIT_OK,
    EXIT_USAGE,
    StopError,
)
from nightly.held import held_release
from nightly.lock import hold, is_held
from nightly.progress import Journal, read_journal
from nightly.release import current_release, hash_file
from nightly.release_notes import CHANGES_NAME, NOTES_NAME
from nightly.settings import Home

AS_OF = date(2021, 3, 1)
COUNT = Analysis("count", "", "", "", "select count(*) from {{ ref('fct_project') }}")


class FakeWorker:
    """Answers as the gate's worker does."""

    def __init__(self, success: bool) -> None:
        self.success = success

    def gate_marts(self, database, out):
        failed = [] if self.success else [{"rule_id": "MART-001", "table": "mart_x"}]
        return {"success": self.success, "failed": failed, "expectations": 1}


@dataclass
class Office:
    """An installation whose load and build are replaced by the sample warehouse."""

    home: Home
    inbox: Path
    steps: list[str] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=lambda: {"m": "success"})
    marts_are_good: bool = True
    analyses: list[Analysis] = field(default_factory=lambda: [COUNT])
    project_count: int = 20

    def send(self, text: str) -> None:
        folder = self.inbox / "650102-天山区"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{len(text)}.csv").write_text(text, encoding="utf-8")

    def nightly(self, as_of: str = "2021-03-01") -> int:
        return command.main(
            ["nightly", "--inbox", str(self.inbox), "--home", str(self.home.root), "--as-of", as_of]
        )

    def run(self, *arguments: str) -> int:
        return command.main([*arguments, "--home", str(self.home.root)])


@pytest.fixture
def office(tmp_path, monkeypatch):
    office = Office(Home(tmp_path / "var"), tmp_path / "inbox")
    office.send("项目名称\n甲\n")

    def load(self):
        office.steps.append("load")
        office.home.warehouse.unlink(missing_ok=True)
        make_warehouse(office.home.warehouse, rows=office.project_count)
        return {}

    def run_build(home, as_of, fingerprint, manifest=None):
        office.steps.append("build")
        nodes = [
            build.NodeOutcome(name, "test" if name.startswith("t") else "model", status, 0.1, 3)
            for name, status in office.statuses.items()
        ]
        return build.BuildOutcome(as_of.isoformat(), fingerprint, nodes)

    def start_gate(self):
        self._worker = FakeWorker(office.marts_are_good)

    def report(self, as_of=None):
        office.steps.append(f"report {as_of}" if as_of else "report")
        (office.home.reports / current_release(office.home).release_id).mkdir(parents=True)

    monkeypatch.setattr(night.Night, "load", load)
    monkeypatch.setattr(night.Night, "gate", lambda self: office.steps.append("gate") or {})
    monkeypatch.setattr(night.Night, "report", report)
    monkeypatch.setattr(night.Night, "warm_build", lambda self, pool: None)
    monkeypatch.setattr(night.Night, "start_gate", start_gate)
    monkeypatch.setattr(build, "run_build", run_build)
    for module in (analysis, audit):
        monkeypatch.setattr(module, "list_analyses", lambda: office.analyses)
    monkeypatch.setattr("nightly.lists.write_lists", lambda database, folder, as_of: {})
    monkeypatch.setattr(
        "dashboards.dashboard.write_dashboard", lambda database, folder, masthead, changes: 0
    )
    return office


def test_a_night_then_nothing_changed_then_a_new_file(office):
    assert office.nightly() == EXIT_OK
    assert office.steps == ["load", "gate", "build", "report"]
    first = current_release(office.home).release_id
    assert office.nightly() == EXIT_NOTHING_CHANGED
    assert office.steps == ["load", "gate", "build", "report"]
    office.send("项目名称\n甲甲\n")
    assert office.nightly() == EXIT_OK
    assert current_release(office.home).release_id != first
    hashes = [
        json.loads(path.read_text("utf-8"))["tables"]
        for path in office.home.releases.glob("*/manifest.json")
    ]
    assert hashes[0] == hashes[-1]


def test_another_day_is_another_release(office):
    office.nightly()
    assert office.nightly("2021-03-02") == EXIT_OK
    assert current_release(office.home).release_id.startswith("20210302-001-")


def test_a_broken_promise_keeps_yesterdays_release(office, capsys):
    office.nightly()
    before = current_release(office.home).release_id
    office.send("项目名称\n甲甲\n")
    office.statuses = {"m": "success", "t_unique": "fail"}
    assert office.nightly() == EXIT_KEPT_YESTERDAY
    assert "检验 t_unique：3 行不符" in capsys.readouterr().err
    assert current_release(office.home).release_id == before
    assert office.nightly() == EXIT_KEPT_YESTERDAY
    office.statuses = {"m": "success"}
    assert office.nightly() == EXIT_OK


def test_an_analysis_that_breaks_keeps_yesterdays_release(office, capsys):
    office.nightly()
    before = current_release(office.home)
    assert (before.path / "analyses" / "count.sql").is_file()
    assert before.manifest()["audit"]["analyses"] == 1
    office.send("项目名称\n甲甲\n")
    lost = Analysis("lost", "", "", "", "select gone from {{ ref('fct_project') }}")
    office.analyses = [COUNT, lost]
    assert office.nightly() == EXIT_KEPT_YESTERDAY
    words = capsys.readouterr().err
    assert "有 1 个分析不能在这一结果上执行" in words and "分析 lost：" in words
    assert current_release(office.home).release_id == before.release_id
    office.analyses = [COUNT]
    assert office.nightly() == EXIT_OK


def test_the_gate_on_the_marts_keeps_yesterdays_release(office, capsys):
    office.nightly()
    before = current_release(office.home).release_id
    office.send("项目名称\n甲甲\n")
    office.marts_are_good = False
    assert office.nightly() == EXIT_KEPT_YESTERDAY
    assert "MART-001" in capsys.readouterr().err
    assert current_release(office.home).release_id == before


def test_a_model_that_fails_is_a_failure_of_ours(office):
    office.statuses = {"m": "error", "n": "skipped"}
    assert office.nightly() == EXIT_FAILURE
    assert current_release(office.home) is None


def test_a_crash_is_a_sentence_without_a_traceback(office, monkeypatch, capsys):
    def burst(self):
        raise RuntimeError("boom")

    monkeypatch.setattr(night.Night, "audit", burst)
    assert office.nightly() == EXIT_FAILURE
    words = capsys.readouterr().err
    assert "下一步" in words and "Traceback" not in words
    last = read_journal(office.home.logs)[-1]
    assert (last["step"], last["status"], last["exit_code"]) == ("night", "failed", EXIT_FAILURE)


def test_two_nights_cannot_run_at_once(office, capsys):
    script = textwrap.dedent(
        f"""
        import time
        from pathlib import Path
        from nightly.lock import hold
        from nightly.settings import Home
        with hold(Home(Path({str(office.home.root)!r}))):
            print("held", flush=True)
            time.sleep(60)
        """
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "held\n"
        assert office.nightly() == EXIT_LOCKED
        assert str(other.pid) in capsys.readouterr().err
        assert office.run("rollback") == EXIT_LOCKED
    finally:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert not is_held(office.home)  # a killed night leaves no lock behind
    assert office.nightly() == EXIT_OK


def test_steps_one_by_one(office):
    day = ("--as-of", "2021-03-01")
    assert office.run("receive", "--inbox", str(office.inbox), *day) == EXIT_OK
    assert office.run("release", *day) == EXIT_FAILURE  # nothing was audited
    assert office.run("audit", *day) == EXIT_FAILURE  # nothing was built
    with hold(office.home), night.Night(office.home, AS_OF) as one:
        one.load()
    for step in ("build", "audit", "release"):
        assert office.run(step, *day) == EXIT_OK
    assert current_release(office.home) is not None


def test_what_was_audited_is_what_is_released(office):
    day = ("--as-of", "2021-03-01")
    office.run("receive", "--inbox", str(office.inbox), *day)
    with hold(office.home), night.Night(office.home, AS_OF) as one:
        one.load()
    office.run("build", *day)
    office.run("audit", *day)
    office.send("项目名称\n甲甲\n")
    office.run("receive", "--inbox", str(office.inbox), *day)
    assert office.run("release", *day) == EXIT_FAILURE
    assert current_release(office.home) is None


@pytest.mark.parametrize("sub", [[], ["draw", "freeze"], ["nightly"], ["query"], ["demo"]])
def test_help_is_chinese(sub, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main([*sub, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "用法" in text and "退出码" in text and "usage" not in text


def test_mistakes_are_said_in_a_sentence(office, capsys):
    assert office.run("query", "select 1") == EXIT_NO_RELEASE
    assert office.run("rollback") == EXIT_NO_RELEASE
    assert office.run("check", "/no/such/file.xlsx") == EXIT_USAGE
    assert office.run("nightly", "--inbox", "/no/such/folder") == EXIT_USAGE
    assert office.run("nightly", "--inbox", str(office.home.root)) == EXIT_USAGE
    with pytest.raises(SystemExit) as stop:
        office.run("nightly", "--inbox", "x", "--as-of", "yesterday")
    assert stop.value.code == EXIT_USAGE
    words = capsys.readouterr().err
    assert words.count("下一步") == 6 and "Traceback" not in words


def test_rollback_holds_until_something_changes(office):
    office.nightly()
    office.send("项目名称\n甲甲\n")
    office.nightly()
    assert office.run("rollback") == EXIT_OK
    first = current_release(office.home).release_id
    assert office.nightly() == EXIT_NOTHING_CHANGED
    assert current_release(office.home).release_id == first
    office.send("项目名称\n甲甲甲\n")
    assert office.nightly() == EXIT_OK


def held_office(office: Office) -> str:
    """Let an office have a live release of 300 projects and a held one of 200."""
    office.project_count = 300
    assert office.nightly() == EXIT_OK
    office.project_count = 200
    office.send("项目名称\n甲甲\n")
    assert office.nightly() == EXIT_KEPT_YESTERDAY
    return current_release(office.home).release_id


def test_a_large_move_holds_and_the_same_night_holds_again(office, capsys):
    live = held_office(office)
    words = capsys.readouterr().err
    assert "marts.fct_project 由 300 行减为 200 行（-33.3%），限度 10%" in words
    assert "jixiao release --accept" in words
    assert read_journal(office.home.logs)[-1]["exit_code"] == EXIT_KEPT_YESTERDAY
    first = held_release(office.home)
    steps = len(office.steps)
    assert office.nightly() == EXIT_KEPT_YESTERDAY
    assert len(office.steps) == steps  # held again without being built again
    assert office.run("release", "--as-of", "2021-03-01") == EXIT_KEPT_YESTERDAY
    assert held_release(office.home) == first
    assert current_release(office.home).release_id == live
    assert "【暂缓发布】" in (first.path / NOTES_NAME).read_text("utf-8")
    assert status.held_lines(office.home)[0].startswith(f"暂缓的发布　{first.release_id}")


def test_what_was_held_is_what_is_accepted_and_the_next_night_compares_with_it(office, capsys):
    live = held_office(office)
    held = held_release(office.home)
    hashes = held.manifest()["tables"]
    office.send("项目名称\n甲甲甲\n")  # what came in since waits for its own night
    arguments = ("release", "--accept", "--as-of", "2021-03-03", "--reason", "项目清单已核减")
    assert office.run(*arguments) == EXIT_OK
    made = current_release(office.home)
    assert made.release_id == held.release_id and held_release(office.home) is None
    manifest = made.manifest()
    assert manifest["tables"] == hashes
    assert manifest["acceptance"]["accepted_date"] == "2021-03-03"
    assert manifest["acceptance"]["base_release_id"] == live
    assert manifest["acceptance"]["reason"] == "项目清单已核减"
    assert [move["subject"] for move in manifest["acceptance"]["moves"]] == ["marts.fct_project"]
    for name, facts in manifest["files"].items():
        assert hash_file(made.path / name) == facts["sha256"]
    notes = (made.path / NOTES_NAME).read_text("utf-8")
    assert "已于 2021-03-03 确认发布（理由：项目清单已核减）" in notes
    assert not (made.path / "manifest.json").stat().st_mode & 0o222
    assert office.steps[-1] == "report 2021-03-01"  # of the release, not of the decision
    assert office.run(*arguments) == EXIT_NO_RELEASE
    assert office.nightly() == EXIT_OK  # 200 projects again: nothing moves
    changes = json.loads((current_release(office.home).path / CHANGES_NAME).read_text("utf-8"))
    assert changes["base"]["release_id"] == made.release_id and changes["moves"] == []


def test_a_later_candidate_takes_the_place_of_the_held_one(office):
    live = held_office(office)
    first = held_release(office.home)
    assert office.nightly("2021-03-02") == EXIT_KEPT_YESTERDAY
    second = held_release(office.home)
    assert second.release_id != first.release_id and not first.path.exists()
    office.project_count = 290
    office.send("项目名称\n甲甲甲\n")
    assert office.nightly("2021-03-02") == EXIT_OK  # mended: nobody has to accept anything
    assert held_release(office.home) is None
    assert current_release(office.home).release_id != live
    assert office.run("release", "--accept") == EXIT_NO_RELEASE


def test_a_comparison_with_a_release_no_longer_live_cannot_be_accepted(office, capsys):
    office.nightly("2021-02-28")
    held_office(office)
    assert office.run("rollback") == EXIT_OK
    assert office.run("release", "--accept") == EXIT_FAILURE
    assert "现行发布已变" in capsys.readouterr().err


def test_an_accept_killed_before_the_switch_is_completed(office, monkeypatch):
    live = held_office(office)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nightly.release.switch", die)
        assert office.run("release", "--accept") == 130
    assert current_release(office.home).release_id == live
    assert office.run("release", "--accept") == EXIT_OK
    assert current_release(office.home).release_id != live


def test_the_first_release_says_so(office):
    office.nightly()
    release = current_release(office.home)
    assert "这是第一个发布" in (release.path / NOTES_NAME).read_text("utf-8")
    assert json.loads((release.path / CHANGES_NAME).read_text("utf-8"))["is_first"] is True
    assert {NOTES_NAME, CHANGES_NAME} <= set(release.manifest()["files"])


def test_a_warehouse_in_doubt_is_read_anew(tmp_path):
    home = Home(tmp_path)
    assert warehouse.make_ready(home) == "尚无工作库"
    assert warehouse.make_ready(home) == ""
    home.warehouse.with_name("warehouse.duckdb.wal").write_bytes(b"")
    assert "中断" in warehouse.make_ready(home)
    home.warehouse.write_bytes(b"not a database")
    assert warehouse.make_ready(home) == "工作库打不开"
    con = warehouse.open_warehouse(home)
    con.execute("update ops.warehouse_state set value = 'older code'")
    con.close()
    assert warehouse.make_ready(home) == "读取规则有更新"
    assert warehouse.make_ready(home) == ""


def test_what_other_rules_said_is_taken_back(tmp_path, monkeypatch):
    home = Home(tmp_path)
    warehouse.make_ready(home)
    con = warehouse.open_warehouse(home)
    assert warehouse.forget_old_verdicts(con) is False
    con.execute(
        "insert into ops.filing (filing_id, state, state_reason) values ('f', 'filed', 'A')"
    )
    con.execute(
        "insert into ops.finding (rule_id, source) values ('A', 'gate'), ('B', 'ingest')"
    )
    con.execute("insert into ops.gate_result (rule_id) values ('A')")
    assert warehouse.forget_old_verdicts(con) is False
    monkeypatch.setattr(warehouse, "gate_hash", lambda: "other rules")
    assert warehouse.forget_old_verdicts(con) is True
    assert con.execute("select state, state_reason from ops.filing").fetchall() == [
        ("loaded", None)
    ]
    assert con.execute("select rule_id from ops.finding").fetchall() == [("B",)]
    assert con.execute("select count(*) from ops.gate_result").fetchall() == [(0,)]
    con.close()


def test_audit_needs_a_build():
    with pytest.raises(StopError, match="没有可以审计"):
        audit.audit(Home(Path("/nowhere")), None, FakeWorker(True))


def test_every_step_leaves_a_line(tmp_path):
    journal = Journal(tmp_path, AS_OF)
    with journal.step("load") as step:
        step.rows = 5
        step.advance(1, 2, "文件")
    with pytest.raises(ValueError), journal.step("gate"):
        raise ValueError
    lines = read_journal(tmp_path)
    assert [(line["step"], line["status"]) for line in lines] == [
        ("load", "ok"),
        ("gate", "failed"),
    ]
    assert lines[0]["rows"] == 5
    assert {"at", "as_of", "seconds", "rss_mb"} <= set(lines[0])
