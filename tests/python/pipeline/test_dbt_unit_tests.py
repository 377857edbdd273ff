"""Every dbt unit test, on the tables of a warehouse into which nothing was ever sent."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from ingest.raw import create_schema
from nightly import build
from nightly.draw import create_draw_tables
from nightly.settings import Home

pytestmark = pytest.mark.pipeline


def test_every_unit_test_of_the_models_passes(tmp_path):
    home = Home(tmp_path)
    with duckdb.connect(str(home.warehouse)) as con:
        create_schema(con)
        create_draw_tables(con)
    with build.dbt_environment(home):
        outcome = build.run_build(
            home, date(2021, 3, 1), "", resources=["seed", "model", "unit_test"]
        )
    assert not outcome.errors and not outcome.broken_promises, outcome.summary()
    kinds = [node.kind for node in outcome.nodes]
    assert kinds.count("unit_test") > 100
    assert {node.status for node in outcome.nodes} <= {"success", "pass", "no-op"}
