"""The night's own worker processes, with a note of the memory that each file took."""

from __future__ import annotations

import json
import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ingest import parse
from ingest.file_limits import resident_bytes

PEAKS = "peaks"


class _Listening:
    """A worker's end of the pipe; it hears when a file begins and when a chunk is done."""

    def __init__(self, connection: Connection, notes: Path) -> None:
        self._connection = connection
        self._notes = notes / f"{os.getpid()}.jsonl"
        self._chunk: list[parse.Job] = []
        self._current: str | None = None

    def recv(self) -> Any:
        task = self._connection.recv()
        if task is not None:
            self._chunk = task[1]
        return task

    def send(self, message: tuple[str, Any]) -> None:
        what, value = message
        self._note()
        if what == "started":
            self._current = self._chunk[value].receipt.receipt_id
            _forget_peak()
        self._connection.send(message)

    def _note(self) -> None:
        if self._current is not None:
            with self._notes.open("a") as handle:
                handle.write(json.dumps([self._current, peak_bytes(os.getpid())]) + "\n")
        self._current = None


def _serve(connection: Connection, folder: Path) -> None:
    parse._serve(_Listening(connection, folder / PEAKS), folder)


class MeasuredSupervisor(parse.Supervisor):
    """The night's supervisor; processes that it ends are measured before they go."""

    serve = staticmethod(_serve)

    def __init__(self, *arguments: Any) -> None:
        """Make the folder of notes."""
        super().__init__(*arguments)
        (self.folder / PEAKS).mkdir(exist_ok=True)

    def _replace(self, worker: parse.Worker, rule_id: str) -> parse.Worker:
        peak = max(peak_bytes(worker.process.pid), resident_bytes(worker.process.pid))
        if worker.index >= 0 and peak:
            note = [worker.chunk[worker.index].receipt.receipt_id, peak]
            with (self.folder / PEAKS / "ended.jsonl").open("a") as handle:
                handle.write(json.dumps(note) + "\n")
        return super()._replace(worker, rule_id)


def read_peaks(folder: Path) -> dict[str, int]:
    """Read the most memory that the process of each file held.

    Args:
        folder: the batch's folder.

    Returns:
        Bytes by receipt.
    """
    peaks: dict[str, int] = {}
    for path in (folder / PEAKS).glob("*.jsonl"):
        for line in path.read_text().splitlines():
            receipt_id, peak = json.loads(line)
            peaks[receipt_id] = max(peak, peaks.get(receipt_id, 0))
    return peaks


def peak_bytes(process_id: int) -> int:
    """The most memory that a process held since `_forget_peak`.

    Args:
        process_id: the process.

    Returns:
        Bytes; 0 if it has ended.
    """
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")
