"""Cells of a markup table (HTML, SpreadsheetML) to a grid: where each one stands, and its span.

Both formats name cells in order, with spans that push later cells aside and, in SpreadsheetML,
with explicit positions. They are listed in C (XSLT, or pattern matching on regular markup) as one
delimited text, and placed here column-wise. Only rows that a cell from above reaches into are
walked one by one.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from lxml import etree

from ingest.readers.grid import MAX_COLUMNS, Span, refuse_runaway, tidy

FIELD_END = "\ufdd0"
RECORD_END = "\ufdd1"
LINE_BREAK = "\ufdd2"
MARKS = FIELD_END + RECORD_END + LINE_BREAK
"""Code points that are no characters: legal in XML, never in text (they are removed from it)."""

PIECE_CHARACTERS = 8 * 1024**2

FIELDS = ("table", "row", "row_index", "row_span", "index", "across", "down", "kind", "style")
"""Fields of a listed cell before its text.

table: number of its table, from 1. row: number of its row element in it, from 1. row_index,
row_span: the row's explicit position, from 1, and how many rows it also stands for. index: the
cell's explicit column, from 1. across, down: further columns and rows that it covers. kind, style:
type of the value and style of the cell, for the format's own use.
"""

_NUMBERS = FIELDS[:7]


@dataclass(frozen=True)
class PlacedCells:
    """Cells with their true positions.

    Attributes:
        frame: the sheet as text.
        merges: spans of more than one cell.
    """

    frame: pl.DataFrame
    merges: tuple[Span, ...]


def cleared_of_marks(text: str) -> str:
    """Remove the code points that separate listed cells.

    Args:
        text: the file's text.

    Returns:
        The text without them.
    """
    if any(mark in text for mark in MARKS):
        return text.translate(dict.fromkeys(map(ord, MARKS)))
    return text


def list_cells(sheet: etree.XSLT, document: etree._Element) -> pl.DataFrame:
    """List the cells of a document.

    Args:
        sheet: a stylesheet that writes, for each cell, `FIELDS` and its text, with a mark after
            each but the last, and a mark after the record.
        document: what it is applied to.

    Returns:
        One row per cell: `FIELDS` and text.
    """
    return cells_from_text(str(sheet(document)))


def cells_from_text(listed: str) -> pl.DataFrame:
    """Split listed cells.

    Args:
        listed: cells as delimited text.

    Returns:
        One row per cell: `FIELDS` and text; blank numbers are null, spans are 0 or more.
    """
    names = [*FIELDS, "text"]
    records = pl.Series("record", [listed]).str.split(RECORD_END).explode()
    cells = (
        records.filter(records.str.contains(FIELD_END, literal=True))
        .to_frame()
        .select(pl.col("record").str.splitn(FIELD_END, len(names)).struct.rename_fields(names))
        .unnest("record")
    )
    return typed_cells(cells)


def typed_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Read the numbers of listed cells.

    Args:
        cells: one row per cell, `FIELDS` and text, all as text.

    Returns:
        The same with whole numbers; blank ones are null, spans are 0 or more.
    """
    texts = [name for name in _NUMBERS if cells.schema[name] == pl.String]
    return cells.with_columns(
        pl.col(name).str.extract(r"^\s*(\d{1,9})").cast(pl.Int64) for name in texts
    ).with_columns(pl.col("row_span", "across", "down").fill_null(0))


def resolve_references(texts: pl.Series) -> pl.Series:
    """Resolve character references (`&amp;`, `&#20013;`), once per distinct text that has any.

    Args:
        texts: texts as written in the markup.

    Returns:
        Texts as read.
    """
    distinct = texts.filter(texts.str.contains("&", literal=True)).unique()
    resolved = [html.unescape(text) for text in distinct]
    return texts.replace(distinct, pl.Series(resolved, dtype=pl.String))


def whole_rows(text: str, opening: str, start: int, end: int) -> Iterator[str]:
    """Cut a long stretch of rows into pieces, so that only one is split into cells at a time.

    Args:
        text: the document.
        opening: how each row begins, such as `<tr`.
        start: where the rows begin.
        end: where they end.

    Yields:
        Pieces of at least `PIECE_CHARACTERS` (but the last), each but the first beginning with a
        row.
    """
    while start < end:
        cut = text.find(opening, start + PIECE_CHARACTERS, end)
        cut = end if cut < 0 else cut
        yield text[start:cut]
        start = cut


def place(cells: pl.DataFrame, sheet: str) -> PlacedCells:
    """Place the cells of one table in a grid.

    Args:
        cells: as listed, of one table, in order; their text is the final one.
        sheet: the sheet's name, for a refusal.

    Returns:
        The grid and its spans.

    Raises:
        UnreadableFileError: FILE-108, if they claim more room than a sheet may have.
    """
    if cells.is_empty():
        return PlacedCells(pl.DataFrame(), ())
    cells = _number_rows(cells).with_columns(_placed_in_row().alias("column"))
    if cells["down"].max():
        last_row = cells["row"].max()
        cells = cells.with_columns(
            pl.min_horizontal("down", last_row - pl.col("row")).alias("down")
        )
        cells = _push_aside(cells)
    texts = cells.filter(pl.col("text").is_not_null())
    if texts.is_empty():
        return PlacedCells(pl.DataFrame(), ())
    rows, columns = texts["row"].max() + 1, texts["column"].max() + 1
    refuse_runaway(sheet, rows, columns)
    frame = tidy(_scatter(texts, rows, columns))
    height, width = frame.shape
    spans = cells.filter(
        (pl.col("across") > 0) | (pl.col("down") > 0),
        pl.col("row") < height,
        pl.col("column") < width,
    ).select(
        "row",
        "column",
        pl.min_horizontal(pl.col("row") + pl.col("down"), height - 1).alias("bottom"),
        pl.min_horizontal(pl.col("column") + pl.col("across"), width - 1).alias("right"),
    )
    spans = spans.filter((pl.col("bottom") > pl.col("row")) | (pl.col("right") > pl.col("column")))
    return PlacedCells(frame, tuple(spans.sort("row", "column").rows()))


def _number_rows(cells: pl.DataFrame) -> pl.DataFrame:
    """Turn row elements into physical rows, from 0."""
    if cells["row_index"].null_count() == len(cells) and not cells["row_span"].max():
        return cells.with_columns(pl.col("row") - 1)
    rows = (
        cells.group_by("row", maintain_order=True)
        .agg(pl.col("row_index", "row_span").first())
        .with_columns(
            # row elements without cells stand between those that are listed
            (pl.col("row") - pl.col("row").shift(1).fill_null(0)).alias("step"),
            pl.col("row_span").shift(1).fill_null(0).alias("skipped"),
            pl.col("row_index").is_not_null().cum_sum().alias("run"),
        )
        .with_columns(
            (
                pl.when(pl.col("row_index").is_not_null())
                .then(pl.col("row_index"))
                .otherwise(pl.col("step") + pl.col("skipped"))
                .cum_sum()
                .over("run")
                - 1
            ).alias("physical")
        )
    )
    refuse_runaway("", rows["physical"].max() + 1, 1)
    return cells.join(
        rows.select("row", "physical"), on="row", maintain_order="left"
    ).with_columns(pl.col("physical").alias("row"))


def _placed_in_row() -> pl.Expr:
    """The column, from 0, that a cell has if nothing reaches into its row from above."""
    # cells stand row by row: a run starts with a row, or where a column is stated
    starts = (pl.col("row") != pl.col("row").shift(1)).fill_null(True) | pl.col(
        "index"
    ).is_not_null()
    left = (pl.col("across") + 1).cum_sum() - (pl.col("across") + 1)
    origin = pl.when(starts).then(pl.col("index").fill_null(1) - 1 - left).forward_fill()
    return left + origin


def _push_aside(cells: pl.DataFrame) -> pl.DataFrame:
    """Place anew the cells of rows that a cell from above reaches into."""
    columns = cells["column"].to_list()
    fields = ("row", "index", "across", "down")
    reaching: dict[int, int] = {}
    """Column to the last row in which it is covered from above."""
    covered_until = -1
    row, next_column = -1, 0
    for i, (here, index, across, down) in enumerate(cells.select(fields).iter_rows()):
        if here > covered_until and not down:
            continue
        if here != row:
            row, next_column = here, 0
            if here > covered_until:
                reaching.clear()
        if here <= covered_until:
            if index is not None:
                next_column = index - 1
            else:
                while reaching.get(next_column, -1) >= here:
                    next_column += 1
            columns[i] = next_column
        next_column = columns[i] + across + 1
        if down:
            covered_until = max(covered_until, here + down)
            for column in range(columns[i], min(next_column, MAX_COLUMNS)):
                reaching[column] = max(reaching.get(column, -1), here + down)
    return cells.with_columns(pl.Series("column", columns, dtype=pl.Int64))


def _scatter(texts: pl.DataFrame, rows: int, columns: int) -> pl.DataFrame:
    """Spread texts over a blank grid; of two on one cell the later stays."""
    source = pl.Series(values=range(0), dtype=pl.UInt32).extend_constant(None, rows * columns)
    at = texts.select(pl.col("row") * columns + pl.col("column")).to_series()
    source = source.scatter(at, pl.int_range(len(texts), dtype=pl.UInt32, eager=True))
    spread = texts["text"].gather(source)
    return pl.DataFrame(
        [spread.gather_every(columns, offset=i).alias(f"c{i}") for i in range(columns)]
    )


