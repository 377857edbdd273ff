"""Work ledgers: tasks of the plan, detail ledgers of the tier below, reforms, pilots, items met."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from simulate.records.figures import words
from simulate.records.scene import Record, Register, Scene, day_in

PLANNED_DAYS = ((3, 31), (6, 30), (9, 30), (10, 31), (11, 30))


def work_plan_registers(scene: Scene) -> list[Register]:
    """The master ledger of the root and the detail ledgers of the bureaus below.

    Args:
        scene: the work year.

    Returns:
        One ledger of the root, and one of each bureau that keeps a detail ledger.
    """
    rows = [*_plan(scene), *_reforms(scene), *_pilots(scene), *_compliance(scene)]
    registers = []
    if rows:
        registers.append(
            Register("work_task", scene.work_year, scene.root, "预算绩效管理工作总台账", rows)
        )
    for bureau in scene.second_tier[: scene.figures.count("task.ledger.bureau_count")]:
        registers.append(
            Register(
                "work_task",
                scene.work_year,
                bureau,
                "预算绩效管理明细工作台账",
                _detail_ledger(scene, bureau.code),
            )
        )
    return registers


def _plan(scene: Scene) -> list[Record]:
    """Major tasks and their sub-tasks."""
    figures, rng = scene.figures, scene.rng("work_task", "plan")
    majors, subs = words("major_task"), words("sub_task")
    rows: list[Record] = []
    for number in range(1, figures.count("task.major.count") + 1):
        name = majors[(number - 1) % len(majors)]
        rows.append(_task(f"Z{number:02d}", name, "重点任务", rng))
    major_count = len(rows)
    for number in range(1, figures.count("task.sub.count") + 1):
        parent = rows[(number - 1) % major_count]
        lap = (number - 1) // major_count
        row = _task(
            f"{parent['task_no']}-{lap + 1}",
            f"{parent['task_name']}：{subs[(number - 1 + lap) % len(subs)]}",
            "子任务",
            rng,
        )
        rows.append(row | {"parent_task_no": parent["task_no"]})
    planned = [_with_year(row, scene.work_year, rng) for row in rows]
    late_or_open(
        planned, figures.count("task.late_count"), figures.count("task.open_count"), rng
    )
    return planned


def _detail_ledger(scene: Scene, bureau_code: str) -> list[Record]:
    """One prefecture's ledger, derived from the master ledger."""
    rng = scene.rng("work_task", bureau_code)
    majors, subs = words("major_task"), words("sub_task")
    rows = []
    for number in range(1, scene.figures.count("task.ledger.item_count") + 1):
        major = majors[(number - 1) % len(majors)]
        sub = subs[(number * 5 + number // len(majors)) % len(subs)]
        rows.append(_task(f"M{number:02d}", f"{major}：{sub}", "台账任务", rng))
    dated = [_with_year(row, scene.work_year, rng) for row in rows]
    late_or_open(dated, rng.randrange(3), rng.randrange(2), rng)
    return dated


def _reforms(scene: Scene) -> list[Record]:
    """Reform tasks by aspect."""
    rng = scene.rng("work_task", "reform")
    aspects, subs = words("reform_aspect"), words("sub_task")
    aspect_count = scene.figures.count("task.reform.aspect_count")
    rows = []
    for number in range(1, scene.figures.count("task.reform.count") + 1):
        aspect = aspects[(number - 1) % aspect_count]
        name = f"{aspect}改革：{subs[(number - 1) // aspect_count % len(subs)]}"
        rows.append(_task(f"G{number:02d}", name, "改革任务", rng) | {"aspect": aspect})
    dated = [_with_year(row, scene.work_year, rng) for row in rows]
    late_or_open(dated, 1 if dated else 0, 0, rng)
    return dated


def _pilots(scene: Scene) -> list[Record]:
    """Pilots in bureaus below; every chosen bureau has at least one."""
    count = scene.figures.count("task.pilot.count")
    if not count:
        return []
    rng = scene.rng("work_task", "pilot")
    chosen = rng.sample(scene.lower, scene.figures.count("task.pilot.bureau_count"))
    aspects = words("reform_aspect")
    rows = []
    for number in range(1, count + 1):
        bureau = chosen[(number - 1) % len(chosen)]
        aspect = aspects[(number * 3 + number // len(chosen)) % len(aspects)]
        rows.append(
            _task(f"S{number:03d}", f"{bureau.short_name}{aspect}试点", "试点", rng)
            | {
                "aspect": aspect,
                "subject_bureau_code": bureau.code,
                "subject_bureau_name": bureau.name,
            }
        )
    dated = [_with_year(row, scene.work_year, rng) for row in rows]
    late_or_open(dated, count // 20, count // 30, rng)
    return dated


def _compliance(scene: Scene) -> list[Record]:
    """Items that the root and the tier below have to meet on time (达标事项)."""
    items = words("compliance_item")[: scene.figures.count("task.compliance.item_count")]
    rng = scene.rng("work_task", "compliance")
    rows = [
        _task(f"D{number:02d}", item, "达标事项", rng)
        | {"subject_bureau_code": bureau.code, "subject_bureau_name": bureau.name}
        for number, item in enumerate(items, start=1)
        for bureau in (scene.root, *scene.second_tier)
    ]
    dated = [_with_year(row, scene.work_year, rng) for row in rows]
    late_or_open(dated, len(dated) // 15, len(dated) // 40, rng)
    return dated


def _task(number: str, name: str, task_type: str, rng: random.Random) -> Record:
    """A task without its dates."""
    divisions = words("division")
    return {
        "task_no": number,
        "task_name": name,
        "task_type": task_type,
        "owner": divisions[rng.randrange(len(divisions))],
    }


def _with_year(row: Record, year: int, rng: random.Random) -> Record:
    """The task with a deadline and a day before it on which it was done."""
    month, day = PLANNED_DAYS[rng.randrange(len(PLANNED_DAYS))]
    due = date(year, month, day)
    return row | {
        "due_date": due,
        "done_date": day_in(rng, due - timedelta(days=40), due),
        "score": 5,
        "evidence": "工作通知、上报材料及汇总表",
    }


def late_or_open(
    rows: Sequence[Record], late_count: int, open_count: int, rng: random.Random
) -> None:
    """Let some tasks be done after their deadline and some not at all, in place.

    Args:
        rows: tasks with their dates.
        late_count: done after the deadline.
        open_count: not done.
        rng: generator.
    """
    chosen = rng.sample(range(len(rows)), late_count + open_count)
    for place, index in enumerate(chosen):
        row = rows[index]
        if place < late_count:
            row["done_date"] = row["due_date"] + timedelta(days=3 + rng.randrange(20))
            row["score"] = 3
        else:
            row |= {"done_date": None, "score": 0, "evidence": None}
