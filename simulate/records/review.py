"""Reviews: goals and other material, scored sheets, ex-ante assessments, experts, sampling."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from random import Random

from simulate.allotment import split_exactly
from simulate.calibration import MONEY_STEP_FEN, RECORDS_DIR
from simulate.project_index import ProjectRef
from simulate.records.figures import words
from simulate.records.scene import (
    OutsideProjects,
    Record,
    Register,
    Scene,
    budget_of,
    day_in,
    departments_of,
    grade_of,
    key_departments,
    score_in,
    skewed,
    split_money,
)
from simulate.roster import Bureau

ASPECT_SCORES = ("necessity_score", "economy_score", "goal_score", "plan_score", "funding_score")
ASPECT_FULL_SCORE = 20
FUND_TYPE_TEXTS = {
    "general": "一般公共预算",
    "government_fund": "政府性基金预算",
    "state_capital": "国有资本经营预算",
    "social_insurance": "社会保险基金预算",
    "other": "其他资金",
}
LARGE_PROJECT_FEN = 1_000_000_000
"""Projects from 10,000,000 yuan on are reviewed in substance, in whatever department (S1-04)."""


def review_registers(scene: Scene) -> list[Register]:
    """Goal reviews, score sheets, ex-ante assessments, expert scores and sampling results.

    Args:
        scene: the work year.
    """
    return [
        *_goal_reviews(scene),
        *_score_sheets(scene),
        *_ex_ante_assessments(scene),
        *_expert_assessments(scene),
        *_sampling_results(scene),
    ]


# --- goal reviews ---------------------------------------------------------------------------------


def _goal_reviews(scene: Scene) -> list[Register]:
    """The root's review list, whatever sorts of review the year has."""
    rows = [
        *_item_by_item(scene),
        *_dynamic(scene),
        *_full(scene),
        *_substantive(scene),
        *_budget_review(scene),
        *_third_party(scene),
    ]
    if not rows:
        return []
    return [
        Register("goal_review", scene.work_year, scene.root, "绩效目标审核情况表", rows)
    ]


def _review_row(project: ProjectRef, review_type: str, stage: str) -> Record:
    """What every review says of its project."""
    return {
        "project_code": project.code,
        "project_name": project.name,
        "unit_code": project.unit_code,
        "unit_name": project.unit_name,
        "department_name": project.department_name,
        "review_type": review_type,
        "stage": stage,
        "fund_type": FUND_TYPE_TEXTS[project.fund_type],
        "applied_budget": budget_of(project),
    }


def _item_by_item(scene: Scene) -> list[Record]:
    """Poverty projects of three years, every issue rectified (逐项复核)."""
    count = scene.figures.count("review.item_by_item.count")
    rng = scene.rng("goal_review", "item_by_item")
    outside = OutsideProjects(scene, "goal_review")
    rows = []
    for number in range(count):
        year = scene.work_year - number % 3
        project = outside.make(scene.root, year)
        issues = rng.choices((0, 1, 2, 3), (62, 24, 10, 4))[0]
        reviewed = day_in(rng, date(scene.work_year, 3, 2), date(scene.work_year, 6, 30))
        pushed = reviewed + timedelta(days=5) if issues else None
        rows.append(
            _review_row(project, "逐项复核", "目标")
            | {
                "project_year": year,
                "issue_count": issues,
                "review_date": reviewed,
                "push_date": pushed,
                "rectified_date": (
                    pushed + timedelta(days=7 + rng.randrange(40)) if pushed else None
                ),
                "conclusion": "需修改完善" if issues else "通过",
            }
        )
    return rows


def _dynamic(scene: Scene) -> list[Record]:
    """Projects of the dynamic-monitoring platform, each in its three stages."""
    outside = OutsideProjects(scene, "dynamic")
    rng = scene.rng("goal_review", "dynamic")
    projects = [
        outside.make(scene.root, scene.work_year)
        for _ in range(scene.figures.count("review.dynamic.project_count"))
    ]
    rows = []
    for stage, month in (("目标", 3), ("监控", 7), ("自评", 12)):
        for project in projects:
            issues = rng.choices((0, 1, 2), (80, 15, 5))[0]
            reviewed = date(scene.work_year, month, 1 + rng.randrange(25))
            rows.append(
                _review_row(project, "动态监测审核", stage)
                | {
                    "project_year": scene.work_year,
                    "issue_count": issues,
                    "review_date": reviewed,
                    "push_date": reviewed + timedelta(days=2) if issues else None,
                    "rectified_date": reviewed + timedelta(days=20) if issues else None,
                    "conclusion": "需修改完善" if issues else "通过",
                }
            )
    return rows


def _full(scene: Scene) -> list[Record]:
    """All material of every department of the root (全面审核)."""
    count = scene.figures.count("review.full.department_count")
    rng = scene.rng("goal_review", "full")
    departments = departments_of(scene)[:count] if count else []
    if len(departments) < count:
        raise ValueError(f"{scene.statement} needs {count} departments at the root")
    rows = []
    for unit in departments:
        for stage in ("目标", "监控", "自评"):
            rows.append(
                {
                    "project_name": f"{unit.name}{scene.work_year}年度全部绩效{stage}材料",
                    "unit_code": unit.code,
                    "unit_name": unit.name,
                    "department_name": unit.department,
                    "review_type": "全面审核",
                    "stage": stage,
                    "project_year": scene.work_year - (stage == "自评"),
                    "applied_budget": max(
                        50, round(rng.lognormvariate(0.0, 0.8) * 60_000)
                    ) * MONEY_STEP_FEN,
                    "review_date": day_in(
                        rng, date(scene.work_year, 2, 3), date(scene.work_year, 12, 18)
                    ),
                    "conclusion": "通过",
                }
            )
    return rows


def is_reviewed_in_substance(scene: Scene, project: ProjectRef) -> bool:
    """Whether a project of the root must be reviewed in substance (实质性审核).

    Args:
        scene: the work year.
        project: a project of the root.
    """
    return (
        project.department_name in key_departments(scene)
        or project.initial_fen >= LARGE_PROJECT_FEN
        or project.fund_type == "state_capital"
    )


def _substantive(scene: Scene) -> list[Record]:
    """Projects of key departments, large ones and those of the state-capital budget."""
    if "review.substantive.left_out_count" not in scene.figures:
        return []
    rng = scene.rng("goal_review", "substantive")
    required = [
        project
        for project in scene.projects.of(scene.root.code, scene.work_year)
        if is_reviewed_in_substance(scene, project)
    ]
    ordinary = [p for p in required if p.fund_type != "state_capital"]
    left_out_count = scene.figures.count("review.substantive.left_out_count")
    left_out = set(rng.sample(ordinary, min(left_out_count, len(ordinary) // 20)))
    rows = []
    for project in required:
        if project in left_out:
            continue
        applied = budget_of(project)
        cut = applied // 12 // MONEY_STEP_FEN * MONEY_STEP_FEN if rng.random() < 0.3 else 0
        rows.append(
            _review_row(project, "实质性审核", "目标")
            | {
                "project_year": scene.work_year,
                "suggested_budget": applied - cut,
                "cut": cut,
                "review_score": score_in(rng, 78, 99),
                "review_date": day_in(
                    rng, date(scene.work_year - 1, 10, 9), date(scene.work_year, 1, 20)
                ),
                "conclusion": "核减后通过" if cut else "通过",
            }
        )
    return rows


def _budget_review(scene: Scene) -> list[Record]:
    """The finance review of all projects before the budget, with its cut (审减)."""
    figures = scene.figures
    count = figures.count("review.budget.project_count")
    if not count:
        return []
    rng = scene.rng("goal_review", "budget")
    total, general = figures.fen("review.budget.applied"), figures.fen("review.budget.general")
    projects = _reviewed_projects(scene, count, total, general)
    cut_total = figures.fen("review.budget.cut")
    order = sorted(range(count), key=lambda i: rng.random())
    cut_of = [0] * count
    chosen: list[int] = []
    reach = 0
    for index in order:  # so many that the cut is about a third of what they ask for
        if reach >= 3 * cut_total:
            break
        chosen.append(index)
        reach += projects[index].initial_fen
    weights = [projects[index].initial_fen * (0.7 + 0.6 * rng.random()) for index in chosen]
    scale = max(weights)
    parts = split_money(cut_total, [weight / scale for weight in weights], 0)
    for index, part in zip(chosen, parts, strict=True):
        cut_of[index] = part
    rows = []
    for project, cut in zip(projects, cut_of, strict=True):
        rows.append(
            _review_row(project, "财政审核", "目标")
            | {
                "project_year": scene.work_year,
                "suggested_budget": project.initial_fen - cut,
                "cut": cut,
                "review_score": score_in(rng, 75, 99),
                "review_date": day_in(
                    rng, date(scene.work_year - 1, 10, 12), date(scene.work_year - 1, 12, 18)
                ),
                "conclusion": "核减后通过" if cut else "通过",
            }
        )
    return rows


def _reviewed_projects(
    scene: Scene, count: int, total_fen: int, general_fen: int
) -> list[ProjectRef]:
    """The simulated projects where they are as published, else as many with published sums."""
    known = [p for p in scene.projects.of(scene.root.code, scene.work_year) if p.initial_fen]
    sums = (
        len(known),
        sum(project.initial_fen for project in known),
        sum(project.initial_fen for project in known if project.fund_type == "general"),
    )
    if sums == (count, total_fen, general_fen):
        return known
    rng = scene.rng("goal_review", "amounts")
    units = scene.units[scene.root.code]
    general_count = round(count * 0.86)
    amounts = [
        *split_money(general_fen, skewed(rng, general_count, 1.2), 100),
        *split_money(
            total_fen - general_fen, skewed(rng, count - general_count, 1.2), 100
        ),
    ]
    outside = OutsideProjects(scene, "goal_review")
    projects = []
    for index, fen in enumerate(amounts):
        made = outside.make(scene.root, scene.work_year, fen)
        unit = units[index % len(units)]
        fund_type = "general" if index < general_count else ("government_fund", "other")[index % 2]
        projects.append(
            replace(
                made,
                code=known[index].code if index < len(known) else made.code,
                name=known[index].name if index < len(known) else made.name,
                unit_code=unit.code,
                unit_name=unit.name,
                department_name=unit.department,
                fund_type=fund_type,
            )
        )
    return projects


def _third_party(scene: Scene) -> list[Record]:
    """Goals reviewed by third parties (第三方审核)."""
    count = scene.figures.count("review.third_party.count")
    rng = scene.rng("goal_review", "third_party")
    known = scene.projects.of(scene.root.code, scene.work_year)
    outside = OutsideProjects(scene, "goal_review")
    rows = []
    for index in range(count):
        project = (
            known[index]
            if index < len(known)
            else outside.make(scene.root, scene.work_year)
        )
        rows.append(
            _review_row(project, "第三方审核", "目标")
            | {
                "project_year": scene.work_year,
                "review_score": score_in(rng, 76, 98),
                "is_third_party": True,
                "review_date": day_in(
                    rng, date(scene.work_year, 1, 10), date(scene.work_year, 3, 25)
                ),
                "conclusion": "通过",
            }
        )
    return rows


# --- score sheets ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetItem:
    """One item of a score sheet.

    Attributes:
        stage: 审核环节.
        aspect: 审核方面.
        item: 审核指标.
        full_score: 分值.
    """

    stage: str
    aspect: str
    item: str
    full_score: int


def load_score_sheet(statement: str, stage: str) -> list[SheetItem]:
    """The items of a stage.

    The statements publish how many there are and not what they are called.

    Args:
        statement: name of the statement.
        stage: 审核环节.
    """
    path = RECORDS_DIR / "record_score_sheets.csv"
    items = []
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["statement"] == statement and row["stage"] == stage:
                items.append(
                    SheetItem(stage, row["aspect_zh"], row["item_zh"], int(row["full_score"]))
                )
    return items


def _score_sheets(scene: Scene) -> list[Register]:
    """The scored reviews of a year: every material of a stage, every item of its sheet."""
    rows: list[Record] = []
    for part, name in enumerate(scene.figures.codes("score.materials")):
        stage, object_type, count_text = name.split(":")
        items = load_score_sheet(scene.statement, stage)
        rng = scene.rng("review_score", stage, object_type)
        materials = _materials(scene, stage, object_type, int(count_text), part)
        for code, title, unit_code, unit_name in materials:
            reviewed = day_in(rng, date(scene.work_year, 3, 1), date(scene.work_year, 10, 30))
            reviewer = f"审核组{'一二三四五六'[rng.randrange(6)]}组"
            for item in items:
                lost = rng.random() < 0.12
                rows.append(
                    {
                        "stage": stage,
                        "object_type": object_type,
                        "object_code": code,
                        "object_name": title,
                        "unit_code": unit_code,
                        "unit_name": unit_name,
                        "aspect": item.aspect,
                        "item": item.item,
                        "full_score": item.full_score,
                        "score": item.full_score - (1 + rng.randrange(2) if lost else 0),
                        "deduct_reason": "内容不够完整" if lost else None,
                        "reviewer": reviewer,
                        "is_third_party": "score.third_party" in scene.figures,
                        "review_date": reviewed,
                    }
                )
    if not rows:
        return []
    return [Register("review_score", scene.work_year, scene.root, "绩效材料审核打分表", rows)]


def _materials(
    scene: Scene, stage: str, object_type: str, count: int, part: int
) -> list[tuple[str, str, str, str]]:
    """Code, name and unit of the materials: simulated projects first, then others."""
    if stage.startswith("整体") or "score.by_unit" in scene.figures:
        units = scene.units[scene.root.code]
        return [
            (
                f"{unit.code}{'Z' if '转移' in object_type else 'Y'}",
                f"{unit.name}{object_type}绩效{stage}",
                unit.code,
                unit.name,
            )
            for unit in units[:count]
        ]
    year = scene.work_year - (stage in ("自评", "评价"))
    known = scene.projects.of(scene.root.code, year)
    outside = OutsideProjects(scene, "score", part)
    chosen = list(known[:count])
    chosen += [outside.make(scene.root, year) for _ in range(count - len(chosen))]
    return [(p.code, f"{p.name}{object_type}", p.unit_code, p.unit_name) for p in chosen]


# --- ex-ante assessments --------------------------------------------------------------------------


def _ex_ante_assessments(scene: Scene) -> list[Register]:
    """Every new project of the year is assessed, by the bureau it belongs to."""
    figures = scene.figures
    bureaus: Sequence[Bureau] = ()
    if "assessment.root" in figures:
        bureaus = (scene.root,)
    if "assessment.lower" in figures:
        bureaus = (*bureaus, *scene.lower)
    registers = []
    for bureau in bureaus:
        rng = scene.rng("ex_ante", bureau.code)
        new = [p for p in scene.projects.of(bureau.code, scene.work_year) if p.is_new]
        rows = [_assessed(scene, project, "项目", rng) for project in new]
        if bureau is scene.root:
            outside = OutsideProjects(scene, "assessment")
            for _ in range(figures.count("assessment.investment_count")):
                project = outside.make(bureau, scene.work_year, 50_000_000_000)
                rows.append(_assessed(scene, project, "重大投资", rng))
        if rows:
            registers.append(
                Register("ex_ante_assessment", scene.work_year, bureau, "事前绩效评估情况表", rows)
            )
    return registers


def _assessed(scene: Scene, project: ProjectRef, object_type: str, rng: Random) -> Record:
    """One assessment; the total is the sum of the five aspects."""
    scores = {name: score_in(rng, 16, ASPECT_FULL_SCORE) for name in ASPECT_SCORES}
    total = sum(scores.values(), Decimal(0))
    requested = budget_of(project)
    return {
        "project_code": project.code,
        "project_name": project.name,
        "unit_code": project.unit_code,
        "unit_name": project.unit_name,
        "department_name": project.department_name,
        "object_type": object_type,
        "requested_budget": requested,
        "approved_budget": requested,
        **scores,
        "total_score": total,
        "grade": grade_of(total),
        "expert_count": 3,
        "conclusion": "建议予以支持",
        "assessment_date": day_in(
            rng, date(scene.work_year - 1, 9, 2), date(scene.work_year - 1, 12, 20)
        ),
    }


def _expert_assessments(scene: Scene) -> list[Register]:
    """Assessments whose total is the mean of what a panel of experts gave."""
    figures = scene.figures
    count = figures.count("expert.project_count")
    if not count:
        return []
    rng = scene.rng("expert_score")
    experts = words("expert")[: figures.count("expert.count")]
    units = [u for u in scene.units[scene.root.code] if not u.is_confidential]
    units = units[: figures.count("expert.unit_count")]
    requested = figures.fen("expert.requested")
    projects = [p for p in scene.projects.of(scene.root.code, scene.work_year) if p.is_new]
    is_known = (len(projects), sum(p.initial_fen for p in projects)) == (count, requested)
    if not is_known:
        outside = OutsideProjects(scene, "expert")
        projects = []
        for index, fen in enumerate(split_money(requested, skewed(rng, count, 0.6), 5_000)):
            unit = units[index % len(units)]
            projects.append(
                replace(
                    outside.make(scene.root, scene.work_year, fen),
                    unit_code=unit.code,
                    unit_name=unit.name,
                    department_name=unit.department,
                )
            )
    totals = _totals_of_mean(figures.share("expert.mean_score"), count, rng)
    assessments: list[Record] = []
    scores: list[Record] = []
    for project, total in zip(projects, totals, strict=True):
        row = _assessed(scene, project, "项目", rng) | {
            "total_score": total,
            "grade": grade_of(total),
            "expert_count": len(experts),
        }
        parts = split_exactly(int(total * 100), [1 + 0.03 * rng.random() for _ in ASPECT_SCORES])
        row |= {
            name: Decimal(part) / 100 for name, part in zip(ASPECT_SCORES, parts, strict=True)
        }
        assessments.append(row)
        given = split_exactly(
            int(total * 100) * len(experts), [1 + 0.06 * rng.random() for _ in experts]
        )
        for expert, hundredths in zip(experts, given, strict=True):
            scores.append(
                {
                    "project_code": project.code,
                    "project_name": project.name,
                    "unit_code": project.unit_code,
                    "unit_name": project.unit_name,
                    "stage": "事前评估",
                    "expert_name": expert,
                    "score": Decimal(hundredths) / 100,
                    "opinion": "同意立项，建议细化成本指标",
                    "scored_date": row["assessment_date"],
                }
            )
    year = scene.work_year
    return [
        Register("ex_ante_assessment", year, scene.root, "事前绩效评估情况表", assessments),
        Register("expert_score", year, scene.root, "事前绩效评估专家评分表", scores),
    ]


def _totals_of_mean(mean: Decimal, count: int, rng: Random) -> list[Decimal]:
    """Totals of two decimals, all 优, with the published mean."""
    weights = [0.5 + rng.random() for _ in range(count)]
    parts = split_exactly(int(mean * 100) * count, weights, 9_000)
    return [Decimal(part) / 100 for part in parts]


# --- sampling -------------------------------------------------------------------------------------


def _sampling_results(scene: Scene) -> list[Register]:
    """Material of the bureaus below, drawn at random, at least a tenth of each bureau's."""
    figures = scene.figures
    if "sampling.count" not in figures:
        return []
    rng = scene.rng("sampling_result")
    problems = words("problem")
    monitored = {
        bureau.code: [
            project
            for project in scene.projects.of(bureau.code, scene.work_year)
            if project.is_monitored
        ]
        for bureau in scene.lower
    }
    counts = _sample_counts(
        [len(monitored[bureau.code]) for bureau in scene.lower],
        Fraction(figures.count("sampling.count"), figures.count("sampling.population")),
    )
    rows: list[Record] = []
    for bureau, count in zip(scene.lower, counts, strict=True):
        for project in sorted(rng.sample(monitored[bureau.code], count), key=lambda p: p.code):
            original = project.declared_score or score_in(rng, 84, 99)
            has_problem = rng.random() < 0.35
            lost = score_in(rng, 2, 14) if has_problem else Decimal(0)
            returned = day_in(rng, date(scene.work_year, 7, 6), date(scene.work_year, 10, 16))
            recheck = (original - lost).quantize(Decimal("0.01"), ROUND_HALF_UP)
            rows.append(
                {
                    "subject_bureau_code": bureau.code,
                    "subject_bureau_name": bureau.name,
                    "project_code": project.code,
                    "project_name": project.name,
                    "unit_code": project.unit_code,
                    "unit_name": project.unit_name,
                    "evaluated_year": scene.work_year,
                    "material_kind": "绩效监控表",
                    "selection_method": "随机",
                    "amount": project.adjusted_fen,
                    "original_score": original,
                    "recheck_score": recheck,
                    "recheck_grade": grade_of(recheck),
                    "problem": problems[rng.randrange(len(problems))] if has_problem else None,
                    "returned_date": returned if has_problem else None,
                    "due_date": returned + timedelta(days=30) if has_problem else None,
                    "rectified_date": (
                        returned + timedelta(days=10 + rng.randrange(24))
                        if has_problem and rng.random() < 0.96
                        else None
                    ),
                }
            )
    return [Register("sampling_result", scene.work_year, scene.root, "随机抽检结果台账", rows)]


def _sample_counts(populations: Sequence[int], share: Fraction) -> list[int]:
    """A tenth of each population, rounded up, and more by size up to the share of the whole."""
    least = [ceil(Fraction(population, 10)) for population in populations]
    room = [population - floor for population, floor in zip(populations, least, strict=True)]
    wanted = int(sum(populations) * share + Fraction(1, 2))
    extra = min(max(0, wanted - sum(least)), sum(room))
    if not extra:
        return least
    parts = split_exactly(extra, [float(r) for r in room])
    return [floor + part for floor, part in zip(least, parts, strict=True)]
