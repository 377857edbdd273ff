"""What is live, how the last nights went, who is missing."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from nightly.doctor_watch import backup_finding
from nightly.errors import StopError
from nightly.growth import growth_lines
from nightly.held import SHOWN_MOVES, held_release, read_changes
from nightly.labels import label
from nightly.lock import holder, is_held
from nightly.progress import STEP_ZH, read_journal
from nightly.release import Release, current_release, open_release
from nightly.release_notes import move_lines
from nightly.restore_drill import drill_text, last_drill
from nightly.run_history import UNFINISHED, NightRun, read_history, step_text
from nightly.settings import Home

SHOWN_NIGHTS = 7
READ_DATES = 30
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
        lines.append(_live_line(live))
    lines += held_lines(home)
    lines += _nights(home)
    lines += _safety(home)
    if live is not None:
        lines += _missing(live)
    return lines


def _live_line(live: Release) -> str:
    try:
        manifest = live.manifest()
    except StopError as stop:
        return f"现行发布　{live.release_id}　{stop.message}{stop.next_step}"
    return (
        f"现行发布　{live.release_id}　截至 {manifest['as_of']}　"
        f"输入文件 {len(manifest['inputs'])} 个　{live.path}"
    )


def _safety(home: Home) -> list[str]:
    now = datetime.now(UTC)
    drill = last_drill(home)
    return [
        f"备份　{backup_finding(home, now).text}",
        f"恢复演练　{drill_text(drill) if drill else '没有演练过'}",
        *growth_lines(home),
    ]


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
    nights = [
        night for night in read_history(home.logs, newest=READ_DATES)
        if night.status != UNFINISHED or len(night.steps) > 1
    ]
    if not nights:
        return ["最近没有夜间任务的记录。"]
    lines = ["最近的夜间任务："]
    is_running = is_held(home)
    for night in nights[-SHOWN_NIGHTS:][::-1]:
        ending = "正在运行" if is_running and night is nights[-1] and (
            night.status == UNFINISHED
        ) else _ending(night)
        lines.append(
            f"  {night.started_at.isoformat(timespec='seconds')}　截至 {night.as_of}　{ending}"
        )
    newest = nights[-1]
    if newest.steps:
        memory = f"　内存峰值 {newest.peak_rss_mb} MiB" if newest.peak_rss_mb else ""
        lines.append(f"  最近一次各步：{step_text(newest)}{memory}")
    return lines


def _ending(night: NightRun) -> str:
    if night.status == UNFINISHED:
        return f"没有走完　已完成 {len(night.steps)} 步"
    words = ENDINGS_ZH.get(night.exit_code, "失败")
    if night.status == "ok":
        return f"{words}　{night.release_id or ''}　{night.seconds:.0f} 秒"
    return f"{words}　{night.message}"


def _missing(live: Release) -> list[str]:
    try:
        con = open_release(live.database)
        try:
            rows = con.execute(MISSING_SQL).fetchall()
        finally:
            con.close()
    except duckdb.Error:
        return ["现行发布的库读不出：运行 jixiao doctor 查明，或 jixiao rollback 回到完好的发布。"]
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
