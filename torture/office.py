"""The installation under fire: a small region that has filed, files again, and is drawn from."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torture.kill_point import KillPoint, StepProfile

BUREAUS = ("650000", "650100", "650102", "650103", "652300", "652301")
REFILING = "650102"
FIRST_DAY, SECOND_DAY, THIRD_DAY = "2021-03-01", "2021-03-02", "2021-03-03"
REGION_SCALE, REFILED_SCALE, INDICATOR_SHARE = 0.001, 0.15, 0.2
EXIT_HELD = 4
PATIENCE = 900.0
"""Seconds after which a command counts as hanging."""


class HangError(AssertionError):
    """A command did not end."""


@dataclass(frozen=True)
class Inboxes:
    """What lies in the inbox on each of three nights; nothing is ever taken out.

    Attributes:
        first: six bureaus.
        second: and one of them sends again, with more and other projects.
        third: and the same one sends again, with so much less that the release is held.
    """

    first: Path
    second: Path
    third: Path


def write_inboxes(folder: Path) -> Inboxes:
    """Simulate what six bureaus send on three nights.

    Args:
        folder: where to write; made.

    Returns:
        The three inboxes.
    """
    from simulate.region import write_region

    regions = []
    for seed, scale in ((1, REGION_SCALE), (2, REFILED_SCALE), (3, REGION_SCALE)):
        regions.append(folder / f"region-{seed}")
        write_region(
            regions[-1], "xinjiang-2020", scale, seed,
            indicator_share=INDICATOR_SHARE, faults="default", with_records=False,
        )
    nights = Inboxes(folder / "first", folder / "second", folder / "third")
    for path in regions[0].iterdir():
        if path.name[:6] in BUREAUS:
            shutil.copytree(path, nights.first / path.name)
    for before, night, region, name in (
        (nights.first, nights.second, regions[1], "重报"),
        (nights.second, nights.third, regions[2], "再次重报"),
    ):
        shutil.copytree(before, night)
        again, target = (
            next(path for path in place.iterdir() if path.name[:6] == REFILING)
            for place in (region, night)
        )
        shutil.copytree(again, target / name)
    for region in regions:
        shutil.rmtree(region)
    return nights


@dataclass
class Office:
    """One installation.

    Attributes:
        home: its folder.
        cache: folder of the parsed dbt project, shared.
        log: where what commands say is kept.
    """

    home: Path
    cache: Path
    log: Path
    kills: list[str] = field(default_factory=list)

    def copy_of(self, other: Path) -> Office:
        """Put this installation into the state of another.

        Args:
            other: an installation at rest.

        Returns:
            This one.
        """
        shutil.rmtree(self.home, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", str(other), str(self.home)], check=True)
        return self

    def run(self, arguments: Sequence[str]) -> int:
        """Run a command undisturbed.

        Args:
            arguments: of `jixiao`, without `--home`.

        Returns:
            Its exit code.
        """
        return self._run(["nightly.command", *arguments])[0]

    def profile(self, arguments: Sequence[str]) -> tuple[int, dict[str, StepProfile]]:
        """Run a command undisturbed and watch it.

        Args:
            arguments: of `jixiao`, without `--home`.

        Returns:
            Its exit code, and what each step did.
        """
        into = self.log.with_name("profile.json")
        code, _ = self._run(["torture.victim", "--profile", str(into), "--", *arguments])
        facts = json.loads(into.read_text(encoding="utf-8"))
        return code, {step: StepProfile(**values) for step, values in facts.items()}

    def strike(self, arguments: Sequence[str], point: KillPoint) -> tuple[bool, int]:
        """Run a command and strike it.

        Args:
            arguments: of `jixiao`, without `--home`.
            point: where.

        Returns:
            Whether it was met (it may end before), and its process group.
        """
        code, group = self._run(["torture.victim", "--point", point.dumps(), "--", *arguments])
        is_met = code == (128 + signal.SIGTERM if point.signal == "TERM" else -signal.SIGKILL)
        is_met = is_met or code == -signal.SIGTERM
        self.kills.append(f"{point} → {code}")
        return is_met, group

    def _run(self, words: Sequence[str]) -> tuple[int, int]:
        command = [sys.executable, "-m", *words, "--home", str(self.home)]
        environment = {**os.environ, "JIXIAO_PARSE_CACHE": str(self.cache)}
        with self.log.open("ab") as log:
            log.write(f"\n$ {' '.join(words)}\n".encode())
            log.flush()
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )
            try:
                return process.wait(PATIENCE), process.pid
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise HangError(f"{PATIENCE:.0f} 秒没有结束：{' '.join(words)}") from None


def nightly(inbox: Path, as_of: str) -> list[str]:
    """Arguments of a night.

    Args:
        inbox: where files lie.
        as_of: its date.

    Returns:
        Arguments of `jixiao`.
    """
    return ["nightly", "--inbox", str(inbox), "--as-of", as_of]


def accept(as_of: str) -> list[str]:
    """Arguments that accept a held release."""
    return ["release", "--accept", "--reason", "演练", "--as-of", as_of]
