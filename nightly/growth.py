"""How much the landing and the releases grow a year, from what is on the disk."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

from ingest.landing import read_receipts
from nightly.backup import size_text
from nightly.release import list_releases
from nightly.retention import keep_rule, releases_with_uses
from nightly.settings import Home


def growth_lines(home: Home) -> list[str]:
    """Word how an installation grows.

    Args:
        home: the installation.

    Returns:
        Lines of Chinese text.
    """
    return [_landing_line(home), _release_line(home)]


def _landing_line(home: Home) -> str:
    try:
        receipts = read_receipts(home.root)
    except (OSError, ValueError, TypeError):
        return "收件的增长算不出：回执读不出"
    sizes = {
        receipt.file_sha256: (date.fromisoformat(receipt.received_at), receipt.size_bytes)
        for receipt in receipts
    }
    if not sizes:
        return "还没有收件"
    total = sum(size for _, size in sizes.values())
    days = [day for day, _ in sizes.values()]
    first, last = min(days), max(days)
    year = sum(size for day, size in sizes.values() if day > last - timedelta(days=365))
    words = f"收件 {size_text(total)}（{first} 至 {last}）"
    if (last - first).days >= 365:
        return f"{words}，近一年增加 {size_text(year)}"
    # a year of filing has its rounds and its quiet months: less than one is not a rate
    return f"{words}，还不满一年，满一年后给出年增长"


def _release_line(home: Home) -> str:
    releases = list_releases(home)
    if not releases:
        return "还没有发布"
    rule = keep_rule()
    total = sum(folder_size(release.path) for release in releases)
    one = folder_size(releases[-1].path)
    try:
        used = len(releases_with_uses(home))
    except (OSError, ValueError, AttributeError):
        used = 0
    most = one * (rule.days + rule.months)
    return (
        f"发布 {len(releases)} 份共 {size_text(total)}，最新一份 {size_text(one)}，"
        f"其中 {used} 份因情况说明或抽检长期保留；按每月一份计每年增加 {size_text(one * 12)}，"
        f"{rule.days} 日 {rule.months} 月封顶约 {size_text(most)}，另加长期保留的"
    )


def folder_size(folder: Path) -> int:
    """Bytes of the files below a folder.

    Args:
        folder: the folder.

    Returns:
        Bytes.
    """
    return sum(
        os.lstat(os.path.join(place, name)).st_size
        for place, _, names in os.walk(folder) for name in names
    )
