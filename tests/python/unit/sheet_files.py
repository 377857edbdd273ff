"""Writes one table of text as each physical format, for the tests of the readers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

Table = Sequence[Sequence[str | None]]

SPREADSHEETML = (
    '<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{styles}{sheets}</Workbook>'
)


def xlsx(table: Table, sheet: str = "表") -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for i, row in enumerate(table):
            for j, text in enumerate(row):
                if text is not None:
                    page.write_string(i, j, text)
    return stream.getvalue()


def xls(table: Table, sheet: str = "表") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    for i, row in enumerate(table):
        for j, text in enumerate(row):
            if text is not None:
                page.write(i, j, text)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def spreadsheetml(body: str, encoding: str = "utf-8", styles: str = "") -> bytes:
    """A workbook of one sheet around rows of markup."""
    sheets = f'<Worksheet ss:Name="表"><Table>{body}</Table></Worksheet>'
    text = SPREADSHEETML.format(encoding=encoding, styles=styles, sheets=sheets)
    return text.encode("gb18030" if encoding.startswith("gb") else encoding)


def spreadsheetml_table(table: Table, encoding: str = "utf-8") -> bytes:
    def cell(text: str | None) -> str:
        if text is None:
            return "<Cell/>"
        return f'<Cell><Data ss:Type="String">{escape(text)}</Data></Cell>'

    rows = (f"<Row>{''.join(map(cell, row))}</Row>" for row in table)
    return spreadsheetml("\n".join(rows), encoding)


def html(body: str, charset: str = "gb2312") -> bytes:
    """A page of one table around rows of markup."""
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; '
        f'charset={charset}"></head><body><table border="1">{body}</table></body></html>'
    )
    return page.encode("gb18030" if charset.startswith("gb") else charset)


def html_table(table: Table, charset: str = "gb2312") -> bytes:
    rows = (
        f"<tr>{''.join(f'<td>{escape(text or str())}</td>' for text in row)}</tr>" for row in table
    )
    return html("\n".join(rows), charset)


def delimited(table: Table, encoding: str = "utf-8-sig", separator: str = ",") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows(table)
    return stream.getvalue().encode(encoding)
