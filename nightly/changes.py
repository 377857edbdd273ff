"""What changed from the live release to a candidate: SQL over both files, opened read-only.

The answer is a dictionary that goes into the release as `changes.json`, for dashboards and scripts:

    schema_version, release_id, as_of, is_first, base {release_id, as_of},
    causes {has_code_changed, new_input_count, gone_input_count},
    tables [table, row_count_before, row_count_after, row_change, has_content_changed],
    coverage [fiscal_year, stage, round_no, bureau_code, bureau_name, tier, due_date,
        due_…, done_…, coverage_rate_…, amount_coverage_rate_before, …_after],
    scores [fiscal_year, bureau_code, …, due_date, scored_…, mean_score_before, …_after],
    warnings [fiscal_year, round_no, judged_…, warned_before, warned_after],
    rankings [work_year, ranking_kind, object_code, …, rank_…, ranked_…, score_before, …_after; only
        those that moved],
    filings [bureau_code, …, fiscal_year, document_kind, round_no, new_count, late_count,
        corrected_count, rejected_count],
    overdue [bureau_code, bureau_name, fiscal_year, document_kind, round_no, due_date],
    findings [rule_id, rule_name, severity, new_count, cleared_count, open_count],
    finding_bureaus [bureau_code, bureau_name, new_count, cleared_count],
    draws [draw_id, frame_kind, fiscal_year, frame_count, drawn_count],
    parameters [table, versions_before, versions_after],
    not_comparable [sections that one of the two files has no table or column for],
    limits, moves [kind, subject, before, after, limit, text_zh], acceptance

Rates are fractions, of every bureau but counties, each with its subordinates and all funds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from nightly.change_limits import Limits, find_moves
from nightly.settings import memory_limit, thread_count

SCHEMA_VERSION = 1


class Section:
    """A part of the comparison that is one query over both files.

    Attributes:
        name: its key in the answer.
        needs: columns by table that both files must have.
        sql: the query, over the catalogs `live` and `candidate`.
    """

    def __init__(self, name: str, needs: Mapping[str, str], sql: str) -> None:
        """Keep the query and what it needs, columns parted by blanks."""
        self.name = name
        self.needs = {table: set(columns.split()) for table, columns in needs.items()}
        self.sql = sql


COVERAGE = Section(
    "coverage",
    {
        "marts.mart_stage_coverage": "fiscal_year stage round_no bureau_code bureau_name tier scope"
        " fund_type due_date due_project_count done_project_count coverage_rate"
        " amount_coverage_rate",
    },
    """
    with

    live as (
        select * from live.marts.mart_stage_coverage
        where scope = 'with_subordinates' and fund_type = 'all' and tier <> 'county'
    ),

    candidate as (
        select * from candidate.marts.mart_stage_coverage
        where scope = 'with_subordinates' and fund_type = 'all' and tier <> 'county'
    ),

    compared as (
        select
            coalesce(candidate.fiscal_year, live.fiscal_year) as fiscal_year,
            coalesce(candidate.stage, live.stage) as stage,
            coalesce(candidate.round_no, live.round_no) as round_no,
            coalesce(candidate.bureau_code, live.bureau_code) as bureau_code,
            coalesce(candidate.bureau_name, live.bureau_name) as bureau_name,
            coalesce(candidate.tier, live.tier) as tier,
            coalesce(candidate.due_date, live.due_date) as due_date,
            live.due_project_count as due_before,
            candidate.due_project_count as due_after,
            live.done_project_count as done_before,
            candidate.done_project_count as done_after,
            live.coverage_rate as coverage_rate_before,
            candidate.coverage_rate as coverage_rate_after,
            live.amount_coverage_rate as amount_coverage_rate_before,
            candidate.amount_coverage_rate as amount_coverage_rate_after
        from live
        full outer join candidate
            on live.fiscal_year = candidate.fiscal_year
                and live.stage = candidate.stage
                and coalesce(live.round_no, 0) = coalesce(candidate.round_no, 0)
                and live.bureau_code = candidate.bureau_code
    )

    select * from compared
    order by fiscal_year desc, stage, round_no nulls first, bureau_code
    """,
)
SCORES = Section(
    "scores",
    {
        "marts.mart_self_evaluation_statistics": "fiscal_year bureau_code bureau_name tier scope"
        " scored_count mean_score",
        "marts.mart_stage_coverage": "fiscal_year stage due_date",
    },
    """
    with

    live as (
        select * from live.marts.mart_self_evaluation_statistics
        where scope = 'with_subordinates' and tier <> 'county'
    ),

    candidate as (
        select * from candidate.marts.mart_self_evaluation_statistics
        where scope = 'with_subordinates' and tier <> 'county'
    ),

    due_dates as (
        select fiscal_year, max(due_date) as due_date
        from candidate.marts.mart_stage_coverage
        where stage = 'self_evaluation'
        group by fiscal_year
    ),

    compared as (
        select
            coalesce(candidate.fiscal_year, live.fiscal_year) as fiscal_year,
            coalesce(candidate.bureau_code, live.bureau_code) as bureau_code,
            coalesce(candidate.bureau_name, live.bureau_name) as bureau_name,
            coalesce(candidate.tier, live.tier) as tier,
            due_dates.due_date,
            live.scored_count as scored_before,
            candidate.scored_count as scored_after,
            live.mean_score as mean_score_before,
            candidate.mean_score as mean_score_after
        from live
        full outer join candidate
            on live.fiscal_year = candidate.fiscal_year and live.bureau_code = candidate.bureau_code
        left join due_dates
            on coalesce(candidate.fiscal_year, live.fiscal_year) = due_dates.fiscal_year
    )

    select * from compared
    order by fiscal_year desc, bureau_code
    """,
)
WARNINGS = Section(
    "warnings",
    {"marts.mart_deviation_flag": "fiscal_year round_no verdict is_warned"},
    """
    with

    live as (
        select
            fiscal_year, round_no, count(*) filter (where verdict <> 'cannot_judge') as judged,
            count(*) filter (where is_warned) as warned
        from live.marts.mart_deviation_flag
        group by fiscal_year, round_no
    ),

    candidate as (
        select
            fiscal_year, round_no, count(*) filter (where verdict <> 'cannot_judge') as judged,
            count(*) filter (where is_warned) as warned
        from candidate.marts.mart_deviation_flag
        group by fiscal_year, round_no
    ),

    compared as (
        select
            coalesce(candidate.fiscal_year, live.fiscal_year) as fiscal_year,
            coalesce(candidate.round_no, live.round_no) as round_no,
            coalesce(live.judged, 0) as judged_before,
            coalesce(candidate.judged, 0) as judged_after,
            coalesce(live.warned, 0) as warned_before,
            coalesce(candidate.warned, 0) as warned_after
        from live
        full outer join candidate
            on live.fiscal_year = candidate.fiscal_year
                and coalesce(live.round_no, 0) = coalesce(candidate.round_no, 0)
    )

    select * from compared
    order by fiscal_year desc, round_no
    """,
)
RANKINGS = Section(
    "rankings",
    {
        "marts.mart_ranking": "work_year ranking_kind ranking_bureau_code object_code object_name"
        " bureau_name rank_no ranked_count composite_score",
    },
    """
    select
        candidate.work_year,
        candidate.ranking_kind,
        candidate.ranking_bureau_code,
        candidate.object_code,
        candidate.object_name,
        candidate.bureau_name,
        live.rank_no as rank_before,
        candidate.rank_no as rank_after,
        live.ranked_count as ranked_before,
        candidate.ranked_count as ranked_after,
        live.composite_score as score_before,
        candidate.composite_score as score_after
    from candidate.marts.mart_ranking as candidate
    inner join live.marts.mart_ranking as live
        on candidate.work_year = live.work_year
            and candidate.ranking_kind = live.ranking_kind
            and candidate.ranking_bureau_code = live.ranking_bureau_code
            and candidate.object_code = live.object_code
    where candidate.rank_no is distinct from live.rank_no
    order by
        candidate.work_year desc, candidate.ranking_kind,
        abs(candidate.rank_no - live.rank_no) desc nulls last, candidate.object_code
    """,
)
FILINGS = Section(
    "filings",
    {
        "marts.mart_filing_history": "filing_id superseded_by_filing_id bureau_code bureau_name"
        " fiscal_year document_kind round_no status is_late",
    },
    """
    with

    replacing as (
        select distinct superseded_by_filing_id as filing_id
        from candidate.marts.mart_filing_history
        where superseded_by_filing_id is not null
    ),

    added as (
        select candidate.*, replacing.filing_id is not null as is_correction
        from candidate.marts.mart_filing_history as candidate
        left join live.marts.mart_filing_history as live on candidate.filing_id = live.filing_id
        left join replacing on candidate.filing_id = replacing.filing_id
        where live.filing_id is null
    )

    select
        bureau_code, bureau_name, fiscal_year, document_kind, round_no,
        count(*) as new_count,
        count(*) filter (where is_late) as late_count,
        count(*) filter (where is_correction) as corrected_count,
        count(*) filter (where status = 'rejected') as rejected_count
    from added
    group by all
    order by bureau_code, fiscal_year desc, document_kind, round_no nulls first
    """,
)
OVERDUE = Section(
    "overdue",
    {
        "marts.mart_filing_status": "bureau_code bureau_name fiscal_year document_kind round_no"
        " status due_date",
    },
    """
    select
        candidate.bureau_code,
        candidate.bureau_name,
        candidate.fiscal_year,
        candidate.document_kind,
        candidate.round_no,
        candidate.due_date
    from candidate.marts.mart_filing_status as candidate
    left join live.marts.mart_filing_status as live
        on candidate.bureau_code = live.bureau_code
            and candidate.fiscal_year = live.fiscal_year
            and candidate.document_kind = live.document_kind
            and coalesce(candidate.round_no, 0) = coalesce(live.round_no, 0)
    where candidate.status = 'late' and live.status is distinct from 'late'
    order by
        candidate.bureau_code, candidate.fiscal_year desc, candidate.document_kind,
        candidate.round_no nulls first
    """,
)
FINDING_COLUMNS = {
    "quality.fct_finding": "finding_key rule_id rule_name severity bureau_code bureau_name"
    " is_current waiver_id",
}
COMPARED_FINDINGS = """
    with

    live as (
        select
            finding_key, min(rule_id) as rule_id, min(rule_name) as rule_name,
            min(severity) as severity, min(bureau_code) as bureau_code,
            min(bureau_name) as bureau_name, count(*) as finding_count
        from live.quality.fct_finding
        where is_current and waiver_id is null
        group by finding_key
    ),

    candidate as (
        select
            finding_key, min(rule_id) as rule_id, min(rule_name) as rule_name,
            min(severity) as severity, min(bureau_code) as bureau_code,
            min(bureau_name) as bureau_name, count(*) as finding_count
        from candidate.quality.fct_finding
        where is_current and waiver_id is null
        group by finding_key
    ),

    -- several findings may share a key: lines of one project with the same words and numbers
    compared as (
        select
            coalesce(candidate.rule_id, live.rule_id) as rule_id,
            coalesce(candidate.rule_name, live.rule_name) as rule_name,
            coalesce(candidate.severity, live.severity) as severity,
            coalesce(candidate.bureau_code, live.bureau_code) as bureau_code,
            coalesce(candidate.bureau_name, live.bureau_name) as bureau_name,
            coalesce(candidate.finding_count, 0) as open_count,
            greatest(
                coalesce(candidate.finding_count, 0) - coalesce(live.finding_count, 0), 0
            ) as new_count,
            greatest(
                coalesce(live.finding_count, 0) - coalesce(candidate.finding_count, 0), 0
            ) as cleared_count
        from live
        full outer join candidate on live.finding_key = candidate.finding_key
    )
"""
FINDINGS = Section(
    "findings",
    FINDING_COLUMNS,
    COMPARED_FINDINGS
    + """
    select
        rule_id,
        any_value(rule_name) as rule_name,
        any_value(severity) as severity,
        sum(compared.new_count)::bigint as new_count,
        sum(compared.cleared_count)::bigint as cleared_count,
        sum(compared.open_count)::bigint as open_count
    from compared
    group by rule_id
    having sum(compared.new_count + compared.cleared_count) > 0
    order by new_count desc, cleared_count desc, rule_id
    """,
)
FINDING_BUREAUS = Section(
    "finding_bureaus",
    FINDING_COLUMNS,
    COMPARED_FINDINGS
    + """
    select
        bureau_code,
        any_value(bureau_name) as bureau_name,
        sum(compared.new_count)::bigint as new_count,
        sum(compared.cleared_count)::bigint as cleared_count
    from compared
    group by bureau_code
    having sum(compared.new_count + compared.cleared_count) > 0
    order by new_count desc, cleared_count desc, bureau_code
    """,
)
DRAWS = Section(
    "draws",
    {"marts.mart_sampling_quota": "draw_id frame_kind fiscal_year frame_count drawn_count"},
    """
    select
        candidate.draw_id,
        any_value(candidate.frame_kind) as frame_kind,
        any_value(candidate.fiscal_year) as fiscal_year,
        sum(candidate.frame_count)::bigint as frame_count,
        sum(candidate.drawn_count)::bigint as drawn_count
    from candidate.marts.mart_sampling_quota as candidate
    anti join live.marts.mart_sampling_quota as live on candidate.draw_id = live.draw_id
    group by candidate.draw_id
    order by candidate.draw_id
    """,
)
SECTIONS = (
    COVERAGE, SCORES, WARNINGS, RANKINGS, FILINGS, OVERDUE, FINDINGS, FINDING_BUREAUS, DRAWS
)


def first_changes(release_id: str, as_of: date, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Say that there is nothing to compare with.

    Args:
        release_id: of the candidate.
        as_of: its date.
        tables: its `tables` of the manifest.

    Returns:
        The answer described above, with `is_first` true.
    """
    return {
        **_head(release_id, as_of),
        "is_first": True,
        "base": None,
        "tables": [_table(name, None, facts) for name, facts in sorted(tables.items())],
    }


def _head(release_id: str, as_of: date) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "release_id": release_id,
        "as_of": as_of.isoformat(),
        "causes": {},
        **{section.name: [] for section in SECTIONS},
        "parameters": [],
        "not_comparable": [],
        "limits": {},
        "moves": [],
        "acceptance": None,
    }


def compare(
    live: Path,
    candidate: Path,
    live_manifest: Mapping[str, Any],
    manifest: Mapping[str, Any],
    limits: Limits,
) -> dict[str, Any]:
    """Compare a candidate with the live release.

    Args:
        live: DuckDB file of the live release.
        candidate: DuckDB file of the candidate.
        live_manifest: manifest of the live release.
        manifest: manifest of the candidate, but for its files.
        limits: what may change.

    Returns:
        The answer described above.
    """
    as_of = date.fromisoformat(manifest["as_of"])
    changes = {
        **_head(manifest["release_id"], as_of),
        "is_first": False,
        "base": {"release_id": live_manifest["release_id"], "as_of": live_manifest["as_of"]},
        "causes": _causes(live_manifest, manifest),
        "tables": _tables(live_manifest.get("tables", {}), manifest["tables"]),
        "parameters": _parameters(
            live_manifest.get("parameters", {}), manifest.get("parameters", {})
        ),
        "limits": {**asdict(limits), "may_shrink": sorted(limits.may_shrink)},
    }
    con = duckdb.connect(
        ":memory:", config={"threads": thread_count(), "memory_limit": memory_limit()}
    )
    try:
        for name, path in (("live", live), ("candidate", candidate)):
            con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name} (read_only)")
        columns = _columns(con)
        for section in SECTIONS:
            if all(
                wanted <= columns.get((catalog, table), set())
                for table, wanted in section.needs.items()
                for catalog in ("live", "candidate")
            ):
                changes[section.name] = fetch(con, section.sql)
            else:
                changes["not_comparable"].append(section.name)
    finally:
        con.close()
    changes["moves"] = [asdict(move) for move in find_moves(changes, limits, as_of)]
    return changes


def _columns(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], set[str]]:
    rows = con.execute(
        """
        select database_name, schema_name || '.' || table_name, list(column_name)
        from duckdb_columns()
        where database_name in ('live', 'candidate')
        group by all
        """
    ).fetchall()
    return {(catalog, table): set(names) for catalog, table, names in rows}


def fetch(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Rows of a query as JSON holds them.

    Args:
        con: an open connection.
        sql: the query.

    Returns:
        One dictionary per row; decimals as floats, dates as ISO text.
    """
    result = con.execute(sql)
    names = [item[0] for item in result.description or []]
    return [
        dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()
    ]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _table(name: str, before: Any, after: Any) -> dict[str, Any]:
    count_before = before["row_count"] if before else None
    count_after = after["row_count"] if after else None
    return {
        "table": name,
        "row_count_before": count_before,
        "row_count_after": count_after,
        "row_change": (count_after or 0) - (count_before or 0),
        "has_content_changed": not (
            before and after and before.get("table_hash") == after.get("table_hash")
        ),
    }


def _tables(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        _table(name, before.get(name), after.get(name)) for name in sorted({*before, *after})
    ]


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    def code(manifest: Mapping[str, Any]) -> Any:
        return manifest.get("fingerprint_parts", {}).get("code")

    def inputs(manifest: Mapping[str, Any]) -> set[Any]:
        return {item["receipt_id"] for item in manifest.get("inputs", [])}

    return {
        "has_code_changed": code(before) != code(after),
        "new_input_count": len(inputs(after) - inputs(before)),
        "gone_input_count": len(inputs(before) - inputs(after)),
    }


def _parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "table": name,
            "versions_before": before.get(name, {}).get("versions", []),
            "versions_after": after.get(name, {}).get("versions", []),
        }
        for name in sorted({*before, *after})
        if before.get(name, {}).get("sha256") != after.get(name, {}).get("sha256")
    ]
