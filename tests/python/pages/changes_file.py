"""What changed since the last release, made by hand for the release made by hand."""

from __future__ import annotations

from release_file import CITY, DISTRICT, HOSTILE, NAMES, REGION, make_masthead

from nightly.changes import first_changes

AS_OF = make_masthead().as_of


def moved_coverage(code, before, after, due=(20, 20)):
    """Coverage of the goals of a bureau in both releases."""
    done = [None if rate is None else round(rate * total) for rate, total in
            zip((before, after), due, strict=True)]
    return {
        "fiscal_year": 2020, "stage": "goal", "round_no": None, "bureau_code": code,
        "bureau_name": NAMES[code], "tier": "region", "due_date": "2020-03-31",
        "due_before": due[0], "due_after": due[1], "done_before": done[0], "done_after": done[1],
        "coverage_rate_before": before, "coverage_rate_after": after,
        "amount_coverage_rate_before": before, "amount_coverage_rate_after": after,
    }


def make_changes(**more):
    """A comparison with something in every section."""
    tables = {"marts.fct_project": {"row_count": 2, "table_hash": "x"}}
    return {
        **first_changes("20210301-001-abcdef01", AS_OF, tables), "is_first": False,
        "base": {"release_id": "20210228-001-00000000", "as_of": "2021-02-28"},
        "causes": {"has_code_changed": False, "new_input_count": 3, "gone_input_count": 0},
        "coverage": [moved_coverage(REGION, 0.75, 0.85), moved_coverage(CITY, 0.8, 0.8)],
        "scores": [{
            "fiscal_year": 2019, "bureau_code": REGION, "bureau_name": NAMES[REGION],
            "tier": "region", "due_date": None, "scored_before": 3, "scored_after": 3,
            "mean_score_before": 78.0, "mean_score_after": 77.5,
        }],
        "warnings": [{"fiscal_year": 2020, "round_no": 2, "judged_before": 2, "judged_after": 2,
                      "warned_before": 0, "warned_after": 1}],
        "rankings": [{
            "work_year": 2020, "ranking_kind": "county", "ranking_bureau_code": REGION,
            "object_code": DISTRICT, "object_name": HOSTILE, "bureau_name": NAMES[DISTRICT],
            "rank_before": 9, "rank_after": 4, "ranked_before": 96, "ranked_after": 96,
            "score_before": 80.0, "score_after": 85.0,
        }],
        "filings": [{
            "bureau_code": DISTRICT, "bureau_name": NAMES[DISTRICT], "fiscal_year": 2020,
            "document_kind": "monitoring", "round_no": 2, "new_count": 4, "late_count": 1,
            "corrected_count": 2, "rejected_count": 0,
        }],
        "overdue": [{
            "bureau_code": DISTRICT, "bureau_name": NAMES[DISTRICT], "fiscal_year": 2020,
            "document_kind": "goal", "round_no": None, "due_date": "2020-03-31",
        }],
        "findings": [{
            "rule_id": "IND-011", "rule_name": "未填", "severity": "error", "new_count": 5,
            "cleared_count": 2, "open_count": 7,
        }],
        "finding_bureaus": [
            {"bureau_code": DISTRICT, "bureau_name": NAMES[DISTRICT], "new_count": 5,
             "cleared_count": 2},
            {"bureau_code": None, "bureau_name": None, "new_count": 1, "cleared_count": 0},
        ],
        "draws": [{"draw_id": "goal-2020-01", "frame_kind": "goal", "fiscal_year": 2020,
                   "frame_count": 41, "drawn_count": 5}],
        **more,
    }
