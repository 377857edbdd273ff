"""Zip packages opened so that neither their directory nor a member can exhaust the memory.

What a directory says of its members need not be true. The standard library believes it in two
places: it makes an object of every entry, however many there are, and it unpacks a member whole
before it cuts it to its stated size. Archives and workbooks are therefore opened here only.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

MAX_DIRECTORY_BYTES = 8 * 1024**2
"""A directory of 20,000 members with long Chinese names; a workbook's is a few hundred bytes."""

PIECE_BYTES = 1024**2

_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
"""What Windows, Excel and WPS write. Others (bzip2, lzma) unpack without any bound."""

_END = struct.Struct("<4s8xL6x")
_END_MAGIC = b"PK\x05\x06"
_END_64 = struct.Struct("<4s36xQ8x")
_END_64_MAGIC = b"PK\x06\x06"
_LOCATOR_MAGIC = b"PK\x06\x07"
_LOCATOR_BYTES = 20
_LONGEST_END = 65_536 + _END.size + _LOCATOR_BYTES + _END_64.size
"""A comment as long as it may be, and the records before it."""


class DirectoryTooLargeError(ValueError):
    """A package lists more members than can be right."""


DAMAGED = (
    zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, NotImplementedError, struct.error,
    zlib.error,
)
"""What reading a damaged package may raise."""


def open_package(handle: BinaryIO) -> zipfile.ZipFile:
    """Open a package whose directory has a bearable size.

    Args:
        handle: the package, seekable.

    Returns:
        The open package.

    Raises:
        DirectoryTooLargeError: its directory is larger than `MAX_DIRECTORY_BYTES`.
        zipfile.BadZipFile: it is damaged; also the other errors of `DAMAGED`.
    """
    if _directory_bytes(handle) > MAX_DIRECTORY_BYTES:
        raise DirectoryTooLargeError
    return zipfile.ZipFile(handle)


def _directory_bytes(handle: BinaryIO) -> int:
    """The size of the directory as the end record states it; 0 where there is none to be read."""
    size = handle.seek(0, io.SEEK_END)
    handle.seek(max(0, size - _LONGEST_END))
    tail = handle.read()
    # as the library looks for it: an end record at the very end, else the last one there is
    at = len(tail) - _END.size
    if not (at >= 0 and tail[at:].startswith(_END_MAGIC) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END_MAGIC)
    if at < 0 or at + _END.size > len(tail):
        return 0
    locator, end_64 = at - _LOCATOR_BYTES, at - _LOCATOR_BYTES - _END_64.size
    if end_64 >= 0 and tail[locator:].startswith(_LOCATOR_MAGIC):
        magic, directory_bytes = _END_64.unpack_from(tail, end_64)
        if magic == _END_64_MAGIC:
            return directory_bytes
    return _END.unpack_from(tail, at)[1]


def member_pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a member piece by piece, no further than its stated size.

    Args:
        archive: the open package.
        member: an entry of its directory.

    Yields:
        Its bytes.

    Raises:
        zipfile.BadZipFile: the member is damaged, or not of the size that is stated.
        NotImplementedError: it is packed in a way that no office program uses.
    """
    if member.compress_type not in _METHODS:
        raise NotImplementedError(f"compression method {member.compress_type}")
    unpacked = 0
    with archive.open(member) as opened:
        while piece := opened.read(PIECE_BYTES):
            unpacked += len(piece)
            yield piece
    if unpacked != member.file_size:
        raise zipfile.BadZipFile("the size of a member is not the one stated")


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack a member whole.

    Args:
        archive: the open package.
        name: its name.

    Returns:
        Its bytes.

    Raises:
        KeyError: there is none of this name; else as `member_pieces`.
    """
    return b"".join(member_pieces(archive, archive.getinfo(name)))
