"""The Excel lists of a release.

Coverage, missing projects, warnings, sampling, result application, filing status and timeliness: a
workbook each, with a sheet per year and stage for the region, then a sheet per prefecture with its
counties, since a sheet per bureau would be 111. Who must be chased for what has a workbook for the
region and one for each bureau that chases the bureaus below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

import duckdb

from nightly.confidential import Keys, Places, confidential_keys, left_out
from nightly.labels import label
from nightly.list_catalogue import (
    CHASE,
    CHASE_FOLDER,
    FAMILY,
    FAMILY_FILTER,
    FAMILY_PART,
    LISTS,
    ListSpec,
)
from nightly.list_rows import Family, families, stream, unit_line
from nightly.ranking_list import write_rankings
from nightly.release import open_release
from nightly.workbook import ListWorkbook

WITH_SUBORDINATES = "with_subordinates"
BUREAU_CODE, PROJECT_CODE = "财政区划代码", "项目编码"
NAMES = ("项目名称", "应用对象")


def part_name(values: tuple[object, ...]) -> tuple[str, str]:
    """Name a part of a workbook from its key values.

    Args:
        values: fiscal year, then stage, round and scope where the part has them.

    Returns:
        The sheet's name and the words for its title.
    """
    year = f"{values[0]}年度"
    stage = label("stage", values[1]) if len(values) > 1 else ""
    if len(values) > 1 and stage == values[1]:
        stage = label("document_kind", values[1])
    turn = f"第{values[2]}次" if len(values) > 2 and values[2] is not None else ""
    scope = label("scope", values[3]) if len(values) > 3 else ""
    return (
        f"{values[0]}{stage}{turn}{scope}" if stage else year,
        f"{year}{stage}{turn}{f'（{scope}）' if scope else ''}",
    )


def write_list(
    con: duckdb.DuckDBPyConnection, spec: ListSpec, folder: Path, as_of: date
) -> int:
    """Write one workbook.

    Args:
        con: the release's database.
        spec: the list.
        folder: where to write.
        as_of: the release's date.

    Returns:
        Rows written over the sheets of the region.
    """
    written = 0
    keys = confidential_keys(con)
    parts = con.execute(spec.part_sql).fetchall()
    line = unit_line(as_of, spec.money_unit)
    with ListWorkbook(folder / spec.file_name, as_of) as book:
        for part in parts:
            name, words = part_name(part)
            written += book.add_list(
                name,
                spec.title.format(part=words),
                spec.columns,
                named_rows(stream(con, spec.sql.replace(FAMILY, ""), list(part)), spec, keys),
                unit_line=line,
                notes=spec.notes,
                has_total=spec.has_total and WITH_SUBORDINATES not in part,
            )
        if not parts:
            book.add_empty_list("清单", spec.title.format(part=""), spec.columns, line)
        for family in families(con) if spec.has_families else ():
            rows = family_rows(con, spec, parts, family, keys)
            first = next(rows, None)
            if first is not None:
                book.add_list(
                    family.name,
                    spec.title.format(part=family.title),
                    (FAMILY_PART, *spec.columns),
                    chain([first], rows),
                    unit_line=line,
                    notes=spec.notes,
                    has_total=spec.has_total,
                    is_grouped=True,
                )
    return written


def family_rows(
    con: duckdb.DuckDBPyConnection,
    spec: ListSpec,
    parts: list[tuple[object, ...]],
    family: Family,
    keys: Keys = (),
) -> Iterator[tuple[object, ...]]:
    """Rows of a list for one prefecture and its counties, part after part.

    Args:
        con: the release's database.
        spec: the list.
        parts: parts of the list; those that hold subordinates are left out, since the rows of the
            counties stand beside that of the prefecture.
        family: the prefecture.
        keys: of the confidential projects.

    Yields:
        The part's words, then the row.
    """
    sql = spec.sql.replace(FAMILY, FAMILY_FILTER)
    for part in parts:
        if WITH_SUBORDINATES not in part:
            words = part_name(part)[1]
            rows = stream(con, sql, [*part, family.bureau_codes])
            for row in named_rows(rows, spec, keys):
                yield (words, *row)


def named_rows(
    rows: Iterable[Sequence[object]], spec: ListSpec, keys: Keys
) -> Iterator[Sequence[object]]:
    """Rows of a list; confidential projects are counted and added up in one last row.

    Args:
        rows: of the list.
        spec: the list.
        keys: of the confidential projects.

    Returns:
        The rows; as they are where the list names no projects.
    """
    headings = [column.heading for column in spec.columns]
    if PROJECT_CODE not in headings:
        return iter(rows)
    name = next(heading for heading in NAMES if heading in headings)
    places = Places(
        bureau=headings.index(BUREAU_CODE),
        project=headings.index(PROJECT_CODE),
        text=headings.index(name),
        sums=tuple(place for place, column in enumerate(spec.columns) if column.is_total),
    )
    return left_out(rows, places, keys)


def write_chase_lists(
    con: duckdb.DuckDBPyConnection, folder: Path, as_of: date
) -> dict[str, int]:
    """Write who must be chased: one workbook for the region, one for each bureau that chases.

    Args:
        con: the release's database.
        folder: where to write; the bureaus' workbooks go into `催报清单/` below it.
        as_of: the release's date.

    Returns:
        Rows written by workbook, its path relative to the folder; the region's is always there.
    """
    line = unit_line(as_of, CHASE.money_unit)
    chasing = con.execute(CHASE.part_sql).fetchall()
    written: dict[str, int] = {}
    with ListWorkbook(folder / CHASE.file_name, as_of) as book:
        written[CHASE.file_name] = 0
        if not chasing:
            book.add_empty_list("清单", CHASE.title.format(part=""), CHASE.columns, line)
        for number, (code, name) in enumerate([(None, ""), *chasing] if chasing else ()):
            rows = book.add_list(
                name or "全部", CHASE.title.format(part=name), CHASE.columns,
                stream(con, CHASE.sql, [code]),
                unit_line=line, notes=CHASE.notes, has_total=False,
            )
            written[CHASE.file_name] += 0 if number else rows
    if chasing:
        (folder / CHASE_FOLDER).mkdir()
    for code, name in chasing:
        safe = "".join(sign for sign in str(name) if sign.isalnum())
        path = f"{CHASE_FOLDER}/{code}-{safe}-催报清单.xlsx"
        with ListWorkbook(folder / path, as_of) as book:
            written[path] = book.add_list(
                "催报清单", CHASE.title.format(part=name), CHASE.columns,
                stream(con, CHASE.sql, [code]),
                unit_line=line, notes=CHASE.notes, has_total=False,
            )
    return written


def write_lists(database: Path, folder: Path, as_of: date) -> dict[str, int]:
    """Write every list of a release.

    Args:
        database: the release's DuckDB file.
        folder: where to write; exists.
        as_of: the release's date.

    Returns:
        Rows written by workbook.
    """
    con = open_release(database)
    try:
        return {
            spec.file_name: write_list(con, spec, folder, as_of) for spec in LISTS
        } | write_rankings(con, folder, as_of) | write_chase_lists(con, folder, as_of)
    finally:
        con.close()
