"""One inbox of hostile files, received, read and loaded as a night does it, and judged."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ingest import raw
from ingest.file_limits import FileLimits
from ingest.findings import Finding, load_catalogue, render
from ingest.landing import Received, receive
from ingest.parse import ParsedBatch, parse_receipts
from torture.measured_workers import MeasuredSupervisor, read_peaks

NIGHT = date(2021, 3, 1)
BUREAU = "650102"
FOLDER = f"{BUREAU}-天山区"

_ACCOUNTED_SQL = """
select receipt.source_file
from ops.receipt as receipt
inner join ops.filing as filing on receipt.receipt_id = filing.receipt_id
group by receipt.source_file, receipt.source_row_count
having receipt.source_row_count != sum(
    filing.loaded_row_count + filing.set_aside_row_count + filing.title_row_count
    + filing.header_row_count + filing.total_row_count + filing.note_row_count
    + filing.blank_row_count
)
"""


@dataclass
class RoundResult:
    """What became of the files of one inbox.

    Attributes:
        sent: files in the inbox.
        outcomes: by receipt: name of the file, 读入 or the rule that refused it.
        faults: what must not happen, by its name: files.
        peak_bytes: most memory of the process that read a file, by file.
        rows: rows loaded.
        seconds: wall-clock time.
    """

    sent: int = 0
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    peak_bytes: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    seconds: float = 0.0


def run_round(inbox: Path, home: Path, limits: FileLimits, workers: int = 1) -> RoundResult:
    """Receive, read and load an inbox; judge what became of each file.

    Args:
        inbox: folder with the folders of bureaus.
        home: where the landing and the warehouse of this round go; removed at the end.
        limits: what one file may cost.
        workers: reading processes.

    Returns:
        Outcomes and faults.
    """
    began = time.monotonic()
    result = RoundResult()
    home.mkdir(parents=True)
    try:
        received = receive(inbox, home, NIGHT, {BUREAU})
        batch = parse_receipts(
            received.receipts, home, workers, limits=limits, supervisor=MeasuredSupervisor
        )
        result.sent = received.seen_count + len(received.findings)
        names = {receipt.receipt_id: receipt.source_file for receipt in received.receipts}
        peaks = read_peaks(batch.folder)
        result.peak_bytes = {names[receipt_id]: peak for receipt_id, peak in peaks.items()}
        with duckdb.connect(str(home / "warehouse.duckdb")) as con:
            raw.create_schema(con)
            result.rows = sum(raw.load(con, batch).values())
            _judge(result, received, batch, con)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    result.seconds = time.monotonic() - began
    return result


def _judge(
    result: RoundResult, received: Received, batch: ParsedBatch, con: duckdb.DuckDBPyConnection
) -> None:
    found: dict[str, list[Finding]] = {}
    for finding in (*received.findings, *(finding for finding, _ in batch.findings)):
        found.setdefault(finding.source_file or "", []).append(finding)
    rows: dict[str, dict[str, Any]] = {row["receipt_id"]: row for row in batch.receipts}
    faults: dict[str, list[str]] = {}

    def fault(name: str, file: str) -> None:
        faults.setdefault(name, []).append(file)

    for receipt in received.receipts:
        row = rows.get(receipt.receipt_id)
        if row is None:
            fault("没有结果", receipt.source_file)
            continue
        rule_id = row["rule_id"] or ""
        said = found.get(receipt.source_file, [])
        if row["status"] == "quarantined" and rule_id not in {one.rule_id for one in said}:
            fault("退回而没有说明", receipt.source_file)
        if rule_id == "FILE-208":
            fault("程序出错", f"{receipt.source_file}：{said[0].value_found if said else ''}")
        if rule_id == "FILE-209":
            fault("超时", receipt.source_file)
        if rule_id == "ROW-001":
            fault("行数不平", receipt.source_file)
        result.outcomes.append(
            (receipt.source_file, "读入" if row["status"] == "loaded" else rule_id)
        )
    result.outcomes += [(one.source_file or "", one.rule_id) for one in received.findings]
    repeated = Counter(row["receipt_id"] for row in batch.receipts)
    for receipt_id, times in repeated.items():
        if times > 1:
            fault("结果重复", receipt_id)
    catalogue = load_catalogue()
    for file, findings in found.items():
        for finding in findings:
            if trouble := _ill_worded(finding, catalogue):
                fault("说明不成句", f"{file}：{finding.rule_id} {trouble}")
    rejected = con.execute("select source_file from ops.filing where state = 'rejected'")
    for (file,) in [*rejected.fetchall(), *con.execute(_ACCOUNTED_SQL).fetchall()]:
        fault("行数不平", file)
    result.faults = faults


def _ill_worded(finding: Finding, catalogue: dict) -> str:
    """What is wrong with what the sender is told; empty where nothing is."""
    message, how_to_fix = render(finding, catalogue)
    sent = [finding.value_found or "", finding.source_file or "", finding.source_sheet or ""]
    own = message + how_to_fix
    for text in sorted(filter(None, [*sent, finding.heading or ""]), key=len, reverse=True):
        own = own.replace(text, "")
    if not re.search("[\u4e00-\u9fff]", own):
        return "没有中文"
    if re.search(r"\{(?:file|found|sheet|cell|row|expected|heading|bureau)\}", own):
        return "有没填的空"
    if "Error" in own or "Traceback" in own:
        return "是程序的话"
    return ""
