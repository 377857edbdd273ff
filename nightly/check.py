"""The offline pre-check: what the warehouse would say of an export, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.findings import Finding, load_catalogue, render
from nightly.labels import label

SHOWN_PER_RULE = 5


@dataclass(frozen=True)
class Checked:
    """What was found in a file.

    Attributes:
        path: the file.
        findings: what is wrong.
        is_refused: whether the file would be refused.
        lines: the findings as Chinese text.
    """

    path: Path
    findings: list[Finding]
    is_refused: bool
    lines: list[str]


def check(path: Path, bureau_code: str | None, as_of: date) -> Checked:
    """Check one file as it would be read.

    Args:
        path: the export.
        bureau_code: the sender's code; None skips what depends on it.
        as_of: the date of the check.

    Returns:
        What was found, worded for the sender.
    """
    from ingest.export_file import check_file

    catalogue = load_catalogue()
    findings = check_file(path, bureau_code, as_of)
    shown: dict[str, int] = {}
    lines, is_refused = [], False
    for finding in findings:
        rule = catalogue[finding.rule_id]
        is_refused |= rule.severity == "error"
        shown[finding.rule_id] = shown.get(finding.rule_id, 0) + 1
        if shown[finding.rule_id] > SHOWN_PER_RULE:
            continue
        message, mend = render(finding, catalogue)
        lines.append(f"[{label('severity', rule.severity)}] {finding.rule_id} {message}")
        if mend:
            lines.append(f"      → {mend}")
    for rule_id, count in shown.items():
        if count > SHOWN_PER_RULE:
            lines.append(f"      （{rule_id} 共 {count} 处，以上列出前 {SHOWN_PER_RULE} 处）")
    return Checked(path, findings, is_refused, lines)
