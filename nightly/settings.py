"""Where everything is: the home directory, the code, and what the machine allows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CODE_ROOT = Path(__file__).resolve().parent.parent
DEFAULT_HOME = Path("var")
HOME_VARIABLE = "JIXIAO_HOME"
DEFAULT_MEMORY_LIMIT = "2500MB"
DEFAULT_KEEP = 14


@dataclass(frozen=True)
class Home:
    """Paths of one installation.

    Attributes:
        root: the home directory (`--home`, else `JIXIAO_HOME`, else `var/`).
    """

    root: Path

    @property
    def landing(self) -> Path:
        """Received bytes and receipts, kept for ever."""
        return self.root / "landing"

    @property
    def receipts(self) -> Path:
        """One file of receipts per night that received something."""
        return self.landing / "receipts"

    @property
    def warehouse(self) -> Path:
        """The working database; only the night opens it."""
        return self.root / "warehouse.duckdb"

    @property
    def work(self) -> Path:
        """Disposable hand-over between steps."""
        return self.root / "work"

    @property
    def target(self) -> Path:
        """What dbt compiles."""
        return self.root / "target"

    @property
    def releases(self) -> Path:
        """Immutable releases and the `current` symlink."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """Symlink to the live release."""
        return self.releases / "current"

    @property
    def draws(self) -> Path:
        """Append-only records of sampling draws."""
        return self.root / "draws"

    @property
    def reports(self) -> Path:
        """What is sent back to bureaus."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """One JSON line per step."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """Held while a night runs."""
        return self.root / "night.lock"


def find_home(argument: Path | None = None) -> Home:
    """Resolve the home directory.

    Args:
        argument: value of `--home`, if given.

    Returns:
        The home, as an absolute path; nothing is created.
    """
    chosen = argument or Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME)
    return Home(chosen.expanduser().absolute())


def thread_count() -> int:
    """Threads and worker processes to use: `JIXIAO_THREADS`, else every core we may run on."""
    given = os.environ.get("JIXIAO_THREADS")
    return max(1, int(given)) if given else len(os.sched_getaffinity(0))


def memory_limit() -> str:
    """Memory DuckDB may use: `JIXIAO_MEMORY`, else 2500 MB."""
    return os.environ.get("JIXIAO_MEMORY") or DEFAULT_MEMORY_LIMIT


def keep_count() -> int:
    """Releases to keep: `JIXIAO_KEEP_RELEASES`, else 14."""
    return max(1, int(os.environ.get("JIXIAO_KEEP_RELEASES") or DEFAULT_KEEP))
