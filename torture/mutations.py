"""Ways to spoil a good file, each from a chance that can be repeated."""

from __future__ import annotations

import io
import re
import struct
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

from ingest.readers import read_grids
from ingest.readers.grid import UnreadableFileError
from ingest.readers.sniff import Format
from torture import hostile_text
from torture.seed_files import SeedFile
from torture.table_files import Table, write_table

EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
MOST_ROWS = 200
_DAY = (2020, 1, 1, 0, 0, 0)
_TEXT_KINDS = (Format.DELIMITED, Format.HTML, Format.SPREADSHEETML)
_PACKAGES = (Format.XLSX, Format.ZIP)


def flip_bytes(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Change some bytes."""
    content = bytearray(file.content)
    for _ in range(choose.choice((1, 2, 5, 20, 200))):
        content[choose.randrange(len(content))] = choose.randrange(256)
    return bytes(content)


def plant_extremes(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Write extreme numbers over some bytes: sizes, counts, offsets."""
    content = bytearray(file.content)
    for _ in range(choose.choice((1, 3, 10))):
        form = choose.choice(("<H", "<I", ">I", "<Q"))
        number = choose.choice(EXTREMES) & (256 ** struct.calcsize(form) - 1)
        # containers keep their directories at the ends
        reach = choose.choice((len(content), min(len(content), 1024)))
        at = (
            choose.randrange(reach)
            if choose.random() < 0.5
            else len(content) - 1 - choose.randrange(reach)
        )
        piece = struct.pack(form, number)
        content[at : at + len(piece)] = piece
    return bytes(content)


def truncate(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Lose the end, or the beginning."""
    cut = choose.randrange(1, len(file.content))
    return file.content[:cut] if choose.random() < 0.8 else file.content[cut:]


def move_blocks(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Repeat, remove or blank out a block."""
    content = file.content
    start = choose.randrange(len(content))
    end = min(len(content), start + choose.choice((1, 16, 512, 4096, 40_000)))
    block = choose.choice(
        (b"", content[start:end] * 3, b"\0" * (end - start), choose.randbytes(64))
    )
    return content[:start] + block + content[end:]


def splice(choose: Random, file: SeedFile, other: SeedFile) -> bytes:
    """Join the beginning of one file and the end of another."""
    return (
        file.content[: choose.randrange(1, len(file.content))]
        + other.content[choose.randrange(len(other.content)) :]
    )


def spoil_member(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Spoil the markup of one part inside a workbook, in a package that is whole."""
    members = _members(file.content)
    # sheets and strings more often than the rest
    names = [n for n in members for _ in range(4 if "sheet" in n or "String" in n else 1)]
    name = choose.choice(names)
    members[name] = _spoilt_markup(choose, members[name])
    return _packed(members)


def shuffle_members(choose: Random, file: SeedFile, other: SeedFile) -> bytes:
    """Lose, swap, double or rename the parts of a package, or take in those of another."""
    members = _members(file.content)
    names = sorted(members)
    way = choose.randrange(5)
    one, two = choose.choice(names), choose.choice(names)
    if way == 0:
        del members[one]
    elif way == 1:
        members[one], members[two] = members[two], members[one]
    elif way == 2 and other.kind in _PACKAGES:
        members |= _members(other.content)
    elif way == 3:
        members[choose.choice(hostile_text.PATHS + hostile_text.FILE_NAMES)] = members.pop(one)
    else:
        members[one] = choose.choice((b"", b"\0" * 100, members[one] * 2, other.content))
    return _packed(members)


def spoil_markup(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Spoil the markup or text of a file that is no package."""
    return _spoilt_markup(choose, file.content)


def recode(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Write text in other encodings, in two at once, or twice over."""
    content = file.content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    way = choose.randrange(6)
    half = len(text) // 2
    if way == 0:
        encoding = choose.choice(
            ("utf-16", "utf-16-le", "utf-32", "big5", "utf-7", "shift_jis", "hz")
        )
        return text.encode(encoding, "replace")
    if way == 1:
        return text[:half].encode() + text[half:].encode("gb18030", "replace")
    if way == 2:
        return text.encode().decode("latin-1").encode()
    if way == 3:
        return b"\xef\xbb\xbf" + text[:half].encode() + b"\xef\xbb\xbf" + text[half:].encode()
    if way == 4:
        return text.replace(choose.choice("项目年度,"), "\0" * choose.choice((1, 50))).encode()
    return text.encode("gb18030", "replace").decode("utf-8", "replace").encode()


def poison_cells(choose: Random, file: SeedFile, _: SeedFile) -> bytes:
    """Put hostile texts into cells and headings of the table, and write it in some format."""
    table = [list(row) for row in _table(file.content)] or [["项目名称"]]
    for _ in range(choose.choice((1, 3, 10, 40))):
        row = choose.choice(table[: choose.choice((4, len(table)))])
        if row:
            row[choose.randrange(len(row))] = choose.choice(hostile_text.ALL)
    if choose.random() < 0.1:
        table = [row * choose.choice((2, 40)) for row in table]
    if choose.random() < 0.1:
        choose.shuffle(table)
    if choose.random() < 0.05:
        table[choose.randrange(len(table))] = []
    return write_table(table, choose)


MUTATIONS: dict[
    str, tuple[Callable[[Random, SeedFile, SeedFile], bytes], Sequence[Format] | None]
] = {
    "改动字节": (flip_bytes, None),
    "极端长度": (plant_extremes, None),
    "截断": (truncate, None),
    "移动字节块": (move_blocks, None),
    "拼接两个文件": (splice, None),
    "改动包内部件": (spoil_member, _PACKAGES),
    "增删调换包内部件": (shuffle_members, _PACKAGES),
    "改动标记": (spoil_markup, _TEXT_KINDS),
    "编码": (recode, _TEXT_KINDS),
    "恶意单元格": (poison_cells, None),
}
"""Name, function and the formats it is for (None for all)."""


def mutate(number: int, seed: int, seeds: Sequence[SeedFile]) -> tuple[str, SeedFile, bytes]:
    """Make one spoilt file.

    Args:
        number: which one; the mutations take turns.
        seed: seed of the campaign.
        seeds: good files.

    Returns:
        Name of the mutation, the good file and the spoilt bytes.
    """
    names = list(MUTATIONS)
    name = names[number % len(names)]
    function, kinds = MUTATIONS[name]
    choose = Random(f"{seed}-{number}")
    fitting = [file for file in seeds if _suits(file, kinds)]
    file, other = choose.choice(fitting), choose.choice(fitting)
    content = function(choose, file, other)
    if choose.random() < 0.1:
        # faults seldom come alone
        spoilt = SeedFile(file.path, content or b"\0", file.kind)
        content = choose.choice((flip_bytes, truncate, move_blocks))(choose, _longer(spoilt), other)
    return name, file, content


def _suits(file: SeedFile, kinds: Sequence[Format] | None) -> bool:
    if kinds is None:
        return bool(file.content)
    # some files of the region are damaged, as some that people send are
    is_whole = file.kind not in _PACKAGES or zipfile.is_zipfile(io.BytesIO(file.content))
    return bool(file.content) and file.kind in kinds and is_whole


def _longer(file: SeedFile) -> SeedFile:
    return file if len(file.content) > 1 else SeedFile(file.path, file.content + b"\0", file.kind)


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=1)
    return stream.getvalue()


def _spoilt_markup(choose: Random, content: bytes) -> bytes:
    for _ in range(choose.choice((1, 2, 6))):
        tags = [found.span() for found in re.finditer(rb"<[^<>]{0,200}>", content)]
        numbers = [found.span() for found in re.finditer(rb"(?<=[\">,])\d{1,9}", content)]
        texts = [
            found.span() for found in re.finditer(rb"(?<=>)[^<>]+(?=<)|(?<=,)[^,\r\n]+", content)
        ]
        way = choose.randrange(6)
        if way == 0 and numbers:
            content = _put(content, choose.choice(numbers), str(choose.choice(EXTREMES)).encode())
        elif way == 1 and tags:
            content = _put(content, choose.choice(tags), b"")
        elif way == 2 and tags:
            start, end = choose.choice(tags)
            content = _put(content, (start, end), content[start:end] * choose.choice((2, 300)))
        elif way == 3 and texts:
            text = choose.choice(hostile_text.ALL).encode("utf-8", "replace")
            content = _put(content, choose.choice(texts), text)
        elif way == 4 and tags:
            one, two = choose.choice(tags), choose.choice(tags)
            content = _put(content, one, content[slice(*two)])
        else:
            start = choose.randrange(len(content) + 1)
            content = _put(content, (start, start), choose.randbytes(4))
    return content


def _put(content: bytes, place: tuple[int, int], piece: bytes) -> bytes:
    return content[: place[0]] + piece + content[place[1] :]


@lru_cache(maxsize=512)
def _table(content: bytes) -> Table:
    """The first sheet of a file as texts."""
    with tempfile.NamedTemporaryFile(prefix="seed-") as handle:
        handle.write(content)
        handle.flush()
        try:
            frame = read_grids(Path(handle.name), "种子")[0].frame
        except UnreadableFileError:
            return ()
    return tuple(tuple(cell or "" for cell in row) for row in frame.head(MOST_ROWS).rows())
