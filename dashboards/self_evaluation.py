"""The page of self-evaluation: distribution of scores, grades, below 80."""

from __future__ import annotations

from dashboards.edition import Edition
from dashboards.page import (
    BUREAU,
    PROJECT,
    PROJECT_KEYS,
    SOURCE,
    Card,
    Chart,
    Field,
    Page,
    make_table,
    with_source,
)
from dashboards.source import same, written
from nightly.labels import label

BINS = ("60 以下", "60–70", "70–80", "80–85", "85–90", "90–95", "95–100", "100", "无得分")
BIN_SQL = """
    case
        when {column} is null then '无得分' when {column} < 60 then '60 以下'
        when {column} < 70 then '60–70' when {column} < 80 then '70–80'
        when {column} < 85 then '80–85' when {column} < 90 then '85–90'
        when {column} < 95 then '90–95' when {column} < 100 then '95–100' else '100'
    end
"""
BIN_WHERE = (
    "{column} < 60", "{column} >= 60 and {column} < 70", "{column} >= 70 and {column} < 80",
    "{column} >= 80 and {column} < 85", "{column} >= 85 and {column} < 90",
    "{column} >= 90 and {column} < 95", "{column} >= 95 and {column} < 100", "{column} >= 100",
    "{column} is null",
)
GRADES = ("excellent", "good", "fair", "poor")
UNGRADED = "未评等次"
LIST_FIELDS = (
    Field("预算年度", "fiscal_year"), BUREAU, Field("单位", "unit_name"), PROJECT,
    Field("申报得分", "declared_score", "score"), Field("复算得分", "recomputed_score", "score"),
    Field("差异", "score_difference", "score"), Field("得分段", "bin"),
    Field("等次", "grade_zh"), Field("灯", "light", label_set="light"),
    Field("执行率", "execution_rate", "rate"), Field("预算数（万元）", "budget_cny", "wan"), SOURCE,
)


def bin_counts(edition: Edition, column: str) -> dict[str, int]:
    """Self-evaluations by range of a score.

    Args:
        edition: the release.
        column: declared_score or recomputed_score.

    Returns:
        Count by range.
    """
    rows = edition.ask(
        f"select {BIN_SQL.format(column=column)} as bin, count(*) as n"
        " from marts.mart_self_evaluation where work_year = $1 group by all order by all",
        edition.work_year,
    )
    return {row["bin"]: row["n"] for row in rows}


def self_evaluation_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    year = edition.work_year
    totals = edition.one(
        """
        select
            count(*) as n, count(declared_score) as scored_count,
            avg(declared_score) as mean_score, avg(recomputed_score) as mean_recomputed_score,
            count(*) filter (where is_below_80) as below_80_count,
            count(*) filter (where is_below_60) as below_60_count,
            sum(budget_cny) filter (where is_below_80) as below_80_cny,
            count(*) filter (where abs(score_difference) >= 1) as differing_count,
            count(*) filter (where light = 'red') as red_count
        from marts.mart_self_evaluation where work_year = $1
        """,
        year,
    )
    ungraded = f"coalesce(grade_name, '{UNGRADED}') as grade_zh"
    grades = edition.ask(
        f"select grade, {ungraded}, count(*) as n from marts.mart_self_evaluation"
        " where work_year = $1 group by all order by all",
        year,
    )
    order = {grade: place for place, grade in enumerate(GRADES)}
    grades.sort(key=lambda row: order.get(row["grade"], len(order)))
    listed = edition.ask(
        f"""
        select *, {BIN_SQL.format(column="declared_score")} as bin, {ungraded}
        from marts.mart_self_evaluation where work_year = $1
        order by declared_score nulls first, score_difference desc nulls last, bureau_code,
            project_code
        limit 300
        """,
        year,
    )
    differing = edition.ask(
        f"""
        select *, {BIN_SQL.format(column="declared_score")} as bin, {ungraded}
        from marts.mart_self_evaluation where work_year = $1 and abs(score_difference) >= 1
        order by abs(score_difference) desc, bureau_code, project_code limit 200
        """,
        year,
    )
    statistics = edition.ask(
        """
        select * from marts.mart_self_evaluation_statistics
        where work_year = $1 and scope = 'own' and evaluated_count > 0
        order by mean_score nulls last, bureau_code
        """,
        year,
    )
    declared, recomputed = (
        bin_counts(edition, column) for column in ("declared_score", "recomputed_score")
    )
    bins = [name for name in BINS if name != "无得分" or declared.get(name) or recomputed.get(name)]
    found = edition.of_year("marts.mart_self_evaluation")
    low = found.only("is_below_80")
    return Page(
        "self-evaluation.html", "绩效自评",
        [
            Card("自评项目", found.shows("count", totals["n"]),
                 written("有得分 ", found.shows(
                     "count", totals["scored_count"], "count(declared_score)"), " 个"), "#list"),
            Card("平均得分",
                 found.shows("score", totals["mean_score"], "avg(declared_score)"),
                 written("复算平均 ", found.shows(
                     "score", totals["mean_recomputed_score"], "avg(recomputed_score)")),
                 "#by_bureau"),
            Card("低于 80 分", low.shows("count", totals["below_80_count"]),
                 written(
                     "其中低于 60 分 ",
                     found.only("is_below_60").shows("count", totals["below_60_count"]),
                     " 个；预算 ",
                     low.shows("money", totals["below_80_cny"] or 0,
                               "coalesce(sum(budget_cny), 0)"),
                 ), "#list",
                 "bad" if totals["below_80_count"] else "good"),
            Card("申报与复算相差 1 分以上",
                 found.only("abs(score_difference) >= 1").shows(
                     "count", totals["differing_count"]), "",
                 "#differing", "bad" if totals["differing_count"] else ""),
            Card("自评红灯", found.only("light = 'red'").shows("count", totals["red_count"]),
                 "执行率与指标完成率不相称", "#list", "bad" if totals["red_count"] else ""),
        ],
        [
            Chart(
                "scores", "得分分布", "bar", "个",
                [
                    {
                        "name": name, "data": [counts.get(item, 0) for item in bins],
                        "column": column, "measure": "count(*)",
                    }
                    for name, column, counts in (
                        ("申报得分", "declared_score", declared),
                        ("复算得分", "recomputed_score", recomputed),
                    )
                ],
                "list", bins, "得分段", note="下表的得分段按申报得分。",
                source=found, wheres=[BIN_WHERE[BINS.index(name)] for name in bins],
            ),
            Chart(
                "grades", "等次", "bar", "个",
                [{"name": "项目数", "measure": "count(*)", "data": [row["n"] for row in grades]}],
                "list", [row["grade_zh"] for row in grades], "等次",
                source=found, wheres=[
                    f"{same('grade', row['grade'])} and coalesce(grade_name, '{UNGRADED}')"
                    f" = '{row['grade_zh']}'" for row in grades
                ],
            ),
            make_table("list", "自评项目（得分从低到高）", LIST_FIELDS, with_source(listed),
                       total=totals["n"], full_list="marts.mart_self_evaluation",
                       term="declared_score", source=found.by(*PROJECT_KEYS)),
            make_table("differing", "申报与复算得分相差 1 分以上", LIST_FIELDS,
                       with_source(differing), total=totals["differing_count"],
                       full_list="marts.mart_self_evaluation", term="recomputed_score",
                       source=found.only("abs(score_difference) >= 1").by(*PROJECT_KEYS)),
            make_table(
                "by_bureau", "各财政局自评情况（本级）",
                [
                    Field("地(州、市)", "prefecture"), BUREAU,
                    Field("层级", "tier", label_set="tier"),
                    Field("自评项目", "evaluated_count", "count"),
                    Field("平均得分", "mean_score", "score"),
                    *(Field(label("grade", grade), f"{grade}_count", "count") for grade in GRADES),
                    Field("优秀率", "excellent_rate", "rate"),
                    Field("低于 80", "below_80_count", "count"),
                    Field("低于 60", "below_60_count", "count"),
                ],
                edition.placed(statistics), full_list="marts.mart_self_evaluation_statistics",
                source=edition.of_year("marts.mart_self_evaluation_statistics").only(
                    "scope = 'own' and evaluated_count > 0"
                ).by("bureau_code"),
            ),
        ],
        "申报得分是单位自己填的，复算得分由指标逐条重算，两者并列，互不覆盖。",
    )
