"""The page of the draw and of rectification."""

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
    Row,
    make_table,
    with_source,
)
from dashboards.source import Source, Written, literal, same, written
from nightly.labels import label

PROGRESS_SQL = """case when is_overdue then '逾期' when is_verified then '已核验'
            when is_open then '整改中' else '已回复' end"""
VERDICTS = (
    ("pass", "#4f9d69"), ("warn", "#e0a82e"), ("fail", "#c8453b"), ("cannot_judge", "#a3a8ae"),
)


def _summed(source: Source, column: str, rows: list[Row]) -> Written:
    """The sum of a column, 0 where there is nothing."""
    return source.shows(
        "count", sum(row[column] for row in rows), f"coalesce(sum({column}), 0)"
    )


def sampling_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    year = edition.work_year
    quotas = edition.placed(edition.ask(
        "select * from marts.mart_sampling_quota order by draw_id desc, bureau_code"
    ))
    drawn_total = edition.one("select count(*) as n from marts.mart_sampling_audit_list")["n"]
    drawn = edition.ask(
        """
        select * from marts.mart_sampling_audit_list
        order by draw_id desc, is_spare, bureau_code, ticket_rank nulls last, project_code
        limit 300
        """
    )
    checks = edition.placed(edition.ask(
        """
        select * from marts.mart_sampling_check where work_year = $1
        order by case verdict when 'fail' then 0 when 'warn' then 1 when 'pass' then 2 else 3 end,
            frame_kind, bureau_code
        """,
        year,
    ))
    results = edition.ask(
        """
        select * from marts.mart_sampling_result where work_year = $1
        order by is_overdue desc, is_rectified, bureau_code, record_id limit 300
        """,
        year,
    )
    result_counts = edition.one(
        """
        select count(*) as n, count(*) filter (where has_problem) as problem_count,
            count(*) filter (where is_rectified) as rectified_count
        from marts.mart_sampling_result where work_year = $1
        """,
        year,
    )
    items = edition.ask(
        f"""
        select *, {PROGRESS_SQL} as progress
        from marts.mart_rectification where work_year = $1
        order by is_overdue desc, is_open desc, due_date nulls last, bureau_code, record_id
        limit 300
        """,
        year,
    )
    item_counts = edition.one(
        """
        select count(*) as n, count(*) filter (where is_open) as open_count,
            count(*) filter (where is_overdue) as overdue_count,
            count(*) filter (where is_verified) as verified_count
        from marts.mart_rectification where work_year = $1
        """,
        year,
    )
    progress = edition.ask(
        f"""
        select {PROGRESS_SQL} as progress, count(*) as n
        from marts.mart_rectification where work_year = $1 group by all order by all
        """,
        year,
    )
    quota = Source("marts.mart_sampling_quota")
    checked, sampled, rectified = (
        edition.of_year(f"marts.{name}")
        for name in ("mart_sampling_check", "mart_sampling_result", "mart_rectification")
    )
    kinds = list(dict.fromkeys(row["frame_kind"] for row in checks))
    charts = []
    if checks:
        charts.append(Chart(
            "checks_by_kind", "抽检比例检查", "bar", "个",
            [
                {
                    "name": label("verdict", verdict), "stack": "all", "color": colour,
                    "measure": "count(*)", "where": same("verdict", verdict),
                    "data": [
                        sum((row["frame_kind"], row["verdict"]) == (kind, verdict)
                            for row in checks)
                        for kind in kinds
                    ],
                }
                for verdict, colour in VERDICTS
                if any(row["verdict"] == verdict for row in checks)
            ],
            "checks", [label("frame_kind", kind) for kind in kinds], "抽检对象", "结论",
            is_horizontal=True, source=checked,
            wheres=[same("frame_kind", kind) for kind in kinds],
        ))
    if progress:
        charts.append(Chart(
            "progress", "整改进度", "bar", "项",
            [{"name": "事项", "measure": "count(*)", "data": [row["n"] for row in progress]}],
            "rectification", [row["progress"] for row in progress], "进度", source=rectified,
            wheres=[f"{PROGRESS_SQL} = {literal(row['progress'])}" for row in progress],
        ))
    return Page(
        "sampling.html", "抽检与整改",
        [
            Card("抽中项目",
                 _summed(quota, "drawn_count", quotas),
                 written("总体 ", _summed(quota, "frame_count", quotas), " 个；另推荐 ",
                         _summed(quota, "recommended_count", quotas), " 个"),
                 "#quota"),
            Card("抽检比例不足", checked.only("verdict = 'fail'").shows(
                     "count", sum(row["verdict"] == "fail" for row in checks)),
                 written("共检查 ", checked.shows("count", len(checks)), " 项"), "#checks",
                 "bad" if any(row["verdict"] == "fail" for row in checks) else ""),
            Card("抽检结果", sampled.shows("count", result_counts["n"]),
                 written(
                     "有问题 ",
                     sampled.only("has_problem").shows("count", result_counts["problem_count"]),
                     " 个，已整改 ",
                     sampled.only("is_rectified").shows(
                         "count", result_counts["rectified_count"]),
                     " 个",
                 ), "#results"),
            Card("整改事项", rectified.shows("count", item_counts["n"]),
                 written(
                     "未完成 ", rectified.only("is_open").shows("count", item_counts["open_count"]),
                     "，已核验 ",
                     rectified.only("is_verified").shows("count", item_counts["verified_count"]),
                 ), "#rectification"),
            Card("逾期未整改",
                 rectified.only("is_overdue").shows("count", item_counts["overdue_count"]), "",
                 "#rectification", "bad" if item_counts["overdue_count"] else ""),
        ],
        [
            *charts,
            make_table(
                "quota", "抽检配额与抽中情况",
                [
                    Field("抽签", "draw_id"),
                    Field("抽检对象", "frame_kind", label_set="frame_kind"),
                    Field("地(州、市)", "prefecture"), BUREAU,
                    Field("总体", "frame_count", "count"), Field("应抽", "quota_count", "count"),
                    Field("抽中", "drawn_count", "count"),
                    Field("推荐", "recommended_count", "count"),
                    Field("备选", "spare_count", "count"), Field("抽中比例", "drawn_rate", "rate"),
                    Field("抽中金额（万元）", "drawn_amount_cny", "wan"),
                ],
                quotas, full_list="marts.mart_sampling_quota",
                source=quota.by("draw_id", "frame_kind", "bureau_code"),
            ),
            make_table(
                "drawn", "抽检清单",
                [
                    Field("抽签", "draw_id"), BUREAU, Field("单位", "unit_name"), PROJECT,
                    Field("方式", "selection_method", label_set="selection_method"),
                    Field("备选", "is_spare", "yes"), Field("顺序", "ticket_rank", "count"),
                    Field("金额（万元）", "amount_cny", "wan"), Field("理由", "reason"),
                ],
                drawn, total=drawn_total, full_list="marts.mart_sampling_audit_list",
                source=Source("marts.mart_sampling_audit_list").by(
                    "draw_id", *PROJECT_KEYS, "selection_method"
                ),
            ),
            make_table(
                "checks", "抽检比例检查",
                [
                    Field("抽检对象", "frame_kind", label_set="frame_kind"),
                    Field("地(州、市)", "prefecture"), BUREAU,
                    Field("结论", "verdict", label_set="verdict"),
                    Field("不能判断的原因", "cannot_judge_reason", label_set="cannot_judge_reason"),
                    Field("总体", "population_count", "count"),
                    Field("应抽", "required_count", "count"),
                    Field("已抽", "sampled_count", "count"),
                    Field("比例", "sampled_rate", "rate"),
                    Field("规定比例", "required_rate", "rate"),
                ],
                checks, full_list="marts.mart_sampling_check",
                source=checked.by("frame_kind", "bureau_code", "parameter_version"),
            ),
            make_table(
                "results", "抽检结果",
                [
                    BUREAU, Field("单位", "unit_name"), Field("项目", "project_name"),
                    Field("原得分", "original_score", "score"),
                    Field("抽检得分", "recheck_score", "score"),
                    Field("差异", "score_difference", "score"), Field("问题", "problem"),
                    Field("整改期限", "due_date", "date"), Field("已整改", "is_rectified", "yes"),
                    Field("逾期", "is_overdue", "yes"), SOURCE,
                ],
                with_source(results), total=result_counts["n"],
                full_list="marts.mart_sampling_result",
                source=sampled.by("record_id"),
            ),
            make_table(
                "rectification", "整改事项",
                [
                    BUREAU, Field("单位", "unit_name"), Field("对象", "object_name"),
                    Field("问题", "problem"), Field("进度", "progress"),
                    Field("期限", "due_date", "date"), Field("回复", "reply_date", "date"),
                    Field("核验", "verified_date", "date"),
                    Field("逾期天数", "overdue_day_count", "count"), SOURCE,
                ],
                with_source(items), total=item_counts["n"], full_list="marts.mart_rectification",
                source=rectified.by("record_id"),
            ),
        ],
        "抽签由 jixiao draw 在公开种子揭晓后进行，任何人都可以用 jixiao draw verify 重算。",
    )
