"""Text that a spreadsheet would take for a formula."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Full-width forms too: what converts them is often the next program that opens the file."""
MARK = "'"


def marked(text: str) -> str:
    """Text with an apostrophe in front where a spreadsheet would take it for a formula.

    Args:
        text: any text.

    Returns:
        Text from which `unmarked` makes the same again.
    """
    return MARK + text if text.lstrip(MARK).startswith(FORMULA_STARTS) else text


def unmarked(text: str) -> str:
    """Undo `marked`.

    Args:
        text: what `marked` returned.

    Returns:
        The text as it was.
    """
    is_marked = text.startswith(MARK) and text.lstrip(MARK).startswith(FORMULA_STARTS)
    return text[1:] if is_marked else text
