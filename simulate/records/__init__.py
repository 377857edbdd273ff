"""The record kinds: registers and lists beside the four core kinds."""

from __future__ import annotations

from simulate.bureau_files import SentFile
from simulate.project_index import ProjectIndex
from simulate.roster import Bureau


def record_files(
    statement: str, bureaus: list[Bureau], seed: int, scale: float, projects: ProjectIndex
) -> list[tuple[str, SentFile]]:
    """The files of the record kinds.

    Args:
        statement: name of the statement.
        bureaus: the roster.
        seed: of the region.
        scale: share of the published populations.
        projects: what the core files say.

    Returns:
        Bureau code and file, for every file.
    """
    return []


def record_truth(
    statement: str, bureaus: list[Bureau], seed: int, scale: float, projects: ProjectIndex
) -> dict[int, dict[str, object]]:
    """The figures that the files of the record kinds lead to.

    Args:
        statement: as for `record_files`.
        bureaus: as for `record_files`.
        seed: as for `record_files`.
        scale: as for `record_files`.
        projects: as for `record_files`.

    Returns:
        Figures by work year.
    """
    return {}


def record_files_and_truth(
    statement: str, bureaus: list[Bureau], seed: int, scale: float, projects: ProjectIndex
) -> tuple[list[tuple[str, SentFile]], dict[int, dict[str, object]]]:
    """Both `record_files` and `record_truth`.

    Args:
        statement: as for `record_files`.
        bureaus: as for `record_files`.
        seed: as for `record_files`.
        scale: as for `record_files`.
        projects: as for `record_files`.

    Returns:
        The files and the figures.
    """
    arguments = (statement, bureaus, seed, scale, projects)
    return record_files(*arguments), record_truth(*arguments)
