"""Full, read-only and damaged disks: what a night does with them, on the states of the campaign.

A full disk is a small file system in memory that the home is copied to; a read-only one is a mount
of a folder on itself. Both need the rights of root and are left out, and said to be, without them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from torture import promises
from torture.chains import complete
from torture.office import Office
from torture.outcome import Outcome
from torture.undisturbed import Undisturbed

MIB = 1024**2
ROOM_LEFT_MIB = (0, 1, 4, 10, 16, 22, 28, 34)
"""Free space a night is given; what it needs on the campaign's region lies above most of them."""
DAMAGED_RUNS = 400


Fault = Callable[[Office], str]
"""Does harm; says what the struck night said."""


def disk_faults(base: Undisturbed) -> list[tuple[str, Callable[[Office, Outcome], None]]]:
    """Every fault to be tried, each on its own copy of an installation that has filed.

    Args:
        base: the undisturbed run.

    Returns:
        Name and trial; those that need root are missing without its rights.
    """
    goal = base.goals["refiled"]

    def fails_in_words(office: Office) -> str:
        before = promises.records(office.home)
        place = office.log.stat().st_size if office.log.exists() else 0
        code = office.run(goal.night)
        with office.log.open("rb") as log:
            log.seek(place)
            words = log.read().decode(errors="replace")
        promises.check_struck(office.home, base.allowed, before, True)
        if code != 0 and ("下一步：" not in words or "Traceback" in words):
            raise promises.BrokenPromiseError(f"以 {code} 结束而没有一句话：{words[-300:]}")
        lines = [line for line in words.splitlines() if line and not line.startswith("$")]
        told = [line for line in lines if not line.startswith(("WARNING", "下一步："))]
        return f"以 {code} 结束：{told[0] if told else ''}".replace(str(office.home), "var")

    def damaged(office: Office, harm: Callable[[Path], None]) -> str:
        harm(office.home / "warehouse.duckdb")
        return "当夜重建"

    def flipped_release(office: Office) -> str:
        database = office.home / "releases" / "current" / "jixiao.duckdb"
        _flip(database, 1)
        if office.run(["doctor"]) != 1:
            raise promises.BrokenPromiseError("doctor 没有发现")
        _flip(database, 1)  # the same byte again: as it was
        return "doctor 指出"

    def full(office: Office, room: int) -> str:
        used = sum(path.stat().st_blocks * 512 for path in office.home.rglob("*")) // MIB + 1
        place = office.home.with_name(office.home.name + "-disk")
        place.mkdir()
        with _mounted(["-t", "tmpfs", "-o", f"size={used + room}m", "tmpfs", str(place)], place):
            small = Office(place / "var", office.cache, office.log).copy_of(office.home)
            said = fails_in_words(small)
            subprocess.run(["mount", "-o", "remount,size=4g", str(place)], check=True)
            office.copy_of(small.home)
        return said

    def read_only(office: Office, folder: str) -> str:
        place = office.home / folder
        place.mkdir(exist_ok=True)
        with _mounted(["--bind", str(place), str(place)], place):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
            return fails_in_words(office)

    faults: list[tuple[str, Fault]] = [
        (f"工作库损坏：{name}", lambda office, harm=harm: damaged(office, harm))
        for name, harm in DAMAGES.items()
    ]
    faults.append(("现行发布翻转一个字节", flipped_release))
    if _is_root():
        faults += [
            (f"磁盘只剩 {room} MiB", lambda office, room=room: full(office, room))
            for room in ROOM_LEFT_MIB
        ]
        faults += [
            (f"{folder} 只读", lambda office, folder=folder: read_only(office, folder))
            for folder in ("landing", "releases", "work")
        ]

    def trial_of(fault: Fault) -> Callable[[Office, Outcome], None]:
        def trial(office: Office, outcome: Outcome) -> None:
            office.copy_of(base.state("filed"))
            outcome.said.append(fault(office))
            outcome.met = 1
            outcome.filings = complete(office, goal)
            outcome.nights += 1

        return trial

    return [(name, trial_of(fault)) for name, fault in faults]


def left_out() -> list[str]:
    """Kinds of fault that cannot be tried with the rights at hand."""
    return [] if _is_root() else ["磁盘写满", "目录只读"]


def _is_root() -> bool:
    return os.geteuid() == 0


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
