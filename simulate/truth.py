"""What the warehouse must say about a simulated region, written outside its inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from simulate.bureau_files import Filing, SentFile
from simulate.faults import SlotFault
from simulate.list_exports import ListRecord
from simulate.population import BureauPlan
from simulate.projects import Line, Project
from simulate.reports import ReportedLine, RoundReport, SelfReport

MONEY = pl.Decimal(38, 2)

SCHEMAS: dict[str, dict[str, Any]] = {
    "project": {
        "bureau_code": pl.String,
        "bureau_name": pl.String,
        "tier": pl.String,
        "fiscal_year": pl.Int32,
        "project_code": pl.String,
        "project_name": pl.String,
        "unit_code": pl.String,
        "unit_name": pl.String,
        "fund_type": pl.String,
        "project_category": pl.String,
        "is_new": pl.Boolean,
        "is_direct_fund": pl.Boolean,
        "is_poverty_relief": pl.Boolean,
        "is_transfer": pl.Boolean,
        "is_confidential": pl.Boolean,
        "tags": pl.String,
        "initial_budget_cny": MONEY,
        "adjusted_budget_cny": MONEY,
        "owes_goal": pl.Boolean,
        "has_goal": pl.Boolean,
        "rounds_monitored": pl.Int32,
        "is_self_evaluated": pl.Boolean,
        "indicator_count": pl.Int32,
    },
    "monitoring": {
        "bureau_code": pl.String,
        "tier": pl.String,
        "fiscal_year": pl.Int32,
        "round_no": pl.Int32,
        "month_no": pl.Int32,
        "project_code": pl.String,
        "project_name": pl.String,
        "unit_name": pl.String,
        "fund_type": pl.String,
        "is_direct_fund": pl.Boolean,
        "budget_cny": MONEY,
        "executed_cny": MONEY,
        "execution_rate": pl.Float64,
        "goal_completion_rate": pl.Float64,
        "gap": pl.Float64,
        "triggers": pl.String,
        "verdict": pl.String,
        "is_warned": pl.Boolean,
        "is_sent_in_wrong_unit": pl.Boolean,
    },
    "indicator": {
        "bureau_code": pl.String,
        "fiscal_year": pl.Int32,
        "document_kind": pl.String,
        "round_no": pl.Int32,
        "project_code": pl.String,
        "line_no": pl.Int32,
        "level1": pl.String,
        "level2": pl.String,
        "level3_as_sent": pl.String,
        "line_kind": pl.String,
        "target_operator": pl.String,
        "target_number": pl.String,
        "unit": pl.String,
        "target_as_sent": pl.String,
        "actual_as_sent": pl.String,
        "actual_number": pl.String,
        "weight": pl.Int32,
        "completion_rate": pl.Float64,
        "declared_score": pl.Float64,
    },
    "self_evaluation": {
        "bureau_code": pl.String,
        "tier": pl.String,
        "fiscal_year": pl.Int32,
        "project_code": pl.String,
        "project_name": pl.String,
        "unit_name": pl.String,
        "budget_cny": MONEY,
        "executed_cny": MONEY,
        "execution_rate": pl.Float64,
        "declared_execution_score": pl.Float64,
        "declared_score": pl.Float64,
        "declared_grade": pl.String,
        "is_below_80": pl.Boolean,
        "is_below_60": pl.Boolean,
        "is_sent_in_wrong_unit": pl.Boolean,
    },
    "coverage": {
        "fiscal_year": pl.Int32,
        "stage": pl.String,
        "round_no": pl.Int32,
        "bureau_code": pl.String,
        "tier": pl.String,
        "fund_type": pl.String,
        "due_project_count": pl.Int64,
        "done_project_count": pl.Int64,
        "due_amount_cny": MONEY,
        "done_amount_cny": MONEY,
    },
    "missing_project": {
        "fiscal_year": pl.Int32,
        "stage": pl.String,
        "round_no": pl.Int32,
        "bureau_code": pl.String,
        "project_code": pl.String,
        "project_name": pl.String,
        "amount_cny": MONEY,
        "reason": pl.String,
    },
    "file": {
        "bureau_code": pl.String,
        "path": pl.String,
        "size_bytes": pl.Int64,
        "document_kind": pl.String,
        "fiscal_year": pl.Int32,
        "round_no": pl.Int32,
        "fate": pl.String,
        "reason": pl.String,
        "project_count": pl.Int32,
    },
}
"""Columns of the truth tables; `file` is also written as csv.

`indicator` holds operator, number and unit as meant by the writer, for numeric targets only; the
unit keeps its full-width brackets, the texts are as sent.
"""


@dataclass
class TruthRows:
    """Rows of all truth tables of one bureau."""

    rows: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {name: [] for name in SCHEMAS}
    )

    def frames(self) -> dict[str, pl.DataFrame]:
        """The rows as typed dataframes."""
        return {
            name: pl.DataFrame(rows, schema=SCHEMAS[name], orient="row")
            for name, rows in self.rows.items()
        }


@dataclass(frozen=True)
class SlotOutcome:
    """What became of one filing.

    Attributes:
        filing: the complete filing, as it should have been sent.
        done_codes: project codes that arrive.
        fault: the heavy fault, if any.
    """

    filing: Filing
    done_codes: frozenset[str]
    fault: SlotFault | None


def cny(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def bureau_truth(
    plan: BureauPlan,
    registers: dict[int, list[Project]],
    outcomes: Iterable[SlotOutcome],
    with_indicators: bool,
) -> TruthRows:
    """All truth rows of one bureau.

    Args:
        plan: the bureau.
        registers: registered projects by fiscal year.
        outcomes: what became of each filing.
        with_indicators: also one row per indicator line.

    Returns:
        The rows, without those of the files.
    """
    truth = TruthRows()
    outcomes = list(outcomes)
    for year, projects in registers.items():
        done: dict[str, list[frozenset[str]]] = {
            kind: [
                outcome.done_codes
                for outcome in outcomes
                if outcome.filing.head.kind == kind and outcome.filing.head.fiscal_year == year
            ]
            for kind in ("goal", "monitoring", "self_evaluation")
        }
        for project in projects:
            truth.rows["project"].append(
                (
                    plan.bureau.code,
                    plan.bureau.name,
                    plan.bureau.tier,
                    year,
                    project.code,
                    project.name,
                    project.unit_code,
                    project.unit_name,
                    project.fund_type,
                    project.category,
                    project.is_new,
                    project.is_direct,
                    project.is_poverty,
                    project.is_transfer,
                    project.is_confidential,
                    project.tags,
                    cny(project.initial_fen),
                    cny(project.adjusted_fen),
                    project.owes_goal,
                    any(project.code in codes for codes in done["goal"]),
                    sum(project.code in codes for codes in done["monitoring"]),
                    any(project.code in codes for codes in done["self_evaluation"]),
                    len(project.lines),
                )
            )
    for outcome in outcomes:
        _add_coverage(truth, plan, outcome)
        for record in outcome.filing.records:
            if record.project.code in outcome.done_codes:
                _add_report(truth, plan, outcome, record)
                if with_indicators:
                    _add_indicators(truth, plan, outcome, record)
    return truth


def file_row(bureau_code: str, path: str, file: SentFile) -> tuple[Any, ...]:
    """The truth about one file.

    Args:
        bureau_code: whose folder it lies in.
        path: below the inbox.
        file: the file.

    Returns:
        A row of the table `file`.
    """
    return (
        bureau_code,
        path,
        len(file.content),
        file.document_kind,
        file.fiscal_year,
        file.round_no,
        file.fate,
        file.reason,
        file.project_count,
    )


def _add_coverage(truth: TruthRows, plan: BureauPlan, outcome: SlotOutcome) -> None:
    """Due and done by fund type, and the projects that are missing."""
    head = outcome.filing.head
    sums: dict[str, list[int]] = {"all": [0, 0, 0, 0]}
    for record in outcome.filing.records:
        project = record.project
        fen = project.initial_fen if head.kind == "goal" else project.adjusted_fen
        is_done = project.code in outcome.done_codes
        for fund_type in ("all", project.fund_type):
            row = sums.setdefault(fund_type, [0, 0, 0, 0])
            row[0] += 1
            row[2] += fen
            if is_done:
                row[1] += 1
                row[3] += fen
        if not is_done:
            reason = {"truncated": "file_quarantined"}.get(outcome.fault.kind, outcome.fault.kind)
            truth.rows["missing_project"].append(
                (
                    head.fiscal_year,
                    head.kind,
                    head.round_no,
                    plan.bureau.code,
                    project.code,
                    project.name,
                    cny(fen),
                    reason,
                )
            )
    for fund_type, (due, done, due_fen, done_fen) in sums.items():
        truth.rows["coverage"].append(
            (
                head.fiscal_year,
                head.kind,
                head.round_no,
                plan.bureau.code,
                plan.bureau.tier,
                fund_type,
                due,
                done,
                cny(due_fen),
                cny(done_fen),
            )
        )


def _add_report(
    truth: TruthRows, plan: BureauPlan, outcome: SlotOutcome, record: ListRecord
) -> None:
    """The verdict of a round, or the declared self-evaluation."""
    head, project, report = outcome.filing.head, record.project, record.report
    wrong_unit = bool(outcome.fault and outcome.fault.kind == "wrong_unit")
    if isinstance(report, RoundReport):
        truth.rows["monitoring"].append(
            (
                plan.bureau.code,
                plan.bureau.tier,
                head.fiscal_year,
                head.round_no,
                head.month,
                project.code,
                project.name,
                project.unit_name,
                project.fund_type,
                project.is_direct,
                cny(project.adjusted_fen),
                cny(report.executed_fen),
                report.execution_rate,
                report.completion_rate,
                report.gap,
                "|".join(report.triggers),
                report.verdict,
                report.verdict == "warn",
                wrong_unit,
            )
        )
    elif isinstance(report, SelfReport):
        score = report.total_score_hundredths
        truth.rows["self_evaluation"].append(
            (
                plan.bureau.code,
                plan.bureau.tier,
                head.fiscal_year,
                project.code,
                project.name,
                project.unit_name,
                cny(project.adjusted_fen),
                cny(report.executed_fen),
                report.execution_rate,
                report.execution_score_hundredths / 100,
                score / 100,
                report.grade,
                score < 8000,
                score < 6000,
                wrong_unit,
            )
        )


def _add_indicators(
    truth: TruthRows, plan: BureauPlan, outcome: SlotOutcome, record: ListRecord
) -> None:
    """One row per indicator line of a record."""
    head = outcome.filing.head
    reported_lines = record.lines or [None] * len(record.project.lines)
    pairs = zip(record.project.lines, reported_lines, strict=True)
    for number, (line, reported) in enumerate(pairs, start=1):
        truth.rows["indicator"].append(
            (
                plan.bureau.code,
                head.fiscal_year,
                head.kind,
                head.round_no,
                record.project.code,
                number,
                line.level1,
                line.level2,
                line.name_cell,
                line.kind,
                line.operator if _is_quantitative(line) else None,
                _decimal_text(line.target, line.places) if _is_quantitative(line) else None,
                line.unit if _is_quantitative(line) else None,
                line.target_cell,
                reported.actual_cell if reported else None,
                _actual_number(reported),
                line.weight,
                reported.completion if reported and head.kind == "monitoring" else None,
                reported.score_hundredths / 100
                if reported and head.kind == "self_evaluation"
                else None,
            )
        )


QUALITATIVE_KINDS = frozenset({"qualitative", "date", "unreadable", "not_applicable"})


def _is_quantitative(line: Line) -> bool:
    """Whether the line's target is a number."""
    return line.kind not in QUALITATIVE_KINDS


def _actual_number(reported: ReportedLine | None) -> str | None:
    """The reported number as text."""
    return _decimal_text(*reported.number) if reported and reported.number else None


def _decimal_text(scaled: int, places: int) -> str:
    """A scaled number as plain decimal text."""
    return str(Decimal(scaled).scaleb(-places).normalize() + 0)


def write_truth(frames: dict[str, list[pl.DataFrame]], truth_dir: Path) -> None:
    """Write the truth tables of a region.

    Args:
        frames: per table the bureaus' frames, in roster order.
        truth_dir: where to; made if missing.
    """
    truth_dir.mkdir(parents=True, exist_ok=True)
    for name, parts in frames.items():
        frame = pl.concat(parts) if parts else pl.DataFrame(schema=SCHEMAS[name])
        if name == "indicator" and frame.is_empty():
            continue
        frame.write_parquet(truth_dir / f"{name}.parquet")
        if name == "file":
            frame.write_csv(truth_dir / f"{name}.csv")
