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
import stat
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
from nightly.settings import Home, thread_count

if TYPE_CHECKING:
    from ingest.landing import Receipt

logger = logging.getLogger(__name__)

SMALL_BYTES = 8 << 20
MOST_BYTES = 1 << 30
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
        finding_key: 问题编号, the one it will have once it is sent; '' where only the rules of
            cells were asked.
    """

    finding: Finding
    severity: str
    message: str
    how_to_fix: str
    finding_key: str = ""


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
        source, folder_code = sent_as(path)
        code = bureau_code or folder_code or ""
        for name, content in files_in(path, source):
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


def sent_as(path: Path) -> tuple[str, str | None]:
    """Name a file as it would be sent.

    Args:
        path: the file.

    Returns:
        The name under a bureau's folder, where the file lies in one, and the folder's code.
    """
    path = path.absolute()
    for parent in path.parents:
        if _BUREAU_FOLDER.match(parent.name):
            return str(path.relative_to(parent.parent)), parent.name[:6]
    return path.name, None


def files_in(path: Path, source: str) -> list[tuple[str, bytes]]:
    """Open what is sent: the file itself, or the members of an archive.

    Args:
        path: the file.
        source: the name it is sent under.

    Returns:
        Name and bytes of each.

    Raises:
        StopError: it cannot be read.
    """
    from ingest.readers.archive import iterate_zip
    from ingest.readers.grid import UnreadableFileError
    from ingest.readers.sniff import Format, sniff

    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise StopError(
                f"{path} 不是普通文件，不能检查。", "给出导出文件本身的路径。", EXIT_USAGE
            )
        if facts.st_size > MOST_BYTES:
            raise StopError(
                f"{path} 有 {facts.st_size / MOST_BYTES:.1f} GiB，报送时会被退回。",
                "分成几个不超过 1 GiB 的文件；清单一般只有几兆字节，先查是否导出了多余的内容。",
                EXIT_USAGE,
            )
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
    from nightly.warehouse import remove_warehouse

    is_small = sum(receipt.size_bytes for receipt in receipts) <= SMALL_BYTES
    remove_warehouse(place)
    with duckdb.connect(str(place.warehouse)) as con:
        raw.create_schema(con)
        create_draw_tables(con)
        parsed = parse_receipts(receipts, place.root, workers=1 if is_small else thread_count())
        raw.load(con, parsed)
        judgement = judge_loaded(con, every_check(con), load_catalogue(), default_headings())
        judgement.write(place.work / "gate")
        apply_verdicts(con, place.work / "gate")


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
    difference, ''
from ops.finding
"""
_OF_BUILD = """
select
    rule_id, bureau_code, document_kind, fiscal_year, round_no, _filing_id, _file_sha256,
    _source_file, _source_sheet, _source_row, source_cell, heading, value_found, value_expected,
    difference, coalesce(finding_key, '')
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
    keys = {Finding(*facts): key for *facts, key in rows}
    for finding, key in keys.items():
        message, how_to_fix = render(finding, catalogue)
        told.append(Told(finding, catalogue[finding.rule_id].severity, message, how_to_fix, key))
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
