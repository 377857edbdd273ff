"""The words that are known in coded cells: read from the seeds, so that they live in one place."""

from __future__ import annotations

import csv
from pathlib import Path

from ingest import jurisdiction

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def known_words(seed: str, *columns: str, where: dict[str, str] | None = None) -> tuple[str, ...]:
    """Read the accepted words of a seed.

    Args:
        seed: path below `seeds/`, without the suffix, such as `mappings/map_grade_text`.
        columns: columns that hold accepted words (names, codes).
        where: column values a row must have to count.

    Returns:
        The words, each once, in file order.
    """
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as handle:
        rows = [
            row
            for row in csv.DictReader(handle)
            if all(row[column] == value for column, value in (where or {}).items())
        ]
    return tuple(dict.fromkeys(row[column] for row in rows for column in columns if row[column]))


BOOLEANS = known_words("mappings/map_boolean_text", "boolean_text")
FUND_TYPES = known_words("mappings/map_fund_type_text", "fund_type_text") + known_words(
    "reference/ref_fund_type", "fund_type_code", "fund_type_name"
)
PROJECT_CATEGORIES = known_words(
    "mappings/map_project_category_text", "category_text", "project_category"
)
GRADES = known_words("mappings/map_grade_text", "grade_text")
REVIEW_STATUSES = known_words("mappings/map_review_status", "status_text")
LIKELIHOODS = known_words("mappings/map_likelihood_text", "likelihood_text")
LEVEL1 = known_words("mappings/map_indicator_type_text", "type_text", where={"level_no": "1"})
LEVEL2 = known_words("mappings/map_indicator_type_text", "type_text", where={"level_no": "2"})
OPERATORS = known_words("mappings/map_operator_text", "operator_text", where={"position": "prefix"})
UNITS = known_words("mappings/map_unit_text", "unit_text")


def bureau_names() -> tuple[str, ...]:
    """Codes, names and other names of this jurisdiction's bureaus, of any year."""
    names = known_words(
        "reference/ref_bureau",
        "bureau_code",
        "bureau_name",
        "short_name",
        where={"jurisdiction": jurisdiction.current()},
    )
    codes = set(names)
    with (SEEDS / "reference" / "ref_bureau_alias.csv").open(encoding="utf-8") as handle:
        aliases = [r["alias"] for r in csv.DictReader(handle) if r["bureau_code"] in codes]
    return (*names, *aliases)


def default_headings() -> dict[tuple[str, str], str]:
    """Read what each raw column is usually called, for cells whose column was not sent at all.

    Returns:
        The first accepted heading by raw table (`goal__projects`) and field.
    """
    headings = {}
    for path in sorted((SEEDS.parent / "ingest" / "layouts").glob("*/columns.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                if row["accepted_headings"]:
                    table = f"{path.parent.name}__{row['table']}"
                    headings.setdefault(
                        (table, row["field"]), row["accepted_headings"].split("|")[0]
                    )
    return headings
