"""The first page: this year's figures with last year's beside them."""

from __future__ import annotations

from typing import Any

from dashboards import figures
from dashboards.coverage import done_of_due, stage_is, stage_totals, whole
from dashboards.edition import Edition, by_key
from dashboards.monitoring import lights_chart, lights_table
from dashboards.page import Card, Chart, Field, Page, Row, Table, bureau_href, make_table
from dashboards.release_news import news_lines
from dashboards.source import Source, Written, written


def statement_rows(edition: Edition) -> list[Row]:
    """Figures of the annual statement that are not nought in both years.

    Args:
        edition: the release.

    Returns:
        Rows with this year's and last year's figure as written, and what their difference and
        growth are written from.
    """
    rows = edition.ask(
        """
        with

        compared as (
            select * from marts.mart_year_on_year where work_year = $1 and split = 'all'
        ),

        -- the first work year has none before it
        alone as (
            select * from marts.mart_annual_statement as annual
            where annual.work_year = $1 and annual.split = 'all'
                and annual.basis <> 'not_computable'
                and not exists (
                    select 1 from compared
                    where compared.item_code = annual.item_code
                        and compared.figure = annual.figure
                )
        )

        select statement, sort_no, item_code, figure, label_zh, unit_zh, decimal_places, value,
            previous_value, change
        from compared
        union all
        select statement, sort_no, item_code, figure, label_zh, unit_zh, decimal_places, value,
            null, null
        from alone
        order by statement, sort_no, item_code, figure
        """,
        edition.work_year,
    )
    shown = []
    for row in rows:
        if not row["value"] and not row["previous_value"]:
            continue
        places, unit = row["decimal_places"] or 0, row["unit_zh"] or ""
        shown.append({
            **row,
            "now": figures.with_unit(row["value"], places, unit),
            "before": figures.with_unit(row["previous_value"] or None, places, unit),
            "moved": (row["change"] if row["previous_value"] else None, places, unit),
            "growth": (None if unit == "%" else row["value"], row["previous_value"]),
        })
    return shown


def statement_table(edition: Edition) -> Table:
    """Figures of the annual statement; last year's columns only where it has any.

    Args:
        edition: the release.

    Returns:
        The table.
    """
    year = edition.work_year
    rows = statement_rows(edition)
    has_last = any(row["previous_value"] for row in rows)
    stated = edition.of_year("marts.mart_annual_statement").only(
        "split = 'all' and basis <> 'not_computable'"
    ).by("statement", "item_code", "figure")
    compared = edition.of_year("marts.mart_year_on_year").only("split = 'all'")
    before = compared.only("previous_value <> 0")
    return make_table(
        "statement",
        f"年度情况主要数字（{year} 年与 {year - 1} 年）" if has_last
        else f"年度情况主要数字（{year} 年）",
        [
            Field("条目", "item_code"), Field("数字", "label_zh"),
            Field("本年", "now", "figure", of="(value, decimal_places, unit_zh)"),
            *((
                Field("上年", "before", "figure",
                      of="(nullif(previous_value, 0), decimal_places, unit_zh)", source=compared),
                Field("增减", "moved", "signed",
                      of="(case when previous_value <> 0 then change end, decimal_places,"
                      " unit_zh)", source=compared),
                Field("增减幅度", "growth", "growth",
                      of="(case when unit_zh is distinct from '%' then value end,"
                      " previous_value)", source=compared),
            ) if has_last else ()),
        ],
        rows, full_list="marts.mart_year_on_year" if has_last else "marts.mart_annual_statement",
        note=("两年都没有数的条目不列；" if has_last
              else f"{year - 1} 工作年度没有数据，不列上年；没有数的条目不列；")
        + "全部条目与每个数背后的清单：jixiao statement。",
        source=stated, listed=stated.only(
            "(value <> 0 or (statement, item_code, figure) in"
            f" {before.asked('(statement, item_code, figure)')})"
        ),
    )


def warned_totals(edition: Edition, work_year: int) -> Row:
    """Warnings, self-evaluations and filings of a year.

    Args:
        edition: the release.
        work_year: the year.

    Returns:
        One row of counts.
    """
    return edition.one(
        """
        select
            (select count(*) from marts.mart_deviation_flag
                where work_year = $1 and is_warned) as warned_count,
            (select count(*) from marts.mart_deviation_flag where work_year = $1) as flag_count,
            (select count(*) from marts.mart_consecutive_warning
                where work_year = $1) as consecutive_count,
            (select sum(proposed_cut_cny) from marts.mart_consecutive_warning
                where work_year = $1) as proposed_cut_cny,
            (select avg(declared_score) from marts.mart_self_evaluation
                where work_year = $1) as mean_score,
            (select count(*) from marts.mart_self_evaluation
                where work_year = $1) as evaluated_count,
            (select count(*) from marts.mart_self_evaluation
                where work_year = $1 and is_below_80) as below_80_count,
            (select count(*) from marts.mart_filing_status
                where work_year = $1 and is_owed) as owed_count,
            (select count(*) from marts.mart_filing_status
                where work_year = $1 and is_owed and is_filed) as filed_count,
            (select count(*) from marts.mart_chase_list where work_year = $1) as chase_count
        """,
        work_year,
    )


def beside(value: str, is_there: object, move: str = "") -> Written:
    """Last year's figure and the move from it as a note, or that there is none."""
    if not is_there:
        return written("上年无数据")
    return written("上年 ", value, *(("（", move, "）") if move else ()))


def beside_count(rows: list[Source], now: int, last: int, is_there: object) -> Written:
    """Last year's count, the difference and the growth.

    Args:
        rows: what is counted, of this year and of last.
        now: this year's count.
        last: last year's.
        is_there: whether last year has any data.

    Returns:
        The note.
    """
    this_year, last_year = rows
    move: str = "持平"
    if now != last:
        before = last_year.asked()
        move = this_year.shows("signed", (now - last, 0, ""), f"(count(*) - {before}, 0, '')")
        if last:
            move = written(
                move, "，", this_year.shows("growth", (now, last), f"(count(*), {before})")
            )
    return beside(last_year.shows("count", last), is_there, move)


def beside_coverage(rows: list[Source], row: Row, earlier: dict[str, Row]) -> Written:
    """Last year's rate of the same stage and round, and how far it moved.

    Args:
        rows: the coverage of the stage and round, of this year and of last.
        row: of this year.
        earlier: rows of last year by title of the stage.

    Returns:
        The note; it says so where last year had no such stage, or nothing at all.
    """
    if all(last["coverage_rate"] is None for last in earlier.values()):
        return written("上年无数据")
    last = earlier.get(row["title"])
    if last is None:
        return written("上年没有这一环节")
    if last["coverage_rate"] is None:
        return written("上年无应开展项目")
    this_year, last_year = rows
    move = "" if row["coverage_rate"] is None else this_year.shows(
        "points", (row["coverage_rate"], last["coverage_rate"]),
        f"(coverage_rate, {last_year.asked('coverage_rate')})",
    )
    return beside(last_year.shows("rate", last["coverage_rate"], "coverage_rate"), True, move)


def beside_score(rows: list[Source], now: Any, last: Any) -> Written:
    """Last year's mean score and the difference in points.

    Args:
        rows: the self-evaluations of this year and of last.
        now: this year's mean.
        last: last year's.

    Returns:
        The note.
    """
    if last is None:
        return written("上年无数据")
    this_year, last_year = rows
    mean = "avg(declared_score)"
    return beside(
        last_year.shows("score", last, mean), True,
        "" if now is None else this_year.shows(
            "signed", (now - last, 2, "分"), f"({mean} - {last_year.asked(mean)}, 2, '分')"
        ),
    )


def prefecture_rows(edition: Edition) -> list[Row]:
    """One row per prefecture with its subordinates: coverage, warnings, filings owed.

    Args:
        edition: the release.

    Returns:
        Rows in the order of the roster, the root's own first.
    """
    totals = by_key(
        edition.ask(
            """
            select bureau_code, stage, round_no, coverage_rate from marts.mart_stage_coverage
            where work_year = $1 and scope = 'with_subordinates' and fund_type = 'all'
            """,
            edition.work_year,
        ),
        "bureau_code",
    )
    warned = by_key(
        edition.placed(edition.ask(
            "select bureau_code, count(*) filter (where is_warned) as n, count(*) as total"
            " from marts.mart_deviation_flag where work_year = $1 group by all order by all",
            edition.work_year,
        )),
        "prefecture",
    )
    chased = by_key(
        edition.placed(edition.ask(
            "select bureau_code, count(*) as n from marts.mart_chase_list where work_year = $1"
            " group by all order by all",
            edition.work_year,
        )),
        "prefecture",
    )
    rows = []
    for head in edition.prefectures:
        name = head["short_name"]
        rows.append({
            **head,
            **{
                f"{row['stage']} {row['round_no']}": row["coverage_rate"]
                for row in totals.get(head["bureau_code"], [])
            },
            "warned_count": sum(row["n"] for row in warned.get(name, [])),
            "chase_count": sum(row["n"] for row in chased.get(name, [])),
        })
    return rows


def overview_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    year = edition.work_year
    now, before = stage_totals(edition, year), stage_totals(edition, year - 1)
    earlier = {row["title"]: row for row in before}
    counts, last = warned_totals(edition, year), warned_totals(edition, year - 1)
    errors = edition.one(
        "select count(*) filter (where severity = 'error') as error_count, count(*) as n"
        " from quality.fct_finding where is_current"
    )
    root = edition.root["bureau_code"]
    flags, twice, scores, filings, chase = (
        [edition.of_year(f"marts.{name}", one) for one in (year, year - 1)]
        for name in ("mart_deviation_flag", "mart_consecutive_warning", "mart_self_evaluation",
                     "mart_filing_status", "mart_chase_list")
    )
    findings = Source("quality.fct_finding", "is_current")
    cards = [
        Card(
            f"{row['title']}覆盖率", found.shows("rate", row["coverage_rate"], "coverage_rate"),
            written(
                done_of_due(found, row), " 个；",
                beside_coverage(
                    [found, whole(edition, root, year - 1).only(stage_is(row))], row, earlier
                ),
            ),
            "coverage.html",
        )
        for row in now for found in [whole(edition, root).only(stage_is(row))]
    ]
    warned = [found.only("is_warned") for found in flags]
    owed = [found.only("is_owed") for found in filings]
    filed = [found.only("is_filed") for found in owed]
    cards += [
        Card("预警（项目·次）", warned[0].shows("count", counts["warned_count"]),
             written("监控 ", flags[0].shows("count", counts["flag_count"]), " 项目·次；",
                     beside_count(warned, counts["warned_count"], last["warned_count"],
                                  last["flag_count"])),
             "monitoring.html", "bad" if counts["warned_count"] else ""),
        Card("连续两次预警", twice[0].shows("count", counts["consecutive_count"]),
             written(*(
                 ("建议核减 ", twice[0].shows(
                     "money", counts["proposed_cut_cny"], "sum(proposed_cut_cny)"), "；")
                 if counts["proposed_cut_cny"] else ()
             ), beside_count(twice, counts["consecutive_count"], last["consecutive_count"],
                             last["flag_count"])),
             "monitoring.html#consecutive", "bad" if counts["consecutive_count"] else ""),
        Card("自评平均得分", scores[0].shows("score", counts["mean_score"], "avg(declared_score)"),
             written(
                 scores[0].shows("count", counts["evaluated_count"]), " 个，低于 80 分 ",
                 scores[0].only("is_below_80").shows("count", counts["below_80_count"]), " 个；",
                 beside_score(scores, counts["mean_score"], last["mean_score"]),
             ),
             "self-evaluation.html"),
        Card("已报 / 应报", written(filed[0].shows("count", counts["filed_count"]), " / ",
                                owed[0].shows("count", counts["owed_count"])),
             written(
                 "催报 ", chase[0].shows("count", counts["chase_count"]), " 项；",
                 beside(
                     written(filed[1].shows("count", last["filed_count"]), " / ",
                             owed[1].shows("count", last["owed_count"])),
                     last["owed_count"],
                 ),
             ),
             "filing.html"),
        Card("未解决的错误",
             findings.only("severity = 'error'").shows("count", errors["error_count"]),
             written("全部问题 ", findings.shows("count", errors["n"]), " 条"), "quality.html",
             "bad" if errors["error_count"] else "good"),
    ]
    titles = [row["title"] for row in now]
    stages = Source(
        "marts.mart_stage_coverage",
        f"bureau_code = '{root}' and scope = 'with_subordinates' and fund_type = 'all'",
    )
    series = [{
        "name": f"{year} 年", "measure": "coverage_rate", "where": f"work_year = {year}",
        "data": [figures.percent(row["coverage_rate"]) for row in now],
    }]
    if any(row["coverage_rate"] is not None for row in before):
        series.append({
            "name": f"{year - 1} 年", "color": "#a9b8c6", "measure": "coverage_rate",
            "where": f"work_year = {year - 1}",
            "data": [
                figures.percent(earlier.get(title, {}).get("coverage_rate")) for title in titles
            ],
        })
    below = edition.of_year("marts.mart_stage_coverage").only(
        "scope = 'with_subordinates' and fund_type = 'all'"
    ).by("bureau_code")
    rates = [
        Field(f"{row['title']}覆盖率", f"{row['stage']} {row['round_no']}", "rate",
              of="coverage_rate", source=below.only(stage_is(row)))
        for row in now
    ]
    return Page(
        "index.html", f"{edition.root['bureau_name']} {year} 年预算绩效管理总览", cards,
        [
            Chart("coverage", "各环节覆盖率（项目数，含下级）", "bar", "%", series, "prefectures",
                  titles, hrefs=["coverage.html"] * len(titles), source=stages,
                  wheres=[stage_is(row) for row in now], term="coverage_rate"),
            lights_chart(edition, lights_table(edition), "monitoring.html#lights_by_bureau"),
            make_table(
                "prefectures", "各地(州、市)（含下级）",
                [
                    Field("地(州、市)", "short_name", href=bureau_href), *rates,
                    Field("预警（项目·次）", "warned_count", "count", of="count(*)",
                          source=warned[0].by(edition.head_sql)),
                    Field("催报事项", "chase_count", "count", of="count(*)",
                          source=chase[0].by(edition.head_sql)),
                ],
                prefecture_rows(edition), limit=100, full_list="marts.mart_stage_coverage",
                source=below, listed=edition.prefecture_source,
            ),
            statement_table(edition),
        ],
        f"工作年度 {year}：{year} 年预算的绩效目标与监控、{year - 1} 年预算的绩效自评。",
        news=news_lines(edition),
    )
