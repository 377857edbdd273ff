"""The second gate: what must be true of a candidate before people may read it.

Keys, contracts and reconciliations are dbt's tests. Asked here is what an officer would see at a
glance and no longer trust the release: an empty region, a coverage above one, a draw below its
quota. One row per release is a suite of its own (`release`); the others read one mart each.
"""

from __future__ import annotations

from expectations.checks import CellRule, Check, any_of, ask, checks

NOT_EMPTY = CellRule("MART-001", "{cell} = 0")

OUTSIDE_0_1 = CellRule("MART-002", "{cell} not between 0 and 1")

DONE_ABOVE_DUE = CellRule("MART-003", "{cell} > due_project_count")

COUNT_NEGATIVE = CellRule("MART-004", "{cell} < 0")

DRAWN_BELOW_QUOTA = CellRule("MART-005", "{cell} < quota_count and {cell} < frame_count")

QUOTA_BELOW_TENTH = CellRule("MART-006", "frame_count > 0 and {cell} < ceil(frame_count / 10.0)")

VERDICT_UNKNOWN = CellRule(
    "MART-007", "{cell} is null or {cell} not in " + any_of("pass", "warn", "fail", "cannot_judge")
)

# No upper bound: weights that a sender adds up to 102 are that sender's finding, not a fault of the
# build, and must not hold the release of the other bureaus.
SCORE_NEGATIVE = CellRule("MART-008", "{cell} < 0")

BUREAU_UNKNOWN = CellRule("MART-009", "{cell} <> 0")

KIND_UNKNOWN = CellRule(
    "MART-010",
    "{cell} not in "
    + any_of("quantitative", "qualitative", "date", "not_applicable", "unreadable"),
)

# A message may quote «{cell}» from a sender's own text, so braces prove nothing; the templates
# themselves are checked by the catalogue's test.
FINDING_UNWORDED = CellRule("MART-011", "{cell} is null or {cell} = ''")

RELEASE_SQL = """
select
    (select count(*) from marts.dim_bureau) as bureau_count,
    (
        select count(*) from marts.fct_project
        anti join marts.dim_bureau
            on marts.fct_project.bureau_code = marts.dim_bureau.bureau_code
    ) as unknown_bureau_project_count
"""

MART_SUITES: dict[str, tuple[str, tuple[Check, ...]]] = {
    "release": (
        RELEASE_SQL,
        checks(
            ask(NOT_EMPTY, "bureau_count"),
            ask(BUREAU_UNKNOWN, "unknown_bureau_project_count"),
        ),
    ),
    "mart_stage_coverage": (
        "select * from marts.mart_stage_coverage",
        checks(
            ask(OUTSIDE_0_1, "coverage_rate", "amount_coverage_rate"),
            ask(DONE_ABOVE_DUE, "done_project_count"),
            ask(COUNT_NEGATIVE, "due_project_count", "done_project_count"),
        ),
    ),
    "mart_deviation_flag": (
        "select * from marts.mart_deviation_flag",
        ask(VERDICT_UNKNOWN, "verdict"),
    ),
    "mart_self_evaluation": (
        "select * from marts.mart_self_evaluation",
        ask(SCORE_NEGATIVE, "recomputed_score"),
    ),
    "fct_indicator": (
        "select * from marts.fct_indicator",
        checks(
            ask(KIND_UNKNOWN, "target_kind"),
            ask(OUTSIDE_0_1, "completion_rate"),
        ),
    ),
    "mart_sampling_quota": (
        "select * from marts.mart_sampling_quota",
        checks(
            ask(DRAWN_BELOW_QUOTA, "drawn_count"),
            ask(QUOTA_BELOW_TENTH, "quota_count"),
        ),
    ),
    "fct_finding": (
        "select * from quality.fct_finding",
        ask(FINDING_UNWORDED, "message_zh"),
    ),
}
"""Batch and checks by suite of the second gate."""
