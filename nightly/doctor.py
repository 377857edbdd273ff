"""What is wrong with an installation, and what mends it."""

from __future__ import annotations

import platform
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nightly import fingerprint
from nightly.lock import holder, is_held
from nightly.progress import read_journal
from nightly.release import current_release, hash_file, table_states
from nightly.settings import Home, memory_limit, thread_count

GOOD, NOTE, BAD = "正常", "注意", "异常"
FREE_BYTES_WANTED = 5 * 1024**3
SILENT_HOURS = 36
BACKUP_NOTE = "last_backup.txt"


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        title: what was looked at.
        state: 正常, 注意 or 异常.
        text: what was found.
        next_step: what mends it.
    """

    title: str
    state: str
    text: str
    next_step: str = ""

    def line(self) -> str:
        """The finding as text."""
        mend = f"\n      → {self.next_step}" if self.next_step else ""
        return f"[{self.state}] {self.title}：{self.text}{mend}"


def examine(home: Home) -> list[Finding]:
    """Look at everything.

    Args:
        home: the installation.

    Returns:
        Findings in a fixed order.
    """
    return [
        _versions(),
        _disk(home),
        _lock(home),
        _landing(home),
        *_release(home),
        _schedule(),
        _silence(home),
        _backup(home),
    ]


def _versions() -> Finding:
    found = fingerprint.package_versions()
    text = f"Python {platform.python_version()}，" + "，".join(
        f"{name} {number}" for name, number in found.items()
    ) + f"；线程 {thread_count()}，内存上限 {memory_limit()}"
    if "absent" in found.values():
        return Finding("版本", BAD, text, "运行 make setup 安装缺少的部分。")
    return Finding("版本", GOOD, text)


def _disk(home: Home) -> Finding:
    place = home.root if home.root.exists() else home.root.parent
    if not place.exists():
        return Finding("磁盘", NOTE, f"{home.root} 还不存在", "第一次运行时会建立。")
    free = shutil.disk_usage(place).free
    text = f"{place} 可用 {free / 1024**3:.1f} GiB"
    if free < FREE_BYTES_WANTED:
        return Finding("磁盘", NOTE, text, "腾出空间，或减少 JIXIAO_KEEP_RELEASES 保留的发布数。")
    return Finding("磁盘", GOOD, text)


def _lock(home: Home) -> Finding:
    if is_held(home):
        return Finding("锁", NOTE, f"夜间任务正在运行（进程 {holder(home) or '未知'}）")
    return Finding("锁", GOOD, "没有任务在运行")


def _landing(home: Home) -> Finding:
    from ingest.landing import blob_path, read_receipts

    try:
        receipts = read_receipts(home.root)
    except ValueError as error:
        return Finding("收件", BAD, f"回执读不出：{error}", "从备份恢复 landing/receipts/。")
    lost = [
        receipt for receipt in receipts
        if not _has_size(blob_path(home.root, receipt.file_sha256), receipt.size_bytes)
    ]
    text = f"共 {len(receipts)} 份文件"
    if lost:
        return Finding(
            "收件", BAD, f"{text}，其中 {len(lost)} 份的原文缺失或残缺，如 {lost[0].source_file}",
            "从备份恢复 landing/blobs/。",
        )
    return Finding("收件", GOOD, text)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _release(home: Home) -> list[Finding]:
    live = current_release(home)
    if live is None:
        if home.current.is_symlink():
            return [Finding(
                "现行发布", BAD, "current 指向的发布不存在", "运行 jixiao rollback 回到上一发布。"
            )]
        return [Finding("现行发布", NOTE, "还没有发布", "运行 jixiao nightly 或 jixiao demo。")]
    manifest = live.manifest()
    changed = [
        name for name, facts in manifest["files"].items()
        if not (live.path / name).is_file() or hash_file(live.path / name) != facts["sha256"]
    ]
    mend = "运行 jixiao rollback 回到上一发布，再重新运行 jixiao nightly。"
    if changed:
        return [Finding(
            "现行发布", BAD, f"{live.release_id} 有 {len(changed)} 个文件与清单不符：{changed[0]}",
            mend,
        )]
    states = {state.name: state for state in table_states(live.database)}
    wrong = [
        name for name, facts in manifest["tables"].items()
        if name not in states or states[name].table_hash != facts["table_hash"]
    ]
    if wrong or len(states) != len(manifest["tables"]):
        return [Finding("现行发布", BAD, f"{live.release_id} 的表与清单不符：{wrong[:3]}", mend)]
    return [Finding(
        "现行发布", GOOD,
        f"{live.release_id} 可以打开，"
        f"{len(manifest['files'])} 个文件、{len(states)} 张表与清单一致",
    )]


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


def _silence(home: Home) -> Finding:
    nights = [line for line in read_journal(home.logs) if line.get("step") == "night"]
    if not nights:
        return Finding("最近运行", NOTE, "没有夜间任务的记录")
    last = nights[-1]
    age = datetime.now(UTC) - datetime.fromisoformat(str(last["at"]))
    text = f"{last['at']}（{age.total_seconds() / 3600:.0f} 小时前）"
    if age > timedelta(hours=SILENT_HOURS):
        return Finding("最近运行", BAD, text, "夜间任务停了：检查定时任务和 logs/。")
    if last.get("status") != "ok":
        return Finding("最近运行", NOTE, f"{text} 没有成功", "运行 jixiao status 查看原因。")
    return Finding("最近运行", GOOD, text)


def _backup(home: Home) -> Finding:
    note = home.root / BACKUP_NOTE
    try:
        when = note.read_text(encoding="utf-8").strip().splitlines()[0]
    except (OSError, IndexError):
        return Finding(
            "备份", NOTE, "没有备份记录",
            f"定期备份 landing/、draws/ 和 releases/，并把日期写入 {note}；其余都能由它们重建。",
        )
    return Finding("备份", GOOD, f"最近一次备份 {when}")
