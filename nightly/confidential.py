"""Confidential projects (涉密项目): what is written for people counts them and names none.

Which they are is decided in the warehouse by a dated rule (`fct_project.is_confidential`). A code
that is confidential in one year stays unnamed in every year: naming it in another would name it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

CONFIDENTIAL_SQL = """
    select distinct bureau_code, project_code from marts.fct_project
    where is_confidential and project_code is not null
"""
WORDS_SQL = """
    select distinct unnest([project_name, project_code]) from marts.fct_project
    where is_confidential
"""
SHORTEST_WORD = 4
"""Shorter names are in every other file's name too."""
HIDDEN_WORD = "〔涉密〕"
UNNAMED = "涉密项目（不列名）"
NAMING = frozenset({
    "project_name", "object_name", "item_name", "task_name", "unit_name", "unit_code",
    "department_name", "department_code", "finance_division", "message_zh", "value_found",
    "value_expected", "source_cell", "found_in_file", "indicators", "files", "file", "reason_zh",
})
"""Columns of a row that say whose it is; those of where it came from begin with an underscore."""

Keys = Collection[tuple[str, str]]
"""Bureau and project code of the confidential projects."""


def confidential_keys(con: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """Read which projects are confidential.

    Args:
        con: a release, open.

    Returns:
        Bureau and project code of each; none where the release does not say it of its projects.
    """
    try:
        return frozenset(con.execute(CONFIDENTIAL_SQL).fetchall())
    except (duckdb.BinderException, duckdb.CatalogException):
        return frozenset()


def confidential_words(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Read the names and codes of the confidential projects, as file names have them.

    Args:
        con: a release, open.

    Returns:
        Them, the longest first.
    """
    try:
        found = con.execute(WORDS_SQL).fetchall()
    except (duckdb.BinderException, duckdb.CatalogException):
        return []
    words = {word for (word,) in found if word and len(word) >= SHORTEST_WORD}
    return sorted(words, key=lambda word: (-len(word), word))


def without_words(text: str, words: Iterable[str]) -> str:
    """A text in which none of the words stands.

    Args:
        text: such as a file's name.
        words: of `confidential_words`.

    Returns:
        The text with a mark for each.
    """
    for word in words:
        text = text.replace(word, HIDDEN_WORD)
    return text


def unnamed(row: Mapping[str, object], keys: Keys) -> dict[str, object]:
    """A row by column name, as people may see it.

    Args:
        row: of a release.
        keys: of the confidential projects.

    Returns:
        The row; of a confidential project, without what names it, its numbers unchanged.
    """
    if not keys or (row.get("bureau_code"), row.get("project_code")) not in keys:
        return dict(row)
    shown = {
        name: None if name in NAMING or name.startswith(("_source", "_file", "expected_source"))
        else value
        for name, value in row.items()
    }
    shown["project_code"] = ""
    if "project_name" in row:
        shown["project_name"] = UNNAMED
    return shown


@dataclass(frozen=True)
class Places:
    """Where in the rows of a list the columns are that matter here.

    Attributes:
        bureau: of the bureau's code.
        project: of the project's code.
        text: of the column that says how many are left out.
        sums: of the columns that are added up.
        flag: of the row's own mark, if it has one.
    """

    bureau: int | None
    project: int | None
    text: int
    sums: tuple[int, ...]
    flag: int | None = None


def left_out(
    rows: Iterable[Sequence[object]], places: Places, keys: Keys
) -> Iterator[Sequence[object]]:
    """Rows of a list without the confidential ones, which one last row counts and adds up.

    Args:
        rows: of the list.
        places: of its columns.
        keys: of the confidential projects.

    Yields:
        Rows that may be named; then, if any was left out, how many there were and their sums.
    """
    projects: set[tuple[object, object]] = set()
    sums: dict[int, object] = {}
    width = count = without_project = 0
    for row in rows:
        key = _key(row, places)
        has_mark = places.flag is not None and row[places.flag] is True
        if key not in keys and not has_mark:
            yield row
            continue
        width, count = len(row), count + 1
        if key[1] is None:
            without_project += 1
        else:
            projects.add(key)
        for place in places.sums:
            if row[place] is not None:
                sums[place] = row[place] + sums[place] if place in sums else row[place]
    if count:
        last: list[object] = [sums.get(place) for place in range(width)]
        last[places.text] = left_out_text(len(projects), without_project)
        yield last


def _key(row: Sequence[object], places: Places) -> tuple[object, object]:
    return (
        None if places.bureau is None else row[places.bureau],
        None if places.project is None else row[places.project],
    )


def left_out_text(project_count: int, other_count: int = 0) -> str:
    """How many are not named, in words.

    Args:
        project_count: confidential projects.
        other_count: other rows that are marked confidential.

    Returns:
        涉密项目 3 个，不列名.
    """
    parts = [f"涉密项目 {project_count:,} 个"] if project_count else []
    parts += [f"其他涉密 {other_count:,} 项"] if other_count else []
    return f"{'、'.join(parts)}，不列名"
