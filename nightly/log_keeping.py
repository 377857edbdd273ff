"""Logs are compressed when they are old and removed when they are very old; the newest stay.

The lines of each night (`logs/<date>.jsonl`) are the only record of the run history, so they are
kept by number of dates; what libraries write beside them is kept by size.
"""

from __future__ import annotations

import gzip
import logging
import os
import shutil
from pathlib import Path

from nightly.settings import Home, number_setting

logger = logging.getLogger(__name__)

PLAIN_COUNT = 60
DEFAULT_KEEP = 1100
TEXT_BYTES = 10 * 1024**2
TEXT_KEEP = 5
TEXT_LOGS = ("gate.log", "dbt/dbt.log")


def rotate_logs(home: Home) -> None:
    """Compress and remove old logs; only under the night's lock.

    `JIXIAO_KEEP_LOGS` (1100) dates stay, the newest 60 of them uncompressed.

    Args:
        home: the installation.
    """
    try:
        keep = number_setting("JIXIAO_KEEP_LOGS", DEFAULT_KEEP, 1)
        found = sorted(
            [*home.logs.glob("*.jsonl"), *home.logs.glob("*.jsonl.gz")],
            key=lambda path: path.name.split(".")[0],
        )
        for path in found[:-keep]:
            path.unlink()
        plain = [path for path in found[-keep:] if path.suffix == ".jsonl"]
        for path in plain[:-PLAIN_COUNT]:
            _compress(path, path.with_name(path.name + ".gz"))
        for name in TEXT_LOGS:
            _rotate_text(home.logs / name)
    except OSError as error:
        # a full disk must not stop the night here: it will say so where it matters
        logger.warning("日志没有整理：%s", error)


def _compress(path: Path, target: Path) -> None:
    aside = target.with_name(f".{target.name}.tmp")
    # a date that was worked on again after it had been compressed has both files
    before = gzip.decompress(target.read_bytes()) if target.exists() else b""
    with gzip.open(aside, "wb") as out:
        out.write(before)
        with path.open("rb") as handle:
            shutil.copyfileobj(handle, out)
    os.replace(aside, target)
    path.unlink()


def _rotate_text(path: Path) -> None:
    if not path.is_file() or path.stat().st_size < TEXT_BYTES:
        return
    for number in range(TEXT_KEEP - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}.gz")
        if older.exists():
            os.replace(older, path.with_name(f"{path.name}.{number + 1}.gz"))
    _compress(path, path.with_name(f"{path.name}.1.gz"))
