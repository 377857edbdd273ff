"""The build: dbt in this process, once, over the whole project; then every handle is closed."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ingest import jurisdiction
from nightly.errors import EXIT_FAILURE, EXIT_KEPT_YESTERDAY, StopError, is_no_room, no_room
from nightly.parsed_project import keep_parsed, read_parsed
from nightly.settings import CODE_ROOT, Home, memory_limit, thread_count

SHOWN_FAILURES = 12
KIND_ZH = {"model": "表", "seed": "参照表", "test": "检验", "snapshot": "快照", "operation": "操作"}


@dataclass(frozen=True)
class NodeOutcome:
    """What came of one node of the build.

    Attributes:
        name: the node's name.
        kind: model, seed, test …
        status: success, pass, warn, fail, error or skipped.
        seconds: how long it took.
        failures: failing rows of a test.
        message: dbt's words.
        description: what the node promises, from its YAML.
    """

    name: str
    kind: str
    status: str
    seconds: float
    failures: int | None = None
    message: str = ""
    description: str = ""


@dataclass(frozen=True)
class BuildOutcome:
    """What came of a build.

    Attributes:
        as_of: the night's date.
        fingerprint: what it was built from.
        nodes: every node that was run or skipped.
        error: why dbt did not run at all.
    """

    as_of: str
    fingerprint: str
    nodes: list[NodeOutcome] = field(default_factory=list)
    error: str = ""

    @property
    def errors(self) -> list[NodeOutcome]:
        """Nodes that could not be run: failures of ours."""
        return [node for node in self.nodes if node.status == "error"]

    @property
    def broken_promises(self) -> list[NodeOutcome]:
        """Tests of severity error that found rows."""
        return [node for node in self.nodes if node.status == "fail"]

    def counts(self) -> dict[str, int]:
        """How many nodes ended in which way."""
        return dict(sorted(Counter(node.status for node in self.nodes).items()))

    def summary(self) -> str:
        """The failures as a person reads them, in Chinese, one line each."""
        if self.error:
            return self.error
        bad = self.errors + self.broken_promises
        lines = []
        for node in bad[:SHOWN_FAILURES]:
            what = f"{KIND_ZH.get(node.kind, node.kind)} {node.name}"
            if node.status == "fail":
                rows = node.failures or "若干"
                lines.append(f"  {what}：{rows} 行不符。{node.description}".rstrip())
            else:
                first = " ".join(node.message.split())[:300]
                lines.append(f"  {what}：执行出错。{first}")
        if len(bad) > SHOWN_FAILURES:
            lines.append(f"  …… 另有 {len(bad) - SHOWN_FAILURES} 项，见日志。")
        skipped = sum(node.status == "skipped" for node in self.nodes)
        if skipped:
            lines.append(f"  因此未执行的后续节点：{skipped} 个。")
        return "\n".join(lines)


def save(outcome: BuildOutcome, path: Path) -> None:
    """Leave the outcome for the later steps.

    Args:
        outcome: of a build.
        path: json file to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")
    os.replace(aside, path)


def load(path: Path) -> BuildOutcome | None:
    """Read the outcome of the last build.

    Args:
        path: json file.

    Returns:
        The outcome, None if there is none.
    """
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return BuildOutcome(**{**facts, "nodes": [NodeOutcome(**node) for node in facts["nodes"]]})


@contextmanager
def dbt_environment(home: Home) -> Iterator[None]:
    """Set what the project reads from the environment, for the duration of the block.

    Args:
        home: the installation.
    """
    wanted = {
        "JIXIAO_WAREHOUSE": str(home.warehouse),
        "JIXIAO_THREADS": str(thread_count()),
        "JIXIAO_MEMORY": memory_limit(),
        "DO_NOT_TRACK": "1",
        "DBT_TARGET_PATH": str(home.target),
        "DBT_LOG_PATH": str(home.logs / "dbt"),
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _arguments(as_of: date) -> list[str]:
    return [
        "--project-dir", str(CODE_ROOT),
        "--profiles-dir", str(CODE_ROOT),
        "--vars", json.dumps({"as_of": as_of.isoformat(), "jurisdiction": jurisdiction.current()}),
    ]


GLOBAL_ARGUMENTS = [
    "--quiet", "--log-level", "none", "--log-level-file", "info", "--no-use-colors",
    "--no-version-check", "--no-send-anonymous-usage-stats", "--no-print",
]


def parse_project(home: Home, as_of: date) -> Any:
    """Import dbt and parse the project, unless it was parsed before.

    Slow the first time, and can be done while something else runs.

    Args:
        home: the installation.
        as_of: the night's date.

    Returns:
        dbt's manifest, None if the project does not parse (the build then says why).
    """
    from dbt.cli.main import dbtRunner

    manifest = read_parsed(home)
    if manifest is not None:
        return manifest
    result = dbtRunner().invoke([*GLOBAL_ARGUMENTS, "parse", *_arguments(as_of)])
    if not result.success:
        return None
    keep_parsed(home)
    return result.result


def run_build(
    home: Home,
    as_of: date,
    fingerprint: str,
    manifest: Any = None,
    select: Sequence[str] = (),
    resources: Sequence[str] = (),
) -> BuildOutcome:
    """Build every seed, model and data test once, or a selection of them.

    Args:
        home: the installation; nobody has its warehouse open. Inside `dbt_environment`.
        as_of: the night's date.
        fingerprint: what is built from.
        manifest: of `parse_project`, if it was asked for before.
        select: dbt's selection; nothing for the whole project.
        resources: resource types to build; nothing for all but unit tests.

    Returns:
        The outcome; the warehouse is closed again.

    Raises:
        KeyboardInterrupt: the night was asked to stop.
    """
    from dbt.cli.main import dbtRunner

    try:
        result = dbtRunner(manifest=manifest or parse_project(home, as_of)).invoke(
            [
                *GLOBAL_ARGUMENTS, "build", *_selection(select, resources), *_arguments(as_of),
            ]
        )
    finally:
        close_connections()
    if isinstance(result.exception, KeyboardInterrupt):  # dbt keeps it to itself
        raise result.exception
    nodes = [
        NodeOutcome(
            name=item.node.name,
            kind=str(getattr(item.node.resource_type, "value", item.node.resource_type)),
            status=str(getattr(item.status, "value", item.status)),
            seconds=round(item.execution_time, 3),
            failures=item.failures,
            message=item.message or "",
            description=getattr(item.node, "description", "") or "",
        )
        for item in getattr(result.result, "results", None) or []
    ]
    error = ""
    if result.exception is not None:
        error = f"  {' '.join(str(result.exception).split())[:1500]}"
    elif not nodes:
        error = "  没有任何节点被执行。"
    return BuildOutcome(as_of.isoformat(), fingerprint, nodes, error)


def _selection(select: Sequence[str], resources: Sequence[str]) -> list[str]:
    types = [word for name in resources for word in ("--resource-type", name)]
    return [
        *(types or ["--exclude-resource-type", "unit_test"]),
        *(["--select", *select] if select else []),
    ]


def close_connections() -> None:
    """Let go of the warehouse, whatever dbt left open."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def judge_errors(outcome: BuildOutcome, log: Path) -> None:
    """Stop the night if a node could not run, which is a failure of ours.

    Args:
        outcome: of the build.
        log: where the details are.

    Raises:
        StopError: a node could not run.
    """
    if any(is_no_room(text) for text in (outcome.error, *(n.message for n in outcome.errors))):
        raise no_room()
    if outcome.error or outcome.errors:
        raise StopError(
            f"计算各层表时出错，沿用上一发布：\n{outcome.summary()}",
            f"详情见 {log}；修正后重新运行 jixiao nightly。",
            EXIT_FAILURE,
        )


def judge_promises(outcome: BuildOutcome, log: Path) -> None:
    """Stop the night if a promise of ours is broken.

    Args:
        outcome: of the build.
        log: where the details are.

    Raises:
        StopError: a test of severity error found rows; yesterday's release stays.
    """
    judge_errors(outcome, log)
    if outcome.broken_promises:
        raise StopError(
            f"有 {len(outcome.broken_promises)} 项检验未通过，沿用上一发布：\n{outcome.summary()}",
            f"详情见 {log}；查明原因后重新运行 jixiao nightly。",
            EXIT_KEPT_YESTERDAY,
        )


def compiled_sql(home: Home, into: Path) -> list[Path]:
    """Copy the SQL that the last build ran, in the order it ran.

    Args:
        home: the installation.
        into: folder to write to; emptied first.

    Returns:
        One file per model, numbered in order.
    """
    results = json.loads((home.target / "run_results.json").read_text(encoding="utf-8"))
    manifest = json.loads((home.target / "manifest.json").read_text(encoding="utf-8"))
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    done = sorted(
        (item for item in results["results"] if item["unique_id"].startswith("model.")),
        key=lambda item: item["timing"][-1]["completed_at"] if item["timing"] else "",
    )
    written = []
    for place, item in enumerate(done):
        node = manifest["nodes"][item["unique_id"]]
        path = into / f"{place:03d}.{node['schema']}.{node['alias']}.sql"
        source = node.get("compiled_code") or item.get("compiled_code") or ""
        path.write_text(source, encoding="utf-8")
        written.append(path)
    return written
