"""The arithmetic of a draw: hash of the frame, ticket of a project, quota, list, verification.

Plain Python and its standard library only: this file can be copied to a machine that has nothing
of this project and still repeat any list (``python draw_ticket.py certificate.json``).

In one sentence: per bureau, projects are ranked by sha256("seed|bureau|year|project"), smallest
first, and the first ceil(rate x N) are drawn; the next one is the first spare.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

METHOD = "sha256-ticket-ceil"
METHOD_ZH = (
    "每个财政部门分别抽取：对抽样总体中的每个项目计算 sha256(种子|财政区划代码|预算年度|项目编码)，"
    "按十六进制结果由小到大排序，取前「抽取比例×项目数（向上取整）」个；其后第一个为第一候补。"
)


@dataclass(frozen=True)
class Ticket:
    """A project's place in the draw.

    Attributes:
        bureau_code: stratum.
        fiscal_year: 预算年度.
        project_code: project.
        ticket: sha256 in hex.
        ticket_rank: from 1 within the bureau.
        is_drawn: rank within the quota.
    """

    bureau_code: str
    fiscal_year: int
    project_code: str
    ticket: str
    ticket_rank: int
    is_drawn: bool


def frame_hash(keys: Iterable[tuple[str, int, str]]) -> str:
    """Hash of a frame.

    Args:
        keys: (bureau code, fiscal year, project code), in any order.

    Returns:
        sha256 over ``bureau|year|project`` lines, each ended by a line feed, sorted by bureau and
        project code.
    """
    digest = hashlib.sha256()
    for bureau, year, project in sorted(keys, key=lambda key: (key[0], key[2], key[1])):
        digest.update(f"{bureau}|{year}|{project}\n".encode())
    return digest.hexdigest()


def ticket_of(seed: str, bureau_code: str, fiscal_year: int, project_code: str) -> str:
    """Ticket of a project.

    Args:
        seed: the revealed seed.
        bureau_code: stratum.
        fiscal_year: 预算年度.
        project_code: project.

    Returns:
        sha256 in hex; smallest first.
    """
    text = f"{seed}|{bureau_code}|{fiscal_year}|{project_code}"
    return hashlib.sha256(text.encode()).hexdigest()


def quota_of(count: int, rate: str) -> int:
    """Projects to draw.

    Args:
        count: projects of the bureau in the frame.
        rate: share as decimal text, such as "0.10".

    Returns:
        ceil(rate x count), computed exactly.
    """
    return math.ceil(Fraction(rate) * count)


def rank(seed: str, rate: str, keys: Iterable[tuple[str, int, str]]) -> list[Ticket]:
    """Rank every project of a frame.

    Args:
        seed: the revealed seed.
        rate: share as decimal text.
        keys: (bureau code, fiscal year, project code).

    Returns:
        All tickets by bureau and rank.
    """
    strata: dict[str, list[tuple[str, str, int]]] = {}
    for bureau, year, project in keys:
        strata.setdefault(bureau, []).append(
            (ticket_of(seed, bureau, year, project), project, year)
        )
    return [
        Ticket(bureau, year, project, ticket, place, place <= quota_of(len(stratum), rate))
        for bureau, stratum in sorted(strata.items())
        for place, (ticket, project, year) in enumerate(sorted(stratum), start=1)
    ]


def verify(certificate: dict) -> list[str]:
    """Repeat a draw from its certificate alone.

    Args:
        certificate: content of ``certificate.json``.

    Returns:
        What does not agree, in Chinese; empty when everything does.
    """
    year = int(certificate["fiscal_year"])
    keys = [
        (bureau, year, project)
        for bureau, projects in certificate["frame"].items()
        for project in projects
    ]
    problems = []
    if len(set(keys)) != len(keys):
        problems.append("抽样总体中有重复的项目。")
    found = frame_hash(keys)
    if found != certificate["frame_sha256"]:
        problems.append(f"抽样总体的校验值不符：应为 {certificate['frame_sha256']}，实为 {found}。")
    if certificate["revealed_at"] < certificate["frozen_at"]:
        problems.append("种子公布早于总体冻结。")
    counts = {bureau: len(projects) for bureau, projects in certificate["frame"].items()}
    quotas = {bureau: quota_of(count, certificate["rate"]) for bureau, count in counts.items()}
    for bureau, quota in sorted(quotas.items()):
        stated = certificate["quotas"].get(bureau)
        if stated != quota:
            problems.append(f"{bureau} 的抽取数应为 {quota}，证书写的是 {stated}。")
    listed: dict[str, list[tuple[str, str, int]]] = {}
    for item in certificate["list"]:
        listed.setdefault(item["bureau_code"], []).append(
            (item["ticket"], item["project_code"], item["ticket_rank"])
        )
    right: dict[str, list[tuple[str, str, int]]] = {}
    spares: dict[str, str] = {}
    for ticket in rank(certificate["seed"], certificate["rate"], keys):
        if ticket.is_drawn:
            right.setdefault(ticket.bureau_code, []).append(
                (ticket.ticket, ticket.project_code, ticket.ticket_rank)
            )
        else:
            spares.setdefault(ticket.bureau_code, ticket.project_code)
    for bureau in sorted(set(right) | set(listed)):
        if right.get(bureau) != listed.get(bureau):
            problems.append(f"{bureau} 的抽取名单与重新计算的不一致。")
    stated_spares = {
        item["bureau_code"]: item["project_code"] for item in certificate["first_not_chosen"]
    }
    for bureau in sorted(set(spares) | set(stated_spares)):
        if spares.get(bureau) != stated_spares.get(bureau):
            problems.append(f"{bureau} 的第一候补与重新计算的不一致。")
    return problems


if __name__ == "__main__":
    found_problems = verify(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    sys.stdout.write("".join(f"{line}\n" for line in found_problems) or "一致\n")
    sys.exit(4 if found_problems else 0)
