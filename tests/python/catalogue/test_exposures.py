"""Every page of the dashboard and every list is declared, with the tables it is made from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from nightly import lists, ranking_list

ROOT = Path(__file__).resolve().parents[3]
TABLE = re.compile(r"\b(?:marts|quality)\.(\w+)")
REF = re.compile(r"ref\('(\w+)'\)")
PUBLISHED = {
    path.stem
    for folder in ("marts", "quality")
    for path in (ROOT / "models" / folder).rglob("*.sql")
}
PAGES = {
    "index", "coverage", "monitoring", "self_evaluation", "sampling", "filing", "data_quality",
    "bureau", "project", "release_notes", "files",
}
# pages whose module has another name, or that have two
MODULES = {
    "index": ["overview"], "data_quality": ["quality"], "sampling": ["sampling", "rectification"],
}
EXPOSURES = [
    exposure
    for path in sorted((ROOT / "models" / "exposures").glob("*.yml"))
    for exposure in yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]
]
SPECS = [*lists.LISTS, lists.CHASE]


def tables_of(exposure):
    return {REF.fullmatch(text)[1] for text in exposure["depends_on"]}


def declared(key):
    return {
        exposure["config"]["meta"][key]: exposure
        for exposure in EXPOSURES
        if key in exposure["config"]["meta"]
    }


@pytest.mark.parametrize("exposure", EXPOSURES, ids=lambda exposure: exposure["name"])
def test_reads_published_tables_and_is_described_in_chinese(exposure):
    assert tables_of(exposure) <= PUBLISHED
    assert re.search("[\u4e00-\u9fa5]", exposure["label"])
    assert re.search("[\u4e00-\u9fa5]", exposure["description"])


def test_names_are_unique():
    names = [exposure["name"] for exposure in EXPOSURES]
    assert len(names) == len(set(names))


def test_every_page_is_declared():
    assert set(declared("page")) == PAGES


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_depends_on_the_tables_it_reads(page):
    modules = [*MODULES.get(page, [page]), "edition"]
    sources = [(ROOT / f"dashboards/{name}.py").read_text(encoding="utf-8") for name in modules]
    read = {table for source in sources for table in TABLE.findall(source)} & PUBLISHED
    assert tables_of(declared("page")[page]) == read


def test_every_list_is_declared_and_nothing_else():
    files = {spec.file_name for spec in SPECS} | {ranking_list.RANKING_FILE}
    assert set(declared("file")) == files


def test_the_ranking_depends_on_the_tables_it_reads():
    source = Path(ranking_list.__file__).read_text(encoding="utf-8")
    assert tables_of(declared("file")[ranking_list.RANKING_FILE]) == set(TABLE.findall(source))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.file_name)
def test_a_list_depends_on_the_tables_it_reads(spec):
    read = set(TABLE.findall(spec.part_sql + spec.sql))
    assert tables_of(declared("file")[spec.file_name]) == read
