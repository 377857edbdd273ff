"""Kills nights anywhere and checks the promises after each: `python -m torture.kill_campaign`.

A chain is an installation at rest and a row of strikes, each on the command that the operator would
run next; after the last strike a night completes undisturbed, and its tables must be those of a
night that nobody disturbed. The faults of the disk are tried on the same states.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torture import promises
from torture.chains import EMPTY, Chain, Plan
from torture.disk_faults import disk_faults, left_out
from torture.kill_report import SECTION, section_text
from torture.office import Office
from torture.outcome import Outcome, guarded
from torture.report import code_version, write_section
from torture.undisturbed import Undisturbed

logger = logging.getLogger(__name__)

SEED = 20210302
RESULTS = Path(__file__).with_name("results") / "kill_campaign.json"


def run_chain(base: Undisturbed, chain: Chain, office: Office, outcome: Outcome) -> None:
    """Strike an installation, then see whether it gets well by itself.

    Args:
        base: the undisturbed run.
        chain: what to do.
        office: an installation that does not exist yet.
        outcome: gets what happened.

    Raises:
        BrokenPromiseError: a promise did not hold; the chain ends there.
    """
    _set_up(base, chain, office)
    for number, point in enumerate(chain.points):
        if number and chain.after:
            _set_up(base, chain, office)
        before = promises.records(office.home)
        had_release = (office.home / "releases" / "current").is_symlink()
        is_met, group = office.strike(chain.arguments(office), point)
        outcome.said.append(office.kills[-1])
        outcome.met += is_met
        outcome.missed += not is_met
        promises.check_no_orphans(group)
        promises.check_struck(office.home, base.allowed, before, had_release)
        if chain.after:
            chain.after(office)
    outcome.filings = chain.finish(office)
    outcome.nights += 1


def _set_up(base: Undisturbed, chain: Chain, office: Office) -> None:
    if chain.state == EMPTY:
        office.home.mkdir()
    else:
        office.copy_of(base.state(chain.state))


def run_campaign(
    folder: Path, share: float, jobs: int, seed: int = SEED, only: Sequence[str] = ()
) -> dict:
    """Run everything.

    Args:
        folder: scratch space, empty.
        share: of the strikes to make.
        jobs: installations at once.
        seed: of every choice.
        only: beginnings of the names of chains and faults; nothing for all.

    Returns:
        Figures and outcomes, as they are written to `results/`; times and memory of this run.
    """
    started = time.monotonic()
    code = code_version()
    base = Undisturbed(folder)
    base.run()
    logger.info("prepared in %.0f s", time.monotonic() - started)
    trials: list[tuple[str, str, Callable[[Office, Outcome], None]]] = [
        ("disk", name, fault) for name, fault in disk_faults(base)
    ]
    trials += [
        ("kill", chain.name,
         lambda office, outcome, chain=chain: run_chain(base, chain, office, outcome))
        for chain in Plan(base, random.Random(seed), share).chains
    ]
    trials = [trial for trial in trials if not only or trial[1].startswith(tuple(only))]

    def attempt(number: int) -> Outcome:
        kind, name, trial = trials[number]
        outcome = guarded(Outcome(kind, name, code), base.office(f"trial-{number:02d}"), trial)
        logger.info(
            "%d/%d %s: %d met, %d missed, %d broken, %.0f s", number + 1, len(trials),
            name, outcome.met, outcome.missed, len(outcome.broken), outcome.seconds,
        )
        return outcome

    with ThreadPoolExecutor(jobs) as pool:
        outcomes = list(pool.map(attempt, range(len(trials))))
    return {
        "seed": seed,
        "seconds": round(time.monotonic() - started),
        "peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "left_out": left_out(),
        "outcomes": [asdict(outcome) for outcome in outcomes],
    }


def renewed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Put the outcomes of a partial run in the place of the earlier ones of the same names.

    Args:
        before: figures of an earlier run.
        now: figures of this one.

    Returns:
        Figures of both; the larger memory and the time of the whole run count.
    """
    names = {outcome["name"] for outcome in now["outcomes"]}
    kept = [outcome for outcome in before["outcomes"] if outcome["name"] not in names]
    order = {name: n for n, name in enumerate(
        dict.fromkeys(outcome["name"] for outcome in [*before["outcomes"], *now["outcomes"]])
    )}
    return {
        **now,
        "seconds": max(before["seconds"], now["seconds"]),
        "peak_mib": max(before["peak_mib"], now["peak_mib"]),
        "outcomes": sorted([*kept, *now["outcomes"]], key=lambda outcome: order[outcome["name"]]),
    }


def main() -> int:
    """Run the campaign and write its figures.

    Returns:
        0 if every promise held, 4 otherwise.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the strikes to make")
    parser.add_argument("--jobs", type=int, default=2, help="installations at once")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="*", default=(),
                        help="beginnings of names; the other figures stay as they are")
    parser.add_argument("--keep", type=Path, help="scratch space to keep; must be empty")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="jixiao-torture-"))
    folder.mkdir(parents=True, exist_ok=True)
    figures = run_campaign(
        folder, arguments.share, arguments.jobs, arguments.seed, arguments.only
    )
    if arguments.only and arguments.out.exists():
        figures = renewed(json.loads(arguments.out.read_text(encoding="utf-8")), figures)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(
        json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    if arguments.out == RESULTS:
        write_section(SECTION, section_text(figures))
    if not arguments.keep:
        shutil.rmtree(folder)
    return 4 if any(outcome["broken"] for outcome in figures["outcomes"]) else 0


if __name__ == "__main__":
    raise SystemExit(main())
