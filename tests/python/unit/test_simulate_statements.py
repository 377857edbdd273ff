"""Each statement's published figures, counted from the truth of files written at full scale."""

import hashlib
import json
from decimal import Decimal

import polars as pl
import pytest

from simulate.bureau_files import SentFile
from simulate.region import write_region


def write(base, statement, scale=1.0, seed=7, **options):
    options = {"workers": 1, "faults": "plain"} | options
    summary = write_region(base / "inbox", statement, scale, seed, **options)
    tables = {
        path.stem: pl.read_parquet(path) for path in (base / "inbox-truth").glob("*.parquet")
    }
    return summary, tables


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def assert_complete(coverage):
    """Nothing due is missing, apart from what the statement itself says."""
    assert coverage["due_project_count"].equals(coverage["done_project_count"])


def test_kunming(tmp_path):
    summary, tables = write(tmp_path, "kunming-edz-2021")
    projects = tables["project"].filter(pl.col("fiscal_year") == 2021)
    assert projects.height == 665
    assert projects["unit_code"].n_unique() == projects["unit_name"].n_unique() == 38
    assert projects["has_goal"].all()
    assert projects["initial_budget_cny"].sum() == Decimal("4975786400.00")
    general = projects.filter(pl.col("fund_type") == "general")
    assert general["initial_budget_cny"].sum() == Decimal("1985760000.00")
    assert projects.filter(pl.col("fund_type") == "government_fund").height > 50
    new = projects.filter("is_new")
    assert (new.height, new["unit_code"].n_unique()) == (6, 4)
    assert new["initial_budget_cny"].sum() == Decimal("91047100.00")
    rounds = tables["monitoring"].group_by("round_no", "month_no").len().sort("round_no")
    assert rounds.rows() == [(1, 6, 665), (2, 12, 665)]
    assert tables["self_evaluation"]["fiscal_year"].unique().to_list() == [2020]
    assert tables["self_evaluation"].height == 603
    assert_complete(tables["coverage"])
    assert summary.goal_amount_cny == "4975786400.00"


@pytest.mark.parametrize("indicator_share", [1.0, 0.02])
def test_urumqi(tmp_path, indicator_share):
    _, tables = write(tmp_path, "urumqi-htz-2022", indicator_share=indicator_share)
    projects = tables["project"].filter(pl.col("fiscal_year") == 2022)
    assert projects.height == 897
    assert projects["unit_code"].n_unique() == projects["unit_name"].n_unique() == 132
    first = tables["monitoring"].filter(pl.col("round_no") == 1)
    warned = first.filter("is_warned")
    assert (first.height, first["month_no"].unique().to_list()) == (897, [5])
    assert warned.height == 158
    assert warned["budget_cny"].sum() == Decimal("1654502100.00")
    second = tables["monitoring"].filter((pl.col("round_no") == 2) & pl.col("is_warned"))
    both = set(second["project_code"]) & set(warned["project_code"])
    assert 20 < len(both) < 138
    scores = tables["self_evaluation"]
    assert (scores["fiscal_year"].unique().to_list(), scores.height) == ([2021], 853)
    low = scores.filter("is_below_80")
    assert low["budget_cny"].to_list() == [Decimal("150000.00")]
    assert scores["is_below_60"].sum() == 0
    assert_complete(tables["coverage"])
    lined = projects.filter(pl.col("indicator_count") > 0).height
    assert lined == (897 if indicator_share == 1 else 18)


def test_qingdao(tmp_path):
    summary, tables = write(tmp_path, "qingdao-2022", indicator_share=0.05)
    assert summary.fiscal_years == (2020, 2021, 2022)
    projects, coverage = tables["project"], tables["coverage"]
    assert not projects.select("bureau_code", "fiscal_year", "project_code").is_duplicated().any()
    years = projects.filter(pl.col("tier") == "city").group_by("fiscal_year").len()
    assert dict(years.iter_rows()) == {2019: 380, 2020: 392, 2021: 401, 2022: 408}
    districts = projects.filter((pl.col("tier") == "district") & (pl.col("fiscal_year") == 2022))
    assert (districts["bureau_code"].n_unique(), districts.height) == (10, 405)
    assert projects.filter(pl.col("fiscal_year") >= 2020)["has_goal"].all()
    monitored = (
        tables["monitoring"]
        .filter(pl.col("tier") == "district")
        .group_by("fiscal_year")
        .agg(pl.col("bureau_code").n_unique())
    )
    assert dict(monitored.iter_rows()) == {2021: 3, 2022: 10}
    city = tables["monitoring"].filter(pl.col("tier") == "city")
    assert city.group_by("fiscal_year").len().sort("fiscal_year").rows() == [
        (2020, 392),
        (2021, 401),
        (2022, 408),
    ]
    evaluated = projects.filter("is_self_evaluated").group_by("fiscal_year").len()
    assert dict(evaluated.iter_rows()) == {2019: 770, 2020: 790, 2021: 803}
    missing = tables["missing_project"]
    assert set(missing["stage"]) == {"monitoring"}
    assert set(missing["reason"]) == {"not_filed"}
    assert_complete(coverage.filter(pl.col("stage") != "monitoring"))
    # every register is sent once, that of the year before the first included
    registers = tables["file"].filter(pl.col("document_kind") == "project_register")
    assert sorted(registers["fiscal_year"].unique()) == [2019, 2020, 2021, 2022]
    sent = registers.group_by("fiscal_year").agg(pl.col("project_count").sum())
    assert dict(sent.iter_rows()) == {2019: 770, 2020: 790, 2021: 803, 2022: 813}


def test_zhejiang(tmp_path):
    _, tables = write(tmp_path, "zhejiang-2021", indicator_share=0.02)
    scores = tables["self_evaluation"]
    assert scores["fiscal_year"].unique().to_list() == [2020]
    assert scores.filter(pl.col("tier") == "province").height == 5_688
    lower = scores.filter(pl.col("tier") != "province")
    assert (lower["bureau_code"].n_unique(), lower.height) == (101, 1_212)
    rounds = tables["monitoring"].group_by("round_no", "month_no").len()
    assert rounds.rows() == [(1, 7, 6_932)]
    projects = tables["project"].filter(pl.col("fiscal_year") == 2021)
    assert projects["has_goal"].all()
    assert projects.filter(pl.col("fund_type") == "state_capital").height == 60
    assert_complete(tables["coverage"])


def test_lean_region_loses_nothing_but_lines(tmp_path):
    summary, tables = write(tmp_path / "lean", "xinjiang-2020", 0.004, indicator_share=0.05)
    whole, all_tables = write(tmp_path / "whole", "xinjiang-2020", 0.004)
    same = (
        "bureau_count goal_project_count goal_amount_cny monitored_project_count"
        " first_tier_monitored_count first_tier_consecutive_count new_project_count"
        " self_evaluation_count direct_project_count direct_amount_cny"
    )
    for figure in same.split():
        assert getattr(summary, figure) == getattr(whole, figure)
    assert summary.first_tier_consecutive_count == 4
    assert summary.indicator_line_count < whole.indicator_line_count / 3
    due = ["fiscal_year", "stage", "round_no", "bureau_code"]
    sums = [
        t["coverage"].filter(pl.col("fund_type") == "all").sort(due).select(
            *due, "due_project_count", "done_project_count"
        )
        for t in (tables, all_tables)
    ]
    assert sums[0].equals(sums[1])
    lined = (
        tables["project"]
        .group_by("bureau_code", "fiscal_year")
        .agg((pl.col("indicator_count") > 0).sum())
    )
    assert lined["indicator_count"].min() >= 1
    bare = tables["project"].filter(pl.col("indicator_count") == 0)
    judged = tables["monitoring"].join(
        bare, on=["bureau_code", "fiscal_year", "project_code"], how="semi"
    )
    assert judged["goal_completion_rate"].is_null().all()
    assert set(judged.select("verdict", "triggers").unique().iter_rows()) == {
        ("warn", "LOW_EXECUTION"),
        ("cannot_judge", ""),
    }
    assert tables["self_evaluation"]["declared_score"].is_not_null().all()


@pytest.mark.parametrize(
    ("statement", "scale", "indicator_share"),
    [("qingdao-2022", 0.05, 0.2), ("urumqi-htz-2022", 0.03, 1.0)],
)
def test_same_bytes_for_any_number_of_processes(tmp_path, statement, scale, indicator_share):
    options = {"indicator_share": indicator_share, "faults": "default"}
    for workers in (1, 2):
        write(tmp_path / str(workers), statement, scale, workers=workers, **options)
    assert hashes(tmp_path / "1") == hashes(tmp_path / "2")


@pytest.mark.parametrize("statement", ["qingdao-2022", "urumqi-htz-2022", "zhejiang-2021"])
def test_heavy_faults_are_in_the_truth(tmp_path, statement):
    _, tables = write(tmp_path, statement, 0.05, faults="heavy", indicator_share=0.2)
    coverage = tables["coverage"].filter(pl.col("fund_type") == "all")
    lost = (coverage["due_project_count"] - coverage["done_project_count"]).sum()
    assert lost == tables["missing_project"].height
    files = tables["file"]
    assert set(files["path"]) == set(hashes(tmp_path / "inbox"))


def test_record_files_lie_in_the_folders_and_in_the_truth(tmp_path, monkeypatch):
    seen = {}

    def record_files(statement, bureaus, seed, scale, projects):
        seen["years"] = [len(projects.of("370200", year)) for year in range(2018, 2023)]
        seen["refs"] = projects.of("370200", 2021)
        return [
            (b.code, SentFile("2022/机构.csv", b"x", "institution", 2022, None, "live", "", 0))
            for b in bureaus
        ]

    monkeypatch.setattr("simulate.region.record_files", record_files)
    monkeypatch.setattr("simulate.region.record_truth", lambda *_: {2022: {"x": Decimal("1.5")}})
    summary, tables = write(tmp_path, "qingdao-2022", 0.1)
    assert seen["years"] == [0, 38, 39, 40, 41]
    assert all(ref.is_monitored and ref.is_self_evaluated for ref in seen["refs"])
    assert all(ref.declared_score > 0 for ref in seen["refs"])
    records = tables["file"].filter(pl.col("document_kind") == "institution")
    assert records.height == summary.record_file_count == 11
    assert set(tables["file"]["path"]) == set(hashes(tmp_path / "inbox"))
    truth = json.loads((tmp_path / "inbox-truth" / "records.json").read_text(encoding="utf-8"))
    assert truth == {"2022": {"x": "1.5"}}


def test_indicator_share_outside_its_range_is_refused(tmp_path):
    with pytest.raises(ValueError, match="indicator share"):
        write(tmp_path, "kunming-edz-2021", indicator_share=0)
