"""The heartbeat: how the last night went, rewritten when one begins and when it ends.

A night that was killed leaves "running" behind with nobody holding the lock; a night that was never
started leaves an old one. Both can be told by a checker that shares nothing with the night.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from nightly.durable_notes import write_durably
from nightly.errors import EXIT_FAILURE, StopError
from nightly.settings import Home, number_setting

logger = logging.getLogger(__name__)

DEFAULT_SILENT_HOURS = 36
RUNNING, ENDED = "running", "ended"


@dataclass
class Heartbeat:
    """What the file says.

    Attributes:
        state: running or ended.
        started_at: ISO time in UTC.
        ended_at: ISO time in UTC; None while it runs.
        as_of: the night's date.
        is_good: whether it ended with a release or without any change.
        exit_code: of a night that stopped.
        message: why it stopped.
        next_step: what to do about it.
        pid: its process.
    """

    state: str
    started_at: str
    ended_at: str | None = None
    as_of: str = ""
    is_good: bool = False
    exit_code: int | None = None
    message: str = ""
    next_step: str = ""
    pid: int = 0

    @property
    def last_at(self) -> datetime:
        """When it last beat."""
        return datetime.fromisoformat(self.ended_at or self.started_at)


def heartbeat_path(home: Home) -> Path:
    """Where it is."""
    return home.root / "heartbeat.json"


def silent_hours() -> int:
    """After how many hours without a night it is said: `JIXIAO_SILENT_HOURS`, else 36."""
    return number_setting("JIXIAO_SILENT_HOURS", DEFAULT_SILENT_HOURS, 1)


def read_heartbeat(home: Home) -> Heartbeat | None:
    """The heartbeat.

    Args:
        home: the installation.

    Returns:
        It, or None where there is none or it cannot be read.
    """
    try:
        beat = Heartbeat(**json.loads(heartbeat_path(home).read_bytes()))
        return beat if beat.last_at.tzinfo else None
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def beating(home: Home, as_of: date) -> Iterator[None]:
    """Write the heartbeat when a night begins and when it ends, however it ends.

    Args:
        home: the installation; the caller holds the lock.
        as_of: the night's date.
    """
    beat = Heartbeat(RUNNING, _now(), as_of=as_of.isoformat(), pid=os.getpid())
    _write(home, beat)
    try:
        yield
        beat.is_good = True
    except StopError as stop:
        beat.exit_code, beat.message, beat.next_step = stop.exit_code, stop.message, stop.next_step
        raise
    except Exception as error:
        beat.exit_code = EXIT_FAILURE
        beat.message = f"本系统出现故障（{type(error).__name__}: {error}）"
        raise
    except BaseException:
        beat.exit_code, beat.message = EXIT_FAILURE, "夜间任务被中止"
        raise
    finally:
        beat.state, beat.ended_at = ENDED, _now()
        _write(home, beat)


def _write(home: Home, beat: Heartbeat) -> None:
    try:
        write_durably(heartbeat_path(home), json.dumps(asdict(beat), ensure_ascii=False))
    except OSError as error:
        # a full disk is what the night itself will say
        logger.warning("心跳写不进 %s：%s", home.root, error)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
