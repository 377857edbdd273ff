"""Where a command is struck: a boundary of a step, one of its operations on the disk, a moment."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass

WHOLE_COMMAND = "command"
"""Stands for a step where a command has none: from its start to its end."""


@dataclass(frozen=True)
class KillPoint:
    """One place to strike.

    Attributes:
        step: step of the journal, or `command`.
        kind: `start`, `end`, `operation` or `moment`.
        value: which operation on the disk, from 1; or seconds since the step began.
        signal: `KILL` or `TERM`.
        is_alone: strike the main process only, as a machine short of memory does; else all.
    """

    step: str
    kind: str
    value: float = 0.0
    signal: str = "KILL"
    is_alone: bool = False

    def dumps(self) -> str:
        """The point as JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def loads(text: str) -> KillPoint:
        """Read what `dumps` wrote."""
        return KillPoint(**json.loads(text))

    def __str__(self) -> str:
        """The point as a person reads it."""
        where = f"{self.value:g}" if self.kind in ("operation", "moment") else ""
        whom = "，只杀主进程" if self.is_alone else ""
        return f"{self.step}:{self.kind}{':' if where else ''}{where} SIG{self.signal}{whom}"


@dataclass(frozen=True)
class StepProfile:
    """What a step did when nobody disturbed it.

    Attributes:
        operations: operations on the disk that Python did.
        seconds: how long it took.
    """

    operations: int
    seconds: float


def draw_points(
    profile: Mapping[str, StepProfile], step: str, count: int, chance: random.Random
) -> list[KillPoint]:
    """Choose where to strike a step: its boundaries, operations all along it, random moments.

    Args:
        profile: of the undisturbed run.
        step: which step.
        count: how many points.
        chance: source of chance, seeded.

    Returns:
        `count` points; one in six strikes the main process only, one in twelve asks politely.
    """
    facts = profile[step]
    points = [KillPoint(step, "start"), KillPoint(step, "end")][:count]
    by_operation = min((count - len(points) + 1) // 2, facts.operations)
    if by_operation:
        width = facts.operations / by_operation
        points += [
            KillPoint(step, "operation", int(width * place + chance.random() * width) + 1)
            for place in range(by_operation)
        ]
    while len(points) < count:
        points.append(
            KillPoint(step, "moment", round(chance.uniform(0, max(facts.seconds, 0.05)), 3))
        )
    return [
        KillPoint(
            point.step, point.kind, point.value,
            "TERM" if chance.random() < 1 / 12 else "KILL",
            chance.random() < 1 / 6,
        )
        for point in points
    ]
