"""Full, read-only and damaged disks: what a night does with them, on the states of the campaign.

A full disk is a small file system in memory that the home is copied to; a read-only one is a mount
of a folder on itself. Both need the rights of root and are left out, and said to be, without them.
"""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from torture import promises
from torture.office import EXIT_HELD, SECOND_DAY, HangError, Office, accept, nightly

if TYPE_CHECKING:
    from torture.kill_campaign import Campaign, Outcome

logger = logging.getLogger(__name__)

MIB = 1024**2
ROOM_LEFT_MIB = (0, 1, 4, 12, 24, 40, 56, 72)
"""Free space a night is given; what it needs on the campaign's region lies above the last."""
DAMAGED_RUNS = 400


def run_disk_faults(campaign: Campaign, make: Callable[[str], Outcome]) -> list[Outcome]:
    """Try every fault once.

    Args:
        campaign: prepared.
        make: an empty outcome of a name.

    Returns:
        One outcome per fault; those that need root are missing without its rights.
    """
    faults: list[tuple[str, Callable[[Office], str]]] = [
        (f"工作库损坏：{name}", lambda office, harm=harm: _damaged(campaign, office, harm))
        for name, harm in DAMAGES.items()
    ]
    faults.append(("现行发布翻转一个字节", lambda office: _flipped_release(campaign, office)))
    if os.geteuid() == 0:
        faults += [
            (f"磁盘只剩 {room} MiB", lambda office, room=room: _full(campaign, office, room))
            for room in ROOM_LEFT_MIB
        ]
        faults += [
            (f"{folder} 只读", lambda office, folder=folder: _read_only(campaign, office, folder))
            for folder in ("landing", "releases", "work")
        ]
    outcomes = []
    for number, (name, fault) in enumerate(faults):
        outcome = make(name)
        started = time.monotonic()
        office = campaign.office(f"disk-{number:02d}")
        office.copy_of(campaign.folder / "state-filed")
        try:
            outcome.kills.append(fault(office))
            outcome.met = 1
            outcome.filings = 1
        except (promises.BrokenPromiseError, HangError, OSError, ValueError) as error:
            outcome.broken.append(f"{type(error).__name__} {error}")
            logger.error("%s（%s）：%s", name, office.home, error)
        outcome.seconds = round(time.monotonic() - started, 1)
        logger.info("%s: %d broken, %.0f s", name, len(outcome.broken), outcome.seconds)
        outcomes.append(outcome)
    return outcomes


def _complete(campaign: Campaign, office: Office) -> None:
    """The next night completes without help, with the tables of an undisturbed one."""
    code = office.run(nightly(campaign.second, SECOND_DAY))
    if code == EXIT_HELD:
        code = office.run(accept(SECOND_DAY))
    if code not in (0, 3):
        raise promises.BrokenPromiseError(f"下一夜以 {code} 结束")
    promises.check_completed(office.home, campaign.second, campaign.expected)


def _fails_in_words(campaign: Campaign, office: Office) -> str:
    """The night ends with a sentence and leaves the live release; says how it ended."""
    before = promises.records(office.home)
    place = office.log.stat().st_size if office.log.exists() else 0
    code = office.run(nightly(campaign.second, SECOND_DAY))
    with office.log.open("rb") as log:
        log.seek(place)
        words = log.read().decode(errors="replace")
    promises.check_struck(office.home, campaign.allowed, before, True)
    if code != 0 and ("下一步：" not in words or "Traceback" in words):
        raise promises.BrokenPromiseError(f"以 {code} 结束而没有一句话：{words[-300:]}")
    return f"以 {code} 结束：{words.strip().splitlines()[-2:][:1]}"


def _damaged(campaign: Campaign, office: Office, harm: Callable[[Path], None]) -> str:
    harm(office.home / "warehouse.duckdb")
    _complete(campaign, office)
    return "当夜重建"


def _flipped_release(campaign: Campaign, office: Office) -> str:
    database = office.home / "releases" / "current" / "jixiao.duckdb"
    _flip(database, 1)
    if office.run(["doctor"]) != 1:
        raise promises.BrokenPromiseError("doctor 没有发现")
    _flip(database, 1)  # the same byte again: as it was
    _complete(campaign, office)
    return "doctor 指出"


def _full(campaign: Campaign, office: Office, room: int) -> str:
    used = sum(path.stat().st_blocks * 512 for path in office.home.rglob("*")) // MIB + 1
    place = office.home.with_name(office.home.name + "-disk")
    place.mkdir()
    with _mounted(["-t", "tmpfs", "-o", f"size={used + room}m", "tmpfs", str(place)], place):
        small = Office(place / "var", office.cache, office.log).copy_of(office.home)
        said = _fails_in_words(campaign, small)
        subprocess.run(["mount", "-o", "remount,size=4g", str(place)], check=True)
        _complete(campaign, small)
    return said


def _read_only(campaign: Campaign, office: Office, folder: str) -> str:
    place = office.home / folder
    place.mkdir(exist_ok=True)
    with _mounted(["--bind", str(place), str(place)], place):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        said = _fails_in_words(campaign, office)
    _complete(campaign, office)
    return said


@contextmanager
def _mounted(arguments: list[str], place: Path) -> Iterator[None]:
    subprocess.run(["mount", *arguments], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _flip(path: Path, places: int) -> None:
    mode = path.stat().st_mode
    path.chmod(0o644)
    size = path.stat().st_size
    with path.open("r+b") as handle:
        for part in range(1, places + 1):
            handle.seek(size * part // (places + 1))
            found = handle.read(1)
            handle.seek(-1, os.SEEK_CUR)
            handle.write(bytes([found[0] ^ 0xFF]))
    path.chmod(mode)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "开头被覆盖": lambda path: _overwrite(path, 0),
    "中间各处翻转": lambda path: _flip(path, DAMAGED_RUNS),
    "截去一半": lambda path: os.truncate(path, path.stat().st_size // 2),
    "变成空文件": lambda path: os.truncate(path, 0),
    "变成别的文件": lambda path: _write(path, "不是数据库".encode() * 1000),
    "日志文件是乱码": lambda path: _write(path.with_name(path.name + ".wal"), os.urandom(5000)),
}


def _overwrite(path: Path, place: int) -> None:
    with path.open("r+b") as handle:
        handle.seek(place)
        handle.write(os.urandom(8192))
