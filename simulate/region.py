"""Write a whole region's exports and the truth about them."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
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
from simulate.calibration import RegionFigures, load_figures, work_years
from simulate.faults import SlotFault, assign_extra_files, assign_slot_faults
from simulate.file_style import choose_file_style
from simulate.formulas import Thresholds, load_thresholds
from simulate.list_exports import ListHead, ListRecord
from simulate.population import BureauPlan, plan_years
from simulate.project_index import ProjectIndex, ProjectRef
from simulate.projects import Project, make_previous_projects, make_projects
from simulate.records import record_files, record_truth
from simulate.reports import (
    ReportRules,
    RoundReport,
    SelfReport,
    report_rounds,
    report_self_evaluations,
)
from simulate.roster import Bureau, load_roster
from simulate.truth import SCHEMAS, SlotOutcome, bureau_truth, file_row, write_truth
from simulate.wording import ValueStyle, choose_style

logger = logging.getLogger(__name__)

INDICATOR_TRUTH_UP_TO_SCALE = 0.1
FAULT_MIXES = ("plain", "default", "heavy")

Progress = Callable[[int, int], None]
Slot = tuple[str, int | None]
NOT_FILED = SlotFault("not_filed")


@dataclass(frozen=True)
class RegionSummary:
    """What was written.

    Attributes:
        statement: name of the statement.
        scale: share of the published populations.
        seed: seed of the region.
        faults: plain, default or heavy.
        indicator_share: share of the projects that carry indicator lines.
        fiscal_years: years of work that the statement reports on; the counts of goals,
            monitoring and direct funds below are of the last one.
        bureau_count: bureaus with files.
        file_count: files, bad ones included.
        record_file_count: those of the record kinds.
        size_bytes: of all files.
        goal_project_count: projects of the year that owe a goal.
        goal_amount_cny: their initial budgets, yuan.
        monitored_project_count: projects of each round.
        first_tier_monitored_count: those of the publishing bureau.
        first_tier_consecutive_count: its projects warned in all rounds, where there are several.
        new_project_count: new projects (新增项目) of the year.
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
    indicator_share: float
    fiscal_years: tuple[int, ...]
    bureau_count: int
    file_count: int
    record_file_count: int
    size_bytes: int
    goal_project_count: int
    goal_amount_cny: str
    monitored_project_count: int
    first_tier_monitored_count: int
    first_tier_consecutive_count: int
    new_project_count: int
    self_evaluation_count: int
    direct_project_count: int
    direct_amount_cny: str
    indicator_line_count: int
    quarantined_file_count: int
    truth_dir: str


@dataclass(frozen=True)
class _Task:
    """One bureau to write; everything a worker process needs."""

    plans: tuple[BureauPlan, ...]
    years: tuple[RegionFigures, ...]
    thresholds: dict[int, Thresholds]
    folder: Path
    extra: tuple[str, ...]
    other: Bureau
    is_heavy: bool
    with_indicators: bool
    indicator_share: float

    @property
    def bureau(self) -> Bureau:
        """The bureau."""
        return self.plans[0].bureau

    @property
    def size(self) -> int:
        """Roughly how much there is to write."""
        return sum(plan.monitored_count for plan in self.plans)


@dataclass(frozen=True)
class _Written:
    """What a worker hands back."""

    code: str
    frames: dict[str, pl.DataFrame]
    projects: dict[int, tuple[ProjectRef, ...]]
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
    indicator_share: float = 1.0,
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
        indicator_share: share of a bureau's projects that carry indicator lines, at least one
            does. Below 1 the others are project rows only, so that the published counts of a
            whole statement are cheap to reach; official forms, which are hardly more than
            indicators, are then sent as lists.

    Returns:
        What was written.

    Raises:
        ValueError: for an unknown statement or fault mix, or a scale or an indicator share
            outside (0, 1].
        FileExistsError: if the inbox has something in it.
    """
    if faults not in FAULT_MIXES:
        raise ValueError(f"unknown fault mix {faults!r}; known: {', '.join(FAULT_MIXES)}")
    if not 0 < indicator_share <= 1:
        raise ValueError(
            f"indicator share must be above 0 and at most 1, not {indicator_share}"
        )
    out = Path(out)
    truth_dir = Path(truth_dir) if truth_dir else out.parent / f"{out.name}-truth"
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    years = tuple(load_figures(statement, scale, year) for year in work_years(statement))
    last = years[-1]
    bureaus = load_roster(last.fiscal_year, last.jurisdiction)
    plans = _plans(years, bureaus, seed, indicator_share)
    extra = (
        assign_extra_files([of_bureau[-1] for of_bureau in plans], seed)
        if faults != "plain"
        else {}
    )
    thresholds = {
        year: load_thresholds(year, last.jurisdiction)
        for year in range(years[0].self_evaluation_year, last.fiscal_year + 1)
    }
    tasks = [
        _Task(
            plans=of_bureau,
            years=years,
            thresholds=thresholds,
            folder=_folder(out, of_bureau[0].bureau),
            extra=extra.get(of_bureau[0].bureau.code, ()),
            other=bureaus[(index + 7) % len(bureaus)],
            is_heavy=faults == "heavy",
            with_indicators=(
                scale <= INDICATOR_TRUTH_UP_TO_SCALE
                if with_indicator_truth is None
                else with_indicator_truth
            ),
            indicator_share=indicator_share,
        )
        for index, of_bureau in enumerate(plans)
    ]
    out.mkdir(parents=True, exist_ok=True)
    written = _write_all(tasks, workers, progress)
    index = ProjectIndex(
        {
            (bureau.code, year): projects
            for bureau in bureaus
            for year, projects in written[bureau.code].projects.items()
        }
    )
    records = _write_records(out, bureaus, record_files(statement, bureaus, seed, scale, index))
    frames = {
        name: [written[bureau.code].frames[name] for bureau in bureaus] for name in SCHEMAS
    }
    frames["file"] = [
        pl.concat([frame, records[bureau.code]])
        for frame, bureau in zip(frames["file"], bureaus, strict=True)
    ]
    write_truth(frames, truth_dir)
    _write_json(
        truth_dir / "records.json", record_truth(statement, bureaus, seed, scale, index)
    )
    summary = _summarise(
        years,
        {
            "seed": seed,
            "faults": faults,
            "indicator_share": indicator_share,
            "record_file_count": sum(frame.height for frame in records.values()),
            "indicator_line_count": sum(result.line_count for result in written.values()),
            "truth_dir": str(truth_dir),
        },
        {name: pl.concat(parts) for name, parts in frames.items()},
        next(bureau for bureau in bureaus if bureau.tier_no == 1),
    )
    described = asdict(summary) | {"truth_dir": truth_dir.name}
    _write_json(truth_dir / "summary.json", described)
    logger.info("simulated %s files of %s bureaus", summary.file_count, summary.bureau_count)
    return summary


def _plans(
    years: tuple[RegionFigures, ...], bureaus: list[Bureau], seed: int, indicator_share: float
) -> list[tuple[BureauPlan, ...]]:
    """The plans of every bureau, one per year of work."""
    plans = plan_years(list(years), bureaus, seed)
    return [
        tuple(
            plan if indicator_share >= 1 else replace(plan, sends_forms=False)
            for plan in plans[bureau.code]
        )
        for bureau in bureaus
    ]


def _folder(out: Path, bureau: Bureau) -> Path:
    """The bureau's folder in the inbox."""
    return out / f"{bureau.code}-{bureau.name}"


def _write_records(
    out: Path, bureaus: list[Bureau], sent: list[tuple[str, SentFile]]
) -> dict[str, pl.DataFrame]:
    """Write the files of the record kinds; their rows of the truth by bureau."""
    by_code = {bureau.code: bureau for bureau in bureaus}
    rows: dict[str, list[tuple]] = {bureau.code: [] for bureau in bureaus}
    for code, file in sent:
        rows[code].append(file_row(code, *_write_file(_folder(out, by_code[code]), file)))
    return {
        code: pl.DataFrame(of_bureau, schema=SCHEMAS["file"], orient="row")
        for code, of_bureau in rows.items()
    }


def _write_json(path: Path, content: object) -> None:
    """Write a truth file for people; exact numbers as text."""
    text = json.dumps(content, ensure_ascii=False, indent=2, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def _write_file(folder: Path, file: SentFile) -> tuple[str, SentFile]:
    """Write one file; its path below the inbox, and the file.

    Raises:
        FileExistsError: if there is such a file already; none may vanish under another.
    """
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as handle:
        handle.write(file.content)
    return f"{folder.name}/{file.path}", file


def _write_all(
    tasks: list[_Task], workers: int | None, progress: Progress | None
) -> dict[str, _Written]:
    """Write all bureaus, the largest first, in processes unless one is enough."""
    ordered = sorted(tasks, key=lambda task: -task.size)
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
    """Make, write and describe one bureau, year by year."""
    registers: dict[int, list[Project]] = {}
    styles: dict[int, ValueStyle] = {}
    outcomes: list[SlotOutcome] = []
    rows: list[tuple] = []
    lines = 0
    for plan, figures in zip(task.plans, task.years, strict=True):
        year, before = figures.fiscal_year, figures.self_evaluation_year
        is_last = figures is task.years[-1]
        current_style, previous_style = _value_styles(plan, figures)
        projects = make_projects(plan, year, current_style, task.indicator_share)
        rules = ReportRules(
            task.thresholds[year], current_style, has_weights=not plan.sends_forms
        )
        rounds = report_rounds(plan, projects, figures.months, rules)
        added = {year: projects}
        if before not in registers:
            styles[before] = previous_style
            added[before] = make_previous_projects(
                plan, before, previous_style, task.indicator_share
            )
        registers |= added
        styles[year] = current_style
        self_reports = report_self_evaluations(
            plan,
            registers[before],
            ReportRules(task.thresholds[year], styles[before], has_weights=True),
        )
        filings = _filings(figures, projects, rounds, self_reports)
        faults = assign_slot_faults(plan, list(filings)) if task.is_heavy else {}
        if not plan.monitors:
            faults |= {slot: NOT_FILED for slot in filings if slot[0] == "monitoring"}

        files: list[SentFile] = []
        for register_year, registered in added.items():
            records = [ListRecord(project, None, None) for project in registered]
            head = ListHead("project_register", register_year)
            files += filing_files(plan, Filing(head, records))
        extra = task.extra if is_last else ()
        for slot, filing in filings.items():
            sent, outcome = _send(plan, slot, filing, faults.get(slot), extra)
            files += sent
            outcomes.append(outcome)
        usable = tuple(fault for fault in extra if not _clashes(fault, faults))
        files += extra_files(plan, usable, filings, files, task.other)
        rows += [
            file_row(plan.bureau.code, *_write_file(task.folder, file)) for file in files
        ]
        lines += sum(
            len(record.project.lines) for filing in filings.values() for record in filing.records
        )
    truth = bureau_truth(task.plans[-1], registers, outcomes, task.with_indicators)
    truth.rows["file"] = rows
    return _Written(task.bureau.code, truth.frames(), _refs(registers, outcomes), lines)


def _filings(
    figures: RegionFigures,
    projects: list[Project],
    rounds: list[list[RoundReport]],
    self_reports: list[SelfReport],
) -> dict[Slot, Filing]:
    """What a bureau has to file in one year of work."""
    year = figures.fiscal_year
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
        ListHead("self_evaluation", figures.self_evaluation_year),
        [ListRecord(report.project, report, report.lines) for report in self_reports],
    )
    return filings


def _refs(
    registers: dict[int, list[Project]], outcomes: list[SlotOutcome]
) -> dict[int, tuple[ProjectRef, ...]]:
    """The bureau's projects by fiscal year, with what arrives about them."""
    monitored: set[tuple[int, str]] = set()
    scores: dict[tuple[int, str], Decimal] = {}
    for outcome in outcomes:
        head = outcome.filing.head
        for record in outcome.filing.records:
            key, report = (head.fiscal_year, record.project.code), record.report
            if record.project.code not in outcome.done_codes:
                continue
            if isinstance(report, RoundReport):
                monitored.add(key)
            elif isinstance(report, SelfReport):
                scores[key] = Decimal(report.total_score_hundredths).scaleb(-2)
    return {
        year: tuple(
            ProjectRef(
                code=project.code,
                name=project.name,
                unit_code=project.unit_code,
                unit_name=project.unit_name,
                department_name=project.department_name,
                fund_type=project.fund_type,
                initial_fen=project.initial_fen,
                adjusted_fen=project.adjusted_fen,
                is_new=project.is_new,
                is_monitored=(year, project.code) in monitored,
                declared_score=scores.get((year, project.code)),
                is_self_evaluated=(year, project.code) in scores,
            )
            for project in projects
        )
        for year, projects in sorted(registers.items())
    }


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
    years: tuple[RegionFigures, ...],
    described: dict[str, object],
    tables: dict[str, pl.DataFrame],
    first_bureau: Bureau,
) -> RegionSummary:
    """The summary, counted from the truth tables; the counts are of the last year of work."""
    last = years[-1]
    projects, files = tables["project"], tables["file"]
    current = projects.filter(pl.col("fiscal_year") == last.fiscal_year)
    goals = current.filter("owes_goal")
    direct = current.filter("is_direct_fund")
    first_tier = pl.col("bureau_code") == first_bureau.code
    warned = (
        tables["monitoring"]
        .filter(
            first_tier & pl.col("is_warned") & (pl.col("fiscal_year") == last.fiscal_year)
        )
        .group_by("project_code")
        .len()
        .filter(pl.col("len") == len(last.months))
    )
    evaluated = projects.filter(pl.col("fiscal_year") == last.self_evaluation_year)
    return RegionSummary(
        statement=last.statement,
        scale=last.scale,
        fiscal_years=tuple(figures.fiscal_year for figures in years),
        bureau_count=current["bureau_code"].n_unique(),
        file_count=files.height,
        size_bytes=int(files["size_bytes"].sum()),
        goal_project_count=goals.height,
        goal_amount_cny=str(goals["initial_budget_cny"].sum()),
        monitored_project_count=current.height,
        first_tier_monitored_count=current.filter(first_tier).height,
        first_tier_consecutive_count=warned.height if len(last.months) > 1 else 0,
        new_project_count=int(current["is_new"].sum()),
        self_evaluation_count=evaluated.height,
        direct_project_count=direct.height,
        direct_amount_cny=str(direct["adjusted_budget_cny"].sum()),
        quarantined_file_count=files.filter(pl.col("fate") == "quarantined").height,
        **described,
    )
