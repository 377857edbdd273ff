"""Which finance department's system is being run: roster, calendar and parameters go by it.

A jurisdiction (管辖区) is data: rows of `seeds/` under its name. It is chosen once per process, by
the environment, so that worker processes and dbt agree on it.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

VARIABLE = "JIXIAO_JURISDICTION"
DEFAULT = "xinjiang"
SHARED = "all"
SEED = Path(__file__).resolve().parent.parent / "seeds" / "reference" / "ref_jurisdiction.csv"


@dataclass(frozen=True)
class Jurisdiction:
    """A row of `ref_jurisdiction`.

    Attributes:
        key: the word of the setting, such as kunming-edz.
        name: Chinese name.
        root_code: code of the bureau that publishes.
        statement: name of its annual statement.
        statement_name: Chinese name of the statement.
    """

    key: str
    name: str
    root_code: str
    statement: str
    statement_name: str


@lru_cache(maxsize=1)
def jurisdictions() -> dict[str, Jurisdiction]:
    """Every jurisdiction that the seeds know, by key."""
    with SEED.open(encoding="utf-8", newline="") as handle:
        return {
            row["jurisdiction"]: Jurisdiction(
                row["jurisdiction"],
                row["jurisdiction_name"],
                row["root_bureau_code"],
                row["statement"],
                row["statement_name"],
            )
            for row in csv.DictReader(handle)
        }


def current() -> str:
    """Key of the jurisdiction of this process: `JIXIAO_JURISDICTION`, else xinjiang."""
    return os.environ.get(VARIABLE) or DEFAULT


def own_rows(rows: list[dict[str, str]], jurisdiction: str, *keys: str) -> list[dict[str, str]]:
    """The rows of a parameter table that hold in a jurisdiction.

    Args:
        rows: rows with a column `jurisdiction`.
        jurisdiction: its key.
        keys: columns that say what a row is about.

    Returns:
        Its own rows, and the rows of `all` for every key for which it has none.
    """
    about = {tuple(row[k] for k in keys) for row in rows if row["jurisdiction"] == jurisdiction}
    return [
        row
        for row in rows
        if row["jurisdiction"] == jurisdiction
        or (row["jurisdiction"] == SHARED and tuple(row[k] for k in keys) not in about)
    ]
