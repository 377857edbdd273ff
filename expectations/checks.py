"""What a cell rule is, before any engine runs it: an id of the catalogue and a SQL predicate.

A rule here asks one thing only: can this cell be true by itself? Rows of one form, forms and
rounds are compared later, in SQL. Predicates are narrow on purpose: `≧95%`, `3.5万元` or `达成`
are ways people write, not faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class CellRule:
    """One question about one cell.

    Attributes:
        rule_id: the rule of `seeds/rules/quality_rules.csv` (severity, effect and wording).
        fails_when: SQL predicate over one raw row; `{cell}` stands for the column asked about,
            true means wrong, null means nothing to say.
    """

    rule_id: str
    fails_when: str


@dataclass(frozen=True)
class Check:
    """A rule asked of one column of one table.

    Attributes:
        rule_id: the rule of the catalogue.
        column: the raw column the findings are addressed to.
        fails_when: the predicate, its column filled in.
    """

    rule_id: str
    column: str
    fails_when: str


def ask(rule: CellRule, *columns: str) -> tuple[Check, ...]:
    """Ask a rule of columns.

    Args:
        rule: the rule.
        columns: raw columns.

    Returns:
        One check per column.
    """
    return tuple(
        Check(rule.rule_id, column, rule.fails_when.replace("{cell}", column)) for column in columns
    )


def checks(*groups: tuple[Check, ...]) -> tuple[Check, ...]:
    """Join the checks of a suite, so that a suite reads as a list of questions.

    Args:
        groups: results of `ask`.

    Returns:
        All checks, in order.
    """
    return tuple(check for group in groups for check in group)


def any_of(*texts: str) -> str:
    """Word texts as a SQL list.

    Args:
        texts: the texts.

    Returns:
        `('a', 'b')`, quotes doubled.
    """
    return "(" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + ")"


def either(texts: tuple[str, ...]) -> str:
    """Word texts as the alternatives of a regular expression in a SQL text.

    Args:
        texts: the texts; their signs are taken literally.

    Returns:
        `a|b`, quotes doubled.
    """
    return "|".join(re.escape(text).replace("'", "''") for text in texts)
