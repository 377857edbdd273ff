"""Every item of the five published statements has its figures, and every figure its definition."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from nightly.statement_catalogue import (
    CATALOGUE,
    load_macros,
    read_definitions,
    read_jurisdictions,
    read_seed,
    render,
)

ROOT = Path(__file__).resolve().parents[3]
# the complete list of items of the published statements
ITEMS = {
    "xinjiang-2020": [f"S0-{number:02}" for number in range(1, 39)],
    "zhejiang-2021": [f"S1-{number:02}" for number in range(1, 25)],
    "qingdao-2022": [f"S2-{number:02}" for number in range(1, 18)],
    "kunming-edz-2021": [f"S3-{number:02}" for number in range(1, 16)],
    "urumqi-htz-2022": [f"S4-{number:02}" for number in range(1, 20)],
}
STATEMENTS = list(ITEMS)
FIGURES = read_seed("ref_statement_figure")
DEFINITIONS = {statement: read_definitions(statement) for statement in STATEMENTS}
CHINESE = re.compile("[\u4e00-\u9fa5]")
OFFSETS = {"fiscal_year": {"0"}, "fiscal_year + 1": {"-1"}, "work_year": {"-1", "0", "1"}}


def reference(name: str) -> list[dict[str, str]]:
    path = ROOT / f"seeds/reference/{name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def columns_of(table: str) -> set[str]:
    (path,) = (ROOT / "models").rglob(f"{table}.yml")
    assert path.with_suffix(".sql").exists()
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return {column["name"] for column in model["columns"]}


def figures_of(statement: str) -> list[dict[str, str]]:
    return [row for row in FIGURES if row["statement"] == statement]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_item_is_described_and_has_a_figure(statement):
    described = [
        row["item_code"]
        for row in read_seed("ref_statement_item")
        if row["statement"] == statement and CHINESE.search(row["item_zh"])
    ]
    assert described == ITEMS[statement]
    assert list(dict.fromkeys(row["item_code"] for row in figures_of(statement))) == described


@pytest.mark.parametrize("statement", STATEMENTS)
def test_seed_and_definitions_name_the_same_figures(statement):
    defined = [(entry["item"], entry["figure"]) for entry in DEFINITIONS[statement]]
    listed = [
        (row["item_code"], row["figure"])
        for row in figures_of(statement)
        if row["basis"] != "not_computable"
    ]
    assert len(set(defined)) == len(defined)
    assert defined == listed
    keys = [(row["item_code"], row["figure"]) for row in figures_of(statement)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_splits_and_years_agree(statement):
    listed = {(row["item_code"], row["figure"]): row for row in figures_of(statement)}
    for entry in DEFINITIONS[statement]:
        row = listed[entry["item"], entry["figure"]]
        assert row["split_kind"] == entry["split"], row
        assert row["fiscal_year_offset"] in OFFSETS[entry["year"]], row
        is_registered = entry["table"] == "fct_reported_figure"
        assert (row["basis"] == "registered") is is_registered, row


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_table_is_a_described_model_with_the_columns_named(statement):
    for entry in DEFINITIONS[statement]:
        columns = columns_of(entry["table"])
        assert entry["year"].split(" + ")[0] in columns, entry
        assert entry["split"] == "all" or "tier" in columns, entry


def test_rows_are_well_formed():
    kinds = {row["document_kind"] for row in reference("ref_document_kind")} | {"all"}
    scales = {"万元": "10000", "亿元": "100000000", "%": "0.01"}
    for row in FIGURES:
        assert CHINESE.search(row["label_zh"]), row
        assert row["split_kind"] in {"all", "tier"}, row
        assert row["unit_scale"] == scales.get(row["unit_zh"], "1"), row
        assert set(row["document_kinds"].split("|")) <= kinds, row
        assert row["basis"] in {"computed", "registered", "not_computable"}, row
        assert row["basis"] != "not_computable" or CHINESE.search(row["note_zh"]), row


def test_single_tier_statements_are_not_split():
    single = {"kunming-edz-2021", "urumqi-htz-2022"}
    assert not [row for row in FIGURES if row["statement"] in single and row["split_kind"] != "all"]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_macros_know_the_jurisdiction_as_the_seeds_do(statement):
    jurisdiction = read_jurisdictions()[statement]
    macros = load_macros(jurisdiction)
    tiers = [row for row in reference("ref_tier") if row["jurisdiction"] == jurisdiction]
    tiers.sort(key=lambda row: int(row["tier_no"]))
    assert macros["statement_name"]() == statement
    assert macros["statement_tiers"]() == [row["tier"] for row in tiers]


def test_the_catalogue_is_up_to_date():
    written = CATALOGUE.read_text(encoding="utf-8")
    assert written == render(), "run python -m nightly.statement_catalogue"
