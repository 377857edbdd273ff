"""What a check found, for people: on the screen, and as the sender's own files with marks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from nightly.check import SEVERITIES, Checked, Told, files_in, sent_as
from nightly.labels import label

if TYPE_CHECKING:
    from rich.console import Console

    from nightly.return_workbook import ReceivedFile, ReturnFinding

SHOWN_PER_RULE = 5
TITLE = "报送前检查结果"


def show(checked: Checked, console: Console) -> None:
    """Show what was found: a table per sheet, the worst first.

    Args:
        checked: what was found.
        console: where to show it.
    """
    from rich.table import Table

    by_file: dict[str, dict[str, list[Told]]] = {}
    for told in checked.findings:
        sheets = by_file.setdefault(told.finding.source_file or "", {})
        sheets.setdefault(told.finding.source_sheet or "", []).append(told)
    for name in dict.fromkeys([read.source_file for read in checked.read] + list(by_file)):
        console.print(_headline(name, checked, by_file.get(name, {})), markup=False)
        for sheet, findings in by_file.get(name, {}).items():
            table = Table("级别", "单元格", "列标题", "问题", "如何修改", "规则",
                          title=f"工作表「{sheet}」" if sheet else None, title_justify="left")
            for cells in _shown(findings):
                table.add_row(*cells)
            console.print(table, markup=False)
    if checked.is_fast:
        console.print("（快速检查：只查了文件、表头和单元格；行间、表间的规则没有查。）")


def _shown(findings: Sequence[Told]) -> Iterator[tuple[str, ...]]:
    """Lines of a table; the same problem many times over is counted instead."""
    from rich.markup import escape

    counts: dict[str, int] = {}
    for told in findings:
        counts[told.finding.rule_id] = counts.get(told.finding.rule_id, 0) + 1
    done: dict[str, int] = {}
    for told in findings:
        finding = told.finding
        rule_id = finding.rule_id
        done[rule_id] = done.get(rule_id, 0) + 1
        if done[rule_id] <= SHOWN_PER_RULE:
            row = f"第{finding.source_row}行" if finding.source_row else ""
            yield (
                label("severity", told.severity), finding.source_cell or row,
                escape(finding.heading or ""), escape(told.message), escape(told.how_to_fix),
                rule_id,
            )
        elif done[rule_id] == SHOWN_PER_RULE + 1:
            more = counts[rule_id] - SHOWN_PER_RULE
            yield ("", "", "", f"…… 另有 {more} 处同样的问题（用 --out 写出全部）", "", rule_id)


def _headline(name: str, checked: Checked, sheets: dict[str, list[Told]]) -> str:
    """One line on a file: what it was taken for, and how much is wrong with it."""
    taken = [read for read in checked.read if read.source_file == name and read.document_kind]
    is_refused = any(read.is_refused for read in checked.read if read.source_file == name)
    as_what = "；".join(
        label("document_kind", read.document_kind)
        + f" {read.fiscal_year}年"
        + (f"第{read.round_no}轮" if read.round_no else "")
        + f" {read.row_count}行"
        for read in taken
    )
    severities = [told.severity for findings in sheets.values() for told in findings]
    counts = "，".join(
        f"{label('severity', severity)} {severities.count(severity)}"
        for severity in SEVERITIES if severity in severities
    )
    words = ["会被整份退回" if is_refused else "", counts or "没有发现问题"]
    return f"{name}：{'；'.join(word for word in (as_what, *words) if word)}"


def write_copies(checked: Checked, paths: Sequence[Path], target: Path, as_of: date) -> list[Path]:
    """Write the files back with their cells marked, as the night would return them.

    Args:
        checked: what was found.
        paths: the files checked.
        target: an xlsx for one file; for several, or an archive, a folder to put them into.
        as_of: the date of the check.

    Returns:
        The workbooks written, in the order of the files.
    """
    from nightly.return_workbook import Overview, worst_first, write_return
    from nightly.returns import copy_stem

    sent = dict(item for path in paths for item in files_in(path, sent_as(path)[0]))
    findings = [_as_returned(told) for told in checked.findings]
    written = []
    for number, (name, content) in enumerate(sent.items(), start=1):
        own = [finding for finding in findings if finding.source_file == name]
        overview = Overview("", "", as_of, [_as_received(name, checked)], title=TITLE)
        is_alone = len(sent) == 1 and target.suffix.lower() == ".xlsx"
        out = target if is_alone else target / f"{number:02d}-{copy_stem(name)}-标注.xlsx"
        with tempfile.NamedTemporaryFile() as place:
            place.write(content)
            place.flush()
            write_return(out, overview, worst_first(own), Path(place.name), name)
        written.append(out)
    return written


def _as_returned(told: Told) -> ReturnFinding:
    from nightly.return_workbook import ReturnFinding

    finding = told.finding
    return ReturnFinding(
        finding_key=told.finding_key,
        severity=told.severity,
        rule_id=finding.rule_id,
        source_file=finding.source_file or "",
        source_sheet=finding.source_sheet or "",
        source_row=finding.source_row,
        source_cell=finding.source_cell or "",
        heading=finding.heading or "",
        found=finding.value_found or "",
        expected=finding.value_expected or "",
        message=told.message,
        fix=told.how_to_fix,
        file_sha256=finding.file_sha256 or "",
    )


def _as_received(name: str, checked: Checked) -> ReceivedFile:
    from nightly.return_workbook import ReceivedFile

    read = [item for item in checked.read if item.source_file == name]
    severities = [told.severity for told in checked.findings if told.finding.source_file == name]
    row_count = sum(item.row_count for item in read)
    return ReceivedFile(
        source_file=name,
        received_date="",
        outcome=_outcome(any(item.is_refused for item in read), severities),
        row_count=row_count,
        accepted_count=row_count,
        set_aside_count=None,
        error_count=severities.count("error"),
        warning_count=severities.count("warning"),
        copy_name="",
    )


def _outcome(is_refused: bool, severities: Sequence[str]) -> str:
    if is_refused:
        return "会被整份退回"
    return "请改正错误后报送" if "error" in severities else "可以报送"
