"""The page of lineage: what a table is made from and shown by, and nothing that is not escaped."""

from __future__ import annotations

import json
import re

from nightly.lineage import read_lineage, render, write_lineage


def model(name, layer, description="", columns=None):
    return {
        "name": name,
        "fqn": ["jixiao", layer, "x", name],
        "description": description,
        "columns": {
            column: {"description": words, "data_type": "varchar"}
            for column, words in (columns or {}).items()
        },
    }


PARENTS = {
    "model.j.stg_goal__projects": ["source.j.raw.goal__projects"],
    "model.j.int_a": ["model.j.stg_goal__projects", "seed.j.param_threshold"],
    "model.j.mart_a": ["model.j.int_a"],
    "model.j.mart_b": ["model.j.mart_a", "source.j.ops.filing"],
    "exposure.j.list_a": ["model.j.mart_b"],
    "analysis.j.why": ["model.j.mart_b"],
    "test.j.unique.1": ["model.j.mart_b"],
}
MANIFEST = {
    "nodes": {
        "model.j.stg_goal__projects": model("stg_goal__projects", "staging"),
        "model.j.int_a": model("int_a", "intermediate"),
        "model.j.mart_a": model("mart_a", "marts", "One row per <b>a</b> (甲表).", {"k": "键<i>"}),
        "model.j.mart_b": model("mart_b", "quality", "One row per b (乙表)."),
    },
    "exposures": {"exposure.j.list_a": {"label": "清单甲"}},
    "parent_map": PARENTS,
    "child_map": {
        parent: [child for child, above in PARENTS.items() if parent in above]
        for parents in PARENTS.values()
        for parent in parents
    },
}


def test_what_stands_around_a_table():
    first, second, step, staged = read_lineage(MANIFEST)
    assert (first.name, first.name_zh, first.layer) == ("mart_a", "甲表", "marts")
    assert first.parents == ("int_a",) and first.children == ("mart_b",)
    assert second.parents == ("mart_a",) and second.received == ("报送登记",)
    assert second.uses == ("清单甲",) and second.analyses == ("why",)
    assert second.test_count == 1
    assert step.parameters == ("param_threshold",) and step.columns == ()
    assert staged.received == ("项目支出绩效目标申报表",)


def test_the_page_is_whole_and_escaped():
    page = render(read_lineage(MANIFEST), "2021-03-01")
    assert "<b>" not in page and "键&lt;i&gt;" in page
    assert set(re.findall(r'href="#(\w+)"', page)) <= set(re.findall(r'id="(\w+)"', page))
    assert "http" not in page and "<script" not in page


def test_a_build_without_manifest_has_no_page(tmp_path):
    assert write_lineage(tmp_path / "manifest.json", tmp_path, "2021-03-01") is None
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    assert write_lineage(tmp_path / "manifest.json", tmp_path, "2021-03-01").is_file()
