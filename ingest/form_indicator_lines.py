"""The lines of a form's indicators: which column gives which field, levels carried down."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.form_indicators import LEVELS, TARGET_FIELDS, IndicatorColumn, IndicatorTable
from ingest.form_labels import FormVocabulary
from ingest.form_sheet import FormSheet, column_letter

GROUP_HEADING = "指标分组"
"""Key under which the block label beside a line is kept, where it differs from block to block."""

_PERIOD_ORDER = {"annual": 0, None: 1, "long_term": 2}


@dataclass(frozen=True)
class IndicatorLines:
    """Lines of an indicator block.

    Attributes:
        lines: field → text, plus `row` (from 1) and `other_columns` (heading → text, or None).
        columns: field → column (from 0) and heading as sent.
        unknown: columns with text whose heading is unknown: column and heading.
        left_out: rows (from 0) that hold lines of a longer time only.
        unheaded: columns of lines that miss a heading: column and its first text.
    """

    lines: list[dict]
    columns: dict[str, tuple[int, str]]
    unknown: list[tuple[int, str]]
    left_out: list[int]
    unheaded: list[tuple[int, str]]


def read_lines(
    sheet: FormSheet, table: IndicatorTable, vocabulary: FormVocabulary
) -> IndicatorLines:
    """Read the lines below a header.

    Level 1 and 2 are carried down by merged ranges; in a column without any, from the line above,
    unless the column repeats its values, and never level 2 into another level 1.

    Args:
        sheet: the sheet.
        table: header and rows.
        vocabulary: labels of the kind.

    Returns:
        The lines.
    """
    _adopt_unnamed_level1(sheet, table)
    columns = _split_wide_targets(sheet, table, vocabulary)
    chosen = _choose(sheet, table, columns, vocabulary)
    levels = _carried_levels(sheet, table.rows, chosen)
    others = [c for c in columns if c not in chosen.values()]
    others = [c for c in others if any(_value(sheet, row, c) for row in table.rows)]
    keys = _keys(others)
    groups = _line_groups(sheet, table)
    unheaded = _unheaded_columns(sheet, table)
    has_sets = len({c.set_no for c in columns}) > 1
    lines, left_out = [], []
    for place, row in enumerate(table.rows):
        line: dict = {"row": row + 1}
        for name, column in chosen.items():
            line[name] = levels[name][place] if name in levels else _value(sheet, row, column)
        other = _other_texts(sheet, row, chosen, keys)
        other.update({key: text for column, key in unheaded if (text := sheet.text(row, column))})
        if groups[place]:
            other[GROUP_HEADING] = groups[place]
        line["other_columns"] = other or None
        own = (name for name in chosen if name not in ("level1", "level2"))
        if has_sets and not any(line[name] for name in own):
            left_out.append(row)
        else:
            lines.append(line)
    return IndicatorLines(
        lines,
        {name: (column.first, column.heading) for name, column in chosen.items()},
        [
            (c.first, c.full_heading)
            for c in others
            if c.field is None
            and vocabulary.rank(c.heading, "indicators", "known_other") is None
            and c.period != "prior"
        ],
        left_out,
        _missing_headings(sheet, table, [column for column, _ in unheaded]),
    )


def _missing_headings(
    sheet: FormSheet, table: IndicatorTable, unheaded: list[int]
) -> list[tuple[int, str]]:
    """Columns that miss a heading, with their first text: a lone text on the right needs none."""
    edge = max((column.last for column in table.columns), default=-1)
    filled = {c: sum(sheet.text(row, c) is not None for row in table.rows) for c in unheaded}
    return [
        (column, _first_text(sheet, table, column))
        for column in unheaded
        if column <= edge or filled[column] > 1
    ]


def _first_text(sheet: FormSheet, table: IndicatorTable, column: int) -> str:
    return next(text for row in table.rows if (text := sheet.text(row, column)))


def _value(sheet: FormSheet, row: int, column: IndicatorColumn) -> str | None:
    return sheet.first_text(row, column.first, column.last)[0]


def _other_texts(
    sheet: FormSheet,
    row: int,
    chosen: dict[str, IndicatorColumn],
    keys: list[tuple[IndicatorColumn, str]],
) -> dict[str, str]:
    """Texts of a line that no field takes: other columns, and what else a wide column holds."""
    other = {}
    for column, key in keys:
        texts = _texts(sheet, row, column)
        if texts:
            other[key] = " ".join(texts)
    for column in chosen.values():
        if column.last > column.first:
            rest = _texts(sheet, row, column)[1:]
            if rest:
                other[f"{column.full_heading}（2）"] = " ".join(rest)
    return other


def _texts(sheet: FormSheet, row: int, column: IndicatorColumn) -> list[str]:
    return [
        sheet.cells[row][place] or ""
        for place in sheet.filled[row]
        if column.first <= place <= column.last
    ]


def _adopt_unnamed_level1(sheet: FormSheet, table: IndicatorTable) -> None:
    """Take the block label's column for level 1 where no heading names it and lines fill it."""
    if table.label_column is None or any(c.field == "level1" for c in table.columns):
        return
    filled = [row for row in table.rows if sheet.text(row, table.label_column)]
    first_level = min((c.first for c in table.columns if c.field in LEVELS), default=None)
    if filled and first_level is not None:
        column = IndicatorColumn(
            table.label_column, table.label_column, table.label or "", None, "level1", 200
        )
        table.columns.insert(0, column)
        table.label_column = table.label_column - 1 if table.label_column else None


def _split_wide_targets(
    sheet: FormSheet, table: IndicatorTable, vocabulary: FormVocabulary
) -> list[IndicatorColumn]:
    """Split a target that stands in several columns under one heading: operator, value, unit."""
    columns: list[IndicatorColumn] = []
    for column in table.columns:
        parts = [column]
        if column.field == "target_value" and column.last > column.first:
            filled = [
                c
                for c in range(column.first, column.last + 1)
                if any(sheet.text(row, c) for row in table.rows)
            ]
            if len(filled) > 1:
                parts = _target_parts(sheet, table.rows, column, filled, vocabulary)
        columns.extend(parts)
    return columns


def _target_parts(
    sheet: FormSheet,
    rows: list[int],
    column: IndicatorColumn,
    filled: list[int],
    vocabulary: FormVocabulary,
) -> list[IndicatorColumn]:
    names = ["target_value", "target_unit"]
    if _comparator_share(sheet, rows, filled[0], filled[0], vocabulary) > 0.5:
        names.insert(0, "target_operator")
    parts = []
    for place, first in enumerate(filled):
        name = names[place] if place < len(names) else None
        parts.append(
            IndicatorColumn(
                first,
                first,
                column.heading,
                column.group,
                name,
                column.rank if name == "target_value" else 300,
                column.period,
                column.set_no,
            )
        )
    return parts


def _comparator_share(
    sheet: FormSheet, rows: list[int], first: int, last: int, vocabulary: FormVocabulary
) -> float:
    """Share of the texts of a column that are signs or words of comparison."""
    texts = [text for row in rows if (text := sheet.first_text(row, first, last)[0])]
    if not texts:
        return 0.0
    signs = sum(vocabulary.rank(text, "indicators", "comparators") is not None for text in texts)
    return signs / len(texts)


def _choose(
    sheet: FormSheet,
    table: IndicatorTable,
    columns: list[IndicatorColumn],
    vocabulary: FormVocabulary,
) -> dict[str, IndicatorColumn]:
    """Choose the column of each field: the annual set, then the preferred synonym."""
    set_no = _annual_set(sheet, table, columns)
    own: dict[str, list[IndicatorColumn]] = {}
    for column in columns:
        if column.field is None or column.period == "prior":
            continue
        exclusive = column.field in (*TARGET_FIELDS, "level3")
        if column.set_no != set_no and exclusive:
            continue
        own.setdefault(column.field, []).append(column)
    by_sign = [
        c
        for c in columns
        if vocabulary.rank(c.heading, "indicators", "operator_by_content") is not None
        and c.set_no == set_no
    ]
    chosen: dict[str, IndicatorColumn] = {}
    if by_sign:
        best = max(
            by_sign,
            key=lambda c: (
                _comparator_share(sheet, table.rows, c.first, c.last, vocabulary),
                c.field == "target_operator",
                -c.rank,
            ),
        )
        share = _comparator_share(sheet, table.rows, best.first, best.last, vocabulary)
        if share > 0.5 or best.field == "target_operator":
            for candidates in own.values():
                if best in candidates:
                    candidates.remove(best)
            own["target_operator"] = [best]
    for name, candidates in own.items():
        if candidates:
            chosen[name] = min(
                candidates,
                key=lambda c: (
                    c.set_no != set_no,
                    _PERIOD_ORDER.get(c.period, 1),
                    c.rank,
                    c.first,
                ),
            )
    return dict(sorted(chosen.items(), key=lambda item: item[1].first))


def _annual_set(sheet: FormSheet, table: IndicatorTable, columns: list[IndicatorColumn]) -> int:
    """Number of the set of columns that holds the annual targets.

    The one a heading calls annual, else the last that holds indicators.
    """
    numbers = sorted({column.set_no for column in columns})
    if len(numbers) == 1:
        return numbers[0]

    def weight(number: int) -> tuple[bool, int, int]:
        own = [c for c in columns if c.set_no == number]
        filled = any(
            _value(sheet, row, c)
            for c in own
            if c.field in ("level3", "target_value")
            for row in table.rows
        )
        periods = {c.period for c in own if c.field in (*TARGET_FIELDS, *LEVELS)}
        rank = 1 if "annual" in periods else -1 if "long_term" in periods else 0
        return filled, rank, number

    return max(numbers, key=weight)


def _carried_levels(
    sheet: FormSheet, rows: list[int], chosen: dict[str, IndicatorColumn]
) -> dict[str, list[str | None]]:
    """Values of the level columns, carried down."""
    carried: dict[str, list[str | None]] = {}
    changes = [False] * len(rows)
    for name in LEVELS:
        column = chosen.get(name)
        if column is None:
            continue
        own = [_value(sheet, row, column) for row in rows]
        merged = sheet.has_vertical_merges(column.first, column.last, rows)
        repeats = any(
            text is not None and text == above for text, above in zip(own[1:], own, strict=False)
        )
        values: list[str | None] = []
        last = None
        for place, row in enumerate(rows):
            text = own[place]
            if text is None and merged:
                text = sheet.merged_down(row, column.first, column.last)
            elif text is None and not repeats and name != "level3" and not changes[place]:
                text = last
            values.append(text)
            last = text
        carried[name] = values
        if name == "level1":
            changes = [
                own[place] is not None or (place > 0 and values[place] != values[place - 1])
                for place in range(len(rows))
            ]
    return carried


def _line_groups(sheet: FormSheet, table: IndicatorTable) -> list[str | None]:
    """Block label beside each line, where the block has several (「年度绩效目标1（40分）」)."""
    if table.label_column is None or not any(
        sheet.text(row, table.label_column) for row in table.rows
    ):
        return [None] * len(table.rows)
    groups: list[str | None] = []
    last = table.label
    for row in table.rows:
        last = sheet.text(row, table.label_column) or last
        groups.append(last)
    return groups


def _unheaded_columns(sheet: FormSheet, table: IndicatorTable) -> list[tuple[int, str]]:
    """Columns that hold text of lines but have no heading, with a key to keep it under."""
    edge = table.label_column if table.label_column is not None else -1
    return [
        (column, f"（{column_letter(column)}列）")
        for column in sorted({c for row in table.rows for c in sheet.filled[row]})
        if column > edge and not any(c.first <= column <= c.last for c in table.columns)
    ]


def _keys(columns: list[IndicatorColumn]) -> list[tuple[IndicatorColumn, str]]:
    """Key of each column that no field takes: its heading, numbered where it is repeated."""
    seen: dict[str, int] = {}
    keys = []
    for column in columns:
        heading = column.full_heading
        seen[heading] = seen.get(heading, 0) + 1
        keys.append((column, heading if seen[heading] == 1 else f"{heading}（{seen[heading]}）"))
    return keys
