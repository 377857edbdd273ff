"""Good files to start from: exports of a small simulated region, and real forms where given."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ingest.readers.archive import expand_zip
from ingest.readers.sniff import Format, sniff
from simulate.region import write_region

REAL_FORMS_VARIABLE = "JIXIAO_REAL_FORMS"
STATEMENT = "xinjiang-2020"
LARGEST_BYTES = 40_000
PER_GROUP = 2


@dataclass(frozen=True)
class SeedFile:
    """A file that reads well.

    Attributes:
        path: path below a bureau's folder, which says kind, year and round.
        content: its bytes.
        kind: physical format.
    """

    path: str
    content: bytes
    kind: Format


def load_seeds(seed: int, *, scale: float, with_records: bool) -> list[SeedFile]:
    """Make the seeds.

    Args:
        seed: seed of the simulated region.
        scale: share of the published populations.
        with_records: take registers of the record kinds too.

    Returns:
        Seeds in a fixed order: of each kind of file in each format a few.
    """
    with tempfile.TemporaryDirectory(prefix="seeds-") as folder:
        inbox = Path(folder) / "inbox"
        write_region(inbox, STATEMENT, scale, seed, workers=1, with_records=with_records)
        return [*_chosen(_files(inbox)), *_real_forms()]


def _files(inbox: Path) -> list[SeedFile]:
    found = []
    for path in sorted(inbox.rglob("*")):
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            continue
        content = path.read_bytes()
        kind = sniff(content)
        below = path.relative_to(inbox).as_posix().split("/", 1)[1]
        found.append(SeedFile(below, content, kind))
        if kind is Format.ZIP:
            # a member keeps the path of its archive, which may be all that says its year
            found += [
                SeedFile(f"{below[:-4]}/{name}", data, sniff(data))
                for name, data in expand_zip(path)
                if len(data) <= LARGEST_BYTES
            ]
    return found


def _chosen(files: list[SeedFile]) -> list[SeedFile]:
    """A few of each group: what the name says without digits, and the format."""
    groups: dict[tuple[str, Format], list[SeedFile]] = {}
    for file in files:
        name = re.sub(r"[\dA-Za-z]+", "", Path(file.path).stem)
        # forms are named after their project: they are one group
        group = name if re.search("导出|清单|监控|自评|目标|表|台账|名录", name) else "表单"
        groups.setdefault((group, file.kind), []).append(file)
    limits = {"表单": 4 * PER_GROUP}
    return [
        file
        for (group, _), found in sorted(
            groups.items(), key=lambda item: (item[0][0], item[0][1].value)
        )
        for file in found[: limits.get(group, PER_GROUP)]
    ]


def _real_forms() -> list[SeedFile]:
    folder = os.environ.get(REAL_FORMS_VARIABLE)
    if not folder:
        return []
    paths = [path for path in sorted(Path(folder).rglob("*.xls*")) if path.is_file()]
    return [
        SeedFile(f"2020/{path.name}", content, sniff(content))
        for path in paths
        if len(content := path.read_bytes()) <= 4 * LARGEST_BYTES
    ]
