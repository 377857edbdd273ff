"""What came of the draw: results of the audit, deviations of scores, rectification."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards import figures
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

ROW_LIMIT = 300
# the page of a project finds it by its code in whatever year
IS_KNOWN = """
    exists (
        select 1 from marts.fct_project
        where fct_project.bureau_code = {table}.bureau_code
            and fct_project.project_code = {table}.project_code
    )
"""
RESULT_STATE = """
    case when is_overdue then '逾期未整改' when is_rectified then '已整改'
        when has_problem then '整改中' else '没有问题' end
"""
RESULT_STATES = (
    ("没有问题", "#4f9d69"), ("已整改", "#93c79e"), ("整改中", "#e0a82e"),
    ("逾期未整改", "#c8453b"),
)
DEVIATION = """
    case when score_difference is null then '没有两个得分'
        when score_difference < 0 then '抽检高于原得分'
        when score_difference = 0 then '相同' when score_difference <= 5 then '低 5 分以内'
        when score_difference <= 10 then '低 5–10 分' else '低 10 分以上' end
"""
DEVIATIONS = (
    "抽检高于原得分", "相同", "低 5 分以内", "低 5–10 分", "低 10 分以上", "没有两个得分",
)
PROGRESS = """
    case when is_verified then '已核实' when is_overdue then '逾期未回复'
        when reply_date is not null then '已回复待核实' else '未到期' end
"""
PROGRESS_STATES = (
    ("已核实", "#4f9d69"), ("已回复待核实", "#93c79e"), ("未到期", "#a3a8ae"),
    ("逾期未回复", "#c8453b"),
)
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


def _counts(edition: Edition, sql: str, table: str) -> dict[str, int]:
    rows = edition.ask(
        f"select {sql} as state, count(*) as n from marts.{table} where work_year = $1"
        " group by all order by all",
        edition.work_year,
    )
    return {row["state"]: row["n"] for row in rows}


def _bars(
    name: str, title: str, counts: dict[str, int], states: list[tuple[str, str]], table: str,
    heading: str, unit: str,
) -> Chart:
    shown = [(state, colour) for state, colour in states if counts.get(state)]
    return Chart(
        name, title, "bar", unit,
        [{
            "name": unit, "data": [
                {"value": counts[state], "itemStyle": {"color": colour}} for state, colour in shown
            ],
        }],
        table, [state for state, _ in shown], heading,
    )


def _result_rows(edition: Edition) -> list[Row]:
    return edition.ask(
        f"""
        select *, evaluated_year as fiscal_year, {RESULT_STATE} as state,
            {DEVIATION} as deviation,
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
        select *, work_year as fiscal_year, {PROGRESS} as progress,
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
    states = _counts(edition, RESULT_STATE, "mart_sampling_result")
    deviations = _counts(edition, DEVIATION, "mart_sampling_result")
    progress = _counts(edition, PROGRESS, "mart_rectification")
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
    problem_count = result_count - states.get("没有问题", 0)
    overdue = states.get("逾期未整改", 0) + progress.get("逾期未回复", 0)
    cards = [
        Card("抽检结果", figures.count(result_count),
             f"有问题 {figures.count(problem_count)} 个，已整改"
             f" {figures.count(states.get('已整改', 0))} 个", "#results"),
        Card("抽检平均得分", figures.score(scores["recheck_score"]),
             f"原平均 {figures.score(scores['original_score'])}；调低"
             f" {figures.count(scores['lowered_count'])} 个", "#results"),
        Card("整改事项", figures.count(item_count),
             f"已核实 {figures.count(progress.get('已核实', 0))}，未核实"
             f" {figures.count(item_count - progress.get('已核实', 0))}", "#rectification"),
        Card("逾期未整改", figures.count(overdue),
             f"抽检结果 {figures.count(states.get('逾期未整改', 0))}，整改事项"
             f" {figures.count(progress.get('逾期未回复', 0))}；应暂缓拨款"
             f" {figures.count(held['due_count'])}，已暂缓 {figures.count(held['held_count'])}",
             "#rectification" if progress.get("逾期未回复") else "#results",
             "bad" if overdue else ""),
    ]
    charts = []
    if result_count:
        charts = [
            _bars("result_states", "抽检结果与整改", states, list(RESULT_STATES), "results",
                  "整改", "个"),
            _bars("deviations", "抽检得分与原得分的差异", deviations,
                  [(state, "#2f7fb8") for state in DEVIATIONS], "results", "差异段", "个"),
        ]
    if item_count:
        charts.append(_bars(
            "progress", "整改台账进度", progress, list(PROGRESS_STATES), "rectification",
            "进度", "项",
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
        empty=NO_ITEMS, note="台账没有写期限的，以评价报告之日起两个月为期限。",
    )
