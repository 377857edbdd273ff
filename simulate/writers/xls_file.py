"""True .xls (BIFF8)."""

from __future__ import annotations

import io

import xlwt

from simulate.writers.content import SheetContent

XLS_MAX_ROWS = 65_536


def xls_bytes(sheets: list[SheetContent]) -> bytes:
    """Write sheets as BIFF8.

    Args:
        sheets: the sheets, each of at most `XLS_MAX_ROWS` rows.

    Returns:
        The bytes.
    """
    book = xlwt.Workbook(encoding="utf-8")
    plain = xlwt.XFStyle()
    for sheet in sheets:
        target = book.add_sheet(sheet.name)
        merged = {(row0, column0): (row1, column1) for row0, column0, row1, column1 in sheet.merges}
        for row_index, row in enumerate(sheet.rows):
            out = target.row(row_index)
            for column, value in enumerate(row):
                end = merged.get((row_index, column)) if merged else None
                if end:
                    target.write_merge(row_index, end[0], column, end[1], value, plain)
                elif value is not None:
                    out.write(column, value, plain)
        target.flush_row_data()
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
