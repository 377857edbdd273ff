"""A release's database made by hand: the tables of the contracts, a few rows worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dashboards.edition import Masthead
from nightly.run_history import NightRun, nights_of
from nightly.settings import CODE_ROOT

HOSTILE = "</script><script>alert('来')</script><img src=x onerror=alert(1)>"
REGION, CITY, DISTRICT = "650000", "650100", "650102"
NAMES = {REGION: "新疆维吾尔自治区", CITY: "乌鲁木齐市", DISTRICT: "天山区"}
TIERS = {REGION: "region", CITY: "prefecture", DISTRICT: "county"}
PARENTS = {REGION: None, CITY: REGION, DISTRICT: CITY}


def contract_tables() -> dict[str, list[tuple[str, str]]]:
    """Columns and types of every published table, from the models' contracts."""
    tables = {}
    for folder, schema in (("marts", "marts"), ("quality", "quality")):
        for path in sorted((CODE_ROOT / "models" / folder).rglob("*.yml")):
            for model in (yaml.safe_load(path.read_text("utf-8")) or {}).get("models") or []:
                tables[f"{schema}.{model['name']}"] = [
                    (column["name"], column.get("data_type", "varchar"))
                    for column in model.get("columns", [])
                ]
    return tables


def insert(con: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, Any]) -> None:
    """Insert rows; columns left out are null."""
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        con.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def bureau(code: str) -> dict[str, Any]:
    """The columns that name a bureau."""
    return {"bureau_code": code, "bureau_name": NAMES[code], "tier": TIERS[code]}


def coverage(
    code: str, scope: str, due: int, done: int, work_year: int = 2020, fund: str = "all",
    stage: str = "goal", round_no: int | None = None,
) -> dict[str, Any]:
    """A row of coverage; every project is worth 10,000 yuan."""
    return {
        **bureau(code), "work_year": work_year, "fiscal_year": work_year, "stage": stage,
        "round_no": round_no, "scope": scope, "fund_type": fund, "is_past_due": True,
        "due_project_count": due, "done_project_count": done, "missing_project_count": due - done,
        "coverage_rate": done / due if due else None, "due_amount_cny": due * 10000,
        "done_amount_cny": done * 10000, "amount_coverage_rate": done / due if due else None,
    }


def flag(code: str, project: str, round_no: int, light: str | None, execution: float | None,
         completion: float | None, budget: int) -> dict[str, Any]:
    """A row of the deviation flags."""
    return {
        **bureau(code), "work_year": 2020, "fiscal_year": 2020, "round_no": round_no,
        "project_code": project, "project_name": f"项目{project}", "light": light,
        "verdict": "warn" if light == "red" else "pass" if light else "cannot_judge",
        "cannot_judge_reason": None if light else "no_budget",
        "is_warned": light == "red", "is_direct_fund": False, "budget_cny": budget,
        "executed_cny": None if execution is None else budget * execution,
        "execution_rate": execution, "goal_completion_rate": completion,
        "gap": None if execution is None or completion is None else abs(execution - completion),
        "gap_threshold": 0.2, "triggers": "GAP" if light == "red" else None,
        "_source_file": "650102/监控.xlsx", "_source_sheet": "表1", "_source_row": 4,
    }


def make_database(path: Path, is_full: bool = False) -> None:
    """Write the release's database; full means that every list of the pages has rows."""
    con = duckdb.connect(str(path))
    for schema in ("marts", "quality"):
        con.execute(f"create schema {schema}")
    for table, columns in contract_tables().items():
        body = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        con.execute(f"create table {table} ({body})")
    for code in NAMES:
        insert(con, "marts.dim_bureau", {
            **bureau(code), "short_name": NAMES[code][:4], "parent_bureau_code": PARENTS[code],
            "parent_bureau_name": NAMES.get(PARENTS[code] or ""), "valid_from": "2018-01-01",
        })
    insert(
        con, "marts.mart_stage_coverage",
        coverage(REGION, "with_subordinates", 20, 17), coverage(REGION, "own", 10, 9),
        coverage(CITY, "with_subordinates", 10, 8), coverage(CITY, "own", 4, 2),
        coverage(DISTRICT, "with_subordinates", 6, 6), coverage(DISTRICT, "own", 6, 6),
        coverage(CITY, "own", 3, 1, fund="general"),
        coverage(CITY, "own", 1, 1, fund="government_fund"),
        coverage(REGION, "with_subordinates", 16, 12, work_year=2019),
    )
    insert(
        con, "marts.mart_deviation_flag",
        flag(DISTRICT, "P1", 1, "red", 0.10, 0.50, 100_000_000),
        flag(DISTRICT, "P1", 2, "red", 0.20, 0.70, 123_456_789),
        flag(DISTRICT, "P2", 2, "green", 0.66666, 0.65, 50_000),
        flag(CITY, "P3", 2, None, None, 0.5, 70_000),
    )
    insert(con, "marts.mart_consecutive_warning", {
        **bureau(DISTRICT), "fiscal_year": 2020, "work_year": 2020, "project_code": "P1",
        "project_name": HOSTILE, "unit_name": "甲单位", "grade_name": "两次偏离较大",
        "second_budget_cny": 123_456_789, "first_execution_rate": 0.1,
        "second_execution_rate": 0.2, "proposed_action": "调减", "proposed_cut_cny": 2_345_678,
        "is_direct_fund": False, "is_worse": False,
    })
    for project, score, grade in (("P1", 97.5, "优秀"), ("P2", 79.99, "中等"), ("P4", 55, "差")):
        insert(con, "marts.mart_self_evaluation", {
            **bureau(DISTRICT), "fiscal_year": 2020, "work_year": 2020, "project_code": project,
            "project_name": f"项目{project}", "declared_score": score, "grade_name": grade,
            "recomputed_score": score - 2, "score_difference": 2, "light": "green",
            "verdict": "pass", "is_below_80": score < 80, "is_below_60": score < 60,
            "budget_cny": 50_000, "executed_cny": 40_000, "execution_rate": 0.8,
            "_source_file": "650102/自评.xlsx", "_source_sheet": "Sheet1", "_source_row": 7,
        })
    for code, status in (
        (REGION, "filed"), (CITY, "filed_with_warnings"), (DISTRICT, "late"),
    ):
        insert(con, "marts.mart_filing_status", {
            **bureau(code), "document_kind": "goal", "fiscal_year": 2020, "work_year": 2020,
            "status": status, "is_owed": True, "is_filed": status != "late",
            "due_date": "2020-03-31", "error_count": 0, "warning_count": 1,
        })
    insert(con, "marts.mart_chase_list", {
        **bureau(DISTRICT), "chasing_bureau_code": CITY, "chasing_bureau_name": NAMES[CITY],
        "document_kind": "goal", "fiscal_year": 2020, "work_year": 2020,
        "chase_reason": "missing", "required_action_zh": "请立即报送。", "is_overdue": True,
        "due_date": "2020-03-31", "overdue_days": 335,
    })
    for project in ("P1", "P2"):
        insert(con, "marts.fct_project", {
            **bureau(DISTRICT), "fiscal_year": 2020, "project_code": project,
            "project_name": HOSTILE if project == "P1" else "项目P2", "unit_name": "甲单位",
            "fund_type": "general", "is_registered": True, "is_new": True,
            "is_direct_fund": False, "is_poverty_relief": False, "is_transfer": False,
            "is_confidential": False, "has_goal": True, "monitored_round_count": 2,
            "initial_budget_cny": 100_000_000, "annual_budget_cny": 123_456_789,
            "goal_amount_cny": 100_000_000, "_source_file": HOSTILE, "_source_row": 3,
        })
    for kind, round_no, actual, rate in (
        ("goal", None, None, None), ("monitoring", 1, "12个", 0.24), ("monitoring", 2, "30个", 0.6),
    ):
        insert(con, "marts.fct_indicator", {
            "indicator_id": f"{kind}{round_no}", "document_kind": kind, "fiscal_year": 2020,
            "round_no": round_no, "bureau_code": DISTRICT, "bureau_name": NAMES[DISTRICT],
            "project_code": "P1", "line_no": 1, "level1": "产出指标", "level2": "数量指标",
            "level3": f"<b>{HOSTILE}", "target_text": "≥50个", "actual_text": actual,
            "completion_rate": rate, "verdict": "warn" if rate else "cannot_judge",
            "cannot_judge_reason": None if rate else "goal_stage", "weight": 10,
            "_source_file": "650102/指标.xlsx", "_source_sheet": kind, "_source_row": 9,
        })
    insert(con, "quality.fct_finding", {
        "finding_id": "f1", "rule_id": "IND-011", "rule_name": "未填", "severity": "error",
        "bureau_code": DISTRICT, "bureau_name": NAMES[DISTRICT], "document_kind": "goal",
        "fiscal_year": 2020, "project_code": "P1", "message_zh": HOSTILE, "source_cell": "U7",
        "is_current": True, "is_derived": False, "is_explained": False,
        "first_seen": "2021-03-01", "_source_file": "650102/目标.xlsx", "_source_row": 7,
    })
    insert(
        con, "marts.mart_year_on_year",
        {"statement": "xinjiang-2020", "work_year": 2020, "item_code": "S0-09", "figure": "goal",
         "split": "all", "sort_no": 1, "label_zh": "已编绩效目标的资金", "unit_zh": "亿元",
         "decimal_places": 2, "value": 6.265, "previous_value": 5, "change": 1.265},
        {"statement": "xinjiang-2020", "work_year": 2020, "item_code": "S0-10", "figure": "none",
         "split": "all", "sort_no": 2, "label_zh": "两年都没有", "unit_zh": "个",
         "decimal_places": 0, "value": 0, "previous_value": 0},
    )
    if is_full:
        fill_the_rest(con)
    con.close()


def fill_the_rest(con: duckdb.DuckDBPyConnection) -> None:
    """Rows in the tables of sampling, ranking, quality and history; halves to be rounded up."""
    fill_last_year(con)
    project = {"fiscal_year": 2020, "project_code": "P2", "project_name": "项目P2"}
    insert(con, "marts.mart_missing_project", {
        **bureau(DISTRICT), **project, "work_year": 2020, "stage": "self_evaluation",
        "reason": "not_filed", "amount_cny": 1_234_550, "fund_type": "general",
    })
    insert(con, "marts.mart_form_consistency", {
        **bureau(DISTRICT), **project, "project_code": "P1", "consistency_id": "k1",
        "check_code": "budget", "subject": "budget", "earlier_stage": "goal",
        "later_stage": "monitoring_1", "value_found": "12345.68", "value_expected": "10000.00",
        "verdict": "fail", "_source_file": "650102/监控.xlsx", "_source_row": 4,
    })
    for code, drawn in ((CITY, 2), (DISTRICT, 3)):
        insert(con, "marts.mart_sampling_quota", {
            **bureau(code), "draw_id": "d1", "frame_kind": "project", "frame_count": 1_234,
            "quota_count": 3, "drawn_count": drawn, "recommended_count": 1, "spare_count": 1,
            "drawn_rate": 0.00005, "drawn_amount_cny": 12_350,
        })
        insert(con, "marts.mart_sampling_check", {
            **bureau(code), "work_year": 2020, "frame_kind": "project",
            "verdict": "fail" if drawn == 2 else "pass", "population_count": 10,
            "required_count": 3, "sampled_count": drawn, "sampled_rate": drawn / 10,
            "required_rate": 0.3,
        })
        insert(con, "marts.mart_bureau_scorecard", {
            **bureau(code), "work_year": 2020, "total_score": 70 + 10 * drawn,
            "on_time_rate": 0.91345, "owed_count": 4, "on_time_count": 3, "late_count": 1,
            "missing_count": 0, "open_error_count": drawn, "open_warning_count": 0,
        })
        insert(con, "marts.mart_ranking", {
            "work_year": 2020, "ranking_kind": "county" if code == DISTRICT else "prefecture",
            "object_code": code, "rank_no": drawn, "ranked_count": 14, "composite_score": 88.125,
        })
        insert(con, "quality.mart_bureau_data_quality", {
            **bureau(code), "work_year": 2020, "document_kind": "goal", "fiscal_year": 2020,
            "row_count": 800, "set_aside_row_count": 1, "error_count": drawn, "warning_count": 2,
            "info_count": 0, "explained_count": 0, "waived_count": 0, "fixed_count": 5,
            "errors_per_thousand": 1000 * drawn / 800,
        })
        insert(con, "marts.mart_self_evaluation_statistics", {
            **bureau(code), "work_year": 2020, "scope": "own", "evaluated_count": drawn,
            "mean_score": 90.005, "excellent_count": 1, "good_count": 1, "fair_count": 0,
            "poor_count": 0, "excellent_rate": 1 / drawn, "below_80_count": 0, "below_60_count": 0,
        })
    insert(con, "marts.mart_sampling_audit_list", {
        **bureau(DISTRICT), **project, "draw_id": "d1", "selection_method": "draw",
        "is_spare": False, "ticket_rank": 1, "amount_cny": 50_000,
    })
    insert(con, "marts.mart_sampling_result", {
        **bureau(DISTRICT), "work_year": 2020, "record_id": "r1", "project_name": "项目P2",
        "original_score": 90, "recheck_score": 84.995, "score_difference": -5.005,
        "has_problem": True, "problem": "资料不全", "due_date": "2021-02-01",
        "is_rectified": False, "is_overdue": True,
    })
    insert(con, "marts.mart_sampling_result", {
        **bureau(DISTRICT), "work_year": 2020, "record_id": "r2", "project_code": "P2",
        "evaluated_year": 2020, "project_name": "项目P2", "has_problem": True,
        "original_score": 88, "recheck_score": 90.125, "score_difference": -2.125,
        "is_rectified": True, "rectified_date": "2021-01-20", "is_overdue": False,
    })
    for number, overdue in ((1, True), (2, False)):
        insert(con, "marts.mart_rectification", {
            **bureau(DISTRICT), "work_year": 2020, "record_id": f"r{number}",
            "object_name": "项目P2", "problem": "资料不全", "due_date": "2021-02-01",
            "is_open": True, "is_overdue": overdue, "is_verified": False,
            "overdue_day_count": 28 if overdue else None, "should_hold_payment": overdue,
            "is_payment_held": False, "reply_date": None if overdue else "2021-01-30",
        })
    insert(con, "quality.mart_gate_history", {
        "night_date": "2021-03-01", "suite_name": "goal", "rule_id": "G-1", "rule_zh": "必填",
        "severity": "error", "row_count": 900, "failing_row_count": 9, "failing_rate": 0.01,
        "previous_failing_rate": 0.02, "is_passed": False,
    })


def fill_last_year(con: duckdb.DuckDBPyConnection) -> None:
    """Rows of the year before, of the statement in both years, and of files."""
    insert(con, "marts.mart_deviation_flag", *(
        {**flag(CITY, f"L{number}", 1, light, 0.1, 0.5, 1000), "work_year": 2019,
         "fiscal_year": 2019}
        for number, light in enumerate(("red", "red", "red", "green"))
    ))
    insert(con, "marts.mart_consecutive_warning", {
        **bureau(CITY), "fiscal_year": 2019, "work_year": 2019, "project_code": "L0",
    })
    for project, score in (("L1", 70), ("L2", 81.25)):
        insert(con, "marts.mart_self_evaluation", {
            **bureau(DISTRICT), "fiscal_year": 2018, "work_year": 2019, "project_code": project,
            "declared_score": score, "is_below_80": score < 80,
        })
    stated = {"statement": "xinjiang-2020", "work_year": 2020, "split": "all", "basis": "computed"}
    insert(
        con, "marts.mart_annual_statement",
        {**stated, "item_code": "S0-09", "figure": "goal", "sort_no": 1, "unit_zh": "亿元",
         "label_zh": "已编绩效目标的资金", "decimal_places": 2, "value": 6.265},
        {**stated, "item_code": "S0-10", "figure": "none", "sort_no": 2, "unit_zh": "个",
         "label_zh": "两年都没有", "decimal_places": 0, "value": 0},
        {**stated, "item_code": "S0-11", "figure": "new", "sort_no": 3, "unit_zh": "个",
         "label_zh": "上年没有的数", "decimal_places": 0, "value": 12},
        {**stated, "item_code": "S0-12", "figure": "rate", "sort_no": 4, "unit_zh": "%",
         "label_zh": "覆盖率", "decimal_places": 2, "value": 85},
    )
    insert(con, "marts.mart_year_on_year", {
        "statement": "xinjiang-2020", "work_year": 2020, "item_code": "S0-12", "figure": "rate",
        "split": "all", "sort_no": 4, "label_zh": "覆盖率", "unit_zh": "%", "decimal_places": 2,
        "value": 85, "previous_value": 75, "change": 10,
    })
    for number, status in ((1, "superseded"), (2, "filed"), (3, "rejected")):
        insert(con, "marts.mart_filing_history", {
            **bureau(DISTRICT), "filing_id": f"f{number}", "document_kind": "monitoring",
            "fiscal_year": 2020, "round_no": 2, "status": status, "is_live": status == "filed",
            "superseded_by_filing_id": "f2" if number == 1 else None,
            "received_date": "2020-11-01", "_file_sha256": str(number) * 64,
            "_source_file": "650102/监控.xlsx", "loaded_row_count": 1_200 + number,
            "set_aside_row_count": 1, "error_count": number,
        })


def make_masthead() -> Masthead:
    """What is known of the release made by hand."""
    return Masthead(
        "20210301-001-abcdef01", date(2021, 3, 1), {"filed": 2, "filed_with_warnings": 1},
        nights=tuple(make_nights()),
    )


def make_nights() -> list[NightRun]:
    """The nights of the log."""
    return nights_of(night_lines())


def night_lines() -> list[dict[str, object]]:
    """A night that was stopped over a hostile name, and the one that makes the release."""
    def line(night: str, step: str, **facts: object) -> dict[str, object]:
        return {"at": f"2021-03-0{night}T02:31:00+00:00", "night": f"2021030{night}T023000Z",
                "as_of": "2021-03-01", "step": step, "status": "ok", "seconds": 61.5,
                "rows": 7, "rss_mb": 321, **facts}

    return [
        line("1", "load"), line("1", "build", status="failed"),
        line("1", "night", status="failed", exit_code=1, message=HOSTILE),
        line("2", "load"),
    ]
