"""The offline pre-check: what the warehouse would say of exports, before they are sent.

The files go through the same reading, the same gate and the same models as in a night, in a
warehouse of their own that nobody keeps. Only what other filings of the bureau would have to tell
is left out: that something is missing, which nobody can say of a few files.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingest.findings import Finding, load_catalogue, render
from nightly.errors import EXIT_USAGE, StopError
from nightly.labels import label
from nightly.settings import Home, thread_count

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.landing import Receipt

logger = logging.getLogger(__name__)

SHOWN_PER_RULE = 5
SMALL_BYTES = 8 << 20
SEVERITIES = ("error", "warning", "info")
# what is missing can be said of a bureau, not of the files at hand
OF_THE_WHOLE_BUREAU = ("XF-001",)
_BUREAU_FOLDER = re.compile(r"^\d{6}(?!\d)")


@dataclass(frozen=True)
class Told:
    """A finding as the sender reads it.

    Attributes:
        finding: what is wrong, and where.
        severity: error, warning or info.
        message: in Chinese.
        how_to_fix: in Chinese.
    """

    finding: Finding
    severity: str
    message: str
    how_to_fix: str


@dataclass(frozen=True)
class Read:
    """What a file was understood to be.

    Attributes:
        source_file: the file, or `a.zip!member`.
        document_kind: None where the file is refused.
        fiscal_year: of the filing.
        round_no: of the filing.
        row_count: rows taken over.
        is_refused: whether the file or its filing would be sent back as a whole.
    """

    source_file: str
    document_kind: str | None
    fiscal_year: int | None
    round_no: int | None
    row_count: int
    is_refused: bool


@dataclass(frozen=True)
class Checked:
    """What was found in the files.

    Attributes:
        read: what the files were understood to be, in the order of sending.
        findings: by file and sheet, the worst first.
        is_fast: whether the rules between rows, forms and rounds were left out.
    """

    read: list[Read] = field(default_factory=list)
    findings: list[Told] = field(default_factory=list)
    is_fast: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether something must be mended before sending."""
        return any(read.is_refused for read in self.read) or any(
            told.severity == "error" for told in self.findings
        )


def check(
    paths: Sequence[Path],
    bureau_code: str | None,
    as_of: date,
    home: Home | None = None,
    *,
    is_fast: bool = False,
) -> Checked:
    """Check files together, as they would be read if they were sent together.

    Args:
        paths: exports; a zip is opened and its members are checked.
        bureau_code: the sender's code; None takes it from a folder that begins with one.
        as_of: the date of the check.
        home: installation whose folder `check/` keeps what dbt parsed; None keeps nothing.
        is_fast: leave out the rules between rows, forms and rounds, which take a build.

    Returns:
        What was found, worded for the sender.

    Raises:
        StopError: the models could not be built.
    """
    with _place(home) as place:
        receipts = _take_in(paths, bureau_code, as_of, place.root)
        _read_and_gate(place, receipts, as_of)
        built = not is_fast and _has_filings(place)
        if built:
            _build(place, as_of)
        return _tell(place, built=built, is_fast=is_fast)


# --- the warehouse of a check -------------------------------------------------------------------


@contextmanager
def _place(home: Home | None) -> Iterator[Home]:
    """A home for one check: kept where dbt finds what it parsed before, else a temporary one."""
    if home is not None:
        with suppress(OSError):
            root = home.root / "check"
            root.mkdir(parents=True, exist_ok=True)
            handle = (root / "lock").open("w")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                handle.close()
                raise
            try:
                yield Home(root)
            finally:
                _sweep(root)
                handle.close()
            return
    with tempfile.TemporaryDirectory(prefix="jixiao-check-") as folder:
        yield Home(Path(folder))


def _sweep(root: Path) -> None:
    for name in ("landing", "work"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path in root.glob("warehouse.duckdb*"):
        path.unlink(missing_ok=True)


def _take_in(
    paths: Sequence[Path], bureau_code: str | None, as_of: date, root: Path
) -> list[Receipt]:
    """Receipts of the files and of the members of archives, with their bytes beside."""
    from ingest.landing import Receipt, blob_path

    receipts: list[Receipt] = []
    seen: set[tuple[str, str]] = set()
    for path in paths:
        source, folder_code = _sent_as(path)
        code = bureau_code or folder_code or ""
        for name, content in _members(path, source):
            sha = hashlib.sha256(content).hexdigest()
            if (code, sha) in seen:
                continue
            seen.add((code, sha))
            blob = blob_path(root, sha)
            blob.parent.mkdir(parents=True, exist_ok=True)
            blob.write_bytes(content)
            number = len(receipts) + 1
            receipts.append(
                Receipt(
                    receipt_id=f"000001-{number:06d}",
                    batch_no=1,
                    bureau_code=code,
                    file_sha256=sha,
                    source_file=name,
                    size_bytes=len(content),
                    container_sha256=None,
                    received_at=as_of.isoformat(),
                    sent_order=number,
                )
            )
    return receipts


def _sent_as(path: Path) -> tuple[str, str | None]:
    """The name under a bureau's folder, where the file lies in one, and the folder's code."""
    path = path.absolute()
    for parent in path.parents:
        if _BUREAU_FOLDER.match(parent.name):
            return str(path.relative_to(parent.parent)), parent.name[:6]
    return path.name, None


def _members(path: Path, source: str) -> list[tuple[str, bytes]]:
    from ingest.readers.archive import iterate_zip
    from ingest.readers.grid import UnreadableFileError
    from ingest.readers.sniff import Format, sniff

    try:
        content = path.read_bytes()
    except OSError as error:
        raise StopError(
            f"读不了文件 {path}：{error.strerror}。", "检查文件名、路径和权限。", EXIT_USAGE
        ) from None
    if sniff(content) is Format.ZIP:
        try:
            members = [(f"{source}!{name}", data) for name, data in iterate_zip(content)]
        except UnreadableFileError:
            members = []
        if members:
            return members
    return [(source, content)]


def _read_and_gate(place: Home, receipts: Sequence[Receipt], as_of: date) -> None:
    """Read the files and ask the gate's rules of them, without Great Expectations."""
    from expectations.judgement import every_check, judge_loaded
    from expectations.record import apply_verdicts
    from expectations.vocabulary import default_headings
    from ingest import raw
    from ingest.parse import parse_receipts
    from nightly.draw import create_draw_tables

    is_small = sum(receipt.size_bytes for receipt in receipts) <= SMALL_BYTES
    _sweep_warehouse(place)
    with duckdb.connect(str(place.warehouse)) as con:
        raw.create_schema(con)
        create_draw_tables(con)
        parsed = parse_receipts(receipts, place.root, workers=0 if is_small else thread_count())
        raw.load(con, parsed)
        judgement = judge_loaded(con, every_check(con), load_catalogue(), default_headings())
        judgement.write(place.work / "gate")
        apply_verdicts(con, place.work / "gate", as_of)


def _sweep_warehouse(place: Home) -> None:
    for path in place.root.glob("warehouse.duckdb*"):
        path.unlink(missing_ok=True)


def _has_filings(place: Home) -> bool:
    with duckdb.connect(str(place.warehouse), read_only=True) as con:
        return bool(con.execute("select 1 from ops.filing limit 1").fetchall())


def _build(place: Home, as_of: date) -> None:
    from nightly import build

    with build.dbt_environment(place):
        outcome = build.run_build(
            place, as_of, "", select=["+fct_finding"], resources=["model", "seed"]
        )
    build.judge_errors(outcome, place.logs / "dbt" / "dbt.log")


# --- what is told -------------------------------------------------------------------------------

_OF_LEDGER = """
select
    rule_id, bureau_code, document_kind, fiscal_year, round_no, filing_id, file_sha256,
    source_file, source_sheet, source_row, source_cell, heading, value_found, value_expected,
    difference
from ops.finding
"""
_OF_BUILD = """
select
    rule_id, bureau_code, document_kind, fiscal_year, round_no, _filing_id, _file_sha256,
    _source_file, _source_sheet, _source_row, source_cell, heading, value_found, value_expected,
    difference
from quality.fct_finding
where not is_derived
"""
_READ = """
select
    receipt.source_file, filing.document_kind, filing.fiscal_year, filing.round_no,
    coalesce(filing.loaded_row_count, 0),
    coalesce(filing.state = 'rejected', true)
from ops.receipt as receipt
left join ops.filing as filing on receipt.receipt_id = filing.receipt_id
order by receipt.sent_order, filing.filing_id
"""


def _findings_built(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    """Findings as a night lists them: what only follows from another is not told."""
    rows = con.execute(_OF_BUILD).fetchall()
    return [row for row in rows if row[0] not in OF_THE_WHOLE_BUREAU]


def _tell(place: Home, *, built: bool, is_fast: bool) -> Checked:
    catalogue = load_catalogue()
    with duckdb.connect(str(place.warehouse), read_only=True) as con:
        rows = _findings_built(con) if built else con.execute(_OF_LEDGER).fetchall()
        read = [Read(*row) for row in con.execute(_READ).fetchall()]
    told = []
    for finding in dict.fromkeys(Finding(*row) for row in rows):
        message, how_to_fix = render(finding, catalogue)
        told.append(Told(finding, catalogue[finding.rule_id].severity, message, how_to_fix))
    order = {name: place for place, name in enumerate(r.source_file for r in read)}
    told.sort(key=lambda item: _place_of(item, order))
    return Checked(read, told, is_fast)


def _place_of(told: Told, order: dict[str, int]) -> tuple:
    finding = told.finding
    cell = re.fullmatch(r"([A-Z]+)(\d+)", finding.source_cell or "")
    return (
        order.get(finding.source_file or "", -1),
        finding.source_sheet or "",
        SEVERITIES.index(told.severity),
        finding.source_row or (int(cell[2]) if cell else 0),
        (len(cell[1]), cell[1]) if cell else (0, ""),
        finding.rule_id,
        finding.value_found or "",
    )


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


def write_list(checked: Checked, path: Path, as_of: date) -> None:
    """Write all findings as a workbook.

    Args:
        checked: what was found.
        path: xlsx file to write.
        as_of: the date of the check.
    """
    from nightly.report import COLUMNS
    from nightly.workbook import ListWorkbook

    rows = [
        (
            told.severity, told.finding.source_file, told.finding.source_sheet,
            told.finding.source_row, told.finding.source_cell, told.finding.heading,
            told.finding.value_found, told.finding.value_expected, told.message, told.how_to_fix,
            told.finding.rule_id,
        )
        for told in checked.findings
    ]
    with ListWorkbook(path, as_of) as book:
        book.add_list(
            "问题清单", "报送前检查问题清单", COLUMNS, iter(rows),
            unit_line=f"检查日期 {as_of.isoformat()}",
        )
