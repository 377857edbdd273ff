"""What a checker that shares nothing with the night can see: silence, failure, stale backups."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nightly.alert import targets
from nightly.backup import BACKUP_NOTE, DAMAGED_WORD, FAILURE_NOTE
from nightly.doctor_finding import BAD, GOOD, NOTE, Finding
from nightly.environment_file import environment_path, is_private
from nightly.errors import EXIT_KEPT_YESTERDAY
from nightly.heartbeat import RUNNING, Heartbeat, read_heartbeat, silent_hours
from nightly.lock import is_held
from nightly.progress import read_journal
from nightly.release import list_releases
from nightly.restore_drill import drill_text, last_drill
from nightly.settings import Home, number_setting
from nightly.soundness import damaged_files

NIGHT, DISK, LIVE, BACKUP, DRILL = "夜间任务", "磁盘", "现行发布", "备份", "恢复演练"
FREE_BYTES_WANTED = 5 * 1024**3
FREE_BYTES_NEEDED = 2 * 1024**3
DEFAULT_BACKUP_DAYS = 8
DRILL_DAYS = 100
AHEAD = timedelta(hours=2)


def watch_findings(home: Home, now: datetime) -> list[Finding]:
    """Look at what can be looked at every hour.

    Args:
        home: the installation.
        now: the moment.

    Returns:
        Findings in a fixed order.
    """
    return [
        night_finding(home, now),
        disk_finding(home),
        # a second an hour: a release that is read all day is worth it
        live_finding(home, is_deep=True),
        backup_finding(home, now),
        drill_finding(home, now),
    ]


def to_be_told(findings: list[Finding]) -> list[Finding]:
    """Those of which people are told."""
    return [finding for finding in findings if finding.state == BAD or finding.is_told]


def night_finding(home: Home, now: datetime) -> Finding:
    """How the last night went, and whether there was one.

    Args:
        home: the installation.
        now: the moment.

    Returns:
        The finding.
    """
    limit = timedelta(hours=silent_hours())
    beat = read_heartbeat(home) or _beat_of_journal(home)
    if beat is None:
        return Finding(
            NIGHT, NOTE, "没有夜间任务的记录", "安装定时任务（nightly/schedule/），"
            "或运行 jixiao nightly --inbox <收件目录>。", is_told=home.landing.exists(),
        )
    age = now - beat.last_at
    text = f"{beat.last_at.isoformat()}（{age.total_seconds() / 3600:.0f} 小时前）"
    if age < -AHEAD:
        return Finding(
            NIGHT, BAD, f"最近一次心跳 {beat.last_at.isoformat()} 晚于现在：时钟被调过",
            "校准服务器时间（timedatectl），再运行一次 jixiao nightly。", "clock",
        )
    if beat.state == RUNNING:
        return _running(home, beat, age, limit)
    if age > limit:
        return Finding(
            NIGHT, BAD, f"已 {age.total_seconds() / 3600:.0f} 小时没有运行，最近一次 {text}",
            "检查定时任务：systemctl status jixiao.timer，或 crontab -l；"
            "再运行 jixiao nightly --inbox <收件目录>。", "silence",
        )
    if beat.is_good:
        return Finding(NIGHT, GOOD, f"最近一次 {text}")
    is_kept = beat.exit_code == EXIT_KEPT_YESTERDAY
    return Finding(
        NIGHT, NOTE if is_kept else BAD,
        f"{beat.message.strip() or '没有成功'}",
        beat.next_step or f"运行 jixiao status 查看原因，日志在 {home.logs}。",
        # the same failure tomorrow is the same state; another failure is another one
        f"failed-{hashlib.sha256(f'{beat.exit_code}{beat.message}'.encode()).hexdigest()[:12]}",
        is_told=True,
    )


def _running(home: Home, beat: Heartbeat, age: timedelta, limit: timedelta) -> Finding:
    if not is_held(home):
        return Finding(
            NIGHT, BAD, f"{beat.started_at} 开始的任务中途被终止（进程 {beat.pid} 已不在）",
            "检查是否断电、内存不足（journalctl -k）；下一夜会自行补完，"
            "也可现在运行 jixiao nightly --inbox <收件目录>。", f"killed-{beat.started_at}",
        )
    if age > limit:
        return Finding(
            NIGHT, BAD, f"{beat.started_at} 开始的任务一直没有结束（进程 {beat.pid}）",
            f"运行 jixiao status 看走到哪一步；卡住时结束进程 {beat.pid}，下一夜会补完。", "stuck",
        )
    return Finding(NIGHT, GOOD, f"正在运行，{beat.started_at} 开始（进程 {beat.pid}）")


def _beat_of_journal(home: Home) -> Heartbeat | None:
    nights = [line for line in read_journal(home.logs) if line.get("step") == "night"]
    if not nights:
        return None
    last = nights[-1]
    at = str(last.get("at"))
    code = last.get("exit_code")
    try:
        is_dated = datetime.fromisoformat(at).tzinfo is not None
    except ValueError:
        return None
    return Heartbeat(
        "ended", at, at, str(last.get("as_of")), last.get("status") == "ok",
        code if isinstance(code, int) else None, str(last.get("message", "")),
    ) if is_dated else None


def disk_finding(home: Home) -> Finding:
    """How much room there is.

    Args:
        home: the installation.

    Returns:
        The finding.
    """
    place = home.root if home.root.exists() else home.root.parent
    if not place.exists():
        return Finding(DISK, NOTE, f"{home.root} 还不存在", "第一次运行时会建立。")
    free = shutil.disk_usage(place).free
    text = f"{place} 可用 {free / 1024**3:.1f} GiB"
    if free < FREE_BYTES_WANTED:
        return Finding(
            DISK, BAD if free < FREE_BYTES_NEEDED else NOTE, text,
            "腾出空间：减少 JIXIAO_KEEP_RELEASES 或 JIXIAO_KEEP_MONTHS（下一次发布时清理），"
            "或扩大磁盘。",
        )
    return Finding(DISK, GOOD, text)


def live_finding(home: Home, is_deep: bool) -> Finding:
    """Whether the live release is there and what was released.

    Args:
        home: the installation.
        is_deep: compare hashes; else only sizes.

    Returns:
        The finding.
    """
    live = next((release for release in list_releases(home) if release.is_current), None)
    if live is None and home.current.is_symlink():
        return Finding(
            LIVE, BAD, "current 指向的发布不存在",
            "运行 jixiao rollback 回到最近的完好发布。", "gone",
        )
    if live is None:
        return Finding(LIVE, NOTE, "还没有发布", "运行 jixiao nightly 或 jixiao demo。")
    damaged = damaged_files(live.path, is_deep)
    if damaged:
        return Finding(
            LIVE, BAD,
            f"{live.release_id} 有 {len(damaged)} 个文件与清单不符：{'、'.join(damaged[:3])}",
            "运行 jixiao rollback 回到最近的完好发布（损坏的会被跳过），再重新运行 jixiao nightly；"
            "备份中的原件可用 jixiao restore 取回。", "damaged",
        )
    return Finding(LIVE, GOOD, f"{live.release_id} 的文件与清单一致")


def backup_finding(home: Home, now: datetime) -> Finding:
    """How old the last backup is.

    Args:
        home: the installation.
        now: the moment.

    Returns:
        The finding.
    """
    command = "运行 jixiao backup <备份目录>"
    failure = _first_lines(home.root / FAILURE_NOTE)
    if failure:
        return Finding(
            BACKUP, BAD, f"最近一次备份（{failure[0]}）没有完成：{''.join(failure[1:2])}",
            f"按所说的处理后{command}。", "failed",
        )
    note = _first_lines(home.root / BACKUP_NOTE)
    if not note:
        return Finding(
            BACKUP, NOTE, "没有备份记录",
            f"{command}，并安装 jixiao-backup.timer；"
            "用别的工具备份 landing/、draws/ 和 releases/ 的，"
            f"把日期写入 {home.root / BACKUP_NOTE}。",
        )
    when = note[0]
    bad = [line for line in note if line.startswith(DAMAGED_WORD)]
    if bad:
        return Finding(
            BACKUP, BAD, f"最近一次备份 {when} 不完整，{bad[0]}",
            "运行 jixiao doctor --deep 找出损坏的文件，从以前的备份用 jixiao restore 取回。",
            "damaged",
        )
    try:
        made = datetime.fromisoformat(when)
    except ValueError:
        return Finding(BACKUP, GOOD, f"最近一次备份 {when}")
    made = made if made.tzinfo else made.replace(tzinfo=UTC)
    limit = number_setting("JIXIAO_BACKUP_DAYS", DEFAULT_BACKUP_DAYS, 1)
    text = f"最近一次备份 {when}（{(now - made).days} 天前）"
    if now - made > timedelta(days=limit):
        return Finding(
            BACKUP, BAD, f"{text}，超过 {limit} 天", f"{command}，并检查备份的定时任务。", "stale"
        )
    return Finding(BACKUP, GOOD, text + (f"，{note[1]}" if len(note) > 1 else ""))


def _first_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return []


def drill_finding(home: Home, now: datetime) -> Finding:
    """How the last drill went.

    Args:
        home: the installation.
        now: the moment.

    Returns:
        The finding.
    """
    note = last_drill(home)
    command = "运行 jixiao restore-drill <备份目录> --rebuild"
    if note is None:
        return Finding(DRILL, NOTE, "没有演练过：没有恢复过的备份不算备份", f"{command}。")
    text = drill_text(note)
    if note.get("result") != "passed":
        return Finding(
            DRILL, BAD, text,
            "运行 jixiao backup <备份目录> --check，再备份一次，然后重新演练。",
            str(note.get("at")),
        )
    try:
        age = now - datetime.fromisoformat(str(note.get("at")))
    except (ValueError, TypeError):
        return Finding(DRILL, NOTE, text, f"{command}。")
    if age > timedelta(days=DRILL_DAYS):
        return Finding(DRILL, NOTE, f"{text}，已过 {age.days} 天", f"{command}。")
    return Finding(DRILL, GOOD, text)


def alert_finding(home: Home) -> Finding:
    """Whether anybody would be told.

    Args:
        home: the installation.

    Returns:
        The finding.
    """
    path = environment_path(home)
    if not is_private(home):
        return Finding(
            "告警", BAD, f"{path} 中有告警地址等密钥，别人也能读",
            f"运行 chmod 600 {path}，并更换密钥。",
        )
    count = len(targets(home))
    if not count:
        return Finding(
            "告警", NOTE, "没有配置告警地址，出错时没有人会收到消息",
            f"在 {path}（权限 600）中写 JIXIAO_ALERT_URLS=…，再运行 jixiao watch --test。",
        )
    return Finding("告警", GOOD, f"配置了 {count} 个告警地址")
