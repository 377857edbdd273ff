"""Superset's dataset files, written from the SQL, the marts' YAML and the labels.

`python -m dashboards.superset.dataset_file` rewrites `assets/datasets/`. Names, types and meanings
of columns are those of the marts, so they are never copied by hand; a test holds the files to this.
"""

from __future__ import annotations

import csv
import re
import sys
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nightly.glossary import LAYERS, MODELS, Meaning, read_meanings
from nightly.labels import LABEL_PATH, label, load_labels

FOLDER = Path(__file__).parent
SPECIFICATION = FOLDER / "datasets.yml"
QUERIES = FOLDER / "datasets"
ASSETS = FOLDER / "assets"
TABLE = re.compile(r"\b(?:marts|quality)\.(\w+)")
NAMESPACE = uuid.UUID("5f0d6f0c-5a38-5d0c-9e0e-0a5f0a9b7e11")


class LongText(str):
    """Text that is written as a block, line by line."""


def case_of_labels(label_set: str, column: str) -> str:
    """SQL that puts the Chinese label in the place of a code.

    Args:
        label_set: which list of codes.
        column: the column with the code.

    Returns:
        A case expression; a code without a label stays as it is.
    """
    labels = {code: text for (name, code), text in load_labels().items() if name == label_set}
    if label_set == "document_kind":
        path = LABEL_PATH.with_name("ref_document_kind.csv")
        with path.open(encoding="utf-8", newline="") as handle:
            kinds = {row["document_kind"]: row["short_name_zh"] for row in csv.DictReader(handle)}
        labels = kinds | labels
    if not labels:
        raise KeyError(label_set)
    cases = " ".join(f"when '{code}' then '{text}'" for code, text in labels.items())
    return f"case {column} {cases} else {column} end"


@cache
def _environment() -> Environment:
    environment = Environment(  # SQL, not markup
        loader=FileSystemLoader(QUERIES), undefined=StrictUndefined, autoescape=False,
    )
    environment.globals.update(label=case_of_labels, name=label)
    return environment


def render_query(name: str) -> str:
    """The SQL of a dataset as Superset gets it.

    Args:
        name: of the dataset.

    Returns:
        Plain SQL with the labels written out.
    """
    return _environment().get_template(f"{name}.sql").render().strip()


@cache
def published_tables() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Schema and YAML of every published table."""
    return tuple(
        (schema, model)
        for schema in LAYERS
        for path in sorted((MODELS / schema).rglob("*.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    )


def empty_marts() -> duckdb.DuckDBPyConnection:
    """A database with the published tables as their YAML promises them, without rows.

    Returns:
        The connection.
    """
    con = duckdb.connect()
    for schema in LAYERS:
        con.execute(f"create schema {schema}")
    for schema, model in published_tables():
        columns = ", ".join(
            f'"{column["name"]}" {column["data_type"]}' for column in model["columns"]
        )
        con.execute(f"create table {schema}.{model['name']} ({columns})")
    return con


def named_columns(
    columns: list[tuple[str, str]], meaning: Callable[[str], Meaning], headings: dict[str, str]
) -> list[dict[str, Any]]:
    """Columns as Superset wants them.

    Args:
        columns: names and types of what the SQL returns.
        meaning: what a column means, by its name.
        headings: names that stand before those of the meanings.

    Returns:
        One entry per column; amounts keep their unit.
    """
    return [
        {
            "column_name": name,
            "verbose_name": headings.get(name) or heading(name, meaning(name)),
            "description": meaning(name).description,
            "type": data_type,
            "is_dttm": data_type in ("DATE", "TIMESTAMP"),
            "is_active": True,
            "groupby": True,
            "filterable": True,
        }
        for name, data_type in columns
    ]


def heading(name: str, meaning: Meaning) -> str:
    """The Chinese name of a column; an amount says its unit."""
    return f"{meaning.name_zh}（元）" if name.endswith("_cny") else meaning.name_zh


def make_dataset(
    name: str, specification: dict[str, Any], con: duckdb.DuckDBPyConnection
) -> dict[str, Any]:
    """One dataset in Superset's export format.

    Args:
        name: of the dataset.
        specification: what `datasets.yml` holds.
        con: a database with the published tables.

    Returns:
        The content of its file.
    """
    spec = specification["datasets"][name]
    sql = render_query(name)
    tables = set(TABLE.findall(sql))
    meanings = read_meanings([model for _, model in published_tables() if model["name"] in tables])
    headings = specification["columns"]

    def meaning(column: str) -> Meaning:
        # what the dimension of bureaus says gives way to what the mart says
        found = sorted(meanings.get(column, []), key=lambda each: each.table == "dim_bureau")
        return found[0] if found else Meaning(name, headings[column], "")

    described = con.execute(f"describe {sql}").fetchall()
    database = yaml.safe_load((ASSETS / "databases/jixiao.yaml").read_text(encoding="utf-8"))
    return {
        "table_name": spec["title"],
        "main_dttm_col": None,
        "description": f"由 {'、'.join(sorted(tables))} 查询得到，写法和口径见 SQL 开头。",
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "schema": None,
        "catalog": None,
        "sql": LongText(sql + "\n"),
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": None,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "uuid": str(uuid.uuid5(NAMESPACE, f"dataset {name}")),
        "metrics": [
            make_metric(key, metric, sql, con) for key, metric in spec["metrics"].items()
        ],
        "columns": named_columns([(row[0], row[1]) for row in described], meaning, headings),
        "version": "1.0.0",
        "database_uuid": database["uuid"],
    }


def make_metric(
    key: str, metric: dict[str, str], sql: str, con: duckdb.DuckDBPyConnection
) -> dict[str, Any]:
    """One metric in Superset's export format, tried on the dataset's SQL.

    Args:
        key: its name.
        metric: its title, SQL and number format.
        sql: of the dataset.
        con: a database with the tables.

    Returns:
        The entry.
    """
    expression = _environment().from_string(metric["sql"]).render()
    con.execute(f"select {expression} from ({sql}) as dataset")
    return {
        "metric_name": key,
        "verbose_name": metric["title"],
        "metric_type": None,
        "expression": expression,
        "description": None,
        "d3format": metric.get("format", ",d"),
        "currency": None,
        "extra": None,
        "warning_text": None,
    }


def write_yaml(content: dict[str, Any]) -> str:
    """A file as Superset exports it, Chinese readable, SQL line by line."""
    dumper = type("Dumper", (yaml.SafeDumper,), {})
    dumper.add_representer(
        LongText,
        lambda self, text: self.represent_scalar("tag:yaml.org,2002:str", str(text), style="|"),
    )
    return yaml.dump(content, Dumper=dumper, allow_unicode=True, sort_keys=False, width=10000)


def make_files() -> dict[str, str]:
    """Every dataset file.

    Returns:
        Text by path below the assets.
    """
    specification = yaml.safe_load(SPECIFICATION.read_text(encoding="utf-8"))
    con = empty_marts()
    try:
        return {
            f"datasets/jixiao/{name}.yaml": write_yaml(make_dataset(name, specification, con))
            for name in specification["datasets"]
        }
    finally:
        con.close()


def main() -> int:
    """Rewrite the dataset files.

    Returns:
        0.
    """
    for name, text in make_files().items():
        path = ASSETS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
