"""Kill it anywhere, the short form: receiving, releasing, accepting and rolling back.

Reading and building are replaced (`struck_night.py`); `make torture` strikes them for real.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from torture import promises
from torture.kill_campaign import renewed
from torture.kill_point import WHOLE_COMMAND, KillPoint, StepProfile, draw_points
from torture.kill_report import section_text
from torture.office import HangError, Office
from torture.outcome import Broken, Outcome, guarded

SCRIPT = Path(__file__).with_name("struck_night.py")
ROOT = SCRIPT.parents[3]
SEED = 7


def command(home: Path, what: tuple[str, str], arguments: list[str]) -> int:
    """Run a command under watch."""
    places = os.pathsep.join([str(ROOT), str(SCRIPT.parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, str(SCRIPT), *what, "--", *arguments, "--home", str(home)],
        env={**os.environ, "PYTHONPATH": places}, capture_output=True, start_new_session=True,
        timeout=120,
    ).returncode


class Region:
    """An installation with one release, an inbox with a new file, and what is expected of it."""

    def __init__(self, base: Path) -> None:
        self.home, self.inbox = base / "var", base / "inbox"
        self.profile_file = base / "profile.json"
        folder = self.inbox / "650102-天山区"
        folder.mkdir(parents=True)
        (folder / "1.csv").write_text("项目名称\n甲\n", encoding="utf-8")
        self.night = ["nightly", "--inbox", str(self.inbox), "--as-of", "2021-03-01"]
        assert self.watch(self.night)[0] == 0
        self.before = promises.live_tables(self.home)
        self.filed = base / "filed"
        shutil.copytree(self.home, self.filed, symlinks=True)
        (folder / "2.csv").write_text("项目名称\n乙\n", encoding="utf-8")
        code, self.profile = self.watch(self.night)
        assert code == 0
        self.after = promises.live_tables(self.home)
        assert self.after != self.before
        self.refiled = base / "refiled"
        shutil.copytree(self.home, self.refiled, symlinks=True)
        _, rollback = self.watch(["rollback"])
        self.profile["rollback"] = rollback[WHOLE_COMMAND]

    def watch(self, arguments: list[str]) -> tuple[int, dict[str, StepProfile]]:
        code = command(self.home, ("--profile", str(self.profile_file)), arguments)
        facts = json.loads(self.profile_file.read_text("utf-8"))
        return code, {step: StepProfile(**values) for step, values in facts.items()}

    def reset(self, state: Path) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(state, self.home, symlinks=True)


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    return Region(tmp_path_factory.mktemp("struck"))


@pytest.mark.parametrize(("step", "count"), [("receive", 6), ("release", 14), ("rollback", 4)])
def test_whatever_is_struck_the_live_release_is_whole_and_the_next_night_completes(
    region, step, count
):
    is_night = step != "rollback"
    arguments = region.night if is_night else ["rollback"]
    profile = {step if is_night else WHOLE_COMMAND: region.profile[step]}
    points = draw_points(profile, next(iter(profile)), count, random.Random(SEED))
    region.reset(region.filed if is_night else region.refiled)
    met = 0
    for point in points:
        records = promises.records(region.home)
        code = command(region.home, ("--point", point.dumps()), arguments)
        met += code in (-signal.SIGKILL, 128 + signal.SIGTERM, -signal.SIGTERM)
        promises.check_struck(region.home, [region.before, region.after], records, True)
        if not is_night:
            region.reset(region.refiled)
        elif promises.live_tables(region.home) == region.after:
            region.reset(region.filed)
    assert met >= count - 3
    if is_night:
        assert command(region.home, ("--profile", str(region.profile_file)), region.night) == 0
        assert promises.live_tables(region.home) == region.after
        assert len(promises.receipts(region.home)) == 2


def test_a_broken_release_and_a_lost_file_are_noticed(region):
    """The checks themselves can fail."""
    region.reset(region.refiled)
    allowed = [region.before, region.after]
    promises.check_struck(region.home, allowed, {}, True)
    live = region.home / "releases" / os.readlink(region.home / "releases/current")
    notes = live / "发布说明.txt"
    notes.chmod(0o644)
    notes.write_bytes(notes.read_bytes()[:-1] + b"?")
    with pytest.raises(promises.BrokenPromiseError, match="发布说明"):
        promises.check_struck(region.home, allowed, {}, True)
    region.reset(region.refiled)
    blob = next((region.home / "landing/blobs").glob("??/*"))
    blob.unlink()
    with pytest.raises(promises.BrokenPromiseError, match="没有原文"):
        promises.check_struck(region.home, allowed, {}, True)
    region.reset(region.refiled)
    with pytest.raises(promises.BrokenPromiseError, match="变了"):
        receipt = next(iter(promises.records(region.home)))
        promises.check_struck(region.home, allowed, {receipt: b"other"}, True)
    (region.home / "releases/current").unlink()
    with pytest.raises(promises.BrokenPromiseError, match="不见了"):
        promises.check_struck(region.home, allowed, {}, True)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(content)


def tear(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:100])


HARM = {
    "a byte of the database": lambda live: flip(live / "jixiao.duckdb"),
    "the manifest": lambda live: tear(live / "manifest.json"),
    "no manifest": lambda live: (live / "manifest.json").unlink(),
    "a list": lambda live: next((live / "parquet").iterdir()).unlink(),
    "everything": shutil.rmtree,
}


@pytest.mark.parametrize(
    ("harm", "are_all_damaged"), [*((harm, False) for harm in HARM), ("the manifest", True)]
)
def test_a_damaged_release_is_made_again_by_the_next_night(region, harm, are_all_damaged):
    """Nothing new was sent; without the damage the night would have nothing to do."""
    region.reset(region.refiled)
    assert command(region.home, ("--profile", str(region.profile_file)), region.night) == 3
    releases = sorted((region.home / "releases").glob("[0-9]*-*"))
    assert len(releases) == 2
    HARM[harm](releases[1])
    if are_all_damaged:
        HARM[harm](releases[0])
    assert command(region.home, ("--profile", str(region.profile_file)), region.night) == 0
    live = region.home / "releases" / os.readlink(region.home / "releases/current")
    assert live not in releases or harm == "everything"
    promises.check_release(live)
    assert promises.live_tables(region.home) == region.after
    said = (region.home / "logs" / "2021-03-01.jsonl").read_text("utf-8")
    assert '"damaged"' in said
    assert command(region.home, ("--profile", str(region.profile_file)), region.night) == 3


def test_points_cover_both_ends_operations_and_moments():
    points = draw_points({"load": StepProfile(40, 5.0)}, "load", 20, random.Random(1))
    assert {point.kind for point in points} == {"start", "end", "operation", "moment"}
    assert all(1 <= point.value <= 40 for point in points if point.kind == "operation")
    assert all(0 <= point.value <= 5 for point in points if point.kind == "moment")
    assert KillPoint.loads(points[0].dumps()) == points[0]


def test_a_struck_accept_leaves_the_candidate_as_it_was_and_is_completed(region):
    """The candidate is fewer projects than the limits allow, so it is held."""
    region.reset(region.filed)
    os.environ["STRUCK_ROWS"] = "200"
    try:
        assert command(region.home, ("--profile", str(region.profile_file)), region.night) == 4
        held = region.home.with_name("held")
        shutil.copytree(region.home, held, symlinks=True)
        accept = ["release", "--accept", "--reason", "核对过", "--as-of", "2021-03-02"]
        code, profile = region.watch(accept)
        assert code == 0
        accepted = promises.live_tables(region.home)
        assert accepted not in (region.before, region.after)
        region.reset(held)
        candidate = next((region.home / "releases/held").iterdir())
        flip(candidate / "jixiao.duckdb")
        assert command(region.home, ("--profile", str(region.profile_file)), accept) == 1
        assert promises.live_tables(region.home) == region.before
        points = draw_points(profile, WHOLE_COMMAND, 10, random.Random(SEED))
        for point in points:
            region.reset(held)
            records = promises.records(region.home)
            command(region.home, ("--point", point.dumps()), accept)
            promises.check_struck(region.home, [region.before, accepted], records, True)
            is_live = promises.live_tables(region.home) == accepted
            assert command(region.home, ("--profile", str(region.profile_file)), accept) == (
                6 if is_live else 0
            )
            assert promises.live_tables(region.home) == accepted
            assert not any((region.home / "releases" / "held").iterdir())
    finally:
        del os.environ["STRUCK_ROWS"]


def test_the_report_tells_losses_half_releases_and_hangs_apart():
    def outcome(kind, name, **facts):
        return {"kind": kind, "name": name, "code": "1a2b", "met": 0, "missed": 0, "nights": 0,
                "filings": 0, "said": [], "broken": [], **facts}

    broken = [{"kind": "hang", "after": "build:start SIGKILL → -9", "text": "900 秒没有结束"}]
    text = section_text({
        "seed": 1, "seconds": 60, "peak_mib": 700, "left_out": ["磁盘写满"], "outcomes": [
            outcome("kill", "重报：计算", met=5, missed=1, nights=1, filings=30),
            outcome("kill", "重报：计算", met=2, broken=broken),
            outcome("disk", "landing 只读", met=1, nights=1, filings=30, said=["以 1 结束：a|b"]),
        ],
    })
    lines = text.splitlines()
    assert "| 重报：计算 | 7 | 1 | 1 |" in lines
    assert "| 合计 | 7 | 1 | 1 |" in lines
    assert "| landing 只读 | 以 1 结束：a｜b | 0 |" in lines
    assert "| 丢失或行数不守恒 | 0 |" in lines
    assert "| 挂起 | 1 |" in lines
    assert "- 重报：计算（build:start SIGKILL → -9）：900 秒没有结束" in lines
    assert "没有 root 权限，未试：磁盘写满。" in lines
    assert "代码版本：1a2b（3 项）。" in lines
    assert "之后完整运行并核对 2 夜，60 份报送逐份核对行数。单个进程最大内存 700 MiB。" in lines


@pytest.mark.parametrize(("error", "kind"), [
    (promises.LossError("少了"), "loss"),
    (promises.HalfReleaseError("半个"), "half_release"),
    (HangError("没有结束"), "hang"),
    (promises.BrokenPromiseError("别的"), "other"),
])
def test_a_broken_promise_ends_its_trial_and_is_told(tmp_path, error, kind):
    def trial(office, outcome):
        outcome.said.append("receive:end SIGKILL → -9")
        raise error

    office = Office(tmp_path / "home", tmp_path, tmp_path / "log")
    office.home.mkdir()
    outcome = guarded(Outcome("kill", "重报", "1a2b"), office, trial)
    assert outcome.broken == [
        Broken(kind, "receive:end SIGKILL → -9", f"{type(error).__name__} {error}")
    ]
    assert office.home.is_dir()  # left to be looked at


def test_a_partial_run_renews_its_own_outcomes_only():
    def figures(seconds, peak, *outcomes):
        return {"seed": 1, "seconds": seconds, "peak_mib": peak, "left_out": [],
                "outcomes": [{"name": name, "code": code} for name, code in outcomes]}

    before = figures(900, 500, ("甲", "旧"), ("甲", "旧"), ("乙", "旧"))
    now = figures(60, 600, ("甲", "新"), ("丙", "新"))
    assert renewed(before, now) == figures(900, 600, ("甲", "新"), ("乙", "旧"), ("丙", "新"))
