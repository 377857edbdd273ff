"""Kills nights anywhere and checks the promises after each: `python -m torture.kill_campaign`.

A chain is an installation at rest and a row of strikes, each on the command that the operator would
run next; after the last strike a night completes undisturbed, and its tables must be those of a
night that nobody disturbed. Chains strike one after the other without a night's rest between, which
is harder on the next night than a strike alone.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from torture import promises
from torture.disk_faults import run_disk_faults
from torture.kill_point import WHOLE_COMMAND, KillPoint, StepProfile, draw_points
from torture.kill_report import SECTION, section_text
from torture.office import (
    EXIT_HELD,
    FIRST_DAY,
    SECOND_DAY,
    HangError,
    Office,
    accept,
    nightly,
    write_inboxes,
)
from torture.report import write_section

logger = logging.getLogger(__name__)

SEED = 20210302
DRAW_SEED = "20210303-007-1122334"
RESULTS = Path(__file__).with_name("results") / "kill_campaign.json"


@dataclass(frozen=True)
class Chain:
    """A row of strikes on copies of one state.

    Attributes:
        name: what it is about.
        state: the state it begins with.
        arguments: command that is struck.
        points: where.
        finish: commands that must then complete, undisturbed.
    """

    name: str
    state: str
    arguments: list[str]
    points: list[KillPoint]
    finish: list[list[str]]


@dataclass
class Outcome:
    """What came of a chain.

    Attributes:
        name: the chain's.
        met: strikes that met the command alive.
        missed: strikes that came after its end.
        broken: promises that did not hold.
        filings: filings whose rows were added up at the end.
        seconds: how long it took.
        kills: every strike.
    """

    name: str
    met: int = 0
    missed: int = 0
    broken: list[str] = field(default_factory=list)
    filings: int = 0
    seconds: float = 0.0
    kills: list[str] = field(default_factory=list)


class Campaign:
    """States, profiles and expected tables of the undisturbed runs, and chains on them."""

    def __init__(self, folder: Path, seed: int = SEED) -> None:
        """Simulate the region; nothing runs yet.

        Args:
            folder: scratch space.
            seed: of every choice.
        """
        self.folder = folder
        self.chance = random.Random(seed)
        self.cache = folder / "parsed"
        self.cache.mkdir(parents=True)
        self.first, self.second = write_inboxes(folder / "inboxes")
        self.profiles: dict[str, StepProfile] = {}
        self.allowed: list[promises.Tables] = []
        self.expected: promises.Tables = {}
        self.drawn: dict[str, bytes] = {}

    def office(self, name: str) -> Office:
        """An installation of that name.

        Args:
            name: of its folder.

        Returns:
            It; nothing is written yet.
        """
        return Office(self.folder / name, self.cache, self.folder / f"{name}.log")

    def prepare(self) -> None:
        """Run both nights undisturbed, keeping the states between, and a draw.

        Raises:
            BrokenPromiseError: the undisturbed run did not go as it should.
        """
        one = self.office("undisturbed")
        one.strike(nightly(self.first, FIRST_DAY), KillPoint("audit", "end"))
        self._keep(one, "first-after-audit")
        self._want(one.run(nightly(self.first, FIRST_DAY)), 0)
        self.allowed.append(promises.live_tables(one.home))
        self._keep(one, "filed")
        night = nightly(self.second, SECOND_DAY)
        for step in ("build", "audit"):
            is_met, _ = one.strike(night, KillPoint(step, "end"))
            if not is_met:
                raise promises.BrokenPromiseError(f"{step} 没有走到")
            self._keep(one, f"after-{step}")
            one.copy_of(self.folder / "state-filed")
        code, self.profiles = one.profile(night)
        if code == EXIT_HELD:
            self._keep(one, "held")
            code, profile = one.profile(accept(SECOND_DAY))
            self.profiles["accept"] = profile[WHOLE_COMMAND]
        self._want(code, 0)
        self.expected = promises.live_tables(one.home)
        self.allowed.append(self.expected)
        promises.check_completed(one.home, self.second, self.expected)
        self._keep(one, "refiled")
        _, profile = one.profile(["rollback"])
        self.profiles["rollback"] = profile[WHOLE_COMMAND]
        one.copy_of(self.folder / "state-refiled")
        _, profile = one.profile(FREEZE)
        self.profiles["freeze"] = profile[WHOLE_COMMAND]
        self._keep(one, "frozen")
        _, profile = one.profile(self.reveal_of(one))
        self.profiles["reveal"] = profile[WHOLE_COMMAND]
        self.drawn = drawn_records(one.home)

    def reveal_of(self, office: Office) -> list[str]:
        """Arguments that reveal the seed of the only draw there is."""
        draw = next(path.name for path in (office.home / "draws").iterdir() if path.is_dir())
        return ["draw", "reveal", draw, "--seed", DRAW_SEED, "--seed-source", "演练",
                "--as-of", SECOND_DAY]

    def _keep(self, office: Office, state: str) -> None:
        self.office(f"state-{state}").copy_of(office.home)

    @staticmethod
    def _want(code: int, wanted: int) -> None:
        if code != wanted:
            raise promises.BrokenPromiseError(f"不受干扰的命令以 {code} 结束，应为 {wanted}")

    def chains(self, share: float = 1.0) -> list[Chain]:
        """Lay out the campaign.

        Args:
            share: of the strikes to make; 1 for the whole.

        Returns:
            Chains; every step of a night, every command that changes something.
        """
        night = nightly(self.second, SECOND_DAY)
        whole = [night]
        laid: list[Chain] = []

        def lay(name, state, arguments, step, count, length, finish, profile=None):
            profiles = {**self.profiles, step: self.profiles[profile or step]}
            points = draw_points(profiles, step, max(1, round(count * share)), self.chance)
            self.chance.shuffle(points)
            for start in range(0, len(points), length):
                laid.append(
                    Chain(name, state, arguments, points[start : start + length], finish)
                )

        lay("首夜：接收", "empty", nightly(self.first, FIRST_DAY), "receive", 14, 14,
            [nightly(self.first, FIRST_DAY), night])
        lay("重报：接收", "filed", night, "receive", 18, 18, whole)
        lay("重报：入库", "filed", night, "load", 28, 14, whole)
        lay("重报：质量关口", "filed", night, "gate", 20, 10, whole)
        lay("重报：计算", "filed", night, "build", 24, 6, whole)
        lay("重报：审计", "after-build", ["audit", "--as-of", SECOND_DAY], "audit", 14, 14, whole)
        lay("首夜：制作发布", "first-after-audit", ["release", "--as-of", FIRST_DAY], "release",
            24, 12, [nightly(self.first, FIRST_DAY), night])
        lay("重报：制作发布", "after-audit", ["release", "--as-of", SECOND_DAY], "release", 24, 12,
            whole)
        lay("问题反馈", "refiled", ["report", "--as-of", SECOND_DAY], "report", 14, 14, whole)
        if "accept" in self.profiles:
            lay("确认发布", "held", accept(SECOND_DAY), WHOLE_COMMAND, 16, 1, whole, "accept")
        lay("回退", "refiled", ["rollback"], WHOLE_COMMAND, 14, 1, whole, "rollback")
        lay("抽检：冻结", "refiled", FREEZE, WHOLE_COMMAND, 14, 1, [FREEZE], "freeze")
        lay("抽检：公布", "frozen", ["reveal"], WHOLE_COMMAND, 14, 1, [["reveal"]], "reveal")
        return laid

    def run(self, chain: Chain, number: int) -> Outcome:
        """Run a chain.

        Args:
            chain: what to do.
            number: names its installation.

        Returns:
            What came of it; a broken promise ends the chain.
        """
        started = time.monotonic()
        office = self.office(f"chain-{number:02d}")
        office.home.mkdir()
        if chain.state != "empty":
            office.copy_of(self.folder / f"state-{chain.state}")
        outcome = Outcome(chain.name, kills=office.kills)
        try:
            for point in chain.points:
                self._strike(office, chain, point, outcome)
            outcome.filings = self._finish(office, chain)
            shutil.rmtree(office.home)
        except (promises.BrokenPromiseError, HangError, OSError, ValueError) as error:
            last = office.kills[-1] if office.kills else "—"
            outcome.broken.append(f"{last}：{type(error).__name__} {error}")
            logger.error("%s（%s）：%s", chain.name, office.home, error)
        outcome.seconds = round(time.monotonic() - started, 1)
        return outcome

    def _strike(
        self, office: Office, chain: Chain, point: KillPoint, outcome: Outcome
    ) -> None:
        before = promises.records(office.home)
        had_release = (office.home / "releases" / "current").is_symlink()
        is_met, group = office.strike(self._arguments(office, chain.arguments), point)
        if is_met:
            outcome.met += 1
        else:
            outcome.missed += 1
        promises.check_no_orphans(group)
        promises.check_struck(office.home, self.allowed, before, had_release)

    def _arguments(self, office: Office, arguments: list[str]) -> list[str]:
        return self.reveal_of(office) if arguments == ["reveal"] else arguments

    def _finish(self, office: Office, chain: Chain) -> int:
        for arguments in chain.finish:
            code = office.run(self._arguments(office, arguments))
            if code == EXIT_HELD:
                code = office.run(accept(SECOND_DAY))
            if chain.name.startswith("回退"):
                # what was rolled back stays so until it is asked for or something new comes in
                if promises.live_tables(office.home) not in self.allowed:
                    raise promises.BrokenPromiseError("回退后的现行发布不是任何一次完整的结果")
            elif chain.name.startswith("抽检"):
                self._check_draw(office)
            elif code not in (0, 3):
                raise promises.BrokenPromiseError(f"下一夜以 {code} 结束")
        if chain.name.startswith(("回退", "抽检")):
            return 0
        return promises.check_completed(office.home, self.second, self.expected)

    def _check_draw(self, office: Office) -> None:
        found = drawn_records(office.home)
        if len({path.split("/")[0] for path in found}) != 1:
            raise promises.BrokenPromiseError("同一总体冻结了不止一次，或一次也没有")
        frames = [text for path, text in found.items() if path.endswith("frame.csv")]
        wanted = [text for path, text in self.drawn.items() if path.endswith("frame.csv")]
        if frames != wanted:
            raise promises.BrokenPromiseError("冻结的总体与不受干扰的不同")
        draw_id = next(iter(found)).split("/")[0]
        is_revealed = any(path.endswith("reveal.json") for path in found)
        if is_revealed and office.run(["draw", "verify", draw_id]) != 0:
            raise promises.BrokenPromiseError("抽检记录核对不上")


FREEZE = ["draw", "freeze", "--frame", "monitoring", "--year", "2020", "--as-of", SECOND_DAY]


def drawn_records(home: Path) -> dict[str, bytes]:
    """Records of draws.

    Args:
        home: the installation.

    Returns:
        Bytes by path below `draws/`.
    """
    return {
        path.removeprefix("draws/"): content
        for path, content in promises.records(home).items()
        if path.startswith("draws/")
    }


def run_campaign(
    folder: Path, share: float, jobs: int, seed: int = SEED, only: Sequence[str] = ()
) -> dict:
    """Run everything.

    Args:
        folder: scratch space, empty.
        share: of the strikes to make.
        jobs: chains at once.
        seed: of every choice.
        only: beginnings of chain names; nothing for all.

    Returns:
        Figures and outcomes, as they are written to `results/`.
    """
    started = time.monotonic()
    campaign = Campaign(folder, seed)
    campaign.prepare()
    logger.info("prepared in %.0f s", time.monotonic() - started)
    chains = [
        chain for chain in campaign.chains(share)
        if not only or chain.name.startswith(tuple(only))
    ]
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(jobs) as pool:
        for outcome in pool.map(campaign.run, chains, range(len(chains))):
            outcomes.append(outcome)
            logger.info(
                "%s: %d met, %d missed, %d broken, %.0f s",
                outcome.name, outcome.met, outcome.missed, len(outcome.broken), outcome.seconds,
            )
    faults = [] if only else run_disk_faults(campaign, Outcome)
    return {
        "seed": seed,
        "kill_points": sum(outcome.met for outcome in outcomes),
        "missed": sum(outcome.missed for outcome in outcomes),
        "completed_nights": sum(1 for outcome in outcomes if outcome.filings),
        "filings_added_up": sum(outcome.filings for outcome in outcomes),
        "broken_promises": sum(len(outcome.broken) for outcome in [*outcomes, *faults]),
        "disk_faults": len(faults),
        "seconds": round(time.monotonic() - started),
        "chains": [asdict(outcome) for outcome in outcomes],
        "faults": [asdict(outcome) for outcome in faults],
    }


def main() -> int:
    """Run the campaign and write its figures.

    Returns:
        0 if every promise held, 4 otherwise.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the strikes to make")
    parser.add_argument("--jobs", type=int, default=2, help="chains at once")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="*", default=(), help="beginnings of chain names")
    parser.add_argument("--keep", type=Path, help="scratch space to keep; must be empty")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="jixiao-torture-"))
    folder.mkdir(parents=True, exist_ok=True)
    figures = run_campaign(
        folder, arguments.share, arguments.jobs, arguments.seed, arguments.only
    )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(
        json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    write_section(SECTION, section_text(figures))
    if not arguments.keep:
        shutil.rmtree(folder)
    return 4 if figures["broken_promises"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
