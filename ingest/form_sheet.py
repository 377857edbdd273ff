"""A sheet that holds forms, as lists: small, so that labels can be looked for cell by cell."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from ingest.readers.grid import Grid


@dataclass(frozen=True)
class FieldCell:
    """A value of the project, found beside or below its label.

    Attributes:
        text: as sent, outer white space taken off; None where the cell is empty.
        row: physical row, from 1.
        column: column, from 0.
        heading: the label as sent.
    """

    text: str | None
    row: int
    column: int
    heading: str


@dataclass
class FormSheet:
    """Cells and merged ranges of a grid.

    Attributes:
        cells: stripped text by row and column; None where blank.
        filled: columns that hold text, by row.
        merges: top-left cell → last row and column of its merged range.
        has_merges: whether the sheet knows of merged ranges at all.
        header_rows: what has been found out of (row, kind): whether it heads indicators.
    """

    cells: list[list[str | None]]
    filled: list[list[int]]
    merges: dict[tuple[int, int], tuple[int, int]]
    has_merges: bool
    header_rows: dict[tuple[int, str], bool] = field(default_factory=dict)
    _covering: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, grid: Grid, first_rows: int | None = None) -> FormSheet:
        """Take a grid apart.

        Args:
            grid: the sheet.
            first_rows: look at no more rows than this.

        Returns:
            The sheet as lists; merged ranges end at its last row and column.
        """
        frame = grid.frame if first_rows is None else grid.frame.head(first_rows)
        cells: list[list[str | None]] = []
        filled: list[list[int]] = []
        for row in frame.rows():
            texts = [(text.strip() or None) if text else None for text in row]
            cells.append(texts)
            filled.append([column for column, text in enumerate(texts) if text])
        bottom, right = max(frame.height - 1, 0), max(frame.width - 1, 0)
        merges = {
            (r0, c0): (min(r1, bottom), min(c1, right))
            for r0, c0, r1, c1 in grid.merges or ()
            if r0 <= bottom and c0 <= right
        }
        return cls(cells, filled, merges, bool(merges))

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.cells)

    def text(self, row: int, column: int) -> str | None:
        """Text of a cell, None outside the sheet."""
        texts = self.cells[row]
        return texts[column] if 0 <= column < len(texts) else None

    def right_edge(self, row: int, column: int) -> int:
        """Last column of the merged range that begins here, else the column itself."""
        return self.merges.get((row, column), (row, column))[1]

    def bottom_edge(self, row: int, column: int) -> int:
        """Last row of the merged range that begins here, else the row itself."""
        return self.merges.get((row, column), (row, column))[0]

    def first_text(self, row: int, first: int, last: int) -> tuple[str | None, int]:
        """First text between two columns (inclusive), with its column.

        Args:
            row: row, from 0.
            first: first column.
            last: last column.

        Returns:
            Text and column; None and the first column where all are blank.
        """
        for column in self.filled[row]:
            if first <= column <= last:
                return self.cells[row][column], column
        return None, first

    def merged_down(self, row: int, first: int, last: int) -> str | None:
        """Text of a cell that is merged over several rows and covers this one from above.

        Args:
            row: row, from 0.
            first: first column looked at.
            last: last column looked at.

        Returns:
            The text of its top-left cell, None where no such range covers the row.
        """
        for column in range(first, last + 1):
            ranges = self._vertical(column)
            place = bisect_right(ranges, (row, self.height, self.height)) - 1
            if place >= 0:
                top, bottom, left = ranges[place]
                if top < row <= bottom:
                    return self.text(top, left)
        return None

    def has_vertical_merges(self, first: int, last: int, rows: list[int]) -> bool:
        """Tell whether any range over several rows stands in these columns and rows."""
        if not rows:
            return False
        return any(
            top <= rows[-1] and bottom >= rows[0]
            for column in range(first, last + 1)
            for top, bottom, _ in self._vertical(column)
        )

    def _vertical(self, column: int) -> list[tuple[int, int, int]]:
        """Ranges over several rows that cover a column: top, bottom and left, in order."""
        ranges = self._covering.get(column)
        if ranges is None:
            ranges = sorted(
                (top, bottom, left)
                for (top, left), (bottom, right) in self.merges.items()
                if left <= column <= right and bottom > top
            )
            self._covering[column] = ranges
        return ranges


def column_letter(column: int) -> str:
    """Spreadsheet letter of a column.

    Args:
        column: from 0.

    Returns:
        A, B … Z, AA ….
    """
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """A1 address of a cell.

    Args:
        row: from 0.
        column: from 0.

    Returns:
        The address, e.g. C7.
    """
    return f"{column_letter(column)}{row + 1}"
