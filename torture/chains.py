"""The kill campaign's plan: rows of strikes, and what must come of each."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torture import promises
from torture.kill_point import WHOLE_COMMAND, KillPoint, draw_points
from torture.office import EXIT_HELD, FIRST_DAY, SECOND_DAY, THIRD_DAY, Office, accept, nightly
from torture.undisturbed import FREEZE, Goal, Undisturbed, drawn_records, reveal

EXIT_NOTHING_NEW, EXIT_NONE = 3, 6
EMPTY = "empty"

Arguments = Callable[[Office], list[str]]
Check = Callable[[Office], int]
"""Looks at an installation after a strike; says how many filings it added up."""


@dataclass(frozen=True)
class Chain:
    """A row of strikes on an installation, and what follows.

    Strikes come one upon the other, without a night's rest between, which is harder on the next
    night than a strike alone; where `after` is given each has its own copy of the state.

    Attributes:
        name: what it is about.
        state: the state it begins with.
        arguments: the command that is struck.
        points: where.
        finish: what must then succeed, undisturbed.
        after: what must succeed after every single strike.
    """

    name: str
    state: str
    arguments: Arguments
    points: list[KillPoint]
    finish: Check
    after: Check | None = None


def complete(office: Office, goal: Goal) -> int:
    """Run the next night without help and check that it ends where an undisturbed one does.

    Args:
        office: what was struck.
        goal: what must come of it.

    Returns:
        Filings whose rows were added up.

    Raises:
        BrokenPromiseError: it does not.
    """
    code = office.run(goal.night)
    if code == EXIT_HELD:
        code = office.run(accept(goal.as_of))
    if code not in (0, EXIT_NOTHING_NEW):
        raise promises.BrokenPromiseError(f"下一夜以 {code} 结束")
    return promises.check_completed(office.home, goal.inbox, goal.tables)


class Plan:
    """Lays out the campaign over the states of an undisturbed run."""

    def __init__(self, base: Undisturbed, chance: random.Random, share: float = 1.0) -> None:
        """Lay it out.

        Args:
            base: has run.
            chance: source of chance, seeded.
            share: of the strikes to make; 1 for the whole.
        """
        self.base, self.chance, self.share = base, chance, share
        self.chains: list[Chain] = []
        self._nights()
        self._decisions()
        self._draws()
        self._backups()

    def _lay(
        self, name: str, state: str, arguments: Arguments, step: str, count: int, length: int,
        finish: Check, after: Check | None = None, profile: str = "",
    ) -> None:
        profiles = {step: self.base.profiles[profile or step]}
        points = draw_points(profiles, step, max(1, round(count * self.share)), self.chance)
        self.chance.shuffle(points)
        self.chains += [
            Chain(name, state, arguments, points[start : start + length], finish, after)
            for start in range(0, len(points), length)
        ]

    def _nights(self) -> None:
        goals = self.base.goals

        def refiled(office: Office) -> int:
            return complete(office, goals["refiled"])

        def both_nights(office: Office) -> int:
            return complete(office, goals["filed"]) + complete(office, goals["refiled"])

        def first(office: Office) -> list[str]:
            return nightly(self.base.inboxes.first, FIRST_DAY)

        def second(office: Office) -> list[str]:
            return nightly(self.base.inboxes.second, SECOND_DAY)

        def alone(step: str, day: str) -> Arguments:
            return lambda office: [step, "--as-of", day]

        self._lay("首夜：接收", EMPTY, first, "receive", 14, 14, both_nights)
        self._lay("首夜：制作发布", "first-after-audit", alone("release", FIRST_DAY), "release",
                  24, 12, both_nights)
        self._lay("重报：接收", "filed", second, "receive", 18, 18, refiled)
        self._lay("重报：入库", "filed", second, "load", 28, 14, refiled)
        self._lay("重报：质量关口", "filed", second, "gate", 20, 10, refiled)
        self._lay("重报：计算", "filed", second, "build", 24, 6, refiled)
        self._lay("重报：审计", "after-build", alone("audit", SECOND_DAY), "audit", 14, 14, refiled)
        self._lay("重报：制作发布", "after-audit", alone("release", SECOND_DAY), "release", 24, 12,
                  refiled)
        self._lay("问题反馈", "refiled", alone("report", SECOND_DAY), "report", 14, 14, refiled)

    def _decisions(self) -> None:
        goal = self.base.goals["accepted"]

        def is_accepted(office: Office) -> int:
            code = office.run(accept(THIRD_DAY))
            if code not in (0, EXIT_NONE):
                raise promises.BrokenPromiseError(f"再次确认以 {code} 结束")
            if promises.live_tables(office.home) != goal.tables:
                raise promises.HalfReleaseError("确认之后的现行发布不是暂缓的那一个")
            return 0

        def is_whole(office: Office) -> int:
            code = office.run(self.base.goals["refiled"].night)
            # what was rolled back stays so until it is asked for or something new comes in
            if code not in (0, EXIT_NOTHING_NEW):
                raise promises.BrokenPromiseError(f"下一夜以 {code} 结束")
            if promises.live_tables(office.home) not in self.base.allowed:
                raise promises.HalfReleaseError("回退后的现行发布不是任何一次完整的结果")
            return 0

        self._lay("确认发布", "held", lambda office: accept(THIRD_DAY), WHOLE_COMMAND, 16, 8,
                  lambda office: complete(office, goal), is_accepted, "accept")
        self._lay("回退", "refiled", lambda office: ["rollback"], WHOLE_COMMAND, 14, 14,
                  is_whole, is_whole, "rollback")

    def _draws(self) -> None:
        def freeze(office: Office) -> int:
            office.run(FREEZE)
            return self._check_draw(office)

        def reveal_again(office: Office) -> int:
            office.run(reveal(office))
            return self._check_draw(office)

        def refiled(office: Office) -> int:
            return complete(office, self.base.goals["refiled"])

        def drawn(office: Office) -> int:
            return complete(office, self.base.goals["drawn"])

        self._lay("抽检：冻结", "refiled", lambda office: FREEZE, WHOLE_COMMAND, 14, 14, refiled,
                  freeze, "freeze")
        self._lay("抽检：公布", "frozen", reveal, WHOLE_COMMAND, 14, 14, drawn, reveal_again,
                  "reveal")

    def _check_draw(self, office: Office) -> int:
        found = drawn_records(office.home)
        if len({path.split("/")[0] for path in found}) != 1:
            raise promises.LossError("同一总体冻结了不止一次，或一次也没有")
        frames, wanted = (
            [text for path, text in records.items() if path.endswith("frame.csv")]
            for records in (found, self.base.drawn)
        )
        if frames != wanted:
            raise promises.LossError("冻结的总体与不受干扰的不同")
        draw_id = next(iter(found)).split("/")[0]
        is_revealed = any(path.endswith("reveal.json") for path in found)
        if is_revealed and office.run(["draw", "verify", draw_id]) != 0:
            raise promises.LossError("抽检记录核对不上")
        return 0

    def _backups(self) -> None:
        def restored(office: Office) -> int:
            into = self.base.office(f"{office.home.name}-restored")
            for words in (["backup", str(place(office))],
                          ["restore", str(place(office)), "--into", str(into.home)]):
                if (code := office.run(words)) != 0:
                    raise promises.BrokenPromiseError(f"{words[0]} 以 {code} 结束")
            before = promises.records(office.home)
            promises.check_struck(into.home, self.base.allowed, before, True)
            # something new makes the restored installation read its landing from the start
            count = complete(into, self.base.goals["accepted"])
            shutil.rmtree(into.home)
            shutil.rmtree(place(office))
            return count

        self._lay("备份", "refiled", lambda office: ["backup", str(place(office))], WHOLE_COMMAND,
                  14, 14, restored, None, "backup")


def place(office: Office) -> Path:
    """Where an installation's backups go.

    Args:
        office: the installation.

    Returns:
        A folder beside its home.
    """
    return office.home.with_name(f"{office.home.name}-backup")
