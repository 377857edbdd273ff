"""The models keep the house's rules: names, texts, contracts, no clock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
MODELS = sorted((ROOT / "models").rglob("*.sql"))
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_", "mart_"),
    "quality": ("fct_", "mart_"),
}


def layer(path: Path) -> str:
    return path.relative_to(ROOT / "models").parts[0]


def described(path: Path) -> dict:
    text = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))
    return {model["name"]: model for model in text["models"]}[path.stem]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_prefix_is_the_folder_s_promise(path):
    assert path.stem.startswith(PREFIXES[layer(path)])


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_text_begins_with_the_grain(path):
    assert described(path)["description"].lstrip().startswith("One row per ")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_no_clock_but_as_of(path):
    sql = path.read_text(encoding="utf-8").lower()
    assert not re.search(r"\bnow\(|current_date|current_timestamp|run_started_at|\btoday\(", sql)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_last_line_selects_the_last_step(path):
    sql = path.read_text(encoding="utf-8").rstrip()
    assert re.search(r"select \* from [a-z0-9_]+$", sql), sql[-80:]


@pytest.mark.parametrize(
    "path", [p for p in MODELS if layer(p) in {"marts", "quality"}], ids=lambda path: path.stem
)
def test_every_published_column_has_a_chinese_comment(path):
    columns = described(path)["columns"]
    missing = [
        column["name"]
        for column in columns
        if not re.search("[\u4e00-\u9fa5]", column.get("description", ""))
    ]
    assert not missing


@pytest.mark.parametrize(
    "path", [p for p in MODELS if layer(p) in {"marts", "quality"}], ids=lambda path: path.stem
)
def test_names_agree_with_types(path):
    suffixes = {"_cny": "decimal(20", "_date": "date", "_year": "integer"}
    for column in described(path)["columns"]:
        name, kind = column["name"], str(column.get("data_type", "")).lower().replace(" ", "")
        if name.startswith(("is_", "has_")):
            assert kind == "boolean", name
            continue
        for suffix, wanted in suffixes.items():
            if name.endswith(suffix):
                assert kind.startswith(wanted), f"{name} is {kind}"
