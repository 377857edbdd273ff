"""Every figure that a page shows, asked again of the release in the plainest SQL.

What is compared is what the browser holds after drawing: texts of cards, notes and tiles, cells of
tables, data of charts. What it is compared with is composed from the table, the measure and the
keys that the page declares for the figure. A number without a declaration is a difference.
What is no table of the release is read as tables by `records`: changes.json and the log of nights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from nightly.confidential import UNNAMED
from torture.browser import Browser

Ask = Callable[[str], list[tuple[Any, ...]]]
NONE = "—"
SIGNED_UNITS = {"%": "个百分点"}
PLACES = {"count": 0, "rate": 2, "wan": 2, "score": 2, "number": 2}
NUMBER = re.compile(r"[-±+]?\d[\d,]*(\.\d+)?( ?(%|万元|亿元))?")
WORDS = re.compile(r"低于 [68]0 分|相差 1 分|sha256|全部 64 位|0 至 1，|增减为 0 的")
YEARS = re.compile(r"工作年度 \d{4}|\d{4} (工作年度|年)|截止日为 \d{4}-\d\d-\d\d")
"""Numbers in texts that are no figures but part of what is said; years in leads and notes."""
LENGTH = re.compile(r"共 ([\d,]+) 条(?:，本页列前 ([\d,]+) 条)?")
NAMES_WITH_NUMBERS = {
    "预算年度", "工作年度", "代码", "填报值", "应为", "规则", "条目", "项目", "单元格", "抽签",
    "检查", "问题", "说明", "理由", "得分段", "评分段",
}
"""Columns of texts as they were sent, and of codes."""
COLLECT = """
(() => {
    for (const button of document.querySelectorAll('.table .tools button')) {
        if (button.textContent.startsWith('显示全部') && !button.hidden) button.click();
    }
    const text = (element) => (element ? element.textContent : '');
    const all = (selector, of = document) => [...of.querySelectorAll(selector)];
    return {
        model: JSON.parse(document.getElementById('model').textContent),
        cards: all('.card').map((card) => [
            text(card.querySelector('.value')), text(card.querySelector('.note')),
        ]),
        lead: text(document.querySelector('.lead')),
        news: all('.news li').map(text),
        notes: all('.parts > section').map((part) => [
            (part.querySelector('.chart') || part).id,
            all(':scope > p.note', part).map(text).join(' '),
        ]),
        tiles: all('.tiles').map((group) => [
            group.dataset.tilesOf, Number(group.dataset.group),
            all('.tile', group).map((tile) => [
                text(tile.querySelector('b')), text(tile.querySelector('small')),
            ]),
        ]),
        tables: Object.fromEntries(all('[data-table-of]').map((place) => [
            place.dataset.tableOf, {
                heads: all('th', place).map(text),
                rows: all('tbody tr', place).map((line) => all('td', line).map((cell) => [
                    text(cell), cell.querySelector('a')?.getAttribute('href') || '',
                ])),
            },
        ])),
        charts: Object.fromEntries(all('.chart').map((place) => {
            const option = echarts.getInstanceByDom(place).getOption();
            return [place.id, option.series.map((series) => [series.name, series.data])];
        })),
    };
})()
"""


@dataclass
class Checked:
    """What a comparison found.

    Attributes:
        count: figures compared.
        differences: what does not agree, in words.
    """

    count: int = 0
    differences: list[str] = field(default_factory=list)

    def compare(self, place: str, shown: Any, expected: Any) -> None:
        """Count a figure, and note a difference."""
        self.count += 1
        if shown != expected:
            self.differences.append(f"{place}: shown {shown!r}, release {expected!r}")


def rounded(value: Any, places: int) -> Decimal:
    """Half away from zero, never minus zero."""
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number if number else abs(number)


def text_of(kind: str, value: Any) -> str:
    """How a value must be written; worked out here on purpose, not by the code of the pages."""
    if kind == "figure":
        number, places, unit = value if isinstance(value, tuple) else (None, 0, "")
        if number is None:
            return NONE
        space = "" if unit in ("%", "", None) else " "
        return f"{rounded(number, places or 0):,.{places or 0}f}{space}{unit or ''}"
    if kind in ("points", "growth", "signed"):
        return moved(kind, *value) if isinstance(value, tuple) else NONE
    if value is None or value == "":
        return NONE
    if kind == "text":
        return str(value)
    if kind == "yes":
        return "是" if value else "否"
    if kind == "date":
        return str(value)[:10]
    if kind == "money":
        size = 100_000_000 if abs(Decimal(str(value))) >= 100_000_000 else 10_000
        unit = "亿元" if size > 10_000 else "万元"
        return f"{rounded(Decimal(str(value)) / size, 2):,.2f} {unit}"
    factor = {"rate": Decimal(100), "wan": Decimal("0.0001")}.get(kind, Decimal(1))
    number = f"{rounded(Decimal(str(value)) * factor, PLACES[kind]):,.{PLACES[kind]}f}"
    return number + ("%" if kind == "rate" else "")


def moved(kind: str, *parts: Any) -> str:
    """A move with its sign: of two fractions, of two figures, or with its places and unit."""
    if kind == "signed":
        value, places, unit = parts
        if value is None:
            return NONE
        number = rounded(value, places)
        text = f"{number:+,.{places}f}" if number else "0"
        return f"{text} {SIGNED_UNITS.get(unit, unit or '')}".strip()
    now, before = (None if part is None else Decimal(str(part)) for part in parts)
    if now is None or before is None or (kind == "growth" and not before):
        return NONE
    if kind == "points":
        return f"{rounded((now - before) * 100, 2):+,.2f} 个百分点"
    return f"{rounded((now - before) * 100 / abs(before), 2):+,.2f}%"


def condition(where: str) -> str:
    """The clause of a condition."""
    return f" where {where}" if where else ""


class Oracle:
    """Asks the release for figures by table, measure and condition."""

    def __init__(self, ask: Ask, shown: dict[str, int] | None = None) -> None:
        """Keep what answers.

        Args:
            ask: answers a query on the release.
            shown: rows by table of the page: a card may count what stands below it.
        """
        self.ask = ask
        self.shown = shown or {}
        self._known: dict[tuple[str, str, str], Any] = {}

    def one(self, table: str, measure: str, where: str) -> Any:
        """A measure of the rows that meet a condition; no row is nothing."""
        if table.startswith("page."):
            assert (measure, where) == ("count(*)", ""), (table, measure, where)
            return self.shown[table.removeprefix("page.")]
        key = (table, measure, where)
        if key not in self._known:
            rows = self.ask(f"select {measure} from {table}{condition(where)}")
            assert len(rows) <= 1, f"{key}: {len(rows)} rows"
            self._known[key] = rows[0][0] if rows else None
        return self._known[key]

    def by_keys(
        self, table: str, where: str, keys: list[str], measures: list[str]
    ) -> dict[tuple[str, ...], tuple[Any, ...]]:
        """Measures by the keys of rows; a plain column must have one value per row."""
        names = [key.split(" as ")[0] for key in keys]
        asked = [
            f"list({measure})" if re.fullmatch(r"\w+", measure) else measure
            for measure in measures
        ]
        plain = [bool(re.fullmatch(r"\w+", measure)) for measure in measures]
        bare = [measure.startswith("(") for measure in measures]
        asked = [f"list({one})" if flag else one for one, flag in zip(asked, bare, strict=True)]
        rows = self.ask(
            f"select {', '.join([*names, *asked])} from {table}{condition(where)}"
            f" group by {', '.join(map(str, range(1, len(names) + 1)))}"
        )
        found = {}
        for row in rows:
            values = list(row[len(names):])
            for place, is_list in enumerate(zip(plain, bare, strict=True)):
                if any(is_list):
                    # `list` keeps nothing of a row whose value is null but the null itself
                    assert values[place] is None or len(values[place]) == 1, (table, keys, row)
                    values[place] = values[place][0] if values[place] else None
            found[tuple(map(key_text, row[:len(names)]))] = tuple(values)
        return found


def key_text(value: Any) -> str:
    """A key as text, the same from JSON and from the database."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def project_of(href: str) -> tuple[str, str, str]:
    """The keys of the project a link leads to."""
    parts = urlsplit(href)
    query = parse_qs(parts.query)
    return query["b"][0], query["y"][0], unquote(parts.fragment)


def check_text(
    checked: Checked, oracle: Oracle, place: str, shown: str, declared: list[list[str]]
) -> None:
    """Compare the figures of a text in their order; nothing else in it may be a number."""
    rest = WORDS.sub("", shown)
    for text, kind, table, measure, where in declared:
        expected = text_of(kind, oracle.one(table, measure, where))
        found = re.search(rf"(?<![\d.,]){re.escape(text)}(?![\d.,]*\d)", rest)
        if not found:
            checked.differences.append(f"{place}: {text!r} is not in {shown!r}")
            continue
        before, rest = rest[:found.start()], rest[found.end():]
        if NUMBER.search(before):
            checked.differences.append(f"{place}: no source for {before!r}")
        checked.compare(f"{place} {where}", text, expected)
    if NUMBER.search(rest):
        checked.differences.append(f"{place}: no source for {rest!r}")


def check_table(
    checked: Checked, oracle: Oracle, place: str, seen: dict[str, Any], table: dict[str, Any]
) -> None:
    """Compare every cell that is a number, a date or a flag."""
    declared = table["figures"]
    rows = seen["rows"]
    if len(rows) != len(table["rows"]):
        checked.differences.append(f"{place}: {len(rows)} rows shown of {len(table['rows'])}")
    columns = {int(number): item for number, item in (declared.get("columns") or {}).items()}
    for number, (heading, is_number) in enumerate(table["columns"]):
        cells = [row[number][0] for row in rows]
        if number not in columns and heading not in NAMES_WITH_NUMBERS and (
            is_number or any(NUMBER.fullmatch(cell) for cell in cells)
        ):
            checked.differences.append(f"{place} {heading}: no source")
    if not declared:
        return
    checked.compare(f"{place} rows", table["total"], list_length(oracle, *declared["listed"]))
    keys = [row_keys(declared, row, number) for number, row in enumerate(rows)]
    for index, (name, where, names) in enumerate(declared["sources"]):
        own = {number: item for number, item in columns.items() if item[0] == index}
        measures = [measure for _, _, measure in own.values()]
        found = oracle.by_keys(name, where, names, measures) if own else {}
        wanted = [one.split(" as ")[-1] for one in names]
        for row, known in zip(rows, keys, strict=True):
            if known.get("project_code") == "":  # a confidential project: nobody may look it up
                if not any(UNNAMED in text for text, _ in row):
                    checked.differences.append(f"{place}: a row without a project {row}")
                continue
            values = found.get(tuple(known[one] for one in wanted))
            for position, (number, (_, kind, measure)) in enumerate(own.items()):
                value = values[position] if values else 0 if measure == "count(*)" else None
                checked.compare(
                    f"{place} {table['columns'][number][0]} {known}", row[number][0],
                    text_of(kind, value),
                )


def check_length(checked: Checked, place: str, note: str, table: dict[str, Any]) -> str:
    """Compare how many rows a table says there are, and how many it says it shows.

    Args:
        checked: of the page.
        place: what differences are said to be on.
        note: the notes of the table.
        table: of the page's model.

    Returns:
        The notes without it.
    """
    total, shown = table["total"], len(table["rows"])
    said = LENGTH.search(note)
    assert said, (place, note)
    checked.compare(f"{place} length", said[1], f"{total:,}")
    checked.compare(f"{place} shown", said[2], f"{shown:,}" if shown < total else None)
    return note.replace(said[0], "", 1)


def list_length(oracle: Oracle, table: str, where: str, keys: list[str]) -> Any:
    """How many rows a list has: as many as its keys tell apart."""
    names = ", ".join(key.split(" as ")[0] for key in keys)
    return oracle.one(f"(select distinct {names} from {table}{condition(where)})", "count(*)", "")


def row_keys(declared: dict[str, Any], row: list[list[str]], number: int) -> dict[str, str]:
    """Keys of a row by name, from what the page holds and from the link to its project."""
    known = dict(zip(
        declared["keys"], map(key_text, declared["rows"][number] if declared["rows"] else []),
        strict=True,
    ))
    if declared["is_linked"]:
        href = next(href for _, href in row if href.startswith("project.html"))
        known |= dict(zip(
            ("bureau_code", "fiscal_year", "project_code"), project_of(href), strict=True
        ))
    return known


def check_chart(
    checked: Checked, oracle: Oracle, place: str, seen: list[Any], chart: dict[str, Any]
) -> None:
    """Compare every point and every bar."""
    if "table_of" not in chart:
        checked.differences.append(f"{place}: no source")
        return
    table, base = chart["table_of"]
    if chart["kind"] == "scatter":
        found = oracle.by_keys(
            table, base, ["bureau_code", "fiscal_year", "project_code"],
            ["goal_completion_rate", "execution_rate"],
        )
        for _, points in seen:
            for x, y, name, href in points:
                if not href and name.endswith(UNNAMED):  # nobody may look it up
                    continue
                for shown, value in zip((x, y), found[project_of(href)], strict=True):
                    checked.compare(f"{place} {href}", shown, percent(value))
        return
    for (name, data), series in zip(seen, chart["series"], strict=True):
        measure = series.get("measure")
        if measure is None or len(chart["wheres"]) != len(data) or name != series["name"]:
            checked.differences.append(f"{place} {name}: no source")
            continue
        for drawn, category in zip(data, chart["wheres"], strict=True):
            shown = drawn["value"] if isinstance(drawn, dict) else drawn
            where = " and ".join(filter(None, (
                base, series.get("where"), category.replace("{column}", series.get("column", "")),
            )))
            value = oracle.one(table, measure, where)
            checked.compare(
                f"{place} {where}", shown, percent(value) if chart["unit"] == "%" else value
            )


def percent(value: Any) -> float | None:
    """A fraction as a chart draws it."""
    return None if value is None else float(rounded(Decimal(str(value)) * 100, 2))


def check_page(browser: Browser, ask: Ask, page: str) -> Checked:
    """Compare every figure of the page that is open.

    Args:
        browser: with the page drawn.
        ask: answers a query on the release.
        page: what differences are said to be on.

    Returns:
        How many were compared, and what does not agree.
    """
    seen = browser.ask(COLLECT)
    model = seen["model"]
    checked = Checked()
    oracle = Oracle(ask, {name: len(table["rows"]) for name, table in seen["tables"].items()})
    code = page.removeprefix("bureau-").removesuffix(".html")
    lead = YEARS.sub("", seen["lead"].removeprefix(code))
    check_text(checked, oracle, f"{page} lead", lead, model["figures"]["lead"])
    for line, declared in zip(seen["news"], model["figures"]["news"], strict=True):
        check_text(checked, oracle, f"{page} news", line, declared)
    for (value, note), declared in zip(seen["cards"], model["figures"]["cards"], strict=True):
        check_text(checked, oracle, f"{page} card", f"{value}\n{note}", declared)
    for name, note in seen["notes"]:
        if model["tables"].get(name, {}).get("rows"):
            note = check_length(checked, f"{page} {name}", note, model["tables"][name])
            note = YEARS.sub("", note)
        check_text(
            checked, oracle, f"{page} {name}", note, model["figures"]["notes"].get(name, [])
        )
    for name, group, tiles in seen["tiles"]:
        for (value, note), declared in zip(
            tiles, model["figures"]["tiles"][name][group], strict=True
        ):
            check_text(checked, oracle, f"{page} {name}", f"{value}\n{note}", declared)
    for name, table in model["tables"].items():
        if table["rows"]:
            check_table(checked, oracle, f"{page} {name}", seen["tables"][name], table)
    for name, chart in model["charts"].items():
        check_chart(checked, oracle, f"{page} {name}", seen["charts"][name], chart)
    return checked


# --- the page of a project ------------------------------------------------------------------------

COLLECT_PROJECT = """
(() => ({
    figures: [...document.querySelectorAll('[data-figure]')].map((element) => [
        element.dataset.figure, element.dataset.kind, element.dataset.key || '',
        element.textContent,
    ]),
    loose: [...document.querySelectorAll('#project td, #project dd, #project span')]
        .filter((element) => !element.closest('[data-figure]'))
        .map((element) => [...element.childNodes].filter((node) => node.nodeType === 3)
            .map((node) => node.textContent).join('')),
}))()
"""
LOOSE_NUMBER = re.compile(r"-?[\d,]+\.\d\d(%| 万元| 亿元)")


def check_project(
    browser: Browser, ask: Ask, bureau: str, fiscal_year: int, code: str
) -> Checked:
    """Compare every figure of the project's page that is open."""
    checked = Checked()
    seen = browser.ask(COLLECT_PROJECT)
    quoted = code.replace("'", "''")
    base = f"bureau_code = '{bureau}' and fiscal_year = {fiscal_year} and project_code = '{quoted}'"
    for figure, kind, key, text in seen["figures"]:
        table, _, column = figure.rpartition(".")
        where = base
        if table == "marts.fct_indicator":
            stage, round_no, source_row = key.split(" ")
            where += f" and document_kind = '{stage}' and coalesce(round_no, 0) = {round_no}"
            where += f" and _source_row = {source_row}"
        elif key:
            where += f" and round_no = {key}"
        rows = [row[0] for row in ask(f"select {column} from {table} where {where}")]
        shown = text.split(" ", 1)[1] if table == "marts.fct_indicator" else text
        expected = {text_of(kind, value) for value in rows}
        checked.compare(f"{figure} {where}", shown, shown if shown in expected else expected)
    for text in seen["loose"]:
        if LOOSE_NUMBER.fullmatch(text):
            checked.differences.append(f"{code}: no source for {text!r}")
    return checked


def pages_of(names: Iterable[str]) -> list[str]:
    """Pages in the order they are looked at: the first page first."""
    return sorted(names, key=lambda name: (name != "index.html", name.startswith("bureau-"), name))
