"""The ranking workbook of a release: places, and the points behind every place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path

import duckdb

from nightly.labels import label
from nightly.list_catalogue import BUREAU
from nightly.list_rows import families, stream, unit_line
from nightly.workbook import Column, ListWorkbook

RANKING_SHEET_SQL = """
select work_year, ranking_kind
from marts.mart_ranking
group by work_year, ranking_kind
having count(rank_no) > 0
order by
    work_year desc,
    case ranking_kind when 'prefecture' then 1 when 'county' then 2 when 'unit' then 3 else 4 end
"""
RANKING_COMPONENT_SQL = """
select component, any_value(component_zh), max(weight)
from marts.mart_ranking_component
where work_year = ? and ranking_kind = ?
group by component
order by max(weight) desc, component
"""
RANKING_SQL = """
select
    {objects}
    mart_ranking.composite_score,
    {points}
    mart_ranking.missing_component_count,
    case mart_ranking.verdict
        when 'pass' then '指标齐全' when 'warn' then '已折算' else '不排名'
    end
from marts.mart_ranking
left join (
    select bureau_code, max_by(bureau_name, valid_from) as bureau_name
    from marts.dim_bureau
    group by bureau_code
) as rankers on mart_ranking.ranking_bureau_code = rankers.bureau_code
left join (
    select
        work_year, ranking_kind, ranking_bureau_code, object_code,
        map_from_entries(list((component, points))) as points
    from marts.mart_ranking_component
    where work_year = $1 and ranking_kind = $2
    group by all
) as pointed
    on mart_ranking.work_year = pointed.work_year
        and mart_ranking.ranking_kind = pointed.ranking_kind
        and mart_ranking.ranking_bureau_code = pointed.ranking_bureau_code
        and mart_ranking.object_code = pointed.object_code
where mart_ranking.work_year = $1 and mart_ranking.ranking_kind = $2
    and (
        $3::varchar is null
        or list_contains(string_split($3, ','), mart_ranking.ranking_bureau_code)
    )
order by
    mart_ranking.ranking_bureau_code, mart_ranking.rank_no nulls last, mart_ranking.object_code
"""
RANKING_FILE = "排名表.xlsx"
RANKING_NOTES = (
    "各项得分为按原权重所得的分；有指标缺失的按其余指标折算成百分制综合得分，缺失过多的不排名。",
    "得分相同的名次相同，后续名次顺延。",
)
OWN_RANKINGS = ("unit", "agency")
"""Rankings that every bureau makes of its own objects, so that each has a first place."""
OWN_OBJECTS = """
    mart_ranking.ranking_bureau_code, rankers.bureau_name, mart_ranking.rank_no,
    mart_ranking.object_name,
"""
REGION_OBJECTS = "mart_ranking.rank_no, mart_ranking.object_code, mart_ranking.object_name,"


def ranking_columns(components: list[tuple[str, str, Decimal]], kind: str) -> tuple[Column, ...]:
    """Headings of a ranking.

    Args:
        components: code, name and weight.
        kind: ranking kind.

    Returns:
        Columns in the order of `RANKING_SQL`.
    """
    return (
        *(
            (*BUREAU, Column("名次", "count", 8), Column("对象", width=34))
            if kind in OWN_RANKINGS
            else (Column("名次", "count", 8), *BUREAU)
        ),
        Column("综合得分", "score", 10),
        *(
            Column(f"{name}\n（{float(weight):g}分）", "score", 13)
            for _, name, weight in components
        ),
        Column("缺失指标数", "count", 10),
        Column("结论", width=12),
    )


def write_rankings(
    con: duckdb.DuckDBPyConnection, folder: Path, as_of: date
) -> dict[str, int]:
    """Write the rankings: a sheet per year and kind, then one of units per prefecture.

    Args:
        con: the release's database.
        folder: where to write.
        as_of: the release's date.

    Returns:
        Rows written by workbook over the sheets of the region.
    """
    sheets = con.execute(RANKING_SHEET_SQL).fetchall()
    line = unit_line(as_of, "分")
    written = 0
    with ListWorkbook(folder / RANKING_FILE, as_of) as book:
        if not sheets:
            book.add_empty_list("清单", "排名表", ranking_columns([], ""), line)
        wanted = [(year, kind, None) for year, kind in sheets] + [
            (year, kind, family)
            for year, kind in sheets
            if kind == "unit" and year == sheets[0][0]
            for family in families(con)
        ]
        for year, kind, family in wanted:
            components = con.execute(RANKING_COMPONENT_SQL, [year, kind]).fetchall()
            points = "".join(
                f"pointed.points['{component.replace(chr(39), chr(39) * 2)}'],"
                for component, _, _ in components
            )
            rows = stream(
                con,
                RANKING_SQL.format(
                    points=points, objects=OWN_OBJECTS if kind in OWN_RANKINGS else REGION_OBJECTS
                ),
                [year, kind, family.bureau_codes if family else None],
            )
            first = next(rows, None)
            if first is None:
                continue
            name = label("ranking_kind", kind)
            count = book.add_list(
                f"{family.name}单位" if family else f"{year}{name}",
                f"{family.title if family else ''}{year}年度{name}",
                ranking_columns(components, kind),
                chain([first], rows),
                unit_line=line,
                notes=RANKING_NOTES,
            )
            written += 0 if family else count
    return {RANKING_FILE: written}
