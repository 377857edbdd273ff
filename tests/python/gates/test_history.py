"""What the gate counted, night by night, and that it is kept once."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest
import samples
from conftest import Warehouse

from expectations.client import GateWorker
from expectations.record import apply_verdicts

TABLE = "goal__projects"
SCIENTIFIC = "CELL-003"
FIRST, SECOND = date(2020, 4, 1), date(2020, 4, 2)


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    with GateWorker(tmp_path_factory.mktemp("worker") / "worker.log") as worker:
        yield worker


def fill(warehouse: Warehouse, name: str, night: date, broken: int, sound: int) -> None:
    good = samples.GOOD[TABLE]
    rows = [good | {"project_code": "1.02E+20"}] * broken + [good] * sound
    filing_id = warehouse.add((name,), TABLE, rows)
    warehouse.con.execute(
        "update ops.filing set received_at = ? where filing_id = ?", [night, filing_id]
    )


def gate(worker: GateWorker, warehouse: Warehouse, night: date) -> None:
    warehouse.con.close()
    out = warehouse.path.parent / f"out-{night}"
    worker.gate_raw(warehouse.path, out)
    warehouse.con = duckdb.connect(str(warehouse.path))
    apply_verdicts(warehouse.con, out)
    apply_verdicts(warehouse.con, out)  # a repeated step adds nothing


def kept(warehouse: Warehouse) -> list[tuple]:
    return warehouse.con.execute(
        "select * from ops.gate_result order by night_date, suite_name, rule_id"
    ).fetchall()


def test_a_warehouse_read_anew_has_the_history_of_one_that_grew(worker, tmp_path):
    grown, anew = tmp_path / "grown", tmp_path / "anew"
    grown.mkdir()
    anew.mkdir()
    nightly = Warehouse(grown / "w.duckdb")
    fill(nightly, "a", FIRST, broken=2, sound=1)
    gate(worker, nightly, FIRST)
    fill(nightly, "b", SECOND, broken=0, sound=4)
    fill(nightly, "c", SECOND, broken=1, sound=0)
    gate(worker, nightly, SECOND)

    at_once = Warehouse(anew / "w.duckdb")
    fill(at_once, "a", FIRST, broken=2, sound=1)
    fill(at_once, "b", SECOND, broken=0, sound=4)
    fill(at_once, "c", SECOND, broken=1, sound=0)
    gate(worker, at_once, SECOND)

    assert kept(nightly) == kept(at_once)
    counted = {
        row[0]: row[3:] for row in kept(nightly) if row[1] == TABLE and row[2] == SCIENTIFIC
    }
    assert counted == {FIRST: (3, 2), SECOND: (5, 1)}
    passed = [row for row in kept(nightly) if row[4] == 0]
    assert passed, "rules that nothing fails are kept too"


def test_the_reply_says_what_failed_and_who_was_rejected(gated):
    results = pl.read_parquet(gated.out / "results.parquet")
    failing = {
        (row["suite_name"], row["rule_id"]): row["failing_row_count"]
        for row in results.to_dicts()
        if row["failing_row_count"]
    }
    assert failing == {
        (entry["suite"], entry["rule_id"]): entry["failing_rows"]
        for entry in gated.reply["failing"]
    }
    assert len(gated.reply["rejected_filings"]) == gated.reply["rejected"]
    assert all(gated.reply["rejected_filings"].values())
