"""Who gets which return workbook after a night: bureaus with new files, in parallel processes.

    reports/<release id>/退回/<prefecture>/<bureau>/00-反馈汇总.xlsx
    reports/<release id>/退回/<prefecture>/<bureau>/01-<file as sent>-标注.xlsx …

A prefecture's folder holds its own bureau and its counties', so that it can be handed down whole;
the bureau that publishes has a folder of its own.
"""

from __future__ import annotations

import csv
import logging
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from ingest.landing import blob_path
from ingest.lifeline import end_with_parent
from nightly.labels import label
from nightly.release import Release, list_releases, open_release
from nightly.return_workbook import (
    Overview,
    OwedFiling,
    ReceivedFile,
    ReturnFinding,
    worst_first,
    write_return,
)
from nightly.settings import CODE_ROOT, Home, thread_count
from nightly.warehouse import read_only

logger = logging.getLogger(__name__)

RETURNS_FOLDER = "退回"
SUMMARY_NAME = "00-反馈汇总.xlsx"
MAX_COPIES = 200
MAX_FINDINGS = 20_000
YEARS_SHOWN = 2
NAME_LENGTH = 40
OWED_STATUSES = frozenset({"expected", "late", "rejected", "missing"})

FINDING_SQL = """
select
    coalesce(finding_key, ''), severity, rule_id, coalesce(rule_name, ''),
    coalesce(_source_file, ''), coalesce(_source_sheet, ''), _source_row,
    coalesce(source_cell, ''), coalesce(heading, ''), coalesce(value_found, ''),
    coalesce(value_expected, ''), coalesce(message_zh, ''), coalesce(how_to_fix_zh, ''),
    case
        when waiver_id is not null then 'waived' when is_explained then 'explained' else 'open'
    end,
    coalesce(explanation, ''), coalesce(_file_sha256, '')
from quality.fct_finding
where list_contains(?, bureau_code) and is_current and not is_derived
order by
    case severity when 'error' then 1 when 'warning' then 2 else 3 end,
    _source_file, _source_sheet, _source_row, source_cell, finding_id
limit ?
"""
FILING_SQL = """
select document_kind, fiscal_year, round_no, status, due_date, days_late
from marts.mart_filing_status
where bureau_code = ? and fiscal_year >= ?
order by fiscal_year desc, due_date, document_kind, round_no
"""
BUREAU_SQL = """
select
    bureau_code,
    max_by(bureau_name, valid_from),
    max_by(parent_bureau_code, valid_from)
from marts.dim_bureau
group by bureau_code
"""
RECEIPT_SQL = """
select
    receipt.receipt_id, receipt.bureau_code, receipt.file_sha256, receipt.source_file,
    cast(cast(receipt.received_at as date) as varchar), receipt.status,
    sum(filing.loaded_row_count), sum(filing.set_aside_row_count),
    count(filing.filing_id), count(*) filter (where filing.state = 'rejected')
from ops.receipt as receipt
left join ops.filing as filing on receipt.receipt_id = filing.receipt_id
group by all
order by receipt.receipt_id
"""


HARMFUL = frozenset(("FILE-208", "FILE-209", "FILE-212"))
"""Rules of files that ended the process which read them: they are not opened a second time."""


@dataclass(frozen=True)
class Received:
    """One receipt and what became of it."""

    receipt_id: str
    bureau_code: str
    file_sha256: str
    source_file: str
    received_date: str
    status: str
    loaded_count: int | None
    set_aside_count: int | None
    filing_count: int
    rejected_count: int

    @property
    def outcome(self) -> str:
        """What became of it, in Chinese."""
        if self.status == "quarantined":
            return "整份退回，未入库"
        if self.rejected_count:
            whole = self.rejected_count == self.filing_count
            return "错误过多，已退回" if whole else "部分退回"
        if self.set_aside_count:
            return "已入库，部分行搁置"
        return label("receipt_status", self.status)


@dataclass(frozen=True)
class Errand:
    """All that one process needs to write a bureau's workbooks."""

    database: Path
    home: Path
    folder: Path
    bureau_code: str
    bureau_name: str
    codes: tuple[str, ...]
    receipts: tuple[Received, ...]
    as_of: date


def write_returns(home: Home, release: Release, folder: Path, as_of: date) -> int:
    """Write the return workbooks of every bureau that sent something since the last release.

    Args:
        home: the installation.
        release: the release that holds the findings.
        folder: where `退回/` is made.
        as_of: the night's date.

    Returns:
        Workbooks written.
    """
    new = new_receipts(home, release)
    if not new:
        return 0
    with open_release(release.database) as con:
        bureaus = {
            code: (name, parent) for code, name, parent in con.execute(BUREAU_SQL).fetchall()
        }
    by_bureau: dict[str, list[Received]] = {}
    for receipt in new:
        by_bureau.setdefault(receipt.bureau_code, []).append(receipt)
    errands = [
        Errand(
            release.database, home.root, folder / bureau_folder(code, bureaus),
            code, bureaus.get(code, (code, None))[0] or code, same_bureau(code),
            tuple(receipts), as_of,
        )
        for code, receipts in sorted(by_bureau.items())
    ]
    workers = min(thread_count(), len(errands))
    if workers < 2:
        return sum(map(run_errand, errands))
    # the bureaus with most files first, so that none is left over at the end
    errands.sort(key=lambda errand: -len(errand.receipts))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=end_with_parent
    ) as pool:
        return sum(pool.map(run_errand, errands))


def new_receipts(home: Home, release: Release) -> list[Received]:
    """What a release holds that the release before it did not.

    Args:
        home: the installation.
        release: the release.

    Returns:
        Its new receipts in order; of the first release all.
    """
    earlier = (
        one.manifest_if_sound() for one in reversed(list_releases(home))
        if one.release_id < release.release_id
    )
    last = next(filter(None, earlier), {"inputs": []})
    before = {one["receipt_id"] for one in last["inputs"]}
    wanted = {one["receipt_id"] for one in release.manifest()["inputs"]} - before
    with read_only(home) as con:
        return [
            Received(*row) for row in con.execute(RECEIPT_SQL).fetchall() if row[0] in wanted
        ]


def bureau_folder(code: str, bureaus: Mapping[str, tuple[str | None, str | None]]) -> Path:
    """A bureau's folder under that of its prefecture.

    Args:
        code: the bureau.
        bureaus: name and parent by code.

    Returns:
        `退回/<prefecture>/<bureau>`; the publishing bureau stands alone.
    """

    def name(of: str) -> str:
        return f"{of}-{safe_name(bureaus.get(of, ('', None))[0] or '财政部门')}"

    parent = bureaus.get(code, ("", None))[1]
    is_county = parent is not None and bureaus.get(parent, ("", None))[1] is not None
    upper = parent if is_county else code
    return Path(RETURNS_FOLDER) / name(upper) / name(code)


def run_errand(errand: Errand) -> int:
    """Write one bureau's workbooks; a file that cannot be copied never stops the others.

    Args:
        errand: what to write.

    Returns:
        Workbooks written.
    """
    with open_release(errand.database) as con:
        findings = worst_first(read_findings(con, errand.codes))
        filings = read_filings(con, errand.bureau_code, errand.as_of)
    errand.folder.mkdir(parents=True, exist_ok=True)
    by_file: dict[tuple[str, str], list[ReturnFinding]] = {}
    for finding in findings:
        by_file.setdefault((finding.file_sha256, finding.source_file), []).append(finding)
    names = copy_names(errand.receipts, by_file)
    files = [_file(receipt, by_file, names) for receipt in errand.receipts]
    overview = Overview(errand.bureau_code, errand.bureau_name, errand.as_of, files, filings)
    written = 0
    for receipt, file in zip(errand.receipts, files, strict=True):
        if not file.copy_name:
            continue
        own = by_file[receipt.file_sha256, receipt.source_file]
        alone = Overview(
            errand.bureau_code, errand.bureau_name, errand.as_of, [file], filings
        )
        try:
            is_harmful = any(finding.rule_id in HARMFUL for finding in own)
            sent = None if is_harmful else blob_path(errand.home, receipt.file_sha256)
            write_return(errand.folder / file.copy_name, alone, own, sent, receipt.source_file)
            written += 1
        except Exception:
            logger.exception("退回副本没有写成：%s", receipt.source_file)
    write_return(errand.folder / SUMMARY_NAME, overview, findings)
    return written + 1


def _file(
    receipt: Received,
    by_file: Mapping[tuple[str, str], Sequence[ReturnFinding]],
    names: Mapping[str, str],
) -> ReceivedFile:
    found = by_file.get((receipt.file_sha256, receipt.source_file), ())
    counts = Counter(finding.severity for finding in found if finding.state == "open")
    rows = [receipt.loaded_count, receipt.set_aside_count]
    return ReceivedFile(
        source_file=receipt.source_file,
        received_date=receipt.received_date,
        outcome=receipt.outcome,
        row_count=None if None in rows else int(sum(rows)),
        accepted_count=None if receipt.loaded_count is None else int(receipt.loaded_count),
        set_aside_count=None if receipt.set_aside_count is None else int(receipt.set_aside_count),
        error_count=counts["error"],
        warning_count=counts["warning"],
        copy_name=names.get(receipt.receipt_id, ""),
    )


def copy_names(
    receipts: Iterable[Received], by_file: Mapping[tuple[str, str], Sequence[ReturnFinding]]
) -> dict[str, str]:
    """Name the copies: one for each file with findings, the worst `MAX_COPIES` of very many.

    Args:
        receipts: the bureau's new files.
        by_file: findings by hash and path.

    Returns:
        File name by receipt.
    """
    ranked = []
    for receipt in receipts:
        found = by_file.get((receipt.file_sha256, receipt.source_file), ())
        if found:
            errors = sum(finding.severity == "error" for finding in found)
            ranked.append((-errors, -len(found), receipt.receipt_id, receipt))
    kept = sorted(ranked, key=lambda item: item[:3])[:MAX_COPIES]
    in_order = sorted((item[3] for item in kept), key=lambda receipt: receipt.receipt_id)
    return {
        receipt.receipt_id: f"{number:02d}-{copy_stem(receipt.source_file)}-标注.xlsx"
        for number, receipt in enumerate(in_order, start=1)
    }


def copy_stem(source_file: str) -> str:
    """The bare name of a file as sent, harmless as a file name."""
    return safe_name(PurePosixPath(source_file.rsplit("!", 1)[-1]).stem) or "文件"


def safe_name(text: str) -> str:
    """Letters, digits and a few signs of a text, short enough for every file system."""
    kept = "".join(sign if sign.isalnum() or sign in "-_（）()" else "" for sign in text)
    return kept[:NAME_LENGTH]


def read_findings(con: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> list[ReturnFinding]:
    """Read the findings of a bureau that concern what is live.

    Args:
        con: a release.
        codes: codes of the bureau, past and present.

    Returns:
        Findings, the worst first.
    """
    rows: list[tuple[Any, ...]] = con.execute(FINDING_SQL, [list(codes), MAX_FINDINGS]).fetchall()
    return [ReturnFinding(*row) for row in rows]


def read_filings(con: duckdb.DuckDBPyConnection, code: str, as_of: date) -> list[OwedFiling]:
    """Read what a bureau owes and has filed.

    Args:
        con: a release.
        code: the bureau.
        as_of: the night's date; older years are left out.

    Returns:
        Filings of the last years.
    """
    rows = con.execute(FILING_SQL, [code, as_of.year - YEARS_SHOWN + 1]).fetchall()
    return [
        OwedFiling(
            name=f"{year}年度{kind_name(kind)}{f'第{round_no}次' if round_no else ''}",
            status=label("filing_status", status),
            due_date=due.isoformat() if due else "",
            days_late=days or None,
            is_owed=status in OWED_STATUSES,
        )
        for kind, year, round_no, status, due, days in rows
    ]


@cache
def _kind_names() -> dict[str, str]:
    return {
        row["document_kind"]: row["name_zh"]
        for row in _seed_rows("ref_document_kind.csv")
    }


def kind_name(kind: str) -> str:
    """What a kind is called in Chinese."""
    return _kind_names().get(kind, kind)


@cache
def same_bureau(code: str) -> tuple[str, ...]:
    """All codes of a bureau whose code was changed, its own first."""
    codes = [code]
    for row in _seed_rows("ref_bureau_code_change.csv"):
        if code in (row["sent_bureau_code"], row["bureau_code"]):
            codes += [row["sent_bureau_code"], row["bureau_code"]]
    return tuple(dict.fromkeys(codes))


def _seed_rows(name: str) -> list[dict[str, str]]:
    path = CODE_ROOT / "seeds" / "reference" / name
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
