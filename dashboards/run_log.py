"""The page of the nights there were: how they ended, and the time and memory of their steps.

It is made from the logs, not from tables: seconds differ from run to run, and the tables of a
release may not.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import figures
from dashboards.page import Card, Chart, Field, Page, Row, make_table
from dashboards.source import Source, among, same, written
from nightly.progress import STEP_ZH
from nightly.run_history import STATUS_ZH, UNFINISHED, NightRun

SHOWN_NIGHTS = 60
CHARTED_NIGHTS = 14
NIGHTS = Source("ops.night_run").by("night_id")
STEPS = Source("ops.night_step").by("night_id", "step_no")
SECONDS = "coalesce(sum(seconds)::decimal(18, 3), 0)"
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
    shown = NIGHTS.only(among("night_id", [night.night_id for night in newest]))
    steps = STEPS.only(among("night_id", [night.night_id for night in newest]))
    by_night = steps.by("night_id")
    counted = shown.only("exit_code is not null")
    bad_count = sum(night.status != "ok" for night in ended)
    return Page(
        "runs.html", "运行记录",
        [
            *_last_cards(last),
            Card("没有成功的夜间任务", counted.only("status <> 'ok'").shows("count", bad_count),
                 written("最近 ", counted.shows("count", len(ended)), " 次之中"), "#nights",
                 "bad" if bad_count else "good"),
        ],
        [
            *([Chart(
                "seconds", f"最近 {len(charted)} 次各步用时", "bar", "秒",
                [
                    {
                        "name": title, "stack": "all", "color": STEP_COLOURS[step],
                        "measure": f"round({SECONDS}, 1)::double", "where": same("step", step),
                        "data": [_seconds(night, step) for night in charted],
                    }
                    for step, title in STEP_ZH.items()
                ],
                "steps", [night.started_at.strftime(MINUTE) for night in charted], "开始",
                series_column="步骤", source=steps,
                wheres=[same("night_id", night.night_id) for night in charted],
            )] if charted else []),
            make_table(
                "nights", "夜间任务",
                [
                    Field("开始", "start"), Field("数据截至", "as_of"), Field("结果", "result"),
                    Field("用时（秒）", "seconds", "count", of=SECONDS, source=by_night),
                    Field("内存峰值（MiB）", "peak_rss_mb", "count", of="max(peak_rss_mb)",
                          source=by_night),
                    Field("发布", "release_id"), Field("原因", "message"),
                ],
                [_night_row(night, night is newest[0]) for night in newest],
                source=shown,
                note="制作本发布时的记录；本发布所在的一次还没有结束，时间为协调世界时（UTC）。"
                "全部记录：logs/*.jsonl，工作库 ops.night_run。",
            ),
            make_table(
                "steps", "各步",
                [
                    Field("开始", "start"), Field("步骤", "title"), Field("结果", "result"),
                    Field("用时（秒）", "seconds", "number"), Field("行数", "row_count", "count"),
                    Field("内存峰值（MiB）", "peak_rss_mb", "count"),
                ],
                [row for night in newest for row in _step_rows(night)],
                source=steps, note="全部记录：logs/*.jsonl，工作库 ops.night_step。",
            ),
        ],
        "每夜任务的每一步用了多久、处理多少行、用了多少内存、怎样结束。",
    )


def _last_cards(last: NightRun | None) -> list[Card]:
    """How the last night that ended went."""
    if last is None:
        return [
            Card("最近一夜", "没有记录", "", "#nights"),
            Card("用时", figures.NONE, "各步合计", "#steps"),
            Card("内存峰值", figures.NONE, "", "#steps"),
        ]
    night, steps = (one.only(same("night_id", last.night_id)) for one in (NIGHTS, STEPS))
    return [
        Card("最近一夜", STATUS_ZH.get(last.status, last.status),
             night.shows("text", last.started_at.strftime(MINUTE),
                         f"strftime(started_at, '{MINUTE}')"),
             "#nights", "good" if last.status == "ok" else "bad"),
        Card("用时", steps.shows("figure", figures.with_unit(last.seconds, 0, "秒"),
                               f"({SECONDS}, 0, '秒')"), "各步合计", "#steps"),
        Card("内存峰值", steps.shows("figure", figures.with_unit(last.peak_rss_mb, 0, "MiB"),
                                 "(max(peak_rss_mb), 0, 'MiB')"), "", "#steps"),
    ]


def _ending(night: NightRun, is_newest: bool) -> str:
    # the release that holds this page is made by the newest night, which has not ended
    if night.status == UNFINISHED and is_newest:
        return "进行中"
    return STATUS_ZH.get(night.status, night.status)


def _seconds(night: NightRun, step: str) -> float:
    total = sum(item.seconds or 0.0 for item in night.steps if item.step == step)
    return float(figures.rounded(round(total, 3), 1))


def _night_row(night: NightRun, is_newest: bool) -> Row:
    return {
        "night_id": night.night_id, "start": night.started_at.strftime(MINUTE),
        "as_of": str(night.as_of or ""), "result": _ending(night, is_newest),
        "seconds": night.seconds if night.steps else None,
        "peak_rss_mb": night.peak_rss_mb, "release_id": night.release_id,
        "message": night.message,
    }


def _step_rows(night: NightRun) -> list[Row]:
    return [
        {
            "night_id": night.night_id, "step_no": step.step_no,
            "start": night.started_at.strftime(MINUTE), "title": STEP_ZH.get(step.step, step.step),
            "result": "完成" if step.status == "ok" else "失败", "seconds": step.seconds,
            "row_count": step.row_count, "peak_rss_mb": step.peak_rss_mb,
        }
        for step in night.steps
    ]
