"""The checker: apart from the night, it tells people when a night failed or did not come."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nightly import alert
from nightly.doctor_finding import Finding
from nightly.doctor_watch import to_be_told, watch_findings
from nightly.environment_file import ALERT_URLS, environment_path
from nightly.settings import Home


@dataclass
class Watch:
    """What a watch saw and did.

    Attributes:
        findings: everything looked at.
        problems: of which people are told.
        outcome: what became of the messages.
        lines: what to show.
    """

    findings: list[Finding]
    problems: list[Finding]
    outcome: alert.Outcome = field(default_factory=alert.Outcome)
    lines: list[str] = field(default_factory=list)


def watch(home: Home, is_dry: bool = False, now: datetime | None = None) -> Watch:
    """Look, and tell what is due.

    Args:
        home: the installation.
        is_dry: send nothing, remember nothing, show what would be sent.
        now: the moment; by default the clock's.

    Returns:
        What was seen and done.
    """
    moment = now or datetime.now(UTC)
    findings = watch_findings(home, moment)
    seen = Watch(findings, to_be_told(findings))
    seen.lines = [finding.line() for finding in seen.problems]
    seen.lines = seen.lines or ["夜间任务、发布、磁盘和备份正常。"]
    urls = alert.targets(home)
    if not urls:
        seen.lines.append(
            f"没有配置告警地址：在 {environment_path(home)}（权限 600）中写 {ALERT_URLS}=…"
        )
    if is_dry:
        seen.lines += _dry_lines(home, seen.problems, urls, moment)
        return seen
    seen.outcome = alert.tell(home, seen.problems, moment)
    seen.lines += [f"已发送：{title}" for title in seen.outcome.sent]
    seen.lines += [f"没有送到：{text}" for text in seen.outcome.failed]
    return seen


def _dry_lines(
    home: Home, problems: list[Finding], urls: list[str], moment: datetime
) -> list[str]:
    new, quiet = alert.due(home, problems, moment)
    where = "、".join(alert.redact(url) for url in urls) or "（没有地址）"
    lines = []
    for message in new:
        lines += [f"将发送到 {where}：", f"  {message.title}"]
        lines += [f"  {line}" for line in message.body.split("\n")]
    lines += [f"一天之内已告知，不再发送：{message.title}" for message in quiet]
    return lines or ["没有要发送的。"]


def send_test(home: Home) -> Watch:
    """Send a message that says that messages arrive.

    Args:
        home: the installation.

    Returns:
        What was done.
    """
    urls = alert.targets(home)
    message = alert.Message(
        "", f"【{alert.TITLE}】告警测试",
        f"收到这条消息，说明告警可以送到。\n现行发布：{alert.live_text(home)}",
    )
    failed = alert.send(urls, message)
    seen = Watch([], [], alert.Outcome([], failed))
    seen.lines = [f"没有送到：{text}" for text in failed]
    seen.lines.append(f"共 {len(urls)} 个告警地址，送到 {len(urls) - len(failed)} 个。")
    return seen


def tell_after_night(home: Home) -> None:
    """Tell people how a night ended; whatever goes wrong with that harms nothing.

    Args:
        home: the installation.
    """
    try:
        if not alert.targets(home):
            return
        for text in watch(home).outcome.failed:
            sys.stderr.write(f"告警没有送到：{text}\n")
    except Exception as error:
        # the night is over and has its own outcome
        sys.stderr.write(
            f"告警没有送出（{type(error).__name__}）；运行 jixiao watch --dry-run 查看。\n"
        )
