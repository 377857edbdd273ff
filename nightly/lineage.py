"""A page on every table: what it means, what it is made from, what is made from it.

Lineage is walked by links, one step at a time, from a page or list to what was received.

Made from dbt's manifest by the night, into the release. One file, no script, no network.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from nightly.glossary import read_reference, table_name_zh
from nightly.release import SCHEMAS

PAGE_NAME = "数据字典与血缘.html"
LAYERS_ZH = {
    "marts": "业务结果（marts）", "quality": "问题和质量（quality）",
    "intermediate": "中间步骤（不发布）", "staging": "读入（不发布）",
}
SOURCES_ZH = {
    "receipt": "收件登记", "filing": "报送登记", "finding": "问题记录", "gate_result": "关口结果",
    "draw": "抽检记录", "draw_frame": "抽检总体", "set_aside_rows": "搁置的行",
    "field_positions": "单元格位置",
}
STYLE = """
body{font:14px/1.6 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:1100px;
margin:0 auto;padding:0 16px 48px;color:#1f2329}
h1{font-size:22px}h2{font-size:17px;margin:24px 0 8px}a{color:#1558a8;text-decoration:none}
details{border:1px solid #dde1e6;border-radius:6px;margin:8px 0;padding:8px 12px}
summary{cursor:pointer}code{background:#f2f4f7;padding:0 3px;border-radius:3px}
table{border-collapse:collapse;width:100%;margin:8px 0}
td,th{border:1px solid #dde1e6;padding:3px 8px;text-align:left;vertical-align:top}
th{background:#f2f4f7}dt{font-weight:bold}dd{margin:0 0 6px 1em}
@media(max-width:600px){table{display:block;overflow-x:auto}}
"""


@dataclass(frozen=True)
class TableLineage:
    """A table and what stands around it.

    Attributes:
        name: of the table.
        layer: folder of its model, the schema of a published one.
        name_zh: its Chinese name.
        description: what a row is.
        columns: name, type and Chinese description in order; of published tables only.
        received: what was received or recorded that it reads, in Chinese.
        parameters: seeds it reads.
        parents: tables it reads.
        children: tables that read it.
        uses: labels of the pages and lists that show it.
        analyses: analyses that read it.
        test_count: promises that are checked of it.
    """

    name: str
    layer: str
    name_zh: str
    description: str
    columns: tuple[tuple[str, str, str], ...]
    received: tuple[str, ...]
    parameters: tuple[str, ...]
    parents: tuple[str, ...]
    children: tuple[str, ...]
    uses: tuple[str, ...]
    analyses: tuple[str, ...]
    test_count: int


def _names(nodes: Iterable[str], kind: str) -> tuple[str, ...]:
    return tuple(sorted({node.split(".")[2] for node in nodes if node.startswith(f"{kind}.")}))


def _received(nodes: Iterable[str]) -> tuple[str, ...]:
    kinds = {row["document_kind"]: row["name_zh"] for row in read_reference("ref_document_kind")}
    names = (node.split(".")[-1] for node in nodes if node.startswith("source."))
    return tuple(
        dict.fromkeys(
            kinds.get(name.split("__")[0]) or SOURCES_ZH.get(name, name) for name in names
        )
    )


def read_lineage(manifest: Mapping[str, Any]) -> list[TableLineage]:
    """Take the tables out of dbt's manifest.

    Args:
        manifest: dbt's manifest.json.

    Returns:
        Tables by layer and name.
    """
    exposures = manifest["exposures"]
    tables = []
    for key, node in manifest["nodes"].items():
        if not key.startswith("model."):
            continue
        layer = node["fqn"][1]
        above = manifest["parent_map"].get(key, [])
        below = manifest["child_map"].get(key, [])
        columns = node["columns"].items() if layer in SCHEMAS else ()
        tables.append(
            TableLineage(
                name=node["name"],
                layer=layer,
                name_zh=table_name_zh(node),
                description=" ".join(node["description"].split()),
                columns=tuple(
                    (name, str(column.get("data_type") or ""), column["description"])
                    for name, column in columns
                ),
                received=_received(above),
                parameters=_names(above, "seed"),
                parents=_names(above, "model"),
                children=_names(below, "model"),
                uses=tuple(
                    exposures[item]["label"] for item in below if item.startswith("exposure.")
                ),
                analyses=_names(below, "analysis"),
                test_count=len(_names(below, "test")),
            )
        )
    order = {layer: place for place, layer in enumerate(LAYERS_ZH)}
    return sorted(tables, key=lambda table: (order[table.layer], table.name))


def _links(names: Iterable[str]) -> str:
    return "、".join(f'<a href="#{escape(name)}"><code>{escape(name)}</code></a>' for name in names)


def _codes(names: Iterable[str]) -> str:
    return "、".join(f"<code>{escape(name)}</code>" for name in names)


def _around(table: TableLineage) -> Iterator[str]:
    for title, text in (
        ("来自收到的材料和记录", escape("、".join(table.received))),
        ("由这些表得出", _links(table.parents)),
        ("参数和参照表", _codes(table.parameters)),
        ("用于这些表", _links(table.children)),
        ("用在页面和清单", escape("、".join(table.uses))),
        ("用在分析", _codes(table.analyses)),
        ("每夜检验", f"{table.test_count} 项" if table.test_count else ""),
    ):
        if text:
            yield f"<dt>{title}</dt><dd>{text}</dd>"


def _section(table: TableLineage) -> Iterator[str]:
    yield f'<details id="{escape(table.name)}"><summary>'
    yield f"<code>{escape(table.name)}</code> {escape(table.name_zh)}</summary>"
    yield f"<p>{escape(table.description)}</p><dl>"
    yield from _around(table)
    yield "</dl>"
    if table.columns:
        yield "<table><tr><th>字段</th><th>类型</th><th>说明</th></tr>"
        for name, kind, words in table.columns:
            yield (
                f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td>"
                f"<td>{escape(words)}</td></tr>"
            )
        yield "</table>"
    yield "</details>"


def render(tables: Sequence[TableLineage], as_of: str) -> str:
    """Write the page.

    Args:
        tables: of `read_lineage`.
        as_of: the release's date.

    Returns:
        HTML that needs nothing else.
    """
    published = sum(table.layer in SCHEMAS for table in tables)
    lines = [
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>数据字典与血缘</title><style>{STYLE}</style></head><body>",
        "<h1>数据字典与血缘</h1>"
        f"<p>数据截至 {escape(as_of)}。发布 {published} 张表，由 {len(tables) - published} 个步骤"
        "得出。点开看每行是什么、由哪些表得出、用在哪里、有哪些字段；顺着链接可以一步步走到收到的材料。</p>",
    ]
    for layer, title in LAYERS_ZH.items():
        lines.append(f"<h2>{title}</h2>")
        for table in tables:
            if table.layer == layer:
                lines += _section(table)
    lines.append("</body></html>")
    return "\n".join(lines) + "\n"


def write_lineage(manifest_path: Path, folder: Path, as_of: str) -> Path | None:
    """Write the page into a release.

    Args:
        manifest_path: dbt's manifest.json of the build.
        folder: where to write.
        as_of: the release's date.

    Returns:
        The page; None where the build left no manifest.
    """
    if not manifest_path.is_file():
        return None
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    path = folder / PAGE_NAME
    path.write_text(render(read_lineage(manifest), as_of), encoding="utf-8")
    return path
