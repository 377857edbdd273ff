"""Releases: made aside, complete before they can be seen, switched by one symlink.

A release is written under `releases/.tmp-<id>`, every file and folder is flushed to the disk, the
folder gets its name in one rename, and only then `current` is replaced by a symlink to it. Whatever
kills the night, `current` points at a whole release. A release never changes after its rename.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ingest import jurisdiction
from nightly.durable_notes import append_line, read_lines, sync_folder
from nightly.errors import EXIT_FAILURE, EXIT_NO_RELEASE, StopError
from nightly.fingerprint import Fingerprint, code_commit, package_versions
from nightly.retention import KeepRule, keep_rule, releases_to_drop
from nightly.settings import Home, memory_limit, thread_count
from nightly.soundness import MANIFEST, damaged_files, hash_file, sealed
from nightly.tables import TableState, columns_of, list_tables, quote, state_of

logger = logging.getLogger(__name__)

SCHEMAS = ("marts", "quality")
STORAGE_VERSION = "v1.0.0"  # read by every DuckDB since 1.0, so by older BI drivers
DATABASE_NAME = "jixiao.duckdb"
ID_PATTERN = re.compile(r"\d{8}-\d{3}-[0-9a-f]{8}")
LOCKED_PROFILE = """\
-- 以只读、锁定方式打开本发布（BI 工具、笔记本、命令行通用）。
-- 先在本目录打开一个内存库，再逐句执行；此后不能读写服务器上的其他文件，也不能改设置。
attach 'jixiao.duckdb' as jixiao (read_only);
use jixiao;
set autoinstall_known_extensions = false;
set autoload_known_extensions = false;
-- 内存不够时不往本目录写临时文件
set temp_directory = '';
set enable_external_access = false;
-- 没有这一句，仍能把本文件解除只读后重新挂接
set disabled_filesystems = 'LocalFileSystem';
set lock_configuration = true;
"""
READ_ME = """\
本目录是一次发布，写成后不再改动。

  jixiao.duckdb        marts（业务结果）与 quality（问题清单）两个 schema，表和字段都有中文说明
  parquet/             同样的表，每表一个文件
  dashboard/index.html 看板，用浏览器直接打开，不需要网络
  lists/               给人看的 Excel 清单；lists/催报清单/ 为各地州催报用，每地一份
  analyses/            分析人员常问的问题，每个一份可直接执行的 SQL，开头写明怎么读、注意什么
  数据字典与血缘.html  每张表每行是什么、从哪里来、用在哪里、有哪些字段
  dbt文档.html         dbt 自带的文档页和血缘图，界面为英文、说明为中文，不需要网络
  发布说明.txt         与上一现行发布相比有哪些变化；changes.json 是同样内容的机器可读形式
  manifest.json        输入文件的 sha256、代码版本、参数版本、行数、关口结论、每表与每文件的校验值
  open_readonly.sql    以只读、锁定方式打开的语句

Superset：duckdb:////<绝对路径>/releases/current/jixiao.duckdb?access_mode=READ_ONLY
并在 engine_params 中加入 {"connect_args": {"config": {"enable_external_access": "false",
"lock_configuration": "true"}}}。
DuckDB 命令行：在本目录执行 duckdb -cmd ".read open_readonly.sql"
请始终打开 releases/current/…，不要打开 warehouse.duckdb。
"""


@dataclass(frozen=True)
class Release:
    """A release on disk.

    Attributes:
        release_id: `YYYYMMDD-NNN-<first 8 of the fingerprint>`.
        path: its folder.
        is_current: whether `current` points at it.
    """

    release_id: str
    path: Path
    is_current: bool

    @property
    def database(self) -> Path:
        """The DuckDB file of the release."""
        return self.path / DATABASE_NAME

    def manifest(self) -> dict[str, Any]:
        """Read the release's manifest.

        Raises:
            StopError: it is damaged.
        """
        try:
            return json.loads((self.path / MANIFEST).read_bytes())
        except (OSError, ValueError):
            raise StopError(
                f"发布 {self.release_id} 的 {MANIFEST} 已损坏，读不出来。",
                "运行 jixiao rollback 回到最近的完好发布，再运行 jixiao doctor 检查磁盘。",
            ) from None

    def manifest_if_sound(self) -> dict[str, Any] | None:
        """The manifest, None where it is damaged: damage of another release stops no night."""
        is_damaged = MANIFEST in damaged_files(self.path, is_deep=False)
        return None if is_damaged else self.manifest()


def list_releases(home: Home) -> list[Release]:
    """Releases on disk, oldest first.

    Args:
        home: the installation.

    Returns:
        Every complete release; half-made ones have another name and are not seen.
    """
    if not home.releases.is_dir():
        return []
    live = os.readlink(home.current) if home.current.is_symlink() else None
    return [
        Release(path.name, path, path.name == live)
        for path in sorted(home.releases.iterdir())
        if ID_PATTERN.fullmatch(path.name) and (path / MANIFEST).is_file()
    ]


def current_release(home: Home) -> Release | None:
    """The live release, if there is one.

    Args:
        home: the installation.

    Returns:
        The release `current` points at.
    """
    return next((release for release in list_releases(home) if release.is_current), None)


def comparison_base(home: Home) -> Release | None:
    """What a candidate is compared with, and what may stand where nothing has changed.

    Every byte is read: a release that somebody or some disk has changed is no measure.

    Args:
        home: the installation.

    Returns:
        The live release, or the newest sound one where that is damaged; None where none is sound.
    """
    releases = list_releases(home)
    ordered = sorted(releases, key=lambda release: (release.is_current, release.release_id))
    return next((one for one in reversed(ordered) if not damaged_files(one.path)), None)


def require_current(home: Home) -> Release:
    """The live release.

    Args:
        home: the installation.

    Returns:
        The release `current` points at.

    Raises:
        StopError: there is none.
    """
    release = current_release(home)
    if release is None:
        raise StopError(
            f"{home.releases} 中还没有发布。",
            "先运行 jixiao nightly --inbox <收件目录>，或 jixiao demo 看一个模拟地区。",
            EXIT_NO_RELEASE,
        )
    return release


def next_id(home: Home, as_of: date, fingerprint: str) -> str:
    """Name the next release.

    Args:
        home: the installation.
        as_of: the night's date.
        fingerprint: hash of what it is made from.

    Returns:
        `YYYYMMDD-NNN-<first 8 of the fingerprint>`, NNN counting the releases of that date.
    """
    day = as_of.strftime("%Y%m%d")
    # a damaged one, which is no release any more, still has the name
    names = [path.name for path in home.releases.glob(f"{day}-*")]
    numbers = [int(name.split("-")[1]) for name in names if ID_PATTERN.fullmatch(name)]
    return f"{day}-{max(numbers, default=0) + 1:03d}-{fingerprint[:8]}"


def copy_candidate(
    warehouse: Path, candidate: Path, schemas: tuple[str, ...] = SCHEMAS
) -> None:
    """Copy the published schemas into a fresh file, tables and comments only.

    A fresh file carries no dead space, no index and no constraint, and a storage version that old
    drivers read.

    Args:
        warehouse: the working database, closed by everybody else.
        candidate: the file to write; must not exist.
        schemas: what is published.
    """
    con = duckdb.connect(
        ":memory:", config={"threads": thread_count(), "memory_limit": memory_limit()}
    )
    try:
        con.execute(f"attach '{_sql(warehouse)}' as warehouse (read_only)")
        con.execute(
            f"attach '{_sql(candidate)}' as candidate (storage_version '{STORAGE_VERSION}')"
        )
        for schema in schemas:
            con.execute(f"create schema if not exists candidate.{quote(schema)}")
        comments = {
            (schema, table): comment
            for schema, table, comment in con.execute(
                """
                select schema_name, table_name, comment from duckdb_tables()
                where database_name = 'warehouse' and comment is not null
                union all
                select schema_name, view_name, comment from duckdb_views()
                where database_name = 'warehouse' and comment is not null
                """
            ).fetchall()
        }
        for schema, table in list_tables(con, schemas, "warehouse"):
            name = f"{quote(schema)}.{quote(table)}"
            con.execute(f"create table candidate.{name} as select * from warehouse.{name}")
            if comments.get((schema, table)):
                con.execute(
                    f"comment on table candidate.{name} is '{_sql(comments[schema, table])}'"
                )
            for column, _, comment in columns_of(con, schema, table, "warehouse"):
                if comment:
                    con.execute(
                        f"comment on column candidate.{name}.{quote(column)}"
                        f" is '{_sql(comment)}'"
                    )
        con.execute("checkpoint candidate")
        con.execute("detach candidate")
    finally:
        con.close()


def _sql(value: object) -> str:
    return str(value).replace("'", "''")


def _states(con: duckdb.DuckDBPyConnection) -> list[TableState]:
    return [state_of(con, schema, table) for schema, table in list_tables(con, SCHEMAS)]


def open_release(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a release's database read-only, for our own use.

    Args:
        path: the DuckDB file.

    Returns:
        A read-only connection.
    """
    return duckdb.connect(
        str(path), read_only=True,
        config={"threads": thread_count(), "memory_limit": memory_limit()},
    )


def table_states(path: Path) -> list[TableState]:
    """Count and hash every published table of a database file.

    Args:
        path: the DuckDB file.

    Returns:
        States sorted by name.
    """
    con = open_release(path)
    try:
        return _states(con)
    finally:
        con.close()


def export_parquet(database: Path, folder: Path) -> None:
    """Write one Parquet file per table.

    Args:
        database: the release's DuckDB file.
        folder: where to write; created.
    """
    folder.mkdir()
    con = open_release(database)
    try:
        for schema, table in list_tables(con, SCHEMAS):
            con.execute(
                f"copy {quote(schema)}.{quote(table)} to '{_sql(folder / table)}.parquet'"
                " (format parquet, compression zstd)"
            )
    finally:
        con.close()


def make_release(
    home: Home,
    as_of: date,
    fingerprint: Fingerprint,
    inputs: list[dict[str, Any]],
    decisions: dict[str, Any],
    write_lists: Callable[[Path, Path], None],
    write_for_analysts: Callable[[Path, Path], object] | None = None,
    judge: Callable[[Path, dict[str, Any]], bool] | None = None,
    keep_held: Callable[[Path, str], Release] | None = None,
    write_dashboard: Callable[[Path, Path, str], object] | None = None,
) -> Release:
    """Make a release from the warehouse and put it live, unless it is to be held.

    Args:
        home: the installation; its warehouse is built and audited, and closed.
        as_of: the night's date.
        fingerprint: what it is made from.
        inputs: what was received, for the manifest.
        decisions: gate and audit decisions, parameter versions, for the manifest.
        write_lists: writes the Excel lists, given the database and a folder.
        write_for_analysts: writes what analysts read beside it, given the database and its folder.
        judge: writes the release notes into the draft, given the manifest but for its files, and
            says whether the candidate may go live; by default it may.
        keep_held: keeps a sealed draft that may not, given its release id.
        write_dashboard: writes the pages, given the database, a folder and the release's id; the
            release notes stand beside the folder by then.

    Returns:
        The new live release, or the held one.
    """
    home.releases.mkdir(parents=True, exist_ok=True)
    sweep(home)
    release_id = next_id(home, as_of, fingerprint.value)
    draft = home.releases / f".tmp-{release_id}"
    draft.mkdir()
    database = draft / DATABASE_NAME
    copy_candidate(home.warehouse, database)
    (draft / "lists").mkdir()
    with ThreadPoolExecutor(max_workers=1) as aside:
        # the lists and pages are Python, the rest is DuckDB: they overlap
        written = [aside.submit(write_lists, database, draft / "lists")]
        states = table_states(database)
        manifest = {
            "release_id": release_id,
            "as_of": as_of.isoformat(),
            "jurisdiction": jurisdiction.current(),
            "fingerprint": fingerprint.value,
            "fingerprint_parts": asdict(fingerprint),
            "code_commit": code_commit(),
            "packages": package_versions(),
            "storage_version": STORAGE_VERSION,
            **decisions,
            "tables": {
                state.name: {"row_count": state.row_count, "table_hash": state.table_hash}
                for state in states
            },
            "inputs": inputs,
        }
        may_go_live = judge is None or judge(draft, manifest)
        if write_dashboard:
            written.append(
                aside.submit(write_dashboard, database, draft / "dashboard", release_id)
            )
        export_parquet(database, draft / "parquet")
        for task in written:
            task.result()
    if write_for_analysts is not None:
        write_for_analysts(database, draft)
    (draft / "open_readonly.sql").write_text(LOCKED_PROFILE, encoding="utf-8")
    (draft / "说明.txt").write_text(READ_ME, encoding="utf-8")
    manifest["files"] = {
        path.relative_to(draft).as_posix(): file_facts(path)
        for path in sorted(draft.rglob("*"))
        if path.is_file()
    }
    (draft / MANIFEST).write_text(sealed(manifest), encoding="utf-8")
    seal(draft)
    if not may_go_live and keep_held is not None:
        return keep_held(draft, release_id)
    return publish(home, draft, release_id)


def file_facts(path: Path) -> dict[str, Any]:
    """What the manifest says of a file.

    Args:
        path: the file.

    Returns:
        Its hash and size.
    """
    return {"sha256": hash_file(path), "size_bytes": path.stat().st_size}


def publish(home: Home, sealed: Path, release_id: str) -> Release:
    """Give a sealed folder its name among the releases and put it live.

    Args:
        home: the installation.
        sealed: the folder; may have its name already.
        release_id: its name.

    Returns:
        The new live release.
    """
    final = home.releases / release_id
    if sealed != final:
        os.rename(sealed, final)
        sync_folder(sealed.parent)
    sync_folder(home.releases)
    switch(home, release_id)
    prune(home, keep_rule())
    return Release(release_id, final, True)


def seal(folder: Path) -> None:
    """Flush every file and folder to the disk and take write permission off the files.

    Args:
        folder: the finished draft.
    """
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
            path.chmod(0o440)
        else:
            sync_folder(path)
    sync_folder(folder)


def switch(home: Home, release_id: str) -> None:
    """Point `current` at a release, atomically.

    Args:
        home: the installation.
        release_id: an existing release.
    """
    if home.current.exists() and not home.current.is_symlink():
        # somebody copied the installation without keeping links: theirs, so not ours to remove
        copies = (home.releases / f"current-copy-{number}" for number in itertools.count(1))
        kept = next(path for path in copies if not path.exists())
        logger.warning("%s 不是链接，已改名为 %s", home.current, kept.name)
        os.rename(home.current, kept)
    aside = home.releases / ".current-next"
    aside.unlink(missing_ok=True)
    os.symlink(release_id, aside)
    os.replace(aside, home.current)
    sync_folder(home.releases)


def sweep(home: Home) -> None:
    """Remove what killed nights left half-made; only under the night's lock.

    Args:
        home: the installation.
    """
    for path in home.releases.glob(".tmp-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in home.releases.glob(".old-*"):
        shutil.rmtree(path, ignore_errors=True)


def prune(home: Home, rule: KeepRule) -> list[str]:
    """Remove the releases that need not be kept any longer.

    Args:
        home: the installation.
        rule: which ones stay besides those that something else rests on.

    Returns:
        Ids removed; none where it cannot be told what is needed.
    """
    live = current_release(home)
    ids = [release.release_id for release in list_releases(home)]
    removed = []
    for release_id in releases_to_drop(home, ids, live.release_id if live else None, rule):
        aside = home.releases / f".old-{release_id}"
        os.rename(home.releases / release_id, aside)
        shutil.rmtree(aside, ignore_errors=True)
        removed.append(release_id)
    return removed


def rollback(
    home: Home, release_id: str | None = None, tell: Callable[[str], object] = logger.warning
) -> tuple[Release, Release]:
    """Put an earlier release live again, if it is still byte for byte what was released.

    The release left behind is noted, so that the next night with the same inputs does not put it
    back by itself.

    Args:
        home: the installation.
        release_id: which one; by default the newest sound one before the live one.
        tell: told, in a sentence each, which releases are passed over because they are damaged.

    Returns:
        The release that was live and the one that now is.

    Raises:
        StopError: there is no such release, or it is damaged.
    """
    live_id = _id_that_was_live(home)
    releases = list_releases(home)
    wanted = [
        release for release in releases
        if (release.release_id == release_id if release_id else release.release_id < live_id)
    ]
    target = None
    for release in reversed(wanted):
        damaged = damaged_files(release.path)
        if not damaged:
            target = release
            break
        tell(f"发布 {release.release_id} 已损坏，不能使用：{damaged[0]} 与清单不符"
             f"（共 {len(damaged)} 个文件）。")
    if target is None and wanted:
        raise StopError(
            "要回退到的发布已损坏，现行发布没有改变。",
            _sound_ones(releases, live_id)
            or "用 jixiao restore 从备份恢复，或运行 jixiao nightly 重新制作。",
            EXIT_FAILURE,
        )
    if target is None:
        raise StopError(
            f"没有可以回退到的发布{'：' + release_id if release_id else ''}。",
            "运行 jixiao releases 查看现有的发布编号。",
            EXIT_NO_RELEASE,
        )
    append_line(rollbacks_path(home), {"from": live_id, "to": target.release_id})
    switch(home, target.release_id)
    left = Release(live_id, home.releases / live_id, False)
    return left, Release(target.release_id, target.path, True)


def _id_that_was_live(home: Home) -> str:
    """What `current` points at, even where it is gone or damaged: that is when one rolls back."""
    if home.current.is_symlink():
        pointed = os.readlink(home.current)
        if ID_PATTERN.fullmatch(pointed):
            return pointed
    return require_current(home).release_id


def _sound_ones(releases: list[Release], live_id: str) -> str:
    sound = next(
        (
            release.release_id for release in reversed(releases)
            if release.release_id != live_id and not damaged_files(release.path)
        ),
        None,
    )
    return f"最近的完好发布是 {sound}：运行 jixiao rollback {sound}。" if sound else ""


def rollbacks_path(home: Home) -> Path:
    """Where rollbacks are noted, one line each."""
    return home.releases / "rollbacks.jsonl"


def is_rolled_back(home: Home, fingerprint: str) -> bool:
    """Whether the newest rollback left a release of this fingerprint behind.

    Args:
        home: the installation.
        fingerprint: of the night to come.

    Returns:
        True if that release would be made again.
    """
    live = current_release(home)
    noted = [line for line in read_lines(rollbacks_path(home)) if {"from", "to"} <= set(line)]
    if live is None or not noted:
        return False
    last = noted[-1]
    left = next((r for r in list_releases(home) if r.release_id == last["from"]), None)
    return (
        left is not None
        and MANIFEST not in damaged_files(left.path, is_deep=False)
        and last["to"] == live.release_id
        and left.manifest()["fingerprint"] == fingerprint
    )
