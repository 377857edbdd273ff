"""Indicator values are read as a person would read them, or not at all.

The compiled SQL of models/staging/indicator_value runs in bare DuckDB over
tests/dbt/fixtures/indicator_values.csv, whose expectations were worked by hand, and over values
composed by hypothesis.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
FIXTURE = ROOT / "tests/dbt/fixtures/indicator_values.csv"
MODELS = ("texts", "spelled", "numbers", "dates", "parsed")
FIELDS = {"value_text": "target_value", "operator_text": "target_operator"}


@pytest.fixture(scope="session")
def parser(tmp_path_factory):
    """A connection with seeds and empty raw tables, and the parser's compiled SQL by model."""
    from dbt.cli.main import dbtRunner

    folder = tmp_path_factory.mktemp("indicator_values")
    warehouse = folder / "parser.duckdb"
    con = duckdb.connect(str(warehouse))
    con.execute("create schema raw")
    stages = ("goal", "monitoring", "self_evaluation")
    for kind in (*stages, *(f"overall_{stage}" for stage in stages)):
        con.execute(
            f"create table raw.{kind}__indicators (level3 varchar, target_value varchar,"
            " target_operator varchar, target_unit varchar, actual_value varchar,"
            " expected_value varchar)"
        )
    con.close()
    project = folder / "project"  # only what the parser needs: quick to read
    for part in ("macros", "seeds/mappings", "models/staging/indicator_value"):
        shutil.copytree(ROOT / part, project / part)
    for part in ("dbt_project.yml", "profiles.yml", "models/sources.yml"):
        shutil.copy(ROOT / part, project / part)
    before = dict(os.environ)
    os.environ |= {
        "JIXIAO_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    try:
        common = ["--project-dir", str(project), "--profiles-dir", str(project), "-q"]
        clock = ["--no-version-check", "--vars", "{as_of: 2020-12-31}"]
        for command in ("seed", "compile"):
            done = dbtRunner().invoke([command, *common, *clock])
            assert done.success, done.exception
    finally:
        os.environ.clear()
        os.environ.update(before)
    manifest = json.loads((folder / "target/manifest.json").read_text(encoding="utf-8"))
    con = duckdb.connect(str(warehouse))
    con.execute("create schema if not exists staging")
    compiled = {
        name: manifest["nodes"][f"model.jixiao.{name}"]["compiled_code"]
        for name in (f"stg_indicator_value__{model}" for model in MODELS)
    }
    yield con, compiled
    con.close()


def read(parser, values: list[tuple]) -> list[dict]:
    """Parse (value, operator column, unit column, level-3 name) and give one row per input."""
    con, compiled = parser
    con.execute("delete from raw.goal__indicators")
    con.executemany(
        "insert into raw.goal__indicators (target_value, target_operator, target_unit, level3)"
        " values (?, ?, ?, ?)",
        [[text or None for text in value] for value in values],
    )
    for name, sql in compiled.items():
        con.execute(f"create or replace table staging.{name} as {sql}")
    columns = (
        "value_kind, operator, number, number_high, unit, unit_base, unit_factor, date_from,"
        " date_to, unreadable_reason, result_level, is_scale_ambiguous, has_own_operator,"
        " is_operator_implied"
    )
    rows = con.execute(
        f"select texts.value_text, texts.operator_text, texts.unit_text, texts.name_hint, {columns}"
        " from staging.stg_indicator_value__texts as texts"
        " join staging.stg_indicator_value__parsed as parsed using (value_key)"
    ).fetchall()
    names = [name.strip() for name in columns.split(",")]
    found = {tuple(row[:4]): dict(zip(names, row[4:], strict=True)) for row in rows}
    by_plain_key = {}
    for key, row in found.items():
        by_plain_key.setdefault(key[:3], {})[key[3]] = row
    result = []
    for value, operator, unit, name in values:
        candidates = by_plain_key[(value or "", operator or "", unit or "")]
        hints = [hint for hint in candidates if hint and hint in (name or "")]
        result.append(candidates[max(hints, key=len) if hints else ""])
    return result


def expectations() -> list[dict[str, str]]:
    with FIXTURE.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="session")
def readings(parser) -> list[dict]:
    return read(
        parser,
        [
            (row["value_text"], row["operator_text"], row["unit_text"], row["name"])
            for row in expectations()
        ],
    )


def as_text(value: object) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "true" if value is True else str(value)


@pytest.mark.parametrize(
    "index", range(len(expectations())), ids=[r["value_text"] for r in expectations()]
)
def test_values_worked_by_hand(readings, index):
    wanted, found = expectations()[index], readings[index]
    number = found["number"]
    base = None if number is None else number * found["unit_factor"]
    seen = {
        "value_kind": found["value_kind"],
        "operator": as_text(found["operator"]),
        "number": as_text(number),
        "number_high": as_text(found["number_high"]),
        "unit": as_text(found["unit"]),
        "number_base": as_text(base),
        "unit_base": as_text(found["unit_base"]),
        "date_from": as_text(found["date_from"]),
        "date_to": as_text(found["date_to"]),
        "reason_or_level": found["unreadable_reason"] or found["result_level"] or "",
        "is_scale_ambiguous": as_text(found["is_scale_ambiguous"]),
    }
    assert seen == {name: wanted[name] for name in seen}


OPERATORS = {
    "≥": ">=", "≧": ">=", ">=": ">=", "不少于": ">=", "不低于": ">=", "至少": ">=", ">": ">",
    "大于": ">", "＝": "=", "═": "=", "=": "=", "等于": "=", "＜": "<", "小于": "<", "≤": "<=",
    "≦": "<=", "不超过": "<=", "不高于": "<=", "小于等于": "<=",
}  # fmt: skip
UNITS = ["", "%", "个", "人次", "万元", "亿元", "万亩", "元/亩", "平方米", "公里", "天", "台", "户"]
numbers = st.decimals(
    min_value=0, max_value=999999999, places=2, allow_nan=False, allow_infinity=False
)


@st.composite
def composed(draw) -> tuple[str, str, Decimal, str]:
    word = draw(st.sampled_from(sorted(OPERATORS)))
    number = abs(draw(numbers))  # no minus before a zero
    unit = draw(st.sampled_from(UNITS))
    assume(unit or not 1900 <= number < 2100)  # a bare 2020.07 is a month, and meant to be
    digits = f"{number:,}" if draw(st.booleans()) else str(number)
    if draw(st.booleans()):
        digits = digits.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    space = draw(st.sampled_from(["", " ", "\u3000", "\n"]))
    return f"{word}{space}{digits}{space}{unit}", OPERATORS[word], number, unit


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example runs the whole parser
)
@given(st.lists(composed(), min_size=30, max_size=120))
def test_what_is_composed_is_read_back(parser, values):
    found = read(parser, [(text, "", "", "") for text, *_ in values])
    for (text, operator, number, unit), row in zip(values, found, strict=True):
        assert (row["value_kind"], row["operator"], row["number"], row["unit"] or "") == (
            "quantitative", operator, number, unit,
        ), text  # fmt: skip


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=30).filter(lambda t: "\x00" not in t), min_size=20, max_size=80))
def test_any_text_has_a_kind_and_no_number_without_a_digit(parser, values):
    for text, row in zip(
        values, read(parser, [(text, "", "", "") for text in values]), strict=True
    ):
        assert row["value_kind"] is not None
        if row["number"] is not None:
            assert re.search(r"[0-9０-９]", text)
