"""Register → file: headings as this sender words them, values as this sender writes them."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from simulate.bureau_files import SentFile
from simulate.population import derive_seed
from simulate.records.scene import Register, Value
from simulate.wording import money_text
from simulate.writers import SUFFIXES, Cell, SheetContent, workbook_bytes

LAYOUTS_DIR = Path(__file__).resolve().parents[2] / "ingest" / "layouts"
FORMATS = (("xlsx", 0.5), ("csv_gb18030", 0.2), ("csv_utf8", 0.18), ("spreadsheetml", 0.12))
SPREADSHEETML_UP_TO_ROWS = 3_000
CSV_FROM_ROWS = 50_000
"""Very long lists leave the systems as csv."""

AVOIDED_HEADINGS = frozenset({"编号", "单位", "总分", "总得分"})
"""Accepted, but also the names of serial numbers, money units and total rows."""

BOOLEANS = (("是", "否"), (1, 0), ("√", None), ("Y", "N"))
OVERALL_FIELDS = (
    ("unit_code", "code", "单位编码|预算单位编码"),
    ("unit_name", "unit", "单位名称|预算单位名称"),
    ("department_name", "unit", "主管部门"),
    ("total_budget", "money", "部门预算总额"),
    ("annual_budget", "money", "全年预算数"),
    ("executed", "money", "执行数"),
    ("total_score", "score", "自评得分"),
    ("grade", "grade", "自评等级"),
    ("overall_goal", "text", "年度总体目标"),
)


@dataclass(frozen=True)
class LayoutField:
    """One field of a register kind as its layout accepts it.

    Attributes:
        name: field.
        value_type: how its cells are read: code, unit, money, date and so on.
        is_required: a list without it is refused.
        headings: accepted headings that mean no other field of the kind.
    """

    name: str
    value_type: str
    is_required: bool
    headings: tuple[str, ...]


@dataclass(frozen=True)
class RegisterStyle:
    """Everything that varies between registers that say the same.

    Attributes:
        file_format: physical format.
        heading: picks among accepted headings.
        money_unit: 元 or 万元.
        unit_in_heading: the unit stands in the headings, else in a line of its own.
        money_as_text: amounts are text with thousands separators.
        has_serial: a 序号 column.
        has_total: a 合计 row below.
        has_notes: a note and a signature row below.
        boolean: index of `BOOLEANS`.
        date_format: how dates are written.
    """

    file_format: str
    heading: int
    money_unit: str
    unit_in_heading: bool
    money_as_text: bool
    has_serial: bool
    has_total: bool
    has_notes: bool
    boolean: int
    date_format: str


@cache
def layout_fields(kind: str) -> tuple[LayoutField, ...]:
    """The fields of a kind in the order of its layout.

    Args:
        kind: document kind.

    Returns:
        Fields with the headings to choose from.
    """
    if kind.startswith("overall_"):
        return tuple(
            LayoutField(name, value_type, True, tuple(headings.split("|")))
            for name, value_type, headings in OVERALL_FIELDS
        )
    with (LAYOUTS_DIR / kind / "columns.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    settings = yaml.safe_load((LAYOUTS_DIR / kind / "source.yml").read_text(encoding="utf-8"))
    money = set(settings["tables"]["records"]["money_fields"])
    seen: set[str] = set()
    fields = []
    for row in rows:
        accepted = [h for h in row["accepted_headings"].split("|") if h not in seen]
        seen.update(accepted)
        usable = [h for h in accepted if h not in AVOIDED_HEADINGS] or accepted
        fields.append(
            LayoutField(
                row["field"],
                "money" if row["field"] in money else row["type"],
                row["required"] == "yes",
                tuple(usable),
            )
        )
    return tuple(fields)


def choose_register_style(register: Register, seed: int) -> RegisterStyle:
    """Draw the style of a register, the same for the same filer, kind, year and seed.

    Args:
        register: the register.
        seed: seed of the jurisdiction.
    """
    purpose = (register.filer.code, register.kind, register.work_year, register.title)
    rng = random.Random(derive_seed(seed, "register", *purpose))
    names, shares = zip(*FORMATS, strict=True)
    file_format = rng.choices(names, shares)[0]
    if len(register.rows) > CSV_FROM_ROWS:
        file_format = "csv_utf8"
    elif file_format == "spreadsheetml" and len(register.rows) > SPREADSHEETML_UP_TO_ROWS:
        file_format = "xlsx"
    return RegisterStyle(
        file_format=file_format,
        heading=rng.randrange(60),
        money_unit="元" if rng.random() < 0.3 else "万元",
        unit_in_heading=rng.random() < 0.6,
        money_as_text=rng.random() < 0.25,
        has_serial=rng.random() < 0.6,
        has_total=rng.random() < 0.5,
        has_notes=rng.random() < 0.35,
        boolean=rng.randrange(4),
        date_format=("%Y-%m-%d", "%Y/%m/%d", "%Y年{m}月{d}日", "%Y%m%d")[rng.randrange(4)],
    )


def register_sheet(register: Register, style: RegisterStyle) -> SheetContent:
    """The sheet of a register.

    Args:
        register: what it lists.
        style: how it looks.

    Returns:
        Title, filer, header, rows, total and notes.
    """
    used = {name for row in register.rows for name, value in row.items() if value is not None}
    fields = [
        field
        for field in layout_fields(register.kind)
        if field.name in used or (field.is_required and not register.kind.startswith("overall_"))
    ]
    unknown = used - {field.name for field in fields}
    if unknown:
        raise ValueError(f"{register.kind} has no field {', '.join(sorted(unknown))}")
    money = [field for field in fields if field.value_type == "money"]
    rows: list[list[Cell]] = [[f"{register.work_year}年度{register.title}"]]
    filer: list[Cell] = [f"填报单位：{register.filer.name}财政部门"]
    if money and not style.unit_in_heading:
        filer += [None, None, f"单位：{style.money_unit}"]
    rows.append(filer)
    header: list[Cell] = ["序号"] if style.has_serial else []
    rows.append(header + [_heading(field, style) for field in fields])
    yes_no = BOOLEANS[style.boolean]
    for number, row in enumerate(register.rows, start=1):
        cells: list[Cell] = [number] if style.has_serial else []
        cells += [
            _cell(row.get(field.name), field.value_type, style, yes_no) for field in fields
        ]
        rows.append(cells)
    if style.has_total and money:
        total: list[Cell] = [
            _money(sum(row.get(field.name) or 0 for row in register.rows), style)
            if field.value_type == "money"
            else None
            for field in fields
        ]
        if style.has_serial:
            total.insert(0, None)
        total[0] = "合计"
        rows.append(total)
    if style.has_notes:
        rows += [
            [],
            ["注：本表由财政部门绩效管理机构汇总，数据截至填报日。"],
            ["填报人：", None, None, "联系电话：", None, None, "审核人："],
        ]
    return SheetContent("Sheet1", rows)


def _heading(field: LayoutField, style: RegisterStyle) -> str:
    """The heading of a field in this file."""
    heading = field.headings[style.heading % len(field.headings)]
    if field.value_type == "money" and style.unit_in_heading:
        return f"{heading}（{style.money_unit}）"
    return heading


def _cell(value: Value, value_type: str, style: RegisterStyle, yes_no: tuple[Cell, Cell]) -> Cell:
    """A value as this file writes it."""
    if value is None:
        return None
    if value_type == "money":
        return _money(value, style)
    if isinstance(value, bool):
        return yes_no[0] if value else yes_no[1]
    if isinstance(value, date):
        pattern = style.date_format.replace("{m}", str(value.month)).replace(
            "{d}", str(value.day)
        )
        return value.strftime(pattern)
    if isinstance(value, Decimal):
        text = f"{value:f}"
        if value_type == "rate":
            return f"{text}%"
        return float(text) if "." in text else int(text)
    return value


def _money(fen: int, style: RegisterStyle) -> Cell:
    """An amount: a number, or text with separators."""
    if style.money_as_text:
        return money_text(fen, style.money_unit, thousands=True)
    text = money_text(fen, style.money_unit)
    return float(text) if "." in text else int(text)


def register_file(register: Register, seed: int) -> SentFile:
    """Write a register.

    Args:
        register: what it lists.
        seed: seed of the jurisdiction.

    Returns:
        A live file in the folder of its year.
    """
    style = choose_register_style(register, seed)
    content = workbook_bytes(style.file_format, [register_sheet(register, style)])
    name = f"{register.work_year}年度{register.title}{SUFFIXES[style.file_format]}"
    return SentFile(
        path=f"{register.work_year}/{name}",
        content=content,
        document_kind=register.kind,
        fiscal_year=register.work_year,
        round_no=None,
        fate="live",
        reason="",
        project_count=len(register.rows),
    )

