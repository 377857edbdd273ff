"""How long one file may take to read, and how much memory the process that reads it may hold."""

from __future__ import annotations

import logging
import os
import resource
from dataclasses import dataclass
from pathlib import Path

LOGGER = logging.getLogger(__name__)
SECONDS_VARIABLE = "JIXIAO_FILE_SECONDS"
MEMORY_VARIABLE = "JIXIAO_FILE_MEMORY_MB"
DEFAULT_SECONDS = 120
DEFAULT_MEMORY_MB = 1024

ADDRESS_SPACE_FACTOR = 8
LEAST_ADDRESS_SPACE = 8 * 1024**3
"""Libraries reserve some gigabytes of addresses that they never fill, but never this much."""

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class FileLimits:
    """What one file may cost.

    Attributes:
        seconds: wall-clock time.
        memory_bytes: resident memory of the process that reads it, libraries and all.
    """

    seconds: float = DEFAULT_SECONDS
    memory_bytes: int = DEFAULT_MEMORY_MB * 1024**2

    @property
    def alarm_bytes(self) -> int:
        """Memory at which a process is ended: what it can fill between two looks is left over."""
        return self.memory_bytes - self.memory_bytes // 8


def file_limits() -> FileLimits:
    """Read the limits from the environment.

    Returns:
        The limits; the default, with a warning, where a setting is no positive whole number.
    """
    return FileLimits(
        _setting(SECONDS_VARIABLE, DEFAULT_SECONDS),
        _setting(MEMORY_VARIABLE, DEFAULT_MEMORY_MB) * 1024**2,
    )


def _setting(variable: str, default: int) -> int:
    given = os.environ.get(variable, "").strip()
    if not given:
        return default
    if not given.isascii() or not given.isdigit() or not int(given):
        LOGGER.warning("设置 %s=%s 不是正整数，按默认值 %s 执行", variable, given, default)
        return default
    return int(given)


def resident_bytes(process_id: int) -> int:
    """How much memory a process holds.

    Args:
        process_id: the process.

    Returns:
        Its resident memory; 0 if it has ended, or where the system does not tell.
    """
    try:
        pages = Path(f"/proc/{process_id}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * _PAGE


def confine(limits: FileLimits) -> None:
    """Let this process fail at once when it asks for absurd memory, and leave no core dump.

    Args:
        limits: what one file may cost.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = max(limits.memory_bytes * ADDRESS_SPACE_FACTOR, LEAST_ADDRESS_SPACE)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > most:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
