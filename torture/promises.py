"""What must hold after a command was struck, and after the next one completed.

Nothing here uses the project's own checks: hashes by hashlib, tables by DuckDB.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

RELEASE_FOLDERS = "[0-9]*-[0-9]*-*"
ORPHANS_MAY_TAKE = 10.0
SCHEMAS = ("marts", "quality")

Tables = Mapping[str, str]
"""Hash by table, as a manifest has them."""


class BrokenPromiseError(AssertionError):
    """A promise that did not hold."""


class LossError(BrokenPromiseError):
    """Something received or recorded is gone, changed or not accounted for."""


class HalfReleaseError(BrokenPromiseError):
    """A release is missing, is not whole, or is not the result of any whole night."""


def check_struck(
    home: Path,
    allowed: Collection[Tables],
    received: Mapping[str, bytes],
    had_release: bool,
) -> None:
    """Check what must hold whatever was struck.

    Args:
        home: the installation.
        allowed: tables of the releases that may be live.
        received: the receipts and draw records there were before, by path.
        had_release: whether there was a live release before.

    Raises:
        BrokenPromiseError: something does not hold.
    """
    current = home / "releases" / "current"
    if current.is_symlink():
        if live_tables(home) not in allowed:
            raise HalfReleaseError(f"current {os.readlink(current)} 的表不是任何一次完整的结果")
    elif had_release:
        raise HalfReleaseError("现行发布不见了")
    for folder in sorted((home / "releases").glob(RELEASE_FOLDERS)):
        check_release(folder)
    for path, content in received.items():
        if not (home / path).is_file():
            raise LossError(f"{path} 不见了")
        if (home / path).read_bytes() != content:
            raise LossError(f"{path} 变了")
    check_landing(home)


def live_tables(home: Path) -> Tables:
    """Tables of the live release by its manifest.

    Args:
        home: the installation.

    Returns:
        Hash by table.
    """
    text = (home / "releases" / "current" / "manifest.json").read_text(encoding="utf-8")
    return {name: facts["table_hash"] for name, facts in json.loads(text)["tables"].items()}


def check_release(folder: Path) -> None:
    """Check that a release is whole: every file as the manifest has it, every table countable.

    Args:
        folder: the release.

    Raises:
        HalfReleaseError: it is not.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HalfReleaseError(f"发布 {folder.name} 没有完整的清单：{error}") from error
    for name, facts in manifest["files"].items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != facts["sha256"]:
            raise HalfReleaseError(f"发布 {folder.name} 的 {name} 与清单不符")
    con = duckdb.connect(str(folder / "jixiao.duckdb"), read_only=True)
    try:
        for name, facts in manifest["tables"].items():
            count = con.execute(f"select count(*) from {name}").fetchall()[0][0]
            if count != facts["row_count"]:
                raise HalfReleaseError(f"发布 {folder.name} 的 {name} 行数不符")
    finally:
        con.close()


def check_landing(home: Path) -> None:
    """Check that every receipt can be read and has its bytes.

    Args:
        home: the installation.

    Raises:
        LossError: bytes are missing or others.
    """
    for receipt in receipts(home):
        sha = receipt["file_sha256"]
        blob = home / "landing" / "blobs" / sha[:2] / sha
        if not blob.is_file() or hashlib.sha256(blob.read_bytes()).hexdigest() != sha:
            raise LossError(f"收过的 {receipt['source_file']} 没有原文")


def receipts(home: Path) -> list[dict]:
    """Read every receipt.

    Args:
        home: the installation.

    Returns:
        Receipts in order.
    """
    return [
        json.loads(line)
        for path in sorted((home / "landing" / "receipts").glob("[0-9]*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line
    ]


def records(home: Path) -> dict[str, bytes]:
    """What may only ever be added to: receipts and draws.

    Args:
        home: the installation.

    Returns:
        Bytes by path, relative to the home.
    """
    folders = (home / "landing" / "receipts", home / "draws")
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def check_completed(home: Path, inbox: Path, expected: Tables) -> int:
    """Check what must hold once a night has completed.

    Args:
        home: the installation.
        inbox: everything sent so far.
        expected: tables of the undisturbed run.

    Returns:
        Filings whose rows were added up.

    Raises:
        BrokenPromiseError: something does not hold.
    """
    found = live_tables(home)
    if found != expected:
        other = sorted(
            name for name in {*found, *expected} if found.get(name) != expected.get(name)
        )
        raise BrokenPromiseError(f"{len(other)} 张表与不受干扰的结果不同：{other[:5]}")
    taken = receipts(home)
    known = {
        (receipt["bureau_code"], sha)
        for receipt in taken
        for sha in (receipt["file_sha256"], receipt["container_sha256"])
    }
    for path in inbox.glob("*/**/*"):
        bureau = path.relative_to(inbox).parts[0][:6]
        if path.is_file():
            sha = hashlib.sha256(path.read_bytes()).hexdigest()
            if (bureau, sha) not in known:
                raise LossError(f"{path.name} 没有收到")
    ids = [receipt["receipt_id"] for receipt in taken]
    if len(set(ids)) != len(ids):
        raise LossError("回执编号重复")
    return check_conservation(home, set(ids))


def check_conservation(home: Path, receipt_ids: set[str]) -> int:
    """Check that every receipt is in the warehouse and every filing's rows add up.

    Args:
        home: the installation.
        receipt_ids: of everything received.

    Returns:
        Filings whose rows were added up.

    Raises:
        LossError: something is missing or does not add up.
    """
    con = duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)
    try:
        loaded = {row[0] for row in con.execute("select receipt_id from ops.receipt").fetchall()}
        if loaded != receipt_ids:
            raise LossError(f"{len(loaded ^ receipt_ids)} 份回执与工作库不一致")
        count, broken = con.execute(
            """
            select
                count(*),
                count(*) filter (
                    source_row_count
                    != loaded_row_count + set_aside_row_count + title_row_count + header_row_count
                    + total_row_count + note_row_count + blank_row_count
                )
            from ops.filing
            """
        ).fetchall()[0]
    finally:
        con.close()
    if broken:
        raise LossError(f"{broken} 份报送的行数不守恒")
    return count


def check_no_orphans(group: int) -> None:
    """Check that nothing a struck command started is still running.

    Args:
        group: process group of the command.

    Raises:
        BrokenPromiseError: something is, ten seconds later.
    """
    deadline = time.monotonic() + ORPHANS_MAY_TAKE
    while left := _members(group):
        if time.monotonic() > deadline:
            raise BrokenPromiseError(f"主进程结束后仍有进程在运行：{left}")
        time.sleep(0.1)


def _members(group: int) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, _, member = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:3]
            if int(member) == group and state != "Z":
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                found.append(words.decode(errors="replace").strip()[:80])
        except OSError:
            continue
    return found
