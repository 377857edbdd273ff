"""The night's side of the gate worker."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

READY_TIMEOUT = 180.0
"""Seconds the worker may take to import its libraries on a busy machine."""

ANSWER_TIMEOUT = 900.0
"""Seconds one request may take."""


class GateWorkerError(RuntimeError):
    """The worker died, did not answer in time, or could not evaluate an expectation."""


class GateWorker:
    """A gate worker process.

    Start it early; the first request waits until it is ready. Nobody may have the database open
    for writing while a request runs.
    """

    def __init__(self, log: Path | None = None) -> None:
        """Prepare a worker that is not started yet.

        Args:
            log: file that receives the worker's log; discarded where None.
        """
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._replies: queue.Queue[str | None] = queue.Queue()
        self._is_ready = False

    def __enter__(self) -> GateWorker:
        """Start the worker."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the worker."""
        self.stop()

    def start(self) -> None:
        """Start the process and return at once; it imports its libraries meanwhile."""
        if self._log is not None:
            self._log.parent.mkdir(parents=True, exist_ok=True)
        log = self._log.open("ab") if self._log is not None else subprocess.DEVNULL
        self._replies = queue.Queue()
        self._is_ready = False
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "expectations", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        finally:
            if self._log is not None:
                log.close()
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def gate_raw(self, database: Path, out: Path) -> dict[str, Any]:
        """Judge the filings of state `loaded`.

        Args:
            database: the warehouse; close every connection to it before.
            out: folder for `findings.parquet`, `verdicts.parquet` and `results.parquet` (see
                `record.py`).

        Returns:
            filings, rejected, rows, findings, expectations, failing (rules that rows fail, by
            suite), rejected_filings (why, by filing), seconds.

        Raises:
            GateWorkerError: the worker could not answer.
        """
        return self._ask(do="gate_raw", database=str(database), out=str(out))

    def gate_marts(self, database: Path, out: Path) -> dict[str, Any]:
        """Ask the candidate's marts.

        Args:
            database: the candidate; close every connection to it before.
            out: folder for `marts.json`.

        Returns:
            success, failed (one entry per failed expectation), expectations, seconds.

        Raises:
            GateWorkerError: the worker could not answer.
        """
        return self._ask(do="gate_marts", database=str(database), out=str(out))

    def build_data_docs(self, out: Path, title: str = "") -> Path:
        """Build the data docs of everything judged so far.

        Args:
            out: folder of the site.
            title: what the site is called.

        Returns:
            The first page.

        Raises:
            GateWorkerError: the worker could not answer.
        """
        return Path(self._ask(do="data_docs", out=str(out), title=title)["index"])

    def stop(self) -> None:
        """End the worker; kill it where it does not end by itself. Repeating it is harmless."""
        if self._process is None:
            return
        process, self._process = self._process, None
        try:
            process.stdin.write('{"do": "stop"}\n')
            process.stdin.close()
            process.wait(timeout=5)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            self._replies.put(line)
        self._replies.put(None)

    def _receive(self, timeout: float) -> dict[str, Any]:
        try:
            line = self._replies.get(timeout=timeout)
        except queue.Empty:
            self._kill()
            raise GateWorkerError(
                f"the gate worker did not answer within {timeout:.0f} s"
            ) from None
        if line is None:
            code = self._process.wait() if self._process is not None else None
            self._process = None
            raise GateWorkerError(f"the gate worker ended with exit code {code}")
        reply = json.loads(line)
        if not reply.pop("ok"):
            raise GateWorkerError(reply["error"])
        return reply

    def _ask(self, **request: Any) -> dict[str, Any]:
        if self._process is None:
            raise GateWorkerError("the gate worker is not running")
        if not self._is_ready:
            self._receive(READY_TIMEOUT)
            self._is_ready = True
        try:
            self._process.stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            self._kill()
            raise GateWorkerError(f"the gate worker is gone: {error}") from error
        return self._receive(ANSWER_TIMEOUT)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
