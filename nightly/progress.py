"""What a person sees while the night runs, and the JSON line each step leaves behind."""

from __future__ import annotations

import logging
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from nightly.durable_notes import append_line, read_lines

logger = logging.getLogger(__name__)

STEP_ZH: dict[str, str] = {
    "receive": "接收文件",
    "load": "读取入库",
    "gate": "质量关口",
    "build": "计算各层表",
    "audit": "发布前审计",
    "release": "制作发布",
    "report": "问题反馈",
}


def peak_rss_mb() -> int:
    """Peak resident memory of this process and of the largest child so far, in MiB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, child) // 1024


@dataclass
class Step:
    """One running step; what it learns goes to the log line.

    Attributes:
        name: key of `STEP_ZH`.
        rows: rows handled, where that means something.
        note: one Chinese phrase for the person watching.
        facts: further values for the log line.
    """

    name: str
    rows: int | None = None
    note: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    bar: Progress | None = None
    bar_task: object = None

    def advance(self, done: int, total: int | None = None, text: str = "") -> None:
        """Show how far the step is; does nothing off a terminal.

        Args:
            done: units finished so far.
            total: units in all, if known.
            text: what is being worked on.
        """
        if self.bar is not None:
            title = STEP_ZH.get(self.name, self.name)
            self.bar.update(
                self.bar_task,
                completed=done,
                total=total,
                description=f"{title} {text}".rstrip(),
            )


class Journal:
    """Writes `logs/<as-of>.jsonl` and shows steps on a terminal."""

    def __init__(self, logs: Path, as_of: date, console: Console | None = None) -> None:
        """Remember where to write; nothing is opened yet.

        Args:
            logs: directory of the log files.
            as_of: the night's date, which names the file.
            console: where to show progress; by default standard error.
        """
        self.path = logs / f"{as_of.isoformat()}.jsonl"
        self.as_of = as_of
        self.console = console or Console(stderr=True, highlight=False)
        self.night_id = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time a step, show it, and leave one line whatever happens.

        Args:
            name: key of `STEP_ZH`.

        Yields:
            The step, to be told rows and facts.
        """
        step = Step(name)
        started = time.monotonic()
        status = "failed"
        try:
            with self._bar(step):
                yield step
            status = "ok"
        finally:
            seconds = time.monotonic() - started
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
            self.write(
                step=name,
                status=status,
                seconds=round(seconds, 3),
                rows=step.rows,
                rss_mb=peak_rss_mb(),
                **step.facts,
            )
            if self.console.is_terminal:
                mark = "[green]✓[/green]" if status == "ok" else "[red]✗[/red]"
                title = STEP_ZH.get(name, name)
                self.console.print(f"{mark} {title}  {seconds:6.1f} 秒  {step.note}")

    @contextmanager
    def _bar(self, step: Step) -> Iterator[None]:
        if not self.console.is_terminal:
            yield
            return
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        ) as bar:
            step.bar = bar
            step.bar_task = bar.add_task(STEP_ZH.get(step.name, step.name), total=None)
            try:
                yield
            finally:
                step.bar = None

    def write(self, **facts: object) -> None:
        """Append one JSON line.

        Args:
            **facts: values of the line; `at`, `night` and `as_of` are added.
        """
        line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "night": self.night_id,
            "as_of": self.as_of.isoformat(),
            **facts,
        }
        try:
            append_line(self.path, line)
        except OSError as error:
            logger.warning("日志写不进 %s：%s", self.path, error)


def read_journal(logs: Path, files: int = 30) -> list[dict[str, object]]:
    """Read the newest log files, oldest line first.

    Args:
        logs: directory of the log files.
        files: how many files to read.

    Returns:
        Parsed lines; a line cut by a crash is left out.
    """
    lines: list[dict[str, object]] = []
    for path in sorted(logs.glob("*.jsonl"))[-files:]:
        lines += read_lines(path)
    return sorted(lines, key=lambda line: str(line.get("at", "")))


def say(text: str = "") -> None:
    """Write one line of result for people to standard output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
