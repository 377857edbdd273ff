"""One environment per client, from a hash-pinned lock file; none of it touches our own."""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parent / ".venvs" / "compatibility"
STAMP = ".installed"
SECONDS = 900


@dataclass(frozen=True)
class Client:
    """Something that opens a release.

    Attributes:
        name: of its lock file and environment.
        name_zh: as the table calls it.
        route: `duckdb` or `sqlalchemy`.
    """

    name: str
    name_zh: str
    route: str

    @property
    def lock(self) -> Path:
        """Its lock file."""
        return HERE / f"{self.name}.lock"


class InstallError(Exception):
    """An environment could not be made."""


def read_clients() -> list[Client]:
    """Read which clients are checked.

    Returns:
        Clients in the order of the file.
    """
    with (HERE / "clients.csv").open(encoding="utf-8", newline="") as handle:
        return [
            Client(row["client"], row["name_zh"], row["route"]) for row in csv.DictReader(handle)
        ]


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise InstallError(lines[-1] if lines else command[0])


def make_environment(client: Client, root: Path = ENVIRONMENTS) -> Path:
    """Make a client's environment, unless it stands as its lock file says.

    Args:
        client: which.
        root: where environments are.

    Returns:
        Its Python.

    Raises:
        InstallError: the packages cannot be had.
    """
    folder = root / client.name
    python, stamp = folder / "bin" / "python", folder / STAMP
    wanted = hashlib.sha256(client.lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    # uv stands in the environment that runs this
    uv = str(Path(sys.executable).with_name("uv"))
    try:
        _run([uv, "venv", "-q", "--python", sys.executable, str(folder)])
        _run([uv, "pip", "install", "-q", "--python", str(python), "--require-hashes",
              "-r", str(client.lock)])
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(str(error)) from error
    stamp.write_text(wanted, encoding="utf-8")
    return python
