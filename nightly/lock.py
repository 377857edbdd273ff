"""Two nights cannot run at once.

The lock is the operating system's on an open file, so it ends with the process that holds it: a
killed night leaves the file behind but not the lock, and nothing needs to be cleaned up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from nightly.errors import EXIT_LOCKED, StopError
from nightly.settings import Home


@contextmanager
def hold(home: Home, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the night's lock for the duration of the block.

    Args:
        home: the installation.
        wait_seconds: how long to wait for another night to end.

    Raises:
        StopError: another process holds the lock.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.lock)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise StopError(
            f"另一个夜间任务正在运行（进程 {holder(home) or '未知'}）。",
            "等它结束后再试；运行 jixiao status 可以看到它走到哪一步。",
            EXIT_LOCKED,
        ) from None
    note = home.root / "night.pid"
    try:
        note.write_text(json.dumps({"pid": os.getpid()}), encoding="utf-8")
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def holder(home: Home) -> int | None:
    """Process id that noted itself as the holder, if the note can be read."""
    try:
        return int(json.loads((home.root / "night.pid").read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return None


def is_held(home: Home) -> bool:
    """Whether a night is running now."""
    if not home.lock.exists():
        return False
    lock = FileLock(home.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False
