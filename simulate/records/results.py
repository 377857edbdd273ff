"""What follows from results: budget cuts, rectification, adjusted goals, checks, assessments."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from simulate.allotment import split_exactly
from simulate.calibration import MONEY_STEP_FEN
from simulate.project_index import ProjectRef
from simulate.records.figures import words
from simulate.records.scene import (
    OutsideProjects,
    Record,
    Register,
    Scene,
    Unit,
    day_in,
    grade_of,
    score_in,
    score_of_grade,
    skewed,
    split_money,
)
from simulate.roster import Bureau

FAILING_SCORE = 60
LOW_SCORE = 80
"""Self-evaluations below this score lead to a smaller budget (S0-19)."""


def result_registers(scene: Scene, evaluations: list[Record]) -> list[Register]:
    """Everything that is done about results.

    Args:
        scene: the work year.
        evaluations: rows of the root's evaluation ledger, which results refer to.

    Returns:
        Registers of the root.
    """
    registers = []
    year, root = scene.work_year, scene.root
    applied = [
        *_cuts_of_units(scene),
        *_cuts_of_low_scores(scene),
        *_no_more_budget(scene, evaluations),
        *_by_grade(scene, evaluations),
        *_recovered(scene),
    ]
    if applied:
        registers.append(Register("result_application", year, root, "绩效结果应用清单", applied))
    for kind, title, rows in (
        ("rectification", "绩效问题整改台账", _rectifications(scene, evaluations)),
        ("budget_adjustment", "预算调整情况表", _adjustments(scene)),
        ("onsite_check", "绩效评价现场核查清单", _onsite_checks(scene)),
        ("assessment", "预算绩效管理工作考核情况表", _assessments(scene)),
    ):
        if rows:
            registers.append(Register(kind, year, root, title, rows))
    return registers


# --- result application ---------------------------------------------------------------------------


def _application(scene: Scene, project: ProjectRef, basis: str, score: Decimal) -> Record:
    """A result of the year before and the budget of the year after."""
    return {
        "budget_year": scene.work_year + 1,
        "unit_code": project.unit_code,
        "unit_name": project.unit_name,
        "project_code": project.code,
        "object_name": project.name,
        "basis": basis,
        "evaluated_year": scene.work_year - 1,
        "score": score,
        "grade": grade_of(score),
    }


def _low_scored(scene: Scene, bureau: Bureau) -> list[ProjectRef]:
    """Simulated projects of a bureau that declared a low score, the lowest first."""
    known = [
        project
        for project in scene.projects.of(bureau.code, scene.work_year - 1)
        if project.declared_score is not None and project.declared_score < LOW_SCORE
    ]
    return sorted(known, key=lambda project: (project.declared_score, project.code))


def _budgets_above(cuts: list[int], rng: random.Random) -> list[int]:
    """Budgets from which the cuts were made: three to eight times as much."""
    return [
        cut * (30 + rng.randrange(50)) // 10 // MONEY_STEP_FEN * MONEY_STEP_FEN for cut in cuts
    ]


def _cuts_of_units(scene: Scene) -> list[Record]:
    """Units of the root whose budget was cut for their results."""
    figures = scene.figures
    unit_count = figures.count("result.unit.count")
    if not unit_count:
        return []
    rng = scene.rng("result_application", "units")
    row_count = figures.count("result.unit.row_count")
    units = [unit for unit in scene.units[scene.root.code] if not unit.is_confidential]
    chosen = rng.sample(units, unit_count)
    low = {project.unit_code: project for project in reversed(_low_scored(scene, scene.root))}
    outside = OutsideProjects(scene, "result")
    cuts = split_money(figures.fen("result.unit.cut"), skewed(rng, row_count, 0.9), 500)
    rows = []
    for index, (cut, budget) in enumerate(zip(cuts, _budgets_above(cuts, rng), strict=True)):
        unit = chosen[index % unit_count]
        known = low.pop(unit.code, None)
        project = known or outside.make(scene.root, scene.work_year - 1, budget)
        score = known.declared_score if known else score_in(rng, 62, LOW_SCORE)
        rows.append(
            _application(scene, project, "单位自评", score)
            | {
                "unit_code": unit.code,
                "unit_name": unit.name,
                "action": "压减预算",
                "budget": budget,
                "cut": cut,
                "applied_date": day_in(
                    rng, date(scene.work_year, 10, 12), date(scene.work_year, 12, 18)
                ),
            }
        )
    return rows


def _cuts_of_low_scores(scene: Scene) -> list[Record]:
    """Projects of the bureaus below with a low score, each with its cut."""
    figures = scene.figures
    count = figures.count("result.lower.project_count")
    if not count:
        return []
    rng = scene.rng("result_application", "lower")
    counts = split_exactly(count, skewed(rng, len(scene.lower), 0.5), 1)
    cuts = split_money(figures.fen("result.lower.cut"), skewed(rng, count, 0.9), 100)
    budgets = _budgets_above(cuts, rng)
    outside = OutsideProjects(scene, "lower_result")
    rows = []
    for bureau, own_count in zip(scene.lower, counts, strict=True):
        known = _low_scored(scene, bureau)
        for place in range(own_count):
            cut, budget = cuts[len(rows)], budgets[len(rows)]
            if place < len(known):
                project = known[place]
                score = project.declared_score
            else:
                project = outside.make(bureau, scene.work_year - 1, budget)
                score = score_in(rng, 45, LOW_SCORE)
            rows.append(
                _application(scene, project, "单位自评", score)
                | {
                    "subject_bureau_code": bureau.code,
                    "subject_bureau_name": bureau.name,
                    "action": "压减预算",
                    "budget": budget,
                    "cut": cut,
                    "applied_date": day_in(
                        rng, date(scene.work_year, 10, 12), date(scene.work_year, 12, 18)
                    ),
                }
            )
    return rows


def _no_more_budget(scene: Scene, evaluations: list[Record]) -> list[Record]:
    """Spot evaluations with 中 or 差, and self-evaluations of the root with 差: no more budget."""
    if "result.no_budget.open_count" not in scene.figures:
        return []
    rng = scene.rng("result_application", "no_budget")
    spots = [
        row
        for row in evaluations
        if row["evaluation_type"] == "抽评" and row["grade"] in ("中", "差")
    ]
    rows = []
    open_count = scene.figures.count("result.no_budget.open_count")
    left_open = set(rng.sample(range(len(spots)), min(open_count, len(spots))))
    for index, row in enumerate(spots):
        if index in left_open:
            continue
        rows.append(
            {
                "subject_bureau_code": row.get("subject_bureau_code", scene.root.code),
                "subject_bureau_name": row.get("subject_bureau_name", scene.root.name),
                "budget_year": scene.work_year + 1,
                "unit_code": row["unit_code"],
                "unit_name": row["unit_name"],
                "project_code": row["object_code"],
                "object_name": row["object_name"],
                "basis": "抽评",
                "evaluated_year": scene.work_year - 1,
                "score": row["score"],
                "grade": row["grade"],
                "action": "不再安排预算",
                "budget": row["amount"],
                "cut": row["amount"],
                "applied_date": day_in(
                    rng, date(scene.work_year, 10, 12), date(scene.work_year, 12, 17)
                ),
            }
        )
    for project in _low_scored(scene, scene.root):
        score = project.declared_score
        if score < FAILING_SCORE:
            budget = project.adjusted_fen or project.initial_fen
            rows.append(
                _application(scene, project, "单位自评", score)
                | {
                    "action": "不再安排预算",
                    "budget": budget,
                    "cut": budget,
                    "applied_date": date(scene.work_year, 11, 30),
                }
            )
    return rows


GRADE_ACTIONS = {"优": "重点支持", "良": "整改后支持", "中": "压减预算", "差": "取消预算"}


def _by_grade(scene: Scene, evaluations: list[Record]) -> list[Record]:
    """Evaluations of the root's ledger and what their grade leads to."""
    types = scene.figures.codes("result.by_grade.types")
    rng = scene.rng("result_application", "by_grade")
    rows: list[Record] = []
    for row in evaluations:
        if row["evaluation_type"] not in types or "unit_name" not in row:
            continue
        applied: Record = {
            "budget_year": scene.work_year + 1,
            "unit_code": row["unit_code"],
            "unit_name": row["unit_name"],
            "project_code": row["object_code"] if row["object_type"] == "项目" else None,
            "object_name": row["object_name"],
            "basis": row["evaluation_type"],
            "evaluated_year": scene.work_year - 1,
            "score": row["score"],
            "grade": row["grade"],
            "action": GRADE_ACTIONS[row["grade"]],
            "applied_date": day_in(
                rng, date(scene.work_year, 11, 1), date(scene.work_year, 12, 20)
            ),
        }
        if row.get("amount"):
            applied["budget"] = row["amount"]
            if row["grade"] in ("中", "差"):
                part = 5 if row["grade"] == "中" else 1
                applied["cut"] = row["amount"] // part // MONEY_STEP_FEN * MONEY_STEP_FEN
        rows.append(applied)
    return rows


def _recovered(scene: Scene) -> list[Record]:
    """Funds of low or no effect taken back, and budgets cut for poor progress."""
    figures = scene.figures
    count = figures.count("result.recovered.count")
    if not count:
        return []
    rng = scene.rng("result_application", "recovered")
    outside = OutsideProjects(scene, "result")
    cuts = split_money(figures.fen("result.recovered.cut"), skewed(rng, count, 0.8), 100)
    taken = split_money(figures.fen("result.recovered.recovered"), skewed(rng, count, 0.8), 100)
    rows = []
    for cut, recovered in zip(cuts, taken, strict=True):
        budget = (cut + recovered) * 3
        project = outside.make(scene.root, scene.work_year, budget)
        rows.append(
            _application(scene, project, "绩效监控", score_in(rng, 50, 78))
            | {
                "evaluated_year": scene.work_year,
                "action": "收回资金",
                "budget": budget,
                "cut": cut,
                "recovered": recovered,
                "applied_date": day_in(
                    rng, date(scene.work_year, 9, 5), date(scene.work_year, 12, 20)
                ),
            }
        )
    return rows


# --- rectification --------------------------------------------------------------------------------


def _rectifications(scene: Scene, evaluations: list[Record]) -> list[Record]:
    """Problems of evaluations and the answers to them; the last ones are late or open."""
    figures = scene.figures
    count = figures.count("rectify.count")
    if not count:
        return []
    rng = scene.rng("rectification")
    types = figures.codes("rectify.types")
    sources = [
        row
        for row in evaluations
        if row["evaluation_type"] in types and "subject_bureau_code" not in row
    ]
    problems = words("problem")
    late, unanswered = figures.count("rectify.late_count"), figures.count("rectify.open_count")
    held = figures.count("rectify.held_count")
    audited = figures.count("rectify.audit_count")
    rows: list[Record] = []
    for number in range(count):
        source = sources[number % len(sources)]
        reported = min(source["report_date"], date(scene.work_year, 9, 30))
        place = count - number  # 1 for the last problem
        if place <= unanswered:
            replied = None
        elif place <= unanswered + late:
            replied = reported + timedelta(days=66 + rng.randrange(20))
        else:
            replied = reported + timedelta(days=15 + rng.randrange(40))
        lap = number // len(sources)
        rows.append(
            {
                "item_no": f"ZG{scene.work_year}{number + 1:04d}",
                "unit_code": source.get("unit_code"),
                "unit_name": source.get("unit_name"),
                "project_code": source["object_code"] if source["object_type"] == "项目" else None,
                "object_name": source["object_name"],
                "source_type": "审计问题" if number < audited else source["evaluation_type"],
                "problem": problems[(number + lap) % len(problems)],
                "report_date": reported,
                "pushed_date": reported + timedelta(days=3),
                "reply_date": replied,
                "verified_date": replied + timedelta(days=12) if replied else None,
                "is_payment_held": place <= held,
            }
        )
    return rows


# --- budget adjustment ----------------------------------------------------------------------------


def _adjustments(scene: Scene) -> list[Record]:
    """Adjusted budgets with and without adjusted goals."""
    figures = scene.figures
    count = figures.count("adjust.count")
    if not count:
        return []
    rng = scene.rng("budget_adjustment")
    known = [
        project
        for project in scene.projects.of(scene.root.code, scene.work_year)
        if project.initial_fen and project.adjusted_fen != project.initial_fen
    ]
    chosen = rng.sample(known, min(count, len(known)))
    outside = OutsideProjects(scene, "adjustment")
    chosen += [outside.make(scene.root, scene.work_year) for _ in range(count - len(chosen))]
    reasons = words("adjustment_reason")
    with_goal, reviewed = figures.count("adjust.goal_count"), figures.count("adjust.reviewed_count")
    rows: list[Record] = []
    for index, project in enumerate(chosen):
        after = project.adjusted_fen
        if after == project.initial_fen:
            factor = 70 + rng.randrange(25) if index % 3 else 105 + rng.randrange(20)
            after = project.initial_fen * factor // 100 // MONEY_STEP_FEN * MONEY_STEP_FEN
        rows.append(
            {
                "project_code": project.code,
                "project_name": project.name,
                "unit_code": project.unit_code,
                "unit_name": project.unit_name,
                "adjustment_date": day_in(
                    rng, date(scene.work_year, 6, 8), date(scene.work_year, 11, 20)
                ),
                "before_budget": project.initial_fen,
                "after_budget": after,
                "has_adjusted_goal": index < with_goal,
                "is_goal_reviewed": index < reviewed,
                "reason": reasons[rng.randrange(len(reasons))],
            }
        )
    rng.shuffle(rows)
    return rows


# --- on-site checks -------------------------------------------------------------------------------


def _onsite_checks(scene: Scene) -> list[Record]:
    """Projects to be checked on site, and how far each check has come."""
    figures = scene.figures
    count = figures.count("onsite.project_count")
    if not count:
        return []
    rng = scene.rng("onsite_check")
    units: list[Unit] = [u for u in scene.units[scene.root.code] if not u.is_confidential]
    units = rng.sample(units, figures.count("onsite.unit_count"))
    amounts = split_money(figures.fen("onsite.amount"), skewed(rng, count, 0.8), 10_000)
    outside = OutsideProjects(scene, "onsite")
    reasons, conclusions = words("check_reason"), words("conclusion_zone")
    final, exchanged = figures.count("onsite.final_count"), figures.count("onsite.exchanged_count")
    rows: list[Record] = []
    for index, fen in enumerate(amounts):
        unit = units[index % len(units)]
        project = outside.make(scene.root, scene.work_year, fen)
        checked = date(scene.work_year + 1, 1, 9) + timedelta(days=index % 12)
        is_final, is_exchanged = index < final, index < final + exchanged
        rows.append(
            {
                "evaluated_year": scene.work_year,
                "project_code": project.code,
                "project_name": project.name,
                "unit_code": unit.code,
                "unit_name": unit.name,
                "amount": fen,
                "reason": reasons[rng.randrange(len(reasons))],
                "due_date": date(scene.work_year + 1, 2, 28),
                "checked_date": checked,
                "preliminary_finding": conclusions[index % len(conclusions)],
                "exchange_date": checked + timedelta(days=7) if is_exchanged else None,
                "conclusion": conclusions[index % len(conclusions)] if is_final else None,
                "report_date": checked + timedelta(days=16) if is_final else None,
            }
        )
    return rows


# --- assessments ----------------------------------------------------------------------------------


def _assessments(scene: Scene) -> list[Record]:
    """Yearly assessments of the bureaus below and of the root's units."""
    figures = scene.figures
    rng = scene.rng("assessment")
    rows: list[Record] = []
    bulletined = figures.share("assess.bulletined_share") if "assess.bulletined_share" in figures \
        else Decimal(1)
    if "assess.bureaus" in figures:
        for bureau in scene.lower:
            rows.append(
                _marked(scene, rng, bureau.name, "地区", bulletined)
                | {"subject_bureau_code": bureau.code, "subject_bureau_name": bureau.name}
            )
    units = [unit for unit in scene.units[scene.root.code] if not unit.is_confidential]
    for unit in units[: figures.count("assess.unit_count")]:
        rows.append(
            _marked(scene, rng, unit.name, "部门", bulletined)
            | {"unit_code": unit.code, "unit_name": unit.name}
        )
    return rows


def _marked(
    scene: Scene, rng: random.Random, name: str, object_type: str, bulletined: Decimal
) -> Record:
    """One assessment; laggards get a deadline."""
    score = score_of_grade(rng, rng.choices("优良中", (45, 45, 10))[0])
    return {
        "object_type": object_type,
        "object_name": name,
        "score": score,
        "grade": grade_of(score),
        "is_bulletined": rng.random() < bulletined,
        "rectify_due_date": date(scene.work_year + 1, 4, 30) if score < LOW_SCORE else None,
    }
