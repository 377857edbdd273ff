"""A `jixiao` command that is struck at one point, or watched: `python -m torture.victim`.

    python -m torture.victim --point '<json>' -- nightly --inbox …
    python -m torture.victim --profile steps.json -- nightly --inbox …

Nothing in the project knows of this: the operations on the disk that Python does are counted from
outside, and what DuckDB writes by itself is met by moments in time.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torture.kill_point import WHOLE_COMMAND, KillPoint

OPERATIONS = ("rename", "replace", "symlink", "unlink", "mkdir", "rmdir", "fsync", "chmod")
WRITING = set("wax+")


class Watch:
    """Counts operations by step and strikes where it is told to."""

    def __init__(self, point: KillPoint | None) -> None:
        """Remember the point; nothing is counted yet."""
        self.point = point
        self.step = ""
        self.operations: dict[str, int] = {}
        self.seconds: dict[str, float] = {}

    def strike(self) -> None:
        """Kill this process, or it and all it started."""
        number = signal.SIGTERM if self.point.signal == "TERM" else signal.SIGKILL
        if self.point.is_alone:
            os.kill(os.getpid(), number)
        else:
            os.killpg(os.getpgid(0), number)
        time.sleep(60 if number == signal.SIGKILL else 0)

    def is_due(self, step: str, kind: str) -> bool:
        """Whether the point is of this kind and in this step."""
        return self.point is not None and (self.point.step, self.point.kind) == (step, kind)

    def count(self) -> None:
        """Take note of an operation about to be done."""
        for step in {self.step, WHOLE_COMMAND} - {""}:
            self.operations[step] = self.operations.get(step, 0) + 1
            if self.is_due(step, "operation") and self.operations[step] == int(self.point.value):
                self.strike()

    @contextmanager
    def during(self, step: str) -> Iterator[None]:
        """Watch a step."""
        self.step = step if step != WHOLE_COMMAND else ""
        started = time.monotonic()
        if self.is_due(step, "start"):
            self.strike()
        if self.is_due(step, "moment"):
            timer = threading.Timer(self.point.value, self.strike_within, [step])
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + time.monotonic() - started
        if self.is_due(step, "end"):
            self.strike()
        self.step = ""

    def strike_within(self, step: str) -> None:
        """Strike if the step is still running."""
        if step in (self.step, WHOLE_COMMAND):
            self.strike()


def hook(watch: Watch) -> None:
    """Let a watch see every step and every operation on the disk.

    Args:
        watch: what counts and strikes.
    """
    from nightly.progress import Journal

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*args: Any, **kwargs: Any) -> Any:
            watch.count()
            return call(*args, **kwargs)

        return operation

    for name in OPERATIONS:
        setattr(os, name, counted(getattr(os, name)))
    open_file = io.open

    def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if WRITING & set(mode):
            watch.count()
        return open_file(file, mode, *args, **kwargs)

    io.open = builtins.open = opened
    step_of = Journal.step

    @contextmanager
    def step(self: Journal, name: str) -> Iterator[Any]:
        with watch.during(name), step_of(self, name) as running:
            yield running

    Journal.step = step


def main(argv: list[str]) -> int:
    """Run the command under watch.

    Args:
        argv: `--point JSON` or `--profile FILE`, `--`, and the arguments of `jixiao`.

    Returns:
        The command's exit code, where it lived to have one.
    """
    from nightly import command

    what, value, dashes, *arguments = argv
    if dashes != "--" or what not in ("--point", "--profile"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    watch = Watch(KillPoint.loads(value) if what == "--point" else None)
    hook(watch)
    with watch.during(WHOLE_COMMAND):
        code = command.main(arguments)
    if what == "--profile":
        Path(value).write_text(
            json.dumps({
                step: {"operations": watch.operations.get(step, 0), "seconds": seconds}
                for step, seconds in watch.seconds.items()
            }),
            encoding="utf-8",
        )
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
