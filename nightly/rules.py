"""The rule catalogue at the command: the list, and whom a rule would hit before it blocks."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb

from expectations.gate import FilingToJudge, RuleHits, rejects
from ingest.findings import CATALOGUE_PATH, STEPS, Rule, load_catalogue
from nightly.errors import EXIT_NO_RELEASE, EXIT_USAGE, StopError
from nightly.labels import label
from nightly.settings import Home

STATUS_ZH = {"active": "执行中", "suspended": "暂停（只试查）", "handled": "读取时处理"}

LIVE_SQL = """
select
    filing_id, bureau_code, document_kind, fiscal_year, round_no, layout, _source_file,
    project_row_count + indicator_row_count as row_count
from intermediate.int_filings_live
where is_live
"""
FOUND_SQL = """
select
    _filing_id as filing_id, any_value(bureau_code) as bureau_code,
    any_value(document_kind) as document_kind, any_value(fiscal_year) as fiscal_year,
    any_value(round_no) as round_no, any_value(_source_file) as source_file,
    count(*) as finding_count, count(distinct (_source_sheet, _source_row)) as failing_row_count
from intermediate.int_findings_dated
where rule_id = ? and is_current
group by _filing_id, case when _filing_id is null then _source_file end
"""
NAME_SQL = """
select bureau_code, max_by(bureau_name, fiscal_year)
from intermediate.int_bureaus_named
group by bureau_code
"""


@dataclass(frozen=True)
class RuleEntry:
    """A rule as it is listed.

    Attributes:
        rule_id: the rule.
        rule_zh: what it says.
        severity: in Chinese.
        step: where it is found, in Chinese.
        status: in Chinese.
        enforced_at: the file that enforces it.
        domain_ref: the known faults and checks it stands for.
    """

    rule_id: str
    rule_zh: str
    severity: str
    step: str
    status: str
    enforced_at: str
    domain_ref: str


@dataclass(frozen=True)
class Hit:
    """A filing that a rule hits.

    Attributes:
        bureau_code: who filed it.
        bureau_name: its name, '' where nobody knows it.
        document_kind: in Chinese.
        fiscal_year: 预算年度.
        round_no: monitoring round, None elsewhere.
        source_file: the file.
        finding_count: cells or rows found.
        failing_row_count: rows concerned.
        row_count: rows of the filing, 0 where unknown.
        would_reject: whether it would be sent back if the rule were blocking.
    """

    bureau_code: str
    bureau_name: str
    document_kind: str
    fiscal_year: int | None
    round_no: int | None
    source_file: str
    finding_count: int
    failing_row_count: int
    row_count: int
    would_reject: bool


def list_rules(step: str | None = None, status: str | None = None) -> list[RuleEntry]:
    """Read the catalogue for people.

    Args:
        step: only rules found at this step (`file`, `cell`, `cross_form` …).
        status: only rules of this status.

    Returns:
        Rules in the order in which findings are made, then by id.
    """
    with CATALOGUE_PATH.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    chosen = [
        row for row in rows
        if (step is None or row["step"] == step) and (status is None or row["status"] == status)
    ]
    chosen.sort(key=lambda row: (STEPS.index(row["step"]), row["rule_id"]))
    return [
        RuleEntry(
            row["rule_id"],
            row["rule_zh"],
            label("severity", row["severity"]),
            label("finding_step", row["step"]),
            STATUS_ZH[row["status"]],
            row["enforced_at"],
            row["domain_ref"],
        )
        for row in chosen
    ]


def dry_run(home: Home, rule_id: str, share: float | None = None) -> tuple[Rule, list[Hit]]:
    """Say whom a rule hits among what is live, and whom it would send back if it blocked.

    Rules of cells are asked again of the live rows, without the cap on listed findings; the others
    are looked up among the findings of the last night, suspended rules included. It only reads.

    Args:
        home: the installation.
        rule_id: the rule.
        share: share of failing rows at which a filing would be sent back; by default that of the
            catalogue, or any finding at all where the catalogue names none.

    Returns:
        The rule and its hits, most findings first.

    Raises:
        StopError: there is no such rule, or nothing has been built yet.
    """
    from nightly import warehouse

    catalogue = load_catalogue()
    if rule_id not in catalogue:
        raise StopError(
            f"没有这条规则：{rule_id}。", "jixiao rules list 列出全部规则。", EXIT_USAGE
        )
    rule = catalogue[rule_id]
    if rule.status == "handled":
        raise StopError(
            f"{rule_id} 在读取时处理，不会产生问题。", "jixiao rules list --status active",
            EXIT_USAGE,
        )
    if not home.warehouse.exists():
        raise StopError("还没有工作库。", "先运行一次 jixiao nightly。", EXIT_NO_RELEASE)
    with warehouse.read_only(home) as con:
        try:
            hits = (
                _cell_hits(con, rule_id) if rule.enforced_in == "expectations"
                else _found_hits(con, rule_id)
            )
            filings = {row[0]: row[1:] for row in con.execute(LIVE_SQL).fetchall()}
            names = dict(con.execute(NAME_SQL).fetchall())
        except duckdb.CatalogException as error:
            raise StopError(
                "工作库中还没有计算结果。", "先运行一次 jixiao nightly。", EXIT_NO_RELEASE
            ) from error
    blocking = _as_blocking(rule, share)
    return rule, sorted(
        (_hit(hit, place, filings, names, blocking) for hit, place in hits),
        key=lambda hit: (-hit.finding_count, hit.bureau_code, hit.source_file),
    )


def _as_blocking(rule: Rule, share: float | None) -> Rule:
    """The rule as it would be if it sent filings back."""
    wanted = rule.quarantine_share if share is None else share
    effect = "quarantine_file" if wanted is None else "finding"
    return replace(rule, status="active", effect=effect, quarantine_share=wanted)


def _cell_hits(
    con: duckdb.DuckDBPyConnection, rule_id: str
) -> list[tuple[RuleHits, tuple[object, ...]]]:
    """Hits of a rule of cells on the live filings, by filing."""
    from expectations.suites import RAW_SUITES

    found: dict[str, RuleHits] = {}
    for table, checks in RAW_SUITES.items():
        asked = [check for check in checks if check.rule_id == rule_id]
        if not asked:
            continue
        cells = " + ".join(f"coalesce(({check.fails_when})::integer, 0)" for check in asked)
        rows = con.execute(
            f"""
            select _filing_id, sum(cells)::bigint, count(*) filter (where cells > 0), count(*)
            from (
                select _filing_id, {cells} as cells
                from raw.{table}
                semi join (select filing_id from intermediate.int_filings_live where is_live)
                    as live on raw.{table}._filing_id = live.filing_id
            )
            group by _filing_id
            having sum(cells) > 0
            """
        ).fetchall()
        for filing_id, cell_count, failing, total in rows:
            earlier = found.get(filing_id)
            cell_count += earlier.finding_count if earlier else 0
            if earlier and earlier.failing_row_count * total > failing * earlier.row_count:
                failing, total = earlier.failing_row_count, earlier.row_count
            found[filing_id] = RuleHits(filing_id, rule_id, cell_count, failing, total)
    return [(hit, ()) for hit in found.values()]


def _found_hits(
    con: duckdb.DuckDBPyConnection, rule_id: str
) -> list[tuple[RuleHits, tuple[object, ...]]]:
    """Hits of a rule of ingest or of the build, from what was found."""
    sizes = {row[0]: row[-1] for row in con.execute(LIVE_SQL).fetchall()}
    return [
        (RuleHits(row[0], rule_id, row[6], row[7], sizes.get(row[0]) or 0), row[1:6])
        for row in con.execute(FOUND_SQL, [rule_id]).fetchall()
    ]


def _hit(
    hit: RuleHits,
    place: tuple[object, ...],
    filings: dict[str, tuple],
    names: dict[str, str],
    blocking: Rule,
) -> Hit:
    filing = filings.get(hit.filing_id)
    bureau, kind, year, turn = filing[:4] if filing else place[:4]
    file = filing[5] if filing else place[4]
    judged = FilingToJudge(hit.filing_id, filing[4] if filing else "list")
    return Hit(
        bureau_code=bureau or "",
        bureau_name=names.get(bureau) or "",
        document_kind=label("document_kind", kind),
        fiscal_year=year,
        round_no=turn,
        source_file=file or "",
        finding_count=hit.finding_count,
        failing_row_count=hit.failing_row_count,
        row_count=hit.row_count,
        would_reject=rejects(hit, blocking, judged),
    )


def hit_lines(rule: Rule, hits: Iterable[Hit], limit: int = 50) -> list[str]:
    """Word a dry run.

    Args:
        rule: the rule.
        hits: what it hits.
        limit: most filings to list.

    Returns:
        Lines of Chinese text.
    """
    hits = list(hits)
    bureaus = {hit.bureau_code for hit in hits}
    rejected = [hit for hit in hits if hit.would_reject]
    lines = [
        f"{rule.rule_id}　{rule.rule_zh}　（{STATUS_ZH[rule.status]}）",
        f"现有有效报送中：{len(bureaus)} 个财政部门、{len(hits)} 份报送、"
        f"{sum(hit.finding_count for hit in hits)} 处；如作为退回条件，将退回 {len(rejected)} 份"
        f"（{len({hit.bureau_code for hit in rejected})} 个财政部门）。",
    ]
    for hit in hits[:limit]:
        turn = f"第{hit.round_no}次" if hit.round_no is not None else ""
        of = f"／{hit.row_count}" if hit.row_count else ""
        year = f"{hit.fiscal_year}年度" if hit.fiscal_year else ""
        lines.append(
            f"  {'退回' if hit.would_reject else '接收'}　{hit.bureau_code} {hit.bureau_name}　"
            f"{year}{hit.document_kind}{turn}　{hit.finding_count} 处，"
            f"{hit.failing_row_count}{of} 行　{hit.source_file}"
        )
    if len(hits) > limit:
        lines.append(f"  …… 另有 {len(hits) - limit} 份报送")
    return lines
