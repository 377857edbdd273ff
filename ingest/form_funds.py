"""The funds block of a form: lines by columns, or label beside amount on one side or two."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.form_labels import FormVocabulary, is_amount, is_part, without_part_mark
from ingest.form_sheet import FieldCell, FormSheet
from ingest.headings import MONEY_UNITS, normalise, plain

_POINTS = re.compile(r"\((\d+(?:\.\d+)?)分?\)")
_SOLE_AMOUNT = {"goal": "amount"}
"""Field of an amount that has no heading, where it is not the annual budget."""

_PARTS_OF_PROJECTS = ("fiscal_appropriation", "other_funds", "carried_over")
_PARTS_OF_UNITS = ("basic_budget", "project_budget", "fiscal_appropriation", "other_funds")


@dataclass
class FundLine:
    """A line of the funds block.

    Attributes:
        row: row, from 0.
        label: as sent; the block label where the line has none.
        column: column of the label, from 0.
        cells: amounts by field, with their places.
        other: amounts under headings of no field.
    """

    row: int
    label: str | None
    column: int
    cells: dict[str, FieldCell] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)

    def as_record(self, line_no: int) -> dict:
        """The line as a row of the raw table: field → text, `row` from 1, `other_columns`."""
        return {
            "row": self.row + 1,
            "line_no": str(line_no),
            "label": self.label,
            **{name: cell.text for name, cell in self.cells.items()},
            "other_columns": self.other or None,
        }


@dataclass
class FundBlock:
    """What a funds block holds.

    Attributes:
        lines: its lines in reading order.
        row_classes: row (from 0) → header, data or set_aside.
        headings: headings and labels as sent, for the unit of money and the month.
        money_unit: 元, 万元 or 亿元 by the block's labels, else None.
        month_no: N of 「1-N月执行数」.
        points: weight of execution where only the block label gives it (「预算执行情况（20分）」).
        unheaded: places of headings that are blank above amounts; each with the first amount.
    """

    lines: list[FundLine] = field(default_factory=list)
    row_classes: dict[int, str] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    money_unit: str | None = None
    month_no: int | None = None
    points: FieldCell | None = None
    unheaded: list[FieldCell] = field(default_factory=list)


@dataclass(frozen=True)
class _Column:
    first: int
    last: int
    heading: str
    field: str | None


def is_heading_row(sheet: FormSheet, row: int, first: int, vocabulary: FormVocabulary) -> bool:
    """Tell whether a row holds headings of fund columns and no amount.

    Args:
        sheet: the sheet.
        row: row, from 0.
        first: first column looked at.
        vocabulary: labels of the kind.

    Returns:
        True for two headings, or for one that cannot be a line's label.
    """
    headings, lines = 0, 0
    for column in sheet.filled[row]:
        text = sheet.cells[row][column]
        if column < first or text is None:
            continue
        if is_amount(text):
            return False
        roles = vocabulary.roles(text).get("funds", {})
        is_column = any(r.startswith("column.") and r != "column.other" for r in roles)
        headings += is_column
        lines += is_column and any(r.startswith("line.") for r in roles)
    return headings >= 2 or (headings == 1 and not lines)


def read_funds(
    sheet: FormSheet,
    rows: range,
    label_column: int,
    vocabulary: FormVocabulary,
) -> FundBlock:
    """Read a funds block.

    Args:
        sheet: the sheet.
        rows: its rows, from 0.
        label_column: column of the block label; -1 where the block has none.
        vocabulary: labels of the kind.

    Returns:
        Lines, row classes, unit and month.
    """
    block = FundBlock()
    label = sheet.text(rows.start, label_column) if label_column >= 0 else None
    first = label_column + 1
    if label:
        block.headings.append(label)
        points = _POINTS.search(plain(label))
        if points and vocabulary.stage == "self_evaluation":
            block.points = FieldCell(points.group(1), rows.start + 1, label_column, label)
        first = sheet.right_edge(rows.start, label_column) + 1
    columns: list[_Column] = []
    pairs: list[int] = []
    header = rows.start
    for row in rows:
        start = 0 if _is_line_in_label_column(sheet, row, rows.start, label_column) else first
        if not sheet.filled[row]:
            block.row_classes[row] = "blank"
        elif is_heading_row(sheet, row, start, vocabulary) and not (
            columns and len(sheet.filled[row]) == 1
        ):
            columns = _read_headings(sheet, row, start, columns, block, vocabulary)
            block.row_classes[row] = "header"
            header = row
        elif columns and _is_marks(sheet, row, start):
            block.row_classes[row] = "header"
        elif columns:
            line = _matrix_line(sheet, row, start, columns, label)
            block.lines.append(line)
            block.row_classes[row] = "data"
            _keep_unheaded(sheet, row, header, columns, start, block)
        else:
            pairs.append(row)
    if pairs:
        _read_pairs(sheet, pairs, rows.start, label_column, first, label, block, vocabulary)
    block.lines.sort(key=lambda line: (line.row, line.column))
    _unit_and_month(block, vocabulary)
    return block


def total_line(lines: list[FundLine], vocabulary: FormVocabulary) -> FundLine | None:
    """Find the line that speaks for the project and the year.

    Args:
        lines: lines of the block.
        vocabulary: labels of the kind.

    Returns:
        The line whose label is preferred in the layout; else one named annual that is no part of
        another; else the first.
    """
    ranked = [
        (rank, place)
        for place, line in enumerate(lines)
        if (rank := vocabulary.rank(line.label, "funds", "line.total")) is not None
    ]
    if ranked:
        return lines[min(ranked)[1]]
    words = vocabulary.ordered[("funds", "annual_words")]
    for line in lines:
        label = plain(line.label)
        if not is_part(label) and any(word in label for word in words):
            return line
    return lines[0] if lines else None


def project_cells(lines: list[FundLine], vocabulary: FormVocabulary) -> dict[str, FieldCell]:
    """Amounts of the project or unit: those of the total line, and of the named parts.

    Args:
        lines: lines of the block.
        vocabulary: labels of the kind.

    Returns:
        Field of the main table → cell.
    """
    total = total_line(lines, vocabulary)
    if total is None:
        return {}
    is_of_unit = vocabulary.kind != vocabulary.stage
    names = {
        "amount": "total_budget" if is_of_unit else "budget",
        "weight": "execution_weight",
        "score": "execution_score",
    }
    parts = _PARTS_OF_UNITS if is_of_unit else _PARTS_OF_PROJECTS
    found: dict[str, FieldCell] = {}
    for name, cell in total.cells.items():
        if name == "annual_budget" and plain(cell.heading).startswith("调整"):
            name = "adjusted_budget"
        found[names.get(name, name)] = cell
    if vocabulary.stage == "goal" or is_of_unit:
        ordered = sorted(lines, key=lambda line: line.column != total.column)
        for name in parts:
            for line in ordered:
                amount = line.cells.get("amount") or line.cells.get("annual_budget")
                if line is total or amount is None:
                    continue
                if vocabulary.rank(line.label, "funds", f"line.{name}") is not None:
                    found.setdefault(name, amount)
    return found


def _keep_unheaded(
    sheet: FormSheet, row: int, header: int, columns: list[_Column], first: int, block: FundBlock
) -> None:
    """Keep the places of headings that are missing above the amounts of a line."""
    known = {cell.column for cell in block.unheaded}
    for column in sheet.filled[row]:
        text = sheet.cells[row][column] or ""
        is_headed = any(c.first <= column <= c.last for c in columns)
        if column >= first and column not in known and not is_headed and is_amount(text):
            block.unheaded.append(FieldCell(text, header + 1, column, ""))


def _is_line_in_label_column(sheet: FormSheet, row: int, first_row: int, label_column: int) -> bool:
    """Tell whether a line's own label stands in the column of the block label."""
    return label_column >= 0 and row > first_row and sheet.text(row, label_column) is not None


def _is_marks(sheet: FormSheet, row: int, first: int) -> bool:
    """Tell whether a row holds nothing but marks such as 「(A)」 「(B/A)」 below the headings."""
    texts = [plain(sheet.cells[row][c]) for c in sheet.filled[row] if c >= first]
    return bool(texts) and all(t[0] == "(" and t[-1] == ")" and len(t) <= 6 for t in texts)


def _read_headings(
    sheet: FormSheet,
    row: int,
    first: int,
    above: list[_Column],
    block: FundBlock,
    vocabulary: FormVocabulary,
) -> list[_Column]:
    """Columns of a heading row; a second row of headings refines the first."""
    filled = [column for column in sheet.filled[row] if column >= first]
    columns: list[_Column] = []
    started = False
    for place, column in enumerate(filled):
        text = sheet.cells[row][column] or ""
        found = vocabulary.role_in(text, "funds", "column.")
        started = started or found is not None
        block.headings.append(text)
        if not started:
            continue
        last = sheet.right_edge(row, column)
        if not sheet.has_merges and place + 1 < len(filled):
            last = filled[place + 1] - 1
        name = found[0] if found and found[0] != "other" else None
        columns.append(_Column(column, last, text, name))
    if above and not block.lines:
        kept = [
            column
            for column in above
            if not any(c.first <= column.last and column.first <= c.last for c in columns)
        ]
        columns = sorted(kept + columns, key=lambda column: column.first)
    return columns


def _matrix_line(
    sheet: FormSheet, row: int, first: int, columns: list[_Column], block_label: str | None
) -> FundLine:
    """A line below headings: its label on the left, an amount under each heading."""
    edge = columns[0].first
    labels = [
        c
        for c in sheet.filled[row]
        if first <= c < edge and not is_amount(sheet.cells[row][c] or "")
    ]
    label = ":".join((sheet.cells[row][c] or "").rstrip(":：") for c in labels[:-1])
    if labels:
        own = sheet.cells[row][labels[-1]] or ""
        label = f"{label}:{own}" if label else own
    line = FundLine(row, label or block_label, labels[-1] if labels else first)
    taken: set[int] = set()
    for column in columns:
        text, place = sheet.first_text(row, column.first, column.last)
        taken.update(range(column.first, column.last + 1))
        if column.field and column.field not in line.cells:
            line.cells[column.field] = FieldCell(text, row + 1, place, column.heading)
        elif text is not None:
            line.other[column.heading] = text
    # a column of its own names the line: the task of 年度主要任务
    task = line.cells.pop("label", None)
    if task and task.text:
        line.label, line.column = task.text, task.column
    for column in sheet.filled[row]:
        if column >= edge and column not in taken:
            line.other[f"（第{column + 1}列）"] = sheet.cells[row][column] or ""
    return line


def _read_pairs(
    sheet: FormSheet,
    rows: list[int],
    first_row: int,
    label_column: int,
    first: int,
    block_label: str | None,
    block: FundBlock,
    vocabulary: FormVocabulary,
) -> None:
    """Lines of labels beside amounts; labels may stand in several columns (one per side)."""
    if _read_transposed(sheet, rows, first, block, vocabulary):
        return
    sides = _label_columns(sheet, rows, first, vocabulary)
    roles = _side_roles(sheet, rows[0], sides, vocabulary)
    for row in rows:
        own_label = _is_line_in_label_column(sheet, row, first_row, label_column)
        starts = sides if not own_label else sorted({label_column, *sides})
        lines = _pair_lines(sheet, row, starts, first, block_label, vocabulary.stage)
        if len(lines) > 1 and roles:
            lines = [_one_line(lines, roles)]
        block.lines.extend(lines)
        block.headings.extend(line.label for line in lines if line.label)
        block.row_classes[row] = "data" if lines else "set_aside"


def _read_transposed(
    sheet: FormSheet,
    rows: list[int],
    first: int,
    block: FundBlock,
    vocabulary: FormVocabulary,
) -> bool:
    """Read a row of line labels above a row of amounts."""
    if len(rows) != 2 or rows[1] != rows[0] + 1:
        return False
    labels = [c for c in sheet.filled[rows[0]] if c >= first]
    amounts = [c for c in sheet.filled[rows[1]] if c >= first]
    if len(labels) < 2 or not amounts or not set(amounts) <= set(labels):
        return False
    if not all(names_a_line(sheet.cells[rows[0]][c], vocabulary) for c in labels):
        return False
    if not all(is_amount(sheet.cells[rows[1]][c] or "") for c in amounts):
        return False
    name = _SOLE_AMOUNT.get(vocabulary.stage, "annual_budget")
    for column in labels:
        label = sheet.cells[rows[0]][column] or ""
        cell = FieldCell(sheet.cells[rows[1]][column], rows[1] + 1, column, label)
        block.lines.append(FundLine(rows[1], label, column, {name: cell}))
        block.headings.append(label)
    block.row_classes[rows[0]] = "header"
    block.row_classes[rows[1]] = "data"
    return True


def names_a_line(text: str | None, vocabulary: FormVocabulary) -> bool:
    """Tell whether a text is the label of a fund line: known as such, or ending like one."""
    if not text or is_amount(text):
        return False
    roles = vocabulary.roles(text).get("funds", {})
    if any(role.startswith("line.") or role.startswith("column.") for role in roles):
        return True
    label = without_part_mark(normalise(text).text)
    return label.endswith(tuple(vocabulary.ordered[("funds", "label_endings")]))


def _label_columns(
    sheet: FormSheet, rows: list[int], first: int, vocabulary: FormVocabulary
) -> list[int]:
    """Columns of labels: the first one filled, and each further one that names lines."""
    columns = sorted({c for row in rows for c in sheet.filled[row] if c >= first})
    if not columns:
        return []
    sides = []
    for column in columns:
        texts = [text for row in rows if (text := sheet.text(row, column))]
        names = sum(names_a_line(text, vocabulary) for text in texts)
        is_first = not sides and not all(is_amount(text) for text in texts)
        if is_first or names * 2 > len(texts):
            sides.append(column)
    return sides


def _side_roles(
    sheet: FormSheet, row: int, sides: list[int], vocabulary: FormVocabulary
) -> dict[int, str]:
    """Fields of the sides where the first row names them (预算数：| 10 | 执行数：| 9)."""
    if len(sides) < 2 or vocabulary.stage == "goal":
        return {}
    found = [vocabulary.role_in(sheet.text(row, c), "funds", "column.") for c in sides]
    roles = [role[0] for role in found if role and role[0] != "other"]
    if len(roles) == len(sides) == len(set(roles)):
        return dict(zip(sides, roles, strict=True))
    return {}


def _pair_lines(
    sheet: FormSheet,
    row: int,
    starts: list[int],
    first: int,
    block_label: str | None,
    stage: str,
) -> list[FundLine]:
    """Lines of one row: a label and the first text to its right, side by side."""
    name = _SOLE_AMOUNT.get(stage, "annual_budget")
    lines = []
    filled = sheet.filled[row]
    width = len(sheet.cells[row])
    if not starts:
        starts = [first - 1] if first else [0]
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else width
        texts = [c for c in filled if start <= c < end and (c >= first or c == start)]
        label: str | None = None
        column = start
        if texts and texts[0] == start and start >= first - 1:
            own = sheet.cells[row][start] or ""
            if not is_amount(own):
                label, texts = own, texts[1:]
        texts = [c for c in texts if c >= first] or texts
        if label is None and not texts:
            continue
        line = FundLine(row, label or block_label, column)
        amounts = [c for c in texts if plain(sheet.cells[row][c]) not in MONEY_UNITS] or texts
        if amounts:
            at = amounts[0]
            line.cells[name] = FieldCell(sheet.cells[row][at], row + 1, at, line.label or "")
        elif label is not None:
            line.cells[name] = FieldCell(None, row + 1, start + 1, line.label or "")
        for number, c in enumerate((c for c in texts if c != amounts[0]), start=2):
            line.other[f"{line.label or ''}（{number}）"] = sheet.cells[row][c] or ""
        lines.append(line)
    return lines


def _one_line(lines: list[FundLine], roles: dict[int, str]) -> FundLine:
    """Join the sides of a row into one line, each amount under its side's field."""
    joined = FundLine(lines[0].row, lines[0].label, lines[0].column)
    for line in lines:
        for cell in line.cells.values():
            joined.cells[roles[line.column]] = cell
        joined.other.update(line.other)
    return joined


def _unit_and_month(block: FundBlock, vocabulary: FormVocabulary) -> None:
    """Unit of money and month as the labels and headings of the block say."""
    known = [normalise(text) for text in block.headings]
    block.money_unit = next((heading.money_unit for heading in known if heading.money_unit), None)
    block.month_no = next((heading.month_no for heading in known if heading.month_no), None)
    if block.money_unit is None:
        total = total_line(block.lines, vocabulary)
        if total and total.label:
            block.money_unit = normalise(total.label).money_unit
