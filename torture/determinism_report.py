"""The determinism campaign's section of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECTION = "determinism"


def section_text(figures: Mapping[str, Any]) -> str:
    """Word the figures of a campaign.

    Args:
        figures: what `run_campaign` returned.

    Returns:
        Markdown in Chinese: a line per surrounding.
    """
    lines = [
        "## 同样的输入，同样的数",
        "",
        f"命令：`python -m torture.determinism`，种子 {figures['seed']}，"
        f"代码版本 {figures['code']}。"
        "同一收件目录、参数和日期，"
        "在不同的线程数、时区、语言环境、哈希种子、文件次序和 DuckDB 版本下各运行整夜，"
        "由同一个程序逐表计算校验值，与第一种环境相比。",
        "",
        "| 环境 | DuckDB | 夜 | 表 | 不同的表 |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for outcome in figures["outcomes"]:
        differing = sum(len(tables) for tables in outcome["tables_differing"])
        lines.append(
            f"| {outcome['surrounding']} | {outcome['duckdb']} | {outcome['nights']} |"
            f" {outcome['tables']} | {differing} |"
        )
    lines += [
        "",
        f"比较了 {figures['tables_compared']:,} 张表，不同的 {figures['tables_differing']} 张。",
    ]
    return "\n".join(lines)
