"""The header of a form's indicators: one to three rows, and the columns that they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.form_labels import FormVocabulary
from ingest.form_sheet import FormSheet
from ingest.headings import plain

LEVELS = ("level1", "level2", "level3")
TARGET_FIELDS = ("target_operator", "target_value", "target_unit")

_LONGEST_PERIOD_LABEL = 24


@dataclass
class IndicatorColumn:
    """A column of the indicator block, or the columns that its heading is merged over.

    Attributes:
        first: first column, from 0.
        last: last column.
        heading: heading as sent.
        group: heading above it, where the header has two rows.
        field: field of `columns.csv`; None where the heading is unknown.
        rank: place of the heading among the synonyms of its field.
        period: annual, long_term or prior, where a heading says so.
        set_no: 0, or 1, 2 … where level headings are repeated on the right.
    """

    first: int
    last: int
    heading: str
    group: str | None = None
    field: str | None = None
    rank: int = 0
    period: str | None = None
    set_no: int = 0

    @property
    def full_heading(self) -> str:
        """Heading with the group above it."""
        if self.group and self.group != self.heading:
            return f"{self.group}：{self.heading}"
        return self.heading


@dataclass
class IndicatorTable:
    """A header of indicator columns and the rows below it.

    Attributes:
        header_rows: rows of the header, from 0.
        label_column: column of the block label (「绩效指标」) left of the headings, None without.
        label: the block label as sent.
        columns: the columns from the left.
        rows: rows of lines, from 0, filled while the form is walked.
        period: annual or long_term, where the block as a whole is one of several.
    """

    header_rows: list[int]
    label_column: int | None
    label: str | None
    columns: list[IndicatorColumn]
    rows: list[int] = field(default_factory=list)
    period: str | None = None

    @property
    def first_level_column(self) -> int:
        """Leftmost column of the headings that are understood."""
        return min((c.first for c in self.columns if c.field), default=0)

    def headings(self) -> list[str]:
        """Headings as sent, from the left, groups included."""
        return [column.full_heading for column in self.columns]

    def has_content(self, sheet: FormSheet, row: int) -> bool:
        """Tell whether a row holds more than the names of its levels."""
        levels = [c for c in self.columns if c.field in ("level1", "level2")]
        edge = self.label_column if self.label_column is not None else -1
        return any(
            column > edge and not any(level.first <= column <= level.last for level in levels)
            for column in sheet.filled[row]
        )

    def has_text_in(self, sheet: FormSheet, row: int, fields: Iterable[str]) -> bool:
        """Tell whether a row holds text in a column of any of these fields."""
        wanted = set(fields)
        return any(
            sheet.first_text(row, c.first, c.last)[0] for c in self.columns if c.field in wanted
        )


def is_header_row(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> bool:
    """Tell whether a row holds the headings of an indicator block.

    Two level headings, or one and another indicator heading; where a form names no level, a
    heading that may stand for the indicator (「绩效指标」) beside a target and a third heading.

    Args:
        sheet: the sheet.
        row: row, from 0.
        vocabulary: labels of the kind.

    Returns:
        True for a header row.
    """
    known = sheet.header_rows.get((row, vocabulary.kind))
    if known is None:
        known = _holds_headings(sheet, row, vocabulary)
        sheet.header_rows[(row, vocabulary.kind)] = known
    return known


def _holds_headings(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> bool:
    columns = sheet.filled[row]
    if len(columns) < 2:
        return False
    texts = [sheet.cells[row][column] for column in columns]
    found = [vocabulary.indicator_field(text) for text in texts]
    fields = {field[0] for field in found if field}
    if len(fields) < 2:
        return False
    if not fields.isdisjoint(LEVELS):
        return True
    return "target_value" in fields and any(
        vocabulary.rank(text, "indicators", "level3_fallback") is not None
        for text, field in zip(texts, found, strict=True)
        if not field
    )


def read_header(
    sheet: FormSheet, row: int, last_row: int, vocabulary: FormVocabulary
) -> IndicatorTable:
    """Read the header that begins at a row.

    Args:
        sheet: the sheet.
        row: its upper row, from 0 (see `is_header_row`).
        last_row: last row of the form.
        vocabulary: labels of the kind.

    Returns:
        The table, without lines.
    """
    spans = _heading_spans(sheet, row)
    label_column, label = _block_label(sheet, row, spans, vocabulary)
    spans = [span for span in spans if span[0] != label_column]
    sub_rows = _sub_header_rows(sheet, row, last_row, spans, label_column, vocabulary)
    groups = _group_row(sheet, row, label_column, vocabulary)
    columns: list[IndicatorColumn] = []
    for first, last, text in spans:
        columns.extend(_columns_below(sheet, sub_rows, first, last, text, vocabulary))
    for column in columns:
        above = _text_above(sheet, row - 1, column.first) if groups else None
        if above:
            column.group = column.group or above
            column.period = column.period or vocabulary.period_of(above)
    _number_sets(columns)
    if not any(c.field == "level3" for c in columns):
        _fall_back_level3(columns, vocabulary)
    rows = [row - 1] * groups + [row, *sub_rows]
    return IndicatorTable(rows, label_column, label, columns, period=_period(label, vocabulary))


def _heading_spans(sheet: FormSheet, row: int) -> list[tuple[int, int, str]]:
    """First column, last column and text of each heading of a row.

    Where the sheet knows no merged ranges, blanks to the right belong to the heading.
    """
    filled = sheet.filled[row]
    spans = []
    for place, column in enumerate(filled):
        last = sheet.right_edge(row, column)
        if not sheet.has_merges:
            following = filled[place + 1] if place + 1 < len(filled) else column + 1
            last = following - 1
        spans.append((column, last, sheet.cells[row][column] or ""))
    return spans


def _block_label(
    sheet: FormSheet,
    row: int,
    spans: list[tuple[int, int, str]],
    vocabulary: FormVocabulary,
) -> tuple[int | None, str | None]:
    """Column and text of the block label left of the headings, None without one.

    The label stands in the first cell of the header row, or in a range merged down over it.
    """
    column, _, text = spans[0]
    roles = vocabulary.roles(text)
    is_label = "indicators" in roles or "goal" in roles
    is_label = is_label or sheet.bottom_edge(row, column) > row
    if vocabulary.indicator_field(text) is None and is_label:
        others = [vocabulary.indicator_field(other) for _, _, other in spans[1:]]
        if any(found and found[0] in LEVELS for found in others):
            return column, text
        stands_in = [
            vocabulary.rank(name, "indicators", "level3_fallback") is not None
            for _, _, name in spans
        ]
        if not stands_in[0] or any(stands_in[1:]):
            return column, text
    if column > 0:
        above = sheet.merged_down(row, 0, column - 1)
        if above:
            return column - 1, above
    return None, None


def _sub_header_rows(
    sheet: FormSheet,
    row: int,
    last_row: int,
    spans: list[tuple[int, int, str]],
    label_column: int | None,
    vocabulary: FormVocabulary,
) -> list[int]:
    """Rows of the header below its first one.

    By the merged ranges of the level headings where they say so; otherwise a row counts whose
    every text is a heading (or stands below a heading that is merged over several columns) and
    that leaves the columns of the levels blank.
    """
    levels = [
        span
        for span in spans
        if (found := vocabulary.indicator_field(span[2])) and found[0] in LEVELS
    ]
    depth = max((sheet.bottom_edge(row, first) - row for first, _, _ in levels), default=0)
    if 0 < depth <= 2:
        below = list(range(row + 1, min(row + depth, last_row) + 1))
        if not any(
            first <= c <= last for r in below for c in sheet.filled[r] for first, last, _ in levels
        ):
            return below
    below = row + 1
    if below > last_row:
        return []
    edge = label_column if label_column is not None else -1
    columns = [column for column in sheet.filled[below] if column > edge]
    if not columns or any(first <= c <= last for first, last, _ in levels for c in columns):
        return []
    known = 0
    for column in columns:
        text = sheet.cells[below][column]
        if vocabulary.indicator_field(text) or _is_mark(text) or _is_period(text, vocabulary):
            known += 1
        elif not any(first <= column <= last and last > first for first, last, _ in spans):
            return []
    return [below] if known else []


def _is_mark(text: str | None) -> bool:
    """Tell whether a cell holds nothing but a mark such as 「(A)」 or 「(B/A)」."""
    spelled = plain(text)
    return 3 <= len(spelled) <= 6 and spelled[0] == "(" and spelled[-1] == ")"


def _is_period(text: str | None, vocabulary: FormVocabulary) -> bool:
    """Tell whether a cell is a short label of a period."""
    return (
        bool(text)
        and len(text or "") <= _LONGEST_PERIOD_LABEL
        and vocabulary.period_of(text) is not None
    )


def _group_row(
    sheet: FormSheet, row: int, label_column: int | None, vocabulary: FormVocabulary
) -> bool:
    """Tell whether the row above the headings groups them by period (实施期目标 | 年度目标)."""
    if row == 0:
        return False
    edge = label_column if label_column is not None else -1
    columns = [column for column in sheet.filled[row - 1] if column > edge]
    if label_column is not None and label_column in sheet.filled[row - 1]:
        text = sheet.cells[row - 1][label_column]
        if "indicators" not in vocabulary.roles(text):
            return False
    return len(columns) >= 2 and all(
        _is_period(sheet.cells[row - 1][column], vocabulary) for column in columns
    )


def _text_above(sheet: FormSheet, row: int, column: int) -> str | None:
    """Text of the cell above a heading, or of the one to its left that is merged over it."""
    for left in reversed(sheet.filled[row]):
        if left <= column:
            if left == column or not sheet.has_merges or sheet.right_edge(row, left) >= column:
                return sheet.cells[row][left]
            return None
    return None


def _columns_below(
    sheet: FormSheet,
    sub_rows: list[int],
    first: int,
    last: int,
    text: str,
    vocabulary: FormVocabulary,
) -> list[IndicatorColumn]:
    """Columns of one heading: itself, or the sub-headings below it."""
    subs: dict[int, str] = {}
    for sub_row in sub_rows:
        for column in sheet.filled[sub_row]:
            if first <= column <= last:
                subs[column] = sheet.cells[sub_row][column] or ""
    if not subs or (len(subs) == 1 and all(_is_mark(sub) for sub in subs.values())):
        found = vocabulary.indicator_field(text)
        name, rank = found or (None, 0)
        return [IndicatorColumn(first, last, text, None, name, rank, vocabulary.period_of(text))]
    starts = sorted(subs)
    columns = []
    if starts[0] > first:
        found = vocabulary.indicator_field(text)
        columns.append(IndicatorColumn(first, starts[0] - 1, text, None, *(found or (None, 0))))
    for place, start in enumerate(starts):
        end = starts[place + 1] - 1 if place + 1 < len(starts) else last
        columns.append(_sub_column(start, end, text, subs[start], vocabulary))
    return columns


def _sub_column(
    first: int, last: int, group: str, heading: str, vocabulary: FormVocabulary
) -> IndicatorColumn:
    """A column below a group heading: what the two together mean."""
    found = vocabulary.indicator_field(heading)
    above = vocabulary.indicator_field(group)
    if found is None and (_is_period(heading, vocabulary) or _is_mark(heading)):
        found = above
    if found is None:
        found = vocabulary.indicator_field(group + heading)
    name, rank = found or (None, 0)
    if name == "deviation_reason" and above and above[0] == "deviation_reason":
        name = "reason_note"
    period = vocabulary.period_of(heading) or vocabulary.period_of(group)
    return IndicatorColumn(first, last, heading, group, name, rank, period)


def _number_sets(columns: list[IndicatorColumn]) -> None:
    """Number the sets of a header that repeats its level headings on the right."""
    seen: set[str] = set()
    set_no = 0
    for column in columns:
        key = plain(column.heading)
        if column.field in LEVELS:
            if key in seen:
                set_no += 1
                seen = set()
            seen.add(key)
        column.set_no = set_no


def _fall_back_level3(columns: list[IndicatorColumn], vocabulary: FormVocabulary) -> None:
    """Take a heading such as 「绩效指标」 for the indicator where no other names it."""
    for column in columns:
        fallback = vocabulary.rank(column.heading, "indicators", "level3_fallback")
        if column.field is None and fallback is not None:
            column.field = "level3"
            return


def _period(label: str | None, vocabulary: FormVocabulary) -> str | None:
    period = vocabulary.period_of(label)
    return period if period != "prior" else None
