"""The answer to a query as a file: csv, xlsx or parquet, exact and without formulas."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from nightly.errors import EXIT_USAGE, StopError
from nightly.formula_text import FORMULA_STARTS
from nightly.query import headings, plain_text, run, safe_text
from nightly.workbook import MAX_CELL_TEXT, MAX_SHEET_ROWS, no_markup

FORMATS = ("csv", "xlsx", "parquet")
FETCH_ROWS = 5_000
EXACT_DIGITS = 15
"""What a cell of Excel keeps of a number."""
FIRST_EXCEL_YEAR = 1901
CUT = "……（过长，已截断）"
ANSWER_BEGINNINGS = (b"\xef\xbb\xbf", b"PK\x03\x04", b"PAR1")
LEAST_FREE_BYTES = 1024**3
"""What writing an answer leaves free on the disk, so that an endless one does not fill it."""


def format_of(path: Path) -> str:
    """The format that a file's name asks for.

    Args:
        path: the file to write.

    Returns:
        One of `FORMATS`.

    Raises:
        StopError: the name ends in none of them.
    """
    ending = path.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise StopError(
            f"从文件名 {path.name} 看不出要写成什么格式。",
            "文件名以 .csv、.xlsx 或 .parquet 结尾，或用 --format 写明。",
            EXIT_USAGE,
        )
    return ending


def write_answer(
    database: Path,
    sql: str,
    path: Path,
    file_format: str,
    limit: int | None = None,
    notes: Sequence[tuple[str, str]] = (),
) -> int:
    """Run a query on a release and write its answer; the file appears only when it is whole.

    Args:
        database: the release's DuckDB file.
        sql: the query.
        path: the file to write; replaced if it is there.
        file_format: one of `FORMATS`.
        limit: most rows to write, None for all.
        notes: what a second sheet of a workbook says: heading and text.

    Returns:
        Rows written.

    Raises:
        StopError: the query cannot be run, or the file not written.
    """
    if not path.parent.is_dir():
        raise StopError(f"没有这个目录：{path.parent}。", "先建好目录，或换一个。", EXIT_USAGE)
    _check_replaceable(path)
    aside = path.with_name(f".{path.name}.part")
    try:
        with run(database, sql) as result:
            heads = headings(database, sql, _columns(result)) if file_format == "xlsx" else []
            written = _writer(file_format, notes, heads)(result, aside, limit)
        os.replace(aside, path)
    except pyarrow.ArrowException as error:
        raise StopError(
            f"结果中有 Parquet 不能保存的类型：{str(error).splitlines()[0]}",
            "把该列转换为文本或数字（cast(… as varchar)）再查询。",
            EXIT_USAGE,
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return written


def check_outside(path: Path, home: Path) -> None:
    """Refuse to write an answer where the installation keeps its own files.

    Args:
        path: the file to write.
        home: the installation.

    Raises:
        StopError: it lies there.
    """
    if path.absolute().parent.resolve().is_relative_to(home.resolve()):
        raise StopError(
            f"不能写到 {home} 里面：那里是本系统自己的文件（发布、原文、工作库）。",
            "用 --out 写到别的目录。",
            EXIT_USAGE,
        )


def _check_replaceable(path: Path) -> None:
    if not path.exists():
        return
    is_answer = path.is_file() and (
        path.suffix.removeprefix(".").lower() in FORMATS or _begins_as_answer(path)
    )
    if not is_answer:
        raise StopError(
            f"{path} 已经存在，而且不是查询结果一类的文件，不覆盖。",
            "换一个以 .csv、.xlsx 或 .parquet 结尾的文件名。",
            EXIT_USAGE,
        )


def _begins_as_answer(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(4).startswith(ANSWER_BEGINNINGS)


def _check_room(path: Path) -> None:
    if shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES:
        raise StopError(
            f"磁盘剩余不到 {LEAST_FREE_BYTES // 1024**3} GiB，结果没有写完，已删去。",
            "加上条件或 --limit 使结果小一些，或用 --out 写到别的磁盘。",
        )


def _writer(
    file_format: str, notes: Sequence[tuple[str, str]], heads: Sequence[str]
) -> Callable[[duckdb.DuckDBPyConnection, Path, int | None], int]:
    if file_format == "parquet":
        return _write_parquet
    if file_format == "csv":
        return _write_csv
    return lambda result, path, limit: _write_xlsx(result, path, limit, notes, heads)


def _columns(result: duckdb.DuckDBPyConnection) -> list[str]:
    return [item[0] for item in result.description or []]


def _rows(
    result: duckdb.DuckDBPyConnection, path: Path, limit: int | None
) -> Iterator[tuple[object, ...]]:
    left = limit
    while rows := result.fetchmany(FETCH_ROWS if left is None else min(left, FETCH_ROWS)):
        _check_room(path)
        yield from rows
        if left is not None:
            left -= len(rows)
            if left <= 0:
                return


def _write_csv(result: duckdb.DuckDBPyConnection, path: Path, limit: int | None) -> int:
    written = 0
    # the byte-order mark is what Excel needs to read Chinese
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([safe_text(name) for name in _columns(result)])
        for row in _rows(result, path, limit):
            writer.writerow([safe_text(value) for value in row])
            written += 1
    return written


def _write_parquet(result: duckdb.DuckDBPyConnection, path: Path, limit: int | None) -> int:
    written = 0
    batches = result.to_arrow_reader(FETCH_ROWS)
    with pyarrow.parquet.ParquetWriter(path, batches.schema, compression="zstd") as writer:
        for batch in batches:
            _check_room(path)
            part = batch if limit is None else batch.slice(0, limit - written)
            writer.write_batch(part)
            written += part.num_rows
            if written == limit:
                break
    return written


def _write_xlsx(
    result: duckdb.DuckDBPyConnection,
    path: Path,
    limit: int | None,
    notes: Sequence[tuple[str, str]],
    heads: Sequence[str],
) -> int:
    with xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    ) as book:
        cells = _Cells(book)
        sheet, row_no, written = cells.start("结果", heads), 1, 0
        for row in _rows(result, path, limit):
            if row_no >= MAX_SHEET_ROWS:
                sheet, row_no = cells.start(f"结果({written // MAX_SHEET_ROWS + 2})", heads), 1
            for place, value in enumerate(row):
                cells.write(sheet, row_no, place, value)
            row_no += 1
            written += 1
        if notes:
            about = book.add_worksheet("说明")
            about.set_column(0, 0, 12)
            about.set_column(1, 1, 100)
            for place, (heading, text) in enumerate(notes):
                cells.write(about, place, 0, heading)
                cells.write(about, place, 1, text)
    return written


class _Cells:
    """Writes values so that Excel shows what the release holds, and starts nothing."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.heading = book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"}
        )
        # keeps text text when somebody edits the cell or pastes it elsewhere
        self.quoted = book.add_format({"quote_prefix": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.by_places: dict[int, Format] = {}

    def start(self, name: str, columns: Sequence[str]) -> Worksheet:
        """Open a sheet with headings."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(columns) - 1, 0), 18)
        sheet.set_row(0, 32)  # two lines: Excel does not measure them when it opens the file
        for place, column in enumerate(columns):
            sheet.write_string(0, place, no_markup(column), self.heading)
        return sheet

    def write(self, sheet: Worksheet, row_no: int, place: int, value: object) -> None:
        """Write one value."""
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row_no, place, value)
        elif isinstance(value, int | Decimal) and is_exact(value):
            sheet.write_number(row_no, place, float(value), self._number(value))
        elif isinstance(value, float) and value - value == 0:
            sheet.write_number(row_no, place, value)
        elif isinstance(value, date) and value.year >= FIRST_EXCEL_YEAR and not _has_zone(value):
            is_moment = isinstance(value, datetime)
            sheet.write_datetime(row_no, place, value, self.moment if is_moment else self.day)
        else:
            text = plain_text(value)
            if len(text) > MAX_CELL_TEXT:
                text = text[: MAX_CELL_TEXT - len(CUT)] + CUT
            style = self.quoted if text.startswith(FORMULA_STARTS) else None
            sheet.write_string(row_no, place, no_markup(text), style)

    def _number(self, value: int | Decimal) -> Format:
        places = max(0, -value.as_tuple().exponent) if isinstance(value, Decimal) else 0
        if places not in self.by_places:
            pattern = "0." + "0" * places if places else "0"
            self.by_places[places] = self.book.add_format({"num_format": pattern})
        return self.by_places[places]


def _has_zone(value: date) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def is_exact(value: int | Decimal) -> bool:
    """Whether a cell of Excel keeps all digits of a number.

    Args:
        value: the number.

    Returns:
        False for a long one, which is then written as text.
    """
    number = Decimal(value)
    if not number.is_finite():
        return False
    digits = number.normalize().as_tuple()
    return len(digits.digits) + max(0, int(digits.exponent)) <= EXACT_DIGITS
