"""Registers (登记表) of a jurisdiction: the lists that lead to a statement's published figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulate.bureau_files import SentFile
from simulate.project_index import ProjectIndex
from simulate.records.evaluation import evaluation_registers
from simulate.records.overall import overall_registers, unit_registers
from simulate.records.registers import plain_registers
from simulate.records.results import result_registers
from simulate.records.review import review_registers
from simulate.records.scene import Register, Scene, make_scenes
from simulate.records.sheet import register_file
from simulate.records.transfers import transfer_registers
from simulate.records.truth import Book, Truth, year_truth
from simulate.records.work_plan import work_plan_registers
from simulate.roster import Bureau


def record_files(
    statement: str, bureaus: list[Bureau], seed: int, scale: float, projects: ProjectIndex
) -> list[tuple[str, SentFile]]:
    """Write the registers of every work year of a statement.

    Registers keep their published size whatever the scale; only what refers to simulated
    projects follows the index.

    Args:
        statement: name of the statement, such as xinjiang-2020.
        bureaus: the jurisdiction's bureaus, the publishing one among them.
        seed: seed of the jurisdiction.
        scale: share of the published populations that the index holds.
        projects: the simulated projects.

    Returns:
        Bureau code of the inbox folder and file, in the order of work years and kinds.

    Raises:
        ValueError: for an unknown statement, or a scale outside (0, 1].
    """
    return [
        (register.filer.code, register_file(register, seed))
        for _, registers in _years(statement, bureaus, seed, scale, projects)
        for register in registers
    ]


def record_truth(
    statement: str, bureaus: list[Bureau], seed: int, scale: float, projects: ProjectIndex
) -> dict[int, Truth]:
    """The figures that the registers lead to, computed from their rows alone.

    Args:
        statement: name of the statement, such as xinjiang-2020.
        bureaus: as for `record_files`.
        seed: as for `record_files`.
        scale: as for `record_files`.
        projects: as for `record_files`.

    Returns:
        By work year: `item.figure.split` → number; amounts in yuan, rates as fractions.

    Raises:
        ValueError: for an unknown statement, or a scale outside (0, 1].
    """
    return _truth(_years(statement, bureaus, seed, scale, projects))


def record_files_and_truth(
    statement: str, bureaus: list[Bureau], seed: int, scale: float, projects: ProjectIndex
) -> tuple[list[tuple[str, SentFile]], dict[int, Truth]]:
    """Both `record_files` and `record_truth`, making the rows only once.

    Args:
        statement: as for `record_files`.
        bureaus: as for `record_files`.
        seed: as for `record_files`.
        scale: as for `record_files`.
        projects: as for `record_files`.

    Returns:
        The files and the truth.

    Raises:
        ValueError: for an unknown statement, or a scale outside (0, 1].
    """
    years = list(_years(statement, bureaus, seed, scale, projects))
    files = [
        (register.filer.code, register_file(register, seed))
        for _, registers in years
        for register in registers
    ]
    return files, _truth(years)


def _years(
    statement: str, bureaus: list[Bureau], seed: int, scale: float, projects: ProjectIndex
) -> Iterator[tuple[Scene, list[Register]]]:
    """The registers of each work year."""
    if not 0 < scale <= 1:
        raise ValueError(f"scale must be above 0 and at most 1, not {scale}")
    for scene in make_scenes(statement, bureaus, seed, projects):
        yield scene, scene_registers(scene)


def _truth(years: Iterable[tuple[Scene, list[Register]]]) -> dict[int, Truth]:
    """The figures of each work year; those of a cycle look back on the years before."""
    figures: dict[int, Truth] = {}
    books: list[Book] = []
    for scene, registers in years:
        book = Book(scene, registers)
        figures[scene.work_year] = year_truth(scene, book, books)
        books.append(book)
    return figures


def scene_registers(scene: Scene) -> list[Register]:
    """All registers of one work year.

    Args:
        scene: the work year.
    """
    evaluations = evaluation_registers(scene)
    of_root = [row for r in evaluations if r.filer is scene.root for row in r.rows]
    return [
        *unit_registers(scene),
        *overall_registers(scene),
        *review_registers(scene),
        *transfer_registers(scene),
        *evaluations,
        *result_registers(scene, of_root),
        *work_plan_registers(scene),
        *plain_registers(scene),
    ]
