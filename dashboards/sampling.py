"""The page of the draw: quotas, what was drawn, the check of shares, and what came of it."""

from __future__ import annotations

from dashboards.edition import Edition, by_key
from dashboards.page import (
    BUREAU,
    PROJECT,
    PROJECT_KEYS,
    Card,
    Chart,
    Field,
    Page,
    Row,
    Table,
    make_table,
)
from dashboards.rectification import make_outcome
from dashboards.source import Source, Written, among, same, written
from nightly.labels import label

VERDICTS = (
    ("pass", "#4f9d69"), ("warn", "#e0a82e"), ("fail", "#c8453b"), ("cannot_judge", "#a3a8ae"),
)
ROW_LIMIT = 300
HAS_RESULT = (
    "exists (select 1 from marts.mart_sampling_result as result"
    " where result.bureau_code = mart_sampling_audit_list.bureau_code"
    " and result.project_code = mart_sampling_audit_list.project_code"
    " and result.evaluated_year = mart_sampling_audit_list.fiscal_year)"
)
QUOTA = Source("marts.mart_sampling_quota")
LISTED = Source("marts.mart_sampling_audit_list")
NO_DRAW = "还没有揭晓的抽签：先由 jixiao draw 冻结总体，种子公开后揭晓。"


def quota_chart(edition: Edition, quotas: list[Row]) -> Chart:
    """Due and drawn by prefecture.

    Args:
        edition: the release.
        quotas: rows with `prefecture`.

    Returns:
        The chart; it leads to the quotas.
    """
    groups = by_key(quotas, "prefecture")
    return Chart(
        "quota_by_prefecture", "应抽与抽中（按地州，含下级）", "bar", "个",
        [
            {
                "name": name, "measure": f"sum({key})",
                "data": [sum(row[key] for row in rows) for rows in groups.values()],
            }
            for name, key in (("应抽", "quota_count"), ("抽中", "drawn_count"))
        ],
        "quota", list(groups), "地(州、市)", is_horizontal=True, source=QUOTA,
        wheres=[among("bureau_code", edition.below(name)) for name in groups],
    )


def checks_chart(edition: Edition, checks: list[Row]) -> Chart:
    """Verdicts on the shares that were sampled, by what was sampled.

    Args:
        edition: the release.
        checks: rows of the check.

    Returns:
        The chart; it leads to the checks.
    """
    kinds = list(dict.fromkeys(row["frame_kind"] for row in checks))
    return Chart(
        "checks_by_kind", "抽检比例检查", "bar", "个",
        [
            {
                "name": label("verdict", verdict), "stack": "all", "color": colour,
                "measure": "count(*)", "where": same("verdict", verdict),
                "data": [
                    sum((row["frame_kind"], row["verdict"]) == (kind, verdict) for row in checks)
                    for kind in kinds
                ],
            }
            for verdict, colour in VERDICTS if any(row["verdict"] == verdict for row in checks)
        ],
        "checks", [label("frame_kind", kind) for kind in kinds], "抽检对象", "结论",
        is_horizontal=True, source=edition.of_year("marts.mart_sampling_check"),
        wheres=[same("frame_kind", kind) for kind in kinds],
    )


def _summed(column: str, rows: list[Row]) -> Written:
    """The sum of a column of the quotas, 0 where there is nothing."""
    return QUOTA.shows(
        "count", sum(row[column] for row in rows), f"coalesce(sum({column}), 0)"
    )


def sampling_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    quotas = edition.placed(edition.ask(
        "select * from marts.mart_sampling_quota order by draw_id desc, bureau_code"
    ))
    drawn = edition.ask(
        f"""
        select *, case when is_spare then '' when {HAS_RESULT} then '已登记' else '未登记' end
            as result_state
        from marts.mart_sampling_audit_list
        order by draw_id desc, is_spare, bureau_code, ticket_rank nulls last, project_code
        """
    )
    result_count = sum(row["result_state"] == "已登记" for row in drawn)
    checks = edition.placed(edition.ask(
        """
        select * from marts.mart_sampling_check where work_year = $1
        order by case verdict when 'fail' then 0 when 'warn' then 1 when 'pass' then 2 else 3 end,
            frame_kind, bureau_code
        """,
        edition.work_year,
    ))
    failed_count = sum(row["verdict"] == "fail" for row in checks)
    outcome = make_outcome(edition)
    checked = edition.of_year("marts.mart_sampling_check")
    return Page(
        "sampling.html", "抽检与整改",
        [
            Card("抽中项目", _summed("drawn_count", quotas),
                 written(
                     "总体 ", _summed("frame_count", quotas), " 个，应抽 ",
                     _summed("quota_count", quotas), " 个；另推荐 ",
                     _summed("recommended_count", quotas), " 个；已登记结果 ",
                     LISTED.only(f"is_spare is not true and {HAS_RESULT}").shows(
                         "count", result_count), " 个",
                 ), "#quota"),
            Card("抽检比例不足", checked.only("verdict = 'fail'").shows("count", failed_count),
                 written("共检查 ", checked.shows("count", len(checks)), " 项"), "#checks",
                 "bad" if failed_count else ""),
            *outcome.cards,
        ],
        [
            *([quota_chart(edition, quotas)] if quotas else []),
            *([checks_chart(edition, checks)] if checks else []),
            *outcome.charts,
            *_draw_tables(quotas, drawn),
            make_table(
                "checks", "抽检比例检查（已登记的抽检结果够不够规定比例）",
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
            *outcome.tables,
        ],
        "抽签由 jixiao draw 在公开种子揭晓后进行，任何人都可以用 jixiao draw verify 重算。",
    )


def _draw_tables(quotas: list[Row], drawn: list[Row]) -> list[Table]:
    return [
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
            quotas, full_list="marts.mart_sampling_quota", empty=NO_DRAW,
            source=QUOTA.by("draw_id", "frame_kind", "bureau_code"),
        ),
        make_table(
            "drawn", "抽检清单",
            [
                Field("抽签", "draw_id"), BUREAU, Field("单位", "unit_name"), PROJECT,
                Field("方式", "selection_method", label_set="selection_method"),
                Field("备选", "is_spare", "yes"), Field("抽检结果", "result_state"),
                Field("顺序", "ticket_rank", "count"),
                Field("金额（万元）", "amount_cny", "wan"), Field("理由", "reason"),
            ],
            drawn, limit=ROW_LIMIT, total=len(drawn), full_list="marts.mart_sampling_audit_list",
            empty=NO_DRAW, source=LISTED.by("draw_id", *PROJECT_KEYS, "selection_method"),
        ),
    ]
