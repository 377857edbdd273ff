"""Labels of the official forms: what a cell beside a value, above a column or in a corner says.

The labels are data: `ingest/layouts/blocks.csv` for what the forms share and
`ingest/layouts/<kind>/blocks.csv` for what one kind adds; headings of indicator columns are those
of the list exports (`columns.csv`). A province's own wording is a label there, never an `if` here.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

from ingest.headings import LAYOUTS_PATH, Heading, load_vocabulary, normalise, plain
from ingest.reference import kind_sources, stage_of

FORM_KINDS = ("self_evaluation", "monitoring", "goal")
"""Kinds of projects that have an official form; titles decide in this order (自评, 监控, 目标).

The kinds of units (整体支出) share these forms, with labels of their own (`KindSource.form_like`).
"""

LONGEST_LABEL = 48
"""Longer texts are not looked up: no label of the layouts comes near."""

_BRACKETS = re.compile(r"\([^()]*\)")
_YEAR = re.compile(r"20\d\d年度?|[xX×]{2,4}年度?")
_NUMBERING = re.compile(
    r"^(?:\(?[0-9一二三四五六七八九十]{1,2}\)|[0-9一二三四五六七八九十]{1,2}[.、:])(?=\D)"
)
_TRAILING_NUMBER = re.compile(r"(?<=目标)[0-9一二三四五六七八九十]{1,2}$")
_PART = re.compile(r"^(?:其中|其 中)[:,、-]?")
_AMOUNT = re.compile(
    r"^[-+¥￥]?[\d,]*\.?\d+(?:e[-+]?\d+)?(?:%|元|万|万元|亿|亿元|百万元|千元)?$|^[-/*]+$|^#.*[!?]$",
    re.IGNORECASE,
)
_NO_ROLES: dict[str, dict[str, int]] = {}


@lru_cache(maxsize=20_000)
def spellings(text: str) -> tuple[str, ...]:
    """Comparable spellings of a label, from exact to loose.

    Args:
        text: the cell as sent.

    Returns:
        As normalised; without numbering; without a year; without any brackets; a goal's label
        without the number of the goal.
    """
    known = normalise(text).text
    found = [known]
    if "(" not in known and not any(sign.isnumeric() or sign in "xX×" for sign in known):
        return (known,)
    for pattern in (_NUMBERING, _YEAR, _BRACKETS, _NUMBERING):
        looser = pattern.sub("", found[-1]).strip("*★:;,。.、-")
        if looser and looser != found[-1]:
            found.append(looser)
    bare = _TRAILING_NUMBER.sub("", found[-1])
    if bare != found[-1]:
        found.append(bare)
    return tuple(found)


def without_part_mark(label: str) -> str:
    """Take 「其中：」 off the label of a fund line."""
    return _PART.sub("", label)


def is_part(label: str) -> bool:
    """Tell whether a fund line is a part of the line above (「其中：…」)."""
    return bool(_PART.match(plain(label)))


@lru_cache(maxsize=8192)
def is_amount(text: str) -> bool:
    """Tell whether a cell is nothing but an amount, a rate or a mark for none (—, /, *)."""
    return bool(_AMOUNT.match(plain(text)))


class FormVocabulary:
    """Labels and indicator headings of one kind of form.

    Attributes:
        kind: the document kind.
        stage: kind of projects whose form it shares, the kind itself for those of projects.
        ordered: labels by block and role in the order of the layout (the first is preferred).
    """

    def __init__(self, kind: str, layouts_path: Path = LAYOUTS_PATH) -> None:
        """Read the layouts of a kind.

        Args:
            kind: a kind that has an official form.
            layouts_path: folder of layouts.
        """
        self.kind = kind
        self.stage = stage_of(kind)
        self.ordered: dict[tuple[str, str], list[str]] = {}
        self._index: dict[str, dict[str, dict[str, int]]] = {}
        self._known: dict[str, dict[str, dict[str, int]]] = {}
        self._fields: dict[str, tuple[str, int] | None] = {}
        self._headings = _indicator_headings(kind, layouts_path)
        for folder in dict.fromkeys((kind, self.stage, "")):
            path = layouts_path / folder / "blocks.csv"
            with path.open(encoding="utf-8", newline="") as handle:
                for row in csv.DictReader(handle):
                    self._add(row["block"], row["role"], row["labels"].split("|"))

    def _add(self, block: str, role: str, labels: list[str]) -> None:
        """Index a row of the layout by the comparable spelling of its labels."""
        ordered = self.ordered.setdefault((block, role), [])
        for label in labels:
            entry = self._index.setdefault(_spelled(label), {})
            entry.setdefault(block, {}).setdefault(role, len(ordered))
            ordered.append(label)

    def roles(self, text: str | None) -> dict[str, dict[str, int]]:
        """Find every block and role that a cell may be a label of.

        Args:
            text: the cell as sent.

        Returns:
            Block → role → rank of the label (0 is preferred); empty where it is no label.
        """
        if not text or len(text) > LONGEST_LABEL:
            return _NO_ROLES
        known = self._known.get(text)
        if known is None:
            known = self._look_up(text)
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[text] = known
        return known

    def _look_up(self, text: str) -> dict[str, dict[str, int]]:
        """Look a label up by its spellings; looser ones only add blocks not yet found."""
        if is_amount(text):
            return _NO_ROLES
        found: dict[str, dict[str, int]] = {}
        tried = spellings(text)
        for spelling in tried:
            entry = self._index.get(spelling)
            if entry:
                for block, roles in entry.items():
                    found.setdefault(block, roles)
        fund_label = without_part_mark(tried[-1])
        entry = self._index.get(fund_label) if fund_label != tried[-1] else None
        if entry and "funds" in entry and "funds" not in found:
            found["funds"] = {
                role: rank for role, rank in entry["funds"].items() if role != "line.total"
            }
        return found or _NO_ROLES

    def rank(self, text: str | None, block: str, role: str) -> int | None:
        """Rank of a label in one role of one block, None where it has none."""
        return self.roles(text).get(block, _NO_ROLES).get(role)

    def role_in(self, text: str | None, block: str, prefix: str = "") -> tuple[str, int] | None:
        """Find the role of a label in a block, without the prefix of the role.

        Args:
            text: the cell as sent.
            block: block of the layout.
            prefix: start of the role, e.g. `column.`.

        Returns:
            The role and the rank, None where the cell is no such label.
        """
        roles = self.roles(text).get(block)
        if not roles:
            return None
        for role, rank in roles.items():
            if role.startswith(prefix):
                return role[len(prefix) :], rank
        return None

    def indicator_field(self, text: str | None) -> tuple[str, int] | None:
        """Find the field of an indicator column by its heading.

        Args:
            text: the heading as sent.

        Returns:
            Field of `columns.csv` and rank of the heading among its synonyms; the headings that
            only forms use (`blocks.csv`, `indicators,heading.<field>`) rank behind.
        """
        if not text or len(text) > LONGEST_LABEL:
            return None
        if text in self._fields:
            return self._fields[text]
        found = None
        if not is_amount(text):
            tried = spellings(text)
            if len(tried) > 1:
                tried = (_YEAR.sub("N年", tried[0]), *tried)
            for spelling in tried:
                found = self._headings.get(spelling)
                if found:
                    break
                entry = self._index.get(spelling, {}).get("indicators", {})
                role = next((r for r in entry if r.startswith("heading.")), None)
                if role:
                    found = (role.removeprefix("heading."), 100 + entry[role])
                    break
        if len(self._fields) > 50_000:
            self._fields.clear()
        self._fields[text] = found
        return found

    def period_of(self, text: str | None) -> str | None:
        """Tell which time a heading speaks of.

        Args:
            text: a heading.

        Returns:
            `annual`, `long_term`, `prior` (an earlier year's value), or None.
        """
        if not text or len(text) > LONGEST_LABEL:
            return None
        spelled = _YEAR.sub("N年", plain(text))
        for period in ("prior", "long_term", "annual"):
            if any(word in spelled for word in self.ordered[("period", period)]):
                return period
        return None

    def has_prefix(self, text: str, block: str, role: str) -> bool:
        """Tell whether a text begins with one of the words of a role."""
        return plain(text).startswith(self._plain_words(block, role))

    def _plain_words(self, block: str, role: str) -> tuple[str, ...]:
        return _plain_tuple(tuple(self.ordered[(block, role)]))


def _indicator_headings(kind: str, layouts_path: Path) -> dict[str, tuple[str, int]]:
    """Field and rank of each accepted heading of the indicators, by its comparable spelling."""
    headings: dict[str, tuple[str, int]] = {}
    for name, column in load_vocabulary(kind, layouts_path).fields["indicators"].items():
        if name in kind_sources()[kind].identity:
            continue
        for rank, accepted in enumerate(column.accepted):
            for text in (_spelled(accepted), accepted):
                headings.setdefault(text, (name, rank))
    return headings


def _spelled(label: str) -> str:
    """Comparable spelling of a label of the layouts, any month standing for 「N月」."""
    return normalise(label.replace("1-N月", "1-1月").replace("N月", "1月")).text or label


@lru_cache(maxsize=64)
def _plain_tuple(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(word) for word in words)


@lru_cache(maxsize=16)
def load_form_vocabulary(kind: str, layouts_path: Path = LAYOUTS_PATH) -> FormVocabulary:
    """Read the labels of a kind once per process.

    Args:
        kind: a kind that has an official form.
        layouts_path: folder of layouts.

    Returns:
        The vocabulary.
    """
    return FormVocabulary(kind, layouts_path)


def heading_of(text: str) -> Heading:
    """Heading with its unit and its month taken off (see `ingest.headings.normalise`)."""
    return normalise(text)
