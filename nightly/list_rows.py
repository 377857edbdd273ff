"""Rows of the lists of a release: streamed, and narrowed to a prefecture with its counties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

FETCH_ROWS = 5_000
FAMILY_SQL = """
with

bureaus as (
    select distinct bureau_code, bureau_name, parent_bureau_code from marts.dim_bureau
),

-- every jurisdiction names its tiers otherwise; who heads a family has a superior, and counties
heads as (
    select distinct bureau_code from bureaus where parent_bureau_code is not null
),

members as (
    select
        bureaus.bureau_code, bureaus.bureau_name, bureaus.parent_bureau_code is null as is_top,
        coalesce(heads.bureau_code, bureaus.bureau_code) as family_code
    from bureaus
    left join heads on bureaus.parent_bureau_code = heads.bureau_code
)

select
    family_code,
    coalesce(max(bureau_name) filter (where bureau_code = family_code), family_code),
    coalesce(bool_or(is_top), false),
    string_agg(distinct bureau_code, ',' order by bureau_code)
from members
group by family_code
order by family_code
"""


@dataclass(frozen=True)
class Family:
    """A prefecture with its counties, or a bureau that stands alone.

    Attributes:
        name: of its sheets.
        title: in their titles.
        bureau_codes: whose rows they hold, joined by commas.
    """

    name: str
    title: str
    bureau_codes: str


def stream(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]
) -> Iterator[tuple[object, ...]]:
    """Rows of a query, a few thousand at a time.

    Args:
        con: an open connection, used for nothing else meanwhile.
        sql: the query.
        parameters: its parameters.

    Yields:
        One tuple per row.
    """
    result = con.execute(sql, parameters)
    while rows := result.fetchmany(FETCH_ROWS):
        yield from rows


def families(con: duckdb.DuckDBPyConnection) -> list[Family]:
    """Prefectures with their counties, in order of codes.

    Args:
        con: the release's database.

    Returns:
        None at all where there is only one, whose sheets would repeat the region's.
    """
    found = [
        Family(
            f"{name}本级" if is_top else name,
            f"{name}本级" if is_top else f"{name}（含所属）" if "," in codes else name,
            codes,
        )
        for _, name, is_top, codes in con.execute(FAMILY_SQL).fetchall()
    ]
    return found if len(found) > 1 else []


def unit_line(as_of: date, money_unit: str) -> str:
    """The line under a title.

    Args:
        as_of: the release's date.
        money_unit: of the amounts; '' where there are none.

    Returns:
        The date and the unit.
    """
    return f"截至 {as_of.isoformat()}" + (f"　单位：{money_unit}" if money_unit else "")
