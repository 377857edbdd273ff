"""Delimited text (csv; also tab-separated text saved as .xls) to one grid.

Row i of the grid is record i of the file: a quoted line break does not start a new row, a blank
line is a row of its own, and lines may have fewer or more fields than the heading.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from itertools import zip_longest

import polars as pl

from ingest.readers.grid import Grid, UnreadableFileError, refuse_runaway, tidy
from ingest.readers.text_encoding import decode

_QUOTED = "\ufdd0"
_END = "\ufdd1"
_HEAD_LINES = 50
MAX_LINE_CHARACTERS = 5_000_000
"""Longest first line: 50 columns, each as long as a cell may be."""

csv.field_size_limit(2**31 - 1)


def read_delimited(content: bytes) -> list[Grid]:
    """Read delimited text as one grid.

    Args:
        content: the file's bytes.

    Returns:
        One grid with an empty sheet name.

    Raises:
        UnreadableFileError: FILE-104 (a quotation mark is never closed), FILE-106 (encoding),
            FILE-107 (nothing but white space), FILE-108 (too many cells).
    """
    text = decode(content)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_endless_line(text)
    separator = find_separator(text)
    frame = tidy(_read_regular(text, separator))
    if not frame.width:
        raise UnreadableFileError("FILE-107", "文件里只有空白", "含有表头和数据行的表格")
    return [Grid(sheet="", frame=frame, merges=())]


def _refuse_endless_line(text: str) -> None:
    """Refuse a file that is one line: every later step would copy it whole, several times."""
    if len(text) > MAX_LINE_CHARACTERS and "\n" not in text[:MAX_LINE_CHARACTERS]:
        raise UnreadableFileError(
            "FILE-108",
            f"第 1 行有 {MAX_LINE_CHARACTERS // 10_000} 万字以上，一直没有换行",
            "一行一条记录的表格",
        )


def find_separator(text: str) -> str:
    """Tell the separator from the first lines: the one most lines have equally often.

    A semicolon counts only where there is neither comma nor tab: Chinese text is full of them.

    Args:
        text: the file's text.

    Returns:
        A comma, tab or semicolon; a comma where the text has none of them.
    """
    lines = [line for line in text[:200_000].split("\n")[:_HEAD_LINES] if line.strip()]

    def agreement(separator: str) -> tuple[int, int]:
        counts = [len(row) - 1 for row in csv.reader(lines, delimiter=separator)]
        return max(((counts.count(n) * n, n) for n in set(counts) if n), default=(0, 0))

    best = max(",\t", key=agreement)
    return ";" if agreement(best) == (0, 0) < agreement(";") else best


def _read_regular(text: str, separator: str) -> pl.DataFrame:
    """Read by polars where quoting is regular, else by the csv module, which is forgiving."""
    whole = pl.Series([text])
    if '"' in text:
        bare = whole.str.replace_all(r'"(?:[^"]|"")*"', _QUOTED)
        edge = f"[^{separator}\n]"
        if bare.str.contains(f'"|{edge}{_QUOTED}|{_QUOTED}{edge}').item():
            return _read_forgiving(text, separator)
    else:
        bare = whole
    lines = bare.str.split("\n").explode()
    width = (lines.str.count_matches(separator, literal=True).max() or 0) + 1
    refuse_runaway("", len(lines), width)
    # a heading of our own gives every line a column to stand in; polars drops blank lines of a
    # one-column file, so there are always two
    heading = separator.join(f"c{i}" for i in range(max(width, 2)))
    try:
        return pl.read_csv(
            f"{heading}\n{text}".encode(),
            separator=separator,
            infer_schema=False,
            missing_columns="insert",
            extra_columns="raise",
        )
    except pl.exceptions.PolarsError:
        return _read_forgiving(text, separator)


def _read_forgiving(text: str, separator: str) -> pl.DataFrame:
    if _ends_inside_quotes(text, separator):
        raise UnreadableFileError(
            "FILE-104", "有一个双引号一直到文件末尾都没有配对", "成对的双引号"
        )
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    refuse_runaway("", len(rows), max(map(len, rows), default=0))
    columns = zip_longest(*rows)
    return pl.DataFrame(
        [pl.Series(f"c{i}", column, dtype=pl.String) for i, column in enumerate(columns)]
    )


def _ends_inside_quotes(text: str, separator: str) -> bool:
    """Tell whether the last record is still open when the text ends."""
    records = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=separator)
    return deque(records, maxlen=1) != deque([[_END]])
