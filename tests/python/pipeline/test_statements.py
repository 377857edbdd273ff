"""Each of the five statements, from simulated exports to the figures that were published.

The figures stand in a table of this folder, typed from the statements; models, simulator and test
share nothing but the names of the figures. Populations are the published ones; only indicator
lines are written for few projects, because no figure here rests on them.
"""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from ingest import jurisdiction
from nightly.night import Night, run_night
from nightly.settings import find_home, pin_jurisdiction
from simulate.region import write_region

ROOT = Path(__file__).resolve().parents[3]
FIGURES = Path(__file__).with_name("published_figures.csv")
AS_OF = {
    "xinjiang": date(2021, 3, 1),
    "zhejiang": date(2022, 6, 30),
    "qingdao": date(2023, 6, 30),
    "kunming-edz": date(2022, 6, 30),
    "urumqi-htz": date(2023, 6, 30),
}
INDICATOR_SHARE = 0.02
NUMBER = re.compile(r"-?\d+(\.\d+)?(/\d+)?")

pytestmark = pytest.mark.pipeline


def published() -> list[dict[str, str]]:
    with FIGURES.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module", params=list(AS_OF))
def released(request, tmp_path_factory):
    """The release of one jurisdiction's night, opened, with what the simulator counted itself."""
    key = request.param
    statement = jurisdiction.jurisdictions()[key].statement
    folder = tmp_path_factory.mktemp(key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(jurisdiction.VARIABLE, key)
        write_region(
            folder / "inbox", statement, 1.0, 2020, faults="plain", indicator_share=INDICATOR_SHARE
        )
        home = find_home(folder / "var")
        pin_jurisdiction(home)
        # what goes back to bureaus is written after the release and tested by itself
        patch.setattr(Night, "report", lambda night: None)
        result = run_night(home, folder / "inbox", AS_OF[key])
    assert result.exit_code == 0
    con = duckdb.connect(str(home.current / "jixiao.duckdb"), read_only=True)
    yield statement, con, folder
    con.close()


def figure_scales(statement: str) -> dict[tuple[str, str], Fraction]:
    """By what a figure's own number is divided to be in the unit it is printed in."""
    with (ROOT / "seeds/statements/ref_statement_figure.csv").open(encoding="utf-8") as handle:
        return {
            (row["item_code"], row["figure"]): Fraction(row["unit_scale"])
            for row in csv.DictReader(handle)
            if row["statement"] == statement
        }


def value_of(con, row) -> Decimal | None:
    found = con.execute(
        "select value from marts.mart_annual_statement where statement = ? and work_year = ?"
        " and item_code = ? and figure = ? and split = ?",
        [row[k] for k in ("statement", "work_year", "item_code", "figure", "split")],
    ).fetchall()
    assert len(found) == 1, f"{row['item_code']} {row['figure']} {row['split']}: {found}"
    return found[0][0]


def text_of(con, row) -> str | None:
    return con.execute(
        "select value_text from marts.mart_annual_statement where statement = ?"
        " and work_year = ? and item_code = ? and figure = ? and split = ?",
        [row[k] for k in ("statement", "work_year", "item_code", "figure", "split")],
    ).fetchall()[0][0]


def agrees(value: Decimal | None, row: dict[str, str]) -> bool:
    """Equal in as many decimals as were published, or beyond the published bound."""
    if value is None:
        return False
    wanted = Decimal(row["published"])
    rounded = value.quantize(wanted, rounding="ROUND_HALF_UP")
    return {"=": rounded == wanted, ">": value > wanted, ">=": rounded >= wanted}[row["comparison"]]


def test_every_published_figure_comes_out_of_the_exports(released):
    statement, con, _ = released
    rows = [row for row in published() if row["statement"] == statement]
    wrong = [
        f"{row['item_code']} {row['figure']} {row['split']}: {value} ≠ {row['published']}"
        for row in rows
        if not agrees(value := value_of(con, row), row)
    ]
    assert rows and not wrong, "\n".join(wrong)


def test_every_figure_is_the_count_of_what_its_drill_down_lists(released):
    """A figure that counts rows equals the number of rows that its filter selects."""
    statement, con, _ = released
    figures = con.execute(
        "select item_code, figure, split, value, drill_table, drill_filter"
        " from marts.mart_annual_statement"
        " where statement = ? and basis = 'computed' and drill_table is not null",
        [statement],
    ).fetchall()
    assert len(figures) > 20
    for item, figure, split, value, table, condition in figures:
        listed = con.execute(
            f"select count(*) from marts.{table} where {condition}"
        ).fetchall()[0][0]
        assert value is None or value == 0 or listed > 0, f"{item} {figure} {split} lists nothing"


def test_splits_of_counts_add_up(released):
    statement, con, _ = released
    broken = con.execute(
        """
        with counts as (
            select work_year, item_code, figure,
                max(value) filter (where split = 'all') as whole,
                max(value) filter (where split = 'tier_1') as first,
                max(value) filter (where split = 'lower') as lower,
                coalesce(max(value) filter (where split = 'tier_2'), 0)
                + coalesce(max(value) filter (where split = 'tier_3'), 0) as lower_tiers
            from marts.mart_annual_statement
            where statement = ? and (figure like '%\\_count' escape '\\')
                and figure not in ('indicator_count', 'industry_count')
            group by all
            having count(*) > 1
        )
        select * from counts
        where whole <> first + lower or lower <> lower_tiers
        """,
        [statement],
    ).fetchall()
    assert not broken


def test_the_simulator_s_own_count_agrees_with_every_figure_it_knows(released):
    """Plain Python over the rows that were written, against SQL over the rows that were read."""
    statement, con, folder = released
    truth = json.loads((folder / "inbox-truth" / "records.json").read_text(encoding="utf-8"))
    scales = figure_scales(statement)
    compared, wrong = 0, []
    for work_year, figures in truth.items():
        for key, expected in figures.items():
            item, figure, split = key.split(".")
            if (item, figure) not in scales:
                continue
            row = {
                "statement": statement,
                "work_year": work_year,
                "item_code": item,
                "figure": figure,
                "split": split,
            }
            value, text = value_of(con, row), str(expected)
            if not NUMBER.fullmatch(text):
                compared += 1
                if text_of(con, row) != text:
                    wrong.append(f"{work_year} {key}: {text_of(con, row)} ≠ {text}")
                continue
            wanted = Fraction(str(expected)) / scales[item, figure]
            compared += 1
            if value is None or abs(Fraction(value) - wanted) > Fraction(1, 100_000):
                wrong.append(f"{work_year} {key}: {value} ≠ {float(wanted)}")
    assert compared > 10 and not wrong, "\n".join(wrong)
