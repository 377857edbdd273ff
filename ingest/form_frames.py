"""Blocks of official forms to the same raw rows as lists give."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from ingest.findings import Finding
from ingest.headings import plain
from ingest.parsed import (
    ROW_TEXT_LIMIT,
    SET_ASIDE_SCHEMA,
    SheetPart,
    column_letter,
)
from ingest.readers.grid import Grid
from ingest.reference import kind_sources, row_labels

if TYPE_CHECKING:
    from ingest.form_export import FormBlock

_COUNTED = ("title", "header", "total", "note", "blank")


@dataclass(frozen=True)
class FormSlot:
    """What is settled about a form before it is laid out."""

    document_kind: str
    fiscal_year: int
    round_no: int | None = None
    month_no: int | None = None


def form_parts(
    grid: Grid, blocks: Sequence[tuple[FormBlock, FormSlot | None, str | None]]
) -> list[SheetPart]:
    """Lay out the blocks of a sheet, by slot.

    Args:
        grid: the sheet.
        blocks: every block with its slot, or with the rule that refuses it.

    Returns:
        One part per slot; rows that no block accounts for are counted on the first, as blank,
        or set aside where they hold text. Without any slot there is no part.
    """
    by_slot: dict[FormSlot, list[FormBlock]] = {}
    refused: list[tuple[FormBlock, str]] = []
    for block, slot, rule_id in blocks:
        if slot is None:
            refused.append((block, rule_id or "ROW-009"))
        else:
            by_slot.setdefault(slot, []).append(block)
    parts = [_part(grid, slot, members) for slot, members in by_slot.items()]
    if parts:
        accounted: set[int] = set()
        for part, members in zip(parts, by_slot.values(), strict=True):
            accounted |= _count_blocks(grid, part, members)
        _count_rest(grid, parts[0], refused, accounted)
    return parts


def _part(grid: Grid, slot: FormSlot, blocks: Sequence[FormBlock]) -> SheetPart:
    part = SheetPart(
        slot.document_kind, slot.fiscal_year, slot.round_no, slot.month_no, "form", grid.sheet
    )
    main = kind_sources()[slot.document_kind].main_table
    rows: dict[str, list[dict[str, Any]]] = {main: [], "indicators": [], "funds": []}
    for block in blocks:
        base = {"_project_row": block.project_row, "_money_unit": block.money_unit}
        rows[main].append(
            {
                **base,
                "_source_row": block.project_row,
                "_other_columns": _json(block.project_other),
                **{name: cell.text for name, cell in block.project.items()},
            }
        )
        for table, lines in (("indicators", block.indicators), ("funds", block.funds)):
            rows[table] += [{**base, **_line(line)} for line in lines]
        part.positions += _positions(block, main)
        part.findings += [replace(f, source_sheet=grid.sheet) for f in block.findings]
    part.lines = {table: lines for table, lines in rows.items() if lines}
    return part


def _line(line: dict[str, Any]) -> dict[str, str | int | None]:
    """A line of funds or indicators as a row: fields as text, unknown columns as JSON."""
    row: dict[str, str | int | None] = {
        name: None if value is None else str(value)
        for name, value in line.items()
        if name not in ("row", "other_columns")
    }
    row["_source_row"] = line["row"]
    row["_other_columns"] = _json(line.get("other_columns"))
    return row


def _json(other: dict[str, str] | None) -> str | None:
    return json.dumps(other, ensure_ascii=False) if other else None


def _positions(block: FormBlock, main: str) -> list[dict[str, str | int | None]]:
    """Where the fields of a form stand: fixed cells of project or unit, columns of the lines."""
    positions: list[dict[str, str | int | None]] = [
        {
            "table_name": main,
            "field": name,
            "heading": cell.heading,
            "column_letter": column_letter(cell.column),
            "row_no": cell.row,
            "project_row": block.project_row,
        }
        for name, cell in block.project.items()
    ]
    for table, columns in (
        ("indicators", block.indicator_columns),
        ("funds", block.fund_columns),
    ):
        positions += [
            {
                "table_name": table,
                "field": name,
                "heading": heading,
                "column_letter": column_letter(column),
                "row_no": None,
                "project_row": block.project_row,
            }
            for name, (column, heading) in columns.items()
        ]
    return positions


def _count_blocks(grid: Grid, part: SheetPart, blocks: Sequence[FormBlock]) -> set[int]:
    """Count the rows of a part's blocks; a row that gave a raw row is loaded.

    Rows of labels whose values went into the project's row (主管部门, 总体目标) count as header.
    """
    loaded = {line["_source_row"] for lines in part.lines.values() for line in lines}
    accounted = set(loaded)
    counts: Counter[str] = Counter()
    aside: list[tuple[int, str, str]] = []
    for block in blocks:
        rules = {f.source_row: f.rule_id for f in block.findings if f.source_row}
        for row, row_class in block.row_classes.items():
            if row in accounted:
                continue
            accounted.add(row)
            if row_class == "set_aside":
                aside.append((row, rules.get(row, "ROW-009"), _row_text(grid, row)))
            else:
                counts[row_class if row_class in _COUNTED else "header"] += 1
    part.counts = dict(counts)
    if aside:
        part.set_aside = _aside_frame(aside)
    told = {f.source_row for f in part.findings}
    part.findings += _aside_findings(grid, [line for line in aside if line[0] not in told])
    return accounted


def _count_rest(
    grid: Grid, part: SheetPart, refused: Sequence[tuple[FormBlock, str]], accounted: set[int]
) -> None:
    """Count the rows of refused blocks and those that no block claims."""
    counts = Counter(part.counts)
    aside: list[tuple[int, str, str]] = []
    rules = {
        row: rule_id
        for block, rule_id in refused
        for row in range(block.first_row, block.last_row + 1)
    }
    for row in range(1, grid.frame.height + 1):
        if row in accounted:
            continue
        text = _row_text(grid, row)
        if not text:
            counts["blank"] += 1
        elif row not in rules and re.search(row_labels().note, plain(text)):
            counts["note"] += 1
        else:
            aside.append((row, rules.get(row, "ROW-009"), text))
    part.counts = dict(counts)
    if aside:
        part.set_aside = pl.concat([part.set_aside, _aside_frame(aside)]).sort("_source_row")
    part.findings += _aside_findings(grid, [line for line in aside if line[0] not in rules])


def _row_text(grid: Grid, row: int) -> str:
    cells = (cell.strip() for cell in grid.frame.row(row - 1) if cell)
    return " | ".join(cell for cell in cells if cell)[:ROW_TEXT_LIMIT]


def _aside_frame(aside: Sequence[tuple[int, str, str]]) -> pl.DataFrame:
    return pl.DataFrame(aside, schema=SET_ASIDE_SCHEMA, orient="row")


def _aside_findings(grid: Grid, aside: Sequence[tuple[int, str, str]]) -> list[Finding]:
    return [
        Finding(rule_id, source_sheet=grid.sheet, source_row=row, value_found=text)
        for row, rule_id, text in aside
    ]
