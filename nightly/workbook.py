"""Excel lists as finance officers expect them: title, unit line, headings, rows, 合计, print setup.

Text is always written as text: nothing that was sent can become a formula or a link.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from nightly.formula_text import FORMULA_STARTS
from nightly.labels import label
from nightly.xml_text import NO_CHARACTER, UNREADABLE

MAX_SHEET_ROWS = 1_000_000
MAX_CELL_TEXT = 32_000
LINE_HEIGHT = 15
MAX_LINES = 10
SHORT_TEXT = 16_000  # even at two units a character within what a cell may hold
MARKUP = re.compile(r"[&<>\x00-\x08\x0b-\x1f]|_x[0-9a-fA-F]{4}_")
A3, A4 = 8, 9
A4_WIDTH = 190  # characters that are still legible side by side on A4 landscape
WAN = Decimal(10_000)
FONT = "宋体"
TEXT_KINDS = ("text", "date")
QUOTED = "quoted"
"""Look of text that would start a formula if somebody edited the cell or pasted it elsewhere."""


@dataclass(frozen=True)
class Column:
    """A column of a list.

    Attributes:
        heading: Chinese heading.
        kind: text, count, money (yuan in, 万元 shown), number, rate, score or date.
        width: in characters.
        label_set: codes of this set are shown by their labels.
        is_total: summed in the 合计 row.
        rate_of: for a rate in the 合计 row, headings of numerator and denominator.
    """

    heading: str
    kind: str = "text"
    width: float = 12
    label_set: str = ""
    is_total: bool = False
    rate_of: tuple[str, str] | None = None


@dataclass(frozen=True)
class Cell:
    """A cell that is written otherwise than its column.

    Attributes:
        value: what stands in it.
        kind: as of `Column`; by default that of the column.
        target: path, from the workbook's folder, of the file a click opens.
    """

    value: object
    kind: str = ""
    target: str = ""


class _FileBeside(Url):
    """A link to a file by its path from the workbook's folder."""

    def __init__(self, path: str) -> None:
        super().__init__(f"external:{path}")
        self.text = " "  # the value of the cell is written over it

    def _target(self) -> str:
        # xlsxwriter writes backslashes, which only Windows follows
        return super()._target().replace("\\", "/")


class _Rows:
    """Writes whole rows of plain cells as XML.

    Lists of a full year have millions of cells, and xlsxwriter's way through one cell at a time
    costs several times as much. The cells are the same.
    """

    def __init__(
        self, sheet: Worksheet, columns: Sequence[Column], formats: dict[tuple[str, bool], Format]
    ) -> None:
        self.sheet = sheet
        self.columns = [
            (
                f'<c r="{xl_col_to_name(place)}',
                f'" s="{formats[column.kind, False]._get_xf_index()}"',
                f'" s="{formats[QUOTED, False]._get_xf_index()}"',
                column,
            )
            for place, column in enumerate(columns)
        ]

    def write(self, row_no: int, row: Sequence[object]) -> bool:
        """Write a row, or say that it has a cell that needs the long way."""
        if Cell in map(type, row):
            return False
        name = str(row_no + 1)
        parts = [""]
        lines = 1
        for (start, style, quoted, column), value in zip(self.columns, row, strict=True):
            head = start + name + style
            if value is None or value == "":
                parts.append(f"{head}/>")
            elif column.kind in TEXT_KINDS:
                text = _cell_text(column, value)
                if len(text) > SHORT_TEXT:
                    return False
                if column.kind == "text":
                    lines = max(lines, _cell_lines(text, column.width))
                if text.startswith(FORMULA_STARTS):
                    head = start + name + quoted
                text = NO_CHARACTER.sub(UNREADABLE, text)
                if MARKUP.search(text):
                    text = self.sheet._escape_control_characters(text)
                    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                keep = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
                parts.append(f'{head} t="inlineStr"><is><t{keep}>{text}</t></is></c>')
            else:
                number = float(value / WAN if column.kind == "money" else value)
                parts.append(
                    f"{head}><v>{number:.16G}</v></c>" if math.isfinite(number) else f"{head}/>"
                )
        parts.append("</row>")
        height = LINE_HEIGHT * min(lines, MAX_LINES)
        parts[0] = f'<row r="{name}"' + (
            f' ht="{height}" customHeight="1">' if lines > 1 else ">"
        )
        self.sheet._check_dimensions(row_no, len(self.columns) - 1)
        self.sheet._write_single_row(row_no + 1)  # first what stands above
        self.sheet.fh.write("".join(parts))
        return True


def _cell_text(column: Column, value: object) -> str:
    if column.kind == "date":
        return str(value)[:10]
    return label(column.label_set, value) if column.label_set else str(value)


def _cell_lines(text: str, width: float) -> int:
    """Lines that a text takes in a column; a Chinese character is two wide."""
    if 2 * len(text) <= width and "\n" not in text:
        return 1
    return sum(
        max(1, math.ceil(sum(1 if sign < "\u2e80" else 2 for sign in line) / width))
        for line in text[:SHORT_TEXT].split("\n")
    )


def _row_lines(columns: Sequence[Column], row: Sequence[object]) -> int:
    """Lines that a row takes: heights are written, since not every program works them out."""
    lines = 1
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, Cell):
            column, value = replace(column, kind=value.kind or column.kind), value.value
        if column.kind == "text" and value is not None:
            lines = max(lines, _cell_lines(_cell_text(column, value), column.width))
    return min(lines, MAX_LINES)


def no_markup(text: str) -> str:
    """Text that xlsxwriter does not take for markup.

    Args:
        text: of a cell.

    Returns:
        The text, with a space behind it where it reads like rich text, which is written as it is,
        and the sign for an unreadable character in place of what is none.
    """
    text = NO_CHARACTER.sub(UNREADABLE, text)
    # xlsxwriter writes text between <r> and </r> as it is, for rich text
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


@dataclass
class _Totals:
    columns: Sequence[Column]
    sums: dict[str, Decimal] = field(default_factory=dict)
    count: int = 0

    def add(self, row: Sequence[object]) -> None:
        self.count += 1
        for column, value in zip(self.columns, row, strict=True):
            if column.is_total and value is not None:
                self.sums[column.heading] = self.sums.get(
                    column.heading, Decimal(0)
                ) + Decimal(str(value))

    def row(self) -> list[object]:
        cells: list[object] = []
        for column in self.columns:
            if column.rate_of:
                top, bottom = (self.sums.get(heading) for heading in column.rate_of)
                cells.append(top / bottom if top is not None and bottom else None)
            elif column.is_total:
                cells.append(self.sums.get(column.heading))  # no value at all is no zero
            else:
                cells.append(None)
        return cells


class ListWorkbook:
    """One workbook, written row by row in little memory."""

    def __init__(self, path: Path, as_of: date) -> None:
        """Create the file.

        Args:
            path: the workbook to write.
            as_of: stands as its date, so that the same list has the same bytes.
        """
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.book.set_properties({"created": datetime(as_of.year, as_of.month, as_of.day)})
        base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        edged = {**base, "border": 1}
        add = self.book.add_format
        self.title_format = add({**base, "font_size": 16, "bold": True, "align": "center"})
        self.unit_format = add({**base, "align": "right"})
        self.note_format = add({**base, "text_wrap": True, "valign": "top"})
        self.heading_format = add(
            {**edged, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#DDEBF7"}
        )
        numbers = {
            "text": None, "count": "#,##0", "money": "#,##0.00", "rate": "0.00%",
            "number": "#,##0.00", "score": "0.00", "date": "yyyy-mm-dd", QUOTED: None,
        }
        self.formats, self.link_formats = (
            {
                (kind, bold): add(
                    {
                        **edged,
                        **({"num_format": pattern} if pattern else {"text_wrap": True}),
                        **({"bold": True} if bold else {}),
                        **({"quote_prefix": True} if kind == QUOTED else {}),
                        **look,
                    }
                )
                for kind, pattern in numbers.items()
                for bold in (False, True)
            }
            for look in ({}, {"font_color": "#0563C1", "underline": 1})
        )
        self.sheet_names: set[str] = set()

    def __enter__(self) -> ListWorkbook:
        """Use as a context: closed on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write the file."""
        if not self.sheet_names:
            self.add_list("清单", "（无）", [Column("说明", width=40)], [["本期没有内容"]])
        self.book.close()

    def _sheet_name(self, name: str) -> str:
        clean = "".join("_" if sign in "[]:*?/\\'" else sign for sign in name)[:28] or "清单"
        chosen, number = clean, 1
        while chosen.lower() in self.sheet_names:
            number += 1
            chosen = f"{clean[:25]}({number})"
        self.sheet_names.add(chosen.lower())
        return chosen

    def _start(
        self, name: str, title: str, unit_line: str, columns: Sequence[Column]
    ) -> Worksheet:
        sheet = self.book.add_worksheet(self._sheet_name(name))
        last = len(columns) - 1
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        sheet.set_landscape()
        sheet.set_paper(A3 if sum(column.width for column in columns) > A4_WIDTH else A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.repeat_rows(0, 2)
        sheet.freeze_panes(3, 0)
        sheet.set_row(0, 28)
        if last:
            sheet.merge_range(0, 0, 0, last, "", self.title_format)
        sheet.write_string(0, 0, title, self.title_format)
        sheet.write_string(1, last, unit_line, self.unit_format)
        lines = max(_cell_lines(column.heading, 0.9 * column.width) for column in columns)
        sheet.set_row(2, LINE_HEIGHT * min(lines, MAX_LINES))
        for place, column in enumerate(columns):
            sheet.write_string(2, place, column.heading, self.heading_format)
        return sheet

    def _write_row(
        self,
        sheet: Worksheet,
        row_no: int,
        columns: Sequence[Column],
        row: Sequence[object],
        bold: bool = False,
    ) -> None:
        lines = _row_lines(columns, row)
        if lines > 1:
            sheet.set_row(row_no, LINE_HEIGHT * lines)
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            kind = column.kind
            style = self.formats[kind, bold]
            is_link = isinstance(value, Cell) and bool(value.target)
            if isinstance(value, Cell):
                kind = value.kind or kind
                style = (self.link_formats if value.target else self.formats)[kind, bold]
                if value.target:
                    sheet.write_url(row_no, place, _FileBeside(value.target), style)
                value = value.value
            if value is None or value == "":
                sheet.write_blank(row_no, place, None, style)
            elif kind in TEXT_KINDS:
                text = _cell_text(replace(column, kind=kind), value)
                if text.startswith(FORMULA_STARTS):
                    looks = self.link_formats if is_link else self.formats
                    style = looks[QUOTED, bold]
                sheet.write_string(row_no, place, no_markup(text[:MAX_CELL_TEXT]), style)
            else:
                number = float(value / WAN if kind == "money" else value)
                if math.isfinite(number):
                    sheet.write_number(row_no, place, number, style)
                else:
                    sheet.write_blank(row_no, place, None, style)

    def add_list(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[object]],
        unit_line: str = "单位：万元",
        notes: Sequence[str] = (),
        has_total: bool = False,
        is_grouped: bool = False,
    ) -> int:
        """Add a list on a sheet of its own; a very long one goes on over further sheets.

        Args:
            name: sheet name.
            title: first line.
            columns: what the rows hold.
            rows: values in column order; money in yuan as Decimal.
            unit_line: second line, right-aligned.
            notes: lines under the list.
            has_total: whether a 合计 row is written.
            is_grouped: the first column names parts that must not be summed across; each part
                gets a total of its own.

        Returns:
            Rows written.
        """
        sheet = self._start(name, title, unit_line, columns)
        body = _Rows(sheet, columns, self.formats)
        totals = _Totals(columns)
        row_no, count, group = 3, 0, None
        for row in rows:
            if is_grouped and count and row[0] != group:
                if has_total:
                    self._write_total(sheet, row_no, totals, f"{group}小计")
                    row_no += 1
                totals = _Totals(columns)
            group = row[0]
            count += 1
            if row_no >= MAX_SHEET_ROWS:
                sheet = self._start(name, title, unit_line, columns)
                body = _Rows(sheet, columns, self.formats)
                row_no = 3
            totals.add(row)
            if not body.write(row_no, row):
                self._write_row(sheet, row_no, columns, row)
            row_no += 1
        if has_total:
            is_part = is_grouped and totals.count < count
            self._write_total(sheet, row_no, totals, f"{group}小计" if is_part else "合计")
            row_no += 1
        width = sum(column.width for column in columns)
        for note in notes:
            # a merged row does not grow by itself; a Chinese character is two wide
            sheet.set_row(row_no, LINE_HEIGHT * max(1, math.ceil(2 * len(note) / width)))
            if len(columns) > 1:
                sheet.merge_range(row_no, 0, row_no, len(columns) - 1, "", self.note_format)
            sheet.write_string(row_no, 0, no_markup(note), self.note_format)
            row_no += 1
        return count

    def add_empty_list(
        self, name: str, title: str, columns: Sequence[Column], unit_line: str
    ) -> None:
        """Add a sheet that says that there is nothing to list.

        Args:
            name: sheet name.
            title: first line.
            columns: what rows would hold.
            unit_line: second line.
        """
        sheet = self._start(name, title, unit_line, columns)
        sheet.write_string(3, 0, "本期没有内容", self.note_format)

    def _write_total(self, sheet: Worksheet, row_no: int, totals: _Totals, words: str) -> None:
        # written as text whatever stands in its column
        cells = [Cell(words, "text"), *totals.row()[1:]]
        self._write_row(sheet, row_no, totals.columns, cells, bold=True)
