"""Evaluations: by departments, finance bureaus and third parties, of whatever is evaluated.

What there is of each sort in a year is data (`statements/records/`): how many, of
whom, for how much, with which grades. A group draws its objects from one source:

- self_evaluated: simulated projects with a self-evaluation, others once those are used up
- projects: projects outside the simulation
- departments: whole departments (部门整体)
- funds: special funds of the catalogue, so many a year that the cycle is met
- transfers: central special transfers, some of them in several regional forms
- bureaus: governments below the root
- insurance: insurance funds of every county below a bureau
- topics: themes
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from simulate.allotment import split_exactly
from simulate.calibration import FEN_PER_YI_YUAN, MONEY_STEP_FEN, RECORDS_DIR
from simulate.project_index import ProjectRef
from simulate.records.figures import words
from simulate.records.funds import special_funds
from simulate.records.scene import (
    OutsideProjects,
    Record,
    Register,
    Scene,
    day_in,
    grade_of,
    place_of,
    score_in,
    score_of_grade,
    skewed,
    split_money,
)
from simulate.roster import Bureau

EVALUATED_SHARE = Fraction(1, 5)
"""Departments evaluate projects of at least a fifth of their project money (S0-15)."""

AGENCIES_WITHOUT_POOL = 12
"""Agencies at work where no pool is published."""


@dataclass(frozen=True)
class Group:
    """One sort of evaluations of a year.

    Attributes:
        evaluation_type: 评价类型.
        object_type: 评价对象类型.
        source: where the objects come from.
        scope: root, lower, or bureau codes.
        count: how many.
        amount_fen: what their amounts add up to; None where nothing is published.
        grades: number of 优, 良, 中, 差; empty where they are drawn.
        population: published population that the count is a share of; 0 for none.
        random_count: how many were chosen at random; the rest were recommended.
        congress_count: how many went to the people's congress.
        has_agency: made by third parties.
    """

    evaluation_type: str
    object_type: str
    source: str
    scope: tuple[str, ...]
    count: int
    amount_fen: int | None
    grades: tuple[int, ...]
    population: int
    random_count: int
    congress_count: int
    has_agency: bool


Object = tuple[Bureau | None, Record]


def evaluation_registers(scene: Scene) -> list[Register]:
    """The evaluation ledgers of a year.

    Args:
        scene: the work year.

    Returns:
        The root's ledger, and where departments below evaluated, one of each bureau.
    """
    root_rows: list[Record] = []
    registers = []
    for number, group in enumerate(load_groups(scene.statement, scene.work_year)):
        if group.source == "department_projects":
            registers += _department_registers(scene, group, root_rows)
        else:
            root_rows += _rows(scene, group, number)
    if root_rows:
        registers.insert(
            0, Register("evaluation", scene.work_year, scene.root, "绩效评价台账", root_rows)
        )
    return registers


def load_groups(statement: str, work_year: int) -> list[Group]:
    """The groups of a year, in the order of the data.

    Args:
        statement: name of the statement.
        work_year: 工作年度.
    """
    path = RECORDS_DIR / "record_evaluations.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return [
            Group(
                evaluation_type=row["evaluation_type"],
                object_type=row["object_type"],
                source=row["source"],
                scope=tuple(row["scope"].split("|")),
                count=int(row["count"]),
                amount_fen=(
                    int(Decimal(row["amount_yi_yuan"]) * FEN_PER_YI_YUAN)
                    if row["amount_yi_yuan"]
                    else None
                ),
                grades=tuple(int(n) for n in row["grades"].split("|") if n),
                population=int(row["population"] or 0),
                random_count=int(row["random_count"] or 0),
                congress_count=int(row["congress_count"] or 0),
                has_agency=row["has_agency"] == "yes",
            )
            for row in csv.DictReader(handle)
            if row["statement"] == statement and int(row["work_year"]) == work_year
        ]


def _rows(scene: Scene, group: Group, number: int) -> list[Record]:
    """The evaluations of one group."""
    rng = scene.rng("evaluation", number, group.evaluation_type, group.object_type)
    objects = list(SOURCES[group.source](scene, group, rng, number))
    amounts: list[int] | None = None
    if group.amount_fen is not None:
        amounts = split_money(group.amount_fen, skewed(rng, len(objects)), 1_000)
    grades = _grades(group, len(objects), rng)
    at_random = set(rng.sample(range(len(objects)), min(group.random_count, len(objects))))
    rows = []
    for place, (bureau, row) in enumerate(objects):
        if "score" not in row:
            row["score"] = score_of_grade(rng, grades[place])
        row["grade"] = grade_of(row["score"])
        if amounts:
            row["amount"] = amounts[place]
        if bureau is not None and bureau is not scene.root:
            row |= {"subject_bureau_code": bureau.code, "subject_bureau_name": bureau.name}
        if group.random_count:
            row["selection_method"] = "随机" if place in at_random else "推荐"
        if group.has_agency:
            names = agency_names(scene)
            row["agency_name"] = names[rng.randrange(len(names))]
        row |= {
            "evaluation_type": group.evaluation_type,
            "object_type": group.object_type,
            "evaluated_year": scene.work_year - 1,
            "report_date": day_in(
                rng, date(scene.work_year, 4, 1), date(scene.work_year, 11, 30)
            ),
            "is_congress_reported": place < group.congress_count,
        }
        row["report_name"] = f"{row['object_name']}绩效评价报告"
        rows.append(row)
    return rows


def _grades(group: Group, count: int, rng: random.Random) -> list[str]:
    """A grade for each object: as published, else mostly good ones."""
    if group.grades:
        grades = [g for g, n in zip("优良中差", group.grades, strict=True) for _ in range(n)]
        rng.shuffle(grades)
        return grades
    return rng.choices("优良中差", (34, 50, 13, 3), k=count)


def agency_names(scene: Scene) -> list[str]:
    """The pool of third-party agencies, without repeats.

    Args:
        scene: the work year.
    """
    stems, kinds = words("agency_stem"), words("agency_kind")
    return [f"{stem}{kind}" for kind in kinds for stem in stems][
        : scene.figures.count("agency.count") or AGENCIES_WITHOUT_POOL
    ]


def _of_project(project: ProjectRef) -> Record:
    """The fields that name a project."""
    return {
        "object_code": project.code,
        "object_name": project.name,
        "unit_code": project.unit_code,
        "unit_name": project.unit_name,
        "department_name": project.department_name,
        "amount": max(project.initial_fen, project.adjusted_fen),
    }


def _spread(scene: Scene, group: Group, rng: random.Random) -> list[tuple[Bureau, int]]:
    """How many of a group's objects each bureau has."""
    if group.scope == ("root",):
        return [(scene.root, group.count)]
    if group.scope == ("lower",):
        bureaus = scene.lower
    elif group.scope == ("all",):
        bureaus = scene.bureaus
    else:
        bureaus = tuple(scene.bureau(code) for code in group.scope)
    floor = 1 if group.count >= len(bureaus) else 0
    return list(
        zip(
            bureaus,
            split_exactly(group.count, skewed(rng, len(bureaus), 0.4), floor),
            strict=True,
        )
    )


def _projects(
    scene: Scene, group: Group, rng: random.Random, number: int
) -> Iterator[Object]:
    outside = OutsideProjects(scene, "evaluation", number)
    for bureau, count in _spread(scene, group, rng):
        for _ in range(count):
            yield bureau, _of_project(outside.make(bureau, scene.work_year - 1))


def _self_evaluated(
    scene: Scene, group: Group, rng: random.Random, number: int
) -> Iterator[Object]:
    outside = OutsideProjects(scene, "spot", number)
    for bureau, count in _spread(scene, group, rng):
        known = [
            project
            for project in scene.projects.of(bureau.code, scene.work_year - 1)
            if project.is_self_evaluated
        ]
        limit = min(count, len(known))
        if group.population:  # the sampled share of a smaller population stays the same
            limit = min(limit, ceil(Fraction(group.count, group.population) * len(known)))
        chosen = rng.sample(known, limit)
        chosen += [outside.make(bureau, scene.work_year - 1) for _ in range(count - limit)]
        for project in chosen:
            row = _of_project(project)
            row["self_score"] = project.declared_score or score_in(rng, 84, 99)
            yield bureau, row


def _departments(
    scene: Scene, group: Group, rng: random.Random, number: int
) -> Iterator[Object]:
    for bureau, count in _spread(scene, group, rng):
        for unit in scene.units[bureau.code][:count]:
            yield (
                bureau,
                {
                    "object_code": unit.code,
                    "object_name": f"{unit.name}部门整体支出",
                    "unit_code": unit.code,
                    "unit_name": unit.name,
                    "department_name": unit.department,
                },
            )


def _funds(scene: Scene, group: Group, rng: random.Random, number: int) -> Iterator[Object]:
    funds = special_funds(scene)
    turn = scene.work_year - scene.figures.count("fund.cycle_start")
    for place in range(group.count):
        fund = funds[(group.count * turn + place) % len(funds)]
        yield (
            scene.root,
            {
                "object_code": fund.code,
                "object_name": fund.name,
                "unit_code": fund.unit.code,
                "unit_name": fund.unit.name,
                "department_name": fund.unit.department,
                "amount": fund.fen,
            },
        )


def _transfers(scene: Scene, group: Group, rng: random.Random, number: int) -> Iterator[Object]:
    """Central special transfers; the first of them in a second, regional form."""
    topics = words("transfer_topic")
    place = place_of(scene.root, is_root=True)
    item_count = scene.figures.count("transfer.self_evaluated.item_count")
    mean = scene.figures.share("transfer.self_evaluated.mean_score")
    scores = _scores_of_mean(group, mean, rng)
    for index in range(group.count):
        item = index % item_count
        lap = item // len(topics)
        name = f"中央{topics[item % len(topics)]}补助资金" + (f"（第{lap + 1}批）" if lap else "")
        if index >= item_count:
            name = f"{name}（{scene.second_tier[index % len(scene.second_tier)].short_name}）"
        yield (
            None,
            {
                "object_code": f"ZX{scene.work_year - 1}{item + 1:04d}",
                "object_name": name,
                "department_name": f"{place}财政厅",
                "score": scores[index],
            },
        )


def _scores_of_mean(group: Group, mean: Decimal, rng: random.Random) -> list[Decimal]:
    """Scores of two decimals with the published mean and number of 优, in random order."""
    excellent = group.grades[0]
    good = [rng.randrange(8_300, 8_950) for _ in range(group.count - excellent)]
    rest = int(mean * 100) * group.count - sum(good)
    weights = [0.6 + 0.8 * rng.random() for _ in range(excellent)]
    scores = good + split_exactly(rest, weights, 9_000)
    rng.shuffle(scores)
    return [Decimal(score) / 100 for score in scores]


def _bureaus(scene: Scene, group: Group, rng: random.Random, number: int) -> Iterator[Object]:
    """Governments: those named, with the counties below them; else so many of the lower ones."""
    if group.scope == ("lower",):
        chosen = rng.sample(scene.lower, group.count)
    else:
        chosen = [
            bureau
            for bureau in scene.lower
            if bureau.code in group.scope or bureau.parent_code in group.scope
        ]
    for bureau in sorted(chosen, key=lambda b: b.code):
        yield (
            bureau,
            {"object_code": bureau.code, "object_name": f"{bureau.name}预算绩效管理实效"},
        )


def _insurance(scene: Scene, group: Group, rng: random.Random, number: int) -> Iterator[Object]:
    """Every insurance fund of every county below a bureau."""
    for bureau in scene.lower:
        if bureau.parent_code in group.scope:
            for fund in words("insurance"):
                yield bureau, {"object_name": f"{bureau.short_name}{fund}"}


def _topics(scene: Scene, group: Group, rng: random.Random, number: int) -> Iterator[Object]:
    place = place_of(scene.root, is_root=True)
    units = scene.units[scene.root.code]
    for index, topic in enumerate(words("evaluation_topic")[: group.count]):
        unit = units[index % len(units)]
        yield (
            scene.root,
            {
                "object_name": f"{place}{topic}专题",
                "object_code": f"ZT{scene.work_year}{index + 1:03d}",
                "unit_code": unit.code,
                "unit_name": unit.name,
            },
        )


SOURCES: dict[str, Callable[[Scene, Group, random.Random, int], Iterator[Object]]] = {
    "self_evaluated": _self_evaluated,
    "projects": _projects,
    "departments": _departments,
    "funds": _funds,
    "transfers": _transfers,
    "bureaus": _bureaus,
    "insurance": _insurance,
    "topics": _topics,
}


def _department_registers(
    scene: Scene, group: Group, root_rows: list[Record]
) -> list[Register]:
    """Department evaluations: the root's go into its ledger, each bureau below sends its own."""
    if group.scope == ("root",):
        root_rows += _department_rows(scene, group, scene.root, group.count)
        return []
    weights = [
        len(scene.projects.of(bureau.code, scene.work_year - 1)) + 1 for bureau in scene.lower
    ]
    counts = split_exactly(group.count, weights, 1)
    return [
        Register(
            "evaluation",
            scene.work_year,
            bureau,
            "部门评价台账",
            _department_rows(scene, group, bureau, count),
        )
        for bureau, count in zip(scene.lower, counts, strict=True)
    ]


def _department_rows(scene: Scene, group: Group, bureau: Bureau, count: int) -> list[Record]:
    """A bureau's department evaluations, the largest projects of every department first.

    Those beyond its registered projects are of the year before.
    """
    rng = scene.rng("department_evaluation", bureau.code)
    year = scene.work_year - 1
    known = scene.projects.of(bureau.code, year)
    chosen = _largest_of_departments(known)[:count]
    taken = {project.code for project in chosen}
    rest = [project for project in known if project.code not in taken]
    chosen += rng.sample(rest, min(len(rest), count - len(chosen)))
    outside = OutsideProjects(scene, "department")
    rows = []
    for place in range(count):
        if place < len(chosen):
            project, evaluated_year = chosen[place], year
        else:
            project, evaluated_year = outside.make(bureau, year - 1), year - 1
        score = score_of_grade(rng, rng.choices("优良中差", (38, 50, 10, 2))[0])
        rows.append(
            _of_project(project)
            | {
                "amount": project.adjusted_fen or project.initial_fen or MONEY_STEP_FEN,
                "evaluation_type": group.evaluation_type,
                "object_type": group.object_type,
                "evaluated_year": evaluated_year,
                "score": score,
                "grade": grade_of(score),
                "report_date": day_in(
                    rng, date(scene.work_year, 4, 1), date(scene.work_year, 9, 30)
                ),
                "report_name": f"{project.name}部门评价报告",
            }
        )
    return rows


def _largest_of_departments(projects: tuple[ProjectRef, ...]) -> list[ProjectRef]:
    """Of every department its largest projects, until they are well above the share it owes."""
    by_department: dict[str, list[ProjectRef]] = {}
    for project in projects:
        by_department.setdefault(project.department_name, []).append(project)
    chosen = []
    for own in by_department.values():
        owed = (EVALUATED_SHARE + Fraction(1, 20)) * sum(p.adjusted_fen for p in own)
        reached = 0
        for project in sorted(own, key=lambda p: (-p.adjusted_fen, p.code)):
            if reached >= owed:
                break
            chosen.append(project)
            reached += project.adjusted_fen
    return chosen
