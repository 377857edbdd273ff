"""The nights there were: when, how long each step took, rows, memory, how they ended.

The JSON lines of `logs/` are the truth. The warehouse is thrown away and rebuilt from landing, so
`ops.night_run` and `ops.night_step` are filled from the lines anew each night. Seconds and memory
differ from run to run: they must not enter `marts` or `quality`, whose hashes are promised.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from nightly.progress import STEP_ZH
from nightly.settings import Home

RUN_DDL = """
create or replace table ops.night_run (
    night_id varchar, as_of date, started_at timestamp, ended_at timestamp, status varchar,
    exit_code integer, seconds double, peak_rss_mb bigint, release_id varchar, message varchar
)
"""
STEP_DDL = """
create or replace table ops.night_step (
    night_id varchar, step_no integer, step varchar, ended_at timestamp, status varchar,
    seconds double, row_count bigint, peak_rss_mb bigint
)
"""
RUN_COLUMNS = (
    "night_id", "as_of", "started_at", "ended_at", "status", "exit_code", "seconds",
    "peak_rss_mb", "release_id", "message",
)
STEP_COLUMNS = (
    "night_id", "step_no", "step", "ended_at", "status", "seconds", "row_count", "peak_rss_mb",
)
COLUMN_TYPES = {
    "as_of": pl.Date, "started_at": pl.Datetime("us", "UTC"), "ended_at": pl.Datetime("us", "UTC"),
    "exit_code": pl.Int32, "seconds": pl.Float64, "peak_rss_mb": pl.Int64, "step_no": pl.Int32,
    "row_count": pl.Int64,
}
UNFINISHED = "unfinished"
STATUS_ZH = {"ok": "完成", "stopped": "停止", "failed": "失败", UNFINISHED: "中断"}


@dataclass(frozen=True)
class NightStep:
    """One step of a night.

    Attributes:
        night_id: of the night.
        step_no: its place, from 1.
        step: key of `STEP_ZH`.
        ended_at: when it ended.
        status: ok or failed.
        seconds: how long it took.
        row_count: rows handled.
        peak_rss_mb: peak resident memory so far.
    """

    night_id: str
    step_no: int
    step: str
    ended_at: datetime
    status: str
    seconds: float | None
    row_count: int | None
    peak_rss_mb: int | None


@dataclass(frozen=True)
class NightRun:
    """One night.

    Attributes:
        night_id: when it began, as text.
        as_of: its date.
        started_at: when it began.
        ended_at: when its last line was written.
        status: ok, stopped, failed, or unfinished where it left no last line.
        exit_code: how it ended.
        seconds: of all steps.
        peak_rss_mb: peak resident memory.
        release_id: the live release at its end.
        message: why it stopped, first line.
        steps: its steps.
    """

    night_id: str
    as_of: date | None
    started_at: datetime
    ended_at: datetime
    status: str
    exit_code: int | None
    seconds: float
    peak_rss_mb: int | None
    release_id: str | None
    message: str
    steps: tuple[NightStep, ...] = field(default=())


def read_history(logs: Path, newest: int | None = None) -> list[NightRun]:
    """Read the nights.

    Args:
        logs: folder of the log files, compressed ones too.
        newest: only the files of so many newest dates.

    Returns:
        Nights by when they began; torn lines are left out.
    """
    paths = sorted(
        [*logs.glob("*.jsonl"), *logs.glob("*.jsonl.gz")], key=lambda path: path.name
    )
    return nights_of(line for path in paths[-newest if newest else 0 :] for line in _lines(path))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError):
        return
    for text in content.decode("utf-8", errors="replace").split("\n"):
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def nights_of(lines: Iterable[dict[str, Any]]) -> list[NightRun]:
    """Gather lines into nights.

    Args:
        lines: of the log, in any order of nights, in the order of steps within one.

    Returns:
        Nights by when they began.
    """
    by_night: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line.get("night") and _moment(line.get("at")):
            found = by_night.setdefault(str(line["night"]), [])
            # a compression that was killed leaves a line in two files
            if line not in found:
                found.append(line)
    return [_night(night_id, found) for night_id, found in sorted(by_night.items())]


def _night(night_id: str, lines: list[dict[str, Any]]) -> NightRun:
    last = next((line for line in reversed(lines) if line.get("step") == "night"), {})
    steps = tuple(
        NightStep(
            night_id, number, str(line.get("step")), _moment(line["at"]),
            str(line.get("status")), _number(line.get("seconds")), _whole(line.get("rows")),
            _whole(line.get("rss_mb")),
        )
        for number, line in enumerate(
            (line for line in lines if line.get("step") != "night"), start=1
        )
    )
    release_id = last.get("release_id") or next(
        (line["release_id"] for line in reversed(lines) if line.get("release_id")), None
    )
    return NightRun(
        night_id, _day(lines[0].get("as_of")),
        _moment_of_id(night_id) or _moment(lines[0]["at"]), _moment(lines[-1]["at"]),
        str(last.get("status", UNFINISHED)), _whole(last.get("exit_code")),
        round(sum(step.seconds or 0.0 for step in steps), 3),
        max((step.peak_rss_mb for step in steps if step.peak_rss_mb), default=None),
        release_id, str(last.get("message", "")).split("\n")[0], steps,
    )


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _moment_of_id(night_id: str) -> datetime | None:
    try:
        return datetime.strptime(night_id, "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def load_history(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Fill `ops.night_run` and `ops.night_step` from the logs.

    Args:
        con: the warehouse, open for writing.
        home: the installation.

    Returns:
        Nights loaded.
    """
    nights = read_history(home.logs)
    runs = [tuple(getattr(night, name) for name in RUN_COLUMNS) for night in nights]
    steps = [astuple(step) for night in nights for step in night.steps]
    con.execute("create schema if not exists ops")
    con.execute("begin transaction")
    con.execute(RUN_DDL)
    con.execute(STEP_DDL)
    for table, columns, rows in (
        ("night_run", RUN_COLUMNS, runs), ("night_step", STEP_COLUMNS, steps),
    ):
        schema = {name: COLUMN_TYPES.get(name, pl.String) for name in columns}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        con.register("history_rows", frame.to_arrow())
        con.execute(f"insert into ops.{table} select * from history_rows")
        con.unregister("history_rows")
    con.execute("commit")
    return len(nights)


def step_text(night: NightRun) -> str:
    """The steps of a night with their seconds.

    Args:
        night: the night.

    Returns:
        One line of Chinese; '' if there was none.
    """
    return "　".join(
        f"{STEP_ZH.get(step.step, step.step)} {step.seconds or 0:.0f} 秒"
        + (f"（{step.row_count} 行）" if step.row_count else "")
        + ("" if step.status == "ok" else "✗")
        for step in night.steps
    )
