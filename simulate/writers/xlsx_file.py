"""xlsx: streamed with inline strings as reporting systems do it; small books by XlsxWriter.

XlsxWriter is the more complete writer but needs some 15 µs a cell; a full year has twenty
million cells, so long sheets are written directly.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from html import escape

import xlsxwriter

from simulate.writers.content import SheetContent

STREAM_ABOVE_CELLS = 3_000
CREATED = datetime.datetime(2020, 6, 5, 10, 0, 0)
ZIP_TIME = (2020, 6, 5, 10, 0, 0)

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{sheets}'
    "</Types>"
)
SHEET_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{items}</Relationships>"
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx_bytes(sheets: list[SheetContent]) -> bytes:
    """Write sheets as xlsx.

    Args:
        sheets: the sheets.

    Returns:
        The bytes; nothing in them depends on the clock.
    """
    cells = sum(len(row) for sheet in sheets for row in sheet.rows)
    return _streamed(sheets) if cells > STREAM_ABOVE_CELLS else _complete(sheets)


def _complete(sheets: list[SheetContent]) -> bytes:
    """A small workbook, by XlsxWriter."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    book.set_properties({"created": CREATED, "author": "", "company": ""})
    for sheet in sheets:
        target = book.add_worksheet(sheet.name)
        for row_index, row in enumerate(sheet.rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    target.write_string(row_index, column, value)
                elif value is not None:
                    target.write_number(row_index, column, value)
        for merge in sheet.merges:
            row0, column0, _, _ = merge
            row = sheet.rows[row0]
            value = row[column0] if column0 < len(row) else None
            target.merge_range(*merge, "" if value is None else value)
    book.close()
    return stream.getvalue()


def _streamed(sheets: list[SheetContent]) -> bytes:
    """A workbook with inline strings and no styles."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:

        def add(name: str, text: str) -> None:
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode("utf-8"), compresslevel=3)

        numbers = range(1, len(sheets) + 1)
        add(
            "[Content_Types].xml",
            CONTENT_TYPES.format(sheets="".join(SHEET_TYPE.format(number=n) for n in numbers)),
        )
        add(
            "_rels/.rels",
            RELATIONSHIPS.format(
                items=f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
                'Target="xl/workbook.xml"/>'
            ),
        )
        add(
            "xl/_rels/workbook.xml.rels",
            RELATIONSHIPS.format(
                items="".join(
                    f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" '
                    f'Target="worksheets/sheet{n}.xml"/>'
                    for n in numbers
                )
            ),
        )
        names = "".join(
            f'<sheet name="{escape(sheet.name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, sheet in zip(numbers, sheets, strict=True)
        )
        add(
            "xl/workbook.xml",
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
        )
        for number, sheet in zip(numbers, sheets, strict=True):
            add(f"xl/worksheets/sheet{number}.xml", _sheet_xml(sheet))
    return stream.getvalue()


def _sheet_xml(sheet: SheetContent) -> str:
    """The XML of one sheet."""
    width = max((len(row) for row in sheet.rows), default=0)
    letters = [_letters(column) for column in range(width)]
    parts = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{MAIN}"><sheetData>'
    ]
    append = parts.append
    for number, row in enumerate(sheet.rows, start=1):
        append(f'<row r="{number}">')
        for letter, value in zip(letters, row, strict=False):
            if value is None:
                continue
            if isinstance(value, str):
                if "<" in value or "&" in value or ">" in value:
                    value = escape(value, quote=False)
                append(f'<c r="{letter}{number}" t="inlineStr"><is><t>{value}</t></is></c>')
            else:
                append(f'<c r="{letter}{number}"><v>{value!r}</v></c>')
        append("</row>")
    append("</sheetData>")
    if sheet.merges:
        append(f'<mergeCells count="{len(sheet.merges)}">')
        for row0, column0, row1, column1 in sheet.merges:
            append(
                f'<mergeCell ref="{_letters(column0)}{row0 + 1}:{_letters(column1)}{row1 + 1}"/>'
            )
        append("</mergeCells>")
    append("</worksheet>")
    return "".join(parts)


def _letters(column: int) -> str:
    """Column letters of a column counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
