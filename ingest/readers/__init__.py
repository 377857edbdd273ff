"""Physical formats to text grids, chosen by bytes and not by suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.readers.archive import MAX_ZIP_BYTES, expand_zip, open_members
from ingest.readers.delimited import read_delimited
from ingest.readers.grid import Grid, UnreadableFileError, refuse_endless_text
from ingest.readers.html_table import read_html
from ingest.readers.sniff import Format, is_archive, name_other, sniff
from ingest.readers.spreadsheetml import read_spreadsheetml
from ingest.readers.workbook import WorkbookMerges, read_workbook

__all__ = ["expand_zip", "merge_reader", "read_grids", "read_merges", "sniff"]

MAX_FILE_BYTES = 256 * 1024**2
MAX_TEXT_BYTES = 128 * 1024**2
"""Largest csv, HTML or SpreadsheetML: the text and its cells must fit the memory of one file."""

EXPECTED_FORMATS = "xlsx、xls、csv，或系统导出的网页、XML 表格，可打成 zip"

_READERS = {
    Format.XLSX: read_workbook,
    Format.XLS: read_workbook,
    Format.SPREADSHEETML: read_spreadsheetml,
    Format.HTML: read_html,
    Format.DELIMITED: read_delimited,
}
_TEXTS = frozenset((Format.SPREADSHEETML, Format.HTML, Format.DELIMITED))


def read_grids(path: Path, source_name: str) -> list[Grid]:
    """Read a file into one grid per sheet that holds text.

    Args:
        path: the file; its own name does not matter.
        source_name: the name it was sent under, for what is said about it.

    Returns:
        Grids in sheet order. Those of workbooks come without merges (`read_merges`).

    Raises:
        UnreadableFileError: FILE-101 … FILE-116, naming what the file is.
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        _refuse_archive(path)
        raise _too_large(size, MAX_FILE_BYTES)
    content = path.read_bytes()
    kind = sniff(content)
    reader = _READERS.get(kind)
    if kind in _TEXTS and size > MAX_TEXT_BYTES:
        raise _too_large(size, MAX_TEXT_BYTES)
    if reader:
        grids = reader(content)
        for grid in grids:
            refuse_endless_text(grid)
        return grids
    if kind is Format.ZIP:
        _refuse_archive(path)
    if kind is Format.EMPTY:
        raise UnreadableFileError("FILE-101", f"{len(content)} 字节", EXPECTED_FORMATS)
    if kind is Format.OTHER:
        raise UnreadableFileError("FILE-103", name_other(content), EXPECTED_FORMATS)
    suffix = Path(source_name).suffix.lower()
    raise UnreadableFileError(
        "FILE-102", f"无法识别的内容（文件名后缀 {suffix or '无'}）", EXPECTED_FORMATS
    )


def _refuse_archive(path: Path) -> None:
    """Say why an archive was not expanded; its members would be received as files of their own."""
    if path.stat().st_size > MAX_ZIP_BYTES:
        return
    with path.open("rb") as handle:
        if is_archive(handle):
            for _ in open_members(handle):
                pass
            raise UnreadableFileError("FILE-103", "压缩包", EXPECTED_FORMATS)


def _too_large(size: int, limit: int) -> UnreadableFileError:
    return UnreadableFileError(
        "FILE-108", f"文件有 {size // 1024**2} MB", f"不超过 {limit // 1024**2} MB 的文件"
    )


def merge_reader(path: Path) -> Callable[[Grid], Grid]:
    """Make a reader of merged ranges, which opens the file once for all of its grids.

    Args:
        path: the file the grids were read from.

    Returns:
        A function that gives one of them its merges as `read_merges` does.
    """
    workbook: WorkbookMerges | None = None

    def read(grid: Grid) -> Grid:
        nonlocal workbook
        if grid.merges is not None:
            return grid
        if workbook is None:
            workbook = WorkbookMerges(path.read_bytes())
        return workbook.read(grid)

    return read


def read_merges(path: Path, grid: Grid) -> Grid:
    """Read the merged ranges of a grid that came without them.

    Args:
        path: the file the grid was read from.
        grid: one of its grids.

    Returns:
        The grid with its merges; the same grid if it has them already.

    Raises:
        UnreadableFileError: FILE-104, if the sheet cannot be read again.
    """
    return merge_reader(path)(grid)
