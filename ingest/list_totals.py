"""The total row of a list against the rows above it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import polars as pl

from ingest.findings import Finding
from ingest.headings import plain
from ingest.list_header import ListHeader
from ingest.parsed import SheetPart, column_letter

_LABELS = frozenset({"合计", "总计", "共计"})
_SUMMED = (
    "budget", "initial_budget", "annual_budget", "adjusted_budget", "executed",
    "fiscal_appropriation", "other_funds", "carried_over",
)  # fmt: skip
_TOLERANCE = Decimal("0.1")
_ROUNDING = Decimal("0.005")


def _amount(text: str | None) -> Decimal | None:
    """The number that a cell is, None where it is anything else."""
    try:
        number = Decimal(plain(text).replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def total_findings(classed: pl.DataFrame, part: SheetPart, header: ListHeader) -> list[Finding]:
    """Compare the one 合计 of a list with the sum of its projects, column by column.

    Nothing is said where the list has several totals, where rows were set aside, or where a cell of
    the column is no plain number: then the sum is not known. Each row may be rounded to the cent.

    Args:
        classed: the rows with their class.
        part: what was read of the list.
        header: its header.

    Returns:
        One finding (ROW-008) per column whose total is not its sum.
    """
    rows = part.tables.get(header.main)
    totals = classed.filter(pl.col("class") == "total")
    labelled = [
        row for row in totals.iter_rows(named=True)
        if any(plain(cell).rstrip(":") in _LABELS for cell in row.values() if isinstance(cell, str))
    ]
    if rows is None or len(totals) != 1 or len(labelled) != 1:
        return []
    total_row = labelled[0]
    findings = []
    for field in _SUMMED:
        column = header.column_of(header.main, field)
        if column is None or field not in rows.columns:
            continue
        said = _amount(total_row[f"c{column.index}"])
        amounts = [_amount(text) for text in rows[field].to_list()]
        if said is None or not all(amount is not None for amount in amounts):
            continue
        summed = sum((amount for amount in amounts if amount is not None), Decimal(0))
        if abs(said - summed) <= _TOLERANCE + _ROUNDING * len(amounts):
            continue
        findings.append(
            Finding(
                "ROW-008",
                source_sheet=part.sheet,
                source_row=total_row["_source_row"],
                source_cell=f"{column_letter(column.index)}{total_row['_source_row']}",
                heading=column.sent,
                value_found=format(said, "f"),
                value_expected=format(summed, "f"),
                difference=format(said - summed, "f"),
            )
        )
    return findings
