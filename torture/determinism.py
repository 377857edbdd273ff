"""The same inbox, parameters and date give the same tables: `python -m torture.determinism`.

A night is run in one surrounding after the other: other threads, another time zone, locale and hash
seed, an inbox whose folders list their files in another order, another DuckDB. The tables of every
release are hashed here, by one engine, and must be those of the first.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from nightly.tables import list_tables, state_of
from torture.determinism_report import SECTION, section_text
from torture.office import (
    EXIT_HELD,
    FIRST_DAY,
    SECOND_DAY,
    Office,
    accept,
    nightly,
    write_inboxes,
)
from torture.promises import SCHEMAS, BrokenPromiseError
from torture.report import code_version, write_section

logger = logging.getLogger(__name__)

SEED = 20210302
OTHER_DUCKDB = "1.5.6"
RESULTS = Path(__file__).with_name("results") / "determinism.json"
SHARED_MEMORY = Path("/dev/shm")
"""Lists files in the order in which they were made, unlike most disks."""


@dataclass(frozen=True)
class Surrounding:
    """What a night is run in.

    Attributes:
        name: what is other.
        variables: of the environment.
        is_shuffled: whether the inbox is written in another order.
        duckdb: version to run with, '' for the locked one.
    """

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    is_shuffled: bool = False
    duckdb: str = ""


HOUSE = {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
SURROUNDINGS = (
    Surrounding("两个线程、上海时区", {**HOUSE, "JIXIAO_THREADS": "2"}),
    Surrounding("一个线程", {**HOUSE, "JIXIAO_THREADS": "1"}),
    Surrounding(
        "纽约时区、C 语言环境、另一个哈希种子",
        {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "4242", "JIXIAO_THREADS": "2"},
    ),
    Surrounding("收件目录的文件以另一次序写成", {**HOUSE, "JIXIAO_THREADS": "2"}, is_shuffled=True),
    Surrounding(f"DuckDB {OTHER_DUCKDB}", {**HOUSE, "JIXIAO_THREADS": "2"}, duckdb=OTHER_DUCKDB),
)


@contextmanager
def surrounded(variables: Mapping[str, str]) -> Iterator[None]:
    """Give the commands that are started other variables.

    Args:
        variables: of the environment.

    Yields:
        Nothing; what was there before comes back.
    """
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def copy_shuffled(inbox: Path, target: Path, seed: int) -> bool:
    """Copy an inbox, its files made in another order and with other times.

    Args:
        inbox: what to copy; names stay, because their order has a meaning.
        target: where to; made.
        seed: of the order.

    Returns:
        Whether the folders list their files in another order than before.
    """
    chance = random.Random(seed)
    files = sorted(path for path in inbox.rglob("*") if path.is_file())
    chance.shuffle(files)
    for path in files:
        copy = target / path.relative_to(inbox)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        moment = chance.randrange(946_684_800, 1_700_000_000)
        os.utime(copy, (moment, moment))
    return _listing(inbox) != _listing(target)


def _listing(folder: Path) -> list[str]:
    found = []
    for entry in os.scandir(folder):
        found.append(entry.name)
        if entry.is_dir():
            found += _listing(Path(entry.path))
    return found


def table_hashes(database: Path) -> dict[str, str]:
    """Hash the tables of a release with this process's engine.

    Args:
        database: the release's DuckDB file.

    Returns:
        Hash by table.
    """
    con = duckdb.connect(str(database), read_only=True)
    try:
        states = [state_of(con, *names) for names in list_tables(con, SCHEMAS)]
    finally:
        con.close()
    return {state.name: f"{state.row_count}:{state.table_hash}" for state in states}


def install_duckdb(version: str, folder: Path) -> Path:
    """Install another DuckDB beside the locked one.

    Args:
        version: which.
        folder: where to.

    Returns:
        The folder to put in front of the path of modules.
    """
    target = folder / f"duckdb-{version}"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps",
         "--target", str(target), f"duckdb=={version}"],
        check=True,
    )
    return target


def run_nights(office: Office, nights: Sequence[tuple[Path, str]]) -> list[dict[str, str]]:
    """Run nights on an empty installation.

    Args:
        office: the installation.
        nights: inbox and date of each.

    Returns:
        Hash by table, of the release of each night.

    Raises:
        BrokenPromiseError: a night made no release.
    """
    found = []
    for inbox, as_of in nights:
        code = office.run(nightly(inbox, as_of))
        if code == EXIT_HELD:
            code = office.run(accept(as_of))
        if code:
            raise BrokenPromiseError(f"{as_of} 的夜间任务以 {code} 结束，见 {office.log}")
        found.append(table_hashes(office.home / "releases" / "current" / "jixiao.duckdb"))
    return found


def compare(expected: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Tables that are not alike.

    Args:
        expected: hash by table of the first surrounding.
        found: of another.

    Returns:
        Names, sorted; also of tables that only one of them has.
    """
    return sorted(
        name for name in {*expected, *found} if expected.get(name) != found.get(name)
    )


def run_campaign(
    folder: Path, seed: int = SEED, night_count: int = 2, only: Sequence[str] = ()
) -> dict[str, object]:
    """Run the nights in every surrounding.

    Args:
        folder: scratch space.
        seed: of the order of files.
        night_count: 1, or 2 with a re-filing.
        only: beginnings of names of the surroundings wanted beside the first; all if none.

    Returns:
        The campaign's figures.
    """
    sent = write_inboxes(folder / "inboxes")
    expected: list[dict[str, str]] = []
    outcomes = []
    for number, around in enumerate(SURROUNDINGS):
        if number and only and not around.name.startswith(tuple(only)):
            continue
        started = time.monotonic()
        variables = dict(around.variables)
        if around.duckdb:
            beside = install_duckdb(around.duckdb, folder)
            here = os.environ.get("PYTHONPATH", os.getcwd())
            variables["PYTHONPATH"] = os.pathsep.join([str(beside), here])
        inboxes, is_listed_otherwise, scratch = [sent.first, sent.second], None, None
        if around.is_shuffled:
            place = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else folder
            scratch = Path(tempfile.mkdtemp(prefix="jixiao-shuffled-", dir=place))
            is_listed_otherwise = any(
                [copy_shuffled(inbox, scratch / inbox.name, seed) for inbox in inboxes]
            )
            inboxes = [scratch / inbox.name for inbox in inboxes]
        # own parsed project each: a shared one would hide what the hash seed does to it
        office = Office(
            folder / f"office-{number}", folder / f"cache-{number}", folder / f"{number}.log"
        )
        office.cache.mkdir()
        nights = list(zip(inboxes, (FIRST_DAY, SECOND_DAY), strict=True))[:night_count]
        try:
            with surrounded(variables):
                found = run_nights(office, nights)
        finally:
            if scratch:
                shutil.rmtree(scratch)
        expected = expected or found
        differing = [compare(*pair) for pair in zip(expected, found, strict=True)]
        manifest = json.loads(
            (office.home / "releases" / "current" / "manifest.json").read_text(encoding="utf-8")
        )
        outcomes.append(
            {
                "surrounding": around.name,
                "variables": dict(around.variables),
                "duckdb": manifest.get("packages", {}).get("duckdb"),
                "inbox_listed_otherwise": is_listed_otherwise,
                "nights": len(found),
                "tables": sum(len(tables) for tables in found),
                "tables_differing": differing,
                "seconds": round(time.monotonic() - started, 1),
            }
        )
        logger.info("%s：%s", around.name, differing)
        if number:
            shutil.rmtree(office.home)
    return {
        "seed": seed,
        "surroundings": len(outcomes),
        "tables_compared": sum(outcome["tables"] for outcome in outcomes[1:]),
        "tables_differing": sum(
            len(tables) for outcome in outcomes for tables in outcome["tables_differing"]
        ),
        "outcomes": outcomes,
    }


def main() -> int:
    """Run the campaign and write its figures.

    Returns:
        0 if all tables are alike, 4 otherwise.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--nights", type=int, default=2, choices=(1, 2))
    parser.add_argument("--only", nargs="*", default=(), help="beginnings of names")
    parser.add_argument("--keep", type=Path, help="scratch space to keep; must be empty")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="jixiao-determinism-"))
    folder.mkdir(parents=True, exist_ok=True)
    code = code_version()  # before anything is written
    figures = {
        "code": code, **run_campaign(folder, arguments.seed, arguments.nights, arguments.only)
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(
        json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    if arguments.out == RESULTS:
        write_section(SECTION, section_text(figures))
    if not arguments.keep:
        shutil.rmtree(folder)
    return 4 if figures["tables_differing"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
