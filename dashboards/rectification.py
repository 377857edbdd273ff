"""What came of the draw: results of the audit, deviations of scores, rectification."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.edition import Edition
from dashboards.page import (
    BUREAU,
    SOURCE,
    Card,
    Chart,
    Field,
    Row,
    Table,
    make_table,
    project_href,
    with_source,
)
from dashboards.source import Source, Written, written

ROW_LIMIT = 300
# the page of a project finds it by its code in whatever year
IS_KNOWN = """
    exists (
        select 1 from marts.fct_project
        where fct_project.bureau_code = {table}.bureau_code
            and fct_project.project_code = {table}.project_code
    )
"""
RESULT_STATES = (
    ("没有问题", "#4f9d69",
     "is_overdue is not true and is_rectified is not true and has_problem is not true"),
    ("已整改", "#93c79e", "is_overdue is not true and is_rectified"),
    ("整改中", "#e0a82e", "is_overdue is not true and is_rectified is not true and has_problem"),
    ("逾期未整改", "#c8453b", "is_overdue"),
)
"""What became of a result: in words, colour and condition, each without the others."""
BLUE = "#2f7fb8"
DEVIATIONS = (
    ("抽检高于原得分", BLUE, "score_difference < 0"), ("相同", BLUE, "score_difference = 0"),
    ("低 5 分以内", BLUE, "score_difference > 0 and score_difference <= 5"),
    ("低 5–10 分", BLUE, "score_difference > 5 and score_difference <= 10"),
    ("低 10 分以上", BLUE, "score_difference > 10"),
    ("没有两个得分", BLUE, "score_difference is null"),
)
PROGRESS_STATES = (
    ("已核实", "#4f9d69", "is_verified"),
    ("已回复待核实", "#93c79e",
     "is_verified is not true and is_overdue is not true and reply_date is not null"),
    ("未到期", "#a3a8ae",
     "is_verified is not true and is_overdue is not true and reply_date is null"),
    ("逾期未回复", "#c8453b", "is_verified is not true and is_overdue"),
)
States = tuple[tuple[str, str, str], ...]
NO_RESULTS = "本工作年度还没有收到抽检结果台账。"
NO_ITEMS = "本工作年度还没有收到整改台账。"


@dataclass(frozen=True)
class Outcome:
    """What the page of the draw says of its outcome.

    Attributes:
        cards: figures.
        charts: each leads to one of the tables.
        tables: results, and problems to be put right.
    """

    cards: list[Card]
    charts: list[Chart]
    tables: list[Table]


def _state_sql(states: States) -> str:
    cases = " ".join(f"when {condition} then '{state}'" for state, _, condition in states)
    return f"case {cases} end"


def _counts(edition: Edition, states: States, table: str) -> dict[str, int]:
    rows = edition.ask(
        f"select {_state_sql(states)} as state, count(*) as n from marts.{table}"
        " where work_year = $1 group by all order by all",
        edition.work_year,
    )
    return {row["state"]: row["n"] for row in rows}


def _bars(
    name: str, title: str, counts: dict[str, int], states: States, table: str, heading: str,
    unit: str, source: Source,
) -> Chart:
    shown = [item for item in states if counts.get(item[0])]
    return Chart(
        name, title, "bar", unit,
        [{
            "name": unit, "measure": "count(*)", "data": [
                {"value": counts[state], "itemStyle": {"color": colour}}
                for state, colour, _ in shown
            ],
        }],
        table, [state for state, *_ in shown], heading, source=source,
        wheres=[condition for *_, condition in shown],
    )


def _result_rows(edition: Edition) -> list[Row]:
    return edition.ask(
        f"""
        select *, evaluated_year as fiscal_year, {_state_sql(RESULT_STATES)} as state,
            {_state_sql(DEVIATIONS)} as deviation,
            {IS_KNOWN.format(table='mart_sampling_result')} as is_known
        from marts.mart_sampling_result where work_year = $1
        order by is_overdue desc, has_problem and not is_rectified desc,
            score_difference desc nulls last, bureau_code, record_id
        limit {ROW_LIMIT}
        """,
        edition.work_year,
    )


def _item_rows(edition: Edition) -> list[Row]:
    return edition.ask(
        f"""
        select *, work_year as fiscal_year, {_state_sql(PROGRESS_STATES)} as progress,
            {IS_KNOWN.format(table='mart_rectification')} as is_known
        from marts.mart_rectification where work_year = $1
        order by is_overdue and not is_verified desc, is_open desc, due_date nulls last,
            bureau_code, record_id
        limit {ROW_LIMIT}
        """,
        edition.work_year,
    )


def make_outcome(edition: Edition) -> Outcome:
    """Results of the audit and what became of the problems found.

    Args:
        edition: the release.

    Returns:
        Parts of the page of the draw.
    """
    states = _counts(edition, RESULT_STATES, "mart_sampling_result")
    deviations = _counts(edition, DEVIATIONS, "mart_sampling_result")
    progress = _counts(edition, PROGRESS_STATES, "mart_rectification")
    result_count, item_count = sum(states.values()), sum(progress.values())
    scores = edition.one(
        """
        select avg(original_score) as original_score, avg(recheck_score) as recheck_score,
            count(*) filter (where original_score > recheck_score) as lowered_count
        from marts.mart_sampling_result
        where work_year = $1 and score_difference is not null
        """,
        edition.work_year,
    )
    held = edition.one(
        """
        select count(*) filter (where should_hold_payment) as due_count,
            count(*) filter (where is_payment_held) as held_count
        from marts.mart_rectification where work_year = $1
        """,
        edition.work_year,
    )
    sampled, rectified = (
        edition.of_year(f"marts.{name}") for name in ("mart_sampling_result", "mart_rectification")
    )
    scored = sampled.only("score_difference is not null")
    states_of = {state: sampled.only(condition) for state, _, condition in RESULT_STATES}
    progress_of = {state: rectified.only(condition) for state, _, condition in PROGRESS_STATES}

    def of_result(state: str) -> Written:
        return states_of[state].shows("count", states.get(state, 0))

    def of_item(state: str) -> Written:
        return progress_of[state].shows("count", progress.get(state, 0))

    overdue = states.get("逾期未整改", 0) + progress.get("逾期未回复", 0)
    cards = [
        Card("抽检结果", sampled.shows("count", result_count),
             written(
                 "有问题 ", sampled.only("(is_overdue or is_rectified or has_problem)").shows(
                     "count", result_count - states.get("没有问题", 0)),
                 " 个，已整改 ", of_result("已整改"), " 个",
             ), "#results"),
        Card("抽检平均得分", scored.shows("score", scores["recheck_score"], "avg(recheck_score)"),
             written(
                 "原平均 ", scored.shows("score", scores["original_score"], "avg(original_score)"),
                 "；调低 ", scored.only("original_score > recheck_score").shows(
                     "count", scores["lowered_count"]), " 个",
             ), "#results"),
        Card("整改事项", rectified.shows("count", item_count),
             written(
                 "已核实 ", of_item("已核实"), "，未核实 ",
                 rectified.only("is_verified is not true").shows(
                     "count", item_count - progress.get("已核实", 0)),
             ), "#rectification"),
        Card("逾期未整改", states_of["逾期未整改"].shows(
                 "count", overdue, f"count(*) + {progress_of['逾期未回复'].asked()}"),
             written(
                 "抽检结果 ", of_result("逾期未整改"), "，整改事项 ", of_item("逾期未回复"),
                 "；应暂缓拨款 ",
                 rectified.only("should_hold_payment").shows("count", held["due_count"]),
                 "，已暂缓 ", rectified.only("is_payment_held").shows("count", held["held_count"]),
             ),
             "#rectification" if progress.get("逾期未回复") else "#results",
             "bad" if overdue else ""),
    ]
    charts = []
    if result_count:
        charts = [
            _bars("result_states", "抽检结果与整改", states, RESULT_STATES, "results", "整改",
                  "个", sampled),
            _bars("deviations", "抽检得分与原得分的差异", deviations, DEVIATIONS, "results",
                  "差异段", "个", sampled),
        ]
    if item_count:
        charts.append(_bars(
            "progress", "整改台账进度", progress, PROGRESS_STATES, "rectification", "进度", "项",
            rectified,
        ))
    return Outcome(cards, charts, [
        _result_table(edition, result_count), _item_table(edition, item_count),
    ])


def _known_project(row: Row) -> str:
    return project_href(row) if row["is_known"] else ""


def _result_table(edition: Edition, total: int) -> Table:
    return make_table(
        "results", "抽检结果",
        [
            BUREAU, Field("单位", "unit_name"),
            Field("项目", "project_name", href=_known_project),
            Field("整改", "state"), Field("原得分", "original_score", "score"),
            Field("抽检得分", "recheck_score", "score"),
            Field("差异", "score_difference", "score"), Field("差异段", "deviation"),
            Field("问题", "problem"), Field("整改期限", "due_date", "date"),
            Field("整改完成", "rectified_date", "date"), SOURCE,
        ],
        with_source(_result_rows(edition)), total=total,
        full_list="marts.mart_sampling_result", term="recheck_score", empty=NO_RESULTS,
        source=edition.of_year("marts.mart_sampling_result").by("record_id"),
        note="差异 = 原得分 − 抽检得分；逾期的、没有整改的、差异大的在前。",
    )


def _item_table(edition: Edition, total: int) -> Table:
    return make_table(
        "rectification", "整改台账",
        [
            BUREAU, Field("单位", "unit_name"),
            Field("对象", "object_name", href=_known_project),
            Field("问题来源", "source_type"), Field("问题", "problem"),
            Field("进度", "progress"), Field("期限", "due_date", "date"),
            Field("回复", "reply_date", "date"), Field("核实", "verified_date", "date"),
            Field("逾期天数", "overdue_day_count", "count"),
            Field("已暂缓拨款", "is_payment_held", "yes"), SOURCE,
        ],
        with_source(_item_rows(edition)), total=total, full_list="marts.mart_rectification",
        empty=NO_ITEMS, source=edition.of_year("marts.mart_rectification").by("record_id"),
        note="台账没有写期限的，以评价报告之日起两个月为期限。",
    )
