"""Overall expenditure of departments and units (整体支出): goals, monitoring, self-evaluations."""

from __future__ import annotations

from decimal import Decimal

from simulate.calibration import MONEY_STEP_FEN
from simulate.records.figures import words
from simulate.records.scene import (
    Record,
    Register,
    Scene,
    Unit,
    grade_of,
    key_departments,
)
from simulate.roster import Bureau

TITLES = {
    "overall_goal": "部门（单位）整体支出绩效目标申报表（汇总）",
    "overall_monitoring": "部门（单位）整体支出绩效运行监控情况表",
    "overall_self_evaluation": "部门（单位）整体支出绩效自评情况表",
}


def unit_registers(scene: Scene) -> list[Register]:
    """The list of budget units of every bureau.

    Args:
        scene: the work year.
    """
    key = key_departments(scene)
    registers = []
    for bureau in scene.bureaus:
        units = scene.units[bureau.code]
        rows: list[Record] = [
            {
                "unit_code": unit.code,
                "unit_name": unit.name,
                "department_name": unit.department,
                "unit_level": "一级预算单位" if unit.is_department else "二级预算单位",
                "is_key_department": bureau is scene.root and unit.department in key,
                "is_confidential": unit.is_confidential,
            }
            for unit in units
        ]
        registers.append(
            Register("unit_register", scene.work_year, bureau, "预算单位名录", rows)
        )
    return registers


def overall_registers(scene: Scene) -> list[Register]:
    """Goals and monitoring of the work year, self-evaluations of the year before.

    How many of the root's units take part is a figure of the year; a year without figures for
    the bureaus below has none of theirs.

    Args:
        scene: the work year.
    """
    figures = scene.figures
    year = scene.work_year
    registers: list[Register] = []
    if "overall.months" not in figures:
        return registers
    for bureau in scene.bureaus:
        is_root = bureau is scene.root
        if not is_root and "overall.lower" not in figures:
            continue
        units = scene.units[bureau.code]
        counts = {
            stage: (
                min(figures.count(f"overall.{stage}.root_count"), len(units))
                if is_root and f"overall.{stage}.root_count" in figures
                else len(units)
            )
            for stage in ("goal", "monitoring", "self_evaluation")
        }
        goals = units[: counts["goal"]]
        if goals:
            registers.append(_register("overall_goal", year, bureau, _goals(scene, bureau, goals)))
        monitored = units[: counts["monitoring"]]
        for month in figures.codes("overall.months"):
            if monitored:
                rows = _monitored(scene, bureau, monitored, int(month))
                registers.append(
                    _register("overall_monitoring", year, bureau, rows, int(month))
                )
        evaluated = units[: counts["self_evaluation"]]
        if evaluated and "overall.new_share" in figures:  # units founded this year owe none yet
            rng = scene.rng("overall", bureau.code, "new")
            share = figures.share("overall.new_share")
            evaluated = tuple(unit for unit in evaluated if rng.random() >= share) or evaluated[:1]
        if evaluated:
            rows = _self_evaluated(scene, bureau, evaluated)
            registers.append(_register("overall_self_evaluation", year - 1, bureau, rows))
    return registers


def _register(
    kind: str, year: int, bureau: Bureau, rows: list[Record], month_no: int | None = None
) -> Register:
    title = TITLES[kind]
    if month_no:
        title = f"{title}（1-{month_no}月）"
    return Register(kind, year, bureau, title, rows, month_no)


def _named(unit: Unit) -> Record:
    """The fields that name a unit."""
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "department_name": unit.department,
    }




def _budgets(
    scene: Scene, bureau: Bureau, units: tuple[Unit, ...], year: int
) -> dict[str, int]:
    """Whole budgets by unit code."""
    of_projects: dict[str, int] = {}
    for project in scene.projects.of(bureau.code, year):
        of_projects[project.unit_code] = (
            of_projects.get(project.unit_code, 0) + project.initial_fen
        )
    rng = scene.rng("overall", bureau.code, year, "budget")
    return {
        unit.code: of_projects.get(unit.code, 0)
        + max(200, round(rng.lognormvariate(0.0, 0.7) * 15_000)) * MONEY_STEP_FEN
        for unit in units
    }


def _goals(scene: Scene, bureau: Bureau, units: tuple[Unit, ...]) -> list[Record]:
    budgets = _budgets(scene, bureau, scene.units[bureau.code], scene.work_year)
    goals = words("overall_goal")
    return [
        _named(unit)
        | {
            "total_budget": budgets[unit.code],
            "overall_goal": goals[index % len(goals)],
        }
        for index, unit in enumerate(units)
    ]


def _monitored(
    scene: Scene, bureau: Bureau, units: tuple[Unit, ...], month: int
) -> list[Record]:
    budgets = _budgets(scene, bureau, scene.units[bureau.code], scene.work_year)
    rows = []
    for unit in units:
        rng = scene.rng("overall", bureau.code, unit.code, "pace")
        pace = 0.75 + 0.3 * rng.random()
        executed = int(budgets[unit.code] * min(1.0, month / 12 * pace))
        rows.append(
            _named(unit)
            | {
                "total_budget": budgets[unit.code],
                "executed": executed // MONEY_STEP_FEN * MONEY_STEP_FEN,
            }
        )
    return rows


def _self_evaluated(scene: Scene, bureau: Bureau, units: tuple[Unit, ...]) -> list[Record]:
    year = scene.work_year - 1
    budgets = _budgets(scene, bureau, scene.units[bureau.code], year)
    rows = []
    for unit in units:
        rng = scene.rng("overall", bureau.code, unit.code, "score")
        share = 0.82 + 0.18 * rng.random()
        executed = int(budgets[unit.code] * share) // MONEY_STEP_FEN * MONEY_STEP_FEN
        lost = rng.choices((rng.randrange(900), 900 + rng.randrange(1_000)), (70, 30))[0]
        score = Decimal(10_000 - lost) / 100
        rows.append(
            _named(unit)
            | {
                "annual_budget": budgets[unit.code],
                "executed": executed,
                "total_score": score,
                "grade": grade_of(score),
            }
        )
    return rows
