"""What changed since the last release, in lines; each figure is one of changes.json."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dashboards.edition import Edition, stage_title
from dashboards.page import Row
from dashboards.source import Source, Written, same, written
from nightly.release_notes import COMPARED, changed_rows

NO_BASE = "这是第一个发布，没有可以比较的上一发布。"


def of_changes(section: str) -> Source:
    """A section of changes.json: a list as its rows, an object as one row."""
    return Source(f"changes.{section}")


BASE, CAUSES, ACCEPTANCE, FILINGS, FINDINGS, OVERDUE, MOVES, RANKINGS = (
    of_changes(name) for name in (
        "base", "causes", "acceptance", "filings", "findings", "overdue", "moves", "rankings",
    )
)


def moved_of(section: str) -> Source:
    """The rows of a section that moved."""
    moves = " or ".join(
        f"{name}_before is distinct from {name}_after" for name in COMPARED[section]
    )
    return of_changes(section).only(f"({moves})")


def summed(source: Source, column: str, rows: list[Row]) -> Written:
    """The sum of a column, 0 where there is nothing."""
    return source.shows(
        "count", sum(row[column] for row in rows), f"coalesce(sum({column}), 0)"
    )


def counted(source: Source, rows: Collection[Any]) -> Written:
    """The number of rows."""
    return source.shows("count", len(rows))


def _before_after(source: Source, row: Row, name: str, kind: str) -> Written:
    before, after = f"{name}_before", f"{name}_after"
    return written(
        source.shows(kind, row[before], before), " → ", source.shows(kind, row[after], after)
    )


def news_lines(edition: Edition) -> list[str]:
    """What changed, in three lines for the overview.

    Args:
        edition: the release.

    Returns:
        Lines; nothing where no comparison is known at all.
    """
    changes = edition.changes
    if changes is None:
        return []
    if changes["is_first"]:
        return [NO_BASE]
    lines = [base_line(changes), _figure_line(edition), _list_line(changes)]
    return [*lines, *decision_lines(changes)]


def base_words(changes: Row) -> Written:
    """The last release and its date."""
    base = changes["base"]
    return written(
        BASE.shows("text", base["release_id"], "release_id"), "（数据截至 ",
        BASE.shows("text", base["as_of"], "as_of"), "）",
    )


def base_line(changes: Row) -> Written:
    """What came in since the last release."""
    causes, filings = changes["causes"], changes["filings"]
    parts = ["上一发布 ", base_words(changes), "：新收文件 ",
             CAUSES.shows("count", causes["new_input_count"], "new_input_count"), " 个"]
    if filings:
        parts += [
            "，新报送 ", summed(FILINGS, "new_count", filings), " 份（逾期 ",
            summed(FILINGS, "late_count", filings), " 份，更正 ",
            summed(FILINGS, "corrected_count", filings), " 份）",
        ]
    if causes["has_code_changed"]:
        parts.append("，程序、规则或参数有更新")
    return written(*parts, "。")


def _row_is(source: Source, row: Row, *names: str) -> Source:
    return source.only(" and ".join(same(name, row[name]) for name in names))


def _figure_line(edition: Edition) -> Written:
    changes = edition.changes or {}
    root = edition.root["bureau_code"]
    moved = [
        written(
            f"{stage_title(row['stage'], row['round_no'])}覆盖率 ",
            _before_after(
                _row_is(of_changes("coverage"), row, "fiscal_year", "stage", "round_no",
                        "bureau_code"),
                row, "coverage_rate", "rate",
            ),
        )
        for row in changed_rows(changes, "coverage")
        if row["bureau_code"] == root
        and row["coverage_rate_before"] != row["coverage_rate_after"]
    ]
    moved += [
        written(
            one.shows("text", row["fiscal_year"], "fiscal_year"), " 年自评平均分 ",
            _before_after(one, row, "mean_score", "score"),
        )
        for row in changed_rows(changes, "scores")
        if row["bureau_code"] == root and row["mean_score_before"] != row["mean_score_after"]
        for one in [_row_is(of_changes("scores"), row, "fiscal_year", "bureau_code")]
    ]
    moved += [
        written(
            f"{stage_title('monitoring', row['round_no'])}预警 ",
            _before_after(
                _row_is(of_changes("warnings"), row, "fiscal_year", "round_no"), row, "warned",
                "count",
            ),
        )
        for row in changed_rows(changes, "warnings")
        if row["warned_before"] != row["warned_after"]
    ]
    told = [part for one in moved for part in ("；", one)][1:] or ["覆盖率、平均分、预警没有变化"]
    return written(f"{edition.root['bureau_name']}（含下级）：", *told, "。")


def _list_line(changes: Row) -> Written:
    found = changes["findings"]
    return written(
        "新出现逾期未报 ", counted(OVERDUE, changes["overdue"]), " 项；问题新增 ",
        summed(FINDINGS, "new_count", found), " 条、消除 ",
        summed(FINDINGS, "cleared_count", found), " 条；名次变动 ",
        counted(RANKINGS, changes["rankings"]), " 个。",
    )


def decision_lines(changes: Row) -> list[str]:
    """What was decided of moves beyond the limits; nothing where there were none."""
    moves, acceptance = changes["moves"], changes["acceptance"]
    if not moves:
        return []
    if not acceptance:
        return [written("暂缓发布：", counted(MOVES, moves), " 项变动超过限度，等待确认。")]
    reason = (
        ("，理由：", ACCEPTANCE.shows("text", acceptance["reason"], "reason"))
        if acceptance["reason"] else ("，未写理由",)
    )
    return [written(
        "本发布曾因 ", counted(MOVES, moves), " 项变动超过限度暂缓，已于 ",
        ACCEPTANCE.shows("text", acceptance["accepted_date"], "accepted_date"), " 确认发布",
        *reason, "。",
    )]
