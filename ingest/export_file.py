"""One received file: its sheets weighed together, settled into filings, or refused with reasons."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import polars as pl

from ingest.evidence import (
    PathHints,
    RoundHint,
    codes_in_titles,
    is_ignorable_sheet,
    kind_in_text,
    overall_kind_in,
    path_hints,
    round_hint,
    row_texts,
    title_kind,
    years_in_title,
)
from ingest.findings import Finding
from ingest.form_export import FormBlock, looks_like_form, parse_form_sheet
from ingest.form_frames import FormSlot, form_parts
from ingest.headings import MONEY_UNITS, load_vocabulary, plain
from ingest.list_export import ListSlot, read_list, stage_rounds
from ingest.list_header import (
    HeaderPlace,
    ListHeader,
    complete_by_names,
    find_header_place,
    list_money_unit,
    read_header,
)
from ingest.parsed import SET_ASIDE_SCHEMA, SheetPart, column_letter, row_text
from ingest.readers import merge_reader, read_grids
from ingest.readers.grid import Grid, UnreadableFileError
from ingest.recognise import (
    Settled,
    choose_kind,
    recognise_overall,
    recognise_register,
    settle_round,
    settle_year,
)
from ingest.reference import (
    Roster,
    RoundCalendar,
    kind_sources,
    load_roster,
    load_round_calendar,
    overall_kind,
    project_kinds,
    stage_of,
    unit_kinds,
)
from ingest.return_copy import RETURN_SHEETS, read_return_copy

LOGGER = logging.getLogger(__name__)
MAJORITY = 0.8
TITLE_ROWS = 8
_YEAR_CELL = r"^\D{0,4}(20\d{2})(?:\.0+)?年?度?$"
_CODE_CELL = r"^\D{0,2}(\d{6})(?:000)?(?:\D.*)?$"


@dataclass
class FileReading:
    """What came of a file.

    Attributes:
        parts: contributions of its sheets to slots; empty where the file is refused.
        findings: what is wrong, without the parts' own findings.
        source_row_count: physical rows of all sheets.
        rule_id: why the file is refused, None where it is not.
    """

    parts: list[SheetPart] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    source_row_count: int = 0
    rule_id: str | None = None


@dataclass
class Sheet:
    """A sheet on its way to being understood.

    Attributes:
        grid: its cells.
        titles: title rows above the header or the form.
        place: where a list header stands.
        header: the list header under the settled kind.
        blocks: forms found on it.
        refusal: rule that keeps it out, with rows set aside under that rule.
        is_note: nothing but explanation; its rows count as notes.
    """

    grid: Grid
    titles: tuple[str, ...] = ()
    place: HeaderPlace | None = None
    header: ListHeader | None = None
    blocks: list[FormBlock] = field(default_factory=list)
    refusal: str | None = None
    is_note: bool = False

    @property
    def is_usable(self) -> bool:
        """Whether rows will be read from it."""
        return self.refusal is None and not self.is_note and bool(self.header or self.blocks)


class RefusedFileError(Exception):
    """The file as a whole cannot be filed."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding that says why."""
        super().__init__(finding.rule_id)
        self.finding = finding


@dataclass(frozen=True)
class Surroundings:
    """What is known besides the file.

    Attributes:
        source_file: path in the inbox.
        bureau_code: code of the folder; None for a check outside any folder.
        calendar: dated calendar of rounds.
        roster: bureaus.
    """

    source_file: str
    bureau_code: str | None
    calendar: RoundCalendar
    roster: Roster


def read_file(path: Path, source_file: str, bureau_code: str | None) -> FileReading:
    """Read a file into parts of filings.

    Args:
        path: where the bytes are.
        source_file: path in the inbox, for recognition and findings.
        bureau_code: code of the folder it came from; None outside any folder.

    Returns:
        The reading. Findings have no identity of file or filing yet.
    """
    around = Surroundings(source_file, bureau_code, load_round_calendar(), load_roster())
    try:
        # merged cells are read when a sheet needs them: a damaged one may show only then
        return read_sheets(read_grids(path, source_file), around, merge_reader(path))
    except UnreadableFileError as error:
        finding = Finding(
            error.rule_id, value_found=error.found, value_expected=error.expected or None
        )
        return FileReading(findings=[finding], rule_id=error.rule_id)


def read_sheets(grids, around: Surroundings, with_merges=lambda grid: grid) -> FileReading:
    """Settle and read the sheets of a file.

    Args:
        grids: its sheets.
        around: path, bureau, calendar, roster.
        with_merges: gives a grid its merged ranges, for forms.

    Returns:
        The reading.
    """
    reading = FileReading(source_row_count=sum(grid.frame.height for grid in grids))
    sheets = [_look(grid, with_merges, around.source_file) for grid in grids]
    reading.findings += _set_returned_apart(sheets)
    project_names = [
        cell.text
        for sheet in sheets
        for block in sheet.blocks
        if (cell := block.project.get("project_name")) and cell.text
    ]
    hints = path_hints(around.source_file, project_names)
    reading.findings += _settle_kinds(sheets, hints, around.source_file)
    try:
        if not any(sheet.is_usable for sheet in sheets):
            raise RefusedFileError(_nothing_usable(sheets, reading.findings))
        _check_bureau(sheets, around)
        for sheet in sheets:
            if sheet.is_usable and sheet.header:
                reading.parts += _read_list_sheet(sheet, sheets, hints, around, reading.findings)
            elif sheet.is_usable:
                reading.parts += _read_form_sheet(sheet, sheets, hints, around, reading.findings)
        if not reading.parts:
            raise RefusedFileError(_nothing_usable(sheets, reading.findings))
    except RefusedFileError as error:
        if error.finding.rule_id == "FILE-201":
            # that no sheet can be read is said once, of the file
            reading.findings = [f for f in reading.findings if f.rule_id != "HEAD-002"]
        if error.finding not in reading.findings:
            reading.findings.append(error.finding)
        reading.parts = []
        reading.rule_id = error.finding.rule_id
        return reading
    _account_for_other_sheets(sheets, reading.parts)
    return reading


def _set_returned_apart(sheets: Sequence[Sheet]) -> list[Finding]:
    """Keep the sender's sheets of our own return workbook from being filed again unchanged."""
    copy = read_return_copy([sheet.grid for sheet in sheets])
    if copy is None or copy.is_filed:
        return []
    theirs = [sheet for sheet in sheets if sheet.grid.sheet not in RETURN_SHEETS]
    for sheet in theirs:
        sheet.place = sheet.header = sheet.refusal = None
        sheet.blocks = []
        sheet.is_note = True
    return [
        Finding("FILE-211", source_sheet=sheet.grid.sheet) for sheet in theirs if copy.is_changed
    ]


# --- looking at one sheet ---------------------------------------------------------------------


def _look(grid: Grid, with_merges, source_file: str) -> Sheet:
    """Find out whether a sheet is a register, a list, a form or neither."""
    sheet = Sheet(grid)
    if grid.frame.height == 0 or grid.frame.width == 0:
        sheet.is_note = True
        return sheet
    register = recognise_register(grid.frame, grid.sheet, source_file)
    if register and register[1].is_complete:
        return _as_register(sheet, register)
    sheet.place = find_header_place(grid.frame)
    fits = sheet.place is not None and _fits_any_kind(sheet)
    overall = None if fits else recognise_overall(grid.frame, grid.sheet, source_file)
    if overall and overall[1].is_complete:
        return _as_register(sheet, overall)
    if sheet.place is not None:
        sheet.titles = tuple(row_texts(grid.frame, 0, sheet.place.first_row))
    if grid.is_hidden or (is_ignorable_sheet(grid) and not fits):
        sheet.is_note = True
        sheet.refusal = "HEAD-007" if grid.is_hidden and fits else None
        return sheet
    if not fits and looks_like_form(grid):
        sheet.place = None
        sheet.grid = with_merges(grid)
        sheet.blocks = parse_form_sheet(sheet.grid)
        first = min((block.first_row for block in sheet.blocks), default=1)
        sheet.titles = tuple(row_texts(grid.frame, 0, first - 1))
        sheet.titles += tuple(b.title_text for b in sheet.blocks[:1] if b.title_text)
    elif not fits:
        register = (
            overall
            or register
            or recognise_register(grid.frame, grid.sheet, source_file, is_unclaimed=True)
        )
        if register:
            return _as_register(sheet, register)
    return sheet


def _as_register(sheet: Sheet, register: tuple[HeaderPlace, ListHeader]) -> Sheet:
    """A sheet of units or records: kind and header are known at once."""
    sheet.place, sheet.header = register
    sheet.titles = tuple(row_texts(sheet.grid.frame, 0, sheet.place.first_row))
    if sheet.grid.is_hidden:
        sheet.is_note, sheet.refusal = True, "HEAD-007"
    return sheet


def _fits_any_kind(sheet: Sheet) -> bool:
    return any(
        complete_by_names(read_header(sheet.place, kind), sheet.grid.frame).is_complete
        for kind in project_kinds()
    )


# --- kind -------------------------------------------------------------------------------------


def _settle_kinds(sheets: Sequence[Sheet], hints: PathHints, source_file: str) -> list[Finding]:
    """Settle each sheet's kind and header; say what keeps a sheet out."""
    by_title = [None if sheet.header else title_kind(sheet.titles) for sheet in sheets]
    by_name = [kind_in_text(sheet.grid.sheet) for sheet in sheets]
    form_kinds = [b.document_kind for s in sheets for b in s.blocks if b.document_kind]
    findings: list[Finding] = []
    for index, sheet in enumerate(sheets):
        if sheet.is_note:
            if sheet.refusal:
                findings.append(Finding("HEAD-007", source_sheet=sheet.grid.sheet))
            continue
        others = [k for i, k in enumerate(by_title) if k and i != index] + form_kinds
        other_names = [k for i, k in enumerate(by_name) if k and i != index]
        weak = [k for k in (by_name[index], *others, *other_names, *hints.kinds) if k]
        if sheet.header:
            if not sheet.header.is_complete:
                sheet.refusal = "HEAD-001"
                findings += _missing_columns(sheet, sheet.header)
                sheet.header = None
        elif sheet.blocks:
            findings += _settle_form_kinds(sheet, by_title[index], weak, source_file)
        elif sheet.place is None:
            sheet.refusal = "HEAD-002"
            findings.append(_no_header(sheet))
        else:
            header = choose_kind(sheet.place, sheet.grid.frame, by_title[index], weak)
            if header is None:
                sheet.refusal = "FILE-202"
                findings.append(_no_kind(sheet))
            elif not header.is_complete:
                sheet.refusal = "HEAD-001"
                findings += _missing_columns(sheet, header)
            else:
                sheet.header = header
    return findings


def _settle_form_kinds(
    sheet: Sheet, by_title: str | None, weak: Sequence[str], source_file: str
) -> list[Finding]:
    """Settle the kind of each form: its title, else the labels of its columns and the path."""
    if sheet.blocks and all(block.is_unfilled for block in sheet.blocks):
        sheet.refusal = "FORM-007"
        return [
            Finding(
                "FORM-007",
                source_sheet=sheet.grid.sheet,
                source_row=block.project_row,
                source_cell=f"{column_letter(name.column)}{name.row}" if name else None,
                value_found=block.title_text[:100] or None,
            )
            for block in sheet.blocks[:1]
            for name in [block.project.get("project_name") or block.project.get("unit_name")]
        ]
    if weak and not any(block.document_kind for block in sheet.blocks):
        kind = by_title or weak[0]
        names = [sheet.grid.sheet, *re.split(r"[/\\!]", source_file)]
        is_unnamed = not any("project_name" in block.project for block in sheet.blocks)
        if is_unnamed and any(overall_kind_in(name) for name in names):
            kind = overall_kind(kind)
        sheet.blocks = parse_form_sheet(sheet.grid, kind)
    settled = []
    for block in sheet.blocks:
        kind = block.document_kind or by_title or _kind_by_labels(block, weak)
        if kind and block.layout_kind in unit_kinds():
            kind = overall_kind(kind)
        if kind is None or not kind_sources()[kind].has_table("funds"):
            sheet.refusal = "FILE-202"
            return [
                Finding(
                    "FILE-202",
                    source_sheet=sheet.grid.sheet,
                    source_row=block.first_row,
                    value_found=block.title_text or None,
                )
            ]
        settled.append(replace(block, document_kind=kind))
    sheet.blocks = settled
    return []


def _kind_by_labels(block: FormBlock, weak: Sequence[str]) -> str | None:
    """The kind of a form without title: a claim that its indicator columns do not belie."""
    inferred = stage_of(block.layout_kind) if block.indicator_columns else None
    if not weak:
        return inferred
    if inferred == "monitoring" or (weak[0] == "goal" and inferred):
        return inferred
    return weak[0]


def _no_header(sheet: Sheet) -> Finding:
    texts = row_texts(sheet.grid.frame, 0, 5)
    return Finding(
        "HEAD-002",
        source_sheet=sheet.grid.sheet,
        source_row=1,
        value_found="；".join(text[:40] for text in texts[:3]) or "空表",
    )


def _no_kind(sheet: Sheet) -> Finding:
    return Finding(
        "FILE-202",
        source_sheet=sheet.grid.sheet,
        source_row=sheet.place.first_row + 1,
        value_found="、".join(text for text in sheet.place.sent if text)[:500],
    )


def _missing_columns(sheet: Sheet, header: ListHeader) -> list[Finding]:
    """One finding per missing column; each lists the headings found."""
    vocabulary = load_vocabulary(header.kind)
    found = "、".join(text for text in sheet.place.sent if text)[:500]
    row = header.first_row + 1
    return [
        Finding(
            "HEAD-001",
            document_kind=header.kind,
            source_sheet=sheet.grid.sheet,
            source_row=row,
            source_cell=f"A{row}",
            heading=vocabulary.fields[table][name].first_heading,
            value_found=found,
            value_expected="、".join(vocabulary.fields[table][name].accepted),
        )
        for table, name in header.missing
    ]


def _nothing_usable(sheets: Sequence[Sheet], findings: Sequence[Finding]) -> Finding:
    """The finding that stands for the whole file: the first error that refused a sheet."""
    refusals = {sheet.refusal for sheet in sheets} - {None, "HEAD-002", "HEAD-007"}
    for finding in findings:
        if finding.rule_id in refusals:
            return finding
    names = "、".join(sheet.grid.sheet for sheet in sheets if sheet.grid.sheet)
    return Finding("FILE-201", value_found=names[:300] or "没有内容")


# --- bureau -----------------------------------------------------------------------------------


def _check_bureau(sheets: Sequence[Sheet], around: Surroundings) -> None:
    """Refuse a file that names bureaus but not the one whose folder it lies in."""
    own = around.bureau_code
    if own is None:
        return
    for sheet in sheets:
        if not sheet.is_usable:
            continue
        _check_code_column(sheet, own, around.roster)
        codes = codes_in_titles(sheet.titles)
        if codes and not any(around.roster.is_same(own, code) for code in codes):
            finding = _wrong_bureau(sheet, own, "、".join(sorted(codes)))
            raise RefusedFileError(
                _placed(finding, sheet, lambda text: bool(codes_in_titles([text])))
            )
        titles = list(sheet.titles) + [n for b in sheet.blocks for n in b.bureau_names]
        named = around.roster.named_in(titles)
        if any(around.roster.is_same(own, code) for codes in named.values() for code in codes):
            continue
        kin = around.roster.kin(own)
        foreign = [name for name, codes in named.items() if not codes & kin]
        if foreign:
            finding = _wrong_bureau(sheet, own, "、".join(foreign))
            raise RefusedFileError(_placed(finding, sheet, partial(_holds, foreign[0])))


def _holds(part: str, text: str) -> bool:
    return part in text


def _check_code_column(sheet: Sheet, own: str, roster: Roster) -> None:
    column = sheet.header and sheet.header.column_of(sheet.header.main, "bureau_code")
    if not column:
        return
    codes = _counted(sheet, column.index, _CODE_CELL)
    if codes and not any(roster.is_same(own, code) for code in codes):
        cell = f"{column_letter(column.index)}{sheet.header.last_row + 2}"
        finding = _wrong_bureau(sheet, own, "、".join(list(codes)[:5]))
        raise RefusedFileError(replace(finding, source_cell=cell, heading=column.sent))


def _wrong_bureau(sheet: Sheet, own: str, found: str) -> Finding:
    return Finding("FILE-207", source_sheet=sheet.grid.sheet, value_found=found, value_expected=own)


def _counted(sheet: Sheet, index: int, pattern: str) -> dict[str, int]:
    """Distinct values that a pattern takes from a column's data cells, the most frequent first."""
    cells = sheet.grid.frame.slice(sheet.header.last_row + 1).to_series(index).drop_nulls()
    counts = (
        cells.alias("text")
        .value_counts()
        .with_columns(pl.col("text").str.strip_chars().str.extract(pattern, 1))
        .drop_nulls("text")
        .group_by("text")
        .agg(pl.col("count").sum())
        .sort("count", "text", descending=[True, False])
    )
    return dict(counts.iter_rows())


# --- year and round ---------------------------------------------------------------------------


def _own_years(sheet: Sheet) -> list[int]:
    """Years that a list or form states: title rows, else the column 预算年度.

    A column's stray years do not count where one year holds nearly all rows.

    Raises:
        RefusedFileError: title and column contradict.
    """
    titled = years_in_title(sheet.titles)
    blocks = [
        year for block in sheet.blocks for year in block.said_years or [block.fiscal_year] if year
    ]
    if blocks:
        return list(dict.fromkeys(blocks))
    column = sheet.header and sheet.header.column_of(sheet.header.main, sheet.header.year_field)
    if not column:
        return titled
    counts = {int(y): n for y, n in _counted(sheet, column.index, _YEAR_CELL).items()}
    if not counts:
        return titled
    if titled:
        agreed = [year for year in titled if year in counts]
        if not agreed:
            found = "、".join(f"{year}年" for year in titled)
            columns = "、".join(f"{year}年" for year in counts)
            raise RefusedFileError(
                Finding(
                    "FILE-204",
                    source_sheet=sheet.grid.sheet,
                    source_cell=f"{column_letter(column.index)}{sheet.header.last_row + 2}",
                    heading=column.sent,
                    value_found=f"标题为{found}，列「{column.sent}」为{columns}",
                )
            )
        return agreed
    top, count = next(iter(counts.items()))
    return [top] if count >= MAJORITY * sum(counts.values()) else list(counts)


def _settle_sheet_year(
    sheet: Sheet, kind: str, sheets: Sequence[Sheet], hints: PathHints
) -> Settled:
    own = _own_years(sheet)
    if len(own) > 1 and len(set(own) & set(hints.years)) == 1:
        own = list(set(own) & set(hints.years))
    siblings = []
    if not own:
        siblings = [y for s in sheets if s is not sheet and s.is_usable for y in _own_years(s)]
        named = [int(y) for y in re.findall(r"(20\d\d)年", plain(sheet.grid.sheet))]
        siblings = named or siblings
    return settle_year(kind, own, siblings, hints)


def _own_hints(sheet: Sheet) -> list[RoundHint]:
    """What titles, headings and the sheet's name say of the round."""
    hints = [round_hint(title) for title in sheet.titles]
    if sheet.header:
        hints += [RoundHint(month) for month in sheet.header.month_numbers]
    hints = [hint for hint in hints if hint]
    if not hints:
        hints = [h for h in (round_hint(sheet.grid.sheet, with_bare_month=True),) if h]
    return hints


def _block_hints(block: FormBlock) -> list[RoundHint]:
    hints = [RoundHint(block.month_no)] if block.month_no else []
    hint = block.round_hint
    if isinstance(hint, int):
        hints.append(RoundHint(ordinal=hint))
    elif hint:
        hints.append(round_hint(str(hint)))
    return [h for h in hints if h] or [h for h in (round_hint(block.title_text),) if h]


def _settle_or_refuse(settled: Settled, sheet: Sheet, kind: str) -> Settled:
    if settled.problem:
        finding = Finding(
            settled.problem,
            document_kind=kind,
            source_sheet=sheet.grid.sheet,
            value_found=settled.found,
        )
        if settled.problem == "FILE-206":
            finding = _placed(finding, sheet, round_hint)
        elif settled.problem == "FILE-204":
            finding = _placed(finding, sheet, lambda text: bool(years_in_title([text])))
        raise RefusedFileError(finding)
    return settled


def _placed(finding: Finding, sheet: Sheet, says_it: Callable[[str], object]) -> Finding:
    """A finding with the cell above the data that says what it is about, where there is one."""
    if sheet.header:
        count = sheet.header.last_row + 1
    else:
        count = min((block.first_row for block in sheet.blocks), default=1) + TITLE_ROWS
    for number, row in enumerate(sheet.grid.frame.head(count).rows(), start=1):
        for index, text in enumerate(row):
            if text and says_it(text):
                return replace(
                    finding, source_row=number, source_cell=f"{column_letter(index)}{number}"
                )
    return finding


def _settle_sheet_round(
    sheet: Sheet,
    own: Sequence[RoundHint],
    sheets: Sequence[Sheet],
    hints: PathHints,
    year: int,
    around: Surroundings,
) -> Settled:
    """The round of a sheet; nothing settled where only the column 监控阶段 can tell."""
    stage = sheet.header and sheet.header.column_of(sheet.header.main, "round")
    by_stage: dict[int, int | None] = {}
    if stage:
        cells = sheet.grid.frame.slice(sheet.header.last_row + 1).to_series(stage.index)
        texts = cells.drop_nulls().str.strip_chars().unique().to_list()
        by_stage = dict(stage_rounds(texts, year, around.calendar).values())
    if by_stage and not own:
        by_path = settle_round(hints.labels, [], PathHints(), year, around.calendar)
        if by_path.value is not None and by_path.value not in by_stage:
            found = "、".join(f"第{number}轮" for number in sorted(by_stage))
            return Settled(
                None, "FILE-206", f"监控阶段列为{found}，路径或文件名为第{by_path.value}轮"
            )
        return Settled()
    siblings = [] if own else [h for s in sheets if s is not sheet for h in _sibling_hints(s)]
    settled = settle_round(own, siblings, hints, year, around.calendar)
    if by_stage and settled.value is not None and settled.value not in by_stage:
        found = "、".join(f"第{number}轮" for number in sorted(by_stage))
        return Settled(None, "FILE-206", f"标题或列标题为第{settled.value}轮，监控阶段列为{found}")
    return settled


def _sibling_hints(sheet: Sheet) -> list[RoundHint]:
    if not sheet.is_usable:
        return []
    return _own_hints(sheet) + [h for block in sheet.blocks for h in _block_hints(block)]


def _odd_month(
    sheet: Sheet, kind: str, year: int, month_no: int | None, around: Surroundings
) -> list[Finding]:
    """A month that the calendar does not know keeps its own number, and is said."""
    if month_no is None or around.calendar.round_of(month_no, year)[1]:
        return []
    return [
        Finding(
            "FILE-210",
            document_kind=kind,
            fiscal_year=year,
            source_sheet=sheet.grid.sheet,
            value_found=f"1-{month_no}月",
        )
    ]


# --- reading ----------------------------------------------------------------------------------


def _read_list_sheet(
    sheet: Sheet,
    sheets: Sequence[Sheet],
    hints: PathHints,
    around: Surroundings,
    findings: list[Finding],
) -> list[SheetPart]:
    header = sheet.header
    kind = header.kind
    year = _settle_or_refuse(_settle_sheet_year(sheet, kind, sheets, hints), sheet, kind).value
    settled = Settled()
    if kind_sources()[kind].has_rounds:
        settled = _settle_sheet_round(sheet, _own_hints(sheet), sheets, hints, year, around)
        settled = _settle_or_refuse(settled, sheet, kind)
    money = list_money_unit(header, sheet.titles)
    slot = ListSlot(around.bureau_code or "", year, settled.value, settled.month_no, money.unit)
    parts = read_list(sheet.grid, header, slot, around.calendar, around.roster)
    for part in parts:
        part.findings += _odd_month(sheet, kind, year, part.month_no, around)
    if money.problem:
        parts[0].findings.append(
            Finding(
                money.problem,
                source_sheet=sheet.grid.sheet,
                source_row=header.first_row + 1,
                source_cell=_first_money_cell(header),
                value_found=money.found,
            )
        )
    if kind_sources()[kind].has_rounds:
        unallotted = [part for part in parts if part.round_no is None]
        if unallotted:
            sheet.refusal = "FILE-205"
            findings.append(Finding("FILE-205", document_kind=kind, source_sheet=sheet.grid.sheet))
            return []
    return parts


def _read_form_sheet(
    sheet: Sheet,
    sheets: Sequence[Sheet],
    hints: PathHints,
    around: Surroundings,
    findings: list[Finding],
) -> list[SheetPart]:
    allotted: list[tuple[FormBlock, FormSlot | None, str | None]] = []
    odd_months: list[Finding] = []
    for block in sheet.blocks:
        kind = block.document_kind
        years = list(block.said_years or [block.fiscal_year]) if block.fiscal_year else []
        settled = (
            settle_year(kind, years, [], hints)
            if years
            else _settle_sheet_year(sheet, kind, sheets, hints)
        )
        year = _settle_or_refuse(settled, sheet, kind).value
        turn = Settled()
        if kind_sources()[kind].has_rounds:
            own = _block_hints(block) or _own_hints(sheet)
            turn = _settle_sheet_round(sheet, own, sheets, hints, year, around)
            turn = _settle_or_refuse(turn, sheet, kind)
            if not odd_months:
                odd_months = _odd_month(sheet, kind, year, turn.month_no, around)
        allotted.append((block, FormSlot(kind, year, turn.value, turn.month_no), None))
    parts = form_parts(sheet.grid, allotted)
    parts[0].findings += odd_months
    for block in sheet.blocks:
        if block.money_unit not in MONEY_UNITS and _has_amounts(block):
            label = block.fund_label
            parts[0].findings.append(
                Finding(
                    "HEAD-004",
                    source_sheet=sheet.grid.sheet,
                    source_row=label.row if label else block.first_row,
                    source_cell=f"{column_letter(label.column)}{label.row}" if label else None,
                    heading=label.heading if label else None,
                    value_found=block.money_unit
                    or f"{label.heading if label else '资金栏'}（未写明单位）",
                )
            )
    return parts


def _first_money_cell(header: ListHeader) -> str | None:
    """Where the heading of the first column of amounts stands."""
    source = kind_sources()[header.kind]
    for column in header.columns:
        if column.table and column.field in source.money_fields(column.table):
            return f"{column_letter(column.index)}{header.first_row + 1}"
    return None


def _has_amounts(block: FormBlock) -> bool:
    return any(
        text and any(c.isdigit() for c in str(text))
        for line in block.funds
        for name, text in line.items()
        if name not in ("row", "line_no", "label")
    )


def _account_for_other_sheets(sheets: Sequence[Sheet], parts: Sequence[SheetPart]) -> None:
    """Count the rows of sheets that gave nothing on the first part, by their own sheet names."""
    covered = {part.sheet for part in parts}
    first = parts[0]
    for sheet in sheets:
        frame = sheet.grid.frame
        if sheet.is_usable and sheet.grid.sheet in covered:
            continue
        extra = SheetPart(
            first.document_kind,
            first.fiscal_year,
            first.round_no,
            first.month_no,
            first.layout,
            sheet.grid.sheet,
        )
        if not frame.height or not frame.width:
            extra.counts = {"blank": frame.height}
        else:
            _count_unread(extra, frame, sheet.refusal or "HEAD-002", is_note=sheet.is_note)
        if isinstance(parts, list):
            parts.append(extra)


def _count_unread(part: SheetPart, frame: pl.DataFrame, rule_id: str, *, is_note: bool) -> None:
    rows = frame.with_row_index("_source_row", offset=1).filter(
        pl.any_horizontal(pl.all().exclude("_source_row").is_not_null())
    )
    part.counts = {"blank": frame.height - rows.height}
    if is_note:
        part.counts["note"] = rows.height
        return
    part.set_aside = rows.select(
        "_source_row", pl.lit(rule_id).alias("rule_id"), row_text(frame.columns)
    ).cast(SET_ASIDE_SCHEMA)
