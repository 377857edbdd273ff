"""What the recognition needs to know of the world: bureaus by name, months by round, row labels.

All of it is data (`seeds/`, `ingest/layouts/`), read once per process.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ingest import jurisdiction
from ingest.headings import LAYOUTS_PATH, document_kinds, plain

SEEDS_PATH = Path(__file__).resolve().parent.parent / "seeds"


@dataclass(frozen=True)
class Roster:
    """Bureaus that may be named in a title.

    Attributes:
        names: full name → codes (a name may have had two codes over time).
        parents: code → code of the bureau above.
        aliases: other names → code; they count only before 「财政局」.
        same: pairs of codes that one bureau had before and after a change.
    """

    names: dict[str, frozenset[str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    same: frozenset[tuple[str, str]] = frozenset()

    def is_same(self, code: str, other: str) -> bool:
        """Whether two codes belong to one bureau."""
        return code == other or (code, other) in self.same or (other, code) in self.same

    def kin(self, code: str) -> set[str]:
        """The bureau, its other codes and those above it (whose names head everybody's forms)."""
        kin = (
            {code} | {b for a, b in self.same if a == code} | {a for a, b in self.same if b == code}
        )
        above = self.parents.get(code)
        while above and above not in kin:
            kin.add(above)
            above = self.parents.get(above)
        return kin

    def named_in(self, texts: Iterable[str]) -> dict[str, frozenset[str]]:
        """Find bureaus named in titles.

        Args:
            texts: title rows.

        Returns:
            Names found → their codes. The longest name wins where names contain one another.
        """
        found: dict[str, frozenset[str]] = {}
        for text in texts:
            spelled = plain(text)
            for match in self._pattern.finditer(spelled):
                name = match.group(0).removesuffix("财政局")
                codes = self.names.get(name)
                if codes is None and match.group(0).endswith("财政局"):
                    codes = frozenset({self.aliases[name]})
                if codes:
                    found[name] = codes
        return found

    @property
    def _pattern(self) -> re.Pattern[str]:
        return _name_pattern(
            tuple(sorted(self.names, key=len, reverse=True)),
            tuple(sorted(self.aliases, key=len, reverse=True)),
        )


@lru_cache(maxsize=8)
def _name_pattern(names: tuple[str, ...], aliases: tuple[str, ...]) -> re.Pattern[str]:
    parts = [re.escape(name) + "(?:财政局)?" for name in names]
    parts += [re.escape(alias) + "财政局" for alias in aliases]
    parts.sort(key=len, reverse=True)
    return re.compile("|".join(parts) or r"(?!)")


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def load_roster(folder: Path = SEEDS_PATH / "reference") -> Roster:
    """Read the roster of this jurisdiction's bureaus with former names and codes.

    Args:
        folder: the folder of the csv files `ref_bureau`, `ref_bureau_alias` and
            `ref_bureau_code_change`.

    Returns:
        The roster; empty where there is none.
    """
    return _load_roster(folder, jurisdiction.current())


@lru_cache(maxsize=8)
def _load_roster(folder: Path, key: str) -> Roster:
    names: dict[str, set[str]] = {}
    parents: dict[str, str] = {}
    for row in _rows(folder / "ref_bureau.csv"):
        if row["jurisdiction"] != key:
            continue
        names.setdefault(plain(row["bureau_name"]), set()).add(row["bureau_code"])
        if row["parent_bureau_code"]:
            parents[row["bureau_code"]] = row["parent_bureau_code"]
    codes = {code for found in names.values() for code in found}
    aliases = {
        plain(row["alias"]): row["bureau_code"]
        for row in _rows(folder / "ref_bureau_alias.csv")
        if row["bureau_code"] in codes
    }
    changes = _rows(folder / "ref_bureau_code_change.csv")
    return Roster(
        {name: frozenset(codes) for name, codes in names.items()},
        parents,
        {alias: code for alias, code in aliases.items() if alias not in names},
        frozenset((row["sent_bureau_code"], row["bureau_code"]) for row in changes),
    )


@dataclass(frozen=True)
class RoundCalendar:
    """Which month's monitoring is which round.

    Attributes:
        rows: (first fiscal year, last fiscal year, month, round).
    """

    rows: tuple[tuple[int, int, int, int], ...] = ()

    def round_of(self, month_no: int, fiscal_year: int) -> tuple[int, bool]:
        """Turn the month of a label into a round.

        Args:
            month_no: N of 「1-N月」.
            fiscal_year: 预算年度.

        Returns:
            The round, and whether the calendar knows the month; an unknown month keeps its number.
        """
        for first, last, month, round_no in self.rows:
            if month == month_no and first <= fiscal_year <= last:
                return round_no, True
        return month_no, False


def load_round_calendar(
    path: Path = SEEDS_PATH / "parameters" / "param_round_calendar.csv",
) -> RoundCalendar:
    """Read this jurisdiction's dated calendar of monitoring rounds.

    Args:
        path: the csv of the parameter.

    Returns:
        The calendar; empty where there is none.
    """
    return _load_round_calendar(path, jurisdiction.current())


@lru_cache(maxsize=8)
def _load_round_calendar(path: Path, key: str) -> RoundCalendar:
    return RoundCalendar(
        tuple(
            (
                int(row["fiscal_year_from"] or 0),
                int(row["fiscal_year_to"] or 9999),
                int(row["month_no"]),
                int(row["round_no"]),
            )
            for row in jurisdiction.own_rows(_rows(path), key)
        )
    )


@dataclass(frozen=True)
class KindSource:
    """How sheets of a kind are called, from `source.yml`.

    Attributes:
        kind: document kind.
        name_zh: what the sender calls it.
        precedence: order in which kinds claim a text; the lowest wins.
        title_pattern: what of a title says that it is this kind.
        has_rounds: filings are told apart by round.
        work_year_offset: years by which a folder's year may run ahead of the budget year.
        tables: settings by table (money_fields, tick_fields, tick_note).
        main_table: table with one row per project, unit or record.
        identity: fields of the main table that name what a row is about.
        form_like: kind of projects whose official form a kind of units shares; None for others.
        is_path_year_free: the title alone says the year; the folder may carry another.
    """

    kind: str
    name_zh: str
    precedence: int
    title_pattern: re.Pattern[str]
    has_rounds: bool
    work_year_offset: int
    tables: dict[str, dict[str, Any]]
    main_table: str
    identity: tuple[str, ...]
    form_like: str | None = None
    is_path_year_free: bool = False

    @property
    def is_record(self) -> bool:
        """Whether files of this kind are registers: one row per record, by work year."""
        return self.main_table == "records"

    @property
    def year_field(self) -> str:
        """Field of the main table that repeats the year of the filing."""
        return "work_year" if self.is_record else "fiscal_year"

    def money_fields(self, table: str) -> frozenset[str]:
        """Fields of a table that hold amounts."""
        return frozenset(self.tables.get(table, {}).get("money_fields", ()))

    def has_table(self, table: str) -> bool:
        """Whether the kind has a table."""
        return table in self.tables


@lru_cache(maxsize=1)
def kind_sources() -> dict[str, KindSource]:
    """Read every kind's `source.yml`, in order of precedence."""
    sources = []
    for kind in document_kinds():
        text = (LAYOUTS_PATH / kind / "source.yml").read_text(encoding="utf-8")
        settings = yaml.safe_load(text)
        sources.append(
            KindSource(
                kind=kind,
                name_zh=settings["name_zh"],
                precedence=settings["title_precedence"],
                title_pattern=re.compile("|".join(settings["title_patterns"])),
                has_rounds=settings["has_rounds"],
                work_year_offset=settings.get("work_year_offset", 0),
                tables=settings["tables"],
                main_table=settings.get("main_table", "projects"),
                identity=tuple(settings.get("identity", ("project_code", "project_name"))),
                form_like=settings.get("form_like"),
                is_path_year_free=settings.get("is_path_year_free", False),
            )
        )
    return {source.kind: source for source in sorted(sources, key=lambda s: s.precedence)}


@lru_cache(maxsize=1)
def project_kinds() -> tuple[str, ...]:
    """Kinds whose rows are projects, in order of precedence."""
    return tuple(k for k, source in kind_sources().items() if source.main_table == "projects")


@lru_cache(maxsize=1)
def other_kinds() -> tuple[str, ...]:
    """Kinds whose rows are records, in order of precedence."""
    return tuple(k for k, source in kind_sources().items() if source.is_record)


@lru_cache(maxsize=1)
def unit_kinds() -> tuple[str, ...]:
    """Kinds on the whole expenditure of a unit (整体支出), in order of precedence."""
    return tuple(k for k, source in kind_sources().items() if source.main_table == "units")


def stage_of(kind: str) -> str:
    """The kind of projects whose form a kind shares; the kind itself for all others."""
    return kind_sources()[kind].form_like or kind


def overall_kind(stage: str) -> str:
    """The kind of units that shares the form of a kind of projects.

    Args:
        stage: goal, monitoring or self_evaluation.

    Returns:
        The kind of units; the kind itself where it has no counterpart.
    """
    return next((k for k in unit_kinds() if kind_sources()[k].form_like == stage), stage)


@dataclass(frozen=True)
class RowLabels:
    """Patterns of rows and headings that are no data, from `layouts/rows.yml`.

    All are for texts in the spelling of `headings.plain` and for the regex of polars as well.
    """

    total: str
    total_suffix: str
    label_end: str
    note: str
    numbering: str
    ignorable_headings: frozenset[str]
    ignorable_sheets: re.Pattern[str]


@lru_cache(maxsize=1)
def row_labels() -> RowLabels:
    """Read the labels of rows that are no data, once per process."""
    settings = yaml.safe_load((LAYOUTS_PATH / "rows.yml").read_text(encoding="utf-8"))
    return RowLabels(
        total="^(?:" + "|".join(settings["total_labels"]) + ")[:：]?$",
        total_suffix="^.{1,40}(?:" + "|".join(settings["total_suffixes"]) + ")[:：]?$",
        label_end="["
        + "".join(sorted({label[-1] for label in settings["total_labels"]}))
        + ":：]$",
        note="^(?:" + "|".join(settings["note_prefixes"]) + ")",
        numbering="^(?:" + settings["numbering"] + ")$",
        ignorable_headings=frozenset(map(plain, settings["ignorable_headings"])),
        ignorable_sheets=re.compile(settings["ignorable_sheets"], re.IGNORECASE),
    )
