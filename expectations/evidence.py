"""The failing cells of failed checks: which file, sheet, row and cell, under which heading.

One scan per table fetches the rows that fail anything; the checks are then asked of those rows
only. Findings are capped per filing and rule, so that a broken file does not bury the others; what
is left out is counted in one finding more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from expectations.checks import Check
from expectations.gate import RuleHits

MAX_FINDINGS_PER_RULE = 200
"""Findings listed per filing and rule; the rest is counted."""

MAX_TEXT = 200
"""Characters of a cell that a finding quotes."""

MERGED_FIELDS = ("level1", "level2")
"""Fields of indicator lines whose cells are merged over several lines."""

NOT_LISTED_RULE = "CELL-090"

FINDING_COLUMNS = (
    "rule_id",
    "bureau_code",
    "document_kind",
    "fiscal_year",
    "round_no",
    "filing_id",
    "file_sha256",
    "source_file",
    "source_sheet",
    "source_row",
    "source_cell",
    "heading",
    "value_found",
    "value_expected",
    "difference",
)

NEW_FILINGS = "select filing_id from ops.filing where state = 'loaded'"


@dataclass(frozen=True)
class FailingTable:
    """A raw table with checks that fail.

    Attributes:
        table: name below `raw`, such as `goal__projects`.
        checks: the checks that fail.
    """

    table: str
    checks: tuple[Check, ...]


def batch_sql(table: str) -> str:
    """Word the rows the gate judges: those of filings that are loaded and not yet judged.

    Args:
        table: name below `raw`.

    Returns:
        The query.
    """
    return (
        f"select * from raw.{table}"
        f" semi join ({NEW_FILINGS}) as new_filings"
        f" on raw.{table}._filing_id = new_filings.filing_id"
    )


def has_new_rows(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Say whether a raw table holds rows the gate has not judged.

    Args:
        con: connection to the warehouse.
        table: name below `raw`.

    Returns:
        True where it does.
    """
    return bool(con.execute(f"select 1 from ({batch_sql(table)}) limit 1").fetchall())


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        create or replace temp table failing_cells (
            rule_id varchar, raw_table varchar, part varchar, field varchar, filing_id varchar,
            source_sheet varchar, source_row integer, project_row integer, value_found varchar
        )
        """
    )
    con.execute(
        """
        create or replace temp table failing_counts (
            rule_id varchar, raw_table varchar, field varchar, filing_id varchar,
            cell_count bigint
        )
        """
    )
    con.execute(
        f"""
        create or replace temp table fields_placed as
        select distinct
            _filing_id || ':' || coalesce(_source_sheet, '') as sheet_key,
            field,
            coalesce(project_row, -1) as project_row
        from raw.field_positions
        where _filing_id in ({NEW_FILINGS}) and table_name = 'indicators'
        """
    )
    con.execute(
        "create or replace temp table sheets_placed as"
        " select distinct sheet_key from fields_placed"
    )


def _collect(con: duckdb.DuckDBPyConnection, failing: FailingTable) -> None:
    any_fails = " or ".join(f"({check.fails_when})" for check in failing.checks)
    con.execute(
        f"create or replace temp table failing_rows as"
        f" select * from ({batch_sql(failing.table)}) where {any_fails}"
    )
    part = failing.table.rsplit("__", 1)[1]
    for check in failing.checks:
        con.execute(
            f"create or replace temp table hits as {_hits_of(check, part)}"
        )
        con.execute(
            f"""
            insert into failing_counts
            select '{check.rule_id}', '{failing.table}', '{check.column}', _filing_id, count(*)
            from hits group by _filing_id
            """
        )
        con.execute(
            f"""
            insert into failing_cells
            select
                '{check.rule_id}', '{failing.table}', '{part}', '{check.column}', _filing_id,
                _source_sheet, _source_row, _project_row, left(cell, {MAX_TEXT})
            from hits
            qualify row_number() over (
                partition by _filing_id order by _source_sheet, _source_row
            ) <= {MAX_FINDINGS_PER_RULE}
            """
        )
    con.execute("drop table hits")
    con.execute("drop table failing_rows")


def _hits_of(check: Check, part: str) -> str:
    """Word the rows that a check hits; what is one fault to the sender is one row.

    A level of indicators stands in a merged cell that speaks for the lines below it, and a column
    that is not there at all has been said to be missing, once.
    """
    columns = "_filing_id, _source_sheet, _source_row, _project_row"
    sql = f"select {columns}, {check.column} as cell from failing_rows where {check.fails_when}"
    if part != "indicators":
        return sql
    sql = f"""
        select {columns}, cell from ({sql}) as rows_hit
        where
            cell is not null
            or _filing_id || ':' || coalesce(_source_sheet, '') not in (
                select sheet_key from sheets_placed
            )
            or exists (
                select 1 from fields_placed
                where
                    fields_placed.sheet_key
                    = rows_hit._filing_id || ':' || coalesce(rows_hit._source_sheet, '')
                    and fields_placed.field = '{check.column}'
                    and fields_placed.project_row in (-1, rows_hit._project_row)
            )
    """
    if check.column not in MERGED_FIELDS:
        return sql
    return f"""
        select {columns}, cell from ({sql})
        window above as (
            partition by _filing_id, _source_sheet, _project_row order by _source_row
        )
        qualify
            lag(_source_row) over above is null
            or cell is distinct from lag(cell) over above
            or _source_row > lag(_source_row) over above + 1
    """


def gather(
    con: duckdb.DuckDBPyConnection,
    failing: Iterable[FailingTable],
    headings: Mapping[tuple[str, str], str],
    rule_names: Mapping[str, str],
) -> tuple[pl.DataFrame, list[RuleHits]]:
    """Fetch the findings of failed checks and count them.

    Args:
        con: connection to the warehouse; reading is enough, temporary tables are used.
        failing: tables with their failing checks.
        headings: by raw table and field, what a column is called where a filing lacks it.
        rule_names: Chinese name by rule.

    Returns:
        Findings as rows of `FINDING_COLUMNS` (capped), and uncapped hits per filing and rule.
    """
    _prepare(con)
    for table in failing:
        if table.checks:
            _collect(con, table)
    return _findings(con, headings, rule_names), _hits(con)


def _findings(
    con: duckdb.DuckDBPyConnection,
    headings: Mapping[tuple[str, str], str],
    rule_names: Mapping[str, str],
) -> pl.DataFrame:
    con.execute(
        "create or replace temp table default_headings"
        " (raw_table varchar, field varchar, default_heading varchar)"
    )
    con.executemany(
        "insert into default_headings values (?, ?, ?)",
        [[*key, heading] for key, heading in headings.items()],
    )
    con.execute("create or replace temp table rule_names (rule_id varchar, rule_zh varchar)")
    con.executemany("insert into rule_names values (?, ?)", list(rule_names.items()))
    return con.sql(
        f"""
        with ranked as (
            select
                failing_cells.*,
                row_number() over (
                    partition by filing_id, rule_id
                    order by raw_table, source_sheet, source_row, field
                ) as finding_no
            from failing_cells
        ),

        positions as (
            select
                _filing_id as filing_id,
                coalesce(_source_sheet, '') as source_sheet,
                table_name as part,
                field,
                coalesce(project_row, -1) as project_row,
                any_value(heading order by column_letter) as heading,
                min(column_letter) as column_letter,
                min(row_no) as row_no
            from raw.field_positions
            where _filing_id in ({NEW_FILINGS})
            group by all
        ),

        -- Of a form without the field, the name says at least which form.
        names as (
            select filing_id, source_sheet, part, project_row, column_letter, row_no
            from positions
            where field in ('project_name', 'unit_name') and row_no is not null
            qualify row_number() over (
                partition by filing_id, source_sheet, part, project_row order by field
            ) = 1
        ),

        -- A list has one position per column, a form one per block; the block's own wins.
        placed as (
            select
                ranked.*,
                coalesce(in_block.heading, in_sheet.heading) as heading,
                coalesce(
                    coalesce(in_block.column_letter, in_sheet.column_letter)
                    || coalesce(in_block.row_no, in_sheet.row_no, ranked.source_row)::varchar,
                    names.column_letter || names.row_no::varchar
                ) as source_cell
            from ranked
            left join positions as in_block
                on ranked.filing_id = in_block.filing_id
                and coalesce(ranked.source_sheet, '') = in_block.source_sheet
                and ranked.part = in_block.part
                and ranked.field = in_block.field
                and coalesce(ranked.project_row, ranked.source_row) = in_block.project_row
            left join positions as in_sheet
                on ranked.filing_id = in_sheet.filing_id
                and coalesce(ranked.source_sheet, '') = in_sheet.source_sheet
                and ranked.part = in_sheet.part
                and ranked.field = in_sheet.field
                and in_sheet.project_row = -1
            left join names
                on ranked.filing_id = names.filing_id
                and coalesce(ranked.source_sheet, '') = names.source_sheet
                and ranked.part = names.part
                and coalesce(ranked.project_row, ranked.source_row) = names.project_row
            where ranked.finding_no <= {MAX_FINDINGS_PER_RULE}
        ),

        listed as (
            select
                placed.rule_id,
                placed.filing_id,
                placed.finding_no,
                placed.source_sheet,
                placed.source_row,
                placed.source_cell,
                coalesce(placed.heading, default_headings.default_heading) as heading,
                placed.value_found
            from placed
            left join default_headings
                on placed.raw_table = default_headings.raw_table
                and placed.field = default_headings.field
        ),

        not_listed as (
            select
                '{NOT_LISTED_RULE}' as rule_id,
                failing_counts.filing_id,
                null::bigint as finding_no,
                null::varchar as source_sheet,
                null::integer as source_row,
                null::varchar as source_cell,
                null::varchar as heading,
                '「' || any_value(rule_names.rule_zh) || '」另有'
                    || (sum(failing_counts.cell_count) - {MAX_FINDINGS_PER_RULE})::varchar
                    || '处' as value_found
            from failing_counts
            inner join rule_names on failing_counts.rule_id = rule_names.rule_id
            group by failing_counts.filing_id, failing_counts.rule_id
            having sum(failing_counts.cell_count) > {MAX_FINDINGS_PER_RULE}
        ),

        findings as (
            select * from listed
            union all
            select * from not_listed
        )

        select
            findings.rule_id,
            ops.filing.bureau_code,
            ops.filing.document_kind,
            ops.filing.fiscal_year,
            ops.filing.round_no,
            findings.filing_id,
            ops.filing.file_sha256,
            ops.filing.source_file,
            findings.source_sheet,
            findings.source_row,
            findings.source_cell,
            findings.heading,
            findings.value_found,
            null::varchar as value_expected,
            null::varchar as difference
        from findings
        inner join ops.filing on findings.filing_id = ops.filing.filing_id
        order by findings.filing_id, findings.rule_id, findings.finding_no, findings.value_found
        """
    ).pl()


def _hits(con: duckdb.DuckDBPyConnection) -> list[RuleHits]:
    tables = [
        row[0]
        for row in con.execute(
            "select distinct raw_table from failing_counts order by 1"
        ).fetchall()
    ]
    if not tables:
        return []
    sizes = " union all ".join(
        f"select '{table}' as raw_table, _filing_id as filing_id, count(*) as row_count"
        f" from ({batch_sql(table)}) group by _filing_id"
        for table in tables
    )
    rows = con.execute(
        f"""
        with sizes as ({sizes}),

        by_table as (
            select
                filing_id,
                rule_id,
                raw_table,
                sum(cell_count)::bigint as finding_count,
                max(cell_count) as failing_row_count
            from failing_counts
            group by filing_id, rule_id, raw_table
        )

        select
            by_table.filing_id,
            by_table.rule_id,
            by_table.finding_count,
            by_table.failing_row_count,
            sizes.row_count
        from by_table
        inner join sizes
            on by_table.filing_id = sizes.filing_id and by_table.raw_table = sizes.raw_table
        order by all
        """
    ).fetchall()
    return [RuleHits(*row) for row in rows]
