"""Hostile files: thousands of spoilt ones and every known attack, through the night's own path.

`python -m torture.hostile_files` runs the whole campaign and rewrites its section of the report;
the same seed gives the same files.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingest.file_limits import FileLimits, file_limits
from torture.attack_files import attacks
from torture.hostile_inbox import clear_special_files, write_special_files
from torture.hostile_round import FOLDER, RoundResult, run_round
from torture.hostile_text import FILE_NAMES
from torture.mutations import mutate
from torture.report import REPORT, code_version, write_section
from torture.seed_files import SeedFile, load_seeds

SEED = 20210301
FILES = 10_000
PER_ROUND = 500
SCALE = 0.002
SECTION = "hostile_files"
ATTACKS = "成形的攻击"
EXIT_FAULTS = 4


@dataclass
class Campaign:
    """What the campaign has seen so far."""

    files: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    peak_bytes: Counter[str] = field(default_factory=Counter)
    most_memory: tuple[int, str] = (0, "")
    rows: int = 0
    seconds: float = 0.0

    def add(self, result: RoundResult, kind_of: dict[str, str]) -> None:
        """Take in a round.

        Args:
            result: the round.
            kind_of: kind of spoiling by file.
        """

        def kind(file: str) -> str:
            return kind_of.get(file.split("!")[0], ATTACKS)

        for file, outcome in result.outcomes:
            if outcome == "读入":
                self.read[kind(file)] += 1
            else:
                self.refused[kind(file)] += 1
                self.rules[outcome] += 1
        for file, peak in result.peak_bytes.items():
            self.peak_bytes[kind(file)] = max(peak, self.peak_bytes[kind(file)])
            self.most_memory = max(self.most_memory, (peak, file))
        for name, files in result.faults.items():
            self.faults.setdefault(name, []).extend(files)
        self.rows += result.rows
        self.seconds += result.seconds


def spoilt_inboxes(
    folder: Path, seeds: Sequence[SeedFile], seed: int, count: int
) -> Iterator[tuple[Path, dict[str, str]]]:
    """Write the spoilt files, an inbox at a time.

    Args:
        folder: where the inboxes go.
        seeds: good files.
        seed: seed of the campaign.
        count: files in all.

    Yields:
        An inbox, and the kind of spoiling by path of the file.
    """
    for start in range(0, count, PER_ROUND):
        inbox = folder / f"inbox-{start:06d}"
        kind_of: dict[str, str] = {}
        for number in range(start, min(start + PER_ROUND, count)):
            kind, file, content = mutate(number, seed, seeds)
            below = PurePosixPath(file.path)
            name = f"{below.stem[:40]}-{number}{below.suffix}"
            if number % 37 == 0:
                name = FILE_NAMES[number // 37 % len(FILE_NAMES)]
            path = inbox / FOLDER / below.parent / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            shown = "".join(c if c.isprintable() or c == "\u3000" else "�" for c in name)
            kind_of[f"{FOLDER}/{below.parent}/{number}/{shown}"] = kind
        yield inbox, kind_of


def run_campaign(
    count: int,
    seed: int,
    limits: FileLimits,
    *,
    workers: int = 1,
    scale: float = SCALE,
    with_records: bool = True,
    with_attacks: bool = True,
    after_round: Callable[[Campaign], None] = lambda campaign: None,
) -> Campaign:
    """Run the campaign.

    Args:
        count: spoilt files.
        seed: seed of files and spoiling.
        limits: what one file may cost.
        workers: reading processes.
        scale: scale of the simulated region that the seeds are from.
        with_records: take registers of the record kinds as seeds too.
        with_attacks: also send the attacks that were made by hand.
        after_round: told what was seen so far, so that a long campaign may be cut short.

    Returns:
        What was seen.
    """
    campaign = Campaign()
    seeds = load_seeds(seed, scale=scale, with_records=with_records)
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        folder = Path(name)
        if with_attacks:
            inbox = folder / "inbox-attacks"
            sent = 0
            for attack in attacks():
                path = inbox / FOLDER / "2020" / attack.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as handle:
                    attack.write(handle)
                sent += 1
            sent += write_special_files(inbox, FOLDER)
            campaign.files[ATTACKS] += sent
            try:
                campaign.add(run_round(inbox, folder / "home", limits, workers), {})
            finally:
                clear_special_files(inbox, FOLDER)
            after_round(campaign)
        for inbox, kind_of in spoilt_inboxes(folder, seeds, seed, count):
            campaign.files.update(kind_of.values())
            campaign.add(run_round(inbox, folder / "home", limits, workers), kind_of)
            shutil.rmtree(inbox)
            after_round(campaign)
    return campaign


def _progress(campaign: Campaign) -> str:
    faults = sum(map(len, campaign.faults.values()))
    peak = campaign.most_memory[0] >> 20
    return f"已试 {campaign.files.total()} 个文件，问题 {faults}，最大内存 {peak} MB\n"


def as_json(campaign: Campaign, seed: int, limits: FileLimits, code: str) -> str:
    """The figures of the campaign.

    Args:
        campaign: what was seen.
        seed: its seed.
        limits: what one file might cost.
        code: version of the code it is about.

    Returns:
        JSON.
    """
    figures = {
        "seed": seed,
        "code": code,
        "limits": {"seconds": limits.seconds, "memory_mb": limits.memory_bytes >> 20},
        "files": campaign.files.total(),
        "read": campaign.read.total(),
        "refused": campaign.refused.total(),
        "rows_loaded": campaign.rows,
        "by_kind": {
            kind: {
                "files": campaign.files[kind],
                "read": campaign.read[kind],
                "refused": campaign.refused[kind],
                "peak_mb": campaign.peak_bytes[kind] >> 20,
            }
            for kind in sorted(campaign.files)
        },
        "refused_by_rule": dict(campaign.rules.most_common()),
        "faults": {name: files[:50] for name, files in sorted(campaign.faults.items())},
        "peak_mb": campaign.most_memory[0] >> 20,
        "peak_file": campaign.most_memory[1],
        "receiving_process_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "seconds": round(campaign.seconds),
    }
    return json.dumps(figures, ensure_ascii=False, indent=2)


def as_markdown(figures: dict) -> str:
    """The campaign's section of the report.

    Args:
        figures: what `as_json` wrote.

    Returns:
        Markdown.
    """
    limits = figures["limits"]
    lines = [
        "## 恶意文件",
        "",
        f"命令：`python -m torture.hostile_files`，种子 {figures['seed']}。"
        "每个文件都经过夜间运行的同一条路：收件、读取进程、入库、行数核对。"
        f"限度：每个文件 {limits['seconds']:.0f} 秒、{limits['memory_mb']} MB。"
        f"代码版本：{figures['code']}。",
        "",
        "| 破坏方式 | 文件 | 读入 | 退回 | 最大内存（MB） |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {kind} | {row['files']} | {row['read']} | {row['refused']} | {row['peak_mb']} |"
            for kind, row in figures["by_kind"].items()
        ),
        f"| 合计 | {figures['files']} | {figures['read']} | {figures['refused']} "
        f"| {figures['peak_mb']} |",
        "",
        "读入与退回按收到的文件计：压缩包里的每个文件各算一个，内容相同的只算一次。",
        "",
        "| 不该发生的事 | 次数 |",
        "| --- | ---: |",
        *(
            f"| {name} | {len(figures['faults'].get(name, ()))} |"
            for name in (
                "程序出错",
                "超时",
                "没有结果",
                "结果重复",
                "退回而没有说明",
                "说明不成句",
                "行数不平",
            )
        ),
        "",
        f"入库 {figures['rows_loaded']} 行；"
        f"收件进程最大内存 {figures['receiving_process_peak_mb']} MB。",
        "",
        "退回的原因："
        + "、".join(f"{k} {v}" for k, v in figures["refused_by_rule"].items())
        + "。",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign and write what it found.

    Args:
        arguments: of the command line.

    Returns:
        0, or `EXIT_FAULTS` if something happened that must not.
    """
    parser = argparse.ArgumentParser(description="恶意文件试验")
    parser.add_argument("--files", type=int, default=FILES, help="破坏的文件数")
    parser.add_argument("--seed", type=int, default=SEED, help="随机种子")
    parser.add_argument("--workers", type=int, default=1, help="读取进程数")
    parser.add_argument("--json", type=Path, help="数字另存为 JSON")
    parser.add_argument("--report", type=Path, default=REPORT, help="改写哪份报告")
    given = parser.parse_args(arguments)
    limits = file_limits()
    code = code_version()  # before anything is written

    def tell(campaign: Campaign) -> None:
        text = as_json(campaign, given.seed, limits, code)
        if given.json:
            given.json.write_text(text + "\n", encoding="utf-8")
        write_section(SECTION, as_markdown(json.loads(text)), given.report)
        sys.stderr.write(_progress(campaign))

    campaign = run_campaign(
        given.files, given.seed, limits, workers=given.workers, after_round=tell
    )
    sys.stdout.write(as_json(campaign, given.seed, limits, code) + "\n")
    return EXIT_FAULTS if campaign.faults else 0


if __name__ == "__main__":
    sys.exit(main())
