"""The page of the nights there were: how they ended, and the time and memory of their steps.

It is made from the logs, not from tables: seconds differ from run to run, and the tables of a
release may not.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import figures
from dashboards.page import Card, Chart, Field, Page, Row, make_table
from nightly.progress import STEP_ZH
from nightly.run_history import STATUS_ZH, UNFINISHED, NightRun

SHOWN_NIGHTS = 60
CHARTED_NIGHTS = 14
MINUTE = "%Y-%m-%d %H:%M"
STEP_COLOURS = dict(
    zip(
        STEP_ZH,
        ("#8fb3c9", "#2f6f9f", "#4a9f8e", "#c8453b", "#e0a82e", "#7a6bb0", "#9a9a9a"),
        strict=True,
    )
)


def run_log_page(nights: Sequence[NightRun]) -> Page:
    """Make the page.

    Args:
        nights: oldest first, as known when the release was made; the last may still be running.

    Returns:
        Its model.
    """
    newest = list(nights)[-SHOWN_NIGHTS:][::-1]
    ended = [night for night in newest if night.exit_code is not None]
    charted = [night for night in ended if len(night.steps) > 1][:CHARTED_NIGHTS][::-1]
    last = ended[0] if ended else None
    bad_count = sum(night.status != "ok" for night in ended)
    return Page(
        "runs.html", "运行记录",
        [
            Card("最近一夜", STATUS_ZH.get(last.status, last.status) if last else "没有记录",
                 last.started_at.strftime(MINUTE) if last else "", "#nights",
                 "" if last is None else "good" if last.status == "ok" else "bad"),
            Card("用时", figures.with_unit(last.seconds if last else None, 0, "秒"),
                 "各步合计", "#steps"),
            Card("内存峰值", figures.with_unit(last.peak_rss_mb if last else None, 0, "MiB"), "",
                 "#steps"),
            Card("没有成功的夜间任务", figures.count(bad_count),
                 f"最近 {len(ended)} 次之中", "#nights", "bad" if bad_count else "good"),
        ],
        [
            *([Chart(
                "seconds", f"最近 {len(charted)} 次各步用时", "bar", "秒",
                [
                    {
                        "name": title, "stack": "all", "color": STEP_COLOURS[step],
                        "data": [_seconds(night, step) for night in charted],
                    }
                    for step, title in STEP_ZH.items()
                ],
                "steps", [night.started_at.strftime(MINUTE) for night in charted], "开始",
                series_column="步骤",
            )] if charted else []),
            make_table(
                "nights", "夜间任务",
                [
                    Field("开始", "start"), Field("数据截至", "as_of"), Field("结果", "result"),
                    Field("用时（秒）", "seconds", "count"),
                    Field("内存峰值（MiB）", "peak_rss_mb", "count"),
                    Field("发布", "release_id"), Field("原因", "message"),
                ],
                [_night_row(night, night is newest[0]) for night in newest],
                full_list="logs/*.jsonl，工作库 ops.night_run",
                note="制作本发布时的记录；本发布所在的一次还没有结束，时间为协调世界时（UTC）。",
            ),
            make_table(
                "steps", "各步",
                [
                    Field("开始", "start"), Field("步骤", "title"), Field("结果", "result"),
                    Field("用时（秒）", "seconds", "number"), Field("行数", "row_count", "count"),
                    Field("内存峰值（MiB）", "peak_rss_mb", "count"),
                ],
                [row for night in newest for row in _step_rows(night)],
                full_list="logs/*.jsonl，工作库 ops.night_step",
            ),
        ],
        "每夜任务的每一步用了多久、处理多少行、用了多少内存、怎样结束。",
    )


def _ending(night: NightRun, is_newest: bool) -> str:
    # the release that holds this page is made by the newest night, which has not ended
    if night.status == UNFINISHED and is_newest:
        return "进行中"
    return STATUS_ZH.get(night.status, night.status)


def _seconds(night: NightRun, step: str) -> float:
    return round(sum(item.seconds or 0.0 for item in night.steps if item.step == step), 1)


def _night_row(night: NightRun, is_newest: bool) -> Row:
    return {
        "start": night.started_at.strftime(MINUTE), "as_of": str(night.as_of or ""),
        "result": _ending(night, is_newest), "seconds": round(night.seconds),
        "peak_rss_mb": night.peak_rss_mb, "release_id": night.release_id,
        "message": night.message,
    }


def _step_rows(night: NightRun) -> list[Row]:
    return [
        {
            "start": night.started_at.strftime(MINUTE), "title": STEP_ZH.get(step.step, step.step),
            "result": "完成" if step.status == "ok" else "失败", "seconds": step.seconds,
            "row_count": step.row_count, "peak_rss_mb": step.peak_rss_mb,
        }
        for step in night.steps
    ]
