"""What every register of one work year is made from: bureaus, units, figures, projects."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from simulate.allotment import split_exactly
from simulate.calibration import MONEY_STEP_FEN
from simulate.project_index import ProjectIndex, ProjectRef
from simulate.projects import load_themes
from simulate.records.figures import Figures, words
from simulate.roster import Bureau

NAME_STEP = 7
"""Names walk through places and subjects in steps that share no factor with their number."""

PART_SIZE = 20_000
"""More than any part of a series has."""

Value = str | int | bool | Decimal | date | None
Record = dict[str, Value]
"""One row of a register by field; money in fen."""


@dataclass(frozen=True)
class Register:
    """One list as it is sent.

    Attributes:
        kind: document kind.
        work_year: 工作年度; for overall-expenditure kinds the fiscal year.
        filer: the bureau that sends it.
        title: title without the year.
        rows: its records.
        month_no: month of the round, for overall monitoring.
    """

    kind: str
    work_year: int
    filer: Bureau
    title: str
    rows: list[Record]
    month_no: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One budget unit of a bureau."""

    code: str
    name: str
    department: str
    is_department: bool
    is_confidential: bool


@dataclass(frozen=True)
class Scene:
    """One work year of one statement.

    Attributes:
        statement: name of the statement.
        work_year: 工作年度.
        root: the publishing bureau.
        lower: bureaus below it, by code.
        figures: calibrated numbers of the year.
        projects: the simulated projects.
        units: budget units by bureau code.
        seed: seed of the jurisdiction.
    """

    statement: str
    work_year: int
    root: Bureau
    lower: tuple[Bureau, ...]
    figures: Figures
    projects: ProjectIndex
    units: Mapping[str, tuple[Unit, ...]]
    seed: int

    @property
    def bureaus(self) -> tuple[Bureau, ...]:
        """The root and all below it."""
        return (self.root, *self.lower)

    @property
    def second_tier(self) -> tuple[Bureau, ...]:
        """Bureaus directly below the root."""
        return tuple(bureau for bureau in self.lower if bureau.tier_no == 2)

    def bureau(self, code: str) -> Bureau:
        """A bureau by its code."""
        return next(bureau for bureau in self.bureaus if bureau.code == code)

    def rng(self, *purpose: object) -> random.Random:
        """A generator for one purpose; nothing else of the year influences it."""
        parts = (self.seed, self.statement, self.work_year, *purpose)
        return random.Random("|".join(str(part) for part in parts))


def make_scenes(
    statement: str, bureaus: Sequence[Bureau], seed: int, projects: ProjectIndex
) -> list[Scene]:
    """The work years of a statement, ready to be filled.

    Args:
        statement: name of the statement.
        bureaus: the jurisdiction's bureaus, the publishing one among them.
        seed: seed of the jurisdiction.
        projects: its simulated projects.

    Returns:
        One scene per work year of the calibration, in order.

    Raises:
        ValueError: if there is not exactly one publishing bureau.
    """
    roots = [bureau for bureau in bureaus if bureau.tier_no == 1]
    if len(roots) != 1:
        raise ValueError(f"{statement} needs one publishing bureau, not {len(roots)}")
    root = roots[0]
    lower = tuple(sorted((b for b in bureaus if b is not root), key=lambda b: b.code))
    scenes = []
    for work_year, figures in Figures.load(statement).items():
        scenes.append(
            Scene(
                statement=statement,
                work_year=work_year,
                root=root,
                lower=lower,
                figures=figures,
                projects=projects,
                units=_units(root, lower, figures, projects, work_year),
                seed=seed,
            )
        )
    return scenes


def _units(
    root: Bureau,
    lower: tuple[Bureau, ...],
    figures: Figures,
    projects: ProjectIndex,
    work_year: int,
) -> dict[str, tuple[Unit, ...]]:
    """Budget units of every bureau: those that have projects, then others, to the exact number."""
    known = {b.code: _known_units(projects, b.code, work_year) for b in (root, *lower)}
    counts = {root.code: figures.count("unit.root.count")}
    if lower:
        parts = split_exactly(
            figures.count("unit.lower.count"), [len(known[b.code]) + 47 for b in lower]
        )
        counts |= {bureau.code: part for bureau, part in zip(lower, parts, strict=True)}
    return {
        bureau.code: _filled_up(bureau, bureau is root, known[bureau.code], counts[bureau.code])
        for bureau in (root, *lower)
    }


def _known_units(projects: ProjectIndex, code: str, work_year: int) -> list[Unit]:
    """Units that have projects in the year, or had them in the year before, by code."""
    found: dict[str, ProjectRef] = {}
    for year in (work_year, work_year - 1):
        for project in projects.of(code, year):
            found.setdefault(project.unit_code, project)
    return [
        Unit(
            unit_code,
            project.unit_name,
            project.department_name,
            project.unit_name.startswith(project.department_name),
            False,
        )
        for unit_code, project in sorted(found.items())
    ]


def _filled_up(bureau: Bureau, is_root: bool, known: list[Unit], count: int) -> tuple[Unit, ...]:
    """Exactly so many units; each invented department has itself and up to five below it."""
    units = known[:count]
    names = {unit.name for unit in units}
    place = place_of(bureau, is_root)
    departments = words("department")
    below = words("unit_below")
    number = 0
    while len(units) < count:
        department_no, unit_no = divmod(number, 6)
        round_no, department_index = divmod(department_no, len(departments))
        number += 1
        department = f"{place}{departments[department_index]}"
        if round_no:
            nth = "一二三四五六七八九"[round_no - 1]
            department = f"{place}第{nth}派驻{departments[department_index]}"
        name = department if not unit_no else f"{department}{below[unit_no - 1]}"
        if name in names:
            continue
        names.add(name)
        code = f"{301 + department_no:03d}{unit_no + 1:03d}"
        is_confidential = "保密" in department or number % 97 == 0
        units.append(Unit(code, name, department, unit_no == 0, is_confidential))
    return tuple(units)


def place_of(bureau: Bureau, is_root: bool) -> str:
    """The word before the names of a bureau's departments.

    Args:
        bureau: the bureau.
        is_root: whether it is the publishing one.
    """
    return "自治区" if is_root and bureau.name.endswith("自治区") else bureau.short_name


class OutsideProjects:
    """Makes projects that are in no register of the simulation, each only once."""

    def __init__(self, scene: Scene, purpose: str, part: int = 0) -> None:
        """Begin a series.

        Args:
            scene: the work year.
            purpose: a word that no other series of the year has.
            part: tells apart parts of a series that are made independently.
        """
        self.scene = scene
        self.rng = scene.rng("outside", purpose, part)
        self.series = words("outside_series").index(purpose)
        self.number = part * PART_SIZE
        themes, _ = load_themes()
        self.subjects = [subject for theme in themes for subject in theme.subjects]

    def make(self, bureau: Bureau, fiscal_year: int, fen: int = 0) -> ProjectRef:
        """The next project.

        Args:
            bureau: whose.
            fiscal_year: 预算年度 of its code.
            fen: its budget; 0 draws one.
        """
        self.number += 1
        units = self.scene.units[bureau.code]
        unit = units[self.rng.randrange(len(units))]
        sites, place = words("site"), place_of(bureau, bureau is self.scene.root)
        lap, place_no = divmod(self.number * NAME_STEP, len(sites) * len(self.subjects))
        batch = f"（第{lap + 1}批）" if lap else ""
        subject = self.subjects[place_no // len(sites)]
        if not fen:
            fen = max(50, round(self.rng.lognormvariate(0.0, 1.1) * 8_000)) * MONEY_STEP_FEN
        return ProjectRef(
            code=f"{bureau.code}{fiscal_year % 100:02d}W{self.series:02d}{self.number:010d}",
            name=f"{place}{sites[place_no % len(sites)]}{subject}项目{batch}",
            unit_code=unit.code,
            unit_name=unit.name,
            department_name=unit.department,
            fund_type="general",
            initial_fen=fen,
            adjusted_fen=fen,
            is_new=False,
            is_monitored=False,
            declared_score=None,
            is_self_evaluated=False,
        )


def budget_of(project: ProjectRef) -> int:
    """The initial budget, the adjusted one where the project was added in the year, in fen."""
    return project.initial_fen or project.adjusted_fen


def departments_of(scene: Scene) -> list[Unit]:
    """The root's departments, one unit each, in the order of their codes.

    Args:
        scene: the work year.
    """
    found: dict[str, Unit] = {}
    for unit in scene.units[scene.root.code]:
        if unit.department not in found or unit.is_department:
            found[unit.department] = unit
    return [
        Unit(unit.code, name, name, True, unit.is_confidential) for name, unit in found.items()
    ]


def key_departments(scene: Scene) -> set[str]:
    """Names of the root's key departments (重点部门).

    Args:
        scene: the work year.
    """
    count = scene.figures.count("unit.key_department_count")
    return {unit.department for unit in departments_of(scene)[:count]}


def split_money(total_fen: int, weights: Sequence[float], floor_steps: int = 1) -> list[int]:
    """Split an amount into parts of whole hundreds of yuan that add up to it exactly.

    Args:
        total_fen: the amount, a multiple of 100 yuan.
        weights: one per part.
        floor_steps: the least each part gets, in hundreds of yuan.

    Returns:
        The parts, in fen.
    """
    steps, rest = divmod(total_fen, MONEY_STEP_FEN)
    if rest:
        raise ValueError(f"{total_fen} fen is no multiple of {MONEY_STEP_FEN}")
    return [part * MONEY_STEP_FEN for part in split_exactly(steps, weights, floor_steps)]


def skewed(rng: random.Random, count: int, spread: float = 1.0) -> list[float]:
    """Weights of a few large and many small ones."""
    return [rng.lognormvariate(0.0, spread) for _ in range(count)]


def day_in(rng: random.Random, first: date, last: date) -> date:
    """A working day in a span, both ends included.

    Args:
        rng: generator.
        first: first day.
        last: last day.
    """
    day = first + timedelta(days=rng.randrange((last - first).days + 1))
    while day.weekday() >= 5 and day > first:
        day -= timedelta(days=1)
    return day


def grade_of(score: Decimal) -> str:
    """优 from 90, 良 from 80, 中 from 60, 差 below."""
    return "优" if score >= 90 else "良" if score >= 80 else "中" if score >= 60 else "差"


def score_in(rng: random.Random, low: float, high: float) -> Decimal:
    """A score with two decimals, low included, high excluded."""
    return Decimal(rng.randrange(round(low * 100), round(high * 100))) / 100


def score_of_grade(rng: random.Random, grade: str) -> Decimal:
    """A score that earns a grade."""
    low, high = {"优": (90, 99), "良": (80, 90), "中": (62, 80), "差": (41, 60)}[grade]
    return score_in(rng, low, high)
