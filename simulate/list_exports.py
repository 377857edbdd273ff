"""List exports: one row per project with its indicator rows beside or below it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from simulate.file_style import FileStyle
from simulate.population import BureauPlan
from simulate.projects import VOCABULARY_DIR, Line, Project
from simulate.reports import LIKELIHOODS, ReportedLine, RoundReport, SelfReport
from simulate.wording import money_text
from simulate.writers import Cell, SheetContent

KIND_TITLES = {
    "project_register": "部门预算项目清单",
    "goal": "项目支出绩效目标申报情况表",
    "monitoring": "项目支出绩效运行监控情况表",
    "self_evaluation": "项目支出绩效自评情况表",
}
FINAL_STATUSES = ("终审", "011", "审核通过", "已审核")
BOOLEANS = (("是", "否"), (1, 0), ("√", None), ("Y", "N"))
CATEGORY_NAMES = {"22": "其他运转类", "3": "特定目标类"}
FUND_NAMES = {
    "111": "一般公共预算资金",
    "121": "政府性基金预算资金",
    "13": "国有资本经营预算资金",
    "14": "社会保险基金预算资金",
    "2": "财政专户管理资金",
    "39": "其他收入资金",
}


@dataclass(frozen=True)
class ListRecord:
    """One project row of a list with what was reported on it.

    Attributes:
        project: the project.
        report: its round report or self-evaluation; None in registers and goals.
        lines: reported lines beside `project.lines`; None in goals.
        shadow: empty for the live row, else older, returned, deleted or phantom.
    """

    project: Project
    report: RoundReport | SelfReport | None
    lines: Sequence[ReportedLine] | None
    shadow: str = ""


@dataclass(frozen=True)
class ListHead:
    """What a list says about itself.

    Attributes:
        kind: document kind.
        fiscal_year: 预算年度.
        round_no: monitoring round, None for other kinds.
        month: month of the round.
    """

    kind: str
    fiscal_year: int
    round_no: int | None = None
    month: int | None = None


Column = tuple[str, Callable[[ListRecord], Cell]]


@cache
def load_headings() -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Synonymous headings by kind, table and field."""
    with (VOCABULARY_DIR / "headings.csv").open(encoding="utf-8", newline="") as handle:
        return {
            (row["kind"], row["table"], row["field"]): tuple(row["headings"].split("|"))
            for row in csv.DictReader(handle)
        }


def month_label(month: int, dash: str) -> str:
    """The label of a round, such as 1-5月.

    Args:
        month: last month of the round.
        dash: the dash this file uses.
    """
    return f"1{dash}{month}月"


def list_sheets(
    plan: BureauPlan, head: ListHead, style: FileStyle, records: list[ListRecord]
) -> list[SheetContent]:
    """The sheets of one list export.

    Args:
        plan: the bureau.
        head: kind, year and round.
        style: how it looks.
        records: the rows, live and shadow ones, in the order of the list.

    Returns:
        One sheet, or a project sheet and, where the layout has two and any project has indicator
        lines, an indicator sheet.
    """
    columns, money_columns = _project_columns(plan, head, style)
    if style.layout in ("repeated", "blank", "merged"):
        return [_crossed_sheet(plan, head, style, records, columns)]
    sheets = [_project_sheet(plan, head, style, records, columns, money_columns)]
    if any(record.project.lines for record in records) and head.kind != "project_register":
        sheets.append(_indicator_sheet(head, style, records))
    return sheets


def _heading(head: ListHead, style: FileStyle, table: str, field: str) -> str:
    """The heading of a field in this file."""
    options = load_headings()[head.kind, table, field]
    heading = options[style.heading % len(options)]
    if "{" in heading:
        heading = heading.format(month=month_label(head.month, style.dash), last=head.month)
    return heading


def _project_columns(
    plan: BureauPlan, head: ListHead, style: FileStyle
) -> tuple[list[Column], list[tuple[int, Callable[[ListRecord], int]]]]:
    """Columns of the project part, and those of them that are money."""
    columns: list[Column] = []
    money: list[tuple[int, Callable[[ListRecord], int]]] = []

    def add(field: str, value: Callable[[ListRecord], Cell]) -> None:
        columns.append((_heading(head, style, "projects", field), value))

    def add_money(field: str, fen: Callable[[ListRecord], int]) -> None:
        heading = _heading(head, style, "projects", field)
        if style.unit_in_heading:
            heading = f"{heading}（{style.money_unit}）"
        money.append((len(columns), fen))
        columns.append((heading, lambda record: money_cell(fen(record), style)))

    if style.has_year:
        add("fiscal_year", lambda record: head.fiscal_year)
    if style.has_bureau_code:
        code = plan.bureau.code + ("000" if style.has_bureau_code == 2 else "")
        add("bureau_code", lambda record: code)
    if style.code_name:
        pattern = "{}-{}" if style.code_name == 1 else "[{}]{}"
        add(
            "department_name",
            lambda record: pattern.format(
                record.project.unit_code[:3], record.project.department_name
            ),
        )
        add(
            "unit_name",
            lambda record: pattern.format(record.project.unit_code, record.project.unit_name),
        )
    else:
        add("department_name", lambda record: record.project.department_name)
        add("unit_code", lambda record: record.project.unit_code)
        add("unit_name", lambda record: record.project.unit_name)
    add("project_code", _code)
    add("project_name", lambda record: record.project.name)
    add("finance_division", lambda record: record.project.division)
    if head.kind == "project_register":
        _add_register_columns(style, add, add_money)
    elif head.kind == "goal":
        add_money("budget", lambda record: record.project.initial_fen)
        add_money("fiscal_appropriation", lambda record: record.project.initial_fen)
        add_money("other_funds", lambda record: 0)
        add("overall_goal", lambda record: record.project.goal_text)
    elif head.kind == "monitoring":
        if style.heading % 2:
            label = month_label(head.month, style.dash)
            add("round", lambda record: label)
        add_money("initial_budget", lambda record: record.project.initial_fen)
        add_money("adjusted_budget", lambda record: record.project.adjusted_fen)
        add_money("executed", _executed)
        add("execution_rate", lambda record: _rate(record, style))
        add_money("expected_execution", lambda record: record.report.expected_fen)
    else:
        add_money("initial_budget", lambda record: record.project.initial_fen)
        add_money("adjusted_budget", lambda record: record.project.adjusted_fen)
        add_money("executed", _executed)
        add("execution_rate", lambda record: _rate(record, style))
        add(
            "execution_score",
            lambda record: record.report.execution_score_hundredths / 100,
        )
        add("total_score", lambda record: record.report.total_score_hundredths / 100)
        add("grade", lambda record: record.report.grade)
    if style.has_status:
        if head.kind != "project_register":
            status = FINAL_STATUSES[style.heading % len(FINAL_STATUSES)]
            add("review_status", lambda record: "退回" if record.shadow == "returned" else status)
        add("is_deleted", lambda record: 1 if record.shadow in ("deleted", "phantom") else 2)
        add("updated_at", lambda record: _updated_at(record, head))
    return columns, money


def _add_register_columns(
    style: FileStyle,
    add: Callable[[str, Callable[[ListRecord], Cell]], None],
    add_money: Callable[[str, Callable[[ListRecord], int]], None],
) -> None:
    """The columns only a register has."""
    yes, no = BOOLEANS[style.boolean]
    named = style.heading % 3
    add(
        "project_category",
        lambda record: (
            CATEGORY_NAMES[record.project.category] if named else record.project.category
        ),
    )
    add(
        "fund_type",
        lambda record: FUND_NAMES[record.project.fund_code] if named else record.project.fund_code,
    )
    add_money("initial_budget", lambda record: record.project.initial_fen)
    add_money("adjusted_budget", lambda record: record.project.adjusted_fen)
    add("project_attribute", lambda record: "新增" if record.project.is_new else "延续")
    add("is_direct_fund", lambda record: yes if record.project.is_direct else no)
    add("is_poverty_relief", lambda record: yes if record.project.is_poverty else no)
    add("is_transfer", lambda record: yes if record.project.is_transfer else no)
    add("is_confidential", lambda record: yes if record.project.is_confidential else no)
    add("tags", lambda record: record.project.tags or None)


def money_cell(fen: int, style: FileStyle) -> Cell:
    """An amount as this file writes it: a number, or text with separators.

    Args:
        fen: the amount.
        style: unit and form.
    """
    if style.money_as_text:
        return money_text(fen, style.money_unit, thousands=True)
    text = money_text(fen, style.money_unit)
    return float(text) if "." in text else int(text)


def _code(record: ListRecord) -> str:
    """The project code; phantoms have one that exists nowhere else."""
    code = record.project.code
    return f"{code[:13]}99{code[15:]}" if record.shadow == "phantom" else code


def _executed(record: ListRecord) -> int:
    """The execution; older and returned versions had less."""
    executed = record.report.executed_fen
    return executed // 2 if record.shadow in ("older", "returned") else executed


def _rate(record: ListRecord, style: FileStyle) -> str:
    """The declared execution rate."""
    rate = record.report.execution_rate
    return f"{rate:.4f}" if style.heading % 7 == 0 else f"{rate * 100:.2f}%"


def _updated_at(record: ListRecord, head: ListHead) -> str:
    """The time of the last change; shadows are older than every live row."""
    month = (head.month or 0) + 1 if head.kind == "monitoring" else 2
    year = head.fiscal_year + (1 if head.kind == "self_evaluation" else 0)
    number = int(record.project.code[-6:])
    day = 1 + number % 4 if record.shadow else 10 + number % 15
    return f"{year}-{month:02d}-{day:02d} {9 + number % 9:02d}:{number % 60:02d}:00"


def _title_rows(
    plan: BureauPlan, head: ListHead, style: FileStyle, with_unit: bool
) -> list[list[Cell]]:
    """Rows above the header."""
    rows: list[list[Cell]] = []
    if style.has_title:
        label = ""
        if head.month:
            label = (
                f"（{month_label(head.month, style.dash)}）"
                if style.heading % 4
                else f"（截至{head.month}月底）"
            )
        title = f"{head.fiscal_year}年{KIND_TITLES[head.kind]}{label}"
        if style.heading % 5 == 1:
            title = f"{plan.bureau.name}{title}"
        rows.append([title])
        if style.heading % 3 == 0:
            rows.append([f"（{head.fiscal_year}年度）"])
        line: list[Cell] = [f"填报单位：{plan.bureau.name}{plan.bureau.office}"]
        if with_unit and not style.unit_in_heading:
            line += [None, None, f"单位：{style.money_unit}"]
        rows.append(line)
        if style.heading % 6 == 5:
            rows.append([])
    elif with_unit and not style.unit_in_heading:
        rows.append([f"单位：{style.money_unit}"])
    return rows


def _note_rows(plan: BureauPlan, style: FileStyle) -> list[list[Cell]]:
    """Rows below the data."""
    if not style.has_notes:
        return []
    return [
        [],
        ["注：本表由预算单位填报，主管部门审核后由财政部门汇总导出。"],
        ["填报人：", None, None, "联系电话：", None, None, "审核人："],
    ]


def _project_sheet(
    plan: BureauPlan,
    head: ListHead,
    style: FileStyle,
    records: list[ListRecord],
    columns: list[Column],
    money: list[tuple[int, Callable[[ListRecord], int]]],
) -> SheetContent:
    """The sheet with one row per project."""
    rows = _title_rows(plan, head, style, with_unit=True)
    serial = style.has_serial
    header: list[Cell] = ["序号"] if serial else []
    rows.append(header + [heading for heading, _ in columns])
    total: list[Cell] = [None] * len(columns)
    for column, fen in money:
        total[column] = money_cell(
            sum(fen(record) for record in records if not record.shadow), style
        )
    if serial:
        total.insert(0, None)
    total[0] = "合计"
    if style.total_row == "top":
        rows.append(total)
    for number, record in enumerate(records, start=1):
        cells: list[Cell] = [number] if serial else []
        cells += [value(record) for _, value in columns]
        rows.append(cells)
    if style.total_row == "bottom":
        rows.append(total)
    rows += _note_rows(plan, style)
    return SheetContent("项目信息" if style.heading % 2 else "Sheet1", rows)


def _indicator_sheet(
    head: ListHead, style: FileStyle, records: list[ListRecord]
) -> SheetContent:
    """The sheet with one row per indicator, joined by project code."""
    header, cells_of = _indicator_part(head, style, records)
    rows: list[list[Cell]] = []
    if style.has_title:
        label = f"（{month_label(head.month, style.dash)}）" if head.month else ""
        rows.append([f"{head.fiscal_year}年{KIND_TITLES[head.kind]}指标明细{label}"])
    key_heading = _heading(head, style, "projects", "project_code")
    name_heading = _heading(head, style, "projects", "project_name")
    rows.append([key_heading, name_heading, *header])
    append = rows.append
    for record in records:
        if record.shadow:
            continue
        key: list[Cell] = [record.project.code, record.project.name]
        for cells in cells_of(record):
            append(key + cells)
    return SheetContent("指标信息" if style.heading % 2 else "Sheet2", rows)


def _crossed_sheet(
    plan: BureauPlan,
    head: ListHead,
    style: FileStyle,
    records: list[ListRecord],
    columns: list[Column],
) -> SheetContent:
    """One sheet of project × indicator rows."""
    header, cells_of = _indicator_part(head, style, records)
    rows = _title_rows(plan, head, style, with_unit=True)
    merges: list[tuple[int, int, int, int]] = []
    serial = style.has_serial
    width = len(columns) + serial
    first: list[Cell] = ["序号"] if serial else []
    rows.append([*first, *[heading for heading, _ in columns], *header])
    blank: list[Cell] = [None] * width
    for number, record in enumerate(records, start=1):
        project_cells: list[Cell] = [number] if serial else []
        project_cells += [value(record) for _, value in columns]
        start = len(rows)
        for index, cells in enumerate(cells_of(record) or [[None] * len(header)]):
            if index and style.layout != "repeated":
                rows.append(blank + cells)
            else:
                rows.append(project_cells + cells)
        end = len(rows) - 1
        if style.layout == "merged" and end > start:
            merges += [(start, column, end, column) for column in range(width)]
    rows += _note_rows(plan, style)
    return SheetContent("Sheet1", rows, merges)


def _indicator_part(
    head: ListHead, style: FileStyle, records: list[ListRecord]
) -> tuple[list[str], Callable[[ListRecord], list[list[Cell]]]]:
    """Headings of the indicator columns and the cells of a record's lines."""

    def heading(field: str) -> str:
        return _heading(head, style, "indicators", field)

    split = any(line.operator_cell or line.unit_cell for r in records for line in r.project.lines)
    header = [heading("level1"), heading("level2"), heading("level3")]
    if split:
        header += [heading("target_operator"), heading("target_value"), heading("target_unit")]
    else:
        header.append(heading("target_value"))
    header.append(heading("weight"))

    def target(line: Line) -> list[Any]:
        cells: list[Any] = [line.level1, line.level2, line.name_cell]
        if split:
            cells += [line.operator_cell or None, line.target_cell, line.unit_cell or None]
        else:
            cells.append(line.target_cell)
        cells.append(line.weight)
        return cells

    if head.kind == "goal":
        return header, lambda record: [target(line) for line in record.project.lines]
    if head.kind == "monitoring":
        header += [heading("actual_value"), heading("expected_value")]
        if style.ticks:
            header += [
                heading(field)
                for field in (
                    "reason_funding",
                    "reason_system",
                    "reason_staff",
                    "reason_hardware",
                    "reason_other",
                    "reason_note",
                    "likelihood_certain",
                    "likelihood_possible",
                    "likelihood_impossible",
                )
            ]
        else:
            header += [heading("deviation_reason"), heading("likelihood")]
        extra = _ticked if style.ticks else _worded
        return header, lambda record: [
            [
                *target(line),
                reported.actual_cell or None,
                reported.expected_cell or None,
                *extra(reported),
            ]
            for line, reported in zip(record.project.lines, record.lines, strict=True)
        ]
    header += [heading("actual_value"), heading("score"), heading("deviation_reason")]
    return header, lambda record: [
        [
            *target(line),
            reported.actual_cell or None,
            reported.score_hundredths / 100,
            reported.reason[1] or None,
        ]
        for line, reported in zip(record.project.lines, record.lines, strict=True)
    ]


REASON_GROUPS = ("经费保障", "制度保障", "人员保障", "硬件条件保障", "其他")


def _ticked(reported: ReportedLine) -> list[Cell]:
    """Reason and likelihood as ticks in nine columns."""
    cells: list[Cell] = [None] * 9
    group, text = reported.reason
    if group:
        cells[REASON_GROUPS.index(group)] = "√"
        cells[5] = text
    cells[6 + reported.likelihood] = "√"
    return cells


def _worded(reported: ReportedLine) -> list[Cell]:
    """Reason and likelihood as words in two columns."""
    return [reported.reason[1] or None, LIKELIHOODS[reported.likelihood]]
