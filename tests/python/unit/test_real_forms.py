"""Real published forms, laid out as workbooks: everything arrives as it was printed."""

from __future__ import annotations

import json
import os
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from ingest.form_export import FormBlock, looks_like_form, parse_form_sheet
from ingest.readers import read_grids, read_merges

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("JIXIAO_REAL_FORMS", ROOT.parent / "shared" / "real_forms"))
TRUTH = FOLDER / "truth.json"
FORMS = json.loads(TRUTH.read_text(encoding="utf-8")) if TRUTH.exists() else []
KINDS = {"goal": "goal", "self_eval": "self_evaluation", "monitoring": "monitoring"}

pytestmark = [
    pytest.mark.real_forms,
    pytest.mark.skipif(not FORMS, reason="the folder of real forms is not here"),
]


def same(found: str | None, expected: str | None) -> bool:
    """Texts are equal as sent; numbers by value (a workbook keeps 50.00 as 50)."""
    found, expected = (found or "").strip(), (expected or "").strip()
    if found == expected:
        return True
    try:
        return Decimal(found) == Decimal(expected)
    except InvalidOperation:
        return False


def blocks_of(form: dict) -> list[FormBlock]:
    path = FOLDER / form["file"]
    blocks = []
    for grid in read_grids(path, form["file"]):
        assert looks_like_form(grid), grid.sheet
        blocks.extend(parse_form_sheet(read_merges(path, grid)))
    return blocks


def target(line: dict) -> set[str]:
    """Ways to write a target: as in its cell, and with operator and unit of their own cells."""
    value = line.get("target_value") or ""
    operator, unit = line.get("target_operator") or "", line.get("target_unit") or ""
    return {value, operator + value + unit}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["file"])
def test_form_arrives_as_printed(form):
    blocks = blocks_of(form)
    assert len(blocks) == 1
    (block,) = blocks
    project = {name: cell.text for name, cell in block.project.items()}
    assert block.document_kind == block.layout_kind == KINDS[form["doc_type"]]
    assert block.fiscal_year == int(form["year"])
    assert same(project.get("project_name"), form["project_name"])
    assert same(project.get("department_name"), form["dept"])
    assert same(project.get("unit_name"), form["unit"])
    assert same(project.get("total_score"), form["total_score"])
    if form["funds"]:
        assert block.money_unit == form["money_unit"]
    check_funds(block, form)
    check_indicators(block, form)
    assert "set_aside" not in block.row_classes.values(), block.findings
    assert {f.rule_id for f in block.findings} <= {"FORM-003"}


def check_funds(block: FormBlock, form: dict) -> None:
    assert [line["label"] for line in block.funds] == [line["label"] for line in form["funds"]]
    for line, expected in zip(block.funds, form["funds"], strict=True):
        if form["doc_type"] == "goal":
            amounts = {expected["annual_budget"], expected["initial_budget"]} - {""}
            assert any(same(line["amount"], amount) for amount in amounts or {""}), line
            continue
        for name in ("initial_budget", "annual_budget", "executed", "weight", "score"):
            assert same(line.get(name), expected[name]), (name, line)
        assert same(line.get("execution_rate"), expected["execution_rate"]), line


def check_indicators(block: FormBlock, form: dict) -> None:
    assert len(block.indicators) == len(form["indicators"])
    for line, expected in zip(block.indicators, form["indicators"], strict=True):
        for name in ("level1", "level2", "level3"):
            assert same(line.get(name), expected[name]), (name, line, expected)
        assert any(same(text, expected["target_text"]) for text in target(line)), (line, expected)
        assert same(line.get("actual_value"), expected.get("actual_text")), (line, expected)
        assert same(line.get("weight"), expected.get("weight_score")), (line, expected)
        assert same(line.get("score"), expected.get("awarded_score")), (line, expected)


def test_every_row_of_every_form_is_accounted_for():
    for form in FORMS:
        for block in blocks_of(form):
            rows = list(range(block.first_row, block.last_row + 1))
            assert sorted(block.row_classes) == rows
            data = {row for row, what in block.row_classes.items() if what == "data"}
            lines = {line["row"] for line in [*block.funds, *block.indicators]}
            assert data == lines | {block.project_row}
