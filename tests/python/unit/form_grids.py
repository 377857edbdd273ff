"""Grids of forms written down in tests: rows of cells, merged ranges by their corners."""

from __future__ import annotations

import polars as pl

from ingest.form_export import FormBlock, parse_form_sheet
from ingest.readers.grid import Grid


def grid_of(rows: list[list], merges: list[tuple[int, int, int, int]] | None = None) -> Grid:
    """Grid of rows; cells are text or None, rows may be short. Merges 0-based, inclusive."""
    width = max((len(row) for row in rows), default=0)
    columns = {
        f"c{place}": [
            str(row[place]) if place < len(row) and row[place] not in (None, "") else None
            for row in rows
        ]
        for place in range(width)
    }
    frame = pl.DataFrame(columns, schema={name: pl.String for name in columns})
    return Grid("表", frame, merges=None if merges is None else tuple(merges))


def one_form(rows: list[list], merges: list[tuple[int, int, int, int]] | None = None) -> FormBlock:
    """The only form of a sheet."""
    blocks = parse_form_sheet(grid_of(rows, merges))
    assert len(blocks) == 1, [block.title_text for block in blocks]
    return blocks[0]


def texts(block: FormBlock) -> dict[str, str | None]:
    """Fields of the project as sent."""
    return {name: cell.text for name, cell in block.project.items()}


def column(block: FormBlock, name: str) -> list[str | None]:
    """One field of every indicator line."""
    return [line.get(name) for line in block.indicators]
