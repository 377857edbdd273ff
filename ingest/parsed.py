"""What reading a sheet gives: raw rows, rows set aside, counts, places of fields, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from ingest.findings import Finding

SET_ASIDE_SCHEMA = {"_source_row": pl.Int32, "rule_id": pl.String, "row_text": pl.String}
POSITION_SCHEMA = {
    "table_name": pl.String,
    "field": pl.String,
    "heading": pl.String,
    "column_letter": pl.String,
    "row_no": pl.Int32,
    "project_row": pl.Int32,
}
NOTHING_SET_ASIDE = pl.DataFrame(schema=SET_ASIDE_SCHEMA)
ROW_PROVENANCE = {
    "_source_row": pl.Int32,
    "_project_row": pl.Int32,
    "_money_unit": pl.String,
    "_other_columns": pl.String,
}
ROW_TEXT_LIMIT = 2000


def table_schema(fields: Sequence[str]) -> dict[str, type[pl.DataType]]:
    """Schema of a sheet's rows before the filing's own columns are added.

    Args:
        fields: fields of the raw table.

    Returns:
        Column types by name, in order.
    """
    return ROW_PROVENANCE | {name: pl.String for name in fields}


@dataclass
class SheetPart:
    """One sheet's contribution to one slot.

    Attributes:
        document_kind: kind of the slot.
        fiscal_year: 预算年度.
        round_no: monitoring round, None where the kind has none.
        month_no: month of the round's label, where one is stated.
        layout: list or form.
        sheet: name of the sheet.
        tables: rows of a list by table (projects, indicators).
        lines: rows of forms by table (projects, indicators, funds); a form has few rows, and
            frames are made of many forms at once.
        set_aside: rows not loaded, with rule and text.
        counts: physical rows by class (title, header, total, note, blank).
        positions: where each field stands.
        findings: what is wrong; identity of the filing is added later.
    """

    document_kind: str
    fiscal_year: int
    round_no: int | None
    month_no: int | None
    layout: str
    sheet: str = ""
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    lines: dict[str, list[dict[str, str | int | None]]] = field(default_factory=dict)
    set_aside: pl.DataFrame = field(default_factory=lambda: NOTHING_SET_ASIDE)
    counts: dict[str, int] = field(default_factory=dict)
    positions: list[dict[str, str | int | None]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def slot(self) -> tuple[str, int, int]:
        """Kind, year and round (0 for none) within the bureau."""
        return self.document_kind, self.fiscal_year, self.round_no or 0

    def loaded_row_count(self) -> int:
        """Distinct physical rows that went into a raw table."""
        rows = [frame["_source_row"] for frame in self.tables.values()]
        in_lines = {line["_source_row"] for lines in self.lines.values() for line in lines}
        return (pl.concat(rows).n_unique() if rows else 0) + len(in_lines)

    def table_height(self, table: str) -> int:
        """Rows for one raw table."""
        frame = self.tables.get(table)
        return (0 if frame is None else frame.height) + len(self.lines.get(table, ()))

    def row_count(self) -> int:
        """Physical rows that the part accounts for."""
        return self.loaded_row_count() + len(self.set_aside) + sum(self.counts.values())


def column_letter(index: int) -> str:
    """A1 letters of a column.

    Args:
        index: 0-based column.

    Returns:
        A, B … Z, AA …
    """
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


def row_text(columns: Sequence[str]) -> pl.Expr:
    """The cells of a row in one text, for rows that are set aside.

    Args:
        columns: names of the columns to join.

    Returns:
        An expression; blank cells are left out.
    """
    joined = pl.concat_str([pl.col(c) for c in columns], separator=" | ", ignore_nulls=True)
    return joined.str.slice(0, ROW_TEXT_LIMIT).alias("row_text")
