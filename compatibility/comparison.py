"""What one client saw of a release beside what ours saw: every difference is a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

SHOWN_TEXT = 120
REFUSALS_ZH = {
    "read_file": "锁定之后仍能读服务器上的文件",
    "write_file": "锁定之后仍能写服务器上的文件",
    "unlock": "锁定之后仍能改回设置",
    "write_table": "只读打开之后仍能建表",
}


def _first_difference(ours: Path, theirs: Path) -> str:
    pairs = zip_longest(
        ours.read_text(encoding="utf-8").split("\n"),
        theirs.read_text(encoding="utf-8").split("\n"),
        fillvalue="（没有）",
    )
    for mine, other in pairs:
        if mine != other:
            return f"应为 {mine[:SHOWN_TEXT]}，读到 {other[:SHOWN_TEXT]}"
    return ""


def _of_names(what: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    lost = sorted(ours.keys() - theirs.keys())
    changed = sorted(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name])
    if lost:
        yield f"{what}少 {len(lost)} 个，如 {lost[0]}"
    if changed:
        yield f"{what}有 {len(changed)} 个不同，如 {changed[0]}"


def differences(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], our_rows: Path, their_rows: Path
) -> list[str]:
    """Compare what a client saw with what ours saw.

    Args:
        ours: `seen.json` of our own client.
        theirs: `seen.json` of the other.
        our_rows: folder with our rows.
        their_rows: folder with the other's rows.

    Returns:
        Sentences; none where the client reads the release as we do.
    """
    if "error" in theirs:
        return [f"打不开：{theirs['error']}"]
    found = [REFUSALS_ZH[name] for name, refused in theirs["refused"].items() if not refused]
    if theirs["switch"] == "never":
        found.append("切换之后，旧连接全部关闭了，新连接仍读到旧的发布")
    found += _of_names("表", ours["columns"], theirs["columns"])
    found += _of_names("中文说明", ours["comments"], theirs["comments"])
    for name, mine in ours["analyses"].items():
        other = theirs["analyses"].get(name, {"error": "没有执行"})
        if "error" in other:
            found.append(f"分析 {name} 不能执行：{other['error']}")
        elif other["columns"] != mine["columns"]:
            found.append(f"分析 {name} 的列不同")
        elif words := _first_difference(our_rows / f"{name}.txt", their_rows / f"{name}.txt"):
            found.append(f"分析 {name} 的结果不同：{words}")
    return found
