"""Which releases are kept: the last of each day and month, and whatever something else rests on.

What a statement was written from is noted before it is written, one durable line in
`releases/statements.jsonl`; what a draw was frozen from stands in the draw itself.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from nightly.durable_notes import append_line, read_lines
from nightly.settings import Home, number_setting

logger = logging.getLogger(__name__)

RELEASE_ID = re.compile(r"\d{8}-\d{3}-[0-9a-f]{8}")
DEFAULT_DAYS = 14
DEFAULT_MONTHS = 24


@dataclass(frozen=True)
class KeepRule:
    """How much of a dated series is kept.

    Attributes:
        days: of how many newest days the last one is kept; of the newest day, as many as this.
        months: of how many newest months the last one is kept.
    """

    days: int
    months: int


def keep_rule() -> KeepRule:
    """The rule set: `JIXIAO_KEEP_RELEASES` (14) days and `JIXIAO_KEEP_MONTHS` (24) months."""
    return KeepRule(
        number_setting("JIXIAO_KEEP_RELEASES", DEFAULT_DAYS, 1),
        number_setting("JIXIAO_KEEP_MONTHS", DEFAULT_MONTHS),
    )


def kept_by_date(names: Sequence[str], rule: KeepRule) -> set[str]:
    """Which of a dated series are kept.

    Args:
        names: each begins with its date as YYYYMMDD and sorts by time.
        rule: how many days and months.

    Returns:
        The names kept.
    """
    ordered = sorted(names)
    by_day = [list(group) for _, group in groupby(ordered, key=lambda name: name[:8])]
    by_month = [list(group) for _, group in groupby(ordered, key=lambda name: name[:6])]
    kept = {group[-1] for group in by_day[-rule.days :]}
    if by_day:
        # a day that is worked on keeps what one may want to go back to
        kept.update(by_day[-1][-rule.days :])
    if rule.months:
        kept.update(group[-1] for group in by_month[-rule.months :])
    return kept


def statements_path(home: Home) -> Path:
    """Where it is noted what statements were written from."""
    return home.releases / "statements.jsonl"


def note_statement(home: Home, release_id: str, statement: str, year: int) -> None:
    """Note that a statement is written from a release, so that the release stays.

    Args:
        home: the installation.
        release_id: the release.
        statement: name of the statement.
        year: its work year.
    """
    facts = {"release_id": release_id, "statement": statement, "year": year}
    noted = [
        {key: line.get(key) for key in facts} for line in read_lines(statements_path(home))
    ]
    if facts not in noted:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        append_line(statements_path(home), {"at": at, **facts})


def releases_with_uses(home: Home) -> dict[str, str]:
    """Releases that a statement or a draw rests on.

    Args:
        home: the installation.

    Returns:
        Why it stays, in Chinese, by release id.

    Raises:
        ValueError: the frame of a draw cannot be read, so it cannot be told.
    """
    found: dict[str, str] = {}
    for line in read_lines(statements_path(home)):
        found[str(line.get("release_id"))] = f"情况说明 {line.get('statement')}-{line.get('year')}"
    # a line that a failing disk has spoiled still keeps what it names
    for release_id in RELEASE_ID.findall(_text_of(statements_path(home))):
        found.setdefault(release_id, "情况说明")
    for path in sorted(home.draws.glob("*/frame.json")):
        record = json.loads(path.read_bytes())
        found[str(record.get("release_id"))] = f"抽检 {path.parent.name}"
    return found


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def releases_to_drop(
    home: Home, release_ids: Sequence[str], live_id: str | None, rule: KeepRule
) -> list[str]:
    """Which releases need not be kept any longer.

    Args:
        home: the installation.
        release_ids: releases on disk.
        live_id: the live one.
        rule: which of them stay by date.

    Returns:
        Ids; none where it cannot be told what a draw rests on.
    """
    try:
        needed = set(releases_with_uses(home))
    except (OSError, ValueError, AttributeError) as error:
        logger.warning("抽检记录读不出（%s），这次不清理旧的发布", error)
        return []
    stay = kept_by_date(release_ids, rule) | needed
    if live_id:
        stay.add(live_id)
        # the one a rollback would go to
        stay.update([name for name in sorted(release_ids) if name < live_id][-1:])
    return [name for name in sorted(release_ids) if name not in stay]
