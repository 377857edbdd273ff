"""Back an installation up: what cannot be made again, and the releases kept.

No lock is held while bytes are copied, so that no night waits for a slow share. The view is
consistent all the same, because of the order in which it is taken. What is written once (blobs,
receipts, releases, draws) is whole as soon as it has its name. Draws are listed before releases and
releases before receipts, so each finds in the backup what it was made from; a receipt's bytes are
on disk before it. A release that a night prunes meanwhile is left out. Files that grow (notes,
logs) are copied as they are at that moment; a line cut short is left out by whoever reads them.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from ingest import jurisdiction
from ingest.landing import Receipt, blob_path, read_receipts
from nightly.backup_store import Backup, BackupFile, DamagedError, MediumError, Store
from nightly.durable_notes import write_durably
from nightly.errors import EXIT_LOCKED, EXIT_USAGE, StopError
from nightly.lock import is_held
from nightly.release import ID_PATTERN, Release, list_releases
from nightly.retention import KeepRule
from nightly.settings import Home, number_setting
from nightly.soundness import MANIFEST, hash_file
from nightly.tables import list_tables, quote

BACKUP_NOTE = "last_backup.txt"
FAILURE_NOTE = "last_backup_failure.txt"
DAMAGED_WORD = "未能备份："
RESERVE_BYTES = 64 * 1024**2
COPY_THREADS = 8
DEFAULT_KEEP = 30
DEFAULT_MONTHS = 24
SMALL_FILES = ("jurisdiction", "drills.jsonl", "work/inbox.json")
LEDGER_FOLDER = "ledger"


@dataclass(frozen=True)
class Wanted:
    """A file to be backed up.

    Attributes:
        path: within the home.
        source: where it is.
        sha256: its hash where something at home states it.
    """

    path: str
    source: Path
    sha256: str | None = None


@dataclass
class BackupResult:
    """How a backup went.

    Attributes:
        backup: what the manifest says.
        copied_count: files copied.
        copied_bytes: bytes copied.
        removed_count: old backups removed.
        freed_bytes: bytes freed by that.
        growth: bytes by which the folder has grown per year so far, where that can be told.
        notes: sentences about what was left out.
    """

    backup: Backup
    copied_count: int = 0
    copied_bytes: int = 0
    removed_count: int = 0
    freed_bytes: int = 0
    growth: str = ""
    notes: list[str] = field(default_factory=list)


def backup_rule() -> KeepRule:
    """How many backups are kept: `JIXIAO_KEEP_BACKUPS` days and `JIXIAO_KEEP_BACKUP_MONTHS`."""
    return KeepRule(
        number_setting("JIXIAO_KEEP_BACKUPS", DEFAULT_KEEP, 1),
        number_setting("JIXIAO_KEEP_BACKUP_MONTHS", DEFAULT_MONTHS),
    )


def check_destination(home: Home, destination: Path) -> Path:
    """Make sure a backup may be written there.

    Args:
        home: the installation.
        destination: as given.

    Returns:
        The folder, resolved.

    Raises:
        StopError: it is inside the home, or the home inside it.
    """
    place, root = destination.expanduser().resolve(), home.root.resolve()
    if place == root or root in place.parents or place in root.parents:
        raise StopError(
            f"备份目录 {place} 与工作目录 {root} 互相包含，盘坏时会一起丢失。",
            "换一个在另一块盘或挂载的共享目录上的位置。",
            EXIT_USAGE,
        )
    return place


@contextmanager
def one_at_a_time(home: Home) -> Iterator[None]:
    """Hold the lock of backups and drills for the duration of the block.

    Args:
        home: the installation.

    Raises:
        StopError: another one is running.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.root / "backup.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StopError(
            "另一个备份或恢复演练正在进行。", "等它结束后再试。", EXIT_LOCKED
        ) from None
    try:
        yield
    finally:
        lock.release()


def make_backup(home: Home, destination: Path, now: datetime | None = None) -> BackupResult:
    """Back an installation up.

    Args:
        home: the installation.
        destination: the folder of backups; made if need be.
        now: the moment; by default the clock's.

    Returns:
        How it went.

    Raises:
        StopError: it may not be written there, there is not enough room, or nothing to back up.
    """
    store = Store(check_destination(home, destination))
    if not home.landing.is_dir() and not list_releases(home):
        raise StopError(
            f"工作目录 {home.root} 中还没有可以备份的内容。", "检查 --home 或 JIXIAO_HOME。",
            EXIT_USAGE,
        )
    moment = now or datetime.now(UTC)
    with one_at_a_time(home):
        try:
            result = _copy_all(home, store, moment)
        except (StopError, OSError) as error:
            _note_failure(home, moment, error)
            raise
        (home.root / FAILURE_NOTE).unlink(missing_ok=True)
        result.removed_count, result.freed_bytes = store.prune(backup_rule())
        result.growth = growth_of(store.sound_backups()[0])
        note = [result.backup.made_at, str(store.root), result.backup.name]
        if result.backup.damaged:
            note.append(f"{DAMAGED_WORD}{len(result.backup.damaged)} 个文件")
        write_durably(home.root / BACKUP_NOTE, "\n".join(note) + "\n")
    return result


def _note_failure(home: Home, moment: datetime, error: Exception) -> None:
    reason = error.message if isinstance(error, StopError) else str(error)
    # nobody is told where the home cannot be written; the exit code still says it
    with suppress(OSError):
        write_durably(
            home.root / FAILURE_NOTE, f"{moment.isoformat(timespec='seconds')}\n{reason}\n"
        )


def _copy_all(home: Home, store: Store, moment: datetime) -> BackupResult:
    _make_folders(store, moment)
    staging = home.root / "backup-ledger"
    try:
        return _copy_view(home, store, moment, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _copy_view(home: Home, store: Store, moment: datetime, staging: Path) -> BackupResult:
    links = {}
    if home.current.is_symlink():
        links["releases/current"] = os.readlink(home.current)
    live = links.get("releases/current")
    result = BackupResult(
        Backup(moment.isoformat(timespec="seconds"), jurisdiction.current(), live, {}, links)
    )
    wanted = list(take_view(home, result))
    wanted += export_ledger(home, staging, result)
    known = store.known()
    _check_room(store, wanted, known)
    held = result.backup
    lost_releases: set[str] = set()
    with ThreadPoolExecutor(COPY_THREADS) as threads:
        # most of a copy is waiting for the disk to say that it has it
        copies = threads.map(lambda item: _try_copy(store, item, known), wanted)
        for item, copy in zip(wanted, copies, strict=True):
            release_id = _release_of(item.path)
            if copy.facts is not None:
                held.files[item.path] = copy.facts
            elif release_id and release_id != live and not (home.releases / release_id).exists():
                lost_releases.add(release_id)
            else:
                held.damaged.append(item.path)
            result.copied_count += copy.is_new
            result.copied_bytes += copy.facts.size_bytes if copy.is_new and copy.facts else 0
            if copy.note:
                result.notes.append(copy.note)
    for release_id in sorted(lost_releases):
        for path in [path for path in held.files if _release_of(path) == release_id]:
            del held.files[path]
        result.notes.append(f"发布 {release_id} 在备份时被夜间任务按期清理，没有备份。")
    backup = Backup(
        held.made_at, held.jurisdiction, live, held.files, links, held.damaged,
        result.copied_bytes,
    )
    name = store.write(backup)
    result.backup = store.read(name)
    return result


@dataclass(frozen=True)
class _Copy:
    """What became of one file; without facts it was missing or damaged."""

    facts: BackupFile | None
    is_new: bool = False
    note: str = ""


def _try_copy(store: Store, item: Wanted, known: dict[str, int]) -> _Copy:
    try:
        return _keep_or_copy(store, item, known)
    except FileNotFoundError:
        return _Copy(None)
    except DamagedError as error:
        if isinstance(error, MediumError):
            raise StopError(
                f"写入 {store.root} 的内容读回来不一致，备份没有完成。",
                "检查备份盘或网络共享，换一处再备份。",
            ) from error
        return _Copy(None)


def _keep_or_copy(store: Store, item: Wanted, known: dict[str, int]) -> _Copy:
    if item.sha256 is not None and item.sha256 in known:
        # also where the file at home is gone: then the backup is all there is of it
        is_there = item.source.is_file()
        note = f"{item.path} 在工作目录中缺失，备份中仍保留；请用 jixiao restore 取回。"
        mode = stat.S_IMODE(item.source.stat().st_mode) if is_there else 0o440
        return _Copy(
            BackupFile(item.sha256, known[item.sha256], mode), note="" if is_there else note
        )
    if item.sha256 is None:
        facts = item.source.stat()
        sha256 = hash_file(item.source)
        if known.get(sha256) == facts.st_size:
            return _Copy(BackupFile(sha256, facts.st_size, stat.S_IMODE(facts.st_mode)))
    # a file that grows may have grown since it was hashed: what was copied counts
    copied = store.put(item.source, item.sha256)
    known[copied.sha256] = copied.size_bytes
    return _Copy(copied, is_new=True)


def _make_folders(store: Store, moment: datetime) -> None:
    try:
        store.objects.mkdir(parents=True, exist_ok=True)
        store.manifests.mkdir(exist_ok=True)
    except OSError as error:
        raise StopError(
            f"备份目录 {store.root} 写不进去：{error.strerror}。", "检查挂载和权限。", EXIT_USAGE
        ) from error
    others = {backup.jurisdiction for backup in store.sound_backups()[0]} - {jurisdiction.current()}
    if others:
        raise StopError(
            f"备份目录 {store.root} 中是 {'、'.join(sorted(others))} 的备份。",
            "每个管辖区用自己的备份目录。",
            EXIT_USAGE,
        )


def take_view(home: Home, result: BackupResult) -> Iterator[Wanted]:
    """List what is to be backed up, in the order that makes the view consistent.

    Args:
        home: the installation.
        result: told what is left out.

    Yields:
        Files.
    """
    yield from _files_below(home, home.draws)
    for path in (home.releases / "rollbacks.jsonl", home.releases / "statements.jsonl"):
        yield from _plain(home, path)
    for release in list_releases(home):
        yield from _release_files(home, release, result)
    receipts = list(_files_below(home, home.receipts))
    named = {receipt.file_sha256 for receipt in _readable_receipts(home)}
    yield from receipts
    for sha256 in sorted(named):
        path = blob_path(home.root, sha256)
        yield Wanted(path.relative_to(home.root).as_posix(), path, sha256)
    for name in SMALL_FILES:
        yield from _plain(home, home.root / name)
    for path in sorted(home.logs.glob("*.jsonl*")):
        yield from _plain(home, path)


def _readable_receipts(home: Home) -> list[Receipt]:
    try:
        return read_receipts(home.root)
    except (ValueError, TypeError) as error:
        raise StopError(
            f"收件回执读不出：{error}。",
            "运行 jixiao doctor；先用 jixiao restore 从以前的备份取回 landing/receipts/。",
        ) from error


def _plain(home: Home, path: Path) -> Iterator[Wanted]:
    if path.is_file() and not path.is_symlink():
        yield Wanted(path.relative_to(home.root).as_posix(), path)


def _files_below(home: Home, folder: Path) -> Iterator[Wanted]:
    for path in sorted(folder.rglob("*")):
        # a draft is not whole yet
        if not any(part.startswith(".") for part in path.relative_to(home.root).parts):
            yield from _plain(home, path)


def _release_files(home: Home, release: Release, result: BackupResult) -> Iterator[Wanted]:
    try:
        files = release.manifest()["files"]
    except (StopError, KeyError):
        result.backup.damaged.append(f"releases/{release.release_id}/{MANIFEST}")
        return
    base = f"releases/{release.release_id}"
    for name, facts in sorted(files.items()):
        yield Wanted(f"{base}/{name}", release.path / name, facts["sha256"])
    yield Wanted(f"{base}/{MANIFEST}", release.path / MANIFEST)


def _release_of(path: str) -> str | None:
    parts = Path(path).parts
    is_one = len(parts) > 2 and parts[0] == "releases" and ID_PATTERN.fullmatch(parts[1])
    return parts[1] if is_one else None


def export_ledger(home: Home, staging: Path, result: BackupResult) -> list[Wanted]:
    """Write the ledger (`ops`) aside as Parquet: it can be made again, and bears witness.

    Args:
        home: the installation.
        staging: where to write.
        result: told if it is left out.

    Returns:
        Its files; none while a night has the warehouse.
    """
    shutil.rmtree(staging, ignore_errors=True)
    if not home.warehouse.exists():
        return []
    if is_held(home):
        result.notes.append("夜间任务正在运行，台账的副本这次没有取；它可以由收件重建。")
        return []
    staging.mkdir(mode=0o750)
    wanted = []
    try:
        con = duckdb.connect(str(home.warehouse), read_only=True)
        try:
            for schema, table in list_tables(con, ("ops",)):
                path = staging / f"{table}.parquet"
                target = str(path).replace("'", "''")
                con.execute(
                    f"copy (select * from {quote(schema)}.{quote(table)} order by all)"
                    f" to '{target}' (format parquet, compression zstd)"
                )
                wanted.append(Wanted(f"{LEDGER_FOLDER}/{table}.parquet", path))
        finally:
            con.close()
    except duckdb.Error:
        result.notes.append("工作库打不开，台账的副本这次没有取；下一夜会由收件重建。")
        return []
    return wanted


def _check_room(store: Store, wanted: list[Wanted], known: dict[str, int]) -> None:
    needed = sum(
        _size(item.source) for item in wanted if item.sha256 is None or item.sha256 not in known
    )
    free = shutil.disk_usage(store.root).free
    if needed + RESERVE_BYTES > free:
        raise StopError(
            f"备份目录 {store.root} 的空间不够：最多需要 {size_text(needed + RESERVE_BYTES)}，"
            f"可用 {size_text(free)}。",
            "腾出空间，或减少 JIXIAO_KEEP_BACKUPS 保留的备份数。",
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def check_backups(home: Home, destination: Path) -> tuple[int, list[str]]:
    """Read every object of every backup and compare it with its hash.

    Args:
        home: the installation.
        destination: the folder of backups.

    Returns:
        How many backups there are, and what is damaged, a line each.

    Raises:
        StopError: there is no backup.
    """
    store = Store(destination.expanduser().resolve())
    with one_at_a_time(home):
        backups, bad_manifests = store.sound_backups()
        if not backups and not bad_manifests:
            raise no_backup(store)
        damaged = set(
            store.damaged_objects(
                facts.sha256 for backup in backups for facts in backup.files.values()
            )
        )
    lines = [f"备份清单 {name}" for name in bad_manifests]
    for sha256 in sorted(damaged):
        users = [
            f"{path}（{backup.name}）"
            for backup in backups for path, facts in backup.files.items() if facts.sha256 == sha256
        ]
        lines.append(users[-1] + (f" 等 {len(users)} 处" if len(users) > 1 else ""))
    return len(backups), lines


def no_backup(store: Store) -> StopError:
    """Word that a folder holds no backup."""
    return StopError(
        f"{store.root} 中没有备份。", "检查目录和挂载，或先运行 jixiao backup <目录>。", EXIT_USAGE
    )


def growth_of(backups: list[Backup]) -> str:
    """By how much the folder grows a year.

    Args:
        backups: oldest first.

    Returns:
        A Chinese phrase; '' where it cannot be told yet.
    """
    if len(backups) < 2:
        return ""
    first, last = (datetime.fromisoformat(backups[place].made_at) for place in (0, -1))
    days = (last - first).total_seconds() / 86400
    grown = sum(backup.new_bytes for backup in backups[1:])
    if days < 1:
        return f"自首次备份以来增加 {size_text(grown)}"
    return f"自首次备份以来 {days:.0f} 天增加 {size_text(grown)}，" \
        f"折合每年 {size_text(grown / days * 365)}"


def size_text(size: float) -> str:
    """A number of bytes for people."""
    for unit, step in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size:.0f} B"


def result_lines(result: BackupResult) -> list[str]:
    """Word how a backup went.

    Args:
        result: how.

    Returns:
        Lines of Chinese text.
    """
    backup = result.backup
    groups: dict[str, int] = {}
    for path in backup.files:
        part = Path(path).parts[0]
        groups[part] = groups.get(part, 0) + 1
    words = {"landing": "收件", "releases": "发布", "draws": "抽检", "logs": "日志",
             LEDGER_FOLDER: "台账"}
    counts = "，".join(
        f"{title} {groups[part]} 个文件" for part, title in words.items() if part in groups
    )
    lines = [
        f"已备份：{backup.name}，共 {len(backup.files)} 个文件、{size_text(backup.size_bytes)}"
        f"（{counts}），现行发布 {backup.live_release or '无'}。",
        f"本次新写入 {result.copied_count} 个文件、{size_text(result.copied_bytes)}，"
        "逐个读回核对无误；其余以前已备份。" + (f"{result.growth}。" if result.growth else ""),
    ]
    if result.removed_count or result.freed_bytes:
        lines.append(
            f"清理了 {result.removed_count} 份旧备份，释放 {size_text(result.freed_bytes)}。"
        )
    lines += result.notes
    if backup.damaged:
        lines.append(f"以下 {len(backup.damaged)} 个文件缺失或与校验值不符，没有备份：")
        lines += [f"  {path}" for path in backup.damaged[:20]]
    return lines


