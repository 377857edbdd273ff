"""Dated parameters of one year, read from `seeds/parameters/param_threshold.csv`."""

from __future__ import annotations

import csv
from pathlib import Path

from ingest import jurisdiction
from nightly.settings import CODE_ROOT

THRESHOLDS = CODE_ROOT / "seeds" / "parameters" / "param_threshold.csv"


def thresholds_of(year: int, path: Path = THRESHOLDS) -> dict[str, str]:
    """Values that hold in a year for the jurisdiction in use.

    Args:
        year: the year asked for.
        path: dated parameters.

    Returns:
        Value as text by parameter.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        rows = jurisdiction.own_rows(
            list(csv.DictReader(handle)), jurisdiction.current(), "parameter"
        )
    return {row["parameter"]: row["value"] for row in rows if _is_valid_in(row, year)}


def _is_valid_in(row: dict[str, str], year: int) -> bool:
    first, last = int(row["valid_from_year"] or 0), int(row["valid_to_year"] or 9999)
    return first <= year <= last
