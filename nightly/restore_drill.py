"""Prove that a backup can be restored: restore it elsewhere, and compare what comes out.

The quick drill restores everything, compares every file of the live release with its manifest and
computes the hash of every table anew. The full one also forgets the releases, builds one anew from
the received files and the draws alone, with the live release's date, and compares its tables.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ingest.landing import blob_path, read_receipts
from nightly.backup import one_at_a_time
from nightly.backup_store import Backup, Store
from nightly.durable_notes import append_line, read_lines
from nightly.errors import StopError
from nightly.release import Release, current_release, table_states
from nightly.restore import Restored, choose_backup, is_needed_to_run, restore
from nightly.settings import Home
from nightly.soundness import damaged_files

DRILLS_NOTE = "drills.jsonl"
QUICK, REBUILD = "quick", "rebuild"
MODES_ZH = {QUICK: "快速演练（恢复并核对）", REBUILD: "完整演练（由收件重建并核对）"}
PARTS_ZH = {
    "receipts": "收件", "draws": "抽检", "code": "代码或程序包版本", "as_of": "日期",
    "inbox": "收件目录中未能接收的文件",
}
SHOWN = 5


@dataclass(frozen=True)
class Drill:
    """How a drill went.

    Attributes:
        at: when it ended.
        backup: name of the backup.
        mode: quick or rebuild.
        seconds: how long it took.
        release_id: the release compared with.
        table_count: tables compared.
        problems: what was not as it should be, a line each; none if the drill passed.
    """

    at: str
    backup: str
    mode: str
    seconds: float
    release_id: str | None
    table_count: int
    problems: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        """Whether everything was as it should be."""
        return not self.problems


def run_drill(
    home: Home,
    destination: Path,
    into: Path | None = None,
    mode: str = QUICK,
    tell: Callable[[str], object] = lambda text: None,
) -> Drill:
    """Restore the newest backup elsewhere, compare, and note how it went.

    Args:
        home: the installation, where the outcome is noted.
        destination: the folder of backups.
        into: where to restore; stays afterwards. By default within the home, removed afterwards.
        mode: quick or rebuild.
        tell: told what is being done.

    Returns:
        How it went.

    Raises:
        StopError: there is no backup, no room, or another drill is running.
    """
    store = Store(destination.expanduser().resolve())
    started = time.monotonic()
    with one_at_a_time(home), ExitStack() as stack:
        backup = choose_backup(store, tell=tell)
        place = into
        if place is None:
            place = home.root / "drill"
            shutil.rmtree(place, ignore_errors=True)
            stack.callback(shutil.rmtree, place, ignore_errors=True)
        tell(f"正在把备份 {backup.name} 恢复到 {place} 并核对。")
        restored = restore(store, backup, place, is_needed_to_run)
        live, problems, count = compare(restored)
        if mode == REBUILD and live is not None and not problems:
            tell(f"正在由收件重建截至 {live.manifest()['as_of']} 的结果，时间与一夜的任务相当。")
            problems, count = rebuild_and_compare(store, backup, place, live)
        drill = Drill(
            datetime.now(UTC).isoformat(timespec="seconds"), backup.name, mode,
            round(time.monotonic() - started, 1), live.release_id if live else None, count,
            problems,
        )
        append_line(
            home.root / DRILLS_NOTE,
            {
                "at": drill.at, "backup": drill.backup, "mode": mode, "seconds": drill.seconds,
                "release_id": drill.release_id, "tables": count,
                "result": "passed" if drill.is_passed else "failed",
                "problems": problems[:SHOWN],
            },
        )
    return drill


def compare(restored: Restored) -> tuple[Release | None, list[str], int]:
    """Compare a restored home with itself: receipts with blobs, the live release with its manifest.

    Args:
        restored: what was restored.

    Returns:
        The live release, what is wrong, and how many tables were compared.
    """
    home = Home(restored.into)
    problems = [f"备份中缺失或损坏：{path}" for path in restored.damaged]
    problems += [f"备份时源文件已损坏：{path}" for path in restored.backup.damaged]
    try:
        lost = [
            receipt.source_file for receipt in read_receipts(home.root)
            if not blob_path(home.root, receipt.file_sha256).is_file()
        ]
    except (ValueError, TypeError) as error:
        problems.append(f"回执读不出：{error}")
    else:
        problems += [f"收件没有原文：{name}" for name in lost]
    live = current_release(home)
    if live is None:
        if restored.backup.live_release:
            problems.append(f"现行发布 {restored.backup.live_release} 没有恢复出来")
        return None, problems, 0
    damaged = damaged_files(live.path)
    problems += [f"{live.release_id} 的文件与清单不符：{name}" for name in damaged]
    if damaged:
        return live, problems, 0
    tables = live.manifest()["tables"]
    problems += differing(tables, live.database)
    return live, problems, len(tables)


def differing(tables: dict[str, dict[str, Any]], database: Path) -> list[str]:
    """Tables of a database that are not those of a manifest.

    Args:
        tables: of the manifest.
        database: a DuckDB file.

    Returns:
        A line of Chinese each.
    """
    found = {state.name: state for state in table_states(database)}
    lines = [f"多出表 {name}" for name in sorted(set(found) - set(tables))]
    for name, facts in sorted(tables.items()):
        state = found.get(name)
        if state is None:
            lines.append(f"缺少表 {name}")
        elif state.table_hash != facts["table_hash"]:
            lines.append(
                f"表 {name} 的校验值不同（{facts['row_count']} 行，得到 {state.row_count} 行）"
            )
    return lines


def rebuild_and_compare(
    store: Store, backup: Backup, place: Path, live: Release
) -> tuple[list[str], int]:
    """Build the live release anew from what was received and drawn, and compare the tables.

    Args:
        store: the folder of backups.
        backup: which one.
        place: the restored home; the new one is made in its `rebuild/`.
        live: the restored release.

    Returns:
        What differs, and how many tables were compared.
    """
    from nightly.night import run_night

    manifest = live.manifest()
    home = Home(place / "rebuild")
    shutil.rmtree(home.root, ignore_errors=True)
    restore(store, backup, home.root, is_source)
    forget_later_receipts(home, manifest)
    try:
        made = run_night(home, None, date.fromisoformat(manifest["as_of"])).release
    except StopError as stop:
        return [f"重建没有完成：{stop.message}"], 0
    if made is None:
        return ["重建没有得到发布"], 0
    rebuilt = made.manifest()
    problems = [
        line for line in differing(manifest["tables"], made.database)
    ]
    if problems:
        problems += changed_parts(manifest, rebuilt)
    return problems, len(manifest["tables"])


def is_source(path: str) -> bool:
    """Whether a path belongs to what everything else is made from."""
    return path.startswith(("landing/", "draws/")) or path in ("jurisdiction", "work/inbox.json")


def forget_later_receipts(home: Home, manifest: dict[str, Any]) -> None:
    """Remove the receipts that came after a release, so that it can be made again.

    Args:
        home: a restored home of its own.
        manifest: of the release.
    """
    known = {item["receipt_id"] for item in manifest["inputs"]}
    for path in home.receipts.glob("*.jsonl"):
        lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
        if lines and not any(line["receipt_id"] in known for line in lines):
            path.unlink()


def changed_parts(manifest: dict[str, Any], rebuilt: dict[str, Any]) -> list[str]:
    """What a rebuild was made from that the release was not.

    Args:
        manifest: of the release.
        rebuilt: of the rebuilt one.

    Returns:
        At most one line of Chinese.
    """
    before, after = manifest["fingerprint_parts"], rebuilt["fingerprint_parts"]
    parts = [words for part, words in PARTS_ZH.items() if before.get(part) != after.get(part)]
    return [f"与该发布相比有变化的：{'、'.join(parts)}；表的差异可能由此而来"] if parts else []


def last_drill(home: Home, mode: str | None = None) -> dict[str, Any] | None:
    """What was noted of the newest drill.

    Args:
        home: the installation.
        mode: only of this mode.

    Returns:
        The note, or None.
    """
    noted = [
        line for line in read_lines(home.root / DRILLS_NOTE) if mode in (None, line.get("mode"))
    ]
    return noted[-1] if noted else None


def drill_text(note: dict[str, Any]) -> str:
    """Word the note of a drill.

    Args:
        note: as `last_drill` gives it.

    Returns:
        One line of Chinese.
    """
    result = "通过" if note.get("result") == "passed" else "未通过"
    text = (
        f"{note.get('at')}　{MODES_ZH.get(str(note.get('mode')), note.get('mode'))}　{result}　"
        f"{note.get('tables')} 张表　{note.get('seconds')} 秒"
    )
    problems = note.get("problems") or []
    return f"{text}　{problems[0]}" if problems else text


def drill_lines(drill: Drill) -> list[str]:
    """Word how a drill went.

    Args:
        drill: how.

    Returns:
        Lines of Chinese text.
    """
    if drill.is_passed and drill.release_id is None:
        return [f"演练通过，但备份中还没有发布，只核对了文件；用时 {drill.seconds} 秒。"]
    if drill.is_passed:
        how = "由收件重建后" if drill.mode == REBUILD else "恢复后"
        return [
            f"演练通过：{how} {drill.table_count} 张表与 {drill.release_id} 的清单一致，"
            f"用时 {drill.seconds} 秒。"
        ]
    lines = [f"演练未通过（{len(drill.problems)} 处），用时 {drill.seconds} 秒："]
    lines += [f"  {text}" for text in drill.problems[: SHOWN * 4]]
    return lines
