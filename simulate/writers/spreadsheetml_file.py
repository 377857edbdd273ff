"""SpreadsheetML 2003, the XML that report tools save as .xls."""

from __future__ import annotations

from html import escape

from simulate.writers.content import SheetContent

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n'
)


def spreadsheetml_bytes(sheets: list[SheetContent]) -> bytes:
    """Write sheets as SpreadsheetML.

    Args:
        sheets: the sheets; empty cells are skipped with ss:Index, as Excel does.

    Returns:
        The bytes, utf-8.
    """
    parts = [HEAD]
    for sheet in sheets:
        spans: dict[tuple[int, int], str] = {}
        for row0, column0, row1, column1 in sheet.merges:
            across = f' ss:MergeAcross="{column1 - column0}"' if column1 > column0 else ""
            down = f' ss:MergeDown="{row1 - row0}"' if row1 > row0 else ""
            spans[row0, column0] = across + down
        parts.append(f'<Worksheet ss:Name="{escape(sheet.name)}"><Table>\n')
        for row_index, row in enumerate(sheet.rows):
            parts.append("<Row>")
            next_column = 0
            for column, value in enumerate(row):
                span = spans.get((row_index, column), "") if spans else ""
                if value is None and not span:
                    continue
                index = f' ss:Index="{column + 1}"' if column != next_column else ""
                if value is None:
                    parts.append(f"<Cell{index}{span}/>")
                elif isinstance(value, str):
                    parts.append(
                        f'<Cell{index}{span}><Data ss:Type="String">{escape(value)}</Data></Cell>'
                    )
                else:
                    parts.append(
                        f'<Cell{index}{span}><Data ss:Type="Number">{value!r}</Data></Cell>'
                    )
                next_column = column + 1
                if span and "MergeAcross" in span:
                    next_column += int(span.split('"')[1])
            parts.append("</Row>\n")
        parts.append("</Table></Worksheet>\n")
    parts.append("</Workbook>\n")
    return "".join(parts).encode("utf-8")
