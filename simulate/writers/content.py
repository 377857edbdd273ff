"""What a file holds, before it has a format."""

from __future__ import annotations

from dataclasses import dataclass, field

Cell = str | int | float | None


@dataclass(slots=True)
class SheetContent:
    """One sheet.

    Attributes:
        name: sheet name, at most 31 characters.
        rows: cells from A1; rows may differ in length, None is an empty cell.
        merges: first row, first column, last row, last column, all from 0; the text stands in
            the first cell, the others are None.
    """

    name: str
    rows: list[list[Cell]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FileContent:
    """One file of an inbox folder.

    Attributes:
        path: path inside the bureau's folder.
        content: its bytes.
    """

    path: str
    content: bytes
