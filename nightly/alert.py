"""Tell people: by mail, WeCom, DingTalk or Feishu, once per state and then daily.

Where to is secret: it is read from the environment or `<home>/.env` and shown as its kind only. An
alert that cannot be sent is tried again by the next watch and harms nothing else.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from nightly.doctor_finding import Finding
from nightly.durable_notes import write_durably
from nightly.environment_file import ALERT_URLS, read_environment_file
from nightly.errors import StopError
from nightly.release import current_release
from nightly.settings import Home

logger = logging.getLogger(__name__)

TITLE = "绩效数据仓库"
REPEAT = timedelta(hours=23)
"""A little less than a day: the timer of a daily watch wavers."""
TEXT_LIMIT = 500
TALKATIVE = ("apprise", "urllib3", "requests")
"""Libraries that write addresses, keys and all, into their logs."""


@dataclass(frozen=True)
class Message:
    """What is sent.

    Attributes:
        key: which state it tells of; '' for an all-clear or a test.
        title: one line.
        body: the rest.
        occurrence: which instance of the state.
        ends: keys of states that are over.
    """

    key: str
    title: str
    body: str
    occurrence: str = ""
    ends: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What became of messages.

    Attributes:
        sent: titles sent to at least one target.
        failed: sentences about targets that did not take one.
    """

    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def targets(home: Home) -> list[str]:
    """Where to send: `JIXIAO_ALERT_URLS`, separated by blanks; the environment goes first.

    Args:
        home: the installation.

    Returns:
        Secret URLs.
    """
    given = os.environ.get(ALERT_URLS) or read_environment_file(home).get(ALERT_URLS, "")
    return given.split()


def redact(url: str) -> str:
    """A target as it may be shown: its kind.

    Args:
        url: secret.

    Returns:
        `kind://…`.
    """
    match = re.match(r"([A-Za-z0-9]{1,20})://", url)
    return f"{match[1].lower()}://…" if match else "（写法不对）"


def compose(home: Home, finding: Finding) -> Message:
    """Word an alert.

    Args:
        home: the installation.
        finding: what is wrong.

    Returns:
        The message: what failed, which release is live, the next step.
    """
    return Message(
        finding.title, f"【{TITLE}】{finding.title}异常",
        "\n".join(
            [
                f"情况：{_short(finding.text)}",
                f"现行发布：{live_text(home)}",
                f"下一步：{_short(finding.next_step) or '运行 jixiao doctor 查看。'}",
            ]
        ),
        finding.occurrence,
    )


def _short(text: str) -> str:
    # the first line says what it is; the others may name projects and stay at home
    first = text.strip().split("\n")[0]
    return first if len(first) <= TEXT_LIMIT else first[:TEXT_LIMIT] + "……"


def live_text(home: Home) -> str:
    """Which release is live, for a message.

    Args:
        home: the installation.

    Returns:
        A Chinese phrase.
    """
    live = current_release(home)
    if live is None:
        return "没有"
    try:
        return f"{live.release_id}（截至 {live.manifest()['as_of']}）"
    except (StopError, KeyError):
        return f"{live.release_id}（清单已损坏）"


def due(
    home: Home, findings: Iterable[Finding], now: datetime
) -> tuple[list[Message], list[Message]]:
    """What is to be told now, and what was told not long ago.

    Args:
        home: the installation.
        findings: what is wrong.
        now: the moment.

    Returns:
        Messages to send, and messages to keep quiet about.
    """
    known = read_state(home)
    messages = [compose(home, finding) for finding in findings]
    new, quiet = [], []
    for message in messages:
        told = known.get(message.key, {})
        is_same = told.get("occurrence") == message.occurrence
        (quiet if is_same and _is_recent(told, now) else new).append(message)
    over = sorted(set(known) - {message.key for message in messages})
    if over:
        new.append(
            Message(
                "", f"【{TITLE}】已恢复正常：{'、'.join(over)}",
                f"现行发布：{live_text(home)}", ends=tuple(over),
            )
        )
    return new, quiet


def _is_recent(told: dict[str, str], now: datetime) -> bool:
    try:
        age = now - datetime.fromisoformat(told["told_at"])
    except (KeyError, ValueError, TypeError):
        return False
    # a clock that was set back must not silence anything
    return timedelta(0) <= age < REPEAT


def tell(home: Home, findings: Iterable[Finding], now: datetime) -> Outcome:
    """Send what is due, and remember it.

    Args:
        home: the installation.
        findings: what is wrong.
        now: the moment.

    Returns:
        What became of it.
    """
    urls = targets(home)
    outcome = Outcome()
    if not urls:
        return outcome
    try:
        with FileLock(home.root / "alerts.lock").acquire(timeout=30):
            for message in due(home, findings, now)[0]:
                failed = send(urls, message)
                outcome.failed += failed
                if len(failed) < len(urls):
                    outcome.sent.append(message.title)
                    _remember(home, message, now)
    except Timeout:
        outcome.failed.append("另一个检查正在发送告警。")
    return outcome


def _remember(home: Home, message: Message, now: datetime) -> None:
    state = {key: facts for key, facts in read_state(home).items() if key not in message.ends}
    if message.key:
        told_at = now.isoformat(timespec="seconds")
        state[message.key] = {"told_at": told_at, "occurrence": message.occurrence}
    write_durably(state_path(home), json.dumps(state, ensure_ascii=False))


def state_path(home: Home) -> Path:
    """Where it is remembered what was told."""
    return home.root / "alerts.json"


def read_state(home: Home) -> dict[str, dict[str, str]]:
    """What was told.

    Args:
        home: the installation.

    Returns:
        Time and occurrence by state; none if it cannot be read: then it is told again.
    """
    try:
        found = json.loads(state_path(home).read_bytes())
        return {key: facts for key, facts in found.items() if isinstance(facts, dict)}
    except (OSError, ValueError, AttributeError):
        return {}


def send(urls: list[str], message: Message) -> list[str]:
    """Send a message to every target.

    Args:
        urls: secret.
        message: what.

    Returns:
        A sentence for each target that did not take it, without the secret.
    """
    failed = []
    with _hushed():
        try:
            import apprise
        except ImportError:
            return [f"没有安装 apprise，不能发送到 {redact(url)}。" for url in urls]
        for number, url in enumerate(urls, start=1):
            name = f"第 {number} 个告警地址 {redact(url)}"
            try:
                sender = apprise.Apprise()
                if not sender.add(url):
                    failed.append(f"{name} 的写法 apprise 不认识。")
                elif not sender.notify(
                    title=message.title, body=message.body, body_format=apprise.NotifyFormat.TEXT
                ):
                    failed.append(f"{name} 没有接受消息。")
            except Exception as error:
                # whatever a library does with a bad address, its text may hold the address
                failed.append(f"{name} 发送失败（{type(error).__name__}）。")
    return failed


@contextmanager
def _hushed() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in TALKATIVE]
    before = [(item.level, item.disabled) for item in loggers]
    manager_level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    for item in loggers:
        item.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logging.disable(manager_level)
        for item, (level, disabled) in zip(loggers, before, strict=True):
            item.setLevel(level)
            item.disabled = disabled
