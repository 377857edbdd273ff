"""What a sheet is: its kind, fiscal year and round settled from the evidence; or a refusal.

Content speaks first (title rows, column headings, columns that repeat year, code or round), then
the path. What contradicts or is missing is refused with what was found; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from ingest.evidence import (
    PathHints,
    RoundHint,
    other_kinds_in,
    overall_kind_in,
    round_hint,
    years_in_title,
)
from ingest.headings import (
    load_vocabulary,
)
from ingest.list_header import (
    HeaderPlace,
    ListHeader,
    complete_by_names,
    find_header_place,
    read_header,
)
from ingest.reference import RoundCalendar, kind_sources, other_kinds, project_kinds


def choose_kind(
    place: HeaderPlace, frame: pl.DataFrame, title_kind: str | None, weak_kinds: Sequence[str]
) -> ListHeader | None:
    """Settle the kind of a list: its title decides, else the claim that the headings bear out.

    Args:
        place: where the header stands.
        frame: the grid's frame.
        title_kind: kind that the title rows claim.
        weak_kinds: kinds claimed by sheet name, other sheets and path, the strongest first.

    Returns:
        The header under that kind (it may lack required headings); None where nothing claims a
        kind and the headings fit none, or two equally well.
    """
    if title_kind:
        return complete_by_names(read_header(place, title_kind), frame)
    claimed = [complete_by_names(read_header(place, k), frame) for k in dict.fromkeys(weak_kinds)]
    fitting = [header for header in claimed if header.is_complete]
    if fitting:
        return max(fitting, key=lambda header: header.matched_count)
    if claimed:
        return claimed[0]
    every = [complete_by_names(read_header(place, kind), frame) for kind in project_kinds()]
    fitting = sorted(
        (header for header in every if header.is_complete), key=_signature_strength, reverse=True
    )
    if not fitting:
        return None
    if len(fitting) > 1 and _signature_strength(fitting[0]) == _signature_strength(fitting[1]):
        return None
    return fitting[0]


TITLE_ROWS = 8
"""Rows in which the title of a register is looked for."""

TITLE_CELLS = 3
"""A title row fills no more cells than this."""


def recognise_register(
    frame: pl.DataFrame, sheet_name: str, source_file: str, *, is_unclaimed: bool = False
) -> tuple[HeaderPlace, ListHeader] | None:
    """Find the kind of a sheet whose rows are records.

    Titles claim a kind, then the sheet's name, then the path; of the kinds that one text claims
    the one whose headings fit best wins.

    Args:
        frame: the grid's frame.
        sheet_name: name of the sheet.
        source_file: path in the inbox.
        is_unclaimed: judge by the headings alone, where nothing claims a kind.

    Returns:
        Place and header; it lacks required headings only where a title claims the kind. None where
        the sheet is no register.
    """
    if is_unclaimed:
        found = _registers(frame, other_kinds())
        fitting = sorted(found, key=lambda pair: _signature_strength(pair[1]), reverse=True)
        if len(fitting) > 1 and _signature_strength(fitting[0][1]) == _signature_strength(
            fitting[1][1]
        ):
            return None
        return fitting[0] if fitting and len(fitting[0][1].columns) > 1 else None
    by_title = [kinds for _, title in _titles(frame) if (kinds := other_kinds_in(title))]
    for kinds in (*by_title, other_kinds_in(sheet_name), other_kinds_in(source_file)):
        found = _registers(frame, kinds)
        if found:
            return max(found, key=lambda pair: pair[1].matched_count)
    for kind in (kind for kinds in by_title for kind in kinds):
        place = find_header_place(frame, (kind,))
        if place is not None:
            return place, read_header(place, kind)
    return None


def _titles(frame: pl.DataFrame) -> list[tuple[int, str]]:
    """Rows that may be titles, from 0, with their texts."""
    return [
        (number, " ".join(filled))
        for number, row in enumerate(frame.head(TITLE_ROWS).rows())
        if 0 < len(filled := [cell for cell in row if cell and cell.strip()]) <= TITLE_CELLS
    ]


def recognise_overall(
    frame: pl.DataFrame, sheet_name: str, source_file: str
) -> tuple[HeaderPlace, ListHeader] | None:
    """Find the kind of a list on the whole expenditure of units (整体支出).

    Only what says 整体支出 is one: a title above the header, the sheet's name, a component of the
    path, in this order. Headings alone never make a list one.

    Args:
        frame: the grid's frame.
        sheet_name: name of the sheet.
        source_file: path in the inbox.

    Returns:
        Place and header; it lacks required headings only where a title claims the kind. None where
        nothing claims a kind, or no row heads a list.
    """
    by_title = [(row, kind) for row, text in _titles(frame) if (kind := overall_kind_in(text))]
    names = [sheet_name, *reversed(re.split(r"[/\\!]", source_file))]
    by_name = [(-1, kind) for name in names if (kind := overall_kind_in(name))]
    lacking = None
    for row, kind in [*by_title, *by_name]:
        place = find_header_place(frame, (kind,))
        if place is None or place.first_row <= row or not _is_all_headings(place):
            continue
        header = read_header(place, kind)
        if header.is_complete:
            return place, header
        if row >= 0 and lacking is None:
            lacking = place, header
    return lacking


def _is_all_headings(place: HeaderPlace) -> bool:
    """Whether most cells of a place are headings: in a form every other cell is a value."""
    return place.known_count * 2 > sum(bool(text) for text in place.sent)


def _registers(
    frame: pl.DataFrame, kinds: Iterable[str]
) -> list[tuple[HeaderPlace, ListHeader]]:
    """Places and headers of the kinds whose required headings are all there."""
    found = []
    for kind in kinds:
        place = find_header_place(frame, (kind,))
        if place is not None and (header := read_header(place, kind)).is_complete:
            found.append((place, header))
    return found


def _signature_strength(header: ListHeader) -> tuple[int, int]:
    vocabulary = load_vocabulary(header.kind)
    required = sum(len(vocabulary.required(table)) for table in header.tables)
    return required, header.matched_count


@dataclass(frozen=True)
class Settled:
    """A value settled from evidence, or the rule that stopped it.

    Attributes:
        value: the year, or the round.
        problem: rule that is broken.
        found: what was found, in words, for the finding.
        month_no: month of the label, for rounds.
    """

    value: int | None = None
    problem: str | None = None
    found: str = ""
    month_no: int | None = None


def settle_year(
    kind: str, content: Sequence[int], siblings: Sequence[int], hints: PathHints
) -> Settled:
    """Settle the fiscal year: content, then the other sheets, then the path.

    Args:
        kind: document kind; a self-evaluation's folder may carry the work year.
        content: years that this sheet states.
        siblings: years that other sheets of the file state.
        hints: what the path says.

    Returns:
        The year, or `FILE-203` (none) or `FILE-204` (contradiction).
    """
    stated = list(dict.fromkeys(content)) or list(dict.fromkeys(siblings))
    if len(stated) > 1:
        return Settled(None, "FILE-204", "、".join(f"{year}年" for year in stated))
    if stated:
        year = stated[0]
        allowed = {year, year + kind_sources()[kind].work_year_offset}
        if kind_sources()[kind].is_path_year_free:
            return Settled(year)
        if hints.years and not allowed & set(hints.years):
            path = "、".join(f"{y}年" for y in hints.years)
            return Settled(None, "FILE-204", f"表内为{year}年，路径或文件名为{path}")
        return Settled(year)
    if hints.years:
        return Settled(hints.years[0])
    return Settled(None, "FILE-203", "标题、预算年度列、路径中均未找到年度")


def settle_round(
    content: Sequence[RoundHint],
    siblings: Sequence[RoundHint],
    hints: PathHints,
    fiscal_year: int,
    calendar: RoundCalendar,
) -> Settled:
    """Settle the monitoring round: content, then the other sheets, then the path.

    Args:
        content: hints of this sheet's titles and headings.
        siblings: hints of other sheets of the file.
        hints: what the path says; a bare month there may be the month of sending, so it never
            contradicts.
        fiscal_year: 预算年度.
        calendar: dated calendar of rounds.

    Returns:
        The round with its month, or `FILE-205` (none) or `FILE-206` (contradiction).
    """
    own = [hint for hint in content if hint] or [hint for hint in siblings if hint]
    candidates = own or list(hints.labels)
    rounds = _rounds(candidates, fiscal_year, calendar)
    if len(rounds) > 1:
        return Settled(None, "FILE-206", "、".join(rounds.values()))
    if own and hints.labels:
        path = _rounds(hints.labels, fiscal_year, calendar)
        if not set(path) & set(rounds):
            return Settled(
                None,
                "FILE-206",
                f"表内为{next(iter(rounds.values()))}，路径或文件名为{'、'.join(path.values())}",
            )
    if not rounds and hints.bare_months:
        candidates = [RoundHint(hints.bare_months[0])]
        rounds = _rounds(candidates, fiscal_year, calendar)
    if not rounds:
        return Settled(None, "FILE-205", "标题、列标题、监控阶段列、路径中均未找到监控月份或次数")
    month = next((hint.month_no for hint in candidates if hint.month_no), None)
    return Settled(next(iter(rounds)), month_no=month)


def _rounds(
    hints: Iterable[RoundHint], fiscal_year: int, calendar: RoundCalendar
) -> dict[int, str]:
    """Rounds that hints lead to, with the words that said so.

    A month that the calendar knows and an ordinal both count; a month that it does not know keeps
    its own number only where no ordinal is given.
    """
    known: dict[int, str] = {}
    unknown: dict[int, str] = {}
    for hint in hints:
        if hint.month_no is not None:
            round_no, is_known = calendar.round_of(hint.month_no, fiscal_year)
            (known if is_known else unknown).setdefault(round_no, f"1-{hint.month_no}月")
        if hint.ordinal is not None:
            known.setdefault(hint.ordinal, f"第{hint.ordinal}次")
    return known or unknown


@dataclass(frozen=True)
class SheetEvidence:
    """What the texts of one sheet say, before the sheets of a file are weighed together."""

    titles: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    hints: tuple[RoundHint, ...] = field(default_factory=tuple)


def sheet_evidence(titles: Sequence[str], header: ListHeader | None) -> SheetEvidence:
    """Gather year and round evidence of a sheet.

    Args:
        titles: title rows.
        header: its list header, where it is a list.

    Returns:
        The evidence.
    """
    hints = [round_hint(title) for title in titles]
    if header:
        hints += [RoundHint(month) for month in header.month_numbers]
    return SheetEvidence(
        tuple(titles), tuple(years_in_title(titles)), tuple(hint for hint in hints if hint)
    )
