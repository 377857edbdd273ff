"""The header of a list export: where it stands, what its columns mean, in which unit it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from ingest.evidence import (
    money_unit_in_titles,
)
from ingest.headings import (
    MONEY_UNITS,
    Heading,
    Match,
    Vocabulary,
    load_vocabulary,
    normalise,
    plain,
    two_row_headings,
)
from ingest.reference import KindSource, kind_sources, project_kinds

HEADER_SEARCH_ROWS = 60
LEVELS = ("level1", "level2", "level3")
NO_HEADING = Heading("", "")
_LONGEST_HEADING = 40
_NUMBER = re.compile(r"^[-+]?[\d,.]+%?$")


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes:
        index: 0-based column of the grid.
        sent: heading as sent (group and sub-heading joined where there are two), may be empty.
        table: main table of the kind, or indicators; None where the heading is unknown.
        field: field of the raw table; None where the heading is unknown.
        heading: comparable heading with unit and month.
    """

    index: int
    sent: str
    table: str | None = None
    field: str | None = None
    heading: Heading = NO_HEADING


@dataclass(frozen=True)
class ListHeader:
    """The header of a list export under one kind's vocabulary.

    Attributes:
        kind: document kind.
        first_row: 0-based row of the (upper) header row.
        last_row: 0-based row of the lower header row.
        tables: which of the main table and indicators the sheet serves.
        columns: every column that has a heading or data, in order.
        missing: required fields not found, as (table, field).
        doubled: columns whose field an earlier synonym already fills.
    """

    kind: str
    first_row: int
    last_row: int
    tables: tuple[str, ...]
    columns: tuple[Column, ...]
    missing: tuple[tuple[str, str], ...] = ()
    doubled: tuple[Column, ...] = ()

    @property
    def main(self) -> str:
        """The table with one row per project, unit or record."""
        return kind_sources()[self.kind].main_table

    @property
    def identity(self) -> tuple[str, ...]:
        """Fields that name the project, unit or record."""
        return kind_sources()[self.kind].identity

    @property
    def year_field(self) -> str:
        """Field of the main table that repeats the year of the filing."""
        return kind_sources()[self.kind].year_field

    def column_of(self, table: str, name: str) -> Column | None:
        """The column of a field."""
        for column in self.columns:
            if column.field == name and (column.table == table or name in self.identity):
                return column
        return None

    @property
    def is_complete(self) -> bool:
        """Whether nothing required is missing."""
        return not self.missing

    @property
    def matched_count(self) -> int:
        """How many columns were understood."""
        return sum(column.field is not None for column in self.columns)

    @property
    def month_numbers(self) -> tuple[int, ...]:
        """Months of 「1-N月」 headings, distinct."""
        return tuple(dict.fromkeys(c.heading.month_no for c in self.columns if c.heading.month_no))


def _list_tables(source: KindSource) -> tuple[str, ...]:
    """Tables that a list of the kind can serve."""
    return tuple(t for t in (source.main_table, "indicators") if source.has_table(t))


@lru_cache(maxsize=20_000)
def _kinds_knowing(text: str, kinds: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Kinds and fields that know a cell's text as a heading."""
    if len(text) > _LONGEST_HEADING:
        return frozenset()
    known = set()
    for kind in kinds:
        vocabulary = load_vocabulary(kind)
        for table in _list_tables(kind_sources()[kind]):
            match = vocabulary.match(table, text)
            if match:
                known.add((kind, match.field))
    return frozenset(known)


@lru_cache(maxsize=20_000)
def _is_identity(text: str, kinds: tuple[str, ...]) -> bool:
    return any(name in kind_sources()[kind].identity for kind, name in _kinds_knowing(text, kinds))


@dataclass(frozen=True)
class HeaderPlace:
    """Where a header seems to stand: rows and the spellings to try per column."""

    first_row: int
    last_row: int
    spellings: tuple[tuple[str, ...], ...]
    sent: tuple[str, ...]
    known_count: int


def find_header_place(
    frame: pl.DataFrame, kinds: tuple[str, ...] | None = None
) -> HeaderPlace | None:
    """Locate the header row(s) of a list by its labels.

    A header names the project (unit, record) by code and name, or by one of them beside two more
    known headings, in one row or over two (group headings above, or vertical merges).

    Args:
        frame: the grid's frame.
        kinds: kinds whose headings count; None for those whose rows are projects.

    Returns:
        The best place, the first of equals; None where nothing looks like a header.
    """
    kinds = kinds or project_kinds()
    top = frame.head(HEADER_SEARCH_ROWS).rows()
    best: HeaderPlace | None = None
    for index, row in enumerate(top):
        identity = [i for i, cell in enumerate(row) if cell and _is_identity(cell, kinds)]
        if not identity:
            continue
        below = top[index + 1] if index + 1 < len(top) else None
        if below is not None and _is_lower_header(row, below, identity, kinds):
            spellings = tuple(two_row_headings(_clean(row), _clean(below)))
            sent = tuple(_joined(u, low) for u, low in zip(row, below, strict=True))
            last = index + 1
        else:
            spellings = tuple((cell,) if cell else () for cell in row)
            sent = tuple((cell or "").strip() for cell in row)
            last = index
        known = sum(any(_kinds_knowing(text, kinds) for text in texts) for texts in spellings)
        if (known >= 3 or len(identity) >= 2) and (best is None or known > best.known_count):
            best = HeaderPlace(index, last, spellings, sent, known)
    return best


def _clean(row: Sequence[str | None]) -> list[str | None]:
    return [cell.strip() or None if cell else None for cell in row]


def _joined(upper: str | None, lower: str | None) -> str:
    upper, lower = (upper or "").strip(), (lower or "").strip()
    if not upper or plain(upper) == plain(lower):
        return lower or upper
    return f"{upper}/{lower}" if lower else upper


def _is_lower_header(
    upper: Sequence[str | None],
    lower: Sequence[str | None],
    identity: Sequence[int],
    kinds: tuple[str, ...],
) -> bool:
    """Whether the row below is the second row of the header and not the first row of data."""
    if any(lower[i] and plain(lower[i]) != plain(upper[i]) for i in identity):
        return False
    texts = [cell for cell in lower if cell and cell.strip()]
    if any(_NUMBER.match(plain(text)) for text in texts):
        return False
    if not any(low and not up for up, low in zip(upper, lower, strict=True)):
        return False
    known = sum(bool(_kinds_knowing(text, kinds)) for text in texts)
    return known >= 1 and known * 2 >= len(texts)


@lru_cache(maxsize=1024)
def read_header(place: HeaderPlace, kind: str) -> ListHeader:
    """Understand the headings at a place with the vocabulary of a kind.

    Headings that both tables know (得分, 备注) belong to the project when they stand left of the
    indicator levels and to the indicator when they stand right of them.

    Args:
        place: where the header stands.
        kind: document kind to read it as.

    Returns:
        The header with what is missing.
    """
    source = kind_sources()[kind]
    vocabulary = load_vocabulary(kind)
    matches = [
        {
            table: match
            for table in _list_tables(source)
            if (match := vocabulary.match(table, *texts))
        }
        for texts in place.spellings
    ]
    level_columns = [
        i for i, m in enumerate(matches) if "indicators" in m and m["indicators"].field in LEVELS
    ]
    first_level = min(level_columns, default=len(matches))
    has_levels = bool(level_columns)
    chosen: list[tuple[str, Match] | None] = []
    for index, match in enumerate(matches):
        table = _table_of(match, index, first_level, has_levels, source)
        chosen.append((table, match[table]) if table else None)
    tables = _tables(chosen, has_levels, vocabulary, source)
    chosen = [
        c if c and (c[0] in tables or c[1].field in source.identity) else None for c in chosen
    ]
    best = _best_columns(chosen, source)
    _give_leftovers(chosen, matches, best, tables, source)
    columns, doubled = [], []
    for index, sent in enumerate(place.sent):
        pick = chosen[index]
        owner = pick and best.get(_slot(*pick, source))
        heading = pick[1].heading if pick else normalise(sent)
        if pick and owner == index:
            columns.append(Column(index, sent, pick[0], pick[1].field, heading))
        else:
            column = Column(index, sent, None, None, heading)
            columns.append(column)
            if pick:
                doubled.append(column)
    header = ListHeader(
        kind, place.first_row, place.last_row, tables, tuple(columns), (), tuple(doubled)
    )
    header = _with_tick_note(header, source)
    return _with_missing(header, vocabulary)


def _slot(table: str, match: Match, source: KindSource) -> tuple[str, str]:
    """Identity columns serve both tables at once."""
    return ("", match.field) if match.field in source.identity else (table, match.field)


def _table_of(
    match: dict[str, Match], index: int, first_level: int, has_levels: bool, source: KindSource
) -> str | None:
    if not match:
        return None
    if len(match) == 1:
        return next(iter(match))
    if not has_levels or match[source.main_table].field in source.identity:
        return source.main_table
    return "indicators" if index >= first_level else source.main_table


def _tables(
    chosen: Sequence[tuple[str, Match] | None],
    has_levels: bool,
    vocabulary: Vocabulary,
    source: KindSource,
) -> tuple[str, ...]:
    """Whether a sheet lists projects (units, records), indicators or both."""
    main = source.main_table
    if source.is_record:
        return (main,)
    measures = (set(vocabulary.required(main)) | source.money_fields(main)) - {
        *source.identity,
        "unit_name",
    }
    has_measures = any(c and c[0] == main and c[1].field in measures for c in chosen)
    if has_levels and not has_measures:
        return ("indicators",)
    return (main, "indicators") if has_levels else (main,)


def _best_columns(
    chosen: Sequence[tuple[str, Match] | None], source: KindSource
) -> dict[tuple[str, str], int]:
    """The column of each field: the first accepted heading wins, then the leftmost."""
    best: dict[tuple[str, str], int] = {}
    for index, pick in enumerate(chosen):
        if pick is None:
            continue
        slot = _slot(*pick, source)
        other = best.get(slot)
        if other is None or pick[1].rank < chosen[other][1].rank:
            best[slot] = index
    return best


def _give_leftovers(
    chosen: list[tuple[str, Match] | None],
    matches: Sequence[dict[str, Match]],
    best: dict[tuple[str, str], int],
    tables: Sequence[str],
    source: KindSource,
) -> None:
    """Let a column that lost its field serve the other table, where that field is still free."""
    for index, pick in enumerate(chosen):
        if pick is None or best[_slot(*pick, source)] == index:
            continue
        for table in tables:
            other = matches[index].get(table)
            if table != pick[0] and other and _slot(table, other, source) not in best:
                chosen[index] = (table, other)
                best[_slot(table, other, source)] = index
                break


def _with_tick_note(header: ListHeader, source: KindSource) -> ListHeader:
    """Tell the note beside tick columns from the reason column of the same heading."""
    settings = source.tables.get("indicators", {})
    note, ticks = settings.get("tick_note"), settings.get("tick_fields", ())
    if not note:
        return header
    has_ticks = any(c.table == "indicators" and c.field in ticks for c in header.columns)
    doubled = {c.index for c in header.doubled}
    columns = []
    for column in header.columns:
        is_note = column.heading.text == note["heading"] and (
            column.field == note["alone"] or column.index in doubled
        )
        if is_note and has_ticks:
            column = Column(
                column.index, column.sent, "indicators", note["beside_ticks"], column.heading
            )
            doubled.discard(column.index)
        columns.append(column)
    return ListHeader(
        header.kind,
        header.first_row,
        header.last_row,
        header.tables,
        tuple(columns),
        (),
        tuple(c for c in header.doubled if c.index in doubled),
    )


def _with_missing(header: ListHeader, vocabulary: Vocabulary) -> ListHeader:
    missing = [
        (table, name)
        for table in header.tables
        for name in vocabulary.required(table)
        if header.column_of(table, name) is None
    ]
    code, name = header.identity[0], header.identity[-1]
    if header.tables == ("indicators",) and header.column_of("indicators", name):
        missing = [m for m in missing if m[1] != code]
    return ListHeader(
        header.kind,
        header.first_row,
        header.last_row,
        header.tables,
        header.columns,
        tuple(dict.fromkeys(missing)),
        header.doubled,
    )


_CODED_NAME = r"^\[?[0-9]{8}[A-Za-z][0-9A-Za-z]{12}\]?[-_—－ ]?\D"


def names_hold_codes(frame: pl.DataFrame, header: ListHeader) -> bool:
    """Whether the cells of 项目名称 are 「编码-名称」, so that 项目编码 may be missing.

    Args:
        frame: the grid's frame.
        header: its header.

    Returns:
        True where at least half of the first hundred names begin with a project code.
    """
    column = header.column_of(header.main, "project_name")
    if column is None:
        return False
    names = frame.slice(header.last_row + 1, 100).to_series(column.index).drop_nulls()
    return len(names) > 0 and names.str.contains(_CODED_NAME).mean() >= 0.5


def complete_by_names(header: ListHeader, frame: pl.DataFrame) -> ListHeader:
    """Forgive a missing 项目编码 column where the names carry the codes."""
    if ("projects", "project_code") not in header.missing or not names_hold_codes(frame, header):
        return header
    return ListHeader(
        header.kind,
        header.first_row,
        header.last_row,
        header.tables,
        header.columns,
        tuple(m for m in header.missing if m[1] != "project_code"),
        header.doubled,
    )


@dataclass(frozen=True)
class MoneyUnit:
    """The unit of a block's amounts.

    Attributes:
        unit: 元, 万元, 亿元; None where none is stated, or headings disagree.
        problem: rule that is broken, None where the unit is known or there are no amounts.
        found: what was found, for the finding.
    """

    unit: str | None
    problem: str | None = None
    found: str = ""


def list_money_unit(header: ListHeader, titles: Sequence[str]) -> MoneyUnit:
    """The unit of a list's amounts: headings first, then a 「单位：万元」 line.

    Args:
        header: the list's header.
        titles: title rows.

    Returns:
        The unit or what is wrong with it.
    """
    source = kind_sources()[header.kind]
    amounts = [
        column
        for column in header.columns
        if column.table and column.field in source.money_fields(column.table)
    ]
    if not amounts:
        return MoneyUnit(None)
    stated = {c.sent: c.heading.unit for c in amounts if c.heading.unit}
    units = set(stated.values())
    if len(units) > 1:
        return MoneyUnit(None, "HEAD-005", "、".join(stated))
    unit = units.pop() if units else money_unit_in_titles(titles)
    if unit in MONEY_UNITS:
        return MoneyUnit(unit)
    return MoneyUnit(None, "HEAD-004", unit or "、".join(c.sent for c in amounts))
