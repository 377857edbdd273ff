"""What texts say of a sheet: kind, year, round, unit and bureau, in titles and in the path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from ingest.headings import (
    plain,
)
from ingest.readers.grid import Grid
from ingest.reference import kind_sources, other_kinds, project_kinds, row_labels, unit_kinds

_STAMP = re.compile(
    r"(?:填报|填表|打印|导出|制表|审核|报送|编制)?(?:日期|时间)[:]?[^,;，；)]*"
    r"|20\d\d年\d{1,2}月\d{1,2}日|20\d\d([-./])\d{1,2}\1\d{1,2}(?!\d)"
)
_YEAR_ALONE = re.compile(r"^\(?(20\d\d)年?度?\)?$")
_YEAR_BUDGET = re.compile(r"(20\d\d)年度")
_YEAR = re.compile(r"(20\d\d)年")
_PATH_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_STEM_YEAR = re.compile(r"(?<![0-9A-Za-z])(20\d\d)(?![0-9A-Za-z])(?![-.]\d{1,2}(?!\d))")
_MONTH_RANGE = re.compile(r"(?<![\d])0?1月?[-至到]+(\d{1,2})月")
_MONTH_END = re.compile(r"截[至止]到?(?:20\d\d年)?(\d{1,2})月|(?<![\d-])(\d{1,2})月(?:份)?[底末]")
_HALF_YEAR = re.compile(r"上半年|半年度")
_BARE_MONTH = re.compile(r"(?<![\d])(1[0-2]|0?[1-9])月(?!\d)")
_ORDINAL = re.compile(r"第([一二三四1-4])[次轮]|([一二三四])次(?:绩效)?(?:运行)?监控")
_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_NUMBER = re.compile(r"^[-+]?[\d,.]+%?$")
_UNIT_LINE = re.compile(
    r"单位[:]?(?:人民币)?[:]?(百万元|千元|万元|亿元|元)(?!/)|\((?:人民币)?(百万元|千元|万元|亿元|元)\)"
)
_REGION_CODE = re.compile(r"区划(?:代码)?[:]?(\d{6})(?:000)?(?!\d)")


def kind_in_text(text: str | None, kinds: Sequence[str] | None = None) -> str | None:
    """Name the kind that a title, sheet name or path component claims to be.

    Args:
        text: the text as sent.
        kinds: kinds that may be claimed; None for those whose rows are projects.

    Returns:
        The document kind of lowest precedence number whose pattern occurs, or None.
    """
    spelled = plain(text)
    for kind in project_kinds() if kinds is None else kinds:
        if kind_sources()[kind].title_pattern.search(spelled):
            return kind
    return None


@lru_cache(maxsize=1)
def _any_other_kind() -> re.Pattern[str]:
    patterns = (kind_sources()[kind].title_pattern.pattern for kind in other_kinds())
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")


def other_kinds_in(text: str | None) -> tuple[str, ...]:
    """Name every kind of records that a text may claim to be.

    Titles of registers overlap (「绩效评价结果公开台账」): all are named, the headings decide.

    Args:
        text: title row, sheet name or path.

    Returns:
        The kinds, in order of precedence.
    """
    spelled = plain(text)
    if not _any_other_kind().search(spelled):
        return ()
    return tuple(k for k in other_kinds() if kind_sources()[k].title_pattern.search(spelled))


def overall_kind_in(text: str | None) -> str | None:
    """Name the kind on the whole expenditure of a unit (整体支出) that a text claims to be.

    Args:
        text: title row, sheet name or component of a path.

    Returns:
        The kind of lowest precedence number, or None.
    """
    return kind_in_text(text, unit_kinds())


def years_in_title(titles: Iterable[str]) -> list[int]:
    """Fiscal years that title rows state, the strongest wording only.

    A row that is only 「（2020年度）」 is stronger than 「2020年度…」, that than 「2020年…」;
    dates of filling in or printing do not count.

    Args:
        titles: title rows as sent.

    Returns:
        Distinct years in order of appearance.
    """
    spelled = [_STAMP.sub("", plain(title)) for title in titles]
    for pattern in (_YEAR_ALONE, _YEAR_BUDGET, _YEAR):
        years = [int(year) for text in spelled for year in pattern.findall(text)]
        if years:
            return list(dict.fromkeys(years))
    return []


@dataclass(frozen=True)
class RoundHint:
    """What a text says of the monitoring round.

    Attributes:
        month_no: N of 「1-N月」, 「截至N月底」, 「N月底」.
        ordinal: n of 「第n次」.
    """

    month_no: int | None = None
    ordinal: int | None = None

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return self.month_no is not None or self.ordinal is not None


def round_hint(text: str | None, *, with_bare_month: bool = False) -> RoundHint:
    """Read a month label or an ordinal of monitoring.

    Args:
        text: title row, cell of 监控阶段, sheet name or path component.
        with_bare_month: accept 「5月」 as well (paths and 监控阶段 cells).

    Returns:
        The hint, false where there is none.
    """
    spelled = _STAMP.sub("", plain(text))
    month: int | None = None
    match = _MONTH_RANGE.search(spelled) or _MONTH_END.search(spelled)
    if match:
        month = int(next(group for group in match.groups() if group))
    elif _HALF_YEAR.search(spelled):
        month = 6
    elif with_bare_month and (bare := _BARE_MONTH.search(spelled)):
        month = int(bare.group(1))
    if month is not None and not 1 <= month <= 12:
        month = None
    ordinal = _ORDINAL.search(spelled)
    return RoundHint(month, _ORDINALS[ordinal[1] or ordinal[2]] if ordinal else None)


def money_unit_in_titles(titles: Iterable[str]) -> str | None:
    """The unit of a 「单位：万元」 line or of a title that ends in 「（万元）」.

    Args:
        titles: title rows as sent.

    Returns:
        元, 万元, 亿元, another unit's text where that is what it says, or None.
    """
    for title in titles:
        match = _UNIT_LINE.search(plain(title))
        if match:
            return match.group(1) or match.group(2)
    return None


def codes_in_titles(titles: Iterable[str]) -> set[str]:
    """6-digit region codes written as 「区划代码：650102000」 in title rows."""
    return {code for title in titles for code in _REGION_CODE.findall(plain(title))}


@dataclass(frozen=True)
class PathHints:
    """What the path of a file says, the innermost component first.

    Attributes:
        kinds: claimed kinds, distinct.
        years: years clearly stated as such, distinct.
        labels: rounds by 「1-N月」 or 「第n次」.
        bare_months: months by 「5月」 alone, which may be the month of sending.
    """

    kinds: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    labels: tuple[RoundHint, ...] = ()
    bare_months: tuple[int, ...] = ()


def path_hints(source_file: str, project_names: Sequence[str] = ()) -> PathHints:
    """Read kind, year and round from a path.

    Args:
        source_file: path in the inbox; members of a zip behind `!`.
        project_names: names whose years are not the file's (a form named after its project).

    Returns:
        The hints.
    """
    components = [c for c in re.split(r"[/\\!]", source_file) if c]
    kinds: list[str] = []
    years: list[int] = []
    labels: list[RoundHint] = []
    months: list[int] = []
    names = [plain(name) for name in project_names if name]
    for depth, component in enumerate(reversed(components)):
        text = plain(component)
        is_file = depth == 0 or text.lower().endswith(".zip")
        if is_file:
            text = re.sub(r"(?:\.[A-Za-z0-9]{1,5})+$", "", text)
            for name in names:
                text = text.replace(name, "")
        kind = kind_in_text(text)
        if kind:
            kinds.append(kind)
        bare = _STAMP.sub("", text)
        found = [int(y) for y in _PATH_YEAR.findall(bare)]
        if is_file:
            found += [int(y) for y in _STEM_YEAR.findall(bare)]
        elif re.fullmatch(r"20\d\d", bare):
            found.append(int(bare))
        years += found
        hint = round_hint(text)
        if hint:
            labels.append(hint)
        else:
            month = round_hint(text, with_bare_month=True).month_no
            if month:
                months.append(month)
    return PathHints(
        tuple(dict.fromkeys(kinds)),
        tuple(dict.fromkeys(years)),
        tuple(dict.fromkeys(labels)),
        tuple(dict.fromkeys(months)),
    )


def row_texts(frame: pl.DataFrame, first: int, count: int) -> list[str]:
    """The texts of some rows, each row's cells joined by a space.

    Args:
        frame: the grid's frame.
        first: 0-based first row.
        count: number of rows.

    Returns:
        One text per row that is not blank.
    """
    texts = [
        " ".join(cell.strip() for cell in row if cell and cell.strip())
        for row in frame.slice(first, count).rows()
    ]
    return [text for text in texts if text]


def title_kind(titles: Iterable[str]) -> str | None:
    """The kind that the first speaking title row claims."""
    for title in titles:
        kind = kind_in_text(title)
        if kind:
            return kind
    return None


def is_ignorable_sheet(grid: Grid) -> bool:
    """Whether a sheet explains or lists codes, by its name."""
    return bool(row_labels().ignorable_sheets.search(plain(grid.sheet)))
