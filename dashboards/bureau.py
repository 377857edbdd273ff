"""The pages of bureaus: everything about one, and the list of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from dashboards import figures
from dashboards.coverage import MEASURES, STAGE_ORDER, done_of_due, stage_is
from dashboards.edition import Edition, by_key, stage_title
from dashboards.filing import CHASE_FIELDS, KIND_ORDER, SLOT_KEYS, STATUS_FIELDS, with_slot
from dashboards.monitoring import COLOURS, CONSECUTIVE_FIELDS, LIGHTS, UNJUDGED, light_is
from dashboards.page import (
    PROJECT,
    PROJECT_KEYS,
    SOURCE,
    Card,
    Chart,
    Field,
    Page,
    Row,
    bureau_href,
    bureau_page,
    make_table,
    with_source,
)
from dashboards.quality import FINDING_FIELDS, IS_KNOWN
from dashboards.source import Source, same, written
from nightly.labels import label

PROJECT_LIMIT = 400
FINDING_LIMIT = 100
PROJECT_SQL = """
    with flag as (
        select
            bureau_code, fiscal_year, project_code,
            max_by(coalesce(light, 'unjudged'), round_no) as light,
            arg_max_null(execution_rate, round_no) as execution_rate,
            arg_max_null(goal_completion_rate, round_no) as goal_completion_rate
        from marts.mart_deviation_flag group by all
    ),
    project as (
        select *, count(*) over (partition by bureau_code) as total
        from marts.fct_project
        qualify row_number() over (
            partition by bureau_code
            order by fiscal_year desc, annual_budget_cny desc nulls last, project_code
        ) <= $1
    )
    select
        project.bureau_code, project.fiscal_year, project.project_code, project.project_name,
        project.unit_name, project.fund_type, project.annual_budget_cny, project.has_goal,
        project.monitored_round_count, project.total, project._source_file,
        project._source_sheet, project._source_row,
        flag.light, flag.execution_rate, flag.goal_completion_rate,
        mart_self_evaluation.declared_score, mart_self_evaluation.grade_name
    from project
    left join flag using (bureau_code, fiscal_year, project_code)
    left join marts.mart_self_evaluation using (bureau_code, fiscal_year, project_code)
    order by project.bureau_code, project.fiscal_year desc,
        project.annual_budget_cny desc nulls last, project.project_code
"""
FLAGS = Source("marts.mart_deviation_flag").by(*PROJECT_KEYS)
SCORES = Source("marts.mart_self_evaluation").by(*PROJECT_KEYS)
LAST = "arg_max_null({}, round_no)"
PROJECT_FIELDS = (
    Field("预算年度", "fiscal_year"), Field("单位", "unit_name"), PROJECT,
    Field("资金性质", "fund_type", label_set="fund_type"),
    Field("年度预算（万元）", "annual_budget_cny", "wan"), Field("有目标", "has_goal", "yes"),
    Field("监控次数", "monitored_round_count", "count"), Field("最近亮灯", "light_zh"),
    Field("执行率", "execution_rate", "rate", of=LAST.format("execution_rate"), source=FLAGS),
    Field("完成率", "goal_completion_rate", "rate", of=LAST.format("goal_completion_rate"),
          source=FLAGS),
    Field("自评得分", "declared_score", "score", source=SCORES),
    Field("等次", "grade_name"), SOURCE,
)


def _grouped(edition: Edition, sql: str, *values: Any) -> dict[str, list[Row]]:
    return by_key(edition.ask(sql, *values), "bureau_code")


def bureau_pages(edition: Edition) -> Iterator[Page]:
    """One page per bureau on the roster.

    Args:
        edition: the release.

    Yields:
        Their models.
    """
    year = edition.work_year
    coverage = _grouped(
        edition,
        f"select * from marts.mart_stage_coverage where work_year = $1 and (fund_type = 'all'"
        f" or due_project_count > 0) order by scope, {STAGE_ORDER},"
        " case fund_type when 'all' then 0 else 1 end, fund_type", year,
    )
    filings = _grouped(
        edition,
        "select * from marts.mart_filing_status where work_year = $1 and is_owed"
        f" order by {KIND_ORDER}", year,
    )
    chase = _grouped(
        edition,
        f"select * from marts.mart_chase_list where work_year = $1 order by {KIND_ORDER}", year,
    )
    consecutive = _grouped(
        edition,
        "select * from marts.mart_consecutive_warning where work_year = $1"
        " order by proposed_cut_cny desc nulls last, project_code", year,
    )
    lights = _grouped(
        edition,
        """
        select bureau_code, round_no, coalesce(light, 'unjudged') as light, count(*) as n,
            count(*) filter (where is_warned) as warned_count
        from marts.mart_deviation_flag where work_year = $1 group by all order by all
        """, year,
    )
    evaluations = _grouped(
        edition,
        """
        select bureau_code, count(*) as n, avg(declared_score) as mean_score,
            count(*) filter (where is_below_80) as below_80_count
        from marts.mart_self_evaluation where work_year = $1 group by all order by all
        """, year,
    )
    quality = _grouped(
        edition,
        "select * from quality.mart_bureau_data_quality where work_year = $1"
        " order by document_kind, fiscal_year", year,
    )
    findings = _grouped(
        edition,
        f"""
        select *, {IS_KNOWN}, count(*) over (partition by bureau_code) as total
        from quality.fct_finding where is_current
        qualify row_number() over (
            partition by bureau_code
            order by case severity when 'error' then 0 when 'warning' then 1 else 2 end,
                rule_id, finding_id
        ) <= $1
        order by case severity when 'error' then 0 when 'warning' then 1 else 2 end,
            rule_id, finding_id
        """, FINDING_LIMIT,
    )
    scorecards = _grouped(
        edition, "select * from marts.mart_bureau_scorecard where work_year = $1", year
    )
    ranks = _grouped(
        edition,
        "select * replace (object_code as bureau_code) from marts.mart_ranking"
        " where work_year = $1 and ranking_kind in ('prefecture', 'county') order by ranking_kind",
        year,
    )
    projects = _grouped(edition, PROJECT_SQL, PROJECT_LIMIT)
    children = by_key(edition.roster, "parent_bureau_code")
    for bureau in edition.bureaus:
        code = bureau["bureau_code"]
        yield _bureau_page(
            edition, bureau, coverage.get(code, []), filings.get(code, []), chase.get(code, []),
            consecutive.get(code, []), lights.get(code, []), evaluations.get(code, []),
            quality.get(code, []), findings.get(code, []), scorecards.get(code, []),
            ranks.get(code, []), projects.get(code, []), children.get(code, []),
        )


def _bureau_page(
    edition: Edition, bureau: Row, coverage: list[Row], filings: list[Row], chase: list[Row],
    consecutive: list[Row], lights: list[Row], evaluations: list[Row], quality: list[Row],
    findings: list[Row], scorecards: list[Row], ranks: list[Row], projects: list[Row],
    children: list[Row],
) -> Page:
    for row in coverage:
        row["title"] = stage_title(row["stage"], row["round_no"])
    own = [row for row in coverage if row["scope"] == "own" and row["fund_type"] == "all"]
    for row in projects:
        row["light_zh"] = (
            UNJUDGED if row["light"] == "unjudged" else label("light", row["light"])
        )
    def of_bureau(table: str) -> Source:
        return edition.of_year(table).only(same("bureau_code", bureau["bureau_code"]))

    covered = of_bureau("marts.mart_stage_coverage")
    flags, twice, scores = (
        of_bureau(f"marts.{name}")
        for name in ("mart_deviation_flag", "mart_consecutive_warning", "mart_self_evaluation")
    )
    owed, chased, carded = (
        of_bureau(f"marts.{name}")
        for name in ("mart_filing_status", "mart_chase_list", "mart_bureau_scorecard")
    )
    known = {
        table: Source(table, same("bureau_code", bureau["bureau_code"]))
        for table in ("marts.fct_project", "quality.fct_finding")
    }
    cards = [
        Card(
            f"{row['title']}覆盖率（本级）",
            found.shows("rate", row["coverage_rate"], "coverage_rate"),
            written(done_of_due(found, row), " 个"), "#coverage",
        )
        for row in own
        for found in [covered.only("scope = 'own' and fund_type = 'all'").only(stage_is(row))]
    ]
    cards.append(Card(
        "预警（项目·次）",
        flags.only("is_warned").shows("count", sum(row["warned_count"] for row in lights)),
        written("连续两次 ", twice.shows("count", len(consecutive)), " 个"), "#consecutive",
        "bad" if any(row["warned_count"] for row in lights) else "",
    ))
    if evaluations:
        cards.append(Card(
            "自评平均得分",
            scores.shows("score", evaluations[0]["mean_score"], "avg(declared_score)"),
            written(
                scores.shows("count", evaluations[0]["n"]), " 个，低于 80 分 ",
                scores.only("is_below_80").shows("count", evaluations[0]["below_80_count"]),
                " 个",
            ), "#projects",
        ))
    if scorecards:
        cards.append(Card(
            "报送评分", carded.shows("score", scorecards[0]["total_score"], "total_score"),
            written(
                "按时率 ", carded.shows("rate", scorecards[0]["on_time_rate"], "on_time_rate"),
                "；未解决错误 ",
                carded.shows("count", scorecards[0]["open_error_count"], "open_error_count"),
            ), "#quality",
        ))
    cards += [
        Card(
            label("ranking_kind", row["ranking_kind"]),
            written("第 ", found.shows("count", row["rank_no"], "rank_no"), " 名")
            if row["rank_no"] else figures.NONE,
            written(
                "共 ", found.shows("count", row["ranked_count"], "ranked_count"),
                " 个；综合得分 ",
                found.shows("score", row["composite_score"], "composite_score"),
            ),
        )
        for row in ranks
        for found in [edition.of_year("marts.mart_ranking").only(
            f"{same('object_code', row['bureau_code'])}"
            f" and {same('ranking_kind', row['ranking_kind'])}"
        )]
    ]
    cards.append(Card(
        "催报事项", chased.shows("count", len(chase)), "", "#chase", "bad" if chase else "good",
    ))
    parts: list[Any] = []
    if own:
        parts.append(Chart(
            "stages", "各环节覆盖率", "bar", "%",
            [
                {
                    "name": label("scope", scope), "measure": "coverage_rate",
                    "where": f"scope = '{scope}' and fund_type = 'all'",
                    "data": [figures.percent(row["coverage_rate"]) for row in rows],
                }
                for scope in ("own", "with_subordinates")
                if (rows := [
                    row for row in coverage
                    if row["scope"] == scope and row["fund_type"] == "all"
                ])
            ],
            "coverage", [row["title"] for row in own], "环节", "口径",
            source=covered, wheres=[stage_is(row) for row in own],
        ))
    rounds = sorted({row["round_no"] for row in lights if row["round_no"] is not None})
    if rounds:
        parts.append(Chart(
            "lights", "亮灯情况（本级）", "bar", "个",
            [
                {
                    "name": label("light", light) if light != "unjudged" else UNJUDGED,
                    "stack": "all", "color": COLOURS.get(light, "#a3a8ae"),
                    "measure": "count(*)", "where": light_is(light),
                    "data": [
                        sum(row["n"] for row in lights
                            if (row["round_no"], row["light"]) == (number, light))
                        for number in rounds
                    ],
                }
                for light in (*LIGHTS, "unjudged")
                if any(row["light"] == light for row in lights)
            ],
            "projects", [stage_title("monitoring", number) for number in rounds], "",
            "最近亮灯", is_horizontal=True, source=flags,
            wheres=[same("round_no", number) for number in rounds],
        ))
    parts += [
        make_table("chase", "催报", CHASE_FIELDS, with_slot(chase),
                   full_list="lists/催报清单.xlsx", source=chased.by(*SLOT_KEYS, "chase_reason")),
        make_table("filings", "报送", STATUS_FIELDS, with_slot(filings),
                   full_list="marts.mart_filing_status",
                   source=owed.only("is_owed").by(*SLOT_KEYS)),
        make_table(
            "coverage", "覆盖率",
            [
                Field("口径", "scope", label_set="scope"), Field("环节", "title"),
                Field("预算年度", "fiscal_year"),
                Field("资金性质", "fund_type", label_set="fund_type"), *MEASURES,
            ],
            coverage, full_list="marts.mart_stage_coverage",
            source=covered.only("(fund_type = 'all' or due_project_count > 0)").by(
                "scope", "stage", "round_no", "fiscal_year", "fund_type"
            ),
        ),
        make_table("projects", "项目", PROJECT_FIELDS, with_source(projects), limit=PROJECT_LIMIT,
                   total=projects[0]["total"] if projects else 0, full_list="marts.fct_project",
                   searched=("在全部项目中查找",
                             f"project.html?b={quote(str(bureau['bureau_code']))}"),
                   source=known["marts.fct_project"].by(*PROJECT_KEYS)),
        make_table("consecutive", "连续两次预警", CONSECUTIVE_FIELDS[2:],
                   with_source(consecutive), full_list="lists/连续两次预警清单.xlsx",
                   source=twice.by(*PROJECT_KEYS)),
        make_table(
            "findings", "数据问题（错误在前）", FINDING_FIELDS,
            with_source(findings),
            total=findings[0]["total"] if findings else 0, full_list="quality.fct_finding",
            source=known["quality.fct_finding"].only("is_current").by("finding_id"),
        ),
        make_table(
            "quality", "数据质量",
            [
                Field("表", "document_kind", label_set="document_kind"),
                Field("预算年度", "fiscal_year"), Field("行数", "row_count", "count"),
                Field("搁置行", "set_aside_row_count", "count"),
                Field("错误", "error_count", "count"), Field("警告", "warning_count", "count"),
                Field("提示", "info_count", "count"), Field("已改正", "fixed_count", "count"),
                Field("每千行错误", "errors_per_thousand", "number"),
            ],
            quality, full_list="quality.mart_bureau_data_quality",
            source=of_bureau("quality.mart_bureau_data_quality").by(
                "document_kind", "fiscal_year"
            ),
        ),
    ]
    links = [(row["short_name"] or row["bureau_name"], bureau_href(row)) for row in children]
    if bureau["parent_bureau_code"] in edition.prefecture_of:
        links.insert(
            0, (f"上级：{bureau['parent_bureau_name']}", bureau_page(bureau["parent_bureau_code"]))
        )
    return Page(
        bureau_page(bureau["bureau_code"]), bureau["bureau_name"], cards, parts,
        written(
            f"{bureau['bureau_code']}　{label('tier', bureau['tier'])}"
            f"　工作年度 {edition.work_year}",
            *_confidential_words(edition, bureau["bureau_code"]),
        ),
        links,
    )


def _confidential_words(edition: Edition, bureau_code: str) -> tuple[str, ...]:
    """How many of a bureau's projects are not named, where there are any."""
    count = sum(code == bureau_code for code, _ in edition.confidential)
    marked = Source("marts.fct_project", same("bureau_code", bureau_code)).only("is_confidential")
    shown = marked.shows("count", count, "count(distinct project_code)")
    return ("　涉密项目 ", shown, " 个，不列名") if count else ()


def bureau_list_page(edition: Edition) -> Page:
    """Make the page that leads to every bureau.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    scorecards = {
        row["bureau_code"]: row for row in edition.ask(
            "select * from marts.mart_bureau_scorecard where work_year = $1", edition.work_year
        )
    }
    ranks = {
        row["object_code"]: row["rank_no"] for row in edition.ask(
            "select object_code, rank_no from marts.mart_ranking where work_year = $1"
            " and ranking_kind in ('prefecture', 'county')", edition.work_year,
        )
    }
    rows = edition.placed(
        {**bureau, "rank_no": ranks.get(bureau["bureau_code"]),
         **{
             key: value
             for key, value in scorecards.get(bureau["bureau_code"], {}).items()
             if key not in bureau
         }}
        for bureau in edition.roster
    )
    scores = [row for row in rows if row.get("total_score") is not None]
    bins = [(low, low + 10) for low in range(0, 100, 10)]
    counts = [
        sum(low <= row["total_score"] < high or row["total_score"] == 100 == high
            for row in scores)
        for low, high in bins
    ]
    first = next((place for place, number in enumerate(counts) if number), 0)
    for row in rows:
        if row.get("total_score") is not None:
            low = min(int(row["total_score"] // 10) * 10, 90)
            row["bin"] = f"{low}–{low + 10}"
    carded = edition.of_year("marts.mart_bureau_scorecard").by("bureau_code")
    ranked = edition.of_year("marts.mart_ranking").only(
        "ranking_kind in ('prefecture', 'county')"
    ).by("object_code as bureau_code")
    return Page(
        "bureaus.html", "财政局",
        [Card("财政局", edition.roster_source.shows(
            "count", len(rows), "count(distinct bureau_code)"), "", "#bureaus")],
        [
            Chart("scores", "报送评分分布", "bar", "个",
                  [{"name": "财政局", "measure": "count(*)", "data": counts[first:]}], "bureaus",
                  [f"{low}–{high}" for low, high in bins[first:]], "评分段", source=carded,
                  wheres=[
                      f"total_score >= {low} and total_score {'<=' if high == 100 else '<'} {high}"
                      for low, high in bins[first:]
                  ]),
            make_table(
                "bureaus", "全部财政局",
                [
                    Field("代码", "bureau_code"), Field("财政局", "bureau_name", href=bureau_href),
                    Field("地(州、市)", "prefecture"), Field("层级", "tier", label_set="tier"),
                    Field("综合排名", "rank_no", "count", source=ranked),
                    Field("报送评分", "total_score", "score"), Field("评分段", "bin"),
                    Field("应报", "owed_count", "count"), Field("按时", "on_time_count", "count"),
                    Field("迟报", "late_count", "count"), Field("缺报", "missing_count", "count"),
                    Field("未解决错误", "open_error_count", "count"),
                    Field("未解决警告", "open_warning_count", "count"),
                ],
                rows, limit=1000, full_list="marts.mart_bureau_scorecard",
                source=carded, listed=edition.roster_source,
            ),
        ],
        "报送评分由按时率、未解决错误、改正天数、重复问题合成；综合排名在同一层级内比较。",
    )
