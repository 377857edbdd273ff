"""The one shape every physical format is read into: a sheet as a grid of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

Span = tuple[int, int, int, int]
"""A merged range as (first row, first column, last row, last column), 0-based, inclusive."""

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CELLS = 10_000_000
"""Most cells (rows × columns up to the last one with text) that one sheet may span."""
MAX_CELL_CHARACTERS = 100_000
"""Longest text of one cell; Excel itself holds 32,767 characters."""
SMALL_CELLS = 5_000
"""Up to so many cells a sheet is handled cell by cell, which costs less than a query over it."""

_WHITE_SPACE = "".join(
    chr(code)
    for spans in (range(9, 14), (0x20, 0x85, 0xA0, 0x1680), range(0x2000, 0x200B))
    for code in (*spans, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
)
"""What Unicode counts as white space; Python's own `strip` takes U+001C to U+001F as well."""


class UnreadableFileError(Exception):
    """A file or sheet that cannot be read as any format we accept.

    Attributes:
        rule_id: the rule of `seeds/rules/quality_rules.csv` that it breaks.
        found: what the bytes turned out to be, in plain Chinese.
        expected: what would have been accepted, in plain Chinese.
    """

    def __init__(self, rule_id: str, found: str, expected: str = "") -> None:
        """Keep the rule and the two sides of the comparison for the finding."""
        super().__init__(rule_id, found, expected)
        self.rule_id = rule_id
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        """The rule and what was found."""
        return f"{self.rule_id}: {self.found}"


@dataclass(frozen=True)
class Grid:
    """One sheet as text.

    Attributes:
        sheet: the sheet's name as the sender sees it; empty for a csv.
        frame: String columns `c0`, `c1` …; row i is physical row i + 1 and column j is the j-th
            spreadsheet column, leading blank rows and columns kept. A blank cell is null. Text is
            as sent; a number is its shortest form (814, 0.958), a date `YYYY-MM-DD`, a number
            shown as a percentage 95.8%.
        is_hidden: the sheet is hidden in the workbook.
        merges: merged ranges with the text in their top-left cell; None where they have not been
            read yet (`ingest.readers.read_merges` does so, for the sheets that need them).
    """

    sheet: str
    frame: pl.DataFrame
    is_hidden: bool = False
    merges: tuple[Span, ...] | None = None


def refuse_runaway(sheet: str, row_count: int, column_count: int) -> None:
    """Refuse a sheet whose cells with text lie too far apart to be held in memory.

    Args:
        sheet: its name, for the message.
        row_count: rows up to the last with text.
        column_count: columns up to the last with text.

    Raises:
        UnreadableFileError: FILE-108.
    """
    if (
        row_count > MAX_ROWS
        or column_count > MAX_COLUMNS
        or row_count * column_count > MAX_CELLS
    ):
        raise UnreadableFileError(
            "FILE-108",
            f"工作表「{sheet}」的内容一直延伸到第 {row_count} 行、第 {column_count} 列",
            f"一张工作表不超过 {MAX_CELLS // 10_000} 万个单元格（行数×列数）",
        )


def refuse_endless_text(grid: Grid) -> None:
    """Refuse a sheet with a text that no cell can hold.

    Args:
        grid: the sheet.

    Raises:
        UnreadableFileError: FILE-108.
    """
    if grid.frame.estimated_size() < MAX_CELL_CHARACTERS:
        return
    longest = grid.frame.select(pl.all().str.len_chars().max()).row(0)
    length = max(filter(None, longest), default=0)
    if length > MAX_CELL_CHARACTERS:
        column = longest.index(length)
        row = grid.frame.to_series(column).str.len_chars().arg_max()
        place = f"第 {row + 1} 行、第 {column + 1} 列"
        raise UnreadableFileError(
            "FILE-108",
            f"工作表「{grid.sheet}」{place}的单元格里有 {length} 个字",
            f"一个单元格不超过 {MAX_CELL_CHARACTERS // 10_000} 万字",
        )


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Name the columns, blank out white space and cut off the empty rows and columns at the end.

    Leading and inner blank rows and columns stay, so that coordinates stay true.

    Args:
        frame: String columns in sheet order, from the sheet's column A and row 1.

    Returns:
        Columns `c0` … up to the last row and column that hold text; 0 × 0 if none does.
    """
    frame = frame.rename({name: f"c{i}" for i, name in enumerate(frame.columns)})
    if not frame.width or not frame.height:
        return pl.DataFrame()
    if frame.width * frame.height <= SMALL_CELLS:
        return tidy_rows(frame.rows())
    blank = frame.select(pl.all().str.contains(r"^\s*$").any()).row(0)
    frame = frame.with_columns(
        pl.when(~pl.col(name).str.contains(r"^\s*$")).then(pl.col(name)).alias(name)
        for name, has_blank in zip(frame.columns, blank, strict=True)
        if has_blank
    )
    last_rows = frame.select(
        (pl.col(name).is_not_null().arg_true().last() + 1).fill_null(0) for name in frame.columns
    ).row(0)
    width = max((i + 1 for i, rows in enumerate(last_rows) if rows), default=0)
    if not width:
        return pl.DataFrame()
    return frame.select(frame.columns[:width]).head(max(last_rows))


def tidy_rows(rows: Iterable[Sequence[str | None]]) -> pl.DataFrame:
    """Do the same as `tidy` for a small sheet at hand as rows.

    Args:
        rows: rows of equal length, from the sheet's row 1 and column A.

    Returns:
        As `tidy` does.
    """
    kept = [[text if text and text.strip(_WHITE_SPACE) else None for text in row] for row in rows]
    while kept and not any(kept[-1]):
        kept.pop()
    width = max((i + 1 for row in kept for i, text in enumerate(row) if text), default=0)
    if not width:
        return pl.DataFrame()
    if width < len(kept[0]):
        kept = [row[:width] for row in kept]
    schema = {f"c{i}": pl.String for i in range(width)}
    return pl.DataFrame(kept, schema, orient="row")
