"""Limits of what may change from one release to the next, and the moves that go beyond them.

Filing is growth: while a stage is being filed, counts grow and rates and means move with them, and
nobody is to be woken for that. Then only what shrinks is looked at. Once the season is over, a
large move either way is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from nightly.labels import label
from nightly.thresholds import thresholds_of

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Limits:
    """Dated limits, `release.*` of `param_threshold.csv`.

    Attributes:
        max_row_drop: share of its rows that a table may lose.
        min_rows: smaller tables are not compared.
        may_shrink: tables that grow shorter as filings are mended.
        max_rate_move: how far a coverage rate may move.
        max_score_move: how many points a mean score may move.
        min_base: rates and means on a smaller base are not compared.
        season_days: days after the due date that still belong to the season.
        min_growth: growth of the base in the season that explains a move of the mean.
        max_rank_move: places an object may move in a ranking of a past work year.
        min_ranked: rankings of fewer objects are not compared.
        min_composite_move: points the object's own composite must have moved by; where many are
            level, a hundredth of a point is many places.
    """

    max_row_drop: float
    min_rows: int
    may_shrink: frozenset[str]
    max_rate_move: float
    max_score_move: float
    min_base: int
    season_days: int
    min_growth: float
    max_rank_move: int
    min_ranked: int
    min_composite_move: float


@dataclass(frozen=True)
class Move:
    """One change beyond its limit.

    Attributes:
        kind: row_count, coverage_rate, mean_score or rank.
        subject: what moved: a table, or the keys of a figure.
        before: value in the live release.
        after: value in the candidate; None where it is gone.
        limit: the limit gone beyond.
        text_zh: the move as a person reads it.
    """

    kind: str
    subject: str
    before: float
    after: float | None
    limit: float
    text_zh: str


def limits_of(values: Mapping[str, str]) -> Limits:
    """Give the parameters their types.

    Args:
        values: value by parameter.

    Returns:
        The limits.
    """
    def number(name: str) -> float:
        return float(values[f"release.{name}"])

    return Limits(
        max_row_drop=number("max_row_drop"),
        min_rows=int(number("min_rows")),
        may_shrink=frozenset(filter(None, values["release.may_shrink"].split("|"))),
        max_rate_move=number("max_rate_move"),
        max_score_move=number("max_score_move"),
        min_base=int(number("min_base")),
        season_days=int(number("season_days")),
        min_growth=number("min_growth"),
        max_rank_move=int(number("max_rank_move")),
        min_ranked=int(number("min_ranked")),
        min_composite_move=number("min_composite_move"),
    )


def read_limits(as_of: date) -> Limits:
    """The limits that hold on a date.

    Args:
        as_of: the night's date.

    Returns:
        The limits of its year.
    """
    return limits_of(thresholds_of(as_of.year))


def find_moves(changes: Mapping[str, Any], limits: Limits, as_of: date) -> list[Move]:
    """Find what goes beyond the limits.

    Args:
        changes: of `changes.compare`.
        limits: the limits.
        as_of: the night's date.

    Returns:
        Moves in the order tables, rates, means, ranks.
    """
    return [
        *_row_drops(changes["tables"], limits),
        *_rate_moves(changes["coverage"], limits, as_of),
        *_score_moves(changes["scores"], limits, as_of),
        *_rank_moves(changes["rankings"], limits, as_of),
    ]


def is_in_season(due_date: str | None, as_of: date, season_days: int) -> bool:
    """Whether a stage is still being filed.

    Args:
        due_date: ISO date; None where no date is set, so that the season has no end.
        as_of: the night's date.
        season_days: days after the due date that still belong to it.

    Returns:
        True up to and including the last day.
    """
    if due_date is None:
        return True
    return as_of <= date.fromisoformat(due_date) + timedelta(days=season_days)


def _row_drops(tables: Sequence[Row], limits: Limits) -> list[Move]:
    moves = []
    for table in tables:
        before, after = table["row_count_before"], table["row_count_after"]
        short = table["table"].partition(".")[2]
        if before is None or before < limits.min_rows or short in limits.may_shrink:
            continue
        drop = (before - (after or 0)) / before
        if drop > limits.max_row_drop:
            left = "整张表不再存在" if after is None else f"减为 {after:,} 行（-{drop:.1%}）"
            moves.append(Move(
                "row_count", table["table"], before, after, limits.max_row_drop,
                f"表 {table['table']} 由 {before:,} 行{left}，限度 {limits.max_row_drop:.0%}",
            ))
    return moves


def _fell(row: Row, name: str, limits: Limits) -> bool:
    before, after = row[f"{name}_before"] or 0, row[f"{name}_after"] or 0
    return before >= limits.min_base and (before - after) / before > limits.max_row_drop


def _rate_moves(coverage: Sequence[Row], limits: Limits, as_of: date) -> list[Move]:
    moves = []
    for row in coverage:
        before, after = row["coverage_rate_before"], row["coverage_rate_after"]
        due_before, due_after = row["due_before"] or 0, row["due_after"] or 0
        if before is None:
            continue
        shrank = _fell(row, "due", limits) or _fell(row, "done", limits)
        jumped = (
            after is not None
            and min(due_before, due_after) >= limits.min_base
            and abs(round(after - before, 10)) > limits.max_rate_move
            and not is_in_season(row["due_date"], as_of, limits.season_days)
        )
        if not (shrank or jumped):
            continue
        limit = limits.max_row_drop if shrank else limits.max_rate_move
        subject = figure_name(row)
        moved = (
            "现在没有这一数字" if after is None
            else f"变为 {after:.2%}（{points(after - before)}）"
        )
        moves.append(Move(
            "coverage_rate", subject, before, after, limit,
            f"{subject}覆盖率由 {before:.2%} {moved}，"
            f"应报 {due_before:,} → {due_after:,} 个，"
            f"已报 {row['done_before'] or 0:,} → {row['done_after'] or 0:,} 个，限度"
            + (f"减少 {limit:.0%}" if shrank else f" {limit * 100:g} 个百分点"),
        ))
    return moves


def _score_moves(scores: Sequence[Row], limits: Limits, as_of: date) -> list[Move]:
    moves = []
    for row in scores:
        before, after = row["mean_score_before"], row["mean_score_after"]
        count_before, count_after = row["scored_before"] or 0, row["scored_after"] or 0
        if before is None or after is None or min(count_before, count_after) < limits.min_base:
            continue
        if abs(round(after - before, 4)) <= limits.max_score_move:
            continue
        has_grown = (count_after - count_before) / count_before >= limits.min_growth
        if has_grown and is_in_season(row["due_date"], as_of, limits.season_days):
            continue
        subject = figure_name({**row, "stage": "self_evaluation", "round_no": None})
        moves.append(Move(
            "mean_score", subject, before, after, limits.max_score_move,
            f"{subject}平均分由 {before:.2f} 变为 {after:.2f}（{after - before:+.2f} 分），"
            f"有分数的自评 {count_before:,} → {count_after:,} 个，"
            f"限度 {limits.max_score_move:g} 分",
        ))
    return moves


def _rank_moves(rankings: Sequence[Row], limits: Limits, as_of: date) -> list[Move]:
    moves = []
    for row in rankings:
        before, after = row["rank_before"], row["rank_after"]
        if before is None or after is None or row["work_year"] >= as_of.year:
            continue  # ranks of the year under way move every night
        if min(row["ranked_before"], row["ranked_after"]) < limits.min_ranked:
            continue
        if abs(row["score_after"] - row["score_before"]) < limits.min_composite_move:
            continue
        if abs(after - before) > limits.max_rank_move:
            subject = (
                f"{row['work_year']}年度{label('ranking_kind', row['ranking_kind'])}"
                f"{one_line(row['object_name'])}"
            )
            moves.append(Move(
                "rank", subject, before, after, limits.max_rank_move,
                f"{subject}由第 {before} 名变为第 {after} 名，限度 {limits.max_rank_move} 名",
            ))
    return moves


def figure_name(row: Row) -> str:
    """Name a figure of a bureau and stage.

    Args:
        row: with fiscal_year, stage, round_no and bureau_name.

    Returns:
        Such as 「乌鲁木齐市2020年度绩效监控第1次」.
    """
    turn = f"第{row['round_no']}次" if row["round_no"] is not None else ""
    return f"{row['bureau_name']}{row['fiscal_year']}年度{label('stage', row['stage'])}{turn}"


def one_line(text: object) -> str:
    """A sender's text without line breaks, so that it cannot pass for a line of ours.

    Args:
        text: as sent.

    Returns:
        Words parted by single blanks.
    """
    return " ".join(str(text).split())


def points(move: float) -> str:
    """Word a move of a rate.

    Args:
        move: as a fraction.

    Returns:
        Such as 「-12.50 个百分点」.
    """
    return f"{move * 100:+.2f} 个百分点"
