"""The lists behind the numbers of a statement, one workbook per number, and the table of numbers.

Every list is `select *` of the table and condition the number itself carries, so the list and the
number cannot come from different rows.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from nightly.confidential import Keys, Places, confidential_keys, left_out, left_out_text
from nightly.errors import StopError
from nightly.labels import load_labels
from nightly.list_rows import stream
from nightly.query import open_locked, safe_text
from nightly.statement import (
    WHOLE_SPLIT,
    Figure,
    Statement,
    basis_text,
    decimal_places,
    figure_text,
    split_text,
    table_name,
    value_text,
)
from nightly.tables import quote
from nightly.workbook import MAX_SHEET_ROWS, Cell, Column, ListWorkbook

FOLDER = "lists"
CONFIDENTIAL_PAIRS = (
    "select (bureau_code, project_code) from marts.fct_project where is_confidential"
)
LIST_PATTERN = re.compile(r"S\d-\d{2}_[a-z0-9_]+\.(xlsx|csv)")
NUMERIC_TYPES = ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "INTEGER", "HUGEINT", "SMALLINT")
WHOLE_TYPES = ("BIGINT", "INTEGER", "HUGEINT", "SMALLINT")
WIDTHS = {
    "bureau_code": 13, "bureau_name": 22, "tier": 16, "unit_name": 28, "department_name": 24,
    "project_code": 24, "project_name": 36, "object_name": 36, "item_name": 36, "task_name": 36,
    "_source_file": 40, "_file_sha256": 20, "record_id": 20, "_filing_id": 20,
}
LABEL_SETS = {
    "triggers": "trigger", "first_triggers": "trigger", "second_triggers": "trigger",
    "reason": "missing_reason", "status": "filing_status",
}
YES_NO = {True: "是", False: "否"}


# --- how a table is headed ----------------------------------------------------------------------


def heading_text(name: str, comment: str | None) -> str:
    """Heading of a column: the first words of its description.

    Args:
        name: column name.
        comment: description in the release.

    Returns:
        The description up to its first punctuation, without remarks in brackets.
    """
    plain, remarks = comment or "", 1
    while remarks:
        plain, remarks = re.subn(r"[（(][^（）()]*[）)]", "", plain)
    return re.split(r"[：:；;，,。\n]", plain, maxsplit=1)[0].strip() or name


def column_kind(name: str, data_type: str) -> str:
    """Kind of a column of a list, from its name and type.

    Args:
        name: column name.
        data_type: DuckDB type.

    Returns:
        A kind of `workbook.Column`.
    """
    if data_type == "DATE":
        return "date"
    if not data_type.startswith(NUMERIC_TYPES):
        return "text"
    if name.endswith("_cny"):
        return "money"
    if name.endswith("_count"):
        return "count"
    if name.endswith(("_rate", "share", "gap")):
        return "rate"
    if name.endswith("score"):
        return "score"
    # years, codes and line numbers are read as text: they take no thousands separators
    return "text" if data_type in WHOLE_TYPES else "number"


def list_columns(described: Iterable[tuple[str, str, str | None]]) -> tuple[Column, ...]:
    """Columns of a list from those of its table.

    Args:
        described: name, type and description.

    Returns:
        One column each; equal headings are told apart by the column's name.
    """
    label_sets = {label_set for label_set, _ in load_labels()}
    columns: list[Column] = []
    taken: set[str] = set()
    for name, data_type, comment in described:
        heading = heading_text(name, comment)
        if heading in taken:
            heading = f"{heading}（{name}）"
        taken.add(heading)
        kind = column_kind(name, data_type)
        named = LABEL_SETS.get(name, name)
        columns.append(
            Column(
                heading,
                kind,
                WIDTHS.get(name, 16 if kind == "money" else 14),
                label_set=named if kind == "text" and named in label_sets else "",
                is_total=kind in ("money", "count"),
            )
        )
    return tuple(columns)


def cell_value(name: str, value: object, tier_codes_zh: dict[str, str]) -> object:
    """What stands in a cell of a list.

    Args:
        name: column name.
        value: of the release.
        tier_codes_zh: Chinese names of the jurisdiction's tiers.

    Returns:
        Numbers and dates as they are; truth as 是 or 否; several values joined by 、.
    """
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, str):
        return tier_codes_zh.get(value, value) if name == "tier" else value
    if isinstance(value, list | tuple):
        return "、".join(str(part) for part in value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value


# --- names and words of a list ------------------------------------------------------------------


def list_name(figure: Figure) -> str:
    """File name of the list behind a number, without ending.

    Args:
        figure: the number.

    Returns:
        `S0-09_project_count`, `S0-09_project_count_tier_1`.
    """
    suffix = "" if figure.split == WHOLE_SPLIT else f"_{figure.split}"
    return f"{figure.item_code}_{figure.figure}{suffix}"


def list_paths(statement: Statement) -> dict[Figure, str]:
    """Where the list of each number stands.

    Args:
        statement: the figures.

    Returns:
        Path from the statement's folder, for every number that has a list.
    """
    return {
        figure: f"{FOLDER}/{list_name(figure)}.xlsx"
        for figure in statement.figures
        if figure.has_list
    }


def same_rows(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Group the numbers behind which the very same rows are.

    Args:
        figures: numbers of a statement.

    Returns:
        Groups in order; numbers without a list are left out.
    """
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        if figure.has_list:
            groups.setdefault((table_name(figure), figure.drill_filter), []).append(figure)
    return list(groups.values())


def list_title(group: Sequence[Figure], statement: Statement) -> str:
    """Title of the list behind a group of numbers.

    Args:
        group: numbers with the same rows.
        statement: their statement.

    Returns:
        Year, item, what is counted, and for which tiers.
    """
    labels = list(dict.fromkeys(figure.label_zh for figure in group))
    words = "、".join(labels[:3]) + ("等" if len(labels) > 3 else "")
    items = "、".join(dict.fromkeys(figure.item_code for figure in group))
    split = split_text(group[0].split, statement.tiers_zh)
    return f"{statement.work_year}年度 {items} {words}（{split}）清单"


def list_notes(
    group: Sequence[Figure],
    statement: Statement,
    row_count: int,
    confidential: tuple[int, int],
    shown_count: int,
) -> list[str]:
    """Lines under a list.

    Args:
        group: numbers with the same rows.
        statement: their statement.
        row_count: rows behind them.
        confidential: confidential projects, and other rows marked so, among them.
        shown_count: rows the workbook holds.

    Returns:
        What the list is for, how many rows, what is not shown, what must not be published.
    """
    notes = [f"共 {row_count:,} 行。本清单是以下数字的依据："]
    notes += [
        f"{figure.reference}　{figure.label_zh}"
        f"（{split_text(figure.split, statement.tiers_zh)}）：{figure_text(figure)}"
        for figure in group
    ]
    if shown_count < row_count:
        notes.append(
            f"本工作簿只列前 {shown_count:,} 行（Excel 行数所限），合计为所列各行；"
            "全部行见同名的 csv 文件。"
        )
    if any(confidential):
        notes.append(f"其中{left_out_text(*confidential)}，行数和合计中包含。")
    notes.append(f"取自发布 {statement.release_id} 的 marts.{table_name(group[0])}。")
    return notes


# --- writing ------------------------------------------------------------------------------------


def write_drill_lists(
    statement: Statement, database: Path, folder: Path, row_limit: int = MAX_SHEET_ROWS - 100
) -> dict[Figure, int]:
    """Write the list behind each number.

    Args:
        statement: the figures.
        database: the release's DuckDB file.
        folder: the folder `lists/`; created.
        row_limit: most rows of a workbook; longer lists also get a csv of all rows.

    Returns:
        Rows behind each number that has a list.

    Raises:
        StopError: the rows of a number cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[Figure, int] = {}
    names: set[str] = set()
    con = open_locked(database)
    try:
        keys = confidential_keys(con)
        for group in same_rows(statement.figures):
            try:
                count, paths = _write_group(con, group, statement, folder, row_limit, keys)
            except duckdb.Error as error:
                raise StopError(
                    f"取不出 {group[0].reference} 的清单：{str(error).splitlines()[0]}",
                    "用本版本重新运行 jixiao nightly；仍然不行，请把这一行告诉维护人员。",
                ) from error
            names |= {path.name for path in paths}
            written.update(dict.fromkeys(group, count))
    finally:
        con.close()
    for path in folder.iterdir():
        # what an earlier run left and this one does not have; nothing else is touched
        if path.name not in names and LIST_PATTERN.fullmatch(path.name):
            path.unlink()
    return written


def _write_group(
    con: duckdb.DuckDBPyConnection,
    group: list[Figure],
    statement: Statement,
    folder: Path,
    row_limit: int,
    keys: Keys,
) -> tuple[int, list[Path]]:
    table = table_name(group[0])
    source = f"marts.{quote(table)} where {group[0].drill_filter}"
    described = con.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        " where schema_name = 'marts' and table_name = ? order by column_index",
        [table],
    ).fetchall()
    names = [name for name, _, _ in described]
    columns = list_columns(described)
    places = find_places(names, columns)
    row_count = con.execute(f"select count(*) from {source}").fetchall()[0][0]
    confidential = _count_confidential(con, source, names)
    shown = min(row_count, row_limit)
    sql = f"select * from {source} order by all"
    draft = folder / ".tmp-list"
    with ListWorkbook(draft, statement.as_of) as book:
        book.add_list(
            "清单",
            list_title(group, statement),
            columns,
            _cells(
                left_out(stream(con, f"{sql} limit {shown}", []), places, keys),
                described, statement,
            ),
            unit_line=f"截至 {statement.as_of.isoformat()}　单位：万元",
            notes=list_notes(group, statement, row_count, confidential, shown),
            has_total=any(column.is_total for column in columns),
        )
    paths = _place(draft, folder, group, ".xlsx")
    if shown < row_count:
        rows = _cells(left_out(stream(con, sql, []), places, keys), described, statement)
        write_csv(draft, columns, rows)
        paths += _place(draft, folder, group, ".csv")
    draft.unlink()
    return row_count, paths


def find_places(names: Sequence[str], columns: Sequence[Column]) -> Places:
    """Where the columns are that decide which rows of a list are not named.

    Args:
        names: of the table's columns.
        columns: of the list.

    Returns:
        Their places.
    """
    def place(name: str) -> int | None:
        return names.index(name) if name in names else None

    titles = [place(name) for name in ("project_name", "object_name", "item_name", "unit_name")]
    texts = [number for number, column in enumerate(columns) if column.kind == "text"]
    return Places(
        bureau=place("bureau_code"),
        project=place("project_code"),
        text=next((title for title in titles if title is not None), texts[-1] if texts else 0),
        sums=tuple(number for number, column in enumerate(columns) if column.is_total),
        flag=place("is_confidential"),
    )


def _count_confidential(
    con: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]
) -> tuple[int, int]:
    tests = ["is_confidential"] if "is_confidential" in names else []
    if {"bureau_code", "project_code"} <= set(names):
        tests.append(f"(bureau_code, project_code) in ({CONFIDENTIAL_PAIRS})")
    if not tests:
        return 0, 0
    test = f"coalesce({' or '.join(tests)}, false)"
    project = "project_code" if "project_code" in names else "null"
    try:
        return con.execute(
            f"select count(distinct (bureau_code, project_code)) filter (project_code is not null),"
            f" count(*) filter (project_code is null)"
            f" from (select bureau_code, {project} as project_code from {source} and {test})"
        ).fetchall()[0]
    except duckdb.CatalogException:  # a release without projects
        return 0, 0


def _place(draft: Path, folder: Path, group: Sequence[Figure], ending: str) -> list[Path]:
    """Give every number of a group its own copy, whole at once."""
    aside = folder / ".tmp-copy"
    paths = [folder / f"{list_name(figure)}{ending}" for figure in group]
    for path in paths:
        shutil.copyfile(draft, aside)
        os.replace(aside, path)
    return paths


def _cells(
    rows: Iterable[Sequence[object]],
    described: Sequence[tuple[str, str, str | None]],
    statement: Statement,
) -> Iterator[list[object]]:
    # most columns are written as they are, and lists of a full year are long
    changed = [
        (place, name)
        for place, (name, data_type, _) in enumerate(described)
        if name == "tier"
        or data_type.startswith(("BOOLEAN", "TIMESTAMP"))
        or data_type.endswith("]")
    ]
    for row in rows:
        cells = list(row)
        for place, name in changed:
            cells[place] = cell_value(name, cells[place], statement.tier_codes_zh)
        yield cells


def write_csv(
    path: Path, columns: Sequence[Column], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows as csv that Excel reads as Chinese and takes no formula from.

    Args:
        path: the file.
        columns: headings; money is in yuan here, as in the release.
        rows: values.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(
            [
                safe_text(f"{column.heading}（元）" if column.kind == "money" else column.heading)
                for column in columns
            ]
        )
        writer.writerows([safe_text(value) for value in row] for row in rows)


FIGURE_COLUMNS = (
    Column("条目", width=9),
    Column("内容", width=42),
    Column("口径", width=20),
    Column("数值", "number", 18),
    Column("单位", width=8),
    Column("依据", width=10),
    Column("预算年度", width=10),
    Column("来源清单", width=44),
    Column("来源表", width=34),
    Column("计算式", width=34),
    Column("说明", width=48),
)


def figure_rows(
    statement: Statement, list_names: dict[Figure, str]
) -> list[list[object]]:
    """Lines of the table of numbers.

    Args:
        statement: the figures.
        list_names: list file by number.

    Returns:
        Values in the order of `FIGURE_COLUMNS`; the number and the list's name open the list.
    """
    return [
        [
            figure.item_code,
            figure.label_zh,
            split_text(figure.split, statement.tiers_zh),
            _number_cell(figure, list_names.get(figure, "")),
            figure.unit_zh,
            basis_text(figure),
            figure.fiscal_year,
            Cell(list_names[figure], target=list_names[figure]) if figure in list_names else None,
            f"marts.{table_name(figure)}" if figure.drill_table else None,
            figure.drill_measure,
            figure.note_zh,
        ]
        for figure in statement.figures
    ]


def _number_cell(figure: Figure, target: str) -> Cell:
    if figure.value is None:
        return Cell(value_text(figure), "text", target)
    places = decimal_places(figure.value, figure.unit_zh, figure.decimal_places)
    return Cell(figure.value, "number" if places else "count", target)


def write_figure_workbook(
    statement: Statement, path: Path, list_names: dict[Figure, str]
) -> None:
    """Write the table of numbers.

    Args:
        statement: the figures.
        path: the workbook, in the folder that holds `lists/`.
        list_names: list file by number, as a path from that folder.
    """
    draft = path.with_name(f".tmp-{path.name}")
    with ListWorkbook(draft, statement.as_of) as book:
        book.add_list(
            f"{statement.work_year}年度",
            f"{statement.name_zh}数字表（{statement.work_year}年度）",
            FIGURE_COLUMNS,
            figure_rows(statement, list_names),
            unit_line=f"截至 {statement.as_of.isoformat()}　发布 {statement.release_id}",
            notes=[
                "点击数值或清单名称，打开这个数字背后的清单。",
                "依据：计算，由报送的明细算出；登记，由人登记，非计算；不能计算，原因见说明。",
            ],
        )
    os.replace(draft, path)
