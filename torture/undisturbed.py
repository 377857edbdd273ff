"""What the commands do when nobody disturbs them: the states struck, and what must come of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torture import promises
from torture.kill_point import WHOLE_COMMAND, KillPoint, StepProfile
from torture.office import (
    EXIT_HELD,
    FIRST_DAY,
    SECOND_DAY,
    THIRD_DAY,
    Office,
    accept,
    nightly,
    write_inboxes,
)

DRAW_SEED = "20210303-007-1122334"
FREEZE = ["draw", "freeze", "--frame", "monitoring", "--year", "2020", "--as-of", SECOND_DAY]


@dataclass(frozen=True)
class Goal:
    """What a chain of strikes must come to in the end.

    Attributes:
        inbox: what has been sent by then.
        as_of: the date of the night.
        tables: of the release, as an undisturbed run made them.
    """

    inbox: Path
    as_of: str
    tables: promises.Tables

    @property
    def night(self) -> list[str]:
        """Arguments of the night that leads there."""
        return nightly(self.inbox, self.as_of)


class Undisturbed:
    """Three nights, a rollback, a draw and a backup, with the states between kept to be struck.

    Attributes:
        folder: scratch space.
        goals: by name, `filed`, `refiled`, `drawn` and `accepted`.
        profiles: what each step did, by step; commands without steps by their name.
        drawn: the records of the draw.
    """

    def __init__(self, folder: Path) -> None:
        """Simulate the region; nothing runs yet.

        Args:
            folder: scratch space.
        """
        self.folder = folder
        self.cache = folder / "parsed"
        self.cache.mkdir(parents=True)
        self.inboxes = write_inboxes(folder / "inboxes")
        self.goals: dict[str, Goal] = {}
        self.profiles: dict[str, StepProfile] = {}
        self.drawn: dict[str, bytes] = {}

    @property
    def allowed(self) -> list[promises.Tables]:
        """Tables of every release that may be live."""
        return [goal.tables for goal in self.goals.values()]

    def office(self, name: str) -> Office:
        """An installation of that name.

        Args:
            name: of its folder.

        Returns:
            It; nothing is written yet.
        """
        return Office(self.folder / name, self.cache, self.folder / f"{name}.log")

    def state(self, name: str) -> Path:
        """Where a state is kept.

        Args:
            name: of the state.

        Returns:
            The installation's folder.
        """
        return self.folder / f"state-{name}"

    def run(self) -> None:
        """Run everything once.

        Raises:
            BrokenPromiseError: the undisturbed run did not go as it should.
        """
        one = self.office("undisturbed")
        self._first_night(one)
        self._second_night(one)
        self._smaller_commands(one)
        self._held_night(one.copy_of(self.state("refiled")))

    def _first_night(self, one: Office) -> None:
        night = nightly(self.inboxes.first, FIRST_DAY)
        self._reach(one, night, KillPoint("audit", "end"))
        self._keep(one, "first-after-audit")
        _want(one.run(night), 0)
        self._reached("filed", one, self.inboxes.first, FIRST_DAY)
        self._keep(one, "filed")

    def _second_night(self, one: Office) -> None:
        night = nightly(self.inboxes.second, SECOND_DAY)
        for step in ("build", "audit"):
            self._reach(one, night, KillPoint(step, "end"))
            self._keep(one, f"after-{step}")
            one.copy_of(self.state("filed"))
        code, self.profiles = one.profile(night)
        _want(code, 0)
        self._reached("refiled", one, self.inboxes.second, SECOND_DAY)
        self._keep(one, "refiled")

    def _held_night(self, one: Office) -> None:
        _want(one.run(nightly(self.inboxes.third, THIRD_DAY)), EXIT_HELD)
        self._keep(one, "held")
        self._profile(one, "accept", accept(THIRD_DAY))
        self._reached("accepted", one, self.inboxes.third, THIRD_DAY)

    def _smaller_commands(self, one: Office) -> None:
        self._profile(one, "backup", ["backup", str(self.folder / "backup-undisturbed")])
        self._profile(one, "rollback", ["rollback"])
        one.copy_of(self.state("refiled"))
        self._profile(one, "freeze", FREEZE)
        self._keep(one, "frozen")
        self._profile(one, "reveal", reveal(one))
        self.drawn = drawn_records(one.home)
        _want(one.run(nightly(self.inboxes.second, SECOND_DAY)), 0)
        self._reached("drawn", one, self.inboxes.second, SECOND_DAY)

    def _reached(self, name: str, one: Office, inbox: Path, as_of: str) -> None:
        self.goals[name] = Goal(inbox, as_of, promises.live_tables(one.home))
        promises.check_completed(one.home, inbox, self.goals[name].tables)

    def _profile(self, one: Office, name: str, arguments: list[str]) -> None:
        code, profile = one.profile(arguments)
        _want(code, 0)
        self.profiles[name] = profile[WHOLE_COMMAND]

    def _keep(self, one: Office, state: str) -> None:
        self.office(f"state-{state}").copy_of(one.home)

    @staticmethod
    def _reach(one: Office, night: list[str], point: KillPoint) -> None:
        is_met, _ = one.strike(night, point)
        if not is_met:
            raise promises.BrokenPromiseError(f"{point.step} 没有走到")


def _want(code: int, wanted: int) -> None:
    if code != wanted:
        raise promises.BrokenPromiseError(f"不受干扰的命令以 {code} 结束，应为 {wanted}")


def reveal(office: Office) -> list[str]:
    """Arguments that reveal the seed of the only draw there is.

    Args:
        office: an installation with a frozen draw.

    Returns:
        Arguments of `jixiao`.
    """
    draw = next(path.name for path in (office.home / "draws").iterdir() if path.is_dir())
    return ["draw", "reveal", draw, "--seed", DRAW_SEED, "--seed-source", "演练",
            "--as-of", SECOND_DAY]


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
