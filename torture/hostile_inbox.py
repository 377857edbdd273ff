"""What lies in an inbox without being a file anybody should open."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

DEEP = 1_500


def write_special_files(inbox: Path, folder: str) -> int:
    """Put links, pipes, sockets, odd names and a very deep folder into an inbox.

    Args:
        inbox: the inbox.
        folder: a bureau's folder in it.

    Returns:
        How many there are.
    """
    place = inbox / folder / "特殊"
    place.mkdir(parents=True)
    (place / "链接.csv").symlink_to("/etc/passwd")
    (place / "断链.csv").symlink_to(place / "没有.csv")
    (place / "自己.csv").symlink_to(place / "自己.csv")
    (place / "回环").symlink_to(inbox, target_is_directory=True)
    os.mkfifo(place / "管道.csv")
    here = os.getcwd()
    try:
        # the name of a socket may have no more than some hundred bytes
        os.chdir(place)
        with socket.socket(socket.AF_UNIX) as end:
            end.bind("s")
    finally:
        os.chdir(here)
    count = 6
    with suppress(PermissionError):
        os.mknod(place / "设备.csv", 0o020666, os.makedev(1, 5))
        count += 1
    for name in (b"\xff\xfe\n\x1b[31m.csv", "自评.csv".encode("gbk"), b"\x80" * 250 + b".csv"):
        with open(os.path.join(os.fsencode(place), name), "wb") as handle:
            handle.write(b"a,b\n1," + str(count).encode() + b"\n")
        count += 1
    _dig(place, DEEP)
    return count + 1


def clear_special_files(inbox: Path, folder: str) -> None:
    """Take the very deep folder away again, which the standard library cannot.

    Args:
        inbox: the inbox.
        folder: the bureau's folder in it.
    """
    place = inbox / folder / "特殊"
    while (place / "d" / "d").exists():
        (place / "d" / "d").rename(place / "below")
        (place / "d").rmdir()
        (place / "below").rename(place / "d")


def _dig(place: Path, levels: int) -> None:
    """Make folders inside each other, deeper than one path can say."""
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for _ in range(levels):
            os.mkdir("d", dir_fd=descriptor)
            below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
    finally:
        os.close(descriptor)
