"""All files of one bureau, and the fate each of them must meet."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from simulate.faults import SlotFault, docx_bytes, truncated
from simulate.file_style import PART_ABOVE_PROJECTS, FileStyle, choose_file_style
from simulate.form_exports import form_sheet
from simulate.list_exports import ListHead, ListRecord, list_sheets
from simulate.population import BureauPlan, ProjectClass
from simulate.projects import Project, make_projects
from simulate.reports import RoundReport, SelfReport
from simulate.roster import Bureau
from simulate.wording import choose_style
from simulate.writers import SUFFIXES, FileContent, SheetContent, workbook_bytes, zip_bytes

STEMS = {
    "project_register": ("部门预算项目清单", "项目库导出", "部门预算项目登记表"),
    "goal": ("项目支出绩效目标", "绩效目标申报表", "绩效目标导出列表"),
    "monitoring": ("绩效监控", "绩效运行监控表", "绩效监控导出"),
    "self_evaluation": ("项目自评", "绩效自评表", "单位自评导出"),
}


@dataclass(frozen=True)
class Filing:
    """What one slot of a bureau holds.

    Attributes:
        head: kind, year and round.
        records: live rows; shadow rows are added where the style has room for them.
    """

    head: ListHead
    records: list[ListRecord]


@dataclass(frozen=True)
class SentFile:
    """One file as it lies in the bureau's folder.

    Attributes:
        path: inside the folder.
        content: bytes.
        document_kind: of the filing it belongs to, or was meant for.
        fiscal_year: likewise.
        round_no: likewise.
        fate: live, superseded, quarantined or duplicate.
        reason: which fault, empty for a good file.
        project_count: live project rows in it.
    """

    path: str
    content: bytes
    document_kind: str
    fiscal_year: int
    round_no: int | None
    fate: str
    reason: str
    project_count: int


def filing_files(
    plan: BureauPlan, filing: Filing, fault: SlotFault | None = None, prefix: str = ""
) -> list[SentFile]:
    """The files of one filing.

    Args:
        plan: the bureau.
        filing: what it says.
        fault: a heavy fault: truncated files are quarantined, amounts under the wrong unit are
            written; filings that are missing must not be asked for.
        prefix: put before every file name, to order it among others.

    Returns:
        The files, in the style of bureau and kind.
    """
    head, records = filing.head, filing.records
    style = choose_file_style(plan, head.kind, len(records))
    if fault and fault.kind == "wrong_unit":
        style = replace(style, unit_in_heading=True, money_unit="万元")
    is_cut = bool(fault and fault.kind == "truncated")
    if is_cut:  # only a container shows that it was cut; a shortened csv is a valid csv
        style = replace(
            style, file_format="xlsx", is_zipped=False, work_year_folder=False
        )
    stem = f"{prefix}{_stem(head, style)}"
    if style.layout == "form":
        contents = _form_files(head, style, records, stem)
    else:
        contents = _list_files(plan, head, style, records, stem, fault)
    files = [
        (file.path, truncated(file.content) if is_cut else file.content, count)
        for file, count in contents
    ]
    if style.is_zipped:
        members = [FileContent(path.rsplit("/", 1)[-1], data) for path, data, _ in files]
        folder = files[0][0].split("/", 1)[0]
        files = [
            (f"{folder}/{stem}.zip", zip_bytes(members), sum(count for _, _, count in files))
        ]
    return [
        SentFile(
            path,
            data,
            head.kind,
            head.fiscal_year,
            head.round_no,
            "quarantined" if is_cut else "live",
            fault.kind if fault and fault.kind in ("truncated", "wrong_unit") else "",
            count,
        )
        for path, data, count in files
    ]


def _stem(head: ListHead, style: FileStyle) -> str:
    """The name of a filing's files, with year and round."""
    stems = STEMS[head.kind]
    stem = stems[style.heading % len(stems)]
    if head.month and style.heading % 4 == 3:
        return f"{head.fiscal_year}年第{'一二三四'[head.round_no - 1]}次{stem}"
    month = f"1-{head.month}月" if head.month else ""
    return f"{head.fiscal_year}年{month}{stem}"


def _folder(head: ListHead, style: FileStyle) -> str:
    """The year folder: of the budget, or of the work where the content names the year."""
    named = style.layout == "form" or style.has_title
    late = style.work_year_folder and named
    return str(head.fiscal_year + late)


def _list_files(
    plan: BureauPlan,
    head: ListHead,
    style: FileStyle,
    records: list[ListRecord],
    stem: str,
    fault: SlotFault | None,
) -> list[tuple[FileContent, int]]:
    """A list export, in parts where it is long, in two files where the layout says so."""
    suffix = SUFFIXES[style.file_format]
    folder = _folder(head, style)
    part_count = -(-len(records) // PART_ABOVE_PROJECTS)
    files: list[tuple[FileContent, int]] = []
    for part in range(part_count):
        chosen = records[part::part_count]
        rows = _with_shadows(plan, head, style, chosen, part)
        if fault and fault.kind == "wrong_unit":
            rows = [_in_wrong_unit(record) for record in rows]
        sheets = list_sheets(plan, head, style, rows)
        mark = f"_{part + 1}" if part_count > 1 else ""
        if style.layout == "two_files":
            names = (f"{stem}{mark}_项目", f"{stem}{mark}_指标明细")
            for name, sheet in zip(names, sheets, strict=False):
                data = workbook_bytes(style.file_format, [sheet])
                count = len(chosen) if sheet is sheets[0] else 0
                files.append((FileContent(f"{folder}/{name}{suffix}", data), count))
        else:
            data = workbook_bytes(style.file_format, sheets)
            files.append((FileContent(f"{folder}/{stem}{mark}{suffix}", data), len(chosen)))
    return files


def _in_wrong_unit(record: ListRecord) -> ListRecord:
    """The record with every amount 10,000 times too large: yuan under a 万元 heading."""
    project = replace(
        record.project,
        initial_fen=record.project.initial_fen * 10_000,
        adjusted_fen=record.project.adjusted_fen * 10_000,
    )
    report = record.report
    if isinstance(report, RoundReport):
        report = replace(
            report,
            executed_fen=report.executed_fen * 10_000,
            expected_fen=report.expected_fen * 10_000,
        )
    elif isinstance(report, SelfReport):
        report = replace(report, executed_fen=report.executed_fen * 10_000)
    return replace(record, project=project, report=report)


def _with_shadows(
    plan: BureauPlan, head: ListHead, style: FileStyle, records: list[ListRecord], part: int
) -> list[ListRecord]:
    """Live rows with older, returned and deleted versions among them."""
    if not style.has_status or style.layout not in ("list", "two_sheets", "two_files"):
        return records
    rng = random.Random(f"{plan.seed}|{head.kind}|{head.round_no}|{part}|shadows")
    kinds = ["older", "deleted", "phantom"]
    if head.kind != "project_register":
        kinds.append("returned")
    rows: list[ListRecord] = []
    for index, record in enumerate(records):
        shadow = replace(record, shadow=rng.choice(kinds))
        draw = rng.random()
        if draw < 0.006 or (index == 0 and draw < 0.5):
            rows += [shadow, record]
        elif draw > 0.995:
            rows += [record, shadow]
        else:
            rows.append(record)
    return rows


def _form_files(
    head: ListHead, style: FileStyle, records: list[ListRecord], stem: str
) -> list[tuple[FileContent, int]]:
    """Official forms, one or many to a workbook."""
    suffix = SUFFIXES[style.file_format]
    folder = _folder(head, style)
    size = style.sheets_per_book
    files: list[tuple[FileContent, int]] = []
    for start in range(0, len(records), size):
        chosen = records[start : start + size]
        sheets = [
            form_sheet(head, style, record, f"{number}.{record.project.name[:24]}")
            for number, record in enumerate(chosen, start=1)
        ]
        if size == 1:
            path = f"{folder}/{stem}/{chosen[0].project.name}{suffix}"
        else:
            path = f"{folder}/{stem}_{start // size + 1}{suffix}"
        files.append(
            (FileContent(path, workbook_bytes(style.file_format, sheets)), len(chosen))
        )
    return files


def extra_files(
    plan: BureauPlan,
    faults: tuple[str, ...],
    filings: dict[tuple[str, int | None], Filing],
    sent: list[SentFile],
    other: Bureau,
) -> list[SentFile]:
    """Bad files beside the good ones.

    Args:
        plan: the bureau.
        faults: which kinds.
        filings: its good filings of the year, by kind and round.
        sent: its good files.
        other: a bureau whose export it sends by mistake.

    Returns:
        The bad files; `superseded` also needs its live file to sort later, see
        `live_file_prefix`.
    """
    goal = filings["goal", None]
    year = goal.head.fiscal_year
    first_round = filings["monitoring", 1]
    months = f"1-{first_round.head.month}月"
    files: list[SentFile] = []

    def add(
        path: str, content: bytes, kind: str, round_no: int | None, fate: str, why: str
    ) -> None:
        files.append(SentFile(path, content, kind, year, round_no, fate, why, 0))

    for fault in faults:
        if fault == "truncated":
            sheets = _plain_sheets(plan, goal.head, goal.records[:40])
            data = truncated(workbook_bytes("xlsx", sheets))
            add(f"{year}/{year}年绩效目标_补充.xlsx", data, "goal", None, "quarantined", fault)
        elif fault == "docx_renamed":
            data = docx_bytes(f"{year}年{months}绩效监控工作情况说明")
            path = f"{year}/{year}年{months}绩效监控情况说明.xlsx"
            add(path, data, "monitoring", 1, "quarantined", fault)
        elif fault == "wrong_bureau":
            stranger = replace(
                plan,
                bureau=other,
                seed=plan.seed ^ 1,
                classes=(ProjectClass("goal", 5, None),),
                sends_forms=False,
                place=other.short_name,
                new_count=1,
                unit_count=None,
            )
            projects = make_projects(
                stranger, year, choose_style(random.Random(plan.seed), ("inside",))
            )
            records = [ListRecord(project, None, None) for project in projects]
            data = workbook_bytes("xlsx", _plain_sheets(stranger, goal.head, records))
            add(f"{year}/{year}年绩效目标（下发）.xlsx", data, "goal", None, "quarantined", fault)
        elif fault == "missing_column":
            sheets = _plain_sheets(plan, first_round.head, first_round.records[:20])
            data = workbook_bytes("csv_utf8", [_without_column(sheets[0], "执行数")])
            path = f"{year}/{year}年{months}绩效监控_补报.csv"
            add(path, data, "monitoring", 1, "quarantined", fault)
        elif fault == "superseded":
            records = [
                replace(record, project=_halved(record.project))
                for record in goal.records[: max(1, len(goal.records) * 4 // 5)]
            ]
            for file in filing_files(plan, Filing(goal.head, records), prefix="v1_"):
                add(file.path, file.content, "goal", None, "superseded", fault)
        elif fault == "copy":
            original = next(file for file in sent if file.document_kind == "goal")
            folder, name = original.path.rsplit("/", 1)
            add(f"{folder}/复件 {name}", original.content, "goal", None, "duplicate", fault)
    return files


def live_file_prefix(faults: tuple[str, ...], kind: str) -> str:
    """The file-name prefix that puts a live filing after the one it supersedes.

    Args:
        faults: the bureau's bad files.
        kind: document kind of the filing.
    """
    return "v2_" if kind == "goal" and "superseded" in faults else ""


def _plain_sheets(
    plan: BureauPlan, head: ListHead, records: list[ListRecord]
) -> list[SheetContent]:
    """A list that states bureau, year and unit, whatever the bureau's own style."""
    style = replace(
        choose_file_style(plan, "project_register", len(records)),
        layout="repeated",
        money_unit="万元",
        unit_in_heading=True,
        has_title=True,
        has_bureau_code=1,
        has_year=True,
        heading=20,
        dash="-",
    )
    return list_sheets(plan, head, style, records)


def _without_column(sheet: SheetContent, word: str) -> SheetContent:
    """The sheet without the columns whose heading ends in a word."""
    header = next(row for row in sheet.rows if len(row) > 8)
    gone = {
        column
        for column, heading in enumerate(header)
        if isinstance(heading, str)
        and heading.split("（")[0].endswith(word)
        and "预计" not in heading
    }
    rows = [[cell for column, cell in enumerate(row) if column not in gone] for row in sheet.rows]
    return SheetContent(sheet.name, rows)


def _halved(project: Project) -> Project:
    """An earlier version with half the budget."""
    return replace(project, initial_fen=project.initial_fen // 2)
