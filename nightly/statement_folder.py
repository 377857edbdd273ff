"""The folder of a statement: the document, the table of numbers, and the lists behind them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nightly.release import Release
from nightly.settings import Home
from nightly.statement import Figure, Statement
from nightly.statement_lists import (
    FOLDER,
    list_paths,
    write_drill_lists,
    write_figure_workbook,
)

TABLE, DOCX, XLSX, ALL = FORMATS = ("table", "docx", "xlsx", "all")


@dataclass(frozen=True)
class StatementFolder:
    """What was written.

    Attributes:
        path: the folder.
        files: document and table of numbers.
        list_names: list file by number, as a path from the folder.
        missing: references of the document's numbers that had no value.
    """

    path: Path
    files: tuple[Path, ...]
    list_names: dict[Figure, str]
    missing: tuple[str, ...]


def default_folder(home: Home, statement: Statement) -> Path:
    """Where a statement is written unless told otherwise.

    Args:
        home: the installation.
        statement: the figures.

    Returns:
        `reports/statements/<statement>-<year>`.
    """
    return home.reports / "statements" / f"{statement.statement}-{statement.work_year}"


def write_statement(
    statement: Statement, release: Release, folder: Path, form: str = ALL
) -> StatementFolder:
    """Write a statement. Files of other names in the folder are left alone.

    Args:
        statement: the figures.
        release: the release they were read from.
        folder: where; created.
        form: docx, xlsx or all.

    Returns:
        What was written.

    Raises:
        StopError: the statement has no template, or the rows of a number cannot be read.
    """
    # here, not above: the printed table needs no Word
    from nightly.statement_document import load_template, write_document

    template = load_template(statement.statement) if form in (DOCX, ALL) else None
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{statement.statement}-{statement.work_year}"
    list_names = list_paths(statement)
    write_drill_lists(statement, release.database, folder / FOLDER)
    files: list[Path] = []
    missing: list[str] = []
    if template is not None:
        files.append(folder / f"{name}.docx")
        missing = write_document(statement, template, files[-1], list_names)
    if form in (XLSX, ALL):
        files.append(folder / f"{name}.xlsx")
        write_figure_workbook(statement, files[-1], list_names)
    return StatementFolder(folder, tuple(files), list_names, tuple(missing))
