"""The `Finding`: the one shape in which anything wrong travels, and its wording."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

STEPS = (
    "file", "header", "cell", "row", "form", "cross_form", "cross_round", "cross_tier",
)
"""Where findings are made, in order: each step assumes that the ones before found nothing."""

CATALOGUE_PATH = Path(__file__).resolve().parent.parent / "seeds" / "rules" / "quality_rules.csv"

PLACE_MARKS = ("工作表「{sheet}」{cell}", "{sheet}第{row}行")
"""Parts of a message that say where: the sheet, if the file has sheets, and the cell, else row."""


@dataclass(frozen=True)
class Finding:
    """Something wrong with what was sent, addressed to a file, a sheet and a cell.

    Severity and wording are not here: they belong to the rule (`seeds/rules/quality_rules.csv`).

    Attributes:
        rule_id: the rule that is broken.
        bureau_code: the 6-digit code of the bureau whose folder the file came from.
        document_kind: kind of the filing, where it is known.
        fiscal_year: 预算年度 of the filing, where it is known.
        round_no: monitoring round, where the kind has one.
        filing_id: the filing, where the file got as far as being one.
        file_sha256: hash of the file's bytes.
        source_file: path in the inbox; members of a zip as `a.zip!inner/b.xls`.
        source_sheet: sheet name, empty for a csv.
        source_row: physical row, from 1.
        source_cell: A1 address.
        heading: the sender's own heading of the column or label of the field.
        value_found: the text as sent.
        value_expected: what would have been accepted, in Chinese.
        difference: expected minus found, as text, where that is a number.
    """

    rule_id: str
    bureau_code: str | None = None
    document_kind: str | None = None
    fiscal_year: int | None = None
    round_no: int | None = None
    filing_id: str | None = None
    file_sha256: str | None = None
    source_file: str | None = None
    source_sheet: str | None = None
    source_row: int | None = None
    source_cell: str | None = None
    heading: str | None = None
    value_found: str | None = None
    value_expected: str | None = None
    difference: str | None = None


@dataclass(frozen=True)
class Rule:
    """One row of the rule catalogue; texts are templates in Chinese.

    `valid_from` and `valid_to` are ISO dates, '' where open: only filings received between them
    can be sent back for this rule. What is found is told in any case.
    """

    rule_id: str
    rule_zh: str
    severity: str
    effect: str
    message_zh: str
    expected_zh: str
    how_to_fix_zh: str
    enforced_in: str
    enforced_at: str
    quarantine_share: float | None
    status: str
    step: str = "cell"
    derived_from: str = ""
    valid_from: str = ""
    valid_to: str = ""


def load_catalogue(path: Path = CATALOGUE_PATH) -> dict[str, Rule]:
    """Read the rule catalogue.

    Args:
        path: the csv of rules.

    Returns:
        Rules by id.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            row["rule_id"]: Rule(
                **{
                    field: row[field]
                    for field in Rule.__dataclass_fields__
                    if field != "quarantine_share"
                },
                quarantine_share=float(row["quarantine_share"])
                if row["quarantine_share"]
                else None,
            )
            for row in csv.DictReader(handle)
        }


def not_in_force(catalogue: Mapping[str, Rule], day: date) -> frozenset[str]:
    """Name the rules that no filing received on a day can be sent back for.

    Args:
        catalogue: rules by id.
        day: the night that received the filing.

    Returns:
        Rule ids.
    """
    return frozenset(
        rule.rule_id
        for rule in catalogue.values()
        if not (rule.valid_from or "0000") <= day.isoformat() <= (rule.valid_to or "9999")
    )


def render(finding: Finding, catalogue: dict[str, Rule]) -> tuple[str, str]:
    """Word a finding for its sender.

    The same templates are rendered in SQL by the macro `render_template` for the release.

    Args:
        finding: what is wrong.
        catalogue: rules by id.

    Returns:
        The message and the way to mend it, in Chinese.
    """
    rule = catalogue[finding.rule_id]
    sheet = f"工作表「{finding.source_sheet}」" if finding.source_sheet else ""
    row = f"第{finding.source_row}行" if finding.source_row else ""
    values = {
        **dict.fromkeys(PLACE_MARKS, sheet + (finding.source_cell or row)),
        "的工作表「{sheet}」": f"的{sheet}" if sheet else "",
        "工作表「{sheet}」": sheet,
        "」{sheet}：": f"」{sheet}：",
        "{bureau}": finding.bureau_code,
        "{file}": finding.source_file,
        "{sheet}": finding.source_sheet,
        "{row}": finding.source_row,
        "{cell}": finding.source_cell,
        "{heading}": finding.heading,
        "{found}": finding.value_found,
        "{expected}": finding.value_expected or rule.expected_zh,
        "{difference}": finding.difference,
    }
    optional = (*PLACE_MARKS, "的工作表「{sheet}」", "工作表「{sheet}」")

    def fill(template: str) -> str:
        for mark, value in values.items():
            blank = "" if mark in optional else "（空）"
            template = template.replace(mark, blank if value in (None, "") else str(value))
        return template

    return fill(rule.message_zh), fill(rule.how_to_fix_zh)
