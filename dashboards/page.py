"""A page as plain data: cards, charts, tiles and the tables behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from dashboards import figures
from dashboards.source import Source, figures_of
from nightly.labels import label as find_label

Row = dict[str, Any]
TABLE_LIMIT = 300
label = lru_cache(maxsize=4096)(find_label)
"""The label of a code; a region has millions of cells with the same few codes."""


@dataclass(frozen=True)
class Card:
    """One figure with its name, and what it leads to.

    Attributes:
        label: what it is.
        value: the figure as written.
        note: last year's, or of how many.
        href: the page or table behind it.
        tone: good, bad or nothing.
    """

    label: str
    value: str
    note: str = ""
    href: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Field:
    """A column of a table and where its cells come from.

    Attributes:
        heading: Chinese heading.
        key: column of the row.
        kind: one of `figures.WRITERS`.
        label_set: codes of this set are shown by their labels.
        href: gives the link of a cell, or nothing.
        of: what a number is a measure of: a column or an aggregate; by default the column `key`.
        source: the rows it is a measure of, where those are not the table's.
    """

    heading: str
    key: str
    kind: str = "text"
    label_set: str = ""
    href: Callable[[Row], str] | None = None
    of: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Table:
    """A list as shown.

    Attributes:
        name: id on the page.
        title: heading.
        columns: heading and whether it is a number.
        rows: cells, a text or a pair of text and link.
        total: rows there are, of which `rows` may be the first.
        full_list: where all rows are, if they are not here.
        note: what it holds.
        term: column of the glossary that explains the heading.
        empty: what is said where there are no rows.
        searched: text and link of a page that lists all rows.
        figures: what its numbers are measures of, by column, and the keys of its rows.
    """

    name: str
    title: str
    columns: list[tuple[str, bool]]
    rows: list[list[Any]]
    total: int
    full_list: str = ""
    note: str = ""
    term: str = ""
    empty: str = "没有记录。"
    searched: tuple[str, str] | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    part: str = "table"

    @property
    def full_list_href(self) -> str:
        """Where all rows are, or what the table that holds them is."""
        if self.full_list.startswith("lists/"):
            return f"../{quote(self.full_list)}"
        name = self.full_list.rpartition(".")[2]
        return list_href("glossary.html", "tables", 表=name) if name else ""


@dataclass(frozen=True)
class Chart:
    """A chart and the list it leads to.

    Attributes:
        name: id on the page.
        title: heading.
        kind: bar or scatter.
        unit: behind every number.
        categories: along the axis, for bars.
        series: name, data, and optionally stack, colour; `where` and `measure` say what the
            data are.
        table: id of the table a click filters.
        column: heading of the table's column the category is looked up in.
        series_column: heading of the column the series' name is looked up in.
        is_horizontal: bars lie.
        hrefs: pages that bars lead to, by category, instead of the table.
        band: for a scatter, half the width of the permitted band, in percentage points.
        axes: names of the two axes of a scatter.
        note: how to read it.
        term: column of the glossary that explains the heading.
        source: rows its data are measures of.
        wheres: condition of each category.
    """

    name: str
    title: str
    kind: str
    unit: str
    series: list[dict[str, Any]]
    table: str
    categories: list[str] = field(default_factory=list)
    column: str = ""
    series_column: str = ""
    is_horizontal: bool = False
    hrefs: list[str] = field(default_factory=list)
    band: float | None = None
    axes: tuple[str, str] = ("", "")
    note: str = ""
    term: str = ""
    source: Source | None = None
    wheres: list[str] = field(default_factory=list)
    part: str = "chart"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(item is None for series in self.series for item in series["data"])

    @property
    def list_href(self) -> str:
        """Where the list behind the chart is."""
        return self.hrefs[0] if self.hrefs else f"#{self.table}"


@dataclass(frozen=True)
class Tile:
    """One region of a tile grid.

    Attributes:
        name: short name.
        value: the figure as written.
        level: 0 nothing due, 1 low to 4 complete; the colour.
        key: what the table is filtered by.
        column: place in the grid, from 1.
        row: place in the grid, from 1.
        note: of how many.
    """

    name: str
    value: str
    level: int
    key: str
    column: int
    row: int
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """Tile grids of the same regions, one at a time.

    Attributes:
        name: id on the page.
        title: heading.
        groups: what each grid shows, and its tiles.
        table: id of the table a click filters.
        column: heading of the column the key is looked up in.
        note: how to read it.
    """

    name: str
    title: str
    groups: list[tuple[str, list[Tile]]]
    table: str
    column: str
    note: str = ""
    part: str = "tiles"

    @property
    def width(self) -> int:
        """Columns of the grid."""
        return max((tile.column for _, tiles in self.groups for tile in tiles), default=1)


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        file_name: in the folder of the dashboard.
        title: heading.
        cards: the figures on top.
        parts: charts, tiles and tables, in order.
        lead: one sentence below the heading.
        links: further pages, as text and link.
        news: what changed since the last release, in a few lines.
    """

    file_name: str
    title: str
    cards: list[Card]
    parts: list[Table | Chart | Tiles]
    lead: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    news: list[str] = field(default_factory=list)

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(part for part in self.parts if part.part == "table" and part.name == name)

    def card(self, name: str) -> Card:
        """The card of that label."""
        return next(card for card in self.cards if card.label == name)

    def laid_out(self) -> list[tuple[Table | Chart | Tiles, bool]]:
        """Parts and whether each takes the whole width: charts stand in pairs, the odd one wide."""
        shown: list[tuple[Table | Chart | Tiles, bool]] = []
        for place, part in enumerate(self.parts):
            if not isinstance(part, Chart) or part.kind == "scatter":
                shown.append((part, True))
                continue
            has_left = bool(shown) and not shown[-1][1] and (
                len([wide for _, wide in shown if not wide]) % 2 == 1
            )
            follower = self.parts[place + 1] if place + 1 < len(self.parts) else None
            has_right = isinstance(follower, Chart) and follower.kind != "scatter"
            shown.append((part, not (has_left or has_right)))
        return shown

    def model(self) -> dict[str, Any]:
        """What the script of the page draws from."""
        tables = {
            part.name: {
                "columns": part.columns, "rows": part.rows, "total": part.total,
                "full_list": part.full_list, "figures": part.figures,
            }
            for part in self.parts if isinstance(part, Table)
        }
        charts = {
            part.name: {
                key: value for key, value in vars(part).items()
                if key not in ("name", "note", "part", "term", "source")
                and (key == "categories" or value not in ("", [], None))
            } | ({"table_of": [part.source.table, part.source.where]} if part.source else {})
            for part in self.parts if isinstance(part, Chart) and not part.is_empty
        }
        texts = {
            "lead": figures_of(self.lead),
            "news": [figures_of(line) for line in self.news],
            "cards": [figures_of(card.value) + figures_of(card.note) for card in self.cards],
            "notes": {part.name: figures_of(part.note) for part in self.parts
                      if figures_of(part.note)},
            "tiles": {
                part.name: [
                    [figures_of(tile.value) + figures_of(tile.note) for tile in tiles]
                    for _, tiles in part.groups
                ]
                for part in self.parts if isinstance(part, Tiles)
            },
        }
        return {"tables": tables, "charts": charts, "figures": texts}


def cell(row: Row, column: Field) -> Any:
    """One cell as written, with its link where it has one."""
    value = row.get(column.key)
    if column.label_set:
        value = label(column.label_set, value)
    written = figures.WRITERS[column.kind](value)
    href = column.href(row) if column.href and value is not None else ""
    return [written, href] if href else written


def make_table(
    name: str,
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Row],
    *,
    limit: int = TABLE_LIMIT,
    total: int | None = None,
    full_list: str = "",
    note: str = "",
    term: str = "",
    empty: str = "没有记录。",
    searched: tuple[str, str] | None = None,
    source: Source | None = None,
    listed: Source | None = None,
) -> Table:
    """Make a table of the first rows.

    Args:
        name: id on the page.
        title: heading.
        fields: columns.
        rows: in order.
        limit: how many are shown.
        total: how many there are, where `rows` was cut before.
        full_list: where all of them are.
        note: what it holds.
        term: column of the glossary that explains the heading.
        empty: what is said where there are no rows.
        searched: text and link of a page that lists all rows.
        source: what the numbers are measures of, with the keys of the rows.
        listed: what the rows are, where it is not the source.

    Returns:
        The table, which says how many rows there are.
    """
    return Table(
        name, title,
        [(item.heading, item.kind in figures.NUMERIC_KINDS) for item in fields],
        [[cell(row, item) for item in fields] for row in rows[:limit]],
        len(rows) if total is None else total,
        full_list, note, term, empty, searched,
        table_figures(fields, rows[:limit], source, listed or source),
    )


def list_href(page: str, table: str, **wanted: str) -> str:
    """A table of a page, narrowed to rows.

    Args:
        page: file name; '' for the same page.
        table: id of the table.
        wanted: text of the rows' cells, by heading of the column.

    Returns:
        The link; the script of the page reads what is behind the #.
    """
    parts = [text for pair in wanted.items() for text in pair]
    return f"{page}#" + "~".join([table, *(quote(str(text), safe="") for text in parts)])


def table_figures(
    fields: Sequence[Field], rows: Sequence[Row], source: Source | None, listed: Source | None
) -> dict[str, Any]:
    """What the numbers of a table are measures of.

    A project's keys are not written where they stand in its link.

    Args:
        fields: columns.
        rows: those shown.
        source: what the numbers are measures of.
        listed: what the rows are.

    Returns:
        Sources, the source and measure of each column by place, the keys of rows.
    """
    if source is None or listed is None or not rows:
        return {}
    names = [name.split(" as ")[-1] for name in source.keys]
    is_linked = (
        PROJECT in fields and set(PROJECT_KEYS) <= set(names)
        and all(row["project_code"] and row["project_name"] for row in rows)
    )
    kept = [name for name in names if not (is_linked and name in PROJECT_KEYS)]
    found: list[Source] = [source]
    columns = {}
    for place, item in enumerate(fields):
        if item.kind not in MEASURED_KINDS and not item.of:
            continue
        one = item.source or source
        if one not in found:
            found.append(one)
        columns[place] = [found.index(one), item.kind, item.of or item.key]
    return {
        "sources": [[one.table, one.where, list(one.keys or source.keys)] for one in found],
        "listed": [listed.table, listed.where, list(listed.keys)],
        "columns": columns,
        "is_linked": is_linked,
        "keys": kept,
        "rows": [[plain(row[name]) for name in kept] for row in rows] if kept else [],
    }


def plain(value: Any) -> Any:
    """A value as JSON may hold it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def bureau_href(row: Row) -> str:
    """The page of the row's bureau."""
    return bureau_page(row["bureau_code"])


def bureau_page(code: str) -> str:
    """The file name of a bureau's page."""
    return f"bureau-{quote(str(code))}.html"


def project_href(row: Row) -> str:
    """The page of the row's project."""
    if not row.get("project_code"):
        return ""
    query = urlencode({"b": row["bureau_code"], "y": row["fiscal_year"]})
    return f"project.html?{query}#{quote(str(row['project_code']), safe='')}"


def source_text(row: Row, prefix: str = "_source_") -> str:
    """File, sheet and row a number came from."""
    if not row.get(f"{prefix}file"):
        return ""
    parts = [str(row[f"{prefix}file"])]
    if row.get(f"{prefix}sheet"):
        parts.append(f"〔{row[f'{prefix}sheet']}〕")
    if row.get(f"{prefix}row"):
        parts.append(f"第 {row[f'{prefix}row']} 行")
    return " ".join(parts)


def with_source(rows: Iterable[Row]) -> list[Row]:
    """Rows with `source`, the text of where they came from."""
    return [{**row, "source": source_text(row)} for row in rows]


PROJECT_KEYS = ("bureau_code", "fiscal_year", "project_code")
MEASURED_KINDS = figures.NUMERIC_KINDS | figures.COMPOSED_KINDS | {"date", "yes", "figure"}
BUREAU = Field("财政局", "bureau_name", href=bureau_href)
PROJECT = Field("项目", "project_name", href=project_href)
SOURCE = Field("来源（文件〔表〕行）", "source")
