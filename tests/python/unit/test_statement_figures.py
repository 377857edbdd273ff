"""What the macros of the statements make of a definition, run on a small table."""

from __future__ import annotations

import re
from decimal import Decimal

import duckdb
import pytest
import yaml

from nightly.settings import CODE_ROOT
from nightly.statement_catalogue import load_macros

JURISDICTIONS = ["xinjiang", "zhejiang", "qingdao", "kunming-edz", "urumqi-htz"]

TIERS = {
    "xinjiang": ["all", "tier_1", "lower", "tier_2", "tier_3"],
    "qingdao": ["all", "tier_1", "lower", "tier_2"],
    "urumqi-htz": ["all"],
}


@pytest.fixture
def con():
    """Five projects of two fiscal years; one of a bureau that nobody knows."""
    con = duckdb.connect()
    con.execute(
        """
        create table t as select * from (values
            (2019, 'region',     true,  cast(10.10 as decimal(20, 2)), 'a'),
            (2020, 'region',     true,  20.20,                         'a'),
            (2020, 'prefecture', false, 40.40,                         'b'),
            (2020, 'county',     true,  80.80,                         'c'),
            (2020, null,         false, null,                          'd')
        ) as rows (fiscal_year, tier, is_done, amount_cny, name)
        """
    )
    con.execute("create table years as select unnest([2019, 2020, 2021]) as work_year")
    yield con
    con.close()


def entry(**given: object) -> dict[str, object]:
    return {
        "item": "S",
        "figure": "f",
        "table": "t",
        "measure": "count(*)",
        "year": "fiscal_year",
        "split": "all",
    } | given


def values(con, jurisdiction: str = "xinjiang", **given: object) -> dict[tuple[str, int], object]:
    macros = load_macros(jurisdiction, ref=str)
    sql = macros["statement_values"]([entry(**given)], "years")
    rows = con.execute(f"select split, work_year, raw_value, value_text from ({sql})").fetchall()
    return {(split, year): text or value for split, year, value, text in rows}


@pytest.mark.parametrize("jurisdiction", TIERS)
def test_splits_are_those_of_the_jurisdiction(jurisdiction):
    cells = load_macros(jurisdiction)["statement_cells"]([entry(split="tier")])
    assert [cell["split"] for cell in cells] == TIERS[jurisdiction]


def test_a_row_of_unknown_tier_counts_in_all_only(con):
    found = values(con, split="tier")
    assert {split: count for (split, year), count in found.items() if year == 2020} == {
        "all": 4,
        "tier_1": 1,
        "lower": 2,
        "tier_2": 1,
        "tier_3": 1,
    }
    assert {split for split, year in found if year == 2019} == {"all", "tier_1"}


def test_the_filter_holds_in_every_split(con):
    found = values(con, split="tier", filter="is_done or name = 'b'")
    assert found["lower", 2020] == 2
    assert found["all", 2020] == 3


def test_next_year_s_work_speaks_of_this_fiscal_year(con):
    assert values(con, year="fiscal_year + 1") == {("all", 2020): 1, ("all", 2021): 4}


def test_a_figure_up_to_the_year_sees_the_years_before(con):
    found = values(con, measure="count(distinct fiscal_year)", span="up_to")
    assert found == {("all", 2019): 1, ("all", 2020): 2, ("all", 2021): 2}


def test_sums_are_exact_and_texts_stay_texts(con):
    assert values(con, measure="sum(amount_cny)")["all", 2020] == Decimal("141.40")
    assert values(con, measure="max(name)", is_text=True)["all", 2020] == "d"


def test_ratio_is_null_over_nothing(con):
    ratio = load_macros("xinjiang")["ratio"]
    share = values(con, measure=ratio("count(*) filter (where is_done)", "count(*)"))
    assert share["all", 2020] == Decimal("0.5")
    empty = values(con, measure=ratio("sum(amount_cny)", "count(amount_cny) - 3"))
    assert empty["all", 2020] is None


@pytest.mark.parametrize(
    ("given", "is_zero"),
    [
        ({}, True),
        ({"measure": "sum(amount_cny)"}, True),
        ({"measure": "max(amount_cny)"}, False),
        ({"measure": "cast(max(name) as varchar)", "is_text": True}, False),
        ({"measure": "a\n    / nullif(b, 0)"}, False),
    ],
)
def test_only_counts_and_sums_of_nothing_are_zero(given, is_zero):
    (cell,) = load_macros("xinjiang")["statement_cells"]([entry(**given)])
    assert cell["is_zero_if_empty"] is is_zero


def test_the_drill_lists_what_was_counted(con):
    macros = load_macros("xinjiang", ref=str)
    given = entry(split="tier", filter="name in ('b', 'c') or is_done", year="fiscal_year + 1")
    sources = con.execute(
        "select split, drill_table, drill_measure, drill_predicate, year_column, year_lag"
        f" from ({macros['statement_sources']([given])})"
    ).fetchall()
    counted = values(con, **given)
    for split, table, measure, predicate, column, lag in sources:
        (again,) = con.execute(
            f"select {measure} from {table} where {predicate} and {column} = {2021 - lag}"
        ).fetchone()
        assert again == counted[split, 2021]


def test_years_are_those_with_rows(con):
    sql = load_macros("xinjiang", ref=str)["statement_years"](
        [entry(), entry(year="fiscal_year + 1"), entry(span="up_to")]
    )
    assert sorted(con.execute(sql).fetchall()) == [(2019,), (2020,), (2021,)]


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_quotes_within_a_predicate_survive(con, jurisdiction):
    macros = load_macros(jurisdiction, as_of="2021-03-01", ref=str)
    sql = macros["statement_sources"](macros["statement_definitions"]())
    cells = macros["statement_cells"](macros["statement_definitions"]())
    rows = con.execute(f"select drill_predicate, drill_measure from ({sql})").fetchall()
    assert rows == [(cell["predicate"], cell["measure"]) for cell in cells]


def fill(con, table: str, columns: dict[str, str], texts: list[str], tiers: list[str]) -> None:
    """Two hundred rows of every type, in which the texts that filters ask for do occur."""
    cells = []
    for name, kind in columns.items():
        drawn = f"hash('{table}', '{name}', row_no)"
        choices = tiers if name == "tier" else [*texts, None]
        if name.endswith("_year"):
            cell = f"2019 + {drawn} % 3"
        elif name.endswith("_no"):
            cell = f"1 + {drawn} % 3"
        elif kind == "boolean":
            cell = f"{drawn} % 10 < 6"
        elif kind == "varchar":
            cell = f"(?::varchar[])[cast(1 + {drawn} % {len(choices)} as integer)]"
        elif kind in {"date", "timestamp"}:
            cell = f"date '2020-01-01' + cast({drawn} % 366 as integer)"
        else:
            cell = f"nullif({drawn} % 90, 7)"
        cells.append((f"cast({cell} as {kind}) as {name}", choices if "?" in cell else None))
    con.execute(
        f"create table {table} as select {', '.join(cell for cell, _ in cells)}"
        " from range(200) as rows (row_no)",
        [choices for _, choices in cells if choices],
    )


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_figure_is_its_measure_over_the_rows_it_lists(con, jurisdiction):
    macros = load_macros(jurisdiction, as_of="2021-03-01", ref=str)
    definitions = macros["statement_definitions"]()
    for table in sorted({entry["table"] for entry in definitions}):
        entries = [entry for entry in definitions if entry["table"] == table]
        texts = {
            text.strip("%")
            for entry in entries
            for text in re.findall(r"'([^']+)'", entry.get("filter", "") + entry["measure"])
        }
        (path,) = (CODE_ROOT / "models").rglob(f"{table}.yml")
        (model,) = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["models"]
        columns = {column["name"]: column["data_type"] for column in model["columns"]}
        fill(con, table, columns, sorted(texts) or ["x"], macros["statement_tiers"]())
    sql = macros["statement_values"](definitions, "years")
    counted = {
        (item, figure, split, year): text or value
        for item, figure, split, year, value, text in con.execute(sql).fetchall()
    }
    for cell in macros["statement_cells"](definitions):
        sign = "<=" if cell["is_cumulative"] else "="
        kind = "varchar" if cell["is_text"] else "decimal(38, 10)"
        (again,) = con.execute(
            f"select cast({cell['measure']} as {kind}) from {cell['table']} where"
            f" {cell['predicate']} and {cell['year_column']} {sign} {2020 - cell['year_lag']}"
        ).fetchone()
        key = (cell["item"], cell["figure"], cell["split"], 2020)
        assert (counted.get(key) or None) == (again or None), cell
