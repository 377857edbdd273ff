"""Small durable notes: lines of JSON that are only added to, and files that are replaced whole.

A line torn by a crash or a full disk harms nobody.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def append_line(path: Path, facts: dict[str, Any]) -> None:
    """Add a line and flush it to the disk.

    A line that a crash or a full disk has torn is closed first, so that it cannot swallow this one.

    Args:
        path: the file; made with its folder if need be.
        facts: the object.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts, ensure_ascii=False, default=str) + "\n"
    with path.open("a+b") as handle:
        handle.write((_closing(handle) + text).encode())
        handle.flush()
        os.fsync(handle.fileno())
    sync_folder(path.parent)


def _closing(handle: Any) -> str:
    if handle.seek(0, os.SEEK_END) == 0:
        return ""
    handle.seek(-1, os.SEEK_END)
    return "" if handle.read(1) == b"\n" else "\n"


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read the whole lines.

    Args:
        path: the file; need not be there.

    Returns:
        Objects in their order; torn lines are left out.
    """
    return _parse(path)[0]


def torn_count(path: Path) -> int:
    """How many lines of a file cannot be read.

    Args:
        path: the file; need not be there.

    Returns:
        Lines that are no JSON object.
    """
    return _parse(path)[1]


def _parse(path: Path) -> tuple[list[dict[str, Any]], int]:
    try:
        text = path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return [], 0
    found: list[dict[str, Any]] = []
    torn = 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            facts = json.loads(line)
        except ValueError:
            facts = None
        if isinstance(facts, dict):
            found.append(facts)
        else:
            torn += 1
    return found, torn


def write_durably(path: Path, text: str) -> None:
    """Write a small file that is either the old one or the new one, whatever happens.

    Args:
        path: the file.
        text: its content.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with aside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(aside, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk.

    Args:
        folder: the folder.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
