"""Real published forms through a whole night: every indicator line is released as sent."""

from __future__ import annotations

import json
import os
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pytest
from test_hand_region import nightly

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("JIXIAO_REAL_FORMS", ROOT.parent / "shared" / "real_forms"))
TRUTH = FOLDER / "truth.json"
FORMS = json.loads(TRUTH.read_text(encoding="utf-8")) if TRUTH.exists() else []
FIELDS = {
    "level1": "level1",
    "level2": "level2",
    "level3": "level3",
    "target_text": "target_text",
    "actual_text": "actual_text",
    "weight_score": "weight_text",
    "awarded_score": "score_text",
}

pytestmark = [
    pytest.mark.pipeline,
    pytest.mark.real_forms,
    pytest.mark.skipif(not FORMS, reason="the folder of real forms is not here"),
]


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Indicator lines of the release by file, in the order of the sheet."""
    home = tmp_path_factory.mktemp("real") / "home"
    done = nightly(FOLDER, home, as_of="2026-11-22")
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(home / "releases/current/jixiao.duckdb"), read_only=True) as con:
        rows = con.execute(
            f"""
            select _source_file, {", ".join(FIELDS.values())}
            from marts.fct_indicator order by _source_file, _source_row
            """
        ).fetchall()
    found: dict[str, list[dict]] = {}
    for file, *values in rows:
        found.setdefault(file, []).append(dict(zip(FIELDS.values(), values, strict=True)))
    return found


def same(found: str | None, expected: str | None) -> bool:
    found, expected = (found or "").strip(), (expected or "").strip()
    if found == expected:
        return True
    try:
        return Decimal(found) == Decimal(expected)
    except InvalidOperation:
        return False


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["file"])
def test_every_line_as_sent(lines, form):
    found = lines[form["file"]]
    assert len(found) == len(form["indicators"])
    for line, expected in zip(found, form["indicators"], strict=True):
        for field, column in FIELDS.items():
            assert same(line[column], expected.get(field)), (column, line, expected)
