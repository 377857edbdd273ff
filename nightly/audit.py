"""The audit: dbt's tests, the gate on the marts and the analyses decide about a build."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from nightly.analysis import judge_analyses, list_analyses
from nightly.build import BuildOutcome, judge_promises
from nightly.errors import EXIT_FAILURE, EXIT_KEPT_YESTERDAY, StopError
from nightly.settings import Home

logger = logging.getLogger(__name__)


def audit(home: Home, outcome: BuildOutcome | None, worker: Any) -> dict[str, Any]:
    """Judge the marts in the warehouse.

    Args:
        home: the installation; nobody has its warehouse open.
        outcome: of the build.
        worker: the gate's worker process.

    Returns:
        The decision for the manifest.

    Raises:
        StopError: there is no build, or it must not be released.
    """
    if outcome is None:
        raise StopError("还没有可以审计的计算结果。", "先运行 jixiao build。", EXIT_FAILURE)
    judge_promises(outcome, home.logs / "dbt" / "dbt.log")
    answer = worker.gate_marts(home.warehouse, home.work / "gate_marts")
    decision = {
        "fingerprint": outcome.fingerprint,
        "as_of": outcome.as_of,
        "dbt": outcome.counts(),
        "warnings": [
            {"test": node.name, "rows": node.failures}
            for node in outcome.nodes if node.status == "warn"
        ],
        "gate_expectations": answer.get("expectations"),
        "gate_success": bool(answer["success"]),
        "gate_failed": answer.get("failed", []),
    }
    if not answer["success"]:
        lines = "\n".join(f"  {_words(item)}" for item in answer.get("failed", [])[:12])
        raise StopError(
            f"发布前的质量关口未通过，沿用上一发布：\n{lines}",
            f"详情见 {home.work / 'gate_marts'}；查明原因后重新运行 jixiao nightly。",
            EXIT_KEPT_YESTERDAY,
        )
    decision["analyses"] = judge_analyses(home.warehouse, list_analyses())
    save_decision(decision, home.work / "audit.json")
    return decision


def _words(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    parts = [
        str(item[key])
        for key in ("rule_id", "table", "suite", "column", "message")
        if item.get(key)
    ]
    return " ".join(parts) or json.dumps(item, ensure_ascii=False)


def save_decision(decision: dict[str, Any], path: Path) -> None:
    """Leave the decision for the release step.

    Args:
        decision: of `audit`.
        path: json file to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(decision, ensure_ascii=False, default=str), encoding="utf-8")
    os.replace(aside, path)


def read_decision(home: Home) -> dict[str, Any]:
    """The decision of the last audit.

    Args:
        home: the installation.

    Returns:
        The decision.

    Raises:
        StopError: there is none.
    """
    try:
        return json.loads((home.work / "audit.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise StopError(
            "当前的计算结果还没有通过审计，不能发布。", "先运行 jixiao audit。", EXIT_FAILURE
        ) from None
