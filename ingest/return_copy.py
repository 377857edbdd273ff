"""Our own return workbook on its way back: which of its sheets say anything new.

A return workbook (退回工作簿) is the sender's file with two sheets in front. Filled in and sent
back it must not file the same data once more, and one that leaves out the rows without findings
must never replace the whole. Its first sheet therefore carries a mark of the cells behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from ingest.readers.grid import Grid

OVERVIEW_SHEET = "反馈汇总"
FINDINGS_SHEET = "问题清单及原因说明"
RETURN_SHEETS = frozenset({OVERVIEW_SHEET, FINDINGS_SHEET})
MARK_LABEL = "原表校验码"
EXTENT_LABEL = "原表范围"
WHOLE, EXTRACT, NONE = "全部", "摘录（只有问题所在的行）", "无"
LABEL_COLUMNS = 4
"""Label and value of a fact stand within so many columns."""


@dataclass(frozen=True)
class ReturnCopy:
    """What a workbook that we sent tells when it comes back.

    Attributes:
        is_extract: rows without findings were left out.
        is_changed: cells of the sender's sheets are no longer as we sent them.
    """

    is_extract: bool
    is_changed: bool

    @property
    def is_filed(self) -> bool:
        """Whether the sender's sheets in it are a filing: corrected, and whole."""
        return self.is_changed and not self.is_extract


def content_mark(sheets: Iterable[tuple[str, pl.DataFrame]]) -> str:
    """A hash of the cells with text of some sheets.

    Args:
        sheets: name and frame (as in `Grid`) of each, in order; those of ours are left out.

    Returns:
        16 hexadecimal digits, the same however the workbook was saved.
    """
    digest = hashlib.sha256()
    for name, frame in sheets:
        if name in RETURN_SHEETS:
            continue
        digest.update(f"\x1d{name}".encode(errors="replace"))
        for number, row in enumerate(frame.rows()):
            for place, text in enumerate(row):
                if text and (bare := text.strip().replace("\r\n", "\n")):
                    cell = f"\x1e{number}\x1f{place}\x1f{bare}"
                    digest.update(cell.encode(errors="replace"))
    return digest.hexdigest()[:16]


def read_return_copy(grids: Sequence[Grid]) -> ReturnCopy | None:
    """Recognise a return workbook by its first sheet.

    Args:
        grids: the sheets of a file.

    Returns:
        What it tells; None of any other file.
    """
    overview = next((grid for grid in grids if grid.sheet == OVERVIEW_SHEET), None)
    facts = _facts(overview.frame) if overview else {}
    if MARK_LABEL not in facts:
        return None
    mark = content_mark((grid.sheet, grid.frame) for grid in grids)
    return ReturnCopy(
        is_extract=facts.get(EXTENT_LABEL) != WHOLE, is_changed=facts[MARK_LABEL] != mark
    )


def _facts(frame: pl.DataFrame) -> dict[str, str]:
    facts: dict[str, str] = {}
    for row in frame.rows():
        texts = [text.strip() for text in row[:LABEL_COLUMNS] if text]
        if len(texts) > 1:
            facts.setdefault(texts[0], texts[1])
    return facts
