"""Official forms: one sheet per project, in the variants that provinces use."""

from __future__ import annotations

from simulate.file_style import FileStyle
from simulate.list_exports import REASON_GROUPS, ListHead, ListRecord, month_label
from simulate.wording import money_text
from simulate.writers import Cell, SheetContent

TICK = "√"


class _Form:
    """A sheet under construction: rows of fixed width with merges."""

    def __init__(self, name: str, width: int) -> None:
        self.width = width
        self.sheet = SheetContent(name, [])

    def row(self, *spans: tuple[Cell, int]) -> int:
        """Add a row of (text, columns) spans; returns its index."""
        index = len(self.sheet.rows)
        cells: list[Cell] = []
        for value, columns in spans:
            if columns > 1:
                self.sheet.merges.append((index, len(cells), index, len(cells) + columns - 1))
            cells += [value] + [None] * (columns - 1)
        assert len(cells) == self.width, (len(cells), self.width)
        self.sheet.rows.append(cells)
        return index

    def merge_down(self, first: int, last: int, column: int, columns: int = 1) -> None:
        """Merge a block below its first cell."""
        if columns > 1:
            self.sheet.merges = [
                merge
                for merge in self.sheet.merges
                if not (first <= merge[0] <= last and merge[1] == column)
            ]
        if last > first or columns > 1:
            self.sheet.merges.append((first, column, last, column + columns - 1))


def form_sheet(head: ListHead, style: FileStyle, record: ListRecord, name: str) -> SheetContent:
    """The official form of one project.

    Args:
        head: kind, year and round.
        style: variant, unit and dash.
        record: the project with what was reported.
        name: sheet name.

    Returns:
        The sheet.
    """
    if head.kind == "goal":
        return _goal_form(head, style, record, name)
    if head.kind == "monitoring":
        return _monitoring_form(head, style, record, name)
    return _self_evaluation_form(head, style, record, name)


def _identity(form: _Form, record: ListRecord, style: FileStyle, title: str, year: int) -> None:
    """Title, year, project, department and unit."""
    project, width = record.project, form.width
    form.row((title, width))
    form.row((f"（{year}年度）", width))
    code_name = style.code_name == 1
    name = f"{project.code}-{project.name}" if code_name else project.name
    form.row(("项目名称", 2), (name, width - 2))
    half = (width - 4) // 2
    department = project.department_name
    if style.form_variant == 0:
        form.row(
            ("主管部门及代码", 2),
            (f"{project.unit_code[:3]}-{department}" if code_name else department, half),
            ("实施单位", 2),
            (project.unit_name, width - 4 - half),
        )
    else:
        form.row(
            ("主管部门", 2),
            (department, half),
            ("实施单位", 2),
            (project.unit_name, width - 4 - half),
        )


def _carry_levels(form: _Form, first: int, record: ListRecord, column: int) -> None:
    """Merge equal level-1 and level-2 cells and blank the carried ones."""
    lines = record.project.lines
    for offset, level in ((0, "level1"), (1, "level2")):
        start = 0
        for index in range(1, len(lines) + 1):
            same = index < len(lines) and (lines[index].level1, getattr(lines[index], level)) == (
                lines[start].level1,
                getattr(lines[start], level),
            )
            if same:
                form.sheet.rows[first + index][column + offset] = None
                continue
            form.merge_down(first + start, first + index - 1, column + offset)
            start = index


def _goal_form(head: ListHead, style: FileStyle, record: ListRecord, name: str) -> SheetContent:
    """项目支出绩效目标申报表."""
    form = _Form(name, 8)
    project, unit = record.project, style.money_unit
    amount = money_text(project.initial_fen, unit)
    _identity(form, record, style, "项目支出绩效目标申报表", head.fiscal_year)
    if style.form_variant == 0:
        form.row(
            ("项目属性", 2), ("新增" if project.is_new else "延续", 2), ("项目期", 2), ("1年", 2)
        )
        first = form.row(
            (f"项目资金（{unit}）", 2),
            ("实施期资金总额", 1),
            (amount, 1),
            ("年度资金总额", 2),
            (amount, 2),
        )
        form.row((None, 2), ("其中：财政拨款", 1), (amount, 1), ("其中：财政拨款", 2), (amount, 2))
        last = form.row((None, 2), ("其他资金", 1), ("0", 1), ("其他资金", 2), ("0", 2))
        form.merge_down(first, last, 0, 2)
        form.row(("总体目标", 2), ("年度目标", 1), (project.goal_text, 5))
    else:
        first = form.row((f"资金情况（{unit}）", 2), ("年度资金总额", 2), (amount, 4))
        form.row((None, 2), ("其中：财政拨款", 2), (amount, 4))
        last = form.row((None, 2), ("其他资金", 2), ("0", 4))
        form.merge_down(first, last, 0, 2)
        form.row(("年度总体目标", 2), (project.goal_text, 6))
    header = form.row(
        ("绩效指标", 1),
        ("一级指标", 1),
        ("二级指标", 1),
        ("三级指标", 3),
        ("年度指标值" if style.form_variant != 1 else "指标值", 2),
    )
    for line in project.lines:
        form.row((None, 1), (line.level1, 1), (line.level2, 1), (line.name_cell, 3),
                 (line.target_cell, 2))
    form.merge_down(header, len(form.sheet.rows) - 1, 0)
    _carry_levels(form, header + 1, record, 1)
    return form.sheet


def _monitoring_form(
    head: ListHead, style: FileStyle, record: ListRecord, name: str
) -> SheetContent:
    """项目支出绩效目标执行监控表: with tick columns, or with one column each."""
    project, report, unit = record.project, record.report, style.money_unit
    label = month_label(head.month, style.dash)
    title = "项目支出绩效目标执行监控表"
    executed = money_text(report.executed_fen, unit)
    budget = money_text(project.adjusted_fen, unit)
    rate = f"{report.execution_rate * 100:.2f}%"
    expected = money_text(report.expected_fen, unit)
    ticks = style.form_variant != 1
    form = _Form(name, 17 if ticks else 10)
    _identity(form, record, style, title, head.fiscal_year)
    if ticks:
        first = form.row(
            (f"项目资金（{unit}）", 2),
            (None, 2),
            ("年初预算数", 3),
            (f"{label}执行数", 3),
            (f"{label}执行率", 3),
            ("全年预计执行数", 4),
        )
        for text, values in (
            ("年度资金总额", (budget, executed, rate, expected)),
            ("其中：本年一般公共预算拨款", (budget, executed, rate, expected)),
            ("其他资金", ("0", "0", "—", "0")),
        ):
            last = form.row(
                (None, 2),
                (text, 2),
                (values[0], 3),
                (values[1], 3),
                (values[2], 3),
                (values[3], 4),
            )
        form.merge_down(first, last, 0, 2)
        form.row(("年度总体目标", 2), (project.goal_text, 15))
        header = form.row(
            ("绩效指标", 1),
            ("一级指标", 1),
            ("二级指标", 1),
            ("三级指标", 1),
            ("年度指标值", 1),
            (f"{label}执行情况", 1),
            ("全年预计完成情况", 1),
            ("偏差原因分析", 6),
            ("完成目标可能性", 3),
            ("备注", 1),
        )
        below = [*REASON_GROUPS, "原因说明", "确定能", "有可能", "完全不可能"]
        form.row(*[(None, 1)] * 7, *[(text, 1) for text in below], (None, 1))
        for column in (1, 2, 3, 4, 5, 6, 16):
            form.merge_down(header, header + 1, column)
        first_line = header + 2
        for line, reported in zip(project.lines, record.lines, strict=True):
            marks: list[Cell] = [None] * 9
            if reported.reason[0]:
                marks[REASON_GROUPS.index(reported.reason[0])] = TICK
                marks[5] = reported.reason[1]
            marks[6 + reported.likelihood] = TICK
            form.row(
                (None, 1),
                (line.level1, 1),
                (line.level2, 1),
                (line.name_cell, 1),
                (line.target_cell, 1),
                (reported.actual_cell or None, 1),
                (reported.expected_cell or None, 1),
                *[(mark, 1) for mark in marks],
                (None, 1),
            )
    else:
        first = form.row(
            (f"项目资金（{unit}）", 2),
            (None, 2),
            ("年初预算数", 1),
            ("全年预算数", 1),
            (f"{label}执行数", 1),
            (f"{label}执行率", 1),
            ("全年预计执行数", 2),
        )
        initial = money_text(project.initial_fen, unit)
        for text, values in (
            ("年度资金总额", (initial, budget, executed, rate, expected)),
            ("其中：财政拨款", (initial, budget, executed, rate, expected)),
            ("其他资金", ("0", "0", "0", "/", "0")),
        ):
            last = form.row(
                (None, 2), (text, 2), *[(value, 1) for value in values[:4]], (values[4], 2)
            )
        form.merge_down(first, last, 0, 2)
        form.row(("年度总体目标", 2), (project.goal_text, 8))
        header = form.row(
            ("绩效指标", 1),
            ("一级指标", 1),
            ("二级指标", 1),
            ("三级指标", 1),
            ("年度指标值", 1),
            (f"{label}执行情况", 1),
            ("全年预计完成情况", 1),
            ("偏差原因分析", 1),
            ("完成目标可能性", 1),
            ("备注", 1),
        )
        first_line = header + 1
        for line, reported in zip(project.lines, record.lines, strict=True):
            form.row(
                (None, 1),
                (line.level1, 1),
                (line.level2, 1),
                (line.name_cell, 1),
                (line.target_cell, 1),
                (reported.actual_cell or None, 1),
                (reported.expected_cell or None, 1),
                (reported.reason[1] or None, 1),
                (("确定能", "有可能", "完全不可能")[reported.likelihood], 1),
                (None, 1),
            )
    form.merge_down(header, len(form.sheet.rows) - 1, 0)
    _carry_levels(form, first_line, record, 1)
    return form.sheet


def _self_evaluation_form(
    head: ListHead, style: FileStyle, record: ListRecord, name: str
) -> SheetContent:
    """项目支出绩效自评表: the common form, with the value split in three, or weight first."""
    project, report, unit = record.project, record.report, style.money_unit
    split, weight_first = style.form_variant == 1, style.form_variant == 2
    form = _Form(name, 11 if split else 9)
    width = form.width
    _identity(form, record, style, "项目支出绩效自评表", head.fiscal_year)
    spare = width - 8
    first = form.row(
        (f"项目资金（{unit}）", 1),
        (None, spare),
        ("年初预算数", 1),
        ("全年预算数" if not weight_first else "全年预算数（A）", 1),
        ("全年执行数" if not weight_first else "全年执行数（B）", 1),
        ("分值", 1),
        ("执行率", 1),
        ("得分", 2),
    )
    initial = money_text(project.initial_fen, unit)
    budget = money_text(project.adjusted_fen, unit)
    executed = money_text(report.executed_fen, unit)
    rate = f"{report.execution_rate * 100:.2f}%"
    score = _points(report.execution_score_hundredths)
    for text, values in (
        ("年度资金总额", (initial, budget, executed, "10", rate, score)),
        ("其中：当年财政拨款", (initial, budget, executed, "—", rate, "—")),
        ("上年结转资金", ("0", "0", "0", "—", "—", "—")),
        ("其他资金", ("0", "0", "0", "—", "—", "—")),
    ):
        last = form.row(
            (None, 1), (text, spare), *[(value, 1) for value in values[:5]], (values[5], 2)
        )
    form.merge_down(first, last, 0)
    left = (width - 2) // 2
    top = form.row(("年度总体目标", 2), ("预期目标", left), ("实际完成情况", width - 2 - left))
    bottom = form.row((None, 2), (project.goal_text, left), (report.actual_goal, width - 2 - left))
    form.merge_down(top, bottom, 0, 2)
    if split:
        headings = ("指标性质", "指标值", "度量单位", "实际完成值", "分值", "得分")
        header = form.row(
            ("绩效指标", 1),
            ("一级指标", 1),
            ("二级指标", 1),
            ("三级指标", 1),
            *[(text, 1) for text in headings],
            ("偏差原因分析及改进措施", 1),
        )
    else:
        headings = (
            ("分值", "年度指标值", "全年实际值", "得分")
            if weight_first
            else ("年度指标值", "实际完成值", "分值", "得分")
        )
        header = form.row(
            ("绩效指标", 1),
            ("一级指标", 1),
            ("二级指标", 1),
            ("三级指标", 1),
            *[(text, 1) for text in headings],
            ("偏差原因分析及改进措施" if not weight_first else "未完成原因和改进措施", 1),
        )
    for line, reported in zip(project.lines, record.lines, strict=True):
        actual = reported.actual_cell or None
        declared = _points(reported.score_hundredths)
        if split:
            values = (line.operator_cell or None, line.target_cell, line.unit_cell or None, actual,
                      str(line.weight), declared)
        elif weight_first:
            values = (str(line.weight), line.target_cell, actual, declared)
        else:
            values = (line.target_cell, actual, str(line.weight), declared)
        form.row(
            (None, 1),
            (line.level1, 1),
            (line.level2, 1),
            (line.name_cell, 1),
            *[(value, 1) for value in values],
            (reported.reason[1] or None, 1),
        )
    form.merge_down(header, len(form.sheet.rows) - 1, 0)
    _carry_levels(form, header + 1, record, 1)
    total = _points(report.total_score_hundredths)
    if weight_first:
        form.row(("总分", 4), ("100", 1), (None, 2), (total, 1), (None, 1))
    else:
        form.row(("总分", width - 3), ("100", 1), (total, 1), (None, 1))
    return form.sheet


def _points(hundredths: int) -> str:
    """A score as text, without needless zeros."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")
