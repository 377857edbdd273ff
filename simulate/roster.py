"""The bureaus that report, from the same reference table that the warehouse uses."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

ROSTER_PATH = (
    Path(__file__).resolve().parent.parent / "seeds" / "reference" / "ref_bureau.csv"
)


@dataclass(frozen=True)
class Bureau:
    """One reporting finance bureau.

    Attributes:
        code: 6-digit code.
        name: full name of the region, such as 乌鲁木齐市天山区.
        short_name: the name people use.
        tier: region, prefecture or county.
        parent_code: code of the bureau above, empty for the region.
    """

    code: str
    name: str
    short_name: str
    tier: str
    parent_code: str


def load_roster(fiscal_year: int, path: Path = ROSTER_PATH) -> list[Bureau]:
    """Bureaus that are valid in the middle of a fiscal year, by code.

    Args:
        fiscal_year: 预算年度.
        path: csv with bureau_code, bureau_name, short_name, tier, parent_bureau_code,
            valid_from and valid_to (ISO dates, empty for open).

    Returns:
        The bureaus, ordered by code.
    """
    middle = f"{fiscal_year}-07-01"
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return sorted(
            (
                Bureau(
                    row["bureau_code"],
                    row["bureau_name"],
                    row["short_name"],
                    row["tier"],
                    row["parent_bureau_code"],
                )
                for row in csv.DictReader(handle)
                if (row["valid_from"] or "0000") <= middle < (row["valid_to"] or "9999")
            ),
            key=lambda bureau: bureau.code,
        )
