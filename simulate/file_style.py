"""How one bureau's file of one kind looks: format, layout, headings, units and extras."""

from __future__ import annotations

import random
from dataclasses import dataclass

from simulate.population import BureauPlan
from simulate.writers import MULTI_SHEET_FORMATS

FORMAT_SHARES = (
    ("xlsx", 0.42),
    ("csv_gb18030", 0.14),
    ("csv_utf8", 0.12),
    ("csv_utf16", 0.04),
    ("xls", 0.12),
    ("spreadsheetml", 0.08),
    ("html", 0.08),
)
XLS_UP_TO_PROJECTS = 900
"""Larger lists are not sent as BIFF8 (slow to make, and close to its row limit)."""

PART_ABOVE_PROJECTS = 1_500
"""Systems cut longer exports into parts."""


@dataclass(frozen=True)
class FileStyle:
    """Everything that varies between files that say the same.

    Attributes:
        file_format: physical format.
        layout: two_sheets, two_files, repeated, blank or merged (project × indicator rows with
            project cells repeated, left blank, or merged), or form.
        is_zipped: packed in a zip with GBK names.
        money_unit: 元 or 万元.
        unit_in_heading: the unit stands in the headings, else in a line of its own.
        money_as_text: amounts are text with thousands separators.
        has_title: a title row above the header.
        total_row: none, top or bottom.
        has_notes: a note and a signature row below.
        has_serial: a 序号 column.
        has_year: an 预算年度 column.
        has_bureau_code: 0 no, 1 six digits, 2 nine digits.
        code_name: 0 plain, 1 code-name, 2 [code]name in unit and department cells.
        has_status: review status, deletion mark and update time columns, with older and deleted
            rows among the live ones.
        heading: picks among synonymous headings.
        dash: the dash of month labels.
        ticks: reasons and likelihood as tick columns.
        boolean: 0 是/否, 1 1/0, 2 √/blank, 3 Y/N.
        form_variant: which official form, where layout is form.
        sheets_per_book: forms in one workbook.
        work_year_folder: the file lies in the folder of the year of work, not of the budget.
    """

    file_format: str
    layout: str
    is_zipped: bool
    money_unit: str
    unit_in_heading: bool
    money_as_text: bool
    has_title: bool
    total_row: str
    has_notes: bool
    has_serial: bool
    has_year: bool
    has_bureau_code: int
    code_name: int
    has_status: bool
    heading: int
    dash: str
    ticks: bool
    boolean: int
    form_variant: int
    sheets_per_book: int
    work_year_folder: bool


def choose_file_style(plan: BureauPlan, kind: str, project_count: int) -> FileStyle:
    """Draw the style of one bureau's files of one kind.

    Args:
        plan: the bureau.
        kind: document kind.
        project_count: projects in the filing.

    Returns:
        The style, the same for the same bureau, kind and seed.
    """
    rng = random.Random(f"{plan.seed}|{kind}|style")
    file_format = _choose_format(rng, project_count)
    if kind == "project_register":
        layout = "list"
    elif plan.sends_forms:
        layout = "form"
        if file_format.startswith("csv") or file_format == "spreadsheetml":
            file_format = "xlsx"
    else:
        draw = rng.random()
        if file_format in MULTI_SHEET_FORMATS:
            layout = "two_sheets" if draw < 0.55 else "two_files" if draw < 0.65 else ""
        else:
            layout = "two_files" if draw < 0.5 else ""
        if not layout:
            small = project_count <= 200 and not file_format.startswith("csv")
            layout = rng.choice(("repeated", "blank", "merged") if small else ("repeated", "blank"))
    form_variant = rng.randrange(3)
    sheets_per_book = rng.choice((1, 20, 60))
    if layout == "form" and file_format == "html":
        sheets_per_book = 1
    return FileStyle(
        file_format=file_format,
        layout=layout,
        is_zipped=rng.random() < 0.12,
        money_unit="元" if rng.random() < 0.3 else "万元",
        unit_in_heading=rng.random() < 0.6,
        money_as_text=rng.random() < 0.3,
        has_title=rng.random() < 0.7,
        total_row=rng.choice(("none", "none", "top", "bottom", "bottom")),
        has_notes=rng.random() < 0.35,
        has_serial=rng.random() < 0.5,
        has_year=rng.random() < 0.4,
        has_bureau_code=rng.choice((0, 0, 1, 2)),
        code_name=rng.choice((0, 0, 1, 1, 2)),
        has_status=rng.random() < 0.4,
        heading=rng.randrange(60),
        dash=rng.choice(("-", "~", "～", "—", "－", "至")),
        ticks=rng.random() < 0.4,
        boolean=rng.randrange(4),
        form_variant=form_variant,
        sheets_per_book=sheets_per_book,
        work_year_folder=kind == "self_evaluation" and rng.random() < 0.25,
    )


def _choose_format(rng: random.Random, project_count: int) -> str:
    """A format by its share."""
    draw = rng.random()
    chosen = FORMAT_SHARES[-1][0]
    for name, share in FORMAT_SHARES:
        draw -= share
        if draw < 0:
            chosen = name
            break
    if chosen == "xls" and project_count > XLS_UP_TO_PROJECTS:
        return "xlsx"
    return chosen
