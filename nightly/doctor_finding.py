"""One thing looked at: what was found, and the command that mends it."""

from __future__ import annotations

from dataclasses import dataclass

GOOD, NOTE, BAD = "正常", "注意", "异常"


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        title: what was looked at.
        state: 正常, 注意 or 异常.
        text: what was found.
        next_step: what mends it.
        occurrence: what tells this instance from another of the same title, where that matters.
        is_told: whether people are told of it though it is not 异常.
    """

    title: str
    state: str
    text: str
    next_step: str = ""
    occurrence: str = ""
    is_told: bool = False

    def line(self) -> str:
        """The finding as text."""
        mend = f"\n      → {self.next_step}" if self.next_step else ""
        return f"[{self.state}] {self.title}：{self.text}{mend}"
