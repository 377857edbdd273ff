"""Receive what bureaus sent: hash it, keep its bytes for ever, write one receipt per file.

The inbox is only read. A file is known by the bureau it came from and its sha256, never by name or
time. Bytes are on disk before any receipt that names them, and the receipts of a night appear in
one rename: before it nothing has been received, after it everything has.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore, get_ident

from ingest.findings import Finding
from ingest.readers.archive import MAX_ZIP_BYTES, is_ignored_name, open_members
from ingest.readers.grid import UnreadableFileError
from ingest.readers.sniff import ZIP_MAGICS, is_archive

LOGGER = logging.getLogger(__name__)
LANDING_THREADS = 8
RECEIVED_MODE = 0o440  # what was received is evidence: nobody changes it
MAX_DEPTH = 64
"""Folders inside each other; a path of the operating system's full length has two thousand."""

_UNPACKING = BoundedSemaphore(2)
"""So many archives are unpacked at a time: the directory of each is held in memory."""

_PIECE = 1024**2
_STILL_WRITTEN = "文件正在写入，内容还在变化"
_BUREAU_FOLDER = re.compile(r"^(\d{6})(?!\d)")
_LEFTOVER = ".tmp"


class UnreadableReceiptError(ValueError):
    """A file of receipts is not what was written."""


@dataclass(frozen=True)
class Receipt:
    """One file received from one bureau.

    Attributes:
        receipt_id: `<batch:06d>-<n:06d>`.
        batch_no: the night that received it, counted from 1.
        bureau_code: code of the folder it came in.
        file_sha256: hash of its bytes; `blob_path` has them.
        source_file: path in the inbox; a member of a zip as `a.zip!inner/b.xls`.
        size_bytes: length.
        container_sha256: hash of the zip it was in, if it was.
        received_at: ISO date of the night.
        sent_order: place in the batch, from 1, by natural order of `source_file`.
    """

    receipt_id: str
    batch_no: int
    bureau_code: str
    file_sha256: str
    source_file: str
    size_bytes: int
    container_sha256: str | None
    received_at: str
    sent_order: int


@dataclass(frozen=True)
class Received:
    """What one night received.

    Attributes:
        batch_no: the new batch; None if nothing was new.
        receipts: its receipts in `sent_order`.
        findings: what lies in the inbox that could not be received.
        seen_count: files seen in the inbox under a bureau's folder, members of zips not counted.
        known_count: those of them that had been received before.
    """

    batch_no: int | None
    receipts: list[Receipt]
    findings: list[Finding]
    seen_count: int
    known_count: int


@dataclass(frozen=True)
class _Arrival:
    """A regular file under a bureau's folder."""

    path: Path
    source_file: str
    bureau_code: str


@dataclass(frozen=True)
class _Landed:
    """One file whose bytes are in the landing."""

    source_file: str
    sha256: str
    size_bytes: int
    container_sha256: str | None


@dataclass(frozen=True)
class _Outcome:
    """What became of one arrival: it was known, or landed, or could not be read."""

    is_known: bool = False
    landed: tuple[_Landed, ...] = ()
    unreadable: str | None = None


def receive(
    inbox: Path,
    home: Path,
    as_of: date,
    known_codes: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Received:
    """Receive what is new in the inbox.

    Args:
        inbox: folders `<bureau_code>[-anything]`, each with files at any depth.
        home: where `landing/` is kept.
        as_of: the night.
        known_codes: codes of the roster; None accepts any 6-digit code.
        progress: told after each file how many of how many are done.

    Returns:
        The new receipts, and findings FILE-121 … FILE-124 for what cannot be received. Bytes of
        earlier receipts that have been lost are landed again where they still lie in the inbox.

    Raises:
        OSError: the landing cannot be written (disk full, no permission). Nothing is received.
    """
    findings: list[Finding] = []
    arrivals = sorted(
        _walk(inbox, known_codes, findings), key=lambda arrival: natural_key(arrival.source_file)
    )
    _clear_leftovers(home)
    earlier = read_receipts(home)
    known = {
        (receipt.bureau_code, sha)
        for receipt in earlier
        for sha in (receipt.file_sha256, receipt.container_sha256)
        if sha
    }
    lost = _lost_bytes(home, earlier)
    new: list[tuple[str, _Landed]] = []
    known_count = 0
    with ThreadPoolExecutor(LANDING_THREADS) as threads:
        outcomes = threads.map(lambda arrival: _land(home, arrival, known, lost), arrivals)
        for done, (arrival, outcome) in enumerate(zip(arrivals, outcomes, strict=True), start=1):
            new.extend((arrival.bureau_code, landed) for landed in outcome.landed)
            known_count += outcome.is_known
            if outcome.unreadable:
                findings.append(
                    Finding(
                        "FILE-123",
                        bureau_code=arrival.bureau_code,
                        source_file=arrival.source_file,
                        value_found=outcome.unreadable,
                    )
                )
            if progress:
                progress(done, len(arrivals))
    receipts = _make_receipts(new, known, earlier, as_of)
    if receipts:
        _sync_blob_folders(home, {receipt.file_sha256[:2] for receipt in receipts})
        lines = "".join(
            json.dumps(asdict(receipt), ensure_ascii=False, sort_keys=True) + "\n"
            for receipt in receipts
        )
        target = _receipts_folder(home) / f"{receipts[0].batch_no:06d}.jsonl"
        _write_durably(target, [lines.encode()])
        _sync_folders(target.parent, target.parent.parent, home)
    return Received(
        receipts[0].batch_no if receipts else None, receipts, findings, len(arrivals), known_count
    )


def _make_receipts(
    new: list[tuple[str, _Landed]],
    known: Collection[tuple[str, str]],
    earlier: list[Receipt],
    as_of: date,
) -> list[Receipt]:
    """Number what has landed; the same bytes from one bureau count once, ever."""
    batch_no = max((receipt.batch_no for receipt in earlier), default=0) + 1
    first: dict[tuple[str, str], _Landed] = {}
    for bureau_code, landed in sorted(new, key=lambda item: natural_key(item[1].source_file)):
        if (bureau_code, landed.sha256) not in known:
            first.setdefault((bureau_code, landed.sha256), landed)
    return [
        Receipt(
            receipt_id=f"{batch_no:06d}-{n:06d}",
            batch_no=batch_no,
            bureau_code=bureau_code,
            file_sha256=landed.sha256,
            source_file=landed.source_file,
            size_bytes=landed.size_bytes,
            container_sha256=landed.container_sha256,
            received_at=as_of.isoformat(),
            sent_order=n,
        )
        for n, ((bureau_code, _), landed) in enumerate(first.items(), start=1)
    ]


def read_receipts(home: Path) -> list[Receipt]:
    """Read the receipts of every night.

    Args:
        home: where `landing/` is kept.

    Returns:
        Receipts by batch and order; none if nothing was ever received.

    Raises:
        UnreadableReceiptError: a receipt has been changed or cut.
    """
    folder = _receipts_folder(home)
    if not folder.is_dir():
        return []
    return [
        receipt
        for path in sorted(folder.glob("[0-9]*.jsonl"))
        for receipt in _receipts_of(path)
    ]


def _receipts_of(path: Path) -> list[Receipt]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return [Receipt(**json.loads(line)) for line in lines if line]
    except (ValueError, TypeError) as error:
        raise UnreadableReceiptError(f"回执文件 {path} 已损坏，读不出来") from error


def blob_path(home: Path, sha: str) -> Path:
    """Where the bytes with a hash are kept.

    Args:
        home: where `landing/` is kept.
        sha: sha256 in hexadecimal.

    Returns:
        The path of the blob.
    """
    return home / "landing" / "blobs" / sha[:2] / sha


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Sort key that puts 表2 before 表10, the same on every machine.

    Args:
        name: a path.

    Returns:
        Its runs of digits by value and the rest as text; the name itself breaks ties.
    """
    parts = re.findall(r"([0-9]+)|([^0-9]+)", name)
    key = [
        (0, len(digits.lstrip("0")), digits.lstrip("0")) if digits else (1, 0, text)
        for digits, text in parts
    ]
    return [*key, (-1, 0, name)]


def _walk(
    inbox: Path, known_codes: Collection[str] | None, findings: list[Finding]
) -> Iterator[_Arrival]:
    """Yield the files under bureau folders; report what else lies in the inbox."""
    for entry in sorted(os.scandir(inbox), key=lambda entry: entry.name):
        shown = _printable(entry.name)
        if not entry.is_dir(follow_symlinks=False):
            if entry.is_symlink() or not entry.is_file(follow_symlinks=False):
                findings.append(Finding("FILE-122", source_file=shown, value_found=_nature(entry)))
            elif not is_ignored_name(entry.name):
                findings.append(Finding("FILE-124", source_file=shown, value_found=shown))
            continue
        match = _BUREAU_FOLDER.match(entry.name)
        if not match or (known_codes is not None and match.group(1) not in known_codes):
            if not entry.name.startswith("."):
                findings.append(Finding("FILE-121", source_file=shown, value_found=shown))
            continue
        yield from _walk_folder(Path(entry.path), shown, match.group(1), findings, 1)


def _walk_folder(
    folder: Path, shown_folder: str, bureau_code: str, findings: list[Finding], depth: int
) -> Iterator[_Arrival]:
    trouble = f"文件夹套了 {MAX_DEPTH} 层以上" if depth > MAX_DEPTH else ""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name) if not trouble else []
    except OSError as error:
        trouble = error.strerror or str(error)
    if trouble:
        findings.append(
            Finding(
                "FILE-123",
                bureau_code=bureau_code,
                source_file=shown_folder,
                value_found=trouble,
            )
        )
        return
    for entry in entries:
        shown = f"{shown_folder}/{_printable(entry.name)}"
        if entry.is_dir(follow_symlinks=False):
            if entry.name.lower() != "__macosx":
                yield from _walk_folder(
                    Path(entry.path), shown, bureau_code, findings, depth + 1
                )
        elif is_ignored_name(entry.name):
            continue
        elif entry.is_file(follow_symlinks=False):
            yield _Arrival(Path(entry.path), shown, bureau_code)
        else:
            findings.append(
                Finding(
                    "FILE-122",
                    bureau_code=bureau_code,
                    source_file=shown,
                    value_found=_nature(entry),
                )
            )


def _printable(name: str) -> str:
    """A file name as text: GBK bytes are read as such, anything else is shown escaped."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _clean(text)
    return _clean(raw.decode("utf-8", errors="backslashreplace"))


def _clean(name: str) -> str:
    """A name without characters that break lines or cannot be shown."""
    return "".join(c if c.isprintable() or c == "\u3000" else "�" for c in name)


def _nature(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "符号链接"
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError:  # it is gone by now
        return "特殊文件"
    return "管道" if stat.S_ISFIFO(mode) else "设备或其他特殊文件"


def _open_regular(path: Path) -> io.FileIO:
    """Open a file for reading, if it is still a regular one and no link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("不是普通文件")
    return _SentFile(descriptor, "rb")


class _SentFile(io.FileIO):
    """An open file of the inbox; trouble with reading it is a `_SentFileError`."""

    def readinto(self, buffer: memoryview) -> int | None:
        """Read as a file does."""
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise _SentFileError(error.strerror or str(error)) from error


@contextmanager
def _sent(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file of the inbox; whatever goes wrong with it is a `_SentFileError`."""
    try:
        handle = io.BufferedReader(_open_regular(path), _PIECE)
    except OSError as error:
        raise _SentFileError(error.strerror or str(error)) from error
    with handle:
        yield handle


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes; whatever goes wrong with the inbox is a `_SentFileError`."""
    with _sent(path) as handle:
        while piece := handle.read(_PIECE):
            yield piece


class _SentFileError(Exception):
    """A file of the inbox cannot be read; trouble with the landing is an OSError instead."""


def _lost_bytes(home: Path, receipts: Iterable[Receipt]) -> set[str]:
    """Hashes of files and archives that were received and whose bytes are no longer there."""
    return {
        sha
        for receipt in receipts
        if not _has_blob(home, receipt.file_sha256, receipt.size_bytes)
        for sha in (receipt.file_sha256, receipt.container_sha256)
        if sha
    }


def _land(
    home: Path, arrival: _Arrival, known: Collection[tuple[str, str]], lost: Collection[str]
) -> _Outcome:
    """Hash one file and, unless it is known, put its bytes in the landing.

    What is known and has been lost is landed again and stays what it was: its receipt is there.
    """
    digest = hashlib.sha256()
    size = 0
    head = b""
    try:
        for piece in _pieces(arrival.path):
            head = head or piece[: len(ZIP_MAGICS[0])]
            digest.update(piece)
            size += len(piece)
        sha = digest.hexdigest()
        is_known = (arrival.bureau_code, sha) in known
        if is_known and sha not in lost:
            return _Outcome(is_known=True)
        if head.startswith(ZIP_MAGICS) and size <= MAX_ZIP_BYTES:
            members = _land_members(home, arrival, sha)
            if members:
                return _Outcome(is_known=True) if is_known else _Outcome(landed=members)
            # an archive that cannot be expanded is received as it is: reading it says why
        landed = _land_file(home, arrival, sha, size)
        return _Outcome(is_known=True) if is_known else _Outcome(landed=(landed,))
    except _SentFileError as error:
        return _Outcome(unreadable=str(error))


def _land_members(home: Path, arrival: _Arrival, sha: str) -> tuple[_Landed, ...]:
    """Land the members of an archive, all or none of them.

    Returns:
        None if the file is no archive (a workbook is none), or one that cannot be expanded.
    """
    landed = []
    with _UNPACKING, _sent(arrival.path) as handle:
        if not is_archive(handle):
            return ()
        try:
            for name, member in open_members(handle, _unpacking_folder(home)):
                digest = hashlib.file_digest(member, "sha256").hexdigest()
                size = member.seek(0, io.SEEK_END)
                member.seek(0)
                _land_bytes(home, digest, size, iter(partial(member.read, _PIECE), b""))
                source_file = f"{arrival.source_file}!{_clean(name)}"
                landed.append(_Landed(source_file, digest, size, sha))
        except UnreadableFileError:
            landed = []
        except (OSError, _SentFileError):
            raise
        except Exception:  # one sender's archive must not end the night; its reading says why
            LOGGER.exception("cannot unpack %s", arrival.source_file)
            landed = []
    # what was unpacked must be what was hashed before
    again = hashlib.sha256()
    for piece in _pieces(arrival.path):
        again.update(piece)
    if again.hexdigest() != sha:
        raise _SentFileError(_STILL_WRITTEN)
    return tuple(landed)


def _unpacking_folder(home: Path) -> Path:
    """Where large members are unpacked to, on the disk of the landing; they have no names there."""
    folder = home / "landing"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _land_file(home: Path, arrival: _Arrival, sha: str, size: int) -> _Landed:
    """Copy a file to its blob."""
    if not _has_blob(home, sha, size):
        digest = hashlib.sha256()

        def copied() -> Iterator[bytes]:
            for piece in _pieces(arrival.path):
                digest.update(piece)
                yield piece
            if digest.hexdigest() != sha:
                raise _SentFileError(_STILL_WRITTEN)

        _write_durably(blob_path(home, sha), copied())
    return _Landed(arrival.source_file, sha, size, None)


def _land_bytes(home: Path, sha: str, size: int, pieces: Iterable[bytes]) -> None:
    if not _has_blob(home, sha, size):
        _write_durably(blob_path(home, sha), pieces)


def _has_blob(home: Path, sha: str, size: int) -> bool:
    try:
        return blob_path(home, sha).stat().st_size == size
    except FileNotFoundError:
        return False


def _write_durably(target: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is either whole or not there: temporary name, fsync, rename."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{get_ident()}{_LEFTOVER}")
    try:
        with temporary.open("wb") as handle:
            for piece in pieces:
                handle.write(piece)
            handle.flush()
            os.fchmod(handle.fileno(), RECEIVED_MODE)
            os.fsync(handle.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _clear_leftovers(home: Path) -> None:
    """Remove what a night that was killed had begun to write."""
    for folder in (_receipts_folder(home), *(home / "landing" / "blobs").glob("??")):
        for path in folder.glob(f".*{_LEFTOVER}"):
            path.unlink(missing_ok=True)


def _sync_blob_folders(home: Path, prefixes: set[str]) -> None:
    blobs = home / "landing" / "blobs"
    _sync_folders(*(blobs / prefix for prefix in sorted(prefixes)), blobs)


def _sync_folders(*folders: Path) -> None:
    """Make the names in folders durable."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _receipts_folder(home: Path) -> Path:
    return home / "landing" / "receipts"
