"""The rule catalogue and the code name the same rules, both ways."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from ingest.findings import STEPS

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "seeds/rules/quality_rules.csv"
PLACES = {
    "ingest": ("ingest/**/*.py",),
    "expectations": ("expectations/**/*.py",),
    "dbt": ("models/**/*.sql", "macros/**/*.sql", "tests/dbt/**/*.sql", "models/**/*.yml"),
}
FAULTS = {f"F{number:02}" for number in range(1, 39)}
CONSISTENCY = {f"C{number}" for number in range(1, 11)}
SCORING = {
    "S01": "预算执行率得分",
    "S02": "预算为零",
    "S03": "正向指标得分",
    "S04": "零目标的等于号指标得分",
    "S05": "反向指标得分",
    "S06": "定性指标得分区间",
    "S07": "大幅超额完成",
    "S08": "不适用指标剔除折算",
    "S09": "总分等于各项之和",
    "S10": "等次与得分相符",
    "S11": "各级分值合计",
    "S12": "财政审核得分",
}
# what is mended in reading never becomes a finding; here is the test that it is
HANDLED = {
    "READ-001": "test_every_format_gives_the_same_grid",
    "READ-003": "test_trailing_blanks_are_cut_and_leading_ones_kept",
    "READ-004": "test_merged_project_and_level_cells_are_carried_down",
    "READ-005": "test_header_of_two_rows_with_ticks",
    "READ-006": "test_every_row_is_accounted_for",
    "READ-008": "test_normalise",
    "READ-010": "test_values_worked_by_hand",
    "READ-013": "test_values_worked_by_hand",
    "READ-014": "test_the_annual_total_by_any_name",
    "READ-025": "int_indicators_judged__each_operator_and_each_reason",
    "READ-033": "stg_self_evaluation__indicators__a_reason_that_gives_none",
    "READ-035": "int_projects_live__newest_filing_then_final_then_latest_then_last",
    "READ-037": "int_project_checks_failed__names_money_and_execution",
    "READ-038": "int_projects_identified__code_then_unit_and_name_then_name",
    "READ-103": "int_indicators_summed__weighted_else_equal_and_not_applicable_dropped",
    "READ-104": "int_indicators_judged__each_operator_and_each_reason",
}
# two readers of forms cannot be made to fail from outside: they guard against their own gaps
UNSAMPLED = {"FILE-202", "ROW-009"}
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
    assert rule["status"] in {"active", "suspended", "handled"}
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
    found = [rule for rule in rules() if rule["status"] != "handled"]
    listed = {rule["rule_id"] for rule in found if rule["enforced_in"] == place}
    known = {rule["rule_id"] for rule in found}
    named = ids_in(place) & known
    assert listed - named == set(), "in the catalogue, but enforced nowhere"
    assert ids_in(place) - known == set(), "enforced, but not in the catalogue"


def test_every_known_fault_and_check_has_a_rule():
    named = {ref for rule in rules() for ref in rule["domain_ref"].split()}
    assert FAULTS | CONSISTENCY | set(SCORING) == named


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["rule_id"])
def test_a_rule_knows_its_step_and_what_explains_it(rule):
    by_id = {row["rule_id"]: row for row in rules()}
    assert rule["step"] in STEPS
    for cause in rule["derived_from"].split():
        assert by_id[cause]["status"] == "active"
        assert rule["rule_id"] not in by_id[cause]["derived_from"].split()
        assert STEPS.index(by_id[cause]["step"]) <= STEPS.index(rule["step"]) or (
            rule["enforced_in"] == by_id[cause]["enforced_in"] == "dbt"
        ), f"{cause} is found after it"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["rule_id"])
def test_the_named_place_exists(rule):
    assert (ROOT / rule["enforced_at"]).exists()


def test_every_rule_has_a_sample():
    texts = [
        path.read_text(encoding="utf-8")
        for folder, pattern in (
            ("tests/python", "**/*.py"), ("models", "**/*.yml"), ("tests/dbt", "**/*.sql")
        )
        for path in (ROOT / folder).glob(pattern)
        if path != Path(__file__)
    ]
    missing = {
        rule["rule_id"] for rule in rules()
        if not any(HANDLED.get(rule["rule_id"], rule["rule_id"]) in text for text in texts)
    }
    assert missing - UNSAMPLED == set()
    assert {rule["rule_id"] for rule in rules() if rule["status"] == "handled"} == set(HANDLED)
