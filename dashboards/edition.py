"""What pages are made from: an open release, what is known of it, and the year it tells of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import duckdb

from dashboards.page import Row
from dashboards.source import Source, among
from nightly.confidential import confidential_keys, unnamed
from nightly.labels import label
from nightly.run_history import NightRun

GATE_STATES = ("filed", "filed_with_warnings", "rejected", "superseded")


@dataclass(frozen=True)
class Masthead:
    """What stands on every page.

    Attributes:
        release_id: of the release.
        as_of: data as of.
        gate_states: filings by what the gate decided.
        is_audited: whether the build passed the audit.
        nights: the nights so far, oldest first.
    """

    release_id: str
    as_of: date
    gate_states: dict[str, int]
    is_audited: bool = True
    nights: tuple[NightRun, ...] = ()

    @property
    def decision(self) -> str:
        """The gate's and the audit's decision in words."""
        audit = "发布审核通过" if self.is_audited else "未经发布审核"
        states = [
            f"{label('filing_status', state)} {number:,} 份"
            for state in GATE_STATES
            if (number := self.gate_states.get(state))
        ]
        return f"{audit}；报送关口：{'、'.join(states) if states else '没有报送'}"


@dataclass
class Edition:
    """One release, opened for its pages.

    Attributes:
        con: the release's database, read-only.
        masthead: what is known of the release.
        changes: what changed since the last release, of `nightly.changes`, where it is known.
    """

    con: duckdb.DuckDBPyConnection
    masthead: Masthead
    changes: Mapping[str, Any] | None = None

    def ask(self, sql: str, *values: Any) -> list[Row]:
        """Rows of a query.

        Args:
            sql: one statement, in a fixed order of rows.
            values: its parameters.

        Returns:
            Rows by column name; those of confidential projects name nobody.
        """
        keys = self.confidential
        found = self.con.execute(sql, list(values))
        names = [item[0] for item in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        if keys and {"bureau_code", "project_code"} <= set(names):
            return [unnamed(row, keys) for row in rows]
        return rows

    @cached_property
    def confidential(self) -> frozenset[tuple[str, str]]:
        """Bureau and code of the confidential projects."""
        return confidential_keys(self.con)

    def one(self, sql: str, *values: Any) -> Row:
        """The only row of a query."""
        return self.ask(sql, *values)[0]

    @cached_property
    def work_year(self) -> int:
        """The newest work year in which anything is due."""
        row = self.one(
            "select max(work_year) as work_year from marts.mart_stage_coverage"
            " where due_project_count > 0 or done_project_count > 0"
        )
        return row["work_year"] or self.masthead.as_of.year

    @cached_property
    def bureaus(self) -> list[Row]:
        """Every bureau there ever was, as last known: each has a page, so no link is dead."""
        return self.ask(
            """
            select * from marts.dim_bureau
            qualify row_number() over (partition by bureau_code order by valid_from desc) = 1
            order by bureau_code
            """
        )

    @cached_property
    def roster(self) -> list[Row]:
        """Bureaus of the work year, the root first, then by code.

        A code that was given up after the year's end still stands for that year.
        """
        rows = self.ask(
            """
            select * from marts.dim_bureau
            where valid_from <= $1 and (valid_to is null or valid_to >= $1)
            qualify row_number() over (partition by bureau_code order by valid_from desc) = 1
            order by bureau_code
            """,
            min(self.masthead.as_of, date(self.work_year, 12, 31)),
        )
        codes = {row["bureau_code"] for row in rows}
        return sorted(rows, key=lambda row: row["parent_bureau_code"] in codes)

    @property
    def roster_source(self) -> Source:
        """What the roster's bureaus are in the release."""
        last = min(self.masthead.as_of, date(self.work_year, 12, 31))
        return Source(
            "marts.dim_bureau",
            f"valid_from <= '{last}' and (valid_to is null or valid_to >= '{last}')",
            ("bureau_code",),
        )

    @cached_property
    def root(self) -> Row:
        """The bureau that all others stand below."""
        return self.roster[0]

    @cached_property
    def prefectures(self) -> list[Row]:
        """Bureaus right below the root; the root itself where it stands alone."""
        below = [
            row for row in self.roster if row["parent_bureau_code"] == self.root["bureau_code"]
        ]
        return below or [self.root]

    @property
    def prefecture_source(self) -> Source:
        """What the prefectures are in the release."""
        return self.roster_source.only(among(
            "bureau_code", [row["bureau_code"] for row in self.prefectures]
        ))

    @cached_property
    def prefecture_of(self) -> dict[str, str]:
        """Short name of the prefecture (or the root) a bureau belongs to, by its code."""
        heads = {row["bureau_code"]: row["short_name"] for row in [self.root, *self.prefectures]}
        return {
            row["bureau_code"]: heads.get(row["bureau_code"])
            or heads.get(row["parent_bureau_code"], self.root["short_name"])
            for row in self.bureaus
        }

    def of_year(self, table: str, work_year: int | None = None) -> Source:
        """Rows of a table that belong to the work year, or another."""
        year = self.work_year if work_year is None else work_year
        return Source(table, f"work_year = {year}")

    def below(self, name: str) -> list[str]:
        """Codes of the bureaus that belong to a prefecture, by its short name."""
        return [code for code, place in self.prefecture_of.items() if place == name]

    @cached_property
    def head_sql(self) -> str:
        """The prefecture of a row's bureau as a SQL expression: the code of its bureau."""
        cases = " ".join(
            f"when {among('bureau_code', self.below(row['short_name']))}"
            f" then '{row['bureau_code']}'"
            for row in self.prefectures
        )
        return f"case {cases} end as bureau_code"

    def placed(self, rows: Iterable[Row]) -> list[Row]:
        """Rows with `prefecture`, the short name of their prefecture."""
        return [
            {**row, "prefecture": self.prefecture_of.get(row["bureau_code"], "")} for row in rows
        ]


def by_key(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    """Rows grouped by a column, in their order."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def stage_title(stage: str, round_no: int | None) -> str:
    """A stage and its round in words."""
    name = label("stage", stage)
    if round_no is None:
        return name
    ordinal = "一二三四五六七八九十"[round_no - 1] if 0 < round_no <= 10 else str(round_no)
    return f"第{ordinal}次监控" if stage == "monitoring" else f"{name}第{ordinal}次"
