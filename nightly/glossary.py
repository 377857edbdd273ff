"""One name for one thing: English term, Chinese and column, from the marts' YAML and the seeds.

`python -m nightly.glossary` rewrites docs/术语表.md.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import yaml

from nightly.settings import CODE_ROOT

MODELS = CODE_ROOT / "models"
REFERENCE = CODE_ROOT / "seeds" / "reference"
GLOSSARY = CODE_ROOT / "docs" / "术语表.md"
LAYERS = ("marts", "quality")
COMMON_COUNT = 8
"""A column that stands in as many tables is a common one."""
SHOWN_TABLES = 3
REGISTER_NAME = re.compile(r"from the live filings \(([^()]+)\)")
CHINESE_NAME = re.compile(r"\(([\u4e00-\u9fa5][^()A-Za-z]*?)\)")
NAME_END = re.compile(r"[：（，；:;]")
SUFFIXES_EN = {"cny": "(yuan)", "zh": "(in Chinese)", "at": "(time)"}
ARTICLES = {"is": "whether it is", "has": "whether it has"}

INTRODUCTION = """# 术语表

同一事物只用一个名称：英文、中文、字段一一对应。
由 `python -m nightly.glossary` 按各表的 YAML（`models/marts`、`models/quality`）和
`seeds/reference` 生成，不手工修改；`tests/python/catalogue/test_glossary.py` 核对。
发布文件中每张表、每个字段都带同样的中文说明（DBeaver 等工具可直接显示）。

- 后缀即单位：`_cny` 元，`_rate`、`share` 0 至 1，`_score` 分，`_count` 个数，`_date` 日期，
  `is_`、`has_` 是否，`_zh` 中文文字；前有下划线的是来源（哪份文件、哪张表、哪一行）。
- 同一字段在个别表中另有所指的，列在「另指」一栏；详细说明以该表的字段说明为准。
"""


@dataclass(frozen=True)
class Meaning:
    """What a column means in one table.

    Attributes:
        table: the table.
        description: the column's Chinese description.
        data_type: its type.
    """

    table: str
    description: str
    data_type: str

    @property
    def name_zh(self) -> str:
        """The Chinese name: the description up to its first explanation."""
        return NAME_END.split(self.description, maxsplit=1)[0].strip()


def read_tables() -> list[dict[str, Any]]:
    """The published tables as their YAML describes them.

    Returns:
        Models by layer and name, each with its `layer`.
    """
    return [
        {**model, "layer": layer}
        for layer in LAYERS
        for path in sorted((MODELS / layer).rglob("*.yml"), key=lambda path: path.stem)
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    ]


def read_reference(name: str) -> list[dict[str, str]]:
    """Read a reference seed.

    Args:
        name: of the seed.

    Returns:
        Its rows in order.
    """
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_meanings(tables: list[dict[str, Any]]) -> dict[str, list[Meaning]]:
    """What each column means, table by table.

    Args:
        tables: of `read_tables`.

    Returns:
        Meanings by column name.
    """
    found: dict[str, list[Meaning]] = {}
    for table in tables:
        for column in table["columns"]:
            found.setdefault(column["name"], []).append(
                Meaning(table["name"], column["description"].strip(), str(column["data_type"]))
            )
    return found


def english_term(column: str) -> str:
    """The English term behind a column's name.

    Args:
        column: as in `goal_completion_rate`.

    Returns:
        Words as a person writes them.
    """
    words = column.strip("_").split("_")
    if len(words) > 1 and words[0] in ARTICLES:
        words[0] = ARTICLES[words[0]]
    if len(words) > 1 and words[-1] in SUFFIXES_EN:
        words[-1] = SUFFIXES_EN[words[-1]]
    return " ".join(words)


def table_name_zh(table: dict[str, Any]) -> str:
    """The Chinese name of a table: of its register, else the first its description gives.

    Args:
        table: of `read_tables`.

    Returns:
        The name, '' if the description gives none.
    """
    text = " ".join(table["description"].split())
    found = REGISTER_NAME.search(text) or CHINESE_NAME.search(text)
    return NAME_END.split(found[1], maxsplit=1)[0] if found else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _heading(cells: list[str]) -> list[str]:
    return [_row(cells), f"|{' --- |' * len(cells)}"]


@dataclass(frozen=True)
class Entry:
    """A line of the glossary: one column and what it is called.

    Attributes:
        column: its name.
        english: the English term.
        chinese: the Chinese term.
        description: its Chinese description.
        others: what else it means, as name and table.
        tables: where it stands.
    """

    column: str
    english: str
    chinese: str
    description: str
    others: tuple[tuple[str, str], ...]
    tables: tuple[str, ...]

    @property
    def is_common(self) -> bool:
        """Whether it stands in many tables."""
        return len(self.tables) >= COMMON_COUNT


def make_entry(column: str, meanings: list[Meaning]) -> Entry:
    """Choose what a column is called.

    Args:
        column: its name.
        meanings: what it means, table by table.

    Returns:
        The name most tables give it, and the others.
    """
    names = Counter(meaning.name_zh for meaning in meanings)
    chosen = names.most_common(1)[0][0]
    full = Counter(m.description for m in meanings if m.name_zh == chosen).most_common(1)[0][0]
    return Entry(
        column, english_term(column), chosen, full,
        tuple(
            (name, next(m.table for m in meanings if m.name_zh == name))
            for name in names if name != chosen
        ),
        tuple(meaning.table for meaning in meanings),
    )


def read_entries(tables: list[dict[str, Any]]) -> list[Entry]:
    """The columns of the published tables, those that say where a row came from last.

    Args:
        tables: of `read_tables`.

    Returns:
        One entry per column.
    """
    meanings = read_meanings(tables)
    names = sorted(meanings, key=lambda name: (name.startswith("_"), name))
    return [make_entry(name, meanings[name]) for name in names]


def table_grain(table: dict[str, Any]) -> str:
    """What one row of a table is: the first sentence of its description."""
    return " ".join(table["description"].split()).split(". ")[0].rstrip(".")


def read_codes() -> list[tuple[str, str, str]]:
    """Codes and their Chinese labels.

    Returns:
        Label set, code and label, in the order of the seeds.
    """
    labels = [
        (row["label_set"], row["code"], row["label_zh"]) for row in read_reference("ref_label")
    ]
    grouped = [row for _, rows in groupby(labels, key=lambda row: row[0]) for row in rows]
    known = {row[:2] for row in labels}
    return grouped + [
        ("document_kind", row["document_kind"], row["name_zh"])
        for row in read_reference("ref_document_kind")
        if ("document_kind", row["document_kind"]) not in known
    ]


def _entry_row(entry: Entry) -> str:
    where = "、".join(f"`{table}`" for table in entry.tables[:SHOWN_TABLES])
    if len(entry.tables) > SHOWN_TABLES:
        where += f" 等 {len(entry.tables)} 张表"
    others = "；".join(f"{name}（`{table}`）" for name, table in entry.others)
    return _row([
        f"`{entry.column}`", entry.english, entry.chinese, entry.description, others, where
    ])


def _column_sections(entries: list[Entry]) -> Iterator[str]:
    for title, is_common in (("二、常用字段", True), ("三、其他字段", False)):
        yield f"## {title}\n"
        yield from _heading(["字段", "英文", "中文", "说明", "另指", "在哪些表"])
        yield from (_entry_row(entry) for entry in entries if entry.is_common == is_common)
        yield ""


def _code_section() -> Iterator[str]:
    yield "## 四、代码\n"
    yield from _heading(["代码集", "代码", "中文"])
    for label_set, code, chinese in read_codes():
        yield _row([f"`{label_set}`", f"`{code}`", chinese])


def render() -> str:
    """Write the glossary.

    Returns:
        The text of docs/术语表.md.
    """
    tables = read_tables()
    lines = [INTRODUCTION, "## 一、表\n", *_heading(["表", "中文", "每行是什么"])]
    for table in tables:
        lines.append(_row([f"`{table['name']}`", table_name_zh(table), table_grain(table)]))
    lines += ["", *_column_sections(read_entries(tables)), *_code_section()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Rewrite docs/术语表.md.

    Returns:
        The exit code.
    """
    GLOSSARY.parent.mkdir(exist_ok=True)
    GLOSSARY.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
