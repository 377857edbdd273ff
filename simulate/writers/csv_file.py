"""csv as exporting programs write it: quoted only where needed, CRLF."""

from __future__ import annotations

import csv
import io

from simulate.writers.content import SheetContent


def csv_bytes(sheet: SheetContent, encoding: str) -> bytes:
    """Write one sheet as csv.

    Args:
        sheet: the sheet; its merges are lost, as in a real export.
        encoding: utf-8-sig, gb18030 or utf-16.

    Returns:
        The bytes; utf-16 is little-endian with a byte-order mark.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(sheet.rows)
    if encoding == "utf-16":
        return b"\xff\xfe" + text.getvalue().encode("utf-16-le")
    return text.getvalue().encode(encoding)
