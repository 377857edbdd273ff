"""Official forms: one sheet (or one stretch of a sheet) per project or unit, read by its labels.

A form is walked row by row. Labels decide what a row is: identity of project or unit, the funds
block, the goals, the header and the lines of the indicators, totals and notes. A row that no
label explains is set aside with its place, never dropped. Values are taken as sent; nothing is
judged here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.findings import Finding
from ingest.form_blocks import (
    has_results,
    infer_kind,
    is_list_header,
    is_note,
    split_forms,
)
from ingest.form_funds import FundLine, is_heading_row, names_a_line, project_cells, read_funds
from ingest.form_indicator_lines import read_lines
from ingest.form_indicators import (
    IndicatorTable,
    is_header_row,
    read_header,
)
from ingest.form_labels import is_amount, load_form_vocabulary
from ingest.form_sheet import FieldCell, FormSheet, cell_address
from ingest.form_texts import (
    GoalTexts,
    LabelledValues,
    inline_label,
    read_goals,
    read_identity_row,
)
from ingest.form_titles import (
    TitleFacts,
    kind_of_title,
    money_unit_of,
    month_of,
    round_of,
    title_facts,
    with_earlier,
    year_of,
)
from ingest.headings import load_vocabulary, normalise, plain
from ingest.readers.grid import Grid
from ingest.reference import kind_sources, overall_kind, stage_of, unit_kinds

LOOKED_AT_ROWS = 120
"""Rows in which a sheet must show that it holds forms."""

DEFAULT_KIND = "goal"

LONGEST_LEVEL = 40
"""A longer text alone in its row below the indicators is no name of a level."""


@dataclass
class FormBlock:
    """One form of a sheet: one project. Rows count from 1, columns from 0.

    Attributes:
        first_row: first row of the form, its titles included.
        last_row: last row; the forms of a sheet together cover all its rows.
        title_text: its title rows, joined by blanks.
        document_kind: kind that the title names, None where it names none.
        layout_kind: kind whose labels it was read by: the title's, else by its columns.
        fiscal_year: 预算年度 of the title, else of a label.
        said_years: every year that the title calls a 年度.
        month_no: N of 「1-N月」 in title, label or headings.
        round_hint: N of 「第N次」.
        bureau_names: finance bureaus named in title rows or beside a label.
        money_unit: 元, 万元, 亿元 of the funds block, else of a 「单位：」 line, else None.
        project: field of the main table → cell: of the project, or of the unit (整体支出).
        project_other: label → text, for what no field takes.
        project_row: row of 项目名称 (of the unit's name; else the first filled row).
        funds: lines: `row`, `line_no`, `label`, fields, `other_columns`.
        fund_columns: field → column and heading or label of the line that speaks for the project.
        fund_label: cell of the label of the funds block, which names the unit of money.
        indicators: lines: `row`, fields, `other_columns`.
        indicator_columns: field → column and heading as sent.
        indicator_headings: all headings of the indicator block as sent.
        row_classes: row → title, header (labels with values of the project included), data (the
            rows that `project_row`, `funds` and `indicators` name), total, note, blank, set_aside.
        findings: what is wrong, without the identity of the filing.
    """

    first_row: int
    last_row: int
    title_text: str = ""
    document_kind: str | None = None
    layout_kind: str = DEFAULT_KIND
    fiscal_year: int | None = None
    said_years: tuple[int, ...] = ()
    month_no: int | None = None
    round_hint: int | None = None
    bureau_names: tuple[str, ...] = ()
    money_unit: str | None = None
    project: dict[str, FieldCell] = field(default_factory=dict)
    project_other: dict[str, str] = field(default_factory=dict)
    project_row: int = 0
    funds: list[dict] = field(default_factory=list)
    fund_columns: dict[str, tuple[int, str]] = field(default_factory=dict)
    fund_label: FieldCell | None = None
    indicators: list[dict] = field(default_factory=list)
    indicator_columns: dict[str, tuple[int, str]] = field(default_factory=dict)
    indicator_headings: list[str] = field(default_factory=list)
    row_classes: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_unfilled(self) -> bool:
        """Whether nothing is filled in: a template as it was handed out."""
        filled = [cell.text for cell in self.project.values() if cell.text]
        return not self.indicators and not filled and not any(map(_amounts_of, self.funds))


def looks_like_form(grid: Grid) -> bool:
    """Tell whether a sheet holds official forms rather than a list.

    Its indicator header names no project (a list's does), and labels stand beside values above
    it; or, without indicators, at least three rows begin with labels of a form's blocks.

    Args:
        grid: the sheet; merged ranges are not needed.

    Returns:
        True for forms.
    """
    sheet = FormSheet.of(grid, LOOKED_AT_ROWS)
    vocabulary = load_form_vocabulary("self_evaluation")
    label_rows = 0
    blocks: set[str] = set()
    for row in range(sheet.height):
        filled = sheet.filled[row]
        if not filled:
            continue
        if is_list_header(sheet, row, vocabulary):
            names_project = any(
                {"project_name", "project_code", "unit_name"}
                & set(vocabulary.roles(sheet.cells[row][c]).get("identity", ()))
                for c in filled
            )
            if names_project:
                return False
        if is_header_row(sheet, row, vocabulary):
            if label_rows:
                return True
            blocks.add("indicators")
            continue
        text = sheet.cells[row][filled[0]]
        roles = vocabulary.roles(text)
        inline = inline_label(text, vocabulary)
        if inline:
            roles = vocabulary.roles(inline[0])
        if "identity" in roles and len(filled) <= 8:
            label_rows += 1
            blocks.add("identity" if "project_name" not in roles["identity"] else "name")
            if "indicators" in blocks:
                return True
        elif "block" in roles.get("funds", ()) or "block" in roles.get("goal", ()):
            label_rows += 1
            blocks.add("funds" if "funds" in roles else "goal")
    return "name" in blocks and label_rows >= 3 and bool(blocks & {"funds", "goal"})


def parse_form_sheet(grid: Grid, fallback_kind: str | None = None) -> list[FormBlock]:
    """Read every form of a sheet.

    Args:
        grid: the sheet with its merged ranges (None is read as a sheet without any).
        fallback_kind: kind to read by where neither title nor columns tell (e.g. of the path).

    Returns:
        The forms from the top.
    """
    sheet = FormSheet.of(grid)
    if not any(sheet.filled):
        return []
    general = load_form_vocabulary("self_evaluation")
    earlier: TitleFacts | None = None
    blocks = []
    for first, last in split_forms(sheet, general):
        walk = _FormWalk(sheet, first, last, earlier, fallback_kind)
        blocks.append(walk.block)
        earlier = walk.facts
    return blocks


class _FormWalk:
    """The reading of one form: the state that the walk over its rows needs."""

    def __init__(
        self,
        sheet: FormSheet,
        first: int,
        last: int,
        earlier: TitleFacts | None,
        fallback_kind: str | None,
    ) -> None:
        """Read the form.

        Args:
            sheet: the sheet.
            first: first row of the form, from 0.
            last: last row.
            earlier: what the titles of the form above say, for a form without its own.
            fallback_kind: kind to read by where nothing tells.
        """
        self.sheet = sheet
        self.first, self.last = first, last
        self.block = FormBlock(first + 1, last + 1)
        self.values = LabelledValues()
        self.goals = GoalTexts()
        self.lines: list[FundLine] = []
        self.fund_unit: str | None = None
        self.fund_points: FieldCell | None = None
        self.fund_unheaded: list[FieldCell] = []
        self.tables: list[IndicatorTable] = []
        self.unheaded: list[FieldCell] = []
        self.unknown: list[FieldCell] = []
        self.totals: dict[str, FieldCell] = {}
        self.is_after_note = False
        self.open_label: tuple[int, str] | None = None
        self.classes: dict[int, str] = {}
        titles, texts = self._leading_titles()
        self.facts = with_earlier(title_facts(texts), earlier)
        kind = self._kind_of_titles(titles)
        self.block.document_kind = kind
        layout = kind or infer_kind(sheet, range(first, last + 1)) or fallback_kind or DEFAULT_KIND
        is_overall = self.facts.is_overall
        if kind is None and (is_overall or (is_overall is None and fallback_kind in unit_kinds())):
            layout = overall_kind(stage_of(layout))
        self.block.layout_kind = layout
        self.vocabulary = load_form_vocabulary(self.block.layout_kind)
        self._walk(titles)
        self._finish(texts)

    def _kind_of_titles(self, titles: list[int]) -> str | None:
        """Kind that the titles name, unless only another kind has such columns."""
        kind = self.facts.document_kind
        if kind is None or stage_of(kind) != "goal":
            return kind
        if not has_results(self.sheet, range(self.first, self.last + 1)):
            return kind
        meant = "self_evaluation" if kind == "goal" else overall_kind("self_evaluation")
        row, column = next(
            (
                (row, column)
                for row in titles
                for column in self.sheet.filled[row]
                if kind_of_title(self.sheet.cells[row][column] or "") == kind
            ),
            (self.first, 0),
        )
        self.block.findings.append(
            Finding(
                "FORM-006",
                source_row=row + 1,
                source_cell=cell_address(row, column),
                value_found=self.sheet.cells[row][column],
            )
        )
        return meant

    def _leading_titles(self) -> tuple[list[int], list[str]]:
        """Rows above the first label of the form, and their texts.

        A row that names who files (「填报单位：…」) is no title, but its other cells may be.
        """
        general = load_form_vocabulary("self_evaluation")
        titles: list[int] = []
        texts: list[str] = []
        for row in range(self.first, self.last + 1):
            filled = self.sheet.filled[row]
            if not filled:
                continue
            if is_header_row(self.sheet, row, general):
                break
            text = self.sheet.cells[row][filled[0]]
            roles = general.roles(text)
            # 「（2022年度）  金额单位：元」 is a title as well
            plain_cells = [
                c
                for c in filled
                if inline_label(self.sheet.cells[row][c], general) is None
                or (money_unit_of(self.sheet.cells[row][c]) and year_of(self.sheet.cells[row][c]))
            ]
            named = any("identity" in general.roles(self.sheet.cells[row][c]) for c in filled)
            block = {"funds", "goal"} & set(roles) and len(filled) > 1
            if block or (named and not self._is_only_unit(row)):
                break
            texts.extend(
                text
                for c in plain_cells
                if (text := self.sheet.cells[row][c]) and not is_note(text, general)
            )
            if len(plain_cells) == len(filled):
                titles.append(row)
        return titles, texts

    def _is_only_unit(self, row: int) -> bool:
        texts = [plain(text) for text in self.sheet.cells[row] if text]
        return all("单位" in text and len(text) <= 10 for text in texts) and len(texts) == 1

    def _walk(self, titles: list[int]) -> None:
        """Walk the rows; each step takes one row or a block of rows."""
        for row in titles:
            self.classes[row] = "title"
        headers = {
            row
            for row in range(self.first, self.last + 1)
            if len(self.sheet.filled[row]) > 1 and is_header_row(self.sheet, row, self.vocabulary)
        }
        tables: dict[int, IndicatorTable] = {}
        for row in sorted(headers):
            if any(row in t.header_rows for t in tables.values()):
                continue
            table = read_header(self.sheet, row, self.last, self.vocabulary)
            tables[min(table.header_rows)] = table
        row = self.first
        while row <= self.last:
            if row in self.classes:
                row += 1
            elif not self.sheet.filled[row]:
                self.classes[row] = "blank"
                row += 1
            elif row in tables:
                row = self._begin_table(tables[row])
            else:
                row = self._take(row, tables)

    def _begin_table(self, table: IndicatorTable) -> int:
        for row in table.header_rows:
            self.classes[row] = "header"
        self.tables.append(table)
        self.is_after_note = False
        return max(table.header_rows) + 1

    def _take(self, row: int, tables: dict[int, IndicatorTable]) -> int:
        """Classify and read what begins at a row.

        Returns:
            The next row.
        """
        column = self.sheet.filled[row][0]
        text = self.sheet.cells[row][column] or ""
        table = self.tables[-1] if self.tables else None
        if table is not None:
            if self._take_total(row, table):
                return row + 1
            if not self._is_label_of_block(row, column, table):
                return self._take_line(row, column, text, table)
        roles = self.vocabulary.roles(text)
        if "block" in roles.get("funds", ()) or self._begins_unlabelled_funds(row):
            has_label = "block" in roles.get("funds", ()) and not (self._is_lone_line(row, roles))
            return self._take_funds(row, column if has_label else -1, tables)
        if "block" in roles.get("goal", ()):
            return self._take_goals(row, column, tables)
        if read_identity_row(self.sheet, row, self.vocabulary, self.values):
            self.classes[row] = "header"
            is_other = "other" in roles.get("identity", ())
            self.open_label = (column, text) if is_other else None
            return row + 1
        if self.open_label and column > self.open_label[0]:
            texts = [self.sheet.cells[row][c] or "" for c in self.sheet.filled[row]]
            self.values.keep(self.open_label[1], " ".join(texts))
            self.classes[row] = "header"
            return row + 1
        self._take_rest(row, text)
        return row + 1

    def _is_lone_line(self, row: int, roles: dict[str, dict[str, int]]) -> bool:
        """Tell a fund line in the first column from the label of a block of lines."""
        return "line.total" in roles.get("funds", ()) and "block" not in roles.get("funds", ())

    def _begins_unlabelled_funds(self, row: int) -> bool:
        """Tell whether fund headings, or a total line, stand without a block label."""
        if self.lines:
            return False
        filled = self.sheet.filled[row]
        text = self.sheet.cells[row][filled[0]]
        roles = self.vocabulary.roles(text).get("funds", {})
        if "line.total" in roles and "identity" not in self.vocabulary.roles(text):
            return True
        return len(filled) >= 2 and is_heading_row(self.sheet, row, 0, self.vocabulary)

    def _is_label_of_block(self, row: int, column: int, table: IndicatorTable) -> bool:
        """Tell a label below the indicators (a further block) from a line of theirs."""
        text = self.sheet.cells[row][column]
        roles = self.vocabulary.roles(text)
        is_label = (
            "identity" in roles
            or "block" in roles.get("funds", ())
            or "block" in roles.get("goal", ())
            or inline_label(text, self.vocabulary) is not None
        )
        if not is_label:
            return False
        results = ("target_value", "actual_value", "weight", "score")
        if table.has_text_in(self.sheet, row, ("level3",)) and table.has_text_in(
            self.sheet, row, results
        ):
            return False
        if table.label_column is not None and column <= table.label_column:
            return self.sheet.bottom_edge(row, column) == row or "identity" not in roles
        if column > table.first_level_column or len(self.sheet.filled[row]) > 2:
            return column <= table.first_level_column and not table.has_text_in(
                self.sheet, row, results
            )
        return True

    def _take_line(self, row: int, column: int, text: str, table: IndicatorTable) -> int:
        """Take a row below an indicator header: a line, a note, or one to set aside."""
        filled = self.sheet.filled[row]
        is_left = column <= table.first_level_column
        is_wide = self._covers_names(self.sheet.right_edge(row, column), table)
        label_column = table.label_column if table.label_column is not None else -1
        is_alone = len(filled) == 1 and (
            column <= label_column or self.is_after_note or len(text) > LONGEST_LEVEL
        )
        if is_left and len(filled) <= 3 and is_note(text, self.vocabulary):
            self._note(row)
        elif is_left and (is_alone or (is_wide and len(filled) == 1)):
            self._take_rest(row, text)
        elif table.has_content(self.sheet, row):
            table.rows.append(row)
            self.classes[row] = "data"
            self.is_after_note = False
        else:
            # names of levels without an indicator: an unfilled line of the template
            table.rows.append(row)
            self.classes[row] = "note"
        return row + 1

    def _covers_names(self, edge: int, table: IndicatorTable) -> bool:
        """Tell whether a cell merged up to a column covers the names of the indicators."""
        names = [c.first for c in table.columns if c.field == "level3"]
        return edge >= min(names, default=table.first_level_column)

    def _note(self, row: int) -> None:
        self.classes[row] = "note"
        self.is_after_note = True

    def _take_rest(self, row: int, text: str) -> None:
        """Take a row that no label explains."""
        filled = self.sheet.filled[row]
        if is_note(text, self.vocabulary) or (self.is_after_note and len(filled) == 1):
            self._note(row)
            return
        self._set_aside(row, "FORM-001")

    def _set_aside(self, row: int, rule_id: str) -> None:
        filled = self.sheet.filled[row]
        self.classes[row] = "set_aside"
        texts = [self.sheet.cells[row][c] or "" for c in filled]
        self.block.findings.append(
            Finding(
                rule_id,
                source_row=row + 1,
                source_cell=cell_address(row, filled[0]),
                value_found=" | ".join(texts)[:200],
            )
        )

    def _take_total(self, row: int, table: IndicatorTable) -> bool:
        """Take a total row below the indicators: sums of weights and of scores, a grade."""
        filled = self.sheet.filled[row]
        column = filled[0]
        text = self.sheet.cells[row][column] or ""
        label, _, rest = text.replace("：", ":").partition(":")
        if self.vocabulary.rank(label, "total", "label") is None:
            return False
        if table.has_text_in(self.sheet, row, ("target_value",)) and column >= min(
            c.first for c in table.columns if c.field == "target_value"
        ):
            return False
        names = [c for c in table.columns if c.field == "level3"]
        if names and column > names[0].last:
            return False
        if names and names[0].first <= column and self._has_level_above(row, table):
            return False
        self.classes[row] = "total"
        self.is_after_note = False
        if plain(label) != "小计":
            self._read_total(row, column, label, rest.strip(), table)
        return True

    def _has_level_above(self, row: int, table: IndicatorTable) -> bool:
        """Tell whether a merged level covers the row: then its name is an indicator's."""
        return any(
            self.sheet.merged_down(row, c.first, c.last)
            for c in table.columns
            if c.field in ("level1", "level2")
        )

    def _read_total(
        self, row: int, column: int, label: str, rest: str, table: IndicatorTable
    ) -> None:
        sheet = self.sheet
        places: dict[str, int] = {}
        left: list[int] = []
        owned = {
            c: name
            for name in ("weight", "score")
            for at in table.columns
            if at.field == name
            for c in range(at.first, at.last + 1)
        }
        names = {"weight": "weight_total", "score": "total_score"}
        for c in sheet.filled[row]:
            if c == column:
                continue
            text = sheet.cells[row][c] or ""
            if self.vocabulary.rank(text, "total", "grade") is not None:
                places.setdefault("grade", c)
            elif c in owned and names[owned[c]] not in places:
                places[names[owned[c]]] = c
            elif any(sign.isdigit() for sign in text):
                left.append(c)
        for name in ("total_score", "weight_total"):
            if left and name not in places and (name == "total_score" or len(left) > 1):
                places[name] = left.pop()
        if rest and "total_score" not in places:
            self._keep_total("total_score", FieldCell(rest, row + 1, column, label))
        for name, c in places.items():
            self._keep_total(name, FieldCell(sheet.cells[row][c], row + 1, c, label))
        for at in table.columns:
            if at.field in names:
                # nothing stands there, but this is where it belongs
                self._keep_total(names[at.field], FieldCell(None, row + 1, at.first, label))

    def _keep_total(self, name: str, cell: FieldCell) -> None:
        """Keep a total, the first one with text."""
        known = self.totals.get(name)
        if known is None or (known.text is None and cell.text is not None):
            self.totals[name] = cell

    def _take_funds(self, row: int, column: int, tables: dict[int, IndicatorTable]) -> int:
        """Take the rows of a funds block."""
        end = self._block_end(row, column, tables, is_funds=True)
        funds = read_funds(self.sheet, range(row, end + 1), column, self.vocabulary)
        self.lines.extend(funds.lines)
        self.fund_points = self.fund_points or funds.points
        self.fund_unheaded = self.fund_unheaded or funds.unheaded
        self.fund_unit = self.fund_unit or funds.money_unit
        if self.block.fund_label is None:
            at = max(column, self.sheet.filled[row][0])
            text = self.sheet.cells[row][at]
            self.block.fund_label = FieldCell(text, row + 1, at, text or "")
        self.block.month_no = self.block.month_no or funds.month_no
        for at, row_class in funds.row_classes.items():
            if row_class == "set_aside":
                self._set_aside(at, "FORM-001")
            else:
                self.classes[at] = row_class
        return end + 1

    def _take_goals(self, row: int, column: int, tables: dict[int, IndicatorTable]) -> int:
        """Take the rows of a goal block."""
        end = self._block_end(row, column, tables, is_funds=False)
        read_goals(self.sheet, range(row, end + 1), column, self.vocabulary, self.goals)
        for at in range(row, end + 1):
            self.classes[at] = "header" if self.sheet.filled[at] else "blank"
        return end + 1

    def _block_end(
        self, row: int, column: int, tables: dict[int, IndicatorTable], *, is_funds: bool
    ) -> int:
        """Last row of a block: the merged range of its label, else up to the next label."""
        merged_end = self.sheet.bottom_edge(row, column) if column >= 0 else row
        end = row
        for below in range(row + 1, self.last + 1):
            if below in tables:
                break
            filled = self.sheet.filled[below]
            if below > merged_end:
                if not filled:
                    break
                if self._ends_block(below, max(column, 0), is_funds=is_funds):
                    break
            end = below
        return end

    def _ends_block(self, row: int, column: int, *, is_funds: bool) -> bool:
        """Tell whether a row outside the label's merged range belongs to the block no more."""
        first = self.sheet.filled[row][0]
        text = self.sheet.cells[row][first] or ""
        roles = self.vocabulary.roles(text)
        if "identity" in roles or inline_label(text, self.vocabulary) is not None:
            return True
        if is_funds:
            if "line.total" in roles.get("funds", ()) or "line.known" in roles.get("funds", ()):
                return False
            if "block" in roles.get("goal", ()) or is_note(text, self.vocabulary):
                return True
            if first > column:
                return False
            amounts = sum(is_amount(self.sheet.cells[row][c] or "") for c in self.sheet.filled[row])
            return not (names_a_line(text, self.vocabulary) and amounts)
        return first <= column or "block" in roles.get("funds", ())

    def _finish(self, title_texts: list[str]) -> None:
        """Put the block together from what the walk found."""
        block, values = self.block, self.values
        block.title_text = " ".join(title_texts)
        block.project = values.best()
        self._read_tables()
        block.project.update(self.goals.fields(self.vocabulary.stage))
        funds = project_cells(self.lines, self.vocabulary)
        weight = funds.get("execution_weight")
        if self.fund_points and not (weight and weight.text):
            funds["execution_weight"] = self.fund_points
        owes_executed = self.vocabulary.stage != "goal" and self.lines
        if owes_executed and block.fund_label is not None and "executed" not in funds:
            # without a column for it, a column without heading or the block is where it is missing
            at = self.fund_unheaded.pop(0) if self.fund_unheaded else block.fund_label
            funds["executed"] = FieldCell(None, at.row, at.column, block.fund_label.heading)
        block.project = {**block.project, **funds}
        for name, cell in self.totals.items():
            block.project.setdefault(name, cell)
        block.project_other = {**values.other, **self.goals.other}
        if block.layout_kind in unit_kinds():
            self._keep_fields_of_units()
        block.funds = [line.as_record(n) for n, line in enumerate(self.lines, start=1)]
        block.fund_columns = _fund_columns(self.lines)
        self._set_facts()
        name = block.project.get(kind_sources()[block.layout_kind].identity[-1])
        filled = [r + 1 for r in range(self.first, self.last + 1) if self.sheet.filled[r]]
        block.project_row = name.row if name else (filled[0] if filled else block.first_row)
        self.classes[block.project_row - 1] = "data"
        block.row_classes = {row + 1: self.classes[row] for row in sorted(self.classes)}
        self._judge_structure()

    def _keep_fields_of_units(self) -> None:
        """Keep what the shared labels give and the table of units has no field for."""
        block = self.block
        known = load_vocabulary(block.layout_kind).fields[
            kind_sources()[block.layout_kind].main_table
        ]
        for name in [name for name in block.project if name not in known]:
            cell = block.project.pop(name)
            if cell.text:
                block.project_other.setdefault(cell.heading.strip().rstrip(":："), cell.text)

    def _set_facts(self) -> None:
        """Year, month, round, bureaus and unit: titles first, then labels and headings."""
        block, values, facts = self.block, self.values, self.facts
        year = block.project.get("fiscal_year")
        block.fiscal_year = facts.fiscal_year or _year_of_cell(year)
        block.said_years = facts.said_years
        stage = block.project.get("round")
        stage_text = stage.text if stage and stage.text else ""
        headings = " ".join(block.indicator_headings)
        block.month_no = (
            month_of(stage_text)
            or facts.month_no
            or block.month_no
            or next((m for h in block.indicator_headings if (m := normalise(h).month_no)), None)
        )
        block.round_hint = round_of(stage_text) or facts.round_hint or round_of(headings)
        block.bureau_names = tuple(dict.fromkeys([*facts.bureau_names, *values.bureau_names]))
        block.money_unit = self.fund_unit or values.money_unit or facts.money_unit

    def _read_tables(self) -> None:
        """Read the indicator lines of every table; of several only the annual ones count."""
        annual = [t for t in self.tables if t.period != "long_term" and t.rows]
        for table in self.tables:
            rows = [row for row in table.rows if self.classes[row] == "data"]
            if table.period == "long_term" and annual and rows:
                for row in rows:
                    self._set_aside(row, "FORM-002")
                continue
            found = read_lines(self.sheet, table, self.vocabulary)
            kept = {row + 1 for row in rows}
            self.block.indicators.extend(ln for ln in found.lines if ln["row"] in kept)
            for row in found.left_out:
                if row + 1 in kept:
                    self._set_aside(row, "FORM-002")
            for name, place in found.columns.items():
                self.block.indicator_columns.setdefault(name, place)
            self.block.indicator_headings.extend(table.headings())
            header = table.header_rows[-1]
            for column, heading in found.unknown:
                self.unknown.append(FieldCell(heading, header + 1, column, heading))
            for column, text in found.unheaded:
                self.unheaded.append(FieldCell(text, header + 1, column, ""))

    def _judge_structure(self) -> None:
        """Report a form without indicators, or whose indicators lack a name or a target."""
        block = self.block
        if not block.indicators:
            found = "、".join(block.indicator_headings) or "没有指标表头"
            row, column = self._place_of_indicators()
            block.findings.append(
                Finding(
                    "FORM-004",
                    source_row=row + 1,
                    source_cell=cell_address(row, column),
                    value_found=found,
                )
            )
            return
        needed = [("level3", "三级指标"), ("target_value", "指标值")]
        if self.vocabulary.stage == "self_evaluation":
            needed.append(("actual_value", "实际完成值"))
        missing = [label for name, label in needed if name not in block.indicator_columns]
        if missing:
            # a column that nobody knows is the one that is missing
            header = next(table for table in self.tables if table.rows).header_rows[-1]
            first = FieldCell(None, header + 1, self.sheet.filled[header][0], "")
            at = next(iter([*self.unheaded, *self.unknown, first]))
            block.findings.append(
                Finding(
                    "FORM-005",
                    source_row=at.row,
                    source_cell=cell_address(at.row - 1, at.column),
                    value_found="、".join(block.indicator_headings),
                    value_expected="、".join(missing),
                )
            )
            self.unheaded, self.unknown = [], []
        self._judge_columns()

    def _judge_columns(self) -> None:
        """Report columns that hold text under no heading, or under one that nobody knows."""
        for rule_id, cells in (
            ("HEAD-008", [*self.fund_unheaded, *self.unheaded]),
            ("FORM-003", self.unknown),
        ):
            self.block.findings.extend(
                Finding(
                    rule_id,
                    source_row=cell.row,
                    source_cell=cell_address(cell.row - 1, cell.column),
                    heading=cell.heading or None,
                    value_found=cell.text,
                )
                for cell in cells
            )

    def _place_of_indicators(self) -> tuple[int, int]:
        """Where indicators are missing: below their header, beside their label, else anywhere."""
        for table in self.tables:
            header = table.header_rows[-1]
            return header, self.sheet.filled[header][0]
        for row in range(self.first, self.last + 1):
            for column in self.sheet.filled[row]:
                roles = self.vocabulary.roles(self.sheet.cells[row][column])
                if "block" in roles.get("indicators", ()):
                    return row, column
        row = self.block.project_row - 1
        return row, next(iter(self.sheet.filled[row]), 0)


def _amounts_of(line: dict) -> list[str]:
    """Texts of a fund line beside its label."""
    names = ("row", "line_no", "label", "other_columns")
    return [text for name, text in line.items() if name not in names and text]


def _fund_columns(lines: list[FundLine]) -> dict[str, tuple[int, str]]:
    """Column and heading of each amount field of the funds block."""
    columns: dict[str, tuple[int, str]] = {}
    for line in lines:
        columns.setdefault("label", (line.column, line.label or ""))
        for name, cell in line.cells.items():
            columns.setdefault(name, (cell.column, cell.heading))
    return columns


def _year_of_cell(cell: FieldCell | None) -> int | None:
    """Year of a cell beside a label 「预算年度」."""
    if cell is None or not cell.text:
        return None
    spelled = plain(cell.text)
    if len(spelled) == 4 and spelled.isdigit():
        return int(spelled)
    return year_of(cell.text)


__all__ = ["FieldCell", "FormBlock", "looks_like_form", "parse_form_sheet"]
