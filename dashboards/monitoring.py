"""The page of monitoring: lights, execution against completion, two-round warnings."""

from __future__ import annotations

from dashboards import figures
from dashboards.edition import Edition, stage_title
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
    list_href,
    make_table,
    project_href,
    with_source,
)
from dashboards.source import Source, same, written
from nightly.labels import label

POINT_LIMIT = 600
LIGHTS = ("red", "yellow", "green", "blue")
COLOURS = {"red": "#c8453b", "yellow": "#e0a82e", "green": "#4f9d69", "blue": "#4a7fb5"}
UNJUDGED = "无法判断"
WARNED_FIELDS = (
    Field("监控", "title"), BUREAU, Field("单位", "unit_name"), PROJECT,
    Field("灯", "light_zh"), Field("触发原因", "triggers", label_set="trigger"),
    Field("预算数（万元）", "budget_cny", "wan"), Field("执行数（万元）", "executed_cny", "wan"),
    Field("执行率", "execution_rate", "rate"),
    Field("目标完成率", "goal_completion_rate", "rate"), Field("偏离度", "gap", "rate"),
    Field("阈值", "gap_threshold", "rate"), SOURCE,
)
CONSECUTIVE_FIELDS = (
    BUREAU, Field("单位", "unit_name"), PROJECT,
    Field("分类分档", "grade_name"), Field("预算数（万元）", "second_budget_cny", "wan"),
    Field("第一次执行率", "first_execution_rate", "rate"),
    Field("第一次完成率", "first_goal_completion_rate", "rate"),
    Field("第二次执行率", "second_execution_rate", "rate"),
    Field("第二次完成率", "second_goal_completion_rate", "rate"),
    Field("第二次偏离度", "second_gap", "rate"), Field("建议", "proposed_action"),
    Field("建议核减（万元）", "proposed_cut_cny", "wan"), SOURCE,
)


def rounds_of(edition: Edition) -> list[Row]:
    """Counts and thresholds of every round of the year.

    Args:
        edition: the release.

    Returns:
        One row per fiscal year and round.
    """
    rows = edition.ask(
        """
        select
            fiscal_year, round_no, count(*) as judged_count,
            count(*) filter (where is_warned) as warned_count,
            sum(budget_cny) filter (where is_warned) as warned_budget_cny,
            count(*) filter (where verdict = 'cannot_judge') as unjudged_count,
            max(gap_threshold) filter (where not is_direct_fund) as gap_threshold,
            max(gap_threshold) filter (where is_direct_fund) as direct_threshold,
            count(*) filter (where execution_rate is not null and goal_completion_rate is not null)
                as point_count
        from marts.mart_deviation_flag where work_year = $1
        group by all order by fiscal_year, round_no
        """,
        edition.work_year,
    )
    return [{**row, "title": stage_title("monitoring", row["round_no"])} for row in rows]


def round_source(edition: Edition, row: Row) -> Source:
    """The flags of one round."""
    return edition.of_year("marts.mart_deviation_flag").only(
        f"{same('fiscal_year', row['fiscal_year'])} and {same('round_no', row['round_no'])}"
    )


def scatter(edition: Edition, row: Row) -> Chart:
    """Execution rate against goal completion of one round.

    Args:
        edition: the release.
        row: the round, of `rounds_of`.

    Returns:
        The chart; the largest of each light where there are more than can be drawn.
    """
    points = edition.ask(
        """
        select * from marts.mart_deviation_flag
        where work_year = $1 and fiscal_year = $2 and round_no is not distinct from $3
            and execution_rate is not null and goal_completion_rate is not null
        -- every light gets its share of the points, or a screen of one colour would mislead
        qualify row_number() over (
            partition by light order by budget_cny desc nulls last, bureau_code, project_code
        ) <= greatest($4 / 20, $4 * count(*) over (partition by light) / count(*) over ())
        order by is_warned desc, budget_cny desc nulls last, bureau_code, project_code
        """,
        edition.work_year, row["fiscal_year"], row["round_no"], POINT_LIMIT,
    )
    drawn = len(points)
    threshold = row["gap_threshold"]
    found = round_source(edition, row)
    both = found.only("execution_rate is not null and goal_completion_rate is not null")
    notes = ["共 ", both.shows("count", row["point_count"]), " 个两率齐全的项目"]
    if drawn < row["point_count"]:
        notes.append("；项目多，只绘出其中预算大的，各灯的点数与项目数成比例")
    if threshold is not None:
        notes += ["；虚线为 ±", found.only("not is_direct_fund").shows(
            "rate", threshold, "max(gap_threshold)"), " 偏离带"]
    if row["direct_threshold"] is not None:
        notes += ["；直达资金的阈值另为 ", found.only("is_direct_fund").shows(
            "rate", row["direct_threshold"], "max(gap_threshold)")]
    if row["unjudged_count"]:
        notes += ["；", found.only("verdict = 'cannot_judge'").shows(
            "count", row["unjudged_count"]), " 个无法判断的不绘"]
    series = [
        {
            "name": label("light", light),
            "color": COLOURS[light],
            "data": [
                [
                    figures.percent(point["goal_completion_rate"]),
                    figures.percent(point["execution_rate"]),
                    f"{point['bureau_name']} {point['project_name']}", project_href(point),
                ]
                for point in points if point["light"] == light
            ],
        }
        for light in LIGHTS if any(point["light"] == light for point in points)
    ]
    return Chart(
        f"scatter_{row['fiscal_year']}_{row['round_no']}",
        f"{row['title']}：预算执行率与绩效目标完成率", "scatter", "%", series, "warned",
        column="监控", band=figures.percent(threshold),
        axes=("绩效目标完成率", "预算执行率"),
        note=written(*notes, "。点击一点打开该项目。"), term="gap",
        hrefs=[list_href("", "warned", 监控=row["title"])], source=both.by(*PROJECT_KEYS),
    )


def lights_table(edition: Edition) -> list[Row]:
    """Lights by round and bureau.

    Args:
        edition: the release.

    Returns:
        One row per round and bureau that monitored anything.
    """
    rows = edition.ask(
        """
        select
            round_no, bureau_code, bureau_name, tier, count(*) as project_count,
            count(*) filter (where light = 'red') as red,
            count(*) filter (where light = 'yellow') as yellow,
            count(*) filter (where light = 'green') as green,
            count(*) filter (where light = 'blue') as blue,
            count(*) filter (where light is null) as unjudged,
            count(*) filter (where is_warned) as warned_count,
            sum(executed_cny) as executed_cny, sum(budget_cny) as budget_cny
        from marts.mart_deviation_flag where work_year = $1
        group by all order by round_no, red desc, bureau_code
        """,
        edition.work_year,
    )
    return edition.placed(
        {**row, "title": stage_title("monitoring", row["round_no"])} for row in rows
    )


def light_is(light: str) -> str:
    """The condition that a flag has a light, or none."""
    return "light is null" if light == "unjudged" else f"light = '{light}'"


def lights_chart(edition: Edition, by_bureau: list[Row], href: str = "") -> Chart:
    """Lights stacked by round.

    Args:
        edition: the release.
        by_bureau: of `lights_table`.
        href: the page a bar leads to, if not the table of the same page.

    Returns:
        The chart.
    """
    titles = {row["title"]: same("round_no", row["round_no"]) for row in by_bureau}
    return Chart(
        "lights", "亮灯情况", "bar", "个",
        [
            {
                "name": label("light", light) if light != "unjudged" else UNJUDGED,
                "stack": "all", "color": COLOURS.get(light, "#a3a8ae"),
                "measure": "count(*)", "where": light_is(light),
                "data": [
                    sum(row[light] for row in by_bureau if row["title"] == title)
                    for title in titles
                ],
            }
            for light in (*LIGHTS, "unjudged") if any(row[light] for row in by_bureau)
        ],
        "lights_by_bureau", list(titles), "监控", is_horizontal=True,
        hrefs=[href] * len(titles) if href else [],
        source=edition.of_year("marts.mart_deviation_flag"), wheres=list(titles.values()),
    )


def monitoring_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    rounds = rounds_of(edition)
    by_bureau = lights_table(edition)
    consecutive = edition.ask(
        """
        select * from marts.mart_consecutive_warning where work_year = $1
        order by proposed_cut_cny desc nulls last, bureau_code, project_code
        """,
        edition.work_year,
    )
    warned = edition.ask(
        """
        select * from marts.mart_deviation_flag where work_year = $1 and is_warned
        order by round_no desc, budget_cny desc nulls last, bureau_code, project_code limit 200
        """,
        edition.work_year,
    )
    warned = [
        {
            **row, "title": stage_title("monitoring", row["round_no"]),
            "light_zh": label("light", row["light"]) or UNJUDGED,
        }
        for row in warned
    ]
    twice = edition.of_year("marts.mart_consecutive_warning")
    flags = edition.of_year("marts.mart_deviation_flag")
    warned_total = sum(row["warned_count"] for row in rounds)
    cards = [
        Card(
            f"{row['title']}预警项目",
            found.only("is_warned").shows("count", row["warned_count"]),
            written(
                "监控 ", found.shows("count", row["judged_count"]), " 个；预警预算 ",
                found.only("is_warned").shows(
                    "money", row["warned_budget_cny"], "sum(budget_cny)"
                ),
                "；无法判断 ",
                found.only("verdict = 'cannot_judge'").shows("count", row["unjudged_count"]),
                " 个",
            ),
            "#warned", "bad" if row["warned_count"] else "",
        )
        for row in rounds for found in [round_source(edition, row)]
    ]
    cards.append(
        Card(
            "连续两次预警", twice.shows("count", len(consecutive)),
            written("建议核减 ", twice.shows(
                "money", sum(row["proposed_cut_cny"] or 0 for row in consecutive),
                "sum(proposed_cut_cny)",
            )) if any(row["proposed_cut_cny"] for row in consecutive) else "",
            "#consecutive", "bad" if consecutive else "",
        )
    )
    lights = lights_chart(edition, by_bureau)
    return Page(
        "monitoring.html", "绩效运行监控", cards,
        [
            lights,
            *(scatter(edition, row) for row in reversed(rounds)),
            make_table(
                "consecutive", "连续两次预警项目", CONSECUTIVE_FIELDS, with_source(consecutive),
                limit=200,
                full_list="lists/连续两次预警清单.xlsx", term="proposed_cut_cny",
                source=twice.by(*PROJECT_KEYS),
            ),
            make_table(
                "warned", "预警项目", WARNED_FIELDS, with_source(warned), total=warned_total,
                full_list="lists/预警清单.xlsx", term="is_warned",
                source=flags.only("is_warned").by(*PROJECT_KEYS, "round_no"),
            ),
            make_table(
                "lights_by_bureau", "各财政局亮灯情况（本级）",
                [
                    Field("监控", "title"), Field("地(州、市)", "prefecture"), BUREAU,
                    Field("层级", "tier", label_set="tier"),
                    Field("监控项目", "project_count", "count", of="count(*)"),
                    *(
                        Field(label("light", light), light, "count",
                              of=f"count(*) filter (where {light_is(light)})")
                        for light in LIGHTS
                    ),
                    Field(UNJUDGED, "unjudged", "count",
                          of="count(*) filter (where light is null)"),
                    Field("预警", "warned_count", "count",
                          of="count(*) filter (where is_warned)"),
                    Field("预算数（万元）", "budget_cny", "wan", of="sum(budget_cny)"),
                    Field("执行数（万元）", "executed_cny", "wan", of="sum(executed_cny)"),
                ],
                by_bureau, full_list="marts.mart_deviation_flag",
                source=flags.by("round_no", "bureau_code"),
            ),
        ],
        "偏离度 = |预算执行率 − 绩效目标总体完成率|；不能判断的项目单列，不算通过。",
    )
