"""The one shape every physical format is read into: a sheet as a grid of text."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

Span = tuple[int, int, int, int]
"""A merged range as (first row, first column, last row, last column), 0-based, inclusive."""


class UnreadableFileError(Exception):
    """A file or sheet that cannot be read as any format we accept.

    Attributes:
        rule_id: the rule of `seeds/rules/quality_rules.csv` that it breaks.
        found: what the bytes turned out to be, in plain Chinese.
        expected: what would have been accepted, in plain Chinese.
    """

    def __init__(self, rule_id: str, found: str, expected: str = "") -> None:
        """Keep the rule and the two sides of the comparison for the finding."""
        super().__init__(f"{rule_id}: {found}")
        self.rule_id = rule_id
        self.found = found
        self.expected = expected


@dataclass(frozen=True)
class Grid:
    """One sheet as text.

    Attributes:
        sheet: the sheet's name as the sender sees it; empty for a csv.
        frame: String columns `c0`, `c1` …; row i is physical row i + 1 and column j is the j-th
            spreadsheet column, leading blank rows and columns kept. A blank cell is null. Text is
            as sent; a number is its shortest form (814, 0.958), a date `YYYY-MM-DD`.
        is_hidden: the sheet is hidden in the workbook.
        merges: merged ranges with the text in their top-left cell; None where they have not been
            read yet (`ingest.readers.read_merges` does so, for the sheets that need them).
    """

    sheet: str
    frame: pl.DataFrame
    is_hidden: bool = False
    merges: tuple[Span, ...] | None = None
