"""Text that XML, and so a workbook or a Word document, cannot hold."""

from __future__ import annotations

import re

UNREADABLE = "\ufffd"
"""Unicode's own sign for a character that cannot be shown."""
NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What Unicode calls no characters; what writes a workbook may escape the rest, but not these."""
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Everything that no XML document may hold."""


def writable(text: str) -> str:
    """Text as an XML document can hold it.

    Args:
        text: as sent.

    Returns:
        The text, with the sign for an unreadable character in place of each that cannot be written.
    """
    return UNWRITABLE.sub(UNREADABLE, text)
