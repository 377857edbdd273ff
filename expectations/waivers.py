"""Approved exceptions to rules, as far as they decide whether a filing is sent back.

Findings are marked as waived by the build (`fct_finding.waiver_id`). A filing that was sent back is
not in the build, so what rejects it has to be waived here. Only an exception for a whole filing can
do that: one for a single project leaves the share of bad rows as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

WAIVERS_PATH = Path(__file__).resolve().parent.parent / "seeds" / "rules" / "waivers.csv"


@dataclass(frozen=True)
class Waiver:
    """One row of seeds/rules/waivers.csv that stands for whole filings; None stands for all.

    Attributes:
        rule_id: the rule that is not held against the filing.
        bureau_code: 6-digit code of the sender.
        document_kind: kind of the filing.
        fiscal_year: 预算年度 of the filing.
        round_no: monitoring round.
        expires_on: last day on which a filing may be received under it.
    """

    rule_id: str
    bureau_code: str | None
    document_kind: str | None
    fiscal_year: int | None
    round_no: int | None
    expires_on: date | None


def load_waivers(path: Path = WAIVERS_PATH) -> list[Waiver]:
    """Read the exceptions that stand for whole filings.

    Args:
        path: the csv of waivers.

    Returns:
        Waivers without a project, in the order of the file.

    Raises:
        ValueError: a year, round or date is not one.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        return [
            Waiver(
                rule_id=row["rule_id"],
                bureau_code=row["bureau_code"] or None,
                document_kind=row["document_kind"] or None,
                fiscal_year=int(row["fiscal_year"]) if row["fiscal_year"] else None,
                round_no=int(row["round_no"]) if row["round_no"] else None,
                expires_on=date.fromisoformat(row["expires_on"]) if row["expires_on"] else None,
            )
            for row in csv.DictReader(handle)
            if not row["project_code"]
        ]


def waived_rules(
    waivers: Iterable[Waiver],
    bureau_code: str,
    document_kind: str,
    fiscal_year: int | None,
    round_no: int | None,
    received_on: date,
) -> frozenset[str]:
    """Name the rules that are not held against a filing.

    The day of receipt counts, not the day of the judgement: a filing judged again later, when the
    exception has expired, keeps its state.

    Args:
        waivers: the exceptions.
        bureau_code: sender.
        document_kind: kind of the filing.
        fiscal_year: year of the filing.
        round_no: round of the filing.
        received_on: the night that received it.

    Returns:
        Rule ids.
    """
    filing = (bureau_code, document_kind, fiscal_year, round_no)
    return frozenset(
        waiver.rule_id
        for waiver in waivers
        if all(
            wanted is None or wanted == found
            for wanted, found in zip(
                (waiver.bureau_code, waiver.document_kind, waiver.fiscal_year, waiver.round_no),
                filing,
                strict=True,
            )
        )
        and (waiver.expires_on is None or received_on <= waiver.expires_on)
    )
