"""Pages of a release with a confidential project: its numbers stay, its name is nowhere."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode

import duckdb
import pytest
from figure_check import check_page
from records import open_records
from release_file import DISTRICT, make_database, make_masthead
from test_browser import CHANGES, night_lines

from dashboards.dashboard import write_dashboard
from nightly.confidential import UNNAMED
from torture.browser import CHROMIUM, Browser

NAME = "不可说之工程"
PACKED = re.compile(r'"([A-Za-z0-9+/=]{16,})"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    database = folder / "jixiao.duckdb"
    make_database(database, is_full=True)
    with duckdb.connect(str(database)) as con:
        named = con.execute(
            "select schema_name, table_name from duckdb_columns() where column_name ="
            " 'project_name' and table_name in (select table_name from duckdb_columns()"
            " where column_name = 'project_code')"
        ).fetchall()
        for schema, table in named:
            con.execute(
                f"update {schema}.{table} set project_name = ? where project_code = 'P2'", [NAME]
            )
        con.execute("update marts.fct_project set is_confidential = true where project_code = 'P2'")
    write_dashboard(database, folder / "dashboard", make_masthead(), CHANGES)
    return folder


def test_its_name_and_page_are_nowhere(folder):
    scripts = list((folder / "dashboard" / "data").glob("*.js"))
    unpacked = [
        zlib.decompress(b64decode(text)).decode()
        for path in scripts for text in PACKED.findall(path.read_text("utf-8"))
    ]
    pages = [path.read_text("utf-8") for path in (folder / "dashboard").glob("*.html")]
    assert len(unpacked) >= 3 and any('"P1"' in text or "|P1" in text for text in unpacked)
    assert not any(NAME in text for text in [*unpacked, *pages])
    assert not any("2020|P2" in text for text in unpacked)
    assert sum(UNNAMED in text for text in pages) >= 2
    bureau = (folder / "dashboard" / f"bureau-{DISTRICT}.html").read_text("utf-8")
    assert "涉密项目 1 个，不列名" in bureau


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_figures_still_are_those_of_the_release(folder, tmp_path):
    con = open_records(folder / "jixiao.duckdb", CHANGES, night_lines())
    with Browser(tmp_path) as browser:
        for page in ("self-evaluation.html", "monitoring.html", f"bureau-{DISTRICT}.html"):
            browser.open((folder / "dashboard" / page).as_uri(), 1280)
            checked = check_page(browser, lambda sql: con.execute(sql).fetchall(), page)
            assert checked.differences == [] and checked.count > 5, page
    con.close()
