"""What is wrong with an installation, and the command that mends it."""

from __future__ import annotations

import platform
import shutil
import subprocess
from datetime import UTC, datetime

from nightly import fingerprint
from nightly.doctor_finding import BAD, GOOD, NOTE, Finding
from nightly.doctor_storage import (
    landing_finding,
    modes_finding,
    notes_finding,
    release_findings,
    warehouse_finding,
)
from nightly.doctor_watch import (
    alert_finding,
    backup_finding,
    disk_finding,
    drill_finding,
    night_finding,
)
from nightly.growth import growth_lines
from nightly.lock import holder, is_held
from nightly.restore import UNFINISHED
from nightly.settings import Home, memory_limit, thread_count

__all__ = ["BAD", "GOOD", "NOTE", "Finding", "examine"]


def examine(home: Home, is_deep: bool = False, now: datetime | None = None) -> list[Finding]:
    """Look at everything.

    Args:
        home: the installation.
        is_deep: also hash every received file and every release, which takes minutes.
        now: the moment; by default the clock's.

    Returns:
        Findings in a fixed order.
    """
    moment = now or datetime.now(UTC)
    return [
        _versions(),
        disk_finding(home),
        *_unfinished_restore(home),
        _lock(home),
        landing_finding(home, is_deep),
        warehouse_finding(home),
        *release_findings(home, is_deep),
        notes_finding(home),
        modes_finding(home),
        _schedule(),
        night_finding(home, moment),
        alert_finding(home),
        backup_finding(home, moment),
        drill_finding(home, moment),
        Finding("增长", GOOD, "；".join(growth_lines(home))),
    ]


def _versions() -> Finding:
    found = fingerprint.package_versions()
    text = f"Python {platform.python_version()}，" + "，".join(
        f"{name} {number}" for name, number in found.items()
    ) + f"；线程 {thread_count()}，内存上限 {memory_limit()}"
    if "absent" in found.values():
        return Finding("版本", BAD, text, "运行 make setup 安装缺少的部分。")
    return Finding("版本", GOOD, text)


def _unfinished_restore(home: Home) -> list[Finding]:
    if not (home.root / UNFINISHED).exists():
        return []
    return [
        Finding(
            "恢复", BAD, f"{home.root} 是没有完成的恢复，见其中的 {UNFINISHED}",
            f"再运行一次 jixiao restore <备份目录> --into {home.root}，会接着完成。",
        )
    ]


def _lock(home: Home) -> Finding:
    if is_held(home):
        return Finding("锁", NOTE, f"夜间任务正在运行（进程 {holder(home) or '未知'}）")
    return Finding("锁", GOOD, "没有任务在运行")


def _schedule() -> Finding:
    if shutil.which("systemctl"):
        answer = _run(["systemctl", "is-enabled", "jixiao.timer"])
        if answer.strip() == "enabled":
            return Finding("定时", GOOD, "jixiao.timer 已启用")
    if shutil.which("crontab") and "jixiao" in _run(["crontab", "-l"]):
        return Finding("定时", GOOD, "crontab 中有 jixiao")
    return Finding("定时", NOTE, "没有发现定时任务", "按 nightly/schedule/ 中的说明安装。")


def _run(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
