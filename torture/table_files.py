"""A table of texts written in each physical format, without any care for what the texts are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from random import Random

import xlsxwriter
import xlwt

Table = Sequence[Sequence[str]]
_XLS_TEXT = 32_767


def write_table(table: Table, choose: Random) -> bytes:
    """Write a table in a format of chance.

    Args:
        table: rows of texts.
        choose: what chance says.

    Returns:
        The file's bytes.
    """
    writers: list[Callable[[Table], bytes]] = [
        _xlsx,
        _xls,
        _html,
        _raw_html,
        _spreadsheetml,
        _raw_spreadsheetml,
        lambda rows: _csv(rows, ",", "utf-8-sig"),
        lambda rows: _csv(rows, "\t", "gb18030"),
        lambda rows: _csv(rows, ";", "utf-16"),
        _joined,
    ]
    return choose.choice(writers)(table)


def _xlsx(table: Table) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2020, 1, 1)})
        page = book.add_worksheet()
        for i, row in enumerate(table):
            for j, text in enumerate(row):
                if text.startswith("="):
                    page.write_formula(i, j, text, None, "1")
                elif text:
                    page.write_string(i, j, text[:_XLS_TEXT])
    return stream.getvalue()


def _xls(table: Table) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Sheet1")
    for i, row in enumerate(table[:65_536]):
        for j, text in enumerate(row[:256]):
            if text:
                page.write(i, j, text[:_XLS_TEXT].encode("utf-16", "replace").decode("utf-16"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _csv(table: Table, separator: str, encoding: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows(table)
    return stream.getvalue().encode(encoding, "replace")


def _joined(table: Table) -> bytes:
    """Text whose writer knows nothing of quotation marks."""
    return "\r\n".join(",".join(row) for row in table).encode("gb18030", "replace")


def _html(table: Table) -> bytes:
    return _page(table, escape)


def _raw_html(table: Table) -> bytes:
    return _page(table, str)


def _page(table: Table, written: Callable[[str], str]) -> bytes:
    rows = "".join(
        f"<tr>{''.join(f'<td>{written(text)}</td>' for text in row)}</tr>" for row in table
    )
    return f'<html><meta charset="utf-8"><body><table>{rows}</table></body></html>'.encode()


def _spreadsheetml(table: Table) -> bytes:
    return _workbook(table, escape)


def _raw_spreadsheetml(table: Table) -> bytes:
    return _workbook(table, str)


def _workbook(table: Table, written: Callable[[str], str]) -> bytes:
    rows = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{written(text)}</Data></Cell>' for text in row)
        + "</Row>"
        for row in table
    )
    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="表"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()
