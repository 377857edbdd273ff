"""Files to Parquet in parallel processes; a file that kills or stalls its process hurts no other.

Each worker process reads one chunk of files at a time and leaves, per raw table, one Parquet file
with the fixed schema of the table. The supervisor keeps the time of every file and the memory of
every process: a file that runs over its time is refused, one whose process dies or holds too much
is tried once more, alone in a fresh process, and then refused.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ingest.file_limits import FileLimits, confine, file_limits, resident_bytes
from ingest.findings import Finding
from ingest.headings import load_vocabulary
from ingest.ledger import midnight
from ingest.lifeline import end_with_parent
from ingest.parsed import POSITION_SCHEMA, SET_ASIDE_SCHEMA, SheetPart, table_schema
from ingest.reference import kind_sources

if TYPE_CHECKING:
    from ingest.landing import Receipt

LOGGER = logging.getLogger(__name__)
LOOK_SECONDS = 0.05
"""How often the memory of the processes is looked at: they can fill 100 MB in between."""
START_SECONDS = 60
CHUNK_BYTES = 24 << 20
CHUNK_FILES = 200
FLUSH_ROWS = 400_000
ROW_GROUP_ROWS = 60_000
MOST_FALSE_STARTS = 5
EXIT_MEMORY = 87
MEMORY_SIGNALS = (-signal.SIGABRT, -signal.SIGKILL)
"""How libraries in C and Rust end when memory is refused to them, and how the system ends them."""
IDENTITY_COLUMNS = ("_filing_id", "_file_sha256", "_source_file", "_source_sheet")
Progress = Callable[[int, int, str], None]


@dataclass
class ParsedBatch:
    """What parsing left for the load.

    Attributes:
        folder: Parquet files by raw table.
        receipts: rows of ops.receipt.
        filings: rows of ops.filing.
        findings: findings with identity, each with the ISO date of its night.
    """

    folder: Path
    receipts: list[dict[str, Any]] = field(default_factory=list)
    filings: list[dict[str, Any]] = field(default_factory=list)
    findings: list[tuple[Finding, str]] = field(default_factory=list)

    def discard(self) -> None:
        """Remove the Parquet files; they can be made again from the landing."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Job:
    """A receipt with the place of its bytes."""

    receipt: Receipt
    path: Path


@dataclass
class ChunkResult:
    """What a worker says of a chunk; rows are in Parquet files."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    filings: list[dict[str, Any]] = field(default_factory=list)
    findings: list[tuple[Finding, str]] = field(default_factory=list)


def parse_receipts(
    receipts: Sequence[Receipt],
    home: Path,
    workers: int | None = None,
    progress: Progress | None = None,
    limits: FileLimits | None = None,
    supervisor: type[Supervisor] | None = None,
) -> ParsedBatch:
    """Parse received files into Parquet by raw table.

    Args:
        receipts: what to parse; rows are written in this order.
        home: folder with `landing/`; Parquet goes to `work/`.
        workers: processes; None for one per core, 0 to parse in this process (no isolation).
        progress: called with files done, files in all and the last file's name.
        limits: what one file may cost; None for those of the environment.
        supervisor: what looks after the processes; None for `Supervisor`.

    Returns:
        The batch, for `raw.load`.
    """
    from ingest.landing import blob_path

    jobs = [Job(receipt, blob_path(home, receipt.file_sha256)) for receipt in receipts]
    name = f"{receipts[0].batch_no:06d}" if receipts else "empty"
    folder = home / "work" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if workers is None:
        workers = os.cpu_count() or 1
    chunks = make_chunks(jobs, workers)
    report = progress or (lambda done, total, file: None)
    if workers == 0:
        results = {}
        done = 0
        for number, chunk in enumerate(chunks):
            results[number] = parse_chunk(chunk, folder, number)
            done += len(chunk)
            report(done, len(jobs), chunk[-1].receipt.source_file)
    else:
        look_after = supervisor or Supervisor
        results = look_after(chunks, folder, workers, report, limits or file_limits()).run()
    batch = ParsedBatch(folder)
    for number in sorted(results):
        batch.receipts += results[number].receipts
        batch.filings += results[number].filings
        batch.findings += results[number].findings
    return batch


def make_chunks(jobs: Sequence[Job], workers: int) -> list[list[Job]]:
    """Cut the jobs into runs of similar size, in order.

    Args:
        jobs: files to parse.
        workers: processes that will share them.

    Returns:
        Chunks; the same jobs give the same chunks.
    """
    total = sum(job.receipt.size_bytes for job in jobs)
    limit = min(CHUNK_BYTES, max(total // (max(workers, 1) * 4), 256 << 10))
    chunks: list[list[Job]] = []
    size = 0
    for job in jobs:
        bytes_now = job.receipt.size_bytes
        if not chunks or len(chunks[-1]) >= CHUNK_FILES or (size and size + bytes_now > limit):
            chunks.append([])
            size = 0
        chunks[-1].append(job)
        size += bytes_now
    return chunks


# --- in the worker ----------------------------------------------------------------------------


@lru_cache(maxsize=64)
def raw_schema(table: str) -> dict[str, Any]:
    """Column types of a raw table in the hand-over.

    Args:
        table: name of the raw table.

    Returns:
        Types by column, in order.
    """
    identity = dict.fromkeys(IDENTITY_COLUMNS, pl.String)
    if table == "field_positions":
        return {name: identity[name] for name in identity if name != "_source_file"} | (
            POSITION_SCHEMA
        )
    loaded_at = {"_loaded_at": pl.Datetime("us")}
    if table == "set_aside_rows":
        return identity | {"_source_row": pl.Int32} | loaded_at | SET_ASIDE_SCHEMA
    kind, _, part = table.rpartition("__")
    fields = table_schema(load_vocabulary(kind).field_names(part))
    rows = {name: fields[name] for name in ("_source_row", "_project_row")}
    return identity | rows | loaded_at | {"_layout": pl.String} | fields


class ChunkWriter:
    """Collects rows by raw table and writes them when there are many."""

    def __init__(self, folder: Path, number: int) -> None:
        """Begin the files of a chunk, removing those of an earlier try."""
        self.folder = folder
        self.number = number
        self.parts: dict[str, list[pl.DataFrame | list[dict[str, Any]]]] = {}
        self.row_count = 0
        self.flush_count = 0
        for path in folder.glob(f"*/{number:06d}-*.parquet"):
            path.unlink()

    def add(self, table: str, frame: pl.DataFrame) -> None:
        """Take rows of a raw table."""
        self.parts.setdefault(table, []).append(frame)
        self.row_count += frame.height

    def add_lines(self, table: str, lines: list[dict[str, Any]], shared: dict[str, Any]) -> None:
        """Take a few rows of a raw table, with the columns that they share."""
        parts = self.parts.setdefault(table, [])
        if not parts or not isinstance(parts[-1], list):
            parts.append([])
        parts[-1] += [line | shared for line in lines]
        self.row_count += len(lines)

    def flush(self) -> None:
        """Write what was collected."""
        for table, parts in self.parts.items():
            schema = raw_schema(table)
            frames = [
                pl.DataFrame(
                    [list(map(line.get, schema)) for line in part], schema, orient="row"
                )
                if isinstance(part, list)
                else part.select(list(schema))
                for part in parts
            ]
            path = self.folder / table / f"{self.number:06d}-{self.flush_count:04d}.parquet"
            path.parent.mkdir(exist_ok=True)
            pl.concat(frames).write_parquet(
                path, compression="lz4", statistics=False, row_group_size=ROW_GROUP_ROWS
            )
        self.parts = {}
        self.row_count = 0
        self.flush_count += 1


def parse_chunk(
    chunk: Sequence[Job],
    folder: Path,
    number: int,
    started: Callable[[int], None] = lambda index: None,
) -> ChunkResult:
    """Parse the files of a chunk and write their rows.

    Args:
        chunk: files.
        folder: where Parquet goes, one folder per raw table.
        number: number of the chunk, in the names of its files.
        started: told the index of each file before it is opened.

    Returns:
        Receipts, filings and findings.
    """
    result = ChunkResult()
    writer = ChunkWriter(folder, number)
    for index, job in enumerate(chunk):
        started(index)
        _parse_job(job, writer, result)
        if writer.row_count >= FLUSH_ROWS:
            writer.flush()
    writer.flush()
    return result


def _parse_job(job: Job, writer: ChunkWriter, result: ChunkResult) -> None:
    from ingest.export_file import FileReading, read_file

    receipt = job.receipt
    try:
        # a check before sending may not know the sender
        reading = read_file(job.path, receipt.source_file, receipt.bureau_code or None)
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # what panics in Rust is no Exception
        LOGGER.exception("cannot parse %s", receipt.source_file)
        finding = Finding("FILE-208", value_found=f"{type(error).__name__}: {error}"[:300])
        reading = FileReading(findings=[finding], rule_id="FILE-208")
    accounted = sum(part.row_count() for part in reading.parts)
    if reading.parts and accounted != reading.source_row_count:
        finding = Finding(
            "ROW-001",
            value_found=str(accounted),
            value_expected=str(reading.source_row_count),
            difference=str(reading.source_row_count - accounted),
        )
        reading.findings.append(finding)
        reading.parts, reading.rule_id = [], "ROW-001"
    by_slot: dict[tuple, list[SheetPart]] = {}
    for part in reading.parts:
        by_slot.setdefault(part.slot, []).append(part)
    filings = []
    for parts in by_slot.values():
        filing = filing_row(receipt, parts)
        filings.append(filing)
        for part in parts:
            write_part(writer, receipt, filing["filing_id"], part)
            result.findings += identified(part.findings, receipt, filing)
    only = filings[0] if len(filings) == 1 else None
    result.findings += identified(reading.findings, receipt, only)
    result.filings += filings
    result.receipts.append(receipt_row(receipt, reading, len(filings)))


def identified(
    findings: Sequence[Finding], receipt: Receipt, filing: dict[str, Any] | None
) -> list[tuple[Finding, str]]:
    """Give findings the identity of their file and filing, and the date of their night."""
    identity: dict[str, Any] = {
        "bureau_code": receipt.bureau_code,
        "file_sha256": receipt.file_sha256,
        "source_file": receipt.source_file,
    }
    if filing:
        for name in ("document_kind", "fiscal_year", "round_no", "filing_id"):
            identity[name] = filing[name]
    return [(replace(finding, **identity), str(receipt.received_at)) for finding in findings]


def receipt_row(receipt: Receipt, reading: Any, filing_count: int) -> dict[str, Any]:
    """The row of ops.receipt."""
    return {
        "receipt_id": receipt.receipt_id,
        "batch_no": receipt.batch_no,
        "bureau_code": receipt.bureau_code,
        "file_sha256": receipt.file_sha256,
        "source_file": receipt.source_file,
        "size_bytes": receipt.size_bytes,
        "container_sha256": receipt.container_sha256,
        "received_at": midnight(receipt.received_at),
        "sent_order": receipt.sent_order,
        "status": "loaded" if filing_count else "quarantined",
        "rule_id": reading.rule_id,
        "filing_count": filing_count,
        "source_row_count": reading.source_row_count,
    }


def filing_row(receipt: Receipt, parts: Sequence[SheetPart]) -> dict[str, Any]:
    """The row of ops.filing for one file's contribution to one slot."""
    first = parts[0]
    kind, year, round_no = first.slot
    main = kind_sources()[kind].main_table
    layouts = {part.layout for part in parts if part.tables or part.lines} or {first.layout}

    def rows(table: str) -> int:
        return sum(part.table_height(table) for part in parts)

    counts = {
        name: sum(part.counts.get(name, 0) for part in parts)
        for name in ("title", "header", "total", "note", "blank")
    }
    return {
        "filing_id": f"{receipt.bureau_code}-{kind}-{year}-{round_no}-{receipt.file_sha256[:12]}",
        "bureau_code": receipt.bureau_code,
        "document_kind": kind,
        "fiscal_year": year,
        "round_no": first.round_no,
        "month_no": next((part.month_no for part in parts if part.month_no), None),
        "layout": layouts.pop() if len(layouts) == 1 else "mixed",
        "has_projects": rows(main) > 0,
        "has_indicators": rows("indicators") > 0,
        "file_sha256": receipt.file_sha256,
        "source_file": receipt.source_file,
        "receipt_id": receipt.receipt_id,
        "batch_no": receipt.batch_no,
        "sequence_no": receipt.batch_no * 1_000_000 + receipt.sent_order,
        "received_at": midnight(receipt.received_at),
        "state": "loaded",
        "state_reason": None,
        "sheet_count": len({part.sheet for part in parts}),
        "source_row_count": sum(part.row_count() for part in parts),
        "loaded_row_count": sum(part.loaded_row_count() for part in parts),
        "set_aside_row_count": sum(part.set_aside.height for part in parts),
        **{f"{name}_row_count": count for name, count in counts.items()},
        "project_row_count": rows(main),
        "indicator_row_count": rows("indicators"),
        "error_count": 0,
        "warning_count": 0,
    }


def write_part(writer: ChunkWriter, receipt: Receipt, filing_id: str, part: SheetPart) -> None:
    """Add a part's rows, rows set aside and places of fields, with provenance."""
    identity = dict(
        zip(
            IDENTITY_COLUMNS,
            (filing_id, receipt.file_sha256, receipt.source_file, part.sheet),
            strict=True,
        )
    )
    loaded_at = midnight(receipt.received_at)
    shared = identity | {"_loaded_at": loaded_at, "_layout": part.layout}
    for table, lines in part.lines.items():
        writer.add_lines(f"{part.document_kind}__{table}", lines, shared)
    if part.tables or part.set_aside.height:
        texts = [pl.lit(value, dtype=pl.String).alias(name) for name, value in identity.items()]
        texts.append(pl.lit(loaded_at, dtype=pl.Datetime("us")).alias("_loaded_at"))
        layout = pl.lit(part.layout, dtype=pl.String).alias("_layout")
        for table, frame in part.tables.items():
            writer.add(f"{part.document_kind}__{table}", frame.with_columns(*texts, layout))
        if part.set_aside.height:
            writer.add("set_aside_rows", part.set_aside.with_columns(*texts))
    if part.positions:
        writer.add_lines("field_positions", part.positions, identity)


def _serve(connection: Connection, folder: Path) -> None:
    """Worker process: parse chunks until told to stop."""
    end_with_parent()
    confine(file_limits())
    with suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        while (task := connection.recv()) is not None:
            number, chunk = task
            try:
                result = parse_chunk(
                    chunk, folder, number, lambda index: connection.send(("started", index))
                )
            except MemoryError:
                os._exit(EXIT_MEMORY)
            connection.send(("done", result))


# --- the supervisor ---------------------------------------------------------------------------


@dataclass
class Worker:
    """A worker process and what it is busy with."""

    process: multiprocessing.process.BaseProcess
    connection: Connection
    number: int | None = None
    chunk: list[Job] = field(default_factory=list)
    index: int = -1
    since: float = 0.0
    is_fresh: bool = True

    def memory_bytes(self) -> int:
        """What the process holds."""
        return resident_bytes(self.process.pid)


class Supervisor:
    """Hands chunks to worker processes and outlives their deaths.

    Attributes:
        serve: what a worker process runs.
    """

    serve = staticmethod(_serve)

    def __init__(
        self,
        chunks: list[list[Job]],
        folder: Path,
        workers: int,
        report: Progress,
        limits: FileLimits,
    ) -> None:
        """Queue the chunks, the largest first; numbers keep their order in the output."""
        self.folder = folder
        self.report = report
        self.limits = limits
        self.total = sum(map(len, chunks))
        self.done = 0
        by_size = sorted(
            enumerate(chunks), key=lambda item: -sum(j.receipt.size_bytes for j in item[1])
        )
        self.queue: deque[tuple[int, list[Job]]] = deque(by_size)
        self.next_number = len(chunks)
        self.count = max(1, min(workers, len(chunks)))
        self.context = multiprocessing.get_context("spawn")
        self.results: dict[int, ChunkResult] = {}
        self.deaths: dict[str, int] = {}
        self.false_starts = 0
        self.looked_at = 0.0

    def run(self) -> dict[int, ChunkResult]:
        """Parse everything.

        Returns:
            Results by number of chunk.
        """
        if not self.queue:
            return {}
        workers = [self._start() for _ in range(self.count)]
        try:
            for worker in workers:
                self._assign(worker)
            while any(worker.number is not None for worker in workers):
                busy = {w.connection: w for w in workers if w.number is not None}
                ready = wait(list(busy), timeout=LOOK_SECONDS)
                for connection in ready:
                    worker = busy[connection]
                    if not self._hear(worker):
                        rule_id = self._cause_of_death(worker)
                        workers[workers.index(worker)] = self._replace(worker, rule_id)
                self._look_after(workers)
                for position, worker in enumerate(workers):
                    if worker.number is None and self.queue:
                        if self._is_worn(worker):
                            self._stop(worker)
                            workers[position] = worker = self._start()
                        self._assign(worker)
        finally:
            for worker in workers:
                self._stop(worker)
        return self.results

    def _look_after(self, workers: list[Worker]) -> None:
        """End the processes that run over their time or hold too much memory."""
        now = time.monotonic()
        if now - self.looked_at < LOOK_SECONDS:
            return
        self.looked_at = now
        for position, worker in enumerate(workers):
            if worker.number is None:
                continue
            if worker.memory_bytes() > self.limits.alarm_bytes:
                workers[position] = self._replace(worker, "FILE-212")
            elif self._is_late(worker):
                workers[position] = self._replace(worker, "FILE-209")

    def _is_worn(self, worker: Worker) -> bool:
        """Whether a process still holds so much of earlier files that it could harm the next."""
        if worker.is_fresh:
            return False
        is_retry = any(job.receipt.receipt_id in self.deaths for job in self.queue[0][1])
        return is_retry or worker.memory_bytes() > self.limits.memory_bytes // 2

    @staticmethod
    def _cause_of_death(worker: Worker) -> str:
        """Tell from how a process ended whether memory was refused to it."""
        worker.process.join(timeout=5)
        code = worker.process.exitcode
        return "FILE-212" if code in (EXIT_MEMORY, *MEMORY_SIGNALS) else "FILE-208"

    def _start(self) -> Worker:
        near, far = self.context.Pipe()
        threads = str(max(1, (os.cpu_count() or 1) // self.count))
        before = os.environ.get("POLARS_MAX_THREADS")
        os.environ["POLARS_MAX_THREADS"] = threads
        try:
            process = self.context.Process(target=self.serve, args=(far, self.folder), daemon=True)
            process.start()
        finally:
            if before is None:
                del os.environ["POLARS_MAX_THREADS"]
            else:
                os.environ["POLARS_MAX_THREADS"] = before
        far.close()
        return Worker(process, near)

    def _assign(self, worker: Worker) -> None:
        if not self.queue:
            return
        worker.number, worker.chunk = self.queue.popleft()
        worker.index = -1
        worker.is_fresh = False
        worker.since = time.monotonic()
        with suppress(BrokenPipeError, OSError):  # its death is heard on the next turn
            worker.connection.send((worker.number, worker.chunk))

    def _hear(self, worker: Worker) -> bool:
        """Take one message of a worker; False where it has died."""
        try:
            what, value = worker.connection.recv()
        except (EOFError, OSError):
            return False
        worker.since = time.monotonic()
        if what == "started":
            worker.index = value
            if value:
                self._advance(worker.chunk[value - 1])
        else:
            self.results[worker.number] = value
            self._advance(worker.chunk[-1])
            worker.number = None
        return True

    def _advance(self, job: Job) -> None:
        self.done = min(self.done + 1, self.total)
        self.report(self.done, self.total, job.receipt.source_file)

    def _is_late(self, worker: Worker) -> bool:
        start = START_SECONDS if worker.index < 0 else 0
        return time.monotonic() - worker.since > self.limits.seconds + start

    def _replace(self, worker: Worker, rule_id: str) -> Worker:
        """End a dead or late worker; its file is retried alone or refused, the rest goes on."""
        self._kill(worker)
        if worker.index < 0:
            self.false_starts += 1
            if self.false_starts > MOST_FALSE_STARTS:
                raise RuntimeError("worker processes do not start")
            self.queue.appendleft((worker.number, worker.chunk))
            return self._start()
        index = worker.index
        job, rest = worker.chunk[index], worker.chunk[:index] + worker.chunk[index + 1 :]
        for path in self.folder.glob(f"*/{worker.number:06d}-*.parquet"):
            path.unlink()
        self.done -= index
        if rest:
            self.queue.appendleft((worker.number, rest))
        receipt_id = job.receipt.receipt_id
        self.deaths[receipt_id] = self.deaths.get(receipt_id, 0) + 1
        number = self.next_number
        self.next_number += 1
        if rule_id != "FILE-209" and self.deaths[receipt_id] < 2:
            self.queue.append((number, [job]))
        else:
            LOGGER.error("%s: %s", rule_id, job.receipt.source_file)
            self.results[number] = _refused(job, rule_id, self.limits)
            self._advance(job)
        return self._start()

    def _kill(self, worker: Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.connection.close()

    def _stop(self, worker: Worker) -> None:
        with suppress(OSError, ValueError):
            worker.connection.send(None)
        worker.process.join(timeout=0 if worker.number is not None else 10)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        with suppress(OSError):
            worker.connection.close()


def _refused(job: Job, rule_id: str, limits: FileLimits) -> ChunkResult:
    """The result of a file that ended its worker."""
    from ingest.export_file import FileReading

    found = {
        "FILE-208": "读取时程序被中止",
        "FILE-209": f"超过{limits.seconds:.0f}秒",
        "FILE-212": f"超过 {limits.memory_bytes // 1024**2} MB",
    }[rule_id]
    reading = FileReading(rule_id=rule_id)
    return ChunkResult(
        [receipt_row(job.receipt, reading, 0)],
        [],
        identified([Finding(rule_id, value_found=found)], job.receipt, None),
    )
