"""Write a whole region's exports and the truth about them."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from simulate.bureau_files import (
    Filing,
    SentFile,
    extra_files,
    filing_files,
    live_file_prefix,
)
from simulate.calibration import RegionFigures, load_figures
from simulate.faults import SlotFault, assign_extra_files, assign_slot_faults
from simulate.file_style import choose_file_style
from simulate.formulas import Thresholds, load_thresholds
from simulate.list_exports import ListHead, ListRecord
from simulate.population import BureauPlan, plan_region
from simulate.projects import make_previous_projects, make_projects
from simulate.reports import ReportRules, report_rounds, report_self_evaluations
from simulate.roster import Bureau, load_roster
from simulate.truth import SCHEMAS, SlotOutcome, bureau_truth, write_truth
from simulate.wording import ValueStyle, choose_style

logger = logging.getLogger(__name__)

INDICATOR_TRUTH_UP_TO_SCALE = 0.1
FAULT_MIXES = ("plain", "default", "heavy")

Progress = Callable[[int, int], None]
Slot = tuple[str, int | None]


@dataclass(frozen=True)
class RegionSummary:
    """What was written.

    Attributes:
        statement: name of the statement.
        scale: share of the published populations.
        seed: seed of the region.
        faults: plain, default or heavy.
        bureau_count: bureaus with files.
        file_count: files, bad ones included.
        size_bytes: of all files.
        goal_project_count: projects of the year that owe a goal.
        goal_amount_cny: their initial budgets, yuan.
        monitored_project_count: projects of each round.
        region_monitored_count: those of the region tier.
        region_consecutive_count: region-tier projects warned in both rounds.
        self_evaluation_count: projects of the year before.
        direct_project_count: direct-fund projects.
        direct_amount_cny: their adjusted budgets, yuan.
        indicator_line_count: indicator lines in goals, rounds and self-evaluations.
        quarantined_file_count: files that must be refused.
        truth_dir: where the truth tables are.
    """

    statement: str
    scale: float
    seed: int
    faults: str
    bureau_count: int
    file_count: int
    size_bytes: int
    goal_project_count: int
    goal_amount_cny: str
    monitored_project_count: int
    region_monitored_count: int
    region_consecutive_count: int
    self_evaluation_count: int
    direct_project_count: int
    direct_amount_cny: str
    indicator_line_count: int
    quarantined_file_count: int
    truth_dir: str


@dataclass(frozen=True)
class _Task:
    """One bureau to write; everything a worker process needs."""

    plan: BureauPlan
    figures: RegionFigures
    thresholds: Thresholds
    folder: Path
    extra: tuple[str, ...]
    other: Bureau
    is_heavy: bool
    with_indicators: bool


@dataclass(frozen=True)
class _Written:
    """What a worker hands back."""

    code: str
    frames: dict[str, pl.DataFrame]
    line_count: int


def write_region(
    out: Path,
    statement: str,
    scale: float,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    truth_dir: Path | None = None,
    faults: str = "default",
    with_indicator_truth: bool | None = None,
) -> RegionSummary:
    """Write a region's exports as real files, and the truth about them beside.

    The same arguments give the same bytes, whatever the number of workers.

    Args:
        out: the inbox to fill; made if missing, must be empty.
        statement: name of the statement, such as xinjiang-2020.
        scale: share of the published populations, above 0 and at most 1.
        seed: seed of the region.
        workers: processes; None for as many as there are processors, 1 for none beside this.
        progress: called with bureaus done and bureaus in all.
        truth_dir: where the truth goes; None for `<out>-truth` beside the inbox.
        faults: plain (only good files), default (bad files beside the good ones, no project
            lost) or heavy (filings and projects missing too).
        with_indicator_truth: also write a truth row per indicator line; None decides by scale.

    Returns:
        What was written.

    Raises:
        ValueError: for an unknown statement or fault mix, or a scale outside (0, 1].
        FileExistsError: if the inbox has something in it.
    """
    if faults not in FAULT_MIXES:
        raise ValueError(f"unknown fault mix {faults!r}; known: {', '.join(FAULT_MIXES)}")
    out = Path(out)
    truth_dir = Path(truth_dir) if truth_dir else out.parent / f"{out.name}-truth"
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    figures = load_figures(statement, scale)
    bureaus = load_roster(figures.fiscal_year)
    plans = plan_region(figures, bureaus, seed)
    extra = assign_extra_files(plans, seed) if faults != "plain" else {}
    with_indicators = (
        scale <= INDICATOR_TRUTH_UP_TO_SCALE
        if with_indicator_truth is None
        else with_indicator_truth
    )
    thresholds = load_thresholds(figures.fiscal_year)
    tasks = [
        _Task(
            plan=plan,
            figures=figures,
            thresholds=thresholds,
            folder=out / f"{plan.bureau.code}-{plan.bureau.name}",
            extra=extra.get(plan.bureau.code, ()),
            other=bureaus[(index + 7) % len(bureaus)],
            is_heavy=faults == "heavy",
            with_indicators=with_indicators,
        )
        for index, plan in enumerate(plans)
    ]
    out.mkdir(parents=True, exist_ok=True)
    written = _write_all(tasks, workers, progress)
    frames = {
        name: [written[plan.bureau.code].frames[name] for plan in plans] for name in SCHEMAS
    }
    write_truth(frames, truth_dir)
    summary = _summarise(
        figures,
        seed,
        faults,
        {name: pl.concat(parts) for name, parts in frames.items()},
        sum(result.line_count for result in written.values()),
        truth_dir,
    )
    described = asdict(summary) | {"truth_dir": truth_dir.name}
    (truth_dir / "summary.json").write_text(
        json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    logger.info("simulated %s files of %s bureaus", summary.file_count, summary.bureau_count)
    return summary


def _write_all(
    tasks: list[_Task], workers: int | None, progress: Progress | None
) -> dict[str, _Written]:
    """Write all bureaus, the largest first, in processes unless one is enough."""
    ordered = sorted(tasks, key=lambda task: -task.plan.monitored_count)
    written: dict[str, _Written] = {}

    def done(result: _Written) -> None:
        written[result.code] = result
        if progress:
            progress(len(written), len(tasks))

    if workers == 1:
        for task in ordered:
            done(_write_bureau(task))
        return written
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        for result in pool.map(_write_bureau, ordered):
            done(result)
    return written


def _write_bureau(task: _Task) -> _Written:
    """Make, write and describe one bureau."""
    plan, figures = task.plan, task.figures
    current_style, previous_style = _value_styles(plan, figures)
    rules = ReportRules(task.thresholds, current_style, has_weights=not plan.sends_forms)
    projects = make_projects(plan, figures.fiscal_year, current_style)
    rounds = report_rounds(plan, projects, figures.months, rules)
    previous = make_previous_projects(plan, figures.self_evaluation_year, previous_style)
    self_reports = report_self_evaluations(
        plan, previous, ReportRules(task.thresholds, previous_style, has_weights=True)
    )

    year, before = figures.fiscal_year, figures.self_evaluation_year
    filings: dict[Slot, Filing] = {
        ("goal", None): Filing(
            ListHead("goal", year),
            [ListRecord(project, None, None) for project in projects if project.owes_goal],
        )
    }
    for number, (month, reports) in enumerate(zip(figures.months, rounds, strict=True), start=1):
        filings["monitoring", number] = Filing(
            ListHead("monitoring", year, number, month),
            [ListRecord(report.project, report, report.lines) for report in reports],
        )
    filings["self_evaluation", None] = Filing(
        ListHead("self_evaluation", before),
        [ListRecord(report.project, report, report.lines) for report in self_reports],
    )
    registers = {year: projects, before: previous}
    faults = assign_slot_faults(plan, list(filings)) if task.is_heavy else {}

    files: list[SentFile] = []
    for register_year, registered in registers.items():
        records = [ListRecord(project, None, None) for project in registered]
        head = ListHead("project_register", register_year)
        files += filing_files(plan, Filing(head, records))
    outcomes: dict[Slot, SlotOutcome] = {}
    for slot, filing in filings.items():
        sent, outcomes[slot] = _send(plan, slot, filing, faults.get(slot), task.extra)
        files += sent
    usable = tuple(fault for fault in task.extra if not _clashes(fault, faults))
    files += extra_files(plan, usable, filings, files, task.other)

    named = []
    for file in files:
        path = task.folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        named.append((f"{task.folder.name}/{file.path}", file))
    truth = bureau_truth(plan, registers, outcomes, named, task.with_indicators)
    lines = sum(
        len(record.project.lines) for filing in filings.values() for record in filing.records
    )
    return _Written(plan.bureau.code, truth.frames(), lines)


def _value_styles(plan: BureauPlan, figures: RegionFigures) -> tuple[ValueStyle, ValueStyle]:
    """How the bureau writes indicator values, in the year and in the year before."""
    rng = random.Random(f"{plan.seed}|values")
    if not plan.sends_forms:
        places = ("inside", "inside", "column", "name")
        return choose_style(rng, places), choose_style(rng, places)
    current = choose_style(rng, ("inside", "name"))
    split = choose_file_style(plan, "self_evaluation", plan.self_evaluation_count).form_variant == 1
    return current, choose_style(rng, ("column",) if split else ("inside", "name"))


def _clashes(fault: str, faults: dict[Slot, SlotFault]) -> bool:
    """Whether a bad file would change the outcome of a filing that is itself faulty."""
    return fault in ("superseded", "copy") and ("goal", None) in faults


def _send(
    plan: BureauPlan,
    slot: Slot,
    filing: Filing,
    fault: SlotFault | None,
    extra: tuple[str, ...],
) -> tuple[list[SentFile], SlotOutcome]:
    """The files of one slot under its fault, and what arrives of it."""
    codes = [record.project.code for record in filing.records]
    if fault and fault.kind == "not_filed":
        return [], SlotOutcome(filing, frozenset(), fault)
    sent = filing
    if fault and fault.kind == "omitted_projects":
        rng = random.Random(f"{plan.seed}|{slot}|omitted")
        gone = set(rng.sample(range(len(codes)), round(len(codes) * fault.share)))
        sent = Filing(
            filing.head, [r for index, r in enumerate(filing.records) if index not in gone]
        )
    files = (
        filing_files(plan, sent, fault, live_file_prefix(extra, filing.head.kind))
        if sent.records
        else []
    )
    arrived = (
        frozenset()
        if fault and fault.kind == "truncated"
        else frozenset(record.project.code for record in sent.records)
    )
    return files, SlotOutcome(filing, arrived, fault)


def _summarise(
    figures: RegionFigures,
    seed: int,
    faults: str,
    tables: dict[str, pl.DataFrame],
    line_count: int,
    truth_dir: Path,
) -> RegionSummary:
    """The summary, counted from the truth tables."""
    projects, files = tables["project"], tables["file"]
    current = projects.filter(pl.col("fiscal_year") == figures.fiscal_year)
    goals = current.filter("owes_goal")
    direct = current.filter("is_direct_fund")
    warned = (
        tables["monitoring"]
        .filter((pl.col("tier") == "region") & pl.col("is_warned"))
        .group_by("project_code")
        .len()
        .filter(pl.col("len") == len(figures.months))
    )
    return RegionSummary(
        statement=figures.statement,
        scale=figures.scale,
        seed=seed,
        faults=faults,
        bureau_count=current["bureau_code"].n_unique(),
        file_count=files.height,
        size_bytes=int(files["size_bytes"].sum()),
        goal_project_count=goals.height,
        goal_amount_cny=str(goals["initial_budget_cny"].sum()),
        monitored_project_count=current.height,
        region_monitored_count=current.filter(pl.col("tier") == "region").height,
        region_consecutive_count=warned.height,
        self_evaluation_count=projects.height - current.height,
        direct_project_count=direct.height,
        direct_amount_cny=str(direct["adjusted_budget_cny"].sum()),
        indicator_line_count=line_count,
        quarantined_file_count=files.filter(pl.col("fate") == "quarantined").height,
        truth_dir=str(truth_dir),
    )
