"""What the annual statements (年度情况说明) ask for and where each answer comes from.

`python -m nightly.statement_catalogue` rewrites STATEMENTS.md from seeds/statements and
macros/statement.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from types import CodeType
from typing import Any

import jinja2

from nightly.settings import CODE_ROOT

SEEDS = CODE_ROOT / "seeds" / "statements"
MACROS = CODE_ROOT / "macros"
CATALOGUE = CODE_ROOT / "STATEMENTS.md"
# read by every statement: the quotient
SHARED_MACROS = (MACROS / "portable" / "ratio.sql",)
BASIS_ZH = {"computed": "计算", "registered": "登记", "not_computable": "无材料"}
COMMON_TEST = "test_statements.py"
MACRO_NAME = re.compile(r"\bmacro (\w+)\(")

INTRODUCTION = """# 年度情况说明：事项与数字

五份公开的年度情况说明中，每一事项由哪些材料、哪张表得出哪些数字。
由 `python -m nightly.statement_catalogue` 按 `seeds/statements` 与 `macros/statement` 生成，
不手工修改；`tests/python/catalogue/test_statements.py` 核对。

- 数字：`marts.mart_annual_statement` 的 `figure`；名称后的「分级」表示另有本级、下级的数值。
- 来源：计算，由报送材料得出；登记，按登记数字表所附依据文件；无材料，现有材料不能得出。
  括号内是不能得出的原因，或公布时未写明的口径。
- 测试：写有该事项编号的测试，与所用各表的单元测试；没有的只受目录测试核对。
"""


class _ReturnError(Exception):
    """Carries the value of dbt's `return` out of a macro."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def _return(value: object) -> None:
    raise _ReturnError(value)


def _returning(macro: Callable[..., object]) -> Callable[..., object]:
    def called(*arguments: object) -> object:
        try:
            return macro(*arguments)
        except _ReturnError as returned:
            return returned.value

    return called


@cache
def _compiled_macros() -> tuple[list[str], list[CodeType]]:
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    texts = [
        path.read_text(encoding="utf-8")
        for path in (*SHARED_MACROS, *sorted((MACROS / "statement").glob("*.sql")))
    ]
    # as in dbt, a macro calls its neighbours by way of the namespace, where returns are caught
    codes = [environment.compile(MACRO_NAME.sub(r"macro dbt_\1(", text)) for text in texts]
    return MACRO_NAME.findall("".join(texts)), codes


def _called_late(macros: dict[str, Callable[..., Any]], name: str) -> Callable[..., Any]:
    return lambda *arguments: macros[name](*arguments)


def load_macros(
    jurisdiction: str, as_of: str = "2000-01-01", ref: Callable[[str], str] = "marts.{}".format
) -> dict[str, Callable[..., Any]]:
    """Load the macros of the statements as dbt would, without dbt.

    Args:
        jurisdiction: value of dbt's variable.
        as_of: value of dbt's variable.
        ref: what stands in the SQL for a model.

    Returns:
        Macro by name; a macro that returns gives its value, another its text.
    """
    variables = {"jurisdiction": jurisdiction, "as_of": as_of}
    globals_ = {"var": variables.__getitem__, "ref": ref, "return": _return}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    loaded: dict[str, Callable[..., Any]] = {}
    names, codes = _compiled_macros()
    for name in names:
        globals_[name] = _called_late(loaded, name)
    for code in codes:
        module = jinja2.Template.from_code(environment, code, globals_).module
        for name, macro in vars(module).items():
            if name.startswith("dbt_"):
                loaded[name.removeprefix("dbt_")] = _returning(macro)
    return loaded


def read_seed(name: str) -> list[dict[str, str]]:
    """Read a seed of the statements.

    Args:
        name: of the seed.

    Returns:
        Its rows in order.
    """
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_jurisdictions() -> dict[str, str]:
    """Which jurisdiction makes which statement.

    Returns:
        Jurisdiction by statement.
    """
    path = CODE_ROOT / "seeds" / "reference" / "ref_jurisdiction.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["statement"]: row["jurisdiction"] for row in csv.DictReader(handle)}


def read_definitions(statement: str) -> list[dict[str, Any]]:
    """How the figures of a statement are counted.

    Args:
        statement: name of the statement.

    Returns:
        The entries of its macro.
    """
    return load_macros(read_jurisdictions()[statement])["statement_definitions"]()


@cache
def _test_texts() -> list[tuple[str, str]]:
    return [
        (path.name, path.read_text(encoding="utf-8"))
        for path in sorted((CODE_ROOT / "tests").rglob("*"))
        if path.suffix in {".py", ".csv", ".sql"}
    ]


@cache
def _unit_tested_models() -> set[str]:
    return {
        path.stem
        for path in (CODE_ROOT / "models").rglob("*.yml")
        if "\nunit_tests:" in path.read_text(encoding="utf-8")
    }


def tests_of(item_code: str, tables: Iterable[str]) -> list[str]:
    """Tests that hold an item.

    Args:
        item_code: code of the item.
        tables: the tables behind it.

    Returns:
        File names: of tests that name the item, then of the unit tests of its tables.
    """
    names_item = re.compile(rf"\b{item_code}\b")
    named = [name for name, text in _test_texts() if names_item.search(text)]
    unit_tested = [f"{table}.yml" for table in tables if table in _unit_tested_models()]
    return named + unit_tested or [COMMON_TEST]


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _figure(row: dict[str, str]) -> str:
    split = "，分级" if row["split_kind"] == "tier" else ""
    return f"`{row['figure']}` {row['label_zh']}（{row['unit_zh']}{split}）"


def _basis(rows: list[dict[str, str]]) -> str:
    bases = _unique(BASIS_ZH[row["basis"]] for row in rows)
    notes = _unique(
        f"{row['label_zh']}：{row['note_zh']}"
        if row["basis"] == "not_computable"
        else row["note_zh"]
        for row in rows
    )
    return "、".join(bases) + (f"（{'；'.join(notes)}）" if notes else "")


def _kind_names() -> dict[str, str]:
    path = CODE_ROOT / "seeds" / "reference" / "ref_document_kind.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        named = {row["document_kind"]: row["name_zh"] for row in csv.DictReader(handle)}
    return named | {"all": "全部材料"}


def render() -> str:
    """Write the catalogue.

    Returns:
        The text of STATEMENTS.md.
    """
    figures = read_seed("ref_statement_figure")
    kind_names = _kind_names()
    sections = [INTRODUCTION]
    for statement, items in groupby(
        read_seed("ref_statement_item"), key=lambda row: row["statement"]
    ):
        tables = {(d["item"], d["figure"]): d["table"] for d in read_definitions(statement)}
        lines = [
            f"## {statement}",
            "",
            "| 事项 | 内容 | 材料 | 表 | 数字 | 来源 | 测试 |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        for item in items:
            code = item["item_code"]
            rows = [row for row in figures if row["item_code"] == code]
            kinds = _unique(kind for row in rows for kind in row["document_kinds"].split("|"))
            used = _unique(tables.get((code, row["figure"]), "") for row in rows)
            cells = [
                code,
                item["item_zh"],
                "、".join(kind_names[kind] for kind in kinds),
                "<br>".join(f"`{table}`" for table in used),
                "<br>".join(map(_figure, rows)),
                _basis(rows),
                "<br>".join(_unique(tests_of(code, used))),
            ]
            lines.append(f"| {' | '.join(cells)} |")
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def main() -> int:
    """Rewrite STATEMENTS.md.

    Returns:
        The exit code.
    """
    CATALOGUE.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
