"""The sender's own workbook back: a copy with coloured cells, and in front what was found.

A copy of an xlsx keeps its look; every other format comes back as an xlsx with the same cells. A
sheet too large to be copied comes back with the rows that matter, each at its own row number.
Nothing written here starts a formula, opens a link outside the workbook or runs a macro.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.protection import SheetProtection
from openpyxl.worksheet.table import TableList
from openpyxl.worksheet.worksheet import Worksheet

from ingest.readers import merge_reader, read_grids, sniff
from ingest.readers.grid import Grid, UnreadableFileError
from ingest.readers.sniff import Format
from ingest.return_copy import (
    EXTENT_LABEL,
    EXTRACT,
    FINDINGS_SHEET,
    MARK_LABEL,
    NONE,
    OVERVIEW_SHEET,
    RETURN_SHEETS,
    WHOLE,
    content_mark,
)
from nightly.formula_text import FORMULA_STARTS
from nightly.labels import label
from nightly.xml_text import UNWRITABLE

logger = logging.getLogger(__name__)

MAX_COPY_CELLS = 60_000
"""A larger file comes back as an extract: opening one cell by cell takes seconds."""
MAX_COPY_BYTES = 24 * 1024**2
"""Sheets that unpack to more than this are never opened cell by cell."""
MAX_LISTED = 5_000
MAX_COMMENTS = 1_500
MAX_COMMENT_TEXT = 900
MAX_TEXT = 2_000
HEADER_ROWS = 8
"""Rows at the top that an extract keeps: title, unit line and headings."""
SEVERITIES = ("error", "warning", "info")
FILLS = {"error": "FFC7CE", "warning": "FFEB9C", "info": "DDEBF7", "explained": "E2EFDA"}
INKS = {"error": "9C0006", "warning": "7F6000", "info": "1F4E79", "explained": "375623"}
FONT = "宋体"
LINK = "0563C1"
A1 = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
COPY_SHEET = "数据"
A3, A4 = 8, 9
HEADINGS = (
    ("问题编号", 25), ("级别", 7), ("处理状态", 9), ("文件", 20), ("工作表", 11),
    ("单元格", 8), ("列标题", 13), ("填报内容", 16), ("应为", 18), ("问题", 44),
    ("如何修改", 38), ("规则", 11), ("已有说明", 18), ("原因说明", 30), ("说明人", 9),
    ("说明日期", 11),
)
FILL_IN = ("原因说明", "说明人", "说明日期")
FILL_IN_COLOUR = "FFFFE5"
LINE_HEIGHT = 14
MAX_LINES = 12


@dataclass(frozen=True)
class ReturnFinding:
    """One finding as its sender reads it.

    Attributes:
        finding_key: 问题编号, the same after a re-filing.
        severity: error, warning or info.
        rule_id: the rule.
        rule_name: its sentence.
        source_file: path in the inbox; empty where no file is concerned.
        source_sheet: sheet as the sender names it; empty for a csv.
        source_row: physical row, from 1.
        source_cell: A1 address.
        heading: the sender's own heading.
        found: what stands there.
        expected: what should.
        message: what is wrong.
        fix: how to mend it.
        state: open, explained or waived.
        explanation: the reason that was given, if one was.
        file_sha256: the file.
    """

    finding_key: str
    severity: str
    rule_id: str
    rule_name: str = ""
    source_file: str = ""
    source_sheet: str = ""
    source_row: int | None = None
    source_cell: str = ""
    heading: str = ""
    found: str = ""
    expected: str = ""
    message: str = ""
    fix: str = ""
    state: str = "open"
    explanation: str = ""
    file_sha256: str = ""

    @property
    def look(self) -> str:
        """Which colour it has."""
        return self.severity if self.state == "open" else "explained"


@dataclass(frozen=True)
class ReceivedFile:
    """One file of the bureau and what became of it.

    Attributes:
        source_file: path in the inbox.
        received_date: when it was received.
        outcome: what became of it, in Chinese.
        row_count: rows with data.
        accepted_count: rows that were taken over.
        set_aside_count: rows that were set aside.
        error_count: errors found in it.
        warning_count: warnings found in it.
        copy_name: name of its copy beside the summary; empty where there is none.
    """

    source_file: str
    received_date: str
    outcome: str
    row_count: int | None = None
    accepted_count: int | None = None
    set_aside_count: int | None = None
    error_count: int = 0
    warning_count: int = 0
    copy_name: str = ""


@dataclass(frozen=True)
class OwedFiling:
    """One filing that the bureau owes or has filed.

    Attributes:
        name: kind, year and round, in Chinese.
        status: where it stands, in Chinese.
        due_date: by when.
        days_late: how late, if it is.
        is_owed: nothing accepted is live.
    """

    name: str
    status: str
    due_date: str = ""
    days_late: int | None = None
    is_owed: bool = False


@dataclass(frozen=True)
class Overview:
    """What the first sheet says of a bureau.

    Attributes:
        bureau_code: 6-digit code.
        bureau_name: full name.
        as_of: the night.
        files: what was received.
        filings: what is owed and where it stands.
        title: what the sheet is called instead of after the bureau.
    """

    bureau_code: str
    bureau_name: str
    as_of: date
    files: Sequence[ReceivedFile] = ()
    filings: Sequence[OwedFiling] = ()
    title: str = ""


@dataclass(frozen=True)
class Returned:
    """A workbook written.

    Attributes:
        path: the file.
        is_extract: rows without findings were left out.
        marked_count: cells coloured.
    """

    path: Path
    is_extract: bool
    marked_count: int


def write_return(
    target: Path,
    overview: Overview,
    findings: Sequence[ReturnFinding],
    sent: Path | None = None,
    source_file: str = "",
) -> Returned:
    """Write one return workbook.

    Args:
        target: the xlsx to write.
        overview: what the first sheet says.
        findings: what is listed, the worst first.
        sent: the file as received, to come back as a copy; None for a summary alone.
        source_file: the name it was sent under.

    Returns:
        What was written. A file that cannot be read comes back as a summary alone.
    """
    rows = {f.source_sheet: set() for f in findings}
    for finding in findings:
        if row := _place(finding)[0]:
            rows[finding.source_sheet].add(row)
    book, names, extent, mark = _open_copy(sent, source_file, rows)
    is_named = {name: name for name in book.sheetnames} | names
    marked = _mark_cells(book, is_named, findings)
    first = book.create_sheet(OVERVIEW_SHEET, 0)
    second = book.create_sheet(FINDINGS_SHEET, 1)
    _write_overview(first, overview, findings, source_file, extent, mark)
    _write_findings(second, book, overview, findings, is_named)
    book.active = 0
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is first
    day = datetime(overview.as_of.year, overview.as_of.month, overview.as_of.day)
    book.properties.created = book.properties.modified = day
    book.properties.creator, book.properties.lastModifiedBy = "预算绩效数据审核", ""
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return Returned(target, extent == EXTRACT, marked)


# --- the sender's sheets ------------------------------------------------------------------------


def _open_copy(
    sent: Path | None, source_file: str, rows: dict[str, set[int]]
) -> tuple[Workbook, dict[str, str], str, str]:
    """The sender's sheets as a workbook, sheet names by their names there, extent, mark."""
    empty = Workbook()
    empty.remove(empty.active)
    if sent is None:
        return empty, {}, NONE, content_mark(())
    try:
        grids = [grid for grid in read_grids(sent, source_file) if grid.sheet not in RETURN_SHEETS]
    except (UnreadableFileError, OSError):
        return empty, {}, NONE, content_mark(())
    is_large = sum(grid.frame.width * grid.frame.height for grid in grids) > MAX_COPY_CELLS
    if not is_large and (book := _load_xlsx(sent)) is not None:
        mark = content_mark((grid.sheet, grid.frame) for grid in grids)
        return book, {}, WHOLE, mark
    book, names, sheets = empty, {}, []
    with_merges = merge_reader(sent)
    for grid in grids:
        name = _free_name(book, grid.sheet or COPY_SHEET)
        names[grid.sheet] = name
        kept = None
        if is_large:
            kept = {*range(1, HEADER_ROWS + 1), *rows.get(grid.sheet, ())}
        else:
            grid = _merged(grid, with_merges)
        sheets.append((name, _write_grid(book.create_sheet(name), grid, kept)))
    return book, names, EXTRACT if is_large else WHOLE, content_mark(sheets)


def _load_xlsx(sent: Path) -> Workbook | None:
    """Open a copy of an xlsx for colouring; None where that cannot be done safely."""
    content = sent.read_bytes()
    if sniff(content) is not Format.XLSX:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_COPY_BYTES:
            return None
        book = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        for sheet in book.chartsheets:
            book.remove(sheet)
        for name in RETURN_SHEETS & set(book.sheetnames):
            book.remove(book[name])
        _disarm(book)
    except Exception as error:  # whatever openpyxl trips over, the cells themselves were read
        logger.info("the copy of %s is written anew: %s", sent.name, error)
        return None
    return book


def _disarm(book: Workbook) -> None:
    """Take out of a copy what could start, call out or keep the sender from writing."""
    book.defined_names.clear()
    book.security = WorkbookProtection()
    book.vba_archive = None
    for sheet in book.worksheets:
        sheet.defined_names.clear()
        sheet.protection = SheetProtection()
        sheet.conditional_formatting = ConditionalFormattingList()
        sheet.data_validations = DataValidationList()
        sheet._images, sheet._charts, sheet._pivots = [], [], []
        sheet._hyperlinks, sheet._tables = [], TableList()
        sheet.legacy_drawing = None
        sheet.auto_filter.ref = None
        # the cells there are, not the rectangle they span
        for cell in list(sheet._cells.values()):
            if isinstance(cell, MergedCell):
                continue
            if cell.hyperlink is not None:
                cell.hyperlink = None
            if cell.data_type == "f" or (
                isinstance(cell.value, str) and cell.value.startswith(FORMULA_STARTS)
            ):
                _set_text(cell, str(cell.value))


def _merged(grid: Grid, with_merges) -> Grid:
    try:
        return with_merges(grid)
    except UnreadableFileError:
        return grid


def _write_grid(sheet: Worksheet, grid: Grid, kept: set[int] | None) -> pl.DataFrame:
    """Write the cells of a grid at their own addresses, all or only some rows.

    Returns:
        What was written, as a frame.
    """
    first: Cell | None = None
    written: list[list[str | None]] = []
    for number, row in enumerate(grid.frame.rows(), start=1):
        is_kept = kept is None or number in kept
        written.append([_clean(text) if text and is_kept else None for text in row])
        if not is_kept:
            continue
        for place, text in enumerate(written[-1], start=1):
            if text:
                cell = sheet.cell(number, place)
                _set_text(cell, text)
                if first is None:
                    cell.border, first = _edge(), cell
                cell._style = copy(first._style)
                cell.quotePrefix = text.startswith(FORMULA_STARTS)
    for top, left, bottom, right in grid.merges or () if kept is None else ():
        sheet.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )
    if kept is not None:
        # rows that are not written are not shown, and the addresses of the others stay true
        sheet.sheet_format.zeroHeight = True
        for number in sorted(kept):
            sheet.row_dimensions[number].hidden = False
            sheet.row_dimensions[number].height = 15
    for place, width in enumerate(_widths(written), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    schema = {f"c{place}": pl.String for place in range(grid.frame.width)}
    return pl.DataFrame(written, schema, orient="row")


def _widths(rows: Sequence[Sequence[str | None]]) -> list[float]:
    widths: list[float] = []
    for row in rows[:200]:
        for place, text in enumerate(row):
            if place == len(widths):
                widths.append(8)
            # a title in one cell does not make its column wide
            if text and sum(map(bool, row)) > 2:
                widths[place] = max(widths[place], min(2 * len(text) + 2, 36))
    return widths


def _free_name(book: Workbook, name: str) -> str:
    clean = "".join("_" if sign in "[]:*?/\\'" else sign for sign in _clean(name))[:28] or "表"
    taken = {known.lower() for known in (*book.sheetnames, *RETURN_SHEETS)}
    chosen, number = clean, 1
    while chosen.lower() in taken:
        number += 1
        chosen = f"{clean[:24]}({number})"
    return chosen


def _clean(text: str) -> str:
    return UNWRITABLE.sub("", text)


def _set_text(cell: Cell, text: str) -> None:
    """Write a text as a text, whatever it begins with."""
    cell.value = _clean(text)[:32_000]
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True  # stays text when somebody edits the cell


# --- marks --------------------------------------------------------------------------------------


def _place(finding: ReturnFinding) -> tuple[int | None, str]:
    """Row and A1 address of a finding; the first cell of its row where none is named."""
    if A1.fullmatch(finding.source_cell or ""):
        return coordinate_from_string(finding.source_cell)[1], finding.source_cell
    if finding.source_row and 0 < finding.source_row <= 1_048_576:
        return finding.source_row, f"A{finding.source_row}"
    return None, ""


def _mark_cells(
    book: Workbook, names: dict[str, str], findings: Sequence[ReturnFinding]
) -> int:
    """Colour the cells of findings by the worst of each, with a comment that says all of it."""
    by_cell: dict[tuple[str, str], list[ReturnFinding]] = {}
    for finding in findings:
        address = _place(finding)[1]
        name = names.get(finding.source_sheet)
        if not address or name is None:
            continue
        by_cell.setdefault((name, _top_left(book[name], address)), []).append(finding)
    for number, ((name, address), found) in enumerate(by_cell.items()):
        cell = book[name][address]
        worst = min(found, key=lambda f: (f.state != "open", SEVERITIES.index(f.severity)))
        cell.fill = PatternFill("solid", fgColor=FILLS[worst.look])
        if number < MAX_COMMENTS:
            text = "\n\n".join(map(_comment_text, found))
            if cell.comment is not None and cell.comment.text:
                text = f"{text}\n\n（原批注）{cell.comment.text}"
            text = _clean(text)
            if len(text) > MAX_COMMENT_TEXT:
                text = text[:MAX_COMMENT_TEXT] + f"……（全文见「{FINDINGS_SHEET}」）"
            lines = sum(1 + len(line) // 24 for line in text.split("\n"))
            height = min(18 * lines + 16, 420)
            cell.comment = Comment(text, "绩效数据审核", height=height, width=340)
    return len(by_cell)


def _comment_text(finding: ReturnFinding) -> str:
    lines = [
        f"【{_look_name(finding)}】{finding.rule_id} {finding.rule_name}",
        f"问题：{finding.message}",
        f"应为：{finding.expected}" if finding.expected else "",
        f"如何修改：{finding.fix}" if finding.fix else "",
        f"原因说明：{finding.explanation}" if finding.explanation else "",
        f"问题编号：{finding.finding_key}",
    ]
    return "\n".join(filter(None, lines))


def _look_name(finding: ReturnFinding) -> str:
    name = label("severity", finding.severity)
    return name if finding.state == "open" else f"{name}·{STATES[finding.state]}"


STATES = {"open": "待处理", "explained": "已说明", "waived": "已豁免"}


def _top_left(sheet: Worksheet, address: str) -> str:
    """The cell that can be written of a merged range."""
    if not isinstance(sheet[address], MergedCell):
        return address
    for span in sheet.merged_cells.ranges:
        if address in span:
            left, top, _, _ = range_boundaries(span.coord)
            return f"{get_column_letter(left)}{top}"
    return address


# --- the two sheets in front --------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """How a cell of the two sheets in front looks."""

    size: int = 10
    bold: bool = False
    ink: str = ""
    fill: str = ""
    is_edged: bool = True
    is_centred: bool = False
    is_link: bool = False


@dataclass
class _Page:
    """Writes a sheet of labels and small tables, row by row."""

    sheet: Worksheet
    row_no: int = 0
    dressed: dict[_Look, StyleArray] = field(default_factory=dict)

    def dress(self, cell: Cell, look: _Look) -> None:
        """Give a cell a look; making one anew for every cell of a long list takes seconds."""
        is_quoted = cell.quotePrefix  # part of the style, but not of the look
        if look not in self.dressed:
            self._make(cell, look)
        cell._style = copy(self.dressed[look])
        cell.quotePrefix = is_quoted

    def _make(self, cell: Cell, look: _Look) -> None:
        cell._style = StyleArray()
        cell.font = Font(
            name=FONT, size=look.size, bold=look.bold, color=look.ink or None,
            underline="single" if look.is_link else None,
        )
        cell.alignment = Alignment(
            vertical="center", horizontal="center" if look.is_centred else None, wrap_text=True
        )
        if look.fill:
            cell.fill = PatternFill("solid", fgColor=look.fill)
        if look.is_edged:
            cell.border = _edge()
        self.dressed[look] = copy(cell._style)

    def line(
        self,
        texts: Sequence[object],
        *,
        bold: bool = False,
        fill: str = "",
        edged: bool = True,
        size: int = 10,
        ink: str = "",
    ) -> list[Cell]:
        self.row_no += 1
        cells = []
        for place, text in enumerate(texts, start=1):
            cell = self.sheet.cell(self.row_no, place)
            if isinstance(text, int):
                cell.value = text
            elif text not in (None, ""):
                _set_text(cell, str(text)[:MAX_TEXT])
            cells.append(cell)
            self.dress(cell, _Look(size, bold, ink, fill, edged, isinstance(text, int)))
        self.sheet.row_dimensions[self.row_no].height = self._height(texts)
        return cells

    def _height(self, texts: Sequence[object]) -> float:
        """Height for the longest text of a row: no program fits rows to wrapped text by itself."""
        lines = 1
        for place, text in enumerate(texts, start=1):
            width = self.sheet.column_dimensions[get_column_letter(place)].width
            needed = sum(
                -(-_shown_width(part) // max(int(width) - 1, 1)) or 1
                for part in str(text or "").split("\n")
            )
            lines = max(lines, needed)
        return LINE_HEIGHT * min(lines, MAX_LINES) + 3

    def whole(self, text: str, width: int, height: float = 18, **look) -> Cell:
        """One text over all columns."""
        cell = self.line([text], edged=False, **look)[0]
        self.sheet.merge_cells(
            start_row=self.row_no, start_column=1, end_row=self.row_no, end_column=width
        )
        self.sheet.row_dimensions[self.row_no].height = height
        return cell


def _shown_width(text: str) -> int:
    """Width of a text in characters; a Chinese one is two wide."""
    return (len(text) + len(text.encode(errors="replace"))) // 2


def _edge() -> Border:
    thin = Side(style="thin", color="BFBFBF")
    return Border(left=thin, right=thin, top=thin, bottom=thin)


def _write_overview(
    sheet: Worksheet,
    overview: Overview,
    findings: Sequence[ReturnFinding],
    source_file: str,
    extent: str,
    mark: str,
) -> None:
    width = 8
    for letter, size in zip("ABCDEFGH", (42, 24, 14, 12, 12, 12, 12, 34), strict=True):
        sheet.column_dimensions[letter].width = size
    page = _Page(sheet)
    words = overview.title or f"{overview.bureau_name}报送反馈汇总"
    title = page.whole(words, width, 30, bold=True, size=16)
    title.alignment = Alignment(horizontal="center", vertical="center")
    day = overview.as_of.isoformat()
    code = f"　财政区划代码 {overview.bureau_code}" if overview.bureau_code else ""
    page.whole(f"截至 {day}{code}", width, ink="595959")
    if source_file:
        page.whole(f"本文件对应的原文件：{source_file}", width)
    _write_advice(page, width, extent)
    _write_severities(page, findings)
    _write_owed(page, overview.filings, width)
    _write_files(page, overview.files, width)
    page.row_no += 1
    page.line(["以下两项供系统识别，请勿改动"], edged=False, ink="808080", size=9)
    page.line([EXTENT_LABEL, extent], ink="808080", size=9)
    page.line([MARK_LABEL, mark], ink="808080", size=9)
    sheet.sheet_view.showGridLines = False
    _set_up_print(sheet, None)


def _write_advice(page: _Page, width: int, extent: str) -> None:
    lines = [
        "错误：请改正后重新报送；警告、提示：请核对，确有原因的在「" + FINDINGS_SHEET + "」表的"
        "「原因说明」列写明原因、说明人和日期，把本文件放回收件文件夹即可。",
    ]
    if extent == WHOLE:
        lines.append(
            "后面各表是原文件的副本：红色为错误，黄色为警告，蓝色为提示，绿色为已说明或已豁免，"
            "批注写明问题和改法。可以直接在副本上改正后寄回，视为重新报送；"
            "只填原因说明、各表未改动的，不会重复入库。"
        )
    elif extent == EXTRACT:
        lines.append(
            "后面各表只摘录了表头和有问题的行（行号、列号与原文件相同），"
            "只供对照，不能用来重报；请在原文件中改正后重新报送。"
        )
    for text in lines:
        page.whole(text, width, 32)


def _write_severities(page: _Page, findings: Sequence[ReturnFinding]) -> None:
    page.row_no += 1
    page.line(["问题", "待处理", "已说明", "已豁免"], bold=True, fill="DDEBF7")
    for severity in SEVERITIES:
        counts = [
            sum(f.severity == severity and f.state == state for f in findings) for state in STATES
        ]
        cells = page.line([label("severity", severity), *counts])
        page.dress(cells[0], _Look(fill=FILLS[severity]))


def _write_owed(page: _Page, filings: Sequence[OwedFiling], width: int) -> None:
    if not filings:
        return
    page.row_no += 1
    page.line(["应报材料", "状态", "报送截止日期", "逾期天数"], bold=True, fill="DDEBF7")
    for filing in sorted(filings, key=lambda filing: not filing.is_owed):
        cells = page.line([filing.name, filing.status, filing.due_date, filing.days_late or ""])
        if filing.is_owed:
            page.dress(cells[1], _Look(fill=FILLS["error"]))


def _write_files(page: _Page, files: Sequence[ReceivedFile], width: int) -> None:
    if not files:
        return
    page.row_no += 1
    page.line(
        [
            "收到的文件", "处理结果", "收到日期", "数据行", "入库行", "搁置行", "错误/警告",
            "标注副本",
        ],
        bold=True,
        fill="DDEBF7",
    )
    for file in files:
        page.line(
            [
                _below_folder(file.source_file), file.outcome, file.received_date, file.row_count,
                file.accepted_count, file.set_aside_count,
                f"{file.error_count}/{file.warning_count}", file.copy_name,
            ]
        )


def _write_findings(
    sheet: Worksheet,
    book: Workbook,
    overview: Overview,
    findings: Sequence[ReturnFinding],
    names: dict[str, str],
) -> None:
    for place, (_, width) in enumerate(HEADINGS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    page = _Page(sheet)
    page.whole(
        f"{overview.as_of.year}年度问题清单及原因说明（{overview.title or overview.bureau_name}）",
        len(HEADINGS), 28, bold=True, size=14,
    )
    advice = "浅黄色三列由填报单位填写；错误须改正后重报，不接受说明。请勿改动问题编号。"
    if len(findings) > MAX_LISTED:
        advice += f"共{len(findings)}条，此处列出最严重的{MAX_LISTED}条。"
    page.whole(advice, len(HEADINGS), ink="595959")
    page.line([heading for heading, _ in HEADINGS], bold=True, fill="DDEBF7")
    for finding in findings[:MAX_LISTED]:
        cells = page.line(
            [
                finding.finding_key, label("severity", finding.severity), STATES[finding.state],
                _below_folder(finding.source_file), finding.source_sheet, _place(finding)[1],
                finding.heading,
                finding.found, finding.expected, finding.message, finding.fix, finding.rule_id,
                finding.explanation, "", "", "",
            ]
        )
        look = finding.look
        page.dress(cells[1], _Look(bold=True, ink=INKS[look], fill=FILLS[look]))
        if finding.severity != "error":
            for cell in cells[-len(FILL_IN) :]:
                page.dress(cell, _Look(fill=FILL_IN_COLOUR))
        name = names.get(finding.source_sheet)
        if name in book.sheetnames and (address := _place(finding)[1]):
            quoted = name.replace("'", "''")
            target = f"'{quoted}'!{address}"
            cells[5].hyperlink = Hyperlink(ref=cells[5].coordinate, location=target)
            page.dress(cells[5], _Look(ink=LINK, is_link=True))
    sheet.freeze_panes = "B4"
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(HEADINGS))}{max(page.row_no, 4)}"
    _set_up_print(sheet, "1:3")


def _below_folder(source_file: str) -> str:
    """The path as the sender knows it, below its own folder of the inbox."""
    return source_file.partition("/")[2] or source_file


def _set_up_print(sheet: Worksheet, repeated: str | None) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A3 if repeated else A4
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.8
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if repeated:
        sheet.print_title_rows = repeated


def worst_first(findings: Iterable[ReturnFinding]) -> list[ReturnFinding]:
    """Sort findings for reading: open before settled, errors first, then by place.

    Args:
        findings: in any order.

    Returns:
        The order in which they are listed.
    """
    return sorted(
        findings,
        key=lambda f: (
            f.state != "open",
            SEVERITIES.index(f.severity),
            f.source_file,
            f.source_sheet,
            f.source_row or 0,
            f.source_cell,
            f.finding_key,
        ),
    )
