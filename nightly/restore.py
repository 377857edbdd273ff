"""Restore an installation from a backup into an empty folder.

A note in the folder says that it is not complete until the last file is in place and every one has
been compared with its hash; a restore that was killed is continued by repeating it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from nightly.backup import COPY_THREADS, LEDGER_FOLDER, RESERVE_BYTES, no_backup, size_text
from nightly.backup_store import Backup, BackupFile, Store, read_back, write_through
from nightly.durable_notes import sync_folder
from nightly.errors import EXIT_USAGE, StopError
from nightly.soundness import hash_file

UNFINISHED = "恢复未完成.txt"


@dataclass(frozen=True)
class Restored:
    """What was restored.

    Attributes:
        backup: from what.
        into: where.
        file_count: files in place.
        damaged: paths whose bytes in the backup are missing or damaged.
    """

    backup: Backup
    into: Path
    file_count: int
    damaged: list[str]


def choose_backup(
    store: Store, wanted: str | None = None, tell: Callable[[str], object] = lambda text: None
) -> Backup:
    """The backup to restore.

    Args:
        store: the folder of backups.
        wanted: beginning of its name; by default the newest sound one.
        tell: told, in a sentence each, of manifests that are damaged.

    Returns:
        The backup.

    Raises:
        StopError: there is none.
    """
    backups, damaged = store.sound_backups()
    for name in damaged:
        tell(f"备份清单 {name} 已损坏，不能使用。")
    if wanted is not None:
        backups = [backup for backup in backups if backup.name.startswith(wanted)]
    if not backups and (damaged or wanted is not None):
        known = "、".join(store.names()[-5:])
        raise StopError(
            f"{store.root} 中没有可用的备份{wanted or ''}。", f"现有：{known or '无'}。", EXIT_USAGE
        )
    if not backups:
        raise no_backup(store)
    return backups[-1]


def check_target(store: Store, into: Path) -> Path:
    """Make sure a restore may write there.

    Args:
        store: the folder of backups.
        into: as given.

    Returns:
        The folder, resolved.

    Raises:
        StopError: it is not empty, or lies in the folder of backups.
    """
    place = into.expanduser().resolve()
    if place == store.root or store.root in place.parents:
        raise StopError(
            f"恢复的位置 {place} 在备份目录之内。", "换一个在备份目录之外的空目录。", EXIT_USAGE
        )
    if place.exists() and not place.is_dir():
        raise StopError(f"{place} 不是目录。", "换一个空目录。", EXIT_USAGE)
    if place.is_dir() and any(place.iterdir()) and not (place / UNFINISHED).is_file():
        raise StopError(
            f"恢复的位置 {place} 不是空的。", "换一个空目录；现有的工作目录不会被覆盖。", EXIT_USAGE
        )
    return place


def restore(
    store: Store,
    backup: Backup,
    into: Path,
    is_wanted: Callable[[str], bool] = lambda path: True,
) -> Restored:
    """Restore a backup.

    Args:
        store: the folder of backups.
        backup: which one.
        into: an empty folder, or one that holds an unfinished restore.
        is_wanted: which paths; by default all.

    Returns:
        What was restored; where anything is damaged the note stays in the folder.

    Raises:
        StopError: it may not be written there, or there is not enough room.
    """
    place = check_target(store, into)
    files = {path: facts for path, facts in sorted(backup.files.items()) if is_wanted(path)}
    place.mkdir(parents=True, exist_ok=True, mode=0o750)
    note = place / UNFINISHED
    note.write_text(f"正在由备份 {backup.name} 恢复，完成前不能使用。\n", encoding="utf-8")
    present = {path for path, facts in files.items() if _is_there(place / path, facts)}
    _check_room(place, sum(f.size_bytes for path, f in files.items() if path not in present))
    missing = [path for path in files if path not in present]
    with ThreadPoolExecutor(COPY_THREADS) as threads:
        copied = threads.map(lambda path: _copy(store, files[path], place / path), missing)
        damaged = [path for path, is_good in zip(missing, copied, strict=True) if not is_good]
    for path, target in sorted(backup.links.items()):
        if is_wanted(f"{path}/") and (place / path).parent.is_dir():
            link = place / path
            link.unlink(missing_ok=True)
            os.symlink(target, link)
            sync_folder(link.parent)
    if damaged:
        note.write_text(
            "备份中以下文件缺失或损坏，没有恢复：\n" + "\n".join(damaged) + "\n", encoding="utf-8"
        )
    else:
        note.unlink()
    sync_folder(place)
    return Restored(backup, place, len(files) - len(damaged), damaged)


def _is_there(path: Path, facts: BackupFile) -> bool:
    try:
        return path.stat().st_size == facts.size_bytes and hash_file(path) == facts.sha256
    except OSError:
        return False


def _copy(store: Store, facts: BackupFile, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name[:100]}.restoring")
    try:
        source = store.path_of(facts.sha256).open("rb")
    except FileNotFoundError:
        return False
    with source:
        sha256, _ = write_through(source, aside)
    if sha256 != facts.sha256 or read_back(aside) != facts.sha256:
        aside.unlink()
        return False
    # never readable by others, whatever the share or an older version made of it
    aside.chmod(facts.mode & 0o750)
    os.replace(aside, target)
    return True


def _check_room(place: Path, needed: int) -> None:
    free = shutil.disk_usage(place).free
    if needed + RESERVE_BYTES > free:
        raise StopError(
            f"{place} 的空间不够：需要 {size_text(needed + RESERVE_BYTES)}，"
            f"可用 {size_text(free)}。",
            "腾出空间，或用 --into 换一个位置。",
        )


def is_needed_to_run(path: str) -> bool:
    """Whether a path of a backup belongs to a home; the ledger is a witness only.

    Args:
        path: within the backup.

    Returns:
        False for the ledger.
    """
    return not path.startswith(f"{LEDGER_FOLDER}/")
