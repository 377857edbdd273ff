"""dbt's own page, written without dbt: it opens offline, says what the release holds, no more."""

from __future__ import annotations

import json

import pytest
from release_file import make_database

from nightly.dbt_docs import PAGE_NAME, fill_shell, trim_manifest, write_dbt_docs
from nightly.release import open_release
from torture.browser import CHROMIUM, Browser

MACHINE = "/srv/somewhere/target"
COVERAGE, STEP = "model.jixiao.mart_stage_coverage", "model.jixiao.int_stage_coverage"
SOURCE = "source.jixiao.raw.project_register__projects"
LIST = "exposure.jixiao.list_coverage"


def node(key, kind, **more):
    return {
        "unique_id": key, "resource_type": kind, "name": key.split(".")[-1],
        "package_name": "jixiao", "path": f"{key}.sql", "original_file_path": f"models/{key}.sql",
        "fqn": ["jixiao", key], "description": "", "columns": {}, "tags": [], "meta": {},
        "docs": {"show": True}, "depends_on": {"nodes": [], "macros": []}, "config": {},
        "build_path": f"{MACHINE}/run", "compiled_path": f"{MACHINE}/compiled",
        "compiled_code": f"select 1 -- {MACHINE}", "raw_code": "select 1", "language": "sql",
        "database": "warehouse", "refs": [], "sources": [], **more,
    }


def column(name, words):
    return {name: {"name": name, "description": words, "tags": [], "meta": {}}}


def make_manifest():
    parents = {SOURCE: [], STEP: [SOURCE], COVERAGE: [STEP], LIST: [COVERAGE]}
    children = {key: [c for c, above in parents.items() if key in above] for key in parents}
    macro = {"name": "ratio", "package_name": "jixiao", "unique_id": "macro.jixiao.ratio",
             "macro_sql": "", "arguments": [], "description": "", "docs": {"show": True},
             "path": "a.sql", "original_file_path": "a.sql", "depends_on": {"macros": []}}
    empty = ("metrics", "semantic_models", "saved_queries", "unit_tests", "functions")
    return {key: {} for key in empty} | {
        "metadata": {"dbt_version": "1.11.16", "adapter_type": "duckdb", "user_id": "someone",
                     "send_anonymous_usage_stats": True, "env": {"HOME": MACHINE}},
        "docs": {},
        "macros": {
            "macro.jixiao.ratio": macro,
            "macro.dbt.run": macro | {"package_name": "dbt", "unique_id": "macro.dbt.run"},
        },
        "nodes": {
            COVERAGE: node(
                COVERAGE, "model", schema="marts", description="全覆盖统计",
                raw_code="select '</script>'",
                columns=column("coverage_rate", "覆盖率"),
                depends_on={"nodes": [STEP], "macros": []},
            ),
            STEP: node(STEP, "model", schema="intermediate", raw_code="select '中间步骤'"),
        },
        "sources": {SOURCE: node(SOURCE, "source", schema="raw", source_name="raw")},
        "exposures": {
            LIST: node(LIST, "exposure", label="全覆盖统计表", type="analysis", owner={},
                       depends_on={"nodes": [COVERAGE], "macros": []})
        },
        "parent_map": parents, "child_map": children,
    }


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_database(folder / "jixiao.duckdb")
    (folder / "built.json").write_text(json.dumps(make_manifest()), encoding="utf-8")
    write_dbt_docs(folder / "built.json", folder / "jixiao.duckdb", folder, "2021-03-01")
    return folder


def test_nothing_of_the_machine_or_the_run_is_told(release):
    page = (release / PAGE_NAME).read_text(encoding="utf-8")
    for told in (MACHINE, "someone", "macro.dbt.run"):
        assert told not in page, told
    assert '"send_anonymous_usage_stats":false' in page
    assert "select '</script>'" not in page  # it would end dbt's script


def test_the_same_build_makes_the_same_page(release, tmp_path):
    path = write_dbt_docs(
        release / "built.json", release / "jixiao.duckdb", tmp_path, "2021-03-01"
    )
    assert path.read_bytes() == (release / PAGE_NAME).read_bytes()


def test_a_build_without_manifest_has_no_page(release, tmp_path):
    database = release / "jixiao.duckdb"
    assert write_dbt_docs(tmp_path / "none.json", database, tmp_path, "2021-03-01") is None


def test_a_shell_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="no place"):
        fill_shell("<html></html>", trim_manifest(make_manifest(), "2021-03-01"), {})


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_the_page_opens_alone(release, tmp_path):
    con = open_release(release / "jixiao.duckdb")
    ((rows,),) = con.execute("select count(*) from marts.mart_stage_coverage").fetchall()
    con.close()
    address = (release / PAGE_NAME).as_uri()
    with Browser(tmp_path / "profile") as browser:

        def words(place: str, awaited: str) -> str:
            browser.open(
                f"{address}#!/{place}", 1280,
                drawn=f"document.body?.innerText.includes('{awaited}')",
            )
            assert browser.complaints() == []
            assert {url for url in browser.requests() if not url.startswith("data:")} <= {
                "about:blank", f"{address}#!/{place}", address,
            }
            return browser.ask("document.body.innerText")

        assert "2021-03-01" in words("overview", "绩效数据仓库")
        table = words(f"model/{COVERAGE}", "覆盖率")
        assert "DECIMAL(18,10)" in table and "全覆盖统计" in table
        assert table.split("行数")[1].split()[0] == str(rows) == "9"
        assert "中间步骤" in words(f"model/{STEP}", "中间步骤")
        assert "全覆盖统计表" in words(f"exposure/{LIST}", "全覆盖统计表")
