"""The release notes as people read them: plain Chinese text made from `changes.json`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nightly.change_limits import figure_name, one_line, points
from nightly.labels import label

NOTES_NAME = "发布说明.txt"
CHANGES_NAME = "changes.json"
SHOWN = 30
SECTION_ZH = {
    "coverage": "覆盖率", "scores": "自评平均分", "warnings": "预警", "rankings": "排名",
    "filings": "报送", "overdue": "逾期", "findings": "问题", "finding_bureaus": "问题（按部门）",
    "draws": "抽检",
}

Changes = Mapping[str, Any]
COMPARED = {
    "coverage": ("coverage_rate", "due", "done"),
    "scores": ("mean_score", "scored"),
    "warnings": ("warned", "judged"),
    "tables": ("row_count",),
}
"""What is compared before and after, in sections that also hold rows that did not move."""


def changed_rows(changes: Changes, section: str) -> list[Mapping[str, Any]]:
    """Rows of a section that moved.

    Args:
        changes: of `nightly.changes`.
        section: its name.

    Returns:
        Rows in their order, without those that are as they were.
    """
    return [
        row
        for row in changes[section]
        if section not in COMPARED
        or any(row[f"{name}_before"] != row[f"{name}_after"] for name in COMPARED[section])
    ]


def write_notes(folder: Path, changes: Changes) -> None:
    """Write the notes for people and for machines.

    Args:
        folder: the release's folder.
        changes: of `nightly.changes`.
    """
    (folder / NOTES_NAME).write_text(notes_text(changes), encoding="utf-8")
    text = json.dumps(changes, ensure_ascii=False, indent=1, default=str)
    (folder / CHANGES_NAME).write_text(text + "\n", encoding="utf-8")


def read_notes(folder: Path) -> dict[str, Any]:
    """Read the notes for machines.

    Args:
        folder: the release's folder.

    Returns:
        What `nightly.changes` said.
    """
    return json.loads((folder / CHANGES_NAME).read_text(encoding="utf-8"))


def notes_text(changes: Changes) -> str:
    """Word the changes.

    Args:
        changes: of `nightly.changes`.

    Returns:
        The whole text.
    """
    head = [f"发布说明　{changes['release_id']}", f"数据截至 {changes['as_of']}"]
    if changes["is_first"]:
        rows = sum(table["row_count_after"] for table in changes["tables"])
        head += [
            "这是第一个发布，没有可以比较的上一发布。",
            f"共 {len(changes['tables'])} 张表，{rows:,} 行。",
        ]
        return "\n".join(head) + "\n"
    base = changes["base"]
    head.append(f"与上一现行发布 {base['release_id']}（截至 {base['as_of']}）比较")
    blocks = ["\n".join([*head, *_causes(changes)]), *_decision(changes)]
    number = 0
    for title, write in BLOCKS:
        lines = write(changes)
        if lines:
            number += 1
            blocks.append("\n".join([f"{ORDINALS[number - 1]}、{title}", *lines]))
    if not number:
        blocks.append("各项数字与上一发布相同。")
    if changes["not_comparable"]:
        names = "、".join(SECTION_ZH[name] for name in changes["not_comparable"])
        blocks.append(f"未能比较（上一发布或本发布没有所需的表或字段）：{names}。")
    return "\n\n".join(blocks) + "\n"


ORDINALS = "一二三四五六七八九十"


def _causes(changes: Changes) -> list[str]:
    causes = changes["causes"]
    parts = [f"新收文件 {causes['new_input_count']} 个"]
    if causes["gone_input_count"]:
        parts.append(f"不再使用的文件 {causes['gone_input_count']} 个")
    if causes["has_code_changed"]:
        parts.append("程序、规则或参数有更新")
    return ["；".join(parts) + "。"]


def _decision(changes: Changes) -> list[str]:
    if not changes["moves"]:
        return []
    acceptance = changes["acceptance"]
    if acceptance:
        first = f"以下 {len(changes['moves'])} 项变动超过限度，"
        first += f"已于 {acceptance['accepted_date']} 确认发布"
        first += f"（理由：{acceptance['reason']}）：" if acceptance["reason"] else "："
    else:
        first = f"【暂缓发布】以下 {len(changes['moves'])} 项变动超过限度，现行发布不变："
    return ["\n".join([first, *move_lines(changes["moves"], len(changes["moves"]))])]


def move_lines(moves: Sequence[Mapping[str, Any]], shown: int = SHOWN) -> list[str]:
    """Name the moves, one line each.

    Args:
        moves: of `changes.json`.
        shown: most lines to write.

    Returns:
        Lines, the last one saying how many are left out.
    """
    return _cut([f"  {move['text_zh']}" for move in moves], shown, CHANGES_NAME)


def _cut(lines: list[str], shown: int = SHOWN, where: str = CHANGES_NAME) -> list[str]:
    if len(lines) <= shown:
        return lines
    return [*lines[:shown], f"  …… 另有 {len(lines) - shown} 项，见 {where}。"]


def _rate(value: float | None) -> str:
    return "无" if value is None else f"{value:.2%}"


def _coverage(changes: Changes) -> list[str]:
    lines = []
    for row in changed_rows(changes, "coverage"):
        before, after = row["coverage_rate_before"], row["coverage_rate_after"]
        move = f"（{points(after - before)}）" if before is not None and after is not None else ""
        lines.append(
            f"  {figure_name(row)}：{_rate(before)} → {_rate(after)}{move}，"
            f"已报/应报 {_share(row, 'before')} → {_share(row, 'after')}"
        )
    return _cut(lines, 2 * SHOWN)


def _share(row: Mapping[str, Any], when: str) -> str:
    due, done = row[f"due_{when}"], row[f"done_{when}"]
    return "无" if due is None else f"{done:,}/{due:,}"


def _scores(changes: Changes) -> list[str]:
    lines = []
    for row in changed_rows(changes, "scores"):
        before, after = row["mean_score_before"], row["mean_score_after"]
        move = f"（{after - before:+.2f} 分）" if before is not None and after is not None else ""
        shown = ["无" if value is None else f"{value:.2f}" for value in (before, after)]
        lines.append(
            f"  {row['bureau_name']}{row['fiscal_year']}年度：{shown[0]} → {shown[1]}{move}，"
            f"有分数的自评 {row['scored_before'] or 0:,} → {row['scored_after'] or 0:,} 个"
        )
    return _cut(lines)


def _warnings(changes: Changes) -> list[str]:
    return [
        f"  {row['fiscal_year']}年度第{row['round_no']}次：预警 {row['warned_before']:,} →"
        f" {row['warned_after']:,} 个，可判断 {row['judged_before']:,} → {row['judged_after']:,} 个"
        for row in changed_rows(changes, "warnings")
    ]


def _place(rank: int | None) -> str:
    return "未排名" if rank is None else f"第 {rank} 名"


def _rankings(changes: Changes) -> list[str]:
    lines = [
        f"  {row['work_year']}年度{label('ranking_kind', row['ranking_kind'])}　"
        + (f"{row['bureau_name']}　" if row["ranking_kind"] == "unit" else "")
        + f"{one_line(row['object_name'])}："
        + f"{_place(row['rank_before'])} → {_place(row['rank_after'])}"
        for row in changes["rankings"]
    ]
    return _cut(lines)


def _slot(row: Mapping[str, Any]) -> str:
    turn = f"第{row['round_no']}次" if row["round_no"] is not None else ""
    kind = label("document_kind", row["document_kind"])
    return f"{row['bureau_name']}　{row['fiscal_year']}年度{kind}{turn}"


FILING_COUNTS = {
    "new_count": "新报送", "late_count": "其中逾期", "corrected_count": "其中更正以前报送",
    "rejected_count": "其中退回",
}


def _counts(row: Mapping[str, Any]) -> str:
    return "，".join(
        f"{words} {row[name]} 份"
        for name, words in FILING_COUNTS.items()
        if row[name] or name == "new_count"
    )


def _filings(changes: Changes) -> list[str]:
    rows = changes["filings"]
    if not rows:
        return []
    total = {name: sum(row[name] for row in rows) for name in FILING_COUNTS}
    bureaus = len({row["bureau_code"] for row in rows})
    return [
        f"  共 {bureaus} 个财政部门，{_counts(total)}",
        *_cut([f"  {_slot(row)}：{_counts(row)}" for row in rows]),
    ]


def _overdue(changes: Changes) -> list[str]:
    return _cut([f"  {_slot(row)}，期限 {row['due_date']}" for row in changes["overdue"]])


def _findings(changes: Changes) -> list[str]:
    rows = changes["findings"]
    if not rows:
        return []
    lines = [
        f"  {label('severity', row['severity'])} {row['rule_id']} {row['rule_name']}："
        f"新增 {row['new_count']:,}，消除 {row['cleared_count']:,}，现有 {row['open_count']:,}"
        for row in rows
    ]
    bureaus = [
        f"  {row['bureau_name'] or '未能确定财政部门'}：新增 {row['new_count']:,}，"
        f"消除 {row['cleared_count']:,}"
        for row in changes["finding_bureaus"]
    ]
    return [
        f"  新增 {sum(row['new_count'] for row in rows):,} 个，"
        f"消除 {sum(row['cleared_count'] for row in rows):,} 个",
        *_cut(lines), "  按财政部门：", *_cut(bureaus),
    ]


def _draws(changes: Changes) -> list[str]:
    return [
        f"  {row['draw_id']}：{row['fiscal_year']}年度{label('frame_kind', row['frame_kind'])}，"
        f"总体 {row['frame_count']:,} 个，抽取 {row['drawn_count']:,} 个"
        for row in changes["draws"]
    ]


def _parameters(changes: Changes) -> list[str]:
    return [
        f"  {row['table']}：版本 {_versions(row['versions_before'])} →"
        f" {_versions(row['versions_after'])}"
        + ("（内容有变）" if row["versions_before"] == row["versions_after"] else "")
        for row in changes["parameters"]
    ]


def _versions(versions: Sequence[str]) -> str:
    return "、".join(versions) or "未标"


def _tables(changes: Changes) -> list[str]:
    lines = [
        f"  {row['table']}：{_rows(row['row_count_before'])} → {_rows(row['row_count_after'])}"
        f"（{row['row_change']:+,}）"
        for row in changed_rows(changes, "tables")
    ]
    same = sum(
        row["has_content_changed"] and row["row_count_before"] == row["row_count_after"]
        for row in changes["tables"]
    )
    return [*lines, *([f"  行数不变而内容有变的表 {same} 张"] if same else [])]


def _rows(count: int | None) -> str:
    return "无此表" if count is None else f"{count:,}"


BLOCKS: tuple[tuple[str, Callable[[Changes], list[str]]], ...] = (
    ("覆盖率（含下级，全部资金）", _coverage),
    ("单位自评平均分（含下级）", _scores),
    ("绩效监控预警", _warnings),
    ("名次变动", _rankings),
    ("新收的报送", _filings),
    ("新出现的逾期未报", _overdue),
    ("问题的新增和消除", _findings),
    ("抽检", _draws),
    ("参数", _parameters),
    ("各表行数", _tables),
)
