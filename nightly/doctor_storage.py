"""Whether what is on the disk is what was put there, and who may read it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb

from ingest.landing import blob_path, read_receipts
from nightly.doctor_finding import BAD, GOOD, NOTE, Finding
from nightly.doctor_watch import live_finding
from nightly.durable_notes import torn_count
from nightly.lock import is_held
from nightly.release import list_releases, rollbacks_path, table_states
from nightly.restore_drill import DRILLS_NOTE
from nightly.retention import statements_path
from nightly.settings import Home
from nightly.soundness import damaged_files, hash_file
from nightly.tables import list_tables, quote

LANDING, RELEASES, WAREHOUSE = "收件", "发布", "工作库"
RESTORE = "从备份取回：jixiao restore <备份目录> --into <空目录>，再把"
FORBIDDEN = 0o027
"""Others may do nothing, the group may not write."""


def landing_finding(home: Home, is_deep: bool) -> Finding:
    """Whether everything received is there.

    Args:
        home: the installation.
        is_deep: hash every file; else compare sizes.

    Returns:
        The finding.
    """
    torn = [path.name for path in sorted(home.receipts.glob("*.jsonl")) if _is_torn(path)]
    try:
        receipts = read_receipts(home.root)
    except (ValueError, TypeError, OSError) as error:
        return Finding(
            LANDING, BAD, f"回执读不出：{'、'.join(torn) or error}",
            f"{RESTORE}其中的 landing/receipts/{torn[0] if torn else ''} 放回 {home.receipts}。",
        )
    sizes = {receipt.file_sha256: receipt for receipt in receipts}
    lost = [
        receipt.source_file for sha256, receipt in sizes.items()
        if not _is_whole(blob_path(home.root, sha256), receipt.size_bytes, sha256, is_deep)
    ]
    text = f"共 {len(receipts)} 份文件，{'校验值' if is_deep else '大小'}"
    if lost:
        shas = [sha for sha, receipt in sizes.items() if receipt.source_file == lost[0]]
        return Finding(
            LANDING, BAD, f"{text}不符的有 {len(lost)} 份，原文缺失或残缺，如 {lost[0]}",
            f"{RESTORE} landing/blobs/{shas[0][:2]}/{shas[0]} 等放回 {home.landing}；"
            "没有备份的请该单位重报。",
        )
    return Finding(LANDING, GOOD, f"{text}都相符" + ("" if is_deep else "（--deep 逐份核对内容）"))


def _is_torn(path: Path) -> bool:
    try:
        return torn_count(path) > 0
    except OSError:
        return True


def _is_whole(path: Path, size: int, sha256: str, is_deep: bool) -> bool:
    try:
        return path.stat().st_size == size and (not is_deep or hash_file(path) == sha256)
    except OSError:
        return False


def warehouse_finding(home: Home) -> Finding:
    """Whether the working database can be read.

    Args:
        home: the installation.

    Returns:
        The finding.
    """
    mend = "不必处理，下一夜会由收件重建；也可删除它后运行 jixiao nightly："\
        f"rm {home.warehouse}*"
    if not home.warehouse.exists():
        return Finding(WAREHOUSE, NOTE if home.landing.exists() else GOOD, "还没有工作库", mend)
    if is_held(home):
        return Finding(WAREHOUSE, GOOD, "夜间任务正在使用，没有检查")
    if home.warehouse.with_name(home.warehouse.name + ".wal").exists():
        return Finding(WAREHOUSE, NOTE, "上次运行中断，没有正常关闭", mend)
    try:
        con = duckdb.connect(str(home.warehouse), read_only=True)
        try:
            tables = list_tables(con, ("raw", "ops"))
            for schema, table in tables:
                con.execute(f"select count(*) from {quote(schema)}.{quote(table)}").fetchall()
        finally:
            con.close()
    except (duckdb.Error, OSError) as error:
        return Finding(WAREHOUSE, BAD, f"已损坏，打不开或读不出：{_first(error)}", mend)
    return Finding(WAREHOUSE, GOOD, f"可以打开，{len(tables)} 张原始表和台账表")


def _first(error: Exception) -> str:
    return str(error).split("\n")[0][:200]


def release_findings(home: Home, is_deep: bool) -> list[Finding]:
    """Whether the live release, and at depth the others, are what was released.

    Args:
        home: the installation.
        is_deep: hash the others too; else compare their sizes.

    Returns:
        Findings.
    """
    found = [live_finding(home, is_deep=True)]
    live = next((release for release in list_releases(home) if release.is_current), None)
    if live is not None and found[0].state == GOOD:
        found = [_tables_finding(live)]
    others = [release for release in list_releases(home) if not release.is_current]
    damaged = {
        release.release_id: names
        for release in others if (names := damaged_files(release.path, is_deep))
    }
    for release_id, names in damaged.items():
        found.append(
            Finding(
                RELEASES, BAD, f"{release_id} 有 {len(names)} 个文件与清单不符：{names[0]}",
                "它不是现行发布，rollback 会跳过它；"
                f"{RESTORE} releases/{release_id}/ 整个放回，或删除它："
                f"rm -rf {home.releases / release_id}",
            )
        )
    if others and not damaged:
        found.append(Finding(RELEASES, GOOD, f"其余 {len(others)} 份发布与清单相符"
                             + ("" if is_deep else "（只比大小，--deep 逐份核对内容）")))
    return found


def _tables_finding(live) -> Finding:
    manifest = live.manifest()
    try:
        states = {state.name: state for state in table_states(live.database)}
    except duckdb.Error as error:
        # the file is byte for byte what was released: this DuckDB cannot read it
        return Finding(
            "现行发布", BAD, f"{live.release_id} 的库打不开：{_first(error)}",
            "检查 DuckDB 版本（make setup），或运行 jixiao rollback。",
        )
    wrong = [
        name for name, facts in manifest["tables"].items()
        if name not in states or states[name].table_hash != facts["table_hash"]
    ]
    if wrong or len(states) != len(manifest["tables"]):
        return Finding(
            "现行发布", BAD, f"{live.release_id} 的表与清单不符：{wrong[:3]}",
            "运行 jixiao rollback 回到最近的完好发布，再重新运行 jixiao nightly。",
        )
    return Finding(
        "现行发布", GOOD,
        f"{live.release_id} 可以打开，"
        f"{len(manifest['files'])} 个文件、{len(states)} 张表与清单一致",
    )


def notes_finding(home: Home) -> Finding:
    """Whether notes and logs can be read to the last line.

    Args:
        home: the installation.

    Returns:
        The finding.
    """
    paths = [
        rollbacks_path(home), statements_path(home), home.root / DRILLS_NOTE,
        *sorted(home.logs.glob("*.jsonl")),
    ]
    torn = [path for path in paths if _is_torn(path)]
    if torn:
        names = "、".join(path.relative_to(home.root).as_posix() for path in torn[:3])
        return Finding(
            "记录", NOTE, f"{names} 中有写了一半的行（断电或磁盘满所致），读取时已略过",
            "不必处理；要去掉它们，运行 "
            f"sed -i '/^{{.*}}$/!d' {torn[0]}",
        )
    return Finding("记录", GOOD, "回退、情况说明、演练和运行日志都能读出")


def modes_finding(home: Home) -> Finding:
    """Whether only the owner and the group may read what is kept.

    Args:
        home: the installation.

    Returns:
        The finding.
    """
    if not home.root.exists():
        return Finding("权限", GOOD, f"{home.root} 还不存在")
    count, first = 0, None
    for path in _walk(home.root):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        if stat.S_ISLNK(mode):
            continue
        is_blob = stat.S_ISREG(mode) and home.landing / "blobs" in path.parents
        if mode & FORBIDDEN or (is_blob and mode & 0o222):
            count += 1
            first = first or path
    if first is not None:
        root = home.root
        return Finding(
            "权限", NOTE, f"{count} 个文件或目录别人能读或组内能改，或收到的原文可以改写，如 "
            f"{first}（{stat.S_IMODE(first.lstat().st_mode):o}）",
            f"运行 chmod -R g-w,o-rwx {root}; chmod -R a-w {home.landing}/blobs/*/*"
            "（各命令新建的目录为 750、文件为 640）。",
        )
    return Finding("权限", GOOD, "别人不能读，收到的原文不能改写")


def _walk(root: Path) -> Iterator[Path]:
    yield root
    for folder, folders, files in os.walk(root):
        # the simulated inbox of a demo is somebody else's folder
        folders[:] = [name for name in folders if not (folder == str(root) and name == "demo")]
        for name in (*folders, *files):
            yield Path(folder, name)
