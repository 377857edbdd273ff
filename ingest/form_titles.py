"""What the rows above a form say: its kind, fiscal year, month, round and bureau."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.form_labels import FORM_KINDS, load_form_vocabulary
from ingest.headings import MONEY_UNITS, normalise, plain
from ingest.reference import overall_kind

_YEAR_OF_FORM = re.compile(r"(20\d\d)(?:年度|财年|财政年度)")
_YEARS_OF_FORM = re.compile(r"(?:(20\d\d)年?[-~～—至、和])?(20\d\d)年度")
_YEAR_ALONE = re.compile(r"(?<!\d)(20\d\d)年(?!\d{1,2}月\d{1,2}日)")
_CHINESE_YEAR = re.compile(r"(?<!\d)[二2][〇○零OoΟ0-9一二三四五六七八九]{3}年")
_CHINESE_DIGITS = str.maketrans("〇○零OoΟ一二三四五六七八九", "000000123456789")
_MONTH_END = re.compile(r"(?<!\d)(\d{1,2})月(?:份)?(?:底|末)")
_ROUND = re.compile(r"第([一二三四1234])(?:次|轮|阶段)")
_ROUND_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_BUREAU = re.compile(r"[\u4e00-\u9fa5]{2,24}?财政局")
_UNIT_LINE = re.compile(r"(?:金额|货币|计量)?单位:?(?:人民币)?(万元|亿元|元)(?![\u4e00-\u9fa5])")


@dataclass(frozen=True)
class TitleFacts:
    """What the title rows of a form say; None or empty where they do not.

    Attributes:
        document_kind: kind that the words of the title name.
        is_overall: they speak of a unit as a whole (整体支出); False where of projects.
        fiscal_year: 预算年度.
        month_no: N of 「1-N月」 or 「N月底」.
        round_hint: N of 「第N次」.
        bureau_names: names of finance bureaus.
        money_unit: 元, 万元 or 亿元 of a 「单位：」 line.
        said_years: every year that they call a 年度; more than one is a contradiction.
    """

    document_kind: str | None = None
    is_overall: bool | None = None
    fiscal_year: int | None = None
    month_no: int | None = None
    round_hint: int | None = None
    bureau_names: tuple[str, ...] = ()
    money_unit: str | None = None
    said_years: tuple[int, ...] = ()


def title_facts(texts: list[str]) -> TitleFacts:
    """Read the title rows.

    Args:
        texts: their cells, from the top.

    Returns:
        What they say.
    """
    return TitleFacts(
        document_kind=kind_of_title("\n".join(texts)),
        is_overall=says_overall(texts),
        fiscal_year=_year_of_all(texts),
        month_no=next((month for text in texts if (month := month_of(text))), None),
        round_hint=next((round_no for text in texts if (round_no := round_of(text))), None),
        bureau_names=tuple(
            dict.fromkeys(name for text in texts for name in _BUREAU.findall(plain(text)))
        ),
        money_unit=next((unit for text in texts if (unit := money_unit_of(text))), None),
        said_years=tuple(dict.fromkeys(year for text in texts for year in _years_said(text))),
    )


def _years_said(text: str) -> list[int]:
    spelled = _with_digits(text)
    return [int(year) for found in _YEARS_OF_FORM.findall(spelled) for year in found if year]


def _with_digits(text: str) -> str:
    """A title in plain spelling, a year in Chinese numerals or with letters (2O25年) in digits."""
    return _CHINESE_YEAR.sub(lambda year: year.group(0).translate(_CHINESE_DIGITS), plain(text))


def _year_of_all(texts: list[str]) -> int | None:
    """Year of several title rows: one that says 年度 before one that may be part of a name."""
    years = [year for text in texts if (year := year_of(text))]
    said = [year for text in texts if "年度" in plain(text) and (year := year_of(text))]
    return next(iter(said or years), None)


def with_earlier(facts: TitleFacts, earlier: TitleFacts | None) -> TitleFacts:
    """Fill what a form's titles leave open from those of the form above it on the sheet.

    Args:
        facts: what the form's own titles say.
        earlier: what those of the form above say.

    Returns:
        The facts, completed.
    """
    if earlier is None:
        return facts
    completed = TitleFacts(
        *(
            getattr(facts, name) or getattr(earlier, name)
            for name in TitleFacts.__dataclass_fields__
        )
    )
    # a title of its own says whose form it is, even where it says nothing of 整体支出
    return replace(completed, is_overall=facts.is_overall) if facts.document_kind else completed


def kind_of_title(text: str) -> str | None:
    """Kind of the document by the words of its title; 自评 before 监控 before 目标.

    Args:
        text: its title rows, one a line.

    Returns:
        The kind of projects, or of units where the title speaks of 整体支出; None where it names
        no kind.
    """
    spelled = plain(text)
    is_overall = says_overall(text.split("\n"))
    for kind in FORM_KINDS:
        words = load_form_vocabulary(kind).ordered[("title", "kind")]
        if any(word in spelled for word in words):
            return overall_kind(kind) if is_overall else kind
    return None


def says_overall(texts: Iterable[str]) -> bool | None:
    """Tell whether titles speak of the whole expenditure of a unit (整体支出) or of projects.

    Args:
        texts: title rows from the top; the last that speaks of either decides.

    Returns:
        True for a unit, False for projects, None where they say neither.
    """
    ordered = load_form_vocabulary(FORM_KINDS[0]).ordered
    said = None
    for text in texts:
        spelled = plain(text)
        if any(word in spelled for word in ordered[("title", "projects")]):
            said = False
        elif any(word in spelled for word in ordered[("title", "overall")]):
            said = True
    return said


def year_of(text: str) -> int | None:
    """Fiscal year of a title: 「（2020年度）」 first, then a year that is no part of a date."""
    spelled = _with_digits(text)
    found = _YEAR_OF_FORM.search(spelled) or _YEAR_ALONE.search(spelled)
    return int(found.group(1)) if found else None


def month_of(text: str) -> int | None:
    """Month that a monitoring form reaches to: 「1～5月」, 「截至9月底」, 「5月底」."""
    month_no = normalise(text).month_no
    if month_no:
        return month_no
    found = _MONTH_END.search(plain(text))
    return int(found.group(1)) if found and 1 <= int(found.group(1)) <= 12 else None


def round_of(text: str) -> int | None:
    """Round that a monitoring form names: 「第一次」, 「第2次」."""
    found = _ROUND.search(plain(text))
    if not found:
        return None
    return _ROUND_NUMBERS.get(found.group(1)) or int(found.group(1))


def money_unit_of(text: str) -> str | None:
    """Unit of a 「单位：万元」 line."""
    found = _UNIT_LINE.search(plain(text))
    return found.group(1) if found and found.group(1) in MONEY_UNITS else None
