"""The verdict on a filing: pure logic, from counted findings to a state.

Three kinds of fault, three fates: a file-level fault rejects the filing (what was live before
stays live), a row-level fault travels as a finding, a broken promise of ours stops the build and
never gets here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.findings import Rule

FILED = "filed"
FILED_WITH_WARNINGS = "filed_with_warnings"
REJECTED = "rejected"

MIN_ROWS_FOR_SHARE = 20
"""A share of fewer rows says little: two bad rows of three are a finding, not a broken file."""


@dataclass(frozen=True)
class FilingToJudge:
    """A filing as the gate sees it.

    Attributes:
        filing_id: the filing.
        layout: list, form or mixed.
        excused: ids of rules that are not held against it: an exception was approved, or the rule
            was not in force when it was received.
    """

    filing_id: str
    layout: str
    excused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RuleHits:
    """How often one rule hit one filing.

    Attributes:
        filing_id: the filing.
        rule_id: the rule.
        finding_count: number of findings (failing cells).
        failing_row_count: rows of one table that fail, in the column that fails most.
        row_count: number of rows of that table of the filing.
    """

    filing_id: str
    rule_id: str
    finding_count: int
    failing_row_count: int = 0
    row_count: int = 0


@dataclass(frozen=True)
class Verdict:
    """What becomes of a filing.

    Attributes:
        filing_id: the filing.
        state: filed, filed_with_warnings or rejected.
        state_reason: the rules that decided it, joined by 「,」; None where it is filed.
        error_count: findings of severity error, ingest's included.
        warning_count: findings of severity warning, ingest's included.
    """

    filing_id: str
    state: str
    state_reason: str | None
    error_count: int
    warning_count: int


def rejects(hit: RuleHits, rule: Rule, filing: FilingToJudge) -> bool:
    """Say whether hits of one rule reject a filing.

    Args:
        hit: the hits.
        rule: the rule.
        filing: the filing; a form is never rejected for its values.

    Returns:
        True where the rule quarantines a file by itself, or its share of rows is reached, and the
        filing is not excused from it.
    """
    if rule.status != "active" or not hit.finding_count or rule.rule_id in filing.excused:
        return False
    if rule.effect == "quarantine_file":
        return True
    return (
        rule.quarantine_share is not None
        and filing.layout == "list"
        and hit.row_count >= MIN_ROWS_FOR_SHARE
        and hit.failing_row_count >= rule.quarantine_share * hit.row_count
    )


def judge(
    filings: Iterable[FilingToJudge], hits: Iterable[RuleHits], catalogue: Mapping[str, Rule]
) -> list[Verdict]:
    """Give every filing its verdict.

    Args:
        filings: the filings to judge.
        hits: hits of rules on them, of ingest and of the gate; others are ignored.
        catalogue: rules by id.

    Returns:
        One verdict per filing, in the order given.
    """
    by_filing: dict[str, list[RuleHits]] = {}
    for hit in hits:
        by_filing.setdefault(hit.filing_id, []).append(hit)
    return [
        _judge_one(filing, by_filing.get(filing.filing_id, []), catalogue) for filing in filings
    ]


def _judge_one(
    filing: FilingToJudge, hits: list[RuleHits], catalogue: Mapping[str, Rule]
) -> Verdict:
    def count(severity: str) -> int:
        return sum(hit.finding_count for hit in hits if catalogue[hit.rule_id].severity == severity)

    def joined(rule_ids: Iterable[str]) -> str | None:
        return ",".join(sorted(set(rule_ids))) or None

    errors, warnings = count("error"), count("warning")
    rejecting = joined(
        hit.rule_id for hit in hits if rejects(hit, catalogue[hit.rule_id], filing)
    )
    if rejecting:
        state, reason = REJECTED, rejecting
    elif errors or warnings:
        state = FILED_WITH_WARNINGS
        reason = joined(
            hit.rule_id
            for hit in hits
            if hit.finding_count and catalogue[hit.rule_id].severity in ("error", "warning")
        )
    else:
        state, reason = FILED, None
    return Verdict(filing.filing_id, state, reason, errors, warnings)
