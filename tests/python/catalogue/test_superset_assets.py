"""Superset's assets name only what the marts have, count it right and open nothing but the release.

Superset itself is not needed: `make superset-check` looks at the running one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from dashboards.superset import serve
from dashboards.superset.dataset_file import ASSETS, TABLE, empty_marts, make_files
from nightly.labels import load_labels
from nightly.release import LOCKED_PROFILE

ROOT = Path(__file__).resolve().parents[3]
FILTERED_BY = ("work_year", "fiscal_year", "prefecture", "bureau_name")


def read(folder):
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((ASSETS / folder).rglob("*.yaml"))
    }


DATABASE = read("databases")["jixiao"]
DATASETS = read("datasets")
CHARTS = read("charts")
DASHBOARD = read("dashboards")["jixiao"]
BY_UUID = {dataset["uuid"]: dataset for dataset in DATASETS.values()}


def columns_of(dataset):
    return {column["column_name"] for column in dataset["columns"]}


def metrics_of(dataset):
    return {metric["metric_name"] for metric in dataset["metrics"]}


def columns_named(params):
    """Every column a chart's settings name, whatever its kind."""
    names = []
    for key in ("groupby", "groupbyRows", "groupbyColumns", "all_columns"):
        names += params.get(key) or []
    names += [params[key] for key in ("x_axis", "series", "entity") if params.get(key)]
    names += [json.loads(text)[0] for text in params.get("order_by_cols") or []]
    names += list(params.get("column_config") or {})
    return {name["sqlExpression"] if isinstance(name, dict) else name for name in names}


def metrics_named(params):
    names = list(params.get("metrics") or [])
    keys = ("metric", "x", "y", "size", "timeseries_limit_metric")
    if params["viz_type"] != "bubble_v2":
        keys = ("metric", "timeseries_limit_metric")
    return {*names, *(params[key] for key in keys if params.get(key))}


def test_the_dataset_files_are_those_the_marts_give():
    written = {
        path.relative_to(ASSETS).as_posix(): path.read_text(encoding="utf-8")
        for path in (ASSETS / "datasets").rglob("*.yaml")
    }
    assert written == make_files(), "python -m dashboards.superset.dataset_file"


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_can_be_filtered_like_all_others_and_speaks_chinese(name):
    dataset = DATASETS[name]
    assert columns_of(dataset) >= set(FILTERED_BY)
    for each in [*dataset["columns"], *dataset["metrics"]]:
        assert re.search("[\u4e00-\u9fa5]", each["verbose_name"])
    verbose = [column["verbose_name"] for column in dataset["columns"]]
    assert len(verbose) == len(set(verbose))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_names_only_what_its_dataset_has(name):
    chart = CHARTS[name]
    dataset = BY_UUID[chart["dataset_uuid"]]
    params = chart["params"]
    assert columns_named(params) - metrics_named(params) <= columns_of(dataset)
    assert metrics_named(params) <= metrics_of(dataset)
    assert metrics_named(params) or params["query_mode"] == "raw"
    assert re.search("[\u4e00-\u9fa5]", chart["slice_name"])


def test_filters_written_as_sql_run():
    con = empty_marts()
    for chart in CHARTS.values():
        sql = BY_UUID[chart["dataset_uuid"]]["sql"]
        for condition in chart["params"]["adhoc_filters"]:
            con.execute(f"select 1 from ({sql}) as dataset where {condition['sqlExpression']}")
    con.close()


def test_the_dashboard_shows_every_chart_once():
    shown = [
        item["meta"]["uuid"] for item in DASHBOARD["position"].values()
        if isinstance(item, dict) and item["type"] == "CHART"
    ]
    assert sorted(shown) == sorted(chart["uuid"] for chart in CHARTS.values())


def test_the_dashboard_filters_by_what_every_dataset_has():
    filters = DASHBOARD["metadata"]["native_filter_configuration"]
    assert [each["targets"][0]["column"]["name"] for each in filters] == list(FILTERED_BY)
    assert {each["targets"][0]["datasetUuid"] for each in filters} <= set(BY_UUID)
    # years must not be added up: one is always chosen, the newest unless a person says otherwise
    assert filters[0]["requiredFirst"] and not filters[0]["controlValues"]["multiSelect"]


def test_colours_are_given_to_labels_there_are():
    assert set(DASHBOARD["metadata"]["label_colors"]) <= set(load_labels().values())


def test_identities_are_unique():
    everything = [DATABASE, DASHBOARD, *DATASETS.values(), *CHARTS.values()]
    assert len({each["uuid"] for each in everything}) == len(everything)


def test_the_connection_is_the_locked_profile():
    config = DATABASE["extra"]["engine_params"]["connect_args"]["config"]
    for name, value in re.findall(r"set (\w+) = (\w+);", LOCKED_PROFILE):
        assert config[name] == value
    assert DATABASE["sqlalchemy_uri"].endswith(
        "/releases/current/jixiao.duckdb?access_mode=READ_ONLY"
    )
    for right in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"):
        assert DATABASE[right] is False


def test_the_assets_get_the_place_of_the_release(tmp_path):
    database = serve.live_database(tmp_path)
    text = serve.read_assets(database)["databases/jixiao.yaml"]
    assert f"duckdb:///{tmp_path}/releases/current/jixiao.duckdb?" in text
    assert serve.DATABASE_PLACE not in text


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path):
    path = serve.secret_key(tmp_path / "superset")
    key = path.read_text()
    assert len(key) >= 42 and path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert serve.secret_key(tmp_path / "superset").read_text() == key


def test_superset_reads_releases_with_the_duckdb_that_writes_them():
    def pins(path):
        return re.findall(r"^duckdb==\S+", path.read_text(encoding="utf-8"), re.M)

    assert pins(ROOT / "requirements.lock") == pins(ASSETS.parent / "requirements.lock") != []


@pytest.fixture
def region():
    """A root, a prefecture and two counties; rows with subordinates hold the own rows again."""
    con = empty_marts()
    con.execute("""
        insert into marts.dim_bureau (bureau_code, short_name, parent_bureau_code, valid_from)
        values ('65', '自治区', null, date '2000-01-01'), ('6531', '旧名', '65', date '2000-01-01'),
            ('6531', '喀什', '65', date '2010-01-01'),
            ('653101', '甲县', '6531', date '2000-01-01'),
            ('653102', '乙县', '6531', date '2000-01-01')
    """)
    rows = [
        # work year, fiscal year, stage, round, bureau, scope, due, done
        (2020, 2020, "goal", None, "65", "own", 10, 10),
        (2020, 2020, "goal", None, "6531", "own", 4, 3),
        (2020, 2020, "goal", None, "653101", "own", 5, 5),
        (2020, 2020, "goal", None, "653102", "own", 1, 0),
        (2020, 2020, "goal", None, "6531", "with_subordinates", 10, 8),
        (2020, 2020, "goal", None, "65", "with_subordinates", 20, 18),
        (2020, 2020, "monitoring", 1, "653101", "own", 5, 4),
        (2020, 2020, "monitoring", 2, "653101", "own", 5, 5),
        (2020, 2019, "self_evaluation", None, "653101", "own", 2, 1),
        (2021, 2021, "goal", None, "653101", "own", 0, 0),
    ]
    con.executemany(
        "insert into marts.mart_stage_coverage (work_year, fiscal_year, stage, round_no,"
        " bureau_code, scope, due_project_count, done_project_count, fund_type)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, 'all')", rows,
    )
    con.execute(
        "insert into marts.mart_stage_coverage (work_year, fiscal_year, stage, bureau_code, scope,"
        " due_project_count, done_project_count, fund_type)"
        " values (2020, 2020, 'goal', '653101', 'own', 5, 5, 'general')"
    )
    yield con
    con.close()


def ask(con, name, metric, where="true"):
    dataset = DATASETS[name]
    (expression,) = (
        each["expression"] for each in dataset["metrics"] if each["metric_name"] == metric
    )
    sql = f"select {expression} from ({dataset['sql']}) as dataset where {where}"
    return con.execute(sql).fetchall()[0][0]


def test_coverage_counts_every_project_once(region):
    assert ask(region, "coverage", "goal_coverage", "work_year = '2020'") == 18 / 20
    assert ask(region, "coverage", "goal_coverage", "prefecture = '喀什'") == 8 / 10
    assert ask(region, "coverage", "goal_coverage", "prefecture = '自治区'") == 1
    assert ask(region, "coverage", "monitoring_coverage") == 9 / 10
    assert ask(region, "coverage", "self_evaluation_coverage", "fiscal_year = '2019'") == 1 / 2


def test_a_year_with_nothing_owed_is_not_the_newest(region):
    years = region.execute(f"select distinct work_year from ({DATASETS['coverage']['sql']})")
    assert years.fetchall() == [("2020",)]


def test_monitoring_counts_warnings_by_round_and_leaves_the_unjudged_out_of_the_share(region):
    region.executemany(
        "insert into marts.mart_deviation_flag (work_year, fiscal_year, round_no, bureau_code,"
        " project_code, light, verdict, is_warned) values (2020, 2020, ?, '653101', ?, ?, ?, ?)",
        [
            (1, "a", "red", "warn", True), (2, "a", "red", "warn", True),
            (2, "b", "green", "pass", False), (2, "c", None, "cannot_judge", False),
        ],
    )
    assert ask(region, "monitoring", "warned_count") == 2
    assert ask(region, "monitoring", "warned_share") == 2 / 3
    assert ask(region, "monitoring", "flag_count", "is_last_round") == 3
    assert ask(region, "monitoring", "flag_count", "light = '无法判断'") == 1


def test_findings_are_those_that_stand_and_none_is_lost_for_want_of_a_year(region):
    region.executemany(
        "insert into quality.fct_finding (finding_id, bureau_code, document_kind, fiscal_year,"
        " severity, is_current, is_derived, waiver_id)"
        " values (?, '653101', ?, ?, 'error', ?, ?, ?)",
        [
            ("1", "self_evaluation", 2019, True, False, None),
            ("2", "self_evaluation", 2019, False, False, None),
            ("3", "self_evaluation", 2019, True, True, None),
            ("4", "self_evaluation", 2019, True, False, "W-1"),
            ("5", None, None, True, False, None),
        ],
    )
    region.execute(
        "insert into quality.mart_bureau_data_quality"
        " (bureau_code, document_kind, fiscal_year, work_year)"
        " values ('653101', 'self_evaluation', 2019, 2020)"
    )
    assert ask(region, "finding", "error_count", "work_year = '2020'") == 2


def test_filings_are_those_that_are_owed(region):
    region.executemany(
        "insert into marts.mart_filing_status (work_year, fiscal_year, document_kind, bureau_code,"
        " status, is_owed, is_filed) values (2020, 2020, 'goal', '653101', ?, ?, ?)",
        [("filed", True, True), ("late", True, False), ("filed", False, True)],
    )
    assert ask(region, "filing_status", "filed_share") == 1 / 2


def test_the_exposure_names_the_tables_of_the_datasets():
    path = ROOT / "models" / "exposures" / "superset.yml"
    (exposure,) = yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]
    declared = {re.fullmatch(r"ref\('(\w+)'\)", text)[1] for text in exposure["depends_on"]}
    read_tables = {
        table for dataset in DATASETS.values() for table in TABLE.findall(dataset["sql"])
    }
    assert declared == read_tables
    assert exposure["config"]["meta"]["superset"] == DASHBOARD["slug"]
