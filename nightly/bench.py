"""`make bench`: a full year at published scale, each step against a floor measured in the same run.

Reading floor: the bare parser (fastexcel, polars) over the same files on all cores, no text kept.
Build floor: the compiled SQL of the night's own build, run in bare DuckDB in the same order on a
copy of the same raw tables.
Page floor: the same tables exported to parquet.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import multiprocessing
import os
import re
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import duckdb

from nightly import build
from nightly.demo import AS_OF, SIMULATION_SEED, STATEMENT
from nightly.night import run_night
from nightly.progress import say
from nightly.settings import Home, memory_limit, thread_count

READ_BUDGET, BUILD_BUDGET = 1.5, 2.0
SECONDS_BUDGET, MEMORY_BUDGET_MB = 180, 4096
PAGES_BUDGET, PAGES_MB_BUDGET, FIRST_LOAD_MB_BUDGET = 4.0, 120, 1.0
SAMPLE_SECONDS = 0.2
MODEL_SCHEMAS = ("staging", "intermediate", "marts", "quality")


@dataclass(frozen=True)
class Measured:
    """What a piece of work cost.

    Attributes:
        seconds: wall-clock.
        peak_mb: highest resident memory of the process and its children together, MiB.
    """

    seconds: float
    peak_mb: int


class MemoryWatch:
    """Samples the resident memory of this process and everything it started."""

    def __init__(self) -> None:
        """Prepare; nothing is sampled yet."""
        self.peak_kb = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> MemoryWatch:
        """Start sampling."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sampling."""
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self.peak_kb = max(self.peak_kb, resident_kb(os.getpid()))


def resident_kb(root: int) -> int:
    """Resident memory of a process tree.

    Shared pages are counted once per process (proportional set size where the kernel tells it).

    Args:
        root: process id of its root.

    Returns:
        KiB.
    """
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rsplit(")", 1)[1].split()[1])
    tree = {root}
    while grown := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    return sum(_pss_kb(pid) for pid in tree)


def _pss_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def measure(work: Callable[[], object]) -> tuple[object, Measured]:
    """Run something and say what it cost.

    Args:
        work: what to run.

    Returns:
        Its result and its cost.
    """
    gc.collect()
    started = time.monotonic()
    with MemoryWatch() as watch:
        result = work()
    return result, Measured(time.monotonic() - started, watch.peak_kb // 1024)


# --- floors ---------------------------------------------------------------------------------------


def read_bare(path: str) -> int:
    """Parse one file with the bare parser.

    Args:
        path: a landed file.

    Returns:
        Rows seen; 0 for what the bare parser cannot read.
    """
    import fastexcel
    import polars as pl

    data = Path(path).read_bytes()
    try:
        if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
            book = fastexcel.read_excel(data)
            return sum(
                book.load_sheet(name, header_row=None, dtypes="string").to_polars().height
                for name in book.sheet_names
            )
        for encoding in ("utf-8-sig", "gb18030", "utf-16"):
            try:
                text = data.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            return 0
        return pl.read_csv(
            BytesIO(text.encode()), has_header=False, infer_schema=False,
            truncate_ragged_lines=True, quote_char='"',
        ).height
    except Exception:
        # broken on purpose by the simulator; the floor does not have to say why
        return 0


def read_all_bare(home: Home) -> int:
    """Parse every landed file with the bare parser on all cores.

    Args:
        home: the installation.

    Returns:
        Rows seen.
    """
    blobs = sorted(str(path) for path in (home.landing / "blobs").glob("*/*"))
    with ProcessPoolExecutor(
        thread_count(), mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        return sum(pool.map(read_bare, blobs, chunksize=8))


def run_compiled(home: Home, into: Path) -> tuple[int, float]:
    """Run the compiled SQL of the last build in bare DuckDB, in the order dbt ran it.

    Args:
        home: the installation; its build is done and nobody has its warehouse open.
        into: folder for the database to build in.

    Returns:
        Models built, and the seconds that took without copying the raw tables.
    """
    database = into / "floor.duckdb"
    shutil.copyfile(home.warehouse, database)
    scripts = build.compiled_sql(home, into / "compiled")
    con = duckdb.connect(
        str(database),
        config={"threads": thread_count(), "memory_limit": memory_limit()},
    )
    try:
        con.execute("set timezone = 'UTC'")
        for schema in MODEL_SCHEMAS:
            con.execute(f"drop schema if exists {schema} cascade")
            con.execute(f"create schema {schema}")
        con.execute("checkpoint")
        quoted = f'"{home.warehouse.stem}".'
        started = time.monotonic()
        for path in scripts:
            _, schema, table, _ = path.name.split(".")
            sql = path.read_text(encoding="utf-8").replace(quoted, '"floor".')
            con.execute(f'create table "{schema}"."{table}" as {sql}')
        seconds = time.monotonic() - started
    finally:
        con.close()
    return len(scripts), seconds


@dataclass(frozen=True)
class PageWeight:
    """What the pages of a release weigh.

    Attributes:
        size: of all files, bytes.
        file_count: of all files.
        first_load: most bytes a page asks for before it is complete, the chart library aside.
        heaviest: the page that does.
    """

    size: int
    file_count: int
    first_load: int
    heaviest: str


def page_weight(dashboard: Path) -> PageWeight:
    """Weigh the pages of a release.

    Args:
        dashboard: their folder.

    Returns:
        Their weight; a project's page asks for the index of its bureau and one part.
    """
    sizes = {
        path.relative_to(dashboard).as_posix(): path.stat().st_size
        for path in dashboard.rglob("*") if path.is_file()
    }
    assets = {name: size for name, size in sizes.items() if name.startswith("assets/")}
    own = ("assets/dashboard.css", "assets/dashboard.js")
    loads = {
        name: size + sum(assets[asset] for asset in own)
        for name, size in sizes.items() if name.endswith(".html")
    }
    parts: dict[str, int] = {}
    for name, size in sizes.items():
        bureau, _, part = name.removesuffix(".js").rpartition("-")
        if name.startswith("data/") and part.isdecimal():
            parts[bureau] = max(size, parts.get(bureau, 0))
    loads["project.html"] = (
        sizes["project.html"] + sizes["data/labels.js"]
        + sum(assets[f"assets/{name}"] for name in
              ("dashboard.css", "project.js", "fflate.min.js"))
        + max((size + sizes.get(f"{bureau}.js", 0) for bureau, size in parts.items()), default=0)
    )
    heaviest = max(loads, key=lambda name: loads[name])
    return PageWeight(sum(sizes.values()), len(sizes), loads[heaviest], heaviest)


def write_pages(release: Path, into: Path) -> tuple[float, float]:
    """Write the pages of a release again, and its tables to parquet, each alone.

    Args:
        release: the release.
        into: an empty folder.

    Returns:
        Seconds of processor time of the pages and of the tables.
    """
    from dashboards.dashboard import write_dashboard
    from dashboards.edition import Masthead
    from nightly.release import DATABASE_NAME, export_parquet

    database = release / DATABASE_NAME
    started = time.process_time()
    export_parquet(database, into / "parquet")
    exported = time.process_time()
    write_dashboard(database, into / "dashboard", Masthead("bench", AS_OF, {}))
    return time.process_time() - exported, exported - started


# --- the bench ------------------------------------------------------------------------------------


def simulate_cached(folder: Path, scale: float, seed: int) -> Path:
    """Simulate the region, once per scale and seed.

    Args:
        folder: where simulations are kept.
        scale: share of the published populations.
        seed: of the simulation.

    Returns:
        The inbox.
    """
    from simulate.region import write_region

    base = folder / f"{STATEMENT}-{scale:g}-{seed}"
    if not (base / "complete").exists():
        shutil.rmtree(base, ignore_errors=True)
        _, cost = measure(
            lambda: write_region(
                base / "inbox", STATEMENT, scale=scale, seed=seed, with_records=False
            )
        )
        say(f"模拟报送文件：{cost.seconds:.1f} 秒（保留在 {base}，下次不再模拟）")
        (base / "complete").write_text("", encoding="utf-8")
    return base / "inbox"


def step_seconds(home: Home, as_of: date) -> dict[str, float]:
    """Seconds of each step of the last whole night.

    Args:
        home: the installation.
        as_of: the night's date.

    Returns:
        Seconds by step.
    """
    lines = (home.logs / f"{as_of.isoformat()}.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        line["step"]: line["seconds"] for line in map(json.loads, lines) if line["step"] != "night"
    }


def step_peaks(home: Home, as_of: date) -> dict[str, int]:
    """Peak memory noted after each step of the last whole night.

    Args:
        home: the installation.
        as_of: the night's date.

    Returns:
        MiB by step.
    """
    lines = (home.logs / f"{as_of.isoformat()}.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        line["step"]: line["rss_mb"] for line in map(json.loads, lines) if line["step"] != "night"
    }


def run_bench(scale: float, folder: Path, is_kept: bool) -> int:
    """Measure a whole night and its floors, and print the comparison.

    Args:
        scale: share of the published populations.
        folder: where the simulation is kept and the night is run.
        is_kept: keep the installation that was measured.

    Returns:
        0 if everything is within its budget, 1 otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inbox = simulate_cached(folder, scale, SIMULATION_SEED)
    home = Home(Path(tempfile.mkdtemp(prefix="night-", dir=folder)))
    aside = Path(tempfile.mkdtemp(prefix="floor-", dir=folder))
    try:
        result, night = measure(lambda: run_night(home, inbox, AS_OF))
        seconds, peaks = step_seconds(home, AS_OF), step_peaks(home, AS_OF)
        _, again = measure(lambda: run_night(home, inbox, AS_OF))
        rows, reading = measure(lambda: read_all_bare(home))
        models, built = run_compiled(home, aside)
        paging, exporting = write_pages(result.release.path, aside)
        weight = page_weight(result.release.path / "dashboard")
        tables = result.release.manifest()["tables"]
        size = sum(path.stat().st_size for path in result.release.path.rglob("*"))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if not is_kept:
            shutil.rmtree(home.root, ignore_errors=True)

    say(f"规模 {scale:g}，{thread_count()} 核，DuckDB 内存上限 {memory_limit()}")
    say(f"{'步骤':<10}{'秒':>10}{'单进程峰值 MiB':>16}")
    for name, value in seconds.items():
        say(f"{name:<12}{value:>10.1f}{peaks[name]:>16}")
    say(f"{'全夜':<10}{night.seconds:>10.1f}{night.peak_mb:>16}（含全部子进程）")
    say(f"{'第二次':<9}{again.seconds:>10.1f}（没有变化）")
    say(f"指标 {tables['marts.fct_indicator']['row_count']} 行，发布 {size / 1024**2:.0f} MiB")
    say(
        f"看板 {weight.size / 1e6:.0f} MB，{weight.file_count} 个文件；首次打开最重的页"
        f" {weight.heaviest} {weight.first_load / 1e6:.2f} MB（图表库另计）"
    )
    ratios = (
        ("读取 ÷ 裸解析器", seconds["load"] / reading.seconds, READ_BUDGET,
         f"裸解析 {rows} 行 {reading.seconds:.1f} 秒"),
        ("计算 ÷ 裸 DuckDB", seconds["build"] / built, BUILD_BUDGET,
         f"{models} 个模型 {built:.1f} 秒"),
        ("把关 ÷ 读取", seconds["gate"] / seconds["load"], 1.0, ""),
        ("写看板 ÷ 导出 parquet（处理器时间）", paging / exporting, PAGES_BUDGET,
         f"看板 {paging:.1f} 秒，parquet {exporting:.1f} 秒"),
        ("看板 MB", weight.size / 1e6, PAGES_MB_BUDGET, ""),
        ("首次打开最重的页 MB", weight.first_load / 1e6, FIRST_LOAD_MB_BUDGET, weight.heaviest),
        ("全夜秒数", night.seconds, SECONDS_BUDGET, ""),
        ("全夜内存 MiB", night.peak_mb, MEMORY_BUDGET_MB, ""),
    )
    for name, value, budget, note in ratios:
        mark = "达到" if value <= budget else "未达到"
        say(f"{name}：{value:.2f}（目标 ≤ {budget:g}，{mark}）{note}")
    return int(any(value > budget for _, value, budget, _ in ratios))


def main() -> int:
    """Read arguments and run the bench.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description="按公布规模运行一整年，给出各步用时与下限之比。")
    parser.add_argument("--scale", type=float, default=1.0, help="占公布规模的比例")
    parser.add_argument(
        "--dir", type=Path, default=Path(tempfile.gettempdir()) / "jixiao-bench",
        help="模拟文件保留在这里",
    )
    parser.add_argument("--keep", action="store_true", help="保留这一夜的工作目录")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    return run_bench(arguments.scale, arguments.dir, arguments.keep)


if __name__ == "__main__":
    sys.exit(main())
