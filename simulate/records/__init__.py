"""Registers (登记表) of a jurisdiction: the lists that lead to a statement's published figures."""

from __future__ import annotations

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
    _check_scale(scale)
    return [
        (register.filer.code, register_file(register, seed))
        for scene in make_scenes(statement, bureaus, seed, projects)
        for register in scene_registers(scene)
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
        By work year: `item.figure.split` → number; amounts in yuan, rates and shares as
        fractions.

    Raises:
        ValueError: for an unknown statement, or a scale outside (0, 1].
    """
    _check_scale(scale)
    figures: dict[int, Truth] = {}
    books: list[Book] = []
    for scene in make_scenes(statement, bureaus, seed, projects):
        registers = scene_registers(scene)
        figures[scene.work_year] = year_truth(scene, registers, books)
        books.append(Book(scene, registers))
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


def _check_scale(scale: float) -> None:
    if not 0 < scale <= 1:
        raise ValueError(f"scale must be above 0 and at most 1, not {scale}")
