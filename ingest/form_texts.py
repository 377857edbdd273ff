"""Labels beside values (identity of the project) and the texts of its goals."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.form_labels import FormVocabulary
from ingest.form_sheet import FieldCell, FormSheet, column_letter
from ingest.headings import MONEY_UNITS, plain

_TICKS = re.compile(r"[□☑☐■√✓✔☒○●◻◼]")
_INLINE = re.compile(r"^\s*([^:：\n]{1,24})[:：]\s*(\S.*)$", re.DOTALL)
_NEXT_INLINE = re.compile(r"[\s　;；]+(?=[^\s:：;；]{2,12}[:：])")
GOAL_FIELDS = ("overall_goal", "actual_goal")


@dataclass
class LabelledValues:
    """Values found beside labels.

    Attributes:
        cells: field of the projects table → candidates as (rank of the label, cell).
        other: label as sent → text, for known labels of no field and for further cells.
        bureau_names: texts beside a label that names a finance bureau.
        money_unit: unit beside a 「金额单位」 label.
    """

    cells: dict[str, list[tuple[int, FieldCell]]] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    bureau_names: list[str] = field(default_factory=list)
    money_unit: str | None = None

    def keep(self, label: str, text: str | None) -> None:
        """Keep a text of no field under its label; a repeated label joins its texts."""
        if text is None:
            return
        key = label.strip().rstrip(":：")
        self.other[key] = f"{self.other[key]}\n{text}" if key in self.other else text

    def best(self) -> dict[str, FieldCell]:
        """One cell per field: the one with text and with the preferred label.

        The others are kept under their labels.
        """
        chosen = {}
        for name, candidates in self.cells.items():
            ordered = sorted(candidates, key=lambda c: (c[1].text is None, c[0], c[1].row))
            chosen[name] = ordered[0][1]
            for _, cell in ordered[1:]:
                if cell.text != chosen[name].text or cell.heading != chosen[name].heading:
                    self.keep(cell.heading, cell.text)
        return chosen


def identity_labels(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> list[int]:
    """Columns of the identity labels of a row (outer labels such as 项目基本情况 not counted)."""
    columns = []
    for column in sheet.filled[row]:
        roles = vocabulary.roles(sheet.cells[row][column]).get("identity")
        if roles and "block" not in roles:
            columns.append(column)
    return columns


def inline_label(text: str | None, vocabulary: FormVocabulary) -> tuple[str, str] | None:
    """Split a cell that holds a known identity label and its value (「项目名称：…」).

    Args:
        text: the cell as sent.
        vocabulary: labels of the kind.

    Returns:
        Label and the rest, or None.
    """
    if not text or (":" not in text and "：" not in text):
        return None
    found = _INLINE.match(text)
    if not found or "identity" not in vocabulary.roles(found.group(1)):
        return None
    return found.group(1), found.group(2)


def read_identity_row(
    sheet: FormSheet, row: int, vocabulary: FormVocabulary, values: LabelledValues
) -> bool:
    """Read the labels of a row with the values to their right.

    Args:
        sheet: the sheet.
        row: row, from 0.
        vocabulary: labels of the kind.
        values: filled with what is found.

    Returns:
        False where the row holds no known label.
    """
    labels = identity_labels(sheet, row, vocabulary)
    inline = [
        column
        for column in sheet.filled[row]
        if column not in labels and inline_label(sheet.cells[row][column], vocabulary)
    ]
    if not labels and not inline:
        return False
    starts = sorted([*labels, *inline, len(sheet.cells[row])])
    for column, following in pairwise(starts):
        if column in labels:
            _read_value(sheet, row, column, following, vocabulary, values)
        else:
            _read_inline(sheet, row, column, vocabulary, values)
            _keep_rest(sheet, row, column + 1, following, vocabulary, values)
    _keep_rest(sheet, row, 0, starts[0], vocabulary, values)
    return True


def _keep_rest(
    sheet: FormSheet,
    row: int,
    first: int,
    following: int,
    vocabulary: FormVocabulary,
    values: LabelledValues,
) -> None:
    """Keep cells that stand beside no label, but for outer labels of the identity rows."""
    for column in sheet.filled[row]:
        if not first <= column < following:
            continue
        text = sheet.cells[row][column] or ""
        if "block" in vocabulary.roles(text).get("identity", ()):
            continue
        label, colon, rest = text.replace("：", ":").partition(":")
        if colon and rest.strip():
            values.keep(label, rest.strip())
        else:
            values.keep(f"（{column_letter(column)}列）", text)


def _read_value(
    sheet: FormSheet,
    row: int,
    column: int,
    following: int,
    vocabulary: FormVocabulary,
    values: LabelledValues,
) -> None:
    """Read the cells between a label and the next one."""
    label = sheet.cells[row][column] or ""
    roles = vocabulary.roles(label)["identity"]
    name, rank = next(iter(roles.items()))
    columns = [c for c in sheet.filled[row] if column < c < following]
    texts = [sheet.cells[row][c] or "" for c in columns]
    if len(texts) > 1 and any(_TICKS.search(text) for text in texts):
        texts = [" ".join(texts)]
        columns = columns[:1]
    if name == "money_unit":
        unit = plain(texts[0]) if texts else ""
        if unit in MONEY_UNITS:
            values.money_unit = unit
            return
        name, rank = "unit_name", 90
    text = texts[0] if texts else None
    at = columns[0] if columns else sheet.right_edge(row, column) + 1
    if name == "bureau_name":
        if text:
            values.bureau_names.append(text)
    elif name == "other":
        values.keep(label, text)
    else:
        values.cells.setdefault(name, []).append((rank, FieldCell(text, row + 1, at, label)))
    rest = texts[1:]
    if len(rest) == 2:
        values.keep(rest[0], rest[1])
    else:
        for extra in rest:
            values.keep(f"{label.rstrip(':：')}（2）", extra)


def _read_inline(
    sheet: FormSheet,
    row: int,
    column: int,
    vocabulary: FormVocabulary,
    values: LabelledValues,
) -> bool:
    """Read a cell that holds label and value, perhaps several pairs."""
    text = sheet.cells[row][column]
    if inline_label(text, vocabulary) is None:
        return False
    for piece in _NEXT_INLINE.split(text or ""):
        found = inline_label(piece, vocabulary)
        if found is None:
            label, _, rest = piece.replace("：", ":").partition(":")
            values.keep(label, rest or piece)
            continue
        label, value = found
        name, rank = next(iter(vocabulary.roles(label)["identity"].items()))
        value = value.strip()
        if name == "money_unit" and plain(value) in MONEY_UNITS:
            values.money_unit = plain(value)
        elif name == "bureau_name":
            values.bureau_names.append(value)
        elif name in ("other", "money_unit", "block"):
            values.keep(label, value)
        else:
            cell = FieldCell(value, row + 1, column, label)
            values.cells.setdefault(name, []).append((rank, cell))
    return True


@dataclass
class GoalTexts:
    """Texts of the goals: role (overall_goal, actual_goal, long_term) → rank and cell."""

    cells: dict[str, list[tuple[int, FieldCell]]] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)

    def add(self, role: str, rank: int, cell: FieldCell) -> None:
        """Add a text; texts of the same label in further rows are joined by line breaks."""
        known = self.cells.setdefault(role, [])
        for place, (other_rank, other) in enumerate(known):
            same = other.heading == cell.heading and other.column == cell.column
            if same and other_rank == rank:
                texts = [text for text in (other.text, cell.text) if text]
                joined = FieldCell("\n".join(texts) or None, other.row, other.column, other.heading)
                known[place] = (rank, joined)
                return
        known.append((rank, cell))

    def fields(self, stage: str) -> dict[str, FieldCell]:
        """Goal fields of the projects table; what no field takes goes to `other`.

        Where only a longer-term goal is given, it is the goal.
        """
        chosen: dict[str, FieldCell] = {}
        for role, candidates in self.cells.items():
            ordered = sorted(candidates, key=lambda c: (c[1].text is None, c[0], c[1].row))
            best = ordered[0][1]
            takes = role == "overall_goal" or (
                role == "actual_goal" and stage == "self_evaluation"
            )
            if takes:
                chosen[role] = best
                ordered = ordered[1:]
            elif role == "long_term" and not any(
                cell.text for _, cell in self.cells.get("overall_goal", [])
            ):
                chosen["overall_goal"] = best
                ordered = ordered[1:]
            for _, cell in ordered:
                if cell.text:
                    key = cell.heading.strip().rstrip(":：")
                    if key in self.other:
                        self.other[key] += f"\n{cell.text}"
                    else:
                        self.other[key] = cell.text
        return chosen


def read_goals(
    sheet: FormSheet,
    rows: range,
    label_column: int,
    vocabulary: FormVocabulary,
    goals: GoalTexts,
) -> None:
    """Read a goal block: a text beside its label, sub-headings beside or above texts.

    Args:
        sheet: the sheet.
        rows: its rows, from 0.
        label_column: column of the block label.
        vocabulary: labels of the kind.
        goals: filled with the texts.
    """
    label = sheet.cells[rows.start][label_column] or ""
    first = sheet.right_edge(rows.start, label_column) + 1
    own = _goal_role(label, vocabulary) or ("overall_goal", 0)
    above: list[tuple[int, int, str, tuple[str, int]]] = []
    unread: int | None = None
    for row in rows:
        filled = [c for c in sheet.filled[row] if c >= first]
        subs = {c: role for c in filled if (role := _goal_role(sheet.cells[row][c], vocabulary))}
        if above and filled and len(subs) < 2:
            _read_below(sheet, row, filled, above, goals)
            unread = None
        elif subs and _are_headings(sheet, row, rows, filled, subs, vocabulary):
            above = _spans(sheet, row, filled, subs)
            unread = row
        elif subs:
            _read_beside(sheet, row, filled, subs, goals, own, label)
        elif filled:
            text = "\n".join(sheet.cells[row][c] or "" for c in filled)
            goals.add(*own, FieldCell(text, row + 1, filled[0], label))
    if unread is not None:
        _read_below(sheet, min(unread + 1, sheet.height - 1), [], above, goals)
    if not goals.cells:
        goals.add(*own, FieldCell(None, rows.start + 1, first, label))


def _goal_role(text: str | None, vocabulary: FormVocabulary) -> tuple[str, int] | None:
    return vocabulary.role_in(text, "goal", "column.")


def _are_headings(
    sheet: FormSheet,
    row: int,
    rows: range,
    filled: list[int],
    subs: dict[int, tuple[str, int]],
    vocabulary: FormVocabulary,
) -> bool:
    """Tell sub-headings above texts from sub-headings beside texts.

    They stand above where the row holds nothing else and, for a single one, the row below none.
    """
    if len(subs) < len(filled):
        return False
    if len(subs) > 1:
        return True
    below = row + 1
    if below not in rows:
        return True
    return not any(
        c in subs and _goal_role(sheet.cells[below][c], vocabulary) for c in sheet.filled[below]
    )


def _spans(
    sheet: FormSheet, row: int, filled: list[int], subs: dict[int, tuple[str, int]]
) -> list[tuple[int, int, str, tuple[str, int]]]:
    """First column, last column, heading and role of each sub-heading."""
    spans = []
    for place, column in enumerate(filled):
        end = filled[place + 1] - 1 if place + 1 < len(filled) else len(sheet.cells[row])
        spans.append((column, end, sheet.cells[row][column] or "", subs[column]))
    return spans


def _read_beside(
    sheet: FormSheet,
    row: int,
    filled: list[int],
    subs: dict[int, tuple[str, int]],
    goals: GoalTexts,
    own: tuple[str, int],
    label: str,
) -> None:
    """Read sub-headings with their texts on the right; a text before them is the block's own."""
    starts = sorted(subs)
    before = [c for c in filled if c < starts[0]]
    if before:
        text = "\n".join(sheet.cells[row][c] or "" for c in before)
        goals.add(*own, FieldCell(text, row + 1, before[0], label))
    for place, column in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(sheet.cells[row])
        texts = [c for c in filled if column < c < end]
        text = "\n".join(sheet.cells[row][c] or "" for c in texts) or None
        at = texts[0] if texts else sheet.right_edge(row, column) + 1
        cell = FieldCell(text, row + 1, at, sheet.cells[row][column] or "")
        if subs[column][0] == "other":
            if text:
                goals.other[cell.heading] = text
        else:
            goals.add(*subs[column], cell)


def _read_below(
    sheet: FormSheet,
    row: int,
    filled: list[int],
    above: list[tuple[int, int, str, tuple[str, int]]],
    goals: GoalTexts,
) -> None:
    """Read texts below sub-headings."""
    for first, end, heading, role in above:
        texts = [c for c in filled if first <= c <= end]
        text = "\n".join(sheet.cells[row][c] or "" for c in texts) or None
        cell = FieldCell(text, row + 1, first, heading)
        if role[0] == "other":
            if text:
                goals.other[heading] = (
                    f"{goals.other[heading]}\n{text}" if (heading in goals.other) else text
                )
        else:
            goals.add(*role, cell)
    left = [c for c in filled if c < above[0][0]]
    if left:
        text = "\n".join(sheet.cells[row][c] or "" for c in left)
        goals.other["目标"] = f"{goals.other['目标']}\n{text}" if "目标" in goals.other else text
