"""What a sheet is: kind, tables, header, bureau, fiscal year, round and unit; or a refusal.

Content speaks first (title rows, column headings, columns that repeat year, code or round), then
the path. What contradicts or is missing is refused with what was found; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from ingest.headings import (
    MONEY_UNITS,
    Heading,
    Match,
    Vocabulary,
    document_kinds,
    load_vocabulary,
    normalise,
    plain,
    two_row_headings,
)
from ingest.readers.grid import Grid
from ingest.reference import KindSource, RoundCalendar, kind_sources, row_labels

HEADER_SEARCH_ROWS = 60
IDENTITY = ("project_code", "project_name")
LEVELS = ("level1", "level2", "level3")
NO_HEADING = Heading("", "")
_LONGEST_HEADING = 40

# --- evidence in texts ------------------------------------------------------------------------

_STAMP = re.compile(
    r"(?:填报|填表|打印|导出|制表|审核|报送|编制)?(?:日期|时间)[:]?[^,;，；)]*"
    r"|20\d\d年\d{1,2}月\d{1,2}日|20\d\d([-./])\d{1,2}\1\d{1,2}(?!\d)"
)
_YEAR_ALONE = re.compile(r"^\(?(20\d\d)年?度?\)?$")
_YEAR_BUDGET = re.compile(r"(20\d\d)年度")
_YEAR = re.compile(r"(20\d\d)年")
_PATH_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_STEM_YEAR = re.compile(r"(?<![0-9A-Za-z])(20\d\d)(?![0-9A-Za-z])(?![-.]\d{1,2}(?!\d))")
_MONTH_RANGE = re.compile(r"(?<![\d])0?1月?[-至到]+(\d{1,2})月")
_MONTH_END = re.compile(r"截[至止]到?(?:20\d\d年)?(\d{1,2})月|(?<![\d-])(\d{1,2})月(?:份)?[底末]")
_HALF_YEAR = re.compile(r"上半年|半年度")
_BARE_MONTH = re.compile(r"(?<![\d])(1[0-2]|0?[1-9])月(?!\d)")
_ORDINAL = re.compile(r"第([一二三四1-4])[次轮]|([一二三四])次(?:绩效)?(?:运行)?监控")
_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_NUMBER = re.compile(r"^[-+]?[\d,.]+%?$")
_UNIT_LINE = re.compile(
    r"单位[:]?(?:人民币)?[:]?(百万元|千元|万元|亿元|元)(?!/)|\((?:人民币)?(百万元|千元|万元|亿元|元)\)"
)
_REGION_CODE = re.compile(r"区划(?:代码)?[:]?(\d{6})(?:000)?(?!\d)")


def kind_in_text(text: str | None) -> str | None:
    """Name the kind that a title, sheet name or path component claims to be.

    Args:
        text: the text as sent.

    Returns:
        The document kind of lowest precedence number whose pattern occurs, or None.
    """
    spelled = plain(text)
    for source in kind_sources().values():
        if source.title_pattern.search(spelled):
            return source.kind
    return None


def years_in_title(titles: Iterable[str]) -> list[int]:
    """Fiscal years that title rows state, the strongest wording only.

    A row that is only 「（2020年度）」 is stronger than 「2020年度…」, that than 「2020年…」;
    dates of filling in or printing do not count.

    Args:
        titles: title rows as sent.

    Returns:
        Distinct years in order of appearance.
    """
    spelled = [_STAMP.sub("", plain(title)) for title in titles]
    for pattern in (_YEAR_ALONE, _YEAR_BUDGET, _YEAR):
        years = [int(year) for text in spelled for year in pattern.findall(text)]
        if years:
            return list(dict.fromkeys(years))
    return []


@dataclass(frozen=True)
class RoundHint:
    """What a text says of the monitoring round.

    Attributes:
        month_no: N of 「1-N月」, 「截至N月底」, 「N月底」.
        ordinal: n of 「第n次」.
    """

    month_no: int | None = None
    ordinal: int | None = None

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return self.month_no is not None or self.ordinal is not None


def round_hint(text: str | None, *, with_bare_month: bool = False) -> RoundHint:
    """Read a month label or an ordinal of monitoring.

    Args:
        text: title row, cell of 监控阶段, sheet name or path component.
        with_bare_month: accept 「5月」 as well (paths and 监控阶段 cells).

    Returns:
        The hint, false where there is none.
    """
    spelled = _STAMP.sub("", plain(text))
    month: int | None = None
    match = _MONTH_RANGE.search(spelled) or _MONTH_END.search(spelled)
    if match:
        month = int(next(group for group in match.groups() if group))
    elif _HALF_YEAR.search(spelled):
        month = 6
    elif with_bare_month and (bare := _BARE_MONTH.search(spelled)):
        month = int(bare.group(1))
    if month is not None and not 1 <= month <= 12:
        month = None
    ordinal = _ORDINAL.search(spelled)
    return RoundHint(month, _ORDINALS[ordinal[1] or ordinal[2]] if ordinal else None)


def money_unit_in_titles(titles: Iterable[str]) -> str | None:
    """The unit of a 「单位：万元」 line or of a title that ends in 「（万元）」.

    Args:
        titles: title rows as sent.

    Returns:
        元, 万元, 亿元, another unit's text where that is what it says, or None.
    """
    for title in titles:
        match = _UNIT_LINE.search(plain(title))
        if match:
            return match.group(1) or match.group(2)
    return None


def codes_in_titles(titles: Iterable[str]) -> set[str]:
    """6-digit region codes written as 「区划代码：650102000」 in title rows."""
    return {code for title in titles for code in _REGION_CODE.findall(plain(title))}


@dataclass(frozen=True)
class PathHints:
    """What the path of a file says, the innermost component first.

    Attributes:
        kinds: claimed kinds, distinct.
        years: years clearly stated as such, distinct.
        labels: rounds by 「1-N月」 or 「第n次」.
        bare_months: months by 「5月」 alone, which may be the month of sending.
    """

    kinds: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    labels: tuple[RoundHint, ...] = ()
    bare_months: tuple[int, ...] = ()


def path_hints(source_file: str, project_names: Sequence[str] = ()) -> PathHints:
    """Read kind, year and round from a path.

    Args:
        source_file: path in the inbox; members of a zip behind `!`.
        project_names: names whose years are not the file's (a form named after its project).

    Returns:
        The hints.
    """
    components = [c for c in re.split(r"[/\\!]", source_file) if c]
    kinds: list[str] = []
    years: list[int] = []
    labels: list[RoundHint] = []
    months: list[int] = []
    names = [plain(name) for name in project_names if name]
    for depth, component in enumerate(reversed(components)):
        text = plain(component)
        is_file = depth == 0 or text.lower().endswith(".zip")
        if is_file:
            text = re.sub(r"(?:\.[A-Za-z0-9]{1,5})+$", "", text)
            for name in names:
                text = text.replace(name, "")
        kind = kind_in_text(text)
        if kind:
            kinds.append(kind)
        bare = _STAMP.sub("", text)
        found = [int(y) for y in _PATH_YEAR.findall(bare)]
        if is_file:
            found += [int(y) for y in _STEM_YEAR.findall(bare)]
        elif re.fullmatch(r"20\d\d", bare):
            found.append(int(bare))
        years += found
        hint = round_hint(text)
        if hint:
            labels.append(hint)
        else:
            month = round_hint(text, with_bare_month=True).month_no
            if month:
                months.append(month)
    return PathHints(
        tuple(dict.fromkeys(kinds)),
        tuple(dict.fromkeys(years)),
        tuple(dict.fromkeys(labels)),
        tuple(dict.fromkeys(months)),
    )


# --- the header of a list ---------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes:
        index: 0-based column of the grid.
        sent: heading as sent (group and sub-heading joined where there are two), may be empty.
        table: projects or indicators; None where the heading is unknown.
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
        tables: which of projects and indicators the sheet serves.
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

    def column_of(self, table: str, name: str) -> Column | None:
        """The column of a field."""
        for column in self.columns:
            if column.field == name and (column.table == table or name in IDENTITY):
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


@lru_cache(maxsize=20_000)
def _kinds_knowing(text: str) -> frozenset[tuple[str, str]]:
    """Kinds and fields that know a cell's text as a heading."""
    if len(text) > _LONGEST_HEADING:
        return frozenset()
    known = set()
    for kind in document_kinds():
        vocabulary = load_vocabulary(kind)
        for table in ("projects", "indicators"):
            match = vocabulary.match(table, text)
            if match:
                known.add((kind, match.field))
    return frozenset(known)


@lru_cache(maxsize=20_000)
def _is_identity(text: str) -> bool:
    return any(name in IDENTITY for _, name in _kinds_knowing(text))


@dataclass(frozen=True)
class HeaderPlace:
    """Where a header seems to stand: rows and the spellings to try per column."""

    first_row: int
    last_row: int
    spellings: tuple[tuple[str, ...], ...]
    sent: tuple[str, ...]
    known_count: int


def find_header_place(frame: pl.DataFrame) -> HeaderPlace | None:
    """Locate the header row(s) of a list by its labels.

    A header names the project by code and name, or by one of them beside two more known headings,
    in one row or over two (group headings above, or vertical merges).

    Args:
        frame: the grid's frame.

    Returns:
        The best place, the first of equals; None where nothing looks like a header.
    """
    top = frame.head(HEADER_SEARCH_ROWS).rows()
    best: HeaderPlace | None = None
    for index, row in enumerate(top):
        identity = [i for i, cell in enumerate(row) if cell and _is_identity(cell)]
        if not identity:
            continue
        below = top[index + 1] if index + 1 < len(top) else None
        if below is not None and _is_lower_header(row, below, identity):
            spellings = tuple(two_row_headings(_clean(row), _clean(below)))
            sent = tuple(_joined(u, low) for u, low in zip(row, below, strict=True))
            last = index + 1
        else:
            spellings = tuple((cell,) if cell else () for cell in row)
            sent = tuple((cell or "").strip() for cell in row)
            last = index
        known = sum(any(_kinds_knowing(text) for text in texts) for texts in spellings)
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
    upper: Sequence[str | None], lower: Sequence[str | None], identity: Sequence[int]
) -> bool:
    """Whether the row below is the second row of the header and not the first row of data."""
    if any(lower[i] and plain(lower[i]) != plain(upper[i]) for i in identity):
        return False
    texts = [cell for cell in lower if cell and cell.strip()]
    if any(_NUMBER.match(plain(text)) for text in texts):
        return False
    if not any(low and not up for up, low in zip(upper, lower, strict=True)):
        return False
    known = sum(bool(_kinds_knowing(text)) for text in texts)
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
            for table in ("projects", "indicators")
            if source.has_table(table) and (match := vocabulary.match(table, *texts))
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
        table = _table_of(match, index, first_level, has_levels)
        chosen.append((table, match[table]) if table else None)
    tables = _tables(chosen, has_levels, vocabulary, source)
    chosen = [c if c and (c[0] in tables or c[1].field in IDENTITY) else None for c in chosen]
    best = _best_columns(chosen)
    _give_leftovers(chosen, matches, best, tables)
    columns, doubled = [], []
    for index, sent in enumerate(place.sent):
        pick = chosen[index]
        owner = pick and best.get(_slot(*pick))
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


def _slot(table: str, match: Match) -> tuple[str, str]:
    """Identity columns serve both tables at once."""
    return ("", match.field) if match.field in IDENTITY else (table, match.field)


def _table_of(
    match: dict[str, Match], index: int, first_level: int, has_levels: bool
) -> str | None:
    if not match:
        return None
    if len(match) == 1:
        return next(iter(match))
    if not has_levels or match["projects"].field in IDENTITY:
        return "projects"
    return "indicators" if index >= first_level else "projects"


def _tables(
    chosen: Sequence[tuple[str, Match] | None],
    has_levels: bool,
    vocabulary: Vocabulary,
    source: KindSource,
) -> tuple[str, ...]:
    """Whether a sheet lists projects, indicators or both."""
    measures = (set(vocabulary.required("projects")) | source.money_fields("projects")) - {
        *IDENTITY,
        "unit_name",
    }
    has_measures = any(c and c[0] == "projects" and c[1].field in measures for c in chosen)
    if has_levels and not has_measures:
        return ("indicators",)
    return ("projects", "indicators") if has_levels else ("projects",)


def _best_columns(chosen: Sequence[tuple[str, Match] | None]) -> dict[tuple[str, str], int]:
    """The column of each field: the first accepted heading wins, then the leftmost."""
    best: dict[tuple[str, str], int] = {}
    for index, pick in enumerate(chosen):
        if pick is None:
            continue
        slot = _slot(*pick)
        other = best.get(slot)
        if other is None or pick[1].rank < chosen[other][1].rank:
            best[slot] = index
    return best


def _give_leftovers(
    chosen: list[tuple[str, Match] | None],
    matches: Sequence[dict[str, Match]],
    best: dict[tuple[str, str], int],
    tables: Sequence[str],
) -> None:
    """Let a column that lost its field serve the other table, where that field is still free."""
    for index, pick in enumerate(chosen):
        if pick is None or best[_slot(*pick)] == index:
            continue
        for table in tables:
            other = matches[index].get(table)
            if table != pick[0] and other and _slot(table, other) not in best:
                chosen[index] = (table, other)
                best[_slot(table, other)] = index
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
    if header.tables == ("indicators",) and header.column_of("indicators", "project_name"):
        missing = [m for m in missing if m[1] != "project_code"]
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
    column = header.column_of("projects", "project_name")
    if column is None:
        return False
    names = frame.slice(header.last_row + 1, 100).to_series(column.index).drop_nulls()
    return len(names) > 0 and names.str.contains(_CODED_NAME).mean() >= 0.5


def choose_kind(
    place: HeaderPlace, frame: pl.DataFrame, title_kind: str | None, weak_kinds: Sequence[str]
) -> ListHeader | None:
    """Settle the kind of a list: its title decides, else the claim that the headings bear out.

    Args:
        place: where the header stands.
        frame: the grid's frame.
        title_kind: kind that the title rows claim.
        weak_kinds: kinds claimed by sheet name, other sheets and path, the strongest first.

    Returns:
        The header under that kind (it may lack required headings); None where nothing claims a
        kind and the headings fit none, or two equally well.
    """
    if title_kind:
        return complete_by_names(read_header(place, title_kind), frame)
    claimed = [complete_by_names(read_header(place, k), frame) for k in dict.fromkeys(weak_kinds)]
    fitting = [header for header in claimed if header.is_complete]
    if fitting:
        return max(fitting, key=lambda header: header.matched_count)
    if claimed:
        return claimed[0]
    every = [complete_by_names(read_header(place, kind), frame) for kind in kind_sources()]
    fitting = sorted(
        (header for header in every if header.is_complete), key=_signature_strength, reverse=True
    )
    if not fitting:
        return None
    if len(fitting) > 1 and _signature_strength(fitting[0]) == _signature_strength(fitting[1]):
        return None
    return fitting[0]


def _signature_strength(header: ListHeader) -> tuple[int, int]:
    vocabulary = load_vocabulary(header.kind)
    required = sum(len(vocabulary.required(table)) for table in header.tables)
    return required, header.matched_count


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


# --- title rows -------------------------------------------------------------------------------


def row_texts(frame: pl.DataFrame, first: int, count: int) -> list[str]:
    """The texts of some rows, each row's cells joined by a space.

    Args:
        frame: the grid's frame.
        first: 0-based first row.
        count: number of rows.

    Returns:
        One text per row that is not blank.
    """
    texts = [
        " ".join(cell.strip() for cell in row if cell and cell.strip())
        for row in frame.slice(first, count).rows()
    ]
    return [text for text in texts if text]


def title_kind(titles: Iterable[str]) -> str | None:
    """The kind that the first speaking title row claims."""
    for title in titles:
        kind = kind_in_text(title)
        if kind:
            return kind
    return None


def is_ignorable_sheet(grid: Grid) -> bool:
    """Whether a sheet explains or lists codes, by its name."""
    return bool(row_labels().ignorable_sheets.search(plain(grid.sheet)))


# --- year and round ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Settled:
    """A value settled from evidence, or the rule that stopped it.

    Attributes:
        value: the year, or the round.
        problem: rule that is broken.
        found: what was found, in words, for the finding.
        month_no: month of the label, for rounds.
    """

    value: int | None = None
    problem: str | None = None
    found: str = ""
    month_no: int | None = None


def settle_year(
    kind: str, content: Sequence[int], siblings: Sequence[int], hints: PathHints
) -> Settled:
    """Settle the fiscal year: content, then the other sheets, then the path.

    Args:
        kind: document kind; a self-evaluation's folder may carry the work year.
        content: years that this sheet states.
        siblings: years that other sheets of the file state.
        hints: what the path says.

    Returns:
        The year, or `FILE-203` (none) or `FILE-204` (contradiction).
    """
    stated = list(dict.fromkeys(content)) or list(dict.fromkeys(siblings))
    if len(stated) > 1:
        return Settled(None, "FILE-204", "、".join(f"{year}年" for year in stated))
    if stated:
        year = stated[0]
        allowed = {year, year + kind_sources()[kind].work_year_offset}
        if hints.years and not allowed & set(hints.years):
            path = "、".join(f"{y}年" for y in hints.years)
            return Settled(None, "FILE-204", f"表内为{year}年，路径或文件名为{path}")
        return Settled(year)
    if hints.years:
        return Settled(hints.years[0])
    return Settled(None, "FILE-203", "标题、预算年度列、路径中均未找到年度")


def settle_round(
    content: Sequence[RoundHint],
    siblings: Sequence[RoundHint],
    hints: PathHints,
    fiscal_year: int,
    calendar: RoundCalendar,
) -> Settled:
    """Settle the monitoring round: content, then the other sheets, then the path.

    Args:
        content: hints of this sheet's titles and headings.
        siblings: hints of other sheets of the file.
        hints: what the path says; a bare month there may be the month of sending, so it never
            contradicts.
        fiscal_year: 预算年度.
        calendar: dated calendar of rounds.

    Returns:
        The round with its month, or `FILE-205` (none) or `FILE-206` (contradiction).
    """
    own = [hint for hint in content if hint] or [hint for hint in siblings if hint]
    candidates = own or list(hints.labels)
    rounds = _rounds(candidates, fiscal_year, calendar)
    if len(rounds) > 1:
        return Settled(None, "FILE-206", "、".join(rounds.values()))
    if own and hints.labels:
        path = _rounds(hints.labels, fiscal_year, calendar)
        if not set(path) & set(rounds):
            return Settled(
                None,
                "FILE-206",
                f"表内为{next(iter(rounds.values()))}，路径或文件名为{'、'.join(path.values())}",
            )
    if not rounds and hints.bare_months:
        candidates = [RoundHint(hints.bare_months[0])]
        rounds = _rounds(candidates, fiscal_year, calendar)
    if not rounds:
        return Settled(None, "FILE-205", "标题、列标题、监控阶段列、路径中均未找到监控月份或次数")
    month = next((hint.month_no for hint in candidates if hint.month_no), None)
    return Settled(next(iter(rounds)), month_no=month)


def _rounds(
    hints: Iterable[RoundHint], fiscal_year: int, calendar: RoundCalendar
) -> dict[int, str]:
    """Rounds that hints lead to, with the words that said so.

    A month that the calendar knows and an ordinal both count; a month that it does not know keeps
    its own number only where no ordinal is given.
    """
    known: dict[int, str] = {}
    unknown: dict[int, str] = {}
    for hint in hints:
        if hint.month_no is not None:
            round_no, is_known = calendar.round_of(hint.month_no, fiscal_year)
            (known if is_known else unknown).setdefault(round_no, f"1-{hint.month_no}月")
        if hint.ordinal is not None:
            known.setdefault(hint.ordinal, f"第{hint.ordinal}次")
    return known or unknown


@dataclass(frozen=True)
class SheetEvidence:
    """What the texts of one sheet say, before the sheets of a file are weighed together."""

    titles: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    hints: tuple[RoundHint, ...] = field(default_factory=tuple)


def sheet_evidence(titles: Sequence[str], header: ListHeader | None) -> SheetEvidence:
    """Gather year and round evidence of a sheet.

    Args:
        titles: title rows.
        header: its list header, where it is a list.

    Returns:
        The evidence.
    """
    hints = [round_hint(title) for title in titles]
    if header:
        hints += [RoundHint(month) for month in header.month_numbers]
    return SheetEvidence(
        tuple(titles), tuple(years_in_title(titles)), tuple(hint for hint in hints if hint)
    )
