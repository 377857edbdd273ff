"""Tiles of every jurisdiction: on places that do not overlap, or in a regular grid that says so."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

import duckdb
import pytest
from release_file import CITY, DISTRICT, make_database, make_masthead

from dashboards.coverage import (
    MAP_NOTE,
    ORDER_NOTE,
    POSITIONS,
    coverage_page,
    ordered_grid,
    place_tiles,
    tile_positions,
)
from dashboards.edition import Edition
from ingest import jurisdiction
from nightly.labels import label
from nightly.release import open_release
from nightly.settings import CODE_ROOT

ROSTER = CODE_ROOT / "seeds" / "reference" / "ref_bureau.csv"


def below_the_root(key):
    """Codes right below the root of a jurisdiction, from its roster."""
    with ROSTER.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["jurisdiction"] == key]
    roots = {row["bureau_code"] for row in rows if not row["parent_bureau_code"]}
    found = [row["bureau_code"] for row in rows if row["parent_bureau_code"] in roots]
    return found or sorted(roots)


@pytest.mark.parametrize("key", sorted(jurisdiction.jurisdictions()))
def test_no_two_tiles_share_a_place(key):
    codes = below_the_root(key)
    assert codes
    places, _ = place_tiles(codes)
    assert list(places) == codes
    assert max(Counter(places.values()).values()) == 1
    assert max(column for column, _ in places.values()) <= 6


@pytest.mark.parametrize("key", ["xinjiang", "zhejiang", "qingdao"])
def test_a_region_with_districts_is_laid_out_as_on_a_map(key):
    assert place_tiles(below_the_root(key))[1]


def test_no_place_is_given_to_a_code_no_roster_has():
    with POSITIONS.open(encoding="utf-8", newline="") as handle:
        placed = defaultdict(set)
        for row in csv.DictReader(handle):
            placed[row["jurisdiction"]].add(row["bureau_code"])
    assert {key: set(below_the_root(key)) for key in placed} == placed


@pytest.mark.parametrize(
    ("count", "lines"),
    [(0, []), (1, [1]), (6, [6]), (7, [4, 3]), (10, [5, 5]), (11, [6, 5]), (14, [5, 5, 4])],
)
def test_lines_of_the_grid_are_of_nearly_equal_length(count, lines):
    codes = [f"{number:02d}" for number in range(count)]
    places = ordered_grid(codes)
    counted = Counter(line for _, line in places.values())
    assert [counted[line] for line in sorted(counted)] == lines
    assert sorted(codes, key=lambda code: places[code][::-1]) == codes


def test_one_unknown_region_puts_all_in_order():
    places, is_map = place_tiles([CITY, "999999"])
    assert not is_map
    assert places == {CITY: (1, 1), "999999": (2, 1)}
    assert place_tiles([CITY]) == ({CITY: tile_positions()[CITY]}, True)


def test_the_page_says_which_it_is(tmp_path):
    make_database(tmp_path / "jixiao.duckdb")
    con = open_release(tmp_path / "jixiao.duckdb")
    edition = Edition(con, make_masthead())
    tiles = next(part for part in coverage_page(edition).parts if part.part == "tiles")
    assert tiles.note.startswith(MAP_NOTE)
    edition.__dict__["prefectures"] = [{"bureau_code": DISTRICT, "short_name": "天山"}]
    tiles = next(part for part in coverage_page(edition).parts if part.part == "tiles")
    assert tiles.note.startswith(ORDER_NOTE) and "不是地图" in ORDER_NOTE
    assert [(tile.column, tile.row) for tile in tiles.groups[0][1]] == [(1, 1)]
    con.close()


def test_tiers_are_called_as_in_the_jurisdiction(monkeypatch):
    for key, tier, name in (
        ("zhejiang", "city", "设区市本级"), ("qingdao", "city", "市本级"),
        ("qingdao", "district", "区(市)"), ("kunming-edz", "zone", "区本级"),
        ("xinjiang", "prefecture", "地(州、市)本级"),
    ):
        monkeypatch.setenv(jurisdiction.VARIABLE, key)
        assert label("tier", tier) == name


def test_the_chart_of_tiers_has_whatever_tiers_there_are(tmp_path):
    make_database(tmp_path / "jixiao.duckdb")
    con = duckdb.connect(str(tmp_path / "jixiao.duckdb"))
    for table in ("mart_stage_coverage", "dim_bureau"):
        con.execute(
            f"update marts.{table} set"
            " tier = case tier when 'region' then 'city' else 'district' end"
        )
    page = coverage_page(Edition(con, make_masthead()))
    chart = next(part for part in page.parts if part.name == "by_tier")
    # 9 of 10 at the root; 2 of 4 and 6 of 6 below it
    assert [series["data"] for series in chart.series] == [[90.0], [80.0]]
    con.close()
