"""Zip archives to their members, within limits; nothing is ever written by a member's name."""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingest.readers.grid import UnreadableFileError
from ingest.readers.package import DAMAGED, DirectoryTooLargeError, member_pieces, open_package
from ingest.readers.sniff import is_archive

MAX_ZIP_BYTES = 1024**3
"""Largest archive that is expanded."""

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 512 * 1024**2
MAX_TOTAL_BYTES = 2 * 1024**3
MAX_RATIO = 200
SMALL_BYTES = 16 * 1024**2
"""A member that unpacks to less than this is not asked for its compression ratio."""

MAX_DEPTH = 1
"""Archives inside an archive are opened, those inside these are not."""

IGNORED_NAMES = frozenset((".ds_store", "thumbs.db", "desktop.ini"))
IGNORED_FOLDERS = frozenset(("__macosx",))

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_UNICODE_PATH_FIELD = 0x7075
_EXPECTED_ZIP = "能正常解压的 zip 压缩包，里面直接是导出文件"


def is_ignored_name(name: str) -> bool:
    """Tell whether a file is left behind by a system or an open office program.

    Args:
        name: file name without folders.

    Returns:
        True for `.DS_Store`, `Thumbs.db`, lock files such as `~$x.xlsx` and the like.
    """
    return name.lower() in IGNORED_NAMES or name.startswith(("~$", "._", ".~lock."))


def expand_zip(path: Path) -> list[tuple[str, bytes]]:
    """Read all members of an archive.

    Args:
        path: the archive.

    Returns:
        Member name and bytes, as `open_members` gives them.

    Raises:
        UnreadableFileError: as `open_members`.
    """
    return list(iterate_zip(path.read_bytes()))


def iterate_zip(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Read the members of an archive that is at hand as bytes.

    Args:
        content: the archive's bytes.

    Yields:
        Member name and bytes, as `open_members` gives them.

    Raises:
        UnreadableFileError: as `open_members`.
    """
    for name, member in open_members(io.BytesIO(content)):
        yield name, member.read()


def open_members(archive: BinaryIO, folder: Path | None = None) -> Iterator[tuple[str, BinaryIO]]:
    """Unpack the members of an archive one by one, those of inner archives too.

    The directory of an archive is checked as a whole before its first member is unpacked, and
    only one member is unpacked at a time: in memory while it is small, else in a nameless file.

    Args:
        archive: the open archive.
        folder: where large members are unpacked to; None for the system's temporary folder.

    Yields:
        Member name (`folder/b.xls`, of an inner archive `inner.zip!b.xls`) and its bytes, open for
        reading until the next member is asked for. Folders and leftovers such as `.DS_Store` are
        skipped. Office workbooks are members, not archives.

    Raises:
        UnreadableFileError: FILE-111 (damaged), FILE-112 (password), FILE-113 (a name leads
            outside, or a link), FILE-114 (too many, too large, too compressed), FILE-115 (nested
            too deep), FILE-116 (nothing in it).
        OSError: the folder cannot be written to.
    """
    found = False
    for member in _iterate(archive, folder, 0, _Budget()):
        found = True
        yield member
    if not found:
        raise UnreadableFileError("FILE-116", "压缩包里没有文件", _EXPECTED_ZIP)


class _Budget:
    """Members and bytes that an archive and its inner archives may still unpack."""

    def __init__(self) -> None:
        self.members = MAX_MEMBERS
        self.bytes = MAX_TOTAL_BYTES

    def spend(self, members: list[zipfile.ZipInfo]) -> None:
        """Take the members of one archive from what is left, or refuse them."""
        self.members -= len(members)
        self.bytes -= sum(member.file_size for member in members)
        largest = max((member.file_size for member in members), default=0)
        if self.members < 0:
            found = f"压缩包里的文件超过 {MAX_MEMBERS} 个"
        elif self.bytes < 0:
            found = f"压缩包解开后超过 {MAX_TOTAL_BYTES // 1024**2} MB"
        elif largest > MAX_MEMBER_BYTES:
            found = f"压缩包里有文件解开后超过 {MAX_MEMBER_BYTES // 1024**2} MB"
        elif any(
            member.file_size > SMALL_BYTES
            and member.file_size > max(member.compress_size, 1) * MAX_RATIO
            for member in members
        ):
            found = f"压缩包里有文件解开后是压缩前的 {MAX_RATIO} 倍以上"
        else:
            return
        raise UnreadableFileError("FILE-114", found, _EXPECTED_ZIP)


def _iterate(
    handle: BinaryIO, folder: Path | None, depth: int, budget: _Budget
) -> Iterator[tuple[str, BinaryIO]]:
    try:
        archive = open_package(handle)
    except DirectoryTooLargeError as error:
        raise UnreadableFileError(
            "FILE-114", f"压缩包里的文件超过 {MAX_MEMBERS} 个", _EXPECTED_ZIP
        ) from error
    except DAMAGED as error:
        raise _damaged() from error
    with archive:
        members = [(member_name(member), member) for member in archive.infolist()]
        for name, member in members:
            _refuse_unsafe(name, member)
        if not all(name for name, _ in members):
            raise _damaged()
        _refuse_overlaps(handle, [member for _, member in members])
        members = [(name, member) for name, member in members if not _is_skipped(name, member)]
        budget.spend([member for _, member in members])
        for name, member in members:
            with tempfile.SpooledTemporaryFile(SMALL_BYTES, dir=folder) as unpacked:
                for piece in _pieces(archive, member):
                    unpacked.write(piece)
                unpacked.seek(0)
                if not is_archive(unpacked):
                    unpacked.seek(0)
                    yield name, unpacked
                elif depth >= MAX_DEPTH:
                    raise UnreadableFileError(
                        "FILE-115", f"压缩包套了三层以上（{_shown(name)}）", _EXPECTED_ZIP
                    )
                else:
                    for inner, data in _iterate(unpacked, folder, depth + 1, budget):
                        yield f"{name}!{inner}", data


def _damaged() -> UnreadableFileError:
    return UnreadableFileError("FILE-111", "压缩包已损坏，或只传来了一部分", _EXPECTED_ZIP)


def _shown(name: str) -> str:
    """The beginning of a member's name, on one line."""
    return "".join(sign if sign.isprintable() else "�" for sign in name[:80])


def _refuse_overlaps(handle: BinaryIO, members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose members share their bytes, as no program packs them."""
    packed = handle.seek(0, io.SEEK_END)
    if sum(member.compress_size for member in members) > packed:
        raise UnreadableFileError(
            "FILE-114", "压缩包里的文件互相重叠，解开后远大于压缩包本身", _EXPECTED_ZIP
        )


def member_name(member: zipfile.ZipInfo) -> str:
    """Read a member's name in the encoding it was written in.

    The UTF-8 flag decides, then the Unicode path field, then UTF-8 and GB18030, each strictly:
    Windows in Chinese writes GBK without saying so.

    Args:
        member: an entry of the archive's directory.

    Returns:
        Its name with `/` between folders.
    """
    if member.flag_bits & _UTF8_FLAG:
        return member.filename.replace("\\", "/")
    stated = _unicode_path(member.extra)
    if stated:
        return stated.replace("\\", "/")
    try:
        raw = (member.orig_filename or member.filename).encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            # a GBK character may end in the byte of a backslash: decode first, then replace
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return member.filename


def _unicode_path(extra: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_PATH_FIELD and size > 5:
            return extra[at + 9 : at + 4 + size].decode("utf-8", errors="replace")
        at += 4 + size
    return None


def _refuse_unsafe(name: str, member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(name)
    is_outside = path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\x00" in name
    mode = member.external_attr >> 16
    if is_outside or (member.create_system == 3 and stat.S_IFMT(mode) not in (
        0, stat.S_IFREG, stat.S_IFDIR,
    )):
        raise UnreadableFileError(
            "FILE-113", f"压缩包里有指向包外的路径或链接「{_shown(name)}」", _EXPECTED_ZIP
        )
    if member.flag_bits & _ENCRYPTED_FLAG:
        raise UnreadableFileError("FILE-112", "压缩包设有密码", "没有密码的 zip 压缩包")


def _is_skipped(name: str, member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(name)
    folders = {part.lower() for part in path.parts[:-1]}
    return (
        name.endswith("/")
        or bool(folders & IGNORED_FOLDERS)
        or is_ignored_name(path.name)
    )


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        yield from member_pieces(archive, member)
    except Exception as error:  # zlib, struct and zipfile each have their own
        raise _damaged() from error
