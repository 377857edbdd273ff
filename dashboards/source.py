"""Where a figure on a page comes from: table, measure and condition, which anyone may ask again.

A page asks the release its own way, often for many figures at once. Beside each figure it says in
the plainest SQL what the figure is; the tests ask that, and whoever doubts a number can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboards import figures


@dataclass(frozen=True)
class Source:
    """Rows of a table.

    Attributes:
        table: with its schema.
        where: condition; nothing for all rows.
        keys: columns or expressions that tell the rows of a list apart.
    """

    table: str
    where: str = ""
    keys: tuple[str, ...] = ()

    def only(self, condition: str) -> Source:
        """The rows that meet a further condition."""
        return replace(self, where=" and ".join(filter(None, (self.where, condition))))

    def by(self, *keys: str) -> Source:
        """The same rows, told apart by other keys."""
        return replace(self, keys=keys)

    def asked(self, measure: str = "count(*)") -> str:
        """A measure of these rows as a query within another."""
        return f"(select {measure} from {self.table}{f' where {self.where}' if self.where else ''})"

    def shows(self, kind: str, value: object, measure: str = "count(*)") -> Written:
        """Write a figure that is a measure of these rows.

        Args:
            kind: one of `figures.WRITERS`.
            value: the figure.
            measure: a column, where there is one row, or an aggregate.

        Returns:
            The figure as written, knowing where it is from.
        """
        text = figures.WRITERS[kind](value)
        return Written(text, [[text, kind, self.table, measure, self.where]])


class Written(str):
    """A text with figures in it, each with where it comes from.

    Attributes:
        figures: text, kind, table, measure and condition of each, in order.
    """

    figures: list[list[str]]

    def __new__(cls, text: str, found: Sequence[list[str]] = ()) -> Written:
        """Make the text."""
        made = super().__new__(cls, text)
        made.figures = list(found)
        return made


def written(*parts: str) -> Written:
    """Join texts, keeping what is known of their figures."""
    return Written("".join(parts), [item for part in parts for item in figures_of(part)])


def figures_of(text: str) -> list[list[str]]:
    """The figures that stand in a text."""
    return getattr(text, "figures", [])


def literal(value: Any) -> str:
    """A value as SQL."""
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def same(column: str, value: Any) -> str:
    """The condition that a column has a value, or none."""
    return f"{column} is null" if value is None else f"{column} = {literal(value)}"


def among(column: str, values: Sequence[Any]) -> str:
    """The condition that a column has one of some values."""
    return f"{column} in ({', '.join(map(literal, values))})" if values else "false"
