"""Calibrated numbers of the registers and the words they are filled with, both kept as data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from simulate.calibration import RECORDS_DIR
from simulate.projects import VOCABULARY_DIR

FEN_PER_UNIT = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}


@dataclass(frozen=True)
class Figures:
    """The numbers of one work year, by name.

    Attributes:
        values: as in `statements/records/<statement>_records.csv`.
        units: their units.
    """

    values: dict[str, str]
    units: dict[str, str]

    @classmethod
    def load(cls, statement: str) -> dict[int, Figures]:
        """Read a statement's record figures.

        Args:
            statement: name of the statement, such as xinjiang-2020.

        Returns:
            Figures by work year, in order.

        Raises:
            ValueError: if there is no such statement.
        """
        path = RECORDS_DIR / f"{statement.replace('-', '_')}_records.csv"
        if not path.is_file():
            raise ValueError(f"no record figures for statement {statement!r}")
        years: dict[int, Figures] = {}
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                figures = years.setdefault(int(row["work_year"]), cls({}, {}))
                figures.values[row["name"]] = row["value"]
                figures.units[row["name"]] = row["unit"]
        return dict(sorted(years.items()))

    def __contains__(self, name: str) -> bool:
        """Whether the year has the number."""
        return name in self.values

    def count(self, name: str) -> int:
        """A whole number; 0 where the year has none."""
        return int(self.values.get(name, "0"))

    def share(self, name: str) -> Decimal:
        """A share between 0 and 1."""
        return Decimal(self.values[name])

    def fen(self, name: str) -> int:
        """An amount in fen."""
        return int(Decimal(self.values[name]) * FEN_PER_UNIT[self.units[name]])

    def codes(self, name: str) -> tuple[str, ...]:
        """A list of codes or words, `|` between them; empty where the year has none."""
        return tuple(part for part in self.values.get(name, "").split("|") if part)


@cache
def words(series: str) -> tuple[str, ...]:
    """The words of a series in `vocabulary/record_words.csv`, in its order.

    Args:
        series: name of the series.
    """
    with (VOCABULARY_DIR / "record_words.csv").open(encoding="utf-8", newline="") as handle:
        found = next(row for row in csv.DictReader(handle) if row["series"] == series)
    return tuple(found["words"].split("|"))
