"""The example notebook runs from top to bottom on a release, and what it shows is right."""

from __future__ import annotations

import ast
import json
from decimal import Decimal
from pathlib import Path

import pytest
from release_file import DISTRICT, HOSTILE, NAMES, make_database

NOTEBOOK = Path(__file__).resolve().parents[3] / "docs" / "示例笔记本.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What the notebook's names stand for after its last cell, and what its cells showed."""
    folder = tmp_path_factory.mktemp("release")
    make_database(folder / "jixiao.duckdb")
    (folder / "manifest.json").write_text(
        json.dumps({"release_id": "20210301-001-abcdef01", "as_of": "2021-03-01"}), "utf-8"
    )
    found: dict = {"shown": []}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JIXIAO_RELEASE", str(folder))
        for source in CODE:
            tree = ast.parse(source)
            last = tree.body.pop()  # a notebook shows the value of a cell's last expression
            assert isinstance(last, ast.Expr)
            exec(compile(tree, NOTEBOOK.name, "exec"), found)
            shown = eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), found)
            found["shown"].append(
                shown._repr_svg_() if hasattr(shown, "_repr_svg_") else str(shown)
            )
    return found


def test_it_is_kept_without_outputs():
    assert all(cell["outputs"] == [] and cell["execution_count"] is None
               for cell in CELLS if cell["cell_type"] == "code")
    assert {cell["id"] for cell in CELLS} and len({cell["id"] for cell in CELLS}) == len(CELLS)


def test_it_says_which_release(names):
    assert names["shown"][0] == "发布 20210301-001-abcdef01，数据截至 2021-03-01"


def test_three_ways_to_add_scopes(names):
    # by hand: own 10 + 4 + 6 due, 9 + 2 + 6 done; the region's row 20; all six rows 20+10+10+4+6+6
    assert names["coverage"] == [
        ("goal", None, pytest.approx(17 / 20), pytest.approx(17 / 20), 20, 20, 56)
    ]


def test_count_and_amount_differ(names):
    # round 1: one project, warned. Round 2: one warned of two judged, one not judged
    first, second = names["warned"]
    assert first == (1, 0, 1.0, 1.0)
    assert second[:3] == (2, 1, 0.5)
    assert float(second[3]) == pytest.approx(123_456_789 / (123_456_789 + 50_000))


def test_one_number_leads_to_the_senders_row(names):
    assert names["chosen"] == (DISTRICT, 1, 1)
    (project,) = names["projects"]
    assert project[:3] == ("P1", "项目P1", Decimal("100000000.00"))
    assert project[-3:] == ("650102/监控.xlsx", "表1", 4)
    (line,) = names["lines"]
    assert line[1:3] == ("≥50个", "12个") and line[6:9] == ("650102/指标.xlsx", "monitoring", 9)
    (finding,) = names["findings"]
    assert finding[0] == "IND-011" and finding[3] == "U7"


def test_the_chart_shows_the_counts_and_runs_nothing(names):
    (chart,) = [shown for shown in names["shown"] if shown.startswith("<svg")]
    assert NAMES[DISTRICT] in chart and ">2</text>" in chart
    hostile = names["Bars"]([(HOSTILE, 1)])._repr_svg_()
    assert "<script" not in hostile and "<img" not in hostile
    assert names["Bars"]([])._repr_svg_().startswith("<svg")
