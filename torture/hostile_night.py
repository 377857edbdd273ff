"""A whole night on hostile contents: `python -m torture.hostile_night`.

The files are whole and their layouts known, so that they are loaded; the texts in their cells are
meant to harm whoever shows, exports or adds them up. What the night publishes is then opened as
people open it: workbooks, csv, Word, and every kind of page in a browser.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingest.readers import read_grids
from ingest.readers.grid import UnreadableFileError
from simulate.region import write_region
from torture import hostile_text, promises
from torture.browser import CHROMIUM
from torture.hostile_inbox import clear_special_files, write_special_files
from torture.office import Office, nightly
from torture.published import (
    open_documents,
    open_pages,
    open_texts,
    open_workbooks,
    pages_of,
)
from torture.report import code_version, write_section
from torture.table_files import write_table

logger = logging.getLogger(__name__)

SECTION = "hostile_night"
RESULTS = Path(__file__).with_name("results") / "hostile_night.json"
SEED = 20210304
DAY = "2021-03-01"
SCALE = 0.02
BUREAUS = (
    "650000", "650100", "650102", "650103", "650104", "652300", "652301", "652302",
    "653100", "653101", "659001",
)
POISONED_FILES, POISONED_NAMES, POISONED_CELLS = 0.7, 0.5, 0.03
NAMES = (
    "项目名称", "单位名称", "预算单位", "主管部门", "绩效指标", "三级指标", "指标名称", "负责人",
)
LARGEST_PAGES, CHECKED_FILES = 12, 6
LURES = (
    "<script>window.hit='script'</script>",
    "</script><script>window.hit='closed'</script>",
    "<img src=x onerror=\"window.hit='image'\">",
    "<svg/onload=window.hit='svg'>",
    "\"><iframe srcdoc=\"<script>parent.hit='frame'</script>\"></iframe>",
    "'-(window.hit='quote')-'",
    "${window.hit='template'}",
    "\\u003cscript\\u003ewindow.hit='escaped'\\u003c/script\\u003e",
    "[点](javascript:window.hit='link')",
)


@dataclass
class HostileNight:
    """What came of it.

    Attributes:
        files: files sent.
        cells: cells with hostile texts.
        codes: exit code by command.
        opened: files opened by kind.
        projects: hostile names that reached the project rows.
        faults: what must not happen.
        seconds: how long it took.
    """

    files: int = 0
    cells: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    projects: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def poison_inbox(inbox: Path, choose: random.Random, night: HostileNight) -> None:
    """Put hostile texts into the files of an inbox, and hostile files beside them.

    Args:
        inbox: a simulated one; changed.
        choose: source of chance, seeded.
        night: gets the counts.
    """
    for path in sorted(path for path in inbox.rglob("*") if path.is_file()):
        if path.suffix not in (".xlsx", ".xls", ".csv") or choose.random() > POISONED_FILES:
            continue
        try:
            frame = read_grids(path, path.name)[0].frame
        except UnreadableFileError:
            continue
        table = [[cell or "" for cell in row] for row in frame.rows()]
        night.cells += poison_table(table, choose)
        path.write_bytes(write_table(table, choose))
    first = min(inbox.iterdir())
    for number, name in enumerate(hostile_text.FILE_NAMES):
        text = f"项目名称,预算数\n{LURES[number % len(LURES)]},{number}\n"
        (first / name).write_text(text, encoding="utf-8")
    night.files = sum(path.is_file() for path in inbox.rglob("*"))


def poison_table(table: list[list[str]], choose: random.Random) -> int:
    """Put hostile texts into the body of a table; its headings stay.

    Args:
        table: rows of texts; changed.
        choose: source of chance, seeded.

    Returns:
        Cells changed.
    """
    texts = (*LURES, *hostile_text.ALL)
    head = next((n for n, row in enumerate(table) if set(NAMES) & set(row)), None)
    if head is None:
        return 0
    named = [place for place, text in enumerate(table[head]) if text in NAMES]
    count = 0
    for row in table[head + 1 :]:
        for place in range(len(row)):
            chance = POISONED_NAMES if place in named else POISONED_CELLS
            if row[place] and choose.random() < chance:
                row[place] = choose.choice(texts if place not in named else (*LURES * 5, *texts))
                count += 1
    return count


def run_commands(
    office: Office, inbox: Path, checked: Sequence[str], night: HostileNight
) -> None:
    """Run a night, the same night again, and what people run on its release.

    Args:
        office: an installation that does not exist yet.
        inbox: what was sent.
        checked: files that a bureau checks before it sends them.
        night: gets the exit codes and what is wrong with them.
    """
    freeze = ["draw", "freeze", "--frame", "monitoring", "--year", "2020", "--as-of", DAY]
    for name, words, wanted in (
        ("nightly", nightly(inbox, DAY), (0,)),
        ("再次 nightly", nightly(inbox, DAY), (3,)),
        ("status", ["status"], (0,)),
        ("statement", ["statement", "xinjiang-2020"], (0,)),
        ("draw freeze", freeze, (0,)),
        ("query", ["query", "select * from marts.fct_project"], (0,)),
        ("check", ["check", *checked, "--fast", "--as-of", DAY], (4,)),
    ):
        code = office.run(words)
        night.codes[name] = code
        if code not in wanted:
            night.faults.append(f"{name} 以 {code} 结束")
    if b"Traceback" in office.log.read_bytes():
        night.faults.append("有命令显示了调用过程")


def run(folder: Path, seed: int = SEED) -> HostileNight:
    """Run everything.

    Args:
        folder: scratch space, empty.
        seed: of every choice.

    Returns:
        What came of it.
    """
    started = time.monotonic()
    night = HostileNight()
    region, inbox = folder / "region", folder / "inbox"
    write_region(region, "xinjiang-2020", SCALE, seed, indicator_share=0.3, faults="default")
    for path in sorted(region.iterdir()):
        if path.name[:6] in BUREAUS:
            shutil.copytree(path, inbox / path.name)
    poison_inbox(inbox, random.Random(seed), night)
    checked = [str(path) for path in sorted(inbox.rglob("*.xls*"))[:CHECKED_FILES]]
    special = min(inbox.iterdir()).name
    night.files += write_special_files(inbox, special)
    (folder / "parsed").mkdir()
    office = Office(folder / "var", folder / "parsed", folder / "said.log")
    run_commands(office, inbox, checked, night)
    if (office.home / "releases" / "current").exists():
        promises.check_struck(office.home, [promises.live_tables(office.home)], {}, True)
        promises.check_conservation(
            office.home, {receipt["receipt_id"] for receipt in promises.receipts(office.home)}
        )
        night.projects = hostile_projects(office.home)
        release = (office.home / "releases" / "current").resolve()
        for place in (release, office.home / "reports", office.home / "draws"):
            files = sorted(path for path in place.rglob("*") if path.is_file())
            pages = list(pages_of(place, LARGEST_PAGES)) if CHROMIUM else []
            for kind, paths, opened in (
                ("xlsx", [path for path in files if path.suffix == ".xlsx"], open_workbooks),
                ("csv", [path for path in files if path.suffix == ".csv"], open_texts),
                ("docx", [path for path in files if path.suffix == ".docx"], open_documents),
                ("html", pages, open_pages),
            ):
                night.opened[kind] = night.opened.get(kind, 0) + len(paths)
                night.faults += opened(paths)
    clear_special_files(inbox, special)
    night.seconds = round(time.monotonic() - started, 1)
    return night


def hostile_projects(home: Path) -> int:
    """How many projects of the live release bear a name that is meant to run.

    Args:
        home: the installation.

    Returns:
        The number.
    """
    con = duckdb.connect(str(home / "releases" / "current" / "jixiao.duckdb"), read_only=True)
    try:
        found = con.execute(
            "select count(*) from marts.fct_project where contains(project_name, 'window.hit')"
        ).fetchall()
    finally:
        con.close()
    return found[0][0]


def section_text(figures: dict) -> str:
    """Word the figures.

    Args:
        figures: a `HostileNight` as a dictionary, with the seed and the version of the code.

    Returns:
        Markdown in Chinese.
    """
    opened = "、".join(f"{kind} {count}" for kind, count in sorted(figures["opened"].items()))
    codes = "、".join(f"{name} {code}" for name, code in figures["codes"].items())
    lines = [
        "## 内容恶意的一夜",
        "",
        f"命令：`python -m torture.hostile_night`，种子 {figures['seed']}，"
        f"代码版本 {figures['code']}。"
        "文件完整、版式认得，"
        "单元格里是脚本、公式、SQL、控制字符、极长的文字和荒唐的数；文件名同样；收件目录里还有链接、管道和设备。"
        "一夜之后像读者那样打开它发布的一切：工作簿和 CSV 中没有会变成公式的单元格，"
        "Word 文稿各部分可读，网页在 Chromium 中不运行、不加载、不链接送来的内容。",
        "",
        f"文件 {figures['files']:,} 个，恶意单元格 {figures['cells']:,} 个，"
        f"名称恶意而入库的项目 {figures['projects']:,} 个。",
        "",
        f"命令及退出码：{codes}。",
        "",
        f"打开的文件：{opened}{'' if CHROMIUM else '（没有 Chromium，网页未打开）'}。",
        "",
        f"不该发生的事：{len(figures['faults'])}。",
    ]
    return "\n".join([*lines, *(f"- {text}" for text in figures["faults"][:50])])


def main() -> int:
    """Run the campaign and write its figures.

    Returns:
        0 if nothing happened that must not, 4 otherwise.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="scratch space to keep; must be empty")
    parser.add_argument("--no-report", action="store_true", help="print the figures only")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="jixiao-hostile-"))
    folder.mkdir(parents=True, exist_ok=True)
    code = code_version()  # before anything is written
    night = run(folder, arguments.seed)
    figures = {"seed": arguments.seed, "code": code, **vars(night)}
    logger.info("%s", json.dumps(figures, ensure_ascii=False, indent=1))
    if not arguments.no_report:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(
            json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        write_section(SECTION, section_text(figures))
    if not arguments.keep:
        shutil.rmtree(folder)
    return 4 if night.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
