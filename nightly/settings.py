"""Where everything is: the home directory, the code, and what the machine allows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ingest import jurisdiction
from nightly.errors import EXIT_USAGE, StopError

CODE_ROOT = Path(__file__).resolve().parent.parent
DEFAULT_HOME = Path("var")
HOME_VARIABLE = "JIXIAO_HOME"
DEFAULT_MEMORY_LIMIT = "2500MB"


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
    def held(self) -> Path:
        """The candidate that waits to be accepted."""
        return self.releases / "held"

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
    def jurisdiction(self) -> Path:
        """Which jurisdiction this installation serves, written by its first night."""
        return self.root / "jurisdiction"

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


def choose_jurisdiction(home: Home, argument: str | None = None) -> str:
    """Settle which jurisdiction a command works for, and tell every part of it.

    Args:
        home: the installation; one that has run a night serves one jurisdiction for ever.
        argument: value of `--jurisdiction`, if given.

    Returns:
        Its key, also put into the environment for worker processes and dbt.

    Raises:
        StopError: there is no such jurisdiction, or the installation serves another.
    """
    kept = home.jurisdiction.read_text(encoding="utf-8").strip() if _is_pinned(home) else None
    wanted = argument or os.environ.get(jurisdiction.VARIABLE) or kept or jurisdiction.DEFAULT
    if wanted not in jurisdiction.jurisdictions():
        known = "、".join(jurisdiction.jurisdictions())
        raise StopError(f"没有名为 {wanted} 的管辖区。", f"可选：{known}。", EXIT_USAGE)
    if kept and wanted != kept:
        raise StopError(
            f"工作目录 {home.root} 属于 {kept}，不能用于 {wanted}。",
            "换一个 --home 目录，或去掉 --jurisdiction。",
            EXIT_USAGE,
        )
    os.environ[jurisdiction.VARIABLE] = wanted
    return wanted


def pin_jurisdiction(home: Home) -> None:
    """Write down which jurisdiction an installation serves, once.

    Args:
        home: the installation.
    """
    if not _is_pinned(home):
        home.root.mkdir(parents=True, exist_ok=True)
        home.jurisdiction.write_text(jurisdiction.current() + "\n", encoding="utf-8")


def _is_pinned(home: Home) -> bool:
    return home.jurisdiction.is_file()


def thread_count() -> int:
    """Threads and worker processes to use: `JIXIAO_THREADS`, else every core we may run on."""
    given = os.environ.get("JIXIAO_THREADS")
    return max(1, int(given)) if given else len(os.sched_getaffinity(0))


def memory_limit() -> str:
    """Memory DuckDB may use: `JIXIAO_MEMORY`, else 2500 MB."""
    return os.environ.get("JIXIAO_MEMORY") or DEFAULT_MEMORY_LIMIT


def number_setting(variable: str, default: int, least: int = 0) -> int:
    """A whole number from the environment.

    Args:
        variable: its name.
        default: where it is not set.
        least: smaller numbers are taken as this one.

    Returns:
        The number.

    Raises:
        StopError: it is no number.
    """
    given = os.environ.get(variable, "").strip()
    try:
        return max(least, int(given)) if given else default
    except ValueError:
        raise StopError(
            f"环境变量 {variable} 应是整数，而不是 {given}。", f"改正或去掉 {variable}。",
            EXIT_USAGE,
        ) from None
