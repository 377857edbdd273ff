"""`make compatibility`: every client opens the live release and must see what ours sees.

Exit codes: 0 all read it alike; 4 one cannot read it, or reads something else; 6 there is no
release; 1 a client's packages cannot be had, or ours cannot read the release; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from compatibility.comparison import differences
from compatibility.environment import HERE, Client, InstallError, make_environment, read_clients
from nightly.errors import (
    EXIT_FAILURE,
    EXIT_KEPT_YESTERDAY,
    EXIT_NO_RELEASE,
    EXIT_OK,
    EXIT_USAGE,
)
from nightly.settings import DEFAULT_HOME, HOME_VARIABLE

OURS = Client("ours", "本项目自己的（对照）", "duckdb")
SECONDS = 1800
SHOWN = 5
HEADINGS = (
    "客户端", "版本", "表", "中文说明", "分析（行）", "锁定", "看到切换", "秒", "结论",
)
SWITCH_ZH = {"at_once": "新连接即可", "when_closed": "旧连接全关之后", "never": "看不到"}


@dataclass(frozen=True)
class Outcome:
    """What came of one client.

    Attributes:
        client: which.
        seen: what it saw.
        found: differences from ours, as sentences.
        seconds: how long it took, without installing.
        is_installed: whether its packages could be had.
    """

    client: Client
    seen: dict[str, Any] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_installed: bool = True


def probe(client: Client, python: Path, release: Path, folder: Path) -> tuple[dict, float]:
    """Let a client look at a release.

    Args:
        client: which.
        python: of its environment.
        release: folder of the release.
        folder: where its rows go; created.

    Returns:
        What it saw, and seconds.
    """
    folder.mkdir(parents=True)
    begun = time.monotonic()
    # isolated: neither our packages nor the caller's settings reach the client
    done = subprocess.run(
        [str(python), "-I", str(HERE / "probe.py"), client.route, str(release), str(folder)],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )
    seconds = time.monotonic() - begun
    written = folder / "seen.json"
    if done.returncode or not written.is_file():
        lines = done.stderr.strip().splitlines()
        return {"error": lines[-1] if lines else f"退出码 {done.returncode}"}, seconds
    return json.loads(written.read_text(encoding="utf-8")), seconds


def check(release: Path, clients: Sequence[Client], folder: Path) -> list[Outcome]:
    """Let ours and every client look at a release.

    Args:
        release: folder of the release.
        clients: which others.
        folder: where rows go.

    Returns:
        Ours first.
    """
    seen, seconds = probe(OURS, Path(sys.executable), release, folder / OURS.name)
    failures = [seen["error"]] if "error" in seen else [
        f"分析 {name} 不能执行：{item['error']}"
        for name, item in seen["analyses"].items() if "error" in item
    ]
    outcomes = [Outcome(OURS, seen, failures, seconds)]
    if failures:
        return outcomes
    for client in clients:
        try:
            python = make_environment(client)
        except InstallError as error:
            outcomes.append(Outcome(client, found=[f"装不上：{error}"], is_installed=False))
            continue
        theirs, seconds = probe(client, python, release, folder / client.name)
        found = differences(seen, theirs, folder / OURS.name, folder / client.name)
        outcomes.append(Outcome(client, theirs, found, seconds))
    return outcomes


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """What the outcomes come to.

    Args:
        outcomes: of `check`.

    Returns:
        The command's exit code.
    """
    if outcomes[0].found or not all(outcome.is_installed for outcome in outcomes):
        return EXIT_FAILURE
    return EXIT_KEPT_YESTERDAY if any(outcome.found for outcome in outcomes) else EXIT_OK


def show(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print the table.

    Args:
        outcomes: of `check`.
        console: where.
    """
    table = Table(*HEADINGS)
    for outcome in outcomes:
        seen = outcome.seen
        ran = [item for item in seen.get("analyses", {}).values() if "error" not in item]
        refused = seen.get("refused", {})
        table.add_row(
            outcome.client.name_zh,
            "、".join(f"{name} {number}" for name, number in seen.get("versions", {}).items()),
            str(len(seen.get("columns", {}))),
            str(len(seen.get("comments", {}))),
            f"{len(ran)}（{sum(item['rows'] for item in ran)}）",
            f"{sum(refused.values())}/{len(refused)}",
            SWITCH_ZH.get(seen.get("switch", ""), ""),
            f"{outcome.seconds:.1f}",
            "不一致" if outcome.found else "一致",
        )
    console.print(table)
    for outcome in outcomes:
        for words in outcome.found[:SHOWN]:
            console.print(f"{outcome.client.name_zh}：{escape(words)}")
        if len(outcome.found) > SHOWN:
            console.print(f"{outcome.client.name_zh}：另有 {len(outcome.found) - SHOWN} 处。")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the live release.

    Args:
        arguments: of the command line.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(
        prog="python -m compatibility.check",
        description="各版本客户端读现行发布，与本项目读到的逐行比较。",
    )
    parser.add_argument("--home", type=Path, help="工作目录，默认 JIXIAO_HOME 或 var")
    parser.add_argument("--release", type=Path, help="一次发布的目录，默认现行发布")
    parser.add_argument("--client", action="append", help="只检查这一个客户端，可写多次")
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 160)
    home = chosen.home or Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME)
    release = (chosen.release or home / "releases" / "current").resolve()
    if not (release / "manifest.json").is_file():
        console.print(
            f"{escape(str(release))} 不是一次发布。先运行 jixiao nightly 或 jixiao demo，"
            "或用 --home、--release 指明目录。"
        )
        return EXIT_NO_RELEASE
    clients = read_clients()
    names = [client.name for client in clients]
    unknown = [name for name in chosen.client or [] if name not in names]
    if unknown:
        console.print(f"没有名为 {escape(unknown[0])} 的客户端。可选：{'、'.join(names)}。")
        return EXIT_USAGE
    wanted = [client for client in clients if not chosen.client or client.name in chosen.client]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = check(release, wanted, Path(folder))
    console.print(f"发布 {release.name}")
    show(outcomes, console)
    code = exit_code(outcomes)
    if code == EXIT_FAILURE:
        console.print("先看软件包能否安装（网络、镜像）、现行发布是否完整（jixiao doctor）。")
    elif code == EXIT_KEPT_YESTERDAY:
        console.print("改正分析或表的写法，使这些客户端能读；或在 compatibility/ 中不再列它。")
    return code


if __name__ == "__main__":
    sys.exit(main())
