"""The report of the campaigns: a section per campaign, each rewritten by its own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

REPORT = Path(__file__).resolve().parent / "报告.md"
OUTPUT = (":!torture/报告.md", ":!torture/results")
_HEAD = "# 破坏性试验报告\n\n由 `make torture` 重新生成；每一节由各自的试验改写。\n"


def write_section(name: str, text: str, report: Path = REPORT) -> None:
    """Put a section into the report in place of the earlier one of its name.

    Args:
        name: name of the campaign.
        text: Markdown, beginning with its heading.
        report: the report.
    """
    before = report.read_text(encoding="utf-8") if report.exists() else _HEAD
    section = f"<!-- {name} -->\n{text.strip()}\n<!-- /{name} -->\n"
    pattern = re.compile(
        rf"<!-- {re.escape(name)} -->\n.*?<!-- /{re.escape(name)} -->\n", re.DOTALL
    )
    if pattern.search(before):
        after = pattern.sub(lambda _: section, before, count=1)
    else:
        after = f"{before.rstrip()}\n\n{section}"
    report.write_text(after, encoding="utf-8")


def code_version() -> str:
    """Which code is tried: the commit, with a + where the working tree has changes.

    Returns:
        Such as `1a2b3c4d5e` or `1a2b3c4d5e+`, whatever the campaigns wrote; empty without git.
    """
    words = {
        "commit": ["rev-parse", "--short=10", "HEAD"],
        "changes": ["status", "--porcelain", "--", ".", *OUTPUT],
    }
    said = {}
    for name, arguments in words.items():
        try:
            done = subprocess.run(
                ["git", *arguments], cwd=REPORT.parents[1], capture_output=True, text=True
            )
        except OSError:
            return ""
        said[name] = done.stdout.strip()
    return said["commit"] + ("+" if said["changes"] else "")
