"""The first page: this year's figures with last year's beside them."""

from __future__ import annotations

from dashboards import figures
from dashboards.coverage import stage_totals
from dashboards.edition import Edition, by_key
from dashboards.monitoring import lights_chart, lights_table
from dashboards.page import Card, Chart, Field, Page, Row, Table, bureau_href, make_table
from dashboards.release_notes import news_lines


def statement_rows(edition: Edition) -> list[Row]:
    """Figures of the annual statement that are not nought in both years.

    Args:
        edition: the release.

    Returns:
        Rows with the figures as written; last year's are left out where it holds none at all.
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
            "moved": figures.signed(row["change"], places, unit)
            if row["previous_value"] else figures.NONE,
            "growth": "" if unit == "%"
            else figures.growth(row["value"], row["previous_value"]),
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
    return make_table(
        "statement",
        f"年度情况主要数字（{year} 年与 {year - 1} 年）" if has_last
        else f"年度情况主要数字（{year} 年）",
        [
            Field("条目", "item_code"), Field("数字", "label_zh"), Field("本年", "now"),
            *((Field("上年", "before"), Field("增减", "moved"), Field("增减幅度", "growth"))
              if has_last else ()),
        ],
        rows, full_list="marts.mart_year_on_year" if has_last else "marts.mart_annual_statement",
        note=("两年都没有数的条目不列；" if has_last
              else f"{year - 1} 工作年度没有数据，不列上年；没有数的条目不列；")
        + "全部条目与每个数背后的清单：jixiao statement。",
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


def beside(value: str, is_there: object, move: str = "") -> str:
    """Last year's figure and the move from it as a note, or that there is none."""
    if not is_there:
        return "上年无数据"
    return f"上年 {value}" + (f"（{move}）" if move else "")


def beside_count(now: int, last: int, is_there: object) -> str:
    """Last year's count, the difference and the growth."""
    growth = figures.growth(now, last)
    move = "持平" if now == last else (
        figures.signed(now - last, 0) + (f"，{growth}" if growth else "")
    )
    return beside(figures.count(last), is_there, move)


def beside_coverage(row: Row, earlier: dict[str, Row]) -> str:
    """Last year's rate of the same stage and round, and how far it moved.

    Args:
        row: of this year.
        earlier: rows of last year by title of the stage.

    Returns:
        The note; it says so where last year had no such stage, or nothing at all.
    """
    if all(last["coverage_rate"] is None for last in earlier.values()):
        return "上年无数据"
    last = earlier.get(row["title"])
    if last is None:
        return "上年没有这一环节"
    if last["coverage_rate"] is None:
        return "上年无应开展项目"
    move = "" if row["coverage_rate"] is None else figures.points(
        row["coverage_rate"] - last["coverage_rate"]
    )
    return beside(figures.rate(last["coverage_rate"]), True, move)


def beside_score(now: object, last: object) -> str:
    """Last year's mean score and the difference in points."""
    if last is None:
        return "上年无数据"
    return beside(
        figures.score(last), True, "" if now is None else figures.signed(now - last, 2, "分")
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
    cards = [
        Card(
            f"{row['title']}覆盖率", figures.rate(row["coverage_rate"]),
            f"{figures.count(row['done_project_count'])} /"
            f" {figures.count(row['due_project_count'])} 个；"
            + beside_coverage(row, earlier),
            "coverage.html",
        )
        for row in now
    ]
    cards += [
        Card("预警（项目·次）", figures.count(counts["warned_count"]),
             f"监控 {figures.count(counts['flag_count'])} 项目·次；"
             + beside_count(counts["warned_count"], last["warned_count"], last["flag_count"]),
             "monitoring.html", "bad" if counts["warned_count"] else ""),
        Card("连续两次预警", figures.count(counts["consecutive_count"]),
             (f"建议核减 {figures.money(counts['proposed_cut_cny'])}；"
              if counts["proposed_cut_cny"] else "")
             + beside_count(
                 counts["consecutive_count"], last["consecutive_count"], last["flag_count"]
             ),
             "monitoring.html#consecutive", "bad" if counts["consecutive_count"] else ""),
        Card("自评平均得分", figures.score(counts["mean_score"]),
             f"{figures.count(counts['evaluated_count'])} 个，低于 80 分"
             f" {figures.count(counts['below_80_count'])} 个；"
             + beside_score(counts["mean_score"], last["mean_score"]),
             "self-evaluation.html"),
        Card("已报 / 应报", f"{figures.count(counts['filed_count'])} /"
             f" {figures.count(counts['owed_count'])}",
             f"催报 {figures.count(counts['chase_count'])} 项；"
             + beside(
                 f"{figures.count(last['filed_count'])} / {figures.count(last['owed_count'])}",
                 last["owed_count"],
             ),
             "filing.html"),
        Card("未解决的错误", figures.count(errors["error_count"]),
             f"全部问题 {figures.count(errors['n'])} 条", "quality.html",
             "bad" if errors["error_count"] else "good"),
    ]
    titles = [row["title"] for row in now]
    series = [{
        "name": f"{year} 年", "data": [figures.percent(row["coverage_rate"]) for row in now],
    }]
    if any(row["coverage_rate"] is not None for row in before):
        series.append({
            "name": f"{year - 1} 年", "color": "#a9b8c6",
            "data": [
                figures.percent(earlier.get(title, {}).get("coverage_rate")) for title in titles
            ],
        })
    rates = [
        Field(f"{row['title']}覆盖率", f"{row['stage']} {row['round_no']}", "rate") for row in now
    ]
    return Page(
        "index.html", f"{edition.root['bureau_name']} {year} 年预算绩效管理总览", cards,
        [
            Chart("coverage", "各环节覆盖率（项目数，含下级）", "bar", "%", series, "prefectures",
                  titles, hrefs=["coverage.html"] * len(titles), term="coverage_rate"),
            lights_chart(lights_table(edition), "monitoring.html#lights_by_bureau"),
            make_table(
                "prefectures", "各地(州、市)（含下级）",
                [
                    Field("地(州、市)", "short_name", href=bureau_href), *rates,
                    Field("预警（项目·次）", "warned_count", "count"),
                    Field("催报事项", "chase_count", "count"),
                ],
                prefecture_rows(edition), limit=100, full_list="marts.mart_stage_coverage",
            ),
            statement_table(edition),
        ],
        f"工作年度 {year}：{year} 年预算的绩效目标与监控、{year - 1} 年预算的绩效自评。",
        news=news_lines(edition),
    )
