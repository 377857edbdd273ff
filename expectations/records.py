"""Expectations on the tables of records (登记表): asked by the type that the layout gives a field.

A register has a type per column (`ingest/layouts/<kind>/columns.csv`), and what can be said of one
of its cells follows from the type alone; so one suite per register is read off its layout.
"""

from __future__ import annotations

import csv

from expectations import cell_rules as cell
from expectations.checks import CellRule, Check, any_of, ask
from expectations.project_register__projects import FUND_TYPE_UNKNOWN
from expectations.self_evaluation__projects import (
    GRADE_UNKNOWN,
    SCORE_OUT_OF_RANGE,
    SCORE_UNREADABLE,
)
from expectations.vocabulary import bureau_names, known_words
from ingest.headings import LAYOUTS_PATH
from ingest.reference import kind_sources

FIELD_MISSING = CellRule("REC-001", "{cell} is null or {cell} in " + cell.NO_VALUE)

# 2020-05-31, 2020/5/31, 2020.5.31, 2020年5月31日, 20200531; a month alone is no day.
DATE_UNREADABLE = CellRule(
    "REC-002",
    "{cell} not in " + cell.NO_VALUE + " and not regexp_full_match(trim({cell}),"
    " '(19|20)[0-9]{2}[-/.年](0?[1-9]|1[0-2])[-/.月](0?[1-9]|[12][0-9]|3[01])日?([ T][0-9:.]+)?"
    "|(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])')",
)

NUMBER_UNREADABLE = CellRule(
    "REC-003",
    "try_cast(replace({cell}, ',', '') as double) is null and {cell} not in "
    + cell.NO_VALUE
    + " and not regexp_full_match(trim({cell}), '[-+]?[0-9,]+(\\.[0-9]+)?"
    "[%％个份期人次场项名]{0,2}')",
)

BUREAU_UNKNOWN = CellRule(
    "REC-004",
    "trim({cell}) not in "
    + any_of(*bureau_names())
    + " and {cell} not in " + cell.NO_VALUE
    + " and substr(trim({cell}), 1, 6) not in " + any_of(*bureau_names()),
)

BY_TYPE: dict[str, tuple[CellRule, ...]] = {
    "text": (),
    "code": (cell.CODE_SCIENTIFIC,),
    "unit": (cell.MOJIBAKE,),
    "project_code": (
        cell.CODE_SCIENTIFIC,
        cell.CODE_DECIMAL,
        cell.CODE_ROUNDED,
        cell.CODE_SHAPE,
        cell.CODE_FULL_WIDTH,
    ),
    "project_name": (cell.MOJIBAKE, cell.NAME_TOO_LONG),
    "fund_type": (FUND_TYPE_UNKNOWN,),
    "money": (cell.AMOUNT_UNREADABLE, cell.AMOUNT_NEGATIVE, cell.AMOUNT_OTHER_UNIT),
    "score": (SCORE_UNREADABLE, SCORE_OUT_OF_RANGE),
    "rate": (NUMBER_UNREADABLE,),
    "number": (NUMBER_UNREADABLE,),
    "count": (NUMBER_UNREADABLE,),
    "date": (DATE_UNREADABLE,),
    "boolean": (cell.YES_NO_UNKNOWN,),
    "grade": (GRADE_UNKNOWN,),
    "year": (cell.YEAR_UNREADABLE,),
}
"""What is asked of a field, by its type."""

WORD_UNKNOWN = "REC-005"

SUBJECT_FIELDS = ("subject_bureau_code", "subject_bureau_name")


def suite(kind: str) -> tuple[Check, ...]:
    """The suite of a register.

    Args:
        kind: a kind whose files are records.

    Returns:
        Checks by field, in the order of the layout.
    """
    with (LAYOUTS_PATH / kind / "columns.csv").open(encoding="utf-8", newline="") as handle:
        fields = list(csv.DictReader(handle))
    identity = kind_sources()[kind].identity
    found: list[Check] = []
    for field in fields:
        name = field["field"]
        rules = list(BY_TYPE.get(field["type"], ()))
        if field["type"] == "word":
            rules.append(_word_unknown(kind, name))
        # a blank beside 「√」 means no, so a column of yes and no is never missing
        if field["required"] == "yes" and field["type"] != "boolean":
            rules.append(FIELD_MISSING)
        if name in identity:
            rules += [cell.FORMULA, cell.CELL_ERROR]
        if name in SUBJECT_FIELDS:
            rules.append(BUREAU_UNKNOWN)
        found += [check for rule in dict.fromkeys(rules) for check in ask(rule, name)]
    return tuple(found)


def _word_unknown(kind: str, field: str) -> CellRule:
    """A class that the mappings do not know is counted nowhere, so its sender is told."""
    words = known_words(
        "mappings/map_record_word",
        "word_text",
        "word",
        where={"document_kind": kind, "field": field},
    )
    squeezed = "regexp_replace({cell}, '\\s+', '', 'g')"
    return CellRule(
        WORD_UNKNOWN, f"{squeezed} not in " + any_of(*words) + " and {cell} not in " + cell.NO_VALUE
    )


def suites() -> dict[str, tuple[Check, ...]]:
    """The suites of all registers, by raw table."""
    return {
        f"{kind}__records": suite(kind)
        for kind, source in kind_sources().items()
        if source.is_record
    }
