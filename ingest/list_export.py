"""List exports to raw rows: one row per project, unit or record, or per project × indicator.

Every physical row gets exactly one class: title, header, total, note, blank, data or set aside.
Cells are passed on as sent, but for outer white space.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from ingest.evidence import (
    RoundHint,
    round_hint,
)
from ingest.findings import Finding
from ingest.headings import load_vocabulary, plain
from ingest.list_header import (
    LEVELS,
    Column,
    ListHeader,
)
from ingest.list_totals import total_findings
from ingest.parsed import (
    ROW_PROVENANCE,
    SET_ASIDE_SCHEMA,
    SheetPart,
    column_letter,
    row_text,
)
from ingest.readers.grid import Grid
from ingest.reference import Roster, RoundCalendar, row_labels

FINDINGS_PER_RULE = 50
_VERSION_FIELDS = ("review_status", "is_deleted", "updated_at")
_YEAR_IN_CELL = r"^\D{0,4}(20\d{2})(?:\.0+)?年?度?$"
_CODE_IN_CELL = r"^\D{0,2}(\d{6})(?:000)?(?:\D.*)?$"


@dataclass(frozen=True)
class ListSlot:
    """What is settled about a list before its rows are read.

    Attributes:
        bureau_code: 6-digit code of the folder.
        fiscal_year: 预算年度 of the sheet.
        round_no: round that titles, headings or path state; None where only 监控阶段 says it.
        month_no: month of that round's label.
        money_unit: unit of the amounts, None where unknown.
    """

    bureau_code: str
    fiscal_year: int
    round_no: int | None = None
    month_no: int | None = None
    money_unit: str | None = None


def read_list(
    grid: Grid, header: ListHeader, slot: ListSlot, calendar: RoundCalendar, roster: Roster
) -> list[SheetPart]:
    """Read a recognised list.

    Args:
        grid: the sheet.
        header: its header.
        slot: what is settled about it.
        calendar: dated calendar of monitoring rounds.
        roster: bureaus, to know a code before and after a change as one bureau.

    Returns:
        One part per slot: one, or one per round that the column 监控阶段 holds. Rows of no data are
        counted on the first.
    """
    frame = _tidy(grid.frame)
    classed = _classify(frame, header)
    counts = dict(classed["class"].value_counts().iter_rows())
    data = classed.filter(pl.col("class") == "data")
    rows = _assign_projects(data, header)
    rows = _check_rows(rows, header, slot, calendar, roster)
    aside = pl.concat(
        [
            _set_aside(classed.filter(pl.col("class") == "set_aside"), pl.lit("ROW-002"), frame),
            _set_aside(rows.filter(pl.col("rule").is_not_null()), pl.col("rule"), frame),
        ]
    )
    rows = rows.filter(pl.col("rule").is_null())
    rows, repeated = _keep_projects(rows, header)
    aside = pl.concat([aside, _set_aside(repeated, pl.lit("ROW-007"), frame)]).sort("_source_row")

    parts = []
    for (round_no, month_no), members in _by_round(rows, slot):
        part = SheetPart(header.kind, slot.fiscal_year, round_no, month_no, "list", grid.sheet)
        part.tables = _tables(members, header, slot.money_unit)
        part.positions = _positions(header)
        part.findings += _disagreements(members, header, grid.sheet)
        parts.append(part)
    if not parts:
        parts = [
            SheetPart(
                header.kind, slot.fiscal_year, slot.round_no, slot.month_no, "list", grid.sheet
            )
        ]
    first = parts[0]
    first.set_aside = aside
    first.counts = {
        name: counts.get(name, 0) for name in ("title", "header", "total", "note", "blank")
    }
    if len(parts) == 1 and not len(aside):
        first.findings += total_findings(classed, first, header)
    first.findings += _row_findings(aside, header, slot, grid.sheet)
    first.findings += _heading_findings(data, header, grid.sheet)
    return parts


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Trim outer white space, make empty cells null, number the rows from 1."""
    frame = frame.select(pl.all().str.strip_chars())
    has_empty = frame.select((pl.all() == "").any()).row(0)
    return frame.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("_source_row"),
        *[
            pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) if empty else pl.col(name)
            for name, empty in zip(frame.columns, has_empty, strict=True)
        ],
    )


def _cells(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name[0] == "c" and name[1:].isdigit()]


def _cell(column: Column | None) -> pl.Expr:
    return pl.col(f"c{column.index}") if column else pl.lit(None, dtype=pl.String)


def _identity_cells(header: ListHeader) -> list[pl.Expr]:
    """The cells that name a row's project, unit or record; null where the sheet lacks one."""
    return [_cell(header.column_of(header.main, field)) for field in header.identity]


def _spelled(expression: pl.Expr) -> pl.Expr:
    """A label without white space and with round brackets, as in `headings.plain`."""
    spelled = expression.str.replace_all(r"[\s\u{200b}\u{feff}]+", "")
    return spelled.str.replace_many(["：", "（", "）"], [":", "(", ")"])


def _classify(frame: pl.DataFrame, header: ListHeader) -> pl.DataFrame:
    """Give every physical row its class.

    Args:
        frame: tidy cells with `_source_row`.
        header: the header.

    Returns:
        The frame with a column `class`; rows of unknown standing are `set_aside`.
    """
    cells = _cells(frame)
    named = _identity_cells(header)
    frame = frame.with_columns(
        pl.coalesce(cells).alias("first"),
        pl.sum_horizontal(pl.col(cells).is_not_null()).alias("filled"),
    )
    width = sum(column.field is not None for column in header.columns)
    identity = pl.any_horizontal([cell.is_not_null() for cell in named])
    has_content = identity
    content = [
        _cell(column).is_not_null()
        for column in header.columns
        if column.table == "indicators" and column.field not in header.identity
    ]
    if header.tables == ("indicators",):
        has_content = pl.any_horizontal(content)
    elif content:
        has_content = identity | pl.any_horizontal(content)
    row = pl.col("_source_row")
    is_data = has_content & ((pl.col("filled") > 1) | pl.lit(width <= 1))
    classed = frame.with_columns(
        pl.when(pl.col("filled") == 0)
        .then(pl.lit("blank"))
        .when(row <= header.first_row)
        .then(pl.lit("title"))
        .when(row.is_in(_header_rows(frame, header, cells)))
        .then(pl.lit("header"))
        .when(row.is_in(_repeated_title_rows(frame, header)))
        .then(pl.lit("title"))
        .when(row.is_in(_total_rows(frame, header)))
        .then(pl.lit("total"))
        .when(row.is_in(_note_rows(frame, width)))
        .then(pl.lit("note"))
        .when(is_data)
        .then(pl.lit("data"))
        .otherwise(pl.lit("set_aside"))
        .alias("class")
    )
    last_data = classed.filter(pl.col("class") == "data")["_source_row"].max() or 0
    is_trailer = (pl.col("class") == "set_aside") & (row > last_data) & (pl.col("filled") <= 2)
    return classed.with_columns(
        pl.when(is_trailer & (~identity | (pl.col("filled") == 1)))
        .then(pl.lit("note"))
        .otherwise(pl.col("class"))
        .alias("class")
    )


def _numbers(rows: pl.DataFrame) -> list[int]:
    return rows["_source_row"].to_list()


def _total_rows(frame: pl.DataFrame, header: ListHeader) -> list[int]:
    """Rows labelled 合计, 小计, 总分 … where a project or an indicator would be named.

    Rows are first narrowed by the last character of their labels, which costs little.
    """
    labels = row_labels()
    named = _identity_cells(header)
    levels = [_cell(header.column_of("indicators", field)) for field in LEVELS]
    first = pl.col("first")
    places = [first, *named, *levels]
    candidates = frame.filter(
        pl.any_horizontal([p.str.contains(labels.label_end).fill_null(False) for p in places])
    )

    def is_label(place: pl.Expr) -> pl.Expr:
        return _spelled(place).str.contains(labels.total).fill_null(False)

    no_identity = pl.all_horizontal([cell.is_null() | is_label(cell) for cell in named])
    has_level_label = pl.any_horizontal([is_label(level) for level in levels])
    no_level = pl.all_horizontal([level.is_null() | is_label(level) for level in levels])
    # 「合计」 in the column of numbers is a total, whatever stands under the name (「共2项」)
    numbered = [
        is_label(_cell(column))
        for column in header.columns
        if column.field is None and column.heading.text in labels.ignorable_headings
    ]
    is_numbered_total = pl.any_horizontal(numbered) if numbered else pl.lit(False)
    is_suffixed = _spelled(first).str.contains(labels.total_suffix).fill_null(False)
    is_named = pl.any_horizontal([is_label(place) for place in (first, *named)])
    is_named = is_named | (is_suffixed & pl.all_horizontal([cell.is_null() for cell in named]))
    return _numbers(
        candidates.filter(
            no_level & (has_level_label | (no_identity & is_named) | is_numbered_total)
        )
    )


def _note_rows(frame: pl.DataFrame, width: int) -> list[int]:
    """Rows that begin with 注：, 填表人 … and leave at least half of the columns empty.

    A line for signatures (「填报人：」 「联系电话：」 「审核人：」) fills a narrow list: there
    every cell is such a label.
    """
    note = row_labels().note
    begins = frame.filter(_spelled(pl.col("first")).str.contains(note))
    only_labels = pl.all_horizontal(
        [pl.col(c).is_null() | _spelled(pl.col(c)).str.contains(note) for c in _cells(frame)]
    )
    return _numbers(begins.filter((pl.col("filled") * 2 <= max(width, 4)) | only_labels))


def _header_cells(frame: pl.DataFrame, row: int) -> dict[str, str]:
    return {
        name: value
        for name, value in zip(_cells(frame), frame.select(_cells(frame)).row(row), strict=True)
        if value is not None
    }


def _header_rows(frame: pl.DataFrame, header: ListHeader, cells: Sequence[str]) -> list[int]:
    """Rows of the header, of its repetitions at page breaks, and of a numbering under it.

    A row repeats a header row where most of its first texts stand there again.
    """
    rows = list(range(header.first_row + 1, header.last_row + 2))
    for row in range(header.first_row, header.last_row + 1):
        texts = dict(list(_header_cells(frame, row).items())[:8])
        equal = pl.sum_horizontal(
            [(pl.col(name) == text).fill_null(False) for name, text in texts.items()]
        )
        is_repeated = equal >= max(1, -(-len(texts) * 3 // 5))
        if len(texts) < 3:
            is_repeated = is_repeated & (pl.col("filled") == len(texts))
        rows += _numbers(frame.filter(is_repeated & (pl.col("_source_row") > rows[0])))
    return rows + _numbering_row(frame, header, cells)


def _repeated_title_rows(frame: pl.DataFrame, header: ListHeader) -> list[int]:
    titles = [
        text
        for row in range(header.first_row)
        for text in list(_header_cells(frame, row).values())[:1]
    ]
    few = frame.filter((pl.col("filled") <= 2) & (pl.col("_source_row") > header.first_row))
    return _numbers(few.filter(pl.col("first").is_in(titles))) if titles else []


def _numbering_row(frame: pl.DataFrame, header: ListHeader, cells: Sequence[str]) -> list[int]:
    """The row right under the header that only numbers the columns (1 2 3, 栏次, 甲 乙)."""
    row = header.last_row + 1
    if row >= frame.height:
        return []
    texts = [plain(text) for text in frame.select(cells).row(row) if text]
    numbers = pl.Series(texts, dtype=pl.String).str.contains(row_labels().numbering)
    return [row + 1] if len(texts) >= 3 and numbers.all() else []


# --- projects and their rows ------------------------------------------------------------------


def _assign_projects(data: pl.DataFrame, header: ListHeader) -> pl.DataFrame:
    """Tell which project each data row belongs to.

    A project begins where its code (or, without code, its name) differs from the one above, or
    its status or time of update does; rows with blank code and name continue the one above. A
    project met again further down continues its first rows, unless it begins with the same
    indicator again, which is the same project exported twice.

    Args:
        data: data rows in order.
        header: the header.

    Returns:
        The rows with `project` (0 for rows before any project).
    """
    if "indicators" not in header.tables:
        return data.with_columns(pl.col("_source_row").alias("project"))
    code, name = _identity_cells(header)
    versions = [
        _cell(column)
        for field in _VERSION_FIELDS
        if (column := header.column_of(header.main, field)) is not None
    ]
    data = data.with_columns(
        code.alias("code"), name.alias("name"), *[v.alias(f"v{i}") for i, v in enumerate(versions)]
    )
    marks = ["code", "name", *[f"v{i}" for i in range(len(versions))]]
    above = {mark: pl.col(mark).forward_fill().shift(1) for mark in marks}
    has_identity = pl.col("code").is_not_null() | pl.col("name").is_not_null()
    differs = (
        pl.when(pl.col("code").is_not_null())
        .then(pl.col("code").ne_missing(above["code"]))
        .otherwise(pl.col("name").is_not_null() & pl.col("name").ne_missing(above["name"]))
    )
    for mark in marks[2:]:
        differs = differs | (pl.col(mark).is_not_null() & pl.col(mark).ne_missing(above[mark]))
    data = data.with_columns((has_identity & differs).cum_sum().alias("run"))
    first_of = [
        _cell(header.column_of("indicators", field)).drop_nulls().first().alias(f"first_{field}")
        for field in ("level3", "target_value")
    ]
    runs = (
        data.group_by("run", maintain_order=True)
        .agg(*[pl.col(mark).first() for mark in marks], *first_of)
        .with_columns(
            pl.when(pl.col("run") == 0)
            .then(None)
            .when(pl.col("code").is_not_null())
            .then(pl.struct([m for m in marks if m != "name"]).hash())
            .otherwise(pl.struct(marks[1:]).hash())
            .alias("key")
        )
        .with_columns(
            pl.when(
                pl.int_range(pl.len()).over("key") == 0,
            )
            .then(True)
            .otherwise(
                pl.struct("first_level3", "first_target_value")
                == pl.struct("first_level3", "first_target_value").first().over("key")
            )
            .alias("begins")
        )
        .with_columns(
            pl.when(pl.col("begins"))
            .then(pl.col("run"))
            .forward_fill()
            .over("key")
            .alias("project")
        )
        .with_columns(
            pl.when(pl.col("run") == 0).then(0).otherwise(pl.col("project")).alias("project")
        )
    )
    return data.join(
        runs.select("run", "project"), on="run", how="left", maintain_order="left"
    ).drop("code", "name", *marks[2:])


def _stated(rows: pl.DataFrame, column: Column, name: str) -> pl.DataFrame:
    """Add a column of the project that continued rows take from their project's rows."""
    cell = _cell(column)
    if rows[f"c{column.index}"].null_count():
        cell = pl.coalesce(cell, cell.drop_nulls().first().over("project"))
    return rows.with_columns(cell.alias(name))


def _texts_unlike(rows: pl.DataFrame, name: str, pattern: str, wanted: Sequence[str]) -> list[str]:
    """Distinct texts of a column from which a pattern takes none of the wanted values."""
    texts = rows.select(pl.col(name).drop_nulls().unique())
    taken = pl.col(name).str.extract(pattern, 1)
    return texts.filter(~taken.is_in(list(wanted)).fill_null(False))[name].to_list()


def _check_rows(
    rows: pl.DataFrame,
    header: ListHeader,
    slot: ListSlot,
    calendar: RoundCalendar,
    roster: Roster,
) -> pl.DataFrame:
    """Find rows that are not of the sheet's year, bureau or round.

    Args:
        rows: data rows with `project`.
        header: the header.
        slot: what is settled about the sheet.
        calendar: calendar of rounds.
        roster: bureaus.

    Returns:
        The rows with `rule` (null for good rows), `round_no` and `month_no`.
    """
    rule = pl.when(pl.col("project") == 0).then(pl.lit("ROW-002"))
    own = sorted({slot.bureau_code} | {o for p in roster.same if slot.bureau_code in p for o in p})
    for field, pattern, wanted, rule_id in (
        (header.year_field, _YEAR_IN_CELL, [str(slot.fiscal_year)], "ROW-003"),
        ("bureau_code", _CODE_IN_CELL, own if slot.bureau_code else [], "ROW-004"),
    ):
        column = header.column_of(header.main, field)
        if column and wanted:
            rows = _stated(rows, column, f"stated_{field}")
            unlike = _texts_unlike(rows, f"stated_{field}", pattern, wanted)
            rule = rule.when(pl.col(f"stated_{field}").is_in(unlike)).then(pl.lit(rule_id))
    rows = rows.with_columns(
        pl.lit(slot.round_no, dtype=pl.Int32).alias("round_no"),
        pl.lit(slot.month_no, dtype=pl.Int32).alias("month_no"),
    )
    stage = header.column_of(header.main, "round")
    if stage:
        rows = _with_stage_rounds(rows, stage, slot, calendar)
        is_other = (
            pl.lit(False)
            if slot.round_no is None
            else pl.col("stage_round").is_not_null() & (pl.col("stage_round") != slot.round_no)
        )
        is_unreadable = pl.col("stage").is_not_null() & pl.col("stage_round").is_null()
        rule = rule.when(is_other | is_unreadable | pl.col("round_no").is_null()).then(
            pl.lit("ROW-005")
        )
    return rows.with_columns(rule.otherwise(None).alias("rule"))


def stage_rounds(
    texts: Sequence[str], fiscal_year: int, calendar: RoundCalendar
) -> dict[str, tuple[int, int | None]]:
    """Read the distinct cells of 监控阶段.

    Args:
        texts: distinct cells.
        fiscal_year: 预算年度.
        calendar: calendar of rounds.

    Returns:
        Round and month by text; texts that say no round are left out.
    """
    rounds = {}
    for text in texts:
        hint: RoundHint = round_hint(text, with_bare_month=True)
        if hint.month_no is not None:
            round_no, is_known = calendar.round_of(hint.month_no, fiscal_year)
            if not is_known and hint.ordinal is not None:
                round_no = hint.ordinal
            rounds[text] = (round_no, hint.month_no)
        elif hint.ordinal is not None:
            rounds[text] = (hint.ordinal, None)
    return rounds


def _with_stage_rounds(
    rows: pl.DataFrame, stage: Column, slot: ListSlot, calendar: RoundCalendar
) -> pl.DataFrame:
    rows = _stated(rows, stage, "stage")
    texts = rows["stage"].drop_nulls().unique().to_list()
    rounds = stage_rounds(texts, slot.fiscal_year, calendar)
    if slot.round_no is None and len({number for number, _ in rounds.values()}) == 1:
        only = next(iter(rounds.values()))
        rows = rows.with_columns(
            pl.lit(only[0], dtype=pl.Int32).alias("round_no"),
            pl.lit(only[1], dtype=pl.Int32).alias("month_no"),
        )
    lookup = pl.DataFrame(
        [(text, number, month) for text, (number, month) in rounds.items()],
        schema={"stage": pl.String, "stage_round": pl.Int32, "stage_month": pl.Int32},
        orient="row",
    )
    return rows.join(lookup, on="stage", how="left", maintain_order="left").with_columns(
        pl.coalesce("round_no", "stage_round").alias("round_no"),
        pl.coalesce("month_no", "stage_month").alias("month_no"),
    )


def _keep_projects(rows: pl.DataFrame, header: ListHeader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mark the first row of each project; rows that add neither project nor indicator fall out.

    Args:
        rows: good rows.
        header: the header.

    Returns:
        Rows with `project_row`, `is_first`, `has_indicator`; and the rows that add nothing.
    """
    rows = rows.with_columns(pl.col("_source_row").min().over("project").alias("project_row"))
    rows = rows.with_columns((pl.col("_source_row") == pl.col("project_row")).alias("is_first"))
    content = [
        _cell(column).is_not_null()
        for column in header.columns
        if column.table == "indicators" and column.field not in header.identity
    ]
    has_indicator = pl.any_horizontal(content) if content else pl.lit(False)
    rows = rows.with_columns(has_indicator.alias("has_indicator"))
    adds = pl.col("has_indicator")
    if header.main in header.tables:
        adds = adds | pl.col("is_first")
    return rows.filter(adds), rows.filter(~adds)


def _by_round(
    rows: pl.DataFrame, slot: ListSlot
) -> list[tuple[tuple[int | None, int | None], pl.DataFrame]]:
    """Split good rows by round, in order of round."""
    if rows.is_empty():
        return []
    numbers = rows["round_no"].unique().sort().to_list()
    if len(numbers) == 1:
        return [((numbers[0], rows["month_no"].drop_nulls().first()), rows)]
    parts = []
    for number in numbers:
        members = rows.filter(pl.col("round_no") == number)
        members = members.with_columns(
            pl.col("_source_row").min().over("project").alias("project_row")
        ).with_columns((pl.col("_source_row") == pl.col("project_row")).alias("is_first"))
        parts.append(((number, members["month_no"].drop_nulls().first()), members))
    return parts


# --- raw rows ---------------------------------------------------------------------------------


def _tables(
    rows: pl.DataFrame, header: ListHeader, money_unit: str | None
) -> dict[str, pl.DataFrame]:
    """Lay out the rows of each table with the fields of the raw table."""
    vocabulary = load_vocabulary(header.kind)
    tables = {}
    others = {table: _other_columns(rows, header, table) for table in header.tables}
    is_flat = len(header.tables) == 2
    main = header.main
    if main in header.tables:
        tables[main] = rows.filter(pl.col("is_first")).select(
            "_source_row",
            pl.col("project_row").alias("_project_row"),
            pl.lit(money_unit, dtype=pl.String).alias("_money_unit"),
            others[main].alias("_other_columns"),
            *_fields(header, main, vocabulary.field_names(main)),
        )
    if "indicators" in header.tables:
        filled = _with_carried(rows, header)
        tables["indicators"] = filled.filter(pl.col("has_indicator")).select(
            "_source_row",
            (pl.col("project_row") if is_flat else pl.lit(None, dtype=pl.Int32)).alias(
                "_project_row"
            ),
            pl.lit(money_unit, dtype=pl.String).alias("_money_unit"),
            others["indicators"].alias("_other_columns"),
            *_fields(header, "indicators", vocabulary.field_names("indicators")),
        )
    return {name: frame.cast(ROW_PROVENANCE) for name, frame in tables.items() if len(frame)}


def _fields(header: ListHeader, table: str, names: Sequence[str]) -> list[pl.Expr]:
    return [_cell(header.column_of(table, name)).alias(name) for name in names]


def _with_carried(rows: pl.DataFrame, header: ListHeader) -> pl.DataFrame:
    """Carry identity and merged level-1/2 cells down inside their project.

    A level column that repeats its values row by row is not merged: a blank in it stays blank.
    """
    for field in header.identity:
        column = header.column_of("indicators", field)
        if column:
            rows = rows.with_columns(
                pl.coalesce(
                    _cell(column), _cell(column).drop_nulls().first().over("project")
                ).alias(f"c{column.index}")
            )
    block = ["project"]
    for number, field in enumerate(LEVELS[:2]):
        column = header.column_of("indicators", field)
        if column is None:
            continue
        name = f"c{column.index}"
        same_project = pl.col("project") == pl.col("project").shift(1)
        repeats = (pl.col(name) == pl.col(name).shift(1)) & same_project
        blanks = pl.col(name).is_null() & pl.col("has_indicator")
        repeat_count, blank_count = rows.select(
            repeats.sum().alias("repeats"), blanks.sum().alias("blanks")
        ).row(0)
        if blank_count and blank_count > repeat_count:
            rows = rows.with_columns(pl.col(name).forward_fill().over(block))
        starts = pl.col(name).ne_missing(pl.col(name).shift(1)) | ~same_project.fill_null(False)
        rows = rows.with_columns(starts.cum_sum().alias(f"block{number}"))
        block.append(f"block{number}")
    return rows


def _unknown_columns(header: ListHeader, table: str) -> list[Column]:
    """Columns whose heading is unknown, by the table on whose side they stand."""
    unknown = [column for column in header.columns if column.field is None]
    if len(header.tables) == 1:
        return unknown
    levels = [c.index for c in header.columns if c.table == "indicators" and c.field in LEVELS]
    if table == "indicators":
        return [column for column in unknown if column.index > min(levels)]
    return [column for column in unknown if column.index < min(levels)]


def _other_columns(rows: pl.DataFrame, header: ListHeader, table: str) -> pl.Expr:
    """The cells under unknown headings as a JSON object; null where there are none."""
    pairs = []
    seen: dict[str, int] = {}
    for column in _unknown_columns(header, table):
        if rows[f"c{column.index}"].null_count() == rows.height:
            continue
        key = column.sent or f"（{column_letter(column.index)}列无标题）"
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            key = f"{key}_{seen[key]}"
        quoted = json.dumps(key, ensure_ascii=False) + ":"
        cell = _cell(column)
        value = pl.struct(cell.alias("v")).struct.json_encode().str.slice(5)
        pairs.append(
            pl.when(cell.is_not_null()).then(pl.lit(quoted) + value.str.head(-1)).otherwise(None)
        )
    if not pairs:
        return pl.lit(None, dtype=pl.String)
    joined = pl.concat_str(pairs, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.lit("{") + joined + pl.lit("}")).otherwise(None)


def _positions(header: ListHeader) -> list[dict[str, str | int | None]]:
    positions = []
    for table in header.tables:
        for column in header.columns:
            is_shared = column.field in header.identity
            if column.field is None or (column.table != table and not is_shared):
                continue
            positions.append(
                {
                    "table_name": table,
                    "field": column.field,
                    "heading": column.sent,
                    "column_letter": column_letter(column.index),
                    "row_no": None,
                    "project_row": None,
                }
            )
    return positions


# --- findings ---------------------------------------------------------------------------------


def _set_aside(rows: pl.DataFrame, rule: pl.Expr, frame: pl.DataFrame) -> pl.DataFrame:
    cells = _cells(frame)
    return rows.select("_source_row", rule.alias("rule_id"), row_text(cells)).cast(SET_ASIDE_SCHEMA)


def _row_findings(
    aside: pl.DataFrame, header: ListHeader, slot: ListSlot, sheet: str
) -> list[Finding]:
    """One finding per row set aside, up to a limit per rule; the rest in one more."""
    places = {"ROW-003": header.year_field, "ROW-004": "bureau_code", "ROW-005": "round"}
    expected = {
        "ROW-003": f"{slot.fiscal_year}",
        "ROW-004": slot.bureau_code,
        "ROW-005": f"第{slot.round_no}轮" if slot.round_no else None,
    }
    findings = []
    for (rule_id,), rows in aside.group_by("rule_id", maintain_order=True):
        column = header.column_of(header.main, places.get(rule_id, ""))
        for row, text in rows.select("_source_row", "row_text").head(FINDINGS_PER_RULE).iter_rows():
            findings.append(
                Finding(
                    rule_id,
                    source_sheet=sheet,
                    source_row=row,
                    source_cell=f"{column_letter(column.index)}{row}" if column else None,
                    heading=column.sent if column else None,
                    value_found=text,
                    value_expected=expected.get(rule_id),
                )
            )
        if len(rows) > FINDINGS_PER_RULE:
            findings[-1] = replace(
                findings[-1],
                value_found=f"自本行起共{len(rows) - FINDINGS_PER_RULE + 1}行同样问题",
            )
    return findings


def _disagreements(rows: pl.DataFrame, header: ListHeader, sheet: str) -> list[Finding]:
    """Project cells that are repeated on the indicator rows and say something else."""
    if len(header.tables) < 2:
        return []
    columns = [
        c
        for c in header.columns
        if c.table == header.main and c.field and c.field not in _VERSION_FIELDS
    ]
    columns = [c for c in columns if c.field != header.identity[0]]
    findings: list[Finding] = []
    follow = rows.filter(~pl.col("is_first"))
    first = rows.filter(pl.col("is_first")).select(
        "project", *[_cell(c).alias(f"first{c.index}") for c in columns]
    )
    if follow.is_empty() or not columns:
        return findings
    pairs = follow.join(first, on="project", how="left", maintain_order="left")
    differs = pairs.select(
        (
            pl.col(f"c{c.index}").is_not_null()
            & pl.col(f"c{c.index}").ne_missing(pl.col(f"first{c.index}"))
        )
        .any()
        .alias(f"c{c.index}")
        for c in columns
    ).row(0)
    for column in (c for c, differ in zip(columns, differs, strict=True) if differ):
        name = f"c{column.index}"
        other = pairs.filter(
            pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"first{column.index}"))
        ).unique("project", keep="first", maintain_order=True)
        for row, found, kept in (
            other.select("_source_row", name, f"first{column.index}")
            .head(FINDINGS_PER_RULE)
            .iter_rows()
        ):
            findings.append(
                Finding(
                    "ROW-006",
                    source_sheet=sheet,
                    source_row=row,
                    source_cell=f"{column_letter(column.index)}{row}",
                    heading=column.sent,
                    value_found=found,
                    value_expected=kept,
                )
            )
    return findings


def _heading_findings(data: pl.DataFrame, header: ListHeader, sheet: str) -> list[Finding]:
    """Columns with data whose heading is unknown, absent or doubled."""
    labels = row_labels()
    doubled = {column.index for column in header.doubled}
    findings = []
    for column in header.columns:
        if column.field is not None or column.heading.text in labels.ignorable_headings:
            continue
        cells = data[f"c{column.index}"].drop_nulls()
        if cells.is_empty():
            continue
        if column.index in doubled:
            rule_id = "HEAD-006"
        else:
            rule_id = "HEAD-003" if column.sent else "HEAD-008"
        findings.append(
            Finding(
                rule_id,
                source_sheet=sheet,
                source_row=header.first_row + 1,
                source_cell=f"{column_letter(column.index)}{header.first_row + 1}",
                heading=column.sent or None,
                value_found=f"{len(cells)}行有内容，如「{cells[0][:60]}」",
            )
        )
    return findings
