"""What is live, how the last nights went, who is missing."""

from __future__ import annotations

from typing import Any

from nightly.held import SHOWN_MOVES, held_release, read_changes
from nightly.labels import label
from nightly.lock import holder, is_held
from nightly.progress import STEP_ZH, read_journal
from nightly.release import Release, current_release, open_release
from nightly.release_notes import move_lines
from nightly.settings import Home

SHOWN_NIGHTS = 7
SHOWN_MISSING = 15
ENDINGS_ZH = {
    0: "新发布已上线",
    3: "没有变化",
    4: "未通过质量关口或审计，或变动超过限度，沿用上一发布",
    130: "中断",
    143: "中断",
}

MISSING_SQL = """
select bureau_code, bureau_name, fiscal_year, document_kind, round_no, status, days_late
from marts.mart_filing_status
where status in ('rejected', 'late') or (status = 'expected' and days_late > 0)
order by fiscal_year desc, document_kind, round_no, bureau_code
"""


def status_lines(home: Home) -> list[str]:
    """Describe an installation.

    Args:
        home: the installation.

    Returns:
        Lines of Chinese text.
    """
    lines: list[str] = []
    if is_held(home):
        lines.append(f"夜间任务正在运行（进程 {holder(home) or '未知'}）：{_running_step(home)}")
    live = current_release(home)
    if live is None:
        lines.append("还没有发布。")
    else:
        manifest = live.manifest()
        lines.append(
            f"现行发布　{live.release_id}　截至 {manifest['as_of']}　"
            f"输入文件 {len(manifest['inputs'])} 个　{live.path}"
        )
    lines += held_lines(home)
    lines += _nights(home)
    if live is not None:
        lines += _missing(live)
    return lines


def held_lines(home: Home) -> list[str]:
    """Describe the candidate that waits to be accepted.

    Args:
        home: the installation.

    Returns:
        Lines of Chinese text, none if nothing waits.
    """
    held = held_release(home)
    if held is None:
        return []
    changes = read_changes(held)
    return [
        f"暂缓的发布　{held.release_id}　截至 {changes['as_of']}　"
        f"{len(changes['moves'])} 项变动超过限度　{held.path}",
        *move_lines(changes["moves"], SHOWN_MOVES),
        "  确认无误后运行 jixiao release --accept。",
    ]


def _running_step(home: Home) -> str:
    journal = read_journal(home.logs, files=1)
    if not journal or journal[-1].get("step") == "night":
        return "刚开始"
    return f"已完成「{STEP_ZH.get(str(journal[-1].get('step')), journal[-1].get('step'))}」"


def _nights(home: Home) -> list[str]:
    nights = [line for line in read_journal(home.logs) if line.get("step") == "night"]
    if not nights:
        return ["最近没有夜间任务的记录。"]
    lines = ["最近的夜间任务："]
    for line in nights[-SHOWN_NIGHTS:][::-1]:
        lines.append(f"  {line['at']}　截至 {line['as_of']}　{_ending(line)}")
    return lines


def _ending(line: dict[str, Any]) -> str:
    code = line.get("exit_code")
    words = ENDINGS_ZH.get(code, "失败") if isinstance(code, int) else "失败"
    if line.get("status") == "ok":
        return f"{words}　{line.get('release_id') or ''}　{line.get('seconds', 0):.0f} 秒"
    first = str(line.get("message", "")).splitlines()
    return f"{words}　{first[0] if first else ''}"


def _missing(live: Release) -> list[str]:
    con = open_release(live.database)
    try:
        rows = con.execute(MISSING_SQL).fetchall()
    finally:
        con.close()
    if not rows:
        return ["应报的都已报送。"]
    lines = [f"未报、退回或逾期 {len(rows)} 项："]
    for _code, name, year, kind, turn, status, days in rows[:SHOWN_MISSING]:
        when = f"第{turn}次" if turn is not None else ""
        late = f"，逾期 {days} 天" if days and days > 0 else ""
        lines.append(
            f"  {name}　{year}年度{label('document_kind', kind)}{when}　"
            f"{label('filing_status', status)}{late}"
        )
    if len(rows) > SHOWN_MISSING:
        lines.append(f"  …… 另有 {len(rows) - SHOWN_MISSING} 项，见 lists/报送情况表.xlsx")
    return lines
