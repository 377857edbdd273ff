"""One night, step by step: receive, load, gate, build, audit, release, report.

Each step can be run by itself and repeated. What one step leaves for the next is in the landing,
in the warehouse, or in `work/`; a night that dies anywhere is completed by the next one.
"""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import jurisdiction
from nightly import fingerprint
from nightly.errors import (
    EXIT_FAILURE,
    EXIT_INTERRUPTED,
    EXIT_KEPT_YESTERDAY,
    EXIT_NOTHING_CHANGED,
    EXIT_OK,
    EXIT_TERMINATED,
    EXIT_USAGE,
    StopError,
    TerminatedError,
)
from nightly.heartbeat import beating
from nightly.lock import hold
from nightly.log_keeping import rotate_logs
from nightly.progress import Journal
from nightly.release import (
    Release,
    comparison_base,
    current_release,
    is_rolled_back,
    make_release,
    sweep,
)
from nightly.settings import CODE_ROOT, Home, pin_jurisdiction, thread_count

if TYPE_CHECKING:
    import duckdb

logger = logging.getLogger(__name__)

OUTPUT_FOLDERS = ("landing", "releases", "draws", "reports", "logs", "work")
LONG_FACTS = ("failing", "rejected_filings")
"""Of the gate's answer, what belongs into the manifest and not into a line of the log."""


@dataclass
class NightResult:
    """How a night ended.

    Attributes:
        exit_code: 0 a new release is live, 3 nothing changed.
        release: the live release.
        received_count: files received tonight.
        seconds: seconds by step.
    """

    exit_code: int
    release: Release | None
    received_count: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


class Night:
    """The steps of one night on one installation; the caller holds the lock."""

    def __init__(self, home: Home, as_of: date, journal: Journal | None = None) -> None:
        """Remember the installation and the date.

        Args:
            home: the installation.
            as_of: the only clock.
            journal: where steps are shown and logged.
        """
        self.home = home
        self.as_of = as_of
        self.journal = journal or Journal(home.logs, as_of)
        self._stack = ExitStack()
        self._worker: Any = None
        self._inbox: Path | None = None
        self._manifest: Future[Any] | None = None

    def __enter__(self) -> Night:
        """Clear away what an earlier night left half-made."""
        self.home.root.mkdir(parents=True, exist_ok=True)
        pin_jurisdiction(self.home)
        rotate_logs(self.home)
        if self.home.releases.exists():
            from nightly import held

            sweep(self.home)
            held.drop_stale(self.home)
        return self

    def __exit__(self, *error: object) -> None:
        """Stop the gate's worker."""
        self._stack.close()

    # --- steps ------------------------------------------------------------------------------

    def receive(self, inbox: Path) -> int:
        """Receive what is new in the inbox.

        Args:
            inbox: folders of bureaus.

        Returns:
            Files received tonight.

        Raises:
            StopError: there is no such folder.
        """
        from ingest import landing

        if not inbox.is_dir():
            raise StopError(
                f"收件目录不存在：{inbox}。", "检查 --inbox 写的路径和挂载情况。", EXIT_USAGE
            )
        self._inbox = inbox
        with self.journal.step("receive") as step:
            received = landing.receive(
                inbox, self.home.root, self.as_of, known_codes=roster_codes()
            )
            step.rows = len(received.receipts)
            step.note = f"新 {len(received.receipts)} 个文件，已收过 {received.known_count} 个"
            step.facts = {
                "seen": received.seen_count,
                "known": received.known_count,
                "refused": len(received.findings),
            }
        self._write_note(
            "inbox.json", [asdict(finding) for finding in received.findings]
        )
        return len(received.receipts)

    def start_gate(self) -> None:
        """Start the gate's worker, whose libraries take seconds to import."""
        from expectations.client import GateWorker

        if self._worker is None:
            self._worker = self._stack.enter_context(
                GateWorker(log=self.home.logs / "gate.log")
            )

    def load(self) -> dict[str, int]:
        """Read every received file that the warehouse does not have.

        Returns:
            Rows by raw table.
        """
        from ingest import ledger
        from ingest.findings import Finding
        from nightly import run_history, warehouse
        from nightly.draw import load_draws

        with self.journal.step("load") as step:
            reason = warehouse.make_ready(self.home)
            con = warehouse.open_warehouse(self.home)
            try:
                rows = self._load_pending(con, step.advance)
                rejudged = warehouse.forget_old_verdicts(con)
                warehouse.forget_inbox_findings(con)
                refused = [Finding(**facts) for facts in self._read_note("inbox.json") or []]
                ledger.add_findings(con, refused, "ingest", self.as_of.isoformat())
                draws = load_draws(con, self.home)
                run_history.load_history(con, self.home)
            finally:
                con.close()
            step.rows = sum(rows.values())
            step.note = (
                f"{step.rows} 行" + (f"（{reason}，已重建）" if reason else "")
                + ("（校验规则有更新，全部重新审核）" if rejudged else "")
            )
            step.facts = {
                "rebuilt": reason, "rejudged": rejudged, "draws": draws, "tables": rows,
            }
        return rows

    def _load_pending(
        self, con: duckdb.DuckDBPyConnection, progress: Callable[[int, int, str], None]
    ) -> dict[str, int]:
        """Load; what the landing has lost is taken from the inbox once more, if it is there."""
        from ingest import landing, landing_damage, raw

        try:
            return raw.load_pending(con, self.home.root, thread_count(), progress)
        except landing_damage.DamagedLandingError as error:
            logger.error("%s", error)
            self.journal.write(step="landing", status="ok", message=str(error))
            landing_damage.set_aside(self.home.root, error.receipts)
        if self._inbox is not None:
            landing.receive(self._inbox, self.home.root, self.as_of, known_codes=roster_codes())
        try:
            return raw.load_pending(con, self.home.root, thread_count(), progress)
        except landing_damage.DamagedLandingError as error:
            raise StopError(
                f"{error}，收件目录中也没有；沿用上一发布。",
                "由备份恢复到别处（jixiao restore），把其中 landing/blobs/ 的这些文件放回；"
                "没有备份的，请报送单位把原文件再放进收件目录；然后重新运行 jixiao nightly。",
                EXIT_FAILURE,
            ) from None

    def gate(self) -> dict[str, Any]:
        """Let the gate judge the filings not yet judged.

        Returns:
            Counts of the gate.
        """
        from expectations.record import apply_verdicts
        from nightly import warehouse

        self.start_gate()
        with self.journal.step("gate") as step:
            with warehouse.read_only(self.home) as con:
                waiting = con.execute(
                    "select count(*) from ops.filing where state = 'loaded'"
                ).fetchall()[0][0]
            if not waiting:
                step.note = "没有新的报送"
                with warehouse.read_only(self.home) as con:
                    answer = {"filings": 0, "states": filing_states(con)}
                self._write_note("gate.json", answer)
                return answer
            answer = self._worker.gate_raw(self.home.warehouse, self.home.work / "gate")
            con = warehouse.open_warehouse(self.home)
            try:
                apply_verdicts(con, self.home.work / "gate")
                answer["states"] = filing_states(con)
            finally:
                con.close()
            step.rows = answer.get("rows")
            step.note = f"{waiting} 份报送，退回 {answer.get('rejected', 0)} 份"
            step.facts = {"gate": {k: v for k, v in answer.items() if k not in LONG_FACTS}}
        self._write_note("gate.json", answer)
        return answer

    def warm_build(self, pool: ThreadPoolExecutor) -> None:
        """Import dbt and parse the project while another step waits for other processes.

        Args:
            pool: where to do it; the environment of dbt is set already.
        """
        from nightly import build

        self._manifest = pool.submit(build.parse_project, self.home, self.as_of)

    def build(self) -> None:
        """Build all models and run their tests.

        Raises:
            StopError: a model could not be built.
        """
        from nightly import build

        (self.home.work / "audit.json").unlink(missing_ok=True)
        (self.home.work / "build.json").unlink(missing_ok=True)
        taken = self._fingerprint().value
        with self.journal.step("build") as step, build.dbt_environment(self.home):
            manifest = self._manifest.result() if self._manifest is not None else None
            outcome = build.run_build(self.home, self.as_of, taken, manifest)
            build.save(outcome, self.home.work / "build.json")
            step.rows = len(outcome.nodes)
            step.note = f"{len(outcome.nodes)} 个节点"
            step.facts = {"dbt": outcome.counts()}
            build.judge_errors(outcome, self.home.logs / "dbt" / "dbt.log")

    def audit(self) -> dict[str, Any]:
        """Decide whether the build may be released.

        Returns:
            The decision.

        Raises:
            StopError: it may not; yesterday's release stays.
        """
        from nightly import audit, build

        self.start_gate()
        with self.journal.step("audit") as step:
            outcome = build.load(self.home.work / "build.json")
            decision = audit.audit(self.home, outcome, self._worker)
            step.note = "通过"
            step.facts = {"audit": decision}
        return decision

    def release(self) -> Release:
        """Make a release of the audited build and put it live.

        Returns:
            The new live release.

        Raises:
            StopError: the build has not passed the audit, something changed since, or the
                candidate moves more than the limits allow and is held.
        """
        from dashboards.dashboard import write_dashboard
        from dashboards.edition import Masthead
        from nightly import audit, held, lists
        from nightly.release_notes import read_notes
        from nightly.run_history import read_history

        decision = audit.read_decision(self.home)
        taken = self._fingerprint()
        if decision["fingerprint"] != taken.value:
            raise StopError(
                "审计之后输入、参数或代码又有变化，这一结果不能发布。",
                "重新运行 jixiao build 和 jixiao audit，或直接运行 jixiao nightly。",
            )
        self.stop_if_held(taken.value)
        gate = self._read_note("gate.json") or {}
        with self.journal.step("release") as step:
            made = make_release(
                self.home,
                self.as_of,
                taken,
                inputs=self._inputs(),
                decisions={
                    "gate": gate,
                    "audit": decision,
                    "parameters": parameter_versions(),
                },
                write_lists=lambda database, folder: lists.write_lists(
                    database, folder, self.as_of
                ),
                write_for_analysts=self._write_for_analysts,
                judge=self._judge_changes,
                keep_held=lambda draft, release_id: held.keep(self.home, draft, release_id),
                write_dashboard=lambda database, folder, release_id: write_dashboard(
                    database, folder,
                    Masthead(
                        release_id, self.as_of, gate.get("states") or {},
                        nights=tuple(read_history(self.home.logs)),
                    ),
                    read_notes(folder.parent),
                ),
            )
            step.note = made.release_id + ("" if made.is_current else "（暂缓）")
            step.facts = {"release_id": made.release_id, "is_held": not made.is_current}
        if not made.is_current:
            raise held.held_stop(made)
        held.drop_all(self.home)
        return made

    def stop_if_held(self, taken: str) -> None:
        """Hold again what is held already, without making it anew.

        Args:
            taken: tonight's fingerprint.

        Raises:
            StopError: the held candidate is what tonight would make.
        """
        from nightly import held

        waiting = held.waits_for(self.home, taken)
        if waiting is not None:
            raise held.held_stop(waiting)

    def accept(self, reason: str = "") -> Release:
        """Put the held candidate live and write what goes back to bureaus.

        Args:
            reason: why, as given.

        Returns:
            The new live release.

        Raises:
            StopError: nothing is held, or the live release is another one by now.
        """
        from nightly import held

        with self.journal.step("release") as step:
            made = held.accept(self.home, self.as_of, reason)
            step.note = f"{made.release_id}（已确认）"
            step.facts = {"release_id": made.release_id, "is_accepted": True}
        self.try_report(date.fromisoformat(made.manifest()["as_of"]))
        return made

    def _judge_changes(self, draft: Path, manifest: dict[str, Any]) -> bool:
        from nightly.change_limits import read_limits
        from nightly.changes import compare, first_changes
        from nightly.release import DATABASE_NAME
        from nightly.release_notes import write_notes

        base = self.base
        if base is None:
            changes = first_changes(manifest["release_id"], self.as_of, manifest["tables"])
        else:
            changes = compare(
                base.database, draft / DATABASE_NAME, base.manifest(), manifest,
                read_limits(self.as_of),
            )
        write_notes(draft, changes)
        manifest["changes"] = {"base": changes["base"], "moves": changes["moves"]}
        manifest["acceptance"] = None
        return not changes["moves"]

    def report(self, as_of: date | None = None) -> Path:
        """Write what goes back to bureaus about the live release.

        Args:
            as_of: the release's date, where the night's is another one.

        Returns:
            The folder written.
        """
        from nightly.release import require_current
        from nightly.report import write_reports

        live = require_current(self.home)
        with self.journal.step("report") as step:
            folder = write_reports(self.home, live, as_of or self.as_of, self._worker)
            step.note = str(folder)
        return folder

    def _write_for_analysts(self, database: Path, folder: Path) -> None:
        from nightly import analysis, dbt_docs, lineage

        analysis.write_analyses(database, folder / "analyses", analysis.list_analyses())
        built, as_of = self.home.target / "manifest.json", self.as_of.isoformat()
        lineage.write_lineage(built, folder, as_of)
        dbt_docs.write_dbt_docs(built, database, folder, as_of)

    # --- the whole --------------------------------------------------------------------------

    def is_unchanged(self, taken: str) -> bool:
        """Say whether the live release (or the one rolled back from) is what tonight would make.

        Args:
            taken: tonight's fingerprint.

        Returns:
            True where there is nothing to do.
        """
        base = self.base
        return base is not None and base.is_current and (
            base.manifest()["fingerprint"] == taken or is_rolled_back(self.home, taken)
        )

    @cached_property
    def base(self) -> Release | None:
        """What the candidate is compared with: the live release, unless it is damaged."""
        found, live = comparison_base(self.home), current_release(self.home)
        is_pointing = self.home.current.is_symlink()
        if is_pointing and (found is None or not found.is_current):
            name = live.release_id if live else os.readlink(self.home.current)
            logger.error(
                "现行发布 %s 已损坏，与其清单不符；本夜重新制作，与%s比较",
                name, f"最近的完好发布 {found.release_id} " if found else "空白",
            )
            self.journal.write(step="damaged", status="ok", message=name)
        return found

    def run(self, inbox: Path | None) -> NightResult:
        """Run every step.

        Args:
            inbox: folders of bureaus; None to receive nothing, as after a draw.

        Returns:
            How the night ended.

        Raises:
            StopError: the night stopped; yesterday's release stays live.
        """
        from nightly import warehouse

        received_count = self.receive(inbox) if inbox is not None else 0
        taken = self._fingerprint().value
        if self.is_unchanged(taken):
            self.complete_report()
            return self._end(NightResult(EXIT_NOTHING_CHANGED, current_release(self.home)))
        self.stop_if_held(taken)
        if not self.home.receipts.exists():
            raise StopError(
                "收件目录中没有可以接收的文件，也从未接收过任何文件。",
                "收件目录下应为以 6 位财政区划代码开头的文件夹，例如 650102-天山区/。",
                EXIT_USAGE,
            )
        warehouse.begin_attempt(self.home)
        try:
            made = self._make()
        except StopError as stop:
            if stop.exit_code == EXIT_KEPT_YESTERDAY:
                warehouse.end_attempt(self.home)
                raise
            made = self._make_again(stop)
        except Exception as error:
            made = self._make_again(error)
        warehouse.end_attempt(self.home)
        self.try_report()
        for path in self.home.work.glob("*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        return self._end(NightResult(EXIT_OK, made, received_count))

    def _make(self) -> Release:
        """Everything between the landing and the live release."""
        from nightly import build

        self.start_gate()
        with build.dbt_environment(self.home), ThreadPoolExecutor(max_workers=1) as pool:
            self.load()
            self.warm_build(pool)
            self.gate()
            self.build()
        self.audit()
        return self.release()

    def _make_again(self, error: Exception) -> Release:
        """Read everything anew where the fault was in the warehouse's file, once.

        Args:
            error: what stopped the first try.

        Returns:
            The new live release.

        Raises:
            Exception: the error itself, where the file is sound.
        """
        from nightly import warehouse

        self._stop_gate()
        damage = warehouse.find_damage(self.home)
        if not damage:
            raise error
        logger.error("工作库已损坏（%s），从 landing/ 重建：%s", damage, error)
        self.journal.write(step="rebuild", status="ok", message=damage)
        warehouse.remove_warehouse(self.home)
        return self._make()

    def _stop_gate(self) -> None:
        self._stack.close()
        self._worker = None

    def complete_report(self) -> None:
        """Write what goes back to bureaus, where an earlier night did not come to it."""
        live = current_release(self.home)
        if live is not None and not (self.home.reports / live.release_id).is_dir():
            self.try_report(date.fromisoformat(live.manifest()["as_of"]))

    def try_report(self, as_of: date | None = None) -> None:
        """Write what goes back to bureaus; the release is live and complete without it.

        Args:
            as_of: the release's date, where the night's is another one.
        """
        try:
            self.report(as_of)
        except Exception:
            # a bureau's workbook must not take the release back
            logger.exception("问题反馈没有写成，可用 jixiao report 补写")

    def _end(self, result: NightResult) -> NightResult:
        result.seconds = dict(self.journal.seconds)
        self.journal.write(
            step="night",
            status="ok",
            exit_code=result.exit_code,
            seconds=round(sum(result.seconds.values()), 3),
            release_id=result.release.release_id if result.release else None,
        )
        return result

    # --- notes between steps ----------------------------------------------------------------

    def _fingerprint(self) -> fingerprint.Fingerprint:
        refused = self._read_note("inbox.json") or []
        inbox = (
            hashlib.sha256(json.dumps(refused, sort_keys=True).encode()).hexdigest()
            if refused else ""
        )
        return fingerprint.take(self.home, self.as_of, inbox)

    def _write_note(self, name: str, content: Any) -> None:
        self.home.work.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, ensure_ascii=False, default=str)
        (self.home.work / name).write_text(text, encoding="utf-8")

    def _read_note(self, name: str) -> Any:
        try:
            return json.loads((self.home.work / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _inputs(self) -> list[dict[str, Any]]:
        from ingest.landing import read_receipts

        return [
            {
                "receipt_id": receipt.receipt_id,
                "bureau_code": receipt.bureau_code,
                "source_file": receipt.source_file,
                "file_sha256": receipt.file_sha256,
                "received_at": receipt.received_at,
            }
            for receipt in read_receipts(self.home.root)
        ]


def roster_codes() -> set[str]:
    """Codes of all bureaus that ever were on this jurisdiction's roster.

    Returns:
        6-digit codes.
    """
    path = CODE_ROOT / "seeds" / "reference" / "ref_bureau.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            row["bureau_code"]
            for row in csv.DictReader(handle)
            if row["jurisdiction"] == jurisdiction.current()
        }


def filing_states(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """What the gate decided about every filing in the warehouse, counted.

    Args:
        con: the warehouse.

    Returns:
        Filings by state.
    """
    return dict(
        con.execute(
            "select state, count(*) from ops.filing group by state order by state"
        ).fetchall()
    )


def parameter_versions() -> dict[str, Any]:
    """Which parameters a release was made with.

    Returns:
        Hash of each parameter table and the versions that its rows name.
    """
    found: dict[str, Any] = {}
    seeds = CODE_ROOT / "seeds"
    for path in sorted([*(seeds / "parameters").glob("*.csv"), *(seeds / "filings").glob("*.csv")]):
        with path.open(encoding="utf-8", newline="") as handle:
            versions = {row.get("parameter_version") for row in csv.DictReader(handle)}
        found[path.stem] = {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "versions": sorted(filter(None, versions)),
        }
    return found


def run_night(home: Home, inbox: Path | None, as_of: date) -> NightResult:
    """Run one night under the lock, and leave a line about how it ended.

    Args:
        home: the installation.
        inbox: folders of bureaus; None to receive nothing.
        as_of: the only clock.

    Returns:
        How the night ended.

    Raises:
        StopError: the night stopped; yesterday's release stays live.
    """
    if inbox is not None and _is_inside(inbox, home.root):
        raise StopError(
            f"收件目录 {inbox} 在工作目录 {home.root} 之内。",
            "请把收件目录放在工作目录之外，收件目录只读不写。",
            EXIT_USAGE,
        )
    with hold(home), beating(home, as_of):
        night = Night(home, as_of)
        try:
            with night:
                return night.run(inbox)
        except StopError as stop:
            night.journal.write(
                step="night", status="stopped", exit_code=stop.exit_code, message=stop.message
            )
            raise
        except Exception as error:
            night.journal.write(
                step="night", status="failed", exit_code=EXIT_FAILURE,
                message=f"{type(error).__name__}: {error}",
            )
            raise
        except KeyboardInterrupt as stop:
            is_asked = isinstance(stop, TerminatedError)
            night.journal.write(
                step="night", status="stopped",
                exit_code=EXIT_TERMINATED if is_asked else EXIT_INTERRUPTED,
                message="收到停止信号" if is_asked else "被中断",
            )
            raise


def _is_inside(inbox: Path, root: Path) -> bool:
    inbox, root = inbox.resolve(), root.resolve()
    return any(
        (root / name) == inbox or (root / name) in inbox.parents for name in OUTPUT_FOLDERS
    ) or inbox == root
