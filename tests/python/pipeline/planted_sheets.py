"""Sound files to plant faults in: lists as the systems export them, and a bureau's whole year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from ingest.readers import read_grids, read_merges

Rows = list[list[object]]
PROJECTS = [
    f"{what}{how}"
    for what in (
        "农村饮水安全", "城乡居民医疗", "义务教育薄弱环节",
        "公共图书馆免费开放", "林业草原生态保护", "残疾人康复服务",
    )
    for how in ("巩固提升项目", "补助经费", "能力建设专项", "工程建设项目")
]
INDICATORS = [
    ("产出指标", "数量指标", "服务站点数量", "≥10个", "20"),
    ("产出指标", "质量指标", "验收合格率", "100%", "20"),
    ("产出指标", "时效指标", "按时完成率", "≥95%", "10"),
    ("效益指标", "社会效益指标", "受益人口覆盖率", "≥80%", "30"),
    ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", "10"),
]
MAY = ["4个", "40%", "40%", "35%", ""]
SEPTEMBER = ["8个", "80%", "80%", "70%", ""]
DECEMBER = ["10个", "100%", "96%", "85%", "93%"]
UNIT = ["204-卫生健康委员会", "204001", "人民医院"]
REGISTER_HEADER = [
    "主管部门", "单位代码", "预算单位", "项目编码", "项目名称", "业务处室", "项目类别", "资金性质",
    "年初预算金额（万元）", "调整后预算数（万元）", "项目性质", "直达资金标识", "扶贫项目标识",
]
GOAL_HEADER = [
    "序号", "主管部门", "单位编码", "单位名称", "项目代码", "项目名称", "年度资金总额",
    "其中：财政拨款", "其他资金", "年度总体目标", "状态",
]
MONITORING_HEADER = [
    "序号", "主管部门", "单位代码", "单位名称", "项目编号", "项目名称", "年初预算数",
    "调整后预算数", "1—5月执行数", "执行率", "全年预计执行数", "流程状态",
]
EVALUATION_HEADER = [
    "序号", "预算部门", "单位编码", "预算单位名称", "项目代码", "项目名称", "年初预算",
    "全年预算数", "预算执行数", "执行率", "执行率得分", "总分", "自评等级", "一级指标",
    "二级指标", "指标名称", "年初目标值(A)", "权重", "实际完成值(B)", "指标得分",
    "未完成原因和改进措施",
]


def project_code(number: int, year: int = 20, bureau: str = "650000") -> str:
    """A code of 21 characters."""
    return f"{bureau}{year}R{number * 7919:012d}"


def _budget(number: int) -> str:
    return f"{50 + number * 3}.5"


def register() -> Rows:
    """24 projects of a budget."""
    return [
        ["2020年部门预算项目清单"], REGISTER_HEADER,
        *(
            [*UNIT, project_code(n), name, "社会保障处", "3", "111", _budget(n), _budget(n),
             "延续", "否", "否"]
            for n, name in enumerate(PROJECTS)
        ),
    ]


def goal() -> Rows:
    """24 goals without indicators."""
    return [
        ["2020年项目支出绩效目标"], ["单位：万元"], [*GOAL_HEADER, "是否删除", "更新时间"],
        *(
            [n + 1, *UNIT, project_code(n), name, _budget(n), _budget(n), "0",
             f"完成{name}年度任务", "终审", "2", "2020-02-11 10:00:00"]
            for n, name in enumerate(PROJECTS)
        ),
    ]


def monitoring() -> Rows:
    """24 projects of the first round."""
    return [
        ["单位：万元"], [*MONITORING_HEADER, "是否删除", "更新时间"],
        *(
            [n + 1, *UNIT, project_code(n), name, _budget(n), _budget(n), f"{20 + n}",
             f"{(20 + n) / float(_budget(n)) * 100:.2f}%", _budget(n), "终审", "2",
             "2020-06-02 10:00:00"]
            for n, name in enumerate(PROJECTS)
        ),
    ]


def self_evaluation() -> Rows:
    """Eight self-evaluations with their indicators below them."""
    rows: Rows = [["2019年度项目支出绩效自评"], ["单位：万元"], EVALUATION_HEADER]
    for n, name in enumerate(PROJECTS[:8]):
        head = [n + 1, *UNIT, project_code(n, 19), name, *[_budget(n)] * 3, "100%", "10", "100",
                "优"]
        rows += _with_lines(head, DECEMBER, lambda line, actual: [actual, line[4], ""])
    return rows


def _with_lines(
    head: list[object], actuals: list[str], results: Callable[..., list[object]]
) -> Rows:
    """Lines of indicators, the project's own columns on the first."""
    return [
        [*(head if place == 0 else [""] * len(head)), *line, *results(line, actual)]
        for place, (line, actual) in enumerate(zip(INDICATORS, actuals, strict=True))
    ]


LISTS: dict[str, tuple[str, Callable[[], Rows]]] = {
    "register": ("2020年部门预算项目清单.xlsx", register),
    "goal": ("2020年绩效目标.xlsx", goal),
    "monitoring": ("2020年1-5月绩效监控.xlsx", monitoring),
    "self_evaluation": ("2019年绩效自评.xlsx", self_evaluation),
}


def year_of_bureau(bureau: str) -> dict[str, tuple[str, Rows]]:
    """Register (R), goals (G), two rounds (M1, M2) and self-evaluations (E) that agree."""
    names = ["农村饮水安全巩固提升", "城乡居民医疗补助", "公共图书馆免费开放"]
    budgets = ["50.5", "80", "120"]
    projects = [
        (n, project_code(n, 20, bureau), name, budget)
        for n, (name, budget) in enumerate(zip(names, budgets, strict=True))
    ]
    lists: dict[str, tuple[str, Rows]] = {
        "R": (
            "2020年部门预算项目清单.xlsx",
            [["2020年部门预算项目清单"], REGISTER_HEADER[:11]]
            + [[*UNIT, code, name, "社会保障处", "3", "111", budget, budget, "延续"]
               for _, code, name, budget in projects],
        )
    }
    level_header = ["一级指标", "二级指标", "三级指标", "指标值", "权重"]
    goals: Rows = [["2020年项目支出绩效目标"], ["单位：万元"], [*GOAL_HEADER, *level_header]]
    for n, code, name, budget in projects:
        head = [n + 1, *UNIT, code, name, budget, budget, "0",
                f"完成{name}年度任务，受益人口增加", "终审"]
        goals += _with_lines(head, DECEMBER, lambda line, actual: [])
    lists["G"] = ("2020年绩效目标.xlsx", goals)
    for key, month, share, actuals in (("M1", 5, 0.4, MAY), ("M2", 9, 0.8, SEPTEMBER)):
        header = [h.replace("1—5月", f"1-{month}月") for h in MONITORING_HEADER]
        rows: Rows = [
            ["单位：万元"],
            [*header, *level_header, f"1-{month}月执行情况", "全年预计完成情况", "原因说明",
             "完成目标可能性"],
        ]
        for n, code, name, budget in projects:
            head = [n + 1, *UNIT, code, name, budget, budget,
                    f"{round(float(budget) * share, 4)}", f"{share * 100:.2f}%", budget, "终审"]
            rows += _with_lines(
                head, actuals, lambda line, actual: [actual, line[3].lstrip("≥"), "", "确定能"]
            )
        lists[key] = (f"2020年1-{month}月绩效监控.xlsx", rows)
    results: Rows = [
        ["2020年度项目支出绩效自评"], ["单位：万元"],
        [*EVALUATION_HEADER, "年度总体目标", "实际完成情况"],
    ]
    for n, code, name, budget in projects:
        head = [n + 1, *UNIT, code, name, *[budget] * 3, "100%", "10", "100", "优"]
        lines = _with_lines(head, DECEMBER, lambda line, actual: [actual, line[4], ""])
        lines[0] += [
            f"完成{name}年度任务，受益人口增加", f"已完成{name}各项任务，受益人口增加三千人",
        ]
        results += lines
    lists["E"] = ("2020年绩效自评.xlsx", results)
    return lists


def write_rows(rows: Rows, path: Path, edits: Mapping[str, object]) -> Path:
    """Write a sheet with some cells changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    for row_no, row in enumerate(rows, start=1):
        for column_no, value in enumerate(row, start=1):
            if value != "":
                sheet.cell(row_no, column_no).value = value
    return save(book, path, edits)


def save(book: openpyxl.Workbook, path: Path, edits: Mapping[str, object]) -> Path:
    """Change the first sheet and save.

    Args:
        book: the workbook.
        path: where to write it; always as xlsx.
        edits: cell → text (None empties it); or, in their order, `insert rows`, `insert columns`,
            `delete rows`, `hide rows` → first or [first, count], `title` → name of the sheet,
            `sheet 名称` → rows of a further sheet.

    Returns:
        The file written.
    """
    sheet = book.worksheets[0]
    for address, value in edits.items():
        name, _, what = address.partition(" ")
        if address == "title":
            sheet.title = str(value)
        elif name == "sheet":
            for row in value:
                (book[what] if what in book.sheetnames else book.create_sheet(what)).append(row)
        elif what:
            first, count = value if isinstance(value, list) else (value, 1)
            _rebuild(sheet, name, what, first, count)
        else:
            _write_text(sheet, address, value)
    path = path.with_suffix(".xlsx")
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _write_text(sheet: Worksheet, address: str, text: object) -> None:
    cell = sheet[address]
    cell.value = text
    if text is not None:
        cell.data_type = "s"


def _rebuild(sheet: Worksheet, name: str, what: str, first: int, count: int) -> None:
    """Insert, delete or hide rows or columns; merged ranges move with their cells."""
    if name == "hide":
        for row in range(first, first + count):
            sheet.row_dimensions[row].hidden = True
        return
    spans = [span.bounds for span in sheet.merged_cells.ranges]
    for span in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(span.coord)
    getattr(sheet, f"{name}_{'cols' if what == 'columns' else what}")(first, count)
    for left, top, right, bottom in spans:
        if what == "columns":
            left, right = _moved(left, right, name, first, count)
        else:
            top, bottom = _moved(top, bottom, name, first, count)
        if left <= right and top <= bottom and (left < right or top < bottom):
            sheet.merge_cells(
                start_row=top, start_column=left, end_row=bottom, end_column=right
            )


def _moved(low: int, high: int, name: str, first: int, count: int) -> tuple[int, int]:
    if name == "insert":
        return low + count * (low >= first), high + count * (high >= first)
    gone = range(first, first + count)
    return (
        low - sum(at < low for at in gone),
        high - sum(at <= high for at in gone),
    )


def open_form(path: Path) -> openpyxl.Workbook:
    """Open a real form to edit it; an xls as a workbook with the same cells and merged ranges."""
    if path.suffix == ".xlsx":
        return openpyxl.load_workbook(path)
    book = openpyxl.Workbook()
    sheet = book.active
    grid = read_merges(path, read_grids(path, path.name)[0])
    sheet.title = grid.sheet or "Sheet1"
    for row_no, row in enumerate(grid.frame.rows(), start=1):
        for column_no, text in enumerate(row, start=1):
            if text is not None:
                sheet.cell(row_no, column_no).value = text
    for top, left, bottom, right in grid.merges or ():
        sheet.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )
    return book
