"""What was received and is no longer there as it was: a disk has faults too.

Bytes in the landing are the evidence behind every number. Before they are read into a warehouse
they must still have the hash of their receipt; what has not is never loaded, and comes back from
the inbox, where it still lies there, or from a backup.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ingest.landing import LANDING_THREADS, Receipt, blob_path

FOLDER = "damaged"
SHOWN_NAMES = 5


class DamagedLandingError(Exception):
    """Received bytes are missing or are not what was received.

    Attributes:
        receipts: whose bytes.
    """

    def __init__(self, receipts: Sequence[Receipt]) -> None:
        """Keep the receipts and word them."""
        self.receipts = list(receipts)
        names = "、".join(receipt.source_file for receipt in self.receipts[:SHOWN_NAMES])
        more = f" 等 {len(receipts)} 个" if len(receipts) > SHOWN_NAMES else ""
        super().__init__(f"收过的文件在 landing/ 中的原文丢失或已损坏：{names}{more}")


def damaged_receipts(home: Path, receipts: Iterable[Receipt]) -> list[Receipt]:
    """Compare the bytes of receipts with the hashes in them.

    Args:
        home: where `landing/` is kept.
        receipts: what to look at.

    Returns:
        Receipts whose bytes are missing or others, in order.
    """
    taken = list(receipts)
    with ThreadPoolExecutor(LANDING_THREADS) as threads:
        are_whole = threads.map(
            lambda receipt: _hash_of(blob_path(home, receipt.file_sha256)) == receipt.file_sha256,
            taken,
        )
        return [receipt for receipt, is_whole in zip(taken, are_whole, strict=True) if not is_whole]


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:  # gone, or on blocks that cannot be read
        return ""


def set_aside(home: Path, receipts: Iterable[Receipt]) -> None:
    """Move damaged bytes out of the way, so that whole ones can take their place.

    Args:
        home: where `landing/` is kept.
        receipts: of `damaged_receipts`.
    """
    folder = home / "landing" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for receipt in receipts:
        path = blob_path(home, receipt.file_sha256)
        if path.exists():
            os.replace(path, folder / path.name)
