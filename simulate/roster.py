"""The jurisdictions and the bureaus that report, from the warehouse's own reference tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REFERENCE_DIR = Path(__file__).resolve().parent.parent / "seeds" / "reference"
ROSTER_PATH = REFERENCE_DIR / "ref_bureau.csv"


@dataclass(frozen=True)
class Bureau:
    """One reporting finance bureau.

    Attributes:
        code: 6-digit code.
        name: full name of the region, such as 乌鲁木齐市天山区.
        short_name: the name people use.
        tier: tier of its jurisdiction, such as region, prefecture, county, city or zone.
        tier_no: 1 for the publishing bureau, 2 and 3 for the tiers below.
        parent_code: code of the bureau above, empty for the publishing bureau.
    """

    code: str
    name: str
    short_name: str
    tier: str
    tier_no: int
    parent_code: str

    @property
    def office(self) -> str:
        """What its finance department is called: 厅 in provinces and regions, else 局."""
        return "财政厅" if self.tier in ("region", "province") else "财政局"


@cache
def jurisdictions() -> dict[str, str]:
    """The jurisdiction of each statement, by the statement's name."""
    return {
        row["statement"]: row["jurisdiction"]
        for row in _rows(REFERENCE_DIR / "ref_jurisdiction.csv")
    }


@cache
def _tier_numbers() -> dict[tuple[str, str], int]:
    """Number of each tier of each jurisdiction."""
    return {
        (row["jurisdiction"], row["tier"]): int(row["tier_no"])
        for row in _rows(REFERENCE_DIR / "ref_tier.csv")
    }


def load_roster(
    fiscal_year: int, jurisdiction: str = "xinjiang", path: Path = ROSTER_PATH
) -> list[Bureau]:
    """Bureaus of a jurisdiction that are valid in the middle of a fiscal year, by code.

    Args:
        fiscal_year: 预算年度.
        jurisdiction: whose bureaus.
        path: csv with jurisdiction, bureau_code, bureau_name, short_name, tier,
            parent_bureau_code, valid_from and valid_to (ISO dates, empty for open).

    Returns:
        The bureaus, ordered by code.
    """
    middle = f"{fiscal_year}-07-01"
    return sorted(
        (
            Bureau(
                row["bureau_code"],
                row["bureau_name"],
                row["short_name"],
                row["tier"],
                _tier_numbers()[jurisdiction, row["tier"]],
                row["parent_bureau_code"],
            )
            for row in _rows(path)
            if row["jurisdiction"] == jurisdiction
            and (row["valid_from"] or "0000") <= middle < (row["valid_to"] or "9999")
        ),
        key=lambda bureau: bureau.code,
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a reference table."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        yield from csv.DictReader(handle)
