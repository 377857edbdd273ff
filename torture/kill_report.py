"""The kill campaign's section of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECTION = "kill_campaign"


def section_text(figures: Mapping[str, Any]) -> str:
    """Word the figures of a campaign.

    Args:
        figures: what `run_campaign` returned.

    Returns:
        Markdown in Chinese: a table by kind of strike, one by fault of the disk, what broke.
    """
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for chain in figures["chains"]:
        by_name.setdefault(chain["name"], []).append(chain)
    lines = [
        "## 随处终止与磁盘故障",
        "",
        f"命令：`python -m torture.kill_campaign`，种子 {figures['seed']}。六个财政局的模拟报送，"
        "每一夜都是真的：接收、读取、关口、dbt、审计、发布、反馈。终止点取自不受干扰的一夜：每步的两端、"
        "程序对磁盘的每一类操作、步骤中的随机时刻；SIGKILL 为主，也有 SIGTERM，"
        "也有只终止主进程的。每次终止后核对：现行发布完整可读且是某一次完整的结果、没有半个发布、"
        "收过的文件原样都在、没有遗留进程；每一串之后再运行一夜，各表的校验值须与不受干扰的一夜相同，"
        "行数守恒。",
        "",
        "| 终止在 | 终止点 | 来不及终止 | 失信 |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, chains in by_name.items():
        met, missed = (sum(chain[key] for chain in chains) for key in ("met", "missed"))
        lines.append(f"| {name} | {met} | {missed} | {_broken(chains)} |")
    lines += [
        f"| 合计 | {figures['kill_points']} | {figures['missed']} | {_broken(figures['chains'])} |",
        "",
        f"之后完整运行并核对 {figures['completed_nights']} 夜，"
        f"{figures['filings_added_up']} 份报送逐份核对行数。",
    ]
    if figures["faults"]:
        lines += ["", "| 磁盘 | 当夜 | 失信 |", "| --- | --- | ---: |"]
        lines += [
            f"| {fault['name']} | {_cell(fault['kills'])} | {len(fault['broken'])} |"
            for fault in figures["faults"]
        ]
    broken = [
        f"- {outcome['name']}：{_cell([text])}"
        for outcome in [*figures["chains"], *figures["faults"]] for text in outcome["broken"]
    ]
    if broken:
        lines += ["", "失信之处：", "", *broken]
    return "\n".join(lines)


def _broken(outcomes: list[Mapping[str, Any]]) -> int:
    return sum(len(outcome["broken"]) for outcome in outcomes)


def _cell(texts: list[str]) -> str:
    return "；".join(texts).replace("|", "｜").replace("\n", " ")[:160]
