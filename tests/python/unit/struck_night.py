"""A night whose reading and building are replaced, for `torture.victim` to strike.

    python struck_night.py --point '<json>' -- nightly --inbox … --home …

Receiving, releasing, holding, accepting, rolling back and the lock are the real ones.
"""

from __future__ import annotations

import os
import sys

from release_sample import make_warehouse

from nightly import analysis, audit, build, night
from nightly.analysis import Analysis
from nightly.release import current_release
from torture import victim

COUNT = Analysis("count", "", "", "", "select count(*) from {{ ref('fct_project') }}")


class SatisfiedWorker:
    """Answers as the gate's worker does."""

    def gate_marts(self, database, out):
        return {"success": True, "failed": [], "expectations": 1}


def load(self):
    """One project per file that was received: a new file changes the marts."""
    from ingest.landing import read_receipts

    self.home.warehouse.unlink(missing_ok=True)
    rows = os.environ.get("STRUCK_ROWS") or 300 + len(read_receipts(self.home.root))
    make_warehouse(self.home.warehouse, rows=int(rows))
    return {}


def run_build(home, as_of, fingerprint, manifest=None):
    nodes = [build.NodeOutcome("m", "model", "success", 0.1)]
    return build.BuildOutcome(as_of.isoformat(), fingerprint, nodes)


def start_gate(self):
    self._worker = SatisfiedWorker()


def report(self, as_of=None):
    folder = self.home.reports / current_release(self.home).release_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def replace() -> None:
    night.Night.load = load
    night.Night.gate = lambda self: {}
    night.Night.report = report
    night.Night.warm_build = lambda self, pool: None
    night.Night.start_gate = start_gate
    night.Night._write_for_analysts = lambda self, database, folder: None
    build.run_build = run_build
    for module in (analysis, audit):
        module.list_analyses = lambda: [COUNT]
    import dashboards.dashboard
    import nightly.lists

    nightly.lists.write_lists = lambda database, folder, as_of: {}
    dashboards.dashboard.write_dashboard = lambda *arguments: 0


if __name__ == "__main__":
    os.environ.setdefault("JIXIAO_THREADS", "1")
    replace()
    sys.exit(victim.main(sys.argv[1:]))
