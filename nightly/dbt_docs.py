"""dbt's own page of docs and lineage graph, as one file, made from what the build left behind.

What `dbt docs generate --static` makes needs another run of dbt over the warehouse. Its page is a
shell that ships with dbt and two texts put into it: the manifest, which the build has written, and
a catalog of columns and types, which the release's database tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from dbt.task.docs import DOCS_INDEX_FILE_PATH

from nightly.release import SCHEMAS, open_release
from nightly.tables import columns_of, list_tables, quote

PAGE_NAME = "dbt文档.html"
PROJECT = "jixiao"
MANIFEST_MARK = '"MANIFEST.JSON INLINE DATA"'
CATALOG_MARK = '"CATALOG.JSON INLINE DATA"'
# a browser asks for the address of an icon or picture before the page's script has filled it in
SHELL_REPAIRS = {
    'xlink:href="{{': 'ng-attr-xlink:href="{{',
    """<link rel="shortcut icon" href="${require('./assets/favicons/favicon.ico')}"/>""": "",
}
# paths of the machine, times of the run, and what makes the page heavy without being shown
LEFT_OUT = frozenset({
    "root_path", "build_path", "compiled_path", "created_at", "checksum", "unrendered_config",
    "compiled_code", "extra_ctes", "extra_ctes_injected", "given", "expect",
})
OVERVIEW_ZH = """\
### 绩效数据仓库：表、字段和血缘

数据截至 {as_of}。这是 dbt 自带的文档页，界面是英文，表和字段的说明是中文；全中文、不用脚本的一页是
同一目录的 `数据字典与血缘.html`。

* 左侧 **Project**：按目录找表。`marts` 是业务结果，`quality` 是问题和质量，这两处发布；
  `intermediate`、`staging` 是中间步骤，不发布；`seeds` 是参照表、参数和规则；
  **Sources** 是收到的材料；**Exposures** 是看板页面和清单。
* 表页：**Columns** 字段说明，**Depends On** 由什么得出，**Referenced By** 用在哪里，
  **Code** 是 SQL。
* 右下角圆钮：血缘图；在表页点开只看这张表前后一步，右上角展开看全部。

怎样查询见 `docs/如何查询.md`；分析用的 SQL 在 `analyses/`。
"""


def trim_manifest(manifest: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    """Keep of a manifest what the page shows.

    Args:
        manifest: dbt's manifest.json.
        as_of: the release's date, which stands for the time of the run.

    Returns:
        The manifest without dbt's own macros, the machine's paths and the run's times.
    """
    kept = dict(manifest)
    kept["metadata"] = {
        "dbt_version": manifest["metadata"]["dbt_version"],
        "adapter_type": manifest["metadata"]["adapter_type"],
        "project_name": PROJECT,
        "generated_at": f"{as_of}T00:00:00Z",
        "send_anonymous_usage_stats": False,
    }
    kept["docs"] = {
        f"doc.{PROJECT}.__overview__": {
            "name": "__overview__", "package_name": PROJECT,
            "block_contents": OVERVIEW_ZH.format(as_of=as_of),
        }
    }
    kept["macros"] = {
        key: macro for key, macro in manifest["macros"].items()
        if macro["package_name"] == PROJECT
    }
    for kind in ("nodes", "sources", "exposures", "macros", "unit_tests"):
        kept[kind] = {
            key: {name: value for name, value in item.items() if name not in LEFT_OUT}
            for key, item in kept[kind].items()
        }
    return kept


def make_catalog(manifest: Mapping[str, Any], con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Tell dbt's page the columns, types and row counts of the published tables.

    Args:
        manifest: dbt's manifest.json.
        con: the release, open.

    Returns:
        What dbt calls a catalog; tables that are not published are not in it.
    """
    models = {
        (node["schema"], node["name"]): key
        for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    nodes = {}
    for schema, table in list_tables(con, SCHEMAS):
        if (schema, table) not in models:
            continue
        ((rows,),) = con.execute(
            f"select count(*) from {quote(schema)}.{quote(table)}"
        ).fetchall()
        key = models[schema, table]
        nodes[key] = {
            "unique_id": key,
            "metadata": {"type": "table", "schema": schema, "name": table, "database": None},
            "columns": {
                name: {"name": name, "type": kind, "index": place, "comment": comment}
                for place, (name, kind, comment) in enumerate(columns_of(con, schema, table), 1)
            },
            "stats": {
                "has_stats": {
                    "id": "has_stats", "label": "", "value": True, "description": "",
                    "include": False,
                },
                "rows": {
                    "id": "rows", "label": "行数", "value": rows, "description": "发布中的行数",
                    "include": True,
                },
            },
        }
    return {"metadata": {}, "nodes": nodes, "sources": {}, "errors": None}


def _inline(value: object) -> str:
    # in a script, "<" could end it
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def fill_shell(shell: str, manifest: Mapping[str, Any], catalog: Mapping[str, Any]) -> str:
    """Put the two texts into dbt's page.

    Args:
        shell: dbt's page.
        manifest: of `trim_manifest`.
        catalog: of `make_catalog`.

    Returns:
        HTML that needs nothing else.

    Raises:
        ValueError: this version of dbt ships another kind of page.
    """
    missing = [mark for mark in (MANIFEST_MARK, CATALOG_MARK) if shell.count(mark) != 1]
    if missing:
        raise ValueError(f"dbt's page of docs has no place for {missing}")
    for wrong, right in SHELL_REPAIRS.items():
        shell = shell.replace(wrong, right)
    # texts go in last, so that nothing in them is taken for a mark or repaired
    before, _, rest = shell.partition(MANIFEST_MARK)
    between, _, after = rest.partition(CATALOG_MARK)
    return "".join((before, _inline(manifest), between, _inline(catalog), after))


def write_dbt_docs(
    manifest_path: Path, database: Path, folder: Path, as_of: str
) -> Path | None:
    """Write the page into a release.

    Args:
        manifest_path: dbt's manifest.json of the build.
        database: the release's DuckDB file.
        folder: where to write.
        as_of: the release's date.

    Returns:
        The page; None where the build left no manifest.
    """
    if not manifest_path.is_file():
        return None
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    shell = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    con = open_release(database)
    try:
        catalog = make_catalog(manifest, con)
    finally:
        con.close()
    path = folder / PAGE_NAME
    path.write_text(
        fill_shell(shell, trim_manifest(manifest, as_of), catalog), encoding="utf-8"
    )
    return path
