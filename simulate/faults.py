"""What goes wrong: extra files that must be refused, and, on request, filings that are missing.

The default faults never lose a project: every bad file lies beside a good one. Heavy faults
(`faults="heavy"`) do lose some, and the truth says exactly which.
"""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass

from simulate.file_style import choose_file_style
from simulate.population import BureauPlan, derive_seed
from simulate.writers.xlsx_file import ZIP_TIME

EXTRA_FILES_PER_FAULT = 3
"""Bureaus that send each kind of bad file."""

FAULT_KINDS = ("truncated", "docx_renamed", "wrong_bureau", "missing_column", "superseded", "copy")

SINGLE_FILE_LAYOUTS = frozenset({"two_sheets", "repeated", "blank", "merged"})


@dataclass(frozen=True)
class SlotFault:
    """A heavy fault of one filing.

    Attributes:
        kind: not_filed, truncated, omitted_projects or wrong_unit.
        share: share of the projects left out, for omitted_projects.
    """

    kind: str
    share: float = 0.0


def assign_extra_files(plans: list[BureauPlan], seed: int) -> dict[str, tuple[str, ...]]:
    """Which bureau sends which bad files beside its good ones.

    Args:
        plans: the region.
        seed: of the region.

    Returns:
        Fault kinds by bureau code; each kind about `EXTRA_FILES_PER_FAULT` times.
    """
    chosen: dict[str, list[str]] = {}
    for fault in FAULT_KINDS:
        if fault == "wrong_bureau" and len(plans) == 1:
            continue  # there is nobody else to take the file for
        ranked = sorted(plans, key=lambda plan: derive_seed(seed, fault, plan.bureau.code))
        if fault in ("superseded", "copy"):
            ranked = [plan for plan in ranked if _sends_one_goal_list(plan)]
        for plan in ranked[:EXTRA_FILES_PER_FAULT]:
            chosen.setdefault(plan.bureau.code, []).append(fault)
    return {code: tuple(faults) for code, faults in chosen.items()}


def assign_slot_faults(plan: BureauPlan, slots: list[tuple[str, int | None]]) -> dict[
    tuple[str, int | None], SlotFault
]:
    """Heavy faults of a bureau's filings.

    Args:
        plan: the bureau.
        slots: kind and round of each filing that may go wrong; registers never do, they are
            the denominator.

    Returns:
        Faults by slot.
    """
    rng = random.Random(f"{plan.seed}|heavy")
    faults: dict[tuple[str, int | None], SlotFault] = {}
    for slot in slots:
        draw = rng.random()
        share = 0.02 + 0.1 * rng.random()
        if draw < 0.08:
            faults[slot] = SlotFault("not_filed")
        elif draw < 0.12:
            faults[slot] = SlotFault("truncated")
        elif draw < 0.24:
            faults[slot] = SlotFault("omitted_projects", share)
        elif draw < 0.29 and not plan.sends_forms:
            faults[slot] = SlotFault("wrong_unit")
    return faults


def _sends_one_goal_list(plan: BureauPlan) -> bool:
    """Whether the bureau's goals come as one plain file."""
    style = choose_file_style(plan, "goal", plan.goal_count)
    return (
        style.layout in SINGLE_FILE_LAYOUTS and not style.is_zipped and plan.goal_count <= 1_000
    )


def truncated(content: bytes) -> bytes:
    """The first part of a file, as after a broken transfer.

    Args:
        content: a whole file.
    """
    return content[: len(content) * 6 // 10]


def docx_bytes(text: str) -> bytes:
    """A small Word document, to be sent under a workbook's name.

    Args:
        text: its one paragraph.
    """
    parts = {
        "[Content_Types].xml": (
            '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/'
            'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
            'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.'
            'main+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.'
            'openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://'
            'schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": (
            '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.'
            'openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            f"<w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
        ),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content.encode("utf-8"))
    return stream.getvalue()
