"""Physical formats: sheets of cells → the bytes of a file, the same bytes every time."""

from __future__ import annotations

from simulate.writers.content import Cell, FileContent, SheetContent
from simulate.writers.csv_file import csv_bytes
from simulate.writers.html_file import html_bytes
from simulate.writers.spreadsheetml_file import spreadsheetml_bytes
from simulate.writers.xls_file import XLS_MAX_ROWS, xls_bytes
from simulate.writers.xlsx_file import xlsx_bytes
from simulate.writers.zip_file import zip_bytes

SUFFIXES = {
    "xlsx": ".xlsx",
    "xls": ".xls",
    "spreadsheetml": ".xls",
    "html": ".xls",
    "csv_utf8": ".csv",
    "csv_gb18030": ".csv",
    "csv_utf16": ".csv",
}
"""File suffix of each format, as bureaus send it."""

MULTI_SHEET_FORMATS = frozenset({"xlsx", "xls", "spreadsheetml"})


def workbook_bytes(file_format: str, sheets: list[SheetContent]) -> bytes:
    """Write sheets in one of the formats.

    Args:
        file_format: a key of `SUFFIXES`; an xls too long for the format is written as xlsx
            content instead, as exporting programs do.
        sheets: one or more sheets; formats without sheets take exactly one.

    Returns:
        The bytes of the file.

    Raises:
        ValueError: for an unknown format, or several sheets in a format that has only one.
    """
    if len(sheets) != 1 and file_format not in MULTI_SHEET_FORMATS:
        raise ValueError(f"{file_format} holds one sheet, not {len(sheets)}")
    if file_format == "xls" and max(len(sheet.rows) for sheet in sheets) > XLS_MAX_ROWS:
        file_format = "xlsx"
    if file_format == "xlsx":
        return xlsx_bytes(sheets)
    if file_format == "xls":
        return xls_bytes(sheets)
    if file_format == "spreadsheetml":
        return spreadsheetml_bytes(sheets)
    if file_format == "html":
        return html_bytes(sheets[0])
    encodings = {"csv_utf8": "utf-8-sig", "csv_gb18030": "gb18030", "csv_utf16": "utf-16"}
    if file_format in encodings:
        return csv_bytes(sheets[0], encodings[file_format])
    raise ValueError(f"unknown format {file_format!r}; known: {', '.join(SUFFIXES)}")


__all__ = [
    "SUFFIXES",
    "Cell",
    "FileContent",
    "SheetContent",
    "workbook_bytes",
    "zip_bytes",
]
