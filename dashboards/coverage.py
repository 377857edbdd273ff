"""The page of coverage: stage × tier × fund type, the tiles of the prefectures, what is missing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from dashboards import figures
from dashboards.edition import Edition, by_key, stage_title
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
    Tile,
    Tiles,
    make_table,
    with_source,
)
from dashboards.source import Source, Written, same, written
from nightly.labels import label

POSITIONS = Path(__file__).with_name("tile_positions.csv")
STAGE_ORDER = "case stage when 'goal' then 1 when 'monitoring' then 2 else 3 end, round_no"
MOST_COLUMNS = 6
MAP_NOTE = "各块按大致方位排列，大小与面积、人口无关。"
ORDER_NOTE = "各块按名录顺序排列，不是地图。"
MEASURES = (
    Field("应开展（个）", "due_project_count", "count"),
    Field("已开展（个）", "done_project_count", "count"),
    Field("未开展（个）", "missing_project_count", "count"),
    Field("覆盖率", "coverage_rate", "rate"),
    Field("应开展（万元）", "due_amount_cny", "wan"),
    Field("已开展（万元）", "done_amount_cny", "wan"),
    Field("金额覆盖率", "amount_coverage_rate", "rate"),
)
SUMS = tuple(
    replace(item, of={
        "coverage_rate": "sum(done_project_count)::decimal(38, 10) / sum(due_project_count)",
        "amount_coverage_rate": "sum(done_amount_cny) / sum(due_amount_cny)",
    }.get(item.key, f"sum({item.key})"))
    for item in MEASURES
)


@cache
def tile_positions() -> dict[str, tuple[int, int]]:
    """Column and row of regions in the tile grid, by code."""
    with POSITIONS.open(encoding="utf-8", newline="") as handle:
        return {
            row["bureau_code"]: (int(row["column_no"]), int(row["row_no"]))
            for row in csv.DictReader(handle)
        }


def ordered_grid(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Columns and rows of a regular grid in the order given, its lines of nearly equal length.

    Args:
        codes: regions in order.

    Returns:
        Column and row by code, from 1.
    """
    line_count = -(-len(codes) // MOST_COLUMNS) or 1
    width = -(-len(codes) // line_count) or 1
    return {
        code: (place % width + 1, place // width + 1) for place, code in enumerate(codes)
    }


def place_tiles(codes: Sequence[str]) -> tuple[dict[str, tuple[int, int]], bool]:
    """Where each region's tile stands.

    Args:
        codes: regions in the order of the roster.

    Returns:
        Column and row by code, and whether the tiles stand roughly as on a map; where one region
        has no such place, all stand in the order of the roster.
    """
    known = tile_positions()
    if codes and all(code in known for code in codes):
        return {code: known[code] for code in codes}, True
    return ordered_grid(codes), False


def stage_totals(edition: Edition, work_year: int) -> list[Row]:
    """Coverage of the whole region by stage and round.

    Args:
        edition: the release.
        work_year: the year.

    Returns:
        Rows with `title`, in the order of the work.
    """
    rows = edition.ask(
        f"""
        select * from marts.mart_stage_coverage
        where work_year = $1 and bureau_code = $2 and scope = 'with_subordinates'
            and fund_type = 'all'
        order by {STAGE_ORDER}
        """,
        work_year, edition.root["bureau_code"],
    )
    return [{**row, "title": stage_title(row["stage"], row["round_no"])} for row in rows]


def whole(edition: Edition, code: str, work_year: int | None = None) -> Source:
    """Coverage of a bureau with its subordinates, of all funds."""
    return edition.of_year("marts.mart_stage_coverage", work_year).only(
        f"{same('bureau_code', code)} and scope = 'with_subordinates' and fund_type = 'all'"
    )


def stage_is(row: Row) -> str:
    """The condition that a row is of the same stage and round."""
    return f"{same('stage', row['stage'])} and {same('round_no', row['round_no'])}"


def done_of_due(found: Source, row: Row, between: str = " / ") -> Written:
    """Projects done, of those due."""
    return written(
        found.shows("count", row["done_project_count"], "done_project_count"), between,
        found.shows("count", row["due_project_count"], "due_project_count"),
    )


def level(rate: object) -> int:
    """Colour of a coverage rate: 1 below 80 %, 2 below 95 %, 3 below 100 %, 4 complete."""
    if rate is None:
        return 0
    number = Decimal(str(rate))  # as a float, 0.8 is more than 0.8
    return 1 + sum(number >= Decimal(limit) for limit in ("0.8", "0.95", "1"))


def tile_groups(edition: Edition) -> list[tuple[str, list[Tile]]]:
    """One grid of prefectures per stage.

    Args:
        edition: the release.

    Returns:
        Title of the stage and its tiles.
    """
    rows = edition.ask(
        f"""
        select * from marts.mart_stage_coverage
        where work_year = $1 and scope = 'with_subordinates' and fund_type = 'all'
        order by {STAGE_ORDER}, bureau_code
        """,
        edition.work_year,
    )
    heads = {row["bureau_code"]: row for row in edition.prefectures}
    positions, _ = place_tiles(list(heads))
    groups: dict[str, list[Tile]] = {}
    for row in rows:
        if row["bureau_code"] not in heads:
            continue
        column, line = positions[row["bureau_code"]]
        name = heads[row["bureau_code"]]["short_name"]
        found = whole(edition, row["bureau_code"]).only(stage_is(row))
        groups.setdefault(stage_title(row["stage"], row["round_no"]), []).append(
            Tile(
                name, found.shows("rate", row["coverage_rate"], "coverage_rate"),
                level(row["coverage_rate"]), name, column, line, done_of_due(found, row, "/"),
            )
        )
    return list(groups.items())


def bureau_rows(edition: Edition) -> tuple[dict[str, str], list[Row]]:
    """Own coverage of every bureau, stages side by side.

    Args:
        edition: the release.

    Returns:
        Titles of the stages with their conditions, and one row per bureau.
    """
    rows = edition.ask(
        f"""
        select * from marts.mart_stage_coverage
        where work_year = $1 and scope = 'own' and fund_type = 'all'
        order by {STAGE_ORDER}, bureau_code
        """,
        edition.work_year,
    )
    titles = {stage_title(row["stage"], row["round_no"]): stage_is(row) for row in rows}
    found = by_key(rows, "bureau_code")
    wide = []
    for bureau in edition.roster:
        line = dict(bureau)
        for row in found.get(bureau["bureau_code"], []):
            title = stage_title(row["stage"], row["round_no"])
            line[f"{title} due"] = row["due_project_count"]
            line[f"{title} done"] = row["done_project_count"]
            line[f"{title} rate"] = row["coverage_rate"]
        wide.append(line)
    return titles, edition.placed(wide)


def coverage_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    totals = stage_totals(edition, edition.work_year)
    root = whole(edition, edition.root["bureau_code"])
    cards = [
        Card(
            row["title"], found.shows("rate", row["coverage_rate"], "coverage_rate"),
            written(
                "已开展 ", done_of_due(found, row, " / 应开展 "), " 个；金额 ",
                found.shows("rate", row["amount_coverage_rate"], "amount_coverage_rate"),
            ),
            "#split",
        )
        for row in totals for found in [root.only(stage_is(row))]
    ]
    own = edition.of_year("marts.mart_stage_coverage").only("scope = 'own'")
    split = edition.ask(
        """
        select
            fiscal_year, stage, round_no, tier, fund_type,
            sum(due_project_count) as due_project_count,
            sum(done_project_count) as done_project_count,
            sum(missing_project_count) as missing_project_count,
            sum(done_project_count)::decimal(38, 10) / nullif(sum(due_project_count), 0)
                as coverage_rate,
            sum(due_amount_cny) as due_amount_cny, sum(done_amount_cny) as done_amount_cny,
            sum(done_amount_cny) / nullif(sum(due_amount_cny), 0) as amount_coverage_rate
        from marts.mart_stage_coverage
        where work_year = $1 and scope = 'own'
        group by fiscal_year, stage, round_no, tier, fund_type
        having sum(due_project_count) > 0 or sum(done_project_count) > 0 or fund_type = 'all'
        order by
            case stage when 'goal' then 1 when 'monitoring' then 2 else 3 end, round_no,
            case fund_type when 'all' then 0 else 1 end, fund_type
        """,
        edition.work_year,
    )
    for row in split:
        row["title"] = stage_title(row["stage"], row["round_no"])
    # the roster begins with the root and goes down by code, so tiers turn up from the top
    tiers = list(dict.fromkeys(row["tier"] for row in edition.roster))
    titles_in_order = list(dict.fromkeys(row["title"] for row in split))
    split.sort(key=lambda row: (
        titles_in_order.index(row["title"]),
        tiers.index(row["tier"]) if row["tier"] in tiers else len(tiers),
    ))
    stages = {row["title"]: stage_is(row) for row in split}
    share = "sum(done_project_count)::decimal(38, 10) / nullif(sum(due_project_count), 0)"
    overall = {(row["title"], row["tier"]): row for row in split if row["fund_type"] == "all"}
    funds = list(dict.fromkeys(row["fund_type"] for row in split if row["fund_type"] != "all"))
    sums = {
        (title, fund): (
            sum(r["done_project_count"] for r in split
                if (r["title"], r["fund_type"]) == (title, fund)),
            sum(r["due_project_count"] for r in split
                if (r["title"], r["fund_type"]) == (title, fund)),
        )
        for title in stages for fund in funds
    }
    by_tier = Chart(
        "by_tier", "各环节覆盖率（按层级）", "bar", "%",
        [
            {
                "name": label("tier", tier), "measure": share,
                "where": f"{same('tier', tier)} and fund_type = 'all'",
                "data": [
                    figures.percent(overall.get((title, tier), {}).get("coverage_rate"))
                    for title in stages
                ],
            }
            for tier in tiers if any((title, tier) in overall for title in stages)
        ],
        "split", list(stages), "环节", "层级", source=own, wheres=list(stages.values()),
    )
    by_fund = Chart(
        "by_fund", "各环节覆盖率（按资金性质）", "bar", "%",
        [
            {
                "name": label("fund_type", fund), "measure": share,
                "where": same("fund_type", fund),
                "data": [
                    figures.percent(sums[title, fund][0] / sums[title, fund][1])
                    if sums[title, fund][1] else None
                    for title in stages
                ],
            }
            for fund in funds
        ],
        "split", list(stages), "环节", "资金性质", source=own, wheres=list(stages.values()),
    )
    titles, wide = bureau_rows(edition)
    ours = own.only("fund_type = 'all'").by("bureau_code")
    missing_total = edition.one(
        "select count(*) as n from marts.mart_missing_project where work_year = $1",
        edition.work_year,
    )["n"]
    missing = edition.ask(
        f"""
        select * from marts.mart_missing_project where work_year = $1
        order by {STAGE_ORDER}, amount_cny desc nulls last, bureau_code, project_code limit 300
        """,
        edition.work_year,
    )
    for row in missing:
        row["title"] = stage_title(row["stage"], row["round_no"])
    return Page(
        "coverage.html", "全覆盖", cards,
        [
            Tiles(
                "prefectures", "地(州、市)覆盖率（含下级）", tile_groups(edition), "counties",
                "地(州、市)",
                (MAP_NOTE if place_tiles([row["bureau_code"] for row in edition.prefectures])[1]
                 else ORDER_NOTE) + "点击一块，下表只列该地本级与所属县(市、区)。",
            ),
            make_table(
                "counties", "各财政局覆盖率（本级）",
                [
                    Field("地(州、市)", "prefecture"), BUREAU,
                    Field("层级", "tier", label_set="tier"),
                    *(
                        item
                        for title, condition in titles.items()
                        for item in (
                            Field(f"{title} 应/个", f"{title} due", "count",
                                  of="due_project_count", source=ours.only(condition)),
                            Field(f"{title} 已/个", f"{title} done", "count",
                                  of="done_project_count", source=ours.only(condition)),
                            Field(f"{title} 覆盖率", f"{title} rate", "rate",
                                  of="coverage_rate", source=ours.only(condition)),
                        )
                    ),
                ],
                wide, limit=1000, full_list="lists/全覆盖统计表.xlsx", term="coverage_rate",
                source=ours, listed=edition.roster_source,
            ),
            by_tier,
            by_fund,
            make_table(
                "split", "环节 × 层级 × 资金性质（本级口径，不重复计下级）",
                [
                    Field("环节", "title"), Field("预算年度", "fiscal_year"),
                    Field("层级", "tier", label_set="tier"),
                    Field("资金性质", "fund_type", label_set="fund_type"), *SUMS,
                ],
                split, full_list="lists/全覆盖统计表（分资金性质）.xlsx", term="fund_type",
                source=own.by("fiscal_year", "stage", "round_no", "tier", "fund_type"),
                listed=own.only(
                    "(due_project_count > 0 or done_project_count > 0 or fund_type = 'all')"
                ).by("fiscal_year", "stage", "round_no", "tier", "fund_type"),
            ),
            make_table(
                "missing", "漏报项目",
                [
                    Field("环节", "title"), Field("预算年度", "fiscal_year"), BUREAU,
                    Field("单位", "unit_name"), PROJECT,
                    Field("资金性质", "fund_type", label_set="fund_type"),
                    Field("原因", "reason", label_set="missing_reason"),
                    Field("金额（万元）", "amount_cny", "wan"), SOURCE,
                ],
                with_source(missing), total=missing_total, full_list="lists/漏报清单.xlsx",
                empty="没有漏报的项目。",
                source=edition.of_year("marts.mart_missing_project").by(
                    *PROJECT_KEYS, "stage", "round_no"
                ),
            ),
        ],
        "覆盖率 = 已开展项目 ÷ 应开展项目；应开展以部门预算项目清单为准。",
    )
