"""The kill campaign's section of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

SECTION = "kill_campaign"
KINDS_ZH = {
    "loss": "丢失或行数不守恒",
    "half_release": "半个发布或现行发布不是任何一次完整的结果",
    "hang": "挂起",
    "other": "其他",
}
SHOWN_WORDS = 160

Row = Mapping[str, Any]


def section_text(figures: Row) -> str:
    """Word the figures of a campaign.

    Args:
        figures: what `run_campaign` returned.

    Returns:
        Markdown in Chinese: what was tried, a table by kind of strike, one by fault of the disk,
        and what broke, by kind.
    """
    outcomes = figures["outcomes"]
    strikes = [outcome for outcome in outcomes if outcome["kind"] == "kill"]
    faults = [outcome for outcome in outcomes if outcome["kind"] == "disk"]
    by_name: dict[str, list[Row]] = {}
    for outcome in strikes:
        by_name.setdefault(outcome["name"], []).append(outcome)
    lines = [
        "## 随处终止与磁盘故障",
        "",
        f"命令：`python -m torture.kill_campaign`，种子 {figures['seed']}，"
        f"用时 {figures['seconds'] / 60:.0f} 分钟。六个财政局的模拟报送，每一夜都是真的："
        "接收、读取、关口、dbt、审计、发布、反馈。终止点取自不受干扰的一夜：每步的两端、"
        "程序对磁盘的每一类操作、步骤中的随机时刻；SIGKILL 为主，也有 SIGTERM，"
        "也有只终止主进程的。每次终止后核对：现行发布完整可读且是某一次完整的结果、没有半个发布、"
        "收过的文件原样都在、没有遗留进程；确认发布和抽检，每次终止后再做一次须成功；"
        "每一串之后再运行一夜，各表的校验值须与不受干扰的一夜相同，行数守恒。",
        "",
        "| 终止在 | 终止点 | 来不及终止 | 失信 |",
        "| --- | ---: | ---: | ---: |",
        *(_strike_line(name, chains) for name, chains in by_name.items()),
        _strike_line("合计", strikes),
        "",
        f"之后完整运行并核对 {_sum(outcomes, 'nights')} 夜，"
        f"{_sum(outcomes, 'filings'):,} 份报送逐份核对行数。"
        f"单个进程最大内存 {figures['peak_mib']:,} MiB。",
        "",
        f"代码版本：{_versions(outcomes)}。",
    ]
    if faults:
        lines += ["", "| 磁盘 | 当夜 | 失信 |", "| --- | --- | ---: |"]
        lines += [
            f"| {fault['name']} | {_cell(fault['said'])} | {len(fault['broken'])} |"
            for fault in faults
        ]
    if figures["left_out"]:
        lines += ["", f"没有 root 权限，未试：{'、'.join(figures['left_out'])}。"]
    broken = [(outcome["name"], fact) for outcome in outcomes for fact in outcome["broken"]]
    lines += ["", "| 不该发生的事 | 次数 |", "| --- | ---: |"]
    lines += [
        f"| {text} | {sum(fact['kind'] == kind for _, fact in broken)} |"
        for kind, text in KINDS_ZH.items()
    ]
    if broken:
        lines += ["", "失信之处：", ""]
        lines += [f"- {name}（{fact['after']}）：{_cell([fact['text']])}" for name, fact in broken]
    return "\n".join(lines)


def _strike_line(name: str, outcomes: Iterable[Row]) -> str:
    taken = list(outcomes)
    broken = sum(len(outcome["broken"]) for outcome in taken)
    return f"| {name} | {_sum(taken, 'met')} | {_sum(taken, 'missed')} | {broken} |"


def _versions(outcomes: Iterable[Row]) -> str:
    counts = Counter(outcome["code"] or "不详" for outcome in outcomes)
    return "、".join(f"{code}（{count} 项）" for code, count in counts.items())


def _sum(outcomes: Iterable[Row], key: str) -> int:
    return sum(outcome[key] for outcome in outcomes)


def _cell(texts: list[str]) -> str:
    return "；".join(texts).replace("|", "｜").replace("\n", " ")[:SHOWN_WORDS]
