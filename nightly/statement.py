"""Figures of an annual statement (年度情况说明): what a release holds and how it is written."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from nightly.errors import EXIT_USAGE, StopError
from nightly.query import open_locked
from nightly.release import Release
from nightly.settings import CODE_ROOT

REFERENCE = CODE_ROOT / "seeds" / "reference"
TABLE = "mart_annual_statement"
# the whole first, then the publishing tier, what is below it, and each tier of that
SPLIT_ORDER = "list_position(['all', 'tier_1', 'lower', 'tier_2', 'tier_3'], split), split"
NO_VALUE = "（无数据）"
REGISTERED_MARK = "（登记数，非计算）"
BASIS_ZH = {"computed": "计算", "registered": "登记", "not_computable": "不能计算"}
TWO_DECIMAL_UNITS = ("亿元", "万元", "%")
WHOLE_SPLIT = "all"
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
SPLITS_ZH = {WHOLE_SPLIT: "全域", "lower": "下级"}


@dataclass(frozen=True)
class Figure:
    """One number of a statement.

    Attributes:
        item_code: item of the statement (S0-09).
        figure: which number of the item.
        split: all, lower, or tier_ with the number of a tier.
        label_zh: what is counted.
        value: the number in `unit_zh`; None where there is none.
        value_text: what stands instead of a number, such as a band or a date; '' for none.
        unit_zh: its unit.
        decimal_places: as published.
        basis: computed, registered or not_computable.
        fiscal_year: budget year the number is about.
        drill_table: table of the rows behind it.
        drill_filter: condition on that table.
        drill_measure: how the number is counted from those rows.
        note_zh: remark.
    """

    item_code: str
    figure: str
    split: str
    label_zh: str
    value: Decimal | None
    value_text: str
    unit_zh: str
    decimal_places: int | None
    basis: str
    fiscal_year: int | None
    drill_table: str
    drill_filter: str
    drill_measure: str
    note_zh: str

    @property
    def has_value(self) -> bool:
        """Whether there is something to write."""
        return self.value is not None or bool(self.value_text)

    @property
    def reference(self) -> str:
        """How a template names it: `S0-09.project_count`, `S0-09.project_count:tier_1`."""
        suffix = "" if self.split == WHOLE_SPLIT else f":{self.split}"
        return f"{self.item_code}.{self.figure}{suffix}"

    @property
    def has_list(self) -> bool:
        """Whether there are rows to show behind it."""
        return self.has_value and bool(self.drill_table) and bool(self.drill_filter)


@dataclass(frozen=True)
class Statement:
    """The figures of one statement and work year.

    Attributes:
        statement: its name (xinjiang-2020).
        work_year: 工作年度.
        name_zh: its Chinese name.
        region_zh: name of the jurisdiction.
        tiers_zh: Chinese name by number of the tier.
        tier_codes_zh: Chinese name by code of the tier.
        release_id: the release it is read from.
        as_of: the date of that release.
        figures: in order.
    """

    statement: str
    work_year: int
    name_zh: str
    region_zh: str
    tiers_zh: dict[int, str]
    tier_codes_zh: dict[str, str]
    release_id: str
    as_of: date
    figures: tuple[Figure, ...]

    def find(self, item_code: str, figure: str, split: str = WHOLE_SPLIT) -> Figure | None:
        """Find a number.

        Args:
            item_code: item of the statement.
            figure: which number of it.
            split: for which tiers.

        Returns:
            The number, or None if this year has none.
        """
        return next(
            (
                item for item in self.figures
                if (item.item_code, item.figure, item.split) == (item_code, figure, split)
            ),
            None,
        )


# --- wording ------------------------------------------------------------------------------------


def decimal_places(value: Decimal, unit_zh: str, places: int | None) -> int:
    """Decimals a number is written with.

    Args:
        value: the number.
        unit_zh: its unit; 亿元, 万元 and % always have two.
        places: for other units, as registered; None for none, or two if it is not whole.

    Returns:
        Number of decimals.
    """
    if unit_zh in TWO_DECIMAL_UNITS:
        return 2
    if places is not None:
        return places
    return 0 if value == value.to_integral_value() else 2


def format_value(value: Decimal | None, unit_zh: str, places: int | None) -> str:
    """Write a number as statements do: thousands separators, fixed decimals.

    Args:
        value: the number.
        unit_zh: its unit.
        places: decimals as registered.

    Returns:
        The text without unit, 「（无数据）」 for None.
    """
    if value is None:
        return NO_VALUE
    fixed = Decimal(1).scaleb(-decimal_places(value, unit_zh, places))
    rounded = value.quantize(fixed, ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}"


def value_text(figure: Figure) -> str:
    """What stands in the column of values.

    Args:
        figure: the number.

    Returns:
        The number without unit; a text as it is, dates as 2023年2月28日; 「（无数据）」.
    """
    if figure.value is None and figure.value_text:
        found = ISO_DATE.fullmatch(figure.value_text)
        return "{}年{}月{}日".format(*map(int, found.groups())) if found else figure.value_text
    return format_value(figure.value, figure.unit_zh, figure.decimal_places)


def figure_text(figure: Figure) -> str:
    """A number as it stands in a sentence: with its unit, and a mark if people registered it.

    Args:
        figure: the number.

    Returns:
        Such as 28,443个, 1,675.00亿元, 15名（登记数，非计算）.
    """
    if not figure.has_value:
        return NO_VALUE
    text = value_text(figure) + (figure.unit_zh if figure.value is not None else "")
    return text + REGISTERED_MARK if figure.basis == "registered" else text


def split_text(split: str, tiers_zh: dict[int, str]) -> str:
    """Name a split in the words of the jurisdiction.

    Args:
        split: all, lower or tier_ with a number.
        tiers_zh: Chinese name by number of the tier.

    Returns:
        全域, 下级, or the tier's name (自治区本级).
    """
    if split.startswith("tier_") and split.removeprefix("tier_").isdigit():
        return tiers_zh.get(int(split.removeprefix("tier_")), split)
    return SPLITS_ZH.get(split, split)


def basis_text(figure: Figure) -> str:
    """Say where a number is from.

    Args:
        figure: the number.

    Returns:
        计算, 登记 or 不能计算.
    """
    return BASIS_ZH.get(figure.basis, figure.basis)


def source_text(figure: Figure, list_names: dict[Figure, str] | None = None) -> str:
    """Name the list behind a number.

    Args:
        figure: the number.
        list_names: written list files by number, if any were written.

    Returns:
        The list's path, else the table it would be read from.
    """
    if not figure.has_list:
        return ""
    return (list_names or {}).get(figure) or f"marts.{table_name(figure)}"


def table_name(figure: Figure) -> str:
    """Name of the table behind a number.

    Args:
        figure: the number.

    Returns:
        The name without schema.
    """
    return figure.drill_table.removeprefix("marts.")


TABLE_HEADINGS = ("条目", "内容", "口径", "数值", "单位", "依据", "来源清单")


def table_rows(
    statement: Statement, list_names: dict[Figure, str] | None = None
) -> list[tuple[str, ...]]:
    """Lines of the printed table.

    Args:
        statement: what to show.
        list_names: written list files by number, if any were written.

    Returns:
        Texts in the order of `TABLE_HEADINGS`.
    """
    return [
        (
            figure.item_code,
            figure.label_zh,
            split_text(figure.split, statement.tiers_zh),
            value_text(figure),
            figure.unit_zh,
            basis_text(figure),
            source_text(figure, list_names),
        )
        for figure in statement.figures
    ]


def print_table(
    statement: Statement, console: Console, list_names: dict[Figure, str] | None = None
) -> None:
    """Show the figures.

    Args:
        statement: what to show.
        console: where.
        list_names: written list files by number, if any were written.
    """
    console.print(
        f"{statement.name_zh}　{statement.work_year}年度"
        f"（截至 {statement.as_of.isoformat()}，发布 {statement.release_id}）",
        markup=False,
    )
    table = Table()
    for heading in TABLE_HEADINGS:
        table.add_column(heading, justify="right" if heading == "数值" else "left")
    for row in table_rows(statement, list_names):
        table.add_row(*row)
    console.print(table, markup=False)


# --- reading ------------------------------------------------------------------------------------


@cache
def _reference_rows(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def known_statements() -> dict[str, dict[str, str]]:
    """Statements this version can make.

    Returns:
        Row of `ref_jurisdiction` by statement.
    """
    return {row["statement"]: row for row in _reference_rows(REFERENCE / "ref_jurisdiction.csv")}


def choose_statement(name: str, found: Sequence[str]) -> str:
    """Check that the release has the statement asked for.

    Args:
        name: what was asked for.
        found: statements of the release.

    Returns:
        The name.

    Raises:
        StopError: it has not, or there is no such statement at all.
    """
    if name in found:
        return name
    known = known_statements()
    have = "、".join(
        f"{item}（{known[item]['statement_name']}）" if item in known else item for item in found
    )
    if name in known:
        regions = "、".join(known[item]["jurisdiction_name"] for item in found if item in known)
        raise StopError(
            f"{name} 是{known[name]['jurisdiction_name']}的情况说明，"
            f"而现行发布是{regions or '别的地区'}的。",
            f"现行发布中有：{have or '（无）'}；"
            f"要看{known[name]['jurisdiction_name']}，请用 --home 指向那个地区的工作目录。",
            EXIT_USAGE,
        )
    raise StopError(
        f"没有叫作 {name} 的情况说明。",
        f"现行发布中有：{have or '（无）'}；本系统能做：{'、'.join(known)}。",
        EXIT_USAGE,
    )


def choose_year(year: int | None, found: Sequence[int], statement: str) -> int:
    """Check that the statement has the year asked for.

    Args:
        year: work year asked for; None for the newest.
        found: work years of the statement.
        statement: its name.

    Returns:
        The work year.

    Raises:
        StopError: it has not.
    """
    if year is None:
        return max(found)
    if year not in found:
        raise StopError(
            f"{statement} 没有 {year} 年度的数字。",
            f"现行发布中有这些年度：{'、'.join(str(item) for item in sorted(found))}；"
            "不写 --year 就取最近的一年。",
            EXIT_USAGE,
        )
    return year


def read_statement(release: Release, name: str, year: int | None = None) -> Statement:
    """Read the figures of a statement from a release.

    Args:
        release: the live release.
        name: statement.
        year: work year; None for the newest.

    Returns:
        The figures.

    Raises:
        StopError: the release has no statements, not this one, or not this year.
    """
    con = open_locked(release.database)
    try:
        return _read(con, release, name, year)
    except duckdb.CatalogException as error:
        raise StopError(
            f"现行发布 {release.release_id} 中没有年度情况说明（marts.{TABLE}）。",
            "用本版本运行 jixiao nightly --inbox <收件目录> 制作新的发布。",
        ) from error
    finally:
        con.close()


def _read(
    con: duckdb.DuckDBPyConnection, release: Release, name: str, year: int | None
) -> Statement:
    have: dict[str, list[int]] = {}
    for statement, work_year in con.execute(
        f"select distinct statement, work_year from marts.{TABLE} order by all"
    ).fetchall():
        have.setdefault(statement, []).append(work_year)
    choose_statement(name, list(have))
    chosen = choose_year(year, have[name], name)
    result = con.execute(
        f"""
        select * from marts.{TABLE}
        where statement = ? and work_year = ?
        order by sort_no, item_code, figure, {SPLIT_ORDER}
        """,
        [name, chosen],
    )
    columns = [item[0] for item in result.description]
    rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    known = known_statements().get(name, {})
    tiers = [
        row for row in _reference_rows(REFERENCE / "ref_tier.csv")
        if row["jurisdiction"] == known.get("jurisdiction")
    ]
    return Statement(
        statement=name,
        work_year=chosen,
        name_zh=known.get("statement_name", name),
        region_zh=known.get("jurisdiction_name", ""),
        tiers_zh={int(row["tier_no"]): row["tier_zh"] for row in tiers},
        tier_codes_zh={row["tier"]: row["tier_zh"] for row in tiers},
        release_id=release.release_id,
        as_of=date.fromisoformat(release.manifest()["as_of"]),
        figures=tuple(_figure(row) for row in rows),
    )


def _figure(row: dict[str, Any]) -> Figure:
    return Figure(
        item_code=row["item_code"],
        figure=row["figure"],
        split=row["split"],
        label_zh=row["label_zh"] or row["figure"],
        value=row["value"],
        value_text=row.get("value_text") or "",
        unit_zh=row["unit_zh"] or "",
        decimal_places=row["decimal_places"],
        basis=row["basis"],
        fiscal_year=row["fiscal_year"],
        drill_table=row["drill_table"] or "",
        drill_filter=row["drill_filter"] or "",
        drill_measure=row.get("drill_measure") or "",
        note_zh=row["note_zh"] or "",
    )
