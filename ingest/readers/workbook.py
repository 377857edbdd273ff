"""Excel workbooks (xlsx and true xls) to grids, through fastexcel; merges through calamine."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Callable
from typing import TypeVar

import fastexcel
import msoffcrypto
import polars as pl
import python_calamine
from lxml import etree

from ingest.readers.grid import (
    MAX_CELLS,
    SMALL_CELLS,
    Grid,
    UnreadableFileError,
    refuse_runaway,
    tidy,
    tidy_rows,
)
from ingest.readers.number_formats import (
    WorkbookFormats,
    column_number,
    percent_text,
    read_xls_formats,
    read_xlsx_styles,
    sheet_parts,
    show_percentages,
)
from ingest.readers.package import DAMAGED, open_package, read_member
from ingest.readers.sniff import OLE_MAGIC

EXPECTED_WORKBOOK = "能用 Excel 或 WPS 正常打开的 xlsx 或 xls 工作簿"
MAX_UNPACKED_BYTES = 1024**3
MAX_RATIO = 200
SMALL_BYTES = 64 * 1024**2
"""A package that unpacks to less than this is not asked for its compression ratio."""
SMALL_PART_BYTES = 256 * 1024
HEAD_BYTES = 4096
"""How far into a sheet its stated dimension is looked for."""

_DEFAULT_PASSWORD = "VelvetSweatshop"
"""The published password with which Excel itself opens write-protected workbooks unasked."""

_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
_TIME = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"
_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
_TIME_OF_DAY = r"^1899-12-3[01] (\d\d:\d\d:\d\d)$"
_SHOWN_TIME = re.compile(rf"{_MIDNIGHT[:-1]}\Z|{_TIME_OF_DAY[:-1]}\Z")
_TIME_LENGTH = len("2020-01-01 00:00:00")
_TRUTHS = {"true": "TRUE", "false": "FALSE"}
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>/]*>\s*<(?:v>[^<]|f|is)')

T = TypeVar("T")


def read_workbook(content: bytes) -> list[Grid]:
    """Read every sheet of a workbook that holds text.

    Args:
        content: the bytes of an xlsx or xls.

    Returns:
        Grids in sheet order, hidden sheets too, without merges. Chart sheets and sheets without
        any text are left out.

    Raises:
        UnreadableFileError: FILE-104 (damaged), FILE-105 (password), FILE-107 (no text in any
            sheet), FILE-108 (too large, or claims to be).
    """
    content, formats = _open(content)
    reader = _guard(lambda: fastexcel.read_excel(content))
    grids = []
    for name in reader.sheet_names:
        sheet = _guard(
            lambda name=name: reader.load_sheet(
                name, header_row=None, skip_rows=0, dtypes="string"
            )
        )
        if not sheet.width:
            continue
        # what a sheet states of itself may be false
        refuse_runaway(name, sheet.height, sheet.width)
        frame = _guard(lambda sheet=sheet: _from_first_column(sheet))
        if frame.width * frame.height <= SMALL_CELLS:
            frame = tidy_rows(_restore_rows(frame.rows(), name, formats))
        else:
            frame = tidy(_restore(frame, name, formats))
        if frame.width:
            grids.append(Grid(sheet=name, frame=frame, is_hidden=sheet.visible != "visible"))
    if not grids:
        raise UnreadableFileError(
            "FILE-107", "工作簿的每张工作表都是空白", "至少一张有表头和数据的工作表"
        )
    return grids


class WorkbookMerges:
    """The merged ranges of a workbook's sheets; the workbook is opened once, for the first."""

    def __init__(self, content: bytes) -> None:
        """Keep the bytes.

        Args:
            content: a workbook that `read_workbook` has read.
        """
        self._content = content
        self._workbook: python_calamine.CalamineWorkbook | None = None

    def read(self, grid: Grid) -> Grid:
        """Read the merged ranges of one sheet.

        Args:
            grid: the sheet.

        Returns:
            The grid with its merges, clipped to its frame, by row and column.

        Raises:
            UnreadableFileError: FILE-104, if the sheet cannot be read.
        """
        if self._workbook is None:
            self._workbook = _guard(self._open)
        sheet = _guard(lambda: self._workbook.get_sheet_by_name(grid.sheet))
        height, width = grid.frame.shape
        clipped = (
            (top, left, min(bottom, height - 1), min(right, width - 1))
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
            if top < height and left < width
        )
        merges = sorted(span for span in clipped if span[2] > span[0] or span[3] > span[1])
        return dataclasses.replace(grid, merges=tuple(merges))

    def _open(self) -> python_calamine.CalamineWorkbook:
        content = self._content
        if content.startswith(OLE_MAGIC):
            content, _ = _open(content)
        return python_calamine.CalamineWorkbook.from_object(io.BytesIO(content))


def _guard(read: Callable[[], T]) -> T:
    """Turn whatever the parser raises, a Rust panic too, into a refusal."""
    try:
        return read()
    except UnreadableFileError:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise UnreadableFileError(
            "FILE-104", "工作簿已损坏，或只传来了一部分", EXPECTED_WORKBOOK
        ) from error


def _open(content: bytes) -> tuple[bytes, WorkbookFormats]:
    """Look at a workbook before it is parsed, and decrypt it if it is only write-protected."""
    if not content.startswith(OLE_MAGIC):
        return content, _examine_package(content)
    formats = read_xls_formats(content)
    if not formats.is_locked:
        return content, formats
    content = _unlock(content)
    if content.startswith(OLE_MAGIC):
        return content, read_xls_formats(content)
    return content, _examine_package(content)


def _unlock(content: bytes) -> bytes:
    """Decrypt a write-protected workbook; refuse one that only its sender can open."""
    plain = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(content))
        office.load_key(password=_DEFAULT_PASSWORD)
        office.decrypt(plain)
    except MemoryError:
        raise
    except Exception as error:  # a wrong key and an unknown cipher end in the same refusal
        raise UnreadableFileError("FILE-105", "工作簿设有打开密码", "没有密码的工作簿") from error
    return plain.getvalue()


def _examine_package(content: bytes) -> WorkbookFormats:
    """Look at an xlsx before it is parsed: is it whole, can it fit, what do its styles say."""
    try:
        with open_package(io.BytesIO(content)) as archive:
            _refuse_bomb(archive, len(content))
            styles = read_xlsx_styles(archive)
            percent_cells = {}
            for name, path in sheet_parts(archive).items():
                part = _read_if_small(archive, path)
                _refuse_runaway_sheet(archive, name, path, part)
                if styles.percent_cell:
                    cells = styles.percent_cells(part or read_member(archive, path))
                    if cells.rows:
                        percent_cells[name] = cells
            return WorkbookFormats(styles.has_dates, percent_cells=percent_cells)
    except (*DAMAGED, etree.XMLSyntaxError) as error:
        raise UnreadableFileError(
            "FILE-104", "工作簿已损坏，或只传来了一部分", EXPECTED_WORKBOOK
        ) from error


def _refuse_bomb(archive: zipfile.ZipFile, packed: int) -> None:
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES or (
        unpacked > SMALL_BYTES and unpacked > packed * MAX_RATIO
    ):
        raise UnreadableFileError(
            "FILE-108",
            f"工作簿解开后有 {unpacked // 1024**2} MB，是文件的 {unpacked // packed} 倍",
            f"解开后不超过 {MAX_UNPACKED_BYTES // 1024**2} MB",
        )


def _read_if_small(archive: zipfile.ZipFile, path: str) -> bytes | None:
    """The bytes of a part that is read at once rather than from its head; None of a larger one."""
    is_small = archive.getinfo(path).file_size <= SMALL_PART_BYTES
    return read_member(archive, path) if is_small else None


def _refuse_runaway_sheet(
    archive: zipfile.ZipFile, name: str, path: str, part: bytes | None
) -> None:
    """Refuse a sheet whose text lies so far apart that the parser would exhaust the memory.

    The parser holds every cell of the rectangle around the cells with a value. The sheet's stated
    dimension is asked first; where it is missing, a stub or large, the cells themselves are.
    """
    head = part
    if head is None:
        with archive.open(path) as opened:
            head = opened.read(HEAD_BYTES)
    stated = re.search(rb'<dimension ref="[A-Z]+\d+:([A-Z]{1,3})(\d{1,7})"', head[:HEAD_BYTES])
    if stated:
        columns, rows = column_number(stated.group(1).decode()) + 1, int(stated.group(2))
        if rows * columns <= MAX_CELLS:
            return
    rows, columns = _extent(read_member(archive, path) if part is None else part)
    refuse_runaway(name, rows, columns)


def _extent(sheet: bytes) -> tuple[int, int]:
    """Last row and column with a value, or bounds of them where those are small enough."""
    beyond = re.search(rb'<c r="([A-Z]{4,8})\d', sheet)
    if beyond:
        return 1, column_number(beyond[1].decode()) + 1
    last_row = re.search(rb'<row [^>]*?r="(\d{1,7})"', sheet[sheet.rfind(b"<row ") :])
    if last_row:
        width = 702 if not re.search(rb' r="[A-Z]{3}\d', sheet) else 16_384
        if int(last_row.group(1)) * width <= MAX_CELLS:
            return int(last_row.group(1)), width
    rows = columns = 0
    letters_seen: set[bytes] = set()
    for cell in _CELL.finditer(sheet):
        rows = max(rows, int(cell[2]))
        letters_seen.add(cell[1])
    columns = max((column_number(letters.decode()) + 1 for letters in letters_seen), default=0)
    return rows, columns


def _from_first_column(sheet: fastexcel.ExcelSheet) -> pl.DataFrame:
    """The sheet as text from its column A, with the names of error values in their cells."""
    first = sheet.available_columns()[0].absolute_index
    batch, errors = sheet.to_arrow_with_errors()
    frame = pl.DataFrame(batch)
    for column, cells in _errors_by_column(errors).items():
        series = frame.to_series(column)
        frame.replace_column(column, series.scatter(list(cells), list(cells.values())))
    if first:
        blanks = [pl.lit(None, pl.String).alias(f"blank{i}") for i in range(first)]
        frame = frame.select(*blanks, pl.all())
    return frame


def _errors_by_column(errors: fastexcel.CellErrors | None) -> dict[int, dict[int, str]]:
    """Error values (#DIV/0! …), which the parser hands over as blanks, by column and row."""
    found: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        kind = re.search(r"Error\((\w+)\)", error.detail)
        text = _ERRORS.get(kind.group(1), "#ERROR!") if kind else "#ERROR!"
        found.setdefault(column, {})[row] = text
    return found


def _restore(frame: pl.DataFrame, name: str, formats: WorkbookFormats) -> pl.DataFrame:
    """Write dates, percentages and truth values as the sender saw them."""
    if name in formats.percent_cells:
        frame = show_percentages(frame, formats.percent_cells[name])
    timed, truths = (
        frame.select(test.any().fill_null(False)).row(0)
        for test in (
            pl.all().str.contains(_TIME),
            pl.all().is_in(list(_TRUTHS)),
        )
    )
    changes = []
    for column, has_times, has_truths in zip(frame.columns, timed, truths, strict=True):
        text = pl.col(column)
        if has_times and formats.has_dates:
            text = text.str.replace(_MIDNIGHT, "$1").str.replace(_TIME_OF_DAY, "$1")
        if has_truths:
            text = text.replace(_TRUTHS)
        if has_truths or (has_times and formats.has_dates):
            changes.append(text.alias(column))
    return frame.with_columns(changes)


def _restore_rows(
    rows: list[tuple[str | None, ...]], name: str, formats: WorkbookFormats
) -> list[list[str | None]]:
    """Do the same as `_restore` for a small sheet."""
    restored = [list(row) for row in rows]
    percents = formats.percent_cells.get(name)
    if percents:
        for row, column in set(zip(percents.rows, percents.columns, strict=True)):
            if row < len(restored) and column < len(restored[row]) and restored[row][column]:
                restored[row][column] = percent_text(restored[row][column])
    for row in restored:
        for column, text in enumerate(row):
            if not text:
                continue
            if text in _TRUTHS:
                row[column] = _TRUTHS[text]
            elif formats.has_dates and len(text) == _TIME_LENGTH and text[-3] == ":":
                row[column] = _SHOWN_TIME.sub(r"\1\2", text)
    return restored
