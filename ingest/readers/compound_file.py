"""Old Office files are file systems: chains of sectors, which must come to an end.

The parser of workbooks follows a chain without counting, so a damaged table of sectors that leads
back to itself would fill the memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import olefile

from ingest.readers.grid import UnreadableFileError


def refuse_endless_chains(container: olefile.OleFileIO) -> None:
    """Refuse a container whose sectors lead back to themselves.

    Args:
        container: the open container.

    Raises:
        UnreadableFileError: FILE-104.
    """
    container.loadminifat()
    if has_cycle(container.fat) or has_cycle(container.minifat):
        raise UnreadableFileError(
            "FILE-104", "工作簿已损坏，内部的数据块互相循环", "能用 Excel 或 WPS 正常打开的工作簿"
        )


def has_cycle(following: Sequence[int]) -> bool:
    """Tell whether following a table of successors ever leads back.

    Args:
        following: the successor of each place; what is no place ends a chain.

    Returns:
        True if some chain never ends.
    """
    seen_in = [0] * len(following)
    for walk, start in enumerate(range(len(following)), start=1):
        place = start
        while 0 <= place < len(following) and not seen_in[place]:
            seen_in[place] = walk
            place = following[place]
        if 0 <= place < len(following) and seen_in[place] == walk:
            return True
    return False
