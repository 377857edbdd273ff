"""What a sender's heading means: spelling made alike, then looked up in the layouts.

A heading is compared after NFKC, without spaces, line breaks or a required-field star, with one
dash, and with a unit in brackets taken off (「年初预算数（万元）」). Month labels of any round
(「1～5月执行数」, 「截至9月底执行数」) become 「1-N月」 and 「截至N月底」. What is accepted
for which field is data: `ingest/layouts/<kind>/columns.csv`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

LAYOUTS_PATH = Path(__file__).resolve().parent / "layouts"
MONEY_UNITS = ("元", "万元", "亿元")

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_DASHES = re.compile(r"[‐‑‒–—―−﹣－~～〜∼˜]+|--+")
_QUOTES = str.maketrans({"【": "(", "】": ")", "[": "(", "]": ")", "〔": "(", "〕": ")"})
_MONEY_BRACKET = re.compile(
    r"\((?:金额)?(?:计量)?(?:单位)?[:]?(?:人民币)?[:]?(百万元|千元|万元|亿元|元|万)\)"
)
_UNIT_BRACKET = re.compile(r"\((?:单位:)?(%|分|百分比|‰|天|日|个)\)$")
_BARE_MONEY = re.compile(r"[:/,、-]?(?:单位:)?(万元|亿元|元)$")
_MONTHS = re.compile(r"(?<!\d)0?1(?:月)?[-至到]+(\d{1,2})月(?:份|底|末)?")
_MONTH_END = re.compile(r"截[至止](?:到)?(?:20\d\d年)?(\d{1,2})月(?:份)?(?:底|末)?")
_NUMERAL = "[0-9一二三四五六七八九十]{1,2}"
_NUMBERING = re.compile(rf"^(?:\(?{_NUMERAL}\)|{_NUMERAL}[.、])(?=\D)")
_TRAILING_BRACKET = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Heading:
    """A heading ready to be compared.

    Attributes:
        sent: the text as sent.
        text: the comparable spelling, without the unit.
        unit: unit in brackets, or None. Money units are 元, 万元, 亿元 (others are kept as text).
        month_no: N of a 「1-N月」 or 「截至N月底」 label, or None.
    """

    sent: str
    text: str
    unit: str | None = None
    month_no: int | None = None

    @property
    def money_unit(self) -> str | None:
        """The unit where it is one that amounts can be converted from."""
        return self.unit if self.unit in MONEY_UNITS else None


def plain(text: str | None) -> str:
    """Spell a text in one way: NFKC, no white space at all, one dash, round brackets.

    Args:
        text: a cell, a label, a sheet name.

    Returns:
        The comparable text, empty for None.
    """
    if not text:
        return ""
    text = unicodedata.normalize("NFKC", text)
    text = _INVISIBLE.sub("", text).translate(_QUOTES)
    return _DASHES.sub("-", text)


@lru_cache(maxsize=20_000)
def normalise(text: str | None) -> Heading:
    """Make a heading comparable.

    Args:
        text: the heading's cell as sent.

    Returns:
        The comparable heading with its unit and its month taken off.
    """
    spelled = plain(text).strip("*:;,。.、")
    unit = None
    money = _MONEY_BRACKET.search(spelled)
    if money:
        unit = money.group(1)
        spelled = spelled[: money.start()] + spelled[money.end() :]
    else:
        other = _UNIT_BRACKET.search(spelled)
        if other:
            unit = other.group(1)
            spelled = spelled[: other.start()]
    month_no = None
    for pattern, label in ((_MONTH_END, "截至N月底"), (_MONTHS, "1-N月")):
        month = pattern.search(spelled)
        if month and 1 <= int(month.group(1)) <= 12:
            month_no = int(month.group(1))
            spelled = spelled[: month.start()] + label + spelled[month.end() :]
            break
    return Heading(text or "", spelled.strip("*:;,。.、"), unit, month_no)


@dataclass(frozen=True)
class Field:
    """One field of a raw table, as a row of `columns.csv`."""

    table: str
    name: str
    is_required: bool
    accepted: tuple[str, ...]

    @property
    def first_heading(self) -> str:
        """The heading that people are told to use."""
        return self.accepted[0] if self.accepted else self.name


@dataclass(frozen=True)
class Match:
    """A heading that was understood.

    Attributes:
        field: field of the raw table.
        rank: place of the matched heading among the accepted ones (0 is best).
        heading: the heading, with unit and month.
    """

    field: str
    rank: int
    heading: Heading


class Vocabulary:
    """Accepted headings of one document kind, by table."""

    def __init__(self, kind: str, fields: Iterable[Field]) -> None:
        """Index the accepted headings by their comparable spelling."""
        self.kind = kind
        self.fields: dict[str, dict[str, Field]] = {}
        self._index: dict[str, dict[str, tuple[str, int]]] = {}
        for field in fields:
            self.fields.setdefault(field.table, {})[field.name] = field
            index = self._index.setdefault(field.table, {})
            for rank, accepted in enumerate(field.accepted):
                text = normalise(accepted.replace("1-N月", "1-1月").replace("N月", "1月")).text
                index.setdefault(text, (field.name, rank))

    def field_names(self, table: str) -> tuple[str, ...]:
        """Fields of a table in the order of the raw table."""
        return tuple(self.fields.get(table, {}))

    def required(self, table: str) -> tuple[str, ...]:
        """Fields without which a sheet of this table is refused."""
        return tuple(f.name for f in self.fields.get(table, {}).values() if f.is_required)

    def match(self, table: str, *headings: str | None) -> Match | None:
        """Find the field a column belongs to.

        Args:
            table: projects, indicators or funds.
            headings: spellings to try in order, e.g. sub-heading, then group + sub-heading.

        Returns:
            The match, or None where the heading is unknown.
        """
        index = self._index.get(table, {})
        for heading in headings:
            if not heading:
                continue
            known = normalise(heading)
            for text, unit in _spellings(known):
                found = index.get(text)
                if found:
                    return Match(*found, Heading(known.sent, text, unit, known.month_no))
        return None


def _spellings(heading: Heading) -> Iterable[tuple[str, str | None]]:
    """Spellings of a heading from exact to loose, each with the unit that it leaves."""
    yield heading.text, heading.unit
    text = _NUMBERING.sub("", heading.text)
    if text != heading.text:
        yield text, heading.unit
    if heading.unit is None:
        bare = _BARE_MONEY.search(text)
        if bare and bare.start() > 1:
            yield text[: bare.start()], bare.group(1)
    shorter = _TRAILING_BRACKET.sub("", text)
    if shorter and shorter != text:
        yield shorter, heading.unit


@lru_cache(maxsize=1)
def document_kinds() -> tuple[str, ...]:
    """Kinds that have a layouts folder, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in LAYOUTS_PATH.glob("*/columns.csv")))


@lru_cache(maxsize=32)
def load_vocabulary(kind: str, layouts_path: Path = LAYOUTS_PATH) -> Vocabulary:
    """Read the accepted headings of a kind, once per process.

    Args:
        kind: document kind.
        layouts_path: folder of layouts.

    Returns:
        The vocabulary.
    """
    with (layouts_path / kind / "columns.csv").open(encoding="utf-8", newline="") as handle:
        return Vocabulary(
            kind,
            [
                Field(
                    table=row["table"],
                    name=row["field"],
                    is_required=row["required"] == "yes",
                    accepted=tuple(h for h in row["accepted_headings"].split("|") if h),
                )
                for row in csv.DictReader(handle)
            ],
        )


def two_row_headings(
    groups: Sequence[str | None], subs: Sequence[str | None]
) -> list[tuple[str | None, ...]]:
    """Spellings to try for each column under a header of two rows.

    A group heading stands in the first cell of its span; the blanks to its right belong to it as
    long as they have a sub-heading.

    Args:
        groups: cells of the upper row.
        subs: cells of the lower row.

    Returns:
        Per column the spellings from specific to general; empty where nothing stands above it.
    """
    spellings: list[tuple[str | None, ...]] = []
    group: str | None = None
    for upper, lower in zip(groups, subs, strict=True):
        group = upper if upper else (group if lower else None)
        if lower and group and plain(lower) != plain(group):
            spellings.append((lower, f"{group}{lower}", f"{lower}{group}"))
        else:
            spellings.append(tuple(h for h in (lower or upper,) if h))
    return spellings
