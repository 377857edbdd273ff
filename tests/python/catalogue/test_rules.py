"""The rule catalogue and the code name the same rules, both ways."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "seeds/rules/quality_rules.csv"
PLACES = {
    "ingest": ("ingest/**/*.py",),
    "expectations": ("expectations/**/*.py",),
    "dbt": ("models/**/*.sql", "macros/**/*.sql", "tests/dbt/**/*.sql", "models/**/*.yml"),
}
RULE_ID = re.compile(r"""["'`]((?:[A-Z]{2,5})-[0-9]{3})["'`]""")


def rules() -> list[dict[str, str]]:
    with CATALOGUE.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def ids_in(place: str) -> set[str]:
    return {
        found
        for pattern in PLACES[place]
        for path in ROOT.glob(pattern)
        for found in RULE_ID.findall(path.read_text(encoding="utf-8"))
    }


def test_ids_are_unique_and_well_formed():
    ids = [rule["rule_id"] for rule in rules()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Z]{2,5}-[0-9]{3}", rule_id) for rule_id in ids)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["rule_id"])
def test_every_text_speaks_to_the_sender(rule):
    for column in ("rule_zh", "message_zh", "expected_zh", "how_to_fix_zh"):
        assert re.search("[\u4e00-\u9fa5]", rule[column]), f"{column} is not Chinese"
    assert rule["severity"] in {"error", "warning", "info"}
    assert rule["effect"] in {"quarantine_file", "set_aside_row", "finding", "block_release"}
    assert rule["enforced_in"] in PLACES
    assert rule["status"] in {"active", "suspended"}
    unknown = set(re.findall(r"\{[^}]*\}", rule["message_zh"] + rule["how_to_fix_zh"])) - {
        "{bureau}",
        "{file}",
        "{sheet}",
        "{row}",
        "{cell}",
        "{heading}",
        "{found}",
        "{expected}",
        "{difference}",
    }
    assert not unknown, f"placeholders nobody fills: {unknown}"


@pytest.mark.parametrize("place", PLACES)
def test_a_rule_lives_in_exactly_the_place_its_row_names(place):
    listed = {rule["rule_id"] for rule in rules() if rule["enforced_in"] == place}
    known = {rule["rule_id"] for rule in rules()}
    named = ids_in(place) & known
    assert listed - named == set(), "in the catalogue, but enforced nowhere"
    assert ids_in(place) - known == set(), "enforced, but not in the catalogue"
