"""The machine's clock, asked once a night and not believed blindly.

The date of a night is written into receipts for ever and decides who is late. A machine whose clock
has lost its battery, or jumped ahead, must not date a night by it unnoticed.
"""

from __future__ import annotations

from datetime import date, timedelta

from nightly.errors import EXIT_USAGE, StopError
from nightly.release import list_releases
from nightly.settings import Home

LONGEST_PAUSE = timedelta(days=400)


def believe_clock(home: Home, today: date) -> None:
    """Let today's date be the night's, if it fits what the installation has seen.

    Args:
        home: the installation.
        today: what the machine's clock says.

    Raises:
        StopError: it lies before the newest night on record, or more than 400 days after it.
    """
    newest = newest_night(home)
    if newest is None or newest <= today <= newest + LONGEST_PAUSE:
        return
    side = "早于" if today < newest else "远晚于"
    raise StopError(
        f"系统时钟显示 {today}，{side}最近一次运行的日期 {newest}，时钟可能有误，没有运行。",
        "校正系统时钟后再运行；日期确实如此时，用 --as-of 写明日期。",
        EXIT_USAGE,
    )


def newest_night(home: Home) -> date | None:
    """The newest date that a receipt or a release carries.

    Args:
        home: the installation.

    Returns:
        It, None where nothing has been received yet.
    """
    from ingest.landing import read_receipts

    dates = [date.fromisoformat(receipt.received_at) for receipt in read_receipts(home.root)]
    manifests = (release.manifest_if_sound() for release in reversed(list_releases(home)))
    newest = next(filter(None, manifests), None)
    if newest is not None:
        dates.append(date.fromisoformat(newest["as_of"]))
    return max(dates, default=None)
