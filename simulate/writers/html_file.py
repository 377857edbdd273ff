"""An HTML table saved as .xls, as web systems export it."""

from __future__ import annotations

from html import escape

from simulate.writers.content import SheetContent


def html_bytes(sheet: SheetContent, encoding: str = "utf-8") -> bytes:
    """Write one sheet as an HTML table.

    Args:
        sheet: the sheet; merges become colspan and rowspan.
        encoding: of the file, named in its meta element.

    Returns:
        The bytes.
    """
    spans: dict[tuple[int, int], str] = {}
    covered: set[tuple[int, int]] = set()
    for row0, column0, row1, column1 in sheet.merges:
        span = f' colspan="{column1 - column0 + 1}"' if column1 > column0 else ""
        span += f' rowspan="{row1 - row0 + 1}"' if row1 > row0 else ""
        spans[row0, column0] = span
        covered.update(
            (row, column)
            for row in range(row0, row1 + 1)
            for column in range(column0, column1 + 1)
        )
        covered.discard((row0, column0))
    width = max(len(row) for row in sheet.rows)
    parts = [
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">'
        f"<title>{escape(sheet.name)}</title></head><body>\n"
        '<table border="1" cellspacing="0">\n'
    ]
    if not spans:
        for row in sheet.rows:
            cells = [_cell(value) for value in row]
            cells += ["<td></td>"] * (width - len(cells))
            parts.append(f"<tr>{''.join(cells)}</tr>\n")
    else:
        for row_index, row in enumerate(sheet.rows):
            cells = [
                _cell(
                    row[column] if column < len(row) else None,
                    spans.get((row_index, column), ""),
                )
                for column in range(width)
                if (row_index, column) not in covered
            ]
            parts.append(f"<tr>{''.join(cells)}</tr>\n")
    parts.append("</table></body></html>\n")
    return "".join(parts).encode(encoding)


def _cell(value: object, span: str = "") -> str:
    """One table cell; long digit strings carry the usual text format."""
    if value is None:
        return f"<td{span}></td>"
    if isinstance(value, str):
        style = ' style="mso-number-format:\'\\@\'"' if value[:6].isdigit() else ""
        return f"<td{span}{style}>{escape(value)}</td>"
    return f"<td{span}>{value!r}</td>"
